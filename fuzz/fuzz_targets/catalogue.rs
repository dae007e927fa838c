//! Any bytes are a catalogue or are refused, and whatever was accepted can be ranked. The check sum
//! is set right first: behind a wrong one hardly anything would be reached.

#![no_main]

use fewbits_catalogue::rank::{Query, Ranker};
use fewbits_catalogue::{Catalogue, FORMAT, MAGIC, crc32};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| {
    let _ = Catalogue::from_bytes(content);
    let mut bytes = MAGIC.to_vec();
    bytes.push(FORMAT);
    bytes.extend_from_slice(&crc32(content).to_le_bytes());
    bytes.extend_from_slice(content);
    if let Ok(catalogue) = Catalogue::from_bytes(&bytes) {
        let query = Query {
            weights: (0..8).map(|tag| (tag, f64::from(tag) - 3.0)).collect(),
            boosts: vec![(0, 1.0)],
            limit: 10,
            ..Query::default()
        };
        for hit in Ranker::default().rank(&catalogue, &query).unwrap() {
            assert!(hit.score.is_finite() && catalogue.id(hit.place).is_some());
        }
    }
});
