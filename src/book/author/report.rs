//! The sections `report` and `hints`: what may leave, what it costs, and how it is shown.

use super::crowds::{self, Crowds};
use super::diagnostic::Sink;
use super::dimensions::Draft;
use super::fields;
use super::hints;
use super::json::{Member, Node, Span, Value};
use super::published::CrowdTable;
use super::{time, words};
use crate::book::validate::LONGEST;
use crate::book::{DAY, Hints, Question, Reporting, Shown};
use crate::math;
use std::collections::BTreeMap;

/// Lifetime bits that need no reason: ten times better than a guess.
const PLAIN_BITS: f64 = 3.32;

/// The weight of a wrong answer; the odds of the true one are relative to it.
const ONE: f64 = 65_536.0;

/// Reads the sections, of which one may be missing. A published crowd table stands in place of
/// the book's own, and ends its bootstrap.
pub(super) fn report(
    report: Option<&Node>,
    hints: Option<&Node>,
    dimensions: &[Draft],
    published: Option<&CrowdTable>,
    sink: &mut Sink,
) -> Option<Reporting> {
    // Hints alone keep to what a report would have to keep to.
    let nothing = Node {
        span: Span::default(),
        value: Value::Object(Vec::new()),
    };
    let node = report.unwrap_or(&nothing);
    fields::object(node, "`report`", sink)?;
    fields::only(node, words::REPORT, "`report`", sink);
    let epsilon = match node.get("epsilon") {
        None => Some(4.0),
        Some(node) => {
            let good = |v: f64| v > 0.0 && v <= 10.0;
            fields::number(node, "`epsilon`", "above 0, up to 10", good, sink)
        }
    };
    let crowd = match node.get("crowd") {
        None => Some(50),
        Some(node) => fields::whole(node, "`crowd`", 2, 1_000_000_000, sink),
    };
    let bits = lifetime_bits(node, sink);
    let bootstrap = match node.get("bootstrap") {
        None => Some(false),
        Some(node) => fields::boolean(node, "`bootstrap`", sink),
    };
    let crowds = crowds(node.get("crowds"), dimensions, sink);
    if bootstrap == Some(true)
        && let Some(member) = node.members().iter().find(|member| member.key == "crowds")
    {
        let message = "`bootstrap` says that there is no crowd table, but `crowds` is one";
        let help = "remove `bootstrap` as soon as crowds are published";
        sink.add(member.span, "crowds-and-bootstrap", message, help);
    }
    // Outcomes stand behind what authors declare; hints are about that alone.
    let outcomes = dimensions.iter().position(|draft| draft.outcome.is_some());
    let (declared, _) = dimensions.split_at(outcomes.unwrap_or(dimensions.len()));
    let at = Span {
        start: node.span.start,
        end: node.span.start + 1,
    };
    let mut members = &[][..];
    if node.get("questions").is_some() || hints.is_none() {
        let questions = fields::require(node, "questions", "`report`", at, sink)?;
        members = fields::object(questions, "`questions`", sink)?;
        if members.is_empty() {
            fields::empty(questions, "`questions`", sink);
            return None;
        }
    }
    let (Some(epsilon), Some(crowd), Some(bits), Some(bootstrap)) =
        (epsilon, crowd, bits, bootstrap)
    else {
        // What a question costs and shows cannot be said, but what else is wrong with it can.
        for member in members {
            find(member, dimensions, sink);
            timing(&member.value, DAY, sink);
        }
        if let Some(node) = hints {
            hints::draft(node, declared, sink);
        }
        return None;
    };
    let terms = Terms {
        epsilon,
        crowd,
        cap: (bits * 1e6) as u32,
        bootstrap: bootstrap && published.is_none(),
        crowds: published.map_or(crowds, |table| table.of(dimensions)),
    };
    let questions: Vec<_> = members
        .iter()
        .map(|member| terms.question(member, dimensions, sink))
        .collect();
    let node_of_hints = hints;
    let hints = hints.map(|node| hints::hints(node, &terms, declared, sink));
    let questions: Vec<Question> = questions.into_iter().collect::<Option<_>>()?;
    let hints = match hints {
        None => None,
        Some(hints) => Some(hints?),
    };
    if let (Some(hints), Some(node)) = (&hints, node_of_hints) {
        terms.share(hints, &questions, node.span, sink);
    }
    Some(Reporting {
        epsilon,
        crowd,
        cap: terms.cap,
        questions,
        hints,
    })
}

fn lifetime_bits(report: &Node, sink: &mut Sink) -> Option<f64> {
    let why = match report.get("why") {
        Some(node) => fields::prose(node, "`why`", sink).unwrap_or(""),
        None => "",
    };
    let Some(node) = report.get("lifetime_bits") else {
        return Some(PLAIN_BITS);
    };
    let good = |v: f64| (0.01..=64.0).contains(&v);
    let bits = fields::number(node, "`lifetime_bits`", "from 0.01 to 64", good, sink)?;
    if bits > PLAIN_BITS && why.trim().is_empty() {
        let message = format!("`lifetime_bits` of {bits} needs a reason");
        let help = format!(
            "add `\"why\": \"...\"` to `report`, or stay at {PLAIN_BITS}: whoever receives all \
             reports can name a visitor 2^{bits} times better than by a guess"
        );
        sink.add(node.span, "lifetime-bits-without-why", message, help);
    }
    Some(bits)
}

