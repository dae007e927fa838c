//! Properties over random visitors, books, clocks and faults. Deterministic: the generator of
//! random cases has a fixed seed, so a failure here is a failure everywhere.

#![cfg(all(feature = "author", not(target_arch = "wasm32")))]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests, which may fail"
)]

mod support;

use std::sync::OnceLock;

use fewbits::book::{Book, Context, Kind, Read, Shown, Span};
use fewbits::engine::Engine;
use fewbits::gate::{Reason, What};
use fewbits::ports::Slot;
use fewbits::signals::{Event, Input};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use support::*;

/// Runs a property over random values, always the same ones; over others if the variable
/// `FEWBITS_EXPLORE` is a number, for a look around by hand.
fn check<S: Strategy>(
    cases: u32,
    values: S,
    property: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let config = Config {
        cases,
        failure_persistence: None,
        max_global_rejects: cases * 20,
        ..Config::default()
    };
    let explore = std::env::var("FEWBITS_EXPLORE")
        .ok()
        .and_then(|text| text.parse().ok());
    let rng = explore.map_or_else(
        || TestRng::deterministic_rng(RngAlgorithm::ChaCha),
        |seed: u64| TestRng::from_seed(RngAlgorithm::ChaCha, &seed.to_le_bytes().repeat(4)),
    );
    let mut runner = TestRunner::new_with_rng(config, rng);
    if let Err(error) = runner.run(&values, property) {
        panic!("{error}");
    }
}

// --- random visitors

/// Something a page tells.
#[derive(Debug, Clone)]
enum Told {
    Event {
        name: usize,
        aisle: usize,
        amount: Option<i16>,
    },
    Environment {
        of: usize,
        raw: usize,
    },
    Declared {
        which: usize,
        value: i8,
    },
    Nothing,
}

const EVENTS: [&str; 5] = ["view", "cart", "purchase", "search", "unheard-of"];
const AISLES: [&str; 5] = ["boots", "sandals", "coats", "unheard-of", ""];
const RAW: [[&str; 3]; 8] = [
    ["", "https://www.google.com/", "https://news.example/a"],
    [
        "https://shop.example/",
        "https://shop.example/?utm_medium=email",
        "https://shop.example/?gclid=1",
    ],
    [
        "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148",
        "curl/8",
    ],
    ["en-GB", "de", "x"],
    ["Europe/Berlin", "America/Chicago", "nowhere"],
    ["0", "60", "-480"],
    ["0", "60", "-480"],
    ["Europe/Berlin", "Australia/Sydney", "nowhere"],
];

/// Seconds between two inputs: moments, minutes, hours, days, weeks.
fn pauses() -> impl Strategy<Value = u32> {
    prop_oneof![
        4 => 1u32..90,
        3 => 60u32..2_400,
        3 => 1_700u32..40_000,
        2 => 40_000u32..400_000,
        1 => 400_000u32..2_000_000,
    ]
}

fn events() -> impl Strategy<Value = Told> {
    (
        0..EVENTS.len(),
        0..AISLES.len(),
        proptest::option::of(-50i16..2_000),
    )
        .prop_map(|(name, aisle, amount)| Told::Event {
            name,
            aisle,
            amount,
        })
}

fn anything() -> impl Strategy<Value = Told> {
    prop_oneof![
        6 => events(),
        1 => (0..8usize, 0..3usize).prop_map(|(of, raw)| Told::Environment { of, raw }),
        1 => (0..3usize, -1i8..4).prop_map(|(which, value)| Told::Declared { which, value }),
        1 => Just(Told::Nothing),
    ]
}

fn event_of(engine: &Engine, told: &Told) -> Event {
    let Told::Event {
        name,
        aisle,
        amount,
    } = *told
    else {
        return Event::default();
    };
    let tags = [("aisle", AISLES[aisle])];
    let tags = if AISLES[aisle].is_empty() {
        &[][..]
    } else {
        &tags
    };
    let door = engine.rules().door();
    door.named(EVENTS[name], tags, amount.map(i64::from))
}

/// Whether the book has a use for what is told.
fn is_needed(engine: &Engine, told: &Told) -> bool {
    let event = event_of(engine, told);
    !matches!(told, Told::Event { .. }) || engine.rules().needs(&Input::Event(event))
}

fn tell(engine: &mut Engine, told: &Told, now: u32) {
    match *told {
        Told::Event { .. } => {
            let event = event_of(engine, told);
            engine.track(event, now);
        }
        Told::Environment { of, raw } => {
            engine.context(Context::ALL[of], RAW[of][raw], "https://shop.example/", now);
        }
        Told::Declared { which, value } => {
            let declared = |s: &&(u16, bool)| s.1;
            let signals = engine.rules().book().signals.iter();
            let all: Vec<(u16, bool)> = (0u16..)
                .zip(signals)
                .map(|(i, s)| (i, matches!(s.kind, Kind::Declared { .. })))
                .collect();
            let signal = all.iter().filter(declared).nth(which).map(|s| s.0);
            if let Some(signal) = signal {
                engine.declare(
                    signal,
                    if value < 0 {
                        f64::NAN
                    } else {
                        f64::from(value)
                    },
                    now,
                );
            }
        }
        Told::Nothing => {
            engine.advance(now);
        }
    }
}

/// A visitor's memberships and the values of all signals. Missing is -1; of a decayed weight
/// a millionth does not count, since folding forgets weights below it.
fn state(engine: &Engine) -> (Vec<u8>, Vec<f64>) {
    let signals = engine.rules().book().signals.len() as u16;
    let rounded = |v: f64| {
        if v.is_nan() {
            -1.0
        } else {
            (v * 1e5).round() / 1e5
        }
    };
    (
        engine.flags().to_vec(),
        (0..signals).map(|s| rounded(engine.value(s))).collect(),
    )
}

/// The names of the signals whose values differ, for messages.
fn difference(a: &Engine, b: &Engine) -> String {
    let book = a.rules().book();
    let mut text = String::new();
    for (i, signal) in (0u16..).zip(&book.signals) {
        let (x, y) = (a.value(i), b.value(i));
        if x != y && !(x.is_nan() && y.is_nan()) {
            text.push_str(&format!("{}: {x} and {y}; ", book.str(signal.name)));
        }
    }
    for (i, (x, y)) in a.flags().iter().zip(b.flags()).enumerate() {
        if x != y
            && let Some((d, s)) = book.locate(i)
        {
            let dimension = &book.dimensions[d];
            text.push_str(&format!(
                "{}/{}: {x} and {y}; ",
                book.str(dimension.name),
                book.str(dimension.segments[s].name)
            ));
        }
    }
    text
}

// --- random books

