//! How much better than a guess anybody can become: `docs/gate.md` has the proof.

use fewbits::book::{Book, Question, Reporting};
use serde::Serialize;

use super::hints;
use super::questions::asked;

/// What is proved about everything that ever leaves a visitor's browser.
#[derive(Serialize)]
pub struct Bound {
    pub epsilon: f64,
    /// The cap over all versions, in bits, and as times better than a guess.
    pub lifetime_bits: f64,
    pub lifetime_times: f64,
    /// What this version can take at most: its costliest question, for one visitor answers one,
    /// and as many hints as still fit under the cap.
    pub bits: f64,
    pub times: f64,
    pub questions: Vec<Answer>,
    pub among: Vec<Among>,
}

/// One question's answer.
#[derive(Serialize)]
pub struct Answer {
    pub question: String,
    /// Number of possible answers.
    pub answers: usize,
    /// Chance that the answer is the true one.
    pub truth: f64,
    pub bits: f64,
    pub times: f64,
}

/// The chance to name the right visitor among so many.
#[derive(Serialize)]
pub struct Among {
    pub visitors: u32,
    /// By a guess.
    pub guess: f64,
    /// At most, with what this version sends.
    pub version: f64,
    /// At most, with everything that is ever sent.
    pub lifetime: f64,
}

/// The weight of a wrong answer; the odds of the true one are relative to it.
const ONE: f64 = 65_536.0;

/// The bound of a book; `None` if nothing leaves.
pub fn of(book: &Book) -> Option<Bound> {
    let reporting = book.reporting.as_ref()?;
    let questions: Vec<Answer> = asked(book)
        .into_iter()
        .map(|(question, dimension)| answer(book.str(dimension.name), question))
        .collect();
    let hint = hints::charge(book);
    if questions.is_empty() && hints::told(book).is_none() {
        return None;
    }
    let bits = f64::from(most(book, hint, reporting.cap)) / 1e6;
    let (times, lifetime) = (bits.exp2(), cap(reporting).exp2());
    let among = [1_000, 10_000, 100_000].map(|visitors| {
        let guess = 1.0 / f64::from(visitors);
        Among {
            visitors,
            guess,
            version: (times * guess).min(1.0),
            lifetime: (lifetime * guess).min(1.0),
        }
    });
    Some(Bound {
        epsilon: reporting.epsilon,
        lifetime_bits: cap(reporting),
        lifetime_times: lifetime,
        bits,
        times,
        questions,
        among: among.into(),
    })
}

/// The most that one visitor can be charged under this version, in millionths of a bit.
fn most(book: &Book, hint: u32, cap: u32) -> u32 {
    let questions = asked(book).into_iter().map(|(question, _)| question.charge);
    let with_hints = |question: u32| {
        let left = cap.saturating_sub(question);
        question + left.checked_div(hint).unwrap_or(0) * hint
    };
    questions.chain([0]).map(with_hints).max().unwrap_or(0)
}

/// The cap in bits.
pub fn cap(reporting: &Reporting) -> f64 {
    f64::from(reporting.cap) / 1e6
}

fn answer(name: &str, question: &Question) -> Answer {
    let odds = f64::from(question.odds);
    let wrong = question.shown.len().saturating_sub(1) as f64;
    let bits = f64::from(question.charge) / 1e6;
    Answer {
        question: name.to_owned(),
        answers: question.shown.len(),
        truth: odds / (odds + wrong * ONE),
        bits,
        times: bits.exp2(),
    }
}
