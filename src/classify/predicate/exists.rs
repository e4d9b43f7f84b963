//! EXISTS, and sub-selects that depend on the row outside.

use super::Scope;
use super::rows::{aliases, flatten, is_bounded};
use super::same::strip;
use crate::classify::Bound;
use crate::sql::{Expr, Part, Query, Source, Statement, Sublink, walk_expr};

/// How a term ties a row inside to the row outside, the loosest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    /// By a comparison that many rows meet.
    Loose,
    /// By an equality of columns of the same name: of one table, each row meets itself.
    Same,
    /// By `<` or `>`.
    Strict,
    /// By an equality of columns of other names.
    Differing,
}

/// EXISTS bounds where the sub-select's filter ties it to the row outside: a column of the relation by its name, or
/// an equality of an inner, qualified column with an unqualified one. Where it looks into the relation itself, it takes
/// more than an equality that each row meets with itself.
pub fn exists(statement: &Statement, scope: &Scope<'_>) -> Bound {
    match statement {
        Statement::Query(query) => exists_query(statement, query, scope),
        _ => Bound::Weak,
    }
}

fn exists_query(statement: &Statement, query: &Query, scope: &Scope<'_>) -> Bound {
    let ties = ties(query, &[], scope);
    let Some(best) = ties.iter().max() else { return Bound::Constant };
    // An aggregate makes a row of none; so does HAVING without groups.
    let calls = query.columns.iter().any(|column| {
        let mut found = false;
        walk_expr(&column.value, &mut |part| found |= matches!(part, Part::Expr(Expr::Call(_))));
        found
    });
    if !query.grouped && (calls || query.having.is_some()) {
        return Bound::Weak;
    }
    if !scope.known.reads(statement, scope.relation) {
        return Bound::Predicate;
    }
    let telling = match best {
        Tie::Differing => true,
        Tie::Strict => ties.contains(&Tie::Same),
        Tie::Same | Tie::Loose => false,
    };
    if telling || is_bounded(query, &scope.known) { Bound::Predicate } else { Bound::Weak }
}

/// Whether a sub-select gives each row back what it is compared with: `(SELECT v.id FROM t v WHERE v.id = t.id)`.
pub fn gives_back(statement: &Statement, compared: &Expr, scope: &Scope<'_>) -> bool {
    let Statement::Query(query) = statement else { return true };
    if !scope.known.reads(statement, scope.relation) {
        return false;
    }
    let name = match strip(compared) {
        Expr::Column(parts) => parts.last(),
        _ => None,
    };
    let inner: Vec<&str> = query.from.iter().flat_map(aliases).collect();
    let key =
        |column: &str| matches!(column, "id" | "ctid" | "uuid" | "oid") || name.is_none_or(|name| &**name == column);
    // Anywhere in the filter: what OR, IS TRUE and the like make of it is still that.
    let mut found = false;
    for term in terms(query) {
        walk_expr(term, &mut |part| {
            let Part::Expr(Expr::Operator { name, left: Some(left), right }) = part else { return };
            if let ("=", Expr::Column(left), Expr::Column(right)) = (&*name.name, strip(left), strip(right)) {
                found |= tie("=", left, right, &inner, scope) == Some(Tie::Same)
                    && left.last().is_some_and(|column| key(column));
            }
        });
    }
    found
}

/// Whether what a sub-select gives depends on the row outside by a term that every one of its rows meets.
pub fn is_tied(statement: &Statement, scope: &Scope<'_>) -> bool {
    match statement {
        Statement::Query(query) => !ties(query, &[], scope).is_empty(),
        _ => false,
    }
}

/// The terms every row of a query meets.
fn terms(query: &Query) -> Vec<&Expr> {
    let mut terms = Vec::new();
    query.filter.iter().for_each(|filter| flatten(filter, &mut terms));
    query.from.iter().for_each(|source| on_conditions(source, &mut terms));
    terms
}

fn on_conditions<'a>(source: &'a Source, terms: &mut Vec<&'a Expr>) {
    if let Source::Join { left, right, on, outer: false, .. } = source {
        on_conditions(left, terms);
        on_conditions(right, terms);
        on.iter().for_each(|on| flatten(on, terms));
    }
}

fn ties(query: &Query, around: &[&str], scope: &Scope<'_>) -> Vec<Tie> {
    let mut inner = around.to_vec();
    inner.extend(query.from.iter().flat_map(aliases));
    terms(query).into_iter().filter_map(|term| tied(term, &inner, scope)).collect()
}

fn tied(term: &Expr, inner: &[&str], scope: &Scope<'_>) -> Option<Tie> {
    if !scope.known.fuel.burn() {
        return None;
    }
    match term {
        Expr::And(parts) => parts.iter().filter_map(|part| tied(part, inner, scope)).max(),
        Expr::Or(parts) => parts.iter().map(|part| tied(part, inner, scope)).min().flatten(),
        Expr::Operator { name, left: Some(left), right } => {
            let (Expr::Column(left), Expr::Column(right)) = (core(left), core(right)) else { return None };
            tie(&name.name, left, right, inner, scope)
        }
        Expr::AnyAll { operator, arg, array, all: false } => {
            let (Expr::Column(left), Expr::Column(right)) = (core(arg), core(array)) else { return None };
            tie(&operator.name, left, right, inner, scope)
        }
        Expr::Sublink { kind: Sublink::Exists, statement, .. } => match &**statement {
            Statement::Query(query) => ties(query, inner, scope).into_iter().max(),
            _ => None,
        },
        _ => None,
    }
}

/// A column under casts and functions of one argument: `lower(email)`.
fn core(expr: &Expr) -> &Expr {
    match strip(expr) {
        Expr::Call(call) => match call.args.as_slice() {
            [only] => core(only),
            _ => expr,
        },
        other => other,
    }
}

fn tie(name: &str, left: &[Box<str>], right: &[Box<str>], inner: &[&str], scope: &Scope<'_>) -> Option<Tie> {
    let ties = [(left, right), (right, left)].into_iter().any(|(here, there)| match here {
        [.., table, _] => !inner.contains(&&**table) && scope.alias.is_none_or(|alias| alias == &**table),
        // A column of the same name inside would be found first.
        [only] => {
            there.len() > 1
                && there.last() != Some(only)
                && inner.iter().any(|alias| there.iter().any(|part| &**part == *alias))
        }
        [] => false,
    });
    if !ties || left == right {
        return None;
    }
    match name {
        "=" if left.last() == right.last() => Some(Tie::Same),
        "=" => Some(Tie::Differing),
        "<" | ">" => Some(Tie::Strict),
        "<>" | "!~~" | "!~~*" | "!~" | "!~*" => None,
        _ => Some(Tie::Loose),
    }
}
