//! The architecture as a test: who may import whom, which words the core may not use, how long
//! a file may be, in which order `lib.rs` names the rooms. The table below is the one of
//! `ARCHITECTURE.md`. The checker is a plain reader of text, so it is tested too, on sources
//! that break each rule.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests, which may fail"
)]

#[cfg(feature = "author")]
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What a room may import: whole rooms, or single items of a room.
struct Room {
    name: &'static str,
    may: &'static [&'static str],
}

/// The rooms in flow order, which is the order of `lib.rs`. `room` lets everything public of a
/// room in, `room::Item` one item. `codec` and `math` are bytes and arithmetic and know no room.
const ROOMS: &[Room] = &[
    Room {
        name: "book",
        may: &["codec", "math"],
    },
    Room {
        name: "signals",
        may: &["book", "codec"],
    },
    Room {
        name: "profile",
        may: &["signals", "book", "codec", "math", "ports"],
    },
    Room {
        name: "models",
        may: &["book", "math"],
    },
    Room {
        name: "segments",
        may: &["book", "profile", "models", "codec::sort"],
    },
    Room {
        name: "decisions",
        may: &["book", "ports", "codec", "math"],
    },
    Room {
        name: "gate",
        may: &["book", "segments::SegmentId", "ports", "codec"],
    },
    Room {
        name: "report",
        may: &["gate"],
    },
    Room {
        name: "engine",
        may: &[
            "book",
            "signals",
            "profile",
            "segments",
            "decisions",
            "gate",
            "report",
            "ports",
            "codec",
        ],
    },
    Room {
        name: "ports",
        may: &[],
    },
    Room {
        name: "codec",
        may: &[],
    },
    Room {
        name: "math",
        may: &[],
    },
    Room {
        name: "wasm",
        may: &[
            "book",
            "signals",
            "segments",
            "gate",
            "report",
            "engine",
            "ports",
            "codec::Reader",
        ],
    },
];

/// Where a word may stand: nowhere in `src`, or only in some folders.
struct Word {
    word: &'static str,
    only_in: &'static [&'static str],
    why: &'static str,
}

/// `src/book/author` is the author's module: it has text and serde. All else is the core.
const AUTHOR: &str = "src/book/author";
const WASM: &str = "src/wasm";

const WORDS: &[Word] = &[
    Word {
        word: "web_sys",
        only_in: &[],
        why: "would hand the core the network and the page",
    },
    Word {
        word: "js_sys",
        only_in: &[WASM],
        why: "JavaScript lives at the boundary",
    },
    Word {
        word: "wasm_bindgen",
        only_in: &[WASM],
        why: "the boundary is one room",
    },
    Word {
        word: "getrandom",
        only_in: &[WASM],
        why: "chance comes through a port",
    },
    Word {
        word: "std::time",
        only_in: &[],
        why: "time is an argument",
    },
    Word {
        word: "std::fs",
        only_in: &[],
        why: "the core has no files",
    },
    Word {
        word: "std::net",
        only_in: &[],
        why: "the core has no network",
    },
    Word {
        word: "std::env",
        only_in: &[],
        why: "same input, same answer",
    },
    Word {
        word: "std::process",
        only_in: &[],
        why: "the core ends nobody",
    },
    Word {
        word: "std::thread",
        only_in: &[],
        why: "same input, same answer",
    },
    Word {
        word: "std::",
        only_in: &[AUTHOR],
        why: "visitors' module does without the library",
    },
    Word {
        word: "HashMap",
        only_in: &[],
        why: "iteration order varies",
    },
    Word {
        word: "HashSet",
        only_in: &[],
        why: "iteration order varies",
    },
    Word {
        word: "println!",
        only_in: &[],
        why: "the core prints nothing",
    },
    Word {
        word: "print!",
        only_in: &[],
        why: "the core prints nothing",
    },
    Word {
        word: "eprintln!",
        only_in: &[],
        why: "the core prints nothing",
    },
    Word {
        word: "eprint!",
        only_in: &[],
        why: "the core prints nothing",
    },
    Word {
        word: "dbg!",
        only_in: &[],
        why: "the core prints nothing",
    },
    Word {
        word: "format!",
        only_in: &[AUTHOR],
        why: "core::fmt weighs, and prints values",
    },
    Word {
        word: "format_args!",
        only_in: &[AUTHOR],
        why: "core::fmt weighs, and prints values",
    },
    Word {
        word: "write!",
        only_in: &[AUTHOR],
        why: "core::fmt weighs, and prints values",
    },
    Word {
        word: "writeln!",
        only_in: &[AUTHOR],
        why: "core::fmt weighs, and prints values",
    },
    Word {
        word: "to_string",
        only_in: &[AUTHOR],
        why: "core::fmt weighs, and prints values",
    },
    Word {
        word: "panic!",
        only_in: &[],
        why: "no panic text may hold a value",
    },
    Word {
        word: "unreachable!",
        only_in: &[],
        why: "no panic text may hold a value",
    },
    Word {
        word: "assert!",
        only_in: &[],
        why: "no panic text may hold a value",
    },
    Word {
        word: "assert_eq!",
        only_in: &[],
        why: "no panic text may hold a value",
    },
    Word {
        word: "serde",
        only_in: &[AUTHOR, WASM],
        why: "a profile has no way out",
    },
    Word {
        word: "serde_wasm_bindgen",
        only_in: &[WASM],
        why: "the boundary is one room",
    },
    Word {
        word: "extern crate self",
        only_in: &[],
        why: "hides an import",
    },
    Word {
        word: "include!",
        only_in: &[],
        why: "hides code from this test",
    },
    Word {
        word: "#[path",
        only_in: &[],
        why: "hides code from this test",
    },
];

