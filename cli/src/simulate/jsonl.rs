//! One event a line, as JSON.

use std::borrow::Cow;
use std::fmt;

use fewbits::book::{EVENT_DWELL, EVENT_OTHER, EVENT_SCROLL};
use fewbits::engine::Rules;
use fewbits::signals::hundredths;
use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::batch::Batch;
use super::context::{Contexts, Memo, Raw, declared, declared_signal};
use super::table::{bad_time, time};
use super::tally::Bad;
use super::time::{Format, from_number};

/// A text, a number or a boolean, as text; `null` is none.
struct Scalar<'a>(Option<Cow<'a, str>>);

/// A scalar or a list of them.
struct Scalars<'a>(Vec<Cow<'a, str>>);

/// An object, in its order.
struct Pairs<'a, V>(Vec<(Cow<'a, str>, V)>);

#[derive(Default)]
struct Line<'a> {
    visitor: Option<Cow<'a, str>>,
    at: Option<Cow<'a, str>>,
    event: Option<Cow<'a, str>>,
    tags: Vec<(Cow<'a, str>, Scalars<'a>)>,
    value: Option<Cow<'a, str>>,
    dwell: Option<Cow<'a, str>>,
    scroll: Option<Cow<'a, str>>,
    context: Vec<(Cow<'a, str>, Scalar<'a>)>,
    declare: Vec<(Cow<'a, str>, Scalar<'a>)>,
    unknown: Option<Cow<'a, str>>,
}

/// What one worker uses again and again.
pub struct Scratch {
    contexts: Contexts,
    memo: Memo,
    tags: Vec<(u16, u16)>,
}

impl Scratch {
    /// For a book.
    pub fn new(rules: &Rules) -> Self {
        Self {
            contexts: Contexts::new(rules.book()),
            memo: Memo::default(),
            tags: Vec::new(),
        }
    }
}

/// Takes one line in; `Err` if it cannot be used.
pub fn take(
    rules: &Rules,
    text: &str,
    scratch: &mut Scratch,
    batch: &mut Batch,
) -> Result<(), Bad> {
    let line: Line = serde_json::from_str(text).map_err(|e| broken(&e))?;
    let visitor = line
        .visitor
        .as_deref()
        .map(str::trim)
        .filter(|v| !v.is_empty());
    let visitor = visitor.ok_or_else(|| missing("no visitor", "visitor"))?;
    let at = line.at.as_deref().ok_or_else(|| missing("no time", "at"))?;
    let at = match at.parse::<f64>() {
        Ok(n) => from_number(n, 1.0).map_err(|bad| bad_time(bad, &format!("`{n}`")))?,
        Err(_) => time(at, Format::Iso)?,
    };
    let says = [&line.event, &line.dwell, &line.scroll]
        .iter()
        .any(|e| e.is_some());
    if !says && line.context.is_empty() && line.declare.is_empty() {
        return Err(missing("no event", "event"));
    }
    batch.tally.events += 1;
    let mut entry = batch.entry(visitor, at);
    if let Some(name) = &line.unknown {
        entry.note("field that is none of an event's", name);
    }
    let mut raw = Raw::default();
    for (name, value) in &line.context {
        let value = value.0.as_deref();
        match &**name {
            "referrer" => raw.referrer = value,
            "url" => raw.url = value,
            "agent" => raw.agent = value,
            "touch" => raw.touch = value,
            "language" => raw.language = value,
            "zone" => raw.zone = value,
            "offset" => raw.offset = value,
            other => entry.note("context of an unknown name: left out", other),
        }
    }
    scratch.contexts.state(&raw, &mut scratch.memo, &mut entry);
    for (name, value) in &line.declare {
        match (declared_signal(rules.book(), name), &value.0) {
            (Some((signal, _)), None) => entry.fact(signal, f64::NAN, false),
            (Some((signal, kind)), Some(text)) => match declared(rules.book(), kind, text) {
                Some(value) => entry.fact(signal, value, false),
                None => entry.note("declared value that the book does not know: left out", name),
            },
            (None, _) => entry.note(
                "no declared signal of the book has this name: left out",
                name,
            ),
        }
    }
    const AMOUNT: &str = "value is no number from -1000000000 to 1000000000: left out";
    if let Some(event) = &line.event {
        let name = rules.door().event(event);
        if name == EVENT_OTHER {
            entry.note("event that no signal of the book listens to", event);
        }
        scratch.tags.clear();
        for (key, values) in &line.tags {
            scratch
                .tags
                .extend(values.0.iter().filter_map(|v| rules.door().tag(key, v)));
        }
        let value = line
            .value
            .as_deref()
            .and_then(|v| v.parse().ok())
            .and_then(hundredths);
        if line.value.is_some() && value.is_none() {
            entry.note(AMOUNT, "");
        }
        entry.event(name, &scratch.tags, value);
    }
    for (event, amount) in [(EVENT_DWELL, &line.dwell), (EVENT_SCROLL, &line.scroll)] {
        let Some(amount) = amount else { continue };
        match amount.parse().ok().and_then(hundredths) {
            Some(value) => entry.event(event, &[], Some(value)),
            None => entry.note(AMOUNT, ""),
        }
    }
    Ok(())
}

