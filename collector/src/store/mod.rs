//! Where counts are kept: one trait, two engines.

mod postgres;
mod sqlite;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::counts::Counts;
use crate::failure::Failure;
use crate::wal::Batch;

/// Layout of the tables.
const SCHEMA: i64 = 1;

/// A store of counts. Calls block.
pub trait Store: Send {
    /// Adds a batch, unless the store has it already. All of it or nothing; when this returns,
    /// it is on the store's disk. Batches of a run come in the order of their sequence.
    ///
    /// # Errors
    ///
    /// The store is away or refuses. Whether the batch was added may then be unknown; adding it
    /// again is right in any case.
    fn add(&mut self, batch: &Batch) -> Result<Added, StoreError>;

    /// All counts of a book.
    ///
    /// # Errors
    ///
    /// The store is away or refuses.
    fn counts(&mut self, book: &str) -> Result<Counts, StoreError>;
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It was added.
    Now,
    /// It had been added before.
    Before,
}

/// What a store said, for the log.
#[derive(Debug)]
pub struct StoreError(String);

impl StoreError {
    fn new(text: impl fmt::Display) -> Self {
        Self(text.to_string())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which store, as the operator names it.
#[derive(Debug, Clone)]
pub enum Place {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database.
    Postgres(Box<::postgres::Config>),
}

impl Place {
    /// Reads `sqlite:PATH` or `postgres://...`. Without a name it is a file in the data folder.
    ///
    /// # Errors
    ///
    /// It is neither.
    pub fn parse(text: Option<&str>, data: &Path) -> Result<Self, Failure> {
        let Some(text) = text else {
            return Ok(Self::Sqlite(data.join("counts.db")));
        };
        if let Some(path) = text.strip_prefix("sqlite:") {
            return Ok(Self::Sqlite(path.into()));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            // The text may hold a password, so it is not repeated.
            let config = text.parse().map_err(|error: ::postgres::Error| {
                Failure::new(
                    format!("--store is no address of a PostgreSQL database: {error}"),
                    "write postgres://USER:PASSWORD@HOST:PORT/DATABASE",
                )
            })?;
            return Ok(Self::Postgres(Box::new(config)));
        }
        Err(Failure::new(
            "--store names no kind of store",
            "write sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE",
        ))
    }

    /// A connection of its own. It is made, and made again, when it is needed.
    pub fn open(&self) -> Box<dyn Store> {
        match self {
            Self::Sqlite(path) => Box::new(sqlite::Sqlite::new(path.clone())),
            Self::Postgres(config) => Box::new(postgres::Postgres::new(config.as_ref().clone())),
        }
    }
}

/// For the log: never the address, which may hold a password.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "SQLite in {}", path.display()),
            Self::Postgres(config) => {
                write!(
                    f,
                    "PostgreSQL database {}",
                    config.get_dbname().unwrap_or("(default)")
                )
            }
        }
    }
}

/// Counts that come from a table: what does not fit our types was not written by a collector.
fn key(
    book: &str,
    version: i64,
    epoch: i64,
    question: &str,
    answer: &str,
) -> Result<crate::counts::Key, StoreError> {
    let odd = || StoreError::new("the store has a row that no collector wrote");
    let epoch = u32::try_from(epoch)
        .ok()
        .and_then(crate::epoch::Epoch::from_number);
    Ok(crate::counts::Key {
        book: book.into(),
        version: u32::try_from(version).map_err(|_| odd())?,
        epoch: epoch.ok_or_else(odd)?,
        question: question.into(),
        answer: answer.into(),
    })
}

fn whole(count: u64) -> Result<i64, StoreError> {
    i64::try_from(count).map_err(|_| StoreError::new("a count is too large for the store"))
}

/// Layouts of other versions are not touched.
fn check_schema(found: i64) -> Result<(), StoreError> {
    if found == SCHEMA {
        return Ok(());
    }
    Err(StoreError::new(format!(
        "the store has layout {found}, but this collector knows layout {SCHEMA}; see \"Upgrade\" in docs/collector.md"
    )))
}
