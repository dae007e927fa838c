//! What a book names, as a TypeScript declaration of the module `import book from "./shop.book.json"`
//! is: then a page that asks for a segment which is not there does not compile. `NamesOf` in
//! `www/sdk/src/names.ts` says the same of a book written `as const`; a test keeps them equal.

use super::super::{Book, Domain, Kind, StrId};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The declaration.
pub fn typescript(book: &Book) -> String {
    let name = pascal(book.str(book.name));
    let mut segments = Vec::new();
    let mut groups = Vec::new();
    // Outcomes of experiments are nothing to build a page on.
    let declared = book.dimensions.iter().filter(|d| book.outcome(d).is_none());
    for dimension in declared {
        let of = |id: &str| text(&format!("{}/{id}", book.str(dimension.name)));
        segments.extend(dimension.segments.iter().map(|s| of(book.str(s.name))));
        groups.push(of("any"));
        groups.extend(dimension.groups.iter().map(|g| of(book.str(g.name))));
    }
    let mut slots = String::new();
    for slot in &book.slots {
        let variants = texts(book, &slot.variants).join(" | ");
        _ = write!(slots, "\n    {}: {variants};", text(book.str(slot.name)));
    }
    let mut facts = String::new();
    for signal in &book.signals {
        if let Kind::Declared { domain } = &signal.kind {
            let values = match domain {
                Domain::Items(items) => texts(book, items).join(" | "),
                Domain::Boolean => "boolean".to_owned(),
                Domain::Number { .. } => "number".to_owned(),
            };
            _ = write!(facts, "\n    {}: {values};", text(book.str(signal.name)));
        }
    }
    for lines in [&mut slots, &mut facts] {
        if !lines.is_empty() {
            lines.push_str("\n  ");
        }
    }
    format!(
        "// Written by `fewbits types` from {book}, version {version}. Write it anew when the book changes.\n\n\
         /** What the book {book} names. Where the book is an address: `createFewbits<{name}>({{ book: \"/...\" }})`. */\n\
         export interface {name} {{\n  segment:{segment};\n  group:{group};\n  slots: {{{slots}}};\n  event:{event};\n  facts: {{{facts}}};\n}}\n\n\
         declare const book: import(\"fewbits\").CompiledBook<{name}>;\nexport default book;\n",
        book = book.str(book.name),
        version = book.version,
        segment = union(&segments),
        group = union(&groups),
        event = union(&texts(book, &book.events)),
    )
}

/// Names as texts; reserved ones, which begin with `~`, are no page's business.
fn texts(book: &Book, ids: &[StrId]) -> Vec<String> {
    let names = ids.iter().map(|id| book.str(*id));
    names.filter(|n| !n.starts_with('~')).map(text).collect()
}

/// A text as TypeScript writes it. No name and no item has control characters.
fn text(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', r"\\").replace('"', "\\\""))
}

/// One of these, each on a line of its own.
fn union(all: &[String]) -> String {
    let lines: BTreeSet<String> = all.iter().map(|one| format!("\n    | {one}")).collect();
    if lines.is_empty() {
        return " never".to_owned();
    }
    lines.into_iter().collect()
}

/// `acme-outdoor` as `AcmeOutdoor`.
fn pascal(name: &str) -> String {
    name.split('-')
        .flat_map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(letters)
        })
        .collect()
}
