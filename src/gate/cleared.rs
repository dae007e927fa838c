//! The witness that something passed every check.

use alloc::boxed::Box;

use crate::book::{Book, DAY, Time, WEEK};
use crate::codec::{Reader, Writer};

/// Proof that something may leave: all that a report will say. Minted by [`Gate::ask`] alone.
///
/// ```compile_fail,E0451
/// let forged = fewbits::gate::Cleared { version: 1, ..todo!() };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleared {
    book: Box<str>,
    version: u32,
    week: u32,
    question: Box<str>,
    answer: Box<str>,
}

impl Cleared {
    pub(super) fn mint(book: &Book, now: Time, question: &str, answer: &str) -> Self {
        Self {
            book: book.str(book.name).into(),
            version: book.version,
            week: monday(now),
            question: question.into(),
            answer: answer.into(),
        }
    }

    /// Name of the book.
    pub fn book(&self) -> &str {
        &self.book
    }

    /// Version of the book.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The Monday that began the week of the answer, in days since 1970-01-01.
    pub fn monday(&self) -> u32 {
        self.week
    }

    /// Name of the question's dimension.
    pub fn question(&self) -> &str {
        &self.question
    }

    /// Name of a segment or group of that dimension, or `any`.
    pub fn answer(&self) -> &str {
        &self.answer
    }

    pub(super) fn write(cleared: Option<&Self>, w: &mut Writer) {
        w.u8(u8::from(cleared.is_some()));
        if let Some(c) = cleared {
            w.blob(c.book.as_bytes());
            w.u32(c.version);
            w.u32(c.week);
            w.blob(c.question.as_bytes());
            w.blob(c.answer.as_bytes());
        }
    }

    pub(super) fn read(r: &mut Reader) -> Option<Self> {
        r.flag().then(|| Self {
            book: r.text().into(),
            version: r.u32(),
            week: r.u32(),
            question: r.text().into(),
            answer: r.text().into(),
        })
    }
}

/// The Monday that began a time's week, in days since 1970-01-01, a Thursday.
fn monday(now: Time) -> u32 {
    let days = now / DAY;
    days.saturating_sub((days + 3) % (WEEK / DAY))
}
