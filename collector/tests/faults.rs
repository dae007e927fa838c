//! What goes wrong in the life of a server, done to real processes: whatever happens, each
//! acknowledged report is counted, and none twice.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::Path;
use std::process::{Child, Command, Stdio};

use support::cluster::Cluster;
use support::load::{Load, Sent};
use support::{Collector, Folder, report, stored, stored_in, until};

const SENDERS: usize = 8;

/// Kills a collector under load several times, starts it again each time, and counts.
fn killed_under_load(data: &Path, more: &[&str]) -> Sent {
    let mut sent = Sent::default();
    // A short flush, so that a kill meets batches on their way; and one that leaves all in the log.
    for flush in ["10", "60000", "20", "10", "100"] {
        let collector = Collector::start(data, &[more, &["--flush", flush]].concat());
        let load = Load::start(&[collector.address], SENDERS);
        load.wait_for(1500);
        collector.kill();
        let round = load.stop();
        assert_eq!(round.refused, 0);
        sent.add(round);
    }
    Collector::start(data, more).stop();
    assert!(sent.total() >= 7500);
    sent
}

#[test]
fn a_kill_loses_nothing_and_counts_nothing_twice() {
    let folder = Folder::new();
    let sent = killed_under_load(folder.path(), &[]);
    sent.check(&stored_in(folder.path()));
}

#[test]
fn nor_with_postgresql() {
    let (folder, cluster) = (Folder::new(), Cluster::start());
    let store = cluster.store();
    let sent = killed_under_load(folder.path(), &["--store", &store]);
    sent.check(&stored(&store));
}

#[test]
fn postgresql_may_go_and_come_back_under_load() {
    let (folder, mut cluster) = (Folder::new(), Cluster::start());
    let store = cluster.store();
    let collector = Collector::start(folder.path(), &["--store", &store, "--flush", "10"]);
    let load = Load::start(&[collector.address], SENDERS);
    // INT ends sessions and writes all down, QUIT is a crash.
    for signal in ["INT", "QUIT", "QUIT"] {
        load.wait_for(1000);
        cluster.stop(signal);
        let failed = "fewbits_batches_failed_total";
        let before = collector.metric(failed);
        until(|| collector.metric(failed) > before);
        assert_eq!(collector.metric("fewbits_store_up"), 0);
        assert_eq!(collector.client().get("/healthz").status, 200);
        // Reports are taken while the store is away, and what was read from it is not made up.
        load.wait_for(1000);
        let refused = collector.client().get("/v1/audience?book=acme-outdoor");
        assert_eq!((refused.status, refused.error().as_str()), (503, "store"));
        cluster.resume();
        until(|| collector.metric("fewbits_store_up") == 1);
    }
    let sent = load.stop();
    assert_eq!((sent.refused, sent.unknown.len()), (0, 0));
    let read = collector.client().get("/v1/audience?book=acme-outdoor");
    assert_eq!(read.status, 200);
    let log = collector.stop();
    assert!(
        !log.iter().any(|line| line.contains("panicked")),
        "{log:#?}"
    );
    assert_eq!(stored(&store), sent.acknowledged);
}

#[test]
fn it_starts_without_its_database_and_fills_it_later() {
    let (folder, mut cluster) = (Folder::new(), Cluster::start());
    let store = cluster.store();
    cluster.stop("INT");
    for _ in 0..2 {
        let collector = Collector::start(folder.path(), &["--store", &store]);
        assert_eq!(collector.client().post(&report("boots")).status, 204);
        let log = collector.stop();
        assert!(log.last().unwrap().contains("the log keeps"), "{log:#?}");
    }
    cluster.resume();
    Collector::start(folder.path(), &["--store", &store]).stop();
    assert_eq!(stored(&store), [("boots".to_owned(), 2)].into());
}

