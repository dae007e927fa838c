//! Bytes: numbers of variable length, a check sum, and nothing that can panic. The elements are
//! those of the compiled book; the crates share no code, since linking the core would bring its
//! boundary into this module.

use alloc::boxed::Box;

/// CRC-32 (ISO-HDLC, polynomial 0xEDB88320), eight bytes at a time: a catalogue has megabytes. The
/// tables are made when needed; as data they would be half of the module.
pub(crate) struct Crc {
    tables: Box<[[u32; 256]; 8]>,
    register: u32,
}

impl Crc {
    pub fn new() -> Self {
        let mut tables = Box::new([[0u32; 256]; 8]);
        let mut before = [0u32; 256];
        for (i, entry) in (0u32..).zip(before.iter_mut()) {
            *entry = (0..8).fold(i, |r, _| (r >> 1) ^ (0xEDB8_8320 & (r & 1).wrapping_neg()));
        }
        let first = before;
        for table in tables.iter_mut() {
            *table = before;
            for entry in &mut before {
                *entry = (*entry >> 8) ^ at(&first, *entry);
            }
        }
        Self {
            tables,
            register: !0,
        }
    }

    pub fn add(&mut self, bytes: &[u8]) {
        let [t0, t1, t2, t3, t4, t5, t6, t7] = &*self.tables;
        let mut r = self.register;
        let (eights, rest) = bytes.as_chunks::<8>();
        for eight in eights {
            let word = u64::from_le_bytes(*eight) ^ u64::from(r);
            let (low, high) = (word as u32, (word >> 32) as u32);
            r = at(t7, low) ^ at(t6, low >> 8) ^ at(t5, low >> 16) ^ at(t4, low >> 24);
            r ^= at(t3, high) ^ at(t2, high >> 8) ^ at(t1, high >> 16) ^ at(t0, high >> 24);
        }
        for &byte in rest {
            r = (r >> 8) ^ at(t0, r ^ u32::from(byte));
        }
        self.register = r;
    }

    pub const fn sum(&self) -> u32 {
        !self.register
    }
}

/// The table's entry for the lowest byte.
fn at(table: &[u32; 256], index: u32) -> u32 {
    table.get((index & 255) as usize).copied().unwrap_or(0)
}

/// CRC-32 of some bytes.
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.add(bytes);
    crc.sum()
}

/// Reads elements. Past the end, or at a bad form, every method gives a zero and the reader has
/// failed for good: decoders read straight on and ask once, at the end.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    failed: bool,
}

impl<'a> Reader<'a> {
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            failed: false,
        }
    }

    pub const fn check(&mut self, holds: bool) {
        if !holds {
            self.rest = &[];
            self.failed = true;
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

    /// How many bytes are left.
    pub const fn left(&self) -> usize {
        self.rest.len()
    }

    pub fn take(&mut self, n: usize) -> &'a [u8] {
        if let Some((head, rest)) = self.rest.split_at_checked(n) {
            self.rest = rest;
            return head;
        }
        self.check(false);
        &[]
    }

    pub fn u8(&mut self) -> u8 {
        if let Some((&byte, rest)) = self.rest.split_first() {
            self.rest = rest;
            return byte;
        }
        self.failed = true;
        0
    }

    /// A number, seven bits a byte, the low ones first; one value has one form.
    #[inline]
    pub fn uint(&mut self) -> u64 {
        let byte = self.u8();
        if byte < 0x80 {
            return u64::from(byte);
        }
        self.long(byte)
    }

    fn long(&mut self, first: u8) -> u64 {
        let mut v = u64::from(first & 0x7F);
        for shift in (7..64).step_by(7) {
            let byte = self.u8();
            let part = u64::from(byte & 0x7F);
            self.check(shift < 63 || part <= 1);
            v |= part << shift;
            if byte & 0x80 == 0 {
                self.check(byte != 0);
                return v;
            }
        }
        self.check(false);
        0
    }

    /// A signed number: its zigzag form.
    pub fn int(&mut self) -> i64 {
        let v = self.uint();
        (v >> 1) as i64 ^ -((v & 1) as i64)
    }

    /// A number of at most `most`.
    pub fn up_to(&mut self, most: usize) -> usize {
        let v = self.uint();
        let fits = v <= most as u64;
        self.check(fits);
        if fits { v as usize } else { 0 }
    }

    /// A length and that many bytes of UTF-8.
    pub fn text(&mut self) -> &'a str {
        let n = self.up_to(self.left());
        let text = core::str::from_utf8(self.take(n));
        self.check(text.is_ok());
        text.unwrap_or_default()
    }
}

/// Appends the elements that [`Reader`] reads.
#[cfg(feature = "write")]
pub(crate) mod write {
    use alloc::vec::Vec;

    pub fn uint(out: &mut Vec<u8>, mut v: u64) {
        while v >= 0x80 {
            out.push(v as u8 | 0x80);
            v >>= 7;
        }
        out.push(v as u8);
    }

    pub fn int(out: &mut Vec<u8>, v: i64) {
        uint(out, ((v << 1) ^ (v >> 63)) as u64);
    }

    pub fn text(out: &mut Vec<u8>, text: &str) {
        uint(out, text.len() as u64);
        out.extend_from_slice(text.as_bytes());
    }
}

#[cfg(all(test, feature = "write"))]
mod tests {
    use super::*;

    #[test]
    fn check_value_of_the_crc_catalogue() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        // Eight at a time, or one by one in two parts: the same sum.
        let bytes: Vec<u8> = (0u32..1000).map(|i| (i * 7 % 251) as u8).collect();
        for cut in [0, 1, 7, 8, 9, 500, 999] {
            let mut crc = Crc::new();
            crc.add(&bytes[..cut]);
            crc.add(&bytes[cut..]);
            assert_eq!(crc.sum(), crc32(&bytes), "{cut}");
        }
    }

    #[test]
    fn numbers_come_back() {
        let mut out = Vec::new();
        let (unsigned, signed) = (
            [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX],
            [0, -1, 1, i64::MIN, i64::MAX],
        );
        unsigned.iter().for_each(|v| write::uint(&mut out, *v));
        signed.iter().for_each(|v| write::int(&mut out, *v));
        write::text(&mut out, "äb");
        let mut r = Reader::new(&out);
        assert_eq!(unsigned.map(|_| r.uint()), unsigned);
        assert_eq!(signed.map(|_| r.int()), signed);
        assert_eq!(r.text(), "äb");
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
