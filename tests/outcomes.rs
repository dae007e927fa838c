//! Outcomes: what became of an experiment or a bandit, as a question. A visitor is shown a
//! variant, converts or not, and the segment of a dimension that no author wrote says so.

#![cfg(all(feature = "author", not(target_arch = "wasm32")))]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests, which may fail"
)]

mod support;

use fewbits::book::author::{CrowdTable, check, compile_with};
use fewbits::book::{Book, Shown};
use fewbits::engine::Engine;
use support::*;

const WITHIN: u32 = 14 * DAY;

/// A book with an experiment and a bandit whose outcomes are asked for.
fn shop(version: u32, more: &str, report: &str) -> String {
    format!(
        r#"{{ "fewbits": 1, "book": "shop", "version": {version},
  "signals": {{ "visits": {{ "count": "view", "within": "365d", "max": 50 }} }},
  "dimensions": {{ "lifecycle": {{ "why": "greet newcomers", "groups": ["known"], "segments": [
    {{ "id": "loyal", "under": "known", "when": {{ "visits": {{ "$gte": 20 }} }} }},
    {{ "id": "back", "under": "known", "when": {{ "visits": {{ "$gte": 5 }} }} }}], "otherwise": "new" }} }},
  "decisions": {{
    "copy": {{ "why": "what the page says", "variants": ["plain", "warm"],
      "choose": [{{ "experiment": "hero-copy" }}], "otherwise": "plain" }},
    "hero": {{ "why": "what the page leads with", "variants": ["winter", "beach"],
      "choose": [{{ "bandit": "hero-new" }}], "otherwise": "beach" }} }},
  "experiments": {{ "hero-copy": {{ "why": "do words sell", "variants": ["plain", "warm"],
    "goal": {{ "event": "purchase", "tags": {{ "aisle": ["boots", "coats"] }}, "within": "14d" }} }} }},
  "bandits": {{ "hero-new": {{ "why": "which one sells", "variants": ["winter", "beach"], "by": "lifecycle",
    "goal": {{ "event": "purchase", "within": "14d" }}{more} }} }},
  "report": {report} }}"#
    )
}

const BOTH: &str = r#"{ "questions": { "hero-copy": 1, "hero-new": 1 }, "epsilon": 3.5, "bootstrap": true, "lifetime_bits": 3.6, "why": "a test" }"#;

fn book() -> Book {
    compile(&shop(1, "", BOTH))
}

/// The segment of a dimension that holds.
fn member<'b>(engine: &Engine, book: &'b Book, name: &str) -> &'b str {
    let mut first = 0;
    for dimension in &book.dimensions {
        let count = dimension.segments.len();
        if book.str(dimension.name) == name {
            let flags = &engine.flags()[first..first + count];
            let at = flags.iter().position(|flag| *flag == 1).unwrap();
            assert_eq!(flags.iter().filter(|flag| **flag == 1).count(), 1);
            return book.str(dimension.segments[at].name);
        }
        first += count;
    }
    panic!("no dimension {name}")
}

fn visitor(book: &Book, seed: u8, browser: &Browser) -> Engine {
    let mut engine = Engine::new(book.clone(), Box::new(Seeded(seed.into())));
    agree(&mut engine, MONDAY);
    engine.seed([seed; 16]);
    engine.attach(browser.tab(1));
    assert!(engine.fold(MONDAY));
    engine
}

fn happens(engine: &mut Engine, name: &str, tags: &[(&str, &str)], at: u32) {
    let event = engine.rules().door().named(name, tags, None);
    engine.track(event, at);
}

/// The variant that is shown.
fn shown<'b>(engine: &mut Engine, book: &'b Book, slot: usize, at: u32) -> &'b str {
    let decision = engine.decide(slot as u16, true, at).unwrap();
    book.str(book.slots[slot].variants[usize::from(decision.variant)])
}

const BOOTS: &[(&str, &str)] = &[("aisle", "boots")];

#[test]
fn a_conversion_counts_after_the_variant_was_shown_within_the_time_and_for_good() {
    let book = book();
    for seed in 0..8 {
        let mut v = visitor(&book, seed, &Browser::default());
        // Bought before anything was shown.
        happens(&mut v, "purchase", BOOTS, MONDAY);
        assert_eq!(member(&v, &book, "hero-copy"), "any");
        let variant = shown(&mut v, &book, 0, MONDAY + HOUR);
        let (yes, no) = (format!("{variant}-yes"), format!("{variant}-no"));
        assert_eq!(member(&v, &book, "hero-copy"), no);
        // Another aisle is not the goal; of the bandit, which was not shown, neither.
        happens(&mut v, "purchase", &[("aisle", "tents")], MONDAY + 2 * HOUR);
        assert_eq!(member(&v, &book, "hero-copy"), no);
        assert_eq!(member(&v, &book, "hero-new"), "any");
        happens(&mut v, "purchase", BOOTS, MONDAY + HOUR + WITHIN - 60);
        assert_eq!(member(&v, &book, "hero-copy"), yes);
        // It is remembered when the question comes, and when the variant is shown again.
        v.fold(MONDAY + 100 * DAY);
        assert_eq!(member(&v, &book, "hero-copy"), yes);
        assert_eq!(shown(&mut v, &book, 0, MONDAY + 100 * DAY), variant);
        assert_eq!(member(&v, &book, "hero-copy"), yes);
        // Too late.
        let mut late = visitor(&book, seed, &Browser::default());
        shown(&mut late, &book, 0, MONDAY);
        happens(&mut late, "purchase", BOOTS, MONDAY + WITHIN + DAY);
        assert_eq!(member(&late, &book, "hero-copy"), no);
    }
}

