//! `fewbits explain`: who is in a segment, and what a slot shows to whom, in words.

mod decided;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value};

use crate::book::{compile, text};
use crate::failure::{Failure, Result};
use decided::Decided;

/// What to explain.
#[derive(Args)]
pub struct Arguments {
    /// A book, as JSON
    book: PathBuf,
    /// A segment, such as `interest/boots`, or a slot, an experiment, a bandit or a ranking;
    /// without it, all are listed
    name: Option<String>,
}

/// Always `true`.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let source = text(&arguments.book)?;
    let compiled = compile(&source, &arguments.book)?;
    let book: Value = serde_json::from_str(&source)
        .map_err(|e| Failure::new(e, "this is a fault of the tool: please report it"))?;
    let decided = Decided {
        book: &book,
        compiled: &compiled.book,
    };
    let lines = match &arguments.name {
        None => everything(&book, &decided),
        Some(wanted) => named(&book, &decided, wanted).ok_or_else(|| {
            let help = format!(
                "`fewbits explain {}` lists them all",
                arguments.book.display()
            );
            let what = match wanted.contains('/') {
                true => "segment",
                false => "slot, experiment, bandit or ranking",
            };
            Failure::new(format_args!("there is no {what} `{wanted}`"), help)
        })?,
    };
    let mut out = std::io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(true)
}

/// All that can be asked for.
fn everything(book: &Value, decided: &Decided) -> Vec<String> {
    let mut out = Vec::new();
    for (name, dimension) in objects(book, "dimensions") {
        out.push(format!("{name}: {}", string(dimension, "why")));
        out.extend(ids(dimension).map(|id| format!("  {name}/{id}")));
    }
    out.extend(decided.all());
    out
}

/// Everything about one of it.
fn named(book: &Value, decided: &Decided, wanted: &str) -> Option<Vec<String>> {
    let Some((name, id)) = wanted.split_once('/') else {
        return Some(decided.named(wanted)).filter(|lines| !lines.is_empty());
    };
    let dimension = book.get("dimensions")?.get(name)?;
    ids(dimension)
        .any(|known| known == id)
        .then(|| segment(book, name, dimension, id))
}

fn objects<'b>(value: &'b Value, key: &str) -> impl Iterator<Item = (&'b String, &'b Value)> {
    value
        .get(key)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

fn list<'b>(value: &'b Value, key: &str) -> impl Iterator<Item = &'b Value> {
    value
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn string<'b>(value: &'b Value, key: &str) -> &'b str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn ids(dimension: &Value) -> impl Iterator<Item = &str> {
    list(dimension, "segments")
        .map(|s| string(s, "id"))
        .chain([string(dimension, "otherwise")])
}

/// Everything about one segment, in lines.
fn segment(book: &Value, name: &str, dimension: &Value, id: &str) -> Vec<String> {
    let mut out = vec![format!("{name}/{id}")];
    out.push(format!("  why: {}", string(dimension, "why")));
    out.push(format!("  ladder: {}", ladder(dimension, id).join(" -> ")));
    let before: Vec<&str> = ids(dimension).take_while(|other| *other != id).collect();
    let Some(segment) = list(dimension, "segments").find(|s| string(s, "id") == id) else {
        out.push("  holds when no other segment of this dimension does".to_owned());
        return out;
    };
    let mut signals = BTreeSet::new();
    for (key, lead) in [("when", "holds when"), ("stay", "a member stays while")] {
        if let Some(condition) = segment.get(key) {
            out.push(format!("  {lead}"));
            words(condition, 2, &mut out, &mut signals);
        }
    }
    if let Some(hold) = segment.get("hold") {
        out.push(format!("  a member stays for at least {}", plain(hold)));
    }
    if let Some(ends) = segment.get("ends") {
        out.push(format!("  is gone from {} on", plain(ends)));
    }
    let pick = dimension.get("pick").and_then(Value::as_u64).unwrap_or(1);
    if !before.is_empty() {
        let places = if pick == 1 {
            String::new()
        } else {
            format!("{pick} of ")
        };
        out.push(format!(
            "  unless {places}these hold, which come before it: {}",
            before.join(", ")
        ));
    }
    out.extend(where_they_are(book, &signals));
    out
}

/// What each signal is; a condition may name one with its kind before it.
fn where_they_are(book: &Value, signals: &BTreeSet<String>) -> Vec<String> {
    let mut out = Vec::new();
    for signal in signals {
        let signal = signal.strip_prefix("signal:").unwrap_or(signal);
        let Some(definition) = book.get("signals").and_then(|s| s.get(signal)) else {
            continue;
        };
        if out.is_empty() {
            out.push("  where".to_owned());
        }
        out.push(format!("    {signal} is {}", described(definition)));
        let model = definition.get("model").and_then(Value::as_str);
        if let Some(model) = model.and_then(|name| book.pointer(&format!("/models/{name}"))) {
            let name = |input: &Value| {
                input
                    .as_str()
                    .map_or_else(|| string(input, "signal").to_owned(), str::to_owned)
            };
            let mut read: Vec<String> = list(model, "inputs").map(name).collect();
            read.dedup();
            out.push(format!(
                "      from {} (`fewbits audit` weighs them)",
                read.join(", ")
            ));
        }
    }
    out
}

