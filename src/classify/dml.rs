//! INSERT, UPDATE, DELETE and MERGE: what they write, and how far their text bounds the rows.

use super::facts::{Facts, relation_of};
use super::predicate::{Known, Scope, bound, is_bounded, reach};
use super::{Bound, EffectKind, settings};
use crate::sql::{Delete, Expr, Insert, Matching, Merge, MergeAction, Name, Table, Update};
use std::rc::Rc;

/// INSERT, with ON CONFLICT DO UPDATE as an update of what the source meets.
pub(super) fn insert(facts: &mut Facts<'_>, insert: &Insert) {
    if !target(facts, &insert.target) {
        return;
    }
    let relation = relation_of(&insert.target.name);
    facts.add(EffectKind::Insert, Some(relation.clone()), "INSERT");
    if let Some((_, filter)) = &insert.on_conflict_update {
        let fuel = Rc::clone(&facts.fuel);
        let known = Known::new(facts.arguments, &fuel, Some(&insert.target.name));
        let with = known.with(&insert.with);
        let known = known.within(&with);
        let source = insert.source.as_ref().is_none_or(|query| is_bounded(query, &known));
        let scope = Scope::of(&insert.target, true, known);
        let by_filter = filter.as_ref().map_or(Bound::None, |filter| reach(filter, &scope));
        let bound = if source { Bound::Key } else { by_filter };
        facts.add_write("INSERT ON CONFLICT DO UPDATE", Some(relation), bound);
    }
}

/// UPDATE.
pub(super) fn update(facts: &mut Facts<'_>, update: &Update) {
    if target(facts, &update.target) {
        let fuel = Rc::clone(&facts.fuel);
        let known = Known::new(facts.arguments, &fuel, Some(&update.target.name));
        let with = known.with(&update.with);
        let bound = bound(&update.target, &update.from, update.filter.iter().collect(), &known.within(&with));
        let relation = relation_of(&update.target.name);
        if matches!(update.filter, Some(Expr::CurrentOf)) {
            facts.add_write_of_cursor("UPDATE", relation);
        } else {
            facts.add_write("UPDATE", Some(relation), bound);
        }
    }
}

/// DELETE.
pub(super) fn delete(facts: &mut Facts<'_>, delete: &Delete) {
    if target(facts, &delete.target) {
        let fuel = Rc::clone(&facts.fuel);
        let known = Known::new(facts.arguments, &fuel, Some(&delete.target.name));
        let with = known.with(&delete.with);
        let bound = bound(&delete.target, &delete.using, delete.filter.iter().collect(), &known.within(&with));
        let relation = relation_of(&delete.target.name);
        if matches!(delete.filter, Some(Expr::CurrentOf)) {
            facts.add_write_of_cursor("DELETE", relation);
        } else {
            facts.add_write("DELETE", Some(relation), bound);
        }
    }
}

/// MERGE: each clause bounded by ON (except NOT MATCHED BY SOURCE) and its own condition.
pub(super) fn merge(facts: &mut Facts<'_>, merge: &Merge) {
    if !target(facts, &merge.target) {
        return;
    }
    let relation = relation_of(&merge.target.name);
    let fuel = Rc::clone(&facts.fuel);
    let known = Known::new(facts.arguments, &fuel, Some(&merge.target.name));
    let with = known.with(&merge.with);
    let known = known.within(&with);
    for clause in &merge.clauses {
        let verb = match clause.action {
            MergeAction::Insert => {
                facts.add(EffectKind::Insert, Some(relation.clone()), "MERGE INSERT");
                continue;
            }
            MergeAction::Nothing => continue,
            MergeAction::Update => "MERGE UPDATE",
            MergeAction::Delete => "MERGE DELETE",
            MergeAction::Unknown => {
                facts.add(EffectKind::Unknown, Some(relation.clone()), "MERGE");
                continue;
            }
        };
        let mut conjuncts: Vec<&Expr> = clause.condition.iter().collect();
        let sources = if clause.matching == Matching::NotBySource {
            &[][..]
        } else {
            conjuncts.extend(&merge.on);
            std::slice::from_ref(&merge.source)
        };
        let bound = bound(&merge.target, sources, conjuncts, &known);
        facts.add_write(verb, Some(relation.clone()), bound);
    }
    if merge.clauses.iter().all(|clause| clause.action == MergeAction::Nothing) {
        facts.add(EffectKind::Read, Some(relation), "MERGE that does nothing");
    }
}

/// The checks all four share; false where the target says all there is to say.
fn target(facts: &mut Facts<'_>, target: &Table) -> bool {
    facts.writes();
    let name = &target.name;
    if settings::is_settings_view(name) {
        facts.add(EffectKind::ProtectedSetting, Some(relation_of(name)), "an UPDATE of pg_settings is a SET");
        return false;
    }
    if is_catalog(name) {
        facts.add(EffectKind::Catalog, Some(relation_of(name)), "a direct write to the system catalogs");
        return false;
    }
    true
}

/// Whether a name is one of the system's own: names that start with `pg_` are reserved to it, and found first.
pub(super) fn is_catalog(name: &Name) -> bool {
    match name.schema.as_deref() {
        Some(schema) => matches!(schema, "pg_catalog" | "information_schema" | "pg_toast"),
        None => name.name.starts_with("pg_"),
    }
}
