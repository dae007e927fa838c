//! The sections `experiments`, `layers` and `holdout`: who takes part, and who gets which variant.

use super::condition::{Expr, Scope};
use super::decisions::Deciding;
use super::fields::{self, Style};
use super::json::{Member, Node, Span, Value};
use super::{ranges, time, words};
use crate::book::validate::LONGEST;
use crate::book::{Draw, Experiment};
use std::collections::BTreeMap;

/// An experiment while the book is checked.
pub(super) struct Draft<'n> {
    pub(super) name: &'n str,
    pub(super) at: Span,
    pub(super) variants: Vec<&'n str>,
    pub(super) experiment: Experiment,
    pub(super) when: Option<(Expr, Span)>,
    namespace: Option<(&'n str, Part, Span)>,
    /// Some slot uses it.
    pub(super) used: bool,
}

/// From, and up to.
type Part = (f64, f64);

pub(super) const MOST: usize = 1_024;
/// Variants of a slot, an experiment or a bandit.
pub(super) const MOST_VARIANTS: usize = 256;

/// Reads the sections `experiments` and `layers`.
pub(super) fn experiments<'n>(document: &'n Node, around: &mut Deciding<'_, 'n>) -> Vec<Draft<'n>> {
    let layers = match document.get("layers") {
        Some(node) => {
            let layers = fields::items(node, "a layer", false, around.sink);
            for layer in layers.iter().flatten() {
                fields::name(layer, "a layer", Style::Plain, node.span, around.sink);
            }
            layers.unwrap_or_default()
        }
        None => Vec::new(),
    };
    let Some(node) = document.get("experiments") else {
        return Vec::new();
    };
    let members = fields::object(node, "`experiments`", around.sink).unwrap_or(&[]);
    fields::at_most(members.len(), MOST, "experiments", node.span, around.sink);
    let mut drafts: Vec<Draft> = members
        .iter()
        .filter_map(|member| experiment(member, &layers, around))
        .collect();
    share_layers(&layers, &mut drafts);
    overlaps(&drafts, around);
    drafts
}

fn experiment<'n>(
    member: &'n Member,
    layers: &[&str],
    around: &mut Deciding<'_, 'n>,
) -> Option<Draft<'n>> {
    let (name, at, node) = (member.key.as_str(), member.span, &member.value);
    fields::name(name, "an experiment", Style::Plain, at, around.sink);
    let what = format!("experiment `{name}`");
    fields::object(node, &what, around.sink)?;
    fields::only(node, words::EXPERIMENT, "an experiment", around.sink);
    let help = "add `\"why\": \"...\"`: what is to be learned";
    let why = fields::why(node, &what, at, help, around.sink).unwrap_or_default();
    let variants = around.variants(node, &what, at, 2)?;
    let parts = parts(node, variants.len(), around);
    let (version, salt) = match node.get("hash") {
        Some(node) => hash(node, name, around),
        None => (2, name),
    };
    let namespace = node.get("namespace").and_then(|n| namespace(n, around));
    let layer = match node.get("layer") {
        Some(node) => fields::text(node, "`layer`", around.sink).and_then(|layer| {
            let found = layers.iter().position(|known| *known == layer);
            if found.is_none() {
                let message = format!("unknown layer `{layer}`");
                let known = layers.iter().copied();
                let help = words::suggest(layer, known, "list it under `layers`");
                around.sink.add(node.span, "unknown-layer", message, help);
            }
            found.and_then(|i| u16::try_from(i + 1).ok())
        }),
        None => None,
    };
    let ends = node
        .get("ends")
        .and_then(|node| time::date(node, "`ends`", around.sink));
    if let Some(node) = node.get("sticky") {
        fields::boolean(node, "`sticky`", around.sink);
    }
    if let Some(goal) = node.get("goal") {
        self::goal(goal, around);
    }
    around.not_sensitive(node);
    let when = node.get("when").and_then(|node| {
        let scope = Scope {
            signals: around.signals,
            dimensions: Some(around.dimensions),
            sink: around.sink,
        };
        Some((scope.read(node)?, node.span))
    });
    let within = namespace.map(|(name, part, _)| Draw {
        version: 1,
        salt: units(&format!("__{name}")),
        ranges: vec![part],
    });
    let key = format!("~{name}");
    let first = variants
        .first()
        .and_then(|first| around.signals.find(&format!("{key}/{first}")));
    Some(Draft {
        name,
        at,
        experiment: Experiment {
            name: around.names.strings.id(name),
            why: around.names.strings.id(why),
            variants: variants
                .iter()
                .map(|variant| around.names.strings.id(variant))
                .collect(),
            draw: Draw {
                version,
                salt: units(salt),
                ranges: parts,
            },
            within: within.into_iter().collect(),
            when: None,
            layer: layer.unwrap_or(0),
            ends: ends.unwrap_or(0),
            key: around.names.tags.find_key(&key).unwrap_or(u16::MAX),
            seen: first,
        },
        variants,
        when,
        namespace,
        used: false,
    })
}

