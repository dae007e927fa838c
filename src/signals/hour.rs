//! Part of the day, weekend and season, and when each of them ends.
//!
//! Shapes: the time in whole seconds and the local offset in minutes become one of four
//! dayparts and one of two kinds of day; the time and the hemisphere one of four seasons.
//! Integer arithmetic alone: the same second gives the same answer everywhere.
//!
//! The offset is the one that holds at `now`. Where clocks are put forward or back before an
//! end computed here, the end is off by that hour; so ask again when the offset changes.

use crate::book::{DAY, HOUR, Time, WEEK};

/// A quarter of a day.
const QUARTER: u32 = 6 * HOUR;
/// Days from 1 March of the year 0 to 1 January 1970.
const MARCH_0: u32 = 719_468;
/// Seconds of local time since a Thursday 00:00; never negative.
fn local(now: Time, offset: i32) -> u64 {
    let shift = offset.clamp(-840, 840) * 60;
    (u64::from(now) + u64::from(WEEK)).saturating_add_signed(i64::from(shift))
}

/// `now` plus the rest of a period of which `passed` seconds are over.
fn end(now: Time, period: u32, passed: u64) -> Time {
    // `passed` is less than `period`, which is at most a week.
    now.saturating_add(period - passed as u32)
}

/// Night (0 to 5 h), morning (6 to 11), afternoon (12 to 17) or evening (18 to 23): an item
/// of `Context::Daypart`. `offset` is in minutes east of UTC, at most 14 hours.
pub fn daypart(now: Time, offset: i32) -> u16 {
    (local(now, offset) / u64::from(QUARTER) % 4) as u16
}

/// The first second that is in another daypart.
pub fn daypart_ends(now: Time, offset: i32) -> Time {
    end(now, QUARTER, local(now, offset) % u64::from(QUARTER))
}

/// Seconds since Monday 00:00, local time.
fn since_monday(now: Time, offset: i32) -> u64 {
    // A Thursday is three days after a Monday.
    (local(now, offset) + u64::from(3 * DAY)) % u64::from(WEEK)
}

/// 1 on a Saturday or Sunday, else 0: an item of `Context::Weekend`.
pub fn weekend(now: Time, offset: i32) -> u16 {
    u16::from(since_monday(now, offset) >= u64::from(5 * DAY))
}

/// The first second after this weekend, or of the next one.
pub fn weekend_ends(now: Time, offset: i32) -> Time {
    let passed = since_monday(now, offset);
    end(
        now,
        if weekend(now, offset) == 1 {
            WEEK
        } else {
            5 * DAY
        },
        passed,
    )
}

/// The first day of a season, in days from 1 March of the year 0. Seasons are counted from
/// that day too, four to a year, so that a leap day is the last day of its year.
fn season_start(number: u32) -> u32 {
    let year = number / 4;
    let leap_days = year / 4 - year / 100 + year / 400;
    // 0, 92, 184 and 275 days after 1 March.
    year * 365 + leap_days + (number % 4 * 459 + 2) / 5
}

/// The number of the season in which `now` is.
fn season_number(now: Time) -> u32 {
    let day = now / DAY + MARCH_0;
    // Years have 365 days or more, so this is at most a few seasons too high.
    let mut number = day / 365 * 4 + 3;
    while season_start(number) > day {
        number -= 1;
    }
    number
}

/// The meteorological season: spring from 1 March, summer from 1 June, autumn from
/// 1 September, winter from 1 December, half a year later in the south; days are UTC days.
/// An item of `Context::Season`.
pub fn season(now: Time, southern: bool) -> u16 {
    let number = season_number(now) + if southern { 2 } else { 0 };
    (number % 4) as u16
}

