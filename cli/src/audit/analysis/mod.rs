//! What a book means for those who meet it, as data. Knows no file, no terminal and no form of
//! document, so that it can run wherever a book is read.

mod bound;
mod cards;
mod decided;
mod finding;
mod hints;
mod inventory;
mod lints;
mod models;
mod outgoing;
mod questions;
mod reads;
mod sources;
mod told;
pub mod words;

use fewbits::book::Book;
use fewbits::book::author::{CrowdTable, Diagnostic, Places};
use serde::Serialize;

pub use bound::{Among, Bound};
pub use decided::{Ranking, Slot};
pub use finding::{Finding, LINTS, Severity};
pub use hints::{Hints, told};
pub use inventory::{Inventory, Signal};
pub use models::Model;
pub use outgoing::Outgoing;
pub use questions::{Question, asked, ladder, shown_as};

/// Version of the audit as JSON. It rises when a key changes its meaning or goes.
pub const FORMAT: u32 = 1;

/// What is looked at.
pub struct Subject<'a> {
    /// The text of the book.
    pub places: &'a Places<'a>,
    /// The crowd table that it is deployed with.
    pub table: Option<&'a CrowdTable>,
    /// What the checks of the compiler found.
    pub found: &'a [Diagnostic],
}

/// Everything there is to say about a book. `docs/audit.md` describes every key.
#[derive(Serialize)]
pub struct Audit {
    /// [`FORMAT`].
    pub audit: u32,
    /// Name of the book; empty if it could not be read.
    pub book: String,
    pub version: u32,
    /// SHA-256 of the source, hexadecimal; empty if the checks refused the book.
    pub source: String,
    /// Why the other parts are missing: the checks refused the book.
    pub refused: bool,
    pub errors: usize,
    pub warnings: usize,
    pub notes: usize,
    pub meaning: Option<Meaning>,
    /// The worst first, then in the order of the text.
    pub findings: Vec<Finding>,
}

/// What a book that can be used means.
#[derive(Serialize)]
pub struct Meaning {
    pub inventory: Inventory,
    /// The trained models.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<Model>,
    /// What is decided on the page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub slots: Vec<Slot>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rankings: Vec<Ranking>,
    pub dimensions: Vec<Dimension>,
    /// What can leave; `None`: nothing.
    pub outgoing: Option<Outgoing>,
    pub bound: Option<Bound>,
    pub questions: Vec<Question>,
    /// What the page may pass on; `None`: nothing.
    pub hints: Option<Hints>,
}

/// A family of segments, and why it exists.
#[derive(Serialize)]
pub struct Dimension {
    pub name: String,
    pub why: String,
    pub segments: Vec<String>,
    pub groups: Vec<String>,
    /// Whether a visitor may be asked about it.
    pub asked: bool,
    /// Whether a hint tells it.
    pub hinted: bool,
    /// Whether it names a sensitive topic: then the gate lets nothing about it pass.
    pub sensitive: bool,
}

/// Looks at a book that the checks accepted.
pub fn audit(book: &Book, subject: &Subject) -> Audit {
    let meaning = Meaning {
        inventory: inventory::of(book, subject.places),
        models: models::of(book, subject.places),
        slots: decided::slots(book, subject.places),
        rankings: decided::rankings(book, subject.places),
        dimensions: dimensions(book),
        outgoing: outgoing::of(book),
        bound: bound::of(book),
        questions: questions::of(book, subject),
        hints: hints::of(book, subject),
    };
    let findings = lints::all(book, subject, &meaning);
    finished(
        Audit {
            book: book.str(book.name).to_owned(),
            version: book.version,
            source: crate::book::hex(&book.source_hash),
            refused: false,
            meaning: Some(meaning),
            ..empty()
        },
        findings,
    )
}

/// Says what the checks found in a book that they refused.
pub fn refused(subject: &Subject) -> Audit {
    let name = subject.places.text(&["book"]).unwrap_or_default();
    let version = subject.places.number(&["version"]).unwrap_or(0.0);
    let audit = Audit {
        book: name.to_owned(),
        version: version as u32,
        refused: true,
        ..empty()
    };
    finished(audit, finding::checked(subject.found))
}

const fn empty() -> Audit {
    Audit {
        audit: FORMAT,
        book: String::new(),
        version: 0,
        source: String::new(),
        refused: false,
        errors: 0,
        warnings: 0,
        notes: 0,
        meaning: None,
        findings: Vec::new(),
    }
}

fn finished(audit: Audit, mut findings: Vec<Finding>) -> Audit {
    findings.sort_by(|a, b| {
        let place = |f: &Finding| (f.line, f.column);
        (a.severity.cmp(&b.severity)).then_with(|| place(a).cmp(&place(b)))
    });
    let count = |severity| findings.iter().filter(|f| f.severity == severity).count();
    Audit {
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        notes: count(Severity::Note),
        findings,
        ..audit
    }
}

fn dimensions(book: &Book) -> Vec<Dimension> {
    let reporting = book.reporting.as_ref();
    let asked = |index: usize| {
        let mut all = reporting.into_iter().flat_map(|r| &r.questions);
        all.any(|question| usize::from(question.dimension) == index)
    };
    let hinted = |index: usize| {
        let hints = reporting.and_then(|r| r.hints.as_ref());
        let mut all = hints.into_iter().flat_map(|hints| &hints.dimensions);
        all.any(|hinted| usize::from(hinted.dimension) == index)
    };
    let all = book.dimensions.iter().enumerate();
    all.map(|(index, dimension)| Dimension {
        name: book.str(dimension.name).to_owned(),
        why: book.str(dimension.why).to_owned(),
        segments: dimension
            .segments
            .iter()
            .map(|segment| book.str(segment.name).to_owned())
            .collect(),
        groups: dimension
            .groups
            .iter()
            .map(|group| book.str(group.name).to_owned())
            .collect(),
        asked: asked(index) && !dimension.sensitive,
        hinted: hinted(index) && !dimension.sensitive,
        sensitive: dimension.sensitive,
    })
    .collect()
}
