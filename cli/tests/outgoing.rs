//! What the audit lists is what leaves: many visitors' reports and hints, from the engine itself,
//! against the fields, values and lengths of `fewbits audit`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use fewbits::book::{Book, Kind};
use fewbits::engine::Engine;
use fewbits::gate::{Answer, Purpose};
use fewbits::ports::{Entropy, LocalStore, Slot};
use serde_json::Value;
use support::{fewbits, file, root, scratch};

/// Bytes of a multiplicative generator (Steele, Lea, Flood 2014: SplitMix64), seeded.
struct Chance(u64);

impl Entropy for Chance {
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        for byte in bytes {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
            *byte = (z ^ z >> 31) as u8;
        }
        true
    }
}

/// Storage that ends with the test.
#[derive(Default)]
struct Memory(BTreeMap<u8, Vec<u8>>);

impl LocalStore for Memory {
    fn read(&self, slot: Slot) -> Option<Vec<u8>> {
        self.0.get(&(slot as u8)).cloned()
    }

    fn write(&mut self, slot: Slot, bytes: &[u8]) -> bool {
        self.0.insert(slot as u8, bytes.to_vec());
        true
    }

    fn append(&mut self, _: &[u8]) -> bool {
        true
    }

    fn journals(&self) -> Vec<(u32, Vec<u8>)> {
        Vec::new()
    }
}

/// 2026-11-23, a Monday.
const NOW: u32 = 1_795_392_000;
const DAY: u32 = 86_400;

/// A visitor who says yes to all, with a fact or two drawn by the seed.
fn visitor(book: &Book, seed: u64) -> Engine {
    let mut engine = Engine::new(book.clone(), Box::new(Chance(seed)));
    for purpose in [
        Purpose::Store,
        Purpose::Personalise,
        Purpose::Measure,
        Purpose::Share,
    ] {
        engine.set_consent(purpose, Answer::Granted, NOW);
    }
    engine.attach(Box::<Memory>::default());
    for (index, signal) in (0..).zip(&book.signals) {
        if let (Kind::Declared { .. } | Kind::Context { .. }, Some(items)) =
            (&signal.kind, book.items(signal))
        {
            engine.declare(index, (seed % items.len() as u64) as f64, NOW);
        }
    }
    engine
}

#[test]
fn every_report_and_hint_is_one_that_the_audit_lists() {
    let folder = scratch("outgoing");
    let source = std::fs::read_to_string(root().join("books/shop.book.json")).unwrap();
    let source = source.replacen(
        "\"report\": {",
        "\"hints\": { \"dimensions\": [\"weather\"], \"why\": \"a test\" },\n  \"report\": {",
        1,
    );
    let path = file(&folder, "shop.book.json", &source);
    let run = fewbits(["audit", &path, "--format", "json"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let audit: Value = serde_json::from_str(&run.out).unwrap();
    let (outgoing, hints) = (&audit["meaning"]["outgoing"], &audit["meaning"]["hints"]);
    let fields = outgoing["fields"].as_array().unwrap();
    let book = fewbits::book::author::compile(&source).unwrap().book;

    let (mut reports, mut hinted) = (BTreeSet::new(), BTreeSet::new());
    for seed in 0..400 {
        let mut engine = visitor(&book, seed);
        _ = engine.ask(NOW);
        engine.ask(NOW + 3 * DAY).unwrap();
        let text = engine.report().unwrap().to_json();
        let length = text.len() as u64;
        assert!(
            outgoing["least_bytes"].as_u64().unwrap() <= length,
            "{text}"
        );
        assert!(outgoing["most_bytes"].as_u64().unwrap() >= length, "{text}");
        let report: Value = serde_json::from_str(&text).unwrap();
        let keys: Vec<&String> = report.as_object().unwrap().keys().collect();
        let names: Vec<&Value> = fields.iter().map(|field| &field["name"]).collect();
        assert!(
            keys.iter()
                .zip(&names)
                .all(|(key, name)| *name == key.as_str()),
            "{text}"
        );
        assert_eq!(keys.len(), names.len());
        for field in fields {
            let value = &report[field["name"].as_str().unwrap()];
            let value = match field["name"].as_str().unwrap() {
                "epoch" => continue,
                "answer" => format!("{}: {}", plain(&report["question"]), plain(value)),
                _ => plain(value),
            };
            let listed = field["values"].as_array().unwrap();
            assert!(
                listed.iter().any(|known| *known == value.as_str()),
                "{field}: {value}"
            );
        }
        reports.insert((plain(&report["question"]), plain(&report["answer"])));

        let mut engine = visitor(&book, seed);
        let hint = engine.hint(NOW).unwrap().to_json();
        hinted.insert(hint);
    }
    // Randomised response gives every answer sooner or later, and three facts give three hints.
    assert_eq!(outgoing["outcomes"], reports.len());
    assert_eq!(hints["outcomes"], hinted.len());
    assert!(
        hinted.contains(hints["example"].as_str().unwrap()),
        "{hinted:?}"
    );
}

/// A text without its quotes, or a number.
fn plain(value: &Value) -> String {
    value.to_string().trim_matches('"').to_owned()
}
