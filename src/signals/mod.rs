//! (1) The door in. What the page may tell is a closed list, and raw values are coarsened and
//! dropped here: an address becomes a referrer class, a user agent a kind of device.

mod address;
mod device;
mod hour;
mod place;
mod referrer;
mod words;

use crate::book::{Book, Context, EVENT_OTHER, TAG_OTHER, Time};
use crate::codec::{Reader, Writer, crc32, crc32_add};
use alloc::vec::Vec;

pub use hour::{daypart, daypart_ends, season, season_ends, weekend, weekend_ends};

/// Most tags that one event may carry; further ones are dropped.
pub const MAX_TAGS: usize = 16;
/// Greatest amount an event may carry, in hundredths.
pub const MAX_VALUE: i64 = 100_000_000_000;

/// Something the page tells, in the words of the book.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Something that happened.
    Event(Event),
    /// A declared or context signal has a value; NaN: it has none.
    Fact {
        /// Index into `Book::signals`.
        signal: u16,
        /// Item index, 0 or 1, or a number.
        value: f64,
        /// The value is a rule of the clock (minutes east of UTC, or 1 for the southern
        /// hemisphere) from which the item follows.
        derived: bool,
    },
}

/// Something that happened, with its tags.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// Index into `Book::events`.
    pub name: u16,
    /// Pairs of key and value, as indices into `Book::tags`.
    pub tags: Vec<(u16, u16)>,
    /// The amount in hundredths, if there is one.
    pub value: Option<i64>,
}

/// Hundredths of an event's amount; `None` if it is not a number or absurd.
pub fn hundredths(value: f64) -> Option<i64> {
    let v = value * 100.0;
    // Rounds half away from zero without libm.
    let v = if v < 0.0 { v - 0.5 } else { v + 0.5 };
    (v.abs() <= MAX_VALUE as f64 + 1.0).then_some(v as i64)
}

/// Turns names and raw values into the book's words, and inputs into journal records that
/// still mean the same under the next version of the book.
#[derive(Debug)]
pub struct Door {
    events: Vec<u32>,
    tags: Vec<(u32, Vec<u32>)>,
}

impl Door {
    /// The door for a book.
    pub fn new(book: &Book) -> Self {
        let hash = |id| crc32(book.bytes(id));
        Self {
            events: book.events.iter().map(|&e| hash(e)).collect(),
            tags: book
                .tags
                .iter()
                .map(|key| {
                    let of = |&v| tag_hash(book.bytes(key.name), book.bytes(v));
                    (hash(key.name), key.values.iter().map(of).collect())
                })
                .collect(),
        }
    }

    /// The index of an event's name; names that the book does not mention are all the same, and
    /// so are those that it has for itself.
    pub fn event(&self, name: &str) -> u16 {
        let hash = crc32(name.as_bytes());
        position(&self.events, hash)
            .filter(|_| !name.starts_with('~'))
            .unwrap_or(EVENT_OTHER)
    }

    /// The indices of a tag; `None` if no signal reads this key.
    pub fn tag(&self, key: &str, value: &str) -> Option<(u16, u16)> {
        let hash = crc32(key.as_bytes());
        let at = self.tags.iter().position(|(k, _)| *k == hash)?;
        let values = &self.tags.get(at)?.1;
        let value =
            position(values, tag_hash(key.as_bytes(), value.as_bytes())).unwrap_or(TAG_OTHER);
        Some((u16::try_from(at).ok()?, value))
    }

    /// An event from names. Tags that no signal reads are dropped here.
    pub fn named(&self, name: &str, tags: &[(&str, &str)], value: Option<i64>) -> Event {
        let tags = tags
            .iter()
            .filter_map(|(k, v)| self.tag(k, v))
            .take(MAX_TAGS)
            .collect();
        Event {
            name: self.event(name),
            tags,
            value,
        }
    }

