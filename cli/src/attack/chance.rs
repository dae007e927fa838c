//! Seeded chance: the same seed gives the same attack, on any number of threads.

use fewbits::ports::Entropy;

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
#[derive(Debug, Clone)]
pub struct Chance(u64);

/// What a stream of chance is for. Streams of different purposes are independent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// What visitors are and do.
    Lives = 1,
    /// The gates of the first site.
    FirstSite,
    /// The gates of the second site.
    SecondSite,
    /// What a recorded visitor shows at the second site.
    Echo,
    /// Which recorded visitors are known, and which are attacked.
    Split,
}

impl Chance {
    /// The stream of a purpose, a round of the attack and a visitor.
    pub fn new(seed: u64, of: Use, round: u64, visitor: u64) -> Self {
        let mut state = Self(seed);
        for word in [of as u64, round, visitor] {
            state = Self(state.next() ^ word.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        }
        Self(state.next())
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform from 0 up to, but not, 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform below a bound that is small beside 2^64.
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// Exponential with mean 1.
    pub fn exponential(&mut self) -> f64 {
        -(1.0 - self.unit()).ln()
    }
}

impl Entropy for Chance {
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        for chunk in bytes.chunks_mut(8) {
            for (to, from) in chunk.iter_mut().zip(self.next().to_le_bytes()) {
                *to = from;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_and_repeat() {
        let draw = |of, round, visitor| Chance::new(1, of, round, visitor).next();
        assert_eq!(draw(Use::Lives, 0, 7), draw(Use::Lives, 0, 7));
        let all = [
            draw(Use::Lives, 0, 7),
            draw(Use::Lives, 7, 0),
            draw(Use::FirstSite, 0, 7),
            draw(Use::SecondSite, 0, 7),
        ];
        for (i, a) in all.iter().enumerate() {
            assert!(all.iter().skip(i + 1).all(|b| a != b));
        }
    }

    #[test]
    fn uniform_within_four_standard_errors() {
        let mut chance = Chance::new(3, Use::Lives, 0, 0);
        let n = 100_000;
        let mut cells = [0u32; 10];
        for _ in 0..n {
            cells[chance.below(10)] += 1;
            let u = chance.unit();
            assert!((0.0..1.0).contains(&u));
        }
        let spread = (f64::from(n) * 0.1 * 0.9).sqrt() * 4.0;
        for cell in cells {
            assert!(
                (f64::from(cell) - f64::from(n) / 10.0).abs() < spread,
                "{cells:?}"
            );
        }
    }
}
