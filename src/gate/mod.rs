//! (5) The only way out. One visitor, one question, once.
//!
//! The gate is a closed list of checks, in this order, each with a named [`Reason`]: consent,
//! sensitive, budget, noise, crowd, ledger. What passes them all is a [`Cleared`], which nothing else can
//! make. *Whether*, *when* and *what* is asked depends on the book, on chance and on the
//! clock, never on a visitor's data; that is what makes the budget a proof (`docs/gate.md`).

mod cleared;
mod consent;
mod hint;
mod ledger;
mod noise;
mod reason;
mod storing;

use crate::book::{Book, DAY, Dimension, Question, Shown, Time};
use crate::codec::crc32;
use crate::ports::{Entropy, below};
use crate::segments::SegmentId;

use hint::Hinted;

pub use cleared::Cleared;
pub use consent::{Answer, Consent, Purpose};
pub use ledger::{Ledger, Line, What};
pub use noise::randomise;
pub use reason::Reason;
pub use storing::TOMBSTONE;

/// How far the one question has come.
#[derive(Debug, Default, PartialEq)]
enum Stage {
    #[default]
    Fresh,
    /// Drawn (CRC-32 of the dimension's name), to be answered from `due` on.
    Drawn {
        question: u32,
        due: Time,
    },
    /// Answered, charged, frozen.
    Answered(Cleared),
    /// Handed to the network at a time; whether it arrived is not known.
    Sending(Cleared, Time),
    Done,
}

/// What the gate looks at. It never sees a profile: the membership is asked for once, when an
/// answer is due and paid for.
pub struct Request<'a> {
    /// The rules.
    pub book: &'a Book,
    /// What the visitor agreed to.
    pub consent: Consent,
    /// Now.
    pub now: Time,
    /// The segment that holds in a dimension.
    pub member: &'a dyn Fn(u16) -> Option<SegmentId>,
}

/// The name by which an answer is shown.
fn named<'b>(book: &'b Book, dimension: &Dimension, shown: Shown) -> Option<&'b str> {
    let name = match shown {
        Shown::Withheld => return None,
        Shown::Any => return Some("any"),
        Shown::Group(g) => dimension.groups.get(usize::from(g))?.name,
        Shown::Segment(s) => dimension.segments.get(usize::from(s))?.name,
    };
    Some(book.str(name))
}

/// The only door, and its memory.
#[derive(Debug, Default, PartialEq)]
pub struct Gate {
    stage: Stage,
    ledger: Ledger,
    hint: Option<Hinted>,
}

impl Gate {
    /// Runs the checks.
    ///
    /// # Errors
    /// The first reason why nothing may leave now.
    pub fn ask(
        &mut self,
        request: &Request,
        entropy: &mut dyn Entropy,
    ) -> Result<&Cleared, Reason> {
        if let Err(reason) = self.advance(request, entropy) {
            if !matches!(
                reason,
                Reason::NotDue | Reason::AlreadyAnswered | Reason::BeingSent
            ) {
                let line = Line {
                    reason: Some(reason),
                    ..Line::new(request.now, What::Withheld)
                };
                self.ledger.add(line);
            }
            return Err(reason);
        }
        match &self.stage {
            Stage::Answered(cleared) => Ok(cleared),
            _ => Err(Reason::NotDue),
        }
    }

    fn advance(&mut self, request: &Request, entropy: &mut dyn Entropy) -> Result<(), Reason> {
        let Request {
            book, consent, now, ..
        } = *request;
        // Who is not observed has no answer to give.
        let observed = consent.get(Purpose::Personalise) != Answer::Denied;
        if !consent.granted(Purpose::Measure) || !observed {
            return Err(Reason::NoConsent);
        }
        if !consent.granted(Purpose::Store) {
            return Err(Reason::NoStore);
        }
        let reporting = book.reporting.as_ref();
        let reporting = reporting.filter(|r| !r.questions.is_empty());
        let reporting = reporting.ok_or(Reason::NothingToReport)?;
        let hash = |q: &Question| {
            let name = book.dimension(q.dimension).map_or("", |d| book.str(d.name));
            (crc32(name.as_bytes()), name)
        };
        let asked = || {
            let questions = reporting.questions.iter();
            questions.filter(|q| !book.is_sensitive(hash(q).1))
        };
        if asked().next().is_none() {
            return Err(Reason::Sensitive);
        }
        match &mut self.stage {
            Stage::Answered(cleared) if book.is_sensitive(cleared.question()) => {
                return Err(Reason::Sensitive);
            }
            Stage::Answered(_) => return Ok(()),
            // A page that closed in the middle of sending never sends it again.
            Stage::Sending(_, at) if now.saturating_sub(*at) < DAY => {
                return Err(Reason::BeingSent);
            }
            Stage::Sending(..) | Stage::Done => return Err(Reason::AlreadyAnswered),
            Stage::Drawn { question, due } => {
                let question = *question;
                let known = asked().find(|q| hash(q).0 == question);
                if let Some(asked) = known {
                    // A clock that went back must not put the answer off for years.
                    let latest = now.saturating_add(asked.after).saturating_add(asked.jitter);
                    *due = (*due).min(latest);
                    if now < *due {
                        return Err(Reason::NotDue);
                    }
                    return self.answer(request, asked, hash(asked).1, entropy);
                }
                // The book asks this no more. Nothing was read, so another may be drawn.
                self.stage = Stage::Fresh;
            }
            Stage::Fresh => {}
        }
        let total = asked().map(|q| u64::from(q.weight)).sum();
        let mut draw = below(entropy, total).ok_or(Reason::StorageFailed)?;
        let drawn = asked().find(|q| {
            let weight = u64::from(q.weight);
            let hit = draw < weight;
            draw = draw.saturating_sub(weight);
            hit
        });
        let drawn = drawn.ok_or(Reason::NothingToReport)?;
        let delay = below(entropy, u64::from(drawn.jitter) + 1).ok_or(Reason::StorageFailed)?;
        let due = now.saturating_add(drawn.after).saturating_add(delay as u32);
        let (question, name) = hash(drawn);
        self.stage = Stage::Drawn { question, due };
        self.ledger.add(Line {
            question: name.into(),
            ..Line::new(now, What::Drawn)
        });
        Err(Reason::NotDue)
    }

