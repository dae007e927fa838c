//! What is wrong with a book, where, and what to do about it.

use super::json::Span;
use super::places::Place;
use serde::Serialize;

/// How much a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The book cannot be used.
    Error,
    /// The book works, but probably not as meant.
    Warning,
}

/// One finding in the JSON source of a book, for its author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Whether the book can be used nevertheless.
    pub severity: Severity,
    /// Stable name of the kind of finding, one of [`CODES`].
    pub code: &'static str,
    /// What is wrong: lower case, no full stop, the author's words in backticks.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Line of the offending text, from 1.
    pub line: usize,
    /// Column of its first character, from 1, in characters.
    pub column: usize,
    /// Its length in characters, as far as it is on that line; at least 1.
    pub length: usize,
    /// The offending text itself, cut after 80 characters.
    pub text: String,
}

/// Every code that a diagnostic can have, and its severity.
pub const CODES: &[(&str, Severity)] = &[
    ("syntax", Severity::Error),
    ("duplicate-key", Severity::Error),
    ("unknown-key", Severity::Error),
    ("missing-key", Severity::Error),
    ("wrong-type", Severity::Error),
    ("out-of-range", Severity::Error),
    ("too-many", Severity::Error),
    ("too-deep", Severity::Error),
    ("empty-list", Severity::Error),
    ("bad-name", Severity::Error),
    ("reserved-name", Severity::Error),
    ("duplicate-id", Severity::Error),
    ("bad-duration", Severity::Error),
    ("bad-date", Severity::Error),
    ("window-not-whole", Severity::Error),
    ("window-too-long", Severity::Error),
    ("no-kind", Severity::Error),
    ("two-kinds", Severity::Error),
    ("unknown-value", Severity::Error),
    ("sequence-form", Severity::Error),
    ("cyclic-score", Severity::Error),
    ("unknown-signal", Severity::Error),
    ("unknown-operator", Severity::Error),
    ("unknown-item", Severity::Error),
    ("type-mismatch", Severity::Error),
    ("no-why", Severity::Error),
    ("unknown-group", Severity::Error),
    ("cyclic-ladder", Severity::Error),
    ("never-holds", Severity::Error),
    ("unreachable-segment", Severity::Error),
    ("shadowed-segment", Severity::Error),
    ("unknown-dimension", Severity::Error),
    ("question-not-exclusive", Severity::Error),
    ("question-too-costly", Severity::Error),
    ("hint-too-costly", Severity::Error),
    ("lifetime-bits-without-why", Severity::Error),
    ("crowd-unknown-group", Severity::Error),
    ("crowds-and-bootstrap", Severity::Error),
    ("ambiguous-name", Severity::Error),
    ("rule-form", Severity::Error),
    ("ranking-form", Severity::Error),
    ("unknown-variant", Severity::Error),
    ("unknown-experiment", Severity::Error),
    ("unknown-layer", Severity::Error),
    ("unreachable-rule", Severity::Error),
    ("weights-sum", Severity::Error),
    ("overlapping-ranges", Severity::Error),
    ("unknown-model", Severity::Error),
    ("model-input", Severity::Error),
    ("model-shape", Severity::Error),
    ("unused-signal", Severity::Warning),
    ("unused-variant", Severity::Warning),
    ("no-goal", Severity::Error),
    ("asked-too-early", Severity::Warning),
    ("unused-experiment", Severity::Warning),
    ("unused-model", Severity::Warning),
    ("unused-group", Severity::Warning),
    ("pick-too-large", Severity::Warning),
    ("nothing-shown", Severity::Warning),
    ("sensitive-topic", Severity::Warning),
    ("budget-shared", Severity::Warning),
];

/// Findings beyond this many are not listed: they would not be read.
const MOST: usize = 1000;
const LONGEST_TEXT: usize = 80;
/// A frame shows this many characters of a line at most, so that a book without line breaks
/// does not fill the screen.
const FRAME: usize = 100;

/// Collects findings while a book is checked.
pub(super) struct Sink {
    found: Vec<(Span, Severity, &'static str, String, String)>,
}

impl Sink {
    pub(super) const fn new() -> Self {
        Self { found: Vec::new() }
    }

    /// Notes a finding. Its severity follows from its code.
    pub(super) fn add(
        &mut self,
        span: Span,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let severity = CODES
            .iter()
            .find(|(known, _)| *known == code)
            .map(|(_, severity)| *severity);
        debug_assert!(severity.is_some(), "`{code}` is not in the list of codes");
        let severity = severity.unwrap_or(Severity::Error);
        self.found
            .push((span, severity, code, message.into(), help.into()));
    }

    pub(super) fn has_errors(&self) -> bool {
        self.found
            .iter()
            .any(|(_, severity, ..)| *severity == Severity::Error)
    }

