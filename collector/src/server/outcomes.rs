//! What may be read about experiments and bandits.

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Shared;
use super::access::MayRead;
use super::read::{Chosen, answer};
use crate::estimate::Aim;
use crate::outcomes;
use crate::refusal::Refusal;

/// Power of a test, if none is named.
const POWER: f64 = 0.8;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outcomes {
    book: String,
    version: Option<u32>,
    question: Option<String>,
    effect: Option<f64>,
    power: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Posteriors {
    book: String,
    version: Option<u32>,
}

fn query<T: DeserializeOwned>(uri: &Uri) -> Result<T, Refusal> {
    serde_urlencoded::from_str(uri.query().unwrap_or_default()).map_err(|_| Refusal::Query)
}

impl Outcomes {
    fn aim(&self) -> Result<Option<Aim>, Refusal> {
        let power = self.power.unwrap_or(POWER);
        let sensible = |effect: f64| effect != 0.0 && effect.abs() <= 1_000.0 && effect >= -1.0;
        let effect = self.effect;
        if effect.is_some_and(|effect| !sensible(effect)) || !(0.05..1.0).contains(&power) {
            return Err(Refusal::Query);
        }
        if effect.is_none() && self.power.is_some() {
            return Err(Refusal::Query);
        }
        Ok(effect.map(|effect| Aim { effect, power }))
    }
}

/// `GET /v1/outcomes?book=B[&version=V][&question=Q][&effect=E[&power=P]]`
pub async fn outcomes(State(app): Shared, _: MayRead, uri: Uri) -> Result<Response, Refusal> {
    let query: Outcomes = query(&uri)?;
    let aim = query.aim()?;
    let chosen = Chosen::new(&app, &query.book, query.version).await?;
    let question = query.question.as_deref();
    let asked = chosen.statement.report.as_ref();
    let is_outcome = |name: &str| {
        let question = asked.and_then(|asked| asked.questions.get(name));
        question.is_some_and(|question| question.outcome.is_some())
    };
    if question.is_some_and(|name| !is_outcome(name)) {
        return Err(Refusal::NotFound);
    }
    let (statements, version) = (chosen.statements(&app), chosen.statement.version);
    let found = outcomes::outcomes(&statements, version, &chosen.counts, question, aim);
    Ok(answer(&found.ok_or(Refusal::NotFound)?))
}

/// `GET /v1/posteriors?book=B[&version=V]`
pub async fn posteriors(State(app): Shared, _: MayRead, uri: Uri) -> Result<Response, Refusal> {
    let query: Posteriors = query(&uri)?;
    // The newest statement, reported or not: what its book knows must not be forgotten.
    let newest = app.books.statements(&query.book).last();
    let version = query.version.or(newest.map(|statement| statement.version));
    let chosen = Chosen::new(&app, &query.book, version).await?;
    let (statements, version) = (chosen.statements(&app), chosen.statement.version);
    let found = outcomes::posteriors(&statements, version, &chosen.counts);
    Ok(answer(&found.ok_or(Refusal::NotFound)?))
}
