//! What an attacker learns from people known at both sites: for each channel, how much more
//! often two symbols meet in one person than in two (pointwise mutual information).

use super::observed::{FIRST, Observed, SECOND};

/// Added to what was counted and to what was expected: little evidence says little.
const SMOOTHING: f64 = 1.0;

/// What was learned of one channel. Logarithms to base e.
#[derive(Debug, Clone)]
struct Channel {
    size: usize,
    /// In the same week, by symbol at the first and at the second site.
    same: Vec<f32>,
    /// In different weeks.
    other: Vec<f32>,
    /// In the same week, whether each site saw what it does not see most of the time.
    change: [f32; 4],
}

/// What was learned of all channels.
#[derive(Debug, Clone)]
pub struct Tables {
    weeks: usize,
    channels: Vec<Channel>,
    /// Mutual information of the two sites' symbols of one week, summed over the channels.
    pub bits: f64,
}

/// How much each kind of evidence counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    pub same: f32,
    pub other: f32,
    pub change: f32,
}

/// Histories of one site, each week's symbol marked by whether it differs from the visitor's
/// own mode: `2 * symbol + differs`.
#[derive(Debug, Clone)]
pub struct Marked {
    pub row: usize,
    pub cells: Vec<u32>,
}

impl Marked {
    /// Marks what a site saw.
    pub fn new(seen: &Observed, site: usize) -> Self {
        let channels = seen.sizes.len();
        let row = seen.row();
        let mut cells = Vec::with_capacity(seen.site(site).len());
        let mut modes = vec![0; channels];
        let mut column = Vec::with_capacity(seen.weeks);
        for history in seen.site(site).chunks_exact(row.max(1)) {
            for (channel, mode) in modes.iter_mut().enumerate() {
                column.clear();
                column.extend(history.iter().skip(channel).step_by(channels).copied());
                *mode = most_common(&mut column);
            }
            for week in history.chunks_exact(channels.max(1)) {
                let marks = week.iter().zip(&modes);
                cells.extend(marks.map(|(s, m)| u32::from(*s) * 2 + u32::from(s != m)));
            }
        }
        Self { row, cells }
    }

    /// A visitor's marked history.
    pub fn of(&self, visitor: usize) -> &[u32] {
        let from = visitor * self.row;
        self.cells.get(from..from + self.row).unwrap_or_default()
    }
}

/// The most common symbol; of equals the smallest.
fn most_common(symbols: &mut [u16]) -> u16 {
    symbols.sort_unstable();
    let runs = symbols.chunk_by(|a, b| a == b);
    let best = runs.reduce(|best, run| if run.len() > best.len() { run } else { best });
    best.and_then(|run| run.first()).copied().unwrap_or(0)
}

/// Counts of pairs of symbols.
struct Pairs {
    size: usize,
    counts: Vec<u32>,
}

impl Pairs {
    fn new(size: usize) -> Self {
        Self {
            size,
            counts: vec![0; size * size],
        }
    }

    fn add(&mut self, a: usize, b: usize) {
        if let Some(count) = self.counts.get_mut(a * self.size + b) {
            *count += 1;
        }
    }

    /// Counts of first symbols, of second symbols, and of all pairs.
    fn margins(&self) -> (Vec<f64>, Vec<f64>, f64) {
        let rows = self.counts.chunks_exact(self.size.max(1));
        let first: Vec<f64> = rows
            .clone()
            .map(|row| row.iter().map(|n| f64::from(*n)).sum())
            .collect();
        let mut second = vec![0.0; self.size];
        for row in rows {
            for (sum, n) in second.iter_mut().zip(row) {
                *sum += f64::from(*n);
            }
        }
        let all = first.iter().sum();
        (first, second, all)
    }

    /// Counted and expected number of each pair.
    fn expected(&self) -> impl Iterator<Item = (f64, f64)> {
        let (first, second, all) = self.margins();
        let counts = self.counts.iter().enumerate();
        counts.map(move |(at, n)| {
            let a = first.get(at / self.size).copied().unwrap_or(0.0);
            let b = second.get(at % self.size).copied().unwrap_or(0.0);
            (f64::from(*n), a * b / f64::max(all, 1.0))
        })
    }

    fn evidence(&self) -> Vec<f32> {
        self.expected()
            .map(|(n, e)| ((n + SMOOTHING) / (e + SMOOTHING)).ln() as f32)
            .collect()
    }

    /// Mutual information in bits, corrected for the bias of small counts (Miller 1955).
    fn bits(&self) -> f64 {
        let (first, second, all) = self.margins();
        if all == 0.0 {
            return 0.0;
        }
        let there = |counts: &[f64]| counts.iter().filter(|n| **n > 0.0).count() as f64;
        let sum: f64 = self
            .expected()
            .filter(|(n, _)| *n > 0.0)
            .map(|(n, e)| n / all * (n / e).log2())
            .sum();
        let cells = self.counts.iter().filter(|n| **n > 0).count() as f64;
        let bias = (cells - there(&first) - there(&second) + 1.0) / (2.0 * all);
        (sum - bias / std::f64::consts::LN_2).max(0.0)
    }
}

