//! The best attack there is on one randomised answer a site: candidates ranked by the exact
//! likelihood ratio of the two reports, given how memberships meet in people who are known.

use std::collections::BTreeMap;

use super::gated::{Asked, Doors, Said};
use super::observed::{FIRST, Observed, SECOND};
use super::tally::Tally;

/// A week and a question.
type Moment = (u16, u16);

/// What the attacker knows: how often memberships go together in people known at both sites.
pub struct Exact<'a> {
    doors: &'a Doors<'a>,
    known: &'a Observed,
    /// For a moment at each site, the share of people by segment at the first and the second.
    joint: BTreeMap<(Moment, Moment), Vec<Vec<f64>>>,
    /// Likelihood ratios, logarithms to base e.
    ratios: BTreeMap<(Said, Said), f64>,
}

/// Reports of both sites.
pub struct Leaked {
    pub first: Vec<Option<Said>>,
    pub second: Vec<Option<Said>>,
}

impl Leaked {
    /// What had been said after some weeks.
    pub fn up_to(&self, weeks: usize) -> Self {
        let until = |said: &[Option<Said>]| {
            let early = |s: &Said| usize::from(s.week) < weeks;
            said.iter().map(|said| said.filter(early)).collect()
        };
        Self {
            first: until(&self.first),
            second: until(&self.second),
        }
    }
}

impl<'a> Exact<'a> {
    pub const fn new(doors: &'a Doors<'a>, known: &'a Observed) -> Self {
        Self {
            doors,
            known,
            joint: BTreeMap::new(),
            ratios: BTreeMap::new(),
        }
    }

