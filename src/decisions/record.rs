//! What stays as it was decided: the seed, and the choices of this session. One record in the
//! visitor's own browser, which never leaves it.

use super::{Decision, Exposure, Stream, hash};
use crate::book::{Book, Draw, SESSION_IDLE, Time};
use crate::codec::{Reader, Writer};
use alloc::vec::Vec;

/// Version of the record.
const VERSION: u8 = 1;
/// Seconds after which a store hears again that the session goes on.
const NOTED: u32 = 600;
/// What was told stands beside what was chosen: tag keys begin where slots end.
const TOLD: u32 = 1 << 16;

/// The seed of a visitor, and what was decided in the session that goes on.
#[derive(Debug, Default)]
pub struct Choices {
    /// Random, and known to nobody else.
    seed: Option<[u8; 16]>,
    /// The seed as it is hashed: its hexadecimal digits.
    digits: [u16; 32],
    /// Sessions in which something was decided.
    session: u32,
    /// When something was decided last.
    last: Time,
    /// Slot, and its rule (one more than the index; 0: `otherwise`) and variant; or [`TOLD`] plus
    /// a tag key, and its value.
    kept: Vec<(u32, u32)>,
    /// For a preview: experiment or bandit, and its variant. Nothing is remembered then.
    forced: Vec<(u32, u32)>,
    /// What the store held at the session's begin is in here.
    merged: bool,
    /// There is something that no store has yet.
    unsaved: bool,
    /// When the store was written last.
    noted: Time,
}

fn find(list: &[(u32, u32)], key: u32) -> Option<u32> {
    list.iter().find(|entry| entry.0 == key).map(|e| e.1)
}

impl Choices {
    /// Gives the visitor a seed.
    #[inline(never)]
    pub fn set_seed(&mut self, seed: [u8; 16]) {
        self.seed = Some(seed);
        let nibbles = seed.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        for (digit, n) in self.digits.iter_mut().zip(nibbles) {
            *digit = u16::from(if n < 10 { b'0' + n } else { b'a' - 10 + n });
        }
    }

    /// The number from 0 to 1 that the visitor has in a draw; `None` without a seed.
    #[inline(never)]
    pub fn drawn(&self, draw: &Draw) -> Option<f64> {
        self.seed
            .and_then(|_| hash(&draw.salt, &self.digits, draw.version))
    }

    /// The chance of a bandit in this session; `None` without a seed.
    pub(super) fn chance(&self, source: u16) -> Option<Stream> {
        Some(Stream::new(&self.seed?, [u32::from(source), self.session]))
    }

    /// Shows this variant of an experiment or bandit from now on, for a preview.
    pub fn force(&mut self, source: u16, variant: u16) {
        self.forced.push((source.into(), variant.into()));
    }

    /// Whether this is a preview.
    pub fn is_preview(&self) -> bool {
        !self.forced.is_empty()
    }

    pub(super) fn forced(&self, source: u16) -> Option<u16> {
        find(&self.forced, source.into()).map(|variant| variant as u16)
    }

    /// Notes that time has come to `now`; `began` is when the visit began that goes on. What was
    /// decided in an earlier session is free again.
    /// `false`: what the store holds has to be looked at again.
    pub fn arrive(&mut self, began: Option<Time>, now: Time) -> bool {
        // A clock that went back a little is still in the session, as it is in the visit.
        let same = self.last < now.saturating_add(SESSION_IDLE)
            && (now < self.last.saturating_add(SESSION_IDLE)
                || began.is_some_and(|b| b < self.last.saturating_add(SESSION_IDLE)));
        if !same {
            self.session = self.session.wrapping_add(1);
            self.kept.clear();
            self.merged = false;
        }
        // The next page has to know how long the session went on.
        self.unsaved |= !self.kept.is_empty() && now >= self.noted.saturating_add(NOTED);
        self.last = now;
        self.merged
    }

    /// There is another store, or none any more.
    pub fn move_out(&mut self) {
        self.merged = false;
    }

    /// What was decided for a slot in this session.
    pub fn frozen(&self, slot: u16) -> Option<Decision> {
        let kept = find(&self.kept, slot.into())?;
        Some(Decision {
            variant: kept as u16,
            rule: ((kept >> 16) as u16).checked_sub(1),
            frozen: true,
        })
    }

    /// Keeps a decision for this session.
    pub fn freeze(&mut self, slot: u16, decision: &Decision) {
        let rule = decision.rule.map_or(0, |rule| u32::from(rule) + 1);
        self.keep(slot.into(), rule << 16 | u32::from(decision.variant));
    }

    /// Whether something is told for the first time in this session.
    pub fn tell(&mut self, (key, value): Exposure) -> bool {
        let told = (TOLD | u32::from(key), value.into());
        let new = !self.kept.contains(&told);
        if new {
            self.keep(told.0, told.1);
        }
        new
    }

    fn keep(&mut self, key: u32, value: u32) {
        self.kept.push((key, value));
        self.unsaved = true;
    }

    /// What was decided in this session is free again; the seed stays, and what was told.
    pub fn thaw(&mut self) {
        self.kept.retain(|(key, _)| *key >= TOLD);
    }

    /// Whether there is something that no store has yet.
    pub fn is_unsaved(&self) -> bool {
        self.unsaved
    }

    /// A store has it all, or it has not.
    pub fn saved(&mut self, done: bool) {
        self.unsaved = !done;
        self.noted = self.last;
    }

    /// Forgets the seed and all choices; a preview goes on.
    pub fn forget(&mut self) {
        self.seed = None;
        self.kept.clear();
        self.unsaved = false;
        self.session = 0;
    }

    /// Takes over what the store holds: another tab, or an earlier page of this session, may have
    /// decided. What was decided here stays.
    pub fn merge(&mut self, book: &Book, bytes: &[u8], began: Option<Time>, now: Time) {
        self.merged = true;
        let mut r = Reader::new(bytes);
        let version = r.u8();
        r.check(version == VERSION);
        let seed = r.blob().first_chunk();
        // The choices of another version of the book mean nothing here; the seed does.
        let same = r.u32() == version_of(book);
        let mut stored = Self {
            session: r.u32(),
            last: r.u32(),
            kept: r.list(2, |r| (r.uint32(), r.uint32())),
            ..Self::default()
        };
        if !r.is_done() {
            return;
        }
        stored.arrive(began, now);
        if let Some(seed) = seed {
            self.set_seed(*seed);
        }
        self.session = stored.session;
        for (key, value) in stored.kept {
            let known = if key < TOLD {
                find(&self.kept, key).is_some()
            } else {
                self.kept.contains(&(key, value))
            };
            if same && !known {
                self.kept.push((key, value));
            }
        }
    }

    /// The record's bytes.
    pub fn encode(&self, book: &Book) -> Vec<u8> {
        let mut w = Writer::default();
        w.u8(VERSION);
        w.blob(self.seed.as_ref().map_or(&[], |seed| seed));
        for n in [version_of(book), self.session, self.last] {
            w.u32(n);
        }
        w.uint(self.kept.len() as u64);
        for (key, value) in &self.kept {
            w.uint(u64::from(*key));
            w.uint(u64::from(*value));
        }
        w.bytes
    }
}

/// Tells one version of a book from another.
fn version_of(book: &Book) -> u32 {
    Reader::new(&book.source_hash).u32()
}
