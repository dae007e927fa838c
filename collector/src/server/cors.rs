//! Whose pages may send reports (the Fetch standard's CORS protocol).

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::refusal::Refusal;

/// The origins that the operator named.
#[derive(Debug)]
pub struct Origins {
    all: bool,
    named: Vec<HeaderValue>,
}

impl Origins {
    /// From the flags, which were checked.
    pub fn new(origins: &[String]) -> Self {
        Self {
            all: origins.iter().any(|origin| origin == "*"),
            named: origins
                .iter()
                .filter_map(|origin| origin.parse().ok())
                .collect(),
        }
    }

    /// The origin that an answer may name, if the request has one.
    ///
    /// # Errors
    ///
    /// A page of another origin asks.
    pub fn check(&self, headers: &HeaderMap) -> Result<Option<HeaderValue>, Refusal> {
        // Only browsers send it, and they send the true one.
        let Some(origin) = headers.get(header::ORIGIN) else {
            return Ok(None);
        };
        if self.all || self.named.contains(origin) || own(origin, headers) {
            return Ok(Some(origin.clone()));
        }
        Err(Refusal::Origin)
    }
}

/// A page of the very host that hands its reports on to this collector.
fn own(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let (Ok(origin), Some(Ok(host))) = (
        origin.to_str(),
        headers.get(header::HOST).map(HeaderValue::to_str),
    ) else {
        return false;
    };
    origin
        .split_once("://")
        .is_some_and(|(_, authority)| authority == host)
}

/// Lets a page of this origin read the answer.
pub fn allow(mut response: Response, origin: Option<HeaderValue>) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response
}

/// The answer to a browser that asks before it sends.
pub fn preflight() -> Response {
    const ANSWER: [(HeaderName, &str); 3] = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
        // A day. Browsers cap it as they like.
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    (StatusCode::NO_CONTENT, ANSWER).into_response()
}
