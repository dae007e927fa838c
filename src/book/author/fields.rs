//! Typed access to JSON: each function gives the value, or notes an error and gives nothing, so
//! that the reading goes on and finds every error of a file.

use super::diagnostic::Sink;
use super::json::{Member, Node, Span, Value};
use super::words;
use crate::book::validate::is_name;

/// Refuses keys that are not known. `what` names the object: "a segment".
pub(super) fn only(node: &Node, known: &[&str], what: &str, sink: &mut Sink) {
    for member in node.members() {
        if !known.contains(&member.key.as_str()) {
            let message = format!("unknown key `{}` in {what}", member.key);
            let help = words::suggest(&member.key, known.iter().copied(), "remove it");
            sink.add(member.span, "unknown-key", message, help);
        }
    }
}

/// A key that must be there. `at` is where the object is named.
pub(super) fn require<'n>(
    node: &'n Node,
    key: &str,
    what: &str,
    at: Span,
    sink: &mut Sink,
) -> Option<&'n Node> {
    let found = node.get(key);
    if found.is_none() {
        let message = format!("`{key}` is missing in {what}");
        sink.add(at, "missing-key", message, format!("add `\"{key}\": ...`"));
    }
    found
}

pub(super) fn wrong_type(node: &Node, wanted: &str, what: &str, sink: &mut Sink) {
    let message = format!("{what} must be {wanted}, not {}", node.type_name());
    sink.add(
        node.span,
        "wrong-type",
        message,
        format!("write {wanted} here"),
    );
}

pub(super) fn object<'n>(node: &'n Node, what: &str, sink: &mut Sink) -> Option<&'n [Member]> {
    if let Value::Object(members) = &node.value {
        return Some(members);
    }
    wrong_type(node, "an object", what, sink);
    None
}

/// A list of at least one element.
pub(super) fn list<'n>(node: &'n Node, what: &str, sink: &mut Sink) -> Option<&'n [Node]> {
    let Value::List(list) = &node.value else {
        wrong_type(node, "a list", what, sink);
        return None;
    };
    if list.is_empty() {
        empty(node, what, sink);
        return None;
    }
    Some(list)
}

pub(super) fn empty(node: &Node, what: &str, sink: &mut Sink) {
    sink.add(
        node.span,
        "empty-list",
        format!("{what} is empty"),
        "add an element or remove it",
    );
}

pub(super) fn at_most(n: usize, most: usize, what: &str, at: Span, sink: &mut Sink) {
    if n > most {
        let message = format!("{n} {what} are too many");
        sink.add(
            at,
            "too-many",
            message,
            format!("at most {most} are allowed"),
        );
    }
}

pub(super) fn text<'n>(node: &'n Node, what: &str, sink: &mut Sink) -> Option<&'n str> {
    let text = node.text();
    if text.is_none() {
        wrong_type(node, "text", what, sink);
    }
    text
}

/// Text for people, such as `why`.
pub(super) fn prose<'n>(node: &'n Node, what: &str, sink: &mut Sink) -> Option<&'n str> {
    const LONGEST: usize = 1000;
    let prose = text(node, what, sink)?;
    if prose.chars().count() > LONGEST {
        let message = format!("{what} is too long");
        sink.add(
            node.span,
            "out-of-range",
            message,
            format!("at most {LONGEST} characters"),
        );
        return None;
    }
    Some(prose)
}

pub(super) fn boolean(node: &Node, what: &str, sink: &mut Sink) -> Option<bool> {
    if let Value::Bool(value) = node.value {
        return Some(value);
    }
    wrong_type(node, "`true` or `false`", what, sink);
    None
}

/// A number for which `good` holds; `range` says in words which these are.
pub(super) fn number(
    node: &Node,
    what: &str,
    range: &str,
    good: impl Fn(f64) -> bool,
    sink: &mut Sink,
) -> Option<f64> {
    let Value::Number(value) = node.value else {
        wrong_type(node, "a number", what, sink);
        return None;
    };
    if !good(value) {
        let message = format!("{what} is out of range: {value}");
        sink.add(
            node.span,
            "out-of-range",
            message,
            format!("it must be {range}"),
        );
        return None;
    }
    // Minus zero would be another comparison that means the same.
    Some(value + 0.0)
}

pub(super) fn whole(
    node: &Node,
    what: &str,
    least: u32,
    most: u32,
    sink: &mut Sink,
) -> Option<u32> {
    let range = format!("a whole number from {least} to {most}");
    let good = |v: f64| v >= f64::from(least) && v <= f64::from(most) && v.fract() == 0.0;
    number(node, what, &range, good, sink).map(|v| v as u32)
}

