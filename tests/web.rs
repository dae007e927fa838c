//! The golden corpus in a browser: once on the core as a library, and once through the boundary
//! that JavaScript uses, `fewbits::wasm::Engine`, with a store of JavaScript. Then the boundary
//! itself: what it refuses, what it stores, and that no nonsense stops it.

#![cfg(all(feature = "author", target_arch = "wasm32"))]
// Helpers of tests panic to fail a test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[macro_use]
mod common;

use common::core::Core;
use common::{Machine, Reloads, run};
use fewbits::codec::Reader;
use fewbits::wasm::Engine;
use serde_json::Value;
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = "
export class Stored {
  constructor() {
    this.slots = []; this.journals = new Map(); this.ids = new Map(); this.last = 0;
    this.calls = 0; this.full = false;
  }
  tab(id) {
    const of = (f) => (...all) => { this.calls++; return f(...all); };
    return {
      read: of((slot) => this.slots[slot]),
      write: of((slot, bytes) => !this.full && (this.slots[slot] = bytes.slice(), true)),
      append: of((record) => {
        if (this.full) return false;
        if (!this.ids.has(id)) this.ids.set(id, ++this.last);
        const journal = this.ids.get(id);
        this.journals.set(journal, [...(this.journals.get(journal) ?? []), ...record]);
        return true;
      }),
      journals: of(() => [...this.journals.keys()]),
      journal: of((journal) => Uint8Array.from(this.journals.get(journal) ?? [])),
    };
  }
  drop(id) { this.journals.delete(this.ids.get(id)); this.ids.delete(id); }
  size() { return this.journals.size; }
  slot(slot) { return this.slots[slot]; }
  put(slot, bytes) { this.slots[slot] = bytes.slice(); }
}
export const bytes = (memory, at, length) => new Uint8Array(memory.buffer, at, length).slice();
export const state = (memory, at, index, value) => {
  new Float64Array(memory.buffer, at, index + 1)[index] = value;
};
")]
extern "C" {
    /// What lies in one visitor's browser.
    type Stored;
    #[wasm_bindgen(constructor)]
    fn new() -> Stored;
    /// One tab's access to it, as the SDK hands it to the engine.
    #[wasm_bindgen(method)]
    fn tab(this: &Stored, id: u32) -> JsValue;
    /// Drops a tab's journal; its next record begins another one.
    #[wasm_bindgen(method)]
    fn drop(this: &Stored, id: u32);
    /// Number of journals.
    #[wasm_bindgen(method)]
    fn size(this: &Stored) -> u32;
    #[wasm_bindgen(method)]
    fn slot(this: &Stored, slot: u32) -> Option<Vec<u8>>;
    #[wasm_bindgen(method)]
    fn put(this: &Stored, slot: u32, bytes: &[u8]);
    #[wasm_bindgen(method, getter)]
    fn calls(this: &Stored) -> u32;
    #[wasm_bindgen(method, setter)]
    fn set_full(this: &Stored, full: bool);

    /// Bytes of the module's memory.
    fn bytes(memory: &JsValue, at: u32, length: u32) -> Vec<u8>;
    /// Writes one number into the module's memory.
    fn state(memory: &JsValue, at: u32, index: u32, value: f64);
}

