//! The list of what never passes the gate: the special categories of personal data, what gives
//! them away, and what else is nobody's business. The list is data, `sensitive.txt`: one entry
//! a line, each with its reason. To find nothing here is no proof that a segment is harmless; to
//! find something is no proof that it is not, and the author can answer it in the book.
//!
//! How a text is searched. It is cut into words at everything that is no letter and no digit,
//! and before a capital that follows a small letter; case and accents are dropped. A term is
//! one word or several that follow each other, perhaps written as one (`creditscore`):
//!
//! - `word` is this word, or its plural by `s`;
//! - `word*` is every word that begins so, `*word` every word that ends so;
//! - `ä`, `ö`, `ü` are also found as `ae`, `oe`, `ue`.

pub use super::topics::{Finding, findings};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

const LIST: &str = include_str!("sensitive.txt");
/// The category of what looks sensitive and is not.
const HARMLESS: &str = "-";

/// One entry of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// What kind of data: `health`, `religion-or-belief`, ...
    pub category: &'static str,
    /// Why it is on the list.
    pub reason: &'static str,
    /// The term as it stands in the list, or the ids of a taxonomy.
    pub term: &'static str,
    /// ISO 639-1 code of the term's language, or the name of a taxonomy.
    pub language: &'static str,
}

/// A numbered list of topics by IAB Tech Lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taxonomy {
    /// Audience Taxonomy 1.1: demographics and interests.
    Audience,
    /// Content Taxonomy 2.2.
    Content,
}

impl Taxonomy {
    /// The name in the list's column of languages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Audience => "iab-audience-1.1",
            Self::Content => "iab-content-2.2",
        }
    }
}

/// All entries, in the order of the list. Those of category `-` say what is not meant.
pub fn entries() -> &'static [Entry] {
    &list().entries
}

/// The first entry that a name or a tag matches.
///
/// ```
/// use fewbits::book::author::sensitive::find;
/// assert_eq!(find("aisle/maternity-wear").map(|e| e.category), Some("health"));
/// assert_eq!(find("heart-rate-belts"), None);
/// ```
pub fn find(text: &str) -> Option<&'static Entry> {
    let list = list();
    let words = words(text);
    let mut rest = words.as_slice();
    while let [word, after @ ..] = rest {
        let mut entry: Option<&'static Entry> = None;
        let mut skipped = 0;
        for pattern in list.starting(word) {
            let Some(of) = list.entries.get(pattern.entry) else {
                continue;
            };
            let length = pattern.rest.len();
            let follows = pattern.rest.iter().zip(after).all(|(p, w)| p.matches(w));
            if length > after.len() || !follows {
                continue;
            }
            if of.category == HARMLESS {
                skipped = skipped.max(1 + length);
            } else if entry.is_none() {
                entry = Some(of);
            }
        }
        if skipped == 0 && entry.is_some() {
            return entry;
        }
        rest = rest.get(skipped.max(1)..).unwrap_or(&[]);
    }
    None
}

/// The entry that a topic of a taxonomy matches.
pub fn find_iab(taxonomy: Taxonomy, id: u32) -> Option<&'static Entry> {
    let list = list();
    let mut found = list
        .ids
        .iter()
        .filter(|(of, ids, _)| *of == taxonomy.name() && ids.contains(&id));
    found.next().and_then(|(_, _, at)| list.entries.get(*at))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Whole,
    Beginning,
    End,
}

/// One word of a term.
struct Word {
    text: String,
    form: Form,
}

impl Word {
    fn new(text: &str) -> Self {
        let form = if text.ends_with('*') {
            Form::Beginning
        } else if text.starts_with('*') {
            Form::End
        } else {
            Form::Whole
        };
        let text = text.trim_matches('*').to_owned();
        Self { text, form }
    }

    fn matches(&self, word: &str) -> bool {
        match self.form {
            Form::Whole => word.strip_suffix('s').unwrap_or(word) == self.text || word == self.text,
            Form::Beginning => word.starts_with(&self.text),
            Form::End => word.ends_with(&self.text),
        }
    }
}

