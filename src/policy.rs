//! The policy: what may be done, by whom. `decide` is the one place that decides; it is pure and total.

mod permit;

pub use crate::classify::{EffectKind, EffectSet};
pub use permit::{Judged, Permitted, Refused};

use crate::classify::{Classification, TextFacts};
use std::sync::Arc;

/// The three verdicts; the strictest (greatest) wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Forward it.
    Allow,
    /// A person has to approve it first.
    Hold,
    /// Refuse it.
    Reject,
}

/// A decision: the verdict, the rule that made it, and why.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The strictest verdict of all that apply.
    pub verdict: Verdict,
    /// Whether the verdict is enforced (`false` in shadow mode: judged and recorded only).
    pub enforced: bool,
    /// The rule that made it: a rule's id, or `preset:app-writer`, or one of the built-in walls (`wall:...`).
    pub rule: Arc<str>,
    /// All the kinds of effect the message has.
    pub effects: EffectSet,
    /// For hold and reject: each offending fact in words, without literals.
    pub reasons: Vec<String>,
    /// For hold and reject: the way on, written so that a language model does the right thing.
    pub hint: Option<String>,
}

impl Decision {
    /// Whether the message goes on to the upstream.
    pub fn forwards(&self) -> bool {
        self.verdict == Verdict::Allow || !self.enforced
    }
}
