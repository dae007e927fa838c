//! The whole way of an outcome: visitors with a real engine are shown variants, convert at rates
//! that the test knows, and answer through the real gate; the collector makes rates, lifts and
//! posteriors of the reports, by the statement that `fewbits audit` wrote.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests, which may fail"
)]

#[path = "../../collector/tests/chance/mod.rs"]
mod chance;
mod support;

use chance::Seeded;
use fewbits::book::Book;
use fewbits::engine::Engine;
use fewbits::gate::{Answer, Purpose};
use fewbits::ports::{Entropy, LocalStore, Slot};
use fewbits_collector::counts::{Counts, Key};
use fewbits_collector::estimate::at_most;
use fewbits_collector::outcomes::{Place, outcomes, posteriors};
use fewbits_collector::report::Report;
use fewbits_collector::statement::Statement;

const DAY: u32 = 86_400;
const MONDAY: u32 = 20_780 * DAY;

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
        true
    }
}

/// What one browser keeps.
#[derive(Default)]
struct Disk(std::collections::BTreeMap<u8, Vec<u8>>, Vec<u8>);

impl LocalStore for Disk {
    fn read(&self, slot: Slot) -> Option<Vec<u8>> {
        self.0.get(&(slot as u8)).cloned()
    }

    fn write(&mut self, slot: Slot, bytes: &[u8]) -> bool {
        self.0.insert(slot as u8, bytes.to_vec());
        true
    }

    fn append(&mut self, record: &[u8]) -> bool {
        self.1.extend_from_slice(record);
        true
    }

    fn journals(&self) -> Vec<(u32, Vec<u8>)> {
        let journal = (!self.1.is_empty()).then(|| (1, self.1.clone()));
        journal.into_iter().collect()
    }
}

fn json(version: u32, question: &str) -> String {
    format!(
        r#"{{ "fewbits": 1, "book": "shop", "version": {version},
  "signals": {{ "views": {{ "count": "view", "within": "30d", "max": 50 }} }},
  "dimensions": {{ "lifecycle": {{ "why": "greet newcomers", "segments": [
    {{ "id": "back", "when": {{ "views": {{ "$gte": 3 }} }} }}], "otherwise": "new" }} }},
  "decisions": {{
    "copy": {{ "why": "what the page says", "variants": ["plain", "warm"],
      "choose": [{{ "experiment": "hero-copy" }}], "otherwise": "plain" }},
    "hero": {{ "why": "what the page leads with", "variants": ["winter", "beach"],
      "choose": [{{ "bandit": "hero-new" }}], "otherwise": "beach" }} }},
  "experiments": {{ "hero-copy": {{ "why": "do words sell", "variants": ["plain", "warm"],
    "goal": {{ "event": "purchase", "within": "14d" }} }} }},
  "bandits": {{ "hero-new": {{ "why": "which one is signed up for", "variants": ["winter", "beach"], "by": "lifecycle",
    "goal": {{ "event": "signup", "within": "14d" }} }} }},
  "report": {{ "questions": {{ "{question}": 1 }}, "bootstrap": true }} }}"#
    )
}

/// Rates at which visitors convert: of the experiment's variants, and of the bandit's in each
/// segment (back, new).
const COPY: [f64; 2] = [0.12, 0.2];
const HERO: [[f64; 2]; 2] = [[0.2, 0.3], [0.25, 0.1]];

/// One version of the book, and its visitors' reports.
struct Edition {
    statement: Statement,
    counts: Counts,
}

