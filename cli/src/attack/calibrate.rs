//! `--calibrate`: the same attack on the mechanisms of the published study, beside its figures.
//! docs/attack.md says where they are from and what had to be chosen to repeat them.

use serde::Serialize;

use super::matching::Attacker;
use super::model::{Dimension, Model, TYPICAL, falling};
use super::noised::{Noise, When};
use super::observed::{FIRST, Observed};
use super::population::Part;
use super::run::{Plan, progress};
use super::sets::anonymity;
use super::tally::Tally;
use super::topics::Topics;

/// Targets that the study attacked among 1,000, 10,000 and 100,000 candidates, as far as it
/// says; it attacked all 10,000 where the rate is low.
const TARGETS: [(usize, f64); 3] = [(1_000, 1_000.0), (10_000, 1_000.0), (100_000, 300.0)];

/// What is attacked.
enum What {
    /// Dimensions, segments of each, rho, what is sent.
    Segments(usize, usize, f64, Noise),
    Topics(Topics),
}

/// A published row: bits a week, and the share of visitors named among 1,000, 10,000 and
/// 100,000 candidates, in per cent.
struct Published {
    name: &'static str,
    what: What,
    weeks: usize,
    bits: Option<f64>,
    named: [Option<f64>; 3],
}

/// One figure beside the published one.
#[derive(Debug, Clone, Serialize)]
pub struct Compared {
    pub mechanism: &'static str,
    pub weeks: usize,
    /// Candidates; 0 for a figure in bits.
    pub visitors: usize,
    /// Share of visitors named, or bits a week.
    pub ours: f64,
    pub low: f64,
    pub high: f64,
    pub published: f64,
    /// Difference in standard errors of both together; none for bits, which have no error.
    pub errors: Option<f64>,
    /// Within 1.96 standard errors; bits: within a twentieth.
    pub agrees: bool,
}

/// All comparisons.
#[derive(Debug, Clone, Serialize)]
pub struct Calibration {
    pub fewbits_attack_calibration: u32,
    pub seed: u64,
    pub figures: Vec<Compared>,
    /// Shares of visitors who are alone, and sizes of sets, beside what was published.
    pub anonymity: Vec<(&'static str, f64, &'static str)>,
}

