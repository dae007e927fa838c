//! Numbers about the server, in the text form of Prometheus. None is about a sender.

use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use crate::refusal::Refusal;

/// What is counted about the server itself, since its start.
#[derive(Debug, Default)]
pub struct Metrics {
    accepted: AtomicU64,
    refused: [AtomicU64; Refusal::ALL.len()],
    syncs: AtomicU64,
    batches: AtomicU64,
    repeated: AtomicU64,
    failed: AtomicU64,
    damaged: AtomicU64,
    log_bytes: AtomicU64,
    log_files: AtomicU64,
    store_down: AtomicBool,
    log_down: AtomicBool,
}

impl Metrics {
    /// Reports were acknowledged, all in one write.
    pub fn accepted(&self, reports: u64) {
        self.accepted.fetch_add(reports, Relaxed);
        self.syncs.fetch_add(1, Relaxed);
        self.log_down.store(false, Relaxed);
    }

    /// The log could not be written.
    pub fn log_refused(&self) {
        self.log_down.store(true, Relaxed);
    }

    /// The log would take reports again.
    pub fn log_recovered(&self) {
        self.log_down.store(false, Relaxed);
    }

    /// Something was refused.
    pub fn refused(&self, refusal: Refusal) {
        if let Some(count) = self.refused.get(refusal as usize) {
            count.fetch_add(1, Relaxed);
        }
    }

    /// The store has a batch, `repeated` if it had it before.
    pub fn stored(&self, repeated: bool) {
        let count = if repeated {
            &self.repeated
        } else {
            &self.batches
        };
        count.fetch_add(1, Relaxed);
        self.store_down.store(false, Relaxed);
    }

    /// The store did not take a batch.
    pub fn store_failed(&self) {
        self.failed.fetch_add(1, Relaxed);
        self.store_down.store(true, Relaxed);
    }

    /// How much is in the log.
    pub fn log_bytes(&self, bytes: u64) {
        self.log_bytes.store(bytes, Relaxed);
    }

    /// What is in the log, and how many of its files were set aside.
    pub fn log(&self, bytes: u64, files: usize, damaged: usize) {
        self.log_bytes(bytes);
        self.log_files.store(files as u64, Relaxed);
        self.damaged.store(damaged as u64, Relaxed);
    }

    /// The log takes reports.
    pub fn log_up(&self) -> bool {
        !self.log_down.load(Relaxed)
    }

    /// The store takes batches.
    pub fn store_up(&self) -> bool {
        !self.store_down.load(Relaxed)
    }

    /// Everything, as Prometheus reads it.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let counters = [
            (
                "reports_accepted_total",
                "reports acknowledged",
                &self.accepted,
            ),
            (
                "log_writes_total",
                "groups of reports that were made durable together",
                &self.syncs,
            ),
            (
                "batches_added_total",
                "batches that the store added",
                &self.batches,
            ),
            (
                "batches_repeated_total",
                "batches that the store had already",
                &self.repeated,
            ),
            (
                "batches_failed_total",
                "tries that the store refused or did not answer",
                &self.failed,
            ),
        ];
        for (name, help, value) in counters {
            entry(&mut text, name, help, "counter", value.load(Relaxed));
        }
        let gauges = [
            (
                "log_bytes",
                "bytes in the write-ahead log",
                self.log_bytes.load(Relaxed),
            ),
            (
                "log_files",
                "files of the log that wait for the store",
                self.log_files.load(Relaxed),
            ),
            (
                "log_files_damaged",
                "files of the log that were set aside",
                self.damaged.load(Relaxed),
            ),
            (
                "log_up",
                "1 if the last write of the log worked",
                self.log_up().into(),
            ),
            (
                "store_up",
                "1 if the store took the last batch",
                self.store_up().into(),
            ),
        ];
        for (name, help, value) in gauges {
            entry(&mut text, name, help, "gauge", value);
        }
        let name = "fewbits_reports_refused_total";
        let _ = writeln!(
            text,
            "# HELP {name} requests refused, by reason\n# TYPE {name} counter"
        );
        for (refusal, count) in Refusal::ALL.iter().zip(&self.refused) {
            let _ = writeln!(
                text,
                "{name}{{reason=\"{}\"}} {}",
                refusal.code(),
                count.load(Relaxed)
            );
        }
        text
    }
}

fn entry(text: &mut String, name: &str, help: &str, kind: &str, value: u64) {
    let _ = writeln!(
        text,
        "# HELP fewbits_{name} {help}\n# TYPE fewbits_{name} {kind}\nfewbits_{name} {value}"
    );
}
