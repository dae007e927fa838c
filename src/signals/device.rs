//! What kind of device this is.
//!
//! Shape: one of five classes, from the words in the user agent and the number of touch
//! points. Neither model, nor browser, nor any version is looked at. The words were chosen by
//! reading the agents of a public server log and tested on it; a program that passes for a
//! browser cannot be told from one.

use super::words::{clip, contains, group};

const DESKTOP: u16 = 0;
const PHONE: u16 = 1;
const TABLET: u16 = 2;
const BOT: u16 = 3;
const OTHER: u16 = 4;

/// How much of a user agent is looked at, in bytes.
const LIMIT: usize = 512;

/// Words by which a device is known. The first group with a word that occurs decides.
///
/// Where two groups hold, order tells: a crawler that names a phone is a crawler; Cubot makes
/// phones; Internet Explorer says `Tablet PC` on desktops; television sets and consoles run
/// Android, Windows and Linux.
const WORDS: &str = include_str!("tables/devices.txt");

/// The item for each group of [`WORDS`].
const ITEMS: [u16; 9] = [
    PHONE, BOT, OTHER, PHONE, DESKTOP, TABLET, PHONE, TABLET, DESKTOP,
];

/// The class of the device, an item of `Context::Device`.
///
/// `touch_points` tells an iPad, which names itself a Macintosh, from a Macintosh: no
/// Macintosh has a touch screen. A browser always has a user agent, so an empty one is a bot.
pub fn device(user_agent: impl AsRef<[u8]>, touch_points: u32) -> u16 {
    let agent = clip(&user_agent, LIMIT);
    if agent.is_empty() {
        return BOT;
    }
    let item = group(WORDS, agent, contains)
        .and_then(|kind| ITEMS.get(usize::from(kind)).copied())
        .unwrap_or(OTHER);
    if touch_points > 1 && item != BOT && contains(agent, b"macintosh") {
        return TABLET;
    }
    item
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Context;

    fn class(agent: &str, touch_points: u32) -> &'static str {
        Context::Device.items()[usize::from(device(agent, touch_points))]
    }

    /// Agents as they stood in a public web server log of May 2015 (elastic/examples,
    /// `apache_logs`), the rare shapes as well as the common ones.
    const LOGGED: &str = "\
desktop	Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.107 Safari/537.36
desktop	Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/33.0.1750.91 Safari/537.36
desktop	Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:27.0) Gecko/20100101 Firefox/27.0
desktop	Mozilla/5.0 (X11; NetBSD amd64; rv:24.0) Gecko/20131021 Firefox/24.0
desktop	Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; WOW64; Trident/5.0; chromeframe/19.0.1084.52)
desktop	Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko
desktop	Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; SLCC2; .NET CLR 2.0.50727; Media Center PC 6.0; Tablet PC 2.0)
desktop	Opera/9.80 (X11; Linux x86_64) Presto/2.12.388 Version/12.16
desktop	Midori/0.2 (X11; Linux; U; fr-fr) WebKit/531.2+
phone	Mozilla/5.0 (iPhone; CPU iPhone OS 7_0_4 like Mac OS X) AppleWebKit/537.51.1 (KHTML, like Gecko) CriOS/32.0.1700.21 Mobile/11B554a Safari/9537.53
phone	Mozilla/5.0 (iPod; CPU iPhone OS 6_1_5 like Mac OS X) AppleWebKit/536.26 (KHTML, like Gecko) Version/6.0 Mobile/10B400 Safari/8536.25
phone	Mozilla/5.0 (Linux; Android 4.4.2; Nexus 5 Build/KOT49H) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.99 Mobile Safari/537.36
phone	Mozilla/5.0 (Android; Mobile; rv:27.0) Gecko/27.0 Firefox/27.0
phone	Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/34.1244; U; en) Presto/2.8.119 Version/11.10
phone	SAMSUNG-GT-E2232/1.0 Openwave/6.2.3 Profile/MIDP-2.0 Configuration/CLDC-1.1 UP.Browser/6.2.3.3.c.1.101 (GUI) MMP/2.0
phone	Micromax X351/R2AE SEMC-Browser/4.0.3 Profile/MIDP-2.0 Configuration/CLDC-1.1
tablet	Mozilla/5.0 (iPad; CPU OS 7_0_4 like Mac OS X) AppleWebKit/537.51.1 (KHTML, like Gecko) Version/7.0 Mobile/11B554a Safari/9537.53
tablet	Mozilla/5.0 (Android; Tablet; rv:27.0) Gecko/27.0 Firefox/27.0
tablet	Mozilla/5.0 (Linux; U; Android 4.2.2; en-us; Lenovo B8000-F Build/JDQ39) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Safari/534.30 GSA/3.2.17.1009776.arm
tablet	Mozilla/5.0 (Linux; U; en-us; KFAPWI Build/JDQ39) AppleWebKit/535.19 (KHTML, like Gecko) Silk/3.13 Safari/535.19 Silk-Accelerated=true
bot	Mozilla/5.0 (iPhone; CPU iPhone OS 6_0 like Mac OS X) AppleWebKit/536.26 (KHTML, like Gecko) Version/6.0 Mobile/10A5376e Safari/8536.25 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)
bot	Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)
bot	Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)
bot	UniversalFeedParser/4.2-pre-314-svn +http://feedparser.org/
bot	Tiny Tiny RSS/1.11 (http://tt-rss.org/)
bot	Chef Client/10.18.2 (ruby-1.9.3-p327; ohai-6.16.0; x86_64-linux; +http://opscode.com)
bot	Mozilla/5.0 (Windows NT 6.1; rv:6.0) Gecko/20110814 Firefox/6.0 Google favicon
bot	Digg Feed Fetcher 1.0 (Mozilla/5.0 (Macintosh; Intel Mac OS X 10_7_1) AppleWebKit/534.48.3 (KHTML, like Gecko) Version/5.1 Safari/534.48.3)
bot	facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)
bot	Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/534.34 (KHTML, like Gecko) PhantomJS/1.9.2 Safari/534.34
bot	curl/7.22.0 (i686-pc-linux-gnu) libcurl/7.22.0 OpenSSL/1.0.1 zlib/1.2.3.4 libidn/1.23 librtmp/2.3
bot	Wget/1.13.4 (linux-gnu)
bot	python-requests/1.2.0 CPython/2.7.4 Linux/3.8.0-33-generic
bot	LWP::Simple/5.827 libwww-perl/5.833
bot	HTTP_Request2/2.1.1 (http://pear.php.net/package/http_request2) PHP/5.3.2-1ubuntu4.18
bot	Reeder/2.1.1 CFNetwork/672.0.8 Darwin/14.0.0
other	Mozilla/4.0 (compatible;)
other	Ruby
other	&as_qdr=all";

    #[test]
    fn agents_of_a_real_log() {
        for line in LOGGED.lines() {
            let (expected, agent) = line.split_once('\t').unwrap();
            assert_eq!(class(agent, 0), expected, "{agent}");
        }
        assert_eq!(LOGGED.lines().count(), 39);
    }

    #[test]
    fn later_devices() {
        let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 \
                   (KHTML, like Gecko) Version/17.4 Safari/605.1.15";
        assert_eq!(class(mac, 0), "desktop");
        assert_eq!(class(mac, 5), "tablet");
        for (expected, agent) in [
            (
                "desktop",
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/124.0.0.0 Safari/537.36",
            ),
            (
                "desktop",
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/124.0.0.0 Safari/537.36",
            ),
            (
                "phone",
                "Mozilla/5.0 (Linux; Android 10; K) Chrome/124.0.0.0 Mobile Safari/537.36",
            ),
            (
                "phone",
                "Mozilla/5.0 (Linux; Android 9; CUBOT_P20) Chrome/98.0 Mobile Safari/537.36",
            ),
            (
                "phone",
                "Mozilla/5.0 (Mobile; Nokia 8110 4G; rv:48.0) Gecko/48.0 KAIOS/2.5",
            ),
            (
                "phone",
                "Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1) Edge/15.15063",
            ),
            (
                "tablet",
                "Mozilla/5.0 (Linux; Android 13; SM-X700) Chrome/124.0.0.0 Safari/537.36",
            ),
            (
                "other",
                "Mozilla/5.0 (Linux; Android 9; AFTMM Build/PS7) Silk/112.5 Safari/537.36",
            ),
            (
                "other",
                "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) Version/6.0 TV Safari/537.36",
            ),
            (
                "other",
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) Edge/44.18363",
            ),
            (
                "bot",
                "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/124.0.0.0 Safari/537.36",
            ),
            ("bot", "WhatsApp/2.23.20.0 A"),
            ("other", "Microsoft Office Protocol Discovery"),
            (
                "bot",
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) HeadlessChrome/124.0",
            ),
            ("bot", ""),
        ] {
            assert_eq!(class(agent, 10), expected, "{agent}");
        }
    }

    #[test]
    fn hostile_agents() {
        let long = "Mozilla ".repeat(1_250_000);
        assert_eq!(class(&long, u32::MAX), "other");
        assert_eq!(class(&(long + "bot"), 0), "other");
        assert_eq!(class("\u{1F980}\0ä", 0), "other");
    }
}
