//! Shares of the visitors, from counts of their randomised answers: unbiased, with intervals.
//! Formulas, their sources and measured coverage: `docs/estimates.md`.

use crate::statement::UNIT;

mod beta;
mod consistent;
mod interval;
mod lift;
mod normal;
mod poisoning;
mod power;
mod rate;
mod sequel;
mod tail;

pub use beta::{Beta, prior_of};
pub use consistent::consistent;
pub use interval::{Interval, Z, wilson};
pub use lift::{Lift, Pair};
pub use normal::{quantile, two_sided};
pub use power::Aim;
pub use rate::{Arm, Blur};
pub use sequel::always;
pub use tail::{at_most, two_samples};

/// k-ary randomised response (Kairouz, Bonawitz, Ramage, "Discrete distribution estimation under
/// local privacy", ICML 2016): of `answers` possible answers the true one is given with
/// probability `odds / (odds + (answers - 1) * 65536)`, any other with `65536 / (...)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    odds: u32,
    answers: u32,
}

/// What was counted of one cell: all visitors whose answer is shown by the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    /// Reports that name the cell.
    pub count: u64,
    /// How many of the possible answers are shown by this name.
    pub holds: u32,
}

impl Channel {
    /// The channel with this weight of the true answer. `None` if it says nothing about the
    /// truth (`odds` of 65536 or less), with `odds` of more than 32 bits, or with fewer than two
    /// answers.
    pub fn new(odds: u64, answers: usize) -> Option<Self> {
        let odds = u32::try_from(odds).ok().filter(|odds| *odds > UNIT)?;
        let answers = u32::try_from(answers).ok().filter(|n| *n >= 2)?;
        Some(Self { odds, answers })
    }

    /// Number of possible answers.
    pub fn answers(self) -> u32 {
        self.answers
    }

    /// Probability that the true answer is given.
    pub fn truth(self) -> f64 {
        f64::from(self.odds) / self.weights()
    }

    /// Probability that one certain other answer is given.
    pub fn other(self) -> f64 {
        f64::from(UNIT) / self.weights()
    }

    /// How much likelier an answer is for those for whom it is true, from above 0 to 1.
    pub fn gap(self) -> f64 {
        f64::from(self.odds - UNIT) / self.weights()
    }

    /// Probability that a cell is shown for somebody who is not in it.
    pub fn noise(self, holds: u32) -> f64 {
        f64::from(holds) * self.other()
    }

    /// The share of visitors in a cell if its name has this share of the reports. Below 0 where
    /// the name is rarer than noise alone would make it.
    pub fn share(self, observed: f64, holds: u32) -> f64 {
        (observed - self.noise(holds)) / self.gap()
    }

    /// The share of the reports that a cell's name has if the cell has this share of visitors:
    /// [`Channel::share`] backwards.
    pub fn observed(self, share: f64, holds: u32) -> f64 {
        self.noise(holds) + self.gap() * share
    }

    /// The unbiased estimate of a cell's share of the visitors. Below 0 or above 1 by chance;
    /// over all cells it sums to one. `None` without reports.
    pub fn estimate(self, cell: Cell, reports: u64) -> Option<f64> {
        if reports == 0 {
            return None;
        }
        // c/n - mq over p - q, with both fractions multiplied out: whole numbers, so that nothing
        // is lost where the difference is small.
        let weights = i128::from(self.odds) + i128::from(self.answers - 1) * i128::from(UNIT);
        let noise = i128::from(reports) * i128::from(cell.holds) * i128::from(UNIT);
        let above = i128::from(cell.count) * weights - noise;
        let gap = i128::from(self.odds - UNIT) * i128::from(reports);
        Some(above as f64 / gap as f64)
    }

    /// The variance of the estimate for a cell of this share when `reports` visitors answer:
    /// of the noise alone, the share among these very reporters being fixed.
    pub fn variance_of_noise(self, share: f64, holds: u32, reports: u64) -> f64 {
        let inside = self.observed(1.0, holds);
        let outside = self.noise(holds);
        let spread = share * inside * (1.0 - inside) + (1.0 - share) * outside * (1.0 - outside);
        spread / (reports as f64 * self.gap() * self.gap())
    }

    /// The same with the sampling: the reporters are a sample of all visitors, whose share this
    /// is. Adds `share * (1 - share) / reports`.
    pub fn variance(self, share: f64, holds: u32, reports: u64) -> f64 {
        let observed = self.observed(share, holds);
        observed * (1.0 - observed) / (reports as f64 * self.gap() * self.gap())
    }

