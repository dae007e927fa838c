//! The write-ahead log: what was acknowledged and is not in the store yet. A folder of files,
//! one a batch; only one collector may use it.
//!
//! A file is `RUN-SEQUENCE.open` while records are appended to it, `.sealed` from then on, and
//! removed when the store has it. Each record is on the disk before what it counts is
//! acknowledged, so only the last record of an open file can be incomplete.

mod record;
mod segment;

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::counts::Counts;
use crate::failure::Failure;
pub use record::{BatchId, frame, header};
pub use segment::{Batch, Damage, Segment, read, salvage};

/// Size from which on a file is sealed, so that reading one back takes little memory.
const ROLL: u64 = 4 << 20;
/// Bytes that have to find room before the disk is said to be well again.
const TRIAL: usize = 64 << 10;
/// Folder of the files that cannot be trusted.
const ASIDE: &str = "damaged";

/// The log.
#[derive(Debug)]
pub struct Wal {
    folder: PathBuf,
    run: [u8; 16],
    sequence: u64,
    open: Option<Open>,
    waiting: VecDeque<Waiting>,
    bytes: u64,
    limit: u64,
    // Locked as long as it is open.
    _lock: File,
}

/// The file that is written to.
#[derive(Debug)]
struct Open {
    id: BatchId,
    file: File,
    path: PathBuf,
    /// Bytes that are known to be good.
    length: u64,
}

/// A file for the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    path: PathBuf,
    /// Bytes that are known to be good; `None` for a file of a former run.
    length: Option<u64>,
}

