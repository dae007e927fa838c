//! The definition of a signal in words. Its check sum decides whether a new version of a book
//! may keep what the signal remembers: so it must not depend on indices, which change when
//! anything is added, nor on how a default was written.

use crate::book::{Book, Domain, EVENT_ANY, Kind, Matcher, Read, Signal, Span, StrId, Test};
use crate::codec::crc32;

/// CRC-32 of name and definition.
pub(super) fn fingerprint(book: &Book, signal: &Signal) -> u32 {
    let mut text = Text {
        book,
        out: String::new(),
    };
    text.string(signal.name);
    text.kind(&signal.kind);
    crc32(text.out.as_bytes())
}

struct Text<'b> {
    book: &'b Book,
    out: String,
}

impl Text<'_> {
    /// A word of the format, or a number.
    fn word(&mut self, word: impl std::fmt::Display) {
        self.out.push_str(&format!(" {word}"));
    }

    /// A word of the author, quoted so that no two definitions read the same.
    fn quoted(&mut self, text: &str) {
        self.out.push_str(&format!(" {text:?}"));
    }

    fn string(&mut self, id: StrId) {
        let book = self.book;
        self.quoted(book.str(id));
    }

    fn event(&mut self, event: u16) {
        match self.book.events.get(usize::from(event)) {
            Some(&id) => self.string(id),
            None => self.word(if event == EVENT_ANY { "any" } else { "" }),
        }
    }

    fn tag(&mut self, key: u16, values: &[u16]) {
        let book = self.book;
        let Some(tag) = book.tags.get(usize::from(key)) else {
            return;
        };
        self.string(tag.name);
        for &value in values {
            if let Some(&id) = tag.values.get(usize::from(value)) {
                self.string(id);
            }
        }
    }

    fn matcher(&mut self, of: &Matcher) {
        self.event(of.event);
        // By name: the order of keys and values in the book's tables is that of first mention.
        let book = self.book;
        let mut tags: Vec<(&str, Vec<&str>)> = of
            .tags
            .iter()
            .filter_map(|(key, values)| {
                let tag = book.tags.get(usize::from(*key))?;
                let name = |v: &u16| tag.values.get(usize::from(*v)).map(|&id| book.str(id));
                let mut values: Vec<&str> = values.iter().filter_map(name).collect();
                values.sort_unstable();
                Some((book.str(tag.name), values))
            })
            .collect();
        tags.sort_unstable();
        for (key, values) in tags {
            self.word("where");
            self.quoted(key);
            self.word("in");
            values.into_iter().for_each(|value| self.quoted(value));
        }
    }

    fn weights(&mut self, weights: &[(u16, f64)], others: f64) {
        let book = self.book;
        let name = |event: u16| {
            book.events
                .get(usize::from(event))
                .map_or("", |&id| book.str(id))
        };
        let mut named: Vec<(&str, f64)> = weights.iter().map(|&(e, w)| (name(e), w)).collect();
        named.sort_by_key(|&(name, _)| name);
        self.word("weights");
        for (event, weight) in named {
            self.quoted(event);
            self.word(weight);
        }
        self.word("others");
        self.word(others);
    }

    fn kind(&mut self, kind: &Kind) {
        match kind {
            Kind::Window {
                read,
                of,
                span,
                step,
                max,
            } => {
                self.word(match read {
                    Read::Count => "count",
                    Read::Days => "days",
                    Read::Sum => "sum",
                    Read::Mean => "mean",
                    Read::Max => "max",
                });
                self.matcher(of);
                match span {
                    Span::Session => self.word("session"),
                    Span::Ring { width, buckets } => {
                        self.word(buckets);
                        self.word("of");
                        self.word(width);
                    }
                }
                self.word(step);
                self.word(max);
            }
            Kind::Since { of, unit, first } => {
                self.word(if *first { "since first" } else { "since last" });
                self.matcher(of);
                self.word(unit);
            }
            Kind::Top {
                key,
                items,
                half_life,
                weights,
                others,
                floor,
            } => {
                self.word("top");
                self.tag(*key, items);
                self.word(half_life);
                self.weights(weights, *others);
                self.word(floor);
            }
            Kind::Affinity {
                key,
                item,
                half_life,
                weights,
                others,
                baseline,
            } => {
                self.word("affinity");
                self.tag(*key, &[*item]);
                self.word(half_life);
                self.weights(weights, *others);
                self.word(baseline);
            }
            Kind::Sequence { steps, within, gap } => {
                self.word("sequence");
                for step in steps {
                    self.word(if step.negated { "not" } else { "then" });
                    self.matcher(&step.of);
                }
                self.word(within);
                self.word(gap);
            }
            Kind::Context { of } => {
                self.word("context");
                self.word(of.name());
            }
            Kind::Declared { domain } => {
                self.word("declared");
                match domain {
                    Domain::Items(items) => items.iter().for_each(|&id| self.string(id)),
                    Domain::Boolean => self.word("boolean"),
                    Domain::Number { min, max, step } => {
                        [min, max, step].into_iter().for_each(|v| self.word(v));
                    }
                }
            }
            Kind::Score { points } => {
                self.word("score");
                for (rule, points) in points {
                    self.word(points);
                    self.rule(*rule as usize);
                }
            }
            Kind::Model { model } => self.model(*model),
        }
    }

    /// What a model reads and computes. It has no memory, so this only tells versions apart.
    fn model(&mut self, model: u16) {
        let book = self.book;
        let Some(model) = book.model(model) else {
            return;
        };
        self.word("model");
        self.word(model.gives.code());
        model.classes.iter().for_each(|&class| self.string(class));
        for input in &model.inputs {
            if let Some(signal) = book.signals.get(usize::from(input.signal)) {
                self.string(signal.name);
                match book.items(signal) {
                    Some(items) => {
                        let item = items.get(input.is as usize);
                        self.quoted(item.copied().unwrap_or_default());
                    }
                    None => self.word(input.is),
                }
            }
            for number in [input.missing, input.mean, input.scale] {
                self.word(number);
            }
            self.word(input.log);
        }
        let tables = (&model.form, &model.numbers, &model.roots, &model.nodes);
        self.word(format_args!("{tables:?}"));
    }

    fn rule(&mut self, rule: usize) {
        let book = self.book;
        let Some(rule) = book.rules.get(rule) else {
            return;
        };
        self.word(if rule.negate { "not (" } else { "(" });
        for clause in &rule.clauses {
            self.word("(");
            for literal in clause {
                self.word(if literal.negated { "not" } else { "is" });
                let index = literal.index as usize;
                match index.checked_sub(book.atoms.len()) {
                    Some(rule) => self.rule(rule),
                    None => self.atom(index),
                }
            }
            self.word(")");
        }
        self.word(")");
    }

    fn atom(&mut self, atom: usize) {
        let book = self.book;
        let Some(atom) = book.atoms.get(atom) else {
            return;
        };
        let Some(signal) = book.signals.get(usize::from(atom.signal)) else {
            return;
        };
        self.string(signal.name);
        let (word, value) = match &atom.test {
            Test::Greater(v) => ("$gt", Some(v)),
            Test::AtLeast(v) => ("$gte", Some(v)),
            Test::Less(v) => ("$lt", Some(v)),
            Test::AtMost(v) => ("$lte", Some(v)),
            Test::Equals(v) => ("$eq", Some(v)),
            Test::Among(_) => ("$in", None),
            Test::Exists => ("$exists", None),
        };
        self.word(word);
        if let Some(value) = value {
            self.word(value);
        }
        if let Test::Among(items) = &atom.test {
            let names = book.items(signal).unwrap_or_default();
            for &item in items {
                if let Some(name) = names.get(usize::from(item)) {
                    self.quoted(name);
                }
            }
        }
    }
}
