//! What the book adds so that a visitor keeps the variants that were shown: an event, a tag for
//! each experiment and bandit in use, and signals that remember which variant was seen first.
//! Ordinary memory, in names that no author can write.

use super::events::Names;
use super::json::{Node, Span, Value};
use super::mentions::elements;
use crate::book::{Kind, Matcher, SHOWN};
use std::collections::BTreeSet;

/// A signal that no author wrote.
pub(super) struct Own {
    pub(super) name: String,
    /// What it follows from.
    pub(super) at: Span,
    pub(super) kind: Kind,
    pub(super) shape: super::signals::Shape,
}

/// Adds the event and the tags, and gives the signals. A first, lenient look: where the document
/// is wrong, the real reading says so.
pub(super) fn add(document: &Node, names: &mut Names) -> Vec<Own> {
    let mut own = Vec::new();
    let used = used(document);
    for member in section(document, "experiments") {
        if !used.contains(member.key.as_str()) {
            continue;
        }
        let event = names.event(SHOWN);
        let key = format!("~{}", member.key);
        let variants = elements(member.value.get("variants"));
        for variant in variants.iter().filter_map(Node::text) {
            names.tags.value(&key, variant);
            let Some((tag, value)) = names.tags.find(&key, variant) else {
                continue;
            };
            if matches!(
                member.value.get("sticky").map(|node| &node.value),
                Some(Value::Bool(false))
            ) {
                continue;
            }
            own.push(Own {
                name: format!("{key}/{variant}"),
                at: member.span,
                kind: Kind::Since {
                    of: Matcher {
                        event,
                        tags: vec![(tag, vec![value])],
                    },
                    unit: 1,
                    first: true,
                },
                shape: super::signals::Shape::Number {
                    min: 0.0,
                    max: f64::from(u32::MAX),
                    step: 1.0,
                    missing: true,
                },
            });
        }
    }
    for member in section(document, "bandits") {
        if !used.contains(member.key.as_str()) {
            continue;
        }
        names.event(SHOWN);
        let key = format!("~{}", member.key);
        let variants = elements(member.value.get("variants"));
        for row in rows(document, &member.value) {
            for variant in variants.iter().filter_map(Node::text) {
                names.tags.value(&key, &format!("{row}.{variant}"));
            }
        }
    }
    own
}

pub(super) fn section<'n>(document: &'n Node, name: &str) -> &'n [super::json::Member] {
    document.get(name).map_or(&[], Node::members)
}

/// The experiments and bandits that some slot names.
pub(super) fn used(document: &Node) -> BTreeSet<&str> {
    section(document, "decisions")
        .iter()
        .flat_map(|slot| elements(slot.value.get("choose")))
        .flat_map(|rule| [rule.get("experiment"), rule.get("bandit")])
        .flatten()
        .filter_map(Node::text)
        .collect()
}

/// Names of a bandit's rows: the segments that it learns by, or `any`.
pub(super) fn rows<'n>(document: &'n Node, bandit: &Node) -> Vec<&'n str> {
    let by = bandit.get("by").and_then(Node::text);
    let dimension = by.and_then(|by| document.get("dimensions")?.get(by));
    let Some(dimension) = dimension else {
        return vec!["any"];
    };
    let listed = elements(dimension.get("segments")).iter();
    listed
        .filter_map(|segment| segment.get("id"))
        .chain(dimension.get("otherwise"))
        .filter_map(Node::text)
        .collect()
}
