//! The record of processing activities, GDPR Art. 30(1), as a draft.

use super::page::{Block, Inline, Line, heading, known, paragraph, quote, words};
use super::{Material, hints};
use crate::audit::analysis::words::{duration, times};
use crate::terminal::{counted, grouped};

/// The record.
pub fn of(material: &Material) -> Vec<Block> {
    let Material {
        audit,
        meaning,
        site,
        ..
    } = material;
    let inventory = &meaning.inventory;
    let mut blocks = vec![
        heading(1, "Record of processing activities"),
        Block::Paragraph(vec![
            Inline::Text("Draft under Art. 30(1) GDPR, written by ".to_owned()),
            Inline::Code("fewbits audit".to_owned()),
            Inline::Text(format!(
                " from the segment book {}, version {} (SHA-256 of its source {}). What is in \
                 the book is in here; what only the site can know is marked. Not legal advice.",
                audit.book, audit.version, audit.source
            )),
        ]),
        heading(2, "Controller (a)"),
        Block::Table(
            vec!["", ""],
            vec![
                row(
                    "Controller",
                    known(site.controller.as_ref(), "name and address"),
                ),
                row(
                    "Contact",
                    known(site.contact.as_ref(), "how to reach the controller"),
                ),
                row(
                    "Data protection officer",
                    known(
                        site.officer.as_ref(),
                        "name and contact, or \"none appointed\"",
                    ),
                ),
                row(
                    "Legal basis",
                    known(
                        site.legal_basis.as_ref(),
                        "legal basis; storage in the browser and reports need consent under Art. 5(3) ePrivacy unless an exemption applies",
                    ),
                ),
            ],
        ),
        heading(2, "Purposes (b)"),
        paragraph("To choose what a page shows, in the visitor's own browser, by coarse segments:"),
        Block::List(
            meaning
                .dimensions
                .iter()
                .map(|dimension| {
                    let mut line = vec![Inline::Strong(dimension.name.clone())];
                    line.push(Inline::Text(": ".to_owned()));
                    line.extend(quote(&dimension.why));
                    line
                })
                .collect(),
        ),
    ];
    if !meaning.questions.is_empty() {
        let names: Vec<Line> = meaning.questions.iter().map(|q| quote(&q.name)).collect();
        blocks.push(paragraph("To count how many visitors are in which segment, by one randomised answer of each visitor to one of these questions:"));
        blocks.push(Block::List(names));
    }
    blocks.extend([
        heading(2, "Data subjects and categories of data (c)"),
        paragraph("Visitors of the site. Three categories of data, of which the first two stay in the browser:"),
        Block::List(vec![
            words(format!(
                "Profile: {} in cells of fixed size, at most {} bytes; no identifier, no address, no raw event.",
                counted(inventory.signals.len() as u64, "signal"),
                grouped(inventory.bytes as u64)
            )),
            words("Ledger: what was asked, what left and what it cost, readable by the visitor."),
            words(if meaning.outgoing.is_some() {
                "Report: one randomised answer, without an identifier, in a week of the calendar."
            } else {
                "Report: none. Nothing leaves the browser."
            }),
        ]),
        signals(material),
        paragraph("No special categories of data (Art. 9) are meant to be processed. The audit compares every name with a list of sensitive topics; its findings are part of the audit."),
        heading(2, "Recipients (d)"),
    ]);
    match &meaning.outgoing {
        None if meaning.hints.is_some() => {}
        None => blocks.push(paragraph("None: nothing leaves the visitor's browser.")),
        Some(outgoing) => {
            blocks.push(Block::Paragraph({
                let mut line = words("The collector, which counts reports: ");
                line.extend(known(
                    site.collector.as_ref(),
                    "who runs the collector, and the contract under Art. 28 if it is a processor",
                ));
                line.extend(words(". It gets these bytes and nothing else:"));
                line
            }));
            blocks.push(Block::Code(outgoing.example.clone()));
        }
    }
    if let Some(told) = &meaning.hints {
        blocks.push(paragraph("Whoever the page passes hints on to:"));
        blocks.extend(hints::of(told));
    }
    blocks.extend([
        heading(2, "Transfers to third countries (e)"),
        Block::Paragraph(known(site.transfers.as_ref(), "countries and safeguards, or \"none\"")),
        heading(2, "Time limits (f)"),
        Block::List(vec![
            words(format!("Profile: each memory for its own window (table above); whatever was not renewed is erased after {}.", duration(inventory.retention))),
            words("Ledger: until the visitor erases it. What was spent (13 bytes without a name, a time or an answer) outlives that, so that erasing is no way to be asked again; the visitor can remove it, too."),
            {
                let mut line = words("Counts at the collector: ");
                line.extend(known(site.aggregates.as_ref(), "how long aggregates are kept; 25 months at most is usual"));
                line
            },
            words("A withdrawn consent, and `forget()`, erase what is stored at once, but for what was spent."),
        ]),
        heading(2, "Technical and organisational measures (g)"),
        Block::List(measures(material)),
    ]);
    blocks
}