/// Longest file, without its tests.
const LONGEST: usize = 450;
/// Longest file at the boundary.
const LONGEST_WASM: usize = 300;

/// A rule that a source breaks.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    line: usize,
    rule: &'static str,
    what: String,
}

/// Checks one source, given its path from the root of the repository.
fn check(path: &str, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    let code = without_tests(&bare(text));
    if is_test(path) {
        return found;
    }
    let room = room_of(path);
    for (at, import) in imports(path, &code) {
        let line = line_of(&code, at);
        let mut add = |rule, what: &str| {
            found.push(Finding {
                line,
                rule,
                what: what.to_owned(),
            })
        };
        let head = import.split("::").next().unwrap_or_default();
        if head == room || import == room {
            continue;
        }
        if room == "lib" || !may_import(room, &import) {
            add("import", &import);
        }
        if import.ends_with("::*") || import == "*" {
            add("glob", &import);
        }
    }
    for statement in uses(&code) {
        let line = line_of(&code, statement.0);
        let (public, tree) = (statement.1, statement.2);
        let outward = tree.starts_with("crate::") || climbs_out(path, tree);
        if public && outward {
            found.push(Finding {
                line,
                rule: "re-export",
                what: tree.to_owned(),
            });
        }
        // The one prelude that is made for it.
        if tree.contains("::*") && tree != "wasm_bindgen::prelude::*" {
            found.push(Finding {
                line,
                rule: "glob",
                what: tree.to_owned(),
            });
        }
    }
    for word in WORDS {
        if word.only_in.iter().any(|folder| path.starts_with(folder)) {
            continue;
        }
        for at in words(&code, word.word) {
            let what = format!("{}: {}", word.word, word.why);
            found.push(Finding {
                line: line_of(&code, at),
                rule: "word",
                what,
            });
        }
    }
    let longest = if path.starts_with(WASM) {
        LONGEST_WASM
    } else {
        LONGEST
    };
    let length = length(&code);
    if length > longest {
        found.push(Finding {
            line: length,
            rule: "length",
            what: format!("{length} lines, at most {longest}"),
        });
    }
    if text.contains(concat!("../", "shared")) {
        found.push(Finding {
            line: 1,
            rule: "outside",
            what: "depends on a file beside the repository".to_owned(),
        });
    }
    found
}

fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// `src/gate/ledger.rs` is in room `gate`, `src/engine.rs` in room `engine`.
fn room_of(path: &str) -> &str {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    inside
        .split('/')
        .next()
        .unwrap_or(inside)
        .trim_end_matches(".rs")
}

fn may_import(room: &str, import: &str) -> bool {
    let Some(row) = ROOMS.iter().find(|r| r.name == room) else {
        return false;
    };
    row.may.iter().any(|may| {
        import == *may
            || import
                .strip_prefix(may)
                .is_some_and(|rest| rest.starts_with("::"))
    })
}

