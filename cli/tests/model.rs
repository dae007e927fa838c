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
