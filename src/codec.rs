//! Bytes: variable-length numbers, a check sum, and nothing that can panic.

use alloc::vec::Vec;

/// CRC-32 (ISO-HDLC, polynomial 0xEDB88320) of some bytes, four bits at a time: the table is
/// 64 bytes instead of 1,024.
pub fn crc32(bytes: &[u8]) -> u32 {
    !crc32_add(!0, bytes)
}

/// Continues a CRC-32 register, which starts as `!0` and is inverted at the end.
pub fn crc32_add(mut register: u32, bytes: &[u8]) -> u32 {
    const TABLE: [u32; 16] = table();
    for &byte in bytes {
        for nibble in [byte & 15, byte >> 4] {
            let index = (register ^ u32::from(nibble)) & 15;
            register = (register >> 4) ^ TABLE.get(index as usize).copied().unwrap_or(0);
        }
    }
    register
}

#[expect(clippy::indexing_slicing, reason = "runs at compile time only")]
const fn table() -> [u32; 16] {
    let mut table = [0; 16];
    let mut i = 0;
    while i < 16 {
        let mut r = i as u32;
        let mut k = 0;
        while k < 4 {
            r = if r & 1 == 1 {
                0xEDB8_8320 ^ (r >> 1)
            } else {
                r >> 1
            };
            k += 1;
        }
        table[i] = r;
        i += 1;
    }
    table
}

/// Sorts in place by `before`, not keeping the order of equals (Shell's method, Knuth's gaps).
/// A tenth of the standard sort's code; the lists here are short or nearly sorted.
pub fn sort<T: Copy>(list: &mut [T], before: impl Fn(&T, &T) -> bool) {
    let mut gap = 1;
    while gap < list.len() / 3 {
        gap = gap * 3 + 1;
    }
    while gap > 0 {
        for end in gap..list.len() {
            let mut at = end;
            // No `swap`: its bounds check brings the formatting machinery along.
            while let (Some(&a), Some(&b)) = (list.get(at.wrapping_sub(gap)), list.get(at))
                && before(&b, &a)
            {
                put(list, at, a);
                at -= gap;
                put(list, at, b);
            }
        }
        gap /= 3;
    }
}

fn put<T>(list: &mut [T], at: usize, value: T) {
    if let Some(slot) = list.get_mut(at) {
        *slot = value;
    }
}

/// Appends to a byte buffer. Not inlined: each call of each of these would bring its own copy.
#[derive(Default)]
pub struct Writer {
    /// What has been written.
    pub bytes: Vec<u8>,
}

impl Writer {
    /// One byte.
    #[inline(never)]
    pub fn u8(&mut self, v: u8) {
        self.bytes.push(v);
    }

    /// Four bytes, little-endian.
    #[inline(never)]
    pub fn u32(&mut self, v: u32) {
        self.bytes.extend_from_slice(&v.to_le_bytes());
    }

    /// Eight bytes, little-endian IEEE 754.
    #[inline(never)]
    pub fn f64(&mut self, v: f64) {
        self.bytes.extend_from_slice(&v.to_le_bytes());
    }

    /// A number, seven bits a byte, the low ones first (LEB128).
    #[inline(never)]
    pub fn uint(&mut self, mut v: u64) {
        while v >= 0x80 {
            self.u8(v as u8 | 0x80);
            v >>= 7;
        }
        self.u8(v as u8);
    }

    /// A signed number: its zigzag form as [`Writer::uint`].
    pub fn int(&mut self, v: i64) {
        self.uint(((v << 1) ^ (v >> 63)) as u64);
    }

    /// A length and that many bytes.
    #[inline(never)]
    pub fn blob(&mut self, v: &[u8]) {
        self.uint(v.len() as u64);
        self.bytes.extend_from_slice(v);
    }
}

/// Reads what [`Writer`] wrote. Past the end, or at a bad form, every method gives a zero and
/// the reader has failed for good: decoders read straight on and ask once, at the end. (An
/// early return at every number would cost more code than all the reading.)
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
    failed: bool,
}

