//! What may be read: estimates, crowd tables, the books that are counted.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::access::MayRead;
use super::{App, NO_STORE, Shared, json};
use crate::audience;
use crate::counts::Counts;
use crate::dashboard::{self, Listed, Looked};
use crate::epoch::Epoch;
use crate::refusal::Refusal;
use crate::statement::Statement;
use crate::store::Store;

/// Time in which the store has to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The way to the store for readers; one at a time.
#[derive(Clone)]
pub struct Reader(Arc<Mutex<Box<dyn Store>>>);

impl Reader {
    /// With a connection of its own, so that readers do not hold up the counting.
    pub fn new(store: Box<dyn Store>) -> Self {
        Self(Arc::new(Mutex::new(store)))
    }

    /// All counts of a book.
    ///
    /// # Errors
    ///
    /// The store does not answer.
    pub async fn counts(&self, book: &str) -> Result<Counts, Refusal> {
        let (store, book) = (self.0.clone(), book.to_owned());
        let read = async {
            let mut store = store.lock_owned().await;
            tokio::task::spawn_blocking(move || store.counts(&book)).await
        };
        match tokio::time::timeout(PATIENCE, read).await {
            Ok(Ok(Ok(counts))) => Ok(counts),
            _ => Err(Refusal::Store),
        }
    }
}

/// `book` and what narrows it down. An unknown or repeated key is an error, never ignored.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    book: Option<String>,
    version: Option<u32>,
    question: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

impl Query {
    fn read(uri: &Uri) -> Result<Self, Refusal> {
        serde_urlencoded::from_str(uri.query().unwrap_or_default()).map_err(|_| Refusal::Query)
    }
}

fn epoch(text: Option<String>) -> Result<Option<Epoch>, Refusal> {
    let read = |text: String| text.parse().map_err(|_| Refusal::Query);
    text.map(read).transpose()
}

/// A version of a book, and all that is counted of the book.
pub(super) struct Chosen<'a> {
    pub statement: &'a Statement,
    pub counts: Counts,
}

impl<'a> Chosen<'a> {
    /// Without a version: the newest that anybody has reported, else the newest that is stated.
    pub async fn new(app: &'a App, book: &str, version: Option<u32>) -> Result<Self, Refusal> {
        let (_, stated) = app
            .books
            .list()
            .find(|(name, _)| *name == book)
            .ok_or(Refusal::NotFound)?;
        let counts = app.reader.counts(book).await?;
        let reported = counts.keys().map(|key| key.version);
        let newest = reported.filter(|version| stated.contains(version)).max();
        let version = version.or(newest).or(stated.last().copied());
        let version = version.ok_or(Refusal::NotFound)?;
        let statement = app
            .books
            .statement(book, version)
            .ok_or(Refusal::NotFound)?;
        Ok(Self { statement, counts })
    }

    /// Those of all versions of the book, in order.
    pub fn statements(&self, app: &'a App) -> Vec<&'a Statement> {
        app.books.statements(&self.statement.book).collect()
    }
}

/// `GET /v1/audience?book=B[&version=V][&question=Q][&from=W][&to=W]`
pub async fn audience(State(app): Shared, _: MayRead, uri: Uri) -> Result<Response, Refusal> {
    let query = Query::read(&uri)?;
    let book = query.book.ok_or(Refusal::Query)?;
    let (from, to) = (epoch(query.from)?, epoch(query.to)?);
    let chosen = Chosen::new(&app, &book, query.version).await?;
    let question = query.question.as_deref();
    let asked = chosen.statement.report.as_ref();
    if question.is_some_and(|name| !asked.is_some_and(|asked| asked.questions.contains_key(name))) {
        return Err(Refusal::NotFound);
    }
    Ok(answer(&audience::answer(
        chosen.statement,
        &chosen.counts,
        question,
        from,
        to,
    )))
}

/// `GET /v1/crowd?book=B[&version=V]`
pub async fn crowd(State(app): Shared, _: MayRead, uri: Uri) -> Result<Response, Refusal> {
    let query = Query::read(&uri)?;
    let book = query.book.ok_or(Refusal::Query)?;
    if query.question.or(query.from).or(query.to).is_some() {
        return Err(Refusal::Query);
    }
    let chosen = Chosen::new(&app, &book, query.version).await?;
    Ok(answer(&audience::crowd(chosen.statement, &chosen.counts)))
}

#[derive(Serialize)]
struct Book<'a> {
    book: &'a str,
    versions: Vec<u32>,
}

#[derive(Serialize)]
struct List<'a> {
    fewbits: u32,
    books: Vec<Book<'a>>,
}

/// `GET /[?book=B[&version=V]]`: the dashboard; without a name it shows the first book.
pub async fn dashboard(State(app): Shared, _: MayRead, uri: Uri) -> Result<Response, Refusal> {
    let query = Query::read(&uri)?;
    if query.question.or(query.from).or(query.to).is_some() {
        return Err(Refusal::Query);
    }
    let books = app
        .books
        .list()
        .map(|(book, versions)| Listed { book, versions });
    let books: Vec<_> = books.collect();
    let first = books.first().map(|listed| listed.book.to_owned());
    let chosen = match query.book.or(first) {
        Some(book) => Some(Chosen::new(&app, &book, query.version).await?),
        None => None,
    };
    let statements = chosen.as_ref().map(|chosen| chosen.statements(&app));
    let chosen = chosen.as_ref().zip(statements.as_deref());
    let chosen = chosen.map(|(chosen, statements)| Looked {
        statement: chosen.statement,
        statements,
        counts: &chosen.counts,
    });
    const HEADERS: [(HeaderName, &str); 4] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, dashboard::POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    Ok((HEADERS, [NO_STORE], dashboard::page(&books, chosen)).into_response())
}

/// `GET /v1/books`: what is counted here.
pub async fn books(State(app): Shared, _: MayRead) -> Response {
    let books = app
        .books
        .list()
        .map(|(book, versions)| Book { book, versions });
    answer(&List {
        fewbits: 1,
        books: books.collect(),
    })
}

pub(super) fn answer(value: &impl Serialize) -> Response {
    // Plain structs with string keys always have a JSON form.
    json(
        StatusCode::OK,
        serde_json::to_string(value).unwrap_or_default(),
    )
}
