//! Lines of a web server's access log, in the common and the combined format.

use std::borrow::Cow;

/// What a line has, by the names that a mapping uses.
pub const COLUMNS: [&str; 9] = [
    "address", "ident", "user", "time", "request", "status", "bytes", "referrer", "agent",
];

/// Splits a line into [`COLUMNS`]; referrer and agent are `-` in the common format. `Err`: the
/// column, from 1, and what was expected there.
pub fn split<'a>(
    line: &'a str,
    fields: &mut Vec<Cow<'a, str>>,
) -> Result<(), (usize, &'static str)> {
    fields.clear();
    let mut rest = line;
    let place = |rest: &str| line.len() - rest.len() + 1;
    for expected in ["an address", "an identity", "a user"] {
        fields.push(Cow::Borrowed(
            word(&mut rest).ok_or_else(|| (place(rest), expected))?,
        ));
    }
    let time = rest.strip_prefix('[').and_then(|r| r.split_once(']'));
    let Some((time, after)) = time else {
        return Err((place(rest), "a time in square brackets"));
    };
    fields.push(Cow::Borrowed(time));
    rest = after.trim_start_matches(' ');
    fields.push(quoted(&mut rest).ok_or_else(|| (place(rest), "a request in quotes"))?);
    for expected in ["a status", "a size"] {
        fields.push(Cow::Borrowed(
            word(&mut rest).ok_or_else(|| (place(rest), expected))?,
        ));
    }
    for expected in ["a referrer in quotes", "a user agent in quotes"] {
        if rest.is_empty() {
            fields.push(Cow::Borrowed("-"));
        } else {
            fields.push(quoted(&mut rest).ok_or_else(|| (place(rest), expected))?);
        }
    }
    Ok(())
}

/// Takes a word and the spaces behind it off the front.
fn word<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let end = rest.find(' ').unwrap_or(rest.len());
    let (word, after) = rest.split_at_checked(end)?;
    *rest = after.trim_start_matches(' ');
    (!word.is_empty()).then_some(word)
}

/// Takes a quoted text and the spaces behind it off the front. A backslash makes the next
/// character part of the text.
fn quoted<'a>(rest: &mut &'a str) -> Option<Cow<'a, str>> {
    let inner = rest.strip_prefix('"')?;
    let mut from = 0;
    loop {
        let at = from + inner.get(from..)?.find(['"', '\\'])?;
        if inner.as_bytes().get(at) == Some(&b'"') {
            let text = inner.get(..at)?;
            *rest = inner.get(at + 1..)?.trim_start_matches(' ');
            return Some(if text.contains('\\') {
                Cow::Owned(text.replace("\\\"", "\"").replace("\\\\", "\\"))
            } else {
                Cow::Borrowed(text)
            });
        }
        let escaped = inner.get(at + 1..)?.chars().next()?;
        from = at + 1 + escaped.len_utf8();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &str) -> Result<Vec<String>, (usize, &'static str)> {
        let mut out = Vec::new();
        split(line, &mut out)?;
        Ok(out.into_iter().map(Cow::into_owned).collect())
    }

    #[test]
    fn lines() {
        let line = r#"192.0.2.1 - ann [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 12 "http://x.example/" "A \"b\" c""#;
        let all = parts(line).unwrap();
        assert_eq!(all.len(), COLUMNS.len());
        assert_eq!(
            all,
            [
                "192.0.2.1",
                "-",
                "ann",
                "17/May/2015:10:05:03 +0000",
                "GET /a HTTP/1.1",
                "200",
                "12",
                "http://x.example/",
                "A \"b\" c"
            ]
        );
        let common = r#"::1 - - [17/May/2015:10:05:03 +0000] "-" 408 -"#;
        assert_eq!(
            parts(common).unwrap().split_off(4),
            ["-", "408", "-", "-", "-"]
        );
    }

    #[test]
    fn places_of_errors() {
        assert_eq!(parts(""), Err((1, "an address")));
        assert_eq!(parts("a - - x"), Err((7, "a time in square brackets")));
        assert_eq!(parts("a - - [x] GET"), Err((11, "a request in quotes")));
        assert_eq!(
            parts("a - - [x] \"GET /ü"),
            Err((11, "a request in quotes"))
        );
        assert_eq!(parts("a - - [x] \"G\" 200"), Err((18, "a size")));
        assert_eq!(
            parts("a - - [x] \"G\" 200 1 \"r\" \"\\\""),
            Err((25, "a user agent in quotes"))
        );
    }
}
