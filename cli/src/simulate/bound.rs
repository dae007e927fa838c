//! A mapping that has met its book and the columns of its file: names are numbers now.

use std::borrow::Cow;
use std::path::Path;

use fewbits::book::{Book, EVENT_OTHER, TAG_OTHER, Time};
use fewbits::engine::Rules;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::Format;
use super::context::{Contexts, declared, declared_signal};
use super::mapping::{Lookup, Mapping, Match, Origin, Rule, Source, unfit};
use super::time::Format as TimeFormat;
use crate::failure::Result;

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
    fn new(source: &Source, place: Place, tables: &Tables, find: impl Fn(&str) -> T) -> Self {
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

/// A tag key that some signal reads, and where its value comes from.
pub type Tag = (String, Named<Option<(u16, u16)>>);

/// What a request is.
#[derive(Debug)]
pub struct Kind {
    pub matching: Match,
    pub event: Named<u16>,
    pub value: Option<Place>,
    pub tags: Vec<Tag>,
}

/// Where raw values of the environment come from.
#[derive(Debug, Default)]
pub struct Sources {
    pub referrer: Option<Place>,
    pub url: Option<Place>,
    pub agent: Option<Place>,
    pub touch: Option<Place>,
    pub language: Option<Place>,
    pub zone: Option<Place>,
    pub offset: Option<Place>,
}

/// A mapping, ready for the rows of a file.
#[derive(Debug)]
pub struct Bound {
    pub columns: usize,
    pub visitor: Place,
    pub at: Place,
    pub time: TimeFormat,
    /// A time that is the same for all.
    pub always: Option<Time>,
    pub event: Option<Named<u16>>,
    pub value: Option<Place>,
    pub tags: Vec<Tag>,
    pub contexts: Contexts,
    pub sources: Sources,
    pub declare: Vec<(String, u16, Place)>,
    pub request: Option<Place>,
    pub status: Option<Place>,
    pub site: String,
    pub ignore: Vec<Match>,
    pub rules: Vec<Kind>,
}

/// Lookup tables by name.
pub type Tables = IndexMap<String, IndexMap<String, String, FxBuildHasher>, FxBuildHasher>;

/// What binding needs to know.
pub struct Binder<'a> {
    pub rules: &'a Rules,
    pub tables: &'a Tables,
    /// The mapping file.
    pub path: &'a Path,
    /// The file with the events.
    pub data: &'a str,
    pub columns: &'a [String],
}

