//! `fewbits audit`: what a book means for those who meet it.

mod analysis;
mod documents;
mod sarif;
mod text;
mod write;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use fewbits::book::author::Places;

use crate::crowd::{self, Deployed};
use crate::failure::{Failure, Result};
use crate::terminal::Style;
use analysis::{Audit, Subject};

/// What to look at, and what to write.
#[derive(Args)]
pub struct Arguments {
    /// A book, as JSON
    book: PathBuf,
    /// A crowd table of the collector, in place of the book's `crowds` and `bootstrap`
    #[arg(long, value_name = "FILE")]
    crowd: Option<PathBuf>,
    /// What to print (default: text, or only the findings if a document is written)
    #[arg(short, long, value_enum)]
    format: Option<Format>,
    /// Fail for warnings, too
    #[arg(long, value_enum, default_value = "error")]
    deny: Deny,
    /// What the book cannot know about the site, for the documents: docs/audit.md
    #[arg(long, value_name = "FILE")]
    site: Option<PathBuf>,
    /// What `fewbits attack BOOK --format json` measured, for the page and the assessment
    #[arg(long, value_name = "FILE")]
    attack: Option<PathBuf>,
    #[command(flatten)]
    write: write::Targets,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For the terminal
    Text,
    /// For programs: docs/audit.md describes it
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Deny {
    Error,
    Warning,
}

/// Whether there is no finding that is denied.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let deployed = crowd::read(&arguments.book, arguments.crowd.as_ref())?;
    write!(std::io::stderr().lock(), "{}", deployed.note)?;
    let places = Places::new(&deployed.source);
    let (found, book) = match &deployed.outcome {
        Ok(compiled) => (&compiled.warnings, Some(&compiled.book)),
        Err(found) => (found, None),
    };
    let subject = Subject {
        places: &places,
        table: deployed.table.as_ref(),
        found,
    };
    let audit = match book {
        Some(book) => analysis::audit(book, &subject),
        None => analysis::refused(&subject),
    };
    let written = write::documents(arguments, &deployed, &audit)?;
    print(arguments, &deployed, &audit, written)?;
    let denied = match arguments.deny {
        Deny::Error => audit.errors,
        Deny::Warning => audit.errors + audit.warnings,
    };
    Ok(denied == 0)
}

/// Prints what was asked for: to the standard output, unless a document goes there.
fn print(arguments: &Arguments, deployed: &Deployed, audit: &Audit, written: bool) -> Result<()> {
    let file = arguments.book.display().to_string();
    let mut out = std::io::stdout();
    let style = Style::of(&out);
    let page = text::Page {
        audit,
        source: &deployed.source,
        file: &file,
        style,
    };
    match arguments.format {
        Some(Format::Json) => write!(out, "{}", pretty(audit)?)?,
        Some(Format::Sarif) => write!(out, "{}", pretty(&sarif::of(audit, &file))?)?,
        Some(Format::Text) => write!(out, "{}", page.whole())?,
        None if written => write!(std::io::stderr(), "{}", page.findings())?,
        None => write!(out, "{}", page.whole())?,
    }
    Ok(())
}

fn pretty(value: &impl serde::Serialize) -> Result<String> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|e| Failure::new(e, "this is a fault of the tool: please report it"))?;
    Ok(text + "\n")
}
