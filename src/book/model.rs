//! Trained models as the book carries them: what they read, and flat tables of numbers.
//!
//! What they compute, and in which precision, is in `docs/models.md`; `models/` does it.

use alloc::vec::Vec;

use super::StrId;
use crate::codec::Reader;

/// A trained model: what it reads, how it answers, and its numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The model's name.
    pub name: StrId,
    /// Names of the classes; empty for a model of one output.
    pub classes: Vec<StrId>,
    /// What becomes of the outputs.
    pub gives: Gives,
    /// What the model reads.
    pub inputs: Vec<Feature>,
    /// How the outputs are computed.
    pub form: Form,
    /// For each output a row: where its sum begins, then, unless the form is trees, a number for
    /// each input.
    pub numbers: Vec<f32>,
    /// Index of the root of each tree.
    pub roots: Vec<u32>,
    /// The nodes of trees, each before those that it leads to.
    pub nodes: Vec<Node>,
}

/// How the outputs are computed. The discriminant is the code in the compiled book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Form {
    /// Sums of weighted features.
    Linear = 0,
    /// Squared distances to points, negative.
    Centroids = 1,
    /// Sums of the leaves that are reached.
    Trees = 2,
}

/// What becomes of a model's outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gives {
    /// The output itself.
    Number,
    /// The logistic function of the output.
    Probability,
    /// The class whose output is greatest, the first of equals.
    Class,
    /// The share of this class among the exponentials of all outputs.
    ProbabilityOf(u16),
}

impl Gives {
    /// The code in a compiled book.
    pub const fn code(self) -> u16 {
        match self {
            Self::Number => 0,
            Self::Probability => 1,
            Self::Class => 2,
            Self::ProbabilityOf(class) => 3 + class,
        }
    }
}

/// One number that a model reads, from one signal.
#[derive(Debug, Clone, Copy)]
pub struct Feature {
    /// Index into `Book::signals`; neither a score nor a model.
    pub signal: u16,
    /// The logarithm of one more is taken, of 1 for values below 0.
    pub log: bool,
    /// 1 while the signal has this value (an item, a number), else 0; NaN: the value itself.
    pub is: f32,
    /// What stands for the value while it is missing; NaN: nothing does.
    pub missing: f32,
    /// Is subtracted.
    pub mean: f32,
    /// Multiplies what is left.
    pub scale: f32,
}

/// By all bits, so that "nothing" equals itself.
impl PartialEq for Feature {
    fn eq(&self, other: &Self) -> bool {
        let bits = |f: &Self| [f.is, f.missing, f.mean, f.scale].map(f32::to_bits);
        (self.signal, self.log, bits(self)) == (other.signal, other.log, bits(other))
    }
}

impl Feature {
    /// Whether the value of the signal is read as it is.
    pub fn is_plain(&self) -> bool {
        self.is.is_nan() && !self.log && self.mean == 0.0 && self.scale == 1.0
    }
}

/// A node of a tree. The next node is its first child, so a walk only ever goes on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// A split: 1, [`Node::MISSING`], [`Node::EQUAL`], and the feature above [`Node::FEATURE`]
    /// bits. A leaf: 0, [`Node::MORE`], and the output above [`Node::OUTPUT`] bits.
    pub head: u16,
    /// How many nodes further the second child of a split stands.
    pub skip: u16,
    /// The first child is taken if the feature is below this; or what a leaf adds.
    pub value: f32,
}

impl Node {
    /// A split, not a leaf.
    pub const SPLIT: u16 = 1;
    /// A missing feature takes the first child.
    pub const MISSING: u16 = 2;
    /// The first child is taken if the feature equals the value.
    pub const EQUAL: u16 = 4;
    /// The bits of a split below its feature.
    pub const FEATURE: u32 = 3;
    /// The next node is a leaf that is reached as well.
    pub const MORE: u16 = 2;
    /// The bits of a leaf below its output.
    pub const OUTPUT: u32 = 2;

    /// Whether the node is a split.
    pub const fn is_split(&self) -> bool {
        self.head & Self::SPLIT != 0
    }

    /// Index of a split's feature.
    pub fn feature(&self) -> usize {
        usize::from(self.head >> Self::FEATURE)
    }

    /// Index of a leaf's output.
    pub fn output(&self) -> usize {
        usize::from(self.head >> Self::OUTPUT)
    }
}

impl Model {
    /// Number of outputs.
    pub fn outputs(&self) -> usize {
        self.classes.len().max(1)
    }

    /// Numbers in the row of an output.
    pub fn row(&self) -> usize {
        if self.form == Form::Trees {
            1
        } else {
            1 + self.inputs.len()
        }
    }

    /// Whether the value is a class.
    pub fn is_class(&self) -> bool {
        self.gives == Gives::Class
    }
}

fn float(r: &mut Reader) -> f32 {
    f32::from_bits(r.u32())
}

/// Reads a model of a compiled book.
pub(super) fn read(r: &mut Reader) -> Model {
    Model {
        name: r.uint32(),
        classes: r.list(1, Reader::uint32),
        gives: match r.uint16() {
            0 => Gives::Number,
            1 => Gives::Probability,
            2 => Gives::Class,
            class => Gives::ProbabilityOf(class - 3),
        },
        inputs: r.list(18, |r| Feature {
            signal: r.uint16(),
            log: r.flag(),
            is: float(r),
            missing: float(r),
            mean: float(r),
            scale: float(r),
        }),
        form: match r.u8() {
            0 => Form::Linear,
            1 => Form::Centroids,
            kind => {
                r.check(kind == 2);
                Form::Trees
            }
        },
        numbers: r.list(4, float),
        roots: r.list(1, Reader::uint32),
        nodes: r.list(6, |r| Node {
            head: r.uint16(),
            skip: r.uint16(),
            value: float(r),
        }),
    }
}