/// The source without comments and the content of literals; every line stays where it is.
fn bare(text: &str) -> String {
    let source: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    let at = |i: usize| source.get(i).copied().unwrap_or('\0');
    let blank = |c: char| if c == '\n' { '\n' } else { ' ' };
    while i < source.len() {
        if at(i) == '/' && at(i + 1) == '/' {
            while i < source.len() && at(i) != '\n' {
                out.push(' ');
                i += 1;
            }
        } else if at(i) == '/' && at(i + 1) == '*' {
            let mut depth = 0;
            while i < source.len() {
                let open = at(i) == '/' && at(i + 1) == '*';
                let close = at(i) == '*' && at(i + 1) == '/';
                if open || close {
                    depth = if open { depth + 1 } else { depth - 1 };
                    out.push_str("  ");
                    i += 2;
                    if depth == 0 {
                        break;
                    }
                    continue;
                }
                out.push(blank(at(i)));
                i += 1;
            }
        } else if let Some(hashes) = raw_string(&source, i) {
            let end: Vec<char> = std::iter::once('"')
                .chain(std::iter::repeat_n('#', hashes))
                .collect();
            let start = i + 2 + hashes;
            let close = (start..source.len()).find(|&k| source[k..].starts_with(&end));
            let stop = close.map_or(source.len(), |k| k + end.len());
            source[i..stop].iter().for_each(|&c| out.push(blank(c)));
            i = stop;
        } else if at(i) == '"' {
            out.push(' ');
            i += 1;
            while i < source.len() && at(i) != '"' {
                if at(i) == '\\' {
                    out.push(' ');
                    i += 1;
                }
                out.push(blank(at(i)));
                i += 1;
            }
            out.push(' ');
            i += 1;
        } else if at(i) == '\'' && (at(i + 1) == '\\' || at(i + 2) == '\'') {
            // A character, not a lifetime.
            let stop =
                (i + 2..source.len()).find(|&k| at(k) == '\'' && (at(i + 1) != '\\' || k > i + 2));
            let stop = stop.map_or(source.len(), |k| k + 1);
            source[i..stop].iter().for_each(|&c| out.push(blank(c)));
            i = stop;
        } else {
            out.push(at(i));
            i += 1;
        }
    }
    out
}

/// The number of `#` of a raw string that begins here.
fn raw_string(source: &[char], i: usize) -> Option<usize> {
    let before = i.checked_sub(1).and_then(|k| source.get(k));
    let starts = source.get(i) == Some(&'r')
        && !before.is_some_and(|c| (c.is_alphanumeric() && *c != 'b') || *c == '_');
    let hashes = source
        .get(i + 1..)?
        .iter()
        .take_while(|c| **c == '#')
        .count();
    (starts && source.get(i + 1 + hashes) == Some(&'"')).then_some(hashes)
}

/// The bare source in which the items behind `#[cfg(test)]` are zeros, a zero on every line.
fn without_tests(code: &str) -> String {
    let mark = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find(mark) {
        let (before, item) = rest.split_at(start);
        let mut depth = 0usize;
        let mut end = item.len();
        for (i, b) in item.bytes().enumerate().skip(mark.len()) {
            match b {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => {}
            }
            if depth == 0 && (b == b'}' || b == b';') {
                end = i + 1;
                break;
            }
        }
        out.push_str(before);
        for c in item[..end].chars() {
            out.push_str(if c == '\n' { "\0\n" } else { "\0" });
        }
        rest = &item[end..];
    }
    out.push_str(rest);
    out
}

/// Number of lines outside tests.
fn length(code: &str) -> usize {
    code.lines().filter(|line| !line.contains('\0')).count()
}

fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Places at which a word stands alone.
fn words(code: &str, word: &str) -> Vec<usize> {
    let whole = |at: usize| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        let first = word.starts_with(is_word);
        let last = word.ends_with(is_word);
        let grown = |edge: bool, beside: Option<char>| edge && beside.is_some_and(is_word);
        !grown(first, before) && !grown(last, after)
    };
    code.match_indices(word)
        .map(|(at, _)| at)
        .filter(|&at| whole(at))
        .collect()
}

/// Everything that a source names of the crate, by its path from the root: in `use` and in the
/// middle of code, by `crate::` and by climbing with `super::`.
fn imports(path: &str, code: &str) -> Vec<(usize, String)> {
    let mut all = Vec::new();
    for at in words(code, "crate") {
        if let Some(rest) = code[at..].strip_prefix("crate::") {
            leaves(rest, "", &mut |leaf| all.push((at, leaf)));
        }
    }
    let depth = depth(path);
    for at in words(code, "super") {
        // The first of a chain speaks for all.
        if code[..at].ends_with("super::") {
            continue;
        }
        let mut rest = &code[at..];
        let mut climbed = 0;
        while let Some(after) = rest.strip_prefix("super::") {
            climbed += 1;
            rest = after;
        }
        if climbed >= depth && climbed > 0 {
            leaves(rest, "", &mut |leaf| all.push((at, leaf)));
        }
    }
    all
}

