//! The section `bandits`: what is chosen by chance, and the posteriors that weight it.

use super::decisions::Deciding;
use super::dimensions::Draft as Dimension;
use super::experiments::{MOST, goal, pair};
use super::fields::{self, Style};
use super::json::{Member, Node, Span};
use super::{goals, words};
use crate::book::Bandit;
use std::collections::BTreeMap;

/// A bandit while the book is checked.
pub(super) struct Draft<'n> {
    pub(super) name: &'n str,
    pub(super) at: Span,
    pub(super) variants: Vec<&'n str>,
    pub(super) bandit: Bandit,
    /// Some slot uses it.
    pub(super) used: bool,
}

/// Rows times variants: a tag has no more values.
const MOST_ARMS: usize = 4_095;

/// For each segment or group, for each variant: a Beta posterior.
type Posteriors<'n> = BTreeMap<&'n str, BTreeMap<&'n str, (f64, f64)>>;

/// Reads the section.
pub(super) fn bandits<'n>(document: &'n Node, around: &mut Deciding<'_, 'n>) -> Vec<Draft<'n>> {
    let Some(node) = document.get("bandits") else {
        return Vec::new();
    };
    let members = fields::object(node, "`bandits`", around.sink).unwrap_or(&[]);
    fields::at_most(members.len(), MOST, "bandits", node.span, around.sink);
    members
        .iter()
        .filter_map(|member| bandit(member, around))
        .collect()
}

fn bandit<'n>(member: &'n Member, around: &mut Deciding<'_, 'n>) -> Option<Draft<'n>> {
    let (name, at, node) = (member.key.as_str(), member.span, &member.value);
    fields::name(name, "a bandit", Style::Plain, at, around.sink);
    let what = format!("bandit `{name}`");
    fields::object(node, &what, around.sink)?;
    fields::only(node, words::BANDIT, "a bandit", around.sink);
    let help = "add `\"why\": \"...\"`: what is to be learned";
    let why = fields::why(node, &what, at, help, around.sink).unwrap_or_default();
    let variants = around.variants(node, &what, at, 2)?;
    if let Some(goal) = node.get("goal") {
        self::goal(goal, around);
    }
    around.not_sensitive(node);
    let by = node.get("by").and_then(|node| {
        let name = fields::text(node, "`by`", around.sink)?;
        super::report::named(name, node.span, around.dimensions, around.sink)
    });
    let dimension = by.map(|(_, dimension)| dimension);
    let arms = variants.len() * dimension.map_or(1, |d| d.segments.len());
    fields::at_most(arms, MOST_ARMS, "segments times variants", at, around.sink);
    let posteriors = node
        .get("posteriors")
        .map(|node| posteriors(node, dimension, &variants, around))
        .unwrap_or_default();
    let row = |ladder: Vec<&str>| {
        let of = |variant: &&str| {
            let mut rungs = ladder.iter().filter_map(|rung| posteriors.get(rung));
            rungs
                .find_map(|row| row.get(variant).copied())
                .unwrap_or((1.0, 1.0))
        };
        variants.iter().map(of).collect::<Vec<_>>()
    };
    let rows = match dimension {
        Some(dimension) => dimension
            .segments
            .iter()
            .flat_map(|segment| row(ladder(dimension, segment.name, segment.parent)))
            .collect(),
        None => row(vec!["any"]),
    };
    Some(Draft {
        name,
        at,
        bandit: Bandit {
            name: around.names.strings.id(name),
            why: around.names.strings.id(why),
            variants: variants
                .iter()
                .map(|variant| around.names.strings.id(variant))
                .collect(),
            by: by.map(|(index, _)| index),
            rows,
            key: (around.names.tags)
                .find_key(&format!("~{name}"))
                .unwrap_or(u16::MAX),
            seen: first_arm(dimension, &variants)
                .and_then(|arm| goals::first(around.signals, name, &arm)),
        },
        variants,
        used: false,
    })
}

/// What its first exposure is called.
fn first_arm(dimension: Option<&Dimension>, variants: &[&str]) -> Option<String> {
    let row = dimension.map_or(Some("any"), |d| d.segments.first().map(|s| s.name));
    Some(format!("{}.{}", row?, variants.first()?))
}

/// A segment and all groups above it, the nearest first.
fn ladder<'n>(dimension: &Dimension<'n>, segment: &'n str, parent: Option<u16>) -> Vec<&'n str> {
    let mut rungs = vec![segment];
    let mut rung = parent.map(usize::from);
    while let Some(group) = rung {
        rungs.extend(dimension.group_names.get(group));
        rung = dimension
            .groups
            .get(group)
            .and_then(|group| group.parent)
            .map(usize::from);
    }
    rungs.push("any");
    rungs
}

fn posteriors<'n>(
    node: &'n Node,
    dimension: Option<&Dimension>,
    variants: &[&str],
    around: &mut Deciding,
) -> Posteriors<'n> {
    let mut all = Posteriors::new();
    let mut known = vec!["any"];
    if let Some(dimension) = dimension {
        known.extend(dimension.segments.iter().map(|segment| segment.name));
        known.extend(&dimension.group_names);
    }
    for member in fields::object(node, "`posteriors`", around.sink).unwrap_or(&[]) {
        let name = member.key.as_str();
        if !known.contains(&name) {
            let message = match dimension {
                Some(dimension) => {
                    format!("`{name}` is no segment or group of `{}`", dimension.name)
                }
                None => format!("`{name}` is no segment: the bandit learns by none"),
            };
            let help = words::suggest(name, known.iter().copied(), "");
            around.sink.add(member.span, "unknown-item", message, help);
        }
        let what = format!("the posteriors of `{name}`");
        let mut row = BTreeMap::new();
        for entry in fields::object(&member.value, &what, around.sink).unwrap_or(&[]) {
            around.variant(&entry.key, entry.span, variants, "the bandit");
            row.extend(pair(&entry.value, "a posterior", around).map(|p| (entry.key.as_str(), p)));
        }
        all.insert(name, row);
    }
    all
}
