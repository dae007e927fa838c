//! `fewbits audit`: what it says about the example books, word for word.
//!
//! `UPDATE=1 cargo test -p fewbits-cli --test audit` writes what is said now; the difference is
//! to be read before it is kept.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod support;

use serde_json::Value;
use support::{fewbits, file, golden, root, scratch};

const SHOP: &str = "books/shop.book.json";

/// The audit of a book as JSON, and the exit code.
fn audited(book: &str) -> (Value, Option<i32>) {
    let run = fewbits(["audit", book, "--format", "json"]);
    (serde_json::from_str(&run.out).unwrap(), run.code)
}

fn lints(audit: &Value) -> Vec<String> {
    let findings = audit["findings"].as_array().unwrap().iter();
    findings
        .map(|f| {
            format!(
                "{} {} {}:{}",
                f["severity"], f["lint"], f["line"], f["column"]
            )
        })
        .map(|line| line.replace('"', ""))
        .collect()
}

/// The example shop with some text replaced.
fn shop(folder: &std::path::Path, changes: &[(&str, &str)]) -> String {
    let mut source = std::fs::read_to_string(root().join(SHOP)).unwrap();
    for (from, to) in changes {
        assert!(source.contains(from), "no `{from}`");
        source = source.replacen(from, to, 1);
    }
    file(folder, "shop.book.json", source)
}

#[test]
fn statements_are_the_golden_ones() {
    for name in ["shop", "news"] {
        let book = format!("books/{name}.book.json");
        let run = fewbits(["audit", &book, "--statement", "-"]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        golden(&format!("statement/{name}.json"), &run.out);
    }
}

/// What is shown where, and by what, for the demo's book has all of it.
#[test]
fn what_is_decided_on_the_page_is_told() {
    let demo = "www/demo/src/shop.book.json";
    let (audit, code) = audited(demo);
    assert_eq!(code, Some(0));
    let slots = audit["meaning"]["slots"].as_array().unwrap();
    let hero = slots.iter().find(|slot| slot["name"] == "hero").unwrap();
    assert_eq!(hero["otherwise"], "welcome");
    assert_eq!(hero["rules"][5]["how"], "bandit opening");
    assert_eq!(
        audit["meaning"]["rankings"][0]["signals"],
        serde_json::json!(["aisle"])
    );
    let text = fewbits(["audit", demo]).out;
    for line in [
        "Slot door  decided on the page, stays for the visit",
        "  experiment door-words · because the shop tries two texts",
        "Ranking handed-on",
    ] {
        assert!(text.contains(line), "{line}");
    }
    // A book that decides nothing is not said to.
    let (quiet, _) = audited(SHOP);
    assert!(quiet["meaning"].get("slots").is_none());
}

#[test]
fn a_book_that_asks_nothing_says_so() {
    let folder = scratch("audit-quiet");
    let source = std::fs::read_to_string(root().join("books/data/cdnow.book.json")).unwrap();
    let mut book: Value = serde_json::from_str(&source).unwrap();
    book.as_object_mut().unwrap().remove("report");
    let book = file(&folder, "quiet.book.json", book.to_string());
    let target = folder.join("fewbits.json");
    let run = fewbits(["audit", &book, "--statement", target.to_str().unwrap()]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), ""), "{}", run.err);
    let statement = std::fs::read_to_string(target).unwrap();
    let statement: Value = serde_json::from_str(&statement).unwrap();
    assert_eq!(statement["report"], Value::Null);
    let words = statement["statement"].as_str().unwrap();
    assert!(
        words.ends_with("Nothing about a segment leaves the browser."),
        "{words}"
    );
    let (audit, _) = audited(&book);
    assert_eq!(audit["meaning"]["outgoing"], Value::Null);
    assert_eq!(audit["meaning"]["bound"], Value::Null);
    let text = fewbits(["audit", &book]).out;
    assert!(text.contains("nothing: the book has no `report`"), "{text}");
}

