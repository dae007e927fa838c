//! Numbers and names as a page has them.

/// Text that is safe in HTML, in attributes too.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// `12,345`
pub(super) fn whole(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `3 reports`, `1 report`
pub(super) fn counted(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {what}{plural}", whole(number))
}

/// A share in percent, with one digit after the point: `31.0`. A minus is a minus sign.
pub(super) fn percent(share: f64) -> String {
    let text = format!("{:.1}", 100.0 * share);
    match text.strip_prefix('-') {
        Some("0.0") => "0.0".to_owned(),
        Some(positive) => format!("\u{2212}{positive}"),
        None => text,
    }
}

/// A number with at most two digits after the point: `4`, `3.5`.
pub(super) fn short(number: f64) -> String {
    format!("{}", (100.0 * number).round() / 100.0)
}

/// An interval in percent, cut off at what a share can be: `27.1 to 35.2 %`.
pub(super) fn interval(low: f64, high: f64) -> String {
    let [low, high] = [low, high].map(|end| percent(end.clamp(0.0, 1.0)));
    format!("{low} to {high}\u{a0}%")
}

/// The weeks from one to another: `2026-W40 to 2026-W44`, or the one.
pub(super) fn weeks(from: &str, to: &str) -> String {
    if from == to {
        from.to_owned()
    } else {
        format!("{from} to {to}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(whole(0), "0");
        assert_eq!(whole(999), "999");
        assert_eq!(whole(1_000), "1,000");
        assert_eq!(whole(1_234_567), "1,234,567");
        assert_eq!(counted(1, "report"), "1 report");
        assert_eq!(percent(0.310_04), "31.0");
        assert_eq!(percent(-0.000_1), "0.0");
        assert_eq!(percent(-0.012), "\u{2212}1.2");
        assert_eq!(short(3.999_999_9), "4");
        assert_eq!(short(3.5), "3.5");
        assert_eq!(interval(-0.01, 0.5), "0.0 to 50.0\u{a0}%");
    }

    #[test]
    fn nothing_in_a_name_becomes_a_tag() {
        assert_eq!(escape("<a b='\"&'>"), "&lt;a b=&#39;&quot;&amp;&#39;&gt;");
    }
}
