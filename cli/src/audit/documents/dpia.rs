//! The data protection impact assessment, GDPR Art. 35(7), as a draft.

use super::page::{Block, Inline, Line, heading, known, paragraph, quote, words};
use super::ropa::{measures, signals};
use super::{Material, hints};
use crate::audit::analysis::Severity;
use crate::audit::analysis::words::{at_most, duration, percent, times};
use crate::terminal::grouped;

/// The draft.
pub fn of(material: &Material) -> Vec<Block> {
    let Material { audit, site, .. } = material;
    let mut blocks = vec![
        heading(1, "Data protection impact assessment"),
        Block::Paragraph(vec![
            Inline::Text("Draft under Art. 35 GDPR, written by ".to_owned()),
            Inline::Code("fewbits audit".to_owned()),
            Inline::Text(format!(
                " from the segment book {}, version {} (SHA-256 of its source {}). It describes \
                 what the book does, and measures what can be measured. Whether that is justified \
                 is for people to decide: the places are marked. Not legal advice.",
                audit.book, audit.version, audit.source
            )),
        ]),
        Block::Table(
            vec!["", ""],
            vec![
                vec![
                    strong("Controller"),
                    known(site.controller.as_ref(), "name and address"),
                ],
                vec![
                    strong("Contact"),
                    known(site.contact.as_ref(), "how to reach the controller"),
                ],
                vec![
                    strong("Data protection officer"),
                    known(site.officer.as_ref(), "name; advice under Art. 35(2)"),
                ],
                vec![
                    strong("Date and author"),
                    vec![Inline::Fill("date, author".to_owned())],
                ],
            ],
        ),
    ];
    threshold(material, &mut blocks);
    description(material, &mut blocks);
    necessity(material, &mut blocks);
    risks(material, &mut blocks);
    decision(material, &mut blocks);
    blocks
}

fn strong(text: &str) -> Line {
    vec![Inline::Strong(text.to_owned())]
}

/// The nine criteria of the Art. 29 Working Party (WP 248 rev.01, endorsed by the EDPB).
fn threshold(material: &Material, blocks: &mut Vec<Block>) {
    let meaning = material.meaning;
    let sensitive = material
        .audit
        .findings
        .iter()
        .any(|f| f.lint == "sensitive-topic");
    let price = material
        .audit
        .findings
        .iter()
        .any(|f| f.lint == "price-or-access");
    let fill = |text: &str| vec![Inline::Fill(text.to_owned())];
    let row = |criterion: &str, says: Line| vec![quote(criterion), says];
    blocks.push(heading(2, "1. Is an assessment required?"));
    blocks.push(paragraph(
        "The criteria of the guidelines WP 248 rev.01. Two or more usually call for an assessment.",
    ));
    blocks.push(Block::Table(
        vec!["criterion", "this book"],
        vec![
            row("evaluation or scoring", words(format!(
                "yes: visitors are placed in {} families of coarse segments, in their own browsers",
                meaning.dimensions.len()
            ))),
            row("automated decisions with legal or similar effect", if price {
                words("the audit found names that sound like prices or access: see the findings")
            } else {
                words("no: segments choose what a page shows; the audit found no name that sounds like prices or access")
            }),
            row("systematic monitoring", words("visits of this site only, in the browser; nothing across sites")),
            row("sensitive data", if sensitive {
                words("the audit found names on its list of sensitive topics: see the findings")
            } else {
                words("no name in the book is on the audit's list of sensitive topics")
            }),
            row("large scale", fill("number of visitors")),
            row("matching or combining datasets", words("no: reports carry nothing by which they could be matched")),
            row("vulnerable data subjects", fill("whether the site is for children or others who need protection")),
            row("innovative use of technology", words("segments in the browser, local differential privacy")),
            row("keeps people from a right or a service", words("no: without consent the page shows its defaults")),
        ],
    ));
}

fn description(material: &Material, blocks: &mut Vec<Block>) {
    let Material { meaning, site, .. } = material;
    blocks.push(heading(2, "2. The processing (Art. 35(7)(a))"));
    blocks.push(paragraph("A page tells a module in the visitor's browser what happens on it. The module counts, forgets, and derives coarse segments, by the rules of the book. The page asks it what to show."));
    blocks.push(heading(3, "Purposes"));
    let rows = meaning.dimensions.iter().map(|d| {
        let asked = if d.asked { "yes" } else { "no" };
        vec![
            strong(&d.name),
            quote(&d.why),
            quote(d.segments.join(", ")),
            quote(asked),
        ]
    });
    blocks.push(Block::Table(
        vec!["segments", "why", "which", "asked about"],
        rows.collect(),
    ));
    blocks.push(heading(3, "What is observed"));
    blocks.push(paragraph(format!(
        "At most {} bytes in a visitor's browser. Erased at the latest {} after it was last renewed.",
        grouped(meaning.inventory.bytes as u64),
        duration(meaning.inventory.retention)
    )));
    blocks.push(signals(material));
    blocks.push(heading(3, "What leaves"));
    match &meaning.outgoing {
        None if meaning.hints.is_some() => {}
        None => blocks.push(paragraph("Nothing.")),
        Some(outgoing) => {
            blocks.push(paragraph(format!(
                "One report in a visitor's life, of {} to {} bytes. There are {} different ones, and the week. When: {}.",
                outgoing.least_bytes, outgoing.most_bytes, outgoing.outcomes, outgoing.when
            )));
            blocks.push(Block::Code(outgoing.example.clone()));
            let rows = outgoing.fields.iter().map(|f| {
                vec![
                    vec![Inline::Code(f.name.to_owned())],
                    quote(f.means),
                    quote(f.values.join(", ")),
                    quote(f.tells),
                ]
            });
            blocks.push(Block::Table(
                vec!["field", "means", "values", "tells"],
                rows.collect(),
            ));
            let mut to = words("To: ");
            to.extend(known(site.collector.as_ref(), "who runs the collector"));
            blocks.push(Block::Paragraph(to));
        }
    }
    if let Some(told) = &meaning.hints {
        blocks.push(heading(3, "Hints"));
        blocks.extend(hints::of(told));
    }
    let mut basis = words("Legal basis: ");
    basis.extend(known(
        site.legal_basis.as_ref(),
        "legal basis of storage (ePrivacy) and of processing (GDPR)",
    ));
    blocks.push(Block::Paragraph(basis));
}

