//! Where the parts of a book stand in its text, for tools that have something to say about them.

use super::diagnostic::{self, Sink};
use super::json::{self, Node, Span, Value};

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its line, from 1.
    pub line: usize,
    /// Column of its first character, from 1, in characters.
    pub column: usize,
    /// Its length in characters, as far as it is on that line; at least 1.
    pub length: usize,
    /// The text itself, cut after 80 characters.
    pub text: String,
}

/// The parts of a book, to be found by their keys.
pub struct Places<'s> {
    source: &'s str,
    lines: Vec<usize>,
    root: Option<Node>,
}

impl<'s> Places<'s> {
    /// Reads a text. One that is not JSON has no parts.
    ///
    /// # Example
    ///
    /// ```
    /// let places = fewbits::book::author::Places::new("{ \"report\":\n  { \"epsilon\": 4 } }");
    /// let place = places.value(&["report", "epsilon"]).unwrap();
    /// assert_eq!((place.line, place.column, place.text.as_str()), (2, 16, "4"));
    /// ```
    pub fn new(source: &'s str) -> Self {
        Self {
            source,
            lines: diagnostic::lines(source),
            root: json::parse(source, &mut Sink::new()),
        }
    }

    /// Where a value stands: keys lead through objects, and `"0"`, `"1"`, ... through lists.
    pub fn value(&self, path: &[&str]) -> Option<Place> {
        Some(self.place(self.node(path)?.span))
    }

    /// Bytes of the text that a value takes, for who writes another one there.
    pub fn bytes(&self, path: &[&str]) -> Option<core::ops::Range<usize>> {
        let Span { start, end } = self.node(path)?.span;
        Some(start..end)
    }

    /// Where the key itself stands that a path ends with.
    pub fn key(&self, path: &[&str]) -> Option<Place> {
        let (last, before) = path.split_last()?;
        let member = self
            .node(before)?
            .members()
            .iter()
            .find(|member| member.key == *last)?;
        Some(self.place(member.span))
    }

    /// The text that stands there; `None` if it is not text.
    pub fn text(&self, path: &[&str]) -> Option<&str> {
        self.node(path)?.text()
    }

    /// The keys of the object that stands there, in the order of the text.
    pub fn keys(&self, path: &[&str]) -> Vec<&str> {
        let members = self.node(path).map_or(&[][..], Node::members);
        members.iter().map(|member| member.key.as_str()).collect()
    }

    /// The texts of the list that stands there.
    pub fn items(&self, path: &[&str]) -> Vec<&str> {
        match self.node(path).map(|node| &node.value) {
            Some(Value::List(list)) => list.iter().filter_map(Node::text).collect(),
            _ => Vec::new(),
        }
    }

    /// The number that stands there.
    pub fn number(&self, path: &[&str]) -> Option<f64> {
        match self.node(path)?.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Whether `true` stands there.
    pub fn flag(&self, path: &[&str]) -> bool {
        matches!(
            self.node(path),
            Some(Node {
                value: Value::Bool(true),
                ..
            })
        )
    }

    fn node(&self, path: &[&str]) -> Option<&Node> {
        path.iter()
            .try_fold(self.root.as_ref()?, |node, key| inner(node, key))
    }

    /// Where a segment of a dimension stands: its `id`, or the dimension's `otherwise`.
    pub fn segment(&self, dimension: &str, id: &str) -> Option<Place> {
        let node = inner(inner(self.root.as_ref()?, "dimensions")?, dimension)?;
        let listed = match &node.get("segments")?.value {
            Value::List(list) => list
                .iter()
                .filter_map(|segment| segment.get("id"))
                .collect(),
            _ => Vec::new(),
        };
        let mut names = listed.into_iter().chain(node.get("otherwise"));
        names
            .find(|name| name.text() == Some(id))
            .map(|name| self.place(name.span))
    }

    fn place(&self, span: Span) -> Place {
        diagnostic::place(self.source, &self.lines, span)
    }
}

fn inner<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    match &node.value {
        Value::List(list) => list.get(key.parse::<usize>().ok()?),
        _ => node.get(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_by_their_keys() {
        let source = "{ \"dimensions\": {\n  \"ü\": { \"segments\": [ { \"id\": \"a\" }, { \"id\": \"b\" } ],\n  \"otherwise\": \"any\" } } }";
        let places = Places::new(source);
        let at = |place: Option<Place>| place.map(|p| (p.line, p.column, p.text));
        assert_eq!(
            at(places.key(&["dimensions", "ü"])),
            Some((2, 3, "\"ü\"".into()))
        );
        let path = ["dimensions", "ü", "segments", "1", "id"];
        assert_eq!(at(places.value(&path)), Some((2, 47, "\"b\"".into())));
        assert_eq!(at(places.segment("ü", "b")), Some((2, 47, "\"b\"".into())));
        assert_eq!(
            at(places.segment("ü", "any")),
            Some((3, 16, "\"any\"".into()))
        );
        assert_eq!(places.segment("ü", "c"), None);
        assert_eq!(places.value(&["dimensions", "x"]), None);
        assert_eq!(places.key(&[]), None);
        let bytes = places.bytes(&["dimensions", "ü", "otherwise"]).unwrap();
        assert_eq!(source.get(bytes), Some("\"any\""));
        assert_eq!(Places::new("[\"a\", 1, \"b\"]").items(&[]), ["a", "b"]);
        assert_eq!(Places::new("{").value(&[]), None);
        assert_eq!(places.text(&path), Some("b"));
        assert_eq!(places.keys(&["dimensions", "ü"]), ["segments", "otherwise"]);
        let flags = Places::new("{ \"yes\": true, \"no\": false, \"n\": 2.5 }");
        assert!(flags.flag(&["yes"]) && !flags.flag(&["no"]) && !flags.flag(&["n"]));
        assert_eq!(
            (flags.number(&["n"]), flags.number(&["no"])),
            (Some(2.5), None)
        );
    }
}
