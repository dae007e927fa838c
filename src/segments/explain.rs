//! The evidence of a membership: which clause, which signal, what it was compared to.

use super::{Segments, mark};
use crate::book::{Atom, Book, Kind, Literal, Rule, Time};
use crate::codec::sort;
use crate::profile::Profile;
use alloc::vec::Vec;

/// Why a visitor is, or is not, in a segment.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Whether the segment holds.
    pub member: bool,
    /// Since when, for segments with `stay` or `hold`.
    pub since: Option<Time>,
    /// When its `hold` is over.
    pub held_until: Option<Time>,
    /// The condition; `None` for `otherwise`.
    pub when: Option<Explained>,
    /// The condition to stay.
    pub stay: Option<Explained>,
}

/// A condition with the truth of its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The condition holds when not all of its clauses do.
    pub negate: bool,
    /// All must hold.
    pub clauses: Vec<Clause>,
}

/// Part of a condition: at least one of its comparisons must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// Whether it holds.
    pub holds: bool,
    /// What was compared.
    pub compared: Vec<Compared>,
}

/// One comparison, or a condition inside a condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Compared {
    /// A signal was compared.
    Signal {
        /// Whether the literal holds, its negation included.
        holds: bool,
        /// The comparison is negated.
        negated: bool,
        /// What was compared to what.
        atom: Atom,
        /// The signal's value now; NaN while it is missing.
        current: f64,
        /// Of a model: what moved its answer most, the strongest first.
        moved: Vec<Moved>,
    },
    /// A condition of its own.
    Nested {
        /// Whether the literal holds, its negation included.
        holds: bool,
        /// The condition is negated.
        negated: bool,
        /// Its parts.
        parts: Explained,
    },
}

/// An input of a model that moved its answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moved {
    /// The signal.
    pub signal: u16,
    /// The item or number that it was compared with; NaN: its value was read.
    pub is: f32,
    /// How much it moved the output: up if above 0.
    pub by: f64,
}

/// As many inputs of a model are named.
const MOST_MOVED: usize = 3;

impl Segments {
    /// The evidence for a segment, counted over all dimensions.
    pub fn explain(
        &self,
        book: &Book,
        profile: &Profile,
        segment: u16,
        now: Time,
    ) -> Option<Evidence> {
        let (d, s) = book.locate(usize::from(segment))?;
        let definition = book.dimensions.get(d)?.segments.get(s)?;
        let since = mark(profile, segment);
        let rule = |index: Option<u32>| {
            let rule = book.rules.get(index? as usize)?;
            Some(self.parts(book, profile, rule, now))
        };
        Some(Evidence {
            member: self.flags.get(usize::from(segment)) == Some(&1),
            since,
            held_until: since
                .map(|t| t.saturating_add(definition.hold))
                .filter(|t| *t > now),
            when: rule(definition.when),
            stay: rule(definition.stay),
        })
    }

    fn parts(&self, book: &Book, profile: &Profile, rule: &Rule, now: Time) -> Explained {
        let clauses = rule.clauses.iter().map(|clause| {
            let compared: Vec<_> = clause
                .iter()
                .filter_map(|l| self.compared(book, profile, *l, now))
                .collect();
            Clause {
                holds: clause.iter().any(|l| self.network.literal(*l)),
                compared,
            }
        });
        Explained {
            negate: rule.negate,
            clauses: clauses.collect(),
        }
    }

    /// What moved the answer of a model most; nothing for other signals.
    fn moved(&self, book: &Book, signal: u16) -> Vec<Moved> {
        let kind = book.signals.get(usize::from(signal)).map(|s| &s.kind);
        let Some(Kind::Model { model }) = kind else {
            return Vec::new();
        };
        let mut moved = Vec::new();
        if let Some(model) = book.model(*model) {
            let inputs = model.inputs.iter().zip(self.models.contributions(model));
            moved.extend(inputs.map(|(input, by)| Moved {
                signal: input.signal,
                is: input.is,
                by,
            }));
        }
        moved.retain(|moved| moved.by != 0.0);
        sort(&mut moved, |a, b| a.by.abs() > b.by.abs());
        moved.truncate(MOST_MOVED);
        moved
    }

    fn compared(
        &self,
        book: &Book,
        profile: &Profile,
        literal: Literal,
        now: Time,
    ) -> Option<Compared> {
        let holds = self.network.literal(literal);
        let negated = literal.negated;
        let index = literal.index as usize;
        if let Some(atom) = book.atoms.get(index) {
            let score = self.score(atom.signal);
            let current = if score.is_nan() {
                profile.value(book, atom.signal, now)
            } else {
                score
            };
            return Some(Compared::Signal {
                holds,
                negated,
                atom: atom.clone(),
                current,
                moved: self.moved(book, atom.signal),
            });
        }
        // Rules refer to earlier rules only, so this ends.
        let rule = book.rules.get(index - book.atoms.len())?;
        Some(Compared::Nested {
            holds,
            negated,
            parts: self.parts(book, profile, rule, now),
        })
    }
}
