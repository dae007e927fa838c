//! `fewbits attack`, run small: the bound holds, the unprotected book falls, and the same seed
//! gives the same answer.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod support;

use serde_json::Value;
use support::{fewbits, file, scratch};

const SMALL: [&str; 8] = [
    "-n", "100,300", "--known", "800", "--effort", "0.001", "--format", "json",
];

fn attack(book: &str, more: &[&str]) -> Value {
    let run = fewbits([&["attack", book][..], &SMALL, more].concat());
    assert_eq!(run.code, Some(0), "{}", run.err);
    serde_json::from_str(&run.out).unwrap()
}

fn mechanism<'a>(outcome: &'a Value, id: &str) -> &'a Value {
    let all = outcome["mechanisms"].as_array().unwrap();
    all.iter().find(|m| m["id"] == id).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[test]
fn no_book_is_attacked_above_its_bound() {
    for book in [
        "books/shop.book.json",
        "books/news.book.json",
        "books/data/apache.book.json",
        "books/data/cdnow.book.json",
        "books/data/msweb.book.json",
    ] {
        for seed in ["1", "2"] {
            let outcome = attack(book, &["--seed", seed, "--weeks", "2"]);
            let bound = &outcome["bound"];
            assert_eq!(bound["respected"], true, "{book}");
            let times = number(&bound["times"]);
            let lifetime = number(&bound["lifetime_bits"]);
            assert!(
                times > 1.0 && times.log2() <= lifetime + 1e-6,
                "{book}: {times}"
            );
            assert!(number(&bound["expected_times"]) <= times + 1e-5);
            for id in ["gate", "gate-informed"] {
                for rate in mechanism(&outcome, id)["rates"].as_array().unwrap() {
                    let visitors = number(&rate["visitors"]);
                    let most = (times / visitors).min(1.0);
                    assert!(number(&rate["low"]) <= most, "{book}, {id}: {rate}");
                    assert!((number(&rate["bound"]) - most).abs() < 1e-12);
                }
            }
        }
    }
}

#[test]
fn without_the_gate_a_book_falls() {
    let folder = scratch("attack");
    let page = folder.join("attack.html");
    let path = page.to_str().unwrap();
    let outcome = attack("books/shop.book.json", &["--weeks", "3", "--html", path]);
    let raw = &mechanism(&outcome, "raw")["rates"][1];
    assert_eq!(raw["visitors"], 300);
    assert!(number(&raw["rate"]) > 0.99, "{raw}");
    assert!(raw["bound"].is_null());
    let gate = &mechanism(&outcome, "gate")["rates"][1];
    assert!(number(&gate["times"]) < 10.0, "{gate}");
    // The page says the same, by itself.
    let page = std::fs::read_to_string(page).unwrap();
    assert_eq!(page.matches("<figure").count(), 3);
    for text in [
        "acme-outdoor, version 1",
        "within the proof",
        "300 ×",
        "All figures",
    ] {
        assert!(page.contains(text), "no `{text}`");
    }
    for never in ["<script", "http:", "https:", "src=", "NaN", "inf"] {
        assert!(!page.contains(never), "{never}");
    }
}

#[test]
fn the_same_seed_is_the_same_attack() {
    let run = |seed| attack("books/news.book.json", &["--seed", seed, "--weeks", "2"]);
    assert_eq!(run("5"), run("5"));
    assert_ne!(run("5"), run("6"));
}

#[test]
fn a_book_that_asks_nothing_tells_nothing() {
    let folder = scratch("attack");
    let book = r#"{ "fewbits": 1, "book": "quiet", "version": 1,
      "signals": { "plan": { "declared": ["a", "b"] } },
      "dimensions": { "plan": { "why": "a test", "segments": [ { "id": "a", "when": { "plan": "a" } } ], "otherwise": "b" } } }"#;
    let path = file(&folder, "quiet.book.json", book);
    let outcome = attack(&path, &["--weeks", "1"]);
    assert_eq!(number(&outcome["bound"]["times"]), 1.0);
    let rate = &mechanism(&outcome, "gate")["rates"][0];
    assert!((number(&rate["times"]) - 1.0).abs() < 1e-9, "{rate}");
}

#[test]
fn people_read_a_table() {
    let run = fewbits([
        "attack",
        "books/news.book.json",
        "-n",
        "200",
        "--known",
        "800",
        "--effort",
        "0.001",
        "--weeks",
        "2",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    for text in [
        "through the gate",
        "without the gate",
        "95 % interval",
        "Proved of the gate",
    ] {
        assert!(run.out.contains(text), "no `{text}` in:\n{}", run.out);
    }
}

#[test]
fn recorded_visitors_are_read_week_by_week() {
    let folder = scratch("attack");
    let book = r#"{ "fewbits": 1, "book": "weekly", "version": 1,
      "signals": { "views": { "count": "view", "within": "7d" } },
      "dimensions": { "visit": { "why": "a test",
        "segments": [ { "id": "here", "when": { "views": { "$gte": 1 } } } ], "otherwise": "away" } },
      "report": { "questions": { "visit": 1 }, "bootstrap": true } }"#;
    let book = file(&folder, "weekly.book.json", book);
    // A Wednesday. Every visitor comes in another pattern of four weeks; none in all of them.
    let wednesday = 1_795_392_000u32 + 2 * 86_400;
    let mut events = String::new();
    for week in 0..4 {
        for visitor in 0..600u32 {
            let pattern = 1 + visitor % 14;
            if pattern >> week & 1 == 1 {
                let at = wednesday + week * 604_800;
                events.push_str(&format!(
                    "{{\"visitor\":{visitor},\"at\":{at},\"event\":\"view\"}}\n"
                ));
            }
        }
    }
    let events = file(&folder, "events.jsonl", events);
    let outcome = attack(&book, &["--events", &events]);
    assert_eq!(
        (&outcome["weeks"], &outcome["people"]["recorded"]),
        (&4.into(), &600.into())
    );
    assert!(outcome["notes"].to_string().contains("of 4 weeks only"));
    let raw = mechanism(&outcome, "raw");
    // Whoever has the same pattern is the same: one hit for each of the 14 patterns.
    let rate = &raw["rates"][1];
    assert_eq!(rate["visitors"], 300);
    assert!(
        (number(&rate["rate"]) - 14.0 / 300.0).abs() < 1e-9,
        "{rate}"
    );
    assert_eq!(outcome["bound"]["respected"], true);
    let small = &mechanism(&outcome, "gate")["rates"][0];
    assert!(number(&small["low"]) <= number(&small["bound"]));
}

#[test]
fn too_few_recorded_visitors_are_refused() {
    let folder = scratch("attack");
    let events = file(
        &folder,
        "few.jsonl",
        "{\"visitor\":1,\"at\":1795392000,\"event\":\"view\"}\n",
    );
    let run = fewbits(["attack", "books/shop.book.json", "--events", &events]);
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("needs 200 at least"), "{}", run.err);
}