fn rows() -> Vec<Published> {
    let noise = |when, epsilon| Noise { when, epsilon };
    let raw = |d, s, rho| What::Segments(d, s, rho, noise(When::Fresh, None));
    let fresh = |d, epsilon| What::Segments(d, 8, 1.0, noise(When::Fresh, Some(epsilon)));
    let kept = |d, rho, epsilon| What::Segments(d, 8, rho, noise(When::Memoised, Some(epsilon)));
    let once = |d, s, epsilon| What::Segments(d, s, 1.0, noise(When::Once, epsilon));
    let fifth = |epsilon| What::Segments(1, 8, 1.0, noise(When::Every(5), Some(epsilon)));
    let row = |name, what, weeks, bits, named: [f64; 3]| Published {
        name,
        what,
        weeks,
        bits,
        named: named.map(|share| (share >= 0.0).then_some(share)),
    };
    // Not published.
    const NO: f64 = -1.0;
    vec![
        row(
            "topics, plain Zipf over 469",
            What::Topics(Topics::plain()),
            10,
            Some(2.62),
            [44.3, 20.0, 8.0],
        ),
        row(
            "topics, people of the web",
            What::Topics(Topics::web()),
            1,
            None,
            [1.6, 0.24, 0.02],
        ),
        row(
            "topics, people of the web",
            What::Topics(Topics::web()),
            4,
            None,
            [6.0, 2.3, 1.3],
        ),
        row(
            "topics, people of the web",
            What::Topics(Topics::web()),
            10,
            Some(1.10),
            [16.0, 7.7, 2.3],
        ),
        row(
            "raw, 4 dimensions of 8",
            raw(4, 8, 1.0),
            1,
            None,
            [66.0, 22.0, 3.6],
        ),
        row(
            "raw, 4 dimensions of 8",
            raw(4, 8, 1.0),
            10,
            Some(10.6),
            [100.0, 100.0, 99.8],
        ),
        row(
            "raw, 3 dimensions of 4",
            raw(3, 4, 1.0),
            1,
            None,
            [4.2, 0.48, 0.06],
        ),
        row(
            "raw, 3 dimensions of 4",
            raw(3, 4, 1.0),
            10,
            Some(4.8),
            [96.4, 88.2, 74.3],
        ),
        row(
            "raw, 4 dimensions of 8, rho 0.5",
            raw(4, 8, 0.5),
            10,
            None,
            [95.9, 83.8, 72.0],
        ),
        row(
            "raw, 4 dimensions of 8, rho 0",
            raw(4, 8, 0.0),
            10,
            None,
            [NO, 20.9, NO],
        ),
        row(
            "4 of 8, fresh noise, epsilon 4",
            fresh(4, 4.0),
            10,
            Some(5.8),
            [98.0, 91.0, 81.0],
        ),
        row(
            "4 of 8, fresh noise, epsilon 2",
            fresh(4, 2.0),
            10,
            Some(0.53),
            [26.0, 7.1, 1.3],
        ),
        row(
            "4 of 8, fresh noise, epsilon 1",
            fresh(4, 1.0),
            10,
            Some(0.021),
            [1.1, 0.175, NO],
        ),
        row(
            "4 of 8, remembered noise, epsilon 2",
            kept(4, 1.0, 2.0),
            10,
            Some(0.52),
            [50.0, 31.5, 17.0],
        ),
        row(
            "4 of 8, remembered noise, epsilon 1",
            kept(4, 1.0, 1.0),
            10,
            None,
            [NO, 55.0, NO],
        ),
        row(
            "4 of 8, remembered, epsilon 2, rho 0.5",
            kept(4, 0.5, 2.0),
            10,
            None,
            [NO, 2.75, NO],
        ),
        row(
            "4 of 8, remembered, epsilon 2, rho 0",
            kept(4, 0.0, 2.0),
            10,
            None,
            [NO, 0.19, NO],
        ),
        row(
            "4 of 8, once, epsilon 2",
            once(4, 8, Some(2.0)),
            10,
            None,
            [1.45, 0.20, NO],
        ),
        row(
            "4 of 8, once, epsilon 1",
            once(4, 8, Some(1.0)),
            10,
            None,
            [0.2, 0.02, NO],
        ),
        row(
            "1 of 8, once, epsilon 4",
            once(1, 8, Some(4.0)),
            10,
            Some(1.39),
            [0.58, 0.058, 0.006],
        ),
        row(
            "1 of 8, once, no noise",
            once(1, 8, None),
            10,
            Some(2.68),
            [0.80, 0.083, 0.010],
        ),
        row(
            "1 of 8, once, epsilon 3",
            once(1, 8, Some(3.0)),
            10,
            None,
            [0.38, 0.04, 0.004],
        ),
        row(
            "1 of 16, once, epsilon 3",
            once(1, 16, Some(3.0)),
            10,
            None,
            [NO, 0.042, NO],
        ),
        row(
            "2 of 4, once, epsilon 2.5",
            once(2, 4, Some(2.5)),
            10,
            None,
            [NO, 0.05, NO],
        ),
        row(
            "2 of 4, once, no noise",
            once(2, 4, None),
            10,
            None,
            [NO, 0.16, NO],
        ),
        row(
            "1 of 8, every 5 weeks, epsilon 1.5",
            fifth(1.5),
            10,
            None,
            [NO, 0.023, NO],
        ),
        row(
            "1 of 8, every 5 weeks, epsilon 3",
            fifth(3.0),
            10,
            None,
            [NO, 0.105, NO],
        ),
        row(
            "1 of 8, fresh noise, epsilon 3",
            fresh(1, 3.0),
            10,
            None,
            [NO, 2.1, NO],
        ),
        row(
            "1 of 8, fresh noise, epsilon 1",
            fresh(1, 1.0),
            10,
            None,
            [NO, 0.03, NO],
        ),
        row(
            "1 of 8, remembered noise, epsilon 4",
            kept(1, 1.0, 4.0),
            10,
            None,
            [NO, 22.0, NO],
        ),
        row(
            "1 of 8, remembered noise, epsilon 3",
            kept(1, 1.0, 3.0),
            10,
            None,
            [NO, 12.0, NO],
        ),
        row(
            "1 of 8, remembered noise, epsilon 2",
            kept(1, 1.0, 2.0),
            10,
            None,
            [NO, 4.5, NO],
        ),
    ]
}

impl What {
    fn observe(&self, part: Part, visitors: usize, weeks: usize, seed: u64) -> Observed {
        let round = part.round();
        match self {
            Self::Topics(topics) => topics.observe(visitors, weeks, seed, round),
            Self::Segments(dimensions, segments, rho, noise) => {
                let one = Dimension {
                    shares: falling(*segments),
                    pick: 1,
                };
                let model = Model {
                    dimensions: vec![one; *dimensions],
                    rho: *rho,
                    typical: TYPICAL,
                };
                noise.apply(&model.observe(visitors, weeks, seed, round), seed, round)
            }
        }
    }
}

/// Repeats the study.
pub fn run(plan: &Plan, seed: u64) -> Calibration {
    Calibration {
        fewbits_attack_calibration: super::outcome::FORM,
        seed,
        figures: figures(&rows(), plan, seed),
        anonymity: alike(seed),
    }
}

