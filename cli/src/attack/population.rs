//! Who is attacked: people made up after the book, or recorded ones.

use std::path::Path;

use fewbits::book::{Book, MAGIC};
use serde_json::Value;

use super::model::{Dimension, Model, TYPICAL, falling};
use super::observed::Observed;
use super::recorded::Recorded;
use crate::failure::Result;

/// Which people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Known at both sites: tables are learned from them.
    Tables,
    /// Known at both sites: weights are tuned on them.
    Tuning,
    /// Attacked, in a round.
    Attacked(u64),
}

impl Part {
    /// Each part has its own chance.
    pub const fn round(self) -> u64 {
        match self {
            Self::Tables => 0,
            Self::Tuning => 1,
            Self::Attacked(round) => 2 + round,
        }
    }
}

/// People, and what is segmented.
pub struct Population {
    pub source: Source,
    /// Probability that a signal is the same at both sites in the same week.
    pub rho: f64,
    pub seed: u64,
}

/// Where people come from.
pub enum Source {
    /// Made up after the book.
    MadeUp(Model),
    Recorded(Recorded),
}

impl Population {
    /// Some people for some weeks; fewer if there are not so many.
    pub fn observe(&self, part: Part, visitors: usize, weeks: usize) -> Observed {
        match &self.source {
            Source::MadeUp(model) => model.observe(visitors, weeks, self.seed, part.round()),
            Source::Recorded(recorded) => {
                recorded.observe(part, visitors, weeks, self.rho, self.seed)
            }
        }
    }

    /// How often so many can be attacked before the same people come again.
    pub fn rounds(&self, visitors: usize) -> usize {
        match &self.source {
            Source::MadeUp(_) => usize::MAX,
            Source::Recorded(recorded) => {
                let there = recorded.available(Part::Attacked(0)).len();
                (there / visitors.max(1)).max(1)
            }
        }
    }
}

/// A population after a book: shares are those of the book's crowd table, or fall evenly where
/// it has none. Also the dimensions that the table has.
pub fn model(book: &Book, path: &Path, rho: f64) -> Result<(Model, Vec<String>)> {
    let raw = crate::book::bytes(path)?;
    let source: Value = if raw.starts_with(&MAGIC) {
        // A compiled book keeps only what follows from its crowd table.
        Value::Null
    } else {
        serde_json::from_slice(&raw).unwrap_or_default()
    };
    let crowds = source.get("report").and_then(|r| r.get("crowds"));
    let mut counted = Vec::new();
    let dimensions = book.dimensions.iter().map(|dimension| {
        let name = book.str(dimension.name);
        let names: Vec<&str> = dimension
            .segments
            .iter()
            .map(|s| book.str(s.name))
            .collect();
        let table = crowds.and_then(|c| c.get(name));
        let shares = table.and_then(|table| shares(table, &names));
        if shares.is_some() {
            counted.push(name.to_owned());
        }
        Dimension {
            shares: shares.unwrap_or_else(|| falling(names.len())),
            pick: usize::from(dimension.pick),
        }
    });
    let dimensions = dimensions.collect();
    let model = Model {
        dimensions,
        rho,
        typical: TYPICAL,
    };
    Ok((model, counted))
}

/// Shares by a crowd table. `any` is everybody: the segment of that name has whom no other
/// has. `None` if some segment was not counted.
fn shares(table: &Value, names: &[&str]) -> Option<Vec<f64>> {
    let crowd = |name: &str| table.get(name).and_then(Value::as_f64);
    let named = names.iter().filter(|name| **name != "any");
    let named: f64 = named.map(|name| crowd(name)).sum::<Option<f64>>()?;
    let rest = crowd("any").map(|all| (all - named).max(0.0));
    let one = |name: &&str| if *name == "any" { rest } else { crowd(name) };
    let crowds: Vec<f64> = names.iter().map(one).collect::<Option<_>>()?;
    let all: f64 = crowds.iter().sum();
    (all > 0.0).then(|| crowds.iter().map(|crowd| crowd / all).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_from_a_crowd_table() {
        let table = serde_json::json!({ "boots": 30, "coats": 50, "any": 100 });
        assert_eq!(
            shares(&table, &["boots", "coats", "any"]),
            Some(vec![0.3, 0.5, 0.2])
        );
        assert_eq!(shares(&table, &["boots", "hats"]), None);
        assert_eq!(shares(&Value::Null, &["boots"]), None);
    }
}
