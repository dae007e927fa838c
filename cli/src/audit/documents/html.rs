//! The page for a data protection officer: one file, no script, nothing loaded from anywhere.

use sha2::{Digest, Sha256};

use super::page::{Block, Inline, Line, escaped, html, quote, words};
use super::ropa::signals;
use super::{Material, chart, decided, flow, hints};
use crate::audit::analysis::words::{at_most, duration, list, percent, times};
use crate::audit::analysis::{Audit, Finding, Question};
use crate::terminal::{counted, grouped};

const STYLE: &str = include_str!("style.css");

/// The page about a book that can be used.
pub fn of(material: &Material, file: &str) -> String {
    let audit = material.audit;
    let meaning = material.meaning;
    let mut body = tiles(material);
    body.push_str("<h2 id=\"flow\">The flow of data</h2>\n");
    let caption = "Drawn from this book. Coloured lines lead to what a visitor may be asked about, or what a hint tells; nothing else can reach the gate.";
    body.push_str(&figure(&flow::of(material), "The flow of data", caption));
    body.push_str(&findings(&audit.findings));
    body.push_str("<h2 id=\"why\">What it is for</h2>\n");
    let rows = meaning.dimensions.iter().map(|d| {
        let asked = if d.asked { "yes" } else { "no" };
        vec![
            quote(&d.name),
            quote(&d.why),
            quote(d.segments.join(", ")),
            quote(asked),
        ]
    });
    body.push_str(&html(&[Block::Table(
        vec!["segments of", "why", "which", "asked about"],
        rows.collect(),
    )]));
    body.push_str(&observed(material));
    body.push_str(&outgoing(material));
    body.push_str(&bound(material));
    for question in &meaning.questions {
        body.push_str(&asked(question));
    }
    body.push_str(&uncovered());
    page(audit, file, &body)
}

/// The page about a book that the checks refused: what is wrong with it.
pub fn refused(audit: &Audit, file: &str) -> String {
    let mut body = html(&[Block::Paragraph(words(
        "The checks refused this book, so it means nothing yet: it cannot be compiled, and no visitor can meet it.",
    ))]);
    body.push_str(&findings(&audit.findings));
    page(audit, file, &body)
}

/// The content of the style element is the one thing that the page lets in, by its hash.
fn page(audit: &Audit, file: &str, body: &str) -> String {
    let hash = base64(&Sha256::digest(STYLE.as_bytes()));
    let name = if audit.book.is_empty() {
        "a book"
    } else {
        &audit.book
    };
    let name = escaped(name);
    let source = if audit.source.is_empty() {
        String::new()
    } else {
        format!(
            "<p class=\"soft hash\">SHA-256 of the source: <code>{}</code></p>\n",
            audit.source
        )
    };
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>Audit of {name} {version}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<p class=\"eyebrow\">Audit of a segment book</p>\n<h1>{name}, version {version}</h1>\n\
         <p class=\"soft\">{file}</p>\n{source}</header>\n<main>\n{body}</main>\n\
         <footer>Written by <code>fewbits audit</code> {tool} from the book alone. Whoever has the book gets the same page again: <code>fewbits audit BOOK --html FILE</code>. Not legal advice.</footer>\n\
         </body>\n</html>\n",
        version = audit.version,
        file = escaped(file),
        tool = env!("CARGO_PKG_VERSION"),
    )
}

/// A picture that scrolls by itself where the page is narrow.
fn figure(svg: &str, name: &str, caption: &str) -> String {
    format!(
        "<figure><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{name}\">\n{svg}</div>\
         <figcaption>{caption}</figcaption></figure>\n"
    )
}

fn tiles(material: &Material) -> String {
    let (audit, meaning) = (material.audit, material.meaning);
    let inventory = &meaning.inventory;
    let n = inventory.signals.len() as u64;
    let (mut leaves, mut how) = match &meaning.outgoing {
        None if meaning.hints.is_some() => ("hints".to_owned(), String::new()),
        None => ("nothing".to_owned(), "leaves the browser".to_owned()),
        Some(o) => (
            "1 report".to_owned(),
            format!("in a visitor's life, one of {} and the week", o.outcomes),
        ),
    };
    if let Some(hints) = &meaning.hints {
        if meaning.outgoing.is_some() {
            leaves.push_str(", hints");
            how.push_str("; and ");
        }
        how.push_str(&format!(
            "hints for the page to pass on, {:.2} bits each",
            hints.bits
        ));
    }
    let (ever, much) = match &meaning.bound {
        None => (
            "1 ×".to_owned(),
            "a guess: nobody learns anything".to_owned(),
        ),
        Some(b) => (
            format!("≤ {} ×", times(b.lifetime_times)),
            "better than a guess, for whoever gets everything ever sent".to_owned(),
        ),
    };
    let worst = match (audit.errors, audit.warnings) {
        (0, 0) => "",
        (0, _) => " class=\"warning\"",
        _ => " class=\"error\"",
    };
    let found = audit.errors + audit.warnings;
    let (what, rest) = match found {
        0 => ("no warning".to_owned(), counted(audit.notes as u64, "note")),
        _ => (
            counted(found as u64, "finding"),
            format!(
                "{}, {}, {}",
                counted(audit.errors as u64, "error"),
                counted(audit.warnings as u64, "warning"),
                counted(audit.notes as u64, "note")
            ),
        ),
    };
    format!(
        "<ul class=\"tiles\">\n\
         <li><b>{}</b><span>observed, at most {} bytes in the browser</span></li>\n\
         <li><b>{leaves}</b><span>{how}</span></li>\n\
         <li><b>{ever}</b><span>{much}</span></li>\n\
         <li><b{worst}>{what}</b><span>{rest}</span></li>\n</ul>\n",
        counted(n, "signal"),
        grouped(inventory.bytes as u64),
    )
}

