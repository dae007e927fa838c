//! JSON with positions: every value and every key knows where it stands in the source, so that
//! an error can point there. Stops at the first error of syntax: what follows it is guesswork.

use super::diagnostic::Sink;
use std::collections::BTreeSet;

/// A part of the source, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Node>),
    Object(Vec<Member>),
}

/// A key of an object, its place, and its value. In the order of the source, no key twice.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Member {
    pub(super) key: String,
    pub(super) span: Span,
    pub(super) value: Node,
}

/// Deeper nesting than any book needs is refused, so that no input can exhaust the stack.
const DEEPEST: usize = 100;

impl Node {
    pub(super) fn members(&self) -> &[Member] {
        match &self.value {
            Value::Object(members) => members,
            _ => &[],
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.members()
            .iter()
            .find(|m| m.key == key)
            .map(|m| &m.value)
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) const fn type_name(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Object(_) => "an object",
        }
    }
}

/// Reads a document. `None` after an error of syntax; a key that is there twice is an error
/// too, but the reading goes on.
pub(super) fn parse(source: &str, sink: &mut Sink) -> Option<Node> {
    let mut parser = Parser {
        source,
        at: 0,
        depth: 0,
        sink,
    };
    match parser.document() {
        Ok(node) => Some(node),
        Err(Broken {
            span,
            message,
            help,
        }) => {
            sink.add(span, "syntax", message, help);
            None
        }
    }
}

pub(super) struct Broken {
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: &'static str,
}

pub(super) struct Parser<'a> {
    pub(super) source: &'a str,
    pub(super) at: usize,
    depth: usize,
    sink: &'a mut Sink,
}

pub(super) type Parsed<T> = Result<T, Broken>;

