//! Reads a compiled book (`docs/compiled-book.md`).
//!
//! The check sum says that a compiler wrote the bytes. What remains to be refused here is a
//! form that this build does not know, a truncated one, and a circle of conditions, which
//! would never settle. An index that leads nowhere is harmless: the core looks everything up
//! with `get`. Whatever else a compiler guarantees is checked by `validate.rs`, in every build
//! but the visitors' own.

mod decisions;
mod reporting;

use alloc::vec::Vec;

use decisions::Decided;

use super::{
    Atom, Book, Context, DAY, Dimension, Domain, Group, HOUR, Kind, Literal, Matcher, Read, Rule,
    Segment, Signal, Span, Step, StrId, TagKey, Test, WEEK,
};
use crate::codec::{Reader, crc32};

/// The first bytes of every compiled book.
pub const MAGIC: [u8; 3] = *b"FBK";
/// Version of the format that this build reads and writes.
pub const FORMAT: u8 = 5;

/// Why some bytes are not a usable book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Refusal {
    /// Shorter than the header of a book.
    TooShort = 1,
    /// Not a compiled book at all: something else was served or named.
    NotABook = 2,
    /// A compiled book of a newer format: update the package.
    Newer = 3,
    /// Damaged on the way: the check sum differs.
    Checksum = 4,
    /// The check sum is right, but the content breaks a rule of the format.
    Malformed = 5,
}

impl Book {
    /// Loads a compiled book.
    ///
    /// # Errors
    ///
    /// A [`Refusal`], if the bytes are not exactly what the compiler writes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.iter().zip(MAGIC).any(|(&a, b)| a != b) {
            return Err(Refusal::NotABook);
        }
        let mut r = Reader::new(bytes);
        r.take(MAGIC.len());
        let format = r.u8();
        if r.is_sound() && format != FORMAT {
            return Err(if format > FORMAT {
                Refusal::Newer
            } else {
                Refusal::NotABook
            });
        }
        let sum = r.u32();
        let summed = r.rest();
        let Ok(source_hash) = r.take(32).try_into() else {
            return Err(Refusal::TooShort);
        };
        if crc32(summed) != sum {
            return Err(Refusal::Checksum);
        }
        read(&mut r, source_hash).ok_or(Refusal::Malformed)
    }
}

fn read(r: &mut Reader, source_hash: [u8; 32]) -> Option<Book> {
    let strings = r.list(1, |r| r.blob().into());
    // For the page alone.
    let page = r.blob();
    let (name, version, retention) = (r.uint32(), r.uint32(), r.uint32());
    let events = names(r);
    let tags = r.list(3, |r| TagKey {
        name: r.uint32(),
        values: names(r),
    });
    let signals = r.list(7, |r| Signal {
        name: r.uint32(),
        fingerprint: r.u32(),
        kind: kind(r),
    });
    let atoms = atoms(r);
    let rules = rules(r, atoms.len() as u32);
    let dimensions = r.list(5, dimension);
    let gate = r.blob();
    // The visitors' module has no gate.
    let reporting = if gate.is_empty() || cfg!(all(target_arch = "wasm32", not(feature = "full"))) {
        None
    } else {
        let mut gate = Reader::new(gate);
        let reporting = reporting::reporting(&mut gate, &dimensions);
        r.check(gate.is_done());
        Some(reporting)
    };
    let segments: usize = dimensions.iter().map(|d| d.segments.len()).sum();
    let fixed = (atoms.len() + rules.len() + segments) as u32;
    let Decided {
        conditions,
        slots,
        experiments,
        bandits,
        holdout,
        shown,
        models,
        rankings,
    } = decisions::decided(r, fixed);
    let book = Book {
        source_hash,
        strings,
        name,
        version,
        retention,
        events,
        tags,
        signals,
        models,
        atoms,
        rules,
        dimensions,
        reporting,
        conditions,
        slots,
        experiments,
        bandits,
        rankings,
        holdout,
        shown,
    };
    r.check(book.scores_settle());
    #[cfg(any(feature = "author", not(target_arch = "wasm32")))]
    r.check(super::validate::is_valid(&book) && page == super::page::of(&book));
    #[cfg(not(any(feature = "author", not(target_arch = "wasm32"))))]
    let _ = page;
    if r.is_done() {
        return Some(book);
    }
    // The visitors' module gives nothing back: that saves the code which would.
    #[cfg(all(target_arch = "wasm32", not(feature = "full")))]
    core::mem::forget(book);
    None
}

