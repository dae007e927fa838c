//! The only file that reads the clock.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::epoch::Epoch;

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "a server lives in real time")]
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// This week.
pub fn epoch() -> Epoch {
    Epoch::at(now())
}

/// A clock that only goes forward, from when it was made.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts it.
    #[expect(clippy::disallowed_methods, reason = "a server lives in real time")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Microseconds since then.
    pub fn micros(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
