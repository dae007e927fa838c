//! What a compiler guarantees of a book, beyond its form: every index leads somewhere, every
//! list is in order, every number is in its range. Checked wherever a book is written, tested
//! or audited; the visitors' module relies on the check sum.

mod decisions;
mod models;

use super::{
    Atom, Book, DAY, Dimension, Domain, EVENT_ANY, Group, Kind, Matcher, Question, RESERVED_EVENTS,
    RESERVED_TAG, Read, Reporting, SHOWN, Segment, Shown, Signal, Span, StrId, Test,
};

/// Greatest retention and window: 731 days.
pub(crate) const LONGEST: u32 = 731 * DAY;
/// Greatest `max` of a window, in hundredths.
pub(crate) const GREATEST: i64 = 100_000_000_000;

#[cfg(feature = "author")]
pub(crate) use models::{GREATEST_NUMBER, MOST_MODELS};

/// What a signal's value may be compared with.
enum Shape {
    Number,
    Boolean,
    Items(usize),
}

/// A name of the book: a lower-case letter, then lower-case letters, digits and hyphens, and
/// where allowed underscores; 64 characters at the most.
pub(crate) fn is_name(name: &str, underscore: bool) -> bool {
    name.len() <= 64
        && name.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
        && name.bytes().all(|b| {
            b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || (underscore && b == b'_')
        })
}

/// A name of a segment or group: one that an author may write, or what became of a variant, in a
/// segment.
fn is_cell(name: &str) -> bool {
    let (within, rest) = name.split_once('.').unwrap_or(("any", name));
    let ends = ["-yes", "-no"]
        .iter()
        .find_map(|end| rest.strip_suffix(end));
    is_name(within, false) && is_name(ends.unwrap_or(rest), false)
}

fn is_item(item: &str) -> bool {
    !item.is_empty() && !item.starts_with('~') && item.len() <= 256
}

fn ascending<T: PartialOrd>(list: impl IntoIterator<Item = T>) -> bool {
    let mut before: Option<T> = None;
    list.into_iter().all(|next| {
        let rises = before.as_ref().is_none_or(|b| *b < next);
        before = Some(next);
        rises
    })
}

fn distinct<T: Ord + Clone>(list: &[T]) -> bool {
    let mut sorted = list.to_vec();
    sorted.sort_unstable();
    ascending(sorted)
}

/// Whether a book is one that the compiler could have written.
pub(super) fn is_valid(book: &Book) -> bool {
    ascending(&book.strings)
        && book.strings.iter().all(|s| core::str::from_utf8(s).is_ok())
        && book.named(book.name, false)
        && book.version >= 1
        && (60..=LONGEST).contains(&book.retention)
        && book.events_valid()
        && book.tags_valid()
        && book.signals.len() <= 4096
        && distinct(&book.signals.iter().map(|s| s.name).collect::<Vec<_>>())
        && book.signals.iter().all(|s| book.signal_valid(s))
        && book.models.len() <= models::MOST_MODELS
        && book.models.iter().all(|m| book.model_valid(m))
        && book.atoms_valid()
        && book
            .rules
            .iter()
            .flat_map(|r| &r.clauses)
            .flatten()
            .all(|l| l.index < 1 << 31)
        && !book.dimensions.is_empty()
        && book.segment_count() <= usize::from(u16::MAX)
        && distinct(&book.dimensions.iter().map(|d| d.name).collect::<Vec<_>>())
        && book.dimensions.iter().all(|d| book.dimension_valid(d))
        && book
            .reporting
            .as_ref()
            .is_none_or(|r| book.reporting_valid(r))
        && decisions::are_valid(book)
}

impl Book {
    fn named(&self, id: StrId, underscore: bool) -> bool {
        is_name(self.str(id), underscore)
    }

    fn events_valid(&self) -> bool {
        let (reserved, own) = self
            .events
            .split_at(self.events.len().min(RESERVED_EVENTS.len()));
        reserved.iter().map(|&e| self.str(e)).eq(RESERVED_EVENTS)
            && own
                .iter()
                .all(|&e| self.named(e, true) || self.str(e) == SHOWN)
            && distinct(&self.events)
            && self.events.len() <= usize::from(EVENT_ANY)
    }

    fn tags_valid(&self) -> bool {
        let item = |id: StrId| is_item(self.str(id));
        distinct(&self.tags.iter().map(|t| t.name).collect::<Vec<_>>())
            && self.tags.len() <= usize::from(u16::MAX)
            && self.tags.iter().all(|key| {
                let name = self.str(key.name);
                is_name(name.strip_prefix('~').unwrap_or(name), true)
                    && distinct(&key.values)
                    && key.values.len() <= usize::from(u16::MAX)
                    && key.values.split_first().is_some_and(|(first, rest)| {
                        self.str(*first) == RESERVED_TAG && rest.iter().all(|v| item(*v))
                    })
            })
    }

