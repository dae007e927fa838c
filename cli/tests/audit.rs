//! `fewbits audit`: what it writes for the example books, word for word.
//!
//! `UPDATE=1 cargo test -p fewbits-cli --test audit` writes what is said now; the difference is
//! to be read before it is kept.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod support;

use support::{fewbits, file, root, scratch};

/// Compares with `tests/golden/PATH`, or writes it.
fn golden(path: &str, found: &str) {
    let path = root().join("tests/golden").join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{} differs", path.display());
}

#[test]
fn statements_are_the_golden_ones() {
    for name in ["shop", "news"] {
        let book = format!("books/{name}.book.json");
        let run = fewbits(["audit", &book, "--statement", "-"]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        golden(&format!("statement/{name}.json"), &run.out);
    }
}

#[test]
fn a_book_that_asks_nothing_says_so() {
    let folder = scratch("audit-quiet");
    let source = std::fs::read_to_string(root().join("books/data/cdnow.book.json")).unwrap();
    let mut book: serde_json::Value = serde_json::from_str(&source).unwrap();
    book.as_object_mut().unwrap().remove("report");
    let book = file(&folder, "quiet.book.json", book.to_string());
    let target = folder.join("fewbits.json");
    let run = fewbits(["audit", &book, "--statement", target.to_str().unwrap()]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), ""), "{}", run.err);
    let statement = std::fs::read_to_string(target).unwrap();
    let statement: serde_json::Value = serde_json::from_str(&statement).unwrap();
    assert_eq!(statement["report"], serde_json::Value::Null);
    let words = statement["statement"].as_str().unwrap();
    assert!(
        words.ends_with("Nothing about a segment leaves the browser."),
        "{words}"
    );
}
