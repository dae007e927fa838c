//! The gate's bytes: what was spent stands first, so that it can be kept when all else goes.
//!
//! ```text
//! "FBG" 2, used (0 or 1), spent (four bytes), CRC-32 of these nine    13 bytes: the tombstone
//! CRC-32 of the rest, lines, stage, hint
//! ```
//!
//! Erasing cuts the record off behind the tombstone, or removes it if nothing was spent. Whoever
//! keeps the bytes can do that without reading the rest (`www/sdk/src/store.ts`).

use super::{Cleared, Gate, Hinted, Ledger, Stage};
use crate::codec::{Reader, Writer, crc32};
use alloc::vec::Vec;

const MAGIC: &[u8] = b"FBG\x02";
/// Length of a tombstone, in bytes.
pub const TOMBSTONE: usize = 13;
/// The greatest `lifetime_bits` of any book, in millionths.
const EVERYTHING: u32 = 64_000_000;

impl Gate {
    /// Erases all but the tombstone: what was spent, and whether the question is used. Nothing
    /// at all stays if nothing was ever spent.
    pub fn forget(&mut self) {
        let spent = self.ledger.spent();
        let used = spent > 0 && self.is_used();
        *self = Self::remembering(spent, used);
    }

    fn remembering(spent: u32, used: bool) -> Self {
        Self {
            stage: if used { Stage::Done } else { Stage::Fresh },
            ledger: Ledger::of(spent),
            hint: None,
        }
    }

    const fn is_used(&self) -> bool {
        !matches!(self.stage, Stage::Fresh | Stage::Drawn { .. })
    }

    /// The private bytes, for a [`LocalStore`](crate::ports::LocalStore) only.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut w = Writer::default();
        w.bytes.extend_from_slice(MAGIC);
        w.u8(u8::from(self.is_used()));
        w.u32(self.ledger.spent());
        w.u32(crc32(&w.bytes));
        let mut rest = Writer::default();
        self.ledger.write(&mut rest);
        match &self.stage {
            Stage::Fresh => rest.u8(0),
            Stage::Drawn { question, due } => {
                rest.u8(1);
                rest.u32(*question);
                rest.u32(*due);
            }
            Stage::Answered(cleared) => {
                rest.u8(2);
                Cleared::write(Some(cleared), &mut rest);
            }
            Stage::Sending(cleared, at) => {
                rest.u8(3);
                Cleared::write(Some(cleared), &mut rest);
                rest.u32(*at);
            }
            Stage::Done => rest.u8(4),
        }
        Cleared::write(self.hint.as_ref().map(|h| &h.cleared), &mut rest);
        if let Some(hint) = &self.hint {
            rest.u32(hint.until);
        }
        w.u32(crc32(&rest.bytes));
        w.bytes.append(&mut rest.bytes);
        w.bytes
    }

    /// Reads the private bytes. A gate that cannot be read might have spent everything, so it
    /// is taken to have: it stays shut.
    pub(crate) fn decode(bytes: &[u8]) -> Self {
        Self::try_decode(bytes).unwrap_or_else(|| Self::remembering(EVERYTHING, true))
    }

    fn try_decode(bytes: &[u8]) -> Option<Self> {
        let (tombstone, rest) = bytes.split_at_checked(TOMBSTONE)?;
        let mut r = Reader::new(tombstone);
        let summed = r.take(TOMBSTONE - 4);
        if !summed.starts_with(MAGIC) || r.u32() != crc32(summed) {
            return None;
        }
        let mut r = Reader::new(summed);
        r.take(MAGIC.len());
        let (used, spent) = (r.flag(), r.u32());
        if !r.is_done() {
            return None;
        }
        if rest.is_empty() {
            return Some(Self::remembering(spent, used));
        }
        let mut r = Reader::new(rest);
        if r.u32() != crc32(r.rest()) {
            return None;
        }
        let ledger = Ledger::read(spent, &mut r);
        let stage = match r.u8() {
            0 => Stage::Fresh,
            1 => Stage::Drawn {
                question: r.u32(),
                due: r.u32(),
            },
            2 => Stage::Answered(Cleared::read(&mut r)?),
            3 => Stage::Sending(Cleared::read(&mut r)?, r.u32()),
            4 => Stage::Done,
            _ => return None,
        };
        let hint = Cleared::read(&mut r).map(|cleared| Hinted {
            cleared,
            until: r.u32(),
        });
        let gate = Self {
            stage,
            ledger,
            hint,
        };
        (r.is_done() && gate.is_used() == used).then_some(gate)
    }
}
