//! Rows of tables that a rule keeps from the principal: by text it cannot change them, so what was counted of them was done
//! by code that it ran.

use super::objection::{Objection, Reason};
use super::reading::{Reading, Touched, rows};
use crate::policy::{EffectKind, Rule};

/// Judges what a transaction that ran code did against the principal's rules: the strictest verdict of the rules that
/// speak of a change that was counted. (TRUNCATE, DROP and ALTER in code are refused whatever the rules say.)
///
/// # Errors
/// The [`Objection`]: the transaction must not commit.
pub fn judge_kept(rules: &[Rule], transaction: &Reading) -> Result<(), Objection> {
    let counted = || transaction.relations().filter(|touched| touched.counts());
    let found = rules.iter().flat_map(|rule| {
        counted().filter(|touched| is_kept(rule, touched)).map(move |touched| objection(rule, touched))
    });
    found.max_by_key(|objection| objection.verdict).map_or(Ok(()), Err)
}

fn is_kept(rule: &Rule, touched: &Touched) -> bool {
    let of_table = rule.tables.as_ref().is_none_or(|patterns| {
        patterns.iter().any(|pattern| pattern.matches(&touched.relation) || pattern.matches(&touched.root.relation))
    });
    let changed = touched.changed() > 0 && rule.effects.contains(EffectKind::Write);
    let inserted = touched.inserted > 0 && rule.effects.contains(EffectKind::Insert);
    of_table && (changed || inserted)
}

fn objection(rule: &Rule, touched: &Touched) -> Objection {
    let name = &touched.relation;
    let number = rows(touched.changed().saturating_add(touched.inserted));
    let what = format!("code that changes {name}, which is kept from you");
    let facts = format!("Counted before the commit: {number} inserted, updated or deleted in {name}.");
    let mut objection = Objection::new(Reason::HiddenWrite, rule.verdict, Some(&rule.id), &what, &facts);
    if let Some(hint) = &rule.hint {
        objection.hint = format!("{}. Do not try to get around this.", hint.trim_end_matches('.'));
    }
    objection
}
