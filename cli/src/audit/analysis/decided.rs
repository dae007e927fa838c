//! What a book decides on the page: slots, and the order of items. None of it leaves.

use fewbits::book::author::Places;
use fewbits::book::{Book, By, Choice, Slot as Compiled};
use serde::Serialize;

/// A place of the page that shows one of several variants.
#[derive(Serialize)]
pub struct Slot {
    pub name: String,
    pub why: String,
    pub variants: Vec<String>,
    /// Tried in order.
    pub rules: Vec<Rule>,
    /// The variant that is shown if no rule has an answer.
    pub otherwise: String,
    /// Whether the answer may change within a visit.
    pub changes: bool,
    pub line: usize,
}

/// A rule of a slot.
#[derive(Serialize)]
pub struct Rule {
    /// How it chooses, in words.
    pub how: String,
    /// The author's own reason.
    pub because: String,
}

/// An order for items.
#[derive(Serialize)]
pub struct Ranking {
    pub name: String,
    pub why: String,
    /// The signals whose values count.
    pub signals: Vec<String>,
    pub line: usize,
}

/// The slots of a book.
pub fn slots(book: &Book, places: &Places) -> Vec<Slot> {
    let all = book.slots.iter().map(|slot| {
        let name = book.str(slot.name);
        Slot {
            name: name.to_owned(),
            why: book.str(slot.why).to_owned(),
            variants: slot
                .variants
                .iter()
                .map(|v| book.str(*v).to_owned())
                .collect(),
            rules: slot.choose.iter().map(|c| rule(book, slot, c)).collect(),
            otherwise: variant(book, slot, slot.otherwise),
            changes: slot.changes,
            line: places.key(&["decisions", name]).map_or(1, |at| at.line),
        }
    });
    all.collect()
}

fn rule(book: &Book, slot: &Compiled, choice: &Choice) -> Rule {
    let how = match &choice.by {
        By::Show(shown) => format!("shows {}", variant(book, slot, *shown)),
        By::Source { source, .. } => source_of(book, usize::from(*source)),
        By::Rank { of, .. } => {
            let signals = of.iter().map(|(_, signal)| signal_of(book, *signal));
            format!(
                "what counts most of {}",
                signals.collect::<Vec<_>>().join(", ")
            )
        }
    };
    let how = match choice.when {
        Some(_) => format!("on a condition: {how}"),
        None => how,
    };
    Rule {
        how,
        because: book.str(choice.because).to_owned(),
    }
}

fn source_of(book: &Book, source: usize) -> String {
    match book.experiments.get(source) {
        Some(experiment) => format!("experiment {}", book.str(experiment.name)),
        None => {
            let bandit = book.bandits.get(source - book.experiments.len());
            format!("bandit {}", bandit.map_or("", |b| book.str(b.name)))
        }
    }
}

fn variant(book: &Book, slot: &Compiled, index: u16) -> String {
    let name = slot.variants.get(usize::from(index));
    name.map_or("", |v| book.str(*v)).to_owned()
}

fn signal_of(book: &Book, index: u16) -> String {
    let signal = book.signals.get(usize::from(index));
    signal.map_or("", |s| book.str(s.name)).to_owned()
}

/// The rankings of a book.
pub fn rankings(book: &Book, places: &Places) -> Vec<Ranking> {
    let all = book.rankings.iter().map(|ranking| {
        let name = book.str(ranking.name);
        let mut signals: Vec<u16> = ranking.terms.iter().filter_map(|term| term.by).collect();
        signals.sort_unstable();
        signals.dedup();
        Ranking {
            name: name.to_owned(),
            why: book.str(ranking.why).to_owned(),
            signals: signals.into_iter().map(|s| signal_of(book, s)).collect(),
            line: places.key(&["rankings", name]).map_or(1, |at| at.line),
        }
    });
    all.collect()
}
