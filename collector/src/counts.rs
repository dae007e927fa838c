//! What is counted: how many reports said the same thing.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::epoch::Epoch;

/// One thing that a report can say. Ordered as it is read: book, version, week.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Name of the book.
    pub book: Arc<str>,
    /// Its version.
    pub version: u32,
    /// The week of answering.
    pub epoch: Epoch,
    /// Which question.
    pub question: Arc<str>,
    /// The name by which the answer left.
    pub answer: Arc<str>,
}

/// How many reports said each thing.
pub type Counts = BTreeMap<Key, u64>;
