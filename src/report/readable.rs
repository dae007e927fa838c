//! The ledger as the visitor and a reviewer read it: one JSON array, oldest line first.

use super::{Hint, Report, push_number};
use crate::gate::{Ledger, Line, What};
use alloc::string::String;

/// The ledger's lines as JSON: `at` (seconds), `what`, `question`, `reason`, `to`, `bytes` (what
/// left, exactly), `bits` (charged by this line) and `epsilon`.
pub fn ledger_json(ledger: &Ledger) -> String {
    let mut json = String::from("[");
    for line in ledger.lines() {
        if json.len() > 1 {
            json.push(',');
        }
        push_line(&mut json, line);
    }
    json.push(']');
    json
}

fn push_line(json: &mut String, line: &Line) {
    json.push_str("{\"at\":");
    push_number(json, line.at);
    let bytes = line
        .cleared
        .clone()
        .map(|c| match line.what {
            What::Hinted => Hint::from(c).to_json(),
            _ => Report::from(c).to_json(),
        })
        .unwrap_or_default();
    for (key, value) in [
        (",\"what\":\"", line.what.name()),
        ("\",\"question\":\"", &line.question),
        ("\",\"reason\":\"", line.reason.map_or("", |r| r.name())),
        ("\",\"to\":\"", &line.to),
        ("\",\"bytes\":\"", &bytes),
    ] {
        json.push_str(key);
        push_escaped(json, value);
    }
    json.push_str("\",\"bits\":");
    push_millionths(json, line.charge);
    json.push_str(",\"epsilon\":");
    push_millionths(json, (line.epsilon * 1e6 + 0.5) as u32);
    json.push('}');
}

fn push_escaped(json: &mut String, text: &str) {
    for c in text.chars().filter(|c| *c >= ' ') {
        if c == '"' || c == '\\' {
            json.push('\\');
        }
        json.push(c);
    }
}

fn push_millionths(json: &mut String, n: u32) {
    push_number(json, n / 1_000_000);
    json.push('.');
    // A leading 1 keeps the zeros behind the point.
    let mut digits = String::new();
    push_number(&mut digits, 1_000_000 + n % 1_000_000);
    json.push_str(digits.get(1..).unwrap_or("0"));
}
