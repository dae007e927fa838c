//! What stays as it was decided: the seed, and the choices of this session. One record in the
//! visitor's own browser, which never leaves it.

use super::{Decision, Exposure, Stream, digits};
use crate::book::{Book, SESSION_IDLE, Time};
use crate::codec::{Reader, Writer};
use alloc::vec::Vec;

/// Version of the record.
const VERSION: u8 = 1;

/// The seed of a visitor, and what was decided in the session that goes on.
#[derive(Debug, Default)]
pub struct Choices {
    seed: Option<([u8; 16], Vec<u16>)>,
    /// Sessions in which something was decided.
    session: u32,
    /// When something was decided last.
    last: Time,
    /// Slot, its rule (one more than the index; 0: `otherwise`) and its variant.
    frozen: Vec<(u16, u16, u16)>,
    /// What was told in this session already.
    told: Vec<Exposure>,
    /// For a preview: the variant of an experiment or bandit. Nothing is remembered then.
    forced: Vec<(u16, u16)>,
    /// What the store held at the session's begin is in here.
    merged: bool,
    /// There is something that no store has yet.
    unsaved: bool,
}

impl Choices {
    /// Gives the visitor a seed: random, and known to nobody else.
    pub fn set_seed(&mut self, seed: [u8; 16]) {
        self.seed = Some((seed, digits(&seed)));
    }

    /// The seed as it is hashed.
    pub(super) fn seed(&self) -> Option<&[u16]> {
        self.seed.as_ref().map(|(_, digits)| digits.as_slice())
    }

    /// The chance of a bandit in this session.
    pub(super) fn chance(&self, source: u16) -> Stream {
        let seed = self.seed.as_ref().map_or([0; 16], |(seed, _)| *seed);
        Stream::new(&seed, [u32::from(source), self.session])
    }

    /// Shows this variant of an experiment or bandit from now on, for a preview.
    pub fn force(&mut self, source: u16, variant: u16) {
        self.forced.push((source, variant));
    }

    /// Whether this is a preview.
    pub fn is_preview(&self) -> bool {
        !self.forced.is_empty()
    }

    pub(super) fn forced(&self, source: u16) -> Option<u16> {
        let mut forced = self.forced.iter();
        forced.find(|f| f.0 == source).map(|f| f.1)
    }

    /// Notes that time has come to `now`; `began` is when the visit began that goes on. What was
    /// decided in an earlier session is free again.
    /// `false`: what the store holds has to be looked at again.
    pub fn arrive(&mut self, began: Option<Time>, now: Time) -> bool {
        // A clock that went back a little is still in the session, as it is in the visit.
        let same = self.last < now.saturating_add(SESSION_IDLE)
            && (now < self.last.saturating_add(SESSION_IDLE)
                || began.is_some_and(|began| began <= self.last));
        if !same {
            self.session = self.session.wrapping_add(1);
            self.frozen.clear();
            self.told.clear();
            self.merged = false;
        }
        self.last = now;
        self.merged
    }

    /// There is another store, or none any more.
    pub fn move_out(&mut self) {
        self.merged = false;
    }

    /// What was decided for a slot in this session.
    pub fn frozen(&self, slot: u16) -> Option<Decision> {
        let (_, rule, variant) = self.frozen.iter().find(|f| f.0 == slot)?;
        Some(Decision {
            variant: *variant,
            rule: rule.checked_sub(1),
            frozen: true,
        })
    }

    /// Keeps a decision for this session.
    pub fn freeze(&mut self, slot: u16, decision: &Decision) {
        let rule = decision.rule.map_or(0, |rule| rule.saturating_add(1));
        self.frozen.push((slot, rule, decision.variant));
        self.unsaved = true;
    }

    /// Whether there is something that no store has yet.
    pub fn is_unsaved(&self) -> bool {
        self.unsaved
    }

    /// A store has it all, or it has not.
    pub fn saved(&mut self, done: bool) {
        self.unsaved = !done;
    }

    /// Whether something is told for the first time in this session.
    pub fn tell(&mut self, exposure: Exposure) -> bool {
        let new = !self.told.contains(&exposure);
        if new {
            self.told.push(exposure);
            self.unsaved = true;
        }
        new
    }

    /// Forgets the seed and all choices; a preview goes on.
    pub fn forget(&mut self) {
        *self = Self {
            forced: core::mem::take(&mut self.forced),
            ..Self::default()
        };
    }

    /// Takes over what the store holds: another tab, or an earlier page of this session, may have
    /// decided. What was decided here stays.
    pub fn merge(&mut self, book: &Book, bytes: &[u8], began: Option<Time>, now: Time) {
        self.merged = true;
        let Some(mut stored) = Self::decode(book, bytes) else {
            return;
        };
        stored.arrive(began, now);
        if let Some(seed) = stored.seed {
            self.seed = Some(seed);
        }
        self.session = stored.session;
        for choice in stored.frozen {
            if self.frozen(choice.0).is_none() {
                self.frozen.push(choice);
            }
        }
        for exposure in stored.told {
            if !self.told.contains(&exposure) {
                self.told.push(exposure);
            }
        }
    }

    /// The record's bytes.
    pub fn encode(&self, book: &Book) -> Vec<u8> {
        let mut w = Writer::default();
        w.u8(VERSION);
        w.blob(self.seed.as_ref().map_or(&[][..], |(seed, _)| seed));
        w.u32(version_of(book));
        w.u32(self.session);
        w.u32(self.last);
        w.uint(self.frozen.len() as u64);
        for (slot, rule, variant) in &self.frozen {
            for n in [slot, rule, variant] {
                w.uint(u64::from(*n));
            }
        }
        w.uint(self.told.len() as u64);
        for (key, value) in &self.told {
            w.uint(u64::from(*key));
            w.uint(u64::from(*value));
        }
        w.bytes
    }

    /// Reads a record. The choices of another version of the book mean nothing here; the seed
    /// does.
    fn decode(book: &Book, bytes: &[u8]) -> Option<Self> {
        let mut r = Reader::new(bytes);
        let version = r.u8();
        r.check(version == VERSION);
        let seed: Option<[u8; 16]> = r.blob().try_into().ok();
        let same = r.u32() == version_of(book);
        let (session, last) = (r.u32(), r.u32());
        let mut frozen = r.list(3, |r| (r.uint16(), r.uint16(), r.uint16()));
        let mut told = r.list(2, |r| (r.uint16(), r.uint16()));
        if !same {
            frozen.clear();
            told.clear();
        }
        r.is_done().then(|| Self {
            seed: seed.map(|seed| (seed, digits(&seed))),
            session,
            last,
            frozen,
            told,
            ..Self::default()
        })
    }
}

/// Tells one version of a book from another.
fn version_of(book: &Book) -> u32 {
    Reader::new(&book.source_hash).u32()
}
