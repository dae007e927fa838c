//! The lints: what a reviewer should look at twice.

mod memory;
mod models;
mod names;
mod report;

use fewbits::book::Book;

use super::finding::{Finding, checked};
use super::{Meaning, Subject};

/// All findings about a book that can be used, those of its checks included.
pub fn all(book: &Book, subject: &Subject, meaning: &Meaning) -> Vec<Finding> {
    let mut found = checked(subject.found);
    if let (Some(reporting), Some(bound)) = (&book.reporting, &meaning.bound) {
        let questions = &meaning.questions;
        let asked = report::Report {
            reporting,
            bound,
            questions,
            hints: meaning.hints.as_ref(),
            subject,
        };
        asked.lint(&mut found);
    }
    memory::lint(book, subject, &meaning.inventory, &mut found);
    names::lint(subject, meaning, &mut found);
    models::lint(book, subject, meaning, &mut found);
    // One reason is enough for an answer that is withheld.
    if found.iter().any(|finding| finding.lint == "no-crowd-table") {
        found.retain(|finding| finding.lint != "nothing-shown");
    }
    found
}
