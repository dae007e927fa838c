//! Each kind of signal in words: what it reads, from where, how coarse it is, how long it stays.

use fewbits::book::{
    Book, Context, Domain, EVENT_DWELL, EVENT_SCROLL, Gives, Kind, Matcher, Read, Span,
};

use super::sources::{DECLARE, Source, event, of_context, of_events, of_weights, tagged};
use super::words::{duration, number};

/// What there is to tell about one kind of signal.
pub struct Told {
    pub kind: &'static str,
    pub what: String,
    /// More than the sources say: which tag is read.
    pub tag: Option<String>,
    pub values: String,
    pub distinct: Option<u64>,
    pub kept: String,
    pub seconds: u32,
    pub sources: Vec<Source>,
}

/// A visit ends after this time without an event.
const VISIT: u32 = fewbits::book::SESSION_IDLE;

impl Told {
    /// The words of one signal.
    pub fn of(book: &Book, kind: &Kind) -> Self {
        let retention = book.retention;
        let erased = format!("erased {} after it was last renewed", duration(retention));
        match kind {
            Kind::Window {
                read,
                of,
                span,
                step,
                max,
            } => {
                let (step, max) = (f64::from(*step) / 100.0, *max as f64 / 100.0);
                let sources = of_events(book, &[of]);
                let (kept, seconds) = window(*span);
                let event = event(book, of);
                let (kind, what) = match (read, of.event) {
                    (_, EVENT_DWELL) => ("engagement", "seconds of attention".to_owned()),
                    (_, EVENT_SCROLL) => (
                        "engagement",
                        "greatest depth of scrolling, in percent".to_owned(),
                    ),
                    (Read::Count, _) => ("count", format!("how many {event}")),
                    (Read::Days, _) => ("days", format!("on how many days {event}")),
                    (Read::Sum, _) => ("sum", format!("the sum of the amounts of {event}")),
                    (Read::Mean, _) => ("mean", format!("the mean amount of {event}")),
                    (Read::Max, _) => ("max", format!("the greatest amount of {event}")),
                };
                let (values, distinct) = match (read, span) {
                    (Read::Days, Span::Ring { width, buckets }) => {
                        let days = u64::from(*buckets) * u64::from(*width) / 86_400;
                        (format!("0 to {days}"), Some(days + 1))
                    }
                    (Read::Count, _) => steps(0.0, max, 1.0),
                    (Read::Sum, _) => steps(0.0, max, step),
                    (Read::Max, _) if of.event == EVENT_SCROLL => steps(0.0, max, step),
                    _ => {
                        let (text, n) = steps(-1e9, max, step);
                        (format!("{text}, or none"), n.map(|n| n + 1))
                    }
                };
                Self {
                    kind,
                    what,
                    values,
                    distinct,
                    kept,
                    seconds,
                    sources,
                    tag: None,
                }
            }
            Kind::Since { of, unit, first } => {
                let sources = of_events(book, &[of]);
                let unit_name = match unit {
                    60 => "minutes",
                    3_600 => "hours",
                    86_400 => "days",
                    _ => "weeks",
                };
                let most = u64::from(retention / unit);
                Self {
                    kind: "since",
                    what: format!(
                        "whole {unit_name} since the {} {}",
                        if *first { "first" } else { "last" },
                        event(book, of).replacen("events", "event", 1)
                    ),
                    values: format!("0 to {}, or never", number(most as f64)),
                    distinct: Some(most + 2),
                    kept: erased,
                    seconds: retention,
                    sources,
                    tag: None,
                }
            }
            Kind::Top {
                key,
                items,
                half_life,
                weights,
                others,
                ..
            } => {
                let tag = book.tags.get(usize::from(*key));
                let name = |value: &u16| {
                    tag.and_then(|t| t.values.get(usize::from(*value)))
                        .map_or("", |s| book.str(*s))
                };
                let names: Vec<&str> = items.iter().map(name).collect();
                Self {
                    kind: "top",
                    what: format!(
                        "which `{}` most was done with lately",
                        tag.map_or("", |t| book.str(t.name))
                    ),
                    tag: Some(tagged(
                        book,
                        tag.map_or("", |t| book.str(t.name)),
                        weights,
                        *others,
                    )),
                    values: format!("{}, or none", quoted(&names)),
                    distinct: Some(items.len() as u64 + 1),
                    kept: format!("fades by half every {}; {erased}", duration(*half_life)),
                    seconds: retention,
                    sources: of_weights(book, weights, *others),
                }
            }
            Kind::Affinity {
                key,
                item,
                half_life,
                weights,
                others,
                baseline,
            } => {
                let tag = book.tags.get(usize::from(*key));
                let value = tag
                    .and_then(|t| t.values.get(usize::from(*item)))
                    .map_or("", |s| book.str(*s));
                let key = tag.map_or("", |t| book.str(t.name));
                Self {
                    kind: "affinity",
                    what: format!(
                        "share of `{value}` among every `{key}` that something was done with lately"
                    ),
                    tag: Some(tagged(book, key, weights, *others)),
                    values: if *baseline > 0.0 {
                        format!(
                            "0 to {}, where 1 is the site's average",
                            number(1.0 / baseline)
                        )
                    } else {
                        "0 to 1".to_owned()
                    },
                    distinct: None,
                    kept: format!("fades by half every {}; {erased}", duration(*half_life)),
                    seconds: retention,
                    sources: of_weights(book, weights, *others),
                }
            }
            Kind::Sequence { steps, within, .. } => {
                let matchers: Vec<&Matcher> = steps.iter().map(|step| &step.of).collect();
                let sources = of_events(book, &matchers);
                let row: Vec<String> = steps
                    .iter()
                    .map(|step| {
                        format!(
                            "{}{}",
                            if step.negated { "no " } else { "" },
                            event(book, &step.of)
                        )
                    })
                    .collect();
                let (kept, seconds) = match within {
                    0 => window(Span::Session),
                    n => (format!("{}: the times of its steps only", duration(*n)), *n),
                };
                Self {
                    kind: "sequence",
                    what: format!("whether this happened in order: {}", row.join(", then ")),
                    values: "yes or no".to_owned(),
                    distinct: Some(2),
                    kept,
                    seconds,
                    sources,
                    tag: None,
                }
            }
            Kind::Context { of } => Self::context(*of, &erased, retention),
            Kind::Declared { domain } => Self::declared(book, domain, &erased, retention),
            Kind::Score { points } => {
                let (low, high) = points
                    .iter()
                    .fold((0.0, 0.0), |(low, high): (f64, f64), (_, n)| {
                        (low + n.min(0.0), high + n.max(0.0))
                    });
                let n = points.len();
                Self {
                    kind: "score",
                    what: format!("points for {n} conditions over other signals"),
                    values: format!("{} to {}", number(low), number(high)),
                    distinct: (n < 63).then(|| 1 << n),
                    kept: "not kept: it follows from the others".to_owned(),
                    seconds: 0,
                    sources: Vec::new(),
                    tag: None,
                }
            }
            Kind::Model { model } => Self::model(book, *model),
        }
    }

