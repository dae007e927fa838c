//! k-ary randomised response with exact rational probabilities (Kairouz, Bonawitz, Ramage,
//! "Discrete distribution estimation under local privacy", 2016).

use crate::book::Question;
use crate::ports::{Entropy, below};

/// Weight of every answer that is not the true one.
const OTHER: u64 = 65_536;

/// A randomised answer among the segments of the question's dimension: the true one with
/// probability `odds / (odds + (d - 1) * 65536)`, every other with `65536 / (...)`. As `odds`
/// is at most `65536 * e^epsilon`, the answer is epsilon-locally differentially private.
/// `None` without entropy.
pub fn randomise(question: &Question, truth: u16, entropy: &mut dyn Entropy) -> Option<u16> {
    let odds = u64::from(question.odds);
    let others = (question.shown.len() as u64).checked_sub(1)?;
    let draw = below(entropy, odds + others * OTHER)?;
    let Some(other) = draw.checked_sub(odds) else {
        return Some(truth);
    };
    let other = u16::try_from(other / OTHER).ok()?;
    Some(if other < truth { other } else { other + 1 })
}
