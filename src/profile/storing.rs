//! How a signal's memory is erased, stored, and shown to the visitor.

use alloc::vec;
use alloc::vec::Vec;

use super::Visit;
use super::cell::{Cell, Fact, since};
use super::decay::Decay;
use super::ring::Ring;
use super::sequence::Sequence;
use crate::book::{Kind, Span, Time};
use crate::codec::{Reader, Writer};
use crate::math::whole;

impl Cell {
    /// Erases what no reading can show any more.
    pub(super) fn expire(&mut self, kind: &Kind, visit: Visit, retention: u32, now: Time) {
        match (&mut *self, kind) {
            (
                Self::Ring(ring),
                Kind::Window {
                    span: Span::Ring { width, buckets },
                    ..
                },
            ) => {
                ring.expire(*buckets, whole(now, *width));
            }
            (Self::Session { visit: began, .. }, _)
                if *began != visit.start || now > visit.last =>
            {
                *self = Self::new(kind);
            }
            (Self::Sequence(_), Kind::Sequence { within: 0, .. }) if now > visit.last => {
                *self = Self::new(kind);
            }
            (Self::Since(time), _) if now.saturating_sub(*time) >= retention => *time = 0,
            (Self::Decay(d), Kind::Top { half_life, .. } | Kind::Affinity { half_life, .. }) => {
                d.renew(retention, now);
                d.expire(*half_life, now);
            }
            (Self::Sequence(s), Kind::Sequence { within, .. }) => {
                s.expire(since(*within, visit, now))
            }
            (Self::Fact(fact), _) if now.saturating_sub(fact.at) >= retention => {
                *self = Self::new(kind);
            }
            _ => {}
        }
    }

    pub(super) fn write(&self, w: &mut Writer) {
        match self {
            Self::Ring(ring) => ring.write(w),
            Self::Session {
                visit,
                count,
                value,
            } => {
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
            Kind::Window {
                span: Span::Ring { buckets, .. },
                ..
            } => Self::Ring(Ring::read(r, *buckets)),
            Kind::Window {
                span: Span::Session,
                ..
            } => Self::Session {
                visit: r.u32(),
                count: r.uint32(),
                value: r.int(),
            },
            Kind::Since { .. } => Self::Since(r.u32()),
            Kind::Top { items, .. } => Self::Decay(Decay::read(r, items.len())),
            Kind::Affinity { .. } => Self::Decay(Decay::read(r, 1)),
            Kind::Sequence { steps, .. } => Self::Sequence(Sequence::read(
                r,
                steps.iter().filter(|s| !s.negated).count(),
            )),
            Kind::Context { .. } | Kind::Declared { .. } => Self::Fact(Fact {
                value: r.f64(),
                derived: r.flag(),
                visit: r.u32(),
                at: r.u32(),
            }),
            Kind::Score { .. } | Kind::Model { .. } => Self::Nothing,
        }
    }

    pub(super) fn stored(&self, kind: &Kind) -> Vec<f64> {
        let hundredths = |v: i64| v as f64 / 100.0;
        match (self, kind) {
            (
                Self::Ring(ring),
                Kind::Window {
                    span: Span::Ring { width, .. },
                    ..
                },
            ) => ring
                .tallies()
                .iter()
                .flat_map(|t| {
                    [
                        f64::from(t.bucket) * f64::from(*width),
                        f64::from(t.count),
                        hundredths(t.value),
                    ]
                })
                .collect(),
            (
                Self::Session {
                    visit,
                    count,
                    value,
                },
                _,
            ) if *count > 0 => {
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
            (Self::Sequence(sequence), _) => sequence
                .parts()
                .flat_map(|(start, last)| [f64::from(start), 1.0, f64::from(last)])
                .collect(),
            (Self::Fact(fact), _) if !fact.value.is_nan() => {
                vec![f64::from(fact.at), 1.0, fact.value]
            }
            _ => Vec::new(),
        }
    }
}