/// What follows the first word of a term.
struct Pattern {
    entry: usize,
    rest: Vec<Word>,
}

#[derive(Default)]
struct List {
    entries: Vec<Entry>,
    /// Patterns by their first word: a whole word, a beginning, an end.
    first: [BTreeMap<String, Vec<Pattern>>; 3],
    ids: Vec<(&'static str, RangeInclusive<u32>, usize)>,
}

fn list() -> &'static List {
    static READ: OnceLock<List> = OnceLock::new();
    READ.get_or_init(|| {
        let mut list = List::default();
        for line in LIST.lines().filter(|line| !line.starts_with('#')) {
            list.read(line);
        }
        list
    })
}

impl List {
    fn read(&mut self, line: &'static str) {
        let mut columns = line.splitn(4, " | ");
        let mut column = || columns.next().unwrap_or("");
        let (category, language, term, reason) = (column(), column(), column(), column());
        let entry = Entry {
            category,
            reason,
            term,
            language,
        };
        let at = self.entries.len();
        self.entries.push(entry);
        if language.starts_with("iab-") {
            let (from, to) = term.split_once('-').unwrap_or((term, term));
            if let (Ok(from), Ok(to)) = (from.parse(), to.parse()) {
                self.ids.push((language, from..=to, at));
            }
            return;
        }
        let mut spellings = vec![folded(term)];
        let spelt_out = folded(
            &term
                .replace('ä', "ae")
                .replace('ö', "oe")
                .replace('ü', "ue"),
        );
        if spelt_out != spellings[..].concat() {
            spellings.push(spelt_out);
        }
        for spelling in spellings {
            let cut = |c: char| c.is_whitespace() || c == '\'';
            let parts: Vec<&str> = spelling.split(cut).collect();
            self.add(at, &parts);
            if parts.len() > 1 {
                self.add(at, &[&parts.concat()]);
            }
        }
    }

    fn add(&mut self, entry: usize, parts: &[&str]) {
        let mut words = parts.iter().map(|part| Word::new(part));
        let Some(first) = words.next() else { return };
        let rest = words.collect();
        let Some(map) = self.first.get_mut(first.form as usize) else {
            return;
        };
        map.entry(first.text)
            .or_default()
            .push(Pattern { entry, rest });
    }

    /// The patterns whose first word a word is, in the order of the list.
    fn starting(&self, word: &str) -> Vec<&Pattern> {
        let [whole, beginnings, ends] = &self.first;
        let singular = word.strip_suffix('s').filter(|s| !s.is_empty());
        let mut found: Vec<&Pattern> = [Some(word), singular]
            .into_iter()
            .flatten()
            .filter_map(|word| whole.get(word))
            .flatten()
            .collect();
        for (at, _) in word.char_indices().skip(1) {
            let (beginning, end) = word.split_at(at);
            found.extend(beginnings.get(beginning).into_iter().flatten());
            found.extend(ends.get(end).into_iter().flatten());
        }
        for all in [beginnings, ends] {
            found.extend(all.get(word).into_iter().flatten());
        }
        found.sort_by_key(|pattern| pattern.entry);
        found
    }
}

