//! Reads what may be reported: for the gate, which the visitors' module has not.

use alloc::vec::Vec;

use super::number;
use crate::book::{Dimension, HintedDimension, Hints, Question, Reporting, Shown};
use crate::codec::Reader;

pub(super) fn reporting(r: &mut Reader, dimensions: &[Dimension]) -> Reporting {
    Reporting {
        epsilon: number(r),
        crowd: r.uint32(),
        cap: r.uint32(),
        questions: r.list(7, |r| {
            let dimension = r.uint16();
            Question {
                dimension,
                weight: r.uint32(),
                after: r.uint32(),
                jitter: r.uint32(),
                odds: r.uint32(),
                charge: r.uint32(),
                shown: shown(r, dimensions, dimension),
            }
        }),
        hints: match r.uint32() {
            0 => None,
            window => Some(Hints {
                window,
                dimensions: r.list(3, |r| {
                    let dimension = r.uint16();
                    HintedDimension {
                        dimension,
                        charge: r.uint32(),
                        shown: shown(r, dimensions, dimension),
                    }
                }),
            }),
        },
    }
}

fn shown(r: &mut Reader, dimensions: &[Dimension], of: u16) -> Vec<Shown> {
    let answers = dimensions
        .get(usize::from(of))
        .map_or(0, |d| d.segments.len());
    let mut shown = Vec::with_capacity(answers);
    for answer in 0..answers {
        shown.push(match r.uint16() {
            0 => Shown::Withheld,
            1 => Shown::Any,
            2 => Shown::Segment(answer as u16),
            group => Shown::Group(group - 3),
        });
    }
    shown
}
