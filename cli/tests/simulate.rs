//! `fewbits simulate` on real samples, compared with what was stored. `UPDATE=1` stores anew.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod support;

use serde_json::Value;
use std::fs;
use support::{fewbits, file, root, scratch};

/// Name, book, events, mapping and further arguments.
const CASES: [(&str, &str, &str, &str, &[&str]); 4] = [
    (
        "apache",
        "books/data/apache.book.json",
        "tests/data/apache.csv",
        "books/data/apache.map.json",
        &["-k", "5"],
    ),
    (
        "msweb",
        "books/data/msweb.book.json",
        "tests/data/msweb.csv",
        "books/data/msweb.map.json",
        &[],
    ),
    (
        "garden",
        "tests/data/garden.book.json",
        "tests/data/garden.jsonl",
        "",
        &["-k", "2"],
    ),
    (
        "garden-own",
        "tests/data/garden.book.json",
        "tests/data/garden.jsonl",
        "",
        &["--as-of", "own", "--at", "each"],
    ),
];

/// What a run writes: visitors, inputs and the summary without times.
fn simulate(name: &str, threads: usize) -> [String; 3] {
    let (_, book, events, map, more) = CASES.into_iter().find(|c| c.0 == name).unwrap();
    let folder = scratch(&format!("simulate-{name}-{threads}"));
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (out, inputs, threads) = (path("out"), path("in"), threads.to_string());
    let mut arguments = vec!["simulate", book, "--events", events, "--summary", "json"];
    arguments.extend([
        "--threads",
        &threads,
        "--out",
        &out,
        "--inputs",
        &inputs,
        "--strict",
    ]);
    if !map.is_empty() {
        arguments.extend(["--map", map]);
    }
    arguments.extend(more);
    let run = fewbits(arguments);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let mut summary: Value = serde_json::from_str(&run.out).unwrap();
    let speed = summary.as_object_mut().unwrap().remove("speed");
    assert!(speed.unwrap()["events_per_second"].as_u64().unwrap() > 0);
    let summary = serde_json::to_string_pretty(&summary).unwrap() + "\n";
    [
        fs::read_to_string(out).unwrap(),
        fs::read_to_string(inputs).unwrap(),
        summary,
    ]
}

#[test]
fn samples_give_what_was_stored() {
    let stored = root().join("tests/data/expected");
    for (name, ..) in CASES {
        let parts = ["visitors.jsonl", "inputs.jsonl", "summary.json"];
        for (part, text) in parts.iter().zip(simulate(name, 2)) {
            let path = stored.join(format!("{name}.{part}"));
            if std::env::var_os("UPDATE").is_some() {
                fs::write(&path, &text).unwrap();
            }
            let expected = fs::read_to_string(&path).unwrap_or_default();
            assert!(
                text == expected.replace("\r\n", "\n"),
                "{name}.{part} differs: look at it with UPDATE=1 and git diff"
            );
        }
    }
}

#[test]
fn the_number_of_threads_does_not_matter() {
    for name in ["apache", "garden"] {
        let one = simulate(name, 1);
        for threads in [3, 8] {
            assert!(
                one == simulate(name, threads),
                "{name} on {threads} threads"
            );
        }
    }
}

#[test]
fn every_visitor_is_in_exactly_one_segment_of_a_dimension_without_pick() {
    let [_, _, summary] = simulate("apache", 2);
    let summary: Value = serde_json::from_str(&summary).unwrap();
    let visitors = summary["visitors"].as_u64().unwrap();
    for dimension in summary["dimensions"].as_array().unwrap() {
        let sizes = dimension["segments"].as_array().unwrap().iter();
        let sum: u64 = sizes.map(|s| s["visitors"].as_u64().unwrap()).sum();
        assert_eq!(sum, visitors, "{}", dimension["id"]);
    }
}

#[test]
fn a_log_needs_no_columns_and_never_shows_an_address() {
    let folder = scratch("log");
    let map = r#"{ "site": "http://www.semicomplete.com", "ignore": ["*.png", "*.css", "*.js", "*.ico"],
      "rules": [{ "path": "/robots.txt", "event": "robots" }, { "path": "/*", "event": "view" }] }"#;
    let map = file(&folder, "log.map.json", map);
    let out = folder.join("out").to_str().unwrap().to_owned();
    let inputs = folder.join("in").to_str().unwrap().to_owned();
    let book = "books/data/apache.book.json";
    let arguments = [
        "simulate",
        book,
        "-e",
        "tests/data/access.log",
        "-m",
        &map,
        "-o",
        &out,
        "--inputs",
        &inputs,
    ];
    let run = fewbits(arguments);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.out.contains("200 read"), "{}", run.out);
    assert!(run.out.contains(" 0 bad"), "{}", run.out);
    let all = [
        run.out,
        run.err,
        fs::read_to_string(&out).unwrap(),
        fs::read_to_string(&inputs).unwrap(),
    ];
    for text in all {
        assert!(!text.contains("198.51.100."), "{text}");
    }
    let named = fewbits(arguments.into_iter().chain(["--show-visitors"]));
    assert_eq!(named.code, Some(0), "{}", named.err);
    assert!(
        fs::read_to_string(&out)
            .unwrap()
            .starts_with("{\"visitor\":\"198.51.100.")
    );
}

