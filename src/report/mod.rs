//! (6) What leaves. A report is one randomised answer to one question, and says nothing else.
//! `FIELDS.toml` has a card for each of its fields.

mod epoch;
mod hint;
mod readable;

use crate::gate::Cleared;
use alloc::string::String;
pub use epoch::Epoch;
pub use hint::{Hint, hint_json};
pub use readable::ledger_json;

/// What the collector counts. Built from a [`Cleared`] alone, and never read back.
///
/// ```compile_fail,E0451
/// let forged = fewbits::report::Report { cleared: todo!() };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    cleared: Cleared,
}

impl From<Cleared> for Report {
    fn from(cleared: Cleared) -> Self {
        Self { cleared }
    }
}

impl Report {
    /// The wire form, whole:
    /// `{"fewbits":1,"book":"acme-outdoor","version":7,"epoch":"2026-W48","question":"interest","answer":"footwear"}`.
    /// Names hold nothing that JSON would have to escape.
    pub fn to_json(&self) -> String {
        let c = &self.cleared;
        let mut json = String::from("{\"fewbits\":1");
        field(&mut json, "book", c.book());
        json.push_str(",\"version\":");
        push_number(&mut json, c.version());
        field(
            &mut json,
            "epoch",
            Epoch::from_monday(c.monday()).text().as_str(),
        );
        field(&mut json, "question", c.question());
        field(&mut json, "answer", c.answer());
        json.push('}');
        json
    }
}

#[inline(never)]
fn field(json: &mut String, key: &str, value: &str) {
    json.push_str(",\"");
    json.push_str(key);
    json.push_str("\":\"");
    json.push_str(value);
    json.push('"');
}

/// Appends a number in decimal, without the formatting machinery.
pub(crate) fn push_number(text: &mut String, mut n: u32) {
    let mut digits = [b'0'; 10];
    let mut used = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (n % 10) as u8;
        n /= 10;
        used += 1;
        if n == 0 {
            break;
        }
    }
    for digit in digits.iter().skip(10 - used) {
        text.push(char::from(*digit));
    }
}
