//! The boundary: translation only, numbers wherever numbers do. Names do
//! not cross it: both sides read them from the compiled book, and speak in indices.

#[cfg(feature = "author")]
mod author;
#[cfg(not(feature = "author"))]
mod bare;
#[cfg(feature = "full")]
mod explain;
#[cfg(feature = "full")]
mod full;
#[cfg(feature = "full")]
mod host;
#[cfg(not(feature = "full"))]
mod visitor;

use crate::book::Time;
use crate::gate::{Answer, Purpose};

#[cfg(feature = "full")]
pub use full::Engine;

/// Seconds since 1970 from a JavaScript number: the cast saturates, and NaN is 0.
fn time(now: f64) -> Time {
    now as Time
}

/// An index from a JavaScript number; one that is none leads nowhere.
fn index(n: u32) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

fn moment(time: Option<Time>) -> f64 {
    time.map_or(f64::INFINITY, f64::from)
}

fn purpose(code: u32) -> Option<Purpose> {
    match code {
        0 => Some(Purpose::Store),
        1 => Some(Purpose::Personalise),
        2 => Some(Purpose::Measure),
        3 => Some(Purpose::Share),
        _ => None,
    }
}

fn answer(code: u32) -> Answer {
    match code {
        1 => Answer::Granted,
        2 => Answer::Denied,
        _ => Answer::Unknown,
    }
}
