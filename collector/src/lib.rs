//! The collector: takes reports in the exact wire form, counts them, knows nothing of who sent

/// Weeks: the finest time that is ever known.
pub mod epoch;

/// What a book says about its reports: `/.well-known/fewbits.json`.
pub mod statement;

/// What is counted.
pub mod counts;
