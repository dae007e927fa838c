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
const JOURNALS: u32 = 3;

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

/// What the page may ask for, by its code. `Call` in `www/sdk/src/codes.ts` is the same list.
///
/// Times are `now`; what changes something answers how many segments changed; an address is one
/// in the module's memory.
#[derive(Clone, Copy)]
enum Call {
    /// Makes room for `a` bytes of the page: the address.
    Room,
    /// Loads the compiled book that lies in the room: 0, or the number of a `Refusal`.
    Load,
    /// Address of the tags of the next event: 16 numbers `key << 16 | value`.
    Tags,
    /// Address of one number for each signal, read by `DeclareAll`.
    Inputs,
    /// Address of one byte for each segment: 1 if it holds.
    Flags,
    /// Event `a` happened, with `b` tags and the amount `c`, NaN if there is none.
    Track,
    /// A raw value for context `a` and its hint, which lie in the room one after the other, `b`
    /// and `c` bytes long. They are coarsened here and dropped.
    Context,
    /// States that the declared or context signal `a` has the value `b`.
    Declare,
    /// States every declared signal, from the inputs.
    DeclareAll,
    /// Lets time pass.
    Advance,
    /// When time alone may change a membership; Infinity: never.
    NextChange,
    /// The visitor said on purpose `a` (0 to 3): 0 unknown, 1 granted, 2 denied, in `b`.
    Consent,
    /// Erases the memory.
    Forget,
    /// Uses the page's store from now on; ignored without consent to storage.
    Attach,
    /// Memory only from now on.
    Detach,
    /// Brings the snapshot and all journals together: 1, or 0 if that could not be written.
    Fold,
    /// Writes the memory to the page's store once, for the full module to take it over there.
    Lend,
    /// Why the stored profile was not used: the number of a `Discarded`, or 0.
    Discarded,
    /// The visitor's seed is the 16 bytes that lie in the room; a stored one takes its place.
    Seed,
    /// What slot `a` shows, and whether the page shows it now (`b`): twice the sum of the variant
    /// and 65536 times one more than the rule (0: `otherwise`), plus 1 if it stays for the
    /// session; -1: there is no such slot.
    Decide,
    /// For a preview: experiment or bandit `a` shows its variant `b`.
    Force,
    /// The number from 0 to 1 that the visitor drew for experiment `a`; -1: none.
    Drawn,
    /// The visitor says that segment `a` is not them; with `b` 0 that it is, again.
    Mute,
    /// Works out ranking `a`: address of one number for each of its terms, NaN where there is none.
    Weigh,
}

impl Call {
    const ALL: [Self; 24] = [
        Self::Room,
        Self::Load,
        Self::Tags,
        Self::Inputs,
        Self::Flags,
        Self::Track,
        Self::Context,
        Self::Declare,
        Self::DeclareAll,
        Self::Advance,
        Self::NextChange,
        Self::Consent,
        Self::Forget,
        Self::Attach,
        Self::Detach,
        Self::Fold,
        Self::Lend,
        Self::Discarded,
        Self::Seed,
        Self::Decide,
        Self::Force,
        Self::Drawn,
        Self::Mute,
        Self::Weigh,
    ];
}

/// One visitor's engine.
#[wasm_bindgen]
pub struct Engine {
    inner: ManuallyDrop<Option<engine::Engine>>,
    inputs: Vec<f64>,
    weights: Vec<f64>,
    tags: [u32; MAX_TAGS],
    room: Vec<u8>,
}

#[wasm_bindgen]
impl Engine {
    /// An engine without a book.
    pub fn open() -> Self {
        Self {
            inner: ManuallyDrop::new(None),
            inputs: Vec::new(),
            weights: Vec::new(),
            tags: [0; MAX_TAGS],
            room: Vec::new(),
        }
    }

    /// The one door: each exported function of its own would bring a shim of 150 bytes. Anything
    /// but the code of a `Call`, and all but three of them before a book is loaded, does nothing.
    pub fn call(&mut self, code: u32, a: f64, b: f64, c: f64, now: f64) -> f64 {
        let Some(call) = Call::ALL.get(code as usize) else {
            return 0.0;
        };
        match call {
            Call::Room => {
                self.room = vec![0; a as usize];
                return address(self.room.as_ptr());
            }
            Call::Load => return f64::from(self.load()),
            Call::Tags => return address(self.tags.as_ptr()),
            Call::Inputs => return address(self.inputs.as_ptr()),
            _ => {}
        }
        let Some(engine) = &mut *self.inner else {
            return 0.0;
        };
        let (now, first) = (time(now), index(a as u32));
        f64::from(match call {
            Call::Flags => return address(engine.flags().as_ptr()),
            Call::Track => {
                let tags = self.tags.iter().take(b as usize);
                let event = Event {
                    name: first,
                    tags: tags.map(|t| ((t >> 16) as u16, *t as u16)).collect(),
                    value: hundredths(c),
                };
                engine.track(event, now)
            }
            Call::Context => {
                let (raw, rest) = self.room.split_at_checked(b as usize).unwrap_or_default();
                let hint = rest.get(..c as usize).unwrap_or_default();
                let of = Context::ALL.get(usize::from(first));
                of.map_or(0, |of| engine.context(*of, raw, hint, now))
            }
            Call::Declare => engine.declare(first, b, now),
            Call::DeclareAll => engine.declare_all(&self.inputs, now),
            Call::Advance => engine.advance(now),
            Call::NextChange => return moment(engine.next_change(now)),
            Call::Consent => purpose(first.into()).map_or(0, |purpose| {
                engine.set_consent(purpose, answer(b as u32), now)
            }),
            Call::Weigh => {
                engine.weigh(first, now, &mut self.weights);
                return address(self.weights.as_ptr());
            }
            Call::Forget => engine.forget(now),
            Call::Attach => {
                engine.attach(Box::new(Page));
                0
            }
            Call::Detach => {
                engine.detach();
                0
            }
            Call::Fold => engine.fold_memory(now).into(),
            Call::Lend => {
                engine.lend(&mut Page);
                0
            }
            Call::Discarded => engine.discarded().map_or(0, |why| why as u32),
            Call::Seed => {
                if let Some(seed) = self.room.first_chunk() {
                    engine.seed(*seed);
                }
                0
            }
            Call::Decide => {
                return engine.decide(first, b != 0.0, now).map_or(-1.0, |d| {
                    let rule = d.rule.map_or(0, |rule| u32::from(rule) + 1);
                    f64::from(rule << 16 | u32::from(d.variant)) * 2.0 + f64::from(d.frozen)
                });
            }
            Call::Force => {
                engine.force(first, index(b as u32));
                0
            }
            Call::Drawn => return engine.drawn(first).unwrap_or(-1.0),
            Call::Mute => engine.mute(first, b != 0.0, now),
            _ => 0,
        })
    }
}

impl Engine {
    fn load(&mut self) -> u32 {
        match Book::from_bytes(&self.room) {
            Ok(book) => {
                self.inputs = vec![f64::NAN; book.signals.len()];
                let engine = engine::Engine::new(book, Box::new(NoChance));
                self.inner = ManuallyDrop::new(Some(engine));
                0
            }
            Err(refusal) => refusal as u32,
        }
    }
}

fn address<T>(at: *const T) -> f64 {
    at as usize as f64
}
