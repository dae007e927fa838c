//! Which of the cells that may be shown are whose.

use crate::audience::{Group, Ladder, View, join, surely};
use crate::counts::Counts;
use crate::epoch::Epoch;
use crate::estimate::{Arm, Cell, Channel};
use crate::said::Said;
use crate::statement::{Asked, Question, Statement};

use super::Estimated;

/// What may be shown of an outcome, over all versions of a book that ask it in the same way: the
/// same answers, shown by the same names, with the same noise. A book is often deployed anew, for
/// a bandit each week, and its question goes on.
pub(super) struct Shown<'s> {
    pub question: &'s Question,
    channel: Option<Channel>,
    pub versions: Vec<u32>,
    pub reports: u64,
    pub weeks: Option<(Epoch, Epoch)>,
    cells: Vec<Group<'s>>,
    ladder: Ladder<'s>,
}

impl<'s> Shown<'s> {
    /// All outcomes of that name: one for each way in which it was asked, in the order of the
    /// versions.
    pub fn all(statements: &[&'s Statement], name: &'s str, counts: &Counts) -> Vec<Self> {
        let mut ways: Vec<Vec<(&Statement, &Asked, &Question)>> = Vec::new();
        for statement in statements {
            let asked = statement.report.as_ref();
            let question = asked.and_then(|asked| Some((asked, asked.questions.get(name)?)));
            let Some((asked, question)) = question.filter(|(_, q)| q.outcome.is_some()) else {
                continue;
            };
            let same = |way: &&mut Vec<(&Statement, &Asked, &Question)>| {
                let said = |question: &Question| {
                    let outcome = question.outcome.as_ref();
                    outcome.map(|outcome| (outcome.of, outcome.variants.clone()))
                };
                way.first().is_some_and(|(_, other, like)| {
                    other.odds == asked.odds
                        && said(like) == said(question)
                        && like.answers == question.answers
                })
            };
            match ways.iter_mut().find(same) {
                Some(way) => way.push((statement, asked, question)),
                None => ways.push(vec![(statement, asked, question)]),
            }
        }
        let shown = ways
            .into_iter()
            .filter_map(|way| Self::new(&way, name, counts));
        shown.collect()
    }

    fn new(
        way: &[(&'s Statement, &'s Asked, &'s Question)],
        name: &'s str,
        counts: &Counts,
    ) -> Option<Self> {
        let (_, asked, question) = way.first()?;
        let views: Vec<View> = way
            .iter()
            .map(|(statement, asked, question)| View::new(statement, asked, name, question, counts))
            .collect();
        let weeks = views.iter().filter_map(View::all);
        let weeks = weeks.map(|all| (all.from, all.to));
        let mut shown = Self {
            question,
            channel: Channel::new(asked.odds, question.answers.len()),
            versions: way
                .iter()
                .map(|(statement, ..)| statement.version)
                .collect(),
            reports: views.iter().map(|view| view.tally.reports()).sum(),
            weeks: weeks.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1))),
            cells: Vec::new(),
            ladder: Ladder::new(question),
        };
        let crowd = way.iter().map(|(_, asked, _)| asked.crowd).max();
        shown.cells = shown.join(&views, crowd?).unwrap_or_default();
        Some(shown)
    }

    /// The cells over all versions, each a crowd; and a crowd, too, of those versions of which
    /// the audience does not tell it by itself. So there is nothing to be had by subtraction.
    fn join(&self, views: &[View<'s>], crowd: u64) -> Option<Vec<Group<'s>>> {
        let channel = self.channel?;
        let mut groups = views.first()?.tally.groups.clone();
        for group in &mut groups {
            let of = |view: &View| {
                let same = view
                    .tally
                    .groups
                    .iter()
                    .find(|other| other.name == group.name);
                same.map_or(0, |same| same.counts.iter().sum())
            };
            // A count for each version, as there else is for each week.
            group.counts = views.iter().map(of).collect();
        }
        let tells = |view: &View, group: &Group| {
            let inside = |cell: &&Group| cell.joins.iter().all(|part| group.joins.contains(part));
            let whole = view.whole.iter().flatten().filter(inside);
            whole.map(|cell| cell.joins.len()).sum::<usize>() == group.joins.len()
        };
        join(groups, self.question, crowd, |group| {
            let versions = group.counts.iter().zip(views);
            let (mut count, mut reports, mut known) = (0, 0, true);
            for (of, view) in versions.filter(|(_, view)| !tells(view, group)) {
                known = false;
                count += of;
                reports += view.tally.reports();
            }
            if known {
                f64::INFINITY
            } else {
                surely(channel, group.cell_of(count), reports)
            }
        })
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
