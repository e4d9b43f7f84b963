//! Predicates: how far a WHERE bounds the rows of its table.
//!
//! A term folds to a constant where it can; a term without a column of the table decides nothing about its rows, so
//! it counts as true (a parameter may make it so). AND takes its best term, OR its worst.

mod compare;
mod fold;
mod same;
pub(super) use fold::Value;

use super::Bound;
use crate::sql::{Expr, Name, Part, Query, Source, Sublink, Table, walk, walk_expr};
use std::collections::HashSet;

/// Whose rows the question is about, and what is known around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    /// The alias, or the name where there is none; `None`: every column belongs to it.
    pub(super) alias: Option<&'a str>,
    /// Whether an unqualified column can only be of this relation.
    pub(super) alone: bool,
    /// The relation itself, where it is one.
    pub(super) relation: Option<&'a Name>,
    /// The arguments of an EXECUTE.
    pub(super) arguments: &'a [Expr],
}

impl<'a> Scope<'a> {
    /// The target of a statement.
    pub(super) fn of(table: &'a Table, alone: bool, arguments: &'a [Expr]) -> Self {
        let alias = table.alias.as_deref().unwrap_or(&table.name.name);
        Self { alias: Some(alias), alone, relation: Some(&table.name), arguments }
    }

    /// Whether a column is certainly of this relation.
    pub(super) fn owns(&self, parts: &[Box<str>]) -> bool {
        match (self.alias, parts) {
            (None, _) => true,
            (Some(_), [_]) => self.alone,
            (Some(alias), [.., table, _]) => self.alone || &**table == alias,
            (Some(_), []) => false,
        }
    }

    /// What an expression depends on. A column inside a sub-select is of this relation only where its qualifier says
    /// so and no relation inside answers to it.
    pub(super) fn uses(&self, expr: &Expr) -> Uses {
        let mut uses = Uses::default();
        let mut inside: HashSet<*const Expr> = HashSet::new();
        walk_expr(expr, &mut |part| match part {
            Part::Expr(Expr::Sublink { statement, .. }) => {
                let mut names = Vec::new();
                let mut columns = Vec::new();
                walk(statement, &mut |part| match part {
                    Part::Source(source) => names.append(&mut aliases(source)),
                    Part::Expr(column @ Expr::Column(_)) => columns.push(column),
                    _ => {}
                });
                for column in columns {
                    let Expr::Column(parts) = column else { continue };
                    let outside = match parts.as_slice() {
                        [.., table, _] => !names.contains(&&**table) && self.alias == Some(&**table),
                        _ => false,
                    };
                    uses.own |= outside;
                    uses.other |= !outside;
                    inside.insert(std::ptr::from_ref(column));
                }
            }
            Part::Expr(column @ Expr::Column(parts)) if !inside.contains(&std::ptr::from_ref(column)) => {
                if self.owns(parts) {
                    uses.own = true;
                } else {
                    uses.other = true;
                }
            }
            _ => {}
        });
        uses
    }
}

/// Which columns an expression mentions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Uses {
    /// Columns of the relation in question.
    pub(super) own: bool,
    /// Columns of others (or of a sub-select).
    pub(super) other: bool,
}

