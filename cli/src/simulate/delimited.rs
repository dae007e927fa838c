//! Tables of text: records of fields, with quotes as RFC 4180 has them.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memrchr};

/// What stands between two fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delimiter {
    /// One character, and fields may be quoted.
    Byte(u8),
    /// Any number of spaces and tabs; no quotes.
    Whitespace,
}

/// A quote that is not closed after so many bytes never is.
pub const LONGEST_QUOTE: usize = 16 << 20;

/// The end of the record that starts at `from`: behind its line end. `None`: it goes on behind
/// the bytes that are known. A quote that is never closed does not count.
fn record_end(bytes: &[u8], from: usize, delimiter: u8) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let line = memchr(b'\n', rest);
    let shown = line.map_or(rest, |end| rest.get(..end).unwrap_or(rest));
    if memchr(b'"', shown).is_none() {
        return line.map(|end| from + end + 1);
    }
    let mut at = 0;
    loop {
        if rest.get(at) == Some(&b'"') {
            match closing(rest, at + 1) {
                Some(after) => at = after,
                None if rest.len() - at > LONGEST_QUOTE => return line.map(|end| from + end + 1),
                None => return None,
            }
        }
        // To the end of this field.
        let tail = rest.get(at..)?;
        let end = memchr::memchr2(b'\n', delimiter, tail)?;
        at += end + 1;
        if tail.get(end) == Some(&b'\n') {
            return Some(from + at);
        }
    }
}

/// Behind the quote that closes a field whose text starts at `at`.
fn closing(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr(b'"', bytes.get(at..)?)? + 1;
        if bytes.get(at) != Some(&b'"') {
            return Some(at);
        }
        at += 1;
    }
}

/// The end of the last whole record of some bytes that start with one.
pub fn last_end(bytes: &[u8], delimiter: Option<Delimiter>) -> Option<usize> {
    match delimiter {
        Some(Delimiter::Byte(delimiter)) if memchr(b'"', bytes).is_some() => {
            let mut end = None;
            while let Some(next) = record_end(bytes, end.unwrap_or(0), delimiter) {
                end = Some(next);
            }
            end
        }
        _ => memrchr(b'\n', bytes).map(|at| at + 1),
    }
}

/// Records of a text, each with the number of its first line from 0.
pub struct Records<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    delimiter: Option<Delimiter>,
}

impl<'a> Records<'a> {
    /// `delimiter` is `None` where every line is a record.
    pub const fn new(text: &'a str, delimiter: Option<Delimiter>) -> Self {
        Self {
            text,
            at: 0,
            line: 0,
            delimiter,
        }
    }

