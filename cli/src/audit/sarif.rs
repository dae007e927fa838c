//! Findings as SARIF 2.1.0, for code scanning.

use serde_json::{Value, json};

use super::analysis::{Audit, Finding, LINTS};

/// The log. Every lint is in it as a rule, so that a scan without findings says what was looked
/// for; of the checks of `fewbits check` those that found something.
pub fn of(audit: &Audit, file: &str) -> Value {
    let mut names: Vec<&str> = LINTS.iter().map(|lint| lint.name).collect();
    let mut rules: Vec<Value> = LINTS
        .iter()
        .map(|lint| rule(lint.name, lint.what, lint.why))
        .collect();
    for check in audit.findings.iter().map(|finding| finding.lint) {
        if !names.contains(&check) {
            let what = format!("A check of `fewbits check`: {}.", check.replace('-', " "));
            let why = "The reference of the book format says what is allowed: docs/book.md.";
            rules.push(rule(check, &what, why));
            names.push(check);
        }
    }
    let results: Vec<Value> = audit
        .findings
        .iter()
        .map(|finding| result(finding, &names, file))
        .collect();
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

fn result(finding: &Finding, names: &[&str], file: &str) -> Value {
    let index = names.iter().position(|name| *name == finding.lint);
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
