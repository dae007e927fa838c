//! Input that is wrong: a clear error where nothing can be done, and otherwise a count and a
//! simulation that goes on.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod support;

use std::fmt::Write as _;
use support::{Run, fewbits, file, scratch};

const BOOK: &str = "tests/data/garden.book.json";
const GOOD: &str =
    r#"{"visitor":"a","at":"2026-03-02T08:00:00Z","event":"view","tags":{"plant":"rose"}}"#;

fn simulate(events: &str, more: &[&str]) -> Run {
    fewbits(["simulate", BOOK, "-e", events].iter().chain(more))
}

/// A failure that says all of this, and gives help.
fn refused(run: &Run, says: &[&str]) {
    assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
    for text in says.iter().chain(&["error", "= help: "]) {
        assert!(run.err.contains(text), "no `{text}` in:\n{}", run.err);
    }
}

#[test]
fn files_that_are_not_there() {
    refused(
        &simulate("no/such.jsonl", &[]),
        &["cannot read `no/such.jsonl`: no such file"],
    );
    refused(
        &fewbits(["simulate", "no.json", "-e", "x.jsonl"]),
        &["cannot read `no.json`"],
    );
    refused(
        &simulate("tests", &[]),
        &["cannot read `tests`: it is a folder"],
    );
    let run = simulate("tests/data/msweb.csv", &["-m", "no.map.json"]);
    refused(&run, &["cannot read `no.map.json`"]);
    refused(
        &simulate("tests/data/msweb.csv", &[]),
        &["needs a mapping", "--map FILE"],
    );
    refused(
        &simulate("README.md", &[]),
        &["does not say what it is", "--format jsonl"],
    );
    let run = simulate("tests/data/garden.jsonl", &["-o", "no/folder/out.jsonl"]);
    refused(&run, &["cannot write `no/folder/out.jsonl`"]);
}

#[test]
fn mappings_that_do_not_fit() {
    let folder = scratch("mappings");
    for (mapping, says) in [
        (
            "{\n  \"vistor\": \"$a\"\n}",
            &["unknown key `vistor`", "bad.map.json:2:"][..],
        ),
        (
            "{ \"visitor\": \"$visitor_id\" ",
            &["EOF while parsing", "bad.map.json:1:"],
        ),
        (
            r#"{ "at": "1998-02-15", "event": "view" }"#,
            &[
                "does not say where `visitor` is",
                "`$visitor_id`, `$area_id`",
            ],
        ),
        (
            r#"{ "visitor": "$who", "at": "1998-02-15", "event": "view" }"#,
            &["has no column `who`", "`$visitor_id`, `$area_id`"],
        ),
        (
            r#"{ "visitor": "$visitor_id", "event": "view" }"#,
            &["does not say where `at` is"],
        ),
        (
            r#"{ "visitor": "$visitor_id", "at": "someday", "event": "view" }"#,
            &["`someday` is no time"],
        ),
        (
            r#"{ "visitor": "$visitor_id", "at": "1998-02-15" }"#,
            &["does not say what the events are"],
        ),
        (
            r#"{ "visitor": "$visitor_id", "at": "1998-02-15", "event": "view", "ignore": ["*.css"] }"#,
            &["need a request"],
        ),
        (
            r#"{ "visitor": "$visitor_id", "at": "1998-02-15", "event": ":x" }"#,
            &["`:x` is not captured"],
        ),
        (
            r#"{ "visitor": "$visitor_id", "at": "1998-02-15", "event": "view", "tags": { "plant": { "from": "$area_id", "lookup": "no" } } }"#,
            &["there is no lookup `no`"],
        ),
        (
            r#"{ "visitor": "$visitor_id", "at": "1998-02-15", "event": "view", "declare": { "views": "$area_id" } }"#,
            &["`views` is no declared signal"],
        ),
        (
            r#"{ "visitor": "$visitor_id", "at": "1998-02-15", "event": "view", "lookups": { "t": { "file": "no.csv", "key": "a", "value": "b" } } }"#,
            &["cannot read", "no.csv"],
        ),
    ] {
        let map = file(&folder, "bad.map.json", mapping);
        refused(&simulate("tests/data/msweb.csv", &["-m", &map]), says);
    }
}

