//! What moved a model's answer most, for explanations.

use super::{Models, answer, feature, first};
use crate::book::{Form, Gives, Model, Node};
use alloc::vec;
use alloc::vec::Vec;

/// An output as a start and what each input adds to it.
struct Parts {
    start: f64,
    moved: Vec<f64>,
}

impl Models {
    /// For each input of a model, how much it moved the output: up if above 0. For a class it is
    /// what speaks for this class, compared with what speaks for the others on average.
    ///
    /// Linear: weight times feature. Centroids: how much nearer this input is to the class's.
    /// Trees: at each split on the way, the mean of the leaves that are still possible moves;
    /// both sides of a split count the same, since a book does not say how many went where.
    pub fn contributions(&self, model: &Model) -> Vec<f64> {
        let value = |signal: u16| self.values.get(usize::from(signal)).copied();
        let inputs = model.inputs.iter();
        let features: Vec<f32> = inputs
            .map(|input| feature(input, value(input.signal).unwrap_or(f64::NAN)))
            .collect();
        let outputs = 0..model.outputs();
        let all: Vec<Parts> = outputs.map(|k| parts(model, k, &features)).collect();
        let class = match model.gives {
            Gives::Number | Gives::Probability => 0,
            Gives::ProbabilityOf(class) => usize::from(class),
            Gives::Class => {
                let sum = |parts: &Parts| parts.moved.iter().fold(parts.start, |a, b| a + b);
                answer(Gives::Class, &all.iter().map(sum).collect::<Vec<_>>()) as usize
            }
        };
        let mut own = all.get(class).map_or_else(Vec::new, |p| p.moved.clone());
        let others = all.len().saturating_sub(1) as f64;
        for (_, parts) in all.iter().enumerate().filter(|(k, _)| *k != class) {
            for (own, other) in own.iter_mut().zip(&parts.moved) {
                *own -= other / others;
            }
        }
        own
    }
}

fn parts(model: &Model, output: usize, features: &[f32]) -> Parts {
    let mut row = model.numbers.iter().skip(output * model.row());
    let mut start = row.next().map_or(0.0, |bias| f64::from(*bias));
    if model.form != Form::Trees {
        let moved = features.iter().zip(row).map(|(x, n)| {
            let (x, n) = (f64::from(*x), f64::from(*n));
            if model.form == Form::Linear {
                x * n
            } else {
                -(x - n) * (x - n)
            }
        });
        let moved = moved.collect();
        return Parts { start, moved };
    }
    let means = means(&model.nodes, output);
    let mean = |at: usize| means.get(at).copied().unwrap_or(0.0);
    let mut moved = vec![0.0; model.inputs.len()];
    for root in &model.roots {
        let mut at = *root as usize;
        start += mean(at);
        while let Some(split) = model.nodes.get(at).filter(|node| node.is_split()) {
            let before = mean(at);
            at += 1;
            if !first(split, features) {
                at += usize::from(split.skip);
            }
            if let Some(moved) = moved.get_mut(split.feature()) {
                *moved += mean(at) - before;
            }
        }
    }
    Parts { start, moved }
}

/// For each node, the mean of the leaves below it, both sides of a split counting the same.
fn means(nodes: &[Node], output: usize) -> Vec<f64> {
    let mut means = vec![0.0; nodes.len()];
    for (at, node) in nodes.iter().enumerate().rev() {
        let below = |skip: u16| {
            let below = means.get(at + 1 + usize::from(skip));
            below.copied().unwrap_or(0.0)
        };
        let mut mean = 0.0;
        if node.is_split() {
            mean = (below(0) + below(node.skip)) / 2.0;
        } else {
            if node.output() == output {
                mean += f64::from(node.value);
            }
            if node.head & Node::MORE != 0 {
                mean += below(0);
            }
        }
        if let Some(slot) = means.get_mut(at) {
            *slot = mean;
        }
    }
    means
}
