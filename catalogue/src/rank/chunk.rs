//! One chunk of a catalogue: which of its items may be among the best.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::Query;
use super::bounds::Bounds;
use super::top::{ALONE, Hit, Top};
use crate::Catalogue;
use crate::column::RawRange;
use crate::postings::{CHUNK, Mask, Part, in_block};

/// With no more items than that, each of them is scored.
const FEW: usize = 192;

/// What a chunk is worked out in.
pub(super) struct Scratch {
    /// One byte for each item: an upper bound of its score.
    bytes: Box<[u8; CHUNK]>,
    mask: Mask,
    ranges: Vec<RawRange>,
    /// The musts, the rarest first: most chunks are done after two.
    must: Vec<u32>,
    few: Vec<(u16, f64)>,
    /// Items with no higher bound are still to be scored.
    postponed: Option<u8>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            bytes: Box::new([0; CHUNK]),
            mask: [0; CHUNK / 64],
            ranges: Vec::new(),
            must: Vec::new(),
            few: Vec::with_capacity(CHUNK),
            postponed: None,
        }
    }
}

impl Scratch {
    /// Prepares for a query; false if no item can fit it.
    pub fn begin(&mut self, catalogue: &Catalogue, query: &Query) -> bool {
        self.ranges.clear();
        for range in &query.ranges {
            let column = catalogue.columns.get(range.column as usize);
            match column.and_then(|column| column.range(range.least, range.most)) {
                Some(range) => self.ranges.push(range),
                None => return false,
            }
        }
        self.must.clear();
        self.must.extend_from_slice(&query.must);
        self.must.sort_unstable_by_key(|tag| catalogue.count(*tag));
        true
    }

    pub fn rank(
        &mut self,
        chunk: usize,
        catalogue: &Catalogue,
        query: &Query,
        bounds: &Bounds,
        top: &mut Top,
    ) {
        let (mut boost, mut size) = (0.0, 0.0);
        for (column, factor) in &query.boosts {
            let column = catalogue.columns.get(*column as usize);
            let (least, most) = column.map_or((0.0, 0.0), |column| column.bounds(chunk));
            if least <= most {
                // An item without the number gets nothing.
                let (a, b) = (factor * least, factor * most);
                boost += a.max(b).max(0.0);
                size += a.abs().max(b.abs());
            }
        }
        let Some(needed) = bounds.needed(top.least(), boost, size) else {
            return;
        };
        let few = match self.must.first().map(|tag| part(catalogue, *tag, chunk)) {
            Some(Part::None) => return,
            Some(Part::Bits(bits)) => {
                copy(bits, &mut self.mask);
                self.restrict(chunk, catalogue, query);
                self.list()
            }
            Some(sparse) => {
                self.list_sparse(sparse, chunk, catalogue, query);
                true
            }
            None => {
                let here = (catalogue.items as usize - chunk * CHUNK).min(CHUNK);
                for (i, word) in self.mask.iter_mut().enumerate() {
                    let left = here.saturating_sub(i * 64).min(64);
                    *word = if left == 64 { !0 } else { (1 << left) - 1 };
                }
                self.restrict(chunk, catalogue, query);
                self.list()
            }
        };
        if few {
            self.score_few(chunk, catalogue, query, bounds, (boost, size), top);
        } else {
            self.score_many(chunk, catalogue, query, bounds, needed, top);
            // Until there are enough, the best bounds came first. Then the others.
            if let Some(most) = self.postponed.take()
                && let Some(needed) = bounds.needed(top.least(), boost, size)
            {
                self.score_from(needed, most, chunk, catalogue, query, top);
            }
        }
    }

    /// Takes out of the mask what the query does not allow, as far as that is cheap.
    fn restrict(&mut self, chunk: usize, catalogue: &Catalogue, query: &Query) {
        for tag in self.must.iter().skip(1) {
            part(catalogue, *tag, chunk).keep(&mut self.mask, true);
        }
        for tag in &query.not {
            // Rarer tags are cheaper to ask for when an item is good enough.
            if let part @ Part::Bits(_) = part(catalogue, *tag, chunk) {
                part.keep(&mut self.mask, false);
            }
        }
        for (range, raw) in query.ranges.iter().zip(&self.ranges) {
            let Some(column) = catalogue.columns.get(range.column as usize) else {
                continue;
            };
            for (i, word) in self.mask.iter_mut().enumerate() {
                if *word != 0 {
                    *word = column.within(*raw, chunk * CHUNK + i * 64, *word);
                }
            }
        }
    }

