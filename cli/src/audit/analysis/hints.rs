//! What the page may pass on: coarse segments without noise, charged to the same budget.

use fewbits::book::{Book, Dimension, HintedDimension, Hints as Declared};
use serde::Serialize;

use super::Subject;
use super::questions::{Answer, Cell, answers, cells};

/// A hint, for whoever has to say what it gives away.
#[derive(Serialize)]
pub struct Hints {
    /// Seconds for which a hint stays the same; the next one is charged anew.
    pub window: u32,
    /// Who is told, and for what, in the author's words.
    pub why: String,
    /// What one hint costs, in bits, and as times better than a guess.
    pub bits: f64,
    pub times: f64,
    /// How many hints fit into the budget of a lifetime, if no question is answered.
    pub windows: u32,
    /// Hints that can be told apart.
    pub outcomes: usize,
    /// One of them, whole, as the page gets it.
    pub example: String,
    pub dimensions: Vec<Hinted>,
}

/// A dimension of a hint.
#[derive(Serialize)]
pub struct Hinted {
    pub name: String,
    pub bits: f64,
    pub answers: Vec<Answer>,
    pub cells: Vec<Cell>,
}

/// What a hint of this book tells. The gate leaves sensitive dimensions out.
pub fn told(book: &Book) -> Option<(&Declared, Vec<(&HintedDimension, &Dimension)>)> {
    let declared = book.reporting.as_ref()?.hints.as_ref()?;
    let all = declared.dimensions.iter();
    let told: Vec<_> = all
        .filter_map(|hinted| {
            let dimension = book.dimensions.get(usize::from(hinted.dimension))?;
            (!dimension.sensitive).then_some((hinted, dimension))
        })
        .collect();
    (!told.is_empty()).then_some((declared, told))
}

/// What one hint costs, in millionths of a bit; 0 without hints.
pub fn charge(book: &Book) -> u32 {
    let told = told(book).map_or(Vec::new(), |(_, told)| told);
    told.iter().map(|(hinted, _)| hinted.charge).sum()
}

/// The hints of a book.
pub fn of(book: &Book, subject: &Subject) -> Option<Hints> {
    let (declared, told) = told(book)?;
    let cap = book.reporting.as_ref()?.cap;
    let charge = charge(book);
    let bits = f64::from(charge) / 1e6;
    let dimensions: Vec<Hinted> = told
        .iter()
        .map(|(hinted, dimension)| {
            let answers = answers(book, dimension, &hinted.shown, subject);
            Hinted {
                name: book.str(dimension.name).to_owned(),
                bits: f64::from(hinted.charge) / 1e6,
                cells: cells(&answers),
                answers,
            }
        })
        .collect();
    let first = dimensions.iter().filter_map(|hinted| {
        let cell = hinted.cells.first()?;
        Some(format!("\"{}/{}\"", hinted.name, cell.name))
    });
    Some(Hints {
        window: declared.window,
        why: subject
            .places
            .text(&["hints", "why"])
            .unwrap_or_default()
            .to_owned(),
        bits,
        times: bits.exp2(),
        windows: cap.checked_div(charge).unwrap_or(0),
        outcomes: dimensions
            .iter()
            .map(|hinted| hinted.cells.len().max(1))
            .fold(1, usize::saturating_mul),
        example: format!("{{\"segments\":[{}]}}", first.collect::<Vec<_>>().join(",")),
        dimensions,
    })
}
