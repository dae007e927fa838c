//! The simulations behind docs/experiments.md, as JSON: `node scripts/experiments.mjs` runs this
//! and draws. Everything is seeded.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a simulation, which may fail"
)]

#[path = "../../collector/tests/chance/mod.rs"]
mod chance;
#[path = "../tests/learning/rounds.rs"]
mod rounds;
#[path = "../tests/learning/trials.rs"]
mod trials;

use rounds::{Policy, Site, regret};
use serde_json::{Value, json};
use trials::{Extent, coverage, different, same};

fn main() {
    let all = json!({
        "same": everything_alike(),
        "different": differences(),
        "coverage": coverages(),
        "bandit": bandit(),
    });
    println!("{}", serde_json::to_string_pretty(&all).unwrap());
}

fn everything_alike() -> Vec<Value> {
    let extent = Extent {
        runs: 4_000,
        looks: 20,
    };
    let sizes = [1_000, 4_000, 16_000, 64_000];
    let four = sizes.map(|reports| same(extent, Some(4.0), 0.05, reports, reports));
    let rest = [
        same(extent, Some(4.0), 0.2, 4_000, 1),
        same(extent, Some(1.0), 0.2, 16_000, 2),
        same(extent, None, 0.05, 16_000, 3),
    ];
    four.into_iter().chain(rest).collect()
}

fn differences() -> Vec<Value> {
    let epsilons = [None, Some(4.0), Some(3.0), Some(2.0)];
    let epsilons = epsilons.into_iter().enumerate();
    epsilons
        .map(|(at, epsilon)| different(2_000, epsilon, 0.1, 0.2, 10 + at as u64))
        .collect()
}

fn coverages() -> Vec<Value> {
    const RUNS: u64 = 4_000;
    vec![
        coverage(RUNS, 4.0, &[0.05, 0.06], 4_000, 1),
        coverage(RUNS, 4.0, &[0.05, 0.05], 1_500, 2),
        coverage(RUNS, 4.0, &[0.02, 0.03, 0.02], 8_000, 3),
        coverage(RUNS, 4.0, &[0.05, 0.06], 40_000, 4),
        coverage(RUNS, 2.0, &[0.2, 0.25], 4_000, 5),
        coverage(RUNS, 1.0, &[0.3, 0.4], 6_000, 6),
        coverage(RUNS, 8.0, &[0.03, 0.04], 2_000, 7),
    ]
}

fn bandit() -> Value {
    const RUNS: u64 = 100;
    let site = Site {
        visitors: 10_000,
        shown: 80,
        weeks: 26,
        counted: 50,
        segments: vec![
            ("new", 0.6, vec![0.06, 0.09]),
            ("back", 0.4, vec![0.14, 0.08]),
        ],
        variants: vec!["winter", "plain"],
    };
    let policies = [
        ("uniform", Policy::Uniform),
        ("best fixed", Policy::BestFixed),
        ("epsilon 4", Policy::Published(Some(4.0))),
        ("epsilon 2", Policy::Published(Some(2.0))),
        ("no noise", Policy::Published(None)),
        ("full information", Policy::FullInformation),
    ];
    let courses = policies.map(|(name, policy)| {
        let runs: Vec<Vec<f64>> = (0..RUNS).map(|seed| regret(&site, policy, seed)).collect();
        let weeks = (0..site.weeks as usize).map(|week| {
            let mut missed: Vec<f64> = runs.iter().map(|run| run[week]).collect();
            missed.sort_by(f64::total_cmp);
            let mean = missed.iter().sum::<f64>() / RUNS as f64;
            let at = |part: f64| missed[(part * (RUNS - 1) as f64).round() as usize];
            json!({ "mean": mean, "low": at(0.05), "high": at(0.95) })
        });
        json!({ "policy": name, "weeks": weeks.collect::<Vec<_>>() })
    });
    let segments = site.segments.iter();
    let segments = segments
        .map(|(name, share, rates)| json!({ "segment": name, "share": share, "rates": rates }));
    json!({
        "visitors": site.visitors, "weeks": site.weeks, "counted": site.counted, "runs": RUNS,
        "variants": site.variants, "segments": segments.collect::<Vec<_>>(),
        "policies": courses,
    })
}
