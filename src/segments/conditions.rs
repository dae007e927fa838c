//! Conditions of decisions, which cost nothing until one is asked for.

use super::Segments;
use crate::book::{Book, Literal};

impl Segments {
    /// Whether a literal of a decision holds: a comparison, a rule, a segment, or a condition
    /// over them. A condition refers only to earlier ones, so this ends.
    #[inline(never)]
    pub fn holds(&self, book: &Book, literal: Literal) -> bool {
        let index = literal.index as usize;
        let Some(segment) = index.checked_sub(self.network.len()) else {
            return self.network.literal(literal);
        };
        let truth = match segment.checked_sub(self.flags.len()) {
            None => self.flags.get(segment) == Some(&1),
            Some(condition) => book.conditions.get(condition).is_some_and(|rule| {
                let holds = |clause: &[Literal]| clause.iter().any(|l| self.holds(book, *l));
                rule.clauses.iter().all(|clause| holds(clause)) != rule.negate
            }),
        };
        truth != literal.negated
    }
}
