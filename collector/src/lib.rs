//! The collector: takes reports in the exact wire form, counts them, knows nothing of who sent
//! them, and publishes estimates. It does not link the core.

/// Weeks: the finest time that is ever known.
pub mod epoch;

/// What a book says about its reports: `/.well-known/fewbits.json`.
pub mod statement;

/// What is counted.
pub mod counts;

/// Shares from counts of randomised answers.
pub mod estimate;
