//! The books whose reports are taken: their statements, and the cells that reports fall into.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::counts::Key;
use crate::epoch::Epoch;
use crate::failure::Failure;
use crate::report::Report;
use crate::statement::Statement;

/// Weeks that a report may be ahead of the collector's clock.
pub const AHEAD: u32 = 1;
/// Weeks that a report may be behind it: answers wait in browsers that are rarely opened.
pub const BEHIND: u32 = 26;

/// All statements, by book and version.
#[derive(Debug, Default)]
pub struct Books {
    books: BTreeMap<String, BTreeMap<u32, Version>>,
    cells: Vec<Cell>,
}

/// One version of a book.
#[derive(Debug)]
struct Version {
    statement: Statement,
    /// By question: the cells of the names by which answers leave.
    questions: BTreeMap<String, BTreeMap<String, u32>>,
}

/// Everything that a report can say, but for its week.
#[derive(Debug)]
struct Cell {
    book: Arc<str>,
    version: u32,
    question: Arc<str>,
    answer: Arc<str>,
}

/// What is counted while it is on its way to the log: a cell and a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    cell: u32,
    epoch: Epoch,
}

/// Why a report in the wire form is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// There is no statement of such a book.
    Book,
    /// Nor of this version, and a newer one is known.
    Version,
    /// The version is newer than all statements: they may be on their way.
    VersionYet,
    /// This version of the book does not ask that.
    Question,
    /// No answer to this question leaves by that name.
    Answer,
    /// The week is too far ahead, or too long ago.
    Epoch,
}

impl Books {
    /// Reads statements from files, and from the `.json` files of folders.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or is no statement; two different ones of the same version.
    pub fn load(paths: &[PathBuf]) -> Result<Self, Failure> {
        let mut books = Self::default();
        for path in paths {
            for file in files(path)? {
                let text =
                    std::fs::read_to_string(&file).map_err(|e| Failure::reading(&file, &e))?;
                let statement = Statement::parse(&text).map_err(|error| {
                    Failure::new(
                        format!("{}: {error}", file.display()),
                        "make the statement with `fewbits audit BOOK --statement FILE`",
                    )
                })?;
                books.add(statement, &file)?;
            }
        }
        if books.books.is_empty() {
            return Err(Failure::new(
                "no statement of a book was given",
                "name files or folders with --statement; `fewbits audit BOOK --statement FILE` makes one",
            ));
        }
        Ok(books)
    }

    fn add(&mut self, statement: Statement, file: &Path) -> Result<(), Failure> {
        let versions = self.books.entry(statement.book.clone()).or_default();
        if let Some(known) = versions.get(&statement.version) {
            if known.statement == statement {
                return Ok(());
            }
            return Err(Failure::new(
                format!(
                    "{}: another statement of `{}` version {} says something else",
                    file.display(),
                    statement.book,
                    statement.version
                ),
                "a version of a book has one statement; raise the version of the changed book",
            ));
        }
        let book: Arc<str> = statement.book.as_str().into();
        let mut questions = BTreeMap::<_, BTreeMap<_, _>>::new();
        for (name, asked) in statement.report.iter().flat_map(|asked| &asked.questions) {
            let question: Arc<str> = name.as_str().into();
            for answer in asked.shown() {
                let number = u32::try_from(self.cells.len()).unwrap_or(u32::MAX);
                let answers = questions.entry(name.clone()).or_default();
                answers.insert(answer.to_owned(), number);
                self.cells.push(Cell {
                    book: book.clone(),
                    version: statement.version,
                    question: question.clone(),
                    answer: answer.into(),
                });
            }
        }
        versions.insert(
            statement.version,
            Version {
                statement,
                questions,
            },
        );
        Ok(())
    }

    /// Where a report is counted.
    ///
    /// # Errors
    ///
    /// What of it is not known.
    pub fn place(&self, report: &Report<'_>, now: Epoch) -> Result<Place, Unknown> {
        let versions = self.books.get(report.book).ok_or(Unknown::Book)?;
        let Some(version) = versions.get(&report.version) else {
            let newest = versions.last_key_value().map_or(0, |(version, _)| *version);
            return Err(if report.version > newest {
                Unknown::VersionYet
            } else {
                Unknown::Version
            });
        };
        let answers = version.questions.get(report.question);
        let answers = answers.ok_or(Unknown::Question)?;
        let cell = *answers.get(report.answer).ok_or(Unknown::Answer)?;
        if report.epoch > now.plus(AHEAD) || report.epoch < now.minus(BEHIND) {
            return Err(Unknown::Epoch);
        }
        Ok(Place {
            cell,
            epoch: report.epoch,
        })
    }

    /// The names of a place.
    pub fn key(&self, place: Place) -> Option<Key> {
        let cell = self.cells.get(usize::try_from(place.cell).ok()?)?;
        Some(Key {
            book: cell.book.clone(),
            version: cell.version,
            epoch: place.epoch,
            question: cell.question.clone(),
            answer: cell.answer.clone(),
        })
    }

    /// The statement of a version.
    pub fn statement(&self, book: &str, version: u32) -> Option<&Statement> {
        let version = self.books.get(book)?.get(&version)?;
        Some(&version.statement)
    }

    /// Those of all versions of a book, in order.
    pub fn statements(&self, book: &str) -> impl Iterator<Item = &Statement> {
        let versions = self.books.get(book).into_iter().flatten();
        versions.map(|(_, version)| &version.statement)
    }

    /// The books and their versions, in order.
    pub fn list(&self) -> impl Iterator<Item = (&str, Vec<u32>)> {
        let books = self.books.iter();
        books.map(|(book, versions)| (book.as_str(), versions.keys().copied().collect()))
    }
}

/// The file, or the `.json` files of the folder, in order.
fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|e| Failure::reading(path, &e))? {
        let file = entry.map_err(|e| Failure::reading(path, &e))?.path();
        if file
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}
