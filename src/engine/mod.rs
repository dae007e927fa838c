//! One visitor's engine: the rooms put together, from event to report.

mod deciding;
mod folding;
mod rules;

use crate::book::{Book, Context, Kind, Time};
use crate::decisions::{Choices, Visitor};
use crate::gate::{Answer, Consent, Gate, Purpose, Reason, Request};
use crate::ports::{Entropy, LocalStore, Slot};
use crate::profile::{Discarded, Profile};
use crate::report::{Hint, Report};
use crate::segments::{Evidence, Segments};
use crate::signals::{Door, Event, Input};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Inputs kept until there is consent to store them, about a megabyte. Later ones count on this
/// page only.
const MAX_PENDING: usize = 20_480;

pub use deciding::Seen;
pub use rules::Rules;

/// One visitor's engine.
pub struct Engine {
    rules: Rules,
    profile: Profile,
    segments: Segments,
    choices: Choices,
    gate: Gate,
    consent: Consent,
    store: Option<Box<dyn LocalStore>>,
    entropy: Box<dyn Entropy>,
    /// Inputs that no store has yet.
    pending: Vec<(Time, Input)>,
    /// The store's journal has records of this page.
    journaled: bool,
    touched: Vec<u16>,
    /// The time up to which the memberships were drawn.
    settled: Time,
    discarded: Option<Discarded>,
    /// The ledger with the charge of the frozen report is known to be written.
    charged: bool,
    /// There was a gate in the store.
    kept: bool,
}

impl core::fmt::Debug for Engine {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Engine { .. }")
    }
}

impl Engine {
    /// An engine for a visitor of whom nothing is known, with nothing agreed to.
    pub fn new(book: Book, entropy: Box<dyn Entropy>) -> Self {
        let rules = Rules::new(book);
        let mut engine = Self {
            profile: Profile::new(&rules.book),
            segments: Segments::new(&rules.book),
            rules,
            choices: Choices::default(),
            gate: Gate::default(),
            consent: Consent::default(),
            store: None,
            entropy,
            pending: Vec::new(),
            journaled: false,
            touched: Vec::new(),
            settled: 0,
            discarded: None,
            charged: false,
            kept: false,
        };
        engine.redraw(0);
        engine
    }

    /// What follows from the book.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Takes an event in. Returns how many segments changed.
    pub fn track(&mut self, event: Event, now: Time) -> u32 {
        self.take(Input::Event(event), now)
    }

    /// States a declared or context signal: an item, 0 or 1, or a number; NaN: it has none.
    pub fn declare(&mut self, signal: u16, value: f64, now: Time) -> u32 {
        self.take(
            Input::Fact {
                signal,
                value,
                derived: false,
            },
            now,
        )
    }

    /// States every declared signal at once, by its place in the book.
    pub fn declare_all(&mut self, values: &[f64], now: Time) -> u32 {
        for (index, value) in (0u16..).zip(values) {
            let signal = self.rules.book.signals.get(usize::from(index));
            if signal.is_some_and(|s| matches!(s.kind, Kind::Declared { .. })) {
                self.keep(
                    Input::Fact {
                        signal: index,
                        value: *value,
                        derived: false,
                    },
                    now,
                );
            }
        }
        self.settle(now)
    }

    /// Takes in what the environment says now: the raw value is coarsened and dropped.
    pub fn context(
        &mut self,
        of: Context,
        raw: impl AsRef<[u8]>,
        hint: impl AsRef<[u8]>,
        now: Time,
    ) -> u32 {
        let (value, derived) = Door::coarsen(of, raw, hint);
        for index in 0..self.rules.book.signals.len() {
            let kind = self.rules.book.signals.get(index).map(|s| &s.kind);
            if matches!(kind, Some(Kind::Context { of: own }) if *own == of) {
                self.keep(
                    Input::Fact {
                        signal: index as u16,
                        value,
                        derived,
                    },
                    now,
                );
            }
        }
        self.settle(now)
    }

    fn take(&mut self, input: Input, now: Time) -> u32 {
        self.keep(input, now);
        self.settle(now)
    }

