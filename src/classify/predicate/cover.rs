//! OR whose branches together meet every row: `id > 5 OR id <= 5`.

use super::fold::{Value, fold, number, text_truth};
use super::measure::everything;
use super::same::{same, strip};
use super::telling::remainders;
use super::{Bound, Scope, reach};
use crate::sql::Expr;

/// Branches beyond this many are not compared with each other: nobody writes so many ranges of one column.
const MOST: usize = 64;

/// One branch: a comparison of a column.
struct Half<'a> {
    column: &'a Expr,
    name: &'static str,
    value: &'a Expr,
}

/// Whether branches (each with whether it is negated) may together meet every row.
pub fn covers<'a>(branches: impl IntoIterator<Item = (&'a Expr, bool)>, scope: &Scope<'_>) -> bool {
    let mut halves = Vec::new();
    for (branch, negated) in branches {
        gather(branch, negated, scope, &mut halves);
    }
    let ranges: Vec<&Half<'_>> = halves.iter().filter(|half| half.name != "=").take(MOST).collect();
    let split = ranges.iter().any(|low| {
        matches!(low.name, "<" | "<=")
            && ranges.iter().any(|high| {
                matches!(high.name, ">" | ">=") && same(low.column, high.column) && !leaves_a_gap(low, high, scope)
            })
    });
    split || is_every_value_of_any(&halves, scope)
}

/// Whether the equalities of any one expression name every value it can have; each expression is asked about once.
fn is_every_value_of_any(halves: &[Half<'_>], scope: &Scope<'_>) -> bool {
    let mut asked: Vec<&Expr> = Vec::new();
    for half in halves.iter().filter(|half| half.name == "=") {
        if asked.len() >= MOST {
            break;
        }
        if !asked.iter().any(|column| same(column, half.column)) {
            if is_every_value(half, halves, scope) {
                return true;
            }
            asked.push(half.column);
        }
    }
    false
}

/// Whether something lies between `column < low` and `column > high`.
fn leaves_a_gap(low: &Half<'_>, high: &Half<'_>, scope: &Scope<'_>) -> bool {
    if same(low.value, high.value) {
        // `<> value`, at best.
        return false;
    }
    match (fold(low.value, scope), fold(high.value, scope)) {
        (Some(low), Some(high)) => match (number(&low), number(&high), low, high) {
            (Some(low), Some(high), ..) => low < high,
            (_, _, Value::Text(low), Value::Text(high)) => low < high,
            _ => false,
        },
        _ => false,
    }
}

/// Whether the equalities of one expression name every value it can have: both booleans, each remainder.
fn is_every_value(half: &Half<'_>, halves: &[Half<'_>], scope: &Scope<'_>) -> bool {
    let values: Vec<Value> = halves
        .iter()
        .filter(|other| other.name == "=" && same(half.column, other.column))
        .filter_map(|other| fold(other.value, scope))
        .collect();
    is_every(&values, half.column, scope)
}

/// Whether these are all values of an expression.
pub fn is_every(values: &[Value], expr: &Expr, scope: &Scope<'_>) -> bool {
    let bool = |wanted: bool| {
        values.iter().any(|value| match value {
            Value::Bool(value) => *value == wanted,
            Value::Text(text) => {
                matches!(text.to_ascii_lowercase().as_str(), "t" | "f" | "true" | "false")
                    && text_truth(text) == Some(wanted)
            }
            Value::Null | Value::Number(_) => false,
        })
    };
    let many = |most: f64| u32::try_from(values.len()).is_ok_and(|count| f64::from(count) >= most);
    bool(true) && bool(false) || remainders(expr, scope).is_some_and(many)
}

fn gather<'a>(expr: &'a Expr, negated: bool, scope: &Scope<'_>, halves: &mut Vec<Half<'a>>) {
    if !scope.known.fuel.burn() {
        return;
    }
    match expr {
        Expr::Not(arg) => gather(arg, !negated, scope, halves),
        Expr::Or(parts) if !negated => parts.iter().for_each(|part| gather(part, false, scope, halves)),
        Expr::And(parts) if negated => parts.iter().for_each(|part| gather(part, true, scope, halves)),
        // One term that bounds, among others that do not.
        Expr::And(parts) => {
            let mut terms = parts.iter().filter(|part| reach(part, scope) > Bound::Constant);
            if let (Some(only), None) = (terms.next(), terms.next()) {
                gather(only, false, scope, halves);
            }
        }
        Expr::IsBool { arg, value: Some(value), negated: not } => gather(arg, negated != (value == not), scope, halves),
        Expr::Cast { arg, .. } => gather(arg, negated, scope, halves),
        Expr::Operator { name, left: Some(left), right } => {
            let (on_left, on_right) = (scope.uses(left).own, scope.uses(right).own);
            let (column, value, turned) = match (on_left, on_right) {
                (true, false) => (left, right, false),
                (false, true) => (right, left, true),
                // Two columns of the row: by their order in the text.
                (true, true) => (left, right, false),
                (false, false) => return,
            };
            let name = match (&*name.name, turned, negated) {
                ("<", false, false) | (">", true, false) | (">=", false, true) | ("<=", true, true) => "<",
                ("<=", false, false) | (">=", true, false) | (">", false, true) | ("<", true, true) => "<=",
                (">", false, false) | ("<", true, false) | ("<=", false, true) | (">=", true, true) => ">",
                (">=", false, false) | ("<=", true, false) | ("<", false, true) | (">", true, true) => ">=",
                ("=", _, false) | ("<>", _, true) => "=",
                _ => return,
            };
            halves.push(Half { column: strip(column), name, value });
        }
        // Open at one end, for practically every value.
        Expr::Between { arg, low, high, negated: not, symmetric: false } if *not == negated => {
            let whole = |end: &Expr, downwards| fold(end, scope).is_some_and(|end| everything(&end, downwards, true));
            if whole(low, false) {
                halves.push(Half { column: strip(arg), name: "<=", value: high });
            }
            if whole(high, true) {
                halves.push(Half { column: strip(arg), name: ">=", value: low });
            }
        }
        Expr::In { arg, list, negated: not } if *not == negated => {
            halves.extend(list.iter().map(|value| Half { column: strip(arg), name: "=", value }));
        }
        _ => {}
    }
}
