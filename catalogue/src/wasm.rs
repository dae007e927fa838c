//! The boundary of the module: numbers, and bytes in its own memory, as that of the core
//! (docs/adr/0006-three-modules-narrow-boundary.md). `www/sdk/src/ranker.ts` knows the places.

use alloc::vec;
use alloc::vec::Vec;

use lol_alloc::{FreeListAllocator, LockedAllocator};
use wasm_bindgen::prelude::*;

use crate::rank::{Diversify, Hit, Query, Range, Ranker};
use crate::{Catalogue, Ids, Loader};

#[global_allocator]
static ALLOCATOR: LockedAllocator<FreeListAllocator> =
    LockedAllocator::new(FreeListAllocator::new());

/// What is left of panics, an exhausted memory say, stops the module: the page shows its items as
/// they came.
#[panic_handler]
fn stop(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

/// What may be asked for, by its code. `Ask` in `www/sdk/src/ranker.ts` is the same list.
#[derive(Clone, Copy)]
enum Ask {
    /// Begins a file of `a` bytes.
    Begin,
    /// How many bytes of the file are wanted next; 0: all are there.
    Wanted,
    /// Makes room for `a` bytes: the address.
    Room,
    /// Takes what lies in the room: 0, or the number of a `Refusal`.
    Take,
    /// Checks the whole: 0, or the number of a `Refusal`.
    Finish,
    /// Makes room for `a` numbers of a query: the address.
    Query,
    /// Ranks by the query: how many items, or -1 if it is not fit.
    Rank,
    /// Address of the items: for each its score and its place.
    Hits,
    /// The number in the id of item `a`; -1: ids are texts.
    Number,
    /// The least number of digits in ids that are numbers; -1: ids are texts.
    Digits,
    /// The length of the id of item `a`, whose text now lies in the room.
    Id,
    /// Address of the room.
    Text,
    /// 1 if item `a` has the tag `b`.
    Has,
    /// The number of item `a` in the column `b`; NaN: missing.
    Value,
}

impl Ask {
    const ALL: [Self; 14] = [
        Self::Begin,
        Self::Wanted,
        Self::Room,
        Self::Take,
        Self::Finish,
        Self::Query,
        Self::Rank,
        Self::Hits,
        Self::Number,
        Self::Digits,
        Self::Id,
        Self::Text,
        Self::Has,
        Self::Value,
    ];
}

/// One catalogue. (The name is that by which `xtask/src/narrow.rs` knows a boundary.)
#[wasm_bindgen]
pub struct Engine {
    loader: Option<Loader>,
    catalogue: Option<Catalogue>,
    ranker: Ranker,
    query: Query,
    room: Vec<u8>,
    numbers: Vec<f64>,
    hits: Vec<f64>,
}

#[wasm_bindgen]
impl Engine {
    /// No catalogue yet.
    pub fn open() -> Self {
        Self {
            loader: None,
            catalogue: None,
            ranker: Ranker::default(),
            query: Query::default(),
            room: Vec::new(),
            numbers: Vec::new(),
            hits: Vec::new(),
        }
    }

    /// The one door.
    pub fn call(&mut self, code: u32, a: f64, b: f64) -> f64 {
        let Some(ask) = Ask::ALL.get(code as usize) else {
            return 0.0;
        };
        match ask {
            Ask::Begin => self.loader = Some(Loader::new(a as usize)),
            Ask::Wanted => return self.loader.as_ref().map_or(0.0, |l| l.wanted() as f64),
            Ask::Room => {
                let length = a as usize;
                let capacity = self.room.capacity();
                if capacity < length || capacity / 4 > length {
                    // The old one first: there is no place for both. And a large one, for a column
                    // say, does not stay for the small ones.
                    self.room = Vec::new();
                    self.room = vec![0; length];
                }
                self.room.resize(length, 0);
                return address(self.room.as_ptr());
            }
            Ask::Take => {
                let taken = self.loader.as_mut().map(|loader| loader.take(&self.room));
                return taken
                    .and_then(Result::err)
                    .map_or(0.0, |refusal| f64::from(refusal as u32));
            }
            Ask::Finish => {
                self.room = Vec::new();
                match self.loader.take().map(Loader::finish) {
                    Some(Ok(catalogue)) => self.catalogue = Some(catalogue),
                    Some(Err(refusal)) => return f64::from(refusal as u32),
                    None => {}
                }
            }
            Ask::Query => {
                self.numbers.resize(a as usize, 0.0);
                return address(self.numbers.as_ptr());
            }
            Ask::Rank => return self.rank().unwrap_or(-1.0),
            Ask::Hits => return address(self.hits.as_ptr()),
            Ask::Text => return address(self.room.as_ptr()),
            Ask::Number | Ask::Digits | Ask::Id | Ask::Has | Ask::Value => {
                return self.about(*ask, a as u32, b as u32);
            }
        }
        0.0
    }
}

impl Engine {
    fn about(&mut self, ask: Ask, place: u32, other: u32) -> f64 {
        let Some(catalogue) = &self.catalogue else {
            return -1.0;
        };
        match ask {
            Ask::Number => catalogue
                .ids()
                .number(place as usize)
                .map_or(-1.0, |n| n as f64),
            Ask::Digits => match catalogue.ids() {
                Ids::Numbers { digits, .. } => f64::from(*digits),
                Ids::Texts { .. } => -1.0,
            },
            Ask::Id => {
                self.room = catalogue.id(place).unwrap_or_default().into_bytes();
                self.room.len() as f64
            }
            Ask::Has => f64::from(u8::from(catalogue.has(other, place))),
            _ => catalogue.number(other, place).unwrap_or(f64::NAN),
        }
    }

    /// The query's numbers: how many of each list there are (musts, nots, weights, ranges, boosts,
    /// groups), the limit, the most of a group (0: no limit), and then the lists.
    fn rank(&mut self) -> Option<f64> {
        let catalogue = self.catalogue.as_ref()?;
        let (head, mut rest) = self.numbers.split_first_chunk::<8>()?;
        let [musts, nots, weights, ranges, boosts, groups, limit, most] = head.map(|n| n as usize);
        let mut next = |n: usize, each: usize| {
            let (list, after) = rest.split_at_checked(n.checked_mul(each)?)?;
            rest = after;
            Some(list)
        };
        let query = &mut self.query;
        let tags = |list: &[f64], into: &mut Vec<u32>| {
            into.clear();
            into.extend(list.iter().map(|n| *n as u32));
        };
        tags(next(musts, 1)?, &mut query.must);
        tags(next(nots, 1)?, &mut query.not);
        let pairs = |list: &[f64], into: &mut Vec<(u32, f64)>| {
            into.clear();
            into.extend(
                list.as_chunks()
                    .0
                    .iter()
                    .map(|[at, number]| (*at as u32, *number)),
            );
        };
        pairs(next(weights, 2)?, &mut query.weights);
        query.ranges.clear();
        query.ranges.extend(
            next(ranges, 3)?
                .as_chunks()
                .0
                .iter()
                .map(|[column, least, most]| Range {
                    column: *column as u32,
                    least: *least,
                    most: *most,
                }),
        );
        pairs(next(boosts, 2)?, &mut query.boosts);
        let list = next(groups, 1)?;
        if most == 0 {
            query.diversify = None;
        } else {
            let diversify = query.diversify.get_or_insert_with(|| Diversify {
                groups: Vec::new(),
                most,
            });
            tags(list, &mut diversify.groups);
            diversify.most = most;
        }
        query.limit = limit;
        let hits = self.ranker.rank(catalogue, query).ok()?;
        self.hits.clear();
        self.hits.extend(
            hits.iter()
                .flat_map(|Hit { score, place }| [*score, f64::from(*place)]),
        );
        Some(hits.len() as f64)
    }
}

fn address<T>(at: *const T) -> f64 {
    at as usize as f64
}
