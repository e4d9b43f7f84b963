//! Constant folding: only what PostgreSQL's own operators make of constants, whatever the row.

use super::Scope;
use super::same::{same, strip};
use crate::sql::{Constant, Expr, Statement, Sublink};

/// A constant's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// NULL.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Text, or a literal whose type is not known yet.
    Text(Box<str>),
}

/// A text's truth, as PostgreSQL's boolean input reads it.
pub fn text_truth(text: &str) -> Option<bool> {
    let text = text.trim().to_ascii_lowercase();
    if text.is_empty() {
        return None;
    }
    let is = |word: &str| word.starts_with(text.as_str());
    match text.as_str() {
        "on" | "1" => Some(true),
        "of" | "off" | "0" => Some(false),
        "o" => None,
        _ if is("true") || is("yes") => Some(true),
        _ if is("false") || is("no") => Some(false),
        _ => None,
    }
}

/// Whether an expression that folds to false or NULL is so on the server too: plain numbers, booleans and NULL by
/// plain comparisons. Types decide what strings and casts compare as, and are not known here; taking such a predicate
/// for one that no row meets would let it reach every row.
pub fn is_certain(expr: &Expr) -> bool {
    let null = |expr: &Expr| matches!(expr, Expr::Constant(Constant::Null));
    let number = |expr: &Expr| match expr {
        // As many digits as a double holds exactly.
        Expr::Constant(Constant::Number(text)) => {
            text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        }
        _ => false,
    };
    match expr {
        Expr::Constant(Constant::Bool(_) | Constant::Null) => true,
        Expr::Operator { name, left: Some(left), right } => {
            name.schema.as_deref().is_none_or(|schema| schema == "pg_catalog")
                && matches!(&*name.name, "=" | "<>" | "<" | "<=" | ">" | ">=")
                && (null(left) || null(right) || number(left) && number(right))
        }
        _ => false,
    }
}

/// The value of an expression, where it is the same for every row.
pub fn fold(expr: &Expr, scope: &Scope<'_>) -> Option<Value> {
    if !scope.known.fuel.burn() {
        return None;
    }
    match expr {
        Expr::Constant(constant) => Some(value_of(constant)),
        Expr::Parameter(number) => {
            let index = usize::try_from(*number).ok()?.checked_sub(1)?;
            match scope.known.arguments.get(index)? {
                Expr::Parameter(_) => None,
                argument => fold(argument, &Scope { known: scope.known.without_arguments(), ..*scope }),
            }
        }
        Expr::Cast { arg, type_name } => {
            let value = fold(arg, scope)?;
            match (&*type_name.name, value) {
                ("bool" | "boolean", Value::Text(text)) => text_truth(&text).map(Value::Bool),
                ("bool" | "boolean", Value::Number(number)) => Some(Value::Bool(number != 0.0)),
                (_, value) => Some(value),
            }
        }
        Expr::And(parts) => fold_and(parts, scope),
        Expr::Or(parts) => fold_or(parts, scope),
        Expr::Not(arg) => match truth(fold(arg, scope)?) {
            Some(Value::Bool(value)) => Some(Value::Bool(!value)),
            other => other,
        },
        Expr::IsNull { arg, negated } => {
            let value = fold(arg, scope)?;
            Some(Value::Bool((value == Value::Null) != *negated))
        }
        Expr::IsBool { arg, value, negated } => {
            let folded = truth(fold(arg, scope)?)?;
            let is = match value {
                Some(value) => folded == Value::Bool(*value),
                None => folded == Value::Null,
            };
            Some(Value::Bool(is != *negated))
        }
        Expr::Operator { name, left: Some(left), right } => operator(&name.name, left, right, scope),
        Expr::Operator { name, left: None, right } => match (&*name.name, number(&fold(right, scope)?)?) {
            ("-", number) => Some(Value::Number(-number)),
            ("+", number) => Some(Value::Number(number)),
            _ => None,
        },
        Expr::Coalesce(parts) => {
            for part in parts {
                match fold(part, scope)? {
                    Value::Null => {}
                    value => return Some(value),
                }
            }
            Some(Value::Null)
        }
        Expr::Case { arg: None, whens, default } => {
            for (condition, value) in whens {
                match truth(fold(condition, scope)?)? {
                    Value::Bool(true) => return fold(value, scope),
                    _ => continue,
                }
            }
            default.as_deref().map_or(Some(Value::Null), |value| fold(value, scope))
        }
        Expr::In { arg, list, negated } => {
            if list.iter().any(|item| same(arg, item)) && !matches!(strip(arg), Expr::Column(_)) {
                return Some(Value::Bool(!negated));
            }
            let arg = fold(arg, scope)?;
            let mut found = false;
            for item in list {
                found |= equal(&arg, &fold(item, scope)?) == Some(true);
            }
            Some(Value::Bool(found != *negated))
        }
        Expr::Between { arg, low, high, negated, symmetric: false } => {
            let (arg, low, high) = (fold(arg, scope)?, fold(low, scope)?, fold(high, scope)?);
            let (arg, low, high) = (number(&arg)?, number(&low)?, number(&high)?);
            Some(Value::Bool((low <= arg && arg <= high) != *negated))
        }
        Expr::Distinct { left, right, negated } => {
            let (left, right) = (fold(left, scope)?, fold(right, scope)?);
            let same = left == right || equal(&left, &right) == Some(true);
            Some(Value::Bool(same == *negated))
        }
        Expr::NullIf(left, right) if same(left, right) && !has_parameter_or_call(left) => Some(Value::Null),
        Expr::NullIf(left, right) => {
            let left = fold(left, scope)?;
            Some(if equal(&left, &fold(right, scope)?) == Some(true) { Value::Null } else { left })
        }
        Expr::Sublink { kind: Sublink::Exists, statement, .. } => exists(statement, scope),
        Expr::Sublink { kind: Sublink::Scalar, statement, .. } => scalar(statement, scope),
        _ => None,
    }
}

