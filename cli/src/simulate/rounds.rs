//! The work, in rounds: lines are read in parallel, then visitors are served in parallel, each
//! in the order of the file. The answer does not depend on the number of threads.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::thread;

use fewbits::book::Time;
use fewbits::engine::Rules;
use indicatif::{ProgressBar, ProgressStyle};

use super::batch::Batch;
use super::blocks::{Block, Blocks};
use super::bound::Bound;
use super::delimited::{Records, split};
use super::shard::{Reading, Shard};
use super::source::{Lines, Plan, Source};
use super::tally::{Bad, Tally};
use super::{Arguments, inputs, jsonl, log, table};
use crate::failure::{Failure, Result};

/// Blocks that each thread reads in a round.
const EACH: usize = 2;

/// All visitors.
pub struct Crowd {
    pub shards: Vec<Shard>,
    /// Shard and place of each visitor, by first appearance.
    pub by_number: Vec<(u32, u32)>,
    pub tally: Tally,
}

/// What a thread uses again and again.
struct Worker {
    table: table::Scratch,
    jsonl: jsonl::Scratch,
}

/// Reads all events.
pub fn run(
    rules: &Rules,
    plan: &Plan,
    arguments: &Arguments,
    threads: usize,
    reading: Reading,
) -> Result<Crowd> {
    let shard = |_| {
        let mut shard = Shard::new(rules);
        if arguments.weeks {
            shard.keep_weeks();
        }
        shard
    };
    let mut crowd = Crowd {
        shards: (0..threads).map(shard).collect(),
        by_number: Vec::new(),
        tally: Tally::default(),
    };
    let files = plan.files.iter().map(|f| (f.path.clone(), f.delimiter()));
    let mut blocks = Blocks::new(files.collect());
    let mut batches: Vec<Batch> = (0..threads * EACH)
        .map(|_| Batch::new(threads, arguments.show_visitors))
        .collect();
    let mut workers: Vec<Worker> = (0..threads)
        .map(|_| Worker {
            table: table::Scratch::default(),
            jsonl: jsonl::Scratch::new(rules),
        })
        .collect();
    let mut record = match &arguments.inputs {
        Some(path) => Some(BufWriter::new(
            File::create(path).map_err(|e| Failure::writing(path, &e))?,
        )),
        None => None,
    };
    let progress = progress(plan);
    // The first line of the next block, and the file it is in.
    let mut place = (0, 1);
    let mut first_block = 0;
    let mut ahead = blocks.take(batches.len())?;
    while !ahead.is_empty() {
        let round = ahead;
        ahead = thread::scope(|scope| {
            let reader = scope.spawn(|| blocks.take(threads * EACH));
            let pairs = round
                .chunks(EACH)
                .zip(batches.chunks_mut(EACH))
                .zip(&mut workers);
            for ((blocks, batches), worker) in pairs {
                scope.spawn(|| {
                    for (block, batch) in blocks.iter().zip(batches) {
                        if let Some(source) = plan.files.get(block.file) {
                            read(rules, source, block, worker, batch);
                        }
                    }
                });
            }
            reader.join().unwrap_or_else(|_| {
                Err(Failure::new(
                    "the reading thread failed",
                    "please report it",
                ))
            })
        })?;
        let batches = batches.get_mut(..round.len()).unwrap_or_default();
        serve(&mut crowd.shards, rules, batches, first_block, reading);
        number(&mut crowd);
        for (block, batch) in round.iter().zip(batches) {
            let Some(source) = plan.files.get(block.file) else {
                continue;
            };
            if place.0 != block.file {
                place = (block.file, 1);
            }
            crowd.tally.add(&mut batch.tally, &source.name, place.1);
            place.1 += u64::from(batch.lines);
            if let (Some(out), Some(path)) = (&mut record, &arguments.inputs) {
                let number = |shard: usize, item: &super::batch::Item| {
                    crowd
                        .shards
                        .get(shard)
                        .map_or(0, |s| s.number(item.visitor))
                };
                inputs::write(out, rules.book(), batch, number)
                    .map_err(|e| Failure::writing(path, &e))?;
            }
            progress.inc(block.bytes.len() as u64);
        }
        first_block += round.len() as u64;
        if let Some(bad) = crowd.tally.shown.first().filter(|_| arguments.strict) {
            progress.finish_and_clear();
            let column = bad.column.map_or(String::new(), |c| format!(":{c}"));
            let what = format!("{}:{}{column}: {}", bad.file, bad.line, bad.message);
            return Err(Failure::new(what, &bad.help));
        }
    }
    if let (Some(mut out), Some(path)) = (record, &arguments.inputs) {
        out.flush().map_err(|e| Failure::writing(path, &e))?;
    }
    progress.finish_and_clear();
    for shard in &crowd.shards {
        crowd.tally.add_notes(&shard.notes());
    }
    Ok(crowd)
}

