//! Cells joined until each is a crowd.

use std::collections::BTreeMap;

use crate::estimate::{Cell, Channel, Z};
use crate::statement::{ANY, Question};

/// A size that is so little under a whole number is that number, but for rounding.
pub(super) const HAIR: f64 = 1e-6;

/// A cell that is shown: one that is counted, or several joined under a coarser name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group<'s> {
    /// A segment or group of the ladder.
    pub name: &'s str,
    /// Names of the counted cells in it.
    pub joins: Vec<&'s str>,
    /// The segments in it.
    pub holds: Vec<&'s str>,
    /// Reports, for each of some periods.
    pub counts: Vec<u64>,
}

impl<'s> Group<'s> {
    /// What was counted in all periods together.
    pub fn cell(&self) -> Cell {
        self.cell_of(self.counts.iter().sum())
    }

    /// The same number of answers with this count.
    pub fn cell_of(&self, count: u64) -> Cell {
        Cell {
            count,
            holds: u32::try_from(self.holds.len()).unwrap_or(u32::MAX),
        }
    }

    fn join(&mut self, other: Self) {
        self.joins.extend(other.joins);
        self.holds.extend(other.holds);
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count += more;
        }
    }
}

/// Joins cells up the ladder until each measures at least `crowd`, by the rule by which the
/// compiler makes partitions from a crowd table: the lowest rung that is too small climbs first;
/// if the top is too small, the smallest other cell joins it. So what is left out of one cell is
/// always in another, and no subtraction brings it back. `None` if all together are too few.
pub(crate) fn join<'s>(
    mut groups: Vec<Group<'s>>,
    question: &'s Question,
    crowd: u64,
    measure: impl Fn(&Group<'s>) -> f64,
) -> Option<Vec<Group<'s>>> {
    let ladder = Ladder::new(question);
    loop {
        let mut small: Option<(usize, usize, f64)> = None;
        for (at, group) in groups.iter().enumerate() {
            let (height, size) = (ladder.above(group.name).count(), measure(group));
            let first = small.is_none_or(|(_, h, s)| height > h || (height == h && size < s));
            // Of those who were shown no variant nothing else is said: they may be few.
            let rest = question.outcome.is_some() && group.name == ANY && group.holds == [ANY];
            if size < crowd as f64 - HAIR && first && !rest {
                small = Some((at, height, size));
            }
        }
        let Some((at, height, _)) = small else {
            return (!groups.is_empty()).then(|| in_order(groups, question));
        };
        let climbs = if height > 0 {
            groups.remove(at)
        } else {
            let others = groups.iter().enumerate().filter(|(other, _)| *other != at);
            let sizes = others.map(|(other, group)| (other, measure(group)));
            let (other, _) = sizes.min_by(|a, b| a.1.total_cmp(&b.1))?;
            groups.remove(other)
        };
        let above = ladder.above(climbs.name).next();
        let name = above.filter(|_| height > 0).unwrap_or(ANY);
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => group.join(climbs),
            None => groups.push(Group { name, ..climbs }),
        }
    }
}

/// Cells and what they hold, in the order of the book.
fn in_order<'s>(mut groups: Vec<Group<'s>>, question: &Question) -> Vec<Group<'s>> {
    let answers = question.answers.iter().enumerate();
    let places: BTreeMap<&str, usize> = answers.map(|(at, a)| (&*a.segment, at)).collect();
    let place = |held: &&str| places.get(held).copied();
    for group in &mut groups {
        group.holds.sort_by_key(place);
    }
    groups.sort_by_key(|group| group.holds.first().and_then(place));
    groups
}

/// The rungs of a question's answers: what lies right above each.
pub(crate) struct Ladder<'s>(BTreeMap<&'s str, &'s str>);

impl<'s> Ladder<'s> {
    pub fn new(question: &'s Question) -> Self {
        let mut above = BTreeMap::new();
        for answer in &question.answers {
            let below = std::iter::once(&answer.segment).chain(&answer.under);
            above.extend(
                below
                    .zip(&answer.under)
                    .map(|(rung, top)| (&**rung, &**top)),
            );
        }
        Self(above)
    }

    /// What lies above a segment or group, nearest first; nothing above `any`.
    pub fn above(&self, name: &str) -> impl Iterator<Item = &'s str> {
        let next = |name: &str| self.0.get(name).copied();
        std::iter::successors(next(name), move |name| next(name))
    }

    /// Whether one name is another or lies below it.
    pub fn is_within(&self, name: &str, top: &str) -> bool {
        name == top || self.above(name).any(|above| above == top)
    }
}

/// How many reporters a cell has at least: the lower end of the 95 % interval of their number, in
/// which nothing but the noise is left to chance. A cell that is a crowd by its estimate alone
/// may be empty: among 100,000 reports noise easily makes fifty.
pub(crate) fn surely(channel: Channel, cell: Cell, reports: u64) -> f64 {
    if cell.holds == channel.answers() {
        return reports as f64;
    }
    let Some(share) = channel.estimate(cell, reports) else {
        return 0.0;
    };
    let variance = channel.variance_of_noise(share.clamp(0.0, 1.0), cell.holds, reports);
    (share - Z * variance.max(0.0).sqrt()) * reports as f64
}

/// How many reporters a cell is estimated to have.
pub(super) fn size(channel: Channel, cell: Cell, reports: u64) -> f64 {
    channel
        .estimate(cell, reports)
        .map_or(0.0, |share| share * reports as f64)
}
