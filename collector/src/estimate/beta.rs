//! What is known of a rate, as a Beta distribution: for a bandit, which draws from it.

use super::tail::ln_gamma;
use super::{Arm, Interval};

/// The distribution of a rate that is proportional to `r^(a - 1) (1 - r)^(b - 1)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beta {
    /// Above 0.
    pub a: f64,
    /// Above 0.
    pub b: f64,
}

impl Beta {
    /// Nothing is known.
    pub const FLAT: Self = Self { a: 1.0, b: 1.0 };

    /// The one with this mean, that weighs as much as so many trials.
    pub fn around(mean: f64, weight: f64) -> Self {
        Self {
            a: mean * weight,
            b: (1.0 - mean) * weight,
        }
    }

    /// Its mean.
    pub fn mean(self) -> f64 {
        self.a / (self.a + self.b)
    }

    /// Its 95 % interval, with 2.5 % on either side.
    pub fn interval(self) -> Interval {
        Interval {
            low: self.quantile(0.025),
            high: self.quantile(0.975),
        }
    }

    /// The rate that it is below with this probability.
    pub fn quantile(self, probability: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..100 {
            let middle = f64::midpoint(low, high);
            if self.below(middle) < probability {
                low = middle;
            } else {
                high = middle;
            }
        }
        f64::midpoint(low, high)
    }

    /// The probability of a rate below `x`: the regularised incomplete beta function, by its
    /// continued fraction (NIST Handbook of Mathematical Functions, 8.17.22), on the side on
    /// which it converges fast.
    fn below(self, x: f64) -> f64 {
        let Self { a, b } = self;
        if x <= 0.0 || x >= 1.0 {
            return x.clamp(0.0, 1.0);
        }
        let log = ln_gamma(a + b + 1.0) - ln_gamma(a + 1.0) - ln_gamma(b + 1.0)
            + (a * b / (a + b)).ln()
            + a * x.ln()
            + b * (-x).ln_1p();
        if x < (a + 1.0) / (a + b + 2.0) {
            log.exp() * fraction(a, b, x) / a
        } else {
            1.0 - log.exp() * fraction(b, a, 1.0 - x) / b
        }
    }

    /// What is known after these reports, with this known before: the moments of the posterior
    /// by the likelihood of the randomised answers, and the Beta distribution that has them.
    /// So it is never narrower than the noise allows. Without noise it is exact: `a` and `b`
    /// grow by what was counted.
    pub fn after(self, arms: &[Arm]) -> Self {
        // Over x = ln(r / (1 - r)), where nothing is infinite at the ends: first everywhere, and
        // then where there is anything.
        let (mut from, mut to) = (-40.0, 40.0);
        let mut found = self;
        for _ in 0..4 {
            let step = (to - from) / POINTS as f64;
            let points = (0..POINTS).map(|at| from + (at as f64 + 0.5) * step);
            let points: Vec<_> = points.map(|x| self.weigh(arms, x)).collect();
            let most = points.iter().map(|p| p.log).fold(f64::MIN, f64::max);
            let sum = |of: &dyn Fn(&Point) -> f64| {
                let parts = points.iter().map(|p| (p.log - most).exp() * of(p));
                parts.sum::<f64>()
            };
            let mass = sum(&|_| 1.0);
            let mean = sum(&|p| p.rate) / mass;
            let miss = sum(&|p| p.miss) / mass;
            let variance = sum(&|p| (p.rate - mean) * (p.rate - mean)) / mass;
            let weight = mean * miss / variance - 1.0;
            if weight.is_finite() && weight > 0.0 {
                found = Self {
                    a: mean * weight,
                    b: miss * weight,
                };
            }
            let heavy = |p: &&Point| p.log > most - NEGLIGIBLE;
            let first = points.iter().find(heavy).map_or(from, |p| p.x);
            let last = points.iter().rfind(heavy).map_or(to, |p| p.x);
            (from, to) = (first - 2.0 * step, last + 2.0 * step);
        }
        found
    }

    fn weigh(self, arms: &[Arm], x: f64) -> Point {
        // Both precise, however near they are to 0.
        let (rate, miss) = (1.0 / (1.0 + (-x).exp()), 1.0 / (1.0 + x.exp()));
        let prior = self.a * rate.ln() + self.b * miss.ln();
        let likelihood: f64 = arms.iter().map(|arm| arm.likelihood(rate)).sum();
        Point {
            x,
            rate,
            miss,
            log: prior + likelihood,
        }
    }
}

/// Points at which a posterior is looked at.
const POINTS: usize = 1_000;
/// What is less likely than the likeliest by this, as a logarithm, is nothing: e^-40.
const NEGLIGIBLE: f64 = 40.0;

struct Point {
    x: f64,
    rate: f64,
    miss: f64,
    log: f64,
}

