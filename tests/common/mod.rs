//! The golden corpus: the list of its files, and what its steps mean.
//!
//! Each file of `tests/golden` is an array of cases: a `name`, a `why`, a `book` (whole, or the
//! path of an example book), and `steps`. A step happens `at` a time and has at most one action:
//!
//! - `track`, with `tags` (a value or a list for each key) and `value`: an event;
//! - `engage`: `dwell` in seconds, or `scroll` in percent;
//! - `context`: raw values of the environment. `referrer` is read with `url` as the page's own
//!   address, `url` alone gives the medium, `agent` with `touch` the device, `zone` the continent
//!   and the season, `offset` (minutes east of UTC) the daypart and the weekend;
//! - `declare`: facts that the site states; `null` takes one back;
//! - `reload`: the snapshot is written, and a new engine reads it;
//! - `book`: the same, but the new engine has another version of the book;
//! - `decide`: the page shows a slot;
//! - none: time passes.
//!
//! Any step may `expect`: `segments` (all that hold, in the order of the book), `signals`
//! (`null`: missing), `decisions` (slot to variant, only looked at), `next` (when time alone may change a membership; `null`: never).
//!
//! What is expected was worked out by hand from `docs/book.md`, never copied from a program.

// Helpers of tests panic to fail a test, and not every test uses all of them.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod core;
pub mod time;

use fewbits::book::author;
use serde_json::{Map, Value};

/// Calls a macro with every file of the corpus, as `name "name"`.
#[macro_export]
macro_rules! for_each_golden_file {
    ($do:ident) => {
        $do! {
            affinity "affinity",
            clock "clock",
            context "context",
            count "count",
            days "days",
            decisions "decisions",
            declared "declared",
            ends "ends",
            engagement "engagement",
            hysteresis "hysteresis",
            logic "logic",
            missing "missing",
            model "model",
            operators "operators",
            pick_groups "pick-groups",
            reload "reload",
            score "score",
            sequence "sequence",
            session "session",
            shop "shop",
            since "since",
            sum_mean_max "sum-mean-max",
            top "top",
            version "version",
            windows "windows",
        }
    };
}

macro_rules! corpus {
    ($($test:ident $file:literal,)*) => {
        /// The files of the corpus: name and text.
        pub const CORPUS: &[(&str, &str)] =
            &[$(($file, include_str!(concat!("../golden/", $file, ".json")))),*];
    };
}
for_each_golden_file!(corpus);

/// The example books that cases name.
const BOOKS: &[(&str, &str)] = &[(
    "../../books/shop.book.json",
    include_str!("../../books/shop.book.json"),
)];

/// One visitor's engine behind some boundary. Times are seconds since 1970.
pub trait Machine: Sized {
    /// Whether slots are decided behind this boundary.
    const DECIDES: bool = true;
    /// A visitor of whom nothing is known and who agreed to be remembered, with a compiled book.
    fn open(book: &[u8], at: u32) -> Self;
    /// Writes the snapshot, and reads it with a new engine and this compiled book.
    fn reload(self, book: &[u8], at: u32) -> Self;
    fn track(&mut self, event: &str, tags: &[(&str, &str)], value: Option<f64>, at: u32);
    /// Seconds of attention, or a depth in percent.
    fn engage(&mut self, dwell: bool, amount: f64, at: u32);
    /// A raw value of the environment, by the number of its list in `Context::ALL`.
    fn context(&mut self, kind: usize, raw: &str, hint: &str, at: u32);
    fn declare(&mut self, signal: &str, value: &Value, at: u32);
    fn advance(&mut self, at: u32);
    /// All segments that hold, in the order of the book.
    fn segments(&self) -> Vec<String>;
    /// A signal's value: a number, an item, true or false; null while it is missing.
    fn signal(&self, name: &str) -> Value;
    fn next(&self, at: u32) -> Option<u32>;
    /// The visitor's seed. A stored one takes its place.
    fn seed(&mut self, _: [u8; 16]) {}
    /// The variant of a slot; `shown`: the page shows it. `None`: there is no such slot.
    fn decide(&mut self, _slot: &str, _shown: bool, _at: u32) -> Option<String> {
        None
    }
}

