//! The visitors' boundary: numbers, and bytes in the module's own memory. It has no texts, lists
//! or objects, so that JavaScript needs no glue for it; `www/sdk/src/engine.ts` knows the places.
//!
//! The page starts one instance of the module for each engine and never gives it back, so
//! nothing here is ever dropped.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::mem::ManuallyDrop;
use wasm_bindgen::prelude::*;

use super::{answer, index, moment, purpose, time};
use crate::book::{Book, Context};
use crate::codec::Reader;
use crate::engine;
use crate::ports::{Entropy, LocalStore, Slot};
use crate::signals::{Event, MAX_TAGS, hundredths};

/// What `store_read` and `store_write` call the journals; the other numbers are those of `Slot`.
const JOURNALS: u32 = 2;

#[wasm_bindgen]
extern "C" {
    /// Gets a record ready and tells its length; -1: there is none.
    fn store_read(slot: u32) -> i32;
    /// Copies the record that is ready.
    fn store_take(into: &mut [u8]);
    /// Replaces a record, or adds one to this tab's journal.
    fn store_write(slot: u32, bytes: &[u8]) -> bool;
}

/// The store of the page.
struct Page;

impl Page {
    fn record(slot: u32) -> Option<Vec<u8>> {
        let length = usize::try_from(store_read(slot)).ok()?;
        let mut bytes = vec![0; length];
        store_take(&mut bytes);
        Some(bytes)
    }
}

impl LocalStore for Page {
    fn read(&self, slot: Slot) -> Option<Vec<u8>> {
        Self::record(slot as u32)
    }

    fn write(&mut self, slot: Slot, bytes: &[u8]) -> bool {
        store_write(slot as u32, bytes)
    }

    fn append(&mut self, record: &[u8]) -> bool {
        store_write(JOURNALS, record)
    }

    /// All in one record: id, length, bytes; the numbers as four bytes, little-endian.
    fn journals(&self) -> Vec<(u32, Vec<u8>)> {
        let bytes = Self::record(JOURNALS).unwrap_or_default();
        let mut r = Reader::new(&bytes);
        let mut journals = Vec::new();
        while r.is_sound() && !r.is_done() {
            let (id, length) = (r.u32(), r.u32());
            journals.push((id, r.take(length as usize).to_vec()));
        }
        journals
    }
}

/// Chance is for the gate, which this module does not run.
struct NoChance;

impl Entropy for NoChance {
    fn fill(&mut self, _: &mut [u8]) -> bool {
        false
    }
}

/// One visitor's engine.
#[wasm_bindgen]
pub struct Engine {
    inner: ManuallyDrop<Option<engine::Engine>>,
    inputs: Vec<f64>,
    tags: [u32; MAX_TAGS],
    bytes: Vec<u8>,
}

impl Engine {
    fn run<T>(&mut self, otherwise: T, call: impl FnOnce(&mut engine::Engine) -> T) -> T {
        self.inner.as_mut().map_or(otherwise, call)
    }
}

#[wasm_bindgen]
impl Engine {
    /// An engine without a book.
    pub fn open() -> Self {
        Self {
            inner: ManuallyDrop::new(None),
            inputs: Vec::new(),
            tags: [0; MAX_TAGS],
            bytes: Vec::new(),
        }
    }

    /// Makes room for bytes of the page, and tells its address.
    pub fn room(&mut self, length: u32) -> *mut u8 {
        self.bytes = vec![0; length as usize];
        self.bytes.as_mut_ptr()
    }

    /// Loads the compiled book that lies in `room`: 0, or the number of a `Refusal`.
    pub fn load(&mut self) -> u32 {
        match Book::from_bytes(&self.bytes) {
            Ok(book) => {
                self.inputs = vec![f64::NAN; book.signals.len()];
                let engine = engine::Engine::new(book, Box::new(NoChance));
                self.inner = ManuallyDrop::new(Some(engine));
                0
            }
            Err(refusal) => refusal as u32,
        }
    }

