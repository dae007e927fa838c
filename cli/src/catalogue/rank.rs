//! `fewbits catalogue rank`: the best items, as a page would get them.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use fewbits_catalogue::Catalogue;
use fewbits_catalogue::rank::{Diversify, Query, Range, Ranker, Unfit};

use super::read;
use crate::failure::{Failure, Result};

/// What to ask for.
#[derive(Args)]
pub struct Arguments {
    /// A catalogue
    #[arg(value_name = "CATALOGUE")]
    file: PathBuf,
    /// Only items with this tag
    #[arg(long, value_name = "TAG")]
    must: Vec<String>,
    /// No items with this tag
    #[arg(long, value_name = "TAG")]
    not: Vec<String>,
    /// What a tag adds to the score
    #[arg(long, value_name = "TAG=NUMBER", allow_hyphen_values = true)]
    weight: Vec<String>,
    /// What a column is multiplied with for the score
    #[arg(long, value_name = "COLUMN=NUMBER", allow_hyphen_values = true)]
    boost: Vec<String>,
    /// Only items with a number in a range, ends included: `price=10..50`, `price=..50`
    #[arg(long, value_name = "COLUMN=RANGE", allow_hyphen_values = true)]
    range: Vec<String>,
    /// So many items
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// At most so many items for each value of a key: `aisle=2`
    #[arg(long, value_name = "KEY=N")]
    diversify: Option<String>,
}

/// True.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let (catalogue, _) = read(&arguments.file)?;
    let query = arguments.query(&catalogue)?;
    let mut ranker = Ranker::default();
    let hits = ranker
        .rank(&catalogue, &query)
        .map_err(|unfit| match unfit {
            Unfit::Number => Failure::new(
                "a number is none, or too far from 0",
                "stay below 10 to the 15th",
            ),
            Unfit::Limit => Failure::new(
                "`--limit` or the number of `--diversify` does not fit",
                "from 1 to 1000",
            ),
            Unfit::Terms => Failure::new("too many tags", "at most 1024 of a kind"),
        })?;
    let mut out = std::io::stdout().lock();
    for (number, hit) in hits.iter().enumerate() {
        let reasons = because(&catalogue, &query, hit.place);
        let id = catalogue.id(hit.place).unwrap_or_default();
        writeln!(
            out,
            "{:>4}  {:<24} {:>12.4}  {reasons}",
            number + 1,
            id,
            hit.score
        )?;
    }
    if hits.is_empty() {
        writeln!(out, "no item fits")?;
    }
    Ok(true)
}

/// What an item's score is made of.
fn because(catalogue: &Catalogue, query: &Query, place: u32) -> String {
    let boosts = query.boosts.iter().filter_map(|(column, factor)| {
        let name = catalogue.column_names().get(*column as usize)?;
        Some(format!(
            "{name} {:+}",
            factor * catalogue.number(*column, place)?
        ))
    });
    let weights = query
        .weights
        .iter()
        .filter(|(tag, _)| catalogue.has(*tag, place))
        .filter_map(|(tag, weight)| {
            let name = catalogue.tag_names().get(*tag as usize)?;
            Some(format!("{name} {weight:+}"))
        });
    boosts.chain(weights).collect::<Vec<_>>().join(", ")
}

impl Arguments {
    fn query(&self, catalogue: &Catalogue) -> Result<Query> {
        let tag = |name: &String| {
            catalogue.tag(name).ok_or_else(|| {
                Failure::new(
                    format_args!("no item has the tag `{name}`"),
                    "check the spelling; `fewbits catalogue build` shows the most frequent tags",
                )
            })
        };
        let column = |name: &str| {
            let names = catalogue.column_names().join(", ");
            catalogue.column(name).ok_or_else(|| {
                Failure::new(
                    format_args!("the catalogue has no numbers `{name}`"),
                    format_args!("it has: {names}"),
                )
            })
        };
        let pair = |text: &str| -> Result<(String, String)> {
            let (name, value) = text.rsplit_once('=').ok_or_else(|| {
                Failure::new(format_args!("`{text}` has no `=`"), "write NAME=VALUE")
            })?;
            Ok((name.to_owned(), value.to_owned()))
        };
        let number = |text: &str| {
            text.trim().parse::<f64>().map_err(|_| {
                Failure::new(
                    format_args!("`{text}` is not a number"),
                    "write it like 0.5",
                )
            })
        };
        let mut query = Query {
            must: self.must.iter().map(tag).collect::<Result<_>>()?,
            not: self.not.iter().map(tag).collect::<Result<_>>()?,
            limit: self.limit,
            ..Query::default()
        };
        for text in &self.weight {
            let (name, value) = pair(text)?;
            query.weights.push((tag(&name)?, number(&value)?));
        }
        for text in &self.boost {
            let (name, value) = pair(text)?;
            query.boosts.push((column(&name)?, number(&value)?));
        }
        for text in &self.range {
            let (name, value) = pair(text)?;
            let (least, most) = value.split_once("..").ok_or_else(|| {
                Failure::new(
                    format_args!("`{value}` is not a range"),
                    "write it like 10..50",
                )
            })?;
            let end = |text: &str, open: f64| {
                if text.is_empty() {
                    Ok(open)
                } else {
                    number(text)
                }
            };
            query.ranges.push(Range {
                column: column(&name)?,
                least: end(least, f64::NEG_INFINITY)?,
                most: end(most, f64::INFINITY)?,
            });
        }
        if let Some(text) = &self.diversify {
            let (key, most) = pair(text)?;
            let key = format!("{key}:");
            let most = most.parse().map_err(|_| {
                Failure::new(
                    format_args!("`{most}` is not a whole number"),
                    "write it like aisle=2",
                )
            })?;
            let groups = (0..)
                .zip(catalogue.tag_names())
                .filter(|(_, name)| name.starts_with(&key));
            query.diversify = Some(Diversify {
                groups: groups.map(|(tag, _)| tag).collect(),
                most,
            });
        }
        Ok(query)
    }
}