fn necessity(material: &Material, blocks: &mut Vec<Block>) {
    blocks.push(heading(
        2,
        "3. Necessity and proportionality (Art. 35(7)(b))",
    ));
    let signals = &material.meaning.inventory.signals;
    let unused = signals
        .iter()
        .filter(|signal| signal.read_by.is_empty())
        .count();
    blocks.push(Block::List(vec![
        words(format!("Every family of segments says why it exists; {unused} of {} signals are read by none.", signals.len())),
        words("Individual decisions are made in the browser, so no profile has to be collected for them. What is collected are counts of groups."),
        words("Coarse by construction: a closed list of values for each signal, no raw value, no event kept."),
        vec![Inline::Fill("why these purposes are worth it, and why no milder means would do".to_owned())],
    ]));
}

fn risks(material: &Material, blocks: &mut Vec<Block>) {
    let meaning = material.meaning;
    blocks.push(heading(2, "4. Risks for visitors (Art. 35(7)(c))"));
    if let Some(bound) = &meaning.bound {
        blocks.push(heading(3, "Being recognised from reports"));
        blocks.push(paragraph(format!(
            "Proved: whoever receives everything that ever leaves a visitor's browser, whatever else they know, names the right visitor at most {} times better than by a guess ({} bits). This version alone: {} times ({:.2} bits).",
            times(bound.lifetime_times), bound.lifetime_bits, times(bound.times), bound.bits
        )));
        let rows = bound.among.iter().map(|a| {
            [
                grouped(a.visitors.into()),
                percent(a.guess),
                at_most(a.version),
                at_most(a.lifetime),
            ]
            .map(words)
            .into()
        });
        blocks.push(Block::Table(
            vec![
                "among",
                "by a guess",
                "with this version at most",
                "with everything ever at most",
            ],
            rows.collect(),
        ));
        match material.figures {
            Some(figures) => {
                blocks.push(paragraph(figures.method()));
                blocks.push(figures.table());
            }
            None => blocks.push(Block::Paragraph(vec![Inline::Fill(
                "measured figures: run `fewbits attack BOOK --format json` and give the file with `--attack`".replace('`', "\""),
            )])),
        }
    }
    blocks.push(heading(3, "What remains"));
    let row =
        |risk: &str, protects: &str, remains: Line| vec![quote(risk), words(protects), remains];
    let fill = |text: &str| vec![Inline::Fill(text.to_owned())];
    blocks.push(Block::Table(
        vec!["risk", "what protects", "what remains"],
        vec![
            row(
                "the request shows an address and a user agent",
                "no cookie, no referrer, no identifier; the collector stores neither",
                fill("how the server in front of the collector treats addresses and logs"),
            ),
            row(
                "scripts of the same page read segments and send them",
                "a strict Content-Security-Policy",
                fill("which third-party scripts run on the page"),
            ),
            row(
                "somebody else uses the same browser",
                "`forget()`, and the browser's own erasing",
                words("until then they see what the page shows"),
            ),
            row(
                "a visitor feels watched or put in a box",
                "coarse groups with a reason; the visitor can see, correct and erase them",
                fill("how the site offers this"),
            ),
            row(
                "a group that is unfairly treated",
                "the audit looks for sensitive topics, prices and access",
                fill("who reviews the decisions made with segments"),
            ),
            row(
                "few visitors",
                "an answer is named only as part of a crowd; the bound is a factor",
                words("ten times better than a guess among twenty visitors is one in two"),
            ),
        ],
    ));
    blocks.push(heading(3, "Findings of the audit"));
    if material.audit.findings.is_empty() {
        blocks.push(paragraph("None."));
        return;
    }
    let rows = material.audit.findings.iter().map(|f| {
        vec![
            words(f.severity.name()),
            vec![Inline::Code(f.lint.to_owned())],
            words(format!("{} (line {})", f.message, f.line)),
            match f.severity {
                Severity::Note => words("worth knowing"),
                _ => vec![Inline::Fill("what is done about it".to_owned())],
            },
        ]
    });
    blocks.push(Block::Table(
        vec!["", "lint", "what", "decision"],
        rows.collect(),
    ));
}

fn decision(material: &Material, blocks: &mut Vec<Block>) {
    blocks.push(heading(2, "5. Measures (Art. 35(7)(d))"));
    blocks.push(Block::List(measures(material)));
    blocks.push(heading(2, "6. Decision"));
    let fill = |text: &str| vec![Inline::Fill(text.to_owned())];
    blocks.push(Block::Table(
        vec!["", ""],
        vec![
            vec![
                strong("Advice of the data protection officer"),
                fill("Art. 35(2)"),
            ],
            vec![
                strong("Views of visitors"),
                fill("Art. 35(9), or why they were not asked"),
            ],
            vec![
                strong("Remaining risk"),
                fill("low, medium or high, and why; if high, Art. 36"),
            ],
            vec![
                strong("Decision"),
                fill("by whom, when, and when it is looked at again"),
            ],
        ],
    ));
}