    fn model(book: &Book, index: u16) -> Self {
        let model = book.model(index);
        let name = model.map_or("", |model| book.str(model.name));
        let gives = model.map_or(Gives::Number, |model| model.gives);
        let classes = model.map_or(&[][..], |model| &model.classes);
        let class = |class: usize| classes.get(class).map_or("", |id| book.str(*id));
        let (what, values, distinct) = match gives {
            Gives::Number => ("a number from", "a number".to_owned(), None),
            Gives::Probability => ("a probability from", "0 to 1".to_owned(), None),
            Gives::ProbabilityOf(of) => (
                "a probability from",
                format!("0 to 1: how likely `{}` is", class(of.into())),
                None,
            ),
            Gives::Class => (
                "a class from",
                quoted(&(0..classes.len()).map(class).collect::<Vec<_>>()),
                Some(classes.len() as u64),
            ),
        };
        Self {
            kind: "model",
            what: format!("{what} the trained model `{name}`"),
            values,
            distinct,
            kept: "not kept: it follows from the others".to_owned(),
            seconds: 0,
            sources: Vec::new(),
            tag: None,
        }
    }

    fn context(of: Context, erased: &str, retention: u32) -> Self {
        let what = match of {
            Context::Referrer => "class of the site that led here, when the visit began",
            Context::Medium => "class of the campaign that led here, when the visit began",
            Context::Device => "kind of device",
            Context::Language => "language of the browser",
            Context::Continent => "continent to which the clock is set",
            Context::Daypart => "part of the local day",
            Context::Weekend => "whether it is a weekend there",
            Context::Season => "season of the hemisphere",
        };
        Self {
            kind: "context",
            what: what.to_owned(),
            values: quoted(of.items()),
            distinct: Some(of.items().len() as u64),
            kept: match of {
                Context::Referrer | Context::Medium => format!("until the next visit; {erased}"),
                _ => format!("until it is read again; {erased}"),
            },
            seconds: retention,
            sources: vec![of_context(of)],
            tag: None,
        }
    }

    fn declared(book: &Book, domain: &Domain, erased: &str, retention: u32) -> Self {
        let (values, distinct) = match domain {
            Domain::Items(items) => {
                let names: Vec<&str> = items.iter().map(|item| book.str(*item)).collect();
                (quoted(&names), Some(items.len() as u64 + 1))
            }
            Domain::Boolean => ("yes or no".to_owned(), Some(3)),
            Domain::Number { min, max, step } => {
                let (text, n) = steps(*min, *max, *step);
                (text, n.map(|n| n + 1))
            }
        };
        Self {
            kind: "declared",
            what: "what the site says".to_owned(),
            values: format!("{values}, or unknown"),
            distinct,
            kept: format!("until the site says otherwise; {erased}"),
            seconds: retention,
            sources: vec![DECLARE],
            tag: None,
        }
    }
}

/// A range in steps, and how many values it has.
fn steps(min: f64, max: f64, step: f64) -> (String, Option<u64>) {
    let (low, high) = (number(min), number(max));
    if step <= 0.0 {
        return (format!("any number from {low} to {high}"), None);
    }
    let whole = ((max - min) / step).floor();
    // The greatest value is one more if the steps miss it.
    let rest = u64::from(min + whole * step < max);
    let by = if step == 1.0 {
        String::new()
    } else {
        format!(" in steps of {}", number(step))
    };
    (
        format!("{low} to {high}{by}"),
        Some(whole as u64 + 1 + rest),
    )
}

fn window(span: Span) -> (String, u32) {
    match span {
        Span::Ring { width, buckets } => {
            let seconds = width * u32::from(buckets);
            let within = if seconds > width {
                format!(" in parts of {}", duration(width))
            } else {
                String::new()
            };
            (format!("{}{within}", duration(seconds)), seconds)
        }
        Span::Session => (
            format!(
                "this visit; it ends after {} without an event",
                duration(VISIT)
            ),
            VISIT,
        ),
    }
}

fn quoted<S: AsRef<str>>(items: &[S]) -> String {
    const MOST: usize = 40;
    let mut text: Vec<String> = items
        .iter()
        .take(MOST)
        .map(|item| item.as_ref().to_owned())
        .collect();
    if items.len() > MOST {
        text.push(format!("and {} more", items.len() - MOST));
    }
    text.join(", ")
}
