//! Times as they are written in logs and tables, in seconds since 1970, UTC.

use serde::Deserialize;

use fewbits::book::{DAY, Time};

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// ISO 8601, or seconds.
    #[default]
    Any,
    /// `2026-11-23`, `2026-11-23T10:00:00Z`, `2026-11-23 10:00:00.5+01:00`; without a zone, UTC.
    Iso,
    /// Seconds since 1970.
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
    /// `20261123`
    Yyyymmdd,
    /// `23/Nov/2026:10:00:00 +0000`
    Apache,
}

/// Why a text is no usable time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bad {
    /// Not written like this.
    Unreadable,
    /// Before 1970 or after 2106.
    OutOfRange,
}

impl Format {
    /// What a right one looks like.
    pub const fn example(self) -> &'static str {
        match self {
            Self::Any => "`2026-11-23T10:00:00Z` or seconds since 1970",
            Self::Iso => "`2026-11-23T10:00:00Z`",
            Self::Seconds => "`1795428000`, seconds since 1970",
            Self::Milliseconds => "`1795428000000`, milliseconds since 1970",
            Self::Yyyymmdd => "`20261123`",
            Self::Apache => "`23/Nov/2026:10:00:00 +0000`",
        }
    }

    /// Reads a time.
    pub fn read(self, text: &str) -> Result<Time, Bad> {
        let text = text.trim();
        let seconds = match self {
            Self::Any if text.contains('-') && !text.starts_with('-') => iso(text),
            Self::Any | Self::Seconds => return number(text, 1.0),
            Self::Iso => iso(text),
            Self::Milliseconds => return number(text, 1000.0),
            Self::Yyyymmdd => compact(text),
            Self::Apache => apache(text),
        };
        let seconds = seconds.ok_or(Bad::Unreadable)?;
        Time::try_from(seconds).map_err(|_| Bad::OutOfRange)
    }
}

/// Seconds from a number that counts `per_second` in one.
pub fn from_number(n: f64, per_second: f64) -> Result<Time, Bad> {
    let seconds = (n / per_second).floor();
    if seconds >= 0.0 && seconds <= f64::from(Time::MAX) {
        Ok(seconds as Time)
    } else if seconds.is_nan() {
        Err(Bad::Unreadable)
    } else {
        Err(Bad::OutOfRange)
    }
}

fn number(text: &str, per_second: f64) -> Result<Time, Bad> {
    from_number(text.parse().map_err(|_| Bad::Unreadable)?, per_second)
}

/// Takes `count` digits off the front.
fn digits(text: &mut &[u8], count: usize) -> Option<i64> {
    let (head, rest) = text.split_at_checked(count)?;
    let mut n = 0;
    for byte in head {
        if !byte.is_ascii_digit() {
            return None;
        }
        n = n * 10 + i64::from(byte - b'0');
    }
    *text = rest;
    Some(n)
}

/// Takes one of some bytes off the front.
fn one(text: &mut &[u8], of: &[u8]) -> Option<u8> {
    let (first, rest) = text.split_first()?;
    of.contains(first).then(|| {
        *text = rest;
        *first
    })
}

fn iso(text: &str) -> Option<i64> {
    let mut t = text.as_bytes();
    let year = digits(&mut t, 4)?;
    one(&mut t, b"-")?;
    let month = digits(&mut t, 2)?;
    one(&mut t, b"-")?;
    let day = date(year, month, digits(&mut t, 2)?)?;
    if t.is_empty() {
        return Some(day);
    }
    one(&mut t, b"Tt ")?;
    let hour = digits(&mut t, 2)?;
    one(&mut t, b":")?;
    let minute = digits(&mut t, 2)?;
    let second = if one(&mut t, b":").is_some() {
        digits(&mut t, 2)?
    } else {
        0
    };
    if one(&mut t, b".,").is_some() {
        digits(&mut t, 1)?;
        while digits(&mut t, 1).is_some() {}
    }
    Some(day + clock(hour, minute, second)? - zone(t)?)
}

fn apache(text: &str) -> Option<i64> {
    const MONTHS: [&[u8]; 12] = [
        b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
        b"Dec",
    ];
    let mut t = text.as_bytes();
    let day = digits(&mut t, 2)?;
    one(&mut t, b"/")?;
    let (name, rest) = t.split_at_checked(3)?;
    let month = MONTHS.iter().position(|m| m.eq_ignore_ascii_case(name))?;
    t = rest;
    one(&mut t, b"/")?;
    let date = date(digits(&mut t, 4)?, month as i64 + 1, day)?;
    one(&mut t, b":")?;
    let hour = digits(&mut t, 2)?;
    one(&mut t, b":")?;
    let minute = digits(&mut t, 2)?;
    one(&mut t, b":")?;
    let second = digits(&mut t, 2)?;
    _ = one(&mut t, b" ");
    Some(date + clock(hour, minute, second)? - zone(t)?)
}

