//! Models, as `book/model.rs` reads them.

use super::{id, list, short};
use crate::book::{Feature, Model, Node};
use crate::codec::Writer;

pub(super) fn model(w: &mut Writer, model: &Model) {
    id(w, &model.name);
    list(w, &model.classes, id);
    short(w, &model.gives.code());
    list(w, &model.inputs, feature);
    w.u8(model.form as u8);
    list(w, &model.numbers, float);
    list(w, &model.roots, id);
    list(w, &model.nodes, node);
}

fn float(w: &mut Writer, v: &f32) {
    w.u32(v.to_bits());
}

fn feature(w: &mut Writer, input: &Feature) {
    short(w, &input.signal);
    w.u8(u8::from(input.log));
    for number in [input.is, input.missing, input.mean, input.scale] {
        float(w, &number);
    }
}

fn node(w: &mut Writer, node: &Node) {
    short(w, &node.head);
    short(w, &node.skip);
    float(w, &node.value);
}
