//! Every key of the book format. The parser refuses any other key, and the JSON Schema is
//! tested against this table.

pub(super) const DOCUMENT: &[&str] = &[
    "$schema",
    "fewbits",
    "book",
    "version",
    "retention",
    "signals",
    "models",
    "dimensions",
    "decisions",
    "experiments",
    "layers",
    "holdout",
    "bandits",
    "rankings",
    "report",
    "hints",
];
pub(super) const SLOT: &[&str] = &["why", "variants", "choose", "otherwise", "changes"];
pub(super) const CHOICE: &[&str] = &[
    "when",
    "show",
    "experiment",
    "bandit",
    "rank",
    "least",
    "because",
];
pub(super) const EXPERIMENT: &[&str] = &[
    "why",
    "variants",
    "weights",
    "coverage",
    "ranges",
    "when",
    "hash",
    "namespace",
    "layer",
    "ends",
    "sticky",
    "goal",
    "not_sensitive",
];
pub(super) const HASH: &[&str] = &["seed", "version"];
pub(super) const GOAL: &[&str] = &["event", "tags", "within"];
pub(super) const BANDIT: &[&str] = &[
    "why",
    "variants",
    "by",
    "goal",
    "posteriors",
    "not_sensitive",
];
pub(super) const RANKING: &[&str] = &[
    "why",
    "weights",
    "must",
    "not",
    "price",
    "numbers",
    "popularity",
    "boosts",
    "limit",
    "diversify",
];
pub(super) const WEIGHT: &[&str] = &["tag", "each", "by", "times", "add", "when"];
pub(super) const TAGGED: &[&str] = &["tag", "when"];
pub(super) const BETWEEN: &[&str] = &["min", "max"];
pub(super) const DIVERSIFY: &[&str] = &["by", "most"];
pub(super) const HOLDOUT: &[&str] = &["share", "why"];
pub(super) const STEP: &[&str] = &["event", "not", "where"];
pub(super) const POINTS: &[&str] = &["points", "when"];
pub(super) const MODEL: &[&str] = &[
    "why",
    "inputs",
    "gives",
    "classes",
    "of",
    "bias",
    "weights",
    "trees",
    "centroids",
];
pub(super) const INPUT: &[&str] = &["signal", "is", "missing", "log", "mean", "scale"];
pub(super) const DIMENSION: &[&str] = &[
    "why",
    "pick",
    "groups",
    "segments",
    "otherwise",
    "not_sensitive",
];
pub(super) const GROUP: &[&str] = &["id", "under"];
pub(super) const SEGMENT: &[&str] = &[
    "id", "when", "why", "under", "stay", "hold", "value", "ends",
];
pub(super) const REPORT: &[&str] = &[
    "questions",
    "epsilon",
    "crowd",
    "lifetime_bits",
    "crowds",
    "bootstrap",
    "why",
];
pub(super) const HINTS: &[&str] = &["dimensions", "window", "why"];
pub(super) const QUESTION: &[&str] = &["weight", "after"];
pub(super) const JOINS: &[&str] = &["$and", "$or", "$nor", "$not"];
pub(super) const OPERATORS: &[&str] = &[
    "$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$exists", "$not",
];
pub(super) const UNITS: &[(&str, u32)] = &[
    ("minute", 60),
    ("hour", 3_600),
    ("day", 86_400),
    ("week", 604_800),
];

/// The keys of one kind of signal, without the one that names the kind and without `why`.
pub(super) struct KindWords {
    pub(super) kind: &'static str,
    pub(super) required: &'static [&'static str],
    pub(super) optional: &'static [&'static str],
}

const fn kind(
    kind: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
) -> KindWords {
    KindWords {
        kind,
        required,
        optional,
    }
}

/// The kinds of signals. `max` is last: where another kind is named it is that kind's limit.
pub(super) const KINDS: &[KindWords] = &[
    kind("count", &["within"], &["where", "max"]),
    kind("days", &["within"], &["where"]),
    kind("sum", &["within", "max"], &["where", "step"]),
    kind("mean", &["within", "max"], &["where", "step"]),
    kind("since", &[], &["where", "unit", "from"]),
    kind("affinity", &["half_life"], &["weights", "baseline"]),
    kind("top", &["half_life"], &["weights", "items", "floor"]),
    kind("sequence", &["within"], &["gap"]),
    kind("engagement", &["within"], &["step", "max"]),
    kind("context", &[], &[]),
    kind("declared", &[], &["min", "max", "step"]),
    kind("score", &[], &[]),
    kind("model", &[], &[]),
    kind("max", &["within", "most"], &["where", "step"]),
];

