//! Sliding windows: one small tally for each bucket of time in which something happened.

use crate::codec::{Reader, Writer, sort};
use alloc::vec::Vec;

/// What happened in one bucket.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub struct Tally {
    /// The bucket's number: time divided by its width.
    pub bucket: u32,
    /// Number of events.
    pub count: u32,
    /// Sum, or greatest, of the events' values in hundredths.
    pub value: i64,
}

/// The tallies of a window, by ascending bucket; never more than twice as many as the window has
/// buckets: room for what a wrong clock wrote beside what a right one did.
#[derive(Debug, Clone, Default)]
pub struct Ring {
    tallies: Vec<Tally>,
}

impl Ring {
    /// Counts an event. `most` keeps the greatest value instead of the sum.
    pub fn add(&mut self, bucket: u32, value: i64, most: bool, capacity: u16, now: u32) {
        let at = match self.tallies.last() {
            Some(last) if last.bucket == bucket => self.tallies.len() - 1,
            _ => match self.tallies.binary_search_by_key(&bucket, |t| t.bucket) {
                Ok(at) => at,
                Err(_) => {
                    return self.insert(
                        Tally {
                            bucket,
                            count: 1,
                            value,
                        },
                        capacity,
                        now,
                    );
                }
            },
        };
        if let Some(tally) = self.tallies.get_mut(at) {
            tally.count = tally.count.saturating_add(1);
            tally.value = if most {
                tally.value.max(value)
            } else {
                tally.value.saturating_add(value)
            };
        }
    }

    fn insert(&mut self, tally: Tally, capacity: u16, now: u32) {
        if self.tallies.len() >= 2 * usize::from(capacity) {
            // A bucket in the future was written under a wrong clock: it goes first.
            if self.tallies.last().is_some_and(|t| t.bucket > now) {
                self.tallies.pop();
            } else if self
                .tallies
                .first()
                .is_some_and(|t| t.bucket < tally.bucket)
            {
                let mut first = true;
                self.tallies.retain(|_| !core::mem::take(&mut first));
            } else {
                return;
            }
        }
        self.tallies.push(tally);
        sort(&mut self.tallies, |a, b| a.bucket < b.bucket);
    }

    /// The tallies of the window that ends with bucket `now`.
    pub fn window(&self, capacity: u16, now: u32) -> impl Iterator<Item = &Tally> {
        let capacity = u32::from(capacity);
        self.tallies
            .iter()
            .rev()
            .skip_while(move |t| t.bucket > now)
            .take_while(move |t| now - t.bucket < capacity)
    }

    /// The first bucket after `now` in which the window's content differs; `u32::MAX`: none.
    pub fn changes(&self, capacity: u16, now: u32) -> u32 {
        let leaves = self
            .window(capacity, now)
            .last()
            .map(|t| t.bucket + u32::from(capacity));
        // A bucket in the future was written under another clock; time will reach it.
        let comes = self
            .tallies
            .iter()
            .find(|t| t.bucket > now)
            .map(|t| t.bucket);
        leaves.unwrap_or(u32::MAX).min(comes.unwrap_or(u32::MAX))
    }

    /// Drops what the window can never show again.
    pub fn expire(&mut self, capacity: u16, now: u32) {
        self.tallies
            .retain(|t| t.bucket > now || now - t.bucket < u32::from(capacity));
    }

    /// Writes the private form.
    pub fn write(&self, w: &mut Writer) {
        w.uint(self.tallies.len() as u64);
        let mut before = 0;
        for t in &self.tallies {
            w.uint(u64::from(t.bucket - before));
            w.uint(u64::from(t.count));
            w.int(t.value);
            before = t.bucket;
        }
    }

    /// Reads the private form.
    pub fn read(r: &mut Reader, capacity: u16) -> Self {
        let mut bucket = 0u32;
        let mut first = true;
        let tallies = r.list(3, |r| {
            let step = r.uint32();
            r.check(first || step > 0);
            first = false;
            bucket = bucket.saturating_add(step);
            Tally {
                bucket,
                count: r.uint32(),
                value: r.int(),
            }
        });
        r.check(tallies.len() <= 2 * usize::from(capacity));
        Self { tallies }
    }

    /// Every tally, for the visitor's own export.
    pub fn tallies(&self) -> &[Tally] {
        &self.tallies
    }
}
