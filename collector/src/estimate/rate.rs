//! How many of those who were shown a variant converted: a ratio of two estimates from the same
//! randomised answers. Formulas: `docs/experiments.md`.

use super::{Channel, Interval, Z};

/// What the noise does to the name of a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blur {
    /// Probability that the name is given by somebody who is not in the cell.
    noise: f64,
    /// How much likelier it is for those who are, from above 0 to 1.
    gap: f64,
}

impl Blur {
    /// Answers without noise.
    pub const NONE: Self = Self {
        noise: 0.0,
        gap: 1.0,
    };

    /// The name is given with probability `noise` by those who are not in the cell, and with
    /// `noise + gap` by those who are.
    pub fn new(noise: f64, gap: f64) -> Self {
        Self { noise, gap }
    }
}

impl Channel {
    /// The noise on a cell of so many answers.
    pub fn blur(self, holds: u32) -> Blur {
        Blur::new(self.noise(holds), self.gap())
    }
}

/// What was counted of one variant, in two cells that hold equally many answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arm {
    /// Reports that say: shown, and converted.
    pub yes: u64,
    /// Reports that say: shown, and not converted.
    pub no: u64,
    /// All reports of the question.
    pub reports: u64,
    /// The noise on each of the two cells.
    pub blur: Blur,
}

impl Arm {
    /// The share of the reporters who were shown the variant, unbiased.
    pub fn exposed(&self) -> f64 {
        let named = (self.yes + self.no) as f64 / self.reports as f64;
        (named - 2.0 * self.blur.noise) / self.blur.gap
    }

    /// The share of the reporters who were shown it and converted, unbiased.
    fn converted(&self) -> f64 {
        (self.yes as f64 / self.reports as f64 - self.blur.noise) / self.blur.gap
    }

    /// How many of those who were shown it converted, cut off at 0 and 1. `None` if as good as
    /// nobody was shown it.
    pub fn rate(&self) -> Option<f64> {
        let exposed = self.exposed();
        (exposed > 0.0).then(|| (self.converted() / exposed).clamp(0.0, 1.0))
    }

    /// The variance of the estimated rate where this is the true one. With `q` the noise, `g`
    /// the gap, `S` the share who were shown the variant and `n` the reports:
    /// `(q (1 - q) + (g S - 2 q (1 - 2 q)) r (1 - r)) / (n g^2 S^2)`.
    /// Without noise that is `r (1 - r) / (n S)`.
    pub fn variance(&self, rate: f64) -> f64 {
        let scale = self.blur.gap * self.exposed();
        (self.floor() + self.curve() * rate * (1.0 - rate)) / (self.reports as f64 * scale * scale)
    }

    /// The covariance of two variants' estimated rates: their cells share the same reports.
    pub fn covariance(&self, rate: f64, other: &Self, other_rate: f64) -> f64 {
        let tilt = |arm: &Self, rate: f64| {
            arm.blur.noise * (1.0 - 2.0 * rate) / (arm.blur.gap * arm.exposed())
        };
        -tilt(self, rate) * tilt(other, other_rate) / self.reports as f64
    }

    /// The 95 % interval of the rate: Fieller's for the ratio of the two estimates, with the
    /// variance that the rate asked about would give. So all rates `r` with
    /// `(Y - r S)^2 <= Z^2 S^2 variance(r)`, the solutions of a quadratic inequality. Without
    /// noise it is Wilson's. Within 0 and 1; everything, if the reports do not say that anybody
    /// was shown the variant.
    pub fn interval(&self) -> Interval {
        let everything = Interval {
            low: 0.0,
            high: 1.0,
        };
        let (n, exposed) = (self.reports as f64, self.exposed());
        if exposed <= 0.0 || self.reports == 0 {
            return everything;
        }
        let scale = n * self.blur.gap * self.blur.gap;
        let converted = self.converted().clamp(0.0, exposed);
        let square = scale * exposed * exposed + Z * Z * self.curve();
        let half_linear = scale * converted * exposed + Z * Z * self.curve() / 2.0;
        let constant = scale * converted * converted - Z * Z * self.floor();
        let root = half_linear * half_linear - square * constant;
        if square <= 0.0 || root < 0.0 {
            return everything;
        }
        Interval {
            low: ((half_linear - root.sqrt()) / square).clamp(0.0, 1.0),
            high: ((half_linear + root.sqrt()) / square).clamp(0.0, 1.0),
        }
    }

