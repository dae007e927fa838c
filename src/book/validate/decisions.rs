//! What a compiler guarantees of what a book decides.

use super::{distinct, is_name};
use crate::book::{Book, By, Choice, Draw, Role, SHOWN, Slot, StrId};

pub(super) fn are_valid(book: &Book) -> bool {
    let Book {
        slots,
        experiments,
        bandits,
        ..
    } = book;
    let text = |id: StrId| (id as usize) < book.strings.len();
    let names = |ids: &[StrId]| {
        !ids.is_empty() && distinct(ids) && ids.iter().all(|id| is_name(book.str(*id), false))
    };
    let key = |key: u16, name: StrId, values: usize| {
        key == u16::MAX
            || book.tags.get(usize::from(key)).is_some_and(|tag| {
                book.str(tag.name).strip_prefix('~') == Some(book.str(name))
                    && tag.values.len() == values + 1
            })
    };
    let sources: Vec<StrId> = (experiments.iter().map(|e| e.name))
        .chain(bandits.iter().map(|b| b.name))
        .collect();
    (slots.is_empty() || names(&slots.iter().map(|s| s.name).collect::<Vec<_>>()))
        && (sources.is_empty() || names(&sources))
        && slots.iter().all(|slot| {
            text(slot.why)
                && names(&slot.variants)
                && usize::from(slot.otherwise) < slot.variants.len()
                && slot
                    .choose
                    .iter()
                    .all(|choice| text(choice.because) && choice_valid(book, slot, choice))
        })
        && experiments.iter().all(|e| {
            text(e.why)
                && names(&e.variants)
                && e.draw.ranges.len() == e.variants.len()
                && draw_valid(&e.draw)
                && e.within.iter().all(draw_valid)
                && key(e.key, e.name, e.variants.len())
                && e.seen
                    .is_none_or(|first| usize::from(first) + e.variants.len() <= book.signals.len())
        })
        && bandits.iter().all(|b| {
            let rows = match b.by {
                Some(by) => book.dimension(by).map_or(0, |d| d.segments.len()),
                None => 1,
            };
            text(b.why)
                && names(&b.variants)
                && b.rows.len() == rows * b.variants.len()
                && b.rows.iter().all(|(x, y)| *x > 0.0 && *y > 0.0)
                && key(b.key, b.name, rows * b.variants.len())
                && b.seen.is_none_or(|first| {
                    usize::from(first) + rows * b.variants.len() <= book.signals.len()
                })
        })
        && book.rankings.iter().all(|ranking| {
            text(ranking.name)
                && text(ranking.why)
                && ranking.limit <= 1000
                && ranking.diversify.is_none_or(|(by, _)| text(by))
                && ranking.terms.iter().all(|term| {
                    text(term.of)
                        && (term.role != Role::Each || term.by.is_some())
                        && term
                            .by
                            .is_none_or(|by| usize::from(by) < book.signals.len())
                })
        })
        && draw_valid(&book.holdout)
        && match book.shown {
            0 => true,
            shown => (book.events.get(usize::from(shown))).is_some_and(|e| book.str(*e) == SHOWN),
        }
}

fn choice_valid(book: &Book, slot: &Slot, choice: &Choice) -> bool {
    let variant = |v: &u16| usize::from(*v) < slot.variants.len();
    match &choice.by {
        By::Show(v) => variant(v),
        By::Source { source, show } => {
            let source = usize::from(*source);
            let variants = match book.experiments.get(source) {
                Some(experiment) => Some(&experiment.variants),
                None => (source.checked_sub(book.experiments.len()))
                    .and_then(|i| book.bandits.get(i))
                    .map(|bandit| &bandit.variants),
            };
            variants.is_some_and(|own| own.len() == show.len()) && show.iter().all(variant)
        }
        By::Rank { of, least } => {
            *least >= 0.0
                && of
                    .iter()
                    .all(|(v, signal)| variant(v) && usize::from(*signal) < book.signals.len())
        }
    }
}

fn draw_valid(draw: &Draw) -> bool {
    matches!(draw.version, 1 | 2)
        && (draw.ranges.iter()).all(|(from, to)| 0.0 <= *from && from <= to && *to <= 1.0 + 1e-9)
}