/// How many `super` lead from a file's module to the root.
fn depth(path: &str) -> usize {
    let inside = path
        .strip_prefix("src/")
        .unwrap_or(path)
        .trim_end_matches(".rs");
    let parts = inside
        .split('/')
        .filter(|part| *part != "mod" && *part != "lib");
    parts.count()
}

fn climbs_out(path: &str, tree: &str) -> bool {
    let climbed = tree.matches("super::").count();
    tree.starts_with("super::") && climbed >= depth(path)
}

/// The paths of a use tree: `a::{b, c::{d, *}}` is `a::b`, `a::c::d`, `a::c::*`.
fn leaves(tree: &str, prefix: &str, found: &mut dyn FnMut(String)) {
    let tree = tree.trim_start();
    if let Some(inside) = tree.strip_prefix('{') {
        let mut depth = 1;
        let mut start = 0;
        for (i, c) in inside.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if (c == ',' && depth == 1) || depth == 0 {
                let part = inside[start..i].trim();
                if !part.is_empty() {
                    leaves(part, prefix, found);
                }
                start = i + 1;
            }
            if depth == 0 {
                return;
            }
        }
        return;
    }
    let name: String = tree
        .chars()
        .take_while(|c| is_word(*c) || *c == '*')
        .collect();
    let whole = if prefix.is_empty() {
        name.clone()
    } else {
        format!("{prefix}::{name}")
    };
    match tree[name.len()..].strip_prefix("::") {
        Some(rest)
            if !name.is_empty()
                && rest.starts_with(|c: char| is_word(c) || c == '{' || c == '*') =>
        {
            leaves(rest, &whole, found);
        }
        _ => found(whole),
    }
}

/// The `use` statements: place, whether public, and tree without spaces.
fn uses(code: &str) -> Vec<(usize, bool, &str)> {
    let mut all = Vec::new();
    for at in words(code, "use") {
        let Some(end) = code[at..].find(';').map(|i| at + i) else {
            continue;
        };
        let before = code[..at].trim_end();
        let public = before.ends_with("pub")
            || (before.ends_with(')')
                && before
                    .rfind("pub(")
                    .is_some_and(|p| !before[p..].contains(['{', ';'])));
        all.push((at, public, code[at + 3..end].trim()));
    }
    all
}

// --- on the real sources

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files below a folder, by their paths from the root.
fn sources(folder: &str) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut open = vec![root().join(folder)];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(
                fs::read_dir(&path)
                    .expect("readable")
                    .map(|entry| entry.expect("readable").path()),
            );
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name = path
                .strip_prefix(root())
                .expect("below")
                .to_string_lossy()
                .replace('\\', "/");
            all.insert(name, fs::read_to_string(&path).expect("readable"));
        }
    }
    assert!(!all.is_empty());
    all
}

#[test]
fn every_source_keeps_the_rules() {
    let mut broken = String::new();
    for (path, text) in sources("src") {
        for Finding { line, rule, what } in check(&path, &text) {
            broken.push_str(&format!("{path}:{line}: {rule}: {what}\n"));
        }
    }
    assert!(broken.is_empty(), "\n{broken}");
}

#[test]
fn files_are_short() {
    let mut lengths: Vec<usize> = sources("src")
        .iter()
        .filter(|(path, _)| !is_test(path))
        .map(|(_, text)| length(&without_tests(&bare(text))))
        .collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    println!(
        "{} files, median {median} lines, longest {:?}",
        lengths.len(),
        lengths.last()
    );
    assert!(
        median <= 200,
        "half of the files are longer than {median} lines"
    );
}

#[test]
fn the_table_has_no_circle() {
    // A room may import only what stands above it in the flow, or what knows no room at all.
    let place = |name: &str| ROOMS.iter().position(|r| r.name == name).expect("a room");
    for (i, room) in ROOMS.iter().enumerate() {
        for may in room.may {
            let other = may.split("::").next().expect("a name");
            let basic = ["ports", "codec", "math"].contains(&other);
            assert!(
                basic || place(other) < i,
                "{} may import {other}, which comes after it",
                room.name
            );
        }
        if ["ports", "codec", "math"].contains(&room.name) {
            assert!(
                room.may.is_empty(),
                "{} is for every room and knows none",
                room.name
            );
        }
    }
}

