//! The published JSON Schema knows what the parser knows: the same keys, the same required
//! keys, the same words; and it judges the books in `books/` as far as a schema can.

#![cfg(all(feature = "author", not(target_arch = "wasm32")))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use fewbits::book::Context;
use fewbits::book::author::{required, vocabulary};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// Bad books whose fault a schema cannot see: names that lead nowhere, types that depend on a
/// declaration, sums, circles and emptiness.
const MEANING: &[&str] = &[
    "ambiguous-name",
    "bad-date",
    "budget-shared",
    "crowd-unknown-group",
    "crowds-and-bootstrap",
    "cyclic-ladder",
    "cyclic-score",
    "duplicate-key",
    "hint-too-costly",
    "never-holds",
    "no-goal",
    "asked-too-early",
    "nothing-shown",
    "overlapping-ranges",
    "pick-too-large",
    "question-not-exclusive",
    "question-too-costly",
    "ranking-form",
    "sensitive-topic",
    "shadowed-segment",
    "too-deep",
    "unknown-dimension",
    "unknown-experiment",
    "unknown-item",
    "unknown-layer",
    "unknown-model",
    "unknown-signal",
    "unknown-variant",
    "unreachable-rule",
    "unreachable-segment",
    "unused-experiment",
    "unused-group",
    "unused-model",
    "unused-signal",
    "unused-variant",
    "weights-sum",
    "window-not-whole",
    "window-too-long",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn schema() -> Value {
    let text = fs::read_to_string(root().join("docs/book.schema.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The part of the schema that describes an object of the vocabulary.
fn part<'s>(schema: &'s Value, object: &str) -> &'s Value {
    let name = match object {
        "document" => return schema,
        "joins" => "condition".to_owned(),
        other => other.replace(' ', "-"),
    };
    &schema["$defs"][name]
}

fn books(folder: &str) -> Vec<(String, Option<Value>)> {
    let mut books: Vec<(String, Option<Value>)> = fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| {
            let name = path
                .file_name()?
                .to_str()?
                .strip_suffix(".book.json")?
                .to_owned();
            Some((
                name,
                serde_json::from_str(&fs::read_to_string(&path).unwrap()).ok(),
            ))
        })
        .collect();
    books.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(!books.is_empty());
    books
}

#[test]
fn the_schema_has_the_keys_of_the_parser() {
    let schema = schema();
    for (object, keys) in vocabulary() {
        let properties = part(&schema, &object)["properties"].as_object();
        let properties = properties.unwrap_or_else(|| panic!("no properties of {object}"));
        let known: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        assert_eq!(known, keys.into_iter().collect(), "{object}");
    }
}

#[test]
fn the_schema_requires_what_the_parser_requires() {
    let schema = schema();
    for (object, keys) in required() {
        let listed = part(&schema, &object)["required"].as_array();
        let listed: BTreeSet<&str> = listed
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        assert_eq!(listed, keys.into_iter().collect(), "{object}");
    }
}

#[test]
fn every_object_of_the_schema_is_one_of_the_parser() {
    let schema = schema();
    let known: BTreeSet<String> = vocabulary().into_iter().map(|(object, _)| object).collect();
    for (name, part) in schema["$defs"].as_object().unwrap() {
        if part["additionalProperties"] == Value::Bool(false) {
            let object = name.replacen("signal-", "signal ", 1);
            assert!(known.contains(&object), "{name}");
        }
    }
}

#[test]
fn every_property_is_described() {
    let schema = schema();
    for (object, keys) in vocabulary() {
        for key in keys {
            let property = &part(&schema, &object)["properties"][key];
            let named = property["$ref"]
                .as_str()
                .map(|r| r.trim_start_matches("#/$defs/"));
            let described = property.get("description").is_some()
                || named.is_some_and(|n| schema["$defs"][n].get("description").is_some());
            assert!(described, "{object}: {key}");
        }
    }
}

#[test]
fn contexts_are_the_same() {
    let schema = schema();
    let listed = &schema["$defs"]["signal-context"]["properties"]["context"]["enum"];
    let names: Vec<Value> = Context::ALL.iter().map(|c| c.name().into()).collect();
    assert_eq!(*listed, Value::Array(names));
}

#[test]
fn good_books_are_valid() {
    let schema = schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, book) in books("books") {
        let book = book.unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&book)
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
}

#[test]
fn bad_books_are_invalid_unless_it_is_their_meaning_that_is_wrong() {
    let schema = schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, book) in books("books/bad") {
        // What is no JSON has no value to judge.
        let Some(book) = book else { continue };
        let valid = validator.is_valid(&book);
        assert_eq!(valid, MEANING.contains(&name.as_str()), "{name}");
    }
}
