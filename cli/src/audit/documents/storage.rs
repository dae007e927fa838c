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

/// Seconds for which `fewbits/ssr` sets its cookie, unless the site says otherwise.
const COOKIE: u32 = 30 * 86_400;

/// Everything that an entry of the package may write for this book. A test looks for what the
/// files of `www/sdk/src` write, and compares.
pub fn of(material: &Material) -> Disclosures {
    let book = &material.audit.book;
    let meaning = material.meaning;
    let days = meaning.inventory.retention / 86_400;
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
        description: format!("localStorage. {description}"),
        opt_out: false,
    };
    let mut disclosures = vec![
        one(
            format!("fewbits:{book}:profile"),
            PROFILE,
            format!(
                "Counts and times from which this browser derives coarse segments. Written as \
                 long as `store` is granted, and erased when that ends; when `personalise` is \
                 denied it is emptied, and nothing more is observed. Each memory is erased after its window, and after {days} days without \
                 renewal. Has no way out of the browser."
            ),
        ),
        one(
            format!("fewbits:{book}:journal:*"),
            PROFILE,
            "What one tab adds to the profile until it is folded in, for about five minutes. \
             Written and erased under the same consent as the profile."
                .to_owned(),
        ),
        one(
            format!("fewbits:{book}:choices"),
            PROFILE,
            "A random number of this browser, by which experiments are drawn, and what was shown \
             in the session that goes on. Written and erased under the same consent as the \
             profile; has no age of its own. Has no way out of the browser."
                .to_owned(),
        ),
        one(
            format!("fewbits:{book}:muted"),
            PROFILE,
            "Segments of which the visitor said that they are not them; only if they said so, \
             and `store` is granted. Until they take it back, or consent ends."
                .to_owned(),
        ),
        one(
            format!("fewbits:{book}:due"),
            COUNT,
            "The time from which on it is worth looking whether a report is ready: drawn by \
             chance, nothing about the visitor. Only if `store` is granted; erased when that \
             ends."
                .to_owned(),
        ),
        one(
            format!("fewbits:{book}:withdrawn"),
            BOTH,
            "For a moment: tells other tabs that a consent was withdrawn, and is removed at once."
                .to_owned(),
        ),
        one(
            "fewbits:gate".to_owned(),
            COUNT,
            "The ledger: which question was drawn, what left and what it cost, so that nobody is \
             asked twice. Only if `store` is granted. Readable by the visitor. When that ends, \
             and by `forget()`, it is cut down to 13 bytes, which say how much was spent, and \
             stay; `forget({ everything: true })` removes them."
                .to_owned(),
        ),
    ];
    if !meaning.slots.is_empty() {
        disclosures.push(one(
            format!("fewbits:{book}:shown"),
            PROFILE,
            "Only if the site uses `fewbits/head`: what each slot shows, for the first paint of \
             the next page. Only if `store` is granted and `personalise` is not denied; written \
             anew when it changes, and erased when consent ends. Has no age of its own."
                .to_owned(),
        ));
    }
    if meaning.hints.is_some() {
        let mut cookie = one("__Host-fewbits-hint".to_owned(), PROFILE, String::new());
        cookie.r#type = "cookie";
        cookie.max_age_seconds = Some(COOKIE);
        cookie.cookie_refresh = true;
        "Only if the site uses `fewbits/ssr`: the hint, as coarse segments in words, for the \
         site's own server. Only if `store` and `share` are granted and `personalise` is not \
         denied; each visit renews it, and it is removed when consent ends. The site may set \
         another age."
            .clone_into(&mut cookie.description);
        disclosures.push(cookie);
    }
    Disclosures {
        disclosures,
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
