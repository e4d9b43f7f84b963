//! A walk over everything inside a statement, in text order where that is cheap.

use super::{Column, Cte, Expr, Query, Source, Statement};

/// What the walk meets.
#[derive(Debug, Clone, Copy)]
pub enum Part<'a> {
    /// A statement at any depth, the outermost included.
    Statement(&'a Statement),
    /// A query at any depth: a sub-select, a side of a set operation, INSERT's source.
    Query(&'a Query),
    /// The end of what is inside that query.
    QueryEnd(&'a Query),
    /// An item of FROM or USING.
    Source(&'a Source),
    /// An expression at any depth.
    Expr(&'a Expr),
}

/// Walks a statement and everything inside it, parents first.
pub fn walk<'a>(statement: &'a Statement, visit: &mut dyn FnMut(Part<'a>)) {
    visit(Part::Statement(statement));
    match statement {
        Statement::Query(query) => walk_query(query, visit),
        Statement::Insert(insert) => {
            ctes(&insert.with, visit);
            if let Some(source) = &insert.source {
                walk_query(source, visit);
            }
            if let Some((assignments, filter)) = &insert.on_conflict_update {
                columns(assignments, visit);
                exprs(filter, visit);
            }
            exprs(&insert.rest, visit);
            columns(&insert.returning, visit);
        }
        Statement::Update(update) => {
            ctes(&update.with, visit);
            columns(&update.assignments, visit);
            update.from.iter().for_each(|source| walk_source(source, visit));
            exprs(&update.filter, visit);
            columns(&update.returning, visit);
        }
        Statement::Delete(delete) => {
            ctes(&delete.with, visit);
            delete.using.iter().for_each(|source| walk_source(source, visit));
            exprs(&delete.filter, visit);
            columns(&delete.returning, visit);
        }
        Statement::Merge(merge) => {
            ctes(&merge.with, visit);
            walk_source(&merge.source, visit);
            exprs(&merge.on, visit);
            for clause in &merge.clauses {
                exprs(&clause.condition, visit);
                exprs(&clause.values, visit);
            }
            columns(&merge.returning, visit);
        }
        Statement::CreateTableAs { statement, .. }
        | Statement::Explain { statement, .. }
        | Statement::DeclareCursor { statement, .. } => walk(statement, visit),
        Statement::Prepare { statement, .. } => walk(statement, visit),
        Statement::Execute { arguments, .. } => exprs(arguments, visit),
        Statement::Copy(copy) => {
            if let Some(query) = &copy.query {
                walk(query, visit);
            }
            exprs(&copy.filter, visit);
        }
        Statement::AlterTable { actions, .. } => {
            for action in actions {
                exprs(&action.exprs, visit);
            }
        }
        Statement::Utility(utility) => {
            exprs(&utility.exprs, visit);
            utility.statements.iter().for_each(|statement| walk(statement, visit));
        }
        Statement::Deallocate(_)
        | Statement::Fetch { .. }
        | Statement::CloseCursor
        | Statement::Transaction(_)
        | Statement::Set(_)
        | Statement::Show(_)
        | Statement::Discard(_)
        | Statement::SetConstraints
        | Statement::Truncate { .. }
        | Statement::Unknown(_) => {}
    }
}

fn exprs<'a>(exprs: impl IntoIterator<Item = &'a Expr>, visit: &mut dyn FnMut(Part<'a>)) {
    exprs.into_iter().for_each(|expr| walk_expr(expr, visit));
}

fn columns<'a>(columns: &'a [Column], visit: &mut dyn FnMut(Part<'a>)) {
    columns.iter().for_each(|column| walk_expr(&column.value, visit));
}

fn ctes<'a>(ctes: &'a [Cte], visit: &mut dyn FnMut(Part<'a>)) {
    ctes.iter().for_each(|cte| walk(&cte.statement, visit));
}

fn walk_query<'a>(query: &'a Query, visit: &mut dyn FnMut(Part<'a>)) {
    visit(Part::Query(query));
    ctes(&query.with, visit);
    columns(&query.columns, visit);
    query.from.iter().for_each(|source| walk_source(source, visit));
    exprs(&query.filter, visit);
    exprs(&query.having, visit);
    exprs(&query.rest, visit);
    exprs(&query.limit, visit);
    exprs(&query.offset, visit);
    if let Some(sides) = &query.set {
        walk_query(&sides.0, visit);
        walk_query(&sides.1, visit);
    }
    visit(Part::QueryEnd(query));
}

fn walk_source<'a>(source: &'a Source, visit: &mut dyn FnMut(Part<'a>)) {
    visit(Part::Source(source));
    match source {
        Source::Relation(_) | Source::Unknown => {}
        Source::Join { left, right, on, .. } => {
            walk_source(left, visit);
            walk_source(right, visit);
            exprs(on, visit);
        }
        Source::Subquery { statement, .. } => walk(statement, visit),
        Source::Function { calls, .. } => exprs(calls, visit),
        Source::Sample { source, arguments } => {
            walk_source(source, visit);
            exprs(arguments, visit);
        }
    }
}

/// Walks an expression and everything inside it, parents first.
pub fn walk_expr<'a>(expr: &'a Expr, visit: &mut dyn FnMut(Part<'a>)) {
    visit(Part::Expr(expr));
    match expr {
        Expr::Column(_)
        | Expr::Constant(_)
        | Expr::Parameter(_)
        | Expr::CurrentOf
        | Expr::SqlValue
        | Expr::Unknown(_) => {}
        Expr::Call(call) => {
            exprs(&call.args, visit);
            exprs(&call.rest, visit);
        }
        Expr::Operator { left, right, .. } => {
            exprs(left.as_deref(), visit);
            walk_expr(right, visit);
        }
        Expr::And(parts)
        | Expr::Or(parts)
        | Expr::Coalesce(parts)
        | Expr::Row(parts)
        | Expr::Array(parts)
        | Expr::Other(parts) => exprs(parts, visit),
        Expr::Not(arg) | Expr::IsNull { arg, .. } | Expr::IsBool { arg, .. } | Expr::Cast { arg, .. } => {
            walk_expr(arg, visit);
        }
        Expr::Sublink { test, statement, .. } => {
            exprs(test.as_deref(), visit);
            walk(statement, visit);
        }
        Expr::In { arg, list, .. } => {
            walk_expr(arg, visit);
            exprs(list, visit);
        }
        Expr::AnyAll { arg, array, .. } => {
            walk_expr(arg, visit);
            walk_expr(array, visit);
        }
        Expr::Between { arg, low, high, .. } => {
            walk_expr(arg, visit);
            walk_expr(low, visit);
            walk_expr(high, visit);
        }
        Expr::Distinct { left, right, .. } | Expr::NullIf(left, right) => {
            walk_expr(left, visit);
            walk_expr(right, visit);
        }
        Expr::Case { arg, whens, default } => {
            exprs(arg.as_deref(), visit);
            for (condition, value) in whens {
                walk_expr(condition, visit);
                walk_expr(value, visit);
            }
            exprs(default.as_deref(), visit);
        }
    }
}
