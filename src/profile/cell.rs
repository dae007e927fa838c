//! One signal's memory, and how it is read.

use super::Visit;
use super::decay::Decay;
use super::ring::Ring;
use super::sequence::{Limits, Sequence};
use crate::book::{Context, DAY, Domain, Kind, Matcher, Read, Span, Time};
use crate::math::whole;
use crate::signals::Event;

/// The memory of one signal. Which form it has follows from the book.
#[derive(Debug, Clone)]
pub(super) enum Cell {
    Ring(Ring),
    /// Since the visit that began at `visit`.
    Session {
        visit: Time,
        count: u32,
        value: i64,
    },
    /// First or last time, shifted by one; 0 is never.
    Since(Time),
    Decay(Decay),
    Sequence(Sequence),
    Fact(Fact),
    /// A score or a model follows from other signals and is kept nowhere.
    Nothing,
}

/// A declared or context value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fact {
    pub(super) value: f64,
    pub(super) derived: bool,
    pub(super) visit: Time,
    pub(super) at: Time,
}

impl Cell {
    pub(super) fn new(kind: &Kind) -> Self {
        match kind {
            Kind::Window {
                span: Span::Ring { .. },
                ..
            } => Self::Ring(Ring::default()),
            Kind::Window {
                span: Span::Session,
                ..
            } => Self::Session {
                visit: 0,
                count: 0,
                value: 0,
            },
            Kind::Since { .. } => Self::Since(0),
            Kind::Top { .. } | Kind::Affinity { .. } => Self::Decay(Decay::default()),
            Kind::Sequence { .. } => Self::Sequence(Sequence::default()),
            Kind::Context { .. } | Kind::Declared { .. } => Self::Fact(Fact {
                value: f64::NAN,
                derived: false,
                visit: 0,
                at: 0,
            }),
            Kind::Score { .. } | Kind::Model { .. } => Self::Nothing,
        }
    }

    /// Takes an event in; `false` if it does not concern this signal.
    pub(super) fn take(
        &mut self,
        kind: &Kind,
        event: &Event,
        visit: Visit,
        retention: u32,
        at: Time,
    ) -> bool {
        match (self, kind) {
            (
                Self::Ring(ring),
                Kind::Window {
                    read,
                    of,
                    span: Span::Ring { width, buckets },
                    ..
                },
            ) => {
                let Some(value) = amount(of, *read, event) else {
                    return false;
                };
                let bucket = whole(at, *width);
                ring.add(
                    bucket,
                    value,
                    *read == Read::Max,
                    *buckets,
                    bucket.max(whole(visit.last, *width)),
                );
            }
            (
                Self::Session {
                    visit: began,
                    count,
                    value,
                },
                Kind::Window { read, of, .. },
            ) => {
                let Some(amount) = amount(of, *read, event) else {
                    return false;
                };
                if *began != visit.start {
                    (*began, *count, *value) = (visit.start, 0, 0);
                }
                *value = if *read == Read::Max && *count > 0 {
                    amount.max(*value)
                } else {
                    value.saturating_add(amount)
                };
                *count = count.saturating_add(1);
            }
            (Self::Since(time), Kind::Since { of, first, .. }) => {
                if !matches(of, event) {
                    return false;
                }
                let at = at.saturating_add(1);
                let known = *time != 0 && at.saturating_sub(*time) < retention;
                // Last: events may come late, and a time in the future was a wrong clock.
                let keeps = if *first {
                    *time <= at
                } else {
                    *time > at && *time <= visit.last + 1
                };
                if !(known && keeps) {
                    *time = at;
                }
            }
            (
                Self::Decay(decay),
                Kind::Top {
                    key,
                    items,
                    half_life,
                    weights,
                    others,
                    ..
                },
            ) => {
                let Some(weight) = weight(weights, *others, event) else {
                    return false;
                };
                decay.renew(retention, at);
                for value in values(event, *key) {
                    let item = items.iter().position(|i| *i == value);
                    decay.add(item, items.len(), weight, *half_life, at);
                }
            }
            (
                Self::Decay(decay),
                Kind::Affinity {
                    key,
                    item,
                    half_life,
                    weights,
                    others,
                    ..
                },
            ) => {
                let Some(weight) = weight(weights, *others, event) else {
                    return false;
                };
                decay.renew(retention, at);
                for value in values(event, *key) {
                    decay.add((value == *item).then_some(0), 1, weight, *half_life, at);
                }
            }
            (Self::Sequence(sequence), Kind::Sequence { steps, within, gap }) => {
                let limits = Limits {
                    since: since(*within, visit, at),
                    gap: *gap,
                };
                sequence.advance(steps, |step| matches(&step.of, event), limits, at);
            }
            _ => return false,
        }
        true
    }