fn edition(folder: &std::path::Path, version: u32, question: &str, visitors: u64) -> Edition {
    let source = json(version, question);
    let file = support::file(folder, &format!("{version}.book.json"), &source);
    let target = folder.join(format!("{version}.json")).display().to_string();
    let run = support::fewbits(["audit", &file, "--statement", &target]);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    let statement = Statement::parse(&std::fs::read_to_string(target).unwrap()).unwrap();
    let compiled = fewbits::book::author::compile(&source).unwrap();
    let book = Book::from_bytes(&compiled.bytes).unwrap();
    let mut counts = Counts::new();
    for number in 0..visitors {
        let sent = visit(&book, 1_000_003 * u64::from(version) + number);
        let report = Report::parse(sent.as_bytes()).unwrap();
        assert_eq!(report.question, question);
        let key = Key {
            book: report.book.into(),
            version: report.version,
            epoch: report.epoch,
            question: report.question.into(),
            answer: report.answer.into(),
        };
        *counts.entry(key).or_default() += 1;
    }
    Edition { statement, counts }
}

/// One visitor's life, up to what is sent.
fn visit(book: &Book, number: u64) -> String {
    let mut chance = Seeded(number);
    let (start, mut seed) = (MONDAY + chance.below(u64::from(7 * DAY)) as u32, [0; 16]);
    assert!(chance.fill(&mut seed));
    let mut engine = Engine::new(book.clone(), Box::new(chance.clone()));
    // What happens to the visitor does not depend on what the gate draws.
    chance.0 ^= 0x5555_5555_5555_5555;
    for purpose in [Purpose::Store, Purpose::Personalise, Purpose::Measure] {
        engine.set_consent(purpose, Answer::Granted, start);
    }
    engine.seed(seed);
    engine.attach(Box::<Disk>::default());
    engine.fold(start);
    assert!(engine.ask(start).is_err());
    let back = chance.below(2) == 0;
    let happens = |engine: &mut Engine, name: &str, at: u32| {
        let event = engine.rules().door().named(name, &[], None);
        engine.track(event, at);
    };
    for _ in 0..if back { 3 } else { 1 } {
        happens(&mut engine, "view", start);
    }
    // One in ten never comes to see either slot.
    if chance.below(10) > 0 {
        let now = start + 60;
        let mut shown = |slot| usize::from(engine.decide(slot, true, now).unwrap().variant);
        let rates = [COPY[shown(0)], HERO[usize::from(!back)][shown(1)]];
        for (rate, name) in rates.into_iter().zip(["purchase", "signup"]) {
            if chance.index(&[rate, 1.0 - rate]) == 0 {
                let later = chance.below(u64::from(13 * DAY)) as u32;
                happens(&mut engine, name, now + 60 + later);
            }
        }
    }
    let due = start + 28 * DAY;
    engine.fold(due);
    engine.ask(due).expect("it is due");
    engine.report().unwrap().to_json()
}

/// Which intervals of a place miss the truth: of the first rate, of the share who were shown the
/// first variant, of the difference, of the relative lift.
fn missed(place: &Place) -> [bool; 4] {
    let (first, lift) = (&place.variants[0], &place.lifts[0]);
    [
        (first.rate, COPY[0]),
        (first.exposed, 0.45),
        (lift.difference, COPY[1] - COPY[0]),
        (lift.relative.unwrap(), COPY[1] / COPY[0] - 1.0),
    ]
    .map(|(found, truth)| truth < found.low || found.high.is_some_and(|high| high < truth))
}

