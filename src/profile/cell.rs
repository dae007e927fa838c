//! One signal's memory, and how it is read.

use alloc::vec;
use alloc::vec::Vec;
use super::Visit;
use super::decay::Decay;
use super::ring::Ring;
use super::sequence::{Limits, Sequence};
use crate::book::{Context, DAY, Domain, Kind, Matcher, Read, Span, Time};
use crate::codec::{Reader, Writer};
use crate::signals::{
    Event, daypart, daypart_ends, season, season_ends, weekend, weekend_ends,
};

/// The memory of one signal. Which form it has follows from the book.
#[derive(Debug)]
pub(super) enum Cell {
    Ring(Ring),
    /// Since the visit that began at `visit`.
    Session { visit: Time, count: u32, value: i64 },
    /// First or last time, shifted by one; 0 is never.
    Since(Time),
    Decay(Decay),
    Sequence(Sequence),
    Fact(Fact),
    /// A score follows from other signals and is kept nowhere.
    Nothing,
}

/// A declared or context value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fact {
    value: f64,
    derived: bool,
    visit: Time,
    at: Time,
}

impl Cell {
    pub(super) fn new(kind: &Kind) -> Self {
        match kind {
            Kind::Window { span: Span::Ring { .. }, .. } => Self::Ring(Ring::default()),
            Kind::Window { span: Span::Session, .. } => {
                Self::Session { visit: 0, count: 0, value: 0 }
            }
            Kind::Since { .. } => Self::Since(0),
            Kind::Top { .. } | Kind::Affinity { .. } => Self::Decay(Decay::default()),
            Kind::Sequence { .. } => Self::Sequence(Sequence::default()),
            Kind::Context { .. } | Kind::Declared { .. } => {
                Self::Fact(Fact { value: f64::NAN, derived: false, visit: 0, at: 0 })
            }
            Kind::Score { .. } => Self::Nothing,
        }
    }

    /// Takes an event in; `false` if it does not concern this signal.
    pub(super) fn take(&mut self, kind: &Kind, event: &Event, visit: Visit, at: Time) -> bool {
        match (self, kind) {
            (Self::Ring(ring), Kind::Window { read, of, span: Span::Ring { width, buckets }, .. }) => {
                let Some(value) = amount(of, *read, event) else { return false };
                let bucket = at / width;
                ring.add(bucket, value, *read == Read::Max, *buckets, bucket.max(visit.last / width));
            }
            (Self::Session { visit: began, count, value }, Kind::Window { read, of, .. }) => {
                let Some(amount) = amount(of, *read, event) else { return false };
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
                // Last: events may come late, and a time in the future was a wrong clock.
                let keep = *time != 0 && if *first { *time <= at } else { *time > at && *time <= visit.last };
                if !keep {
                    *time = at;
                }
            }
            (Self::Decay(decay), Kind::Top { key, items, half_life, weights, others, .. }) => {
                let Some(weight) = weight(weights, *others, event) else { return false };
                for value in values(event, *key) {
                    let item = items.iter().position(|i| *i == value);
                    decay.add(item, items.len(), weight, *half_life, at);
                }
            }
            (Self::Decay(decay), Kind::Affinity { key, item, half_life, weights, others, .. }) => {
                let Some(weight) = weight(weights, *others, event) else { return false };
                for value in values(event, *key) {
                    decay.add((value == *item).then_some(0), 1, weight, *half_life, at);
                }
            }
            (Self::Sequence(sequence), Kind::Sequence { steps, within, gap }) => {
                let limits = Limits { since: since(*within, visit, at), gap: *gap };
                sequence.advance(steps, |step| matches(&step.of, event), limits, at);
            }
            _ => return false,
        }
        true
    }

