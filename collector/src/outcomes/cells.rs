//! Which of the cells that may be shown are whose.

use crate::audience::{Group, Ladder, View};
use crate::counts::Counts;
use crate::estimate::{Arm, Cell, Channel};
use crate::said::Said;
use crate::statement::{Asked, Question, Statement};

use super::Estimated;

/// What may be shown of an outcome: the cells of the audience, and nothing else. So whatever is
/// made of them tells no more than the audience does.
pub(super) struct Shown<'s> {
    pub question: &'s Question,
    channel: Option<Channel>,
    pub reports: u64,
    pub weeks: Option<(String, String)>,
    cells: Vec<Group<'s>>,
    ladder: Ladder<'s>,
}

impl<'s> Shown<'s> {
    pub fn new(
        statement: &'s Statement,
        asked: &'s Asked,
        name: &'s str,
        question: &'s Question,
        counts: &Counts,
    ) -> Self {
        let view = View::new(statement, asked, name, question, counts);
        let weeks = view
            .all()
            .map(|all| (all.from.to_string(), all.to.to_string()));
        Self {
            question,
            channel: view.channel,
            reports: view.tally.reports(),
            weeks,
            cells: view.whole.unwrap_or_default(),
            ladder: Ladder::new(question),
        }
    }

    /// Where variants are shown: segments in the order of the book, then the groups above them.
    pub fn places(&self) -> Vec<&'s str> {
        let answers = &self.question.answers;
        let segments = answers.iter().filter_map(|a| Said::read(&a.segment));
        let groups = answers.iter().flat_map(|answer| &answer.under);
        let groups = groups.filter_map(|group| Said::read(group));
        let mut places = Vec::new();
        for said in segments.chain(groups) {
            if !places.contains(&said.within) {
                places.push(said.within);
            }
        }
        places
    }

    /// The place right above another.
    pub fn above(&self, place: &str) -> Option<&'s str> {
        let answers = self.question.answers.iter();
        let ladders = answers.map(|a| std::iter::once(&a.segment).chain(&a.under));
        for rungs in ladders {
            let mut places = rungs.filter_map(|rung| Said::read(rung)).map(|s| s.within);
            if places.any(|within| within == place) {
                return places.next();
            }
        }
        None
    }

    /// What was counted of a variant in a place. `None` if it is not known for itself: some of it
    /// is shown by a coarser name, or together with something else.
    pub fn arm(&self, within: &str, variant: &str) -> Option<Arm> {
        let [yes, no] = [true, false].map(|converted| {
            self.cell(Said {
                within,
                variant,
                converted,
            })
        });
        let (yes, no) = (yes?, no?);
        let channel = self.channel?;
        (yes.holds == no.holds).then(|| Arm {
            yes: yes.count,
            no: no.count,
            reports: self.reports,
            blur: channel.blur(yes.holds),
        })
    }

    /// All shown cells that lie within what is said, if together they are exactly that.
    fn cell(&self, said: Said) -> Option<Cell> {
        let means = |name: &str| Said::read(name) == Some(said);
        let within = |name: &str| means(name) || self.ladder.above(name).any(means);
        let answers = self.question.answers.iter();
        let meant = answers.filter(|answer| within(&answer.segment)).count();
        let inside = self.cells.iter().filter(|cell| within(cell.name));
        let cell: Cell = inside.map(Group::cell).sum();
        (meant > 0 && usize::try_from(cell.holds) == Ok(meant)).then_some(cell)
    }

    /// Segments in which variants are shown, in the order of the book; `any` where it is not
    /// said.
    pub fn segments(&self) -> Vec<&'s str> {
        let answers = self.question.answers.iter();
        let mut segments: Vec<_> = answers
            .filter_map(|answer| Some(Said::read(&answer.segment)?.within))
            .collect();
        segments.dedup();
        segments
    }

    /// The share of the reporters who were shown a variant in a place.
    pub fn exposed(&self, within: &str, variant: &str) -> Option<Estimated> {
        let both = [true, false].map(|converted| {
            self.cell(Said {
                within,
                variant,
                converted,
            })
        });
        let both: Cell = [both[0]?, both[1]?].into_iter().sum();
        let channel = self.channel?;
        let interval = channel.interval(both, self.reports)?;
        Some(Estimated {
            value: channel.estimate(both, self.reports)?,
            low: interval.low,
            high: Some(interval.high),
        })
    }
}
