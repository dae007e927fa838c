//! A site whose visitors report, for the tests of what is shown of them.

use fewbits_collector::counts::{Counts, Key};
use fewbits_collector::epoch::Epoch;
use fewbits_collector::statement::Statement;

use super::Seeded;

/// The floor of these sites.
pub const CROWD: u64 = 50;

/// A version of the book `shop` with the one question `interest`: each answer with the groups
/// above it and the name by which it is shown, as `"boots footwear/any boots"`.
pub fn statement(version: u32, odds: u64, answers: &[&str]) -> Statement {
    let answers: Vec<String> = answers.iter().map(|text| answer(text)).collect();
    Statement::parse(&format!(
        r#"{{ "fewbits": 1, "book": "shop", "version": {version}, "source": "{}",
             "statement": "Reports are not used to find out who sent them.",
             "report": {{ "epsilon": {}, "odds": {odds}, "crowd": {CROWD}, "bootstrap": true,
               "lifetime_bits": 3.32, "questions": {{ "interest": {{ "weight": 1, "bits": 2.83,
               "after": 86400, "jitter": 86400, "outcome": null, "answers": [{}] }} }} }},
             "hints": null }}"#,
        "0".repeat(64),
        (odds as f64 / 65_536.0).ln(),
        answers.join(", ")
    ))
    .unwrap()
}

fn answer(text: &str) -> String {
    let [segment, under, shown]: [&str; 3] = text
        .split(' ')
        .collect::<Vec<_>>()
        .try_into()
        .expect("segment, groups, name");
    let under: Vec<String> = under
        .split('/')
        .filter(|group| *group != "-")
        .map(|group| format!("\"{group}\""))
        .collect();
    format!(
        r#"{{ "segment": "{segment}", "under": [{}], "shown": "{shown}" }}"#,
        under.join(", ")
    )
}

/// Eight segments on two ladders, each shown as it is.
pub const OPEN: [&str; 8] = [
    "boots footwear/outdoor/any boots",
    "sandals footwear/outdoor/any sandals",
    "slippers footwear/outdoor/any slippers",
    "tents camping/outdoor/any tents",
    "stoves camping/outdoor/any stoves",
    "maps books/any maps",
    "novels books/any novels",
    "any - any",
];

/// The week after so many others.
pub fn week(number: u32) -> Epoch {
    "2026-W40".parse::<Epoch>().unwrap().plus(number)
}

/// Adds a week's reports: how often each answer of the statement was given, before it climbed.
pub fn add(counts: &mut Counts, statement: &Statement, week: Epoch, given: &[u64]) {
    let question = &statement.report.as_ref().unwrap().questions["interest"];
    for (answer, given) in question.answers.iter().zip(given) {
        let key = Key {
            book: "shop".into(),
            version: statement.version,
            epoch: week,
            question: "interest".into(),
            answer: answer.shown.as_deref().unwrap().into(),
        };
        *counts.entry(key).or_default() += given;
    }
}

/// So many visitors of some weights, as whole numbers that differ from week to week.
pub fn visitors(chance: &mut Seeded, weights: &[f64], number: u64) -> Vec<u64> {
    let mut visitors = vec![0; weights.len()];
    (0..number).for_each(|_| visitors[chance.index(weights)] += 1);
    visitors
}

/// The same book with an experiment and a bandit in two segments, and what they counted.
pub fn trials(chance: &mut Seeded, odds: u64) -> (Statement, Counts) {
    let ends = ["yes", "no"];
    let pairs = |place: &'static str, variants: [&'static str; 3]| {
        let variants = variants.into_iter().filter(|variant| !variant.is_empty());
        variants.flat_map(move |variant| ends.map(|end| (place, variant, end)))
    };
    let answers = |trial: Vec<(&str, &str, &str)>| {
        let name = |(place, variant, end): &(&str, &str, &str)| match *place {
            "" => (format!("{variant}-{end}"), format!(r#""{variant}", "any""#)),
            _ => (
                format!("{place}.{variant}-{end}"),
                format!(r#""any.{variant}-{end}", "any""#),
            ),
        };
        let mut answers: Vec<String> = trial
            .iter()
            .map(name)
            .map(|(name, under)| {
                format!(r#"{{ "segment": "{name}", "under": [{under}], "shown": "{name}" }}"#)
            })
            .collect();
        answers.push(r#"{ "segment": "any", "under": [], "shown": "any" }"#.to_owned());
        answers.join(", ")
    };
    let question = |of: &str, variants: &str, answers: &str| {
        format!(
            r#"{{ "weight": 1, "bits": 3.1, "after": 1209600, "jitter": 1209600,
               "outcome": {{ "of": "{of}", "variants": [{variants}], "posteriors": {{}} }},
               "answers": [{answers}] }}"#
        )
    };
    let copy = answers(pairs("", ["control", "warm", "bold"]).collect());
    let places = ["new", "back"].into_iter();
    let hero = answers(
        places
            .flat_map(|place| pairs(place, ["winter", "plain", ""]))
            .collect(),
    );
    let statement = Statement::parse(&format!(
        r#"{{ "fewbits": 1, "book": "shop", "version": 9, "source": "{}",
             "statement": "Reports are not used to find out who sent them.",
             "report": {{ "epsilon": {}, "odds": {odds}, "crowd": {CROWD}, "bootstrap": true,
               "lifetime_bits": 3.32, "questions": {{
                 "hero-copy": {}, "hero-new": {} }} }},
             "hints": null }}"#,
        "0".repeat(64),
        (odds as f64 / 65_536.0).ln(),
        question("experiment", r#""control", "warm", "bold""#, &copy),
        question("bandit", r#""winter", "plain""#, &hero),
    ))
    .unwrap();
    let mut counts = Counts::new();
    // Shares of the visitors, in the order of the answers.
    let copy = [0.024, 0.276, 0.033, 0.267, 0.021, 0.279, 0.1];
    let hero = [0.03, 0.27, 0.008, 0.112, 0.02, 0.18, 0.018, 0.122, 0.24];
    for (name, shares) in [("hero-copy", &copy[..]), ("hero-new", &hero)] {
        for at in 0..6 {
            let number = 2_000 + chance.below(500);
            let people = visitors(chance, shares, number);
            let given = chance.counts(&people, odds);
            let question = &statement.report.as_ref().unwrap().questions[name];
            for (answer, given) in question.answers.iter().zip(given) {
                let key = Key {
                    book: "shop".into(),
                    version: 9,
                    epoch: week(at),
                    question: name.into(),
                    answer: answer.segment.as_str().into(),
                };
                *counts.entry(key).or_default() += given;
            }
        }
    }
    (statement, counts)
}
