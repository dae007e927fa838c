//! What a page has to know of a book, written into the compiled book beside the rules: its names
//! belong to the page alone, since the core speaks in numbers. A list of texts that are not the
//! book's own (the items of its contexts), then numbers; every name is an index into the book's
//! texts and, behind them, these:
//!
//! ```text
//! book, version,
//! n_events, event...,                            the first three are reserved
//! n_keys, (key, n_values, value...)...,          value 0 is reserved
//! n_signals, (name, kind, sub, n_items, item...)...,
//! n_dimensions, (name, why, pick, n_groups, (name, parent + 1)...,
//!                n_segments, (name, parent + 1)...)...,   the last segment is `otherwise`
//! has_report,
//! wanted,
//! n_sources, (name, why, kind, n_variants, variant...)...,          0 experiment, 1 bandit
//! n_slots, (name, why, changes, otherwise, n_variants, variant...,
//!           n_rules, (because, by)...)...        0 show, 1 rank, from 2 on: a source, plus 2
//! n_rankings, (name, why, limit, by, most, n_terms, (role, of, n_items, item...)...)...
//! ```
//!
//! A term with items is one that picks one of its signal's list; `most` 0: no `diversify`.
//! `wanted` says what some signal listens to: 1 attention, 2 scrolling, 4 the event `view`; and 8 if
//! the book decides something.
//! `kind`: 0 window, 1 since, 2 top, 3 affinity, 4 sequence, 5 context, 6 declared, 7 score,
//! 8 model.
//! `sub`: what a window reads (0 count, 1 days, 2 sum, 3 mean, 4 max), which context, or the
//! domain of a declared signal (0 items, 1 boolean, 2 number), or what a model gives (0 a number, 1 a
//! probability, 2 a class, more: the probability of one).

use super::{Book, By, Context, Domain, EVENT_DWELL, EVENT_SCROLL, Kind, Role, Signal};
use crate::codec::Writer;
use alloc::vec;
use alloc::vec::Vec;

/// The bytes for a book.
pub(super) fn of(book: &Book) -> Vec<u8> {
    let used = contexts(book);
    let items: Vec<&str> = used.iter().flat_map(|c| c.items()).copied().collect();
    let mut w = Writer::default();
    w.uint(items.len() as u64);
    for item in items {
        w.blob(item.as_bytes());
    }
    for number in numbers(book, &used) {
        w.uint(u64::from(number));
    }
    w.bytes
}

/// The contexts that some signal reads, in the order of their codes.
fn contexts(book: &Book) -> Vec<Context> {
    let reads = |context: &Context| {
        let is = |signal: &Signal| signal.kind == Kind::Context { of: *context };
        book.signals.iter().any(is)
    };
    Context::ALL.into_iter().filter(reads).collect()
}

fn numbers(book: &Book, used: &[Context]) -> Vec<u32> {
    let mut out = vec![book.name, book.version];
    list(&mut out, &book.events);
    out.push(book.tags.len() as u32);
    for key in &book.tags {
        out.push(key.name);
        list(&mut out, &key.values);
    }
    out.push(book.signals.len() as u32);
    for signal in &book.signals {
        push_signal(&mut out, book, used, signal);
    }
    // Without the outcomes, which stand last: they are nothing to build a page on.
    let declared = book.dimensions.iter().filter(|d| book.outcome(d).is_none());
    let declared: Vec<_> = declared.collect();
    out.push(declared.len() as u32);
    for dimension in declared {
        out.extend([dimension.name, dimension.why, u32::from(dimension.pick)]);
        out.push(dimension.groups.len() as u32);
        for group in &dimension.groups {
            out.extend([group.name, group.parent.map_or(0, |p| u32::from(p) + 1)]);
        }
        out.push(dimension.segments.len() as u32);
        for segment in &dimension.segments {
            out.extend([segment.name, segment.parent.map_or(0, |p| u32::from(p) + 1)]);
        }
    }
    let asks = book
        .reporting
        .as_ref()
        .is_some_and(|r| !r.questions.is_empty());
    out.push(u32::from(asks));
    out.push(wanted(book) | u32::from(book.decides()) << 3);
    push_decisions(&mut out, book);
    push_rankings(&mut out, book, used);
    out
}

