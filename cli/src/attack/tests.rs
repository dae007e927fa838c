//! The attack against what can be counted on paper.

use fewbits::book::Book;
use fewbits::book::author::compile;

use super::exact::{Exact, Leaked};
use super::gated::Doors;
use super::model::{Dimension, Model, TYPICAL, falling};
use super::observed::{FIRST, SECOND};
use super::population::{Part, Population, Source};
use super::tally::Tally;

/// A book with one question about declared plans.
fn book(plans: usize, epsilon: f64) -> Book {
    let names: Vec<String> = (0..plans).map(|i| format!("p{i}")).collect();
    let segments = names
        .iter()
        .skip(1)
        .map(|name| serde_json::json!({ "id": name, "when": { "plan": name } }));
    let json = serde_json::json!({
        "fewbits": 1, "book": "b", "version": 1,
        "signals": { "plan": { "declared": names } },
        "dimensions": { "plan": {
            "why": "a test", "segments": segments.collect::<Vec<_>>(), "otherwise": "p0" } },
        "report": { "questions": { "plan": 1 }, "epsilon": epsilon, "bootstrap": true },
    });
    compile(&json.to_string()).expect("a good book").book
}

fn people(shares: Vec<f64>, rho: f64, seed: u64) -> Population {
    let dimension = Dimension { shares, pick: 1 };
    let model = Model {
        dimensions: vec![dimension],
        rho,
        typical: TYPICAL,
    };
    Population {
        source: Source::MadeUp(model),
        rho,
        seed,
    }
}

/// Attacks the gate of a book in many rounds: by reports, and by one report and the segments.
fn measure(book: &Book, people: &Population, visitors: usize, rounds: u64) -> [Tally; 2] {
    let doors = Doors::new(book);
    let known = people.observe(Part::Tables, 5_000, 1);
    let mut exact = Exact::new(&doors, &known);
    let mut tallies = [Tally::default(); 2];
    for round in 0..rounds {
        let seen = people.observe(Part::Attacked(round), visitors, 1);
        let run = |site| doors.run(&seen, site, people.seed, round);
        let leaked = Leaked {
            first: run(FIRST),
            second: run(SECOND),
        };
        tallies[0].add(exact.attack(&leaked));
        tallies[1].add(exact.informed(&leaked, &seen));
    }
    tallies
}

/// The expected rate of the best attack on three visitors with two plans, by going through all
/// that three pairs of answers can be.
fn enumerated(truth: f64, shares: &[f64]) -> f64 {
    let said = |m: usize, x: usize| if m == x { truth } else { 1.0 - truth };
    let pair =
        |x: usize, y: usize| -> f64 { (0..2).map(|m| shares[m] * said(m, x) * said(m, y)).sum() };
    let alone = |y: usize| pair(0, y) + pair(1, y);
    let mut rate = 0.0;
    for world in 0..64usize {
        let visitors = [world % 4, world / 4 % 4, world / 16].map(|v| (v % 2, v / 2));
        let chance: f64 = visitors.iter().map(|(x, y)| pair(*x, *y)).product();
        for (x, own) in visitors {
            let worth = |y: usize| pair(x, y) / alone(y);
            let best = visitors.iter().map(|v| worth(v.1)).fold(0.0, f64::max);
            let equal = visitors.iter().filter(|v| worth(v.1) == best).count();
            if worth(own) == best {
                rate += chance / equal as f64 / 3.0;
            }
        }
    }
    rate
}

#[test]
fn three_visitors_are_named_as_often_as_enumeration_says() {
    for (epsilon, seed) in [(4.0, 1), (1.0, 2)] {
        let rounds = 20_000;
        let book = book(2, epsilon);
        let shares = vec![0.6, 0.4];
        let people = people(shares.clone(), 1.0, seed);
        let [tally, _] = measure(&book, &people, 3, rounds);
        let truth = f64::exp(epsilon) / (f64::exp(epsilon) + 1.0);
        let expected = enumerated(truth, &shares);
        // The three attacks of a round depend on each other: at most as if they were one.
        let error = (expected * (1.0 - expected) / rounds as f64).sqrt();
        let got = tally.rate();
        assert!(
            (got - expected).abs() < 4.0 * error,
            "{got}, not {expected} +- {error}"
        );
        assert!(
            got > 1.0 / 3.0 + 4.0 * error,
            "no better than a guess: {got}"
        );
    }
}

#[test]
fn who_reads_the_segments_comes_up_to_the_bound_and_not_above() {
    for (plans, epsilon, seed) in [(2, 4.0, 1), (4, 1.0, 2), (8, 4.0, 3), (8, 0.5, 4)] {
        let book = book(plans, epsilon);
        let visitors = 1_000;
        let [blind, informed] = measure(&book, &people(falling(plans), 1.0, seed), visitors, 40);
        let bound = Doors::new(&book).bits().exp2() / visitors as f64;
        let error = (bound / informed.attacks as f64).sqrt();
        // Every segment has somebody in it, so the bound is reached.
        let got = informed.rate();
        assert!(
            (got - bound).abs() < 4.0 * error,
            "{plans}, {epsilon}: {got}, not {bound}"
        );
        assert!(blind.rate() <= got + 4.0 * error);
        assert!((Doors::new(&book).expected_times() / visitors as f64 - bound).abs() < 1e-8);
    }
}

#[test]
fn sites_that_share_no_signal_tell_less() {
    let book = book(8, 4.0);
    let rate = |rho| measure(&book, &people(falling(8), rho, 7), 500, 40)[0].rate();
    let (same, apart) = (rate(1.0), rate(0.0));
    assert!(apart < same, "{apart} {same}");
}
