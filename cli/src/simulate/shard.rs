//! Some of the visitors: their profiles, and one evaluator that reads them in turn. Memory
//! grows with visitors and with distinct sets of segments, not with events.

use std::collections::BTreeMap;

use fewbits::book::{DAY, Time, WEEK};
use fewbits::engine::Rules;
use fewbits::profile::Profile;
use fewbits::segments::Segments;
use fewbits::signals::{Event, Input};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::batch::{Batch, Item, Key, What};
use super::decided;
use super::tally::Note;

/// So many visitors are looked up at once.
const AHEAD: usize = 32;
/// No set of segments was read yet.
const UNREAD: u32 = u32::MAX;

/// What is kept of a visitor.
pub struct Visitor {
    profile: Profile,
    last: Time,
    /// Which set of segments was read last.
    set: u32,
    /// How often the set changed from one event to the next.
    changes: u32,
    /// Number in order of first appearance, from 1.
    pub number: u32,
    /// What the file calls the visitor, if it is to be shown.
    pub name: Option<Box<str>>,
    /// What the slots that were asked for show.
    pub decided: Box<[(u16, u16)]>,
}

/// When memberships are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// At the end alone.
    End,
    /// After every input, because the way matters, or was asked for.
    Each,
}

/// What somebody was at the end of each week.
#[derive(Debug, Default)]
pub struct History {
    /// The week of the first input, counted from the Monday before 1970.
    pub first: u32,
    /// The set of segments of that week and of each that followed.
    pub sets: Vec<u32>,
}

/// The week of a time: weeks begin on Mondays, and 1970 began on a Thursday.
pub const fn week(at: Time) -> u32 {
    (at / DAY + 3) / 7
}

/// The last second of a week.
pub const fn end_of(week: u32) -> Time {
    ((week + 1).saturating_mul(WEEK))
        .saturating_sub(3 * DAY)
        .saturating_sub(1)
}

/// Some of the visitors.
pub struct Shard {
    visitors: IndexMap<Key, Visitor, FxBuildHasher>,
    segments: Segments,
    /// Distinct sets of segments, one byte for each segment.
    sets: IndexMap<Box<[u8]>, (), FxBuildHasher>,
    touched: Vec<u16>,
    event: Event,
    /// Visitors that came in this round: first record and index.
    newcomers: Vec<(u64, u32)>,
    /// By place of the visitor, if histories are kept.
    weekly: Option<Vec<History>>,
    pub newest: Time,
    late: u64,
}

impl Shard {
    /// A shard without visitors.
    pub fn new(rules: &Rules) -> Self {
        Self {
            visitors: IndexMap::default(),
            segments: Segments::new(rules.book()),
            sets: IndexMap::default(),
            touched: Vec::new(),
            event: Event::default(),
            newcomers: Vec::new(),
            weekly: None,
            newest: 0,
            late: 0,
        }
    }

    /// Keeps what everybody is at the end of each week.
    pub fn keep_weeks(&mut self) {
        self.weekly = Some(Vec::new());
    }

    /// Reads a visitor at the end of each week before one, as far as that was not done.
    fn catch_up(&mut self, rules: &Rules, place: usize, until: u32, latest: Time) {
        let Self {
            visitors,
            segments,
            sets,
            weekly,
            ..
        } = self;
        let (Some(weekly), Some((_, visitor))) = (weekly, visitors.get_index_mut(place)) else {
            return;
        };
        while weekly.len() <= place {
            weekly.push(History::default());
        }
        let Some(history) = weekly.get_mut(place) else {
            return;
        };
        if visitor.last == 0 {
            history.first = until;
        }
        for week in history.first + history.sets.len() as u32..until {
            read(rules, segments, sets, visitor, end_of(week).min(latest));
            history.sets.push(visitor.set);
        }
    }

    /// Reads everybody up to and with the week of a time.
    pub fn finish_weeks(&mut self, rules: &Rules, latest: Time) {
        for place in 0..self.visitors.len() {
            self.catch_up(rules, place, week(latest) + 1, latest);
        }
    }

    /// What a visitor was, week by week.
    pub fn history(&self, index: u32) -> Option<&History> {
        self.weekly.as_ref()?.get(index as usize)
    }

    /// Takes in what a batch has for this shard. `block` counts all blocks.
    pub fn take(
        &mut self,
        rules: &Rules,
        batch: &Batch,
        items: &[Item],
        block: u64,
        reading: Reading,
    ) {
        let mut places = [0; AHEAD];
        for some in items.chunks(AHEAD) {
            // Finding many visitors at once lets the processor wait for memory only once.
            for (item, place) in some.iter().zip(&mut places) {
                *place = self.find(rules, batch, item, block);
            }
            for (item, place) in some.iter().zip(places) {
                self.serve(rules, batch, item, place, reading);
            }
        }
    }

