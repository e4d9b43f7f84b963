//! Which expressions of a column tell rows apart as the column does, and which sets are small.

use super::Scope;
use super::exists::is_tied;
use super::fold::{Value, fold, number};
use super::known::Known;
use super::same::strip;
use crate::classify::functions;
use crate::sql::{Call, Constant, Expr};

/// The longest series that is no table's worth of rows.
const LONGEST_SERIES: f64 = 1000.0;

/// Whether a value stands in the text or in a parameter (`lateral`: or in another relation's column).
pub fn is_plain(expr: &Expr, lateral: bool) -> bool {
    match expr {
        Expr::Constant(_) | Expr::Parameter(_) | Expr::SqlValue => true,
        Expr::Column(_) => lateral,
        Expr::Cast { arg, .. } => is_plain(arg, lateral),
        Expr::Array(parts) | Expr::Row(parts) | Expr::Other(parts) => parts.iter().all(|part| is_plain(part, lateral)),
        Expr::Operator { name, left, right } => {
            let joins = matches!(&*name.name, "||" | "->" | "->>" | "#>" | "#>>");
            joins && left.as_ref().is_none_or(|left| is_plain(left, lateral)) && is_plain(right, lateral)
        }
        Expr::Call(call) => {
            matches!(&*call.name.name, "string_to_array" | "regexp_split_to_array" | "translate" | "jsonb_build_array")
                && call.args.iter().all(|arg| is_plain(arg, lateral))
        }
        _ => false,
    }
}

/// Whether a call in FROM gives few rows: what the text or a parameter holds.
pub fn is_small_set(expr: &Expr, lateral: bool, known: &Known<'_>) -> bool {
    known.fuel.burn()
        && match expr {
            Expr::Call(call) if is_generator(call) => is_small_series(call, known),
            Expr::Call(call) => is_own(call) && call.args.iter().all(|arg| is_plain(arg, lateral)),
            Expr::Other(parts) => parts.iter().all(|part| is_small_set(part, lateral, known)),
            other => is_plain(other, lateral),
        }
}

/// Whether a call in a select list (`alone`: without FROM) makes few rows of one.
pub fn is_small_call(call: &Call, alone: bool, known: &Known<'_>) -> bool {
    const SETS: &[&str] = &["unnest", "string_to_table", "regexp_split_to_table", "regexp_matches", "json", "jsonb"];
    let name = &*call.name.name;
    if is_generator(call) {
        is_small_series(call, known)
    } else if SETS.contains(&name) || name.contains("_elements") || name.contains("_each") || name.contains("_keys") {
        call.args.iter().all(|arg| is_plain(arg, !alone))
    } else {
        // Without FROM it may itself be what gives the rows.
        !alone || is_own(call)
    }
}

fn is_own(call: &Call) -> bool {
    functions::is_builtin(&call.name) && !call.name.name.starts_with("pg_") && !call.name.name.ends_with("_to_xml")
}

fn is_generator(call: &Call) -> bool {
    matches!(&*call.name.name, "generate_series" | "generate_subscripts")
}

fn is_small_series(call: &Call, known: &Known<'_>) -> bool {
    let scope = Scope { alias: None, alone: true, relation: None, known: *known };
    let numbers: Option<Vec<f64>> = call.args.iter().map(|arg| fold(arg, &scope).as_ref().and_then(number)).collect();
    match numbers.as_deref() {
        Some([from, to]) => to - from <= LONGEST_SERIES,
        Some([from, to, step]) => *step != 0.0 && (to - from) / step <= LONGEST_SERIES,
        _ => false,
    }
}

/// Functions that tell rows apart by their first argument, if those behind it are literals that say something.
const TELLING: &[&str] = &[
    "abs",
    "age",
    "array_length",
    "array_to_string",
    "btrim",
    "cardinality",
    "ceil",
    "ceiling",
    "char_length",
    "character_length",
    "concat",
    "concat_ws",
    "date",
    "decode",
    "digest",
    "encode",
    "family",
    "floor",
    "hashtext",
    "host",
    "initcap",
    "json_array_length",
    "json_extract_path",
    "json_extract_path_text",
    "jsonb_array_length",
    "jsonb_extract_path",
    "jsonb_extract_path_text",
    "left",
    "length",
    "lower",
    "ltrim",
    "md5",
    "octet_length",
    "replace",
    "reverse",
    "right",
    "round",
    "rtrim",
    "sha224",
    "sha256",
    "sha384",
    "sha512",
    "split_part",
    "substr",
    "substring",
    "time",
    "to_char",
    "to_date",
    "to_number",
    "to_timestamp",
    "to_tsvector",
    "trim",
    "trunc",
    "unaccent",
    "upper",
    "xmin",
];

/// Whether an expression tells rows apart by a column in it.
pub fn is_telling(expr: &Expr, scope: &Scope<'_>) -> bool {
    if !scope.known.fuel.burn() {
        return false;
    }
    match strip(expr) {
        // Every row of a table has its oid there, and practically every one the same in the others.
        Expr::Column(parts) => {
            parts.last().is_none_or(|name| !matches!(&**name, "tableoid" | "xmin" | "xmax" | "cmin" | "cmax" | "*"))
        }
        Expr::Row(parts) => parts.iter().any(|part| scope.uses(part).own && is_telling(part, scope)),
        Expr::Call(call) => is_telling_call(call, scope),
        Expr::NullIf(left, right) => is_telling(left, scope) && is_plain(right, false),
        Expr::Operator { name, left: Some(left), right } => is_telling_operator(&name.name, left, right, scope),
        // A subscript: the reader puts each into a list of its own.
        Expr::Other(parts) => match parts.as_slice() {
            [base, rest @ ..] if !rest.is_empty() => {
                let subscript = |part: &Expr| matches!(part, Expr::Other(inner) if inner.iter().all(says_something));
                is_telling(base, scope) && rest.iter().all(subscript)
            }
            _ => false,
        },
        // One row's value of a sub-select that depends on this row.
        Expr::Sublink { statement, .. } => scope.uses(expr).own && is_tied(statement, scope),
        _ => false,
    }
}

