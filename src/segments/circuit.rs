//! Counters from comparisons to rules: a flip costs what it touches.
//!
//! A comparison that flips moves the counters of the clauses it stands in; a clause that gains
//! its first true literal, or loses its last one, moves the counter of its rule.

use crate::book::{Book, Literal};
use alloc::vec;
use alloc::vec::Vec;

#[derive(Debug, Clone, Copy)]
struct Clause {
    rule: u32,
    /// Literals of the clause that are true now.
    held: u32,
}

#[derive(Debug, Clone, Copy)]
struct RuleState {
    /// Clauses without a true literal.
    open: u32,
    negate: bool,
    /// Truth as last told to those who depend on it.
    truth: bool,
    queued: bool,
}

/// The truth of every comparison and rule of a book for one visitor.
#[derive(Debug)]
pub(super) struct Circuit {
    truths: Vec<bool>,
    /// `starts[i]..starts[i + 1]` are the occurrences of literal index `i`: clause and sign.
    starts: Vec<u32>,
    occurrences: Vec<(u32, bool)>,
    clauses: Vec<Clause>,
    rules: Vec<RuleState>,
    queue: Vec<u32>,
    atoms: u32,
}

impl Circuit {
    /// The circuit of a book with every comparison false. Rules that hold even then are
    /// reported by the first [`Circuit::settle`].
    pub fn new(book: &Book) -> Self {
        let atoms = book.atoms.len();
        let indices = atoms + book.rules.len();
        let literals = || book.rules.iter().flat_map(|r| r.clauses.iter());
        // Occurrences by counting sort.
        let mut starts = vec![0u32; indices + 2];
        for literal in literals().flatten() {
            bump(&mut starts, literal.index as usize + 2, 1);
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut occurrences = vec![(0, false); sum as usize];
        let mut clauses = Vec::with_capacity(literals().count());
        let mut rules = Vec::with_capacity(book.rules.len());
        for (index, rule) in (0u32..).zip(&book.rules) {
            let mut open = 0;
            for clause in &rule.clauses {
                let mut held = 0;
                for literal in clause {
                    let place = bump(&mut starts, literal.index as usize + 1, 1);
                    if let Some(slot) = occurrences.get_mut(place as usize) {
                        *slot = (clauses.len() as u32, literal.negated);
                    }
                    // Every comparison and, until told otherwise, every rule is false.
                    held += u32::from(literal.negated);
                }
                open += u32::from(held == 0);
                clauses.push(Clause { rule: index, held });
            }
            rules.push(RuleState {
                open,
                negate: rule.negate,
                truth: false,
                queued: true,
            });
        }
        Self {
            truths: vec![false; indices],
            starts,
            occurrences,
            clauses,
            queue: (0..rules.len() as u32).rev().collect(),
            rules,
            atoms: atoms as u32,
        }
    }

    /// Tells the truth of a comparison, or of a rule to those that refer to it.
    pub(super) fn set(&mut self, index: u32, truth: bool) {
        let index = index as usize;
        match self.truths.get_mut(index) {
            Some(old) if *old != truth => *old = truth,
            _ => return,
        }
        let (Some(&from), Some(&to)) = (self.starts.get(index), self.starts.get(index + 1)) else {
            return;
        };
        for &(clause, negated) in self
            .occurrences
            .get(from as usize..to as usize)
            .unwrap_or_default()
        {
            let Some(clause) = self.clauses.get_mut(clause as usize) else {
                continue;
            };
            let turned = if truth == negated {
                clause.held -= 1;
                clause.held == 0
            } else {
                clause.held += 1;
                clause.held == 1
            };
            if !turned {
                continue;
            }
            let Some(rule) = self.rules.get_mut(clause.rule as usize) else {
                continue;
            };
            if truth == negated {
                rule.open += 1;
            } else {
                rule.open -= 1;
            }
            if !rule.queued {
                rule.queued = true;
                self.queue.push(clause.rule);
            }
        }
    }

    /// Settles the rules whose counters moved, and names each whose truth changed. A rule that
    /// others refer to moves their counters in turn.
    pub fn settle(&mut self, mut changed: impl FnMut(u32, bool)) {
        while let Some(index) = self.queue.pop() {
            let Some(rule) = self.rules.get_mut(index as usize) else {
                continue;
            };
            rule.queued = false;
            let truth = (rule.open == 0) != rule.negate;
            if rule.truth != truth {
                rule.truth = truth;
                self.set(self.atoms + index, truth);
                changed(index, truth);
            }
        }
    }

    /// Whether a rule holds, as last settled.
    pub fn holds(&self, rule: u32) -> bool {
        self.rules.get(rule as usize).is_some_and(|r| r.truth)
    }

    /// How many comparisons and rules there are.
    pub fn len(&self) -> usize {
        self.truths.len()
    }

    /// Whether a literal is true.
    pub fn literal(&self, literal: Literal) -> bool {
        self.truths
            .get(literal.index as usize)
            .is_some_and(|t| *t != literal.negated)
    }
}

/// Adds to an entry and returns what it was before.
fn bump(list: &mut [u32], index: usize, by: u32) -> u32 {
    list.get_mut(index).map_or(0, |entry| {
        let before = *entry;
        *entry += by;
        before
    })
}
