//! Comparisons of a column with something: which ones every plausible row meets.

use super::fold::{Value, fold, number};
use super::measure::{
    everything, is_ambiguous_date, is_long_ago, is_measure, is_now, is_put_off, names_the_future, unshifted,
};
use super::pattern::{finds_nothing, is_pattern, is_whole, is_whole_range, matches_all};
use super::rows::aliases;
use super::same::{same, strip};
use super::telling::{is_empty, is_plain, is_telling};
use super::{Scope, cover, exists, is_bounded, reach as reach_of, reach_not as reach_not_of};
use crate::classify::Bound;
use crate::classify::functions::is_builtin;
use crate::sql::{Call, Expr, Name, Part, Query, Statement, Sublink, walk, walk_expr};

/// How far a comparison (an expression with a column of the relation in it) bounds the relation.
pub fn reach(expr: &Expr, scope: &Scope<'_>) -> Bound {
    match expr {
        // An operator of another schema is code that nobody has read.
        Expr::Operator { name, .. } | Expr::AnyAll { operator: name, .. } if !is_own(name) => Bound::Weak,
        Expr::Operator { name, left: Some(left), right } => operator(&name.name, left, right, scope),
        Expr::IsNull { arg, negated: false } if is_telling(arg, scope) => Bound::Predicate,
        Expr::Distinct { left, right, negated: true } => operator("=", left, right, scope),
        Expr::Distinct { negated: false, .. } => Bound::Weak,
        Expr::In { negated: true, .. } => Bound::Weak,
        Expr::In { arg, list, negated: false } => {
            let holds = |wanted: bool| list.iter().any(|item| fold(item, scope) == Some(Value::Bool(wanted)));
            let values: Vec<Value> = list.iter().filter_map(|item| fold(item, scope)).collect();
            if holds(true) && holds(false) || cover::is_every(&values, arg, scope) {
                Bound::Weak
            } else if list.iter().any(|item| same(arg, item)) {
                Bound::Constant
            } else {
                list.iter().map(|item| equality(arg, item, scope)).min().unwrap_or(Bound::Key)
            }
        }
        Expr::AnyAll { operator, arg, array, all } => any_all(operator, arg, array, *all, scope),
        Expr::Between { negated: true, .. } => Bound::Weak,
        Expr::Between { arg, low, high, symmetric, .. } => between(arg, low, high, *symmetric, scope),
        Expr::Call(call) => condition(call, scope),
        Expr::Sublink { kind, test: Some(test), operator, statement } => {
            sublink(*kind, test, operator.as_ref(), statement, scope)
        }
        // What is made of a column need not tell rows apart.
        _ => Bound::Weak,
    }
}

/// How far the negation of a comparison bounds the relation.
pub fn reach_not(expr: &Expr, scope: &Scope<'_>) -> Bound {
    match expr {
        Expr::Operator { name, .. } if !is_own(name) => Bound::Weak,
        Expr::Operator { name, left: Some(left), right } => match &*name.name {
            "<" => operator(">=", left, right, scope),
            "<=" => operator(">", left, right, scope),
            ">" => operator("<=", left, right, scope),
            ">=" => operator("<", left, right, scope),
            "<>" => operator("=", left, right, scope),
            _ => Bound::Weak,
        },
        Expr::IsNull { arg, negated: true } if is_telling(arg, scope) => Bound::Predicate,
        Expr::Distinct { left, right, negated: false } => operator("=", left, right, scope),
        Expr::In { arg, list, negated: true } => {
            let values: Vec<Value> = list.iter().filter_map(|item| fold(item, scope)).collect();
            if cover::is_every(&values, arg, scope) {
                return Bound::Weak;
            }
            list.iter().map(|item| equality(arg, item, scope)).min().unwrap_or(Bound::Key)
        }
        Expr::Between { arg, low, high, symmetric, negated: true } => between(arg, low, high, *symmetric, scope),
        _ => Bound::Weak,
    }
}

/// Whether a function or operator is not of a schema other than PostgreSQL's own.
pub fn is_own(name: &Name) -> bool {
    name.schema.as_deref().is_none_or(|schema| schema == "pg_catalog")
}

/// A function as a condition: only those that look for something in a column.
fn condition(call: &Call, scope: &Scope<'_>) -> Bound {
    match (&*call.name.name, call.args.as_slice()) {
        _ if !is_own(&call.name) => Bound::Weak,
        (
            "starts_with" | "jsonb_exists" | "jsonb_path_exists" | "jsonb_path_match" | "ts_match_vq",
            [column, value],
        ) if is_telling(column, scope) && is_plain(value, false) && !is_empty(value, scope) => Bound::Predicate,
        ("regexp_like", [column, pattern, ..]) => operator("~", column, pattern, scope),
        _ => Bound::Weak,
    }
}

