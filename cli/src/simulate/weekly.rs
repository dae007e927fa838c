//! Recorded visitors' segments at the end of each week, for whoever wants to look at histories.

use std::path::{Path, PathBuf};

use fewbits::engine::Rules;
use fewbits::profile::Profile;
use fewbits::segments::Segments;

use super::shard::{Reading, end_of, week};
use super::{Arguments, AsOf, At, Form, bound, nothing, rounds, source};
use crate::failure::Result;

/// Flags of all segments, one byte each, for each visitor and week.
pub struct Weekly {
    /// Number of weeks: the last of the events' own, at most as many as were wanted.
    pub weeks: usize,
    /// By visitor, in order of first appearance, the place of each week's flags in `sets`.
    pub visitors: Vec<Vec<u32>>,
    /// Distinct flags.
    pub sets: Vec<Box<[u8]>>,
}

/// Reads events, and everybody's memberships at the end of each of the last weeks. Before a
/// visitor's first event memberships are those of somebody of whom nothing is known.
pub fn weekly(
    rules: &Rules,
    book: &Path,
    events: &[PathBuf],
    map: Option<&Path>,
    most: usize,
) -> Result<Weekly> {
    let arguments = Arguments {
        book: book.to_owned(),
        events: events.to_owned(),
        map: map.map(Path::to_owned),
        format: None,
        out: None,
        decide: Vec::new(),
        inputs: None,
        k: 0,
        at: At::End,
        as_of: AsOf::Last,
        summary: Form::Text,
        threads: None,
        strict: false,
        show_visitors: false,
        weeks: true,
    };
    let plan = source::plan(rules, &arguments)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let reading = if bound::depends_on_path(rules.book()) {
        Reading::Each
    } else {
        Reading::End
    };
    let mut crowd = rounds::run(rules, &plan, &arguments, threads, reading)?;
    if crowd.by_number.is_empty() {
        return Err(nothing(&crowd.tally));
    }
    let newest = crowd.shards.iter().map(|s| s.newest).max().unwrap_or(0);
    rounds::finish_weeks(&mut crowd, rules, newest);
    let histories = crowd
        .by_number
        .iter()
        .filter_map(|(shard, index)| crowd.shards.get(*shard as usize)?.history(*index));
    let oldest = histories.map(|h| h.first).min().unwrap_or(0);
    let weeks = (week(newest) + 1 - oldest).min(most as u32).max(1);
    let first = week(newest) + 1 - weeks;

    let mut sets: Vec<Box<[u8]>> = Vec::new();
    // Of whom nothing is known, by week.
    let mut segments = Segments::new(rules.book());
    for week in first..first + weeks {
        let mut nobody = Profile::new(rules.book());
        rules.read(&mut nobody, &mut segments, end_of(week).min(newest));
        sets.push(segments.flags().into());
    }
    let mut starts = Vec::new();
    for shard in &crowd.shards {
        starts.push(sets.len() as u32);
        sets.extend(shard.sets().map(Into::into));
    }
    let mut visitors = Vec::with_capacity(crowd.by_number.len());
    for (shard, index) in &crowd.by_number {
        let shard = *shard as usize;
        let history = crowd.shards.get(shard).and_then(|s| s.history(*index));
        let start = starts.get(shard).copied().unwrap_or(0);
        let known = |week: u32| {
            let history = history?;
            let since = week.checked_sub(history.first)?;
            Some(start + history.sets.get(since as usize)?)
        };
        let places = (first..first + weeks).map(|w| known(w).unwrap_or(w - first));
        visitors.push(places.collect());
    }
    Ok(Weekly {
        weeks: weeks as usize,
        visitors,
        sets,
    })
}
