//! Who the visitors are, as far as it may be shown: shares with intervals, no cell under the
//! crowd, no difference of what is shown under it either. Rules and figures: `docs/estimates.md`.

mod crowd;
mod flag;
mod group;
mod period;
mod tally;
mod view;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::counts::Counts;
use crate::epoch::Epoch;
use crate::estimate::{Channel, consistent};
use crate::statement::{Asked, Statement};
pub use crowd::{CrowdTable, crowd};
use flag::Found;
pub use flag::{ALARM, Flag, Kind};
pub(crate) use group::{Group, Ladder, join, surely};
use period::Period;
pub(crate) use view::View;

/// Estimates for one version of a book.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Audience {
    /// Form of this answer.
    pub fewbits: u32,
    /// The book's name.
    pub book: String,
    /// The version that was counted.
    pub version: u32,
    /// The least number of reporters that a cell is shown with.
    pub crowd: u64,
    /// First week that was asked for, or the first with reports; none without reports.
    pub from: Option<String>,
    /// Last week that was asked for, or the last with reports.
    pub to: Option<String>,
    /// By name.
    pub questions: BTreeMap<String, Shares>,
}

/// Estimates for one question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shares {
    /// Reports in the weeks that the cells are about; without cells, in those asked for.
    pub reports: u64,
    /// First of the weeks that the cells are about: whole periods within those asked for.
    pub from: Option<String>,
    /// Last of them.
    pub to: Option<String>,
    /// Epsilon of the randomised response.
    pub epsilon: f64,
    /// A partition of all answers, or nothing.
    pub cells: Vec<Estimate>,
    /// Counted cells that are shown only together with others, under a coarser name.
    pub merged: usize,
    /// Counted cells that are not shown at all: with fewer reports than a crowd, all of them.
    pub suppressed: usize,
    /// The weeks asked for, in parts that can be shown; empty if there is but one.
    pub periods: Vec<Part>,
    /// Reports of each week asked for.
    pub weeks: Vec<Week>,
    /// What honest visitors hardly ever make, over all weeks.
    pub flags: Vec<Flag>,
    /// How many tests were made to find such.
    pub tests: u64,
    /// How many of them raise a false alarm, on average, at most.
    pub false_alarms: f64,
}

/// Estimate of one cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// The segment or group by which the cell is shown.
    pub name: String,
    /// The segments in it.
    pub holds: Vec<String>,
    /// Unbiased share of the visitors; by chance below 0 or above 1.
    pub share: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The share made consistent with the others for display: 0 or more, in sum 1.
    pub display: f64,
    /// Share times reports, to the nearest whole number.
    pub count: u64,
}

/// Estimates for some of the weeks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// First week.
    pub from: String,
    /// Last week.
    pub to: String,
    /// Reports in these weeks.
    pub reports: u64,
    /// A partition of all answers, the same in all parts.
    pub cells: Vec<Estimate>,
}

/// One week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Week {
    /// `2026-W48`
    pub week: String,
    /// Reports that name it.
    pub reports: u64,
}

/// Estimates from the counts of one version of a book: for one question or all, for some weeks
/// or all. Counts must be of all weeks: what may be shown of some depends on the others.
pub fn answer(
    statement: &Statement,
    counts: &Counts,
    question: Option<&str>,
    from: Option<Epoch>,
    to: Option<Epoch>,
) -> Audience {
    let mut audience = Audience {
        fewbits: 1,
        book: statement.book.clone(),
        version: statement.version,
        crowd: statement.report.as_ref().map_or(0, |asked| asked.crowd),
        from: None,
        to: None,
        questions: BTreeMap::new(),
    };
    let range = from.unwrap_or(Epoch::at(0))..=to.unwrap_or(Epoch::MAX);
    let mut weeks: Vec<Epoch> = Vec::new();
    if let Some(asked) = &statement.report {
        let chosen = |name: &str| question.is_none_or(|question| question == name);
        for (name, question) in asked.questions.iter().filter(|(name, _)| chosen(name)) {
            let view = View::new(statement, asked, name, question, counts);
            weeks.extend(view.tally.weeks.iter().map(|(week, _)| *week));
            let shares = Asking { asked, view }.shares(range.clone());
            audience.questions.insert(name.clone(), shares);
        }
    }
    let first = from.or(weeks.iter().min().copied());
    let last = to.or(weeks.iter().max().copied());
    audience.from = first.map(|week| week.to_string());
    audience.to = last.map(|week| week.to_string());
    audience
}

type Range = std::ops::RangeInclusive<Epoch>;

