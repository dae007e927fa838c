//! The dashboard: one page, rendered here, without a script, in which no estimate stands without
//! its interval.

mod chart;
mod outcome;
mod question;
mod text;

use crate::audience::{Audience, answer};
use crate::counts::Counts;
use crate::estimate::{Aim, Channel};
use crate::outcomes::{Told, outcomes};
use crate::said::Trial;
use crate::statement::{Asked, Statement};
use outcome::{EFFECTS, Outcome};
use question::Section;
use text::{counted, escape, weeks};

/// What the page may do: look as its own style says, and nothing else. The header
/// `Content-Security-Policy` of the response.
pub const POLICY: &str = "default-src 'none'; \
     style-src 'sha256-XiomjmRG4R6RKvszGuzz3iX3AuI5uo95U+YPIZVLfdk='; \
     img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const STYLE: &str = include_str!("style.css");

/// A book that can be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<'a> {
    /// Its name.
    pub book: &'a str,
    /// Versions with a statement, in order.
    pub versions: Vec<u32>,
}

/// The version of a book that is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Looked<'a> {
    /// Its statement.
    pub statement: &'a Statement,
    /// Those of all versions of the book, in order.
    pub statements: &'a [&'a Statement],
    /// Counts of all versions and weeks.
    pub counts: &'a Counts,
}

/// The page about one version of one book; or, where no book is known, what to do about it.
pub fn page(books: &[Listed], chosen: Option<Looked>) -> String {
    let (title, main) = match chosen {
        Some(looked) => (
            format!("{} {}", looked.statement.book, looked.statement.version),
            about(looked),
        ),
        None => ("no book".to_owned(), no_book()),
    };
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <title>{} \u{b7} Fewbits</title><link rel=\"icon\" href=\"data:,\">\
         <style>{STYLE}</style></head><body><a class=\"skip\" href=\"#main\">Skip to the numbers\
         </a><header class=\"top\"><p class=\"brand\">Fewbits <span>collector</span></p>{}\
         </header><main id=\"main\">{main}</main>{FOOT}</body></html>",
        escape(&title),
        chooser(books, chosen.map(|looked| looked.statement)),
    )
}

const FOOT: &str = "<footer><p>Counted without knowing who reported: each visitor answers one \
    question, once, and with a chance of a random answer. What is stored is how often each answer \
    was given in a week, and nothing about senders.</p></footer>";

fn no_book() -> String {
    "<h1>No book yet</h1><p class=\"quiet\">Start the collector with the statement of a book: \
     <code>fewbits audit BOOK --statement FILE</code> makes it, \
     <code>fewbits-collector --statement FILE</code> reads it.</p>"
        .to_owned()
}

fn chooser(books: &[Listed], chosen: Option<&Statement>) -> String {
    let mut list = String::new();
    for listed in books {
        let book = escape(listed.book);
        let links = listed.versions.iter().rev().map(|version| {
            let now = |s: &Statement| s.book == listed.book && s.version == *version;
            let current = if chosen.is_some_and(now) {
                " aria-current=\"page\""
            } else {
                ""
            };
            format!("<a href=\"/?book={book}&amp;version={version}\"{current}>{version}</a>")
        });
        list.push_str(&format!(
            "<li><span>{book}</span> <small>version</small> {}</li>",
            links.collect::<String>()
        ));
    }
    format!("<nav aria-label=\"Books and versions\"><ul>{list}</ul></nav>")
}

fn about(looked: Looked) -> String {
    let Looked {
        statement, counts, ..
    } = looked;
    let (book, version) = (escape(&statement.book), statement.version);
    let Some(asked) = &statement.report else {
        return format!(
            "<h1>{book} <small>version {version}</small></h1><p class=\"quiet\">This version \
             asks its visitors nothing.</p>"
        );
    };
    let audience = answer(statement, counts, None, None, None);
    let mut all = EFFECTS.map(|effect| {
        let aim = Some(Aim { effect, power: 0.8 });
        let found = outcomes(looked.statements, statement.version, counts, None, aim);
        found.map(|found| found.outcomes).unwrap_or_default()
    });
    let mut sections = String::new();
    for (name, shares) in &audience.questions {
        if let Some(question) = asked.questions.get(name) {
            let told: Vec<Told> = all
                .iter_mut()
                .filter_map(|told| told.remove(name))
                .collect();
            let outcome = Outcome {
                told: &told,
                crowd: asked.crowd,
            };
            let section = Section {
                name,
                question,
                channel: Channel::new(asked.odds, question.answers.len()),
                crowd: asked.crowd,
                shares,
                outcome: (!told.is_empty()).then_some(outcome),
            };
            sections.push_str(&section.html());
        }
    }
    format!(
        "<h1>{book} <small>version {version}</small></h1>{}{}{sections}{}",
        summary(&audience),
        contents(&audience),
        files(&book, version, asked)
    )
}

fn summary(audience: &Audience) -> String {
    let weekly = audience.questions.values().flat_map(|shares| &shares.weeks);
    let reports: u64 = weekly.map(|week| week.reports).sum();
    let of = match (&audience.from, &audience.to) {
        (Some(from), Some(to)) => format!(" of {}", weeks(from, to)),
        _ => String::new(),
    };
    let questions = match audience.questions.len() {
        1 => "its one question".to_owned(),
        many => format!("one of {many} questions"),
    };
    format!(
        "<p class=\"lead\">{}{of}, each an answer to {questions}. Nothing is shown of fewer than \
         {} reporters. Intervals hold the truth in 95 of 100 cases, each by itself.</p>",
        counted(reports, "report"),
        audience.crowd
    )
}

/// Links to the questions, with a mark at those that are flagged.
fn contents(audience: &Audience) -> String {
    let links = audience.questions.iter().map(|(name, shares)| {
        let flagged = match shares.flags.len() as u64 {
            0 => String::new(),
            flags => format!(" <mark>{}</mark>", counted(flags, "flag")),
        };
        let name = escape(name);
        format!("<li><a href=\"#q-{name}\">{name}</a>{flagged}</li>")
    });
    let links: String = links.collect();
    format!("<nav class=\"contents\" aria-label=\"Questions\"><ul>{links}</ul></nav>")
}

fn files(book: &str, version: u32, asked: &Asked) -> String {
    let query = format!("book={book}&amp;version={version}");
    let of = |trial: Option<Trial>| {
        let outcomes = asked.questions.values().filter_map(|q| q.outcome.as_ref());
        outcomes
            .into_iter()
            .any(|o| trial.is_none_or(|of| o.of == of))
    };
    let button = |path: &str, name: &str| {
        format!(
            " <a class=\"button\" href=\"/v1/{path}?{query}\" \
             download=\"{book}-{version}.{path}.json\">{name}</a>"
        )
    };
    let mut buttons = button("crowd", "Crowd table") + &button("audience", "Estimates as JSON");
    let mut more = String::new();
    if of(None) {
        buttons += &button("outcomes", "Outcomes as JSON");
    }
    if of(Some(Trial::Bandit)) {
        buttons += &button("posteriors", "Posteriors");
        more.push_str(
            " What is in the posteriors goes into <code>bandits.NAME.posteriors</code> of the book.",
        );
    }
    format!(
        "<section class=\"files\" aria-labelledby=\"h-files\"><h2 id=\"h-files\">For the next \
         version of the book</h2><p>{buttons}</p><p class=\"note\">Raise <code>version</code> in \
         the book, then <code>fewbits compile BOOK --crowd {book}-{version}.crowd.json</code>: \
         answers of too few visitors will leave by the name of a coarser group.{more}</p></section>"
    )
}
