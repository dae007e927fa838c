//! What can leave, byte by byte.

use fewbits::book::Book;
use serde::Serialize;

use super::{cards, questions};

/// The one thing that can leave: a report.
#[derive(Serialize)]
pub struct Outgoing {
    /// Every field of the wire form, in order.
    pub fields: Vec<Field>,
    /// Reports that can be told apart, without the week.
    pub outcomes: usize,
    /// One of them, whole.
    pub example: String,
    /// Its length in bytes, at least and at most.
    pub least_bytes: usize,
    pub most_bytes: usize,
    pub when: &'static str,
    pub to: &'static str,
    /// What the request is, besides these bytes.
    pub request: &'static str,
}

/// A field of the wire form.
#[derive(Serialize)]
pub struct Field {
    pub name: &'static str,
    pub means: &'static str,
    pub why: &'static str,
    pub tells: &'static str,
    /// What it can be, in this book.
    pub values: Vec<String>,
    /// How many values it can have; 0: as many as there are weeks.
    pub distinct: usize,
}

const WEEK: &str = "2026-W48";

/// What can leave of a book; `None`: nothing.
pub fn of(book: &Book) -> Option<Outgoing> {
    let mut reports = Vec::new();
    let (mut asked, mut answers) = (Vec::new(), Vec::new());
    for (question, dimension) in questions::asked(book) {
        let name = book.str(dimension.name);
        let mut shown: Vec<&str> = Vec::new();
        for answer in &question.shown {
            let answer = questions::shown_as(book, dimension, *answer);
            shown.extend(answer.filter(|answer| !shown.contains(answer)));
        }
        reports.extend(shown.iter().map(|answer| wire(book, name, answer)));
        answers.extend(shown.iter().map(|answer| format!("{name}: {answer}")));
        asked.push(name.to_owned());
    }
    if asked.is_empty() {
        return None;
    }
    let values = |field: &str| match field {
        "fewbits" => vec!["1".to_owned()],
        "book" => vec![book.str(book.name).to_owned()],
        "version" => vec![book.version.to_string()],
        "epoch" => vec![format!("an ISO week in UTC, such as {WEEK}")],
        "question" => asked.clone(),
        _ => answers.clone(),
    };
    let fields = cards::all().into_iter().map(|card| {
        let values = values(card.field);
        Field {
            name: card.field,
            means: card.means,
            why: card.why,
            tells: card.tells,
            distinct: if card.field == "epoch" {
                0
            } else {
                values.len()
            },
            values,
        }
    });
    let lengths = || reports.iter().map(String::len);
    Some(Outgoing {
        fields: fields.collect(),
        outcomes: reports.len(),
        least_bytes: lengths().min().unwrap_or(0),
        most_bytes: lengths().max().unwrap_or(0),
        example: reports.into_iter().next().unwrap_or_default(),
        when: "once in a visitor's life, at the first visit at or after a time that was drawn by \
               chance when the visitor agreed; never before",
        to: "the collector's address that the site gave to the SDK, and nobody else",
        request: "POST, content-type application/json, without cookies, credentials or referrer. \
                  The network still shows an address and a user agent to whoever answers; the \
                  collector must drop them before anything is stored",
    })
}

/// The wire form of a report, as `Report::to_json` writes it.
fn wire(book: &Book, question: &str, answer: &str) -> String {
    format!(
        "{{\"fewbits\":1,\"book\":\"{}\",\"version\":{},\"epoch\":\"{WEEK}\",\
         \"question\":\"{question}\",\"answer\":\"{answer}\"}}",
        book.str(book.name),
        book.version,
    )
}
