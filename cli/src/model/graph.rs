//! Follows a graph from its inputs to its outputs, with columns in place of numbers. What a book
//! cannot do is a problem of its node, which matters only if a wanted output depends on it.

use std::collections::BTreeMap;

use super::columns::{Category, Column};
use super::ensemble;
use super::onnx::{Graph, Node, Tensor};
use super::predictors::{
    constant_after, distances, linear, linear_classifier, linked, normalised, product, scores,
};
use super::scores::{Form, Output, Scores};

/// Why a node cannot be imported.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The operator and its name: `Abs `norm``.
    pub node: String,
    pub what: String,
    pub help: String,
}

impl Problem {
    pub fn new(node: &Node, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            node: node.called(),
            what: what.into(),
            help: help.into(),
        }
    }
}

/// What lies on an edge of the graph.
#[derive(Debug, Clone)]
pub enum Value {
    /// What a model may read.
    Columns(Vec<Column>),
    /// What a model says.
    Scores(Scores, Vec<Output>),
    /// The class that a model says.
    Label(Scores, Vec<Output>),
    /// Numbers of the graph, and how many rows they have.
    Constant(Vec<f64>, usize),
    /// For each row the sum of the squares of its columns.
    Squares(Vec<Column>),
    /// Squared distances, but for the squares of the rows themselves.
    Products(Scores),
}

pub(super) type Outcome = Result<Value, Problem>;
type Known = BTreeMap<String, Outcome>;

/// What the graph gives: scores if some output has them, otherwise a class.
pub fn follow(graph: &Graph) -> Outcome {
    let mut known: Known = BTreeMap::new();
    for tensor in &graph.constants {
        if let Some(value) = constant(tensor) {
            known.insert(tensor.name.clone(), Ok(value));
        }
    }
    for input in &graph.inputs {
        let columns = (0..input.columns()).map(|at| Column::new(&input.name, at));
        known
            .entry(input.name.clone())
            .or_insert_with(|| Ok(Value::Columns(columns.collect())));
    }
    for node in &graph.nodes {
        for (name, outcome) in node.outputs.iter().zip(outcomes(node, &known)) {
            known.insert(name.clone(), outcome);
        }
    }
    let outputs = graph
        .outputs
        .iter()
        .filter_map(|output| known.get(&output.name));
    let outputs: Vec<&Outcome> = outputs.collect();
    let mut wanted = outputs
        .iter()
        .filter(|o| matches!(o, Ok(Value::Scores(..))));
    let mut labels = outputs.iter().filter(|o| matches!(o, Ok(Value::Label(..))));
    let mut problems = outputs.iter().rev().filter(|o| o.is_err());
    let found = wanted.next().or_else(|| labels.next());
    found.or_else(|| problems.next()).map_or_else(
        || {
            Err(Problem {
                node: "the graph".to_owned(),
                what: "has no output that a model computes".to_owned(),
                help: "import a classifier, a regressor, or a clustering".to_owned(),
            })
        },
        |outcome| (*outcome).clone(),
    )
}

fn constant(tensor: &Tensor) -> Option<Value> {
    let rows = match tensor.dims.as_slice() {
        [rows, _] => usize::try_from(*rows).unwrap_or(1),
        _ => 1,
    };
    Some(Value::Constant(tensor.numbers()?, rows))
}

/// One outcome for each output of a node.
fn outcomes(node: &Node, known: &Known) -> Vec<Outcome> {
    let mut inputs = Vec::new();
    for name in node.inputs.iter().filter(|name| !name.is_empty()) {
        match known.get(name) {
            Some(Ok(value)) => inputs.push(value.clone()),
            Some(Err(problem)) => return vec![Err(problem.clone()); node.outputs.len()],
            None => {
                let what = format!("reads `{name}`, which nothing gives as numbers");
                let problem = Problem::new(node, what, "export the model again");
                return vec![Err(problem); node.outputs.len()];
            }
        }
    }
    match apply(node, &inputs) {
        // A classifier gives the class first, then the scores.
        Ok(Value::Scores(scores, outputs)) if node.outputs.len() == 2 => vec![
            Ok(Value::Label(scores.clone(), outputs.clone())),
            Ok(Value::Scores(scores, outputs)),
        ],
        other => vec![other; node.outputs.len()],
    }
}

pub(super) fn unable(node: &Node) -> Problem {
    Problem::new(
        node,
        "cannot be imported",
        "docs/models.md lists what can: train or export the model without it",
    )
}

