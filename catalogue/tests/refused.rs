//! What is not exactly a catalogue is refused, and nothing of it makes the reader stumble.

#![cfg(feature = "write")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, which may fail"
)]

use fewbits_catalogue::write::{Builder, Wrong};
use fewbits_catalogue::{Catalogue, Loader, MAX_TAGS, Refusal, crc32};

fn file() -> Vec<u8> {
    let mut builder = Builder::new(["price", "weight"]).unwrap();
    for item in 0..70u32 {
        let tags = [
            format!("a:{}", item % 7),
            format!("b:{}", item % 40),
            "all".to_owned(),
        ];
        let numbers = [
            Some(f64::from(item) / 4.0),
            (item % 3 > 0).then_some(0.1 + f64::from(item) / 3.0),
        ];
        let id = if item == 5 {
            "five".to_owned()
        } else {
            format!("x{item}")
        };
        builder
            .add(&id, tags.iter().map(String::as_str), numbers)
            .unwrap();
    }
    builder.finish().unwrap().bytes
}

fn refusal(bytes: &[u8]) -> Option<Refusal> {
    Catalogue::from_bytes(bytes).err()
}

#[test]
fn a_file_cut_short_is_told_from_a_foreign_one() {
    let whole = file();
    assert_eq!(refusal(&whole), None);
    for length in 0..whole.len() {
        assert_eq!(
            refusal(&whole[..length]),
            Some(Refusal::Short),
            "{length} bytes"
        );
    }
    let longer = [&whole[..], &[0]].concat();
    assert_eq!(refusal(&longer), Some(Refusal::Malformed));
    for foreign in [
        &b"FBK\x04"[..],
        b"PK\x03\x04",
        b"<!doctype html>",
        b"{\"items\":[]}",
        b"x",
    ] {
        assert_eq!(refusal(foreign), Some(Refusal::Foreign));
    }
    let mut newer = whole;
    newer[3] += 1;
    assert_eq!(refusal(&newer), Some(Refusal::Newer));
}

#[test]
fn every_changed_byte_is_noticed() {
    let whole = file();
    for at in 0..whole.len() {
        for change in [1, 0x80, 0xFF] {
            let mut bytes = whole.clone();
            bytes[at] ^= change;
            assert!(refusal(&bytes).is_some(), "byte {at} ^ {change}");
        }
    }
}

/// With a check sum that fits, the form itself is what refuses, or something else is read; nothing
/// panics, and what is read can be asked.
#[test]
fn behind_a_fitting_check_sum_nothing_stumbles() {
    let whole = file();
    let mut read = 0;
    for at in 8..whole.len() {
        for change in [1, 2, 0x40, 0x80, 0xFF] {
            let mut bytes = whole.clone();
            bytes[at] ^= change;
            let sum = crc32(&bytes[8..]).to_le_bytes();
            bytes[4..8].copy_from_slice(&sum);
            if let Ok(catalogue) = Catalogue::from_bytes(&bytes) {
                read += 1;
                for place in 0..catalogue.items() + 1 {
                    catalogue.id(place);
                    (0..4).for_each(|n| {
                        catalogue.number(n, place);
                        catalogue.has(n, place);
                    });
                }
            }
        }
    }
    assert!(read > 100, "{read} changes give another catalogue");
}

#[test]
fn it_is_read_in_the_pieces_that_it_asks_for() {
    let whole = file();
    let mut loader = Loader::new(whole.len());
    let mut at = 0;
    while loader.wanted() > 0 {
        let end = at + loader.wanted();
        loader.take(&whole[at..end]).unwrap();
        at = end;
    }
    let catalogue = loader.finish().unwrap();
    assert_eq!((at, catalogue.items()), (whole.len(), 70));
    assert_eq!(
        Loader::new(whole.len()).take(&whole[..5]).unwrap_err(),
        Refusal::Short
    );
    assert_eq!(
        Loader::new(whole.len()).finish().err(),
        Some(Refusal::Short)
    );
}

#[test]
fn ids_and_numbers_come_back_exactly() {
    let lists: [&[&str]; 8] = [
        &["7", "12", "4294967296"],
        &["007", "012", "1234"],
        &["7", "012"],
        &["SKU-1", "SKU-02"],
        &["a9", "a10", "b11"],
        &["", "x"],
        &["999999999999999", "16777215"],
        &["9999999999999999", "é😀", "with space"],
    ];
    for ids in lists {
        let mut builder = Builder::new(["n"]).unwrap();
        let added = ids.iter().map(|id| builder.add(id, [], [None]));
        if let Some(wrong) = added.filter_map(Result::err).next() {
            assert_eq!((ids[0], wrong), ("", Wrong::Empty));
            continue;
        }
        let catalogue = Catalogue::from_bytes(&builder.finish().unwrap().bytes).unwrap();
        let found: Vec<String> = (0..catalogue.items())
            .map(|place| catalogue.id(place).unwrap())
            .collect();
        assert_eq!(found, ids);
    }
    let columns: [&[f64]; 7] = [
        &[0.1, 0.2, 0.3, 1e6],
        &[-5.0, 250.0],
        &[-5.0, 250.0, 65_530.5],
        &[1.0, 4_294_967_295.0],
        &[0.0, 1e15, -1e15],
        &[1.0 / 3.0, 1e-9],
        &[7.0; 40],
    ];
    for values in columns {
        for hole in [false, true] {
            let mut builder = Builder::new(["n"]).unwrap();
            for (i, value) in values.iter().enumerate() {
                let value = (!hole || i != 1).then_some(*value);
                builder.add(&i.to_string(), [], [value]).unwrap();
            }
            let catalogue = Catalogue::from_bytes(&builder.finish().unwrap().bytes).unwrap();
            for (place, value) in (0..).zip(values) {
                let there = !hole || place != 1;
                assert_eq!(
                    catalogue.number(0, place),
                    there.then_some(*value),
                    "{values:?}"
                );
            }
        }
    }
}

#[test]
fn items_that_do_not_fit_are_not_taken() {
    let mut builder = Builder::new(["n"]).unwrap();
    builder.add("a", ["t", "t"], [None]).unwrap();
    assert_eq!(builder.add("a", [], [None]), Err(Wrong::Twice(0)));
    assert_eq!(builder.add("b", [""], [None]), Err(Wrong::Empty));
    assert_eq!(builder.add(&"c".repeat(201), [], [None]), Err(Wrong::Long));
    assert_eq!(builder.add("d", [], [Some(f64::NAN)]), Err(Wrong::Number));
    assert_eq!(builder.add("e", [], [Some(2e15)]), Err(Wrong::Number));
    assert_eq!(Builder::new(["n", "n"]).err(), Some(Wrong::Column));
    assert_eq!(Builder::new([""]).err(), Some(Wrong::Empty));
    let many: Vec<String> = (0..17).map(|n| n.to_string()).collect();
    assert_eq!(
        Builder::new(many.iter().map(String::as_str)).err(),
        Some(Wrong::Columns)
    );
    assert_eq!(Builder::new([]).unwrap().finish().err(), Some(Wrong::None));
}

#[test]
fn a_million_tags_are_too_many() {
    let mut builder = Builder::new([]).unwrap();
    let outcome = (0..1_000_000u32)
        .try_for_each(|item| builder.add(&item.to_string(), [format!("t{item}").as_str()], []));
    assert_eq!(outcome, Err(Wrong::Tags));
    assert_eq!(builder.tags(), MAX_TAGS);
}
