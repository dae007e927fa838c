//! Decisions through the public door: rules in order, experiments, bandits, layers, the holdout,
//! what is kept and what is not.

#![cfg(all(feature = "author", not(target_arch = "wasm32")))]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may fail"
)]

mod support;

use fewbits::book::{Book, Time};
use fewbits::engine::Engine;
use fewbits::gate::{Answer, Purpose};
use fewbits::ports::{Entropy, Slot};
use fewbits::signals::Event;
use support::{Browser, compile};

const MONDAY: Time = 1_795_420_800;
const SIGNALS: &str = r#"
  "views": { "count": "view", "within": "7d" },
  "boots": { "affinity": "aisle:boots", "half_life": "14d" },
  "sandals": { "affinity": "aisle:sandals", "half_life": "14d" },
  "aisle": { "top": "aisle", "half_life": "14d" },
  "weather": { "declared": ["cold", "hot"] }"#;
const DIMENSIONS: &str = r#"
  "lifecycle": { "why": "greet regulars",
    "segments": [ { "id": "loyal", "when": { "views": { "$gte": 9 } } },
                  { "id": "regular", "when": { "views": { "$gte": 3 } } } ],
    "otherwise": "new" },
  "interest": { "why": "lead with it", "pick": 2, "groups": ["footwear"],
    "segments": [ { "id": "boots", "under": "footwear", "when": { "boots": { "$gt": 0.2 } } },
                  { "id": "sandals", "under": "footwear", "when": { "sandals": { "$gt": 0.2 } } } ],
    "otherwise": "any" }"#;

fn json(version: u32, rest: &str) -> String {
    format!(
        "{{ \"fewbits\": 1, \"book\": \"shop\", \"version\": {version},
            \"signals\": {{ {SIGNALS} }}, \"dimensions\": {{ {DIMENSIONS} }}, {rest} }}"
    )
}

/// A slot `hero` of the variants a, b and c with these rules, and what else the book has.
fn book(rules: &str, rest: &str) -> Book {
    let rest = if rest.is_empty() {
        String::new()
    } else {
        format!(", {rest}")
    };
    compile(&json(
        1,
        &format!(
            "\"decisions\": {{ \"hero\": {{ \"why\": \"a test\", \"variants\": [\"a\", \"b\", \"c\"],
               \"choose\": [{rules}], \"otherwise\": \"c\" }} }} {rest}"
        ),
    ))
}

struct NoChance;

impl Entropy for NoChance {
    fn fill(&mut self, _: &mut [u8]) -> bool {
        false
    }
}

fn seed(n: u32) -> [u8; 16] {
    // SplitMix64, so that neighbours have nothing in common.
    let mut bytes = [0; 16];
    for (i, half) in bytes.chunks_mut(8).enumerate() {
        let mut z = (u64::from(n) * 2 + i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        half.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes());
    }
    bytes
}

fn visitor(book: &Book, n: u32) -> Engine {
    let mut engine = Engine::new(book.clone(), Box::new(NoChance));
    engine.seed(seed(n));
    engine
}

fn see(engine: &mut Engine, aisle: &str, times: usize, now: Time) {
    let event = engine
        .rules()
        .door()
        .named("view", &[("aisle", aisle)], None);
    for _ in 0..times {
        engine.track(event.clone(), now);
    }
}

/// The variant's name and the rule, -1 for `otherwise`.
fn shown(engine: &mut Engine, slot: u16, now: Time) -> (String, i32) {
    let decision = engine.decide(slot, true, now).expect("a slot");
    let book = engine.rules().book();
    let variant = book.slots[usize::from(slot)].variants[usize::from(decision.variant)];
    (
        book.str(variant).to_owned(),
        decision.rule.map_or(-1, i32::from),
    )
}

fn hero(engine: &mut Engine, now: Time) -> String {
    shown(engine, 0, now).0
}

