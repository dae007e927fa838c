//! `--attack FILE`: what `fewbits attack BOOK --format json` measured of this very book.

use std::path::Path;

use serde::Deserialize;

use super::page::{Block, Line, quote, words};
use crate::audit::analysis::Audit;
use crate::audit::analysis::words::{percent, times};
use crate::book::text;
use crate::failure::{Failure, Result};
use crate::terminal::grouped;

/// The part of the outcome that the documents show; `docs/attack.md` describes the whole.
#[derive(Debug, Deserialize)]
pub struct Figures {
    fewbits_attack: u32,
    source_sha256: String,
    pub weeks: usize,
    pub mechanisms: Vec<Mechanism>,
}

/// One way to tell the site something: the gate, raw segments, Topics.
#[derive(Debug, Deserialize)]
pub struct Mechanism {
    pub name: String,
    pub rates: Vec<Rate>,
}

/// How often the attacker named the right one of so many.
#[derive(Debug, Deserialize)]
pub struct Rate {
    pub visitors: usize,
    pub rate: f64,
    pub low: f64,
    pub high: f64,
    pub times: f64,
    pub bound: Option<f64>,
}

/// The form that is understood.
const FORM: u32 = 1;

impl Figures {
    /// Reads the file, which must be about this book.
    pub fn read(path: &Path, audit: &Audit) -> Result<Self> {
        let help = "write it with `fewbits attack BOOK --format json`, for the same book and the \
                    same crowd table";
        let refused = |what: String| {
            Failure::new(
                format_args!("cannot use `{}`: {what}", path.display()),
                help,
            )
        };
        let figures: Self =
            serde_json::from_str(&text(path)?).map_err(|error| refused(error.to_string()))?;
        if figures.fewbits_attack != FORM {
            return Err(refused(format!(
                "its form is {}, not {FORM}",
                figures.fewbits_attack
            )));
        }
        if figures.source_sha256 != audit.source {
            return Err(refused(
                "it is about another book, or another version".to_owned(),
            ));
        }
        Ok(figures)
    }

    /// The measurements as a table.
    pub fn table(&self) -> Block {
        let head = vec![
            "what is sent",
            "among",
            "named, measured",
            "95% interval",
            "times a guess",
            "proved bound",
        ];
        let row = |name: &str, rate: &Rate| -> Vec<Line> {
            vec![
                quote(name),
                words(grouped(rate.visitors as u64)),
                words(percent(rate.rate)),
                words(format!("{} to {}", percent(rate.low), percent(rate.high))),
                words(times(rate.times)),
                words(rate.bound.map_or("none".to_owned(), percent)),
            ]
        };
        let rows = self.mechanisms.iter();
        let rows = rows.flat_map(|m| m.rates.iter().map(|rate| row(&m.name, rate)));
        Block::Table(head, rows.collect())
    }

    /// What was done, in a sentence.
    pub fn method(&self) -> String {
        format!(
            "The attack was run against this very book: two sites that compare notes over {} \
             weeks, an attacker who knows the mechanism and has learnt from labelled visitors, \
             and a single guess for each visitor. It is a lower bound of what is possible; the \
             proved bound is an upper one.",
            self.weeks
        )
    }
}
