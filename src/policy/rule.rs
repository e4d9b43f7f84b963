//! Rules: what an operator adds to a preset. They can only tighten it.

use super::{Pattern, TablePattern, Verdict};
use crate::classify::{Effect, EffectKind, EffectSet};
use std::sync::Arc;

/// One rule. It speaks where the effect is one of its own, on one of its tables, by one of its principals.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name in decisions, logs and errors.
    pub id: Arc<str>,
    /// The effects it speaks of.
    pub effects: EffectSet,
    /// The relations it is restricted to; `None` for all.
    pub tables: Option<Vec<TablePattern>>,
    /// The principals it is for, by name.
    pub principals: Vec<Pattern>,
    /// `Hold` or `Reject`. `Allow` changes nothing, for the strictest verdict wins.
    pub verdict: Verdict,
    /// What a refused client is told to do instead.
    pub hint: Option<String>,
}

impl Rule {
    /// Whether the rule is for the principal of that name.
    pub fn is_for(&self, principal: &str) -> bool {
        self.principals.iter().any(|pattern| pattern.matches(principal))
    }

    /// Whether the rule speaks of this effect, which is of this kind for the principal. An effect that names no relation may fall on any, so it counts.
    pub(super) fn covers(&self, effect: &Effect, kind: EffectKind) -> bool {
        self.effects.contains(kind)
            && match (&self.tables, &effect.relation) {
                (None, _) | (Some(_), None) => true,
                (Some(patterns), Some(relation)) => patterns.iter().any(|pattern| pattern.matches(relation)),
            }
    }
}
