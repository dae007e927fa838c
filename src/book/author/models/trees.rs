//! Trees, from nested lists to a flat table.
//!
//! A split is `[input, operator, threshold, yes, no]`, a leaf a number, or one for each class.
//! All operators become "below" or "equal", with the answers in the right order.

use super::{Reading, Size};
use crate::book::author::fields;
use crate::book::author::json::{Node as Json, Span, Value};
use crate::book::author::words;
use crate::book::{Form, Model, Node};

const MOST_NODES: usize = 1_000_000;
/// Thresholds: all finite 32-bit floats, but for the greatest few.
const FARTHEST: f64 = 3.4e38;
/// With `?` behind them, a missing value takes the answer `yes`.
const OPERATORS: &[&str] = &[
    "<", "<=", ">", ">=", "==", "!=", "<?", "<=?", ">?", ">=?", "==?", "!=?",
];

impl Reading<'_, '_> {
    pub(super) fn trees(&mut self, node: &Json, size: Size, model: &mut Model) -> Option<()> {
        let list = fields::list(node, "`trees`", self.sink)?;
        let Model { roots, nodes, .. } = model;
        let mut good = true;
        for tree in list {
            roots.push(nodes.len() as u32);
            good &= self.tree(tree, size, nodes).is_some();
            if nodes.len() > MOST_NODES {
                fields::at_most(nodes.len(), MOST_NODES, "nodes", node.span, self.sink);
                return None;
            }
        }
        good.then_some(())
    }

    /// Appends a tree. The JSON has a greatest depth, so this ends.
    fn tree(&mut self, json: &Json, size: Size, nodes: &mut Vec<Node>) -> Option<()> {
        let shape = |what: String, help: &str, at: Span, sink: &mut super::Sink| {
            sink.add(at, "model-shape", what, help);
            None
        };
        let list = match &json.value {
            Value::Number(_) if size.outputs == 1 => {
                let value = self.float(json, "a leaf")?;
                nodes.push(leaf(0, false, value));
                return Some(());
            }
            Value::Number(_) => {
                let what = format!("a leaf has one number for {} classes", size.outputs);
                let help = "write a list of numbers, in the order of the classes";
                return shape(what, help, json.span, self.sink);
            }
            Value::List(list) => list,
            _ => {
                fields::wrong_type(json, "a number or a list", "a node of a tree", self.sink);
                return None;
            }
        };
        if !matches!(list.get(1).map(|node| &node.value), Some(Value::Text(_))) {
            if size.outputs == 1 {
                let what = "this is neither a split nor a leaf".to_owned();
                let help = "a split is `[input, \"<=\", threshold, yes, no]`, a leaf is a number";
                return shape(what, help, json.span, self.sink);
            }
            let row = self.row(json, "a leaf", size.outputs, "classes")?;
            let some = (0u16..).zip(row).filter(|(_, value)| *value != 0.0);
            let mut some: Vec<(u16, f32)> = some.collect();
            if some.is_empty() {
                some.push((0, 0.0));
            }
            let last = some.len() - 1;
            let leaves = some.into_iter().enumerate();
            nodes.extend(leaves.map(|(i, (output, value))| leaf(output, i < last, value)));
            return Some(());
        }
        let [input, operator, threshold, yes, no] = list.as_slice() else {
            let what = format!("a split has five parts, not {}", list.len());
            let help = "write `[input, \"<=\", threshold, yes, no]`";
            return shape(what, help, json.span, self.sink);
        };
        let most = (size.features - 1) as u32;
        let input = fields::whole(input, "the input of a split", 0, most, self.sink);
        let word = operator.text().unwrap_or_default();
        if !OPERATORS.contains(&word) {
            let message = format!("unknown operator `{word}`");
            let help = words::suggest(word, OPERATORS.iter().copied(), "");
            let span = operator.span;
            self.sink.add(span, "unknown-operator", message, help);
        }
        let good = |v: f64| v.abs() <= FARTHEST;
        let range = "a number that a 32-bit float can hold";
        let threshold = fields::number(threshold, "a threshold", range, good, self.sink);
        let at = nodes.len();
        nodes.push(leaf(0, false, 0.0));
        let plain = word.trim_end_matches('?');
        let turned = matches!(plain, ">" | ">=" | "!=");
        let (first, second) = if turned { (no, yes) } else { (yes, no) };
        let first = self.tree(first, size, nodes);
        let skip = nodes.len() - at - 1;
        let second = self.tree(second, size, nodes);
        let (input, threshold, ()) = (input?, threshold? as f32, first.and(second)?);
        let Ok(skip) = u16::try_from(skip) else {
            fields::at_most(skip, 65_535, "nodes below a split", json.span, self.sink);
            return None;
        };
        let mut head = (input as u16) << Node::FEATURE | Node::SPLIT;
        if matches!(plain, "==" | "!=") {
            head |= Node::EQUAL;
        }
        if turned != word.ends_with('?') {
            head |= Node::MISSING;
        }
        if let Some(node) = nodes.get_mut(at) {
            *node = Node {
                head,
                skip,
                // At most: below the next float.
                value: if matches!(plain, "<=" | ">") {
                    threshold.next_up()
                } else {
                    threshold
                },
            };
        }
        Some(())
    }
}

fn leaf(output: u16, more: bool, value: f32) -> Node {
    Node {
        head: output << Node::OUTPUT | if more { Node::MORE } else { 0 },
        skip: 0,
        value,
    }
}

/// Least and greatest sum of a model of one output; `None`: there are no trees.
pub(super) fn range(model: &Model) -> Option<(f64, f64)> {
    let Model { roots, nodes, .. } = model;
    if model.form != Form::Trees {
        return None;
    }
    let start = f64::from(model.numbers.first().copied().unwrap_or(0.0));
    let mut range = (start, start);
    let ends = roots.iter().skip(1).map(|root| *root as usize);
    for (root, end) in roots.iter().zip(ends.chain([nodes.len()])) {
        let tree = nodes.get(*root as usize..end).unwrap_or_default();
        let leaves = tree.iter().filter(|node| !node.is_split());
        let values = leaves.map(|leaf| f64::from(leaf.value));
        let (least, most) = values.fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(v), b.max(v)));
        range = (range.0 + least, range.1 + most);
    }
    Some(range)
}