/// All objects of the format with all their keys, for the test that keeps the JSON Schema equal
/// to the parser. A signal's object is named by its kind: `signal count`.
pub fn vocabulary() -> Vec<(String, Vec<&'static str>)> {
    let mut all = vec![
        ("document".to_owned(), DOCUMENT.to_vec()),
        ("step".to_owned(), STEP.to_vec()),
        ("points".to_owned(), POINTS.to_vec()),
        ("model".to_owned(), MODEL.to_vec()),
        ("input".to_owned(), INPUT.to_vec()),
        ("dimension".to_owned(), DIMENSION.to_vec()),
        ("group".to_owned(), GROUP.to_vec()),
        ("segment".to_owned(), SEGMENT.to_vec()),
        ("report".to_owned(), REPORT.to_vec()),
        ("question".to_owned(), QUESTION.to_vec()),
        ("hints".to_owned(), HINTS.to_vec()),
        ("slot".to_owned(), SLOT.to_vec()),
        ("choice".to_owned(), CHOICE.to_vec()),
        ("experiment".to_owned(), EXPERIMENT.to_vec()),
        ("hash".to_owned(), HASH.to_vec()),
        ("goal".to_owned(), GOAL.to_vec()),
        ("bandit".to_owned(), BANDIT.to_vec()),
        ("ranking".to_owned(), RANKING.to_vec()),
        ("ranked".to_owned(), WEIGHT.to_vec()),
        ("tagged".to_owned(), TAGGED.to_vec()),
        ("between".to_owned(), BETWEEN.to_vec()),
        ("diversify".to_owned(), DIVERSIFY.to_vec()),
        ("holdout".to_owned(), HOLDOUT.to_vec()),
        ("joins".to_owned(), JOINS.to_vec()),
        ("operators".to_owned(), OPERATORS.to_vec()),
    ];
    for words in KINDS {
        let mut keys = vec![words.kind, "why"];
        keys.extend(words.required);
        keys.extend(words.optional);
        all.push((format!("signal {}", words.kind), keys));
    }
    all
}

/// The keys that must be there, for the same test. Objects without such keys are not listed.
pub fn required() -> Vec<(String, Vec<&'static str>)> {
    let mut all: Vec<(String, Vec<&'static str>)> = [
        (
            "document",
            &["fewbits", "book", "version", "signals", "dimensions"][..],
        ),
        ("points", &["points", "when"]),
        ("model", &["inputs"]),
        ("input", &["signal"]),
        ("dimension", &["why", "segments", "otherwise"]),
        ("group", &["id"]),
        ("segment", &["id", "when"]),
        ("hints", &["dimensions", "why"]),
        ("slot", &["why", "variants", "choose", "otherwise"]),
        ("experiment", &["why", "variants"]),
        ("goal", &["event", "within"]),
        ("bandit", &["why", "variants"]),
        ("holdout", &["share", "why"]),
        ("ranking", &["why"]),
        ("tagged", &["tag"]),
        ("diversify", &["by", "most"]),
    ]
    .into_iter()
    .map(|(object, keys)| (object.to_owned(), keys.to_vec()))
    .collect();
    for words in KINDS {
        let mut keys = vec![words.kind];
        keys.extend(words.required);
        all.push((format!("signal {}", words.kind), keys));
    }
    all
}

/// The known word that is nearest to a misspelt one, if any is near.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = 1 + word.chars().count() / 4;
    known
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(d, candidate)| *d <= allowed && *d < candidate.chars().count())
        .min_by_key(|(d, _)| *d)
        .map(|(_, candidate)| candidate)
}

/// A help line: the nearest word, or the whole list if none is near.
pub(super) fn suggest<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
    otherwise: &str,
) -> String {
    const MOST: usize = 12;
    if let Some(near) = nearest(word, known.clone()) {
        return format!("did you mean `{near}`?");
    }
    let mut listed: Vec<String> = known
        .clone()
        .into_iter()
        .take(MOST)
        .map(|word| format!("`{word}`"))
        .collect();
    if known.into_iter().nth(MOST).is_some() {
        listed.push("...".to_owned());
    }
    if listed.is_empty() {
        otherwise.to_owned()
    } else {
        format!("known: {}", listed.join(", "))
    }
}

/// Edits from one word to another: insert, remove, replace, or swap two neighbours.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(80).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut last = '\0';
    for (i, c) in a.chars().take(80).enumerate() {
        let mut next = vec![i + 1];
        for (j, &d) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut least = (at(&row, j) + usize::from(c != d))
                .min(at(&row, j + 1) + 1)
                .min(at(&next, j) + 1);
            if i > 0 && j > 0 && last == d && b.get(j - 1) == Some(&c) {
                least = least.min(at(&before, j - 1) + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
        last = c;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, d) in [
            ("", "", 0),
            ("", "ab", 2),
            ("within", "witin", 1),
            ("ab", "ba", 1),
            ("abc", "xyz", 3),
        ] {
            assert_eq!(distance(a, b), d, "{a} {b}");
            assert_eq!(distance(b, a), d, "{b} {a}");
        }
    }

    #[test]
    fn far_words_are_not_suggested() {
        assert_eq!(nearest("witin", ["within", "where"]), Some("within"));
        assert_eq!(nearest("x", ["id", "y"]), None);
        assert_eq!(nearest("colour", ["within", "where"]), None);
    }
}
