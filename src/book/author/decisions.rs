//! The section `decisions`: slots, their variants and the rules that choose among them.

use super::bandits::{self, bandits};
use super::condition::{Expr, Scope};
use super::diagnostic::Sink;
use super::dimensions;
use super::events::Names;
use super::experiments::{self, MOST_VARIANTS, experiments, holdout};
use super::fields::{self, Style};
use super::json::{Member, Node, Span, Value};
use super::rankings::{self, rankings};
use super::signals::Signals;
use super::words;
use crate::book::{By, Draw, SHOWN, StrId};
use std::collections::BTreeMap;

/// A slot while the book is checked.
pub(super) struct Slot<'n> {
    pub(super) name: &'n str,
    at: Span,
    pub(super) why: StrId,
    pub(super) variants: Vec<&'n str>,
    pub(super) rules: Vec<Rule>,
    pub(super) otherwise: u16,
    pub(super) changes: bool,
}

/// A rule of a slot while the book is checked.
pub(super) struct Rule {
    pub(super) at: Span,
    pub(super) when: Option<(Expr, Span)>,
    pub(super) because: StrId,
    pub(super) by: By,
}

/// All that a book decides.
pub(super) struct Decisions<'n> {
    pub(super) slots: Vec<Slot<'n>>,
    pub(super) experiments: Vec<experiments::Draft<'n>>,
    pub(super) bandits: Vec<bandits::Draft<'n>>,
    pub(super) rankings: Vec<rankings::Draft<'n>>,
    pub(super) holdout: Draw,
    pub(super) shown: u16,
}

/// What the reading of decisions needs of the rest of the book.
pub(super) struct Deciding<'a, 'n> {
    pub(super) source: &'a str,
    pub(super) signals: &'a mut Signals<'n>,
    pub(super) dimensions: &'a [dimensions::Draft<'n>],
    pub(super) names: &'a mut Names,
    pub(super) sink: &'a mut Sink,
}

const MOST_SLOTS: usize = 1_024;
const MOST_RULES: usize = 1_000;

