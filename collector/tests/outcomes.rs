//! Outcomes of experiments and bandits: the formulas against other implementations and against
//! simulated visitors, and what is shown of them.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests, which may fail"
)]

mod chance;

use chance::site::{CROWD, trials, week};
use chance::trial::Trial;
use chance::{Seeded, odds};
use fewbits_collector::audience::answer;
use fewbits_collector::counts::{Counts, Key};
use fewbits_collector::estimate::{Aim, Arm, Beta, Blur, Channel, Pair, always, at_most};
use fewbits_collector::outcomes::{Posteriors, Told, outcomes, posteriors};
use fewbits_collector::said::Trial as Kind;
use fewbits_collector::statement::Statement;
use serde_json::{Value, json};

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/outcomes.json")).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    list(value).iter().map(|n| n.as_f64().unwrap()).collect()
}

/// A count of some visitors, none of whom makes noise.
fn plain(counted: &Value, everybody: u64) -> Arm {
    let [yes, of]: [u64; 2] = serde_json::from_value(counted.clone()).unwrap();
    Arm {
        yes,
        no: of - yes,
        reports: everybody,
        blur: Blur::NONE,
    }
}

#[test]
fn without_noise_tests_and_intervals_are_those_of_statsmodels() {
    let vectors = vectors();
    for case in list(&vectors["rate"]) {
        let counted = Value::from(vec![case["count"].clone(), case["of"].clone()]);
        let ends = numbers(&case["interval"]);
        let ours = plain(&counted, 200_000).interval();
        assert!((ours.low - ends[0]).abs() < 1e-10, "{case} {ours:?}");
        assert!((ours.high - ends[1]).abs() < 1e-10, "{case} {ours:?}");
    }
    for case in list(&vectors["test"]) {
        let pair = Pair {
            base: plain(&case["base"], 200_000),
            other: plain(&case["other"], 200_000),
        };
        let p = case["p"].as_f64().unwrap();
        assert!(
            (pair.p().unwrap() / p - 1.0).abs() < 1e-8,
            "{case} {:?}",
            pair.p()
        );
        let (ours, theirs) = (pair.difference().unwrap(), numbers(&case["difference"]));
        // They look for the ends to about seven digits.
        assert!((ours.low - theirs[0]).abs() < 1e-6, "{case} {ours:?}");
        assert!(
            (ours.high.unwrap() - theirs[1]).abs() < 1e-6,
            "{case} {ours:?}"
        );
        let (ours, theirs) = (pair.relative().unwrap(), numbers(&case["ratio"]));
        assert!((ours.low + 1.0 - theirs[0]).abs() < 1e-5, "{case} {ours:?}");
        assert!(
            (ours.high.unwrap() + 1.0 - theirs[1]).abs() < 1e-5,
            "{case} {ours:?}"
        );
    }
}

#[test]
fn without_noise_as_many_are_needed_as_statsmodels_says() {
    for case in list(&vectors()["needed"]) {
        let number = |name: &str| case[name].as_f64().unwrap();
        // Half of all see either: then reports are visitors of both.
        let half = Arm {
            yes: 250,
            no: 250,
            reports: 1_000,
            blur: Blur::NONE,
        };
        let aim = Aim {
            effect: number("effect"),
            power: number("power"),
        };
        let reports = aim.reports(&half, &half, number("rate")).unwrap() as f64;
        let theirs = 2.0 * number("visitors");
        assert!((reports - theirs).abs() < 1.5, "{case}: {reports}");
    }
}

#[test]
fn beta_distributions_are_those_of_scipy() {
    for case in list(&vectors()["beta"]) {
        let [a, b] = ["a", "b"].map(|name| case[name].as_f64().unwrap());
        for quantile in list(&case["quantiles"]) {
            let [p, x]: [f64; 2] = numbers(quantile).try_into().unwrap();
            let ours = Beta { a, b }.quantile(p);
            assert!((ours - x).abs() < 1e-9 * x.max(1e-3), "{case}: {ours}");
        }
    }
    for case in list(&vectors()["posterior"]) {
        let [yes, no, reports]: [u64; 3] = serde_json::from_value(case["counted"].clone()).unwrap();
        let [noise, gap] = ["noise", "gap"].map(|name| case[name].as_f64().unwrap());
        let [a, b]: [f64; 2] = numbers(&case["prior"]).try_into().unwrap();
        let arm = Arm {
            yes,
            no,
            reports,
            blur: Blur::new(noise, gap),
        };
        let ours = Beta { a, b }.after(&[arm]);
        let theirs = numbers(&case["posterior"]);
        assert!((ours.a / theirs[0] - 1.0).abs() < 1e-5, "{case} {ours:?}");
        assert!((ours.b / theirs[1] - 1.0).abs() < 1e-5, "{case} {ours:?}");
    }
}

