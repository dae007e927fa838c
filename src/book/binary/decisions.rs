//! Reads what a compiled book decides.

use super::{names, number, parent, rules};
use crate::book::{
    Bandit, By, Choice, Draw, Experiment, Literal, Model, Ranking, Role, Rule, Slot, Term, model,
};
use crate::codec::Reader;
use alloc::vec::Vec;

/// What a book has beyond its segments.
#[derive(Default)]
pub(super) struct Decided {
    pub(super) conditions: Vec<Rule>,
    pub(super) slots: Vec<Slot>,
    pub(super) experiments: Vec<Experiment>,
    pub(super) bandits: Vec<Bandit>,
    pub(super) holdout: Draw,
    pub(super) shown: u16,
    pub(super) models: Vec<Model>,
    pub(super) rankings: Vec<Ranking>,
}

/// Empty lists, and a draw of version 2 in which nobody is.
const NOTHING: [u8; 10] = [0, 0, 0, 0, 2, 0, 0, 0, 0, 0];

/// The rest of the book, where conditions refer to `fixed` things before them.
pub(super) fn decided(r: &mut Reader, fixed: u32) -> Decided {
    // Most books decide nothing, and then the code that reads more is not there.
    if r.rest() == NOTHING {
        r.take(NOTHING.len());
        let holdout = Draw {
            version: 2,
            ..Draw::default()
        };
        return Decided {
            holdout,
            ..Decided::default()
        };
    }
    anything(r, fixed)
}

#[inline(never)]
fn anything(r: &mut Reader, fixed: u32) -> Decided {
    let conditions = rules(r, fixed);
    let known = fixed + conditions.len() as u32;
    Decided {
        conditions,
        slots: r.list(6, |r| slot(r, known)),
        experiments: r.list(12, |r| experiment(r, known)),
        bandits: r.list(6, bandit),
        holdout: draw(r),
        shown: r.uint16(),
        models: r.list(5, model::read),
        rankings: r.list(6, |r| ranking(r, known)),
    }
}

/// A literal alone: 0 for none.
fn literal(r: &mut Reader, known: u32) -> Option<Literal> {
    let word = r.uint32().checked_sub(1)?;
    r.check(word >> 1 < known);
    Some(Literal {
        index: word >> 1,
        negated: word & 1 != 0,
    })
}

fn slot(r: &mut Reader, known: u32) -> Slot {
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

fn draw(r: &mut Reader) -> Draw {
    Draw {
        version: r.u8(),
        salt: r.list(1, Reader::uint16),
        ranges: pairs(r),
    }
}

fn pairs(r: &mut Reader) -> Vec<(f64, f64)> {
    r.list(2, |r| (number(r), number(r)))
}

fn experiment(r: &mut Reader, known: u32) -> Experiment {
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

fn bandit(r: &mut Reader) -> Bandit {
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

fn ranking(r: &mut Reader, known: u32) -> Ranking {
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
