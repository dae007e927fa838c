//! A condition of GrowthBook as one of ours, and a book in which it is evaluated.

use fewbits::book::author::{check, compile};
use fewbits::book::{Book, Domain, Kind};
use fewbits::engine::Engine;
use fewbits::ports::Entropy;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

use crate::vectors::Outcome;

/// Why a case is not ours to run.
type Skip = String;

/// Operators that our language leaves out on purpose, and why.
const OUTSIDE: &[(&[&str], &str)] = &[
    (
        &["$regex", "$regexi", "$notRegex", "$notRegexi"],
        "regular expressions",
    ),
    (&["$elemMatch", "$all", "$alli", "$size"], "array elements"),
    (
        &["$veq", "$vne", "$vgt", "$vgte", "$vlt", "$vlte"],
        "version strings",
    ),
    (&["$ini", "$nini"], "text without regard to case"),
    (&["$inGroup", "$notInGroup"], "groups beside the condition"),
    (&["$type"], "inline types: the type of a value is asked for"),
];
const ORDER: &[&str] = &["$gt", "$gte", "$lt", "$lte"];
/// A declared number lies within this and its negative.
const GREATEST: f64 = 1e9;

/// What stands at a path of the attributes: objects by key, lists by index or `length`, as in
/// JavaScript.
fn at(attributes: &Value, path: &str) -> Option<Value> {
    let mut here = attributes.clone();
    for part in path.split('.') {
        here = match here {
            Value::Object(mut object) => object.remove(part)?,
            Value::Array(list) if part == "length" => list.len().into(),
            Value::Array(list) => list.get(part.parse::<usize>().ok()?)?.clone(),
            _ => return None,
        };
    }
    Some(here).filter(|value| !value.is_null())
}

/// What a path is compared with, and how.
#[derive(Default)]
struct Path {
    texts: Vec<String>,
    numbers: Vec<f64>,
    booleans: bool,
    /// A number is compared by its order.
    ordered: bool,
}

impl Path {
    fn meets(&mut self, operand: &Value) -> Result<(), Skip> {
        match operand {
            Value::String(text) => self.texts.push(text.clone()),
            Value::Number(n) => self.numbers.extend(n.as_f64()),
            Value::Bool(_) => self.booleans = true,
            Value::Null => {}
            Value::Array(_) => return Err("array elements".into()),
            Value::Object(_) => return Err("inline types: an object as a value".into()),
        }
        Ok(())
    }

    fn types(&self) -> usize {
        usize::from(!self.texts.is_empty())
            + usize::from(!self.numbers.is_empty() || self.ordered)
            + usize::from(self.booleans)
    }
}

/// The case while it is translated.
struct Translation<'v> {
    attributes: &'v Value,
    paths: BTreeMap<String, Path>,
    /// Something that our parser has to refuse: then nothing is run, and the reason is this.
    refused: Option<Skip>,
}

fn name(index: usize) -> String {
    format!("a{index}")
}

