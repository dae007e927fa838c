//! The section `models`: what a trained model reads, and its numbers.

mod inputs;
mod trees;

use super::diagnostic::Sink;
use super::events::Strings;
use super::fields::{self, Style};
use super::json::{Member, Node, Span, Value};
use super::signals::{Shape, Signals};
use super::words;
use crate::book::validate::{GREATEST_NUMBER, MOST_MODELS};
use crate::book::{Form, Gives, Kind, Model};

/// A model while the book is checked.
pub(super) struct Draft<'n> {
    pub(super) name: &'n str,
    classes: Vec<&'n str>,
    /// `None` after an error. Names are filled in last.
    model: Option<Model>,
}

const MOST_CLASSES: usize = 256;

/// Reads the section, and gives the signals that name a model their shapes.
pub(super) fn models<'n>(
    node: Option<&'n Node>,
    signals: &mut Signals<'n>,
    sink: &mut Sink,
) -> Vec<Draft<'n>> {
    let mut drafts = Vec::new();
    if let Some(node) = node {
        let members = fields::object(node, "`models`", sink);
        if members.is_some_and(<[_]>::is_empty) {
            fields::empty(node, "`models`", sink);
        }
        let members = members.unwrap_or(&[]);
        fields::at_most(members.len(), MOST_MODELS, "models", node.span, sink);
        for member in members.iter().take(MOST_MODELS) {
            drafts.push(Reading { signals, sink }.draft(member));
        }
    }
    let used = signals.name_models(&drafts, sink);
    let members = node.map_or(&[][..], Node::members);
    for (index, member) in members.iter().enumerate().take(MOST_MODELS) {
        if !used.contains(&index) {
            let message = format!("no signal reads model `{}`", member.key);
            let help = format!(
                "declare one, `\"{0}\": {{ \"model\": \"{0}\" }}`, or remove the model",
                member.key
            );
            sink.add(member.span, "unused-model", message, help);
        }
    }
    drafts
}

impl Signals<'_> {
    /// Finds the model of each signal of this kind. Gives the models that were found.
    fn name_models(&mut self, models: &[Draft], sink: &mut Sink) -> Vec<usize> {
        let mut used = Vec::new();
        for draft in &mut self.drafts {
            let Some(node) = draft.node.and_then(|node| node.get("model")) else {
                continue;
            };
            let (Some(Kind::Model { model }), Some(name)) = (&mut draft.kind, node.text()) else {
                continue;
            };
            let found = models.iter().position(|model| model.name == name);
            if let Some(found) = found {
                used.push(found);
                *model = found as u16;
                draft.shape = models.get(found).map_or(Shape::Unknown, Draft::shape);
            } else {
                draft.kind = None;
                let names = models.iter().map(|model| model.name);
                let help = words::suggest(name, names, "declare it under `models`");
                let message = format!("unknown model `{name}`");
                sink.add(node.span, "unknown-model", message, help);
            }
        }
        used
    }
}

impl Draft<'_> {
    fn shape(&self) -> Shape {
        let Some(model) = &self.model else {
            return Shape::Unknown;
        };
        let (min, max) = match model.gives {
            Gives::Class => {
                return Shape::Items {
                    items: self.classes.iter().map(|&class| class.to_owned()).collect(),
                    missing: false,
                };
            }
            Gives::Number => trees::range(model).unwrap_or((f64::MIN, f64::MAX)),
            _ => (0.0, 1.0),
        };
        Shape::Number {
            min,
            max,
            step: 0.0,
            missing: false,
        }
    }

    /// The model with its names.
    pub(super) fn finished(self, strings: &mut Strings) -> Option<Model> {
        let classes = self.classes.iter().map(|class| strings.id(class)).collect();
        Some(Model {
            name: strings.id(self.name),
            classes,
            ..self.model?
        })
    }
}

/// One model that is read.
struct Reading<'a, 'n> {
    signals: &'a mut Signals<'n>,
    sink: &'a mut Sink,
}

