//! FROM and USING.

use super::super::{Expr, Source, Table};
use super::call::called;
use super::names::{self, ident};
use super::value::{built_in, of_type, value};
use super::{Mapping, absent};
use sqlparser::ast::{self, JoinConstraint, TableAlias, TableFactor, TableSampleKind, TableWithJoins};

impl Mapping {
    /// A FROM list.
    pub fn sources(&mut self, tables: Vec<TableWithJoins>) -> Option<Vec<Source>> {
        self.each(tables, Self::joined)
    }

    /// An item of FROM with its joins, which nest to the left.
    pub fn joined(&mut self, table: TableWithJoins) -> Option<Source> {
        let mut source = self.factor(table.relation)?;
        let depth = self.depth;
        for join in table.joins {
            absent(!join.global)?;
            let (constraint, outer) = Self::join_constraint(join.join_operator)?;
            let right = Box::new(self.factor(join.relation)?);
            let left = Box::new(source);
            // Each join is one level more for whoever walks the tree.
            self.depth += 1;
            absent(self.depth < super::MAX_DEPTH)?;
            let (mut on, mut using, mut natural) = (None, Vec::new(), false);
            match constraint {
                JoinConstraint::On(expr) => on = Some(self.expr(expr)?),
                JoinConstraint::Using(columns) => {
                    using = names::names(columns)?.into_iter().map(|column| column.name).collect();
                }
                JoinConstraint::Natural => natural = true,
                JoinConstraint::None => {}
            }
            source = Source::Join { left, right, on, using, natural, outer };
        }
        self.depth = depth;
        Some(source)
    }

    /// One item of FROM.
    pub fn factor(&mut self, factor: TableFactor) -> Option<Source> {
        self.deeper(|mapping| mapping.factor_here(factor))
    }

    fn factor_here(&mut self, factor: TableFactor) -> Option<Source> {
        let name_of = |alias: Option<TableAlias>| alias.map(|alias| ident(alias.name));
        match factor {
            TableFactor::Table { name, alias, args: None, version: None, json_path: None, sample, .. } => {
                let table = table(name, alias)?;
                self.sampled(Source::Relation(table), sample)
            }
            TableFactor::Table { name, alias, args: Some(args), .. } => {
                absent(args.settings.is_none())?;
                self.range_function(name, args.args, name_of(alias))
            }
            TableFactor::Function { name, args, alias, .. } => self.range_function(name, args, name_of(alias)),
            TableFactor::Derived { subquery, alias, sample: None, .. } => {
                let statement = Box::new(self.query_statement(*subquery)?);
                Some(Source::Subquery { statement, alias: name_of(alias) })
            }
            TableFactor::UNNEST { alias, array_exprs, with_offset: false, .. } => {
                let args = self.exprs(array_exprs)?;
                let call = super::super::Call { name: built_in("unnest"), args, rest: Vec::new() };
                Some(Source::Function { calls: vec![Expr::Call(Box::new(call))], alias: name_of(alias) })
            }
            TableFactor::NestedJoin { table_with_joins, .. } => self.joined(*table_with_joins),
            TableFactor::JsonTable { json_expr, columns, alias, .. } => {
                let mut calls = vec![self.expr(json_expr)?];
                json_columns(columns, &mut calls)?;
                Some(Source::Function { calls, alias: name_of(alias) })
            }
            TableFactor::XmlTable { namespaces, row_expression, passing, columns, alias } => {
                let mut calls = vec![self.expr(row_expression)?];
                calls.append(&mut self.each(namespaces, |mapping, space| mapping.expr(space.uri))?);
                calls.append(&mut self.each(passing.arguments, |mapping, argument| mapping.expr(argument.expr))?);
                for column in columns {
                    if let ast::XmlTableColumnOption::NamedInfo { path, default, .. } = column.option {
                        for expr in [path, default].into_iter().flatten() {
                            calls.push(self.expr(expr)?);
                        }
                    }
                }
                Some(Source::Function { calls, alias: name_of(alias) })
            }
            _ => None,
        }
    }

    fn range_function(
        &mut self,
        name: ast::ObjectName,
        args: Vec<ast::FunctionArg>,
        alias: Option<Box<str>>,
    ) -> Option<Source> {
        let args = self.arguments(args)?;
        Some(Source::Function { calls: vec![called(name, args, Vec::new())?], alias })
    }

    fn sampled(&mut self, source: Source, sample: Option<TableSampleKind>) -> Option<Source> {
        let Some(TableSampleKind::BeforeTableAlias(sample) | TableSampleKind::AfterTableAlias(sample)) = sample else {
            return Some(source);
        };
        absent(sample.bucket.is_none() && sample.offset.is_none())?;
        let mut arguments = Vec::new();
        if let Some(quantity) = sample.quantity {
            match self.expr(quantity.value)? {
                // A method that sqlparser does not know looks like a call.
                Expr::Call(mut call) if sample.name.is_none() => arguments.append(&mut call.args),
                value => arguments.push(value),
            }
        }
        if let Some(seed) = sample.seed {
            arguments.push(value(seed.value.value)?);
        }
        Some(Source::Sample { source: Box::new(source), arguments })
    }

    /// The relation of an item of FROM that can be nothing else.
    pub fn target(&mut self, factor: TableFactor) -> Option<Table> {
        match self.factor(factor)? {
            Source::Relation(table) => Some(table),
            _ => None,
        }
    }
}

/// A relation. sqlparser has no ONLY in FROM and takes it for a name (which PostgreSQL reserves).
fn table(name: ast::ObjectName, alias: Option<TableAlias>) -> Option<Table> {
    let only = matches!(name.0.as_slice(), [ast::ObjectNamePart::Identifier(word)] if names::is_word(word, "only"));
    if only {
        let alias = alias?;
        absent(alias.columns.is_empty() && !alias.explicit)?;
        return Some(Table { name: names::bare(alias.name), ..Table::default() });
    }
    absent(alias.as_ref().is_none_or(|alias| alias.name.quote_style != Some('\'')))?;
    Some(Table { name: names::name(name)?, alias: alias.map(|alias| ident(alias.name)), temporary: false })
}

fn json_columns(columns: Vec<ast::JsonTableColumn>, calls: &mut Vec<Expr>) -> Option<()> {
    for column in columns {
        match column {
            ast::JsonTableColumn::Named(named) => calls.push(of_type(named.r#type)?),
            ast::JsonTableColumn::ForOrdinality(_) => {}
            ast::JsonTableColumn::Nested(nested) => json_columns(nested.columns, calls)?,
        }
    }
    Some(())
}
