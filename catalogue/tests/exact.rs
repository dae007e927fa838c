//! The best items are exactly those that scoring and sorting every item gives, whatever the query.

#![cfg(feature = "write")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, which may fail"
)]

use fewbits_catalogue::Catalogue;
use fewbits_catalogue::rank::{Diversify, Hit, Query, Range, Ranker, score};
use fewbits_catalogue::write::Builder;

/// A seeded generator (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

const TAGS: usize = 60;

/// Tags from one in every item to one in almost none, so that every form of a chunk occurs; some of
/// them only with popular items.
fn catalogue(items: usize, seed: u64) -> Catalogue {
    let mut chance = Chance(seed);
    let mut builder = Builder::new(["price", "popularity", "rating"]).unwrap();
    for item in 0..items {
        let mut tags = Vec::new();
        for tag in 0..TAGS {
            let often =
                1.2 / (1.0 + tag as f64).powf(if seed.is_multiple_of(2) { 1.0 } else { 2.0 });
            let place = item as f64 / items as f64;
            let often = if tag % 7 == 3 && place > 0.2 {
                0.0
            } else {
                often
            };
            if chance.share() < often {
                tags.push(format!("k{}:t{tag:02}", tag % 5));
            }
        }
        let popularity = (chance.below(40) as f64 - 5.0) / 4.0;
        let price = (chance.below(9) > 0).then(|| chance.below(5000) as f64 / 100.0);
        let rating = (chance.below(3) > 0).then(|| chance.share() * 5.0);
        let numbers = [price, (chance.below(50) > 0).then_some(popularity), rating];
        builder
            .add(
                &format!("i{item}"),
                tags.iter().map(String::as_str),
                numbers,
            )
            .unwrap();
    }
    Catalogue::from_bytes(&builder.finish().unwrap().bytes).unwrap()
}

fn query(catalogue: &Catalogue, chance: &mut Chance) -> Query {
    let tags = catalogue.tag_names().len();
    // Now and then one that the catalogue does not have.
    let mut list = |most: usize| -> Vec<u32> {
        (0..chance.below(most + 1))
            .map(|_| chance.below(tags + 2) as u32)
            .collect()
    };
    let (must, not, weighted) = (list(2), list(3), list(12));
    let kind = chance.below(4);
    let weights = weighted.into_iter().map(|tag| {
        let weight = match kind {
            0 => chance.below(5) as f64,
            1 => chance.share() * 10.0 - 5.0,
            2 => 0.1 * chance.below(7) as f64 - 0.2,
            _ => 10f64.powi(chance.below(12) as i32 - 6),
        };
        (tag, weight)
    });
    let weights = weights.collect();
    let boosts = (0..chance.below(3))
        .map(|_| (chance.below(4) as u32, chance.share() * 3.0 - 1.0))
        .collect();
    let ranges = (0..chance.below(2)).map(|_| {
        let least = chance.share() * 40.0;
        let most = if chance.below(3) == 0 {
            f64::INFINITY
        } else {
            least + chance.share() * 20.0
        };
        Range {
            column: chance.below(3) as u32,
            least,
            most,
        }
    });
    let ranges = ranges.collect();
    let key = format!("k{}:", chance.below(5));
    let groups = (0..tags as u32)
        .filter(|tag| catalogue.tag_names()[*tag as usize].starts_with(&key))
        .collect();
    let most = 1 + chance.below(4);
    let most_items = if chance.below(9) == 0 { 900 } else { 30 };
    Query {
        must,
        not,
        weights,
        ranges,
        boosts,
        limit: 1 + chance.below(most_items),
        diversify: (chance.below(3) == 0).then_some(Diversify { groups, most }),
    }
}

/// Every item scored, all sorted, taken from the front.
fn by_hand(catalogue: &Catalogue, query: &Query) -> Vec<Hit> {
    let has = |tag: &u32, place| catalogue.has(*tag, place);
    let allowed = |place: &u32| {
        query.must.iter().all(|tag| has(tag, *place))
            && !query.not.iter().any(|tag| has(tag, *place))
            && query.ranges.iter().all(|r| {
                catalogue
                    .number(r.column, *place)
                    .is_some_and(|v| v >= r.least && v <= r.most)
            })
    };
    let hits = (0..catalogue.items()).filter(allowed).map(|place| Hit {
        score: score(catalogue, query, place),
        place,
    });
    let mut hits: Vec<Hit> = hits.collect();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.place.cmp(&b.place)));
    if let Some(diversify) = &query.diversify {
        let mut taken = vec![0; diversify.groups.len()];
        hits.retain(|hit| {
            let Some(group) = diversify.groups.iter().position(|tag| has(tag, hit.place)) else {
                return true;
            };
            taken[group] += 1;
            taken[group] <= diversify.most
        });
    }
    hits.truncate(query.limit);
    hits
}

#[test]
fn the_best_are_exactly_the_best() {
    let mut chance = Chance(7);
    let mut ranker = Ranker::default();
    let mut found = 0;
    for (seed, items) in [
        (1, 1),
        (2, 63),
        (3, 4095),
        (4, 4097),
        (5, 13_000),
        (6, 20_000),
        (7, 30_000),
    ] {
        let catalogue = catalogue(items, seed);
        for turn in 0..150 {
            let query = query(&catalogue, &mut chance);
            let best = ranker.rank(&catalogue, &query).unwrap();
            assert_eq!(
                best,
                by_hand(&catalogue, &query),
                "{items} items, turn {turn}: {query:?}"
            );
            found += best.len();
        }
    }
    assert!(found > 5000, "the queries found {found} items");
}

#[test]
fn a_tag_is_where_it_was_put() {
    // Bits, bytes, pairs, none, and a list.
    let mut builder = Builder::new([]).unwrap();
    let holds = |name: &str, item: usize| match name {
        "all" => true,
        "dense" => item.is_multiple_of(3),
        "half" => item < 4096 * 2 && item.is_multiple_of(40),
        "few" => item < 4096 && item.is_multiple_of(700),
        _ => item == 9_999,
    };
    let names = ["all", "dense", "half", "few", "rare"];
    for item in 0..10_000 {
        let tags = names.into_iter().filter(|name| holds(name, item));
        builder.add(&item.to_string(), tags, []).unwrap();
    }
    let catalogue = Catalogue::from_bytes(&builder.finish().unwrap().bytes).unwrap();
    for name in names {
        let tag = catalogue.tag(name).unwrap();
        let found: Vec<u32> = (0..10_000)
            .filter(|place| catalogue.has(tag, *place))
            .collect();
        let put: Vec<u32> = (0..10_000u32)
            .filter(|item| holds(name, *item as usize))
            .collect();
        assert_eq!(found, put, "{name}");
        assert_eq!(catalogue.count(tag) as usize, put.len());
    }
    assert_eq!(catalogue.tag("nobody"), None);
}
