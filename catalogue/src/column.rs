//! A column of numbers: one for each item, or missing.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::MAX_NUMBER;
use crate::bytes::Reader;
use crate::postings::CHUNK;

/// Kinds of a column in the file.
pub(crate) const WHOLE: u8 = 0;
pub(crate) const DOUBLES: u8 = 1;
/// Most decimal places of a column that is kept as whole numbers.
pub(crate) const MAX_DECIMALS: u8 = 6;

/// As narrow as it can be: most columns are prices and counts.
enum Raw {
    Byte(Box<[u8]>),
    Two(Box<[u16]>),
    Four(Box<[u32]>),
    Double(Box<[f64]>),
    /// Where each run of equal ones ends, and which it is: items are sorted by popularity.
    Runs(Box<[(u32, u32)]>),
}

/// A run takes eight bytes, so there have to be at most so many to save memory.
const RUNS_FOR: usize = 16;

/// The numbers of all items under one name.
pub struct Column {
    raw: Raw,
    /// A whole number's value is `(base + raw) / divisor`, which is the double nearest to the
    /// decimal that the source wrote: both are whole and exact, and division rounds correctly.
    base: f64,
    divisor: f64,
    /// The raw value that stands for a missing one.
    missing: Option<u32>,
    /// Least and greatest value of each chunk.
    bounds: Box<[(f64, f64)]>,
}

/// A range in a column's raw values, ends included.
#[derive(Clone, Copy)]
pub(crate) struct RawRange {
    least: u32,
    most: u32,
    values: (f64, f64),
}

impl Column {
    /// Reads the column's block; `None` if it is not of the documented form.
    pub(crate) fn read(bytes: &[u8], items: usize) -> Option<Self> {
        let mut r = Reader::new(bytes);
        let mut column = match r.u8() {
            WHOLE => {
                let (decimals, base, width, has_missing) = (r.u8(), r.int(), r.u8(), r.u8());
                if !matches!(width, 1 | 2 | 4) {
                    return None;
                }
                r.check(decimals <= MAX_DECIMALS && has_missing < 2);
                r.check(base.unsigned_abs() < 1 << 53);
                let raw = r.take(items.checked_mul(width.into())?);
                let all_ones = u32::MAX >> (32 - 8 * u32::from(width.clamp(1, 4)));
                Self {
                    raw: match (runs(raw, width.into()), width) {
                        (Some(runs), _) => Raw::Runs(runs),
                        (None, 1) => Raw::Byte(raw.into()),
                        (None, 2) => Raw::Two(each(raw, u16::from_le_bytes)),
                        (None, 4) => Raw::Four(each(raw, u32::from_le_bytes)),
                        _ => return None,
                    },
                    base: base as f64,
                    divisor: f64::from(10u32.pow(u32::from(decimals.min(MAX_DECIMALS)))),
                    missing: (has_missing == 1).then_some(all_ones),
                    bounds: Box::default(),
                }
            }
            DOUBLES => {
                let raw = r.take(items.checked_mul(8)?);
                Self {
                    raw: Raw::Double(each(raw, f64::from_le_bytes)),
                    base: 0.0,
                    divisor: 1.0,
                    missing: None,
                    bounds: Box::default(),
                }
            }
            _ => return None,
        };
        if !r.is_done() {
            return None;
        }
        let mut bounds = Vec::with_capacity(items.div_ceil(CHUNK));
        for from in (0..items).step_by(CHUNK) {
            let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
            for place in from..items.min(from + CHUNK) {
                if let Some(value) = column.value(place) {
                    least = least.min(value);
                    most = most.max(value);
                }
            }
            // Also false for an infinite value of a chunk that has one.
            if least <= most && (least < -MAX_NUMBER || most > MAX_NUMBER) {
                return None;
            }
            bounds.push((least, most));
        }
        column.bounds = bounds.into();
        Some(column)
    }

    /// The value at a place; `None` if it is missing.
    #[inline]
    pub fn value(&self, place: usize) -> Option<f64> {
        let raw = match &self.raw {
            Raw::Byte(all) => u32::from(*all.get(place)?),
            Raw::Two(all) => u32::from(*all.get(place)?),
            Raw::Four(all) => *all.get(place)?,
            Raw::Double(all) => return all.get(place).copied().filter(|v| !v.is_nan()),
            Raw::Runs(all) => {
                let at = all.partition_point(|(end, _)| *end as usize <= place);
                all.get(at)?.1
            }
        };
        (self.missing != Some(raw)).then(|| self.decoded(raw))
    }