#[test]
fn a_visitor_keeps_the_bandits_variant_and_counts_in_one_cell() {
    let book = book();
    let mut variants = std::collections::BTreeSet::new();
    for seed in 0..30 {
        let mut v = visitor(&book, seed, &Browser::default());
        let variant = shown(&mut v, &book, 1, MONDAY);
        variants.insert(variant);
        assert_eq!(member(&v, &book, "hero-new"), format!("new.{variant}-no"));
        for day in 1..30 {
            happens(&mut v, "view", &[], MONDAY + day * DAY);
            assert_eq!(shown(&mut v, &book, 1, MONDAY + day * DAY), variant);
            // Though the segment changed long ago.
            assert_eq!(member(&v, &book, "hero-new"), format!("new.{variant}-no"));
        }
        assert_eq!(member(&v, &book, "lifecycle"), "loyal");
        happens(&mut v, "purchase", &[], MONDAY + 30 * DAY);
        assert_eq!(member(&v, &book, "hero-new"), format!("new.{variant}-yes"));
    }
    assert_eq!(variants.len(), 2);
    // Where nobody asks what became of it, each session draws anew.
    let free = compile(&shop(
        1,
        "",
        r#"{ "questions": { "hero-copy": 1 }, "bootstrap": true }"#,
    ));
    assert!(free.bandits[0].seen.is_none());
    assert_eq!(free.dimensions.len(), 2);
}

#[test]
fn a_new_version_of_the_book_goes_on_with_the_outcome() {
    let browser = Browser::default();
    let first = book();
    let mut v = visitor(&first, 3, &browser);
    let variant = shown(&mut v, &first, 1, MONDAY);
    happens(&mut v, "purchase", &[], MONDAY + DAY);
    assert!(v.fold(MONDAY + DAY));
    // Posteriors change each week; what a visitor remembers does not.
    let posteriors = r#", "posteriors": { "any": { "winter": [9, 90], "beach": [4, 90] } }"#;
    let second = compile(&shop(2, posteriors, BOTH));
    // Row 1 of two variants.
    assert_eq!(second.bandits[0].rows[2..4], [(9.0, 90.0), (4.0, 90.0)]);
    let mut v = Engine::new(second.clone(), Box::new(Seeded(9)));
    agree(&mut v, MONDAY + 2 * DAY);
    v.seed([77; 16]);
    v.attach(browser.tab(2));
    assert!(v.fold(MONDAY + 2 * DAY));
    assert_eq!(
        member(&v, &second, "hero-new"),
        format!("new.{variant}-yes")
    );
    assert_eq!(shown(&mut v, &second, 1, MONDAY + 2 * DAY), variant);
}

#[test]
fn the_answer_leaves_through_the_gate_as_any_other() {
    let book = book();
    let mut asked = std::collections::BTreeSet::new();
    for seed in 0..20 {
        let mut v = visitor(&book, seed, &Browser::default());
        shown(&mut v, &book, 0, MONDAY);
        shown(&mut v, &book, 1, MONDAY);
        assert_eq!(ask(&mut v, MONDAY), Err(fewbits::gate::Reason::NotDue));
        // The goal's time, and once more by chance.
        assert!(v.due().unwrap() >= MONDAY + WITHIN);
        let report = ask(&mut v, MONDAY + 2 * WITHIN).unwrap();
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        asked.insert(report["question"].as_str().unwrap().to_owned());
        let answer = report["answer"].as_str().unwrap();
        let known = book.dimensions.iter().flat_map(|d| &d.segments);
        assert!(
            known.into_iter().any(|s| book.str(s.name) == answer),
            "{answer}"
        );
    }
    assert_eq!(asked.len(), 2);
}

