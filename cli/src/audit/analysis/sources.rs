//! Where events come from: the site's own calls, and what the SDK looks at by itself
//! (`www/sdk/src/collect.ts`).

use fewbits::book::{Book, Context, EVENT_ANY, EVENT_DWELL, EVENT_SCROLL, Matcher};
use serde::Serialize;

use super::words::list;

/// Something that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Source {
    /// What it is called in a picture.
    pub name: &'static str,
    /// What is read there, and how little of it.
    pub reads: &'static str,
}

const fn source(name: &'static str, reads: &'static str) -> Source {
    Source { name, reads }
}

const VIEWS: Source = source(
    "page views",
    "location.pathname and location.search, and when they change",
);
const TRACK: Source = source("track()", "what the site's own calls say happened");
pub const DECLARE: Source = source("declare()", "what the site's own calls state");
const ATTENTION: Source = source(
    "attention",
    "document.visibilityState, and that the pointer, a key or the page moved (not where, not which)",
);
const DEPTH: Source = source("scrolling", "scrollY, innerHeight and the page's height");
const REFERRER: Source = source(
    "referrer",
    "document.referrer: its host only; location.href: its host, and marks of paid clicks",
);
const CAMPAIGN: Source = source(
    "campaign",
    "location.href: utm_medium, and marks of paid clicks",
);
const AGENT: Source = source(
    "user agent",
    "navigator.userAgent and navigator.maxTouchPoints",
);
const LANGUAGE: Source = source("language", "navigator.language: its first part");
const ZONE: Source = source("time zone", "Intl: name of the time zone");
const CLOCK: Source = source("clock", "Date: offset of the clock from UTC");

/// Where a context is read (`www/sdk/src/signals.ts`).
pub const fn of_context(context: Context) -> Source {
    match context {
        Context::Referrer => REFERRER,
        Context::Medium => CAMPAIGN,
        Context::Device => AGENT,
        Context::Language => LANGUAGE,
        Context::Continent | Context::Season => ZONE,
        Context::Daypart | Context::Weekend => CLOCK,
    }
}

/// What was done, in words: `` `view` events with `aisle` boots or coats ``.
pub fn event(book: &Book, of: &Matcher) -> String {
    let mut text = match of.event {
        EVENT_ANY => "events of any name".to_owned(),
        event => {
            let name = book
                .events
                .get(usize::from(event))
                .map_or("", |id| book.str(*id));
            format!("`{name}` events")
        }
    };
    for (key, values) in &of.tags {
        let Some(tag) = book.tags.get(usize::from(*key)) else {
            continue;
        };
        let value = |v: &u16| {
            tag.values
                .get(usize::from(*v))
                .map_or("", |id| book.str(*id))
        };
        let values: Vec<&str> = values.iter().map(value).collect();
        text.push_str(&format!(
            " with `{}` {}",
            book.str(tag.name),
            values.join(" or ")
        ));
    }
    text
}

/// Where the events of some matchers come from.
pub fn of_events(book: &Book, matchers: &[&Matcher]) -> Vec<Source> {
    once(matchers.iter().flat_map(|of| match of.event {
        EVENT_DWELL => vec![ATTENTION],
        EVENT_SCROLL => vec![DEPTH],
        event => named(book, event),
    }))
}

/// Each source once, in the order of first use.
fn once(all: impl Iterator<Item = Source>) -> Vec<Source> {
    let mut found: Vec<Source> = Vec::new();
    for source in all {
        if !found.contains(&source) {
            found.push(source);
        }
    }
    found
}

/// Page views are seen by the SDK, all other events are told by the site.
fn named(book: &Book, event: u16) -> Vec<Source> {
    let name = book
        .events
        .get(usize::from(event))
        .map_or("", |id| book.str(*id));
    match name {
        _ if event == EVENT_ANY => vec![VIEWS, TRACK],
        "view" => vec![VIEWS],
        _ => vec![TRACK],
    }
}

/// Which tag of which events a weight is read from.
pub fn tagged(book: &Book, key: &str, weights: &[(u16, f64)], others: f64) -> String {
    let name = |event: u16| {
        book.events
            .get(usize::from(event))
            .map_or("", |id| book.str(*id))
    };
    let mut events: Vec<String> = weights
        .iter()
        .map(|(event, _)| format!("`{}`", name(*event)))
        .collect();
    if others > 0.0 {
        let any = if events.is_empty() {
            "any event"
        } else {
            "any other event"
        };
        events.push(any.to_owned());
    }
    format!(
        "tag `{key}` of {}; other values of it are not told apart",
        list(&events)
    )
}

/// Where events with weights come from.
pub fn of_weights(book: &Book, weights: &[(u16, f64)], others: f64) -> Vec<Source> {
    if others > 0.0 {
        return vec![VIEWS, TRACK];
    }
    once(weights.iter().flat_map(|(event, _)| named(book, *event)))
}
