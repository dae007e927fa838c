//! The crowd table that a collector publishes, as it is put in place of a book's own.

use super::crowds::Crowds;
use super::diagnostic::{Diagnostic, Sink};
use super::dimensions::Draft;
use super::fields;
use super::json::{self, Node, Span, Value};
use crate::book::Book;
use std::collections::BTreeMap;

/// What `GET /v1/crowd` of a collector answers: how many of those who were asked are estimated
/// to be in each segment and group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrowdTable {
    text: String,
    book: String,
    version: u32,
    crowds: BTreeMap<String, BTreeMap<String, u32>>,
}

const KEYS: [&str; 6] = ["fewbits", "book", "version", "from", "to", "crowds"];

impl CrowdTable {
    /// Reads a table.
    ///
    /// # Errors
    ///
    /// All that is wrong with it, in the order of the text.
    ///
    /// # Example
    ///
    /// ```
    /// let json = r#"{ "fewbits": 1, "book": "shop", "version": 6, "from": "2026-W40",
    ///   "to": "2026-W48", "crowds": { "interest": { "any": 812, "boots": 180 } } }"#;
    /// assert_eq!(fewbits::book::author::CrowdTable::read(json).unwrap().version(), 6);
    /// ```
    pub fn read(text: &str) -> Result<Self, Vec<Diagnostic>> {
        let mut sink = Sink::new();
        let table = json::parse(text, &mut sink).and_then(|node| table(text, &node, &mut sink));
        match table {
            Some(table) if !sink.has_errors() => Ok(table),
            _ => Err(sink.finish(text)),
        }
    }

    /// Name of the book whose answers were counted.
    pub fn book(&self) -> &str {
        &self.book
    }

    /// The book's newest version whose answers were counted.
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// The crowd of a segment or group of a question, if it is in the table.
    pub fn crowd(&self, question: &str, name: &str) -> Option<u32> {
        self.crowds.get(question)?.get(name).copied()
    }

    /// The text that was read.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Names in the table that a book does not have, as `interest/boots`. Their crowds are left
    /// out: a former version may have had them.
    pub fn unknown(&self, book: &Book) -> Vec<String> {
        let mut unknown = Vec::new();
        for (question, crowds) in &self.crowds {
            let dimension = book
                .dimensions
                .iter()
                .find(|dimension| book.str(dimension.name) == question);
            let known = |name: &str| {
                dimension.is_some_and(|dimension| {
                    let segments = dimension.segments.iter().map(|segment| segment.name);
                    let groups = dimension.groups.iter().map(|group| group.name);
                    name == "any" || segments.chain(groups).any(|id| book.str(id) == name)
                })
            };
            let missing = crowds.keys().filter(|name| !known(name));
            unknown.extend(missing.map(|name| format!("{question}/{name}")));
        }
        unknown
    }

    /// The table as if it stood in the book.
    pub(super) fn of<'n>(&'n self, dimensions: &[Draft]) -> BTreeMap<&'n str, Crowds<'n>> {
        let mut tables = BTreeMap::new();
        for dimension in dimensions {
            if let Some((name, crowds)) = self.crowds.get_key_value(dimension.name) {
                let crowds = crowds
                    .iter()
                    .map(|(name, n)| (name.as_str(), f64::from(*n)))
                    .collect();
                tables.insert(name.as_str(), crowds);
            }
        }
        tables
    }
}

