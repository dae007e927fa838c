//! Files in pieces of whole lines, so that memory does not grow with them.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use memchr::memchr;

use super::delimited::{Delimiter, last_end};
use crate::failure::{Failure, Result};

/// Bytes read at a time.
const PIECE: usize = 512 << 10;
/// A line that is longer is left out.
const LONGEST_LINE: usize = 64 << 20;

/// Some whole lines of a file.
#[derive(Debug)]
pub struct Block {
    /// Which file, by its place on the command line.
    pub file: usize,
    /// It is the start of the file.
    pub first: bool,
    pub bytes: Vec<u8>,
    /// Lines behind this block that were left out because of their length.
    pub too_long: u32,
}

/// The blocks of some files, one after the other.
pub struct Blocks {
    files: Vec<(PathBuf, Option<Delimiter>)>,
    file: usize,
    open: Option<File>,
    carry: Vec<u8>,
    first: bool,
}

impl Blocks {
    /// Files, and how their records are delimited; `None` where every line is a record.
    pub const fn new(files: Vec<(PathBuf, Option<Delimiter>)>) -> Self {
        Self {
            files,
            file: 0,
            open: None,
            carry: Vec::new(),
            first: true,
        }
    }

    /// The next `count` blocks; fewer at the end.
    pub fn take(&mut self, count: usize) -> Result<Vec<Block>> {
        let mut blocks = Vec::with_capacity(count);
        while blocks.len() < count
            && let Some(block) = self.next()?
        {
            blocks.push(block);
        }
        Ok(blocks)
    }

    fn next(&mut self) -> Result<Option<Block>> {
        loop {
            let Some((path, delimiter)) = self.files.get(self.file).cloned() else {
                return Ok(None);
            };
            if self.open.is_none() {
                self.open = Some(File::open(&path).map_err(|e| Failure::reading(&path, &e))?);
                self.first = true;
            }
            if let Some(block) = self.block(&path, delimiter)? {
                return Ok(Some(block));
            }
            self.open = None;
            self.file += 1;
        }
    }

    /// The next block of the open file; `None` at its end.
    fn block(&mut self, path: &Path, delimiter: Option<Delimiter>) -> Result<Option<Block>> {
        let Some(file) = self.open.as_mut() else {
            return Ok(None);
        };
        let mut bytes = std::mem::take(&mut self.carry);
        let mut too_long = 0;
        loop {
            let read = more(file, &mut bytes).map_err(|e| Failure::reading(path, &e))?;
            if read == 0 {
                break;
            }
            if let Some(end) = last_end(&bytes, delimiter) {
                self.carry
                    .extend_from_slice(bytes.get(end..).unwrap_or_default());
                bytes.truncate(end);
                break;
            }
            if bytes.len() > LONGEST_LINE {
                bytes.clear();
                too_long += 1;
                skip_line(file, &mut self.carry).map_err(|e| Failure::reading(path, &e))?;
                break;
            }
        }
        if bytes.is_empty() && too_long == 0 {
            return Ok(None);
        }
        let first = std::mem::replace(&mut self.first, false);
        Ok(Some(Block {
            file: self.file,
            first,
            bytes,
            too_long,
        }))
    }
}

/// Appends up to [`PIECE`] bytes; 0 only at the end of the file.
fn more(file: &mut File, bytes: &mut Vec<u8>) -> std::io::Result<usize> {
    file.by_ref().take(PIECE as u64).read_to_end(bytes)
}

/// Reads to the end of a line, and keeps what is behind it.
fn skip_line(file: &mut File, behind: &mut Vec<u8>) -> std::io::Result<()> {
    loop {
        behind.clear();
        if more(file, behind)? == 0 {
            return Ok(());
        }
        if let Some(end) = memchr(b'\n', behind) {
            behind.drain(..=end);
            return Ok(());
        }
    }
}

/// The start of a file, for its header.
pub fn start(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(path).and_then(|mut file| more(&mut file, &mut bytes));
    file.map_err(|e| Failure::reading(path, &e))?;
    Ok(bytes)
}
