//! `fewbits model`: what real exporters write is imported, and says of every row what onnxruntime
//! says of it. The files, the rows and the answers are by `scripts/model_vectors.py`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod support;

use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use support::{Run, fewbits, file, scratch};

const VECTORS: &str = "tests/vectors/models";
/// How far a number may be from onnxruntime's, which sums in 32 bits.
const NEAR: f64 = 1e-5;

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(root(path)).unwrap()
}

fn columns(csv: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let split = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let mut lines = csv.lines();
    let header = split(lines.next().unwrap());
    (header, lines.map(split).collect())
}

fn import(file: &str, map: &Value, arguments: &[&str], folder: &Path) -> Run {
    let map = self::file(folder, "map.json", map.to_string());
    let fixed = ["model", "import", file, "--map", &map];
    fewbits(fixed.iter().chain(arguments))
}

/// A book of declared signals and models, as a file.
fn book(signals: &Value, models: &Map<String, Value>, folder: &Path) -> String {
    let mut signals = signals.as_object().unwrap().clone();
    let mut segments = Vec::new();
    for (n, name) in models.keys().enumerate() {
        let says = format!("says_{name}");
        segments
            .push(json!({ "id": format!("m{n}"), "when": { says.as_str(): { "$exists": true } } }));
        signals.insert(says, json!({ "model": name }));
    }
    let book = json!({
        "fewbits": 1, "book": "vectors", "version": 1, "signals": signals, "models": models,
        "dimensions": { "all": { "why": "read them all", "segments": [segments[0]], "otherwise": "none" } },
    });
    file(folder, "vectors.book.json", book.to_string())
}

#[test]
fn every_row_is_judged_as_by_onnxruntime() {
    let folder = scratch("model-vectors");
    let index: Value = serde_json::from_str(&read(&format!("{VECTORS}/vectors.json"))).unwrap();
    let (names, expected) = columns(&read(&format!("{VECTORS}/expected.csv")));
    assert!(expected.len() >= 300 && names.len() >= 25, "{names:?}");
    // A few at a time: a book has room for 32.
    for (part, vectors) in index["vectors"].as_array().unwrap().chunks(8).enumerate() {
        let mut models = Map::new();
        for vector in vectors {
            let name = vector["name"].as_str().unwrap();
            let more = vector["arguments"].as_array().unwrap();
            let more: Vec<&str> = more.iter().map(|a| a.as_str().unwrap()).collect();
            let file = format!("{VECTORS}/{name}.onnx");
            let run = import(&file, &vector["map"], &more, &folder);
            assert_eq!(run.code, Some(0), "{name}: {}", run.err);
            let fragment: Map<String, Value> = serde_json::from_str(&run.out).unwrap();
            models.extend(fragment);
        }
        let book = book(&index["signals"], &models, &folder);
        let run = fewbits(["model", "run", &book, &format!("{VECTORS}/rows.csv")].iter());
        assert_eq!(run.code, Some(0), "part {part}: {}", run.err);
        let (said_names, said) = columns(&run.out);
        assert_eq!(said.len(), expected.len());
        for (at, name) in said_names.iter().enumerate() {
            let column = names.iter().position(|n| n == name).unwrap();
            for (row, (said, expected)) in said.iter().zip(&expected).enumerate() {
                let (said, expected) = (&said[at], &expected[column]);
                let near = match (said.parse::<f64>(), expected.parse::<f64>()) {
                    (Ok(a), Ok(b)) => (a - b).abs() <= NEAR * b.abs().max(1.0),
                    _ => said == expected,
                };
                assert!(near, "{name}, row {row}: {said}, not {expected}");
            }
        }
    }
}