/// How far a share may lie from what is expected: four standard errors.
fn near(seen: usize, n: usize, p: f64) -> bool {
    let error = 4.0 * (p * (1.0 - p) / n as f64).sqrt();
    (seen as f64 / n as f64 - p).abs() <= error
}

#[test]
fn the_first_rule_that_holds_answers() {
    let book = book(
        r#"{ "when": { "interest": "footwear/boots", "lifecycle": { "$ne": "new" } }, "show": "a" },
           { "when": { "$or": [ { "interest": "footwear", "weather": "cold" }, { "views": { "$gte": 20 } } ] }, "show": "b" }"#,
        "",
    );
    let mut v = visitor(&book, 1);
    let at = |v: &mut Engine| v.decide(0, false, MONDAY).unwrap();
    assert_eq!((at(&mut v).variant, at(&mut v).rule), (2, None));
    see(&mut v, "boots", 1, MONDAY);
    assert_eq!((at(&mut v).variant, at(&mut v).rule), (2, None));
    let weather = book
        .signals
        .iter()
        .position(|s| book.str(s.name) == "weather");
    v.declare(weather.unwrap() as u16, 0.0, MONDAY);
    assert_eq!((at(&mut v).variant, at(&mut v).rule), (1, Some(1)));
    see(&mut v, "boots", 2, MONDAY);
    assert_eq!((at(&mut v).variant, at(&mut v).rule), (0, Some(0)));
    assert_eq!(v.decide(1, true, MONDAY), None, "no such slot");
}

#[test]
fn a_negated_group_and_lists_of_segments() {
    let book = book(
        r#"{ "when": { "interest": { "$nin": ["footwear"] }, "lifecycle": { "$in": ["new", "loyal"] } }, "show": "a" },
           { "when": { "$nor": [ { "dimension:lifecycle": "new" }, { "signal:views": 4 } ] }, "show": "b" }"#,
        "",
    );
    let mut v = visitor(&book, 1);
    assert_eq!(v.decide(0, false, MONDAY).unwrap().variant, 0);
    see(&mut v, "coats", 3, MONDAY);
    assert_eq!(v.decide(0, false, MONDAY).unwrap().variant, 1);
    see(&mut v, "boots", 1, MONDAY);
    assert_eq!(v.decide(0, false, MONDAY).unwrap().variant, 2);
}

#[test]
fn the_greatest_signal_wins_a_ranking() {
    let book = book(
        r#"{ "rank": { "a": "boots", "b": "sandals" }, "least": 0.3 }"#,
        "",
    );
    let mut v = visitor(&book, 1);
    let variant = |v: &mut Engine| v.decide(0, false, MONDAY).unwrap().variant;
    assert_eq!(variant(&mut v), 2, "nothing is known");
    see(&mut v, "coats", 3, MONDAY);
    see(&mut v, "boots", 1, MONDAY);
    assert_eq!(variant(&mut v), 2, "a quarter is too little");
    see(&mut v, "boots", 2, MONDAY);
    assert_eq!(variant(&mut v), 0);
    see(&mut v, "sandals", 4, MONDAY);
    assert_eq!(variant(&mut v), 1);
}

#[test]
fn weights_and_coverage_are_respected() {
    let book = book(
        r#"{ "experiment": "copy" }"#,
        r#""experiments": { "copy": { "why": "a test", "variants": ["a", "b"],
             "weights": [0.3, 0.7], "coverage": 0.5 } }"#,
    );
    let n = 20_000;
    let mut counts = [0; 3];
    for i in 0..n as u32 {
        let mut v = visitor(&book, i);
        counts[usize::from(v.decide(0, true, MONDAY).unwrap().variant)] += 1;
    }
    for (seen, p) in counts.into_iter().zip([0.15, 0.35, 0.5]) {
        assert!(near(seen, n, p), "{counts:?}");
    }
}