    fn signal_valid(&self, signal: &Signal) -> bool {
        (self.named(signal.name, true) || self.str(signal.name).starts_with('~'))
            && match &signal.kind {
                Kind::Window {
                    read,
                    of,
                    span,
                    step,
                    max,
                } => {
                    let span = match span {
                        Span::Session => *read != Read::Days,
                        Span::Ring { width, buckets } => {
                            (1..=731).contains(buckets)
                                && u32::from(*buckets) * width <= LONGEST
                                && (*read != Read::Days || *width == DAY)
                        }
                    };
                    span && self.matcher_valid(of) && *step >= 1 && (1..=GREATEST).contains(max)
                }
                Kind::Since { of, unit, .. } => self.matcher_valid(of) && *unit >= 1,
                Kind::Top {
                    key,
                    items,
                    half_life,
                    weights,
                    others,
                    floor,
                } => {
                    !items.is_empty()
                        && distinct(items)
                        && items.iter().all(|i| self.is_value(*key, *i))
                        && *half_life >= 1
                        && self.weights_valid(weights)
                        && *others >= 0.0
                        && *floor > 0.0
                }
                Kind::Affinity {
                    key,
                    item,
                    half_life,
                    weights,
                    others,
                    baseline,
                } => {
                    self.is_value(*key, *item)
                        && *half_life >= 1
                        && self.weights_valid(weights)
                        && *others >= 0.0
                        && (0.0..=1.0).contains(baseline)
                }
                Kind::Sequence { steps, .. } => {
                    steps.len() <= 8
                        && steps.first().is_some_and(|s| !s.negated)
                        && steps.iter().all(|s| self.matcher_valid(&s.of))
                }
                Kind::Context { .. }
                | Kind::Declared {
                    domain: Domain::Boolean,
                } => true,
                Kind::Declared {
                    domain: Domain::Items(items),
                } => {
                    !items.is_empty()
                        && distinct(items)
                        && items.len() <= usize::from(u16::MAX)
                        && items.iter().all(|i| is_item(self.str(*i)))
                }
                Kind::Declared {
                    domain: Domain::Number { min, max, step },
                } => min < max && *step >= 0.0,
                Kind::Score { points } => points
                    .iter()
                    .all(|(rule, _)| (*rule as usize) < self.rules.len()),
                Kind::Model { model } => usize::from(*model) < self.models.len(),
            }
    }

    fn is_event(&self, event: u16) -> bool {
        usize::from(event) < self.events.len()
    }

    /// A value of a key other than the reserved one.
    fn is_value(&self, key: u16, value: u16) -> bool {
        let values = self
            .tags
            .get(usize::from(key))
            .map_or(0, |k| k.values.len());
        value > 0 && usize::from(value) < values
    }

    fn matcher_valid(&self, of: &Matcher) -> bool {
        (self.is_event(of.event) || of.event == EVENT_ANY)
            && ascending(of.tags.iter().map(|t| t.0))
            && of.tags.iter().all(|(key, values)| {
                !values.is_empty()
                    && ascending(values)
                    && values.iter().all(|v| self.is_value(*key, *v))
            })
    }

    fn weights_valid(&self, weights: &[(u16, f64)]) -> bool {
        ascending(weights.iter().map(|w| w.0))
            && weights
                .iter()
                .all(|(event, weight)| self.is_event(*event) && *weight > 0.0)
    }

    fn shape(&self, signal: &Signal) -> Shape {
        match self.items(signal) {
            Some(items) => Shape::Items(items.len()),
            None if signal.is_boolean() => Shape::Boolean,
            None => Shape::Number,
        }
    }

