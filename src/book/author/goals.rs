//! Outcomes: what became of an experiment or a bandit that `report.questions` names, as a
//! dimension that no author wrote. Of each variant one sequence tells whether it was the last to
//! be shown, another one whether the goal was reached since; these are its segments, so that gate
//! and report need not know that there are experiments.

use super::condition::Expr;
use super::diagnostic::Sink;
use super::dimensions::{Draft, Segment};
use super::events::{Names, Strings};
use super::json::{Node, Span};
use super::mentions::elements;
use super::shown::{self, Own};
use super::signals::{Shape, Signals};
use super::time;
use crate::book::validate::LONGEST;
use crate::book::{Atom, DAY, Group, Kind, Matcher, SHOWN, Step, Test};

/// An outcome that is asked about.
pub(super) struct Goal<'n> {
    /// The experiment or bandit.
    source: &'n str,
    at: Span,
    node: &'n Node,
    bandit: bool,
    /// Seconds in which the goal counts.
    within: u32,
    arms: Vec<Arm>,
    /// Groups of cells, each after the one it lies under.
    rungs: Vec<(String, Option<u16>)>,
}

/// A variant, of a bandit in one segment.
struct Arm {
    /// The tag value of its exposures: `VARIANT` or `SEGMENT.VARIANT`.
    value: String,
    /// Names of the two cells, and what they lie under.
    cells: [(String, Option<u16>); 2],
}

/// Signals of an arm, told apart by what they end in: it was shown last; the goal was reached.
const LAST: &str = "last";
const REACHED: &str = "goal";
/// The two cells of an arm.
const ENDS: [&str; 2] = ["yes", "no"];

/// The outcomes that are asked about. A first, lenient look: where the document is wrong, the
/// real reading says so.
pub(super) fn asked(document: &Node) -> Vec<Goal<'_>> {
    let questions = shown::section(document, "report").iter();
    let questions = questions.filter(|member| member.key == "questions");
    let mut goals = Vec::new();
    for question in questions.flat_map(|member| member.value.members()) {
        let Some((source, bandit)) = source(document, &question.key) else {
            continue;
        };
        let variants = elements(source.value.get("variants"));
        let variants: Vec<&str> = variants.iter().filter_map(Node::text).collect();
        let rows = match bandit {
            true => shown::rows(document, &source.value),
            false => vec![""],
        };
        let arm = |row: &str, variant: &str| {
            let value = match bandit {
                true => format!("{row}.{variant}"),
                false => variant.to_owned(),
            };
            let cells = ENDS.map(|end| (format!("{value}-{end}"), None));
            Arm { value, cells }
        };
        let arms = rows
            .iter()
            .flat_map(|row| variants.iter().map(move |variant| arm(row, variant)));
        let within = source.value.get("goal").and_then(|goal| goal.get("within"));
        goals.push(Goal {
            source: &source.key,
            at: source.span,
            node: &source.value,
            bandit,
            within: within
                .and_then(|node| time::duration(node, "", 60, LONGEST, &mut Sink::new()))
                .unwrap_or(DAY),
            arms: arms.collect(),
            rungs: Vec::new(),
        });
    }
    goals
}

/// An experiment or bandit by its name, and whether it is a bandit.
fn source<'n>(document: &'n Node, name: &str) -> Option<(&'n super::json::Member, bool)> {
    let found = |section: &str| {
        let mut all = shown::section(document, section).iter();
        all.find(|member| member.key == name)
    };
    let experiment = found("experiments").map(|member| (member, false));
    experiment.or_else(|| found("bandits").map(|member| (member, true)))
}

