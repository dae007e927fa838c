//! The numbers of a ranking, for one visitor.

use super::Visitor;
use crate::book::Ranking;
use alloc::vec::Vec;

/// One number for each term; NaN where there is none. To `nobody`, everything that would depend on
/// the visitor is none.
pub fn weigh(ranking: &Ranking, visitor: &dyn Visitor, nobody: bool, out: &mut Vec<f64>) {
    out.clear();
    for term in &ranking.terms {
        let given = match term.when {
            Some(when) => !nobody && visitor.holds(when),
            None => true,
        };
        let value = match term.by {
            Some(_) if nobody => f64::NAN,
            Some(by) => term.times * visitor.value(by),
            None => 0.0,
        };
        out.push(if given { term.add + value } else { f64::NAN });
    }
}
