//! The items of one tag, in memory: cut into chunks, and each chunk kept in the smallest of three
//! forms. A rare tag is one list.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::bytes::Reader;

/// So many items are looked at together: their scores fit the processor's first cache.
pub(crate) const CHUNK: usize = 4096;
/// A chunk in bytes consists of so many blocks of 256 items.
const BLOCKS: usize = 16;
/// Bytes of a chunk as bits.
const BITS: usize = CHUNK / 8;
/// With more items than that, a chunk is kept as bits, at most: more would not fit the counts.
const MOST_BYTES: usize = 100;
/// And at least: less would cost more memory than it saves time.
const LEAST_BYTES: usize = 16;
/// About so many bytes may be spent for bits where bytes would do.
const BUDGET: usize = 1 << 24;
/// With no more items than that, a chunk is kept as pairs of bytes.
const MOST_FEW: usize = 8;

/// One bit for each item of a chunk.
pub(crate) type Mask = [u64; CHUNK / 64];

/// The items that have a tag.
pub struct Postings(Form);

enum Form {
    /// All places, ascending.
    Rare(Box<[u32]>),
    /// All chunks as bits, one after the other.
    Bits { count: u32, bits: Box<[u8]> },
    Chunks {
        count: u32,
        /// Where each chunk's part of `data` begins; one more at the end.
        starts: Box<[u32]>,
        data: Box<[u8]>,
    },
}

