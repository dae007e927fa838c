//! The estimator against its closed forms, against another implementation, and its intervals
//! against what they promise. What is printed after `table:` goes to `docs/generated/estimates.md`
//! (`python3 scripts/estimates.py`).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests, which may fail"
)]

mod chance;

use chance::{Seeded, odds, visitors};
use fewbits_collector::estimate::{Cell, Channel, Z, consistent, wilson};

const REPORTS: u64 = 20_000;

/// Mean squared error and greatest deviation of a cell's mean, in its standard errors.
struct Measured {
    mse: f64,
    closed: f64,
    bias: f64,
}

/// Runs the mechanism on whole visitors; `holds` joins neighbouring answers to one cell.
fn measure(d: usize, epsilon: f64, holds: usize, runs: u32, seed: u64) -> Measured {
    let channel = Channel::new(odds(epsilon), d).unwrap();
    let visitors = visitors(d, REPORTS);
    let share = |part: &[u64]| part.iter().sum::<u64>() as f64 / REPORTS as f64;
    let truth: Vec<f64> = visitors.chunks(holds).map(share).collect();
    let variance: Vec<f64> = truth
        .iter()
        .map(|share| channel.variance_of_noise(*share, holds as u32, REPORTS))
        .collect();
    let mut chance = Seeded(seed);
    let (mut squares, mut sums) = (0.0, vec![0.0; truth.len()]);
    for _ in 0..runs {
        let counts = chance.counts(&visitors, odds(epsilon));
        let cells = counts.chunks(holds).map(|part| Cell {
            count: part.iter().sum(),
            holds: holds as u32,
        });
        for (i, cell) in cells.enumerate() {
            let error = channel.estimate(cell, REPORTS).unwrap() - truth[i];
            squares += error * error;
            sums[i] += error;
        }
    }
    let runs = f64::from(runs);
    let cells = truth.len() as f64;
    let z = |(sum, variance): (&f64, &f64)| (sum / runs / (variance / runs).sqrt()).abs();
    Measured {
        mse: squares / runs / cells,
        closed: variance.iter().sum::<f64>() / cells,
        bias: sums.iter().zip(&variance).map(z).fold(0.0, f64::max),
    }
}

#[test]
fn error_is_that_of_the_closed_form_and_there_is_no_bias() {
    println!("table: error");
    println!(
        "| d | epsilon | runs | MSE, closed form | MSE, measured | ratio | mean off by (standard errors) |"
    );
    println!("|---|---|---|---|---|---|---|");
    for d in [4, 8, 16, 64] {
        for epsilon in [1.0, 2.0, 4.0] {
            // Few cells, few squares: the measured error of few runs would itself be too noisy.
            let runs = if d == 4 { 3_000 } else { 300 };
            let seed = 100 * d as u64 + epsilon as u64;
            let m = measure(d, epsilon, 1, runs, seed);
            println!(
                "| {d} | {epsilon} | {runs} | {:.3e} | {:.3e} | {:.3} | {:.1} |",
                m.closed,
                m.mse,
                m.mse / m.closed,
                m.bias
            );
            assert!(
                (m.mse / m.closed - 1.0).abs() < 0.1,
                "d {d}, epsilon {epsilon}"
            );
            assert!(m.bias < 4.0, "d {d}, epsilon {epsilon}: {}", m.bias);
        }
    }
}

#[test]
fn merged_cells_are_as_exact_as_their_closed_form() {
    println!("table: merged");
    println!(
        "| d | answers in a cell | epsilon | runs | MSE, closed form | MSE, measured | ratio |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (d, holds, runs) in [(8, 2, 1_000), (16, 4, 1_000), (64, 16, 1_000)] {
        let m = measure(d, 2.0, holds, runs, 7 * d as u64);
        println!(
            "| {d} | {holds} | 2 | {runs} | {:.3e} | {:.3e} | {:.3} |",
            m.closed,
            m.mse,
            m.mse / m.closed
        );
        assert!(
            (m.mse / m.closed - 1.0).abs() < 0.1,
            "d {d}, cells of {holds}"
        );
        assert!(m.bias < 4.0, "d {d}, cells of {holds}: {}", m.bias);
    }
}

