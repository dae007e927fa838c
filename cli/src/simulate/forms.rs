//! How the parts of a mapping are written: most have a short form of text alone, and a long one.
//! Everything is checked while it is read, so that an error has its place in the file.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};

use super::delimited::Delimiter;
use super::mapping::{Match, Origin, Source, When};
use super::pattern::Pattern;
use super::time::Format as TimeFormat;

/// What stands between what is wrong and what to do about it.
pub const HELP: &str = "; help: ";

impl Origin {
    fn new(text: &str) -> Result<Self, String> {
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
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).map_err(de::Error::custom)
    }
}

/// Reads either a text or an object, and keeps the place of an error.
struct TextOr<T>(PhantomData<T>);

/// What has a short form of text alone, and a long one.
trait Forms: Sized {
    type Object: for<'de> Deserialize<'de>;
    const EXPECTED: &'static str;
    fn short(text: &str) -> Result<Self, String>;
    fn long(object: Self::Object) -> Self;
}

impl<'de, T: Forms> Visitor<'de> for TextOr<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        T::short(text).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::Object::deserialize(de::value::MapAccessDeserializer::new(map)).map(T::long)
    }
}

fn text_or<'de, T: Forms, D: Deserializer<'de>>(d: D) -> Result<T, D::Error> {
    d.deserialize_any(TextOr(PhantomData))
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

impl Forms for Source {
    type Object = SourceObject;
    const EXPECTED: &'static str = "text, `$column`, `:capture`, or an object with `from`";

    fn short(text: &str) -> Result<Self, String> {
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
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        text_or(d)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WhenObject {
    from: Origin,
    #[serde(default)]
    format: TimeFormat,
}

impl Forms for When {
    type Object = WhenObject;
    const EXPECTED: &'static str = "a time, `$column`, or an object with `from` and `format`";

    fn short(text: &str) -> Result<Self, String> {
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
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
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
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one or a list of them")
            }

            fn visit_str<E: de::Error>(self, v: &str) -> Result<Self::Value, E> {
                T::deserialize(de::value::StrDeserializer::new(v)).map(|one| OneOrMany(vec![one]))
            }

            fn visit_u64<E: de::Error>(self, v: u64) -> Result<Self::Value, E> {
                T::deserialize(de::value::U64Deserializer::new(v)).map(|one| OneOrMany(vec![one]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(one) = seq.next_element()? {
                    all.push(one);
                }
                Ok(OneOrMany(all))
            }
        }
        d.deserialize_any(Either(PhantomData))
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
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Form;
        impl Visitor<'_> for Form {
            type Value = Status;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a status such as `304` or `\"2xx\"`")
            }

            fn visit_str<E: de::Error>(self, v: &str) -> Result<Status, E> {
                Status::new(v).ok_or_else(|| {
                    E::custom(format!(
                        "`{v}` is no status{HELP}write `304`, or `\"2xx\"` for a class"
                    ))
                })
            }

            fn visit_u64<E: de::Error>(self, v: u64) -> Result<Status, E> {
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
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let help = "patterns look like `/blog/:topic/*` or `*.png`";
        Pattern::new(&text)
            .map(Self)
            .map_err(|what| de::Error::custom(format!("{what}{HELP}{help}")))
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

impl Forms for Match {
    type Object = MatchObject;
    const EXPECTED: &'static str = "a pattern, or an object with `path`, `method` or `status`";

    fn short(text: &str) -> Result<Self, String> {
        let path = Some(PathPattern(Pattern::new(text)?));
        Ok(Self {
            path,
            ..Self::default()
        })
    }

    fn long(o: MatchObject) -> Self {
        Self {
            path: o.path,
            method: o.method.0,
            status: o.status.0,
        }
    }
}

impl<'de> Deserialize<'de> for Match {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        text_or(d)
    }
}

/// `","`, `"\t"`, or `"whitespace"`.
#[derive(Debug, Clone, Copy)]
pub struct DelimiterName(pub Delimiter);

impl<'de> Deserialize<'de> for DelimiterName {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
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
