//! The paragraph for a site's privacy policy. Each sentence is one entry of a table, with places
//! in braces for what this book says, so that a translation is another table.

use super::Material;
use super::page::{Block, Inline, Line, heading};
use crate::audit::analysis::words::{duration, list, times};

/// The sentences, by name.
type Wording = [(&'static str, &'static str)];

const ENGLISH: &Wording = &[
    ("title", "How this site adapts to its visitors"),
    (
        "what",
        "If you agree, this site remembers in your own browser, and only there, how you use it: \
         {observed}. From that your browser derives which of a few coarse groups fit you, and the \
         site shows you different things accordingly: {purposes}.",
    ),
    (
        "kept",
        "What is remembered are counts and times, not a list of what you did. It is erased at the \
         latest {retention} after it was last renewed. It cannot be read by us or anybody else \
         over the network.",
    ),
    ("nothing", "Nothing of it leaves your browser."),
    (
        "asked",
        "To learn how large these groups are, we ask your browser one question, once: {questions}. \
         It answers for you, and not always truthfully: about one answer in {wrong} is not the true \
         one, so that nobody can tell from an answer which group you are in. Whoever receives \
         everything that ever leaves your browser can guess at most {times} times better than \
         before who you are.",
    ),
    (
        "sent",
        "The answer is sent without cookies and without any number that stands for you, to \
         {collector}, where it is counted.",
    ),
    (
        "shared",
        "If you agree to that as well, the site may pass on which of these groups you are in: \
         {hinted}. The reason is: {sharing}. What is passed on stays the same for {window}, \
         whatever you do.",
    ),
    (
        "rights",
        "You can refuse, and change your mind at any time; then everything is erased at once{but}. You \
         can see what is remembered and everything that was ever sent, take it with you, or \
         erase it all. Somebody who only holds the counts cannot tell which answer was \
         yours.",
    ),
    (
        "who",
        "Responsible is {controller}; you reach us at {contact}. The legal basis is {basis}.",
    ),
];

/// The paragraph in English.
pub fn of(material: &Material) -> Vec<Block> {
    let Material { meaning, site, .. } = material;
    let observed: Vec<String> = observed(material);
    let purposes: Vec<&str> = meaning.dimensions.iter().map(|d| d.why.as_str()).collect();
    let questions: Vec<String> = meaning
        .questions
        .iter()
        .map(|q| format!("\"{}\"", q.name))
        .collect();
    let wrong = meaning.bound.as_ref().map_or(0.0, |bound| {
        let truth = bound.questions.iter().map(|q| q.truth).fold(0.0, f64::max);
        (1.0 / (1.0 - truth)).round()
    });
    let text = |text: String| vec![Inline::Text(text)];
    let site_or = |value: &Option<String>, fill: &str| super::page::known(value.as_ref(), fill);
    let hinted: Vec<&str> = meaning
        .hints
        .iter()
        .flat_map(|hints| hints.dimensions.iter().map(|d| d.name.as_str()))
        .collect();
    let hint = meaning.hints.as_ref();
    let but = match meaning.bound {
        Some(_) => {
            ", but for a note without your name that you were asked, so that you are not \
                    asked again; you can remove that, too"
        }
        None => "",
    };
    let values: Vec<(&str, Line)> = vec![
        ("hinted", text(list(&hinted))),
        (
            "sharing",
            text(hint.map_or_else(String::new, |h| h.why.clone())),
        ),
        (
            "window",
            text(hint.map_or_else(String::new, |h| duration(h.window))),
        ),
        ("but", text(but.to_owned())),
        ("observed", text(list(&observed))),
        ("purposes", text(purposes.join("; "))),
        ("retention", text(duration(meaning.inventory.retention))),
        ("questions", text(one_of(&questions))),
        ("wrong", text(format!("{wrong}"))),
        (
            "times",
            text(
                meaning
                    .bound
                    .as_ref()
                    .map_or_else(String::new, |b| times(b.lifetime_times)),
            ),
        ),
        (
            "collector",
            site_or(&site.collector, "who runs the collector"),
        ),
        ("controller", site_or(&site.controller, "the controller")),
        ("contact", site_or(&site.contact, "contact")),
        (
            "basis",
            site_or(&site.legal_basis, "the legal basis, such as your consent"),
        ),
    ];
    let say = |name: &str| filled(ENGLISH, name, &values);
    let mut blocks = vec![heading(2, sentence(ENGLISH, "title"))];
    let leaving: &[&str] = match (&meaning.outgoing, &meaning.hints) {
        (Some(_), None) => &["asked", "sent"],
        (Some(_), Some(_)) => &["asked", "sent", "shared"],
        (None, Some(_)) => &["shared"],
        (None, None) => &["nothing"],
    };
    let all = ["what", "kept"].iter().chain(leaving);
    for name in all.chain(&["rights", "who"]) {
        blocks.push(Block::Paragraph(say(name)));
    }
    blocks
}