impl Binder<'_> {
    /// Binds a mapping.
    pub fn bind(&self, mapping: &Mapping, format: Format) -> Result<Bound> {
        let log = format == Format::Log;
        let or = |given: &Option<Source>, column: &str| -> Result<Option<Place>> {
            match given {
                Some(source) => self.plain(source, &[]).map(Some),
                None if log => self
                    .place(&Origin::Column(column.to_owned()), &[])
                    .map(Some),
                None => Ok(None),
            }
        };
        let need = |what: &str, place: Option<Place>| {
            place.ok_or_else(|| {
                let help = format!("add `\"{what}\": \"$column\"` with one of {}", self.known());
                unfit(
                    self.path,
                    format_args!("the mapping does not say where `{what}` is"),
                    help,
                )
            })
        };
        let visitor = need("visitor", or(&mapping.visitor, "address")?)?;
        let (at, time) = match &mapping.at {
            Some(when) => (Some(self.place(&when.from, &[])?), when.format),
            None if log => (or(&None, "time")?, TimeFormat::Apache),
            None => (None, TimeFormat::Any),
        };
        let at = need("at", at)?;
        let always = match &at {
            Place::Text(text) => Some(time.read(text).map_err(|_| {
                let what = format!("`{text}` is no time");
                unfit(self.path, what, format_args!("write {}", time.example()))
            })?),
            _ => None,
        };
        let raw = &mapping.context;
        let raw_place = |given: &Option<Source>| -> Result<Option<Place>> {
            given.as_ref().map(|s| self.plain(s, &[])).transpose()
        };
        let sources = Sources {
            referrer: or(&raw.referrer, "referrer")?,
            url: raw_place(&raw.url)?,
            agent: or(&raw.agent, "agent")?,
            touch: raw_place(&raw.touch)?,
            language: raw_place(&raw.language)?,
            zone: raw_place(&raw.zone)?,
            offset: raw_place(&raw.offset)?,
        };
        let request = or(&mapping.request, "request")?;
        let event = mapping
            .event
            .as_ref()
            .map(|s| self.event(s, &[]))
            .transpose()?;
        if event.is_none() && mapping.rules.is_empty() {
            let help = "add `\"event\": \"view\"` or `\"event\": \"$column\"`, or `rules` for the paths of a log";
            return Err(unfit(
                self.path,
                "the mapping does not say what the events are",
                help,
            ));
        }
        let by_path = !mapping.rules.is_empty() || !mapping.ignore.is_empty();
        if by_path && request.is_none() {
            let help =
                "add `\"request\": \"$column\"`, the column with `GET /path HTTP/1.1` or the path";
            return Err(unfit(
                self.path,
                "`rules` and `ignore` need a request",
                help,
            ));
        }
        let declare = mapping
            .declare
            .iter()
            .map(|(name, source)| self.declared(name, source));
        Ok(Bound {
            columns: self.columns.len(),
            visitor,
            at,
            time,
            always,
            event,
            value: mapping
                .value
                .as_ref()
                .map(|s| self.plain(s, &[]))
                .transpose()?,
            tags: self.tags(&mapping.tags, &[])?,
            contexts: Contexts::new(self.rules.book()),
            sources,
            declare: declare.collect::<Result<_>>()?,
            request,
            status: or(&mapping.status, "status")?,
            site: mapping.site.trim_end_matches('/').to_owned(),
            ignore: mapping.ignore.iter().map(copy).collect(),
            rules: mapping
                .rules
                .iter()
                .map(|rule| self.rule(rule))
                .collect::<Result<_>>()?,
        })
    }

    fn rule(&self, rule: &Rule) -> Result<Kind> {
        let matching = rule.matching();
        let names = matching.path.as_ref().map_or(&[][..], |p| p.0.names());
        Ok(Kind {
            event: self.event(&rule.event, names)?,
            value: rule
                .value
                .as_ref()
                .map(|s| self.plain(s, names))
                .transpose()?,
            tags: self.tags(&rule.tags, names)?,
            matching,
        })
    }

    fn event(&self, source: &Source, names: &[String]) -> Result<Named<u16>> {
        let place = self.checked(source, names)?;
        Ok(Named::new(source, place, self.tables, |name| {
            self.rules.door().event(name)
        }))
    }

    /// The tags that some signal reads; others are not even looked at.
    fn tags(&self, tags: &IndexMap<String, Source>, names: &[String]) -> Result<Vec<Tag>> {
        let mut bound = Vec::new();
        for (key, source) in tags {
            let place = self.checked(source, names)?;
            let find = |value: &str| self.rules.door().tag(key, value);
            if find("~other").is_some() {
                bound.push((key.clone(), Named::new(source, place, self.tables, find)));
            }
        }
        Ok(bound)
    }

    fn declared(&self, name: &str, source: &Source) -> Result<(String, u16, Place)> {
        let place = self.plain(source, &[])?;
        let book = self.rules.book();
        let Some((signal, kind)) = declared_signal(book, name) else {
            let help = "name a signal that the book has as `declared`";
            return Err(unfit(
                self.path,
                format_args!("`{name}` is no declared signal of the book"),
                help,
            ));
        };
        if let Place::Text(text) = &place
            && declared(book, kind, text).is_none()
        {
            let what = format!("`{text}` is no value of the declared signal `{name}`");
            return Err(unfit(
                self.path,
                what,
                "write one of its items, or a number",
            ));
        }
        Ok((name.to_owned(), signal, place))
    }

    /// A source without lookups.
    fn plain(&self, source: &Source, names: &[String]) -> Result<Place> {
        if source.lookup.is_some() || source.otherwise.is_some() || source.lower {
            let help = "use them in `event` and `tags`; elsewhere write `$column` alone";
            return Err(unfit(
                self.path,
                "`lookup`, `else` and `lower` are for names only",
                help,
            ));
        }
        self.place(&source.from, names)
    }

    fn checked(&self, source: &Source, names: &[String]) -> Result<Place> {
        if let Some(name) = source
            .lookup
            .as_ref()
            .filter(|n| !self.tables.contains_key(*n))
        {
            let help = "add it to `lookups`, or correct the name";
            return Err(unfit(
                self.path,
                format_args!("there is no lookup `{name}`"),
                help,
            ));
        }
        if source.otherwise.is_some() && source.lookup.is_none() {
            let help = "add a `lookup`, or remove `else`";
            return Err(unfit(self.path, "`else` without a `lookup`", help));
        }
        self.place(&source.from, names)
    }

    fn place(&self, origin: &Origin, names: &[String]) -> Result<Place> {
        match origin {
            Origin::Text(text) => Ok(Place::Text(text.clone())),
            Origin::Column(name) => {
                let at = self.columns.iter().position(|c| c == name);
                at.map(Place::Column).ok_or_else(|| {
                    let what = format!("`{}` has no column `{name}`", self.data);
                    unfit(
                        self.path,
                        what,
                        format_args!("its columns are {}", self.known()),
                    )
                })
            }
            Origin::Capture(name) => {
                let at = names.iter().position(|n| n == name);
                at.map(Place::Capture).ok_or_else(|| {
                    let what = format!("`:{name}` is not captured by the rule's path");
                    unfit(
                        self.path,
                        what,
                        "write it into the pattern: `/blog/:topic/*`",
                    )
                })
            }
        }
    }

    fn known(&self) -> String {
        const MOST: usize = 20;
        let mut list: Vec<String> = self
            .columns
            .iter()
            .take(MOST)
            .map(|c| format!("`${}`", c.chars().take(40).collect::<String>()))
            .collect();
        if self.columns.len() > MOST {
            list.push("...".to_owned());
        }
        list.join(", ")
    }
}

