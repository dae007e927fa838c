//! The mapping file: how the rows of a table or a log become events (`docs/cli.md`).

use std::fmt;
use std::path::Path;

use fewbits::book::author::{Diagnostic, Severity};
use indexmap::IndexMap;
use serde::Deserialize;

use super::forms::{DelimiterName, HELP, OneOrMany, PathPattern, Status};
use super::time::Format as TimeFormat;
use crate::failure::{Failure, Result};

/// A mapping, as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    #[serde(rename = "why", default)]
    _why: Option<String>,
    pub format: Option<super::Format>,
    #[serde(default)]
    pub delimiter: Option<DelimiterName>,
    /// Names of the columns, for a table without a header line.
    pub columns: Option<Vec<String>>,
    pub visitor: Option<Source>,
    pub at: Option<When>,
    pub event: Option<Source>,
    pub value: Option<Source>,
    #[serde(default)]
    pub tags: IndexMap<String, Source>,
    #[serde(default)]
    pub context: Context,
    #[serde(default)]
    pub declare: IndexMap<String, Source>,
    pub request: Option<Source>,
    pub status: Option<Source>,
    /// What stands before the path in the addresses of the site's pages.
    #[serde(default)]
    pub site: String,
    #[serde(default)]
    pub ignore: Vec<Match>,
    #[serde(default)]
    pub rules: Vec<Rule>,
    #[serde(default)]
    pub lookups: IndexMap<String, Lookup>,
}

/// Raw values of the environment.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    pub referrer: Option<Source>,
    pub url: Option<Source>,
    pub agent: Option<Source>,
    pub touch: Option<Source>,
    pub language: Option<Source>,
    pub zone: Option<Source>,
    pub offset: Option<Source>,
}

/// Where a text comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It is always this.
    Text(String),
    /// `$name`: a column.
    Column(String),
    /// `:name`: captured from the path by the rule's pattern.
    Capture(String),
}

/// A text, and what is done with it.
#[derive(Debug, Clone)]
pub struct Source {
    pub from: Origin,
    pub lower: bool,
    pub lookup: Option<String>,
    pub otherwise: Option<String>,
}

/// A time, and how it is written.
#[derive(Debug, Clone)]
pub struct When {
    pub from: Origin,
    pub format: TimeFormat,
}

/// Which requests are meant. What is not given is not looked at.
#[derive(Debug, Default)]
pub struct Match {
    pub path: Option<PathPattern>,
    pub method: Vec<String>,
    pub status: Vec<Status>,
}

/// The event that a request is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    path: Option<PathPattern>,
    #[serde(default)]
    method: OneOrMany<String>,
    #[serde(default)]
    status: OneOrMany<Status>,
    pub event: Source,
    pub value: Option<Source>,
    #[serde(default)]
    pub tags: IndexMap<String, Source>,
}

impl Rule {
    /// Which requests the rule is for.
    pub fn matching(&self) -> Match {
        let (method, status) = (self.method.0.clone(), self.status.0.clone());
        Match {
            path: self.path.clone(),
            method,
            status,
        }
    }
}

/// A table of texts: in the mapping itself, or from a file with a header line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    #[serde(default)]
    pub table: IndexMap<String, String>,
    pub file: Option<String>,
    pub key: Option<String>,
    pub value: Option<String>,
}

impl Mapping {
    /// Reads a mapping from its text.
    pub fn parse(source: &str, path: &Path) -> Result<Self> {
        serde_json::from_str(source).map_err(|e| broken(&e, source, path))
    }
}

fn broken(error: &serde_json::Error, source: &str, path: &Path) -> Failure {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    let text = text.get(..end).unwrap_or(&text);
    let (message, help) = text
        .split_once(HELP)
        .unwrap_or((text, "docs/cli.md lists every key of a mapping"));
    let message = message
        .replace("unknown field", "unknown key")
        .replace("missing field", "missing key");
    let diagnostic = Diagnostic {
        severity: Severity::Error,
        code: "mapping",
        message,
        help: help.to_owned(),
        line: error.line().max(1),
        column: error.column().max(1),
        length: 1,
        text: String::new(),
    };
    Failure::whole(diagnostic.render(source, &path.display().to_string()))
}

/// A problem that is found only when the mapping meets the book or the data.
pub fn unfit(path: &Path, what: impl fmt::Display, help: impl fmt::Display) -> Failure {
    Failure::new(format_args!("{}: {what}", path.display()), help)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(source: &str) -> String {
        Mapping::parse(source, Path::new("m.json"))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn forms() {
        let mapping = Mapping::parse(
            r#"{ "delimiter": "whitespace", "visitor": "$id", "at": { "from": "$d", "format": "yyyymmdd" },
                 "ignore": ["*.css", { "status": ["4xx", 304], "method": "HEAD" }],
                 "rules": [{ "path": "/b/:topic/*", "event": "view", "tags": { "topic": { "from": ":topic", "lower": true } } }] }"#,
            Path::new("m.json"),
        )
        .unwrap();
        assert_eq!(mapping.visitor.unwrap().from, Origin::Column("id".into()));
        let fits = |status| mapping.ignore[1].status.iter().any(|s| s.fits(status));
        assert!(fits("404") && fits("304") && !fits("200") && !fits("x"));
        assert_eq!(
            mapping.rules[0].tags["topic"].from,
            Origin::Capture("topic".into())
        );
    }

    #[test]
    fn errors_have_a_place_and_help() {
        for (source, message, help) in [
            (
                "{\n  \"vistor\": \"$a\"\n}",
                "error[mapping]: unknown key `vistor`, expected one of",
                "docs/cli.md",
            ),
            ("{ \"visitor\": \"$\" }", "`$` has no name", "`$column`"),
            (
                "{ \"visitor\": 3 }",
                "invalid type: integer `3`, expected text",
                "docs/cli.md",
            ),
            (
                "{ \"ignore\": [{ \"path\": \"x\" }] }",
                "does not start with",
                "/blog/:topic/*",
            ),
            (
                "{ \"ignore\": [{ \"status\": 99 }] }",
                "`99` is no status",
                "2xx",
            ),
            (
                "{ \"delimiter\": \"ab\" }",
                "`ab` is no delimiter",
                "whitespace",
            ),
            (
                "{ \"at\": { \"from\": \"$d\", \"format\": \"unix\" } }",
                "unknown variant `unix`",
                "docs/cli.md",
            ),
            (
                "{ \"rules\": [{ \"path\": \"/\" }] }",
                "missing key `event`",
                "docs/cli.md",
            ),
            ("{", "EOF while parsing", "docs/cli.md"),
        ] {
            let text = error(source);
            assert!(text.contains(message) && text.contains(help), "{text}");
            assert!(text.contains("--> m.json:"), "{text}");
        }
        assert!(error("{\n  \"vistor\": 1 }").contains("m.json:2:"));
    }
}
