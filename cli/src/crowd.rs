//! `--crowd FILE`: a crowd table from a collector, in place of the one in the book.

use std::path::{Path, PathBuf};

use fewbits::book::MAGIC;
use fewbits::book::author::{self, Compiled, CrowdTable, Diagnostic, Places, frame};

use crate::book::{bytes, rejected, text};
use crate::failure::{Failure, Result};
use crate::terminal::counted;

/// A book as it is deployed: its source, and the crowd table that was counted for it, if any.
pub struct Deployed {
    /// The text of the book.
    pub source: String,
    /// The table.
    pub table: Option<CrowdTable>,
    /// What it means, or all that is wrong with it.
    pub outcome: std::result::Result<Compiled, Vec<Diagnostic>>,
    /// What to tell the author about the table; empty if nothing.
    pub note: String,
}

/// Reads and compiles a book. What is wrong with the book itself is no failure yet.
pub fn read(book: &Path, crowd: Option<&PathBuf>) -> Result<Deployed> {
    if bytes(book)?.starts_with(&MAGIC) {
        let what = format!("`{}` is a compiled book", book.display());
        let help = "name its source, the JSON; `fewbits verify` shows that the two agree";
        return Err(Failure::new(what, help));
    }
    let source = text(book)?;
    let mut note = String::new();
    let (table, outcome) = match crowd {
        None => (None, author::compile(&source)),
        Some(path) => {
            let table = table(path)?;
            let outcome = author::compile_with(&source, &table);
            if let Ok(compiled) = &outcome {
                fits(&table, path, compiled, &source, book)?;
                note = about(&table.unknown(&compiled.book), path);
            }
            (Some(table), outcome)
        }
    };
    Ok(Deployed {
        source,
        table,
        outcome,
        note,
    })
}

/// Reads and compiles a book, or fails with all that is wrong with it. Gives the source, the
/// meaning and the note.
pub fn compiled(book: &Path, crowd: Option<&PathBuf>) -> Result<(String, Compiled, String)> {
    let deployed = read(book, crowd)?;
    let compiled = deployed
        .outcome
        .map_err(|found| rejected(&found, &deployed.source, book))?;
    Ok((deployed.source, compiled, deployed.note))
}

fn table(path: &Path) -> Result<CrowdTable> {
    let source = text(path)?;
    CrowdTable::read(&source).map_err(|found| {
        let help = "  = help: this is what `GET /v1/crowd?book=...` of a collector answers\n";
        Failure::whole(format!("{}{help}", rejected(&found, &source, path)))
    })
}

/// Whether the table was counted for this book, and before this version.
fn fits(
    table: &CrowdTable,
    path: &Path,
    compiled: &Compiled,
    source: &str,
    file: &Path,
) -> Result<()> {
    let book = &compiled.book;
    let (name, path) = (book.str(book.name), path.display());
    let refused = |key: &str, what: String, help: String| {
        let frame = Places::new(source)
            .value(&[key])
            .map_or_else(String::new, |at| {
                let file = file.display().to_string();
                frame(source, &file, at.line, at.column, at.length)
            });
        Failure::whole(format!("error: {what}\n{frame}  = help: {help}\n"))
    };
    if table.book() != name {
        let what = format!(
            "`{path}` has the crowds of `{}`, not of `{name}`",
            table.book()
        );
        let help = format!("fetch those of this book: `GET /v1/crowd?book={name}`");
        return Err(refused("book", what, help));
    }
    if table.version() >= book.version {
        let what = format!(
            "`{path}` was counted with version {}, and this is version {}",
            table.version(),
            book.version
        );
        let help = format!(
            "raise `version` to {} or more: a version settles as what each answer is shown, and \
             a new table changes that",
            u64::from(table.version()) + 1
        );
        return Err(refused("version", what, help));
    }
    if book.reporting.is_none() {
        let what = format!("`{name}` asks nothing, so it has no use for `{path}`");
        let help = "leave `--crowd` out, or add `report` to the book".to_owned();
        return Err(refused("book", what, help));
    }
    Ok(())
}

fn about(unknown: &[String], path: &Path) -> String {
    const MOST: usize = 8;
    if unknown.is_empty() {
        return String::new();
    }
    let listed: Vec<&str> = unknown.iter().map(String::as_str).take(MOST).collect();
    let more = if unknown.len() > MOST { ", ..." } else { "" };
    format!(
        "note: {} of `{}` left out, because this version has no such group: {}{more}\n",
        counted(unknown.len() as u64, "crowd"),
        path.display(),
        listed.join(", "),
    )
}
