//! A bandit, week by week: visitors are shown variants that are drawn from the posteriors of this
//! week's book, some of them answer weeks later, through randomised response; the collector makes
//! the posteriors of the next book of what it has by then.

use std::collections::BTreeMap;

use fewbits::decisions::{Stream, beta};
use fewbits_collector::counts::{Counts, Key};
use fewbits_collector::epoch::Epoch;
use fewbits_collector::outcomes::posteriors;
use fewbits_collector::statement::Statement;
use serde_json::json;

use crate::chance::{Seeded, odds};

/// A site: who comes, and what becomes of whom.
#[derive(Clone)]
pub struct Site {
    /// Visitors of a week, each of whom comes once.
    pub visitors: u64,
    /// How many of a hundred are shown a variant.
    pub shown: u64,
    pub weeks: u32,
    /// How many of a hundred agree to be counted, and come back when it is time to answer.
    pub counted: u64,
    /// Name, share of the visitors, and how many of those who are shown a variant convert.
    pub segments: Vec<(&'static str, f64, Vec<f64>)>,
    pub variants: Vec<&'static str>,
}

/// Who decides.
#[derive(Clone, Copy, PartialEq)]
pub enum Policy {
    /// Each variant as often as any other.
    Uniform,
    /// Always the one that is best for all together: what a test that was decided in time would
    /// have found.
    BestFixed,
    /// Draws from what is known of every visitor, exactly and at once.
    FullInformation,
    /// Draws from the posteriors in the book. `None`: answers without noise.
    Published(Option<f64>),
}

/// Conversions that were missed, up to the end of each week: against whoever knows the best
/// variant of each segment, as parts of a conversion that were to be expected.
pub fn regret(site: &Site, policy: Policy, seed: u64) -> Vec<f64> {
    let mut run = Run::new(site, policy, seed);
    let mut missed = 0.0;
    let weeks = (0..site.weeks).map(|week| {
        missed += run.week(week);
        missed
    });
    weeks.collect()
}

struct Run<'s> {
    site: &'s Site,
    policy: Policy,
    chance: Seeded,
    draws: Stream,
    fixed: usize,
    /// By segment and variant: a and b.
    known: Vec<Vec<(f64, f64)>>,
    odds: u64,
    /// Answers on their way: the week in which they arrive, and which they are.
    coming: BTreeMap<u32, Vec<usize>>,
    counts: Counts,
}

impl<'s> Run<'s> {
    fn new(site: &'s Site, policy: Policy, seed: u64) -> Self {
        let odds = match policy {
            Policy::Published(Some(epsilon)) => odds(epsilon),
            _ => u64::from(u32::MAX),
        };
        let whole = |variant: usize| {
            let parts = site
                .segments
                .iter()
                .map(|(_, share, rates)| share * rates[variant]);
            parts.sum::<f64>()
        };
        let mut fixed: Vec<usize> = (0..site.variants.len()).collect();
        fixed.sort_by(|a, b| whole(*b).total_cmp(&whole(*a)));
        let mut key = [0; 16];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        Self {
            site,
            policy,
            chance: Seeded(seed),
            draws: Stream::new(&key, [0, 0]),
            fixed: fixed[0],
            known: vec![vec![(1.0, 1.0); site.variants.len()]; site.segments.len()],
            odds,
            coming: BTreeMap::new(),
            counts: Counts::new(),
        }
    }

    /// A week's visitors, then its answers and the next book. What was missed.
    fn week(&mut self, week: u32) -> f64 {
        let shares: Vec<f64> = self.site.segments.iter().map(|segment| segment.1).collect();
        let mut missed = 0.0;
        for _ in 0..self.site.visitors {
            if self.chance.below(100) >= self.site.shown {
                self.answer(week, None);
                continue;
            }
            let segment = self.chance.index(&shares);
            let rates = &self.site.segments[segment].2;
            let variant = self.choose(segment);
            let best = rates.iter().copied().fold(0.0, f64::max);
            missed += best - rates[variant];
            let rate = rates[variant];
            let converted = self.chance.index(&[rate, 1.0 - rate]) == 0;
            self.learn(week, segment, variant, converted);
        }
        self.publish(week);
        missed
    }

