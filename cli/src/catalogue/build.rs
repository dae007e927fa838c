//! `fewbits catalogue build`: a list of items becomes a catalogue.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use fewbits_catalogue::write::{Builder, Built, MAX_NAME, POPULARITY, Wrong};
use fewbits_catalogue::{Catalogue, MAX_COLUMNS, MAX_ITEMS, MAX_TAGS};
use indicatif::{ProgressBar, ProgressStyle};

use super::facts;
use super::items::{Item, List, Meaning};
use crate::failure::{Failure, Result};
use crate::terminal::{counted, grouped};

/// What to make a catalogue of.
#[derive(Args)]
pub struct Arguments {
    /// The items: a table (`.csv`, `.tsv`) or one JSON object a line (`.jsonl`)
    #[arg(value_name = "ITEMS")]
    items: PathBuf,
    /// Where the catalogue goes
    #[arg(short, long, value_name = "CATALOGUE")]
    output: PathBuf,
    /// The column with the items' ids
    #[arg(long, value_name = "COLUMN", default_value = "id")]
    id: String,
    /// Columns with whole tags (default: `tags`, if there is one)
    #[arg(long, value_name = "COLUMN")]
    tags: Vec<String>,
    /// Columns whose values become tags: `brand` makes `brand:acme`, `brand=by` makes `by:acme`
    #[arg(long, value_name = "COLUMN[=KEY]")]
    key: Vec<String>,
    /// The column with the price (default: `price`, if there is one)
    #[arg(long, value_name = "COLUMN")]
    price: Option<String>,
    /// The column with the popularity (default: `popularity`, if there is one)
    #[arg(long, value_name = "COLUMN")]
    popularity: Option<String>,
    /// Further columns of numbers
    #[arg(long, value_name = "COLUMN[=NAME]")]
    number: Vec<String>,
    /// What stands between two tags of a table's field
    #[arg(long, value_name = "TEXT", default_value = "|")]
    separator: String,
}

/// So many faults are shown.
const FAULTS: usize = 10;

/// Whether a catalogue was written.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let path = &arguments.items;
    let size = std::fs::metadata(path)
        .map_err(|e| Failure::reading(path, &e))?
        .len();
    let mut list = List::open(path)?;
    let meaning = arguments.meaning(&list)?;
    let names = meaning.numbers.iter().map(|(_, name)| name.as_str());
    let mut builder = Builder::new(names).map_err(|wrong| {
        Failure::new(words(&wrong), "name each column once, and no more than 16")
    })?;

    let bar = ProgressBar::new(size);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}  {msg}") {
        bar.set_style(style);
    }
    let mut faults = String::new();
    let mut count = 0;
    let mut lines: Vec<u64> = Vec::new();
    let mut bare = 0u64;
    let mut missing = vec![0u64; meaning.numbers.len()];
    while list.advance(path)? {
        let added = list.item(&meaning).and_then(|item| {
            bare += u64::from(item.tags.is_empty());
            for (missing, number) in missing.iter_mut().zip(&item.numbers) {
                *missing += u64::from(number.is_none());
            }
            let Item { id, tags, numbers } = item;
            builder
                .add(&id, tags.iter().map(String::as_str), numbers)
                .map_err(|wrong| match wrong {
                    Wrong::Twice(first) => {
                        let line = lines.get(first as usize).copied().unwrap_or(0);
                        format!("the id `{id}` is that of line {line}")
                    }
                    other => words(&other),
                })
        });
        match added {
            Ok(()) => lines.push(list.line),
            Err(what) => {
                count += 1;
                if count <= FAULTS {
                    faults.push_str(&format!(
                        "error: {}:{}: {what}\n",
                        path.display(),
                        list.line
                    ));
                }
                // A builder that has refused an item is not used any more, but for what it knows.
                lines.resize(builder.items(), list.line);
            }
        }
        if lines.len().is_multiple_of(4096) {
            bar.set_position(list.bytes);
            bar.set_message(counted(lines.len() as u64, "item"));
        }
    }
    bar.finish_and_clear();
    if count > 0 {
        if count > FAULTS {
            faults.push_str(&format!(
                "error: and {} more\n",
                grouped((count - FAULTS) as u64)
            ));
        }
        faults.push_str("  = help: correct these lines; no catalogue was written\n");
        return Err(Failure::whole(faults));
    }
    let built = builder.finish().map_err(|_| {
        Failure::new(
            format_args!("`{}` has no item", path.display()),
            "a catalogue needs one at least",
        )
    })?;
    std::fs::write(&arguments.output, &built.bytes)
        .map_err(|e| Failure::writing(&arguments.output, &e))?;
    summary(&arguments.output, &built, &list, &meaning, bare, &missing)
}

