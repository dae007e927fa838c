//! What JavaScript supplies: chance and storage.

use alloc::vec::Vec;
use wasm_bindgen::prelude::*;

use crate::ports::{Entropy, LocalStore, Slot};

#[wasm_bindgen]
extern "C" {
    /// A plain object with these methods; see `www/sdk/src/store.ts`.
    pub type Store;

    #[wasm_bindgen(method)]
    fn read(this: &Store, slot: u32) -> Option<Vec<u8>>;
    #[wasm_bindgen(method)]
    fn write(this: &Store, slot: u32, bytes: &[u8]) -> bool;
    #[wasm_bindgen(method)]
    fn append(this: &Store, record: &[u8]) -> bool;
    #[wasm_bindgen(method)]
    fn journals(this: &Store) -> Vec<u32>;
    #[wasm_bindgen(method)]
    fn journal(this: &Store, id: u32) -> Option<Vec<u8>>;
}

/// The browser's own source of randomness.
pub struct Chance;

impl Entropy for Chance {
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        getrandom::fill(bytes).is_ok()
    }
}

/// A store in JavaScript.
pub struct JsStore(pub Store);

impl LocalStore for JsStore {
    fn read(&self, slot: Slot) -> Option<Vec<u8>> {
        self.0.read(slot as u32)
    }

    fn write(&mut self, slot: Slot, bytes: &[u8]) -> bool {
        self.0.write(slot as u32, bytes)
    }

    fn append(&mut self, record: &[u8]) -> bool {
        self.0.append(record)
    }

    fn journals(&self) -> Vec<(u32, Vec<u8>)> {
        let ids = self.0.journals().into_iter();
        ids.filter_map(|id| Some((id, self.0.journal(id)?)))
            .collect()
    }
}
