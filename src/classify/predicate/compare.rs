//! Comparisons of a column with something: which ones every plausible row meets.

use super::fold::{Value, fold, number};
use super::same::{same, strip};
use super::{Scope, is_bounded};
use crate::classify::Bound;
use crate::sql::{Expr, Name, Statement, Sublink};

/// How far a comparison (an expression with a column of the relation in it) bounds the relation.
pub fn reach(expr: &Expr, scope: &Scope<'_>) -> Bound {
    match expr {
        Expr::Operator { name, left: Some(left), right } => operator(&name.name, left, right, scope),
        Expr::IsNull { negated: true, .. } => Bound::Weak,
        Expr::IsNull { negated: false, .. } => Bound::Predicate,
        Expr::Distinct { left, right, negated: true } => operator("=", left, right, scope),
        Expr::Distinct { negated: false, .. } => Bound::Weak,
        Expr::In { negated: true, .. } => Bound::Weak,
        Expr::In { arg, list, negated: false } => {
            if list.iter().any(|item| same(arg, item)) {
                Bound::Constant
            } else {
                list.iter().map(|item| equality(arg, item, scope)).min().unwrap_or(Bound::Key)
            }
        }
        Expr::AnyAll { operator, arg, array, all } => any_all(operator, arg, array, *all, scope),
        Expr::Between { negated: true, .. } => Bound::Weak,
        Expr::Between { low, high, symmetric, .. } => between(low, high, *symmetric, scope),
        Expr::Sublink { kind, test: Some(test), operator, statement } => {
            sublink(*kind, test, operator.as_ref(), statement, scope)
        }
        _ => Bound::Predicate,
    }
}

/// How far the negation of a comparison bounds the relation.
pub fn reach_not(expr: &Expr, scope: &Scope<'_>) -> Bound {
    match expr {
        Expr::Operator { name, left: Some(left), right } => match &*name.name {
            "<" => operator(">=", left, right, scope),
            "<=" => operator(">", left, right, scope),
            ">" => operator("<=", left, right, scope),
            ">=" => operator("<", left, right, scope),
            "<>" => operator("=", left, right, scope),
            _ => Bound::Weak,
        },
        Expr::IsNull { negated: true, .. } => Bound::Predicate,
        Expr::Distinct { left, right, negated: false } => operator("=", left, right, scope),
        Expr::In { arg, list, negated: true } => {
            list.iter().map(|item| equality(arg, item, scope)).min().unwrap_or(Bound::Key)
        }
        Expr::Between { low, high, symmetric, negated: true, .. } => between(low, high, *symmetric, scope),
        Expr::Call(_) => Bound::Predicate,
        _ => Bound::Weak,
    }
}

fn equality(left: &Expr, right: &Expr, scope: &Scope<'_>) -> Bound {
    let (on_left, on_right) = (scope.uses(left), scope.uses(right));
    match (on_left.own, on_right.own) {
        (true, true) if same(left, right) => Bound::Constant,
        // Two columns of the same row: they may well be equal in every one.
        (true, true) if is_scalar_query(left) || is_scalar_query(right) => Bound::Predicate,
        (true, true) => Bound::Weak,
        (true, false) if on_right.other && !is_scalar_query(right) => Bound::Weak,
        (false, true) if on_left.other && !is_scalar_query(left) => Bound::Weak,
        (true, false) => key(left),
        (false, true) => key(right),
        (false, false) => Bound::Constant,
    }
}

fn is_scalar_query(expr: &Expr) -> bool {
    matches!(strip(expr), Expr::Sublink { kind: Sublink::Scalar, .. })
}

fn key(expr: &Expr) -> Bound {
    if matches!(strip(expr), Expr::Column(_)) { Bound::Key } else { Bound::Predicate }
}

