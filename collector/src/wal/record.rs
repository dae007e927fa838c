//! Bytes of the log: the header of a file, and its records. Little endian throughout.
//!
//! ```text
//! header   magic 8 | run 16 | sequence 8 | crc32 of these 32
//! record   length 4 | crc32 4 | payload
//! payload  entries: book, version 4, week 4, question, answer, count 8; a name is length 1 | bytes
//! ```
//!
//! A record's check sum covers the batch, the record's place in the file, its length and its
//! payload, so that bytes of another file or place are never taken for it.

use std::sync::Arc;

use crc32fast::Hasher;

use crate::counts::{Counts, Key};
use crate::epoch::Epoch;
use crate::statement::is_name;

const MAGIC: &[u8; 8] = b"fewbitsL";
/// Bytes of a file's header.
pub const HEADER: usize = 36;
/// Bytes before a record's payload.
const FRAME: usize = 8;
/// Longest payload that is read. One group of reports makes a few kilobytes.
const LONGEST: usize = 1 << 20;

/// Name of a batch: who wrote it, and which one it is. What makes adding it idempotent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BatchId {
    /// Drawn at random each time a collector starts.
    pub run: [u8; 16],
    /// From 1, in order.
    pub sequence: u64,
}

impl BatchId {
    /// The run in hex.
    pub fn run_hex(&self) -> String {
        use std::fmt::Write;
        self.run.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

/// The header of a file.
pub fn header(id: BatchId) -> [u8; HEADER] {
    let fields = [MAGIC.as_slice(), &id.run, &id.sequence.to_le_bytes()].concat();
    let whole = [fields.as_slice(), &crc32fast::hash(&fields).to_le_bytes()].concat();
    let mut header = [0; HEADER];
    header.copy_from_slice(&whole);
    header
}

/// The batch whose header this is.
pub fn read_header(bytes: &[u8]) -> Option<BatchId> {
    let mut cursor = Cursor(bytes.get(..HEADER)?);
    let magic = cursor.array::<8>()?;
    let run = cursor.array()?;
    let sequence = u64::from_le_bytes(cursor.array()?);
    let id = BatchId { run, sequence };
    (magic == *MAGIC && bytes.starts_with(&header(id))).then_some(id)
}

fn check(id: BatchId, at: u64, payload: &[u8]) -> u32 {
    let mut hasher = Hasher::new();
    // Not the header itself: behind its own check sum a CRC is the same for all headers.
    hasher.update(&id.run);
    hasher.update(&id.sequence.to_le_bytes());
    hasher.update(&at.to_le_bytes());
    hasher.update(&(payload.len() as u64).to_le_bytes());
    hasher.update(payload);
    hasher.finalize()
}

/// A record for this place in the file. `None` if there is too much in it.
pub fn write(id: BatchId, at: u64, counts: &Counts) -> Option<Vec<u8>> {
    let mut payload = Vec::new();
    for (key, count) in counts {
        name(&mut payload, &key.book)?;
        payload.extend_from_slice(&key.version.to_le_bytes());
        payload.extend_from_slice(&key.epoch.number().to_le_bytes());
        name(&mut payload, &key.question)?;
        name(&mut payload, &key.answer)?;
        payload.extend_from_slice(&count.to_le_bytes());
    }
    frame(id, at, &payload)
}

/// A payload with its length and check sum. `None` if it is empty or too long.
pub fn frame(id: BatchId, at: u64, payload: &[u8]) -> Option<Vec<u8>> {
    if payload.is_empty() || payload.len() > LONGEST {
        return None;
    }
    let length = u32::try_from(payload.len()).ok()?;
    let crc = check(id, at, payload);
    Some([&length.to_le_bytes(), &crc.to_le_bytes(), payload].concat())
}

/// The record at this place, and where the next one begins. `None` if no whole record is there.
pub fn read(id: BatchId, bytes: &[u8], at: usize) -> Option<(Counts, usize)> {
    let mut cursor = Cursor(bytes.get(at..)?);
    let length = usize::try_from(u32::from_le_bytes(cursor.array()?)).ok()?;
    let crc = u32::from_le_bytes(cursor.array()?);
    if length == 0 || length > LONGEST {
        return None;
    }
    let payload = cursor.take(length)?;
    if check(id, at as u64, payload) != crc {
        return None;
    }
    Some((entries(payload)?, at + FRAME + length))
}

fn entries(payload: &[u8]) -> Option<Counts> {
    let mut cursor = Cursor(payload);
    let mut counts = Counts::new();
    while !cursor.0.is_empty() {
        let key = Key {
            book: cursor.name()?,
            version: u32::from_le_bytes(cursor.array()?),
            epoch: Epoch::from_number(u32::from_le_bytes(cursor.array()?))?,
            question: cursor.name()?,
            answer: cursor.name()?,
        };
        let count = u64::from_le_bytes(cursor.array()?);
        let sum = counts.entry(key).or_default();
        *sum = count.checked_add(*sum)?;
    }
    Some(counts)
}

fn name(into: &mut Vec<u8>, name: &str) -> Option<()> {
    into.push(u8::try_from(name.len()).ok()?);
    into.extend_from_slice(name.as_bytes());
    Some(())
}

/// What is left to read.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn name(&mut self) -> Option<Arc<str>> {
        let [length] = self.array()?;
        let text = std::str::from_utf8(self.take(usize::from(length))?).ok()?;
        is_name(text).then(|| text.into())
    }
}