/// Whether an expression is a condition itself, so that comparing it with a boolean is that condition or its negation.
fn is_condition(expr: &Expr) -> bool {
    match expr {
        Expr::And(_) | Expr::Or(_) | Expr::Not(_) | Expr::IsNull { .. } | Expr::IsBool { .. } | Expr::In { .. } => true,
        Expr::Operator { name, .. } => {
            matches!(&*name.name, "=" | "<>" | "<" | "<=" | ">" | ">=" | "~~" | "~~*" | "~" | "~*")
        }
        Expr::Between { .. } | Expr::Distinct { .. } | Expr::AnyAll { .. } => true,
        Expr::Sublink { kind, .. } => matches!(kind, Sublink::Exists | Sublink::Any | Sublink::All),
        _ => false,
    }
}

fn equality(left: &Expr, right: &Expr, scope: &Scope<'_>) -> Bound {
    for (condition, value) in [(strip(left), right), (strip(right), left)] {
        if is_condition(condition) {
            return match fold(value, scope) {
                Some(Value::Bool(true)) => reach_of(condition, scope),
                Some(Value::Bool(false)) => reach_not_of(condition, scope),
                _ => Bound::Weak,
            };
        }
    }
    if let (Expr::Row(lefts), Expr::Row(rights)) = (strip(left), strip(right))
        && lefts.len() == rights.len()
        && !same(left, right)
    {
        return lefts.iter().zip(rights).map(|(l, r)| equality(l, r, scope)).max().unwrap_or(Bound::Constant);
    }
    if is_of_the_row(left) || is_of_the_row(right) {
        return Bound::Weak;
    }
    let (on_left, on_right) = (scope.uses(left), scope.uses(right));
    match (on_left.own, on_right.own) {
        (true, true) if same(left, right) => Bound::Constant,
        // Two columns of the same row: they may well be equal in every one.
        (true, true) if is_scalar_query(left) || is_scalar_query(right) => {
            if hands_back(left, right, scope) || hands_back(right, left, scope) {
                return Bound::Weak;
            }
            if is_telling(left, scope) && is_telling(right, scope) { Bound::Predicate } else { Bound::Weak }
        }
        (true, true) => Bound::Weak,
        (true, false) if on_right.other && !is_scalar_query(right) => Bound::Weak,
        (false, true) if on_left.other && !is_scalar_query(left) => Bound::Weak,
        (true, false) if is_truth(right, scope) => Bound::Weak,
        (false, true) if is_truth(left, scope) => Bound::Weak,
        (true, false) => key(left, right, scope),
        (false, true) => key(right, left, scope),
        (false, false) => Bound::Constant,
    }
}

/// Whether a value is true or false: `active = true` says no more than `active`.
fn is_truth(value: &Expr, scope: &Scope<'_>) -> bool {
    match fold(value, scope) {
        Some(Value::Bool(_)) => true,
        Some(value) => is_word_of_truth(&value),
        None => false,
    }
}

/// Whether a text is how a boolean is written and shown.
fn is_word_of_truth(value: &Value) -> bool {
    const WORDS: [&str; 4] = ["true", "false", "t", "f"];
    matches!(value, Value::Text(text) if WORDS.iter().any(|word| text.trim().eq_ignore_ascii_case(word)))
}

/// Whether the first is a sub-select that finds the second's own row again.
fn hands_back(query: &Expr, compared: &Expr, scope: &Scope<'_>) -> bool {
    match strip(query) {
        Expr::Sublink { kind: Sublink::Scalar, statement, .. } => exists::gives_back(statement, compared, scope),
        _ => false,
    }
}

/// A sub-select that only gives back what it is given: `(SELECT id)` is `id`.
fn is_of_the_row(expr: &Expr) -> bool {
    matches!(strip(expr), Expr::Sublink { kind: Sublink::Scalar, statement, .. } if echoes(statement))
}

/// Whether a query without FROM hands on columns from outside, or what another sub-select found.
fn echoes(statement: &Statement) -> bool {
    let Statement::Query(query) = statement else { return false };
    let mut handed_on = false;
    walk(statement, &mut |part| {
        handed_on |= matches!(part, Part::Expr(Expr::Column(_) | Expr::Sublink { .. }));
    });
    handed_on && query.from.is_empty() && query.set.is_none()
}

fn is_scalar_query(expr: &Expr) -> bool {
    matches!(strip(expr), Expr::Sublink { kind: Sublink::Scalar, .. })
}

fn key(expr: &Expr, value: &Expr, scope: &Scope<'_>) -> Bound {
    if !is_telling(expr, scope) {
        return Bound::Weak;
    }
    match strip(expr) {
        Expr::Column(_) => Bound::Key,
        // No bit of a small number is set: that is every row.
        Expr::Operator { name, .. } if &*name.name == "&" => match fold(value, scope).as_ref().and_then(number) {
            Some(bits) if bits != 0.0 => Bound::Predicate,
            _ => Bound::Weak,
        },
        _ => Bound::Predicate,
    }
}