fn crowds<'n>(
    node: Option<&'n Node>,
    dimensions: &[Draft],
    sink: &mut Sink,
) -> BTreeMap<&'n str, Crowds<'n>> {
    let mut tables = BTreeMap::new();
    let Some(node) = node else { return tables };
    for member in fields::object(node, "`crowds`", sink).unwrap_or(&[]) {
        let Some((_, dimension)) = find(member, dimensions, sink) else {
            continue;
        };
        let what = format!("the crowds of `{}`", member.key);
        let table = fields::object(&member.value, &what, sink).unwrap_or(&[]);
        let segments = dimension.segments.iter().map(|segment| segment.name);
        let known = segments
            .chain(dimension.group_names.iter().copied())
            .chain(["any"]);
        let mut crowds = Crowds::new();
        for entry in table {
            if !known.clone().any(|name| name == entry.key) {
                let message = format!("`{}` is no segment or group of `{}`", entry.key, member.key);
                let help = words::suggest(&entry.key, known.clone(), "");
                sink.add(entry.span, "crowd-unknown-group", message, help);
            }
            if let Some(n) = fields::whole(&entry.value, "a crowd", 0, u32::MAX, sink) {
                crowds.insert(entry.key.as_str(), f64::from(n));
            }
        }
        tables.insert(member.key.as_str(), crowds);
    }
    tables
}

fn find<'d, 'n>(
    member: &Member,
    dimensions: &'d [Draft<'n>],
    sink: &mut Sink,
) -> Option<(u16, &'d Draft<'n>)> {
    named(&member.key, member.span, dimensions, sink)
}

/// A dimension by its name.
pub(super) fn named<'d, 'n>(
    name: &str,
    at: Span,
    dimensions: &'d [Draft<'n>],
    sink: &mut Sink,
) -> Option<(u16, &'d Draft<'n>)> {
    let found = (0..)
        .zip(dimensions)
        .find(|(_, dimension)| dimension.name == name);
    if found.is_none() {
        let names = dimensions.iter().map(|dimension| dimension.name);
        let help = words::suggest(name, names, "declare it under `dimensions`");
        let message = format!("unknown dimension `{name}`");
        sink.add(at, "unknown-dimension", message, help);
    }
    found
}

/// What holds for all that leaves.
pub(super) struct Terms<'n> {
    epsilon: f64,
    crowd: u32,
    pub(super) cap: u32,
    bootstrap: bool,
    crowds: BTreeMap<&'n str, Crowds<'n>>,
}

