//! `fewbits-collector salvage`: counts what is whole in damaged files of the log.

use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::log;
use crate::store::{Added, Place};
use crate::wal;

/// Adds what is whole in each file, as a batch of its own: doing it again adds nothing.
///
/// # Errors
///
/// A file that cannot be read or has no header of the log; a store that refuses.
pub fn run(files: &[PathBuf], store: Option<&str>, data: &Path) -> Result<(), Failure> {
    let place = Place::parse(store, data)?;
    let mut store = place.open();
    for path in files {
        let bytes = std::fs::read(path).map_err(|error| Failure::reading(path, &error))?;
        let batch = wal::salvage(&bytes).ok_or_else(|| {
            Failure::new(
                format!(
                    "{} does not begin as a file of the log does",
                    path.display()
                ),
                "nothing in it can be counted; restore the file from a backup if you have one",
            )
        })?;
        let reports: u64 = batch.counts.values().sum();
        let added = store.add(&batch).map_err(|error| {
            Failure::new(
                format!("the store refuses: {error}"),
                "run it again when the store works; what was added is not added twice",
            )
        })?;
        let word = match added {
            Added::Now => "counted",
            Added::Before => "had been counted before:",
        };
        let path = path.display();
        log::line(format_args!(
            "{path}: {word} {reports} reports in whole records"
        ));
    }
    Ok(())
}
