//! The public statement, `/.well-known/fewbits.json`: what is asked, how it is protected, and
//! what the answers are not used for. The collector knows a book by it alone.

use fewbits::book::{Book, Dimension, Question};
use indexmap::IndexMap;
use serde::Serialize;

use crate::audit::analysis::words::times;
use crate::audit::analysis::{asked, ladder, shown_as};
use crate::book::hex;

/// The document. `docs/audit.md` describes every field.
#[derive(Serialize)]
pub struct Statement<'b> {
    fewbits: u32,
    book: &'b str,
    version: u32,
    source: String,
    statement: String,
    report: Option<Report<'b>>,
    hints: Option<()>,
}

#[derive(Serialize)]
struct Report<'b> {
    epsilon: f64,
    odds: u32,
    crowd: u32,
    bootstrap: bool,
    lifetime_bits: f64,
    questions: IndexMap<&'b str, Asked<'b>>,
}

#[derive(Serialize)]
struct Asked<'b> {
    weight: u32,
    bits: f64,
    after: u32,
    jitter: u32,
    answers: Vec<Answer<'b>>,
}

#[derive(Serialize)]
struct Answer<'b> {
    segment: &'b str,
    under: Vec<&'b str>,
    shown: Option<&'b str>,
}

/// The statement of a book.
pub fn of(book: &Book, bootstrap: bool) -> Statement<'_> {
    let report = book.reporting.as_ref().map(|reporting| Report {
        epsilon: reporting.epsilon,
        odds: reporting.questions.first().map_or(0, |q| q.odds),
        crowd: reporting.crowd,
        bootstrap,
        lifetime_bits: f64::from(reporting.cap) / 1e6,
        questions: asked(book)
            .into_iter()
            .map(|(asked, dimension)| (book.str(dimension.name), question(book, dimension, asked)))
            .collect(),
    });
    let report = report.filter(|report| !report.questions.is_empty());
    Statement {
        fewbits: 1,
        book: book.str(book.name),
        version: book.version,
        source: hex(&book.source_hash),
        statement: words(report.as_ref()),
        report,
        hints: None,
    }
}

fn question<'b>(book: &'b Book, dimension: &Dimension, question: &Question) -> Asked<'b> {
    let answers = dimension.segments.iter().zip(&question.shown);
    Asked {
        weight: question.weight,
        bits: f64::from(question.charge) / 1e6,
        after: question.after,
        jitter: question.jitter,
        answers: answers
            .map(|(segment, shown)| Answer {
                segment: book.str(segment.name),
                under: ladder(book, dimension, book.str(segment.name), segment.parent),
                shown: shown_as(book, dimension, *shown),
            })
            .collect(),
    }
}

fn words(report: Option<&Report>) -> String {
    let Some(report) = report else {
        return "Visitors are placed in segments inside their own browsers. Nothing about a \
                segment leaves the browser."
            .to_owned();
    };
    let epsilon = report.epsilon;
    let times = times(report.lifetime_bits.exp2());
    let how_many = match report.questions.len() {
        1 => "the question below".to_owned(),
        n => format!("one of the {n} questions below, drawn by chance"),
    };
    format!(
        "Visitors are placed in segments inside their own browsers. A visitor who agreed to be \
         counted is asked {how_many}, and answers once, with randomised response (epsilon \
         {epsilon}). Everything that ever leaves a visitor's browser makes a guess at who the \
         visitor is at most {times} times better than it was without. The answers are used \
         to count groups. They are not used to re-identify a visitor, not combined with other \
         data about one, and not kept with an address or any other mark of the sender."
    )
}
