//! The budget, over random lives: no sequence of events, consents, versions of the book, clock
//! jumps, reloads, withdrawals, erasing, hints, two tabs and failing storage makes what left
//! tell more than the cap. A model counts what the world learns; it knows nothing of the ledger.
//! Deterministic: the generator has a fixed seed (`FEWBITS_EXPLORE=n` looks elsewhere).

#![cfg(all(feature = "author", not(target_arch = "wasm32")))]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests, which may fail"
)]

mod support;

use std::sync::OnceLock;

use fewbits::book::author::Severity;
use fewbits::book::{Book, Shown};
use fewbits::engine::Engine;
use fewbits::gate::{Answer, Purpose, Reason, What};
use fewbits::signals::Event;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use support::*;

const LIVES: u32 = 12_000;

/// A step of a visitor's, a site's and the world's life.
#[derive(Debug, Clone)]
enum Step {
    Pass(u32),
    Jump {
        forward: bool,
        by: u32,
    },
    /// Something happens on a page, and the declared plan is stated.
    Tell(usize, i8),
    Consent {
        purpose: usize,
        answer: usize,
    },
    /// Asks, and hands what is ready to the network.
    Ask(usize),
    /// Says how the last sending of a tab ended.
    Outcome {
        tab: usize,
        arrived: bool,
    },
    /// Sends what was asked for earlier: it must be asked for anew.
    SendAgain(usize),
    Hint(usize),
    /// A tab is closed and opened with some version of the book.
    Reload {
        tab: usize,
        version: usize,
    },
    Fail(bool),
    /// In one tab, of which the other may not hear.
    Forget(usize, bool),
    /// Forgets all, the tombstone too: whoever does that is new.
    Remove(usize, bool),
}

/// Seconds between two steps: minutes, hours, days, weeks.
fn pauses() -> impl Strategy<Value = u32> {
    prop_oneof![
        3 => 1u32..2_400,
        2 => 1_700u32..40_000,
        2 => 40_000u32..400_000,
        1 => 400_000u32..2_000_000,
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    let tab = || 0..2usize;
    prop_oneof![
        3 => pauses().prop_map(Step::Pass),
        2 => Just(Step::Pass(3 * DAY)),
        1 => (any::<bool>(), pauses()).prop_map(|(forward, by)| Step::Jump { forward, by: by.saturating_mul(40) }),
        2 => (tab(), -1i8..9).prop_map(|(tab, plan)| Step::Tell(tab, plan)),
        2 => (0..4usize, 0..6usize).prop_map(|(purpose, answer)| Step::Consent { purpose, answer }),
        8 => tab().prop_map(Step::Ask),
        4 => tab().prop_map(Step::Hint),
        3 => (tab(), any::<bool>()).prop_map(|(tab, arrived)| Step::Outcome { tab, arrived }),
        1 => tab().prop_map(Step::SendAgain),
        2 => (tab(), 0..VERSIONS).prop_map(|(tab, version)| Step::Reload { tab, version }),
        1 => any::<bool>().prop_map(Step::Fail),
        3 => (tab(), any::<bool>()).prop_map(|(tab, deaf)| Step::Forget(tab, deaf)),
        1 => (tab(), 0..8u8).prop_map(|(tab, n)| if n < 2 { Step::Remove(tab, n == 0) } else { Step::Pass(DAY) }),
    ]
}

const VERSIONS: usize = 60;

/// Versions of one site's book: other epsilons, caps, questions, numbers of answers, crowds,
/// hints.
fn versions() -> &'static [Book] {
    static BOOKS: OnceLock<Vec<Book>> = OnceLock::new();
    BOOKS.get_or_init(|| (0..VERSIONS).map(version).collect())
}

