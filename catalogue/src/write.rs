//! Makes a catalogue of items, natively.

use std::collections::BTreeMap;

use crate::bytes::write::{int, text, uint};
use crate::column::{DOUBLES, MAX_DECIMALS, WHOLE};
use crate::ids::{MAX_DIGITS, NUMBERS, TEXTS};
use crate::load::{HEADER, UNCHECKED};
use crate::{FORMAT, MAGIC, MAX_COLUMNS, MAX_ITEMS, MAX_NUMBER, MAX_TAGS, crc32};

/// The column whose greatest number comes first.
pub const POPULARITY: &str = "popularity";
/// Ids and tags have at most so many bytes.
pub const MAX_NAME: usize = 200;

/// Why an item is not taken, or no catalogue made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// An id, a tag or the name of a column is empty.
    Empty,
    /// An id or a tag has more than [`MAX_NAME`] bytes.
    Long,
    /// The id is that of an earlier item, of which this is the number from 0.
    Twice(u32),
    /// A number that is none, or too far from 0.
    Number,
    /// A column of this name is there already.
    Column,
    /// There are more than [`MAX_ITEMS`] items.
    Items,
    /// There are more than [`MAX_TAGS`] different tags.
    Tags,
    /// There are more than [`MAX_COLUMNS`] columns.
    Columns,
    /// There is no item.
    None,
}

/// Takes items and makes a catalogue of them.
pub struct Builder {
    columns: Vec<(String, Vec<f64>)>,
    ids: BTreeMap<Box<str>, u32>,
    names: BTreeMap<Box<str>, u32>,
    /// The tags of all items, and where each item's end.
    tags: Vec<u32>,
    ends: Vec<u64>,
}

/// A file, and where its bytes go.
pub struct Built {
    /// The file.
    pub bytes: Vec<u8>,
    /// Bytes of the ids.
    pub ids: usize,
    /// Bytes of the columns.
    pub numbers: usize,
    /// Bytes of the names and items of the tags.
    pub tags: usize,
    /// How many items have each tag, by name.
    pub counts: Vec<(String, u32)>,
}

