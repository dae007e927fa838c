//! What a book says about sensitive topics: which dimensions name one, in their own ids or in
//! the signals that their conditions read, and where.

use super::diagnostic::Sink;
use super::dimensions::Draft;
use super::json::{self, Node, Span, Value};
use super::mentions::{compared, conditions_of_score, elements};
use super::sensitive::{Entry, find};
use std::collections::{BTreeMap, BTreeSet};

/// A sensitive topic in a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The dimension that names it, or reads a signal that does.
    pub dimension: String,
    /// The name, tag or item.
    pub text: String,
    /// Its place in the source, in bytes.
    pub start: usize,
    /// The end of its place.
    pub end: usize,
    /// What it matches.
    pub entry: &'static Entry,
    /// The author's answer that something else is meant.
    pub not_sensitive: Option<String>,
}

/// Everything sensitive in a book's JSON source; nothing if that cannot be read.
pub fn findings(source: &str) -> Vec<Finding> {
    let node = json::parse(source, &mut Sink::new());
    node.map_or_else(Vec::new, |node| of(&node))
}

/// Marks the dimensions that the gate must never let out, and warns about them and about
/// whatever asks for them.
pub(super) fn mark(document: &Node, dimensions: &mut [Draft], sink: &mut Sink) {
    let mut why: BTreeMap<String, &'static str> = BTreeMap::new();
    for found in of(document) {
        if found.not_sensitive.is_some() {
            continue;
        }
        let Entry {
            category, reason, ..
        } = *found.entry;
        let Finding {
            dimension, text, ..
        } = found;
        if let Some(draft) = dimensions.iter_mut().find(|d| d.name == dimension) {
            draft.sensitive = true;
        }
        let message = format!("`{text}` is a sensitive topic ({category}: {reason})");
        let help = format!(
            "nothing about `{dimension}` will pass the gate; if something else is meant, say so \
             in the dimension: `\"not_sensitive\": \"...\"`"
        );
        let span = Span {
            start: found.start,
            end: found.end,
        };
        sink.add(span, "sensitive-topic", message, help);
        why.entry(dimension).or_insert(category);
    }
    let hints = document.get("hints").and_then(|h| h.get("dimensions"));
    for node in elements(hints) {
        if let Some((name, category)) = node.text().and_then(|t| Some((t, why.get(t)?))) {
            let message = format!("`{name}` is never hinted at: {category}");
            let help = "remove it; local decisions may use the dimension";
            sink.add(node.span, "sensitive-topic", message, help);
        }
    }
    let questions = document.get("report").and_then(|r| r.get("questions"));
    for question in questions.map_or(&[][..], Node::members) {
        if let Some(category) = why.get(&question.key) {
            let message = format!("`{}` is never asked about: {category}", question.key);
            let help = "remove the question; local decisions may use the dimension";
            sink.add(question.span, "sensitive-topic", message, help);
        }
    }
}

fn of(document: &Node) -> Vec<Finding> {
    let signals = document.get("signals").map_or(&[][..], Node::members);
    let mut reader = Reader {
        signals: signals.iter().map(|s| (s.key.as_str(), s)).collect(),
        known: BTreeMap::new(),
        models: document.get("models"),
    };
    let mut all = Vec::new();
    let dimensions = document.get("dimensions").map_or(&[][..], Node::members);
    for dimension in dimensions {
        let mut hits = Vec::new();
        note(&dimension.key, dimension.span, &mut hits);
        for key in ["groups", "segments"] {
            for node in elements(dimension.value.get(key)) {
                texts(node.get("id").unwrap_or(node), &mut hits);
                for condition in [node.get("when"), node.get("stay")].into_iter().flatten() {
                    reader.condition(condition, &mut hits);
                }
            }
        }
        if let Some(otherwise) = dimension.value.get("otherwise") {
            texts(otherwise, &mut hits);
        }
        found(dimension, hits, &mut all);
    }
    outcomes(document, &mut reader, &mut all);
    all
}

/// What outcomes say that are asked about: whose they are, what is shown, to whom, and the goal.
fn outcomes<'n>(document: &'n Node, reader: &mut Reader<'n>, all: &mut Vec<Finding>) {
    let questions = document.get("report").and_then(|r| r.get("questions"));
    let asked = |name: &str| questions.is_some_and(|q| q.get(name).is_some());
    for section in ["experiments", "bandits"] {
        let sources = document.get(section).map_or(&[][..], Node::members);
        for source in sources.iter().filter(|source| asked(&source.key)) {
            let mut hits = Vec::new();
            note(&source.key, source.span, &mut hits);
            for key in ["variants", "by"] {
                source
                    .value
                    .get(key)
                    .into_iter()
                    .for_each(|node| texts(node, &mut hits));
            }
            if let Some(when) = source.value.get("when") {
                reader.condition(when, &mut hits);
            }
            if let Some(goal) = source.value.get("goal") {
                goal.get("event")
                    .into_iter()
                    .for_each(|node| texts(node, &mut hits));
                goal.get("tags")
                    .into_iter()
                    .for_each(|node| tags(node, &mut hits));
            }
            // A bandit's answers name the segment as well.
            let by = source.value.get("by").and_then(Node::text);
            let mut told: Vec<Finding> = all.clone();
            told.retain(|one| Some(one.dimension.as_str()) == by && one.not_sensitive.is_none());
            all.extend(told.into_iter().map(|one| Finding {
                dimension: source.key.clone(),
                ..one
            }));
            found(source, hits, all);
        }
    }
}