/// What is promised to happen in 5 % of the runs, and did in so many: with a chance of less than
/// one in ten thousand that a true promise fails here. `slack` is added to the 5 %: the intervals
/// are approximations.
fn rarely(missed: u64, runs: u64, slack: f64) -> bool {
    1.0 - at_most(missed.saturating_sub(1), runs, 0.05 + slack) > 1e-4
}

#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    const RUNS: u64 = 500;
    for (epsilon, rates, reports) in [
        (4.0, vec![0.05, 0.06], 4_000),
        (4.0, vec![0.05, 0.05], 1_500),
        (4.0, vec![0.02, 0.03, 0.02], 8_000),
        (2.0, vec![0.2, 0.25], 4_000),
        (1.0, vec![0.3, 0.4], 6_000),
        (8.0, vec![0.03, 0.04], 2_000),
    ] {
        let shown = 0.9 / rates.len() as f64;
        let trial = Trial {
            variants: rates.iter().map(|rate| (shown, *rate)).collect(),
            odds: odds(epsilon),
        };
        let mut chance = Seeded(1_000 + (epsilon as u64) * 17 + reports);
        let mut missed = [0_u64; 3];
        for _ in 0..RUNS {
            let pair = trial.pair(&mut chance, reports);
            let out = |truth: f64, low: f64, high: Option<f64>| {
                u64::from(truth < low || high.is_some_and(|high| truth > high))
            };
            let rate = pair.base.interval();
            missed[0] += out(rates[0], rate.low, Some(rate.high));
            let truth = rates[1] - rates[0];
            let difference = pair.difference().unwrap();
            missed[1] += out(truth, difference.low, difference.high);
            let truth = rates[1] / rates[0] - 1.0;
            // Where the base is estimated at nothing, no ratio is said.
            if let Some(ratio) = pair.relative() {
                missed[2] += out(truth, ratio.low, ratio.high);
            }
            // The test refuses what the interval does not hold.
            let excludes = difference.low > 0.0 || difference.high.unwrap() < 0.0;
            assert_eq!(pair.p().unwrap() < 0.05, excludes, "{pair:?}");
        }
        for (at, missed) in missed.into_iter().enumerate() {
            assert!(
                rarely(missed, RUNS, 0.005),
                "{epsilon} {rates:?} {at}: {missed}"
            );
        }
    }
}

#[test]
fn where_there_is_no_difference_one_test_in_twenty_finds_one() {
    const RUNS: u64 = 2_000;
    for (epsilon, reports) in [(4.0, 1_000), (4.0, 4_000), (1.0, 4_000)] {
        let trial = Trial {
            variants: vec![(0.5, 0.08); 2],
            odds: odds(epsilon),
        };
        let mut chance = Seeded(7 + reports + epsilon as u64);
        let alarm = |_| u64::from(trial.pair(&mut chance, reports).p().unwrap() < 0.05);
        let alarms: u64 = (0..RUNS).map(alarm).sum();
        // Not more often, and not much more rarely.
        assert!(rarely(alarms, RUNS, 0.0), "{epsilon} {reports}: {alarms}");
        assert!(alarms > RUNS / 40, "{epsilon} {reports}: {alarms}");
    }
}