#[test]
fn lib_names_the_rooms_in_flow_order() {
    let text = fs::read_to_string(root().join("src/lib.rs")).expect("readable");
    assert_eq!(
        modules(&text),
        ROOMS.iter().map(|r| r.name).collect::<Vec<_>>()
    );
    let mut rooms: Vec<String> = fs::read_dir(root().join("src"))
        .expect("readable")
        .map(|entry| {
            entry
                .expect("readable")
                .file_name()
                .to_string_lossy()
                .trim_end_matches(".rs")
                .to_owned()
        })
        .filter(|name| name != "lib")
        .collect();
    rooms.sort();
    let mut known: Vec<_> = ROOMS.iter().map(|r| r.name.to_owned()).collect();
    known.sort();
    assert_eq!(
        rooms, known,
        "every folder and file of src is a room of the table"
    );
}

/// The modules that a source declares, in order.
fn modules(text: &str) -> Vec<String> {
    let code = bare(text);
    let named = |at: usize| {
        let rest = code[at + 3..].trim_start();
        rest.chars().take_while(|c| is_word(*c)).collect::<String>()
    };
    words(&code, "mod").into_iter().map(named).collect()
}

#[test]
fn the_core_depends_on_little() {
    // Any other dependency has its reason in an ADR.
    let plain = [
        "serde",
        "wasm-bindgen",
        "js-sys",
        "getrandom",
        "serde-wasm-bindgen",
    ];
    let records: String = fs::read_dir(root().join("docs/adr"))
        .expect("readable")
        .map(|entry| fs::read_to_string(entry.expect("readable").path()).expect("readable"))
        .collect();
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("readable");
    let unexplained: Vec<_> = dependencies(&manifest)
        .into_iter()
        .filter(|name| !plain.contains(name) && !records.contains(&format!("`{name}`")))
        .collect();
    assert!(
        unexplained.is_empty(),
        "no file in docs/adr says why we depend on {unexplained:?}"
    );
    assert!(!dependencies(&manifest).contains(&"web-sys"));
}

/// The dependencies of a manifest, but those of its tests.
fn dependencies(manifest: &str) -> Vec<&str> {
    let mut section = "";
    let mut names = Vec::new();
    for line in manifest
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'))
    {
        if line.starts_with('[') {
            section = line;
        } else if section.ends_with("dependencies]") && !section.contains("dev-dependencies") {
            names.extend(line.split_once('=').map(|(name, _)| name.trim()));
        }
    }
    names
}

#[test]
fn what_is_cleared_is_made_in_one_place() {
    // The compiler keeps fields private; this keeps them from being made public.
    let gate = fs::read_to_string(root().join("src/gate/cleared.rs")).expect("readable");
    let report = fs::read_to_string(root().join("src/report/mod.rs")).expect("readable");
    for (text, name) in [(gate, "pub struct Cleared"), (report, "pub struct Report")] {
        let code = bare(&text);
        let start = code.find(name).expect("declared");
        let end = start + code[start..].find('}').expect("closed");
        let fields = &code[start + name.len()..end];
        assert!(!fields.contains("pub"), "{name} has a public field");
        assert!(fields.contains(':'), "{name} has named fields");
    }
    for (path, text) in sources("src") {
        let code = without_tests(&bare(&text));
        if !path.starts_with("src/gate/") {
            assert!(
                words(&code, "Cleared {").is_empty(),
                "{path} makes a Cleared"
            );
        }
    }
}

#[cfg(feature = "author")]
mod fields {
    use super::*;

