//! The corpus on the core's own engine, with a store in memory.

use super::Machine;
use fewbits::book::{Book, Context, EVENT_DWELL, EVENT_SCROLL};
use fewbits::engine::Engine;
use fewbits::gate::{Answer, Purpose};
use fewbits::ports::{Entropy, LocalStore, Slot};
use fewbits::signals::{Event, hundredths};
use serde_json::Value;
use std::cell::RefCell;
use std::rc::Rc;

/// What lies in one visitor's browser.
#[derive(Debug, Default)]
pub struct Stored {
    pub slots: [Option<Vec<u8>>; 3],
    pub journals: Vec<(u32, Vec<u8>)>,
}

/// One tab's access to it.
#[derive(Debug)]
pub struct Tab {
    stored: Rc<RefCell<Stored>>,
    id: u32,
}

impl LocalStore for Tab {
    fn read(&self, slot: Slot) -> Option<Vec<u8>> {
        self.stored.borrow().slots[slot as usize].clone()
    }

    fn write(&mut self, slot: Slot, bytes: &[u8]) -> bool {
        self.stored.borrow_mut().slots[slot as usize] = Some(bytes.to_vec());
        true
    }

    fn append(&mut self, record: &[u8]) -> bool {
        let journals = &mut self.stored.borrow_mut().journals;
        match journals.iter_mut().find(|(id, _)| *id == self.id) {
            Some((_, journal)) => journal.extend_from_slice(record),
            None => journals.push((self.id, record.to_vec())),
        }
        true
    }

    fn journals(&self) -> Vec<(u32, Vec<u8>)> {
        self.stored.borrow().journals.clone()
    }
}

/// No chance is needed to find the segments.
struct NoChance;

impl Entropy for NoChance {
    fn fill(&mut self, _: &mut [u8]) -> bool {
        false
    }
}

/// A visitor whose tabs are closed in good order: the last thing a tab does is to fold its
/// journal into the snapshot.
pub struct Core {
    pub engine: Engine,
    stored: Rc<RefCell<Stored>>,
    tab: u32,
}

impl Core {
    fn load(book: &[u8], stored: Rc<RefCell<Stored>>, tab: u32, at: u32) -> Self {
        let book = Book::from_bytes(book).expect("a compiled book");
        let mut engine = Engine::new(book, Box::new(NoChance));
        engine.set_consent(Purpose::Store, Answer::Granted, at);
        engine.set_consent(Purpose::Personalise, Answer::Granted, at);
        engine.attach(Box::new(Tab {
            stored: Rc::clone(&stored),
            id: tab,
        }));
        let mut core = Self {
            engine,
            stored,
            tab,
        };
        core.fold(at);
        core
    }

    /// Folds, and drops the tab's own journal as the SDK does.
    fn fold(&mut self, at: u32) {
        assert!(self.engine.fold(at), "the snapshot could not be written");
        assert_eq!(
            self.engine.discarded(),
            None,
            "the snapshot could not be read"
        );
        self.stored
            .borrow_mut()
            .journals
            .retain(|(id, _)| *id != self.tab);
    }

    fn index(&self, signal: &str) -> usize {
        let book = self.engine.rules().book();
        let found = book.signals.iter().position(|s| book.str(s.name) == signal);
        found.unwrap_or_else(|| panic!("no signal {signal}"))
    }
}

impl Machine for Core {
    fn open(book: &[u8], at: u32) -> Self {
        Self::load(book, Rc::default(), 1, at)
    }

    fn reload(mut self, book: &[u8], at: u32) -> Self {
        self.fold(at);
        Self::load(book, self.stored, self.tab + 1, at)
    }

    fn track(&mut self, event: &str, tags: &[(&str, &str)], value: Option<f64>, at: u32) {
        let event = self
            .engine
            .rules()
            .door()
            .named(event, tags, value.and_then(hundredths));
        self.engine.track(event, at);
    }

    fn engage(&mut self, dwell: bool, amount: f64, at: u32) {
        let name = if dwell { EVENT_DWELL } else { EVENT_SCROLL };
        self.engine.track(
            Event {
                name,
                tags: Vec::new(),
                value: hundredths(amount),
            },
            at,
        );
    }

