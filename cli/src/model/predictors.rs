//! Operators that make or change what a model says: sums, distances, links, and steps after them.

use super::columns::Column;
use super::ensemble;
use super::graph::{Outcome, Problem, Value, classes, unable};
use super::onnx::Node;
use super::scores::{Form, Output, Scores};

/// A number that is added to sums, or that changes nothing.
pub(super) fn constant_after(
    node: &Node,
    scores: &Scores,
    outputs: &[Output],
    numbers: &[f64],
) -> Outcome {
    let neutral = if ["Mul", "Div"].contains(&node.operator.as_str()) {
        1.0
    } else {
        0.0
    };
    if numbers.iter().all(|n| *n == neutral) {
        return Ok(Value::Scores(scores.clone(), outputs.to_vec()));
    }
    let raw = outputs
        .iter()
        .enumerate()
        .all(|(k, output)| *output == Output::Raw(k));
    let mut scores = scores.clone();
    match &mut scores.form {
        Form::Linear { bias, .. } | Form::Trees { bias, .. } if raw && node.operator == "Add" => {
            for (k, bias) in bias.iter_mut().enumerate() {
                let number = match numbers {
                    [one] => Some(one),
                    all => all.get(k),
                };
                *bias += *number.ok_or_else(|| unable(node))? as f32;
            }
            Ok(Value::Scores(scores, outputs.to_vec()))
        }
        _ => {
            let help = "export the model without the step after it";
            Err(Problem::new(node, "changes what the model says", help))
        }
    }
}

pub(super) fn scores(node: &Node, columns: &[Column], form: Form, outputs: Vec<Output>) -> Outcome {
    let mut most = 0;
    if let Form::Trees { trees, .. } = &form {
        trees
            .iter()
            .for_each(|tree| tree.columns(&mut |column| most = most.max(column + 1)));
    }
    if most > columns.len() {
        let what = format!("reads column {} of {}", most - 1, columns.len());
        return Err(Problem::new(
            node,
            what,
            "export the model with all of its inputs",
        ));
    }
    let scores = Scores {
        columns: columns.to_vec(),
        form,
        classes: classes(node),
    };
    Ok(Value::Scores(scores, outputs))
}

pub(super) fn linear(
    node: &Node,
    columns: usize,
    outputs: usize,
    weights: &[f32],
    bias: &[f32],
) -> Result<Form, Problem> {
    let bias = if bias.is_empty() {
        vec![0.0; outputs]
    } else {
        bias.to_vec()
    };
    if columns == 0 || weights.len() != columns * outputs || bias.len() != outputs {
        let what = format!(
            "has {} coefficients for {columns} columns and {outputs} outputs",
            weights.len()
        );
        return Err(Problem::new(
            node,
            what,
            "export the model with all of its inputs",
        ));
    }
    let weights = weights.chunks(columns).map(<[f32]>::to_vec).collect();
    Ok(Form::Linear { bias, weights })
}

pub(super) fn linear_classifier(node: &Node, columns: &[Column]) -> Outcome {
    let weights = node.floats("coefficients");
    let outputs = weights.len().checked_div(columns.len()).unwrap_or(0);
    let named = classes(node).len();
    if outputs != named && !(outputs == 1 && named == 2) {
        let what = format!("has {outputs} rows of coefficients for {named} classes");
        return Err(Problem::new(
            node,
            what,
            "export the model with all of its inputs",
        ));
    }
    let form = linear(
        node,
        columns.len(),
        outputs,
        weights,
        node.floats("intercepts"),
    )?;
    let post = node.text("post_transform");
    let of = match post.as_str() {
        "" | "NONE" => Output::Raw,
        "LOGISTIC" => Output::Logistic,
        "SOFTMAX" if outputs > 1 => Output::Softmax,
        _ => return Err(ensemble::transform(node, &post)),
    };
    let mut all: Vec<Output> = (0..outputs).map(of).collect();
    if outputs == 1 {
        all.insert(0, Output::Other);
    }
    scores(node, columns, form, all)
}

