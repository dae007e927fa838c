//! Where on Earth, as coarse as it gets: the language asked for, the continent and the
//! hemisphere.
//!
//! Shapes: a language tag becomes one of 32 languages or `other`; the name of a time zone
//! becomes one of seven continents or `unknown`, and north or south. Neither the script, the
//! region or any further language of a visitor, nor the country or city of the zone, goes on.
//!
//! The zones are those of the IANA time zone database (public domain), the continents those
//! of the United Nations' standard M49. `tables/zones.txt` has both, for the tests alone;
//! `scripts/zones.py` makes it.

use super::words::{clip, cut, group_of};

/// How much of a tag or a zone's name is looked at, in bytes.
const LIMIT: usize = 64;

/// The languages, a group for each item but `other`: its subtag, then deprecated ones, and
/// individual languages of a macrolanguage, that mean the same here.
const LANGUAGES: &str = include_str!("tables/languages.txt");
const OTHER: u16 = 32;

/// The language of a BCP 47 tag (`pt-BR`), an item of `Context::Language`, by its primary
/// subtag.
pub fn language(tag: impl AsRef<[u8]>) -> u16 {
    group_of(LANGUAGES, cut(clip(&tag, LIMIT), b"-_").0).unwrap_or(OTHER)
}

/// Parts of zone names by where they are. A region ends with `/` and speaks for its zones;
/// a name without it is a zone's second part, or the whole of an old name such as `Japan`,
/// and goes before its region.
///
/// The groups, south and north in turn: Africa, Asia (north only), Europe (north only), North
/// America (north only), Oceania, South America, and Antarctica (south only). Zones within ten
/// degrees of the equator, where there are no four seasons, are left with their region.
const ZONES: &str = include_str!("tables/regions.txt");

/// The item of `Context::Continent` for each pair of groups of [`ZONES`].
const CONTINENTS: [u16; 7] = [0, 2, 3, 4, 5, 6, 1];
const UNKNOWN: u16 = 7;

/// The group of [`ZONES`] in which a zone is.
fn zone_group(zone: impl AsRef<[u8]>) -> Option<u16> {
    let zone = clip(&zone, LIMIT);
    let (_, rest) = cut(zone, b"/");
    let second = cut(rest.unwrap_or_default(), b"/").0;
    // The region with its slash, or the whole of a name without one.
    let region = zone
        .get(..zone.len() - rest.map_or(0, <[u8]>::len))
        .unwrap_or_default();
    group_of(ZONES, second).or_else(|| group_of(ZONES, region))
}

/// The continent of an IANA time zone, an item of `Context::Continent`.
///
/// The name of a zone that begins with a continent says it; a zone in an ocean lies on the
/// continent of its country: Hawaii in North America, the Canary Islands in Europe.
pub fn continent(zone: impl AsRef<[u8]>) -> u16 {
    zone_group(zone)
        .and_then(|group| CONTINENTS.get(usize::from(group / 2)).copied())
        .unwrap_or(UNKNOWN)
}

/// Whether a time zone lies south of the equator, for zones ten degrees or more away from it.
/// Unknown zones lie north, as most people live there.
pub fn southern(zone: impl AsRef<[u8]>) -> bool {
    zone_group(zone).is_some_and(|group| group % 2 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Context;

    fn language_of(tag: &str) -> &'static str {
        Context::Language.items()[usize::from(language(tag))]
    }

    fn continent_of(zone: &str) -> &'static str {
        Context::Continent.items()[usize::from(continent(zone))]
    }

    #[test]
    fn languages() {
        for (tag, expected) in [
            ("en", "en"),
            ("en-GB", "en"),
            ("EN_us.UTF-8", "en"),
            ("pt-BR", "pt"),
            ("zh-Hant-TW", "zh"),
            ("cmn-Hans", "zh"),
            ("yue-HK", "zh"),
            ("nb-NO", "no"),
            ("nn", "no"),
            ("no", "no"),
            ("iw-IL", "he"),
            ("in", "id"),
            ("arz-EG", "ar"),
            ("prs-AF", "fa"),
            ("mo", "ro"),
            ("de-AT", "de"),
            ("sk", "sk"),
            ("sl", "other"),
            ("eng", "other"),
            ("x-klingon", "other"),
            ("other", "other"),
            ("", "other"),
            ("-", "other"),
            ("*", "other"),
            ("\u{1F980}", "other"),
        ] {
            assert_eq!(language_of(tag), expected, "{tag}");
        }
        for item in Context::Language.items() {
            assert_eq!(language_of(item), *item);
        }
        assert_eq!(usize::from(OTHER), Context::Language.items().len() - 1);
    }

    /// Zones whose own name says another continent than that of their country in M49.
    fn by_name(zone: &str) -> Option<&'static str> {
        Some(match zone {
            // Countries on two continents.
            "Africa/Ceuta" => "africa",
            "Europe/Istanbul" | "Europe/Nicosia" | "Turkey" => "europe",
            // An island of Australia.
            "Antarctica/Macquarie" => "antarctica",
            z if z.starts_with("Asia/") => "asia",
            _ => return None,
        })
    }

    #[test]
    fn every_zone_lies_on_the_continent_of_its_country() {
        let mut lines = 0;
        for line in include_str!("tables/zones.txt").lines() {
            let [zone, _, country] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!()
            };
            let expected = by_name(zone).unwrap_or(country);
            assert_eq!(continent_of(zone), expected, "{zone}");
            lines += 1;
        }
        assert_eq!(lines, 542);
    }

    #[test]
    fn every_zone_lies_on_its_half() {
        for line in include_str!("tables/zones.txt").lines() {
            let [zone, latitude, _] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!()
            };
            // Near the equator there are no four seasons to be wrong about.
            if !latitude[1..].starts_with('0') {
                assert_eq!(
                    southern(zone),
                    latitude.starts_with('-'),
                    "{zone} {latitude}"
                );
            }
        }
    }

    #[test]
    fn unknown_zones() {
        let long = "Europe/".repeat(1_500_000);
        for zone in [
            "",
            "/",
            "UTC",
            "GMT",
            "Etc/UTC",
            "Etc/GMT+5",
            "Etc/Universal",
            "Mars/Olympus",
            "Asia",
            "+01:00",
            "Indian",
            "\u{1F980}/x",
            ",",
            "|",
            "a/,",
            "a/|",
        ] {
            assert_eq!(continent_of(zone), "unknown", "{zone}");
            assert!(!southern(zone), "{zone}");
        }
        assert_eq!(continent_of(&long), "europe");
        // A new zone of a known region.
        assert_eq!(continent_of("Asia/Newtown"), "asia");
        assert_eq!(continent_of("europe/BERLIN"), "europe");
    }
}