fn apply(node: &Node, inputs: &[Value]) -> Outcome {
    let unfit = || unable(node);
    match (node.operator.as_str(), inputs) {
        (
            "Identity" | "Cast" | "Reshape" | "Flatten" | "Squeeze" | "Unsqueeze" | "ZipMap",
            [value, ..],
        ) => passed(node, value),
        ("Constant", []) => {
            let value = node.tensor("value").and_then(constant);
            value.ok_or_else(unfit)
        }
        ("Concat" | "FeatureVectorizer", _) => concat(node, inputs),
        ("Gather" | "ArrayFeatureExtractor", [Value::Columns(columns), Value::Constant(at, _)]) => {
            let axis = node.int("axis", if node.operator == "Gather" { 0 } else { 1 });
            let of = |at: &f64| columns.get(*at as usize).cloned();
            let chosen: Option<Vec<Column>> = at.iter().map(of).collect();
            let chosen = chosen.filter(|_| axis == 1 || axis == -1);
            chosen.map(Value::Columns).ok_or_else(unfit)
        }
        ("Scaler", [Value::Columns(columns)]) => {
            let (means, scales) = (node.floats("offset"), node.floats("scale"));
            each(node, columns, |at, column| {
                let of = |list: &[f32], otherwise| match list {
                    [] => otherwise,
                    [one] => *one,
                    list => list.get(at).copied().unwrap_or(otherwise),
                };
                column.scaled(of(means, 0.0), of(scales, 1.0))
            })
        }
        ("Imputer", [Value::Columns(columns)]) => imputed(node, columns),
        ("OneHotEncoder", [Value::Columns(columns)]) => one_hot(node, columns),
        ("Add" | "Sub" | "Mul" | "Div", [a, b]) => arithmetic(node, a, b),
        ("Log", [Value::Columns(columns)]) => each(node, columns, |_, c| c.logarithm()),
        ("LinearClassifier", [Value::Columns(columns)]) => linear_classifier(node, columns),
        ("LinearRegressor", [Value::Columns(columns)]) => {
            let outputs = usize::try_from(node.int("targets", 1)).unwrap_or(1);
            let form = linear(
                node,
                columns.len(),
                outputs,
                node.floats("coefficients"),
                node.floats("intercepts"),
            )?;
            let post = node.text("post_transform");
            if !["", "NONE"].contains(&post.as_str()) {
                return Err(ensemble::transform(node, &post));
            }
            scores(node, columns, form, (0..outputs).map(Output::Raw).collect())
        }
        ("TreeEnsembleClassifier", [Value::Columns(columns)]) => {
            let (form, outputs) = ensemble::classifier(node, classes(node).len())?;
            scores(node, columns, form, outputs)
        }
        ("TreeEnsembleRegressor", [Value::Columns(columns)]) => {
            let (form, outputs) = ensemble::regressor(node)?;
            scores(node, columns, form, outputs)
        }
        (
            "MatMul" | "Gemm",
            [
                Value::Columns(columns),
                Value::Constant(numbers, rows),
                rest @ ..,
            ],
        ) => product(node, columns, (numbers, *rows), rest),
        ("Sigmoid", [Value::Scores(scores, outputs)]) => {
            linked(node, scores, outputs, Output::Logistic)
        }
        ("Softmax", [Value::Scores(scores, outputs)]) => {
            linked(node, scores, outputs, Output::Softmax)
        }
        ("Normalizer", [Value::Scores(scores, outputs)]) => normalised(node, scores, outputs),
        ("Normalizer", [Value::Columns(_)]) => {
            let help = "scale each input by itself: `StandardScaler` in place of `Normalizer`";
            Err(Problem::new(
                node,
                "scales each row by all of its columns",
                help,
            ))
        }
        ("ReduceSumSquare", [Value::Columns(columns), ..]) => Ok(Value::Squares(columns.clone())),
        ("ArgMin", [Value::Scores(scores, outputs)])
            if matches!(scores.form, Form::Centroids(_)) =>
        {
            Ok(Value::Label(scores.clone(), outputs.clone()))
        }
        ("Sqrt", [value @ Value::Scores(scores, _)])
            if matches!(scores.form, Form::Centroids(_)) =>
        {
            Ok(value.clone())
        }
        _ => Err(unfit()),
    }
}

/// Operators that leave the numbers as they are.
fn passed(node: &Node, value: &Value) -> Outcome {
    /// ONNX's code of 32-bit floats, 64-bit floats.
    const FLOATS: [i64; 2] = [1, 11];
    if let Value::Columns(columns) = value
        && node.operator == "Cast"
        && !FLOATS.contains(&node.int("to", 1))
        && columns.iter().any(|column| !column.is_plain())
    {
        let help = "leave the cast out: a book's inputs are floats";
        return Err(Problem::new(node, "rounds what was computed", help));
    }
    let names = [
        node.texts("classlabels_strings"),
        whole(node.ints("classlabels_int64s")),
    ]
    .concat();
    Ok(match value.clone() {
        Value::Scores(scores, outputs) if scores.classes.is_empty() => Value::Scores(
            Scores {
                classes: names,
                ..scores
            },
            outputs,
        ),
        other => other,
    })
}

fn whole(all: &[i64]) -> Vec<String> {
    all.iter().map(i64::to_string).collect()
}

