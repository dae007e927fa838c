//! Times, numbers and lists as people write them.

use crate::terminal::grouped;

/// A length of time in its largest unit that fits: `7 days`, `90 minutes`.
pub fn duration(seconds: u32) -> String {
    const UNITS: [(u32, &str); 3] = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let unit = UNITS
        .iter()
        .find(|(unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit));
    let (n, noun) = unit.map_or((seconds, "second"), |(unit, noun)| (seconds / unit, noun));
    format!(
        "{} {noun}{}",
        grouped(n.into()),
        if n == 1 { "" } else { "s" }
    )
}

/// A number without needless zeros, digits in groups.
pub fn number(n: f64) -> String {
    if n.fract() == 0.0 && n.abs() < 1e15 {
        let sign = if n < 0.0 { "-" } else { "" };
        return format!("{sign}{}", grouped(n.abs() as u64));
    }
    let text = format!("{n:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A share in percent, with two digits that say something.
pub fn percent(share: f64) -> String {
    rounded(share, f64::round)
}

/// A share in percent, rounded up: never less than what can happen.
pub fn at_most(share: f64) -> String {
    rounded(share, |n| (n - 1e-9).ceil())
}

fn rounded(share: f64, round: fn(f64) -> f64) -> String {
    let percent = share * 100.0;
    if percent >= 99.95 {
        return format!("{}%", if share >= 1.0 { "100" } else { "over 99.9" });
    }
    if percent <= 0.0 {
        return "0%".to_owned();
    }
    // Two digits: 93, 1.0, 0.10, 0.010, ...
    let digits = (1 - percent.log10().floor() as i32).clamp(0, 12);
    let grid = 10f64.powi(digits);
    let mut value = round(percent * grid) / grid;
    // What was rounded up to 10 needs one digit less.
    let digits = if value * grid >= 100.0 {
        digits - 1
    } else {
        digits
    };
    value = value.min(100.0);
    format!("{value:.*}%", digits.max(0) as usize)
}

/// How many times better: rounded up, so that it is never less than what can happen.
pub fn times(times: f64) -> String {
    if times >= 1e6 {
        return format!("2^{:.1}", times.log2());
    }
    if times >= 100.0 {
        return grouped(times.ceil() as u64);
    }
    let up = (times * 10.0 - 1e-9).ceil() / 10.0;
    format!("{up:.1}")
}

/// `a, b and c`
pub fn list<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [before @ .., last] => {
            let before: Vec<&str> = before.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", before.join(", "), last.as_ref())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_write_them() {
        for (seconds, text) in [
            (1, "1 second"),
            (5_400, "90 minutes"),
            (604_800, "7 days"),
            (3_600, "1 hour"),
            (0, "0 seconds"),
        ] {
            assert_eq!(duration(seconds), text);
        }
        for (n, text) in [
            (0.0, "0"),
            (-1e9, "-1,000,000,000"),
            (0.1, "0.1"),
            (2.345, "2.35"),
        ] {
            assert_eq!(number(n), text);
        }
        for (share, text) in [
            (1.0, "100%"),
            (0.9999, "over 99.9%"),
            (0.931, "93%"),
            (0.01, "1.0%"),
            (0.001, "0.10%"),
            (0.0001, "0.010%"),
            (0.000_01, "0.0010%"),
            (0.000_998, "0.10%"),
            (0.0, "0%"),
        ] {
            assert_eq!(percent(share), text);
        }
        assert_eq!(
            (at_most(0.000_054_6), at_most(0.000_05)),
            ("0.0055%".into(), "0.0050%".into())
        );
        for (n, text) in [
            (9.987, "10.0"),
            (1.91, "2.0"),
            (7.0, "7.0"),
            (285.2, "286"),
            (16_777_216.0, "2^24.0"),
        ] {
            assert_eq!(times(n), text);
        }
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list::<&str>(&[]), "");
    }
}