struct Asking<'s> {
    asked: &'s Asked,
    view: View<'s>,
}

impl Asking<'_> {
    fn shares(&self, range: Range) -> Shares {
        let view = &self.view;
        let weeks = view.tally.weeks.iter();
        let within = weeks.filter(|(week, _)| range.contains(week));
        let weeks: Vec<Week> = within
            .map(|(week, reports)| Week {
                week: week.to_string(),
                reports: *reports,
            })
            .collect();
        let mut shares = Shares {
            reports: weeks.iter().map(|week| week.reports).sum(),
            from: None,
            to: None,
            epsilon: self.asked.epsilon,
            cells: Vec::new(),
            merged: 0,
            suppressed: view.tally.groups.len(),
            periods: Vec::new(),
            weeks,
            flags: Vec::new(),
            tests: 0,
            false_alarms: 0.0,
        };
        if let Some(channel) = view.channel {
            self.show(&mut shares, channel, range);
            self.flag(&mut shares, channel);
        }
        shares
    }

    /// Fills in what may be shown of the weeks asked for.
    fn show(&self, shares: &mut Shares, channel: Channel, range: Range) {
        let (Some(whole), Some(all)) = (&self.view.whole, self.view.all()) else {
            return;
        };
        let inside = |period: &Period| range.contains(&period.from) && range.contains(&period.to);
        if let Some(parts) = &self.view.parts {
            for (at, period) in self.view.periods.iter().enumerate() {
                if inside(period) {
                    let of = |group: &Group| group.counts.get(at).copied().unwrap_or(0);
                    shares.periods.push(Part {
                        from: period.from.to_string(),
                        to: period.to.to_string(),
                        reports: period.reports,
                        cells: estimates(parts, channel, period.reports, of),
                    });
                }
            }
        }
        let (groups, period, cells) = if inside(&all) {
            let of = |group: &Group| group.counts.iter().sum();
            (whole, all, estimates(whole, channel, all.reports, of))
        } else {
            let Some(parts) = &self.view.parts else {
                return;
            };
            let Some(some) = joined(&self.view.periods, inside) else {
                return;
            };
            let of = |group: &Group| {
                let counts = group.counts.iter().zip(&self.view.periods);
                counts
                    .filter(|(_, p)| inside(p))
                    .map(|(count, _)| *count)
                    .sum()
            };
            (parts, some, estimates(parts, channel, some.reports, of))
        };
        shares.reports = period.reports;
        shares.from = Some(period.from.to_string());
        shares.to = Some(period.to.to_string());
        shares.cells = cells;
        shares.suppressed = 0;
        let alone = |group: &&Group| group.joins == [group.name];
        shares.merged = self.view.tally.groups.len() - groups.iter().filter(alone).count();
    }

    /// Looks for oddities over all weeks, whichever were asked for.
    fn flag(&self, shares: &mut Shares, channel: Channel) {
        let mut found = Found::default();
        if let Some(parts) = &self.view.parts {
            found.jumps(parts, &self.view.periods);
        }
        if let (Some(whole), Some(all)) = (&self.view.whole, self.view.all()) {
            found.below_noise(whole, &self.view.tally.groups, &all, channel);
        }
        shares.flags = found.flags;
        shares.tests = found.tests;
        shares.false_alarms = found.tests as f64 * ALARM;
    }
}

/// The periods that are chosen, as one.
fn joined(periods: &[Period], chosen: impl Fn(&Period) -> bool) -> Option<Period> {
    let chosen = periods.iter().filter(|period| chosen(period)).copied();
    chosen.reduce(|all, next| Period {
        to: next.to,
        reports: all.reports + next.reports,
        weeks: all.weeks + next.weeks,
        ..all
    })
}

fn estimates(
    groups: &[Group],
    channel: Channel,
    reports: u64,
    count: impl Fn(&Group) -> u64,
) -> Vec<Estimate> {
    let cells = groups.iter().filter_map(|group| {
        let cell = group.cell_of(count(group));
        let share = channel.estimate(cell, reports)?;
        let interval = channel.interval(cell, reports)?;
        Some(Estimate {
            name: group.name.to_owned(),
            holds: group.holds.iter().map(ToString::to_string).collect(),
            share,
            low: interval.low,
            high: interval.high,
            display: share,
            count: (share * reports as f64).round() as u64,
        })
    });
    let mut cells: Vec<Estimate> = cells.collect();
    let shares: Vec<f64> = cells.iter().map(|cell| cell.share).collect();
    for (cell, display) in cells.iter_mut().zip(consistent(&shares)) {
        cell.display = display;
    }
    cells
}
