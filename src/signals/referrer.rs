//! Where a visit came from: the class of the referring site, and of the campaign medium.
//!
//! Shapes: two addresses become one of seven classes, one address becomes one of eight. The
//! addresses are looked at here, up to their first 2,048 bytes, and go no further.
//! Where the host table comes from and what is left out of it: `tables/referrers.md`. The words of
//! `utm_medium` follow the default channel groups of Google Analytics 4
//! (support.google.com/analytics/answer/9756891), with a few common words added.

use super::address::{LIMIT, host, query, under, without_country};
use super::words::{clip, contains, cut, group, group_of};

const DIRECT: u16 = 0;
const INTERNAL: u16 = 1;
const SEARCH: u16 = 2;
const ADS: u16 = 5;
const REFERRAL: u16 = 6;

const MEDIUM_SOCIAL: u16 = 2;
const MEDIUM_ADS: u16 = 4;
const MEDIUM_AFFILIATE: u16 = 5;
const MEDIUM_OTHER: u16 = 7;

/// Hosts of search, social and email sites, in this order.
const HOSTS: &str = include_str!("tables/referrers.txt");

/// Names of parameters: `utm_medium`, and the click identifiers of paid advertising, of
/// affiliate networks and of social sites. `fbclid` is on every link out of Facebook, paid or
/// not, so it only says "social".
const NAMES: &str = include_str!("tables/parameters.txt");

/// Words of `utm_medium`, a group for each item: none, search, social, email, ads, affiliate,
/// referral. What is neither letter nor digit is written `-` here.
const MEDIA: &str = include_str!("tables/media.txt");

/// The class of the referring site, an item of `Context::Referrer`.
///
/// In this order: the page's own site is `internal`; a page address with a paid click
/// identifier or a paid medium is `ads`, whatever the referrer; no referrer, or none that can
/// be read, is `direct`; then the host table; then `referral`.
pub fn referrer(referrer: impl AsRef<[u8]>, page: impl AsRef<[u8]>) -> u16 {
    let page = clip(&page, LIMIT);
    let from = host(clip(&referrer, LIMIT));
    if let (Some(from), Some(own)) = (from, host(page))
        && same_site(from, own)
    {
        return INTERNAL;
    }
    if medium_of(page) == MEDIUM_ADS {
        return ADS;
    }
    from.map_or(DIRECT, |from| {
        group(HOSTS, from, matches).map_or(REFERRAL, |class| class + SEARCH)
    })
}

/// The campaign medium of a page address, an item of `Context::Medium`: by a paid click
/// identifier, else by `utm_medium`, else by another click identifier, else `none`.
pub fn medium(page: impl AsRef<[u8]>) -> u16 {
    medium_of(clip(&page, LIMIT))
}

fn medium_of(page: &[u8]) -> u16 {
    let (mut named, mut clicked) = (0, 0);
    let mut rest = query(page);
    while let Some(pairs) = rest {
        let (pair, after) = cut(pairs, b"&");
        let (name, value) = cut(pair, b"=");
        let value = value.unwrap_or_default();
        if !value.is_empty() {
            match group_of(NAMES, name) {
                Some(0) => named = medium_word(value),
                Some(1) => return MEDIUM_ADS,
                Some(2) => clicked = MEDIUM_AFFILIATE,
                Some(_) => clicked = MEDIUM_SOCIAL,
                None => {}
            }
        }
        rest = after;
    }
    if named == 0 { clicked } else { named }
}

/// The medium that a value of `utm_medium` means.
fn medium_word(value: &[u8]) -> u16 {
    group(MEDIA, value, means).unwrap_or_else(|| {
        // paid, paidsearch, paid-social, ...; cpc, cpm, cpa, cpv, ecpc, ...
        let start = value.get(..4).unwrap_or_default();
        let paid = start.eq_ignore_ascii_case(b"paid") || contains(value, b"cp");
        if paid { MEDIUM_ADS } else { MEDIUM_OTHER }
    })
}

/// Whether a value is this word, with `-` for whatever is neither letter nor digit. Nobody
/// encodes letters, so `%20` and `%5F` are a `-` too.
fn means(value: &[u8], word: &[u8]) -> bool {
    let mut bytes = value.iter();
    let same = word.iter().all(|&expected| match bytes.next() {
        Some(byte) if byte.is_ascii_alphanumeric() => byte.eq_ignore_ascii_case(&expected),
        Some(b'%') => {
            _ = (bytes.next(), bytes.next());
            expected == b'-'
        }
        Some(_) => expected == b'-',
        None => false,
    });
    same && bytes.next().is_none()
}