fn compact(text: &str) -> Option<i64> {
    let mut t = text.as_bytes();
    let (year, month, day) = (digits(&mut t, 4)?, digits(&mut t, 2)?, digits(&mut t, 2)?);
    t.is_empty().then(|| date(year, month, day)).flatten()
}

/// Seconds east of UTC: nothing, `Z`, `+01:00`, `+0100` or `+01`.
fn zone(mut t: &[u8]) -> Option<i64> {
    if t.is_empty() || matches!(t, b"Z" | b"z") {
        return Some(0);
    }
    let sign = if one(&mut t, b"+-")? == b'-' { -1 } else { 1 };
    let hours = digits(&mut t, 2)?;
    _ = one(&mut t, b":");
    let minutes = if t.is_empty() { 0 } else { digits(&mut t, 2)? };
    (t.is_empty() && hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

/// A leap second belongs to the minute before.
const fn clock(hour: i64, minute: i64, second: i64) -> Option<i64> {
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(hour * 3_600 + minute * 60 + if second == 60 { 59 } else { second })
}

/// Seconds from 1970 to the start of a day of the Gregorian calendar.
fn date(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if day < 1 || day > longest {
        return None;
    }
    // Years from March on, so that the leap day is the last of its year.
    let (y, m) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = y * 365 + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400);
    Some((days + (m * 153 + 2) / 5 + day - 1 - 719_468) * i64::from(DAY))
}

/// A time for people and machines: `2026-11-23T10:00:00Z`.
pub fn written(at: Time) -> String {
    let (days, rest) = (at / DAY, at % DAY);
    // Days from 1 March of the year 0, in eras of 400 years.
    let z = u64::from(days) + 719_468;
    let (era, day) = (z / 146_097, z % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let in_year = day - (365 * year + year / 4 - year / 100);
    let m = (5 * in_year + 2) / 153;
    let d = in_year - (153 * m + 2) / 5 + 1;
    let month = if m < 10 { m + 3 } else { m - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{d:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_times() {
        use Format::*;
        // Fixed points from `date -u -d ... +%s`.
        for (format, text, expected) in [
            (Any, "2026-11-23T10:00:00Z", Ok(1_795_428_000)),
            (Any, "1795428000", Ok(1_795_428_000)),
            (Any, " 1795428000.9 ", Ok(1_795_428_000)),
            (Any, "-5", Err(Bad::OutOfRange)),
            (Any, "1795428000000", Err(Bad::OutOfRange)),
            (Any, "soon", Err(Bad::Unreadable)),
            (Any, "NaN", Err(Bad::Unreadable)),
            (Any, "", Err(Bad::Unreadable)),
            (Iso, "2026-11-23", Ok(1_795_392_000)),
            (Iso, "2026-11-23 10:00", Ok(1_795_428_000)),
            (Iso, "2026-11-23T11:00:00.123+01:00", Ok(1_795_428_000)),
            (Iso, "2026-11-23T11:00:00+01", Ok(1_795_428_000)),
            (Iso, "1969-12-31", Err(Bad::OutOfRange)),
            (Iso, "2026-02-29", Err(Bad::Unreadable)),
            (Iso, "2024-02-29", Ok(1_709_164_800)),
            (Iso, "2026-11-23T24:00:00Z", Err(Bad::Unreadable)),
            (Iso, "2026-11-23T10:00:00Zulu", Err(Bad::Unreadable)),
            (Seconds, "0", Ok(0)),
            (Milliseconds, "1795428000999", Ok(1_795_428_000)),
            (Yyyymmdd, "19970101", Ok(852_076_800)),
            (Yyyymmdd, "1997010", Err(Bad::Unreadable)),
            (Yyyymmdd, "199701011", Err(Bad::Unreadable)),
            (Apache, "17/May/2015:10:05:03 +0000", Ok(1_431_857_103)),
            (Apache, "17/May/2015:12:05:03 +0200", Ok(1_431_857_103)),
            (Apache, "17/Mai/2015:12:05:03 +0200", Err(Bad::Unreadable)),
            (Apache, "17/May/2015", Err(Bad::Unreadable)),
        ] {
            assert_eq!(format.read(text), expected, "{format:?} {text}");
        }
    }

    #[test]
    fn written_times_can_be_read() {
        for at in (0..Time::MAX)
            .step_by(40_009_001)
            .chain([951_782_400, Time::MAX])
        {
            assert_eq!(Format::Iso.read(&written(at)), Ok(at), "{}", written(at));
        }
        assert_eq!(written(1_709_164_800), "2024-02-29T00:00:00Z");
    }
}