#[test]
fn three_collectors_fill_one_database() {
    let cluster = Cluster::start();
    let store = cluster.store();
    let folders = [Folder::new(), Folder::new(), Folder::new()];
    let start =
        |folder: &Folder| Collector::start(folder.path(), &["--store", &store, "--flush", "10"]);
    let mut collectors: Vec<_> = folders.iter().map(start).collect();
    let addresses: Vec<_> = collectors
        .iter()
        .map(|collector| collector.address)
        .collect();
    let load = Load::start(&addresses, 9);
    load.wait_for(3000);
    // One of them dies, and comes back.
    collectors.remove(0).kill();
    load.wait_for(3000);
    let sent = load.stop();
    assert!(sent.unknown.values().sum::<u64>() <= 3);
    collectors.push(start(&folders[0]));
    for collector in collectors {
        collector.stop();
    }
    sent.check(&stored(&store));
}

/// A folder on a small disk of its own, in a namespace that ends with this.
struct SmallDisk {
    holder: Child,
    folder: Folder,
}

impl SmallDisk {
    /// Works for root, and for others where the system lets them have namespaces.
    fn new() -> Self {
        use std::io::{BufRead, BufReader};
        let folder = Folder::new();
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c"]);
        command.arg("mount -t tmpfs -o size=512k tmpfs \"$0\" && echo ready && exec cat");
        let mut holder = command
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare, of util-linux");
        let mut line = String::new();
        BufReader::new(holder.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert_eq!(
            line, "ready\n",
            "this test needs user namespaces to have a small disk"
        );
        Self { holder, folder }
    }

    fn inside(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--user", "--mount", "--preserve-credentials", "--target"]);
        command.arg(self.holder.id().to_string()).arg(program);
        command
    }

    fn collector(&self, more: &[&str]) -> Collector {
        let mut command = self.inside(env!("CARGO_BIN_EXE_fewbits-collector"));
        Collector::spawn(
            command
                .args(support::arguments(self.folder.path()))
                .args(more),
        )
    }

    /// Takes all space that is left.
    fn fill(&self) {
        let file = format!("of={}", self.folder.at("ballast").display());
        let filled = self
            .inside("dd")
            .args(["if=/dev/zero", &file, "bs=4k"])
            .output()
            .unwrap();
        assert!(!filled.status.success(), "the disk was larger");
    }

    fn free(&self) {
        let removed = self.inside("rm").arg(self.folder.at("ballast")).status();
        assert!(removed.unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

#[test]
fn a_full_disk_refuses_and_nothing_is_spoiled() {
    let disk = SmallDisk::new();
    // What is counted stands elsewhere, so that it can be read when the disk is gone.
    let elsewhere = Folder::new();
    let store = format!("sqlite:{}", elsewhere.at("counts.db").display());
    // As long as this runs nothing is handed to the store: the log alone has it.
    let collector = disk.collector(&["--store", &store, "--flush", "60000"]);
    let load = Load::start(&[collector.address], SENDERS);
    for _ in 0..3 {
        load.wait_for(200);
        disk.fill();
        let before = load.refused();
        until(|| load.refused() > before + 100);
        assert_eq!(collector.client().get("/healthz").status, 503);
        disk.free();
    }
    load.wait_for(200);
    // And killed while it is full.
    disk.fill();
    let before = load.refused();
    until(|| load.refused() > before);
    let log = collector.kill();
    assert!(
        log.iter()
            .any(|line| line.contains("refusing reports: the log cannot be written"))
    );
    let sent = load.stop();
    disk.free();
    disk.collector(&["--store", &store]).stop();
    sent.check(&stored(&store));
}

#[test]
fn a_full_disk_of_the_store_too() {
    let disk = SmallDisk::new();
    let collector = disk.collector(&["--flush", "10"]);
    let load = Load::start(&[collector.address], SENDERS);
    load.wait_for(200);
    disk.fill();
    until(|| load.refused() > 100);
    disk.free();
    load.wait_for(200);
    let sent = load.stop();
    until(|| collector.metric("fewbits_log_bytes") == 0);
    assert_eq!(collector.metric("fewbits_store_up"), 1);
    let answer = collector
        .client()
        .get("/v1/audience?book=acme-outdoor&question=interest");
    let audience: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    // Nobody was cut off in the middle, so the number is exact.
    assert_eq!(
        audience["questions"]["interest"]["reports"],
        sent.total(),
        "{}",
        answer.body
    );
    assert!(sent.unknown.is_empty());
    collector.stop();
}

#[test]
fn a_log_at_its_limit_refuses_until_the_store_is_back() {
    let (folder, mut cluster) = (Folder::new(), Cluster::start());
    let store = cluster.store();
    let collector = Collector::start(
        folder.path(),
        &["--store", &store, "--wal-limit", "1", "--flush", "10"],
    );
    cluster.stop("INT");
    let load = Load::start(&[collector.address], SENDERS);
    until(|| load.refused() > 0);
    let refused = collector.client().post(&report("boots"));
    assert_eq!(
        (refused.status, refused.error().as_str()),
        (503, "log-full")
    );
    assert_eq!(refused.header("retry-after"), "60");
    assert_eq!(collector.client().get("/healthz").status, 503);
    cluster.resume();
    load.wait_for(100);
    let sent = load.stop();
    collector.stop();
    assert_eq!(stored(&store), sent.acknowledged);
}

/// The files of a log, with their content.
fn files(wal: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(wal)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let logs = entries.filter(|path| path.extension().is_some());
    logs.map(|path| (path.clone(), std::fs::read(&path).unwrap()))
        .collect()
}

/// A folder whose log has some reports, and which no store has seen.
fn unseen() -> (Folder, Sent) {
    let folder = Folder::new();
    let collector = Collector::start(folder.path(), &["--flush", "60000"]);
    let load = Load::start(&[collector.address], 2);
    load.wait_for(300);
    let mut sent = load.stop();
    assert!(sent.unknown.is_empty());
    sent.refused = 0;
    collector.kill();
    (folder, sent)
}

#[test]
fn a_batch_that_comes_again_counts_once() {
    let (folder, sent) = unseen();
    let kept = files(&folder.at("wal"));
    assert_eq!(kept.len(), 1);
    for _ in 0..3 {
        // The file is back, as after a power failure that undid its removal.
        for (path, bytes) in &kept {
            std::fs::write(path, bytes).unwrap();
        }
        Collector::start(folder.path(), &[]).stop();
        assert_eq!(stored_in(folder.path()), sent.acknowledged);
        assert!(files(&folder.at("wal")).is_empty());
    }
}

#[test]
fn a_torn_end_is_cut_and_said() {
    let (folder, sent) = unseen();
    let (path, mut bytes) = files(&folder.at("wal")).remove(0);
    bytes.extend([60, 0, 0, 0, 1, 2, 3, 4, 5]);
    std::fs::write(path, bytes).unwrap();
    let log = Collector::start(folder.path(), &[]).stop();
    assert!(
        log.iter()
            .any(|line| line.contains("cut 9 bytes at the end")),
        "{log:#?}"
    );
    assert_eq!(stored_in(folder.path()), sent.acknowledged);
}

#[test]
fn a_damaged_file_is_set_aside_and_can_be_salvaged() {
    let (folder, sent) = unseen();
    let (path, mut bytes) = files(&folder.at("wal")).remove(0);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let collector = Collector::start(folder.path(), &[]);
    until(|| collector.metric("fewbits_log_files_damaged") == 1);
    // It works on, and says so.
    assert_eq!(collector.client().post(&report("boots")).status, 204);
    let log = collector.stop();
    assert!(
        log.iter().any(|line| line.contains("DAMAGED LOG")),
        "{log:#?}"
    );
    assert_eq!(stored_in(folder.path()), [("boots".to_owned(), 1)].into());

    let aside = folder
        .at("wal")
        .join("damaged")
        .join(path.file_name().unwrap());
    let salvage = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fewbits-collector"));
        let output = command
            .arg("salvage")
            .arg(&aside)
            .arg("--data")
            .arg(folder.path())
            .output();
        let output = output.unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let first = salvage();
    let again = salvage();
    assert!(again.contains("had been counted before"), "{again}");
    // All but one record, of at most two senders' reports, is there.
    let total: u64 = stored_in(folder.path()).values().sum();
    let lost = sent.total() + 1 - total;
    assert!((1..=2).contains(&lost), "{first}");
}
