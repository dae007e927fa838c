//! `fewbits compile`: from JSON to what the browser loads.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::book::{hex, rendered};
use crate::crowd;
use crate::failure::{Failure, Result};
use crate::terminal::{counted, grouped};

/// What to compile, and where to.
#[derive(Args)]
pub struct Arguments {
    /// A book, as JSON
    book: PathBuf,
    /// The compiled book (default: the book's name with the ending `.fbk`)
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// A crowd table of the collector, in place of the book's `crowds` and `bootstrap`
    #[arg(long, value_name = "FILE")]
    crowd: Option<PathBuf>,
}

/// Always `true`: errors fail.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let path = &arguments.book;
    let (source, compiled, note) = crowd::compiled(path, arguments.crowd.as_ref())?;
    let target = arguments
        .out
        .clone()
        .unwrap_or_else(|| path.with_extension("fbk"));
    if target == *path {
        let what = format!("`{}` would be overwritten", path.display());
        return Err(Failure::new(what, "name another file with `-o`"));
    }
    std::fs::write(&target, &compiled.bytes).map_err(|e| Failure::writing(&target, &e))?;
    let warnings = rendered(&compiled.warnings, &source, path);
    write!(std::io::stderr().lock(), "{warnings}{note}")?;
    let book = &compiled.book;
    writeln!(
        std::io::stdout().lock(),
        "{}: {} version {}, {} bytes\n  {}, {}, {}, {}\n  source SHA-256 {}",
        target.display(),
        book.str(book.name),
        book.version,
        grouped(compiled.bytes.len() as u64),
        counted(book.signals.len() as u64, "signal"),
        counted(book.atoms.len() as u64, "comparison"),
        counted(book.dimensions.len() as u64, "dimension"),
        counted(book.segment_count() as u64, "segment"),
        hex(&book.source_hash),
    )?;
    Ok(true)
}
