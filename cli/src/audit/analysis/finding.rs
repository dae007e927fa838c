//! What the audit has to say, where, and why it says it.

use fewbits::book::author::{self, Diagnostic, Place};
use serde::Serialize;

/// How much a finding matters, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The book should not be used like this.
    Error,
    /// Somebody should decide.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// `error`, `warning` or `note`: also the levels of SARIF.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One finding.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    pub severity: Severity,
    /// Name of the lint, or of the check of `fewbits check`.
    pub lint: &'static str,
    /// What is found: lower case, no full stop, the author's words in backticks.
    pub message: String,
    /// What to do about it.
    pub help: String,
    pub line: usize,
    pub column: usize,
    pub length: usize,
    /// The text in question, cut after 80 characters.
    pub text: String,
}

impl Finding {
    /// A finding at a place; without one, at the beginning of the text.
    pub fn new(
        severity: Severity,
        lint: &'static str,
        at: Option<Place>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        debug_assert!(
            LINTS.iter().any(|known| known.name == lint),
            "`{lint}` is not in the list of lints"
        );
        let at = at.unwrap_or_else(|| Place {
            line: 1,
            column: 1,
            length: 1,
            text: String::new(),
        });
        Self {
            severity,
            lint,
            message: message.into(),
            help: help.into(),
            line: at.line,
            column: at.column,
            length: at.length,
            text: at.text,
        }
    }
}

/// What `fewbits check` found, as findings of the audit.
pub fn checked(found: &[Diagnostic]) -> Vec<Finding> {
    let finding = |d: &Diagnostic| Finding {
        severity: match d.severity {
            author::Severity::Error => Severity::Error,
            author::Severity::Warning => Severity::Warning,
        },
        lint: d.code,
        message: d.message.clone(),
        help: d.help.clone(),
        line: d.line,
        column: d.column,
        length: d.length,
        text: d.text.clone(),
    };
    found.iter().map(finding).collect()
}

/// A lint: what it looks for, and the reason.
pub struct Lint {
    pub name: &'static str,
    /// One sentence.
    pub what: &'static str,
    /// Why it matters, and what to do.
    pub why: &'static str,
}

const fn lint(name: &'static str, what: &'static str, why: &'static str) -> Lint {
    Lint { name, what, why }
}

/// Every lint of the audit. `docs/audit.md` has them with the same words; a test compares.
pub const LINTS: &[Lint] = &[
    lint(
        "sensitive-topic",
        "A dimension that the list of sensitive topics matches.",
        "Special categories (GDPR Art. 9), children, income and precise location are nobody's \
         business here, and a crowd or noise does not make them so. `fewbits check` warns at each \
         word; it is an error if the book asks about the dimension, which the gate never does. If \
         the list is wrong, `not_sensitive` in the dimension says why, and the audit notes it.",
    ),
    lint(
        "too-many-bits",
        "The cap on everything that ever leaves is above ten times better than a guess.",
        "The bound is what protects a visitor from whoever receives the reports. Stay at 3.32 \
         bits, or let somebody answer for the reason in `report.why`. Above 6.64 bits (a hundred \
         times) it is an error.",
    ),
    lint(
        "unneeded-budget",
        "The cap allows more than the questions of this book can cost.",
        "The rest serves later versions only, which may then ask more of the same visitors. \
         Lower `lifetime_bits` to what is needed.",
    ),
    lint(
        "noiseless",
        "Nearly every answer is the true one, so it can hardly be denied.",
        "Below one wrong answer in a hundred, a report is as good as the segment itself. Lower \
         `epsilon`.",
    ),
    lint(
        "hints-on",
        "The page may pass on segments as they are, without noise.",
        "A hint cannot be denied, and to whom the page passes it on, and beside which identifier, \
         is not in the book. It is charged in full to the same budget, so the bound holds for \
         whoever gets nothing but hints and reports. See who is told.",
    ),
    lint(
        "lone-visitor",
        "So few visitors that one of them could be meant.",
        "The bound multiplies what is known already: ten times better than a guess among twenty \
         visitors is one in two. A floor below ten, a total this small or a segment of a handful \
         cannot hide anybody.",
    ),
    lint(
        "thin-segment",
        "A segment that is known to be smaller than the crowd floor.",
        "It is never shown by its name, and a page made for it serves few. Merge it with a \
         neighbour, or widen its condition.",
    ),
    lint(
        "no-crowd-table",
        "There is a report, but neither a crowd table nor a bootstrap.",
        "An unknown crowd counts as too small, so every answer is withheld. Take the table from \
         the collector (`fewbits compile --crowd`), or say `bootstrap` for the first version.",
    ),
    lint(
        "bootstrap-left-on",
        "Answers are shown as they are, for want of a crowd table.",
        "A bootstrap is meant for the first version only. The bound holds without a table, but a \
         name that is shown may stand for very few. Compile the next version with `--crowd`.",
    ),
    lint(
        "no-ladder",
        "A question with many answers and no coarser groups.",
        "An answer of too small a crowd climbs to a coarser group. Without one it becomes `any`, \
         and its count is lost. Give related segments a group.",
    ),
    lint(
        "many-questions",
        "More questions than a site can count.",
        "Each visitor answers one question, so each question gets its share of the visitors: \
         with many, the error bars are wide, and nothing is learnt for what was taken. Ask what \
         will be acted on.",
    ),
    lint(
        "fine-time",
        "A question is answered sooner than a day after it was drawn.",
        "A report names the week, but the request itself has an hour. The delay parts it from \
         the click on the consent banner. Leave `after` at a day or more.",
    ),
    lint(
        "retention-too-long",
        "Something is remembered for more than 13 months.",
        "European regulators take 13 months as the limit for what is kept on a device to count \
         visits. Shorten `retention` and windows, or write down why a longer memory is needed.",
    ),
    lint(
        "unbounded-declared",
        "A declared fact with so many values that it could name a person.",
        "A number in small steps over a wide range is an identifier in disguise. Give it a \
         `step`, or a list of a few items.",
    ),
    lint(
        "identifier-like",
        "A name that sounds as if it held an identifier.",
        "Segments never need to know who somebody is. Values that the book does not mention are \
         dropped at the door, but a reviewer should not have to wonder: rename it, or leave it \
         out.",
    ),
    lint(
        "model-sensitive",
        "A trained model that reads or tells apart something on the list of sensitive topics.",
        "A model may guess what nobody said, so what it says is as sensitive as what it \
         was trained on. A dimension over it never passes the gate; a decision that reads \
         it stays in the browser, but is still a guess about a person. Train it without.",
    ),
    lint(
        "model-reported",
        "A dimension that may be asked about, or hinted at, depends on a trained model.",
        "The bound holds for it as for any other dimension. But what such a segment means \
         is in the training data and not in the book, so a reviewer cannot read it off \
         its conditions: somebody has to say it.",
    ),
    lint(
        "price-or-access",
        "A dimension that sounds as if it decided about a price or about access.",
        "Decisions with legal or similarly significant effects need a person, an explanation and \
         a legal ground (GDPR Art. 22). Use segments to choose what to show, not what somebody \
         must pay or may have.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_has_every_lint_in_the_same_words() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/audit.md");
        let docs = std::fs::read_to_string(path).unwrap();
        for lint in LINTS {
            let row = format!("| `{}` | {} {} |", lint.name, lint.what, lint.why);
            assert!(docs.contains(&row), "docs/audit.md has no line\n{row}");
        }
    }
}
