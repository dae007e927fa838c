//! `fewbits model run`: what the models of a book say about the rows of a table.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use fewbits::book::{Book, Kind};
use fewbits::models::Models;

use crate::book::{load, text};
use crate::failure::{Failure, Result};

/// Which book, and which rows.
#[derive(Args)]
pub struct Arguments {
    /// A book, as JSON or compiled
    book: PathBuf,
    /// A table with a column for each signal that the models read; empty fields are missing
    rows: PathBuf,
}

/// Always `true`: errors fail.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let book = load(&arguments.book)?;
    let table = text(&arguments.rows)?;
    let mut lines = table.lines().filter(|line| !line.trim().is_empty());
    let header: Vec<&str> = lines
        .next()
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .collect();
    let columns: Vec<Option<u16>> = header.iter().map(|name| named(&book, name)).collect();
    if book.models.is_empty() {
        let what = format!("`{}` has no models", arguments.book.display());
        return Err(Failure::new(
            what,
            "import one: `fewbits model import FILE.onnx`",
        ));
    }
    for input in book.models.iter().flat_map(|model| &model.inputs) {
        if !columns.contains(&Some(input.signal)) {
            let signal = book.signals.get(usize::from(input.signal));
            let name = signal.map_or("", |signal| book.str(signal.name));
            let what = format!("`{}` has no column `{name}`", arguments.rows.display());
            return Err(Failure::new(
                what,
                "give it a column for each signal that a model reads",
            ));
        }
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let names: Vec<&str> = book
        .models
        .iter()
        .map(|model| book.str(model.name))
        .collect();
    writeln!(out, "{}", names.join(","))?;
    let mut models = Models::new(&book);
    for (number, line) in (2..).zip(lines) {
        let fields = line.split(',').map(str::trim);
        for (column, field) in columns.iter().zip(fields) {
            let Some(signal) = column else { continue };
            let value = value(&book, *signal, field).ok_or_else(|| {
                let what = format!(
                    "`{}`, row {number}: `{field}` is no value of its signal",
                    arguments.rows.display()
                );
                Failure::new(what, "write a number, an item of the signal, or nothing")
            })?;
            models.assign(*signal, value);
        }
        let said: Vec<String> = book
            .models
            .iter()
            .map(|model| {
                let value = models.evaluate(model);
                match model.classes.get(value as usize) {
                    Some(class) if model.is_class() => book.str(*class).to_owned(),
                    _ => value.to_string(),
                }
            })
            .collect();
        writeln!(out, "{}", said.join(","))?;
    }
    out.flush()?;
    Ok(true)
}

/// The signal that a column is, if it has a memory of its own.
fn named(book: &Book, name: &str) -> Option<u16> {
    let found = (0..)
        .zip(&book.signals)
        .find(|(_, signal)| book.str(signal.name) == name);
    let derived = |kind: &Kind| matches!(kind, Kind::Score { .. } | Kind::Model { .. });
    found
        .filter(|(_, signal)| !derived(&signal.kind))
        .map(|(index, _)| index)
}

/// A field as the value of a signal; NaN: missing.
fn value(book: &Book, signal: u16, field: &str) -> Option<f64> {
    if field.is_empty() {
        return Some(f64::NAN);
    }
    let signal = book.signals.get(usize::from(signal))?;
    if let Some(items) = book.items(signal) {
        return items
            .iter()
            .position(|item| *item == field)
            .map(|item| item as f64);
    }
    match field {
        "true" => Some(1.0),
        "false" => Some(0.0),
        number => number.parse().ok().filter(|n: &f64| n.is_finite()),
    }
}
