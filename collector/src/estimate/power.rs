//! How many reports a test needs.

use super::Arm;
use super::Z;
use super::normal::quantile;

/// What is to be found, and how surely.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aim {
    /// The least effect that matters, as a part of the base's rate: 0.1 is a tenth more.
    pub effect: f64,
    /// Probability with which it is found if it is there.
    pub power: f64,
}

impl Aim {
    /// Reports of the question with which a two-sided test at 5 % finds the effect, if the base
    /// converts at this rate and the two variants are shown and blurred as these are:
    /// `((z(0.975) s0 + z(power) s1) / difference)^2`, with `s0^2` and `s1^2` the variances, for
    /// one report, of the difference without and with the effect. `None` if the effect is none,
    /// or leads to a rate above 1.
    pub fn reports(self, base: &Arm, other: &Arm, rate: f64) -> Option<u64> {
        let raised = rate * (1.0 + self.effect);
        let difference = raised - rate;
        if difference == 0.0 || !(0.0..=1.0).contains(&raised) {
            return None;
        }
        // The average of both, by how many are shown which: what a test that knows of no
        // difference would estimate.
        let (shown, shown_other) = (base.exposed(), other.exposed());
        let pooled = (shown * rate + shown_other * raised) / (shown + shown_other);
        let spread = |rate: f64, raised: f64| {
            let reports = base.reports as f64;
            let one = base.variance(rate) + other.variance(raised)
                - 2.0 * base.covariance(rate, other, raised);
            (one * reports).max(0.0).sqrt()
        };
        let sure = Z * spread(pooled, pooled) + quantile(self.power) * spread(rate, raised);
        let reports = (sure / difference).powi(2).ceil();
        (reports.is_finite() && reports < 1e15).then_some(reports as u64)
    }
}
