//! Intervals for those who look again and again.

/// The sample for which the interval is narrowest, in reports.
const TUNED: f64 = 10_000.0;

/// Half of an interval that holds the truth at *every* look with 95 %, for an estimate with this
/// standard error after so many reports: the asymptotic confidence sequence of Waudby-Smith,
/// Arbour, Sinha, Kennedy and Ramdas ("Time-uniform central limit theory and asymptotic
/// confidence sequences", Annals of Statistics 52, 2024), which is Robbins' normal mixture with
/// an estimated variance.
pub fn always(error: f64, reports: u64) -> f64 {
    let level: f64 = 0.05;
    let twice = -2.0 * level.ln();
    let part = reports as f64 * (twice + (twice + 1.0).ln()) / TUNED;
    error * ((part + 1.0) / part * ((part + 1.0) / (level * level)).ln()).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::Z;

    #[test]
    fn looking_often_costs_width() {
        // Against one look: by half where it is tuned to, more before and after.
        let wide = |reports| always(1.0, reports) / Z;
        assert!((1.4..1.6).contains(&wide(10_000)), "{}", wide(10_000));
        assert!(wide(100) > wide(1_000) && wide(1_000) > wide(10_000));
        assert!(wide(10_000_000) > wide(1_000_000));
        assert_eq!(always(0.0, 1_000), 0.0);
    }
}
