//! Can a condition hold at all? Signals are typed and bounded, so this can be decided: a set
//! of possible values is kept for each signal, and every comparison narrows it.
//!
//! What is reported is certain. What is not reported may still never hold: signals are taken
//! as independent of each other, and a search that takes too long is given up.

use super::condition::Expr;
use super::decisions::{Decisions, Slot};
use super::diagnostic::Sink;
use super::dimensions::{Draft, Segment};
use super::experiments;
use super::json::Span;
use super::lower::{Flat, Leaf, flat};
use super::signals::{Shape, Signals};
use super::values::Values;
use crate::book::{Atom, By, Test};
use std::collections::{BTreeMap, BTreeSet};

/// Branches that one search may try.
const FUEL: u32 = 2_000;
/// Earlier segments that are held against a later one.
const MOST_EARLIER: usize = 100;

/// Notes every condition that cannot hold, and every segment whose visitors are always in an
/// earlier one.
pub(super) fn check(signals: &Signals, dimensions: &[Draft], sink: &mut Sink) {
    let reach = Reach {
        signals,
        dimensions,
    };
    for draft in &signals.drafts {
        for (_, when, at) in &draft.points {
            if let Err(why) = reach.possible(&[flat(when, false)]) {
                let message = format!("this condition of `{}` can never hold", draft.name);
                sink.add(*at, "never-holds", message, why);
            }
        }
    }
    for dimension in dimensions {
        reach.dimension(dimension, sink);
    }
}

/// Notes every condition of a decision that cannot hold, and every rule before which another one
/// always answers.
pub(super) fn decisions(
    signals: &Signals,
    dimensions: &[Draft],
    decisions: &Decisions,
    sink: &mut Sink,
) {
    let reach = Reach {
        signals,
        dimensions,
    };
    for draft in &decisions.experiments {
        if let Some((when, at)) = &draft.when
            && let Err(why) = reach.possible(&[flat(when, false)])
        {
            let message = format!("nobody can take part in experiment `{}`", draft.name);
            sink.add(*at, "never-holds", message, why);
        }
    }
    for slot in &decisions.slots {
        reach.slot(slot, &decisions.experiments, sink);
    }
    for draft in &decisions.rankings {
        for (when, at) in draft.conditions.iter().flatten() {
            if let Err(why) = reach.possible(&[flat(when, false)]) {
                let message = format!("this condition of ranking `{}` can never hold", draft.name);
                sink.add(*at, "never-holds", message, why);
            }
        }
    }
}

struct Reach<'a, 'n> {
    signals: &'a Signals<'n>,
    dimensions: &'a [Draft<'n>],
}

/// A segment before another, with the signals it reads.
struct Earlier<'a, 'n> {
    segment: &'a Segment<'n>,
    when: &'a Expr,
    reads: BTreeSet<u16>,
    /// A bit for each signal it reads, shared by several: tells fast that a set is no subset.
    mask: u64,
}

impl Reach<'_, '_> {
    fn slot(&self, slot: &Slot, experiments: &[experiments::Draft], sink: &mut Sink) {
        // The conditions of earlier rules that have an answer whenever they hold.
        let mut certain: Vec<&Expr> = Vec::new();
        let everything = Expr::All(Vec::new());
        for (n, rule) in (1..).zip(&slot.rules) {
            let (when, at) = match &rule.when {
                Some((when, at)) => (when, *at),
                None => (&everything, rule.at),
            };
            let message = format!("rule {n} of slot `{}` can never be reached", slot.name);
            if let Err(why) = self.possible(&[flat(when, false)]) {
                sink.add(at, "unreachable-rule", message, why);
                continue;
            }
            let mut parts = vec![flat(when, false)];
            let earlier = certain.iter().take(MOST_EARLIER);
            parts.extend(earlier.map(|when| flat(when, true)));
            if self.possible(&parts).is_err() {
                let help =
                    "the rules before it always have an answer: put it before them, or remove it";
                sink.add(at, "unreachable-rule", message, help);
                continue;
            }
            let ranked = ranked(&rule.by);
            parts.extend(match &rule.by {
                By::Show(_) => None,
                By::Source { source, .. } => {
                    // Who has seen a variant keeps it, whatever the condition says.
                    let experiment = experiments.get(usize::from(*source));
                    let asked = experiment.filter(|draft| draft.experiment.seen.is_none());
                    let when = asked.and_then(|draft| draft.when.as_ref());
                    when.map(|(when, _)| flat(when, false))
                }
                By::Rank { .. } => Some(flat(&ranked, false)),
            });
            if let Err(why) = self.possible(&parts) {
                let message = format!("rule {n} of slot `{}` can never have an answer", slot.name);
                sink.add(at, "unreachable-rule", message, why);
            }
            if matches!(rule.by, By::Show(_)) {
                certain.push(when);
            }
        }
    }

