//! Which signals an event concerns, so that it costs only what it changes.

use crate::book::{Book, EVENT_ANY, EVENT_DWELL, EVENT_SCROLL, Kind, Matcher};
use crate::signals::Event;
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
            events: core::iter::repeat_with(Vec::new)
                .take(book.events.len())
                .collect(),
            any: Vec::new(),
            keys: core::iter::repeat_with(Vec::new)
                .take(book.tags.len())
                .collect(),
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
        let mut needed = false;
        self.each(event, |_| needed = true);
        needed
    }

    /// Names the signals that an event concerns; one twice only if it listens to a tag key that
    /// the event carries twice.
    pub(super) fn each(&self, event: &Event, mut concerned: impl FnMut(u16)) {
        let named = self.events.get(usize::from(event.name));
        let any = (event.name != EVENT_DWELL && event.name != EVENT_SCROLL).then_some(&self.any);
        let mut last = None;
        let tagged = event.tags.iter().filter_map(|&(key, _)| {
            let again = last == Some(key);
            last = Some(key);
            self.keys.get(usize::from(key)).filter(|_| !again)
        });
        for signals in named.into_iter().chain(any).chain(tagged) {
            for &signal in signals {
                concerned(signal);
            }
        }
    }
}

fn push(list: Option<&mut Vec<u16>>, signal: u16) {
    if let Some(list) = list
        && list.last() != Some(&signal)
    {
        list.push(signal);
    }
}
