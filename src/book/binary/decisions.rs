//! Reads what a compiled book decides.

use super::{names, number, parent};
use crate::book::{Bandit, By, Choice, Draw, Experiment, Literal, Ranking, Role, Slot, Term};
use crate::codec::Reader;
use alloc::vec::Vec;

/// A literal alone: 0 for none.
fn literal(r: &mut Reader, known: u32) -> Option<Literal> {
    let word = r.uint32().checked_sub(1)?;
    r.check(word >> 1 < known);
    Some(Literal {
        index: word >> 1,
        negated: word & 1 != 0,
    })
}

pub(super) fn slot(r: &mut Reader, known: u32) -> Slot {
    Slot {
        name: r.uint32(),
        why: r.uint32(),
        variants: names(r),
        choose: r.list(4, |r| Choice {
            when: literal(r, known),
            because: r.uint32(),
            by: match r.u8() {
                0 => By::Show(r.uint16()),
                1 => By::Source {
                    source: r.uint16(),
                    show: r.list(1, Reader::uint16),
                },
                kind => {
                    r.check(kind == 2);
                    By::Rank {
                        of: r.list(2, |r| (r.uint16(), r.uint16())),
                        least: number(r),
                    }
                }
            },
        }),
        otherwise: r.uint16(),
        changes: r.flag(),
    }
}

pub(super) fn draw(r: &mut Reader) -> Draw {
    Draw {
        version: r.u8(),
        salt: r.list(1, Reader::uint16),
        ranges: pairs(r),
    }
}

fn pairs(r: &mut Reader) -> Vec<(f64, f64)> {
    r.list(2, |r| (number(r), number(r)))
}

pub(super) fn experiment(r: &mut Reader, known: u32) -> Experiment {
    Experiment {
        name: r.uint32(),
        why: r.uint32(),
        variants: names(r),
        draw: draw(r),
        within: r.list(3, draw),
        when: literal(r, known),
        layer: r.uint16(),
        ends: r.uint32(),
        key: r.uint16(),
        seen: parent(r),
    }
}

pub(super) fn bandit(r: &mut Reader) -> Bandit {
    Bandit {
        name: r.uint32(),
        why: r.uint32(),
        variants: names(r),
        by: parent(r),
        rows: pairs(r),
        key: r.uint16(),
        seen: parent(r),
    }
}

pub(super) fn ranking(r: &mut Reader, known: u32) -> Ranking {
    Ranking {
        name: r.uint32(),
        why: r.uint32(),
        limit: r.uint32(),
        diversify: {
            let (by, most) = (r.uint32(), r.uint32());
            (most > 0).then_some((by, most))
        },
        terms: r.list(6, |r| Term {
            role: {
                let role = Role::ALL.get(usize::from(r.u8())).copied();
                r.check(role.is_some());
                role.unwrap_or(Role::Weight)
            },
            of: r.uint32(),
            when: literal(r, known),
            by: parent(r),
            times: number(r),
            add: number(r),
        }),
    }
}
