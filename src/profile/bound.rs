//! How large a memory can become: for a reviewer, from the book alone.

use crate::book::{Book, Kind, Read, Span};

/// Most bytes of a number of 32 bits, seven bits a byte.
const UINT32: usize = 5;
/// Most bytes of a number of 64 bits.
const INT64: usize = 10;

/// Most bytes that one signal's cell ever takes in the snapshot.
pub fn most_bytes(kind: &Kind) -> usize {
    let cell = match kind {
        Kind::Window {
            read,
            span: Span::Ring { buckets, .. },
            ..
        } => {
            let value = match read {
                Read::Count | Read::Days => 1,
                Read::Sum | Read::Mean | Read::Max => INT64,
            };
            // A ring holds at most twice its buckets: see `ring.rs`.
            let tallies = 2 * usize::from(*buckets);
            uint(tallies) + tallies * (2 * UINT32 + value)
        }
        Kind::Window {
            span: Span::Session,
            ..
        } => 4 + UINT32 + INT64,
        Kind::Since { .. } => 4,
        Kind::Top { items, .. } => 12 + uint(items.len()) + 8 * items.len(),
        Kind::Affinity { .. } => 12 + 1 + 8,
        Kind::Sequence { steps, .. } => {
            let positive = steps.iter().filter(|step| !step.negated).count();
            uint(positive) + 8 * positive
        }
        Kind::Context { .. } | Kind::Declared { .. } => 8 + 1 + 4 + 4,
        Kind::Score { .. } | Kind::Model { .. } => 0,
    };
    // Fingerprint and length stand before each cell.
    4 + uint(cell) + cell
}

/// Most bytes of the whole snapshot of a book's profile, without the copy from before a leap of
/// the clock, which is kept for a day and is no larger.
pub fn most_bytes_of(book: &Book) -> usize {
    let cells: usize = book.signals.iter().map(|s| most_bytes(&s.kind)).sum();
    let held = book.dimensions.iter().flat_map(|d| &d.segments);
    let marks = held.filter(|s| s.hold > 0 || s.stay.is_some()).count();
    let folded = super::snapshot::MAX_FOLDED;
    // Head, name, visit, three counts, marks, folded journals, time and length of the copy.
    8 + 12 + 3 * UINT32 + cells + 8 * marks + 8 * folded + 4 + UINT32
}

const fn uint(n: usize) -> usize {
    let mut bytes = 1;
    let mut rest = n >> 7;
    while rest > 0 {
        bytes += 1;
        rest >>= 7;
    }
    bytes
}

#[cfg(feature = "author")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Profile, Routes};
    use crate::signals::{Event, Input};
    use alloc::vec;
    use alloc::vec::Vec;

    const BOOK: &str = r#"{ "fewbits": 1, "book": "b", "version": 1, "signals": {
        "count": { "count": "e", "within": "60m" }, "sum": { "sum": "e", "within": "60m", "max": 9 },
        "mean": { "mean": "e", "within": "session", "max": 9 },
        "since": { "since": "e" }, "top": { "top": "k", "half_life": "1d", "items": ["a", "b"] },
        "love": { "affinity": "k:a", "half_life": "1d" }, "row": { "sequence": ["e", "!f", "e"], "within": "1h" },
        "fact": { "declared": "boolean" }, "points": { "score": [{ "points": 1, "when": { "fact": true } }] } },
      "dimensions": { "d": { "why": "a test", "segments": [{ "id": "s", "hold": "1h", "when": { "$or": [
        { "count": 1 }, { "sum": 1 }, { "mean": 1 }, { "since": 1 }, { "top": "a" }, { "love": 1 }, { "row": true },
        { "points": 1 } ] } }], "otherwise": "o" } } }"#;

    #[test]
    fn a_full_memory_is_within_the_bound_and_near_it() {
        let book = crate::book::author::compile(BOOK).unwrap().book;
        let routes = Routes::new(&book);
        let mut profile = Profile::new(&book);
        let name = book.events.iter().position(|e| book.str(*e) == "e");
        let mut touched = Vec::new();
        // Twice an hour of minutes, under a clock that is an hour ahead half of the time.
        for minute in (0..60).chain(60..120) {
            for _ in 0..200 {
                let event = Event {
                    name: name.unwrap() as u16,
                    tags: vec![(0, 1)],
                    value: Some(100_000_000_000),
                };
                let at = 4_000_000_000 + 60 * minute;
                profile.take(&book, &routes, &Input::Event(event), at, &mut touched);
            }
        }
        profile.marks.push((0, u32::MAX));
        profile.folded = vec![(u32::MAX, u32::MAX); super::super::snapshot::MAX_FOLDED];
        profile.leap = None;
        let (size, most) = (profile.encode(&book).len(), most_bytes_of(&book));
        assert!(size <= most, "{size} of {most} bytes");
        assert!(size > most / 2, "{size} of {most} bytes");
    }
}