/// One signal of every kind, with the comparisons that its values can pass.
const SIGNALS: &[(&str, &str, &[&str])] = &[
    (
        "minutes",
        r#"{ "count": "view", "within": "10m" }"#,
        NUMBERS,
    ),
    (
        "hours",
        r#"{ "count": "view", "within": "48h", "where": { "aisle": "boots" } }"#,
        NUMBERS,
    ),
    ("week", r#"{ "count": "view", "within": "7d" }"#, NUMBERS),
    ("weeks", r#"{ "count": "cart", "within": "52w" }"#, NUMBERS),
    (
        "visit",
        r#"{ "count": "view", "within": "session" }"#,
        NUMBERS,
    ),
    ("days", r#"{ "days": "view", "within": "30d" }"#, NUMBERS),
    (
        "sum",
        r#"{ "sum": "purchase", "within": "60d", "step": 2, "max": 40 }"#,
        NUMBERS,
    ),
    (
        "mean",
        r#"{ "mean": "purchase", "within": "12w", "step": 1, "max": 40 }"#,
        NUMBERS,
    ),
    (
        "most",
        r#"{ "max": "purchase", "within": "14d", "step": 1, "most": 15 }"#,
        NUMBERS,
    ),
    (
        "visit_sum",
        r#"{ "sum": "cart", "within": "session", "max": 100 }"#,
        NUMBERS,
    ),
    ("since", r#"{ "since": "purchase" }"#, NUMBERS),
    (
        "since_first",
        r#"{ "since": "view", "from": "first", "unit": "week" }"#,
        NUMBERS,
    ),
    (
        "since_cart",
        r#"{ "since": "cart", "unit": "minute" }"#,
        NUMBERS,
    ),
    (
        "boots",
        r#"{ "affinity": "aisle:boots", "half_life": "3d", "baseline": 0.2 }"#,
        RATIOS,
    ),
    (
        "coats",
        r#"{ "affinity": "aisle:coats", "half_life": "5h", "weights": { "cart": 4, "view": 1 } }"#,
        SHARES,
    ),
    ("aisle", r#"{ "top": "aisle", "half_life": "36h" }"#, ITEMS),
    (
        "left",
        r#"{ "sequence": ["cart", "!purchase"], "within": "2d" }"#,
        TRUTHS,
    ),
    (
        "here",
        r#"{ "sequence": ["view", { "event": "cart", "where": { "aisle": "boots" } }], "within": "session" }"#,
        TRUTHS,
    ),
    (
        "steps",
        r#"{ "sequence": ["view", "cart", "purchase"], "within": "3d", "gap": "1h" }"#,
        TRUTHS,
    ),
    (
        "daypart",
        r#"{ "context": "daypart" }"#,
        &[r#""night""#, r#"{ "$in": ["morning", "evening"] }"#],
    ),
    (
        "weekend",
        r#"{ "context": "weekend" }"#,
        &[r#""yes""#, r#"{ "$exists": true }"#],
    ),
    (
        "season",
        r#"{ "context": "season" }"#,
        &[r#""winter""#, r#"{ "$ne": "summer" }"#],
    ),
    (
        "referrer",
        r#"{ "context": "referrer" }"#,
        &[r#""search""#, r#""direct""#],
    ),
    (
        "medium",
        r#"{ "context": "medium" }"#,
        &[r#""email""#, r#"{ "$nin": ["none", "search"] }"#],
    ),
    (
        "device",
        r#"{ "context": "device" }"#,
        &[r#""phone""#, r#"{ "$exists": true }"#],
    ),
    (
        "language",
        r#"{ "context": "language" }"#,
        &[r#""de""#, r#""en""#],
    ),
    (
        "continent",
        r#"{ "context": "continent" }"#,
        &[r#""europe""#, r#""unknown""#],
    ),
    (
        "plan",
        r#"{ "declared": ["basic", "plus", "extra"] }"#,
        &[r#""plus""#, r#"{ "$in": ["basic", "extra"] }"#],
    ),
    ("member", r#"{ "declared": "boolean" }"#, TRUTHS),
    (
        "size",
        r#"{ "declared": "number", "min": 0, "max": 3 }"#,
        NUMBERS,
    ),
];
const NUMBERS: &[&str] = &[
    r#"{ "$gte": 1 }"#,
    r#"{ "$gte": 3 }"#,
    r#"{ "$lt": 2 }"#,
    r#"{ "$gt": 1, "$lte": 6 }"#,
    "2",
    r#"{ "$exists": true }"#,
    r#"{ "$gte": 7 }"#,
];
const RATIOS: &[&str] = &[
    r#"{ "$gte": 1.2 }"#,
    r#"{ "$gt": 1.001 }"#,
    r#"{ "$lt": 0.9 }"#,
    r#"{ "$gte": 2 }"#,
];
const SHARES: &[&str] = &[
    r#"{ "$gte": 0.1 }"#,
    r#"{ "$gt": 0.4 }"#,
    r#"{ "$lt": 0.2 }"#,
];
const ITEMS: &[&str] = &[
    r#""boots""#,
    r#"{ "$in": ["sandals", "coats"] }"#,
    r#"{ "$ne": "boots" }"#,
    r#"{ "$exists": true }"#,
];
const TRUTHS: &[&str] = &["true", "false"];

/// What a random book may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Traits {
    /// `stay` and `hold`.
    sticky: bool,
    /// Signals that events alone move.
    events_only: bool,
}

/// A random book over all kinds of signals; the same for the same seed.
fn book(seed: u64, traits: Traits) -> Option<Book> {
    let mut chance = Seeded(seed);
    let mut below = |n: usize| (chance.next() % n as u64) as usize;
    let usable: Vec<_> = SIGNALS
        .iter()
        .filter(|(_, json, _)| {
            !traits.events_only || !(json.contains("context") || json.contains("declared"))
        })
        .collect();
    let mut signals: Vec<&(&str, &str, &[&str])> = Vec::new();
    for _ in 0..4 + below(6) {
        let signal = usable[below(usable.len())];
        if !signals.iter().any(|s| s.0 == signal.0) {
            signals.push(signal);
        }
    }
    let condition = |below: &mut dyn FnMut(usize) -> usize| {
        let (name, _, tests) = signals[below(signals.len())];
        let one = format!("{{ \"{name}\": {} }}", tests[below(tests.len())]);
        let (name, _, tests) = signals[below(signals.len())];
        let two = format!("{{ \"{name}\": {} }}", tests[below(tests.len())]);
        match below(5) {
            0 => format!("{{ \"$and\": [{one}, {two}] }}"),
            1 => format!("{{ \"$or\": [{one}, {two}] }}"),
            2 => format!("{{ \"$not\": {one} }}"),
            _ => one,
        }
    };
    // Every signal decides something, so that nothing goes unread.
    let mut dimensions: Vec<String> = signals
        .iter()
        .map(|(name, _, tests)| {
            let segments: Vec<String> = tests
                .iter()
                .take(1 + below(2))
                .enumerate()
                .map(|(i, test)| format!("{{ \"id\": \"s{i}\", \"when\": {{ \"{name}\": {test} }} }}"))
                .collect();
            let name = name.replace('_', "-");
            format!(
                "\"d-{name}\": {{ \"why\": \"a test\", \"pick\": {}, \"segments\": [{}], \"otherwise\": \"rest\" }}",
                2, segments.join(", ")
            )
        })
        .collect();
    for d in 0..2 + below(3) {
        let segments: Vec<String> = (0..1 + below(3))
            .map(|s| {
                let mut extra = String::new();
                if traits.sticky {
                    if below(2) == 0 {
                        extra.push_str(&format!(", \"stay\": {}", condition(&mut below)));
                    }
                    if below(2) == 0 {
                        extra.push_str([", \"hold\": \"20m\"", ", \"hold\": \"3d\""][below(2)]);
                    }
                    if below(4) == 0 {
                        extra.push_str(", \"ends\": \"2027-02-01\"");
                    }
                }
                format!(
                    "{{ \"id\": \"s{s}\", \"when\": {}{extra} }}",
                    condition(&mut below)
                )
            })
            .collect();
        dimensions.push(format!(
            "\"x-{d}\": {{ \"why\": \"a test\", \"pick\": {}, \"segments\": [{}], \"otherwise\": \"rest\" }}",
            1 + below(2),
            segments.join(", ")
        ));
    }
    let scored = condition(&mut below);
    let mut listed: Vec<String> = signals
        .iter()
        .map(|(name, json, _)| format!("\"{name}\": {json}"))
        .collect();
    listed.push(format!(
        "\"points\": {{ \"score\": [{{ \"points\": 2, \"when\": {scored} }}] }}"
    ));
    dimensions.push("\"d-points\": { \"why\": \"a test\", \"segments\": [{ \"id\": \"s\", \"when\": { \"points\": { \"$gte\": 1 } } }], \"otherwise\": \"rest\" }".into());
    let retention = ["395d", "731d", "364d"][below(3)];
    let json = format!(
        "{{ \"fewbits\": 1, \"book\": \"random\", \"version\": 1, \"retention\": \"{retention}\",
           \"signals\": {{ {} }}, \"dimensions\": {{ {} }} }}",
        listed.join(", "),
        dimensions.join(", ")
    );
    // A condition drawn by chance may be one that can never hold: then the compiler is right.
    fewbits::book::author::compile(&json)
        .ok()
        .map(|compiled| compiled.book)
}

/// Good random books, made once.
fn books(traits: Traits) -> Vec<Book> {
    (1u64..)
        .filter_map(|seed| book(seed, traits))
        .take(60)
        .collect()
}

const PLAIN: Traits = Traits {
    sticky: false,
    events_only: true,
};
const FACTS: Traits = Traits {
    sticky: false,
    events_only: false,
};
const STICKY: Traits = Traits {
    sticky: true,
    events_only: true,
};
const ALL: Traits = Traits {
    sticky: true,
    events_only: false,
};

fn pool(traits: Traits) -> &'static [Book] {
    static POOLS: [OnceLock<Vec<Book>>; 4] = [const { OnceLock::new() }; 4];
    let index = usize::from(traits.sticky) * 2 + usize::from(traits.events_only);
    POOLS[index].get_or_init(|| books(traits))
}

fn engine(book: &Book) -> Engine {
    Engine::new(book.clone(), Box::new(Seeded(1)))
}

/// An engine with consent and a store.
fn stored(book: &Book, browser: &Browser, tab: u32, now: u32) -> Engine {
    let mut engine = engine(book);
    agree(&mut engine, now);
    engine.attach(browser.tab(tab));
    engine.fold(now);
    engine
}

#[test]
fn the_random_books_use_every_kind() {
    let all: Vec<&Book> = [PLAIN, FACTS, STICKY, ALL]
        .into_iter()
        .flat_map(pool)
        .collect();
    for (name, _, _) in SIGNALS {
        assert!(
            all.iter()
                .any(|b| b.signals.iter().any(|s| b.str(s.name) == *name)),
            "{name}"
        );
    }
    let segments = || {
        all.iter()
            .flat_map(|b| &b.dimensions)
            .flat_map(|d| &d.segments)
    };
    assert!(
        segments().any(|s| s.hold > 0)
            && segments().any(|s| s.stay.is_some())
            && segments().any(|s| s.ends > 0)
    );
}

#[test]
fn nobody_is_a_member_since_1970() {
    let book = compile(
        r#"{ "fewbits": 1, "book": "b", "version": 1, "signals": { "n": { "count": "view", "within": "7d" } },
          "dimensions": { "d": { "why": "a test", "segments": [
            { "id": "quiet", "when": { "n": { "$lt": 1 } }, "hold": "1h" }], "otherwise": "rest" } } }"#,
    );
    let mut visitor = engine(&book);
    visitor.advance(MONDAY);
    let since = visitor.explain(0).and_then(|e| e.since);
    assert_eq!(since, Some(MONDAY));
    // The hold is an hour from then on.
    tell(
        &mut visitor,
        &Told::Event {
            name: 0,
            aisle: 4,
            amount: None,
        },
        MONDAY + 60,
    );
    assert_eq!(visitor.flags(), [1, 0]);
    visitor.advance(MONDAY + HOUR);
    assert_eq!(visitor.flags(), [0, 1]);
}

// --- the profile against naive models

/// What a window shows, from the list of everything that happened.
struct Naive<'a> {
    log: &'a [(u32, Told)],
    now: u32,
}

impl Naive<'_> {
    /// Start of the visit that goes on now.
    fn visit(&self) -> Option<u32> {
        let mut visit: Option<(u32, u32)> = None;
        // An event that no signal of the book needs is dropped at the door.
        let needed = |told: &Told| match told {
            Told::Event { name, .. } => ["view", "cart", "purchase"].contains(&EVENTS[*name]),
            _ => false,
        };
        for (at, _) in self.log.iter().filter(|(_, told)| needed(told)) {
            visit = match visit {
                Some((start, last)) if at - last < 1_800 => Some((start, *at)),
                _ => Some((*at, *at)),
            };
        }
        visit
            .filter(|(_, last)| self.now - last < 1_800)
            .map(|(start, _)| start)
    }

    /// Amounts of the events that a window counts, in hundredths, with their times.
    fn amounts(
        &self,
        name: &str,
        aisle: Option<&str>,
        needs_amount: bool,
        span: Span,
    ) -> Vec<(u32, i64)> {
        let inside = |at: u32| match span {
            Span::Ring { width, buckets } => self.now / width - at / width < u32::from(buckets),
            Span::Session => self.visit().is_some_and(|start| at >= start),
        };
        let mut all = Vec::new();
        for (at, told) in self.log {
            if let Told::Event {
                name: n,
                aisle: a,
                amount,
            } = told
                && EVENTS[*n] == name
                && aisle.is_none_or(|wanted| AISLES[*a] == wanted)
                && (amount.is_some() || !needs_amount)
                && inside(*at)
            {
                all.push((*at, amount.map_or(0, i64::from)));
            }
        }
        all
    }

    fn value(&self, book: &Book, kind: &Kind) -> f64 {
        let Kind::Window {
            read,
            of,
            span,
            step,
            max,
        } = kind
        else {
            unreachable!()
        };
        let name = book.str(book.events[usize::from(of.event)]);
        let aisle = of.tags.first().map(|(key, values)| {
            book.str(book.tags[usize::from(*key)].values[usize::from(values[0])])
        });
        let amounts = self.amounts(
            name,
            aisle,
            !matches!(read, Read::Count | Read::Days),
            *span,
        );
        let n = amounts.len() as i64;
        let sum: i64 = amounts.iter().map(|a| a.1).sum();
        let amount = match read {
            Read::Count => n * 100,
            Read::Days => {
                let mut days: Vec<u32> = amounts.iter().map(|a| a.0 / DAY).collect();
                days.dedup();
                return days.len() as f64;
            }
            Read::Sum => sum,
            Read::Mean if n == 0 => return f64::NAN,
            Read::Mean => sum.div_euclid(n),
            Read::Max => match amounts.iter().map(|a| a.1).max() {
                Some(most) => most,
                None => return f64::NAN,
            },
        };
        let least = if matches!(read, Read::Mean | Read::Max) {
            i64::MIN
        } else {
            0
        };
        let amount = amount.max(least).min(*max);
        (amount - amount.rem_euclid(i64::from(*step))) as f64 / 100.0
    }
}

#[test]
fn windows_equal_a_list_of_events() {
    let json = r#"{ "fewbits": 1, "book": "naive", "version": 1, "retention": "731d", "signals": {
        "a": { "count": "view", "within": "7m" }, "b": { "count": "view", "within": "60m" },
        "c": { "count": "view", "within": "30h" }, "d": { "count": "view", "within": "7d", "where": { "aisle": "boots" } },
        "e": { "count": "view", "within": "10w", "max": 3 }, "f": { "count": "cart", "within": "session" },
        "g": { "days": "view", "within": "20d" }, "h": { "sum": "purchase", "within": "60m", "max": 1000 },
        "i": { "sum": "purchase", "within": "30d", "step": 5, "max": 60 }, "j": { "sum": "cart", "within": "session", "step": 0.01, "max": 100 },
        "k": { "mean": "purchase", "within": "72h", "step": 0.5, "max": 100 }, "l": { "mean": "cart", "within": "session", "max": 100 },
        "m": { "max": "purchase", "within": "60d", "step": 1, "most": 12 }, "n": { "max": "cart", "within": "session", "most": 100 },
        "o": { "max": "purchase", "within": "12h", "most": 100, "where": { "aisle": "coats" } } },
      "dimensions": { "all": { "why": "a test", "segments": [{ "id": "x", "when": { "$or": [
        { "a": 1 }, { "b": 1 }, { "c": 1 }, { "d": 1 }, { "e": 1 }, { "f": 1 }, { "g": 1 }, { "h": 1 }, { "i": 10 }, { "j": 1 },
        { "k": 1 }, { "l": 1 }, { "m": 1 }, { "n": 1 }, { "o": 1 }] } }], "otherwise": "rest" } } }"#;
    let book = compile(json);
    check(400, vec((pauses(), events()), 1..60), |stream| {
        let mut engine = engine(&book);
        let mut now = MONDAY;
        let mut log: Vec<(u32, Told)> = Vec::new();
        for (pause, told) in stream {
            for when in [now + pause / 2, now + pause] {
                engine.advance(when);
                let naive = Naive {
                    log: &log,
                    now: when,
                };
                for (i, signal) in (0u16..).zip(&book.signals) {
                    let (value, expected) = (engine.value(i), naive.value(&book, &signal.kind));
                    prop_assert!(
                        value == expected || (value.is_nan() && expected.is_nan()),
                        "{}: {value}, not {expected}, at {when}",
                        book.str(signal.name)
                    );
                }
            }
            now += pause;
            tell(&mut engine, &told, now);
            log.push((now, told));
        }
        Ok(())
    });
}

#[test]
fn without_events_memories_only_fade() {
    let json = r#"{ "fewbits": 1, "book": "fade", "version": 1, "signals": {
        "relative": { "affinity": "aisle:boots", "half_life": "2d", "baseline": 0.3 },
        "share": { "affinity": "aisle:boots", "half_life": "30d" },
        "top": { "top": "aisle", "half_life": "4h", "items": ["boots", "sandals", "coats"] },
        "since": { "since": "view", "unit": "hour" }, "days": { "days": "view", "within": "30d" },
        "left": { "sequence": ["cart", "!purchase"], "within": "9d" } },
      "dimensions": { "all": { "why": "a test", "segments": [{ "id": "x", "when": { "$or": [
        { "relative": { "$gte": 1 } }, { "share": { "$gte": 1 } }, { "top": "boots" }, { "since": 1 }, { "days": 1 }, { "left": true }] } }],
        "otherwise": "rest" } } }"#;
    let book = compile(json);
    check(
        300,
        (vec((pauses(), events()), 0..40), vec(pauses(), 1..40)),
        |(stream, waits)| {
            let mut engine = engine(&book);
            let mut now = MONDAY;
            for (pause, told) in stream {
                now += pause;
                tell(&mut engine, &told, now);
            }
            let read = |engine: &Engine| -> Vec<f64> { (0..6).map(|s| engine.value(s)).collect() };
            let mut before = read(&engine);
            for wait in waits {
                now += wait;
                engine.advance(now);
                let after = read(&engine);
                // Exact arithmetic would make these strict; the last digit may waver.
                let off = |v: f64| (v - 1.0).abs();
                prop_assert!(
                    off(after[0]) <= off(before[0]) + 1e-12,
                    "towards the site's average"
                );
                prop_assert!(after[1] <= before[1] + 1e-12, "towards nothing");
                prop_assert!(
                    after[2].is_nan() || after[2] == before[2],
                    "the top fades, another does not come up"
                );
                prop_assert!(after[3].is_nan() || after[3] >= before[3]);
                prop_assert!(after[4] <= before[4]);
                prop_assert!(after[5] <= before[5]);
                before = after;
            }
            Ok(())
        },
    );
}

// --- storage

/// The same visitor in two browsers, of which the second is there to be meddled with.
fn twins(book: &Book) -> (Engine, Engine, Browser) {
    let browser = Browser::default();
    let twin = stored(book, &browser, 1, MONDAY);
    (stored(book, &Browser::default(), 1, MONDAY), twin, browser)
}

/// Runs a stream in a visitor who folds at the start only, and in one who folds now and then.
fn folding_is_invisible(traits: Traits, cases: u32, told: impl Strategy<Value = Told>) {
    let books = pool(traits);
    let steps = vec((pauses(), told, 0u8..6), 1..40);
    check(cases, (0..books.len(), steps), |(book, stream)| {
        let (mut plain, mut folding, browser) = twins(&books[book]);
        let mut now = MONDAY;
        for (pause, told, fold) in stream {
            // What is dropped at the door leaves no time at which a journal could be replayed;
            // a membership that ended and began again meanwhile is seen by the open page only.
            if !is_needed(&plain, &told) {
                continue;
            }
            now += pause;
            tell(&mut plain, &told, now);
            tell(&mut folding, &told, now);
            match fold {
                // A fold, a fold whose journals are then deleted, two folds of the same.
                0 => prop_assert!(folding.fold(now)),
                1 => {
                    prop_assert!(folding.fold(now));
                    browser.drop_journals();
                }
                2 => prop_assert!(folding.fold(now) && folding.fold(now)),
                // The page closes without a word, and opens again.
                3 => folding = stored(&books[book], &browser, 1, now),
                _ => {}
            }
            plain.advance(now);
            folding.advance(now);
            prop_assert!(
                state(&plain) == state(&folding),
                "{}",
                difference(&plain, &folding)
            );
        }
        Ok(())
    });
}

#[test]
fn folding_is_invisible_to_events() {
    folding_is_invisible(PLAIN, 400, events());
}

#[test]
fn folding_is_invisible_to_facts() {
    folding_is_invisible(FACTS, 400, anything());
}

#[test]
fn folding_is_invisible_to_hysteresis() {
    folding_is_invisible(STICKY, 400, events());
}

#[test]
fn what_happened_before_consent_is_kept_when_it_comes() {
    let books = pool(PLAIN);
    check(
        200,
        (0..books.len(), vec((pauses(), events()), 1..60)),
        |(book, stream)| {
            let mut visitor = engine(&books[book]);
            let mut now = MONDAY;
            for (pause, told) in stream {
                now += pause;
                tell(&mut visitor, &told, now);
            }
            visitor.advance(now);
            let before = state(&visitor);
            agree(&mut visitor, now);
            let browser = Browser::default();
            visitor.attach(browser.tab(1));
            prop_assert!(visitor.fold(now));
            prop_assert_eq!(state(&visitor), before.clone());
            prop_assert_eq!(state(&stored(&books[book], &browser, 2, now)), before);
            Ok(())
        },
    );
}

#[test]
fn however_much_happened_before_consent_is_kept() {
    let book = compile(&plan_book(1, 2, "{ \"questions\": { \"plan\": 1 }, \"bootstrap\": true }").replace(
        "\"plan\": { \"declared\": [\"v0\", \"v1\"] }",
        "\"plan\": { \"declared\": [\"v0\", \"v1\"] }, \"n\": { \"count\": \"view\", \"within\": \"7d\" }",
    ).replace("\"when\": { \"plan\": \"v0\" }", "\"when\": { \"plan\": \"v0\", \"n\": { \"$gte\": 9 } }"));
    let mut visitor = engine(&book);
    for n in 0..20_000 {
        tell(
            &mut visitor,
            &Told::Event {
                name: 0,
                aisle: 4,
                amount: None,
            },
            MONDAY + n,
        );
    }
    let now = MONDAY + 20_000;
    visitor.advance(now);
    let before = state(&visitor);
    agree(&mut visitor, now);
    visitor.attach(Browser::default().tab(1));
    assert!(visitor.fold(now));
    assert_eq!(state(&visitor), before);
}

#[test]
fn a_store_that_fails_costs_nothing_while_the_page_is_open() {
    let books = pool(PLAIN);
    let steps = vec(
        (pauses(), events(), any::<[bool; 3]>(), any::<bool>()),
        1..40,
    );
    check(300, (0..books.len(), steps), |(book, stream)| {
        let (mut plain, mut folding, browser) = twins(&books[book]);
        let mut now = MONDAY;
        for (pause, told, [write_profile, write_gate, append], fold) in stream {
            now += pause;
            browser.fail(Faults {
                write_profile,
                write_gate,
                append,
                ..Faults::default()
            });
            tell(&mut plain, &told, now);
            tell(&mut folding, &told, now);
            if fold {
                prop_assert_eq!(folding.fold(now), !write_profile);
            }
            plain.advance(now);
            folding.advance(now);
            prop_assert!(
                state(&plain) == state(&folding),
                "{}",
                difference(&plain, &folding)
            );
        }
        Ok(())
    });
}

#[test]
fn two_tabs_are_one_visitor() {
    let books = pool(PLAIN);
    let steps = vec((pauses(), events(), 0usize..3, 0u8..5), 1..50);
    check(400, (0..books.len(), steps), |(book, stream)| {
        let browser = Browser::default();
        let mut one = engine(&books[book]);
        let mut tabs: Vec<Engine> = (0..3)
            .map(|t| stored(&books[book], &browser, t + 1, MONDAY))
            .collect();
        let mut now = MONDAY;
        for (pause, told, tab, fold) in stream {
            now += pause;
            tell(&mut one, &told, now);
            tell(&mut tabs[tab], &told, now);
            if fold == 0 {
                prop_assert!(tabs[tab].fold(now));
            }
        }
        one.advance(now);
        for tab in &mut tabs {
            prop_assert!(tab.fold(now));
            prop_assert!(state(&one) == state(tab), "{}", difference(&one, tab));
        }
        Ok(())
    });
}

#[test]
fn a_new_version_keeps_what_it_still_defines() {
    let json = |version: u32, extra: &str, within: &str| {
        format!(
            r#"{{ "fewbits": 1, "book": "shop", "version": {version}, "signals": {{ {extra}
              "kept": {{ "count": "view", "within": "30d" }}, "changed": {{ "count": "view", "within": "{within}" }} }},
              "dimensions": {{ "all": {{ "why": "a test", "segments": [{{ "id": "x", "when": {{ "kept": 1, "changed": 1 }} }}], "otherwise": "rest" }} }} }}"#
        )
    };
    let one = compile(&json(1, "", "7d"));
    let other = json(2, r#""new": { "count": "view", "within": "1d" },"#, "8d")
        .replace("\"kept\": 1,", "\"kept\": 1, \"new\": 1,");
    let two = compile(&other);
    let browser = Browser::default();
    let mut engine = stored(&one, &browser, 1, MONDAY);
    for n in 0..3 {
        tell(
            &mut engine,
            &Told::Event {
                name: 0,
                aisle: 4,
                amount: None,
            },
            MONDAY + n,
        );
    }
    assert!(engine.fold(MONDAY + 3));
    browser.drop_journals();
    let newer = stored(&two, &browser, 1, MONDAY + 4);
    assert_eq!(
        [0, 1, 2].map(|s| newer.value(s)),
        [0.0, 3.0, 0.0],
        "new, kept, changed"
    );
    // Going back is the same: what version 2 did not know is gone.
    let older = stored(&one, &browser, 1, MONDAY + 5);
    assert_eq!([0, 1].map(|s| older.value(s)), [3.0, 0.0]);
}

/// A visitor of whom there is a snapshot, and the snapshot.
fn with_snapshot(book: &Book, browser: &Browser) -> (Vec<u8>, u32) {
    let mut engine = stored(book, browser, 1, MONDAY);
    let mut now = MONDAY;
    for n in 0..200usize {
        now += 977;
        let amount = Some((n as i16 * 37) % 1_500);
        tell(
            &mut engine,
            &Told::Event {
                name: n % 4,
                aisle: n % 5,
                amount,
            },
            now,
        );
        tell(
            &mut engine,
            &Told::Environment {
                of: n % 8,
                raw: n % 3,
            },
            now,
        );
        tell(
            &mut engine,
            &Told::Declared {
                which: n % 3,
                value: (n % 3) as i8,
            },
            now,
        );
    }
    assert!(engine.fold(now));
    browser.drop_journals();
    (browser.slot(Slot::Profile).expect("written"), now)
}

/// Uses everything that reads a profile; a snapshot that was taken in must not make it panic.
fn use_all(engine: &mut Engine, now: u32) {
    for at in [
        now,
        now + DAY,
        now.saturating_sub(40 * DAY),
        0,
        u32::MAX - 5,
        now,
    ] {
        engine.advance(at);
        engine.next_change(at);
        for signal in 0..engine.rules().book().signals.len() as u16 {
            engine.value(signal);
            engine.stored(signal);
        }
        for segment in 0..engine.flags().len() as u16 {
            engine.explain(segment);
        }
        for n in 0..4 {
            tell(
                engine,
                &Told::Event {
                    name: n,
                    aisle: n,
                    amount: Some(500),
                },
                at,
            );
            tell(
                engine,
                &Told::Environment {
                    of: n * 2,
                    raw: n % 3,
                },
                at,
            );
        }
        engine.fold(at);
    }
}

#[test]
fn a_damaged_snapshot_is_discarded_with_a_line() {
    let book = &pool(ALL)[0];
    let browser = Browser::default();
    let (good, now) = with_snapshot(book, &browser);
    let fresh = state(&stored(book, &Browser::default(), 1, now));
    let mut bad: Vec<Vec<u8>> = (0..good.len()).map(|n| good[..n].to_vec()).collect();
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 1 << (at % 8);
        bad.push(bytes);
    }
    bad.push([&good[..], b"x"].concat());
    bad.push(b"{\"profile\":1}".to_vec());
    for bytes in bad {
        let browser = Browser::default();
        browser.put(Slot::Profile, bytes.clone());
        let mut engine = stored(book, &browser, 1, now);
        let newer = bytes.starts_with(b"FBP") && bytes.get(3).is_some_and(|f| *f > 1);
        assert!(engine.discarded().is_some(), "{bytes:?}");
        assert_eq!(state(&engine), fresh);
        if newer {
            assert_eq!(
                browser.slot(Slot::Profile),
                Some(bytes),
                "a newer version's memory stays"
            );
            continue;
        }
        let lines = engine.gate().ledger().lines();
        assert_eq!(
            lines.iter().map(|l| l.what).collect::<Vec<_>>(),
            [What::Discarded]
        );
        // The page goes on, and the next snapshot is good.
        tell(
            &mut engine,
            &Told::Event {
                name: 0,
                aisle: 0,
                amount: None,
            },
            now,
        );
        assert!(engine.fold(now));
        assert!(stored(book, &browser, 2, now).discarded().is_none());
    }
}

#[test]
fn another_books_snapshot_is_foreign() {
    let books = pool(PLAIN);
    let browser = Browser::default();
    let (_, now) = with_snapshot(&books[0], &browser);
    let other = compile(&plan_book(
        1,
        2,
        "{ \"questions\": { \"plan\": 1 }, \"bootstrap\": true }",
    ));
    let engine = stored(&other, &browser, 1, now);
    assert_eq!(
        engine.discarded(),
        Some(fewbits::profile::Discarded::Foreign)
    );
    assert_eq!(engine.gate().ledger().lines().len(), 1);
}

#[test]
fn nonsense_with_a_right_check_sum_never_panics() {
    let book = &pool(ALL)[1];
    let (good, now) = with_snapshot(book, &Browser::default());
    let edits = vec((8..good.len(), any::<u8>()), 1..6);
    check(
        1_500,
        (edits, any::<bool>(), 0..good.len()),
        |(edits, cut, length)| {
            let mut bytes = good.clone();
            for (at, byte) in edits {
                bytes[at] = byte;
            }
            if cut {
                bytes.truncate(length.max(8));
            }
            let sum = fewbits::codec::crc32(&bytes[8..]);
            bytes[4..8].copy_from_slice(&sum.to_le_bytes());
            let browser = Browser::default();
            browser.put(Slot::Profile, bytes);
            let mut engine = stored(book, &browser, 1, now);
            use_all(&mut engine, now);
            Ok(())
        },
    );
}

#[test]
fn damaged_journals_never_panic_and_never_count_twice() {
    let books = pool(ALL);
    let journals = vec(vec(any::<u8>(), 0..200), 0..4);
    check(
        300,
        (
            0..books.len(),
            journals,
            vec((pauses(), events()), 1..20),
            any::<u16>(),
        ),
        |(book, journals, stream, cut)| {
            let browser = Browser::default();
            for (id, bytes) in (10..).zip(journals) {
                browser.0.borrow_mut().journals.insert(id, bytes);
            }
            let mut tab = stored(&books[book], &browser, 1, MONDAY);
            let mut now = MONDAY;
            for (pause, told) in stream {
                now += pause;
                tell(&mut tab, &told, now);
            }
            // The last record was cut off when the tab was killed.
            for bytes in browser.0.borrow_mut().journals.values_mut() {
                let keep = bytes.len().saturating_sub(usize::from(cut) % 9);
                bytes.truncate(keep);
            }
            let mut again = stored(&books[book], &browser, 2, now);
            let once = state(&again);
            prop_assert!(again.fold(now) && again.fold(now));
            prop_assert!(state(&again) == once, "counted again");
            use_all(&mut again, now);
            Ok(())
        },
    );
}

// --- clocks

#[test]
fn a_clock_that_leaps_and_comes_back_loses_nothing() {
    let books = pool(PLAIN);
    let leaps = prop_oneof![
        2 * DAY..40 * DAY,
        40 * DAY..400 * DAY,
        400 * DAY..1_500 * DAY
    ];
    let values = (
        0..books.len(),
        vec((pauses(), events()), 1..40),
        leaps,
        vec((1u32..3_000, events()), 0..4),
        0u8..4,
    );
    check(400, values, |(book, stream, leap, wrong, fold)| {
        let (mut plain, mut leaping, browser) = twins(&books[book]);
        let mut now = MONDAY;
        for (pause, told) in stream {
            now += pause;
            tell(&mut plain, &told, now);
            tell(&mut leaping, &told, now);
        }
        let mut later = now + leap;
        if fold == 1 {
            leaping = stored(&books[book], &browser, 1, later);
        }
        leaping.advance(later);
        for (pause, told) in wrong {
            later += pause;
            tell(&mut leaping, &told, later);
        }
        if fold == 2 {
            prop_assert!(leaping.fold(later));
        }
        // Right again, and a first event under the right clock.
        now += 60;
        for engine in [&mut plain, &mut leaping] {
            tell(
                engine,
                &Told::Event {
                    name: 3,
                    aisle: 4,
                    amount: None,
                },
                now,
            );
        }
        if fold == 3 {
            leaping = stored(&books[book], &browser, 1, now);
        }
        plain.advance(now);
        leaping.advance(now);
        prop_assert!(
            plain.flags() == leaping.flags(),
            "{}",
            difference(&plain, &leaping)
        );
        Ok(())
    });
}

#[test]
fn any_clock_is_survived() {
    let books = pool(ALL);
    let times = prop_oneof![
        Just(0u32),
        Just(1u32),
        0u32..100_000,
        MONDAY - 900 * DAY..MONDAY + 900 * DAY,
        u32::MAX - 100_000..=u32::MAX,
        any::<u32>(),
    ];
    check(
        500,
        (0..books.len(), vec((times, anything(), 0u8..5), 1..30)),
        |(book, steps)| {
            let browser = Browser::default();
            let mut engine = stored(&books[book], &browser, 1, MONDAY);
            for (now, told, fold) in steps {
                tell(&mut engine, &told, now);
                engine.next_change(now);
                if fold == 0 {
                    prop_assert!(engine.fold(now));
                    prop_assert_eq!(engine.discarded(), None);
                }
                let _ = engine.ask(now);
            }
            use_all(&mut engine, MONDAY);
            Ok(())
        },
    );
}

/// Memberships stand still from now to the next change, when only time passes.
fn next_change_is_in_time(traits: Traits, retention: Option<u32>, back: u32, cases: u32) {
    let books: Vec<Book> = pool(traits)
        .iter()
        .cloned()
        .map(|mut book| {
            book.retention = retention.unwrap_or(book.retention);
            book
        })
        .collect();
    let samples = vec(0u32..10_000, 6);
    check(
        cases,
        (0..books.len(), vec((pauses(), anything()), 0..25), samples),
        |(book, stream, mut samples)| {
            let mut engine = engine(&books[book]);
            let mut now = MONDAY;
            for (pause, told) in stream {
                now += pause;
                tell(&mut engine, &told, now);
            }
            now -= back;
            engine.advance(now);
            samples.sort_unstable();
            for _ in 0..6 {
                let flags = engine.flags().to_vec();
                let next = engine.next_change(now);
                prop_assert!(next.is_none_or(|t| t > now));
                let until = next.unwrap_or(now + 900 * DAY);
                let span = u64::from(until - 1 - now);
                let between = samples
                    .iter()
                    .map(|s| now + (span * u64::from(*s) / 10_000) as u32)
                    .chain([until - 1]);
                for at in between {
                    engine.advance(at);
                    if engine.flags() != flags {
                        let book = engine.rules().book();
                        let changed = flags
                            .iter()
                            .zip(engine.flags())
                            .position(|(a, b)| a != b)
                            .and_then(|i| book.locate(i));
                        let name = changed.map_or("", |(d, _)| book.str(book.dimensions[d].name));
                        return Err(TestCaseError::fail(format!(
                            "{name} changed at {at}, between {now} and {next:?}"
                        )));
                    }
                }
                let Some(next) = next else { break };
                now = next;
                engine.advance(now);
            }
            Ok(())
        },
    );
}

#[test]
fn nothing_changes_before_the_next_change() {
    next_change_is_in_time(FACTS, None, 0, 500);
}

#[test]
fn nothing_changes_before_the_next_change_with_hysteresis() {
    next_change_is_in_time(ALL, None, 0, 500);
}

#[test]
fn nothing_changes_before_the_next_change_with_a_short_retention() {
    next_change_is_in_time(FACTS, Some(2 * HOUR), 0, 300);
}

#[test]
fn nothing_changes_before_the_next_change_after_the_clock_went_back() {
    next_change_is_in_time(FACTS, None, 10 * DAY, 300);
}

// --- non-interference

/// A book whose questions are `plan`, which a declared signal decides, and `loyalty`, which
/// events do; and which knows and decides much that is not asked about.
fn asking(report: &str) -> Book {
    compile(&format!(
        r#"{{ "fewbits": 1, "book": "shop", "version": 3, "signals": {{
          "plan": {{ "declared": ["v0", "v1", "v2"] }},
          "views": {{ "count": "view", "within": "7d" }},
          "visit": {{ "count": "view", "within": "session" }},
          "spend": {{ "sum": "purchase", "within": "60d", "max": 1000 }},
          "aisle": {{ "top": "aisle", "half_life": "5d" }},
          "boots": {{ "affinity": "aisle:boots", "half_life": "5d", "baseline": 0.2 }},
          "left": {{ "sequence": ["cart", "!purchase"], "within": "2d" }},
          "device": {{ "context": "device" }}, "referrer": {{ "context": "referrer" }},
          "member": {{ "declared": "boolean" }} }},
        "dimensions": {{
          "plan": {{ "why": "a test", "segments": [
            {{ "id": "basic", "when": {{ "plan": "v0" }} }}, {{ "id": "plus", "when": {{ "plan": "v1" }} }}], "otherwise": "none" }},
          "loyalty": {{ "why": "a test", "groups": ["known"], "segments": [
            {{ "id": "spender", "under": "known", "when": {{ "spend": {{ "$gte": 30 }} }} }},
            {{ "id": "regular", "under": "known", "hold": "1h",
              "when": {{ "$or": [{{ "views": {{ "$gte": 4 }} }}, {{ "visit": {{ "$gte": 2 }} }}] }} }},
            {{ "id": "seen", "when": {{ "views": {{ "$gte": 1 }} }} }}], "otherwise": "new" }},
          "rest": {{ "why": "a test", "pick": 4, "segments": [
            {{ "id": "a", "when": {{ "aisle": "boots" }} }}, {{ "id": "b", "when": {{ "boots": {{ "$gte": 2 }} }} }},
            {{ "id": "c", "when": {{ "left": true }} }}, {{ "id": "d", "when": {{ "device": "phone" }} }},
            {{ "id": "e", "when": {{ "referrer": "search" }} }}, {{ "id": "f", "when": {{ "member": true }} }}], "otherwise": "g" }} }},
        "decisions": {{
          "hero": {{ "why": "a test", "variants": ["plain", "warm"],
            "choose": [{{ "experiment": "copy" }}], "otherwise": "plain" }},
          "teaser": {{ "why": "a test", "variants": ["boots", "coats", "none"], "choose": [
            {{ "when": {{ "loyalty": "new" }}, "show": "none" }}, {{ "bandit": "opening" }},
            {{ "rank": {{ "boots": "boots" }} }}], "otherwise": "none", "changes": true }} }},
        "experiments": {{ "copy": {{ "why": "a test", "variants": ["plain", "warm"],
          "goal": {{ "event": "purchase", "within": "1d" }} }} }},
        "bandits": {{ "opening": {{ "why": "a test", "variants": ["boots", "coats"], "by": "loyalty",
          "posteriors": {{ "any": {{ "boots": [3, 9], "coats": [2, 9] }} }} }} }},
        "holdout": {{ "share": 0.1, "why": "a test" }},
        "report": {report} }}"#
    ))
}