/// Notes what is missing of an outcome that is asked about.
pub(super) fn check(document: &Node, retention: u32, sink: &mut Sink) {
    let used = shown::used(document);
    let questions = document.get("report").and_then(|r| r.get("questions"));
    for question in questions.map_or(&[][..], Node::members) {
        let Some((source, bandit)) = source(document, &question.key) else {
            continue;
        };
        let what = if bandit { "bandit" } else { "experiment" };
        if !used.contains(question.key.as_str()) {
            let message = format!("nothing can become of `{}`: no slot uses it", question.key);
            let help = format!(
                "add `{{ \"{what}\": \"{}\" }}` to a slot's `choose`",
                question.key
            );
            sink.add(question.span, "no-goal", message, help);
            continue;
        }
        let Some(goal) = source.value.get("goal") else {
            let message = format!("{what} `{}` has no `goal` to ask about", question.key);
            let help = format!(
                "add one to the {what}: `\"goal\": {{ \"event\": \"purchase\", \"within\": \"14d\" }}`"
            );
            sink.add(question.span, "no-goal", message, help);
            continue;
        };
        if let Some(node) = goal.get("within")
            && let Some(seconds) = time::duration(node, "", 60, LONGEST, &mut Sink::new())
        {
            time::retained(node, seconds, retention, sink);
        }
    }
}

/// The signals that the outcomes follow from.
pub(super) fn signals(goals: &[Goal], retention: u32, names: &mut Names) -> Vec<Own> {
    let mut own = Vec::new();
    for goal in goals {
        let shown = names.event(SHOWN);
        let key = format!("~{}", goal.source);
        let reached = goal.reached(names);
        let tagged = |of: &dyn Fn(&Arm) -> bool| {
            let arms = goal.arms.iter().filter(|arm| of(arm));
            let values = arms.filter_map(|arm| names.tags.find(&key, &arm.value));
            let mut values: Vec<u16> = values.map(|(_, value)| value).collect();
            values.sort_unstable();
            Matcher {
                event: shown,
                tags: names
                    .tags
                    .find_key(&key)
                    .map_or_else(Vec::new, |key| vec![(key, values)]),
            }
        };
        let step = |of: Matcher, negated: bool| Step { of, negated };
        let mut seconds = Vec::new();
        for arm in &goal.arms {
            let this = tagged(&|other| other.value == arm.value);
            let others = tagged(&|other| other.value != arm.value);
            let last = vec![step(this, false), step(others.clone(), true)];
            let mut reach = last.clone();
            reach.extend([step(reached.clone(), false), step(others, true)]);
            let signal = |end: &str, steps: Vec<Step>, gap: u32| Own {
                name: format!("{key}/{}:{end}", arm.value),
                at: goal.at,
                kind: Kind::Sequence {
                    steps,
                    within: retention,
                    gap,
                },
                shape: Shape::Boolean { missing: false },
            };
            own.push(signal(LAST, last, 0));
            seconds.push(signal(REACHED, reach, goal.within));
        }
        // Those that tell what was shown last stand in a row, in the order of the arms.
        own.append(&mut seconds);
    }
    own
}

