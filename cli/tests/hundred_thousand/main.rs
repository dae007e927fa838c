//! The whole way: 100,000 visitors of two sites, each with a browser's engine and store, answer
//! through the real gate; their reports go over HTTP to a running collector; what it publishes
//! is compared with who the visitors truly are. And once around: its crowd table becomes part
//! of the next version of the book, whose visitors are counted by coarser names.
//!
//! On SQLite, and on a PostgreSQL that the test starts.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "helpers of tests, which may fail"
)]

mod checks;
mod client;
mod postgresql;
mod site;
#[path = "../support/mod.rs"]
mod support;

use std::path::Path;
use std::sync::OnceLock;
use std::thread;

use checks::Rates;
use client::Collector;
use fewbits::book::{Book, author};
use site::{Edition, Visitor};

/// Visitors of each edition; 100,000 in all.
const VISITORS: u64 = 12_500;

/// Six versions before there is a crowd table. Segments differ in size, down to some that are
/// far below a crowd; others are far above it, so that chance does not decide what is shown.
const FIRST: [Edition; 6] = [
    edition(
        "outdoor",
        1,
        4.0,
        [200, 150, 100, 150, 97, 100, 200, 3],
        [300, 200, 300, 200],
    ),
    edition(
        "outdoor",
        2,
        4.0,
        [3, 120, 77, 100, 100, 200, 100, 300],
        [100, 500, 300, 100],
    ),
    edition(
        "outdoor",
        3,
        3.0,
        [100, 100, 100, 100, 150, 150, 200, 100],
        [400, 300, 200, 100],
    ),
    edition(
        "outdoor",
        4,
        4.0,
        [3, 300, 150, 2, 145, 100, 100, 200],
        [250, 250, 250, 250],
    ),
    edition(
        "garden",
        1,
        2.0,
        [150, 150, 100, 150, 100, 100, 150, 100],
        [350, 250, 200, 200],
    ),
    edition(
        "garden",
        2,
        3.0,
        [2, 2, 200, 200, 96, 200, 100, 200],
        [500, 200, 150, 150],
    ),
];

/// Their next versions, compiled with the crowd table of the last ones.
const NEXT: [Edition; 2] = [
    edition(
        "outdoor",
        5,
        4.0,
        [3, 300, 150, 2, 145, 100, 100, 200],
        [250, 250, 250, 250],
    ),
    edition(
        "garden",
        3,
        3.0,
        [2, 2, 200, 200, 96, 200, 100, 200],
        [500, 200, 150, 150],
    ),
];

const fn edition(
    book: &'static str,
    version: u32,
    epsilon: f64,
    interest: [u64; 8],
    weather: [u64; 4],
) -> Edition {
    Edition {
        book,
        version,
        epsilon,
        interest,
        weather,
        habit: [200, 300, 500],
    }
}

/// What became of an edition's visitors.
#[derive(Clone, Default)]
pub struct Crowd {
    /// Their reports, as they left.
    reports: Vec<String>,
    /// How many truly are in each segment, by question.
    truth: [Vec<u64>; 3],
}

/// All visitors of an edition, through the gate.
fn visit(edition: &Edition, compiled: &[u8]) -> Crowd {
    let book = Book::from_bytes(compiled).unwrap();
    let mut crowd = Crowd {
        reports: Vec::new(),
        truth: [vec![0; 8], vec![0; 4], vec![0; 3]],
    };
    // A seed of their own for the visitors of each edition.
    let edition_seed = 1_000_000_000 * (u64::from(edition.version) + edition.book.len() as u64);
    for number in 0..VISITORS {
        let mut visitor = Visitor::arrive(edition, &book, edition_seed + number);
        assert!(visitor.is_placed());
        crowd.truth[0][visitor.interest] += 1;
        crowd.truth[1][visitor.weather] += 1;
        crowd.truth[2][visitor.habit] += 1;
        visitor.report("https://collect.example/v1/report", |report| {
            crowd.reports.push(report.to_owned());
            true
        });
    }
    crowd
}

