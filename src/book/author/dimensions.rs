//! The section `dimensions`: families of segments, their ladders and their conditions.

use super::condition::{Expr, condition};
use super::diagnostic::Sink;
use super::events::Strings;
use super::fields::{self, Style};
use super::json::{Member, Node, Span};
use super::signals::Signals;
use super::{time, words};
use crate::book::validate::LONGEST;
use crate::book::{Group, StrId, Time};
use std::collections::BTreeMap;

/// A dimension while the book is checked.
pub(super) struct Draft<'n> {
    pub(super) name: &'n str,
    pub(super) why: StrId,
    pub(super) pick: u16,
    pub(super) groups: Vec<Group>,
    /// Names of the groups, in the same order.
    pub(super) group_names: Vec<&'n str>,
    /// The last is `otherwise`.
    pub(super) segments: Vec<Segment<'n>>,
    /// It names a sensitive topic.
    pub(super) sensitive: bool,
    /// It is the outcome of an experiment or a bandit, whose goal counts for so many seconds.
    pub(super) outcome: Option<u32>,
}

/// A segment while the book is checked.
pub(super) struct Segment<'n> {
    pub(super) name: &'n str,
    pub(super) parent: Option<u16>,
    /// The condition and where it stands; `None` only for `otherwise` and after an error.
    pub(super) when: Option<(Expr, Span)>,
    pub(super) stay: Option<(Expr, Span)>,
    pub(super) hold: u32,
    pub(super) ends: Time,
    pub(super) value: f64,
}

const MOST_DIMENSIONS: usize = 1_024;
const MOST_SEGMENTS: usize = 65_000;

/// What the reading of a dimension needs of the rest of the book.
pub(super) struct Around<'a, 'n> {
    pub(super) signals: &'a mut Signals<'n>,
    pub(super) strings: &'a mut Strings,
    pub(super) sink: &'a mut Sink,
}

/// Reads the section.
pub(super) fn dimensions<'n>(node: &'n Node, around: &mut Around<'_, 'n>) -> Vec<Draft<'n>> {
    let Some(members) = fields::object(node, "`dimensions`", around.sink) else {
        return Vec::new();
    };
    if members.is_empty() {
        fields::empty(node, "`dimensions`", around.sink);
    }
    fields::at_most(
        members.len(),
        MOST_DIMENSIONS,
        "dimensions",
        node.span,
        around.sink,
    );
    let dimensions: Vec<Draft> = members
        .iter()
        .filter_map(|member| around.dimension(member))
        .collect();
    let segments = dimensions.iter().map(|d| d.segments.len()).sum();
    fields::at_most(segments, MOST_SEGMENTS, "segments", node.span, around.sink);
    dimensions
}

