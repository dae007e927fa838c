//! How much better one variant converts than another: score tests, and intervals that hold
//! exactly what these tests do not refuse. Formulas and sources: `docs/experiments.md`.

use super::normal::two_sided;
use super::{Arm, Z};

/// Two variants, of the same reports.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// What is compared with: the first variant.
    pub base: Arm,
    /// What is compared.
    pub other: Arm,
}

/// An estimate with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lift {
    /// The estimate.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end; `None` if there is none.
    pub high: Option<f64>,
}

/// The rates that a hypothesis allows: `other = factor * base + shift`.
#[derive(Clone, Copy)]
struct Line {
    factor: f64,
    shift: f64,
}

impl Pair {
    /// The rate of the other less that of the base: from -1 to 1.
    pub fn difference(&self) -> Option<Lift> {
        let value = self.other.rate()? - self.base.rate()?;
        let by = |shift: f64| Line { factor: 1.0, shift };
        Some(Lift {
            value,
            low: self.edge(value, -1.0, by),
            high: Some(self.edge(value, 1.0, by)),
        })
    }

    /// The same as a part of the rate of the base: 0.1 is a tenth more.
    pub fn relative(&self) -> Option<Lift> {
        // Beyond a factor of a million there is no end worth naming.
        const MOST: f64 = 1e6;
        let (base, other) = (self.base.rate()?, self.other.rate()?);
        if base <= 0.0 {
            return None;
        }
        let value = other / base;
        let by = |factor: f64| Line { factor, shift: 0.0 };
        let high = self.edge(value, MOST.max(2.0 * value), by);
        Some(Lift {
            value: value - 1.0,
            low: self.edge(value, 0.0, by) - 1.0,
            high: (high < MOST).then_some(high - 1.0),
        })
    }

    /// How probable such a difference, or a greater one, is by chance where there is none.
    pub fn p(&self) -> Option<f64> {
        let same = Line {
            factor: 1.0,
            shift: 0.0,
        };
        Some(two_sided(self.deviation(same)?))
    }

    /// The standard error of the difference where both rates are as they are estimated.
    pub fn error(&self) -> Option<f64> {
        let (base, other) = (self.base.rate()?, self.other.rate()?);
        Some(self.variance(base, other, 1.0).max(0.0).sqrt())
    }

    /// The end of the interval between the estimate and the farthest value that can be: where
    /// the test begins to refuse.
    fn edge(&self, estimate: f64, farthest: f64, line: impl Fn(f64) -> Line) -> f64 {
        let holds = |at: f64| self.deviation(line(at)).is_some_and(|z| z.abs() <= Z);
        if holds(farthest) {
            return farthest;
        }
        let (mut inside, mut outside) = (estimate, farthest);
        for _ in 0..60 {
            let middle = f64::midpoint(inside, outside);
            if holds(middle) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        inside
    }

    /// How many standard deviations the estimates are off a hypothesis; the standard deviation
    /// is that of the likeliest rates that it allows.
    fn deviation(&self, line: Line) -> Option<f64> {
        let (base, other) = (self.base.rate()?, self.other.rate()?);
        let off = other - line.factor * base - line.shift;
        let (base, other) = self.likeliest(line)?;
        let variance = self.variance(base, other, line.factor).max(0.0);
        Some(match (off == 0.0, variance == 0.0) {
            (true, _) => 0.0,
            (false, true) => f64::INFINITY.copysign(off),
            _ => off / variance.sqrt(),
        })
    }

    /// Of `other - factor * base`.
    fn variance(&self, base: f64, other: f64, factor: f64) -> f64 {
        self.other.variance(other) + factor * factor * self.base.variance(base)
            - 2.0 * factor * self.other.covariance(other, &self.base, base)
    }

    /// The rates on a line that make the counts likeliest. The likelihood is concave along it,
    /// so its slope has one zero.
    fn likeliest(&self, Line { factor, shift }: Line) -> Option<(f64, f64)> {
        let (mut low, mut high) = (0.0_f64, 1.0_f64);
        if factor > 0.0 {
            low = low.max(-shift / factor);
            high = high.min((1.0 - shift) / factor);
        }
        if low > high {
            return None;
        }
        let other = |base: f64| (factor * base + shift).clamp(0.0, 1.0);
        for _ in 0..50 {
            let middle = f64::midpoint(low, high);
            let slope = self.base.slope(middle) + factor * self.other.slope(other(middle));
            if slope > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        let base = f64::midpoint(low, high);
        Some((base, other(base)))
    }
}
