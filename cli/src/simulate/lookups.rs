//! The lookup tables of a mapping, and the names in it that mean nothing to the book.

use std::borrow::Cow;
use std::path::Path;

use fewbits::book::{EVENT_OTHER, TAG_OTHER};
use fewbits::engine::Rules;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::delimited::{Delimiter, Records, split};
use super::mapping::{Lookup, Mapping, Origin, unfit};
use crate::failure::Result;

/// Lookup tables by name.
pub type Tables = IndexMap<String, IndexMap<String, String, FxBuildHasher>, FxBuildHasher>;

/// Names of the mapping that the book does not know, for a warning: what nobody reads.
pub fn unheard(mapping: &Mapping, rules: &Rules) -> Vec<String> {
    let door = rules.door();
    let mut found = Vec::new();
    let events = mapping
        .event
        .iter()
        .chain(mapping.rules.iter().map(|r| &r.event));
    for source in events {
        if let Origin::Text(name) = &source.from
            && source.lookup.is_none()
            && door.event(name) == EVENT_OTHER
        {
            found.push(format!(
                "no signal of the book listens to the event `{name}`"
            ));
        }
    }
    let tags = mapping
        .tags
        .iter()
        .chain(mapping.rules.iter().flat_map(|r| &r.tags));
    for (key, source) in tags {
        match (door.tag(key, "~other"), &source.from) {
            (None, _) => found.push(format!("no signal of the book reads the tag `{key}`")),
            (Some(_), Origin::Text(value))
                if source.lookup.is_none()
                    && door.tag(key, value).is_some_and(|t| t.1 == TAG_OTHER) =>
            {
                found.push(format!("the book does not mention the tag `{key}:{value}`"));
            }
            _ => {}
        }
    }
    found.dedup();
    found.sort();
    found.dedup();
    found
}

/// Reads the lookup tables of a mapping. Files are beside the mapping.
pub fn tables(mapping: &Mapping, path: &Path) -> Result<Tables> {
    let mut tables = Tables::default();
    for (name, lookup) in &mapping.lookups {
        tables.insert(name.clone(), table(name, lookup, path)?);
    }
    Ok(tables)
}

fn table(
    name: &str,
    lookup: &Lookup,
    path: &Path,
) -> Result<IndexMap<String, String, FxBuildHasher>> {
    let mut table: IndexMap<_, _, FxBuildHasher> = lookup
        .table
        .iter()
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    let Some(file) = &lookup.file else {
        return Ok(table);
    };
    let file = path.parent().unwrap_or(Path::new("")).join(file);
    let (Some(key), Some(value)) = (&lookup.key, &lookup.value) else {
        let help = "name the columns of the file with `key` and `value`";
        return Err(unfit(
            path,
            format_args!("lookup `{name}` has a file but no columns"),
            help,
        ));
    };
    let text = crate::book::text(&file)?;
    let comma = Delimiter::Byte(b',');
    let mut records = Records::new(text.trim_start_matches('\u{feff}'), Some(comma));
    let mut fields = Vec::new();
    let mut read = |record: Option<(u32, &str)>| -> Result<Option<(u32, Vec<String>)>> {
        let Some((line, record)) = record else {
            return Ok(None);
        };
        let mut cells = std::mem::take(&mut fields);
        let outcome = split(record, comma, &mut cells);
        if let Err(column) = outcome {
            let what = format!(
                "a quote in line {}, column {column} is not closed",
                line + 1
            );
            return Err(unfit(&file, what, "close it, or remove it"));
        }
        Ok(Some((
            line,
            cells.into_iter().map(Cow::into_owned).collect(),
        )))
    };
    let header = read(records.next())?.map_or_else(Vec::new, |(_, cells)| cells);
    let column = |wanted: &String| {
        header
            .iter()
            .position(|c| c.trim() == wanted)
            .ok_or_else(|| {
                let help = format!("its columns are {}", header.join(", "));
                unfit(&file, format_args!("there is no column `{wanted}`"), help)
            })
    };
    let (key, value) = (column(key)?, column(value)?);
    for record in records {
        let Some((line, cells)) = read(Some(record))? else {
            continue;
        };
        if cells.iter().all(|c| c.trim().is_empty()) {
            continue;
        }
        let (Some(from), Some(to)) = (cells.get(key), cells.get(value)) else {
            let what = format!("line {} has too few columns", line + 1);
            return Err(unfit(&file, what, "give every line all columns"));
        };
        table.insert(from.trim().to_owned(), to.trim().to_owned());
    }
    Ok(table)
}
