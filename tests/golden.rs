//! The golden corpus on the native core. The same files run in browsers (`tests/web.rs`) and
//! over the built package (`www/sdk/test/golden.test.mjs`).

#![cfg(all(feature = "author", not(target_arch = "wasm32")))]
// Helpers of tests panic to fail a test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[macro_use]
mod common;

use common::core::{Core, Killed};
use common::{CORPUS, Reloads, book, cases, run, time};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

macro_rules! native {
    ($($test:ident $file:literal,)*) => {
        /// As written.
        mod as_written {
            use super::{Core, Reloads, run};
            $(#[test] fn $test() { run::<Core>($file, Reloads::AsWritten); })*
        }

        /// Loading the page anew after each step changes no answer.
        mod reloaded {
            use super::{Core, Reloads, run};
            $(#[test] fn $test() { run::<Core>($file, Reloads::Always); })*
        }

        /// Nor does it when the tab before was killed, so that only its journal tells.
        mod killed {
            use super::{Killed, Reloads, run};
            $(#[test] fn $test() { run::<Killed>($file, Reloads::Always); })*
        }
    };
}
for_each_golden_file!(native);

#[test]
fn the_list_names_every_file() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    let files: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    let listed: BTreeSet<String> = CORPUS
        .iter()
        .map(|(name, _)| format!("{name}.json"))
        .collect();
    assert_eq!(files, listed);
}

#[test]
fn every_case_has_a_name_of_its_own_and_a_sentence() {
    let mut names = BTreeSet::new();
    let mut count = 0;
    for (file, _) in CORPUS {
        for case in cases(file) {
            let (name, why) = (
                case["name"].as_str().unwrap(),
                case["why"].as_str().unwrap(),
            );
            assert!(
                names.insert(name.to_owned()),
                "{file}: two cases are called {name}"
            );
            assert!(
                why.ends_with('.') && why.len() > 20,
                "{file}: {name}: {why}"
            );
            let steps = case["steps"].as_array().unwrap();
            assert!(
                steps.iter().any(|s| s.get("expect").is_some()),
                "{name} expects nothing"
            );
            count += 1;
        }
    }
    assert!(count >= 75, "{count} cases");
}

/// Every kind of signal, operator and context occurs in some book, so nothing of the format is
/// left out of the corpus.
#[test]
fn the_corpus_covers_the_format() {
    let mut keys = BTreeSet::new();
    let mut texts = BTreeSet::new();
    for (file, _) in CORPUS {
        for case in cases(file) {
            let json: Value = serde_json::from_str(&book(&case["book"])).unwrap();
            collect(&json["signals"], &mut keys, &mut texts);
            collect(&json["models"], &mut keys, &mut texts);
            collect(&json["dimensions"], &mut keys, &mut texts);
        }
    }
    for (object, words) in fewbits::book::author::vocabulary() {
        // What leaves, and what is decided, has tests of its own.
        let outside = [
            "document",
            "report",
            "question",
            "hints",
            "slot",
            "choice",
            "experiment",
            "hash",
            "goal",
            "bandit",
            "holdout",
            "ranking",
            "ranked",
            "tagged",
            "between",
            "diversify",
        ];
        let outside = outside.contains(&object.as_str());
        for word in words.into_iter().filter(|_| !outside) {
            assert!(keys.contains(word), "no case has `{word}` of {object}");
        }
    }
    for context in fewbits::book::Context::ALL {
        assert!(
            texts.contains(context.name()),
            "no case has {}",
            context.name()
        );
    }
    for word in [
        "session", "dwell", "scroll", "boolean", "number", "first", "minute", "week",
    ] {
        assert!(texts.contains(word), "no case has {word}");
    }
}

fn collect(value: &Value, keys: &mut BTreeSet<String>, texts: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                keys.insert(key.clone());
                collect(value, keys, texts);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, keys, texts)),
        Value::String(text) => {
            texts.insert(text.clone());
        }
        _ => {}
    }
}

#[test]
fn times() {
    for (text, seconds) in [
        ("1970-01-01T00:00:00Z", 0),
        ("2000-02-29T23:59:59Z", 951_868_799),
        ("2024-02-29T00:00:00Z", 1_709_164_800),
        ("2026-11-20T12:00:00Z", 1_795_176_000),
        ("2038-01-19T03:14:08Z", 2_147_483_648),
        ("2106-02-07T06:28:15Z", u32::MAX),
    ] {
        assert_eq!(time::parse(text), seconds);
        assert_eq!(time::format(seconds), text);
    }
}
