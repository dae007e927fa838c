//! Any bytes are a book or are refused. The check sum is set right first: behind a wrong one
//! hardly anything would be reached.

#![no_main]

use fewbits::book::{Book, FORMAT, MAGIC};
use fewbits::codec::crc32;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| {
    let _ = Book::from_bytes(content);
    let mut bytes = MAGIC.to_vec();
    bytes.push(FORMAT);
    bytes.extend_from_slice(&crc32(content).to_le_bytes());
    bytes.extend_from_slice(content);
    if let Ok(book) = Book::from_bytes(&bytes) {
        // What was accepted can be walked: names of everything, without leaving a table.
        for signal in &book.signals {
            let _ = (book.str(signal.name), book.items(signal));
        }
        for segment in 0..book.segment_count() {
            assert!(book.locate(segment).is_some());
        }
    }
});
