//! Rows of a table or a log become inputs, as the mapping says.

use std::borrow::Cow;

use fewbits::book::{EVENT_OTHER, Time};
use fewbits::engine::Rules;
use fewbits::signals::hundredths;

use super::batch::Batch;
use super::bound::{Bound, Kind};
use super::context::{Memo, Raw, declared};
use super::mapping::Match;
use super::named::{Place, Row};
use super::tally::Bad;
use super::time::{Bad as BadTime, Format as TimeFormat};

/// What one worker uses again and again.
#[derive(Default)]
pub struct Scratch {
    memo: Memo,
    tags: Vec<(u16, u16)>,
    url: String,
}

/// Takes one row in; `Err` if it cannot be used.
pub fn take(
    bound: &Bound,
    rules: &Rules,
    fields: &[Cow<str>],
    scratch: &mut Scratch,
    batch: &mut Batch,
) -> Result<(), Bad> {
    let row = Row {
        fields,
        captures: &[],
    };
    let status = bound.status.as_ref().map_or("", |p| p.of(row));
    let (method, target) = bound
        .request
        .as_ref()
        .map_or(("", ""), |p| request(p.of(row)));
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let mut captures = Vec::new();
    let fits = |m: &Match, captures: &mut Vec<_>| {
        (m.status.is_empty() || m.status.iter().any(|s| s.fits(status)))
            && (m.method.is_empty() || m.method.iter().any(|w| w == method))
            && m.path.as_ref().is_none_or(|p| p.0.fits(path, captures))
    };
    if bound.ignore.iter().any(|m| fits(m, &mut captures)) {
        batch.tally.ignored += 1;
        return Ok(());
    }
    let rule = bound
        .rules
        .iter()
        .find(|rule| fits(&rule.matching, &mut captures));
    if rule.is_none() {
        captures.clear();
        if bound.event.is_none() {
            batch.tally.unmatched += 1;
            return Ok(());
        }
    }
    let visitor = bound.visitor.of(row).trim();
    if visitor.is_empty() {
        return Err(Bad {
            reason: "no visitor",
            column: None,
            message: "there is no visitor in this line".to_owned(),
            help: "every event needs one; an empty one is not somebody",
        });
    }
    let at = match bound.always {
        Some(at) => at,
        None => time(bound.at.of(row), bound.time)?,
    };
    let row = Row {
        fields,
        captures: &captures,
    };
    let named = rule.map(|r| &r.event).or(bound.event.as_ref());
    let name = named.and_then(|n| n.of(row, |name| rules.door().event(name)));
    let Some(name) = name else {
        return Err(Bad {
            reason: "no event",
            column: None,
            message: "this line does not say what happened".to_owned(),
            help: "fill in the event, or give its lookup an `else`",
        });
    };
    let value = rule.and_then(|r| r.value.as_ref()).or(bound.value.as_ref());
    let value = value
        .map(|p| p.of(row).trim())
        .filter(|text| !text.is_empty());
    let amount = value
        .and_then(|text| text.parse().ok())
        .and_then(hundredths);
    tags(bound, rule, rules, row, &mut scratch.tags);
    batch.tally.events += 1;
    let mut entry = batch.entry(visitor, at);
    if value.is_some() && amount.is_none() {
        entry.note(
            "value is no number from -1000000000 to 1000000000: left out",
            "",
        );
    }
    if name == EVENT_OTHER {
        entry.note("event that no signal of the book listens to", "");
    }
    if !bound.contexts.is_empty() {
        context(bound, row, target, &mut scratch.url, |raw| {
            bound.contexts.state(&raw, &mut scratch.memo, &mut entry);
        });
    }
    for (name, signal, place) in &bound.declare {
        let kind = rules
            .book()
            .signals
            .get(usize::from(*signal))
            .map(|s| &s.kind);
        let text = place.of(row).trim();
        match kind.and_then(|kind| declared(rules.book(), kind, text)) {
            Some(value) => entry.fact(*signal, value, false),
            None if text.is_empty() => {}
            None => entry.note("declared value that the book does not know: left out", name),
        }
    }
    entry.event(name, &scratch.tags, amount);
    Ok(())
}

/// The tags of all rows, and of this kind of request.
fn tags(bound: &Bound, rule: Option<&Kind>, rules: &Rules, row: Row, tags: &mut Vec<(u16, u16)>) {
    tags.clear();
    for (key, named) in bound
        .tags
        .iter()
        .chain(rule.into_iter().flat_map(|r| &r.tags))
    {
        if let Some(Some(tag)) = named.of(row, |value| rules.door().tag(key, value)) {
            tags.push(tag);
        }
    }
}

/// Method and target of `GET /path HTTP/1.1`, or of a target alone.
fn request(line: &str) -> (&str, &str) {
    let line = line.trim();
    let (method, target) = match line.split_once(' ') {
        Some((method, rest)) => (method, rest.split(' ').next().unwrap_or_default()),
        None => ("GET", line),
    };
    // `http://host/path`, as proxies ask.
    let target = match target.split_once("://") {
        Some((scheme, rest)) if !scheme.contains(['/', '?']) => {
            rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
        }
        _ => target,
    };
    (method, target)
}

/// Gathers the raw values of the environment.
fn context(bound: &Bound, row: Row, target: &str, url: &mut String, then: impl FnOnce(Raw)) {
    fn raw<'r>(place: &'r Option<Place>, row: Row<'r, '_>) -> Option<&'r str> {
        // A log writes `-` for what it does not know.
        place
            .as_ref()
            .map(|p| p.of(row))
            .map(|text| if text == "-" { "" } else { text })
    }
    let sources = &bound.sources;
    url.clear();
    let own = match raw(&sources.url, row) {
        Some(url) => Some(url),
        None if !bound.site.is_empty() => {
            url.push_str(&bound.site);
            url.push_str(target);
            Some(url.as_str())
        }
        None => None,
    };
    then(Raw {
        referrer: raw(&sources.referrer, row),
        url: own,
        agent: raw(&sources.agent, row),
        touch: raw(&sources.touch, row),
        language: raw(&sources.language, row),
        zone: raw(&sources.zone, row),
        offset: raw(&sources.offset, row),
    });
}

/// Reads a time, or says what is wrong with it.
pub fn time(text: &str, format: TimeFormat) -> Result<Time, Bad> {
    format.read(text).map_err(|bad| {
        let shown: String = text.chars().take(40).collect();
        bad_time(bad, &format!("`{shown}`"))
    })
}

/// What is wrong with a time.
pub fn bad_time(bad: BadTime, shown: &str) -> Bad {
    match bad {
        BadTime::Unreadable => Bad {
            reason: "unreadable time",
            column: None,
            message: format!("{shown} is no time of the expected form"),
            help: "see the forms of `at` in docs/cli.md",
        },
        BadTime::OutOfRange => Bad {
            reason: "impossible time",
            column: None,
            message: format!("{shown} is before 1970 or after 2106"),
            help: "times are seconds since 1970; for milliseconds say so in the mapping",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests() {
        for (line, expected) in [
            ("GET /a?b HTTP/1.1", ("GET", "/a?b")),
            ("/a", ("GET", "/a")),
            ("POST /a", ("POST", "/a")),
            ("GET http://x.example/a HTTP/1.0", ("GET", "/a")),
            ("GET http://x.example HTTP/1.0", ("GET", "/")),
            (
                "GET /r?to=http://x.example/ HTTP/1.1",
                ("GET", "/r?to=http://x.example/"),
            ),
            ("-", ("GET", "-")),
            ("", ("GET", "")),
        ] {
            assert_eq!(request(line), expected, "{line}");
        }
    }
}