fn names(r: &mut Reader) -> Vec<StrId> {
    r.list(1, Reader::uint32)
}

/// A finite number: hundredths, or all of its bits.
fn number(r: &mut Reader) -> f64 {
    let v = r.uint();
    if v & 1 == 0 {
        return ((v >> 2) as i64 ^ -((v >> 1 & 1) as i64)) as f64 / 100.0;
    }
    let exact = r.f64();
    r.check(v == 1 && exact.is_finite());
    exact
}

fn kind(r: &mut Reader) -> Kind {
    match r.u8() {
        0 => window(r),
        1 => Kind::Since {
            of: matcher(r),
            unit: r.uint32().max(1),
            first: r.flag(),
        },
        2 => Kind::Top {
            key: r.uint16(),
            items: r.list(1, Reader::uint16),
            half_life: r.uint32(),
            weights: weights(r),
            others: number(r),
            floor: number(r),
        },
        3 => Kind::Affinity {
            key: r.uint16(),
            item: r.uint16(),
            half_life: r.uint32(),
            weights: weights(r),
            others: number(r),
            baseline: number(r),
        },
        4 => Kind::Sequence {
            steps: r.list(3, |r| Step {
                negated: r.flag(),
                of: matcher(r),
            }),
            within: r.uint32(),
            gap: r.uint32(),
        },
        5 => match Context::ALL.get(usize::from(r.u8())) {
            Some(&of) => Kind::Context { of },
            None => unknown(r),
        },
        6 => match r.u8() {
            0 => Kind::Declared {
                domain: Domain::Items(names(r)),
            },
            1 => Kind::Declared {
                domain: Domain::Boolean,
            },
            2 => {
                let (min, max, step) = (number(r), number(r), number(r));
                Kind::Declared {
                    domain: Domain::Number { min, max, step },
                }
            }
            _ => unknown(r),
        },
        7 => Kind::Score {
            points: r.list(2, |r| (r.uint32(), number(r))),
        },
        8 => Kind::Model { model: r.uint16() },
        _ => unknown(r),
    }
}

/// What this build does not know is refused, whatever stands in its place.
fn unknown(r: &mut Reader) -> Kind {
    r.fail();
    Kind::Score { points: Vec::new() }
}

fn window(r: &mut Reader) -> Kind {
    let read = match r.u8() {
        0 => Read::Count,
        1 => Read::Days,
        2 => Read::Sum,
        3 => Read::Mean,
        4 => Read::Max,
        _ => return unknown(r),
    };
    let of = matcher(r);
    let width = match r.u8() {
        0 => 0,
        1 => 60,
        2 => HOUR,
        3 => DAY,
        4 => WEEK,
        _ => return unknown(r),
    };
    let span = match width {
        0 => Span::Session,
        width => Span::Ring {
            width,
            buckets: r.uint16(),
        },
    };
    Kind::Window {
        read,
        of,
        span,
        step: r.uint32(),
        max: r.uint() as i64,
    }
}

fn matcher(r: &mut Reader) -> Matcher {
    Matcher {
        event: r.uint16(),
        tags: r.list(2, |r| (r.uint16(), r.list(1, Reader::uint16))),
    }
}

fn weights(r: &mut Reader) -> Vec<(u16, f64)> {
    r.list(2, |r| (r.uint16(), number(r)))
}

