//! What the author module adds: checking and compiling JSON books.

use alloc::string::String;
use alloc::vec::Vec;
use wasm_bindgen::prelude::*;

use crate::book::author;

/// Everything wrong with a book, and every warning.
#[wasm_bindgen]
pub fn check(json: &str) -> JsValue {
    to_js(&author::check(json))
}

/// The compiled book; throws the list of diagnostics if the book has errors.
#[wasm_bindgen]
pub fn compile(json: &str) -> Result<Vec<u8>, JsValue> {
    author::compile(json)
        .map(|compiled| compiled.bytes)
        .map_err(|errors| to_js(&errors))
}

/// What the book names, as a TypeScript declaration; throws as `compile` does.
#[wasm_bindgen]
pub fn typescript(json: &str) -> Result<String, JsValue> {
    author::compile(json)
        .map(|compiled| author::typescript(&compiled.book))
        .map_err(|errors| to_js(&errors))
}

/// All findings as a compiler would print them, each with its line of the book.
#[wasm_bindgen]
pub fn rendered(json: &str, file: &str) -> String {
    let found = author::check(json);
    let texts: Vec<_> = found.iter().map(|one| one.render(json, file)).collect();
    texts.join("\n")
}

fn to_js(diagnostics: &[author::Diagnostic]) -> JsValue {
    serde_wasm_bindgen::to_value(diagnostics).unwrap_or(JsValue::NULL)
}
