//! Any bytes are the wire form of a report or are refused; what is taken is written back byte for
//! byte, and a JSON parser that knows nothing of the form agrees.

#![no_main]

use fewbits_collector::report::{LIMIT, Report};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|body: &[u8]| {
    let read = Report::parse(body);
    if let Ok(report) = read {
        assert!(body.len() <= LIMIT);
        assert_eq!(report.to_json().as_bytes(), body);
    }
    assert_eq!(read.is_ok(), by_the_book(body), "{}", String::from_utf8_lossy(body));
});

/// The same, read another way: as JSON first, then written again in the one form.
fn by_the_book(body: &[u8]) -> bool {
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
        return false;
    };
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let parts = (text("book"), text("epoch"), text("question"), text("answer"));
    let (Some(book), Some(epoch), Some(question), Some(answer)) = parts else {
        return false;
    };
    let version = fields.get("version").and_then(Value::as_u64).unwrap_or(0);
    let name = |text: &str| {
        let mut bytes = text.bytes();
        (1..=64).contains(&text.len())
            && bytes.next().is_some_and(|b| b.is_ascii_lowercase())
            && bytes.all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    // Which years have 53 weeks is the calendar's affair, and tested there.
    let week: Option<(u32, u32)> = epoch.split_once("-W").and_then(|(year, week)| {
        Some((year.parse().ok()?, week.parse().ok()?))
    });
    let calendar = week.is_some_and(|(year, week)| {
        (1970..=9999).contains(&year)
            && (1..=53).contains(&week)
            && epoch == format!("{year:04}-W{week:02}")
            && epoch.parse::<fewbits_collector::epoch::Epoch>().is_ok()
    });
    let written = format!(
        "{{\"fewbits\":1,\"book\":{},\"version\":{version},\"epoch\":{},\"question\":{},\"answer\":{}}}",
        Value::from(book), Value::from(epoch), Value::from(question), Value::from(answer)
    );
    body.len() <= LIMIT
        && [book, question, answer].into_iter().all(name)
        && (1..=u64::from(u32::MAX)).contains(&version)
        && calendar
        && written.as_bytes() == body
}