fn findings(findings: &[Finding]) -> String {
    let mut out = "<h2 id=\"findings\">Findings</h2>\n".to_owned();
    if findings.is_empty() {
        out.push_str("<p>None.</p>\n");
        return out;
    }
    out.push_str("<ul class=\"findings\">\n");
    for finding in findings {
        let help = html(&[Block::Paragraph(words(format!(
            "What to do: {}.",
            finding.help
        )))]);
        let message = html(&[Block::Paragraph(words(&finding.message))]);
        out.push_str(&format!(
            "<li class=\"{severity}\"><strong>{severity}: {}</strong> <span class=\"where\">line {}, column {}</span>{message}{help}</li>\n",
            finding.lint,
            finding.line,
            finding.column,
            severity = finding.severity.name(),
        ));
    }
    out.push_str("</ul>\n");
    out
}

fn observed(material: &Material) -> String {
    let inventory = &material.meaning.inventory;
    let sources = inventory
        .sources
        .iter()
        .map(|s| vec![quote(s.name), quote(s.reads)]);
    let mut out = "<h2 id=\"observed\">What is observed</h2>\n".to_owned();
    out.push_str(&html(&[
        Block::Paragraph(words(format!(
            "Everything below stays in the visitor's browser. What is not renewed is erased after {}. The profile takes at most {} bytes ({} as it is stored, and for one day after a long absence twice that).",
            duration(inventory.retention),
            grouped(inventory.bytes as u64),
            grouped(inventory.stored_bytes as u64),
        ))),
        Block::Heading(3, "Looked at".to_owned()),
        Block::Paragraph(words("Raw values are coarsened at once, and dropped. Anything not in this list is not looked at.")),
        Block::Table(vec!["source", "what is read"], sources.collect()),
        Block::Heading(3, "Remembered".to_owned()),
        signals(material),
    ]));
    for model in &material.meaning.models {
        let rows = model.signals.iter().map(|weighed| {
            vec![
                vec![Inline::Code(weighed.signal.clone())],
                quote(weighed.items.join(", ")),
                quote(percent(weighed.share)),
            ]
        });
        out.push_str(&html(&[
            Block::Heading(3, format!("Trained model {}", model.name)),
            Block::Paragraph(words(format!(
                "Gives {}. It was trained elsewhere and learns from no visitor. The shares are by {}.",
                model.gives, model.by
            ))),
            Block::Table(vec!["signal", "compared with", "share"], rows.collect()),
        ]));
    }
    out.push_str(&html(&decided::of(material.meaning)));
    out
}

fn outgoing(material: &Material) -> String {
    let mut out = "<h2 id=\"leaves\">What can leave, byte by byte</h2>\n".to_owned();
    let passed_on = material.meaning.hints.as_ref().map(|hints| {
        let mut blocks = vec![Block::Heading(3, "Hints".to_owned())];
        blocks.extend(hints::of(hints));
        html(&blocks)
    });
    let Some(outgoing) = &material.meaning.outgoing else {
        let nothing =
            "<p>Nothing. The book asks no question, so the gate has nothing to let out.</p>\n";
        out.push_str(passed_on.as_deref().unwrap_or(nothing));
        return out;
    };
    let rows = outgoing.fields.iter().map(|field| {
        let distinct = match field.distinct {
            0 => "one a week".to_owned(),
            n => grouped(n as u64),
        };
        vec![
            vec![Inline::Code(field.name.to_owned())],
            quote(field.means),
            quote(field.values.join(", ")),
            quote(distinct),
            quote(field.tells),
            quote(field.why),
        ]
    });
    let line = |name: &str, text: &str| -> Line {
        let mut line = vec![Inline::Strong(format!("{name}: "))];
        line.extend(words(text));
        line
    };
    out.push_str(&html(&[
        Block::Paragraph(words(format!(
            "One report in a visitor's life, whole, of {} to {} bytes. There are {} that can be told apart, and the week:",
            outgoing.least_bytes, outgoing.most_bytes, outgoing.outcomes
        ))),
        Block::Code(outgoing.example.clone()),
        Block::Table(vec!["field", "means", "can be", "values", "tells", "why"], rows.collect()),
        Block::List(vec![
            line("When", outgoing.when),
            line("To whom", outgoing.to),
            line("How", outgoing.request),
            line(
                "What else leaves through the gate",
                if passed_on.is_some() { "hints, below" } else { "nothing" },
            ),
        ]),
    ]));
    out.push_str(passed_on.as_deref().unwrap_or_default());
    out
}