    #[test]
    fn every_field_of_the_wire_form_has_its_card() {
        let json = support::plan_book(1, 2, r#"{ "questions": { "plan": 1 }, "bootstrap": true }"#);
        let browser = support::Browser::default();
        let now = support::MONDAY;
        let mut engine = support::consenting(&json, support::Seeded(1), &browser, now);
        assert!(
            support::ask(&mut engine, now).is_err(),
            "drawn, and not due yet"
        );
        let report = support::ask(&mut engine, now + 3 * support::DAY).expect("due");
        let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
        let sent: Vec<&str> = report
            .as_object()
            .expect("an object")
            .keys()
            .map(String::as_str)
            .collect();

        let cards = fs::read_to_string(root().join("src/report/FIELDS.toml")).expect("readable");
        let mut carded = Vec::new();
        let mut said: Vec<&str> = Vec::new();
        for line in cards.lines().map(str::trim).chain(["[end]"]) {
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                if !carded.is_empty() {
                    assert_eq!(
                        said,
                        ["means", "values", "why", "tells"],
                        "the card before [{name}]"
                    );
                }
                said.clear();
                carded.push(name);
            } else if let Some((key, value)) = line.split_once('=') {
                assert!(value.trim().len() > 2, "{line}");
                said.push(key.trim());
            }
        }
        carded.pop();
        assert_eq!(sent, carded);
    }
}

// --- the checker on sources that break the rules

mod checker {
    use super::*;

