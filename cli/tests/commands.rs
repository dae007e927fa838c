//! The small commands: check, compile, verify, explain, new.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod support;

use serde_json::Value;
use support::{fewbits, file, golden, root, scratch};

const BOOK: &str = "books/data/cdnow.book.json";
const BROKEN: &str =
    "{\n  \"fewbits\": 1,\n  \"book\": \"x\",\n  \"version\": 1,\n  \"singals\": {}\n}\n";

#[test]
fn check_points_into_the_file() {
    let folder = scratch("check");
    let broken = file(&folder, "broken.book.json", BROKEN);
    let run = fewbits(["check", BOOK, &broken]);
    assert_eq!(run.code, Some(1));
    for text in [
        "books/data/cdnow.book.json: no errors",
        "error[unknown-key]: ",
        "broken.book.json:5:3",
        "5 |   \"singals\": {}",
        "= help: did you mean `signals`?",
    ] {
        assert!(run.out.contains(text), "no `{text}` in:\n{}", run.out);
    }
    let run = fewbits(["check", "--json", BOOK, &broken]);
    assert_eq!(run.code, Some(1));
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(report[0]["findings"], Value::Array(Vec::new()));
    assert_eq!(report[1]["findings"][0]["code"], "missing-key");
    assert_eq!(fewbits(["check", BOOK]).code, Some(0));
    let missing = fewbits(["check", "no.book.json", BOOK]);
    assert_eq!(missing.code, Some(1));
    assert!(
        missing.err.contains("cannot read `no.book.json`") && missing.out.contains("no errors")
    );
}

#[test]
fn compile_and_verify_agree() {
    let folder = scratch("compile");
    let source = std::fs::read_to_string(root().join(BOOK)).unwrap();
    let book = file(&folder, "a.book.json", &source);
    let run = fewbits(["compile", &book]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(
        run.out.contains("cdnow version 1") && run.out.contains("source SHA-256"),
        "{}",
        run.out
    );
    let compiled = folder.join("a.book.fbk").to_str().unwrap().to_owned();
    let run = fewbits(["verify", &book, &compiled]);
    assert_eq!(run.code, Some(0), "{}", run.out);
    assert!(run.out.contains("is exactly what"), "{}", run.out);

    for (from, to, says) in [
        (
            "  \"fewbits\"",
            "   \"fewbits\"",
            "the source differs in spaces or words only",
        ),
        (
            "\"version\": 1",
            "\"version\": 2",
            "different  version: the source says 2, the compiled book 1",
        ),
        ("\"$gte\": 365", "\"$gte\": 300", "the rules differ"),
    ] {
        let other = file(&folder, "b.book.json", source.replacen(from, to, 1));
        let run = fewbits(["verify", &other, &compiled]);
        assert_eq!(run.code, Some(1), "{}", run.out);
        assert!(
            run.out.contains(says) && run.out.contains("different  SHA-256"),
            "{}",
            run.out
        );
    }
    let mut bytes = std::fs::read(&compiled).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    let damaged = file(&folder, "damaged.fbk", &bytes);
    let run = fewbits(["verify", &book, &damaged]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.err.contains("its check sum does not match"),
        "{}",
        run.err
    );
    let run = fewbits(["compile", &book, "-o", &book]);
    assert!(run.err.contains("would be overwritten"), "{}", run.err);
    let broken = file(&folder, "broken.book.json", BROKEN);
    let run = fewbits(["compile", &broken]);
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("error[unknown-key]"), "{}", run.err);
    assert!(!folder.join("broken.book.fbk").exists());
}

#[test]
fn explain_speaks_in_words() {
    let run = fewbits(["explain", BOOK, "lifecycle/loyal"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    for text in [
        "ladder: loyal -> present -> any",
        "orders is at least 5",
        "and orders_half is at least 2",
        "unless these hold, which come before it: lapsed, lapsing",
        "orders is the number of `purchase` events in the last 80w",
    ] {
        assert!(run.out.contains(text), "no `{text}` in:\n{}", run.out);
    }
    let run = fewbits(["explain", BOOK, "lifecycle/one-time"]);
    assert!(
        run.out.contains("holds when no other segment"),
        "{}",
        run.out
    );
    assert!(
        fewbits(["explain", BOOK])
            .out
            .contains("  basket/collector\n")
    );
    let run = fewbits(["explain", BOOK, "lifecycle/loyl"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.err.contains("there is no segment `lifecycle/loyl`"),
        "{}",
        run.err
    );
}

#[test]
fn explain_says_what_is_shown_to_whom_and_why() {
    let book = "tests/data/decided.book.json";
    for name in ["hero", "copy", "opening", "aisle"] {
        let run = fewbits(["explain", book, name]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        golden(&format!("explain/{name}.txt"), &run.out);
    }
    let all = fewbits(["explain", book]).out;
    for line in [
        "slot hero: the first thing that is seen\n",
        "ranking aisle: ",
    ] {
        assert!(all.contains(line), "no `{line}` in:\n{all}");
    }
    // A rule that a slot has must not be passed over.
    let source = std::fs::read_to_string(root().join(book)).unwrap();
    let rules = serde_json::from_str::<serde_json::Value>(&source).unwrap();
    let rules = rules["decisions"]["hero"]["choose"]
        .as_array()
        .unwrap()
        .len();
    let told = fewbits(["explain", book, "hero"]).out;
    assert_eq!(told.matches("because: ").count(), rules, "{told}");
    let run = fewbits(["explain", book, "heroe"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.err
            .contains("no slot, experiment, bandit or ranking `heroe`"),
        "{}",
        run.err
    );
}

#[test]
fn a_new_book_is_a_good_one_and_never_overwrites() {
    let folder = scratch("new");
    let path = folder.join("fresh.book.json").to_str().unwrap().to_owned();
    assert_eq!(fewbits(["new", "fresh", "-o", &path]).code, Some(0));
    let run = fewbits(["check", &path]);
    assert!(run.out.ends_with(": no errors\n"), "{}", run.out);
    let again = fewbits(["new", "fresh", "-o", &path]);
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("file exists"), "{}", again.err);
    assert_eq!(fewbits(["new", "Not A Name"]).code, Some(1));
}

#[test]
fn types_are_written_beside_the_book() {
    let folder = scratch("types");
    let source = std::fs::read_to_string(root().join("books/shop.book.json")).unwrap();
    let book = file(&folder, "shop.book.json", &source);
    let run = fewbits(["types", &book]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let written = folder.join("shop.book.d.json.ts");
    assert_eq!(run.out.trim(), written.to_str().unwrap());
    let text = std::fs::read_to_string(&written).unwrap();
    for part in [
        "export interface AcmeOutdoor {",
        "\n    | \"lifecycle/loyal\"",
        "\n    | \"interest/any\"",
        "\n    | \"purchase\"",
        "\n    \"weather\": \"cold\" | \"mild\" | \"hot\";",
        "\n    \"member\": boolean;",
        "import(\"fewbits\").CompiledBook<AcmeOutdoor>",
    ] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
    assert!(!text.contains('~'), "reserved names are no page's business");
    // Of the compiled book the same.
    let compiled = folder.join("shop.fbk").to_str().unwrap().to_owned();
    assert_eq!(fewbits(["compile", &book, "-o", &compiled]).code, Some(0));
    assert_eq!(fewbits(["types", &compiled, "-o", "-"]).out, text);
    let run = fewbits(["types", &file(&folder, "broken.book.json", BROKEN)]);
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("broken.book.json:5:3"), "{}", run.err);
}
