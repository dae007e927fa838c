//! The documents that `fewbits audit` writes from a book.
//!
//! `UPDATE=1 cargo test -p fewbits-cli --test documents` writes what is said now; the difference
//! is to be read before it is kept.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use support::{fewbits, file, golden, root, scratch};

const SHOP: &str = "books/shop.book.json";
const ALL: [&str; 9] = [
    "audit.html",
    "audit.json",
    "audit.sarif",
    "dpia.md",
    "dpv.jsonld",
    "fewbits.json",
    "policy.md",
    "ropa.md",
    "storage.json",
];

fn written(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// Writes all documents of a book, and gives the folder.
fn all(book: &str, more: &[&str]) -> std::path::PathBuf {
    let folder = scratch("documents").join("audit");
    let target = folder.to_str().unwrap();
    let run = fewbits(["audit", book, "--all", target].iter().chain(more));
    assert_eq!(run.out, "", "{}", run.err);
    let names: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, ALL.iter().map(|name| (*name).to_owned()).collect());
    folder
}

#[test]
fn the_documents_of_the_shop_read_as_before() {
    let folder = all(SHOP, &[]);
    for name in [
        "ropa.md",
        "dpia.md",
        "policy.md",
        "dpv.jsonld",
        "storage.json",
        "audit.html",
    ] {
        golden(&format!("audit/shop/{name}"), &written(&folder, name));
    }
    // The same as one by one.
    let run = fewbits(["audit", SHOP, "--ropa", "-"]);
    assert_eq!(run.out, written(&folder, "ropa.md"));
    for (format, name) in [("json", "audit.json"), ("sarif", "audit.sarif")] {
        let run = fewbits(["audit", SHOP, "--format", format]);
        assert_eq!(run.out, written(&folder, name));
    }
}

#[test]
fn what_the_site_says_is_filled_in_and_what_it_does_not_is_marked() {
    let folder = scratch("site");
    let site = file(
        &folder,
        "site.json",
        r#"{ "controller": "Acme *Outdoor* <Ltd>", "contact": "privacy@acme.example", "domain": "www.acme.example" }"#,
    );
    let out = all(SHOP, &["--site", &site]);
    let ropa = written(&out, "ropa.md");
    assert!(ropa.contains("Acme \\*Outdoor\\* &lt;Ltd&gt;"), "{ropa}");
    assert!(
        ropa.contains("**[to be filled in: countries and safeguards"),
        "{ropa}"
    );
    assert!(!ropa.contains("how to reach the controller"), "{ropa}");
    let storage: Value = serde_json::from_str(&written(&out, "storage.json")).unwrap();
    assert_eq!(storage["disclosures"][0]["domains"][0], "www.acme.example");
    assert_eq!(storage["domains"][0]["domain"], "www.acme.example");
    for (text, says) in [
        ("{ \"controler\": \"x\" }", "unknown field `controler`"),
        ("[", "line 1"),
    ] {
        let site = file(&folder, "bad.json", text);
        let run = fewbits(["audit", SHOP, "--ropa", "-", "--site", &site]);
        assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
        assert!(
            run.err.contains(says) && run.err.contains("= help: "),
            "{}",
            run.err
        );
    }
}

