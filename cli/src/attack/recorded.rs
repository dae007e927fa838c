//! Recorded visitors, as the engine places them week by week.

use fewbits::book::Book;

use super::chance::{Chance, Use};
use super::observed::Observed;
use super::population::Part;
use crate::simulate::Weekly;

/// Everybody in the events.
pub struct Recorded {
    seen: Observed,
    /// Number of channels of each dimension.
    widths: Vec<usize>,
    /// Visitors in random order: the first quarter is known for tables, the second for
    /// weights, the rest is attacked.
    order: Vec<usize>,
}

impl Recorded {
    /// Turns flags into symbols. The second site is filled in by [`Recorded::observe`].
    pub fn new(book: &Book, weekly: &Weekly, seed: u64) -> Self {
        let mut sizes = Vec::new();
        let mut widths = Vec::new();
        for dimension in &book.dimensions {
            let segments = dimension.segments.len();
            let channels = match dimension.pick {
                1 => vec![segments],
                _ => vec![2; segments],
            };
            widths.push(channels.len());
            sizes.extend(channels);
        }
        let sets: Vec<Vec<u16>> = weekly.sets.iter().map(|s| symbols(book, s)).collect();
        let mut seen = Observed::new(weekly.weeks, sizes);
        let [first, _] = &mut seen.sites;
        for visitor in &weekly.visitors {
            for set in visitor {
                first.extend(sets.get(*set as usize).map_or(&[][..], |s| s));
            }
        }
        let visitors = weekly.visitors.len();
        let mut chance = Chance::new(seed, Use::Split, 0, 0);
        let order = shuffled((0..visitors).collect(), visitors, &mut chance);
        Self {
            seen,
            widths,
            order,
        }
    }

    /// Number of weeks.
    pub const fn weeks(&self) -> usize {
        self.seen.weeks
    }

    /// Number of visitors.
    pub const fn visitors(&self) -> usize {
        self.order.len()
    }

    /// Visitors that a part may have.
    pub fn available(&self, part: Part) -> &[usize] {
        let quarter = self.order.len() / 4;
        let (known, attacked) = self.order.split_at(2 * quarter);
        let (tables, tuning) = known.split_at(quarter);
        match part {
            Part::Tables => tables,
            Part::Tuning => tuning,
            Part::Attacked(_) => attacked,
        }
    }

    /// Some of a part's visitors in the first weeks, at both sites. Where the sites do not see
    /// the same, the second has what the visitor was in a week drawn at random.
    pub fn observe(
        &self,
        part: Part,
        visitors: usize,
        weeks: usize,
        rho: f64,
        seed: u64,
    ) -> Observed {
        let available = self.available(part).to_vec();
        let mut chance = Chance::new(seed, Use::Split, 1 + part.round(), 0);
        let chosen = shuffled(available, visitors, &mut chance);
        let weeks = weeks.min(self.weeks());
        let channels = self.seen.sizes.len();
        let mut out = Observed::new(weeks, self.seen.sizes.clone());
        let [first, second] = &mut out.sites;
        for visitor in chosen {
            let mut chance = Chance::new(seed, Use::Echo, part.round(), visitor as u64);
            for week in 0..weeks {
                first.extend((0..channels).map(|c| self.seen.symbol(0, visitor, week, c)));
                let mut channel = 0;
                for width in &self.widths {
                    let same = chance.unit() < rho;
                    let week = if same {
                        week
                    } else {
                        chance.below(self.weeks())
                    };
                    let here = channel..channel + width;
                    second.extend(here.map(|c| self.seen.symbol(0, visitor, week, c)));
                    channel += width;
                }
            }
        }
        out
    }
}

/// Symbols of all channels, from one byte a segment.
fn symbols(book: &Book, flags: &[u8]) -> Vec<u16> {
    let mut out = Vec::new();
    let mut rest = flags;
    for dimension in &book.dimensions {
        let (own, after) = rest.split_at(dimension.segments.len().min(rest.len()));
        rest = after;
        if dimension.pick == 1 {
            out.push(own.iter().position(|f| *f == 1).unwrap_or(0) as u16);
        } else {
            out.extend(own.iter().map(|f| u16::from(*f)));
        }
    }
    out
}

/// The first `count` of a random order (Fisher, Yates).
fn shuffled(mut all: Vec<usize>, count: usize, chance: &mut Chance) -> Vec<usize> {
    let count = count.min(all.len());
    for i in 0..count {
        let other = i + chance.below(all.len() - i);
        all.swap(i, other);
    }
    all.truncate(count);
    all
}

#[cfg(test)]
mod tests {
    use super::super::observed::{FIRST, SECOND};
    use super::*;

    fn recorded() -> Recorded {
        let seen = Observed {
            weeks: 2,
            sizes: vec![50, 2],
            sites: [
                (0..200u16)
                    .map(|i| if i % 2 == 0 { i / 4 } else { i / 2 % 2 })
                    .collect(),
                Vec::new(),
            ],
        };
        Recorded {
            seen,
            widths: vec![1, 1],
            order: shuffled((0..50).collect(), 50, &mut Chance::new(1, Use::Split, 0, 0)),
        }
    }

    #[test]
    fn nobody_is_both_known_and_attacked() {
        let recorded = recorded();
        let mut all: Vec<usize> = [Part::Tables, Part::Tuning, Part::Attacked(0)]
            .iter()
            .flat_map(|part| recorded.available(*part).to_vec())
            .collect();
        all.sort_unstable();
        assert_eq!(all, (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn rho_says_how_much_the_sites_share() {
        let recorded = recorded();
        let same = recorded.observe(Part::Attacked(0), 100, 2, 1.0, 1);
        assert_eq!(same.visitors(), 26);
        assert_eq!(same.site(FIRST), same.site(SECOND));
        let apart = recorded.observe(Part::Attacked(0), 100, 2, 0.0, 1);
        assert_eq!(apart.site(FIRST), same.site(FIRST));
        assert_ne!(apart.site(FIRST), apart.site(SECOND));
        // The first channel never changes, so even then it agrees.
        assert!((0..26).all(|v| apart.symbol(0, v, 0, 0) == apart.symbol(1, v, 1, 0)));
    }
}