impl Parser<'_> {
    fn document(&mut self) -> Parsed<Node> {
        if self.source.starts_with('\u{FEFF}') {
            return self.fail(
                "unexpected byte order mark",
                "save the file as UTF-8 without it",
            );
        }
        let node = self.node()?;
        self.space();
        if self.peek().is_some() {
            return self.unexpected("after the end of the document", "a book is one JSON object");
        }
        Ok(node)
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// The character at the current place, or nothing at the end.
    pub(super) fn here(&self) -> Span {
        let next = self
            .source
            .get(self.at..)
            .and_then(|rest| rest.chars().next());
        Span {
            start: self.at,
            end: self.at + next.map_or(0, char::len_utf8),
        }
    }

    pub(super) fn fail<T>(&self, message: impl Into<String>, help: &'static str) -> Parsed<T> {
        Err(Broken {
            span: self.here(),
            message: message.into(),
            help,
        })
    }

    fn unexpected<T>(&self, place: &str, help: &'static str) -> Parsed<T> {
        let span = self.here();
        let rest = self.source.get(self.at..).unwrap_or("");
        if rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with('#') {
            return self.fail("unexpected comment", "JSON has no comments; use a `why`");
        }
        if rest.starts_with('\'') {
            return self.fail("unexpected `'`", "JSON text stands in double quotes");
        }
        match rest.get(..span.end - span.start) {
            None | Some("") => self.fail(format!("unexpected end of file {place}"), help),
            Some(c) => self.fail(format!("unexpected `{}` {place}", c.escape_debug()), help),
        }
    }

    fn node(&mut self) -> Parsed<Node> {
        self.space();
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::list)?,
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$') => self.word()?,
            _ => return self.unexpected("where a value belongs", "write a value here"),
        };
        Ok(Node {
            span: Span {
                start,
                end: self.at,
            },
            value,
        })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Parsed<Value>) -> Parsed<Value> {
        if self.depth == DEEPEST {
            return self.fail(
                format!("nested more than {DEEPEST} deep"),
                "flatten this part",
            );
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    /// After an element: true if another follows, false at the closing bracket.
    fn more(&mut self, close: u8, place: &str) -> Parsed<bool> {
        self.space();
        match self.peek() {
            Some(c) if c == close => {
                self.at += 1;
                Ok(false)
            }
            Some(b',') => {
                let comma = self.here();
                self.at += 1;
                self.space();
                if self.peek() == Some(close) {
                    let message = "comma after the last element".to_owned();
                    return Err(Broken {
                        span: comma,
                        message,
                        help: "remove this comma",
                    });
                }
                Ok(true)
            }
            Some(b'"' | b'{' | b'[' | b'-' | b'0'..=b'9' | b'a'..=b'z') => {
                self.unexpected(place, "put a comma before it")
            }
            _ => self.unexpected(place, "add a comma or close the bracket"),
        }
    }

    fn object(&mut self) -> Parsed<Value> {
        let mut members: Vec<Member> = Vec::new();
        let mut keys = BTreeSet::new();
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(members));
        }
        loop {
            self.space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return self.unexpected("where a key belongs", "a key is text in double quotes");
            }
            let key = self.string()?;
            let span = Span {
                start,
                end: self.at,
            };
            self.space();
            if self.peek() != Some(b':') {
                return self.unexpected("after a key", "write `:` and a value after the key");
            }
            self.at += 1;
            let value = self.node()?;
            if keys.insert(key.clone()) {
                members.push(Member { key, span, value });
            } else {
                let message = format!("key `{key}` is there twice");
                self.sink.add(
                    span,
                    "duplicate-key",
                    message,
                    "rename or remove one of the two",
                );
            }
            if !self.more(b'}', "in an object")? {
                return Ok(Value::Object(members));
            }
        }
    }

    fn list(&mut self) -> Parsed<Value> {
        let mut list = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::List(list));
        }
        loop {
            list.push(self.node()?);
            if !self.more(b']', "in a list")? {
                return Ok(Value::List(list));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(text: &str) -> Node {
        let mut sink = Sink::new();
        let node = parse(text, &mut sink);
        assert!(!sink.has_errors(), "{text}: {:?}", sink.finish(text));
        node.unwrap()
    }

    /// Message, column and text of the error.
    fn bad(text: &str) -> (String, usize, String) {
        let mut sink = Sink::new();
        assert_eq!(parse(text, &mut sink), None, "{text}");
        let found = sink.finish(text).remove(0);
        (found.message, found.column, found.text)
    }

    #[test]
    fn values_and_their_places() {
        let text = "  {\"a\": [1, -2.5e1, \"ü\\u00e9\\ud83d\\ude00\\n\"], \"b\": null}\n";
        let node = good(text);
        assert_eq!(&text[node.span.start..node.span.end], text.trim());
        let Value::List(list) = &node.get("a").unwrap().value else {
            panic!()
        };
        assert_eq!(list[0].value, Value::Number(1.0));
        assert_eq!(&text[list[1].span.start..list[1].span.end], "-2.5e1");
        assert_eq!(list[1].value, Value::Number(-25.0));
        assert_eq!(list[2].text(), Some("üé😀\n"));
        let key = node.members()[1].span;
        assert_eq!(&text[key.start..key.end], "\"b\"");
    }

    #[test]
    fn errors_point_at_their_cause() {
        for (text, message, column, offending) in [
            ("", "unexpected end of file where a value belongs", 1, ""),
            (
                "{} x",
                "unexpected `x` after the end of the document",
                4,
                "x",
            ),
            ("[1,]", "comma after the last element", 3, ","),
            ("[1 2]", "unexpected `2` in a list", 4, "2"),
            ("{\"a\": 1, }", "comma after the last element", 8, ","),
            ("{\"a\" 1}", "unexpected `1` after a key", 6, "1"),
            ("{a: 1}", "unexpected `a` where a key belongs", 2, "a"),
            ("{'a': 1}", "unexpected `'`", 2, "'"),
            ("[1, // one", "unexpected comment", 5, "/"),
            ("[1", "unexpected end of file in a list", 3, ""),
            ("[01]", "`01` is not a JSON number", 2, "01"),
            ("[1.]", "`1.` is not a JSON number", 2, "1."),
            ("[-]", "`-` is not a JSON number", 2, "-"),
            ("[1e999]", "`1e999` is not a JSON number", 2, "1e999"),
            ("[NaN]", "unexpected word `NaN`", 2, "NaN"),
            ("[True]", "unexpected word `True`", 2, "True"),
            ("[\"a", "text without a closing quote", 2, "\""),
            ("[\"a\tb\"]", "control character in text", 4, "\t"),
            ("[\"\\x\"]", "unknown escape in text", 3, "\\"),
            (
                "[\"\\ud800\"]",
                "this escape is not a character",
                3,
                "\\ud800",
            ),
            ("[\"\\u00é0\"]", "this escape is not a character", 3, "\\u"),
            ("\u{feff}{}", "unexpected byte order mark", 1, "\u{feff}"),
        ] {
            assert_eq!(
                bad(text),
                (message.to_owned(), column, offending.to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn depth_has_a_limit() {
        good(&format!("{}{}", "[".repeat(100), "]".repeat(100)));
        let (message, column, _) = bad(&"[".repeat(100_000));
        assert_eq!(
            (message.as_str(), column),
            ("nested more than 100 deep", 101)
        );
    }

    #[test]
    fn a_key_twice_keeps_the_first_and_goes_on() {
        let text = "{\"a\": 1, \"a\": 2, \"b\": {\"c\": 1, \"c\": 1}}";
        let mut sink = Sink::new();
        let node = parse(text, &mut sink).unwrap();
        assert_eq!(node.get("a").unwrap().value, Value::Number(1.0));
        let found = sink.finish(text);
        assert_eq!(
            found.iter().map(|d| (d.code, d.column)).collect::<Vec<_>>(),
            [("duplicate-key", 10), ("duplicate-key", 32)]
        );
    }
}