#[test]
fn what_a_compiled_book_says_is_the_same() {
    let folder = scratch("compiled");
    let compiled = folder.join("msweb.fbk").to_str().unwrap().to_owned();
    let run = fewbits(["compile", "books/data/msweb.book.json", "--out", &compiled]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let summary = |book: &str| {
        let map = "books/data/msweb.map.json";
        let run = fewbits(["simulate", book, "-e", "tests/data/msweb.csv", "-m", map]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        let lines: Vec<String> = run.out.lines().map(str::to_owned).collect();
        lines[..lines.len() - 1].to_vec()
    };
    assert_eq!(summary("books/data/msweb.book.json"), summary(&compiled));
}

#[test]
fn the_same_events_in_one_file_or_in_two() {
    let folder = scratch("two-files");
    let text = fs::read_to_string(root().join("tests/data/garden.jsonl")).unwrap();
    let half = text.match_indices('\n').nth(8).unwrap().0 + 1;
    // The last line of a file may lack its line end.
    let first = file(&folder, "a.jsonl", text[..half].trim_end());
    let second = file(&folder, "b.jsonl", &text[half..]);
    let book = "tests/data/garden.book.json";
    let split = fewbits(["simulate", book, "-e", &first, "-e", &second, "-o", "-"]);
    let whole = fewbits(["simulate", book, "-e", "tests/data/garden.jsonl", "-o", "-"]);
    assert_eq!(split.code, Some(0), "{}", split.err);
    assert_eq!(split.out, whole.out);
}

/// Half of the visitors get each variant, all who are regulars the rule before it; the same with
/// any number of threads. An unknown slot is refused.
#[test]
fn each_visitor_is_shown_something() {
    let folder = scratch("simulate-decide");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let book = r#"{ "fewbits": 1, "book": "b", "version": 1,
      "signals": { "views": { "count": "view", "within": "7d" } },
      "dimensions": { "lifecycle": { "why": "a test",
        "segments": [ { "id": "regular", "when": { "views": { "$gte": 2 } } } ], "otherwise": "new" } },
      "experiments": { "copy": { "why": "a test", "variants": ["cool", "warm"] } },
      "decisions": { "hero": { "why": "a test", "variants": ["cool", "warm", "back"],
        "choose": [ { "when": { "lifecycle": "regular" }, "show": "back", "because": "welcome back" },
                    { "experiment": "copy" } ], "otherwise": "cool" } } }"#;
    fs::write(path("book.json"), book).unwrap();
    let mut events = String::new();
    for visitor in 0..2_000 {
        for _ in 0..=usize::from(visitor % 4 == 0) {
            events += &format!(
                "{{\"visitor\":\"v{visitor}\",\"event\":\"view\",\"at\":\"2026-11-23T10:00:00Z\"}}\n"
            );
        }
    }
    fs::write(path("events.jsonl"), events).unwrap();
    let run = |threads: &str, slot: &str| {
        let (book, events, out) = (path("book.json"), path("events.jsonl"), path("out"));
        let arguments = [
            "simulate",
            &book,
            "--events",
            &events,
            "--out",
            &out,
            "--threads",
            threads,
            "--decide",
            slot,
        ];
        (
            fewbits(arguments),
            fs::read_to_string(&out).unwrap_or_default(),
        )
    };
    let (_, out) = run("1", "hero");
    let mut shown = std::collections::BTreeMap::new();
    for line in out.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let hero = &line["decisions"]["hero"];
        let words = format!("{} {}", hero["variant"], hero["because"]);
        *shown.entry(words).or_insert(0) += 1;
    }
    assert_eq!(shown["\"back\" \"welcome back\""], 500);
    // Four standard errors of 1,500 times a half.
    let cool = f64::from(shown["\"cool\" \"experiment copy\""]);
    assert!((cool - 750.0).abs() < 78.0, "{shown:?}");
    assert_eq!(run("4", "hero").1, out);
    let (refused, _) = run("1", "herro");
    let said = refused.err;
    assert!(
        said.contains("no slot `herro`") && said.contains("hero"),
        "{said}"
    );
}
