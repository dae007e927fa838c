//! Puts the parts of a checked book together.

use super::condition::Expr;
use super::decisions::Decisions;
use super::dimensions::{self, Draft};
use super::events::Names;
use super::fingerprint::fingerprint;
use super::lower::lower;
use super::signals::Signals;
use crate::book::{
    Book, Choice, Dimension, Domain, Experiment, Kind, Model, RESERVED_TAG, Reporting, Segment,
    Signal, Slot, StrId, TagKey,
};

/// The parts.
pub(super) struct Parts<'n> {
    pub(super) source_hash: [u8; 32],
    pub(super) name: &'n str,
    pub(super) version: u32,
    pub(super) retention: u32,
    pub(super) names: Names,
    pub(super) signals: Signals<'n>,
    pub(super) dimensions: Vec<Draft<'n>>,
    pub(super) decisions: Decisions<'n>,
    pub(super) reporting: Option<Reporting>,
}

/// The book. `None` if a part is missing, which is so only if an error was noted.
pub(super) fn assemble(parts: Parts) -> Option<Book> {
    let Parts {
        names,
        signals,
        dimensions,
        decisions,
        ..
    } = parts;
    let Names {
        events,
        tags,
        mut strings,
        ..
    } = names;
    // Conditions in the order in which they are taken back below.
    let mut conditions: Vec<&Expr> = Vec::new();
    for draft in &signals.drafts {
        conditions.extend(draft.points.iter().map(|(_, when, _)| when));
    }
    for segment in dimensions.iter().flat_map(|dimension| &dimension.segments) {
        conditions.extend(
            segment
                .when
                .iter()
                .chain(&segment.stay)
                .map(|(expr, _)| expr),
        );
    }
    let decided = decisions
        .slots
        .iter()
        .flat_map(|slot| &slot.rules)
        .filter_map(|rule| rule.when.as_ref())
        .chain(decisions.experiments.iter().filter_map(|d| d.when.as_ref()));
    let ranked = decisions.rankings.iter().flat_map(|d| &d.conditions);
    let decided: Vec<&Expr> = decided
        .chain(ranked.flatten())
        .map(|(expr, _)| expr)
        .collect();
    let mut firsts = vec![0];
    let mut first = 0;
    for dimension in &dimensions {
        first += dimension.segments.len() as u32;
        firsts.push(first);
    }
    let tables = lower(&conditions, &decided, &firsts);
    let mut roots = tables.roots.into_iter();
    let mut decided = tables.decided.into_iter();

    let mut cells = Vec::with_capacity(signals.drafts.len());
    for draft in &signals.drafts {
        let mut kind = draft.kind.clone()?;
        if let Kind::Score { points } = &mut kind {
            for (n, ..) in &draft.points {
                points.push((roots.next()?, *n));
            }
        }
        cells.push(Signal {
            name: strings.id(draft.name),
            fingerprint: 0,
            kind,
        });
    }
    let mut families = Vec::with_capacity(dimensions.len());
    for draft in &dimensions {
        let mut segments = Vec::with_capacity(draft.segments.len());
        for segment in &draft.segments {
            segments.push(finished(segment, strings.id(segment.name), &mut roots));
        }
        families.push(Dimension {
            name: strings.id(draft.name),
            why: draft.why,
            pick: draft.pick,
            sensitive: draft.sensitive,
            groups: draft.groups.clone(),
            segments,
        });
    }
    let mut slots = Vec::with_capacity(decisions.slots.len());
    for draft in &decisions.slots {
        let choose = draft.rules.iter().map(|rule| Choice {
            when: rule.when.as_ref().and_then(|_| decided.next()),
            because: rule.because,
            by: rule.by.clone(),
        });
        let choose = choose.collect();
        slots.push(Slot {
            name: strings.id(draft.name),
            why: draft.why,
            variants: draft.variants.iter().map(|v| strings.id(v)).collect(),
            choose,
            otherwise: draft.otherwise,
            changes: draft.changes,
        });
    }
    let mut experiments = Vec::with_capacity(decisions.experiments.len());
    for draft in &decisions.experiments {
        experiments.push(Experiment {
            when: draft.when.as_ref().and_then(|_| decided.next()),
            ..draft.experiment.clone()
        });
    }
    let mut rankings = Vec::with_capacity(decisions.rankings.len());
    for draft in &decisions.rankings {
        let mut ranking = draft.ranking.clone();
        for (term, when) in ranking.terms.iter_mut().zip(&draft.conditions) {
            term.when = when.as_ref().and_then(|_| decided.next());
        }
        rankings.push(ranking);
    }
    let bandits = decisions.bandits.iter().map(|d| d.bandit.clone());
    let bandits = bandits.collect();
    let models: Vec<Model> = signals
        .models
        .into_iter()
        .map(|draft| draft.finished(&mut strings))
        .collect::<Option<_>>()?;
    let tags = tags
        .keys()
        .iter()
        .map(|(key, values)| TagKey {
            name: strings.id(key),
            values: std::iter::once(RESERVED_TAG)
                .chain(values.iter().map(String::as_str))
                .map(|value| strings.id(value))
                .collect(),
        })
        .collect();
    let mut book = Book {
        source_hash: parts.source_hash,
        name: strings.id(parts.name),
        version: parts.version,
        retention: parts.retention,
        events: events.iter().map(|event| strings.id(event)).collect(),
        tags,
        signals: cells,
        atoms: tables.atoms,
        rules: tables.rules,
        models,
        dimensions: families,
        reporting: parts.reporting,
        conditions: tables.conditions,
        slots,
        experiments,
        bandits,
        rankings,
        holdout: decisions.holdout,
        shown: decisions.shown,
        strings: strings.list.into_iter().map(Into::into).collect(),
    };
    sort_strings(&mut book);
    let prints: Vec<u32> = book
        .signals
        .iter()
        .map(|signal| fingerprint(&book, signal))
        .collect();
    for (signal, print) in book.signals.iter_mut().zip(prints) {
        signal.fingerprint = print;
    }
    Some(book)
}

