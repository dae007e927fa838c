//! The gate: every reason to keep silent, what is charged and when, what is frozen, what the
//! ledger says, and that the chances are exactly what `docs/gate.md` says they are.

#![cfg(all(feature = "author", not(target_arch = "wasm32")))]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests, which may fail"
)]

mod support;

use fewbits::book::{Book, Shown};
use fewbits::engine::Engine;
use fewbits::gate::{Answer, Purpose, Reason, TOMBSTONE, What, randomise};
use fewbits::ports::{Slot, below};
use fewbits::report::Epoch;
use support::*;

/// A report that shows every answer.
const OPEN: &str = r#"{ "questions": { "plan": 1 }, "bootstrap": true }"#;
const TO: &str = "https://collect.shop.example/v1/report";

/// A visitor whose question was drawn at [`MONDAY`], with the time at which it is surely due.
fn drawn(
    json: &str,
    entropy: impl fewbits::ports::Entropy + 'static,
    browser: &Browser,
) -> (Engine, u32) {
    let mut engine = consenting(json, entropy, browser, MONDAY);
    assert_eq!(ask(&mut engine, MONDAY), Err(Reason::NotDue));
    (engine, MONDAY + 2 * DAY)
}

/// The same browser after the page was closed and opened again.
fn reopened(json: &str, seed: u64, browser: &Browser, now: u32) -> Engine {
    consenting(json, Seeded(seed), browser, now)
}

fn spent(engine: &Engine) -> u32 {
    engine.gate().ledger().spent()
}

/// What the ledger says happened, in order.
fn story(engine: &Engine) -> Vec<What> {
    engine
        .gate()
        .ledger()
        .lines()
        .iter()
        .map(|line| line.what)
        .collect()
}

// --- reasons

