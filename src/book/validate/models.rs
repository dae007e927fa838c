//! What a compiler guarantees of a model: every list has its length, every walk through a tree
//! ends at a leaf of this tree, and no number makes another one that is not a number.

use super::{Shape, distinct, is_item};
use crate::book::{Book, Feature, Form, Gives, Kind, Model, Node};

/// Models of a book: one bit each tells which are to be evaluated.
pub(crate) const MOST_MODELS: usize = 32;
/// Greatest weight, mean, scale or stand-in. A signal is below 1e10, so a 32-bit feature is
/// below 1e26 and a squared one far below the end of 64-bit floats.
pub(crate) const GREATEST_NUMBER: f32 = 1e15;

fn bounded(number: f32) -> bool {
    number.abs() <= GREATEST_NUMBER
}

impl Book {
    pub(super) fn model_valid(&self, model: &Model) -> bool {
        let (features, outputs) = (model.inputs.len(), model.outputs());
        let gives = match model.gives {
            Gives::Number | Gives::Probability => model.classes.is_empty(),
            Gives::Class => model.classes.len() > 1,
            Gives::ProbabilityOf(class) => {
                model.classes.len() > 1 && usize::from(class) < model.classes.len()
            }
        };
        gives
            && self.named(model.name, true)
            && distinct(&model.classes)
            && model.classes.iter().all(|class| is_item(self.str(*class)))
            && (1..=4096).contains(&features)
            && model.inputs.iter().all(|input| self.input_valid(input))
            && model.numbers.len() == outputs * model.row()
            && model.numbers.iter().all(|number| bounded(*number))
            && match model.form {
                Form::Trees => trees_valid(model),
                form => {
                    (form == Form::Linear || outputs > 1)
                        && model.roots.is_empty()
                        && model.nodes.is_empty()
                }
            }
    }

    fn input_valid(&self, input: &Feature) -> bool {
        let Some(signal) = self.signals.get(usize::from(input.signal)) else {
            return false;
        };
        let fits = match (self.shape(signal), input.is) {
            (Shape::Items(n), is) => is >= 0.0 && (is as usize) < n && is.fract() == 0.0,
            (_, is) => is.is_nan() || bounded(is),
        };
        fits && !matches!(signal.kind, Kind::Score { .. } | Kind::Model { .. })
            && (input.missing.is_nan() || (input.is.is_nan() && bounded(input.missing)))
            && bounded(input.mean)
            && bounded(input.scale)
    }
}

fn trees_valid(model: &Model) -> bool {
    let Model { roots, nodes, .. } = model;
    let (features, outputs) = (model.inputs.len(), model.outputs());
    let ends = roots.iter().skip(1).map(|r| *r as usize);
    let ends = ends.chain([nodes.len()]);
    roots.first() == Some(&0)
        && roots.iter().zip(ends).all(|(root, end)| {
            let tree = nodes.get(*root as usize..end).unwrap_or_default();
            !tree.is_empty()
                && tree.iter().enumerate().all(|(at, node)| {
                    let inside = |skip: u16| at + 1 + usize::from(skip) < tree.len();
                    let next_is_leaf = tree.get(at + 1).is_some_and(|next| !next.is_split());
                    if node.is_split() {
                        node.feature() < features && inside(node.skip) && node.value.is_finite()
                    } else {
                        node.output() < outputs
                            && node.skip == 0
                            && bounded(node.value)
                            && (node.head & Node::MORE == 0 || next_is_leaf)
                    }
                })
        })
}