impl<'n> Reading<'_, 'n> {
    fn draft(mut self, member: &'n Member) -> Draft<'n> {
        let name = &member.key;
        fields::name(name, "a model", Style::Underscore, member.span, self.sink);
        let mut classes = Vec::new();
        let model = self.model(&member.value, member.span, &mut classes);
        Draft {
            name,
            classes,
            model,
        }
    }

    fn model(&mut self, node: &'n Node, at: Span, classes: &mut Vec<&'n str>) -> Option<Model> {
        let what = "a model";
        fields::object(node, what, self.sink)?;
        fields::only(node, words::MODEL, what, self.sink);
        if let Some(why) = node.get("why") {
            fields::prose(why, "`why`", self.sink);
        }
        let listed = node.get("classes").map(|node| self.classes(node));
        let classes_read = match listed {
            None => true,
            Some(None) => false,
            Some(Some(names)) => {
                *classes = names;
                true
            }
        };
        let gives = self.gives(node, at, classes);
        let inputs =
            fields::require(node, "inputs", what, at, self.sink).and_then(|node| self.inputs(node));
        let forms = ["weights", "trees", "centroids"];
        let named: Vec<&str> = forms
            .into_iter()
            .filter(|f| node.get(f).is_some())
            .collect();
        let &[form] = named.as_slice() else {
            let (code, message) = match named.as_slice() {
                [first, second, ..] => (
                    "two-kinds",
                    format!("the model has both `{first}` and `{second}`"),
                ),
                _ => ("no-kind", "the model has no numbers".to_owned()),
            };
            let help = "give it one of `weights`, `trees`, `centroids`";
            self.sink.add(at, code, message, help);
            return None;
        };
        let inputs = inputs?;
        if form != "trees" {
            self.stand_ins(node.get("inputs")?, &inputs);
        }
        if !classes_read {
            return None;
        }
        let size = Size {
            features: inputs.len(),
            outputs: classes.len().max(1),
        };
        let numbers = node.get(form)?;
        let bias = match node.get("bias") {
            None => Some(vec![0.0; size.outputs]),
            Some(node) if form == "centroids" => {
                let help = "remove it: only sums begin somewhere";
                let message = "centroids have no `bias`";
                self.sink.add(node.span, "model-shape", message, help);
                None
            }
            Some(node) if size.outputs == 1 => self.float(node, "`bias`").map(|bias| vec![bias]),
            Some(node) => self.row(node, "`bias`", size.outputs, "classes"),
        };
        let mut model = Model {
            name: 0,
            classes: Vec::new(),
            gives: gives?,
            inputs,
            form: Form::Trees,
            numbers: Vec::new(),
            roots: Vec::new(),
            nodes: Vec::new(),
        };
        if form == "trees" {
            self.trees(numbers, size, &mut model)?;
            model.numbers = bias?;
            return Some(model);
        }
        model.form = Form::Linear;
        if form == "centroids" {
            model.form = Form::Centroids;
            if size.outputs == 1 {
                let message = "centroids need classes";
                let help = "name them: `\"classes\": [\"...\", \"...\"]`, one for each row";
                self.sink.add(numbers.span, "model-shape", message, help);
                return None;
            }
        }
        let rows = self.rows(numbers, &format!("`{form}`"), size);
        for (start, row) in bias?.into_iter().zip(rows.chunks(size.features)) {
            model.numbers.push(start);
            model.numbers.extend(row);
        }
        Some(model)
    }

    fn classes(&mut self, node: &'n Node) -> Option<Vec<&'n str>> {
        let names = fields::items(node, "a class", false, self.sink)?;
        fields::at_most(names.len(), MOST_CLASSES, "classes", node.span, self.sink);
        if names.len() < 2 {
            let message = "one class is no choice";
            let help = "name at least two, or remove `classes`";
            self.sink.add(node.span, "model-shape", message, help);
        }
        (2..=MOST_CLASSES).contains(&names.len()).then_some(names)
    }

    fn gives(&mut self, node: &Node, at: Span, classes: &[&str]) -> Option<Gives> {
        let many = !classes.is_empty();
        let given = match node.get("gives") {
            None if many => "class",
            None => "number",
            Some(node) => {
                let word = fields::text(node, "`gives`", self.sink)?;
                let known = ["number", "probability", "class"];
                if !known.contains(&word) {
                    let message = format!("`{word}` is not known as `gives`");
                    let help = words::suggest(word, known, "");
                    self.sink.add(node.span, "unknown-value", message, help);
                    return None;
                }
                word
            }
        };
        let at = node.get("gives").map_or(at, |node| node.span);
        if let Some(of) = node.get("of")
            && !(many && given == "probability")
        {
            let message = "`of` names the class whose probability is given";
            let help = "remove it, or write `\"gives\": \"probability\"` and `classes`";
            self.sink.add(of.span, "model-shape", message, help);
            return None;
        }
        match (given, many) {
            ("class", true) => Some(Gives::Class),
            ("probability", false) => Some(Gives::Probability),
            ("number", false) => Some(Gives::Number),
            ("probability", true) => {
                let of = fields::require(node, "of", "a model of classes", at, self.sink)?;
                let name = fields::text(of, "`of`", self.sink)?;
                let found = classes.iter().position(|class| *class == name);
                if found.is_none() {
                    let message = format!("`{name}` is not a class of the model");
                    let help = words::suggest(name, classes.iter().copied(), "");
                    self.sink.add(of.span, "unknown-item", message, help);
                }
                found.map(|class| Gives::ProbabilityOf(class as u16))
            }
            (given, many) => {
                let has = if many {
                    "has classes"
                } else {
                    "has no classes"
                };
                let message = format!("a model that {has} cannot give a {given}");
                let help = "`number` and `probability` are of one output, `class` of many";
                self.sink.add(at, "model-shape", message, help);
                None
            }
        }
    }

    fn float(&mut self, node: &Node, what: &str) -> Option<f32> {
        let good = |v: f64| (v as f32).abs() <= GREATEST_NUMBER;
        let range = "from -1e15 to 1e15";
        fields::number(node, what, range, good, self.sink).map(|v| v as f32)
    }

    /// Numbers, as many as there are `of` something.
    fn row(&mut self, node: &Node, what: &str, n: usize, of: &str) -> Option<Vec<f32>> {
        let list = fields::list(node, what, self.sink)?;
        if list.len() != n {
            let message = format!("{what} has {} numbers, not {n}", list.len());
            let help = format!("write one for each of the {of}, in their order");
            self.sink.add(node.span, "model-shape", message, help);
            return None;
        }
        let all: Vec<Option<f32>> = list.iter().map(|node| self.float(node, what)).collect();
        all.into_iter().collect()
    }

    /// For each output a row of a number for each input. Shorter after an error, which is noted.
    fn rows(&mut self, node: &Node, what: &str, size: Size) -> Vec<f32> {
        if size.outputs == 1 {
            return self
                .row(node, what, size.features, "inputs")
                .unwrap_or_default();
        }
        let Some(list) = fields::list(node, what, self.sink) else {
            return Vec::new();
        };
        if list.len() != size.outputs || list.iter().any(|row| !matches!(row.value, Value::List(_)))
        {
            let n = size.outputs;
            let message = format!("{what} has not a row for each of the {n} classes");
            let help = format!("write {n} lists of numbers, in the order of the classes");
            self.sink.add(node.span, "model-shape", message, help);
            return Vec::new();
        }
        let rows = list
            .iter()
            .filter_map(|row| self.row(row, "a row", size.features, "inputs"));
        rows.flatten().collect()
    }
}

/// How many numbers there have to be.
#[derive(Clone, Copy)]
struct Size {
    features: usize,
    outputs: usize,
}
