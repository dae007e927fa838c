//! The two things that are read from an address: its host and its query. Everything else of
//! it is never looked at.
//!
//! This is no full URL parser. It reads what browsers write into `document.referrer` and
//! `location.href`, and treats anything else as no address at all.

use super::words::{cut, group_of};

/// How much of an address is looked at, in bytes.
pub const LIMIT: usize = 2_048;

const SCHEMES: &str = "https,http,android-app";

/// The host, without user, port, a leading `www.` and a trailing dot. `None` if this is not
/// an address of the web or of an Android app (`android-app://com.google.android.gm`).
pub fn host(address: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = cut(address, b":");
    let [b'/', b'/', rest @ ..] = rest? else {
        return None;
    };
    group_of(SCHEMES, scheme)?;
    let (_, host) = last(cut(rest, b"/?#\\").0, b'@');
    // In `[::1]:8080` the colons before the bracket are part of the host.
    let host = cut(host, if host.starts_with(b"[") { b"]" } else { b":" }).0;
    let host = if let [rest @ .., b'.'] = host {
        rest
    } else {
        host
    };
    let host = match host {
        [b'w' | b'W', b'w' | b'W', b'w' | b'W', b'.', rest @ ..] => rest,
        _ => host,
    };
    (!host.is_empty()).then_some(host)
}

/// The query, without the question mark.
pub fn query(address: &[u8]) -> Option<&[u8]> {
    cut(cut(address, b"#").0, b"?").1
}

/// Whether `host` is `parent` or lies under it: `a.example.org` is under `example.org`.
pub fn under(host: &[u8], parent: &[u8]) -> bool {
    let Some(at) = host.len().checked_sub(parent.len()) else {
        return false;
    };
    host.split_at_checked(at).is_some_and(|(above, end)| {
        end.eq_ignore_ascii_case(parent) && (above.is_empty() || above.ends_with(b"."))
    })
}

/// The host without its country ending: `google` of `google.com`, `google.de`,
/// `google.co.uk` and `google.com.br`.
pub fn without_country(host: &[u8]) -> &[u8] {
    let (above, country) = last(host, b'.');
    let (name, second) = last(above, b'.');
    let has_second = !name.is_empty() && country.len() == 2;
    if has_second && group_of("co,com", second).is_some() {
        name
    } else {
        above
    }
}

/// What stands before the last of these bytes, and after it; all is after it if there is none.
fn last(text: &[u8], at: u8) -> (&[u8], &[u8]) {
    match text
        .iter()
        .rposition(|&byte| byte == at)
        .and_then(|i| text.split_at_checked(i))
    {
        Some((before, rest)) => (before, rest.get(1..).unwrap_or_default()),
        None => (b"", text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host_of(address: &str) -> Option<&str> {
        host(address.as_bytes()).map(|h| std::str::from_utf8(h).unwrap())
    }

    #[test]
    fn hosts() {
        for (address, expected) in [
            ("https://example.org", "example.org"),
            ("HTTPS://WWW.Example.ORG:8443/a?b#c", "Example.ORG"),
            ("http://user:pass@example.org/", "example.org"),
            ("http://a@b@example.org/", "example.org"),
            ("http://example.org./", "example.org"),
            ("http://example.org?x=http://other.org/", "example.org"),
            ("http://example.org#@other.org", "example.org"),
            ("http://example.org\\@other.org/", "example.org"),
            ("http://[2001:db8::1]:8080/x", "[2001:db8::1"),
            ("http://192.0.2.1:80/", "192.0.2.1"),
            (
                "android-app://com.google.android.gm/",
                "com.google.android.gm",
            ),
            (
                "android-app://com.google.android.gm",
                "com.google.android.gm",
            ),
            ("http://www.www.org/", "www.org"),
            ("http://müsli.example/", "müsli.example"),
        ] {
            assert_eq!(host_of(address), Some(expected), "{address}");
        }
        for address in [
            "",
            " https://example.org",
            "about:blank",
            "about:client",
            "example.org",
            "//example.org/",
            "https:",
            "https:/",
            "https://",
            "https:///path",
            "http://@/",
            "http://:80/",
            "http://./",
            "file:///etc/hosts",
            "data:text/html,x",
            "chrome-extension://abcdef/",
            "javascript://example.org/%0a",
            "blob:https://example.org/1",
            "https//example.org",
            "\u{0}https://example.org",
            "ü://example.org",
        ] {
            assert_eq!(host_of(address), None, "{address}");
        }
    }

    #[test]
    fn queries() {
        for (address, expected) in [
            ("https://a.b/?x=1&y#z", Some("x=1&y")),
            ("https://a.b/?x=1?y=2#z=3&gclid=4", Some("x=1?y=2")),
            ("https://a.b/?", Some("")),
            ("https://a.b/#?x=1", None),
            ("https://a.b/", None),
        ] {
            assert_eq!(
                query(address.as_bytes()),
                expected.map(str::as_bytes),
                "{address}"
            );
        }
    }

    #[test]
    fn below() {
        assert!(under(b"a.example.org", b"example.org"));
        assert!(under(b"EXAMPLE.org", b"example.ORG"));
        assert!(!under(b"badexample.org", b"example.org"));
        assert!(!under(b"org", b"example.org"));
        assert!(!under(b"", b"example.org"));
    }

    #[test]
    fn countries() {
        for (host, expected) in [
            ("google.com", "google"),
            ("google.de", "google"),
            ("google.co.uk", "google"),
            ("images.google.com.br", "images.google"),
            ("search.yahoo.co.jp", "search.yahoo"),
            ("google.evil.com", "google.evil"),
            ("t.co", "t"),
            ("co.uk", "co"),
            ("localhost", ""),
            ("", ""),
            (".", ""),
        ] {
            assert_eq!(
                without_country(host.as_bytes()),
                expected.as_bytes(),
                "{host}"
            );
        }
    }
}
