//! A book's statement, `/.well-known/fewbits.json`: all that the collector knows of a book.
//! Written by `fewbits audit BOOK --statement FILE`; described in docs/collector.md.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::said::{Outcome, is_answer};

/// The weight of each untrue answer; `Asked::odds` is that of the true one.
pub const UNIT: u32 = 65_536;
/// Top of every ladder.
pub const ANY: &str = "any";

/// What one version of a book says about itself.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    fewbits: u32,
    /// The book's name.
    pub book: String,
    /// Its version, from 1. A version determines the partition of answers.
    pub version: u32,
    /// SHA-256 of the book's source, in hex.
    pub source: String,
    /// The promise not to re-identify, for people.
    pub statement: String,
    /// What is asked; `None` if the book asks nothing.
    #[serde(deserialize_with = "Option::deserialize")]
    pub report: Option<Asked>,
    #[serde(deserialize_with = "Option::deserialize")]
    hints: Option<IgnoredAny>,
}

/// The questions of a book, and what holds for all of them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Epsilon of the randomised response.
    pub epsilon: f64,
    /// Weight of the true answer, against [`UNIT`] for every other one.
    pub odds: u64,
    /// Least number of people in a group that is shown.
    pub crowd: u64,
    /// Answers are shown although the crowds are not known yet.
    pub bootstrap: bool,
    /// Cap of everything that ever leaves a visitor, in bits.
    pub lifetime_bits: f64,
    /// By name.
    #[serde(deserialize_with = "unique")]
    pub questions: BTreeMap<String, Question>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// How often it is drawn, relative to the others.
    pub weight: u32,
    /// What an answer costs the visitor, in bits.
    pub bits: f64,
    /// Seconds after consent before it is answered.
    pub after: u64,
    /// Seconds over which the answering is spread at random, on top of `after`.
    pub jitter: u64,
    /// What the answers say about variants; `None` for the segments of a dimension.
    #[serde(deserialize_with = "Option::deserialize")]
    pub outcome: Option<Outcome>,
    /// The segments that may be true, in the order of the book: d of them.
    pub answers: Vec<Answer>,
}

/// One segment that may be a visitor's true answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The segment's name.
    pub segment: String,
    /// The groups above it, nearest first, ending with `any`. Empty for `any` itself.
    pub under: Vec<String>,
    /// The name by which it leaves: its own or that of a group above it; `None` if withheld.
    #[serde(deserialize_with = "Option::deserialize")]
    pub shown: Option<String>,
}

impl Statement {
    /// Reads a statement, and refuses what the collector could not count correctly.
    ///
    /// # Errors
    ///
    /// What is wrong, for the operator: lower case, no full stop.
    pub fn parse(text: &str) -> Result<Self, String> {
        let statement: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        statement.check()?;
        Ok(statement)
    }

    fn check(&self) -> Result<(), String> {
        if self.fewbits != 1 {
            return Err(format!(
                "`fewbits` is {}, but this collector reads statements of form 1",
                self.fewbits
            ));
        }
        if self.version == 0 {
            return Err("`version` is 0, but versions begin at 1".to_owned());
        }
        name(&self.book, "book")?;
        let Some(asked) = &self.report else {
            return Ok(());
        };
        if asked.odds < u64::from(UNIT) || asked.odds > u64::from(u32::MAX) * u64::from(UNIT) {
            return Err(format!(
                "`odds` is {}, but the true answer weighs at least {UNIT}",
                asked.odds
            ));
        }
        if !asked.epsilon.is_finite() || asked.epsilon < 0.0 {
            return Err("`epsilon` is not a number from 0 on".to_owned());
        }
        for (question, answers) in &asked.questions {
            name(question, "question")?;
            answers
                .check()
                .map_err(|error| format!("question `{question}`: {error}"))?;
        }
        Ok(())
    }
}

impl Question {
    /// The names by which answers leave, sorted. Empty if all are withheld.
    pub fn shown(&self) -> BTreeSet<&str> {
        let shown = self.answers.iter();
        shown.filter_map(|answer| answer.shown.as_deref()).collect()
    }

    fn check(&self) -> Result<(), String> {
        if self.answers.len() < 2 {
            return Err("a question has at least two answers".to_owned());
        }
        let mut seen = BTreeSet::new();
        for answer in &self.answers {
            answer.check()?;
            if !seen.insert(&answer.segment) {
                return Err(format!("`{}` is there twice", answer.segment));
            }
        }
        let withheld = self.answers.iter().filter(|a| a.shown.is_none()).count();
        if withheld != 0 && withheld != self.answers.len() {
            return Err("some answers are withheld and others shown".to_owned());
        }
        if let Some(outcome) = &self.outcome {
            outcome.check(&self.answers)?;
        }
        self.check_ladder()
    }