#[test]
fn a_test_with_as_many_reports_as_needed_finds_the_effect_as_often_as_asked() {
    const RUNS: u64 = 400;
    for (epsilon, rate, effect, power) in [(4.0, 0.1, 0.3, 0.8), (4.0, 0.2, -0.2, 0.9)] {
        let trial = Trial {
            variants: vec![(0.5, rate), (0.5, rate * (1.0 + effect))],
            odds: odds(epsilon),
        };
        let mut chance = Seeded(99);
        // What a reader would ask after a while: from estimates.
        let known = trial.pair(&mut chance, 50_000);
        let aim = Aim { effect, power };
        let reports = aim.reports(&known.base, &known.other, rate).unwrap();
        let found = |_| u64::from(trial.pair(&mut chance, reports).p().unwrap() < 0.05);
        let found: u64 = (0..RUNS).map(found).sum();
        let share = found as f64 / RUNS as f64;
        assert!(
            (share - power).abs() < 0.06,
            "{epsilon} {rate}: {share} with {reports}"
        );
    }
}

/// Looked at each week, a test finds what is not there far more often than it says; the interval
/// for those who look does not.
#[test]
fn looking_every_week_needs_the_wider_interval() {
    const RUNS: u64 = 300;
    let trial = Trial {
        variants: vec![(0.5, 0.1); 2],
        odds: odds(4.0),
    };
    let mut chance = Seeded(5);
    let (mut once, mut ever, mut always_wrong) = (0, 0, 0);
    for _ in 0..RUNS {
        let mut sum: Option<Pair> = None;
        let (mut peeked, mut wrong, mut last) = (false, false, false);
        for _ in 0..20 {
            let week = trial.pair(&mut chance, 500);
            let add = |a: Arm, b: Arm| Arm {
                yes: a.yes + b.yes,
                no: a.no + b.no,
                reports: a.reports + b.reports,
                blur: a.blur,
            };
            let now = sum.map_or(week, |sum| Pair {
                base: add(sum.base, week.base),
                other: add(sum.other, week.other),
            });
            last = now.p().unwrap() < 0.05;
            peeked |= last;
            let half = always(now.error().unwrap(), now.base.reports);
            wrong |= now.difference().unwrap().value.abs() > half;
            sum = Some(now);
        }
        once += u64::from(last);
        ever += u64::from(peeked);
        always_wrong += u64::from(wrong);
    }
    assert!(rarely(once, RUNS, 0.0), "{once}");
    assert!(ever > RUNS / 7, "{ever}");
    assert!(rarely(always_wrong, RUNS, 0.0), "{always_wrong}");
}

/// Posteriors are calibrated: of rates drawn from the prior, 95 in 100 lie in the interval.
#[test]
fn posteriors_hold_what_they_say() {
    const RUNS: u64 = 600;
    for (epsilon, reports) in [(4.0, 500), (4.0, 4_000), (2.0, 2_000)] {
        let mut chance = Seeded(3);
        let mut missed = 0;
        for _ in 0..RUNS {
            // Uniform from 0 to 1, as Beta(1, 1) has it.
            let rate = (chance.next() >> 11) as f64 / (1_u64 << 53) as f64;
            let trial = Trial {
                variants: vec![(0.4, rate), (0.4, 0.1)],
                odds: odds(epsilon),
            };
            let arm = trial.counted(&mut chance, reports)[0];
            let interval = Beta::FLAT.after(&[arm]).interval();
            missed += u64::from(rate < interval.low || interval.high < rate);
        }
        assert!(rarely(missed, RUNS, 0.01), "{epsilon} {reports}: {missed}");
        assert!(missed > RUNS / 50, "{epsilon} {reports}: {missed}");
    }
}

/// A statement with the outcome of a bandit in two segments, which lie under one group; answers
/// are shown as they are, or as `shown` says.
fn bandit(version: u32, odds: u64, shown: &dyn Fn(&str) -> String) -> Statement {
    knowing(version, odds, shown, &json!({}))
}

/// The same where the book knows something already.
fn knowing(
    version: u32,
    odds: u64,
    shown: &dyn Fn(&str) -> String,
    posteriors: &Value,
) -> Statement {
    let mut answers = Vec::new();
    for segment in ["new", "back", "loyal"] {
        for variant in ["winter", "plain"] {
            for end in ["yes", "no"] {
                let name = format!("{segment}.{variant}-{end}");
                let group = if segment == "new" { "" } else { "known" };
                let mut under = vec![format!("any.{variant}-{end}"), "any".to_owned()];
                if !group.is_empty() {
                    under.insert(0, format!("{group}.{variant}-{end}"));
                }
                answers.push(json!({"segment": name, "under": under, "shown": shown(&name)}));
            }
        }
    }
    answers.push(json!({"segment": "any", "under": [], "shown": shown("any")}));
    stated(
        version,
        odds,
        "hero",
        &json!({"of": "bandit", "variants": ["winter", "plain"], "posteriors": posteriors}),
        answers,
    )
}

