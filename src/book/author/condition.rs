//! Conditions: Mongo-style JSON over signals, checked against the signals' types; in decisions
//! also over segments.

use super::diagnostic::Sink;
use super::json::{Member, Node, Span, Value};
use super::signals::{Draft, Shape, Signals};
use super::words;
use super::{dimensions, fields, members};
use crate::book::{Atom, Test};

/// A condition as its author nested it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr {
    /// All hold; none at all: true.
    All(Vec<Expr>),
    /// One holds; none at all: false.
    Any(Vec<Expr>),
    Not(Box<Expr>),
    Atom(Atom),
    /// In a decision: this dimension's segment holds.
    Segment(u16, u16),
}

/// Conditions nest at most so deep.
const DEEPEST: usize = 16;

/// Reads a condition over signals. `None` if there was an error; all errors in it are noted.
pub(super) fn condition(node: &Node, signals: &mut Signals, sink: &mut Sink) -> Option<Expr> {
    let scope = Scope {
        signals,
        dimensions: None,
        sink,
    };
    scope.read(node)
}

/// What the keys of a condition can name.
pub(super) struct Scope<'a, 'n> {
    pub(super) signals: &'a mut Signals<'n>,
    /// In a decision: the dimensions.
    pub(super) dimensions: Option<&'a [dimensions::Draft<'n>]>,
    pub(super) sink: &'a mut Sink,
}

impl Scope<'_, '_> {
    /// Reads a condition, as [`condition`] does.
    pub(super) fn read(mut self, node: &Node) -> Option<Expr> {
        self.nested(node, 1)
    }

    fn nested(&mut self, node: &Node, depth: usize) -> Option<Expr> {
        if too_deep(node, depth, self.sink) {
            return None;
        }
        let members = fields::object(node, "a condition", self.sink)?;
        let parts = members.iter().map(|member| self.part(member, depth));
        Some(all(collect(parts)?))
    }

    fn part(&mut self, member: &Member, depth: usize) -> Option<Expr> {
        let node = &member.value;
        match member.key.as_str() {
            key @ ("$and" | "$or" | "$nor") => {
                let list = fields::list(node, &format!("`{key}`"), self.sink)?;
                let parts = collect(list.iter().map(|node| self.nested(node, depth + 1)))?;
                Some(match key {
                    "$and" => Expr::All(parts),
                    "$or" => Expr::Any(parts),
                    _ => not(Expr::Any(parts)),
                })
            }
            "$not" => Some(not(self.nested(node, depth + 1)?)),
            key if key.starts_with('$') => {
                let help = if words::OPERATORS.contains(&key) {
                    format!("name a signal first: `{{ \"signal\": {{ \"{key}\": ... }} }}`")
                } else {
                    words::suggest(key, words::JOINS.iter().copied(), "")
                };
                let message = format!("unknown operator `{key}`");
                self.sink
                    .add(member.span, "unknown-operator", message, help);
                None
            }
            key => self.named(key, member, depth),
        }
    }

    /// A comparison of what a key names.
    fn named(&mut self, key: &str, member: &Member, depth: usize) -> Option<Expr> {
        let dimension = match self.dimensions {
            Some(all) => members::find(key, all),
            None => None,
        };
        let signal = match (self.dimensions, key.strip_prefix("signal:")) {
            (Some(_), Some(name)) => self.signals.find(name),
            _ => self.signals.find(key),
        };
        match (signal, dimension) {
            (Some(_), Some(_)) => {
                let message = format!("`{key}` names a signal and a dimension");
                let help = format!("write `\"signal:{key}\"` or `\"dimension:{key}\"`");
                self.sink.add(member.span, "ambiguous-name", message, help);
                None
            }
            (Some(index), None) => {
                let signal = self.signals.drafts.get_mut(usize::from(index))?;
                signal.used = true;
                let mut comparison = Comparison {
                    signal,
                    index,
                    sink: self.sink,
                };
                comparison.test(&member.value, depth)
            }
            (None, Some((index, dimension))) => {
                let mut membership = members::Membership {
                    dimension,
                    index,
                    sink: self.sink,
                };
                membership.test(&member.value, depth)
            }
            (None, None) => {
                let families = self.dimensions.unwrap_or_default();
                let names = self
                    .signals
                    .names()
                    .chain(families.iter().map(|draft| draft.name));
                let (message, otherwise) = if self.dimensions.is_some() {
                    (
                        format!("`{key}` is neither a signal nor a dimension"),
                        "declare it first",
                    )
                } else {
                    (
                        format!("unknown signal `{key}`"),
                        "declare it under `signals`",
                    )
                };
                let help = words::suggest(key, names, otherwise);
                self.sink.add(member.span, "unknown-signal", message, help);
                None
            }
        }
    }
}

pub(super) fn too_deep(node: &Node, depth: usize, sink: &mut Sink) -> bool {
    if depth > DEEPEST {
        let message = format!("conditions nest at most {DEEPEST} deep");
        let help = "make a score of a part of it, and compare the score";
        sink.add(node.span, "too-deep", message, help);
    }
    depth > DEEPEST
}

/// All parts, or nothing if one of them had an error. Every part is read in any case.
fn collect(parts: impl Iterator<Item = Option<Expr>>) -> Option<Vec<Expr>> {
    let parts: Vec<Option<Expr>> = parts.collect();
    parts.into_iter().collect()
}

pub(super) fn all(mut parts: Vec<Expr>) -> Expr {
    match parts.len() {
        1 => parts.pop().unwrap_or(Expr::All(Vec::new())),
        _ => Expr::All(parts),
    }
}

pub(super) fn not(inner: Expr) -> Expr {
    Expr::Not(Box::new(inner))
}