/// The items of a tag in one chunk.
#[derive(Clone, Copy)]
pub(crate) enum Part<'a> {
    None,
    /// Places in the whole catalogue.
    Rare(&'a [u32]),
    /// Places in the chunk, two bytes each.
    Few(&'a [[u8; 2]]),
    /// How many items there are before each block, and before the end; then their places in the
    /// blocks, and whatever follows in memory.
    Bytes(&'a [u8; BLOCKS + 1], &'a [u8]),
    /// A bit for each place.
    Bits(&'a [u8; BITS]),
}

impl Postings {
    /// Reads a tag's block: a count, and of each place how far it is from the one before. With
    /// more items than `dense`, a chunk becomes bits. `parts` is scratch. `None` if the block is
    /// not of the documented form.
    pub(crate) fn read(
        block: &[u8],
        items: usize,
        dense: usize,
        parts: &mut Vec<u8>,
    ) -> Option<Self> {
        let mut r = Reader::new(block);
        let count = r.up_to(items.min(block.len()));
        let chunks = items.div_ceil(CHUNK);
        let mut next = 0;
        let mut place = || {
            let place = r.uint().saturating_add(next);
            r.check(place < items as u64);
            next = place + 1;
            place
        };
        // A list takes four bytes for an item, chunks take four each before there is any.
        let form = if count <= chunks {
            let mut all = Vec::with_capacity(count);
            all.extend((0..count).map(|_| place() as u32));
            Form::Rare(all.into())
        } else if count > dense * chunks {
            let mut bits = alloc::vec![0; chunks * BITS];
            for _ in 0..count {
                let place = place();
                if let Some(byte) = bits.get_mut(place as usize / 8) {
                    *byte |= 1 << (place % 8);
                }
            }
            Form::Bits {
                count: count as u32,
                bits: bits.into(),
            }
        } else {
            parts.clear();
            let mut starts = Vec::with_capacity(chunks + 1);
            starts.push(0);
            let mut chunk = Vec::with_capacity(CHUNK);
            for _ in 0..count {
                let place = place() as usize;
                while starts.len() * CHUNK <= place {
                    close(&mut chunk, dense, parts);
                    starts.push(u32::try_from(parts.len()).ok()?);
                }
                chunk.push((place % CHUNK) as u16);
            }
            while starts.len() <= chunks {
                close(&mut chunk, dense, parts);
                starts.push(u32::try_from(parts.len()).ok()?);
            }
            parts.extend_from_slice(&[0; 8]);
            Form::Chunks {
                count: count as u32,
                starts: starts.into(),
                data: parts.as_slice().into(),
            }
        };
        r.is_done().then_some(Self(form))
    }

    /// With more than how many items a chunk becomes bits, if all tags together have so many.
    pub(crate) fn dense(total: u64) -> usize {
        let even = total.saturating_mul(BITS as u64) / BUDGET as u64;
        usize::try_from(even).map_or(MOST_BYTES, |even| even.clamp(LEAST_BYTES, MOST_BYTES))
    }

    /// Adds a weight to the scores of those of some items that have the tag. Places ascend.
    #[inline(never)]
    pub(crate) fn add(&self, places: &[u32], scores: &mut [f64], weight: f64) {
        if let Form::Bits { bits, .. } = &self.0 {
            for (place, score) in places.iter().zip(scores) {
                let byte = bits.get((place / 8) as usize).copied().unwrap_or(0);
                *score += if byte >> (place % 8) & 1 == 1 {
                    weight
                } else {
                    0.0
                };
            }
            return;
        }
        let (mut places, mut scores) = (places, scores);
        while let Some(first) = places.first() {
            let chunk = *first as usize / CHUNK;
            let here = places
                .iter()
                .take_while(|place| **place as usize / CHUNK == chunk)
                .count();
            let (own, later) = places.split_at(here.min(places.len()));
            let (own_scores, later_scores) = scores.split_at_mut(here.min(scores.len()));
            match self.part(chunk) {
                Part::None => {}
                Part::Bytes(before, bytes) => {
                    for (place, score) in own.iter().zip(own_scores) {
                        let has = in_block(before, bytes, *place as usize % CHUNK);
                        *score += if has { weight } else { 0.0 };
                    }
                }
                part => {
                    for (place, score) in own.iter().zip(own_scores) {
                        let has = part.has(*place as usize % CHUNK);
                        *score += if has { weight } else { 0.0 };
                    }
                }
            }
            (places, scores) = (later, later_scores);
        }
    }

    /// How many items have the tag.
    pub fn count(&self) -> u32 {
        match &self.0 {
            Form::Rare(all) => all.len() as u32,
            Form::Bits { count, .. } | Form::Chunks { count, .. } => *count,
        }
    }

    /// The part in one chunk.
    #[inline]
    pub(crate) fn part(&self, chunk: usize) -> Part<'_> {
        match &self.0 {
            Form::Rare(all) => {
                let from = all.partition_point(|place| (*place as usize) < chunk * CHUNK);
                let rest = all.get(from..).unwrap_or_default();
                let end = rest.partition_point(|place| (*place as usize) < (chunk + 1) * CHUNK);
                match rest.get(..end) {
                    Some([]) | None => Part::None,
                    Some(part) => Part::Rare(part),
                }
            }
            Form::Bits { bits, .. } => {
                let part = bits.get(chunk * BITS..).and_then(<[u8]>::first_chunk);
                part.map_or(Part::None, Part::Bits)
            }
            Form::Chunks { starts, data, .. } => {
                let Some([start, end]) = starts.get(chunk..chunk + 2) else {
                    return Part::None;
                };
                let (length, part) = (
                    (end - start) as usize,
                    data.get(*start as usize..).unwrap_or_default(),
                );
                if length == BITS {
                    part.first_chunk().map_or(Part::None, Part::Bits)
                } else if length > MOST_FEW * 2 {
                    part.split_first_chunk()
                        .map_or(Part::None, |(before, places)| Part::Bytes(before, places))
                } else if length > 0 {
                    let (pairs, _) = part.get(..length).unwrap_or_default().as_chunks();
                    Part::Few(pairs)
                } else {
                    Part::None
                }
            }
        }
    }

    /// Whether the item at a place has the tag.
    pub(crate) fn has(&self, place: u32) -> bool {
        self.part(place as usize / CHUNK)
            .has(place as usize % CHUNK)
    }

    pub(crate) fn memory(&self) -> usize {
        match &self.0 {
            Form::Rare(all) => all.len() * 4,
            Form::Bits { bits, .. } => bits.len(),
            Form::Chunks { starts, data, .. } => starts.len() * 4 + data.len(),
        }
    }
}

/// Whether a place is among those of its block. They are compared eight at a time: the data has
/// eight bytes more than it needs.
#[inline]
fn in_block(before: &[u8; BLOCKS + 1], places: &[u8], place: usize) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let block = place / 256 % BLOCKS;
    let Some([from, end]) = before.get(block..block + 2) else {
        return false;
    };
    let (mut at, end) = (usize::from(*from), usize::from(*end));
    let wanted = ONES * u64::from(place as u8);
    loop {
        let Some(eight) = places.get(at..at + 8).and_then(<[u8]>::first_chunk) else {
            return false;
        };
        let differ = u64::from_le_bytes(*eight) ^ wanted;
        // The top bit of the lowest byte that is the wanted one, and perhaps of bytes above it.
        let same = differ.wrapping_sub(ONES) & !differ & (ONES << 7);
        if at + 8 > end {
            return same & ((1 << (8 * (end - at))) - 1) != 0;
        }
        if same != 0 {
            return true;
        }
        at += 8;
    }
}