    /// Writes an input as a journal record: names as check sums, so that an event outlives a
    /// change of the book's tables.
    #[inline(never)]
    pub fn record(&self, book: &Book, input: &Input, at: Time) -> Vec<u8> {
        let mut w = Writer::default();
        w.u32(at);
        match input {
            Input::Event(event) => {
                w.u8(if event.value.is_some() { 1 } else { 0 });
                w.u32(
                    self.events
                        .get(usize::from(event.name))
                        .copied()
                        .unwrap_or(0),
                );
                w.int(event.value.unwrap_or(0));
                w.uint(event.tags.len() as u64);
                for &(key, value) in &event.tags {
                    let key = self.tags.get(usize::from(key));
                    w.u32(key.map_or(0, |k| k.0));
                    w.u32(
                        key.and_then(|k| k.1.get(usize::from(value)))
                            .copied()
                            .unwrap_or(0),
                    );
                }
            }
            Input::Fact {
                signal,
                value,
                derived,
            } => {
                w.u8(if *derived { 3 } else { 2 });
                w.u32(
                    book.signals
                        .get(usize::from(*signal))
                        .map_or(0, |s| s.fingerprint),
                );
                w.f64(*value);
            }
        }
        let mut framed = Writer::default();
        framed.blob(&w.bytes);
        framed.bytes
    }

    /// Reads the next journal record. `None` at the end or where the journal is damaged;
    /// the input is `None` if this book has no use for it.
    pub fn replay(&self, book: &Book, journal: &mut Reader) -> Option<(Time, Option<Input>)> {
        if journal.rest().is_empty() {
            return None;
        }
        let mut r = Reader::new(journal.blob());
        let (at, kind) = (r.u32(), r.u8());
        let input = match kind {
            0 | 1 => {
                let name = position(&self.events, r.u32()).unwrap_or(EVENT_OTHER);
                let value = r.int();
                let tags = r.list(8, |r| (r.u32(), r.u32()));
                let tag = |(key, value): (u32, u32)| {
                    let k = self.tags.iter().position(|t| t.0 == key)?;
                    let values = &self.tags.get(k)?.1;
                    Some((k as u16, position(values, value).unwrap_or(TAG_OTHER)))
                };
                let tags = tags.into_iter().filter_map(tag).take(MAX_TAGS).collect();
                Some(Input::Event(Event {
                    name,
                    tags,
                    value: (kind == 1).then_some(value),
                }))
            }
            2 | 3 => {
                let fingerprint = r.u32();
                let value = r.f64();
                let signal = book
                    .signals
                    .iter()
                    .position(|s| s.fingerprint == fingerprint);
                signal.map(|s| Input::Fact {
                    signal: s as u16,
                    value,
                    derived: kind == 3,
                })
            }
            _ => None,
        };
        r.is_sound().then_some((at, input))
    }

    /// Coarsens a raw value of the environment: the item, or the rule of the clock from which
    /// it follows (`true`). The raw value goes no further. `hint` is the page's own address
    /// for [`Context::Referrer`], and the number of touch points for [`Context::Device`].
    #[inline(never)]
    pub fn coarsen(of: Context, raw: impl AsRef<[u8]>, hint: impl AsRef<[u8]>) -> (f64, bool) {
        let (raw, hint) = (raw.as_ref(), hint.as_ref());
        match of {
            Context::Referrer => (f64::from(referrer::referrer(raw, hint)), false),
            Context::Medium => (f64::from(referrer::medium(raw)), false),
            Context::Device => (
                f64::from(device::device(raw, number(hint).unsigned_abs())),
                false,
            ),
            Context::Language => (f64::from(place::language(raw)), false),
            Context::Continent => (f64::from(place::continent(raw)), false),
            Context::Daypart | Context::Weekend => (f64::from(number(raw)), true),
            Context::Season => (if place::southern(raw) { 1.0 } else { 0.0 }, true),
        }
    }
}

/// A whole number from text, without the standard parser and its messages; 0 for nonsense.
fn number(text: &[u8]) -> i32 {
    let (sign, digits) = text.strip_prefix(b"-").map_or((1, text), |rest| (-1, rest));
    let mut n = 0i32;
    for &b in digits {
        if !b.is_ascii_digit() || n > 100_000 {
            break;
        }
        n = n * 10 + i32::from(b - b'0');
    }
    n * sign
}

fn position(hashes: &[u32], hash: u32) -> Option<u16> {
    hashes
        .iter()
        .position(|&h| h == hash)
        .and_then(|i| u16::try_from(i).ok())
}

fn tag_hash(key: &[u8], value: &[u8]) -> u32 {
    !crc32_add(crc32_add(crc32_add(!0, key), b":"), value)
}