fn operator(name: &str, left: &Expr, right: &Expr, scope: &Scope<'_>) -> Bound {
    if let (Expr::Row(lefts), Expr::Row(rights)) = (strip(left), strip(right))
        && lefts.len() == rights.len()
        && name == "="
    {
        return lefts.iter().zip(rights).map(|(l, r)| operator("=", l, r, scope)).max().unwrap_or(Bound::Constant);
    }
    if let (Expr::Row(lefts), Expr::Row(rights)) = (strip(left), strip(right))
        && let ([left, ..], [right, ..]) = (lefts.as_slice(), rights.as_slice())
        && matches!(name, "<" | "<=" | ">" | ">=")
    {
        // The first pair decides, but for ties.
        return order(name, left, right, scope);
    }
    match name {
        "=" => equality(left, right, scope),
        "<>" => Bound::Weak,
        "<" | "<=" | ">" | ">=" => order(name, left, right, scope),
        "~~" | "~~*" | "~" | "~*" | "similar" => match fold(right, scope) {
            // What is joined to a column may be what the pattern finds.
            _ if !is_telling(left, scope) || is_joined(left) => Bound::Weak,
            Some(Value::Text(pattern)) if matches_all(&pattern) => Bound::Weak,
            Some(Value::Text(pattern))
                if name.starts_with('~') && !name.starts_with("~~") && finds_nothing(&pattern) =>
            {
                Bound::Weak
            }
            Some(_) => Bound::Predicate,
            None if is_pattern(right) => Bound::Predicate,
            None => Bound::Weak,
        },
        "@>" | "<@" | "&&" | "?" | "?|" | "?&" | "@@" | "@?" | "<<" | ">>" | "<<=" | ">>=" | "^@" | "-|-" | "%" => {
            contains(left, right, scope)
        }
        _ => Bound::Weak,
    }
}

fn is_joined(expr: &Expr) -> bool {
    matches!(strip(expr), Expr::Operator { name, .. } if &*name.name == "||")
}

/// A column that contains something, or is contained in it.
fn contains(left: &Expr, right: &Expr, scope: &Scope<'_>) -> Bound {
    let (column, value) = match (scope.uses(left).own, scope.uses(right).own) {
        (true, false) => (left, right),
        (false, true) => (right, left),
        _ => return Bound::Weak,
    };
    if !is_telling(column, scope) || is_empty(value, scope) {
        return Bound::Weak;
    }
    match (fold(value, scope), strip(value)) {
        (Some(Value::Text(text)), _) if is_whole_range(&text) => Bound::Weak,
        (_, Expr::Call(call)) if call.name.name.ends_with("range") => match call.args.as_slice() {
            [low, high, ..] => match (fold(low, scope), fold(high, scope)) {
                (Some(low), Some(high)) if is_whole(&low, false) && is_whole(&high, true) => Bound::Weak,
                _ => Bound::Predicate,
            },
            _ => Bound::Weak,
        },
        (_, Expr::Call(call)) if !is_builtin(&call.name) => Bound::Weak,
        _ => Bound::Predicate,
    }
}

fn order(name: &str, left: &Expr, right: &Expr, scope: &Scope<'_>) -> Bound {
    let (left, right) = (strip(left), strip(right));
    // What is true is not less than anything.
    if is_condition(left) || is_condition(right) {
        return Bound::Weak;
    }
    let (on_left, on_right) = (scope.uses(left), scope.uses(right));
    let (name, column, value) = match (on_left.own, on_right.own) {
        (true, false) => (name, left, right),
        (false, true) => (turned(name), right, left),
        (true, true) if is_scalar_query(left) || is_scalar_query(right) => return Bound::Weak,
        (true, true) if same(left, right) => return Bound::Constant,
        // `id < id + 1`, `greatest(id, 1) >= id`.
        (true, true) if shares_column(left, right) => return Bound::Weak,
        (true, true) => return Bound::Predicate,
        (false, false) => return Bound::Constant,
    };
    let downwards = matches!(name, "<" | "<=");
    if !is_telling(column, scope) || !is_measure(value) {
        return Bound::Weak;
    }
    let (column, shift) = unshifted(column, scope);
    if matches!(strip(value), Expr::Sublink { .. }) {
        return Bound::Weak;
    }
    if scope.uses(value).other {
        return Bound::Weak;
    }
    let folded = fold(value, scope).map(|value| match (number(&value), shift) {
        (Some(number), Some(shift)) => Value::Number(number - shift),
        _ => value,
    });
    match folded {
        Some(value) if everything(&value, downwards, name.ends_with('=')) => Bound::Weak,
        // Of two values, one side of either is both or none: `active <= true`, `(active > true) IS NOT TRUE`.
        Some(Value::Bool(_)) => Bound::Weak,
        // What it means depends on DateStyle, a setting of the session: no text tells which rows that are.
        Some(Value::Text(text)) if is_ambiguous_date(&text) => Bound::Weak,
        Some(_) => Bound::Predicate,
        None if downwards && is_now(value) && !names_the_future(column) && !is_put_off(column) => Bound::Weak,
        None if !downwards && is_long_ago(value) => Bound::Weak,
        None => Bound::Predicate,
    }
}

