//! The best so far.

use alloc::vec::Vec;

use super::Query;

/// One item of an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Its score.
    pub score: f64,
    /// Its place in the catalogue.
    pub place: u32,
}

/// The group of an item that has none.
pub(super) const ALONE: u32 = u32::MAX;

/// A sorted list: it is short, and few items come so far.
#[derive(Default)]
pub(super) struct Top {
    hits: Vec<Hit>,
    groups: Vec<u32>,
    limit: usize,
    most: usize,
}

impl Hit {
    /// Better: the higher score; of equal ones the earlier place.
    fn before(&self, other: &Self) -> bool {
        self.score > other.score || (self.score == other.score && self.place < other.place)
    }
}

impl Top {
    pub fn begin(&mut self, query: &Query) {
        self.hits.clear();
        self.groups.clear();
        self.limit = query.limit;
        self.most = query.diversify.as_ref().map_or(usize::MAX, |d| d.most);
    }

    pub fn hits(&self) -> &[Hit] {
        &self.hits
    }

    /// How many are still missing.
    pub fn missing(&self) -> usize {
        self.limit - self.hits.len()
    }

    /// The score that an item at a later place has to exceed; one at an earlier place may equal it.
    pub fn least(&self) -> f64 {
        match self.hits.last() {
            Some(last) if self.hits.len() == self.limit => last.score,
            _ => f64::NEG_INFINITY,
        }
    }

    /// Whether an item would be taken, its group aside.
    pub fn would_take(&self, hit: &Hit) -> bool {
        self.hits.len() < self.limit || self.hits.last().is_some_and(|last| hit.before(last))
    }

    /// Takes an item. An item that another of its group pushed out would not come back: whatever
    /// pushes that one out again is better than both.
    pub fn take(&mut self, hit: Hit, group: u32) {
        let mut out = self.hits.len();
        if group != ALONE
            && self.groups.iter().filter(|other| **other == group).count() >= self.most
        {
            out = self
                .groups
                .iter()
                .rposition(|other| *other == group)
                .unwrap_or(out);
            if self.hits.get(out).is_some_and(|worst| !hit.before(worst)) {
                return;
            }
        } else if out == self.limit {
            out -= 1;
        }
        let at = self.hits.partition_point(|other| other.before(&hit));
        if out < self.hits.len() {
            self.hits.remove(out);
            self.groups.remove(out);
        }
        self.hits.insert(at, hit);
        self.groups.insert(at, group);
    }
}