/// Text as it is hashed.
fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

/// Which parts of the interval belong to the variants.
fn parts(node: &Node, variants: usize, around: &mut Deciding) -> Vec<Part> {
    let both = |key: &str| {
        node.get("ranges")
            .and_then(|_| node.members().iter().find(|m| m.key == key))
    };
    for member in ["weights", "coverage"].iter().filter_map(|key| both(key)) {
        let message = format!("both `ranges` and `{}`", member.key);
        let help = "keep one of them: ranges say everything by themselves";
        around.sink.add(member.span, "two-kinds", message, help);
    }
    let share = |v: f64| (0.0..=1.0).contains(&v);
    if let Some(node) = node.get("ranges") {
        return ranges_of(node, variants, around).unwrap_or_default();
    }
    let coverage = node
        .get("coverage")
        .and_then(|node| fields::number(node, "`coverage`", "from 0 to 1", share, around.sink));
    let weights = node.get("weights").and_then(|node| {
        let list = fields::list(node, "`weights`", around.sink)?;
        let weights: Vec<Option<f64>> = list
            .iter()
            .map(|node| fields::number(node, "a weight", "from 0 to 1", share, around.sink))
            .collect();
        let weights: Vec<f64> = weights.into_iter().collect::<Option<_>>()?;
        let sum: f64 = weights.iter().sum();
        if weights.len() != variants {
            let message = format!("{} weights for {variants} variants", weights.len());
            let help = "give each variant a weight, in the same order";
            around.sink.add(node.span, "weights-sum", message, help);
        } else if (sum - 1.0).abs() > 0.001 {
            let message = format!("the weights sum to {}, not to 1", (sum * 1e6).round() / 1e6);
            let help = "to test on fewer visitors, let them sum to 1 and write a `coverage`";
            around.sink.add(node.span, "weights-sum", message, help);
        }
        Some(weights)
    });
    ranges::bucket_ranges(variants, coverage.unwrap_or(1.0), weights.as_deref())
}

fn ranges_of(node: &Node, variants: usize, around: &mut Deciding) -> Option<Vec<Part>> {
    let list = fields::list(node, "`ranges`", around.sink)?;
    let parts: Vec<Option<Part>> = list.iter().map(|node| part(node, around)).collect();
    let parts: Vec<Part> = parts.into_iter().collect::<Option<_>>()?;
    if parts.len() != variants {
        let message = format!("{} ranges for {variants} variants", parts.len());
        let help = "give each variant a range, in the same order";
        around.sink.add(node.span, "weights-sum", message, help);
        return None;
    }
    for (i, (node, part)) in list.iter().zip(&parts).enumerate() {
        if parts.iter().take(i).any(|earlier| overlap(*earlier, *part)) {
            let message = "this range overlaps an earlier one";
            let help = "a visitor in both would always get the earlier variant: move it";
            around
                .sink
                .add(node.span, "overlapping-ranges", message, help);
        }
    }
    Some(parts)
}

fn overlap(a: Part, b: Part) -> bool {
    a.0.max(b.0) < a.1.min(b.1)
}

/// `[from, to]`.
fn part(node: &Node, around: &mut Deciding) -> Option<Part> {
    let list = fields::list(node, "a range", around.sink)?;
    let [from, to] = list else {
        let help = "write `[0, 0.5]`: from, and up to";
        let message = format!("a range of {} numbers", list.len());
        around.sink.add(node.span, "wrong-type", message, help);
        return None;
    };
    bounds(from, to, around)
}

fn bounds(from: &Node, to: &Node, around: &mut Deciding) -> Option<Part> {
    let share = |v: f64| (0.0..=1.0).contains(&v);
    let a = fields::number(from, "a range's begin", "from 0 to 1", share, around.sink)?;
    let good = |v: f64| (a..=1.0).contains(&v);
    let wanted = format!("from {a} to 1");
    let b = fields::number(to, "a range's end", &wanted, good, around.sink)?;
    Some((a, b))
}

fn hash<'n>(node: &'n Node, name: &'n str, around: &mut Deciding) -> (u8, &'n str) {
    fields::object(node, "`hash`", around.sink);
    fields::only(node, words::HASH, "`hash`", around.sink);
    let seed = node
        .get("seed")
        .and_then(|node| fields::item(node, "a seed", around.sink));
    let version = node
        .get("version")
        .and_then(|node| fields::whole(node, "`version`", 1, 2, around.sink));
    (version.unwrap_or(2) as u8, seed.unwrap_or(name))
}

