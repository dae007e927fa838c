//! GrowthBook's published vectors: hashes, ranges and namespaces whole, conditions as far as our
//! language has them. `FEWBITS_CASES` names another file of the same form.
//!
//! Each group prints how many cases passed, failed and were skipped, with the reason of each
//! skip. A case is skipped only for what our language leaves out on purpose, and where it can be
//! shown that the parser refuses the operator, that is shown. Conditions go the whole way: a book
//! is written whose declared signals are the case's attributes, and is parsed, compiled, loaded
//! and evaluated, as a segment and as a rule of a slot.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may fail"
)]

#[cfg(not(feature = "author"))]
#[test]
fn conditions_need_the_compiler_of_books() {
    panic!("run `cargo test --test growthbook` at the root, or add `--features author`");
}

#[cfg(feature = "author")]
#[path = "growthbook/conditions.rs"]
mod conditions;

#[cfg(feature = "author")]
mod vectors {
    use fewbits::book::author::{bucket_ranges, equal_weights};
    use fewbits::decisions::{choose, hash, in_namespace};
    use serde_json::Value;
    use std::collections::BTreeMap;
    use std::io::Write;

    use crate::conditions;

    /// What became of a case.
    pub enum Outcome {
        Passed,
        Failed(String),
        Skipped(String),
    }

    /// The cases of a group; a file may lack one.
    fn cases(group: &str) -> Vec<Value> {
        let path = std::env::var_os("FEWBITS_CASES").map_or_else(
            || {
                let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
                root.join("tests/vectors/growthbook.json")
            },
            Into::into,
        );
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()));
        let file: Value = serde_json::from_str(&text).expect("a file of JSON");
        match file.get(group) {
            Some(Value::Array(cases)) => cases.clone(),
            None => Vec::new(),
            Some(_) => panic!("{group} is no list"),
        }
    }

    /// Runs a group, prints what became of it, and fails if something failed.
    fn run(group: &str, one: impl Fn(&[Value]) -> Option<Outcome>) {
        let (mut passed, mut failed) = (0, Vec::new());
        let mut skipped: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for case in cases(group) {
            let parts = case.as_array().map_or(&[][..], |parts| parts);
            let outcome = one(parts).unwrap_or_else(|| {
                Outcome::Failed("the case does not have the form of its group".to_owned())
            });
            match outcome {
                Outcome::Passed => passed += 1,
                Outcome::Failed(why) => failed.push(format!("{case}\n    {why}")),
                Outcome::Skipped(why) => {
                    let name = parts.first().map_or(Value::Null, Value::clone);
                    skipped.entry(why).or_default().push(name.to_string());
                }
            }
        }
        let count: usize = skipped.values().map(Vec::len).sum();
        let mut text = format!(
            "growthbook {group}: {passed} passed, {} failed, {count} skipped\n",
            failed.len()
        );
        for (why, cases) in &skipped {
            text += &format!("  skipped {:3}: {why}\n", cases.len());
            for case in cases {
                text += &format!("               {case}\n");
            }
        }
        // Not `print`: what that says of a test that passes is kept back.
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes()).expect("written");
        assert!(failed.is_empty(), "{group}\n{}", failed.join("\n"));
    }

    fn verdict(passes: bool, got: impl std::fmt::Debug) -> Option<Outcome> {
        Some(if passes {
            Outcome::Passed
        } else {
            Outcome::Failed(format!("got {got:?}"))
        })
    }

    fn units(value: &Value) -> Option<Vec<u16>> {
        Some(value.as_str()?.encode_utf16().collect())
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-8
    }

    fn pairs(value: &Value) -> Option<Vec<(f64, f64)>> {
        let pair = |value: &Value| match value.as_array()?.as_slice() {
            [a, b] => Some((a.as_f64()?, b.as_f64()?)),
            _ => None,
        };
        value.as_array()?.iter().map(pair).collect()
    }

    fn numbers(value: &Value) -> Option<Vec<f64>> {
        value.as_array()?.iter().map(Value::as_f64).collect()
    }

    #[test]
    fn hashes() {
        run("hash", |case| {
            let [seed, value, version, expected] = case else {
                return None;
            };
            let version = u8::try_from(version.as_u64()?).unwrap_or(u8::MAX);
            let got = hash(&units(seed)?, &units(value)?, version);
            verdict(got == expected.as_f64(), got)
        });
    }

    #[test]
    fn bucket_range() {
        run("getBucketRange", |case| {
            let [_, input, expected] = case else {
                return None;
            };
            let [n, coverage, weights] = input.as_array()?.as_slice() else {
                return None;
            };
            let weights = match weights {
                Value::Null => None,
                list => Some(numbers(list)?),
            };
            let coverage = match coverage {
                Value::Null => 1.0,
                n => n.as_f64()?,
            };
            let n = usize::try_from(n.as_u64()?).ok()?;
            let got = bucket_ranges(n, coverage, weights.as_deref());
            let expected = pairs(expected)?;
            let same = |(a, b): (&(f64, f64), &(f64, f64))| near(a.0, b.0) && near(a.1, b.1);
            let passes = got.len() == expected.len() && got.iter().zip(&expected).all(same);
            verdict(passes, got)
        });
    }

    #[test]
    fn choose_variation() {
        run("chooseVariation", |case| {
            let [_, n, ranges, expected] = case else {
                return None;
            };
            let got = choose(n.as_f64()?, &pairs(ranges)?).map_or(-1, i64::from);
            verdict(expected.as_i64() == Some(got), got)
        });
    }

    #[test]
    fn namespaces() {
        run("inNamespace", |case| {
            let [_, visitor, namespace, expected] = case else {
                return None;
            };
            let [name, from, to] = namespace.as_array()?.as_slice() else {
                return None;
            };
            let part = (from.as_f64()?, to.as_f64()?);
            let got = in_namespace(&units(name)?, &units(visitor)?, part);
            verdict(expected.as_bool() == Some(got), got)
        });
    }

    #[test]
    fn weights() {
        run("getEqualWeights", |case| {
            let [n, expected] = case else { return None };
            // Fewer than none are none.
            let got = equal_weights(usize::try_from(n.as_i64()?).unwrap_or(0));
            let expected = numbers(expected)?;
            let same = got.iter().zip(&expected).all(|(a, b)| near(*a, *b));
            verdict(got.len() == expected.len() && same, got)
        });
    }

    #[test]
    fn conditions() {
        run("evalCondition", |case| {
            let [_, condition, attributes, expected, ..] = case else {
                return None;
            };
            Some(conditions::outcome(
                condition,
                attributes,
                expected.as_bool()?,
            ))
        });
    }
}