    /// Lines so far.
    pub const fn lines(&self) -> u32 {
        self.line
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = (u32, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        if self.at >= bytes.len() {
            return None;
        }
        let line_end = |from| {
            let rest = bytes.get(from..).unwrap_or_default();
            memchr(b'\n', rest).map_or(bytes.len(), |end| from + end + 1)
        };
        let end = match self.delimiter {
            // Without an end: the last record of a file, or one whose quote is never closed.
            Some(Delimiter::Byte(d)) => record_end(bytes, self.at, d).unwrap_or_else(|| {
                let end = line_end(self.at);
                let tail = bytes.get(self.at..).unwrap_or_default();
                if whole(tail, d) { bytes.len() } else { end }
            }),
            _ => line_end(self.at),
        };
        let record = self.text.get(self.at..end)?;
        let line = self.line;
        self.line += match self.delimiter {
            Some(Delimiter::Byte(_)) => memchr_iter(b'\n', record.as_bytes()).count() as u32,
            _ => u32::from(record.ends_with('\n')),
        };
        self.at = end;
        let record = record.strip_suffix('\n').unwrap_or(record);
        Some((line, record.strip_suffix('\r').unwrap_or(record)))
    }
}

/// Whether some bytes without an end of record are nevertheless a record: all quotes closed.
fn whole(bytes: &[u8], delimiter: u8) -> bool {
    let mut at = 0;
    loop {
        if bytes.get(at) == Some(&b'"') {
            match closing(bytes, at + 1) {
                Some(after) => at = after,
                None => return false,
            }
        }
        match bytes.get(at..).and_then(|tail| memchr(delimiter, tail)) {
            Some(end) => at += end + 1,
            None => return true,
        }
    }
}

/// Splits a record into its fields. `Err`: the column, from 1, of a quote that is not closed or
/// has text behind it.
pub fn split<'a>(
    record: &'a str,
    delimiter: Delimiter,
    fields: &mut Vec<Cow<'a, str>>,
) -> Result<(), usize> {
    fields.clear();
    let delimiter = match delimiter {
        Delimiter::Whitespace => {
            fields.extend(record.split_ascii_whitespace().map(Cow::Borrowed));
            return Ok(());
        }
        Delimiter::Byte(byte) => byte,
    };
    let bytes = record.as_bytes();
    if memchr(b'"', bytes).is_none() {
        let mut from = 0;
        for at in memchr_iter(delimiter, bytes) {
            fields.push(Cow::Borrowed(record.get(from..at).unwrap_or_default()));
            from = at + 1;
        }
        fields.push(Cow::Borrowed(record.get(from..).unwrap_or_default()));
        return Ok(());
    }
    let mut from = 0;
    loop {
        let (field, end) = if bytes.get(from) == Some(&b'"') {
            let after = closing(bytes, from + 1).ok_or(from)?;
            let inner = record.get(from + 1..after - 1).unwrap_or_default();
            if bytes.get(after).is_some_and(|b| *b != delimiter) {
                return Err(after);
            }
            let field = if memchr(b'"', inner.as_bytes()).is_some() {
                Cow::Owned(inner.replace("\"\"", "\""))
            } else {
                Cow::Borrowed(inner)
            };
            (field, after)
        } else {
            let tail = bytes.get(from..).unwrap_or_default();
            let end = from + memchr(delimiter, tail).unwrap_or(tail.len());
            (
                Cow::Borrowed(record.get(from..end).unwrap_or_default()),
                end,
            )
        };
        fields.push(field);
        if end >= bytes.len() {
            return Ok(());
        }
        from = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMA: Delimiter = Delimiter::Byte(b',');

    fn fields(record: &str) -> Result<Vec<String>, usize> {
        let mut out = Vec::new();
        split(record, COMMA, &mut out)?;
        Ok(out.into_iter().map(Cow::into_owned).collect())
    }

    #[test]
    fn fields_and_quotes() {
        assert_eq!(fields("a,,b").unwrap(), ["a", "", "b"]);
        assert_eq!(fields("").unwrap(), [""]);
        assert_eq!(fields("a,").unwrap(), ["a", ""]);
        assert_eq!(
            fields("\"a,b\",\"say \"\"hi\"\"\",ü").unwrap(),
            ["a,b", "say \"hi\"", "ü"]
        );
        assert_eq!(fields("\"a\",").unwrap(), ["a", ""]);
        assert_eq!(fields("6\" nail,b").unwrap(), ["6\" nail", "b"]);
        assert_eq!(fields("\"a\nb\",c").unwrap(), ["a\nb", "c"]);
        assert_eq!(fields("x,\"open"), Err(2));
        assert_eq!(fields("\"a\"b,c"), Err(3));
        let mut out = Vec::new();
        split("  1\t 2 ", Delimiter::Whitespace, &mut out).unwrap();
        assert_eq!(out, ["1", "2"]);
    }

    #[test]
    fn records_and_their_lines() {
        let text = "a,b\r\n\"x\ny\",2\n\n3,\"4\"\n5,6";
        let all: Vec<_> = Records::new(text, Some(COMMA)).collect();
        assert_eq!(
            all,
            [
                (0, "a,b"),
                (1, "\"x\ny\",2"),
                (3, ""),
                (4, "3,\"4\""),
                (5, "5,6")
            ]
        );
        let lines: Vec<_> = Records::new("\"a\n\"b", None).collect();
        assert_eq!(lines, [(0, "\"a"), (1, "\"b")]);
        let open: Vec<_> = Records::new("1,\"2\n3,4\n", Some(COMMA)).collect();
        assert_eq!(open, [(0, "1,\"2"), (1, "3,4")]);
        let last: Vec<_> = Records::new("1,\"2\n3\"", Some(COMMA)).collect();
        assert_eq!(last, [(0, "1,\"2\n3\"")]);
    }

    #[test]
    fn blocks_end_with_a_record() {
        assert_eq!(last_end(b"a\nb\nc", None), Some(4));
        assert_eq!(last_end(b"abc", None), None);
        assert_eq!(last_end(b"a\n\"b\nc", Some(COMMA)), Some(2));
        assert_eq!(last_end(b"a\n\"b\nc\"\nd", Some(COMMA)), Some(8));
        assert_eq!(last_end(b"x\"\ny\n", Some(COMMA)), Some(5));
    }
}