#[test]
fn the_shop_reads_as_before() {
    for (format, name) in [
        ("text", "shop/audit.txt"),
        ("json", "shop/audit.json"),
        ("sarif", "shop/audit.sarif"),
    ] {
        let run = fewbits(["audit", SHOP, "--format", format]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        golden(&format!("audit/{name}"), &run.out);
    }
}

#[test]
fn the_default_is_at_or_under_ten_times_and_the_figures_agree_with_the_gate() {
    let (audit, code) = audited(SHOP);
    assert_eq!(code, Some(0));
    let bound = &audit["meaning"]["bound"];
    assert!(bound["lifetime_times"].as_f64().unwrap() <= 10.0);
    // docs/gate.md: capacity d e^epsilon / (e^epsilon + d - 1).
    for question in bound["questions"].as_array().unwrap() {
        let (d, e) = (question["answers"].as_f64().unwrap(), 4f64.exp());
        let times = question["times"].as_f64().unwrap();
        assert!((times - d * e / (e + d - 1.0)).abs() < 1e-4, "{question}");
        assert!((question["truth"].as_f64().unwrap() - e / (e + d - 1.0)).abs() < 1e-6);
    }
    let among = &bound["among"][1];
    assert_eq!(among["visitors"], 10_000);
    assert!(among["lifetime"].as_f64().unwrap() <= 0.001);
    let outgoing = &audit["meaning"]["outgoing"];
    assert_eq!(outgoing["outcomes"], 11);
    let example: Value = serde_json::from_str(outgoing["example"].as_str().unwrap()).unwrap();
    let fields: Vec<&str> = outgoing["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["name"].as_str().unwrap())
        .collect();
    let wire: Vec<&String> = example.as_object().unwrap().keys().collect();
    assert_eq!(fields, wire);
}

#[test]
fn the_books_of_real_data_are_audited() {
    for (name, expected) in [
        ("apache", &["note bootstrap-left-on 83:60"][..]),
        (
            "cdnow",
            &[
                "warning retention-too-long 5:3",
                "warning retention-too-long 9:74",
                "warning retention-too-long 11:69",
                "warning retention-too-long 12:92",
                "warning retention-too-long 13:72",
                "note bootstrap-left-on 58:60",
            ],
        ),
        (
            "msweb",
            &[
                "warning too-many-bits 67:80",
                "note bootstrap-left-on 67:61",
            ],
        ),
    ] {
        let (audit, code) = audited(&format!("books/data/{name}.book.json"));
        assert_eq!(lints(&audit), expected, "{name}");
        assert_eq!(code, Some(0));
    }
    let denied = fewbits(["audit", "books/data/cdnow.book.json", "--deny", "warning"]);
    assert_eq!(denied.code, Some(1));
}

#[test]
fn each_lint_is_found_where_it_is() {
    let folder = scratch("audit-lints");
    let number = "\"member\": { \"declared\": \"boolean\" }";
    let crowds = |crowds: &str| format!("\"crowds\": {{ \"lifecycle\": {crowds} }}");
    let bootstrap = "\"bootstrap\": true";
    for (changes, expected) in [
        (
            vec![(
                "\"lifetime_bits\": 3.32",
                "\"lifetime_bits\": 6, \"why\": \"we like it\"",
            )],
            &[
                "warning too-many-bits 219:5",
                "warning unneeded-budget 219:5",
                "note bootstrap-left-on 220:5",
            ][..],
        ),
        (
            vec![(
                "\"lifetime_bits\": 3.32",
                "\"lifetime_bits\": 24, \"why\": \"we like it\"",
            )],
            &[
                "error too-many-bits 219:5",
                "warning unneeded-budget 219:5",
                "note bootstrap-left-on 220:5",
            ],
        ),
        (
            vec![("\"epsilon\": 4", "\"epsilon\": 8")],
            &[
                "warning noiseless 216:20",
                "warning noiseless 216:36",
                "note bootstrap-left-on 220:5",
            ],
        ),
        (
            vec![("\"after\": \"1d\"", "\"after\": \"2h\"")],
            &["warning fine-time 216:36", "note bootstrap-left-on 220:5"],
        ),
        (
            vec![
                ("\"version\": 1", "\"version\": 2"),
                ("\"crowd\": 50", "\"crowd\": 3"),
            ],
            &[
                "warning lone-visitor 218:5",
                "warning bootstrap-left-on 220:5",
            ],
        ),
        (
            vec![(",\n    \"bootstrap\": true", "")],
            &["warning no-crowd-table 215:3"],
        ),
        (
            vec![("\"retention\": \"395d\"", "\"retention\": \"500d\"")],
            &[
                "warning retention-too-long 6:3",
                "note bootstrap-left-on 220:5",
            ],
        ),
        (
            vec![
                (
                    number,
                    "\"member\": { \"declared\": \"number\", \"min\": 0, \"max\": 1000000 }",
                ),
                ("\"member\": true", "\"member\": 1"),
                ("\"$ne\": true", "\"$ne\": 1"),
            ],
            &[
                "warning unbounded-declared 57:5",
                "note bootstrap-left-on 220:5",
            ],
        ),
        (
            vec![("greet newcomers", "set the price for newcomers")],
            &[
                "warning price-or-access 72:5",
                "note bootstrap-left-on 220:5",
            ],
        ),
        (
            vec![
                (
                    "\"weather\": { \"declared\": [\"cold\"",
                    "\"customer_id\": { \"declared\": [\"cold\"",
                ),
                (
                    "\"weather\": \"cold\" }, { \"weather\"",
                    "\"customer_id\": \"cold\" }, { \"customer_id\"",
                ),
                (
                    "\"weather\": \"hot\" }, { \"weather\"",
                    "\"customer_id\": \"hot\" }, { \"customer_id\"",
                ),
            ],
            &[
                "warning identifier-like 56:5",
                "note bootstrap-left-on 220:5",
            ],
        ),
    ] {
        let (audit, _) = audited(&shop(&folder, &changes));
        assert_eq!(lints(&audit), expected, "{changes:?}");
    }
    for (table, expected) in [
        // Twenty loyal ones are few; nine are a handful.
        (
            r#"{ "loyal": 20, "lapsed": 9, "customer": 200, "active": 180, "new": 3000, "any": 9999 }"#,
            &["warning lone-visitor 82:17", "warning thin-segment 76:17"][..],
        ),
        (
            r#"{ "loyal": 100, "lapsed": 90, "customer": 200, "active": 180, "new": 90, "any": 660 }"#,
            &[],
        ),
        (
            r#"{ "new": 150, "any": 150 }"#,
            &["warning lone-visitor 216:20"],
        ),
        (r#"{ "any": 19 }"#, &["error lone-visitor 216:20"]),
    ] {
        let changes = [
            (", \"interest\": { \"weight\": 2, \"after\": \"1d\" }", ""),
            (bootstrap, &crowds(table)),
        ];
        let (audit, _) = audited(&shop(&folder, &changes));
        let mut found = lints(&audit);
        found.retain(|lint| !lint.contains("nothing-shown"));
        found.sort();
        assert_eq!(found, expected, "{table}");
    }
}

#[test]
fn a_book_that_is_refused_is_told_why() {
    let book = "books/bad/no-why.book.json";
    let (audit, code) = audited(book);
    assert_eq!(code, Some(1));
    assert_eq!(
        (&audit["refused"], &audit["meaning"]),
        (&Value::Bool(true), &Value::Null)
    );
    assert!(lints(&audit)[0].starts_with("error no-why "), "{audit}");
    let run = fewbits(["audit", book]);
    assert!(run.out.contains("error[no-why]: "), "{}", run.out);
    let run = fewbits(["audit", book, "--format", "sarif"]);
    let log: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(log["runs"][0]["results"][0]["level"], "error");
    let run = fewbits(["audit", book, "--statement", "-"]);
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
}

#[test]
fn a_compiled_book_is_not_its_source() {
    let folder = scratch("audit-compiled");
    let compiled = folder.join("shop.fbk");
    let compiled = compiled.to_str().unwrap();
    assert_eq!(fewbits(["compile", SHOP, "-o", compiled]).code, Some(0));
    let run = fewbits(["audit", compiled]);
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
    assert!(
        run.err.contains("is a compiled book") && run.err.contains("fewbits verify"),
        "{}",
        run.err
    );
}

#[test]
fn sarif_has_what_the_standard_requires() {
    // SARIF 2.1.0, sections 3.13 to 3.59: what must be there, and which levels there are.
    for book in [
        SHOP,
        "books/news.book.json",
        "books/bad/unused-signal.book.json",
    ] {
        let run = fewbits(["audit", book, "--format", "sarif"]);
        let log: Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert!(run["tool"]["driver"]["name"].is_string());
        for rule in rules {
            for text in ["shortDescription", "fullDescription", "help"] {
                assert!(rule[text]["text"].as_str().unwrap().len() > 10, "{rule}");
            }
        }
        for result in run["results"].as_array().unwrap() {
            let index = result["ruleIndex"].as_u64().unwrap() as usize;
            assert_eq!(rules[index]["id"], result["ruleId"]);
            assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
            assert!(result["message"]["text"].is_string());
            let place = &result["locations"][0]["physicalLocation"];
            assert_eq!(place["artifactLocation"]["uri"], book);
            assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
        }
    }
}

/// Four dimensions of eight segments each, told as they are every week.
#[test]
fn raw_segments_of_four_dimensions_every_week_fail() {
    let folder = scratch("audit-raw");
    let names = ["aisle", "brand", "style", "pace"];
    let mut book = serde_json::json!({
        "fewbits": 1, "book": "raw", "version": 1, "signals": {}, "dimensions": {},
        "report": { "lifetime_bits": 24, "bootstrap": true, "why": "all four, every week" },
        "hints": { "dimensions": names, "window": "7d", "why": "the edge wants to know" }
    });
    for dimension in names {
        let items: Vec<String> = (0..7).map(|i| format!("{dimension}-{i}")).collect();
        let segments: Vec<Value> = items
            .iter()
            .map(|item| serde_json::json!({ "id": item, "when": { dimension: item } }))
            .collect();
        book["signals"][dimension] =
            serde_json::json!({ "top": dimension, "half_life": "7d", "items": items });
        book["dimensions"][dimension] =
            serde_json::json!({ "why": "a test", "segments": segments, "otherwise": "none" });
    }
    let book = file(
        &folder,
        "raw.book.json",
        serde_json::to_string_pretty(&book).unwrap(),
    );
    let (audit, code) = audited(&book);
    assert_eq!(code, Some(1));
    let found = lints(&audit);
    let has = |start: &str| found.iter().filter(|lint| lint.starts_with(start)).count();
    assert_eq!(has("error too-many-bits"), 1, "{found:?}");
    assert_eq!(has("warning hints-on"), 1, "{found:?}");
    let meaning = &audit["meaning"];
    // 8 to the 4th is 12 bits a week; two weeks, and everybody among 100,000 may be named.
    let hints = &meaning["hints"];
    assert_eq!(
        (&hints["bits"], &hints["windows"]),
        (&12.0.into(), &2.into())
    );
    assert_eq!(hints["outcomes"], 4096);
    assert_eq!(meaning["bound"]["bits"], 24.0);
    assert_eq!(meaning["outgoing"], Value::Null);
    let among = meaning["bound"]["among"].as_array().unwrap();
    assert!(among.iter().all(|a| a["lifetime"] == 1.0), "{among:?}");
    let page = fewbits(["audit", &book, "--html", "-"]).out;
    assert!(
        page.contains("who is told") && page.contains("12.00 bits each"),
        "{page}"
    );
}

#[test]
fn a_hint_and_a_question_share_the_budget() {
    let folder = scratch("audit-hints");
    let hints = "\"hints\": { \"dimensions\": [\"weather\"], \"why\": \"the edge <caches>\" },\n\n  \"report\": {";
    let book = shop(&folder, &[("\"report\": {", hints)]);
    let (audit, code) = audited(&book);
    assert_eq!(code, Some(0), "{:?}", lints(&audit));
    assert_eq!(lints(&audit)[0], "warning hints-on 215:3");
    let bound = &audit["meaning"]["bound"];
    // Three names: log2 3, rounded up. Two hints fit, or one and the cheaper question's answer
    // does not: 1.585 + 2.22 is above 3.32.
    let hint = audit["meaning"]["hints"]["bits"].as_f64().unwrap();
    assert!((hint - 3f64.log2()).abs() < 1e-5);
    assert!(
        (bound["bits"].as_f64().unwrap() - 2.0 * 3f64.log2()).abs() < 1e-5,
        "{bound}"
    );
    let run = fewbits(["audit", &book, "--statement", "-"]);
    let statement: Value = serde_json::from_str(&run.out).unwrap();
    let weather = &statement["hints"]["dimensions"]["weather"];
    assert_eq!(weather["answers"][0]["segment"], "cold");
    assert_eq!(statement["hints"]["window"], 26 * 7 * 86_400);
    for (document, says) in [
        ("--policy", "the edge &lt;caches&gt;"),
        ("--ropa", "Whoever the page passes hints on to:"),
        ("--dpia", "### Hints"),
        ("--dpv", "dpv:ServicePersonalisation"),
    ] {
        let text = fewbits(["audit", &book, document, "-"]).out;
        assert!(text.contains(says), "no `{says}` in:\n{text}");
    }
}

#[test]
fn nothing_sensitive_is_asked() {
    let folder = scratch("audit-sensitive");
    let sensitive = |lint: &String| lint.contains("sensitive-topic");
    let said = |changes: &[(&str, &str)]| {
        let (audit, code) = audited(&shop(&folder, changes));
        let mut found = lints(&audit);
        found.retain(sensitive);
        (found, code, audit)
    };
    // One that is asked about: the gate never does, so it is in no list of what can leave.
    let (found, code, audit) = said(&[("\"id\": \"packs\"", "\"id\": \"diabetes\"")]);
    assert_eq!(found[0], "error sensitive-topic 216:36", "{found:?}");
    assert!(found[1].starts_with("warning sensitive-topic"), "{found:?}");
    assert_eq!(code, Some(1));
    assert_eq!(audit["meaning"]["outgoing"]["outcomes"], 5);
    assert_eq!(audit["meaning"]["questions"].as_array().unwrap().len(), 1);
    // One that is not.
    let (found, code, _) = said(&[("\"id\": \"bargain\"", "\"id\": \"pregnant\"")]);
    assert!(
        found.iter().all(|lint| lint.starts_with("warning")),
        "{found:?}"
    );
    assert_eq!((found.is_empty(), code), (false, Some(0)));
    // And one that the author answers for.
    let (found, _, audit) = said(&[
        ("\"id\": \"packs\"", "\"id\": \"diabetes\""),
        (
            "\"why\": \"lead with",
            "\"not_sensitive\": \"a brand of packs\", \"why\": \"lead with",
        ),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("note sensitive-topic"), "{found:?}");
    assert_eq!(audit["meaning"]["outgoing"]["outcomes"], 11);
}