#[test]
fn the_known_lift_lies_in_the_interval_as_often_as_claimed() {
    const EDITIONS: u32 = 24;
    let folder = support::scratch("learned-lift");
    let editions: Vec<Edition> = std::thread::scope(|scope| {
        let folder = &folder;
        let halves = [1, EDITIONS / 2 + 1].map(|first| {
            scope.spawn(move || {
                let versions = first..first + EDITIONS / 2;
                let editions = versions.map(|version| edition(folder, version, "hero-copy", 2_000));
                editions.collect::<Vec<_>>()
            })
        });
        halves
            .into_iter()
            .flat_map(|half| half.join().unwrap())
            .collect()
    });
    let mut out = [0; 4];
    let mut sum = Counts::new();
    for Edition { statement, counts } in &editions {
        let version = statement.version;
        let found = outcomes(&[statement], version, counts, None, None).unwrap();
        let told = &found.outcomes["hero-copy"];
        assert_eq!((told.reports, told.places.len()), (2_000, 1));
        assert!(told.places[0].withheld.is_empty(), "{told:?}");
        for (out, missed) in out.iter_mut().zip(missed(&told.places[0])) {
            *out += u64::from(missed);
        }
        sum.extend(counts.clone());
    }
    // Each kind misses once in twenty.
    for missed in out {
        let at_least = 1.0 - at_most(missed.saturating_sub(1), EDITIONS.into(), 0.05);
        assert!(missed == 0 || at_least > 1e-3, "{out:?}");
    }
    // All versions ask the same: together they know better.
    let statements: Vec<&Statement> = editions.iter().map(|edition| &edition.statement).collect();
    let found = outcomes(&statements, EDITIONS, &sum, None, None).unwrap();
    let told = &found.outcomes["hero-copy"];
    assert_eq!(told.reports, 48_000);
    let lift = &told.places[0].lifts[0];
    assert!(lift.p < 1e-9 && lift.difference.low > 0.06, "{lift:?}");
    assert!(
        missed(&told.places[0])
            .iter()
            .filter(|missed| **missed)
            .count()
            <= 1,
        "{told:?}"
    );
}

#[test]
fn a_bandits_posteriors_hold_the_rates_of_each_segment() {
    let folder = support::scratch("learned-bandit");
    let Edition { statement, counts } = edition(&folder, 1, "hero-new", 4_000);
    let found = posteriors(&[&statement], 1, &counts).unwrap();
    let rates = &found.bandits["hero-new"].rates;
    for (segment, truths) in ["back", "new"].iter().zip(HERO) {
        for (variant, truth) in ["winter", "beach"].iter().zip(truths) {
            let told = rates[*segment][*variant];
            // Four intervals of 95 %, widened so that one failure in thousands is by chance.
            let (low, high) = (told.low, told.high.unwrap());
            let wide = 0.5 * (high - low);
            assert!(
                (low - wide..high + wide).contains(&truth),
                "{segment} {variant} {told:?}"
            );
            assert!(high - low < 0.2, "{told:?}");
        }
    }
    // The better variant of each segment is the better one of its posteriors.
    assert!(rates["new"]["winter"].low > rates["new"]["beach"].value);
    // What is published is what the next version of the book takes.
    let fragment = serde_json::to_value(&found.bandits["hero-new"].posteriors).unwrap();
    let next =
        json(2, "hero-new").replace("\"by\"", &format!("\"posteriors\": {fragment}, \"by\""));
    let next = fewbits::book::author::compile(&next).unwrap().book;
    let [a, b] = found.bandits["hero-new"].posteriors["back"]["beach"];
    assert_eq!(next.bandits[0].rows[1], (a, b));
}

/// The book of a bandit, on lines, with remarks that nothing may touch.
fn on_lines(version: u32) -> String {
    let book = json(version, "hero-new");
    book.replace(
        r#""by": "lifecycle","#,
        "\n      \"by\":   \"lifecycle\",\n     ",
    )
}