/// Why something was not written. Nothing of it will be counted.
#[derive(Debug)]
pub enum Refused {
    /// The log has reached its limit: the store was away for too long.
    Full,
    /// The disk said no.
    Disk(io::Error),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

impl Wal {
    /// Opens the log in a folder, which is made if it is not there. What former runs left
    /// behind is waiting for the store.
    ///
    /// # Errors
    ///
    /// The folder cannot be used, or another collector uses it.
    pub fn open(folder: &Path, run: [u8; 16], limit: u64) -> Result<Self, Failure> {
        let failed = |error: io::Error| Failure::writing(folder, &error);
        std::fs::create_dir_all(folder).map_err(failed)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("lock"))
            .map_err(failed)?;
        lock.try_lock().map_err(|error| match error {
            std::fs::TryLockError::WouldBlock => Failure::new(
                format!("another collector uses {}", folder.display()),
                "give each collector a folder of its own with --data",
            ),
            std::fs::TryLockError::Error(error) => failed(error),
        })?;
        let (mut paths, mut bytes) = (Vec::new(), 0);
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let path = entry.path();
            if path
                .extension()
                .is_some_and(|e| e == "open" || e == "sealed")
            {
                bytes += entry.metadata().map_err(failed)?.len();
                paths.push(path);
            }
        }
        // By name: the batches of a run in order, which the store relies on.
        paths.sort();
        let waiting = paths.into_iter().map(|path| Waiting { path, length: None });
        Ok(Self {
            folder: folder.to_path_buf(),
            run,
            sequence: 0,
            open: None,
            waiting: waiting.collect(),
            bytes,
            limit,
            _lock: lock,
        })
    }

    /// Writes a record and waits until it is on the disk.
    ///
    /// # Errors
    ///
    /// [`Refused`]: then nothing of it is in the log.
    pub fn append(&mut self, counts: &Counts) -> Result<(), Refused> {
        if self.bytes >= self.limit {
            return Err(Refused::Full);
        }
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.create()?,
        };
        let record = record::write(open.id, open.length, counts)
            .ok_or_else(|| io::Error::other("a record is too long"))?;
        let written = open
            .file
            .write_all(&record)
            .and_then(|()| open.file.sync_data());
        match written {
            Ok(()) => {
                open.length += record.len() as u64;
                self.bytes += record.len() as u64;
                self.open = Some(open);
                if self.open.as_ref().is_some_and(|open| open.length >= ROLL) {
                    self.seal();
                }
                Ok(())
            }
            Err(error) => {
                self.retire(open);
                Err(Refused::Disk(error))
            }
        }
    }

    /// Hands the open file over to the store, if it holds anything.
    pub fn seal(&mut self) {
        if let Some(open) = self.open.take() {
            if open.length == record::HEADER as u64 {
                self.open = Some(open);
                return;
            }
            let sealed = open.path.with_extension("sealed");
            // If it cannot be renamed, it is only read less strictly after a crash.
            let path = match std::fs::rename(&open.path, &sealed) {
                Ok(()) => sealed,
                Err(_) => open.path,
            };
            self.waiting.push_back(Waiting {
                path,
                length: Some(open.length),
            });
        }
    }

    /// Would the next record be taken? Asked while reports are refused, and perhaps none come any
    /// more because they are.
    pub fn recovered(&mut self) -> bool {
        let trial = self.folder.join("trial");
        let written = File::create(&trial)
            .and_then(|mut file| file.write_all(&[0; TRIAL]).and_then(|()| file.sync_all()));
        let removed = std::fs::remove_file(&trial);
        self.bytes < self.limit && written.and(removed).is_ok()
    }

    /// The file that the store gets next.
    pub fn next(&self) -> Option<Waiting> {
        self.waiting.front().cloned()
    }

    /// The store has it: the file goes.
    ///
    /// # Errors
    ///
    /// It cannot be removed. That does no harm but to the space: the store knows the batch.
    pub fn done(&mut self, file: &Waiting) -> io::Result<()> {
        self.leave(file);
        std::fs::remove_file(&file.path)
    }

    /// The file cannot be trusted: it is set aside, for the operator to look at.
    ///
    /// # Errors
    ///
    /// It cannot be moved. Then it is left where it is, and found again at the next start.
    pub fn set_aside(&mut self, file: &Waiting) -> io::Result<PathBuf> {
        self.leave(file);
        let folder = self.folder.join(ASIDE);
        std::fs::create_dir_all(&folder)?;
        let to = folder.join(file.path.file_name().unwrap_or_default());
        std::fs::rename(&file.path, &to)?;
        Ok(to)
    }

    /// Bytes in the log.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Files that wait for the store.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Files that were set aside, now and before.
    pub fn aside(&self) -> usize {
        let entries = std::fs::read_dir(self.folder.join(ASIDE));
        entries.map_or(0, |entries| entries.count())
    }

    fn leave(&mut self, file: &Waiting) {
        self.waiting.retain(|other| other != file);
        let size = std::fs::metadata(&file.path).map_or(0, |found| found.len());
        self.bytes = self.bytes.saturating_sub(size);
    }

    fn create(&mut self) -> io::Result<Open> {
        let id = BatchId {
            run: self.run,
            sequence: self.sequence + 1,
        };
        let path = self
            .folder
            .join(format!("{}-{:016x}.open", id.run_hex(), id.sequence));
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .open(&path)?;
        file.write_all(&record::header(id))?;
        file.sync_all()?;
        // The folder's entry too has to survive a power failure.
        File::open(&self.folder)?.sync_all()?;
        self.sequence = id.sequence;
        let length = record::HEADER as u64;
        self.bytes += length;
        Ok(Open {
            id,
            file,
            path,
            length,
        })
    }

    /// After a failed write: cut what may be there of it. If the disk refuses that as well, the
    /// file is used no more, and read only as far as it is known to be good.
    fn retire(&mut self, mut open: Open) {
        let cut = open.file.set_len(open.length);
        let back = cut.and_then(|()| open.file.seek(SeekFrom::Start(open.length)));
        let synced = back.and_then(|_| open.file.sync_data());
        if synced.is_ok() {
            self.open = Some(open);
        } else {
            self.waiting.push_back(Waiting {
                path: open.path,
                length: Some(open.length),
            });
        }
    }
}

impl Waiting {
    /// Reads the batch.
    ///
    /// # Errors
    ///
    /// The outer one if the file cannot be read now, the inner one if it cannot be trusted.
    pub fn read(&self) -> io::Result<Result<Segment, Damage>> {
        let mut bytes = std::fs::read(&self.path)?;
        if let Some(length) = self.length {
            if (bytes.len() as u64) < length {
                return Ok(Err(Damage { at: bytes.len() }));
            }
            bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        }
        let sealed = self.length.is_some() || self.path.extension().is_some_and(|e| e == "sealed");
        Ok(read(&bytes, sealed))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
