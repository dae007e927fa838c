//! The documents that a book writes about itself. All text goes through `page`, which escapes it
//! for the form that is written.

mod chart;
mod decided;
pub mod dpia;
pub mod dpv;
pub mod figures;
mod flow;
mod hints;
pub mod html;
pub mod page;
pub mod policy;
pub mod ropa;
pub mod site;
pub mod statement;
pub mod storage;

use super::analysis::{Audit, Meaning};
use figures::Figures;
use site::Site;

/// What the documents are made of.
pub struct Material<'a> {
    pub audit: &'a Audit,
    /// What the book means; only the page of findings does without.
    pub meaning: &'a Meaning,
    pub site: &'a Site,
    pub figures: Option<&'a Figures>,
}