/// When the visitor's page is loaded anew, beyond what the steps say.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reloads {
    /// Only where a step says so.
    AsWritten,
    /// After each step as well.
    Always,
}

/// Runs a file of the corpus; panics with all that went wrong.
pub fn run<M: Machine>(file: &str, reloads: Reloads) {
    let mut failures = Vec::new();
    for case in cases(file) {
        if let Err(failure) = run_case::<M>(&case, reloads) {
            let (name, why) = (text(&case, "name"), text(&case, "why"));
            failures.push(format!("{file}.json: {name}\n    why: {why}\n{failure}"));
        }
    }
    assert!(
        failures.is_empty(),
        "{} failed\n\n{}\n",
        failures.len(),
        failures.join("\n\n")
    );
}

/// The cases of a file.
pub fn cases(file: &str) -> Vec<Value> {
    let (_, json) = CORPUS
        .iter()
        .find(|(name, _)| *name == file)
        .expect("a file of the corpus");
    serde_json::from_str(json).unwrap_or_else(|e| panic!("{file}.json: {e}"))
}

/// The book of a case or a step, as JSON.
pub fn book(value: &Value) -> String {
    match value {
        Value::String(path) => {
            let book = BOOKS.iter().find(|(known, _)| known == path);
            book.unwrap_or_else(|| panic!("unknown book {path}"))
                .1
                .to_owned()
        }
        whole => whole.to_string(),
    }
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no text `{key}` in {value}"))
}

fn run_case<M: Machine>(case: &Value, reloads: Reloads) -> Result<(), String> {
    let known = ["name", "why", "seed", "book", "steps"];
    only(case.as_object().unwrap(), &known);
    let mut bytes = compile(&book(&case["book"]))?;
    let steps = case["steps"].as_array().unwrap();
    let at = |step: &Value| time::parse(text(step, "at"));
    let seed = seed(case.get("seed").and_then(Value::as_str).unwrap_or_default());
    let mut machine = M::open(&bytes, at(steps.first().expect("a step")));
    machine.seed(seed);
    for (number, step) in (1..).zip(steps) {
        let at = at(step);
        if let Some(next) = step.get("book") {
            bytes = compile(&book(next))?;
        }
        machine = act(machine, step, &bytes, at);
        machine.seed(seed);
        let mut loads = vec![""];
        if reloads == Reloads::Always {
            loads.push(" after a reload");
        }
        for load in loads {
            if !load.is_empty() {
                machine = machine.reload(&bytes, at);
                machine.seed(seed);
            }
            if let Some(expect) = step.get("expect") {
                let met = check(&mut machine, expect.as_object().unwrap(), at);
                met.map_err(|wrong| format!("    step {number}{load}: {step}\n{wrong}"))?;
            }
        }
    }
    Ok(())
}

/// A seed from 32 hexadecimal digits; zeros where there are none.
fn seed(digits: &str) -> [u8; 16] {
    let mut seed = [0; 16];
    for (i, byte) in seed.iter_mut().enumerate() {
        let pair = digits.get(2 * i..2 * i + 2);
        *byte = pair.map_or(0, |pair| u8::from_str_radix(pair, 16).unwrap());
    }
    seed
}

/// The compiled book, or what is wrong with it.
pub fn compile(json: &str) -> Result<Vec<u8>, String> {
    author::compile(json)
        .map(|compiled| compiled.bytes)
        .map_err(|errors| {
            let errors = errors
                .iter()
                .map(|e| format!("    {}: {} ({})", e.code, e.message, e.help));
            errors.collect::<Vec<_>>().join("\n")
        })
}

/// Refuses a key that has no meaning, so that no expectation is lost by a slip of the pen.
fn only(object: &Map<String, Value>, known: &[&str]) {
    for key in object.keys() {
        assert!(known.contains(&key.as_str()), "unknown key `{key}`");
    }
}

const ACTIONS: &[&str] = &[
    "track", "engage", "context", "declare", "decide", "reload", "book",
];

