//! The attack on each mechanism, at each size.

use indicatif::{ProgressBar, ProgressStyle};

use super::exact::{Exact, Leaked};
use super::gated::Doors;
use super::matching::Attacker;
use super::observed::{FIRST, Observed, SECOND};
use super::outcome::{Mechanism, Rate};
use super::population::{Part, Population};
use super::sets::{Anonymity, anonymity};
use super::tally::Tally;

/// How much is attacked.
#[derive(Debug, Clone)]
pub struct Plan {
    pub weeks: usize,
    /// Numbers of candidates.
    pub sizes: Vec<usize>,
    /// People known at both sites, in each of the two halves.
    pub known: usize,
    /// Pairs of a target and a candidate that are compared at each size, about.
    pub pairs: usize,
    /// Attacks on the gate at each size, at least.
    pub reports: usize,
}

/// Fewest targets of a sample.
const FEWEST: usize = 300;
/// Most repetitions with new people.
const ROUNDS: usize = 10;

impl Plan {
    /// Targets of each round, and rounds.
    pub fn targets(&self, visitors: usize) -> (usize, usize) {
        let visitors = visitors.max(1);
        let targets = (self.pairs / visitors).max(FEWEST).min(visitors);
        let rounds = (self.pairs / (targets * visitors)).clamp(1, ROUNDS);
        (targets, rounds)
    }

    /// Rounds of the attack on the gate.
    fn repeats(&self, visitors: usize) -> u64 {
        let fewest = if self.pairs < 100_000_000 { 1 } else { ROUNDS };
        self.reports.div_ceil(visitors.max(1)).max(fewest) as u64
    }

    /// Weeks after which the rate is looked at.
    fn milestones(&self) -> Vec<usize> {
        let mut weeks: Vec<usize> = [1, 2, 3, 5, 7, 10, 15, 20, 26, 39, 52]
            .into_iter()
            .filter(|week| *week < self.weeks)
            .collect();
        weeks.push(self.weeks);
        weeks
    }

    /// The size at which the way over the weeks is shown: 10,000, or the nearest below.
    fn shown(&self) -> usize {
        let below = self.sizes.iter().copied().filter(|n| *n <= 10_000);
        below
            .max()
            .or(self.sizes.iter().copied().min())
            .unwrap_or(0)
    }
}

/// The gate: what leaves as a report, attacked by exact likelihood; and the same against
/// somebody who knows the segments at the second site.
pub fn gate(doors: &Doors, people: &Population, plan: &Plan, bar: &ProgressBar) -> [Mechanism; 2] {
    let weeks = doors.weeks(plan.weeks);
    let known = people.observe(Part::Tables, plan.known, weeks);
    let mut exact = Exact::new(doors, &known);
    let times = Some(doors.bits().exp2());
    let mut rates = [Vec::new(), Vec::new()];
    let mut sets = Vec::new();
    let mut bits = [0.0; 2];
    let mut ways: Vec<(usize, Tally)> = Vec::new();
    for &visitors in &plan.sizes {
        bar.set_message(format!("the gate, {visitors} visitors"));
        let mut tallies = [Tally::default(); 2];
        let mut last = 0;
        for round in 0..plan.repeats(visitors) {
            let seen = people.observe(Part::Attacked(round), visitors, weeks);
            let run = |site| doors.run(&seen, site, people.seed, Part::Attacked(round).round());
            let leaked = Leaked {
                first: run(FIRST),
                second: run(SECOND),
            };
            let [plain, informed] = &mut tallies;
            plain.add(exact.attack(&leaked));
            informed.add(exact.informed(&leaked, &seen));
            last = seen.visitors();
            if visitors == plan.shown() {
                if ways.is_empty() {
                    ways.extend(plan.milestones().iter().map(|w| (*w, Tally::default())));
                }
                for (week, tally) in &mut ways {
                    tally.add(exact.attack(&leaked.up_to(*week)));
                }
            }
            if round == 0 {
                sets.push(report_sets(&leaked, plan.weeks));
                bits = [exact.bits(&leaked), exact.informed_bits(&leaked)];
            }
        }
        for (rates, tally) in rates.iter_mut().zip(tallies) {
            rates.push(Rate::new(last, plan.weeks, tally, times));
        }
        bar.inc(1);
    }
    let by_week = ways.into_iter();
    let by_week = by_week.map(|(week, tally)| Rate::new(plan.shown(), week, tally, times));
    let by_week: Vec<Rate> = by_week.collect();
    let [plain, informed] = rates;
    let [bits, informed_bits] = bits;
    let mechanism = |id, name: &str, rates, by_week, anonymity, bits| Mechanism {
        id,
        name: name.to_owned(),
        attacker: "exact likelihood",
        bits,
        bits_per: "report",
        rates,
        by_week,
        anonymity,
    };
    let to_segments = "the same, against somebody who reads the segments at the second site";
    [
        mechanism(
            "gate",
            "this book, through the gate",
            plain,
            by_week,
            sets,
            bits,
        ),
        mechanism(
            "gate-informed",
            to_segments,
            informed,
            Vec::new(),
            Vec::new(),
            informed_bits,
        ),
    ]
}

