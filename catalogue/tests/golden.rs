//! The golden cases: what the package's lists and its module are held to as well
//! (www/sdk/test/catalogue.test.mjs). `UPDATE=1` writes the answers and the file anew.

#![cfg(feature = "write")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, which may fail"
)]

use std::fs;
use std::path::Path;

use fewbits_catalogue::Catalogue;
use fewbits_catalogue::rank::{Diversify, Query, Range, Ranker};
use fewbits_catalogue::write::Builder;
use serde_json::{Value, json};

fn texts(value: &Value) -> Vec<&str> {
    let list = value.as_array().into_iter().flatten();
    list.map(|text| text.as_str().unwrap()).collect()
}

fn file(items: &Value) -> Vec<u8> {
    let mut builder = Builder::new(["price", "popularity"]).unwrap();
    for item in items.as_array().unwrap() {
        let numbers = ["price", "popularity"].map(|name| item[name].as_f64());
        let id = item["id"].as_str().unwrap();
        builder.add(id, texts(&item["tags"]), numbers).unwrap();
    }
    builder.finish().unwrap().bytes
}

/// An index past the last one belongs to no item.
fn query(catalogue: &Catalogue, case: &Value) -> Query {
    let tag = |name: &str| catalogue.tag(name).unwrap_or(u32::MAX);
    let number = |value: &Value, otherwise: f64| value.as_f64().unwrap_or(otherwise);
    let weights = match &case["weights"] {
        Value::Array(list) => list
            .iter()
            .map(|pair| (tag(pair[0].as_str().unwrap()), number(&pair[1], 0.0)))
            .collect(),
        Value::Object(map) => map
            .iter()
            .map(|(name, weight)| (tag(name), number(weight, 0.0)))
            .collect(),
        _ => Vec::new(),
    };
    let mut boosts = Vec::new();
    boosts.extend(
        case["popularity"]
            .as_f64()
            .map(|factor| (catalogue.column("popularity").unwrap(), factor)),
    );
    for (name, factor) in case["boosts"].as_object().into_iter().flatten() {
        boosts.push((catalogue.column(name).unwrap(), number(factor, 0.0)));
    }
    let ranges = case.get("price").map(|range| Range {
        column: catalogue.column("price").unwrap(),
        least: number(&range["min"], f64::NEG_INFINITY),
        most: number(&range["max"], f64::INFINITY),
    });
    let diversify = case.get("diversify").map(|diversify| {
        let key = format!("{}:", diversify["by"].as_str().unwrap());
        let tags = (0..).zip(catalogue.tag_names());
        Diversify {
            groups: tags
                .filter(|(_, name)| name.starts_with(&key))
                .map(|(tag, _)| tag)
                .collect(),
            most: diversify["most"].as_u64().unwrap() as usize,
        }
    });
    Query {
        must: texts(&case["must"]).into_iter().map(tag).collect(),
        not: texts(&case["not"]).into_iter().map(tag).collect(),
        weights,
        ranges: ranges.into_iter().collect(),
        boosts,
        limit: case["limit"].as_u64().unwrap_or(12) as usize,
        diversify,
    }
}

#[test]
fn the_golden_cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/catalogue");
    let update = std::env::var_os("UPDATE").is_some();
    let text = fs::read_to_string(folder.join("cases.json")).unwrap();
    let golden: Value = serde_json::from_str(&text).unwrap();
    let bytes = file(&golden["items"]);
    if update {
        fs::write(folder.join("items.fbc"), &bytes).unwrap();
    }
    // The bytes are part of what is promised: the same items give the same file.
    assert!(
        fs::read(folder.join("items.fbc")).unwrap() == bytes,
        "items.fbc differs"
    );
    let catalogue = Catalogue::from_bytes(&bytes).unwrap();
    let mut ranker = Ranker::default();
    let mut lines = text;
    for case in golden["cases"].as_array().unwrap() {
        let hits = ranker
            .rank(&catalogue, &query(&catalogue, &case["query"]))
            .unwrap();
        let found: Vec<Value> = hits
            .iter()
            .map(|hit| json!([catalogue.id(hit.place), hit.score]))
            .collect();
        if update {
            let why = case["why"].as_str().unwrap();
            let at = lines.find(why).unwrap();
            let from = at + lines[at..].find("\"expected\": ").unwrap() + 12;
            let end = from + lines[from..].find(" }").unwrap();
            lines.replace_range(from..end, &Value::Array(found).to_string());
            continue;
        }
        let number = |pair: &Value| (pair[0].clone(), pair[1].as_f64().map(f64::to_bits));
        let expected: Vec<_> = case["expected"]
            .as_array()
            .unwrap()
            .iter()
            .map(number)
            .collect();
        assert_eq!(
            found.iter().map(number).collect::<Vec<_>>(),
            expected,
            "{}",
            case["why"]
        );
    }
    if update {
        fs::write(folder.join("cases.json"), lines).unwrap();
    }
}