/// How far a predicate bounds the relation of the scope.
pub(super) fn reach(expr: &Expr, scope: &Scope<'_>) -> Bound {
    match fold::fold(expr, scope) {
        Some(Value::Bool(true)) => return Bound::Constant,
        Some(Value::Bool(false) | Value::Null) if fold::is_certain(expr) => return Bound::Key,
        Some(Value::Text(text)) => {
            let never = matches!(expr, Expr::Constant(_)) && fold::text_truth(&text) == Some(false);
            return if never { Bound::Key } else { Bound::Constant };
        }
        Some(Value::Number(_)) => return Bound::Constant,
        Some(Value::Bool(false) | Value::Null) | None => {}
    }
    match expr {
        Expr::And(parts) => parts.iter().map(|part| reach(part, scope)).max().unwrap_or(Bound::Constant),
        Expr::Or(parts) => parts.iter().map(|part| reach(part, scope)).min().unwrap_or(Bound::Constant),
        Expr::Not(arg) => reach_not(arg, scope),
        // Which row that is stands in the cursor's state, not in this text; a loop over it reaches every row.
        Expr::CurrentOf => Bound::Weak,
        Expr::Sublink { kind: Sublink::Exists, statement, .. } => exists(statement, scope),
        Expr::Cast { arg, .. } => reach(arg, scope),
        _ if !scope.uses(expr).own => Bound::Constant,
        Expr::Column(_) => Bound::Weak,
        Expr::Case { arg, whens, default } => case(arg.as_deref(), whens, default.as_deref(), scope),
        Expr::Coalesce(parts) => parts.iter().map(|part| reach(part, scope)).min().unwrap_or(Bound::Constant),
        Expr::IsBool { arg, value, negated } => match (value, negated) {
            (Some(true), false) | (Some(false), true) => reach(arg, scope),
            (Some(true), true) | (Some(false), false) => reach_not(arg, scope),
            (None, false) => Bound::Predicate,
            (None, true) => Bound::Weak,
        },
        _ => compare::reach(expr, scope),
    }
}

/// How far the negation of a predicate bounds the relation.
fn reach_not(expr: &Expr, scope: &Scope<'_>) -> Bound {
    match fold::fold(expr, scope) {
        Some(Value::Bool(false)) => return Bound::Constant,
        Some(Value::Bool(true) | Value::Null) if fold::is_certain(expr) => return Bound::Key,
        Some(Value::Bool(true) | Value::Null) | None => {}
        Some(_) => return Bound::Constant,
    }
    match expr {
        Expr::And(parts) => parts.iter().map(|part| reach_not(part, scope)).min().unwrap_or(Bound::Constant),
        Expr::Or(parts) => parts.iter().map(|part| reach_not(part, scope)).max().unwrap_or(Bound::Constant),
        Expr::Not(arg) => reach(arg, scope),
        Expr::Sublink { kind: Sublink::Exists, statement, .. } => exists(statement, scope),
        Expr::Cast { arg, .. } => reach_not(arg, scope),
        _ if !scope.uses(expr).own => Bound::Constant,
        _ => compare::reach_not(expr, scope),
    }
}

fn case(arg: Option<&Expr>, whens: &[(Expr, Expr)], default: Option<&Expr>, scope: &Scope<'_>) -> Bound {
    let mut worst = default.map_or(Bound::Key, |value| reach(value, scope));
    for (condition, value) in whens {
        let condition = if arg.is_some() { Bound::Weak } else { reach(condition, scope) };
        worst = worst.min(condition.max(reach(value, scope)));
    }
    worst
}

/// EXISTS bounds where the sub-select's filter ties it to the row outside: a column of the relation by its name, or
/// an equality of an inner, qualified column with an unqualified one.
fn exists(statement: &crate::sql::Statement, scope: &Scope<'_>) -> Bound {
    let crate::sql::Statement::Query(query) = statement else { return Bound::Weak };
    let inner: Vec<&str> = query.from.iter().flat_map(aliases).collect();
    let mut tied = false;
    let mut see = |expr: &Expr| {
        let mut visit = |part: Part<'_>| {
            let Part::Expr(Expr::Operator { left: Some(left), right, .. }) = part else { return };
            let (Expr::Column(left), Expr::Column(right)) = (&**left, &**right) else { return };
            for (here, there) in [(left, right), (right, left)] {
                let outside = match here.as_slice() {
                    [.., table, _] => !inner.contains(&&**table) && scope.alias.is_none_or(|alias| alias == &**table),
                    [_] => there.len() > 1 && inner.iter().any(|alias| there.iter().any(|part| &**part == *alias)),
                    [] => false,
                };
                tied |= outside && here != there;
            }
        };
        walk_expr(expr, &mut visit);
    };
    query.filter.iter().for_each(&mut see);
    query.from.iter().for_each(|source| on_conditions(source, &mut see));
    if tied { Bound::Predicate } else { Bound::Constant }
}

