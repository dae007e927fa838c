//! A site with a book, and visitors of whom the test knows everything.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use fewbits::book::Book;
use fewbits::engine::Engine;
use fewbits::gate::{Answer, Purpose, Reason};
use fewbits::ports::{Entropy, LocalStore, Slot};

const DAY: u32 = 86_400;
/// Over so many weeks visitors come for the first time, the last of them a week before now.
const WEEKS: u32 = 4;

/// Numbers from a seed: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", 2014).
#[derive(Clone)]
pub struct Seeded(pub u64);

impl Seeded {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// An index, drawn by weights in tenths of a percent.
    fn index(&mut self, weights: &[u64]) -> usize {
        let mut draw = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            match draw.checked_sub(*weight) {
                Some(rest) => draw = rest,
                None => return index,
            }
        }
        unreachable!("a draw is below the sum")
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

/// What one browser keeps.
#[derive(Default)]
struct Disk {
    slots: BTreeMap<u8, Vec<u8>>,
    journal: Vec<u8>,
}

#[derive(Clone, Default)]
struct Tab(Rc<RefCell<Disk>>);

impl LocalStore for Tab {
    fn read(&self, slot: Slot) -> Option<Vec<u8>> {
        self.0.borrow().slots.get(&(slot as u8)).cloned()
    }

    fn write(&mut self, slot: Slot, bytes: &[u8]) -> bool {
        self.0.borrow_mut().slots.insert(slot as u8, bytes.to_vec());
        true
    }

    fn append(&mut self, record: &[u8]) -> bool {
        self.0.borrow_mut().journal.extend_from_slice(record);
        true
    }

    fn journals(&self) -> Vec<(u32, Vec<u8>)> {
        let disk = self.0.borrow();
        let journal = Some((1, disk.journal.clone()));
        journal
            .filter(|(_, bytes)| !bytes.is_empty())
            .into_iter()
            .collect()
    }
}

/// The segments of each dimension, in the order of the book.
pub const INTEREST: [&str; 8] = [
    "boots", "sandals", "slippers", "tents", "stoves", "maps", "novels", "any",
];
pub const WEATHER: [&str; 4] = ["cold", "mild", "hot", "unknown"];
pub const HABIT: [&str; 3] = ["keen", "curious", "passing"];

/// One version of one book, and who visits while it is deployed.
#[derive(Clone, Copy)]
pub struct Edition {
    pub book: &'static str,
    pub version: u32,
    pub epsilon: f64,
    /// Weights of the visitors' true segments, in tenths of a percent.
    pub interest: [u64; 8],
    pub weather: [u64; 4],
    pub habit: [u64; 3],
}

impl Edition {
    /// The book: a dimension that follows from what was viewed, one that is declared, and one
    /// that follows from how much was viewed.
    pub fn json(&self) -> String {
        let segment = |id: &str, under: &str| {
            let when = format!(r#""when": {{ "aisle": "{id}" }}"#);
            format!(r#"{{ "id": "{id}", "under": "{under}", {when} }}"#)
        };
        let interest = [
            segment("boots", "footwear"),
            segment("sandals", "footwear"),
            segment("slippers", "footwear"),
            segment("tents", "camping"),
            segment("stoves", "camping"),
            segment("maps", "books"),
            segment("novels", "books"),
        ];
        format!(
            r#"{{ "fewbits": 1, "book": "{}", "version": {},
  "signals": {{
    "aisle": {{ "top": "aisle", "half_life": "14d", "items": {:?}, "floor": 1.5 }},
    "views": {{ "count": "view", "within": "7d", "max": 50 }},
    "weather": {{ "declared": ["cold", "mild", "hot"] }}
  }},
  "dimensions": {{
    "interest": {{ "why": "lead with the aisle people came for",
      "groups": ["outdoor", {{ "id": "footwear", "under": "outdoor" }},
        {{ "id": "camping", "under": "outdoor" }}, "books"],
      "segments": [{}], "otherwise": "any" }},
    "weather": {{ "why": "show what can be worn today", "segments": [
      {{ "id": "cold", "when": {{ "weather": "cold" }} }},
      {{ "id": "mild", "when": {{ "weather": "mild" }} }},
      {{ "id": "hot", "when": {{ "weather": "hot" }} }}], "otherwise": "unknown" }},
    "habit": {{ "why": "keep the page calm for those who only pass", "segments": [
      {{ "id": "keen", "when": {{ "views": {{ "$gte": 8 }} }} }},
      {{ "id": "curious", "when": {{ "views": {{ "$gte": 4 }} }} }}], "otherwise": "passing" }}
  }},
  "report": {{ "epsilon": {}, "bootstrap": true,
    "questions": {{ "interest": 2, "weather": 1, "habit": 1 }} }} }}"#,
            self.book,
            self.version,
            &INTEREST[..7],
            interest.join(", "),
            self.epsilon,
        )
    }

