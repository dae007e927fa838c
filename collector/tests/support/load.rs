//! Senders that know exactly what was acknowledged to them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use super::{ANSWERS, Client, report};

/// What some senders got back, by answer.
#[derive(Debug, Default, Clone)]
pub struct Sent {
    /// Acknowledged: has to be counted, once.
    pub acknowledged: BTreeMap<String, u64>,
    /// The connection broke before an answer came: may be counted, at most once.
    pub unknown: BTreeMap<String, u64>,
    /// Refused: must not be counted.
    pub refused: u64,
}

impl Sent {
    pub fn add(&mut self, other: Self) {
        for (into, from) in [
            (&mut self.acknowledged, other.acknowledged),
            (&mut self.unknown, other.unknown),
        ] {
            for (answer, count) in from {
                *into.entry(answer).or_default() += count;
            }
        }
        self.refused += other.refused;
    }

    pub fn total(&self) -> u64 {
        self.acknowledged.values().sum()
    }

    /// Each acknowledged report is there, and none is there twice.
    pub fn check(&self, stored: &BTreeMap<String, u64>) {
        for answer in ANSWERS {
            let of = |counts: &BTreeMap<String, u64>| counts.get(answer).copied().unwrap_or(0);
            let (least, open) = (of(&self.acknowledged), of(&self.unknown));
            let range = least..=least + open;
            assert!(
                range.contains(&of(stored)),
                "{answer}: {stored:?} for {self:#?}"
            );
        }
    }
}

/// Senders at work, each on one connection, one report after the other.
pub struct Load {
    acknowledged: Arc<AtomicU64>,
    refused: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Sent>>,
}

impl Load {
    pub fn start(addresses: &[SocketAddr], senders: usize) -> Self {
        let mut load = Self {
            acknowledged: Arc::default(),
            refused: Arc::default(),
            stop: Arc::default(),
            threads: Vec::new(),
        };
        for number in 0..senders {
            let address = addresses[number % addresses.len()];
            let (acknowledged, refused) = (load.acknowledged.clone(), load.refused.clone());
            let stop = load.stop.clone();
            let work = move || send(address, number, &acknowledged, &refused, &stop);
            load.threads.push(thread::spawn(work));
        }
        load
    }

    /// Reports acknowledged so far.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Reports refused so far.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Waits until so many more have been acknowledged.
    pub fn wait_for(&self, more: u64) {
        let goal = self.acknowledged() + more;
        super::until(|| self.acknowledged() >= goal);
    }

    /// Lets each sender finish its report, or fail with it.
    pub fn stop(self) -> Sent {
        self.stop.store(true, Ordering::Relaxed);
        let mut sent = Sent::default();
        for thread in self.threads {
            sent.add(thread.join().unwrap());
        }
        sent
    }
}

fn send(
    address: SocketAddr,
    number: usize,
    acknowledged: &AtomicU64,
    refused: &AtomicU64,
    stop: &AtomicBool,
) -> Sent {
    let mut sent = Sent::default();
    let Ok(mut client) = Client::try_new(address) else {
        return sent;
    };
    let reports = ANSWERS.map(|answer| (answer, report(answer)));
    for (answer, body) in reports.iter().cycle().skip(number) {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let count = match client.try_post(body).map(|answer| answer.status) {
            Ok(204) => {
                acknowledged.fetch_add(1, Ordering::Relaxed);
                &mut sent.acknowledged
            }
            Ok(503) => {
                refused.fetch_add(1, Ordering::Relaxed);
                sent.refused += 1;
                continue;
            }
            Ok(status) => panic!("status {status}"),
            // The collector was killed: what became of this one is not known.
            Err(_) => {
                *sent.unknown.entry((*answer).to_owned()).or_default() += 1;
                break;
            }
        };
        *count.entry((*answer).to_owned()).or_default() += 1;
    }
    sent
}
