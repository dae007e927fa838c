//! What is decided, in words: slots with their rules, experiments, bandits and rankings.

use std::collections::BTreeSet;

use fewbits::book::Book;
use serde_json::Value;

use super::{list, objects, plain, string, where_they_are, words};

/// A book as its author wrote it, and as it was compiled: the one has the conditions, the other
/// the shares, the posteriors and the reasons that follow from it.
pub struct Decided<'b> {
    pub book: &'b Value,
    pub compiled: &'b Book,
}

/// The sections, and what one of it is called.
const SECTIONS: [(&str, &str); 4] = [
    ("decisions", "slot"),
    ("experiments", "experiment"),
    ("bandits", "bandit"),
    ("rankings", "ranking"),
];

impl Decided<'_> {
    /// Everything by name, with its reason.
    pub fn all(&self) -> Vec<String> {
        let mut out = Vec::new();
        for (section, kind) in SECTIONS {
            for (name, definition) in objects(self.book, section) {
                out.push(format!("{kind} {name}: {}", string(definition, "why")));
            }
        }
        out
    }

    /// Everything about what has this name; empty if nothing has.
    pub fn named(&self, name: &str) -> Vec<String> {
        let mut out = Vec::new();
        for (section, kind) in SECTIONS {
            let Some(definition) = self.book.get(section).and_then(|all| all.get(name)) else {
                continue;
            };
            out.push(format!("{kind} {name}"));
            out.push(format!("  why: {}", string(definition, "why")));
            let mut signals = BTreeSet::new();
            match kind {
                "slot" => self.slot(name, definition, &mut out, &mut signals),
                "experiment" => self.experiment(name, definition, &mut out, &mut signals),
                "bandit" => self.bandit(name, definition, &mut out),
                _ => ranking(definition, &mut out, &mut signals),
            }
            out.extend(where_they_are(self.book, &signals));
        }
        out
    }

    fn slot(
        &self,
        name: &str,
        slot: &Value,
        out: &mut Vec<String>,
        signals: &mut BTreeSet<String>,
    ) {
        let compiled = self.compiled.slots.iter();
        let mut compiled = compiled.filter(|s| self.compiled.str(s.name) == name);
        let because = compiled.next().map_or_else(Vec::new, |slot| {
            let of_rules = slot.choose.iter();
            of_rules.map(|c| self.compiled.str(c.because)).collect()
        });
        out.push("  the first of these rules that has an answer gives it".to_owned());
        let rules = list(slot, "choose").zip(because);
        for (n, (rule, because)) in (1..).zip(rules) {
            out.push(format!("    {n}. {}", self.shows(rule)));
            out.push(format!("      because: {because}"));
            if let Some(condition) = rule.get("when") {
                out.push("      when".to_owned());
                words(condition, 4, out, signals);
            }
            let ranked = objects(rule, "rank").map(|(_, signal)| plain(signal));
            signals.extend(ranked);
        }
        out.push(format!("  otherwise {}", string(slot, "otherwise")));
        out.push(
            "  what would change it: a rule before comes to have an answer, or its own has none"
                .to_owned(),
        );
        out.push(match slot.get("changes") {
            Some(Value::Bool(true)) => "  at once: it may change within a visit".to_owned(),
            _ => "  from the next visit on: until half an hour has passed without an event or a \
                  decision, the answer stays"
                .to_owned(),
        });
    }

    /// What a rule answers with.
    fn shows(&self, rule: &Value) -> String {
        let shown = objects(rule, "show");
        let renamed: Vec<String> = shown
            .filter(|(its, ours)| ours.as_str() != Some(its))
            .map(|(its, ours)| format!("{} for {its}", plain(ours)))
            .collect();
        let renamed = match renamed.is_empty() {
            true => String::new(),
            false => format!(" ({})", renamed.join(", ")),
        };
        if let Some(name) = rule.get("experiment") {
            return format!(
                "the visitor's variant of experiment {}{renamed}; no answer for who does not take \
                 part",
                plain(name)
            );
        }
        if let Some(name) = rule.get("bandit") {
            let held = match self.book.get("holdout") {
                Some(_) => "; no answer for who is held out",
                None => "",
            };
            return format!("what bandit {} draws{renamed}{held}", plain(name));
        }
        if rule.get("rank").is_some() {
            let of: Vec<String> = objects(rule, "rank")
                .map(|(variant, signal)| format!("{variant} by {}", plain(signal)))
                .collect();
            let least = rule.get("least").and_then(Value::as_f64).unwrap_or(0.0);
            let none = match least > 0.0 {
                true => format!("at least {least}"),
                false => "above 0".to_owned(),
            };
            return format!(
                "whose signal is greatest: {}; no answer if none is {none}",
                of.join(", ")
            );
        }
        string(rule, "show").to_owned()
    }

    /// The slots that use it, and the goal.
    fn used(&self, kind: &str, name: &str, source: &Value, out: &mut Vec<String>) {
        if let Some(goal) = source.get("goal") {
            out.push(format!("  goal: {}", plain(goal)));
        }
        let mut places = Vec::new();
        for (slot, definition) in objects(self.book, "decisions") {
            let rules = (1..).zip(list(definition, "choose"));
            let rules = rules.filter(|(_, rule)| string(rule, kind) == name);
            places.extend(rules.map(|(n, _)| format!("slot {slot} (rule {n})")));
        }
        out.push(match places.is_empty() {
            true => "  shown nowhere".to_owned(),
            false => format!("  shown in {}", places.join(", ")),
        });
        if let Some(share) = self.book.pointer("/holdout/share").and_then(Value::as_f64) {
            let share = percent(share);
            out.push(format!("  {share} of all visitors are held out of it"));
        }
    }

    fn experiment(
        &self,
        name: &str,
        experiment: &Value,
        out: &mut Vec<String>,
        signals: &mut BTreeSet<String>,
    ) {
        let compiled = self.compiled.experiments.iter();
        let mut compiled = compiled.filter(|e| self.compiled.str(e.name) == name);
        let Some(compiled) = compiled.next() else {
            return;
        };
        let ranges = compiled.draw.ranges.iter();
        let shares: Vec<String> = compiled
            .variants
            .iter()
            .zip(ranges)
            .map(|(variant, (from, to))| {
                let variant = self.compiled.str(*variant);
                format!("{variant} for {}", percent(to - from))
            })
            .collect();
        out.push(format!("  drawn once: {}", shares.join(", ")));
        if let Some(condition) = experiment.get("when") {
            out.push("  takes part who".to_owned());
            words(condition, 2, out, signals);
        }
        if let Some([name, from, to]) = experiment
            .get("namespace")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
        {
            out.push(format!(
                "  and is in the part from {} to {} of namespace {}",
                plain(from),
                plain(to),
                plain(name)
            ));
        }
        if let Some(layer) = experiment.get("layer") {
            let layer = plain(layer);
            let all = objects(self.book, "experiments");
            let others: Vec<&str> = all
                .filter(|(other, e)| *other != name && string(e, "layer") == layer)
                .map(|(other, _)| other.as_str())
                .collect();
            let others = match others.is_empty() {
                true => "no other experiment yet".to_owned(),
                false => others.join(", "),
            };
            out.push(format!(
                "  shares the visitors of layer {layer} with {others}"
            ));
        }
        if let Some(ends) = experiment.get("ends") {
            out.push(format!("  is over from {} on", plain(ends)));
        }
        self.used("experiment", name, experiment, out);
        out.push(match compiled.seen {
            Some(_) => {
                "  what would change it: nothing, who has seen a variant keeps it until it is over"
            }
            None => "  what would change it: another condition, other shares or another hash",
        }
        .to_owned());
    }

    fn bandit(&self, name: &str, bandit: &Value, out: &mut Vec<String>) {
        let compiled = self.compiled.bandits.iter();
        let mut compiled = compiled.filter(|b| self.compiled.str(b.name) == name);
        let Some(compiled) = compiled.next() else {
            return;
        };
        let dimension = compiled
            .by
            .and_then(|by| self.compiled.dimensions.get(usize::from(by)));
        let rows: Vec<String> = match dimension {
            Some(dimension) => {
                let segments = dimension.segments.iter();
                let name = self.compiled.str(dimension.name);
                segments
                    .map(|s| format!("{name}/{}", self.compiled.str(s.name)))
                    .collect()
            }
            None => vec!["all visitors".to_owned()],
        };
        out.push(
            "  draws the likelier the more often a variant succeeded, as the book knows it:"
                .to_owned(),
        );
        let width = compiled.variants.len().max(1);
        for (row, posteriors) in rows.iter().zip(compiled.rows.chunks(width)) {
            let variants = compiled.variants.iter().zip(posteriors);
            let rates: Vec<String> = variants
                .map(|(variant, (a, b))| {
                    let variant = self.compiled.str(*variant);
                    format!("{variant} {} of {}", percent(a / (a + b)), rounded(a + b))
                })
                .collect();
            out.push(format!("    {row}: {}", rates.join(", ")));
        }
        self.used("bandit", name, bandit, out);
        out.push(match compiled.seen {
            Some(_) => {
                "  what would change it: nothing, it draws once for a visitor, because its outcome \
                 is asked for"
            }
            None => {
                "  what would change it: the next visit, for which it draws anew, or another \
                 segment"
            }
        }
        .to_owned());
    }
}

