//! Trained models, over random models and random visitors: what the core computes is what the
//! book's JSON says, read naively; and nothing that anybody can declare makes it say "not a number".

#![cfg(all(feature = "author", not(target_arch = "wasm32")))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use fewbits::book::author::compile;
use fewbits::book::{Book, Kind};
use fewbits::models::Models;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

const ITEMS: [&str; 3] = ["a", "b", "c"];
/// x and y are numbers, l is a list, t a truth.
const SIGNALS: [&str; 4] = ["x", "y", "l", "t"];

fn book(model: &Value) -> String {
    json!({
        "fewbits": 1, "book": "b", "version": 1,
        "signals": {
            "x": { "declared": "number", "min": -1e9, "max": 1e9 },
            "y": { "declared": "number", "min": -1e9, "max": 1e9 },
            "l": { "declared": ITEMS }, "t": { "declared": "boolean" },
            "says": { "model": "m" },
        },
        "models": { "m": model },
        "dimensions": { "d": { "why": "w", "segments": [
            { "id": "s", "when": { "says": { "$exists": true } } }], "otherwise": "o" } },
    })
    .to_string()
}

fn inputs() -> Value {
    json!([
        { "signal": "x", "missing": 3, "mean": 1, "scale": 0.5 },
        { "signal": "y", "missing": 2, "log": true },
        { "signal": "y", "is": 7, "scale": 2 },
        { "signal": "l", "is": "b" },
        { "signal": "t", "missing": 0.25 },
    ])
}

/// The logarithm of one more, of 1 for values below 0, to the last bit as the core has it.
fn log(x: f32) -> f32 {
    (fewbits::math::log2(1.0 + f64::from(x.max(0.0))) * std::f64::consts::LN_2) as f32
}

/// The features of those inputs, by the words of `docs/models.md`.
fn features([x, y, l, t]: [Option<f64>; 4]) -> Vec<f32> {
    let plain = |v: Option<f64>, missing: f32| v.map_or(missing, |v| v as f32);
    let is = |v: Option<f64>, n: f64| f32::from(u8::from(v.map(|v| v as f32) == Some(n as f32)));
    vec![
        (plain(x, 3.0) - 1.0) * 0.5,
        log(plain(y, 2.0)),
        is(y, 7.0) * 2.0,
        is(l, 1.0),
        plain(t, 0.25),
    ]
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        (-8i8..=8).prop_map(f64::from),
        -3.0..3.0,
        Just(1e9),
        Just(-1e9),
        Just(7.0),
        Just(1e-30),
    ]
}

fn values() -> impl Strategy<Value = [Option<f64>; 4]> {
    let any = || prop::option::of(number());
    let item = prop::option::of((0..3u8).prop_map(f64::from));
    let truth = prop::option::of((0..2u8).prop_map(f64::from));
    (any(), any(), item, truth).prop_map(|(x, y, l, t)| [x, y, l, t])
}

fn weight() -> impl Strategy<Value = f64> {
    prop_oneof![-2.0..2.0, Just(1e15), Just(-1e15), Just(0.0)]
}

fn tree(leaf: usize) -> impl Strategy<Value = Value> {
    let row = prop::collection::vec(weight(), leaf);
    let leaf = row.prop_map(|row| {
        if row.len() == 1 {
            json!(row[0])
        } else {
            json!(row)
        }
    });
    const OPERATORS: [&str; 12] = [
        "<", "<=", ">", ">=", "==", "!=", "<?", "<=?", ">?", ">=?", "==?", "!=?",
    ];
    leaf.prop_recursive(4, 24, 2, move |inner| {
        let at = number();
        (
            0..5usize,
            prop::sample::select(&OPERATORS[..]),
            at,
            inner.clone(),
            inner,
        )
            .prop_map(|(input, operator, at, yes, no)| json!([input, operator, at, yes, no]))
    })
}

