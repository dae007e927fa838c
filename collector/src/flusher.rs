//! From the log to the store: a thread hands over one file after the other, each as one batch,
//! and tries again for as long as the store does not confirm it.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::intake::{SharedWal, lock};
use crate::log;
use crate::metrics::Metrics;
use crate::store::{Added, Store};
use crate::wal::Waiting;

/// Longest pause between two tries.
const PATIENCE: Duration = Duration::from_secs(5);

/// The thread that fills the store.
pub struct Flusher {
    // Hangs up to say stop.
    stop: Sender<()>,
    thread: JoinHandle<bool>,
}

impl Flusher {
    /// Starts the thread; it seals the log each `interval`.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub fn start(
        wal: SharedWal,
        store: Box<dyn Store>,
        metrics: Arc<Metrics>,
        interval: Duration,
    ) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        let mut work = Work {
            wal,
            store,
            metrics,
            change: log::Change::default(),
        };
        let thread = thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || work.run(&stopped, interval))?;
        Ok(Self { stop, thread })
    }

    /// Seals the log, tries once more to hand everything over, and ends. True if the store has
    /// everything now.
    pub fn stop(self) -> bool {
        drop(self.stop);
        self.thread.join().unwrap_or(false)
    }
}

struct Work {
    wal: SharedWal,
    store: Box<dyn Store>,
    metrics: Arc<Metrics>,
    change: log::Change,
}

impl Work {
    fn run(&mut self, stop: &Receiver<()>, interval: Duration) -> bool {
        let mut pause = interval;
        loop {
            let waited = stop.recv_timeout(pause);
            let through = self.hand_over();
            if waited != Err(RecvTimeoutError::Timeout) {
                return through && self.hand_over();
            }
            pause = if through {
                interval
            } else {
                (pause * 2).min(PATIENCE.max(interval))
            };
        }
    }

    /// Hands over everything that waits. False if the store stops taking it.
    fn hand_over(&mut self) -> bool {
        {
            let mut wal = lock(&self.wal);
            // As long as files wait, the open one may grow: fewer, larger batches.
            if wal.waiting() == 0 {
                wal.seal();
            }
        }
        let mut through = true;
        while through {
            let Some(file) = lock(&self.wal).next() else {
                break;
            };
            through = self.one(&file);
        }
        let mut wal = lock(&self.wal);
        if !self.metrics.log_up() && wal.recovered() {
            self.metrics.log_recovered();
        }
        self.metrics.log(wal.bytes(), wal.waiting(), wal.aside());
        through
    }

    /// Hands over one file. False if it has to be tried again.
    fn one(&mut self, file: &Waiting) -> bool {
        let segment = match file.read() {
            Ok(Ok(segment)) => segment,
            Ok(Err(damage)) => {
                self.set_aside(file, &damage.to_string());
                return true;
            }
            Err(error) => {
                let path = file.path().display();
                self.change
                    .failed(format_args!("cannot read {path}: {error}"));
                return false;
            }
        };
        if segment.torn > 0 {
            let (path, torn) = (file.path().display(), segment.torn);
            log::line(format_args!(
                "{path}: cut {torn} bytes at the end that were never acknowledged"
            ));
        }
        if let Some(batch) = segment.batch.filter(|batch| !batch.counts.is_empty()) {
            match self.store.add(&batch) {
                Ok(added) => {
                    self.metrics.stored(added == Added::Before);
                    self.change.worked("the store takes batches again");
                }
                Err(error) => {
                    self.metrics.store_failed();
                    self.change.failed(format_args!(
                        "the store does not take batches, reports stay in the log: {error}"
                    ));
                    return false;
                }
            }
        }
        if let Err(error) = lock(&self.wal).done(file) {
            log::line(format_args!(
                "cannot remove {}, which the store has: {error}",
                file.path().display()
            ));
        }
        true
    }

    fn set_aside(&self, file: &Waiting, why: &str) {
        let path = file.path().display();
        match lock(&self.wal).set_aside(file) {
            Ok(to) => log::line(format_args!(
                "DAMAGED LOG: {path} is {why}; nothing of it was counted. It is set aside as {}; `fewbits-collector salvage` counts what is whole in it",
                to.display()
            )),
            Err(error) => log::line(format_args!(
                "DAMAGED LOG: {path} is {why}, and cannot be set aside: {error}; nothing of it was counted"
            )),
        }
    }
}