fn table(text: &str, node: &Node, sink: &mut Sink) -> Option<CrowdTable> {
    let what = "the crowd table";
    fields::object(node, what, sink)?;
    fields::only(node, &KEYS, what, sink);
    let at = Span {
        start: node.span.start,
        end: node.span.start + 1,
    };
    if let Some(format) = fields::require(node, "fewbits", what, at, sink)
        && format.value != Value::Number(1.0)
    {
        let message = "this version of Fewbits reads crowd tables of format 1";
        let help = "fetch the table again from a collector of this version, or update";
        sink.add(format.span, "out-of-range", message, help);
    }
    let book = fields::require(node, "book", what, at, sink)
        .and_then(|node| fields::text(node, "`book`", sink));
    let version = fields::require(node, "version", what, at, sink)
        .and_then(|node| fields::whole(node, "`version`", 1, u32::MAX, sink));
    for key in ["from", "to"] {
        if let Some(node) = node.get(key) {
            fields::text(node, &format!("`{key}`"), sink);
        }
    }
    let crowds = fields::require(node, "crowds", what, at, sink)?;
    let mut tables = BTreeMap::new();
    for question in fields::object(crowds, "`crowds`", sink)? {
        let what = format!("the crowds of `{}`", question.key);
        let mut table = BTreeMap::new();
        for entry in fields::object(&question.value, &what, sink).unwrap_or(&[]) {
            if let Some(n) = fields::whole(&entry.value, "a crowd", 0, u32::MAX, sink) {
                table.insert(entry.key.clone(), n);
            }
        }
        tables.insert(question.key.clone(), table);
    }
    Some(CrowdTable {
        text: text.to_owned(),
        book: book?.to_owned(),
        version: version?,
        crowds: tables,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Shown;
    use crate::book::author::{compile, compile_with};

    const BOOK: &str = r#"{ "fewbits": 1, "book": "b", "version": 2,
      "signals": { "aisle": { "declared": ["a", "b"] } },
      "dimensions": { "interest": { "why": "a test", "groups": ["footwear"],
        "segments": [ { "id": "boots", "under": "footwear", "when": { "aisle": "a" } },
          { "id": "sandals", "under": "footwear", "when": { "aisle": "b" } } ],
        "otherwise": "any" } },
      "report": { "questions": { "interest": 1 }, "bootstrap": true } }"#;

    fn table(crowds: &str) -> String {
        format!(r#"{{ "fewbits": 1, "book": "b", "version": 1, "crowds": {crowds} }}"#)
    }

    fn shown(compiled: crate::book::author::Compiled) -> Vec<Shown> {
        let mut reporting = compiled.book.reporting.expect("a report");
        reporting.questions.remove(0).shown
    }

    #[test]
    fn a_published_table_ends_the_bootstrap() {
        let all = [Shown::Segment(0), Shown::Segment(1), Shown::Any];
        assert_eq!(shown(compile(BOOK).expect("a good book")), all);
        for (crowds, expected) in [
            (
                r#"{ "interest": { "any": 900, "boots": 20, "sandals": 40 } }"#,
                [Shown::Group(0), Shown::Group(0), Shown::Any],
            ),
            (
                r#"{ "interest": { "any": 900, "boots": 60, "gone": 500 } }"#,
                [Shown::Segment(0), Shown::Any, Shown::Any],
            ),
            ("{}", [Shown::Withheld; 3]),
        ] {
            let table = CrowdTable::read(&table(crowds)).expect("a good table");
            let compiled = compile_with(BOOK, &table).expect("a good book");
            assert_eq!(shown(compiled), expected, "{crowds}");
        }
    }

    #[test]
    fn a_published_table_replaces_that_of_the_book() {
        let own = BOOK.replace(
            "\"bootstrap\": true",
            "\"crowds\": { \"interest\": { \"boots\": 900, \"sandals\": 900, \"any\": 9000 } }",
        );
        let few = table(r#"{ "interest": { "any": 60 } }"#);
        let few = CrowdTable::read(&few).expect("a good table");
        assert_eq!(
            shown(compile_with(&own, &few).expect("a good book")),
            [Shown::Any; 3]
        );
    }

    #[test]
    fn the_source_of_both_is_both() {
        use sha2::{Digest, Sha256};
        let text = table(r#"{ "interest": { "any": 900 } }"#);
        let read = CrowdTable::read(&text).expect("a good table");
        let compiled = compile_with(BOOK, &read).expect("a good book");
        let both = Sha256::digest(format!("{BOOK}{text}").as_bytes());
        assert_eq!(compiled.book.source_hash, <[u8; 32]>::from(both));
    }

    #[test]
    fn names_of_a_former_version_are_told() {
        let text = table(
            r#"{ "gone": { "any": 9 }, "interest": { "any": 9, "footwear": 3, "coats": 1 } }"#,
        );
        let read = CrowdTable::read(&text).expect("a good table");
        let book = compile(BOOK).expect("a good book").book;
        assert_eq!(read.unknown(&book), ["gone/any", "interest/coats"]);
    }

    #[test]
    fn a_bad_table_is_told_all_that_is_wrong() {
        for (text, expected) in [
            ("{", "syntax 1:2"),
            ("[]", "wrong-type 1:1"),
            (
                "{ \"fewbits\": 2, \"book\": \"b\", \"version\": 0,\n  \"crowd\": {} }",
                "missing-key 1:1, out-of-range 1:14, out-of-range 1:41, unknown-key 2:3",
            ),
            (
                "{ \"fewbits\": 1, \"book\": 5, \"version\": 1,\n  \"crowds\": { \"a\": 3, \"b\": { \"any\": 1.5 } } }",
                "wrong-type 1:25, wrong-type 2:20, out-of-range 2:37",
            ),
        ] {
            let found = CrowdTable::read(text).expect_err("a bad table");
            let found: Vec<String> = found
                .iter()
                .map(|d| format!("{} {}:{}", d.code, d.line, d.column))
                .collect();
            assert_eq!(found.join(", "), expected, "{text}");
        }
    }
}
