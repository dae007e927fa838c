//! What a model reads: signals of the book, as numbers.

use super::Reading;
use crate::book::author::fields;
use crate::book::author::json::{Node, Value};
use crate::book::author::signals::Shape;
use crate::book::author::words;
use crate::book::{Feature, Kind};

const MOST: usize = 4096;

impl<'n> Reading<'_, 'n> {
    pub(super) fn inputs(&mut self, node: &'n Node) -> Option<Vec<Feature>> {
        let list = fields::list(node, "`inputs`", self.sink)?;
        fields::at_most(list.len(), MOST, "inputs", node.span, self.sink);
        let all: Vec<Option<Feature>> = list
            .iter()
            .take(MOST)
            .map(|node| self.input(node))
            .collect();
        all.into_iter().collect()
    }

    fn input(&mut self, node: &'n Node) -> Option<Feature> {
        let (place, name) = match &node.value {
            Value::Text(name) => (node, name.as_str()),
            Value::Object(_) => {
                fields::only(node, words::INPUT, "an input", self.sink);
                let place = fields::require(node, "signal", "an input", node.span, self.sink)?;
                (place, fields::text(place, "`signal`", self.sink)?)
            }
            _ => {
                fields::wrong_type(node, "a signal's name or an object", "an input", self.sink);
                return None;
            }
        };
        let Some(signal) = self.signals.find(name) else {
            let help = words::suggest(name, self.signals.names(), "declare it under `signals`");
            let message = format!("unknown signal `{name}`");
            self.sink.add(place.span, "unknown-signal", message, help);
            return None;
        };
        let draft = self.signals.drafts.get_mut(usize::from(signal))?;
        draft.used = true;
        let derived = match draft.kind {
            Some(Kind::Score { .. }) => "a score",
            Some(Kind::Model { .. }) => "a model",
            _ => "",
        };
        if !derived.is_empty() {
            let message = format!("`{name}` is {derived}, and a model reads neither");
            let help = "name the signals that it is made of";
            self.sink.add(place.span, "model-input", message, help);
            return None;
        }
        let shape = draft.shape.clone();
        let is = match node.get("is") {
            Some(is) => self.is(is, name, &shape)?,
            None => f32::NAN,
        };
        if is.is_nan() && matches!(shape, Shape::Items { .. }) {
            let message = format!("`{name}` is one of a list, not a number");
            let help = format!(
                "write an input for each item: `{{ \"signal\": \"{name}\", \"is\": \"...\" }}`"
            );
            self.sink.add(place.span, "model-input", message, help);
            return None;
        }
        let missing = match node.get("missing") {
            None => f32::NAN,
            Some(node) if !is.is_nan() => {
                let message = "`missing` says nothing beside `is`";
                let help = "remove it: a missing value is no item, which is 0";
                self.sink.add(node.span, "model-input", message, help);
                return None;
            }
            Some(node) => self.float(node, "`missing`")?,
        };
        let mut number = |key: &str, default: f32| match node.get(key) {
            None => Some(default),
            Some(node) => self.float(node, &format!("`{key}`")),
        };
        let (mean, scale) = (number("mean", 0.0), number("scale", 1.0));
        let log = match node.get("log") {
            None => false,
            Some(node) => fields::boolean(node, "`log`", self.sink)?,
        };
        Some(Feature {
            signal,
            is,
            missing,
            log,
            mean: mean?,
            scale: scale?,
        })
    }

    /// What a signal is compared with: the index of an item, 0 or 1, a number.
    fn is(&mut self, node: &Node, name: &str, shape: &Shape) -> Option<f32> {
        let wanted = match (shape, &node.value) {
            (Shape::Items { items, .. }, Value::Text(text)) => {
                let found = items.iter().position(|item| item == text);
                if found.is_none() {
                    let help = words::suggest(text, items.iter().map(String::as_str), "");
                    let message = format!("`{text}` is not an item of `{name}`");
                    self.sink.add(node.span, "unknown-item", message, help);
                }
                return found.map(|item| item as f32);
            }
            (Shape::Boolean { .. }, Value::Bool(value)) => {
                return Some(f32::from(u8::from(*value)));
            }
            (Shape::Number { .. }, Value::Number(_)) => return self.float(node, "`is`"),
            // Its own error has been noted.
            (Shape::Unknown, _) => return None,
            (Shape::Items { .. }, _) => "an item",
            (Shape::Boolean { .. }, _) => "`true` or `false`",
            (Shape::Number { .. }, _) => "a number",
        };
        let type_name = node.type_name();
        let message = format!("`{name}` cannot be compared with {type_name}");
        let help = format!("write {wanted} here");
        self.sink.add(node.span, "type-mismatch", message, help);
        None
    }

    /// Sums and distances need a number for everything that may be missing; trees have a branch.
    pub(super) fn stand_ins(&mut self, node: &Node, inputs: &[Feature]) {
        let Value::List(list) = &node.value else {
            return;
        };
        for (node, input) in list.iter().zip(inputs) {
            let draft = self.signals.drafts.get(usize::from(input.signal));
            let missing = match draft.map(|draft| &draft.shape) {
                Some(Shape::Number { missing, .. } | Shape::Boolean { missing }) => *missing,
                _ => false,
            };
            if missing && input.is.is_nan() && input.missing.is_nan() {
                let name = draft.map_or("", |draft| draft.name);
                let message = format!("`missing` is missing in an input: `{name}` may be unknown");
                let help = format!(
                    "write what stands for it: `{{ \"signal\": \"{name}\", \"missing\": 0 }}`"
                );
                self.sink.add(node.span, "missing-key", message, help);
            }
        }
    }
}
