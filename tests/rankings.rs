//! Rankings over simulated time: the same visitor is shown sweaters in a cold January and sandals
//! before a holiday, by ordinary conditions over season, weather, continent and interest. The
//! package is held to the same file (`www/sdk/test/rank.test.mjs`).

#![cfg(all(feature = "author", not(target_arch = "wasm32")))]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests, which may fail"
)]

mod support;

use fewbits::book::{Book, Domain, Kind, Role, author};
use fewbits::engine::Engine;
use fewbits::gate::{Answer, Purpose};
use fewbits::signals::Event;
use serde_json::Value;
use support::{DAY, Seeded};

/// 10 January 2027, noon.
const JANUARY: u32 = 1_799_582_400;

struct Visitor {
    engine: Engine,
    book: Book,
}

impl Visitor {
    fn new(golden: &Value) -> Self {
        let compiled = author::compile(&golden["book"].to_string());
        let bytes = compiled.unwrap_or_else(|found| panic!("{found:?}")).bytes;
        let book = || Book::from_bytes(&bytes).unwrap();
        Self {
            engine: Engine::new(book(), Box::new(Seeded(1))),
            book: book(),
        }
    }

    /// States an item of a declared or context signal.
    fn state(&mut self, signal: &str, item: &str, now: u32) {
        let mut signals = (0u16..).zip(&self.book.signals);
        let (index, signal) = signals
            .find(|(_, s)| self.book.str(s.name) == signal)
            .unwrap();
        let at = match &signal.kind {
            Kind::Context { of } => of.items().iter().position(|known| *known == item),
            Kind::Declared {
                domain: Domain::Items(items),
            } => items.iter().position(|known| self.book.str(*known) == item),
            _ => None,
        };
        self.engine.declare(index, at.unwrap() as f64, now);
    }

    fn view(&mut self, aisle: &str, now: u32) {
        let events = &self.book.events;
        let name = events
            .iter()
            .position(|e| self.book.str(*e) == "view")
            .unwrap();
        let values = &self.book.tags[0].values;
        let value = values
            .iter()
            .position(|v| self.book.str(*v) == aisle)
            .unwrap();
        let event = Event {
            name: name as u16,
            tags: vec![(0, value as u16)],
            value: None,
        };
        self.engine.track(event, now);
    }

    fn numbers(&mut self, now: u32) -> Vec<f64> {
        let mut numbers = Vec::new();
        self.engine.weigh(0, now, &mut numbers);
        assert_eq!(numbers.len(), self.book.rankings[0].terms.len());
        numbers
    }

    /// What the ranking adds for a tag.
    fn weight(&mut self, tag: &str, now: u32) -> f64 {
        let numbers = self.numbers(now);
        let mut sum = 0.0;
        let mut each = None;
        for (term, number) in self.book.rankings[0].terms.iter().zip(numbers) {
            let of = self.book.str(term.of);
            match term.role {
                Role::Each => each = Some((of, number)),
                Role::Weight => {
                    let own = match each.take() {
                        // The list of the book's only `top` signal.
                        Some((key, item)) => {
                            let list =
                                ["sweaters", "sandals", "boots"].map(|v| format!("{key}:{v}"));
                            list.get(item as usize)
                                .is_some_and(|own| !item.is_nan() && own == tag)
                        }
                        None => of == tag,
                    };
                    sum += if own && !number.is_nan() { number } else { 0.0 };
                }
                _ => {}
            }
        }
        sum
    }
}

fn golden() -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/catalogue/rankings.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Seconds of `2027-01-10T12:00:00Z`.
fn seconds(text: &str) -> u32 {
    let part = |from: usize, to: usize| text[from..to].parse::<i64>().unwrap();
    let (year, month, day) = (part(0, 4), part(5, 7), part(8, 10));
    // Days before a civil date (Howard Hinnant, "chrono-compatible low-level date algorithms").
    let year = if month <= 2 { year - 1 } else { year };
    let era = year / 400;
    let of_era = year - era * 400;
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    (days * 86_400 + part(11, 13) * 3600 + part(14, 16) * 60) as u32
}

#[test]
fn sweaters_in_a_cold_january_and_sandals_before_a_holiday() {
    let golden = golden();
    let mut visitor = Visitor::new(&golden);
    assert_eq!(seconds("2027-01-10T12:00:00Z"), JANUARY);
    for day in golden["days"].as_array().unwrap() {
        let now = seconds(day["at"].as_str().unwrap());
        for stated in [&day["context"], &day["facts"]] {
            for (signal, item) in stated.as_object().into_iter().flatten() {
                visitor.state(signal, item.as_str().unwrap(), now);
            }
        }
        for aisle in day["views"].as_array().unwrap() {
            visitor.view(aisle.as_str().unwrap(), now);
        }
        let [sweaters, sandals] =
            ["aisle:sweaters", "aisle:sandals"].map(|tag| visitor.weight(tag, now));
        let first = day["first"][0].as_str().unwrap();
        let leads = if sweaters > sandals {
            "sweater"
        } else {
            "sandal"
        };
        assert!(
            first.starts_with(leads),
            "{}: {sweaters} {sandals}",
            day["why"]
        );
    }
}

#[test]
fn who_does_not_want_it_personal_gets_what_everybody_gets() {
    let mut visitor = Visitor::new(&golden());
    visitor.state("weather", "cold", JANUARY);
    visitor.state("season", "winter", JANUARY);
    assert!(visitor.weight("aisle:sweaters", JANUARY) > 0.0);
    visitor
        .engine
        .set_consent(Purpose::Personalise, Answer::Denied, JANUARY);
    let numbers = visitor.numbers(JANUARY + DAY);
    for (term, number) in visitor.book.rankings[0].terms.iter().zip(numbers) {
        let personal = term.when.is_some() || term.by.is_some();
        assert_eq!(number.is_nan(), personal, "{term:?}");
    }
}

#[test]
fn a_ranking_that_is_not_there_has_no_numbers() {
    let mut visitor = Visitor::new(&golden());
    let mut numbers = vec![1.0];
    visitor.engine.weigh(9, JANUARY, &mut numbers);
    assert!(numbers.is_empty());
}
