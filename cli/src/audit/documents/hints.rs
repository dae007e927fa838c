//! What the page may pass on, for the page and the drafts.

use super::page::{Block, Inline, Line, quote, words};
use crate::audit::analysis::Hints;
use crate::audit::analysis::words::{duration, times};
use crate::terminal::counted;

/// What a hint is, and what it tells.
pub fn of(hints: &Hints) -> Vec<Block> {
    let rows = hints.dimensions.iter().map(|dimension| {
        let names: Vec<&str> = dimension.cells.iter().map(|c| c.name.as_str()).collect();
        vec![
            quote(&dimension.name),
            quote(names.join(", ")),
            quote(format!("{:.2}", dimension.bits)),
        ]
    });
    let line = |name: &str, text: Line| -> Line {
        let mut line = vec![Inline::Strong(format!("{name}: "))];
        line.extend(text);
        line
    };
    vec![
        Block::Paragraph(words(format!(
            "For a visitor who agreed to sharing, the page is handed the segments that hold, \
             without noise, and may pass them on. A hint stays the same for {}, whatever the \
             visitor does; the next one is charged anew to the same budget, in which there is \
             room for {}. One hint costs {:.2} bits: {} times better than a guess. There are {}, \
             such as this:",
            duration(hints.window),
            counted(hints.windows.into(), "hint"),
            hints.bits,
            times(hints.times),
            counted(hints.outcomes as u64, "different hint"),
        ))),
        Block::Code(hints.example.clone()),
        Block::Table(vec!["segments of", "shown as", "bits"], rows.collect()),
        Block::List(vec![
            line("Who is told, and for what", quote(&hints.why)),
            line(
                "To whom, beside which identifier",
                vec![Inline::Fill(
                    "to whom the page passes hints on, and with what".to_owned(),
                )],
            ),
        ]),
    ]
}
