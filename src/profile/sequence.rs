//! Funnels: a state machine that remembers, for each prefix of the steps, its latest match.

use crate::book::{Step, Time};
use crate::codec::{Reader, Writer};
use alloc::vec;
use alloc::vec::Vec;

/// The latest match of a prefix of the steps; times are shifted by one, 0 is none.
#[derive(Debug, Default, Clone, Copy)]
struct Prefix {
    start: Time,
    last: Time,
}

/// One entry for each positive step. The latest start is the best start: every later step
/// that could complete an earlier one can complete it too.
#[derive(Debug, Clone, Default)]
pub struct Sequence {
    prefixes: Vec<Prefix>,
}

/// What limits a sequence in time.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Earliest time the first step may have.
    pub since: Time,
    /// Longest time between two steps; 0: no limit.
    pub gap: u32,
}

impl Sequence {
    /// Lets an event happen. `matches` says whether it is a step's event.
    pub fn advance(
        &mut self,
        steps: &[Step],
        matches: impl Fn(&Step) -> bool,
        limits: Limits,
        at: Time,
    ) {
        let mut positives = steps.iter().filter(|s| !s.negated).count();
        if self.prefixes.len() != positives {
            self.prefixes = vec![Prefix::default(); positives];
        }
        // Backwards, so that one event is one step.
        for step in steps.iter().rev() {
            if step.negated {
                if matches(step)
                    && let Some(before) = self.prefixes.get_mut(positives.wrapping_sub(1))
                {
                    *before = Prefix::default();
                }
                continue;
            }
            positives -= 1;
            if !matches(step) {
                continue;
            }
            let start = if positives == 0 {
                Some(at.saturating_add(1))
            } else {
                self.prefixes
                    .get(positives - 1)
                    .filter(|p| p.start > limits.since)
                    .filter(|p| limits.gap == 0 || at < p.last.saturating_add(limits.gap))
                    .map(|p| p.start)
            };
            if let (Some(start), Some(slot)) = (start, self.prefixes.get_mut(positives)) {
                *slot = Prefix {
                    start,
                    last: at.saturating_add(1),
                };
            }
        }
    }

    /// Start of the latest complete match that began at `since` or later.
    pub fn complete(&self, since: Time) -> Option<Time> {
        let whole = self.prefixes.last()?;
        (whole.start > since).then(|| whole.start - 1)
    }

    /// Drops prefixes that began before `since`.
    pub fn expire(&mut self, since: Time) {
        for prefix in &mut self.prefixes {
            if prefix.start <= since {
                *prefix = Prefix::default();
            }
        }
    }

    /// Writes the private form.
    pub fn write(&self, w: &mut Writer) {
        w.uint(self.prefixes.len() as u64);
        for p in &self.prefixes {
            w.u32(p.start);
            w.u32(p.last);
        }
    }

    /// Reads the private form.
    pub fn read(r: &mut Reader, positives: usize) -> Self {
        let prefixes = r.list(8, |r| Prefix {
            start: r.u32(),
            last: r.u32(),
        });
        r.check(prefixes.is_empty() || prefixes.len() == positives);
        Self { prefixes }
    }

    /// Start and last time of each prefix, for the visitor's own export.
    pub fn parts(&self) -> impl Iterator<Item = (Time, Time)> {
        self.prefixes
            .iter()
            .filter(|p| p.start > 0)
            .map(|p| (p.start - 1, p.last.saturating_sub(1)))
    }
}
