//! Structural equality, casts and no-ops apart.

use crate::sql::{Constant, Expr};

/// An expression without what changes nothing about which value it is: casts, COALESCE's leading NULLs, one-armed
/// COALESCE.
pub fn strip(expr: &Expr) -> &Expr {
    match expr {
        Expr::Cast { arg, .. } => strip(arg),
        // Each part is stripped once: twice would double the work at every level of nesting.
        Expr::Coalesce(parts) => {
            parts.iter().map(strip).find(|part| !matches!(part, Expr::Constant(Constant::Null))).unwrap_or(expr)
        }
        _ => expr,
    }
}

/// Whether two expressions are the same, read as a person would: `id` and `t.id` are.
pub fn same(left: &Expr, right: &Expr) -> bool {
    match (strip(left), strip(right)) {
        (Expr::Column(left), Expr::Column(right)) => {
            left.last() == right.last()
                && match (left.as_slice(), right.as_slice()) {
                    ([.., left, _], [.., right, _]) => left == right,
                    _ => true,
                }
        }
        (Expr::Constant(left), Expr::Constant(right)) => left == right,
        (Expr::Parameter(left), Expr::Parameter(right)) => left == right,
        (Expr::Row(left), Expr::Row(right)) | (Expr::Array(left), Expr::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Expr::Call(left), Expr::Call(right)) => {
            left.name.name == right.name.name
                && left.args.len() == right.args.len()
                && left.args.iter().zip(&right.args).all(|(left, right)| same(left, right))
        }
        (
            Expr::Operator { name, left: Some(left), right },
            Expr::Operator { name: other, left: Some(other_left), right: other_right },
        ) => name.name == other.name && same(left, other_left) && same(right, other_right),
        _ => false,
    }
}
