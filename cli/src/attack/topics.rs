//! The Topics mechanism: of the five topics a browser met most in a week it shows each site
//! one, and one in twenty times any topic at all. (Chrome's Topics API as published: taxonomy
//! of 349 topics, top 5 of an epoch, 5 % uniform noise.)

use super::chance::{Chance, Use};
use super::model::PERSONAS;
use super::observed::Observed;
use super::parts::in_parts;

/// Topics of a week from which one is shown.
pub const TOP: usize = 5;
/// Probability that any topic at all is shown.
pub const NOISE: f64 = 0.05;

/// Made-up browsing histories and what the mechanism makes of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Topics {
    /// Size of the taxonomy.
    pub topics: usize,
    /// How many of the topics are anybody's interest; the others are shown by chance alone.
    pub used: usize,
    /// Exponent of the topics' popularity: the i-th is in proportion to i^-exponent (Zipf).
    pub popularity: f64,
    /// Probability that an interest is one of those typical of the visitor's persona: every
    /// persona has its own sixth of the topics in use.
    pub typical: f64,
    /// Interests of a visitor, drawn by popularity.
    pub interests: usize,
    /// Exponent of a visitor's own interests: the i-th drawn takes time in proportion to
    /// i^-exponent.
    pub devotion: f64,
    /// Probability of a random topic.
    pub noise: f64,
}

impl Topics {
    /// The population that stands for the web's visitors. 120 of the 349 topics in use, Zipf
    /// exponent 1, twenty interests; how much personas matter is set so that two sites share
    /// the 1.01 bits a week, without noise, that Google measured on Chrome's histories.
    /// docs/attack.md says what follows from it and is not fitted.
    pub const fn web() -> Self {
        Self {
            topics: 349,
            used: 120,
            popularity: 1.0,
            typical: 0.8,
            interests: 20,
            devotion: 1.0,
            noise: NOISE,
        }
    }

    /// A plain Zipf population over the larger taxonomy, without personas.
    pub const fn plain() -> Self {
        Self {
            topics: 469,
            used: 469,
            typical: 0.0,
            ..Self::web()
        }
    }

    /// Some visitors for some weeks.
    pub fn observe(&self, visitors: usize, weeks: usize, seed: u64, round: u64) -> Observed {
        let popular = self.popular();
        let parts = in_parts(visitors, |some| {
            let mut seen = Observed::new(weeks, vec![self.topics]);
            for visitor in some {
                let mut chance = Chance::new(seed, Use::Lives, round, visitor as u64);
                let interests = self.interests(&popular, &mut chance);
                for _ in 0..weeks {
                    let top = self.top(&interests, &mut chance);
                    for site in &mut seen.sites {
                        site.push(self.shown(&top, &mut chance));
                    }
                }
            }
            seen
        });
        let mut all = Observed::new(weeks, vec![self.topics]);
        parts.into_iter().for_each(|part| all.append(part));
        all
    }

    /// Mutual information in bits of what two sites are shown in one week, computed from the
    /// weeks' top topics and the mechanism's own probabilities, not from draws.
    pub fn bits(&self, visitors: usize, seed: u64) -> f64 {
        let popular = self.popular();
        let mut pairs = vec![0.0; self.topics * self.topics];
        let mut alone = vec![0.0; self.topics];
        for visitor in 0..visitors {
            let mut chance = Chance::new(seed, Use::Lives, u64::MAX, visitor as u64);
            let interests = self.interests(&popular, &mut chance);
            let top = self.top(&interests, &mut chance);
            for a in &top {
                if let Some(n) = alone.get_mut(usize::from(*a)) {
                    *n += 1.0 / (visitors * top.len()) as f64;
                }
                for b in &top {
                    if let Some(n) = pairs.get_mut(usize::from(*a) * self.topics + usize::from(*b))
                    {
                        *n += 1.0 / (visitors * top.len() * top.len()) as f64;
                    }
                }
            }
        }
        let (keep, any) = (1.0 - self.noise, self.noise / self.topics as f64);
        let single: Vec<f64> = alone.iter().map(|p| keep * p + any).collect();
        let mut bits = 0.0;
        for (row, (p, a)) in pairs
            .chunks_exact(self.topics)
            .zip(alone.iter().zip(&single))
        {
            for (both, (q, b)) in row.iter().zip(alone.iter().zip(&single)) {
                let both = keep * keep * both + keep * any * (p + q) + any * any;
                if both > 0.0 {
                    bits += both * (both / (a * b)).log2();
                }
            }
        }
        bits
    }

