//! (0) The rules everyone can read: the segment book, compiled.
//!
//! A book is written as JSON (`docs/book.md`), checked and compiled by the author's tools,
//! and loaded here from its flat binary form (`docs/compiled-book.md`). Everything in this
//! room is public knowledge: no visitor is ever seen here.

mod binary;
mod decision;
mod model;
#[cfg(any(feature = "author", not(target_arch = "wasm32")))]
mod page;
mod ranking;
mod signal;
#[cfg(any(feature = "author", not(target_arch = "wasm32")))]
mod validate;

#[cfg(feature = "author")]
pub mod author;

use alloc::boxed::Box;
use alloc::vec::Vec;
pub use binary::{FORMAT, MAGIC, Refusal};
pub use decision::{Bandit, By, Choice, Draw, Experiment, Slot};
pub use model::{Feature, Form, Gives, Model, Node};
pub use ranking::{Ranking, Role, Term};
pub use signal::{Context, Domain, Kind, Matcher, Read, Signal, Span, Step};

/// Seconds since 1970-01-01T00:00:00Z. Negative and absurd times are clamped at the door.
pub type Time = u32;

/// One hour, in seconds.
pub const HOUR: u32 = 3_600;
/// One day, in seconds.
pub const DAY: u32 = 86_400;
/// One week, in seconds.
pub const WEEK: u32 = 7 * DAY;
/// A session ends after this many seconds without an event.
pub const SESSION_IDLE: u32 = 1_800;

/// Index of an interned string of the book.
pub type StrId = u32;

/// Reserved event 0: any event whose name the book does not mention.
pub const EVENT_OTHER: u16 = 0;
/// Reserved event 1: seconds of visible, focused attention.
pub const EVENT_DWELL: u16 = 1;
/// Reserved event 2: depth of scrolling, 0 to 100.
pub const EVENT_SCROLL: u16 = 2;
/// In a [`Matcher`]: any event at all, except dwell and scroll.
pub const EVENT_ANY: u16 = u16::MAX;
/// Reserved value 0 of every tag key: a value that the book does not mention.
pub const TAG_OTHER: u16 = 0;

/// The event that the engine tracks when a variant of an experiment or a bandit is shown. A book
/// that has neither has no such event.
pub const SHOWN: &str = "~shown";

/// Names of the reserved events, in order. No author can write them: names start with a letter.
pub const RESERVED_EVENTS: [&str; 3] = ["~other", "~dwell", "~scroll"];
/// Name of the reserved tag value.
pub const RESERVED_TAG: &str = "~other";

/// A compiled segment book. Immutable; every index in it has been checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Book {
    /// SHA-256 of the JSON source, as bytes.
    pub source_hash: [u8; 32],
    /// Every name in the book, once, as UTF-8.
    pub strings: Vec<Box<[u8]>>,
    /// The book's name: `[a-z0-9-]`, the `book` of a report.
    pub name: StrId,
    /// The book's version, from 1.
    pub version: u32,
    /// Seconds after which a memory that was not renewed is erased.
    pub retention: u32,
    /// Event names; the first three are reserved.
    pub events: Vec<StrId>,
    /// Tag keys that some signal reads, with the values that matter.
    pub tags: Vec<TagKey>,
    /// The signals in the order of the book, but scores last, each after the scores it reads.
    pub signals: Vec<Signal>,
    /// The trained models, in the order of the book.
    pub models: Vec<Model>,
    /// Distinct comparisons, sorted by signal, each with one signal.
    pub atoms: Vec<Atom>,
    /// Conditions as flat conjunctions of disjunctions. A rule refers only to atoms and to
    /// rules before it.
    pub rules: Vec<Rule>,
    /// The families of segments, in the order of the book.
    pub dimensions: Vec<Dimension>,
    /// What may be reported; `None`: nothing ever leaves.
    pub reporting: Option<Reporting>,
    /// Conditions of decisions, which are only looked at when one is asked for: rules whose
    /// literals refer to atoms, rules, segments and conditions before them.
    pub conditions: Vec<Rule>,
    /// The places of the page that are decided, in the order of the book.
    pub slots: Vec<Slot>,
    /// The experiments, in the order of the book.
    pub experiments: Vec<Experiment>,
    /// The bandits, in the order of the book.
    pub bandits: Vec<Bandit>,
    /// The orders of items, in the order of the book.
    pub rankings: Vec<Ranking>,
    /// Who takes part in no experiment and no bandit; no range: everybody may.
    pub holdout: Draw,
    /// Index of the event [`SHOWN`]; 0: there is none.
    pub shown: u16,
}

