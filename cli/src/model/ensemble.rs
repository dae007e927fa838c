//! Tree ensembles: from ONNX's parallel lists to trees.

use std::collections::BTreeMap;

use super::graph::Problem;
use super::onnx::Node;
use super::scores::{Form, Output, Tree};

/// Deeper trees do not fit into the JSON of a book.
const DEEPEST: usize = 90;

/// The leaves of an ensemble: what each adds to which output.
struct Leaves<'n> {
    trees: &'n [i64],
    nodes: &'n [i64],
    outputs: &'n [i64],
    weights: &'n [f32],
}

/// A classifier.
pub fn classifier(node: &Node, classes: usize) -> Result<(Form, Vec<Output>), Problem> {
    let leaves = Leaves {
        trees: node.ints("class_treeids"),
        nodes: node.ints("class_nodeids"),
        outputs: node.ints("class_ids"),
        weights: node.floats("class_weights"),
    };
    let post = node.text("post_transform");
    // Two classes and weights for one only: these speak for the second.
    let first = leaves.outputs.first();
    let one = classes == 2 && leaves.outputs.iter().all(|output| Some(output) == first);
    let outputs = if one { 1 } else { classes };
    let form = ensemble(node, &leaves, outputs, |output| {
        if one {
            Some(0)
        } else {
            usize::try_from(output).ok()
        }
    })?;
    let columns = match (post.as_str(), one) {
        ("LOGISTIC", true) => vec![Output::Other, Output::Logistic(0)],
        ("" | "NONE" | "SOFTMAX" | "SOFTMAX_ZERO", true) => vec![Output::Other, Output::Raw(0)],
        ("" | "NONE", false) => (0..outputs).map(Output::Raw).collect(),
        ("LOGISTIC", false) => (0..outputs).map(Output::Logistic).collect(),
        ("SOFTMAX", false) => (0..outputs).map(Output::Softmax).collect(),
        _ => return Err(transform(node, &post)),
    };
    Ok((form, columns))
}

/// A regressor.
pub fn regressor(node: &Node) -> Result<(Form, Vec<Output>), Problem> {
    let leaves = Leaves {
        trees: node.ints("target_treeids"),
        nodes: node.ints("target_nodeids"),
        outputs: node.ints("target_ids"),
        weights: node.floats("target_weights"),
    };
    let sum = node.text("aggregate_function");
    if !["", "SUM", "AVERAGE"].contains(&sum.as_str()) {
        let what = format!("joins its trees by {sum}");
        return Err(Problem::new(
            node,
            what,
            "only sums and averages can be done",
        ));
    }
    let outputs = usize::try_from(node.int("n_targets", 1)).unwrap_or(0);
    let post = node.text("post_transform");
    let of = match post.as_str() {
        "" | "NONE" => Output::Raw,
        "LOGISTIC" => Output::Logistic,
        "SOFTMAX" => Output::Softmax,
        _ => return Err(transform(node, &post)),
    };
    let mut form = ensemble(node, &leaves, outputs, |output| {
        usize::try_from(output).ok()
    })?;
    if let (Form::Trees { trees, .. }, "AVERAGE") = (&mut form, sum.as_str()) {
        let n = trees.len() as f32;
        trees.iter_mut().for_each(|tree| divide(tree, n));
    }
    Ok((form, (0..outputs).map(of).collect()))
}

/// A transformation after the sum that a book has not.
pub fn transform(node: &Node, post: &str) -> Problem {
    let help = "only NONE, LOGISTIC and SOFTMAX can be done";
    Problem::new(node, format!("ends with {post}"), help)
}

fn divide(tree: &mut Tree, n: f32) {
    match tree {
        Tree::Leaf(values) => values.iter_mut().for_each(|value| *value /= n),
        Tree::Split { yes, no, .. } => {
            divide(yes, n);
            divide(no, n);
        }
    }
}

fn ensemble(
    node: &Node,
    leaves: &Leaves,
    outputs: usize,
    output_of: impl Fn(i64) -> Option<usize>,
) -> Result<Form, Problem> {
    for name in ["nodes_values_as_tensor", "nodes_hitrates_as_tensor"] {
        if node.has(name) {
            let help = "convert the model with 32-bit inputs (`FloatTensorType`)";
            return Err(Problem::new(node, "has 64-bit thresholds", help));
        }
    }
    let broken = |what: &str| Problem::new(node, what, "export the model again");
    let n = leaves.trees.len();
    if [
        leaves.nodes.len(),
        leaves.outputs.len(),
        leaves.weights.len(),
    ] != [n; 3]
    {
        return Err(broken("has lists of leaves of different lengths"));
    }
    let mut added: BTreeMap<(i64, i64), Vec<f32>> = BTreeMap::new();
    for (((tree, id), output), weight) in leaves
        .trees
        .iter()
        .zip(leaves.nodes)
        .zip(leaves.outputs)
        .zip(leaves.weights)
    {
        let values = added
            .entry((*tree, *id))
            .or_insert_with(|| vec![0.0; outputs]);
        let slot = output_of(*output).and_then(|output| values.get_mut(output));
        *slot.ok_or_else(|| broken("has a leaf for a class that it does not name"))? += weight;
    }
    let table = Table::of(node, &added, outputs)
        .ok_or_else(|| broken("has lists of nodes of different lengths"))?;
    let mut trees = Vec::new();
    for (tree, root) in &table.roots {
        trees.push(table.tree(node, *tree, *root, 0)?);
    }
    let mut bias = node.floats("base_values").to_vec();
    if bias.is_empty() {
        bias = vec![0.0; outputs];
    }
    if bias.len() != outputs {
        return Err(broken("has base values for other classes than its trees"));
    }
    Ok(Form::Trees { bias, trees })
}