    /// States a fact; `false` if nothing changes.
    pub(super) fn state(&mut self, kind: &Kind, value: f64, derived: bool, visit: Visit, at: Time) -> bool {
        let Self::Fact(fact) = self else { return false };
        let sticky = matches!(kind, Kind::Context { of: Context::Referrer | Context::Medium });
        if sticky && fact.visit == visit.start && !fact.value.is_nan() {
            return false;
        }
        let value = match kind {
            Kind::Declared { domain } => within_domain(domain, value),
            Kind::Context { of } if !derived => {
                within_items(of.items().len(), value)
            }
            _ => value,
        };
        let same = fact.value.to_bits() == value.to_bits() && fact.derived == derived;
        if same && at.saturating_sub(fact.at) < DAY {
            return false;
        }
        *fact = Fact { value, derived, visit: visit.start, at };
        true
    }

    /// Current value; NaN while it is missing.
    pub(super) fn value(&self, kind: &Kind, visit: Visit, retention: u32, now: Time) -> f64 {
        match (self, kind) {
            (Self::Ring(ring), Kind::Window { read, span: Span::Ring { width, buckets }, step, max, .. }) => {
                let (mut count, mut value, mut days) = (0u64, 0i64, 0u32);
                for t in ring.window(*buckets, now / width) {
                    value = match read {
                        Read::Max if count > 0 => value.max(t.value),
                        _ => value.saturating_add(t.value),
                    };
                    count += u64::from(t.count);
                    days += 1;
                }
                if *read == Read::Days { f64::from(days) } else { coarse(*read, count, value, *step, *max) }
            }
            (Self::Session { visit: began, count, value }, Kind::Window { read, step, max, .. }) => {
                if visit.current(now) == Some(*began) {
                    coarse(*read, u64::from(*count), *value, *step, *max)
                } else {
                    coarse(*read, 0, 0, *step, *max)
                }
            }
            (Self::Since(time), Kind::Since { unit, .. }) => {
                let since = now.saturating_sub(time.saturating_sub(1));
                if *time == 0 || since >= retention { f64::NAN } else { f64::from(since / unit) }
            }
            (Self::Decay(decay), Kind::Top { half_life, floor, .. }) => {
                decay.top(*half_life, *floor, now).map_or(f64::NAN, |i| i as f64)
            }
            (Self::Decay(decay), Kind::Affinity { half_life, baseline, .. }) => {
                decay.affinity(*half_life, *baseline, now)
            }
            (Self::Sequence(sequence), Kind::Sequence { within, .. }) => {
                let alive = *within > 0 || visit.current(now).is_some();
                let holds = alive && sequence.complete(since(*within, visit, now)).is_some();
                if holds { 1.0 } else { 0.0 }
            }
            (Self::Fact(fact), Kind::Context { of }) if fact.derived => {
                let item = match of {
                    Context::Daypart => daypart(now, fact.value as i32),
                    Context::Weekend => weekend(now, fact.value as i32),
                    _ => season(now, fact.value > 0.0),
                };
                if now.saturating_sub(fact.at) >= retention { f64::NAN } else { f64::from(item) }
            }
            (Self::Fact(fact), _) => {
                if now.saturating_sub(fact.at) >= retention { f64::NAN } else { fact.value }
            }
            _ => f64::NAN,
        }
    }

