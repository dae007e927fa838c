//! Any text is a book or has errors; every error has a place, and what is compiled loads.

#![no_main]

use fewbits::book::Book;
use fewbits::book::author::compile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match compile(text) {
        Ok(compiled) => assert!(Book::from_bytes(&compiled.bytes) == Ok(compiled.book)),
        Err(found) => {
            assert!(!found.is_empty());
            for finding in found {
                assert!(finding.line >= 1 && finding.column >= 1 && finding.length >= 1);
                finding.render(text, "fuzz.book.json");
            }
        }
    }
});
