//! `fewbits catalogue`: items in one file, for the browser to rank.

mod build;
mod items;
mod rank;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use fewbits_catalogue::Catalogue;

use crate::failure::{Failure, Result};
use crate::terminal::{counted, grouped};

/// What to do with a catalogue.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a catalogue of a list of items
    Build(build::Arguments),
    /// Show whether a catalogue is whole, and what is in it
    Check {
        /// A catalogue
        #[arg(value_name = "CATALOGUE")]
        file: PathBuf,
    },
    /// Show the best items for weights
    Rank(rank::Arguments),
}

/// Whether all went well.
pub fn run(arguments: &Arguments) -> Result<bool> {
    match &arguments.command {
        Command::Build(arguments) => build::run(arguments),
        Command::Check { file } => {
            let (catalogue, bytes) = read(file)?;
            let mut out = std::io::stdout().lock();
            writeln!(out, "{}: {}", file.display(), facts(&catalogue, bytes))?;
            Ok(true)
        }
        Command::Rank(arguments) => rank::run(arguments),
    }
}

/// A catalogue, and how many bytes its file has.
fn read(path: &Path) -> Result<(Catalogue, usize)> {
    let bytes = std::fs::read(path).map_err(|e| Failure::reading(path, &e))?;
    let catalogue = Catalogue::from_bytes(&bytes).map_err(|refusal| {
        Failure::new(
            format_args!("cannot use `{}`: {refusal}", path.display()),
            "make it anew with `fewbits catalogue build`",
        )
    })?;
    Ok((catalogue, bytes.len()))
}

fn facts(catalogue: &Catalogue, bytes: usize) -> String {
    let names = catalogue.column_names().join(", ");
    format!(
        "{}, {}, numbers: {}; {} bytes, about {} in memory",
        counted(catalogue.items().into(), "item"),
        counted(catalogue.tag_names().len() as u64, "tag"),
        if names.is_empty() { "none" } else { &names },
        grouped(bytes as u64),
        grouped(catalogue.memory() as u64),
    )
}