    /// A group lies under the same groups wherever it is named, and is not itself an answer.
    fn check_ladder(&self) -> Result<(), String> {
        let mut above: BTreeMap<&str, &[String]> = BTreeMap::new();
        for answer in &self.answers {
            let mut rest = answer.under.as_slice();
            while let Some((group, higher)) = rest.split_first() {
                if *above.entry(group).or_insert(higher) != higher {
                    return Err(format!("`{group}` lies under different groups"));
                }
                rest = higher;
            }
        }
        for answer in &self.answers {
            if answer.segment != ANY && above.contains_key(answer.segment.as_str()) {
                return Err(format!("`{}` is a segment and a group", answer.segment));
            }
        }
        Ok(())
    }
}

impl Answer {
    fn check(&self) -> Result<(), String> {
        name(&self.segment, "segment")?;
        for group in &self.under {
            name(group, "group")?;
        }
        let top = self
            .under
            .last()
            .map_or(self.segment.as_str(), String::as_str);
        if top != ANY {
            return Err(format!(
                "the ladder of `{}` does not end at `any`",
                self.segment
            ));
        }
        let mut chain = std::iter::once(&self.segment).chain(&self.under);
        match &self.shown {
            Some(shown) if !chain.any(|step| step == shown) => Err(format!(
                "`{}` is shown as `{shown}`, which is not on its ladder",
                self.segment
            )),
            _ => Ok(()),
        }
    }
}

/// Names are as books have them: lower-case words of letters, digits and `-`, at most 64.
fn name(text: &str, what: &str) -> Result<(), String> {
    let good = match what {
        "segment" | "group" => is_answer(text),
        _ => is_name(text),
    };
    if good {
        Ok(())
    } else {
        Err(format!("`{}` is no name of a {what}", text.escape_debug()))
    }
}

/// A name that a book may have.
pub fn is_name(text: &str) -> bool {
    let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    text.len() <= 64
        && text.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
        && text.bytes().all(word)
}

/// A map in which no key stands twice.
fn unique<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Question>, D::Error> {
    struct Unique;

    impl<'de> Visitor<'de> for Unique {
        type Value = BTreeMap<String, Question>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("questions by name")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut all = BTreeMap::new();
            while let Some((key, value)) = map.next_entry()? {
                if all.insert(key, value).is_some() {
                    return Err(serde::de::Error::custom("a question is there twice"));
                }
            }
            Ok(all)
        }
    }

    from.deserialize_map(Unique)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOLDEN: &str = include_str!("../../tests/golden/statement/shop.json");

    /// The golden statement with one part of its text changed.
    fn changed(from: &str, to: &str) -> Result<Statement, String> {
        assert!(GOLDEN.contains(from), "{from}");
        Statement::parse(&GOLDEN.replacen(from, to, 1))
    }

    #[test]
    fn the_golden_statement_is_read() {
        let statement = Statement::parse(GOLDEN).unwrap();
        assert_eq!(
            (statement.book.as_str(), statement.version),
            ("acme-outdoor", 1)
        );
        let asked = statement.report.unwrap();
        assert_eq!((asked.odds, asked.crowd), (3_578_144, 50));
        let interest = &asked.questions["interest"];
        assert_eq!(
            interest.answers[0].under,
            ["footwear", "wear", "gear", "any"]
        );
        assert_eq!(interest.shown().len(), interest.answers.len());
    }

    #[test]
    fn every_golden_statement_is_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/statement");
        let files: Vec<_> = std::fs::read_dir(folder).unwrap().collect();
        assert!(files.len() >= 2);
        for file in files {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(Statement::parse(&text).is_ok(), "{}", path.display());
        }
    }

    #[test]
    fn a_book_that_asks_nothing_is_read() {
        let asked = GOLDEN.find("\"report\":").unwrap();
        let nothing = format!("{}\"report\": null, \"hints\": null }}", &GOLDEN[..asked]);
        assert_eq!(Statement::parse(&nothing).unwrap().report, None);
    }

    #[test]
    fn what_cannot_be_counted_is_refused() {
        for (from, to, why) in [
            ("\"fewbits\": 1", "\"fewbits\": 2", "form 1"),
            ("\"version\": 1", "\"version\": 0", "begin at 1"),
            (
                "\"hints\": null",
                "\"hints\": null, \"more\": 1",
                "unknown field `more`",
            ),
            (",\n  \"hints\": null", "", "missing field `hints`"),
            (
                "\"version\": 1",
                "\"version\": 1, \"version\": 1",
                "duplicate field",
            ),
            ("\"interest\"", "\"lifecycle\"", "a question is there twice"),
            ("\"acme-outdoor\"", "\"Acme\"", "no name of a book"),
            (
                "\"shown\": \"boots\"",
                "\"shown\": null",
                "some answers are withheld",
            ),
            (
                "\"shown\": \"boots\"",
                "\"shown\": \"coats\"",
                "not on its ladder",
            ),
            (
                "\"segment\": \"lapsed\"",
                "\"segment\": \"loyal\"",
                "not on its ladder",
            ),
            (
                "\"segment\": \"tents\"",
                "\"segment\": \"wear\"",
                "not on its ladder",
            ),
            ("\"wear\",", "\"gear\",", "different groups"),
            ("\"odds\": 3578144", "\"odds\": 1", "weighs at least"),
        ] {
            let error = changed(from, to).unwrap_err();
            assert!(error.contains(why), "{to}: {error}");
        }
    }
}
