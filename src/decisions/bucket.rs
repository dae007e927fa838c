//! From a seed and a name to a part of the interval, exactly as GrowthBook does it: FNV-1a with
//! 32 bits over UTF-16 code units.

const BASIS: u32 = 0x811C_9DC5;
const PRIME: u32 = 0x0100_0193;

/// Continues a hash.
fn fnv(hash: u32, units: &[u16]) -> u32 {
    let step = |hash: u32, unit: &u16| (hash ^ u32::from(*unit)).wrapping_mul(PRIME);
    units.iter().fold(hash, step)
}

/// A number from 0 to 1 for a name and a visitor. Version 1 has a thousand values, version 2 ten
/// thousand and no bias between names; any other version has none.
pub fn hash(name: &[u16], visitor: &[u16], version: u8) -> Option<f64> {
    match version {
        1 => Some(f64::from(fnv(fnv(BASIS, visitor), name) % 1_000) / 1_000.0),
        2 => {
            // The decimal digits of the first hash are hashed again.
            let mut n = fnv(fnv(BASIS, name), visitor);
            let mut digits = [0; 10];
            let mut length = 0;
            for digit in digits.iter_mut().rev() {
                *digit = (n % 10) as u16 + 48;
                n /= 10;
                length += 1;
                if n == 0 {
                    break;
                }
            }
            let (_, digits) = digits.split_at_checked(10 - length)?;
            Some(f64::from(fnv(BASIS, digits) % 10_000) / 10_000.0)
        }
        _ => None,
    }
}

/// The first range that a number lies in.
pub fn choose(n: f64, ranges: &[(f64, f64)]) -> Option<u16> {
    let at = ranges.iter().position(|(from, to)| n >= *from && n < *to)?;
    Some(at as u16)
}

/// Whether a visitor is in a part of a namespace.
pub fn in_namespace(name: &[u16], visitor: &[u16], part: (f64, f64)) -> bool {
    let mut salt = [u16::from(b'_'); 2].to_vec();
    salt.extend_from_slice(name);
    hash(&salt, visitor, 1).is_some_and(|n| n >= part.0 && n < part.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn units(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    #[test]
    fn agrees_with_the_published_values() {
        // github.com/growthbook/growthbook, packages/sdk-js/test/cases.json, group `hash`.
        for (name, visitor, version, expected) in [
            ("", "a", 1, 0.22),
            ("b", "a", 1, 0.946),
            ("foo", "ab", 2, 0.2575),
            ("()**(%$##$%#$#", "___)((*\":&", 2, 0.0128),
        ] {
            assert_eq!(hash(&units(name), &units(visitor), version), Some(expected));
        }
        assert_eq!(hash(&units("x"), &units("y"), 3), None);
    }

    #[test]
    fn a_hash_of_few_digits_is_hashed_whole() {
        // "k9wdzvp" hashes to a number of fewer than ten digits; each length must be met.
        let mut lengths = [false; 11];
        for i in 0..200_000u32 {
            let mut n = fnv(fnv(BASIS, &units("x")), &units(&alloc::format!("{i}")));
            let text = alloc::format!("{n}");
            let expected = f64::from(fnv(BASIS, &units(&text)) % 10_000) / 10_000.0;
            assert_eq!(
                hash(&units("x"), &units(&alloc::format!("{i}")), 2),
                Some(expected)
            );
            let mut length = 1;
            while n > 9 {
                n /= 10;
                length += 1;
            }
            if let Some(met) = lengths.get_mut(length) {
                *met = true;
            }
        }
        assert_eq!(lengths.iter().filter(|met| **met).count(), 6);
    }
}
