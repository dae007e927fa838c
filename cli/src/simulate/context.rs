//! Context of a record: raw values become items at the core's own door, and go no further.

use fewbits::book::{Book, Context, Domain, Kind};
use fewbits::signals::Door;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::batch::{Entry, Key, key};

/// So many coarsened values are remembered, so that the same agent is not read again and again.
const REMEMBERED: usize = 1 << 14;

/// What a record says about the environment; `None`: nothing.
#[derive(Debug, Default, Clone, Copy)]
pub struct Raw<'a> {
    pub referrer: Option<&'a str>,
    pub url: Option<&'a str>,
    pub agent: Option<&'a str>,
    pub touch: Option<&'a str>,
    pub language: Option<&'a str>,
    pub zone: Option<&'a str>,
    pub offset: Option<&'a str>,
}

/// The context signals of a book.
#[derive(Debug, Clone)]
pub struct Contexts {
    /// Each context that some signal reads, with these signals.
    wanted: Vec<(Context, Vec<u16>)>,
}

/// What was coarsened before.
#[derive(Debug, Default)]
pub struct Memo {
    known: IndexMap<(u8, Key, Key), (f64, bool), FxBuildHasher>,
}

impl Contexts {
    /// The contexts that a book wants to know.
    pub fn new(book: &Book) -> Self {
        let wanted = Context::ALL.into_iter().filter_map(|of| {
            let signals: Vec<u16> = (0u16..)
                .zip(&book.signals)
                .filter(|(_, s)| s.kind == Kind::Context { of })
                .map(|(i, _)| i)
                .collect();
            (!signals.is_empty()).then_some((of, signals))
        });
        Self {
            wanted: wanted.collect(),
        }
    }

    /// Whether no signal reads any context.
    pub const fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// States the signals that follow from raw values.
    pub fn state(&self, raw: &Raw, memo: &mut Memo, entry: &mut Entry) {
        for (of, signals) in &self.wanted {
            let (from, hint) = match of {
                Context::Referrer => (raw.referrer, raw.url),
                Context::Medium => (raw.url, None),
                Context::Device => (raw.agent, raw.touch),
                Context::Language => (raw.language, None),
                Context::Continent | Context::Season => (raw.zone, None),
                Context::Daypart | Context::Weekend => (raw.offset, None),
            };
            let Some(from) = from else { continue };
            let (value, derived) = memo.coarsen(*of, from, hint.unwrap_or_default());
            for signal in signals {
                entry.fact(*signal, value, derived);
            }
        }
    }
}

impl Memo {
    fn coarsen(&mut self, of: Context, raw: &str, hint: &str) -> (f64, bool) {
        let place = (of as u8, key(raw), key(hint));
        if let Some(known) = self.known.get(&place) {
            return *known;
        }
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        let coarse = Door::coarsen(of, raw, hint);
        self.known.insert(place, coarse);
        coarse
    }
}

/// The value of a declared signal from a text; `None` if the book does not know it.
pub fn declared(book: &Book, kind: &Kind, text: &str) -> Option<f64> {
    let Kind::Declared { domain } = kind else {
        return None;
    };
    match domain {
        Domain::Items(items) => items
            .iter()
            .position(|i| book.str(*i) == text)
            .map(|i| i as f64),
        Domain::Boolean => match text {
            "true" | "1" | "yes" => Some(1.0),
            "false" | "0" | "no" => Some(0.0),
            _ => None,
        },
        Domain::Number { .. } => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
    }
}

/// A declared signal and its kind, by name.
pub fn declared_signal<'b>(book: &'b Book, name: &str) -> Option<(u16, &'b Kind)> {
    let mut named = (0u16..)
        .zip(&book.signals)
        .filter(|(_, s)| book.str(s.name) == name);
    let (index, signal) = named.next()?;
    matches!(signal.kind, Kind::Declared { .. }).then_some((index, &signal.kind))
}