/// Whether the same column is on both sides, which then say little of it.
fn shares_column(left: &Expr, right: &Expr) -> bool {
    let columns = |expr| {
        let mut columns = Vec::new();
        walk_expr(expr, &mut |part| {
            if let Part::Expr(column @ Expr::Column(_)) = part {
                columns.push(column.clone());
            }
        });
        columns
    };
    let left = columns(left);
    columns(right).iter().any(|column| left.iter().any(|other| same(column, other)))
}

fn turned(name: &str) -> &'static str {
    match name {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        _ => "<=",
    }
}

fn between(arg: &Expr, low: &Expr, high: &Expr, symmetric: bool, scope: &Scope<'_>) -> Bound {
    let other = |expr: &Expr| {
        let uses = scope.uses(expr);
        uses.own || uses.other || matches!(strip(expr), Expr::Sublink { .. }) || !is_measure(expr)
    };
    if !is_telling(arg, scope) || other(low) || other(high) {
        return Bound::Weak;
    }
    let (_, shift) = unshifted(arg, scope);
    let (Some(low), Some(high)) = (fold(low, scope), fold(high, scope)) else { return Bound::Predicate };
    let shifted = |value: Value| match (number(&value), shift) {
        (Some(number), Some(shift)) => Value::Number(number - shift),
        _ => value,
    };
    let (low, high) = (shifted(low), shifted(high));
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
            if let Expr::Sublink { kind: Sublink::Array | Sublink::Scalar, statement, .. } = strip(array) {
                return members(statement, scope);
            }
            if let Expr::Array(items) = strip(array) {
                let values: Vec<Value> = items.iter().filter_map(|item| fold(item, scope)).collect();
                if cover::is_every(&values, arg, scope) {
                    return Bound::Weak;
                }
                return items.iter().map(|item| equality(arg, item, scope)).min().unwrap_or(Bound::Key);
            }
            if let Some(Value::Text(items)) = fold(array, scope) {
                let items = items.trim().trim_matches(['{', '}']).split(',');
                let values: Vec<Value> = items.map(|item| Value::Text(item.trim().trim_matches('"').into())).collect();
                if cover::is_every(&values, arg, scope) || values.iter().all(is_word_of_truth) {
                    return Bound::Weak;
                }
            }
            // What a function makes may be as large as the table.
            if !scope.uses(array).own && !is_plain(array, false) {
                return Bound::Weak;
            }
            equality(arg, array, scope)
        }
        "<>" | "<" | "<=" | ">" | ">=" => Bound::Weak,
        name => match strip(array) {
            Expr::Array(items) => {
                items.iter().map(|item| self::operator(name, arg, item, scope)).min().unwrap_or(Bound::Key)
            }
            other if is_plain(other, false) && is_telling(arg, scope) => Bound::Predicate,
            _ => Bound::Weak,
        },
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

/// Whether a query's own columns are made of the row outside: `IN (SELECT t.id FROM u)`.
fn hands_on(query: &Query, scope: &Scope<'_>) -> bool {
    if let Some(sides) = &query.set {
        return hands_on(&sides.0, scope) || hands_on(&sides.1, scope);
    }
    let inner: Vec<&str> = query.from.iter().flat_map(aliases).collect();
    let mut hands_on = false;
    for column in &query.columns {
        walk_expr(&column.value, &mut |part| {
            if let Part::Expr(Expr::Column(parts)) = part
                && let [.., table, _] = parts.as_slice()
            {
                hands_on |= scope.alias == Some(&**table) && !inner.contains(&&**table);
            }
        });
    }
    hands_on
}

/// Membership in a query's result: bounded unless the query is all of the same table, or makes its rows itself.
fn members(statement: &Statement, scope: &Scope<'_>) -> Bound {
    let Statement::Query(query) = statement else { return Bound::Weak };
    if echoes(statement) || hands_on(query, scope) {
        return Bound::Weak;
    }
    // Whatever it is compared with: each row may find itself.
    if exists::gives_back(statement, &Expr::SqlValue, scope) {
        return Bound::Weak;
    }
    if is_bounded(query, &scope.known) {
        return Bound::Predicate;
    }
    if scope.known.makes(statement) || scope.known.reads(statement, scope.relation) {
        Bound::Weak
    } else {
        Bound::Predicate
    }
}
