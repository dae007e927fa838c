//! How many reports one address may send, without keeping addresses.
//!
//! A table of fixed size holds nothing but times. Which two of its slots an address uses follows
//! from a keyed hash; the key is random, in memory only, and another one each day. A slot that two
//! addresses share is a little stricter with both, so an address is refused only if both of its
//! slots are exhausted.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{PoisonError, RwLock};

use siphasher::sip::SipHasher24;

/// Slots of the table, each of eight bytes.
const SLOTS: usize = 1 << 16;
const DAY: u64 = 86_400 * 1_000_000;

/// Lets each address send so many reports a second, and a burst of so many at once.
pub struct Limiter {
    /// Microseconds that one report takes.
    interval: u64,
    /// How far ahead of the time a slot may be: the burst.
    ahead: u64,
    /// The time at which a slot is at rest again.
    slots: Vec<AtomicU64>,
    key: RwLock<Key>,
}

struct Key {
    hasher: SipHasher24,
    day: u64,
}

impl Limiter {
    /// `rate` a second for each address; `None` for a rate of 0, which is no limit.
    pub fn new(rate: u32, burst: u32) -> Option<Self> {
        let interval = 1_000_000_u64.checked_div(rate.into())?;
        Some(Self {
            interval,
            ahead: interval * u64::from(burst.max(1)),
            slots: (0..SLOTS).map(|_| AtomicU64::new(0)).collect(),
            key: RwLock::new(Key {
                hasher: fresh(),
                day: 0,
            }),
        })
    }

    /// May this address send another one? `now` in microseconds from any fixed moment.
    pub fn allows(&self, address: IpAddr, now: u64) -> bool {
        let hash = self.hash(address, now);
        // Both are charged, so that one address cannot use up a second burst.
        let [one, two] = [hash, hash >> 32].map(|half| self.charge(half, now));
        one || two
    }

    fn charge(&self, hash: u64, now: u64) -> bool {
        let place = usize::try_from(hash % SLOTS as u64).unwrap_or(0);
        let Some(slot) = self.slots.get(place) else {
            return false;
        };
        let latest = now + self.ahead;
        let charged = slot.fetch_update(Relaxed, Relaxed, |rest| {
            let next = rest.max(now) + self.interval;
            (next <= latest).then_some(next)
        });
        charged.is_ok()
    }

    fn hash(&self, address: IpAddr, now: u64) -> u64 {
        let today = now / DAY;
        let stale = self.key.read().unwrap_or_else(PoisonError::into_inner).day != today;
        if stale {
            let mut key = self.key.write().unwrap_or_else(PoisonError::into_inner);
            if key.day != today {
                *key = Key {
                    hasher: fresh(),
                    day: today,
                };
            }
        }
        let key = self.key.read().unwrap_or_else(PoisonError::into_inner);
        match address.to_canonical() {
            IpAddr::V4(address) => key.hasher.hash(&address.octets()),
            // A household has a whole network of 2^64 addresses.
            IpAddr::V6(address) => key
                .hasher
                .hash(address.octets().first_chunk::<8>().unwrap_or(&[0; 8])),
        }
    }
}

/// A hash with a new random key. Without randomness the key is a constant, and only the
/// protection of the table against chosen addresses is lost.
fn fresh() -> SipHasher24 {
    let mut key = [0; 16];
    let _ = getrandom::fill(&mut key);
    SipHasher24::new_with_key(&key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn allowed(limiter: &Limiter, who: &str, now: u64, tries: usize) -> usize {
        (0..tries)
            .filter(|_| limiter.allows(address(who), now))
            .count()
    }

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let limiter = Limiter::new(10, 30).unwrap();
        assert_eq!(allowed(&limiter, "192.0.2.1", SECOND, 100), 30);
        assert_eq!(allowed(&limiter, "::ffff:192.0.2.1", SECOND, 100), 0);
        assert_eq!(allowed(&limiter, "192.0.2.1", 2 * SECOND, 100), 10);
        assert_eq!(allowed(&limiter, "192.0.2.1", 60 * SECOND, 100), 30);
        assert_eq!(allowed(&limiter, "192.0.2.2", SECOND, 100), 30);
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let limiter = Limiter::new(1, 5).unwrap();
        assert_eq!(allowed(&limiter, "2001:db8:0:1::1", SECOND, 9), 5);
        assert_eq!(allowed(&limiter, "2001:db8:0:1:ffff::2", SECOND, 9), 0);
        assert_eq!(allowed(&limiter, "2001:db8:0:2::1", SECOND, 9), 5);
    }

    #[test]
    fn another_day_has_another_key_and_no_memory_of_who_it_was() {
        let limiter = Limiter::new(1, 1).unwrap();
        let before = limiter.hash(address("192.0.2.1"), SECOND);
        assert_eq!(before, limiter.hash(address("192.0.2.1"), DAY - 1));
        assert_ne!(before, limiter.hash(address("192.0.2.1"), DAY));
    }

    #[test]
    fn a_rate_of_zero_is_no_limit() {
        assert!(Limiter::new(0, 5).is_none());
    }
}