/// Lets each shard take its part of all batches, in their order.
fn serve(shards: &mut [Shard], rules: &Rules, batches: &[Batch], first: u64, reading: Reading) {
    thread::scope(|scope| {
        for (index, shard) in shards.iter_mut().enumerate() {
            scope.spawn(move || {
                for (block, batch) in (first..).zip(batches) {
                    let items = batch.shards.get(index).map_or(&[][..], |items| items);
                    shard.take(rules, batch, items, block, reading);
                }
            });
        }
    });
}

/// Numbers the visitors of this round by first appearance: all of them came after those of
/// the rounds before.
fn number(crowd: &mut Crowd) {
    let mut new: Vec<(u64, u32, u32)> = Vec::new();
    for (shard, of) in (0..).zip(&mut crowd.shards) {
        new.extend(of.newcomers().map(|(first, index)| (first, shard, index)));
    }
    new.sort_unstable();
    for (_, shard, index) in new {
        crowd.by_number.push((shard, index));
        let number = crowd.by_number.len() as u32;
        let visitor = crowd
            .shards
            .get_mut(shard as usize)
            .and_then(|s| s.visitor(index));
        if let Some(visitor) = visitor {
            visitor.number = number;
        }
    }
}

/// Reads everybody's memberships once more, at a time or at each one's own last event.
pub fn finish(crowd: &mut Crowd, rules: &Rules, at: Option<Time>, slots: &[u16]) {
    thread::scope(|scope| {
        for shard in &mut crowd.shards {
            scope.spawn(move || shard.finish(rules, at, slots));
        }
    });
}

/// Reads everybody at the end of each week up to that of a time.
pub fn finish_weeks(crowd: &mut Crowd, rules: &Rules, latest: Time) {
    thread::scope(|scope| {
        for shard in &mut crowd.shards {
            scope.spawn(move || shard.finish_weeks(rules, latest));
        }
    });
}

/// Turns the lines of a block into inputs.
fn read(rules: &Rules, source: &Source, block: &Block, worker: &mut Worker, batch: &mut Batch) {
    batch.clear();
    let mut text = String::from_utf8_lossy(&block.bytes);
    if matches!(text, Cow::Owned(_)) {
        batch.tally.note(
            "part of a file that is not UTF-8: what cannot be read was replaced",
            &source.name,
        );
    }
    if block.first && text.starts_with('\u{feff}') {
        text = Cow::Owned(text.trim_start_matches('\u{feff}').to_owned());
    }
    let mut records = Records::new(&text, source.delimiter());
    if block.first && matches!(source.lines, Lines::Table { header: true, .. }) {
        records.next();
    }
    let mut fields: Vec<Cow<str>> = Vec::new();
    for (line, record) in records.by_ref() {
        if record.trim_ascii().is_empty() {
            continue;
        }
        batch.tally.records += 1;
        let taken = match &source.lines {
            Lines::Jsonl => jsonl::take(rules, record, &mut worker.jsonl, batch),
            Lines::Log(bound) => match log::split(record, &mut fields) {
                Ok(()) => table::take(bound, rules, &fields, &mut worker.table, batch),
                Err((column, expected)) => Err(Bad {
                    reason: "not a line of an access log",
                    column: Some(column as u64),
                    message: format!("{expected} was expected here"),
                    help: "the common and the combined log format are understood",
                }),
            },
            Lines::Table {
                bound, delimiter, ..
            } => match split(record, *delimiter, &mut fields) {
                Ok(()) => row(bound, rules, &fields, worker, batch),
                Err(at) => Err(Bad {
                    reason: "broken quotes",
                    column: Some(at as u64 + 1),
                    message: "this quoted field does not end where it should".to_owned(),
                    help: "a quote inside a quoted field is written twice",
                }),
            },
        };
        if let Err(bad) = taken {
            batch.tally.bad(line, bad);
        }
        batch.records += 1;
    }
    batch.lines = records.lines();
    for _ in 0..block.too_long {
        batch.tally.records += 1;
        batch.tally.bad(
            batch.lines,
            Bad {
                reason: "line too long",
                column: None,
                message: "this line is longer than 64 MB".to_owned(),
                help: "check that the file has one event a line",
            },
        );
        batch.lines += 1;
    }
}

fn row(
    bound: &Bound,
    rules: &Rules,
    fields: &[Cow<str>],
    worker: &mut Worker,
    batch: &mut Batch,
) -> std::result::Result<(), Bad> {
    if fields.len() != bound.columns {
        return Err(Bad {
            reason: "wrong number of columns",
            column: None,
            message: format!(
                "{} columns, and {} were expected",
                fields.len(),
                bound.columns
            ),
            help: "give every line all columns, and quote text that contains the delimiter",
        });
    }
    table::take(bound, rules, fields, &mut worker.table, batch)
}

/// A bar on the terminal; nothing anywhere else.
fn progress(plan: &Plan) -> ProgressBar {
    let total = plan.files.iter().map(|f| f.bytes).sum();
    let style =
        ProgressStyle::with_template("{bar:40} {binary_bytes}/{binary_total_bytes}  {eta} left");
    let bar = ProgressBar::new(total);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
