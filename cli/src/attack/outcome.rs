//! What an attack found, as it is written for programs. Documented in docs/attack.md.

use serde::Serialize;

use super::sets::Anonymity;
use super::tally::Tally;

/// Version of the form.
pub const FORM: u32 = 1;

/// Everything.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// Version of this form.
    pub fewbits_attack: u32,
    pub book: String,
    pub version: u32,
    /// SHA-256 of the book's source.
    pub source_sha256: String,
    pub weeks: usize,
    pub rho: f64,
    pub seed: u64,
    pub people: People,
    pub bound: Bound,
    pub mechanisms: Vec<Mechanism>,
    /// What a reader has to know; sentences.
    pub notes: Vec<String>,
}

/// Who was attacked.
#[derive(Debug, Clone, Serialize)]
pub struct People {
    /// `simulated` or `recorded`.
    pub kind: &'static str,
    /// Dimensions with shares from the book's crowd table; the others have the default.
    pub counted: Vec<String>,
    /// Recorded visitors in all; 0 for simulated ones.
    pub recorded: usize,
    /// People known at both sites, from whom the attacker learns.
    pub known: usize,
}

/// What is proved of the gate.
#[derive(Debug, Clone, Serialize)]
pub struct Bound {
    /// Capacity of the costliest question, in bits.
    pub bits: f64,
    /// The same as times a guess: 2^bits.
    pub times: f64,
    /// For the book's own draw of questions and its partition of answers: not more than `times`.
    pub expected_times: f64,
    /// The book's `lifetime_bits`.
    pub lifetime_bits: Option<f64>,
    /// No lower limit of a measured interval is above the bound.
    pub respected: bool,
}

/// One way to tell the site something.
#[derive(Debug, Clone, Serialize)]
pub struct Mechanism {
    /// `gate`, `gate-informed`, `raw` or `topics`.
    pub id: &'static str,
    pub name: String,
    /// `exact likelihood` or `learned evidence`.
    pub attacker: &'static str,
    /// Mutual information of what the two sites see.
    pub bits: f64,
    /// `report` or `week`: in what.
    pub bits_per: &'static str,
    pub rates: Vec<Rate>,
    /// The rate of the first size after some of the weeks.
    pub by_week: Vec<Rate>,
    pub anonymity: Vec<Anonymity>,
}

/// How often the attacker names the right one.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Rate {
    /// Number of candidates.
    pub visitors: usize,
    pub weeks: usize,
    /// Attacks that were run, over all rounds.
    pub attacks: u64,
    pub rate: f64,
    /// 95 % interval.
    pub low: f64,
    pub high: f64,
    /// The rate in times a guess.
    pub times: f64,
    /// The proved bound of the rate, if there is one.
    pub bound: Option<f64>,
}

impl Rate {
    /// `times`: the proved bound, in times a guess.
    pub fn new(visitors: usize, weeks: usize, tally: Tally, times: Option<f64>) -> Self {
        let (low, high) = tally.interval();
        let rate = tally.rate();
        Self {
            visitors,
            weeks,
            attacks: tally.attacks,
            rate,
            low,
            high,
            times: rate * visitors as f64,
            bound: times.map(|times| (times / visitors.max(1) as f64).min(1.0)),
        }
    }

    /// Whether the measurement contradicts the bound.
    pub fn is_above(&self) -> bool {
        self.bound.is_some_and(|bound| self.low > bound)
    }
}
