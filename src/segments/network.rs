//! From signals to rules: distinct comparisons, and only what changes.
//!
//! A signal's comparisons are laid out so that a new value names at once those whose truth
//! flips: a number's thresholds are sorted edges, and moving from one value to another walks
//! over the edges between; a list has, for each item, the comparisons that are true.

use super::circuit::Circuit;
use crate::book::{Book, Domain, Kind, Literal, Signal, Test};
use crate::codec::sort;
use alloc::vec;
use alloc::vec::Vec;

/// A threshold of a signal: crossing it upwards makes `atom` equal `up`, downwards the
/// opposite.
#[derive(Debug, Clone, Copy)]
struct Edge {
    at: f64,
    atom: u32,
    up: bool,
}

/// How the comparisons of one signal are found from its value.
#[derive(Debug)]
enum Comparisons {
    /// Sorted edges, and the atoms that are true below them all.
    Number { edges: Vec<Edge>, base: Vec<u32> },
    /// For each item, the atoms that are true, ascending.
    Items(Vec<Vec<u32>>),
}

/// Where a signal stands among its comparisons: `MISSING`, or the number of edges at or below
/// its value, or its item; one more than that.
type Place = u32;
const MISSING: Place = 0;

/// Signals, their comparisons, and the rules that depend on them, for one visitor.
#[derive(Debug)]
pub struct Network {
    comparisons: Vec<Comparisons>,
    places: Vec<Place>,
    circuit: Circuit,
}

impl Network {
    /// The network of a book, for a visitor of whom nothing is known.
    pub fn new(book: &Book) -> Self {
        Self {
            comparisons: comparisons(book),
            places: vec![MISSING; book.signals.len()],
            circuit: Circuit::new(book),
        }
    }

    /// Gives a signal a value; NaN: it has none.
    pub fn assign(&mut self, signal: u16, value: f64) {
        let signal = usize::from(signal);
        if let (Some(comparisons), Some(place)) =
            (self.comparisons.get(signal), self.places.get_mut(signal))
        {
            *place = walk(&mut self.circuit, comparisons, *place, value);
        }
    }

    /// Settles the rules whose comparisons moved, and names each whose truth changed.
    pub fn settle(&mut self, changed: impl FnMut(u32, bool)) {
        self.circuit.settle(changed);
    }

    /// Whether a rule holds, as last settled.
    pub fn holds(&self, rule: u32) -> bool {
        self.circuit.holds(rule)
    }

    /// Whether a literal is true.
    pub fn literal(&self, literal: Literal) -> bool {
        self.circuit.literal(literal)
    }

    /// How many comparisons and rules there are.
    pub fn len(&self) -> usize {
        self.circuit.len()
    }

    /// Positions of a signal's thresholds; empty for a list.
    pub fn edges(&self, signal: u16) -> Vec<f64> {
        match self.comparisons.get(usize::from(signal)) {
            Some(Comparisons::Number { edges, .. }) => edges.iter().map(|e| e.at).collect(),
            _ => Vec::new(),
        }
    }
}

/// Moves a signal from one place to another and tells the circuit what flips on the way.
fn walk(circuit: &mut Circuit, comparisons: &Comparisons, old: Place, value: f64) -> Place {
    match comparisons {
        Comparisons::Number { edges, base } => {
            if value.is_nan() {
                if old != MISSING {
                    for edge in edges {
                        circuit.set(edge.atom, false);
                    }
                    for &atom in base {
                        circuit.set(atom, false);
                    }
                }
                return MISSING;
            }
            let new = edges.partition_point(|e| e.at <= value);
            let mut from = old as usize;
            if old == MISSING {
                for &atom in base {
                    circuit.set(atom, true);
                }
            } else {
                from -= 1;
            }
            if from <= new {
                for edge in edges.get(from..new).unwrap_or_default() {
                    circuit.set(edge.atom, edge.up);
                }
            } else {
                for edge in edges.get(new..from).unwrap_or_default().iter().rev() {
                    circuit.set(edge.atom, !edge.up);
                }
            }
            new as Place + 1
        }
        Comparisons::Items(items) => {
            let new = if value >= 0.0 && value < items.len() as f64 {
                value as Place + 1
            } else {
                MISSING
            };
            if new != old {
                let of = |place: Place| {
                    let list = items.get((place as usize).wrapping_sub(1));
                    list.map_or(&[][..], |l| l.as_slice())
                };
                let (gone, come) = (of(old), of(new));
                for &atom in gone {
                    if come.binary_search(&atom).is_err() {
                        circuit.set(atom, false);
                    }
                }
                for &atom in come {
                    circuit.set(atom, true);
                }
            }
            new
        }
    }
}

fn comparisons(book: &Book) -> Vec<Comparisons> {
    let mut all: Vec<Comparisons> = book
        .signals
        .iter()
        .map(|signal| match item_count(book, signal) {
            Some(items) => {
                Comparisons::Items(core::iter::repeat_with(Vec::new).take(items).collect())
            }
            None => Comparisons::Number {
                edges: Vec::new(),
                base: Vec::new(),
            },
        })
        .collect();
    for (index, atom) in (0u32..).zip(&book.atoms) {
        match all.get_mut(usize::from(atom.signal)) {
            Some(Comparisons::Number { edges, base }) => {
                let mut edge = |at: f64, up| {
                    edges.push(Edge {
                        at,
                        atom: index,
                        up,
                    })
                };
                match &atom.test {
                    Test::AtLeast(t) => edge(*t, true),
                    Test::Greater(t) => edge(t.next_up(), true),
                    Test::Less(t) => {
                        edge(*t, false);
                        base.push(index);
                    }
                    Test::AtMost(t) => {
                        edge(t.next_up(), false);
                        base.push(index);
                    }
                    Test::Equals(t) => {
                        edge(*t, true);
                        edge(t.next_up(), false);
                    }
                    Test::Exists => base.push(index),
                    Test::Among(_) => {}
                }
            }
            Some(Comparisons::Items(items)) => {
                for (item, atoms) in items.iter_mut().enumerate() {
                    let holds = match &atom.test {
                        Test::Among(list) => list.iter().any(|i| usize::from(*i) == item),
                        Test::Equals(t) => *t == item as f64,
                        Test::Exists => true,
                        _ => false,
                    };
                    if holds {
                        atoms.push(index);
                    }
                }
            }
            None => {}
        }
    }
    for comparison in &mut all {
        if let Comparisons::Number { edges, .. } = comparison {
            sort(edges, |a, b| a.at < b.at);
        }
    }
    all
}

fn item_count(book: &Book, signal: &Signal) -> Option<usize> {
    match &signal.kind {
        Kind::Top { items, .. } => Some(items.len()),
        Kind::Context { of } => Some(of.count()),
        Kind::Declared {
            domain: Domain::Items(items),
        } => Some(items.len()),
        Kind::Model { model } => {
            let model = book.model(*model).filter(|m| m.is_class());
            model.map(|m| m.classes.len())
        }
        _ => signal.is_boolean().then_some(2),
    }
}
