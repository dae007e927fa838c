//! The section `signals`: which cells a profile has, in which order, and of which type.

use super::condition::{Expr, condition};
use super::diagnostic::Sink;
use super::events::Names;
use super::fields::{self, Style};
use super::json::{Node, Span};
use super::kinds;
use super::mentions;
use super::models;
use super::shown::Own;
use super::words::{self, KINDS, KindWords};
use crate::book::Kind;
use std::collections::BTreeMap;

/// What a signal may be compared with, and which values it can have.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    Number {
        min: f64,
        max: f64,
        /// Values are `min` plus a multiple of this, or `max`; 0: any number.
        step: f64,
        missing: bool,
    },
    Boolean {
        missing: bool,
    },
    Items {
        items: Vec<String>,
        missing: bool,
    },
    /// Its definition has an error: every comparison passes.
    Unknown,
}

/// A signal while the book is checked.
pub(super) struct Draft<'n> {
    pub(super) name: &'n str,
    pub(super) at: Span,
    /// `None`: the book's own.
    pub(super) node: Option<&'n Node>,
    pub(super) kind: Option<Kind>,
    pub(super) shape: Shape,
    /// Some condition compares it.
    pub(super) used: bool,
    /// Points and conditions of a score.
    pub(super) points: Vec<(f64, Expr, Span)>,
}

/// All signals, in the order of the compiled book: scores last, each after those it reads.
pub(super) struct Signals<'n> {
    pub(super) drafts: Vec<Draft<'n>>,
    index: BTreeMap<&'n str, u16>,
    pub(super) models: Vec<models::Draft<'n>>,
}

impl<'n> Signals<'n> {
    pub(super) fn find(&self, name: &str) -> Option<u16> {
        self.index.get(name).copied()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'n str> + Clone + use<'n> {
        self.drafts
            .iter()
            .map(|draft| draft.name)
            .collect::<Vec<_>>()
            .into_iter()
    }
}

const MOST: usize = 4096;

/// Reads the section, and the models that some signals name.
pub(super) fn signals<'n>(
    node: &'n Node,
    own: &'n [Own],
    models: Option<&'n Node>,
    retention: u32,
    names: &mut Names,
    sink: &mut Sink,
) -> Signals<'n> {
    let members = fields::object(node, "`signals`", sink);
    if members.is_some_and(<[_]>::is_empty) {
        fields::empty(node, "`signals`", sink);
    }
    let members = members.unwrap_or(&[]);
    fields::at_most(members.len() + own.len(), MOST, "signals", node.span, sink);
    let mut drafts: Vec<Draft<'n>> = members
        .iter()
        .take(MOST)
        .map(|member| {
            fields::name(
                &member.key,
                "a signal",
                Style::Underscore,
                member.span,
                sink,
            );
            Draft {
                name: &member.key,
                at: member.span,
                node: Some(&member.value),
                kind: None,
                shape: Shape::Unknown,
                used: false,
                points: Vec::new(),
            }
        })
        .collect();
    drafts.extend(own.iter().map(|own| Draft {
        name: &own.name,
        at: own.at,
        node: None,
        kind: Some(own.kind.clone()),
        shape: own.shape.clone(),
        used: true,
        points: Vec::new(),
    }));
    order_scores(&mut drafts, sink);
    for draft in &mut drafts {
        define(draft, retention, names, sink);
    }
    let index = (0..)
        .zip(&drafts)
        .map(|(i, draft)| (draft.name, i))
        .collect();
    let mut signals = Signals {
        drafts,
        index,
        models: Vec::new(),
    };
    signals.models = models::models(models, &mut signals, sink);
    scores(&mut signals, sink);
    signals
}

/// Puts scores last, each after the scores that its conditions compare.
fn order_scores(drafts: &mut [Draft], sink: &mut Sink) {
    let is_score = |draft: &Draft| draft.node.is_some_and(|n| n.get("score").is_some());
    let names: BTreeMap<&str, usize> = drafts
        .iter()
        .enumerate()
        .filter(|(_, draft)| is_score(draft))
        .map(|(i, draft)| (draft.name, i))
        .collect();
    let mut reads: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &i in names.values() {
        let list = reads.entry(i).or_default();
        for condition in drafts
            .get(i)
            .into_iter()
            .filter_map(|d| d.node)
            .flat_map(mentions::conditions_of_score)
        {
            mentions::compared(condition, &mut |name, _| list.extend(names.get(name)));
        }
    }
    // Rank 0: no score. A score is placed as soon as all that it reads are.
    let mut rank: Vec<usize> = vec![0; drafts.len()];
    let mut next = 1;
    let mut waiting: Vec<usize> = names.into_values().collect();
    waiting.sort_unstable();
    while !waiting.is_empty() {
        let before = waiting.len();
        waiting.retain(|i| {
            let placed = |read: &usize| rank.get(*read).is_some_and(|&rank| rank > 0);
            let ready = reads.get(i).is_some_and(|reads| reads.iter().all(placed));
            if ready && let Some(rank) = rank.get_mut(*i) {
                *rank = next;
                next += 1;
            }
            !ready
        });
        if waiting.len() == before {
            break;
        }
    }
    // What only reads a cycle is not part of one: name those that can reach themselves.
    for &i in &waiting {
        if let Some(draft) = drafts.get(i).filter(|_| reaches(i, &reads)) {
            let message = format!("score `{}` depends on itself", draft.name);
            let help = "remove the condition that leads back to it";
            sink.add(draft.at, "cyclic-score", message, help);
        }
    }
    let mut rank = rank.into_iter();
    drafts.sort_by_cached_key(|_| rank.next().unwrap_or(0));
}

