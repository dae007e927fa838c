//! Lints of trained models.

use fewbits::book::author::sensitive::find;
use fewbits::book::{Book, Kind};

use crate::audit::analysis::{Finding, Meaning, Severity, Subject, reads};

pub fn lint(book: &Book, subject: &Subject, meaning: &Meaning, found: &mut Vec<Finding>) {
    for model in &meaning.models {
        let read = model.signals.iter().flat_map(|weighed| {
            let items = weighed.items.iter().map(String::as_str);
            std::iter::once(weighed.signal.as_str()).chain(items)
        });
        let told = model.classes.iter().map(String::as_str);
        let names = std::iter::once(model.name.as_str());
        for text in read.chain(told).chain(names) {
            let Some(entry) = find(text) else { continue };
            let message = format!(
                "the model `{}` reads or tells apart `{text}`, a sensitive topic ({})",
                model.name, entry.category
            );
            let help = "train it without: what a model says of a sensitive topic is one, too";
            let at = subject.places.key(&["models", &model.name]);
            let warning = Finding::new(Severity::Warning, "model-sensitive", at, message, help);
            found.push(warning);
        }
    }
    for (dimension, shown) in book.dimensions.iter().zip(&meaning.dimensions) {
        if !(shown.asked || shown.hinted) {
            continue;
        }
        let reads = reads::of(book, dimension);
        let signals = (0u16..).zip(&book.signals);
        for (_, signal) in signals.filter(|(index, _)| reads.contains(index)) {
            let Kind::Model { model } = &signal.kind else {
                continue;
            };
            let model = book.model(*model).map_or("", |model| book.str(model.name));
            let message = format!(
                "what leaves about `{}` follows from the trained model `{model}`",
                shown.name
            );
            let help = "say in the dimension's `why` what the model was trained to tell, and on whose data";
            let at = subject.places.key(&["dimensions", &shown.name]);
            let warning = Finding::new(Severity::Warning, "model-reported", at, message, help);
            found.push(warning);
        }
    }
}
