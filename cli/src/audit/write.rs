//! Which documents are written, and where to.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use fewbits::book::Book;
use fewbits::book::author::Places;

use super::analysis::Audit;
use super::documents::figures::Figures;
use super::documents::page::markdown;
use super::documents::site::Site;
use super::documents::{Material, dpia, dpv, html, policy, ropa, statement, storage};
use super::{Arguments, pretty, sarif};
use crate::book::rejected;
use crate::crowd::Deployed;
use crate::failure::{Failure, Result};

/// The files; `-` is the standard output.
#[derive(Args)]
#[command(next_help_heading = "Documents")]
pub struct Targets {
    /// The page for a data protection officer: one file, no script
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// The public statement, for `/.well-known/fewbits.json` and the collector
    #[arg(long, value_name = "FILE")]
    statement: Option<PathBuf>,
    /// The record of processing activities (GDPR Art. 30), a draft in Markdown
    #[arg(long, value_name = "FILE")]
    ropa: Option<PathBuf>,
    /// The data protection impact assessment (GDPR Art. 35), a draft in Markdown
    #[arg(long, value_name = "FILE")]
    dpia: Option<PathBuf>,
    /// The paragraph for the privacy policy, in Markdown
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The processing in the Data Privacy Vocabulary 2.3, as JSON-LD
    #[arg(long, value_name = "FILE")]
    dpv: Option<PathBuf>,
    /// What is stored in the browser, in the form of the TCF's device storage disclosure
    #[arg(long, value_name = "FILE")]
    storage: Option<PathBuf>,
    /// All of them, and the audit as JSON and SARIF, in one folder
    #[arg(long, value_name = "DIR")]
    all: Option<PathBuf>,
}

/// Writes what was asked for; whether anything was.
pub fn documents(arguments: &Arguments, deployed: &Deployed, audit: &Audit) -> Result<bool> {
    let targets = &arguments.write;
    let named = [
        (&targets.html, "audit.html"),
        (&targets.statement, "fewbits.json"),
        (&targets.ropa, "ropa.md"),
        (&targets.dpia, "dpia.md"),
        (&targets.policy, "policy.md"),
        (&targets.dpv, "dpv.jsonld"),
        (&targets.storage, "storage.json"),
    ];
    let mut wanted: Vec<(PathBuf, &str)> = named
        .iter()
        .filter_map(|(target, name)| Some(((*target).clone()?, *name)))
        .collect();
    if let Some(folder) = &targets.all {
        std::fs::create_dir_all(folder).map_err(|e| Failure::writing(folder, &e))?;
        let names = named.iter().map(|(_, name)| *name);
        let names = names.chain(["audit.json", "audit.sarif"]);
        wanted.extend(names.map(|name| (folder.join(name), name)));
    }
    let site = match &arguments.site {
        Some(path) => Site::read(path)?,
        None => Site::default(),
    };
    let figures = match &arguments.attack {
        Some(path) => Some(Figures::read(path, audit)?),
        None => None,
    };
    let file = arguments.book.display().to_string();
    for (target, name) in &wanted {
        let text = match (&deployed.outcome, &audit.meaning, *name) {
            (_, _, "audit.json") => pretty(audit)?,
            (_, _, "audit.sarif") => pretty(&sarif::of(audit, &file))?,
            (Ok(compiled), Some(meaning), name) => {
                let material = Material {
                    audit,
                    meaning,
                    site: &site,
                    figures: figures.as_ref(),
                };
                document(name, &material, &compiled.book, deployed, &file)?
            }
            (_, _, "audit.html") => html::refused(audit, &file),
            // The others would say what a book means that means nothing yet.
            (Err(found), ..) => return Err(rejected(found, &deployed.source, &arguments.book)),
            _ => continue,
        };
        output(target, &text)?;
    }
    Ok(!wanted.is_empty())
}

fn document(
    name: &str,
    material: &Material,
    book: &Book,
    deployed: &Deployed,
    file: &str,
) -> Result<String> {
    Ok(match name {
        "audit.html" => html::of(material, file),
        "fewbits.json" => {
            let places = Places::new(&deployed.source);
            let bootstrap = places.flag(&["report", "bootstrap"]) && deployed.table.is_none();
            let why = places.text(&["hints", "why"]).unwrap_or_default();
            pretty(&statement::of(book, bootstrap, why))?
        }
        "ropa.md" => markdown(&ropa::of(material)),
        "dpia.md" => markdown(&dpia::of(material)),
        "policy.md" => markdown(&policy::of(material)),
        "dpv.jsonld" => pretty(&dpv::of(material))?,
        _ => pretty(&storage::of(material))?,
    })
}

/// Writes a document to a file, or to the standard output.
fn output(path: &Path, text: &str) -> Result<()> {
    if path == Path::new("-") {
        write!(std::io::stdout().lock(), "{text}")?;
        return Ok(());
    }
    std::fs::write(path, text).map_err(|e| Failure::writing(path, &e))
}
