//! The exact best items for a query.
//!
//! Items are looked at in chunks of 4,096. A chunk that cannot have an item among the best is
//! skipped. If few of its items are allowed, they are listed and scored; if many are, all get an
//! upper bound of their score at once, one byte each, and those whose bound is high enough are
//! scored.
//! Scores are sums of doubles in a documented order, so they are the same everywhere.

mod add;
mod bounds;
mod query;
mod top;
mod work;

use crate::Catalogue;
use bounds::Bounds;
pub use query::{Diversify, MAX_LIMIT, MAX_TERMS, Query, Range, Unfit};
pub use top::Hit;
use top::Top;
use work::{Task, Work};

/// Ranks, and keeps its memory from one query to the next.
#[derive(Default)]
pub struct Ranker {
    bounds: Bounds,
    work: Work,
    top: Top,
}

impl Ranker {
    /// The best items, best first.
    ///
    /// # Errors
    /// The query has a number or an amount that it may not have.
    pub fn rank<'a>(
        &'a mut self,
        catalogue: &Catalogue,
        query: &Query,
    ) -> Result<&'a [Hit], Unfit> {
        query.check(catalogue)?;
        self.top.begin(query);
        self.bounds.begin(&query.weights);
        let task = Task {
            catalogue,
            query,
            bounds: &self.bounds,
        };
        self.work.run(task, &mut self.top);
        Ok(self.top.hits())
    }
}

/// The score of one item: boosts in their order, then weights in theirs.
pub fn score(catalogue: &Catalogue, query: &Query, place: u32) -> f64 {
    let mut score = 0.0;
    for (column, factor) in &query.boosts {
        if let Some(value) = catalogue.number(*column, place) {
            score += factor * value;
        }
    }
    for (tag, weight) in &query.weights {
        if catalogue.has(*tag, place) {
            score += weight;
        }
    }
    score
}
