//! The HTTP server: connections in, and what is asked of them.

mod access;
mod connections;
mod cors;
mod outcomes;
mod read;
mod report;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};

pub use access::Token;
pub use connections::{Limits, serve};
pub use cors::Origins;
pub use read::Reader;

use crate::books::Books;
use crate::clock::Stopwatch;
use crate::intake::Intake;
use crate::limiter::Limiter;
use crate::metrics::Metrics;
use crate::refusal::Refusal;

/// What requests are answered from.
pub struct App {
    /// The statements.
    pub books: Arc<Books>,
    /// The way into the log.
    pub intake: Intake,
    /// Numbers about the server.
    pub metrics: Arc<Metrics>,
    /// Time in which a report has to arrive.
    pub patience: Duration,
    /// Limit for each address, if any.
    pub limiter: Option<Limiter>,
    /// Time for the limiter.
    pub stopwatch: Stopwatch,
    /// Whose pages may send.
    pub origins: Origins,
    /// What reading needs.
    pub token: Option<Token>,
    /// Where a trusted proxy names the sender's address.
    pub proxy_header: Option<HeaderName>,
    /// The way to the store.
    pub reader: Reader,
}

/// Address of the other end of a connection. Only the limiter and the check of who may read see it.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

type Shared = State<Arc<App>>;

/// All addresses of the server.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/report", any(report::route))
        .route("/", get(read::dashboard))
        .route("/v1/audience", get(read::audience))
        .route("/v1/crowd", get(read::crowd))
        .route("/v1/outcomes", get(outcomes::outcomes))
        .route("/v1/posteriors", get(outcomes::posteriors))
        .route("/v1/books", get(read::books))
        .route("/metrics", get(metrics))
        .route("/healthz", get(health))
        .fallback(|| async { Refusal::NotFound })
        .method_not_allowed_fallback(|| async { Refusal::Method })
        .with_state(app)
}

/// 200 as long as reports are taken; the store may be away for a while.
async fn health(State(app): Shared) -> Response {
    let word = |up: bool| if up { "up" } else { "down" };
    let (log, store) = (app.metrics.log_up(), app.metrics.store_up());
    let status = if log {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    json(
        status,
        format!(
            "{{\"log\":\"{}\",\"store\":\"{}\"}}\n",
            word(log),
            word(store)
        ),
    )
}

async fn metrics(State(app): Shared, _: access::MayRead) -> Response {
    let kind = (
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; version=0.0.4"),
    );
    ([kind, NO_STORE], app.metrics.text()).into_response()
}

const NO_STORE: (HeaderName, HeaderValue) =
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

fn json(status: StatusCode, body: String) -> Response {
    let kind = (
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    (status, [kind, NO_STORE], body).into_response()
}