#[test]
fn what_a_book_cannot_do_is_refused_by_its_name() {
    let folder = scratch("model-refused");
    let refused = root(VECTORS).join("refused");
    let mut count = 0;
    for entry in fs::read_dir(refused).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "onnx") {
            let says = fs::read_to_string(path.with_extension("txt")).unwrap();
            let map = json!({ "inputs": { "input": ["pages", "minutes", "spent", "club"] } });
            let run = import(path.to_str().unwrap(), &map, &[], &folder);
            assert_eq!(run.code, Some(1), "{}", run.out);
            assert!(run.err.contains(says.trim()), "no {says} in {}", run.err);
            assert!(run.err.contains("= help: "), "{}", run.err);
            count += 1;
        }
    }
    assert!(count >= 4);
}

#[test]
fn files_and_mappings_that_do_not_fit() {
    let folder = scratch("model-bad");
    let none = json!({});
    let check = |file: &str, map: &Value, more: &[&str], says: &str| {
        let run = import(file, map, more, &folder);
        assert_eq!(run.code, Some(1), "{}", run.out);
        assert!(run.err.contains(says), "no `{says}` in\n{}", run.err);
    };
    let scaled = format!("{VECTORS}/scaled.onnx");
    check("README.md", &none, &[], "it is no ONNX file");
    check(&scaled, &none, &[], "input `input` has 4 columns");
    let short = json!({ "inputs": { "input": ["pages"] } });
    check(&scaled, &short, &[], "has 1 signals for the 4 columns");
    check(&scaled, &json!({ "input": 1 }), &[], "the mapping");
    let share = format!("{VECTORS}/share.onnx");
    let four = json!({ "inputs": { "input": ["pages", "minutes", "spent", "club"] } });
    check(&share, &four, &["--of", "nothing"], "no class `nothing`");
    // A file that was cut off anywhere is refused, or is another model; it never breaks the tool.
    let whole = fs::read(root(&format!("{VECTORS}/boosted.onnx"))).unwrap();
    let cut = folder.join("cut.onnx");
    for length in (0..whole.len()).step_by(whole.len() / 40) {
        fs::write(&cut, &whole[..length]).unwrap();
        let run = import(cut.to_str().unwrap(), &four, &[], &folder);
        assert!(matches!(run.code, Some(0 | 1)), "{length}: {}", run.err);
    }
}

#[test]
fn a_damaged_file_never_breaks_the_tool() {
    let folder = scratch("model-damaged");
    let map = json!({ "inputs": { "input": ["pages", "minutes", "spent", "club"] } });
    let mut seed = 1u32;
    let mut below = |n: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % n
    };
    for name in ["boosted_class", "table", "nearest", "lightgbm"] {
        let whole = fs::read(root(&format!("{VECTORS}/{name}.onnx"))).unwrap();
        for round in 0..60 {
            let mut damaged = whole.clone();
            for _ in 0..=round % 4 {
                let at = below(damaged.len());
                damaged[at] = below(256) as u8;
            }
            let file = file(&folder, "damaged.onnx", damaged);
            let run = import(&file, &map, &[], &folder);
            assert!(
                matches!(run.code, Some(0 | 1)),
                "{name} {round}: {}",
                run.err
            );
        }
    }
}

#[test]
fn rows_that_do_not_fit() {
    let folder = scratch("model-rows");
    let models = json!({ "m": { "inputs": ["pages", { "signal": "month", "is": "nov" }], "weights": [1, 2] } });
    let signals = json!({ "pages": { "count": "view", "within": "7d" }, "month": { "declared": ["feb", "nov"] } });
    let book = book(&signals, models.as_object().unwrap(), &folder);
    let rows = folder.join("rows.csv");
    let run = |text: &str| {
        fs::write(&rows, text).unwrap();
        fewbits(["model", "run", &book, rows.to_str().unwrap()].iter())
    };
    assert_eq!(
        run("month,pages\nnov,3\nfeb,1.5\n,0\n").out,
        "m\n5\n1.5\n0\n"
    );
    assert!(run("pages\n1\n").err.contains("has no column `month`"));
    assert!(run("month,pages\nmay,1\n").err.contains("row 2: `may`"));
    assert!(run("month,pages\nnov,NaN\n").err.contains("row 2: `NaN`"));
}

