//! What the compiler must refuse: a profile cannot be copied, printed or serialised, and a
//! report cannot be made from anything but what the gate cleared. Broken promises here are
//! errors of compilation, so `cargo test` stops before it runs.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests, which may fail"
)]

mod support;

use std::fmt::{Debug, Display};
use std::str::FromStr;

use fewbits::book::{Book, Dimension, Draw, Kind, Segment, Signal};
use fewbits::engine::{Engine, Rules};
use fewbits::gate::{Cleared, Gate, Ledger};
use fewbits::profile::Profile;
use fewbits::report::Report;
use fewbits::segments::Segments;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use static_assertions::{assert_impl_all, assert_not_impl_any};

// The memory of a visitor: no copy, no text, no bytes for anybody.
assert_not_impl_any!(Profile: Serialize, DeserializeOwned, Clone, Copy, Display, ToString, PartialEq);
assert_not_impl_any!(Profile: AsRef<[u8]>, Into<Vec<u8>>, IntoIterator);
assert_impl_all!(Profile: Debug);

// What holds a profile, or follows from one.
assert_not_impl_any!(Engine: Serialize, DeserializeOwned, Clone, Display, Default);
assert_not_impl_any!(Segments: Serialize, DeserializeOwned, Clone, Display);
assert_not_impl_any!(Rules: Serialize, Display);

// The budget: a copied gate could be spent twice.
assert_not_impl_any!(Gate: Serialize, DeserializeOwned, Clone, Copy, Display);
assert_not_impl_any!(Ledger: Serialize, DeserializeOwned, Clone, Copy, Display);

// What may leave: made by the gate alone, and never read back.
assert_not_impl_any!(Cleared: Serialize, DeserializeOwned, Default, Display, FromStr, From<String>, From<Report>);
assert_not_impl_any!(Report: DeserializeOwned, Default, FromStr, From<String>, From<&'static str>);
assert_not_impl_any!(Report: From<Profile>, From<Book>, From<Vec<u8>>, TryFrom<serde_json::Value>);
assert_impl_all!(Report: From<Cleared>);

// The assertions above can fail: these are the same ones on types that break the promise.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Open;
assert_impl_all!(Open: Serialize, DeserializeOwned, Clone, Default);

/// The smallest book, made by hand: this test needs no compiler.
fn smallest() -> Book {
    Book {
        source_hash: [0; 32],
        strings: ["any", "shop", "visits"]
            .map(|s| s.as_bytes().into())
            .to_vec(),
        name: 1,
        version: 1,
        retention: 86_400,
        events: vec![0, 0, 0],
        tags: Vec::new(),
        signals: vec![Signal {
            name: 2,
            fingerprint: 7,
            kind: Kind::Declared {
                domain: fewbits::book::Domain::Boolean,
            },
        }],
        models: Vec::new(),
        atoms: Vec::new(),
        rules: Vec::new(),
        dimensions: vec![Dimension {
            name: 2,
            why: 2,
            pick: 1,
            sensitive: false,
            groups: Vec::new(),
            segments: vec![Segment {
                name: 0,
                parent: None,
                when: None,
                stay: None,
                hold: 0,
                ends: 0,
                value: 0.0,
            }],
        }],
        reporting: None,
        conditions: Vec::new(),
        slots: Vec::new(),
        experiments: Vec::new(),
        bandits: Vec::new(),
        rankings: Vec::new(),
        holdout: Draw {
            version: 2,
            salt: Vec::new(),
            ranges: Vec::new(),
        },
        shown: 0,
    }
}

#[test]
fn a_profile_prints_nothing() {
    let profile = Profile::new(&smallest());
    assert_eq!(format!("{profile:?}"), "Profile { .. }");
    assert_eq!(format!("{profile:#?}"), "Profile { .. }");
}

#[test]
fn an_engine_prints_nothing() {
    let mut engine = Engine::new(smallest(), Box::new(support::Seeded(1)));
    engine.declare(0, 1.0, 5);
    assert_eq!(format!("{engine:?}"), "Engine { .. }");
    assert_eq!(format!("{engine:#?}"), "Engine { .. }");
}