fn value_of(constant: &Constant) -> Value {
    match constant {
        Constant::Null => Value::Null,
        Constant::Bool(value) => Value::Bool(*value),
        Constant::Number(text) => {
            text.replace('_', "").parse().map_or_else(|_| Value::Text(text.clone()), Value::Number)
        }
        Constant::String(text) | Constant::Bits(text) => Value::Text(text.clone()),
    }
}

/// A value where a boolean is wanted.
fn truth(value: Value) -> Option<Value> {
    match value {
        Value::Text(text) => text_truth(&text).map(Value::Bool),
        Value::Number(_) => None,
        value => Some(value),
    }
}

/// A value where a number is wanted.
pub fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) => None,
    }
}

fn equal(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => None,
        (Value::Text(left), Value::Text(right)) => Some(left == right),
        (Value::Bool(left), Value::Bool(right)) => Some(left == right),
        (Value::Bool(bool), Value::Text(text)) | (Value::Text(text), Value::Bool(bool)) => {
            text_truth(text).map(|value| value == *bool)
        }
        _ => Some(number(left)? == number(right)?),
    }
}

fn fold_and(parts: &[Expr], scope: &Scope<'_>) -> Option<Value> {
    let folded: Vec<_> = parts.iter().map(|part| fold(part, scope).and_then(truth)).collect();
    if folded.contains(&Some(Value::Bool(false))) {
        return Some(Value::Bool(false));
    }
    if folded.contains(&None) {
        // NULL AND x is never true, whatever x is.
        return folded.contains(&Some(Value::Null)).then_some(Value::Null);
    }
    Some(if folded.contains(&Some(Value::Null)) { Value::Null } else { Value::Bool(true) })
}

fn fold_or(parts: &[Expr], scope: &Scope<'_>) -> Option<Value> {
    let folded: Vec<_> = parts.iter().map(|part| fold(part, scope).and_then(truth)).collect();
    if folded.contains(&Some(Value::Bool(true))) {
        return Some(Value::Bool(true));
    }
    if folded.contains(&None) {
        return None;
    }
    Some(if folded.contains(&Some(Value::Null)) { Value::Null } else { Value::Bool(false) })
}