/// The audit of a book, as JSON.
fn audit(book: &str) -> Value {
    let run = fewbits(["audit", book, "--format", "json"]);
    serde_json::from_str(&run.out).unwrap_or_else(|e| panic!("{e}: {}{}", run.out, run.err))
}

#[test]
fn the_audit_weighs_what_a_model_reads() {
    let audit_ = audit("books/intent.book.json");
    let model = &audit_["meaning"]["models"][0];
    assert_eq!(model["name"], "purchase_intent");
    assert_eq!(model["form"], "trees");
    let signals = model["signals"].as_array().unwrap();
    let share = |signal: &Value| signal["share"].as_f64().unwrap();
    assert!((signals.iter().map(share).sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(
        signals
            .windows(2)
            .all(|pair| share(&pair[0]) >= share(&pair[1]))
    );
    assert_eq!(signals[0]["signal"], "attention");
    // By hand: one split of two leaves at the top, so everything is its input's.
    let folder = scratch("model-audit");
    let models = json!({
        "one": { "inputs": ["x", "y"], "trees": [[1, "<", 0, -1, 1]] },
        "two": { "inputs": ["x", "y"], "trees": [[0, "<", 0, [1, "<", 0, 0, 2], 4]] },
        "sum": { "inputs": [{ "signal": "x", "missing": 0 }, { "signal": "y", "missing": 0 }], "weights": [3, -1] },
    });
    let number = json!({ "declared": "number", "min": -5, "max": 5 });
    let signals = json!({ "x": number, "y": number });
    let book = book(&signals, models.as_object().unwrap(), &folder);
    let audited = audit(&book);
    let shares = |model: usize| -> Vec<(String, f64)> {
        let all = audited["meaning"]["models"][model]["signals"]
            .as_array()
            .unwrap();
        let pair = |s: &Value| (s["signal"].as_str().unwrap().to_owned(), share(s));
        all.iter().map(pair).collect()
    };
    assert_eq!(shares(0), [("y".to_owned(), 1.0), ("x".to_owned(), 0.0)]);
    // The first split tells 1 from 4: 1.5 squared; the second, on half of the ways, 0 from 2: 1.
    assert_eq!(
        shares(1),
        [("x".to_owned(), 2.25 / 2.75), ("y".to_owned(), 0.5 / 2.75)]
    );
    assert_eq!(shares(2), [("x".to_owned(), 0.75), ("y".to_owned(), 0.25)]);
}

#[test]
fn the_audit_warns_of_models_that_guess_or_are_asked_about() {
    let folder = scratch("model-lints");
    let text = json!({
        "fewbits": 1, "book": "b", "version": 1,
        "signals": {
            "pregnancy": { "count": "view", "within": "7d" },
            "guess": { "model": "guess" },
        },
        "models": { "guess": { "inputs": ["pregnancy"], "weights": [1] } },
        "dimensions": { "mood": { "why": "w", "segments": [
            { "id": "high", "when": { "guess": { "$gte": 1 } } }], "otherwise": "low" } },
        "report": { "questions": { "mood": 1 }, "bootstrap": true },
    });
    let lints = |text: &Value| -> Vec<String> {
        let path = file(&folder, "b.book.json", text.to_string());
        let findings = audit(&path)["findings"].clone();
        let name = |f: &Value| f["lint"].as_str().unwrap().to_owned();
        findings.as_array().unwrap().iter().map(name).collect()
    };
    let found = lints(&text);
    assert!(found.contains(&"model-sensitive".to_owned()), "{found:?}");
    assert!(
        found.contains(&"sensitive-topic".to_owned()),
        "the dimension is as sensitive: {found:?}"
    );
    let harmless: Value =
        serde_json::from_str(&text.to_string().replace("pregnancy", "views")).unwrap();
    let found = lints(&harmless);
    assert!(found.contains(&"model-reported".to_owned()), "{found:?}");
    assert!(
        !found.iter().any(|lint| lint.contains("sensitive")),
        "{found:?}"
    );
}
