//! Wilson's interval for a proportion.

/// Both ends of an interval.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The normal quantile of 95 % intervals.
pub const Z: f64 = 1.959_963_984_540_054;

/// The 95 % score interval for the probability behind `count` of `trials` (Wilson, "Probable
/// inference, the law of succession, and statistical inference", JASA 22, 1927): all
/// probabilities at which the count is within [`Z`] standard deviations of its expectation.
/// Within 0 and 1. `None` without trials.
pub fn wilson(count: u64, trials: u64) -> Option<Interval> {
    if trials == 0 {
        return None;
    }
    let n = trials as f64;
    let observed = count as f64 / n;
    let shrink = 1.0 + Z * Z / n;
    let middle = (observed + Z * Z / (2.0 * n)) / shrink;
    let spread = observed * (1.0 - observed) / n + Z * Z / (4.0 * n * n);
    let half = Z * spread.sqrt() / shrink;
    Some(Interval {
        low: (middle - half).max(0.0),
        high: (middle + half).min(1.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_published() {
        // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in
        // Medicine 17 (1998), Table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        for (count, trials, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let interval = wilson(count, trials).unwrap();
            assert!((interval.low - low).abs() < 5e-5, "{count}/{trials}");
            assert!((interval.high - high).abs() < 5e-5, "{count}/{trials}");
        }
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn mirrored() {
        let (few, many) = (wilson(3, 50).unwrap(), wilson(47, 50).unwrap());
        assert!((few.low + many.high - 1.0).abs() < 1e-14);
        assert!((few.high + many.low - 1.0).abs() < 1e-14);
    }
}
