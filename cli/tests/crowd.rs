//! `--crowd`: a published crowd table becomes part of the next version of a book.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod support;

use serde_json::Value;
use std::path::Path;
use support::{fewbits, file, root, scratch};

fn table(book: &str, version: u32, crowds: &str) -> String {
    format!(
        "{{ \"fewbits\": 1, \"book\": \"{book}\", \"version\": {version}, \"from\": \"2026-W40\", \
         \"to\": \"2026-W48\",\n  \"crowds\": {crowds} }}\n"
    )
}

/// The example shop, in its second version, which is still in its bootstrap.
fn shop(folder: &Path) -> String {
    let source = std::fs::read_to_string(root().join("books/shop.book.json")).unwrap();
    let source = source.replacen("\"version\": 1,", "\"version\": 2,", 1);
    file(folder, "shop.book.json", source)
}

const CROWDS: &str = r#"{ "interest": { "any": 2000, "gear": 900, "footwear": 500, "boots": 180, "coats": 30, "hats": 9 },
    "lifecycle": { "any": 1000, "loyal": 20, "lapsed": 300, "customer": 200, "active": 180, "new": 300 } }"#;

#[test]
fn compile_and_verify_take_the_same_table() {
    let folder = scratch("crowd");
    let (book, compiled) = (shop(&folder), folder.join("shop.fbk"));
    let compiled = compiled.to_str().unwrap();
    let crowd = file(&folder, "crowd.json", table("acme-outdoor", 1, CROWDS));
    let run = fewbits(["compile", &book, "-o", compiled, "--crowd", &crowd]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(
        run.err.contains("note: 1 crowd of") && run.err.contains("no such group: interest/hats"),
        "{}",
        run.err
    );
    let run = fewbits(["verify", &book, compiled, "--crowd", &crowd]);
    assert_eq!(run.code, Some(0), "{}", run.out);
    assert!(run.out.contains("crowd.json says"), "{}", run.out);

    let run = fewbits(["verify", &book, compiled]);
    assert_eq!(run.code, Some(1));
    assert!(run.out.contains("the rules differ"), "{}", run.out);
    let newer = CROWDS.replace("180", "190");
    let newer = file(&folder, "newer.json", table("acme-outdoor", 1, &newer));
    let run = fewbits(["verify", &book, compiled, "--crowd", &newer]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.out.contains("different  SHA-256") && run.out.contains("--crowd"),
        "{}",
        run.out
    );
}

#[test]
fn the_statement_tells_the_partition_of_the_table() {
    let folder = scratch("crowd-statement");
    let book = shop(&folder);
    let crowd = file(&folder, "crowd.json", table("acme-outdoor", 1, CROWDS));
    let run = fewbits(["audit", &book, "--crowd", &crowd, "--statement", "-"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let statement: Value = serde_json::from_str(&run.out).unwrap();
    let report = &statement["report"];
    assert_eq!(report["bootstrap"], false);
    let shown = |question: &str| -> Vec<String> {
        let answers = report["questions"][question]["answers"].as_array().unwrap();
        answers
            .iter()
            .map(|a| format!("{} {}", a["segment"], a["shown"]).replace('"', ""))
            .collect()
    };
    // Sandals are the rest of footwear, a crowd; nobody counted tents and packs, and coats are few.
    assert_eq!(
        shown("interest"),
        [
            "sandals footwear",
            "boots boots",
            "coats gear",
            "tents gear",
            "packs gear",
            "any any"
        ]
    );
    // The twenty loyal ones alone would be `any`: the smallest other cell joins them.
    assert_eq!(
        shown("lifecycle"),
        [
            "loyal any",
            "lapsed lapsed",
            "customer customer",
            "active any",
            "new new"
        ]
    );
    let without = fewbits(["audit", &book, "--statement", "-"]).out;
    let without: Value = serde_json::from_str(&without).unwrap();
    assert_ne!(statement["source"], without["source"]);
    assert_eq!(without["report"]["bootstrap"], true);
}

#[test]
fn a_table_that_does_not_fit_is_refused() {
    let folder = scratch("crowd-refused");
    let book = shop(&folder);
    let silent = "{ \"fewbits\": 1, \"book\": \"quiet\", \"version\": 2,\n\
        \"signals\": { \"m\": { \"declared\": \"boolean\" } },\n\"dimensions\": { \"d\": { \
        \"why\": \"w\", \"segments\": [{ \"id\": \"a\", \"when\": { \"m\": true } }], \
        \"otherwise\": \"b\" } } }";
    let silent = file(&folder, "silent.book.json", silent);
    for (book, crowd, says) in [
        (
            &book,
            table("other-shop", 1, "{}"),
            &[
                "has the crowds of `other-shop`, not of `acme-outdoor`",
                "shop.book.json:4:11",
                "GET /v1/crowd?book=acme-outdoor",
            ][..],
        ),
        (
            &book,
            table("acme-outdoor", 2, "{}"),
            &[
                "was counted with version 2, and this is version 2",
                "shop.book.json:5:14",
                "raise `version` to 3 or more",
            ],
        ),
        (&silent, table("quiet", 1, "{}"), &["asks nothing"]),
        (
            &book,
            "{ \"fewbits\": 1, \"crowds\": [] }".to_owned(),
            &["error[missing-key]: `book` is missing", "GET /v1/crowd"],
        ),
        (&book, String::new(), &["error[syntax]"]),
    ] {
        let crowd = file(&folder, "crowd.json", crowd);
        let out = folder.join("refused.fbk");
        let run = fewbits([
            "compile",
            book,
            "-o",
            out.to_str().unwrap(),
            "--crowd",
            &crowd,
        ]);
        assert_eq!(run.code, Some(1));
        for text in says {
            assert!(run.err.contains(text), "no `{text}` in:\n{}", run.err);
        }
        assert!(!out.exists());
    }
    let run = fewbits(["compile", &book, "--crowd", "no-such-file.json"]);
    assert!(
        run.err.contains("cannot read `no-such-file.json`"),
        "{}",
        run.err
    );
}
