//! (4) What is shown, and by which rule: slots, experiments, bandits.
//!
//! Everything here is looked at only when a decision is asked for. The visitor is seen through
//! [`Visitor`] alone: whether a condition holds, the value of a signal, the segment of a
//! dimension.

mod bandit;
mod bucket;
mod ranking;
mod record;

use crate::book::{Book, By, Draw, Experiment, Literal, Slot, Time};

pub use bandit::{Stream, beta};
pub use bucket::{choose, hash, in_namespace};
pub use ranking::weigh;
pub use record::Choices;

/// What a decision may know of a visitor.
pub trait Visitor {
    /// Whether a condition holds.
    fn holds(&self, condition: Literal) -> bool;
    /// Value of a signal; NaN while it is missing.
    fn value(&self, signal: u16) -> f64;
    /// The segment of a dimension that holds, the first of several.
    fn member(&self, dimension: u16) -> Option<u16>;
}

/// What is shown in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Index into the slot's variants.
    pub variant: u16,
    /// Index of the rule that had the answer; `None`: it is the slot's `otherwise`.
    pub rule: Option<u16>,
    /// It stays so for the session.
    pub frozen: bool,
}

/// Tag key and value that tell which variant of an experiment or bandit was shown.
pub type Exposure = (u16, u16);

/// A rule's answer: the slot's variant, and what is to be remembered of it.
type Answer = (u16, Option<Exposure>);

/// Decides a slot anew.
pub fn decide(
    book: &Book,
    slot: &Slot,
    choices: &Choices,
    visitor: &dyn Visitor,
    now: Time,
) -> (Decision, Option<Exposure>) {
    for (rule, choice) in (0u16..).zip(&slot.choose) {
        if choice.when.is_some_and(|when| !visitor.holds(when)) {
            continue;
        }
        let answer = match &choice.by {
            By::Show(variant) => Some((*variant, None)),
            By::Source { source, show } => {
                arm(book, *source, choices, visitor, now).and_then(|(arm, exposure)| {
                    let variant = show.get(usize::from(arm)).copied();
                    variant.map(|variant| (variant, exposure))
                })
            }
            By::Rank { of, least } => rank(of, *least, visitor),
        };
        if let Some((variant, exposure)) = answer {
            let decision = Decision {
                variant,
                rule: Some(rule),
                frozen: false,
            };
            return (decision, exposure);
        }
    }
    let decision = Decision {
        variant: slot.otherwise,
        rule: None,
        frozen: false,
    };
    (decision, None)
}

/// The variant whose signal has the greatest value; the first of several.
fn rank(of: &[(u16, u16)], least: f64, visitor: &dyn Visitor) -> Option<Answer> {
    let mut best = None;
    let mut most = 0.0;
    for &(variant, signal) in of {
        let value = visitor.value(signal);
        if value > most && value >= least {
            most = value;
            best = Some((variant, None));
        }
    }
    best
}

/// Which variant of an experiment or bandit a visitor gets; `None`: none of them.
fn arm(
    book: &Book,
    source: u16,
    choices: &Choices,
    visitor: &dyn Visitor,
    now: Time,
) -> Option<Answer> {
    if let Some(arm) = choices.forced(source) {
        return Some((arm, None));
    }
    let mut chance = choices.chance(source)?;
    if part(&book.holdout, choices).is_some() {
        return None;
    }
    let index = usize::from(source);
    if let Some(experiment) = book.experiments.get(index) {
        let arm = enrolled(book, experiment, choices, visitor, now)?;
        return Some((arm, Some((experiment.key, arm + 1))));
    }
    let bandit = book.bandits.get(index - book.experiments.len())?;
    let variants = bandit.variants.len() as u16;
    // What was shown is kept, so that what becomes of it is the work of one variant.
    let last = bandit.seen.and_then(|first| {
        let arms = 0..bandit.rows.len() as u16;
        arms.into_iter()
            .find(|arm| visitor.value(first + arm) == 1.0)
    });
    if let Some(last) = last {
        return Some((last.checked_rem(variants)?, Some((bandit.key, last + 1))));
    }
    let row = bandit.by.map_or(Some(0), |by| visitor.member(by))?;
    let (_, rows) = bandit.rows.split_at_checked(usize::from(row * variants))?;
    let arm = bandit::sample(rows.get(..usize::from(variants))?, &mut chance)?;
    let value = row * variants + arm + 1;
    Some((arm, Some((bandit.key, value))))
}

/// The variant of an experiment that a visitor is in.
fn enrolled(
    book: &Book,
    experiment: &Experiment,
    choices: &Choices,
    visitor: &dyn Visitor,
    now: Time,
) -> Option<u16> {
    if experiment.ends > 0 && now >= experiment.ends {
        return None;
    }
    // Who has seen a variant keeps it, whatever a later version of the book would draw.
    let seen = seen(experiment, visitor);
    if seen.is_some() {
        return seen;
    }
    let rival = |other: &Experiment| {
        experiment.layer > 0
            && other.layer == experiment.layer
            && (other.ends == 0 || now < other.ends)
            && self::seen(other, visitor).is_some()
    };
    if experiment.when.is_some_and(|when| !visitor.holds(when))
        || experiment.within.iter().any(|d| part(d, choices).is_none())
        || book.experiments.iter().any(rival)
    {
        return None;
    }
    part(&experiment.draw, choices)
}

/// The variant that a visitor saw first.
fn seen(experiment: &Experiment, visitor: &dyn Visitor) -> Option<u16> {
    let first = experiment.seen?;
    let mut found = None;
    let mut longest = -1.0;
    for arm in 0..experiment.variants.len() as u16 {
        let since = visitor.value(first + arm);
        if since > longest {
            longest = since;
            found = Some(arm);
        }
    }
    found
}

/// The part of a draw that a visitor falls into.
fn part(draw: &Draw, choices: &Choices) -> Option<u16> {
    if draw.ranges.is_empty() {
        return None;
    }
    choose(choices.drawn(draw)?, &draw.ranges)
}
