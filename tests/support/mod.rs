//! What the tests of the core share: chance from a seed, a store in memory that can fail, and
//! books.

#![allow(dead_code, reason = "every test binary uses its own part")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

#[cfg(feature = "author")]
use fewbits::book::Book;
use fewbits::engine::Engine;
use fewbits::gate::{Answer, Purpose, Reason, TOMBSTONE};
use fewbits::ports::{Entropy, LocalStore, Slot};

/// The Monday of 2026-W48, in seconds: a round "now" for tests.
pub const MONDAY: u32 = 20_780 * DAY;
pub const DAY: u32 = 86_400;
pub const HOUR: u32 = 3_600;
pub const MINUTE: u32 = 60;

/// Random bytes from a seed: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom
/// number generators", 2014), whose output is known to be well distributed.
#[derive(Debug, Clone)]
pub struct Seeded(pub u64);

impl Seeded {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
        true
    }
}

/// Given numbers, eight bytes each, and then no more chance.
#[derive(Debug, Clone, Default)]
pub struct Script {
    draws: std::collections::VecDeque<u64>,
}

impl Script {
    pub fn new(draws: &[u64]) -> Self {
        Self {
            draws: draws.iter().copied().collect(),
        }
    }

    pub fn left(&self) -> usize {
        self.draws.len()
    }
}

impl Entropy for Script {
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        let Some(draw) = self.draws.pop_front() else {
            return false;
        };
        bytes.copy_from_slice(&draw.to_le_bytes());
        true
    }
}

/// What can go wrong with a store.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    pub write_profile: bool,
    pub write_gate: bool,
    pub write_choices: bool,
    pub append: bool,
}

/// One browser's storage, seen by all of its tabs.
#[derive(Debug, Default)]
pub struct Disk {
    pub slots: BTreeMap<u8, Vec<u8>>,
    pub journals: BTreeMap<u32, Vec<u8>>,
    pub faults: Faults,
    /// How often journals were deleted: a tab then begins another one.
    pub generation: u32,
    /// Everything that was ever written, to be searched for what must not be there.
    pub history: Vec<Vec<u8>>,
    pub writes: usize,
}

/// A handle to a disk.
#[derive(Debug, Clone, Default)]
pub struct Browser(pub Rc<RefCell<Disk>>);

/// A tab's view of a disk.
struct Tab {
    disk: Rc<RefCell<Disk>>,
    journal: u32,
}

impl Browser {
    pub fn tab(&self, journal: u32) -> Box<dyn LocalStore> {
        Box::new(Tab {
            disk: self.0.clone(),
            journal,
        })
    }

    pub fn fail(&self, faults: Faults) {
        self.0.borrow_mut().faults = faults;
    }

    pub fn slot(&self, slot: Slot) -> Option<Vec<u8>> {
        self.0.borrow().slots.get(&(slot as u8)).cloned()
    }

    pub fn put(&self, slot: Slot, bytes: Vec<u8>) {
        self.0.borrow_mut().slots.insert(slot as u8, bytes);
    }

    /// What the SDK does when the visitor is to be forgotten: profile and journals go, and of the
    /// gate all but the tombstone, if anything was spent.
    pub fn erase(&self) {
        let gate = self.slot(Slot::Gate);
        self.remove();
        if let Some(bytes) = gate {
            let tombstone = &bytes[..bytes.len().min(TOMBSTONE)];
            if bytes.len() < TOMBSTONE || tombstone[5..9] != [0; 4] {
                self.put(Slot::Gate, tombstone.to_vec());
            }
        }
    }

    /// What the SDK does when everything is to go.
    pub fn remove(&self) {
        let mut disk = self.0.borrow_mut();
        disk.slots.clear();
        disk.journals.clear();
        disk.generation += 1;
    }

    /// What the SDK does when the visitor refuses to be observed: the ledger stays.
    pub fn erase_profile(&self) {
        let gate = self.slot(Slot::Gate);
        self.remove();
        if let Some(bytes) = gate {
            self.put(Slot::Gate, bytes);
        }
    }

