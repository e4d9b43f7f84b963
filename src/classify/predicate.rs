//! Predicates: how far a WHERE bounds the rows of its table.
//!
//! A term folds to a constant where it can; a term without a column of the table decides nothing about its rows, so
//! it counts as true (a parameter may make it so). AND takes its best term, OR its worst.

mod compare;
mod cover;
mod exists;
mod fold;
mod known;
mod measure;
mod pattern;
mod rows;
mod same;
mod telling;
pub(super) use known::{Fuel, Known};
pub(super) use rows::{bound, is_bounded};

use super::Bound;
use crate::sql::{Expr, Name, Part, Statement, Sublink, Table, walk_expr};
use exists::exists;
use fold::Value;

/// Whose rows the question is about, and what is known around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    /// The alias, or the name where there is none; `None`: every column belongs to it.
    pub(super) alias: Option<&'a str>,
    /// Whether an unqualified column can only be of this relation.
    pub(super) alone: bool,
    /// The relation itself, where it is one.
    pub(super) relation: Option<&'a Name>,
    /// What is known around it.
    pub(super) known: Known<'a>,
}

impl<'a> Scope<'a> {
    /// The target of a statement.
    pub(super) fn of(table: &'a Table, alone: bool, known: Known<'a>) -> Self {
        let alias = table.alias.as_deref().unwrap_or(&table.name.name);
        Self { alias: Some(alias), alone, relation: Some(&table.name), known }
    }

    /// Whether a column is certainly of this relation.
    pub(super) fn owns(&self, parts: &[Box<str>]) -> bool {
        match (self.alias, parts) {
            (None, _) => true,
            (Some(_), [_]) => self.alone,
            // ON CONFLICT's row that was to be inserted goes with the one it meets.
            (Some(alias), [.., table, _]) => &**table == alias || self.alone && &**table == "excluded",
            (Some(_), []) => false,
        }
    }

    /// What an expression depends on. A column inside a sub-select is of this relation only where its qualifier says
    /// so and no relation inside answers to it.
    pub(super) fn uses(&self, expr: &Expr) -> Uses {
        if self.known.fuel.is_spent() {
            return Uses { own: true, other: true };
        }
        let mut uses = Uses::default();
        // What the sub-selects around a column answer to.
        let mut inside: Vec<Vec<&str>> = Vec::new();
        walk_expr(expr, &mut |part| {
            self.known.fuel.burn();
            match part {
                Part::Query(query) => inside.push(query.from.iter().flat_map(rows::aliases).collect()),
                Part::QueryEnd(_) => drop(inside.pop()),
                Part::Expr(Expr::Column(parts)) => {
                    let own = match parts.as_slice() {
                        _ if inside.is_empty() => self.owns(parts),
                        [.., table, _] => {
                            self.alias == Some(&**table) && !inside.iter().any(|names| names.contains(&&**table))
                        }
                        _ => false,
                    };
                    uses.own |= own;
                    uses.other |= !own;
                }
                Part::Expr(_) | Part::Statement(_) | Part::Source(_) => {}
            }
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
    if !scope.known.fuel.burn() {
        return Bound::Weak;
    }
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
        Expr::Or(parts) => {
            let worst = parts.iter().map(|part| reach(part, scope)).min().unwrap_or(Bound::Constant);
            unless_covered(worst, parts.iter().map(|part| (part, false)), scope)
        }
        Expr::Not(arg) => reach_not(arg, scope),
        // One row, but which one stands in the cursor's state, not in this text.
        Expr::CurrentOf => Bound::Weak,
        Expr::Sublink { kind: Sublink::Exists, statement, .. } => exists(statement, scope),
        Expr::Sublink { kind: Sublink::Scalar, statement, .. } => scalar(statement, scope),
        Expr::Cast { arg, .. } => reach(arg, scope),
        _ if !scope.uses(expr).own => Bound::Constant,
        Expr::Column(_) => Bound::Weak,
        Expr::Case { arg, whens, default } => case(arg.as_deref(), whens, default.as_deref(), scope),
        Expr::Coalesce(parts) => parts.iter().map(|part| reach(part, scope)).min().unwrap_or(Bound::Constant),
        Expr::IsBool { arg, value, negated } => match (value, negated) {
            (Some(true), false) | (Some(false), true) => reach(arg, scope),
            (Some(true), true) | (Some(false), false) => reach_not(arg, scope),
            // Whether a comparison is unknown is a matter of what it compares with, which may be NULL.
            (None, _) => Bound::Weak,
        },
        _ => compare::reach(expr, scope),
    }
}

/// How far the negation of a predicate bounds the relation.
fn reach_not(expr: &Expr, scope: &Scope<'_>) -> Bound {
    if !scope.known.fuel.burn() {
        return Bound::Weak;
    }
    match fold::fold(expr, scope) {
        Some(Value::Bool(false)) => return Bound::Constant,
        Some(Value::Bool(true) | Value::Null) if fold::is_certain(expr) => return Bound::Key,
        Some(Value::Bool(true) | Value::Null) | None => {}
        Some(_) => return Bound::Constant,
    }
    match expr {
        Expr::And(parts) => {
            let worst = parts.iter().map(|part| reach_not(part, scope)).min().unwrap_or(Bound::Constant);
            unless_covered(worst, parts.iter().map(|part| (part, true)), scope)
        }
        Expr::Or(parts) => parts.iter().map(|part| reach_not(part, scope)).max().unwrap_or(Bound::Constant),
        Expr::Not(arg) => reach(arg, scope),
        Expr::Sublink { kind: Sublink::Exists, statement, .. } => exists(statement, scope),
        Expr::Cast { arg, .. } => reach_not(arg, scope),
        _ if !scope.uses(expr).own => Bound::Constant,
        _ => compare::reach_not(expr, scope),
    }
}

/// The bound of a disjunction, unless its branches together meet every row.
fn unless_covered<'a>(worst: Bound, branches: impl IntoIterator<Item = (&'a Expr, bool)>, scope: &Scope<'_>) -> Bound {
    if worst >= Bound::Predicate && cover::covers(branches, scope) { Bound::Weak } else { worst }
}

fn case(arg: Option<&Expr>, whens: &[(Expr, Expr)], default: Option<&Expr>, scope: &Scope<'_>) -> Bound {
    let mut worst = default.map_or(Bound::Key, |value| reach(value, scope));
    let mut branches: Vec<(&Expr, bool)> = default.map(|value| (value, false)).into_iter().collect();
    for (condition, value) in whens {
        let by_condition = if arg.is_some() { Bound::Weak } else { reach(condition, scope) };
        let by_value = reach(value, scope);
        worst = worst.min(by_condition.max(by_value));
        branches.push((if by_value > by_condition { value } else { condition }, false));
    }
    unless_covered(worst, branches, scope)
}

/// A sub-select as a condition: without FROM it is the expression itself.
fn scalar(statement: &Statement, scope: &Scope<'_>) -> Bound {
    match statement {
        Statement::Query(query) if query.from.is_empty() && query.set.is_none() => match query.columns.as_slice() {
            [column] => reach(&column.value, scope).min(Bound::Predicate),
            _ => Bound::Weak,
        },
        _ => exists(statement, scope),
    }
}

/// Whether a check is false or NULL-free false for every row.
pub(super) fn is_never(check: &Expr) -> bool {
    let fuel = Fuel::for_nodes(0);
    let scope = Scope { alias: None, alone: true, relation: None, known: Known::new(&[], &fuel, None) };
    matches!(fold::fold(check, &scope), Some(Value::Bool(false)))
}
