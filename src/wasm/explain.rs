//! Evidence as one stream of numbers:
//!
//! ```text
//! member, since (0: none), held until (0: none), condition `when`, condition `stay`
//! condition: n_clauses (-1: there is none), negate, (holds, n_compared, compared...)...
//! compared:  holds, negated, signal, op, n_operands, operand..., current,
//!            n_moved, (signal, is, by)...
//!            or holds, negated, -1, and a condition
//! ```
//!
//! `moved`: what moved a model's answer most; `is` is NaN where its value was read.
//! `op`: 0 gt, 1 gte, 2 lt, 3 lte, 4 eq, 5 in, 6 exists.

use crate::book::Test;
use crate::segments::{Compared, Evidence, Explained};
use alloc::vec;
use alloc::vec::Vec;

/// The stream for some evidence; empty for an unknown segment.
pub(super) fn flat(evidence: Option<Evidence>) -> Vec<f64> {
    let mut out = Vec::new();
    if let Some(e) = evidence {
        out.push(flag(e.member));
        out.push(e.since.map_or(0.0, f64::from));
        out.push(e.held_until.map_or(0.0, f64::from));
        for condition in [&e.when, &e.stay] {
            match condition {
                None => out.push(-1.0),
                Some(condition) => push(&mut out, condition),
            }
        }
    }
    out
}

fn push(out: &mut Vec<f64>, condition: &Explained) {
    out.extend([condition.clauses.len() as f64, flag(condition.negate)]);
    for clause in &condition.clauses {
        out.extend([flag(clause.holds), clause.compared.len() as f64]);
        for compared in &clause.compared {
            match compared {
                Compared::Signal {
                    holds,
                    negated,
                    atom,
                    current,
                    moved,
                } => {
                    let (op, operands) = operands(&atom.test);
                    out.extend([flag(*holds), flag(*negated), f64::from(atom.signal), op]);
                    out.push(operands.len() as f64);
                    out.extend(operands);
                    out.extend([*current, moved.len() as f64]);
                    for moved in moved {
                        out.extend([moved.signal.into(), moved.is.into(), moved.by]);
                    }
                }
                Compared::Nested {
                    holds,
                    negated,
                    parts,
                } => {
                    out.extend([flag(*holds), flag(*negated), -1.0]);
                    push(out, parts);
                }
            }
        }
    }
}

fn operands(test: &Test) -> (f64, Vec<f64>) {
    match test {
        Test::Greater(t) => (0.0, vec![*t]),
        Test::AtLeast(t) => (1.0, vec![*t]),
        Test::Less(t) => (2.0, vec![*t]),
        Test::AtMost(t) => (3.0, vec![*t]),
        Test::Equals(t) => (4.0, vec![*t]),
        Test::Among(items) => (5.0, items.iter().map(|i| f64::from(*i)).collect()),
        Test::Exists => (6.0, Vec::new()),
    }
}

fn flag(b: bool) -> f64 {
    f64::from(u8::from(b))
}