impl Terms<'_> {
    fn question(&self, member: &Member, dimensions: &[Draft], sink: &mut Sink) -> Option<Question> {
        let found = find(member, dimensions, sink);
        let delay = found.and_then(|(_, dimension)| dimension.outcome);
        let timing = timing(&member.value, delay.unwrap_or(DAY), sink);
        let (index, dimension) = found?;
        if !exclusive(dimension, member.span, sink) {
            return None;
        }
        let charge = charge(dimension.segments.len(), odds(self.epsilon));
        if charge > self.cap {
            self.too_costly(member, dimension, charge, sink);
        }
        let shown = self.shown(dimension, member.span, sink);
        let (weight, after) = timing?;
        if let Some(within) = dimension.outcome.filter(|within| after < *within) {
            let message = format!(
                "`{}` is asked about from {} after consent on, and its goal counts for {}",
                member.key,
                time::words(after),
                time::words(within)
            );
            let help = "leave `after` out, or shorten the goal's `within`: conversions that come \
                        later than the question are not counted";
            sink.add(member.span, "asked-too-early", message, help);
        }
        Some(Question {
            dimension: index,
            weight,
            after,
            jitter: after,
            odds: odds(self.epsilon),
            charge,
            shown,
        })
    }

    /// As what each segment of a dimension is shown.
    pub(super) fn shown(&self, dimension: &Draft, at: Span, sink: &mut Sink) -> Vec<Shown> {
        let none = Crowds::new();
        let table = self.crowds.get(dimension.name).unwrap_or(&none);
        let shown = crowds::shown(dimension, table, f64::from(self.crowd), self.bootstrap);
        if shown.iter().all(|shown| *shown == Shown::Withheld) {
            let message = format!("every answer about `{}` will be withheld", dimension.name);
            let help = "add its `crowds`, or `\"bootstrap\": true` while there is no crowd table";
            sink.add(at, "nothing-shown", message, help);
        }
        shown
    }

    /// Hints and a question are charged to one budget.
    fn share(&self, hints: &Hints, questions: &[Question], at: Span, sink: &mut Sink) {
        let hint: u32 = hints.dimensions.iter().map(|h| h.charge).sum();
        let fits = |charge: u32| hint.saturating_add(charge) <= self.cap;
        let costly = questions.iter().map(|q| q.charge).max();
        if let Some(costly) = costly.filter(|c| hint <= self.cap && *c <= self.cap && !fits(*c)) {
            let message = format!(
                "a hint of {:.2} bits and an answer of {:.2} do not both fit `lifetime_bits` of {}",
                f64::from(hint) / 1e6,
                f64::from(costly) / 1e6,
                f64::from(self.cap) / 1e6
            );
            let help = "whichever comes second is withheld; hint at less, or measure less";
            sink.add(at, "budget-shared", message, help);
        }
    }

    fn too_costly(&self, member: &Member, dimension: &Draft, charge: u32, sink: &mut Sink) {
        let bits = f64::from(charge) / 1e6;
        let message = format!(
            "an answer about `{}` costs {bits:.2} bits, more than `lifetime_bits` of {}",
            member.key,
            f64::from(self.cap) / 1e6
        );
        let answers = dimension.segments.len();
        let fits = (1..1000)
            .rev()
            .map(|tenth| f64::from(tenth) / 10.0)
            .find(|&epsilon| epsilon < self.epsilon && charge_of(answers, epsilon) <= self.cap);
        let fewer = (2..answers).rev();
        let most = fewer
            .into_iter()
            .find(|&fewer| charge_of(fewer, self.epsilon) <= self.cap);
        let mut ways = Vec::new();
        ways.extend(fits.map(|epsilon| format!("write `\"epsilon\": {epsilon}`")));
        ways.extend(most.map(|most| match dimension.outcome {
            None => format!("use at most {most} answers"),
            Some(_) => format!(
                "show fewer variants, or let a bandit learn `by` fewer segments: each variant in \
                 each of them has two answers, and there is one more; {most} fit, this has {answers}"
            ),
        }));
        ways.push("allow more `lifetime_bits`".to_owned());
        let help = ways.join(", or ");
        sink.add(member.span, "question-too-costly", message, help);
    }
}

/// Whether a dimension has one answer for each visitor, and more than one in all.
pub(super) fn exclusive(dimension: &Draft, at: Span, sink: &mut Sink) -> bool {
    let answers = dimension.segments.len();
    let fits = dimension.pick == 1 && answers >= 2;
    if !fits {
        let message = if answers < 2 {
            format!("`{}` has no answer to choose", dimension.name)
        } else {
            format!("several segments of `{}` may hold at once", dimension.name)
        };
        let help = "ask only about dimensions with `pick` 1 and at least 2 answers";
        sink.add(at, "question-not-exclusive", message, help);
    }
    fits
}

/// Weight and delay of a question.
fn timing(node: &Node, delay: u32, sink: &mut Sink) -> Option<(u32, u32)> {
    const MOST: u32 = 1_000_000;
    if let Value::Number(_) = node.value {
        return Some((fields::whole(node, "a weight", 1, MOST, sink)?, delay));
    }
    if !matches!(node.value, Value::Object(_)) {
        fields::wrong_type(node, "a weight or an object", "a question", sink);
        return None;
    }
    fields::only(node, words::QUESTION, "a question", sink);
    let weight = match node.get("weight") {
        None => Some(1),
        Some(node) => fields::whole(node, "`weight`", 1, MOST, sink),
    };
    let after = match node.get("after") {
        None => Some(delay),
        Some(node) => time::duration(node, "`after`", 1, LONGEST, sink),
    };
    Some((weight?, after?))
}

/// e^epsilon in units of 1/65536, rounded down: never more than was asked for.
fn odds(epsilon: f64) -> u32 {
    (math::exp(epsilon) * ONE) as u32
}

/// log2 of the capacity of randomised response, in millionths of a bit, rounded up.
fn charge(answers: usize, odds: u32) -> u32 {
    let (d, odds) = (answers as f64, f64::from(odds));
    let bits = math::log2(d * odds / (odds + (d - 1.0) * ONE));
    // More than the error of the logarithm: an answer is never charged too little.
    (bits * 1e6 + 1e-5).ceil() as u32
}

fn charge_of(answers: usize, epsilon: f64) -> u32 {
    charge(answers, odds(epsilon))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odds_and_charges() {
        // e^4 = 54.598150033144236, times 65536.
        assert_eq!(odds(4.0), 3_578_144);
        assert_eq!(odds(10.0), 1_443_526_462);
        assert_eq!(odds(1e-9), 65_536);
        // log2(2 * 54.598 / 55.598) = 0.973816
        assert_eq!(charge(2, odds(4.0)), 973_816);
        assert_eq!(charge(2, 65_536), 1);
        assert!(charge(11, odds(4.0)) <= 3_320_000);
        assert!(charge(12, odds(4.0)) > 3_320_000);
    }
}
