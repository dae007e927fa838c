//! From nested conditions to distinct comparisons and flat rules.
//!
//! Negations are pushed down to the comparisons, nested `and`s and `or`s are merged, and what
//! then has more than two levels becomes rules of its own. A rule that is there already is
//! shared.

use super::condition::Expr;
use crate::book::{Atom, Literal, Rule, Test};
use std::collections::{BTreeMap, BTreeSet};

/// What a condition compares in the end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Leaf<'e> {
    Atom(&'e Atom),
    /// A dimension and its segment.
    Segment(u16, u16),
}

/// A condition whose only negations are at the comparisons. No list in it is empty, except
/// that `All` of nothing is true and `Any` of nothing is false.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Flat<'e> {
    Literal(Leaf<'e>, bool),
    All(Vec<Flat<'e>>),
    Any(Vec<Flat<'e>>),
}

/// Brings a condition, or its negation, into that form.
pub(super) fn flat(expr: &Expr, negated: bool) -> Flat<'_> {
    match expr {
        Expr::Atom(atom) => Flat::Literal(Leaf::Atom(atom), negated),
        &Expr::Segment(dimension, segment) => {
            Flat::Literal(Leaf::Segment(dimension, segment), negated)
        }
        Expr::Not(inner) => flat(inner, !negated),
        Expr::All(parts) => join(parts, negated, !negated),
        Expr::Any(parts) => join(parts, negated, negated),
    }
}

fn join(parts: &[Expr], negated: bool, all: bool) -> Flat<'_> {
    let mut list: Vec<Flat> = Vec::new();
    let mut known = BTreeSet::new();
    for part in parts {
        let merged = match flat(part, negated) {
            // True in a conjunction and false in a disjunction say nothing; a list of the same
            // sort is merged.
            Flat::All(inner) if all => inner,
            Flat::Any(inner) if !all => inner,
            // The other way round they decide.
            Flat::Any(inner) if inner.is_empty() => return Flat::Any(Vec::new()),
            Flat::All(inner) if inner.is_empty() => return Flat::All(Vec::new()),
            part => vec![part],
        };
        for part in merged {
            let new = match &part {
                Flat::Literal(Leaf::Atom(atom), negated) => known.insert((key(atom), *negated)),
                _ => true,
            };
            if new {
                list.push(part);
            }
        }
    }
    if list.len() == 1 {
        list.remove(0)
    } else if all {
        Flat::All(list)
    } else {
        Flat::Any(list)
    }
}

/// Orders comparisons: by signal, then by operator, then by what is compared to.
type AtomKey = (u16, u8, u64, Vec<u16>);

fn key(atom: &Atom) -> AtomKey {
    let (tag, value, items) = match &atom.test {
        Test::Greater(v) => (0, *v, Vec::new()),
        Test::AtLeast(v) => (1, *v, Vec::new()),
        Test::Less(v) => (2, *v, Vec::new()),
        Test::AtMost(v) => (3, *v, Vec::new()),
        Test::Equals(v) => (4, *v, Vec::new()),
        Test::Among(items) => (5, 0.0, items.clone()),
        Test::Exists => (6, 0.0, Vec::new()),
    };
    // The order of numbers as the order of their bits.
    let bits = f64::to_bits(value);
    let bits = if bits >> 63 == 1 {
        !bits
    } else {
        bits | 1 << 63
    };
    (atom.signal, tag, bits, items)
}

fn atoms_of<'e>(expr: &'e Expr, found: &mut BTreeMap<AtomKey, &'e Atom>) {
    match expr {
        Expr::Atom(atom) => {
            found.insert(key(atom), atom);
        }
        Expr::Segment(..) => {}
        Expr::Not(inner) => atoms_of(inner, found),
        Expr::All(parts) | Expr::Any(parts) => {
            parts.iter().for_each(|part| atoms_of(part, found));
        }
    }
}

/// The tables of a book's conditions.
pub(super) struct Tables {
    pub(super) atoms: Vec<Atom>,
    pub(super) rules: Vec<Rule>,
    /// For each condition that was given, its rule.
    pub(super) roots: Vec<u32>,
    /// The conditions of decisions that are no literal by themselves.
    pub(super) conditions: Vec<Rule>,
    /// For each condition of a decision, what it comes to.
    pub(super) decided: Vec<Literal>,
}

