//! Ways to randomise weekly segments that the research compared, by the gate's own randomiser.

use std::collections::BTreeMap;

use fewbits::book::{Question, Shown};
use fewbits::gate::randomise;

use super::chance::{Chance, Use};
use super::observed::{FIRST, Observed};

/// When a segment is randomised and sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum When {
    /// Every week, with new chance.
    Fresh,
    /// Every week, and the same segment always gives the same answer (as in RAPPOR).
    Memoised,
    /// Every so many weeks, with new chance.
    Every(usize),
    /// Once, in the first week.
    Once,
}

/// A way to randomise; epsilon `None`: no noise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Noise {
    pub when: When,
    pub epsilon: Option<f64>,
}

impl Noise {
    /// What the sites get instead of the segments.
    pub fn apply(self, seen: &Observed, seed: u64, round: u64) -> Observed {
        let step = match self.when {
            When::Fresh | When::Memoised => 1,
            When::Every(weeks) => weeks.max(1),
            When::Once => seen.weeks.max(1),
        };
        let weeks: Vec<usize> = (0..seen.weeks).step_by(step).collect();
        let mut out = Observed::new(weeks.len(), seen.sizes.clone());
        let questions = seen
            .sizes
            .iter()
            .map(|size| self.epsilon.map(|e| question(*size, e)));
        let questions: Vec<Option<Question>> = questions.collect();
        for (site, sent) in out.sites.iter_mut().enumerate() {
            let of = if site == FIRST {
                Use::FirstSite
            } else {
                Use::SecondSite
            };
            for visitor in 0..seen.visitors() {
                let mut chance = Chance::new(seed, of, round, visitor as u64);
                let mut memory: BTreeMap<(usize, u16), u16> = BTreeMap::new();
                for week in &weeks {
                    for (channel, question) in questions.iter().enumerate() {
                        let truth = seen.symbol(site, visitor, *week, channel);
                        let mut answer = || {
                            let question = question.as_ref()?;
                            randomise(question, truth, &mut chance)
                        };
                        sent.push(if self.when == When::Memoised {
                            let known = memory.entry((channel, truth));
                            *known.or_insert_with(|| answer().unwrap_or(truth))
                        } else {
                            answer().unwrap_or(truth)
                        });
                    }
                }
            }
        }
        out
    }
}

fn question(segments: usize, epsilon: f64) -> Question {
    Question {
        dimension: 0,
        weight: 1,
        after: 0,
        jitter: 0,
        odds: (epsilon.exp() * 65_536.0) as u32,
        charge: 0,
        shown: vec![Shown::Any; segments],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_sends_what_it_says() {
        let mut seen = Observed::new(10, vec![4]);
        let life = [0, 0, 1, 1, 0, 2, 2, 0, 1, 0];
        seen.sites = [life.repeat(500), life.repeat(500)];
        let sent = |when, epsilon| Noise { when, epsilon }.apply(&seen, 1, 0);
        assert_eq!(sent(When::Fresh, None), seen);
        assert_eq!(sent(When::Every(5), None).site(FIRST)[..2], [0, 2]);
        assert_eq!(sent(When::Once, Some(1.0)).weeks, 1);
        let memoised = sent(When::Memoised, Some(1.0));
        let alike = memoised.site(FIRST).chunks_exact(10);
        assert!(
            alike
                .clone()
                .all(|h| h[0] == h[1] && h[0] == h[9] && h[2] == h[8])
        );
        let fresh = sent(When::Fresh, Some(1.0));
        // e / (e + 3) of the answers are true.
        let pairs = fresh.site(FIRST).iter().zip(seen.site(FIRST));
        let share = pairs.filter(|(a, b)| a == b).count() as f64 / 5_000.0;
        assert!((share - 0.475).abs() < 0.03, "{share}");
        assert_ne!(fresh.sites[0], fresh.sites[1]);
    }
}