impl<'n> Deciding<'_, 'n> {
    /// Reads the sections.
    pub(super) fn decisions(mut self, document: &'n Node) -> Decisions<'n> {
        let mut all = Decisions {
            slots: Vec::new(),
            experiments: experiments(document, &mut self),
            bandits: bandits(document, &mut self),
            rankings: rankings(document, &mut self),
            holdout: holdout(document, &mut self),
            shown: self.names.find(SHOWN).unwrap_or(0),
        };
        if let Some(node) = document.get("decisions") {
            let members = fields::object(node, "`decisions`", self.sink).unwrap_or(&[]);
            fields::at_most(members.len(), MOST_SLOTS, "slots", node.span, self.sink);
            for member in members {
                let slot = self.slot(member, &mut all);
                all.slots.extend(slot);
            }
        }
        self.unused(&all);
        self.distinct(&all);
        all
    }

    /// `variants`, at least so many.
    pub(super) fn variants(
        &mut self,
        node: &'n Node,
        what: &str,
        at: Span,
        least: usize,
    ) -> Option<Vec<&'n str>> {
        let node = fields::require(node, "variants", what, at, self.sink)?;
        let variants = fields::items(node, "a variant", false, self.sink)?;
        fields::at_most(
            variants.len(),
            MOST_VARIANTS,
            "variants",
            node.span,
            self.sink,
        );
        if variants.len() < least {
            let message = format!("{what} has {} variant", variants.len());
            let help = format!("list at least {least}");
            self.sink.add(node.span, "out-of-range", message, help);
        }
        let Value::List(list) = &node.value else {
            return None;
        };
        for (variant, node) in variants.iter().zip(list) {
            fields::name(variant, "a variant", Style::Plain, node.span, self.sink);
        }
        Some(variants)
    }

    /// The author's answer to a false alarm, which must be an answer.
    pub(super) fn not_sensitive(&mut self, node: &Node) {
        fields::not_sensitive(node, self.sink);
    }

    /// The place of a variant in a list.
    pub(super) fn variant(
        &mut self,
        name: &str,
        at: Span,
        variants: &[&str],
        of: &str,
    ) -> Option<u16> {
        let found = variants.iter().position(|variant| *variant == name);
        if found.is_none() {
            let message = format!("`{name}` is no variant of {of}");
            let help = words::suggest(name, variants.iter().copied(), "");
            self.sink.add(at, "unknown-variant", message, help);
        }
        found.and_then(|i| u16::try_from(i).ok())
    }

    fn slot(&mut self, member: &'n Member, all: &mut Decisions<'n>) -> Option<Slot<'n>> {
        let (name, at, node) = (member.key.as_str(), member.span, &member.value);
        fields::name(name, "a slot", Style::Plain, at, self.sink);
        let what = format!("slot `{name}`");
        fields::object(node, &what, self.sink)?;
        fields::only(node, words::SLOT, "a slot", self.sink);
        let help = "add `\"why\": \"...\"`: what the place is for, and why it differs";
        let why = fields::why(node, &what, at, help, self.sink).unwrap_or_default();
        let variants = self.variants(node, &what, at, 1);
        let otherwise = fields::require(node, "otherwise", &what, at, self.sink);
        let changes = match node.get("changes") {
            Some(node) => fields::boolean(node, "`changes`", self.sink),
            None => None,
        };
        let choose = fields::require(node, "choose", &what, at, self.sink);
        let variants = variants?;
        let otherwise = otherwise.and_then(|node| {
            let name = fields::text(node, "`otherwise`", self.sink)?;
            self.variant(name, node.span, &variants, &what)
        });
        let mut rules = Vec::new();
        if let Some(node) = choose {
            let Value::List(list) = &node.value else {
                fields::wrong_type(node, "a list", "`choose`", self.sink);
                return None;
            };
            fields::at_most(list.len(), MOST_RULES, "rules", node.span, self.sink);
            for node in list {
                rules.extend(self.rule(node, &variants, &what, all));
            }
        }
        Some(Slot {
            name,
            at,
            why: self.names.strings.id(why),
            variants,
            rules,
            otherwise: otherwise.unwrap_or(0),
            changes: changes.unwrap_or(false),
        })
    }

    fn rule(
        &mut self,
        node: &'n Node,
        variants: &[&'n str],
        what: &str,
        all: &mut Decisions<'n>,
    ) -> Option<Rule> {
        fields::object(node, "a rule", self.sink)?;
        fields::only(node, words::CHOICE, "a rule", self.sink);
        let at = Span {
            start: node.span.start,
            end: node.span.start + 1,
        };
        let because = node
            .get("because")
            .and_then(|node| fields::prose(node, "`because`", self.sink));
        let when = node.get("when").and_then(|node| {
            let scope = Scope {
                signals: self.signals,
                dimensions: Some(self.dimensions),
                sink: self.sink,
            };
            Some((scope.read(node)?, node.span))
        });
        let by = self.by(node, at, variants, what, all)?;
        let because = match because {
            Some(text) => text.to_owned(),
            None => self.said(node),
        };
        Some(Rule {
            at,
            when,
            because: self.names.strings.id(&because),
            by,
        })
    }

    /// What no visitor will ever see.
    fn unused(&mut self, all: &Decisions<'n>) {
        let experiments = all
            .experiments
            .iter()
            .map(|d| ("experiment", d.name, d.at, d.used));
        let bandits = all.bandits.iter().map(|d| ("bandit", d.name, d.at, d.used));
        for (what, name, at, used) in experiments.chain(bandits) {
            if !used {
                let message = format!("no slot uses {what} `{name}`");
                let help = format!("add `{{ \"{what}\": \"{name}\" }}` to a slot's `choose`");
                self.sink.add(at, "unused-experiment", message, help);
            }
        }
        for slot in &all.slots {
            let mut shown = vec![slot.otherwise];
            for rule in &slot.rules {
                match &rule.by {
                    By::Show(variant) => shown.push(*variant),
                    By::Source { show, .. } => shown.extend(show),
                    By::Rank { of, .. } => shown.extend(of.iter().map(|(variant, _)| variant)),
                }
            }
            for (index, variant) in (0u16..).zip(&slot.variants) {
                if !shown.contains(&index) {
                    let message = format!("slot `{}` never shows `{variant}`", slot.name);
                    let help = "add a rule that shows it, or remove it";
                    self.sink.add(slot.at, "unused-variant", message, help);
                }
            }
        }
    }

    /// Slots, experiments and bandits are named alike in a preview, and experiments stand beside
    /// dimensions in what may be asked.
    fn distinct(&mut self, all: &Decisions<'n>) {
        let mut known: BTreeMap<&str, &str> = BTreeMap::new();
        let dimensions = self
            .dimensions
            .iter()
            .map(|d| ("a dimension", d.name, Span::default()));
        let experiments = all
            .experiments
            .iter()
            .map(|d| ("an experiment", d.name, d.at));
        let bandits = all.bandits.iter().map(|d| ("a bandit", d.name, d.at));
        for (what, name, at) in dimensions.chain(experiments).chain(bandits) {
            if let Some(other) = known.insert(name, what) {
                let message = format!("`{name}` is the name of {other}, too");
                self.sink
                    .add(at, "duplicate-id", message, "rename one of them");
            }
        }
        for slot in &all.slots {
            if let Some(other) = known.get(slot.name).filter(|o| **o != "a dimension") {
                let message = format!("`{}` is the name of {other}, too", slot.name);
                self.sink
                    .add(slot.at, "duplicate-id", message, "rename one of them");
            }
        }
    }
}