/// Lowers all conditions of a book at once: those that are kept up to date, and those that are
/// looked at when something is decided. `firsts`: each dimension's first segment, counted over
/// all dimensions; behind the last one, how many segments there are.
pub(super) fn lower(conditions: &[&Expr], decided: &[&Expr], firsts: &[u32]) -> Tables {
    let mut found = BTreeMap::new();
    conditions
        .iter()
        .chain(decided)
        .for_each(|condition| atoms_of(condition, &mut found));
    let atoms: Vec<Atom> = found.values().map(|&atom| atom.clone()).collect();
    let index: BTreeMap<AtomKey, u32> = (0..)
        .zip(found.into_keys())
        .map(|(i, key)| (key, i))
        .collect();
    let first = index.len() as u32;
    let mut rules = Rules {
        index,
        firsts,
        segments: 0,
        first,
        list: Vec::new(),
        known: BTreeMap::new(),
    };
    let roots = conditions
        .iter()
        .map(|condition| {
            let rule = rules.rule(&flat(condition, false));
            rules.add(rule)
        })
        .map(|index| index - first)
        .collect();
    // Behind the rules come the segments, and behind those what is made from here on.
    let kept = std::mem::take(&mut rules.list);
    rules.segments = first + kept.len() as u32;
    rules.first = rules.segments + firsts.last().copied().unwrap_or(0);
    let decided = decided
        .iter()
        .map(|condition| rules.literal(&flat(condition, false)))
        .collect();
    Tables {
        atoms,
        rules: kept,
        roots,
        conditions: rules.list,
        decided,
    }
}

/// A rule as something that can be looked up: whether it is negated, and its clauses.
type RuleKey = (bool, Vec<Vec<(u32, bool)>>);

struct Rules<'f> {
    index: BTreeMap<AtomKey, u32>,
    firsts: &'f [u32],
    /// Index of the first segment, as literals count.
    segments: u32,
    /// Index of the first rule of the list, as literals count.
    first: u32,
    list: Vec<Rule>,
    known: BTreeMap<RuleKey, u32>,
}

impl Rules<'_> {
    /// Index of a rule, as literals count.
    fn add(&mut self, rule: Rule) -> u32 {
        let words = |clause: &Vec<Literal>| clause.iter().map(|l| (l.index, l.negated)).collect();
        let key = (rule.negate, rule.clauses.iter().map(words).collect());
        *self.known.entry(key).or_insert_with(|| {
            self.list.push(rule);
            self.first + self.list.len() as u32 - 1
        })
    }

    fn rule(&mut self, flat: &Flat) -> Rule {
        match flat {
            Flat::Literal(..) => Rule {
                negate: false,
                clauses: vec![vec![self.literal(flat)]],
            },
            Flat::All(parts) => Rule {
                negate: false,
                clauses: parts.iter().map(|part| self.clause(part)).collect(),
            },
            Flat::Any(parts) if parts.iter().all(|p| matches!(p, Flat::Literal(..))) => Rule {
                negate: false,
                clauses: vec![self.clause(flat)],
            },
            // a and b, or c and d: not ((not a or not b) and (not c or not d))
            Flat::Any(parts) => Rule {
                negate: true,
                clauses: parts
                    .iter()
                    .map(|part| match part {
                        Flat::All(inner) => inner.iter().map(|p| self.negated(p)).collect(),
                        part => vec![self.negated(part)],
                    })
                    .collect(),
            },
        }
    }

    /// A part of a conjunction.
    fn clause(&mut self, flat: &Flat) -> Vec<Literal> {
        match flat {
            Flat::Any(parts) => parts.iter().map(|part| self.literal(part)).collect(),
            part => vec![self.literal(part)],
        }
    }

    /// A comparison, or a rule of its own for anything larger.
    fn literal(&mut self, flat: &Flat) -> Literal {
        if let Flat::Literal(leaf, negated) = flat {
            let index = match leaf {
                Leaf::Atom(atom) => self.index.get(&key(atom)).copied(),
                Leaf::Segment(dimension, segment) => {
                    let first = self.firsts.get(usize::from(*dimension));
                    first.map(|first| self.segments + first + u32::from(*segment))
                }
            };
            return Literal {
                index: index.unwrap_or(0),
                negated: *negated,
            };
        }
        let rule = self.rule(flat);
        let index = self.add(rule);
        Literal {
            index,
            negated: false,
        }
    }

    fn negated(&mut self, flat: &Flat) -> Literal {
        let literal = self.literal(flat);
        Literal {
            negated: !literal.negated,
            ..literal
        }
    }
}
