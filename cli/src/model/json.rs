//! A model as a book has it, in JSON: an input or a tree a line.

use serde_json::{Map as Object, Value, json};

use super::map::{Map, Read};
use super::onnx::Graph;
use super::scores::{Form, Output, Scores, Tree};
use crate::failure::{Failure, Result};

/// What is to be given, as far as somebody says so.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The probability of this class.
    pub of: Option<String>,
    /// The class itself.
    pub class: bool,
}

/// The model: the value of its name in `models`.
pub fn model(
    scores: &Scores,
    outputs: &[Output],
    wanted: &Wanted,
    map: &Map,
    graph: &Graph,
) -> Result<Value> {
    let classes: Vec<String> = scores
        .classes
        .iter()
        .map(|class| {
            map.classes
                .get(class)
                .cloned()
                .unwrap_or_else(|| class.clone())
        })
        .collect();
    let chosen = choose(outputs, &classes, wanted)?;
    let mut out = Object::new();
    let mut inputs = Vec::new();
    for column in &scores.columns {
        let declared = graph.inputs.iter().find(|input| input.name == column.input);
        let read = map.read(column, declared.map_or(1, super::onnx::Declared::columns))?;
        inputs.push(input(&read, column));
    }
    let (form, gives, named) = match chosen {
        Chosen::One(k, gives) => (scores.form.only(k), gives, &[][..]),
        Chosen::Class => (scores.form.clone(), "class", &classes[..]),
        Chosen::Binary(k, threshold) => {
            (both(&scores.form.only(k), threshold), "class", &classes[..])
        }
        Chosen::Share => (scores.form.clone(), "probability", &classes[..]),
    };
    let form = used(form, &mut inputs);
    out.insert("inputs".to_owned(), inputs.into());
    if !named.is_empty() {
        out.insert("classes".to_owned(), json!(named));
    }
    out.insert("gives".to_owned(), gives.into());
    if let (Chosen::Share, Some(of)) = (chosen, of(outputs, &classes, wanted)) {
        out.insert("of".to_owned(), of.into());
    }
    numbers(&form, &mut out);
    Ok(Value::Object(out))
}

