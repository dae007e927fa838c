//! Names one candidate for each target: the one with the most evidence.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::learn::{Marked, Tables, Weights};
use super::observed::{FIRST, Observed, SECOND};
use super::parts::in_parts;
use super::tally::Tally;

/// Targets that are compared with the same candidates while these are in the cache.
const TOGETHER: usize = 8;
/// Candidates that stay in the cache.
const BLOCK: usize = 512;

/// Weights that are tried, for evidence of other weeks and of changes; that of the same week
/// counts once.
const OTHER: [f32; 10] = [0.0, 0.02, 0.05, 0.1, 0.15, 0.25, 0.4, 0.6, 1.0, 2.0];
const CHANGE: [f32; 7] = [0.0, 0.3, 0.6, 1.0, 1.5, 2.5, 4.0];
/// Targets and candidates among which weights are tuned.
const TUNING: (usize, usize) = (300, 3_000);

/// Distinct histories, and how many people have each.
type Crowd<'h> = BTreeMap<&'h [u16], u64>;
/// People for each distinct history from which on it pays to go by histories.
const ALIKE: usize = 8;

/// An attacker who has learned.
pub struct Attacker {
    pub tables: Tables,
    pub weights: Weights,
}

impl Attacker {
    /// Learns tables from one half of the people who are known at both sites, and what each
    /// kind of evidence is worth from the other half.
    pub fn train(tables: &Observed, tuning: &Observed) -> Self {
        let tables = Tables::learn(tables);
        let weights = tune(&tables, tuning);
        Self { tables, weights }
    }

    /// Attacks the first `targets` visitors among all; or all of them, where so many are alike
    /// that it costs no more.
    pub fn attack(&self, seen: &Observed, targets: usize) -> Tally {
        let mut candidates: Crowd = BTreeMap::new();
        for history in seen.site(SECOND).chunks_exact(seen.row().max(1)) {
            *candidates.entry(history).or_default() += 1;
        }
        if candidates.len() * ALIKE <= seen.visitors() {
            self.alike(seen, &candidates)
        } else {
            self.each(seen, targets)
        }
    }

    /// Attacks everybody, by distinct histories.
    fn alike(&self, seen: &Observed, candidates: &Crowd) -> Tally {
        let row = seen.row().max(1);
        let mut targets: BTreeMap<&[u16], Crowd> = BTreeMap::new();
        let pairs = seen
            .site(FIRST)
            .chunks_exact(row)
            .zip(seen.site(SECOND).chunks_exact(row));
        for (first, second) in pairs {
            *targets.entry(first).or_default().entry(second).or_default() += 1;
        }
        let gathered = |histories: [Vec<u16>; 2]| Observed {
            sites: histories,
            ..Observed::new(seen.weeks, seen.sizes.clone())
        };
        let own = targets.keys().flat_map(|h| h.iter().copied()).collect();
        let distinct = candidates.keys().flat_map(|h| h.iter().copied()).collect();
        let gathered = gathered([own, distinct]);
        let first = Marked::new(&gathered, FIRST);
        let second = placed(&self.tables, &gathered);
        let targets: Vec<Crowd> = targets.into_values().collect();
        let hits = in_parts(targets.len(), |some| {
            let mut table = Vec::new();
            let mut hits = 0.0;
            for target in some {
                self.tables
                    .against(first.of(target), self.weights, &mut table);
                let scores = second
                    .cells
                    .chunks_exact(row)
                    .map(|history| score(&table, history));
                let scores: Vec<f32> = scores.collect();
                let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                let best = candidates
                    .iter()
                    .zip(&scores)
                    .filter(|(_, score)| **score == top);
                let crowd: u64 = best.clone().map(|((_, people), _)| people).sum();
                let own = targets.get(target);
                let right = best.filter_map(|((history, _), _)| own?.get(history));
                hits += right.sum::<u64>() as f64 / crowd.max(1) as f64;
            }
            hits
        });
        Tally {
            hits: hits.iter().sum(),
            attacks: seen.visitors() as u64,
        }
    }

