//! Every book in `books/bad` is refused, or warned about, in exactly the expected words.
//!
//! `UPDATE=1 cargo test --features author --test bad_books` writes what is said now; the
//! difference is to be read before it is kept.

#![cfg(all(feature = "author", not(target_arch = "wasm32")))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use fewbits::book::author::{CODES, Severity, check, compile};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn bad_books() -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("books/bad");
    let mut books: Vec<(String, PathBuf)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| {
            let name = path
                .file_name()?
                .to_str()?
                .strip_suffix(".book.json")?
                .to_owned();
            Some((name, path))
        })
        .collect();
    books.sort();
    books
}

#[test]
fn bad_books_are_told_what_is_expected() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    for (name, path) in bad_books() {
        let source = fs::read_to_string(&path).unwrap();
        let file = format!("{name}.book.json");
        let rendered: Vec<String> = check(&source)
            .iter()
            .map(|found| found.render(&source, &file))
            .collect();
        let rendered = rendered.join("\n");
        let expected_path = path.with_file_name(format!("{name}.expected.txt"));
        if update {
            fs::write(&expected_path, &rendered).unwrap();
        }
        let expected = fs::read_to_string(&expected_path).unwrap_or_default();
        if rendered != expected {
            wrong.push(format!(
                "{name}: expected\n\n{expected}\nbut found\n\n{rendered}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_has_a_book_and_every_book_a_code() {
    let books: BTreeSet<String> = bad_books().into_iter().map(|(name, _)| name).collect();
    let codes: BTreeSet<String> = CODES.iter().map(|(code, _)| (*code).to_owned()).collect();
    assert_eq!(books, codes);
}

#[test]
fn a_book_shows_the_code_it_is_named_after() {
    for (name, path) in bad_books() {
        let source = fs::read_to_string(&path).unwrap();
        let found = check(&source);
        let named = found.iter().find(|found| found.code == name);
        assert!(named.is_some(), "`{name}` is not among {found:#?}");
        let refused = found.iter().any(|found| found.severity == Severity::Error);
        assert_eq!(compile(&source).is_err(), refused, "{name}");
    }
}

#[test]
fn every_finding_has_a_place_and_a_help_line() {
    for (name, path) in bad_books() {
        let source = fs::read_to_string(&path).unwrap();
        for found in check(&source) {
            let line = source.lines().nth(found.line - 1).unwrap_or("");
            let rest: String = line.chars().skip(found.column - 1).collect();
            let first = found.text.lines().next().unwrap_or("");
            assert!(rest.starts_with(first), "{name}: {found:?}");
            assert!(!found.help.is_empty(), "{name}: {found:?}");
            for text in [&found.message, &found.help] {
                assert!(!text.ends_with('.'), "{name}: no full stop: {text}");
                let head = text.chars().next().unwrap();
                assert!(!head.is_uppercase(), "{name}: lower case: {text}");
            }
        }
    }
}
