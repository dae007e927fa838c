//! What leaves through the real gate of each visitor's browser, at both sites.

use fewbits::book::{Book, Question, Shown, Time, WEEK};
use fewbits::gate::{Answer, Consent, Gate, Purpose, Request};
use fewbits::segments::SegmentId;

use super::chance::{Chance, Use};
use super::observed::{FIRST, Observed};
use super::parts::in_parts;

/// Everybody agrees at this time, Monday 23 November 2026, 00:00 UTC. Any other would do: the
/// gate reads no clock but for the delay.
pub const START: Time = 1_795_392_000;

/// What one report said, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    /// Week of the answer, from 0.
    pub week: u16,
    /// Place of the question in the book.
    pub question: u16,
    /// What was shown: a place in [`Asked::cells`].
    pub cell: u16,
}

/// A question as an attacker knows it.
#[derive(Debug)]
pub struct Asked {
    /// Name of the dimension.
    name: String,
    /// The channel that holds the dimension's membership.
    pub channel: usize,
    /// Number of segments.
    pub segments: usize,
    /// Names of what can be shown.
    cells: Vec<String>,
    /// For each cell and true segment, the probability that the cell is shown.
    pub chances: Vec<Vec<f64>>,
    /// Probability of being asked.
    pub weight: f64,
    /// Charge in bits.
    pub bits: f64,
    after: Time,
    jitter: Time,
}

/// All that follows from the book.
#[derive(Debug)]
pub struct Doors<'b> {
    book: &'b Book,
    pub asked: Vec<Asked>,
    /// First channel of each dimension.
    channels: Vec<usize>,
}

impl<'b> Doors<'b> {
    pub fn new(book: &'b Book) -> Self {
        let mut channels = Vec::new();
        let mut next = 0;
        for dimension in &book.dimensions {
            channels.push(next);
            next += if dimension.pick == 1 {
                1
            } else {
                dimension.segments.len()
            };
        }
        let questions = book.reporting.as_ref().map_or(&[][..], |r| &r.questions);
        let total: f64 = questions.iter().map(|q| f64::from(q.weight)).sum();
        let asked = questions.iter().map(|q| asked(book, q, &channels, total));
        Self {
            book,
            asked: asked.collect(),
            channels,
        }
    }

    /// How many times better than a guess a name can be after one answer: the capacity of the
    /// costliest question. 1 if nothing is asked.
    pub fn bits(&self) -> f64 {
        self.asked.iter().map(|q| q.bits).fold(0.0, f64::max)
    }

    /// The same for this very draw of questions and this very partition: the weighted mean of
    /// the capacities of what is shown.
    pub fn expected_times(&self) -> f64 {
        let most = |row: &Vec<f64>| row.iter().copied().fold(0.0, f64::max);
        let capacity = |q: &Asked| q.chances.iter().map(most).sum::<f64>();
        let shown: f64 = self
            .asked
            .iter()
            .map(|q| q.weight * capacity(q).max(1.0))
            .sum();
        shown.max(1.0)
    }

    /// Weeks until the last answer may come, at most `most`; at least 1.
    pub fn weeks(&self, most: usize) -> usize {
        let latest = self.asked.iter().map(|q| q.after.saturating_add(q.jitter));
        let latest = latest.max().unwrap_or(0);
        most.min((latest / WEEK) as usize + 1)
    }

    /// Runs the gates of all visitors at a site for some weeks. `None`: nothing left.
    pub fn run(&self, seen: &Observed, site: usize, seed: u64, round: u64) -> Vec<Option<Said>> {
        let of = if site == FIRST {
            Use::FirstSite
        } else {
            Use::SecondSite
        };
        let parts = in_parts(seen.visitors(), |some| {
            let chance = |visitor| Chance::new(seed, of, round, visitor as u64);
            let one = |visitor| self.one(seen, site, visitor, chance(visitor));
            some.map(one).collect::<Vec<_>>()
        });
        parts.concat()
    }

    /// One visitor's gate: drawn at the start, asked again when it is due.
    fn one(
        &self,
        seen: &Observed,
        site: usize,
        visitor: usize,
        mut chance: Chance,
    ) -> Option<Said> {
        let mut gate = Gate::default();
        let mut consent = Consent::default();
        for purpose in [Purpose::Store, Purpose::Personalise, Purpose::Measure] {
            consent.set(purpose, Answer::Granted);
        }
        let mut now = START;
        loop {
            let week = ((now - START) / WEEK) as usize;
            if week >= seen.weeks {
                return None;
            }
            let member = |dimension: u16| {
                let channel = *self.channels.get(usize::from(dimension))?;
                let segment = seen.symbol(site, visitor, week, channel);
                Some(SegmentId { dimension, segment })
            };
            let request = Request {
                book: self.book,
                consent,
                now,
                member: &member,
            };
            if let Ok(cleared) = gate.ask(&request, &mut chance) {
                let monday = (cleared.monday() - START / fewbits::book::DAY) / 7;
                let named = |q: &&Asked| q.name == cleared.question();
                let asked = self.asked.iter().find(named)?;
                let question = self.asked.iter().position(|q| q.name == asked.name)?;
                let cell = asked.cells.iter().position(|c| c == cleared.answer())?;
                return Some(Said {
                    week: monday as u16,
                    question: question as u16,
                    cell: cell as u16,
                });
            }
            // It says when it is worth asking again.
            now = gate.due().filter(|due| *due > now)?;
        }
    }
}

fn asked(book: &Book, question: &Question, channels: &[usize], total: f64) -> Asked {
    let dimension = book.dimensions.get(usize::from(question.dimension));
    let segments = question.shown.len();
    let names: Vec<Option<&str>> = question
        .shown
        .iter()
        .map(|s| shown(book, question, *s))
        .collect();
    let mut cells: Vec<String> = Vec::new();
    for name in names.iter().flatten() {
        if !cells.iter().any(|known| known == name) {
            cells.push((*name).to_owned());
        }
    }
    let truth = f64::from(question.odds) / 65_536.0;
    let all = truth + segments.saturating_sub(1) as f64;
    let chance = |cell: &String| {
        let of = |segment: usize| {
            let answers = names.iter().enumerate();
            let inside = answers.filter(|(_, name)| **name == Some(cell.as_str()));
            inside
                .map(|(a, _)| if a == segment { truth } else { 1.0 } / all)
                .sum()
        };
        (0..segments).map(of).collect()
    };
    Asked {
        name: dimension.map_or("", |d| book.str(d.name)).to_owned(),
        channel: channels
            .get(usize::from(question.dimension))
            .copied()
            .unwrap_or(0),
        segments,
        chances: cells.iter().map(chance).collect(),
        cells,
        weight: f64::from(question.weight) / total.max(1.0),
        bits: f64::from(question.charge) / 1e6,
        after: question.after,
        jitter: question.jitter,
    }
}

fn shown<'b>(book: &'b Book, question: &Question, shown: Shown) -> Option<&'b str> {
    let dimension = book.dimensions.get(usize::from(question.dimension))?;
    Some(match shown {
        Shown::Withheld => return None,
        Shown::Any => "any",
        Shown::Group(g) => book.str(dimension.groups.get(usize::from(g))?.name),
        Shown::Segment(s) => book.str(dimension.segments.get(usize::from(s))?.name),
    })
}
