//! The finest time that leaves: an ISO 8601 week, in UTC.

use alloc::string::String;

/// One ISO week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Epoch {
    year: u32,
    week: u32,
}

impl Epoch {
    /// The week that begins on a Monday, given in days since 1970-01-01.
    pub fn from_monday(monday: u32) -> Self {
        // A week belongs to the year of its Thursday, and is numbered from that year's start.
        let thursday = monday + 3;
        let mut year = 1970;
        let mut start = 0;
        loop {
            let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
            let days = if leap { 366 } else { 365 };
            if thursday < start + days {
                return Self {
                    year,
                    week: (thursday - start) / 7 + 1,
                };
            }
            start += days;
            year += 1;
        }
    }

    /// `2026-W48`
    pub fn text(self) -> String {
        let mut text = String::new();
        super::push_number(&mut text, self.year);
        text.push_str(if self.week < 10 { "-W0" } else { "-W" });
        super::push_number(&mut text, self.week);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_of_the_iso_calendar() {
        // (a Monday as days since 1970-01-01, its week), from `date -d DAY +%G-W%V`
        for (monday, week) in [
            (4, "1970-W02"),
            (18_260, "2020-W01"),
            (18_624, "2020-W53"),
            (18_631, "2021-W01"),
            (20_780, "2026-W48"),
            (20_815, "2026-W53"),
        ] {
            assert_eq!(Epoch::from_monday(monday).text(), week);
        }
    }
}