    fn context(&mut self, kind: usize, raw: &str, hint: &str, at: u32) {
        self.engine.context(Context::ALL[kind], raw, hint, at);
    }

    fn declare(&mut self, signal: &str, value: &Value, at: u32) {
        let index = self.index(signal);
        let book = self.engine.rules().book();
        let value = match value {
            Value::Null => f64::NAN,
            Value::Bool(value) => f64::from(u8::from(*value)),
            Value::Number(value) => value.as_f64().unwrap(),
            Value::String(item) => {
                let items = book.items(&book.signals[index]).expect("a list");
                let found = items.iter().position(|i| i == item);
                found.unwrap_or_else(|| panic!("no item {item}")) as f64
            }
            other => panic!("not a fact: {other}"),
        };
        self.engine.declare(index as u16, value, at);
    }

    fn advance(&mut self, at: u32) {
        self.engine.advance(at);
    }

    fn segments(&self) -> Vec<String> {
        let book = self.engine.rules().book();
        let mut flags = self.engine.flags().iter();
        let mut held = Vec::new();
        for dimension in &book.dimensions {
            for segment in &dimension.segments {
                if flags.next() == Some(&1) {
                    held.push(format!(
                        "{}/{}",
                        book.str(dimension.name),
                        book.str(segment.name)
                    ));
                }
            }
        }
        held
    }

    fn signal(&self, name: &str) -> Value {
        let index = self.index(name);
        let book = self.engine.rules().book();
        let signal = &book.signals[index];
        let value = self.engine.value(index as u16);
        match book.items(signal) {
            _ if value.is_nan() => Value::Null,
            Some(items) => items[value as usize].into(),
            None if signal.is_boolean() => Value::Bool(value == 1.0),
            None => value.into(),
        }
    }

    fn next(&self, at: u32) -> Option<u32> {
        self.engine.next_change(at)
    }

    fn seed(&mut self, seed: [u8; 16]) {
        self.engine.seed(seed);
    }

    fn decide(&mut self, slot: &str, shown: bool, at: u32) -> Option<String> {
        let book = self.engine.rules().book();
        let index = book.slots.iter().position(|s| book.str(s.name) == slot);
        let index = index.unwrap_or_else(|| panic!("no slot {slot}"));
        let decision = self.engine.decide(index as u16, shown, at)?;
        let book = self.engine.rules().book();
        let variants = &book.slots[index].variants;
        Some(book.str(variants[usize::from(decision.variant)]).to_owned())
    }
}

/// A visitor whose tabs are killed without a word: all that the next page finds is the last
/// snapshot and the journal of the dead.
pub struct Killed(Core);

impl Machine for Killed {
    fn open(book: &[u8], at: u32) -> Self {
        Self(Core::open(book, at))
    }

    fn reload(self, book: &[u8], at: u32) -> Self {
        Self(Core::load(book, self.0.stored, self.0.tab + 1, at))
    }

    fn track(&mut self, event: &str, tags: &[(&str, &str)], value: Option<f64>, at: u32) {
        self.0.track(event, tags, value, at);
    }

    fn engage(&mut self, dwell: bool, amount: f64, at: u32) {
        self.0.engage(dwell, amount, at);
    }

    fn context(&mut self, kind: usize, raw: &str, hint: &str, at: u32) {
        self.0.context(kind, raw, hint, at);
    }

    fn declare(&mut self, signal: &str, value: &Value, at: u32) {
        self.0.declare(signal, value, at);
    }

    fn advance(&mut self, at: u32) {
        self.0.advance(at);
    }

    fn segments(&self) -> Vec<String> {
        self.0.segments()
    }

    fn signal(&self, name: &str) -> Value {
        self.0.signal(name)
    }

    fn next(&self, at: u32) -> Option<u32> {
        self.0.next(at)
    }

    fn seed(&mut self, seed: [u8; 16]) {
        self.0.seed(seed);
    }

    fn decide(&mut self, slot: &str, shown: bool, at: u32) -> Option<String> {
        self.0.decide(slot, shown, at)
    }
}