    fn each(&self, seen: &Observed, targets: usize) -> Tally {
        let first = Marked::new(seen, FIRST);
        let candidates = placed(&self.tables, seen);
        let targets = targets.min(seen.visitors());
        let next = AtomicUsize::new(0);
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let mut found: Vec<(usize, Tally)> = Vec::new();
        thread::scope(|scope| {
            let worker = || {
                let mut mine = Vec::new();
                loop {
                    let from = next.fetch_add(TOGETHER, Ordering::Relaxed);
                    if from >= targets {
                        return mine;
                    }
                    let some = from..targets.min(from + TOGETHER);
                    mine.push((from, self.some(&first, &candidates, some)));
                }
            };
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
            for worker in workers {
                found.extend(worker.join().unwrap_or_default());
            }
        });
        // Sums of fractions depend on their order.
        found.sort_by_key(|(from, _)| *from);
        let mut all = Tally::default();
        found.into_iter().for_each(|(_, tally)| all.add(tally));
        all
    }

    fn some(&self, first: &Marked, candidates: &Marked, targets: std::ops::Range<usize>) -> Tally {
        let mut tally = Tally::default();
        let mut open: Vec<Open> = targets
            .map(|target| {
                let mut table = Vec::new();
                self.tables
                    .against(first.of(target), self.weights, &mut table);
                let own = score(&table, candidates.of(target));
                Open {
                    table,
                    own,
                    equal: 0,
                }
            })
            .collect();
        tally.attacks = open.len() as u64;
        for block in candidates.cells.chunks(BLOCK * candidates.row.max(1)) {
            // Whoever is outdone by somebody else is not named, whatever comes.
            open.retain_mut(|target| {
                block.chunks_exact(candidates.row.max(1)).all(|history| {
                    let score = score(&target.table, history);
                    target.equal += u64::from(score == target.own);
                    score <= target.own
                })
            });
        }
        tally.hits = open.iter().map(|o| 1.0 / o.equal.max(1) as f64).sum();
        tally
    }
}

/// A target who may still be named.
struct Open {
    table: Vec<f32>,
    /// Evidence for the right candidate.
    own: f32,
    /// Candidates with as much evidence, the right one among them.
    equal: u64,
}

/// Candidates' marked symbols as places in a target's table.
fn placed(tables: &Tables, seen: &Observed) -> Marked {
    let mut marked = Marked::new(seen, SECOND);
    let offsets = tables.offsets();
    for history in marked.cells.chunks_exact_mut(marked.row.max(1)) {
        for (cell, offset) in history.iter_mut().zip(&offsets) {
            *cell += offset;
        }
    }
    marked
}

/// Sum of the evidence, in an order that is the same for all.
fn score(table: &[f32], history: &[u32]) -> f32 {
    let value = |place: &u32| table.get(*place as usize).copied().unwrap_or(0.0);
    let mut sums = [0.0f32; 4];
    let fours = history.chunks_exact(4);
    let rest: f32 = fours.remainder().iter().map(value).sum();
    for four in fours {
        for (sum, place) in sums.iter_mut().zip(four) {
            *sum += value(place);
        }
    }
    sums.iter().sum::<f32>() + rest
}

