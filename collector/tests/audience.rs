//! What is shown of the counts: nothing under a crowd, whatever is subtracted from whatever.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests, which may fail"
)]

mod chance;

use chance::site::{CROWD, OPEN, add, statement, visitors, week};
use chance::{Seeded, odds};
use fewbits_collector::audience::{Estimate, Shares, answer, crowd};
use fewbits_collector::counts::Counts;
use fewbits_collector::estimate::{Cell, Channel};
use fewbits_collector::statement::Statement;

/// Odds of nearly no noise, so that counts are what they seem.
const PLAIN: u64 = u32::MAX as u64;

fn interest(statement: &Statement, counts: &Counts) -> Shares {
    let mut audience = answer(statement, counts, None, None, None);
    audience.questions.remove("interest").unwrap()
}

fn names(cells: &[Estimate]) -> Vec<(&str, Vec<&str>)> {
    let cells = cells.iter();
    cells
        .map(|cell| {
            (
                cell.name.as_str(),
                cell.holds.iter().map(String::as_str).collect(),
            )
        })
        .collect()
}

/// One week of these visitors, without noise.
fn one_week(given: [u64; 8]) -> Shares {
    let statement = statement(1, PLAIN, &OPEN);
    let mut counts = Counts::new();
    add(&mut counts, &statement, week(0), &given);
    interest(&statement, &counts)
}

#[test]
fn crowds_are_shown_as_they_are() {
    let shares = one_week([60, 70, 80, 90, 100, 110, 120, 130]);
    assert_eq!(shares.cells.len(), 8);
    assert_eq!((shares.merged, shares.suppressed), (0, 0));
    assert_eq!(shares.reports, 760);
    let boots = &shares.cells[0];
    assert_eq!((boots.name.as_str(), boots.count), ("boots", 60));
    assert!(boots.low < boots.share && boots.share < boots.high);
    assert!((boots.share - 60.0 / 760.0).abs() < 1e-3);
}

#[test]
fn small_cells_climb_until_they_are_a_crowd() {
    // Two small ones make a crowd together.
    let shares = one_week([30, 100, 40, 90, 100, 110, 120, 130]);
    let cells = names(&shares.cells);
    assert!(
        cells.contains(&("footwear", vec!["boots", "slippers"])),
        "{cells:?}"
    );
    assert!(cells.contains(&("sandals", vec!["sandals"])));
    assert_eq!((shares.merged, shares.suppressed), (2, 0));

    // One alone would be told from its group by subtraction: it climbs until it meets others.
    let shares = one_week([30, 100, 100, 90, 100, 110, 120, 130]);
    let cells = names(&shares.cells);
    assert!(cells.contains(&("any", vec!["boots", "any"])), "{cells:?}");
    assert_eq!(shares.merged, 2);

    // The rest is too small to be the top: the smallest other cell joins it.
    let shares = one_week([60, 100, 100, 90, 100, 110, 120, 30]);
    let cells = names(&shares.cells);
    assert!(cells.contains(&("any", vec!["boots", "any"])), "{cells:?}");
}

#[test]
fn fewer_than_a_crowd_are_not_shown() {
    let shares = one_week([10, 10, 10, 10, 5, 2, 1, 1]);
    assert_eq!(shares.reports, CROWD - 1);
    assert_eq!(shares.cells, []);
    assert_eq!((shares.merged, shares.suppressed), (0, 8));
    assert_eq!((shares.from, shares.to), (None, None));
    assert_eq!(shares.periods, []);
    // One more, and they are everybody.
    let shares = one_week([10, 10, 10, 10, 5, 2, 1, 2]);
    assert_eq!(shares.cells.len(), 1);
    let any = &shares.cells[0];
    assert_eq!(
        (any.name.as_str(), any.share, any.count),
        ("any", 1.0, CROWD)
    );
    assert_eq!((any.low, any.high), (1.0, 1.0));
}

#[test]
fn noise_is_taken_off_before_cells_are_compared_with_the_crowd() {
    // 1000 visitors at epsilon 1: noise alone names each answer about a hundred times.
    let statement = statement(1, odds(1.0), &OPEN);
    let mut counts = Counts::new();
    add(
        &mut counts,
        &statement,
        week(0),
        &[103, 103, 103, 103, 103, 103, 103, 279],
    );
    let shares = interest(&statement, &counts);
    let cells = names(&shares.cells);
    assert_eq!(cells.len(), 1, "{cells:?}");
    assert_eq!((shares.merged, shares.suppressed), (8, 0));
}