fn version(n: usize) -> Book {
    let d = [2, 4, 9][n % 3];
    let epsilon = [0.2, 1.0, 4.0, 10.0][n % 4];
    let bits = [0.5, 1.0, 2.0, 3.32, 6.0][n / 3 % 5];
    let shown = match n % 5 {
        0 => r#""crowds": { "plan": { "s0": 60, "any": 200 } }"#,
        1 => r#""crowds": { "plan": { "any": 80 } }"#,
        _ => r#""bootstrap": true"#,
    };
    let report = format!(
        r#"{{ "questions": {{ "plan": {{ "after": "{}" }}, "tier": 1 }}, "epsilon": {epsilon}, "lifetime_bits": {bits}, "why": "a test", {shown} }}"#,
        ["1s", "1h", "1d"][n / 2 % 3],
    );
    let hints = match n / 2 % 4 {
        0 => r#", "hints": { "dimensions": ["tier"], "window": "1d", "why": "a test" }"#,
        1 => r#", "hints": { "dimensions": ["plan", "tier"], "window": "30d", "why": "a test" }"#,
        2 => r#", "hints": { "dimensions": ["plan"], "why": "a test" }"#,
        _ => "",
    };
    let tier = r#""tier": { "why": "a test", "segments": [{ "id": "t", "when": { "plan": "v0" } }], "otherwise": "u" },"#;
    let json = plan_book(n as u32 + 1, d, &format!("{report}{hints}"))
        .replace("\"dimensions\": {", &format!("\"dimensions\": {{ {tier}"));
    // In some versions an experiment's outcome is a question as well.
    let json = match n % 4 {
        1 | 2 => json
            .replace(
                "\"tier\": 1",
                "\"tier\": 1, \"copy\": { \"weight\": 2, \"after\": \"1h\" }",
            )
            .replace("\"report\"", &format!("{OUTCOME}, \"report\"")),
        _ => json,
    };
    let json = match n % 7 {
        5 => json.replace(", \"tier\": 1", ""),
        6 => {
            let (head, _) = json.split_once("\"report\"").expect("has one");
            format!("{} }}", head.trim_end().trim_end_matches(','))
        }
        4 => json.replace("\"id\": \"t\"", "\"id\": \"diabetes\""),
        _ => json,
    };
    let costly = ["question-too-costly", "hint-too-costly"];
    let mut book = match fewbits::book::author::compile(&json) {
        Ok(compiled) => compiled.book,
        // An answer may cost more than its version's cap: a mistake that the compiler reports,
        // and that the gate has to withstand.
        Err(found) => {
            let mut errors = found.iter().filter(|d| d.severity == Severity::Error);
            assert!(errors.all(|d| costly.contains(&d.code)), "{found:#?}");
            let generous = json.replace(
                &format!("\"lifetime_bits\": {bits}"),
                "\"lifetime_bits\": 60",
            );
            let mut book = compile(&generous);
            book.reporting.as_mut().expect("asks").cap = (bits * 1e6) as u32;
            book
        }
    };
    // Silence for all answers but one: no compiler makes that, but the format allows it.
    if let (0, Some(reporting)) = (n % 5, &mut book.reporting) {
        for question in &mut reporting.questions {
            question.shown[1..].fill(Shown::Withheld);
        }
        for hinted in reporting.hints.iter_mut().flat_map(|h| &mut h.dimensions) {
            hinted.shown[1..].fill(Shown::Withheld);
            hinted.charge = 1_000_000;
        }
    }
    book
}

const OUTCOME: &str = r#""decisions": { "hero": { "why": "a test", "variants": ["plain", "warm"],
    "choose": [{ "experiment": "copy" }], "otherwise": "plain" } },
  "experiments": { "copy": { "why": "a test", "variants": ["plain", "warm"],
    "goal": { "event": "purchase", "within": "14d" } } }"#;

fn dimension(book: &Book, name: &str) -> usize {
    let found = book
        .dimensions
        .iter()
        .position(|d| book.str(d.name) == name);
    found.expect("a dimension of this version")
}