    fn dimension(&self, dimension: &Draft, sink: &mut Sink) {
        let mut before: Vec<Earlier> = Vec::new();
        for segment in &dimension.segments {
            if let Some((stay, at)) = &segment.stay
                && let Err(why) = self.possible(&[flat(stay, false)])
            {
                let message = format!("`stay` of segment `{}` can never hold", segment.name);
                sink.add(*at, "never-holds", message, why);
            }
            let Some((when, at)) = &segment.when else {
                continue;
            };
            if let Err(why) = self.possible(&[flat(when, false)]) {
                let message = format!("nobody can be in segment `{}`", segment.name);
                sink.add(*at, "unreachable-segment", message, why);
                continue;
            }
            let mut reads = BTreeSet::new();
            signals_of(when, &mut reads);
            let mask = reads.iter().fold(0, |mask, &s| mask | 1 << (s % 64));
            let earlier = Earlier {
                segment,
                when,
                reads,
                mask,
            };
            if dimension.pick == 1 {
                self.shadow(&before, &earlier, *at, sink);
            }
            before.push(earlier);
        }
    }

    /// Holds a segment against those before it.
    fn shadow(&self, before: &[Earlier], later: &Earlier, at: Span, sink: &mut Sink) {
        let outlives =
            |ends: u32| ends == 0 || (later.segment.ends > 0 && later.segment.ends <= ends);
        // Many segments: only those that read no signal beyond this one's.
        let near = |e: &Earlier| {
            before.len() <= MOST_EARLIER
                || (e.mask & !later.mask == 0 && e.reads.is_subset(&later.reads))
        };
        let candidates = before
            .iter()
            .filter(|e| near(e) && outlives(e.segment.ends));
        let candidates: Vec<&Earlier> = candidates.take(MOST_EARLIER).collect();
        if candidates.is_empty() {
            return;
        }
        let not_in = |earlier: &[&Earlier]| {
            let mut parts = vec![flat(later.when, false)];
            parts.extend(earlier.iter().map(|e| flat(e.when, true)));
            self.possible(&parts).is_ok()
        };
        if not_in(&candidates) {
            return;
        }
        let alone = candidates.iter().find(|earlier| !not_in(&[earlier]));
        let by = alone.map_or_else(
            || "the segments before it".to_owned(),
            |earlier| format!("segment `{}` before it", earlier.segment.name),
        );
        let message = format!(
            "everybody who could be in segment `{}` is in {by}",
            later.segment.name
        );
        let help = "put the narrower condition first, or remove this segment";
        sink.add(at, "shadowed-segment", message, help);
    }

    /// Whether all of the conditions can hold together; if not, why.
    fn possible(&self, parts: &[Flat]) -> Result<(), String> {
        let mut search = Search {
            reach: self,
            fuel: FUEL,
            emptied: None,
        };
        if search.holds(parts.iter().collect(), BTreeMap::new()) {
            return Ok(());
        }
        Err(match search.emptied {
            Some(Subject::Signal(signal)) => {
                let draft = self.signals.drafts.get(usize::from(signal));
                let name = draft.map_or("", |draft| draft.name);
                let range = draft.map_or(String::new(), |draft| range(&draft.shape));
                format!("no value of `{name}` fits all its comparisons{range}")
            }
            Some(Subject::Dimension(dimension) | Subject::Segment(dimension, _)) => {
                let draft = self.dimensions.get(usize::from(dimension));
                let name = draft.map_or("", |draft| draft.name);
                format!("no segment of `{name}` fits all that is asked of it")
            }
            None => "an empty `$or` or the opposite of `{}` never holds".to_owned(),
        })
    }
}

