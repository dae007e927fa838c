//! `--site FILE`: what a book cannot know about the site that uses it.

use std::path::Path;

use serde::Deserialize;

use crate::book::text;
use crate::failure::{Failure, Result};

/// Facts for the documents. What is missing is marked there, to be filled in.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Name and address of the controller.
    pub controller: Option<String>,
    /// How to reach them.
    pub contact: Option<String>,
    /// The data protection officer, and how to reach them.
    pub officer: Option<String>,
    /// The site's own domain, such as `www.acme.example`.
    pub domain: Option<String>,
    /// The legal basis that was chosen, in words.
    pub legal_basis: Option<String>,
    /// Who runs the collector: the controller, or a processor.
    pub collector: Option<String>,
    /// Transfers to third countries and their safeguards.
    pub transfers: Option<String>,
    /// How long the collector's counts are kept.
    pub aggregates: Option<String>,
}

impl Site {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<Self> {
        serde_json::from_str(&text(path)?).map_err(|error| {
            Failure::new(
                format_args!("cannot use `{}`: {error}", path.display()),
                "it is an object of texts: controller, contact, officer, domain, legal_basis, \
                 collector, transfers, aggregates",
            )
        })
    }
}