fn copy(m: &Match) -> Match {
    Match {
        path: m.path.clone(),
        method: m.method.clone(),
        status: m.status.clone(),
    }
}

/// Names of the mapping that the book does not know, for a warning: what nobody reads.
pub fn unheard(mapping: &Mapping, rules: &Rules) -> Vec<String> {
    let door = rules.door();
    let mut found = Vec::new();
    let events = mapping
        .event
        .iter()
        .chain(mapping.rules.iter().map(|r| &r.event));
    for source in events {
        if let Origin::Text(name) = &source.from
            && source.lookup.is_none()
            && door.event(name) == EVENT_OTHER
        {
            found.push(format!(
                "no signal of the book listens to the event `{name}`"
            ));
        }
    }
    let tags = mapping
        .tags
        .iter()
        .chain(mapping.rules.iter().flat_map(|r| &r.tags));
    for (key, source) in tags {
        match (door.tag(key, "~other"), &source.from) {
            (None, _) => found.push(format!("no signal of the book reads the tag `{key}`")),
            (Some(_), Origin::Text(value))
                if source.lookup.is_none()
                    && door.tag(key, value).is_some_and(|t| t.1 == TAG_OTHER) =>
            {
                found.push(format!("the book does not mention the tag `{key}:{value}`"));
            }
            _ => {}
        }
    }
    found.dedup();
    found.sort();
    found.dedup();
    found
}

/// Reads the lookup tables of a mapping. Files are beside the mapping.
pub fn tables(mapping: &Mapping, path: &Path) -> Result<Tables> {
    let mut tables = Tables::default();
    for (name, lookup) in &mapping.lookups {
        tables.insert(name.clone(), table(name, lookup, path)?);
    }
    Ok(tables)
}

fn table(
    name: &str,
    lookup: &Lookup,
    path: &Path,
) -> Result<IndexMap<String, String, FxBuildHasher>> {
    use super::delimited::{Delimiter, Records, split};
    let mut table: IndexMap<_, _, FxBuildHasher> = lookup
        .table
        .iter()
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    let Some(file) = &lookup.file else {
        return Ok(table);
    };
    let file = path.parent().unwrap_or(Path::new("")).join(file);
    let (Some(key), Some(value)) = (&lookup.key, &lookup.value) else {
        let help = "name the columns of the file with `key` and `value`";
        return Err(unfit(
            path,
            format_args!("lookup `{name}` has a file but no columns"),
            help,
        ));
    };
    let text = crate::book::text(&file)?;
    let comma = Delimiter::Byte(b',');
    let mut records = Records::new(text.trim_start_matches('\u{feff}'), Some(comma));
    let mut fields = Vec::new();
    let mut read = |record: Option<(u32, &str)>| -> Result<Option<(u32, Vec<String>)>> {
        let Some((line, record)) = record else {
            return Ok(None);
        };
        let mut cells = std::mem::take(&mut fields);
        let outcome = split(record, comma, &mut cells);
        if let Err(column) = outcome {
            let what = format!(
                "a quote in line {}, column {column} is not closed",
                line + 1
            );
            return Err(unfit(&file, what, "close it, or remove it"));
        }
        Ok(Some((
            line,
            cells.into_iter().map(Cow::into_owned).collect(),
        )))
    };
    let header = read(records.next())?.map_or_else(Vec::new, |(_, cells)| cells);
    let column = |wanted: &String| {
        header
            .iter()
            .position(|c| c.trim() == wanted)
            .ok_or_else(|| {
                let help = format!("its columns are {}", header.join(", "));
                unfit(&file, format_args!("there is no column `{wanted}`"), help)
            })
    };
    let (key, value) = (column(key)?, column(value)?);
    for record in records {
        let Some((line, cells)) = read(Some(record))? else {
            continue;
        };
        if cells.iter().all(|c| c.trim().is_empty()) {
            continue;
        }
        let (Some(from), Some(to)) = (cells.get(key), cells.get(value)) else {
            let what = format!("line {} has too few columns", line + 1);
            return Err(unfit(&file, what, "give every line all columns"));
        };
        table.insert(from.trim().to_owned(), to.trim().to_owned());
    }
    Ok(table)
}

/// Whether the book's memberships depend on the way a visitor took, not on the end alone.
pub fn depends_on_path(book: &Book) -> bool {
    let segments = || book.dimensions.iter().flat_map(|d| &d.segments);
    segments().any(|s| s.stay.is_some() || s.hold > 0)
}
