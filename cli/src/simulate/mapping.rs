//! The mapping file: how the rows of a table or a log become events (`docs/cli.md`).

use std::fmt;
use std::path::Path;

use fewbits::book::author::{Diagnostic, Severity};
use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};

use super::delimited::Delimiter;
use super::pattern::Pattern;
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceObject {
    from: Origin,
    #[serde(default)]
    lower: bool,
    lookup: Option<String>,
    #[serde(rename = "else")]
    otherwise: Option<String>,
}

/// A time, and how it is written.
#[derive(Debug, Clone)]
pub struct When {
    pub from: Origin,
    pub format: TimeFormat,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WhenObject {
    from: Origin,
    #[serde(default)]
    format: TimeFormat,
}

/// Which requests are meant. What is not given is not looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "MatchForm")]
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

/// What stands between what is wrong and what to do about it.
const HELP: &str = "; help: ";

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

impl Origin {
    fn new(text: &str) -> std::result::Result<Self, String> {
        match text.split_at_checked(1) {
            Some(("$" | ":", "")) => Err(format!(
                "`{text}` has no name{HELP}write `$column` or `:capture`"
            )),
            Some(("$", name)) => Ok(Self::Column(name.to_owned())),
            Some((":", name)) => Ok(Self::Capture(name.to_owned())),
            _ => Ok(Self::Text(text.to_owned())),
        }
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).map_err(de::Error::custom)
    }
}

/// Reads either a text or an object, and keeps the place of an error.
struct TextOr<T>(std::marker::PhantomData<T>);

/// What has a short form of text alone, and a long one.
trait Forms: Sized {
    type Object: for<'de> Deserialize<'de>;
    const EXPECTED: &'static str;
    fn short(text: &str) -> std::result::Result<Self, String>;
    fn long(object: Self::Object) -> Self;
}

impl<'de, T: Forms> Visitor<'de> for TextOr<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> std::result::Result<T, E> {
        T::short(text).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> std::result::Result<T, A::Error> {
        T::Object::deserialize(de::value::MapAccessDeserializer::new(map)).map(T::long)
    }
}

fn text_or<'de, T: Forms, D: Deserializer<'de>>(d: D) -> std::result::Result<T, D::Error> {
    d.deserialize_any(TextOr(std::marker::PhantomData))
}

impl Forms for Source {
    type Object = SourceObject;
    const EXPECTED: &'static str = "text, `$column`, `:capture`, or an object with `from`";

    fn short(text: &str) -> std::result::Result<Self, String> {
        Ok(Self {
            from: Origin::new(text)?,
            lower: false,
            lookup: None,
            otherwise: None,
        })
    }

    fn long(o: SourceObject) -> Self {
        Self {
            from: o.from,
            lower: o.lower,
            lookup: o.lookup,
            otherwise: o.otherwise,
        }
    }
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        text_or(d)
    }
}

impl Forms for When {
    type Object = WhenObject;
    const EXPECTED: &'static str = "a time, `$column`, or an object with `from` and `format`";

    fn short(text: &str) -> std::result::Result<Self, String> {
        Ok(Self {
            from: Origin::new(text)?,
            format: TimeFormat::Any,
        })
    }

    fn long(o: WhenObject) -> Self {
        Self {
            from: o.from,
            format: o.format,
        }
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        text_or(d)
    }
}

/// One of something, or a list.
#[derive(Debug, Clone)]
pub struct OneOrMany<T>(pub Vec<T>);

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        struct Either<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one or a list of them")
            }

            fn visit_str<E: de::Error>(self, v: &str) -> std::result::Result<Self::Value, E> {
                T::deserialize(de::value::StrDeserializer::new(v)).map(|one| OneOrMany(vec![one]))
            }

            fn visit_u64<E: de::Error>(self, v: u64) -> std::result::Result<Self::Value, E> {
                T::deserialize(de::value::U64Deserializer::new(v)).map(|one| OneOrMany(vec![one]))
            }

            fn visit_seq<A: SeqAccess<'de>>(
                self,
                mut seq: A,
            ) -> std::result::Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(one) = seq.next_element()? {
                    all.push(one);
                }
                Ok(OneOrMany(all))
            }
        }
        d.deserialize_any(Either(std::marker::PhantomData))
    }
}