fn missing(reason: &'static str, key: &str) -> Bad {
    let help = "an event looks like {\"visitor\": \"v1\", \"at\": \"2026-11-23T10:00:00Z\", \"event\": \"view\"}";
    Bad {
        reason,
        column: None,
        message: format!("there is no `{key}` in this line"),
        help,
    }
}

fn broken(error: &serde_json::Error) -> Bad {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    Bad {
        reason: "not an event as JSON",
        column: Some(error.column() as u64),
        message: text.get(..end).unwrap_or_default().to_owned(),
        help: "write one JSON object a line",
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Line<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = Line<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Line<'de>, A::Error> {
                let mut line = Line::default();
                while let Some(Scalar(key)) = map.next_key()? {
                    let key = key.unwrap_or_default();
                    match &*key {
                        "visitor" => line.visitor = map.next_value::<Scalar>()?.0,
                        "at" => line.at = map.next_value::<Scalar>()?.0,
                        "event" => line.event = map.next_value::<Scalar>()?.0,
                        "value" => line.value = map.next_value::<Scalar>()?.0,
                        "dwell" => line.dwell = map.next_value::<Scalar>()?.0,
                        "scroll" => line.scroll = map.next_value::<Scalar>()?.0,
                        "tags" => line.tags = map.next_value::<Pairs<Scalars>>()?.0,
                        "context" => line.context = map.next_value::<Pairs<Scalar>>()?.0,
                        "declare" => line.declare = map.next_value::<Pairs<Scalar>>()?.0,
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                            line.unknown = Some(key);
                        }
                    }
                }
                Ok(line)
            }
        }
        d.deserialize_map(Form)
    }
}

struct ScalarForm;

impl<'de> Visitor<'de> for ScalarForm {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, a number, `true` or `false`")
    }

    fn visit_borrowed_str<E: de::Error>(self, v: &'de str) -> Result<Self::Value, E> {
        Ok(Scalar(Some(Cow::Borrowed(v))))
    }

    fn visit_str<E: de::Error>(self, v: &str) -> Result<Self::Value, E> {
        Ok(Scalar(Some(Cow::Owned(v.to_owned()))))
    }

    fn visit_bool<E: de::Error>(self, v: bool) -> Result<Self::Value, E> {
        Ok(Scalar(Some(Cow::Borrowed(if v {
            "true"
        } else {
            "false"
        }))))
    }

    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Self::Value, E> {
        Ok(Scalar(Some(Cow::Owned(v.to_string()))))
    }

    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Self::Value, E> {
        Ok(Scalar(Some(Cow::Owned(v.to_string()))))
    }

    fn visit_f64<E: de::Error>(self, v: f64) -> Result<Self::Value, E> {
        Ok(Scalar(Some(Cow::Owned(v.to_string()))))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Scalar(None))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(ScalarForm)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalars<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = Scalars<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, a number, a boolean, or a list of them")
            }

            fn visit_borrowed_str<E: de::Error>(self, v: &'de str) -> Result<Self::Value, E> {
                Ok(Scalars(vec![Cow::Borrowed(v)]))
            }

            fn visit_str<E: de::Error>(self, v: &str) -> Result<Self::Value, E> {
                Ok(Scalars(vec![Cow::Owned(v.to_owned())]))
            }

            fn visit_bool<E: de::Error>(self, v: bool) -> Result<Self::Value, E> {
                ScalarForm
                    .visit_bool(v)
                    .map(|s| Scalars(s.0.into_iter().collect()))
            }

            fn visit_u64<E: de::Error>(self, v: u64) -> Result<Self::Value, E> {
                ScalarForm
                    .visit_u64(v)
                    .map(|s| Scalars(s.0.into_iter().collect()))
            }

            fn visit_i64<E: de::Error>(self, v: i64) -> Result<Self::Value, E> {
                ScalarForm
                    .visit_i64(v)
                    .map(|s| Scalars(s.0.into_iter().collect()))
            }

            fn visit_f64<E: de::Error>(self, v: f64) -> Result<Self::Value, E> {
                ScalarForm
                    .visit_f64(v)
                    .map(|s| Scalars(s.0.into_iter().collect()))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(Scalars(Vec::new()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(Scalar(one)) = seq.next_element()? {
                    all.extend(one);
                }
                Ok(Scalars(all))
            }
        }
        d.deserialize_any(Form)
    }
}

impl<'de: 'a, 'a, V: Deserialize<'de>> Deserialize<'de> for Pairs<'a, V> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Form<V>(std::marker::PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Form<V> {
            type Value = Pairs<'de, V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(Scalar(key)) = map.next_key()? {
                    all.push((key.unwrap_or_default(), map.next_value()?));
                }
                Ok(Pairs(all))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(Pairs(Vec::new()))
            }
        }
        d.deserialize_any(Form(std::marker::PhantomData))
    }
}
