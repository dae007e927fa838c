//! `fewbits audit`: what a book means for those who meet it.

mod statement;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::crowd::deployed;
use crate::failure::{Failure, Result};

/// What to look at, and what to write.
#[derive(Args)]
pub struct Arguments {
    /// A book, as JSON
    book: PathBuf,
    /// A crowd table of the collector, in place of the book's `crowds` and `bootstrap`
    #[arg(long, value_name = "FILE")]
    crowd: Option<PathBuf>,
    /// The public statement, for `/.well-known/fewbits.json` and the collector; `-`: here
    #[arg(long, value_name = "FILE", required = true)]
    statement: PathBuf,
}

/// Always `true`: errors fail.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let deployed = deployed(&arguments.book, arguments.crowd.as_ref())?;
    write!(std::io::stderr().lock(), "{}", deployed.note)?;
    let statement = statement::of(
        &deployed.compiled.book,
        bootstrap(arguments, &deployed.source),
    );
    output(&arguments.statement, &pretty(&statement)?)?;
    Ok(true)
}

/// Whether answers are shown as they are, for want of a crowd table.
fn bootstrap(arguments: &Arguments, source: &str) -> bool {
    let declared = || {
        let book: serde_json::Value = serde_json::from_str(source).ok()?;
        book.pointer("/report/bootstrap")?.as_bool()
    };
    arguments.crowd.is_none() && declared().unwrap_or(false)
}

fn pretty(value: &impl serde::Serialize) -> Result<String> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|e| Failure::new(e, "this is a fault of the tool: please report it"))?;
    Ok(text + "\n")
}

/// Writes a document to a file, or to the standard output.
fn output(path: &Path, text: &str) -> Result<()> {
    if path == Path::new("-") {
        write!(std::io::stdout().lock(), "{text}")?;
        return Ok(());
    }
    std::fs::write(path, text).map_err(|e| Failure::writing(path, &e))
}
