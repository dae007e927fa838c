//! What the outside must supply: chance and storage. Time is an argument of every call that
//! needs it (`docs/adr/0001-time-is-an-argument.md`), so the same input gives the same answer.

use alloc::vec::Vec;

/// A source of random bytes.
pub trait Entropy {
    /// Fills `bytes` with uniform random bytes; `false` if there is no chance to be had.
    fn fill(&mut self, bytes: &mut [u8]) -> bool;
}

/// Where the records of one visitor lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// The snapshot of the profile, one for each book.
    Profile = 0,
    /// The ledger and budget of the gate, one for the whole site.
    Gate = 1,
    /// The seed and the choices of this session, one for each book.
    Choices = 2,
}

/// Storage in the visitor's own browser: the one destination of a profile's bytes.
pub trait LocalStore {
    /// What was written last, if anything.
    fn read(&self, slot: Slot) -> Option<Vec<u8>>;
    /// Replaces a record; `false` if it could not be written, and then the old one stands.
    fn write(&mut self, slot: Slot, bytes: &[u8]) -> bool;
    /// Adds a record to this tab's own journal at once; `false` if it could not be written.
    fn append(&mut self, record: &[u8]) -> bool;
    /// All journals of this book: an id each, and the records in order of writing.
    fn journals(&self) -> Vec<(u32, Vec<u8>)>;
}

/// A uniform number below `bound`, without bias: draws that fall into the incomplete last
/// interval are drawn again. `None` without entropy or for a bound of 0.
pub fn below(entropy: &mut dyn Entropy, bound: u64) -> Option<u64> {
    let top = u64::MAX - u64::MAX.checked_rem(bound)?;
    loop {
        let mut bytes = [0; 8];
        if !entropy.fill(&mut bytes) {
            return None;
        }
        let draw = u64::from_le_bytes(bytes);
        if draw < top {
            return draw.checked_rem(bound);
        }
    }
}
