//! The storage disclosure of the audit names every key and cookie that a file of the SDK writes.
//! What is written is read off the sources, so that a new key cannot be forgotten.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use support::{fewbits, file, root, scratch};

/// The demo's book, with hints: it has everything for which something may be stored.
fn everything() -> String {
    let text = std::fs::read_to_string(root().join("www/demo/src/shop.book.json")).unwrap();
    let mut book: Value = serde_json::from_str(&text).unwrap();
    assert!(book["decisions"].is_object());
    book["hints"] =
        serde_json::json!({ "why": "for the site's own server", "dimensions": ["interest"] });
    file(&scratch("storage"), "all.book.json", book.to_string())
}

fn disclosed(book: &str) -> Vec<Value> {
    let run = fewbits(["audit", book, "--storage", "-"]);
    let storage: Value =
        serde_json::from_str(&run.out).unwrap_or_else(|e| panic!("{e}: {}", run.err));
    storage["disclosures"].as_array().unwrap().clone()
}

fn identifiers(all: &[Value], kind: &str) -> BTreeSet<String> {
    let of_kind = all.iter().filter(|one| one["type"] == kind);
    of_kind
        .map(|one| one["identifier"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn what_the_sdk_writes_is_disclosed() {
    let all = disclosed(&everything());
    let sources = sources(&root().join("www/sdk/src"));
    let mut keys = BTreeSet::new();
    let mut cookies = BTreeSet::new();
    for (name, text) in &sources {
        for call in [".setItem(", "writeCookie("] {
            let cookie = call == "writeCookie(";
            for (at, _) in text.match_indices(call) {
                if text[..at].ends_with("function ") {
                    continue;
                }
                let argument = first(&text[at + call.len()..]);
                let found = texts(text, argument, 0);
                assert!(!found.is_empty(), "{name}: what key is `{argument}`?");
                if cookie { &mut cookies } else { &mut keys }.extend(found);
            }
        }
        // The other ways to store something, and the other ways to write these.
        let aside = [
            "sessionStorage",
            "indexedDB",
            "caches.",
            "cookieStore",
            "storage[",
        ];
        for way in aside {
            assert!(
                !text.contains(way),
                "{name}: `{way}` is not in the disclosure"
            );
        }
        let sets = text.matches("document.cookie =").count();
        assert_eq!(sets, usize::from(name == "cookie.ts"), "{name}");
    }
    // A name of the book, a tab's number and its time.
    let tidy = |key: &String| {
        let key = key.replacen("fewbits:*:", "fewbits:fernhill:", 1);
        key.replace("journal:*:*", "journal:*")
    };
    assert_eq!(
        identifiers(&all, "web"),
        keys.iter().map(tidy).collect::<BTreeSet<_>>()
    );
    assert_eq!(identifiers(&all, "cookie"), cookies);
}

#[test]
fn each_key_has_what_the_form_wants_and_is_in_the_documents() {
    let all = disclosed(&everything());
    let page = std::fs::read_to_string(root().join("docs/audit.md")).unwrap();
    for one in &all {
        let identifier = one["identifier"].as_str().unwrap();
        let row = identifier.replace("fernhill", "BOOK");
        assert!(
            page.contains(&format!("| `{row}` |")),
            "{row} in docs/audit.md"
        );
        assert!(one["domains"][0].is_string() && one["purposes"][0] == 1);
        // An age is "only required if type = 'cookie'; otherwise null."
        let cookie = one["type"] == "cookie";
        assert_eq!(one["maxAgeSeconds"].is_u64(), cookie, "{identifier}");
    }
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| `fewbits:") || line.starts_with("| `__Host-"));
    assert_eq!(rows.count(), all.len());
    // The days that the SDK has for its cookie.
    let ssr = std::fs::read_to_string(root().join("www/sdk/src/ssr.ts")).unwrap();
    let cookie = all.iter().find(|one| one["type"] == "cookie").unwrap();
    let days = cookie["maxAgeSeconds"].as_u64().unwrap() / 86_400;
    assert!(ssr.contains(&format!("days = {days},")), "{days} days");
}

#[test]
fn what_a_book_has_no_use_for_is_not_disclosed() {
    let all = disclosed("books/shop.book.json");
    assert_eq!(identifiers(&all, "cookie"), BTreeSet::new());
    let keys = identifiers(&all, "web");
    assert!(!keys.iter().any(|key| key.ends_with(":shown")), "{keys:?}");
    assert!(keys.contains("fewbits:acme-outdoor:profile"), "{keys:?}");
}

/// All TypeScript in a folder and those in it, without comments.
fn sources(folder: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            all.extend(sources(&path));
        } else if name.ends_with(".ts") {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = |line: &&str| !line.trim_start().starts_with(['/', '*']);
            let lines: Vec<&str> = text.lines().filter(code).collect();
            all.insert(name, lines.join("\n"));
        }
    }
    all
}

/// The first expression of a list, as it is written: up to a comma or an end that is not its own.
fn first(text: &str) -> &str {
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth > 0 => depth -= 1,
            ',' | ';' | '\n' | ')' | ']' | '}' if depth == 0 => return &text[..at],
            _ => {}
        }
    }
    text
}

/// The texts that an expression may be; a part that is not known is `*`.
fn texts(source: &str, expression: &str, depth: usize) -> BTreeSet<String> {
    let expression = expression.trim().trim_end_matches('!');
    if depth > 8 {
        return BTreeSet::new();
    }
    let one = |text: &str| BTreeSet::from([text.to_owned()]);
    let joined = |parts: Vec<BTreeSet<String>>| {
        parts.into_iter().fold(one(""), |before, part| {
            let part = if part.is_empty() { one("*") } else { part };
            before
                .iter()
                .flat_map(|start| part.iter().map(move |end| format!("{start}{end}")))
                .collect()
        })
    };
    if let Some(list) = expression.strip_prefix('[') {
        let mut all = BTreeSet::new();
        let mut rest = list;
        while !rest.starts_with(']') && !rest.is_empty() {
            let item = first(rest);
            all.extend(texts(source, item, depth + 1));
            rest = rest[item.len()..].trim_start_matches([',', ' ']);
        }
        return all;
    }
    if let Some((left, right)) = expression.split_once(" + ") {
        return joined(vec![
            texts(source, left, depth + 1),
            texts(source, right, depth + 1),
        ]);
    }
    if let Some(text) = expression.strip_prefix('"') {
        return text.strip_suffix('"').map(one).unwrap_or_default();
    }
    if let Some(template) = expression.strip_prefix('`') {
        let mut parts = Vec::new();
        for (n, part) in template.trim_end_matches('`').split("${").enumerate() {
            let (inner, rest) = match part.split_once('}') {
                Some((inner, rest)) if n > 0 => (Some(inner), rest),
                _ => (None, part),
            };
            parts.extend(inner.map(|inner| texts(source, inner, depth + 1)));
            parts.push(one(rest));
        }
        return joined(parts);
    }
    // A name, or an element of what has the name: all that it is ever set to.
    let name = expression.split(['[', '.', '(']).next().unwrap();
    let mut all = BTreeSet::new();
    for (at, _) in source.match_indices(&format!("{name} = ")) {
        let before = source[..at].chars().next_back();
        if name.is_empty() || before.is_some_and(|c| c.is_alphanumeric() || c == '.' || c == '_') {
            continue;
        }
        all.extend(texts(
            source,
            first(&source[at + name.len() + 3..]),
            depth + 1,
        ));
    }
    all.remove("");
    all
}