/// Writes the items of a chunk, in the form that suits their number, and forgets them.
fn close(chunk: &mut Vec<u16>, dense: usize, out: &mut Vec<u8>) {
    if chunk.len() > dense {
        let mut bits = [0u8; BITS];
        for place in chunk.iter() {
            if let Some(byte) = bits.get_mut(usize::from(place / 8)) {
                *byte |= 1 << (place % 8);
            }
        }
        out.extend_from_slice(&bits);
    } else if chunk.len() > MOST_FEW {
        let mut before = [0u8; BLOCKS + 1];
        let mut block = 0;
        for (count, place) in (0..).zip(chunk.iter()) {
            while block < usize::from(place / 256) {
                block += 1;
                if let Some(slot) = before.get_mut(block) {
                    *slot = count;
                }
            }
        }
        if let Some(rest) = before.get_mut(block + 1..) {
            rest.fill(chunk.len() as u8);
        }
        out.extend_from_slice(&before);
        out.extend(chunk.iter().map(|place| *place as u8));
    } else {
        chunk
            .iter()
            .for_each(|place| out.extend_from_slice(&place.to_le_bytes()));
    }
    chunk.clear();
}

impl Part<'_> {
    /// Whether the item at a place of the chunk is among them.
    #[inline]
    pub fn has(self, place: usize) -> bool {
        match self {
            Part::None => false,
            Part::Rare(all) => all.iter().any(|other| *other as usize % CHUNK == place),
            Part::Few(pairs) => {
                let wanted = (place as u16).to_le_bytes();
                pairs.contains(&wanted)
            }
            Part::Bytes(before, places) => in_block(before, places, place),
            Part::Bits(bits) => bits
                .get(place / 8)
                .is_some_and(|byte| byte >> (place % 8) & 1 == 1),
        }
    }

    /// Calls `f` with each place of the chunk, ascending.
    #[inline]
    pub fn each(self, mut f: impl FnMut(usize)) {
        match self {
            Part::None => {}
            Part::Rare(all) => all.iter().for_each(|place| f(*place as usize % CHUNK)),
            Part::Few(pairs) => pairs
                .iter()
                .for_each(|pair| f(usize::from(u16::from_le_bytes(*pair)) % CHUNK)),
            Part::Bytes(before, places) => {
                for (block, pair) in before.windows(2).enumerate() {
                    let &[from, end] = pair else { continue };
                    for place in places.get(from.into()..end.into()).unwrap_or_default() {
                        f(block * 256 + usize::from(*place));
                    }
                }
            }
            Part::Bits(bits) => {
                for (i, eight) in bits.as_chunks::<8>().0.iter().enumerate() {
                    let mut word = u64::from_le_bytes(*eight);
                    while word != 0 {
                        f(i * 64 + word.trailing_zeros() as usize);
                        word &= word - 1;
                    }
                }
            }
        }
    }

    /// Sets the bits of these places.
    pub fn set(self, mask: &mut Mask) {
        if let Part::Bits(bits) = self {
            for (word, eight) in mask.iter_mut().zip(bits.as_chunks().0) {
                *word |= u64::from_le_bytes(*eight);
            }
            return;
        }
        self.each(|place| {
            if let Some(word) = mask.get_mut(place / 64) {
                *word |= 1 << (place % 64);
            }
        });
    }

    /// Keeps the bits of these places, or of all others.
    pub fn keep(self, mask: &mut Mask, these: bool) {
        let mut own = [0; CHUNK / 64];
        let flip = if these { 0 } else { !0 };
        if let Part::Bits(bits) = self {
            for (word, eight) in mask.iter_mut().zip(bits.as_chunks().0) {
                *word &= u64::from_le_bytes(*eight) ^ flip;
            }
            return;
        }
        self.set(&mut own);
        for (word, own) in mask.iter_mut().zip(own) {
            *word &= own ^ flip;
        }
    }
}