const BOOTSTRAP: &str = r#"{ "questions": { "plan": 1, "loyalty": 2 }, "bootstrap": true }"#;
/// The outcome of an experiment, that of a dimension beside it.
const OUTCOME: &str =
    r#"{ "questions": { "copy": { "weight": 3, "after": "1d" }, "plan": 1 }, "bootstrap": true }"#;
/// All of `plan` is shown as `any`, `spender` and `regular` as `known`.
const CROWDS: &str = r#"{ "questions": { "plan": 1, "loyalty": 2 }, "crowds": {
    "plan": { "any": 60 }, "loyalty": { "known": 99, "seen": 3, "new": 80, "any": 300 } } }"#;

/// The book of [`CROWDS`], in which `seen` and no `plan` are withheld besides. No compiler
/// makes such a partition, but the format allows it.
fn withholding() -> Book {
    let mut book = asking(CROWDS);
    for question in &mut book.reporting.as_mut().expect("asks").questions {
        question.shown[2] = Shown::Withheld;
    }
    book
}

/// What a page does with what is known, beside asking.
#[derive(Debug, Clone, Copy)]
enum Act {
    Decide { slot: u16, shown: bool },
    Force { source: u16, variant: u16 },
    Mute { segment: u16, on: bool },
}

impl Act {
    fn done(self, engine: &mut Engine, now: u32) {
        match self {
            Self::Decide { slot, shown } => {
                engine.decide(slot, shown, now);
            }
            Self::Force { source, variant } => engine.force(source, variant),
            Self::Mute { segment, on } => {
                engine.mute(segment, on, now);
            }
        }
    }
}

