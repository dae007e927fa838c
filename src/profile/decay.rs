//! Forgetting: weights that halve every half-life.

use crate::book::Time;
use crate::codec::{Reader, Writer};
use crate::math::exp2;
use alloc::vec;
use alloc::vec::Vec;

/// Weights can never grow past this.
const CEILING: f64 = 1e9;
/// The prior of an affinity, in events.
const PRIOR: f64 = 3.0;

/// Decayed weights of some tag values, all as they were at `base`.
#[derive(Debug, Clone, Default)]
pub struct Decay {
    base: Time,
    weights: Vec<f64>,
    total: f64,
}

impl Decay {
    /// Adds a weight to an item (`None`: only to the total).
    pub fn add(
        &mut self,
        item: Option<usize>,
        items: usize,
        weight: f64,
        half_life: u32,
        at: Time,
    ) {
        if self.weights.len() != items {
            self.weights = vec![0.0; items];
        }
        let mut weight = weight;
        if at >= self.base {
            let factor = self.factor(half_life, at);
            for w in &mut self.weights {
                *w *= factor;
            }
            self.total *= factor;
            self.base = at;
        } else {
            weight *= exp2(-f64::from(self.base - at) / f64::from(half_life));
        }
        self.total = (self.total + weight).min(CEILING);
        if let Some(w) = item.and_then(|i| self.weights.get_mut(i)) {
            *w = (*w + weight).min(CEILING);
        }
    }

    fn factor(&self, half_life: u32, now: Time) -> f64 {
        exp2(-f64::from(now.saturating_sub(self.base)) / f64::from(half_life))
    }

    /// Index of the heaviest item whose weight is at least `floor`; the earlier one of equals.
    pub fn top(&self, half_life: u32, floor: f64, now: Time) -> Option<usize> {
        let mut best: Option<(usize, f64)> = None;
        for (i, &w) in self.weights.iter().enumerate() {
            if best.is_none_or(|(_, b)| w > b) {
                best = Some((i, w));
            }
        }
        best.filter(|&(_, w)| w * self.factor(half_life, now) >= floor)
            .map(|(i, _)| i)
    }

    /// Share of the first item among all, drawn towards `baseline` by a prior worth three
    /// events, and relative to the baseline if there is one. (Recency-weighted affinity
    /// normalised against the site's baseline, as Dynamic Yield describes it.)
    pub fn affinity(&self, half_life: u32, baseline: f64, now: Time) -> f64 {
        let factor = self.factor(half_life, now);
        let weight = self.weights.first().copied().unwrap_or(0.0) * factor;
        let share = (weight + PRIOR * baseline) / (self.total * factor + PRIOR);
        if baseline > 0.0 {
            share / baseline
        } else {
            share
        }
    }

    /// Whether nothing renewed the weights for as long as the book lets a memory be.
    pub fn is_stale(&self, retention: u32, now: Time) -> bool {
        now.saturating_sub(self.base) >= retention
    }

    /// When the weights will be stale; `Time::MAX` if there are none, or they are.
    pub fn stale_at(&self, retention: u32, now: Time) -> Time {
        if self.is_live() && !self.is_stale(retention, now) {
            self.base.saturating_add(retention)
        } else {
            Time::MAX
        }
    }

    /// Starts anew if what there is is stale.
    pub fn renew(&mut self, retention: u32, now: Time) {
        if self.is_stale(retention, now) {
            *self = Self::default();
        }
    }

    /// Whether time still changes anything.
    pub fn is_live(&self) -> bool {
        self.total > 0.0
    }

    /// Forgets what no reading can show any more: all weights together below a millionth.
    pub fn expire(&mut self, half_life: u32, now: Time) {
        if self.total * self.factor(half_life, now) < 1e-6 {
            *self = Self::default();
        }
    }

    /// Writes the private form.
    pub fn write(&self, w: &mut Writer) {
        w.u32(self.base);
        w.f64(self.total);
        w.uint(self.weights.len() as u64);
        for &x in &self.weights {
            w.f64(x);
        }
    }

    /// Reads the private form.
    pub fn read(r: &mut Reader, items: usize) -> Self {
        let weight = |r: &mut Reader| {
            let weight = r.f64();
            r.check((0.0..=CEILING).contains(&weight));
            weight
        };
        let base = r.u32();
        let total = weight(r);
        let weights = r.list(8, weight);
        r.check(weights.is_empty() || weights.len() == items);
        Self {
            base,
            weights,
            total,
        }
    }

    /// Base time, total and weights, for the visitor's own export.
    pub fn parts(&self) -> (Time, f64, &[f64]) {
        (self.base, self.total, &self.weights)
    }
}
