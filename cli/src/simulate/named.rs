//! Texts of a record: where they are, and what they mean in the words of the book.

use std::borrow::Cow;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::lookups::Tables;
use super::mapping::Source;

/// Longer texts are in no book.
const LONGEST_NAME: usize = 256;

/// Where a text comes from, in numbers.
#[derive(Debug, Clone)]
pub enum Place {
    Text(String),
    Column(usize),
    Capture(usize),
}

/// One record: its fields, and what was captured from its path.
#[derive(Clone, Copy)]
pub struct Row<'r, 'a> {
    pub fields: &'r [Cow<'a, str>],
    pub captures: &'r [&'r str],
}

impl Place {
    /// The text; empty if the record does not have it.
    pub fn of<'r>(&'r self, row: Row<'r, '_>) -> &'r str {
        match self {
            Self::Text(text) => text,
            Self::Column(at) => row.fields.get(*at).map_or("", |f| f),
            Self::Capture(at) => row.captures.get(*at).copied().unwrap_or_default(),
        }
    }
}

/// A text that names something of the book: looked up beforehand as far as possible.
#[derive(Debug, Clone)]
pub struct Named<T> {
    place: Place,
    lower: bool,
    /// Answers of the lookup table; texts that are not in it are `otherwise`.
    table: Option<IndexMap<String, T, FxBuildHasher>>,
    otherwise: Option<T>,
    /// The answer, where the text is always the same.
    fixed: Option<T>,
}

impl<T: Copy> Named<T> {
    pub fn new(source: &Source, place: Place, tables: &Tables, find: impl Fn(&str) -> T) -> Self {
        let table = source
            .lookup
            .as_ref()
            .and_then(|name| tables.get(name))
            .map(|table| {
                table
                    .iter()
                    .map(|(from, to)| (from.clone(), find(to)))
                    .collect::<IndexMap<_, _, _>>()
            });
        let otherwise = source.otherwise.as_deref().map(&find);
        let mut named = Self {
            place,
            lower: source.lower,
            table,
            otherwise,
            fixed: None,
        };
        if let Place::Text(text) = &named.place {
            named.fixed = named.read(text, find);
        }
        named
    }

    /// What the text of a record means; `None` if it says nothing.
    pub fn of(&self, row: Row, find: impl Fn(&str) -> T) -> Option<T> {
        if self.fixed.is_some() {
            return self.fixed;
        }
        self.read(self.place.of(row), find)
    }

    fn read(&self, text: &str, find: impl Fn(&str) -> T) -> Option<T> {
        let mut text = Cow::Borrowed(text.trim());
        if matches!(self.place, Place::Capture(_))
            && text.contains('%')
            && text.len() <= LONGEST_NAME
        {
            text = Cow::Owned(decoded(&text));
        }
        if self.lower && text.len() <= LONGEST_NAME {
            text = Cow::Owned(text.to_lowercase());
        }
        if let Some(table) = &self.table {
            return table.get(&*text).copied().or(self.otherwise);
        }
        if text.is_empty() {
            return self.otherwise;
        }
        Some(find(if text.len() > LONGEST_NAME {
            "~other"
        } else {
            &text
        }))
    }
}

/// `%20` and the like as the characters they stand for.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|h| std::str::from_utf8(h).ok());
        match code
            .and_then(|h| u8::from_str_radix(h, 16).ok())
            .filter(|_| *first == b'%')
        {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
