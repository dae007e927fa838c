//! Signals as the book declares them: which events they listen to, and what they remember.

use alloc::vec::Vec;

use super::StrId;

/// One declared, typed, bounded memory cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// The signal's name.
    pub name: StrId,
    /// CRC-32 of the name and the definition in words: equal in two versions of a book
    /// exactly when the memory may be carried over.
    pub fingerprint: u32,
    /// What it remembers.
    pub kind: Kind,
}

/// Which events a signal listens to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher {
    /// Index into `Book::events`, or [`EVENT_ANY`].
    pub event: u16,
    /// For each pair: the event must carry one of these values of this tag key.
    pub tags: Vec<(u16, Vec<u16>)>,
}

/// How far back a window reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// The last `buckets` buckets of `width` seconds each, the current one included.
    Ring {
        /// Width of a bucket: a minute, an hour, a day or a week, in seconds.
        width: u32,
        /// Number of buckets, 1 to 731.
        buckets: u16,
    },
    /// Since the session began.
    Session,
}

/// What is read from a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// Number of events.
    Count,
    /// Number of UTC days with an event.
    Days,
    /// Sum of values.
    Sum,
    /// Mean of values; missing without an event.
    Mean,
    /// Greatest value; missing without an event.
    Max,
}

/// What a signal remembers, and how it is read.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `count`, `days`, `sum`, `mean`, `max` and `engagement`.
    Window {
        /// What is read.
        read: Read,
        /// What is counted.
        of: Matcher,
        /// How far back.
        span: Span,
        /// Values are rounded down to a multiple of this, in hundredths; at least 1.
        step: u32,
        /// Greatest value read, in hundredths.
        max: i64,
    },
    /// Time since an event; missing if there was none.
    Since {
        /// Which event.
        of: Matcher,
        /// The value counts whole units of this many seconds.
        unit: u32,
        /// Since the first such event instead of the last.
        first: bool,
    },
    /// The tag value with the greatest decayed weight; missing if none reaches `floor`.
    Top {
        /// Index into `Book::tags`.
        key: u16,
        /// Tag values that can be the answer, as indices into the key's values; never 0.
        items: Vec<u16>,
        /// Seconds in which a weight halves.
        half_life: u32,
        /// Weight of each event; events not listed weigh `others`.
        weights: Vec<(u16, f64)>,
        /// Weight of any other event.
        others: f64,
        /// Least weight that still counts.
        floor: f64,
    },
    /// Decayed share of one tag value, relative to the site's baseline.
    Affinity {
        /// Index into `Book::tags`.
        key: u16,
        /// Index into the key's values; never 0.
        item: u16,
        /// Seconds in which a weight halves.
        half_life: u32,
        /// Weight of each event; events not listed weigh `others`.
        weights: Vec<(u16, f64)>,
        /// Weight of any other event.
        others: f64,
        /// The site's average share, in (0, 1]; 0 where none was given.
        baseline: f64,
    },
    /// True while the last steps of a funnel happened in order.
    Sequence {
        /// The steps; the first is never negated.
        steps: Vec<Step>,
        /// First to last step, and how long it stays true; 0: within the session.
        within: u32,
        /// Longest time between two steps that follow each other; 0: no limit.
        gap: u32,
    },
    /// What the environment says now.
    Context {
        /// Which closed list.
        of: Context,
    },
    /// A fact the site states.
    Declared {
        /// Which values it may have.
        domain: Domain,
    },
    /// Points for conditions that hold.
    Score {
        /// Rule index and its points.
        points: Vec<(u32, f64)>,
    },
    /// What a trained model says.
    Model {
        /// Index into `Book::models`.
        model: u16,
    },
}

/// One step of a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which event.
    pub of: Matcher,
    /// The event must not happen here.
    pub negated: bool,
}

/// The closed lists of the environment. The discriminant is the code in the compiled book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Context {
    /// Class of the referring site when the session began.
    Referrer = 0,
    /// Class of the campaign medium when the session began.
    Medium = 1,
    /// Kind of device.
    Device = 2,
    /// Primary language.
    Language = 3,
    /// Continent, from the time zone.
    Continent = 4,
    /// Part of the local day.
    Daypart = 5,
    /// Saturday or Sunday, local time: `yes` or `no`.
    Weekend = 6,
    /// Meteorological season of the visitor's hemisphere.
    Season = 7,
}

/// Which values a declared signal may have.
#[derive(Debug, Clone, PartialEq)]
pub enum Domain {
    /// One of a closed list.
    Items(Vec<StrId>),
    /// True or false, as 1 or 0.
    Boolean,
    /// A number.
    Number {
        /// Least value; smaller ones are raised to it.
        min: f64,
        /// Greatest value; greater ones are lowered to it.
        max: f64,
        /// Values are rounded down to `min` plus a multiple of this; 0: not rounded.
        step: f64,
    },
}

impl Signal {
    /// Whether the value is 0 or 1, meaning false or true.
    pub fn is_boolean(&self) -> bool {
        matches!(
            self.kind,
            Kind::Sequence { .. }
                | Kind::Declared {
                    domain: Domain::Boolean
                }
        )
    }
}

impl Context {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 8] = [
        Self::Referrer,
        Self::Medium,
        Self::Device,
        Self::Language,
        Self::Continent,
        Self::Daypart,
        Self::Weekend,
        Self::Season,
    ];

    /// The name in the book.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Referrer => "referrer",
            Self::Medium => "medium",
            Self::Device => "device",
            Self::Language => "language",
            Self::Continent => "continent",
            Self::Daypart => "daypart",
            Self::Weekend => "weekend",
            Self::Season => "season",
        }
    }

    /// How many values it has. Not by `items`: the visitors' module has no use for the names.
    pub const fn count(self) -> usize {
        match self {
            Self::Referrer => 7,
            Self::Medium | Self::Continent => 8,
            Self::Device => 5,
            Self::Language => 33,
            Self::Daypart | Self::Season => 4,
            Self::Weekend => 2,
        }
    }

    /// The closed list of its values.
    pub const fn items(self) -> &'static [&'static str] {
        match self {
            Self::Referrer => &[
                "direct", "internal", "search", "social", "email", "ads", "referral",
            ],
            Self::Medium => &[
                "none",
                "search",
                "social",
                "email",
                "ads",
                "affiliate",
                "referral",
                "other",
            ],
            Self::Device => &["desktop", "phone", "tablet", "bot", "other"],
            Self::Language => &[
                "en", "zh", "es", "ar", "hi", "fr", "pt", "ru", "ja", "de", "it", "ko", "tr", "pl",
                "nl", "uk", "sv", "cs", "ro", "el", "hu", "da", "fi", "no", "he", "id", "vi", "th",
                "fa", "bg", "hr", "sk", "other",
            ],
            Self::Continent => &[
                "africa",
                "antarctica",
                "asia",
                "europe",
                "north-america",
                "oceania",
                "south-america",
                "unknown",
            ],
            Self::Daypart => &["night", "morning", "afternoon", "evening"],
            Self::Weekend => &["no", "yes"],
            Self::Season => &["spring", "summer", "autumn", "winter"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Context;

    #[test]
    fn items_are_counted() {
        for of in Context::ALL {
            assert_eq!(of.count(), of.items().len(), "{of:?}");
        }
    }
}
