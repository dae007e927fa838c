//! `fewbits types`: what a book names, for TypeScript.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use fewbits::book::author::typescript;

use crate::book::load;
use crate::failure::{Failure, Result};

/// Of which book, and where to.
#[derive(Args)]
pub struct Arguments {
    /// A book, as JSON or compiled
    book: PathBuf,
    /// The declaration; `-` is the standard output (default: beside the book, where TypeScript looks for it)
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Always `true`: errors fail.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let text = typescript(&load(&arguments.book)?);
    let target = match &arguments.out {
        Some(out) if out.as_os_str() == "-" => {
            write!(std::io::stdout().lock(), "{text}")?;
            return Ok(true);
        }
        Some(out) => out.clone(),
        None => beside(&arguments.book)?,
    };
    std::fs::write(&target, text).map_err(|e| Failure::writing(&target, &e))?;
    writeln!(std::io::stdout().lock(), "{}", target.display())?;
    Ok(true)
}

/// `shop.book.json` is declared by `shop.book.d.json.ts`.
fn beside(book: &Path) -> Result<PathBuf> {
    let part = |part: Option<&std::ffi::OsStr>| part.and_then(|p| p.to_str()).map(str::to_owned);
    match (part(book.file_stem()), part(book.extension())) {
        (Some(stem), Some(ending)) => Ok(book.with_file_name(format!("{stem}.d.{ending}.ts"))),
        _ => Err(Failure::new(
            format_args!("`{}` has no ending", book.display()),
            "name the declaration with `-o`",
        )),
    }
}
