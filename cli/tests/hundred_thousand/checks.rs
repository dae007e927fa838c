//! What is published, compared with the truth.

use std::collections::{BTreeMap, BTreeSet};

use fewbits::book::{Book, Shown};
use fewbits_collector::estimate::at_most;
use serde_json::Value;

use crate::Crowd;
use crate::site::Edition;

/// How often a false failure is accepted, in each direction.
const FALSE_FAILURE: f64 = 5e-5;

/// How many intervals hold what is true.
#[derive(Default)]
pub struct Rates {
    intervals: u64,
    /// Intervals without the share from which the visitors were drawn: one in twenty.
    missed_drawn: u64,
    /// Intervals without the share of all visitors, asked or not: somewhat fewer, for the more
    /// of all are asked the less is left to chance.
    missed_all: u64,
}

impl Rates {
    /// Looks at every cell of an edition.
    pub fn compare(&mut self, edition: &Edition, crowd: &Crowd, audience: &Value) {
        let questions = audience["questions"].as_object().unwrap();
        assert_eq!(questions.len(), 3);
        let mut reports = 0;
        for (at, question) in ["interest", "weather", "habit"].into_iter().enumerate() {
            let (segments, weights) = edition.truth(question);
            let asked = &questions[question];
            reports += asked["reports"].as_u64().unwrap();
            let cells = asked["cells"].as_array().unwrap();
            let mut seen = 0;
            for cell in cells {
                let holds: Vec<usize> = cell["holds"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|segment| segments.iter().position(|s| segment == s).unwrap())
                    .collect();
                seen += holds.len();
                let share = |of: &[u64]| {
                    let inside: u64 = holds.iter().map(|segment| of[*segment]).sum();
                    inside as f64 / of.iter().sum::<u64>() as f64
                };
                let end = |name: &str| cell[name].as_f64().unwrap();
                let misses = |share: f64| u64::from(share < end("low") || end("high") < share);
                self.intervals += 1;
                self.missed_drawn += misses(share(weights));
                self.missed_all += misses(share(&crowd.truth[at]));
                // Segments of a few in a thousand are not shown by themselves.
                let drawn: u64 = holds.iter().map(|segment| weights[*segment]).sum();
                assert!(drawn > 50, "{question}: {cell}");
            }
            assert_eq!(
                seen,
                segments.len(),
                "{question}: every segment is in one cell"
            );
        }
        assert_eq!(reports, crowd.reports.len() as u64);
    }

    /// Whether they miss as often as 95 % intervals do.
    pub fn judge(&self) {
        let Self {
            intervals,
            missed_drawn,
            missed_all,
        } = *self;
        println!("table: visitors");
        println!(
            "| intervals | without the share drawn from | without that of all visitors | 5 % are |"
        );
        println!("|---|---|---|---|");
        let expected = 0.05 * intervals as f64;
        println!("| {intervals} | {missed_drawn} | {missed_all} | {expected:.1} |");
        assert!(intervals > 100);
        // At least so many, and at most so many: both tails of the binomial distribution.
        let at_least = |missed: u64| 1.0 - at_most(missed.saturating_sub(1), intervals, 0.05);
        assert!(at_most(missed_drawn, intervals, 0.05) > FALSE_FAILURE);
        assert!(missed_drawn == 0 || at_least(missed_drawn) > FALSE_FAILURE);
        assert!(missed_all == 0 || at_least(missed_all) > FALSE_FAILURE);
    }
}

/// Whether a book shows its answers by the cells that were published.
pub fn same_partition(audience: &Value, book: &Book) {
    for question in &book.reporting.as_ref().unwrap().questions {
        let dimension = &book.dimensions[usize::from(question.dimension)];
        let mut partition: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (segment, shown) in dimension.segments.iter().zip(&question.shown) {
            let name = match shown {
                Shown::Withheld => "",
                Shown::Any => "any",
                Shown::Group(at) => book.str(dimension.groups[usize::from(*at)].name),
                Shown::Segment(at) => book.str(dimension.segments[usize::from(*at)].name),
            };
            partition
                .entry(name)
                .or_default()
                .insert(book.str(segment.name));
        }
        let cells = audience["questions"][book.str(dimension.name)]["cells"].as_array();
        let cells: BTreeMap<&str, BTreeSet<&str>> = cells
            .unwrap()
            .iter()
            .map(|cell| {
                let holds = cell["holds"].as_array().unwrap().iter();
                (
                    cell["name"].as_str().unwrap(),
                    holds.map(|s| s.as_str().unwrap()).collect(),
                )
            })
            .collect();
        assert_eq!(partition, cells);
    }
}