    /// Lists what the query allows of a few items, as far as that is cheap.
    fn list_sparse(&mut self, first: Part<'_>, chunk: usize, catalogue: &Catalogue, query: &Query) {
        self.few.clear();
        let others = match self.must.get(1).map(|tag| part(catalogue, *tag, chunk)) {
            Some(sparse @ (Part::Bytes(..) | Part::Few(_))) => {
                self.mask = [0; CHUNK / 64];
                first.set(&mut self.mask);
                sparse.each(|place| {
                    if self
                        .mask
                        .get(place / 64)
                        .is_some_and(|word| word >> (place % 64) & 1 == 1)
                    {
                        self.few.push((place as u16, 0.0));
                    }
                });
                2
            }
            _ => {
                first.each(|place| self.few.push((place as u16, 0.0)));
                1
            }
        };
        for tag in self.must.iter().skip(others) {
            lower(
                &mut self.few,
                part(catalogue, *tag, chunk),
                (0.0, f64::NEG_INFINITY),
                0.0,
            );
        }
        for (range, raw) in query.ranges.iter().zip(&self.ranges) {
            if let Some(column) = catalogue.columns.get(range.column as usize) {
                let inside =
                    |place: u16| column.within(*raw, chunk * CHUNK + usize::from(place), 1) == 1;
                self.few.retain(|(place, _)| inside(*place));
            }
        }
    }

    /// Lists the allowed items; false if they are many.
    #[inline(never)]
    fn list(&mut self) -> bool {
        self.few.clear();
        for (i, word) in (0u16..).zip(self.mask.iter()) {
            let mut word = *word;
            while word != 0 {
                self.few.push((i * 64 + word.trailing_zeros() as u16, 0.0));
                word &= word - 1;
            }
            if self.few.len() > FEW {
                return false;
            }
        }
        true
    }

    /// Scores the listed items. Each begins with all that it could have, and loses the weights that
    /// it does not have, the largest first; most fall behind soon.
    fn score_few(
        &mut self,
        chunk: usize,
        catalogue: &Catalogue,
        query: &Query,
        bounds: &Bounds,
        (boost, size): (f64, f64),
        top: &mut Top,
    ) {
        for (_, bound) in &mut self.few {
            *bound = bounds.positive + boost;
        }
        let least = bounds.safely_below(top.least(), size);
        for i in &bounds.order {
            if self.few.is_empty() {
                return;
            }
            if let Some((tag, weight)) = query.weights.get(usize::from(*i)) {
                let by = (weight.min(0.0), -weight.max(0.0));
                lower(&mut self.few, part(catalogue, *tag, chunk), by, least);
            }
        }
        for (place, _) in &self.few {
            let place = (chunk * CHUNK + usize::from(*place)) as u32;
            offer(place, catalogue, query, top);
        }
    }

    /// Gives every item a bound, and scores those whose bound is high enough.
    fn score_many(
        &mut self,
        chunk: usize,
        catalogue: &Catalogue,
        query: &Query,
        bounds: &Bounds,
        needed: u8,
        top: &mut Top,
    ) {
        self.bytes.fill(bounds.start);
        for ((tag, weight), steps) in query.weights.iter().zip(&bounds.steps) {
            if *steps != 0 {
                let steps = if *weight < 0.0 {
                    steps.wrapping_neg()
                } else {
                    *steps
                };
                add(part(catalogue, *tag, chunk), steps, &mut self.bytes);
            }
        }
        let first = match top.missing() {
            0 => needed,
            missing => self.bound_of_nth(missing),
        };
        self.postponed = first.checked_sub(1).filter(|most| *most >= needed);
        self.score_from(first.max(needed), u8::MAX, chunk, catalogue, query, top);
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
    fn score_from(
        &self,
        least: u8,
        most: u8,
        chunk: usize,
        catalogue: &Catalogue,
        query: &Query,
        top: &mut Top,
    ) {
        if least > most {
            return;
        }
        for (i, (word, bytes)) in self
            .mask
            .iter()
            .zip(self.bytes.as_chunks::<64>().0)
            .enumerate()
        {
            let any = bytes.iter().fold(false, |any, byte| any | (*byte >= least));
            if !any || *word == 0 {
                continue;
            }
            let mut word = *word;
            while word != 0 {
                let at = word.trailing_zeros() as usize;
                word &= word - 1;
                if bytes
                    .get(at)
                    .is_some_and(|byte| (least..=most).contains(byte))
                {
                    offer((chunk * CHUNK + i * 64 + at) as u32, catalogue, query, top);
                }
            }
        }
    }
}

/// A tag's items in a chunk.
#[inline]
fn part(catalogue: &Catalogue, tag: u32, chunk: usize) -> Part<'_> {
    catalogue
        .tags
        .get(tag as usize)
        .map_or(Part::None, |postings| postings.part(chunk))
}

