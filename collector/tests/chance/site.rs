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
               "after": 86400, "jitter": 86400, "answers": [{}] }} }} }},
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
