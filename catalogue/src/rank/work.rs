//! Goes through a catalogue chunk by chunk: which of its items may be among the best.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::bounds::Bounds;
use super::top::{ALONE, Hit, Top};
use super::{Query, add, score};
use crate::Catalogue;
use crate::column::RawRange;
use crate::postings::{CHUNK, Mask, Part};

/// With no more allowed items than that, a chunk's items are listed, and each is scored.
const FEW: u32 = 192;
/// So many listed items are scored together.
const BATCH: usize = 256;

/// What a query is worked out in.
pub(super) struct Work {
    /// One byte for each item of a chunk: an upper bound of its score.
    bytes: Box<[u8; CHUNK]>,
    /// One bit for each item of a chunk: whether it is allowed.
    mask: Mask,
    ranges: Vec<RawRange>,
    /// The musts, the rarest first.
    must: Vec<u32>,
    /// Allowed items that are not scored yet.
    places: Vec<u32>,
    scores: Vec<f64>,
}

impl Default for Work {
    fn default() -> Self {
        Self {
            bytes: Box::new([0; CHUNK]),
            mask: [0; CHUNK / 64],
            ranges: Vec::new(),
            must: Vec::new(),
            places: Vec::new(),
            scores: Vec::new(),
        }
    }
}

/// One query of a catalogue.
#[derive(Clone, Copy)]
pub(super) struct Task<'a> {
    pub catalogue: &'a Catalogue,
    pub query: &'a Query,
    pub bounds: &'a Bounds,
}

impl Work {
    /// Finds the best.
    pub fn run(&mut self, task: Task<'_>, top: &mut Top) {
        self.ranges.clear();
        for range in &task.query.ranges {
            let column = task.catalogue.columns.get(range.column as usize);
            match column.and_then(|column| column.range(range.least, range.most)) {
                Some(range) => self.ranges.push(range),
                // No item can fit.
                None => return,
            }
        }
        self.must.clear();
        self.must.extend_from_slice(&task.query.must);
        let catalogue = task.catalogue;
        self.must.sort_unstable_by_key(|tag| catalogue.count(*tag));
        self.places.clear();
        for chunk in 0..(catalogue.items as usize).div_ceil(CHUNK) {
            self.chunk(chunk, task, top);
        }
        self.score_listed(task, top);
    }

    fn chunk(&mut self, chunk: usize, task: Task<'_>, top: &mut Top) {
        let (mut boost, mut size) = (0.0, 0.0);
        for (column, factor) in &task.query.boosts {
            let column = task.catalogue.columns.get(*column as usize);
            let (least, most) = column.map_or((0.0, 0.0), |column| column.bounds(chunk));
            if least <= most {
                // An item without the number gets nothing.
                let (a, b) = (factor * least, factor * most);
                boost += a.max(b).max(0.0);
                size += a.abs().max(b.abs());
            }
        }
        let need = |top: &Top| task.bounds.needed(top.least(), boost, size);
        let Some(needed) = need(top) else {
            return;
        };
        match self.must.first().map(|tag| part(task, *tag, chunk)) {
            Some(Part::None) => return,
            Some(Part::Bits(bits)) => {
                for (word, eight) in self.mask.iter_mut().zip(bits.as_chunks().0) {
                    *word = u64::from_le_bytes(*eight);
                }
            }
            Some(few) => {
                self.list_sparse(few, chunk, task);
                return self.score_if_enough(task, top);
            }
            None => {
                let here = (task.catalogue.items as usize - chunk * CHUNK).min(CHUNK);
                for (i, word) in self.mask.iter_mut().enumerate() {
                    let left = here.saturating_sub(i * 64).min(64);
                    *word = if left == 64 { !0 } else { (1 << left) - 1 };
                }
            }
        }
        if self.restrict(chunk, task) <= FEW {
            self.list(chunk);
            return self.score_if_enough(task, top);
        }
        self.bound(chunk, task);
        if top.missing() == 0 {
            return self.score_between(needed, u8::MAX, chunk, task, top);
        }
        // Until there are enough, the best bounds come first, so that the others need not be scored.
        let first = self.bound_of_nth(top.missing());
        self.score_between(first, u8::MAX, chunk, task, top);
        if let (Some(most), Some(least)) = (first.checked_sub(1), need(top)) {
            self.score_between(least, most, chunk, task, top);
        }
    }

    /// Takes out of the mask what the query does not allow, as far as that is cheap. How many are
    /// left.
    fn restrict(&mut self, chunk: usize, task: Task<'_>) -> u32 {
        for tag in self.must.iter().skip(1) {
            part(task, *tag, chunk).keep(&mut self.mask, true);
        }
        for tag in &task.query.not {
            // Rarer tags are cheaper to ask for when an item is good enough; so are all when there
            // are few items.
            if self.must.is_empty()
                && let part @ Part::Bits(_) = part(task, *tag, chunk)
            {
                part.keep(&mut self.mask, false);
            }
        }
        for (range, raw) in task.query.ranges.iter().zip(&self.ranges) {
            let Some(column) = task.catalogue.columns.get(range.column as usize) else {
                continue;
            };
            for (i, word) in self.mask.iter_mut().enumerate() {
                if *word != 0 {
                    *word = column.within(*raw, chunk * CHUNK + i * 64, *word);
                }
            }
        }
        self.mask.iter().map(|word| word.count_ones()).sum()
    }

    /// Lists the items of the mask.
    #[inline(never)]
    fn list(&mut self, chunk: usize) {
        for (from, word) in (chunk as u32 * CHUNK as u32..).step_by(64).zip(&self.mask) {
            let mut word = *word;
            while word != 0 {
                self.places.push(from + word.trailing_zeros());
                word &= word - 1;
            }
        }
    }