    /// Lets the profile take an input, and the journal remember it.
    fn keep(&mut self, input: Input, now: Time) {
        if self.consent.get(Purpose::Personalise) == Answer::Denied {
            return;
        }
        // What ended before this input has to end before it.
        if now != self.settled && self.segments.depends_on_the_past() {
            self.redraw(now);
        }
        let rules = &self.rules;
        if !rules.needs(&input) {
            return;
        }
        let before = self.touched.len();
        rules.take(&mut self.profile, &input, now, &mut self.touched);
        if self.touched.len() == before && matches!(input, Input::Fact { .. }) {
            return;
        }
        let kept = match &mut self.store {
            Some(store) => store.append(&rules.door.record(&rules.book, &input, now)),
            None if self.pending.len() >= MAX_PENDING => return,
            None => false,
        };
        self.journaled |= kept;
        if !kept {
            self.pending.push((now, input));
        }
    }

    /// Lets time pass.
    pub fn advance(&mut self, now: Time) -> u32 {
        self.settle(now)
    }

    fn settle(&mut self, now: Time) -> u32 {
        if now != self.settled {
            return self.redraw(now);
        }
        for &signal in &self.touched {
            let value = self.profile.value(&self.rules.book, signal, now);
            self.segments.assign(signal, value);
        }
        self.touched.clear();
        self.segments
            .settle(&self.rules.book, &mut self.profile, now)
    }

    /// Draws every membership anew: time passed, or the memory was replaced.
    fn redraw(&mut self, now: Time) -> u32 {
        self.settled = now;
        self.touched.clear();
        self.rules.read(&mut self.profile, &mut self.segments, now)
    }

    /// Earliest time after `now` at which time alone may change a membership.
    #[inline(never)]
    pub fn next_change(&self, now: Time) -> Option<Time> {
        let book = &self.rules.book;
        let next = self.rules.remembered.iter().map(|&signal| {
            self.profile
                .changes(book, signal, || self.segments.edges(book, signal), now)
        });
        let next = next.min();
        let next =
            next.unwrap_or(Time::MAX)
                .min(self.segments.changes_at(book, &self.profile, now));
        (next < Time::MAX).then(|| next.max(now.saturating_add(1)))
    }

    /// One byte for each segment, counted over all dimensions: 1 if it holds.
    pub fn flags(&self) -> &[u8] {
        self.segments.flags()
    }

    /// What changed since the last call: segments counted over all dimensions, times two,
    /// plus one if the segment holds now.
    pub fn take_changes(&mut self) -> Vec<u32> {
        self.segments.take_changes()
    }

    /// Current value of a signal, as last settled; NaN while it is missing.
    pub fn value(&self, signal: u16) -> f64 {
        self.seen(self.settled).value(signal)
    }

    /// What a signal's cell holds, for the visitor's own export: time, count and value, in
    /// triples.
    pub fn stored(&self, signal: u16) -> Vec<f64> {
        self.profile.stored(&self.rules.book, signal)
    }

    /// Why a segment, counted over all dimensions, holds or does not.
    pub fn explain(&self, segment: u16) -> Option<Evidence> {
        self.segments
            .explain(&self.rules.book, &self.profile, segment, self.settled)
    }

    /// Notes what the visitor said. Denying personalisation, or storage, forgets.
    pub fn set_consent(&mut self, purpose: Purpose, answer: Answer, now: Time) -> u32 {
        self.consent.set(purpose, answer);
        self.charged = false;
        if purpose == Purpose::Store && answer != Answer::Granted {
            self.detach();
        }
        match (purpose, answer) {
            (Purpose::Personalise | Purpose::Store, Answer::Denied) => self.forget(now),
            _ => 0,
        }
    }

    /// Uses a store from now on. Only with consent to it; [`Engine::fold`] then brings what is
    /// stored and what happened so far together.
    pub fn attach(&mut self, store: Box<dyn LocalStore>) {
        if self.consent.granted(Purpose::Store) {
            self.store = Some(store);
            self.journaled = false;
            self.choices.move_out();
        }
    }

