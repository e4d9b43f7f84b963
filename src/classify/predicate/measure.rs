//! What a column is measured by: which sides of it practically every value is on.

use super::Scope;
use super::compare::is_own;
use super::fold::{Value, fold, number};
use super::same::strip;
use super::telling::is_plain;
use crate::sql::{Constant, Expr};

/// Whether a text is a date whose day and month only DateStyle tells apart: `01/02/2026`.
pub fn is_ambiguous_date(text: &str) -> bool {
    let mut parts = text.trim().splitn(3, ['/', '-', '.']);
    let number = |part: Option<&str>| {
        part.filter(|p| matches!(p.len(), 1 | 2)).and_then(|p| p.parse::<u8>().ok()).is_some_and(|n| n <= 31)
    };
    number(parts.next())
        && number(parts.next())
        && parts.next().is_some_and(|year| year.starts_with(|c: char| c.is_ascii_digit()))
}

/// A column without the number added to it, and that number.
pub fn unshifted<'e>(column: &'e Expr, scope: &Scope<'_>) -> (&'e Expr, Option<f64>) {
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
pub fn is_measure(value: &Expr) -> bool {
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
pub fn is_now(expr: &Expr) -> bool {
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
pub fn interval(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Cast { arg, type_name } if &*type_name.name == "interval" => match &**arg {
            Expr::Constant(Constant::String(text)) => Some(text.trim()),
            _ => None,
        },
        _ => None,
    }
}

/// A moment with some time added: `created_at + interval '30 days'` is past only where the moment is long past.
pub fn is_put_off(expr: &Expr) -> bool {
    match strip(expr) {
        Expr::Operator { name, left: Some(left), right } if &*name.name == "+" => {
            [&**left, &**right].into_iter().any(|part| interval(part).is_some_and(|text| !text.starts_with(['0', '-'])))
        }
        _ => false,
    }
}

/// A moment so long ago that practically every other is later.
pub fn is_long_ago(expr: &Expr) -> bool {
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
pub fn names_the_future(expr: &Expr) -> bool {
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
