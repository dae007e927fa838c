//! `fewbits verify`: shows a reviewer that a compiled book is what its source says.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use fewbits::book::Book;

use crate::book::{bytes, hex, refused};
use crate::crowd;
use crate::failure::Result;
use crate::terminal::grouped;

/// What to compare.
#[derive(Args)]
pub struct Arguments {
    /// The book, as JSON
    book: PathBuf,
    /// The compiled book
    compiled: PathBuf,
    /// The crowd table that it was compiled with
    #[arg(long, value_name = "FILE")]
    crowd: Option<PathBuf>,
}

/// Whether the two agree, byte for byte.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let table = arguments.crowd.as_ref();
    let (_, expected, _) = crowd::compiled(&arguments.book, table)?;
    let given = bytes(&arguments.compiled)?;
    let file = arguments.compiled.display();
    let source = arguments.book.display();
    let with = table.map_or_else(String::new, |path| format!(" with {}", path.display()));
    let mut out = std::io::stdout().lock();
    if given == expected.bytes {
        let book = &expected.book;
        writeln!(
            out,
            "{file} is exactly what {source}{with} says\n  book      {} version {}\n  \
             source    SHA-256 {}\n  compiled  {} bytes, all equal",
            book.str(book.name),
            book.version,
            hex(&book.source_hash),
            grouped(given.len() as u64),
        )?;
        return Ok(true);
    }
    let book = Book::from_bytes(&given).map_err(|r| refused(&arguments.compiled, r))?;
    writeln!(out, "{file} is not what {source}{with} says")?;
    for line in differences(&expected.book, &book) {
        writeln!(out, "  {line}")?;
    }
    writeln!(
        out,
        "  = help: compile it again: fewbits compile {source} -o {file}{}",
        table.map_or_else(String::new, |path| format!(" --crowd {}", path.display()))
    )?;
    Ok(false)
}

/// What differs, the most telling first.
fn differences(expected: &Book, given: &Book) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, a: String, b: String| {
        if a == b {
            found.push(format!("same       {what}: {a}"));
        } else {
            found.push(format!(
                "different  {what}: the source says {a}, the compiled book {b}"
            ));
        }
    };
    let name = |b: &Book| format!("`{}`", b.str(b.name));
    compare("name", name(expected), name(given));
    compare(
        "version",
        expected.version.to_string(),
        given.version.to_string(),
    );
    let hash = |b: &Book| hex(&b.source_hash);
    compare("SHA-256 of the source", hash(expected), hash(given));
    compare(
        "signals",
        expected.signals.len().to_string(),
        given.signals.len().to_string(),
    );
    compare(
        "segments",
        expected.segment_count().to_string(),
        given.segment_count().to_string(),
    );
    let rules = |b: &Book| Book {
        source_hash: [0; 32],
        ..b.clone()
    };
    let same_rules = rules(expected) == rules(given);
    found.push(
        match (same_rules, expected.source_hash == given.source_hash) {
            (true, true) => {
                "the two mean the same, but were written by different compilers".to_owned()
            }
            (true, false) => {
                "the two mean the same: the source differs in spaces or words only".to_owned()
            }
            (false, true) => {
                "the source is the same, but the rules are not: do not trust this file".to_owned()
            }
            (false, false) => {
                "the rules differ: the file was compiled from another source".to_owned()
            }
        },
    );
    found
}