impl<'n> Around<'_, 'n> {
    fn dimension(&mut self, member: &'n Member) -> Option<Draft<'n>> {
        let (name, at, node) = (&member.key, member.span, &member.value);
        fields::name(name, "a dimension", Style::Plain, at, self.sink);
        let what = format!("dimension `{name}`");
        fields::object(node, &what, self.sink)?;
        fields::only(node, words::DIMENSION, "a dimension", self.sink);
        let help = "add `\"why\": \"...\"`: what the site does differently for its segments";
        let why = fields::why(node, &what, at, help, self.sink);
        let why = why.map(|text| self.strings.id(text));
        fields::not_sensitive(node, self.sink);
        let mut ids = Ids::default();
        let (groups, group_names) = match node.get("groups") {
            Some(node) => self.groups(node, &mut ids).unwrap_or_default(),
            None => Default::default(),
        };
        let mut segments = Vec::new();
        let mut listed = 0;
        if let Some(node) = fields::require(node, "segments", &what, at, self.sink)
            && let Some(list) = fields::list(node, "`segments`", self.sink)
        {
            fields::at_most(list.len(), MOST_SEGMENTS, "segments", node.span, self.sink);
            listed = list.len();
            let index: Parents = (0..)
                .zip(&group_names)
                .map(|(i, &name)| (name, i))
                .collect();
            for node in list {
                segments.extend(self.segment(node, &index, &mut ids));
            }
        }
        if let Some(otherwise) = fields::require(node, "otherwise", &what, at, self.sink) {
            segments.extend(self.otherwise(otherwise, &mut ids));
        }
        let pick = self.pick(node, listed);
        self.unused_groups(&groups, &group_names, &segments, &ids);
        Some(Draft {
            name,
            why: why.unwrap_or(0),
            pick: pick.unwrap_or(1),
            groups,
            group_names,
            segments,
            sensitive: false,
            outcome: None,
        })
    }

    fn pick(&mut self, node: &Node, listed: usize) -> Option<u16> {
        let Some(node) = node.get("pick") else {
            return Some(1);
        };
        let pick = fields::whole(node, "`pick`", 1, 65_535, self.sink)?;
        if listed > 0 && pick as usize > listed {
            let message = format!("`pick` is {pick}, but at most {listed} segments can hold");
            self.sink.add(
                node.span,
                "pick-too-large",
                message,
                format!("write {listed} or less"),
            );
        }
        u16::try_from(pick).ok()
    }

    fn otherwise(&mut self, node: &'n Node, ids: &mut Ids<'n>) -> Option<Segment<'n>> {
        let name = fields::text(node, "`otherwise`", self.sink)?;
        if name != "any" {
            fields::name(name, "a segment", Style::Plain, node.span, self.sink);
        }
        ids.add(name, node.span, self.sink);
        Some(Segment {
            name,
            parent: None,
            when: None,
            stay: None,
            hold: 0,
            ends: 0,
            value: 0.0,
        })
    }

    fn segment(
        &mut self,
        node: &'n Node,
        groups: &Parents,
        ids: &mut Ids<'n>,
    ) -> Option<Segment<'n>> {
        let what = "a segment";
        fields::object(node, what, self.sink)?;
        fields::only(node, words::SEGMENT, what, self.sink);
        let start = Span {
            start: node.span.start,
            end: node.span.start + 1,
        };
        let id = fields::require(node, "id", what, start, self.sink);
        let id = id.and_then(|node| Some((fields::text(node, "`id`", self.sink)?, node.span)));
        if let Some((name, at)) = id
            && not_any(name, what, at, self.sink)
            && fields::name(name, what, Style::Plain, at, self.sink)
        {
            ids.add(name, at, self.sink);
        }
        let (name, at) = id.unwrap_or(("", start));
        if let Some(why) = node.get("why") {
            fields::prose(why, "`why`", self.sink);
        }
        let when = fields::require(node, "when", what, at, self.sink);
        let when = when.and_then(|node| self.condition(node));
        let stay = node.get("stay").and_then(|node| self.condition(node));
        let parent = node
            .get("under")
            .and_then(|under| self.parent(under, groups));
        let hold = node
            .get("hold")
            .and_then(|node| time::duration(node, "`hold`", 1, LONGEST, self.sink));
        let ends = node
            .get("ends")
            .and_then(|node| time::date(node, "`ends`", self.sink));
        let value = node.get("value").and_then(|node| {
            let good = |v: f64| (0.0..=1e9).contains(&v);
            fields::number(node, "`value`", "from 0 to 1000000000", good, self.sink)
        });
        Some(Segment {
            name,
            parent,
            when,
            stay,
            hold: hold.unwrap_or(0),
            ends: ends.unwrap_or(0),
            value: value.unwrap_or(0.0),
        })
    }

    fn condition(&mut self, node: &Node) -> Option<(Expr, Span)> {
        Some((condition(node, self.signals, self.sink)?, node.span))
    }
}

/// Group name → index.
pub(super) type Parents<'n> = BTreeMap<&'n str, u16>;

/// The names of a dimension, which are all different.
#[derive(Default)]
pub(super) struct Ids<'n>(pub(super) BTreeMap<&'n str, Span>);

impl<'n> Ids<'n> {
    pub(super) fn add(&mut self, name: &'n str, at: Span, sink: &mut Sink) -> bool {
        if self.0.contains_key(name) {
            fields::twice(name, at, sink);
            return false;
        }
        self.0.insert(name, at);
        true
    }
}

pub(super) fn not_any(name: &str, what: &str, at: Span, sink: &mut Sink) -> bool {
    if name == "any" {
        let message = format!("`any` cannot be the name of {what}");
        let help = "`any` is the top of every ladder; choose another name";
        sink.add(at, "reserved-name", message, help);
    }
    name != "any"
}