    /// Memory only, from now on.
    pub fn detach(&mut self) {
        self.store = None;
        self.kept = false;
    }

    /// Why the stored profile was not used, if it was not.
    pub fn discarded(&self) -> Option<Discarded> {
        self.discarded
    }

    /// Erases the memory, but for what was spent. The caller erases what is stored.
    pub fn forget(&mut self, now: Time) -> u32 {
        self.pending.clear();
        self.profile = Profile::new(&self.rules.book);
        self.choices.forget();
        self.segments.unmute();
        // The visitors' module has no gate: its own is as new as on the first day.
        #[cfg(any(feature = "full", not(target_arch = "wasm32")))]
        self.gate.forget();
        self.charged = false;
        self.redraw(now)
    }

    /// Erases what was spent, too: the visitor removed it, and may be asked again.
    pub fn forget_spent(&mut self) {
        self.gate = Gate::default();
    }

    /// Runs the gate. With `Ok`, [`Engine::report`] is what may leave. To be called after a
    /// [`Engine::fold`], while no other tab does.
    ///
    /// # Errors
    /// The first reason why nothing may leave now.
    pub fn ask(&mut self, now: Time) -> Result<(), Reason> {
        self.charged = false;
        let verdict = self.at_gate(now, |gate, request, entropy| {
            gate.ask(request, entropy).map(|_| ())
        });
        self.charged = verdict.is_ok();
        verdict
    }

    /// Asks the gate, and writes down what it charged before anything is handed out: without a
    /// written ledger nothing is.
    fn at_gate<T>(
        &mut self,
        now: Time,
        ask: impl FnOnce(&mut Gate, &Request, &mut dyn Entropy) -> Result<T, Reason>,
    ) -> Result<T, Reason> {
        if self.consent.granted(Purpose::Store) && self.store.is_none() {
            return Err(Reason::NoStore);
        }
        let segments = &self.segments;
        let request = Request {
            book: &self.rules.book,
            consent: self.consent,
            now,
            member: &|dimension| segments.member(dimension),
        };
        let verdict = ask(&mut self.gate, &request, self.entropy.as_mut());
        if !self.write_gate() && verdict.is_ok() {
            return Err(Reason::StorageFailed);
        }
        verdict
    }

    /// The frozen report, after [`Engine::ask`] let it pass and until it is sent or consent
    /// changes.
    pub fn report(&self) -> Option<Report> {
        self.gate
            .ready()
            .filter(|_| self.charged)
            .cloned()
            .map(Report::from)
    }

    /// Runs the gate for a hint: coarse segments for the page to pass on, the same ones for their
    /// whole window. To be called like [`Engine::ask`].
    ///
    /// # Errors
    /// The first reason why none may be handed out now.
    pub fn hint(&mut self, now: Time) -> Result<Hint, Reason> {
        self.at_gate(now, |gate, request, _| {
            gate.hint(request).cloned().map(Hint::from)
        })
    }

    /// Notes that the report is being handed to the network. `false`: it must not be, since
    /// that could not be written down.
    pub fn sending(&mut self, to: &str, now: Time) -> bool {
        // Each try needs a new fold and a new question: another tab may have sent it.
        core::mem::take(&mut self.charged) && self.gate.sending(to, now) && self.write_gate()
    }

    /// Notes that the receiver has the report.
    pub fn delivered(&mut self, to: &str, now: Time) -> bool {
        self.gate.delivered(to, now);
        self.write_gate()
    }

    /// Notes that the receiver could not be reached: the report waits.
    pub fn failed(&mut self, to: &str, now: Time) -> bool {
        self.gate.failed(to, now);
        self.write_gate()
    }

    fn write_gate(&mut self) -> bool {
        let bytes = self.gate.encode();
        let store = self.store.as_mut();
        let written = store.is_some_and(|s| s.write(Slot::Gate, &bytes));
        self.kept |= written;
        written
    }

    /// When [`Engine::ask`] may have another answer.
    pub fn due(&self) -> Option<Time> {
        self.rules
            .book
            .reporting
            .as_ref()
            .and_then(|_| self.gate.due())
    }

    /// The gate's log and budget.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }
}
