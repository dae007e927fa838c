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

/// Numbers of ids, in as few bytes as is enough.
pub enum Numbers {
    /// All below 2^24, the lowest byte first.
    Three(Box<[[u8; 3]]>),
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
                let (prefix, digits, width) = (r.text(), r.u8(), r.u8());
                r.check(digits <= MAX_DIGITS && items <= r.left());
                let most = match width {
                    3 => (1 << 24) - 1,
                    4 => u64::from(u32::MAX),
                    8 => 999_999_999_999_999,
                    _ => return None,
                };
                let mut last = 0i64;
                let mut next = || {
                    last = last.wrapping_add(r.int());
                    let fits = u64::try_from(last).is_ok_and(|number| number <= most);
                    r.check(fits);
                    if fits { last as u64 } else { 0 }
                };
                let numbers = match width {
                    3 => {
                        let three = |n: u64| [n as u8, (n >> 8) as u8, (n >> 16) as u8];
                        Numbers::Three((0..items).map(|_| three(next())).collect())
                    }
                    4 => Numbers::Four((0..items).map(|_| next() as u32).collect()),
                    _ => Numbers::Eight((0..items).map(|_| next()).collect()),
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
                Numbers::Three(all) => {
                    let [a, b, c] = *all.get(place)?;
                    Some(u64::from(u32::from_le_bytes([a, b, c, 0])))
                }
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
                Numbers::Three(all) => all.len() * 3,
                Numbers::Four(all) => all.len() * 4,
                Numbers::Eight(all) => all.len() * 8,
            },
            Self::Texts { bytes, starts } => bytes.len() + starts.len() * 4,
        }
    }
}