    /// Earliest time after `now` at which time alone may move the value across one of `edges`.
    pub(super) fn changes(&self, kind: &Kind, visit: Visit, retention: u32, edges: impl FnOnce() -> Vec<f64>, now: Time) -> Time {
        match (self, kind) {
            (Self::Ring(ring), Kind::Window { span: Span::Ring { width, buckets }, .. }) => {
                ring.changes(*buckets, now / width).saturating_mul(*width)
            }
            (Self::Session { visit: began, count, .. }, _) => {
                if *count > 0 { visit_ends(visit, Some(*began), now) } else { Time::MAX }
            }
            (Self::Since(time), Kind::Since { unit, .. }) => {
                if *time == 0 {
                    return Time::MAX;
                }
                let since = now.saturating_sub(*time - 1);
                if since >= retention {
                    return Time::MAX;
                }
                let next = (since / unit + 1).saturating_mul(*unit).min(retention);
                (*time - 1).saturating_add(next)
            }
            (Self::Decay(decay), Kind::Top { half_life, floor, .. }) => {
                crossing(now, *half_life, decay.is_live(), |t| decay.top(*half_life, *floor, t).is_none())
            }
            (Self::Decay(decay), Kind::Affinity { half_life, baseline, .. }) => {
                // The value moves one way only, towards the prior.
                let edges = edges();
                let rank = |t| {
                    let value = decay.affinity(*half_life, *baseline, t);
                    edges.partition_point(|e| *e <= value)
                };
                let today = rank(now);
                crossing(now, *half_life, decay.is_live(), |t| rank(t) != today)
            }
            (Self::Sequence(sequence), Kind::Sequence { within, .. }) => {
                match sequence.complete(since(*within, visit, now)) {
                    None => Time::MAX,
                    Some(_) if *within == 0 => visit_ends(visit, None, now),
                    Some(start) => start.saturating_add(*within).saturating_add(1),
                }
            }
            (Self::Fact(fact), kind) => {
                let ends = fact.at.saturating_add(retention);
                let changes = match kind {
                    Kind::Context { of } if fact.derived => match of {
                        Context::Daypart => daypart_ends(now, fact.value as i32),
                        Context::Weekend => weekend_ends(now, fact.value as i32),
                        _ => season_ends(now),
                    },
                    _ => ends,
                };
                if fact.value.is_nan() || ends <= now { Time::MAX } else { changes.min(ends) }
            }
            _ => Time::MAX,
        }
    }

    /// Erases what no reading can show any more.
    pub(super) fn expire(&mut self, kind: &Kind, visit: Visit, retention: u32, now: Time) {
        match (&mut *self, kind) {
            (Self::Ring(ring), Kind::Window { span: Span::Ring { width, buckets }, .. }) => {
                ring.expire(*buckets, now / width);
            }
            (Self::Session { visit: began, .. }, _) if visit.current(now) != Some(*began) => {
                *self = Self::new(kind);
            }
            (Self::Since(time), _) if now.saturating_sub(*time) >= retention => *time = 0,
            (Self::Decay(d), Kind::Top { half_life, .. } | Kind::Affinity { half_life, .. }) => {
                d.expire(*half_life, now);
            }
            (Self::Sequence(s), Kind::Sequence { within, .. }) => s.expire(since(*within, visit, now)),
            (Self::Fact(fact), _) if now.saturating_sub(fact.at) >= retention => {
                *self = Self::new(kind);
            }
            _ => {}
        }
    }

    pub(super) fn write(&self, w: &mut Writer) {
        match self {
            Self::Ring(ring) => ring.write(w),
            Self::Session { visit, count, value } => {
                w.u32(*visit);
                w.uint(u64::from(*count));
                w.int(*value);
            }
            Self::Since(time) => w.u32(*time),
            Self::Decay(decay) => decay.write(w),
            Self::Sequence(sequence) => sequence.write(w),
            Self::Fact(fact) => {
                w.f64(fact.value);
                w.u8(u8::from(fact.derived));
                w.u32(fact.visit);
                w.u32(fact.at);
            }
            Self::Nothing => {}
        }
    }

    /// Reads what `write` wrote for a signal of this kind.
    pub(super) fn read(kind: &Kind, r: &mut Reader) -> Self {
        match kind {
            Kind::Window { span: Span::Ring { buckets, .. }, .. } => {
                Self::Ring(Ring::read(r, *buckets))
            }
            Kind::Window { span: Span::Session, .. } => {
                Self::Session { visit: r.u32(), count: r.uint32(), value: r.int() }
            }
            Kind::Since { .. } => Self::Since(r.u32()),
            Kind::Top { items, .. } => Self::Decay(Decay::read(r, items.len())),
            Kind::Affinity { .. } => Self::Decay(Decay::read(r, 1)),
            Kind::Sequence { steps, .. } => {
                Self::Sequence(Sequence::read(r, steps.iter().filter(|s| !s.negated).count()))
            }
            Kind::Context { .. } | Kind::Declared { .. } => Self::Fact(Fact {
                value: r.f64(),
                derived: r.flag(),
                visit: r.u32(),
                at: r.u32(),
            }),
            Kind::Score { .. } => Self::Nothing,
        }
    }