    /// The place of an item's visitor, who may be new.
    fn find(&mut self, rules: &Rules, batch: &Batch, item: &Item, block: u64) -> usize {
        let entry = self.visitors.entry(item.visitor);
        let index = entry.index();
        entry.or_insert_with(|| {
            let first = block << 32 | u64::from(item.record);
            self.newcomers.push((first, index as u32));
            Visitor {
                profile: Profile::new(rules.book()),
                last: 0,
                set: UNREAD,
                changes: 0,
                number: 0,
                name: batch.name(item.record).map(Into::into),
                decided: Box::default(),
            }
        });
        index
    }

    fn serve(&mut self, rules: &Rules, batch: &Batch, item: &Item, place: usize, reading: Reading) {
        if self.weekly.is_some() {
            self.catch_up(rules, place, week(item.at), Time::MAX);
        }
        let Some((_, visitor)) = self.visitors.get_index_mut(place) else {
            return;
        };
        let input = match item.what {
            What::Event {
                name,
                first_tag,
                tags,
                value,
            } => {
                self.event.tags.clear();
                self.event
                    .tags
                    .extend_from_slice(batch.tags(first_tag, tags));
                self.event.name = name;
                self.event.value = value;
                self.late += u64::from(item.at < visitor.last);
                Input::Event(std::mem::take(&mut self.event))
            }
            What::Fact {
                signal,
                derived,
                value,
            } => Input::Fact {
                signal,
                value,
                derived,
            },
        };
        visitor.last = visitor.last.max(item.at);
        self.newest = self.newest.max(item.at);
        if reading == Reading::Each {
            // What ended before this input has to end before it, as it does on a page.
            rules.read(&mut visitor.profile, &mut self.segments, item.at);
        }
        self.touched.clear();
        rules.take(&mut visitor.profile, &input, item.at, &mut self.touched);
        if let Input::Event(event) = input {
            // Its list of tags is used again.
            self.event = event;
        }
        if reading == Reading::Each {
            let Self { segments, sets, .. } = self;
            read(rules, segments, sets, visitor, item.at);
        }
    }

    /// Visitors that came since the last call, by first appearance.
    pub fn newcomers(&mut self) -> std::vec::Drain<'_, (u64, u32)> {
        self.newcomers.drain(..)
    }

    /// Number of visitors.
    pub fn len(&self) -> usize {
        self.visitors.len()
    }

    /// A visitor by place.
    pub fn visitor(&mut self, index: u32) -> Option<&mut Visitor> {
        self.visitors.get_index_mut(index as usize).map(|(_, v)| v)
    }

    /// A visitor's number.
    pub fn number(&self, visitor: Key) -> u32 {
        self.visitors.get(&visitor).map_or(0, |v| v.number)
    }

    /// Reads everybody at a time, or at each one's own last event, and decides these slots.
    pub fn finish(&mut self, rules: &Rules, at: Option<Time>, slots: &[u16]) {
        let Self {
            visitors,
            segments,
            sets,
            ..
        } = self;
        for visitor in visitors.values_mut() {
            let at = at.unwrap_or(visitor.last);
            read(rules, segments, sets, visitor, at);
            if !slots.is_empty() {
                let seen = (&visitor.profile, &*segments);
                visitor.decided = decided::decide(rules, slots, seen, visitor.number, at);
            }
        }
    }

    /// Set and number of changes of a visitor.
    pub fn outcome(&self, index: u32) -> Option<(u32, &Visitor)> {
        self.visitors
            .get_index(index as usize)
            .map(|(_, v)| (v.set, v))
    }

    /// The distinct sets that were ever read here.
    pub fn sets(&self) -> impl Iterator<Item = &[u8]> {
        self.sets.keys().map(|set| &**set)
    }

    /// What was noticed.
    pub fn notes(&self) -> BTreeMap<&'static str, Note> {
        let mut notes = BTreeMap::new();
        if self.late > 0 {
            let note = Note {
                count: self.late,
                example: String::new(),
            };
            notes.insert(
                "event before an earlier one of the same visitor: taken as it is",
                note,
            );
        }
        notes
    }
}

impl Visitor {
    /// How often the set changed from one event to the next.
    pub const fn changes(&self) -> u32 {
        self.changes
    }
}

fn read(
    rules: &Rules,
    segments: &mut Segments,
    sets: &mut IndexMap<Box<[u8]>, (), FxBuildHasher>,
    visitor: &mut Visitor,
    at: Time,
) {
    rules.read(&mut visitor.profile, segments, at);
    let flags = segments.flags();
    let set = match sets.get_index_of(flags) {
        Some(index) => index,
        None => sets.insert_full(flags.into(), ()).0,
    } as u32;
    if visitor.set != UNREAD && visitor.set != set {
        visitor.changes += 1;
    }
    visitor.set = set;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_mondays() {
        // Monday 23 November 2026, 00:00 UTC.
        let monday = 1_795_392_000;
        assert_eq!(week(monday) - 1, week(monday - 1));
        assert_eq!(week(monday), week(monday + WEEK - 1));
        assert_eq!(end_of(week(monday)), monday + WEEK - 1);
    }
}
