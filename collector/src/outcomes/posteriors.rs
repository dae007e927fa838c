//! What a bandit is to know next: a Beta distribution for each variant in each segment and group
//! of which enough is known, from all versions that asked, coarse to fine.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Estimated;
use super::cells::Shown;
use crate::counts::Counts;
use crate::estimate::{Arm, Beta, Interval, prior_of};
use crate::said::{Outcome, Trial};
use crate::statement::Statement;

/// The posteriors of a book's bandits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Posteriors {
    /// Form of this answer.
    pub fewbits: u32,
    /// The book's name.
    pub book: String,
    /// The version whose bandits these are.
    pub version: u32,
    /// By name.
    pub bandits: BTreeMap<String, Bandit>,
}

/// One bandit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bandit {
    /// The versions that were counted: all that ask for its outcome.
    pub versions: Vec<u32>,
    /// Reports of them.
    pub reports: u64,
    /// For the book: `bandits.NAME.posteriors`. By segment or group, by variant: `a` and `b`.
    pub posteriors: BTreeMap<String, BTreeMap<String, [f64; 2]>>,
    /// The same as rates: the mean, and what holds 95 %.
    pub rates: BTreeMap<String, BTreeMap<String, Estimated>>,
}

/// Posteriors of the bandits of a version, by all versions. Each way of asking has a partition
/// and a noise of its own, so their counts are not added: their likelihoods are multiplied.
/// Statements are of all versions, in order; counts of all versions and weeks.
pub fn posteriors(statements: &[&Statement], version: u32, counts: &Counts) -> Option<Posteriors> {
    let mut versions = statements.iter();
    let statement = versions.find(|statement| statement.version == version)?;
    let mut found = Posteriors {
        fewbits: 1,
        book: statement.book.clone(),
        version,
        bandits: BTreeMap::new(),
    };
    let questions = statement.report.iter().flat_map(|asked| &asked.questions);
    for (name, question) in questions {
        let outcome = question.outcome.as_ref();
        let Some(outcome) = outcome.filter(|outcome| outcome.of == Trial::Bandit) else {
            continue;
        };
        let ways = Shown::all(statements, name, counts);
        let this = ways.iter().find(|way| way.versions.contains(&version));
        if let Some(this) = this {
            let bandit = bandit(outcome, &ways, this);
            found.bandits.insert(name.clone(), bandit);
        }
    }
    Some(found)
}

fn bandit(outcome: &Outcome, ways: &[Shown], this: &Shown) -> Bandit {
    let mut known = BTreeMap::new();
    let mut places = this.places();
    let height = |place: &str| std::iter::successors(this.above(place), |p| this.above(p));
    places.sort_by_key(|place| height(place).count());
    for place in places {
        if let Some(row) = row(outcome, ways, this, place, &known) {
            known.insert(place.to_owned(), row);
        }
    }
    let mut versions: Vec<u32> = ways.iter().flat_map(|way| way.versions.clone()).collect();
    versions.sort_unstable();
    let mut bandit = Bandit {
        versions,
        reports: ways.iter().map(|way| way.reports).sum(),
        posteriors: BTreeMap::new(),
        rates: BTreeMap::new(),
    };
    for (place, row) in known {
        let all = |of: &dyn Fn(Beta) -> Estimated| {
            let pairs = row
                .iter()
                .map(|(variant, beta)| (variant.clone(), of(*beta)));
            pairs.collect()
        };
        bandit.rates.insert(place.clone(), all(&estimated));
        let pair = |(variant, beta): (&String, &Beta)| (variant.clone(), rounded(*beta));
        bandit
            .posteriors
            .insert(place, row.iter().map(pair).collect());
    }
    bandit
}

type Row = BTreeMap<String, Beta>;

/// The posteriors in one place. `None` if nothing is known there for itself: then the browser
/// takes the row of the place above.
fn row(
    outcome: &Outcome,
    ways: &[Shown],
    this: &Shown,
    place: &str,
    known: &BTreeMap<String, Row>,
) -> Option<Row> {
    let above = this.above(place);
    let whole = above.and_then(|above| known.get(above));
    let mut row = Row::new();
    for variant in &outcome.variants {
        let arms = |place: &str| -> Vec<Arm> {
            let arms = ways.iter().filter_map(|way| way.arm(place, variant));
            arms.filter(|arm| arm.rate().is_some()).collect()
        };
        let prior = match (whole.and_then(|row| row.get(variant)), above) {
            (Some(whole), Some(above)) => {
                let beside = this.places().into_iter();
                let beside = beside.filter(|place| this.above(place) == Some(above));
                let parts: Vec<Vec<Arm>> = beside.map(arms).collect();
                prior_of(whole.mean(), &parts, WEIGHT)
            }
            _ => Beta::FLAT,
        };
        let kept = || {
            let [a, b] = *outcome.posteriors.get(place)?.get(variant)?;
            Some(Beta { a, b }).filter(|kept| *kept != Beta::FLAT)
        };
        let arms = arms(place);
        let found = (!arms.is_empty()).then(|| prior.after(&arms));
        // What was a crowd once may not be one for certain among more reports, and more noise.
        if let Some(found) = found.or_else(kept) {
            row.insert(variant.clone(), found);
        }
    }
    let others = row.values().map(|beta| beta.mean()).sum::<f64>() / row.len() as f64;
    for variant in &outcome.variants {
        if !row.is_empty() && !row.contains_key(variant) {
            row.insert(variant.clone(), prior_of(others, &[], WEIGHT));
        }
    }
    (!row.is_empty()).then_some(row)
}

/// What a prior weighs at most, in trials.
const WEIGHT: f64 = 50.0;

fn estimated(beta: Beta) -> Estimated {
    let Interval { low, high } = beta.interval();
    Estimated {
        value: beta.mean(),
        low,
        high: Some(high),
    }
}

/// Down, to four digits: so that a book can be read, and what is known is never overstated.
fn rounded(beta: Beta) -> [f64; 2] {
    let weight = beta.a + beta.b;
    let scale = 10_f64.powf(3.0 - weight.min(beta.a.min(beta.b)).log10().floor());
    [beta.a, beta.b].map(|part| (part * scale).floor() / scale)
}
