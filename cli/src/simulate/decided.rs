//! What slots would show: decided for each visitor by the core, with a seed made of the visitor's
//! number, so that the same events give the same answer again.

use fewbits::book::{Book, Time};
use fewbits::decisions::{self, Choices};
use fewbits::engine::{Rules, Seen};
use fewbits::profile::Profile;
use fewbits::segments::Segments;
use serde_json::{Map, Value, json};

use crate::failure::{Failure, Result};

/// Slots of a book by name.
pub fn slots(book: &Book, names: &[String]) -> Result<Vec<u16>> {
    let find = |name: &String| {
        let found = (0u16..).zip(&book.slots);
        let mut found = found.filter(|(_, slot)| book.str(slot.name) == name);
        found.next().map(|(index, _)| index).ok_or_else(|| {
            let known: Vec<&str> = book.slots.iter().map(|slot| book.str(slot.name)).collect();
            let help = match known.is_empty() {
                true => "it has no `decisions`".to_owned(),
                false => format!("it has {}", known.join(", ")),
            };
            Failure::new(format!("the book has no slot `{name}`"), help)
        })
    };
    names.iter().map(find).collect()
}

/// What these slots show to a visitor whose memberships were just read: rule (one more than its
/// index; 0: `otherwise`) and variant.
pub fn decide(
    rules: &Rules,
    slots: &[u16],
    (profile, segments): (&Profile, &Segments),
    number: u32,
    now: Time,
) -> Box<[(u16, u16)]> {
    let book = rules.book();
    let seen = Seen {
        book,
        profile,
        segments,
        now,
    };
    let mut choices = Choices::default();
    choices.set_seed(seed(number));
    let decided = slots.iter().map(|slot| {
        let Some(slot) = book.slots.get(usize::from(*slot)) else {
            return (0, 0);
        };
        let (decision, _) = decisions::decide(book, slot, &choices, &seen, now);
        (decision.rule.map_or(0, |rule| rule + 1), decision.variant)
    });
    decided.collect()
}

/// SplitMix64, so that neighbours have nothing in common.
fn seed(number: u32) -> [u8; 16] {
    let mut seed = [0; 16];
    for (i, half) in (1..).zip(seed.chunks_mut(8)) {
        let n = (u64::from(number) * 2 + i).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        half.copy_from_slice(&(n ^ (n >> 31)).to_le_bytes());
    }
    seed
}

/// The same in words, by slot.
pub fn words(book: &Book, slots: &[u16], decided: &[(u16, u16)]) -> Value {
    let mut all = Map::new();
    for (slot, (rule, variant)) in slots.iter().zip(decided) {
        let Some(slot) = book.slots.get(usize::from(*slot)) else {
            continue;
        };
        let variant = slot.variants.get(usize::from(*variant));
        let rule = rule.checked_sub(1);
        let chosen = rule.and_then(|rule| slot.choose.get(usize::from(rule)));
        all.insert(
            book.str(slot.name).to_owned(),
            json!({
                "variant": variant.map_or("", |id| book.str(*id)),
                "because": chosen.map_or("otherwise", |choice| book.str(choice.because)),
            }),
        );
    }
    Value::Object(all)
}
