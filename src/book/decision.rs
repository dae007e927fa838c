//! What a book decides: slots, experiments, bandits.

use alloc::vec::Vec;

use super::{Literal, StrId, Time};

/// A place of the page that shows one of a finite set of variants.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// The slot's name.
    pub name: StrId,
    /// Why it exists, in the author's words.
    pub why: StrId,
    /// What it can show.
    pub variants: Vec<StrId>,
    /// Tried in order; the first that has an answer gives it.
    pub choose: Vec<Choice>,
    /// The variant that is shown if none has.
    pub otherwise: u16,
    /// The answer may change within a session.
    pub changes: bool,
}

/// One rule of a slot.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Condition for the rule; `None`: always.
    pub when: Option<Literal>,
    /// The reason, in the author's words.
    pub because: StrId,
    /// How it chooses.
    pub by: By,
}

/// How a rule chooses a variant of its slot.
#[derive(Debug, Clone, PartialEq)]
pub enum By {
    /// Always this one.
    Show(u16),
    /// For each variant of the experiment or bandit, the slot's. The source is an index over
    /// `Book::experiments` and, behind them, `Book::bandits`.
    Source {
        /// Which experiment or bandit.
        source: u16,
        /// The slot's variant for each of its own.
        show: Vec<u16>,
    },
    /// The variant whose signal has the greatest value, if that is above 0 and at least `least`.
    Rank {
        /// Variant and signal.
        of: Vec<(u16, u16)>,
        /// Least value that counts.
        least: f64,
    },
}

/// Chance that is the same each time: a hash of the visitor's seed and a name, compared with
/// parts of the interval from 0 to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Draw {
    /// Version of the hash: 1 or 2.
    pub version: u8,
    /// The name that is hashed with the seed, as UTF-16 code units.
    pub salt: Vec<u16>,
    /// Parts of the interval: from (inclusive), to (exclusive). A draw in none has no result.
    pub ranges: Vec<(f64, f64)>,
}

/// A test of variants against each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Experiment {
    /// The experiment's name.
    pub name: StrId,
    /// Why it runs, in the author's words.
    pub why: StrId,
    /// What is compared.
    pub variants: Vec<StrId>,
    /// Which visitor gets which variant: a range each.
    pub draw: Draw,
    /// What the visitor must be drawn into first: a namespace, a share of a layer.
    pub within: Vec<Draw>,
    /// Condition to take part; `None`: everybody.
    pub when: Option<Literal>,
    /// One more than the index of its layer; 0: none.
    pub layer: u16,
    /// It is over from this time on; 0: never.
    pub ends: Time,
    /// Tag key of its exposures; the values are the variants, from 1.
    pub key: u16,
    /// The first of its signals, one for each variant: since when the visitor has seen it. A
    /// visitor who has seen a variant keeps it.
    pub seen: Option<u16>,
}

/// A choice that learns from groups: posteriors of each variant's success, one row for each
/// segment of a dimension.
#[derive(Debug, Clone, PartialEq)]
pub struct Bandit {
    /// The bandit's name.
    pub name: StrId,
    /// Why it exists, in the author's words.
    pub why: StrId,
    /// What it chooses from.
    pub variants: Vec<StrId>,
    /// The dimension whose segments learn apart; `None`: all visitors together.
    pub by: Option<u16>,
    /// For each segment of the dimension, or once: Beta posteriors, a pair for each variant. One
    /// row after the other.
    pub rows: Vec<(f64, f64)>,
    /// Tag key of its exposures; the values are row and variant, from 1.
    pub key: u16,
    /// The first of its signals, one for each row and variant: it is what the visitor was shown
    /// last. Where its outcome is asked for, a visitor keeps it. `None`: a draw each session.
    pub seen: Option<u16>,
}
