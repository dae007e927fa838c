//! The section `hints`: which dimensions the page may pass on, for how long, and what it costs.

use super::diagnostic::Sink;
use super::dimensions::Draft;
use super::fields;
use super::json::{Node, Span};
use super::report::{self, Terms};
use super::{time, words};
use crate::book::validate::LONGEST;
use crate::book::{DAY, HintedDimension, Hints};
use crate::math;
use std::collections::BTreeSet;

/// Half a year: each new window is charged anew.
const WINDOW: u32 = 26 * 7 * DAY;

/// The section while the book is checked: its window, and its dimensions with their places.
pub(super) struct DraftHints<'d, 'n> {
    window: u32,
    dimensions: Vec<(u16, &'d Draft<'n>, Span)>,
}

/// Reads the section as far as no price is needed.
pub(super) fn draft<'d, 'n>(
    node: &Node,
    dimensions: &'d [Draft<'n>],
    sink: &mut Sink,
) -> Option<DraftHints<'d, 'n>> {
    fields::object(node, "`hints`", sink)?;
    fields::only(node, words::HINTS, "`hints`", sink);
    let start = Span {
        start: node.span.start,
        end: node.span.start + 1,
    };
    let why = fields::require(node, "why", "`hints`", start, sink);
    let why = why.and_then(|why| Some((fields::prose(why, "`why`", sink)?, why.span)));
    if let Some((text, at)) = why
        && text.trim().is_empty()
    {
        let help = "say who is told, and for what";
        sink.add(at, "no-why", "`hints` do not say why they exist", help);
    }
    let window = match node.get("window") {
        None => Some(WINDOW),
        Some(node) => time::duration(node, "`window`", DAY, LONGEST, sink),
    };
    let list = fields::require(node, "dimensions", "`hints`", start, sink);
    let list = list.and_then(|list| fields::list(list, "`dimensions`", sink))?;
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for node in list {
        let Some(name) = fields::text(node, "a dimension", sink) else {
            continue;
        };
        if !seen.insert(name) {
            fields::twice(name, node.span, sink);
            continue;
        }
        if let Some((index, dimension)) = report::named(name, node.span, dimensions, sink)
            && report::exclusive(dimension, node.span, sink)
        {
            found.push((index, dimension, node.span));
        }
    }
    Some(DraftHints {
        window: window?,
        dimensions: found,
    })
}

/// Reads the section.
pub(super) fn hints(
    node: &Node,
    terms: &Terms,
    dimensions: &[Draft],
    sink: &mut Sink,
) -> Option<Hints> {
    let DraftHints { window, dimensions } = draft(node, dimensions, sink)?;
    let dimensions: Vec<_> = dimensions
        .into_iter()
        .map(|(index, dimension, at)| {
            let shown = terms.shown(dimension, at, sink);
            let names: BTreeSet<_> = shown.iter().collect();
            HintedDimension {
                dimension: index,
                charge: charge(names.len()),
                shown,
            }
        })
        .collect();
    let cost = dimensions
        .iter()
        .fold(0, |sum: u32, h| sum.saturating_add(h.charge));
    if cost > terms.cap {
        let message = format!(
            "a hint costs {:.2} bits, more than `lifetime_bits` of {}",
            f64::from(cost) / 1e6,
            f64::from(terms.cap) / 1e6
        );
        let help = "hint at fewer dimensions, or at coarser ones";
        sink.add(node.span, "hint-too-costly", message, help);
    }
    Some(Hints { window, dimensions })
}

/// log2 of a number of names, in millionths of a bit, rounded up.
fn charge(names: usize) -> u32 {
    if names < 2 || names.is_power_of_two() {
        return names.max(1).trailing_zeros() * 1_000_000;
    }
    // More than the error of the logarithm: a hint is never charged too little.
    (math::log2(names as f64) * 1e6 + 1e-5).ceil() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charges() {
        assert_eq!([0, 1].map(charge), [0, 0]);
        for names in 2..2000 {
            let bits = (names as f64).log2() * 1e6;
            let charged = f64::from(charge(names));
            assert!(
                charged >= bits && charged <= bits + 2.0,
                "{names}: {charged}"
            );
        }
    }
}
