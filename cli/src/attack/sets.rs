//! Anonymity sets: who shares everything that a site has seen with how many others.

use std::collections::BTreeMap;

use serde::Serialize;

/// How large the sets are, by visitor.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Anonymity {
    /// Number of visitors.
    pub visitors: usize,
    /// Weeks that were seen.
    pub weeks: usize,
    /// Share of visitors who are alone with what was seen of them, 0 to 1.
    pub unique: f64,
    /// Size of the set of the visitor at the 5th percentile.
    pub p5: u64,
    /// Size of the set of the visitor in the middle.
    pub median: u64,
    /// Shares of visitors in sets of 1, of 2 to 9, of 10 to 99, of 100 to 999, and larger.
    pub shares: [f64; 5],
}

/// Groups visitors by all of their symbols.
pub fn anonymity(symbols: &[u16], row: usize, weeks: usize) -> Anonymity {
    let mut sets: BTreeMap<&[u16], u64> = BTreeMap::new();
    for history in symbols.chunks_exact(row.max(1)) {
        *sets.entry(history).or_default() += 1;
    }
    let mut sizes: Vec<u64> = sets.into_values().collect();
    sizes.sort_unstable();
    let visitors: u64 = sizes.iter().sum();
    // Each set counts as often as it has visitors.
    let at = |share: f64| {
        let mut left = (share * visitors as f64) as u64;
        let found = sizes.iter().find(|size| {
            let here = left < **size;
            left = left.saturating_sub(**size);
            here
        });
        found.or(sizes.last()).copied().unwrap_or(0)
    };
    let mut shares = [0.0; 5];
    for size in &sizes {
        let class = match size {
            1 => 0,
            size => (size.ilog10() as usize + 1).min(4),
        };
        if let Some(share) = shares.get_mut(class) {
            *share += *size as f64 / visitors as f64;
        }
    }
    let alone = sizes.iter().filter(|size| **size == 1).count();
    Anonymity {
        visitors: visitors as usize,
        weeks,
        unique: alone as f64 / visitors.max(1) as f64,
        p5: at(0.05),
        median: at(0.5),
        shares,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_go_by_visitor() {
        // One alone, two together, seven together; two symbols each.
        let mut symbols = vec![1, 0, 2, 0, 2, 0];
        symbols.extend([3, 1].repeat(7));
        let found = anonymity(&symbols, 2, 1);
        assert_eq!((found.visitors, found.p5, found.median), (10, 1, 7));
        assert!((found.unique - 0.1).abs() < 1e-12);
        assert!((found.shares[1] - 0.9).abs() < 1e-12 && found.shares[0] == found.unique);
        assert_eq!(anonymity(&[], 2, 1).visitors, 0);
    }
}
