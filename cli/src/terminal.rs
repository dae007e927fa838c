//! What the terminal can show: colours where there is one, grouped digits everywhere.

use std::io::{IsTerminal, Stdout};

/// Wraps text in colours, or leaves it alone.
#[derive(Clone, Copy)]
pub struct Style {
    colours: bool,
}

impl Style {
    /// Colours only on a terminal, and only if nobody said no (`NO_COLOR`).
    pub fn of(out: &Stdout) -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        Self {
            colours: wanted && out.is_terminal(),
        }
    }

    /// No colours.
    pub const fn plain() -> Self {
        Self { colours: false }
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.colours {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    pub fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    pub fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    pub fn good(self, text: &str) -> String {
        self.wrap("32", text)
    }

    pub fn warn(self, text: &str) -> String {
        self.wrap("33", text)
    }

    pub fn bad(self, text: &str) -> String {
        self.wrap("31", text)
    }

    pub fn bar(self, text: &str) -> String {
        self.wrap("36", text)
    }
}

/// A whole number with its digits in groups of three: `98,653`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number and its noun: `1 line`, `2 lines`.
pub fn counted(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// A bar of eighths of blocks: `share` of `width`, from 0 to 1. Something is never nothing.
pub fn bar(share: f64, width: usize) -> String {
    const PARTS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    let eighths = (share.clamp(0.0, 1.0) * (width * 8) as f64).round() as usize;
    let eighths = if share > 0.0 { eighths.max(1) } else { 0 };
    let mut out = "█".repeat(eighths / 8);
    if let Some(part) = PARTS.get(eighths % 8).filter(|p| **p != ' ') {
        out.push(*part);
    }
    let missing = width.saturating_sub(out.chars().count());
    out.extend(std::iter::repeat_n(' ', missing));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_in_groups() {
        for (n, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (98_653, "98,653")] {
            assert_eq!(grouped(n), text);
        }
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(
            (counted(1, "line"), counted(0, "line")),
            ("1 line".into(), "0 lines".into())
        );
    }

    #[test]
    fn bars_have_their_width() {
        assert_eq!(bar(0.5, 4), "██  ");
        assert_eq!(bar(1.0, 3), "███");
        assert_eq!(bar(0.0, 3), "   ");
        assert_eq!(bar(0.000_01, 3), "▏  ");
        assert_eq!(bar(f64::NAN, 2).chars().count(), 2);
        assert_eq!(bar(7.0, 2), "██");
    }
}
