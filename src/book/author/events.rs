//! What a signal listens to: events, their tags, their weights, and steps of sequences.

use super::diagnostic::Sink;
use super::fields::{self, Style};
use super::json::{Node, Span, Value};
use super::mentions::Tags;
use super::words;
use crate::book::{Matcher, RESERVED_EVENTS, Step, StrId};
use std::collections::BTreeMap;

/// Names that signals share: events in the order of their first mention, tags, texts.
pub(super) struct Names {
    pub(super) events: Vec<String>,
    index: BTreeMap<String, u16>,
    pub(super) tags: Tags,
    pub(super) strings: Strings,
}

/// An event's index must stay below the one that means any event.
const MOST_EVENTS: usize = 4096;

impl Names {
    pub(super) fn new(tags: Tags) -> Self {
        let mut names = Self {
            events: Vec::new(),
            index: BTreeMap::new(),
            tags,
            strings: Strings::default(),
        };
        for event in RESERVED_EVENTS {
            names.event(event);
        }
        names
    }

    pub(super) fn event(&mut self, name: &str) -> u16 {
        if let Some(&event) = self.index.get(name) {
            return event;
        }
        let event = self.events.len() as u16;
        self.events.push(name.to_owned());
        self.index.insert(name.to_owned(), event);
        event
    }
}

impl Names {
    /// Index of an event that is there already.
    pub(super) fn find(&self, name: &str) -> Option<u16> {
        self.index.get(name).copied()
    }
}

fn event_named(name: &str, at: Span, names: &mut Names, sink: &mut Sink) -> Option<u16> {
    if !fields::name(name, "an event", Style::Underscore, at, sink) {
        return None;
    }
    let event = names.event(name);
    if names.events.len() > MOST_EVENTS {
        fields::at_most(names.events.len(), MOST_EVENTS, "events", at, sink);
        return None;
    }
    Some(event)
}

/// An event's name.
pub(super) fn event(node: &Node, what: &str, names: &mut Names, sink: &mut Sink) -> Option<u16> {
    let name = fields::text(node, what, sink)?;
    event_named(name, node.span, names, sink)
}

/// A tag key that stands in the source.
pub(super) fn tag_key(key: &str, at: Span, names: &Names, sink: &mut Sink) -> Option<u16> {
    if !fields::name(key, "a tag", Style::Underscore, at, sink) {
        return None;
    }
    names.tags.find_key(key)
}

/// `where`: for each tag key, the values of which one must be there.
pub(super) fn narrowed(
    node: Option<&Node>,
    names: &Names,
    sink: &mut Sink,
) -> Option<Vec<(u16, Vec<u16>)>> {
    let Some(node) = node else {
        return Some(Vec::new());
    };
    let members = fields::object(node, "`where`", sink)?;
    if members.is_empty() {
        fields::empty(node, "`where`", sink);
        return None;
    }
    let mut tags = Vec::new();
    for member in members {
        let key = tag_key(&member.key, member.span, names, sink);
        let items = fields::items(&member.value, "a tag value", true, sink);
        if let (Some(key), Some(items)) = (key, items) {
            let find = |item| names.tags.find(&member.key, item).map(|(_, value)| value);
            let mut values: Vec<u16> = items.into_iter().filter_map(find).collect();
            values.sort_unstable();
            values.dedup();
            tags.push((key, values));
        }
    }
    tags.sort_unstable();
    (tags.len() == members.len()).then_some(tags)
}

/// `weights`: event → weight, ascending by event, and the weight of all others.
pub(super) fn weights(
    node: Option<&Node>,
    names: &mut Names,
    sink: &mut Sink,
) -> Option<(Vec<(u16, f64)>, f64)> {
    let Some(node) = node else {
        return Some((Vec::new(), 1.0));
    };
    let members = fields::object(node, "`weights`", sink)?;
    if members.is_empty() {
        fields::empty(node, "`weights`", sink);
        return None;
    }
    let mut weights = Vec::new();
    for member in members {
        let event = event_named(&member.key, member.span, names, sink);
        let good = |v: f64| v > 0.0 && v <= 1000.0;
        let range = "above 0, up to 1000";
        let weight = fields::number(&member.value, "a weight", range, good, sink);
        weights.extend(event.zip(weight));
    }
    weights.sort_by_key(|&(event, _)| event);
    (weights.len() == members.len()).then_some((weights, 0.0))
}

/// The steps of a `sequence`.
pub(super) fn steps(node: &Node, names: &mut Names, sink: &mut Sink) -> Option<Vec<Step>> {
    const MOST: usize = 8;
    let list = fields::list(node, "`sequence`", sink)?;
    fields::at_most(list.len(), MOST, "steps", node.span, sink);
    let steps: Vec<Option<Step>> = list.iter().map(|node| step(node, names, sink)).collect();
    let steps: Vec<Step> = steps.into_iter().collect::<Option<_>>()?;
    if let (Some(first), Some(node)) = (steps.first(), list.first())
        && first.negated
    {
        let message = "the first step of a sequence cannot be negated";
        sink.add(
            node.span,
            "sequence-form",
            message,
            "begin with the event that starts it",
        );
        return None;
    }
    Some(steps)
}

fn step(node: &Node, names: &mut Names, sink: &mut Sink) -> Option<Step> {
    let (name, at, negated) = match &node.value {
        Value::Text(text) => match text.strip_prefix('!') {
            Some(name) => (name, node.span, true),
            None => (text.as_str(), node.span, false),
        },
        Value::Object(_) => {
            fields::only(node, words::STEP, "a step", sink);
            let (node, negated) = match (node.get("event"), node.get("not")) {
                (Some(event), None) => (event, false),
                (None, Some(event)) => (event, true),
                _ => {
                    let message = "a step names either `event` or `not`";
                    let help = "write `{ \"event\": \"view\" }` or `{ \"not\": \"view\" }`";
                    sink.add(node.span, "sequence-form", message, help);
                    return None;
                }
            };
            (fields::text(node, "an event", sink)?, node.span, negated)
        }
        _ => {
            fields::wrong_type(node, "an event or an object", "a step", sink);
            return None;
        }
    };
    let event = event_named(name, at, names, sink);
    let tags = narrowed(node.get("where"), names, sink);
    Some(Step {
        of: Matcher {
            event: event?,
            tags: tags?,
        },
        negated,
    })
}

/// The interned texts of a book, while it is built.
#[derive(Default)]
pub(super) struct Strings {
    pub(super) list: Vec<Box<str>>,
    index: BTreeMap<Box<str>, StrId>,
}

impl Strings {
    pub(super) fn id(&mut self, text: &str) -> StrId {
        if let Some(&id) = self.index.get(text) {
            return id;
        }
        let id = self.list.len() as StrId;
        self.list.push(text.into());
        self.index.insert(text.into(), id);
        id
    }
}
