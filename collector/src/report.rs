//! The wire form of a report, read strictly: these fields, in this order, without a space. Any
//! freedom of form would be room in which something about the sender could travel.

use crate::epoch::Epoch;
use crate::said::is_answer;
use crate::statement::is_name;

/// Most bytes that a report may have.
pub const LIMIT: usize = 1024;

/// What a report says. Nothing in it is about its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report<'a> {
    /// Name of the book.
    pub book: &'a str,
    /// Version of the book, from 1.
    pub version: u32,
    /// The week of answering.
    pub epoch: Epoch,
    /// Which question.
    pub question: &'a str,
    /// The name by which the answer left.
    pub answer: &'a str,
}

/// Not the wire form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

impl<'a> Report<'a> {
    /// Reads a report.
    ///
    /// # Errors
    ///
    /// [`Malformed`], whatever deviates.
    pub fn parse(body: &'a [u8]) -> Result<Self, Malformed> {
        if body.len() > LIMIT {
            return Err(Malformed);
        }
        let text = std::str::from_utf8(body).map_err(|_| Malformed)?;
        let rest = text.strip_prefix("{\"fewbits\":1,\"book\":\"");
        let (book, rest) = until(rest, "\",\"version\":")?;
        let (version, rest) = until(Some(rest), ",\"epoch\":\"")?;
        let (epoch, rest) = until(Some(rest), "\",\"question\":\"")?;
        let (question, rest) = until(Some(rest), "\",\"answer\":\"")?;
        let answer = rest.strip_suffix("\"}").ok_or(Malformed)?;
        if ![book, question].into_iter().all(is_name) || !is_answer(answer) {
            return Err(Malformed);
        }
        Ok(Self {
            book,
            version: number(version).ok_or(Malformed)?,
            epoch: epoch.parse().map_err(|_| Malformed)?,
            question,
            answer,
        })
    }

    /// The wire form.
    pub fn to_json(&self) -> String {
        format!(
            r#"{{"fewbits":1,"book":"{}","version":{},"epoch":"{}","question":"{}","answer":"{}"}}"#,
            self.book, self.version, self.epoch, self.question, self.answer
        )
    }
}

fn until<'a>(text: Option<&'a str>, mark: &str) -> Result<(&'a str, &'a str), Malformed> {
    text.and_then(|text| text.split_once(mark)).ok_or(Malformed)
}

/// A whole number from 1, written in the one way there is.
fn number(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"fewbits":1,"book":"acme-outdoor","version":7,"epoch":"2026-W48","question":"interest","answer":"footwear"}"#;

    #[test]
    fn the_wire_form_is_read_and_written_alike() {
        let report = Report::parse(GOOD.as_bytes()).unwrap();
        assert_eq!(report.to_json(), GOOD);
        assert_eq!((report.book, report.version), ("acme-outdoor", 7));
        assert_eq!(report.epoch.to_string(), "2026-W48");
        assert_eq!((report.question, report.answer), ("interest", "footwear"));
    }

    #[test]
    fn whatever_deviates_is_refused() {
        for (from, to) in [
            ("\"fewbits\":1", "\"fewbits\":2"),
            ("\"fewbits\":1", "\"fewbits\":1.0"),
            ("\"fewbits\":1,", ""),
            (",\"version\":7", ""),
            (":7", ":\"7\""),
            (":7", ":07"),
            (":7", ":0"),
            (":7", ":7.0"),
            (":7", ":4294967296"),
            (":7", ":-7"),
            (":7", ":"),
            ("W48", "W54"),
            ("2026-W48", "2026-11-23"),
            ("\"footwear\"", "[\"footwear\"]"),
            ("\"footwear\"", "null"),
            ("\"footwear\"", "\"\""),
            ("footwear", "foot\\u0077ear"),
            ("footwear", "Footwear"),
            ("footwear", "foot wear"),
            ("footwear", "fußwerk"),
            ("\"answer\"", "\"answers\""),
            (
                "\"answer\":\"footwear\"",
                "\"answer\":\"footwear\",\"answer\":\"boots\"",
            ),
            (
                "\"answer\":\"footwear\"",
                "\"answer\":\"footwear\",\"id\":\"4711\"",
            ),
            ("\"book\"", "\"id\":\"4711\",\"book\""),
            ("{", "{ "),
            ("}", "}\n"),
            ("}", ""),
            ("{", "[{"),
        ] {
            assert!(GOOD.contains(from), "{from}");
            let bad = GOOD.replacen(from, to, 1);
            assert_eq!(Report::parse(bad.as_bytes()), Err(Malformed), "{bad}");
        }
        let reordered = GOOD.replace(
            "\"question\":\"interest\",\"answer\":\"footwear\"",
            "\"answer\":\"footwear\",\"question\":\"interest\"",
        );
        assert_eq!(Report::parse(reordered.as_bytes()), Err(Malformed));
        assert_eq!(Report::parse(b"\xff\xfe"), Err(Malformed));
        assert_eq!(Report::parse(&[b' '; LIMIT + 1]), Err(Malformed));
    }
}
