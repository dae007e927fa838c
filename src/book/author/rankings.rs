//! The section `rankings`: what decides the order of items.

use super::condition::{Expr, Scope};
use super::decisions::Deciding;
use super::fields::{self, Style};
use super::json::{Member, Node, Span, Value};
use super::words;
use crate::book::{Domain, Kind, Ranking, Role, StrId, Term};

/// A ranking while the book is checked: its conditions, one for each term, stand beside it.
pub(super) struct Draft<'n> {
    pub(super) name: &'n str,
    pub(super) ranking: Ranking,
    pub(super) conditions: Vec<Option<(Expr, Span)>>,
}

pub(super) const MOST: usize = 256;
const MOST_TERMS: usize = 512;
const FAR: f64 = 1e9;

/// Reads the section.
pub(super) fn rankings<'n>(document: &'n Node, around: &mut Deciding<'_, 'n>) -> Vec<Draft<'n>> {
    let Some(node) = document.get("rankings") else {
        return Vec::new();
    };
    let members = fields::object(node, "`rankings`", around.sink).unwrap_or(&[]);
    fields::at_most(members.len(), MOST, "rankings", node.span, around.sink);
    let read = |member| ranking(member, around);
    members.iter().filter_map(read).collect()
}

fn ranking<'n>(member: &'n Member, around: &mut Deciding<'_, 'n>) -> Option<Draft<'n>> {
    let (name, at, node) = (member.key.as_str(), member.span, &member.value);
    fields::name(name, "a ranking", Style::Plain, at, around.sink);
    let what = format!("ranking `{name}`");
    fields::object(node, &what, around.sink)?;
    fields::only(node, words::RANKING, "a ranking", around.sink);
    let help = "add `\"why\": \"...\"`: what the order is for, and why it differs";
    let why = fields::why(node, &what, at, help, around.sink).unwrap_or_default();
    let mut draft = Draft {
        name,
        ranking: Ranking {
            name: around.names.strings.id(name),
            why: around.names.strings.id(why),
            limit: 0,
            diversify: None,
            terms: Vec::new(),
        },
        conditions: Vec::new(),
    };
    if let Some(node) = node.get("popularity") {
        draft.constant(Role::Boost, "popularity", node, around);
    }
    let columns = node.get("boosts").map_or(&[][..], Node::members);
    for member in columns {
        draft.constant(Role::Boost, &member.key, &member.value, around);
    }
    let price = node.get("price").map(|range| ("price", range));
    let numbers = node.get("numbers").map_or(&[][..], Node::members);
    let numbers = numbers
        .iter()
        .map(|member| (member.key.as_str(), &member.value));
    for (column, range) in price.into_iter().chain(numbers) {
        if fields::object(range, "a range", around.sink).is_some() {
            fields::only(range, words::BETWEEN, "a range", around.sink);
            for (key, role) in [("min", Role::Least), ("max", Role::Most)] {
                if let Some(node) = range.get(key) {
                    draft.constant(role, column, node, around);
                }
            }
        }
    }
    for (key, role) in [("must", Role::Must), ("not", Role::Not)] {
        if let Some(list) = node
            .get(key)
            .and_then(|n| fields::list(n, &format!("`{key}`"), around.sink))
        {
            for node in list {
                draft.tag(role, node, around);
            }
        }
    }
    if let Some(list) = node
        .get("weights")
        .and_then(|n| fields::list(n, "`weights`", around.sink))
    {
        for node in list {
            draft.weight(node, around);
        }
    }
    if let Some(node) = node.get("limit") {
        draft.ranking.limit = fields::whole(node, "`limit`", 1, 1000, around.sink).unwrap_or(0);
    }
    if let Some(node) = node.get("diversify") {
        draft.ranking.diversify = diversify(node, around);
    }
    fields::at_most(
        draft.ranking.terms.len(),
        MOST_TERMS,
        "numbers of a ranking",
        at,
        around.sink,
    );
    if draft.ranking.terms.is_empty() && draft.ranking.diversify.is_none() {
        let message = format!("{what} orders nothing");
        let help = "add `weights` or `popularity`";
        around.sink.add(at, "ranking-form", message, help);
    }
    Some(draft)
}

fn diversify(node: &Node, around: &mut Deciding) -> Option<(StrId, u32)> {
    fields::object(node, "`diversify`", around.sink)?;
    fields::only(node, words::DIVERSIFY, "`diversify`", around.sink);
    let by = fields::require(node, "by", "`diversify`", node.span, around.sink);
    let most = fields::require(node, "most", "`diversify`", node.span, around.sink);
    let by = fields::item(by?, "`by`", around.sink)?;
    let most = fields::whole(most?, "`most`", 1, 1000, around.sink)?;
    Some((around.names.strings.id(by), most))
}

fn number(node: &Node, what: &str, around: &mut Deciding) -> Option<f64> {
    let range = "between -1000000000 and 1000000000";
    fields::number(node, what, range, |v| v.abs() <= FAR, around.sink)
}