/// `["name", from, to]`.
fn namespace<'n>(node: &'n Node, around: &mut Deciding) -> Option<(&'n str, Part, Span)> {
    let list = fields::list(node, "`namespace`", around.sink)?;
    let [name, from, to] = list else {
        let message = format!("a namespace of {} parts", list.len());
        let help = "write `[\"name\", 0, 0.5]`: its name, from, and up to";
        around.sink.add(node.span, "wrong-type", message, help);
        return None;
    };
    let name = fields::item(name, "a namespace", around.sink)?;
    Some((name, bounds(from, to, around)?, node.span))
}

/// What counts as success: read where questions are made of it, checked here in any case.
pub(super) fn goal(node: &Node, around: &mut Deciding) {
    let what = "`goal`";
    if fields::object(node, what, around.sink).is_none() {
        return;
    }
    fields::only(node, words::GOAL, what, around.sink);
    let at = Span {
        start: node.span.start,
        end: node.span.start + 1,
    };
    if let Some(event) = fields::require(node, "event", what, at, around.sink)
        && let Some(name) = fields::text(event, "`event`", around.sink)
    {
        fields::name(name, "an event", Style::Underscore, event.span, around.sink);
    }
    if let Some(tags) = node.get("tags") {
        for tag in fields::object(tags, "`tags`", around.sink).unwrap_or(&[]) {
            fields::name(&tag.key, "a tag", Style::Underscore, tag.span, around.sink);
            fields::items(&tag.value, "a tag value", true, around.sink);
        }
    }
    if let Some(within) = fields::require(node, "within", what, at, around.sink) {
        time::duration(within, "`within`", 60, LONGEST, around.sink);
    }
}

/// Experiments of one layer share it in equal parts: none runs together with another.
fn share_layers(layers: &[&str], drafts: &mut [Draft]) {
    for (layer, name) in (1..).zip(layers) {
        let all = drafts.iter().filter(|d| d.experiment.layer == layer);
        let n = all.count() as f64;
        let inside = drafts.iter_mut().filter(|d| d.experiment.layer == layer);
        for (i, draft) in inside.enumerate() {
            draft.experiment.within.push(Draw {
                version: 2,
                salt: units(&format!("~layer/{name}")),
                ranges: vec![(i as f64 / n, (i as f64 + 1.0) / n)],
            });
        }
    }
}

/// Two experiments of one namespace must not share visitors.
fn overlaps(drafts: &[Draft], around: &mut Deciding) {
    let mut known: BTreeMap<&str, Vec<(&str, Part)>> = BTreeMap::new();
    for draft in drafts {
        let Some((name, part, at)) = draft.namespace else {
            continue;
        };
        let earlier = known.entry(name).or_default();
        if let Some((other, _)) = earlier.iter().find(|(_, e)| overlap(*e, part)) {
            let message = format!(
                "experiments `{other}` and `{}` overlap in namespace `{name}`",
                draft.name
            );
            let help = "give them different parts, or put both into one of the `layers`";
            around.sink.add(at, "overlapping-ranges", message, help);
        }
        earlier.push((draft.name, part));
    }
}

/// Reads the section `holdout`.
pub(super) fn holdout(document: &Node, around: &mut Deciding) -> Draw {
    let mut ranges = Vec::new();
    if let Some(node) = document.get("holdout")
        && fields::object(node, "`holdout`", around.sink).is_some()
    {
        let at = Span {
            start: node.span.start,
            end: node.span.start + 1,
        };
        fields::only(node, words::HOLDOUT, "`holdout`", around.sink);
        let help = "add `\"why\": \"...\"`: what the visitors who see no experiment are for";
        fields::why(node, "`holdout`", at, help, around.sink);
        if let Some(share) = fields::require(node, "share", "`holdout`", at, around.sink) {
            let good = |v: f64| v > 0.0 && v < 1.0;
            let share = fields::number(share, "`share`", "above 0, below 1", good, around.sink);
            ranges.extend(share.map(|share| (0.0, share)));
        }
    }
    let salt = match ranges.is_empty() {
        true => Vec::new(),
        false => units("~holdout"),
    };
    Draw {
        version: 2,
        salt,
        ranges,
    }
}

/// Refuses anything but a list of numbers.
pub(super) fn pair(node: &Node, what: &str, around: &mut Deciding) -> Option<Part> {
    let good = |v: f64| (0.01..=1e9).contains(&v);
    if let Value::List(list) = &node.value
        && let [a, b] = list.as_slice()
    {
        let range = "from 0.01 to 1000000000";
        let a = fields::number(a, what, range, good, around.sink);
        let b = fields::number(b, what, range, good, around.sink);
        return a.zip(b);
    }
    fields::wrong_type(node, "a list of two numbers", what, around.sink);
    None
}