/// The nodes by tree and number.
struct Table<'n> {
    at: BTreeMap<(i64, i64), Row>,
    roots: Vec<(i64, i64)>,
    modes: Vec<String>,
    added: &'n BTreeMap<(i64, i64), Vec<f32>>,
    outputs: usize,
}

struct Row {
    mode: usize,
    column: i64,
    value: f32,
    yes: i64,
    no: i64,
    missing: bool,
}

impl<'n> Table<'n> {
    fn of(node: &Node, added: &'n BTreeMap<(i64, i64), Vec<f32>>, outputs: usize) -> Option<Self> {
        let ids = [
            "treeids",
            "nodeids",
            "featureids",
            "truenodeids",
            "falsenodeids",
        ];
        let lists = ids.map(|name| node.ints(&format!("nodes_{name}")));
        let [trees, nodes, columns, yes, no] = lists;
        let (values, modes) = (node.floats("nodes_values"), node.texts("nodes_modes"));
        let missing = node.ints("nodes_missing_value_tracks_true");
        let n = trees.len();
        let same = lists.iter().all(|list| list.len() == n)
            && (values.len(), modes.len()) == (n, n)
            && (missing.is_empty() || missing.len() == n);
        if !same {
            return None;
        }
        let mut table = Self {
            at: BTreeMap::new(),
            roots: Vec::new(),
            modes,
            added,
            outputs,
        };
        for mode in 0..n {
            let key = (*trees.get(mode)?, *nodes.get(mode)?);
            if table.roots.iter().all(|(tree, _)| *tree != key.0) {
                table.roots.push(key);
            }
            let row = Row {
                mode,
                column: *columns.get(mode)?,
                value: *values.get(mode)?,
                yes: *yes.get(mode)?,
                no: *no.get(mode)?,
                missing: missing.get(mode).is_some_and(|m| *m != 0),
            };
            table.at.insert(key, row);
        }
        Some(table)
    }

    fn tree(&self, node: &Node, tree: i64, id: i64, depth: usize) -> Result<Tree, Problem> {
        let export = "export the model again";
        if depth > DEEPEST {
            let what = format!("has a tree that is deeper than {DEEPEST}, or that is a circle");
            return Err(Problem::new(node, what, "train with a smaller `max_depth`"));
        }
        let Some(row) = self.at.get(&(tree, id)) else {
            let what = format!("has no node {id} in tree {tree}, which another leads to");
            return Err(Problem::new(node, what, export));
        };
        let mode = self.modes.get(row.mode).map_or("", String::as_str);
        if mode == "LEAF" {
            let values = self.added.get(&(tree, id)).cloned();
            return Ok(Tree::Leaf(
                values.unwrap_or_else(|| vec![0.0; self.outputs]),
            ));
        }
        let operator = match mode {
            "BRANCH_LEQ" => "<=",
            "BRANCH_LT" => "<",
            "BRANCH_GTE" => ">=",
            "BRANCH_GT" => ">",
            "BRANCH_EQ" => "==",
            "BRANCH_NEQ" => "!=",
            other => {
                let what = format!("has a node of the mode `{other}`");
                return Err(Problem::new(node, what, "only comparisons can be done"));
            }
        };
        let column = usize::try_from(row.column);
        Ok(Tree::Split {
            column: column.map_err(|_| Problem::new(node, "reads a column below 0", export))?,
            operator,
            // What is not a number differs from everything.
            missing: row.missing || operator == "!=",
            at: if row.value.is_nan() {
                return Err(Problem::new(
                    node,
                    "has a threshold that is not a number",
                    export,
                ));
            } else {
                // Some trainers write infinity where only the missing go the other way.
                row.value.clamp(-3.4e38, 3.4e38)
            },
            yes: Box::new(self.tree(node, tree, row.yes, depth + 1)?),
            no: Box::new(self.tree(node, tree, row.no, depth + 1)?),
        })
    }
}