/// The segment and its coarser groups, up to `any`.
fn ladder<'b>(dimension: &'b Value, id: &'b str) -> Vec<&'b str> {
    let mut rungs = vec![id];
    let mut under = list(dimension, "segments")
        .find(|s| string(s, "id") == id)
        .map(|s| string(s, "under"));
    while let Some(group) = under.filter(|g| !g.is_empty() && rungs.len() < 100) {
        rungs.push(group);
        under = list(dimension, "groups")
            .find(|g| string(g, "id") == group)
            .map(|g| string(g, "under"));
    }
    if id != "any" {
        rungs.push("any");
    }
    rungs
}

/// A condition, a line for each part.
fn words(condition: &Value, depth: usize, out: &mut Vec<String>, signals: &mut BTreeSet<String>) {
    let indent = "  ".repeat(depth);
    let parts = condition.as_object().cloned().unwrap_or_default();
    if parts.is_empty() {
        out.push(format!("{indent}always"));
    }
    for (i, (key, value)) in parts.iter().enumerate() {
        let and = if i > 0 { "and " } else { "" };
        let lead = match key.as_str() {
            "$and" => "all of",
            "$or" => "any of",
            "$nor" => "none of",
            "$not" => "not",
            signal => {
                signals.insert(signal.to_owned());
                out.push(format!("{indent}{and}{signal} {}", compared(value)));
                continue;
            }
        };
        out.push(format!("{indent}{and}{lead}"));
        match value.as_array() {
            Some(all) => all
                .iter()
                .for_each(|inner| words(inner, depth + 1, out, signals)),
            None => words(value, depth + 1, out, signals),
        }
    }
}

fn compared(value: &Value) -> String {
    let Some(operators) = value.as_object() else {
        return format!("is {}", plain(value));
    };
    let one = |(operator, operand): (&String, &Value)| {
        let operand_text = plain(operand);
        match operator.as_str() {
            "$gt" => format!("is more than {operand_text}"),
            "$gte" => format!("is at least {operand_text}"),
            "$lt" => format!("is less than {operand_text}"),
            "$lte" => format!("is at most {operand_text}"),
            "$ne" => format!("is not {operand_text}"),
            "$in" => format!("is one of {operand_text}"),
            "$nin" => format!("is none of {operand_text}"),
            "$exists" if *operand == Value::Bool(false) => "is not known".to_owned(),
            "$exists" => "is known".to_owned(),
            "$not" => format!("does not fit: {}", compared(operand)),
            _ => format!("is {operand_text}"),
        }
    };
    operators.iter().map(one).collect::<Vec<_>>().join(" and ")
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(all) => all
            .iter()
            .map(|(k, v)| format!("{k} {}", plain(v)))
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}

/// A signal in words.
fn described(definition: &Value) -> String {
    let empty = Map::new();
    let all = definition.as_object().unwrap_or(&empty);
    let get = |key: &str| all.get(key).map(plain);
    let span = get("within").map_or(String::new(), |w| {
        if w == "session" {
            " in this visit".to_owned()
        } else {
            format!(" in the last {w}")
        }
    });
    let tagged = get("where").map_or(String::new(), |w| format!(" with {w}"));
    let faded = get("half_life").map_or(String::new(), |h| format!(", fading by half every {h}"));
    type Say = fn(String) -> String;
    let known: [(&str, Say); 12] = [
        ("count", |e| format!("the number of `{e}` events")),
        ("days", |e| format!("the number of days with a `{e}` event")),
        ("sum", |e| format!("the sum of `{e}` values")),
        ("mean", |e| format!("the mean of `{e}` values")),
        ("since", |e| format!("the time since a `{e}` event")),
        ("affinity", |t| format!("the share of {t} in what was done")),
        ("top", |t| format!("the {t} that most was done with")),
        ("sequence", |s| {
            format!("whether this happened in order: {s}")
        }),
        ("engagement", |e| format!("the attention by {e}")),
        ("context", |c| format!("the visitor's {c}")),
        ("declared", |d| format!("what the site declares: {d}")),
        ("max", |e| format!("the greatest `{e}` value")),
    ];
    for (kind, say) in known {
        if let Some(of) = get(kind) {
            return format!("{}{tagged}{span}{faded}", say(of));
        }
    }
    if let Some(name) = get("model") {
        return format!("what the trained model `{name}` says");
    }
    let points = list(definition, "score").count();
    format!("the sum of points for {points} conditions")
}
