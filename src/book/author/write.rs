//! Writes a compiled book. The mirror of `binary`; the format is in `docs/compiled-book.md`.

use crate::book::{
    Atom, Bandit, Book, By, DAY, Dimension, Domain, Draw, Experiment, FORMAT, HOUR, Kind, Literal,
    MAGIC, Matcher, Question, Ranking, Read, Reporting, Rule, Segment, Shown, Signal, Slot, Span,
    Test, page,
};
use crate::codec::{Writer, crc32};

mod models;

/// The bytes of a book.
pub(super) fn write(book: &Book) -> Vec<u8> {
    let mut w = Writer::default();
    w.bytes.extend_from_slice(&book.source_hash);
    body(book, &mut w);
    let mut bytes = MAGIC.to_vec();
    bytes.push(FORMAT);
    bytes.extend_from_slice(&crc32(&w.bytes).to_le_bytes());
    bytes.extend_from_slice(&w.bytes);
    bytes
}

fn list<T>(w: &mut Writer, list: &[T], mut element: impl FnMut(&mut Writer, &T)) {
    w.uint(list.len() as u64);
    for item in list {
        element(w, item);
    }
}

fn id(w: &mut Writer, id: &u32) {
    w.uint(u64::from(*id));
}

fn short(w: &mut Writer, n: &u16) {
    w.uint(u64::from(*n));
}

/// Hundredths where they say it exactly, all bits otherwise.
fn number(w: &mut Writer, v: f64) {
    let hundredths = (v * 100.0).round();
    if hundredths.abs() < 1e15 && hundredths / 100.0 == v {
        let v = hundredths as i64;
        w.uint((((v << 1) ^ (v >> 63)) as u64) << 1);
    } else {
        w.uint(1);
        w.f64(v);
    }
}

fn body(book: &Book, w: &mut Writer) {
    list(w, &book.strings, |w, text| w.blob(text));
    w.blob(&page::of(book));
    id(w, &book.name);
    id(w, &book.version);
    id(w, &book.retention);
    list(w, &book.events, id);
    list(w, &book.tags, |w, key| {
        id(w, &key.name);
        list(w, &key.values, id);
    });
    list(w, &book.signals, signal);
    let mut before = 0;
    list(w, &book.atoms, |w, atom| {
        w.uint(u64::from(atom.signal - before));
        before = atom.signal;
        comparison(w, atom);
    });
    list(w, &book.rules, rule);
    list(w, &book.dimensions, dimension);
    let mut gate = Writer::default();
    if let Some(all) = &book.reporting {
        reporting(&mut gate, all);
    }
    w.blob(&gate.bytes);
    list(w, &book.conditions, rule);
    list(w, &book.slots, slot);
    list(w, &book.experiments, experiment);
    list(w, &book.bandits, bandit);
    draw(w, &book.holdout);
    short(w, &book.shown);
    list(w, &book.models, models::model);
    list(w, &book.rankings, ranking);
}

fn reporting(w: &mut Writer, reporting: &Reporting) {
    number(w, reporting.epsilon);
    id(w, &reporting.crowd);
    id(w, &reporting.cap);
    list(w, &reporting.questions, question);
    id(w, &reporting.hints.as_ref().map_or(0, |hints| hints.window));
    if let Some(hints) = &reporting.hints {
        list(w, &hints.dimensions, |w, hinted| {
            short(w, &hinted.dimension);
            id(w, &hinted.charge);
            shown(w, &hinted.shown);
        });
    }
}

