//! Whole books, through the public functions.

use super::condition::{Expr, condition};
use super::*;
use crate::book::{Atom, Kind, Literal, Refusal, Rule, Shown, Test};
use crate::codec::crc32;
use proptest::prelude::*;

fn example(name: &str) -> String {
    let path = format!("{}/books/{name}.book.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

fn compiled(json: &str) -> Compiled {
    compile(json).unwrap_or_else(|found| {
        let text: String = found.iter().map(|d| d.render(json, "test")).collect();
        panic!("{text}")
    })
}

/// A book with the given signals, segments and further sections.
fn book(signals: &str, segments: &str, more: &str) -> String {
    format!(
        r#"{{ "fewbits": 1, "book": "b", "version": 1, "signals": {{ {signals} }},
        "dimensions": {{ "d": {{ "why": "w", "segments": [{segments}], "otherwise": "any" }} }}
        {more} }}"#
    )
}

#[test]
fn examples_compile_without_a_warning_and_come_back() {
    for name in ["shop", "news"] {
        let compiled = compiled(&example(name));
        assert_eq!(compiled.warnings, []);
        assert!(
            Book::from_bytes(&compiled.bytes) == Ok(compiled.book),
            "{name}"
        );
    }
}

#[test]
fn damage_is_refused_and_never_panics() {
    let bytes = compiled(&example("shop")).bytes;
    for n in 0..bytes.len() {
        assert!(Book::from_bytes(&bytes[..n]).is_err(), "cut to {n}");
        for mask in [0x01, 0x80, 0xFF] {
            let mut flipped = bytes.clone();
            flipped[n] ^= mask;
            assert!(Book::from_bytes(&flipped).is_err(), "flipped {n}");
        }
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert_eq!(Book::from_bytes(&longer), Err(Refusal::Checksum));
    assert_eq!(Book::from_bytes(b"<!doctype html>"), Err(Refusal::NotABook));
    assert_eq!(Book::from_bytes(b""), Err(Refusal::TooShort));
    assert_eq!(Book::from_bytes(b"FBK\xFF"), Err(Refusal::Newer));
}

/// Sets the check sum right, as an attacker would.
fn summed(mut bytes: Vec<u8>) -> Vec<u8> {
    let sum = crc32(&bytes[8..]).to_le_bytes();
    bytes[4..8].copy_from_slice(&sum);
    bytes
}

#[test]
fn damage_with_a_right_check_sum_never_panics_and_what_is_accepted_can_be_written() {
    let bytes = compiled(&example("shop")).bytes;
    for n in 8..bytes.len() {
        for value in [0, 0x7F, 0xFF, bytes[n] ^ 1] {
            let mut changed = bytes.clone();
            changed[n] = value;
            if let Ok(book) = Book::from_bytes(&summed(changed)) {
                let again = write::write(&book);
                assert!(Book::from_bytes(&again) == Ok(book), "byte {n} = {value}");
            }
        }
        let _ = Book::from_bytes(&summed(bytes[..n].to_vec()));
    }
}

#[test]
fn scores_are_ordered_so_that_each_reads_only_earlier_ones() {
    let json = book(
        r#""last": { "score": [{ "points": 1, "when": { "first": { "$gte": 1 } } }] },
           "first": { "score": [{ "points": 1, "when": { "n": { "$gte": 1 } } }] },
           "n": { "count": "view", "within": "7d" }"#,
        r#"{ "id": "s", "when": { "last": { "$gte": 1 } } }"#,
        "",
    );
    let book = compiled(&json).book;
    let names: Vec<&str> = book.signals.iter().map(|s| book.str(s.name)).collect();
    assert_eq!(names, ["n", "first", "last"]);
    // The reader refuses a score that reads itself or a later one.
    let mut swapped = book.clone();
    let (first, last) = (
        swapped.signals[1].kind.clone(),
        swapped.signals[2].kind.clone(),
    );
    swapped.signals[1].kind = last;
    swapped.signals[2].kind = first;
    assert_eq!(
        Book::from_bytes(&write::write(&swapped)),
        Err(Refusal::Malformed)
    );
}

#[test]
fn items_of_a_top_are_in_the_order_of_first_mention() {
    let json = book(
        r#""t": { "top": "aisle", "half_life": "1d" },
           "a": { "affinity": "aisle:coats", "half_life": "1d" },
           "n": { "count": "view", "within": "7d", "where": { "aisle": ["tents", "coats"] } }"#,
        r#"{ "id": "s", "when": { "t": { "$nin": ["boots", "tents"] }, "a": 0.5, "n": 1 } }"#,
        "",
    );
    let book = compiled(&json).book;
    let items: Vec<&str> = book.items(&book.signals[0]).unwrap();
    assert_eq!(items, ["coats", "tents", "boots"]);
}

#[test]
fn fingerprints_follow_the_meaning_and_nothing_else() {
    let print = |signals: &str| {
        let when = r#"{ "id": "s", "when": { "n": { "$gte": 1 } } }"#;
        let book = compiled(&book(signals, when, "")).book;
        book.signals
            .iter()
            .find(|s| book.str(s.name) == "n")
            .unwrap()
            .fingerprint
    };
    let plain = print(r#""n": { "count": "view", "within": "7d" }"#);
    assert_eq!(
        plain,
        print(r#""n": { "why": "x", "within": "7d", "max": 1000000, "count": "view" }"#)
    );
    assert_eq!(
        plain,
        print(
            r#""m": { "count": "cart", "within": "7d" }, "n": { "count": "view", "within": "1w" }"#
        )
    );
    assert_ne!(plain, print(r#""n": { "count": "view", "within": "8d" }"#));
    assert_ne!(plain, print(r#""n": { "count": "cart", "within": "7d" }"#));
    let tagged = print(
        r#""n": { "count": "view", "within": "7d", "where": { "a": ["x", "y"], "b": "z" } }"#,
    );
    assert_ne!(plain, tagged);
    assert_eq!(
        tagged,
        print(
            r#""m": { "affinity": "a:y", "half_life": "1d" },
               "n": { "count": "view", "within": "7d", "where": { "b": ["z"], "a": ["y", "x"] } }"#
        )
    );
}

#[test]
fn answers_climb_to_a_crowd() {
    let json = example("news");
    let reporting = compiled(&json).book.reporting.unwrap();
    // local, politics (95: too few, and alone in public), business (40: with politics 135 in
    // hard), sport, culture (77: too few, and alone in soft), any
    let shown = &reporting.questions[1].shown;
    use Shown::{Any, Group, Segment};
    // Groups: hard, soft, public.
    assert_eq!(
        *shown,
        [Segment(0), Group(0), Group(0), Segment(3), Any, Any]
    );
    assert_eq!(reporting.cap, 3_320_000);
}

/// Values of the test's signals: a number, a truth, an item of three; each may be missing.
type Assignment = [Option<f64>; 3];

const SIGNALS: &str = r#"
    "n": { "declared": "number", "min": 0, "max": 5, "step": 1 },
    "b": { "declared": "boolean" },
    "i": { "declared": ["x", "y", "z"] }"#;

/// The condition as the documentation says, straight from the JSON.
fn interpret(node: &Node, values: &Assignment) -> bool {
    node.members().iter().all(|member| {
        let list = || mentions::elements(Some(&member.value)).iter();
        match member.key.as_str() {
            "$and" => list().all(|c| interpret(c, values)),
            "$or" => list().any(|c| interpret(c, values)),
            "$nor" => !list().any(|c| interpret(c, values)),
            "$not" => !interpret(&member.value, values),
            "n" => compare(&member.value, values[0]),
            "b" => compare(&member.value, values[1]),
            _ => compare(&member.value, values[2]),
        }
    })
}

fn compare(node: &Node, value: Option<f64>) -> bool {
    let operand = |node: &Node| match &node.value {
        Value::Number(n) => *n,
        Value::Bool(b) => f64::from(u8::from(*b)),
        Value::Text(t) => ["x", "y", "z"].iter().position(|i| i == t).unwrap() as f64,
        other => panic!("{other:?}"),
    };
    if !matches!(node.value, Value::Object(_)) {
        return value == Some(operand(node));
    }
    node.members().iter().all(|member| {
        let with =
            |holds: fn(f64, f64) -> bool| value.is_some_and(|v| holds(v, operand(&member.value)));
        let among = || {
            mentions::elements(Some(&member.value))
                .iter()
                .any(|n| value == Some(operand(n)))
        };
        match member.key.as_str() {
            "$eq" => with(|a, b| a == b),
            "$ne" => !with(|a, b| a == b),
            "$gt" => with(|a, b| a > b),
            "$gte" => with(|a, b| a >= b),
            "$lt" => with(|a, b| a < b),
            "$lte" => with(|a, b| a <= b),
            "$in" => among(),
            "$nin" => !among(),
            "$exists" => value.is_some() == (operand(&member.value) == 1.0),
            _ => !compare(&member.value, value),
        }
    })
}

fn atom_holds(atom: &Atom, values: &Assignment) -> bool {
    values[usize::from(atom.signal)].is_some_and(|v| match &atom.test {
        Test::Greater(x) => v > *x,
        Test::AtLeast(x) => v >= *x,
        Test::Less(x) => v < *x,
        Test::AtMost(x) => v <= *x,
        Test::Equals(x) => v == *x,
        Test::Among(items) => items.iter().any(|&i| f64::from(i) == v),
        Test::Exists => true,
    })
}

fn rule_holds(tables: &lower::Tables, rule: usize, values: &Assignment) -> bool {
    let literal_holds = |l: &Literal| {
        let index = l.index as usize;
        let holds = match tables.atoms.get(index) {
            Some(atom) => atom_holds(atom, values),
            None => {
                let earlier = index - tables.atoms.len();
                assert!(earlier < rule, "a rule refers to a later one");
                rule_holds(tables, earlier, values)
            }
        };
        holds != l.negated
    };
    let Rule { negate, clauses } = &tables.rules[rule];
    clauses
        .iter()
        .all(|clause| clause.iter().any(literal_holds))
        != *negate
}

fn comparison() -> impl Strategy<Value = String> {
    let number = (0..7u8).prop_map(|n| n.to_string());
    let order = prop::sample::select(vec!["$gt", "$gte", "$lt", "$lte", "$eq", "$ne"]);
    let item = prop::sample::select(vec!["\"x\"", "\"y\"", "\"z\""]);
    let truth = prop::sample::select(vec!["true", "false"]);
    let choice = prop::sample::select(vec!["$in", "$nin"]);
    let some = |item: BoxedStrategy<String>| {
        (choice.clone(), prop::collection::vec(item, 1..4))
            .prop_map(|(op, list)| format!("{{ \"{op}\": [{}] }}", list.join(",")))
    };
    let items = some(item.clone().prop_map(str::to_owned).boxed());
    let numbers = some(number.clone().boxed());
    prop_oneof![
        (order.clone(), number.clone(), order, number)
            .prop_filter("two operators", |(a, _, b, _)| a != b)
            .prop_map(|(a, n, b, m)| format!("\"n\": {{ \"{a}\": {n}, \"{b}\": {m} }}")),
        numbers.prop_map(|list| format!("\"n\": {list}")),
        items.clone().prop_map(|list| format!("\"i\": {list}")),
        items.prop_map(|list| format!("\"i\": {{ \"$not\": {list} }}")),
        item.prop_map(|item| format!("\"i\": {item}")),
        truth.clone().prop_map(|truth| format!("\"b\": {truth}")),
        (prop::sample::select(vec!["n", "b", "i"]), truth)
            .prop_map(|(s, truth)| format!("\"{s}\": {{ \"$exists\": {truth} }}")),
    ]
}

fn conditions() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        8 => comparison().prop_map(|c| format!("{{ {c} }}")),
        1 => Just("{}".to_owned()),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        let list = prop::collection::vec(inner.clone(), 1..4);
        let join = prop::sample::select(vec!["$and", "$or", "$nor"]);
        prop_oneof![
            (join, list).prop_map(|(op, l)| format!("{{ \"{op}\": [{}] }}", l.join(","))),
            inner.clone().prop_map(|c| format!("{{ \"$not\": {c} }}")),
            (comparison(), prop::collection::vec(inner, 1..3))
                .prop_map(|(c, l)| format!("{{ {c}, \"$or\": [{}] }}", l.join(","))),
        ]
    })
}

proptest! {
    #[test]
    fn lowered_rules_mean_what_the_condition_means(
        texts in prop::collection::vec(conditions(), 1..4)
    ) {
        let mut sink = Sink::new();
        let node = json::parse(&format!("{{ {SIGNALS} }}"), &mut sink).unwrap();
        let mut names = events::Names::new(mentions::tags(&node));
        let mut signals = signals::signals(&node, &[], None, LONGEST, &mut names, &mut sink);
        let nodes: Vec<Node> = texts.iter().map(|t| json::parse(t, &mut sink).unwrap()).collect();
        let exprs: Vec<Expr> =
            nodes.iter().map(|n| condition(n, &mut signals, &mut sink).unwrap()).collect();
        let tables = lower::lower(&exprs.iter().collect::<Vec<_>>(), &[], &[]);
        let some = |n: u8| std::iter::once(None).chain((0..n).map(|v| Some(f64::from(v))));
        let mut ever = vec![false; nodes.len()];
        for (n, b, i) in some(6).flat_map(|n| some(2).flat_map(move |b| some(3).map(move |i| (n, b, i)))) {
            let values = [n, b, i];
            for (c, node) in nodes.iter().enumerate() {
                let wanted = interpret(node, &values);
                ever[c] |= wanted;
                let got = rule_holds(&tables, tables.roots[c] as usize, &values);
                prop_assert_eq!(got, wanted, "{} at {:?}", texts[c], values);
            }
        }
        // What is said never to hold never does; and for these small conditions also the
        // other way round.
        for (c, text) in texts.iter().enumerate() {
            let json = book(SIGNALS, &format!(r#"{{ "id": "s", "when": {text} }}"#), "");
            let never = check(&json).iter().any(|d| d.code == "unreachable-segment");
            prop_assert_eq!(never, !ever[c], "{}", text);
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,60}") {
        for found in check(&text) {
            found.render(&text, "x");
        }
    }

    #[test]
    fn no_change_to_a_book_panics(at in 0..6000usize, insert in "[\\[\\]{}\",:0-9a-z ]{0,3}", cut in 0..4usize) {
        let json = example("shop");
        let at = at % json.len();
        let end = (at + cut).min(json.len());
        if json.is_char_boundary(at) && json.is_char_boundary(end) {
            let json = format!("{}{insert}{}", &json[..at], &json[end..]);
            match compile(&json) {
                Ok(compiled) => prop_assert!(Book::from_bytes(&compiled.bytes) == Ok(compiled.book)),
                Err(found) => {
                    prop_assert!(!found.is_empty());
                    for found in found {
                        found.render(&json, "x");
                    }
                }
            }
        }
    }
}

#[test]
fn a_missing_required_key_is_an_error() {
    // Every required key of the table that the schema is tested against, in a signal.
    for (object, keys) in required() {
        let Some(kind) = object.strip_prefix("signal ") else {
            continue;
        };
        for &missing in keys.iter().filter(|key| **key != kind) {
            let keys: Vec<String> = keys
                .iter()
                .filter(|key| **key != missing)
                .map(|key| match *key {
                    "within" | "half_life" => format!("\"{key}\": \"7d\""),
                    "max" | "most" if kind != "max" || *key != "max" => format!("\"{key}\": 9"),
                    "affinity" => "\"affinity\": \"a:b\"".to_owned(),
                    "sequence" => "\"sequence\": [\"a\"]".to_owned(),
                    "engagement" => "\"engagement\": \"dwell\"".to_owned(),
                    key => format!("\"{key}\": \"a\""),
                })
                .collect();
            let json = book(
                &format!("\"s\": {{ {} }}", keys.join(", ")),
                r#"{ "id": "x", "when": { "s": { "$exists": true } } }"#,
                "",
            );
            let found = check(&json);
            assert_eq!(found.len(), 1, "{kind} {missing}: {found:?}");
            assert_eq!(found[0].code, "missing-key", "{kind} {missing}");
            assert!(found[0].message.contains(missing), "{kind} {missing}");
        }
    }
}

#[test]
fn kinds_keep_their_numbers() {
    let json = book(
        r#""c": { "count": "view", "within": "60m", "max": 12.5 },
           "d": { "days": "view", "within": "100d" },
           "e": { "engagement": "dwell", "within": "1000m" }"#,
        r#"{ "id": "s", "when": { "c": 1, "d": 1, "e": 10 } }"#,
        "",
    );
    assert_eq!(check(&json)[0].code, "window-not-whole");
    let json = json.replace("1000m", "72h");
    let book = compiled(&json).book;
    let span = |i: usize| match &book.signals[i].kind {
        Kind::Window {
            span, step, max, ..
        } => (*span, *step, *max),
        other => panic!("{other:?}"),
    };
    use crate::book::Span::Ring;
    assert_eq!(
        span(0),
        (
            Ring {
                width: 60,
                buckets: 60
            },
            100,
            1_250
        )
    );
    assert_eq!(
        span(1).0,
        Ring {
            width: DAY,
            buckets: 100
        }
    );
    assert_eq!(
        span(2),
        (
            Ring {
                width: 3_600,
                buckets: 72
            },
            1_000,
            360_000
        )
    );
}
