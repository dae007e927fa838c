//! Thompson sampling: a draw from each variant's posterior, and the greatest wins.

use crate::math::{exp2, log2};
use crate::ports::Entropy;
use core::f64::consts::LN_2;

/// Chance that is the same for the same key: SplitMix64, counting up.
#[derive(Debug, Clone)]
pub struct Stream(u64);

impl Stream {
    /// The stream of a seed for a purpose: numbers that tell it from others.
    pub fn new(seed: &[u8; 16], purpose: [u32; 2]) -> Self {
        let seed = u128::from_le_bytes(*seed);
        let [x, y] = purpose;
        let key = mix(seed as u64) ^ (seed >> 64) as u64;
        Self(mix(key ^ (u64::from(x) << 32 | u64::from(y))))
    }
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
fn mix(n: u64) -> u64 {
    let n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}

impl Entropy for Stream {
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        for chunk in bytes.chunks_mut(8) {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            for (to, from) in chunk.iter_mut().zip(mix(self.0).to_le_bytes()) {
                *to = from;
            }
        }
        true
    }
}

/// The variant whose draw is greatest; the posteriors are Beta(a, b) by variant. `None` without
/// chance or without variants.
pub(super) fn sample(posteriors: &[(f64, f64)], chance: &mut dyn Entropy) -> Option<u16> {
    let mut best = None;
    let mut most = -1.0;
    for (arm, (a, b)) in (0u16..).zip(posteriors) {
        let draw = beta(*a, *b, chance)?;
        if draw > most {
            most = draw;
            best = Some(arm);
        }
    }
    best
}

/// A number from 0 to 1, distributed as Beta(a, b). `None` without chance.
pub fn beta(a: f64, b: f64, chance: &mut dyn Entropy) -> Option<f64> {
    let (x, y) = (gamma(a, chance)?, gamma(b, chance)?);
    Some(x / (x + y))
}

/// Above 0, up to 1.
fn uniform(chance: &mut dyn Entropy) -> Option<f64> {
    let mut bytes = [0; 8];
    let drawn = chance.fill(&mut bytes);
    let n = (u64::from_le_bytes(bytes) >> 11) + 1;
    drawn.then_some(n as f64 / (1u64 << 53) as f64)
}

fn ln(x: f64) -> f64 {
    log2(x) * LN_2
}

fn power(x: f64, y: f64) -> f64 {
    exp2(log2(x) * y)
}

/// Distributed as Gamma(a, 1): Marsaglia and Tsang 2000; below 1 by way of Gamma(a + 1).
fn gamma(a: f64, chance: &mut dyn Entropy) -> Option<f64> {
    let mut factor = 1.0;
    let mut d = a - 1.0 / 3.0;
    if a < 1.0 {
        factor = power(uniform(chance)?, 1.0 / a);
        d += 1.0;
    }
    let c = 1.0 / power(9.0 * d, 0.5);
    loop {
        let x = normal(chance)?;
        let v = 1.0 + c * x;
        let v = v * v * v;
        if v > 0.0 && ln(uniform(chance)?) < 0.5 * x * x + d * (1.0 - v + ln(v)) {
            return Some(factor * d * v);
        }
    }
}

/// Normally distributed: Marsaglia's polar method.
fn normal(chance: &mut dyn Entropy) -> Option<f64> {
    loop {
        let (x, y) = (uniform(chance)? * 2.0 - 1.0, uniform(chance)? * 2.0 - 1.0);
        let s = x * x + y * y;
        if s > 0.0 && s < 1.0 {
            return Some(x * power(-2.0 * ln(s) / s, 0.5));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn draws(a: f64, b: f64, n: usize) -> Vec<f64> {
        let mut chance = Stream::new(&[7; 16], [a.to_bits() as u32, b.to_bits() as u32]);
        let drawn = (0..n).map(|_| beta(a, b, &mut chance).unwrap());
        drawn.collect()
    }

    #[test]
    fn mean_and_variance_are_those_of_the_distribution() {
        for (a, b) in [
            (1.0, 1.0),
            (0.5, 0.5),
            (0.05, 3.0),
            (2.0, 5.0),
            (12.0, 88.0),
            (1e4, 3e4),
            (1e9, 1.0),
        ] {
            let n = 100_000;
            let all = draws(a, b, n);
            assert!(all.iter().all(|x| (0.0..=1.0).contains(x)), "{a} {b}");
            let mean = all.iter().sum::<f64>() / n as f64;
            let sum = a + b;
            let variance = a * b / (sum * sum * (sum + 1.0));
            // Four standard errors.
            let error = 4.0 * (variance / n as f64).sqrt();
            assert!((mean - a / sum).abs() <= error, "{a} {b}: {mean}");
            let seen = all.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64;
            if variance > 1e-12 {
                assert!((seen / variance - 1.0).abs() < 0.05, "{a} {b}: {seen}");
            }
        }
    }

    #[test]
    fn quantiles_are_those_of_the_distribution() {
        // Where the distribution function is known: Beta(a, 1) has x^a, Beta(1, b) 1 - (1-x)^b,
        // Beta(1/2, 1/2) 2/pi asin(sqrt(x)).
        let n = 200_000;
        type Known = (f64, f64, fn(f64) -> f64);
        let known: [Known; 4] = [
            (1.0, 1.0, |x| x),
            (3.0, 1.0, |x| x * x * x),
            (1.0, 4.0, |x| 1.0 - (1.0 - x).powi(4)),
            (0.5, 0.5, |x| x.sqrt().asin() * 2.0 / std::f64::consts::PI),
        ];
        for (a, b, below) in known {
            let all = draws(a, b, n);
            for i in 1..20 {
                let x = f64::from(i) / 20.0;
                let p = below(x);
                let seen = all.iter().filter(|d| **d < x).count() as f64 / n as f64;
                let error = 4.0 * (p * (1.0 - p) / n as f64).sqrt();
                assert!(
                    (seen - p).abs() <= error,
                    "Beta({a}, {b}) at {x}: {seen}, not {p}"
                );
            }
        }
    }

    #[test]
    fn the_better_variant_is_chosen_as_often_as_it_is_better() {
        // Beta(2, 1) against Beta(1, 1): P(X > Y) = E[X] = 2/3.
        let n = 90_000;
        let mut chance = Stream::new(&[1; 16], [0, 0]);
        let first = (0..n)
            .filter(|_| sample(&[(2.0, 1.0), (1.0, 1.0)], &mut chance) == Some(0))
            .count();
        let (seen, p) = (first as f64 / f64::from(n), 2.0 / 3.0);
        let error = 4.0 * (p * (1.0 - p) / f64::from(n)).sqrt();
        assert!((seen - p).abs() <= error, "{seen}");
    }

    #[test]
    fn no_chance_no_choice() {
        struct None;
        impl Entropy for None {
            fn fill(&mut self, _: &mut [u8]) -> bool {
                false
            }
        }
        assert_eq!(sample(&[(1.0, 1.0)], &mut None), Option::None);
        assert_eq!(
            sample(&[], &mut Stream::new(&[0; 16], [0, 0])),
            Option::None
        );
    }
}
