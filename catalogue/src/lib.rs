//! A catalogue: items with tags and numbers in one compact, check-summed file, and the exact best
//! of them by weights. `docs/catalogue.md` has the file byte by byte and the rules of the order.
//!
//! It is a crate and a module of its own (docs/adr/0007-the-catalogue-is-a-module-of-its-own.md):
//! no visitor downloads it who is not shown a ranking of a large catalogue.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod bytes;
mod column;
mod ids;
mod load;
mod postings;
pub mod rank;
#[cfg(feature = "write")]
pub mod write;

#[cfg(target_arch = "wasm32")]
mod wasm;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

pub use bytes::crc32;
pub use column::Column;
pub use ids::Ids;
pub use load::{Loader, Refusal};
pub use postings::Postings;

/// What a file begins with.
pub const MAGIC: [u8; 3] = *b"FBC";
/// The version of the file's form that this crate writes and reads.
pub const FORMAT: u8 = 1;
/// A catalogue has at most so many items.
pub const MAX_ITEMS: u32 = 1 << 24;
/// And so many different tags.
pub const MAX_TAGS: usize = 1 << 16;
/// And so many columns of numbers.
pub const MAX_COLUMNS: usize = 16;
/// No number in a catalogue or a query is further from 0, so that no sum overflows.
pub const MAX_NUMBER: f64 = 1e15;

/// A loaded catalogue. Items have places: 0 is the most popular.
pub struct Catalogue {
    items: u32,
    ids: Ids,
    column_names: Box<[Box<str>]>,
    columns: Box<[Column]>,
    tag_names: Box<[Box<str>]>,
    tags: Vec<Postings>,
}

impl Catalogue {
    /// Reads a whole file.
    ///
    /// # Errors
    /// The first reason for which it is refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        load::whole(bytes)
    }

    /// How many items there are.
    pub const fn items(&self) -> u32 {
        self.items
    }

    /// The names of the tags, ascending by bytes. Their indices are how queries speak of them.
    pub const fn tag_names(&self) -> &[Box<str>] {
        &self.tag_names
    }

    /// The index of a tag.
    pub fn tag(&self, name: &str) -> Option<u32> {
        let at = self.tag_names.binary_search_by(|tag| (**tag).cmp(name));
        at.ok().and_then(|at| u32::try_from(at).ok())
    }

    /// The names of the columns of numbers.
    pub const fn column_names(&self) -> &[Box<str>] {
        &self.column_names
    }

    /// The index of a column.
    pub fn column(&self, name: &str) -> Option<u32> {
        let at = self
            .column_names
            .iter()
            .position(|column| **column == *name);
        at.and_then(|at| u32::try_from(at).ok())
    }

    /// The number of an item in a column; `None` if it is missing.
    pub fn number(&self, column: u32, place: u32) -> Option<f64> {
        self.columns.get(column as usize)?.value(place as usize)
    }

    /// Whether an item has a tag.
    pub fn has(&self, tag: u32, place: u32) -> bool {
        self.tags
            .get(tag as usize)
            .is_some_and(|postings| postings.has(place))
    }

    /// How many items have a tag.
    pub fn count(&self, tag: u32) -> u32 {
        self.tags.get(tag as usize).map_or(0, Postings::count)
    }

    /// The id of an item, as its source wrote it.
    pub fn id(&self, place: u32) -> Option<String> {
        self.ids.text(place as usize)
    }

    /// The ids.
    pub const fn ids(&self) -> &Ids {
        &self.ids
    }

    /// About how many bytes of memory it takes.
    pub fn memory(&self) -> usize {
        let tags: usize = self.tags.iter().map(Postings::memory).sum();
        let columns: usize = self.columns.iter().map(Column::memory).sum();
        tags + columns + self.ids.memory()
    }
}
