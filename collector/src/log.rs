//! The collector's log: start, stop and what goes wrong, on standard error. Whoever keeps it adds
//! the time. Nothing that came from a sender is ever an argument of these functions.

use std::fmt;
use std::io::Write;

/// Writes a line.
pub fn line(text: impl fmt::Display) {
    // A log that cannot be written must not stop the counting.
    let _ = writeln!(std::io::stderr().lock(), "fewbits-collector: {text}");
}

/// Writes a line when something begins to fail or works again, and nothing in between.
#[derive(Debug, Default)]
pub struct Change {
    failing: bool,
}

impl Change {
    /// It failed: says so if it worked before.
    pub fn failed(&mut self, text: impl fmt::Display) {
        if !std::mem::replace(&mut self.failing, true) {
            line(text);
        }
    }

    /// It worked: says so if it failed before.
    pub fn worked(&mut self, text: impl fmt::Display) {
        if std::mem::take(&mut self.failing) {
            line(text);
        }
    }
}
