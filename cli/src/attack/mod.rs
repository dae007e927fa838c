//! `fewbits attack`: tries to tell who is who, from what two sites get of the same visitors.
//! docs/attack.md says what is attacked, how, and what it does not show.

mod calibrate;
mod chance;
mod exact;
mod gated;
mod html;
mod learn;
mod matching;
mod model;
mod noised;
mod observed;
mod outcome;
mod parts;
mod plot;
mod population;
mod published;
mod recorded;
mod run;
mod sets;
mod tally;
#[cfg(test)]
mod tests;
mod text;
mod topics;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use fewbits::engine::Rules;

use crate::failure::{Failure, Result};
use crate::simulate;
use crate::terminal::{Style, counted, grouped};
use gated::Doors;
use outcome::{Bound, FORM, Mechanism, Outcome, People};
use population::{Part, Population, Source};
use recorded::Recorded;
use run::Plan;

/// What to attack.
#[derive(Args)]
pub struct Arguments {
    /// A book, as JSON or compiled
    #[arg(required_unless_present = "calibrate")]
    book: Option<PathBuf>,
    /// Repeat a published study instead, and compare
    #[arg(long, conflicts_with = "book")]
    calibrate: bool,
    /// A file with events: attack recorded visitors instead of made-up ones
    #[arg(short, long, value_name = "FILE", conflicts_with = "calibrate")]
    events: Vec<PathBuf>,
    /// How the rows of a table or a log become events: see docs/cli.md
    #[arg(short, long, value_name = "FILE", requires = "events")]
    map: Option<PathBuf>,
    /// Weeks over which both sites watch
    #[arg(short, long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=52))]
    weeks: u16,
    /// Numbers of candidates, such as 1000,10000
    #[arg(short = 'n', long, value_name = "N", value_delimiter = ',', default_values_t = [1_000u32, 10_000, 100_000],
        value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    visitors: Vec<u32>,
    /// Probability that a signal is the same at both sites in the same week
    #[arg(long, default_value_t = 1.0, value_parser = probability)]
    rho: f64,
    /// People known at both sites, from whom the attacker learns
    #[arg(long, default_value_t = 80_000, value_parser = clap::value_parser!(u32).range(100..=2_000_000))]
    known: u32,
    /// Share of the usual number of attacks: less is quicker, and less sure
    #[arg(long, default_value_t = 1.0, value_parser = probability)]
    effort: f64,
    /// The same seed gives the same attack
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write the outcome as a page with charts, too
    #[arg(long, value_name = "FILE", conflicts_with = "calibrate")]
    html: Option<PathBuf>,
    /// Form of the outcome
    #[arg(short, long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Pairs of a target and a candidate that are compared at each size.
const PAIRS: f64 = 1e8;
/// Attacks on the gate at each size, at least.
const REPORTS: f64 = 3e5;

fn probability(text: &str) -> std::result::Result<f64, String> {
    match text.parse() {
        Ok(p) if (0.0..=1.0).contains(&p) => Ok(p),
        _ => Err("write a number from 0 to 1".to_owned()),
    }
}

/// Whether the attack stays within the bound.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let mut sizes: Vec<usize> = arguments.visitors.iter().map(|n| *n as usize).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let plan = Plan {
        weeks: usize::from(arguments.weeks),
        sizes,
        known: arguments.known as usize / 2,
        pairs: (PAIRS * arguments.effort) as usize,
        reports: (REPORTS * arguments.effort) as usize,
    };
    let style = Style::of(&std::io::stdout());
    let Some(path) = &arguments.book else {
        let found = calibrate::run(&plan, arguments.seed);
        let text = match arguments.format {
            Form::Text => text::calibration(&found, style),
            Form::Json => json(&found)?,
        };
        std::io::stdout().lock().write_all(text.as_bytes())?;
        return Ok(true);
    };
    let rules = Rules::new(crate::book::load(path)?);
    let outcome = attack(&rules, path, plan, arguments)?;
    if let Some(path) = &arguments.html {
        std::fs::write(path, html::render(&outcome)).map_err(|e| Failure::writing(path, &e))?;
    }
    let text = match arguments.format {
        Form::Text => text::render(&outcome, style),
        Form::Json => json(&outcome)?,
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    if !outcome.bound.respected {
        let what = "the attack names more visitors than the proved bound allows";
        let help = "this book's gate does not keep its promise, or this tool is wrong: please report it, with the book and the seed";
        return Err(Failure::new(what, help));
    }
    Ok(true)
}

fn json(found: &impl serde::Serialize) -> Result<String> {
    let mut json = serde_json::to_string_pretty(found)
        .map_err(|e| Failure::new(e, "this is a fault of the tool: please report it"))?;
    json.push('\n');
    Ok(json)
}