fn act<M: Machine>(mut machine: M, step: &Value, book: &[u8], at: u32) -> M {
    let step = step.as_object().unwrap();
    let mut known = vec!["at", "expect", "tags", "value"];
    known.extend(ACTIONS);
    only(step, &known);
    let mut actions = ACTIONS.iter().filter(|action| step.contains_key(**action));
    let action = actions.next().copied();
    assert!(actions.next().is_none(), "more than one action in a step");
    let tagged = step.contains_key("tags") || step.contains_key("value");
    assert!(
        action == Some("track") || !tagged,
        "only events have tags and values"
    );
    match action {
        None => machine.advance(at),
        Some("reload") | Some("book") => machine = machine.reload(book, at),
        Some("track") => {
            let tags = step.get("tags").map_or_else(Vec::new, pairs);
            let value = step.get("value").map(|v| v.as_f64().unwrap());
            machine.track(step["track"].as_str().unwrap(), &tags, value, at);
        }
        Some("engage") => {
            for (kind, amount) in step["engage"].as_object().unwrap() {
                assert!(
                    ["dwell", "scroll"].contains(&kind.as_str()),
                    "unknown engagement {kind}"
                );
                machine.engage(kind == "dwell", amount.as_f64().unwrap(), at);
            }
        }
        Some("decide") => {
            machine.decide(step["decide"].as_str().unwrap(), true, at);
        }
        Some("context") => context(&mut machine, step["context"].as_object().unwrap(), at),
        _ => {
            for (signal, value) in step["declare"].as_object().unwrap() {
                machine.declare(signal, value, at);
            }
        }
    }
    machine
}

/// Pairs of key and value; a list gives one pair for each of its values.
fn pairs(tags: &Value) -> Vec<(&str, &str)> {
    let mut pairs = Vec::new();
    for (key, value) in tags.as_object().unwrap() {
        match value {
            Value::Array(values) => {
                pairs.extend(values.iter().map(|v| (key.as_str(), v.as_str().unwrap())));
            }
            value => pairs.push((key.as_str(), value.as_str().unwrap())),
        }
    }
    pairs
}

fn context<M: Machine>(machine: &mut M, raw: &Map<String, Value>, at: u32) {
    only(
        raw,
        &[
            "referrer", "url", "agent", "touch", "language", "zone", "offset",
        ],
    );
    let text = |key: &str| raw.get(key).map(|v| v.as_str().unwrap());
    let number = |key: &str| raw.get(key).map(|v| v.as_i64().unwrap().to_string());
    if let Some(referrer) = text("referrer") {
        machine.context(0, referrer, text("url").unwrap_or(""), at);
    }
    if let Some(url) = text("url") {
        machine.context(1, url, "", at);
    }
    if let Some(agent) = text("agent") {
        machine.context(2, agent, number("touch").as_deref().unwrap_or("0"), at);
    }
    if let Some(language) = text("language") {
        machine.context(3, language, "", at);
    }
    if let Some(zone) = text("zone") {
        machine.context(4, zone, "", at);
        machine.context(7, zone, "", at);
    }
    if let Some(offset) = number("offset") {
        machine.context(5, &offset, "", at);
        machine.context(6, &offset, "", at);
    }
}

fn check<M: Machine>(machine: &mut M, expect: &Map<String, Value>, at: u32) -> Result<(), String> {
    only(expect, &["segments", "signals", "decisions", "next"]);
    let mut wrong = Vec::new();
    let mut compare = |what: &str, expected: &Value, got: Value| {
        if !same(expected, &got) {
            wrong.push(format!("    {what}: expected {expected}, got {got}"));
        }
    };
    if let Some(segments) = expect.get("segments") {
        compare("segments", segments, machine.segments().into());
    }
    if let Some(signals) = expect.get("signals") {
        for (name, value) in signals.as_object().unwrap() {
            compare(name, value, machine.signal(name));
        }
    }
    let decisions = expect.get("decisions").and_then(Value::as_object);
    for (slot, variant) in decisions.filter(|_| M::DECIDES).into_iter().flatten() {
        compare(slot, variant, machine.decide(slot, false, at).into());
    }
    if let Some(next) = expect.get("next") {
        compare("next", next, machine.next(at).map(time::format).into());
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n"))
    }
}

/// Equal; numbers up to a billionth of themselves.
fn same(expected: &Value, got: &Value) -> bool {
    match (expected.as_f64(), got.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
        _ => expected == got,
    }
}
