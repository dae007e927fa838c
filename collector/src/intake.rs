//! From a report to its acknowledgement: a thread writes all reports that are waiting as one
//! record of the log, syncs it once, and then lets all of them be acknowledged.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use crate::books::{Books, Place};
use crate::counts::Counts;
use crate::log;
use crate::metrics::Metrics;
use crate::refusal::Refusal;
use crate::wal::{Refused, Wal};

/// Most reports of one record.
const GROUP: usize = 4096;

/// A log that several threads use.
pub type SharedWal = Arc<Mutex<Wal>>;

/// Locks. A thread that panicked while it held the lock is no reason to stop counting: the log
/// knows at each moment how far its file is good.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

type Outcome = Result<(), Refusal>;

#[derive(Default)]
struct Queue {
    reports: Vec<(Place, oneshot::Sender<Outcome>)>,
    stopping: bool,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
}

/// The way into the log.
#[derive(Clone)]
pub struct Intake(Arc<Shared>);

impl Intake {
    /// Starts the thread that writes.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub fn start(
        books: Arc<Books>,
        wal: SharedWal,
        metrics: Arc<Metrics>,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let shared = Arc::new(Shared::default());
        let intake = Self(shared.clone());
        let work = move || write_groups(&shared, &books, &wal, &metrics);
        let thread = thread::Builder::new().name("log".to_owned()).spawn(work)?;
        Ok((intake, thread))
    }

    /// Counts one report. When this returns without an error, it is on the disk.
    ///
    /// # Errors
    ///
    /// Why it is not, and will not be.
    pub async fn submit(&self, place: Place) -> Outcome {
        let (sender, receiver) = oneshot::channel();
        {
            let mut queue = lock(&self.0.queue);
            if queue.stopping {
                return Err(Refusal::Stopping);
            }
            queue.reports.push((place, sender));
        }
        self.0.wake.notify_one();
        receiver.await.unwrap_or(Err(Refusal::Stopping))
    }

    /// Writes what is waiting, and takes nothing more.
    pub fn stop(&self) {
        lock(&self.0.queue).stopping = true;
        self.0.wake.notify_one();
    }
}

fn write_groups(shared: &Shared, books: &Books, wal: &SharedWal, metrics: &Metrics) {
    let mut change = log::Change::default();
    loop {
        let group = {
            let mut queue = lock(&shared.queue);
            while queue.reports.is_empty() && !queue.stopping {
                queue = shared
                    .wake
                    .wait(queue)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            let most = queue.reports.len().min(GROUP);
            queue.reports.drain(..most).collect::<Vec<_>>()
        };
        if group.is_empty() {
            return;
        }
        let counts = aggregate(books, &group);
        let written = {
            let mut wal = lock(wal);
            let written = wal.append(&counts);
            // Said before it is acknowledged: 0 means that the store has all that was.
            metrics.log_bytes(wal.bytes());
            written
        };
        let outcome = match &written {
            Ok(()) => {
                metrics.accepted(group.len() as u64);
                change.worked("the log takes reports again");
                Ok(())
            }
            Err(Refused::Full) => {
                metrics.log_refused();
                change.failed("refusing reports: the log has reached --wal-limit, and the store does not take it");
                Err(Refusal::LogFull)
            }
            Err(Refused::Disk(error)) => {
                metrics.log_refused();
                change.failed(format_args!(
                    "refusing reports: the log cannot be written: {error}"
                ));
                Err(Refusal::Disk)
            }
        };
        for (_, sender) in group {
            // Who has hung up is counted all the same: it is on the disk.
            let _ = sender.send(outcome);
        }
    }
}

fn aggregate(books: &Books, group: &[(Place, oneshot::Sender<Outcome>)]) -> Counts {
    let mut places = BTreeMap::<Place, u64>::new();
    for (place, _) in group {
        *places.entry(*place).or_default() += 1;
    }
    let named = places
        .into_iter()
        .filter_map(|(place, count)| Some((books.key(place)?, count)));
    named.collect()
}
