//! Reads the file block by block, so that a page never has all of it in the module's memory.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::bytes::{Crc, Reader};
use crate::column::Column;
use crate::ids::Ids;
use crate::postings::Postings;
use crate::{Catalogue, FORMAT, MAGIC, MAX_COLUMNS, MAX_ITEMS, MAX_TAGS};

/// Bytes before the first block.
pub(crate) const HEADER: usize = 12;
/// Bytes of the header that the check sum does not cover.
pub(crate) const UNCHECKED: usize = 8;

/// Why a file is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It ends before its end.
    Short = 1,
    /// It does not begin like a catalogue.
    Foreign,
    /// A later version of this crate wrote it.
    Newer,
    /// Its bytes are not those that were written.
    Sum,
    /// It breaks a rule of its form.
    Malformed,
}

impl core::fmt::Display for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Short => "the file is cut short",
            Self::Foreign => "this is not a catalogue",
            Self::Newer => "a newer version of Fewbits wrote this catalogue",
            Self::Sum => "the file is damaged: its check sum differs",
            Self::Malformed => "the file breaks a rule of its form",
        })
    }
}

enum Next {
    Header,
    /// The length of the block that follows.
    Length,
    Block,
}

/// Takes a file in pieces of the sizes that it asks for.
pub struct Loader {
    next: Next,
    wanted: usize,
    left: usize,
    blocks: usize,
    crc: Crc,
    sum: u32,
    parts: Vec<u8>,
    /// How many items all tags have together, as the file says and as they came.
    total: u64,
    found: u64,
    made: Catalogue,
}

impl Loader {
    /// Begins a file of so many bytes.
    pub fn new(length: usize) -> Self {
        let no_ids = Ids::Texts {
            bytes: Box::default(),
            starts: Box::default(),
        };
        Self {
            next: Next::Header,
            wanted: HEADER,
            left: length,
            blocks: 0,
            crc: Crc::new(),
            sum: 0,
            parts: Vec::new(),
            total: 0,
            found: 0,
            made: Catalogue {
                items: 0,
                ids: no_ids,
                column_names: Box::default(),
                columns: Box::default(),
                tag_names: Box::default(),
                tags: Vec::new(),
            },
        }
    }

    /// How many bytes it wants next; 0: it has all of them.
    pub const fn wanted(&self) -> usize {
        self.wanted
    }

    /// Takes so many bytes.
    ///
    /// # Errors
    /// The file is refused.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        if bytes.len() != self.wanted || bytes.len() > self.left {
            // A short beginning is told from a foreign file by what there is of it.
            let foreign = self.blocks == 0
                && matches!(self.next, Next::Header)
                && !MAGIC.starts_with(bytes.get(..3).unwrap_or(bytes));
            return Err(if foreign {
                Refusal::Foreign
            } else {
                Refusal::Short
            });
        }
        self.left -= bytes.len();
        match self.next {
            Next::Header => self.header(bytes)?,
            Next::Length => {
                self.crc.add(bytes);
                let length = u32::from_le_bytes(bytes.try_into().unwrap_or_default()) as usize;
                if length > self.left {
                    return Err(Refusal::Short);
                }
                (self.next, self.wanted) = (Next::Block, length);
                if length == 0 {
                    return Err(Refusal::Malformed);
                }
            }
            Next::Block => {
                self.crc.add(bytes);
                self.block(bytes).ok_or(Refusal::Malformed)?;
                self.blocks += 1;
                (self.next, self.wanted) = (Next::Length, 4);
                if self.blocks == 2 + self.made.column_names.len() + self.made.tag_names.len() {
                    self.wanted = 0;
                }
            }
        }
        if self.wanted > 0 && self.left < self.wanted {
            return Err(Refusal::Short);
        }
        Ok(())
    }

    /// The catalogue, when nothing is wanted any more.
    ///
    /// # Errors
    /// The check sum differs, or bytes are missing or left.
    pub fn finish(self) -> Result<Catalogue, Refusal> {
        if self.wanted > 0 {
            return Err(Refusal::Short);
        }
        if self.crc.sum() != self.sum {
            return Err(Refusal::Sum);
        }
        if self.left > 0 || self.found != self.total {
            return Err(Refusal::Malformed);
        }
        Ok(self.made)
    }

    fn header(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let mut r = Reader::new(bytes);
        if r.take(3) != MAGIC {
            return Err(Refusal::Foreign);
        }
        match r.u8() {
            FORMAT => {}
            0 => return Err(Refusal::Malformed),
            _ => return Err(Refusal::Newer),
        }
        self.sum = u32::from_le_bytes(r.take(4).try_into().unwrap_or_default());
        let rest = r.take(4);
        self.crc.add(rest);
        let items = u32::from_le_bytes(rest.try_into().unwrap_or_default());
        if items == 0 || items > MAX_ITEMS {
            return Err(Refusal::Malformed);
        }
        self.made.items = items;
        (self.next, self.wanted) = (Next::Length, 4);
        Ok(())
    }

    fn block(&mut self, bytes: &[u8]) -> Option<()> {
        let made = &mut self.made;
        let items = made.items as usize;
        match self.blocks {
            0 => {
                let mut r = Reader::new(bytes);
                made.column_names = names(&mut r, MAX_COLUMNS)?;
                made.tag_names = names(&mut r, MAX_TAGS)?;
                self.total = r.uint();
                if !r.is_done() {
                    return None;
                }
                made.tags.reserve_exact(made.tag_names.len());
            }
            1 => made.ids = Ids::read(bytes, items)?,
            n if n - 2 < made.column_names.len() => {
                let mut columns = Vec::from(core::mem::take(&mut made.columns));
                columns.push(Column::read(bytes, items)?);
                made.columns = columns.into();
            }
            _ => {
                let dense = Postings::dense(self.total);
                let postings = Postings::read(bytes, items, dense, &mut self.parts)?;
                self.found += u64::from(postings.count());
                made.tags.push(postings);
            }
        }
        Some(())
    }
}

/// A list of names, ascending by bytes.
fn names(r: &mut Reader<'_>, most: usize) -> Option<Box<[Box<str>]>> {
    let count = r.up_to(most.min(r.left()));
    let mut names: Vec<Box<str>> = Vec::with_capacity(count);
    for _ in 0..count {
        let name = r.text();
        let ascends = names.last().is_none_or(|last| **last < *name);
        r.check(ascends && !name.is_empty());
        names.push(name.into());
    }
    r.is_sound().then(|| names.into())
}

/// Reads a file that is in memory.
pub(crate) fn whole(bytes: &[u8]) -> Result<Catalogue, Refusal> {
    let mut loader = Loader::new(bytes.len());
    let mut rest = bytes;
    // The check sum first, where all of the file is at hand: damage is not to be called a fault of
    // whoever wrote it.
    let damaged = bytes.get(4..UNCHECKED).is_some_and(|sum| {
        crate::crc32(bytes.get(UNCHECKED..).unwrap_or_default()).to_le_bytes() != *sum
    });
    while loader.wanted() > 0 {
        let (piece, after) = rest.split_at(rest.len().min(loader.wanted()));
        rest = after;
        loader.take(piece).map_err(|refusal| match refusal {
            Refusal::Malformed if damaged => Refusal::Sum,
            other => other,
        })?;
    }
    loader.finish()
}
