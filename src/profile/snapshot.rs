//! The private, versioned, check-summed byte form of a profile. Cells are found by the
//! fingerprint of their signal, so a new version of the book keeps the memories whose
//! definition is unchanged and loses the others.
//!
//! Form 1: `FBP`, 1, CRC-32 of the rest; CRC-32 of the book's name; start and last time of
//! the visit; cells (fingerprint, length, bytes); marks (CRC-32 of `dimension/segment`, time);
//! folded journals (id, bytes); the leap (time and a form of its own; time 0: none).

use super::cell::Cell;
use super::{Profile, Visit};
use crate::book::{Book, DAY, Time};
use crate::codec::{Reader, Writer, crc32};
use alloc::boxed::Box;
use alloc::vec::Vec;

const MAGIC: &[u8] = b"FBP";
const FORMAT: u8 = 1;
/// Journals folded at once, and remembered as folded, so that none counts twice. They stay two
/// minutes, one for each page that was open.
pub(super) const MAX_FOLDED: usize = 128;

/// Why a stored profile was not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Discarded {
    /// Not whole, or not a profile.
    Corrupt = 1,
    /// Written by a newer version of this software.
    Newer = 2,
    /// Belongs to another book.
    Foreign = 3,
}

impl Profile {
    /// The private bytes, for a [`LocalStore`](crate::ports::LocalStore) only.
    pub(crate) fn encode(&self, book: &Book) -> Vec<u8> {
        let mut w = Writer::default();
        w.u32(crc32(book.bytes(book.name)));
        w.u32(self.visit.start);
        w.u32(self.visit.last);
        w.uint(self.cells.len() as u64);
        for (signal, cell) in book.signals.iter().zip(&self.cells) {
            let mut bytes = Writer::default();
            cell.write(&mut bytes);
            w.u32(signal.fingerprint);
            w.blob(&bytes.bytes);
        }
        w.uint(self.marks.len() as u64);
        for (segment, time) in &self.marks {
            w.u32(book.segment_hash(usize::from(*segment)));
            w.u32(*time);
        }
        w.uint(self.folded.len() as u64);
        for (journal, bytes) in &self.folded {
            w.u32(*journal);
            w.u32(*bytes);
        }
        match &self.leap {
            Some((leapt, before)) => {
                w.u32(*leapt);
                w.blob(&before.encode(book));
            }
            None => {
                w.u32(0);
                w.blob(&[]);
            }
        }

        let mut whole = Writer::default();
        whole.bytes.extend_from_slice(MAGIC);
        whole.u8(FORMAT);
        whole.u32(crc32(&w.bytes));
        whole.bytes.append(&mut w.bytes);
        whole.bytes
    }

    /// Reads the private bytes.
    ///
    /// # Errors
    /// Why they cannot be used: then the visitor starts anew.
    pub(crate) fn decode(book: &Book, bytes: &[u8]) -> Result<Self, Discarded> {
        Self::read(book, bytes, true)
    }

    /// What was before a leap has no leap of its own.
    fn read(book: &Book, bytes: &[u8], leaps: bool) -> Result<Self, Discarded> {
        let mut r = Reader::new(bytes);
        let (magic, format, sum) = (r.take(MAGIC.len()), r.u8(), r.u32());
        if magic == MAGIC && format > FORMAT {
            return Err(Discarded::Newer);
        }
        if magic != MAGIC || format != FORMAT || sum != crc32(r.rest()) {
            return Err(Discarded::Corrupt);
        }
        if r.u32() != crc32(book.bytes(book.name)) {
            return Err(Discarded::Foreign);
        }
        let mut profile = Self::new(book);
        profile.visit = Visit {
            start: r.u32(),
            last: r.u32(),
        };
        for _ in 0..r.count(5) {
            let fingerprint = r.u32();
            let mut bytes = Reader::new(r.blob());
            let mut signals = book.signals.iter().zip(&mut profile.cells);
            if let Some((signal, cell)) = signals.find(|(s, _)| s.fingerprint == fingerprint) {
                *cell = Cell::read(&signal.kind, &mut bytes);
                r.check(bytes.is_done());
            }
        }
        for _ in 0..r.count(8) {
            let (hash, time) = (r.u32(), r.u32());
            let segment = (0..book.segment_count()).find(|&s| book.segment_hash(s) == hash);
            if let Some(segment) = segment {
                profile.marks.push((segment as u16, time));
            }
        }
        profile.folded = r.list(8, |r| (r.u32(), r.u32()));
        let leapt = r.u32();
        let before = r.blob();
        if leapt > 0
            && leaps
            && let Ok(before) = Self::read(book, before, false)
        {
            profile.leap = Some((leapt, Box::new(before)));
        }
        if r.is_done() {
            Ok(profile)
        } else {
            Err(Discarded::Corrupt)
        }
    }

    /// Erases what is older than the book lets it be, with a day's grace: a clock that is wrong
    /// by less than that costs nothing.
    pub(crate) fn expire(&mut self, book: &Book, now: Time) {
        let visit = self.visit;
        let now = now.saturating_sub(DAY);
        for (signal, cell) in book.signals.iter().zip(&mut self.cells) {
            cell.expire(&signal.kind, visit, book.retention, now);
        }
    }
}

impl Book {
    /// CRC-32 of `dimension/segment`: what marks are stored under.
    pub(crate) fn segment_hash(&self, segment: usize) -> u32 {
        let Some((d, s)) = self.locate(segment) else {
            return 0;
        };
        let dimension = self.dimensions.get(d);
        let name = dimension.map_or(&[][..], |d| self.bytes(d.name));
        let segment = dimension
            .and_then(|d| d.segments.get(s))
            .map_or(&[][..], |s| self.bytes(s.name));
        let register = crate::codec::crc32_add(!0, name);
        !crate::codec::crc32_add(crate::codec::crc32_add(register, b"/"), segment)
    }
}
