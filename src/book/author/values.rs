//! Which values a signal may still have.

use super::signals::Shape;
use crate::book::Test;

/// A set of values that comparisons narrow.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Values {
    /// The signal may be missing.
    missing: bool,
    present: Present,
}

#[derive(Debug, Clone, PartialEq)]
enum Present {
    Number {
        /// Least value, and whether it belongs to the set.
        low: (f64, bool),
        /// Greatest value, and whether it belongs to the set.
        high: (f64, bool),
        /// Values are `first` plus a multiple of `step`, or `last`; step 0: any.
        first: f64,
        step: f64,
        last: f64,
        /// Taken out one by one.
        not: Vec<f64>,
    },
    /// For each item or truth value, whether it is still possible.
    Items(Vec<bool>),
    /// Nothing is known about the signal: its definition has an error.
    Unknown,
}

/// Where more values than this were taken out, some are taken to be left: it is not worth the
/// search.
const MOST_NOT: usize = 1_000;

impl Values {
    /// The segments of a dimension, or whether one of them holds.
    pub(super) fn one_of(n: usize) -> Self {
        Self {
            missing: false,
            present: Present::Items(vec![true; n]),
        }
    }

    /// All values of a signal.
    pub(super) fn of(shape: &Shape) -> Self {
        let (present, missing) = match shape {
            &Shape::Number {
                min,
                max,
                step,
                missing,
            } => {
                let (low, high) = ((min, true), (max, true));
                let not = Vec::new();
                (
                    Present::Number {
                        low,
                        high,
                        first: min,
                        step,
                        last: max,
                        not,
                    },
                    missing,
                )
            }
            Shape::Boolean { missing } => (Present::Items(vec![true; 2]), *missing),
            Shape::Items { items, missing } => (Present::Items(vec![true; items.len()]), *missing),
            Shape::Unknown => (Present::Unknown, true),
        };
        Self { missing, present }
    }

    /// Keeps the values for which the comparison holds, or for which it does not.
    pub(super) fn narrow(&mut self, test: &Test, negated: bool) {
        if matches!(self.present, Present::Unknown) {
            return;
        }
        // Every comparison is false while the signal is missing.
        self.missing &= negated;
        match (&mut self.present, test) {
            (_, Test::Exists) => {
                if negated {
                    self.present = Present::Items(Vec::new());
                }
            }
            (Present::Number { low, high, not, .. }, test) => match (test, negated) {
                (Test::Greater(v), false) | (Test::AtMost(v), true) => raise(low, *v, false),
                (Test::AtLeast(v), false) | (Test::Less(v), true) => raise(low, *v, true),
                (Test::Less(v), false) | (Test::AtLeast(v), true) => lower(high, *v, false),
                (Test::AtMost(v), false) | (Test::Greater(v), true) => lower(high, *v, true),
                (Test::Equals(v), false) => {
                    raise(low, *v, true);
                    lower(high, *v, true);
                }
                (Test::Equals(v), true) => not.push(*v),
                _ => {}
            },
            (Present::Items(items), test) => {
                for (i, possible) in items.iter_mut().enumerate() {
                    let holds = match test {
                        Test::Among(among) => among.iter().any(|&item| usize::from(item) == i),
                        Test::Equals(v) => *v == i as f64,
                        _ => continue,
                    };
                    *possible &= holds != negated;
                }
            }
            (Present::Unknown, _) => {}
        }
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        !self.missing
            && match &self.present {
                Present::Unknown => false,
                Present::Items(items) => !items.contains(&true),
                Present::Number {
                    low,
                    high,
                    first,
                    step,
                    last,
                    not,
                } => {
                    let fits = |v: f64| inside(v, *low, *high) && !not.contains(&v);
                    if *step == 0.0 {
                        // An interval has more values than can have been taken out of it.
                        low.0 >= high.0 && !(low.0 == high.0 && fits(low.0))
                    } else {
                        not.len() < MOST_NOT
                            && !fits(*last)
                            && !on_grid(*low, *first, *step, not.len()).any(fits)
                    }
                }
            }
    }
}

