//! Durations, windows and dates.

use super::diagnostic::Sink;
use super::fields;
use super::json::Node;
use crate::book::validate::LONGEST;
use crate::book::{DAY, HOUR, Span, Time, WEEK};

/// A duration from `least` to `most` seconds, as `"30m"` or `"14d"`.
pub(super) fn duration(
    node: &Node,
    what: &str,
    least: u32,
    most: u32,
    sink: &mut Sink,
) -> Option<u32> {
    let text = fields::text(node, what, sink)?;
    let Some(seconds) = seconds(text) else {
        let message = format!("`{text}` is not a duration");
        let help = "write a whole number and one of s, m, h, d, w: `\"30m\"`, `\"14d\"`";
        sink.add(node.span, "bad-duration", message, help);
        return None;
    };
    match u32::try_from(seconds) {
        Ok(seconds) if (least..=most).contains(&seconds) => Some(seconds),
        _ => {
            let message = format!("{what} is out of range: `{text}`");
            let help = format!(
                "it must be from `\"{}\"` to `\"{}\"`",
                words(least),
                words(most)
            );
            sink.add(node.span, "bad-duration", message, help);
            None
        }
    }
}

fn seconds(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => u64::from(HOUR),
        "d" => u64::from(DAY),
        "w" => u64::from(WEEK),
        _ => return None,
    };
    if number.is_empty() || number.len() > 9 || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    number.parse::<u64>().ok()?.checked_mul(unit)
}

/// A duration as an author would write it.
pub(super) fn words(seconds: u32) -> String {
    for (unit, letter) in [(DAY, 'd'), (HOUR, 'h'), (60, 'm')] {
        if seconds >= unit && seconds.is_multiple_of(unit) {
            return format!("{}{letter}", seconds / unit);
        }
    }
    format!("{seconds}s")
}

/// Buckets of a window at the most: the days of two years.
const MAX_BUCKETS: u32 = 731;

/// The widest buckets that a window of so many seconds may have.
const fn widest(seconds: u32) -> u32 {
    match seconds {
        0..=3_600 => 60,
        3_601..=259_200 => HOUR,
        259_201..=5_184_000 => DAY,
        _ => WEEK,
    }
}

const fn plural(width: u32) -> (&'static str, char) {
    match width {
        60 => ("minutes", 'm'),
        HOUR => ("hours", 'h'),
        DAY => ("days", 'd'),
        _ => ("weeks", 'w'),
    }
}

/// `within` of a signal that counts: a ring of buckets, or the session. `days`: the buckets are
/// days however long the window is.
pub(super) fn window(node: &Node, days: bool, retention: u32, sink: &mut Sink) -> Option<Span> {
    if !days && node.text() == Some("session") {
        return Some(Span::Session);
    }
    let seconds = duration(node, "`within`", if days { DAY } else { 60 }, LONGEST, sink)?;
    // The coarsest buckets that fit, but never more than a window may have.
    let widths: &[u32] = if days { &[DAY] } else { &[60, HOUR, DAY, WEEK] };
    let few = |width: &&u32| seconds.div_ceil(**width) <= MAX_BUCKETS;
    let fits = |width: &&u32| {
        seconds.is_multiple_of(**width) && few(width) && (days || **width <= widest(seconds))
    };
    let Some(&width) = widths.iter().rfind(fits) else {
        let width = widths.iter().find(few).copied().unwrap_or(DAY);
        let (unit, letter) = plural(width);
        let down = (seconds / width).max(1);
        let up = if u64::from(down + 1) * u64::from(width) > u64::from(LONGEST) {
            String::new()
        } else {
            format!(" or `\"{}{letter}\"`", down + 1)
        };
        sink.add(
            node.span,
            "window-not-whole",
            format!(
                "a window of `{}` is not a whole number of {unit}",
                node.text().unwrap_or("")
            ),
            format!("write `\"{down}{letter}\"`{up}"),
        );
        return None;
    };
    retained(node, seconds, retention, sink)?;
    Some(Span::Ring {
        width,
        buckets: u16::try_from(seconds / width).ok()?,
    })
}

/// Refuses a window that is longer than memories are kept.
pub(super) fn retained(node: &Node, seconds: u32, retention: u32, sink: &mut Sink) -> Option<()> {
    if seconds > retention {
        let message = format!(
            "a window of `{}` is longer than the retention of `{}`",
            words(seconds),
            words(retention)
        );
        let help = "shorten the window, or keep memories longer with `retention`";
        sink.add(node.span, "window-too-long", message, help);
        return None;
    }
    Some(())
}

/// The start of a UTC day.
pub(super) fn date(node: &Node, what: &str, sink: &mut Sink) -> Option<Time> {
    let text = fields::text(node, what, sink)?;
    let time = day(text).and_then(|day| day.checked_mul(i64::from(DAY)));
    if let Some(time) = time
        .and_then(|time| Time::try_from(time).ok())
        .filter(|&time| time > 0)
    {
        return Some(time);
    }
    let message = format!("`{text}` is not a date");
    let help = "write a day from 1970-01-02 to 2106-02-07 as `\"2027-01-31\"`";
    sink.add(node.span, "bad-date", message, help);
    None
}

/// Days since 1 January 1970 of a date that exists, after Hinnant's civil calendar.
fn day(text: &str) -> Option<i64> {
    let digits = |from: usize, to: usize| -> Option<i64> {
        let part = text.get(from..to)?;
        if !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        part.parse().ok()
    };
    if text.len() != 10 || text.get(4..5) != Some("-") || text.get(7..8) != Some("-") {
        return None;
    }
    let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        for (text, days) in [
            ("1970-01-01", Some(0)),
            ("1970-01-02", Some(1)),
            ("2000-03-01", Some(11_017)),
            ("2024-02-29", Some(19_782)),
            ("2023-02-29", None),
            ("2027-13-01", None),
            ("2027-1-01", None),
            ("+027-01-01", None),
        ] {
            assert_eq!(day(text), days, "{text}");
        }
    }

    #[test]
    fn durations() {
        for (text, wanted) in [
            ("30m", Some(1_800)),
            ("2w", Some(1_209_600)),
            ("m", None),
            ("", None),
            ("1.5h", None),
            ("-1h", None),
            ("1 h", None),
            ("1ä", None),
        ] {
            assert_eq!(seconds(text), wanted, "{text}");
        }
        assert_eq!(words(90), "90s");
        assert_eq!(words(7_200), "2h");
    }
}