#[test]
fn the_vocabulary_has_every_term_that_is_used() {
    // Terms of DPV 2.3 and its GDPR extension.
    const TERMS: &[&str] = &[
        "dpv:Personalisation",
        "dpv:UserInterfacePersonalisation",
        "dpv:ServiceUsageAnalytics",
        "dpv:ServiceOptimisation",
        "dpv:Profiling",
        "dpv:Derive",
        "dpv:Infer",
        "dpv:Aggregate",
        "dpv:InferredPersonalData",
        "dpv:WithinDevice",
        "dpv:DifferentialPrivacy",
        "dpv:PrivacyPreservingProtocol",
        "dpv:PrivacyByDefault",
        "dpv:PrivacyByDesign",
        "dpv:StorageDuration",
        "dpv:Process",
        "dpv:DataController",
        "eu-gdpr:A6-1-a",
        "eu-gdpr:A7-3",
        "eu-gdpr:A13",
        "eu-gdpr:A15",
        "eu-gdpr:A17",
        "eu-gdpr:A20",
        "eu-gdpr:A21",
    ];
    const PROPERTIES: &[&str] = &[
        "dpv:hasDataController",
        "dpv:hasPurpose",
        "dpv:hasProcessing",
        "dpv:hasPersonalData",
        "dpv:hasLegalBasis",
        "dpv:hasLocation",
        "dpv:hasStorageCondition",
        "dpv:hasDuration",
        "dpv:hasTechnicalMeasure",
        "dpv:hasRight",
        "dct:title",
        "dct:description",
    ];
    fn walk(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(all) => {
                for (key, value) in all {
                    if key == "@id" || key == "@type" {
                        found.extend(value.as_str().map(str::to_owned));
                    } else if key.contains(':') {
                        found.insert(key.clone());
                    }
                    if key != "@context" {
                        walk(value, found);
                    }
                }
            }
            Value::Array(all) => all.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let document: Value =
        serde_json::from_str(&fewbits(["audit", SHOP, "--dpv", "-"]).out).unwrap();
    let mut found = BTreeSet::new();
    walk(&document, &mut found);
    found.retain(|term| !term.starts_with("urn:fewbits:acme-outdoor:1:"));
    let known: BTreeSet<String> = TERMS
        .iter()
        .chain(PROPERTIES)
        .map(|t| (*t).to_owned())
        .collect();
    assert_eq!(found, known);
}

/// A book whose words try to be something else.
#[test]
fn no_word_of_a_book_means_anything_but_itself() {
    let evil = "</script><script>alert(1)</script>\\\"'`| *x* [a](javascript:b)<img src=x onerror=c>&amp;{times}";
    let folder = scratch("evil");
    let mut book: Value =
        serde_json::from_str(&std::fs::read_to_string(root().join(SHOP)).unwrap()).unwrap();
    book["dimensions"]["lifecycle"]["why"] = evil.into();
    book["signals"]["product_views"]["why"] = evil.into();
    book["signals"]["aisle"]["items"][0] = "<b>'\"|`".into();
    book["signals"]["product_views"]["where"]["aisle"][0] = "<b>'\"|`".into();
    let text = book.to_string();
    let text = text.replacen("{\"aisle\":\"boots\",", "{\"aisle\":\"<b>'\\\"|`\",", 1);
    let book = file(&folder, "evil.book.json", text);
    let out = all(&book, &[]);
    let page = written(&out, "audit.html");
    let body = page.split("</style>").nth(1).unwrap();
    for tag in ["<script", "<img", "<b>'", "onerror=c>"] {
        assert!(!body.contains(tag), "`{tag}` in the page");
    }
    // Every tag is one of ours: a word of the book would be another.
    let ours = [
        "/",
        "body",
        "header",
        "main",
        "footer",
        "p",
        "h1",
        "h2",
        "h3",
        "ul",
        "li",
        "b",
        "span",
        "strong",
        "code",
        "pre",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "figure",
        "figcaption",
        "div",
        "svg",
        "title",
        "desc",
        "rect",
        "circle",
        "text",
        "path",
        "g",
        "html",
        "head",
        "mark",
    ];
    for tag in body.split('<').skip(1) {
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        assert!(ours.contains(&name.as_str()), "<{name}>");
    }
    for name in ["ropa.md", "dpia.md", "policy.md"] {
        let text = written(&out, name);
        assert!(text.contains("&lt;/script&gt;"), "{name}");
        assert!(
            !text.contains("<script") && !text.contains("[a](javascript"),
            "{name}"
        );
        // Rows keep their cells.
        for table in text.split("\n\n").filter(|block| block.starts_with("| ")) {
            let cells = |row: &str| row.replace("\\|", "").matches('|').count();
            let first = cells(table.lines().next().unwrap());
            assert!(table.lines().all(|row| cells(row) == first), "{table}");
        }
    }
    // A place of the wording that an author writes is not filled.
    assert!(written(&out, "policy.md").contains("{times}"));
    for name in ["dpv.jsonld", "audit.json"] {
        let value: Value = serde_json::from_str(&written(&out, name)).unwrap();
        assert!(value.to_string().contains("javascript:b"), "{name}");
    }
}

#[test]
fn the_page_lets_nothing_in() {
    let page = fewbits(["audit", SHOP, "--html", "-"]).out;
    assert!(
        page.contains("default-src 'none'; style-src 'sha256-"),
        "{page}"
    );
    for word in [
        "<script", "http://", "https://", "src=", "href=", " style=", " on",
    ] {
        let found = page.split("</head>").nth(1).unwrap().find(word);
        let near = found.map(|at| {
            page.split("</head>").nth(1).unwrap()[at..]
                .chars()
                .take(40)
                .collect::<String>()
        });
        // "on" is also a word.
        let attribute =
            near.filter(|near| word != " on" || near.split(' ').nth(1).unwrap_or("").contains('='));
        assert_eq!(attribute, None, "`{word}`");
    }
}

#[test]
fn measured_figures_appear_where_they_belong() {
    let folder = scratch("figures");
    let audit: Value =
        serde_json::from_str(&fewbits(["audit", SHOP, "--format", "json"]).out).unwrap();
    let outcome = |source: &str, form: u32| {
        format!(
            r#"{{ "fewbits_attack": {form}, "source_sha256": "{source}", "weeks": 10, "mechanisms": [
              {{ "name": "through the gate", "rates": [ {{ "visitors": 10000, "weeks": 10, "rate": 0.00042,
                 "low": 0.0003, "high": 0.0006, "times": 4.2, "bound": 0.00055 }} ] }} ] }}"#
        )
    };
    let source = audit["source"].as_str().unwrap();
    let attack = file(&folder, "attack.json", outcome(source, 1));
    let out = all(SHOP, &["--attack", &attack]);
    for name in ["dpia.md", "audit.html"] {
        let text = written(&out, name);
        for figure in ["through the gate", "0.042%", "0.030% to 0.060%", "0.055%"] {
            assert!(text.contains(figure), "no {figure} in {name}");
        }
        assert!(!text.contains("measured figures: run"), "{name}");
    }
    for (text, says) in [
        (outcome("00", 1), "it is about another book"),
        (outcome(source, 9), "its form is 9"),
        ("{}".to_owned(), "missing field"),
    ] {
        let attack = file(&folder, "bad.json", text);
        let run = fewbits(["audit", SHOP, "--dpia", "-", "--attack", &attack]);
        assert_eq!(run.code, Some(1));
        assert!(
            run.err.contains(says) && run.err.contains("fewbits attack"),
            "{}",
            run.err
        );
    }
}

#[test]
fn what_the_attack_writes_is_what_the_audit_reads() {
    let folder = scratch("attacked");
    let quick = [
        "-n", "200", "--effort", "0.01", "--known", "200", "--weeks", "1", "--format", "json",
    ];
    let attack = fewbits(["attack", SHOP].iter().chain(&quick));
    assert_eq!(attack.code, Some(0), "{}", attack.err);
    let attack = file(&folder, "attack.json", attack.out);
    let page = fewbits(["audit", SHOP, "--html", "-", "--attack", &attack]);
    assert!(page.out.contains("Measured: the attack"), "{}", page.err);
}

#[test]
fn a_refused_book_has_a_page_and_nothing_else() {
    let book = "books/bad/no-why.book.json";
    let run = fewbits(["audit", book, "--html", "-"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.out.contains("The checks refused this book") && run.out.contains("error: no-why"),
        "{}",
        run.out
    );
    let run = fewbits(["audit", book, "--ropa", "-"]);
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
    assert!(run.err.contains("error[no-why]"), "{}", run.err);
}