fn summary(
    path: &Path,
    built: &Built,
    list: &List,
    meaning: &Meaning,
    bare: u64,
    missing: &[u64],
) -> Result<bool> {
    // What was written is read back: the reader has the last word.
    let catalogue = Catalogue::from_bytes(&built.bytes).map_err(|refusal| {
        Failure::new(refusal, "this is a fault of the tool: please report it")
    })?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{}: {}",
        path.display(),
        facts(&catalogue, built.bytes.len())
    )?;
    writeln!(
        out,
        "  ids {}, numbers {}, tags {} bytes",
        grouped(built.ids as u64),
        grouped(built.numbers as u64),
        grouped(built.tags as u64)
    )?;
    let mut often: Vec<&(String, u32)> = built.counts.iter().collect();
    often.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let often: Vec<String> = often
        .iter()
        .take(5)
        .map(|(name, count)| format!("{name} {}", grouped((*count).into())))
        .collect();
    if !often.is_empty() {
        writeln!(out, "  most frequent: {}", often.join(", "))?;
    }
    let mut err = std::io::stderr().lock();
    if bare > 0 {
        writeln!(
            err,
            "warning: {} without a tag: only numbers rank them",
            counted(bare, "item")
        )?;
    }
    for ((_, name), missing) in meaning
        .numbers
        .iter()
        .zip(missing)
        .filter(|(_, missing)| **missing > 0)
    {
        writeln!(
            err,
            "warning: {} without `{name}`: outside of every range of it",
            counted(*missing, "item")
        )?;
    }
    if !list.unused.is_empty() {
        let names: Vec<&str> = list.unused.keys().take(20).map(String::as_str).collect();
        writeln!(err, "note: not in the catalogue: {}", names.join(", "))?;
    }
    Ok(true)
}

fn words(wrong: &Wrong) -> String {
    match wrong {
        Wrong::Empty => "an id, a tag or a name is empty".to_owned(),
        Wrong::Long => format!("an id or a tag is longer than {MAX_NAME} bytes"),
        Wrong::Twice(_) => "the id is there twice".to_owned(),
        Wrong::Number => "a number is too far from 0".to_owned(),
        Wrong::Column => "two columns of numbers have one name".to_owned(),
        Wrong::Items => format!("there are more than {} items", grouped(MAX_ITEMS.into())),
        Wrong::Tags => format!(
            "there are more than {} different tags",
            grouped(MAX_TAGS as u64)
        ),
        Wrong::Columns => format!("there are more than {MAX_COLUMNS} columns of numbers"),
        Wrong::None => "there is no item".to_owned(),
    }
}

impl Arguments {
    /// What the columns mean; a column that is named must be there, if that can be known.
    fn meaning(&self, list: &List) -> Result<Meaning> {
        let known = |name: &str| {
            list.columns()
                .is_none_or(|columns| columns.iter().any(|column| column == name))
        };
        let pair = |text: &str| {
            let (column, name) = text.split_once('=').unwrap_or((text, text));
            (column.to_owned(), name.to_owned())
        };
        let keys: Vec<_> = self.key.iter().map(|text| pair(text)).collect();
        let mut numbers: Vec<_> = self.number.iter().map(|text| pair(text)).collect();
        for (column, name) in [(&self.price, "price"), (&self.popularity, POPULARITY)] {
            let given = numbers.iter().any(|(_, own)| own == name);
            match column {
                Some(column) => numbers.push((column.clone(), name.to_owned())),
                None if !given && known(name) => numbers.push((name.to_owned(), name.to_owned())),
                None => {}
            }
        }
        let mut tags = self.tags.clone();
        if tags.is_empty() && known("tags") {
            tags.push("tags".to_owned());
        }
        let named = std::iter::once(&self.id)
            .chain(&tags)
            .chain(keys.iter().chain(&numbers).map(|(column, _)| column));
        if let Some(column) = named.into_iter().find(|column| !known(column)) {
            let columns = list.columns().unwrap_or_default().join(", ");
            let what = format!("`{}` has no column `{column}`", self.items.display());
            return Err(if columns.is_empty() {
                Failure::new(
                    format_args!("`{}` has no item", self.items.display()),
                    "a table has a header line and one line for each item",
                )
            } else {
                Failure::new(what, format_args!("its columns are: {columns}"))
            });
        }
        if self.separator.is_empty() {
            return Err(Failure::new(
                "`--separator` is empty",
                "name what stands between two tags",
            ));
        }
        Ok(Meaning {
            id: self.id.clone(),
            tags,
            keys,
            numbers,
            separator: self.separator.clone(),
        })
    }
}