fn bound(material: &Material) -> String {
    let Some(bound) = &material.meaning.bound else {
        return String::new();
    };
    let mut out = "<h2 id=\"bound\">How much that tells</h2>\n".to_owned();
    let among = bound.among.iter().map(|a| {
        vec![
            quote(grouped(a.visitors.into())),
            quote(percent(a.guess)),
            quote(format!("≤ {}", at_most(a.version))),
            quote(format!("≤ {}", at_most(a.lifetime))),
        ]
    });
    let questions = bound.questions.iter().map(|q| {
        vec![
            quote(&q.question),
            quote(grouped(q.answers as u64)),
            quote(percent(q.truth)),
            quote(format!("{:.2}", q.bits)),
            quote(times(q.times)),
        ]
    });
    let first = Block::Paragraph(words(format!(
        "Whoever receives everything that ever leaves a visitor's browser, whatever else they know, names the right visitor at most {} times better than by a guess ({} bits). That is proved, and no later version of the book can go beyond it for the same visitor. This version takes at most {} times ({:.2} bits): its costliest question, for a visitor answers one, and as many hints as still fit under the cap.",
        times(bound.lifetime_times),
        bound.lifetime_bits,
        times(bound.times),
        bound.bits
    )));
    out.push_str(&html(&[first]));
    let caption = "How likely the right visitor is named, on a scale in powers of ten. The bar reaches from a guess to what is proved for everything ever sent; the stroke in it is this version.";
    out.push_str(&figure(
        &chart::of(material),
        "Chance to name the right visitor",
        caption,
    ));
    let mut blocks = vec![
        Block::Table(
            vec![
                "visitors",
                "right by a guess",
                "with this version",
                "with everything ever",
            ],
            among.collect(),
        ),
        Block::Table(
            vec!["question", "answers", "true", "bits", "times a guess"],
            questions.collect(),
        ),
    ];
    if let Some(figures) = material.figures {
        blocks.push(Block::Heading(3, "Measured: the attack".to_owned()));
        blocks.push(Block::Paragraph(words(figures.method())));
        blocks.push(figures.table());
    }
    out.push_str(&html(&blocks));
    out
}

fn asked(question: &Question) -> String {
    let rows = question.answers.iter().map(|answer| {
        let shown = match &answer.shown {
            None => quote("withheld"),
            Some(name) => vec![Inline::Strong(name.clone())],
        };
        let mut ladder = vec![answer.segment.as_str()];
        ladder.extend(answer.under.iter().map(String::as_str));
        let crowd = answer
            .crowd
            .map_or("not known".to_owned(), |n| grouped(n as u64));
        vec![
            quote(&answer.segment),
            quote(ladder.join(" › ")),
            shown,
            quote(crowd),
        ]
    });
    let mut out = format!("<h2>Question: {}</h2>\n", escaped(&question.name));
    let merged = question.cells.iter().filter(|cell| cell.holds.len() > 1);
    let merged: Vec<String> = merged
        .map(|cell| format!("{} stands for {}", cell.name, list(&cell.holds)))
        .collect();
    let mut blocks = vec![
        Block::Paragraph(quote(format!("Why: {}", question.why))),
        Block::Paragraph(words(format!(
            "Drawn by {} of visitors, by chance alone. Answered {} to {} after they agreed, at their first visit from then on.",
            percent(question.chance),
            duration(question.after),
            duration(question.after.saturating_add(question.jitter))
        ))),
        Block::Table(
            vec!["answer", "ladder", "shown as", "visitors"],
            rows.collect(),
        ),
    ];
    if !merged.is_empty() {
        blocks.push(Block::Paragraph(quote(format!(
            "Together, so that each name is a crowd: {}.",
            merged.join("; ")
        ))));
    }
    out.push_str(&html(&blocks));
    out
}

fn uncovered() -> String {
    html(&[
        Block::Heading(2, "What this does not cover".to_owned()),
        Block::List(vec![
            words(
                "The request itself: an address, a user agent and an hour come with every request on the network. The collector must drop them before anything is stored.",
            ),
            words(
                "Scripts of the same page: they can read segments and send them. Choose what the page embeds; a strict Content-Security-Policy closes most ways out.",
            ),
            words(
                "Storage that is erased: whoever erases it is new to the gate, and two answers before and after are not bounded together.",
            ),
            words("Logins, and whoever holds the device."),
            words("What the site does with a segment: somebody should review the decisions."),
        ]),
    ])
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let byte = |i: usize| u32::from(three.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let letter = LETTERS
                .get((bits >> (18 - 6 * i)) as usize & 63)
                .copied()
                .unwrap_or(b'=');
            out.push(if i > three.len() {
                '='
            } else {
                char::from(letter)
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn base64_as_in_the_rfc() {
        for (text, code) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ] {
            assert_eq!(super::base64(text.as_bytes()), code);
        }
    }
}