/// The same for an experiment with these variants.
fn experiment(odds: u64, variants: &[&str]) -> Statement {
    let answers = variants.iter().flat_map(|variant| {
        ["yes", "no"].map(|end| {
            let name = format!("{variant}-{end}");
            json!({"segment": name, "under": [variant, "any"], "shown": name})
        })
    });
    let rest = json!({"segment": "any", "under": [], "shown": "any"});
    let answers = answers.chain([rest]).collect();
    let outcome = json!({"of": "experiment", "variants": variants, "posteriors": {}});
    stated(1, odds, "hero", &outcome, answers)
}

fn stated(version: u32, odds: u64, name: &str, outcome: &Value, answers: Vec<Value>) -> Statement {
    let statement = json!({
        "fewbits": 1, "book": "shop", "version": version, "source": "0".repeat(64),
        "statement": "Reports are not used to find out who sent them.",
        "report": {
            "epsilon": (odds as f64 / 65_536.0).ln(), "odds": odds, "crowd": CROWD,
            "bootstrap": true, "lifetime_bits": 3.7,
            "questions": { name: {
                "weight": 1, "bits": 3.2, "after": 1, "jitter": 1,
                "outcome": outcome, "answers": answers,
            } },
        },
        "hints": null,
    });
    Statement::parse(&statement.to_string()).unwrap()
}

/// What a question counted when its answers were given so often, in the order of the statement.
fn counts(statement: &Statement, given: &[u64]) -> Counts {
    let mut counts = Counts::new();
    let question = &statement.report.as_ref().unwrap().questions["hero"];
    for (answer, given) in question.answers.iter().zip(given) {
        let key = Key {
            book: "shop".into(),
            version: statement.version,
            epoch: week(0),
            question: "hero".into(),
            answer: answer.shown.as_deref().unwrap().into(),
        };
        *counts.entry(key).or_default() += given;
    }
    counts
}

/// Odds of nearly no noise, so that counts are what they seem.
const PLAIN: u64 = u32::MAX as u64;

fn one(statement: &Statement, given: &[u64]) -> Told {
    let aim = Aim {
        effect: 0.1,
        power: 0.8,
    };
    let counts = counts(statement, given);
    let mut found = outcomes(&[statement], statement.version, &counts, None, Some(aim)).unwrap();
    found.outcomes.remove("hero").unwrap()
}

#[test]
fn an_experiment_is_told_with_all_its_errors() {
    let statement = experiment(PLAIN, &["plain", "warm", "cold"]);
    let told = one(&statement, &[100, 900, 150, 850, 60, 940, 1_000]);
    assert_eq!(
        (told.of, told.reports, told.tests),
        (Kind::Experiment, 4_000, 2)
    );
    assert_eq!(told.places.len(), 1);
    let place = &told.places[0];
    assert_eq!((place.within.as_str(), place.withheld.len()), ("any", 0));
    for (variant, (name, rate)) in
        place
            .variants
            .iter()
            .zip([("plain", 0.1), ("warm", 0.15), ("cold", 0.06)])
    {
        assert_eq!(variant.variant, name);
        assert!((variant.rate.value - rate).abs() < 1e-3, "{variant:?}");
        assert!((variant.exposed.value - 0.25).abs() < 1e-3, "{variant:?}");
    }
    let warm = &place.lifts[0];
    assert_eq!(
        (warm.variant.as_str(), warm.against.as_str()),
        ("warm", "plain")
    );
    assert!((warm.difference.value - 0.05).abs() < 1e-3);
    let relative = warm.relative.unwrap();
    assert!((relative.value - 0.5).abs() < 1e-2 && relative.low > 0.0);
    assert!(warm.always.low < warm.difference.low && warm.p < 0.001);
    // 14,800 of each of two variants find a tenth more of 10 % with 80 %; each sees a quarter.
    let needed = warm.needed.unwrap();
    assert!((57_000..61_000).contains(&needed.reports), "{needed:?}");
    assert_eq!(needed.missing, needed.reports - 4_000);
    assert!(needed.low.unwrap() < needed.reports && needed.reports < needed.high.unwrap());
}