impl Reach<'_, '_> {
    /// What a leaf compares, and with what.
    fn subject(&self, leaf: Leaf) -> (Subject, Test) {
        match leaf {
            Leaf::Atom(atom) => (Subject::Signal(atom.signal), atom.test.clone()),
            Leaf::Segment(dimension, segment) => {
                let draft = self.dimensions.get(usize::from(dimension));
                if draft.is_some_and(|draft| draft.pick == 1) {
                    (Subject::Dimension(dimension), Test::Among(vec![segment]))
                } else {
                    (Subject::Segment(dimension, segment), Test::Equals(1.0))
                }
            }
        }
    }

    /// All values that it can have.
    fn values(&self, subject: Subject) -> Option<Values> {
        match subject {
            Subject::Signal(signal) => {
                let draft = self.signals.drafts.get(usize::from(signal))?;
                Some(Values::of(&draft.shape))
            }
            Subject::Dimension(dimension) => {
                let draft = self.dimensions.get(usize::from(dimension))?;
                Some(Values::one_of(draft.segments.len()))
            }
            Subject::Segment(..) => Some(Values::one_of(2)),
        }
    }
}

/// That one of the signals of a rule is great enough to have an answer.
fn ranked(by: &By) -> Expr {
    let By::Rank { of, least } = by else {
        return Expr::All(Vec::new());
    };
    let test = if *least > 0.0 {
        Test::AtLeast(*least)
    } else {
        Test::Greater(0.0)
    };
    let great = |&(_, signal): &(u16, u16)| {
        let test = test.clone();
        Expr::Atom(Atom { signal, test })
    };
    Expr::Any(of.iter().map(great).collect())
}

/// The values of a number, for a help line.
fn range(shape: &Shape) -> String {
    match shape {
        Shape::Number { min, max, step, .. } if *min > -1e9 => {
            let step = if *step > 0.0 {
                format!(" in steps of {step}")
            } else {
                String::new()
            };
            format!(": it is from {min} to {max}{step}")
        }
        _ => String::new(),
    }
}

fn signals_of(expr: &Expr, found: &mut BTreeSet<u16>) {
    match expr {
        Expr::Atom(atom) => {
            found.insert(atom.signal);
        }
        Expr::Segment(..) => {}
        Expr::Not(inner) => signals_of(inner, found),
        Expr::All(parts) | Expr::Any(parts) => parts.iter().for_each(|p| signals_of(p, found)),
    }
}

/// What has values that comparisons narrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Signal(u16),
    /// A dimension of which exactly one segment holds.
    Dimension(u16),
    /// A segment of any other dimension.
    Segment(u16, u16),
}

struct Search<'a, 'n> {
    reach: &'a Reach<'a, 'n>,
    fuel: u32,
    /// What ran out of values last.
    emptied: Option<Subject>,
}

impl Search<'_, '_> {
    /// Whether all of `open` can hold, given what the signals still may be. True as well when
    /// the fuel is used up.
    fn holds(&mut self, mut open: Vec<&Flat>, mut known: BTreeMap<Subject, Values>) -> bool {
        if self.fuel == 0 {
            return true;
        }
        self.fuel -= 1;
        let mut choices: Vec<(&Flat, &[Flat])> = Vec::new();
        while let Some(part) = open.pop() {
            match part {
                Flat::Literal(leaf, negated) => {
                    let (subject, test) = self.reach.subject(*leaf);
                    let Some(all) = self.reach.values(subject) else {
                        continue;
                    };
                    let values = known.entry(subject).or_insert(all);
                    values.narrow(&test, *negated);
                    if values.is_empty() {
                        self.emptied = Some(subject);
                        return false;
                    }
                }
                Flat::All(parts) => open.extend(parts),
                Flat::Any(parts) => choices.push((part, parts)),
            }
        }
        // A choice that is made already needs no branch.
        let made = |parts: &[Flat]| {
            parts.iter().any(|part| {
                let Flat::Literal(leaf, negated) = part else {
                    return false;
                };
                let (subject, test) = self.reach.subject(*leaf);
                known.get(&subject).is_some_and(|values| {
                    let mut rest = values.clone();
                    rest.narrow(&test, !negated);
                    rest.is_empty()
                })
            })
        };
        choices.retain(|(_, parts)| !made(parts));
        // The shortest first: it fails soonest.
        choices.sort_by_key(|(_, parts)| parts.len());
        let Some(((_, first), rest)) = choices.split_first() else {
            return true;
        };
        first.iter().any(|part| {
            let mut open: Vec<&Flat> = rest.iter().map(|(whole, _)| *whole).collect();
            open.push(part);
            self.holds(open, known.clone())
        })
    }
}
