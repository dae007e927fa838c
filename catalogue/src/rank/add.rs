//! Arithmetic on the bytes of bounds: eight in a word, without the processor's vectors.

use crate::postings::{CHUNK, Part};

/// For each byte of bits, the same as eight bytes of 0 or 1.
const SPREAD: [u64; 256] = spread();

#[expect(clippy::indexing_slicing, reason = "runs at compile time only")]
const fn spread() -> [u64; 256] {
    let mut all = [0; 256];
    let mut bits = 0;
    while bits < 256 {
        let mut i = 0;
        while i < 8 {
            all[bits] |= ((bits >> i & 1) as u64) << (8 * i);
            i += 1;
        }
        bits += 1;
    }
    all
}

/// Adds so many steps to the bytes of a tag's items, or takes them away. No byte leaves its range:
/// the steps of all tags are at most 255, and what is taken away was there from the start.
pub(super) fn steps(part: Part<'_>, steps: u8, away: bool, bytes: &mut [u8; CHUNK]) {
    let own = if away { steps.wrapping_neg() } else { steps };
    match part {
        Part::Bits(bits) => to_bits(bits, steps, away, bytes),
        Part::Bytes(before, places) => to_bytes(before, places, own, bytes),
        _ => part.each(|place| {
            if let Some(byte) = bytes.get_mut(place) {
                *byte = byte.wrapping_add(own);
            }
        }),
    }
}

/// So many items among 64 are worth looking at all of them.
const MANY: u32 = 12;

#[inline(never)]
fn to_bits(bits: &[u8; CHUNK / 8], steps: u8, away: bool, bytes: &mut [u8; CHUNK]) {
    let own = if away { steps.wrapping_neg() } else { steps };
    for (bytes, bits) in bytes
        .as_chunks_mut::<64>()
        .0
        .iter_mut()
        .zip(bits.as_chunks::<8>().0)
    {
        let mut word = u64::from_le_bytes(*bits);
        if word.count_ones() < MANY {
            while word != 0 {
                if let Some(byte) = bytes.get_mut(word.trailing_zeros() as usize) {
                    *byte = byte.wrapping_add(own);
                }
                word &= word - 1;
            }
            continue;
        }
        for (eight, bits) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(bits) {
            let spread = SPREAD.get(usize::from(*bits)).copied().unwrap_or(0) * u64::from(steps);
            let old = u64::from_le_bytes(*eight);
            let new = if away {
                old.wrapping_sub(spread)
            } else {
                old.wrapping_add(spread)
            };
            *eight = new.to_le_bytes();
        }
    }
}

#[inline(never)]
fn to_bytes(before: &[u8; 17], places: &[u8], own: u8, bytes: &mut [u8; CHUNK]) {
    for (block, pair) in bytes
        .as_chunks_mut::<256>()
        .0
        .iter_mut()
        .zip(before.windows(2))
    {
        let &[from, end] = pair else { continue };
        for place in places.get(from.into()..end.into()).unwrap_or_default() {
            if let Some(byte) = block.get_mut(usize::from(*place)) {
                *byte = byte.wrapping_add(own);
            }
        }
    }
}

/// A bit for each byte that is at least `least`; perhaps bits of others, too, if none is.
#[inline]
pub(super) fn at_least(bytes: &[u8; 64], least: u8) -> u64 {
    const TOPS: u64 = 0x8080_8080_8080_8080;
    const ONES: u64 = 0x0101_0101_0101_0101;
    if least == 0 {
        return !0;
    }
    let mut all = 0;
    for (i, eight) in bytes.as_chunks::<8>().0.iter().enumerate() {
        let word = u64::from_le_bytes(*eight);
        // Per byte: the low seven bits and what `least` lacks of 128 carry into the top bit.
        let low = (word & !TOPS) + ONES * u64::from(128 - (least & 127));
        let tops = if least < 128 { low | word } else { low & word } & TOPS;
        if tops != 0 {
            // The top bits of eight bytes, gathered in one.
            all |= (tops >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56 << (8 * i);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_compared_as_numbers() {
        let mut state = 1u32;
        for _ in 0..200 {
            let bytes: [u8; 64] = core::array::from_fn(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            });
            for least in 0..=255 {
                let expected = (0..64).fold(0, |all, i| all | u64::from(bytes[i] >= least) << i);
                assert_eq!(at_least(&bytes, least), expected, "{least} {bytes:?}");
            }
        }
    }
}
