//! What became of experiments and bandits: rates, lifts, and what a bandit is to know next. All
//! of it is made of cells that are crowds. Formulas and rules: `docs/experiments.md`.

mod cells;
mod posteriors;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::counts::Counts;
use crate::epoch::Epoch;
use crate::estimate::{Aim, Interval, Lift, Pair, always};
use crate::said::{Outcome, Trial};
use crate::statement::Statement;
use cells::Shown;
pub use posteriors::{Posteriors, posteriors};

/// The outcomes that one version of a book asks for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcomes {
    /// Form of this answer.
    pub fewbits: u32,
    /// The book's name.
    pub book: String,
    /// The version that asks.
    pub version: u32,
    /// The least number of reporters in a cell of which anything is made.
    pub crowd: u64,
    /// By the name of the experiment or bandit.
    pub outcomes: BTreeMap<String, Told>,
}

/// One experiment or bandit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told {
    /// Which of the two.
    pub of: Trial,
    /// The versions that were counted: all that ask in the same way.
    pub versions: Vec<u32>,
    /// Reports of this question in all weeks.
    pub reports: u64,
    /// First week with reports; none without reports.
    pub from: Option<String>,
    /// Last week with reports.
    pub to: Option<String>,
    /// Epsilon of the randomised response.
    pub epsilon: f64,
    /// One for an experiment; for a bandit, one for each segment.
    pub places: Vec<Place>,
    /// How many comparisons were made: at 5 %, so many times 0.05 find a difference where there
    /// is none.
    pub tests: u64,
}

/// Where variants were shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Place {
    /// A segment; `any` for an experiment.
    pub within: String,
    /// Variants of which enough is known.
    pub variants: Vec<Variant>,
    /// Variants of which there are not surely a crowd who converted and a crowd who did not.
    pub withheld: Vec<String>,
    /// Each variant against the first.
    pub lifts: Vec<Compared>,
}

/// One variant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Variant {
    /// Its name.
    pub variant: String,
    /// Share of the reporters who were shown it.
    pub exposed: Estimated,
    /// Share of these who converted.
    pub rate: Estimated,
}

/// An estimate and its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimated {
    /// The estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end; none if any value above can be.
    pub high: Option<f64>,
}

/// A variant against the first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// The variant.
    pub variant: String,
    /// The first.
    pub against: String,
    /// Its rate less that of the first.
    pub difference: Estimated,
    /// The same interval for those who look more than once: it holds the truth at every look.
    pub always: Interval,
    /// The difference as a part of the rate of the first.
    pub relative: Option<Estimated>,
    /// How probable such a difference is by chance where there is none, at one look.
    pub p: f64,
    /// Reports that it takes to find the effect that was asked about.
    pub needed: Option<Needed>,
}

/// How many reports a test needs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Needed {
    /// The least effect that matters, as a part of the rate of the first.
    pub effect: f64,
    /// The probability with which it is to be found.
    pub power: f64,
    /// Reports of this question in all, by the estimated rate of the first.
    pub reports: u64,
    /// If the rate is at the upper end of its interval; none if the effect cannot be there.
    pub low: Option<u64>,
    /// If the rate is at the lower end.
    pub high: Option<u64>,
    /// How many are missing yet, by the estimated rate.
    pub missing: u64,
}

/// What became of the experiments and bandits that a version of a book asks about, or of one of
/// them. Statements are of all versions, in order; counts of all versions and weeks.
pub fn outcomes(
    statements: &[&Statement],
    version: u32,
    counts: &Counts,
    question: Option<&str>,
    aim: Option<Aim>,
) -> Option<Outcomes> {
    let mut versions = statements.iter();
    let statement = versions.find(|statement| statement.version == version)?;
    let mut found = Outcomes {
        fewbits: 1,
        book: statement.book.clone(),
        version,
        crowd: statement.report.as_ref().map_or(0, |asked| asked.crowd),
        outcomes: BTreeMap::new(),
    };
    for asked in statement.report.iter() {
        let chosen = |name: &str| question.is_none_or(|question| question == name);
        for (name, asking) in asked.questions.iter().filter(|(name, _)| chosen(name)) {
            let ways = Shown::all(statements, name, counts);
            let shown = ways.into_iter().find(|way| way.versions.contains(&version));
            if let (Some(outcome), Some(shown)) = (&asking.outcome, shown) {
                let told = told(outcome, &shown, asked.epsilon, aim);
                found.outcomes.insert(name.clone(), told);
            }
        }
    }
    Some(found)
}

fn told(outcome: &Outcome, shown: &Shown, epsilon: f64, aim: Option<Aim>) -> Told {
    let week = |of: fn((Epoch, Epoch)) -> Epoch| shown.weeks.map(|weeks| of(weeks).to_string());
    let places: Vec<Place> = shown
        .segments()
        .into_iter()
        .map(|within| place(outcome, shown, within, aim))
        .collect();
    let tests = places.iter().map(|place| place.lifts.len() as u64).sum();
    Told {
        of: outcome.of,
        versions: shown.versions.clone(),
        reports: shown.reports,
        from: week(|weeks| weeks.0),
        to: week(|weeks| weeks.1),
        epsilon,
        places,
        tests,
    }
}

fn place(outcome: &Outcome, shown: &Shown, within: &str, aim: Option<Aim>) -> Place {
    let mut place = Place {
        within: within.to_owned(),
        variants: Vec::new(),
        withheld: Vec::new(),
        lifts: Vec::new(),
    };
    let mut base = None;
    for (at, name) in outcome.variants.iter().enumerate() {
        let arm = shown.arm(within, name);
        let known = arm.and_then(|arm| Some((arm, arm.rate()?, shown.exposed(within, name)?)));
        let Some((arm, value, exposed)) = known else {
            place.withheld.push(name.clone());
            continue;
        };
        let Interval { low, high } = arm.interval();
        place.variants.push(Variant {
            variant: name.clone(),
            exposed,
            rate: Estimated {
                value,
                low,
                high: Some(high),
            },
        });
        if at == 0 {
            base = Some((name, arm));
        } else if let Some((against, base)) = base {
            let pair = Pair { base, other: arm };
            place.lifts.extend(compared(name, against, &pair, aim));
        }
    }
    place
}

fn compared(variant: &str, against: &str, pair: &Pair, aim: Option<Aim>) -> Option<Compared> {
    let difference = pair.difference()?;
    let half = always(pair.error()?, pair.base.reports);
    Some(Compared {
        variant: variant.to_owned(),
        against: against.to_owned(),
        difference: difference.into(),
        always: Interval {
            low: (difference.value - half).max(-1.0),
            high: (difference.value + half).min(1.0),
        },
        relative: pair.relative().map(Into::into),
        p: pair.p()?,
        needed: aim.and_then(|aim| needed(aim, pair)),
    })
}

fn needed(aim: Aim, pair: &Pair) -> Option<Needed> {
    let reports = |rate| aim.reports(&pair.base, &pair.other, rate);
    let Interval { low, high } = pair.base.interval();
    let all = reports(pair.base.rate()?)?;
    Some(Needed {
        effect: aim.effect,
        power: aim.power,
        reports: all,
        low: reports(high),
        high: reports(low),
        missing: all.saturating_sub(pair.base.reports),
    })
}

impl From<Lift> for Estimated {
    fn from(lift: Lift) -> Self {
        Self {
            value: lift.value,
            low: lift.low,
            high: lift.high,
        }
    }
}