    /// The findings in the order of the text, with lines and columns.
    pub(super) fn finish(mut self, source: &str) -> Vec<Diagnostic> {
        if self.has_errors() {
            // What an erroneous part may have meant to use is not known.
            self.found
                .retain(|(_, _, code, ..)| !code.starts_with("unused"));
        }
        self.found.sort_by_key(|(span, ..)| (span.start, span.end));
        let lines = lines(source);
        self.found
            .into_iter()
            .take(MOST)
            .map(|(span, severity, code, message, help)| {
                let Place {
                    line,
                    column,
                    length,
                    text,
                } = place(source, &lines, span);
                Diagnostic {
                    severity,
                    code,
                    message,
                    help,
                    line,
                    column,
                    length,
                    text,
                }
            })
            .collect()
    }
}

/// Line, column and text of a part of the source.
pub(super) fn place(source: &str, lines: &[usize], span: Span) -> Place {
    let line = lines.partition_point(|&start| start <= span.start).max(1);
    let start = lines.get(line - 1).copied().unwrap_or(0);
    let text = source.get(span.start..span.end).unwrap_or("");
    let first = text.lines().next().unwrap_or("");
    let before = source.get(start..span.start);
    Place {
        line,
        column: before.map_or(0, |s| s.chars().count()) + 1,
        length: first.chars().count().max(1),
        text: text.chars().take(LONGEST_TEXT).collect(),
    }
}

/// Where each line starts, in bytes.
pub(super) fn lines(source: &str) -> Vec<usize> {
    std::iter::once(0)
        .chain(source.match_indices('\n').map(|(i, _)| i + 1))
        .collect()
}

impl Diagnostic {
    /// The finding as a compiler would print it, with the line it points to. `file` is only
    /// printed.
    pub fn render(&self, source: &str, file: &str) -> String {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        format!(
            "{severity}[{code}]: {message}\n{frame}{margin} = help: {help}\n",
            code = self.code,
            message = self.message,
            frame = frame(source, file, self.line, self.column, self.length),
            margin = " ".repeat(self.line.to_string().len()),
            help = self.help,
        )
    }
}

/// A line of the source, where it stands, and a part of it underlined. Ends with a new line.
pub fn frame(source: &str, file: &str, line: usize, column: usize, length: usize) -> String {
    let text = source.lines().nth(line.saturating_sub(1)).unwrap_or("");
    let skip = if column > FRAME * 3 / 4 {
        column - FRAME / 2
    } else {
        0
    };
    let mut shown: String = text
        .chars()
        .skip(skip)
        .take(FRAME)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if skip + FRAME < text.chars().count() {
        shown.push('…');
    }
    let lead = if skip > 0 { "…" } else { "" };
    let before = " ".repeat((column + lead.chars().count()).saturating_sub(1 + skip));
    let most = (FRAME + skip + 1).saturating_sub(column);
    let marks = "^".repeat(length.min(most).max(1));
    let number = line.to_string();
    let margin = " ".repeat(number.len());
    let shown = shown.trim_end();
    format!(
        "{margin}--> {file}:{number}:{column}\n\
         {margin} |\n\
         {number} | {lead}{shown}\n\
         {margin} | {before}{marks}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(source: &str, start: usize, end: usize) -> Diagnostic {
        let mut sink = Sink::new();
        sink.add(Span { start, end }, "syntax", "m", "h");
        sink.finish(source).remove(0)
    }

    #[test]
    fn columns_count_characters() {
        let source = "{\n  \"ü\": 1x\n}";
        let at = source.find("1x").unwrap();
        let d = one(source, at, at + 2);
        assert_eq!(
            (d.line, d.column, d.length, d.text.as_str()),
            (2, 8, 2, "1x")
        );
        assert_eq!(
            d.render(source, "a.json"),
            "error[syntax]: m\n --> a.json:2:8\n  |\n2 |   \"ü\": 1x\n  |        ^^\n  = help: h\n"
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let source = format!("{}!{}", "a".repeat(1000), "b".repeat(1000));
        let text = one(&source, 1000, 1001).render(&source, "a.json");
        let frame: Vec<&str> = text.lines().collect();
        let at = frame[4].chars().position(|c| c == '^').unwrap();
        assert_eq!(frame[3].chars().nth(at), Some('!'), "{text}");
        assert!(frame[3].chars().count() < 120);
    }

    #[test]
    fn the_end_of_the_text_has_a_place() {
        let d = one("{\n", 2, 2);
        assert_eq!((d.line, d.column, d.length), (2, 1, 1));
        assert!(d.render("{\n", "a.json").contains("2 | \n"));
    }
}
