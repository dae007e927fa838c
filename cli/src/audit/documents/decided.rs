//! What follows on the page itself, for the page.

use super::page::{Block, Inline, quote, words};
use crate::audit::analysis::Meaning;

/// What is shown where, and by what; nothing if nothing is decided.
pub fn of(meaning: &Meaning) -> Vec<Block> {
    if meaning.slots.is_empty() && meaning.rankings.is_empty() {
        return Vec::new();
    }
    let slots = meaning.slots.iter().map(|slot| {
        let rules = slot.rules.iter().map(|rule| rule.how.clone());
        let otherwise = format!("otherwise {}", slot.otherwise);
        let rules: Vec<String> = rules.chain([otherwise]).collect();
        vec![
            vec![Inline::Code(slot.name.clone())],
            quote(&slot.why),
            quote(slot.variants.join(", ")),
            quote(rules.join("; ")),
        ]
    });
    let rankings = meaning.rankings.iter().map(|ranking| {
        vec![
            vec![Inline::Code(ranking.name.clone())],
            quote(&ranking.why),
            quote("an order of items"),
            quote(ranking.signals.join(", ")),
        ]
    });
    vec![
        Block::Heading(3, "Decided on the page".to_owned()),
        Block::Paragraph(words(
            "What is shown where. It is worked out in the browser, and nobody is told.",
        )),
        Block::Table(
            vec!["what", "why", "out of", "by"],
            slots.chain(rankings).collect(),
        ),
    ]
}