    fn choose(&mut self, segment: usize) -> usize {
        match self.policy {
            Policy::Uniform => self.chance.below(self.site.variants.len() as u64) as usize,
            Policy::BestFixed => self.fixed,
            Policy::FullInformation | Policy::Published(_) => {
                let draws = self.known[segment].iter();
                let draws = draws.map(|(a, b)| beta(*a, *b, &mut self.draws).unwrap());
                let best = draws.enumerate().max_by(|x, y| x.1.total_cmp(&y.1));
                best.unwrap().0
            }
        }
    }

    fn learn(&mut self, week: u32, segment: usize, variant: usize, converted: bool) {
        if self.policy == Policy::FullInformation {
            let (a, b) = &mut self.known[segment][variant];
            *(if converted { a } else { b }) += 1.0;
        }
        let place = segment * self.site.variants.len() + variant;
        self.answer(week, Some(2 * place + usize::from(!converted)));
    }

    /// Some are asked, and answer weeks later; who was shown nothing says so.
    fn answer(&mut self, week: u32, truth: Option<usize>) {
        let asked = matches!(self.policy, Policy::Published(_));
        if asked && self.chance.below(100) < self.site.counted {
            let answers = 2 * self.site.variants.len() * self.site.segments.len() + 1;
            let truth = truth.unwrap_or(answers - 1);
            let answer = self.chance.answer(truth, self.odds, answers);
            // Two weeks for the goal, and up to two more by chance.
            let days = 14 + self.chance.below(14) as u32;
            let arrives = week + (self.chance.below(7) as u32 + days) / 7;
            self.coming.entry(arrives).or_default().push(answer);
        }
    }

    /// What has arrived is counted, and the next week's book carries what is known now.
    fn publish(&mut self, week: u32) {
        if !matches!(self.policy, Policy::Published(_)) {
            return;
        }
        let statement = statement(self.site, self.odds, &self.known);
        let answers = &statement.report.as_ref().unwrap().questions["hero"].answers;
        for answer in self.coming.remove(&week).unwrap_or_default() {
            let key = Key {
                book: "shop".into(),
                version: 1,
                epoch: Epoch::from_number(2_960 + week).unwrap(),
                question: "hero".into(),
                answer: answers[answer].segment.as_str().into(),
            };
            *self.counts.entry(key).or_default() += 1;
        }
        let found = posteriors(&[&statement], 1, &self.counts).unwrap();
        let rows = &found.bandits["hero"].posteriors;
        for (segment, known) in self.site.segments.iter().zip(&mut self.known) {
            // As the author's tool does: a thin segment has the row above.
            let row = rows.get(segment.0).or_else(|| rows.get("any"));
            for (variant, known) in self.site.variants.iter().zip(known) {
                *known = row.map_or((1.0, 1.0), |row| row[*variant].into());
            }
        }
    }
}

/// The statement of the book of such a site, with what its bandit knows now.
fn statement(site: &Site, odds: u64, known: &[Vec<(f64, f64)>]) -> Statement {
    let rows = site.segments.iter().zip(known).map(|(segment, row)| {
        let pairs = site.variants.iter().zip(row);
        let pairs = pairs.map(|(variant, (a, b))| (variant.to_string(), json!([a, b])));
        (
            segment.0.to_owned(),
            pairs.collect::<serde_json::Map<_, _>>().into(),
        )
    });
    let rows: serde_json::Map<String, serde_json::Value> = rows.collect();
    let mut answers = Vec::new();
    for (segment, ..) in &site.segments {
        for variant in &site.variants {
            for end in ["yes", "no"] {
                let name = format!("{segment}.{variant}-{end}");
                let under = [format!("any.{variant}-{end}"), "any".to_owned()];
                answers.push(json!({ "segment": name, "under": under, "shown": name }));
            }
        }
    }
    answers.push(json!({ "segment": "any", "under": [], "shown": "any" }));
    let statement = json!({
        "fewbits": 1, "book": "shop", "version": 1, "source": "0".repeat(64),
        "statement": "Reports are not used to find out who sent them.",
        "report": {
            "epsilon": (odds as f64 / 65_536.0).ln(), "odds": odds, "crowd": 50,
            "bootstrap": true, "lifetime_bits": 3.32,
            "questions": { "hero": {
                "weight": 1, "bits": 3.0, "after": 1_209_600, "jitter": 1_209_600,
                "outcome": { "of": "bandit", "variants": site.variants, "posteriors": rows }, "answers": answers,
            } },
        },
        "hints": null,
    });
    Statement::parse(&statement.to_string()).unwrap()
}
