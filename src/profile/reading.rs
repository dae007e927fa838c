//! How a signal's memory is read, and when time alone changes the reading.

use alloc::vec::Vec;

use super::Visit;
use super::cell::{Cell, since};
use super::decay::Decay;
use crate::book::{Context, EVENT_SCROLL, Kind, Read, SESSION_IDLE, Span, Time};
use crate::math::whole;
use crate::signals::{daypart, daypart_ends, season, season_ends, weekend, weekend_ends};

impl Cell {
    /// Current value; NaN while it is missing.
    pub(super) fn value(&self, kind: &Kind, visit: Visit, retention: u32, now: Time) -> f64 {
        match (self, kind) {
            (
                Self::Ring(ring),
                Kind::Window {
                    read,
                    of,
                    span: Span::Ring { width, buckets },
                    step,
                    max,
                },
            ) => {
                let (mut count, mut value, mut days) = (0u64, 0i64, 0u32);
                for t in ring.window(*buckets, whole(now, *width)) {
                    value = match read {
                        Read::Max if count > 0 => value.max(t.value),
                        _ => value.saturating_add(t.value),
                    };
                    count += u64::from(t.count);
                    days += 1;
                }
                match read {
                    Read::Days => f64::from(days),
                    // Who never scrolled is at the top of the page.
                    Read::Max if count == 0 && of.event == EVENT_SCROLL => 0.0,
                    _ => coarse(*read, count, value, *step, *max),
                }
            }
            (
                Self::Session {
                    visit: began,
                    count,
                    value,
                },
                Kind::Window {
                    read,
                    of,
                    step,
                    max,
                    ..
                },
            ) => {
                if visit.current(now) == Some(*began) && *count > 0 {
                    coarse(*read, u64::from(*count), *value, *step, *max)
                } else if of.event == EVENT_SCROLL {
                    0.0
                } else {
                    coarse(*read, 0, 0, *step, *max)
                }
            }
            (Self::Since(time), Kind::Since { unit, .. }) => {
                let since = now.saturating_sub(time.saturating_sub(1));
                if *time == 0 || since >= retention {
                    f64::NAN
                } else {
                    f64::from(whole(since, *unit))
                }
            }
            (
                Self::Decay(decay),
                Kind::Top {
                    half_life, floor, ..
                },
            ) => {
                let top = decay.top(*half_life, *floor, now);
                top.filter(|_| !decay.is_stale(retention, now))
                    .map_or(f64::NAN, |i| i as f64)
            }
            (
                Self::Decay(decay),
                Kind::Affinity {
                    half_life,
                    baseline,
                    ..
                },
            ) => {
                if decay.is_stale(retention, now) {
                    Decay::default().affinity(*half_life, *baseline, now)
                } else {
                    decay.affinity(*half_life, *baseline, now)
                }
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
                if now.saturating_sub(fact.at) >= retention {
                    f64::NAN
                } else {
                    f64::from(item)
                }
            }
            (Self::Fact(fact), _) => {
                if now.saturating_sub(fact.at) >= retention {
                    f64::NAN
                } else {
                    fact.value
                }
            }
            _ => f64::NAN,
        }
    }

    /// Earliest time after `now` at which time alone may move the value across one of `edges`.
    pub(super) fn changes(
        &self,
        kind: &Kind,
        visit: Visit,
        retention: u32,
        edges: impl FnOnce() -> Vec<f64>,
        now: Time,
    ) -> Time {
        match (self, kind) {
            (
                Self::Ring(ring),
                Kind::Window {
                    span: Span::Ring { width, buckets },
                    ..
                },
            ) => ring
                .changes(*buckets, whole(now, *width))
                .saturating_mul(*width),
            (
                Self::Session {
                    visit: began,
                    count,
                    ..
                },
                _,
            ) => {
                if *count > 0 {
                    visit_ends(visit, Some(*began), now)
                } else {
                    Time::MAX
                }
            }
            (Self::Since(time), Kind::Since { unit, .. }) => {
                if *time == 0 {
                    return Time::MAX;
                }
                let since = now.saturating_sub(*time - 1);
                if since >= retention {
                    return Time::MAX;
                }
                let next = (whole(since, *unit) + 1)
                    .saturating_mul(*unit)
                    .min(retention);
                (*time - 1).saturating_add(next)
            }
            (
                Self::Decay(decay),
                Kind::Top {
                    half_life, floor, ..
                },
            ) => {
                let top = |t| decay.top(*half_life, *floor, t);
                if top(now).is_none() {
                    return Time::MAX;
                }
                crossing(now, *half_life, true, |t| top(t).is_none())
                    .min(decay.stale_at(retention, now))
            }
            (
                Self::Decay(decay),
                Kind::Affinity {
                    half_life,
                    baseline,
                    ..
                },
            ) => {
                // The value moves one way only, towards the prior.
                let edges = edges();
                let rank = |t| {
                    let value = decay.affinity(*half_life, *baseline, t);
                    edges.iter().filter(|e| **e <= value).count()
                };
                let today = rank(now);
                let stale = decay.stale_at(retention, now);
                crossing(now, *half_life, decay.is_live(), |t| rank(t) != today).min(stale)
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
                if fact.value.is_nan() || ends <= now {
                    Time::MAX
                } else {
                    changes.min(ends)
                }
            }
            _ => Time::MAX,
        }
    }
}

fn coarse(read: Read, count: u64, value: i64, step: u32, max: i64) -> f64 {
    if count == 0 && matches!(read, Read::Mean | Read::Max) {
        return f64::NAN;
    }
    let step = i64::from(step.max(1));
    let amount = match read {
        Read::Count | Read::Days => i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(100),
        Read::Mean => value.div_euclid(i64::try_from(count).unwrap_or(i64::MAX).max(1)),
        Read::Sum | Read::Max => value,
    };
    // Only the mean and the greatest value can be below 0.
    let least = if matches!(read, Read::Mean | Read::Max) {
        i64::MIN
    } else {
        0
    };
    let amount = amount.max(least).min(max);
    (amount - amount.checked_rem_euclid(step).unwrap_or(0)) as f64 / 100.0
}

fn visit_ends(visit: Visit, began: Option<Time>, now: Time) -> Time {
    if began.is_some_and(|b| b != visit.start) || visit.last == 0 {
        return Time::MAX;
    }
    let ends = visit.last.saturating_add(SESSION_IDLE);
    // A clock that went back: the visit is still to come.
    let begins = visit.start.saturating_sub(SESSION_IDLE) + 1;
    match visit.current(now) {
        Some(_) => ends,
        None if now < begins => begins,
        None => Time::MAX,
    }
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
        if changed(middle) {
            late = middle
        } else {
            early = middle
        }
    }
    late
}
