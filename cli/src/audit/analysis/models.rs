//! The trained models of a book: which signals each reads, and how much each weighs.

use std::collections::BTreeMap;

use fewbits::book::author::Places;
use fewbits::book::{Book, Form, Gives, Model as Trained, Node};
use serde::Serialize;

/// One model.
#[derive(Serialize)]
pub struct Model {
    pub name: String,
    /// `weights`, `trees` or `centroids`.
    pub form: &'static str,
    /// What it gives, in words.
    pub gives: String,
    pub classes: Vec<String>,
    /// What it reads, the weightiest first.
    pub signals: Vec<Weighed>,
    /// How the shares were found.
    pub by: &'static str,
    /// The author's own reason.
    pub why: Option<String>,
    pub line: usize,
}

/// A signal that a model reads.
#[derive(Serialize)]
pub struct Weighed {
    pub signal: String,
    /// The items or numbers that it is compared with; empty: its value is read.
    pub items: Vec<String>,
    /// Its part of all weights, from 0 to 1.
    pub share: f64,
}

/// The models of a book.
pub fn of(book: &Book, places: &Places) -> Vec<Model> {
    let all = book.models.iter();
    all.map(|model| {
        let name = book.str(model.name);
        Model {
            name: name.to_owned(),
            form: match model.form {
                Form::Linear => "weights",
                Form::Centroids => "centroids",
                Form::Trees => "trees",
            },
            gives: match model.gives {
                Gives::Number => "a number".to_owned(),
                Gives::Probability => "a probability".to_owned(),
                Gives::Class => "a class".to_owned(),
                Gives::ProbabilityOf(class) => {
                    let class = model.classes.get(usize::from(class));
                    format!("the probability of `{}`", class.map_or("", |id| book.str(*id)))
                }
            },
            classes: model.classes.iter().map(|id| book.str(*id).to_owned()).collect(),
            signals: weighed(book, model),
            by: match model.form {
                Form::Linear => "the size of its weights, for one unit of each input as the model reads it",
                Form::Centroids => "the variance of the centroids along each input",
                Form::Trees => "what its splits tell apart, both sides of a split counting the same: a book does not say how many went where",
            },
            why: places.text(&["models", name, "why"]).map(str::to_owned),
            line: places.key(&["models", name]).map_or(1, |at| at.line),
        }
    })
    .collect()
}

fn weighed(book: &Book, model: &Trained) -> Vec<Weighed> {
    let weights = match model.form {
        Form::Trees => of_trees(model),
        _ => of_rows(model),
    };
    let sum: f64 = weights.iter().sum();
    let mut by_signal: BTreeMap<u16, Weighed> = BTreeMap::new();
    for (input, weight) in model.inputs.iter().zip(weights) {
        let Some(signal) = book.signals.get(usize::from(input.signal)) else {
            continue;
        };
        let entry = by_signal.entry(input.signal).or_insert_with(|| Weighed {
            signal: book.str(signal.name).to_owned(),
            items: Vec::new(),
            share: 0.0,
        });
        if sum > 0.0 {
            entry.share += weight / sum;
        }
        if !input.is.is_nan() {
            let item = book
                .items(signal)
                .and_then(|items| items.get(input.is as usize).map(|i| (*i).to_owned()));
            entry
                .items
                .push(item.unwrap_or_else(|| input.is.to_string()));
        }
    }
    let mut all: Vec<Weighed> = by_signal.into_values().collect();
    all.sort_by(|a, b| b.share.total_cmp(&a.share));
    all
}

/// Weights by size, added over classes; centroids by their variance.
fn of_rows(model: &Trained) -> Vec<f64> {
    let rows: Vec<&[f32]> = model
        .numbers
        .chunks(model.row())
        .map(|row| row.get(1..).unwrap_or_default())
        .collect();
    (0..model.inputs.len())
        .map(|input| {
            let column: Vec<f64> = rows
                .iter()
                .filter_map(|row| row.get(input))
                .map(|n| f64::from(*n))
                .collect();
            if model.form == Form::Linear {
                return column.iter().map(|n| n.abs()).sum();
            }
            let mean = column.iter().sum::<f64>() / column.len().max(1) as f64;
            column.iter().map(|n| (n - mean) * (n - mean)).sum()
        })
        .collect()
}

/// For each split, how far apart the means of its two sides are, squared, and how likely a walk
/// passes it if both sides of every split are equally likely.
fn of_trees(model: &Trained) -> Vec<f64> {
    let mut weights = vec![0.0; model.inputs.len()];
    let nodes = &model.nodes;
    for output in 0..model.outputs() {
        let mut means = vec![0.0; nodes.len()];
        for (at, node) in nodes.iter().enumerate().rev() {
            let below = |skip: u16| {
                means
                    .get(at + 1 + usize::from(skip))
                    .copied()
                    .unwrap_or(0.0)
            };
            let mean = if node.is_split() {
                (below(0) + below(node.skip)) / 2.0
            } else {
                let own = if node.output() == output {
                    f64::from(node.value)
                } else {
                    0.0
                };
                own + if node.head & Node::MORE != 0 {
                    below(0)
                } else {
                    0.0
                }
            };
            if let Some(slot) = means.get_mut(at) {
                *slot = mean;
            }
        }
        let mut chance = vec![0.0; nodes.len()];
        for root in &model.roots {
            if let Some(slot) = chance.get_mut(*root as usize) {
                *slot = 1.0;
            }
        }
        for (at, node) in nodes.iter().enumerate().filter(|(_, node)| node.is_split()) {
            let here = chance.get(at).copied().unwrap_or(0.0);
            let children = [at + 1, at + 1 + usize::from(node.skip)];
            let side = children.map(|child| means.get(child).copied().unwrap_or(0.0));
            let apart = (side[0] - side[1]) / 2.0;
            if let Some(weight) = weights.get_mut(node.feature()) {
                *weight += here * apart * apart;
            }
            for child in children {
                if let Some(slot) = chance.get_mut(child) {
                    *slot += here / 2.0;
                }
            }
        }
    }
    weights
}