/// A tree as it is written, walked as it is read.
fn walk(tree: &Value, features: &[f32], out: &mut [f64]) {
    let Some(list) = tree
        .as_array()
        .filter(|list| list.get(1).is_some_and(Value::is_string))
    else {
        let one = [tree.clone()];
        for (out, value) in out
            .iter_mut()
            .zip(tree.as_array().map_or(&one[..], |row| row))
        {
            *out += f64::from(value.as_f64().unwrap() as f32);
        }
        return;
    };
    let x = features[list[0].as_u64().unwrap() as usize];
    let at = list[2].as_f64().unwrap() as f32;
    let operator = list[1].as_str().unwrap();
    let holds = match operator.trim_end_matches('?') {
        "<" => x < at,
        "<=" => x <= at,
        ">" => x > at,
        ">=" => x >= at,
        "==" => x == at,
        _ => x != at && !x.is_nan(),
    };
    let yes = holds || (x.is_nan() && operator.ends_with('?'));
    walk(&list[if yes { 3 } else { 4 }], features, out);
}

fn load(model: &Value) -> (Book, Vec<u16>) {
    let compiled = compile(&book(model)).unwrap_or_else(|found| panic!("{model}: {found:#?}"));
    let book = Book::from_bytes(&compiled.bytes).unwrap();
    assert_eq!(book, compiled.book);
    let of = |name: &str| {
        book.signals
            .iter()
            .position(|s| book.str(s.name) == name)
            .unwrap() as u16
    };
    let signals = SIGNALS.map(of).to_vec();
    (book, signals)
}

fn ask(book: &Book, signals: &[u16], values: [Option<f64>; 4]) -> f64 {
    let mut models = Models::new(book);
    for (signal, value) in signals.iter().zip(values) {
        models.assign(*signal, value.unwrap_or(f64::NAN));
    }
    let said = models.evaluate(&book.models[0]);
    let moved = models.contributions(&book.models[0]);
    assert!(moved.iter().all(|by| by.is_finite()), "{moved:?}");
    said
}