/// A tag key and its known values. Value 0 is [`RESERVED_TAG`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagKey {
    /// The key's name.
    pub name: StrId,
    /// The values, value 0 reserved.
    pub values: Vec<StrId>,
}

/// One comparison of one signal. False while the signal is missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Atom {
    /// Index into `Book::signals`.
    pub signal: u16,
    /// The comparison.
    pub test: Test,
}

/// A comparison as the author wrote it. A negated one is a negated literal of this.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `$gt`
    Greater(f64),
    /// `$gte`
    AtLeast(f64),
    /// `$lt`
    Less(f64),
    /// `$lte`
    AtMost(f64),
    /// `$eq`, and `true` or `false` as 1 or 0.
    Equals(f64),
    /// `$in` over the signal's items, ascending; a single item is an equality.
    Among(Vec<u16>),
    /// `$exists: true`
    Exists,
}

/// `(a or b) and (c or not d) and ...`, the whole of it negated if `negate`.
/// No clause at all is true; an empty clause is false.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rule {
    /// The rule holds when the conjunction does not.
    pub negate: bool,
    /// The clauses.
    pub clauses: Vec<Vec<Literal>>,
}

/// A reference to an atom (below the number of atoms) or to an earlier rule (above), or its
/// negation. In decisions it may also be, counted on behind all rules, a segment (over all
/// dimensions), or behind those an earlier one of `Book::conditions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Literal {
    /// Atom index, or number of atoms plus rule index.
    pub index: u32,
    /// Negated.
    pub negated: bool,
}

/// A family of segments of which exactly one, or up to `pick` of them, holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Dimension {
    /// The dimension's name.
    pub name: StrId,
    /// Why it exists, in the author's words.
    pub why: StrId,
    /// How many segments may hold at once.
    pub pick: u16,
    /// It names a sensitive topic: nothing about it passes the gate.
    pub sensitive: bool,
    /// Coarser groups. A group's parent comes before it.
    pub groups: Vec<Group>,
    /// The segments in order of preference. The last is `otherwise`.
    pub segments: Vec<Segment>,
}

/// A coarser group of segments: a rung of the ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The group's name.
    pub name: StrId,
    /// The group above, or `None` for `any`.
    pub parent: Option<u16>,
}

/// A named group of visitors.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// The segment's name.
    pub name: StrId,
    /// The group above, or `None` for `any`.
    pub parent: Option<u16>,
    /// Rule that lets a visitor in; `None` only for `otherwise`.
    pub when: Option<u32>,
    /// Weaker rule that lets a member stay.
    pub stay: Option<u32>,
    /// Least time of membership, in seconds.
    pub hold: u32,
    /// The segment is gone from this time on; 0: never.
    pub ends: Time,
    /// Worth to the business, for priorities.
    pub value: f64,
}

/// What may leave as a report, and how it is protected.
#[derive(Debug, Clone, PartialEq)]
pub struct Reporting {
    /// Epsilon of the randomised response.
    pub epsilon: f64,
    /// Least crowd that an answer may name.
    pub crowd: u32,
    /// Lifetime cap of linkability, in millionths of a bit.
    pub cap: u32,
    /// What a visitor may be asked; perhaps nothing, if there are hints.
    pub questions: Vec<Question>,
    /// What the page may pass on; `None`: nothing.
    pub hints: Option<Hints>,
}

/// Coarse segments, without noise, for the page to pass on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hints {
    /// Seconds for which a hint stays the same.
    pub window: u32,
    /// What it tells, all of it together.
    pub dimensions: Vec<HintedDimension>,
}

/// A dimension of a hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HintedDimension {
    /// Index into `Book::dimensions`; its `pick` is 1.
    pub dimension: u16,
    /// What it costs for a window: log2 of the number of names that may be shown, rounded up,
    /// in millionths of a bit.
    pub charge: u32,
    /// For each segment of the dimension, as what it is shown.
    pub shown: Vec<Shown>,
}