/// Those of the first editions. The gate gives the same bytes for each collector, so it runs
/// once.
fn first() -> &'static [Crowd] {
    static CROWDS: OnceLock<Vec<Crowd>> = OnceLock::new();
    CROWDS.get_or_init(|| {
        visits(&FIRST, |edition| {
            author::compile(&edition.json()).unwrap().bytes
        })
    })
}

fn visits(editions: &[Edition], compiled: impl Fn(&Edition) -> Vec<u8> + Sync) -> Vec<Crowd> {
    thread::scope(|scope| {
        let compiled = &compiled;
        let visits: Vec<_> = editions
            .iter()
            .map(|edition| scope.spawn(move || visit(edition, &compiled(edition))))
            .collect();
        visits
            .into_iter()
            .map(|visit| visit.join().unwrap())
            .collect()
    })
}

/// Writes an edition's book, and its statement by `fewbits audit`.
fn state(folder: &Path, edition: &Edition, crowd: Option<&str>) -> (String, String) {
    let name = format!("{}-{}", edition.book, edition.version);
    let book = support::file(folder, &format!("{name}.book.json"), edition.json());
    let statement = folder.join(format!("{name}.json")).display().to_string();
    let mut arguments = vec!["audit", &book, "--statement", &statement];
    arguments.extend(crowd.iter().flat_map(|file| ["--crowd", file]));
    let run = support::fewbits(arguments);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    (book, statement)
}

/// The whole way, on one kind of store.
fn whole_way(folder: &Path, store: &str) {
    let mut rates = Rates::default();
    let mut statements: Vec<String> = FIRST
        .iter()
        .map(|edition| state(folder, edition, None).1)
        .collect();
    let collector = Collector::start(folder, store, &statements);
    for (edition, crowd) in FIRST.iter().zip(first()) {
        collector.post(&crowd.reports);
        let audience = collector.audience(edition, VISITORS);
        rates.compare(edition, crowd, &audience);
    }
    // The crowd tables of the newest versions become part of the next ones.
    let mut next = Vec::new();
    for edition in &NEXT {
        let table = collector.get(&format!("/v1/crowd?book={}", edition.book));
        let table = support::file(folder, &format!("{}-crowd.json", edition.book), table);
        let (book, statement) = state(folder, edition, Some(&table));
        let compiled = folder.join(format!("{}.fewbits", edition.book));
        let compiled = compiled.display().to_string();
        let run = support::fewbits(["compile", &book, "--crowd", &table, "--out", &compiled]);
        assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
        let compiled = std::fs::read(compiled).unwrap();
        let last = FIRST
            .iter()
            .rfind(|last| last.book == edition.book)
            .unwrap();
        let audience = collector.audience(last, VISITORS);
        checks::same_partition(&audience, &Book::from_bytes(&compiled).unwrap());
        statements.push(statement);
        next.push(compiled);
    }
    collector.stop();
    let collector = Collector::start(folder, store, &statements);
    let by_book = |edition: &Edition| {
        let at = NEXT.iter().position(|next| next.book == edition.book);
        next[at.unwrap()].clone()
    };
    for (edition, crowd) in NEXT.iter().zip(visits(&NEXT, by_book)) {
        collector.post(&crowd.reports);
        let audience = collector.audience(edition, VISITORS);
        rates.compare(edition, &crowd, &audience);
        // The answers left by the names of the partition.
        let merged = audience["questions"]["interest"]["cells"]
            .as_array()
            .unwrap();
        assert!(merged.len() < 8, "{merged:?}");
    }
    collector.stop();
    rates.judge();
}

#[test]
fn true_shares_lie_in_the_intervals_on_sqlite() {
    let folder = support::scratch("hundred-thousand-sqlite");
    let store = format!("sqlite:{}", folder.join("counts.db").display());
    whole_way(&folder, &store);
}

#[test]
fn true_shares_lie_in_the_intervals_on_postgresql() {
    let folder = support::scratch("hundred-thousand-postgresql");
    let cluster = postgresql::cluster::Cluster::start();
    whole_way(&folder, &cluster.store());
}
