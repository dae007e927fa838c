//! The definition of a signal, kind by kind.

use super::diagnostic::Sink;
use super::events::{self, Names};
use super::fields;
use super::json::{Node, Value};
use super::signals::Shape;
use super::{time, words};
use crate::book::validate::{GREATEST, LONGEST};
use crate::book::{Context, Domain, EVENT_DWELL, EVENT_SCROLL, HOUR, Kind, Matcher, Read, Span};

/// Values of events lie between this and its negative.
const VALUE: f64 = 1e9;

/// One signal that is read.
pub(super) struct Reading<'a, 'n> {
    pub(super) node: &'n Node,
    pub(super) retention: u32,
    pub(super) names: &'a mut Names,
    pub(super) sink: &'a mut Sink,
}

type Defined = Option<(Kind, Shape)>;

const fn number(min: f64, max: f64, step: f64, missing: bool) -> Shape {
    Shape::Number {
        min,
        max,
        step,
        missing,
    }
}

impl Reading<'_, '_> {
    /// The definition, if the signal is of this kind and has all required keys.
    pub(super) fn kind(mut self, kind: &str) -> Defined {
        let subject = self.node.get(kind)?;
        match kind {
            "count" => self.window(subject, Read::Count),
            "days" => self.window(subject, Read::Days),
            "sum" => self.window(subject, Read::Sum),
            "mean" => self.window(subject, Read::Mean),
            "max" => self.window(subject, Read::Max),
            "since" => self.since(subject),
            "affinity" => self.affinity(subject),
            "top" => self.top(subject),
            "sequence" => self.sequence(subject),
            "engagement" => self.engagement(subject),
            "context" => self.context(subject),
            "declared" => self.declared(subject),
            "model" => self.model(subject),
            _ => self.score(subject),
        }
    }

    fn matcher(&mut self, subject: &Node) -> Option<Matcher> {
        let event = events::event(subject, "an event", self.names, self.sink);
        let tags = events::narrowed(self.node.get("where"), self.names, self.sink);
        Some(Matcher {
            event: event?,
            tags: tags?,
        })
    }

    fn span(&mut self, days: bool) -> Option<Span> {
        time::window(self.node.get("within")?, days, self.retention, self.sink)
    }

    /// A number in hundredths; `default` where the key is not there.
    fn hundredths(&mut self, key: &str, most: i64, default: i64) -> Option<i64> {
        match self.node.get(key) {
            Some(node) => fields::hundredths(node, &format!("`{key}`"), most, self.sink),
            None => Some(default),
        }
    }

    fn window(&mut self, subject: &Node, read: Read) -> Defined {
        let of = self.matcher(subject);
        let span = self.span(read == Read::Days);
        let limit = if read == Read::Max { "most" } else { "max" };
        let step = self.hundredths("step", i64::from(u32::MAX), 100);
        let max = self.hundredths(limit, GREATEST, 100_000_000);
        let (of, span, step, max) = (of?, span?, u32::try_from(step?).ok()?, max?);
        let (grid, most) = (f64::from(step) / 100.0, max as f64 / 100.0);
        let shape = match (read, span) {
            (Read::Count, _) => number(0.0, most, 1.0, false),
            (Read::Days, Span::Ring { buckets, .. }) => number(0.0, f64::from(buckets), 1.0, false),
            (Read::Mean, _) => number(-VALUE, most, 0.0, true),
            (Read::Max, _) => number(-VALUE, most, 0.0, true),
            _ => number(0.0, most, grid, false),
        };
        Some((
            Kind::Window {
                read,
                of,
                span,
                step,
                max,
            },
            shape,
        ))
    }

    fn since(&mut self, subject: &Node) -> Defined {
        let of = self.matcher(subject);
        let unit = match self.node.get("unit") {
            None => Some(86_400),
            Some(node) => {
                let names = words::UNITS.iter().map(|unit| unit.0);
                self.word(node, "unit", names).and_then(|name| {
                    words::UNITS
                        .iter()
                        .find(|unit| unit.0 == name)
                        .map(|unit| unit.1)
                })
            }
        };
        let first = match self.node.get("from") {
            None => Some(false),
            Some(node) => self
                .word(node, "from", ["last", "first"])
                .map(|from| from == "first"),
        };
        let (of, unit, first) = (of?, unit?, first?);
        let most = f64::from(u32::MAX / unit);
        Some((
            Kind::Since { of, unit, first },
            number(0.0, most, 1.0, true),
        ))
    }

