//! "Not me": a segment that the visitor does not want to be holds nowhere, whatever its condition
//! says: not for the page, not for a decision, not at the gate.

#![cfg(all(feature = "author", not(target_arch = "wasm32")))]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may fail"
)]

mod support;

use fewbits::book::{Book, Time};
use fewbits::engine::Engine;
use fewbits::gate::{Answer, Purpose};
use support::{Browser, MONDAY, Seeded, compile};

/// One dimension of each sort: first match, several at once and all of them possible, and one
/// that holds on to its members.
const BOOK: &str = r#"{ "fewbits": 1, "book": "shop", "version": 1,
  "signals": {
    "views": { "count": "view", "within": "7d" },
    "looks": { "count": "look", "within": "7d" } },
  "dimensions": {
    "lifecycle": { "why": "greet regulars", "segments": [
      { "id": "loyal", "when": { "views": { "$gte": 9 } } },
      { "id": "regular", "when": { "views": { "$gte": 3 } } } ], "otherwise": "new" },
    "interest": { "why": "lead with it", "pick": 2, "segments": [
      { "id": "boots", "when": { "looks": { "$gte": 1 } } },
      { "id": "coats", "when": { "views": { "$gte": 1 } } } ], "otherwise": "any" },
    "mood": { "why": "be kind", "segments": [
      { "id": "keen", "when": { "looks": { "$gte": 2 } }, "stay": { "views": { "$gte": 1 } }, "hold": "1h" } ],
      "otherwise": "calm" } },
  "decisions": { "hero": { "why": "a test", "variants": ["a", "b", "c"], "choose": [
      { "when": { "lifecycle": "loyal" }, "show": "a" },
      { "when": { "lifecycle": "regular" }, "show": "b" } ], "otherwise": "c" } },
  "report": { "bootstrap": true, "lifetime_bits": 2 },
  "hints": { "dimensions": ["lifecycle"], "window": "10d", "why": "a test" } }"#;
const NAMES: [&str; 8] = [
    "loyal", "regular", "new", "boots", "coats", "any", "keen", "calm",
];

fn visitor(book: &Book) -> Engine {
    let mut engine = Engine::new(book.clone(), Box::new(Seeded(1)));
    for (event, times) in [("view", 9), ("look", 2)] {
        let event = engine.rules().door().named(event, &[], None);
        for _ in 0..times {
            engine.track(event.clone(), MONDAY);
        }
    }
    engine
}

fn segment(name: &str) -> u16 {
    NAMES.iter().position(|one| *one == name).expect("a name") as u16
}

fn held(engine: &Engine) -> Vec<&'static str> {
    let flags = engine.flags().iter().zip(NAMES);
    flags.filter(|(f, _)| **f == 1).map(|(_, n)| n).collect()
}

fn mute(engine: &mut Engine, name: &str, muted: bool, now: Time) -> u32 {
    engine.mute(segment(name), muted, now)
}

#[test]
fn another_segment_holds_instead_until_it_is_taken_back() {
    let book = compile(BOOK);
    let mut v = visitor(&book);
    assert_eq!(held(&v), ["loyal", "boots", "coats", "keen"]);
    assert_eq!(mute(&mut v, "loyal", true, MONDAY), 2);
    assert_eq!(held(&v), ["regular", "boots", "coats", "keen"]);
    assert_eq!(mute(&mut v, "loyal", true, MONDAY), 0, "said twice");
    assert_eq!(mute(&mut v, "regular", true, MONDAY), 2);
    assert_eq!(mute(&mut v, "boots", true, MONDAY), 1);
    assert_eq!(held(&v), ["new", "coats", "keen"]);
    assert_eq!(mute(&mut v, "coats", true, MONDAY), 2);
    assert_eq!(mute(&mut v, "keen", true, MONDAY), 2);
    assert_eq!(held(&v), ["new", "any", "calm"]);
    // It stays so, whatever happens.
    let look = v.rules().door().named("look", &[], None);
    for n in 1..50 {
        v.track(look.clone(), MONDAY + n * 100);
    }
    assert_eq!(held(&v), ["new", "any", "calm"]);
    for name in NAMES {
        mute(&mut v, name, false, MONDAY + 5_000);
    }
    assert_eq!(held(&v), ["loyal", "boots", "coats", "keen"]);
}

