//! Powers and logarithms from `+ - * /` alone, so that every machine gives the same bits.
//!
//! The mathematical functions of the standard library come from the platform and may differ in
//! the last digit between a browser and a server. Odds and charges must not.

use core::f64::consts::{LN_2, LOG2_E, SQRT_2};

/// 1/k! for k from 11 down to 0: the Taylor series of e^t. For |t| <= ln(2)/2 the rest of the
/// series is below 1e-14.
const SERIES: [f64; 12] = [
    1.0 / 39_916_800.0,
    1.0 / 3_628_800.0,
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    1.0 / 2.0,
    1.0,
    1.0,
];

/// High and low part of ln 2. A small whole number times the high part is exact.
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// How many whole parts a number has; 0 for parts of nothing, where `/` would panic.
pub fn whole(n: u32, part: u32) -> u32 {
    n.checked_div(part).unwrap_or(0)
}

/// 2 to the power of `x`. Relative error below 1e-12, exact for whole numbers; `x` is taken
/// from -1100, where the result is 0, to 1023.
pub fn exp2(x: f64) -> f64 {
    let x = x.clamp(-1100.0, 1023.0);
    let n = nearest(x);
    scale(series((x - f64::from(n)) * LN_2), n)
}

/// e to the power of `x`. Relative error below 1e-12; `x` is taken from -745, where the result
/// is 0, to 709.
pub fn exp(x: f64) -> f64 {
    let x = x.clamp(-745.2, 709.0);
    let n = nearest(x * LOG2_E);
    scale(
        series(x - f64::from(n) * LN_2_HIGH - f64::from(n) * LN_2_LOW),
        n,
    )
}

/// Logarithm to base 2 of a normal number above 0. Absolute error below 1e-12, exact for powers
/// of two; anything that is not such a number gives `f64::NEG_INFINITY`.
pub fn log2(x: f64) -> f64 {
    if !(x.is_normal() && x > 0.0) {
        return f64::NEG_INFINITY;
    }
    let bits = x.to_bits();
    let mut n = (bits >> 52) as i32 - 1023;
    let mut m = f64::from_bits((bits & ((1 << 52) - 1)) | (1023 << 52));
    if m > SQRT_2 {
        m /= 2.0;
        n += 1;
    }
    // ln m = 2 (s + s^3/3 + s^5/5 + ...), where |s| < 0.172 makes twelve terms plenty.
    let s = (m - 1.0) / (m + 1.0);
    let mut sum = 0.0;
    for k in (0..12).rev() {
        sum = sum * s * s + 1.0 / f64::from(2 * k + 1);
    }
    f64::from(n) + 2.0 * s * sum * LOG2_E
}

fn nearest(x: f64) -> i32 {
    (x + if x < 0.0 { -0.5 } else { 0.5 }) as i32
}

fn series(t: f64) -> f64 {
    SERIES.iter().fold(0.0, |sum, term| sum * t + term)
}

/// `x` times 2^`n`, in two halves so that neither factor under- or overflows before the result.
fn scale(x: f64, n: i32) -> f64 {
    let half = n / 2;
    x * power_of_two(half) * power_of_two(n - half)
}

fn power_of_two(n: i32) -> f64 {
    f64::from_bits(((n + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_powers_are_exact() {
        let mut power = 1.0;
        for n in 0..=1100 {
            assert_eq!(exp2(f64::from(-n)), power, "2^-{n}");
            power /= 2.0;
        }
        for n in 0..=1023 {
            assert_eq!(exp2(f64::from(n)), 2f64.powi(n), "2^{n}");
        }
        for n in -1022..=1023 {
            assert_eq!(log2(exp2(f64::from(n))), f64::from(n));
        }
        assert_eq!(exp2(-1100.0), 0.0);
        assert_eq!(exp2(f64::NEG_INFINITY), 0.0);
        assert_eq!(exp(0.0), 1.0);
    }

    #[test]
    fn close_to_the_platform() {
        for i in 0..200_000 {
            let x = f64::from(i) * -0.005_3;
            let (got, want) = (exp2(x), x.exp2());
            if want > 1e-300 {
                assert!(
                    (got / want - 1.0).abs() < 1e-12,
                    "exp2({x}) = {got}, not {want}"
                );
            }
            let x = f64::from(i - 100_000) * 0.006;
            let (got, want) = (exp(x), x.exp());
            assert!(
                (got / want - 1.0).abs() < 1e-12,
                "exp({x}) = {got}, not {want}"
            );
            let x = f64::from(i + 1) * 0.37;
            assert!((log2(x) - x.log2()).abs() < 1e-12, "log2({x})");
        }
    }

    #[test]
    fn never_steps_back_visibly() {
        let mut last = 0.0;
        for i in (0..3_000_000).rev() {
            let now = exp2(f64::from(i) * -1e-5);
            assert!(now >= last);
            last = now;
        }
    }

    #[test]
    fn nonsense_is_harmless() {
        assert!(exp2(f64::NAN).is_nan());
        assert!(exp(f64::NAN).is_nan());
        for x in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-310] {
            assert_eq!(log2(x), f64::NEG_INFINITY);
        }
    }
}
