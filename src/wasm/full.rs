//! The full boundary: all that the core can do, for explanations, reports, the ledger and the
//! visitor's own copy; loaded when somebody asks for one of them, and by the author's tools.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use wasm_bindgen::prelude::*;

use super::host::{Chance, JsStore, Store};
use super::{answer, explain, index, moment, purpose, time};
use crate::book::{Book, Context};
use crate::engine;
use crate::report::{hint_json, ledger_json};
use crate::signals::{Event, MAX_TAGS, hundredths};

/// One visitor's engine, for JavaScript.
#[wasm_bindgen]
pub struct Engine {
    inner: engine::Engine,
    inputs: Vec<f64>,
}

#[wasm_bindgen]
impl Engine {
    /// Loads a compiled book; throws the number of a `Refusal`.
    #[wasm_bindgen(constructor)]
    pub fn new(book: &[u8]) -> Result<Self, JsValue> {
        let book = Book::from_bytes(book).map_err(|r| JsValue::from(r as u8))?;
        let inputs = vec![f64::NAN; book.signals.len()];
        Ok(Self {
            inner: engine::Engine::new(book, Box::new(Chance)),
            inputs,
        })
    }

    /// Something happened. `tags` are `key << 16 | value`; `value` is NaN if there is none.
    pub fn track(&mut self, event: u32, tags: &[u32], value: f64, now: f64) -> u32 {
        let tags = tags
            .iter()
            .take(MAX_TAGS)
            .map(|t| ((t >> 16) as u16, *t as u16))
            .collect();
        self.inner.track(
            Event {
                name: index(event),
                tags,
                value: hundredths(value),
            },
            time(now),
        )
    }

    /// A raw value of the environment, which is coarsened here and dropped.
    pub fn context(&mut self, kind: u32, raw: &str, hint: &str, now: f64) -> u32 {
        let Some(of) = Context::ALL.get(kind as usize) else {
            return 0;
        };
        self.inner.context(*of, raw, hint, time(now))
    }

    /// Address of one number for each signal, read by `declare_all`.
    pub fn inputs(&self) -> *const f64 {
        self.inputs.as_ptr()
    }

    /// States one declared or context signal.
    pub fn declare(&mut self, signal: u32, value: f64, now: f64) -> u32 {
        self.inner.declare(index(signal), value, time(now))
    }

    /// States every declared signal, from `inputs`.
    pub fn declare_all(&mut self, now: f64) -> u32 {
        self.inner.declare_all(&self.inputs, time(now))
    }

    /// Lets time pass.
    pub fn advance(&mut self, now: f64) -> u32 {
        self.inner.advance(time(now))
    }

    /// When time alone may change a membership; Infinity: never.
    pub fn next_change(&self, now: f64) -> f64 {
        moment(self.inner.next_change(time(now)))
    }

    /// Address of one byte for each segment: 1 if it holds.
    pub fn flags(&self) -> *const u8 {
        self.inner.flags().as_ptr()
    }

    /// Segments that changed since the last call, times two, plus one if they hold now.
    pub fn changes(&mut self) -> Vec<u32> {
        self.inner.take_changes()
    }

    /// Current value of a signal; NaN while it is missing.
    pub fn value(&self, signal: u32) -> f64 {
        self.inner.value(index(signal))
    }

    /// Why a segment holds or does not: see `explain.rs`.
    pub fn explain(&self, segment: u32) -> Vec<f64> {
        explain::flat(self.inner.explain(index(segment)))
    }

    /// What a signal's cell holds, in triples: time, count, value.
    pub fn cell(&self, signal: u32) -> Vec<f64> {
        self.inner.stored(index(signal))
    }

    /// Uses a store from now on; ignored without consent to storage.
    pub fn attach(&mut self, store: Store) {
        self.inner.attach(Box::new(JsStore(store)));
    }

    /// Memory only from now on.
    pub fn detach(&mut self) {
        self.inner.detach();
    }

    /// Brings the snapshot and all journals together; `false` if that could not be written.
    pub fn fold(&mut self, now: f64) -> bool {
        self.inner.fold(time(now))
    }

    /// Takes over the memory of the visitors' module, which `from` reads out: slot 0 alone.
    pub fn borrow(&mut self, from: Store, now: f64) -> bool {
        self.inner.borrow(&JsStore(from), time(now))
    }

    /// Reads the gate's record anew, while no other tab writes it.
    pub fn read_gate(&mut self) {
        self.inner.read_gate();
    }

    /// Writes into the ledger that a stored profile could not be used.
    pub fn note_discarded(&mut self, now: f64) {
        self.inner.note_discarded(time(now));
    }

    /// Why the stored profile was not used: the number of a `Discarded`, or 0.
    pub fn discarded(&self) -> u32 {
        self.inner.discarded().map_or(0, |why| why as u32)
    }

    /// Erases the memory, but for what was spent; that too, if everything is to go.
    pub fn forget(&mut self, everything: bool, now: f64) -> u32 {
        if everything {
            self.inner.forget_spent();
        }
        self.inner.forget(time(now))
    }

    /// Notes what the visitor said: purpose 0 to 3, answer 0 unknown, 1 granted, 2 denied.
    pub fn consent(&mut self, purpose: u32, answer: u32, now: f64) -> u32 {
        self::purpose(purpose).map_or(0, |purpose| {
            self.inner
                .set_consent(purpose, self::answer(answer), time(now))
        })
    }

    /// A segment, counted over all dimensions, is not the visitor, as they say; or is again.
    pub fn mute(&mut self, segment: u32, muted: bool, now: f64) {
        self.inner.mute(index(segment), muted, time(now));
    }

    /// Runs the gate: 0 if a report is ready, else the number of a `Reason`.
    pub fn ask(&mut self, now: f64) -> u32 {
        self.inner
            .ask(time(now))
            .map_or_else(|reason| reason as u32, |()| 0)
    }

    /// The wire form of the frozen report, while it waits to be sent.
    pub fn report(&self) -> Option<String> {
        self.inner.report().map(|r| r.to_json())
    }

    /// Notes how sending went: 0 it begins, 1 it arrived, 2 it did not. `false`: that could not
    /// be written down, so nothing may be sent.
    pub fn sent(&mut self, outcome: u32, to: &str, now: f64) -> bool {
        match outcome {
            0 => self.inner.sending(to, time(now)),
            1 => self.inner.delivered(to, time(now)),
            _ => self.inner.failed(to, time(now)),
        }
    }

    /// Runs the gate for a hint: `{"segments":[...]}`, or `{"withheld":"..."}` for a reason.
    pub fn hint(&mut self, now: f64) -> String {
        hint_json(self.inner.hint(time(now)))
    }

    /// When `ask` may have another answer; Infinity: never.
    pub fn due(&self) -> f64 {
        moment(self.inner.due())
    }

    /// The ledger as JSON.
    pub fn ledger(&self) -> String {
        ledger_json(self.inner.gate().ledger())
    }

    /// Everything charged so far, and the cap, in bits.
    pub fn budget(&self) -> Vec<f64> {
        let cap = self
            .inner
            .rules()
            .book()
            .reporting
            .as_ref()
            .map_or(0, |r| r.cap);
        [self.inner.gate().ledger().spent(), cap]
            .map(|n| f64::from(n) / 1e6)
            .to_vec()
    }
}
