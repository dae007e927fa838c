//! Every no has a name.

/// Why nothing leaves (now).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Reason {
    /// The visitor did not agree to be counted.
    NoConsent = 1,
    /// The visitor did not agree to storage, so the ledger cannot be kept.
    NoStore = 2,
    /// The book does not ask anything.
    NothingToReport = 3,
    /// The time to answer has not come.
    NotDue = 4,
    /// It would tell more than the lifetime cap lets anybody know.
    Budget = 5,
    /// The crowd is too small or unknown.
    Crowd = 6,
    /// A special category of data.
    Sensitive = 7,
    /// The one answer was given, or withheld for good.
    AlreadyAnswered = 8,
    /// The ledger could not be written, or there was no entropy.
    StorageFailed = 9,
    /// The report is on its way.
    BeingSent = 10,
}

impl Reason {
    /// All of them, in the order of their codes, which start at 1.
    pub const ALL: [Self; 10] = [
        Self::NoConsent,
        Self::NoStore,
        Self::NothingToReport,
        Self::NotDue,
        Self::Budget,
        Self::Crowd,
        Self::Sensitive,
        Self::AlreadyAnswered,
        Self::StorageFailed,
        Self::BeingSent,
    ];

    /// The word in the readable ledger.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoConsent => "no-consent",
            Self::NoStore => "no-store",
            Self::NothingToReport => "nothing-to-report",
            Self::NotDue => "not-due",
            Self::Budget => "budget",
            Self::Crowd => "crowd",
            Self::Sensitive => "sensitive",
            Self::AlreadyAnswered => "already-answered",
            Self::StorageFailed => "storage-failed",
            Self::BeingSent => "being-sent",
        }
    }
}