fn finished(
    draft: &dimensions::Segment,
    name: StrId,
    roots: &mut impl Iterator<Item = u32>,
) -> Segment {
    Segment {
        name,
        parent: draft.parent,
        when: draft.when.as_ref().and_then(|_| roots.next()),
        stay: draft.stay.as_ref().and_then(|_| roots.next()),
        hold: draft.hold,
        ends: draft.ends,
        value: draft.value,
    }
}

/// Sorts the texts, so that a name can be searched for and a book has one form only.
fn sort_strings(book: &mut Book) {
    let mut order: Vec<StrId> = (0..book.strings.len() as StrId).collect();
    let old = std::mem::take(&mut book.strings);
    let text = |id: StrId| old.get(id as usize).map_or(&[][..], |text| text);
    order.sort_by_key(|&id| text(id));
    let mut new_id = vec![0; old.len()];
    for (new, &id) in (0..).zip(&order) {
        if let Some(place) = new_id.get_mut(id as usize) {
            *place = new;
        }
        book.strings.push(text(id).into());
    }
    let renamed = |id: &mut StrId| *id = new_id.get(*id as usize).copied().unwrap_or(0);
    renamed(&mut book.name);
    book.events.iter_mut().for_each(renamed);
    for tag in &mut book.tags {
        renamed(&mut tag.name);
        tag.values.iter_mut().for_each(renamed);
    }
    for signal in &mut book.signals {
        renamed(&mut signal.name);
        if let Kind::Declared {
            domain: Domain::Items(items),
        } = &mut signal.kind
        {
            items.iter_mut().for_each(renamed);
        }
    }
    for model in &mut book.models {
        renamed(&mut model.name);
        model.classes.iter_mut().for_each(renamed);
    }
    for dimension in &mut book.dimensions {
        renamed(&mut dimension.name);
        renamed(&mut dimension.why);
        dimension
            .groups
            .iter_mut()
            .for_each(|group| renamed(&mut group.name));
        dimension
            .segments
            .iter_mut()
            .for_each(|segment| renamed(&mut segment.name));
    }
    for slot in &mut book.slots {
        [&mut slot.name, &mut slot.why]
            .into_iter()
            .for_each(renamed);
        slot.variants.iter_mut().for_each(renamed);
        slot.choose
            .iter_mut()
            .for_each(|choice| renamed(&mut choice.because));
    }
    for all in &mut book.experiments {
        [&mut all.name, &mut all.why].into_iter().for_each(renamed);
        all.variants.iter_mut().for_each(renamed);
    }
    for ranking in &mut book.rankings {
        renamed(&mut ranking.name);
        renamed(&mut ranking.why);
        ranking
            .terms
            .iter_mut()
            .for_each(|term| renamed(&mut term.of));
        if let Some((by, _)) = &mut ranking.diversify {
            renamed(by);
        }
    }
    for all in &mut book.bandits {
        [&mut all.name, &mut all.why].into_iter().for_each(renamed);
        all.variants.iter_mut().for_each(renamed);
    }
}
