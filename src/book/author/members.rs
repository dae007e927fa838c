//! In a condition of a decision: a dimension compared with its segments and groups.

use super::condition::{self, Expr};
use super::diagnostic::Sink;
use super::dimensions::Draft;
use super::fields;
use super::json::{Member, Node, Value};
use super::words;

/// What a membership may be tested with.
const OPERATORS: &[&str] = &["$eq", "$ne", "$in", "$nin", "$not"];

/// The dimension that a key names, with or without `dimension:` before it.
pub(super) fn find<'d, 'n>(key: &str, all: &'d [Draft<'n>]) -> Option<(u16, &'d Draft<'n>)> {
    let name = key.strip_prefix("dimension:").unwrap_or(key);
    (0..).zip(all).find(|(_, draft)| draft.name == name)
}

/// One dimension that is compared.
pub(super) struct Membership<'a, 'n> {
    pub(super) dimension: &'a Draft<'n>,
    pub(super) index: u16,
    pub(super) sink: &'a mut Sink,
}

impl Membership<'_, '_> {
    /// A segment or group alone, or operators of which all must hold.
    pub(super) fn test(&mut self, node: &Node, depth: usize) -> Option<Expr> {
        match &node.value {
            Value::Object(members) if members.is_empty() => {
                let what = format!("the comparison of `{}`", self.dimension.name);
                fields::empty(node, &what, self.sink);
                None
            }
            Value::Object(members) => {
                let parts: Vec<Option<Expr>> = members
                    .iter()
                    .map(|member| self.operator(member, depth))
                    .collect();
                Some(condition::all(parts.into_iter().collect::<Option<_>>()?))
            }
            _ => self.is(node),
        }
    }

    fn operator(&mut self, member: &Member, depth: usize) -> Option<Expr> {
        let node = &member.value;
        match member.key.as_str() {
            "$eq" => self.is(node),
            "$ne" => self.is(node).map(condition::not),
            "$in" => self.among(node, "$in"),
            "$nin" => self.among(node, "$nin").map(condition::not),
            "$not" => {
                if condition::too_deep(node, depth + 1, self.sink) {
                    return None;
                }
                fields::object(node, "`$not`", self.sink)?;
                self.test(node, depth + 1).map(condition::not)
            }
            key @ ("$exists" | "$gt" | "$gte" | "$lt" | "$lte") => {
                let name = self.dimension.name;
                let message =
                    format!("`{name}` is a dimension and cannot be compared with `{key}`");
                let help = if key == "$exists" {
                    "a dimension always has a segment: name one of them"
                } else {
                    "compare it with a segment or a group"
                };
                self.sink.add(member.span, "type-mismatch", message, help);
                None
            }
            key => {
                let help = words::suggest(key, OPERATORS.iter().copied(), "");
                let message = format!("unknown operator `{key}`");
                self.sink
                    .add(member.span, "unknown-operator", message, help);
                None
            }
        }
    }

    fn among(&mut self, node: &Node, operator: &str) -> Option<Expr> {
        let list = fields::list(node, &format!("`{operator}`"), self.sink)?;
        let parts: Vec<Option<Expr>> = list.iter().map(|node| self.is(node)).collect();
        Some(Expr::Any(parts.into_iter().collect::<Option<_>>()?))
    }

    /// The segment that is named, or any segment of the group that is.
    fn is(&mut self, node: &Node) -> Option<Expr> {
        let Some(text) = node.text() else {
            let name = self.dimension.name;
            let message = format!(
                "`{name}` is a dimension and cannot be compared with {}",
                node.type_name()
            );
            let help = "compare it with a segment or a group";
            self.sink.add(node.span, "type-mismatch", message, help);
            return None;
        };
        let mut held = self.under(text).unwrap_or_default();
        match held.len() {
            0 => {
                let draft = self.dimension;
                let names = draft.segments.iter().map(|segment| segment.name);
                let names = names.chain(draft.group_names.iter().copied());
                let last = text.rsplit('/').next().unwrap_or(text);
                let message = match self.under(last) {
                    Some(_) => format!("`{last}` does not lie so in `{}`", draft.name),
                    None => format!("`{text}` is no segment or group of `{}`", draft.name),
                };
                let help = words::suggest(last, names, "");
                self.sink.add(node.span, "unknown-item", message, help);
                None
            }
            1 => held.pop(),
            _ => Some(Expr::Any(held)),
        }
    }

    /// Segments under a name, which may be a path down the ladder: `footwear/boots`.
    fn under(&self, path: &str) -> Option<Vec<Expr>> {
        let draft = self.dimension;
        let mut names: Vec<&str> = path.split('/').collect();
        // The dimension itself may lead the path, as it does in the ids of segments.
        if names.len() > 1 && names.first() == Some(&draft.name) && self.group(draft.name).is_none()
        {
            names.remove(0);
        }
        let last = names.pop()?;
        let above = |mut parent: Option<u16>| {
            names.iter().rev().all(|name| {
                let group = parent.and_then(|p| draft.groups.get(usize::from(p)));
                let is = parent.and_then(|p| draft.group_names.get(usize::from(p)));
                parent = group.and_then(|group| group.parent);
                is == Some(name)
            })
        };
        let all = || (0..).zip(&draft.segments);
        if let Some((index, segment)) = all().find(|(_, segment)| segment.name == last) {
            return above(segment.parent).then(|| vec![Expr::Segment(self.index, index)]);
        }
        let group = self.group(last)?;
        let parent = draft.groups.get(usize::from(group))?.parent;
        let inside = |mut parent: Option<u16>| {
            while let Some(p) = parent {
                if p == group {
                    return true;
                }
                parent = draft.groups.get(usize::from(p)).and_then(|g| g.parent);
            }
            false
        };
        let held = all().filter(|(_, segment)| inside(segment.parent));
        above(parent).then(|| held.map(|(i, _)| Expr::Segment(self.index, i)).collect())
    }

    fn group(&self, name: &str) -> Option<u16> {
        let position = self.dimension.group_names.iter().position(|n| *n == name)?;
        u16::try_from(position).ok()
    }
}