impl Draft<'_> {
    fn push(
        &mut self,
        role: Role,
        of: &str,
        add: f64,
        when: Option<(Expr, Span)>,
        around: &mut Deciding,
    ) -> Option<&mut Term> {
        self.conditions.push(when);
        self.ranking.terms.push(Term {
            role,
            of: around.names.strings.id(of),
            when: None,
            by: None,
            times: 1.0,
            add,
        });
        self.ranking.terms.last_mut()
    }

    /// A number that is the same for everybody.
    fn constant(&mut self, role: Role, of: &str, node: &Node, around: &mut Deciding) {
        if let Some(add) = number(node, &format!("the number of `{of}`"), around) {
            self.push(role, of, add, None, around);
        }
    }

    /// A tag that items must or must not have: a text, or an object with a condition.
    fn tag<'n>(&mut self, role: Role, node: &'n Node, around: &mut Deciding<'_, 'n>) {
        let (tag, when) = match &node.value {
            Value::Object(_) => {
                fields::only(node, words::TAGGED, "a tag", around.sink);
                let tag = fields::require(node, "tag", "a tag", node.span, around.sink);
                (tag, condition(node, around))
            }
            _ => (Some(node), None),
        };
        if let Some(tag) = tag.and_then(|node| fields::text(node, "a tag", around.sink)) {
            self.push(role, tag, 1.0, when, around);
        }
    }

    fn weight<'n>(&mut self, node: &'n Node, around: &mut Deciding<'_, 'n>) -> Option<()> {
        fields::object(node, "a weight", around.sink)?;
        fields::only(node, words::WEIGHT, "a weight", around.sink);
        let at = Span {
            start: node.span.start,
            end: node.span.start + 1,
        };
        let mut amount = |key: &str| {
            node.get(key)
                .and_then(|n| number(n, &format!("`{key}`"), around))
        };
        let (add, times) = (amount("add"), amount("times"));
        let by = match node.get("by") {
            Some(by) => Some(signal(by, around)?),
            None => None,
        };
        let when = condition(node, around);
        let form = |help: &str, around: &mut Deciding| {
            let message = "a weight is of one `tag` or of `each`, and has a number";
            around.sink.add(at, "ranking-form", message, help);
        };
        match (node.get("tag"), node.get("each"), by) {
            (Some(tag), None, by) => {
                let tag = fields::text(tag, "`tag`", around.sink)?;
                if by.is_none() && (add.is_none() || times.is_some()) {
                    form(
                        "write `{ \"tag\": ..., \"add\": 1 }`, or `\"by\"` a signal and `\"times\"`",
                        around,
                    );
                    return None;
                }
                if let Some((index, span)) = by
                    && !self::is_number(index, around)
                {
                    let message = "the signal has no number to weigh with";
                    let help = "name a signal with a number; `\"each\"` takes one with a list";
                    around.sink.add(span, "type-mismatch", message, help);
                    return None;
                }
                let term = self.push(Role::Weight, tag, add.unwrap_or(0.0), when, around)?;
                term.by = by.map(|(index, _)| index);
                term.times = times.unwrap_or(1.0);
            }
            (None, Some(each), Some((index, span))) => {
                let key = fields::item(each, "`each`", around.sink)?;
                if times.is_some() {
                    form("with `each`, `add` is the weight", around);
                    return None;
                }
                if !self::is_list(index, around) {
                    let message = "the signal has no list to take an item of";
                    let help = "name a `top` signal, a context or a declared list";
                    around.sink.add(span, "type-mismatch", message, help);
                    return None;
                }
                self.push(Role::Each, key, 0.0, None, around)?.by = Some(index);
                self.push(Role::Weight, key, add.unwrap_or(1.0), when, around);
            }
            _ => form(
                "write `{ \"tag\": ..., \"add\": 1 }` or `{ \"each\": KEY, \"by\": SIGNAL }`",
                around,
            ),
        }
        Some(())
    }
}

fn condition<'n>(node: &'n Node, around: &mut Deciding<'_, 'n>) -> Option<(Expr, Span)> {
    let node = node.get("when")?;
    let scope = Scope {
        signals: around.signals,
        dimensions: Some(around.dimensions),
        sink: around.sink,
    };
    Some((scope.read(node)?, node.span))
}

/// The signal that a node names, which is thereby read.
fn signal(node: &Node, around: &mut Deciding) -> Option<(u16, Span)> {
    let name = fields::text(node, "`by`", around.sink)?;
    let found = around.signals.find(name);
    if found.is_none() {
        let message = format!("unknown signal `{name}`");
        let help = words::suggest(name, around.signals.names(), "declare it under `signals`");
        around.sink.add(node.span, "unknown-signal", message, help);
    }
    let index = found?;
    if let Some(draft) = around.signals.drafts.get_mut(usize::from(index)) {
        draft.used = true;
    }
    Some((index, node.span))
}

fn is_list(signal: u16, around: &Deciding) -> bool {
    let draft = around.signals.drafts.get(usize::from(signal));
    matches!(
        draft.and_then(|draft| draft.kind.as_ref()),
        Some(
            Kind::Top { .. }
                | Kind::Context { .. }
                | Kind::Declared {
                    domain: Domain::Items(_)
                }
        )
    )
}

fn is_number(signal: u16, around: &Deciding) -> bool {
    !is_list(signal, around)
}
