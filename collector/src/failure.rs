//! What stops the collector, said to the operator.

use std::fmt;
use std::io;
use std::path::Path;

/// What is wrong, and what to do about it.
#[derive(Debug)]
pub struct Failure {
    what: String,
    help: String,
}

impl Failure {
    /// Both lower case, without a full stop.
    pub fn new(what: impl fmt::Display, help: impl fmt::Display) -> Self {
        Self {
            what: what.to_string(),
            help: help.to_string(),
        }
    }

    /// A file or folder cannot be read.
    pub fn reading(path: &Path, error: &io::Error) -> Self {
        Self::new(
            format!("cannot read {}: {error}", path.display()),
            "check the path, and that the collector's user may read it",
        )
    }

    /// A file or folder cannot be written.
    pub fn writing(path: &Path, error: &io::Error) -> Self {
        Self::new(
            format!("cannot write {}: {error}", path.display()),
            "check the path, the free space, and that the collector's user may write there",
        )
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\n  = help: {}", self.what, self.help)
    }
}

impl std::error::Error for Failure {}
