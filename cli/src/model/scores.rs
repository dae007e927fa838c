//! What a graph computes: outputs of one model, and how each of its columns is made of them.

use super::columns::Column;

/// A model, as the graph has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    pub columns: Vec<Column>,
    pub form: Form,
    /// Names of the classes; empty if there are none.
    pub classes: Vec<String>,
}

/// How the outputs are computed. One row or start for each output.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    Linear {
        bias: Vec<f32>,
        weights: Vec<Vec<f32>>,
    },
    Centroids(Vec<Vec<f32>>),
    Trees {
        bias: Vec<f32>,
        trees: Vec<Tree>,
    },
}

/// A node of a tree with all below it.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    /// What is added to each output.
    Leaf(Vec<f32>),
    Split {
        column: usize,
        operator: &'static str,
        /// A missing value takes `yes`.
        missing: bool,
        at: f32,
        yes: Box<Tree>,
        no: Box<Tree>,
    },
}

/// A column after the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// An output of the model.
    Raw(usize),
    /// Its logistic function.
    Logistic(usize),
    /// Its share among the exponentials of all.
    Softmax(usize),
    /// What is left to 1 of the next column, or its opposite: the other one of two classes.
    Other,
}

impl Form {
    /// The same with one output alone.
    pub fn only(&self, output: usize) -> Self {
        let one = |all: &[f32]| all.get(output).copied().into_iter().collect();
        match self {
            Self::Linear { bias, weights } => Self::Linear {
                bias: one(bias),
                weights: weights.get(output).cloned().into_iter().collect(),
            },
            Self::Centroids(points) => {
                Self::Centroids(points.get(output).cloned().into_iter().collect())
            }
            Self::Trees { bias, trees } => {
                let trees: Vec<Tree> = trees.iter().map(|tree| tree.only(output)).collect();
                let some = trees.iter().filter(|tree| tree.adds_something());
                Self::Trees {
                    bias: one(bias),
                    trees: some.cloned().collect(),
                }
            }
        }
    }
}

impl Tree {
    fn only(&self, output: usize) -> Self {
        match self {
            Self::Leaf(values) => Self::Leaf(values.get(output).copied().into_iter().collect()),
            Self::Split {
                column,
                operator,
                missing,
                at,
                yes,
                no,
            } => Self::Split {
                column: *column,
                operator,
                missing: *missing,
                at: *at,
                yes: Box::new(yes.only(output)),
                no: Box::new(no.only(output)),
            },
        }
    }

    fn adds_something(&self) -> bool {
        match self {
            Self::Leaf(values) => values.iter().any(|value| *value != 0.0),
            Self::Split { yes, no, .. } => yes.adds_something() || no.adds_something(),
        }
    }

    /// Calls `found` with the column of every split.
    pub fn columns(&self, found: &mut impl FnMut(usize)) {
        if let Self::Split {
            column, yes, no, ..
        } = self
        {
            found(*column);
            yes.columns(found);
            no.columns(found);
        }
    }
}
