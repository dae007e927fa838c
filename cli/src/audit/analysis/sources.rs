//! Where events come from: the site's own calls, and what the SDK looks at by itself
//! (`www/sdk/src/collect.ts`).

use fewbits::book::{Book, EVENT_ANY, EVENT_DWELL, EVENT_SCROLL, Matcher};

use super::words::list;

const VIEWS: &str = "location.pathname and location.search, and when they change";
const ATTENTION: &str = "document.visibilityState, and that the pointer, a key or the page moved (not where, not which)";
const DEPTH: &str = "scrollY, innerHeight and the page's height";
/// What tells events and facts.
pub const BY_SITE: &str = "the site's own call";
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

/// Where the events of some matchers come from, and what the SDK looks at for them.
pub fn sources(book: &Book, matchers: &[&Matcher]) -> (Vec<String>, Vec<&'static str>) {
    let (mut from, mut interfaces) = (Vec::new(), Vec::new());
    let mut add = |text: String| {
        if !from.contains(&text) {
            from.push(text);
        }
    };
    for of in matchers {
        match of.event {
            EVENT_DWELL => {
                add(ATTENTION.to_owned());
                interfaces.push(ATTENTION);
            }
            EVENT_SCROLL => {
                add(DEPTH.to_owned());
                interfaces.push(DEPTH);
            }
            event => {
                let name = book
                    .events
                    .get(usize::from(event))
                    .map_or("", |id| book.str(*id));
                if event == EVENT_ANY || name == "view" {
                    add(format!("page views: {VIEWS}"));
                    interfaces.push(VIEWS);
                }
                if event == EVENT_ANY || name != "view" {
                    add(format!("{BY_SITE} `track()`"));
                }
            }
        }
    }
    (from, interfaces)
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
        events.push("any other event".to_owned());
    }
    format!(
        "tag `{key}` of {}; other values are not told apart",
        list(&events)
    )
}

/// What the SDK looks at for events with weights.
pub fn weighed(book: &Book, weights: &[(u16, f64)], others: f64) -> Vec<&'static str> {
    let view = |event: &(u16, f64)| {
        book.events
            .get(usize::from(event.0))
            .is_some_and(|id| book.str(*id) == "view")
    };
    if others > 0.0 || weights.iter().any(view) {
        vec![VIEWS]
    } else {
        Vec::new()
    }
}