/// One signal that is compared.
struct Comparison<'a, 'n> {
    signal: &'a Draft<'n>,
    index: u16,
    sink: &'a mut Sink,
}

impl Comparison<'_, '_> {
    fn atom(&self, test: Test) -> Expr {
        Expr::Atom(Atom {
            signal: self.index,
            test,
        })
    }

    /// A value alone, or operators of which all must hold.
    fn test(&mut self, node: &Node, depth: usize) -> Option<Expr> {
        match &node.value {
            Value::Object(members) => self.operators(node, members, depth),
            _ => self.equals(node),
        }
    }

    fn operators(&mut self, node: &Node, members: &[Member], depth: usize) -> Option<Expr> {
        if members.is_empty() {
            fields::empty(
                node,
                &format!("the comparison of `{}`", self.signal.name),
                self.sink,
            );
            return None;
        }
        let parts: Vec<Option<Expr>> = members
            .iter()
            .map(|member| self.operator(member, depth))
            .collect();
        Some(all(parts.into_iter().collect::<Option<_>>()?))
    }

    fn operator(&mut self, member: &Member, depth: usize) -> Option<Expr> {
        let node = &member.value;
        match member.key.as_str() {
            "$eq" => self.equals(node),
            "$ne" => self.equals(node).map(not),
            "$in" => self.among(node, "$in"),
            "$nin" => self.among(node, "$nin").map(not),
            "$gt" => self.order(member, Test::Greater),
            "$gte" => self.order(member, Test::AtLeast),
            "$lt" => self.order(member, Test::Less),
            "$lte" => self.order(member, Test::AtMost),
            "$exists" => {
                let exists = fields::boolean(node, "`$exists`", self.sink)?;
                let atom = self.atom(Test::Exists);
                Some(if exists { atom } else { not(atom) })
            }
            "$not" => {
                if too_deep(node, depth + 1, self.sink) {
                    return None;
                }
                let members = fields::object(node, "`$not`", self.sink)?;
                self.operators(node, members, depth + 1).map(not)
            }
            key => {
                let help = words::suggest(key, words::OPERATORS.iter().copied(), "");
                let message = format!("unknown operator `{key}`");
                self.sink
                    .add(member.span, "unknown-operator", message, help);
                None
            }
        }
    }

    fn mismatch(&mut self, at: Span, operand: &str) -> Option<Expr> {
        let name = self.signal.name;
        let (is, help) = match &self.signal.shape {
            Shape::Number { .. } => ("a number", "compare it with a number".to_owned()),
            Shape::Boolean { .. } => (
                "true or false",
                "compare it with `true` or `false`".to_owned(),
            ),
            Shape::Items { items, .. } => (
                "one of a list",
                words::suggest(
                    "",
                    items.iter().map(String::as_str),
                    "compare it with an item",
                ),
            ),
            // Its own error has been noted.
            Shape::Unknown => return None,
        };
        let help = if operand == "null" {
            "write `{ \"$exists\": false }`".to_owned()
        } else {
            help
        };
        let message = format!("`{name}` is {is} and cannot be compared with {operand}");
        self.sink.add(at, "type-mismatch", message, help);
        None
    }

    fn order(&mut self, member: &Member, test: fn(f64) -> Test) -> Option<Expr> {
        match (&self.signal.shape, &member.value.value) {
            (Shape::Number { .. }, Value::Number(value)) => Some(self.atom(test(value + 0.0))),
            (Shape::Number { .. }, _) => self.mismatch(member.value.span, member.value.type_name()),
            _ => self.mismatch(member.span, &format!("`{}`", member.key)),
        }
    }

    fn equals(&mut self, node: &Node) -> Option<Expr> {
        match (&self.signal.shape, &node.value) {
            (Shape::Number { .. }, Value::Number(value)) => {
                Some(self.atom(Test::Equals(value + 0.0)))
            }
            (Shape::Boolean { .. }, Value::Bool(value)) => {
                Some(self.atom(Test::Equals(f64::from(u8::from(*value)))))
            }
            (Shape::Items { .. }, Value::Text(_)) => {
                let item = self.item(node)?;
                Some(self.atom(Test::Among(vec![item])))
            }
            (_, Value::List(_)) => {
                let message = format!("`{}` cannot be equal to a list", self.signal.name);
                let help = "write `{ \"$in\": [...] }` for one of them";
                self.sink.add(node.span, "type-mismatch", message, help);
                None
            }
            _ => self.mismatch(node.span, node.type_name()),
        }
    }

    fn item(&mut self, node: &Node) -> Option<u16> {
        let (Shape::Items { items, .. }, Some(text)) = (&self.signal.shape, node.text()) else {
            self.mismatch(node.span, node.type_name());
            return None;
        };
        let found = items.iter().position(|item| item == text);
        if found.is_none() {
            let message = format!("`{text}` is not an item of `{}`", self.signal.name);
            let help = words::suggest(text, items.iter().map(String::as_str), "");
            self.sink.add(node.span, "unknown-item", message, help);
        }
        found.and_then(|item| u16::try_from(item).ok())
    }

    fn among(&mut self, node: &Node, operator: &str) -> Option<Expr> {
        let list = fields::list(node, &format!("`{operator}`"), self.sink)?;
        if let Shape::Items { .. } = self.signal.shape {
            let items: Vec<Option<u16>> = list.iter().map(|node| self.item(node)).collect();
            let mut items: Vec<u16> = items.into_iter().collect::<Option<_>>()?;
            items.sort_unstable();
            items.dedup();
            return Some(self.atom(Test::Among(items)));
        }
        let values: Vec<Option<Expr>> = list.iter().map(|node| self.equals(node)).collect();
        Some(Expr::Any(values.into_iter().collect::<Option<_>>()?))
    }
}