    fn asked(&self, moment: Moment) -> Option<&'a Asked> {
        self.doors.asked.get(usize::from(moment.1))
    }

    fn joint(&mut self, a: Moment, b: Moment) -> &[Vec<f64>] {
        let (Some(first), Some(second)) = (self.asked(a), self.asked(b)) else {
            return &[];
        };
        let known = self.known;
        self.joint.entry((a, b)).or_insert_with(|| {
            let mut shares = vec![vec![0.0; second.segments]; first.segments];
            let each = 1.0 / known.visitors().max(1) as f64;
            for visitor in 0..known.visitors() {
                let m = known.symbol(FIRST, visitor, usize::from(a.0), first.channel);
                let n = known.symbol(SECOND, visitor, usize::from(b.0), second.channel);
                let row = shares.get_mut(usize::from(m));
                if let Some(share) = row.and_then(|r| r.get_mut(usize::from(n))) {
                    *share += each;
                }
            }
            shares
        })
    }

    /// Probability of two answers together, and of each alone.
    fn together(&mut self, x: Said, y: Said) -> (f64, f64, f64) {
        let moments = ((x.week, x.question), (y.week, y.question));
        let (Some(first), Some(second)) = (self.asked(moments.0), self.asked(moments.1)) else {
            return (0.0, 0.0, 0.0);
        };
        let of = |asked: &'a Asked, cell: u16| asked.chances.get(usize::from(cell));
        let (Some(p), Some(q)) = (of(first, x.cell), of(second, y.cell)) else {
            return (0.0, 0.0, 0.0);
        };
        let mut sums = (0.0, 0.0, 0.0);
        for (row, p) in self.joint(moments.0, moments.1).iter().zip(p) {
            for (share, q) in row.iter().zip(q) {
                sums.0 += share * p * q;
                sums.1 += share * p;
                sums.2 += share * q;
            }
        }
        sums
    }

    /// Evidence that two reports come from one person. Week and question are chance and tell
    /// nothing; nor does the absence of a report within the weeks.
    fn ratio(&mut self, x: Option<Said>, y: Option<Said>) -> f64 {
        let (Some(x), Some(y)) = (x, y) else {
            return 0.0;
        };
        if let Some(ratio) = self.ratios.get(&(x, y)) {
            return *ratio;
        }
        let (both, first, second) = self.together(x, y);
        let ratio = both.ln() - first.ln() - second.ln();
        self.ratios.insert((x, y), ratio);
        ratio
    }

    /// Attacks every visitor of the first site among all of the second.
    pub fn attack(&mut self, leaked: &Leaked) -> Tally {
        let mut candidates: BTreeMap<Option<Said>, u64> = BTreeMap::new();
        for said in &leaked.second {
            *candidates.entry(*said).or_default() += 1;
        }
        let mut pairs: BTreeMap<(Option<Said>, Option<Said>), u64> = BTreeMap::new();
        for pair in leaked
            .first
            .iter()
            .copied()
            .zip(leaked.second.iter().copied())
        {
            *pairs.entry(pair).or_default() += 1;
        }
        let mut tally = Tally {
            hits: 0.0,
            attacks: leaked.first.len() as u64,
        };
        let mut best: BTreeMap<Option<Said>, (f64, u64)> = BTreeMap::new();
        for ((x, y), people) in pairs {
            let (top, size) = *best.entry(x).or_insert_with(|| {
                let mut top = (f64::NEG_INFINITY, 0);
                for (candidate, size) in &candidates {
                    let ratio = self.ratio(x, *candidate);
                    if ratio > top.0 {
                        top = (ratio, *size);
                    } else if ratio == top.0 {
                        top.1 += size;
                    }
                }
                top
            });
            if self.ratio(x, y) == top {
                tally.hits += people as f64 / size as f64;
            }
        }
        tally
    }

    /// The same against somebody who reads the segments themselves at the second site, such as
    /// a page that does not keep to the gate. Nothing better than this can be known there.
    pub fn informed(&mut self, leaked: &Leaked, seen: &Observed) -> Tally {
        let mut tally = Tally {
            hits: 0.0,
            attacks: leaked.first.len() as u64,
        };
        let mut by_answer: BTreeMap<Option<Said>, Vec<usize>> = BTreeMap::new();
        for (visitor, said) in leaked.first.iter().enumerate() {
            by_answer.entry(*said).or_default().push(visitor);
        }
        for (said, people) in by_answer {
            let moment = said.map(|s| (s.week, s.question));
            let (Some(said), Some(asked)) = (said, moment.and_then(|m| self.asked(m))) else {
                // No report within these weeks: any guess is as good.
                tally.hits += people.len() as f64 / tally.attacks as f64;
                continue;
            };
            let segment = |v: usize| {
                usize::from(seen.symbol(SECOND, v, usize::from(said.week), asked.channel))
            };
            let mut sizes = vec![0u64; asked.segments];
            for visitor in 0..leaked.first.len() {
                if let Some(size) = sizes.get_mut(segment(visitor)) {
                    *size += 1;
                }
            }
            let likelihood = self.likelihood(said);
            let there = likelihood.iter().zip(&sizes).filter(|(_, size)| **size > 0);
            let top = there.map(|(l, _)| *l).fold(f64::NEG_INFINITY, f64::max);
            let is_top = |s: usize| likelihood.get(s).is_some_and(|l| *l == top);
            let crowd: u64 = sizes
                .iter()
                .enumerate()
                .filter(|(s, _)| is_top(*s))
                .map(|(_, n)| n)
                .sum();
            let right = people.iter().filter(|v| is_top(segment(**v))).count();
            tally.hits += right as f64 / crowd.max(1) as f64;
        }
        tally
    }

    /// Probability of an answer at the first site, by segment at the second in the same week.
    fn likelihood(&mut self, said: Said) -> Vec<f64> {
        let moment = (said.week, said.question);
        let Some(asked) = self.asked(moment) else {
            return Vec::new();
        };
        let chances = asked
            .chances
            .get(usize::from(said.cell))
            .map_or(&[][..], |c| c);
        let joint = self.joint(moment, moment);
        let by_segment = |n: usize| {
            let column = joint.iter().map(|row| row.get(n).copied().unwrap_or(0.0));
            let all: f64 = column.clone().sum();
            let hit: f64 = column.zip(chances).map(|(share, p)| share * p).sum();
            // Where nobody is known: as likely as the answer is if the segment is the true one.
            let alone = chances.get(n).copied().unwrap_or(0.0);
            if all > 0.0 { hit / all } else { alone }
        };
        (0..asked.segments).map(by_segment).collect()
    }

    /// Mutual information of a report and the segment at the second site, in bits.
    pub fn informed_bits(&mut self, leaked: &Leaked) -> f64 {
        let mut bits = 0.0;
        for (moment, share) in moments(&leaked.first) {
            let Some(asked) = self.asked(moment) else {
                continue;
            };
            let joint = self.joint(moment, moment);
            for chances in &asked.chances {
                let cell: f64 = (joint.iter().zip(chances))
                    .map(|(row, p)| row.iter().sum::<f64>() * p)
                    .sum();
                for segment in 0..asked.segments {
                    let column = joint
                        .iter()
                        .map(|row| row.get(segment).copied().unwrap_or(0.0));
                    let there: f64 = column.clone().sum();
                    let both: f64 = column.zip(chances).map(|(share, p)| share * p).sum();
                    if both > 0.0 {
                        bits += share * both * (both / (cell * there)).log2();
                    }
                }
            }
        }
        bits
    }

    /// Mutual information of the two reports, in bits, from how often each question and week
    /// came up.
    pub fn bits(&mut self, leaked: &Leaked) -> f64 {
        let mut bits = 0.0;
        for ((week, question), share) in moments(&leaked.first) {
            for ((other_week, other), other_share) in moments(&leaked.second) {
                let cells = |q: u16| {
                    self.doors
                        .asked
                        .get(usize::from(q))
                        .map_or(0, |a| a.chances.len())
                };
                for cell in 0..cells(question) as u16 {
                    for other_cell in 0..cells(other) as u16 {
                        let x = Said {
                            week,
                            question,
                            cell,
                        };
                        let y = Said {
                            week: other_week,
                            question: other,
                            cell: other_cell,
                        };
                        let (both, first, second) = self.together(x, y);
                        if both > 0.0 {
                            bits += share * other_share * both * (both / (first * second)).log2();
                        }
                    }
                }
            }
        }
        bits
    }
}

/// How often each question came up in each week.
fn moments(said: &[Option<Said>]) -> BTreeMap<Moment, f64> {
    let mut counts: BTreeMap<Moment, f64> = BTreeMap::new();
    for said in said.iter().flatten() {
        *counts.entry((said.week, said.question)).or_default() += 1.0;
    }
    let all = said.len().max(1) as f64;
    counts.values_mut().for_each(|n| *n /= all);
    counts
}