impl Builder {
    /// Begins a catalogue with these columns of numbers.
    ///
    /// # Errors
    /// A name is empty or there twice, or there are too many.
    pub fn new<'a>(columns: impl IntoIterator<Item = &'a str>) -> Result<Self, Wrong> {
        let mut own: Vec<(String, Vec<f64>)> = Vec::new();
        for name in columns {
            if name.is_empty() {
                return Err(Wrong::Empty);
            }
            if own.iter().any(|(other, _)| other == name) {
                return Err(Wrong::Column);
            }
            own.push((name.to_owned(), Vec::new()));
        }
        if own.len() > MAX_COLUMNS {
            return Err(Wrong::Columns);
        }
        Ok(Self {
            columns: own,
            ids: BTreeMap::new(),
            names: BTreeMap::new(),
            tags: Vec::new(),
            ends: Vec::new(),
        })
    }

    /// How many items it has taken.
    pub fn items(&self) -> usize {
        self.ends.len()
    }

    /// How many different tags they have.
    pub fn tags(&self) -> usize {
        self.names.len()
    }

    /// Takes an item; its numbers in the order of the columns. A tag that is there twice counts once.
    ///
    /// # Errors
    /// The item is not taken, and nothing more can be: the builder is to be given up.
    pub fn add<'a>(
        &mut self,
        id: &str,
        tags: impl IntoIterator<Item = &'a str>,
        numbers: impl IntoIterator<Item = Option<f64>>,
    ) -> Result<(), Wrong> {
        fits(id)?;
        let number = self.ends.len() as u32;
        if number >= MAX_ITEMS {
            return Err(Wrong::Items);
        }
        if let Some(first) = self.ids.get(id) {
            return Err(Wrong::Twice(*first));
        }
        self.ids.insert(id.into(), number);
        let mut numbers = numbers.into_iter();
        for (_, column) in &mut self.columns {
            let value = numbers.next().flatten();
            if value.is_some_and(|v| v.is_nan() || v.abs() > MAX_NUMBER) {
                return Err(Wrong::Number);
            }
            // One zero: a negative one would need a column of doubles.
            column.push(value.map_or(f64::NAN, |v| v + 0.0));
        }
        let from = self.tags.len();
        for name in tags {
            fits(name)?;
            let next = self.names.len() as u32;
            let tag = match self.names.get(name) {
                Some(tag) => *tag,
                None if self.names.len() == MAX_TAGS => return Err(Wrong::Tags),
                None => *self.names.entry(name.into()).or_insert(next),
            };
            if !self.tags.iter().skip(from).any(|other| *other == tag) {
                self.tags.push(tag);
            }
        }
        self.ends.push(self.tags.len() as u64);
        Ok(())
    }

    /// The catalogue, its items by popularity and then as they came.
    ///
    /// # Errors
    /// There is no item.
    pub fn finish(mut self) -> Result<Built, Wrong> {
        let items = self.items();
        if items == 0 {
            return Err(Wrong::None);
        }
        self.columns.sort_by(|a, b| a.0.cmp(&b.0));
        let mut order: Vec<u32> = (0..items as u32).collect();
        if let Some((_, popularity)) = self.columns.iter().find(|(name, _)| name == POPULARITY) {
            let of = |item: u32| {
                popularity
                    .get(item as usize)
                    .copied()
                    .filter(|v| !v.is_nan())
                    .unwrap_or(f64::NEG_INFINITY)
            };
            order.sort_by(|a, b| of(*b).total_cmp(&of(*a)));
        }

        let mut bytes = Vec::new();
        bytes.extend_from_slice(&MAGIC);
        bytes.push(FORMAT);
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(&(items as u32).to_le_bytes());
        debug_assert_eq!(bytes.len(), HEADER);

        let mut block = Vec::new();
        uint(&mut block, self.columns.len() as u64);
        self.columns
            .iter()
            .for_each(|(name, _)| text(&mut block, name));
        uint(&mut block, self.names.len() as u64);
        self.names.keys().for_each(|name| text(&mut block, name));
        uint(&mut block, self.tags.len() as u64);
        push(&mut bytes, &mut block);
        let names = bytes.len() - HEADER;

        let mut ids = vec![""; items];
        for (id, item) in &self.ids {
            if let Some(slot) = ids.get_mut(*item as usize) {
                *slot = id;
            }
        }
        let ids: Vec<&str> = order
            .iter()
            .filter_map(|item| ids.get(*item as usize).copied())
            .collect();
        write_ids(&ids, &mut block);
        push(&mut bytes, &mut block);
        let after_ids = bytes.len();

        for (_, column) in &self.columns {
            let sorted: Vec<f64> = order
                .iter()
                .filter_map(|item| column.get(*item as usize).copied())
                .collect();
            write_column(&sorted, &mut block);
            push(&mut bytes, &mut block);
        }
        let after_numbers = bytes.len();

        let counts = self.write_tags(&order, &mut bytes);
        let sum = crc32(bytes.get(UNCHECKED..).unwrap_or_default());
        if let Some(slot) = bytes.get_mut(4..UNCHECKED) {
            slot.copy_from_slice(&sum.to_le_bytes());
        }
        Ok(Built {
            ids: after_ids - names - HEADER,
            numbers: after_numbers - after_ids,
            tags: bytes.len() - after_numbers + names,
            bytes,
            counts,
        })
    }

    fn write_tags(&self, order: &[u32], bytes: &mut Vec<u8>) -> Vec<(String, u32)> {
        let mut gaps: Vec<(Vec<u8>, u32, u32)> = vec![(Vec::new(), 0, 0); self.names.len()];
        for (place, item) in (0u32..).zip(order) {
            let end = |item: u32| self.ends.get(item as usize).map_or(0, |end| *end as usize);
            let from = item.checked_sub(1).map_or(0, end);
            for tag in self.tags.get(from..end(*item)).unwrap_or_default() {
                if let Some((gaps, count, next)) = gaps.get_mut(*tag as usize) {
                    uint(gaps, u64::from(place - *next));
                    *next = place + 1;
                    *count += 1;
                }
            }
        }
        let mut block = Vec::new();
        let mut counts = Vec::new();
        for (name, tag) in &self.names {
            if let Some((gaps, count, _)) = gaps.get(*tag as usize) {
                uint(&mut block, u64::from(*count));
                block.extend_from_slice(gaps);
                push(bytes, &mut block);
                counts.push((String::from(&**name), *count));
            }
        }
        counts
    }
}