#[test]
fn what_a_collector_answers_is_written_into_the_book() {
    let folder = support::scratch("learned-written");
    let Edition { statement, counts } = edition(&folder, 3, "hero-new", 4_000);
    let found = posteriors(&[&statement], 3, &counts).unwrap();
    let said = serde_json::to_string(&found).unwrap();
    let answer = support::file(&folder, "answer.json", &said);
    let source = on_lines(3);
    let book = support::file(&folder, "shop.book.json", &source);
    let run = support::fewbits(["learn", &book, "--from", &answer]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(
        run.err.contains("hero-new: 3 rows from 4,000 reports"),
        "{}",
        run.err
    );
    assert!(run.err.contains("version 3 is 4 now"), "{}", run.err);

    // The book knows what the collector published, to the bit.
    let next = std::fs::read_to_string(&book).unwrap();
    let compiled = fewbits::book::author::compile(&next).unwrap().book;
    assert_eq!(compiled.version, 4);
    let rows = &found.bandits["hero-new"].posteriors;
    let told = |row: &str, variant: &str| {
        let [a, b] = rows[row][variant];
        (a, b)
    };
    let expected = ["back", "new"].map(|row| [told(row, "winter"), told(row, "beach")]);
    assert_eq!(compiled.bandits[0].rows, expected.concat());
    // All else is as it was.
    let start = next.find(",\n      \"posteriors\"").unwrap();
    let end = start + next[start..].find("\n      }").unwrap() + "\n      }".len();
    let without = format!("{}{}", &next[..start], &next[end..]);
    assert_eq!(
        without.replacen("\"version\": 4", "\"version\": 3", 1),
        source
    );

    // Once more, with the next answer: in place of the rows that are there.
    let later = said.replacen("\"version\":3", "\"version\":4", 1);
    let later = support::file(&folder, "later.json", later);
    let run = support::fewbits(["learn", &book, "--from", &later, "-o", "-"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_eq!(
        run.out,
        next.replacen("\"version\": 4", "\"version\": 5", 1)
    );
    assert_eq!(std::fs::read_to_string(&book).unwrap(), next);
}

#[test]
fn what_does_not_fit_is_refused_and_the_book_stays() {
    let folder = support::scratch("learned-refused");
    let source = on_lines(3);
    let book = support::file(&folder, "shop.book.json", &source);
    let good = r#"{"fewbits":1,"book":"shop","version":3,"bandits":{"hero-new":{"versions":[3],"reports":9,"posteriors":{"any":{"winter":[2,5],"beach":[3,4.5]}},"rates":{}}}}"#;
    let swapped = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    for (text, says) in [
        ("[]".to_owned(), "is no answer about posteriors"),
        (swapped("\"fewbits\":1", "\"fewbits\":2"), "has the form 2"),
        (
            swapped("\"shop\"", "\"news\""),
            "is about `news`, not `shop`",
        ),
        (
            swapped("\"version\":3", "\"version\":2"),
            "older than version 3",
        ),
        (
            swapped("\"version\":3", "\"version\":4"),
            "take the book that is deployed",
        ),
        (swapped("hero-new", "hero-old"), "no bandit `hero-old`"),
        (
            swapped("\"beach\"", "\"plain\""),
            "has the variants beach, winter",
        ),
        (
            swapped(",\"beach\":[3,4.5]", ""),
            "has the variants beach, winter",
        ),
        (swapped("\"any\"", "\"old\""), "no segment or group `old`"),
        (
            swapped("\"any\":{\"winter\":[2,5],\"beach\":[3,4.5]}", ""),
            "knows nothing of any bandit",
        ),
        (swapped("[2,5]", "[0,5]"), "error["),
    ] {
        let from = support::file(&folder, "answer.json", &text);
        let run = support::fewbits(["learn", &book, "--from", &from]);
        assert_eq!(run.code, Some(1), "{text}");
        assert!(
            run.err.contains(says) && run.err.contains("= help: "),
            "{text}: {}",
            run.err
        );
        assert_eq!(std::fs::read_to_string(&book).unwrap(), source, "{text}");
    }
    // The same answer as it is, through the standard input; a bandit on one line stays there.
    let line = json(3, "hero-new").replace("\"lifecycle\",\n    ", "\"lifecycle\", ");
    let book = support::file(&folder, "line.book.json", line);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_fewbits"))
        .args(["learn", &book, "--from", "-", "-o", "-"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut command.stdin.take().unwrap(), good.as_bytes()).unwrap();
    let out = String::from_utf8(command.wait_with_output().unwrap().stdout).unwrap();
    let rows = r#", "posteriors": { "any": { "winter": [2, 5], "beach": [3, 4.5] } } }"#;
    assert!(out.contains(rows), "{out}");
}
