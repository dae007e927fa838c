//! `fewbits simulate`: tries a book on recorded events. Events in, segments out, by the same
//! core that runs in the browser.

mod batch;
mod blocks;
mod bound;
mod context;
mod decided;
pub mod delimited;
mod forms;
mod inputs;
mod jsonl;
mod log;
mod lookups;
mod mapping;
mod named;
mod output;
mod pattern;
mod rounds;
mod shard;
mod source;
mod summary;
mod table;
mod tally;
mod text;
mod time;
mod weekly;

use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use fewbits::book::Time;
use fewbits::engine::Rules;
use serde::Deserialize;

use crate::failure::{Failure, Result};
use crate::terminal::Style;
use shard::Reading;

/// What to simulate.
#[derive(Args)]
pub struct Arguments {
    /// A book, as JSON or compiled
    book: PathBuf,
    /// A file with events; several are read one after the other
    #[arg(short, long, required = true, value_name = "FILE")]
    events: Vec<PathBuf>,
    /// How the rows of a table or a log become events: see docs/cli.md
    #[arg(short, long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Form of the events (default: as the mapping or the file's ending says)
    #[arg(short, long, value_enum)]
    format: Option<Format>,
    /// Write each visitor's segments here, as JSON lines; `-` is the standard output
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Add to each visitor's line what this slot shows at the end; may be given several times
    #[arg(long, value_name = "SLOT", requires = "out")]
    decide: Vec<String>,
    /// Write every input that passed the door here, by name, as JSON lines
    #[arg(long, value_name = "FILE")]
    inputs: Option<PathBuf>,
    /// A set of segments held by fewer visitors is thin
    #[arg(short, default_value_t = 50)]
    k: u64,
    /// Read memberships at the end, or after each input to see how stable they are
    #[arg(long, value_enum, default_value_t = At::End)]
    at: At,
    /// The time of the last reading: that of the newest event (`last`), of each visitor's own
    /// last event (`own`), or a time such as 2026-11-23T10:00:00Z
    #[arg(long, default_value = "last", value_name = "WHEN")]
    as_of: AsOf,
    /// Form of the summary
    #[arg(long, value_enum, default_value_t = Form::Text)]
    summary: Form,
    /// Number of threads (default: one for each processor)
    #[arg(short, long, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Fail at the first line that cannot be used
    #[arg(long)]
    strict: bool,
    /// Name visitors as the file does, instead of by number: this may be an address
    #[arg(long)]
    show_visitors: bool,
    /// Keep what everybody is at the end of each week.
    #[arg(skip)]
    weeks: bool,
}

pub use weekly::{Weekly, weekly};

/// Form of the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// One event a line, as JSON
    Jsonl,
    /// A table with a header line
    Csv,
    /// A web server's access log, common or combined
    Log,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum At {
    /// At the end
    End,
    /// After each input
    Each,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Clone, Copy)]
enum AsOf {
    Last,
    Own,
    At(Time),
}

impl FromStr for AsOf {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text {
            "last" => Ok(Self::Last),
            "own" => Ok(Self::Own),
            _ => time::Format::Any.read(text).map(Self::At).map_err(|_| {
                format!(
                    "write `last`, `own`, or a time: {}",
                    time::Format::Any.example()
                )
            }),
        }
    }
}

/// Always `true`: bad lines are counted, and fatal only with `--strict`.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let rules = Rules::new(crate::book::load(&arguments.book)?);
    let slots = decided::slots(rules.book(), &arguments.decide)?;
    let plan = source::plan(&rules, arguments)?;
    let threads = arguments.threads.map_or_else(
        || std::thread::available_parallelism().map_or(1, usize::from),
        usize::from,
    );
    let each = arguments.at == At::Each;
    let reading = if each || bound::depends_on_path(rules.book()) {
        Reading::Each
    } else {
        Reading::End
    };
    let started = now();
    let mut crowd = rounds::run(&rules, &plan, arguments, threads, reading)?;
    if crowd.by_number.is_empty() {
        return Err(nothing(&crowd.tally));
    }
    let newest = crowd.shards.iter().map(|s| s.newest).max().unwrap_or(0);
    let as_of = match arguments.as_of {
        AsOf::Last => Some(newest),
        AsOf::Own => None,
        AsOf::At(time) => Some(time),
    };
    let warnings = warnings(&plan, newest, as_of);
    rounds::finish(&mut crowd, &rules, as_of, &slots);
    let sets = output::Sets::merge(&crowd);
    if let Some(path) = &arguments.out {
        output::write(path, &crowd, &sets, &rules, &slots, each)?;
    }
    let seconds = now().duration_since(started).as_secs_f64();
    let mut summary = output::summary(&crowd, &sets, &rules, arguments.k, as_of);
    summary.warnings = warnings;
    summary.stability = each.then(|| output::stability(&crowd));
    summary.speed.seconds = (seconds * 1e3).round() / 1e3;
    summary.speed.events_per_second = (summary.events as f64 / seconds.max(1e-6)) as u64;
    summary.speed.threads = threads;
    show(&summary, arguments)?;
    Ok(true)
}

/// The summary goes to the standard output, unless the visitors are there.
fn show(summary: &summary::Summary, arguments: &Arguments) -> Result<()> {
    let beside = arguments
        .out
        .as_ref()
        .is_some_and(|path| path.as_os_str() == "-");
    let style = if beside {
        Style::plain()
    } else {
        Style::of(&std::io::stdout())
    };
    let text = match arguments.summary {
        Form::Text => text::render(summary, style),
        Form::Json => {
            let mut json = serde_json::to_string_pretty(summary)
                .map_err(|e| Failure::new(e, "this is a fault of the tool: please report it"))?;
            json.push('\n');
            json
        }
    };
    if beside {
        std::io::stderr().lock().write_all(text.as_bytes())?;
    } else {
        std::io::stdout().lock().write_all(text.as_bytes())?;
    }
    Ok(())
}

fn warnings(plan: &source::Plan, newest: Time, as_of: Option<Time>) -> Vec<String> {
    let mut warnings = plan.warnings.clone();
    if newest > today() {
        let newest = time::written(newest);
        warnings.push(if as_of.is_some() {
            format!("the newest event is in the future ({newest}); `--as-of` sets another time")
        } else {
            format!("the newest event is in the future ({newest})")
        });
    }
    warnings
}

/// No line of the input was an event.
fn nothing(tally: &tally::Tally) -> Failure {
    let mut text = match (tally.records, tally.bad_total()) {
        (0, _) => "there are no events in the input".to_owned(),
        (n, 0) => format!(
            "none of {n} lines is an event: the mapping ignores them, or has no rule for them"
        ),
        (n, _) => format!("none of {n} lines can be used"),
    };
    let mut help = "check that the format and the mapping belong to this file".to_owned();
    if let Some(example) = tally.shown.first() {
        let column = example
            .column
            .map_or(String::new(), |c| format!(", column {c}"));
        text = format!(
            "{text}; {} line {}{column}: {}",
            example.file, example.line, example.message
        );
        help.clone_from(&example.help);
    }
    Failure::new(text, help)
}

#[expect(
    clippy::disallowed_methods,
    reason = "tells how long a simulation took, and nothing else"
)]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

#[expect(
    clippy::disallowed_methods,
    reason = "for the warning about events in the future alone"
)]
fn today() -> Time {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(Time::MAX, |now| {
        Time::try_from(now.as_secs()).unwrap_or(Time::MAX)
    })
}