#[test]
fn a_sample_adds_its_own_error() {
    // Each visitor's segment is drawn too: what is estimated is the share in all the world.
    let (d, runs, n) = (4, 3_000, 1_000);
    let shares = [0.5, 0.3, 0.15, 0.05];
    let channel = Channel::new(odds(4.0), d).unwrap();
    let mut chance = Seeded(99);
    let mut squares = [0.0; 4];
    for _ in 0..runs {
        let mut visitors = [0; 4];
        (0..n).for_each(|_| visitors[chance.index(&shares)] += 1);
        let counts = chance.counts(&visitors, odds(4.0));
        for (i, count) in counts.into_iter().enumerate() {
            let error = channel.estimate(Cell { count, holds: 1 }, n).unwrap() - shares[i];
            squares[i] += error * error / f64::from(runs);
        }
    }
    for (square, share) in squares.into_iter().zip(shares) {
        let ratio = square / channel.variance(share, 1, n);
        // Standard error of a measured variance: sqrt(2 / runs), 2.6 %.
        assert!((ratio - 1.0).abs() < 0.1, "{share}: {ratio}");
        let noise_only = square / channel.variance_of_noise(share, 1, n);
        assert!(noise_only > 1.5, "{share}: {noise_only}");
    }
}

/// Vectors of multi-freq-ldpy, by `scripts/estimator_vectors.py`.
#[test]
fn agrees_with_another_implementation() {
    let vectors: serde_json::Value =
        serde_json::from_str(include_str!("vectors/estimator.json")).unwrap();
    let vectors = vectors["vectors"].as_array().unwrap();
    assert!(vectors.len() >= 20);
    let mut compared = 0;
    for vector in vectors {
        let counts: Vec<u64> = serde_json::from_value(vector["counts"].clone()).unwrap();
        let cells: Vec<Vec<usize>> = serde_json::from_value(vector["cells"].clone()).unwrap();
        let raw: Vec<f64> = serde_json::from_value(vector["raw"].clone()).unwrap();
        let channel = Channel::new(vector["odds"].as_u64().unwrap(), counts.len()).unwrap();
        let reports = counts.iter().sum();
        let mut ours = Vec::new();
        for (cell, raw) in cells.iter().zip(&raw) {
            let cell = Cell {
                count: cell.iter().map(|i| counts[*i]).sum(),
                holds: cell.len() as u32,
            };
            let share = channel.estimate(cell, reports).unwrap();
            assert!((share - raw).abs() < 1e-12, "{share} {raw}");
            ours.push(share);
            compared += 1;
        }
        // What it shows is another consistent version than ours (cut off and scaled), so only
        // that both are one is compared.
        let shown = consistent(&ours);
        assert!((shown.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(shown.iter().all(|share| *share >= 0.0));
    }
    assert!(compared >= 200);
}

/// How often an interval holds the true share: exactly, by adding up the binomial
/// probabilities of all counts for which it does.
fn coverage(channel: Channel, share: f64, n: u64, interval: impl Fn(u64) -> (f64, f64)) -> f64 {
    let observed = channel.observed(share, 1);
    let mut log = (1.0 - observed).ln() * n as f64;
    let mut covered = 0.0;
    for count in 0..=n {
        let (low, high) = interval(count);
        if low <= observed && observed <= high {
            covered += log.exp();
        }
        log +=
            ((n - count) as f64 / (count + 1) as f64).ln() + observed.ln() - (1.0 - observed).ln();
    }
    covered
}

/// The plug-in interval, for comparison.
fn wald(count: u64, n: u64) -> (f64, f64) {
    let observed = count as f64 / n as f64;
    let half = Z * (observed * (1.0 - observed) / n as f64).sqrt();
    (observed - half, observed + half)
}

#[test]
fn intervals_hold_what_they_promise() {
    println!("table: coverage");
    println!("| reports | d | epsilon | least | mean | least, plug-in | mean, plug-in |");
    println!("|---|---|---|---|---|---|---|");
    for n in [50, 200, 1_000, 5_000] {
        for (d, epsilon) in [(4, 1.0), (4, 4.0), (8, 1.0), (8, 4.0), (16, 4.0), (64, 4.0)] {
            let channel = Channel::new(odds(epsilon), d).unwrap();
            // Small shares closely, all others in steps of 2 %.
            let shares = (0..20).map(|i| f64::from(i) / 1_000.0);
            let shares: Vec<f64> = shares
                .chain((1..=50).map(|i| f64::from(i) / 50.0))
                .collect();
            let mut rows = [(1.0_f64, 0.0_f64); 2];
            for share in &shares {
                let ours = coverage(channel, *share, n, |count| {
                    let interval = wilson(count, n).unwrap();
                    (interval.low, interval.high)
                });
                let plug_in = coverage(channel, *share, n, |count| wald(count, n));
                for (row, covered) in rows.iter_mut().zip([ours, plug_in]) {
                    row.0 = row.0.min(covered);
                    row.1 += covered / shares.len() as f64;
                }
            }
            let [(least, mean), (worst, low)] = rows;
            println!(
                "| {n} | {d} | {epsilon} | {:.1} % | {:.1} % | {:.1} % | {:.1} % |",
                100.0 * least,
                100.0 * mean,
                100.0 * worst,
                100.0 * low
            );
            let floor = match n {
                50 => 0.89,
                200 => 0.93,
                1_000 => 0.935,
                _ => 0.94,
            };
            assert!(
                least > floor,
                "{n} reports, d {d}, epsilon {epsilon}: {least}"
            );
            assert!(
                (mean - 0.95).abs() < 0.006,
                "{n} reports, d {d}, epsilon {epsilon}: {mean}"
            );
        }
    }
}

#[test]
fn an_interval_is_the_observed_one_through_the_inverse() {
    let channel = Channel::new(odds(4.0), 8).unwrap();
    for (count, holds) in [(0, 1), (3, 1), (500, 3), (1_000, 5)] {
        let cell = Cell { count, holds };
        let share = channel.estimate(cell, 1_000).unwrap();
        let interval = channel.interval(cell, 1_000).unwrap();
        assert!(interval.low <= share && share <= interval.high);
        let observed = wilson(count, 1_000).unwrap();
        assert!((channel.observed(interval.low, holds) - observed.low).abs() < 1e-12);
        assert!((channel.observed(interval.high, holds) - observed.high).abs() < 1e-12);
    }
}

#[test]
fn reports_that_are_needed() {
    println!("table: needed");
    println!(
        "| d | epsilon | 1 % segment to ±10 % | 5 % segment to ±10 % | 1 % segment to ±25 % |"
    );
    println!("|---|---|---|---|---|");
    for (d, epsilon) in [
        (4, 1.0),
        (4, 2.0),
        (4, 4.0),
        (8, 1.0),
        (8, 2.0),
        (8, 3.0),
        (8, 4.0),
        (16, 2.0),
        (16, 4.0),
    ] {
        let channel = Channel::new(odds(epsilon), d).unwrap();
        // Half of the 95 % interval is so much of the share.
        let needed = [(0.01, 0.1), (0.05, 0.1), (0.01, 0.25)].map(|(share, part): (f64, f64)| {
            let reports = (Z * Z * channel.variance(share, 1, 1) / (part * share).powi(2)).ceil();
            let count = (channel.observed(share, 1) * reports).round() as u64;
            let cell = Cell { count, holds: 1 };
            let interval = channel.interval(cell, reports as u64).unwrap();
            let half = (interval.high - interval.low) / 2.0;
            assert!((half / (part * share) - 1.0).abs() < 0.01, "{half}");
            // To two digits.
            let scale = 10_f64.powf(reports.log10().floor() - 1.0);
            (reports / scale).round() * scale
        });
        let [one, five, rough] = needed.map(grouped);
        println!("| {d} | {epsilon} | {one} | {five} | {rough} |");
    }
    // What sampling alone takes.
    let needed = [(0.01, 0.1), (0.05, 0.1), (0.01, 0.25)].map(|(share, part): (f64, f64)| {
        let reports = (Z / part).powi(2) * (1.0 - share) / share;
        grouped((reports / 100.0).round() * 100.0)
    });
    println!("| any | no noise | {} |", needed.join(" | "));
}

#[test]
fn a_segment_of_nobody_is_estimated_near_nothing() {
    println!("table: nobody");
    println!("| reports | epsilon 1 | epsilon 2 | epsilon 3 | epsilon 4 |");
    println!("|---|---|---|---|---|");
    for reports in [500, 2_000, 10_000, 100_000] {
        let spread = [1.0, 2.0, 3.0, 4.0].map(|epsilon| {
            let channel = Channel::new(odds(epsilon), 8).unwrap();
            let spread = reports as f64 * channel.variance(0.0, 1, reports).sqrt();
            format!("{spread:.0}")
        });
        println!("| {} | {} |", grouped(reports as f64), spread.join(" | "));
    }
}

fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