/// Mostly decisions; what is muted is any segment, also of what is asked.
fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        8 => (0u16..3, any::<bool>()).prop_map(|(slot, shown)| Act::Decide { slot, shown }),
        1 => (0u16..3, 0u16..3).prop_map(|(source, variant)| Act::Force { source, variant }),
        2 => (0u16..14, any::<bool>()).prop_map(|(segment, on)| Act::Mute { segment, on }),
    ];
    vec(act, 0..4)
}

/// A life up to the answer: what happened, and what was sent. Asked at fixed times.
struct Lived {
    reports: Vec<Result<String, Reason>>,
    dues: Vec<Option<u32>>,
    ledger: String,
    story: Vec<(u32, What, Box<str>, u32)>,
    gate: Option<Vec<u8>>,
    /// What was kept of what was decided.
    choices: Option<Vec<u8>>,
    member: Vec<u8>,
}

/// Lives a stream of `(moment, input)`, spread over six days of which two lie before the draw.
/// In the end the declared plan is stated, and the question is answered.
fn live(book: &Book, seed: u64, stream: &[(u32, Told)], plan: f64, folds: usize) -> Lived {
    // Everybody draws the same variant; who sees the slot depends on what they did.
    let decided = |n: usize| {
        vec![
            Act::Decide {
                slot: 0,
                shown: true
            };
            usize::from(n % 3 == 1)
        ]
    };
    let stream = stream.iter().enumerate();
    let stream = stream.map(|(n, (moment, told))| (*moment, told, decided(n)));
    lived(book, seed, [seed as u8; 16], stream.collect(), plan, folds)
}

