//! SQLite: one file, one collector.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior, params};

use super::{Added, SCHEMA, Store, StoreError, check_schema, key, whole};
use crate::counts::Counts;
use crate::wal::Batch;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS layout (version INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS runs (
        run BLOB PRIMARY KEY, applied INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS counts (
        book TEXT NOT NULL, version INTEGER NOT NULL, week INTEGER NOT NULL,
        question TEXT NOT NULL, answer TEXT NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (book, version, week, question, answer)
    ) WITHOUT ROWID;";

/// A SQLite file.
pub struct Sqlite {
    path: PathBuf,
    connection: Option<Connection>,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::new(error)
    }
}

impl Sqlite {
    pub const fn new(path: PathBuf) -> Self {
        Self {
            path,
            connection: None,
        }
    }

    fn connect(&mut self) -> Result<&mut Connection, StoreError> {
        if self.connection.is_none() {
            let mut connection = Connection::open(&self.path)?;
            connection.busy_timeout(Duration::from_secs(5))?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            // FULL: a commit is on the disk, for the log drops its copy then.
            connection.pragma_update(None, "synchronous", "FULL")?;
            let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            change.execute_batch(TABLES)?;
            let layouts: i64 = change.query_row("SELECT count(*) FROM layout", [], |r| r.get(0))?;
            if layouts == 0 {
                change.execute("INSERT INTO layout VALUES (?1)", [SCHEMA])?;
            }
            let found = change.query_row("SELECT max(version) FROM layout", [], |r| r.get(0))?;
            check_schema(found)?;
            change.commit()?;
            self.connection = Some(connection);
        }
        self.connection
            .as_mut()
            .ok_or_else(|| StoreError::new("no connection"))
    }

    /// After an error the next call begins with a new connection.
    fn work<T>(
        &mut self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let done = self.connect().and_then(work);
        if done.is_err() {
            self.connection = None;
        }
        done
    }
}

impl Store for Sqlite {
    fn add(&mut self, batch: &Batch) -> Result<Added, StoreError> {
        self.work(|connection| {
            let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let sequence = whole(batch.id.sequence)?;
            let new = change
                .prepare_cached(
                    "INSERT INTO runs VALUES (?1, ?2) ON CONFLICT (run)
                     DO UPDATE SET applied = ?2 WHERE applied < ?2",
                )?
                .execute(params![batch.id.run, sequence])?;
            if new == 0 {
                return Ok(Added::Before);
            }
            let mut insert = change.prepare_cached(
                "INSERT INTO counts VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET count = count + excluded.count",
            )?;
            for (key, count) in &batch.counts {
                insert.execute(params![
                    &*key.book,
                    key.version,
                    key.epoch.number(),
                    &*key.question,
                    &*key.answer,
                    whole(*count)?
                ])?;
            }
            drop(insert);
            change.commit()?;
            Ok(Added::Now)
        })
    }

    fn counts(&mut self, book: &str) -> Result<Counts, StoreError> {
        self.work(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT version, week, question, answer, count FROM counts WHERE book = ?1",
            )?;
            let mut rows = query.query([book])?;
            let mut counts = Counts::new();
            while let Some(row) = rows.next()? {
                let (question, answer): (String, String) = (row.get(2)?, row.get(3)?);
                let key = key(book, row.get(0)?, row.get(1)?, &question, &answer)?;
                counts.insert(key, row.get::<_, i64>(4)?.unsigned_abs());
            }
            Ok(counts)
        })
    }
}
