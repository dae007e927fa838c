//! What is learned from groups, simulated: a small part of what `scripts/experiments.mjs` draws.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests, which may fail"
)]

#[path = "../../../collector/tests/chance/mod.rs"]
mod chance;
mod rounds;
mod trials;

use rounds::{Policy, Site, regret};
use serde_json::Value;
use trials::{Extent, coverage, different, same};

fn share(of: &Value, end: &str) -> f64 {
    of[end].as_f64().unwrap()
}

#[test]
fn a_test_of_two_that_are_the_same_finds_a_difference_as_often_as_it_says() {
    let extent = Extent {
        runs: 400,
        looks: 10,
    };
    for (epsilon, reports) in [(Some(4.0), 2_000), (None, 2_000)] {
        let found = same(extent, epsilon, 0.1, reports, 1);
        let (once, peeked) = (&found["once"], &found["peeked"]);
        assert!(
            share(once, "low") < 0.05 && 0.03 < share(once, "high"),
            "{found}"
        );
        // Said honestly: looking ten times is another test.
        assert!(share(peeked, "low") > 0.08, "{found}");
        assert!(share(&found["always"], "low") < 0.05, "{found}");
    }
}

#[test]
fn a_difference_is_found_as_often_as_promised() {
    let found = different(300, Some(4.0), 0.1, 0.4, 2);
    for point in found["points"].as_array().unwrap() {
        let promised = share(point, "promised");
        let seen = share(&point["found"], "share");
        assert!((seen - promised).abs() < 0.08, "{point}");
    }
}

#[test]
fn intervals_hold_the_truth() {
    let found = coverage(300, 4.0, &[0.06, 0.08], 3_000, 3);
    for name in ["rate", "difference", "relative"] {
        assert!(share(&found[name], "high") > 0.95, "{name}: {found}");
    }
}

#[test]
fn a_bandit_learns_from_noisy_answers_of_half_of_the_visitors() {
    let site = Site {
        visitors: 4_000,
        shown: 80,
        weeks: 20,
        counted: 50,
        segments: vec![
            ("new", 0.6, vec![0.06, 0.12]),
            ("back", 0.4, vec![0.2, 0.1]),
        ],
        variants: vec!["winter", "plain"],
    };
    const RUNS: u64 = 4;
    let mean = |policy| {
        let ends = (0..RUNS).map(|seed| *regret(&site, policy, seed).last().unwrap());
        ends.sum::<f64>() / RUNS as f64
    };
    let [uniform, fixed, full, ours, plain] = [
        Policy::Uniform,
        Policy::BestFixed,
        Policy::FullInformation,
        Policy::Published(Some(4.0)),
        Policy::Published(None),
    ]
    .map(mean);
    let all = format!("{uniform} {fixed} {full} {ours} {plain}");
    // It pays for waiting and for noise, but the best fixed variant pays for ever.
    assert!(ours < 0.5 * uniform && ours < 0.5 * fixed, "{all}");
    assert!(full < plain && full < ours, "{all}");
    // The last weeks: as good as nothing is missed any more.
    let course = regret(&site, Policy::Published(Some(4.0)), 9);
    let last = course[19] - course[15];
    assert!(
        last < 0.1 * 4.0 * 3_200.0 * (0.6 * 0.03 + 0.4 * 0.05),
        "{last}"
    );
}