fn push_decisions(out: &mut Vec<u32>, book: &Book) {
    out.push((book.experiments.len() + book.bandits.len()) as u32);
    for experiment in &book.experiments {
        out.extend([experiment.name, experiment.why, 0]);
        list(out, &experiment.variants);
    }
    for bandit in &book.bandits {
        out.extend([bandit.name, bandit.why, 1]);
        list(out, &bandit.variants);
    }
    out.push(book.slots.len() as u32);
    for slot in &book.slots {
        out.extend([slot.name, slot.why, u32::from(slot.changes)]);
        out.push(u32::from(slot.otherwise));
        list(out, &slot.variants);
        out.push(slot.choose.len() as u32);
        for choice in &slot.choose {
            let by = match &choice.by {
                By::Show(_) => 0,
                By::Rank { .. } => 1,
                By::Source { source, .. } => u32::from(*source) + 2,
            };
            out.extend([choice.because, by]);
        }
    }
}

fn push_rankings(out: &mut Vec<u32>, book: &Book, used: &[Context]) {
    out.push(book.rankings.len() as u32);
    for ranking in &book.rankings {
        let (by, most) = ranking.diversify.unwrap_or((0, 0));
        out.extend([ranking.name, ranking.why, ranking.limit, by, most]);
        out.push(ranking.terms.len() as u32);
        for term in &ranking.terms {
            out.extend([term.role as u32, term.of]);
            let by = term.by.filter(|_| term.role == Role::Each);
            match by.and_then(|by| book.signals.get(usize::from(by))) {
                Some(signal) => push_items(out, book, used, signal),
                None => out.push(0),
            }
        }
    }
}

fn wanted(book: &Book) -> u32 {
    let mut wanted = 0;
    let mut listen = |event: u16| {
        let name = book
            .events
            .get(usize::from(event))
            .map_or("", |e| book.str(*e));
        wanted |= match event {
            EVENT_DWELL => 1,
            EVENT_SCROLL => 2,
            _ if name == "view" => 4,
            _ => 0,
        };
    };
    for signal in &book.signals {
        match &signal.kind {
            Kind::Window { of, .. } | Kind::Since { of, .. } => listen(of.event),
            Kind::Sequence { steps, .. } => steps.iter().for_each(|s| listen(s.of.event)),
            Kind::Top { weights, .. } | Kind::Affinity { weights, .. } => {
                weights.iter().for_each(|(event, _)| listen(*event));
            }
            _ => {}
        }
    }
    wanted
}

fn list(out: &mut Vec<u32>, names: &[u32]) {
    out.push(names.len() as u32);
    out.extend_from_slice(names);
}

fn push_signal(out: &mut Vec<u32>, book: &Book, used: &[Context], signal: &Signal) {
    let (kind, sub) = match &signal.kind {
        Kind::Window { read, .. } => (0, *read as u32),
        Kind::Since { .. } => (1, 0),
        Kind::Top { .. } => (2, 0),
        Kind::Affinity { .. } => (3, 0),
        Kind::Sequence { .. } => (4, 0),
        Kind::Context { of } => (5, *of as u32),
        Kind::Declared { domain } => (6, domain_code(domain)),
        Kind::Score { .. } => (7, 0),
        Kind::Model { model } => (8, book.model(*model).map_or(0, |m| m.gives.code().into())),
    };
    out.extend([signal.name, kind, sub]);
    push_items(out, book, used, signal);
}

/// The items that a signal may have as its value, in the order of their numbers.
fn push_items(out: &mut Vec<u32>, book: &Book, used: &[Context], signal: &Signal) {
    match &signal.kind {
        Kind::Top { key, items, .. } => {
            let values = book
                .tags
                .get(usize::from(*key))
                .map_or(&[][..], |k| &k.values);
            let name = |i: &u16| values.get(usize::from(*i)).copied().unwrap_or(0);
            list(out, &items.iter().map(name).collect::<Vec<_>>());
        }
        Kind::Declared {
            domain: Domain::Items(items),
        } => list(out, items),
        Kind::Model { model } => match book.model(*model) {
            Some(model) if model.is_class() => list(out, &model.classes),
            _ => out.push(0),
        },
        Kind::Context { of } => {
            let before: usize = used
                .iter()
                .take_while(|c| *c != of)
                .map(|c| c.items().len())
                .sum();
            let first = (book.strings.len() + before) as u32;
            list(
                out,
                &(first..first + of.items().len() as u32).collect::<Vec<_>>(),
            );
        }
        _ => out.push(0),
    }
}

const fn domain_code(domain: &Domain) -> u32 {
    match domain {
        Domain::Items(_) => 0,
        Domain::Boolean => 1,
        Domain::Number { .. } => 2,
    }
}
