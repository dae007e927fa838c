//! The files with events: what they are, and how they are read.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use fewbits::engine::Rules;

use super::bound::{Binder, Bound};
use super::delimited::{Delimiter, Records, split};
use super::lookups::{tables, unheard};
use super::mapping::Mapping;
use super::{Arguments, Format, blocks, log};
use crate::failure::{Failure, Result};

/// Everything that is known before the first event.
pub struct Plan {
    pub files: Vec<Source>,
    pub warnings: Vec<String>,
}

/// One file with events.
pub struct Source {
    pub path: PathBuf,
    /// As it was named on the command line.
    pub name: String,
    pub bytes: u64,
    pub lines: Lines,
}

/// How lines are read.
pub enum Lines {
    Jsonl,
    Log(Box<Bound>),
    Table {
        bound: Box<Bound>,
        delimiter: Delimiter,
        /// The first record has the names of the columns.
        header: bool,
    },
}

impl Source {
    /// How records are delimited; `None` where every line is one.
    pub const fn delimiter(&self) -> Option<Delimiter> {
        match &self.lines {
            Lines::Table { delimiter, .. } => Some(*delimiter),
            _ => None,
        }
    }
}

/// Looks at the mapping and at the start of every file.
pub fn plan(rules: &Rules, arguments: &Arguments) -> Result<Plan> {
    let mapping = match &arguments.map {
        Some(path) => Mapping::parse(&crate::book::text(path)?, path)?,
        None => Mapping::default(),
    };
    let map = arguments
        .map
        .as_deref()
        .unwrap_or(Path::new("(no mapping)"));
    let tables = tables(&mapping, map)?;
    let mut files = Vec::new();
    for path in &arguments.events {
        let meta = std::fs::metadata(path).map_err(|e| Failure::reading(path, &e))?;
        let name = path.display().to_string();
        if meta.is_dir() {
            let what = format!("cannot read `{name}`: it is a folder");
            return Err(Failure::new(what, "name the files in it"));
        }
        let format = format(arguments, &mapping, path)?;
        if format != Format::Jsonl && arguments.map.is_none() {
            let help = "add `--map FILE`: docs/cli.md shows how a mapping looks";
            return Err(Failure::new(format_args!("`{name}` needs a mapping"), help));
        }
        let binder = |columns| Binder {
            rules,
            tables: &tables,
            path: map,
            data: &name,
            columns,
        };
        let lines = match format {
            Format::Jsonl => Lines::Jsonl,
            Format::Log => {
                let columns = log::COLUMNS.map(str::to_owned);
                Lines::Log(Box::new(binder(&columns).bind(&mapping, format)?))
            }
            Format::Csv => {
                let delimiter = delimiter(&mapping, path);
                let columns = match &mapping.columns {
                    Some(columns) => columns.clone(),
                    None => header(path, delimiter)?,
                };
                let bound = Box::new(binder(&columns).bind(&mapping, format)?);
                Lines::Table {
                    bound,
                    delimiter,
                    header: mapping.columns.is_none(),
                }
            }
        };
        files.push(Source {
            path: path.clone(),
            bytes: meta.len(),
            lines,
            name,
        });
    }
    let mut warnings = unheard(&mapping, rules);
    if arguments.map.is_some() && files.iter().any(|f| matches!(f.lines, Lines::Jsonl)) {
        warnings.push("the mapping is not used for JSON lines".to_owned());
    }
    Ok(Plan { files, warnings })
}

fn format(arguments: &Arguments, mapping: &Mapping, path: &Path) -> Result<Format> {
    if let Some(format) = arguments.format.or(mapping.format) {
        return Ok(format);
    }
    let ending = path
        .extension()
        .map(|e| e.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    match ending.as_str() {
        "jsonl" | "ndjson" => Ok(Format::Jsonl),
        "csv" | "tsv" => Ok(Format::Csv),
        "log" => Ok(Format::Log),
        _ => {
            let what = format!("the ending of `{}` does not say what it is", path.display());
            Err(Failure::new(what, "add `--format jsonl`, `csv` or `log`"))
        }
    }
}

fn delimiter(mapping: &Mapping, path: &Path) -> Delimiter {
    let tabs = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("tsv"));
    let usual = Delimiter::Byte(if tabs { b'\t' } else { b',' });
    mapping.delimiter.map_or(usual, |d| d.0)
}

/// The names of a table's columns.
fn header(path: &Path, delimiter: Delimiter) -> Result<Vec<String>> {
    let start = blocks::start(path)?;
    let text = String::from_utf8_lossy(&start);
    let mut records = Records::new(text.trim_start_matches('\u{feff}'), Some(delimiter));
    let mut fields: Vec<Cow<str>> = Vec::new();
    let record = records.next().map_or("", |(_, record)| record);
    let broken = split(record, delimiter, &mut fields).is_err();
    if broken || record.trim().is_empty() {
        let what = format!("`{}` has no readable header line", path.display());
        return Err(Failure::new(what, "add one, or give the mapping `columns`"));
    }
    Ok(fields.into_iter().map(|f| f.trim().to_owned()).collect())
}
