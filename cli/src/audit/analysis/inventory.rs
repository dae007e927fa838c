//! What is observed: every signal, what it reads and from where, how coarse it is, how long it
//! is kept and for what.

use fewbits::book::Book;
use fewbits::book::author::Places;
use fewbits::profile::{most_bytes, most_bytes_of};
use serde::Serialize;

use super::reads;
use super::sources::Source;
use super::told::Told;

/// The profile of one visitor.
#[derive(Serialize)]
pub struct Inventory {
    /// Seconds after which a memory that was not renewed is erased.
    pub retention: u32,
    /// Most bytes of the whole profile, and of the text in which it is stored.
    pub bytes: usize,
    pub stored_bytes: usize,
    pub signals: Vec<Signal>,
    /// Events of the page that some signal listens to.
    pub events: Vec<String>,
    /// Everything that is looked at, in the order of first use. What is read there is coarsened
    /// at once, and dropped.
    pub sources: Vec<Source>,
}

/// One signal.
#[derive(Serialize)]
pub struct Signal {
    pub name: String,
    pub kind: &'static str,
    /// What it is, in words.
    pub what: String,
    /// Names of the sources that it is read from.
    pub sources: Vec<&'static str>,
    /// Which tag of which events is read, for those that read one.
    pub tag: Option<String>,
    /// What its value can be, in words.
    pub values: String,
    /// How many values that are, with "none" as one; `None`: any number in its range.
    pub distinct: Option<u64>,
    /// How long it is kept, in words, and at most in seconds; 0: not at all.
    pub kept: String,
    pub seconds: u32,
    /// Most bytes in the profile.
    pub bytes: usize,
    /// The author's own reason.
    pub why: Option<String>,
    /// The dimensions that read it, which have their reasons.
    pub read_by: Vec<String>,
    pub line: usize,
}

/// The inventory of a book.
pub fn of(book: &Book, places: &Places) -> Inventory {
    let read: Vec<_> = book
        .dimensions
        .iter()
        .map(|dimension| (book.str(dimension.name), reads::of(book, dimension)))
        .collect();
    let mut sources: Vec<Source> = Vec::new();
    let mut signals: Vec<Signal> = (0..)
        .zip(&book.signals)
        .map(|(index, signal)| {
            let name = book.str(signal.name);
            let told = Told::of(book, &signal.kind);
            let new = told
                .sources
                .iter()
                .filter(|source| !sources.contains(source));
            sources.extend(new.copied().collect::<Vec<_>>());
            let readers = read.iter().filter(|(_, signals)| signals.contains(&index));
            Signal {
                name: name.to_owned(),
                bytes: most_bytes(&signal.kind),
                why: places.text(&["signals", name, "why"]).map(str::to_owned),
                read_by: readers.map(|(name, _)| (*name).to_owned()).collect(),
                line: places.key(&["signals", name]).map_or(1, |at| at.line),
                kind: told.kind,
                what: told.what,
                sources: told.sources.iter().map(|source| source.name).collect(),
                tag: told.tag,
                values: told.values,
                distinct: told.distinct,
                kept: told.kept,
                seconds: told.seconds,
            }
        })
        .collect();
    signals.sort_by_key(|signal| signal.line);
    let events = book
        .events
        .iter()
        .skip(fewbits::book::RESERVED_EVENTS.len());
    let bytes = most_bytes_of(book);
    Inventory {
        retention: book.retention,
        bytes,
        // Three bytes are four letters.
        stored_bytes: bytes.div_ceil(3) * 4,
        signals,
        events: events.map(|event| book.str(*event).to_owned()).collect(),
        sources,
    }
}