impl Translation<'_> {
    /// First round: which paths there are, of which types.
    fn look(&mut self, condition: &Value) -> Result<(), Skip> {
        let Value::Object(members) = condition else {
            return Err("the condition is no object".into());
        };
        for (key, value) in members {
            match key.as_str() {
                "$and" | "$or" | "$nor" => {
                    let Some(list) = value.as_array() else {
                        return Err(format!("malformed: {key} without a list"));
                    };
                    if list.is_empty() {
                        // Our parser calls it a mistake.
                        self.refuse(format!("refused by the parser: an empty {key}"));
                    }
                    for one in list {
                        self.look(one)?;
                    }
                }
                "$not" => self.look(value)?,
                path if path.starts_with('$') => {
                    return Err(format!("an unknown operator: {path}"));
                }
                path => {
                    self.paths.entry(path.to_owned()).or_default();
                    self.value(path, value)?;
                }
            }
        }
        Ok(())
    }

    fn refuse(&mut self, why: Skip) {
        self.refused.get_or_insert(why);
    }

    fn path(&mut self, path: &str) -> &mut Path {
        self.paths.entry(path.to_owned()).or_default()
    }

    fn missing(&self, path: &str) -> bool {
        at(self.attributes, path).is_none()
    }

    fn value(&mut self, path: &str, value: &Value) -> Result<(), Skip> {
        let Value::Object(operators) = value else {
            // There, a value alone is compared after conversion: what is missing is 0 or "null".
            let converted = match value {
                Value::Number(n) => n.as_f64() == Some(0.0),
                Value::String(text) => text == "null",
                _ => false,
            };
            if converted && self.missing(path) {
                return Err("inline types: what is missing is converted to a value".into());
            }
            return self.path(path).meets(value);
        };
        if operators.is_empty() || !operators.keys().all(|key| key.starts_with('$')) {
            return Err("inline types: an object as a value".into());
        }
        for (operator, operand) in operators {
            let outside = OUTSIDE
                .iter()
                .find(|(all, _)| all.contains(&operator.as_str()));
            match operator.as_str() {
                "$eq" | "$ne" => self.path(path).meets(operand)?,
                "$in" | "$nin" => match operand.as_array() {
                    Some(list) if !list.is_empty() => {
                        for one in list {
                            self.path(path).meets(one)?;
                        }
                    }
                    _ => self.refuse(format!(
                        "refused by the parser: {operator} without a list of values"
                    )),
                },
                order if ORDER.contains(&order) => match operand.as_f64() {
                    Some(n) => {
                        let null = match order {
                            "$gt" => 0.0 > n,
                            "$gte" => 0.0 >= n,
                            "$lt" => 0.0 < n,
                            _ => 0.0 <= n,
                        };
                        if null && self.missing(path) {
                            return Err(
                                "a missing number: there it is 0, here it fits nothing".into()
                            );
                        }
                        let path = self.path(path);
                        path.ordered = true;
                        path.numbers.push(n);
                    }
                    None => return Err("inline types: order of what is no number".into()),
                },
                "$exists" => {
                    if !operand.is_boolean() {
                        self.refuse("refused by the parser: $exists without true or false".into());
                    }
                }
                "$not" => self.value(path, operand)?,
                _ => match outside {
                    Some((_, why)) => {
                        self.refuse((*why).to_owned());
                    }
                    None => self.refuse("refused by the parser: an unknown operator".into()),
                },
            }
        }
        Ok(())
    }

    /// Second round: the condition in our language.
    fn condition(&self, condition: &Value) -> Value {
        let mut parts = Vec::new();
        for (key, value) in condition.as_object().into_iter().flatten() {
            match (key.as_str(), value) {
                ("$and" | "$or" | "$nor", Value::Array(list)) => {
                    let list: Vec<Value> = list.iter().map(|one| self.condition(one)).collect();
                    parts.push(json!({ key: list }));
                }
                ("$not", _) => parts.push(json!({ "$not": self.condition(value) })),
                _ => {
                    let index = self.paths.keys().position(|path| path == key).unwrap_or(0);
                    parts.push(self.comparison(index, value));
                }
            }
        }
        all(parts)
    }

    /// What is asked of one path.
    fn comparison(&self, index: usize, value: &Value) -> Value {
        let name = name(index);
        let Value::Object(operators) = value else {
            return json!({ name: self.operand(index, value) });
        };
        let parts = operators.iter().map(|(operator, operand)| {
            let list = operand
                .as_array()
                .filter(|_| operator == "$in" || operator == "$nin");
            let ours = match (operator.as_str(), operand, list) {
                // There, what is missing is null.
                ("$eq", Value::Null, _) => json!({ "$exists": false }),
                ("$ne" | "$not", Value::Null, _) => json!({ "$exists": true }),
                (_, _, Some(list)) if list.contains(&Value::Null) => {
                    let rest: Vec<Value> = list
                        .iter()
                        .filter(|one| !one.is_null())
                        .map(|one| self.operand(index, one))
                        .collect();
                    let mut out = json!({ "$exists": true });
                    if !rest.is_empty() {
                        out["$nin"] = Value::Array(rest);
                    }
                    if operator == "$nin" {
                        out
                    } else {
                        json!({ "$not": out })
                    }
                }
                (_, _, Some(list)) => {
                    let list: Vec<Value> =
                        list.iter().map(|one| self.operand(index, one)).collect();
                    json!({ operator: list })
                }
                ("$eq" | "$ne", _, _) => json!({ operator: self.operand(index, operand) }),
                ("$not", Value::Object(_), _) => {
                    let inner = self.comparison(index, operand);
                    return match inner.get(&name).filter(|inner| inner.is_object()) {
                        Some(inner) => json!({ name.clone(): { "$not": inner } }),
                        None => json!({ "$not": inner }),
                    };
                }
                ("$not", _, _) => json!({ "$ne": self.operand(index, operand) }),
                _ => json!({ operator: operand }),
            };
            json!({ name.clone(): ours })
        });
        all(parts.collect())
    }

    /// A value in our language: text as an item's name, null as the help line of the error says.
    fn operand(&self, index: usize, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(item(self.texts(index), text)),
            Value::Null => json!({ "$exists": false }),
            other => other.clone(),
        }
    }

    fn texts(&self, index: usize) -> &[String] {
        self.paths
            .values()
            .nth(index)
            .map_or(&[], |path| &path.texts)
    }
}

