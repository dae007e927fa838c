//! Coarse segments for the page: what it may pass on to its own server, its edge or an ad slot.

use crate::gate::{Cleared, Reason};
use alloc::string::String;

/// What the page is handed. Built from a [`Cleared`] alone, and never read back.
///
/// ```compile_fail,E0451
/// let forged = fewbits::report::Hint { cleared: todo!() };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    cleared: Cleared,
}

impl From<Cleared> for Hint {
    fn from(cleared: Cleared) -> Self {
        Self { cleared }
    }
}

impl Hint {
    /// The form, whole: `{"segments":["interest/footwear","lifecycle/new"]}`. Names hold nothing
    /// that JSON would have to escape.
    pub fn to_json(&self) -> String {
        let mut json = String::from("{\"segments\":[");
        for segment in self.cleared.answer().split(' ').filter(|s| !s.is_empty()) {
            json.push_str(if json.ends_with('[') { "\"" } else { ",\"" });
            json.push_str(segment);
            json.push('"');
        }
        json.push_str("]}");
        json
    }
}

/// A hint as the page gets it, or why there is none: `{"withheld":"no-consent"}`.
pub fn hint_json(hint: Result<Hint, Reason>) -> String {
    hint.map_or_else(
        |reason| {
            let mut json = String::from("{\"withheld\":\"");
            json.push_str(reason.name());
            json.push_str("\"}");
            json
        },
        |hint| hint.to_json(),
    )
}
