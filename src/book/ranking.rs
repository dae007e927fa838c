//! What a book says of the order of items: rankings. The core works out their numbers; what each
//! number is for is the page's business, and the catalogue's.

use alloc::vec::Vec;

use super::{Literal, StrId};

/// An order for items, made of what is known of a visitor.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// The ranking's name.
    pub name: StrId,
    /// Why it exists, in the author's words.
    pub why: StrId,
    /// So many items at most; 0: the page says.
    pub limit: u32,
    /// At most so many items for each value of a key; `None`: as many as there are.
    pub diversify: Option<(StrId, u32)>,
    /// Its numbers, in the order in which they are added up.
    pub terms: Vec<Term>,
}

/// One number of a ranking: `add`, and `times` the value of a signal. There is none while the
/// condition does not hold or the signal is missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// What it is for.
    pub role: Role,
    /// The tag, key or column.
    pub of: StrId,
    /// Condition for it; `None`: always.
    pub when: Option<Literal>,
    /// The signal, if it reads one.
    pub by: Option<u16>,
    /// What the signal's value is multiplied with.
    pub times: f64,
    /// What is added to that.
    pub add: f64,
}

/// What a number is for. The order is the code in compiled books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The weight of a tag.
    Weight = 0,
    /// Which item of a signal's list: with the key, the tag of which the next number is the weight.
    Each = 1,
    /// Only items with this tag, if there is a number.
    Must = 2,
    /// No item with this tag, if there is a number.
    Not = 3,
    /// What a column's number is multiplied with.
    Boost = 4,
    /// The least of a column's numbers that fits.
    Least = 5,
    /// The greatest of a column's numbers that fits.
    Most = 6,
}

impl Role {
    /// All roles in the order of their codes.
    pub const ALL: [Self; 7] = [
        Self::Weight,
        Self::Each,
        Self::Must,
        Self::Not,
        Self::Boost,
        Self::Least,
        Self::Most,
    ];
}
