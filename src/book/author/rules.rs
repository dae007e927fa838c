//! One rule of a slot: how it chooses, and what it says of itself.

use super::decisions::{Deciding, Decisions};
use super::fields;
use super::json::{Node, Span};
use super::signals::Shape;
use super::words;
use crate::book::By;
use std::collections::BTreeMap;

impl<'n> Deciding<'_, 'n> {
    pub(super) fn by(
        &mut self,
        node: &'n Node,
        at: Span,
        variants: &[&'n str],
        what: &str,
        all: &mut Decisions<'n>,
    ) -> Option<By> {
        let show = node.get("show");
        let sources = [
            node.get("experiment"),
            node.get("bandit"),
            node.get("rank"),
            show.filter(|show| show.text().is_some()),
        ];
        if sources.iter().flatten().count() != 1 {
            let message = "a rule names exactly one of `show`, `experiment`, `bandit` and `rank`";
            let help = "write `{ \"when\": ..., \"show\": \"VARIANT\" }`, or a rule for each";
            self.sink.add(at, "rule-form", message, help);
            return None;
        }
        if let Some(least) = node.get("least").filter(|_| node.get("rank").is_none()) {
            let help = "only a rule with `rank` has it: remove it";
            self.sink
                .add(least.span, "rule-form", "`least` without `rank`", help);
        }
        match sources {
            [Some(experiment), ..] => {
                let name = fields::text(experiment, "`experiment`", self.sink)?;
                let mut drafts = all
                    .experiments
                    .iter_mut()
                    .map(|d| (d.name, &d.variants, &mut d.used));
                let (index, own) = self.source("experiment", name, experiment, &mut drafts)?;
                self.mapped(index, own, name, node, variants, what)
            }
            [_, Some(bandit), ..] => {
                let name = fields::text(bandit, "`bandit`", self.sink)?;
                let mut drafts = all
                    .bandits
                    .iter_mut()
                    .map(|d| (d.name, &d.variants, &mut d.used));
                let (index, own) = self.source("bandit", name, bandit, &mut drafts)?;
                let index = index + all.experiments.len();
                self.mapped(index, own, name, node, variants, what)
            }
            [_, _, Some(rank), _] => {
                if let Some(show) = show {
                    let help = "the variants stand in `rank`: remove it";
                    self.sink
                        .add(show.span, "rule-form", "`show` beside `rank`", help);
                }
                self.rank(rank, node.get("least"), variants, what)
            }
            [.., show] => {
                let show = show?;
                let name = show.text()?;
                Some(By::Show(self.variant(name, show.span, variants, what)?))
            }
        }
    }

    /// Finds an experiment or a bandit, and marks it as used.
    fn source<'d>(
        &mut self,
        what: &str,
        name: &str,
        node: &Node,
        drafts: &mut dyn Iterator<Item = (&'n str, &'d Vec<&'n str>, &'d mut bool)>,
    ) -> Option<(usize, Vec<&'n str>)>
    where
        'n: 'd,
    {
        let mut known = Vec::new();
        for (index, (own, variants, used)) in drafts.enumerate() {
            if own == name {
                *used = true;
                return Some((index, variants.clone()));
            }
            known.push(own);
        }
        let message = format!("unknown {what} `{name}`");
        let help = words::suggest(name, known, &format!("declare it under `{what}s`"));
        self.sink
            .add(node.span, "unknown-experiment", message, help);
        None
    }

    /// What the slot shows for each variant of a source.
    fn mapped(
        &mut self,
        source: usize,
        own: Vec<&'n str>,
        name: &str,
        node: &'n Node,
        variants: &[&'n str],
        what: &str,
    ) -> Option<By> {
        let mut map: BTreeMap<&str, &Node> = BTreeMap::new();
        if let Some(show) = node.get("show") {
            for member in fields::object(show, "`show`", self.sink)? {
                let of = format!("`{name}`");
                self.variant(&member.key, member.span, &own, &of);
                map.insert(member.key.as_str(), &member.value);
            }
        }
        let named = ["experiment", "bandit"]
            .iter()
            .find_map(|key| node.get(key));
        let mut show = Vec::new();
        for variant in own {
            if let Some(node) = map.get(variant) {
                let to = fields::text(node, "a variant", self.sink)?;
                show.extend(self.variant(to, node.span, variants, what));
            } else if let Some(i) = variants.iter().position(|v| *v == variant) {
                show.push(i as u16);
            } else {
                let message = format!("`{variant}` of `{name}` is no variant of {what}");
                let help = format!(
                    "name it alike, or say what is shown: `\"show\": {{ \"{variant}\": \"...\" }}`"
                );
                let at = named.map_or(node.span, |node| node.span);
                self.sink.add(at, "unknown-variant", message, help);
            }
        }
        Some(By::Source {
            source: u16::try_from(source).ok()?,
            show,
        })
    }

    fn rank(
        &mut self,
        node: &Node,
        least: Option<&Node>,
        variants: &[&'n str],
        what: &str,
    ) -> Option<By> {
        let least = match least {
            None => Some(0.0),
            Some(node) => {
                let good = |v: f64| (0.0..=1e9).contains(&v);
                fields::number(node, "`least`", "from 0 to 1000000000", good, self.sink)
            }
        };
        let members = fields::object(node, "`rank`", self.sink)?;
        if members.is_empty() {
            fields::empty(node, "`rank`", self.sink);
        }
        let mut of = Vec::new();
        for member in members {
            let variant = self.variant(&member.key, member.span, variants, what);
            let Some(name) = fields::text(&member.value, "a signal", self.sink) else {
                continue;
            };
            let Some(signal) = self.signals.find(name) else {
                let names = self.signals.names();
                let help = words::suggest(name, names, "declare it under `signals`");
                let message = format!("unknown signal `{name}`");
                self.sink
                    .add(member.value.span, "unknown-signal", message, help);
                continue;
            };
            if let Some(draft) = self.signals.drafts.get_mut(usize::from(signal)) {
                draft.used = true;
                if !matches!(draft.shape, Shape::Number { .. } | Shape::Unknown) {
                    let message = format!("`{name}` is no number and cannot be ranked by");
                    let help = "rank by an affinity, a count or another number";
                    self.sink
                        .add(member.value.span, "type-mismatch", message, help);
                }
            }
            of.extend(variant.map(|variant| (variant, signal)));
        }
        Some(By::Rank { of, least: least? })
    }

    /// A rule without a reason in words says what it compares.
    pub(super) fn said(&self, rule: &Node) -> String {
        const MOST: usize = 200;
        let mut parts: Vec<String> = Vec::new();
        if let Some(when) = rule.get("when") {
            let text = self.source.get(when.span.start..when.span.end);
            let text = text.unwrap_or_default().replace('"', "");
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let inner = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
            parts.push(inner.unwrap_or(&text).trim().chars().take(MOST).collect());
        }
        for key in ["experiment", "bandit"] {
            if let Some(name) = rule.get(key).and_then(Node::text) {
                parts.push(format!("{key} {name}"));
            }
        }
        if let Some(rank) = rule.get("rank") {
            let signals: Vec<&str> = rank
                .members()
                .iter()
                .filter_map(|m| m.value.text())
                .collect();
            parts.push(format!("the greatest of {}", signals.join(", ")));
        }
        parts.retain(|part| !part.is_empty());
        if parts.is_empty() {
            return "always".to_owned();
        }
        parts.join("; ")
    }
}