/// The same, with what the page decides after each input.
fn lived(
    book: &Book,
    seed: u64,
    visitor: [u8; 16],
    stream: Vec<(u32, &Told, Vec<Act>)>,
    plan: f64,
    folds: usize,
) -> Lived {
    let browser = Browser::default();
    let mut engine = Engine::new(book.clone(), Box::new(Seeded(seed)));
    let start = MONDAY - 2 * DAY;
    agree(&mut engine, start);
    engine.attach(browser.tab(1));
    engine.fold(start);
    // Visitors differ from the start, also in what they may be asked about.
    engine.declare(0, (stream.len() % 4) as f64, start);
    engine.seed(visitor);
    let mut stream: Vec<_> = stream
        .into_iter()
        .map(|(moment, told, acts)| (start + moment * 51, told, acts))
        .collect();
    stream.sort_by_key(|(at, ..)| *at);
    let mut stream = stream.into_iter().enumerate().peekable();
    let mut lived = Lived {
        reports: vec![],
        dues: vec![],
        ledger: String::new(),
        story: vec![],
        gate: None,
        choices: None,
        member: vec![],
    };
    // Asked on the first day twice, so that nothing is due yet, and on the fifth.
    for (asked, at) in [0, DAY / 2, 4 * DAY]
        .map(|t| MONDAY + t)
        .into_iter()
        .enumerate()
    {
        while let Some((n, (when, told, acts))) = stream.next_if(|(_, (when, ..))| *when < at) {
            tell(&mut engine, told, when);
            for act in acts {
                act.done(&mut engine, when);
            }
            if folds > 0 && n % folds == 0 {
                engine.fold(when);
            }
        }
        if asked == 2 {
            engine.declare(0, plan, at);
        }
        lived.reports.push(ask(&mut engine, at));
        lived.dues.push(engine.due());
    }
    let at = MONDAY + 4 * DAY;
    if lived.reports[2].is_ok() {
        engine.sending("https://collect.shop.example/", at + 1);
        engine.failed("https://collect.shop.example/", at + 2);
        lived.reports.push(ask(&mut engine, at + 60));
        engine.sending("https://collect.shop.example/", at + 61);
        engine.delivered("https://collect.shop.example/", at + 62);
    }
    let lines = engine.gate().ledger().lines();
    lived.story = lines
        .iter()
        .map(|l| (l.at, l.what, l.question.clone(), l.charge))
        .collect();
    lived.ledger = ledger(&engine);
    lived.gate = browser.slot(Slot::Gate);
    lived.choices = browser.slot(Slot::Choices);
    lived.member = engine.flags().to_vec();
    lived
}

