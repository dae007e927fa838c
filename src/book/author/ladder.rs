//! The ladder of a dimension: its groups, each under the one above it.

use super::dimensions::{Around, Ids, Parents, Segment, not_any};
use super::fields::{self, Style};
use super::json::{Node, Span, Value};
use super::words;
use crate::book::Group;
use std::collections::BTreeMap;

const MOST: usize = 4_096;

impl<'n> Around<'_, 'n> {
    pub(super) fn parent(&mut self, node: &Node, groups: &Parents) -> Option<u16> {
        let name = fields::text(node, "`under`", self.sink)?;
        let found = groups.get(name).copied();
        if found.is_none() {
            let help = if name == "any" {
                "leave `under` out: everything lies under `any`".to_owned()
            } else {
                words::suggest(name, groups.keys().copied(), "list it in `groups`")
            };
            self.sink.add(
                node.span,
                "unknown-group",
                format!("unknown group `{name}`"),
                help,
            );
        }
        found
    }

    /// Reads the groups and puts every group after the one it lies under.
    pub(super) fn groups(
        &mut self,
        node: &'n Node,
        ids: &mut Ids<'n>,
    ) -> Option<(Vec<Group>, Vec<&'n str>)> {
        let Value::List(list) = &node.value else {
            fields::wrong_type(node, "a list", "`groups`", self.sink);
            return None;
        };
        fields::at_most(list.len(), MOST, "groups", node.span, self.sink);
        let mut waiting: Vec<(&'n str, Span, Option<&'n Node>)> = Vec::new();
        for node in list {
            waiting.extend(self.group(node, ids));
        }
        let known: Parents = waiting.iter().map(|group| (group.0, 0)).collect();
        // An unknown group above is reported once, and then taken for none.
        for (_, _, under) in &mut waiting {
            if let Some(node) = *under
                && self.parent(node, &known).is_none()
            {
                *under = None;
            }
        }
        let mut placed: Parents = BTreeMap::new();
        let (mut groups, mut names) = (Vec::new(), Vec::new());
        loop {
            let before = waiting.len();
            waiting.retain(|&(name, _, under)| {
                let parent = under
                    .and_then(Node::text)
                    .map(|name| placed.get(name).copied());
                let Some(parent) = parent.map_or(Some(None), |p| p.map(Some)) else {
                    return true;
                };
                placed.insert(name, groups.len() as u16);
                groups.push(Group {
                    name: self.strings.id(name),
                    parent,
                });
                names.push(name);
                false
            });
            if waiting.len() == before {
                break;
            }
        }
        for &(name, at, under) in &waiting {
            let mut above = under;
            for _ in 0..waiting.len() {
                let next = above.and_then(Node::text);
                if next == Some(name) {
                    let message = format!("group `{name}` lies under itself");
                    let help = "let the coarsest group of the circle lie under nothing";
                    self.sink.add(at, "cyclic-ladder", message, help);
                    break;
                }
                above = waiting.iter().find(|g| Some(g.0) == next).and_then(|g| g.2);
            }
            // So that what lies under it is not reported as unknown as well.
            groups.push(Group {
                name: self.strings.id(name),
                parent: None,
            });
            names.push(name);
        }
        Some((groups, names))
    }

    fn group(
        &mut self,
        node: &'n Node,
        ids: &mut Ids<'n>,
    ) -> Option<(&'n str, Span, Option<&'n Node>)> {
        let (id, under) = if let Value::Object(_) = node.value {
            fields::only(node, words::GROUP, "a group", self.sink);
            let start = Span {
                start: node.span.start,
                end: node.span.start + 1,
            };
            (
                fields::require(node, "id", "a group", start, self.sink)?,
                node.get("under"),
            )
        } else {
            (node, None)
        };
        let name = fields::text(id, "a group", self.sink)?;
        if !not_any(name, "a group", id.span, self.sink)
            || !fields::name(name, "a group", Style::Plain, id.span, self.sink)
        {
            return None;
        }
        ids.add(name, id.span, self.sink)
            .then_some((name, id.span, under))
    }

    pub(super) fn unused_groups(
        &mut self,
        groups: &[Group],
        names: &[&str],
        segments: &[Segment],
        ids: &Ids,
    ) {
        let mut used: Vec<bool> = vec![false; groups.len()];
        let parents = groups
            .iter()
            .map(|g| g.parent)
            .chain(segments.iter().map(|s| s.parent));
        for parent in parents.flatten() {
            if let Some(used) = used.get_mut(usize::from(parent)) {
                *used = true;
            }
        }
        for (name, used) in names.iter().zip(used) {
            if let Some(&at) = ids.0.get(name).filter(|_| !used) {
                let message = format!("nothing lies under group `{name}`");
                self.sink.add(
                    at,
                    "unused-group",
                    message,
                    "remove it, or name it as `under`",
                );
            }
        }
    }
}
