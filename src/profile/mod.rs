//! (2) What this browser remembers: one fixed-size cell for each signal of the book.
//!
//! A profile has no way out. It is not serialisable, cannot be cloned, prints as
//! `Profile { .. }`, and its private bytes have one destination, a
//! [`LocalStore`](crate::ports::LocalStore).

mod bound;
mod cell;
mod decay;
mod reading;
mod ring;
mod routes;
mod sequence;
mod snapshot;
mod storing;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::book::{Book, DAY, Kind, SESSION_IDLE, Time};
use crate::codec::Reader;
use crate::signals::{Door, Event, Input};

pub use bound::{most_bytes, most_bytes_of};
use cell::Cell;
pub use routes::Routes;
pub use snapshot::Discarded;

/// A gap after which the memory from before is kept for a day, in case the clock was wrong.
const LEAP: u32 = DAY;
/// A clock that goes back by more than this behind a leap was wrong before.
const LEAP_BACK: u32 = 3_600;

/// All signals of one visitor on one site.
///
/// ```compile_fail,E0277
/// fn can_be_copied<T: Clone>() {}
/// can_be_copied::<fewbits::profile::Profile>();
/// ```
pub struct Profile {
    cells: Vec<Cell>,
    visit: Visit,
    /// Since when a visitor is a member of a segment that holds its members.
    pub(crate) marks: Vec<(u16, Time)>,
    /// Records of journals that are in here already: journal and number of bytes.
    folded: Vec<(u32, u32)>,
    /// The memory as it was before the clock leapt, and when it leapt.
    leap: Option<(Time, Box<Profile>)>,
}

/// The visit that goes on, or went on last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Visit {
    pub(crate) start: Time,
    pub(crate) last: Time,
}

impl Visit {
    /// Start of the visit if it still goes on at `now`.
    pub(crate) fn current(self, now: Time) -> Option<Time> {
        // A clock that went back a little is still in the visit.
        let idle = now.saturating_sub(self.last);
        (self.last > 0 && idle < SESSION_IDLE && now.saturating_add(SESSION_IDLE) > self.start)
            .then_some(self.start)
    }

    fn touch(&mut self, now: Time) {
        if self.current(now).is_none() {
            *self = Self {
                start: now,
                last: now,
            };
        }
        // An event that is told late does not shorten the visit.
        self.last = self.last.max(now).max(1);
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Profile { .. }")
    }
}

impl Profile {
    /// A visitor of whom nothing is known.
    pub fn new(book: &Book) -> Self {
        Self {
            cells: book.signals.iter().map(|s| Cell::new(&s.kind)).collect(),
            visit: Visit::default(),
            marks: Vec::new(),
            folded: Vec::new(),
            leap: None,
        }
    }

    /// Takes an input in; what it may have changed is added to `touched`. An event that no
    /// signal needs is dropped, and does not extend the visit either.
    pub fn take(
        &mut self,
        book: &Book,
        routes: &Routes,
        input: &Input,
        at: Time,
        touched: &mut Vec<u16>,
    ) {
        self.mind_the_clock(at);
        match input {
            Input::Event(event) if routes.needs(event) => {
                self.visit.touch(at);
                self.take_event(book, routes, event, at, touched);
            }
            Input::Event(_) => {}
            Input::Fact {
                signal,
                value,
                derived,
            } => {
                let kind = book.signals.get(usize::from(*signal)).map(|s| &s.kind);
                if let (Some(kind), Some(cell)) = (kind, self.cells.get_mut(usize::from(*signal))) {
                    // A page that tells its context begins a visit, but only events extend one.
                    let begins =
                        matches!(kind, Kind::Context { .. }) && self.visit.current(at).is_none();
                    if begins {
                        self.visit.touch(at);
                    }
                    if cell.state(kind, *value, *derived, self.visit, at) || begins {
                        touched.push(*signal);
                    }
                }
            }
        }
    }

    fn take_event(
        &mut self,
        book: &Book,
        routes: &Routes,
        event: &Event,
        at: Time,
        touched: &mut Vec<u16>,
    ) {
        let visit = self.visit;
        routes.each(event, |signal| {
            let index = usize::from(signal);
            let kind = book.signals.get(index).map(|s| &s.kind);
            if let (Some(kind), Some(cell)) = (kind, self.cells.get_mut(index))
                && cell.take(kind, event, visit, book.retention, at)
            {
                touched.push(signal);
            }
        });
    }

