//! What of a question's counts may be shown.

use super::group::{Group, join, surely};
use super::period::{Period, by_period, periods};
use super::tally::Tally;
use crate::counts::Counts;
use crate::estimate::Channel;
use crate::statement::{Asked, Question, Statement};

/// The cells and periods in which a question is shown.
pub(crate) struct View<'s> {
    /// `None` if answers say nothing about the truth.
    pub channel: Option<Channel>,
    pub tally: Tally<'s>,
    /// The cells over all weeks, each a crowd. `None`: not even all together are.
    pub whole: Option<Vec<Group<'s>>>,
    pub periods: Vec<Period>,
    /// The cells of parts of the weeks, each a crowd in every period: those of `whole` or
    /// coarser, with counts by period. `None`: there is but one period.
    pub parts: Option<Vec<Group<'s>>>,
}

impl<'s> View<'s> {
    pub fn new(
        statement: &Statement,
        asked: &Asked,
        name: &str,
        question: &'s Question,
        counts: &Counts,
    ) -> Self {
        let channel = Channel::new(asked.odds, question.answers.len());
        let tally = Tally::new(statement, name, question, counts);
        let mut view = Self {
            channel,
            tally,
            whole: None,
            periods: Vec::new(),
            parts: None,
        };
        if let Some(channel) = channel {
            view.choose(question, channel, asked.crowd);
        }
        view
    }

    fn choose(&mut self, question: &'s Question, channel: Channel, crowd: u64) {
        let reports = self.tally.reports();
        let groups = self.tally.groups.clone();
        let all = |group: &Group| surely(channel, group.cell(), reports);
        self.whole = join(groups, question, crowd, all);
        let Some(whole) = &self.whole else { return };
        // Were all cells of the same size, each would be two crowds.
        let least = crowd.saturating_mul(2 * whole.len() as u64);
        let periods = periods(&self.tally.weeks, least);
        if periods.len() > 1 {
            let mut parts = whole.clone();
            for group in &mut parts {
                group.counts = by_period(&group.counts, &periods);
            }
            self.parts = join(parts, question, crowd, |group| {
                let counts = group.counts.iter().zip(&periods);
                let sizes = counts
                    .map(|(count, period)| surely(channel, group.cell_of(*count), period.reports));
                sizes.fold(f64::INFINITY, f64::min)
            });
        }
        self.periods = periods;
    }

    /// All weeks as one.
    pub fn all(&self) -> Option<Period> {
        periods(&self.tally.weeks, u64::MAX).first().copied()
    }
}
