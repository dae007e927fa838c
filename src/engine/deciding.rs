//! Decisions: made when they are asked for, kept for the session, and told to the memory.

use super::Engine;
use crate::book::{Book, Literal, Time};
use crate::decisions::{self, Decision, Visitor};
use crate::gate::{Answer, Purpose};
use crate::ports::Slot;
use crate::profile::Profile;
use crate::segments::Segments;
use crate::signals::Event;
use alloc::vec;
use alloc::vec::Vec;

/// A visitor as decisions see one.
pub struct Seen<'a> {
    /// The rules by which the visitor is read.
    pub book: &'a Book,
    /// The memory.
    pub profile: &'a Profile,
    /// The memberships, as last settled.
    pub segments: &'a Segments,
    /// When the memory is read.
    pub now: Time,
}

impl Visitor for Seen<'_> {
    fn holds(&self, condition: Literal) -> bool {
        self.segments.holds(self.book, condition)
    }

    fn value(&self, signal: u16) -> f64 {
        let score = self.segments.score(signal);
        if score.is_nan() {
            self.profile.value(self.book, signal, self.now)
        } else {
            score
        }
    }

    fn member(&self, dimension: u16) -> Option<u16> {
        Some(self.segments.member(dimension)?.segment)
    }
}

impl Engine {
    pub(super) fn seen(&self, now: Time) -> Seen<'_> {
        Seen {
            book: &self.rules.book,
            profile: &self.profile,
            segments: &self.segments,
            now,
        }
    }

    /// Gives the visitor a seed for experiments and bandits: random bytes that nobody else knows.
    /// Without one, neither takes part. A stored one takes its place.
    pub fn seed(&mut self, seed: [u8; 16]) {
        self.choices.set_seed(seed);
    }

    /// Shows this variant of an experiment, or bandit behind all experiments, for a preview. From
    /// then on nothing that is decided is kept or told.
    pub fn force(&mut self, source: u16, variant: u16) {
        self.choices.force(source, variant);
    }

    /// The number from 0 to 1 that the visitor drew for an experiment.
    pub fn drawn(&self, experiment: u16) -> Option<f64> {
        let experiment = self.rules.book.experiments.get(usize::from(experiment))?;
        self.choices.drawn(&experiment.draw)
    }

    /// What is shown in a slot. `shown`: the page shows it, so it is kept for the session and the
    /// memory is told; else it is only looked at. `None`: there is no such slot.
    #[inline(never)]
    pub fn decide(&mut self, slot: u16, shown: bool, now: Time) -> Option<Decision> {
        if now != self.settled || !self.touched.is_empty() {
            self.settle(now);
        }
        let began = self.profile.session(now);
        if !self.choices.arrive(began, now) {
            self.merge_choices(now);
        }
        let book = &self.rules.book;
        let definition = book.slots.get(usize::from(slot))?;
        if self.consent.get(Purpose::Personalise) == Answer::Denied {
            return Some(Decision {
                variant: definition.otherwise,
                rule: None,
                frozen: false,
            });
        }
        let keeps = !definition.changes && !self.choices.is_preview();
        let kept = |engine: &Self| engine.choices.frozen(slot).filter(|_| keeps);
        if let Some(decision) = kept(self) {
            return Some(decision);
        }
        if keeps && shown {
            // Another tab may have decided meanwhile.
            self.merge_choices(now);
            if let Some(decision) = kept(self) {
                return Some(decision);
            }
        }
        let book = &self.rules.book;
        let seen = self.seen(now);
        let definition = book.slots.get(usize::from(slot))?;
        let (mut decision, exposure) =
            decisions::decide(book, definition, &self.choices, &seen, now);
        if !shown || self.choices.is_preview() {
            return Some(decision);
        }
        let mut new = keeps;
        if keeps {
            decision.frozen = true;
            self.choices.freeze(slot, &decision);
        }
        if let Some(exposure) = exposure
            && self.choices.tell(exposure)
        {
            new = true;
            let event = Event {
                name: book.shown,
                tags: vec![exposure],
                value: None,
            };
            self.track(event, now);
        }
        if new {
            self.write_choices();
        }
        Some(decision)
    }

    /// The visitor says that a segment, counted over all dimensions, is not them, or takes that
    /// back. If that changes anything, what was decided in this session is free again.
    pub fn mute(&mut self, segment: u16, muted: bool, now: Time) -> u32 {
        self.segments.mute(segment, muted);
        let changed = self.redraw(now);
        if changed > 0 && !self.rules.book.slots.is_empty() {
            // Another tab's seed must not be written over.
            self.merge_choices(now);
            self.choices.thaw();
            self.write_choices();
        }
        changed
    }

    /// The numbers of a ranking for this visitor, NaN where there is none; nothing if there is no such
    /// ranking. A visitor who does not want it personal gets those of everybody.
    #[inline(never)]
    pub fn weigh(&mut self, ranking: u16, now: Time, out: &mut Vec<f64>) {
        if now != self.settled || !self.touched.is_empty() {
            self.settle(now);
        }
        out.clear();
        let book = &self.rules.book;
        let seen = self.seen(now);
        if let Some(ranking) = book.rankings.get(usize::from(ranking)) {
            let nobody = self.consent.get(Purpose::Personalise) == Answer::Denied;
            decisions::weigh(ranking, &seen, nobody, out);
        }
    }

    #[inline(never)]
    fn merge_choices(&mut self, now: Time) {
        let began = self.profile.session(now);
        let stored = self.store.as_ref().and_then(|s| s.read(Slot::Choices));
        self.choices
            .merge(&self.rules.book, &stored.unwrap_or_default(), began, now);
    }

    /// Writes the seed and the choices, where storage was agreed to.
    #[inline(never)]
    fn write_choices(&mut self) {
        if let Some(store) = &mut self.store {
            let bytes = self.choices.encode(&self.rules.book);
            self.choices.saved(store.write(Slot::Choices, &bytes));
        }
    }

    /// What was decided before there was a store is kept in it from now on.
    pub(super) fn keep_choices(&mut self, now: Time) {
        if self.choices.is_unsaved() {
            self.merge_choices(now);
            self.write_choices();
        }
    }
}