#[test]
fn without_a_seed_or_against_the_visitor_nobody_is_tested() {
    let book = book(
        r#"{ "experiment": "copy" }, { "show": "b" }"#,
        r#""experiments": { "copy": { "why": "a test", "variants": ["a", "b"], "weights": [1, 0] } }"#,
    );
    let mut v = Engine::new(book.clone(), Box::new(NoChance));
    assert_eq!(shown(&mut v, 0, MONDAY), ("b".into(), 1));
    let mut v = visitor(&book, 1);
    v.set_consent(Purpose::Personalise, Answer::Denied, MONDAY);
    assert_eq!(shown(&mut v, 0, MONDAY), ("c".into(), -1));
}

#[test]
fn a_filter_an_end_and_a_namespace_keep_visitors_out() {
    let book = book(
        r#"{ "experiment": "copy" }"#,
        r#""experiments": { "copy": { "why": "a test", "variants": ["a", "b"],
             "when": { "lifecycle": "regular" }, "ends": "2026-11-24", "namespace": ["n", 0.25, 1] } }"#,
    );
    let n = 4_000;
    let mut inside = 0;
    for i in 0..n as u32 {
        let mut v = visitor(&book, i);
        assert_eq!(shown(&mut v, 0, MONDAY).1, -1, "not a regular");
        let mut v = visitor(&book, i);
        see(&mut v, "coats", 3, MONDAY);
        inside += usize::from(v.decide(0, false, MONDAY).unwrap().rule == Some(0));
        assert_eq!(v.decide(0, true, MONDAY + 86_400).unwrap().rule, None);
    }
    assert!(near(inside, n, 0.75), "{inside}");
}

const LAYER: &str = r#""layers": ["home"], "experiments": {
  "one": { "why": "a test", "variants": ["a", "b"], "layer": "home" },
  "two": { "why": "a test", "variants": ["a", "b"], "layer": "home" },
  "three": { "why": "a test", "variants": ["a", "b"], "layer": "home" },
  "free": { "why": "a test", "variants": ["a", "b"] } }"#;

fn slots(names: &[&str]) -> String {
    let slots: Vec<String> = names
        .iter()
        .map(|name| {
            format!(
                "\"s-{name}\": {{ \"why\": \"a test\", \"variants\": [\"a\", \"b\", \"c\"],
                  \"choose\": [{{ \"experiment\": \"{name}\" }}], \"otherwise\": \"c\" }}"
            )
        })
        .collect();
    format!("\"decisions\": {{ {} }}", slots.join(", "))
}

#[test]
fn experiments_of_one_layer_exclude_each_other_and_others_do_not() {
    let names = ["one", "two", "three", "free"];
    let book = compile(&json(1, &format!("{}, {LAYER}", slots(&names))));
    let n = 6_000;
    let mut runs = [0; 3];
    let mut pairs = [[0; 2]; 2];
    for i in 0..n as u32 {
        let mut v = visitor(&book, i);
        // In another order for each visitor.
        let mut answers = [2; 4];
        for k in 0..4 {
            let slot = (k + i as usize) % 4;
            answers[slot] = v.decide(slot as u16, true, MONDAY).unwrap().variant;
        }
        let running: Vec<usize> = (0..3).filter(|slot| answers[*slot] < 2).collect();
        assert_eq!(running.len(), 1, "{answers:?}");
        runs[running[0]] += 1;
        pairs[usize::from(answers[running[0]])][usize::from(answers[3])] += 1;
    }
    for seen in runs {
        assert!(near(seen, n, 1.0 / 3.0), "{runs:?}");
    }
    // What one experiment draws tells nothing of what another one draws.
    for seen in pairs.concat() {
        assert!(near(seen, n, 0.25), "{pairs:?}");
    }
}