fn check<S: Strategy>(values: S, property: impl Fn(S::Value)) {
    let config = Config {
        cases: 400,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let run = TestRunner::new_with_rng(config, rng).run(&values, |value| {
        property(value);
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
}

/// Up to what 64-bit sums in another order may differ by.
fn near(a: f64, b: f64) -> bool {
    (a - b).abs()
        <= 1e-9
            * a.abs()
                .max(b.abs())
                .max(1e16 * f64::from(u8::from(a.abs() > 1e9)))
        || (a - b).abs() <= 1e-9
}

#[test]
fn trees_say_what_their_json_says() {
    let trees = prop::collection::vec(tree(1), 1..5);
    check(
        (trees, -2.0..2.0, prop::collection::vec(values(), 8)),
        |(trees, bias, all)| {
            let model = json!({ "inputs": inputs(), "bias": bias, "trees": trees });
            let (book, signals) = load(&model);
            for values in all {
                let mut out = [f64::from(bias as f32)];
                trees
                    .iter()
                    .for_each(|tree| walk(tree, &features(values), &mut out));
                let said = ask(&book, &signals, values);
                assert!(
                    near(said, out[0]),
                    "{model} of {values:?}: {said}, not {}",
                    out[0]
                );
            }
        },
    );
}

#[test]
fn missing_values_take_the_branch_that_is_written() {
    let bare = json!(["x", "y", { "signal": "l", "is": "b" }, "t", { "signal": "x", "log": true }]);
    check(
        (tree(1), prop::collection::vec(values(), 8)),
        |(tree, all)| {
            let (book, signals) = load(&json!({ "inputs": bare, "trees": [tree] }));
            for values in all {
                let number = |v: Option<f64>| v.map_or(f32::NAN, |v| v as f32);
                let [x, y, l, t] = values;
                let log = x.map_or(f32::NAN, |x| log(x as f32));
                let b = f32::from(u8::from(l == Some(1.0)));
                let mut out = [0.0];
                walk(&tree, &[number(x), number(y), b, number(t), log], &mut out);
                let said = ask(&book, &signals, values);
                assert!(
                    near(said, out[0]),
                    "{tree} of {values:?}: {said}, not {}",
                    out[0]
                );
            }
        },
    );
}

#[test]
fn classes_are_those_of_the_greatest_output() {
    let trees = prop::collection::vec(tree(3), 1..4);
    check(
        (trees, prop::collection::vec(values(), 8)),
        |(trees, all)| {
            let model = json!({ "inputs": inputs(), "classes": ["u", "v", "w"], "trees": trees });
            let (book, signals) = load(&model);
            let mut share = model.clone();
            share["gives"] = "probability".into();
            share["of"] = "v".into();
            let (shares, _) = load(&share);
            for values in all {
                let mut out = [0.0; 3];
                trees
                    .iter()
                    .for_each(|tree| walk(tree, &features(values), &mut out));
                let best = (0..3)
                    .rev()
                    .max_by(|a, b| out[*a].total_cmp(&out[*b]))
                    .unwrap();
                let said = ask(&book, &signals, values);
                // Sums that are equal but for rounding may fall either way.
                assert!(
                    near(out[said as usize], out[best]),
                    "{model} of {values:?}: {said} of {out:?}"
                );
                let share = ask(&shares, &signals, values);
                assert!((0.0..=1.0).contains(&share), "{share}");
                if out.iter().all(|v| v.abs() < 100.0) {
                    let sum: f64 = out.iter().map(|v| v.exp()).sum();
                    assert!((share - out[1].exp() / sum).abs() < 1e-9);
                }
            }
        },
    );
}

#[test]
fn sums_and_distances() {
    let rows = prop::collection::vec(prop::collection::vec(weight(), 5), 3);
    check(
        (rows, weight(), prop::collection::vec(values(), 8)),
        |(rows, bias, all)| {
            let sum = json!({ "inputs": inputs(), "bias": bias, "weights": rows[0] });
            let mut likely = sum.clone();
            likely["gives"] = "probability".into();
            let near_ =
                json!({ "inputs": inputs(), "classes": ["u", "v", "w"], "centroids": rows });
            let (book, signals) = load(&sum);
            let (likely, _) = load(&likely);
            let (nearest, _) = load(&near_);
            for values in all {
                let x: Vec<f64> = features(values).into_iter().map(f64::from).collect();
                let term = |row: &[f64], of: fn(f64, f64) -> f64| -> f64 {
                    x.iter()
                        .zip(row)
                        .map(|(x, w)| of(*x, f64::from(*w as f32)))
                        .sum()
                };
                // In the order of the book: what cancels out must do so here, too.
                let wanted = x
                    .iter()
                    .zip(&rows[0])
                    .fold(f64::from(bias as f32), |sum, (x, w)| {
                        sum + x * f64::from(*w as f32)
                    });
                let said = ask(&book, &signals, values);
                assert!(
                    near(said, wanted),
                    "{sum} of {values:?}: {said}, not {wanted}"
                );
                let share = ask(&likely, &signals, values);
                assert!((0.0..=1.0).contains(&share), "{share}");
                assert!((share - 1.0 / (1.0 + (-wanted).exp())).abs() < 1e-9);
                let far: Vec<f64> = rows
                    .iter()
                    .map(|row| term(row, |x, w| (x - w) * (x - w)))
                    .collect();
                let least = far.iter().copied().fold(f64::INFINITY, f64::min);
                let class = ask(&nearest, &signals, values) as usize;
                assert!(far[class] <= least * (1.0 + 1e-9), "{class} of {far:?}");
            }
        },
    );
}

#[test]
fn a_model_that_nothing_new_reaches_is_not_asked() {
    let (book, signals) = load(&json!({ "inputs": ["x"], "trees": [[0, "<", 2, 1, 2]] }));
    let mut models = Models::new(&book);
    assert_ne!(models.take_stale(), 0, "at first everything is new");
    for (signal, value, new) in [
        (signals[0], 1.0, true),
        (signals[0], 1.0, false),
        (signals[1], 5.0, false),
        (signals[0], f64::NAN, true),
        (signals[0], f64::NAN, false),
    ] {
        models.assign(signal, value);
        assert_eq!(models.take_stale() != 0, new, "{signal} {value}");
    }
    assert!(
        book.signals
            .iter()
            .any(|s| matches!(s.kind, Kind::Model { model: 0 }))
    );
}

/// A walk only goes forward, so even a table that no compiler wrote comes to an end.
#[test]
fn nonsense_in_a_table_is_harmless() {
    let (mut book, signals) = load(&json!({ "inputs": ["x"], "trees": [[0, "<", 2, 1, 2]] }));
    for head in 0..200u16 {
        for skip in [0, 1, 2, 1000, u16::MAX] {
            for node in &mut book.models[0].nodes {
                (node.head, node.skip) = (head, skip);
            }
            book.models[0].roots = vec![0, 1, u32::MAX];
            ask(&book, &signals, [Some(1.0), None, None, None]);
        }
    }
}