fn operator(name: &str, left: &Expr, right: &Expr, scope: &Scope<'_>) -> Option<Value> {
    let (folded_left, folded_right) = (fold(left, scope), fold(right, scope));
    let is = |value: &Option<Value>, wanted: f64| value.as_ref().and_then(number) == Some(wanted);
    // The same for every row that is not NULL: x * 0, x % 1.
    if name == "*" && (is(&folded_left, 0.0) || is(&folded_right, 0.0)) {
        return Some(Value::Number(0.0));
    }
    if name == "%" && is(&folded_right, 1.0) {
        return Some(Value::Number(0.0));
    }
    let comparison = matches!(name, "=" | "<>" | "<" | "<=" | ">" | ">=");
    if comparison && (folded_left == Some(Value::Null) || folded_right == Some(Value::Null)) {
        return Some(Value::Null);
    }
    if comparison && same(left, right) && !has_parameter_or_call(left) {
        return Some(Value::Bool(matches!(name, "=" | "<=" | ">=")));
    }
    if let (Expr::Row(lefts), Expr::Row(rights)) = (strip(left), strip(right))
        && name == "="
        && lefts.len() == rights.len()
    {
        let pairs: Option<Vec<_>> =
            lefts.iter().zip(rights).map(|(left, right)| operator("=", left, right, scope)).collect();
        return pairs.map(|pairs| Value::Bool(pairs.iter().all(|pair| *pair == Value::Bool(true))));
    }
    let (left, right) = (folded_left?, folded_right?);
    match name {
        "||" => match (left, right) {
            (Value::Text(left), Value::Text(right)) => Some(Value::Text(format!("{left}{right}").into())),
            (Value::Null, _) | (_, Value::Null) => Some(Value::Null),
            _ => None,
        },
        "=" => equal(&left, &right).map(Value::Bool),
        "<>" => equal(&left, &right).map(|equal| Value::Bool(!equal)),
        _ => {
            let (left, right) = (number(&left)?, number(&right)?);
            match name {
                "<" => Some(Value::Bool(left < right)),
                "<=" => Some(Value::Bool(left <= right)),
                ">" => Some(Value::Bool(left > right)),
                ">=" => Some(Value::Bool(left >= right)),
                "+" => Some(Value::Number(left + right)),
                "-" => Some(Value::Number(left - right)),
                "*" => Some(Value::Number(left * right)),
                _ => None,
            }
        }
    }
}

/// A parameter or a volatile call may be NULL or differ from itself; both count as possibly true elsewhere.
fn has_parameter_or_call(expr: &Expr) -> bool {
    !matches!(strip(expr), Expr::Column(_) | Expr::Constant(_) | Expr::Row(_) | Expr::Operator { .. })
}

fn exists(statement: &Statement, scope: &Scope<'_>) -> Option<Value> {
    let Statement::Query(query) = statement else { return None };
    // An aggregate makes a row of none, a set-returning function none of one, and so does OFFSET.
    let plain = |expr: &Expr| matches!(expr, Expr::Constant(_) | Expr::Column(_) | Expr::Parameter(_));
    if query.set.is_some()
        || query.grouped
        || query.having.is_some()
        || query.limit.is_some()
        || query.offset.is_some()
        || !query.columns.iter().all(|column| plain(&column.value))
    {
        return None;
    }
    let filter = query.filter.as_ref().map(|filter| fold(filter, scope));
    if matches!(filter, Some(Some(Value::Bool(false) | Value::Null))) {
        return Some(Value::Bool(false));
    }
    if query.values || (query.from.is_empty() && matches!(filter, None | Some(Some(Value::Bool(true))))) {
        return Some(Value::Bool(true));
    }
    None
}

fn scalar(statement: &Statement, scope: &Scope<'_>) -> Option<Value> {
    let Statement::Query(query) = statement else { return None };
    let plain = query.from.is_empty()
        && query.filter.is_none()
        && query.set.is_none()
        && query.with.is_empty()
        && query.having.is_none()
        && !query.grouped
        && query.limit.is_none()
        && query.offset.is_none();
    match query.columns.as_slice() {
        [column] if plain => fold(&column.value, scope),
        _ => None,
    }
}
