//! (3) Who counts as what, by the book: from the values of signals to memberships.
//!
//! The first `pick` segments that hold are the visitor's; a member whose `hold` is not over
//! keeps its place before all others, and `stay` lets a member remain under a weaker
//! condition.

mod circuit;
mod conditions;
mod explain;
mod muting;
mod network;

use crate::book::{Book, Kind, Time};
use crate::models::Models;
use crate::profile::Profile;
use alloc::vec;
use alloc::vec::Vec;
use network::Network;

pub use explain::{Clause, Compared, Evidence, Explained, Moved};

/// A segment by its place in the book: what may pass from here to the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SegmentId {
    /// Index into `Book::dimensions`.
    pub dimension: u16,
    /// Index into the dimension's segments.
    pub segment: u16,
}

/// What a rule's truth feeds.
#[derive(Debug, Clone, Copy)]
enum Feeds {
    /// The condition of a segment, counted over all dimensions.
    When(u16),
    /// The `stay` of a dimension's segment.
    Stay(u16),
    /// Points of some score signal.
    Points,
}

/// A dimension at work.
#[derive(Debug)]
struct Family {
    /// First segment, counted over all dimensions.
    first: u16,
    /// Number of segments, `otherwise` included.
    count: u16,
    pick: u16,
    /// All its conditions can hold at once, so a segment depends on its own condition alone.
    free: bool,
    /// Some segment has `stay`, `hold` or `ends`.
    sticky: bool,
    /// How many segments hold, while `free`.
    held: u16,
    dirty: bool,
}

/// The memberships of one visitor, kept up to date.
#[derive(Debug)]
pub struct Segments {
    network: Network,
    /// For each rule, what it feeds; `None` for most.
    feeds: Vec<Vec<Feeds>>,
    /// Truth of each segment's condition.
    when: Vec<bool>,
    flags: Vec<u8>,
    /// The flags as they were when changes were last asked for.
    told: Vec<u8>,
    families: Vec<Family>,
    family_of: Vec<u16>,
    /// Segments of which the visitor said that they are not them.
    muted: Vec<u16>,
    models: Models,
    /// Signals of scores and models, and their values.
    scores: Vec<(u16, f64)>,
    /// Segments of free dimensions whose condition flipped.
    flipped: Vec<u16>,
    /// How many flags flipped in this settling.
    flips: u32,
    ever_settled: bool,
}

impl Segments {
    /// The memberships of a visitor of whom nothing is known.
    pub fn new(book: &Book) -> Self {
        let total = book.segment_count();
        let mut segments = Self {
            network: Network::new(book),
            feeds: core::iter::repeat_with(Vec::new)
                .take(book.rules.len())
                .collect(),
            when: vec![false; total],
            flags: vec![0; total],
            told: vec![0; total],
            families: Vec::new(),
            family_of: Vec::with_capacity(total),
            muted: Vec::new(),
            models: if book.models.is_empty() {
                Models::default()
            } else {
                Models::new(book)
            },
            scores: Vec::new(),
            flipped: Vec::new(),
            flips: 0,
            ever_settled: false,
        };
        let mut first = 0u16;
        for (d, dimension) in (0u16..).zip(&book.dimensions) {
            let count = dimension.segments.len() as u16;
            let sticky = dimension
                .segments
                .iter()
                .any(|s| s.stay.is_some() || s.hold > 0 || s.ends > 0);
            for (s, segment) in (first..).zip(&dimension.segments) {
                segments.family_of.push(d);
                segments.feed(segment.when, Feeds::When(s));
                segments.feed(segment.stay, Feeds::Stay(s));
            }
            let free = !sticky && dimension.pick >= count.saturating_sub(1);
            segments.families.push(Family {
                first,
                count,
                pick: dimension.pick,
                free,
                sticky,
                held: 0,
                dirty: true,
            });
            first += count;
        }
        for (index, signal) in (0u16..).zip(&book.signals) {
            match &signal.kind {
                Kind::Score { points } => {
                    segments.scores.push((index, 0.0));
                    segments.network.assign(index, 0.0);
                    for (rule, _) in points {
                        segments.feed(Some(*rule), Feeds::Points);
                    }
                }
                Kind::Model { .. } => segments.scores.push((index, f64::NAN)),
                _ => {}
            }
        }
        segments
    }

    fn feed(&mut self, rule: Option<u32>, feeds: Feeds) {
        if let Some(list) = rule.and_then(|r| self.feeds.get_mut(r as usize)) {
            list.push(feeds);
        }
    }

