//! INSERT, UPDATE, DELETE and MERGE: what they write, and how far their text bounds the rows.

use super::facts::{Facts, relation_of};
use super::predicate::{Scope, aliases, is_bounded, is_source_bounded, reach};
use super::{Bound, EffectKind, settings};
use crate::sql::{Cte, Delete, Expr, Insert, Matching, Merge, MergeAction, Name, Source, Statement, Table, Update};

/// INSERT, with ON CONFLICT DO UPDATE as an update of what the source meets.
pub(super) fn insert(facts: &mut Facts<'_>, insert: &Insert) {
    if !target(facts, &insert.target) {
        return;
    }
    let relation = relation_of(&insert.target.name);
    facts.add(EffectKind::Insert, Some(relation.clone()), "INSERT");
    if let Some((_, filter)) = &insert.on_conflict_update {
        let known = cte_bounds(&insert.with, facts.arguments);
        let bounded = |name: &str| is_known(&known, name);
        let source = insert.source.as_ref().is_none_or(|query| is_bounded(query, facts.arguments, &bounded));
        let scope = Scope::of(&insert.target, true, facts.arguments);
        let by_filter = filter.as_ref().map_or(Bound::None, |filter| reach(filter, &scope));
        let bound = if source { Bound::Key } else { by_filter };
        facts.add_write("INSERT ON CONFLICT DO UPDATE", Some(relation), bound);
    }
}

/// UPDATE.
pub(super) fn update(facts: &mut Facts<'_>, update: &Update) {
    if target(facts, &update.target) {
        let known = cte_bounds(&update.with, facts.arguments);
        let bound = bound(&update.target, &update.from, &known, update.filter.iter().collect(), facts.arguments);
        facts.add_write("UPDATE", Some(relation_of(&update.target.name)), bound);
    }
}

/// DELETE.
pub(super) fn delete(facts: &mut Facts<'_>, delete: &Delete) {
    if target(facts, &delete.target) {
        let known = cte_bounds(&delete.with, facts.arguments);
        let bound = bound(&delete.target, &delete.using, &known, delete.filter.iter().collect(), facts.arguments);
        facts.add_write("DELETE", Some(relation_of(&delete.target.name)), bound);
    }
}

/// MERGE: each clause bounded by ON (except NOT MATCHED BY SOURCE) and its own condition.
pub(super) fn merge(facts: &mut Facts<'_>, merge: &Merge) {
    if !target(facts, &merge.target) {
        return;
    }
    let relation = relation_of(&merge.target.name);
    let known = cte_bounds(&merge.with, facts.arguments);
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
        let bound = bound(&merge.target, sources, &known, conjuncts, facts.arguments);
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
        facts.add(EffectKind::Catalog, Some(relation_of(name)), "writes to the system catalogs");
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

/// Which WITH queries are bounded, in order: each sees those before it (and is looked at once, however often named).
fn cte_bounds<'a>(with: &'a [Cte], arguments: &[Expr]) -> Vec<(&'a str, bool)> {
    let mut known: Vec<(&str, bool)> = Vec::with_capacity(with.len().min(MAX_JOINED));
    for cte in with.iter().take(MAX_JOINED) {
        let bounded = |name: &str| is_known(&known, name);
        let is = match &cte.statement {
            Statement::Query(query) => is_bounded(query, arguments, &bounded),
            Statement::Update(update) => {
                let filter = update.filter.iter().collect();
                bound(&update.target, &update.from, &known, filter, arguments) >= Bound::Predicate
            }
            Statement::Delete(delete) => {
                let filter = delete.filter.iter().collect();
                bound(&delete.target, &delete.using, &known, filter, arguments) >= Bound::Predicate
            }
            Statement::Insert(insert) => {
                insert.source.as_ref().is_none_or(|query| is_bounded(query, arguments, &bounded))
            }
            _ => false,
        };
        known.push((&cte.name, is));
    }
    known
}

fn is_known(known: &[(&str, bool)], name: &str) -> bool {
    known.iter().rev().find(|(cte, _)| *cte == name).is_some_and(|(_, bounded)| *bounded)
}

/// Joins and WITH lists longer than this are not followed: their rows count as unbounded.
const MAX_JOINED: usize = 64;

