//! A hint: coarse segments for the page to pass on, without noise, so it is charged in full.

use super::{Answer, Cleared, Gate, Line, Purpose, Reason, Request, What, named};
use crate::book::{Book, HintedDimension, Shown, Time};
use alloc::string::String;

/// What is handed out until its window ends.
#[derive(Debug, PartialEq)]
pub(super) struct Hinted {
    pub(super) cleared: Cleared,
    pub(super) until: Time,
}

impl Gate {
    /// Runs the checks for a hint. Within its window it is the same, whatever has changed.
    ///
    /// # Errors
    /// The first reason why none may be handed out now.
    pub fn hint(&mut self, request: &Request) -> Result<&Cleared, Reason> {
        if let Err(reason) = self.refresh(request) {
            self.ledger.add(Line {
                reason: Some(reason),
                ..Line::new(request.now, What::NotHinted)
            });
            return Err(reason);
        }
        self.hint
            .as_ref()
            .map(|hint| &hint.cleared)
            .ok_or(Reason::NothingToReport)
    }

    fn refresh(&mut self, request: &Request) -> Result<(), Reason> {
        let Request {
            book, consent, now, ..
        } = *request;
        let observed = consent.get(Purpose::Personalise) != Answer::Denied;
        if !consent.granted(Purpose::Share) || !observed {
            return Err(Reason::NoConsent);
        }
        if !consent.granted(Purpose::Store) {
            return Err(Reason::NoStore);
        }
        let reporting = book.reporting.as_ref();
        let hints = reporting.and_then(|r| r.hints.as_ref());
        let (Some(reporting), Some(hints)) = (reporting, hints) else {
            return Err(Reason::NothingToReport);
        };
        let allowed = || {
            let all = hints.dimensions.iter();
            all.filter(|h| book.dimension(h.dimension).is_some_and(|d| !d.sensitive))
        };
        if allowed().next().is_none() {
            return Err(Reason::Sensitive);
        }
        if let Some(hint) = &mut self.hint {
            // A clock that went back must not freeze it for years.
            hint.until = hint.until.min(now.saturating_add(hints.window));
            if now < hint.until {
                return Ok(());
            }
        }
        // What is always withheld tells nothing, and costs nothing.
        let shown = || allowed().filter(|h| h.shown.iter().any(|s| *s != Shown::Withheld));
        if shown().next().is_none() {
            return Err(Reason::Crowd);
        }
        let charge = shown().fold(0, |sum: u32, h| sum.saturating_add(h.charge));
        if self.ledger.spent().saturating_add(charge) > reporting.cap {
            return Err(Reason::Budget);
        }
        let mut segments = String::new();
        for hinted in shown() {
            push(book, request, hinted, &mut segments);
        }
        let cleared = Cleared::mint(book, now, "", &segments);
        self.ledger.add(Line {
            at: now,
            to: "page".into(),
            cleared: Some(cleared.clone()),
            charge,
            ..Line::new(now, What::Hinted)
        });
        let until = now.saturating_add(hints.window);
        self.hint = Some(Hinted { cleared, until });
        Ok(())
    }
}

/// `dimension/segment`, after a space; nothing if it is withheld.
fn push(book: &Book, request: &Request, hinted: &HintedDimension, segments: &mut String) {
    let member = (request.member)(hinted.dimension);
    let shown = member.and_then(|m| hinted.shown.get(usize::from(m.segment)));
    let dimension = book.dimension(hinted.dimension);
    if let (Some(shown), Some(dimension)) = (shown, dimension)
        && let Some(name) = named(book, dimension, *shown)
    {
        if !segments.is_empty() {
            segments.push(' ');
        }
        segments.push_str(book.str(dimension.name));
        segments.push('/');
        segments.push_str(name);
    }
}
