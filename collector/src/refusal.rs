//! Everything that the server says no with. The texts are constant: no answer repeats what was sent.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::books::Unknown;

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident $status:ident $code:literal $text:literal)*) => {
        /// Why a request was refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Refusal { $($(#[$doc])* $name),* }

        impl Refusal {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            const fn parts(self) -> (StatusCode, &'static str, &'static str) {
                match self {
                    $(Self::$name => (StatusCode::$status, $code, concat!(
                        "{\"error\":\"", $code, "\",\"message\":\"", $text, "\"}\n"
                    ))),*
                }
            }
        }
    };
}

refusals! {
    /// Not the wire form.
    WireForm BAD_REQUEST "wire-form" "not the wire form of a report; see docs/gate.md"
    /// Longer than a report.
    TooLong PAYLOAD_TOO_LARGE "too-long" "a report has at most 1024 bytes"
    /// Not JSON by its header.
    ContentType UNSUPPORTED_MEDIA_TYPE "content-type" "a report is sent as application/json"
    /// The body did not come in time.
    TooSlow REQUEST_TIMEOUT "too-slow" "the report did not arrive in time"
    /// No statement of this book.
    UnknownBook UNPROCESSABLE_ENTITY "unknown-book" "this collector does not count that book"
    /// An old version without a statement.
    UnknownVersion UNPROCESSABLE_ENTITY "unknown-version" "this collector does not count that version of the book"
    /// A newer version than all statements.
    VersionNotYet SERVICE_UNAVAILABLE "version-not-yet" "this collector does not know so new a version of the book yet"
    /// Not asked by this version.
    UnknownQuestion UNPROCESSABLE_ENTITY "unknown-question" "this version of the book does not ask that"
    /// Not an answer of this question.
    UnknownAnswer UNPROCESSABLE_ENTITY "unknown-answer" "no answer to this question leaves by that name"
    /// A week that cannot be.
    Epoch UNPROCESSABLE_ENTITY "implausible-epoch" "the week is in the future or too long ago"
    /// A page of a site that is not ours.
    Origin FORBIDDEN "origin" "this collector does not take reports from pages of that origin"
    /// Too many from one address.
    TooMany TOO_MANY_REQUESTS "too-many" "too many reports from one address; try again later"
    /// The log is full: the store is away.
    LogFull SERVICE_UNAVAILABLE "log-full" "the store is away and the log is full; try again later"
    /// The disk refuses.
    Disk SERVICE_UNAVAILABLE "disk" "reports cannot be made durable now; try again later"
    /// On its way down.
    Stopping SERVICE_UNAVAILABLE "stopping" "the collector is being stopped; try again later"
    /// The store does not answer.
    Store SERVICE_UNAVAILABLE "store" "the store does not answer; try again later"
    /// Not allowed to read.
    Token UNAUTHORIZED "token" "reading needs the token of this collector"
    /// Not allowed to read from there.
    NotLocal FORBIDDEN "not-local" "without --token-file this can be read on the collector's own machine only"
    /// A query that is not understood.
    Query BAD_REQUEST "query" "the query has an unknown, repeated or malformed part; see docs/collector.md"
    /// Read about an unknown book, version or question.
    NotFound NOT_FOUND "not-found" "there is nothing by that name"
    /// Another method is needed.
    Method METHOD_NOT_ALLOWED "method" "this address is for another method"
}

impl Refusal {
    /// A word for programs.
    pub const fn code(self) -> &'static str {
        self.parts().1
    }
}

impl From<Unknown> for Refusal {
    fn from(unknown: Unknown) -> Self {
        match unknown {
            Unknown::Book => Self::UnknownBook,
            Unknown::Version => Self::UnknownVersion,
            Unknown::VersionYet => Self::VersionNotYet,
            Unknown::Question => Self::UnknownQuestion,
            Unknown::Answer => Self::UnknownAnswer,
            Unknown::Epoch => Self::Epoch,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, _, body) = self.parts();
        let mut response =
            (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
        let headers = response.headers_mut();
        if matches!(
            status,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
        ) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        if self == Self::Token {
            // Basic too, with any name: so a browser asks for it, and can show the dashboard.
            let scheme = HeaderValue::from_static("Basic realm=\"fewbits-collector\"");
            headers.insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}
