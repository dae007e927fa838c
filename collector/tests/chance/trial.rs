//! Visitors of an experiment, as its question counts them.

use fewbits_collector::estimate::{Arm, Channel, Pair};

use super::Seeded;

/// An experiment: who is shown what, and what becomes of them.
#[derive(Clone)]
pub struct Trial {
    /// For each variant: the share of the visitors who are shown it, and how many of these
    /// convert.
    pub variants: Vec<(f64, f64)>,
    pub odds: u64,
}

impl Trial {
    pub fn channel(&self) -> Channel {
        Channel::new(self.odds, 2 * self.variants.len() + 1).unwrap()
    }

    /// What so many reports say: counts of yes and no of each variant.
    pub fn counted(&self, chance: &mut Seeded, reports: u64) -> Vec<Arm> {
        let channel = self.channel();
        let shares = self.variants.iter();
        let shares = shares.flat_map(|(shown, rate)| [shown * rate, shown * (1.0 - rate)]);
        // Answers below so many 2^64ths are of this cell or one before it.
        let mut edges = Vec::new();
        let mut sum = 0.0;
        for share in shares {
            sum += channel.observed(share, 1);
            edges.push((sum * 2_f64.powi(64)) as u64);
        }
        let mut counts = vec![0; edges.len() + 1];
        for _ in 0..reports {
            let draw = chance.next();
            let mut cell = 0;
            while cell < edges.len() && draw >= edges[cell] {
                cell += 1;
            }
            counts[cell] += 1;
        }
        let arms = counts.chunks_exact(2).map(|cells| Arm {
            yes: cells[0],
            no: cells[1],
            reports,
            blur: channel.blur(1),
        });
        arms.collect()
    }

    pub fn pair(&self, chance: &mut Seeded, reports: u64) -> Pair {
        let arms = self.counted(chance, reports);
        Pair {
            base: arms[0],
            other: arms[1],
        }
    }
}