/// Whether one host is the other or lies under it. Which two hosts under one owner's domain
/// belong together (`blog.example.org` and `shop.example.org`) only a list of all public
/// suffixes could say; they count as two sites.
fn same_site(a: &[u8], b: &[u8]) -> bool {
    let (long, short) = if a.len() < b.len() { (b, a) } else { (a, b) };
    // A host without a dot has none under it: `org` is not the site of `example.org`.
    under(long, short) && (long.len() == short.len() || cut(short, b".").1.is_some())
}

/// Whether a host fits a line of the host table.
///
/// `example.org` is this host and all under it, `=example.org` this host alone, `example.`
/// has any country ending, `mail.*` is any host with this first label and a domain of its own.
fn matches(host: &[u8], pattern: &[u8]) -> bool {
    if let [first @ .., b'.', b'*'] = pattern {
        let (label, domain) = cut(without_country(host), b".");
        return domain.is_some() && label.eq_ignore_ascii_case(first);
    }
    let (exact, pattern) = match pattern {
        [b'=', rest @ ..] => (true, rest),
        _ => (false, pattern),
    };
    let (host, pattern) = match pattern {
        [rest @ .., b'.'] => (without_country(host), rest),
        _ => (host, pattern),
    };
    under(host, pattern) && (!exact || host.len() == pattern.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Context;

    const PAGE: &str = "https://www.shop.example/boots?color=red";

    fn class(from: &str, page: &str) -> &'static str {
        Context::Referrer.items()[usize::from(referrer(from, page))]
    }

    fn medium_name(query: &str) -> &'static str {
        let page = format!("https://shop.example/?{query}");
        Context::Medium.items()[usize::from(medium(&page))]
    }

    #[test]
    fn classes() {
        for (from, expected) in [
            ("", "direct"),
            ("about:blank", "direct"),
            ("not an address", "direct"),
            ("https://shop.example/", "internal"),
            ("https://SHOP.example:8443/x", "internal"),
            ("https://checkout.shop.example/", "internal"),
            ("https://notshop.example/", "referral"),
            ("https://example/", "referral"),
            ("https://www.google.com/", "search"),
            ("https://google.co.uk/search?q=boots", "search"),
            ("https://www.google.com.br./", "search"),
            ("https://google.evil.example/", "referral"),
            ("https://google.com.evil.example/", "referral"),
            ("https://accounts.google.com/", "referral"),
            ("https://docs.google.com/", "referral"),
            ("https://mail.google.com/mail/u/0/", "email"),
            ("https://scholar.google.de/", "search"),
            ("https://r.search.yahoo.com/", "search"),
            ("https://search.yahoo.co.jp/", "search"),
            ("https://mail.yahoo.co.jp/", "email"),
            ("https://news.yahoo.com/", "referral"),
            ("https://yandex.ru/", "search"),
            ("https://ya.ru/", "search"),
            ("https://yandex.com.tr/search/", "search"),
            ("https://mail.yandex.kz/", "email"),
            ("https://www.baidu.com/link?url=", "search"),
            ("https://tieba.baidu.com/", "social"),
            ("https://m.search.naver.com/", "search"),
            ("https://duckduckgo.com/", "search"),
            ("https://chatgpt.com/", "search"),
            ("https://www.perplexity.ai/", "search"),
            ("https://l.facebook.com/l.php?u=", "social"),
            ("https://t.co/abc", "social"),
            ("https://t.co.example/abc", "referral"),
            ("https://x.com/", "social"),
            ("https://netflix.com/", "referral"),
            ("https://www.pinterest.co.uk/", "social"),
            ("https://m.vk.com/", "social"),
            ("https://e.mail.ru/", "email"),
            ("https://mail.ru/", "referral"),
            ("https://webmail.provider.example/", "email"),
            ("https://mail.example/", "referral"),
            ("https://outlook.live.com/", "email"),
            ("https://deref-gmx.net/", "email"),
            ("android-app://com.google.android.gm/", "email"),
            (
                "android-app://com.google.android.googlequicksearchbox/https/www.google.com",
                "search",
            ),
            ("android-app://com.twitter.android/", "social"),
            ("android-app://org.example.reader/", "referral"),
            ("https://192.0.2.1/", "referral"),
            ("https://[2001:db8::1]/", "referral"),
            ("https://blog.example/", "referral"),
        ] {
            assert_eq!(class(from, PAGE), expected, "{from}");
        }
    }

    #[test]
    fn own_site() {
        assert_eq!(
            class("http://localhost:3000/a", "http://localhost:5173/"),
            "internal"
        );
        assert_eq!(
            class("https://shop.example/", "https://www.m.shop.example/"),
            "internal"
        );
        assert_eq!(
            class("https://a.b.example/", "https://c.b.example/"),
            "referral"
        );
        assert_eq!(
            class("https://www.google.com/", "https://google.com/"),
            "internal"
        );
        assert_eq!(class("https://shop.example/", ""), "referral");
        // A link within the site that still carries the campaign is no second ad.
        assert_eq!(
            class("https://shop.example/", "https://shop.example/?gclid=1"),
            "internal"
        );
    }

    #[test]
    fn advertising_on_the_page() {
        let page = |query: &str| format!("https://shop.example/?{query}");
        for (from, query, expected) in [
            ("https://www.google.com/", "gclid=Cj0K", "ads"),
            ("", "gclid=Cj0K", "ads"),
            ("", "gclid=", "direct"),
            ("", "GCLID=1", "ads"),
            ("https://m.facebook.com/", "fbclid=Iw", "social"),
            ("", "fbclid=Iw", "direct"),
            (
                "https://m.facebook.com/",
                "fbclid=Iw&utm_medium=paid_social",
                "ads",
            ),
            ("https://news.example/", "utm_medium=CPC&x=1", "ads"),
            ("https://news.example/", "x=gclid", "referral"),
            ("https://news.example/", "x=1#gclid=1", "referral"),
            ("", "utm_medium=email", "direct"),
        ] {
            assert_eq!(class(from, &page(query)), expected, "{from} {query}");
        }
    }

    #[test]
    fn media() {
        for (query, expected) in [
            ("", "none"),
            ("utm_source=x", "none"),
            ("utm_medium=", "none"),
            ("utm_medium=(none)", "none"),
            ("utm_medium=(not%20set)", "none"),
            ("utm_medium=organic", "search"),
            ("utm_medium=Social", "social"),
            ("utm_medium=social%2Dmedia", "social"),
            ("utm_medium=social+network", "social"),
            ("utm_medium=sm", "social"),
            ("utm_medium=e_mail", "email"),
            ("utm_medium=e%20mail", "email"),
            ("utm_medium=newsletter", "email"),
            ("utm_medium=cpc", "ads"),
            ("UTM_Medium=CPM", "ads"),
            ("utm_medium=ecpc", "ads"),
            ("utm_medium=ppc", "ads"),
            ("utm_medium=paidsearch", "ads"),
            ("utm_medium=Paid%5fSocial", "ads"),
            ("utm_medium=display", "ads"),
            ("utm_medium=retargeting", "ads"),
            ("utm_medium=affiliate", "affiliate"),
            ("irclickid=abc", "affiliate"),
            ("utm_medium=email&irclickid=abc", "email"),
            ("utm_medium=referral", "referral"),
            ("utm_medium=sms", "other"),
            ("utm_medium=unpaid", "other"),
            ("utm_medium=%", "other"),
            ("utm_medium=%e4%b8%ad", "other"),
            ("fbclid=1", "social"),
            ("fbclid=1&utm_medium=email", "email"),
            ("utm_medium=email&gclid=1", "ads"),
            ("msclkid=1", "ads"),
            ("ScCid=1", "ads"),
        ] {
            assert_eq!(medium_name(query), expected, "{query}");
        }
    }

    /// Every line of the table is found, alone and by its own group.
    #[test]
    fn the_table_is_consistent() {
        let text = HOSTS.split('|').collect::<Vec<_>>();
        assert_eq!(text.len(), 3);
        let mut seen = std::collections::BTreeSet::new();
        for (group, expected) in text.iter().zip(["search", "social", "email"]) {
            for line in group.lines().filter(|l| !l.is_empty()) {
                assert!(seen.insert(line), "{line} is there twice");
                assert!(
                    line.bytes().all(|b| b.is_ascii_lowercase()
                        || b.is_ascii_digit()
                        || b".-=*".contains(&b))
                );
                let host = line.trim_start_matches('=');
                let host = match host.strip_suffix('.') {
                    Some(stem) => format!("{stem}.com.br"),
                    None => host.replace(".*", ".provider.example"),
                };
                assert_eq!(class(&format!("https://{host}/"), PAGE), expected, "{line}");
                // Nothing but `.` may stand before a pattern.
                let near = format!("https://not{host}/");
                assert_eq!(class(&near, PAGE), "referral", "{near}");
            }
        }
        assert!(seen.len() > 150);
    }

    #[test]
    fn hostile_addresses() {
        for part in [
            "a",
            "&",
            "=",
            "?",
            "%",
            "@",
            ".",
            "[",
            "://",
            "gclid",
            "\u{1F980}",
            "\0",
        ] {
            let long = format!("https://{}", part.repeat(10_000_000 / part.len()));
            let at = std::time::Duration::from_secs(1);
            let (answer, timer) = std::sync::mpsc::channel();
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    let _ = referrer(&long, PAGE) + referrer(PAGE, &long) + medium(&long);
                    answer.send(()).unwrap();
                });
                assert!(timer.recv_timeout(at).is_ok(), "slow: {part}");
            });
        }
        // What lies beyond the limit is not seen.
        let late = format!("https://shop.example/?{}&gclid=1", "x".repeat(LIMIT));
        assert_eq!(medium(&late), 0);
    }
}
