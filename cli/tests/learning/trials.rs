//! Experiments, simulated as the collector sees them: how often a test finds what is not there,
//! and what is.

use fewbits_collector::estimate::{Aim, Arm, Lift, Pair, Z, always};
use serde_json::{Value, json};

use crate::chance::trial::Trial;
use crate::chance::{Seeded, odds};

/// What is repeated.
#[derive(Clone, Copy)]
pub struct Extent {
    pub runs: u64,
    /// Looks of those who look again and again.
    pub looks: u64,
}

fn halves(epsilon: Option<f64>, base: f64, other: f64) -> Trial {
    Trial {
        variants: vec![(0.5, base), (0.5, other)],
        // Without noise: the least there is, one answer in tens of thousands.
        odds: epsilon.map_or(u32::MAX.into(), odds),
    }
}

fn part(of: u64, runs: u64) -> Value {
    let interval = fewbits_collector::estimate::wilson(of, runs).unwrap();
    json!({ "share": of as f64 / runs as f64, "low": interval.low, "high": interval.high })
}

fn add(a: Arm, b: Arm) -> Arm {
    Arm {
        yes: a.yes + b.yes,
        no: a.no + b.no,
        reports: a.reports + b.reports,
        blur: a.blur,
    }
}

fn finds(pair: &Pair) -> bool {
    pair.p().is_some_and(|p| p < 0.05)
}

/// Two variants that are the same: how often a difference is found, by who looks once at the end,
/// by who looks all the time, and by who does so at the interval that is made for it. And in how
/// many runs p was below each twentieth.
pub fn same(extent: Extent, epsilon: Option<f64>, rate: f64, reports: u64, seed: u64) -> Value {
    let trial = halves(epsilon, rate, rate);
    let mut chance = Seeded(seed);
    let (mut once, mut peeked, mut sure) = (0, 0, 0);
    let mut below = [0_u64; 20];
    for _ in 0..extent.runs {
        let mut sum: Option<Pair> = None;
        let (mut ever, mut doubt) = (false, true);
        for look in 0..extent.looks {
            let upto = |look: u64| reports * look / extent.looks;
            let new = trial.pair(&mut chance, upto(look + 1) - upto(look));
            let now = sum.map_or(new, |sum| Pair {
                base: add(sum.base, new.base),
                other: add(sum.other, new.other),
            });
            ever |= finds(&now);
            let rates = now.base.rate().zip(now.other.rate());
            if let (Some(error), Some((base, other))) = (now.error(), rates) {
                doubt &= (other - base).abs() <= always(error, now.base.reports);
            }
            sum = Some(now);
        }
        let Some(p) = sum.and_then(|sum| sum.p()) else {
            continue;
        };
        once += u64::from(p < 0.05);
        peeked += u64::from(ever);
        sure += u64::from(!doubt);
        for (at, below) in below.iter_mut().enumerate() {
            *below += u64::from(p < (at + 1) as f64 / 20.0);
        }
    }
    let runs = extent.runs;
    json!({
        "epsilon": epsilon, "rate": rate, "reports": reports, "runs": runs, "looks": extent.looks,
        "once": part(once, runs), "peeked": part(peeked, runs), "always": part(sure, runs),
        "below": below.map(|below| below as f64 / runs as f64),
    })
}

/// Two variants that differ: how often that is found, with parts and multiples of the reports
/// that are said to be needed for 80 %.
pub fn different(runs: u64, epsilon: Option<f64>, rate: f64, effect: f64, seed: u64) -> Value {
    let trial = halves(epsilon, rate, rate * (1.0 + effect));
    let mut chance = Seeded(seed);
    // The shares who are shown the variants, as they are.
    let plan = |n: u64| {
        let channel = trial.channel();
        let named = |share: f64| (channel.observed(share, 1) * n as f64).round() as u64;
        let arm = |rate: f64| Arm {
            yes: named(0.5 * rate),
            no: named(0.5 * (1.0 - rate)),
            reports: n,
            blur: channel.blur(1),
        };
        (arm(rate), arm(rate * (1.0 + effect)))
    };
    let (base, other) = plan(10_000_000);
    let needed = |power| Aim { effect, power }.reports(&base, &other, rate).unwrap();
    let points: Vec<Value> = [0.2, 0.4, 0.6, 0.8, 0.9, 0.95]
        .into_iter()
        .map(|power| {
            let reports = needed(power);
            let found = |_| u64::from(finds(&trial.pair(&mut chance, reports)));
            let found: u64 = (0..runs).map(found).sum();
            json!({ "promised": power, "reports": reports, "found": part(found, runs) })
        })
        .collect();
    json!({ "epsilon": epsilon, "rate": rate, "effect": effect, "runs": runs, "points": points })
}

/// How often the intervals hold the truth, and how often those of the delta method would.
pub fn coverage(runs: u64, epsilon: f64, rates: &[f64], reports: u64, seed: u64) -> Value {
    let shown = 0.9 / rates.len() as f64;
    let trial = Trial {
        variants: rates.iter().map(|rate| (shown, *rate)).collect(),
        odds: odds(epsilon),
    };
    let mut chance = Seeded(seed);
    let (base, other) = (rates[0], rates[1]);
    let mut held = [0_u64; 4];
    for _ in 0..runs {
        let pair = trial.pair(&mut chance, reports);
        let rate = pair.base.interval();
        held[0] += u64::from((rate.low..=rate.high).contains(&base));
        let within = |truth: f64, lift: Lift| {
            u64::from(lift.low <= truth && lift.high.is_none_or(|high| truth <= high))
        };
        held[1] += pair
            .difference()
            .map_or(0, |lift| within(other - base, lift));
        // Where the first is estimated at nothing, no ratio is said: nothing wrong.
        held[2] += pair
            .relative()
            .map_or(1, |lift| within(other / base - 1.0, lift));
        held[3] += delta(&pair).map_or(1, |lift| within(other / base - 1.0, lift));
    }
    json!({
        "epsilon": epsilon, "rates": rates, "reports": reports, "runs": runs,
        "rate": part(held[0], runs), "difference": part(held[1], runs),
        "relative": part(held[2], runs), "delta": part(held[3], runs),
    })
}

/// The relative lift by the delta method, for comparison.
fn delta(pair: &Pair) -> Option<Lift> {
    let (base, other) = (pair.base.rate()?, pair.other.rate()?);
    let ratio = other / base;
    let variance = pair.other.variance(other) + ratio * ratio * pair.base.variance(base)
        - 2.0 * ratio * pair.other.covariance(other, &pair.base, base);
    let half = Z * variance.max(0.0).sqrt() / base;
    (base > 0.0).then_some(Lift {
        value: ratio - 1.0,
        low: ratio - 1.0 - half,
        high: Some(ratio - 1.0 + half),
    })
}
