//! The page: without a script, without a request, and no estimate without its interval.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, which may fail"
)]

mod chance;

use chance::site::{OPEN, add, statement, trials, visitors, week};
use chance::{Seeded, odds};
use fewbits_collector::counts::Counts;
use fewbits_collector::dashboard::{Listed, Looked, POLICY, page};
use fewbits_collector::statement::Statement;
use sha2::{Digest, Sha256};

/// Ten weeks of visitors, a flood of false reports in the last one, and a cell that is too small.
fn site() -> (Statement, Counts) {
    let statement = statement(7, odds(4.0), &OPEN);
    let mut chance = Seeded(7);
    let mut counts = Counts::new();
    for at in 0..10 {
        let weights = [
            0.16,
            0.12 + 0.008 * f64::from(at),
            0.1,
            0.13,
            0.002,
            0.11,
            0.14,
            0.24,
        ];
        let reports = 900 + chance.below(500);
        let people = visitors(&mut chance, &weights, reports);
        let mut given = chance.counts(&people, odds(4.0));
        if at == 9 {
            given[3] += 160;
        }
        add(&mut counts, &statement, week(at), &given);
    }
    (statement, counts)
}

fn shown(statement: &Statement, counts: &Counts) -> String {
    let books = [
        Listed {
            book: "news",
            versions: vec![3],
        },
        Listed {
            book: "shop",
            versions: vec![6, 7],
        },
    ];
    let looked = Looked {
        statement,
        statements: &[statement],
        counts,
    };
    page(&books, Some(looked))
}

/// All that stands between two marks.
fn between<'p>(page: &'p str, from: &str, to: &str) -> Vec<&'p str> {
    let parts = page.split(from).skip(1);
    parts.map(|part| part.split_once(to).unwrap().0).collect()
}

#[test]
fn the_policy_lets_nothing_but_the_style_in() {
    let (statement, counts) = site();
    let page = shown(&statement, &counts);
    let styles = between(&page, "<style>", "</style>");
    assert_eq!(styles.len(), 1);
    let hash = base64(&Sha256::digest(styles[0]));
    assert!(
        POLICY.contains(&format!("style-src 'sha256-{hash}';")),
        "{hash}\n{POLICY}"
    );
    assert!(POLICY.starts_with("default-src 'none';"));
    for word in [
        "<script",
        " style=",
        "javascript:",
        "http://",
        "https://",
        "url(",
        "@import",
        " on",
    ] {
        let found = page
            .find(word)
            .map(|at| &page[at..(at + 60).min(page.len())]);
        // `on` as a word of a sentence is no handler.
        let handler = |text: &str| {
            text.split_once('=')
                .is_some_and(|(name, _)| !name[1..].contains(' '))
        };
        assert!(
            found.is_none_or(|text| word == " on" && !handler(text)),
            "{found:?}"
        );
    }
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("dashboard.html");
    std::fs::write(file, page).unwrap();
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let mut group = [0; 3];
        group[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at)) as usize & 63];
            text.push(if at <= chunk.len() {
                char::from(letter)
            } else {
                '='
            });
        }
    }
    text
}

#[test]
fn every_estimate_stands_beside_its_interval() {
    let (statement, counts) = site();
    let page = shown(&statement, &counts);
    let tables = between(&page, "<table class=\"cells\"", "</table>");
    assert_eq!(tables.len(), 1);
    let rows: Vec<&str> = between(tables[0], "<tr ", "</tr>")
        .into_iter()
        .skip(1)
        .collect();
    assert!(rows.len() >= 6, "{}", rows.len());
    for row in rows {
        // Share and number, each with a range; and an error bar.
        assert_eq!(row.matches("class=\"range\"").count(), 2, "{row}");
        assert_eq!(row.matches("class=\"error\"").count(), 1, "{row}");
    }
    for card in between(&page, "<figure class=\"card\">", "</figure>") {
        let points = card.matches(" point\"").count();
        assert!(points >= 2);
        // A point has a line through it; and the table beside has all ranges.
        assert_eq!(card.matches("class=\"error").count(), 2 * points);
        assert_eq!(card.matches("class=\"range\"").count(), points);
    }
    // The flood is flagged, in words and at its point; the small cell is nowhere by itself.
    assert!(
        page.contains("<b>tents</b> was named more often in 2026-W49"),
        "{page}"
    );
    assert_eq!(page.matches("error flagged\"").count(), 1);
    assert!(!page.contains("scope=\"row\">stoves"));
    assert!(page.contains("href=\"/v1/crowd?book=shop&amp;version=7\""));
    assert!(page.contains("<a href=\"/?book=shop&amp;version=7\" aria-current=\"page\">7</a>"));
}

#[test]
fn what_became_of_variants_stands_beside_its_interval() {
    let (statement, counts) = trials(&mut Seeded(21), odds(4.0));
    let page = shown(&statement, &counts);
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("outcomes.html");
    std::fs::write(file, &page).unwrap();
    let outcomes = between(&page, "<div class=\"outcome\">", "<h3>All answers</h3>");
    assert_eq!(outcomes.len(), 2);
    for outcome in outcomes {
        for table in between(outcome, "<table class=\"cells\"", "</table>") {
            for row in between(table, "<tr ", "</tr>").into_iter().skip(1) {
                assert_eq!(row.matches("class=\"range\"").count(), 2, "{row}");
                assert!(row.contains("class=\"error\""), "{row}");
            }
        }
        for table in between(outcome, "<table class=\"plain\"", "</table>") {
            assert_eq!(table.matches("class=\"range\"").count(), 3, "{table}");
        }
    }
    assert!(
        page.contains("<b>warm</b> converts more than control"),
        "{page}"
    );
    assert!(page.contains("href=\"/v1/posteriors?book=shop&amp;version=9\""));
    closed(&page);
}

#[test]
fn tags_are_closed_and_headings_in_order() {
    let (statement, counts) = site();
    let page = shown(&statement, &counts);
    closed(&page);
    assert_eq!(page.matches("<h1>").count(), 1);
    let first = |text: &str| page.find(text).unwrap();
    assert!(first("<h1>") < first("<h2") && first("<h2") < first("<h3"));
}

fn closed(page: &str) {
    let mut open = Vec::new();
    for tag in between(page, "<", ">") {
        let name = tag.split([' ', '/']).find(|part| !part.is_empty()).unwrap();
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed));
        } else if !tag.ends_with('/') && !["!doctype", "meta", "link"].contains(&name) {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<&str>::new());
}

#[test]
fn little_is_said_of_few() {
    let statement = statement(1, odds(4.0), &OPEN);
    let mut counts = Counts::new();
    let nobody = shown(&statement, &counts);
    assert!(nobody.contains("There are 0 reports."), "{nobody}");
    add(&mut counts, &statement, week(0), &[5, 5, 5, 5, 5, 5, 5, 6]);
    let few = shown(&statement, &counts);
    assert!(few.contains("Nothing is shown below 50 reporters. There are 41 reports."));
    assert_eq!(few.matches("<table class=\"cells\"").count(), 0);
    let none = page(&[], None);
    assert!(none.contains("No book yet"));
}
