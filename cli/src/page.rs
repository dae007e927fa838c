//! The shell of a self-contained page: one file, no script, nothing loaded from anywhere; light
//! and dark, on paper and on a phone.

use std::fmt::Write;

/// What every page looks like. Colours are variables, so that drawings follow light and dark.
const STYLE: &str = include_str!("page.css");

/// Text as HTML shows it.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A whole page around a body of HTML.
pub fn page(title: &str, body: &str) -> String {
    let mut out = String::new();
    let title = escaped(title);
    _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup_that_was_text() {
        let page = page("<b> & 'c'", "<p>x</p>\n");
        assert!(page.contains("<title>&lt;b&gt; &amp; &#39;c&#39;</title>"));
        for never in ["<script", "http://", "https://", "src=", "@import", "url("] {
            assert!(!page.contains(never), "{never}");
        }
    }
}
