//! The normal distribution.

/// Probability that a standard normal number is at least `z` standard deviations from 0, on
/// either side: the complementary error function of `z / sqrt(2)`.
pub fn two_sided(z: f64) -> f64 {
    let x = z.abs() / std::f64::consts::SQRT_2;
    if x.is_nan() {
        return f64::NAN;
    }
    if x < 2.0 {
        1.0 - error_function(x)
    } else {
        tail(x)
    }
}

/// The number that a standard normal one is below with this probability, above 0 and below 1.
pub fn quantile(probability: f64) -> f64 {
    let below = |z: f64| {
        let outside = two_sided(z) / 2.0;
        if z < 0.0 { outside } else { 1.0 - outside }
    };
    let (mut low, mut high) = (-40.0, 40.0);
    // 200 halvings leave no digit to find.
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if below(middle) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Abramowitz and Stegun, 7.1.6: a series of positive terms.
fn error_function(x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (x, x, 0.0);
    while term > sum * 1e-17 {
        n += 1.0;
        term *= 2.0 * x * x / (2.0 * n + 1.0);
        sum += term;
    }
    std::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp() * sum
}

/// Abramowitz and Stegun, 7.1.14: a continued fraction, from its sixtieth part inwards.
fn tail(x: f64) -> f64 {
    let mut part = x;
    for n in (1..=60).rev() {
        part = x + f64::from(n) / 2.0 / part;
    }
    (-x * x).exp() / part * std::f64::consts::FRAC_2_SQRT_PI / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::Z;

    #[test]
    fn as_tabulated() {
        // scipy.stats.norm.sf(z) * 2
        for (z, p) in [
            (0.0, 1.0),
            (0.5, 0.617_075_077_451_973_8),
            (1.0, 0.317_310_507_862_914_15),
            (1.959_963_984_540_054, 0.05),
            (2.828, 0.004_683_980_653_644_94),
            (2.829, 0.004_669_369_895_844_637),
            (3.0, 0.002_699_796_063_260_186_6),
            (6.0, 1.973_175_290_075_389e-9),
            (10.0, 1.523_970_604_832_094e-23),
        ] {
            assert!(
                (two_sided(z) / p - 1.0).abs() < 1e-12,
                "{z}: {}",
                two_sided(z)
            );
            assert_eq!(two_sided(-z), two_sided(z));
        }
        assert_eq!(two_sided(f64::INFINITY), 0.0);
    }

    #[test]
    fn quantiles_are_the_inverse() {
        assert!((quantile(0.975) - Z).abs() < 1e-12);
        assert!((quantile(0.8) - 0.841_621_233_572_914_2).abs() < 1e-12);
        assert!((quantile(0.2) + 0.841_621_233_572_914_2).abs() < 1e-12);
        assert!(quantile(0.5).abs() < 1e-12);
    }
}
