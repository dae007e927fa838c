//! Lints of names: what a reviewer would ask about.

use fewbits::book::author::Places;

use crate::audit::analysis::{Dimension, Finding, Meaning, Severity, Subject};

/// Words for who pays what and who may have what, at the beginning of a word. A hint for people,
/// so a word too many costs little.
const PRICE_OR_ACCESS: &[&str] = &[
    "price",
    "pricing",
    "discount",
    "surcharge",
    "tariff",
    "markup",
    "credit",
    "loan",
    "mortgage",
    "insur",
    "solven",
    "eligib",
    "creditworth",
    "denied",
    "deny",
    "refus",
    "banned",
    "blocked",
    "blacklist",
    "fraud",
    "risk",
    "rabatt",
    "preis",
    "prix",
    "precio",
    "prezzo",
    "cena",
];

/// Names that hold identifiers elsewhere, as whole parts of a name.
const IDENTIFIERS: &[&str] = &[
    "id",
    "uid",
    "uuid",
    "guid",
    "userid",
    "email",
    "mail",
    "phone",
    "ip",
    "address",
    "customer",
    "username",
    "login",
    "token",
    "hash",
    "fingerprint",
    "cookie",
    "iban",
    "birthday",
    "zip",
    "postcode",
];

pub fn lint(subject: &Subject, meaning: &Meaning, found: &mut Vec<Finding>) {
    let places = subject.places;
    for dimension in &meaning.dimensions {
        let name = dimension.name.as_str();
        let texts = [name, dimension.why.as_str()];
        let segments = dimension.segments.iter().map(String::as_str);
        let hit = texts.into_iter().chain(segments).find_map(|text| {
            let word = parts(text).find(|part| PRICE_OR_ACCESS.iter().any(|w| part.starts_with(w)));
            word.map(|word| word.to_owned())
        });
        if let Some(word) = hit {
            let message =
                format!("`{name}` sounds as if it decided about a price or about access: `{word}`");
            let help = "use it to choose what to show; for prices and access ask a lawyer first (GDPR Art. 22)";
            let at = places.key(&[section(places, name), name]);
            found.push(Finding::new(
                Severity::Warning,
                "price-or-access",
                at,
                message,
                help,
            ));
        }
    }
    for dimension in &meaning.dimensions {
        sensitive(dimension, subject, found);
    }
    for signal in &meaning.inventory.signals {
        let boolean = signal.kind == "declared" && signal.distinct == Some(3);
        let hit = parts(&signal.name).find(|part| IDENTIFIERS.contains(part));
        if let Some(word) = hit.filter(|_| signal.kind == "declared" && !boolean) {
            let message = format!(
                "`{}` sounds as if it held an identifier: `{word}`",
                signal.name
            );
            let help = "rename it, or leave it out: segments need not know who somebody is";
            let at = places.key(&["signals", &signal.name]);
            found.push(Finding::new(
                Severity::Warning,
                "identifier-like",
                at,
                message,
                help,
            ));
        }
    }
}

/// Where something is declared that may be asked about.
fn section(places: &Places, name: &str) -> &'static str {
    let sections = ["experiments", "bandits"];
    let found = sections
        .into_iter()
        .find(|section| places.key(&[section, name]).is_some());
    found.unwrap_or("dimensions")
}

/// What the checks said about sensitive topics, word by word, means for the whole dimension.
fn sensitive(dimension: &Dimension, subject: &Subject, found: &mut Vec<Finding>) {
    let (places, name) = (subject.places, dimension.name.as_str());
    let section = section(places, name);
    if let Some(why) = places.text(&[section, name, "not_sensitive"]) {
        let message = format!("the author says that `{name}` is about no sensitive topic: {why}");
        let help = "judge the reason: because of it, the gate lets this dimension pass";
        let at = places.key(&[section, name, "not_sensitive"]);
        let note = Finding::new(Severity::Note, "sensitive-topic", at, message, help);
        found.push(note);
    }
    let asked = places.key(&["report", "questions", name]);
    let hinted = places.items(&["hints", "dimensions"]).contains(&name);
    let hinted = hinted
        .then(|| places.key(&["hints", "dimensions"]))
        .flatten();
    for (at, how) in [(asked, "asked about"), (hinted, "given away by a hint of")] {
        if !dimension.sensitive || at.is_none() {
            continue;
        }
        let message = format!(
            "visitors would be {how} `{name}`, which is about a sensitive topic: the gate never \
             lets it pass"
        );
        let help = "take it out there; `not_sensitive` in the dimension answers a mistake";
        let error = Finding::new(Severity::Error, "sensitive-topic", at, message, help);
        found.push(error);
    }
}

/// The words of a name or a sentence, in lower case as names are.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
}