/// What protects the visitor, for the record and the assessment.
pub fn measures(material: &Material) -> Vec<Line> {
    let mut lines = vec![
        words(
            "Everything is off until the visitor agrees; consent is asked per purpose, and withdrawing it stops and erases at once. Global Privacy Control counts as a no to reports.",
        ),
        words(
            "Segments are computed in the visitor's own browser. Only what the book declares is read; raw values are coarsened at once and dropped; raw events are not kept.",
        ),
        words(
            "The profile has cells of fixed size and no way out: the code that sends can only send a report.",
        ),
    ];
    let Some(bound) = &material.meaning.bound else {
        lines.push(words("Nothing leaves the browser."));
        return lines;
    };
    lines.push(words(format!(
        "One question, once: a visitor answers one question in a lifetime, drawn by chance, with \
         randomised response (epsilon {}). Any answer can be denied.",
        bound.epsilon
    )));
    lines.push(words(format!(
        "A budget for everything that ever leaves: whoever receives it all can name a visitor at \
         most {} times better than by a guess. It is charged before sending, and no new version \
         resets it. The bound is proved.",
        times(bound.lifetime_times)
    )));
    lines.push(words("An answer is shown only under a name that is a large enough crowd; otherwise under a coarser one, or not at all."));
    lines.push(words("Reports are sent without cookies, credentials and referrer, carry no identifier and no time finer than a week, and are written into a ledger that the visitor can read."));
    lines.push(words(
        "The collector stores counts only: no address, no user agent, no single report.",
    ));
    lines
}

fn row(name: &str, value: Line) -> Vec<Line> {
    vec![vec![Inline::Strong(name.to_owned())], value]
}

/// The inventory as a table.
pub fn signals(material: &Material) -> Block {
    let inventory = &material.meaning.inventory;
    let rows = inventory.signals.iter().map(|signal| {
        let mut from = signal.sources.join(", ");
        if let Some(tag) = &signal.tag {
            from = format!("{from}: {tag}");
        }
        if from.is_empty() {
            "other signals".clone_into(&mut from);
        }
        let mut why: Line = Vec::new();
        if let Some(own) = &signal.why {
            why.extend(quote(own));
            why.push(Inline::Text("; ".to_owned()));
        }
        why.push(Inline::Text(format!("for {}", signal.read_by.join(", "))));
        vec![
            vec![Inline::Code(signal.name.clone())],
            words(&signal.what),
            words(from),
            quote(&signal.values),
            // That everything is erased in the end is said above the table.
            words(signal.kept.split(';').next().unwrap_or_default()),
            why,
            words(grouped(signal.bytes as u64)),
        ]
    });
    let head = vec![
        "signal",
        "what it is",
        "read from",
        "values",
        "kept",
        "why",
        "bytes",
    ];
    Block::Table(head, rows.collect())
}