/// Atoms come sorted by signal; each says by how much its signal is greater than the last.
fn atoms(r: &mut Reader) -> Vec<Atom> {
    let mut signal = 0u16;
    r.list(2, |r| {
        signal = signal.saturating_add(r.uint16());
        let test = match r.u8() {
            0 => Test::Greater(number(r)),
            1 => Test::AtLeast(number(r)),
            2 => Test::Less(number(r)),
            3 => Test::AtMost(number(r)),
            4 => Test::Equals(number(r)),
            5 => Test::Among(r.list(1, Reader::uint16)),
            6 => Test::Exists,
            _ => {
                r.fail();
                Test::Exists
            }
        };
        Atom { signal, test }
    })
}

/// A rule refers to what is `known` before all of them, and to rules before it.
fn rules(r: &mut Reader, mut known: u32) -> Vec<Rule> {
    r.list(1, |r| {
        let head = r.uint32();
        let count = (head >> 1) as usize;
        r.check(count <= r.rest().len());
        let mut clauses = Vec::new();
        if r.is_sound() {
            clauses.reserve_exact(count);
            for _ in 0..count {
                clauses.push(clause(r, known));
            }
        }
        known += 1;
        Rule {
            negate: head & 1 == 1,
            clauses,
        }
    })
}

/// Literals up to one that says it is the last; a 0 instead is the empty clause.
fn clause(r: &mut Reader, known: u32) -> Vec<Literal> {
    let mut clause = Vec::new();
    while let Some(word) = r.uint32().checked_sub(1) {
        r.check(word >> 2 < known);
        let last = word & 1 == 0;
        if last {
            // By far the most frequent: exactly one, without room for more.
            clause.reserve_exact(1);
        }
        clause.push(Literal {
            index: word >> 2,
            negated: word & 2 != 0,
        });
        if last {
            break;
        }
    }
    clause
}

fn dimension(r: &mut Reader) -> Dimension {
    let (name, why, pick) = (r.uint32(), r.uint32(), r.uint32());
    r.check(pick >> 17 == 0);
    Dimension {
        name,
        why,
        pick: (pick >> 1) as u16,
        sensitive: pick & 1 == 1,
        groups: r.list(2, |r| Group {
            name: r.uint32(),
            parent: parent(r),
        }),
        segments: r.list(4, segment),
    }
}

/// 0 for none, otherwise one more than an index.
fn parent(r: &mut Reader) -> Option<u16> {
    r.uint16().checked_sub(1)
}

fn segment(r: &mut Reader) -> Segment {
    let (name, parent, when) = (r.uint32(), parent(r), r.uint32().checked_sub(1));
    let has = r.u8();
    r.check(has < 16);
    Segment {
        name,
        parent,
        when,
        stay: (has & 1 != 0).then(|| r.uint32()),
        hold: if has & 2 != 0 { r.uint32() } else { 0 },
        ends: if has & 4 != 0 { r.uint32() } else { 0 },
        value: if has & 8 != 0 { number(r) } else { 0.0 },
    }
}

impl Book {
    /// A score depends only on scores before it: else it might never settle.
    fn scores_settle(&self) -> bool {
        let score = |signal: u16| {
            let kind = self.signals.get(usize::from(signal)).map(|s| &s.kind);
            if matches!(kind, Some(Kind::Score { .. })) {
                usize::from(signal) + 1
            } else {
                0
            }
        };
        // For each rule, one more than the last score it depends on.
        let mut depths: Vec<usize> = Vec::with_capacity(self.rules.len());
        for rule in &self.rules {
            let mut deepest = 0;
            for literal in rule.clauses.iter().flatten() {
                let index = literal.index as usize;
                deepest = deepest.max(match self.atoms.get(index) {
                    Some(atom) => score(atom.signal),
                    None => depths
                        .get(index - self.atoms.len())
                        .copied()
                        .unwrap_or(usize::MAX),
                });
            }
            depths.push(deepest);
        }
        self.signals
            .iter()
            .enumerate()
            .all(|(s, signal)| match &signal.kind {
                Kind::Score { points } => points
                    .iter()
                    .all(|(rule, _)| depths.get(*rule as usize).is_some_and(|d| *d <= s)),
                _ => true,
            })
    }
}
