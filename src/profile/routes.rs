//! Which signals an event concerns, so that it costs only what it changes.

use crate::book::{Book, EVENT_ANY, EVENT_SCROLL, Kind, Matcher};
use crate::signals::Event;
use alloc::vec;
use alloc::vec::Vec;

/// For each event and each tag key, the signals that listen.
#[derive(Debug)]
pub struct Routes {
    events: Vec<Vec<u16>>,
    any: Vec<u16>,
    keys: Vec<Vec<u16>>,
}

impl Routes {
    /// The routes of a book.
    pub fn new(book: &Book) -> Self {
        let mut routes = Self {
            events: vec![Vec::new(); book.events.len()],
            any: Vec::new(),
            keys: vec![Vec::new(); book.tags.len()],
        };
        for (index, signal) in (0u16..).zip(&book.signals) {
            match &signal.kind {
                Kind::Window { of, .. } | Kind::Since { of, .. } => routes.listen(of, index),
                Kind::Sequence { steps, .. } => {
                    for step in steps {
                        routes.listen(&step.of, index);
                    }
                }
                Kind::Top { key, .. } | Kind::Affinity { key, .. } => {
                    push(routes.keys.get_mut(usize::from(*key)), index);
                }
                Kind::Context { .. }
                | Kind::Declared { .. }
                | Kind::Score { .. }
                | Kind::Model { .. } => {}
            }
        }
        routes
    }

    fn listen(&mut self, of: &Matcher, signal: u16) {
        if of.event == EVENT_ANY {
            push(Some(&mut self.any), signal);
        } else {
            push(self.events.get_mut(usize::from(of.event)), signal);
        }
    }

    /// Whether an event concerns any signal.
    pub fn needs(&self, event: &Event) -> bool {
        self.of(event).next().is_some()
    }

    /// Signals that an event concerns; a signal can occur twice only if it listens to a tag
    /// key that the event carries twice.
    pub(super) fn of<'a>(&'a self, event: &'a Event) -> impl Iterator<Item = u16> + 'a {
        let named = self
            .events
            .get(usize::from(event.name))
            .map_or(&[][..], |v| v);
        let any = if event.name == 1 || event.name == EVENT_SCROLL {
            &[][..]
        } else {
            &self.any
        };
        let mut keys: Vec<u16> = event.tags.iter().map(|t| t.0).collect();
        keys.dedup();
        let tagged = keys
            .into_iter()
            .filter_map(|key| self.keys.get(usize::from(key)))
            .flat_map(|signals| signals.iter().copied());
        named.iter().chain(any).copied().chain(tagged)
    }
}

fn push(list: Option<&mut Vec<u16>>, signal: u16) {
    if let Some(list) = list
        && list.last() != Some(&signal)
    {
        list.push(signal);
    }
}
