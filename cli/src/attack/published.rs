//! The rows of the published study that `--calibrate` repeats, and how each is observed.

use super::model::{Dimension, Model, TYPICAL, falling};
use super::noised::{Noise, When};
use super::observed::Observed;
use super::population::Part;
use super::topics::Topics;

/// What is attacked.
pub enum What {
    /// Dimensions, segments of each, rho, what is sent.
    Segments(usize, usize, f64, Noise),
    Topics(Topics),
}

/// A published row: bits a week, and the share of visitors named among 1,000, 10,000 and
/// 100,000 candidates, in per cent.
pub struct Published {
    pub name: &'static str,
    pub what: What,
    pub weeks: usize,
    pub bits: Option<f64>,
    pub named: [Option<f64>; 3],
}

pub fn rows() -> Vec<Published> {
    let noise = |when, epsilon| Noise { when, epsilon };
    let raw = |d, s, rho| What::Segments(d, s, rho, noise(When::Fresh, None));
    let fresh = |d, epsilon| What::Segments(d, 8, 1.0, noise(When::Fresh, Some(epsilon)));
    let kept = |d, rho, epsilon| What::Segments(d, 8, rho, noise(When::Memoised, Some(epsilon)));
    let once = |d, s, epsilon| What::Segments(d, s, 1.0, noise(When::Once, epsilon));
    let fifth = |epsilon| What::Segments(1, 8, 1.0, noise(When::Every(5), Some(epsilon)));
    let row = |name, what, weeks, bits, named: [f64; 3]| Published {
        name,
        what,
        weeks,
        bits,
        named: named.map(|share| (share >= 0.0).then_some(share)),
    };
    // Not published.
    const NO: f64 = -1.0;
    vec![
        row(
            "topics, plain Zipf over 469",
            What::Topics(Topics::plain()),
            10,
            Some(2.62),
            [44.3, 20.0, 8.0],
        ),
        row(
            "topics, people of the web",
            What::Topics(Topics::web()),
            1,
            None,
            [1.6, 0.24, 0.02],
        ),
        row(
            "topics, people of the web",
            What::Topics(Topics::web()),
            4,
            None,
            [6.0, 2.3, 1.3],
        ),
        row(
            "topics, people of the web",
            What::Topics(Topics::web()),
            10,
            Some(1.10),
            [16.0, 7.7, 2.3],
        ),
        row(
            "raw, 4 dimensions of 8",
            raw(4, 8, 1.0),
            1,
            None,
            [66.0, 22.0, 3.6],
        ),
        row(
            "raw, 4 dimensions of 8",
            raw(4, 8, 1.0),
            10,
            Some(10.6),
            [100.0, 100.0, 99.8],
        ),
        row(
            "raw, 3 dimensions of 4",
            raw(3, 4, 1.0),
            1,
            None,
            [4.2, 0.48, 0.06],
        ),
        row(
            "raw, 3 dimensions of 4",
            raw(3, 4, 1.0),
            10,
            Some(4.8),
            [96.4, 88.2, 74.3],
        ),
        row(
            "raw, 4 dimensions of 8, rho 0.5",
            raw(4, 8, 0.5),
            10,
            None,
            [95.9, 83.8, 72.0],
        ),
        row(
            "raw, 4 dimensions of 8, rho 0",
            raw(4, 8, 0.0),
            10,
            None,
            [NO, 20.9, NO],
        ),
        row(
            "4 of 8, fresh noise, epsilon 4",
            fresh(4, 4.0),
            10,
            Some(5.8),
            [98.0, 91.0, 81.0],
        ),
        row(
            "4 of 8, fresh noise, epsilon 2",
            fresh(4, 2.0),
            10,
            Some(0.53),
            [26.0, 7.1, 1.3],
        ),
        row(
            "4 of 8, fresh noise, epsilon 1",
            fresh(4, 1.0),
            10,
            Some(0.021),
            [1.1, 0.175, NO],
        ),
        row(
            "4 of 8, remembered noise, epsilon 2",
            kept(4, 1.0, 2.0),
            10,
            Some(0.52),
            [50.0, 31.5, 17.0],
        ),
        row(
            "4 of 8, remembered noise, epsilon 1",
            kept(4, 1.0, 1.0),
            10,
            None,
            [NO, 55.0, NO],
        ),
        row(
            "4 of 8, remembered, epsilon 2, rho 0.5",
            kept(4, 0.5, 2.0),
            10,
            None,
            [NO, 2.75, NO],
        ),
        row(
            "4 of 8, remembered, epsilon 2, rho 0",
            kept(4, 0.0, 2.0),
            10,
            None,
            [NO, 0.19, NO],
        ),
        row(
            "4 of 8, once, epsilon 2",
            once(4, 8, Some(2.0)),
            10,
            None,
            [1.45, 0.20, NO],
        ),
        row(
            "4 of 8, once, epsilon 1",
            once(4, 8, Some(1.0)),
            10,
            None,
            [0.2, 0.02, NO],
        ),
        row(
            "1 of 8, once, epsilon 4",
            once(1, 8, Some(4.0)),
            10,
            Some(1.39),
            [0.58, 0.058, 0.006],
        ),
        row(
            "1 of 8, once, no noise",
            once(1, 8, None),
            10,
            Some(2.68),
            [0.80, 0.083, 0.010],
        ),
        row(
            "1 of 8, once, epsilon 3",
            once(1, 8, Some(3.0)),
            10,
            None,
            [0.38, 0.04, 0.004],
        ),
        row(
            "1 of 16, once, epsilon 3",
            once(1, 16, Some(3.0)),
            10,
            None,
            [NO, 0.042, NO],
        ),
        row(
            "2 of 4, once, epsilon 2.5",
            once(2, 4, Some(2.5)),
            10,
            None,
            [NO, 0.05, NO],
        ),
        row(
            "2 of 4, once, no noise",
            once(2, 4, None),
            10,
            None,
            [NO, 0.16, NO],
        ),
        row(
            "1 of 8, every 5 weeks, epsilon 1.5",
            fifth(1.5),
            10,
            None,
            [NO, 0.023, NO],
        ),
        row(
            "1 of 8, every 5 weeks, epsilon 3",
            fifth(3.0),
            10,
            None,
            [NO, 0.105, NO],
        ),
        row(
            "1 of 8, fresh noise, epsilon 3",
            fresh(1, 3.0),
            10,
            None,
            [NO, 2.1, NO],
        ),
        row(
            "1 of 8, fresh noise, epsilon 1",
            fresh(1, 1.0),
            10,
            None,
            [NO, 0.03, NO],
        ),
        row(
            "1 of 8, remembered noise, epsilon 4",
            kept(1, 1.0, 4.0),
            10,
            None,
            [NO, 22.0, NO],
        ),
        row(
            "1 of 8, remembered noise, epsilon 3",
            kept(1, 1.0, 3.0),
            10,
            None,
            [NO, 12.0, NO],
        ),
        row(
            "1 of 8, remembered noise, epsilon 2",
            kept(1, 1.0, 2.0),
            10,
            None,
            [NO, 4.5, NO],
        ),
    ]
}

impl What {
    pub fn observe(&self, part: Part, visitors: usize, weeks: usize, seed: u64) -> Observed {
        let round = part.round();
        match self {
            Self::Topics(topics) => topics.observe(visitors, weeks, seed, round),
            Self::Segments(dimensions, segments, rho, noise) => {
                let one = Dimension {
                    shares: falling(*segments),
                    pick: 1,
                };
                let model = Model {
                    dimensions: vec![one; *dimensions],
                    rho: *rho,
                    typical: TYPICAL,
                };
                noise.apply(&model.observe(visitors, weeks, seed, round), seed, round)
            }
        }
    }
}