#[test]
fn every_reason_is_reached() {
    let json = plan_book(1, 4, OPEN);
    let mut reached = Vec::new();

    // No consent at all, and consent to be counted without a place for the ledger.
    let mut engine = Engine::new(compile(&json), Box::new(Seeded(1)));
    reached.push(engine.ask(MONDAY));
    engine.set_consent(Purpose::Measure, Answer::Granted, MONDAY);
    reached.push(engine.ask(MONDAY));

    // A book that asks nothing.
    let mut engine = consenting(&cut_report(&json), Seeded(1), &Browser::default(), MONDAY);
    reached.push(engine.ask(MONDAY));

    // Drawn, answered, on its way, done.
    let browser = Browser::default();
    let (mut engine, due) = drawn(&json, Seeded(1), &browser);
    reached.push(engine.ask(MONDAY));
    reached.push(engine.ask(due));
    assert!(engine.sending(TO, due));
    reached.push(engine.ask(due));
    assert!(engine.delivered(TO, due));
    reached.push(engine.ask(due));

    // Less budget than the answer costs.
    let mut book = compile(&json);
    if let Some(reporting) = &mut book.reporting {
        reporting.cap = 1;
    }
    let mut engine = Engine::new(book, Box::new(Seeded(1)));
    agree(&mut engine, MONDAY);
    engine.attach(Browser::default().tab(1));
    assert_eq!(ask(&mut engine, MONDAY), Err(Reason::NotDue));
    reached.push(engine.ask(due));

    // No crowd is known.
    let unknown = plan_book(1, 4, r#"{ "questions": { "plan": 1 } }"#);
    let (mut engine, due) = drawn(&unknown, Seeded(1), &Browser::default());
    reached.push(engine.ask(due));

    // A sensitive topic.
    let illness = json.replace("\"rest\"", "\"hypertension\"");
    let mut engine = consenting(&illness, Seeded(1), &Browser::default(), MONDAY);
    reached.push(engine.ask(MONDAY));

    // The ledger cannot be written.
    let browser = Browser::default();
    let (mut engine, due) = drawn(&json, Seeded(1), &browser);
    browser.fail(Faults {
        write_gate: true,
        ..Faults::default()
    });
    reached.push(engine.ask(due));

    let mut reasons: Vec<Reason> = reached.into_iter().filter_map(Result::err).collect();
    reasons.sort_by_key(|r| *r as u8);
    reasons.dedup();
    assert_eq!(reasons, Reason::ALL);
}

/// A book without its report.
fn cut_report(json: &str) -> String {
    let (head, _) = json.split_once("\"report\"").expect("has a report");
    format!("{} }}", head.trim_end().trim_end_matches(','))
}

#[test]
fn reasons_have_their_codes() {
    for (code, reason) in (1u8..).zip(Reason::ALL) {
        assert_eq!(reason as u8, code);
    }
    for (code, what) in (0u8..).zip(What::ALL) {
        assert_eq!(what as u8, code);
    }
}

// --- sensitive topics

#[test]
fn nothing_sensitive_is_asked_or_sent() {
    // One question of two is sensitive: whatever chance says, the other one is drawn.
    let two = |version: u32, name: &str, extra: &str| {
        plan_book(version, 2, r#"{ "questions": { "plan": 1, "NAME": 1000 }, "bootstrap": true }"#)
            .replace("\"dimensions\": {", &format!("\"dimensions\": {{ \"NAME\": {{ \"why\": \"w\", {extra}\"segments\": [{{ \"id\": \"x\", \"when\": {{ \"plan\": \"v0\" }} }}], \"otherwise\": \"y\" }},"))
            .replace("NAME", name)
    };
    for seed in 0..40 {
        let json = two(1, "religion", "");
        let browser = Browser::default();
        let (mut engine, due) = drawn(&json, Seeded(seed), &browser);
        let report = ask(&mut engine, due).expect("due");
        assert!(report.contains(r#""question":"plan""#), "{report}");
    }
    // What was drawn, answered and not yet sent under a version that meant something else stays.
    let harmless = two(1, "religion", r#""not_sensitive": "a test", "#);
    let browser = Browser::default();
    let (mut engine, due) = drawn(&harmless, Script::new(&[5, 0, 0]), &browser);
    let report = ask(&mut engine, due).expect("due");
    assert!(report.contains(r#""question":"religion""#), "{report}");
    let mut engine = reopened(&two(2, "religion", ""), 1, &browser, due);
    assert_eq!(ask(&mut engine, due), Err(Reason::Sensitive));
    assert!(engine.report().is_none() && !engine.sending(TO, due));
    assert!(ledger(&engine).contains(r#""reason":"sensitive""#));
    let mut engine = reopened(&harmless, 1, &browser, due);
    assert_eq!(ask(&mut engine, due).as_ref(), Ok(&report));
    // Consent comes first, the budget after.
    let mut book = compile(&plan_book(1, 2, OPEN).replace("\"rest\"", "\"cancer\""));
    book.reporting.as_mut().expect("asks").cap = 1;
    let mut engine = Engine::new(book, Box::new(Seeded(1)));
    assert_eq!(engine.ask(MONDAY), Err(Reason::NoConsent));
    agree(&mut engine, MONDAY);
    engine.attach(Browser::default().tab(1));
    assert_eq!(ask(&mut engine, MONDAY), Err(Reason::Sensitive));
    assert_eq!(spent(&engine), 0);
    // Locally it works as ever.
    engine.declare(0, 0.0, MONDAY);
    assert_eq!(engine.flags(), [1, 0]);
}

#[test]
fn the_books_that_we_show_name_nothing_sensitive() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for path in [
        "books/shop.book.json",
        "books/news.book.json",
        "books/data/apache.book.json",
        "books/data/cdnow.book.json",
        "books/data/msweb.book.json",
        "docs/example/shop.book.json",
        "tests/data/garden.book.json",
        "www/demo/src/shop.book.json",
        "www/e2e/pages/lab.book.json",
    ] {
        let json = std::fs::read_to_string(root.join(path)).expect("is there");
        let found = fewbits::book::author::sensitive::findings(&json);
        assert!(found.is_empty(), "{path}: {found:#?}");
    }
}

// --- consent

#[test]
fn consent_to_store_and_to_measure_opens_the_gate() {
    let json = plan_book(1, 4, OPEN);
    let answers = [Answer::Unknown, Answer::Granted, Answer::Denied];
    let mut opened = 0;
    for store in answers {
        for personalise in answers {
            for measure in answers {
                for share in answers {
                    let browser = Browser::default();
                    let mut engine = Engine::new(compile(&json), Box::new(Seeded(1)));
                    engine.set_consent(Purpose::Store, store, MONDAY);
                    engine.set_consent(Purpose::Personalise, personalise, MONDAY);
                    engine.set_consent(Purpose::Measure, measure, MONDAY);
                    engine.set_consent(Purpose::Share, share, MONDAY);
                    engine.attach(browser.tab(1));
                    engine.declare(0, 1.0, MONDAY);
                    engine.fold(MONDAY);
                    let first = engine.ask(MONDAY);
                    let second = engine.ask(MONDAY + 2 * DAY);
                    // Who refuses to be observed has no answer to give.
                    let asked = measure == Answer::Granted && personalise != Answer::Denied;
                    let all = store == Answer::Granted && asked;
                    assert_eq!(
                        second.is_ok(),
                        all,
                        "{store:?} {personalise:?} {measure:?} {share:?}"
                    );
                    assert_eq!(engine.report().is_some(), all);
                    if !asked {
                        assert_eq!(
                            (first, second),
                            (Err(Reason::NoConsent), Err(Reason::NoConsent))
                        );
                    } else if store != Answer::Granted {
                        assert_eq!(
                            (first, second),
                            (Err(Reason::NoStore), Err(Reason::NoStore))
                        );
                    }
                    if store != Answer::Granted {
                        assert_eq!(browser.0.borrow().writes, 0, "memory only");
                    }
                    opened += u32::from(all);
                }
            }
        }
    }
    assert_eq!(opened, 6);
}

#[test]
fn withdrawing_consent_shuts_the_gate() {
    let json = plan_book(1, 4, OPEN);
    for purpose in [Purpose::Measure, Purpose::Store] {
        for answer in [Answer::Denied, Answer::Unknown] {
            let browser = Browser::default();
            let (mut engine, due) = drawn(&json, Seeded(1), &browser);
            ask(&mut engine, due).expect("due");
            engine.set_consent(purpose, answer, due);
            assert!(engine.ask(due).is_err(), "{purpose:?} {answer:?}");
            assert!(
                engine.report().is_none(),
                "{purpose:?} {answer:?}: a report without consent"
            );
            assert!(
                !engine.sending(TO, due),
                "{purpose:?} {answer:?}: sending without consent"
            );
        }
    }
}

#[test]
fn a_fold_does_not_stand_in_for_asking() {
    let json = plan_book(1, 4, OPEN);
    let browser = Browser::default();
    let (mut engine, due) = drawn(&json, Seeded(1), &browser);
    let report = ask(&mut engine, due).expect("due");
    assert!(engine.fold(due));
    assert!(engine.report().is_none() && !engine.sending(TO, due));
    // An answer that waits does not leave once the visitor refused to be observed.
    assert_eq!(ask(&mut engine, due).as_ref(), Ok(&report));
    engine.set_consent(Purpose::Personalise, Answer::Denied, due);
    let mut engine = Engine::new(compile(&json), Box::new(Seeded(2)));
    agree(&mut engine, due);
    engine.set_consent(Purpose::Personalise, Answer::Denied, due);
    engine.attach(browser.tab(2));
    assert!(engine.fold(due));
    assert!(engine.report().is_none() && !engine.sending(TO, due));
    assert_eq!(engine.ask(due), Err(Reason::NoConsent));
    assert!(!engine.sending(TO, due));
}

#[test]
fn nothing_is_stored_after_consent_to_storage_is_withdrawn() {
    let json = plan_book(1, 4, OPEN);
    for answer in [Answer::Denied, Answer::Unknown] {
        let browser = Browser::default();
        let (mut engine, due) = drawn(&json, Seeded(1), &browser);
        engine.set_consent(Purpose::Store, answer, due);
        let before = browser.0.borrow().writes;
        engine.declare(0, 1.0, due);
        engine.fold(due);
        let _ = engine.ask(due);
        assert_eq!(
            browser.0.borrow().writes,
            before,
            "{answer:?}: written without consent"
        );
    }
}

// --- the life of a report

#[test]
fn charged_before_it_is_sent() {
    let json = plan_book(1, 4, OPEN);
    let browser = Browser::default();
    let (mut engine, due) = drawn(&json, Seeded(1), &browser);
    assert_eq!(spent(&engine), 0);
    let report = ask(&mut engine, due).expect("due");
    let charge = spent(&engine);
    assert!(charge > 0);
    // The page closes before anything was sent: the charge is already on the disk, and so is
    // the answer.
    drop(engine);
    let mut engine = reopened(&json, 2, &browser, due);
    assert_eq!(spent(&engine), charge);
    assert_eq!(ask(&mut engine, due).as_ref(), Ok(&report));
    assert_eq!(spent(&engine), charge, "charged once");
}

#[test]
fn the_answer_is_frozen() {
    let json = plan_book(1, 4, OPEN);
    let browser = Browser::default();
    let (mut engine, due) = drawn(&json, Seeded(1), &browser);
    engine.declare(0, 0.0, MONDAY + HOUR);
    let report = ask(&mut engine, due).expect("due");
    for later in 1..50u32 {
        let now = if later % 3 == 0 {
            due - later * DAY
        } else {
            due + later * DAY
        };
        engine.declare(0, f64::from(later % 4), now);
        if later % 5 == 0 {
            // Another version with other odds and a smaller cap.
            let other = format!(
                r#"{{ "questions": {{ "plan": 3 }}, "bootstrap": true, "epsilon": {} }}"#,
                1 + later % 3
            );
            engine = reopened(
                &plan_book(1 + later, 3, &other),
                u64::from(later),
                &browser,
                now,
            );
        }
        assert_eq!(ask(&mut engine, now).as_ref(), Ok(&report));
    }
}

#[test]
fn one_question_once() {
    let json = plan_book(1, 2, OPEN);
    let browser = Browser::default();
    let (mut engine, due) = drawn(&json, Seeded(1), &browser);
    ask(&mut engine, due).expect("due");
    assert!(engine.sending(TO, due) && engine.delivered(TO, due));
    let charge = spent(&engine);
    for year in 0..20u32 {
        let now = due + year * 365 * DAY;
        // Budget enough for many more, and another question.
        let generous = r#"{ "questions": { "plan": 1 }, "bootstrap": true, "lifetime_bits": 60, "why": "a test" }"#;
        let json = plan_book(2 + year, 5, generous);
        let mut engine = reopened(&json, u64::from(year), &browser, now);
        assert_eq!(ask(&mut engine, now), Err(Reason::AlreadyAnswered));
        assert_eq!((engine.report(), engine.due()), (None, None));
        assert!(!engine.sending(TO, now));
        assert_eq!(ask(&mut engine, now), Err(Reason::AlreadyAnswered));
        assert_eq!(spent(&engine), charge);
    }
}

#[test]
fn sending_at_the_wrong_moment_changes_nothing() {
    let json = plan_book(1, 4, OPEN);
    // Nothing drawn.
    let mut engine = consenting(&json, Seeded(1), &Browser::default(), MONDAY);
    assert!(!engine.sending(TO, MONDAY) && engine.report().is_none());
    // Drawn, not due.
    let (mut engine, due) = drawn(&json, Seeded(1), &Browser::default());
    let before = engine.due();
    assert!(!engine.sending(TO, MONDAY));
    assert_eq!(engine.due(), before, "the draw stands");
    // Sent twice.
    ask(&mut engine, due).expect("due");
    assert!(engine.sending(TO, due));
    assert!(!engine.sending(TO, due), "one report, one send");
    assert_eq!(engine.ask(due), Err(Reason::BeingSent));
    assert!(engine.delivered(TO, due));
    // Sent after it arrived.
    assert!(!engine.sending(TO, due));
    assert_eq!(engine.ask(due), Err(Reason::AlreadyAnswered));
    assert_eq!(engine.ask(due + 90 * DAY), Err(Reason::AlreadyAnswered));
    // Outcomes without a send.
    engine.failed(TO, due);
    engine.delivered(TO, due);
    assert_eq!(engine.ask(due), Err(Reason::AlreadyAnswered));
    assert_eq!(
        story(&engine),
        [What::Drawn, What::Answered, What::Sent, What::Delivered]
    );
}

#[test]
fn a_page_that_closes_while_sending_never_sends_again() {
    let json = plan_book(1, 4, OPEN);
    let browser = Browser::default();
    let (mut engine, due) = drawn(&json, Seeded(1), &browser);
    ask(&mut engine, due).expect("due");
    assert!(engine.sending(TO, due));
    drop(engine);
    for (later, reason) in [
        (0, Reason::BeingSent),
        (DAY - 1, Reason::BeingSent),
        (DAY, Reason::AlreadyAnswered),
        (400 * DAY, Reason::AlreadyAnswered),
    ] {
        let mut engine = reopened(&json, 2, &browser, due + later);
        assert_eq!(ask(&mut engine, due + later), Err(reason));
        assert!(engine.report().is_none());
        assert!(!engine.sending(TO, due + later));
    }
}

#[test]
fn what_did_not_arrive_waits_as_it_is() {
    let json = plan_book(1, 4, OPEN);
    let browser = Browser::default();
    let (mut engine, due) = drawn(&json, Seeded(1), &browser);
    let report = ask(&mut engine, due).expect("due");
    let charge = spent(&engine);
    for n in 0..3u32 {
        let now = due + n * HOUR;
        assert!(engine.sending(TO, now));
        assert!(engine.report().is_none(), "on its way");
        assert!(engine.failed(TO, now));
        engine = reopened(&json, u64::from(n), &browser, now);
        engine.declare(0, f64::from(n), now);
        assert_eq!(ask(&mut engine, now).as_ref(), Ok(&report));
        assert_eq!(spent(&engine), charge);
    }
    assert!(engine.sending(TO, due + DAY) && engine.delivered(TO, due + DAY));
    assert_eq!(ask(&mut engine, due + DAY), Err(Reason::AlreadyAnswered));
}

#[test]
fn a_ledger_of_many_failures_keeps_what_left() {
    let json = plan_book(1, 4, OPEN);
    let browser = Browser::default();
    let (mut engine, due) = drawn(&json, Seeded(1), &browser);
    let report = ask(&mut engine, due).expect("due");
    for n in 0..100 {
        assert!(engine.sending(TO, due + n) && engine.failed(TO, due + n));
        assert!(engine.report().is_none(), "another try asks again");
        assert_eq!(ask(&mut engine, due + n).as_ref(), Ok(&report));
    }
    let lines = engine.gate().ledger().lines();
    let left = |what| lines.iter().filter(|l| l.what == what).map(|l| l.at).min();
    assert!(lines.len() <= 250, "bounded");
    assert_eq!(left(What::Sent), Some(due), "when it first left");
    assert!(
        lines
            .iter()
            .any(|l| l.what == What::Answered && l.charge > 0),
        "what it cost"
    );
    assert!(ledger(&engine).contains(&report.replace('"', "\\\"")));
}

// --- storage that fails

#[test]
fn without_a_written_ledger_nothing_leaves() {
    let json = plan_book(1, 4, OPEN);
    let broken = Faults {
        write_gate: true,
        ..Faults::default()
    };

    // At the draw: nothing was asked yet.
    let browser = Browser::default();
    let mut engine = consenting(&json, Seeded(1), &browser, MONDAY);
    browser.fail(broken);
    assert!(ask(&mut engine, MONDAY).is_err());
    assert_eq!(browser.slot(Slot::Gate), None);

    // At the answer: charged nowhere, so it is not known.
    let browser = Browser::default();
    let (mut engine, due) = drawn(&json, Seeded(1), &browser);
    let stored = browser.slot(Slot::Gate);
    browser.fail(broken);
    assert_eq!(ask(&mut engine, due), Err(Reason::StorageFailed));
    assert!(engine.report().is_none(), "a report that is not charged");
    assert!(!engine.sending(TO, due));
    assert_eq!(browser.slot(Slot::Gate), stored);
    assert_eq!(spent(&reopened(&json, 1, &browser, due)), 0);

    // When sending begins: it is kept for later.
    let browser = Browser::default();
    let (mut engine, due) = drawn(&json, Seeded(1), &browser);
    let report = ask(&mut engine, due).expect("due");
    browser.fail(broken);
    assert!(!engine.sending(TO, due), "not written down, so not sent");
    browser.fail(Faults::default());
    assert_eq!(ask(&mut engine, due).as_ref(), Ok(&report));

    // When it arrived, or did not: it is not known any more, so it is never sent again.
    for arrived in [true, false] {
        let browser = Browser::default();
        let (mut engine, due) = drawn(&json, Seeded(1), &browser);
        ask(&mut engine, due).expect("due");
        assert!(engine.sending(TO, due));
        browser.fail(broken);
        let written = if arrived {
            engine.delivered(TO, due)
        } else {
            engine.failed(TO, due)
        };
        assert!(!written);
        drop(engine);
        browser.fail(Faults::default());
        let mut engine = reopened(&json, 2, &browser, due);
        assert_eq!(ask(&mut engine, due), Err(Reason::BeingSent));
        assert_eq!(ask(&mut engine, due + DAY), Err(Reason::AlreadyAnswered));
    }

    // The profile cannot be written: that does not matter to the gate.
    let browser = Browser::default();
    let (mut engine, due) = drawn(&json, Seeded(1), &browser);
    browser.fail(Faults {
        write_profile: true,
        append: true,
        ..Faults::default()
    });
    engine.declare(0, 1.0, due);
    assert!(ask(&mut engine, due).is_ok());
}

#[test]
fn without_chance_nothing_leaves() {
    let json = plan_book(1, 4, OPEN);
    // Chance for nothing, for the question, for the question and its delay.
    for draws in [&[][..], &[0], &[0, 0]] {
        let browser = Browser::default();
        let mut engine = consenting(&json, Script::new(draws), &browser, MONDAY);
        let first = ask(&mut engine, MONDAY);
        assert_eq!(
            first,
            Err(if draws.len() == 2 {
                Reason::NotDue
            } else {
                Reason::StorageFailed
            })
        );
        assert_eq!(
            ask(&mut engine, MONDAY + 3 * DAY),
            Err(Reason::StorageFailed)
        );
        assert_eq!((spent(&engine), engine.report()), (0, None));
    }
}

#[test]
fn a_gate_that_cannot_be_read_stays_shut() {
    let json = plan_book(1, 4, OPEN);
    let browser = Browser::default();
    let (mut engine, due) = drawn(&json, Seeded(1), &browser);
    ask(&mut engine, due).expect("due");
    let good = browser.slot(Slot::Gate).expect("written");
    let mut bad: Vec<Vec<u8>> = (0..good.len()).map(|n| good[..n].to_vec()).collect();
    for at in 0..good.len() {
        for bit in [1, 0x80] {
            let mut bytes = good.clone();
            bytes[at] ^= bit;
            bad.push(bytes);
        }
    }
    bad.push([&good[..], b"\0"].concat());
    bad.push(b"not a gate".to_vec());
    // A right check sum over nonsense.
    for length in 0..40 {
        let body: Vec<u8> = (0..length).map(|i| (i * 37 + length) as u8).collect();
        let sum = fewbits::codec::crc32(&body).to_le_bytes();
        bad.push([&good[..TOMBSTONE], &sum, &body].concat());
    }
    for bytes in bad {
        browser.put(Slot::Gate, bytes.clone());
        let mut engine = reopened(&json, 3, &browser, due);
        assert_eq!(
            ask(&mut engine, due),
            Err(Reason::AlreadyAnswered),
            "{bytes:?}"
        );
        assert_eq!(
            ask(&mut engine, due + 9 * DAY),
            Err(Reason::AlreadyAnswered)
        );
        assert!(engine.report().is_none());
    }
}

#[test]
fn the_gate_survives_a_reload_at_every_stage() {
    let json = plan_book(1, 4, OPEN);
    let browser = Browser::default();
    let (engine, due) = drawn(&json, Seeded(1), &browser);
    let same = |engine: Engine, at: u32| {
        let again = reopened(&json, 9, &browser, at);
        assert_eq!(again.gate(), engine.gate());
        again
    };
    let mut engine = same(engine, MONDAY);
    ask(&mut engine, due).expect("due");
    let mut engine = same(engine, due);
    assert!(engine.ask(due).is_ok() && engine.sending(TO, due));
    let mut engine = same(engine, due);
    assert!(engine.failed(TO, due));
    let mut engine = same(engine, due);
    assert!(engine.ask(due).is_ok() && engine.sending(TO, due));
    assert!(engine.delivered(TO, due));
    same(engine, due);
}

// --- erasing

/// The gate's record after erasing, as the SDK cuts it, and as another page reads it.
fn buried(browser: &Browser) -> Option<Vec<u8>> {
    browser.erase();
    browser.slot(Slot::Gate)
}

#[test]
fn erasing_leaves_what_was_spent_and_nothing_else() {
    let json = plan_book(1, 4, OPEN);
    // Nothing charged, nothing left: whether fresh, drawn or refused for its price.
    let browser = Browser::default();
    let (engine, due) = drawn(&json, Seeded(1), &browser);
    drop(engine);
    assert_eq!(buried(&browser), None);
    let mut engine = reopened(&json, 2, &browser, due);
    assert_eq!(ask(&mut engine, due), Err(Reason::NotDue), "drawn anew");
    // At every stage after the charge: 13 bytes, the same ones.
    for stage in 0..4 {
        let browser = Browser::default();
        let (mut engine, due) = drawn(&json, Seeded(1), &browser);
        let report = ask(&mut engine, due).expect("due");
        let charge = spent(&engine);
        if stage > 0 {
            assert!(engine.sending(TO, due));
        }
        if stage == 2 {
            assert!(engine.delivered(TO, due));
        } else if stage == 3 {
            assert!(engine.failed(TO, due));
        }
        // The page itself forgets as much.
        engine.forget(due);
        assert!(engine.report().is_none() && !engine.sending(TO, due));
        assert_eq!((spent(&engine), ledger(&engine).as_str()), (charge, "[]"));
        drop(engine);
        let tombstone = buried(&browser).expect("something was spent");
        let mut expected = b"FBG\x02\x01".to_vec();
        expected.extend_from_slice(&charge.to_le_bytes());
        let sum = fewbits::codec::crc32(&expected);
        expected.extend_from_slice(&sum.to_le_bytes());
        assert_eq!(tombstone, expected, "stage {stage}");
        assert!(!contains(&tombstone, report.as_bytes()));
        // Whoever comes back is not asked again, whatever the book has become.
        let generous = r#"{ "questions": { "plan": 1 }, "bootstrap": true, "lifetime_bits": 60, "why": "a test" }"#;
        for later in [0, 3 * DAY, 900 * DAY] {
            let mut engine = reopened(&plan_book(2, 3, generous), 5, &browser, due + later);
            assert_eq!(ask(&mut engine, due + later), Err(Reason::AlreadyAnswered));
            assert_eq!((engine.report(), engine.due()), (None, None));
            assert_eq!(spent(&engine), charge);
            drop(engine);
            assert_eq!(buried(&browser), Some(expected.clone()));
        }
        // What is left of a tombstone that was cut short keeps the gate shut.
        for length in 0..TOMBSTONE {
            browser.put(Slot::Gate, expected[..length].to_vec());
            assert_eq!(buried(&browser).map(|b| b.len()), Some(length));
            let mut engine = reopened(&json, 5, &browser, due);
            assert_eq!(ask(&mut engine, due), Err(Reason::AlreadyAnswered));
        }
    }
}

#[test]
fn who_removes_everything_may_be_asked_again() {
    let json = plan_book(1, 4, OPEN);
    let browser = Browser::default();
    let (mut engine, due) = drawn(&json, Seeded(1), &browser);
    let mut deaf = consenting(&json, Seeded(3), &browser, due);
    ask(&mut engine, due).expect("due");
    assert_eq!(ask(&mut deaf, due).map(|_| ()), Ok(()));
    engine.forget_spent();
    engine.forget(due);
    browser.remove();
    assert_eq!(spent(&engine), 0);
    // Also a tab that heard of nothing, and still has it in mind.
    assert_eq!(ask(&mut deaf, due), Err(Reason::NotDue));
    assert_eq!(spent(&deaf), 0);
    assert_eq!(ask(&mut engine, due), Err(Reason::NotDue), "the same draw");
    assert!(ask(&mut engine, due + 2 * DAY).is_ok());
}

#[test]
fn withdrawing_storage_is_no_way_to_be_asked_again() {
    let json = plan_book(1, 4, OPEN);
    for answer in [Answer::Denied, Answer::Unknown] {
        let browser = Browser::default();
        let (mut engine, due) = drawn(&json, Seeded(1), &browser);
        ask(&mut engine, due).expect("due");
        engine.set_consent(Purpose::Store, answer, due);
        engine.forget(due);
        browser.erase();
        engine.set_consent(Purpose::Store, Answer::Granted, due);
        engine.attach(browser.tab(1));
        assert_eq!(
            ask(&mut engine, due + 9 * DAY),
            Err(Reason::AlreadyAnswered)
        );
    }
}

// --- hints

const HINTED: &str = r#"{ "questions": { "plan": 1 }, "bootstrap": true, "lifetime_bits": 5, "why": "a test" },
    "hints": { "dimensions": ["plan"], "window": "10d", "why": "a test" }"#;

fn hint(engine: &mut Engine, now: u32) -> Result<String, Reason> {
    engine.fold(now);
    engine.hint(now).map(|hint| hint.to_json())
}

#[test]
fn a_hint_is_charged_frozen_and_charged_again() {
    let browser = Browser::default();
    let mut engine = consenting(&plan_book(1, 4, HINTED), Seeded(1), &browser, MONDAY);
    engine.declare(0, 1.0, MONDAY);
    let first = hint(&mut engine, MONDAY + 7).expect("charged");
    assert_eq!(first, r#"{"segments":["plan/s1"]}"#);
    assert_eq!(spent(&engine), 2_000_000, "log2 of four names");
    // Whatever happens, it stays for its window: another segment, another version, a reload.
    for later in [0, DAY, 10 * DAY - 1] {
        let now = MONDAY + 7 + later;
        engine = reopened(&plan_book(2 + later, 3, HINTED), 2, &browser, now);
        engine.declare(0, 0.0, now);
        assert_eq!(hint(&mut engine, now).as_ref(), Ok(&first));
        assert_eq!(spent(&engine), 2_000_000);
    }
    let now = MONDAY + 7 + 10 * DAY;
    assert_eq!(
        hint(&mut engine, now).as_deref(),
        Ok(r#"{"segments":["plan/s0"]}"#)
    );
    assert_eq!(
        spent(&engine),
        2_000_000 + 1_584_963,
        "log2 of three, rounded up"
    );
    // The third would pass the cap of 5 bits: none, though the last is still known here.
    let now = now + 10 * DAY;
    assert_eq!(hint(&mut engine, now), Err(Reason::Budget));
    assert_eq!(hint(&mut engine, now + 900 * DAY), Err(Reason::Budget));
    let story: Vec<&str> = engine
        .gate()
        .ledger()
        .lines()
        .iter()
        .map(|l| l.what.name())
        .collect();
    assert_eq!(story, ["hinted", "hinted", "not-hinted"]);
    let text = ledger(&engine);
    let line = r#""what":"hinted","question":"","reason":"","to":"page","bytes":"{\"segments\":[\"plan/s1\"]}","bits":2.000000,"epsilon":0.000000"#;
    assert!(
        text.contains(&format!(r#"[{{"at":{},{line}}}"#, MONDAY + 7)),
        "{text}"
    );
}

#[test]
fn reports_and_hints_spend_one_budget() {
    // Three bits: a hint of two and an answer of 1.92 do not both fit, whichever comes first.
    let book = plan_book(1, 4, HINTED).replace("\"lifetime_bits\": 5", "\"lifetime_bits\": 3");
    for hint_first in [true, false] {
        let browser = Browser::default();
        let (mut engine, due) = drawn(&book, Seeded(1), &browser);
        if hint_first {
            assert!(hint(&mut engine, due).is_ok());
            assert_eq!(ask(&mut engine, due), Err(Reason::Budget));
            assert_eq!(ask(&mut engine, due), Err(Reason::AlreadyAnswered));
        } else {
            assert!(ask(&mut engine, due).is_ok());
            assert_eq!(hint(&mut engine, due), Err(Reason::Budget));
        }
        let charged = spent(&engine);
        // Erasing does not help: not the hint either.
        browser.erase();
        let mut engine = reopened(&book, 2, &browser, due);
        assert!(hint(&mut engine, due).is_err() && spent(&engine) == charged);
        // An open question may still be asked under a version with more to spend, unless it
        // was refused for good.
        assert!(ask(&mut engine, due + 9 * DAY).is_err());
    }
    // A hint alone leaves the question open, also over erasing.
    let browser = Browser::default();
    let mut engine = consenting(&plan_book(1, 4, HINTED), Seeded(1), &browser, MONDAY);
    assert!(hint(&mut engine, MONDAY).is_ok());
    browser.erase();
    assert_eq!(
        browser.slot(Slot::Gate).map(|b| (b.len(), b[4])),
        Some((TOMBSTONE, 0))
    );
    let mut engine = reopened(&plan_book(1, 4, HINTED), 2, &browser, MONDAY);
    assert_eq!(ask(&mut engine, MONDAY), Err(Reason::NotDue));
    assert!(ask(&mut engine, MONDAY + 2 * DAY).is_ok());
    assert_eq!(hint(&mut engine, MONDAY + 2 * DAY), Err(Reason::Budget));
}

#[test]
fn every_reason_for_no_hint() {
    let json = plan_book(1, 4, HINTED);
    let mut engine = Engine::new(compile(&json), Box::new(Script::new(&[])));
    assert_eq!(engine.hint(MONDAY), Err(Reason::NoConsent));
    engine.set_consent(Purpose::Share, Answer::Granted, MONDAY);
    assert_eq!(engine.hint(MONDAY), Err(Reason::NoStore));
    agree(&mut engine, MONDAY);
    assert_eq!(
        engine.hint(MONDAY),
        Err(Reason::NoStore),
        "no store is there"
    );
    engine.set_consent(Purpose::Personalise, Answer::Denied, MONDAY);
    assert_eq!(engine.hint(MONDAY), Err(Reason::NoStore));

    // No consent, although there is one to hand out.
    let browser = Browser::default();
    let mut engine = consenting(&json, Script::new(&[]), &browser, MONDAY);
    assert!(hint(&mut engine, MONDAY).is_ok(), "no chance is needed");
    for (purpose, answer, reason) in [
        (Purpose::Share, Answer::Denied, Reason::NoConsent),
        (Purpose::Share, Answer::Unknown, Reason::NoConsent),
        (Purpose::Personalise, Answer::Denied, Reason::NoConsent),
        (Purpose::Store, Answer::Unknown, Reason::NoStore),
    ] {
        let mut engine = reopened(&json, 1, &browser, MONDAY);
        engine.set_consent(purpose, answer, MONDAY);
        assert_eq!(hint(&mut engine, MONDAY), Err(reason));
    }
    // Consent to be counted is not asked for.
    let mut engine = reopened(&json, 1, &browser, MONDAY);
    engine.set_consent(Purpose::Measure, Answer::Denied, MONDAY);
    assert!(hint(&mut engine, MONDAY).is_ok());

    let refused = |json: &str| {
        hint(
            &mut consenting(json, Seeded(1), &Browser::default(), MONDAY),
            MONDAY,
        )
    };
    assert_eq!(
        refused(&plan_book(1, 4, OPEN)),
        Err(Reason::NothingToReport)
    );
    assert_eq!(refused(&cut_report(&json)), Err(Reason::NothingToReport));
    assert_eq!(
        refused(&json.replace("\"rest\"", "\"psoriasis\"")),
        Err(Reason::Sensitive)
    );
    assert_eq!(
        refused(&json.replace("\"bootstrap\": true", "\"crowd\": 50")),
        Err(Reason::Crowd)
    );
    // The ledger cannot be written.
    let browser = Browser::default();
    let mut engine = consenting(&json, Seeded(1), &browser, MONDAY);
    browser.fail(Faults {
        write_gate: true,
        ..Faults::default()
    });
    assert_eq!(hint(&mut engine, MONDAY), Err(Reason::StorageFailed));
    assert_eq!(browser.slot(Slot::Gate), None);
}

#[test]
fn hints_climb_to_a_crowd_and_cost_what_can_be_told() {
    let json = aisles(
        1,
        r#"{ "crowd": 50, "crowds": { "interest": { "boots": 25, "sandals": 25, "coats": 80, "hats": 60, "tents": 50, "browsing": 50 } } },
           "hints": { "dimensions": ["interest"], "why": "a test" }"#,
    );
    for (item, shown) in [
        (0.0, "footwear"),
        (1.0, "footwear"),
        (2.0, "coats"),
        (f64::NAN, "browsing"),
    ] {
        let mut engine = consenting(&json, Seeded(1), &Browser::default(), MONDAY);
        engine.declare(0, item, MONDAY);
        let told = hint(&mut engine, MONDAY);
        assert_eq!(told, Ok(format!(r#"{{"segments":["interest/{shown}"]}}"#)));
        assert_eq!(spent(&engine), 2_321_929, "log2 of five names");
    }
    // Of two dimensions one is sensitive, or never shown: the other is told, and paid for.
    for (extra, crowds) in [
        (
            r#""segments": [{ "id": "x", "when": { "plan": "v0" } }], "otherwise": "diabetes""#,
            r#""bootstrap": true"#,
        ),
        (
            r#""segments": [{ "id": "x", "when": { "plan": "v0" } }], "otherwise": "y""#,
            r#""crowds": { "plan": { "any": 50, "s0": 90, "s1": 90, "s2": 90, "rest": 90 } }"#,
        ),
    ] {
        let json = plan_book(1, 4, &format!(r#"{{ "questions": {{ "plan": 1 }}, {crowds} }}, "hints": {{ "dimensions": ["other", "plan"], "why": "w" }}"#))
            .replace("\"dimensions\": { \"plan\"", &format!("\"dimensions\": {{ \"other\": {{ \"why\": \"w\", {extra} }}, \"plan\""));
        let mut engine = consenting(&json, Seeded(1), &Browser::default(), MONDAY);
        engine.declare(0, 2.0, MONDAY);
        assert_eq!(
            hint(&mut engine, MONDAY).as_deref(),
            Ok(r#"{"segments":["plan/s2"]}"#)
        );
        assert_eq!(spent(&engine), 2_000_000);
    }
    // Silence is a symbol too, if a book has such a partition.
    let mut book = compile(&plan_book(1, 2, HINTED));
    let hints = book
        .reporting
        .as_mut()
        .and_then(|r| r.hints.as_mut())
        .expect("hints");
    hints.dimensions[0].shown[1] = Shown::Withheld;
    let mut engine = Engine::new(book, Box::new(Seeded(1)));
    agree(&mut engine, MONDAY);
    engine.attach(Browser::default().tab(1));
    engine.declare(0, 1.0, MONDAY);
    assert_eq!(
        hint(&mut engine, MONDAY).as_deref(),
        Ok(r#"{"segments":[]}"#)
    );
    assert_eq!(spent(&engine), 1_000_000);
}

#[test]
fn a_wrong_clock_neither_thaws_nor_freezes_a_hint_for_years() {
    let browser = Browser::default();
    let json = plan_book(1, 4, HINTED);
    let wrong = MONDAY + 3_000 * DAY;
    let mut engine = consenting(&json, Seeded(1), &browser, wrong);
    engine.declare(0, 1.0, wrong);
    let first = hint(&mut engine, wrong).expect("charged");
    engine.declare(0, 0.0, MONDAY);
    assert_eq!(hint(&mut engine, MONDAY).as_ref(), Ok(&first));
    assert_eq!(
        hint(&mut engine, MONDAY + 10 * DAY - 1).as_ref(),
        Ok(&first)
    );
    assert_ne!(hint(&mut engine, MONDAY + 10 * DAY).as_ref(), Ok(&first));
}

// --- versions

#[test]
fn another_version_between_the_draw_and_the_answer() {
    let browser = Browser::default();
    let (engine, due) = drawn(&plan_book(1, 4, OPEN), Seeded(1), &browser);
    drop(engine);

    // It asks the same: answered by its rules, under its number, at its price.
    let json = plan_book(
        2,
        3,
        r#"{ "questions": { "plan": 1 }, "bootstrap": true, "epsilon": 1 }"#,
    );
    let book = compile(&json);
    let mut engine = reopened(&json, 2, &browser, due);
    let report = ask(&mut engine, due).expect("due");
    assert!(report.contains(r#""version":2"#), "{report}");
    let question = &book.reporting.as_ref().expect("asks").questions[0];
    assert_eq!(spent(&engine), question.charge);

    // It asks something else: nothing was read, so another question is drawn, and waits anew.
    let browser = Browser::default();
    let (engine, due) = drawn(&plan_book(1, 4, OPEN), Seeded(1), &browser);
    drop(engine);
    let json = plan_book(2, 4, OPEN)
        .replace("\"plan\": {", "\"tier\": {")
        .replace("\"plan\": 1", "\"tier\": 1");
    let json = json.replacen("\"tier\": { \"declared\"", "\"plan\": { \"declared\"", 1);
    let mut engine = reopened(&json, 2, &browser, due);
    assert_eq!(ask(&mut engine, due), Err(Reason::NotDue));
    let report = ask(&mut engine, due + 2 * DAY).expect("due");
    assert!(report.contains(r#""question":"tier""#), "{report}");
    assert_eq!(story(&engine), [What::Drawn, What::Drawn, What::Answered]);

    // It asks nothing.
    let browser = Browser::default();
    let (engine, due) = drawn(&plan_book(1, 4, OPEN), Seeded(1), &browser);
    drop(engine);
    let json = cut_report(&plan_book(2, 4, OPEN));
    let mut engine = reopened(&json, 2, &browser, due);
    assert_eq!(ask(&mut engine, due), Err(Reason::NothingToReport));
    assert_eq!(engine.due(), None);
}

#[test]
fn a_clock_that_went_back_does_not_put_the_answer_off() {
    let json = plan_book(1, 4, OPEN);
    let browser = Browser::default();
    let wrong = MONDAY + 3_000 * DAY;
    let mut engine = consenting(&json, Seeded(1), &browser, wrong);
    assert_eq!(ask(&mut engine, wrong), Err(Reason::NotDue));
    assert_eq!(ask(&mut engine, MONDAY), Err(Reason::NotDue));
    assert!(engine.due().is_some_and(|due| due <= MONDAY + 2 * DAY));
    assert!(ask(&mut engine, MONDAY + 2 * DAY).is_ok());
}

// --- crowds

/// Boots and sandals are footwear, coats and hats outerwear, footwear and outerwear clothing.
fn aisles(version: u32, report: &str) -> String {
    format!(
        r#"{{ "fewbits": 1, "book": "shop", "version": {version},
  "signals": {{ "plan": {{ "declared": ["boots", "sandals", "coats", "hats", "tents"] }} }},
  "dimensions": {{ "interest": {{
    "why": "a test",
    "groups": ["clothing", {{ "id": "footwear", "under": "clothing" }}, {{ "id": "outerwear", "under": "clothing" }}],
    "segments": [
      {{ "id": "boots", "under": "footwear", "when": {{ "plan": "boots" }} }},
      {{ "id": "sandals", "under": "footwear", "when": {{ "plan": "sandals" }} }},
      {{ "id": "coats", "under": "outerwear", "when": {{ "plan": "coats" }} }},
      {{ "id": "hats", "under": "outerwear", "when": {{ "plan": "hats" }} }},
      {{ "id": "tents", "when": {{ "plan": "tents" }} }}
    ],
    "otherwise": "browsing" }} }},
  "report": {report} }}"#
    )
}

/// What is shown for each of the six true answers when chance keeps them true; `-`: nothing.
fn shown(report: &str) -> Vec<String> {
    let json = aisles(1, report);
    (0..6)
        .map(|item| {
            let browser = Browser::default();
            // Question 0, no extra delay, the truth.
            let mut engine = consenting(&json, Script::new(&[0, 0, 0]), &browser, MONDAY);
            engine.declare(0, if item < 5 { f64::from(item) } else { f64::NAN }, MONDAY);
            assert!(ask(&mut engine, MONDAY).is_err());
            match ask(&mut engine, MONDAY + DAY) {
                Ok(report) => {
                    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
                    report["answer"].as_str().expect("text").to_owned()
                }
                Err(reason) => {
                    assert_eq!(reason, Reason::Crowd);
                    "-".to_owned()
                }
            }
        })
        .collect()
}

#[test]
fn answers_climb_to_a_crowd() {
    let with = |crowds: &str| {
        shown(&format!(
            r#"{{ "questions": {{ "interest": 1 }}, "crowd": 50, "crowds": {{ "interest": {crowds} }} }}"#
        ))
    };
    // All are crowds.
    assert_eq!(
        with(
            r#"{ "boots": 50, "sandals": 50, "coats": 50, "hats": 50, "tents": 50, "browsing": 50 }"#
        ),
        ["boots", "sandals", "coats", "hats", "tents", "browsing"]
    );
    // Two small ones are a crowd together, and so are two under another group that climb on.
    assert_eq!(
        with(
            r#"{ "boots": 25, "sandals": 25, "coats": 1, "hats": 49, "tents": 50, "browsing": 50 }"#
        ),
        [
            "footwear",
            "footwear",
            "outerwear",
            "outerwear",
            "tents",
            "browsing"
        ]
    );
    // One small one alone would be known by its group's name: it climbs on to the top, and as
    // it is alone there too, the smallest of the others joins it.
    assert_eq!(
        with(
            r#"{ "boots": 30, "sandals": 90, "coats": 80, "hats": 70, "tents": 50, "browsing": 60 }"#
        ),
        ["any", "sandals", "coats", "hats", "any", "browsing"]
    );
    // What the table says of a group counts, whatever lies under it.
    assert_eq!(
        with(r#"{ "footwear": 50, "coats": 10, "hats": 10, "tents": 10, "browsing": 20 }"#),
        ["footwear", "footwear", "any", "any", "any", "any"]
    );
    // Nothing is known of some: they are small.
    assert_eq!(with(r#"{ "any": 50 }"#), ["any"; 6]);
    assert_eq!(with(r#"{ "boots": 50 }"#), ["any"; 6]);
    assert_eq!(
        with(r#"{ "boots": 50, "any": 100 }"#),
        ["boots", "any", "any", "any", "any", "any"]
    );
    assert_eq!(with(r#"{ "any": 49 }"#), ["-"; 6]);
    // In a bootstrap there is no table yet.
    assert_eq!(
        shown(r#"{ "questions": { "interest": 1 }, "bootstrap": true }"#),
        ["boots", "sandals", "coats", "hats", "tents", "browsing"]
    );
}

#[test]
fn a_withheld_answer_is_charged_and_final() {
    // The compiler shows all answers or none; the format allows what is between.
    let mut book = compile(&aisles(
        1,
        r#"{ "questions": { "interest": 1 }, "bootstrap": true }"#,
    ));
    let question = &mut book.reporting.as_mut().expect("asks").questions[0];
    question.shown[1..].fill(Shown::Withheld);
    let charge = question.charge;
    let browser = Browser::default();
    let mut engine = Engine::new(book, Box::new(Script::new(&[0, 0, 0])));
    agree(&mut engine, MONDAY);
    engine.attach(browser.tab(1));
    engine.declare(0, 1.0, MONDAY);
    assert!(ask(&mut engine, MONDAY).is_err());
    assert_eq!(ask(&mut engine, MONDAY + DAY), Err(Reason::Crowd));
    assert_eq!(spent(&engine), charge);
    assert_eq!(engine.report(), None);
    assert_eq!(
        ask(&mut engine, MONDAY + 2 * DAY),
        Err(Reason::AlreadyAnswered)
    );
    // Not even a table that knows better asks again.
    let better = aisles(
        2,
        r#"{ "questions": { "interest": 1 }, "bootstrap": true }"#,
    );
    let mut engine = reopened(&better, 1, &browser, MONDAY + 9 * DAY);
    assert_eq!(
        ask(&mut engine, MONDAY + 9 * DAY),
        Err(Reason::AlreadyAnswered)
    );
}

#[test]
fn without_any_crowd_nothing_is_charged() {
    let browser = Browser::default();
    let json = aisles(1, r#"{ "questions": { "interest": 1 } }"#);
    let mut engine = consenting(&json, Seeded(1), &browser, MONDAY);
    assert!(ask(&mut engine, MONDAY).is_err());
    for day in 2..9 {
        assert_eq!(ask(&mut engine, MONDAY + day * DAY), Err(Reason::Crowd));
    }
    assert_eq!(spent(&engine), 0);
    // A version that has a table answers the question that was drawn.
    let json = aisles(
        2,
        r#"{ "questions": { "interest": 1 }, "crowds": { "interest": { "any": 99 } } }"#,
    );
    let mut engine = reopened(&json, 1, &browser, MONDAY + 9 * DAY);
    let report = ask(&mut engine, MONDAY + 9 * DAY).expect("due");
    assert!(report.ends_with(r#""answer":"any"}"#), "{report}");
}

// --- what is written

#[test]
fn the_wire_form_to_the_byte() {
    let browser = Browser::default();
    let mut engine = consenting(
        &aisles(
            7,
            r#"{ "questions": { "interest": 1 }, "bootstrap": true }"#,
        ),
        Script::new(&[0, 0, 0]),
        &browser,
        MONDAY,
    );
    engine.declare(0, 2.0, MONDAY);
    assert!(ask(&mut engine, MONDAY).is_err());
    assert_eq!(
        ask(&mut engine, MONDAY + DAY).expect("due"),
        r#"{"fewbits":1,"book":"shop","version":7,"epoch":"2026-W48","question":"interest","answer":"coats"}"#
    );
}

#[test]
fn the_ledger_to_the_byte() {
    let json = plan_book(
        7,
        4,
        r#"{ "questions": { "plan": 1 }, "bootstrap": true, "epsilon": 4.1 }"#,
    );
    let browser = Browser::default();
    let mut engine = Engine::new(compile(&json), Box::new(Script::new(&[0, 0, 0])));
    engine.set_consent(Purpose::Store, Answer::Granted, MONDAY);
    engine.attach(browser.tab(1));
    // Not to the second: nothing left.
    assert_eq!(ask(&mut engine, MONDAY + 61), Err(Reason::NoConsent));
    assert_eq!(ask(&mut engine, MONDAY + 62), Err(Reason::NoConsent));
    engine.set_consent(Purpose::Measure, Answer::Granted, MONDAY);
    engine.declare(0, 1.0, MONDAY);
    assert_eq!(ask(&mut engine, MONDAY + HOUR + 1), Err(Reason::NotDue));
    let at = MONDAY + DAY + HOUR + 1;
    ask(&mut engine, at).expect("due");
    assert!(engine.sending(TO, at + 1) && engine.failed(TO, at + 2));
    assert!(ask(&mut engine, at + 3).is_ok());
    assert!(engine.sending(TO, at + 3) && engine.delivered(TO, at + 4));
    let none = |at: u32, what: &str, question: &str, reason: &str| {
        format!(
            r#"{{"at":{at},"what":"{what}","question":"{question}","reason":"{reason}","to":"","bytes":"","bits":0.000000,"epsilon":0.000000}}"#
        )
    };
    let bytes = r#"{\"fewbits\":1,\"book\":\"shop\",\"version\":7,\"epoch\":\"2026-W48\",\"question\":\"plan\",\"answer\":\"s1\"}"#;
    let sent = |at: u32, what: &str, question: &str, bytes: &str| {
        format!(
            r#"{{"at":{at},"what":"{what}","question":"{question}","reason":"","to":"{TO}","bytes":"{bytes}","bits":0.000000,"epsilon":0.000000}}"#
        )
    };
    let expected = [
        none(MONDAY, "withheld", "", "no-consent"),
        none(MONDAY + HOUR, "drawn", "plan", ""),
        // log2(4 * 60.3403 / 63.3403), rounded up
        format!(
            r#"{{"at":{at},"what":"answered","question":"plan","reason":"","to":"","bytes":"{bytes}","bits":1.929999,"epsilon":4.100000}}"#
        ),
        sent(at + 1, "sent", "plan", bytes),
        sent(at + 2, "failed", "plan", ""),
        sent(at + 3, "sent", "plan", bytes),
        sent(at + 4, "delivered", "plan", ""),
    ];
    assert_eq!(ledger(&engine), format!("[{}]", expected.join(",")));
}

#[test]
fn the_ledger_is_json_whatever_the_receiver_is_called() {
    let json = plan_book(1, 4, OPEN);
    let (mut engine, due) = drawn(&json, Seeded(1), &Browser::default());
    ask(&mut engine, due).expect("due");
    let odd = "https://x.example/\"}]\\u0000\\\u{1}\n\t\u{7f}\u{2028}é\u{10FFFF}";
    assert!(engine.sending(odd, due) && engine.delivered(odd, due));
    let parsed: serde_json::Value = serde_json::from_str(&ledger(&engine)).expect("JSON");
    let kept: String = odd.chars().filter(|c| *c >= ' ').collect();
    let last = parsed
        .as_array()
        .and_then(|lines| lines.last())
        .expect("lines");
    assert_eq!(last["to"], kept);
}

#[test]
fn weeks_are_those_of_iso_8601() {
    // Independent of the code under test: day by day, week 1 is the one with 4 January in it.
    let leap = |y: u32| (y.is_multiple_of(4) && !y.is_multiple_of(100)) || y.is_multiple_of(400);
    let mut mondays = Vec::new();
    let (mut day, mut weekday) = (0u32, 3u32);
    for year in 1970..=2105u32 {
        for n in 0..if leap(year) { 366 } else { 365 } {
            if weekday == 0 {
                mondays.push((day, year, n));
            }
            day += 1;
            weekday = (weekday + 1) % 7;
        }
    }
    let (mut year, mut week) = (1970, 1);
    for (monday, of, n) in mondays {
        // 4 January is within this week when it is at most six days after its Monday.
        let first = if n <= 3 {
            Some(of)
        } else if n + 6 >= if leap(of) { 366 } else { 365 } + 3 {
            Some(of + 1)
        } else {
            None
        };
        (year, week) = first.map_or((year, week + 1), |y| (y, 1));
        assert_eq!(
            Epoch::from_monday(monday).text(),
            format!("{year}-W{week:02}"),
            "day {monday}"
        );
    }
    assert_eq!(Epoch::from_monday(0).text(), "1970-W01");
}

#[test]
fn a_report_names_the_week_of_its_answer() {
    for day in 0..21u32 {
        let browser = Browser::default();
        let start = MONDAY + day * DAY;
        let mut engine = consenting(
            &plan_book(1, 2, OPEN),
            Script::new(&[0, 0, 0]),
            &browser,
            start,
        );
        assert!(ask(&mut engine, start).is_err());
        let report = ask(&mut engine, start + DAY + 5).expect("due");
        let week = 48 + (day + 1) / 7;
        assert!(
            report.contains(&format!("\"epoch\":\"2026-W{week}\"")),
            "day {day}: {report}"
        );
        // Sent much later: still the week of the answer.
        let later = start + 90 * DAY;
        assert_eq!(ask(&mut engine, later).as_ref(), Ok(&report));
    }
}

// --- chance

/// The book's only question.
fn question(d: usize, epsilon: f64) -> fewbits::book::Question {
    let report = format!(
        r#"{{ "questions": {{ "plan": 1 }}, "bootstrap": true, "epsilon": {epsilon}, "lifetime_bits": 10, "why": "a test" }}"#
    );
    let book: Book = compile(&plan_book(1, d, &report));
    book.reporting.expect("asks").questions[0].clone()
}

#[test]
fn odds_and_charges_are_what_the_proof_needs() {
    for d in [2, 3, 8, 11, 40] {
        for epsilon in [0.01, 0.5, 1.0, 2.0, 4.0, 4.1, 10.0] {
            let q = question(d, epsilon);
            let (d, odds) = (d as f64, f64::from(q.odds));
            let ratio = odds / 65_536.0;
            assert!(
                ratio <= f64::exp(epsilon) * (1.0 + 1e-12),
                "never more than e^epsilon"
            );
            assert!(ratio > f64::exp(epsilon) * 0.9999 - 2e-5, "and hardly less");
            let capacity = d * odds / (odds + (d - 1.0) * 65_536.0);
            let bits = f64::from(q.charge) / 1e6;
            assert!(
                bits >= capacity.log2(),
                "charged in full: {bits}, {}",
                capacity.log2()
            );
            assert!(bits < capacity.log2() + 2e-6, "and no more");
        }
    }
}

#[test]
fn a_million_draws_have_the_exact_chances() {
    const DRAWS: u32 = 1_000_000;
    for (seed, (d, epsilon, truth)) in [
        (2, 1.0, 0u16),
        (3, 0.5, 1),
        (4, 4.0, 3),
        (8, 4.0, 2),
        (16, 2.0, 15),
    ]
    .into_iter()
    .enumerate()
    {
        let q = question(d, epsilon);
        let mut entropy = Seeded(seed as u64 + 1);
        let mut counts = vec![0u32; d];
        for _ in 0..DRAWS {
            counts[usize::from(randomise(&q, truth, &mut entropy).expect("chance"))] += 1;
        }
        let total = f64::from(q.odds) + (d as f64 - 1.0) * 65_536.0;
        for (answer, count) in counts.iter().enumerate() {
            let weight = if answer == usize::from(truth) {
                f64::from(q.odds)
            } else {
                65_536.0
            };
            let p = weight / total;
            let error = (p * (1.0 - p) / f64::from(DRAWS)).sqrt();
            let z = (f64::from(*count) / f64::from(DRAWS) - p) / error;
            assert!(
                z.abs() < 4.0,
                "d {d}, epsilon {epsilon}, answer {answer}: {count}, {z:.2} standard errors off"
            );
        }
    }
}

#[test]
fn answers_for_given_chance() {
    // d 4, epsilon 4: the true answer weighs 3,578,144, each of the three others 65,536.
    let q = question(4, 4.0);
    assert_eq!((q.odds, q.shown.len()), (3_578_144, 4));
    let total = 3_578_144 + 3 * 65_536;
    for (draw, answers) in [
        (0, [0, 1, 2, 3]),
        (3_578_143, [0, 1, 2, 3]),
        (3_578_144, [1, 0, 0, 0]),
        (3_578_144 + 65_535, [1, 0, 0, 0]),
        (3_578_144 + 65_536, [2, 2, 1, 1]),
        (3_578_144 + 2 * 65_536, [3, 3, 3, 2]),
        (total - 1, [3, 3, 3, 2]),
        (total, [0, 1, 2, 3]),
        (0x0123_4567_89AB_CDEF, [0, 1, 2, 3]),
        (total * 1_000_000_007 + 3_578_144, [1, 0, 0, 0]),
    ] {
        for (truth, answer) in (0u16..).zip(answers) {
            let mut entropy = Script::new(&[draw]);
            assert_eq!(
                randomise(&q, truth, &mut entropy),
                Some(answer),
                "draw {draw}, truth {truth}"
            );
            assert_eq!(entropy.left(), 0);
        }
    }
    // The last, incomplete interval is drawn again.
    let mut entropy = Script::new(&[u64::MAX, u64::MAX - 1, 3_578_144]);
    assert_eq!(randomise(&q, 2, &mut entropy), Some(0));
    assert_eq!(randomise(&q, 2, &mut entropy), None, "no chance is left");
}

#[test]
fn questions_and_delays_for_given_chance() {
    let report =
        r#"{ "questions": { "interest": { "weight": 3, "after": "2h" } }, "bootstrap": true }"#;
    let json = aisles(1, report).replace(
        "\"dimensions\": {",
        "\"dimensions\": { \"other\": { \"why\": \"b\", \"segments\": [{ \"id\": \"x\", \"when\": { \"plan\": \"hats\" } }], \"otherwise\": \"y\" },",
    );
    let json = json.replace(
        "{ \"interest\": { \"weight\"",
        "{ \"other\": 2, \"interest\": { \"weight\"",
    );
    // Weights 2 and 3: below 2 of 5 is `other`. Delays: from `after` to twice `after`.
    for (draw, delay, asked, waits) in [
        (0, 0, "other", DAY),
        (1, u64::from(DAY), "other", 2 * DAY),
        (2, 0, "interest", 2 * HOUR),
        (4, u64::from(HOUR), "interest", 3 * HOUR),
        (5, u64::from(DAY) + 1, "other", DAY),
        (4, 2 * u64::from(HOUR) + 1, "interest", 2 * HOUR),
    ] {
        let mut engine = consenting(
            &json,
            Script::new(&[draw, delay, 0]),
            &Browser::default(),
            MONDAY,
        );
        assert_eq!(ask(&mut engine, MONDAY), Err(Reason::NotDue));
        assert_eq!(engine.due(), Some(MONDAY + waits), "draws {draw}, {delay}");
        assert_eq!(ask(&mut engine, MONDAY + waits - 1), Err(Reason::NotDue));
        let report = ask(&mut engine, MONDAY + waits).expect("due");
        assert!(
            report.contains(&format!("\"question\":\"{asked}\"")),
            "{report}"
        );
    }
}

#[test]
fn questions_are_drawn_by_their_weights() {
    let dimension = |name: &str| {
        format!(
            "\"{name}\": {{ \"why\": \"w\", \"segments\": [{{ \"id\": \"x\", \"when\": {{ \"plan\": \"v0\" }} }}], \"otherwise\": \"y\" }}"
        )
    };
    let json = format!(
        "{{ \"fewbits\": 1, \"book\": \"shop\", \"version\": 1, \"signals\": {{ \"plan\": {{ \"declared\": [\"v0\", \"v1\"] }} }},
          \"dimensions\": {{ {}, {}, {} }},
          \"report\": {{ \"bootstrap\": true, \"questions\": {{ \"a\": 1, \"b\": 2, \"c\": 5 }} }} }}",
        dimension("a"), dimension("b"), dimension("c"),
    );
    const VISITORS: u32 = 20_000;
    let book = compile(&json);
    let mut counts = [0u32; 3];
    let mut delays = 0.0;
    for seed in 0..VISITORS {
        let mut engine = Engine::new(book.clone(), Box::new(Seeded(u64::from(seed) << 20)));
        agree(&mut engine, MONDAY);
        engine.attach(Browser::default().tab(1));
        assert_eq!(engine.ask(MONDAY), Err(Reason::NotDue));
        let line = &engine.gate().ledger().lines()[0];
        counts[usize::from(line.question.as_bytes()[0] - b'a')] += 1;
        let delay = engine.due().expect("drawn") - MONDAY;
        assert!((DAY..=2 * DAY).contains(&delay));
        delays += f64::from(delay - DAY) / f64::from(DAY);
    }
    let n = f64::from(VISITORS);
    for (count, weight) in counts.iter().zip([1.0, 2.0, 5.0]) {
        let p: f64 = weight / 8.0;
        let z = (f64::from(*count) / n - p) / (p * (1.0 - p) / n).sqrt();
        assert!(z.abs() < 4.0, "{counts:?}");
    }
    let z = (delays / n - 0.5) / (1.0 / 12.0 / n).sqrt();
    assert!(z.abs() < 4.0, "delays are uniform");
}

#[test]
fn numbers_below_a_bound_are_without_bias() {
    // What is accepted is a whole number of intervals, so every remainder is as likely.
    let mut seeds = Seeded(7);
    let bounds = [
        1,
        2,
        3,
        5,
        10,
        65_536,
        3_774_752,
        u64::from(u32::MAX),
        1 << 63,
        (1 << 63) + 1,
        u64::MAX,
    ];
    for bound in bounds
        .into_iter()
        .chain((0..200).map(|i| (seeds.next() >> (i % 60)).max(1)))
    {
        let accepted = u64::MAX - u64::MAX % bound;
        assert_eq!(accepted % bound, 0);
        assert_eq!(
            below(&mut Script::new(&[accepted - 1]), bound),
            Some(bound - 1)
        );
        if accepted < u64::MAX {
            assert_eq!(
                below(&mut Script::new(&[accepted, u64::MAX, 0]), bound),
                Some(0)
            );
        }
        assert!(
            accepted > u64::MAX / 2,
            "less than every second draw is wasted"
        );
    }
    assert_eq!(below(&mut Seeded(1), 0), None);
    assert_eq!(below(&mut Script::new(&[]), 5), None);

    const DRAWS: u32 = 300_000;
    for bound in [2u64, 3, 7, 10] {
        let mut entropy = Seeded(bound);
        let mut counts = vec![0u32; bound as usize];
        for _ in 0..DRAWS {
            counts[below(&mut entropy, bound).expect("chance") as usize] += 1;
        }
        let p = 1.0 / bound as f64;
        for count in counts {
            let z = (f64::from(count) / f64::from(DRAWS) - p)
                / (p * (1.0 - p) / f64::from(DRAWS)).sqrt();
            assert!(z.abs() < 4.0, "bound {bound}: {z}");
        }
    }
}
