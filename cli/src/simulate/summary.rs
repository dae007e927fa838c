//! What a book would do to these visitors: sizes of segments, and sets that are too thin.

use fewbits::book::{Book, Time};
use serde::Serialize;

use super::tally::{Example, Tally};
use super::time::written;

/// So many of the most frequent sets are listed.
const LISTED: usize = 5;

/// Everything a simulation says.
#[derive(Debug, Serialize)]
pub struct Summary {
    pub book: String,
    pub version: u32,
    /// When the memberships were read: a time, or `own`.
    pub as_of: String,
    /// The same in seconds since 1970; `null` for `own`.
    pub as_of_seconds: Option<Time>,
    pub visitors: u64,
    pub events: u64,
    pub lines: Lines,
    pub bad: Vec<Count>,
    pub notes: Vec<Count>,
    pub examples: Vec<Example>,
    pub warnings: Vec<String>,
    pub dimensions: Vec<DimensionSizes>,
    pub sets: Sets,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stability: Option<Stability>,
    pub speed: Speed,
}

/// Where the lines went.
#[derive(Debug, Serialize)]
pub struct Lines {
    pub read: u64,
    pub used: u64,
    pub ignored: u64,
    pub unmatched: u64,
    pub bad: u64,
}

/// How often something was.
#[derive(Debug, Serialize)]
pub struct Count {
    pub what: &'static str,
    pub count: u64,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub example: String,
}

/// Sizes of a dimension's segments.
#[derive(Debug, Serialize)]
pub struct DimensionSizes {
    pub id: String,
    pub why: String,
    pub segments: Vec<Size>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Size>,
}

/// How many visitors are in a segment or group.
#[derive(Debug, Serialize)]
pub struct Size {
    pub id: String,
    /// The group above; nothing means `any`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub under: Option<String>,
    pub visitors: u64,
    /// From 0 to 1.
    pub share: f64,
}

/// Visitors by the whole set of their segments.
#[derive(Debug, Serialize)]
pub struct Sets {
    pub distinct: u64,
    /// Sets that are held by fewer visitors than this are thin.
    pub k: u64,
    pub thin: u64,
    pub visitors_in_thin: u64,
    /// Sets that one visitor alone holds.
    pub unique: u64,
    pub largest: Vec<SetSize>,
}

/// A set and its size.
#[derive(Debug, Serialize)]
pub struct SetSize {
    pub segments: Vec<String>,
    pub visitors: u64,
}

/// How often sets changed from one event to the next.
#[derive(Debug, Serialize)]
pub struct Stability {
    pub changes: u64,
    /// Visitors whose set changed at all.
    pub visitors_changed: u64,
}

/// How fast it went.
#[derive(Debug, Serialize)]
pub struct Speed {
    pub seconds: f64,
    pub events_per_second: u64,
    pub threads: usize,
}

/// The dimensions of the author. Outcomes of experiments stand behind them, and nobody is shown
/// anything here.
fn declared(book: &Book) -> impl Iterator<Item = &fewbits::book::Dimension> {
    let all = book.dimensions.iter();
    all.filter(|dimension| book.outcome(dimension).is_none())
}

/// Names of all segments, in the order of the flags.
pub fn names(book: &Book) -> Vec<String> {
    let of = |d: &fewbits::book::Dimension| {
        let dimension = book.str(d.name).to_owned();
        d.segments
            .iter()
            .map(move |s| format!("{dimension}/{}", book.str(s.name)))
            .collect::<Vec<_>>()
    };
    declared(book).flat_map(of).collect()
}

/// The names of the segments of a set.
pub fn members<'n>(flags: &[u8], names: &'n [String]) -> Vec<&'n str> {
    flags
        .iter()
        .zip(names)
        .filter(|(f, _)| **f == 1)
        .map(|(_, n)| n.as_str())
        .collect()
}

