//! Why a command could not do its work, and what to do about it.

use std::fmt;
use std::io;
use std::path::Path;

/// Result of a command, or of a part of one.
pub type Result<T> = std::result::Result<T, Failure>;

/// A message for the person at the terminal.
#[derive(Debug)]
pub struct Failure {
    text: String,
    closed_pipe: bool,
}

impl Failure {
    /// What is wrong: lower case, no full stop; and what to do about it.
    pub fn new(what: impl fmt::Display, help: impl fmt::Display) -> Self {
        Self::whole(format!("error: {what}\n  = help: {help}\n"))
    }

    /// A text that is complete already, such as a diagnostic with its code frame.
    pub const fn whole(text: String) -> Self {
        Self {
            text,
            closed_pipe: false,
        }
    }

    /// A file could not be read.
    pub fn reading(path: &Path, error: &io::Error) -> Self {
        let help = match error.kind() {
            io::ErrorKind::NotFound => "check the spelling of the path",
            io::ErrorKind::PermissionDenied => "check who may read this file",
            io::ErrorKind::InvalidData => "save the file as UTF-8",
            io::ErrorKind::IsADirectory => "name a file, not a folder",
            _ => "check that this is a readable file",
        };
        Self::new(
            format_args!("cannot read `{}`: {}", path.display(), plain(error)),
            help,
        )
    }

    /// A file could not be written.
    pub fn writing(path: &Path, error: &io::Error) -> Self {
        Self {
            closed_pipe: error.kind() == io::ErrorKind::BrokenPipe,
            ..Self::new(
                format_args!("cannot write `{}`: {}", path.display(), plain(error)),
                "check that the folder exists, may be written to and has room",
            )
        }
    }

    /// Whether the reader of our output went away.
    pub const fn is_closed_pipe(&self) -> bool {
        self.closed_pipe
    }
}

/// The system's words, without the error number.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text.get(..end).unwrap_or_default().to_lowercase()
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Writing to the terminal or a pipe failed.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::writing(Path::new("output"), &error)
    }
}
