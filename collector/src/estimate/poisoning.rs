//! How far false reports can shift an estimate.
//!
//! Somebody who sends whatever they like, and not what the gate would draw, counts more than an
//! honest visitor: the inverse of the channel takes off noise that the false report never had.
//! Against k-ary randomised response the strongest attack is to name the cell ("maximal gain
//! attack": X. Cao, J. Jia, N. Z. Gong, "Data poisoning attacks to local differential privacy
//! protocols", USENIX Security 2021). With a part `b` of all reports false, a cell of `m` answers
//! and share `f` among the honest is estimated, on average, at
//!
//! ```text
//! (1 - b) f + b (1 - m q) / (p - q)      if they all name it
//! (1 - b) f - b m q / (p - q)            if none does
//! ```
//!
//! and nothing that they can send leads outside these two.

use super::Channel;

impl Channel {
    /// By how much a part of false reports (0 to 1) can raise the estimate of a cell, at most.
    /// For one answer: `b (1 - f) + b (d - 1) / (e^epsilon - 1)`.
    pub fn gain(self, share: f64, holds: u32, part: f64) -> f64 {
        part * (self.share(1.0, holds) - share)
    }

    /// By how much they can lower it, at most.
    pub fn loss(self, share: f64, holds: u32, part: f64) -> f64 {
        part * (share - self.share(0.0, holds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_published() {
        // Overall gain for r targets: b (1 - f) + b (d - r) / (e^epsilon - 1).
        let (odds, d) = (3_578_144_u32, 8_u32);
        let channel = Channel::new(odds.into(), d as usize).unwrap();
        let ratio = f64::from(odds) / 65_536.0;
        for (share, holds, part) in [(0.0, 1, 0.05), (0.3, 1, 0.01), (0.5, 3, 0.2)] {
            let published = part * (1.0 - share) + part * f64::from(d - holds) / (ratio - 1.0);
            assert!((channel.gain(share, holds, part) - published).abs() < 1e-15);
        }
        // Lying about oneself, but through the gate, can do less.
        assert!(channel.gain(0.0, 1, 0.1) > 0.1);
        // Nobody is left to name it: it falls below zero.
        assert!(channel.loss(0.0, 1, 0.1) > 0.0);
    }
}
