//! From weights to parts of the interval, exactly as GrowthBook computes them.

/// The weights of so many variants that are treated alike.
pub fn equal_weights(n: usize) -> Vec<f64> {
    vec![1.0 / n as f64; n]
}

/// The part of the interval from 0 to 1 that belongs to each of `n` variants. A coverage outside
/// of the interval is taken to its edge; weights that do not fit are replaced by equal ones. (The
/// parser of books refuses both.)
pub fn bucket_ranges(n: usize, coverage: f64, weights: Option<&[f64]>) -> Vec<(f64, f64)> {
    let coverage = coverage.clamp(0.0, 1.0);
    let equal = equal_weights(n);
    let fits = |weights: &&[f64]| {
        let sum: f64 = weights.iter().sum();
        weights.len() == n && (0.99..=1.01).contains(&sum)
    };
    let weights = weights.filter(fits).unwrap_or(&equal);
    let mut from = 0.0;
    weights
        .iter()
        .map(|weight| {
            let start = from;
            from += weight;
            (start, start + coverage * weight)
        })
        .collect()
}