    /// Sorted by signal, comparison and value, each there once.
    fn atoms_valid(&self) -> bool {
        let mut keys = Vec::with_capacity(self.atoms.len());
        for Atom { signal, test } in &self.atoms {
            let Some(of) = self.signals.get(usize::from(*signal)) else {
                return false;
            };
            let (rank, value, items) = match test {
                Test::Greater(v) => (0, *v, &[][..]),
                Test::AtLeast(v) => (1, *v, &[][..]),
                Test::Less(v) => (2, *v, &[][..]),
                Test::AtMost(v) => (3, *v, &[][..]),
                Test::Equals(v) => (4, *v, &[][..]),
                Test::Among(items) => (5, 0.0, &items[..]),
                Test::Exists => (6, 0.0, &[][..]),
            };
            let fits = match (self.shape(of), rank) {
                (_, 6) | (Shape::Number, 0..=4) => true,
                (Shape::Boolean, 4) => value == 0.0 || value == 1.0,
                (Shape::Items(n), 5) => {
                    !items.is_empty()
                        && ascending(items)
                        && items.iter().all(|i| usize::from(*i) < n)
                }
                _ => false,
            };
            if !fits {
                return false;
            }
            keys.push((*signal, rank, value, items));
        }
        ascending(keys)
    }

    fn dimension_valid(&self, dimension: &Dimension) -> bool {
        let Dimension {
            name,
            why,
            pick,
            groups,
            segments,
            ..
        } = dimension;
        let names: Vec<_> = groups
            .iter()
            .map(|g| g.name)
            .chain(segments.iter().map(|s| s.name))
            .collect();
        let below = |parent: Option<u16>, n: usize| parent.is_none_or(|p| usize::from(p) < n);
        let group = |(i, g): (usize, &Group)| below(g.parent, i) && self.str(g.name) != "any";
        let rule = |rule: Option<u32>| rule.is_none_or(|r| (r as usize) < self.rules.len());
        let segment = |s: &Segment| {
            below(s.parent, groups.len()) && rule(s.when) && rule(s.stay) && s.value >= 0.0
        };
        self.named(*name, false)
            && (*why as usize) < self.strings.len()
            && *pick > 0
            && distinct(&names)
            && names.iter().all(|n| is_cell(self.str(*n)))
            && groups.iter().enumerate().all(group)
            && segments.iter().all(segment)
            && segments.split_last().is_some_and(|(otherwise, rest)| {
                otherwise.when.is_none()
                    && otherwise.stay.is_none()
                    && otherwise.parent.is_none()
                    && rest
                        .iter()
                        .all(|s| s.when.is_some() && self.str(s.name) != "any")
            })
    }

    fn reporting_valid(&self, reporting: &Reporting) -> bool {
        let Reporting {
            epsilon,
            crowd,
            cap,
            questions,
            hints,
        } = reporting;
        *epsilon > 0.0
            && *crowd >= 2
            && *cap >= 1
            && (!questions.is_empty() || hints.is_some())
            && distinct(&questions.iter().map(|q| q.dimension).collect::<Vec<_>>())
            && questions.iter().all(|q| self.question_valid(q))
            && hints.as_ref().is_none_or(|hints| {
                let dimensions = &hints.dimensions;
                (DAY..=LONGEST).contains(&hints.window)
                    && !dimensions.is_empty()
                    && distinct(&dimensions.iter().map(|h| h.dimension).collect::<Vec<_>>())
                    && dimensions.iter().all(|hinted| {
                        // What a hint costs: log2 of the number of names, silence among them.
                        let mut names = hinted.shown.clone();
                        names.sort_unstable();
                        names.dedup();
                        let bits = crate::math::log2(names.len() as f64);
                        f64::from(hinted.charge) >= bits * 1e6 - 1e-3
                            && self.shown_valid(hinted.dimension, &hinted.shown)
                    })
            })
    }

    fn question_valid(&self, question: &Question) -> bool {
        // What an answer costs: log2 of d odds / (odds + d - 1), odds in units of 1/65536.
        let d = question.shown.len() as f64;
        let odds = f64::from(question.odds);
        let bits = crate::math::log2(d * odds / (odds + (d - 1.0) * 65_536.0));
        question.weight >= 1
            && question.odds >= 65_536
            && f64::from(question.charge) >= bits * 1e6 - 1e-3
            && self.shown_valid(question.dimension, &question.shown)
    }

    /// As what each segment of a dimension is shown: itself, or only what it lies under.
    fn shown_valid(&self, dimension: u16, shown: &[Shown]) -> bool {
        let Some(asked) = self.dimension(dimension) else {
            return false;
        };
        let above = |segment: &Segment, group: u16| {
            let mut rung = segment.parent;
            while rung.is_some_and(|r| r != group) {
                rung = rung.and_then(|r| asked.groups.get(usize::from(r))?.parent);
            }
            rung.is_some()
        };
        asked.pick == 1
            && asked.segments.len() >= 2
            && shown.len() == asked.segments.len()
            && asked
                .segments
                .iter()
                .zip(shown)
                .all(|(segment, shown)| match shown {
                    Shown::Group(group) => above(segment, *group),
                    _ => true,
                })
    }
}