/// Sizes of all segments and groups, from distinct sets with their numbers of visitors.
pub fn sizes(book: &Book, sets: &[(&[u8], u64)], visitors: u64) -> Vec<DimensionSizes> {
    let share = |n: u64| {
        if visitors == 0 {
            0.0
        } else {
            rounded(n as f64 / visitors as f64)
        }
    };
    let mut first = 0;
    let mut all = Vec::new();
    for dimension in declared(book) {
        let count = dimension.segments.len();
        let group = |parent: Option<u16>| dimension.groups.get(usize::from(parent?));
        let name = |parent: Option<u16>| group(parent).map(|g| book.str(g.name).to_owned());
        let mut sizes = vec![0u64; count];
        let mut groups = vec![0u64; dimension.groups.len()];
        for (flags, held) in sets {
            let mut above = vec![false; groups.len()];
            let flags = flags.iter().skip(first).take(count);
            for ((flag, segment), size) in flags.zip(&dimension.segments).zip(&mut sizes) {
                if *flag == 0 {
                    continue;
                }
                *size += held;
                let mut parent = segment.parent;
                while let (Some(index), Some(of)) = (parent, group(parent)) {
                    if let Some(seen) = above.get_mut(usize::from(index)) {
                        *seen = true;
                    }
                    parent = of.parent;
                }
            }
            for (size, _) in groups.iter_mut().zip(&above).filter(|(_, seen)| **seen) {
                *size += held;
            }
        }
        let size = |id, parent, n| Size {
            id: book.str(id).to_owned(),
            under: name(parent),
            visitors: n,
            share: share(n),
        };
        all.push(DimensionSizes {
            id: book.str(dimension.name).to_owned(),
            why: book.str(dimension.why).to_owned(),
            segments: dimension
                .segments
                .iter()
                .zip(&sizes)
                .map(|(s, n)| size(s.name, s.parent, *n))
                .collect(),
            groups: dimension
                .groups
                .iter()
                .zip(&groups)
                .map(|(g, n)| size(g.name, g.parent, *n))
                .collect(),
        });
        first += count;
    }
    all
}

/// How thin the sets are.
pub fn thinness(book: &Book, sets: &[(&[u8], u64)], k: u64) -> Sets {
    let names = names(book);
    let mut held: Vec<&(&[u8], u64)> = sets.iter().filter(|(_, n)| *n > 0).collect();
    // The sort keeps the order of first appearance among equals.
    held.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let thin = || held.iter().filter(|(_, n)| *n < k);
    Sets {
        distinct: held.len() as u64,
        k,
        thin: thin().count() as u64,
        visitors_in_thin: thin().map(|(_, n)| n).sum(),
        unique: held.iter().filter(|(_, n)| *n == 1).count() as u64,
        largest: held
            .iter()
            .take(LISTED)
            .map(|(flags, n)| SetSize {
                segments: members(flags, &names)
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
                visitors: *n,
            })
            .collect(),
    }
}

impl Summary {
    /// Fills in what the lines were.
    pub fn count(tally: &Tally) -> (Lines, Vec<Count>, Vec<Count>) {
        let lines = Lines {
            read: tally.records,
            used: tally.events,
            ignored: tally.ignored,
            unmatched: tally.unmatched,
            bad: tally.bad_total(),
        };
        let bad = tally.bad.iter();
        let bad = bad
            .map(|(what, n)| Count {
                what,
                count: *n,
                example: String::new(),
            })
            .collect();
        let notes = tally.notes.iter();
        let notes = notes
            .map(|(what, note)| Count {
                what,
                count: note.count,
                example: note.example.clone(),
            })
            .collect();
        (lines, bad, notes)
    }
}

/// When memberships were read, in words.
pub fn as_of(at: Option<Time>) -> String {
    at.map_or_else(|| "own".to_owned(), written)
}

/// Six digits behind the point are enough for a share.
fn rounded(share: f64) -> f64 {
    (share * 1e6).round() / 1e6
}
