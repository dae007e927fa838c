//! The inputs of one block of lines, in the words of the book, sorted by who works on them.

use std::hash::Hasher;

use fewbits::book::Time;
use fewbits::signals::MAX_TAGS;
use siphasher::sip128::{Hasher128, SipHasher13};

use super::tally::Tally;

/// Who a visitor is: a hash of what the file says. The text itself is not kept.
pub type Key = u128;

/// The key of a visitor.
pub fn key(visitor: &str) -> Key {
    let mut hasher = SipHasher13::new();
    hasher.write(visitor.as_bytes());
    hasher.finish128().as_u128()
}

/// One input of one visitor.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    pub visitor: Key,
    pub at: Time,
    /// Number of the record in its block.
    pub record: u32,
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, Copy)]
pub enum What {
    /// An event; its tags are in the batch.
    Event {
        name: u16,
        first_tag: u32,
        tags: u8,
        value: Option<i64>,
    },
    /// A signal has a value.
    Fact {
        signal: u16,
        derived: bool,
        value: f64,
    },
}

/// Everything that a block of lines says.
#[derive(Debug, Default)]
pub struct Batch {
    /// Inputs in the order of the lines, one list for each shard.
    pub shards: Vec<Vec<Item>>,
    tags: Vec<(u16, u16)>,
    /// Names of the visitors of the records, if they are to be shown.
    names: Option<(String, Vec<(u32, u32)>)>,
    pub tally: Tally,
    /// Lines in the block.
    pub lines: u32,
    /// Records in the block.
    pub records: u32,
}

impl Batch {
    /// An empty batch. `named`: the visitors' names are to be shown.
    pub fn new(shards: usize, named: bool) -> Self {
        Self {
            shards: (0..shards).map(|_| Vec::new()).collect(),
            names: named.then(Default::default),
            ..Self::default()
        }
    }

    /// Empties the batch, and keeps its memory.
    pub fn clear(&mut self) {
        self.shards.iter_mut().for_each(Vec::clear);
        self.tags.clear();
        if let Some((text, ends)) = &mut self.names {
            text.clear();
            ends.clear();
        }
        self.tally.clear();
        self.lines = 0;
        self.records = 0;
    }

    /// A new record, by somebody at some time.
    pub fn entry(&mut self, visitor: &str, at: Time) -> Entry<'_> {
        let key = key(visitor);
        let record = self.records;
        if let Some((text, ends)) = &mut self.names {
            text.push_str(visitor);
            ends.push((record, text.len() as u32));
        }
        let shard = shard_of(key, self.shards.len());
        Entry {
            batch: self,
            shard,
            visitor: key,
            at,
            record,
        }
    }

    /// The tags of an event.
    pub fn tags(&self, first: u32, count: u8) -> &[(u16, u16)] {
        let from = first as usize;
        self.tags
            .get(from..from + usize::from(count))
            .unwrap_or_default()
    }

    /// The name of the visitor of a record, if names are to be shown.
    pub fn name(&self, record: u32) -> Option<&str> {
        let (text, ends) = self.names.as_ref()?;
        let at = ends.binary_search_by_key(&record, |(r, _)| *r).ok()?;
        let from = at
            .checked_sub(1)
            .and_then(|b| ends.get(b))
            .map_or(0, |e| e.1 as usize);
        text.get(from..ends.get(at)?.1 as usize)
    }
}

/// Which shard a visitor is in. Not the bits that the shard's own table uses.
pub const fn shard_of(key: Key, shards: usize) -> usize {
    ((key >> 96) as usize) % if shards == 0 { 1 } else { shards }
}

/// A record on its way into a batch.
pub struct Entry<'b> {
    batch: &'b mut Batch,
    shard: usize,
    visitor: Key,
    at: Time,
    record: u32,
}

impl Entry<'_> {
    fn push(&mut self, what: What) {
        let item = Item {
            visitor: self.visitor,
            at: self.at,
            record: self.record,
            what,
        };
        if let Some(shard) = self.batch.shards.get_mut(self.shard) {
            shard.push(item);
        }
    }

    /// A signal has a value.
    pub fn fact(&mut self, signal: u16, value: f64, derived: bool) {
        self.push(What::Fact {
            signal,
            derived,
            value,
        });
    }

    /// Something happened. Further tags than an event may carry are dropped.
    pub fn event(&mut self, name: u16, tags: &[(u16, u16)], value: Option<i64>) {
        let first_tag = self.batch.tags.len() as u32;
        let tags = tags.get(..MAX_TAGS).unwrap_or(tags);
        self.batch.tags.extend_from_slice(tags);
        self.push(What::Event {
            name,
            first_tag,
            tags: tags.len() as u8,
            value,
        });
    }

    /// Notes something about this record.
    pub fn note(&mut self, what: &'static str, example: &str) {
        self.batch.tally.note(what, example);
    }
}