#[derive(Debug, Clone, Copy)]
enum Chosen {
    /// One output, and what it gives.
    One(usize, &'static str),
    /// The greatest output.
    Class,
    /// The second of two classes if the output is above this.
    Binary(usize, f32),
    /// One class among all.
    Share,
}

/// Name of the class whose probability is given: the one that is asked for, or the second of two.
fn of(outputs: &[Output], classes: &[String], wanted: &Wanted) -> Option<String> {
    match (&wanted.of, outputs) {
        (Some(of), _) => Some(of.clone()),
        (None, [_, _]) => classes.get(1).cloned(),
        _ => None,
    }
}

fn choose(outputs: &[Output], classes: &[String], wanted: &Wanted) -> Result<Chosen> {
    let chosen = |output: Option<&Output>| match output {
        Some(Output::Raw(k)) => Ok(Chosen::One(*k, "number")),
        Some(Output::Logistic(k)) => Ok(Chosen::One(*k, "probability")),
        Some(Output::Softmax(_)) => Ok(Chosen::Share),
        Some(Output::Other) | None => {
            let what = "the model has no output of its own for this class";
            let help = "ask for the other class, whose probability is the rest to 1";
            Err(Failure::new(what, help))
        }
    };
    if let Some(of) = &wanted.of {
        let found = classes.iter().position(|class| class == of);
        let Some(found) = found else {
            let what = format!("the model has no class `{of}`");
            return Err(Failure::new(
                what,
                format!("it has: {}", classes.join(", ")),
            ));
        };
        return chosen(outputs.get(found));
    }
    if wanted.class || outputs.len() > 2 {
        if classes.len() != outputs.len() || classes.len() < 2 {
            let what = format!(
                "the model has {} outputs and {} classes",
                outputs.len(),
                classes.len()
            );
            return Err(Failure::new(
                what,
                "import one of the outputs as a model of its own",
            ));
        }
        return Ok(match outputs {
            [Output::Other, Output::Logistic(k)] => Chosen::Binary(*k, 0.0),
            [Output::Other, Output::Raw(k)] => Chosen::Binary(*k, 0.5),
            _ => Chosen::Class,
        });
    }
    chosen(outputs.last())
}

/// One output as two classes.
fn both(form: &Form, threshold: f32) -> Form {
    match form.clone() {
        Form::Linear {
            mut bias,
            mut weights,
        } => {
            bias.insert(0, threshold);
            weights.insert(0, vec![0.0; weights.first().map_or(0, Vec::len)]);
            Form::Linear { bias, weights }
        }
        Form::Trees {
            mut bias,
            mut trees,
        } => {
            bias.insert(0, threshold);
            trees.iter_mut().for_each(second);
            Form::Trees { bias, trees }
        }
        other => other,
    }
}

fn second(tree: &mut Tree) {
    match tree {
        Tree::Leaf(values) => values.insert(0, 0.0),
        Tree::Split { yes, no, .. } => {
            second(yes);
            second(no);
        }
    }
}

/// Leaves out the inputs that no tree reads.
fn used(form: Form, inputs: &mut Vec<Value>) -> Form {
    let Form::Trees { bias, mut trees } = form else {
        return form;
    };
    let mut read = vec![false; inputs.len()];
    for tree in &trees {
        tree.columns(&mut |column| {
            if let Some(read) = read.get_mut(column) {
                *read = true;
            }
        });
    }
    if !read.contains(&true) {
        return Form::Trees { bias, trees };
    }
    let mut next = 0;
    let places: Vec<usize> = read
        .iter()
        .map(|read| {
            next += usize::from(*read);
            next.saturating_sub(1)
        })
        .collect();
    let mut keep = read.iter();
    inputs.retain(|_| keep.next() == Some(&true));
    trees.iter_mut().for_each(|tree| renumber(tree, &places));
    Form::Trees { bias, trees }
}

fn renumber(tree: &mut Tree, places: &[usize]) {
    if let Tree::Split {
        column, yes, no, ..
    } = tree
    {
        *column = places.get(*column).copied().unwrap_or(0);
        renumber(yes, places);
        renumber(no, places);
    }
}

fn input(read: &Read, column: &super::columns::Column) -> Value {
    let mut out = Object::new();
    out.insert("signal".to_owned(), read.signal.clone().into());
    if let Some(is) = &read.is {
        out.insert("is".to_owned(), is.clone());
    }
    if let Some(missing) = read.missing {
        out.insert("missing".to_owned(), number(missing));
    }
    if column.log {
        out.insert("log".to_owned(), true.into());
    }
    for (key, value, otherwise) in [("mean", column.mean, 0.0), ("scale", column.scale, 1.0)] {
        if value != otherwise {
            out.insert(key.to_owned(), number(value));
        }
    }
    if out.len() == 1 {
        return read.signal.clone().into();
    }
    Value::Object(out)
}

/// The shortest decimal that gives the same 32-bit float again.
fn number(value: f32) -> Value {
    let short: f64 = value.to_string().parse().unwrap_or_else(|_| value.into());
    let exact = if short as f32 == value {
        short
    } else {
        value.into()
    };
    if exact.fract() == 0.0 && exact.abs() < 1e15 {
        return (exact as i64).into();
    }
    exact.into()
}

fn row(all: &[f32]) -> Value {
    all.iter().map(|value| number(*value)).collect()
}

/// A number for one output, a list for many.
fn one_or_row(all: &[f32]) -> Value {
    match all {
        [one] => number(*one),
        all => row(all),
    }
}

fn rows(all: &[Vec<f32>]) -> Value {
    match all {
        [one] => row(one),
        all => all.iter().map(|one| row(one)).collect(),
    }
}

fn numbers(form: &Form, out: &mut Object<String, Value>) {
    match form {
        Form::Linear { bias, weights } => {
            out.insert("bias".to_owned(), one_or_row(bias));
            out.insert("weights".to_owned(), rows(weights));
        }
        Form::Centroids(points) => {
            out.insert("centroids".to_owned(), rows(points));
        }
        Form::Trees { bias, trees } => {
            out.insert("bias".to_owned(), one_or_row(bias));
            out.insert("trees".to_owned(), trees.iter().map(tree).collect());
        }
    }
}

fn tree(node: &Tree) -> Value {
    match node {
        Tree::Leaf(values) => one_or_row(values),
        Tree::Split {
            column,
            operator,
            missing,
            at,
            yes,
            no,
        } => {
            let operator = format!("{operator}{}", if *missing { "?" } else { "" });
            json!([column, operator, number(*at), tree(yes), tree(no)])
        }
    }
}

/// The JSON text: lists of lists and of inputs an element a line, all else in one.
pub fn text(name: &str, model: &Value) -> String {
    let mut out = format!("{{\n  \"{name}\": {{\n");
    let members = model.as_object();
    let last = members.map_or(0, Object::len).saturating_sub(1);
    for (i, (key, value)) in members.into_iter().flatten().enumerate() {
        let nested = value
            .as_array()
            .filter(|list| list.iter().any(|e| e.is_array() || e.is_object()));
        match nested {
            Some(list) => {
                let lines: Vec<String> = list
                    .iter()
                    .map(|e| format!("      {}", spaced(e)))
                    .collect();
                out.push_str(&format!("    \"{key}\": [\n{}\n    ]", lines.join(",\n")));
            }
            None => out.push_str(&format!("    \"{key}\": {}", spaced(value))),
        }
        out.push_str(if i < last { ",\n" } else { "\n" });
    }
    out.push_str("  }\n}\n");
    out
}

fn spaced(value: &Value) -> String {
    match value {
        Value::Array(list) => {
            let all: Vec<String> = list.iter().map(spaced).collect();
            format!("[{}]", all.join(", "))
        }
        Value::Object(members) => {
            let all: Vec<String> = members
                .iter()
                .map(|(key, value)| format!("\"{key}\": {}", spaced(value)))
                .collect();
            format!("{{ {} }}", all.join(", "))
        }
        other => other.to_string(),
    }
}
