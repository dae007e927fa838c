//! `fewbits learn`: the posteriors that a collector has of a book's bandits, into the book.

use std::io::{Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use clap::Args;
use fewbits::book::Book;
use fewbits::book::author::Places;
use indexmap::IndexMap;
use serde::Deserialize;

use crate::book::{compile, text};
use crate::failure::{Failure, Result};
use crate::terminal::counted;

/// Which book, and what it is to know.
#[derive(Args)]
pub struct Arguments {
    /// A book, as JSON
    book: PathBuf,
    /// What `GET /v1/posteriors?book=...` of the collector answered; `-` is the standard input
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// Where to write the book (default: over itself); `-` is the standard output
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The answer. What else is in it is for people.
#[derive(Deserialize)]
struct Answer {
    fewbits: u32,
    book: String,
    version: u32,
    bandits: IndexMap<String, Learned>,
}

#[derive(Deserialize)]
struct Learned {
    versions: Vec<u32>,
    reports: u64,
    posteriors: IndexMap<String, IndexMap<String, [f64; 2]>>,
}

const ASK: &str = "`GET /v1/posteriors?book=";

/// Always `true`: errors fail.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let path = &arguments.book;
    let source = text(path)?;
    let book = compile(&source, path)?.book;
    let answer = answer(&arguments.from)?;
    fits(&answer, &arguments.from, &book)?;
    let next = written(&source, &answer);
    // What was written is a book, or the author is told what is wrong with it.
    compile(&next, path)?;
    let target = arguments.out.as_ref().unwrap_or(path);
    if target.as_os_str() == "-" {
        write!(std::io::stdout().lock(), "{next}")?;
    } else {
        std::fs::write(target, next).map_err(|e| Failure::writing(target, &e))?;
    }
    let mut err = std::io::stderr().lock();
    for (name, learned) in &answer.bandits {
        writeln!(
            err,
            "{name}: {} from {}, counted of {}",
            counted(learned.posteriors.len() as u64, "row"),
            counted(learned.reports, "report"),
            counted(learned.versions.len() as u64, "version"),
        )?;
    }
    writeln!(
        err,
        "{}: version {} is {} now: compile it, and give its statement to the collector before the \
         site",
        target.display(),
        answer.version,
        answer.version.saturating_add(1),
    )?;
    Ok(true)
}

fn answer(path: &Path) -> Result<Answer> {
    let said = if path.as_os_str() == "-" {
        let mut said = String::new();
        let read = std::io::stdin().lock().read_to_string(&mut said);
        read.map_err(|e| Failure::reading(path, &e))?;
        said
    } else {
        text(path)?
    };
    let help = format!("it is to be what {ASK}...` of a collector answers");
    let answer: Answer = serde_json::from_str(&said).map_err(|e| {
        let what = format!("`{}` is no answer about posteriors: {e}", path.display());
        Failure::new(what, &help)
    })?;
    if answer.fewbits != 1 {
        let what = format!(
            "`{}` has the form {}, and this tool reads 1",
            path.display(),
            answer.fewbits
        );
        return Err(Failure::new(what, "update this tool"));
    }
    Ok(answer)
}

/// Whether the answer is about this book as it is.
fn fits(answer: &Answer, path: &Path, book: &Book) -> Result<()> {
    let (path, name) = (path.display(), book.str(book.name));
    if answer.book != name {
        return Err(Failure::new(
            format_args!("`{path}` is about `{}`, not `{name}`", answer.book),
            format_args!("ask for this book: {ASK}{name}`"),
        ));
    }
    if answer.version < book.version {
        return Err(Failure::new(
            format_args!(
                "`{path}` is about version {}, older than version {} of the book",
                answer.version, book.version
            ),
            format_args!(
                "ask for {ASK}{name}&version={0}`; a collector knows version {0} when it has its \
                 statement",
                book.version
            ),
        ));
    }
    if answer.version > book.version {
        return Err(Failure::new(
            format_args!(
                "`{path}` is about version {}, and the book is version {}",
                answer.version, book.version
            ),
            "take the book that is deployed",
        ));
    }
    if answer.bandits.values().all(|one| one.posteriors.is_empty()) {
        return Err(Failure::new(
            format_args!("`{path}` knows nothing of any bandit yet"),
            "wait for more reports: a row needs a crowd for certain; or ask for the outcome of a \
             bandit in `report.questions`",
        ));
    }
    for (bandit, learned) in &answer.bandits {
        known(bandit, learned, book)?;
    }
    Ok(())
}

/// Whether the book has this bandit, with these segments and variants.
fn known(bandit: &str, learned: &Learned, book: &Book) -> Result<()> {
    let mut bandits = book.bandits.iter();
    let found = bandits.find(|one| book.str(one.name) == bandit);
    let help = "take the book that was asked about, or ask about this one";
    let Some(found) = found else {
        let what = format!("the book has no bandit `{bandit}`");
        return Err(Failure::new(what, help));
    };
    let mut variants: Vec<&str> = found.variants.iter().map(|v| book.str(*v)).collect();
    variants.sort_unstable();
    for (row, rates) in &learned.posteriors {
        let mut told: Vec<&str> = rates.keys().map(String::as_str).collect();
        told.sort_unstable();
        if told != variants {
            let what = format!(
                "bandit `{bandit}` has the variants {}, and row `{row}` of the answer {}",
                variants.join(", "),
                told.join(", ")
            );
            return Err(Failure::new(what, help));
        }
        let by = found.by.and_then(|by| book.dimensions.get(usize::from(by)));
        let segments = by.into_iter().flat_map(|by| &by.segments).map(|s| s.name);
        let groups = by.into_iter().flat_map(|by| &by.groups).map(|g| g.name);
        if row != "any" && !segments.chain(groups).any(|one| book.str(one) == row) {
            let what = format!("bandit `{bandit}` knows no segment or group `{row}`");
            return Err(Failure::new(what, help));
        }
    }
    Ok(())
}

/// The text of the book with the posteriors in it and the next version; all else as it was.
fn written(source: &str, answer: &Answer) -> String {
    let places = Places::new(source);
    let newline = if source.contains("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    for (name, learned) in &answer.bandits {
        if learned.posteriors.is_empty() {
            continue;
        }
        let Some(whole) = places.bytes(&["bandits", name]) else {
            continue;
        };
        let bandit = source.get(whole.clone()).unwrap_or_default();
        let indent = indent(bandit);
        let rows = rows(learned, indent, newline);
        if let Some(at) = places.bytes(&["bandits", name, "posteriors"]) {
            edits.push((at, rows));
            continue;
        }
        // Behind the last member, and before what parts it from the brace.
        let inside = bandit.strip_suffix('}').unwrap_or(bandit).trim_end();
        let at = whole.start + inside.len();
        let lead = match indent {
            Some(indent) => format!(",{newline}{indent}"),
            None => ", ".to_owned(),
        };
        edits.push((at..at, format!("{lead}\"posteriors\": {rows}")));
    }
    let version = answer.version.saturating_add(1).to_string();
    edits.extend(places.bytes(&["version"]).map(|at| (at, version)));
    edits.sort_by_key(|(at, _)| std::cmp::Reverse(at.start));
    let mut next = source.to_owned();
    for (at, text) in edits {
        next.replace_range(at, &text);
    }
    next
}

/// The white space before an object's members, if they stand on lines of their own.
fn indent(object: &str) -> Option<&str> {
    let line = object.lines().nth(1)?;
    line.get(..line.len() - line.trim_start().len())
}

/// The rows as JSON, each on a line where the members of the bandit are.
fn rows(learned: &Learned, indent: Option<&str>, newline: &str) -> String {
    let rows = learned.posteriors.iter().map(|(row, rates)| {
        let rates = rates.iter().map(|(variant, [a, b])| {
            // Numbers as JSON writes them: a whole one has no point.
            format!("\"{variant}\": [{a}, {b}]")
        });
        format!("\"{row}\": {{ {} }}", rates.collect::<Vec<_>>().join(", "))
    });
    let rows: Vec<String> = rows.collect();
    match indent {
        Some(indent) => {
            let between = format!(",{newline}{indent}  ");
            format!(
                "{{{newline}{indent}  {}{newline}{indent}}}",
                rows.join(&between)
            )
        }
        None => format!("{{ {} }}", rows.join(", ")),
    }
}
