//! One file of the log is one batch. Reading it back decides what may be counted.

use std::fmt;
use std::hash::Hasher;

use siphasher::sip128::{Hasher128, SipHasher13};

use super::record::{self, BatchId, HEADER};
use crate::counts::Counts;

/// Counts that are added to the store together, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its name.
    pub id: BatchId,
    /// What is added.
    pub counts: Counts,
}

/// What a file holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Segment {
    /// `None` if the collector stopped before the header was whole: nothing was acknowledged.
    pub batch: Option<Batch>,
    /// Bytes at the end that are no whole record: a group that was being written when the
    /// collector was stopped, and was never acknowledged.
    pub torn: usize,
}

/// Why a file cannot be trusted: something that was acknowledged may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    /// The first byte that is no part of a whole record.
    pub at: usize,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "damaged from byte {} on", self.at)
    }
}

/// Reads a file of the log. A file that was `sealed` has no torn end.
///
/// # Errors
///
/// [`Damage`] if a whole record follows something that is none, if a sealed file has anything
/// but whole records, or if the header is spoiled.
pub fn read(bytes: &[u8], sealed: bool) -> Result<Segment, Damage> {
    let Some(id) = record::read_header(bytes) else {
        // The header is on the disk before the first record is written.
        let newborn = !sealed && bytes.len() <= HEADER;
        return if newborn {
            Ok(Segment {
                batch: None,
                torn: bytes.len(),
            })
        } else {
            Err(Damage { at: 0 })
        };
    };
    let mut counts = Counts::new();
    let mut at = HEADER;
    while let Some((found, next)) = record::read(id, bytes, at) {
        add(&mut counts, found);
        at = next;
    }
    let torn = bytes.len() - at;
    if torn > 0 && (sealed || follows(id, bytes, at)) {
        return Err(Damage { at });
    }
    Ok(Segment {
        batch: Some(Batch { id, counts }),
        torn,
    })
}

/// Everything in a file that is whole, whatever lies between: for what was set aside. It is the
/// only batch of a run of its own, since later ones of the file's run may be in the store already.
pub fn salvage(bytes: &[u8]) -> Option<Batch> {
    let id = record::read_header(bytes)?;
    let mut counts = Counts::new();
    let mut at = HEADER;
    while at < bytes.len() {
        match record::read(id, bytes, at) {
            Some((found, next)) => {
                add(&mut counts, found);
                at = next;
            }
            None => at += 1,
        }
    }
    let id = BatchId {
        run: digest(id),
        sequence: 1,
    };
    Some(Batch { id, counts })
}

fn digest(id: BatchId) -> [u8; 16] {
    let mut hasher = SipHasher13::new();
    hasher.write(b"salvage");
    hasher.write(&id.run);
    hasher.write(&id.sequence.to_le_bytes());
    hasher.finish128().as_bytes()
}

/// True if a whole record begins anywhere after this place.
fn follows(id: BatchId, bytes: &[u8], at: usize) -> bool {
    (at + 1..bytes.len()).any(|place| record::read(id, bytes, place).is_some())
}

fn add(counts: &mut Counts, more: Counts) {
    for (key, count) in more {
        let sum = counts.entry(key).or_default();
        *sum = sum.saturating_add(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counts::Key;
    use crate::epoch::Epoch;

    const ID: BatchId = BatchId {
        run: [7; 16],
        sequence: 3,
    };

    fn counts(answer: &str, count: u64) -> Counts {
        let key = Key {
            book: "shop".into(),
            version: 2,
            epoch: Epoch::from_number(2970).unwrap(),
            question: "interest".into(),
            answer: answer.into(),
        };
        Counts::from([(key, count)])
    }

    /// A file of three records, and where each begins.
    fn file() -> (Vec<u8>, Vec<usize>) {
        let mut bytes = record::header(ID).to_vec();
        let mut starts = Vec::new();
        for (answer, count) in [("boots", 5), ("coats", 1), ("boots", 2)] {
            starts.push(bytes.len());
            let record = record::write(ID, bytes.len() as u64, &counts(answer, count)).unwrap();
            bytes.extend(record);
        }
        (bytes, starts)
    }

    fn total(segment: Segment) -> u64 {
        segment.batch.unwrap().counts.values().sum()
    }

    #[test]
    fn records_read_back_and_add_up() {
        let (bytes, _) = file();
        let segment = read(&bytes, true).unwrap();
        assert_eq!(segment.torn, 0);
        let batch = segment.batch.unwrap();
        assert_eq!(batch.id, ID);
        let expected = [counts("boots", 7), counts("coats", 1)]
            .into_iter()
            .flatten();
        assert_eq!(batch.counts, expected.collect());
    }

    #[test]
    fn a_torn_end_is_cut_at_every_length() {
        let (bytes, starts) = file();
        for length in 0..bytes.len() {
            let segment = read(&bytes[..length], false).unwrap();
            let ends = [bytes.len()];
            let whole = starts.iter().skip(1).chain(&ends);
            let kept = whole.filter(|end| **end <= length).count();
            if length < HEADER {
                assert_eq!(
                    segment,
                    Segment {
                        batch: None,
                        torn: length
                    }
                );
            } else {
                assert_eq!(total(segment), [0, 5, 6, 8][kept], "{length}");
            }
            let boundary = length == HEADER || starts.contains(&length);
            assert_eq!(read(&bytes[..length], true).is_ok(), boundary, "{length}");
        }
    }

    #[test]
    fn every_flipped_bit_is_found() {
        let (bytes, starts) = file();
        for bit in 0..bytes.len() * 8 {
            let mut spoiled = bytes.clone();
            spoiled[bit / 8] ^= 1 << (bit % 8);
            let at = bit / 8;
            assert!(read(&spoiled, true).is_err(), "{at}");
            let open = read(&spoiled, false);
            if at < starts[2] {
                // Something whole follows, so this is no torn end.
                let first = starts.iter().rev().find(|start| **start <= at);
                assert_eq!(
                    open,
                    Err(Damage {
                        at: first.copied().unwrap_or(0)
                    }),
                    "{at}"
                );
            } else {
                assert_eq!(total(open.unwrap()), 6, "{at}");
            }
            let kept =
                [None, Some(3), Some(7), Some(6)][starts.iter().filter(|s| **s <= at).count()];
            let salvaged = salvage(&spoiled).map(|batch| batch.counts.values().sum::<u64>());
            assert_eq!(salvaged, kept, "{at}");
        }
    }

    #[test]
    fn a_record_is_valid_only_in_its_own_file_and_place() {
        let (bytes, starts) = file();
        let other = BatchId { sequence: 4, ..ID };
        let foreign = [&record::header(other)[..], &bytes[HEADER..]].concat();
        assert_eq!(total(read(&foreign, false).unwrap()), 0);
        let moved = [&bytes[..HEADER], &bytes[starts[1]..]].concat();
        assert_eq!(total(read(&moved, false).unwrap()), 0);
        let zeros = [&bytes[..], &[0; 64]].concat();
        assert_eq!(total(read(&zeros, false).unwrap()), 8);
    }
}
