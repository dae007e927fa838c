//! Counts that honest visitors hardly ever make.

use serde::Serialize;

use super::group::Group;
use super::period::Period;
use crate::estimate::{Channel, at_most, two_samples};

/// Chance of a false alarm, at most, in each test: what lies 4.4 standard deviations off.
pub const ALARM: f64 = 1e-5;

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flag {
    /// What is odd.
    pub kind: Kind,
    /// The cell, as it is shown.
    pub cell: String,
    /// First week of the counts in question.
    pub from: String,
    /// Last week of them.
    pub to: String,
    /// How surprising it is: the probability of such counts, or odder ones, by chance.
    pub p: f64,
    /// The same in standard deviations; below 0: fewer than before.
    pub z: f64,
}

/// Kinds of flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The cell's share of the reports differs from that in all weeks before.
    Jump,
    /// One of the counted cells in it was named more rarely than noise alone would name it,
    /// were nobody in it: some reporters do not draw their answers as the gate does.
    BelowNoise,
}

/// What tests found, and how many there were.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub flags: Vec<Flag>,
    pub tests: u64,
}

impl Found {
    /// Compares each cell in each period with all periods before, by Fisher's exact test on
    /// the counts as they came: noise is the same before and after.
    pub fn jumps(&mut self, groups: &[Group], periods: &[Period]) {
        if groups.len() < 2 {
            return;
        }
        for group in groups {
            let mut before = (0, 0);
            for (period, count) in periods.iter().zip(&group.counts) {
                let now = (*count, period.reports);
                if before.1 > 0 {
                    let (p, z) = (two_samples(now, before), score(now, before));
                    self.test(Kind::Jump, group.name, period, p, z);
                }
                before = (before.0 + now.0, before.1 + now.1);
            }
        }
    }

    /// Compares each counted cell, over all weeks, with what noise gives it at least.
    pub fn below_noise(
        &mut self,
        shown: &[Group],
        counted: &[Group],
        all: &Period,
        channel: Channel,
    ) {
        let n = all.reports;
        for cell in counted {
            let Some(group) = shown.iter().find(|group| group.joins.contains(&cell.name)) else {
                continue;
            };
            let counted = cell.cell();
            let noise = channel.noise(counted.holds);
            let spread = (noise * (1.0 - noise) * n as f64).sqrt();
            let z = (counted.count as f64 - noise * n as f64) / spread;
            if counted.holds < channel.answers() {
                let p = if z < 0.0 {
                    at_most(counted.count, n, noise)
                } else {
                    1.0
                };
                self.test(Kind::BelowNoise, group.name, all, p, z);
            }
        }
    }

    fn test(&mut self, kind: Kind, cell: &str, period: &Period, p: f64, z: f64) {
        self.tests += 1;
        if p < ALARM {
            self.flags.push(Flag {
                kind,
                cell: cell.to_owned(),
                from: period.from.to_string(),
                to: period.to.to_string(),
                p,
                z,
            });
        }
    }
}

/// The difference of two shares in its standard deviations, if both are the same.
fn score(now: (u64, u64), before: (u64, u64)) -> f64 {
    let (n, m) = (now.1 as f64, before.1 as f64);
    let pooled = (now.0 + before.0) as f64 / (n + m);
    let spread = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
    (now.0 as f64 / n - before.0 as f64 / m) / spread
}