    /// Lists what the query allows of a few items, as far as that is cheap.
    #[inline(never)]
    fn list_sparse(&mut self, few: Part<'_>, chunk: usize, task: Task<'_>) {
        let before = self.places.len();
        let from = chunk * CHUNK;
        let second = self.must.get(1).map(|tag| part(task, *tag, chunk));
        match second {
            None => few.each(|place| self.places.push((from + place) as u32)),
            Some(second @ Part::Bits(_)) => few.each(|place| {
                if second.has(place) {
                    self.places.push((from + place) as u32);
                }
            }),
            Some(second) => {
                self.mask = [0; CHUNK / 64];
                few.set(&mut self.mask);
                second.each(|place| {
                    let word = self.mask.get(place / 64).copied().unwrap_or(0);
                    if word >> (place % 64) & 1 == 1 {
                        self.places.push((from + place) as u32);
                    }
                });
            }
        }
        let (must, ranges) = (&self.must, &self.ranges);
        let columns = task
            .query
            .ranges
            .iter()
            .map(|range| task.catalogue.columns.get(range.column as usize));
        let fits = |place: u32| {
            must.iter()
                .skip(2)
                .all(|tag| task.catalogue.has(*tag, place))
                && columns.clone().zip(ranges).all(|(column, raw)| {
                    column.is_some_and(|c| c.within(*raw, place as usize, 1) == 1)
                })
        };
        if must.len() > 2 || !ranges.is_empty() {
            let mut kept = before;
            for at in before..self.places.len() {
                if let Some(place) = self.places.get(at).copied().filter(|place| fits(*place))
                    && let Some(slot) = self.places.get_mut(kept)
                {
                    *slot = place;
                    kept += 1;
                }
            }
            self.places.truncate(kept);
        }
    }

    fn score_if_enough(&mut self, task: Task<'_>, top: &mut Top) {
        if self.places.len() >= BATCH {
            self.score_listed(task, top);
        }
    }

    /// Scores the listed items, tag by tag: the sums are those of [`score`], in the same order.
    fn score_listed(&mut self, task: Task<'_>, top: &mut Top) {
        self.scores.clear();
        self.scores.resize(self.places.len(), 0.0);
        for (column, factor) in &task.query.boosts {
            if let Some(column) = task.catalogue.columns.get(*column as usize) {
                column.add(&self.places, &mut self.scores, *factor);
            }
        }
        for (tag, weight) in &task.query.weights {
            if let Some(postings) = task.catalogue.tags.get(*tag as usize) {
                postings.add(&self.places, &mut self.scores, *weight);
            }
        }
        for (place, score) in self.places.iter().zip(&self.scores) {
            offer(*place, *score, task, top);
        }
        self.places.clear();
    }

    /// Gives every item of a chunk its bound.
    fn bound(&mut self, chunk: usize, task: Task<'_>) {
        self.bytes.fill(task.bounds.start);
        for ((tag, weight), steps) in task.query.weights.iter().zip(&task.bounds.steps) {
            if *steps != 0 {
                add::steps(
                    part(task, *tag, chunk),
                    *steps,
                    *weight < 0.0,
                    &mut self.bytes,
                );
            }
        }
    }

    /// The bound that at least `n` allowed items have, if there are so many.
    fn bound_of_nth(&self, n: usize) -> u8 {
        let mut counts = [0usize; 256];
        for (word, bytes) in self.mask.iter().zip(self.bytes.as_chunks::<64>().0) {
            for (i, byte) in bytes.iter().enumerate() {
                if let Some(count) = counts.get_mut(usize::from(*byte)) {
                    *count += (word >> i & 1) as usize;
                }
            }
        }
        let mut sum = 0;
        for (bound, count) in counts.iter().enumerate().rev() {
            sum += count;
            if sum >= n {
                return bound as u8;
            }
        }
        0
    }

    /// Scores the allowed items with a bound between two, ends included.
    #[inline(never)]
    fn score_between(&self, least: u8, most: u8, chunk: usize, task: Task<'_>, top: &mut Top) {
        for (i, (word, bytes)) in self
            .mask
            .iter()
            .zip(self.bytes.as_chunks::<64>().0)
            .enumerate()
        {
            let mut word = *word & add::at_least(bytes, least);
            while word != 0 {
                let at = word.trailing_zeros() as usize;
                word &= word - 1;
                if bytes.get(at).is_some_and(|byte| *byte <= most) {
                    let place = (chunk * CHUNK + i * 64 + at) as u32;
                    offer(place, score(task.catalogue, task.query, place), task, top);
                }
            }
        }
    }
}

/// A tag's items in a chunk.
#[inline]
fn part<'a>(task: Task<'a>, tag: u32, chunk: usize) -> Part<'a> {
    let postings = task.catalogue.tags.get(tag as usize);
    postings.map_or(Part::None, |postings| postings.part(chunk))
}

/// Takes an item if it is good enough and not excluded.
#[inline]
fn offer(place: u32, score: f64, task: Task<'_>, top: &mut Top) {
    let hit = Hit { score, place };
    if top.would_take(&hit) {
        take(hit, task, top);
    }
}

#[inline(never)]
fn take(hit: Hit, task: Task<'_>, top: &mut Top) {
    let has = |tag: &&u32| task.catalogue.has(**tag, hit.place);
    if task.query.not.iter().any(|tag| has(&tag)) {
        return;
    }
    let groups = task.query.diversify.as_ref().map_or(&[][..], |d| &d.groups);
    top.take(hit, groups.iter().find(has).copied().unwrap_or(ALONE));
}