    /// Address of the tags of the next event: 16 of `key << 16 | value`.
    pub fn tags(&self) -> *const u32 {
        self.tags.as_ptr()
    }

    /// Something happened, with so many tags; `value` is NaN if there is none.
    pub fn track(&mut self, event: u32, tags: u32, value: f64, now: f64) -> u32 {
        let tags = self.tags.iter().take(tags as usize);
        let event = Event {
            name: index(event),
            tags: tags.map(|t| ((t >> 16) as u16, *t as u16)).collect(),
            value: hundredths(value),
        };
        self.run(0, |e| e.track(event, time(now)))
    }

    /// A raw value of the environment and its hint, which lie in `room` one after the other, so
    /// many bytes each. It is coarsened here and dropped.
    pub fn context(&mut self, kind: u32, raw: u32, hint: u32, now: f64) -> u32 {
        let text = |from: u32, length: u32| {
            let bytes = self.bytes.get(from as usize..);
            let bytes = bytes.and_then(|b| b.get(..length as usize));
            bytes.unwrap_or_default()
        };
        let (Some(of), Some(engine)) = (Context::ALL.get(kind as usize), &mut *self.inner) else {
            return 0;
        };
        engine.context(*of, text(0, raw), text(raw, hint), time(now))
    }

    /// Address of one number for each signal, read by `declare_all`.
    pub fn inputs(&self) -> *const f64 {
        self.inputs.as_ptr()
    }

    /// States one declared or context signal.
    pub fn declare(&mut self, signal: u32, value: f64, now: f64) -> u32 {
        self.run(0, |e| e.declare(index(signal), value, time(now)))
    }

    /// States every declared signal, from `inputs`.
    pub fn declare_all(&mut self, now: f64) -> u32 {
        let engine = self.inner.as_mut();
        engine.map_or(0, |e| e.declare_all(&self.inputs, time(now)))
    }

    /// Lets time pass.
    pub fn advance(&mut self, now: f64) -> u32 {
        self.run(0, |e| e.advance(time(now)))
    }

    /// When time alone may change a membership; Infinity: never.
    pub fn next_change(&mut self, now: f64) -> f64 {
        self.run(f64::INFINITY, |e| moment(e.next_change(time(now))))
    }

    /// Address of one byte for each segment: 1 if it holds.
    pub fn flags(&mut self) -> *const u8 {
        self.run(core::ptr::null(), |e| e.flags().as_ptr())
    }

    /// Uses the page's store from now on; ignored without consent to storage.
    pub fn attach(&mut self) {
        self.run((), |e| e.attach(Box::new(Page)));
    }

    /// Memory only from now on.
    pub fn detach(&mut self) {
        self.run((), engine::Engine::detach);
    }

    /// Brings the snapshot and all journals together; `false` if that could not be written.
    pub fn fold(&mut self, now: f64) -> bool {
        self.run(false, |e| e.fold_memory(time(now)))
    }

    /// Writes the memory to the page's store once, for the full module to take it over there.
    pub fn lend(&mut self) {
        self.run((), |e| e.lend(&mut Page));
    }

    /// Why the stored profile was not used: the number of a `Discarded`, or 0.
    pub fn discarded(&mut self) -> u32 {
        self.run(0, |e| e.discarded().map_or(0, |why| why as u32))
    }

    /// Erases the memory.
    pub fn forget(&mut self, now: f64) -> u32 {
        self.run(0, |e| e.forget(time(now)))
    }

    /// Notes what the visitor said: purpose 0 to 3, answer 0 unknown, 1 granted, 2 denied.
    pub fn consent(&mut self, purpose: u32, answer: u32, now: f64) -> u32 {
        let answer = self::answer(answer);
        self::purpose(purpose).map_or(0, |purpose| {
            self.run(0, |e| e.set_consent(purpose, answer, time(now)))
        })
    }
}
