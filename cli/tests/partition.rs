//! Around the circle, a thousand times: what a collector counts becomes its crowd table, the
//! table becomes the partition of the book's next version, and that is the partition which the
//! collector shows; or a coarser one, where a group of which a part is shown further up cannot be
//! in the table. Random ladders, populations and noise; counts without visitors, which
//! `hundred_thousand` has.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests, which may fail"
)]

use std::collections::{BTreeMap, BTreeSet};

use fewbits::book::Shown;
use fewbits::book::author::{CrowdTable, compile_with};
use fewbits_collector::audience::{answer, crowd};
use fewbits_collector::counts::{Counts, Key};
use fewbits_collector::statement::Statement;

/// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        ((u128::from(z) * u128::from(bound)) >> 64) as u64
    }
}

/// Segments with the groups above each, nearest first; the last is `any` itself or has none.
struct Ladder {
    groups: Vec<(String, Option<String>)>,
    segments: Vec<(String, Vec<String>)>,
}

fn ladder(chance: &mut Seeded) -> Ladder {
    let mut groups: Vec<(String, Option<String>)> = Vec::new();
    for at in 0..chance.below(5) {
        // Under one of the groups before it, or under `any`.
        let under = chance.below(at + 1) as usize;
        let under = groups.get(under).map(|(name, _)| name.clone());
        groups.push((format!("g{at}"), under));
    }
    let mut segments = Vec::new();
    for at in 0..2 + chance.below(9) {
        let mut above = groups
            .get(chance.below(6) as usize)
            .map(|(name, _)| name.clone());
        let mut under = Vec::new();
        while let Some(name) = above {
            above = groups.iter().find(|(g, _)| *g == name).unwrap().1.clone();
            under.push(name);
        }
        under.push("any".to_owned());
        segments.push((format!("s{at}"), under));
    }
    let otherwise = if chance.below(2) == 0 {
        ("any", vec![])
    } else {
        ("rest", vec!["any".to_owned()])
    };
    segments.push((otherwise.0.to_owned(), otherwise.1));
    // A group without a segment is an error of the author's.
    let used: BTreeSet<String> = segments
        .iter()
        .flat_map(|(_, under)| under.clone())
        .collect();
    groups.retain(|(name, _)| used.contains(name));
    Ladder { groups, segments }
}

