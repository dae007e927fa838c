//! The crowd table, for the next version of the book.

use std::collections::BTreeMap;

use serde::Serialize;

use super::group::{HAIR, Ladder, size};
use super::view::View;
use crate::counts::Counts;
use crate::statement::{ANY, Question, Statement};

/// How many reporters of each question are estimated to be in a segment or group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CrowdTable {
    /// Form of this table.
    pub fewbits: u32,
    /// The book's name.
    pub book: String,
    /// The version that was counted.
    pub version: u32,
    /// First week with reports; none without reports.
    pub from: Option<String>,
    /// Last week with reports.
    pub to: Option<String>,
    /// Question, then name. A group's number is of everybody in it, `any` of everybody.
    pub crowds: BTreeMap<String, BTreeMap<String, u64>>,
}

/// The crowd table of one version, over all its weeks. It names the cells that the audience
/// shows, and the groups that are made of such cells: so every number, and every difference of
/// two, is of a crowd. Numbers are rounded down.
pub fn crowd(statement: &Statement, counts: &Counts) -> CrowdTable {
    let mut table = CrowdTable {
        fewbits: 1,
        book: statement.book.clone(),
        version: statement.version,
        from: None,
        to: None,
        crowds: BTreeMap::new(),
    };
    let Some(asked) = &statement.report else {
        return table;
    };
    let mut weeks = Vec::new();
    for (name, question) in &asked.questions {
        let view = View::new(statement, asked, name, question, counts);
        weeks.extend(view.tally.weeks.iter().map(|(week, _)| *week));
        let crowds = crowds(question, &view);
        if !crowds.is_empty() {
            table.crowds.insert(name.clone(), crowds);
        }
    }
    table.from = weeks.iter().min().map(ToString::to_string);
    table.to = weeks.iter().max().map(ToString::to_string);
    table
}

fn crowds(question: &Question, view: &View) -> BTreeMap<String, u64> {
    let mut crowds = BTreeMap::new();
    let (Some(channel), Some(shown)) = (view.channel, &view.whole) else {
        return crowds;
    };
    let reports = view.tally.reports();
    let ladder = Ladder::new(question);
    let mut rungs: Vec<&str> = shown.iter().map(|group| group.name).collect();
    rungs.extend(shown.iter().flat_map(|group| ladder.above(group.name)));
    for rung in rungs {
        let (inside, outside): (Vec<_>, Vec<_>) = shown
            .iter()
            .partition(|group| ladder.is_within(group.name, rung));
        // Some of it may be shown further up, with others: then its size is not known.
        let strays = outside.iter().flat_map(|group| &group.holds);
        if strays
            .into_iter()
            .any(|segment| ladder.is_within(segment, rung))
        {
            continue;
        }
        let number = if rung == ANY {
            reports
        } else {
            let cell = inside.iter().map(|group| group.cell()).sum();
            // At least 0: each cell is a crowd.
            (size(channel, cell, reports) + HAIR).floor() as u64
        };
        crowds.insert(rung.to_owned(), number);
    }
    crowds
}
