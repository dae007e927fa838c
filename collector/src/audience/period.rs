//! Weeks joined to periods. What is shown of some weeks is made of whole periods, and each cell
//! is a crowd in each: so whatever one subtracts from whatever else, what comes out is a crowd.

use crate::epoch::Epoch;

/// Some weeks in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    /// The first week.
    pub from: Epoch,
    /// The last one.
    pub to: Epoch,
    /// Reports in all of them.
    pub reports: u64,
    /// How many of the weeks with reports it has.
    pub weeks: usize,
}

/// Joins weeks, oldest first, until a period has at least so many reports. What remains at the
/// end joins the last period. Empty without weeks.
pub(super) fn periods(weeks: &[(Epoch, u64)], least: u64) -> Vec<Period> {
    let mut periods: Vec<Period> = Vec::new();
    let mut open: Option<Period> = None;
    for (week, reports) in weeks {
        let period = open.get_or_insert(Period {
            from: *week,
            to: *week,
            reports: 0,
            weeks: 0,
        });
        period.to = *week;
        period.reports += reports;
        period.weeks += 1;
        if period.reports >= least {
            periods.extend(open.take());
        }
    }
    match (periods.last_mut(), open) {
        (Some(last), Some(rest)) => {
            last.to = rest.to;
            last.reports += rest.reports;
            last.weeks += rest.weeks;
        }
        (_, rest) => periods.extend(rest),
    }
    periods
}

/// Counts by week added up to counts by period.
pub(super) fn by_period(counts: &[u64], periods: &[Period]) -> Vec<u64> {
    let mut counts = counts.iter();
    let sum = |period: &Period| counts.by_ref().take(period.weeks).sum();
    periods.iter().map(sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_join_until_they_are_enough() {
        let week = |n| Epoch::from_number(n).unwrap();
        let weeks = [(1, 30), (2, 80), (3, 100), (9, 40), (10, 10)].map(|(w, n)| (week(w), n));
        let found = periods(&weeks, 100);
        let expected = [(1, 2, 110, 2), (3, 10, 150, 3)];
        let expected = expected.map(|(from, to, reports, weeks)| Period {
            from: week(from),
            to: week(to),
            reports,
            weeks,
        });
        assert_eq!(found, expected);
        assert_eq!(by_period(&[1, 2, 3, 4, 5], &found), [3, 12]);
        // All together too few: one period.
        assert_eq!(periods(&weeks, 1_000).len(), 1);
        assert_eq!(periods(&[], 100), []);
    }
}
