//! The items' ids, as their source wrote them. Most are numbers, perhaps with a text before them.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::bytes::Reader;

/// Kinds of ids in the file.
pub(crate) const NUMBERS: u8 = 0;
pub(crate) const TEXTS: u8 = 1;
/// Numbers have no more digits: they are exact in a double, too.
pub(crate) const MAX_DIGITS: u8 = 15;
/// The memory has the place of every so many-th text.
const STEP: usize = 16;

/// The ids of all items.
pub enum Ids {
    /// A text that all have, then a number of at least so many digits.
    Numbers {
        /// What stands before each number.
        prefix: Box<str>,
        /// Shorter numbers have zeros before them.
        digits: u8,
        /// The number of each item.
        numbers: Numbers,
    },
    /// Anything else.
    Texts {
        /// Length and text of each, as in the file.
        bytes: Box<[u8]>,
        /// Where every 16th of them begins.
        starts: Box<[u32]>,
    },
}

/// Numbers of ids, in four bytes if that is enough.
pub enum Numbers {
    /// All below 2^32.
    Four(Box<[u32]>),
    /// All below 10^15.
    Eight(Box<[u64]>),
}

impl Ids {
    /// Reads the block; `None` if it is not of the documented form.
    pub(crate) fn read(block: &[u8], items: usize) -> Option<Self> {
        let mut r = Reader::new(block);
        match r.u8() {
            NUMBERS => {
                let (prefix, digits, wide) = (r.text(), r.u8(), r.u8());
                r.check(digits <= MAX_DIGITS && wide < 2 && items <= r.left());
                let mut last = 0i64;
                let most = if wide == 1 {
                    999_999_999_999_999
                } else {
                    i64::from(u32::MAX)
                };
                let mut next = || {
                    last = last.wrapping_add(r.int());
                    r.check((0..=most).contains(&last));
                    last as u64
                };
                let items = if wide < 2 { items } else { 0 };
                let numbers = if wide == 1 {
                    Numbers::Eight((0..items).map(|_| next()).collect())
                } else {
                    Numbers::Four((0..items).map(|_| next() as u32).collect())
                };
                r.is_done().then(|| Self::Numbers {
                    prefix: prefix.into(),
                    digits,
                    numbers,
                })
            }
            TEXTS => {
                let bytes = block.get(1..)?;
                let mut starts = Vec::with_capacity(items.div_ceil(STEP));
                for i in 0..items {
                    if i.is_multiple_of(STEP) {
                        starts.push(u32::try_from(bytes.len() - r.left()).ok()?);
                    }
                    r.text();
                    if !r.is_sound() {
                        return None;
                    }
                }
                r.is_done().then(|| Self::Texts {
                    bytes: bytes.into(),
                    starts: starts.into(),
                })
            }
            _ => None,
        }
    }

    /// The number in an id, if ids are numbers.
    pub fn number(&self, place: usize) -> Option<u64> {
        match self {
            Self::Numbers { numbers, .. } => match numbers {
                Numbers::Four(all) => all.get(place).map(|n| u64::from(*n)),
                Numbers::Eight(all) => all.get(place).copied(),
            },
            Self::Texts { .. } => None,
        }
    }

    /// The id of an item.
    pub fn text(&self, place: usize) -> Option<String> {
        match self {
            Self::Numbers { prefix, digits, .. } => {
                let mut number = self.number(place)?;
                let mut backwards = Vec::new();
                while number > 0 || backwards.is_empty() || backwards.len() < usize::from(*digits) {
                    backwards.push(b'0' + (number % 10) as u8);
                    number /= 10;
                }
                let mut text = String::from(&**prefix);
                text.extend(backwards.iter().rev().map(|digit| char::from(*digit)));
                Some(text)
            }
            Self::Texts { bytes, starts } => {
                let start = *starts.get(place / STEP)? as usize;
                let mut r = Reader::new(bytes.get(start..)?);
                for _ in 0..place % STEP {
                    r.text();
                }
                let text = r.text();
                r.is_sound().then(|| text.into())
            }
        }
    }

    pub(crate) fn memory(&self) -> usize {
        match self {
            Self::Numbers { numbers, .. } => match numbers {
                Numbers::Four(all) => all.len() * 4,
                Numbers::Eight(all) => all.len() * 8,
            },
            Self::Texts { bytes, starts } => bytes.len() + starts.len() * 4,
        }
    }
}