fn fits(name: &str) -> Result<(), Wrong> {
    match name.len() {
        0 => Err(Wrong::Empty),
        1..=MAX_NAME => Ok(()),
        _ => Err(Wrong::Long),
    }
}

/// Appends a block with its length, and empties it.
fn push(bytes: &mut Vec<u8>, block: &mut Vec<u8>) {
    bytes.extend_from_slice(&(block.len() as u32).to_le_bytes());
    bytes.append(block);
}

fn write_ids(ids: &[&str], out: &mut Vec<u8>) {
    if let Some((prefix, digits, numbers)) = numbered(ids) {
        out.push(NUMBERS);
        text(out, prefix);
        let width = match numbers.iter().max() {
            Some(..0x100_0000) => 3,
            Some(..0x1_0000_0000) => 4,
            _ => 8,
        };
        out.extend_from_slice(&[digits as u8, width]);
        let mut last = 0;
        for number in numbers {
            int(out, number - last);
            last = number;
        }
    } else {
        out.push(TEXTS);
        ids.iter().for_each(|id| text(out, id));
    }
}

/// Ids as a common prefix and numbers of at least so many digits, if that gives them back exactly.
fn numbered<'a>(ids: &[&'a str]) -> Option<(&'a str, usize, Vec<i64>)> {
    let first = ids.first()?;
    let prefix = first.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = |id: &&'a str| {
        id.strip_prefix(prefix)
            .filter(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
    };
    let least = ids
        .iter()
        .map(|id| digits(id).map(str::len))
        .try_fold(usize::MAX, |least, length| Some(least.min(length?)))?;
    let mut numbers = Vec::with_capacity(ids.len());
    for id in ids {
        let rest = digits(id)?;
        if rest.is_empty()
            || rest.len() > usize::from(MAX_DIGITS)
            || (rest.len() > least && rest.starts_with('0'))
        {
            return None;
        }
        numbers.push(rest.parse().ok()?);
    }
    Some((prefix, least, numbers))
}

fn write_column(values: &[f64], out: &mut Vec<u8>) {
    let there = || values.iter().copied().filter(|v| !v.is_nan());
    let has_missing = there().count() < values.len();
    for decimals in 0..=MAX_DECIMALS {
        let divisor = f64::from(10u32.pow(decimals.into()));
        let whole = |v: f64| (v * divisor).round();
        if !there().all(|v| whole(v).abs() < 2f64.powi(53) && whole(v) / divisor == v) {
            continue;
        }
        let (least, most) = there()
            .map(whole)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| {
                (a.min(v), b.max(v))
            });
        let base = if least <= most { least } else { 0.0 };
        let codes = if least <= most {
            most - least + 1.0
        } else {
            0.0
        } + f64::from(u8::from(has_missing));
        let Some(width) = [1u8, 2, 4]
            .into_iter()
            .find(|width| codes <= 256f64.powi(i32::from(*width)))
        else {
            break;
        };
        out.extend_from_slice(&[WHOLE, decimals]);
        int(out, base as i64);
        out.extend_from_slice(&[width, u8::from(has_missing)]);
        for value in values {
            let raw = if value.is_nan() {
                u32::MAX
            } else {
                (whole(*value) - base) as u32
            };
            out.extend_from_slice(
                raw.to_le_bytes()
                    .get(..usize::from(width))
                    .unwrap_or_default(),
            );
        }
        return;
    }
    out.push(DOUBLES);
    values
        .iter()
        .for_each(|v| out.extend_from_slice(&v.to_le_bytes()));
}
