//! `fewbits new`: a small book to begin with. JSON has no comments, so every part says `why`.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::failure::{Failure, Result};

/// What to call the book.
#[derive(Args)]
pub struct Arguments {
    /// Name of the book: small letters, digits and `-`
    name: String,
    /// The file (default: the name with the ending `.book.json`)
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

const STARTER: &str = r#"{
  "fewbits": 1,
  "book": "NAME",
  "version": 1,
  "retention": "180d",
  "signals": {
    "views_week": {
      "why": "how busy the visitor was lately",
      "count": "view", "within": "7d"
    },
    "days_active": {
      "why": "regulars come on many days, not with many clicks",
      "days": "view", "within": "30d"
    },
    "topic": {
      "why": "what the visitor looks at most; send it as the tag `topic` of a `view`",
      "top": "topic", "half_life": "14d", "items": ["news", "guides"]
    },
    "since_purchase": {
      "why": "to tell customers from those who left",
      "since": "purchase", "unit": "day"
    },
    "referrer": {
      "why": "which door the visitor came through",
      "context": "referrer"
    }
  },
  "dimensions": {
    "lifecycle": {
      "why": "greet newcomers, reward regulars, win back the lapsed",
      "segments": [
        { "id": "lapsed", "when": { "since_purchase": { "$gte": 90 } } },
        { "id": "regular", "when": { "days_active": { "$gte": 4 } }, "stay": { "days_active": { "$gte": 2 } } },
        { "id": "active", "when": { "views_week": { "$gte": 3 } } }
      ],
      "otherwise": "new"
    },
    "interest": {
      "why": "lead with the topic people came for",
      "groups": ["reading"],
      "segments": [
        { "id": "news", "under": "reading", "when": { "topic": "news" } },
        { "id": "guides", "under": "reading", "when": { "topic": "guides" } }
      ],
      "otherwise": "any"
    },
    "door": {
      "why": "people from a search engine want the answer first",
      "segments": [
        { "id": "search", "when": { "referrer": "search" } },
        { "id": "social", "when": { "referrer": "social" } }
      ],
      "otherwise": "other"
    }
  }
}
"#;

/// Always `true`: errors fail.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let name = &arguments.name;
    let first = name.starts_with(|c: char| c.is_ascii_lowercase());
    let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !first || !name.chars().all(rest) || name.len() > 64 {
        let help = "use small letters, digits and `-`, a letter first, at most 64 in all";
        return Err(Failure::new(
            format_args!("`{name}` cannot be the name of a book"),
            help,
        ));
    }
    let path = arguments
        .out
        .clone()
        .unwrap_or_else(|| format!("{name}.book.json").into());
    // An author's book is never overwritten.
    let file = OpenOptions::new().write(true).create_new(true).open(&path);
    let written = file.and_then(|mut f| f.write_all(STARTER.replace("NAME", name).as_bytes()));
    written.map_err(|e| Failure::writing(&path, &e))?;
    let shown = path.display();
    writeln!(
        std::io::stdout().lock(),
        "wrote {shown}\n  next: fewbits check {shown}"
    )?;
    Ok(true)
}