    pub(super) fn stored(&self, kind: &Kind) -> Vec<f64> {
        let hundredths = |v: i64| v as f64 / 100.0;
        match (self, kind) {
            (Self::Ring(ring), Kind::Window { span: Span::Ring { width, .. }, .. }) => ring
                .tallies()
                .iter()
                .flat_map(|t| [f64::from(t.bucket) * f64::from(*width), f64::from(t.count), hundredths(t.value)])
                .collect(),
            (Self::Session { visit, count, value }, _) if *count > 0 => {
                vec![f64::from(*visit), f64::from(*count), hundredths(*value)]
            }
            (Self::Since(time), _) if *time > 0 => vec![f64::from(*time - 1), 1.0, 0.0],
            (Self::Decay(decay), _) => {
                let (base, total, weights) = decay.parts();
                let time = f64::from(base);
                let items = (0u32..).zip(weights).filter(|(_, w)| **w > 0.0);
                let mut all: Vec<f64> = items.flat_map(|(i, w)| [time, f64::from(i), *w]).collect();
                if decay.is_live() {
                    all.extend([time, -1.0, total]);
                }
                all
            }
            (Self::Sequence(sequence), _) => {
                sequence.parts().flat_map(|(start, last)| [f64::from(start), 1.0, f64::from(last)]).collect()
            }
            (Self::Fact(fact), _) if !fact.value.is_nan() => vec![f64::from(fact.at), 1.0, fact.value],
            _ => Vec::new(),
        }
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
            event.tags.iter().any(|(k, v)| k == key && wanted.contains(v))
        })
}

fn weight(weights: &[(u16, f64)], others: f64, event: &Event) -> Option<f64> {
    let listed = weights.iter().find(|(e, _)| *e == event.name);
    Some(listed.map_or(others, |(_, w)| *w)).filter(|w| *w > 0.0)
}

fn values(event: &Event, key: u16) -> impl Iterator<Item = u16> {
    event.tags.iter().filter(move |t| t.0 == key).map(|t| t.1)
}

fn coarse(read: Read, count: u64, value: i64, step: u32, max: i64) -> f64 {
    if count == 0 && matches!(read, Read::Mean | Read::Max) {
        return f64::NAN;
    }
    let step = i64::from(step.max(1));
    let amount = match read {
        Read::Count | Read::Days => i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(100),
        Read::Mean => value / i64::try_from(count).unwrap_or(i64::MAX).max(1),
        Read::Sum | Read::Max => value,
    };
    let amount = amount.clamp(0, max);
    (amount - amount % step) as f64 / 100.0
}

fn within_items(items: usize, value: f64) -> f64 {
    if value >= 0.0 && value < items as f64 { f64::from(value as u32) } else { f64::NAN }
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
fn since(within: u32, visit: Visit, now: Time) -> Time {
    if within == 0 { visit.start } else { now.saturating_sub(within) }
}

fn visit_ends(visit: Visit, began: Option<Time>, now: Time) -> Time {
    let current = visit.current(now);
    if current.is_none() || began.is_some_and(|b| current != Some(b)) {
        return Time::MAX;
    }
    visit.last.saturating_add(crate::book::SESSION_IDLE)
}

/// First time after `now` at which a decayed reading that changes only once has changed, by
/// bisection. A reading that has not changed after 64 half-lives never does.
fn crossing(now: Time, half_life: u32, live: bool, changed: impl Fn(Time) -> bool) -> Time {
    let mut late = now.saturating_add(half_life.saturating_mul(64));
    if !live || changed(now) || !changed(late) {
        return Time::MAX;
    }
    let mut early = now;
    while late - early > 1 {
        let middle = early + (late - early) / 2;
        if changed(middle) { late = middle } else { early = middle }
    }
    late
}