    /// The rules that a source at a path breaks.
    fn rules(path: &str, text: &str) -> Vec<&'static str> {
        check(path, text).into_iter().map(|f| f.rule).collect()
    }

    #[test]
    fn forbidden_imports_are_seen() {
        for (path, text) in [
            ("src/gate/mod.rs", "use crate::profile::Profile;"),
            ("src/gate/mod.rs", "use crate::segments::Segments;"),
            (
                "src/gate/mod.rs",
                "use crate::{book::Book, segments::{SegmentId, Evidence}};",
            ),
            ("src/gate/mod.rs", "fn f(p: &crate::profile::Profile) {}"),
            ("src/gate/mod.rs", "use super::profile::Profile;"),
            ("src/gate/ledger.rs", "use super::super::profile::Profile;"),
            (
                "src/gate/ledger.rs",
                "use super::super::{book::Time, profile};",
            ),
            ("src/gate/mod.rs", "use crate::profile as p;"),
            ("src/gate/mod.rs", "use crate::engine::Engine;"),
            ("src/report/mod.rs", "use crate::segments::SegmentId;"),
            ("src/report/mod.rs", "use crate::book::Book;"),
            ("src/signals/mod.rs", "use crate::profile::Profile;"),
            ("src/profile/mod.rs", "use crate::segments::Segments;"),
            ("src/profile/mod.rs", "use crate::gate::Gate;"),
            ("src/segments/mod.rs", "use crate::codec::Writer;"),
            ("src/book/mod.rs", "use crate::signals::Event;"),
            ("src/ports.rs", "use crate::profile::Profile;"),
            (
                "src/codec.rs",
                "fn f() { crate::book::Book::from_bytes(&[]); }",
            ),
            ("src/newroom/mod.rs", "use crate::book::Book;"),
            ("src/wasm/mod.rs", "use crate::profile::Profile;"),
        ] {
            assert_eq!(rules(path, text), ["import"], "{path}: {text}");
        }
    }

    #[test]
    fn allowed_imports_pass() {
        for (path, text) in [
            (
                "src/gate/mod.rs",
                "use crate::segments::SegmentId;\nuse crate::book::{Book, DAY};",
            ),
            (
                "src/gate/ledger.rs",
                "use super::{Cleared, Reason};\nuse crate::gate::What;",
            ),
            (
                "src/gate/mod.rs",
                "pub use ledger::{Ledger, Line};\npub(crate) struct A;",
            ),
            ("src/engine.rs", "use crate::profile::{Profile, Routes};"),
            (
                "src/report/readable.rs",
                "use super::{Report, push_number};\nuse crate::gate::Ledger;",
            ),
            (
                "src/gate/mod.rs",
                "/// See [`crate::profile::Profile`].\nfn f() {}",
            ),
            (
                "src/gate/mod.rs",
                "const S: &str = \"use crate::profile::Profile; println!\";",
            ),
            (
                "src/gate/mod.rs",
                "const S: &str = r#\"say \"HashMap\" format!\"#; /* a /* HashMap */ b */",
            ),
            (
                "src/gate/mod.rs",
                "fn f<'a>(x: &'a str) -> char { '\"' }\n// \" println!\nfn g() {}",
            ),
            (
                "src/gate/mod.rs",
                "#[cfg(test)]\nmod tests {\n use super::*;\n fn f() { println!(); }\n}",
            ),
            ("src/gate/tests.rs", "use crate::profile::Profile;"),
            (
                "src/book/author/mod.rs",
                "use std::collections::BTreeMap;\nfn f() -> String { format!() }",
            ),
            ("src/wasm/mod.rs", "use wasm_bindgen::prelude::*;"),
            (
                "src/engine.rs",
                "fn f() { engine_std::go(); my_println!(); }",
            ),
        ] {
            assert_eq!(check(path, text), [], "{path}: {text}");
        }
    }

    #[test]
    fn code_after_tests_is_still_seen() {
        let text =
            "#[cfg(test)]\nmod tests { fn f() { let _ = '{'; } }\nuse crate::profile::Profile;";
        assert_eq!(check("src/gate/mod.rs", text)[0].line, 3);
        let text = "#[cfg(test)]\nmod tests;\nuse crate::profile::Profile;";
        assert_eq!(rules("src/gate/mod.rs", text), ["import"]);
    }

    #[test]
    fn globs_and_re_exports_are_seen() {
        assert_eq!(
            rules("src/engine.rs", "use crate::gate::*;"),
            ["glob", "glob"]
        );
        assert_eq!(rules("src/gate/ledger.rs", "use super::*;"), ["glob"]);
        assert_eq!(
            rules("src/gate/ledger.rs", "use std::io::*;"),
            ["glob", "word"]
        );
        assert_eq!(
            rules("src/engine.rs", "pub use crate::gate::Gate;"),
            ["re-export"]
        );
        assert_eq!(
            rules("src/engine.rs", "pub(crate) use crate::gate::Gate;"),
            ["re-export"]
        );
        assert_eq!(
            rules("src/engine.rs", "pub use super::gate::Gate;"),
            ["re-export"]
        );
        assert_eq!(
            rules("src/gate/mod.rs", "pub use super::book::Book;"),
            ["re-export"]
        );
    }

    #[test]
    fn forbidden_words_are_seen() {
        for word in WORDS {
            let text = format!("fn f() {{ {}; }}", word.word);
            assert!(rules("src/gate/mod.rs", &text).contains(&"word"), "{text}");
        }
        for (path, text) in [
            (
                "src/profile/mod.rs",
                "#[derive(serde::Serialize)]\npub struct Profile;",
            ),
            ("src/book/author/mod.rs", "use std::time::Instant;"),
            ("src/book/author/mod.rs", "use std::collections::HashMap;"),
            ("src/engine.rs", "fn f() { js_sys::eval(); }"),
            ("src/segments/mod.rs", "fn f() { eprintln!(); }"),
        ] {
            assert!(rules(path, text).contains(&"word"), "{path}: {text}");
        }
    }

    #[test]
    fn long_files_are_seen() {
        let lines = |n: usize| "fn f() {}\n".repeat(n);
        assert_eq!(rules("src/gate/mod.rs", &lines(450)), [""; 0]);
        assert_eq!(rules("src/gate/mod.rs", &lines(451)), ["length"]);
        assert_eq!(rules("src/wasm/mod.rs", &lines(301)), ["length"]);
        let tests = format!(
            "{}#[cfg(test)]\nmod tests {{\n{}}}\n",
            lines(450),
            lines(900)
        );
        assert_eq!(rules("src/gate/mod.rs", &tests), [""; 0]);
    }

    #[test]
    fn what_lies_beside_the_repository_is_seen() {
        let text = format!(
            "const T: &str = include_str!(\"../../..{}\");",
            "/shared/x.txt"
        );
        assert_eq!(rules("src/signals/mod.rs", &text), ["outside"]);
    }

    #[test]
    fn dependencies_are_seen() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\n# a = 1\nb = \"1\"\n\
            [target.'cfg(x)'.dependencies]\nweb-sys = { version = \"1\" }\n[dev-dependencies]\nc = 1";
        assert_eq!(dependencies(manifest), ["b", "web-sys"]);
    }

    #[test]
    fn modules_are_read_in_order() {
        assert_eq!(
            modules("/// mod x\npub mod a;\n#[cfg(y)]\nmod b;"),
            ["a", "b"]
        );
    }

    #[test]
    fn the_scanner_leaves_lines_in_place() {
        for (path, text) in sources("src") {
            let code = bare(&text);
            assert_eq!(code.lines().count(), text.lines().count(), "{path}");
            let parens = |open, close| code.matches(open).count() == code.matches(close).count();
            assert!(
                parens('{', '}') && parens('(', ')'),
                "{path}: a literal was not understood"
            );
        }
        assert!(Path::new(&root()).join("src/lib.rs").exists());
    }
}
