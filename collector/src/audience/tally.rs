//! The counts of one question, week by week.

use std::collections::BTreeMap;

use super::group::Group;
use crate::counts::Counts;
use crate::epoch::Epoch;
use crate::statement::{Question, Statement};

/// Counts of one question of one version, for the weeks that have any.
pub(crate) struct Tally<'s> {
    /// The counted cells, in the order of the book.
    pub groups: Vec<Group<'s>>,
    /// Each week and its reports, in order of time. A group's counts are in the same order.
    pub weeks: Vec<(Epoch, u64)>,
}

impl<'s> Tally<'s> {
    /// Picks a question's counts out of others; what the statement does not know is left out.
    pub fn new(statement: &Statement, name: &str, question: &'s Question, all: &Counts) -> Self {
        let mut weeks: BTreeMap<Epoch, BTreeMap<&str, u64>> = BTreeMap::new();
        let shown = question.shown();
        for (key, count) in all {
            let ours = *key.book == *statement.book && key.version == statement.version;
            let known = *key.question == *name && shown.contains(&*key.answer);
            if ours && known && *count > 0 {
                let week = weeks.entry(key.epoch).or_default();
                *week.entry(&key.answer).or_default() += count;
            }
        }
        let mut groups: Vec<Group> = Vec::new();
        for answer in &question.answers {
            let Some(name) = answer.shown.as_deref() else {
                continue;
            };
            if let Some(group) = groups.iter_mut().find(|group| group.name == name) {
                group.holds.push(&answer.segment);
            } else {
                let count = |week: &BTreeMap<&str, u64>| week.get(name).copied().unwrap_or(0);
                groups.push(Group {
                    name,
                    joins: vec![name],
                    holds: vec![&answer.segment],
                    counts: weeks.values().map(count).collect(),
                });
            }
        }
        let total = |(week, counts): (Epoch, BTreeMap<_, u64>)| (week, counts.values().sum());
        Self {
            groups,
            weeks: weeks.into_iter().map(total).collect(),
        }
    }

    /// Reports in all weeks.
    pub fn reports(&self) -> u64 {
        self.weeks.iter().map(|(_, reports)| reports).sum()
    }
}
