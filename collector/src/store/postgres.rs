//! PostgreSQL: one database, any number of collectors.

use std::time::Duration;

use postgres::{Client, Config, NoTls};

use super::{Added, SCHEMA, Store, StoreError, check_schema, key, whole};
use crate::counts::Counts;
use crate::wal::Batch;

/// The lock keeps collectors that start together from making the tables twice; its number is
/// "fewbits" in ASCII.
const TABLES: &str = "
    SELECT pg_advisory_xact_lock(28822011051078771);
    CREATE TABLE IF NOT EXISTS fewbits_layout (version bigint NOT NULL);
    CREATE TABLE IF NOT EXISTS fewbits_runs (run bytea PRIMARY KEY, applied bigint NOT NULL);
    CREATE TABLE IF NOT EXISTS fewbits_counts (
        book text NOT NULL, version bigint NOT NULL, week bigint NOT NULL,
        question text NOT NULL, answer text NOT NULL, count bigint NOT NULL,
        PRIMARY KEY (book, version, week, question, answer)
    );";

/// A PostgreSQL database.
pub struct Postgres {
    config: Config,
    client: Option<Client>,
}

impl From<postgres::Error> for StoreError {
    fn from(error: postgres::Error) -> Self {
        // The server's own message says more than the client's.
        match error.as_db_error() {
            Some(said) => Self::new(said),
            None => Self::new(error),
        }
    }
}

impl Postgres {
    pub fn new(mut config: Config) -> Self {
        config.application_name("fewbits-collector");
        config.connect_timeout(Duration::from_secs(5));
        config.tcp_user_timeout(Duration::from_secs(10));
        Self {
            config,
            client: None,
        }
    }

    fn connect(&mut self) -> Result<&mut Client, StoreError> {
        if self.client.as_ref().is_none_or(Client::is_closed) {
            let mut client = self.config.connect(NoTls)?;
            // A commit is on the server's disk when it is confirmed, for the log drops its copy.
            client.batch_execute(
                "SET synchronous_commit = on; SET statement_timeout = '30s'; SET lock_timeout = '10s'",
            )?;
            let mut change = client.transaction()?;
            let made = change.query_opt(
                "SELECT 1 WHERE to_regclass('fewbits_counts') IS NOT NULL",
                &[],
            )?;
            if made.is_none() {
                change.batch_execute(TABLES)?;
                change.execute(
                    "INSERT INTO fewbits_layout SELECT $1 WHERE NOT EXISTS (SELECT FROM fewbits_layout)",
                    &[&SCHEMA],
                )?;
            }
            let found = change.query_one("SELECT max(version) FROM fewbits_layout", &[])?;
            check_schema(found.try_get(0)?)?;
            change.commit()?;
            self.client = Some(client);
        }
        self.client
            .as_mut()
            .ok_or_else(|| StoreError::new("no connection"))
    }

    /// After an error the next call begins with a new connection.
    fn work<T>(
        &mut self,
        work: impl FnOnce(&mut Client) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let done = self.connect().and_then(work);
        if done.is_err() {
            self.client = None;
        }
        done
    }
}

impl Store for Postgres {
    fn add(&mut self, batch: &Batch) -> Result<Added, StoreError> {
        let sequence = whole(batch.id.sequence)?;
        let mut columns = Columns::default();
        // In the order of the keys: two collectors lock rows in the same order.
        for (key, count) in &batch.counts {
            columns.books.push(&key.book);
            columns.versions.push(key.version.into());
            columns.weeks.push(key.epoch.number().into());
            columns.questions.push(&key.question);
            columns.answers.push(&key.answer);
            columns.counts.push(whole(*count)?);
        }
        self.work(|client| {
            let mut change = client.transaction()?;
            let new = change.execute(
                "INSERT INTO fewbits_runs VALUES ($1, $2) ON CONFLICT (run)
                 DO UPDATE SET applied = $2 WHERE fewbits_runs.applied < $2",
                &[&batch.id.run.as_slice(), &sequence],
            )?;
            if new == 0 {
                return Ok(Added::Before);
            }
            change.execute(
                "INSERT INTO fewbits_counts
                 SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[])
                 ON CONFLICT (book, version, week, question, answer)
                 DO UPDATE SET count = fewbits_counts.count + excluded.count",
                &[
                    &columns.books,
                    &columns.versions,
                    &columns.weeks,
                    &columns.questions,
                    &columns.answers,
                    &columns.counts,
                ],
            )?;
            change.commit()?;
            Ok(Added::Now)
        })
    }

    fn counts(&mut self, book: &str) -> Result<Counts, StoreError> {
        self.work(|client| {
            let rows = client.query(
                "SELECT version, week, question, answer, count FROM fewbits_counts WHERE book = $1",
                &[&book],
            )?;
            let mut counts = Counts::new();
            for row in rows {
                let key = key(
                    book,
                    row.try_get(0)?,
                    row.try_get(1)?,
                    row.try_get(2)?,
                    row.try_get(3)?,
                )?;
                counts.insert(key, row.try_get::<_, i64>(4)?.unsigned_abs());
            }
            Ok(counts)
        })
    }
}

#[derive(Default)]
struct Columns<'a> {
    books: Vec<&'a str>,
    versions: Vec<i64>,
    weeks: Vec<i64>,
    questions: Vec<&'a str>,
    answers: Vec<&'a str>,
    counts: Vec<i64>,
}