fn lives() -> impl Strategy<Value = Vec<(u32, Told)>> {
    vec((0u32..10_000, anything()), 0..30)
}

/// The segments that the visitor is asked about.
fn asked(lived: &Lived) -> std::ops::Range<usize> {
    match lived.story.first().map(|line| line.2.as_ref()) {
        Some("plan") => 0..3,
        // The outcome stands behind all that the author declared.
        Some("copy") => 14..19,
        _ => 3..7,
    }
}

#[test]
fn equal_memberships_and_chance_give_equal_reports_and_ledgers() {
    for book in [
        asking(BOOTSTRAP),
        asking(CROWDS),
        withholding(),
        asking(OUTCOME),
    ] {
        let answered = std::cell::Cell::new((0, 0));
        let values = (lives(), lives(), any::<u64>(), -1i8..3, 0usize..5);
        check(600, values, |(one, other, seed, plan, folds)| {
            let plan = if plan < 0 { f64::NAN } else { f64::from(plan) };
            let one = live(&book, seed, &one, plan, 0);
            let other = live(&book, seed, &other, plan, folds);
            // `plan` is equal by construction. Of `loyalty` only those are compared that the
            // streams led to the same segment; whatever else they know may differ.
            let range = asked(&one);
            if one.member[range.clone()] != other.member[range] {
                return Ok(());
            }
            let (all, differ) = answered.get();
            answered.set((all + 1, differ + u32::from(one.member != other.member)));
            prop_assert_eq!(&one.reports, &other.reports);
            prop_assert_eq!(&one.ledger, &other.ledger);
            prop_assert_eq!(&one.gate, &other.gate);
            Ok(())
        });
        let (all, differ) = answered.get();
        assert!(
            all > 200 && differ > 100,
            "{all} compared, {differ} of them differ elsewhere"
        );
    }
}

