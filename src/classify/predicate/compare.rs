//! Comparisons of a column with something: which ones every plausible row meets.

use super::fold::{Value, fold, number};
use super::same::{same, strip};
use super::telling::{is_empty, is_plain, is_telling};
use super::{Scope, cover, exists, is_bounded, reach as reach_of, reach_not as reach_not_of};
use crate::classify::Bound;
use crate::classify::functions::is_builtin;
use crate::sql::{Call, Constant, Expr, Name, Part, Statement, Sublink, walk};

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

fn is_own(name: &Name) -> bool {
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
        (true, false) => key(left, right, scope),
        (false, true) => key(right, left, scope),
        (false, false) => Bound::Constant,
    }
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

/// A pattern made of literals and parameters: `$1 || '%'`, `lower($1)`.
fn is_pattern(expr: &Expr) -> bool {
    match strip(expr) {
        Expr::Call(call) => {
            matches!(&*call.name.name, "lower" | "upper" | "concat" | "quote_literal" | "replace")
                && call.args.iter().any(|arg| is_pattern(arg) && !matches!(strip(arg), Expr::Constant(_)))
        }
        Expr::Operator { name, left: Some(left), right } if &*name.name == "||" => {
            is_pattern(left) && is_pattern(right)
        }
        other => is_plain(other, false),
    }
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

/// One end of a range that leaves practically nothing out.
fn is_whole(value: &Value, downwards: bool) -> bool {
    *value == Value::Null || everything(value, downwards, true)
}

/// Whether a text is a range over practically everything, or a network of all addresses.
fn is_whole_range(text: &str) -> bool {
    let text = text.trim();
    let inner = text.strip_prefix(['[', '(']).and_then(|text| text.strip_suffix([']', ')']));
    let whole = |end: &str, downwards| {
        let end = end.trim().trim_matches('"');
        end.is_empty() || everything(&Value::Text(end.into()), downwards, true)
    };
    text.ends_with("/0")
        || inner
            .and_then(|inner| inner.split_once(','))
            .is_some_and(|(low, high)| whole(low, false) && whole(high, true))
}

/// Whether a regular expression finds the empty text, and so something in every text: an alternative of which every
/// part may be missing. Anchored at both ends it does not.
fn finds_nothing(pattern: &str) -> bool {
    let (mut depth, mut set, mut optional) = (0_u32, false, true);
    let mut chars = pattern.chars().peekable();
    if pattern.contains('^') && pattern.contains('$') {
        return false;
    }
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            ']' => set = false,
            _ if set => continue,
            '[' => {
                set = true;
                // A bracket that comes first is one of the set.
                if chars.peek() == Some(&'^') {
                    chars.next();
                }
                if chars.peek() == Some(&']') {
                    chars.next();
                }
                continue;
            }
            '(' => {
                depth += 1;
                continue;
            }
            ')' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => {
                if optional {
                    return true;
                }
                optional = true;
                continue;
            }
            '^' | '$' | '*' | '+' | '?' => continue,
            _ => {}
        }
        if depth == 0 && !matches!(chars.peek(), Some('*' | '?')) {
            optional = false;
        }
    }
    optional
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
        // What it means depends on DateStyle, a setting of the session: no text tells which rows that are.
        Some(Value::Text(text)) if is_ambiguous_date(&text) => Bound::Weak,
        Some(_) => Bound::Predicate,
        None if downwards && is_now(value) && !names_the_future(column) && !is_put_off(column) => Bound::Weak,
        None if !downwards && is_long_ago(value) => Bound::Weak,
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

/// A column without the number added to it, and that number.
fn unshifted<'e>(column: &'e Expr, scope: &Scope<'_>) -> (&'e Expr, Option<f64>) {
    let value = |expr: &Expr| fold(expr, scope).as_ref().and_then(number);
    match strip(column) {
        Expr::Operator { name, left: Some(left), right } => match (&*name.name, value(left), value(right)) {
            ("+", None, Some(shift)) => (left, Some(shift)),
            ("+", Some(shift), None) => (right, Some(shift)),
            ("-", None, Some(shift)) => (left, Some(-shift)),
            _ => (column, None),
        },
        _ => (column, None),
    }
}

/// What a column can be measured by: a literal, a parameter, a time. What another function gives is not known.
fn is_measure(value: &Expr) -> bool {
    match strip(value) {
        Expr::Call(call) => {
            let time = matches!(
                &*call.name.name,
                "now"
                    | "clock_timestamp"
                    | "statement_timestamp"
                    | "transaction_timestamp"
                    | "timezone"
                    | "date_trunc"
                    | "make_date"
                    | "make_interval"
                    | "make_timestamp"
                    | "make_timestamptz"
                    | "to_date"
                    | "to_timestamp"
                    | "lower"
                    | "upper"
                    | "localtimestamp"
                    | "date"
            );
            time && is_own(&call.name)
        }
        Expr::Operator { left, right, .. } => left.as_deref().is_none_or(is_measure) && is_measure(right),
        Expr::NullIf(left, right) => is_measure(left) && is_measure(right),
        Expr::Column(_) | Expr::Sublink { .. } => true,
        other => is_plain(other, true),
    }
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
pub fn everything(value: &Value, downwards: bool, inclusive: bool) -> bool {
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

/// An interval's text.
fn interval(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Cast { arg, type_name } if &*type_name.name == "interval" => match &**arg {
            Expr::Constant(Constant::String(text)) => Some(text.trim()),
            _ => None,
        },
        _ => None,
    }
}

/// A moment with some time added: `created_at + interval '30 days'` is past only where the moment is long past.
fn is_put_off(expr: &Expr) -> bool {
    match strip(expr) {
        Expr::Operator { name, left: Some(left), right } if &*name.name == "+" => {
            [&**left, &**right].into_iter().any(|part| interval(part).is_some_and(|text| !text.starts_with(['0', '-'])))
        }
        _ => false,
    }
}

/// A moment so long ago that practically every other is later.
fn is_long_ago(expr: &Expr) -> bool {
    const YEARS: f64 = 20.0;
    let Expr::Operator { name, right, .. } = strip(expr) else { return false };
    let Some(text) = interval(right).filter(|_| &*name.name == "-") else { return false };
    let number = text.split(|c: char| !c.is_ascii_digit() && c != '.').next().and_then(|text| text.parse::<f64>().ok());
    let unit = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let years = match number {
        _ if unit(&["cent", "mil"]) => f64::INFINITY,
        Some(number) if unit(&["dec"]) => number * 10.0,
        Some(number) if unit(&["year", "yr", "y"]) && !unit(&["day"]) => number,
        Some(number) if unit(&["mon"]) => number / 12.0,
        Some(number) if unit(&["day", "d"]) => number / 365.0,
        _ => 0.0,
    };
    years >= YEARS
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
                if cover::is_every(&values, arg, scope) {
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

/// Membership in a query's result: bounded unless the query is all of the same table, or makes its rows itself.
fn members(statement: &Statement, scope: &Scope<'_>) -> Bound {
    let Statement::Query(query) = statement else { return Bound::Weak };
    if echoes(statement) {
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
