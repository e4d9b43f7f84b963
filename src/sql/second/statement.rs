//! Statements: sqlparser's to ours. What PostgreSQL does not have, or this mapping does not know, is nothing.

use super::super::{Action, Constant, Copy, Expr, ObjectKind, Opt, Statement, Utility};
use super::names::{self, ident, is_word};
use super::{Mapping, absent};
use sqlparser::ast::{self, CascadeOption, CopySource, CopyTarget, DescribeAlias, LockTableMode, Statement as S};
use std::sync::Arc;

impl Mapping {
    /// One statement.
    pub fn statement(&mut self, statement: S) -> Option<Statement> {
        self.deeper(|mapping| mapping.statement_here(statement))
    }

    fn statement_here(&mut self, statement: S) -> Option<Statement> {
        match statement {
            S::Query(query) => self.query_statement(*query),
            S::Insert(insert) => self.insert(insert),
            S::Update(update) => self.update(update),
            S::Delete(delete) => self.delete(delete),
            S::Merge(merge) => self.merge(merge),
            S::Truncate(truncate) => {
                absent(truncate.partitions.is_none() && !truncate.if_exists && truncate.on_cluster.is_none())?;
                let cascade = truncate.cascade == Some(CascadeOption::Cascade);
                let names = truncate.table_names.into_iter().map(|table| names::name(table.name));
                Some(Statement::Truncate { relations: names.collect::<Option<_>>()?, cascade })
            }
            S::Copy { source, to, target, .. } => self.copy(source, to, target),
            S::Explain { describe_alias: DescribeAlias::Explain, analyze, statement, options, .. } => {
                self.explain(analyze, *statement, options)
            }
            S::Prepare { name, statement, .. } => {
                Some(Statement::Prepare { name: ident(name), statement: Arc::new(self.statement(*statement)?) })
            }
            S::Execute { name, parameters, immediate: false, into, using, output: false, default: false, .. } => {
                absent(into.is_empty() && using.is_empty())?;
                Some(Statement::Execute { name: names::name(name?)?.name, arguments: self.exprs(parameters)? })
            }
            S::Call(function) => {
                let mut utility = Utility::new(Action::Call);
                let Expr::Call(call) = self.function(function)? else { return None };
                utility.names.push(call.name);
                utility.exprs = call.args;
                Some(utility.into())
            }
            S::Load { .. } => Some(Utility::new(Action::Load).into()),
            S::LISTEN { .. } => Some(Utility::new(Action::Listen).into()),
            S::UNLISTEN { .. } => Some(Utility::new(Action::Unlisten).into()),
            S::NOTIFY { .. } => Some(Utility::new(Action::Notify).into()),
            S::Lock(lock) => {
                let weakest = lock.lock_mode == Some(LockTableMode::AccessShare);
                let mut utility = Utility::new(if weakest { Action::LockAccessShare } else { Action::Lock });
                for table in lock.tables {
                    utility.names.push(names::name(table.name)?);
                }
                Some(utility.into())
            }
            S::Vacuum(vacuum) => {
                absent(!vacuum.sort_only && !vacuum.delete_only && !vacuum.reindex && !vacuum.recluster)?;
                absent(vacuum.threshold.is_none() && !vacuum.boost)?;
                let mut utility = Utility::new(Action::Vacuum);
                if vacuum.full {
                    utility.options.push(Opt { name: "full".into(), value: None });
                }
                utility.names.extend(self.maybe(vacuum.table_name, |_, name| names::name(name))?);
                Some(utility.into())
            }
            S::Analyze(analyze) => {
                absent(analyze.partitions.is_none() && !analyze.for_columns && !analyze.cache_metadata)?;
                absent(!analyze.noscan && !analyze.compute_statistics && !analyze.has_table_keyword)?;
                let mut utility = Utility::new(Action::Analyze);
                utility.names.extend(self.maybe(analyze.table_name, |_, name| names::name(name))?);
                Some(utility.into())
            }
            other => match self.session(other) {
                Ok(statement) => statement,
                Err(other) => match self.define(*other) {
                    Ok(statement) => statement,
                    Err(other) => self.alter(*other),
                },
            },
        }
    }

    fn copy(&mut self, source: CopySource, to: bool, target: CopyTarget) -> Option<Statement> {
        let (relation, query) = match source {
            CopySource::Table { table_name, .. } => (Some(names::name(table_name)?), None),
            CopySource::Query(query) => (None, Some(self.query_statement(*query)?)),
        };
        let server_file = matches!(target, CopyTarget::File { .. } | CopyTarget::Program { .. });
        let copy = Copy { relation, query, from: !to, server_file, filter: None, options: Vec::new() };
        Some(Statement::Copy(Box::new(copy)))
    }

    fn explain(&mut self, analyze: bool, inner: S, options: Option<Vec<ast::UtilityOption>>) -> Option<Statement> {
        let mut runs = analyze;
        // The last ANALYZE counts; a value that cannot be told counts as on.
        for option in options.into_iter().flatten() {
            if is_word(&option.name, "analyse") || &*ident(option.name) == "analyze" {
                runs = option.arg.is_none_or(|value| !is_off(&value));
            }
        }
        let statement = Box::new(self.statement(inner)?);
        Some(Statement::Explain { analyze: runs, statement, options: Vec::new() })
    }

    /// CREATE TABLE AS and its relatives.
    pub fn filled(
        &mut self,
        name: ast::ObjectName,
        temporary: bool,
        kind: ObjectKind,
        query: ast::Query,
    ) -> Option<Statement> {
        let statement = Box::new(self.query_statement(query)?);
        Some(Statement::CreateTableAs { relation: names::name(name)?, temporary, kind, statement })
    }
}

/// Whether an option's value says no.
fn is_off(value: &ast::Expr) -> bool {
    match value {
        ast::Expr::Identifier(word) => ["off", "false"].iter().any(|off| word.value.eq_ignore_ascii_case(off)),
        ast::Expr::Value(value) => match super::value::value(value.value.clone()) {
            Some(Expr::Constant(Constant::Bool(value))) => !value,
            Some(Expr::Constant(Constant::Number(number))) => &*number == "0",
            Some(Expr::Constant(Constant::String(text))) => {
                ["off", "false"].iter().any(|off| text.eq_ignore_ascii_case(off))
            }
            _ => false,
        },
        _ => false,
    }
}

/// An identifier that may be the word ALL.
pub fn unless_all(name: ast::Ident) -> Option<Box<str>> {
    if is_word(&name, "all") { None } else { Some(ident(name)) }
}