/// `either "a" or "b"`
fn one_of(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => {
            format!("one drawn by chance among {} and {last}", before.join(", "))
        }
    }
}

/// The sources in a visitor's words, each once.
fn observed(material: &Material) -> Vec<String> {
    let inventory = &material.meaning.inventory;
    let told: Vec<String> = inventory
        .events
        .iter()
        .filter(|event| *event != "view")
        .map(|event| format!("\"{event}\""))
        .collect();
    let words = |name: &str| match name {
        "page views" => Some("which pages you open".to_owned()),
        "track()" => Some(format!("what you do on them ({})", told.join(", "))),
        "declare()" => Some("what you told the site or it already knows".to_owned()),
        "attention" => Some("how long a page is in front of you".to_owned()),
        "scrolling" => Some("how far you read".to_owned()),
        "referrer" => Some("what kind of site led you here".to_owned()),
        "campaign" => Some("what kind of link led you here".to_owned()),
        "user agent" => Some("whether you use a phone, a tablet or a computer".to_owned()),
        "language" => Some("the language of your browser".to_owned()),
        "time zone" => Some("the part of the world that your clock is set to".to_owned()),
        "clock" => Some("the time of day where you are".to_owned()),
        _ => None,
    };
    inventory
        .sources
        .iter()
        .filter_map(|source| words(source.name))
        .collect()
}

fn sentence(wording: &Wording, name: &str) -> &'static str {
    let found = wording.iter().find(|(known, _)| *known == name);
    found.map_or("", |(_, text)| text)
}

/// A sentence with its places filled.
fn filled(wording: &Wording, name: &str, values: &[(&str, Line)]) -> Line {
    let mut line = Vec::new();
    for part in sentence(wording, name).split('{') {
        let Some((place, rest)) = part.split_once('}') else {
            line.push(Inline::Text(part.to_owned()));
            continue;
        };
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == place) {
            line.extend(value.iter().cloned());
        }
        line.push(Inline::Text(rest.to_owned()));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_a_sentence_is_known() {
        let known = [
            "observed",
            "purposes",
            "retention",
            "questions",
            "wrong",
            "times",
            "collector",
            "controller",
            "contact",
            "basis",
            "hinted",
            "sharing",
            "window",
            "but",
        ];
        for (name, text) in ENGLISH {
            for part in text.split('{').skip(1) {
                let place = part.split_once('}').map(|(place, _)| place);
                assert!(
                    known.contains(&place.unwrap_or("no brace")),
                    "{name}: {part}"
                );
            }
        }
        let values = [("basis", vec![Inline::Text("{x}".into())])];
        let line = filled(&[("a", "b {basis}, {none}.")], "a", &values);
        let texts: Vec<String> = line.iter().map(|i| format!("{i:?}")).collect();
        assert_eq!(
            texts.join(""),
            "Text(\"b \")Text(\"{x}\")Text(\", \")Text(\".\")"
        );
    }
}
