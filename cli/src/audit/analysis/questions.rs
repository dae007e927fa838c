//! What may be asked: the answers, the ladder, and as what each answer is shown.

use fewbits::book::{Book, Dimension, Question as Asked, Shown};
use serde::Serialize;

use super::Subject;

/// A question, for whoever has to say what it gives away.
#[derive(Serialize)]
pub struct Question {
    pub name: String,
    pub why: String,
    pub weight: u32,
    /// Chance that a visitor draws it.
    pub chance: f64,
    /// Least delay before the answer, and the random part added to it, in seconds.
    pub after: u32,
    pub jitter: u32,
    pub answers: Vec<Answer>,
    /// As what answers are shown, each name once.
    pub cells: Vec<Cell>,
    /// Those who are known to have answered: the crowd of `any`.
    pub known: Option<f64>,
}

/// One possible answer.
#[derive(Serialize)]
pub struct Answer {
    pub segment: String,
    /// The groups above it, nearest first, up to `any`.
    pub under: Vec<String>,
    /// The name by which it leaves; `None`: it is withheld.
    pub shown: Option<String>,
    /// How many visitors are estimated to be in it, if that is known.
    pub crowd: Option<f64>,
}

/// All answers that are shown by one name.
#[derive(Serialize)]
pub struct Cell {
    pub name: String,
    pub holds: Vec<String>,
}

/// What a visitor of this book can be asked, with the dimension that it is about. The gate never
/// asks about a sensitive one.
pub fn asked(book: &Book) -> Vec<(&Asked, &Dimension)> {
    let questions = book.reporting.iter().flat_map(|r| &r.questions);
    questions
        .filter_map(|question| {
            let dimension = book.dimensions.get(usize::from(question.dimension))?;
            (!dimension.sensitive).then_some((question, dimension))
        })
        .collect()
}

/// The questions of a book.
pub fn of(book: &Book, subject: &Subject) -> Vec<Question> {
    let all = asked(book);
    let total: f64 = all.iter().map(|(q, _)| f64::from(q.weight)).sum();
    all.iter()
        .map(|(question, dimension)| one(book, dimension, question, total, subject))
        .collect()
}

fn one(
    book: &Book,
    dimension: &Dimension,
    asked: &Asked,
    total: f64,
    subject: &Subject,
) -> Question {
    let name = book.str(dimension.name);
    let answers = answers(book, dimension, &asked.shown, subject);
    Question {
        name: name.to_owned(),
        why: book.str(dimension.why).to_owned(),
        weight: asked.weight,
        chance: f64::from(asked.weight) / total,
        after: asked.after,
        jitter: asked.jitter,
        cells: cells(&answers),
        answers,
        known: subject.crowd(name, "any"),
    }
}

/// Every answer about a dimension, and as what it is shown.
pub fn answers(
    book: &Book,
    dimension: &Dimension,
    shown: &[Shown],
    subject: &Subject,
) -> Vec<Answer> {
    let name = book.str(dimension.name);
    let all = dimension.segments.iter().zip(shown);
    all.map(|(segment, shown)| {
        let own = book.str(segment.name);
        Answer {
            segment: own.to_owned(),
            under: ladder(book, dimension, own, segment.parent)
                .into_iter()
                .map(str::to_owned)
                .collect(),
            shown: shown_as(book, dimension, *shown).map(str::to_owned),
            // The crowd of `any` is everybody, not those who are in no other segment.
            crowd: (own != "any").then(|| subject.crowd(name, own)).flatten(),
        }
    })
    .collect()
}

/// Each name that is shown, and what it stands for.
pub fn cells(answers: &[Answer]) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    for answer in answers {
        let Some(shown) = &answer.shown else { continue };
        match cells.iter_mut().find(|cell| cell.name == *shown) {
            Some(cell) => cell.holds.push(answer.segment.clone()),
            None => cells.push(Cell {
                name: shown.clone(),
                holds: vec![answer.segment.clone()],
            }),
        }
    }
    cells
}

/// The groups above a segment, nearest first, and `any`.
pub fn ladder<'b>(
    book: &'b Book,
    dimension: &Dimension,
    own: &str,
    mut above: Option<u16>,
) -> Vec<&'b str> {
    if own == "any" {
        return Vec::new();
    }
    let mut rungs = Vec::new();
    while let Some(group) = above.and_then(|g| dimension.groups.get(usize::from(g))) {
        rungs.push(book.str(group.name));
        above = group.parent;
    }
    rungs.push("any");
    rungs
}

/// The name by which an answer leaves; `None`: it is withheld.
pub fn shown_as<'b>(book: &'b Book, dimension: &Dimension, shown: Shown) -> Option<&'b str> {
    let group = |g: u16| dimension.groups.get(usize::from(g)).map(|g| g.name);
    let segment = |s: u16| dimension.segments.get(usize::from(s)).map(|s| s.name);
    let name = match shown {
        Shown::Withheld => return None,
        Shown::Any => return Some("any"),
        Shown::Group(g) => group(g),
        Shown::Segment(s) => segment(s),
    };
    name.map(|name| book.str(name))
}

impl Subject<'_> {
    /// How many visitors are known to be in a segment or group.
    pub fn crowd(&self, question: &str, name: &str) -> Option<f64> {
        match self.table {
            Some(table) => table.crowd(question, name).map(f64::from),
            None => self.places.number(&["report", "crowds", question, name]),
        }
    }
}