fn signal(w: &mut Writer, signal: &Signal) {
    id(w, &signal.name);
    w.u32(signal.fingerprint);
    match &signal.kind {
        Kind::Window {
            read,
            of,
            span,
            step,
            max,
        } => {
            w.u8(0);
            w.u8(match read {
                Read::Count => 0,
                Read::Days => 1,
                Read::Sum => 2,
                Read::Mean => 3,
                Read::Max => 4,
            });
            matcher(w, of);
            match span {
                Span::Session => w.u8(0),
                Span::Ring { width, buckets } => {
                    w.u8(match *width {
                        60 => 1,
                        HOUR => 2,
                        DAY => 3,
                        _ => 4,
                    });
                    short(w, buckets);
                }
            }
            id(w, step);
            w.uint(*max as u64);
        }
        Kind::Since { of, unit, first } => {
            w.u8(1);
            matcher(w, of);
            id(w, unit);
            w.u8(u8::from(*first));
        }
        Kind::Top {
            key,
            items,
            half_life,
            weights: by_event,
            others,
            floor,
        } => {
            w.u8(2);
            short(w, key);
            list(w, items, short);
            id(w, half_life);
            weights(w, by_event);
            number(w, *others);
            number(w, *floor);
        }
        Kind::Affinity {
            key,
            item,
            half_life,
            weights: by_event,
            others,
            baseline,
        } => {
            w.u8(3);
            short(w, key);
            short(w, item);
            id(w, half_life);
            weights(w, by_event);
            number(w, *others);
            number(w, *baseline);
        }
        Kind::Sequence { steps, within, gap } => {
            w.u8(4);
            list(w, steps, |w, step| {
                w.u8(u8::from(step.negated));
                matcher(w, &step.of);
            });
            id(w, within);
            id(w, gap);
        }
        Kind::Context { of } => {
            w.u8(5);
            w.u8(*of as u8);
        }
        Kind::Declared { domain } => {
            w.u8(6);
            match domain {
                Domain::Items(items) => {
                    w.u8(0);
                    list(w, items, id);
                }
                Domain::Boolean => w.u8(1),
                Domain::Number { min, max, step } => {
                    w.u8(2);
                    number(w, *min);
                    number(w, *max);
                    number(w, *step);
                }
            }
        }
        Kind::Score { points } => {
            w.u8(7);
            list(w, points, |w, (rule, points)| {
                id(w, rule);
                number(w, *points);
            });
        }
        Kind::Model { model } => {
            w.u8(8);
            short(w, model);
        }
    }
}

fn matcher(w: &mut Writer, of: &Matcher) {
    short(w, &of.event);
    list(w, &of.tags, |w, (key, values): &(u16, Vec<u16>)| {
        short(w, key);
        list(w, values, short);
    });
}

fn weights(w: &mut Writer, weights: &[(u16, f64)]) {
    list(w, weights, |w, (event, weight)| {
        short(w, event);
        number(w, *weight);
    });
}

fn comparison(w: &mut Writer, atom: &Atom) {
    let (tag, value) = match &atom.test {
        Test::Greater(v) => (0, v),
        Test::AtLeast(v) => (1, v),
        Test::Less(v) => (2, v),
        Test::AtMost(v) => (3, v),
        Test::Equals(v) => (4, v),
        Test::Among(items) => {
            w.u8(5);
            return list(w, items, short);
        }
        Test::Exists => return w.u8(6),
    };
    w.u8(tag);
    number(w, *value);
}

fn rule(w: &mut Writer, rule: &Rule) {
    w.uint((rule.clauses.len() as u64) << 1 | u64::from(rule.negate));
    for clause in &rule.clauses {
        if clause.is_empty() {
            w.uint(0);
        }
        for (i, literal) in clause.iter().enumerate() {
            let more = i + 1 < clause.len();
            let bits = u64::from(literal.negated) << 1 | u64::from(more);
            w.uint((u64::from(literal.index) << 2 | bits) + 1);
        }
    }
}

fn optional(w: &mut Writer, v: Option<u32>) {
    w.uint(v.map_or(0, |v| u64::from(v) + 1));
}

fn dimension(w: &mut Writer, dimension: &Dimension) {
    id(w, &dimension.name);
    id(w, &dimension.why);
    w.uint(u64::from(dimension.pick) << 1 | u64::from(dimension.sensitive));
    list(w, &dimension.groups, |w, group| {
        id(w, &group.name);
        optional(w, group.parent.map(u32::from));
    });
    list(w, &dimension.segments, segment);
}

