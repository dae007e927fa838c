//! The crowd table: cumulative, whole, rounded down, and no difference in it under a crowd.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, which may fail"
)]

mod chance;

use std::collections::BTreeMap;

use chance::site::{CROWD, OPEN, add, statement, visitors, week};
use chance::{Seeded, odds};
use fewbits_collector::audience::{answer, crowd};
use fewbits_collector::counts::Counts;
use fewbits_collector::statement::Statement;

const PLAIN: u64 = u32::MAX as u64;

fn table(statement: &Statement, given: &[u64]) -> BTreeMap<String, u64> {
    let mut counts = Counts::new();
    add(&mut counts, statement, week(0), given);
    let mut table = crowd(statement, &counts);
    table.crowds.remove("interest").unwrap_or_default()
}

/// Whether the table is as expected, but for the trace of noise.
fn check(answers: &[&str], given: &[u64], expected: &[(&str, u64)]) {
    let found = table(&statement(1, PLAIN, answers), given);
    let names: Vec<&str> = found.keys().map(String::as_str).collect();
    let mut wanted: Vec<&str> = expected.iter().map(|(name, _)| *name).collect();
    wanted.sort_unstable();
    assert_eq!(names, wanted, "{found:?}");
    for (name, number) in expected {
        assert!(
            found[*name].abs_diff(*number) <= 1,
            "{name}: {}",
            found[*name]
        );
    }
}

#[test]
fn groups_hold_everybody_below() {
    let given = [60, 70, 80, 90, 100, 110, 120, 130];
    let expected = [
        ("boots", 60),
        ("sandals", 70),
        ("slippers", 80),
        ("footwear", 210),
        ("tents", 90),
        ("stoves", 100),
        ("camping", 190),
        ("outdoor", 400),
        ("maps", 110),
        ("novels", 120),
        ("books", 230),
        ("any", 760),
    ];
    check(&OPEN, &given, &expected);
}

#[test]
fn what_is_merged_appears_under_its_coarser_name_alone() {
    // Boots and slippers are shown as footwear.
    let given = [30, 100, 40, 90, 100, 110, 120, 130];
    let expected = [
        ("sandals", 100),
        ("footwear", 170),
        ("tents", 90),
        ("stoves", 100),
        ("camping", 190),
        ("outdoor", 360),
        ("maps", 110),
        ("novels", 120),
        ("books", 230),
        ("any", 720),
    ];
    check(&OPEN, &given, &expected);
}

#[test]
fn a_group_of_which_a_part_went_astray_is_not_named() {
    // Boots climbed to `any`: footwear and outdoor are not known in full any more, and if they
    // were, they would give boots away.
    let given = [30, 100, 100, 90, 100, 110, 120, 130];
    let expected = [
        ("sandals", 100),
        ("slippers", 100),
        ("tents", 90),
        ("stoves", 100),
        ("camping", 190),
        ("maps", 110),
        ("novels", 120),
        ("books", 230),
        ("any", 780),
    ];
    check(&OPEN, &given, &expected);
}

#[test]
fn cells_that_were_merged_when_asked_stay_merged() {
    let answers = [
        "boots footwear/any footwear",
        "slippers footwear/any footwear",
        "sandals footwear/any sandals",
        "any - any",
    ];
    check(
        &answers,
        &[300, 300, 300, 100],
        &[("sandals", 300), ("footwear", 900), ("any", 1_000)],
    );
}

#[test]
fn too_few_reports_make_no_table() {
    let found = table(&statement(1, PLAIN, &OPEN), &[6, 6, 6, 6, 6, 6, 6, 6]);
    assert_eq!(found, BTreeMap::new());
    let empty = crowd(&statement(1, PLAIN, &OPEN), &Counts::new());
    assert_eq!(
        (empty.from, empty.to, empty.crowds),
        (None, None, BTreeMap::new())
    );
}

#[test]
fn all_weeks_count() {
    let statement = statement(3, PLAIN, &OPEN);
    let mut counts = Counts::new();
    for number in [0, 1, 5] {
        add(&mut counts, &statement, week(number), &[30; 8]);
    }
    let table = crowd(&statement, &counts);
    assert_eq!(table.from.as_deref(), Some("2026-W40"));
    assert_eq!(table.to.as_deref(), Some("2026-W45"));
    assert_eq!(table.version, 3);
    assert_eq!(table.crowds["interest"]["any"], 720);
    assert!(table.crowds["interest"]["boots"].abs_diff(90) <= 1);
}

#[test]
fn every_number_and_every_difference_is_a_crowd() {
    let mut with_groups = 0;
    for seed in 0..1_000 {
        let mut chance = Seeded(seed);
        let odds = odds([1.0, 2.0, 4.0][chance.below(3) as usize]);
        let statement = statement(1, odds, &OPEN);
        let weights: Vec<f64> = (0..8)
            .map(|_| [0.002, 0.03, 0.1, 0.3][chance.below(4) as usize])
            .collect();
        let reporters = [60, 500, 3_000][chance.below(3) as usize];
        let given = visitors(&mut chance, &weights, reporters);
        let given = chance.counts(&given, odds);
        let mut counts = Counts::new();
        add(&mut counts, &statement, week(0), &given);
        let table = crowd(&statement, &counts)
            .crowds
            .remove("interest")
            .unwrap();
        assert_eq!(table["any"], reporters);
        let under = |name: &str, top: &str| {
            OPEN.iter().any(|answer| {
                let chain = answer.rsplit_once(' ').unwrap().0.replace(' ', "/");
                let rungs: Vec<&str> = chain.split('/').collect();
                let at = |name: &str| rungs.iter().position(|rung| *rung == name);
                matches!((at(name), at(top)), (Some(low), Some(high)) if low < high)
            })
        };
        for (top, all) in &table {
            assert!(*all >= CROWD, "{seed}: {top} {all}");
            let direct: Vec<u64> = table
                .iter()
                .filter(|(name, _)| under(name, top))
                .filter(|(name, _)| !table.keys().any(|mid| under(name, mid) && under(mid, top)))
                .map(|(_, number)| *number)
                .collect();
            let rest = all - direct.iter().sum::<u64>();
            // A group's own cell may be empty: all below it is shown by finer names.
            let shown = &answer(&statement, &counts, None, None, None).questions["interest"];
            if shown.cells.iter().any(|cell| cell.name == *top) {
                assert!(
                    rest >= CROWD,
                    "{seed}: {top} but for what is below it: {rest}"
                );
            } else {
                with_groups += 1;
                assert!(rest <= direct.len() as u64, "{seed}: {top}: {rest}");
            }
        }
    }
    assert!(with_groups > 100);
}