    /// The logarithm of the probability of what was counted if this is the rate, but for a
    /// constant; and its slope. The share of those who were shown the variant is taken as it is
    /// estimated.
    pub(super) fn slope(&self, rate: f64) -> f64 {
        let [yes, no] = self.chances(rate);
        let reach = self.reach();
        let part = |count: u64, chance: f64| {
            if count == 0 {
                0.0
            } else {
                count as f64 * reach / chance
            }
        };
        part(self.yes, yes) - part(self.no, no)
    }

    /// The logarithm of which [`Arm::slope`] is the slope.
    pub(super) fn likelihood(&self, rate: f64) -> f64 {
        let [yes, no] = self.chances(rate);
        let part = |count: u64, chance: f64| {
            if count == 0 {
                0.0
            } else {
                count as f64 * chance.ln()
            }
        };
        part(self.yes, yes) + part(self.no, no)
    }

    /// Probabilities of the two names.
    fn chances(&self, rate: f64) -> [f64; 2] {
        let reach = self.reach();
        [rate, 1.0 - rate].map(|part| self.blur.noise + reach * part)
    }

    fn reach(&self) -> f64 {
        self.blur.gap * self.exposed().max(0.0)
    }

    /// Variance that is there even where everybody or nobody converts.
    fn floor(&self) -> f64 {
        self.blur.noise * (1.0 - self.blur.noise)
    }

    /// What a rate away from 0 and 1 adds.
    fn curve(&self) -> f64 {
        let noise = self.blur.noise;
        self.blur.gap * self.exposed() - 2.0 * noise * (1.0 - 2.0 * noise)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::wilson;

    #[test]
    fn without_noise_a_rate_is_a_rate_and_the_interval_wilsons() {
        for (yes, no) in [(5, 95), (0, 40), (40, 0), (1, 1), (300, 9_700)] {
            let arm = Arm {
                yes,
                no,
                reports: 25_000,
                blur: Blur::NONE,
            };
            let trials = yes + no;
            assert!((arm.rate().unwrap() - yes as f64 / trials as f64).abs() < 1e-12);
            let (ours, wilsons) = (arm.interval(), wilson(yes, trials).unwrap());
            assert!(
                (ours.low - wilsons.low).abs() < 1e-9,
                "{ours:?} {wilsons:?}"
            );
            assert!(
                (ours.high - wilsons.high).abs() < 1e-9,
                "{ours:?} {wilsons:?}"
            );
        }
    }

    #[test]
    fn the_variance_is_that_of_the_counts() {
        // The gradient of Y / (Y + N) over the multinomial covariance of the counts.
        for (odds, answers, holds) in [(3_578_144, 5, 1), (178_145, 7, 2)] {
            let channel = Channel::new(odds, answers).unwrap();
            let (n, blur) = (100_000_u64, channel.blur(holds));
            let shares = [(0.3, 0.05), (0.2, 0.7)];
            let cells = shares.map(|(exposed, rate)| {
                [exposed * rate, exposed * (1.0 - rate)].map(|f| channel.observed(f, holds))
            });
            let arms = cells.map(|[yes, no]| Arm {
                yes: (yes * n as f64).round() as u64,
                no: (no * n as f64).round() as u64,
                reports: n,
                blur,
            });
            let gradients = shares.map(|(exposed, rate)| {
                [(1.0 - rate) / exposed, -rate / exposed].map(|part| part / channel.gap())
            });
            for a in 0..2 {
                for b in 0..2 {
                    let mut expected = 0.0;
                    for i in 0..2 {
                        for j in 0..2 {
                            let same = if a == b && i == j { cells[a][i] } else { 0.0 };
                            let both = same - cells[a][i] * cells[b][j];
                            expected += gradients[a][i] * gradients[b][j] * both / n as f64;
                        }
                    }
                    let ours = if a == b {
                        arms[a].variance(shares[a].1)
                    } else {
                        arms[a].covariance(shares[a].1, &arms[b], shares[b].1)
                    };
                    assert!((ours / expected - 1.0).abs() < 1e-3, "{ours} {expected}");
                }
            }
        }
    }

    #[test]
    fn where_nothing_is_known_every_rate_may_be() {
        let channel = Channel::new(178_145, 5).unwrap();
        // As many as noise alone would make.
        let noise = (channel.noise(1) * 1_000.0) as u64;
        let arm = Arm {
            yes: noise,
            no: noise,
            reports: 1_000,
            blur: channel.blur(1),
        };
        assert_eq!(arm.rate(), None);
        let interval = arm.interval();
        assert_eq!((interval.low, interval.high), (0.0, 1.0));
    }
}