fn ranking(ranking: &Value, out: &mut Vec<String>, signals: &mut BTreeSet<String>) {
    out.push("  an item's number is the sum of".to_owned());
    let factor = |name: &str, by: &Value| format!("    its {name}, times {}", plain(by));
    out.extend(ranking.get("popularity").map(|by| factor("popularity", by)));
    out.extend(objects(ranking, "boosts").map(|(name, by)| factor(name, by)));
    for weight in list(ranking, "weights") {
        let by = weight.get("by").map(plain);
        let add = weight.get("add").map(plain);
        let times = weight.get("times").map(plain);
        let tag = weight.get("tag").map(plain);
        out.push(match (tag, &by) {
            (Some(tag), None) => format!("    {} if it has {tag}", add.unwrap_or_default()),
            (Some(tag), Some(by)) => {
                let times = times.map_or(String::new(), |n| format!(" times {n}"));
                let add = add.map_or(String::new(), |n| format!(" plus {n}"));
                format!("    the value of {by}{times}{add} if it has {tag}")
            }
            (None, by) => format!(
                "    {} if its {} is what {} says",
                add.unwrap_or_else(|| "1".to_owned()),
                string(weight, "each"),
                by.as_deref().unwrap_or_default()
            ),
        });
        signals.extend(by);
        condition(weight, out, signals);
    }
    for (key, lead) in [
        ("must", "left out if it lacks"),
        ("not", "left out if it has"),
    ] {
        for tag in list(ranking, key) {
            let name = tag.get("tag").unwrap_or(tag);
            out.push(format!("  {lead} {}", plain(name)));
            condition(tag, out, signals);
        }
    }
    let price = ranking.get("price").map(|range| ("price", range));
    let numbers = objects(ranking, "numbers").map(|(name, range)| (name.as_str(), range));
    for (name, range) in price.into_iter().chain(numbers) {
        out.push(format!(
            "  left out if its {name} is not within: {}",
            plain(range)
        ));
    }
    if let Some(diversify) = ranking.get("diversify") {
        let most = diversify.get("most").map(plain).unwrap_or_default();
        let by = string(diversify, "by");
        out.push(format!("  at most {most} of one {by}"));
    }
    if let Some(limit) = ranking.get("limit") {
        out.push(format!("  the first {} are shown", plain(limit)));
    }
}

/// The condition of a part of a ranking.
fn condition(part: &Value, out: &mut Vec<String>, signals: &mut BTreeSet<String>) {
    if let Some(condition) = part.get("when") {
        out.push("      when".to_owned());
        words(condition, 4, out, signals);
    }
}

fn percent(share: f64) -> String {
    format!("{} %", rounded(share * 100.0))
}

/// Two digits behind the point, and none that say nothing.
fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
