//! Exact tail probabilities, for alarms: where counts are small, a normal approximation would
//! cry wolf.

/// Sums of a tail stop when a term adds less than this part.
const NEGLIGIBLE: f64 = 1e-17;

/// Probability of at most `count` among `trials` that each succeed with `probability` (above 0,
/// below 1): the lower tail of the binomial distribution. Takes steps in the number of standard
/// deviations of the count, or, above the expectation, in the count.
pub fn at_most(count: u64, trials: u64, probability: f64) -> f64 {
    if count >= trials {
        return 1.0;
    }
    let (k, n) = (count as f64, trials as f64);
    let log = ln_choose(n, k) + k * probability.ln() + (n - k) * (-probability).ln_1p();
    let odds = (1.0 - probability) / probability;
    tail(log, count, |k| k / (n - k + 1.0) * odds)
}

/// How surprising the difference of two counts is if both come from the same share: the
/// two-sided probability of Fisher's exact test, twice the tail of the hypergeometric
/// distribution on the side of the difference. At most a part `p` of honest pairs has a value of
/// `p` or less.
pub fn two_samples(a: (u64, u64), b: (u64, u64)) -> f64 {
    let product = |x: u64, y: u64| u128::from(x) * u128::from(y);
    // The upper tail of one sample is the lower tail of the other.
    let tail = if product(a.0, b.1) <= product(b.0, a.1) {
        hypergeometric(a, b)
    } else {
        hypergeometric(b, a)
    };
    (2.0 * tail).min(1.0)
}

/// Probability that the first sample has no more than its count, given both counts' sum.
fn hypergeometric((count, trials): (u64, u64), (other, others): (u64, u64)) -> f64 {
    let (n, m) = (trials as f64, others as f64);
    let (x, sum) = (count as f64, (count + other) as f64);
    let log = ln_choose(n, x) + ln_choose(m, sum - x) - ln_choose(n + m, sum);
    tail(log, count, |x| {
        x * (m - sum + x) / ((n - x + 1.0) * (sum - x + 1.0))
    })
}

/// Sums probabilities from `from` downwards: the logarithm of the first, and the ratio of the
/// one below a number to the one of that number.
fn tail(log: f64, from: u64, ratio: impl Fn(f64) -> f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    let mut k = from as f64;
    while k > 0.0 {
        let step = ratio(k);
        term *= step;
        sum += term;
        k -= 1.0;
        if step <= 0.0 || (step < 1.0 && term < sum * NEGLIGIBLE) {
            break;
        }
    }
    (log + sum.ln()).exp().min(1.0)
}

fn ln_choose(n: f64, k: f64) -> f64 {
    ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0)
}

/// Logarithm of the gamma function for 1 or more: Stirling's series, after a shift to where
/// four of its terms give all digits (Abramowitz and Stegun, 6.1.40).
pub(super) fn ln_gamma(mut x: f64) -> f64 {
    let mut shift = 0.0;
    while x < 16.0 {
        shift += x.ln();
        x += 1.0;
    }
    let inverse = 1.0 / (x * x);
    let series =
        (1.0 / 12.0 - inverse * (1.0 / 360.0 - inverse * (1.0 / 1260.0 - inverse / 1680.0))) / x;
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series - shift
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(ours: f64, exact: f64) {
        assert!((ours / exact - 1.0).abs() < 1e-9, "{ours} {exact}");
    }

    #[test]
    fn factorials() {
        let mut factorial = 1.0_f64;
        for n in 2..20 {
            factorial *= f64::from(n);
            assert!((ln_gamma(f64::from(n) + 1.0) - factorial.ln()).abs() < 1e-13);
        }
    }

    #[test]
    fn binomial_tails() {
        close(at_most(0, 10, 0.25), 0.75_f64.powi(10));
        // 1 + 10 + 45 of 1024.
        close(at_most(2, 10, 0.5), 56.0 / 1024.0);
        close(at_most(9, 10, 0.5), 1023.0 / 1024.0);
        assert_eq!(at_most(10, 10, 0.5), 1.0);
        // Symmetric: at most half of an odd number.
        close(at_most(500_000, 1_000_001, 0.5), 0.5);
    }

    #[test]
    fn fisher() {
        // The lady tasting tea: all four of four, against none: 1 of 70 on either side.
        close(two_samples((4, 4), (0, 4)), 2.0 / 70.0);
        close(two_samples((0, 4), (4, 4)), 2.0 / 70.0);
        // Three of four: 17 of 70.
        close(two_samples((3, 4), (1, 4)), 34.0 / 70.0);
        assert_eq!(two_samples((10, 100), (10, 100)), 1.0);
        assert_eq!(two_samples((0, 0), (7, 9)), 1.0);
    }

    #[test]
    fn great_numbers() {
        assert_eq!(at_most(300_000, 1_000_000, 0.016), 1.0);
        assert_eq!(at_most(10, 1_000_000, 0.016), 0.0);
        let million = |count| (count, 1_000_000);
        assert_eq!(two_samples(million(300_000), million(10)), 0.0);
        assert_eq!(two_samples(million(10), million(300_000)), 0.0);
        // Ten standard deviations: 1.5e-23 by the normal distribution.
        let far = two_samples(million(500_000), million(507_071));
        assert!((1e-24..1e-22).contains(&far), "{far}");
    }
}