fn raise(low: &mut (f64, bool), v: f64, belongs: bool) {
    if v > low.0 || (v == low.0 && !belongs) {
        *low = (v, belongs);
    }
}

fn lower(high: &mut (f64, bool), v: f64, belongs: bool) {
    if v < high.0 || (v == high.0 && !belongs) {
        *high = (v, belongs);
    }
}

fn inside(v: f64, low: (f64, bool), high: (f64, bool)) -> bool {
    (v > low.0 || (v == low.0 && low.1)) && (v < high.0 || (v == high.0 && high.1))
}

/// The first values of the grid from `low` on; enough of them that one is left after `taken`
/// were taken out. Computed as the profile does, so that a decimal step meets its multiples.
fn on_grid(low: (f64, bool), first: f64, step: f64, taken: usize) -> impl Iterator<Item = f64> {
    let start = ((low.0 - first) / step).floor().max(0.0);
    (0..taken + 3).map(move |i| {
        let hundredths = (first + (start + i as f64) * step) * 100.0;
        hundredths.round() / 100.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(shape: &Shape, tests: &[(Test, bool)]) -> bool {
        let mut values = Values::of(shape);
        tests
            .iter()
            .for_each(|(test, negated)| values.narrow(test, *negated));
        !values.is_empty()
    }

    #[test]
    fn whole_numbers() {
        let count = Shape::Number {
            min: 0.0,
            max: 10.0,
            step: 1.0,
            missing: false,
        };
        assert!(left(&count, &[(Test::Less(1.0), false)]));
        assert!(!left(&count, &[(Test::Less(0.0), false)]));
        assert!(!left(&count, &[(Test::Greater(10.0), false)]));
        assert!(!left(
            &count,
            &[(Test::Greater(3.0), false), (Test::Less(4.0), false)]
        ));
        assert!(!left(&count, &[(Test::Equals(2.5), false)]));
        assert!(!left(
            &count,
            &[
                (Test::AtLeast(9.0), false),
                (Test::Equals(9.0), true),
                (Test::Equals(10.0), true)
            ]
        ));
        assert!(!left(&count, &[(Test::Exists, true)]));
    }

    #[test]
    fn a_greatest_value_beside_the_grid() {
        let dwell = Shape::Number {
            min: 0.0,
            max: 95.0,
            step: 10.0,
            missing: false,
        };
        assert!(left(&dwell, &[(Test::Greater(90.0), false)]));
        assert!(!left(
            &dwell,
            &[(Test::Greater(80.0), false), (Test::Less(90.0), false)]
        ));
    }

    #[test]
    fn missing_answers_no() {
        let since = Shape::Number {
            min: 0.0,
            max: 100.0,
            step: 1.0,
            missing: true,
        };
        assert!(left(&since, &[(Test::AtLeast(0.0), true)]));
        assert!(!left(
            &since,
            &[(Test::AtLeast(0.0), true), (Test::Exists, false)]
        ));
        assert!(left(
            &since,
            &[(Test::Exists, true), (Test::Equals(4.0), true)]
        ));
        assert!(!left(
            &since,
            &[(Test::Exists, true), (Test::Equals(4.0), false)]
        ));
    }

    #[test]
    fn items_and_truth() {
        let list = Shape::Items {
            items: vec!["a".into(), "b".into()],
            missing: false,
        };
        assert!(!left(
            &list,
            &[(Test::Among(vec![0]), false), (Test::Among(vec![1]), false)]
        ));
        assert!(!left(&list, &[(Test::Among(vec![0, 1]), true)]));
        let truth = Shape::Boolean { missing: false };
        assert!(!left(
            &truth,
            &[(Test::Equals(1.0), true), (Test::Equals(0.0), true)]
        ));
    }
}