/// The mask of a tag.
fn copy(bits: &[u8; CHUNK / 8], mask: &mut Mask) {
    for (word, eight) in mask.iter_mut().zip(bits.as_chunks().0) {
        *word = u64::from_le_bytes(*eight);
    }
}

/// Adds to every bound the first or the second number, as the item has the tag or not, and keeps
/// what is not below the least.
fn lower(few: &mut Vec<(u16, f64)>, part: Part<'_>, by: (f64, f64), least: f64) {
    match part {
        Part::None => sift(few, |_| false, by, least),
        Part::Bits(bits) => sift(few, |place| part_bit(bits, place), by, least),
        Part::Bytes(before, places) => sift(
            few,
            |place| in_block(before, places, place.into()),
            by,
            least,
        ),
        other => sift(few, |place| other.has(place.into()), by, least),
    }
}

fn part_bit(bits: &[u8; CHUNK / 8], place: u16) -> bool {
    let byte = bits.get(usize::from(place / 8)).copied().unwrap_or(0);
    byte >> (place % 8) & 1 == 1
}

// A function of its own for each form: a browser optimises small functions sooner.
#[inline(never)]
fn sift(few: &mut Vec<(u16, f64)>, has: impl Fn(u16) -> bool, by: (f64, f64), least: f64) {
    let mut kept = 0;
    for at in 0..few.len() {
        let Some((place, bound)) = few.get(at).copied() else {
            break;
        };
        let bound = bound + if has(place) { by.0 } else { by.1 };
        if let Some(slot) = few.get_mut(kept) {
            *slot = (place, bound);
        }
        kept += usize::from(bound >= least);
    }
    few.truncate(kept);
}

/// Adds `steps` to the bytes of a tag's items; adding 256 - n takes n away.
fn add(part: Part<'_>, steps: u8, bytes: &mut [u8; CHUNK]) {
    match part {
        Part::Bits(bits) => add_bits(bits, steps, bytes),
        Part::Bytes(before, places) => add_bytes(before, places, steps, bytes),
        _ => part.each(|place| {
            if let Some(byte) = bytes.get_mut(place) {
                *byte = byte.wrapping_add(steps);
            }
        }),
    }
}

#[inline(never)]
fn add_bits(bits: &[u8; CHUNK / 8], steps: u8, bytes: &mut [u8; CHUNK]) {
    for (eight, bits) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(bits) {
        for (i, byte) in eight.iter_mut().enumerate() {
            let has = (bits >> i & 1).wrapping_neg();
            *byte = byte.wrapping_add(steps & has);
        }
    }
}

#[inline(never)]
fn add_bytes(before: &[u8; 17], places: &[u8], steps: u8, bytes: &mut [u8; CHUNK]) {
    for (block, pair) in bytes
        .as_chunks_mut::<256>()
        .0
        .iter_mut()
        .zip(before.windows(2))
    {
        let &[from, end] = pair else { continue };
        for place in places.get(from.into()..end.into()).unwrap_or_default() {
            if let Some(byte) = block.get_mut(usize::from(*place)) {
                *byte = byte.wrapping_add(steps);
            }
        }
    }
}

/// Scores an item, and takes it if it is good enough and not excluded.
fn offer(place: u32, catalogue: &Catalogue, query: &Query, top: &mut Top) {
    let hit = Hit {
        score: super::score(catalogue, query, place),
        place,
    };
    if !top.would_take(&hit) || query.not.iter().any(|tag| catalogue.has(*tag, place)) {
        return;
    }
    let groups = query.diversify.as_ref().map_or(&[][..], |d| &d.groups);
    let group = groups.iter().find(|tag| catalogue.has(**tag, place));
    top.take(hit, group.copied().unwrap_or(ALONE));
}
