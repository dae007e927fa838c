//! Word lists as text: how every table of this room is stored. Text is what a reviewer can
//! read, and what compresses best.

/// The number of the first group that has a word for which `fits(text, word)` holds.
///
/// Groups are parted by `|`, words by `,` or a line end. Spaces belong to the word.
pub fn group(lists: &str, text: &[u8], fits: fn(&[u8], &[u8]) -> bool) -> Option<u16> {
    let mut group = 0;
    let mut rest = Some(lists.as_bytes());
    while let Some(list) = rest {
        let (word, after) = cut(list, b"|,\n\r");
        if !word.is_empty() && fits(text, word) {
            return Some(group);
        }
        // The separator is the byte after the word.
        if list.get(word.len()) == Some(&b'|') {
            group += 1;
        }
        rest = after;
    }
    None
}

/// The number of the group in which `name` is, whatever its case.
pub fn group_of(lists: &str, name: &[u8]) -> Option<u16> {
    group(lists, name, <[u8]>::eq_ignore_ascii_case)
}

/// Whether `part` occurs in `text`, whatever the case of either.
pub fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len().max(1))
        .any(|window| window.eq_ignore_ascii_case(part))
}

/// What stands before the first of these bytes, and after it if there is one.
pub fn cut<'a>(text: &'a [u8], at: &[u8]) -> (&'a [u8], Option<&'a [u8]>) {
    let found = text
        .iter()
        .position(|byte| at.iter().any(|stop| stop == byte));
    match found.and_then(|i| text.split_at_checked(i)) {
        Some((before, rest)) => (before, rest.get(1..)),
        None => (text, None),
    }
}

/// What is looked at of a text from outside: its first `limit` bytes.
pub fn clip(text: &impl AsRef<[u8]>, limit: usize) -> &[u8] {
    let bytes = text.as_ref();
    bytes.get(..limit).unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_numbered_in_order() {
        let lists = "a,b\nc d|e||,f,\r\n";
        assert_eq!(group_of(lists, b"A"), Some(0));
        assert_eq!(group_of(lists, b"c d"), Some(0));
        assert_eq!(group_of(lists, b"e"), Some(1));
        assert_eq!(group_of(lists, b"f"), Some(3));
        assert_eq!(group_of(lists, b""), None);
        assert_eq!(group_of(lists, b"g"), None);
    }

    #[test]
    fn text_is_searched_without_case() {
        assert!(contains(b"Mozilla/5.0", b"mozilla"));
        assert!(contains(b"x", b"X"));
        assert!(!contains(b"", b"x"));
        assert!(!contains(b"short", b"longer than it"));
        assert_eq!(cut(b"a=b=c", b"="), (&b"a"[..], Some(&b"b=c"[..])));
        assert_eq!(cut(b"a?", b"#?"), (&b"a"[..], Some(&b""[..])));
        assert_eq!(cut(b"", b"="), (&b""[..], None));
        assert_eq!(clip(&"äb", 1), b"\xc3");
        assert_eq!(clip(&"ab", 9), b"ab");
    }
}
