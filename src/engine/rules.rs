//! Everything that follows from a book alone, and how a visitor is read by it.

use alloc::vec::Vec;

use crate::book::{Book, Kind, Time};
use crate::profile::{Profile, Routes};
use crate::segments::Segments;
use crate::signals::{Door, Input};

/// Everything that follows from a book alone: shared by any number of visitors.
#[derive(Debug)]
pub struct Rules {
    pub(super) book: Book,
    pub(super) door: Door,
    routes: Routes,
    /// All signals that have a memory of their own: all but scores and models.
    pub(super) remembered: Vec<u16>,
}

impl Rules {
    /// Prepares a book.
    pub fn new(book: Book) -> Self {
        let remembered = (0u16..)
            .zip(&book.signals)
            .filter(|(_, s)| !matches!(s.kind, Kind::Score { .. } | Kind::Model { .. }))
            .map(|(i, _)| i)
            .collect();
        Self {
            door: Door::new(&book),
            routes: Routes::new(&book),
            remembered,
            book,
        }
    }

    /// The book.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// The door: turns names into the book's words.
    pub fn door(&self) -> &Door {
        &self.door
    }

    /// Whether some signal needs an input. Events that none does are dropped at the door.
    pub fn needs(&self, input: &Input) -> bool {
        match input {
            Input::Event(event) => self.routes.needs(event),
            Input::Fact { .. } => true,
        }
    }

    /// Lets a profile take an input; signals that it may have changed are added to `touched`.
    pub fn take(&self, profile: &mut Profile, input: &Input, at: Time, touched: &mut Vec<u16>) {
        profile.take(&self.book, &self.routes, input, at, touched);
    }

    /// Lets a profile take an input and draws the memberships before and after it, as they
    /// would be drawn live: where a membership depends on earlier ones, one that ended before
    /// the input has to end before it.
    pub fn step(&self, profile: &mut Profile, segments: &mut Segments, input: &Input, at: Time) {
        self.read(profile, segments, at);
        self.take(profile, input, at, &mut Vec::new());
        self.read(profile, segments, at);
    }

    /// Reads a whole profile at a time, and settles the memberships. Returns how many segments
    /// changed.
    pub fn read(&self, profile: &mut Profile, segments: &mut Segments, now: Time) -> u32 {
        profile.mind_the_clock(now);
        for &signal in &self.remembered {
            segments.assign(signal, profile.value(&self.book, signal, now));
        }
        segments.settle(&self.book, profile, now)
    }
}