fn reaches(start: usize, reads: &BTreeMap<usize, Vec<usize>>) -> bool {
    let mut seen = vec![];
    let mut open = reads.get(&start).cloned().unwrap_or_default();
    while let Some(i) = open.pop() {
        if i == start {
            return true;
        }
        if !seen.contains(&i) {
            seen.push(i);
            open.extend(reads.get(&i).into_iter().flatten());
        }
    }
    false
}

/// Finds the kind of a signal, checks its keys and reads its definition.
fn define(draft: &mut Draft, retention: u32, names: &mut Names, sink: &mut Sink) {
    let Some(node) = draft.node else { return };
    let what = format!("signal `{}`", draft.name);
    if fields::object(node, &what, sink).is_none() {
        return;
    }
    let Some(words) = kind_of(node, draft.at, &what, sink) else {
        return;
    };
    let mut known = vec![words.kind, "why"];
    known.extend(words.required);
    known.extend(words.optional);
    let article = if words.kind.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    let what = format!("{article} `{}` signal", words.kind);
    fields::only(node, &known, &what, sink);
    if let Some(why) = node.get("why") {
        fields::prose(why, "`why`", sink);
    }
    // A required key that was only misspelt has been reported already.
    let misspelt = |key: &str| {
        node.members().iter().any(|m| {
            !known.contains(&m.key.as_str())
                && words::nearest(&m.key, known.iter().copied()) == Some(key)
        })
    };
    let missing: Vec<&str> = words
        .required
        .iter()
        .copied()
        .filter(|key| node.get(key).is_none())
        .collect();
    for key in &missing {
        if !misspelt(key) {
            fields::require(node, key, &what, draft.at, sink);
        }
    }
    if !missing.is_empty() {
        return;
    }
    let read = kinds::Reading {
        node,
        retention,
        names,
        sink,
    };
    if let Some((kind, shape)) = read.kind(words.kind) {
        draft.kind = Some(kind);
        draft.shape = shape;
    }
}

fn kind_of(node: &Node, at: Span, what: &str, sink: &mut Sink) -> Option<&'static KindWords> {
    let named: Vec<&KindWords> = KINDS
        .iter()
        .filter(|k| node.get(k.kind).is_some())
        .collect();
    let kinds = || KINDS.iter().map(|words| words.kind);
    match named.as_slice() {
        // `max` names a kind only where no other key does.
        [kind] => Some(kind),
        [kind, max] if max.kind == "max" => Some(kind),
        [] => {
            // A misspelt kind is better reported where it stands.
            for member in node.members() {
                if let Some(near) = words::nearest(&member.key, kinds()) {
                    let message = format!("unknown key `{}` in {what}", member.key);
                    sink.add(
                        member.span,
                        "unknown-key",
                        message,
                        format!("did you mean `{near}`?"),
                    );
                    return None;
                }
            }
            let help = format!(
                "name what it remembers with one of {}",
                kinds()
                    .map(|k| format!("`{k}`"))
                    .collect::<Vec<_>>()
                    .join(", ")
            );
            sink.add(at, "no-kind", format!("{what} has no kind"), help);
            None
        }
        [first, second, ..] => {
            let message = format!("{what} is both `{}` and `{}`", first.kind, second.kind);
            sink.add(at, "two-kinds", message, "make two signals of it");
            None
        }
    }
}

/// Reads the conditions of the scores, which may compare any signal.
fn scores(signals: &mut Signals, sink: &mut Sink) {
    for i in 0..signals.drafts.len() {
        let Some(draft) = signals.drafts.get(i) else {
            return;
        };
        if !matches!(draft.kind, Some(Kind::Score { .. })) {
            continue;
        }
        let score = draft.node.and_then(|node| node.get("score"));
        let (mut points, mut good) = (Vec::new(), true);
        for entry in mentions::elements(score) {
            match score_entry(entry, signals, sink) {
                Some((n, when)) => points.push((n, when, entry.span)),
                None => good = false,
            }
        }
        let Some(draft) = signals.drafts.get_mut(i) else {
            return;
        };
        let least = points.iter().map(|p| p.0.min(0.0)).sum();
        let most = points.iter().map(|p| p.0.max(0.0)).sum();
        draft.points = points;
        if good {
            draft.shape = Shape::Number {
                min: least,
                max: most,
                step: 0.0,
                missing: false,
            };
        }
    }
}

fn score_entry(entry: &Node, signals: &mut Signals, sink: &mut Sink) -> Option<(f64, Expr)> {
    let what = "an entry of a score";
    fields::object(entry, what, sink)?;
    fields::only(entry, words::POINTS, what, sink);
    let at = Span {
        start: entry.span.start,
        end: entry.span.start + 1,
    };
    let points = fields::require(entry, "points", what, at, sink);
    let when = fields::require(entry, "when", what, at, sink);
    let points = points.and_then(|node| {
        let good = |v: f64| v.abs() <= 1e6;
        fields::number(node, "`points`", "from -1000000 to 1000000", good, sink)
    });
    let when = when.and_then(|node| condition(node, signals, sink));
    Some((points?, when?))
}