/// A dimension that a visitor may be asked about, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Index into `Book::dimensions`; its `pick` is 1.
    pub dimension: u16,
    /// Weight in the draw; at least 1.
    pub weight: u32,
    /// Least delay between the draw and the answer, in seconds.
    pub after: u32,
    /// A uniformly drawn part of this many seconds is added to the delay.
    pub jitter: u32,
    /// e^epsilon in units of 1/65536, rounded down: the true answer's weight, where every
    /// other answer weighs 65536.
    pub odds: u32,
    /// What an answer costs: log2 of its capacity, rounded up, in millionths of a bit.
    pub charge: u32,
    /// For each segment of the dimension, what is shown if it is the randomised answer.
    pub shown: Vec<Shown>,
}

/// What a randomised answer becomes after climbing its ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// Nothing: even `any` is not known to be a crowd.
    Withheld,
    /// The top of the ladder.
    Any,
    /// A group of the dimension.
    Group(u16),
    /// A segment of the dimension.
    Segment(u16),
}

impl Book {
    /// An interned string; empty for an unknown index.
    pub fn str(&self, id: StrId) -> &str {
        core::str::from_utf8(self.bytes(id)).unwrap_or_default()
    }

    /// The bytes of an interned string, for check sums.
    pub fn bytes(&self, id: StrId) -> &[u8] {
        self.strings.get(id as usize).map_or(&[], |s| s)
    }

    /// Whether there is more than segments: anything that the last sections of a compiled book say.
    #[cfg(any(feature = "author", not(target_arch = "wasm32")))]
    pub fn decides(&self) -> bool {
        !(self.conditions.is_empty()
            && self.slots.is_empty()
            && self.experiments.is_empty()
            && self.bandits.is_empty()
            && self.holdout.ranges.is_empty()
            && self.models.is_empty()
            && self.rankings.is_empty())
    }

    /// A dimension by its index.
    pub fn dimension(&self, index: u16) -> Option<&Dimension> {
        self.dimensions.get(usize::from(index))
    }

    /// A model by its index.
    pub fn model(&self, index: u16) -> Option<&Model> {
        self.models.get(usize::from(index))
    }

    /// The experiment or bandit (counted on behind all experiments) of which a dimension is the
    /// outcome. An author's dimensions have other names.
    #[cfg(any(feature = "author", not(target_arch = "wasm32")))]
    pub fn outcome(&self, dimension: &Dimension) -> Option<usize> {
        let experiments = self.experiments.iter().map(|e| e.name);
        let mut sources = experiments.chain(self.bandits.iter().map(|b| b.name));
        sources.position(|name| name == dimension.name)
    }

    /// Whether a dimension of this name must not leave.
    pub fn is_sensitive(&self, dimension: &str) -> bool {
        let mut all = self.dimensions.iter();
        all.any(|d| d.sensitive && self.str(d.name) == dimension)
    }

    /// Number of segments over all dimensions, `otherwise` included.
    pub fn segment_count(&self) -> usize {
        self.dimensions.iter().map(|d| d.segments.len()).sum()
    }

    /// Dimension and local index of a segment counted over all dimensions.
    pub fn locate(&self, mut segment: usize) -> Option<(usize, usize)> {
        for (d, dimension) in self.dimensions.iter().enumerate() {
            if segment < dimension.segments.len() {
                return Some((d, segment));
            }
            segment -= dimension.segments.len();
        }
        None
    }

    /// Items of a signal whose value is one of a list; `None` for numbers and booleans.
    pub fn items<'a>(&'a self, signal: &'a Signal) -> Option<Vec<&'a str>> {
        match &signal.kind {
            Kind::Top { key, items, .. } => {
                let key = self.tags.get(usize::from(*key))?;
                Some(
                    items
                        .iter()
                        .map(|&v| key.values.get(usize::from(v)).map_or("", |&s| self.str(s)))
                        .collect(),
                )
            }
            Kind::Context { of } => Some(of.items().to_vec()),
            Kind::Declared {
                domain: Domain::Items(items),
            } => Some(items.iter().map(|&s| self.str(s)).collect()),
            Kind::Model { model } => {
                let model = self.model(*model).filter(|m| m.is_class())?;
                Some(model.classes.iter().map(|&s| self.str(s)).collect())
            }
            _ => None,
        }
    }
}