    /// Segments and weights of a question.
    pub fn truth(&self, question: &str) -> (&'static [&'static str], &[u64]) {
        match question {
            "interest" => (&INTEREST, &self.interest),
            "weather" => (&WEATHER, &self.weather),
            "habit" => (&HABIT, &self.habit),
            other => panic!("no question {other}"),
        }
    }
}

/// When the first visitors come: a collector takes reports of late weeks only.
fn start() -> u32 {
    #[allow(
        clippy::disallowed_methods,
        reason = "the collector lives in real time"
    )]
    let now = std::time::SystemTime::now();
    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as u32;
    // Since a Thursday; so on a Monday.
    (now / DAY + 3) / 7 * 7 * DAY - 3 * DAY - (WEEKS + 1) * 7 * DAY
}

/// One visitor: who they truly are, and their browser.
pub struct Visitor {
    pub interest: usize,
    pub weather: usize,
    pub habit: usize,
    engine: Engine,
    now: u32,
}

impl Visitor {
    /// The first visit of somebody drawn by the edition's weights: consents, looks around.
    pub fn arrive(edition: &Edition, book: &Book, seed: u64) -> Self {
        let mut chance = Seeded(seed);
        let interest = chance.index(&edition.interest);
        let weather = chance.index(&edition.weather);
        let habit = chance.index(&edition.habit);
        let now = start() + chance.below(u64::from(WEEKS * 7 * DAY)) as u32;
        let mut engine = Engine::new(book.clone(), Box::new(chance));
        for purpose in [Purpose::Store, Purpose::Personalise, Purpose::Measure] {
            engine.set_consent(purpose, Answer::Granted, now);
        }
        engine.attach(Box::<Tab>::default());
        engine.fold(now);
        for _ in 0..[9, 5, 2][habit] {
            let aisle = [("aisle", INTEREST[interest])];
            // Who is interested in nothing looks at pages of no aisle.
            let tags = if INTEREST[interest] == "any" {
                &[][..]
            } else {
                &aisle
            };
            let view = engine.rules().door().named("view", tags, None);
            engine.track(view, now);
        }
        if let Some(item) = ["cold", "mild", "hot"].get(weather).map(|_| weather) {
            let at = book
                .signals
                .iter()
                .position(|s| book.str(s.name) == "weather");
            engine.declare(at.unwrap() as u16, item as f64, now);
        }
        Self {
            interest,
            weather,
            habit,
            engine,
            now,
        }
    }

    /// Whether the browser places the visitor where the test means it to.
    pub fn is_placed(&self) -> bool {
        let meant = [
            (&INTEREST[..], self.interest),
            (&WEATHER, self.weather),
            (&HABIT, self.habit),
        ];
        let meant = meant
            .iter()
            .flat_map(|(segments, held)| (0..segments.len()).map(move |i| u8::from(i == *held)));
        meant.eq(self.engine.flags().iter().copied())
    }

    /// Asks at once, as the SDK does, and again when the time drawn has surely passed. Gives
    /// what then leaves; `send` says whether it arrived.
    pub fn report(&mut self, to: &str, send: impl FnOnce(&str) -> bool) {
        assert_eq!(self.engine.ask(self.now), Err(Reason::NotDue));
        let due = self.now + 2 * DAY;
        self.engine.fold(due);
        assert_eq!(self.engine.ask(due), Ok(()));
        let report = self.engine.report().unwrap().to_json();
        assert!(self.engine.sending(to, due));
        assert!(send(&report), "{report}");
        assert!(self.engine.delivered(to, due));
        assert_eq!(self.engine.ask(due), Err(Reason::AlreadyAnswered));
    }
}