#[test]
fn who_is_held_out_sees_no_experiment_and_no_bandit() {
    let rest = r#""experiments": { "copy": { "why": "a test", "variants": ["a", "b"] } },
      "bandits": { "best": { "why": "a test", "variants": ["a", "b"] } }"#;
    let rules = r#"{ "when": { "lifecycle": "new" }, "experiment": "copy" }, { "bandit": "best" }"#;
    let book = book(
        rules,
        &format!("{rest}, \"holdout\": {{ \"share\": 0.1, \"why\": \"to compare\" }}"),
    );
    let n = 10_000;
    let mut held = 0;
    for i in 0..n as u32 {
        let mut v = visitor(&book, i);
        let first = v.decide(0, false, MONDAY).unwrap().rule.is_none();
        see(&mut v, "coats", 3, MONDAY);
        assert_eq!(first, v.decide(0, false, MONDAY).unwrap().rule.is_none());
        held += usize::from(first);
    }
    assert!(near(held, n, 0.1), "{held}");
}

#[test]
fn a_decision_stays_for_the_session_unless_the_slot_may_change() {
    let slot = |name: &str, changes: bool| {
        format!(
            "\"{name}\": {{ \"why\": \"a test\", \"variants\": [\"a\", \"b\"],
              \"choose\": [{{ \"when\": {{ \"lifecycle\": \"new\" }}, \"show\": \"a\" }}],
              \"otherwise\": \"b\", \"changes\": {changes} }}"
        )
    };
    let slots = format!(
        "\"decisions\": {{ {}, {} }}",
        slot("still", false),
        slot("moving", true)
    );
    let book = compile(&json(1, &slots));
    let mut v = visitor(&book, 1);
    let mut now = MONDAY;
    assert!(!v.decide(0, false, now).unwrap().frozen, "only looked at");
    assert!(v.decide(0, true, now).unwrap().frozen);
    assert!(!v.decide(1, true, now).unwrap().frozen);
    see(&mut v, "coats", 3, now);
    assert_eq!(
        (hero(&mut v, now), shown(&mut v, 1, now).0),
        ("a".into(), "b".into())
    );
    // The visit goes on: events keep it.
    for _ in 0..20 {
        now += 1_000;
        see(&mut v, "coats", 1, now);
    }
    assert_eq!(hero(&mut v, now), "a");
    // It ended, and a new one began.
    assert_eq!(hero(&mut v, now + 1_799), "a");
    assert_eq!(hero(&mut v, now + 2 * 1_800), "b");
}

#[test]
fn another_tab_shows_the_same_and_forgetting_begins_anew() {
    let book = book(
        r#"{ "experiment": "copy" }"#,
        r#""experiments": { "copy": { "why": "a test", "variants": ["a", "b"] } }"#,
    );
    let browser = Browser::default();
    let tab = |n: u32, id: u32| {
        let mut v = visitor(&book, n);
        v.set_consent(Purpose::Store, Answer::Granted, MONDAY);
        v.attach(browser.tab(id));
        v
    };
    // Pages with seeds of their own: what is stored wins.
    for i in 0..200 {
        browser.remove();
        let (mut one, mut two) = (tab(i, 1), tab(i + 1_000, 2));
        let first = hero(&mut one, MONDAY);
        assert_eq!(hero(&mut two, MONDAY), first);
        // The next day, another page.
        assert_eq!(hero(&mut tab(i + 2_000, 3), MONDAY + 86_400), first);
    }
    // Forgotten: nothing of it is stored, and the new seed draws anew.
    let mut differs = 0;
    for i in 0..200 {
        browser.remove();
        let mut v = tab(i, 1);
        let first = hero(&mut v, MONDAY);
        v.forget(MONDAY);
        browser.remove();
        v.seed(seed(i + 5_000));
        differs += usize::from(hero(&mut v, MONDAY) != first);
    }
    assert!(near(differs, 200, 0.5), "{differs}");
}