impl Ladder {
    fn book(&self, version: u32) -> String {
        let last = self.segments.len() - 1;
        let items: Vec<String> = (0..last).map(|at| format!("\"v{at}\"")).collect();
        let groups: Vec<String> = self
            .groups
            .iter()
            .map(|(name, under)| match under {
                Some(under) => format!(r#"{{ "id": "{name}", "under": "{under}" }}"#),
                None => format!("\"{name}\""),
            })
            .collect();
        let segments = self.segments[..last]
            .iter()
            .enumerate()
            .map(|(at, (name, under))| {
                let under = match under[0].as_str() {
                    "any" => String::new(),
                    group => format!(r#""under": "{group}", "#),
                };
                format!(r#"{{ "id": "{name}", {under}"when": {{ "what": "v{at}" }} }}"#)
            });
        let groups = match groups.len() {
            0 => String::new(),
            _ => format!(r#""groups": [{}],"#, groups.join(", ")),
        };
        format!(
            r#"{{ "fewbits": 1, "book": "shop", "version": {version},
              "signals": {{ "what": {{ "declared": [{}] }} }},
              "dimensions": {{ "interest": {{ "why": "a test", {groups}
                "segments": [{}], "otherwise": "{}" }} }},
              "report": {{ "epsilon": 4, "lifetime_bits": 10, "why": "a test",
                "questions": {{ "interest": 1 }}, "crowd": 50 }} }}"#,
            items.join(", "),
            segments.collect::<Vec<_>>().join(", "),
            self.segments[last].0,
        )
    }

    fn statement(&self, version: u32, odds: u64, shown: &[String]) -> Statement {
        let answers = self
            .segments
            .iter()
            .zip(shown)
            .map(|((name, under), shown)| {
                format!(r#"{{ "segment": "{name}", "under": {under:?}, "shown": "{shown}" }}"#)
            });
        Statement::parse(&format!(
            r#"{{ "fewbits": 1, "book": "shop", "version": {version}, "source": "{}",
              "statement": "s", "hints": null, "report": {{ "epsilon": 4.0, "odds": {odds},
              "crowd": 50, "bootstrap": true, "lifetime_bits": 10.0, "questions": {{ "interest":
              {{ "weight": 1, "bits": 3.0, "after": 1, "jitter": 1, "outcome": null, "answers": [{}] }} }} }} }}"#,
            "0".repeat(64),
            answers.collect::<Vec<_>>().join(", ")
        ))
        .unwrap()
    }
}

/// Counts of a population of this size, with the noise of the odds.
fn counts(
    chance: &mut Seeded,
    statement: &Statement,
    shown: &[String],
    odds: u64,
    people: u64,
) -> Counts {
    let d = shown.len() as u64;
    let weights: Vec<u64> = (0..d)
        .map(|_| [1, 10, 100, 300][chance.below(4) as usize])
        .collect();
    let mut counts = Counts::new();
    for _ in 0..people {
        let mut draw = chance.below(weights.iter().sum());
        let mut truth = 0;
        while draw >= weights[truth as usize] {
            draw -= weights[truth as usize];
            truth += 1;
        }
        let draw = chance.below(odds + (d - 1) * 65_536);
        let given = match draw.checked_sub(odds) {
            None => truth,
            Some(other) => other / 65_536 + u64::from(other / 65_536 >= truth),
        };
        let key = Key {
            book: "shop".into(),
            version: statement.version,
            epoch: "2026-W48".parse().unwrap(),
            question: "interest".into(),
            answer: shown[given as usize].as_str().into(),
        };
        *counts.entry(key).or_default() += 1;
    }
    counts
}

/// As what each segment is shown in the next version.
fn compiled(book: &str, table: &str) -> Vec<String> {
    let table = CrowdTable::read(table).unwrap();
    let book = compile_with(book, &table)
        .unwrap_or_else(|e| panic!("{e:#?}\n{book}"))
        .book;
    let question = &book.reporting.as_ref().unwrap().questions[0];
    let dimension = &book.dimensions[usize::from(question.dimension)];
    let name = |shown: &Shown| match shown {
        Shown::Withheld => panic!("withheld"),
        Shown::Any => "any".to_owned(),
        Shown::Group(at) => book.str(dimension.groups[usize::from(*at)].name).to_owned(),
        Shown::Segment(at) => book
            .str(dimension.segments[usize::from(*at)].name)
            .to_owned(),
    };
    question.shown.iter().map(name).collect()
}

#[test]
fn the_next_version_shows_what_the_collector_shows() {
    let (mut merged, mut again, mut coarser) = (0, 0, 0);
    for seed in 0..500 {
        let mut chance = Seeded(seed);
        let ladder = ladder(&mut chance);
        let odds = [u64::from(u32::MAX), 3_578_144, 484_249][chance.below(3) as usize];
        // At first as everything is, then as it was merged.
        let mut shown: Vec<String> = ladder
            .segments
            .iter()
            .map(|(name, _)| name.clone())
            .collect();
        for version in 1..3 {
            let people = [60, 300, 1_500][chance.below(3) as usize];
            let statement = ladder.statement(version, odds, &shown);
            let counts = counts(&mut chance, &statement, &shown, odds, people);
            let audience = answer(&statement, &counts, None, None, None);
            let cells = &audience.questions["interest"].cells;
            let table = serde_json::to_string(&crowd(&statement, &counts)).unwrap();
            let next = compiled(&ladder.book(version + 1), &table);
            let mut partition: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for ((segment, _), shown) in ladder.segments.iter().zip(&next) {
                partition.entry(shown).or_default().push(segment);
            }
            let seen = cells.iter().map(|cell| {
                let mut holds: Vec<&str> = cell.holds.iter().map(String::as_str).collect();
                holds.sort_by_key(|held| ladder.segments.iter().position(|(name, _)| name == held));
                (cell.name.as_str(), holds)
            });
            let seen: BTreeMap<&str, Vec<&str>> = seen.collect();
            if partition != seen {
                coarser += 1;
                let within = |held: &Vec<&str>| {
                    let mut cells = partition.values();
                    cells.any(|cell| held.iter().all(|segment| cell.contains(segment)))
                };
                let why = format!("{seed}, version {version}: {table} {partition:?} {seen:?}");
                assert!(seen.values().all(within), "{why}");
                // A cell that lost its name has a part further up.
                let strays = seen.iter().any(|(name, held)| {
                    let under = |(segment, above): &&(String, Vec<String>)| {
                        above.iter().any(|rung| rung == name) && !held.contains(&segment.as_str())
                    };
                    ladder.groups.iter().any(|(group, _)| group == name)
                        && ladder.segments.iter().any(|segment| under(&segment))
                });
                assert!(strays, "{why}");
            }
            merged += u32::from(partition.len() < ladder.segments.len());
            again += u32::from(version == 2 && next != shown);
            shown = next;
        }
    }
    assert!(
        merged > 300 && again > 30 && coarser < 20,
        "{merged} {again} {coarser}"
    );
}