#[test]
fn nothing_is_made_of_cells_that_the_audience_does_not_show() {
    let statement = experiment(PLAIN, &["plain", "warm"]);
    // 49 who converted are no crowd: they are shown together with others.
    let told = one(&statement, &[100, 900, 49, 951, 1_000]);
    let place = &told.places[0];
    assert_eq!(place.variants.len(), 1);
    assert_eq!((place.withheld[0].as_str(), place.lifts.len()), ("warm", 0));
    // The first variant is what others are compared with.
    let told = one(&statement, &[49, 951, 100, 900, 1_000]);
    assert_eq!(
        (told.places[0].variants.len(), told.places[0].lifts.len()),
        (1, 0)
    );
    let told = one(&statement, &[1, 2, 3, 4, 5]);
    assert_eq!(told.places[0].withheld.len(), 2);
    // Where everybody was shown a variant, none has to hide that.
    let told = one(&statement, &[100, 900, 150, 850, 0]);
    assert!(told.places[0].withheld.is_empty() && told.places[0].lifts.len() == 1);
    // And what is made is a function of what is shown: rates from the audience's shares.
    let statement = experiment(odds(2.0), &["plain", "warm"]);
    let counted = counts(&statement, &[900, 3_000, 1_000, 3_100, 4_000]);
    let shares = &answer(&statement, &counted, None, None, None).questions["hero"];
    let found = outcomes(&[&statement], 1, &counted, None, None).unwrap();
    let share = |name: &str| {
        let cell = shares.cells.iter().find(|cell| cell.name == name);
        cell.unwrap().share
    };
    for variant in &found.outcomes["hero"].places[0].variants {
        let [yes, no] = ["yes", "no"].map(|end| share(&format!("{}-{end}", variant.variant)));
        assert!((variant.rate.value - yes / (yes + no)).abs() < 1e-12);
        assert!((variant.exposed.value - yes - no).abs() < 1e-12);
    }
}

#[test]
fn answers_that_climbed_are_counted_as_what_they_are_or_not_at_all() {
    // The crowd table of this version merged the converted of two segments into their group.
    let merged = |name: &str| match name {
        "back.winter-yes" | "loyal.winter-yes" => "known.winter-yes".to_owned(),
        other => other.to_owned(),
    };
    let statement = bandit(1, odds(4.0), &merged);
    let question = &statement.report.as_ref().unwrap().questions["hero"];
    let channel = Channel::new(odds(4.0), question.answers.len()).unwrap();
    // Visitors by answer: converted and not, of winter and plain, in each segment; and none.
    let people = [
        600, 5_400, 300, 5_700, 900, 5_100, 600, 5_400, 300, 5_700, 600, 5_400, 9_000,
    ];
    let mut chance = Seeded(11);
    let mut sums = [0.0; 2];
    const RUNS: u64 = 60;
    let all: u64 = people.iter().sum();
    for _ in 0..RUNS {
        let given = chance.counts(&people, odds(4.0));
        let told = one(&statement, &given);
        let known: Vec<_> = told
            .places
            .iter()
            .map(|p| (p.within.as_str(), p.withheld.len()))
            .collect();
        assert_eq!(known, [("new", 0), ("back", 1), ("loyal", 1)]);
        sums[0] += told.places[0].variants[0].rate.value / RUNS as f64;
        // The group's rate counts both names of those who did not convert.
        let found = posteriors(
            &[&statement],
            statement.version,
            &counts(&statement, &given),
        )
        .unwrap();
        sums[1] += found.bandits["hero"].rates["known"]["winter"].value / RUNS as f64;
    }
    // Standard error of a mean: that of one run, over sqrt(60).
    let error = |shown: f64, rate: f64, holds: u32| {
        let blur = channel.blur(holds);
        let n = all as f64;
        let named = |share: f64| ((channel.observed(share * shown, holds)) * n) as u64;
        let arm = Arm {
            yes: named(rate),
            no: named(1.0 - rate),
            reports: all,
            blur,
        };
        4.0 * (arm.variance(rate) / RUNS as f64).sqrt()
    };
    let [new, known] = sums;
    assert!(
        (new - 0.1).abs() < error(6_000.0 / all as f64, 0.1, 1),
        "{new}"
    );
    let off = error(12_000.0 / all as f64, 0.1, 2);
    // Shrunk towards all of them, whose rate is the same.
    assert!((known - 0.1).abs() < off + 2e-4, "{known} {off}");
}