#[test]
fn what_noise_alone_makes_is_no_crowd() {
    // Nobody is in `tents`, but among 20,000 answers at epsilon 2 noise easily makes fifty.
    let statement = statement(1, odds(2.0), &OPEN);
    let people = [4_000, 4_000, 3_000, 0, 2_000, 2_000, 2_000, 3_000];
    let mut chance = Seeded(11);
    let (mut by_estimate, mut shown) = (0, 0);
    for _ in 0..200 {
        let given = chance.counts(&people, odds(2.0));
        let channel = Channel::new(odds(2.0), 8).unwrap();
        let cell = Cell {
            count: given[3],
            holds: 1,
        };
        by_estimate += u32::from(channel.estimate(cell, 20_000).unwrap() * 20_000.0 >= 50.0);
        let mut counts = Counts::new();
        add(&mut counts, &statement, week(0), &given);
        let shares = interest(&statement, &counts);
        shown += u32::from(shares.cells.iter().any(|cell| cell.name == "tents"));
    }
    println!("shown {shown} of 200 times; by the estimate alone {by_estimate}");
    assert!(by_estimate > 30 && shown <= 5, "{by_estimate} {shown}");
}

#[test]
fn a_question_that_is_withheld_has_nothing_to_show() {
    let text = r#"{ "fewbits": 1, "book": "shop", "version": 1, "source": "SOURCE",
      "statement": "s", "hints": null, "report": { "epsilon": 4.0, "odds": 3578144, "crowd": 50,
      "bootstrap": false, "lifetime_bits": 3.32, "questions": { "interest": { "weight": 1,
      "bits": 0.97, "after": 1, "jitter": 1, "outcome": null, "answers": [
        { "segment": "boots", "under": ["any"], "shown": null },
        { "segment": "any", "under": [], "shown": null } ] } } } }"#;
    let statement = Statement::parse(&text.replace("SOURCE", &"0".repeat(64))).unwrap();
    let shares = interest(&statement, &Counts::new());
    assert_eq!(shares.cells, []);
    assert_eq!(
        (shares.reports, shares.merged, shares.suppressed),
        (0, 0, 0)
    );
}

/// Some weeks of chance: sizes, shares and noise.
fn site(seed: u64) -> (Statement, Counts, u32) {
    let mut chance = Seeded(seed);
    let odds = odds([1.0, 2.0, 4.0][chance.below(3) as usize]);
    let statement = statement(1, odds, &OPEN);
    let weights: Vec<f64> = (0..8)
        .map(|_| [0.002, 0.01, 0.1, 0.3][chance.below(4) as usize])
        .collect();
    let weeks = 1 + chance.below(8) as u32;
    let most = [40, 400, 4_000][chance.below(3) as usize];
    let mut counts = Counts::new();
    for number in 0..weeks {
        let reporters = chance.below(most);
        let given = visitors(&mut chance, &weights, reporters);
        let given = chance.counts(&given, odds);
        add(&mut counts, &statement, week(number), &given);
    }
    (statement, counts, weeks)
}

/// How many reporters of a cell are estimated: what a reader can work out of what is shown.
fn size(cell: &Estimate, reports: u64) -> f64 {
    cell.share * reports as f64
}

#[test]
fn whatever_is_subtracted_from_whatever_is_a_crowd() {
    let floor = CROWD as f64 - 1e-3;
    let (mut several, mut finer, mut nothing) = (0, 0, 0);
    for seed in 0..300 {
        let (statement, counts, weeks) = site(seed);
        let all = interest(&statement, &counts);
        let total: u64 = counts.values().sum();
        assert_eq!(all.reports, total);
        assert_eq!(all.cells.is_empty(), total < CROWD);
        partition(&all.cells);
        // Every cell of the whole is a crowd, and of every period.
        assert!(
            all.cells.iter().all(|cell| size(cell, total) >= floor),
            "{seed}"
        );
        for part in &all.periods {
            assert!(
                part.cells.iter().all(|c| size(c, part.reports) >= floor),
                "{seed}"
            );
            partition(&part.cells);
        }
        several += u32::from(all.periods.len() > 1);
        finer += u32::from(all.periods.iter().any(|p| p.cells.len() < all.cells.len()));
        // A cell of the periods is made of whole cells of the whole, so that a period taken from
        // the whole leaves only such cells as the other periods have.
        for part in all.periods.iter().flat_map(|part| &part.cells) {
            for cell in &all.cells {
                let inside = cell.holds.iter().filter(|s| part.holds.contains(s)).count();
                assert!(inside == 0 || inside == cell.holds.len(), "{seed}");
            }
        }
        // What is shown of any other weeks is the sum of periods, and nothing else.
        for from in 0..weeks {
            for to in from..weeks {
                let some = answer(&statement, &counts, None, Some(week(from)), Some(week(to)));
                let some = &some.questions["interest"];
                if some.cells.is_empty() || some.reports == total {
                    nothing += u32::from(some.cells.is_empty());
                    assert!(!some.cells.is_empty() || some.periods.is_empty());
                    continue;
                }
                let inside: Vec<_> = all
                    .periods
                    .iter()
                    .filter(|p| some.periods.contains(p))
                    .collect();
                assert_eq!(some.reports, inside.iter().map(|p| p.reports).sum::<u64>());
                for (at, cell) in some.cells.iter().enumerate() {
                    let sum: f64 = inside.iter().map(|p| size(&p.cells[at], p.reports)).sum();
                    assert!((size(cell, some.reports) - sum).abs() < 1e-6, "{seed}");
                }
            }
        }
    }
    println!("several periods: {several}, coarser in parts: {finer}, shown nothing: {nothing}");
    assert!(several > 50 && finer > 20 && nothing > 200);
}