/// A status, `304`, or a class of them, `"2xx"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    least: u16,
    most: u16,
}

impl Status {
    /// Whether a status is meant.
    pub fn fits(self, status: &str) -> bool {
        status
            .parse()
            .is_ok_and(|s: u16| s >= self.least && s <= self.most)
    }

    fn new(text: &str) -> Option<Self> {
        if let Some(class) = text.strip_suffix("xx") {
            let class: u16 = class.parse().ok().filter(|c| (1..=5).contains(c))?;
            return Some(Self {
                least: class * 100,
                most: class * 100 + 99,
            });
        }
        let one = text.parse().ok().filter(|s| (100..=599).contains(s))?;
        Some(Self {
            least: one,
            most: one,
        })
    }
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        struct Form;
        impl Visitor<'_> for Form {
            type Value = Status;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a status such as `304` or `\"2xx\"`")
            }

            fn visit_str<E: de::Error>(self, v: &str) -> std::result::Result<Status, E> {
                Status::new(v).ok_or_else(|| {
                    E::custom(format!(
                        "`{v}` is no status{HELP}write `304`, or `\"2xx\"` for a class"
                    ))
                })
            }

            fn visit_u64<E: de::Error>(self, v: u64) -> std::result::Result<Status, E> {
                self.visit_str(&v.to_string())
            }
        }
        d.deserialize_any(Form)
    }
}

/// A [`Pattern`] in a file.
#[derive(Debug, Clone)]
pub struct PathPattern(pub Pattern);

impl<'de> Deserialize<'de> for PathPattern {
    fn deserialize<D: Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let help = "patterns look like `/blog/:topic/*` or `*.png`";
        Pattern::new(&text)
            .map(Self)
            .map_err(|what| de::Error::custom(format!("{what}{HELP}{help}")))
    }
}

/// A [`Match`]: a pattern alone, or an object.
struct MatchForm(Match);

impl From<MatchForm> for Match {
    fn from(form: MatchForm) -> Self {
        form.0
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MatchObject {
    path: Option<PathPattern>,
    #[serde(default)]
    method: OneOrMany<String>,
    #[serde(default)]
    status: OneOrMany<Status>,
}

impl Forms for MatchForm {
    type Object = MatchObject;
    const EXPECTED: &'static str = "a pattern, or an object with `path`, `method` or `status`";

    fn short(text: &str) -> std::result::Result<Self, String> {
        let path = Some(PathPattern(Pattern::new(text)?));
        Ok(Self(Match {
            path,
            ..Match::default()
        }))
    }

    fn long(o: MatchObject) -> Self {
        Self(Match {
            path: o.path,
            method: o.method.0,
            status: o.status.0,
        })
    }
}

impl<'de> Deserialize<'de> for MatchForm {
    fn deserialize<D: Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        text_or(d)
    }
}

/// `","`, `"\t"`, or `"whitespace"`.
#[derive(Debug, Clone, Copy)]
pub struct DelimiterName(pub Delimiter);

impl<'de> Deserialize<'de> for DelimiterName {
    fn deserialize<D: Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        match (text.as_str(), text.as_bytes()) {
            ("whitespace", _) => Ok(Self(Delimiter::Whitespace)),
            (_, [byte]) if byte.is_ascii() && !b"\"\r\n".contains(byte) => {
                Ok(Self(Delimiter::Byte(*byte)))
            }
            _ => Err(de::Error::custom(format!(
                "`{}` is no delimiter{HELP}write one character such as `\",\"` or `\"\\t\"`, or `\"whitespace\"`",
                text.escape_debug()
            ))),
        }
    }
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
        assert_eq!(
            mapping.ignore[1].status,
            [
                Status {
                    least: 400,
                    most: 499
                },
                Status {
                    least: 304,
                    most: 304
                }
            ]
        );
        assert!(Status::new("2xx").unwrap().fits("204"));
        assert!(!Status::new("2xx").unwrap().fits("x"));
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