fn attack(rules: &Rules, path: &Path, mut plan: Plan, arguments: &Arguments) -> Result<Outcome> {
    let book = rules.book();
    let (people, who, mut notes) = if arguments.events.is_empty() {
        made_up(rules, path, &plan, arguments)?
    } else {
        recorded(rules, path, &mut plan, arguments)?
    };
    notes.push(format!("rho {}, seed {}", arguments.rho, arguments.seed));
    if book.reporting.as_ref().is_some_and(|r| r.hints.is_some()) {
        notes.push("this book also lets hints out: they are not attacked, and charged to the lifetime bits".to_owned());
    }
    let doors = Doors::new(book);
    let bar = run::progress(3 * plan.sizes.len());
    let mut mechanisms: Vec<Mechanism> = run::gate(&doors, &people, &plan, &bar).into();
    let raw = "the same book without the gate: all dimensions, raw, every week";
    let observe = |part, visitors, weeks| people.observe(part, visitors, weeks);
    let most = |visitors| people.rounds(visitors);
    mechanisms.push(run::weekly("raw", raw, &plan, &bar, &observe, &most));
    mechanisms.push(topics(&plan, arguments, &bar));
    bar.finish_and_clear();
    let respected = !mechanisms
        .iter()
        .flat_map(|m| &m.rates)
        .any(outcome::Rate::is_above);
    Ok(Outcome {
        fewbits_attack: FORM,
        book: book.str(book.name).to_owned(),
        version: book.version,
        source_sha256: crate::book::hex(&book.source_hash),
        weeks: plan.weeks,
        rho: arguments.rho,
        seed: arguments.seed,
        people: who,
        bound: Bound {
            bits: doors.bits(),
            times: doors.bits().exp2(),
            expected_times: doors.expected_times(),
            lifetime_bits: book.reporting.as_ref().map(|r| f64::from(r.cap) / 1e6),
            respected,
        },
        mechanisms,
        notes,
    })
}

/// The Topics mechanism, always on made-up visitors, for the same weeks and sizes.
fn topics(plan: &Plan, arguments: &Arguments, bar: &indicatif::ProgressBar) -> Mechanism {
    let web = topics::Topics::web();
    let plan = Plan {
        known: arguments.known as usize / 2,
        ..plan.clone()
    };
    let observe =
        |part: Part, visitors, weeks| web.observe(visitors, weeks, arguments.seed, part.round());
    let name = "for comparison: the Topics mechanism, made-up browsing";
    let mut found = run::weekly("topics", name, &plan, bar, &observe, &|_| usize::MAX);
    found.bits = web.bits(plan.known, arguments.seed);
    found
}

type Who = (Population, People, Vec<String>);

fn made_up(rules: &Rules, path: &Path, plan: &Plan, arguments: &Arguments) -> Result<Who> {
    let (model, counted) = population::model(rules.book(), path, arguments.rho)?;
    let shares = if counted.is_empty() {
        "shares fall evenly, for the book has no crowd table".to_owned()
    } else {
        let counted = counted.join(", ");
        format!("shares of {counted} from the book's crowd table")
    };
    let known = grouped(2 * plan.known as u64);
    let note = format!("made-up visitors; {shares}; {known} more are known at both sites");
    let who = People {
        kind: "simulated",
        counted,
        recorded: 0,
        known: 2 * plan.known,
    };
    let people = Population {
        source: Source::MadeUp(model),
        rho: arguments.rho,
        seed: arguments.seed,
    };
    Ok((people, who, vec![note]))
}

/// Recorded visitors; what is attacked shrinks to what there is.
fn recorded(rules: &Rules, path: &Path, plan: &mut Plan, arguments: &Arguments) -> Result<Who> {
    let map = arguments.map.as_deref();
    let weekly = simulate::weekly(rules, path, &arguments.events, map, plan.weeks)?;
    let recorded = Recorded::new(rules.book(), &weekly, arguments.seed);
    let there = recorded.available(Part::Attacked(0)).len();
    let known = recorded.available(Part::Tables).len();
    if known < 50 {
        let what = format!("the events are of {} visitors", recorded.visitors());
        return Err(Failure::new(what, "an attack needs 200 at least"));
    }
    let visitors = grouped(recorded.visitors() as u64);
    let mut notes = vec![format!(
        "{visitors} recorded visitors: half are known at both sites, half are attacked; visits themselves are no part of it"
    )];
    if recorded.weeks() < plan.weeks {
        let weeks = counted(recorded.weeks() as u64, "week");
        notes.push(format!("the events are of {weeks} only"));
        plan.weeks = recorded.weeks();
    }
    if plan.sizes.iter().any(|size| *size > there) {
        notes.push(format!(
            "{} can be attacked, not more",
            grouped(there as u64)
        ));
        plan.sizes.retain(|size| *size < there);
        plan.sizes.push(there);
    }
    plan.known = known;
    let who = People {
        kind: "recorded",
        counted: Vec::new(),
        recorded: recorded.visitors(),
        known: 2 * known,
    };
    let people = Population {
        source: Source::Recorded(recorded),
        rho: arguments.rho,
        seed: arguments.seed,
    };
    Ok((people, who, notes))
}
