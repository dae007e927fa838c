//! *Know the group, not the person.* The core of Fewbits: events and context go in, coarse
//! segments come out, and nothing leaves but through the gate.
//!
//! The rooms, in the order in which a visitor's signals flow through them. Each may use only
//! what stands above it; `tests/architecture.rs` holds the table. See `ARCHITECTURE.md`.

// The module that visitors download does without the standard library: its panic messages and
// formatting weigh more than our own code (docs/adr/0002-no-std-core.md).
#![cfg_attr(all(target_arch = "wasm32", not(feature = "author")), no_std)]

extern crate alloc;

// (0) the rules everyone can read
pub mod book;

// (1) the door in: closed kinds, raw values coarsened and dropped
pub mod signals;

// (2) what this browser remembers
pub mod profile;

// Trained models: numbers and classes from signals.
pub mod models;

// (3) who counts as what, by the book
pub mod segments;

// (4) what is shown, and by which rule
pub mod decisions;

// (5) the only way out
pub mod gate;

// (6) what leaves
pub mod report;

// The rooms put together: one visitor's engine.
pub mod engine;

// What the outside must supply.
pub mod ports;

// Bytes and arithmetic, for every room.
pub mod codec;
pub mod math;

// The boundary: translation only.
#[cfg(target_arch = "wasm32")]
pub mod wasm;