#[test]
fn nothing_is_stored_without_consent_and_what_was_shown_is_kept_after_it() {
    let book = book(
        r#"{ "experiment": "copy" }"#,
        r#""experiments": { "copy": { "why": "a test", "variants": ["a", "b"] } }"#,
    );
    let browser = Browser::default();
    let mut v = visitor(&book, 3);
    v.attach(browser.tab(1));
    let first = hero(&mut v, MONDAY);
    assert_eq!(browser.slot(Slot::Choices), None);
    v.set_consent(Purpose::Store, Answer::Granted, MONDAY);
    v.attach(browser.tab(1));
    assert!(v.fold(MONDAY));
    assert!(browser.slot(Slot::Choices).is_some());
    let mut next = visitor(&book, 4);
    next.set_consent(Purpose::Store, Answer::Granted, MONDAY + 60);
    next.attach(browser.tab(2));
    assert_eq!(hero(&mut next, MONDAY + 60), first);
    // Damage costs the session's choices, never the page.
    let good = browser.slot(Slot::Choices).unwrap();
    for length in 0..good.len() {
        for patch in [0, 0xFF] {
            let mut bad = good[..length].to_vec();
            if let Some(last) = bad.last_mut() {
                *last ^= patch;
            }
            browser.put(Slot::Choices, bad);
            let mut v = visitor(&book, 4);
            v.set_consent(Purpose::Store, Answer::Granted, MONDAY);
            v.attach(browser.tab(3));
            hero(&mut v, MONDAY);
        }
    }
}

#[test]
fn who_has_seen_a_variant_keeps_it_over_versions() {
    let rules =
        "\"decisions\": { \"hero\": { \"why\": \"a test\", \"variants\": [\"a\", \"b\", \"c\"],
        \"choose\": [{ \"experiment\": \"copy\" }], \"otherwise\": \"c\" } }";
    let copy = |version: u32, rest: &str| {
        let experiment =
            format!("\"experiments\": {{ \"copy\": {{ \"why\": \"a test\", {rest} }} }}");
        compile(&json(version, &format!("{rules}, {experiment}")))
    };
    let first = copy(1, r#""variants": ["a", "b"], "weights": [0.5, 0.5]"#);
    // Everybody is in `b` now, and `c` has been added.
    let second = copy(2, r#""variants": ["a", "b", "c"], "weights": [0, 1, 0]"#);
    // Not sticky: it is drawn anew.
    let loose = copy(
        3,
        r#""variants": ["a", "b", "c"], "weights": [0, 1, 0], "sticky": false"#,
    );
    let mut seen = [0; 2];
    for i in 0..100 {
        let browser = Browser::default();
        let page = |book: &Book, now: Time| {
            let mut v = visitor(book, i);
            v.set_consent(Purpose::Store, Answer::Granted, now);
            v.attach(browser.tab(now));
            v.fold(now);
            let hero = hero(&mut v, now);
            v.fold(now);
            hero
        };
        let before = page(&first, MONDAY);
        seen[usize::from(before == "b")] += 1;
        assert_eq!(page(&second, MONDAY + 86_400), before);
        assert_eq!(page(&loose, MONDAY + 2 * 86_400), "b");
    }
    assert!(seen[0] > 20 && seen[1] > 20, "{seen:?}");
}

#[test]
fn what_was_shown_is_told_once_a_session_to_the_memory_alone() {
    let book = book(
        r#"{ "experiment": "copy" }"#,
        r#""experiments": { "copy": { "why": "a test", "variants": ["a", "b"], "weights": [1, 0] } }"#,
    );
    let signal = book
        .signals
        .iter()
        .position(|s| book.str(s.name) == "~copy/a");
    let signal = signal.unwrap() as u16;
    let browser = Browser::default();
    let mut v = visitor(&book, 1);
    v.set_consent(Purpose::Store, Answer::Granted, MONDAY);
    v.attach(browser.tab(1));
    assert!(v.value(signal).is_nan());
    v.decide(0, false, MONDAY);
    assert!(v.value(signal).is_nan(), "only looked at");
    let length = || {
        browser
            .tab(9)
            .journals()
            .iter()
            .map(|j| j.1.len())
            .sum::<usize>()
    };
    for _ in 0..5 {
        v.decide(0, true, MONDAY);
    }
    let once = length();
    assert!(once > 0);
    v.advance(MONDAY + 5);
    assert_eq!((v.value(signal), length()), (5.0, once));
    // The page cannot tell it: the name is not one of its own.
    assert_eq!(
        v.rules().door().named("~shown", &[], None),
        Event::default()
    );
}

#[test]
fn a_preview_shows_what_is_asked_for_and_leaves_no_trace() {
    let book = book(
        r#"{ "when": { "lifecycle": "new" }, "experiment": "copy" }"#,
        r#""experiments": { "copy": { "why": "a test", "variants": ["a", "b"], "weights": [1, 0],
             "coverage": 0, "ends": "2020-01-01" } },
           "holdout": { "share": 0.99, "why": "a test" }"#,
    );
    let browser = Browser::default();
    let mut v = visitor(&book, 1);
    v.set_consent(Purpose::Store, Answer::Granted, MONDAY);
    v.attach(browser.tab(1));
    assert_eq!(hero(&mut v, MONDAY), "c");
    browser.remove();
    v.force(0, 1);
    assert_eq!(shown(&mut v, 0, MONDAY), ("b".into(), 0));
    assert!(!v.decide(0, true, MONDAY).unwrap().frozen);
    assert_eq!(browser.slot(Slot::Choices), None);
    assert!(browser.tab(9).journals().is_empty());
    v.force(9, 9);
    v.force(0, 99);
    assert_eq!(hero(&mut v, MONDAY), "b");
}

