//! The author's side of a book: from JSON to the compiled form, with every error at its place.
//!
//! ```text
//! text ── json ──▶ nodes with places ── signals, dimensions, report ──▶ drafts
//!      nodes ── topics: sensitive? ──▶ drafts ◀── decisions, experiments, bandits
//!      drafts ── reach: can it hold? ──▶ lower: flat tables ──▶ assemble ──▶ write: bytes
//! ```

mod assemble;
mod bandits;
mod condition;
mod crowds;
mod decisions;
mod diagnostic;
mod dimensions;
mod events;
mod experiments;
mod fields;
mod fingerprint;
mod goals;
mod hints;
mod json;
mod kinds;
mod ladder;
mod lower;
mod members;
mod mentions;
mod models;
mod places;
mod published;
mod ranges;
mod rankings;
mod reach;
mod report;
mod rules;
mod scalar;
pub mod sensitive;
mod shown;
mod signals;
mod time;
mod topics;
mod typescript;
mod values;
mod words;
mod write;

#[cfg(test)]
mod tests;

use super::Book;
use super::validate::LONGEST;
use crate::book::DAY;
use diagnostic::Sink;
pub use diagnostic::{CODES, Diagnostic, Severity, frame};
use fields::Style;
use json::{Node, Span, Value};
pub use places::{Place, Places};
pub use published::CrowdTable;
pub use ranges::{bucket_ranges, equal_weights};
use sha2::{Digest, Sha256};
pub use typescript::typescript;
pub use words::{required, vocabulary};

/// A book that can be used.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The compiled book, as the visitor's module loads it.
    pub bytes: Vec<u8>,
    /// The same in memory.
    pub book: Book,
    /// What the author should still look at.
    pub warnings: Vec<Diagnostic>,
}

/// Checks a book and gives all errors and warnings, in the order of the text.
///
/// # Example
///
/// ```
/// let found = fewbits::book::author::check("{ \"fewbits\": 1, }");
/// assert_eq!(found[0].message, "comma after the last element");
/// assert_eq!((found[0].line, found[0].column), (1, 15));
/// ```
pub fn check(json: &str) -> Vec<Diagnostic> {
    match compile(json) {
        Ok(compiled) => compiled.warnings,
        Err(found) => found,
    }
}

/// Checks and compiles a book.
///
/// # Errors
///
/// All errors of the text, and its warnings, in the order of the text.
///
/// # Example
///
/// ```
/// let json = r#"{
///   "fewbits": 1, "book": "shop", "version": 1,
///   "signals": { "views": { "count": "view", "within": "7d" } },
///   "dimensions": { "loyalty": {
///     "why": "greet regulars",
///     "segments": [{ "id": "regular", "when": { "views": { "$gte": 5 } } }],
///     "otherwise": "new"
///   } }
/// }"#;
/// let compiled = fewbits::book::author::compile(json).unwrap();
/// assert_eq!(fewbits::book::Book::from_bytes(&compiled.bytes), Ok(compiled.book));
/// ```
pub fn compile(json: &str) -> Result<Compiled, Vec<Diagnostic>> {
    compiled(json, None)
}

/// Compiles a book with a published crowd table in place of its own, and without `bootstrap`.
/// The source is then both: the text of the book, followed by that of the table.
///
/// Whether the table is one of this book, and older, is for the caller to see to.
///
/// # Errors
///
/// As [`compile`].
pub fn compile_with(json: &str, table: &CrowdTable) -> Result<Compiled, Vec<Diagnostic>> {
    compiled(json, Some(table))
}

fn compiled(json: &str, table: Option<&CrowdTable>) -> Result<Compiled, Vec<Diagnostic>> {
    let mut sink = Sink::new();
    let book =
        json::parse(json, &mut sink).and_then(|node| document(json, &node, table, &mut sink));
    match book {
        Some(book) if !sink.has_errors() => Ok(Compiled {
            bytes: write::write(&book),
            book,
            warnings: sink.finish(json),
        }),
        _ => Err(sink.finish(json)),
    }
}

