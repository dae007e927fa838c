//! Upper bounds of scores in one byte: each weight in whole steps, rounded up.

use alloc::vec::Vec;

/// The weights as bytes.
#[derive(Default)]
pub(super) struct Bounds {
    /// For each weight its steps, 0 if it is in `rest`.
    pub steps: Vec<u8>,
    /// What a step is worth.
    pub step: f64,
    /// What all bytes begin with: an item that does not have a tag of negative weight is better
    /// by that much.
    pub start: u8,
    /// To be added to every bound: negative weights, and positive ones that got no byte.
    pub rest: f64,
    /// The steps of all weights.
    pub all: u8,
    /// The sum of all weights, signs aside.
    size: f64,
    order: Vec<u16>,
}

/// So many weights get steps, the largest; the others are taken for granted.
const MOST: usize = 100;

impl Bounds {
    pub fn begin(&mut self, weights: &[(u32, f64)]) {
        self.steps.clear();
        self.steps.resize(weights.len(), 0);
        self.order.clear();
        self.order.extend(0..weights.len() as u16);
        let size = |i: &u16| weights.get(usize::from(*i)).map_or(0.0, |(_, w)| w.abs());
        self.order
            .sort_unstable_by(|a, b| size(b).total_cmp(&size(a)));
        let (large, small) = self.order.split_at(self.order.len().min(MOST));
        let sum: f64 = large.iter().map(size).sum();
        // Rounding up costs less than a step for each weight, so that the sum stays below 256.
        self.step = sum / (255 - large.len()) as f64;
        self.start = 0;
        self.all = 0;
        self.rest = 0.0;
        for i in large {
            let Some((step, (_, weight))) = self
                .steps
                .get_mut(usize::from(*i))
                .zip(weights.get(usize::from(*i)))
            else {
                continue;
            };
            if self.step > 0.0 {
                *step = libm_ceil(weight.abs() / self.step) as u8;
            }
            self.all = self.all.saturating_add(*step);
            if *weight < 0.0 {
                self.start = self.start.saturating_add(*step);
                self.rest += weight;
            }
        }
        for i in small {
            self.rest += weights
                .get(usize::from(*i))
                .map_or(0.0, |(_, w)| w.max(0.0));
        }
        self.size = weights.iter().map(|(_, w)| w.abs()).sum();
    }

    /// The steps that an item needs for a score of `least`, if its boosts come to at most `boost`:
    /// none, some, or more than there are. `size` is what boosts come to at most, signs aside.
    pub fn needed(&self, least: f64, boost: f64, size: f64) -> Option<u8> {
        let missing = self.safely_below(least, size) - boost - self.rest;
        if missing <= 0.0 {
            return Some(0);
        }
        let steps = missing / self.step;
        // Not `ceil`: one too few is safe.
        if steps <= f64::from(self.all) {
            Some(steps as u8)
        } else {
            None
        }
    }

    /// A score less all that roundings can come to.
    pub fn safely_below(&self, score: f64, size: f64) -> f64 {
        score - (self.size + size) * 1e-12
    }
}

/// `f64::ceil` belongs to the standard library.
fn libm_ceil(v: f64) -> f64 {
    let whole = v as u64 as f64;
    if whole < v { whole + 1.0 } else { whole }
}