#[test]
fn what_holds_when_nothing_else_does_cannot_be_muted() {
    let book = compile(BOOK);
    let mut v = Engine::new(book, Box::new(Seeded(1)));
    for name in ["new", "any", "calm"] {
        assert_eq!(mute(&mut v, name, true, MONDAY), 0);
    }
    assert_eq!(held(&v), ["new", "any", "calm"]);
    assert_eq!(v.mute(9_999, true, MONDAY), 0, "there is no such segment");
}

#[test]
fn decisions_follow_at_once_also_what_was_kept_for_the_session() {
    let book = compile(BOOK);
    let browser = Browser::default();
    let tab = |id| {
        let mut v = Engine::new(book.clone(), Box::new(Seeded(1)));
        for purpose in [Purpose::Store, Purpose::Personalise] {
            v.set_consent(purpose, Answer::Granted, MONDAY);
        }
        v.attach(browser.tab(id));
        v.fold(MONDAY);
        v
    };
    let mut v = tab(1);
    v.seed([7; 16]);
    let view = v.rules().door().named("view", &[], None);
    for _ in 0..9 {
        v.track(view.clone(), MONDAY);
    }
    let hero = |v: &mut Engine| v.decide(0, true, MONDAY).expect("a slot").variant;
    assert_eq!(hero(&mut v), 0);
    mute(&mut v, "loyal", true, MONDAY);
    assert_eq!(hero(&mut v), 1);
    v.fold(MONDAY);
    // The next page is told what was muted before it looks at the memory: that changes nothing,
    // so what was decided stays as it is.
    let mut next = tab(2);
    assert_eq!(hero(&mut next), 1);
    next.detach();
    mute(&mut v, "loyal", false, MONDAY);
    assert_eq!(hero(&mut v), 0);
}

#[test]
fn the_gate_sees_what_the_visitor_wants_to_be() {
    let book = compile(BOOK);
    let told = |muted: &[&str]| {
        let mut v = visitor(&book);
        for purpose in [Purpose::Store, Purpose::Personalise, Purpose::Share] {
            v.set_consent(purpose, Answer::Granted, MONDAY);
        }
        v.attach(Browser::default().tab(1));
        for name in muted {
            mute(&mut v, name, true, MONDAY);
        }
        v.fold(MONDAY);
        v.hint(MONDAY).expect("a hint").to_json()
    };
    assert!(told(&[]).contains("lifecycle/loyal"));
    assert!(told(&["loyal"]).contains("lifecycle/regular"));
    assert!(told(&["loyal", "regular"]).contains("lifecycle/new"));
}

#[test]
fn forgetting_takes_it_back() {
    let book = compile(BOOK);
    let mut v = visitor(&book);
    mute(&mut v, "loyal", true, MONDAY);
    v.forget(MONDAY);
    let view = v.rules().door().named("view", &[], None);
    for _ in 0..9 {
        v.track(view.clone(), MONDAY);
    }
    assert_eq!(held(&v)[0], "loyal");
}

#[test]
fn in_any_life_the_muted_never_hold_and_something_always_does() {
    let book = compile(BOOK);
    for life in 0..200 {
        let mut chance = Seeded(life);
        let mut v = Engine::new(book.clone(), Box::new(Seeded(life)));
        let mut muted = [false; NAMES.len()];
        let mut now = MONDAY;
        for _ in 0..60 {
            let n = chance.next();
            now += (n >> 8) as u32 % 40_000;
            let at = (n >> 40) as usize % NAMES.len();
            match n % 3 {
                0 => {
                    muted[at] = n & 8 == 0;
                    v.mute(at as u16, muted[at], now);
                }
                _ => {
                    let event = if n & 8 == 0 { "view" } else { "look" };
                    let event = v.rules().door().named(event, &[], None);
                    v.track(event, now);
                }
            }
            let flags: Vec<bool> = v.flags().iter().map(|f| *f == 1).collect();
            for (family, rest) in [(0..3, 2), (3..6, 5), (6..8, 7)] {
                assert!(family.clone().any(|i| flags[i]), "life {life}");
                let others = family.clone().any(|i| i != rest && flags[i]);
                assert_eq!(flags[rest], !others, "life {life}");
                assert!(
                    family
                        .filter(|i| *i != rest)
                        .all(|i| !(flags[i] && muted[i]))
                );
            }
        }
    }
}
