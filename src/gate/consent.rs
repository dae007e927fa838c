//! Consent, for each purpose. Absence of an answer is a no.

/// What a visitor can agree to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Keep the profile and the ledger in this browser.
    Store = 0,
    /// Place the visitor in segments.
    Personalise = 1,
    /// Answer one question, once, randomised.
    Measure = 2,
    /// Hand coarse segments to others.
    Share = 3,
}

/// What a visitor said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answer {
    /// Nothing yet: memory only, and nothing leaves.
    #[default]
    Unknown,
    /// Yes.
    Granted,
    /// No: what was kept for this purpose is erased.
    Denied,
}

/// All answers of a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Consent([Answer; 4]);

impl Consent {
    /// Notes an answer.
    pub fn set(&mut self, purpose: Purpose, answer: Answer) {
        if let Some(slot) = self.0.get_mut(purpose as usize) {
            *slot = answer;
        }
    }

    /// The answer to a purpose.
    pub fn get(&self, purpose: Purpose) -> Answer {
        self.0.get(purpose as usize).copied().unwrap_or_default()
    }

    /// Whether a purpose was agreed to.
    pub fn granted(&self, purpose: Purpose) -> bool {
        self.get(purpose) == Answer::Granted
    }
}
