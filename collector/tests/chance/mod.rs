//! What the tests of the estimates share: chance from a seed, and reporters made of it.

#![allow(dead_code, reason = "every test binary uses its own part")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests, which may fail"
)]

pub mod site;
pub mod trial;

/// Numbers from a seed: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", 2014).
#[derive(Clone)]
pub struct Seeded(pub u64);

impl Seeded {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`; the bias is under `bound / 2^64`.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// The index of a weight, drawn by the weights.
    pub fn index(&mut self, weights: &[f64]) -> usize {
        let total: f64 = weights.iter().sum();
        let mut draw = (self.next() >> 11) as f64 / (1_u64 << 53) as f64 * total;
        for (index, weight) in weights.iter().enumerate() {
            if draw < *weight {
                return index;
            }
            draw -= weight;
        }
        weights.len() - 1
    }

    /// One randomised answer among `d`, as `docs/gate.md` has it.
    pub fn answer(&mut self, truth: usize, odds: u64, d: usize) -> usize {
        let draw = self.below(odds + (d as u64 - 1) * 65_536);
        match draw.checked_sub(odds) {
            None => truth,
            Some(other) => {
                let other = (other / 65_536) as usize;
                other + usize::from(other >= truth)
            }
        }
    }

    /// What is counted when so many visitors of each segment answer.
    pub fn counts(&mut self, visitors: &[u64], odds: u64) -> Vec<u64> {
        let mut counts = vec![0; visitors.len()];
        for (truth, number) in visitors.iter().enumerate() {
            for _ in 0..*number {
                counts[self.answer(truth, odds, visitors.len())] += 1;
            }
        }
        counts
    }
}

/// The weight of the true answer for an epsilon.
pub fn odds(epsilon: f64) -> u64 {
    (65_536.0 * epsilon.exp()).floor() as u64
}

/// The shares of the published reference runs: 0.75^i, none under 1 %, made to sum to one; as
/// whole visitors.
pub fn visitors(d: usize, n: u64) -> Vec<u64> {
    let mut shares: Vec<f64> = (0..d).map(|i| 0.75_f64.powi(i as i32)).collect();
    let sum: f64 = shares.iter().sum();
    for share in &mut shares {
        *share = (*share / sum).max(0.01);
    }
    let sum: f64 = shares.iter().sum();
    let mut visitors: Vec<u64> = shares
        .iter()
        .map(|share| (share / sum * n as f64).round() as u64)
        .collect();
    let others: u64 = visitors.iter().skip(1).sum();
    visitors[0] = n - others;
    visitors
}