/// Notes what a dimension or an outcome says, each place once, with the author's answer to it.
fn found(of: &json::Member, hits: Vec<Hit>, all: &mut Vec<Finding>) {
    let answer = of.value.get("not_sensitive").and_then(Node::text);
    let mut places = BTreeSet::new();
    for Hit { text, span, entry } in hits {
        if places.insert((span.start, span.end)) {
            all.push(Finding {
                dimension: of.key.clone(),
                text: text.to_owned(),
                start: span.start,
                end: span.end,
                entry,
                not_sensitive: answer.map(str::to_owned),
            });
        }
    }
}

/// A text on the list.
#[derive(Clone, Copy)]
struct Hit<'n> {
    text: &'n str,
    span: Span,
    entry: &'static Entry,
}

fn note<'n>(text: &'n str, span: Span, hits: &mut Vec<Hit<'n>>) {
    hits.extend(find(text).map(|entry| Hit { text, span, entry }));
}

/// All text that a node itself is or lists, and that operators compare with.
fn texts<'n>(node: &'n Node, hits: &mut Vec<Hit<'n>>) {
    match &node.value {
        Value::Text(text) => note(text, node.span, hits),
        Value::List(list) => list.iter().for_each(|node| texts(node, hits)),
        Value::Object(members) => members.iter().for_each(|m| texts(&m.value, hits)),
        _ => {}
    }
}

struct Reader<'n> {
    signals: BTreeMap<&'n str, &'n json::Member>,
    /// What the signals read so far say.
    known: BTreeMap<&'n str, Vec<Hit<'n>>>,
    models: Option<&'n Node>,
}

impl<'n> Reader<'n> {
    /// What a condition compares, and what the signals say that it reads.
    fn condition(&mut self, condition: &'n Node, hits: &mut Vec<Hit<'n>>) {
        compared(condition, &mut |signal, operand| {
            texts(operand, hits);
            hits.extend(self.signal(signal));
        });
    }

    /// What a signal says: its name, its event, its tags. Its items only where they are compared.
    fn signal(&mut self, name: &str) -> Vec<Hit<'n>> {
        let Some(&signal) = self.signals.get(name) else {
            return Vec::new();
        };
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        // A score that depends on itself is an error elsewhere; here it ends.
        self.known.insert(&signal.key, Vec::new());
        let mut hits = Vec::new();
        note(&signal.key, signal.span, &mut hits);
        for member in signal.value.members() {
            match member.key.as_str() {
                "why" | "items" | "declared" | "score" => {}
                "where" => tags(&member.value, &mut hits),
                "sequence" => {
                    for step in elements(Some(&member.value)) {
                        for part in [Some(step), step.get("event"), step.get("not")] {
                            if let Some((part, text)) = part.and_then(|p| Some((p, p.text()?))) {
                                note(text, part.span, &mut hits);
                            }
                        }
                        if let Some(narrowed) = step.get("where") {
                            tags(narrowed, &mut hits);
                        }
                    }
                }
                "weights" => {}
                _ => texts(&member.value, &mut hits),
            }
        }
        let model = signal.value.get("model").and_then(Node::text);
        if let Some(model) = model.and_then(|name| self.models?.get(name)) {
            self.model(model, &mut hits);
        }
        for condition in conditions_of_score(&signal.value) {
            self.condition(condition, &mut hits);
        }
        self.known.insert(&signal.key, hits.clone());
        hits
    }
}

impl<'n> Reader<'n> {
    /// What a model tells apart, and what the signals say that it reads.
    fn model(&mut self, model: &'n Node, hits: &mut Vec<Hit<'n>>) {
        if let Some(classes) = model.get("classes") {
            texts(classes, hits);
        }
        for input in elements(model.get("inputs")) {
            if let Some(is) = input.get("is") {
                texts(is, hits);
            }
            let name = input.get("signal").unwrap_or(input).text();
            hits.extend(name.map_or_else(Vec::new, |name| self.signal(name)));
        }
    }
}

fn tags<'n>(narrowed: &'n Node, hits: &mut Vec<Hit<'n>>) {
    for member in narrowed.members() {
        note(&member.key, member.span, hits);
        texts(&member.value, hits);
    }
}