    /// Gives a signal a value; NaN: it has none.
    pub fn assign(&mut self, signal: u16, value: f64) {
        self.network.assign(signal, value);
        self.models.assign(signal, value);
    }

    /// Draws the conclusions from what was assigned and from the time. Returns how many
    /// segments changed.
    pub fn settle(&mut self, book: &Book, profile: &mut Profile, now: Time) -> u32 {
        self.flips = 0;
        self.ask_models(book);
        loop {
            let Self {
                network,
                feeds,
                when,
                families,
                family_of,
                scores,
                flipped,
                ..
            } = self;
            let mut scored = false;
            network.settle(|rule, truth| {
                for feed in feeds.get(rule as usize).map_or(&[][..], |f| f) {
                    match *feed {
                        Feeds::When(segment) => {
                            if let Some(slot) = when.get_mut(usize::from(segment)) {
                                *slot = truth;
                            }
                            flipped.push(segment);
                            touch(families, family_of, segment);
                        }
                        Feeds::Stay(segment) => touch(families, family_of, segment),
                        Feeds::Points => scored = true,
                    }
                }
            });
            if !scored {
                break;
            }
            // Added up anew each time: sums of floats must not depend on their history.
            for (signal, total) in scores.iter_mut() {
                if let Some(Kind::Score { points }) =
                    book.signals.get(usize::from(*signal)).map(|s| &s.kind)
                {
                    let held = points.iter().filter(|(rule, _)| network.holds(*rule));
                    // Not `sum`: without points that is -0.
                    *total = held.fold(0.0, |sum, (_, points)| sum + points);
                    network.assign(*signal, *total);
                }
            }
        }
        if !self.ever_settled {
            self.ever_settled = true;
            self.flipped.clear();
            for d in 0..self.families.len() {
                self.choose(book, d, profile, now);
            }
        } else {
            self.settle_free();
            for d in 0..self.families.len() {
                if self
                    .families
                    .get(d)
                    .is_some_and(|f| f.sticky || (f.dirty && !f.free))
                {
                    self.choose(book, d, profile, now);
                }
            }
        }
        self.flips
    }

    /// Evaluates the models that read something new. They read neither scores nor each other.
    fn ask_models(&mut self, book: &Book) {
        let stale = self.models.take_stale();
        if stale != 0 {
            self.ask_stale(book, stale);
        }
    }

    #[inline(never)]
    fn ask_stale(&mut self, book: &Book, stale: u32) {
        for (signal, value) in &mut self.scores {
            let kind = book.signals.get(usize::from(*signal)).map(|s| &s.kind);
            if let Some(Kind::Model { model }) = kind
                && stale & 1u32.wrapping_shl((*model).into()) != 0
                && let Some(model) = book.model(*model)
            {
                *value = self.models.evaluate(model);
                self.network.assign(*signal, *value);
            }
        }
    }

    /// Free dimensions: each flipped condition is its own answer.
    fn settle_free(&mut self) {
        while let Some(segment) = self.flipped.pop() {
            let index = usize::from(segment);
            let family = self
                .family_of
                .get(index)
                .copied()
                .map_or(usize::MAX, usize::from);
            let Some(family) = self.families.get_mut(family).filter(|f| f.free) else {
                continue;
            };
            let holds =
                self.when.get(index).copied().unwrap_or(false) && !self.muted.contains(&segment);
            if !set(&mut self.flags, &mut self.flips, segment, holds) {
                continue;
            }
            family.held = if holds {
                family.held + 1
            } else {
                family.held - 1
            };
            let otherwise = family.first + family.count - 1;
            set(
                &mut self.flags,
                &mut self.flips,
                otherwise,
                family.held == 0,
            );
        }
    }