/// All of these conditions. Operators over the same path are put together where that is possible,
/// as an author would write them.
fn all(parts: Vec<Value>) -> Value {
    let mut whole = Map::new();
    let mut rest = Vec::new();
    for part in parts {
        let members: Vec<(String, Value)> =
            part.as_object().cloned().into_iter().flatten().collect();
        let [(key, value)] = members.as_slice() else {
            rest.push(part);
            continue;
        };
        match (whole.get_mut(key), value) {
            (None, _) => {
                whole.insert(key.clone(), value.clone());
            }
            (Some(Value::Object(known)), Value::Object(new))
                if !key.starts_with('$') && new.keys().all(|k| !known.contains_key(k)) =>
            {
                known.extend(new.clone());
            }
            _ => rest.push(part),
        }
    }
    rest.retain(|part| part.as_object().is_none_or(|members| !members.is_empty()));
    if rest.is_empty() {
        return Value::Object(whole);
    }
    if !whole.is_empty() {
        rest.insert(0, Value::Object(whole));
    }
    json!({ "$and": rest })
}

/// Not every text can be an item of a list; the others are numbered.
fn item(all: &[String], text: &str) -> String {
    let fits = (1..=60).contains(&text.chars().count())
        && !text.starts_with(['~', '='])
        && !text.chars().any(char::is_control);
    let place = all.iter().position(|one| one == text).unwrap_or(0);
    if fits {
        text.to_owned()
    } else {
        format!("={place}")
    }
}

/// What becomes of a case.
pub fn outcome(condition: &Value, attributes: &Value, expected: bool) -> Outcome {
    let mut translation = Translation {
        attributes,
        paths: BTreeMap::new(),
        refused: None,
    };
    if let Err(why) = translation.look(condition) {
        return Outcome::Skipped(why);
    }
    let mut signals = Map::new();
    let mut facts: Vec<(String, Fact)> = Vec::new();
    let paths: Vec<String> = translation.paths.keys().cloned().collect();
    for (index, path) in paths.iter().enumerate() {
        let value = at(attributes, path);
        let declared = declare(translation.path(path), value.as_ref());
        match declared {
            Ok((declared, fact)) => {
                signals.insert(name(index), declared);
                facts.extend(fact.map(|fact| (name(index), fact)));
            }
            // What is refused anyway needs no types.
            Err(_) if translation.refused.is_some() => {
                signals.insert(name(index), json!({ "declared": "boolean" }));
            }
            Err(why) => return Outcome::Skipped(why),
        }
    }
    signals.insert("unrelated".into(), json!({ "declared": "boolean" }));
    let book = book(&translation.condition(condition), signals);
    if let Some(why) = translation.refused {
        let found = check(&book);
        let refused = found
            .iter()
            .any(|d| ["unknown-operator", "empty-list", "wrong-type"].contains(&d.code));
        return if refused {
            Outcome::Skipped(why)
        } else {
            Outcome::Failed(format!("the parser accepts it ({why}): {book}"))
        };
    }
    let compiled = match compile(&book) {
        Ok(compiled) => compiled,
        Err(errors) => {
            // The compiler proves that nobody can fit: that is an answer.
            let never = ["unreachable-segment", "unreachable-rule", "never-holds"];
            let severe = errors
                .iter()
                .filter(|d| d.severity == fewbits::book::author::Severity::Error);
            if errors.iter().any(|d| d.code == "too-deep") {
                return Outcome::Skipped("refused by the parser: nested too deeply".into());
            }
            if severe.into_iter().all(|d| never.contains(&d.code)) {
                return verdict(false, expected, "the compiler's proof");
            }
            return Outcome::Failed(format!("{errors:#?}\n{book}"));
        }
    };
    let book = Book::from_bytes(&compiled.bytes).expect("what was compiled loads");
    let mut engine = Engine::new(book.clone(), Box::new(NoChance));
    for (name, fact) in facts {
        let index = book.signals.iter().position(|s| book.str(s.name) == name);
        let index = index.expect("a signal");
        let value = match (&fact, &book.signals[index].kind) {
            (Fact::Number(n), _) => *n,
            (
                Fact::Text(text),
                Kind::Declared {
                    domain: Domain::Items(items),
                },
            ) => {
                let place = items.iter().position(|i| book.str(*i) == text);
                place.expect("an item") as f64
            }
            other => panic!("{other:?}"),
        };
        engine.declare(index as u16, value, 1_000);
    }
    let lazily = engine.decide(0, false, 1_000).expect("a slot").variant == 0;
    let flags = engine.flags();
    if (flags[0] == 1) != lazily {
        return Outcome::Failed(format!(
            "as a segment {}, as a rule of a slot {lazily}",
            flags[0] == 1
        ));
    }
    verdict(lazily, expected, "evaluated")
}

