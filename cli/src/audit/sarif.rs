//! Findings as SARIF 2.1.0, for code scanning.

use fewbits::book::author::CODES;
use serde_json::{Value, json};

use super::analysis::{Audit, Finding, LINTS};

/// The log. Every rule that the audit knows is in it, so that a scan without findings says what
/// was looked for.
pub fn of(audit: &Audit, file: &str) -> Value {
    let mut rules: Vec<Value> = LINTS
        .iter()
        .map(|lint| rule(lint.name, lint.what, lint.why))
        .collect();
    rules.extend(CODES.iter().map(|(code, _)| {
        let what = format!("A check of `fewbits check`: {}.", code.replace('-', " "));
        let why = "The reference of the book format says what is allowed: docs/book.md.";
        rule(code, &what, why)
    }));
    let results: Vec<Value> = audit.findings.iter().map(|f| result(f, file)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "fewbits audit",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "artifacts": [{ "location": { "uri": uri(file) } }],
            "results": results,
        }]
    })
}

fn rule(name: &str, what: &str, why: &str) -> Value {
    json!({
        "id": name,
        "name": name,
        "shortDescription": { "text": what },
        "fullDescription": { "text": what },
        "help": { "text": why },
        "helpUri": format!("{}/blob/main/docs/audit.md", env!("CARGO_PKG_REPOSITORY")),
    })
}

fn result(finding: &Finding, file: &str) -> Value {
    let index = LINTS
        .iter()
        .map(|lint| lint.name)
        .chain(CODES.iter().map(|(code, _)| *code))
        .position(|name| name == finding.lint);
    json!({
        "ruleId": finding.lint,
        "ruleIndex": index,
        "level": finding.severity.name(),
        "message": { "text": format!("{}. {}", finding.message, finding.help) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(file), "index": 0 },
            "region": {
                "startLine": finding.line,
                "startColumn": finding.column,
                "endColumn": finding.column + finding.length,
            },
        } }],
    })
}

/// A path as a relative reference (RFC 3986): what may not stand there is escaped.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