/// The words of a text, without case and accents.
fn words(text: &str) -> Vec<String> {
    let mut cut = String::new();
    let mut small = false;
    for c in text.chars() {
        if small && c.is_uppercase() {
            cut.push(' ');
        }
        small = c.is_lowercase();
        cut.push(c);
    }
    folded(&cut)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Small letters without accents.
fn folded(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'à'..='å' | 'ā' | 'ă' | 'ą' => out.push('a'),
            'æ' => out.push_str("ae"),
            'ç' | 'ć' | 'č' => out.push('c'),
            'è'..='ë' | 'ē' | 'ę' | 'ě' => out.push('e'),
            'ì'..='ï' | 'ī' => out.push('i'),
            'ł' => out.push('l'),
            'ñ' | 'ń' | 'ň' => out.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ő' => out.push('o'),
            'œ' => out.push_str("oe"),
            'ř' => out.push('r'),
            'ś' | 'š' | 'ş' => out.push('s'),
            'ß' => out.push_str("ss"),
            'ù'..='ü' | 'ū' | 'ů' | 'ű' => out.push('u'),
            'ý' | 'ÿ' => out.push('y'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            // A mark that combines with the letter before it.
            '\u{300}'..='\u{36F}' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn category(text: &str) -> Option<&'static str> {
        find(text).map(|entry| entry.category)
    }

    #[test]
    fn the_list_is_whole() {
        let languages = ["en", "de", "fr", "it", "es", "pl"];
        let categories: BTreeSet<&str> = entries().iter().map(|e| e.category).collect();
        assert_eq!(
            categories.into_iter().collect::<Vec<_>>(),
            [
                "-",
                "biometric",
                "children",
                "criminal",
                "genetic",
                "health",
                "income-and-credit",
                "political-opinions",
                "precise-location",
                "racial-or-ethnic-origin",
                "religion-or-belief",
                "sex-life",
                "sexual-orientation",
                "trade-union",
            ]
        );
        let mut seen = BTreeSet::new();
        for entry in entries() {
            assert!(
                seen.insert((entry.category, entry.language, entry.term)),
                "{entry:?}"
            );
            assert!(
                !entry.reason.is_empty() && !entry.term.is_empty(),
                "{entry:?}"
            );
            assert_eq!(entry.term, entry.term.trim());
            if entry.language.starts_with("iab-") {
                continue;
            }
            let known = if entry.category == HARMLESS {
                &["any"][..]
            } else {
                &languages
            };
            assert!(known.contains(&entry.language), "{entry:?}");
            // A term finds itself, if nothing says that it is harmless.
            let example = entry.term.replace('*', "");
            let found = find(&example);
            assert_eq!(
                found.is_none(),
                entry.category == HARMLESS,
                "{entry:?} {found:?}"
            );
        }
        // Every category in every language.
        for language in languages {
            let here: BTreeSet<&str> = entries()
                .iter()
                .filter(|e| e.language == language)
                .map(|e| e.category)
                .collect();
            assert_eq!(here.len(), 13, "{language}");
        }
        assert_eq!(
            list().ids.len(),
            entries()
                .iter()
                .filter(|e| e.language.starts_with("iab-"))
                .count()
        );
    }

    #[test]
    fn names_and_tags_as_books_have_them() {
        for (text, expected) in [
            ("maternity-wear", "health"),
            ("aisle:Maternity", "health"),
            ("newParent", "children"),
            ("kids_boots", "children"),
            ("credit-score", "income-and-credit"),
            ("CreditScore", "income-and-credit"),
            ("creditscore-low", "income-and-credit"),
            ("brustkrebs", "health"),
            ("schulungen/ueberschuldet", "income-and-credit"),
            ("überschuldet", "income-and-credit"),
            ("SCHWANGERSCHAFT", "health"),
            ("santé", "health"),
            ("zdrowie", "health"),
            ("ramada\u{301}n", "religion-or-belief"),
            ("far-right", "political-opinions"),
            ("union-members", "trade-union"),
            ("same sex couples", "sexual-orientation"),
            ("home/zip-code", "precise-location"),
            ("dna-test", "genetic"),
            ("face id", "biometric"),
            ("criminal-record", "criminal"),
            ("ethnic-minority", "racial-or-ethnic-origin"),
            ("dating-sites", "sex-life"),
            ("credit-card-debt", "income-and-credit"),
        ] {
            assert_eq!(category(text), Some(expected), "{text}: {:?}", find(text));
        }
    }

    #[test]
    fn what_shops_sell_is_harmless() {
        let words = "boots sandals coats tents packs hats gloves socks shoes trousers jeans skirts dresses shirts \
            jackets fleece down-jackets sleeping-bags stoves lanterns maps compasses gps gps-watches heart-rate \
            heart-rate-monitors binoculars bikes e-bikes helmets skis snowboards surfboards kayaks climbing ropes \
            hiking running trail race-shoes race-day marathon yoga fitness training gym football tennis golf fishing \
            hunting camping grills garden plants trees seeds nursery-plants tools paint lamps sofas tables chairs beds \
            mattresses kitchen pans knives coffee tea wine beer whisky alcoholic-drinks cheese bread fruit vegetables \
            vegan organic books novels crime-fiction thriller romance poetry history travel guides music vinyl singles \
            games consoles puzzles toys phones laptops tablets cameras lenses headphones speakers tv printers \
            politics sport culture business economy local weather opinion cars motorbikes tyres batteries \
            battery-health credit-card debit-card payment cart checkout purchase wishlist delivery returns gift-cards \
            sale discount premium loyalty newsletter new active lapsed regular rich spender free plus basic pro \
            men women unisex straight-fit slim-fit plus-size skinny trans-alpine orient-lamps oriental-rugs \
            christian-dior christian-louboutin kreditkarte flusskrebse kinder-surprise leki union-jack western-union \
            european-union kind kinds part partner party-supplies masses classes cancelled standard status station \
            medicine-balls first-aid-kits sunscreen cosmetics skincare perfume makeup hair shampoo soap diagnostics \
            disabled-notifications parent-category preservative-free electric-hookup revenue cent salads sandwich \
            gear gearbox essex sussex middlesex sextant birdwatching depth preset pressure compressed-air insulated \
            wedding birthday christmas easter halloween summer winter spring autumn weekend morning night phone desktop \
            stiefel sandalen mäntel zelte rucksäcke hosen kleider schuhe fahrräder garten pflanzen werkzeug lampen möbel \
            bücher krimis reisen musik spiele kaffee wein bier käse brot obst gemüse angebote neuheiten \
            bottes sandales manteaux tentes chaussures robes vélos jardin plantes outils meubles livres voyages musique \
            jeux vin fromage pain paroles nouveautés soldes stivali sandali cappotti tende scarpe vestiti biciclette \
            giardino piante mobili libri viaggi giochi vino formaggio pane offerte botas sandalias abrigos tiendas \
            zapatos vestidos bicicletas jardín muebles libros viajes juegos queso pan ofertas crónica cartas \
            buty sandały płaszcze namioty plecaki sukienki rowery ogród rośliny narzędzia meble książki podróże gry \
            wino ser chleb owoce warzywa oferty nowości";
        let hits: Vec<_> = words
            .split_whitespace()
            .filter_map(|word| Some((word, find(word)?)))
            .collect();
        assert!(hits.is_empty(), "{hits:#?}");
    }

    #[test]
    fn topics_of_the_taxonomies() {
        use Taxonomy::{Audience, Content};
        let category = |of, id| find_iab(of, id).map(|entry| entry.category);
        for (of, id, expected) in [
            (Audience, 60, Some("income-and-credit")),
            (Audience, 127, Some("children")),
            (Audience, 59, Some("precise-location")),
            (Audience, 466, Some("health")),
            (Audience, 3, None),
            (Audience, 458, None),
            (Content, 305, Some("health")),
            (Content, 453, Some("religion-or-belief")),
            (Content, 463, Some("religion-or-belief")),
            (Content, 464, None),
            (Content, 386, None),
            (Content, 387, Some("political-opinions")),
            (Content, 1, None),
        ] {
            assert_eq!(category(of, id), expected, "{of:?} {id}");
        }
        // All that the Content Taxonomy marks as sensitive category data.
        let marked = [
            136, 188, 189, 199, 200, 211, 214, 224, 231, 237, 387, 388, 410, 465, 468, 549,
        ];
        for id in marked.into_iter().chain(287..=323).chain(453..=463) {
            assert!(find_iab(Content, id).is_some(), "{id}");
        }
    }
}