/// Tag keys of a book, and values of each.
const MOST_TAGS: usize = 4_096;

fn document(
    source: &str,
    node: &Node,
    table: Option<&CrowdTable>,
    sink: &mut Sink,
) -> Option<Book> {
    let what = "the book";
    fields::object(node, what, sink)?;
    fields::only(node, words::DOCUMENT, what, sink);
    let at = Span {
        start: node.span.start,
        end: node.span.start + 1,
    };
    if let Some(format) = fields::require(node, "fewbits", what, at, sink)
        && format.value != Value::Number(1.0)
    {
        let message = "this version of Fewbits reads book format 1";
        sink.add(
            format.span,
            "out-of-range",
            message,
            "write `\"fewbits\": 1`, or update",
        );
    }
    if let Some(schema) = node.get("$schema") {
        fields::text(schema, "`$schema`", sink);
    }
    let name = fields::require(node, "book", what, at, sink).and_then(|node| {
        let name = fields::text(node, "`book`", sink)?;
        fields::name(name, "a book", Style::Plain, node.span, sink).then_some(name)
    });
    let version = fields::require(node, "version", what, at, sink)
        .and_then(|node| fields::whole(node, "`version`", 1, u32::MAX, sink));
    let retention = match node.get("retention") {
        None => 395 * DAY,
        // After an error: the longest, so that no window is called too long because of it.
        Some(node) => time::duration(node, "`retention`", 60, LONGEST, sink).unwrap_or(LONGEST),
    };
    let mut names = events::Names::new(mentions::tags(node));
    let mut own = shown::add(node, &mut names);
    let mut goals = goals::asked(node);
    own.extend(goals::signals(&goals, retention, &mut names));
    let signals_node = fields::require(node, "signals", what, at, sink);
    let dimensions_node = fields::require(node, "dimensions", what, at, sink);
    for (_, values) in names.tags.keys() {
        fields::at_most(values.len(), MOST_TAGS, "values of a tag", at, sink);
    }
    fields::at_most(names.tags.keys().len(), MOST_TAGS, "tags", at, sink);
    let mut signals = signals::signals(
        signals_node?,
        &own,
        node.get("models"),
        retention,
        &mut names,
        sink,
    );
    let mut around = dimensions::Around {
        signals: &mut signals,
        strings: &mut names.strings,
        sink,
    };
    let declared = dimensions::dimensions(dimensions_node?, &mut around);
    goals::climb(&mut goals, &declared);
    let deciding = decisions::Deciding {
        source,
        signals: &mut signals,
        dimensions: &declared,
        names: &mut names,
        sink,
    };
    let decisions = deciding.decisions(node);
    let mut dimensions = declared;
    dimensions.extend(goals::drafts(&goals, &signals, &mut names.strings));
    goals::check(node, retention, sink);
    topics::mark(node, &mut dimensions, sink);
    let (report, hints) = (node.get("report"), node.get("hints"));
    let reporting = (report.is_some() || hints.is_some())
        .then(|| report::report(report, hints, &dimensions, table, sink));
    for draft in signals.drafts.iter().filter(|draft| !draft.used) {
        let message = format!("no condition reads signal `{}`", draft.name);
        let help = "remove it: what nobody reads should not be remembered";
        sink.add(draft.at, "unused-signal", message, help);
    }
    reach::check(&signals, &dimensions, sink);
    reach::decisions(&signals, &dimensions, &decisions, sink);
    if sink.has_errors() {
        return None;
    }
    let hash = Sha256::new().chain_update(source);
    let hash = hash.chain_update(table.map_or("", CrowdTable::text));
    assemble::assemble(assemble::Parts {
        source_hash: hash.finalize().into(),
        name: name?,
        version: version?,
        retention,
        names,
        signals,
        dimensions,
        decisions,
        reporting: match reporting {
            Some(reporting) => Some(reporting?),
            None => None,
        },
    })
}