fn verdict(got: bool, expected: bool, how: &str) -> Outcome {
    if got == expected {
        Outcome::Passed
    } else {
        Outcome::Failed(format!("{how}: {got}"))
    }
}

#[derive(Debug)]
enum Fact {
    Number(f64),
    Text(String),
}

/// The declared signal of a path, and what the site states of it.
fn declare(path: &mut Path, value: Option<&Value>) -> Result<(Value, Option<Fact>), Skip> {
    let mixed = || "inline types: values of one attribute are of several types".to_owned();
    if path.types() > 1 {
        return Err(mixed());
    }
    // Compared with nothing but null: it is enough that there is a value.
    if path.types() == 0 {
        let fact = value.map(|_| Fact::Number(1.0));
        return Ok((json!({ "declared": "boolean" }), fact));
    }
    if let Some(Value::Array(_)) = value {
        return Err("array elements".into());
    }
    if path.booleans {
        let fact = match value {
            None => None,
            Some(Value::Bool(value)) => Some(Fact::Number(f64::from(u8::from(*value)))),
            Some(_) => return Err(mixed()),
        };
        return Ok((json!({ "declared": "boolean" }), fact));
    }
    if !path.texts.is_empty() {
        let fact = match value {
            None => None,
            Some(Value::String(text)) => {
                path.texts.push(text.clone());
                Some(text.clone())
            }
            Some(_) => return Err(mixed()),
        };
        let mut items: Vec<String> = path.texts.iter().map(|t| item(&path.texts, t)).collect();
        items.sort();
        items.dedup();
        // Something else that nobody is: what the compiler proves must not rest on our list.
        items.push("=else".into());
        let fact = fact.map(|text| Fact::Text(item(&path.texts, &text)));
        return Ok((json!({ "declared": items }), fact));
    }
    let fact = match value {
        None => None,
        Some(Value::Number(n)) => n.as_f64(),
        Some(_) => return Err(mixed()),
    };
    let all = || path.numbers.iter().copied().chain(fact);
    let (least, most) = all().fold((0.0f64, 0.0f64), |(a, b), n| (a.min(n), b.max(n)));
    if least <= -GREATEST || most >= GREATEST {
        return Err("a number beyond a billion".into());
    }
    let declared = json!({ "declared": "number", "min": (least - 1.0).max(-GREATEST), "max": (most + 1.0).min(GREATEST) });
    Ok((declared, fact.map(Fact::Number)))
}

fn book(condition: &Value, signals: Map<String, Value>) -> String {
    json!({
        "fewbits": 1, "book": "vectors", "version": 1,
        "signals": signals,
        "dimensions": { "fits": { "why": "a vector",
            "segments": [ { "id": "yes", "when": condition } ], "otherwise": "no" } },
        "decisions": { "shown": { "why": "a vector", "variants": ["yes", "no"],
            "choose": [ { "when": condition, "show": "yes" } ], "otherwise": "no" } }
    })
    .to_string()
}

struct NoChance;

impl Entropy for NoChance {
    fn fill(&mut self, _: &mut [u8]) -> bool {
        false
    }
}
