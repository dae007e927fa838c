//! Estimates made presentable.

/// The nearest shares that are not negative and sum to one: the Euclidean projection onto the
/// simplex ("Norm-Sub" in Wang et al., "Locally differentially private frequency estimation with
/// consistency", NDSS 2020). For display only: it is biased, upwards where the truth is near 0.
/// Empty for no shares.
pub fn consistent(shares: &[f64]) -> Vec<f64> {
    // What is taken off every share, so that what stays above 0 sums to one: with the largest
    // shares only, as many as stay above it themselves.
    let mut sorted = shares.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let (mut sum, mut number, mut off) = (0.0, 0.0, 0.0);
    for share in sorted {
        let next = (sum + share - 1.0) / (number + 1.0);
        if share <= next {
            break;
        }
        (sum, number, off) = (sum + share, number + 1.0, next);
    }
    shares.iter().map(|share| (share - off).max(0.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_consistent_stays() {
        assert_eq!(consistent(&[0.25, 0.25, 0.5]), [0.25, 0.25, 0.5]);
        assert_eq!(consistent(&[1.0]), [1.0]);
        assert_eq!(consistent(&[]), Vec::<f64>::new());
    }

    #[test]
    fn the_excess_is_taken_from_all_that_stay() {
        // 1.1 over two cells, after a negative one is set to 0.
        let shown = consistent(&[0.7, 0.4, -0.1]);
        for (shown, expected) in shown.iter().zip([0.65, 0.35, 0.0]) {
            assert!((shown - expected).abs() < 1e-15);
        }
        // What falls below 0 on the way is set to 0 as well.
        assert_eq!(consistent(&[1.2, 0.05, -0.25]), [1.0, 0.0, 0.0]);
    }

    #[test]
    fn no_other_point_of_the_simplex_is_nearer() {
        // Karush-Kuhn-Tucker: every positive share was lowered by the same, and what is 0 was
        // not above it.
        let raw = [0.31, -0.02, 0.45, 0.004, 0.33, -0.07, 0.001, -0.005];
        let shown = consistent(&raw);
        assert!((shown.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        let off = raw[0] - shown[0];
        for (raw, shown) in raw.iter().zip(&shown) {
            if *shown > 0.0 {
                assert!((raw - shown - off).abs() < 1e-15);
            } else {
                assert!(*raw <= off);
            }
        }
    }
}