fn is_telling_call(call: &Call, scope: &Scope<'_>) -> bool {
    if call.name.schema.as_deref().is_some_and(|schema| schema != "pg_catalog") {
        return false;
    }
    let args = call.args.as_slice();
    match (&*call.name.name, args) {
        ("date_trunc" | "date_part" | "extract", [field, arg, ..]) => {
            const COARSE: [&str; 5] = ["millennium", "century", "timezone", "timezone_hour", "timezone_minute"];
            let field = match strip(field) {
                Expr::Constant(Constant::String(text)) => Some(text.to_ascii_lowercase()),
                _ => None,
            };
            field.is_some_and(|field| !COARSE.contains(&field.trim_end_matches('s'))) && is_telling(arg, scope)
        }
        ("timezone", [zone, arg]) => is_plain(zone, false) && is_telling(arg, scope),
        ("mod", [arg, modulus]) => is_modulus(modulus, scope) && is_telling(arg, scope),
        ("to_char", [arg, Expr::Constant(Constant::String(format))]) => {
            !format.contains('"')
                && format.contains(['Y', 'y', 'M', 'm', 'D', 'd', '9', '0', 'H', 'h'])
                && is_telling(arg, scope)
        }
        ("concat" | "concat_ws" | "to_tsvector", args) => {
            args.iter().any(|arg| is_telling(arg, scope))
                && args.iter().all(|arg| is_plain(arg, true) || is_telling(arg, scope))
        }
        (name, [first, rest @ ..]) => {
            TELLING.contains(&name) && is_telling(first, scope) && rest.iter().all(says_something)
        }
        _ => false,
    }
}

/// A literal that is neither empty nor nothing, or a parameter.
fn says_something(expr: &Expr) -> bool {
    match strip(expr) {
        Expr::Constant(Constant::Number(text)) => text.parse::<f64>().is_ok_and(|number| number >= 1.0),
        Expr::Constant(Constant::String(text) | Constant::Bits(text)) => !text.is_empty(),
        Expr::Parameter(_) => true,
        _ => false,
    }
}

/// A modulus that leaves more than one remainder.
fn is_modulus(expr: &Expr, scope: &Scope<'_>) -> bool {
    fold(expr, scope).as_ref().and_then(number).is_some_and(|number| number.abs() > 1.0)
}

fn is_telling_operator(name: &str, left: &Expr, right: &Expr, scope: &Scope<'_>) -> bool {
    let value = |expr: &Expr| fold(expr, scope).as_ref().and_then(number);
    match name {
        "->" | "->>" => {
            let key = match strip(right) {
                Expr::Constant(Constant::Number(_)) => true,
                other => says_something(other),
            };
            is_telling(left, scope) && key
        }
        "#>" | "#>>" => is_telling(left, scope) && is_plain(right, false),
        "+" | "-" => {
            is_telling(left, scope) && is_offset(right, scope) || is_telling(right, scope) && is_offset(left, scope)
        }
        "*" => [(left, right), (right, left)]
            .iter()
            .any(|(column, by)| value(by).is_some_and(|by| by.abs() >= 1.0) && is_telling(column, scope)),
        "/" => value(right).is_some_and(|by| (1.0..=1000.0).contains(&by.abs())) && is_telling(left, scope),
        "%" => is_modulus(right, scope) && is_telling(left, scope),
        "&" => value(right).is_some_and(|bits| bits >= 1.0) && is_telling(left, scope),
        "||" => {
            let part = |expr: &Expr| is_plain(expr, false) || is_telling(expr, scope);
            part(left) && part(right)
        }
        _ => false,
    }
}

/// What may be added to a column: a literal, a parameter, the time.
fn is_offset(expr: &Expr, scope: &Scope<'_>) -> bool {
    !scope.uses(expr).own
        && match strip(expr) {
            Expr::Call(call) => functions::is_builtin(&call.name),
            other => is_plain(other, false),
        }
}

/// How many remainders a modulus in an expression leaves, where it is one.
pub fn remainders(expr: &Expr, scope: &Scope<'_>) -> Option<f64> {
    let modulus = match strip(expr) {
        Expr::Operator { name, right, .. } if &*name.name == "%" => &**right,
        Expr::Call(call) if &*call.name.name == "mod" => call.args.get(1)?,
        _ => return None,
    };
    fold(modulus, scope).as_ref().and_then(number).map(f64::abs)
}

/// Whether a literal is an empty container: `{}`, `[]`, an empty array, an empty text.
pub fn is_empty(expr: &Expr, scope: &Scope<'_>) -> bool {
    match strip(expr) {
        Expr::Array(items) => items.is_empty(),
        other => match fold(other, scope) {
            Some(Value::Text(text)) => matches!(text.trim(), "{}" | "[]" | "" | "null" | "{{}}"),
            _ => false,
        },
    }
}