/// The continued fraction's value, by Lentz's method.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let safe = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut c, mut d) = (1.0, 1.0 / safe(1.0 - (a + b) * x / (a + 1.0)));
    let mut value = d;
    for m in 1..10_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut step = 1.0;
        for part in [even, odd] {
            d = 1.0 / safe(1.0 + part * d);
            c = safe(1.0 + part / c);
            step = c * d;
            value *= step;
        }
        if (step - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

/// What is to be expected of a variant's rate in one of the groups under one group, before the
/// group itself is looked at: the rate of the whole, `mean`, give or take how far apart its
/// `parts` truly are. That is estimated by the method of moments (DerSimonian and Laird,
/// "Meta-analysis in clinical trials", Controlled Clinical Trials 7, 1986). It weighs at most as
/// much as `most` trials, so that a crowd can outvote it, and at least as half a conversion or
/// half a miss. Each part is given by what was counted of it, once or more often.
pub fn prior_of(mean: f64, parts: &[Vec<Arm>], most: f64) -> Beta {
    let mean = mean.clamp(1e-6, 1.0 - 1e-6);
    let least = 0.5 / mean.min(1.0 - mean);
    let known: Vec<Known> = parts
        .iter()
        .filter_map(|arms| Known::of(arms, mean))
        .collect();
    let sum = |of: fn(&Known) -> f64| known.iter().map(of).sum::<f64>();
    let weights = sum(|part| part.weight);
    let average = sum(|part| part.weight * part.rate) / weights;
    let off: f64 = known
        .iter()
        .map(|part| part.weight * (part.rate - average).powi(2))
        .sum();
    let free = known.len() as f64 - 1.0;
    let between = (off - free) / (weights - sum(|part| part.weight.powi(2)) / weights);
    let weight = if free < 1.0 {
        // Nothing to compare with.
        least
    } else if between > 0.0 {
        mean * (1.0 - mean) / between - 1.0
    } else {
        most
    };
    Beta::around(mean, weight.min(most).max(least))
}

/// An estimated rate, and one by its variance.
struct Known {
    rate: f64,
    weight: f64,
}

impl Known {
    /// The average of several, each weighing as much as it is sure. The variance is that at the
    /// mean of the whole: by its own rate, a part that happens to be 0 would seem to be sure.
    fn of(arms: &[Arm], mean: f64) -> Option<Self> {
        let each = arms.iter().filter_map(|arm| {
            let weight = 1.0 / arm.variance(mean);
            Some((arm.rate()? * weight, weight))
        });
        let (sum, weight) = each.fold((0.0, 0.0), |all, one| (all.0 + one.0, all.1 + one.1));
        (weight > 0.0).then(|| Self {
            rate: sum / weight,
            weight,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::{Blur, Channel};

    fn arm(yes: u64, no: u64, reports: u64, blur: Blur) -> Arm {
        Arm {
            yes,
            no,
            reports,
            blur,
        }
    }

    #[test]
    fn without_noise_what_was_counted_is_added() {
        for (yes, no) in [(0, 0), (3, 97), (0, 50), (1_000, 999_000), (7, 0)] {
            let prior = Beta { a: 1.0, b: 1.0 };
            let after = prior.after(&[arm(yes, no, yes + no + 1, Blur::NONE)]);
            // The likelihood takes the share who were shown it as known, so it is that of
            // yes and no alone.
            assert!(
                (after.a / (1.0 + yes as f64) - 1.0).abs() < 1e-6,
                "{after:?}"
            );
            assert!(
                (after.b / (1.0 + no as f64) - 1.0).abs() < 1e-6,
                "{after:?}"
            );
        }
    }

    #[test]
    fn noise_makes_it_wider_and_nothing_makes_it_negative() {
        let mut last = f64::INFINITY;
        for epsilon in [8.0_f64, 4.0, 2.0, 1.0] {
            let odds = (65_536.0 * epsilon.exp()) as u64;
            let channel = Channel::new(odds, 5).unwrap();
            let n = 20_000_u64;
            let named = |share: f64| (channel.observed(share, 1) * n as f64).round() as u64;
            let one = arm(named(0.02), named(0.38), n, channel.blur(1));
            let after = Beta::FLAT.after(&[one]);
            let weight = after.a + after.b;
            assert!((after.mean() - 0.05).abs() < 0.02, "{epsilon}: {after:?}");
            assert!(weight < last && weight < 0.4 * n as f64 + 2.0);
            last = weight;
            // As many as noise alone would name, and fewer.
            for yes in [named(0.0), named(0.0) / 2] {
                let none = Beta::FLAT.after(&[arm(yes, named(0.4), n, channel.blur(1))]);
                assert!(none.a > 0.0 && none.b > none.a, "{none:?}");
                assert!(none.mean() < after.mean());
            }
        }
    }

    #[test]
    fn two_halves_are_the_whole() {
        let channel = Channel::new(3_578_144, 5).unwrap();
        let half = arm(150, 1_900, 5_000, channel.blur(1));
        let whole = arm(300, 3_800, 10_000, channel.blur(1));
        let (halves, whole) = (Beta::FLAT.after(&[half, half]), Beta::FLAT.after(&[whole]));
        assert!((halves.a / whole.a - 1.0).abs() < 1e-9);
        let empty = Beta { a: 2.5, b: 7.0 };
        let same = empty.after(&[]);
        assert!(
            (same.a - 2.5).abs() < 1e-6 && (same.b - 7.0).abs() < 1e-6,
            "{same:?}"
        );
    }

    #[test]
    fn groups_that_agree_share_and_groups_that_differ_do_not() {
        let of = |yes, no| vec![arm(yes, no, 10_000, Blur::NONE)];
        let alike = prior_of(0.1, &[of(100, 900), of(101, 899), of(99, 901)], 50.0);
        assert!((alike.a + alike.b - 50.0).abs() < 1e-9);
        let apart = prior_of(0.3, &[of(100, 900), of(300, 700), of(500, 500)], 50.0);
        // Variance between them: 0.04. 0.3 * 0.7 / 0.04 - 1.
        assert!((4.0..4.6).contains(&(apart.a + apart.b)), "{apart:?}");
        assert!((apart.mean() - 0.3).abs() < 1e-12);
        let alone = prior_of(0.1, &[of(100, 900)], 50.0);
        assert!((alone.a - 0.5).abs() < 1e-12, "{alone:?}");
    }
}
