//! A mapping that has met its book and the columns of its file: names are numbers now.

use std::path::Path;

use fewbits::book::{Book, Time};
use fewbits::engine::Rules;
use indexmap::IndexMap;

use super::Format;
use super::context::{Contexts, declared, declared_signal};
use super::lookups::Tables;
use super::mapping::{Mapping, Match, Origin, Rule, Source, unfit};
use super::named::{Named, Place};
use super::time::Format as TimeFormat;
use crate::failure::Result;

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

/// Whether the book's memberships depend on the way a visitor took, not on the end alone.
pub fn depends_on_path(book: &Book) -> bool {
    let segments = || book.dimensions.iter().flat_map(|d| &d.segments);
    segments().any(|s| s.stay.is_some() || s.hold > 0)
}