    /// Chooses the segments of one dimension anew.
    fn choose(&mut self, book: &Book, d: usize, profile: &mut Profile, now: Time) {
        let (Some(family), Some(dimension)) = (self.families.get_mut(d), book.dimensions.get(d))
        else {
            return;
        };
        family.dirty = false;
        let mut left = family.pick;
        let mut chosen = Vec::new();
        let candidates = || {
            (family.first..)
                .zip(&dimension.segments)
                .filter(|(index, s)| s.when.is_some() && !self.muted.contains(index))
        };
        if family.sticky {
            for (index, segment) in candidates() {
                let held = mark(profile, index).is_some_and(|since| {
                    now < since.saturating_add(segment.hold)
                        && now.saturating_add(segment.hold) >= since
                });
                if left > 0 && held && !ended(segment.ends, now) {
                    chosen.push(index);
                    left -= 1;
                }
            }
        }
        for (index, segment) in candidates() {
            if left == 0 {
                break;
            }
            let holds = self.when.get(usize::from(index)).copied().unwrap_or(false)
                || (family.sticky
                    && segment.stay.is_some_and(|stay| self.network.holds(stay))
                    && mark(profile, index).is_some());
            if holds && !ended(segment.ends, now) && !chosen.contains(&index) {
                chosen.push(index);
                left -= 1;
            }
        }
        family.held = chosen.len() as u16;
        let otherwise = family.first + family.count - 1;
        for (index, segment) in (family.first..).zip(&dimension.segments) {
            let holds = if index == otherwise {
                chosen.is_empty()
            } else {
                chosen.contains(&index)
            };
            set(&mut self.flags, &mut self.flips, index, holds);
            if segment.stay.is_some() || segment.hold > 0 {
                match (holds, mark(profile, index)) {
                    // Before the first input there is no time to be a member since.
                    (true, None) if now > 0 => profile.marks.push((index, now)),
                    (false, Some(_)) => profile.marks.retain(|m| m.0 != index),
                    _ => {}
                }
            }
        }
    }

    /// Whether a membership can depend on earlier ones: some segment has `stay` or `hold`.
    pub fn depends_on_the_past(&self) -> bool {
        self.families.iter().any(|f| f.sticky)
    }

    /// One byte for each segment, counted over all dimensions: 1 if it holds.
    pub fn flags(&self) -> &[u8] {
        &self.flags
    }

    /// The segment of a dimension that holds; the first of several.
    #[inline(never)]
    pub fn member(&self, dimension: u16) -> Option<SegmentId> {
        let family = self.families.get(usize::from(dimension))?;
        let flags = self.flags.get(usize::from(family.first)..)?;
        let at = flags
            .iter()
            .take(usize::from(family.count))
            .position(|f| *f == 1)?;
        Some(SegmentId {
            dimension,
            segment: at as u16,
        })
    }

    /// What changed since the last call, in all: segments counted over all dimensions, times
    /// two, plus one if the segment holds now.
    pub fn take_changes(&mut self) -> Vec<u32> {
        let mut changes = Vec::new();
        for ((index, now), told) in (0u32..).zip(&self.flags).zip(&mut self.told) {
            if now != told {
                *told = *now;
                changes.push(index * 2 + u32::from(*now));
            }
        }
        changes
    }

    /// Value of a score or a model.
    pub fn score(&self, signal: u16) -> f64 {
        self.scores
            .iter()
            .find(|s| s.0 == signal)
            .map_or(f64::NAN, |s| s.1)
    }

    /// Positions of a signal's thresholds, in no order; empty for a list that no model reads.
    pub fn edges(&self, book: &Book, signal: u16) -> Vec<f64> {
        let mut edges = self.network.edges(signal);
        if !book.models.is_empty() {
            self.models.edges(book, signal, &mut edges);
        }
        edges
    }

    /// Earliest time after `now` at which a `hold` or an `ends` is over; `Time::MAX`: never.
    pub fn changes_at(&self, book: &Book, profile: &Profile, now: Time) -> Time {
        let mut earliest = Time::MAX;
        for (family, dimension) in self.families.iter().zip(&book.dimensions) {
            if !family.sticky {
                continue;
            }
            for (index, segment) in (family.first..).zip(&dimension.segments) {
                let over = mark(profile, index).map_or(0, |m| m.saturating_add(segment.hold));
                for time in [over, segment.ends] {
                    if time > now {
                        earliest = earliest.min(time);
                    }
                }
            }
        }
        earliest
    }
}

fn touch(families: &mut [Family], family_of: &[u16], segment: u16) {
    let family = family_of.get(usize::from(segment)).copied();
    if let Some(family) = family.and_then(|f| families.get_mut(usize::from(f))) {
        family.dirty = true;
    }
}

fn set(flags: &mut [u8], flips: &mut u32, segment: u16, holds: bool) -> bool {
    let Some(flag) = flags.get_mut(usize::from(segment)) else {
        return false;
    };
    if *flag == u8::from(holds) {
        return false;
    }
    *flag = u8::from(holds);
    *flips += 1;
    true
}

fn mark(profile: &Profile, segment: u16) -> Option<Time> {
    profile.marks.iter().find(|m| m.0 == segment).map(|m| m.1)
}

fn ended(ends: Time, now: Time) -> bool {
    ends > 0 && now >= ends
}