    /// When the visit began that goes on now.
    pub fn session(&self, now: Time) -> Option<Time> {
        self.visit.current(now)
    }

    /// Current value of a signal; NaN while it is missing. Scores are not kept here.
    pub fn value(&self, book: &Book, signal: u16, now: Time) -> f64 {
        let index = usize::from(signal);
        match (book.signals.get(index), self.cells.get(index)) {
            (Some(s), Some(cell)) => cell.value(&s.kind, self.visit, book.retention, now),
            _ => f64::NAN,
        }
    }

    /// Earliest time after `now` at which time alone may change a signal's value across one
    /// of `edges`; `Time::MAX`: never.
    pub fn changes(
        &self,
        book: &Book,
        signal: u16,
        edges: impl FnOnce() -> Vec<f64>,
        now: Time,
    ) -> Time {
        let index = usize::from(signal);
        match (book.signals.get(index), self.cells.get(index)) {
            (Some(s), Some(cell)) => cell.changes(&s.kind, self.visit, book.retention, edges, now),
            _ => Time::MAX,
        }
    }

    /// What a cell holds, for the visitor's own export: time, count and value, in triples.
    pub fn stored(&self, book: &Book, signal: u16) -> Vec<f64> {
        let index = usize::from(signal);
        match (book.signals.get(index), self.cells.get(index)) {
            (Some(s), Some(cell)) => cell.stored(&s.kind),
            _ => Vec::new(),
        }
    }

    /// Replays journals into this memory, merged by time, skipping what is in here already. `take` is what lets the memory take an input.
    pub fn fold(
        &mut self,
        book: &Book,
        door: &Door,
        journals: &[(u32, Vec<u8>)],
        mut take: impl FnMut(&mut Self, &Input, Time),
    ) {
        let mut heads = Vec::new();
        for (id, bytes) in journals.iter().take(snapshot::MAX_FOLDED) {
            let folded = self.folded.iter().find(|f| f.0 == *id);
            let done = folded.map_or(0, |f| f.1 as usize);
            let mut reader = Reader::new(bytes.get(done..).unwrap_or_default());
            heads.push((door.replay(book, &mut reader), reader));
        }
        // Merged by time. Within a journal the order of writing is the truth, whatever a
        // wrong clock wrote there.
        loop {
            let mut first: Option<(Time, usize)> = None;
            for (index, (head, _)) in heads.iter().enumerate() {
                if let Some((at, _)) = head
                    && first.is_none_or(|f| *at < f.0)
                {
                    first = Some((*at, index));
                }
            }
            let Some((at, index)) = first else { break };
            let Some((head, reader)) = heads.get_mut(index) else {
                break;
            };
            if let Some((_, Some(input))) = head {
                take(self, input, at);
            }
            *head = door.replay(book, reader);
        }
        self.folded.clear();
        for ((id, bytes), (_, reader)) in journals.iter().zip(&heads) {
            self.folded
                .push((*id, (bytes.len() - reader.rest().len()) as u32));
        }
    }

    /// Inputs that were in no journal yet are in the snapshot from now on.
    pub(crate) fn settle_pending(&mut self) {
        self.folded.retain(|f| f.0 != 0);
    }

    /// A clock that leaps must not cost the memory: what was known before a leap forward is
    /// kept for a day, and comes back when the clock does.
    pub(crate) fn mind_the_clock(&mut self, now: Time) {
        // A leap that lasted a day was none.
        if self
            .leap
            .as_ref()
            .is_some_and(|(leapt, _)| now.saturating_sub(*leapt) > DAY)
        {
            self.leap = None;
        }
        match &mut self.leap {
            Some((leapt, before)) if now.saturating_add(LEAP_BACK) < *leapt => {
                let before = Self {
                    cells: core::mem::take(&mut before.cells),
                    marks: core::mem::take(&mut before.marks),
                    visit: before.visit,
                    folded: core::mem::take(&mut self.folded),
                    leap: None,
                };
                *self = before;
            }
            None if self.visit.last > 0 && now.saturating_sub(self.visit.last) > LEAP => {
                let before = Self {
                    cells: self.cells.clone(),
                    marks: self.marks.clone(),
                    visit: self.visit,
                    folded: Vec::new(),
                    leap: None,
                };
                self.leap = Some((now, Box::new(before)));
            }
            _ => {}
        }
    }
}