    /// One of a few known words.
    fn word<'w>(
        &mut self,
        node: &'w Node,
        key: &str,
        known: impl IntoIterator<Item = &'w str> + Clone,
    ) -> Option<&'w str> {
        let word = fields::text(node, &format!("`{key}`"), self.sink)?;
        if known.clone().into_iter().any(|known| known == word) {
            return Some(word);
        }
        let message = format!("`{word}` is not known as `{key}`");
        let help = words::suggest(word, known, "");
        self.sink.add(node.span, "unknown-value", message, help);
        None
    }

    fn half_life(&mut self) -> Option<u32> {
        time::duration(
            self.node.get("half_life")?,
            "`half_life`",
            HOUR,
            LONGEST,
            self.sink,
        )
    }

    fn affinity(&mut self, subject: &Node) -> Defined {
        let found = self.key_and_value(subject);
        let half_life = self.half_life();
        let weights = events::weights(self.node.get("weights"), self.names, self.sink);
        let baseline = match self.node.get("baseline") {
            None => Some(0.0),
            Some(node) => {
                let good = |v: f64| v > 0.0 && v <= 1.0;
                fields::number(node, "`baseline`", "above 0, up to 1", good, self.sink)
            }
        };
        let ((key, item), (weights, others), baseline) = (found?, weights?, baseline?);
        let most = if baseline > 0.0 { 1.0 / baseline } else { 1.0 };
        let kind = Kind::Affinity {
            key,
            item,
            half_life: half_life?,
            weights,
            others,
            baseline,
        };
        Some((kind, number(0.0, most, 0.0, false)))
    }

    fn key_and_value(&mut self, subject: &Node) -> Option<(u16, u16)> {
        let text = fields::text(subject, "`affinity`", self.sink)?;
        let Some((key, value)) = text.split_once(':') else {
            let message = format!("`{text}` is not a tag with a value");
            let help = "write key and value with a colon: `\"aisle:boots\"`";
            self.sink.add(subject.span, "bad-name", message, help);
            return None;
        };
        let good = events::tag_key(key, subject.span, self.names, self.sink).is_some();
        let value_is = "a tag value";
        (fields::item_text(value, value_is, subject.span, self.sink) && good)
            .then(|| self.names.tags.find(key, value))?
    }

    fn top(&mut self, subject: &Node) -> Defined {
        let key = fields::text(subject, "`top`", self.sink)?;
        let index = events::tag_key(key, subject.span, self.names, self.sink);
        let half_life = self.half_life();
        let weights = events::weights(self.node.get("weights"), self.names, self.sink);
        let floor = match self.node.get("floor") {
            None => Some(0.5),
            Some(node) => {
                let good = |v: f64| v > 0.0 && v <= 1e6;
                fields::number(node, "`floor`", "above 0, up to 1000000", good, self.sink)
            }
        };
        let names: Vec<String> = match self.node.get("items") {
            Some(node) => fields::items(node, "a tag value", false, self.sink)?
                .into_iter()
                .map(str::to_owned)
                .collect(),
            None => self.names.tags.values(key).to_vec(),
        };
        if names.is_empty() {
            let message = format!("the book mentions no value of `{key}`");
            let help = "list the values that can be the answer as `items`";
            self.sink.add(subject.span, "empty-list", message, help);
            return None;
        }
        fields::at_most(names.len(), 4096, "items", subject.span, self.sink);
        let find = |name: &String| Some(self.names.tags.find(key, name)?.1);
        let items: Option<Vec<u16>> = names.iter().map(find).collect();
        let (weights, others) = weights?;
        let kind = Kind::Top {
            key: index?,
            items: items?,
            half_life: half_life?,
            weights,
            others,
            floor: floor?,
        };
        Some((
            kind,
            Shape::Items {
                items: names,
                missing: true,
            },
        ))
    }

    fn sequence(&mut self, subject: &Node) -> Defined {
        let steps = events::steps(subject, self.names, self.sink);
        let node = self.node.get("within")?;
        let within = if node.text() == Some("session") {
            Some(0)
        } else {
            time::duration(node, "`within`", 60, LONGEST, self.sink).filter(|&seconds| {
                time::retained(node, seconds, self.retention, self.sink).is_some()
            })
        };
        let longest = within.filter(|&within| within > 0).unwrap_or(LONGEST);
        let gap = match self.node.get("gap") {
            None => Some(0),
            Some(node) => time::duration(node, "`gap`", 1, longest, self.sink),
        };
        let kind = Kind::Sequence {
            steps: steps?,
            within: within?,
            gap: gap?,
        };
        Some((kind, Shape::Boolean { missing: false }))
    }

    fn engagement(&mut self, subject: &Node) -> Defined {
        let what = self.word(subject, "engagement", ["dwell", "scroll"]);
        let span = self.span(false);
        let dwell = what? == "dwell";
        let (step, max, most) = if dwell {
            (1_000, 360_000, GREATEST)
        } else {
            (2_500, 10_000, 10_000)
        };
        let step = self.hundredths("step", most.min(i64::from(u32::MAX)), step);
        let max = self.hundredths("max", most, max);
        let (step, max) = (u32::try_from(step?).ok()?, max?);
        let (read, event) = if dwell {
            (Read::Sum, EVENT_DWELL)
        } else {
            (Read::Max, EVENT_SCROLL)
        };
        let of = Matcher {
            event,
            tags: Vec::new(),
        };
        let (grid, most) = (f64::from(step) / 100.0, max as f64 / 100.0);
        let kind = Kind::Window {
            read,
            of,
            span: span?,
            step,
            max,
        };
        Some((kind, number(0.0, most, grid, !dwell)))
    }

    fn context(&mut self, subject: &Node) -> Defined {
        let name = self.word(subject, "context", Context::ALL.map(Context::name))?;
        let of = Context::ALL
            .into_iter()
            .find(|context| context.name() == name)?;
        let items = of.items().iter().map(|&item| item.to_owned()).collect();
        Some((
            Kind::Context { of },
            Shape::Items {
                items,
                missing: true,
            },
        ))
    }

    fn declared(&mut self, subject: &Node) -> Defined {
        if let Value::List(_) = subject.value {
            self.only_for_numbers();
            let items = fields::items(subject, "an item", false, self.sink)?;
            let ids = items
                .iter()
                .map(|item| self.names.strings.id(item))
                .collect();
            let items = items.into_iter().map(str::to_owned).collect();
            let kind = Kind::Declared {
                domain: Domain::Items(ids),
            };
            return Some((
                kind,
                Shape::Items {
                    items,
                    missing: true,
                },
            ));
        }
        if subject.text().is_none() {
            let wanted = "a list of items, `\"boolean\"` or `\"number\"`";
            fields::wrong_type(subject, wanted, "`declared`", self.sink);
            return None;
        }
        if self.word(subject, "declared", ["boolean", "number"])? == "boolean" {
            self.only_for_numbers();
            let kind = Kind::Declared {
                domain: Domain::Boolean,
            };
            return Some((kind, Shape::Boolean { missing: true }));
        }
        let mut value = |key: &str| {
            let what = "a `declared` number";
            let node = fields::require(self.node, key, what, subject.span, self.sink)?;
            let good = |v: f64| v.abs() <= VALUE;
            let range = "from -1000000000 to 1000000000";
            fields::number(node, &format!("`{key}`"), range, good, self.sink)
        };
        let (min, max) = (value("min"), value("max"));
        let (min, max) = (min?, max?);
        if min >= max {
            let node = self.node.get("max")?;
            let message = format!("`max` is not above `min`: {max}");
            self.sink.add(
                node.span,
                "out-of-range",
                message,
                format!("write more than {min}"),
            );
            return None;
        }
        let step = match self.node.get("step") {
            None => 0.0,
            Some(node) => {
                let good = |v: f64| v > 0.0 && v <= max - min;
                let range = format!("above 0, up to {}", max - min);
                fields::number(node, "`step`", &range, good, self.sink)?
            }
        };
        let kind = Kind::Declared {
            domain: Domain::Number { min, max, step },
        };
        // Other steps are not exact in binary: any value is taken to be possible.
        let grid = if min.fract() == 0.0 && step.fract() == 0.0 {
            step
        } else {
            0.0
        };
        Some((kind, number(min, max, grid, true)))
    }

    fn only_for_numbers(&mut self) {
        for member in self.node.members() {
            if matches!(member.key.as_str(), "min" | "max" | "step") {
                let message = format!("unknown key `{}` in a `declared` signal", member.key);
                let help = "only a declared number has it: remove it";
                self.sink.add(member.span, "unknown-key", message, help);
            }
        }
    }

    fn model(&mut self, subject: &Node) -> Defined {
        fields::text(subject, "`model`", self.sink)?;
        // Which one is found when all signals are known, since models read them.
        Some((Kind::Model { model: 0 }, Shape::Unknown))
    }

    fn score(&mut self, subject: &Node) -> Defined {
        fields::list(subject, "`score`", self.sink)?;
        // The conditions are read when all signals are known.
        Some((Kind::Score { points: Vec::new() }, Shape::Unknown))
    }
}
