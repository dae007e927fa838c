//! What the documents say is true: the README's example is run, its books are checked, its links
//! lead somewhere, and the table of rooms is the one that `tests/architecture.rs` enforces.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the repository")
        .to_path_buf()
}

fn text(path: &str) -> String {
    let text = fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    text.replace("\r\n", "\n")
}

/// Every document that is written for people.
fn documents() -> Vec<String> {
    let mut found: Vec<String> = ["", "docs", "docs/adr", "www/sdk", "www/demo"]
        .iter()
        .filter_map(|folder| {
            fs::read_dir(root().join(folder))
                .ok()
                .map(|files| (folder, files))
        })
        .flat_map(|(folder, files)| {
            files.map(move |file| {
                let name = file.expect("readable").file_name();
                let name = name.to_string_lossy();
                format!("{folder}/{name}")
                    .trim_start_matches('/')
                    .to_owned()
            })
        })
        .filter(|path| path.ends_with(".md"))
        .collect();
    found.sort();
    assert!(found.iter().any(|path| path == "README.md"));
    found
}

/// What lies between the fences of a generated block of the README.
fn block(name: &str) -> String {
    let readme = text("README.md");
    let start = format!("<!-- generated:{name} -->\n");
    let (_, rest) = readme.split_once(&start).expect("the block is there");
    let (inside, _) = rest.split_once("<!-- /generated -->").expect("it ends");
    let (_, inside) = inside.split_once('\n').expect("a fence");
    inside
        .trim_end()
        .strip_suffix("```")
        .expect("a fence")
        .trim_end()
        .to_owned()
}

#[test]
fn the_example_of_the_readme_is_true() {
    let help = "run: node scripts/readme.mjs";
    for (name, file) in [("book", "shop.book.json"), ("events", "visits.jsonl")] {
        let source = text(&format!("docs/example/{file}"));
        assert_eq!(block(name), source.trim_end(), "{help}");
    }
    let page = text("docs/example/page.js").replace("../../www/sdk/dist/index.js", "fewbits");
    assert_eq!(block("usage"), page.trim_end(), "{help}");

    let example = block("example");
    let (command, shown) = example.split_once('\n').expect("a command and its output");
    let arguments = command
        .strip_prefix("$ cargo run -q -p fewbits-cli -- ")
        .expect("a command that starts the tool");
    let output = Command::new(env!("CARGO_BIN_EXE_fewbits"))
        .args(arguments.split(' '))
        .current_dir(root())
        .output()
        .expect("it starts");
    assert!(output.status.success());
    let visitors = String::from_utf8(output.stdout).expect("text");
    let summary = String::from_utf8(output.stderr).expect("text");
    // The last line tells how long it took.
    let (summary, time) = summary.trim_end().rsplit_once('\n').expect("a summary");
    assert!(time.contains(" events a second"), "{time}");
    let said = format!("{visitors}\n{summary}");
    let said: Vec<&str> = said.trim_end().lines().map(str::trim_end).collect();
    let shown: Vec<&str> = shown.lines().collect();
    assert_eq!(said, shown, "{help}");
}

#[test]
fn every_book_in_the_documents_is_good() {
    let mut books = 0;
    for path in documents() {
        for (i, part) in text(&path).split("```json\n").skip(1).enumerate() {
            let (json, _) = part.split_once("```").expect("a fence ends");
            if !json.contains("\"fewbits\": 1") || !json.contains("\"signals\"") {
                continue;
            }
            let found = fewbits::book::author::check(json);
            let found: Vec<&str> = found.iter().map(|d| d.message.as_str()).collect();
            assert!(found.is_empty(), "{path}, block {}: {found:?}", i + 1);
            books += 1;
        }
    }
    assert!(books > 0, "no document shows a book");
}

#[test]
fn links_lead_somewhere() {
    let mut broken = Vec::new();
    for path in documents() {
        let folder = root().join(&path);
        let folder = folder.parent().expect("a folder").to_path_buf();
        for target in links(&text(&path)) {
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let file = match file {
                "" => root().join(&path),
                file => folder.join(file),
            };
            let good = file.exists()
                && (anchor.is_empty()
                    || anchors(&fs::read_to_string(&file).unwrap_or_default())
                        .contains(&anchor.to_owned()));
            if !good {
                broken.push(format!("{path}: {target}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The targets of links within the repository, outside code.
fn links(text: &str) -> Vec<String> {
    let prose: String = text.split("```").step_by(2).collect();
    let targets = prose.split("](").skip(1);
    targets
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target.to_owned()))
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
        .collect()
}

/// The names that headings can be linked by.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

/// Everything that the package declares is in its reference.
#[test]
fn the_reference_of_the_sdk_is_complete() {
    let types = text("www/sdk/src/types.ts");
    let reference = text("docs/sdk.md");
    let part = |start: &str, end: &str| -> String {
        let (_, rest) = types
            .split_once(start)
            .unwrap_or_else(|| panic!("no `{start}`"));
        rest.split_once(end).expect("it ends").0.to_owned()
    };
    let mut names: Vec<String> = Vec::new();
    for union in ["ErrorCode", "ReportReason", "Purpose", "Answer"] {
        let members = part(&format!("export type {union} ="), ";");
        names.extend(members.split('"').skip(1).step_by(2).map(str::to_owned));
    }
    for interface in ["Options", "Fewbits", "Events", "Context"] {
        // With or without parameters.
        let body = part(&format!("export interface {interface}"), "\n}");
        let (_, body) = body.split_once("{\n").expect("it begins");
        let lines = body
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with(['/', '*']));
        let lines = lines.map(|line| line.trim_start_matches("readonly "));
        let names_of =
            |line: &str| -> String { line.chars().take_while(|c| c.is_alphanumeric()).collect() };
        names.extend(lines.map(names_of).filter(|name| !name.is_empty()));
    }
    assert!(names.len() > 60, "{names:?}");
    let mentioned = |name: &String| {
        let code = reference.split('`').skip(1).step_by(2);
        code.flat_map(|code| code.split(|c: char| !(c.is_alphanumeric() || c == '-')))
            .any(|word| word == name)
    };
    let missing: Vec<_> = names.iter().filter(|name| !mentioned(name)).collect();
    assert!(
        missing.is_empty(),
        "docs/sdk.md does not say a word about {missing:?}"
    );
}

/// The table of rooms in ARCHITECTURE.md is the one that the test enforces.
#[test]
fn the_rooms_are_those_that_are_enforced() {
    let code = text("tests/architecture.rs");
    let (_, table) = code
        .split_once("const ROOMS: &[Room] = &[")
        .expect("a table of rooms");
    let (table, _) = table.split_once("\n];").expect("it ends");
    let quoted = |text: &str| -> Vec<String> {
        text.split('"')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    };
    let enforced: Vec<Vec<String>> = table.split("name:").skip(1).map(quoted).collect();

    let document = text("ARCHITECTURE.md");
    let (_, rows) = document
        .split_once("| room | owns | may import |")
        .expect("a table");
    let rows = rows
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let in_code = |text: &str| -> Vec<String> {
        text.split('`')
            .skip(1)
            .step_by(2)
            .map(|name| name.trim_end_matches('/').to_owned())
            .collect()
    };
    let said: Vec<Vec<String>> = rows
        .map(|row| {
            let cells: Vec<&str> = row.split('|').collect();
            let mut names = in_code(cells[1]);
            names.extend(in_code(cells[3]));
            names
        })
        .collect();
    assert_eq!(said, enforced);
}