/// The weights with the best mean reciprocal rank of the right candidate.
fn tune(tables: &Tables, seen: &Observed) -> Weights {
    let plain = Weights {
        same: 1.0,
        other: 0.0,
        change: 0.0,
    };
    if seen.weeks < 2 {
        return plain;
    }
    let first = Marked::new(seen, FIRST);
    let candidates = placed(tables, seen);
    let count = seen.visitors().min(TUNING.1);
    let kinds = [
        plain,
        Weights {
            same: 0.0,
            other: 1.0,
            change: 0.0,
        },
        Weights {
            same: 0.0,
            other: 0.0,
            change: 1.0,
        },
    ];
    let mut grid: Vec<(Weights, f64)> = Vec::new();
    for other in OTHER {
        grid.extend(CHANGE.map(|change| {
            (
                Weights {
                    other,
                    change,
                    ..plain
                },
                0.0,
            )
        }));
    }
    let mut table = Vec::new();
    for target in 0..count.min(TUNING.0) {
        let mut parts: [Vec<f32>; 3] = Default::default();
        for (part, kind) in parts.iter_mut().zip(kinds) {
            tables.against(first.of(target), kind, &mut table);
            part.extend((0..count).map(|c| score(&table, candidates.of(c))));
        }
        let [same, other, change] = &parts;
        let all: Vec<[f32; 3]> = same
            .iter()
            .zip(other)
            .zip(change)
            .map(|((s, o), c)| [*s, *o, *c])
            .collect();
        for (weights, sum) in &mut grid {
            let value = |[s, o, c]: &[f32; 3]| s + weights.other * o + weights.change * c;
            let own = all.get(target).map_or(0.0, value);
            let (mut above, mut equal) = (0u32, 0u32);
            for parts in &all {
                let value = value(parts);
                above += u32::from(value > own);
                equal += u32::from(value == own);
            }
            *sum += 1.0 / (f64::from(above) + f64::from(equal.max(1) + 1) / 2.0);
        }
    }
    let best = grid
        .into_iter()
        .reduce(|a, b| if b.1 > a.1 { b } else { a });
    best.map_or(plain, |(weights, _)| weights)
}

#[cfg(test)]
mod tests {
    use super::super::model::{Dimension, Model, falling};
    use super::*;

    fn seen(first: &[u16], second: &[u16], size: usize) -> Observed {
        let mut seen = Observed::new(1, vec![size]);
        seen.sites = [first.to_vec(), second.to_vec()];
        seen
    }

    #[test]
    fn ties_count_in_expectation() {
        // Two symbols that say everything: each target shares its own with some others.
        let known: Vec<u16> = (0..2000).map(|v| v % 2).collect();
        let known = seen(&known, &known, 2);
        let attacker = Attacker::train(&known, &known);
        let shown = [0, 0, 0, 1, 1];
        let tally = attacker.attack(&seen(&shown, &shown, 2), 5);
        // 3 * 1/3 + 2 * 1/2
        assert!((tally.hits - 2.0).abs() < 1e-12 && tally.attacks == 5);
        // Swapped: nobody is right.
        let tally = attacker.attack(&seen(&[0, 1], &[1, 0], 2), 2);
        assert!(tally.hits == 0.0);
    }

    #[test]
    fn by_histories_or_one_by_one_is_the_same() {
        let model = Model {
            dimensions: vec![
                Dimension {
                    shares: falling(4),
                    pick: 1
                };
                2
            ],
            rho: 0.7,
            typical: 0.3,
        };
        let known = model.observe(3_000, 2, 1, 0);
        let attacker = Attacker::train(&known, &known);
        let seen = model.observe(3_000, 2, 1, 1);
        let (each, by_history) = (attacker.each(&seen, 3_000), attacker.attack(&seen, 1));
        assert_eq!((each.attacks, by_history.attacks), (3_000, 3_000));
        assert!(
            (each.hits - by_history.hits).abs() < 1e-6,
            "{each:?} {by_history:?}"
        );
    }

    #[test]
    fn every_candidate_is_looked_at() {
        let n = BLOCK * 2 + 7;
        let all: Vec<u16> = (0..n as u16).collect();
        let mut known = seen(&[], &[], n);
        for _ in 0..3 {
            known.append(seen(&all, &all, n));
        }
        let attacker = Attacker::train(&known, &known);
        let tally = attacker.attack(&seen(&all, &all, n), n);
        assert!((tally.hits - n as f64).abs() < 1e-9, "{tally:?}");
    }
}
