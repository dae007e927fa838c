//! What a bandit is to know next: a Beta distribution for each variant in each segment and group
//! of which enough is known, from all versions that asked, coarse to fine.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Estimated;
use super::cells::Shown;
use crate::counts::Counts;
use crate::estimate::{Arm, Beta, Interval, prior_of};
use crate::said::Trial;
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
    /// The first version whose reports are in it.
    pub since: u32,
    /// By name.
    pub bandits: BTreeMap<String, Bandit>,
}

/// One bandit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bandit {
    /// Reports that it was made of, of all versions.
    pub reports: u64,
    /// For the book: `bandits.NAME.posteriors`. By segment or group, by variant: `a` and `b`.
    pub posteriors: BTreeMap<String, BTreeMap<String, [f64; 2]>>,
    /// The same as rates: the mean, and what holds 95 %.
    pub rates: BTreeMap<String, BTreeMap<String, Estimated>>,
}

/// Posteriors of the newest of these versions' bandits. Each version's answers have a partition
/// and a noise of their own, so their counts are not added: their likelihoods are multiplied.
/// Versions must be in order, counts of all weeks and versions.
pub fn posteriors(versions: &[&Statement], counts: &Counts) -> Option<Posteriors> {
    let newest = *versions.last()?;
    let mut found = Posteriors {
        fewbits: 1,
        book: newest.book.clone(),
        version: newest.version,
        since: versions.first()?.version,
        bandits: BTreeMap::new(),
    };
    for (name, question) in newest.report.iter().flat_map(|asked| &asked.questions) {
        let outcome = question.outcome.as_ref();
        let Some(outcome) = outcome.filter(|outcome| outcome.of == Trial::Bandit) else {
            continue;
        };
        let shown: Vec<Shown> = versions
            .iter()
            .filter_map(|statement| {
                let asked = statement.report.as_ref()?;
                let question = asked.questions.get(name)?;
                question.outcome.as_ref()?;
                Some(Shown::new(statement, asked, name, question, counts))
            })
            .collect();
        found
            .bandits
            .insert(name.clone(), bandit(&outcome.variants, &shown));
    }
    Some(found)
}

fn bandit(variants: &[String], shown: &[Shown]) -> Bandit {
    let mut known = BTreeMap::new();
    // The newest version's ladder; coarse to fine.
    if let Some(newest) = shown.last() {
        let mut places = newest.places();
        let height = |place: &str| std::iter::successors(newest.above(place), |p| newest.above(p));
        places.sort_by_key(|place| height(place).count());
        for place in places {
            let row = row(variants, shown, newest, place, &known);
            if let Some(row) = row {
                known.insert(place.to_owned(), row);
            }
        }
    }
    let mut bandit = Bandit {
        reports: shown.iter().map(|shown| shown.reports).sum(),
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
    variants: &[String],
    shown: &[Shown],
    newest: &Shown,
    place: &str,
    known: &BTreeMap<String, Row>,
) -> Option<Row> {
    let above = newest.above(place);
    let row = above.and_then(|above| known.get(above));
    let mut any = false;
    let row = variants.iter().map(|variant| {
        let arms = |place: &str| -> Vec<Arm> {
            let arms = shown.iter().filter_map(|shown| shown.arm(place, variant));
            arms.filter(|arm| arm.rate().is_some()).collect()
        };
        let prior = match (row.and_then(|row| row.get(variant)), above) {
            (Some(whole), Some(above)) => {
                let beside = newest.places().into_iter();
                let beside = beside.filter(|place| newest.above(place) == Some(above));
                let parts: Vec<Vec<Arm>> = beside.map(arms).collect();
                prior_of(whole.mean(), &parts, WEIGHT)
            }
            _ => Beta::FLAT,
        };
        let arms = arms(place);
        any |= !arms.is_empty();
        (variant.clone(), prior.after(&arms))
    });
    let row: Row = row.collect();
    any.then_some(row)
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