    /// What the SDK does after a fold that succeeded: the folded journals go.
    pub fn drop_journals(&self) {
        let mut disk = self.0.borrow_mut();
        disk.journals.clear();
        disk.generation += 1;
    }
}

impl LocalStore for Tab {
    fn read(&self, slot: Slot) -> Option<Vec<u8>> {
        self.disk.borrow().slots.get(&(slot as u8)).cloned()
    }

    fn write(&mut self, slot: Slot, bytes: &[u8]) -> bool {
        let mut disk = self.disk.borrow_mut();
        disk.writes += 1;
        let fails = match slot {
            Slot::Profile => disk.faults.write_profile,
            Slot::Gate => disk.faults.write_gate,
            Slot::Choices => disk.faults.write_choices,
        };
        if !fails {
            disk.history.push(bytes.to_vec());
            disk.slots.insert(slot as u8, bytes.to_vec());
        }
        !fails
    }

    fn append(&mut self, record: &[u8]) -> bool {
        let mut disk = self.disk.borrow_mut();
        disk.writes += 1;
        if disk.faults.append {
            return false;
        }
        disk.history.push(record.to_vec());
        let id = self.journal + 1_000 * disk.generation;
        disk.journals
            .entry(id)
            .or_default()
            .extend_from_slice(record);
        true
    }

    fn journals(&self) -> Vec<(u32, Vec<u8>)> {
        self.disk
            .borrow()
            .journals
            .iter()
            .map(|(id, bytes)| (*id, bytes.clone()))
            .collect()
    }
}

/// Compiles a book that is expected to be good, and loads it from its bytes as a browser does.
#[cfg(feature = "author")]
pub fn compile(json: &str) -> Book {
    match fewbits::book::author::compile(json) {
        Ok(compiled) => Book::from_bytes(&compiled.bytes).expect("what was compiled loads"),
        Err(found) => panic!("{found:#?}\n{json}"),
    }
}

/// A book of one dimension `plan` that a declared signal decides: `d` segments `s0`, `s1`, ...,
/// the last one `rest`, and whatever is given as its report.
pub fn plan_book(version: u32, d: usize, report: &str) -> String {
    let items: Vec<String> = (0..d).map(|i| format!("\"v{i}\"")).collect();
    let segments: Vec<String> = (0..d - 1)
        .map(|i| format!("{{ \"id\": \"s{i}\", \"when\": {{ \"plan\": \"v{i}\" }} }}"))
        .collect();
    format!(
        "{{ \"fewbits\": 1, \"book\": \"shop\", \"version\": {version},
            \"signals\": {{ \"plan\": {{ \"declared\": [{}] }} }},
            \"dimensions\": {{ \"plan\": {{ \"why\": \"a test\", \"segments\": [{}], \"otherwise\": \"rest\" }} }},
            \"report\": {report} }}",
        items.join(", "),
        segments.join(", "),
    )
}

/// A visitor who agreed to everything that `ask` needs, in one tab of a browser.
#[cfg(feature = "author")]
pub fn consenting(
    json: &str,
    entropy: impl Entropy + 'static,
    browser: &Browser,
    now: u32,
) -> Engine {
    let mut engine = Engine::new(compile(json), Box::new(entropy));
    agree(&mut engine, now);
    engine.attach(browser.tab(1));
    assert!(engine.fold(now));
    engine
}

pub fn agree(engine: &mut Engine, now: u32) {
    for purpose in [
        Purpose::Store,
        Purpose::Personalise,
        Purpose::Measure,
        Purpose::Share,
    ] {
        engine.set_consent(purpose, Answer::Granted, now);
    }
}

/// Asks as the SDK does: what is stored first, then the gate; and what may leave, if anything.
pub fn ask(engine: &mut Engine, now: u32) -> Result<String, Reason> {
    engine.fold(now);
    engine.ask(now)?;
    Ok(engine.report().expect("a report is ready").to_json())
}

/// The ledger as the visitor reads it.
pub fn ledger(engine: &Engine) -> String {
    fewbits::report::ledger_json(engine.gate().ledger())
}

/// Whether some bytes contain others.
pub fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|w| w == part)
}
