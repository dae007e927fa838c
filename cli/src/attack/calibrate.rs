//! `--calibrate`: the same attack on the mechanisms of the published study, beside its figures.
//! docs/attack.md says where they are from and what had to be chosen to repeat them.

use serde::Serialize;

use super::matching::Attacker;
use super::noised::{Noise, When};
use super::observed::FIRST;
use super::population::Part;
use super::published::{Published, What, rows};
use super::run::{Plan, progress};
use super::sets::anonymity;
use super::tally::Tally;

/// Targets that the study attacked among 1,000, 10,000 and 100,000 candidates, as far as it
/// says; it attacked all 10,000 where the rate is low.
const TARGETS: [(usize, f64); 3] = [(1_000, 1_000.0), (10_000, 1_000.0), (100_000, 300.0)];

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