    /// Adds so many times the values of some items to their scores; nothing where one is missing.
    /// Places ascend.
    #[inline(never)]
    pub(crate) fn add(&self, places: &[u32], scores: &mut [f64], factor: f64) {
        let Raw::Runs(runs) = &self.raw else {
            for (place, score) in places.iter().zip(scores) {
                *score += self
                    .value(*place as usize)
                    .map_or(0.0, |value| factor * value);
            }
            return;
        };
        let Some(first) = places.first() else {
            return;
        };
        let mut at = runs.partition_point(|(end, _)| end <= first);
        for (place, score) in places.iter().zip(scores) {
            while let Some((end, raw)) = runs.get(at) {
                if place < end {
                    if self.missing != Some(*raw) {
                        *score += factor * self.decoded(*raw);
                    }
                    break;
                }
                at += 1;
            }
        }
    }

    fn decoded(&self, raw: u32) -> f64 {
        (self.base + f64::from(raw)) / self.divisor
    }

    /// Least and greatest value in a chunk; the least is greater if all are missing.
    pub(crate) fn bounds(&self, chunk: usize) -> (f64, f64) {
        let none = (f64::INFINITY, f64::NEG_INFINITY);
        self.bounds.get(chunk).copied().unwrap_or(none)
    }

    /// A range of values, ends included, in raw terms; `None` if no raw value lies in it.
    pub(crate) fn range(&self, least: f64, most: f64) -> Option<RawRange> {
        let top = match &self.raw {
            Raw::Byte(_) => u32::from(u8::MAX),
            Raw::Two(_) => u32::from(u16::MAX),
            Raw::Four(_) | Raw::Runs(_) => u32::MAX,
            Raw::Double(_) => {
                return Some(RawRange {
                    least: 0,
                    most: 0,
                    values: (least, most),
                });
            }
        };
        let top = self.missing.map_or(top, |missing| missing - 1);
        // The first raw value of which `holds`: values ascend with raw ones.
        let first = |holds: &dyn Fn(f64) -> bool| {
            let (mut low, mut high) = (0u64, u64::from(top) + 1);
            while low < high {
                let middle = low.midpoint(high);
                if holds(self.decoded(middle as u32)) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            low
        };
        let (from, end) = (first(&|v| v >= least), first(&|v| v > most));
        (from < end).then(|| RawRange {
            least: from as u32,
            most: (end - 1) as u32,
            values: (least, most),
        })
    }

    /// Clears the bits of 64 items from `place` on whose values are outside of a range.
    pub(crate) fn within(&self, range: RawRange, place: usize, mask: u64) -> u64 {
        fn bits<T: Copy>(all: &[T], place: usize, holds: impl Fn(T) -> bool) -> u64 {
            let part = all.get(place..).unwrap_or_default();
            let mut bits = 0;
            for (i, value) in part.iter().take(64).enumerate() {
                bits |= u64::from(holds(*value)) << i;
            }
            bits
        }
        let span = range.most - range.least;
        let inside = |raw: u32| raw.wrapping_sub(range.least) <= span;
        mask & match &self.raw {
            Raw::Byte(all) => bits(all, place, |raw| inside(raw.into())),
            Raw::Two(all) => bits(all, place, |raw| inside(raw.into())),
            Raw::Four(all) => bits(all, place, inside),
            Raw::Double(all) => bits(all, place, |v| v >= range.values.0 && v <= range.values.1),
            Raw::Runs(all) => {
                let mut at = all.partition_point(|(end, _)| *end as usize <= place);
                let mut bits = 0;
                for i in 0..64 {
                    at += usize::from(
                        all.get(at)
                            .is_some_and(|(end, _)| *end as usize <= place + i),
                    );
                    bits |= u64::from(all.get(at).is_some_and(|(_, raw)| inside(*raw))) << i;
                }
                bits
            }
        }
    }

    pub(crate) fn memory(&self) -> usize {
        let raw = match &self.raw {
            Raw::Byte(all) => all.len(),
            Raw::Two(all) => all.len() * 2,
            Raw::Four(all) => all.len() * 4,
            Raw::Double(all) => all.len() * 8,
            Raw::Runs(all) => all.len() * 8,
        };
        raw + self.bounds.len() * 16
    }
}

fn each<const N: usize, T>(raw: &[u8], from: impl Fn([u8; N]) -> T) -> Box<[T]> {
    raw.as_chunks().0.iter().map(|bytes| from(*bytes)).collect()
}

/// The runs of equal values of so many bytes each, if they are few.
fn runs(raw: &[u8], width: usize) -> Option<Box<[(u32, u32)]>> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    let most = raw.len() / width / RUNS_FOR;
    for (end, bytes) in (1..).zip(raw.chunks_exact(width)) {
        let value = bytes
            .iter()
            .rev()
            .fold(0, |value, byte| value << 8 | u32::from(*byte));
        let count = runs.len();
        match runs.last_mut() {
            Some(last) if last.1 == value => last.0 = end,
            _ if count > most => return None,
            _ => runs.push((end, value)),
        }
    }
    Some(runs.into())
}