fn operator(name: &str, left: &Expr, right: &Expr, scope: &Scope<'_>) -> Bound {
    if let (Expr::Row(lefts), Expr::Row(rights)) = (strip(left), strip(right))
        && lefts.len() == rights.len()
        && name == "="
    {
        return lefts.iter().zip(rights).map(|(l, r)| operator("=", l, r, scope)).max().unwrap_or(Bound::Constant);
    }
    match name {
        "=" => equality(left, right, scope),
        "<>" => Bound::Weak,
        "<" | "<=" | ">" | ">=" => order(name, left, right, scope),
        "~~" | "~~*" | "~" | "~*" | "similar" => match fold(right, scope) {
            Some(Value::Text(pattern)) if matches_all(&pattern) => Bound::Weak,
            _ if same(left, right) => Bound::Weak,
            _ => Bound::Predicate,
        },
        "!~~" | "!~~*" | "!~" | "!~*" | "!similar" => Bound::Weak,
        "@>" | "<@" | "&&" | "?" | "?|" | "?&" => match (fold(left, scope), fold(right, scope)) {
            (Some(Value::Text(text)), _) | (_, Some(Value::Text(text)))
                if matches!(text.trim(), "{}" | "[]" | "" | "null") =>
            {
                Bound::Weak
            }
            _ => Bound::Predicate,
        },
        _ => Bound::Predicate,
    }
}

/// Whether a LIKE or regular expression pattern is made of wildcards alone.
fn matches_all(pattern: &str) -> bool {
    pattern.chars().all(|c| matches!(c, '%' | '_' | '.' | '*' | '+' | '^' | '$' | '?' | '(' | ')' | '|'))
}

fn order(name: &str, left: &Expr, right: &Expr, scope: &Scope<'_>) -> Bound {
    let (on_left, on_right) = (scope.uses(left), scope.uses(right));
    let (name, column, value) = match (on_left.own, on_right.own) {
        (true, false) => (name, left, right),
        (false, true) => (turned(name), right, left),
        (true, true) if is_scalar_query(left) || is_scalar_query(right) => return Bound::Weak,
        (true, true) => return if same(left, right) { Bound::Constant } else { Bound::Predicate },
        (false, false) => return Bound::Constant,
    };
    let downwards = matches!(name, "<" | "<=");
    if matches!(strip(value), Expr::Sublink { .. }) {
        return Bound::Weak;
    }
    if scope.uses(value).other {
        return Bound::Weak;
    }
    match fold(value, scope) {
        Some(value) if everything(&value, downwards, name.ends_with('=')) => Bound::Weak,
        // What it means depends on DateStyle, a setting of the session: no text tells which rows that are.
        Some(Value::Text(text)) if is_ambiguous_date(&text) => Bound::Weak,
        Some(_) => Bound::Predicate,
        None if downwards && is_now(value) && !names_the_future(column) => Bound::Weak,
        None => Bound::Predicate,
    }
}

/// Whether a text is a date whose day and month only DateStyle tells apart: `01/02/2026`.
fn is_ambiguous_date(text: &str) -> bool {
    let mut parts = text.trim().splitn(3, ['/', '-', '.']);
    let number = |part: Option<&str>| {
        part.filter(|p| matches!(p.len(), 1 | 2)).and_then(|p| p.parse::<u8>().ok()).is_some_and(|n| n <= 31)
    };
    number(parts.next())
        && number(parts.next())
        && parts.next().is_some_and(|year| year.starts_with(|c: char| c.is_ascii_digit()))
}

fn turned(name: &str) -> &'static str {
    match name {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        _ => "<=",
    }
}

/// Whether practically every value is on that side of the constant.
fn everything(value: &Value, downwards: bool, inclusive: bool) -> bool {
    if let Some(number) = number(value) {
        return match (downwards, inclusive) {
            (true, _) => number >= 1_000_000.0,
            (false, false) => number <= 0.0,
            (false, true) => number <= 1.0,
        };
    }
    let Value::Text(text) = value else { return false };
    let text = text.trim().to_ascii_lowercase();
    let year =
        text.split(['-', '/', ' ']).next().filter(|word| word.len() == 4).and_then(|word| word.parse::<u32>().ok());
    if downwards {
        matches!(text.as_str(), "infinity" | "+infinity" | "inf" | "nan" | "now" | "today" | "tomorrow")
            || year.is_some_and(|year| year >= 2100)
            || text.starts_with('~')
            || text.starts_with("zzz")
    } else {
        matches!(text.as_str(), "" | "-infinity" | "-inf" | "(0,0)" | "(0,1)" | "epoch" | "a")
            || text.starts_with('-')
            || year.is_some_and(|year| year <= 2000)
    }
}

