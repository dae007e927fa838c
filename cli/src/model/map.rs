//! Which signal of the book is which input of a graph.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::columns::{Category, Column};
use crate::book::text;
use crate::failure::{Failure, Result};

/// A mapping file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    /// By the name of a graph's input: its signal, or one for each of its columns.
    #[serde(default)]
    inputs: BTreeMap<String, Columns>,
    /// What stands for a missing value, where neither the graph nor an input says so.
    missing: Option<f32>,
    /// New names for classes.
    #[serde(default)]
    pub classes: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Columns {
    All(Vec<Target>),
    One(Target),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Target {
    Name(String),
    Signal(Signal),
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signal {
    signal: String,
    /// The column is 1 while the signal has this value, else 0.
    is: Option<Value>,
    /// What stands for a missing value.
    missing: Option<f32>,
    /// The signal's values by the categories of the training data.
    #[serde(default)]
    items: BTreeMap<String, Value>,
}

/// What a column reads of a signal.
pub struct Read {
    pub signal: String,
    pub is: Option<Value>,
    pub missing: Option<f32>,
}

/// Reads a mapping file.
pub fn read(path: &Path) -> Result<Map> {
    serde_json::from_str(&text(path)?).map_err(|e| {
        let what = format!("the mapping `{}` is wrong: {e}", path.display());
        Failure::new(what, "docs/models.md says what a mapping has")
    })
}

impl Map {
    /// What a column reads. `columns`: how many the input has.
    pub fn read(&self, column: &Column, columns: usize) -> Result<Read> {
        let target = match self.inputs.get(&column.input) {
            Some(Columns::One(target)) => target.clone(),
            Some(Columns::All(all)) => {
                let target = all.get(column.at).cloned();
                target.ok_or_else(|| {
                    let what = format!(
                        "the mapping has {} signals for the {columns} columns of `{}`",
                        all.len(),
                        column.input
                    );
                    Failure::new(what, "name one for each column, in their order")
                })?
            }
            None if columns == 1 => Target::Name(snake(&column.input)),
            None => {
                let what = format!("input `{}` has {columns} columns", column.input);
                let help = format!(
                    "name their signals with --map: {{ \"inputs\": {{ \"{}\": [\"...\", ...] }} }}",
                    column.input
                );
                return Err(Failure::new(what, help));
            }
        };
        let target = match target {
            Target::Name(signal) => Signal {
                signal,
                ..Signal::default()
            },
            Target::Signal(signal) => signal,
        };
        let is = match (&column.is, target.is) {
            (Some(category), None) => {
                let name = match category {
                    Category::Text(text) => text.clone(),
                    Category::Number(n) => n.to_string(),
                };
                let plain = match category {
                    Category::Text(text) => text.clone().into(),
                    Category::Number(n) => (*n).into(),
                };
                Some(target.items.get(&name).cloned().unwrap_or(plain))
            }
            // 1 or 0 already: the second category is the same column, the first its opposite.
            (Some(_), Some(_)) => {
                let what = format!("the graph encodes `{}` by itself", column.input);
                return Err(Failure::new(what, "write `items` in place of `is`"));
            }
            (None, is) => is,
        };
        Ok(Read {
            missing: if is.is_some() {
                None
            } else {
                column.missing.or(target.missing).or(self.missing)
            },
            signal: target.signal,
            is,
        })
    }
}

/// `ProductRelated_Duration` as a name of a signal: `product_related_duration`.
pub fn snake(name: &str) -> String {
    let mut out = String::new();
    let mut small = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && small {
            out.push('_');
        }
        small = c.is_ascii_lowercase() || c.is_ascii_digit();
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.ends_with('_') {
            out.push('_');
        }
    }
    out
}