/// The first second that is in another season, in both hemispheres.
pub fn season_ends(now: Time) -> Time {
    let day = season_start(season_number(now) + 1) - MARCH_0;
    day.saturating_mul(DAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Context;

    // Fixed points from `date -u -d @N`.
    const FRIDAY_NOON: Time = 1_795_176_000; // 2026-11-20 12:00:00, a Friday
    const LEAP_DAY: Time = 1_709_164_800; // 2024-02-29 00:00:00

    fn part(now: Time, offset: i32) -> &'static str {
        Context::Daypart.items()[usize::from(daypart(now, offset))]
    }

    fn season_name(now: Time, southern: bool) -> &'static str {
        Context::Season.items()[usize::from(season(now, southern))]
    }

    #[test]
    fn dayparts() {
        for (hour, expected) in [
            (0, "night"),
            (5, "night"),
            (6, "morning"),
            (11, "morning"),
            (12, "afternoon"),
        ] {
            assert_eq!(part(hour * HOUR, 0), expected, "{hour}");
        }
        assert_eq!(part(18 * HOUR - 1, 0), "afternoon");
        assert_eq!(part(18 * HOUR, 0), "evening");
        assert_eq!(part(FRIDAY_NOON, 345), "afternoon"); // Kathmandu, 17:45
        assert_eq!(part(FRIDAY_NOON, 360), "evening");
        assert_eq!(part(FRIDAY_NOON, -601), "night");
        assert_eq!(daypart_ends(FRIDAY_NOON, 345), FRIDAY_NOON + 15 * 60);
        assert_eq!(daypart_ends(FRIDAY_NOON, 0), FRIDAY_NOON + QUARTER);
    }

    #[test]
    fn weekends() {
        assert_eq!(Context::Weekend.items(), ["no", "yes"]);
        let saturday = FRIDAY_NOON + 12 * HOUR;
        assert_eq!(weekend(saturday - 1, 0), 0);
        assert_eq!(weekend(saturday, 0), 1);
        assert_eq!(weekend(saturday + 2 * DAY - 1, 0), 1);
        assert_eq!(weekend(saturday + 2 * DAY, 0), 0);
        assert_eq!(weekend_ends(FRIDAY_NOON, 0), saturday);
        assert_eq!(weekend_ends(saturday, 0), saturday + 2 * DAY);
        assert_eq!(weekend(FRIDAY_NOON, 720), 1);
        assert_eq!(weekend_ends(FRIDAY_NOON, -60), saturday + HOUR);
    }

    #[test]
    fn seasons() {
        assert_eq!(season_name(0, false), "winter");
        assert_eq!(season_name(0, true), "summer");
        assert_eq!(season_ends(0), 59 * DAY); // 1970-03-01
        assert_eq!(season_name(FRIDAY_NOON, false), "autumn");
        assert_eq!(season_name(FRIDAY_NOON, true), "spring");
        assert_eq!(season_name(LEAP_DAY, false), "winter");
        assert_eq!(season_ends(LEAP_DAY), LEAP_DAY + DAY);
        assert_eq!(season_name(LEAP_DAY + DAY, false), "spring");
        assert_eq!(season_name(951_782_400, false), "winter"); // 2000-02-29
        assert_eq!(season_ends(951_782_400), 951_868_800);
        assert_eq!(season_ends(4_107_456_000), 4_107_542_400); // 2100-02-28, no leap day
        assert_eq!(season_ends(Time::MAX), Time::MAX); // March 2106 is out of range
    }

    /// Month by counting the days of every month from 1970 on: slow, and not the arithmetic
    /// under test.
    fn months() -> Vec<u32> {
        let mut out = Vec::new();
        for year in 1970_u32.. {
            let leap =
                year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
            let lengths = [
                31,
                if leap { 29 } else { 28 },
                31,
                30,
                31,
                30,
                31,
                31,
                30,
                31,
                30,
                31,
            ];
            for (month, length) in (1..).zip(lengths) {
                out.extend(std::iter::repeat_n(month, length));
            }
            if out.len() > (Time::MAX / DAY) as usize {
                return out;
            }
        }
        out
    }

    #[test]
    fn every_day_until_2106() {
        let months = months();
        let expected = |day: u32| match months[day as usize] {
            3..=5 => 0,
            6..=8 => 1,
            9..=11 => 2,
            _ => 3,
        };
        for day in 0..Time::MAX / DAY {
            let (first, last) = (day * DAY, day * DAY + (DAY - 1));
            assert_eq!(season(first, false), expected(day), "{day}");
            assert_eq!(season(last, false), expected(day), "{day}");
            assert_eq!(season(first, true), (expected(day) + 2) % 4, "{day}");
            let ends = season_ends(first);
            assert_eq!(season_ends(last), ends, "{day}");
            if ends < Time::MAX {
                assert_ne!(season(ends, false), expected(day), "{day}");
                assert_eq!(season(ends - 1, false), expected(day), "{day}");
            }
        }
    }

    #[test]
    fn ends_are_the_next_change() {
        type Value = fn(Time, i32) -> u16;
        type Ends = fn(Time, i32) -> Time;
        let cases: [(Value, Ends); 2] = [(daypart, daypart_ends), (weekend, weekend_ends)];
        for (value, ends) in cases {
            for now in (0..2 * WEEK)
                .step_by(1_799)
                .chain([FRIDAY_NOON, LEAP_DAY, 86_399])
            {
                for offset in [-840, -839, -570, -60, -1, 0, 1, 330, 765, 839, 840] {
                    let end = ends(now, offset);
                    assert!(end > now);
                    assert_ne!(value(end, offset), value(now, offset), "{now} {offset}");
                    assert_eq!(value(end - 1, offset), value(now, offset), "{now} {offset}");
                }
            }
        }
    }

    #[test]
    fn absurd_input() {
        for now in [0, 1, Time::MAX - 1, Time::MAX] {
            for offset in [i32::MIN, -841, 841, i32::MAX] {
                let near = offset.clamp(-840, 840);
                assert_eq!(daypart(now, offset), daypart(now, near));
                assert_eq!(weekend(now, offset), weekend(now, near));
                assert!(daypart_ends(now, offset) >= now);
                assert!(weekend_ends(now, offset) >= now);
            }
            assert!(season_ends(now) >= now);
        }
    }
}