    /// The running sum of the topics' popularity, up to 1.
    fn popular(&self) -> Vec<f64> {
        let raw = (1..=self.used).map(|i| (i as f64).powf(-self.popularity));
        let all: f64 = raw.clone().sum();
        let mut sum = 0.0;
        let running = raw.map(|p| {
            sum += p / all;
            sum
        });
        running.collect()
    }

    /// Different topics, by popularity and persona, each with its weight.
    fn interests(&self, popular: &[f64], chance: &mut Chance) -> Vec<(u16, f64)> {
        let persona = chance.below(PERSONAS);
        let mut found: Vec<(u16, f64)> = Vec::with_capacity(self.interests);
        // Those typical of a persona may be fewer than are wanted.
        let most = self.interests.min(self.used / PERSONAS).max(1);
        while found.len() < most {
            let u = chance.unit();
            let mut topic = popular.partition_point(|sum| *sum <= u).min(self.used - 1);
            if chance.unit() < self.typical {
                topic = (topic / PERSONAS * PERSONAS + persona).min(self.used - 1);
            }
            if found.iter().all(|(known, _)| usize::from(*known) != topic) {
                let weight = ((found.len() + 1) as f64).powf(-self.devotion);
                found.push((topic as u16, weight));
            }
        }
        found
    }

    /// The top topics of a week: drawn without replacement by weight, as whoever comes first
    /// of independent exponential clocks (Efraimidis, Spirakis: Weighted random sampling with
    /// a reservoir, 2006).
    fn top(&self, interests: &[(u16, f64)], chance: &mut Chance) -> Vec<u16> {
        let clocks = interests
            .iter()
            .map(|(t, weight)| (chance.exponential() / weight, *t));
        let mut clocks: Vec<(f64, u16)> = clocks.collect();
        let last = TOP.min(clocks.len()).saturating_sub(1);
        if !clocks.is_empty() {
            clocks.select_nth_unstable_by(last, |a, b| a.0.total_cmp(&b.0));
        }
        clocks.iter().take(TOP).map(|(_, topic)| *topic).collect()
    }

    fn shown(&self, top: &[u16], chance: &mut Chance) -> u16 {
        if chance.unit() < self.noise {
            return chance.below(self.topics) as u16;
        }
        top.get(chance.below(top.len())).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::observed::{FIRST, SECOND};
    use super::*;

    #[test]
    fn as_many_bits_as_google_measured() {
        let quiet = Topics {
            noise: 0.0,
            ..Topics::web()
        };
        let bits = quiet.bits(40_000, 1);
        assert!((bits - 1.01).abs() < 0.04, "{bits}");
        assert!(Topics::web().bits(40_000, 1) < bits);
    }

    #[test]
    fn ideal_topics_share_what_the_mechanism_says() {
        // Sets of five without any structure: sites agree with probability 1/5.
        let ideal = Topics {
            topics: 50,
            used: 50,
            popularity: 0.0,
            interests: 8,
            devotion: 0.0,
            typical: 0.0,
            noise: 0.0,
        };
        let n = 50.0;
        let expected = 0.2 * (0.2f64 * n).log2() + 0.8 * (0.8 * n / (n - 1.0)).log2();
        let bits = ideal.bits(60_000, 1);
        assert!((bits - expected).abs() < 0.01, "{bits}, not {expected}");
        let seen = ideal.observe(40_000, 1, 3, 0);
        let same = seen
            .site(FIRST)
            .iter()
            .zip(seen.site(SECOND))
            .filter(|(a, b)| a == b)
            .count();
        assert!((same as f64 / 40_000.0 - 0.2).abs() < 0.008);
    }

    #[test]
    fn noise_shows_topics_that_nobody_has() {
        let seen = Topics::web().observe(20_000, 1, 4, 0);
        let unused = seen.site(FIRST).iter().filter(|t| **t >= 120).count();
        let expected = 20_000.0 * NOISE * 229.0 / 349.0;
        assert!(
            (unused as f64 - expected).abs() < 4.0 * expected.sqrt(),
            "{unused}, not {expected}"
        );
    }
}
