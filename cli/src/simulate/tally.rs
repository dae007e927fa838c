//! What happened to the lines: how many became events, and why others did not.

use std::collections::BTreeMap;

use serde::Serialize;

/// So many examples of bad lines are shown.
const EXAMPLES: usize = 5;

/// A line that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Example {
    /// The file, as it was named.
    pub file: String,
    /// Line from 1.
    pub line: u64,
    /// Column from 1, in characters, as far as it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// A bad line in its block: the file's name and the real line number come later.
#[derive(Debug)]
pub struct Bad {
    /// Kind of fault, for counting.
    pub reason: &'static str,
    /// Column from 1.
    pub column: Option<u64>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: &'static str,
}

/// Counts of one block, or of everything.
#[derive(Debug, Default)]
pub struct Tally {
    /// Lines or records read, without headers and empty lines.
    pub records: u64,
    /// Records that became an event.
    pub events: u64,
    /// Records that the mapping ignores on purpose.
    pub ignored: u64,
    /// Records that no rule of the mapping is for.
    pub unmatched: u64,
    /// Records that could not be used, by reason.
    pub bad: BTreeMap<&'static str, u64>,
    /// Records that were used, but not as a whole.
    pub notes: BTreeMap<&'static str, Note>,
    /// The first bad lines, by line in the block.
    examples: Vec<(u32, Bad)>,
    /// The first bad lines of everything.
    pub shown: Vec<Example>,
}

/// Something that was noticed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Note {
    /// How often.
    pub count: u64,
    /// The first name that was concerned, if it is one.
    pub example: String,
}

impl Tally {
    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Notes a bad line of a block.
    pub fn bad(&mut self, line: u32, bad: Bad) {
        *self.bad.entry(bad.reason).or_default() += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push((line, bad));
        }
    }

    /// Notes something.
    pub fn note(&mut self, what: &'static str, example: &str) {
        let note = self.notes.entry(what).or_default();
        note.count += 1;
        if note.count == 1 {
            // Only names get here, and names are short; anything else is cut.
            note.example = example.chars().take(64).collect();
        }
    }

    /// All bad records.
    pub fn bad_total(&self) -> u64 {
        self.bad.values().sum()
    }

    /// Adds the counts of a block whose first line is `first` of `file`.
    pub fn add(&mut self, block: &mut Self, file: &str, first: u64) {
        self.records += block.records;
        self.events += block.events;
        self.ignored += block.ignored;
        self.unmatched += block.unmatched;
        for (reason, count) in &block.bad {
            *self.bad.entry(reason).or_default() += count;
        }
        self.add_notes(&block.notes);
        for (line, bad) in block.examples.drain(..) {
            if self.shown.len() < EXAMPLES {
                self.shown.push(Example {
                    file: file.to_owned(),
                    line: first + u64::from(line),
                    column: bad.column,
                    message: bad.message,
                    help: bad.help.to_owned(),
                });
            }
        }
    }

    /// Adds notes.
    pub fn add_notes(&mut self, notes: &BTreeMap<&'static str, Note>) {
        for (what, note) in notes {
            let sum = self.notes.entry(what).or_default();
            if sum.count == 0 {
                sum.example.clone_from(&note.example);
            }
            sum.count += note.count;
        }
    }
}