#[test]
fn when_and_what_is_asked_depends_on_chance_alone() {
    for book in [
        asking(BOOTSTRAP),
        asking(CROWDS),
        withholding(),
        asking(OUTCOME),
    ] {
        let differ = std::cell::Cell::new(0);
        let values = (lives(), lives(), any::<u64>(), 0i8..3, 0i8..3);
        check(600, values, |(one, other, seed, a, b)| {
            let one = live(&book, seed, &one, f64::from(a), 1);
            let other = live(&book, seed, &other, f64::from(b), 0);
            differ.set(differ.get() + u32::from(one.member != other.member));
            prop_assert_eq!(&one.dues[..2], &other.dues[..2]);
            prop_assert_eq!(&one.reports[..2], &other.reports[..2]);
            // Drawn when, what; answered when, what, at which price. What became of the answer
            // differs only by the answer itself, of which silence is one.
            let told = |lived: &Lived| lived.story.iter().take(2).cloned().collect::<Vec<_>>();
            prop_assert_eq!(told(&one), told(&other));
            prop_assert_eq!(told(&one).len(), 2);
            Ok(())
        });
        assert!(differ.get() > 300);
    }
}

#[test]
fn what_is_decided_on_the_page_changes_nothing_of_what_leaves() {
    for book in [
        asking(BOOTSTRAP),
        asking(CROWDS),
        withholding(),
        asking(OUTCOME),
    ] {
        let compared = std::cell::Cell::new((0, 0, 0));
        let decided = vec((0u32..10_000, anything(), acts()), 0..30);
        let values = (decided, any::<[u64; 2]>(), -1i8..3, 0usize..5);
        check(600, values, |(stream, [seed, visitor], plan, folds)| {
            let plan = if plan < 0 { f64::NAN } else { f64::from(plan) };
            let quiet = stream.iter().map(|(at, told, _)| (*at, told, vec![]));
            let quiet = lived(&book, seed, [7; 16], quiet.collect(), plan, 0);
            let stream = stream
                .iter()
                .map(|(at, told, acts)| (*at, told, acts.clone()));
            let visitor = [visitor as u8; 16];
            let page = lived(&book, seed, visitor, stream.collect(), plan, folds);
            // When, which question, at which price: whatever was decided, forced or muted.
            prop_assert_eq!(&quiet.dues[..2], &page.dues[..2]);
            prop_assert_eq!(&quiet.reports[..2], &page.reports[..2]);
            prop_assert_eq!(&quiet.story[..2], &page.story[..2]);
            let (all, told, changed) = compared.get();
            let same = quiet.member[asked(&quiet)] == page.member[asked(&quiet)];
            let shown = page.member[14..] != quiet.member[14..] || page.choices != quiet.choices;
            compared.set((
                all + u32::from(same),
                told + u32::from(same && shown),
                changed + u32::from(!same),
            ));
            // What: it follows from what was asked about, which a mute may have changed, and of
            // an outcome that is asked for, what was shown.
            if same {
                prop_assert_eq!(&quiet.reports, &page.reports);
                prop_assert_eq!(&quiet.ledger, &page.ledger);
                prop_assert_eq!(&quiet.gate, &page.gate);
            }
            Ok(())
        });
        let (all, told, changed) = compared.get();
        assert!(
            all > 300 && told > 100 && changed > 20,
            "{all} compared, of which {told} were shown something; {changed} changed"
        );
    }
}

/// What a hint tells of `loyalty`, for a window of two days.
const HINTS: &str = r#"{ "bootstrap": true, "lifetime_bits": 5, "why": "a test" },
    "hints": { "dimensions": ["loyalty"], "window": "2d", "why": "a test" }"#;

/// What came of asking for hints: the hints, what they cost and when, the memberships at these
/// times, and the gate's record.
type Hinted = (Vec<String>, Vec<(u32, What, u32)>, Vec<Vec<u8>>, Vec<u8>);

/// A life in which a hint is asked for at fixed times.
fn hinted(book: &Book, seed: u64, stream: &[(u32, Told)], folds: usize) -> Hinted {
    let browser = Browser::default();
    let mut engine = Engine::new(book.clone(), Box::new(Seeded(seed)));
    let start = MONDAY - DAY;
    agree(&mut engine, start);
    engine.attach(browser.tab(1));
    engine.fold(start);
    let mut stream: Vec<_> = stream
        .iter()
        .map(|(m, told)| (start + m * 51, told))
        .collect();
    stream.sort_by_key(|(at, _)| *at);
    let mut stream = stream.into_iter().enumerate().peekable();
    let (mut hints, mut members) = (Vec::new(), Vec::new());
    for at in [0, DAY, 2 * DAY, 2 * DAY + 60, 5 * DAY].map(|t| MONDAY + t) {
        while let Some((n, (when, told))) = stream.next_if(|(_, (when, _))| *when < at) {
            tell(&mut engine, told, when);
            if folds > 0 && n % folds == 0 {
                engine.fold(when);
            }
        }
        engine.fold(at);
        hints.push(match engine.hint(at) {
            Ok(hint) => hint.to_json(),
            Err(reason) => reason.name().to_owned(),
        });
        members.push(engine.flags()[3..7].to_vec());
    }
    let lines = engine.gate().ledger().lines().iter();
    let story = lines.map(|l| (l.at, l.what, l.charge)).collect();
    (
        hints,
        story,
        members,
        browser.slot(Slot::Gate).expect("written"),
    )
}