fn on_conditions(source: &Source, see: &mut dyn FnMut(&Expr)) {
    if let Source::Join { left, right, on, .. } = source {
        on_conditions(left, see);
        on_conditions(right, see);
        if let Some(on) = on {
            see(on);
        }
    }
}

/// The names a FROM item answers to.
pub(super) fn aliases(source: &Source) -> Vec<&str> {
    match source {
        Source::Relation(table) => vec![table.alias.as_deref().unwrap_or(&table.name.name)],
        Source::Join { left, right, .. } => {
            let mut names = aliases(left);
            names.append(&mut aliases(right));
            names
        }
        Source::Subquery { alias, .. } | Source::Function { alias, .. } => alias.as_deref().into_iter().collect(),
        Source::Sample { source, .. } => aliases(source),
        Source::Unknown => Vec::new(),
    }
}

/// Whether a query's rows are bounded: by a filter, a limit, or because no table is behind them.
pub(super) fn is_bounded(query: &Query, arguments: &[Expr], bounded: &dyn Fn(&str) -> bool) -> bool {
    if let Some(sides) = &query.set {
        return is_bounded(&sides.0, arguments, bounded) && is_bounded(&sides.1, arguments, bounded);
    }
    if query.values || query.from.is_empty() {
        return true;
    }
    if query.limit.as_ref().is_some_and(limits) {
        return true;
    }
    let scope = Scope { alias: None, alone: true, relation: None, arguments };
    if query.filter.as_ref().is_some_and(|filter| reach(filter, &scope) >= Bound::Predicate) {
        return true;
    }
    query.from.iter().all(|source| is_source_bounded(source, arguments, bounded))
}

/// Whether a LIMIT limits: a number that is no table's size, or a parameter.
fn limits(limit: &Expr) -> bool {
    const MOST: f64 = 1_000_000.0;
    match limit {
        Expr::Constant(crate::sql::Constant::Number(text)) => text.parse::<f64>().is_ok_and(|rows| rows < MOST),
        Expr::Parameter(_) => true,
        Expr::Cast { arg, .. } => limits(arg),
        _ => false,
    }
}

/// Whether a FROM item's rows are bounded by itself.
pub(super) fn is_source_bounded(source: &Source, arguments: &[Expr], bounded: &dyn Fn(&str) -> bool) -> bool {
    match source {
        Source::Relation(table) => table.name.schema.is_none() && bounded(&table.name.name),
        Source::Join { left, right, on, outer, .. } => {
            let scope = Scope { alias: None, alone: true, relation: None, arguments };
            let filtered = !outer && on.as_ref().is_some_and(|on| literal_term(on, &scope));
            filtered
                || is_source_bounded(left, arguments, bounded)
                    && (is_source_bounded(right, arguments, bounded) || on.is_some())
        }
        Source::Subquery { statement, .. } => match &**statement {
            crate::sql::Statement::Query(query) => is_bounded(query, arguments, bounded),
            _ => false,
        },
        Source::Function { .. } => true,
        Source::Sample { source, .. } => is_source_bounded(source, arguments, bounded),
        Source::Unknown => false,
    }
}

/// Whether a join condition compares a column with something that is none.
fn literal_term(on: &Expr, scope: &Scope<'_>) -> bool {
    match on {
        Expr::And(parts) => parts.iter().any(|part| literal_term(part, scope)),
        Expr::Operator { left: Some(left), right, .. } => {
            scope.uses(left).own != scope.uses(right).own && reach(on, scope) >= Bound::Predicate
        }
        Expr::In { list, .. } => list.iter().all(|item| !scope.uses(item).own) && reach(on, scope) >= Bound::Predicate,
        _ => false,
    }
}

/// Whether a check is false or NULL-free false for every row.
pub(super) fn is_never(check: &Expr) -> bool {
    let scope = Scope { alias: None, alone: true, relation: None, arguments: &[] };
    matches!(fold::fold(check, &scope), Some(Value::Bool(false)))
}