fn report_sets(leaked: &Leaked, weeks: usize) -> Anonymity {
    let said = leaked.first.iter().flat_map(|said| {
        let said = said.map_or([u16::MAX; 3], |s| [s.week, s.question, s.cell]);
        said.into_iter()
    });
    let symbols: Vec<u16> = said.collect();
    anonymity(&symbols, 3, weeks)
}

/// What is told week by week, attacked by learned evidence. `observe` gives people, `most` how
/// often so many can be attacked.
pub fn weekly(
    id: &'static str,
    name: &str,
    plan: &Plan,
    bar: &ProgressBar,
    observe: &dyn Fn(Part, usize, usize) -> Observed,
    most: &dyn Fn(usize) -> usize,
) -> Mechanism {
    bar.set_message(format!("{name}: learning"));
    let tables = observe(Part::Tables, plan.known, plan.weeks);
    let tuning = observe(Part::Tuning, plan.known.min(3_000), plan.weeks);
    let attacker = Attacker::train(&tables, &tuning);
    let mut rates = Vec::new();
    let mut by_week = Vec::new();
    let mut sets = Vec::new();
    for &visitors in &plan.sizes {
        bar.set_message(format!("{name}, {visitors} visitors"));
        let (targets, rounds) = plan.targets(visitors);
        let rounds = rounds.min(most(visitors));
        let mut tally = Tally::default();
        let mut last = 0;
        for round in 0..rounds as u64 {
            let seen = observe(Part::Attacked(round), visitors, plan.weeks);
            last = seen.visitors();
            tally.add(attacker.attack(&seen, targets));
            if round > 0 {
                continue;
            }
            sets.push(anonymity(seen.site(FIRST), seen.row(), plan.weeks));
            if visitors == plan.shown() {
                for week in plan.milestones() {
                    let (tables, tuning) = (tables.up_to(week), tuning.up_to(week));
                    let seen = seen.up_to(week);
                    let some = targets.min(1_000);
                    let tally = Attacker::train(&tables, &tuning).attack(&seen, some);
                    by_week.push(Rate::new(last, week, tally, None));
                    if week < plan.weeks {
                        sets.push(anonymity(seen.site(FIRST), seen.row(), week));
                    }
                }
            }
        }
        rates.push(Rate::new(last, plan.weeks, tally, None));
        bar.inc(1);
    }
    Mechanism {
        id,
        name: name.to_owned(),
        attacker: "learned evidence",
        bits: attacker.tables.bits,
        bits_per: "week",
        rates,
        by_week,
        anonymity: sets,
    }
}

/// A bar on the terminal; nothing anywhere else.
pub fn progress(steps: usize) -> ProgressBar {
    let bar = ProgressBar::new(steps as u64);
    match ProgressStyle::with_template("{bar:40} {pos}/{len}  {msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