/// A matrix of weights.
pub(super) fn product(
    node: &Node,
    columns: &[Column],
    (numbers, rows): (&[f64], usize),
    rest: &[Value],
) -> Outcome {
    let turned = node.int("transB", 0) != 0;
    let alpha = f64::from(node.float("alpha", 1.0));
    let n = columns.len();
    let outputs = if turned {
        rows
    } else {
        numbers.len().checked_div(rows).unwrap_or(0)
    };
    if n == 0 || outputs * n != numbers.len() || node.int("transA", 0) != 0 {
        let what = format!("multiplies {n} columns with {} numbers", numbers.len());
        return Err(Problem::new(
            node,
            what,
            "export the model with all of its inputs",
        ));
    }
    let at = |k: usize, j: usize| if turned { k * n + j } else { j * outputs + k };
    let mut weights = Vec::with_capacity(numbers.len());
    for k in 0..outputs {
        weights.extend((0..n).map(|j| numbers.get(at(k, j)).map_or(0.0, |w| (w * alpha) as f32)));
    }
    let bias = match rest {
        [] => Vec::new(),
        [Value::Constant(bias, _)] if bias.len() == outputs => {
            bias.iter().map(|b| *b as f32).collect()
        }
        [Value::Constant(bias, _)] => match bias.as_slice() {
            [one] => vec![*one as f32; outputs],
            _ => return Err(unable(node)),
        },
        _ => return Err(unable(node)),
    };
    let form = linear(node, n, outputs, &weights, &bias)?;
    let of = (0..outputs).map(Output::Raw).collect();
    match scores(node, columns, form, of)? {
        Value::Scores(scores, _) if alpha == -2.0 => Ok(Value::Products(scores)),
        value => Ok(value),
    }
}

/// What were products with points become distances to them, if the numbers are their squares.
pub(super) fn distances(node: &Node, scores: &Scores, numbers: &[f64]) -> Outcome {
    let Form::Linear { weights, .. } = &scores.form else {
        return Err(unable(node));
    };
    let points: Vec<Vec<f32>> = weights
        .iter()
        .map(|row| row.iter().map(|w| w / -2.0).collect())
        .collect();
    let square = |point: &Vec<f32>| {
        point
            .iter()
            .map(|x| f64::from(*x) * f64::from(*x))
            .sum::<f64>()
    };
    let near = |(point, number): (&Vec<f32>, &f64)| {
        (square(point) - number).abs() <= 1e-3 * number.abs().max(1.0)
    };
    if points.len() != numbers.len() || !points.iter().zip(numbers).all(near) {
        return Err(unable(node));
    }
    let outputs = (0..points.len()).map(Output::Raw).collect();
    let classes = (0..points.len()).map(|k| k.to_string()).collect();
    let scores = Scores {
        form: Form::Centroids(points),
        classes,
        columns: scores.columns.clone(),
    };
    Ok(Value::Scores(scores, outputs))
}

pub(super) fn linked(
    node: &Node,
    scores: &Scores,
    outputs: &[Output],
    link: fn(usize) -> Output,
) -> Outcome {
    let linked = outputs.iter().map(|output| match output {
        Output::Raw(k) => Some(link(*k)),
        _ => None,
    });
    let linked: Option<Vec<Output>> = linked.collect();
    Ok(Value::Scores(
        scores.clone(),
        linked.ok_or_else(|| unable(node))?,
    ))
}

/// Dividing by the sum changes nothing where the sum is 1.
pub(super) fn normalised(node: &Node, scores: &Scores, outputs: &[Output]) -> Outcome {
    let softmax = outputs
        .iter()
        .all(|output| matches!(output, Output::Softmax(_)));
    let opposite = match (&scores.form, outputs) {
        (Form::Linear { weights, .. }, [_, Output::Logistic(1)]) => match weights.as_slice() {
            [a, b] => a.iter().zip(b).all(|(a, b)| *a == -*b),
            _ => false,
        },
        (_, [Output::Other, Output::Logistic(_)]) => true,
        _ => false,
    };
    if node.text("norm") == "L1" && (softmax || opposite) {
        return Ok(Value::Scores(scores.clone(), outputs.to_vec()));
    }
    // Of the greatest output it is the class, whatever they are divided by.
    Ok(Value::Label(scores.clone(), outputs.to_vec()))
}