/// One relation of a join.
struct Node<'a> {
    names: Vec<&'a str>,
    scope: Scope<'a>,
    bound: Bound,
    joined: bool,
}

/// How far the conjuncts bound the target, by themselves or by an equality with a source that is bounded.
fn bound<'a>(
    target: &'a Table,
    sources: &'a [Source],
    with: &[(&str, bool)],
    filters: Vec<&'a Expr>,
    arguments: &'a [Expr],
) -> Bound {
    let mut conjuncts = Vec::new();
    filters.into_iter().for_each(|filter| flatten(filter, &mut conjuncts));
    let mut nodes = vec![Node {
        names: vec![target.alias.as_deref().unwrap_or(&target.name.name)],
        scope: Scope::of(target, sources.is_empty(), arguments),
        bound: Bound::None,
        joined: false,
    }];
    for source in sources {
        gather(source, with, arguments, &mut nodes, &mut conjuncts);
    }
    if nodes.len() > MAX_JOINED {
        return Bound::Weak;
    }
    for node in &mut nodes {
        let own = conjuncts.iter().map(|conjunct| reach(conjunct, &node.scope)).max().unwrap_or(Bound::None);
        node.bound = node.bound.max(own);
    }
    let edges: Vec<(usize, usize)> = conjuncts.iter().filter_map(|conjunct| edge(conjunct, &nodes)).collect();
    for _ in 0..nodes.len() {
        for &(left, right) in &edges {
            let (a, b) = (bound_at(&nodes, left), bound_at(&nodes, right));
            for (index, other) in [(left, b), (right, a)] {
                if let Some(node) = nodes.get_mut(index) {
                    node.joined = true;
                    if other >= Bound::Predicate {
                        node.bound = node.bound.max(Bound::Predicate);
                    }
                }
            }
        }
    }
    match nodes.first() {
        Some(node) if node.joined && node.bound < Bound::Predicate => Bound::Weak,
        Some(node) => node.bound,
        None => Bound::None,
    }
}

fn bound_at(nodes: &[Node<'_>], index: usize) -> Bound {
    nodes.get(index).map_or(Bound::None, |node| node.bound)
}

fn flatten<'a>(expr: &'a Expr, conjuncts: &mut Vec<&'a Expr>) {
    match expr {
        Expr::And(parts) => parts.iter().for_each(|part| flatten(part, conjuncts)),
        other => conjuncts.push(other),
    }
}

fn gather<'a>(
    source: &'a Source,
    with: &[(&str, bool)],
    arguments: &'a [Expr],
    nodes: &mut Vec<Node<'a>>,
    conjuncts: &mut Vec<&'a Expr>,
) {
    if let Source::Join { left, right, on, outer, .. } = source {
        gather(left, with, arguments, nodes, conjuncts);
        gather(right, with, arguments, nodes, conjuncts);
        if let (Some(on), false) = (on, outer) {
            flatten(on, conjuncts);
        }
        return;
    }
    let names = aliases(source);
    let alias = names.first().copied().unwrap_or_default();
    let bounded = is_source_bounded(source, arguments, &|name| is_known(with, name));
    nodes.push(Node {
        names,
        scope: Scope { alias: Some(alias), alone: false, relation: None, arguments },
        bound: if bounded { Bound::Key } else { Bound::None },
        joined: false,
    });
}

/// An equality between columns of two relations.
fn edge(expr: &Expr, nodes: &[Node<'_>]) -> Option<(usize, usize)> {
    let Expr::Operator { name, left: Some(left), right } = expr else { return None };
    if &*name.name != "=" {
        return None;
    }
    let (left, right) = (owner(left, nodes)?, owner(right, nodes)?);
    (left != right).then_some((left, right))
}

fn owner(expr: &Expr, nodes: &[Node<'_>]) -> Option<usize> {
    match expr {
        Expr::Cast { arg, .. } => owner(arg, nodes),
        Expr::Column(parts) => {
            let [.., table, _] = parts.as_slice() else { return None };
            nodes.iter().position(|node| node.names.contains(&&**table))
        }
        Expr::Row(parts) => parts.iter().find_map(|part| owner(part, nodes)),
        _ => None,
    }
}
