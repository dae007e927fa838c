//! A made-up population: who is in which segment, at two sites, week by week.

use super::chance::{Chance, Use};
use super::observed::Observed;
use super::parts::in_parts;

/// Hidden kinds of people, by which dimensions hang together.
pub const PERSONAS: usize = 6;
/// Chance that a visitor's place in a dimension is the one typical of the persona.
pub const TYPICAL: f64 = 0.3;
/// Chance of a week to find a visitor where they are at home.
pub const KEPT: f64 = 0.85;
/// Greatest and least share of a dimension whose crowds nobody has counted, before they are
/// scaled to sum to 1; the others lie evenly between them.
const SHARES: (f64, f64) = (0.25, 0.01);

/// A dimension of the population.
#[derive(Debug, Clone, PartialEq)]
pub struct Dimension {
    /// Share of each segment; they sum to 1.
    pub shares: Vec<f64>,
    /// How many segments hold at once.
    pub pick: usize,
}

/// A population.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub dimensions: Vec<Dimension>,
    /// Probability that a signal is the same at both sites in the same week.
    pub rho: f64,
    /// See [`TYPICAL`].
    pub typical: f64,
}

/// Shares that fall evenly from the first segment to the last.
pub fn falling(segments: usize) -> Vec<f64> {
    let (most, least) = SHARES;
    let steps = segments.saturating_sub(1).max(1) as f64;
    let raw: Vec<f64> = (0..segments)
        .map(|i| most - (most - least) * i as f64 / steps)
        .collect();
    let total: f64 = raw.iter().sum();
    raw.iter().map(|share| share / total).collect()
}

impl Model {
    /// Number of symbols of each channel: one channel for a dimension of which one segment
    /// holds, and one for each segment where several may.
    pub fn sizes(&self) -> Vec<usize> {
        let channels = self.dimensions.iter().flat_map(|d| match d.pick {
            1 => vec![d.shares.len()],
            _ => vec![2; d.shares.len()],
        });
        channels.collect()
    }

    /// Lets `visitors` people live for some weeks.
    pub fn observe(&self, visitors: usize, weeks: usize, seed: u64, round: u64) -> Observed {
        let parts = in_parts(visitors, |some| {
            let mut seen = Observed::new(weeks, self.sizes());
            for visitor in some {
                let chance = Chance::new(seed, Use::Lives, round, visitor as u64);
                self.live(chance, weeks, &mut seen);
            }
            seen
        });
        let mut all = Observed::new(weeks, self.sizes());
        parts.into_iter().for_each(|part| all.append(part));
        all
    }

    /// One life.
    fn live(&self, mut chance: Chance, weeks: usize, out: &mut Observed) {
        let persona = chance.below(PERSONAS);
        let homes: Vec<Vec<usize>> = (0..)
            .zip(&self.dimensions)
            .map(|(d, dimension)| {
                let home = |_| self.home(persona, d, dimension, &mut chance);
                (0..dimension.pick).map(home).collect()
            })
            .collect();
        for _ in 0..weeks {
            for (dimension, homes) in self.dimensions.iter().zip(&homes) {
                let mut seen: [Vec<usize>; 2] = [Vec::new(), Vec::new()];
                for home in homes {
                    let first = dimension.now(*home, &mut chance);
                    let same = chance.unit() < self.rho;
                    let second = if same {
                        first
                    } else {
                        dimension.now(*home, &mut chance)
                    };
                    for (seen, now) in seen.iter_mut().zip([first, second]) {
                        seen.push(now);
                    }
                }
                for (site, seen) in out.sites.iter_mut().zip(&seen) {
                    match seen.as_slice() {
                        [one] => site.push(*one as u16),
                        some => site.extend(
                            (0..dimension.shares.len()).map(|s| u16::from(some.contains(&s))),
                        ),
                    }
                }
            }
        }
    }

    /// Where somebody is at home. Each persona owns an equal part of the range of a dimension's
    /// quantiles, in an order that differs by dimension, so that dimensions hang together and
    /// yet every segment keeps its share.
    fn home(&self, persona: usize, d: u64, dimension: &Dimension, chance: &mut Chance) -> usize {
        let mut u = chance.unit();
        if chance.unit() < self.typical {
            u = (turn(d, persona) as f64 + u) / PERSONAS as f64;
        }
        dimension.quantile(u)
    }
}

/// The place of a persona in the order of a dimension.
fn turn(d: u64, persona: usize) -> usize {
    let mut order: Vec<usize> = (0..PERSONAS).collect();
    let mut chance = Chance::new(0, Use::Lives, u64::MAX, d);
    for i in (1..PERSONAS).rev() {
        order.swap(i, chance.below(i + 1));
    }
    order.get(persona).copied().unwrap_or(0)
}

impl Dimension {
    fn quantile(&self, u: f64) -> usize {
        let mut left = u;
        let found = self.shares.iter().position(|share| {
            let here = left < *share;
            left -= share;
            here
        });
        found.unwrap_or(self.shares.len().saturating_sub(1))
    }

    /// Where somebody is this week: at home, or anywhere.
    fn now(&self, home: usize, chance: &mut Chance) -> usize {
        if chance.unit() < KEPT {
            home
        } else {
            self.quantile(chance.unit())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::observed::{FIRST, SECOND};
    use super::*;

    fn model(rho: f64) -> Model {
        let one = |segments, pick| Dimension {
            shares: falling(segments),
            pick,
        };
        Model {
            dimensions: vec![one(8, 1), one(3, 1), one(4, 2)],
            rho,
            typical: TYPICAL,
        }
    }

    #[test]
    fn shares_are_kept_whatever_the_personas() {
        let n = 40_000;
        let seen = model(1.0).observe(n, 1, 5, 0);
        assert_eq!((seen.visitors(), seen.sizes.len()), (n, 6));
        assert_eq!(seen.site(FIRST), seen.site(SECOND));
        for (segment, share) in falling(8).into_iter().enumerate() {
            let hits = (0..n).filter(|v| usize::from(seen.symbol(FIRST, *v, 0, 0)) == segment);
            let got = hits.count() as f64 / n as f64;
            let error = 4.0 * (share * (1.0 - share) / n as f64).sqrt();
            assert!((got - share).abs() < error, "{segment}: {got}, not {share}");
        }
    }

    #[test]
    fn weeks_stay_and_sites_agree_as_told() {
        let n = 20_000;
        let seen = model(0.5).observe(n, 2, 6, 0);
        let agree = |week: usize, site: usize| {
            let same = |v: &usize| seen.symbol(FIRST, *v, 0, 0) == seen.symbol(site, *v, week, 0);
            (0..n).filter(same).count() as f64 / n as f64
        };
        // Two independent looks at one home agree if both are at home, or by chance.
        let collide: f64 = falling(8).iter().map(|s| s * s).sum();
        let apart = KEPT * KEPT + (1.0 - KEPT * KEPT) * collide;
        assert!((agree(1, FIRST) - apart).abs() < 0.015);
        assert!((agree(0, SECOND) - (0.5 + 0.5 * apart)).abs() < 0.015);
    }

    #[test]
    fn the_same_seed_is_the_same_crowd() {
        assert_eq!(
            model(0.5).observe(50, 3, 9, 1),
            model(0.5).observe(50, 3, 9, 1)
        );
        assert_ne!(
            model(0.5).observe(50, 3, 9, 1),
            model(0.5).observe(50, 3, 9, 2)
        );
    }
}