/// Cells hold every segment once, sum to one, and the display is consistent.
fn partition(cells: &[Estimate]) {
    if cells.is_empty() {
        return;
    }
    let mut held: Vec<_> = cells.iter().flat_map(|cell| &cell.holds).collect();
    held.sort();
    held.dedup();
    assert_eq!(held.len(), 8);
    assert_eq!(cells.iter().map(|cell| cell.holds.len()).sum::<usize>(), 8);
    let sum = |share: fn(&Estimate) -> f64| cells.iter().map(share).sum::<f64>();
    assert!((sum(|cell| cell.share) - 1.0).abs() < 1e-9);
    assert!((sum(|cell| cell.display) - 1.0).abs() < 1e-9);
    assert!(
        cells
            .iter()
            .all(|c| c.display >= 0.0 && c.low <= c.share && c.share <= c.high)
    );
}

#[test]
fn weeks_outside_whole_periods_are_left_out() {
    let statement = statement(1, PLAIN, &OPEN);
    let mut counts = Counts::new();
    // Each week is enough for each of the eight cells to be a crowd.
    for number in 0..4 {
        add(&mut counts, &statement, week(number), &[100; 8]);
    }
    // A quiet week, which joins the one before.
    add(&mut counts, &statement, week(4), &[2; 8]);
    let asked = |from, to| {
        let audience = answer(&statement, &counts, None, Some(week(from)), Some(week(to)));
        audience.questions["interest"].clone()
    };
    let all = interest(&statement, &counts);
    assert_eq!(all.periods.len(), 4);
    assert_eq!(all.weeks.len(), 5);
    let some = asked(1, 3);
    assert_eq!(some.from, Some(week(1).to_string()));
    assert_eq!(some.to, Some(week(2).to_string()));
    assert_eq!(some.reports, 1_600);
    let quiet = asked(4, 4);
    assert_eq!(
        (quiet.reports, quiet.cells.len(), quiet.suppressed),
        (16, 0, 8)
    );
}

#[test]
fn other_books_versions_questions_and_names_are_left_out() {
    let (one, two) = (statement(1, PLAIN, &OPEN), statement(2, PLAIN, &OPEN));
    let mut counts = Counts::new();
    add(&mut counts, &one, week(0), &[60; 8]);
    let alone = interest(&one, &counts);
    add(&mut counts, &two, week(0), &[1_000; 8]);
    let mut strays: Vec<_> = counts.keys().take(3).cloned().collect();
    strays[0].book = "other".into();
    strays[1].question = "other".into();
    strays[2].answer = "other".into();
    counts.extend(strays.into_iter().map(|key| (key, 500)));
    assert_eq!(interest(&one, &counts), alone);
}

/// The example of `docs/estimates.md`, to four digits.
#[test]
fn answers_are_as_documented() {
    let statement = statement(
        7,
        odds(4.0),
        &[
            "boots footwear/any boots",
            "sandals footwear/any sandals",
            "any - any",
        ],
    );
    let mut counts = Counts::new();
    add(&mut counts, &statement, week(8), &[301, 55, 480]);
    add(&mut counts, &statement, week(9), &[270, 48, 455]);
    let documented = |address: &str| -> serde_json::Value {
        let document = include_str!("../../docs/estimates.md");
        let (_, rest) = document.split_once(address).unwrap();
        let (_, rest) = rest.split_once("```json\n").unwrap();
        serde_json::from_str(rest.split_once("```").unwrap().0).unwrap()
    };
    let mut audience = serde_json::to_value(answer(&statement, &counts, None, None, None)).unwrap();
    round(&mut audience);
    let text = serde_json::to_string(&audience).unwrap();
    assert_eq!(
        audience,
        documented("`GET /v1/audience?book=shop`"),
        "{text}"
    );
    let table = serde_json::to_value(crowd(&statement, &counts)).unwrap();
    assert_eq!(table, documented("`GET /v1/crowd?book=shop`"), "{table}");
    assert!(
        answer(&statement, &counts, Some("nothing"), None, None)
            .questions
            .is_empty()
    );
}

fn round(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Number(number) if number.is_f64() => {
            *value = ((number.as_f64().unwrap() * 1e4).round() / 1e4).into();
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(round),
        serde_json::Value::Object(map) => map.values_mut().for_each(round),
        _ => {}
    }
}
