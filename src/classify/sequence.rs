//! nextval: harmless by itself, but no transaction gives back what a query of many rows draws.

use super::EffectKind;
use super::facts::Facts;
use super::predicate::{Known, is_bounded};
use crate::sql::{Constant, Expr, Part, Query, Statement, walk};
use std::collections::HashSet;
use std::rc::Rc;

/// The most numbers a statement may draw and leave behind.
const MOST: f64 = 1000.0;

/// Adds what it means that a statement (which calls nextval) draws numbers for every row of a query. INSERT keeps what
/// it draws, so its own query does not count.
pub(super) fn drawn(facts: &mut Facts<'_>, statement: &Statement) {
    let fuel = Rc::clone(&facts.fuel);
    let known = Known::new(facts.arguments, &fuel, None);
    let mut kept: HashSet<*const Query> = HashSet::new();
    // The queries around, outermost first, and whether each has many rows.
    let mut around: Vec<bool> = Vec::new();
    let mut many = false;
    walk(statement, &mut |part| match part {
        Part::Statement(Statement::Insert(insert)) => {
            insert.source.iter().for_each(|source| keep(source, &mut kept));
        }
        Part::Query(query) => around.push(!kept.contains(&std::ptr::from_ref(query)) && has_many_rows(query, &known)),
        Part::QueryEnd(_) => drop(around.pop()),
        Part::Expr(Expr::Call(call)) if &*call.name.name == "nextval" => many |= around.contains(&true),
        Part::Expr(_) | Part::Statement(_) | Part::Source(_) => {}
    });
    if many || fuel.is_spent() {
        facts.add(EffectKind::Irrevocable, None, "nextval for each row of a query");
    }
}

fn keep(query: &Query, kept: &mut HashSet<*const Query>) {
    kept.insert(std::ptr::from_ref(query));
    if let Some(sides) = &query.set {
        keep(&sides.0, kept);
        keep(&sides.1, kept);
    }
}

fn has_many_rows(query: &Query, known: &Known<'_>) -> bool {
    if query.set.is_some() || query.values {
        // The sides are looked at themselves.
        return false;
    }
    match &query.limit {
        Some(Expr::Constant(Constant::Number(text))) => text.parse::<f64>().is_ok_and(|rows| rows > MOST),
        Some(Expr::Constant(Constant::Null)) | None => !is_bounded(query, known),
        Some(Expr::Parameter(_)) => false,
        Some(_) => true,
    }
}