#[test]
fn names_that_the_book_does_not_know_are_warned_of() {
    let folder = scratch("unheard");
    let map = r#"{ "visitor": "$visitor_id", "at": "1998-02-15", "event": "veiw", "tags": { "area": "$area_id", "plant": "rosee" } }"#;
    let map = file(&folder, "m.json", map);
    let run = simulate("tests/data/msweb.csv", &["-m", &map]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    for warning in [
        "warning: no signal of the book listens to the event `veiw`",
        "warning: no signal of the book reads the tag `area`",
        "warning: the book does not mention the tag `plant:rosee`",
    ] {
        assert!(run.out.contains(warning), "{}", run.out);
    }
}

#[test]
fn bad_lines_are_counted_and_the_first_are_shown() {
    let folder = scratch("bad-lines");
    let lines = [
        GOOD,
        "not json",
        "",
        r#"{"at":1,"event":"view"}"#,
        r#"{"visitor":"a","event":"view"}"#,
        r#"{"visitor":"a","at":"yesterday","event":"view"}"#,
        r#"{"visitor":"a","at":1772438400000,"event":"view"}"#,
        r#"{"visitor":"a","at":-1,"event":"view"}"#,
        r#"{"visitor":"a","at":1}"#,
        r#"{"visitor":{"deep":[1]},"at":1,"event":"view"}"#,
        "[1,2]",
        GOOD,
    ];
    let events = file(&folder, "events.jsonl", lines.join("\r\n"));
    let run = simulate(&events, &[]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    for text in [
        "1 visitor · 2 events",
        "11 read, 2 used, 0 ignored by the mapping, 0 matched no rule, 9 bad",
        "3  bad: not an event as JSON",
        "2  bad: impossible time",
        "1  bad: unreadable time",
        "events.jsonl:2:2: expected ident",
        "events.jsonl:4: there is no `visitor` in this line",
        "= help: an event looks like",
    ] {
        assert!(run.out.contains(text), "no `{text}` in:\n{}", run.out);
    }
    assert!(
        !run.out.contains("events.jsonl:9"),
        "only the first few:\n{}",
        run.out
    );
    refused(
        &simulate(&events, &["--strict"]),
        &["events.jsonl:2:2: expected ident"],
    );
    let nothing = file(&folder, "nothing.jsonl", "no\nno\n");
    refused(
        &simulate(&nothing, &[]),
        &["none of 2 lines can be used", "line 1"],
    );
    let empty = file(&folder, "empty.jsonl", "");
    refused(
        &simulate(&empty, &[]),
        &["there are no events in the input"],
    );
}

#[test]
fn bad_rows_of_a_table() {
    let folder = scratch("bad-rows");
    let map = file(
        &folder,
        "m.json",
        r#"{ "visitor": "$v", "at": "$t", "event": "$e", "value": "$x" }"#,
    );
    let table = "\u{feff}v,t,e,x\n1,100,view,1\n2,100\n,100,view,1\n3,100,,1\n4,100,\"view\",much\n\
                 \"5\n\",100,view,1\n6,100,\"view\"x,1\n7,\"100,view,1\n8,100,view,\n";
    let events = file(&folder, "t.csv", table);
    let run = simulate(&events, &["-m", &map]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    for text in [
        "4 visitors · 4 events",
        "9 read, 4 used, 0 ignored by the mapping, 0 matched no rule, 5 bad",
        "2  bad: broken quotes",
        "t.csv:3: 2 columns, and 4 were expected",
        "t.csv:4: there is no visitor",
        "t.csv:5: this line does not say what happened",
        "t.csv:9:13: this quoted field does not end",
        "t.csv:10:3: this quoted field does not end",
        "1  value is no number",
    ] {
        assert!(run.out.contains(text), "no `{text}` in:\n{}", run.out);
    }
    let log = file(&folder, "x.log", "203.0.113.9 what\n");
    let map = file(
        &folder,
        "l.json",
        r#"{ "rules": [{ "path": "/*", "event": "view" }] }"#,
    );
    let run = simulate(&log, &["-m", &map]);
    refused(
        &run,
        &[
            "none of 1 lines",
            "line 1, column 17: a user was expected here",
        ],
    );
    assert!(!run.err.contains("203.0.113.9"), "{}", run.err);
}

#[test]
fn a_tag_of_ten_megabytes_is_just_another_tag() {
    let folder = scratch("long-tag");
    let tag = "x".repeat(10 << 20);
    let long = GOOD.replace("rose", &tag);
    let events = file(&folder, "e.jsonl", format!("{GOOD}\n{long}\n{GOOD}\n"));
    let out = folder.join("in").to_str().unwrap().to_owned();
    let run = simulate(&events, &["--inputs", &out]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.out.contains("3 read, 3 used"), "{}", run.out);
    let inputs = std::fs::read_to_string(&out).unwrap();
    assert!(inputs.contains("[\"plant\",\"~other\"]") && inputs.len() < 1000);

    let map = r#"{ "visitor": "$v", "at": "$t", "event": "view", "tags": { "plant": { "from": "$p", "lower": true } } }"#;
    let map = file(&folder, "m.json", map);
    let table = format!("v,t,p\n1,100,\"{tag}\"\n1,100,{tag}\n1,100,rose\n");
    let events = file(&folder, "e.csv", table);
    let run = simulate(&events, &["-m", &map, "--strict"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.out.contains("3 read, 3 used"), "{}", run.out);
}

#[test]
fn many_distinct_tags_and_times_out_of_order() {
    let folder = scratch("many-tags");
    let mut text = String::new();
    for i in 0..100_000_u32 {
        let at = 1_772_438_400 - i;
        writeln!(
            text,
            r#"{{"visitor":"v{}","at":{at},"event":"view","tags":{{"plant":"p{i}"}}}}"#,
            i % 3
        )
        .unwrap();
    }
    let events = file(&folder, "e.jsonl", text);
    let run = simulate(&events, &[]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(
        run.out.contains("3 visitors · 100,000 events"),
        "{}",
        run.out
    );
    assert!(
        run.out
            .contains("99,997  event before an earlier one of the same visitor"),
        "{}",
        run.out
    );
}

#[test]
fn the_future_is_taken_and_told() {
    let folder = scratch("future");
    let future = GOOD.replace("2026-03-02", "2105-03-02");
    let events = file(&folder, "e.jsonl", format!("{GOOD}\n{future}\n"));
    let run = simulate(&events, &[]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(
        run.out.contains("as of 2105-03-02T08:00:00Z"),
        "{}",
        run.out
    );
    assert!(
        run.out
            .contains("warning: the newest event is in the future"),
        "{}",
        run.out
    );
    let run = simulate(&events, &["--as-of", "2026-03-03"]);
    assert!(
        run.out.contains("as of 2026-03-03T00:00:00Z"),
        "{}",
        run.out
    );
    let run = simulate(&events, &["--as-of", "tomorrow"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.err.contains("write `last`, `own`, or a time"),
        "{}",
        run.err
    );
}

#[test]
fn bytes_that_are_no_text() {
    let folder = scratch("bytes");
    let mut bytes =
        b"{\"visitor\":\"a\",\"at\":1,\"event\":\"view\",\"tags\":{\"plant\":\"\xff\"}}\n".to_vec();
    bytes.extend_from_slice(GOOD.as_bytes());
    let events = file(&folder, "e.jsonl", bytes);
    let run = simulate(&events, &[]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.out.contains("2 read, 2 used"), "{}", run.out);
    assert!(run.out.contains("not UTF-8"), "{}", run.out);
}