macro_rules! web {
    ($($test:ident $file:literal,)*) => {
        /// The core as a library.
        mod core_in_the_browser {
            use super::{Core, Reloads, run, wasm_bindgen_test};
            $(#[wasm_bindgen_test] fn $test() { run::<Core>($file, Reloads::AsWritten); })*
        }

        /// The core behind its boundary.
        mod boundary_in_the_browser {
            use super::{Boundary, Reloads, run, wasm_bindgen_test};
            $(#[wasm_bindgen_test] fn $test() { run::<Boundary>($file, Reloads::AsWritten); })*
        }
    };
}
for_each_golden_file!(web);

/// A signal as the book tells it to the page.
#[derive(Debug)]
struct Signal {
    name: String,
    kind: u32,
    sub: u32,
    items: Vec<String>,
}

/// The tables that the SDK reads from a compiled book.
#[derive(Debug)]
struct Tables {
    book: String,
    version: u32,
    events: Vec<String>,
    keys: Vec<(String, Vec<String>)>,
    signals: Vec<Signal>,
    segments: Vec<String>,
    reports: bool,
    wanted: u32,
}

impl Tables {
    fn read(book: &[u8]) -> Self {
        let mut r = Reader::new(book);
        r.take(40);
        let mut names = r.list(1, |r| r.text().to_owned());
        let mut page = Reader::new(r.blob());
        names.extend(page.list(1, |r| r.text().to_owned()));
        let mut number = || page.uint32();
        let name = |index: u32| names[index as usize].to_owned();
        macro_rules! list {
            ($one:expr) => {
                (0..number()).map(|_| $one).collect::<Vec<_>>()
            };
        }
        let (book, version) = (name(number()), number());
        let events = list!(name(number()));
        let keys = list!((name(number()), list!(name(number()))));
        let signals = list!(Signal {
            name: name(number()),
            kind: number(),
            sub: number(),
            items: list!(name(number())),
        });
        let mut segments = Vec::new();
        for _ in 0..number() {
            let (dimension, _why, _pick) = (name(number()), number(), number());
            let _groups = list!((number(), number()));
            let here = list!((name(number()), number()));
            segments.extend(
                here.into_iter()
                    .map(|(segment, _)| format!("{dimension}/{segment}")),
            );
        }
        let (reports, wanted) = (number() == 1, number());
        let _sources = list!((name(number()), number(), number(), list!(name(number()))));
        for _ in 0..number() {
            let (_slot, _why, _changes, _otherwise) =
                (name(number()), number(), number(), number());
            let (_variants, _rules) = (list!(name(number())), list!((number(), number())));
        }
        for _ in 0..number() {
            let (_ranking, _why, _limit) = (name(number()), number(), number());
            let (_by, _most) = (number(), number());
            let _terms = list!((number(), name(number()), list!(name(number()))));
        }
        assert!(
            page.is_done(),
            "more or fewer numbers than there are places"
        );
        Self {
            book,
            version,
            events,
            keys,
            signals,
            segments,
            reports,
            wanted,
        }
    }

    fn signal(&self, name: &str) -> usize {
        let found = self.signals.iter().position(|s| s.name == name);
        found.unwrap_or_else(|| panic!("no signal {name}"))
    }
}

/// A visitor behind the boundary.
struct Boundary {
    engine: Engine,
    tables: Tables,
    stored: Stored,
    tab: u32,
}

const STORE: u32 = 0;
const PERSONALISE: u32 = 1;
const MEASURE: u32 = 2;
const UNKNOWN: u32 = 0;
const GRANTED: u32 = 1;
const DENIED: u32 = 2;

impl Boundary {
    fn load(book: &[u8], stored: Stored, tab: u32, at: u32) -> Self {
        let mut engine = engine(book);
        let now = f64::from(at);
        engine.consent(STORE, GRANTED, now);
        engine.consent(PERSONALISE, GRANTED, now);
        engine.attach(stored.tab(tab).unchecked_into());
        let tables = Tables::read(book);
        let mut boundary = Self {
            engine,
            tables,
            stored,
            tab,
        };
        boundary.fold(at);
        boundary
    }

    fn fold(&mut self, at: u32) {
        assert!(
            self.engine.fold(f64::from(at)),
            "the snapshot could not be written"
        );
        assert_eq!(self.engine.discarded(), 0, "the snapshot could not be read");
        self.stored.drop(self.tab);
    }

    fn flags(&self) -> Vec<u8> {
        let length = self.tables.segments.len() as u32;
        bytes(&wasm_bindgen::memory(), self.engine.flags() as u32, length)
    }
}

impl Machine for Boundary {
    /// The full module explains, and runs the gate; the page decides in the visitors' module, whose
    /// boundary runs these cases in `www/e2e/scenarios/golden.mjs`.
    const DECIDES: bool = false;

    fn open(book: &[u8], at: u32) -> Self {
        Self::load(book, Stored::new(), 1, at)
    }

    fn reload(mut self, book: &[u8], at: u32) -> Self {
        self.fold(at);
        Self::load(book, self.stored, self.tab + 1, at)
    }

    fn track(&mut self, event: &str, tags: &[(&str, &str)], value: Option<f64>, at: u32) {
        let event = self
            .tables
            .events
            .iter()
            .position(|e| e == event)
            .unwrap_or(0);
        let mut packed = Vec::new();
        for (key, value) in tags {
            let Some(at) = self.tables.keys.iter().position(|(k, _)| k == key) else {
                continue;
            };
            let values = &self.tables.keys[at].1;
            let value = values.iter().position(|v| v == value).unwrap_or(0);
            packed.push((at << 16 | value) as u32);
        }
        self.engine.track(
            event as u32,
            &packed,
            value.unwrap_or(f64::NAN),
            f64::from(at),
        );
    }

    fn engage(&mut self, dwell: bool, amount: f64, at: u32) {
        self.engine
            .track(if dwell { 1 } else { 2 }, &[], amount, f64::from(at));
    }

    fn context(&mut self, kind: usize, raw: &str, hint: &str, at: u32) {
        self.engine.context(kind as u32, raw, hint, f64::from(at));
    }

    fn declare(&mut self, signal: &str, value: &Value, at: u32) {
        let index = self.tables.signal(signal);
        let value = match value {
            Value::Null => f64::NAN,
            Value::Bool(value) => f64::from(u8::from(*value)),
            Value::String(item) => {
                let items = &self.tables.signals[index].items;
                items.iter().position(|i| i == item).expect("an item") as f64
            }
            number => number.as_f64().unwrap(),
        };
        self.engine.declare(index as u32, value, f64::from(at));
    }

    fn advance(&mut self, at: u32) {
        self.engine.advance(f64::from(at));
    }

    fn segments(&self) -> Vec<String> {
        let flags = self.flags();
        let held = self
            .tables
            .segments
            .iter()
            .zip(flags)
            .filter(|(_, flag)| *flag == 1);
        held.map(|(segment, _)| segment.clone()).collect()
    }

    fn signal(&self, name: &str) -> Value {
        const SEQUENCE: u32 = 4;
        const DECLARED: u32 = 6;
        const BOOLEAN: u32 = 1;
        let index = self.tables.signal(name);
        let value = self.engine.value(index as u32);
        let signal = &self.tables.signals[index];
        match (signal.kind, signal.sub) {
            _ if value.is_nan() => Value::Null,
            (SEQUENCE, _) | (DECLARED, BOOLEAN) => (value == 1.0).into(),
            _ if !signal.items.is_empty() => signal.items[value as usize].as_str().into(),
            _ => value.into(),
        }
    }

    fn next(&self, at: u32) -> Option<u32> {
        let next = self.engine.next_change(f64::from(at));
        next.is_finite().then_some(next as u32)
    }
}

fn compile(book: &str) -> Vec<u8> {
    common::compile(book).unwrap_or_else(|errors| panic!("{errors}"))
}

fn engine(book: &[u8]) -> Engine {
    Engine::new(book).unwrap_or_else(|refusal| panic!("refused: {refusal:?}"))
}

const BOOK: &str = r#"{
  "fewbits": 1, "book": "web", "version": 3,
  "signals": {
    "views": { "count": "view", "within": "7d", "where": { "aisle": ["boots", "coats"] } },
    "aisle": { "top": "aisle", "half_life": "14d" },
    "reading": { "engagement": "dwell", "within": "session" },
    "season": { "context": "season" },
    "weather": { "declared": ["cold", "hot"] },
    "age": { "declared": "number", "min": 0, "max": 100 }
  },
  "dimensions": {
    "interest": {
      "why": "lead with the aisle people came for",
      "groups": ["footwear"],
      "segments": [
        { "id": "boots", "under": "footwear", "when": { "aisle": "boots" } },
        { "id": "coats", "when": { "aisle": "coats" } }
      ],
      "otherwise": "any"
    },
    "outfit": {
      "why": "dress for the weather",
      "segments": [
        { "id": "winter", "when": { "$or": [{ "weather": "cold" }, { "season": "winter" }] } },
        { "id": "old", "when": { "age": { "$gte": 60 } } }
      ],
      "otherwise": "plain"
    }
  },
  "report": { "questions": { "interest": 1 }, "bootstrap": true }
}"#;

/// 23 November 2026, 10:00 UTC.
const START: f64 = 1_795_428_000.0;

#[wasm_bindgen_test]
fn the_layout_names_everything_once() {
    let tables = Tables::read(&compile(BOOK));
    assert_eq!((tables.book.as_str(), tables.version), ("web", 3));
    assert_eq!(tables.events, ["~other", "~dwell", "~scroll", "view"]);
    let keys: BTreeMap<_, _> = tables
        .keys
        .iter()
        .map(|(k, v)| (k.as_str(), v.clone()))
        .collect();
    assert_eq!(keys["aisle"][0], "~other");
    assert_eq!(
        keys["aisle"][1..].iter().collect::<Vec<_>>(),
        ["boots", "coats"]
    );
    assert_eq!(keys.len(), 1);
    let signals: Vec<&str> = tables.signals.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(
        signals,
        ["views", "aisle", "reading", "season", "weather", "age"]
    );
    let items = |name: &str| tables.signals[tables.signal(name)].items.clone();
    assert_eq!(items("season"), ["spring", "summer", "autumn", "winter"]);
    assert_eq!(items("weather"), ["cold", "hot"]);
    assert_eq!(items("aisle"), ["boots", "coats"]);
    let segments =
        "interest/boots interest/coats interest/any outfit/winter outfit/old outfit/plain";
    assert_eq!(tables.segments.join(" "), segments);
    assert!(tables.reports);
    // Attention and the event `view`, not scrolling.
    assert_eq!(tables.wanted, 1 | 4);
}

#[wasm_bindgen_test]
fn changes_and_flags_tell_the_same() {
    let mut boundary = Boundary::open(&compile(BOOK), START as u32);
    let mut told = vec![0; boundary.tables.segments.len()];
    let mut follow = |boundary: &mut Boundary, changed: u32| {
        let changes = boundary.engine.changes();
        let distinct: BTreeMap<u32, u32> = changes.iter().map(|c| (c >> 1, c & 1)).collect();
        assert_eq!(distinct.len(), changes.len(), "each segment is told once");
        assert!(
            distinct.len() as u32 >= changed.min(1) * changed,
            "{changed} changed: {changes:?}"
        );
        for (segment, on) in distinct {
            assert_ne!(
                told[segment as usize], on as u8,
                "only what changed is told"
            );
            told[segment as usize] = on as u8;
        }
        assert_eq!(boundary.flags(), told);
    };
    follow(&mut boundary, 2);
    let boots = boundary.tables.keys[0]
        .1
        .iter()
        .position(|v| v == "boots")
        .unwrap() as u32;
    let changed = boundary.engine.track(3, &[boots], f64::NAN, START);
    assert_eq!(changed, 2);
    follow(&mut boundary, 2);
    assert_eq!(boundary.engine.track(3, &[boots], f64::NAN, START), 0);
    follow(&mut boundary, 0);
    let changed = boundary.engine.context(7, "Australia/Sydney", "", START);
    assert_eq!(changed, 0);
    let changed = boundary
        .engine
        .context(7, "Europe/Berlin", "", START + 30.0 * 86_400.0);
    // Winter has come, and the interest of a month ago is below the floor.
    assert_eq!(changed, 4);
    follow(&mut boundary, 4);
    assert!(boundary.engine.changes().is_empty());
}

#[wasm_bindgen_test]
fn bytes_that_are_no_book_are_refused_by_number() {
    let refusal = |bytes: &[u8]| Engine::new(bytes).err().and_then(|e| e.as_f64());
    let book = compile(BOOK);
    assert_eq!(refusal(&book[..6]), Some(1.0));
    assert_eq!(refusal(b"<!doctype html><title>404</title>"), Some(2.0));
    assert_eq!(refusal(BOOK.as_bytes()), Some(2.0));
    let mut newer = book.clone();
    newer[fewbits::book::MAGIC.len()] += 1;
    assert_eq!(refusal(&newer), Some(3.0));
    let mut damaged = book.clone();
    *damaged.last_mut().unwrap() ^= 1;
    assert_eq!(refusal(&damaged), Some(4.0));
    assert_eq!(refusal(&book[..book.len() - 1]), Some(4.0));
    assert_eq!(refusal(&book), None);
}

#[wasm_bindgen_test]
fn without_consent_the_store_is_not_touched() {
    let stored = Stored::new();
    let mut engine = engine(&compile(BOOK));
    engine.attach(stored.tab(1).unchecked_into());
    engine.track(3, &[1], f64::NAN, START);
    engine.declare(4, 0.0, START);
    assert!(!engine.fold(START));
    engine.consent(STORE, UNKNOWN, START);
    engine.attach(stored.tab(1).unchecked_into());
    assert!(!engine.fold(START));
    assert_eq!(stored.calls(), 0);
    // What happened meanwhile is in memory, and is stored as soon as that is agreed to.
    engine.consent(STORE, GRANTED, START);
    engine.attach(stored.tab(1).unchecked_into());
    assert!(engine.fold(START));
    let next = Boundary::load(&compile(BOOK), stored, 2, START as u32);
    assert_eq!(next.segments(), ["interest/boots", "outfit/winter"]);
}

#[wasm_bindgen_test]
fn an_event_is_in_the_journal_at_once() {
    let mut first = Boundary::open(&compile(BOOK), START as u32);
    first.track("view", &[("aisle", "coats")], None, START as u32);
    assert_eq!(first.stored.size(), 1);
    // The first tab is killed; the second finds its journal, and folds it in once.
    let mut second = Boundary::load(&compile(BOOK), first.stored, 2, START as u32);
    assert_eq!(second.signal("views"), 1.0);
    second.fold(START as u32 + 1);
    second.fold(START as u32 + 2);
    assert_eq!(second.signal("views"), 1.0);
    second.stored.drop(1);
    second.fold(START as u32 + 3);
    assert_eq!(second.signal("views"), 1.0);
}

#[wasm_bindgen_test]
fn two_tabs_lose_nothing() {
    let mut first = Boundary::open(&compile(BOOK), START as u32);
    let mut other = engine(&compile(BOOK));
    other.consent(STORE, GRANTED, START);
    other.attach(first.stored.tab(2).unchecked_into());
    assert!(other.fold(START));
    for second in 0..5 {
        first.track("view", &[("aisle", "boots")], None, START as u32 + second);
        other.track(3, &[1], f64::NAN, START + f64::from(second));
    }
    first.fold(START as u32 + 10);
    assert_eq!(first.signal("views"), 10.0);
    assert!(other.fold(START + 11.0));
    assert_eq!(other.value(0), 10.0);
}

#[wasm_bindgen_test]
fn a_full_store_costs_nothing_but_the_storage() {
    let mut full = Boundary::open(&compile(BOOK), START as u32);
    full.track("view", &[("aisle", "boots")], None, START as u32);
    full.fold(START as u32);
    let before = full.stored.slot(0);
    full.stored.set_full(true);
    full.track("view", &[("aisle", "boots")], None, START as u32 + 1);
    assert!(!full.engine.fold(START + 2.0));
    assert_eq!(full.signal("views"), 2.0);
    assert_eq!(
        full.stored.slot(0),
        before,
        "what was stored stands as it was"
    );
    full.stored.set_full(false);
    full.track("view", &[("aisle", "boots")], None, START as u32 + 3);
    assert!(full.engine.fold(START + 4.0));
    assert_eq!(full.signal("views"), 3.0);
}

#[wasm_bindgen_test]
fn a_snapshot_that_cannot_be_read_is_told_by_number() {
    let mut first = Boundary::open(&compile(BOOK), START as u32);
    first.track("view", &[("aisle", "boots")], None, START as u32);
    first.fold(START as u32);
    let snapshot = first.stored.slot(0).unwrap();
    let load = |bytes: &[u8], book: &str| {
        let stored = Stored::new();
        stored.put(0, bytes);
        let mut engine = engine(&compile(book));
        engine.consent(STORE, GRANTED, START);
        engine.attach(stored.tab(9).unchecked_into());
        let folded = engine.fold(START);
        (
            folded,
            engine.discarded(),
            engine.value(0),
            stored.slot(0).unwrap() == bytes,
        )
    };
    let (folded, discarded, views, _) = load(&snapshot, BOOK);
    assert_eq!((folded, discarded, views), (true, 0, 1.0));
    assert_eq!(load(b"not a snapshot", BOOK), (true, 1, 0.0, false));
    let mut damaged = snapshot.clone();
    *damaged.last_mut().unwrap() ^= 1;
    assert_eq!(load(&damaged, BOOK), (true, 1, 0.0, false));
    assert_eq!(
        load(&snapshot[..snapshot.len() - 1], BOOK),
        (true, 1, 0.0, false)
    );
    // A newer version's memory is not ours to replace.
    let mut newer = snapshot.clone();
    newer[3] += 1;
    assert_eq!(load(&newer, BOOK), (false, 2, 0.0, true));
    let foreign = BOOK.replace("\"web\"", "\"elsewhere\"");
    assert_eq!(load(&snapshot, &foreign), (true, 3, 0.0, false));
}

#[wasm_bindgen_test]
fn facts_may_be_stated_all_at_once() {
    let mut boundary = Boundary::open(&compile(BOOK), START as u32);
    let (weather, age) = (
        boundary.tables.signal("weather"),
        boundary.tables.signal("age"),
    );
    let at = boundary.engine.inputs() as u32;
    let memory = wasm_bindgen::memory();
    state(&memory, at, weather as u32, 1.0);
    state(&memory, at, age as u32, 250.0);
    // Not a declared signal, so what stands there is not looked at.
    state(&memory, at, 0, 17.0);
    boundary.engine.declare_all(START);
    assert_eq!(boundary.signal("weather"), "hot");
    assert_eq!(boundary.signal("age"), 100.0);
    assert_eq!(boundary.signal("views"), 0.0);
    assert_eq!(boundary.segments(), ["interest/any", "outfit/old"]);
    state(&memory, at, age as u32, f64::NAN);
    boundary.engine.declare_all(START);
    assert_eq!(boundary.signal("age"), Value::Null);
    assert_eq!(boundary.segments(), ["interest/any", "outfit/plain"]);
}

#[wasm_bindgen_test]
fn nonsense_across_the_boundary_is_harmless() {
    let mut boundary = Boundary::open(&compile(BOOK), START as u32);
    let otherwise = boundary.segments();
    // In memory only: a journal of all this would be long.
    boundary.engine.detach();
    let engine = &mut boundary.engine;
    let tags = vec![u32::MAX; 10_000];
    for now in [
        START,
        f64::NAN,
        -1.0,
        f64::INFINITY,
        f64::NEG_INFINITY,
        1e300,
        START,
    ] {
        for number in [0, 3, 4, 77, 65_535, 65_536, u32::MAX] {
            for value in [f64::NAN, f64::INFINITY, -1e300, -0.0] {
                engine.track(number, &tags, value, now);
            }
            engine.context(number.saturating_add(8), "nonsense", "nonsense", now);
            engine.consent(number.max(4), 7, now);
            engine.value(number);
            engine.cell(number);
            engine.explain(number);
        }
        assert!(engine.explain(6).is_empty());
        for signal in [0, 1, 2, 6, 65_535, u32::MAX] {
            engine.declare(signal, 1.0, now);
        }
        for value in [-1.0, 2.0, 0.5, 1e300, f64::NEG_INFINITY, f64::NAN] {
            engine.declare(4, value, now);
            engine.declare(5, value, now);
        }
        engine.advance(now);
        engine.next_change(now);
    }
    assert_eq!(boundary.segments(), otherwise);
}

#[wasm_bindgen_test]
fn forgetting_and_denying_leave_nothing() {
    let mut boundary = Boundary::open(&compile(BOOK), START as u32);
    let seen = |boundary: &mut Boundary| {
        boundary.track("view", &[("aisle", "boots")], None, START as u32);
        boundary.declare("weather", &"cold".into(), START as u32);
    };
    seen(&mut boundary);
    assert_eq!(boundary.segments(), ["interest/boots", "outfit/winter"]);
    assert!(!boundary.engine.cell(0).is_empty());
    boundary.engine.forget(false, START);
    assert_eq!(boundary.segments(), ["interest/any", "outfit/plain"]);
    assert!((0..6).all(|signal| boundary.engine.cell(signal).is_empty()));
    // Whoever denies to be placed in segments is not observed either.
    boundary.engine.consent(PERSONALISE, DENIED, START);
    seen(&mut boundary);
    assert_eq!(boundary.segments(), ["interest/any", "outfit/plain"]);
    assert!((0..6).all(|signal| boundary.engine.cell(signal).is_empty()));
}

#[wasm_bindgen_test]
fn evidence_is_a_stream_of_numbers() {
    let mut boundary = Boundary::open(&compile(BOOK), START as u32);
    boundary.track("view", &[("aisle", "boots")], None, START as u32);
    // Member; no mark; one clause, of one comparison: aisle among [boots], now boots; no model.
    let aisle = boundary.tables.signal("aisle") as f64;
    let when = [1.0, 0.0, 1.0, 1.0, 1.0, 0.0, aisle, 5.0, 1.0, 0.0, 0.0, 0.0];
    let stay = [-1.0];
    assert_eq!(
        boundary.engine.explain(0),
        [&[1.0, 0.0, 0.0], &when[..], &stay].concat()
    );
    // `otherwise` has no condition.
    assert_eq!(boundary.engine.explain(2), [0.0, 0.0, 0.0, -1.0, -1.0]);
}

#[wasm_bindgen_test]
fn without_consent_to_measure_nothing_is_asked() {
    const NO_CONSENT: u32 = 1;
    let mut boundary = Boundary::open(&compile(BOOK), START as u32);
    assert_eq!(boundary.engine.ledger(), "[]");
    assert_eq!(boundary.engine.ask(START), NO_CONSENT);
    assert_eq!(boundary.engine.report(), None);
    let ledger: Value = serde_json::from_str(&boundary.engine.ledger()).unwrap();
    let said = |key: &str| {
        ledger
            .as_array()
            .unwrap()
            .iter()
            .map(|l| l[key].clone())
            .collect()
    };
    let said: [Vec<Value>; 3] = [said("what"), said("reason"), said("bytes")];
    assert_eq!(said, [["withheld"], ["no-consent"], [""]]);
    let budget = boundary.engine.budget();
    assert_eq!(budget[0], 0.0);
    assert!((budget[1] - 3.32).abs() < 1e-6);
}

#[wasm_bindgen_test]
fn a_book_without_a_report_has_nothing_to_ask() {
    const NOTHING_TO_REPORT: u32 = 3;
    let mut book: Value = serde_json::from_str(BOOK).unwrap();
    book.as_object_mut().unwrap().remove("report");
    let mut boundary = Boundary::open(&compile(&book.to_string()), START as u32);
    assert!(!boundary.tables.reports);
    boundary.engine.consent(MEASURE, GRANTED, START);
    assert_eq!(boundary.engine.ask(START), NOTHING_TO_REPORT);
    assert_eq!(boundary.engine.due(), f64::INFINITY);
    assert_eq!(boundary.engine.report(), None);
}