#[test]
fn a_bandit_is_told_what_is_known_from_coarse_to_fine() {
    let open = |name: &str| name.to_owned();
    let statement = bandit(3, PLAIN, &open);
    let given = [
        100, 900, 50, 950, 300, 700, 100, 900, 60, 540, 50, 550, 2_000,
    ];
    let found = posteriors(
        &[&statement],
        statement.version,
        &counts(&statement, &given),
    )
    .unwrap();
    assert_eq!(
        (found.version, &found.bandits["hero"].versions[..]),
        (3, &[3][..])
    );
    let bandit = &found.bandits["hero"];
    let rows: Vec<&str> = bandit.posteriors.keys().map(String::as_str).collect();
    assert_eq!(rows, ["any", "back", "known", "loyal", "new"]);
    // All: what was counted, and one of each before.
    let [a, b] = bandit.posteriors["any"]["winter"];
    assert!(
        (a - 461.0).abs() < 2.0 && (b - 2_141.0).abs() < 10.0,
        "{a} {b}"
    );
    for (place, variant, rate) in [
        ("new", "winter", 0.1),
        ("back", "winter", 0.3),
        ("loyal", "winter", 0.1),
        ("new", "plain", 0.05),
    ] {
        let [a, b] = bandit.posteriors[place][variant];
        let told = bandit.rates[place][variant];
        assert!((a / (a + b) - told.value).abs() < 1e-3);
        assert!(
            told.low < rate && rate < told.high.unwrap(),
            "{place} {told:?}"
        );
        // At most fifty trials more than were counted.
        assert!(a + b < 1_052.0, "{place}: {a} {b}");
    }
    // Fewer than a crowd of the loyal: their row is left out, and the browser takes that above.
    let given = [100, 900, 50, 950, 300, 700, 100, 900, 6, 54, 5, 55, 2_000];
    let found = posteriors(
        &[&statement],
        statement.version,
        &counts(&statement, &given),
    )
    .unwrap();
    let bandit = &found.bandits["hero"];
    assert!(!bandit.posteriors.contains_key("loyal"));
    assert!(bandit.posteriors.contains_key("back"));
    // Of plain too few: what the book says of it is kept; and if it says nothing, plain is
    // expected to be like winter, of which half a conversion is said to be known.
    let given = [
        100, 900, 9, 950, 300, 700, 100, 900, 60, 540, 50, 550, 2_000,
    ];
    let learned = |statement: &Statement| {
        let found = posteriors(&[statement], 3, &counts(statement, &given)).unwrap();
        let row = &found.bandits["hero"].posteriors["new"];
        (row["winter"], row["plain"])
    };
    let (winter, plain) = learned(&statement);
    let [a, b] = plain;
    assert!((a - 0.5).abs() < 1e-3, "{plain:?}");
    assert!((a / (a + b) - winter[0] / (winter[0] + winter[1])).abs() < 1e-3);
    let before = json!({"new": {"winter": [3.0, 17.0], "plain": [12.5, 80.0]}});
    let (again, kept) = learned(&knowing(3, PLAIN, &open, &before));
    assert_eq!((again, kept), (winter, [12.5, 80.0]));
    // Nobody yet: nothing, and the book's bandit stays at Beta(1, 1).
    let found = posteriors(&[&statement], 3, &Counts::new()).unwrap();
    assert!(found.bandits["hero"].posteriors.is_empty());
}

