//! Who a request comes from, as far as that matters: for the limit, and for who may read.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{App, Peer};
use crate::failure::Failure;
use crate::refusal::Refusal;

/// Least length of a token.
const SHORTEST: usize = 16;

/// The secret that reading needs.
pub struct Token(Vec<u8>);

impl Token {
    /// Reads it from a file; space around it does not count.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or there is no good token in it.
    pub fn load(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|e| Failure::reading(path, &e))?;
        let token = text.trim();
        if token.len() < SHORTEST || token.contains(|c: char| !c.is_ascii_graphic()) {
            return Err(Failure::new(
                format!(
                    "{} holds no token of at least {SHORTEST} letters and digits",
                    path.display()
                ),
                format!("make one with `openssl rand -hex 32 > {}`", path.display()),
            ));
        }
        Ok(Self(token.as_bytes().to_vec()))
    }

    /// Compares in a time that does not depend on where the two differ.
    fn is(&self, given: &[u8]) -> bool {
        let differing = self
            .0
            .iter()
            .zip(given)
            .fold(0, |bits, (a, b)| bits | (a ^ b));
        self.0.len() == given.len() && differing == 0
    }

    /// `Bearer TOKEN`, or `Basic` with any name and the token as password.
    fn is_in(&self, headers: &HeaderMap) -> bool {
        let value = headers
            .get(header::AUTHORIZATION)
            .map(HeaderValue::as_bytes);
        let Some((scheme, rest)) = value.and_then(|value| value.split_at_checked(7)) else {
            return false;
        };
        if scheme.eq_ignore_ascii_case(b"bearer ") {
            return self.is(rest);
        }
        let Some(encoded) = value.filter(|v| {
            v.get(..6)
                .is_some_and(|s| s.eq_ignore_ascii_case(b"basic "))
        }) else {
            return false;
        };
        let pair = STANDARD
            .decode(encoded.get(6..).unwrap_or_default())
            .unwrap_or_default();
        let password = pair
            .iter()
            .position(|byte| *byte == b':')
            .and_then(|at| pair.get(at + 1..));
        password.is_some_and(|password| self.is(password))
    }
}

/// Proof that a request may read.
pub struct MayRead;

impl FromRequestParts<Arc<App>> for MayRead {
    type Rejection = Refusal;

    async fn from_request_parts(head: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let allowed = match &app.token {
            Some(token) if token.is_in(&head.headers) => Ok(Self),
            Some(_) => Err(Refusal::Token),
            None if local(
                &head.headers,
                head.extensions.get(),
                app.proxy_header.as_ref(),
            ) =>
            {
                Ok(Self)
            }
            None => Err(Refusal::NotLocal),
        };
        allowed.inspect_err(|refusal| app.metrics.refused(*refusal))
    }
}

/// Somebody on this machine, directly. Behind a proxy on the same machine everybody seems to be
/// here, so a request that was handed on is not; and neither is a page that made a browser here
/// believe that its own name is ours (DNS rebinding).
fn local(headers: &HeaderMap, peer: Option<&Peer>, proxy: Option<&HeaderName>) -> bool {
    const HANDED_ON: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
    let handed_on = HANDED_ON.iter().any(|name| headers.contains_key(*name))
        || proxy.is_some_and(|name| headers.contains_key(name));
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let here = name == "localhost"
        || name
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.is_loopback());
    let near = peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback());
    near && here && !handed_on
}

/// The sender's address, for the limit alone: what the trusted proxy says, else the other end.
pub fn sender(
    headers: &HeaderMap,
    proxy: Option<&HeaderName>,
    peer: Option<&Peer>,
) -> Option<IpAddr> {
    let told = proxy.and_then(|name| headers.get_all(name).iter().next_back());
    let last = told.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    last.or_else(|| peer.map(|peer| peer.0.ip()))
}
