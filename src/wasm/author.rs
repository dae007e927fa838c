//! What the author module adds: checking and compiling JSON books.

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

fn to_js(diagnostics: &[author::Diagnostic]) -> JsValue {
    serde_wasm_bindgen::to_value(diagnostics).unwrap_or(JsValue::NULL)
}
