//! What the answers of an outcome say: which variant was shown, where, and whether it converted.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::statement::{ANY, Answer, is_name};

/// The question is what became of an experiment or a bandit. Each answer but `any`, which is of
/// those who were shown nothing of it, names a variant and whether the goal was reached:
/// `VARIANT-yes`, `VARIANT-no`; for a bandit with the segment in which it was shown:
/// `SEGMENT.VARIANT-yes`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Which of the two.
    pub of: Trial,
    /// In the book's order; the first is what the others are compared with.
    pub variants: Vec<String>,
    /// What the book lets a bandit know, by segment and variant: `a` and `b` of Beta
    /// distributions. Empty for an experiment.
    pub posteriors: BTreeMap<String, BTreeMap<String, [f64; 2]>>,
}

/// What shows variants by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Trial {
    /// With fixed chances.
    Experiment,
    /// With chances that follow what is known.
    Bandit,
}

/// What an answer, or a group of answers, says about an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said<'a> {
    /// Where the variant was shown: a segment or group, `any` in an experiment.
    pub within: &'a str,
    /// The variant.
    pub variant: &'a str,
    /// Whether the goal was reached.
    pub converted: bool,
}

impl<'a> Said<'a> {
    /// Reads a name. `None` if it says nothing of the kind.
    pub fn read(name: &'a str) -> Option<Self> {
        let (within, rest) = name.split_once('.').unwrap_or((ANY, name));
        let yes = rest.strip_suffix("-yes").map(|variant| (variant, true));
        let no = || rest.strip_suffix("-no").map(|variant| (variant, false));
        let (variant, converted) = yes.or_else(no)?;
        Some(Self {
            within,
            variant,
            converted,
        })
    }
}

impl Outcome {
    /// Each place has a yes and a no of each variant, once, and there is a rest.
    pub(crate) fn check(&self, answers: &[Answer]) -> Result<(), String> {
        let mut said = BTreeSet::new();
        for answer in answers.iter().filter(|answer| answer.segment != ANY) {
            let known = Said::read(&answer.segment);
            let known = known.filter(|said| self.variants.iter().any(|v| v == said.variant));
            let known = known.ok_or_else(|| {
                format!("`{}` does not say what became of a variant", answer.segment)
            })?;
            said.insert(known);
        }
        let known = self
            .posteriors
            .values()
            .flat_map(BTreeMap::values)
            .flatten();
        if !known
            .into_iter()
            .all(|part| part.is_finite() && *part > 0.0)
        {
            return Err("a posterior is not two numbers above 0".to_owned());
        }
        let places: BTreeSet<&str> = said.iter().map(|said| said.within).collect();
        let expected = places.len() * self.variants.len() * 2;
        if self.variants.len() < 2 || said.len() != expected || answers.len() != expected + 1 {
            return Err(
                "an outcome has a yes and a no of each variant, everywhere, and `any`".to_owned(),
            );
        }
        Ok(())
    }
}

/// A name that an answer may have: one that a book may have, or what became of a variant, in a
/// segment.
pub fn is_answer(text: &str) -> bool {
    let ends = ["-yes", "-no"];
    let within = |text: &str| {
        let variant = ends.iter().find_map(|end| text.strip_suffix(end));
        is_name(variant.unwrap_or(text))
    };
    match text.split_once('.') {
        Some((segment, rest)) => is_name(segment) && within(rest),
        None => within(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read() {
        let said = |within, variant, converted| {
            Some(Said {
                within,
                variant,
                converted,
            })
        };
        assert_eq!(Said::read("warm-yes"), said("any", "warm", true));
        assert_eq!(Said::read("new.warm-no"), said("new", "warm", false));
        // A variant may be called so.
        assert_eq!(Said::read("no-no"), said("any", "no", false));
        assert_eq!(Said::read("any"), None);
        assert_eq!(Said::read("new.warm"), None);
        for good in ["warm", "a-yes", "b-2.a-no", "new.a", "any"] {
            assert!(is_answer(good), "{good}");
        }
        for bad in [
            "", ".", "a.", ".a", "a.b.c", "-yes", "A-yes", "a.-no", "a b",
        ] {
            assert!(!is_answer(bad), "{bad}");
        }
    }
}
