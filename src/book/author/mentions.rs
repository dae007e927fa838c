//! A first, lenient look at the document, before anything is checked: which tag values it
//! mentions anywhere, and which scores depend on which. It reports no errors: where the
//! document is wrong, the real reading says so.

use super::json::{Node, Value};
use std::collections::BTreeMap;

/// Tag keys and their values, each in the order in which the document first mentions it.
#[derive(Default)]
pub(super) struct Tags {
    keys: Vec<(String, Vec<String>)>,
    index: BTreeMap<String, (usize, BTreeMap<String, u16>)>,
}

impl Tags {
    fn key(&mut self, key: &str) {
        if !self.index.contains_key(key) {
            self.index
                .insert(key.to_owned(), (self.keys.len(), BTreeMap::new()));
            self.keys.push((key.to_owned(), Vec::new()));
        }
    }

    pub(super) fn value(&mut self, key: &str, value: &str) {
        self.key(key);
        let Some((at, values)) = self.index.get_mut(key) else {
            return;
        };
        let Some((_, list)) = self.keys.get_mut(*at) else {
            return;
        };
        // Value 0 of every key is reserved. More values than fit are refused later.
        if let Ok(n) = u16::try_from(list.len() + 1)
            && !values.contains_key(value)
        {
            values.insert(value.to_owned(), n);
            list.push(value.to_owned());
        }
    }

    /// Key index and value index, as in the compiled book.
    pub(super) fn find(&self, key: &str, value: &str) -> Option<(u16, u16)> {
        let (at, values) = self.index.get(key)?;
        Some((u16::try_from(*at).ok()?, *values.get(value)?))
    }

    pub(super) fn find_key(&self, key: &str) -> Option<u16> {
        u16::try_from(self.index.get(key)?.0).ok()
    }

    pub(super) fn values(&self, key: &str) -> &[String] {
        let found = self.index.get(key).and_then(|(at, _)| self.keys.get(*at));
        found.map_or(&[], |(_, values)| values)
    }

    pub(super) fn keys(&self) -> &[(String, Vec<String>)] {
        &self.keys
    }
}

/// Calls `found` for every signal that a condition compares, with what it is compared to.
pub(super) fn compared<'n>(condition: &'n Node, found: &mut impl FnMut(&'n str, &'n Node)) {
    for member in condition.members() {
        match (member.key.as_str(), &member.value.value) {
            ("$and" | "$or" | "$nor", Value::List(list)) => {
                for inner in list {
                    compared(inner, found);
                }
            }
            ("$not", _) => compared(&member.value, found),
            (key, _) if key.starts_with('$') => {}
            (key, _) => found(key, &member.value),
        }
    }
}

/// The conditions of a score.
pub(super) fn conditions_of_score(signal: &Node) -> impl Iterator<Item = &Node> {
    elements(signal.get("score"))
        .iter()
        .filter_map(|entry| entry.get("when"))
}

pub(super) fn elements(node: Option<&Node>) -> &[Node] {
    match node.map(|node| &node.value) {
        Some(Value::List(list)) => list,
        _ => &[],
    }
}

/// Every tag key and value of the document.
pub(super) fn tags(document: &Node) -> Tags {
    let mut tags = Tags::default();
    let signals = document.get("signals").map_or(&[][..], Node::members);
    // The signals whose items are tag values, and of which key.
    let tops: BTreeMap<&str, &str> = signals
        .iter()
        .filter_map(|s| Some((s.key.as_str(), s.value.get("top")?.text()?)))
        .collect();
    for section in document.members() {
        match section.key.as_str() {
            "signals" => {
                for signal in section.value.members() {
                    of_signal(&signal.value, &tops, &mut tags);
                }
            }
            "models" => {
                for model in section.value.members() {
                    for input in elements(model.value.get("inputs")) {
                        let key = input.get("signal").and_then(|s| tops.get(s.text()?));
                        if let (Some(key), Some(is)) = (key, input.get("is")) {
                            of_operand(is, key, &mut tags);
                        }
                    }
                }
            }
            "dimensions" => {
                for dimension in section.value.members() {
                    for segment in elements(dimension.value.get("segments")) {
                        for member in segment.members() {
                            if member.key == "when" || member.key == "stay" {
                                of_condition(&member.value, &tops, &mut tags);
                            }
                        }
                    }
                }
            }
            "decisions" => {
                for slot in section.value.members() {
                    for rule in elements(slot.value.get("choose")) {
                        of_when(rule, &tops, &mut tags);
                    }
                }
            }
            "experiments" => {
                for experiment in section.value.members() {
                    of_when(&experiment.value, &tops, &mut tags);
                }
            }
            "rankings" => {
                for ranking in section.value.members() {
                    for key in ["weights", "must", "not"] {
                        for term in elements(ranking.value.get(key)) {
                            of_when(term, &tops, &mut tags);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    tags
}

fn of_when(node: &Node, tops: &BTreeMap<&str, &str>, tags: &mut Tags) {
    if let Some(when) = node.get("when") {
        of_condition(when, tops, tags);
    }
}

fn of_signal(signal: &Node, tops: &BTreeMap<&str, &str>, tags: &mut Tags) {
    for member in signal.members() {
        match member.key.as_str() {
            "where" => of_where(&member.value, tags),
            "affinity" => {
                if let Some((key, value)) = member.value.text().and_then(|t| t.split_once(':')) {
                    tags.value(key, value);
                }
            }
            "top" => {
                if let Some(key) = member.value.text() {
                    tags.key(key);
                }
            }
            "items" => {
                if let Some(key) = signal.get("top").and_then(Node::text) {
                    of_operand(&member.value, key, tags);
                }
            }
            "sequence" => {
                for step in elements(Some(&member.value)) {
                    if let Some(narrowed) = step.get("where") {
                        of_where(narrowed, tags);
                    }
                }
            }
            _ => {}
        }
    }
    for condition in conditions_of_score(signal) {
        of_condition(condition, tops, tags);
    }
}

fn of_where(node: &Node, tags: &mut Tags) {
    for member in node.members() {
        tags.key(&member.key);
        of_operand(&member.value, &member.key, tags);
    }
}

fn of_condition(condition: &Node, tops: &BTreeMap<&str, &str>, tags: &mut Tags) {
    compared(condition, &mut |signal, operand| {
        let signal = signal.strip_prefix("signal:").unwrap_or(signal);
        if let Some(key) = tops.get(signal) {
            of_operand(operand, key, tags);
        }
    });
}

/// All text in an operand: a value, a list of values, or operators over either.
fn of_operand(node: &Node, key: &str, tags: &mut Tags) {
    match &node.value {
        Value::Text(value) => tags.value(key, value),
        Value::List(list) => list.iter().for_each(|node| of_operand(node, key, tags)),
        Value::Object(members) => members.iter().for_each(|m| of_operand(&m.value, key, tags)),
        _ => {}
    }
}
