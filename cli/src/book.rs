//! Books from files: written as JSON, or compiled.

use std::path::Path;

use fewbits::book::author::{self, Compiled, Diagnostic, Severity};
use fewbits::book::{Book, FORMAT, MAGIC, Refusal};

use crate::failure::{Failure, Result};
use crate::terminal::counted;

/// Reads a text file.
pub fn text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|e| Failure::reading(path, &e))
}

/// Reads a file as it is.
pub fn bytes(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| Failure::reading(path, &e))
}

/// Compiles a source, or fails with all that is wrong with it.
pub fn compile(source: &str, path: &Path) -> Result<Compiled> {
    author::compile(source).map_err(|found| rejected(&found, source, path))
}

/// All that is wrong with a source, as a failure.
pub fn rejected(found: &[Diagnostic], source: &str, path: &Path) -> Failure {
    let mut out = rendered(found, source, path);
    out.push_str(&verdict(found, path));
    Failure::whole(out)
}

/// A book from a file of either form.
pub fn load(path: &Path) -> Result<Book> {
    let raw = bytes(path)?;
    if raw.starts_with(&MAGIC) {
        return Book::from_bytes(&raw).map_err(|refusal| refused(path, refusal));
    }
    let source = String::from_utf8(raw).map_err(|e| {
        Failure::reading(
            path,
            &std::io::Error::new(std::io::ErrorKind::InvalidData, e),
        )
    })?;
    Ok(compile(&source, path)?.book)
}

/// Why a compiled book cannot be used.
pub fn refused(path: &Path, refusal: Refusal) -> Failure {
    let (what, help) = match refusal {
        Refusal::TooShort => (
            "it is shorter than the header of a book".to_owned(),
            "copy or compile it again",
        ),
        Refusal::NotABook => (
            "it is not a compiled book".to_owned(),
            "name a file that `fewbits compile` wrote",
        ),
        Refusal::Newer => (
            format!("it has a newer format than {FORMAT}"),
            "update this tool, or compile the book with this one",
        ),
        Refusal::Checksum => (
            "its check sum does not match: it was damaged".to_owned(),
            "copy or compile it again",
        ),
        Refusal::Malformed => (
            "its content breaks a rule of the format".to_owned(),
            "compile it again with `fewbits compile`",
        ),
    };
    Failure::new(
        format_args!("cannot use `{}`: {what}", path.display()),
        help,
    )
}

/// All findings with their code frames.
pub fn rendered(found: &[Diagnostic], source: &str, path: &Path) -> String {
    let file = path.display().to_string();
    let mut out = String::new();
    for diagnostic in found {
        out.push_str(&diagnostic.render(source, &file));
        out.push('\n');
    }
    out
}

/// One line that sums findings up.
pub fn verdict(found: &[Diagnostic], path: &Path) -> String {
    let errors = found
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .count() as u64;
    let warnings = found.len() as u64 - errors;
    let file = path.display();
    match (errors, warnings) {
        (0, 0) => format!("{file}: no errors\n"),
        (0, w) => format!("{file}: no errors, {}\n", counted(w, "warning")),
        (e, 0) => format!("{file}: {}\n", counted(e, "error")),
        (e, w) => format!(
            "{file}: {}, {}\n",
            counted(e, "error"),
            counted(w, "warning")
        ),
    }
}

/// Hexadecimal, as hashes are written.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
