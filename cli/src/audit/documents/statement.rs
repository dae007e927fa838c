//! The public statement, `/.well-known/fewbits.json`: what is asked, how it is protected, and
//! what the answers are not used for. The collector knows a book by it alone.

use fewbits::book::{Book, Dimension, Question, Shown, StrId};
use indexmap::IndexMap;
use serde::Serialize;

use crate::audit::analysis::words::{duration, times};
use crate::audit::analysis::{asked, ladder, shown_as, told};
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
    hints: Option<Hinted<'b>>,
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
    outcome: Option<Outcome<'b>>,
    answers: Vec<Answer<'b>>,
}

/// What the answers say about variants.
#[derive(Serialize)]
struct Outcome<'b> {
    of: &'static str,
    variants: Vec<&'b str>,
    posteriors: IndexMap<&'b str, IndexMap<&'b str, [f64; 2]>>,
}

#[derive(Serialize)]
struct Hinted<'b> {
    window: u32,
    bits: f64,
    why: &'b str,
    dimensions: IndexMap<&'b str, Told<'b>>,
}

#[derive(Serialize)]
struct Told<'b> {
    bits: f64,
    answers: Vec<Answer<'b>>,
}

#[derive(Serialize)]
struct Answer<'b> {
    segment: &'b str,
    under: Vec<&'b str>,
    shown: Option<&'b str>,
}

/// The statement of a book. `why` is that of its hints.
pub fn of<'b>(book: &'b Book, bootstrap: bool, why: &'b str) -> Statement<'b> {
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
    let hints = hinted(book, why);
    Statement {
        fewbits: 1,
        book: book.str(book.name),
        version: book.version,
        source: hex(&book.source_hash),
        statement: words(report.as_ref(), hints.as_ref(), book),
        report,
        hints,
    }
}

fn question<'b>(book: &'b Book, dimension: &Dimension, question: &Question) -> Asked<'b> {
    Asked {
        weight: question.weight,
        bits: f64::from(question.charge) / 1e6,
        after: question.after,
        jitter: question.jitter,
        outcome: outcome(book, dimension),
        answers: answers(book, dimension, &question.shown),
    }
}

/// What the answers say about variants, if that is what they are about.
fn outcome<'b>(book: &'b Book, dimension: &Dimension) -> Option<Outcome<'b>> {
    let source = book.outcome(dimension)?;
    let names = |variants: &'b [StrId]| variants.iter().map(|id| book.str(*id)).collect();
    if let Some(experiment) = book.experiments.get(source) {
        return Some(Outcome {
            of: "experiment",
            variants: names(&experiment.variants),
            posteriors: IndexMap::new(),
        });
    }
    let bandit = book.bandits.get(source - book.experiments.len())?;
    let by = bandit.by.and_then(|by| book.dimension(by));
    let rows: Vec<&str> = match by {
        Some(by) => by.segments.iter().map(|s| book.str(s.name)).collect(),
        None => vec!["any"],
    };
    let pairs = |row: &[(f64, f64)]| {
        let pairs = bandit.variants.iter().zip(row);
        pairs
            .map(|(id, (a, b))| (book.str(*id), [*a, *b]))
            .collect()
    };
    Some(Outcome {
        of: "bandit",
        variants: names(&bandit.variants),
        posteriors: rows
            .into_iter()
            .zip(bandit.rows.chunks(bandit.variants.len()).map(pairs))
            .collect(),
    })
}

fn answers<'b>(book: &'b Book, dimension: &Dimension, shown: &[Shown]) -> Vec<Answer<'b>> {
    let all = dimension.segments.iter().zip(shown);
    all.map(|(segment, shown)| Answer {
        segment: book.str(segment.name),
        under: ladder(book, dimension, book.str(segment.name), segment.parent),
        shown: shown_as(book, dimension, *shown),
    })
    .collect()
}

fn hinted<'b>(book: &'b Book, why: &'b str) -> Option<Hinted<'b>> {
    let (declared, told) = told(book)?;
    let bits: u32 = told.iter().map(|(hinted, _)| hinted.charge).sum();
    let dimensions = told.iter().map(|(hinted, dimension)| {
        let told = Told {
            bits: f64::from(hinted.charge) / 1e6,
            answers: answers(book, dimension, &hinted.shown),
        };
        (book.str(dimension.name), told)
    });
    Some(Hinted {
        window: declared.window,
        bits: f64::from(bits) / 1e6,
        why,
        dimensions: dimensions.collect(),
    })
}

fn words(report: Option<&Report>, hints: Option<&Hinted>, book: &Book) -> String {
    let mut words = "Visitors are placed in segments inside their own browsers.".to_owned();
    if report.is_none() && hints.is_none() {
        words.push_str(" Nothing about a segment leaves the browser.");
        return words;
    }
    if let Some(report) = report {
        let how_many = match report.questions.len() {
            1 => "the question below".to_owned(),
            n => format!("one of the {n} questions below, drawn by chance"),
        };
        words.push_str(&format!(
            " A visitor who agreed to be counted is asked {how_many}, and answers once, with \
             randomised response (epsilon {}).",
            report.epsilon
        ));
    }
    if let Some(hints) = hints {
        words.push_str(&format!(
            " For a visitor who agreed to sharing, the page may pass on which of the segments \
             below hold, without noise; that stays the same for {}.",
            duration(hints.window)
        ));
    }
    let bits = book
        .reporting
        .as_ref()
        .map_or(0.0, |r| f64::from(r.cap) / 1e6);
    words.push_str(&format!(
        " Everything that ever leaves a visitor's browser makes a guess at who the visitor is at \
         most {} times better than it was without.",
        times(bits.exp2())
    ));
    words.push_str(if report.is_some() {
        " The answers are used to count groups. They are not used to re-identify a visitor, not \
         combined with other data about one, and not kept with an address or any other mark of \
         the sender."
    } else {
        " It is not used to re-identify a visitor."
    });
    words
}