    /// States a fact; `false` if nothing changes.
    pub(super) fn state(
        &mut self,
        kind: &Kind,
        value: f64,
        derived: bool,
        visit: Visit,
        at: Time,
    ) -> bool {
        let Self::Fact(fact) = self else { return false };
        let sticky = matches!(
            kind,
            Kind::Context {
                of: Context::Referrer | Context::Medium
            }
        );
        let same_visit = fact.visit == visit.start;
        if sticky && same_visit && !fact.value.is_nan() {
            return false;
        }
        let value = match kind {
            Kind::Declared { domain } => within_domain(domain, value),
            Kind::Context { of } if !derived => within_items(of.count(), value),
            _ => value,
        };
        let same = fact.value.to_bits() == value.to_bits() && fact.derived == derived;
        if same && (same_visit || !sticky) && at.saturating_sub(fact.at) < DAY {
            return false;
        }
        *fact = Fact {
            value,
            derived,
            visit: visit.start,
            at,
        };
        true
    }
}

/// The value an event adds to a window; `None` if it does not count there.
fn amount(of: &Matcher, read: Read, event: &Event) -> Option<i64> {
    if !matches(of, event) {
        return None;
    }
    match read {
        Read::Count | Read::Days => Some(0),
        // An event without an amount says nothing about amounts.
        Read::Sum | Read::Mean | Read::Max => event.value,
    }
}

fn matches(of: &Matcher, event: &Event) -> bool {
    let named = of.event == event.name || of.event == crate::book::EVENT_ANY;
    named
        && of.tags.iter().all(|(key, wanted)| {
            event
                .tags
                .iter()
                .any(|(k, v)| k == key && wanted.contains(v))
        })
}

fn weight(weights: &[(u16, f64)], others: f64, event: &Event) -> Option<f64> {
    let listed = weights.iter().find(|(e, _)| *e == event.name);
    Some(listed.map_or(others, |(_, w)| *w)).filter(|w| *w > 0.0)
}

/// The values of a tag key, each once.
fn values(event: &Event, key: u16) -> impl Iterator<Item = u16> {
    let first =
        |(i, tag): &(usize, &(u16, u16))| event.tags.iter().position(|t| t == *tag) == Some(*i);
    event
        .tags
        .iter()
        .enumerate()
        .filter(first)
        .map(|(_, t)| *t)
        .filter(move |t| t.0 == key)
        .map(|t| t.1)
}

fn within_items(items: usize, value: f64) -> f64 {
    if value >= 0.0 && value < items as f64 {
        f64::from(value as u32)
    } else {
        f64::NAN
    }
}

fn within_domain(domain: &Domain, value: f64) -> f64 {
    match domain {
        Domain::Items(items) => within_items(items.len(), value),
        Domain::Boolean => within_items(2, value),
        Domain::Number { .. } if value.is_nan() => value,
        Domain::Number { min, max, step } => {
            // Not `clamp`: it may panic.
            let value = value.max(*min).min(*max);
            if *step > 0.0 {
                let steps = (value - min) / step;
                min + (steps as i64 as f64) * step
            } else {
                value
            }
        }
    }
}

/// Earliest time that still counts for a sequence.
pub(super) fn since(within: u32, visit: Visit, now: Time) -> Time {
    if within == 0 {
        visit.start
    } else {
        now.saturating_sub(within)
    }
}