    /// The 95 % interval of a cell's share among all visitors of whom the reporters are a
    /// sample: Wilson's for the share of the reports, through the inverse of the channel. It is
    /// not cut off at 0 and 1, so the estimate always lies in it. `None` without reports.
    pub fn interval(self, cell: Cell, reports: u64) -> Option<Interval> {
        if cell.holds == self.answers {
            // Everybody: nothing is left to chance.
            return (reports > 0).then_some(Interval {
                low: 1.0,
                high: 1.0,
            });
        }
        let observed = wilson(cell.count, reports)?;
        let estimate = self.estimate(cell, reports)?;
        // Rounding must not push the estimate out where it is an end itself.
        Some(Interval {
            low: self.share(observed.low, cell.holds).min(estimate),
            high: self.share(observed.high, cell.holds).max(estimate),
        })
    }

    fn weights(self) -> f64 {
        f64::from(self.odds) + f64::from(self.answers - 1) * f64::from(UNIT)
    }
}

/// Cells that are shown as one.
impl std::iter::Sum for Cell {
    fn sum<I: Iterator<Item = Self>>(cells: I) -> Self {
        cells.fold(Self::default(), |sum, cell| Self {
            count: sum.count + cell.count,
            holds: sum.holds + cell.holds,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_that_tells_nothing_is_none() {
        assert_eq!(Channel::new(65_536, 4), None);
        assert_eq!(Channel::new(0, 4), None);
        assert_eq!(Channel::new(3_578_144, 1), None);
    }

    #[test]
    fn chances_sum_to_one_and_estimates_too() {
        let channel = Channel::new(3_578_144, 8).unwrap();
        let sum = channel.truth() + 7.0 * channel.other();
        assert!((sum - 1.0).abs() < 1e-15);
        // Cells of 1, 2 and 5 answers.
        let cells = [(10, 1), (300, 2), (77, 5)].map(|(count, holds)| Cell { count, holds });
        let shares = cells.map(|cell| channel.estimate(cell, 387).unwrap());
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-14);
        let merged = channel.estimate(cells.into_iter().sum(), 387).unwrap();
        assert!((merged - 1.0).abs() < 1e-15);
    }

    #[test]
    fn without_noise_a_share_is_a_share() {
        // Weight of the truth as great as it can be: nearly no noise.
        let channel = Channel::new(u32::MAX.into(), 2).unwrap();
        let cell = Cell {
            count: 30,
            holds: 1,
        };
        let share = channel.estimate(cell, 100).unwrap();
        assert!((share - 0.3).abs() < 1e-4);
    }

    #[test]
    fn nobody_reported() {
        let channel = Channel::new(3_578_144, 8).unwrap();
        for holds in [1, 8] {
            let cell = Cell { count: 0, holds };
            assert_eq!(channel.estimate(cell, 0), None);
            assert!(channel.interval(cell, 0).is_none());
        }
    }

    #[test]
    fn everybody_is_everybody() {
        let channel = Channel::new(3_578_144, 8).unwrap();
        let cell = Cell {
            count: 70,
            holds: 8,
        };
        let interval = channel.interval(cell, 70).unwrap();
        assert_eq!((interval.low, interval.high), (1.0, 1.0));
    }

    #[test]
    fn variances_are_those_of_the_literature() {
        // PRIVACY: q(1-q)/(n(p-q)^2) + f(1-p-q)/(n(p-q)), plus f(1-f)/n for a sample.
        for (odds, d) in [(178_145, 4), (484_249, 16), (3_578_144, 64)] {
            let channel = Channel::new(odds, d).unwrap();
            let (p, q, n) = (channel.truth(), channel.other(), 1_000.0);
            for share in [0.0, 0.01, 0.3, 1.0] {
                let noise =
                    q * (1.0 - q) / (n * (p - q) * (p - q)) + share * (1.0 - p - q) / (n * (p - q));
                let ours = channel.variance_of_noise(share, 1, 1_000);
                assert!((ours / noise - 1.0).abs() < 1e-12, "{ours} {noise}");
                let sampled = noise + share * (1.0 - share) / n;
                let ours = channel.variance(share, 1, 1_000);
                assert!((ours / sampled - 1.0).abs() < 1e-12, "{ours} {sampled}");
            }
        }
    }
}