#[test]
fn versions_add_what_they_know_each_by_its_own_noise() {
    let open = |name: &str| name.to_owned();
    let (first, second) = (bandit(1, odds(4.0), &open), bandit(2, odds(2.0), &open));
    // A yes and a no of winter and of plain, in each of three segments, and nobody else.
    let given = |[a, b, c, d]: [u64; 4]| [a, b, c, d, a, b, c, d, a, b, c, d, 5_000];
    let mut both = counts(&first, &given([900, 3_600, 700, 3_800]));
    let alone = posteriors(&[&first], 1, &both).unwrap();
    // Epsilon 2: most of these are noise.
    both.extend(counts(&second, &given([3_200, 4_500, 3_100, 4_600])));
    let together = posteriors(&[&first, &second], 2, &both).unwrap();
    assert_eq!(together.bandits["hero"].versions, [1, 2]);
    let weight = |found: &Posteriors| {
        let [a, b] = found.bandits["hero"].posteriors["new"]["winter"];
        a + b
    };
    assert!(weight(&together) > weight(&alone), "{together:?}");
    let reports = together.bandits["hero"].reports;
    assert_eq!(reports, both.values().sum::<u64>());
}

/// A book that is deployed anew each week asks the same in each version: then its versions are
/// counted together, and only what is a crowd in those that say nothing by themselves is told.
#[test]
fn versions_that_ask_the_same_are_counted_together() {
    let open = |name: &str| name.to_owned();
    let versions = [1, 2, 3].map(|version| bandit(version, PLAIN, &open));
    let all = [&versions[0], &versions[1], &versions[2]];
    let told = |given: [[u64; 2]; 3]| {
        let mut sum = Counts::new();
        for (statement, [winter, loyal]) in versions.iter().zip(given) {
            let given = [
                winter, 900, 60, 900, 70, 900, 80, 900, loyal, 90, 90, 900, 2_000,
            ];
            sum.extend(counts(statement, &given));
        }
        let found = outcomes(&all, 2, &sum, None, None).unwrap();
        let told = &found.outcomes["hero"];
        assert_eq!(told.versions, [1, 2, 3]);
        assert_eq!(told.reports, sum.values().sum::<u64>());
        let shown = |at: usize| !told.places[at].withheld.contains(&"winter".to_owned());
        (shown(0), shown(2))
    };
    // Thirty each: a crowd together, and told in no version by itself.
    assert_eq!(told([[30, 60], [30, 60], [30, 60]]), (true, true));
    // Two versions tell their own. What is left would be the ten of the third.
    assert_eq!(told([[60, 60], [60, 60], [10, 60]]), (false, true));
    // What is left is a crowd.
    assert_eq!(told([[60, 60], [30, 60], [30, 60]]), (true, true));
    // Other answers, or another noise, are another question.
    let other = bandit(4, odds(4.0), &open);
    let sum = counts(&versions[0], &[60; 13]);
    let found = outcomes(&[&versions[0], &other], 1, &sum, None, None).unwrap();
    assert_eq!(found.outcomes["hero"].versions, [1]);
}

/// The examples of `docs/experiments.md`, to four digits.
#[test]
fn answers_are_as_documented() {
    let (statement, counted) = trials(&mut Seeded(21), odds(4.0));
    let documented = |address: &str| -> Value {
        let document = include_str!("../../docs/experiments.md");
        let (_, rest) = document.split_once(address).unwrap();
        let (_, rest) = rest.split_once("```json\n").unwrap();
        serde_json::from_str(rest.split_once("```").unwrap().0).unwrap()
    };
    let aim = Aim {
        effect: 0.1,
        power: 0.8,
    };
    let found = outcomes(&[&statement], 9, &counted, Some("hero-copy"), Some(aim));
    let mut found = serde_json::to_value(found).unwrap();
    round(&mut found);
    assert_eq!(found, documented("`GET /v1/outcomes?book=B"), "{found}");
    let mut found = serde_json::to_value(posteriors(&[&statement], 9, &counted)).unwrap();
    round(&mut found);
    assert_eq!(found, documented("`GET /v1/posteriors?book=B"), "{found}");
}

fn round(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            *value = ((number.as_f64().unwrap() * 1e4).round() / 1e4).into();
        }
        Value::Array(items) => items.iter_mut().for_each(round),
        Value::Object(map) => map.values_mut().for_each(round),
        _ => {}
    }
}
