//! What comes out: one line for each visitor, and the numbers of the summary.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use fewbits::book::Time;
use fewbits::engine::Rules;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use serde_json::Value;

use super::decided;
use super::rounds::Crowd;
use super::summary::{self, Speed, Stability, Summary};
use crate::failure::{Failure, Result};

/// The distinct sets of all shards together.
pub struct Sets<'c> {
    /// Each set, and how many visitors hold it.
    held: IndexMap<&'c [u8], u64, FxBuildHasher>,
    /// For each shard, its sets' places in `held`.
    places: Vec<Vec<u32>>,
}

impl<'c> Sets<'c> {
    /// Brings the shards' sets together, in order of first appearance of a visitor with them.
    pub fn merge(crowd: &'c Crowd) -> Self {
        let tables: Vec<Vec<&[u8]>> = crowd.shards.iter().map(|s| s.sets().collect()).collect();
        let mut sets = Self {
            held: IndexMap::default(),
            places: tables.iter().map(|t| vec![u32::MAX; t.len()]).collect(),
        };
        for (shard, index) in &crowd.by_number {
            let shard = *shard as usize;
            let outcome = crowd.shards.get(shard).and_then(|s| s.outcome(*index));
            let Some((set, _)) = outcome else { continue };
            let set = set as usize;
            let flags = tables.get(shard).and_then(|t| t.get(set)).copied();
            let place = sets.places.get_mut(shard).and_then(|p| p.get_mut(set));
            let (Some(flags), Some(place)) = (flags, place) else {
                continue;
            };
            if *place == u32::MAX {
                let entry = sets.held.entry(flags);
                *place = entry.index() as u32;
                entry.or_insert(0);
            }
            if let Some((_, n)) = sets.held.get_index_mut(*place as usize) {
                *n += 1;
            }
        }
        sets
    }

    fn counted(&self) -> Vec<(&'c [u8], u64)> {
        self.held.iter().map(|(flags, n)| (*flags, *n)).collect()
    }
}

/// Writes one line for each visitor.
pub fn write(
    path: &Path,
    crowd: &Crowd,
    sets: &Sets,
    rules: &Rules,
    slots: &[u16],
    changes: bool,
) -> Result<()> {
    let failed = |e: std::io::Error| Failure::writing(path, &e);
    if path.as_os_str() == "-" {
        let mut out = BufWriter::new(std::io::stdout().lock());
        return lines(&mut out, crowd, sets, rules, slots, changes).map_err(failed);
    }
    let mut out = BufWriter::new(File::create(path).map_err(failed)?);
    lines(&mut out, crowd, sets, rules, slots, changes).map_err(failed)
}

fn lines(
    out: &mut impl Write,
    crowd: &Crowd,
    sets: &Sets,
    rules: &Rules,
    slots: &[u16],
    changes: bool,
) -> std::io::Result<()> {
    let names = summary::names(rules.book());
    let list = |flags: &&[u8]| Value::from(summary::members(flags, &names)).to_string();
    let lists: Vec<String> = sets.held.keys().map(list).collect();
    for (number, (shard, index)) in (1u64..).zip(&crowd.by_number) {
        let outcome = crowd
            .shards
            .get(*shard as usize)
            .and_then(|s| s.outcome(*index));
        let Some((set, visitor)) = outcome else {
            continue;
        };
        let place = sets
            .places
            .get(*shard as usize)
            .and_then(|p| p.get(set as usize));
        let segments = place
            .and_then(|p| lists.get(*p as usize))
            .map_or("[]", |s| s);
        match &visitor.name {
            Some(name) => write!(out, "{{\"visitor\":{}", Value::from(&**name))?,
            None => write!(out, "{{\"visitor\":\"{number}\"")?,
        }
        write!(out, ",\"segments\":{segments}")?;
        if !slots.is_empty() {
            let decided = decided::words(rules.book(), slots, &visitor.decided);
            write!(out, ",\"decisions\":{decided}")?;
        }
        if changes {
            write!(out, ",\"changes\":{}", visitor.changes())?;
        }
        out.write_all(b"}\n")?;
    }
    out.flush()
}

/// How often sets changed.
pub fn stability(crowd: &Crowd) -> Stability {
    let mut stability = Stability {
        changes: 0,
        visitors_changed: 0,
    };
    for (shard, index) in &crowd.by_number {
        let outcome = crowd
            .shards
            .get(*shard as usize)
            .and_then(|s| s.outcome(*index));
        let changes = outcome.map_or(0, |(_, visitor)| visitor.changes());
        stability.changes += u64::from(changes);
        stability.visitors_changed += u64::from(changes > 0);
    }
    stability
}

/// The summary; speed and warnings are filled in later.
pub fn summary(crowd: &Crowd, sets: &Sets, rules: &Rules, k: u64, at: Option<Time>) -> Summary {
    let book = rules.book();
    let visitors = crowd.shards.iter().map(|s| s.len() as u64).sum();
    let counted = sets.counted();
    let (lines, bad, notes) = Summary::count(&crowd.tally);
    Summary {
        book: book.str(book.name).to_owned(),
        version: book.version,
        as_of: summary::as_of(at),
        as_of_seconds: at,
        visitors,
        events: crowd.tally.events,
        lines,
        bad,
        notes,
        examples: crowd.tally.shown.clone(),
        warnings: Vec::new(),
        dimensions: summary::sizes(book, &counted, visitors),
        sets: summary::thinness(book, &counted, k),
        stability: None,
        speed: Speed {
            seconds: 0.0,
            events_per_second: 0,
            threads: 0,
        },
    }
}