    /// Answers the question that is due: charges, reads the membership once, randomises,
    /// climbs, freezes.
    fn answer(
        &mut self,
        request: &Request,
        question: &Question,
        name: &str,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Reason> {
        let Request { book, now, .. } = *request;
        let reporting = book.reporting.as_ref().ok_or(Reason::NothingToReport)?;
        // Nothing that could be answered would be shown: wait for a book that knows its crowds.
        if question.shown.iter().all(|s| *s == Shown::Withheld) {
            return Err(Reason::Crowd);
        }
        if self.ledger.spent().saturating_add(question.charge) > reporting.cap {
            self.stage = Stage::Done;
            return Err(Reason::Budget);
        }
        let truth = (request.member)(question.dimension).ok_or(Reason::NothingToReport)?;
        let answer = randomise(question, truth.segment, entropy).ok_or(Reason::StorageFailed)?;
        let shown = question.shown.get(usize::from(answer)).copied();
        let answer = book
            .dimension(question.dimension)
            .and_then(|d| named(book, d, shown.unwrap_or(Shown::Withheld)));
        let cleared = answer.map(|answer| Cleared::mint(book, now, name, answer));
        // Silence would tell that the answer was a small crowd, so it is charged all the same.
        self.ledger.add(Line {
            at: now,
            reason: cleared.is_none().then_some(Reason::Crowd),
            question: name.into(),
            cleared: cleared.clone(),
            charge: question.charge,
            epsilon: reporting.epsilon,
            ..Line::new(now, What::Answered)
        });
        match cleared {
            Some(cleared) => {
                self.stage = Stage::Answered(cleared);
                Ok(())
            }
            None => {
                self.stage = Stage::Done;
                Err(Reason::Crowd)
            }
        }
    }

    /// Notes that the report is being handed to the network. From here on it is never sent
    /// again unless [`Gate::failed`] says that it did not arrive.
    pub fn sending(&mut self, to: &str, now: Time) -> bool {
        let Stage::Answered(cleared) = &self.stage else {
            return false;
        };
        let cleared = cleared.clone();
        self.log(What::Sent, to, Some(cleared.clone()), now);
        self.stage = Stage::Sending(cleared, now);
        true
    }

    /// Notes that the receiver has the report.
    pub fn delivered(&mut self, to: &str, now: Time) {
        if matches!(self.stage, Stage::Sending(..)) {
            self.log(What::Delivered, to, None, now);
            self.stage = Stage::Done;
        }
    }

    /// Notes that the receiver could not be reached: the same frozen report waits.
    pub fn failed(&mut self, to: &str, now: Time) {
        if let Stage::Sending(cleared, _) = &self.stage {
            let cleared = cleared.clone();
            self.log(What::Failed, to, None, now);
            self.stage = Stage::Answered(cleared);
        }
    }

    fn log(&mut self, what: What, to: &str, cleared: Option<Cleared>, now: Time) {
        let question = match &self.stage {
            Stage::Answered(c) | Stage::Sending(c, _) => c.question().into(),
            _ => "".into(),
        };
        let to = to.into();
        self.ledger.add(Line {
            at: now,
            question,
            to,
            cleared,
            ..Line::new(now, what)
        });
    }

    /// Notes that a stored profile could not be used.
    pub fn note_discarded(&mut self, now: Time) {
        self.ledger.add(Line::new(now, What::Discarded));
    }

    /// The frozen answer, while it waits to be sent.
    pub fn ready(&self) -> Option<&Cleared> {
        match &self.stage {
            Stage::Answered(cleared) => Some(cleared),
            _ => None,
        }
    }

    /// When asking may have another result; `None`: it never will by time alone.
    pub fn due(&self) -> Option<Time> {
        match &self.stage {
            Stage::Drawn { due, .. } => Some(*due),
            Stage::Fresh | Stage::Answered(_) => Some(0),
            Stage::Sending(..) | Stage::Done => None,
        }
    }

    /// The log and the budget.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }
}
