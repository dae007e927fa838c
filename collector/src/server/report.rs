//! `POST /v1/report`.

use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body as _, Bytes};

use super::{App, Peer, Shared, access, cors};
use crate::clock;
use crate::refusal::Refusal;
use crate::report::{LIMIT, Report};

/// Takes one report: 204 when it is on the disk.
pub async fn route(State(app): Shared, request: Request<Body>) -> Response {
    let origin = match app.origins.check(request.headers()) {
        Ok(origin) => origin,
        Err(refusal) => return refuse(&app, refusal),
    };
    let response = match *request.method() {
        Method::OPTIONS => cors::preflight(),
        Method::POST => match take(&app, request).await {
            Ok(()) => StatusCode::NO_CONTENT.into_response(),
            Err(refusal) => refuse(&app, refusal),
        },
        _ => refuse(&app, Refusal::Method),
    };
    cors::allow(response, origin)
}

fn refuse(app: &App, refusal: Refusal) -> Response {
    app.metrics.refused(refusal);
    let mut response = refusal.into_response();
    if matches!(refusal, Refusal::TooLong | Refusal::TooSlow) {
        // The rest of the body is not waited for.
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

async fn take(app: &App, request: Request<Body>) -> Result<(), Refusal> {
    let (head, body) = request.into_parts();
    if let Some(limiter) = &app.limiter {
        let peer = head.extensions.get::<Peer>();
        let address = access::sender(&head.headers, app.proxy_header.as_ref(), peer);
        if !address.is_some_and(|address| limiter.allows(address, app.stopwatch.micros())) {
            return Err(Refusal::TooMany);
        }
    }
    if !is_json(&head.headers) {
        return Err(Refusal::ContentType);
    }
    let body = read(body, app.patience).await?;
    let report = Report::parse(&body).map_err(|_| Refusal::WireForm)?;
    let place = app.books.place(&report, clock::epoch())?;
    app.intake.submit(place).await
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let kind = value.map(|value| value.split_once(';').map_or(value, |(kind, _)| kind).trim());
    kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"))
}

async fn read(body: Body, patience: Duration) -> Result<Bytes, Refusal> {
    if body.size_hint().lower() > LIMIT as u64 {
        return Err(Refusal::TooLong);
    }
    let whole = tokio::time::timeout(patience, Limited::new(body, LIMIT).collect()).await;
    match whole.map_err(|_| Refusal::TooSlow)? {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Refusal::TooLong),
        Err(_) => Err(Refusal::WireForm),
    }
}