#[test]
fn a_bandit_chooses_by_its_posteriors_and_stays_for_the_session() {
    let book = book(
        r#"{ "bandit": "best" }"#,
        r#""bandits": { "best": { "why": "a test", "variants": ["a", "b"], "by": "lifecycle",
             "posteriors": { "regular": { "a": [1000, 1], "b": [1, 1000] }, "any": { "b": [900, 100] } } } }"#,
    );
    let n = 2_000;
    let (mut of_new, mut switched) = (0, 0);
    for i in 0..n as u32 {
        let mut v = visitor(&book, i);
        // Of a newcomer the book knows `b` alone: Beta(900, 100) against Beta(1, 1), which is
        // above 0.9 once in ten times.
        let first = hero(&mut v, MONDAY);
        of_new += usize::from(first == "b");
        assert_eq!(hero(&mut v, MONDAY + 60), first);
        see(&mut v, "coats", 3, MONDAY + 60);
        assert_eq!(hero(&mut v, MONDAY + 61), first, "the session goes on");
        assert_eq!(hero(&mut v, MONDAY + 9_000), "a", "now a regular");
        switched += usize::from(first != "a");
    }
    assert!(near(of_new, n, 0.9), "{of_new}");
    assert!(switched > 0);
}

#[test]
fn each_session_of_a_bandit_is_a_new_draw() {
    let book = book(
        r#"{ "bandit": "best" }"#,
        r#""bandits": { "best": { "why": "a test", "variants": ["a", "b"] } }"#,
    );
    let mut v = visitor(&book, 1);
    let n = 2_000;
    let drawn = (0..n).filter(|day| hero(&mut v, MONDAY + day * 86_400) == "a");
    assert!(near(drawn.count(), n as usize, 0.5));
}

#[test]
fn a_clock_that_leaps_freezes_nothing_for_good() {
    let book = book(r#"{ "when": { "lifecycle": "new" }, "show": "a" }"#, "");
    let mut v = visitor(&book, 1);
    assert_eq!(hero(&mut v, MONDAY + 400 * 86_400), "a");
    see(&mut v, "coats", 3, MONDAY);
    assert_eq!(hero(&mut v, MONDAY), "c");
}