fn figures(rows: &[Published], plan: &Plan, seed: u64) -> Vec<Compared> {
    let bar = progress(rows.len());
    let mut figures = Vec::new();
    for row in rows {
        bar.set_message(row.name);
        let observe = |part, visitors| row.what.observe(part, visitors, row.weeks, seed);
        let (tables, tuning) = (
            observe(Part::Tables, plan.known),
            observe(Part::Tuning, plan.known.min(3_000)),
        );
        let attacker = Attacker::train(&tables, &tuning);
        if let Some(published) = row.bits {
            let ours = match &row.what {
                What::Topics(topics) => topics.bits(plan.known, seed),
                What::Segments(..) => attacker.tables.bits,
            };
            figures.push(Compared {
                mechanism: row.name,
                weeks: row.weeks,
                visitors: 0,
                ours,
                low: ours,
                high: ours,
                published,
                errors: None,
                agrees: (ours / published - 1.0).abs() <= 0.05,
            });
        }
        for ((visitors, targets), published) in TARGETS.into_iter().zip(row.named) {
            let Some(published) = published.filter(|_| plan.sizes.contains(&visitors)) else {
                continue;
            };
            let published = published / 100.0;
            let mut tally = Tally::default();
            let (some, rounds) = plan.targets(visitors);
            // A low rate needs many attacks, and they are quick.
            let rounds = if published * (visitors as f64) < 300.0 {
                rounds * 10
            } else {
                rounds
            };
            for round in 0..rounds as u64 {
                tally.add(attacker.attack(&observe(Part::Attacked(round), visitors), some));
            }
            let few = published * visitors as f64 <= 20.0;
            let targets = if few { targets.max(10_000.0) } else { targets };
            figures.push(compared(row, visitors, tally, published, targets));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    figures
}

fn compared(
    row: &Published,
    visitors: usize,
    tally: Tally,
    published: f64,
    targets: f64,
) -> Compared {
    let ours = tally.rate();
    let (low, high) = tally.interval();
    // Both are counts of hits; a published figure has two digits, or three from 20 % on.
    let digits = 10f64.powf((published * 100.0).log10().floor() - 1.0) / 100.0;
    let middle = ((ours + published) / 2.0).clamp(1e-9, 1.0);
    let own = middle * (1.0 - middle) / tally.attacks.max(1) as f64;
    let theirs = (middle * (1.0 - middle) / targets).max(1.0 / (targets * targets));
    let error = (own + theirs + digits * digits / 12.0).sqrt();
    let errors = (ours - published) / error;
    Compared {
        mechanism: row.name,
        weeks: row.weeks,
        visitors,
        ours,
        low,
        high,
        published,
        errors: Some(errors),
        agrees: errors.abs() <= 1.96,
    }
}

/// Anonymity sets among 10,000.
fn alike(seed: u64) -> Vec<(&'static str, f64, &'static str)> {
    let sets = |dimensions, weeks, noise| {
        let what = What::Segments(dimensions, 8, 1.0, noise);
        let seen = what.observe(Part::Attacked(0), 10_000, weeks, seed);
        anonymity(seen.site(FIRST), seen.row(), weeks)
    };
    let raw = Noise {
        when: When::Fresh,
        epsilon: None,
    };
    let once = Noise {
        when: When::Once,
        epsilon: Some(4.0),
    };
    let one = sets(1, 10, once);
    vec![
        (
            "raw, 4 dimensions of 8: alone after 1 week, %",
            100.0 * sets(4, 1, raw).unique,
            "7.4",
        ),
        (
            "raw, 4 dimensions of 8: alone after 10 weeks, %",
            100.0 * sets(4, 10, raw).unique,
            "100",
        ),
        (
            "1 of 8, once, epsilon 4: median",
            one.median as f64,
            "2,200 to 2,400",
        ),
        (
            "1 of 8, once, epsilon 4: 5th percentile",
            one.p5 as f64,
            "about 600",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_reports_and_raw_segments_agree_with_the_study() {
        let wanted = |row: &Published| {
            row.name.starts_with("1 of 8, once")
                || row.name.starts_with("2 of 4")
                || (row.name.starts_with("raw, 3") && row.weeks == 1)
        };
        let rows: Vec<Published> = rows().into_iter().filter(wanted).collect();
        assert_eq!(rows.len(), 6);
        let plan = Plan {
            weeks: 10,
            sizes: vec![1_000, 10_000],
            known: 5_000,
            pairs: 1_000_000,
            reports: 1,
        };
        let found = figures(&rows, &plan, 1);
        let rates: Vec<&Compared> = found.iter().filter(|f| f.visitors > 0).collect();
        assert_eq!(rates.len(), 10);
        for figure in rates {
            assert!(figure.agrees, "{figure:?}");
            assert!(figure.ours > 0.0 && figure.low < figure.high);
        }
    }

    #[test]
    fn a_figure_that_is_off_is_said_to_differ() {
        let row = &rows()[4];
        let tally = Tally {
            hits: 500.0,
            attacks: 1_000,
        };
        let figure = compared(row, 1_000, tally, 0.66, 1_000.0);
        assert!(
            !figure.agrees && figure.errors.is_some_and(|e| e < -5.0),
            "{figure:?}"
        );
        assert!(
            compared(
                row,
                1_000,
                Tally {
                    hits: 650.0,
                    ..tally
                },
                0.66,
                1_000.0
            )
            .agrees
        );
    }
}