/// Names of a classifier's classes.
pub(super) fn classes(node: &Node) -> Vec<String> {
    let texts = [
        node.texts("classlabels_strings"),
        node.texts("cats_strings"),
    ]
    .concat();
    let ints = [
        node.ints("classlabels_int64s"),
        node.ints("classlabels_ints"),
    ]
    .concat();
    if texts.is_empty() {
        whole(&ints)
    } else {
        texts
    }
}

fn each(
    node: &Node,
    columns: &[Column],
    mut change: impl FnMut(usize, &mut Column) -> Result<(), &'static str>,
) -> Outcome {
    let mut columns = columns.to_vec();
    for (at, column) in columns.iter_mut().enumerate() {
        let help = "docs/models.md says what an input can be: leave this step out";
        change(at, column).map_err(|what| Problem::new(node, what, help))?;
    }
    Ok(Value::Columns(columns))
}

fn concat(node: &Node, inputs: &[Value]) -> Outcome {
    if let Some(columns) = inputs
        .iter()
        .map(|value| match value {
            Value::Columns(columns) => Some(columns.clone()),
            _ => None,
        })
        .collect::<Option<Vec<_>>>()
    {
        return Ok(Value::Columns(columns.concat()));
    }
    // The two classes that one output speaks of.
    match inputs {
        [Value::Scores(scores, first), Value::Scores(other, second)]
            if scores.form == other.form =>
        {
            Ok(Value::Scores(scores.clone(), [&first[..], second].concat()))
        }
        _ => Err(unable(node)),
    }
}

fn imputed(node: &Node, columns: &[Column]) -> Outcome {
    if !node.ints("imputed_value_int64s").is_empty()
        || !node.float("replaced_value_float", f32::NAN).is_nan()
    {
        let help = "impute missing values only: `missing_values=np.nan`";
        return Err(Problem::new(node, "replaces a number", help));
    }
    let values = node.floats("imputed_value_floats");
    each(node, columns, |at, column| {
        let value = match values {
            [one] => Some(one),
            all => all.get(at),
        };
        column.filled(*value.ok_or("there are more columns than values for their gaps")?)
    })
}

fn one_hot(node: &Node, columns: &[Column]) -> Outcome {
    let texts = node.texts("cats_strings").into_iter().map(Category::Text);
    let ints = node
        .ints("cats_int64s")
        .iter()
        .map(|n| Category::Number(*n));
    let categories: Vec<Category> = texts.chain(ints).collect();
    let mut all = Vec::new();
    for column in columns {
        if !column.is_plain() {
            let help = "encode the input itself";
            return Err(Problem::new(node, "encodes what was computed", help));
        }
        for category in &categories {
            all.push(Column {
                is: Some(category.clone()),
                missing: None,
                ..column.clone()
            });
        }
    }
    Ok(Value::Columns(all))
}

fn arithmetic(node: &Node, a: &Value, b: &Value) -> Outcome {
    let operator = node.operator.as_str();
    let at = |numbers: &[f64], at: usize| match numbers {
        [one] => Some(*one as f32),
        all => all.get(at).map(|n| *n as f32),
    };
    match (a, b) {
        (Value::Columns(columns), Value::Constant(numbers, _)) => {
            each(node, columns, |i, column| {
                let n = at(numbers, i).ok_or("there are more columns than numbers")?;
                match operator {
                    "Add" => column.scaled(-n, 1.0),
                    "Sub" => column.scaled(n, 1.0),
                    "Mul" => column.scaled(0.0, n),
                    _ => column.scaled(0.0, 1.0 / n),
                }
            })
        }
        (Value::Constant(..), Value::Columns(_)) if ["Add", "Mul"].contains(&operator) => {
            arithmetic(node, b, a)
        }
        // Squared distances: the squares of a row, those of a point, and twice their product.
        (Value::Squares(columns), Value::Constant(numbers, _))
            if operator == "Mul" && numbers == &[0.0] =>
        {
            Ok(Value::Constant(vec![0.0; columns.len().min(1)], 1))
        }
        (Value::Squares(_), Value::Products(scores)) if operator == "Add" => {
            Ok(Value::Products(scores.clone()))
        }
        (Value::Products(scores), Value::Constant(numbers, _))
        | (Value::Constant(numbers, _), Value::Products(scores))
            if operator == "Add" =>
        {
            distances(node, scores, numbers)
        }
        (Value::Scores(scores, outputs), Value::Constant(numbers, _)) => {
            constant_after(node, scores, outputs, numbers)
        }
        (Value::Constant(numbers, _), Value::Scores(scores, outputs)) if operator == "Sub" => {
            match outputs.as_slice() {
                [Output::Logistic(_)] if numbers == &[1.0] => {
                    Ok(Value::Scores(scores.clone(), vec![Output::Other]))
                }
                _ => Err(unable(node)),
            }
        }
        (Value::Constant(numbers, _), Value::Scores(scores, outputs)) if operator != "Div" => {
            constant_after(node, scores, outputs, numbers)
        }
        _ => Err(unable(node)),
    }
}
