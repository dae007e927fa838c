//! A document before it has a form: headings, paragraphs, lists and tables. Written as Markdown
//! or HTML, and escaped there, so that no word of a book can mean anything but itself.

pub use crate::page::escaped;

/// A piece of a line.
#[derive(Debug, Clone, PartialEq)]
pub enum Inline {
    Text(String),
    Strong(String),
    Code(String),
    /// Only the site can know it: what is to be filled in.
    Fill(String),
}

/// One line or paragraph.
pub type Line = Vec<Inline>;

/// A part of a document.
pub enum Block {
    /// From 1, the title, to 4.
    Heading(u8, String),
    Paragraph(Line),
    List(Vec<Line>),
    /// The first cell of a row names it.
    Table(Vec<&'static str>, Vec<Vec<Line>>),
    Code(String),
}

/// A line of our own words or the tool's: what stands between backticks is code.
pub fn words(text: impl AsRef<str>) -> Line {
    let parts = text.as_ref().split('`').enumerate();
    parts
        .filter(|(_, part)| !part.is_empty())
        .map(|(i, part)| match i % 2 {
            0 => Inline::Text(part.to_owned()),
            _ => Inline::Code(part.to_owned()),
        })
        .collect()
}

/// A line of somebody else's words, exactly as they are.
pub fn quote(text: impl Into<String>) -> Line {
    vec![Inline::Text(text.into())]
}

/// What is known, or what is to be filled in.
pub fn known(value: Option<&String>, missing: &str) -> Line {
    match value {
        Some(value) => quote(value),
        None => vec![Inline::Fill(missing.to_owned())],
    }
}

pub fn heading(level: u8, text: &str) -> Block {
    Block::Heading(level, text.to_owned())
}

pub fn paragraph(text: impl AsRef<str>) -> Block {
    Block::Paragraph(words(text))
}

/// The document as Markdown (CommonMark with tables).
pub fn markdown(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        if !out.is_empty() {
            out.push('\n');
        }
        match block {
            Block::Heading(level, text) => {
                let marks = "#".repeat(usize::from(*level));
                out.push_str(&format!("{marks} {}\n", plain(text)));
            }
            Block::Paragraph(line) => out.push_str(&format!("{}\n", marked(line))),
            Block::List(lines) => {
                for line in lines {
                    out.push_str(&format!("- {}\n", marked(line)));
                }
            }
            Block::Table(head, rows) => {
                out.push_str(&format!("| {} |\n", head.join(" | ")));
                out.push_str(&format!("|{}\n", "---|".repeat(head.len())));
                for row in rows {
                    let cells: Vec<String> = row.iter().map(|cell| marked(cell)).collect();
                    out.push_str(&format!("| {} |\n", cells.join(" | ")));
                }
            }
            Block::Code(text) => {
                out.push_str(&format!("```\n{}\n```\n", text.replace("```", "'''")))
            }
        }
    }
    out
}

fn marked(line: &[Inline]) -> String {
    let one = |inline: &Inline| match inline {
        Inline::Text(text) => plain(text),
        Inline::Strong(text) => format!("**{}**", plain(text)),
        // A bar would end the cell of a table, in code as well.
        Inline::Code(text) => format!("`{}`", one_line(text).replace('`', "'").replace('|', "\\|")),
        Inline::Fill(text) => format!("**[to be filled in: {}]**", plain(text)),
    };
    line.iter().map(one).collect()
}

/// Text that no reader of Markdown takes for a mark or a tag.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// The document as HTML, without a page around it.
pub fn html(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        match block {
            Block::Heading(level, text) => {
                out.push_str(&format!("<h{level}>{}</h{level}>\n", escaped(text)));
            }
            Block::Paragraph(line) => out.push_str(&format!("<p>{}</p>\n", tagged(line))),
            Block::List(lines) => {
                out.push_str("<ul>\n");
                for line in lines {
                    out.push_str(&format!("<li>{}</li>\n", tagged(line)));
                }
                out.push_str("</ul>\n");
            }
            Block::Table(head, rows) => table(head, rows, &mut out),
            Block::Code(text) => {
                out.push_str(&format!(
                    "<pre tabindex=\"0\"><code>{}</code></pre>\n",
                    escaped(text)
                ));
            }
        }
    }
    out
}

/// On a narrow page each row becomes a card, whose lines carry the names of the columns.
fn table(head: &[&str], rows: &[Vec<Line>], out: &mut String) {
    out.push_str("<table>\n<thead><tr>");
    for name in head {
        out.push_str(&format!("<th scope=\"col\">{}</th>", escaped(name)));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for (i, cell) in row.iter().enumerate() {
            let name = escaped(head.get(i).unwrap_or(&""));
            let (open, close) = if i == 0 {
                ("th scope=\"row\"", "th")
            } else {
                ("td", "td")
            };
            out.push_str(&format!(
                "<{open} data-name=\"{name}\">{}</{close}>",
                tagged(cell)
            ));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
}

fn tagged(line: &[Inline]) -> String {
    let one = |inline: &Inline| match inline {
        Inline::Text(text) => escaped(text),
        Inline::Strong(text) => format!("<strong>{}</strong>", escaped(text)),
        Inline::Code(text) => format!("<code>{}</code>", escaped(text)),
        Inline::Fill(text) => format!("<mark>to be filled in: {}</mark>", escaped(text)),
    };
    line.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_book_mean_only_themselves() {
        let evil = "<script>\"x\" & 'y'</script> | *a* `b` [c](javascript:d)\n# e";
        let rows = vec![vec![quote(evil), vec![Inline::Code(evil.to_owned())]]];
        let blocks = [
            Block::Heading(2, evil.to_owned()),
            Block::Table(vec!["a", "b"], rows),
        ];
        let html = html(&blocks);
        assert!(
            !html.contains("<script") && !html.contains("\"x\""),
            "{html}"
        );
        let markdown = markdown(&blocks);
        assert!(!markdown.contains("\n# e"), "{markdown}");
        let row = markdown.lines().last().unwrap();
        assert!(
            row.starts_with("| &lt;script&gt;") && row.contains("\\| \\*a\\* \\`b\\` \\[c\\]"),
            "{row}"
        );
        // Two cells, however many bars there are in them.
        let bars = row.replace("\\|", "").matches('|').count();
        assert_eq!(bars, 3, "{row}");
    }

    #[test]
    fn what_stands_between_backticks_is_code() {
        let line = words("how many `view` events");
        assert_eq!(line.get(1), Some(&Inline::Code("view".into())));
        assert_eq!(marked(&line), "how many `view` events");
        assert_eq!(
            tagged(&known(None, "who")),
            "<mark>to be filled in: who</mark>"
        );
    }
}