impl Tables {
    /// Learns from people known at both sites.
    pub fn learn(known: &Observed) -> Self {
        let row = known.row().max(1);
        let marked = [FIRST, SECOND].map(|site| Marked::new(known, site));
        let mut bits = 0.0;
        let channels = known.sizes.iter().enumerate().map(|(channel, &size)| {
            let mut same = Pairs::new(size);
            let mut other = Pairs::new(size);
            let mut change = Pairs::new(2);
            let [first, second] = &marked;
            let people = first
                .cells
                .chunks_exact(row)
                .zip(second.cells.chunks_exact(row));
            for (first, second) in people {
                let weeks = |history: &'_ [u32]| -> Vec<u32> {
                    let here = history.iter().skip(channel);
                    here.step_by(known.sizes.len()).copied().collect()
                };
                let (first, second) = (weeks(first), weeks(second));
                for (t, x) in first.iter().enumerate() {
                    for (s, y) in second.iter().enumerate() {
                        let (a, b) = ((x / 2) as usize, (y / 2) as usize);
                        if t == s {
                            same.add(a, b);
                            change.add((x % 2) as usize, (y % 2) as usize);
                        } else {
                            other.add(a, b);
                        }
                    }
                }
            }
            bits += same.bits();
            let mut evidence = [0.0; 4];
            for (to, from) in evidence.iter_mut().zip(change.evidence()) {
                *to = from;
            }
            Channel {
                size,
                same: same.evidence(),
                other: other.evidence(),
                change: evidence,
            }
        });
        Self {
            weeks: known.weeks,
            channels: channels.collect(),
            bits,
        }
    }

    /// Where the part of each week and channel begins in a table of [`Tables::against`].
    pub fn offsets(&self) -> Vec<u32> {
        let mut next = 0;
        let mut offsets = Vec::new();
        for _ in 0..self.weeks {
            for channel in &self.channels {
                offsets.push(next);
                next += 2 * channel.size as u32;
            }
        }
        offsets
    }

    /// The evidence of every symbol that a candidate may show, against one target's history.
    pub fn against(&self, target: &[u32], weights: Weights, table: &mut Vec<f32>) {
        table.clear();
        let count = self.channels.len();
        let rows: Vec<Vec<f32>> = (0..)
            .zip(&self.channels)
            .map(|(c, channel)| {
                let mut sum = vec![0.0; channel.size];
                for seen in target.iter().skip(c).step_by(count) {
                    for (sum, value) in sum.iter_mut().zip(channel.other(*seen)) {
                        *sum += value;
                    }
                }
                sum
            })
            .collect();
        for week in target.chunks_exact(count.max(1)) {
            for ((seen, channel), all) in week.iter().zip(&self.channels).zip(&rows) {
                let change = channel.change.chunks_exact(2).nth((seen % 2) as usize);
                let change = change.unwrap_or_default();
                let cells = channel
                    .same(*seen)
                    .iter()
                    .zip(channel.other(*seen))
                    .zip(all);
                for ((same, other), all) in cells {
                    let value = weights.same * same + weights.other * (all - other);
                    table.extend(change.iter().map(|c| value + weights.change * c));
                }
            }
        }
    }
}

impl Channel {
    fn row<'t>(&self, table: &'t [f32], seen: u32) -> &'t [f32] {
        let from = (seen / 2) as usize * self.size;
        table.get(from..from + self.size).unwrap_or_default()
    }

    fn same(&self, seen: u32) -> &[f32] {
        self.row(&self.same, seen)
    }

    fn other(&self, seen: u32) -> &[f32] {
        self.row(&self.other, seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_and_marks() {
        assert_eq!(most_common(&mut [3, 1, 3, 1, 2]), 1);
        let mut seen = Observed::new(3, vec![4, 2]);
        seen.sites = [vec![3, 0, 3, 1, 1, 0], vec![0; 6]];
        assert_eq!(Marked::new(&seen, FIRST).of(0), [6, 0, 6, 3, 3, 0]);
    }

    #[test]
    fn evidence_and_bits_of_equal_halves() {
        let mut seen = Observed::new(1, vec![2]);
        let symbols: Vec<u16> = (0..1000).map(|v| v % 2).collect();
        seen.sites = [symbols.clone(), symbols];
        let tables = Tables::learn(&seen);
        // One fair bit, the same at both sites; 500 seen where 250 were expected.
        assert!((tables.bits - 1.0).abs() < 0.01, "{}", tables.bits);
        let mut table = Vec::new();
        let weights = Weights {
            same: 1.0,
            other: 1.0,
            change: 1.0,
        };
        tables.against(&[2], weights, &mut table);
        let expected = [(1.0 / 251.0f32).ln(), (501.0 / 251.0f32).ln()];
        assert_eq!(table.len(), 4);
        assert!((table[0] - expected[0]).abs() < 1e-3 && (table[2] - expected[1]).abs() < 1e-3);
    }
}
