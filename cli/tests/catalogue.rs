//! `fewbits catalogue`: from a list of items to the best of them, and what is wrong with lists.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod support;

use support::{fewbits, file, scratch};

const SHOP: &str = "id,name,brand,tags,price,popularity
b1,\"Boot \"\"North\"\"\",acme,aisle:boots|season:winter,129.9,40
s1,Sandal,acme,aisle:sandals|season:summer,39.5,80
w1,\"Sweater,
wool\",loop,aisle:sweaters|season:winter,79,60
w2,Cardigan,loop,aisle:sweaters|season:winter,,55
";

#[test]
fn a_table_becomes_a_catalogue_and_is_ranked() {
    let folder = scratch("catalogue");
    let items = file(&folder, "shop.csv", SHOP);
    let to = folder.join("shop.fbc").to_str().unwrap().to_owned();
    let built = fewbits(["catalogue", "build", &items, "-o", &to, "--key", "brand"]);
    assert_eq!(built.code, Some(0), "{}", built.err);
    assert!(
        built
            .out
            .contains("4 items, 7 tags, numbers: popularity, price"),
        "{}",
        built.out
    );
    assert!(
        built.out.contains("most frequent: season:winter 3"),
        "{}",
        built.out
    );
    assert!(
        built.err.contains("1 item without `price`"),
        "{}",
        built.err
    );
    assert!(
        built.err.contains("not in the catalogue: name"),
        "{}",
        built.err
    );

    let checked = fewbits(["catalogue", "check", &to]);
    assert_eq!(checked.code, Some(0));
    assert_eq!(Some(checked.out.trim_end()), built.out.lines().next());

    let ids = |arguments: &[&str]| -> Vec<String> {
        let run = fewbits([&["catalogue", "rank", &to], arguments].concat());
        assert_eq!(run.code, Some(0), "{}", run.err);
        run.out
            .lines()
            .map(|line| line.split_whitespace().nth(1).unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        ids(&["--weight", "season:winter=2", "--weight", "brand:loop=1"]),
        ["w1", "w2", "b1", "s1"]
    );
    assert_eq!(
        ids(&["--weight", "season:winter=2", "--range", "price=..100"]),
        ["w1", "s1"]
    );
    assert_eq!(
        ids(&["--boost", "popularity=1", "--diversify", "aisle=1"]),
        ["s1", "w1", "b1"]
    );
    assert_eq!(
        ids(&[
            "--must",
            "season:winter",
            "--not",
            "aisle:boots",
            "--limit",
            "1"
        ]),
        ["w1"]
    );
}

#[test]
fn json_lines_have_tags_as_a_list_or_by_key() {
    let folder = scratch("catalogue-jsonl");
    let items = file(
        &folder,
        "items.jsonl",
        "{\"id\":1,\"tags\":[\"a:b\",\"c\"],\"price\":3.25,\"new\":true}\n\n{\"id\":2,\"tags\":{\"aisle\":[\"boots\",\"x\"],\"y\":\"z\"}}\n",
    );
    let to = folder.join("items.fbc").to_str().unwrap().to_owned();
    let built = fewbits(["catalogue", "build", &items, "-o", &to, "--key", "new"]);
    assert_eq!(built.code, Some(0), "{}", built.err);
    for (tag, id) in [
        ("aisle:boots", "2"),
        ("y:z", "2"),
        ("c", "1"),
        ("new:true", "1"),
    ] {
        let run = fewbits(["catalogue", "rank", &to, "--must", tag]);
        assert_eq!(run.out.split_whitespace().nth(1), Some(id), "{tag}");
        assert_eq!(run.out.lines().count(), 1, "{tag}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let long = format!("id,tags\n{},x\n", "i".repeat(201));
    let cases: [(&str, &str, &[&str], &[&str]); 12] = [
        (
            "twice.csv",
            "id,tags\na,x\nb,x\na,y\n",
            &[],
            &["twice.csv:4: the id `a` is that of line 2"],
        ),
        (
            "number.csv",
            "id,price\na,1\nb,zz\n",
            &[],
            &["number.csv:3: `price` is not a number: `zz`"],
        ),
        (
            "infinite.csv",
            "id,price\na,inf\n",
            &[],
            &["infinite.csv:2: `price` is not a number: `inf`"],
        ),
        (
            "far.csv",
            "id,price\na,1e300\n",
            &[],
            &["far.csv:2: a number is too far from 0"],
        ),
        (
            "none.csv",
            "id,tags\n,x\n",
            &[],
            &["none.csv:2: there is no `id`"],
        ),
        (
            "fields.csv",
            "id,tags\na,x,y\n",
            &[],
            &["fields.csv:2: 3 fields where the header has 2"],
        ),
        (
            "long.csv",
            &long,
            &[],
            &["long.csv:2: an id or a tag is longer than 200 bytes"],
        ),
        ("empty.csv", "", &[], &["has no item"]),
        ("header.csv", "id,tags\n", &[], &["has no item"]),
        (
            "column.csv",
            "id,tags\na,x\n",
            &["--price", "cost"],
            &["has no column `cost`", "its columns are: id, tags"],
        ),
        (
            "json.jsonl",
            "{\"id\":1}\n{\"id\":\n",
            &[],
            &["json.jsonl:2: this is not JSON"],
        ),
        (
            "text.txt",
            "a\n",
            &[],
            &["does not say what it is", "`.csv`, `.tsv` or `.jsonl`"],
        ),
    ];
    let folder = scratch("catalogue-wrong");
    for (name, content, more, expected) in cases {
        let items = file(&folder, name, content);
        let to = folder.join("never.fbc");
        let run = fewbits(
            [
                &["catalogue", "build", &items, "-o", to.to_str().unwrap()],
                more,
            ]
            .concat(),
        );
        assert_eq!(run.code, Some(1), "{name}");
        for text in expected {
            assert!(run.err.contains(text), "{name}: {}", run.err);
        }
        assert!(!to.exists(), "{name} left a catalogue");
    }
}

#[test]
fn only_ten_faults_are_shown() {
    let folder = scratch("catalogue-many");
    let rows: String = (0..40).map(|_| "a,x\n").collect();
    let items = file(&folder, "many.csv", format!("id,tags\n{rows}"));
    let run = fewbits([
        "catalogue",
        "build",
        &items,
        "-o",
        folder.join("x.fbc").to_str().unwrap(),
    ]);
    assert_eq!(run.code, Some(1));
    assert_eq!(run.err.matches("the id `a` is that of line 2").count(), 10);
    assert!(run.err.contains("error: and 29 more"), "{}", run.err);
}

#[test]
fn a_damaged_catalogue_is_refused() {
    let folder = scratch("catalogue-damaged");
    let items = file(&folder, "shop.csv", SHOP);
    let to = folder.join("shop.fbc").to_str().unwrap().to_owned();
    assert_eq!(
        fewbits(["catalogue", "build", &items, "-o", &to]).code,
        Some(0)
    );
    let whole = std::fs::read(&to).unwrap();
    let mut damaged = whole.clone();
    damaged[40] ^= 1;
    for (name, bytes, expected) in [
        ("cut.fbc", &whole[..60], "cut short"),
        ("damaged.fbc", &damaged, "its check sum differs"),
        ("foreign.fbc", SHOP.as_bytes(), "not a catalogue"),
    ] {
        let path = file(&folder, name, bytes);
        for command in ["check", "rank"] {
            let run = fewbits(["catalogue", command, &path]);
            assert_eq!(run.code, Some(1), "{name}");
            assert!(run.err.contains(expected), "{name}: {}", run.err);
        }
    }
}
