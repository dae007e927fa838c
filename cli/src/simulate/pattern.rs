//! Patterns for paths: `/blog/:topic/*`.
//!
//! `:name` is one or more characters up to the next `/`, or up to what follows it in the
//! pattern. `*` is anything, also nothing. A pattern that ends in `/*` also matches without
//! that slash, and a slash at the end of a path does not matter.

/// How much of a path is looked at, in bytes.
const LONGEST: usize = 2_048;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(Box<str>),
    Name,
    Any,
    /// The end of `/*`: nothing, or a slash and anything.
    Tail,
}

/// A pattern, with the names of its captures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
    names: Vec<String>,
}

impl Pattern {
    /// Reads a pattern; or what is wrong with it.
    pub fn new(text: &str) -> Result<Self, String> {
        if !text.starts_with(['/', '*']) {
            return Err(format!("pattern `{text}` does not start with `/` or `*`"));
        }
        let (text, tail) = text.strip_suffix("/*").map_or((text, false), |t| (t, true));
        let text = if tail || text == "/" {
            text
        } else {
            text.trim_end_matches('/')
        };
        let mut pattern = Self {
            parts: Vec::new(),
            names: Vec::new(),
        };
        let mut rest = text;
        while !rest.is_empty() {
            let at = rest.find([':', '*']).unwrap_or(rest.len());
            let (plain, wild) = rest.split_at_checked(at).unwrap_or((rest, ""));
            if !plain.is_empty() {
                pattern.parts.push(Part::Text(plain.into()));
            } else if matches!(pattern.parts.last(), Some(Part::Name | Part::Any)) {
                return Err(format!("pattern `{text}` has two wildcards side by side"));
            }
            rest = match wild.strip_prefix(':') {
                Some(after) => {
                    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
                    let end = after.find(|c| !word(c)).unwrap_or(after.len());
                    let (name, after) = after.split_at_checked(end).unwrap_or((after, ""));
                    if name.is_empty() {
                        return Err(format!("pattern `{text}` has a `:` without a name"));
                    }
                    if pattern.names.iter().any(|n| n == name) {
                        return Err(format!("pattern `{text}` has `:{name}` twice"));
                    }
                    pattern.names.push(name.to_owned());
                    pattern.parts.push(Part::Name);
                    after
                }
                None => match wild.strip_prefix('*') {
                    Some(after) => {
                        pattern.parts.push(Part::Any);
                        after
                    }
                    None => "",
                },
            };
        }
        if tail {
            pattern.parts.push(Part::Tail);
        }
        Ok(pattern)
    }

    /// The names of the captures, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether the pattern fits a whole path; the captured texts are put into `captures`.
    pub fn fits<'p>(&self, path: &'p str, captures: &mut Vec<&'p str>) -> bool {
        captures.clear();
        let mut path = path;
        if path.len() > LONGEST {
            path = path
                .get(..path.floor_char_boundary(LONGEST))
                .unwrap_or_default();
        }
        let mut rest = path
            .strip_suffix('/')
            .filter(|p| !p.is_empty())
            .unwrap_or(path);
        let mut at = 0;
        // Where to go on if this way fails: behind the last `*`, which takes one more.
        let mut back: Option<(usize, &'p str, usize)> = None;
        loop {
            let goes_on = match self.parts.get(at) {
                None if rest.is_empty() => return true,
                None => false,
                Some(Part::Text(text)) => match rest.strip_prefix(&**text) {
                    Some(after) => {
                        rest = after;
                        true
                    }
                    None => false,
                },
                Some(Part::Name) => match rest.split_at_checked(self.name_end(at, rest)) {
                    Some((name, after)) if !name.is_empty() => {
                        captures.push(name);
                        rest = after;
                        true
                    }
                    _ => false,
                },
                Some(Part::Any) if at + 1 == self.parts.len() => return true,
                Some(Part::Any) => {
                    back = Some((at + 1, rest, captures.len()));
                    true
                }
                Some(Part::Tail) if rest.is_empty() || rest.starts_with('/') => return true,
                Some(Part::Tail) => false,
            };
            if goes_on {
                at += 1;
                continue;
            }
            let Some((part, from, kept)) = back else {
                return false;
            };
            let mut chars = from.chars();
            if chars.next().is_none() {
                return false;
            }
            captures.truncate(kept);
            (at, rest) = (part, chars.as_str());
            back = Some((part, rest, kept));
        }
    }

    /// Where the name at the start of `rest` ends.
    fn name_end(&self, at: usize, rest: &str) -> usize {
        let segment = rest.split('/').next().unwrap_or_default();
        let Some(Part::Text(text)) = self.parts.get(at + 1) else {
            return segment.len();
        };
        match text.split('/').next() {
            Some(head) if !head.is_empty() => segment.find(head).unwrap_or(segment.len()),
            _ => segment.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(pattern: &str, path: &str) -> Option<String> {
        let mut captures = Vec::new();
        let fits = Pattern::new(pattern).unwrap().fits(path, &mut captures);
        fits.then(|| captures.join(" "))
    }

    #[test]
    fn patterns_fit_paths() {
        for (pattern, path, expected) in [
            ("/", "/", Some("")),
            ("/", "/a", None),
            ("/a", "/a/", Some("")),
            ("/a/", "/a", Some("")),
            ("/a", "/ab", None),
            ("/*", "/", Some("")),
            ("/*", "/a/b", Some("")),
            ("*", "", Some("")),
            ("/a/*", "/a", Some("")),
            ("/a/*", "/a/", Some("")),
            ("/a/*", "/a/b/c", Some("")),
            ("/a/*", "/ab", None),
            ("*.png", "/x/y.png", Some("")),
            ("*.png", "/x.png/y.png", Some("")),
            ("*.png", "/x.pngs", None),
            ("/blog/:topic/*", "/blog/puppet", Some("puppet")),
            ("/blog/:topic/*", "/blog/puppet/2011/x", Some("puppet")),
            ("/blog/:topic/*", "/blog/", None),
            ("/blog/:topic", "/blog/a/b", None),
            ("/g/:title.html", "/g/ssl-latency.html", Some("ssl-latency")),
            ("/g/:title.html", "/g/.html", None),
            ("/:a/:b", "/x/y", Some("x y")),
            ("*/p/:name", "/a/p/b/p/c", Some("c")),
            ("/p-:name-:rest", "/p-a-b-c", Some("a b-c")),
            ("/ü/:x", "/ü/é", Some("é")),
            ("*é", "/aéé", Some("")),
        ] {
            assert_eq!(fit(pattern, path).as_deref(), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn patterns_are_checked() {
        for (pattern, message) in [
            ("a", "does not start"),
            ("", "does not start"),
            ("/:", "without a name"),
            ("/:a/:a", "twice"),
            ("/**", "side by side"),
            ("/:a*", "side by side"),
        ] {
            let error = Pattern::new(pattern).unwrap_err();
            assert!(error.contains(message), "{pattern}: {error}");
        }
    }

    #[test]
    fn a_hostile_path_is_cut() {
        let path = format!("/{}", "-a".repeat(5_000_000));
        assert_eq!(fit("*-:a.html", &path), None);
        assert_eq!(fit("/:a", &"ü".repeat(5_000)), None);
    }
}
