//! `fewbits check`: everything that is wrong with books.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use fewbits::book::author::{self, Severity};
use serde_json::json;

use crate::book::{rendered, text, verdict};
use crate::failure::{Failure, Result};

/// What to check.
#[derive(Args)]
pub struct Arguments {
    /// Books, as JSON
    #[arg(required = true, value_name = "BOOK")]
    books: Vec<PathBuf>,
    /// Findings as JSON instead of text
    #[arg(long)]
    json: bool,
}

/// Whether no book has an error.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let mut sound = true;
    let mut report = Vec::new();
    let mut out = std::io::stdout().lock();
    for path in &arguments.books {
        let source = match text(path) {
            Ok(source) => source,
            Err(failure) => {
                // The other books are still worth checking.
                sound = false;
                write!(std::io::stderr().lock(), "{failure}")?;
                continue;
            }
        };
        let found = author::check(&source);
        sound &= found.iter().all(|d| d.severity != Severity::Error);
        if arguments.json {
            report.push(json!({ "file": path.display().to_string(), "findings": found }));
        } else {
            write!(
                out,
                "{}{}",
                rendered(&found, &source, path),
                verdict(&found, path)
            )?;
        }
    }
    if arguments.json {
        let text = serde_json::to_string_pretty(&report)
            .map_err(|e| Failure::new(e, "this is a fault of the tool: please report it"))?;
        writeln!(out, "{text}")?;
    }
    Ok(sound)
}