/// How many times better than a guess one answer makes it: of the exact rationals.
fn capacity(book: &Book, question: &str) -> f64 {
    let at = dimension(book, question);
    let mut asked = book.reporting.as_ref().expect("asks").questions.iter();
    let asked = asked.find(|q| usize::from(q.dimension) == at);
    let asked = asked.expect("a question of this version");
    let (d, odds) = (asked.shown.len() as f64, f64::from(asked.odds));
    d * odds / (odds + (d - 1.0) * 65_536.0)
}

/// How many different hints a version can give.
fn possible(book: &Book) -> f64 {
    let hints = book.reporting.as_ref().and_then(|r| r.hints.as_ref());
    let dimensions = &hints.expect("hints").dimensions;
    let marked = |d: u16| book.dimensions[usize::from(d)].sensitive;
    let allowed = dimensions.iter().filter(|h| !marked(h.dimension));
    allowed
        .map(|h| {
            let mut names = h.shown.clone();
            names.sort_unstable();
            names.dedup();
            names.len() as f64
        })
        .product()
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    reports: u32,
    withheld: u32,
    failed: u32,
    hints: u32,
    forgotten: u32,
    full: u32,
}

/// What the world has learnt of one visitor.
struct World {
    browser: Browser,
    tabs: Vec<(Engine, usize)>,
    /// Bits by which anyone can guess better, and the most that any version seen so far lets.
    bits: f64,
    cap: f64,
    /// The report that left, and whether it is known not to have arrived.
    left: Option<(String, bool)>,
    withheld: bool,
    hint: Option<String>,
    inflight: [bool; 2],
    now: u32,
    seed: u64,
    counts: Counts,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut world = Self {
            browser: Browser::default(),
            tabs: Vec::new(),
            bits: 0.0,
            cap: 0.0,
            left: None,
            withheld: false,
            hint: None,
            inflight: [false; 2],
            now: MONDAY,
            seed,
            counts: Counts::default(),
        };
        for tab in 0..2 {
            let engine = world.open(tab, (seed % VERSIONS as u64) as usize);
            world.tabs.push(engine);
        }
        world
    }

    fn open(&mut self, tab: usize, version: usize) -> (Engine, usize) {
        self.seed = Seeded(self.seed).next();
        let book = &versions()[version];
        if let Some(reporting) = &book.reporting {
            self.cap = self.cap.max(f64::from(reporting.cap) / 1e6);
        }
        let mut engine = Engine::new(book.clone(), Box::new(Seeded(self.seed)));
        engine.seed([tab as u8; 16]);
        agree(&mut engine, self.now);
        engine.attach(self.browser.tab(tab as u32 + 1));
        engine.fold(self.now);
        (engine, version)
    }

    /// One answer more is known, of so many bits.
    fn learn(&mut self, bits: f64) -> Result<(), TestCaseError> {
        self.bits += bits;
        self.counts.full += u32::from(self.bits > 0.9 * self.cap);
        prop_assert!(
            self.bits <= self.cap + 1e-9,
            "{} bits left, the cap is {}",
            self.bits,
            self.cap
        );
        Ok(())
    }

    fn leaves(&mut self, report: String) -> Result<(), TestCaseError> {
        let json: serde_json::Value = serde_json::from_str(&report).expect("JSON");
        match &self.left {
            None => {
                prop_assert!(!self.withheld, "an answer after one was withheld for good");
                let book = &versions()[json["version"].as_u64().expect("a number") as usize - 1];
                let question = json["question"].as_str().expect("text");
                prop_assert!(!book.is_sensitive(question));
                self.learn(capacity(book, question).log2())?;
                self.counts.reports += 1;
            }
            // The same bytes again tell nothing new, but are sent only if they did not arrive.
            Some((bytes, failed)) => {
                prop_assert_eq!(bytes, &report, "another answer left");
                prop_assert!(*failed, "sent again though it may have arrived");
            }
        }
        self.left = Some((report, false));
        Ok(())
    }

    fn ask(&mut self, tab: usize) -> Result<(), TestCaseError> {
        let now = self.now;
        let (engine, version) = &mut self.tabs[tab];
        let version = *version;
        engine.fold(now);
        let before = engine.gate().ledger().spent();
        match engine.ask(now) {
            Ok(()) => self.send(tab),
            Err(Reason::Crowd) => {
                let ledger = engine.gate().ledger();
                if ledger.spent() == before {
                    return Ok(());
                }
                let answered = ledger.lines().iter().rfind(|l| l.what == What::Answered);
                let question = answered.expect("a line").question.clone();
                // Without a written ledger the silence is as if nothing had been asked; it may
                // be asked again, and then that is what is known.
                if !self.browser.0.borrow().faults.write_gate {
                    prop_assert!(self.left.is_none() && !self.withheld);
                    self.withheld = true;
                    self.counts.withheld += 1;
                    self.learn(capacity(&versions()[version], &question).log2())?;
                }
                Ok(())
            }
            Err(_) => Ok(()),
        }
    }

    fn send(&mut self, tab: usize) -> Result<(), TestCaseError> {
        let now = self.now;
        let engine = &mut self.tabs[tab].0;
        let Some(report) = engine.report() else {
            return Ok(());
        };
        if engine.sending("https://collect.shop.example/", now) {
            self.inflight[tab] = true;
            self.leaves(report.to_json())?;
        }
        Ok(())
    }

    fn hint(&mut self, tab: usize) -> Result<(), TestCaseError> {
        let engine = &mut self.tabs[tab].0;
        engine.fold(self.now);
        let before = engine.gate().ledger().spent();
        if let Ok(hint) = engine.hint(self.now) {
            let hint = hint.to_json();
            let ledger = engine.gate().ledger();
            let charged = ledger.spent() > before;
            // The version that made it: perhaps another tab's.
            let line = ledger.lines().iter().rfind(|l| l.what == What::Hinted);
            let made = line
                .and_then(|l| l.cleared.as_ref())
                .expect("a line")
                .version();
            let book = &versions()[made as usize - 1];
            // Another one, or the same one told anew: both tell.
            if charged || self.hint.as_ref() != Some(&hint) {
                prop_assert!(!hint.contains("diabetes"));
                self.learn(possible(book).log2())?;
                self.counts.hints += 1;
            }
            self.hint = Some(hint);
        }
        Ok(())
    }

    fn step(&mut self, step: Step) -> Result<(), TestCaseError> {
        let now = self.now;
        match step {
            Step::Pass(by) => self.now = now.saturating_add(by),
            Step::Jump { forward: true, by } => self.now = now.saturating_add(by),
            Step::Jump { forward: false, by } => self.now = now.saturating_sub(by),
            Step::Tell(tab, plan) => {
                let engine = &mut self.tabs[tab].0;
                engine.declare(0, if plan < 0 { f64::NAN } else { f64::from(plan) }, now);
                engine.track(Event::default(), now);
                // A slot is seen, and some buy: what may be asked about it changes.
                engine.decide(0, true, now);
                if plan > 3 {
                    let bought = engine.rules().door().named("purchase", &[], None);
                    engine.track(bought, now);
                }
            }
            Step::Consent { purpose, answer } => self.consent(purpose, answer),
            Step::Ask(tab) => self.ask(tab)?,
            Step::Hint(tab) => self.hint(tab)?,
            Step::SendAgain(tab) => {
                self.tabs[tab].0.fold(now);
                prop_assert!(self.tabs[tab].0.report().is_none(), "not asked for");
                self.send(tab)?;
            }
            Step::Outcome { tab, arrived } => {
                if std::mem::take(&mut self.inflight[tab]) {
                    let engine = &mut self.tabs[tab].0;
                    engine.fold(now);
                    if arrived {
                        engine.delivered("https://collect.shop.example/", now);
                    } else {
                        engine.failed("https://collect.shop.example/", now);
                        if let Some(left) = &mut self.left {
                            left.1 = true;
                        }
                    }
                }
            }
            Step::Reload { tab, version } => {
                self.inflight[tab] = false;
                self.tabs[tab] = self.open(tab, version);
            }
            Step::Fail(write_gate) => self.browser.fail(Faults {
                write_gate,
                ..Faults::default()
            }),
            Step::Forget(tab, deaf) => {
                for (n, (engine, _)) in self.tabs.iter_mut().enumerate() {
                    if n == tab || !deaf {
                        engine.forget(now);
                    }
                }
                self.browser.erase();
                self.erased();
            }
            Step::Remove(tab, deaf) => {
                for (n, (engine, _)) in self.tabs.iter_mut().enumerate() {
                    if n == tab || !deaf {
                        engine.forget_spent();
                        engine.forget(now);
                    }
                }
                self.browser.remove();
                // What was known is not undone; but there is no bound over both.
                (self.bits, self.left, self.withheld, self.hint) = (0.0, None, false, None);
            }
        }
        Ok(())
    }

    /// As the SDK does it, in all tabs.
    fn consent(&mut self, purpose: usize, answer: usize) {
        let purpose = [
            Purpose::Store,
            Purpose::Personalise,
            Purpose::Measure,
            Purpose::Share,
        ][purpose];
        let answer = [
            Answer::Granted,
            Answer::Granted,
            Answer::Granted,
            Answer::Granted,
            Answer::Unknown,
            Answer::Denied,
        ][answer];
        for (tab, (engine, _)) in (1..).zip(&mut self.tabs) {
            engine.set_consent(purpose, answer, self.now);
            match (purpose, answer) {
                (Purpose::Store, Answer::Granted) => {
                    engine.attach(self.browser.tab(tab));
                    engine.fold(self.now);
                }
                (Purpose::Store, _) => {
                    engine.forget(self.now);
                    self.browser.erase();
                }
                (Purpose::Personalise, Answer::Denied) => self.browser.erase_profile(),
                _ => {}
            }
        }
        if purpose == Purpose::Store && answer != Answer::Granted {
            self.erased();
        }
    }

    /// What is known in the world stays known, and what waited never leaves.
    fn erased(&mut self) {
        self.counts.forgotten += u32::from(self.bits > 0.0);
        if let Some(left) = &mut self.left {
            left.1 = false;
        }
    }
}

