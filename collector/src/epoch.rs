//! Epochs: ISO 8601 weeks in UTC, the finest time that a report carries.

use std::fmt;
use std::str::FromStr;

/// Seconds of a week.
pub const WEEK: u64 = 7 * 86_400;
/// Days from 1970-01-01, a Thursday, back to the Monday of its week.
const MONDAY_BEFORE: u64 = 3;

/// One ISO week, as the number of weeks since that of 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(u32);

impl Epoch {
    /// The last week of the year 9999: what four digits can say.
    pub const MAX: Self = Self(418_985);

    /// The week of a time in seconds since 1970, at most that of the year 9999.
    pub fn at(unix_seconds: u64) -> Self {
        let week = (unix_seconds + MONDAY_BEFORE * 86_400) / WEEK;
        u32::try_from(week).map_or(Self::MAX, |week| Self(week).min(Self::MAX))
    }

    /// The week with this number, if the calendar has it.
    pub fn from_number(number: u32) -> Option<Self> {
        (number <= Self::MAX.0).then_some(Self(number))
    }

    /// Weeks since that of 1970-01-01. What is stored.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// So many weeks later.
    pub fn plus(self, weeks: u32) -> Self {
        Self(self.0.saturating_add(weeks)).min(Self::MAX)
    }

    /// So many weeks earlier.
    pub const fn minus(self, weeks: u32) -> Self {
        Self(self.0.saturating_sub(weeks))
    }

    /// ISO year and week: a week belongs to the year of its Thursday.
    fn year_and_week(self) -> (u32, u32) {
        let thursday = self.0 * 7;
        let mut year = 1970 + thursday / 366;
        while days_before(year + 1) <= thursday {
            year += 1;
        }
        (year, (thursday - days_before(year)) / 7 + 1)
    }
}

/// Days from 1970-01-01 to the first of January of a year.
const fn days_before(year: u32) -> u32 {
    let last = year - 1;
    let leaps = last / 4 - last / 100 + last / 400;
    // 477: leap days up to the end of 1969.
    (year - 1970) * 365 + leaps - 477
}

/// `2026-W48`
impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, week) = self.year_and_week();
        write!(f, "{year:04}-W{week:02}")
    }
}

/// Not an ISO week such as `2026-W48`, or one before 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoEpoch;

impl FromStr for Epoch {
    type Err = NoEpoch;

    fn from_str(text: &str) -> Result<Self, NoEpoch> {
        let (year, week) = text.split_once("-W").ok_or(NoEpoch)?;
        let digits = |part: &str, length| {
            let plain = part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| part.parse::<u32>().ok()).flatten()
        };
        let year = digits(year, 4).filter(|y| *y >= 1970).ok_or(NoEpoch)?;
        let week = digits(week, 2).filter(|w| *w >= 1).ok_or(NoEpoch)?;
        // The first week is that of the year's first Thursday; Thursdays are multiples of 7 days.
        let epoch = Self(days_before(year).div_ceil(7) + week - 1);
        // Week 53 exists in some years only.
        if epoch.year_and_week() == (year, week) {
            Ok(epoch)
        } else {
            Err(NoEpoch)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_of_the_iso_calendar() {
        // (days since 1970-01-01, its week), from `date -d DAY +%G-W%V`
        for (day, week) in [
            (0, "1970-W01"),
            (3, "1970-W01"),
            (4, "1970-W02"),
            (18_260, "2020-W01"),
            (18_624, "2020-W53"),
            (18_631, "2021-W01"),
            (20_780, "2026-W48"),
            (20_786, "2026-W48"),
            (20_815, "2026-W53"),
        ] {
            let epoch = Epoch::at(day * 86_400 + 86_399);
            assert_eq!(epoch.to_string(), week);
            assert_eq!(week.parse(), Ok(epoch));
        }
    }

    #[test]
    fn every_week_reads_back() {
        for number in 0..=Epoch::MAX.number() {
            let epoch = Epoch::from_number(number).unwrap();
            assert_eq!(epoch.to_string().parse(), Ok(epoch));
        }
        assert_eq!(Epoch::MAX.to_string(), "9999-W52");
        assert_eq!(Epoch::from_number(Epoch::MAX.number() + 1), None);
        assert_eq!(Epoch::at(u64::MAX / 2), Epoch::MAX);
    }

    #[test]
    fn what_is_no_week_is_refused() {
        for text in [
            "",
            "2026",
            "2026-48",
            "2026-W0",
            "2026-W00",
            "2026-W54",
            "2025-W53",
            "2026-W048",
            "2026-W4 ",
            "+026-W48",
            "2026-w48",
            "1969-W52",
            "2026-W48-1",
            "20260-W48",
        ] {
            assert_eq!(text.parse::<Epoch>(), Err(NoEpoch), "{text}");
        }
    }
}
