//! Lints of what is remembered.

use fewbits::book::Book;

use crate::audit::analysis::words::{duration, number};
use crate::audit::analysis::{Finding, Inventory, Severity, Subject};

/// 13 months, as CNIL's guidelines on audience measurement take for trackers: 395 days.
const LONGEST: u32 = 395 * 86_400;
/// A declared fact with more values than this can tell people apart.
const MOST_VALUES: u64 = 100;

pub fn lint(book: &Book, subject: &Subject, inventory: &Inventory, found: &mut Vec<Finding>) {
    let places = subject.places;
    if book.retention > LONGEST {
        let message = format!(
            "a memory that is not renewed is kept for {}, longer than 13 months",
            duration(book.retention)
        );
        let help =
            "write `\"retention\": \"395d\"` or less, and shorten the windows that need more";
        let at = places.key(&["retention"]);
        found.push(Finding::new(
            Severity::Warning,
            "retention-too-long",
            at,
            message,
            help,
        ));
    }
    for signal in &inventory.signals {
        let path = ["signals", signal.name.as_str()];
        if signal.seconds > LONGEST && signal.seconds != book.retention {
            let message = format!(
                "`{}` looks back {}, longer than 13 months",
                signal.name,
                duration(signal.seconds)
            );
            let help = "write a shorter `within`: `\"395d\"` or less";
            let at = places.key(&["signals", &signal.name, "within"]);
            found.push(Finding::new(
                Severity::Warning,
                "retention-too-long",
                at,
                message,
                help,
            ));
        }
        if signal.kind == "declared" && signal.distinct.is_none_or(|n| n > MOST_VALUES) {
            let many = match signal.distinct {
                Some(n) => format!("{} values", number(n as f64)),
                None => "any number of values".to_owned(),
            };
            let message = format!("the site may declare {many} for `{}`", signal.name);
            let help = "give it a greater `step`, a narrower range, or a list of a few items";
            let at = places.key(&path);
            found.push(Finding::new(
                Severity::Warning,
                "unbounded-declared",
                at,
                message,
                help,
            ));
        }
    }
}