/// A number above 0 with at most two decimals, in hundredths.
pub(super) fn hundredths(node: &Node, what: &str, most: i64, sink: &mut Sink) -> Option<i64> {
    let range = format!("from 0.01 to {}, with at most two decimals", most / 100);
    let good = |v: f64| {
        let hundredths = (v * 100.0).round();
        hundredths >= 1.0 && hundredths <= most as f64 && hundredths / 100.0 == v
    };
    number(node, what, &range, good, sink).map(|v| (v * 100.0).round() as i64)
}

/// How names are written.
#[derive(Clone, Copy)]
pub(super) enum Style {
    /// Book, dimensions, segments, groups: they may stand in a report.
    Plain,
    /// Signals, events, tag keys: these may have an underscore.
    Underscore,
}

/// Checks a name that stands somewhere in the source.
pub(super) fn name(name: &str, what: &str, style: Style, at: Span, sink: &mut Sink) -> bool {
    let underscore = matches!(style, Style::Underscore);
    let good = is_name(name, underscore);
    if !good {
        let also = if underscore { ", `_`" } else { "" };
        let help = format!(
            "use 1 to 64 of a-z, 0-9, `-`{also}, beginning with a letter{}",
            repaired(name, underscore).map_or(String::new(), |r| format!(": `{r}`"))
        );
        sink.add(
            at,
            "bad-name",
            format!("`{name}` is not a name of {what}"),
            help,
        );
    }
    good
}

/// The author's answer that no sensitive topic is meant: it must give a reason.
pub(super) fn not_sensitive(node: &Node, sink: &mut Sink) {
    if let Some(node) = node.get("not_sensitive")
        && prose(node, "`not_sensitive`", sink).is_some_and(|text| text.trim().is_empty())
    {
        let message = "`not_sensitive` gives no reason";
        let help = "say what is meant instead, or remove it";
        sink.add(node.span, "no-why", message, help);
    }
}

/// What the author probably may write instead.
fn repaired(name: &str, underscore: bool) -> Option<String> {
    let repaired: String = name
        .to_lowercase()
        .trim()
        .chars()
        .map(|c| {
            if c == ' ' || c == '.' || (c == '_' && !underscore) {
                '-'
            } else {
                c
            }
        })
        .collect();
    is_name(&repaired, underscore).then_some(repaired)
}

/// A tag value or an item of a list.
pub(super) fn item<'n>(node: &'n Node, what: &str, sink: &mut Sink) -> Option<&'n str> {
    let item = text(node, what, sink)?;
    item_text(item, what, node.span, sink).then_some(item)
}

pub(super) fn item_text(item: &str, what: &str, at: Span, sink: &mut Sink) -> bool {
    let n = item.chars().count();
    if n == 0 || n > 64 || item.chars().any(char::is_control) {
        let help = "use 1 to 64 characters, no control characters";
        sink.add(
            at,
            "bad-name",
            format!("`{}` is not {what}", item.escape_debug()),
            help,
        );
        return false;
    }
    if item.starts_with('~') {
        let message = format!("`{item}` is reserved: {what} cannot begin with `~`");
        sink.add(
            at,
            "reserved-name",
            message,
            "begin it with another character",
        );
        return false;
    }
    true
}

/// Items without repetition. Text alone is a list of one, where `or_one`.
pub(super) fn items<'n>(
    node: &'n Node,
    what: &str,
    or_one: bool,
    sink: &mut Sink,
) -> Option<Vec<&'n str>> {
    if or_one && node.text().is_some() {
        return item(node, what, sink).map(|item| vec![item]);
    }
    let nodes = list(node, &format!("the list of {what}"), sink)?;
    at_most(nodes.len(), 4096, "elements", node.span, sink);
    let mut items: Vec<&str> = Vec::with_capacity(nodes.len());
    let mut known = std::collections::BTreeSet::new();
    for node in nodes {
        if let Some(item) = item(node, what, sink) {
            if !known.insert(item) {
                twice(item, node.span, sink);
            }
            items.push(item);
        }
    }
    (items.len() == nodes.len()).then_some(items)
}

pub(super) fn twice(id: &str, at: Span, sink: &mut Sink) {
    sink.add(
        at,
        "duplicate-id",
        format!("`{id}` is there twice"),
        "rename or remove one of them",
    );
}

/// The reason that a part of a book has to give; `help` says which.
pub(super) fn why<'n>(
    node: &'n Node,
    what: &str,
    at: Span,
    help: &str,
    sink: &mut Sink,
) -> Option<&'n str> {
    let text = match node.get("why") {
        Some(node) => prose(node, "`why`", sink)?,
        None => "",
    };
    if text.trim().is_empty() {
        let at = node.get("why").map_or(at, |node| node.span);
        let message = format!("{what} does not say why it exists");
        sink.add(at, "no-why", message, help);
        return None;
    }
    Some(text)
}
