//! What is asked of a catalogue.

use alloc::vec::Vec;

use crate::{Catalogue, MAX_NUMBER};

/// Most items of an answer.
pub const MAX_LIMIT: usize = 1000;
/// Most entries of each list of a query.
pub const MAX_TERMS: usize = 1024;

/// Tags and columns by their indices; one that the catalogue does not have belongs to no item.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Only items with all of these tags.
    pub must: Vec<u32>,
    /// No item with any of these.
    pub not: Vec<u32>,
    /// What each of these tags adds to the score.
    pub weights: Vec<(u32, f64)>,
    /// Only items whose numbers lie in these ranges.
    pub ranges: Vec<Range>,
    /// What a column's number is multiplied with before it is added to the score.
    pub boosts: Vec<(u32, f64)>,
    /// So many items.
    pub limit: usize,
    /// How alike they may be.
    pub diversify: Option<Diversify>,
}

/// A range of a column, ends included. A missing number lies in none.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// The column.
    pub column: u32,
    /// The least number.
    pub least: f64,
    /// The greatest.
    pub most: f64,
}

/// At most so many items of a group. An item belongs to the first of these tags that it has; an
/// item with none of them is not limited.
#[derive(Clone, Debug)]
pub struct Diversify {
    /// The tags, in the order in which they are tried.
    pub groups: Vec<u32>,
    /// Most items of a group.
    pub most: usize,
}

/// Why a query is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// A weight, a boost or the end of a range is not a number, or too far from 0.
    Number,
    /// The limit is 0 or above [`MAX_LIMIT`], or the most of a group is 0.
    Limit,
    /// A list has more than [`MAX_TERMS`] entries; of diversify: as many as there are tags.
    Terms,
}

impl Query {
    pub(crate) fn check(&self, catalogue: &Catalogue) -> Result<(), Unfit> {
        let fits = |number: &f64| number.abs() <= MAX_NUMBER;
        let weights = self.weights.iter().map(|(_, weight)| weight);
        let boosts = self.boosts.iter().map(|(_, factor)| factor);
        // The ends of a range may be infinite: that is a range with one end.
        let nan = self
            .ranges
            .iter()
            .any(|r| r.least.is_nan() || r.most.is_nan());
        if nan || !weights.chain(boosts).all(fits) {
            return Err(Unfit::Number);
        }
        if !(1..=MAX_LIMIT).contains(&self.limit)
            || self.diversify.as_ref().is_some_and(|d| d.most == 0)
        {
            return Err(Unfit::Limit);
        }
        let lengths = [
            self.must.len(),
            self.not.len(),
            self.weights.len(),
            self.ranges.len(),
            self.boosts.len(),
        ];
        let groups = self.diversify.as_ref().map_or(0, |d| d.groups.len());
        if lengths.iter().any(|n| *n > MAX_TERMS) || groups > catalogue.tag_names().len() {
            return Err(Unfit::Terms);
        }
        Ok(())
    }
}
