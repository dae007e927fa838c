//! What the SDK stores, in the form of IAB Europe's "Vendor Device Storage & Operational
//! Disclosures", version 1.1 (October 2025, revised January 2026). A site is not a vendor of the
//! TCF by using Fewbits; the form is one that consent platforms read.

use serde::Serialize;

use super::Material;

/// The disclosure.
#[derive(Serialize)]
pub struct Disclosures {
    disclosures: Vec<Disclosure>,
    domains: Vec<Domain>,
}

/// One key, or all keys with one beginning.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Disclosure {
    identifier: String,
    r#type: &'static str,
    /// Only cookies have an age of their own; for all else the form wants `null`.
    max_age_seconds: Option<u32>,
    cookie_refresh: bool,
    domains: Vec<String>,
    purposes: &'static [u8],
    special_purposes: &'static [u8],
    description: String,
    opt_out: bool,
}

#[derive(Serialize)]
struct Domain {
    domain: String,
    purposes: &'static [u8],
    r#use: &'static str,
}

/// 1: store and access information on a device. It is always in the list: storage of segments
/// is subject to consent. 5 and 6: profiles to personalise content; 8: measure content
/// performance; 11: select content by limited data.
const PROFILE: &[u8] = &[1, 5, 6, 11];
const COUNT: &[u8] = &[1, 8];
const BOTH: &[u8] = &[1, 5, 6, 8, 11];

/// The keys that `www/sdk/src/store.ts` writes; a test compares.
pub fn of(material: &Material) -> Disclosures {
    let book = &material.audit.book;
    let days = material.meaning.inventory.retention / 86_400;
    let own = material.site.domain.clone();
    let domain = own.clone().unwrap_or_else(|| "*".to_owned());
    let one = |identifier: String, purposes, description: String| Disclosure {
        identifier,
        r#type: "web",
        max_age_seconds: None,
        cookie_refresh: false,
        domains: vec![domain.clone()],
        purposes,
        special_purposes: &[],
        description,
        opt_out: false,
    };
    Disclosures {
        disclosures: vec![
            one(
                format!("fewbits:{book}:profile"),
                PROFILE,
                format!(
                    "localStorage. Counts and times from which this browser derives coarse \
                     segments. Each memory is erased after its window, and after {days} days \
                     without renewal. Has no way out of the browser."
                ),
            ),
            one(
                format!("fewbits:{book}:journal:*"),
                PROFILE,
                "localStorage. What one tab adds to the profile until it is folded in, for about \
                 five minutes."
                    .to_owned(),
            ),
            one(
                format!("fewbits:{book}:choices"),
                PROFILE,
                "localStorage. A random number of this browser, by which experiments are drawn, \
                 and what was shown in the session that goes on. Has no way out of the browser."
                    .to_owned(),
            ),
            one(
                format!("fewbits:{book}:muted"),
                PROFILE,
                "localStorage. Segments of which the visitor said that they are not them; only \
                 if they said so."
                    .to_owned(),
            ),
            one(
                format!("fewbits:{book}:due"),
                COUNT,
                "localStorage. The time from which on it is worth looking whether a report is \
                 ready: drawn by chance, nothing about the visitor."
                    .to_owned(),
            ),
            one(
                format!("fewbits:{book}:withdrawn"),
                BOTH,
                "localStorage, for a moment. Tells other tabs that a consent was withdrawn, and \
                 is removed at once."
                    .to_owned(),
            ),
            one(
                "fewbits:gate".to_owned(),
                COUNT,
                "localStorage. The ledger: which question was drawn, what left and what it cost, \
                 so that nobody is asked twice. Readable by the visitor. `forget()` cuts it down to 13 \
                 bytes, which say how much was spent; `forget({ everything: true })` removes them."
                    .to_owned(),
            ),
        ],
        domains: own
            .map(|domain| Domain {
                domain,
                purposes: BOTH,
                r#use: "The site's own domain; reports go to the collector that it names.",
            })
            .into_iter()
            .collect(),
    }
}
