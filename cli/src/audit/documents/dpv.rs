//! The processing in the Data Privacy Vocabulary, version 2.3, as JSON-LD. Only terms that this
//! version has; what it has no term for, such as a crowd floor, is said in words.

use serde_json::{Map, Value, json};

use super::Material;
use crate::audit::analysis::words::times;

/// The document.
pub fn of(material: &Material) -> Value {
    let Material {
        audit,
        meaning,
        site,
        ..
    } = material;
    let base = format!("urn:fewbits:{}:{}", audit.book, audit.version);
    let id = |part: &str| format!("{base}:{part}");
    let days = |seconds: u32| format!("P{}D", seconds / 86_400);
    let mut graph = vec![json!({
        "@id": id("personalise"),
        "@type": "dpv:Process",
        "dct:title": "Choosing what a page shows, in the visitor's own browser",
        "dpv:hasDataController": id("controller"),
        "dpv:hasPurpose": list(&["dpv:Personalisation", "dpv:UserInterfacePersonalisation"]),
        "dpv:hasProcessing": list(&["dpv:Profiling", "dpv:Derive", "dpv:Infer"]),
        "dpv:hasPersonalData": meaning.dimensions.iter().map(|d| json!({
            "@id": format!("{base}:dimension:{}", d.name),
            "@type": "dpv:InferredPersonalData",
            "dct:title": d.name,
            "dct:description": d.why,
        })).collect::<Vec<_>>(),
        "dpv:hasLegalBasis": list(&["eu-gdpr:A6-1-a"]),
        "dpv:hasLocation": list(&["dpv:WithinDevice"]),
        "dpv:hasStorageCondition": {
            "@type": "dpv:StorageDuration",
            "dct:description": "a memory that was not renewed is erased after this time",
            "dpv:hasDuration": days(meaning.inventory.retention),
        },
        "dpv:hasTechnicalMeasure": list(&["dpv:PrivacyByDesign", "dpv:PrivacyByDefault"]),
        "dpv:hasRight": rights(),
    })];
    if let (Some(bound), Some(outgoing)) = (&meaning.bound, &meaning.outgoing) {
        graph.push(json!({
            "@id": id("count"),
            "@type": "dpv:Process",
            "dct:title": "Counting groups by one randomised answer of each visitor",
            "dpv:hasDataController": id("controller"),
            "dpv:hasPurpose": list(&["dpv:ServiceUsageAnalytics", "dpv:ServiceOptimisation"]),
            "dpv:hasProcessing": list(&["dpv:Aggregate"]),
            "dpv:hasPersonalData": {
                "@id": id("report"),
                "@type": "dpv:InferredPersonalData",
                "dct:title": "a report",
                "dct:description": outgoing.example,
            },
            "dpv:hasLegalBasis": list(&["eu-gdpr:A6-1-a"]),
            "dpv:hasTechnicalMeasure": [
                {
                    "@type": "dpv:DifferentialPrivacy",
                    "dct:description": format!(
                        "k-ary randomised response, epsilon {}, answered once; linkability at \
                         most {} bits ({} times better than a guess) over everything that ever \
                         leaves",
                        bound.epsilon, bound.lifetime_bits, times(bound.lifetime_times)
                    ),
                },
                {
                    "@type": "dpv:PrivacyPreservingProtocol",
                    "dct:description": "an answer is shown only under a name that is a crowd",
                },
            ],
            "dpv:hasRight": rights(),
        }));
    }
    if let Some(hints) = &meaning.hints {
        graph.push(json!({
            "@id": id("share"),
            "@type": "dpv:Process",
            "dct:title": "Passing on coarse segments without noise",
            "dct:description": hints.why,
            "dpv:hasDataController": id("controller"),
            "dpv:hasPurpose": list(&["dpv:ServicePersonalisation"]),
            "dpv:hasPersonalData": {
                "@id": id("hint"),
                "@type": "dpv:InferredPersonalData",
                "dct:title": "a hint",
                "dct:description": hints.example,
            },
            "dpv:hasLegalBasis": list(&["eu-gdpr:A6-1-a"]),
            "dpv:hasRight": rights(),
        }));
    }
    graph.push(json!({
        "@id": id("controller"),
        "@type": "dpv:DataController",
        "dct:title": site.controller.as_deref().unwrap_or("to be filled in: the controller"),
    }));
    let mut context = Map::new();
    for (prefix, namespace) in [
        ("dpv", "https://w3id.org/dpv#"),
        ("eu-gdpr", "https://w3id.org/dpv/legal/eu/gdpr#"),
        ("dct", "http://purl.org/dc/terms/"),
    ] {
        context.insert(prefix.to_owned(), Value::from(namespace));
    }
    json!({ "@context": context, "@graph": graph })
}

fn list(terms: &[&str]) -> Value {
    terms.iter().map(|term| json!({ "@id": term })).collect()
}

/// Consent can be withdrawn, and the visitor may be informed, see, take along, erase and object.
fn rights() -> Value {
    list(&[
        "eu-gdpr:A7-3",
        "eu-gdpr:A13",
        "eu-gdpr:A15",
        "eu-gdpr:A17",
        "eu-gdpr:A20",
        "eu-gdpr:A21",
    ])
}
