//! What false reports can do to an estimate, and when they are noticed. What is printed after
//! `table:` goes to `docs/generated/estimates.md` (`python3 scripts/estimates.py`).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests, which may fail"
)]

mod chance;

use chance::site::{OPEN, add, statement, visitors, week};
use chance::{Seeded, odds};
use fewbits_collector::audience::{ALARM, Kind, answer};
use fewbits_collector::counts::Counts;
use fewbits_collector::estimate::{Cell, Channel};

/// Estimate of the first of `d` segments when a part of all reports is false, on average over
/// runs, and the standard error of that average.
fn attacked(d: usize, epsilon: f64, share: f64, part: f64, raise: bool, seed: u64) -> (f64, f64) {
    const REPORTS: u64 = 10_000;
    const RUNS: u64 = 40;
    let odds = odds(epsilon);
    let channel = Channel::new(odds, d).unwrap();
    let fakes = (REPORTS as f64 * part).round() as u64;
    let honest = REPORTS - fakes;
    let mut people = vec![0; d];
    people[0] = (honest as f64 * share).round() as u64;
    people[1] = honest - people[0];
    let mut chance = Seeded(seed);
    let (mut sum, mut squares) = (0.0, 0.0);
    for _ in 0..RUNS {
        let mut counts = chance.counts(&people, odds);
        counts[usize::from(!raise)] += fakes;
        let cell = Cell {
            count: counts[0],
            holds: 1,
        };
        let estimate = channel.estimate(cell, REPORTS).unwrap();
        sum += estimate;
        squares += estimate * estimate;
    }
    let mean = sum / RUNS as f64;
    let variance = (squares / RUNS as f64 - mean * mean) * RUNS as f64 / (RUNS - 1) as f64;
    (mean, (variance / RUNS as f64).sqrt())
}

#[test]
fn no_more_than_the_formula_and_no_less() {
    println!("table: poisoning");
    println!(
        "| d | epsilon | share | false | raised to, formula | measured | lowered to, formula | measured |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (d, epsilon) in [(4, 4.0), (8, 4.0), (8, 2.0), (8, 1.0), (16, 4.0), (16, 1.0)] {
        let channel = Channel::new(odds(epsilon), d).unwrap();
        for (share, part) in [(0.01, 0.01), (0.01, 0.05), (0.2, 0.05)] {
            let raised = share + channel.gain(share, 1, part);
            let lowered = share - channel.loss(share, 1, part);
            let seed = 1_000 * d as u64 + (10.0 * epsilon) as u64 + (1e4 * part) as u64;
            let (up, up_error) = attacked(d, epsilon, share, part, true, seed);
            let (down, down_error) = attacked(d, epsilon, share, part, false, seed + 7);
            println!(
                "| {d} | {epsilon} | {:.0} % | {:.0} % | {:.2} % | {:.2} % | {:.2} % | {:.2} % |",
                100.0 * share,
                100.0 * part,
                100.0 * raised,
                100.0 * up,
                100.0 * lowered,
                100.0 * down
            );
            assert!(
                (up - raised).abs() < 4.0 * up_error,
                "{up} {raised} {up_error}"
            );
            assert!(
                (down - lowered).abs() < 4.0 * down_error,
                "{down} {lowered} {down_error}"
            );
        }
    }
}

/// Weeks of honest visitors, and a last one in which a part of all reports names tents.
fn weeks(seed: u64, number: u32, reports: u64, part: f64) -> (f64, u64, Vec<Kind>) {
    let statement = statement(1, odds(4.0), &OPEN);
    let weights = [0.1, 0.15, 0.1, 0.1, 0.15, 0.1, 0.1, 0.2];
    let mut chance = Seeded(seed);
    let mut counts = Counts::new();
    for at in 0..number {
        let fakes = if at + 1 == number {
            (reports as f64 * part).round() as u64
        } else {
            0
        };
        let people = visitors(&mut chance, &weights, reports - fakes);
        let mut given = chance.counts(&people, odds(4.0));
        given[3] += fakes;
        add(&mut counts, &statement, week(at), &given);
    }
    let audience = answer(&statement, &counts, None, None, None);
    let interest = &audience.questions["interest"];
    let kinds = interest.flags.iter().map(|flag| flag.kind).collect();
    (interest.false_alarms, interest.tests, kinds)
}

#[test]
fn honest_weeks_raise_no_alarm() {
    let (mut expected, mut alarms, mut tests) = (0.0, 0, 0);
    for seed in 0..40 {
        let (false_alarms, made, kinds) = weeks(seed, 12, 1_200, 0.0);
        expected += false_alarms;
        tests += made;
        alarms += kinds.len();
    }
    println!("table: alarms");
    println!("| tests of honest weeks | alarms | expected, at most |");
    println!("|---|---|---|");
    println!("| {tests} | {alarms} | {expected:.3} |");
    // Eleven weeks with one before, eight cells; and eight cells against the noise.
    assert_eq!(tests, 40 * (11 * 8 + 8));
    assert!((expected - tests as f64 * ALARM).abs() < 1e-9);
    assert_eq!(alarms, 0);
}

#[test]
fn a_flood_is_noticed_and_a_trickle_is_not() {
    println!("table: floods");
    println!("| reports a week | false in the last week | noticed |");
    println!("|---|---|---|");
    let runs = 30;
    for (reports, part, least, most) in [
        (800, 0.02, 0, 10),
        (800, 0.05, 0, 30),
        (800, 0.1, 28, 30),
        (5_000, 0.02, 0, 30),
        (5_000, 0.05, 30, 30),
    ] {
        let noticed = (0..runs)
            .filter(|seed| {
                weeks(1_000 + seed, 8, reports, part)
                    .2
                    .contains(&Kind::Jump)
            })
            .count();
        println!(
            "| {reports} | {:.0} % | {noticed} of {runs} |",
            100.0 * part
        );
        assert!(
            (least..=most).contains(&noticed),
            "{reports} {part}: {noticed}"
        );
    }
}

#[test]
fn answers_that_noise_would_have_given_are_missed() {
    // Nobody is in `maps`; a third of the reporters never name it, which honest ones now and
    // then do.
    let statement = statement(1, odds(2.0), &OPEN);
    let mut chance = Seeded(5);
    let mut counts = Counts::new();
    let people = visitors(
        &mut chance,
        &[0.2, 0.2, 0.1, 0.1, 0.2, 0.0, 0.1, 0.1],
        3_000,
    );
    let mut given = chance.counts(&people, odds(2.0));
    add(&mut counts, &statement, week(0), &given);
    let flags = |counts: &Counts| {
        let audience = answer(&statement, counts, None, None, None);
        audience.questions["interest"].flags.clone()
    };
    assert_eq!(flags(&counts), []);
    given.fill(0);
    given[0] = 1_500;
    add(&mut counts, &statement, week(0), &given);
    let found = flags(&counts);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].kind, Kind::BelowNoise);
    assert!(found[0].z < -4.0 && found[0].p < ALARM);
}
