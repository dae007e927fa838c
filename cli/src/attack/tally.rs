//! Counting hits, and how sure a count makes us.

/// Normal quantile of a two-sided 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

/// Attacks and how many of them named the right visitor. Where several candidates are equally
/// likely, one of `n`, the expectation is counted: 1/n of a hit.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tally {
    pub hits: f64,
    pub attacks: u64,
}

impl Tally {
    pub const fn add(&mut self, other: Self) {
        self.hits += other.hits;
        self.attacks += other.attacks;
    }

    /// Share of hits.
    pub fn rate(&self) -> f64 {
        self.hits / (self.attacks.max(1)) as f64
    }

    /// The 95 % interval of the rate by Wilson's score method (JASA 22, 1927). Ties are counted
    /// in expectation, which varies less than a draw: the interval is on the wide side.
    pub fn interval(&self) -> (f64, f64) {
        let n = self.attacks as f64;
        if n == 0.0 {
            return (0.0, 1.0);
        }
        let p = self.rate();
        let z2 = Z * Z;
        let middle = p + z2 / (2.0 * n);
        let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z2 / n;
        let low = if self.hits <= 0.0 {
            0.0
        } else {
            (middle - half) / scale
        };
        (low.max(0.0), ((middle + half) / scale).min(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_as_in_textbooks() {
        // Agresti & Coull 1998: 0 of 10 gives up to .278; Newcombe 1998: 81 of 263 gives
        // .2553 to .3662.
        let (low, high) = Tally {
            hits: 0.0,
            attacks: 10,
        }
        .interval();
        assert!(low == 0.0 && (high - 0.2775).abs() < 5e-4, "{high}");
        let (low, high) = Tally {
            hits: 81.0,
            attacks: 263,
        }
        .interval();
        assert!((low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5);
        assert_eq!(Tally::default().interval(), (0.0, 1.0));
    }
}
