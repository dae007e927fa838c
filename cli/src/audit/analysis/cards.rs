//! The cards of the fields that can leave, from the file that stands beside the wire form.

/// The file. A test of the core keeps its keys equal to those of the wire form.
const CARDS: &str = include_str!("../../../../src/report/FIELDS.toml");

/// What is written about one field.
pub struct Card {
    pub field: &'static str,
    pub means: &'static str,
    pub why: &'static str,
    pub tells: &'static str,
}

/// All of them, in the order of the wire form.
pub fn all() -> Vec<Card> {
    let mut cards: Vec<Card> = Vec::new();
    for line in CARDS.lines() {
        if let Some(field) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            cards.push(Card {
                field,
                means: "",
                why: "",
                tells: "",
            });
        } else if let (Some((key, value)), Some(card)) = (line.split_once(" = "), cards.last_mut())
        {
            let value = value.trim_matches('"');
            match key {
                "means" => card.means = value,
                "why" => card.why = value,
                "tells" => card.tells = value,
                _ => {}
            }
        }
    }
    cards
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_field_has_a_whole_card() {
        let cards = super::all();
        let fields: Vec<&str> = cards.iter().map(|card| card.field).collect();
        let wire = ["fewbits", "book", "version", "epoch", "question", "answer"];
        assert_eq!(fields, wire);
        for card in cards {
            for text in [card.means, card.why, card.tells] {
                assert!(
                    !text.is_empty() && !text.contains('"'),
                    "{}: {text}",
                    card.field
                );
            }
        }
    }
}