#[test]
fn cells_climb_over_segments_and_keep_variant_and_outcome() {
    let table = r#"{ "fewbits": 1, "book": "shop", "version": 1, "from": "2026-W40", "to": "2026-W48",
      "crowds": { "hero-new": { "any": 5000, "new.winter-yes": 300, "new.winter-no": 900, "new.beach-yes": 200,
        "new.beach-no": 800, "known.winter-yes": 90, "known.beach-yes": 80, "back.winter-no": 400,
        "loyal.winter-no": 300, "back.beach-no": 300, "loyal.beach-no": 300 } } }"#;
    let table = CrowdTable::read(table).unwrap();
    let json = shop(
        2,
        "",
        r#"{ "questions": { "hero-new": 1 }, "epsilon": 3, "lifetime_bits": 3.6, "why": "a test" }"#,
    );
    let compiled = compile_with(&json, &table).unwrap();
    let book = Book::from_bytes(&compiled.bytes).unwrap();
    let question = &book.reporting.as_ref().unwrap().questions[0];
    let outcome = &book.dimensions[usize::from(question.dimension)];
    let names: Vec<(&str, &str)> = outcome
        .segments
        .iter()
        .zip(&question.shown)
        .map(|(segment, shown)| {
            let name = match shown {
                Shown::Segment(at) => outcome.segments[usize::from(*at)].name,
                Shown::Group(at) => outcome.groups[usize::from(*at)].name,
                _ => return (book.str(segment.name), "any"),
            };
            (book.str(segment.name), book.str(name))
        })
        .collect();
    assert!(names.contains(&("new.winter-yes", "new.winter-yes")));
    assert!(
        names.contains(&("loyal.winter-yes", "known.winter-yes")),
        "{names:?}"
    );
    assert!(names.contains(&("back.winter-yes", "known.winter-yes")));
    assert!(names.contains(&("back.winter-no", "back.winter-no")));
}

/// How each answer of the experiment is shown with these crowds.
fn partition(crowds: &str) -> Vec<Shown> {
    let report = format!(
        r#"{{ "questions": {{ "hero-copy": 1, "lifecycle": 1 }}, "crowds": {{ "lifecycle": {{ "new": 300, "known": 400 }} {crowds} }} }}"#
    );
    let book = compile(&shop(1, "", &report));
    let asked = &book.reporting.as_ref().unwrap().questions;
    let is = |d: u16| book.str(book.dimensions[usize::from(d)].name) == "hero-copy";
    let question = asked
        .iter()
        .find(|question| is(question.dimension))
        .unwrap();
    question.shown.clone()
}

#[test]
fn an_experiment_that_begins_is_asked_about_though_nobody_has_counted_it() {
    let own: Vec<Shown> = (0..4).map(Shown::Segment).chain([Shown::Any]).collect();
    assert_eq!(partition(""), own);
    // Everybody was shown a variant: that is no reason to hide who converted.
    let all = r#", "hero-copy": { "any": 1000, "plain-yes": 60, "plain-no": 440, "warm-yes": 70, "warm-no": 430 }"#;
    assert_eq!(partition(all), own);
    // Too few conversions climb as ever.
    let few = all.replace("\"warm-yes\": 70", "\"warm-yes\": 7");
    assert_ne!(partition(&few), own);
    assert_eq!(partition(&few)[2], Shown::Any);
}

#[test]
fn what_cannot_be_asked_is_said() {
    let said = |json: &str| {
        let found = check(json);
        let words = found
            .iter()
            .map(|d| format!("{}: {} = {}", d.code, d.message, d.help));
        words.collect::<Vec<_>>().join("\n")
    };
    assert_eq!(said(&shop(1, "", BOTH)), "");
    let four = r#"{ "questions": { "hero-new": 1 }, "bootstrap": true }"#;
    let costly = said(&shop(1, "", four));
    assert!(
        costly.contains("question-too-costly: an answer about `hero-new` costs 3.41 bits"),
        "{costly}"
    );
    assert!(costly.contains("11 fit, this has 13"), "{costly}");
    let short =
        shop(1, "", BOTH).replace("\"version\": 1,", "\"version\": 1, \"retention\": \"7d\",");
    let short = short.replace("365d", "7d");
    assert!(said(&short).contains("window-too-long"), "{}", said(&short));
    // The gate never lets out what became of a sensitive topic.
    let diabetes = shop(1, "", BOTH).replace(
        "\"event\": \"purchase\", \"within\"",
        "\"event\": \"diabetes\", \"within\"",
    );
    assert!(said(&diabetes).contains("sensitive-topic"));
    let book = compile(&diabetes);
    let marked = |name: &str| {
        book.dimensions
            .iter()
            .any(|d| book.str(d.name) == name && d.sensitive)
    };
    assert!(marked("hero-new") && !marked("hero-copy"));
    let answered = diabetes.replace(
        "\"by\"",
        "\"not_sensitive\": \"the name of a product\", \"by\"",
    );
    assert!(!compile(&answered).dimensions.iter().any(|d| d.sensitive));
    // Conditions do not see outcomes, and hints do not tell them.
    let seen = shop(1, "", BOTH).replace(
        "{ \"bandit\": \"hero-new\" }",
        "{ \"when\": { \"hero-copy\": \"warm-yes\" }, \"bandit\": \"hero-new\" }",
    );
    assert!(said(&seen).contains("neither a signal nor a dimension"));
    let hinted = format!(
        "{}, \"hints\": {{ \"why\": \"a test\", \"dimensions\": [\"hero-copy\"] }} }}",
        shop(1, "", BOTH).trim_end().trim_end_matches('}')
    );
    assert!(
        said(&hinted).contains("unknown-dimension"),
        "{}",
        said(&hinted)
    );
}