/// `now()`, CURRENT_DATE and their like, alone or with something added (`now() - interval` is a real moment in the
/// past and filters).
fn is_now(expr: &Expr) -> bool {
    match strip(expr) {
        Expr::SqlValue => true,
        Expr::Call(call) => matches!(
            &*call.name.name,
            "now" | "clock_timestamp" | "statement_timestamp" | "transaction_timestamp" | "timezone" | "date_trunc"
        ),
        Expr::Operator { name, left: Some(left), .. } if &*name.name == "+" => is_now(left),
        _ => false,
    }
}

/// Whether a column's name says that its moments lie ahead, so that being past tells rows apart.
fn names_the_future(expr: &Expr) -> bool {
    const WORDS: [&str; 12] = [
        "expir",
        "until",
        "due",
        "deadline",
        "valid",
        "end",
        "next",
        "schedul",
        "retry",
        "lock",
        "visible",
        "available",
    ];
    match strip(expr) {
        Expr::Column(parts) => {
            let name = parts.last().map(|name| name.to_ascii_lowercase()).unwrap_or_default();
            WORDS.iter().any(|word| name.contains(word))
        }
        _ => false,
    }
}

fn between(low: &Expr, high: &Expr, symmetric: bool, scope: &Scope<'_>) -> Bound {
    let (Some(low), Some(high)) = (fold(low, scope), fold(high, scope)) else { return Bound::Predicate };
    let covers = |low: &Value, high: &Value| everything(low, false, true) && everything(high, true, true);
    if covers(&low, &high) || (symmetric && covers(&high, &low)) { Bound::Weak } else { Bound::Predicate }
}

fn any_all(operator: &Name, arg: &Expr, array: &Expr, all: bool, scope: &Scope<'_>) -> Bound {
    // Over an empty array ALL is true for every row.
    if all {
        return Bound::Weak;
    }
    match &*operator.name {
        "=" => {
            if let Expr::Sublink { kind: Sublink::Array, statement, .. } = strip(array) {
                return members(statement, scope);
            }
            if let Expr::Array(items) = strip(array) {
                return items.iter().map(|item| equality(arg, item, scope)).min().unwrap_or(Bound::Key);
            }
            equality(arg, array, scope)
        }
        "<>" => Bound::Weak,
        "~~" | "~~*" | "~" | "~*" => Bound::Predicate,
        _ => Bound::Predicate,
    }
}

fn sublink(kind: Sublink, test: &Expr, operator: Option<&Name>, statement: &Statement, scope: &Scope<'_>) -> Bound {
    if !scope.uses(test).own {
        return Bound::Constant;
    }
    match (kind, operator.map(|name| &*name.name)) {
        (Sublink::Any, None | Some("=")) => members(statement, scope),
        _ => Bound::Weak,
    }
}

/// Membership in a query's result: bounded unless the query is all of the same table.
fn members(statement: &Statement, scope: &Scope<'_>) -> Bound {
    let Statement::Query(query) = statement else { return Bound::Weak };
    if is_bounded(query, scope.arguments, &|_| false) {
        return Bound::Predicate;
    }
    let target = scope.relation.map(|relation| &relation.name);
    let mut of_itself = false;
    crate::sql::walk(statement, &mut |part| {
        if let crate::sql::Part::Source(crate::sql::Source::Relation(table)) = part {
            of_itself |= target.is_none_or(|target| table.name.name == *target);
        }
    });
    if of_itself { Bound::Weak } else { Bound::Predicate }
}