#[test]
fn nothing_makes_the_gate_exceed_its_cap() {
    let total = std::cell::Cell::new(Counts::default());
    let config = Config {
        cases: LIVES,
        failure_persistence: None,
        ..Config::default()
    };
    let explore = std::env::var("FEWBITS_EXPLORE");
    let explore: Option<u64> = explore.ok().and_then(|text| text.parse().ok());
    let rng = explore.map_or_else(
        || TestRng::deterministic_rng(RngAlgorithm::ChaCha),
        |seed| TestRng::from_seed(RngAlgorithm::ChaCha, &seed.to_le_bytes().repeat(4)),
    );
    let mut runner = TestRunner::new_with_rng(config, rng);
    let lives = (any::<u64>(), vec(steps(), 8..60));
    let result = runner.run(&lives, |(seed, steps)| {
        let mut world = World::new(seed);
        for step in steps {
            world.step(step)?;
        }
        let (mut sum, one) = (total.get(), world.counts);
        sum.reports += one.reports;
        sum.withheld += one.withheld;
        sum.failed += u32::from(world.left.is_some_and(|l| l.1));
        sum.hints += one.hints;
        sum.forgotten += one.forgotten;
        sum.full += one.full;
        total.set(sum);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let total = total.get();
    println!("{LIVES} lives: {total:?}");
    assert!(
        total.reports > 1_000
            && total.withheld > 20
            && total.failed > 50
            && total.hints > 1_000
            && total.forgotten > 1_000
            && total.full > 100,
        "the property was put to the test: {total:?}"
    );
}