fn segment(w: &mut Writer, segment: &Segment) {
    id(w, &segment.name);
    optional(w, segment.parent.map(u32::from));
    optional(w, segment.when);
    let flag = |present: bool, bit: u8| if present { bit } else { 0 };
    w.u8(flag(segment.stay.is_some(), 1)
        | flag(segment.hold > 0, 2)
        | flag(segment.ends > 0, 4)
        | flag(segment.value > 0.0, 8));
    if let Some(stay) = segment.stay {
        id(w, &stay);
    }
    if segment.hold > 0 {
        id(w, &segment.hold);
    }
    if segment.ends > 0 {
        id(w, &segment.ends);
    }
    if segment.value > 0.0 {
        number(w, segment.value);
    }
}

fn question(w: &mut Writer, question: &Question) {
    short(w, &question.dimension);
    for part in [
        question.weight,
        question.after,
        question.jitter,
        question.odds,
        question.charge,
    ] {
        id(w, &part);
    }
    shown(w, &question.shown);
}

fn shown(w: &mut Writer, shown: &[Shown]) {
    for shown in shown {
        w.uint(match *shown {
            Shown::Withheld => 0,
            Shown::Any => 1,
            Shown::Segment(_) => 2,
            Shown::Group(group) => 3 + u64::from(group),
        });
    }
}

fn literal(w: &mut Writer, literal: Option<Literal>) {
    optional(w, literal.map(|l| l.index << 1 | u32::from(l.negated)));
}

fn slot(w: &mut Writer, slot: &Slot) {
    id(w, &slot.name);
    id(w, &slot.why);
    list(w, &slot.variants, id);
    list(w, &slot.choose, |w, choice| {
        literal(w, choice.when);
        id(w, &choice.because);
        match &choice.by {
            By::Show(variant) => {
                w.u8(0);
                short(w, variant);
            }
            By::Source { source, show } => {
                w.u8(1);
                short(w, source);
                list(w, show, short);
            }
            By::Rank { of, least } => {
                w.u8(2);
                list(w, of, |w, (variant, signal)| {
                    short(w, variant);
                    short(w, signal);
                });
                number(w, *least);
            }
        }
    });
    short(w, &slot.otherwise);
    w.u8(u8::from(slot.changes));
}

fn draw(w: &mut Writer, draw: &Draw) {
    w.u8(draw.version);
    list(w, &draw.salt, short);
    pairs(w, &draw.ranges);
}

fn pairs(w: &mut Writer, pairs: &[(f64, f64)]) {
    list(w, pairs, |w, (a, b)| {
        number(w, *a);
        number(w, *b);
    });
}

fn experiment(w: &mut Writer, experiment: &Experiment) {
    id(w, &experiment.name);
    id(w, &experiment.why);
    list(w, &experiment.variants, id);
    draw(w, &experiment.draw);
    list(w, &experiment.within, draw);
    literal(w, experiment.when);
    short(w, &experiment.layer);
    id(w, &experiment.ends);
    short(w, &experiment.key);
    optional(w, experiment.seen.map(u32::from));
}

fn ranking(w: &mut Writer, ranking: &Ranking) {
    id(w, &ranking.name);
    id(w, &ranking.why);
    id(w, &ranking.limit);
    let (by, most) = ranking.diversify.unwrap_or((0, 0));
    id(w, &by);
    id(w, &most);
    list(w, &ranking.terms, |w, term| {
        w.u8(term.role as u8);
        id(w, &term.of);
        literal(w, term.when);
        optional(w, term.by.map(u32::from));
        number(w, term.times);
        number(w, term.add);
    });
}

fn bandit(w: &mut Writer, bandit: &Bandit) {
    id(w, &bandit.name);
    id(w, &bandit.why);
    list(w, &bandit.variants, id);
    optional(w, bandit.by.map(u32::from));
    pairs(w, &bandit.rows);
    short(w, &bandit.key);
    optional(w, bandit.seen.map(u32::from));
}
