//! The log of everything that left or was withheld, with what it cost. It also holds the
//! budget, which no new book, version or setting resets.

use super::{Cleared, Reason};
use crate::book::Time;
use crate::codec::{Reader, Writer};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Lines kept. What left stays; of the others the oldest go first.
const MAX_LINES: usize = 100;

/// What a line of the ledger is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A question was drawn.
    Drawn = 0,
    /// The question was answered and the answer frozen; its bits are charged.
    Answered = 1,
    /// The report is on its way.
    Sent = 2,
    /// The receiver has it.
    Delivered = 3,
    /// The receiver could not be reached; the report waits.
    Failed = 4,
    /// Nothing left, for a reason.
    Withheld = 5,
    /// A stored profile could not be used.
    Discarded = 6,
    /// A hint was made, and its bits charged; the page has it from then on.
    Hinted = 7,
    /// No hint was handed out, for a reason.
    NotHinted = 8,
}

impl What {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 9] = [
        Self::Drawn,
        Self::Answered,
        Self::Sent,
        Self::Delivered,
        Self::Failed,
        Self::Withheld,
        Self::Discarded,
        Self::Hinted,
        Self::NotHinted,
    ];

    /// The word in the readable ledger.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drawn => "drawn",
            Self::Answered => "answered",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Withheld => "withheld",
            Self::Discarded => "discarded",
            Self::Hinted => "hinted",
            Self::NotHinted => "not-hinted",
        }
    }
}

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// When, to the hour unless something left.
    pub at: Time,
    /// What happened.
    pub what: What,
    /// Why nothing left.
    pub reason: Option<Reason>,
    /// Name of the question.
    pub question: Box<str>,
    /// To whom.
    pub to: Box<str>,
    /// What left.
    pub cleared: Option<Cleared>,
    /// What it cost, in millionths of a bit.
    pub charge: u32,
    /// Epsilon of the randomised response; 0 where there is no noise.
    pub epsilon: f64,
}

impl Line {
    /// A line that costs nothing and names nothing.
    pub fn new(at: Time, what: What) -> Self {
        Self {
            at: at - at % crate::book::HOUR,
            what,
            reason: None,
            question: "".into(),
            to: "".into(),
            cleared: None,
            charge: 0,
            epsilon: 0.0,
        }
    }
}

/// The budget and the log.
#[derive(Debug, Default, PartialEq)]
pub struct Ledger {
    spent: u32,
    lines: Vec<Line>,
}

impl Ledger {
    pub(super) const fn of(spent: u32) -> Self {
        Self {
            spent,
            lines: Vec::new(),
        }
    }

    /// Everything charged so far, in millionths of a bit.
    pub fn spent(&self) -> u32 {
        self.spent
    }

    /// The lines, oldest first.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Adds a line and charges it. The same thing twice in a row is one line.
    pub fn add(&mut self, line: Line) {
        self.spent = self.spent.saturating_add(line.charge);
        let again = |last: &Line| {
            line.charge == 0
                && last.what == line.what
                && last.reason == line.reason
                && last.question == line.question
                && last.cleared == line.cleared
                && last.to == line.to
        };
        if self.lines.last().is_some_and(again) {
            return;
        }
        if self.lines.len() >= MAX_LINES {
            let idle = |l: &Line| l.charge == 0 && l.cleared.is_none() && l.what != What::Delivered;
            // A receiver that is never reached must not fill the storage either.
            let spare = |l: &Line| l.charge == 0 && self.lines.len() >= 4 * MAX_LINES;
            let oldest = self.lines.iter().position(idle);
            if let Some(free) = oldest.or_else(|| self.lines.iter().position(spare)) {
                let mut index = 0..;
                self.lines.retain(|_| index.next() != Some(free));
            }
        }
        self.lines.push(line);
    }

    pub(super) fn write(&self, w: &mut Writer) {
        w.uint(self.lines.len() as u64);
        for line in &self.lines {
            w.u32(line.at);
            w.u8(line.what as u8);
            w.u8(line.reason.map_or(0, |r| r as u8));
            w.blob(line.question.as_bytes());
            w.blob(line.to.as_bytes());
            w.uint(u64::from(line.charge));
            w.f64(line.epsilon);
            Cleared::write(line.cleared.as_ref(), w);
        }
    }

    pub(super) fn read(spent: u32, r: &mut Reader) -> Self {
        let lines = r.list(18, |r| {
            let at = r.u32();
            let (what, reason) = (usize::from(r.u8()), usize::from(r.u8()));
            r.check(what < What::ALL.len() && reason <= Reason::ALL.len());
            Line {
                at,
                what: What::ALL.get(what).copied().unwrap_or(What::Discarded),
                reason: reason
                    .checked_sub(1)
                    .and_then(|r| Reason::ALL.get(r))
                    .copied(),
                question: r.text().into(),
                to: r.text().into(),
                charge: r.uint32(),
                epsilon: r.f64(),
                cleared: Cleared::read(r),
            }
        });
        Self { spent, lines }
    }
}