impl<'a> Reader<'a> {
    /// Reads from the start of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            failed: false,
        }
    }

    /// Refuses the input.
    pub const fn fail(&mut self) {
        self.rest = &[];
        self.failed = true;
    }

    /// Refuses the input unless `holds`.
    pub const fn check(&mut self, holds: bool) {
        if !holds {
            self.fail();
        }
    }

    /// Whether nothing was refused so far.
    pub const fn is_sound(&self) -> bool {
        !self.failed
    }

    /// Whether everything was read and nothing was refused.
    pub const fn is_done(&self) -> bool {
        self.rest.is_empty() && !self.failed
    }

    /// The bytes that were not read yet.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next `n` bytes.
    pub fn take(&mut self, n: usize) -> &'a [u8] {
        if let Some((head, rest)) = self.rest.split_at_checked(n) {
            self.rest = rest;
            return head;
        }
        self.fail();
        &[]
    }

    /// The next `N` bytes.
    fn array<const N: usize>(&mut self) -> [u8; N] {
        self.take(N).try_into().unwrap_or([0; N])
    }

    /// One byte.
    pub fn u8(&mut self) -> u8 {
        let [byte] = self.array();
        byte
    }

    /// 0 or 1.
    pub fn flag(&mut self) -> bool {
        let byte = self.u8();
        self.check(byte < 2);
        byte == 1
    }

    /// Four bytes, little-endian.
    pub fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.array())
    }

    /// Eight bytes, little-endian IEEE 754.
    pub fn f64(&mut self) -> f64 {
        f64::from_le_bytes(self.array())
    }

    /// A number of at most ten bytes. A longer form than needed is refused: one value, one form.
    pub fn uint(&mut self) -> u64 {
        let mut v = 0u64;
        let mut shift = 0;
        loop {
            let byte = self.u8();
            let part = u64::from(byte & 0x7F);
            self.check(shift < 63 || part <= 1);
            v |= part << shift;
            if byte & 0x80 == 0 {
                self.check(byte != 0 || shift == 0);
                return v;
            }
            shift += 7;
            if shift > 63 {
                self.fail();
                return 0;
            }
        }
    }

    /// A number that fits four bytes.
    pub fn uint32(&mut self) -> u32 {
        u32::try_from(self.uint()).unwrap_or_else(|_| {
            self.fail();
            0
        })
    }

    /// A number that fits two bytes.
    pub fn uint16(&mut self) -> u16 {
        u16::try_from(self.uint()).unwrap_or_else(|_| {
            self.fail();
            0
        })
    }

    /// A number of elements of at least `least` bytes each: one that the input cannot hold is
    /// refused before anything is reserved for it.
    pub fn count(&mut self, least: usize) -> usize {
        let n = self.uint32() as usize;
        let fits = n
            .checked_mul(least)
            .is_some_and(|bytes| bytes <= self.rest.len());
        self.check(fits);
        if fits { n } else { 0 }
    }

    /// A list: its count, and each element as `element` reads it.
    pub fn list<T>(&mut self, least: usize, mut element: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let n = self.count(least);
        let mut list = Vec::with_capacity(n);
        for _ in 0..n {
            list.push(element(self));
        }
        list
    }

    /// A signed number.
    pub fn int(&mut self) -> i64 {
        let v = self.uint();
        (v >> 1) as i64 ^ -((v & 1) as i64)
    }

    /// A length and that many bytes.
    pub fn blob(&mut self) -> &'a [u8] {
        let n = self.count(1);
        self.take(n)
    }

    /// A length and that many bytes of UTF-8.
    pub fn text(&mut self) -> &'a str {
        core::str::from_utf8(self.blob()).unwrap_or_else(|_| {
            self.fail();
            ""
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_value_of_the_crc_catalogue() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn sorts_like_the_standard_library() {
        let mut state = 1u32;
        for length in 0..200 {
            let mut list: Vec<u32> = (0..length)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    state >> 25
                })
                .collect();
            let mut sorted = list.clone();
            sorted.sort_unstable();
            sort(&mut list, |a, b| a < b);
            assert_eq!(list, sorted);
        }
    }

    #[test]
    fn numbers_come_back() {
        let mut w = Writer::default();
        for v in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            w.uint(v);
        }
        for v in [0, -1, 1, i64::MIN, i64::MAX] {
            w.int(v);
        }
        let mut r = Reader::new(&w.bytes);
        for v in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            assert_eq!(r.uint(), v);
        }
        for v in [0, -1, 1, i64::MIN, i64::MAX] {
            assert_eq!(r.int(), v);
        }
        assert!(r.is_done());
        r.uint();
        assert!(!r.is_sound(), "past the end");
        for bad in [&[0x80, 0x00][..], &[0xFF; 10], &[0x80]] {
            let mut r = Reader::new(bad);
            r.uint();
            assert!(!r.is_sound(), "{bad:?}");
        }
    }
}
