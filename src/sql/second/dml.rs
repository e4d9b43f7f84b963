//! INSERT, UPDATE, DELETE and MERGE.

use super::super::{Column, Delete, Expr, Insert, Matching, Merge, MergeAction, MergeClause, Statement, Table, Update};
use super::names::{self, ident};
use super::{Mapping, absent};
use sqlparser::ast::{
    self, AssignmentTarget, FromTable, MergeClauseKind, MergeInsertKind, MergeUpdateKind, OnConflictAction, OnInsert,
    OutputClause, TableObject, TableWithJoins, UpdateTableFromKind,
};

impl Mapping {
    /// INSERT.
    pub fn insert(&mut self, insert: ast::Insert) -> Option<Statement> {
        absent(insert.or.is_none() && !insert.ignore && !insert.overwrite && insert.assignments.is_empty())?;
        absent(insert.partitioned.is_none() && insert.after_columns.is_empty() && !insert.has_table_keyword)?;
        absent(insert.output.is_none() && !insert.replace_into && insert.priority.is_none())?;
        absent(insert.insert_alias.is_none() && insert.settings.is_none() && insert.format_clause.is_none())?;
        absent(insert.multi_table_insert_type.is_none() && insert.into)?;
        let TableObject::TableName(name) = insert.table else { return None };
        let alias = insert.table_alias.map(|alias| ident(alias.alias));
        let target = Table { name: names::name(name)?, alias, temporary: false };
        let source = match insert.source {
            Some(query) => Some(Box::new(self.query(*query)?)),
            None => None,
        };
        let on_conflict_update = match insert.on {
            None => None,
            Some(OnInsert::OnConflict(conflict)) => match conflict.action {
                OnConflictAction::DoNothing => None,
                OnConflictAction::DoUpdate(update) => {
                    Some((self.assignments(update.assignments)?, self.maybe(update.selection, Self::expr)?))
                }
            },
            Some(_) => return None,
        };
        let returning = self.returning(insert.returning)?;
        let insert = Insert { with: Vec::new(), target, source, on_conflict_update, rest: Vec::new(), returning };
        Some(Statement::Insert(Box::new(insert)))
    }

    /// UPDATE.
    pub fn update(&mut self, update: ast::Update) -> Option<Statement> {
        absent(update.output.is_none() && update.or.is_none())?;
        absent(update.order_by.is_empty() && update.limit.is_none())?;
        let from = match update.from {
            None => Vec::new(),
            Some(UpdateTableFromKind::AfterSet(from)) => self.sources(from)?,
            Some(UpdateTableFromKind::BeforeSet(_)) => return None,
        };
        Some(Statement::Update(Box::new(Update {
            with: Vec::new(),
            target: self.lone(update.table)?,
            assignments: self.assignments(update.assignments)?,
            from,
            filter: self.maybe(update.selection, Self::expr)?,
            returning: self.returning(update.returning)?,
        })))
    }

    /// DELETE.
    pub fn delete(&mut self, delete: ast::Delete) -> Option<Statement> {
        absent(delete.tables.is_empty() && delete.output.is_none())?;
        absent(delete.order_by.is_empty() && delete.limit.is_none())?;
        let FromTable::WithFromKeyword(from) = delete.from else { return None };
        let mut from = from.into_iter();
        let (Some(target), None) = (from.next(), from.next()) else { return None };
        Some(Statement::Delete(Box::new(Delete {
            with: Vec::new(),
            target: self.lone(target)?,
            using: self.sources(delete.using.unwrap_or_default())?,
            filter: self.maybe(delete.selection, Self::expr)?,
            returning: self.returning(delete.returning)?,
        })))
    }

    /// A target: a relation without joins.
    fn lone(&mut self, table: TableWithJoins) -> Option<Table> {
        absent(table.joins.is_empty())?;
        self.target(table.relation)
    }

    fn assignments(&mut self, assignments: Vec<ast::Assignment>) -> Option<Vec<Column>> {
        self.each(assignments, |mapping, assignment| {
            let name = match assignment.target {
                AssignmentTarget::ColumnName(name) => Some(names::parts(name)?.into_iter().next()?),
                AssignmentTarget::Tuple(_) => None,
            };
            Some(Column { name, value: mapping.expr(assignment.value)? })
        })
    }

    /// MERGE.
    pub fn merge(&mut self, merge: ast::Merge) -> Option<Statement> {
        let returning = match merge.output {
            None => Vec::new(),
            Some(OutputClause::Returning { select_items, .. }) => self.columns(select_items)?,
            Some(OutputClause::Output { .. }) => return None,
        };
        absent(merge.into)?;
        Some(Statement::Merge(Box::new(Merge {
            with: Vec::new(),
            target: self.target(merge.table)?,
            source: self.factor(merge.source)?,
            on: Some(*self.part(merge.on)?),
            clauses: self.each(merge.clauses, Self::merge_clause)?,
            returning,
        })))
    }

    fn merge_clause(&mut self, clause: ast::MergeClause) -> Option<MergeClause> {
        let matching = match clause.clause_kind {
            MergeClauseKind::Matched => Matching::Matched,
            MergeClauseKind::NotMatched | MergeClauseKind::NotMatchedByTarget => Matching::NotByTarget,
            MergeClauseKind::NotMatchedBySource => Matching::NotBySource,
        };
        let condition = self.maybe(clause.predicate, Self::expr)?;
        let (action, values) = match clause.action {
            ast::MergeAction::Insert(insert) => {
                absent(insert.insert_predicate.is_none())?;
                let MergeInsertKind::Values(values) = insert.kind else { return None };
                let rows: Option<Vec<Vec<Expr>>> = self.each(values.rows, |mapping, row| mapping.exprs(row.content));
                (MergeAction::Insert, rows?.into_iter().flatten().collect())
            }
            ast::MergeAction::Update(update) => {
                absent(update.update_predicate.is_none() && update.delete_predicate.is_none())?;
                let MergeUpdateKind::Set(assignments) = update.kind else { return None };
                let values = self.assignments(assignments)?.into_iter().map(|column| column.value).collect();
                (MergeAction::Update, values)
            }
            ast::MergeAction::Delete { .. } => (MergeAction::Delete, Vec::new()),
            ast::MergeAction::DoNothing { .. } => (MergeAction::Nothing, Vec::new()),
        };
        Some(MergeClause { matching, condition, action, values })
    }
}