#[test]
fn a_hint_tells_the_membership_that_was_paid_for_and_nothing_else() {
    let book = asking(HINTS);
    let compared = std::cell::Cell::new((0, 0));
    let values = (lives(), lives(), any::<[u64; 2]>(), 0usize..5);
    check(1_000, values, |(one, other, seeds, folds)| {
        let one = hinted(&book, seeds[0], &one, 0);
        let other = hinted(&book, seeds[1], &other, folds);
        // When, and at which price: whoever the visitor is, and whatever chance says.
        prop_assert_eq!(&one.1, &other.1);
        // What: the memberships at the times that were paid for, the first and the third.
        let (all, differ) = compared.get();
        if one.2[0] == other.2[0] && one.2[2] == other.2[2] {
            compared.set((all + 1, differ + u32::from(one.2 != other.2)));
            prop_assert_eq!(&one.0, &other.0);
            prop_assert_eq!(&one.3, &other.3);
        }
        Ok(())
    });
    let (all, differ) = compared.get();
    assert!(
        all > 200 && differ > 50,
        "{all} compared, {differ} of them differ at other times"
    );
}

// --- crowds

#[test]
fn every_name_that_is_shown_is_a_crowd_by_itself() {
    // Segments under g0 to g3, where g1 lies under g0; the fifth place is the top.
    let values = (vec((0usize..5, 0u32..130), 1..9), 0u32..130, 0usize..3);
    check(1_500, values, |(segments, otherwise, unknown)| {
        let mut listed = String::new();
        let mut crowds = format!("\"rest\": {otherwise}");
        for (i, (group, crowd)) in segments.iter().enumerate() {
            let under = if *group < 4 {
                format!("\"under\": \"g{group}\", ")
            } else {
                String::new()
            };
            let comma = if i > 0 { ", " } else { "" };
            listed.push_str(&format!(
                "{comma}{{ \"id\": \"s{i}\", {under}\"when\": {{ \"n\": {i} }} }}"
            ));
            // Of some nothing is published.
            if unknown == 0 || !i.is_multiple_of(unknown + 1) {
                crowds.push_str(&format!(", \"s{i}\": {crowd}"));
            }
        }
        let json = format!(
            r#"{{ "fewbits": 1, "book": "b", "version": 1,
              "signals": {{ "n": {{ "declared": "number", "min": 0, "max": 20 }} }},
              "dimensions": {{ "d": {{ "why": "a test",
                "groups": ["g0", {{ "id": "g1", "under": "g0" }}, "g2", "g3"],
                "segments": [{listed}], "otherwise": "rest" }} }},
              "report": {{ "questions": {{ "d": 1 }}, "crowd": 50, "crowds": {{ "d": {{ {crowds} }} }} }} }}"#
        );
        let book = compile(&json);
        let shown = &book.reporting.as_ref().expect("asks").questions[0].shown;
        if shown.iter().all(|s| *s == Shown::Withheld) {
            return Ok(());
        }
        let known = |i: usize| {
            if unknown == 0 || !i.is_multiple_of(unknown + 1) {
                segments[i].1
            } else {
                0
            }
        };
        for name in shown {
            // Everybody whose answer is shown by this name, as far as anybody can know.
            let crowd: u32 = shown
                .iter()
                .enumerate()
                .filter(|(_, s)| *s == name)
                .map(|(i, _)| {
                    if i < segments.len() {
                        known(i)
                    } else {
                        otherwise
                    }
                })
                .sum();
            prop_assert!(
                *name != Shown::Withheld && crowd >= 50,
                "{name:?} is {crowd}: {shown:?} {crowds}"
            );
        }
        Ok(())
    });
}

// --- canary

#[test]
fn no_raw_value_comes_out_anywhere() {
    let book = asking(BOOTSTRAP);
    let browser = Browser::default();
    let mut engine = Engine::new(book.clone(), Box::new(Seeded(5)));
    agree(&mut engine, MONDAY);
    engine.attach(browser.tab(1));
    engine.fold(MONDAY);
    let canaries: Vec<String> = (0..12)
        .map(|n| format!("canary{n}x{:x}", Seeded(n).next()))
        .collect();
    let c = |n: usize| canaries[n].as_str();
    let mut printed = String::new();
    let mut now = MONDAY;
    // Kinds of names, each unheard of, among good ones.
    let names: [(&str, [(&str, &str); 2]); 5] = [
        (c(0), [("aisle", "boots"), ("page", "home")]),
        ("view", [(c(1), "boots"), ("aisle", "boots")]),
        ("view", [("aisle", c(2)), (c(1), c(2))]),
        ("purchase", [("aisle", c(2)), ("aisle", "boots")]),
        (c(0), [(c(1), c(2)), (c(2), c(1))]),
    ];
    for (name, tags) in names {
        now += 60;
        let event = engine.rules().door().named(name, &tags, Some(77_345_678));
        printed.push_str(&format!("{event:?}"));
        engine.track(event, now);
    }
    let raw = [
        (
            Context::Referrer,
            format!("https://{}.example/{}?q={}#{}", c(3), c(4), c(5), c(6)),
            format!("https://shop.example/{}", c(4)),
        ),
        (
            Context::Medium,
            format!(
                "https://shop.example/{}?utm_medium={}&utm_source={}&gclid={}",
                c(4),
                c(5),
                c(6),
                c(7)
            ),
            String::new(),
        ),
        (
            Context::Device,
            format!("Mozilla/5.0 ({}) {}/1", c(8), c(9)),
            c(9).to_owned(),
        ),
        (
            Context::Language,
            format!("{}-{}", c(10), c(10)),
            String::new(),
        ),
        (
            Context::Continent,
            format!("Europe/{}", c(11)),
            String::new(),
        ),
        (Context::Daypart, c(11).to_owned(), String::new()),
        (Context::Weekend, format!("60{}", c(11)), String::new()),
        (
            Context::Season,
            format!("{}/{}", c(11), c(11)),
            String::new(),
        ),
    ];
    for (of, raw, hint) in &raw {
        now += 60;
        engine.context(*of, raw, hint, now);
        printed.push_str(&format!(
            "{:?}",
            fewbits::signals::Door::coarsen(*of, raw, hint)
        ));
    }
    // Declared: indices and numbers are all that can be told; these are no items of any list.
    for signal in 0..book.signals.len() as u16 {
        for value in [77_345_678.0, -1.0, 0.5, f64::INFINITY] {
            engine.declare(signal, value, now);
        }
    }
    assert!(engine.fold(now));
    printed.push_str(&format!(
        "{:?} {:?} {engine:?}",
        ask(&mut engine, now),
        engine.take_changes()
    ));
    let report = ask(&mut engine, now + 3 * DAY).expect("due");
    engine.sending("https://collect.shop.example/", now + 3 * DAY);
    engine.delivered("https://collect.shop.example/", now + 3 * DAY);
    engine.fold(now + 3 * DAY);
    printed.push_str(&format!(
        "{report} {} {:?} {:?} {engine:#?}",
        ledger(&engine),
        engine.gate(),
        engine.discarded()
    ));
    for segment in 0..engine.flags().len() as u16 {
        printed.push_str(&format!("{:?}", engine.explain(segment)));
    }
    for signal in 0..book.signals.len() as u16 {
        printed.push_str(&format!(
            "{:?}{:?}",
            engine.value(signal),
            engine.stored(signal)
        ));
    }
    // What else prints: the rules (the site's own words), and what a bad snapshot is called.
    printed.push_str(&format!("{:?}", engine.rules()));
    let other = Browser::default();
    other.put(Slot::Profile, canaries.concat().into_bytes());
    other.put(Slot::Gate, canaries.concat().into_bytes());
    let mut engine = stored(&book, &other, 1, now);
    printed.push_str(&format!(
        "{:?} {} {:?} {:?}",
        engine.discarded(),
        ledger(&engine),
        ask(&mut engine, now),
        engine
    ));
    printed.push_str(&format!(
        "{:?}",
        Book::from_bytes(canaries.concat().as_bytes())
    ));

    let disk = browser.0.borrow();
    let written = disk.history.concat();
    assert!(printed.len() > 5_000 && written.len() > 500);
    for canary in &canaries {
        for text in [
            canary.clone(),
            canary.to_uppercase(),
            canary.chars().rev().collect(),
        ] {
            assert!(!printed.contains(&text), "{text} is printed");
            assert!(!contains(&written, text.as_bytes()), "{text} is stored");
        }
        // Not as a check sum either, which would do to recognise it.
        for text in [
            canary.clone(),
            format!("aisle:{canary}"),
            format!("{canary}:boots"),
        ] {
            let sum = fewbits::codec::crc32(text.as_bytes()).to_le_bytes();
            assert!(
                !contains(&written, &sum),
                "the check sum of {text} is stored"
            );
        }
    }
    let gate = disk.slots.get(&(Slot::Gate as u8)).expect("written");
    let amount = [77_345_678u32.to_string().into_bytes(), b"773456".to_vec()];
    for bytes in amount {
        assert!(
            !contains(report.as_bytes(), &bytes) && !contains(gate, &bytes),
            "an amount left"
        );
    }
}
