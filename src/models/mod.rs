//! Trained models at work: a number, or a class, from what the signals say.
//!
//! Features are 32-bit floats, as the trainers' tools compare them; sums are 64-bit. Nothing is
//! allocated once a book is loaded, and no model learns: it is the same for every visitor.

mod strongest;

use crate::book::{Book, Feature, Form, Gives, Model, Node};
use crate::math::{exp2, log2};
use alloc::vec;
use alloc::vec::Vec;
use core::f64::consts::{LN_2, LOG2_E};

/// The models of a book for one visitor.
#[derive(Debug, Default)]
pub struct Models {
    /// For each signal, the models that read it, a bit each.
    readers: Vec<u32>,
    /// Each signal's value, where some model reads it; NaN while it is missing.
    values: Vec<f64>,
    /// Models that read something new.
    stale: u32,
    features: Vec<f32>,
    outputs: Vec<f64>,
}

impl Models {
    /// The models of a book, for a visitor of whom nothing is known.
    #[inline(never)]
    pub fn new(book: &Book) -> Self {
        let mut readers = vec![0; book.signals.len()];
        let (mut features, mut outputs) = (0, 0);
        for (index, model) in (0u32..).zip(&book.models) {
            for input in &model.inputs {
                if let Some(bits) = readers.get_mut(usize::from(input.signal)) {
                    *bits |= 1u32.wrapping_shl(index);
                }
            }
            features = model.inputs.len().max(features);
            outputs = model.outputs().max(outputs);
        }
        Self {
            values: vec![f64::NAN; readers.len()],
            readers,
            stale: !0,
            features: vec![0.0; features],
            outputs: vec![0.0; outputs],
        }
    }

    /// Gives a signal a value; NaN: it has none.
    pub fn assign(&mut self, signal: u16, value: f64) {
        let signal = usize::from(signal);
        if let (Some(readers), Some(old)) = (self.readers.get(signal), self.values.get_mut(signal))
            && old.to_bits() != value.to_bits()
        {
            *old = value;
            self.stale |= readers;
        }
    }

    /// The models that read something new since they were last asked for, a bit each.
    pub fn take_stale(&mut self) -> u32 {
        core::mem::take(&mut self.stale)
    }

    /// What a model says now: a number, or the index of a class.
    pub fn evaluate(&mut self, model: &Model) -> f64 {
        self.read(model);
        self.run(model);
        answer(model.gives, self.outputs(model))
    }

    fn outputs(&self, model: &Model) -> &[f64] {
        self.outputs.get(..model.outputs()).unwrap_or_default()
    }

    fn read(&mut self, model: &Model) {
        for (slot, input) in self.features.iter_mut().zip(&model.inputs) {
            let value = self.values.get(usize::from(input.signal));
            *slot = feature(input, value.copied().unwrap_or(f64::NAN));
        }
    }

    fn run(&mut self, model: &Model) {
        let mut numbers = model.numbers.iter().map(|n| f64::from(*n));
        for output in self.outputs.iter_mut().take(model.outputs()) {
            *output = numbers.next().unwrap_or(0.0);
            if model.form == Form::Trees {
                continue;
            }
            for (x, _) in self.features.iter().zip(&model.inputs) {
                let (x, n) = (f64::from(*x), numbers.next().unwrap_or(0.0));
                *output += if model.form == Form::Linear {
                    x * n
                } else {
                    -(x - n) * (x - n)
                };
            }
        }
        for root in &model.roots {
            let mut at = *root as usize;
            while let Some(node) = model.nodes.get(at) {
                at += 1;
                if node.is_split() {
                    if !first(node, &self.features) {
                        at += usize::from(node.skip);
                    }
                    continue;
                }
                if let Some(output) = self.outputs.get_mut(node.output()) {
                    *output += f64::from(node.value);
                }
                if node.head & Node::MORE == 0 {
                    break;
                }
            }
        }
    }

    /// Where time alone may change what a model says, as values of a signal that moves steadily:
    /// at the thresholds of trees, and for all else at each 32nd of the value.
    #[inline(never)]
    pub fn edges(&self, book: &Book, signal: u16, edges: &mut Vec<f64>) {
        let value = self.values.get(usize::from(signal));
        let value = value.copied().unwrap_or(f64::NAN);
        for model in &book.models {
            for (at, input) in model.inputs.iter().enumerate() {
                if input.signal != signal {
                    continue;
                }
                if model.form != Form::Trees || !input.is_plain() {
                    edges.push(value * (31.0 / 32.0));
                    edges.push(value * (33.0 / 32.0));
                }
                for node in &model.nodes {
                    if node.is_split() && node.feature() == at {
                        // Halfway to the float below: from there on the value is rounded up to
                        // the threshold.
                        let below = f64::from(node.value.next_down());
                        edges.push((f64::from(node.value) + below) / 2.0);
                    }
                }
            }
        }
    }
}

/// What a model reads of a value; NaN while that is missing and nothing stands for it.
fn feature(input: &Feature, value: f64) -> f32 {
    let mut x = value as f32;
    if !input.is.is_nan() {
        // A missing value is no item.
        x = f32::from(u8::from(x == input.is));
    } else if x.is_nan() {
        x = input.missing;
    }
    if input.log && !x.is_nan() {
        x = (log2(1.0 + f64::from(x).max(0.0)) * LN_2) as f32;
    }
    (x - input.mean) * input.scale
}

/// Whether a split takes its first child.
fn first(split: &Node, features: &[f32]) -> bool {
    let x = features.get(split.feature()).copied().unwrap_or(f32::NAN);
    // NaN is neither below nor equal.
    let has = |flag| split.head & flag != 0;
    let fits = if has(Node::EQUAL) {
        x == split.value
    } else {
        x < split.value
    };
    fits || (has(Node::MISSING) && x.is_nan())
}

fn answer(gives: Gives, outputs: &[f64]) -> f64 {
    let first = outputs.first().copied().unwrap_or(f64::NAN);
    match gives {
        Gives::Number => first,
        Gives::Probability => 1.0 / (1.0 + exp(-first)),
        Gives::Class => {
            let mut best = 0;
            for (k, output) in outputs.iter().enumerate() {
                if outputs.get(best).is_some_and(|b| output > b) {
                    best = k;
                }
            }
            best as f64
        }
        Gives::ProbabilityOf(class) => {
            let of = outputs.get(usize::from(class)).copied().unwrap_or(f64::NAN);
            1.0 / outputs
                .iter()
                .fold(0.0, |sum, output| sum + exp(output - of))
        }
    }
}

fn exp(x: f64) -> f64 {
    exp2(x * LOG2_E)
}