impl Goal<'_> {
    /// The event that counts as success.
    fn reached(&self, names: &mut Names) -> Matcher {
        let goal = self.node.get("goal");
        let event = goal.and_then(|goal| goal.get("event")).and_then(Node::text);
        let mut tags = Vec::new();
        let narrowed = goal.and_then(|goal| goal.get("tags"));
        for tag in narrowed.map_or(&[][..], Node::members) {
            let items: Vec<&str> = match tag.value.text() {
                Some(text) => vec![text],
                None => elements(Some(&tag.value))
                    .iter()
                    .filter_map(Node::text)
                    .collect(),
            };
            for item in &items {
                names.tags.value(&tag.key, item);
            }
            let find = |item: &&str| names.tags.find(&tag.key, item).map(|(_, value)| value);
            let mut values: Vec<u16> = items.iter().filter_map(find).collect();
            values.sort_unstable();
            values.dedup();
            tags.extend(names.tags.find_key(&tag.key).map(|key| (key, values)));
        }
        tags.sort_unstable();
        Matcher {
            // After an error any name does.
            event: names.event(event.unwrap_or(SHOWN)),
            tags,
        }
    }

    /// Puts the cells under groups: those of an experiment under their variant, those of a
    /// bandit under the same cell of the groups above their segment.
    fn climb(&mut self, dimensions: &[Draft]) {
        let by = self.node.get("by").and_then(Node::text);
        let by = dimensions.iter().find(|draft| Some(draft.name) == by);
        let variants: Vec<&str> = elements(self.node.get("variants"))
            .iter()
            .filter_map(Node::text)
            .collect();
        if !self.bandit {
            // A variant that is called like a cell cannot be a group as well.
            let cell =
                |name: &&str| *name == "any" || name.ends_with("-yes") || name.ends_with("-no");
            if !variants.iter().any(cell) {
                for (at, (arm, variant)) in (0..).zip(self.arms.iter_mut().zip(&variants)) {
                    self.rungs.push(((*variant).to_owned(), None));
                    arm.cells.iter_mut().for_each(|cell| cell.1 = Some(at));
                }
            }
            return;
        }
        let Some(by) = by else { return };
        let per = variants.len().max(1);
        let top = !by.segments.iter().any(|segment| segment.name == "any");
        for (v, variant) in variants.iter().enumerate() {
            for (e, end) in ENDS.iter().enumerate() {
                let all = top.then_some(self.rungs.len() as u16);
                if top {
                    self.rungs.push((format!("any.{variant}-{end}"), None));
                }
                let first = self.rungs.len() as u16;
                for (group, name) in by.groups.iter().zip(&by.group_names) {
                    let above = group.parent.map(|parent| first + parent).or(all);
                    self.rungs.push((format!("{name}.{variant}-{end}"), above));
                }
                for (row, segment) in by.segments.iter().enumerate() {
                    let above = segment.parent.map(|parent| first + parent).or(all);
                    if let Some(arm) = self.arms.get_mut(row * per + v)
                        && let Some(cell) = arm.cells.get_mut(e)
                    {
                        cell.1 = above;
                    }
                }
            }
        }
    }

    fn draft<'d>(&'d self, signals: &Signals, strings: &mut Strings) -> Draft<'d> {
        let holds = |arm: &Arm, end: &str| {
            let signal = signals.find(&format!("~{}/{}:{end}", self.source, arm.value));
            let test = Test::Equals(1.0);
            signal.map(|signal| (Expr::Atom(Atom { signal, test }), self.at))
        };
        let mut segments: Vec<Segment> = Vec::new();
        for arm in &self.arms {
            for ((name, parent), end) in arm.cells.iter().zip([REACHED, LAST]) {
                segments.push(segment(name, *parent, holds(arm, end)));
            }
        }
        segments.push(segment("any", None, None));
        let why = self.node.get("why").and_then(Node::text);
        Draft {
            name: self.source,
            why: strings.id(why.unwrap_or_default()),
            pick: 1,
            groups: self
                .rungs
                .iter()
                .map(|(name, parent)| Group {
                    name: strings.id(name),
                    parent: *parent,
                })
                .collect(),
            group_names: self.rungs.iter().map(|(name, _)| name.as_str()).collect(),
            segments,
            sensitive: false,
            outcome: Some(self.within),
        }
    }
}

fn segment<'n>(name: &'n str, parent: Option<u16>, when: Option<(Expr, Span)>) -> Segment<'n> {
    Segment {
        name,
        parent,
        when,
        stay: None,
        hold: 0,
        ends: 0,
        value: 0.0,
    }
}

/// Finds the ladders of the outcomes.
pub(super) fn climb(goals: &mut [Goal], dimensions: &[Draft]) {
    goals.iter_mut().for_each(|goal| goal.climb(dimensions));
}

/// The outcomes as dimensions.
pub(super) fn drafts<'d>(
    goals: &'d [Goal],
    signals: &Signals,
    strings: &mut Strings,
) -> Vec<Draft<'d>> {
    let drafts = goals.iter().map(|goal| goal.draft(signals, strings));
    drafts.collect()
}

/// The first of the signals of a source that tell which arm was shown last.
pub(super) fn first(signals: &Signals, source: &str, arm: &str) -> Option<u16> {
    signals.find(&format!("~{source}/{arm}:{LAST}"))
}
