//! Which signals a condition reads, through rules, scores and models.

use std::collections::BTreeSet;

use fewbits::book::{Book, Dimension, Kind};

/// Indices of the signals that the segments of a dimension depend on.
pub fn of(book: &Book, dimension: &Dimension) -> BTreeSet<u16> {
    let mut reads = Reads {
        book,
        signals: BTreeSet::new(),
        rules: BTreeSet::new(),
    };
    for segment in &dimension.segments {
        for rule in segment.when.iter().chain(&segment.stay) {
            reads.rule(*rule as usize);
        }
    }
    reads.signals
}

struct Reads<'b> {
    book: &'b Book,
    signals: BTreeSet<u16>,
    rules: BTreeSet<usize>,
}

impl Reads<'_> {
    fn rule(&mut self, index: usize) {
        if !self.rules.insert(index) {
            return;
        }
        let Some(rule) = self.book.rules.get(index) else {
            return;
        };
        for literal in rule.clauses.iter().flatten() {
            let index = literal.index as usize;
            match self.book.atoms.get(index) {
                Some(atom) => self.signal(atom.signal),
                None => self.rule(index - self.book.atoms.len()),
            }
        }
    }

    fn signal(&mut self, index: u16) {
        if !self.signals.insert(index) {
            return;
        }
        let signal = self.book.signals.get(usize::from(index));
        match signal.map(|signal| &signal.kind) {
            Some(Kind::Score { points }) => {
                for (rule, _) in points {
                    self.rule(*rule as usize);
                }
            }
            Some(Kind::Model { model }) => {
                let model = self.book.model(*model);
                for input in model.map_or(&[][..], |model| &model.inputs) {
                    self.signal(input.signal);
                }
            }
            _ => {}
        }
    }
}
