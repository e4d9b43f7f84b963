//! Queries.

use super::super::{Column, Cte, Expr, Name, Query, Source, Statement, Table};
use super::names::{self, ident};
use super::{Mapping, absent};
use sqlparser::ast::{self, Distinct, GroupByExpr, LimitClause, OrderByKind, SelectItem, SetExpr};

impl Mapping {
    /// A query that may be INSERT, UPDATE, DELETE or MERGE behind its WITH.
    pub fn query_statement(&mut self, query: ast::Query) -> Option<Statement> {
        if matches!(&*query.body, SetExpr::Select(_) | SetExpr::Query(_) | SetExpr::SetOperation { .. })
            || matches!(&*query.body, SetExpr::Values(_) | SetExpr::Table(_))
        {
            return Some(Statement::Query(Box::new(self.query(query)?)));
        }
        self.deeper(|mapping| {
            let plain = query.order_by.is_none() && query.limit_clause.is_none() && query.fetch.is_none();
            absent(plain && query.locks.is_empty())?;
            let with = mapping.with(query.with)?;
            let (SetExpr::Insert(inner) | SetExpr::Update(inner) | SetExpr::Delete(inner) | SetExpr::Merge(inner)) =
                *query.body
            else {
                return None;
            };
            let mut statement = mapping.statement(inner)?;
            let own = match &mut statement {
                Statement::Insert(insert) => &mut insert.with,
                Statement::Update(update) => &mut update.with,
                Statement::Delete(delete) => &mut delete.with,
                Statement::Merge(merge) => &mut merge.with,
                _ => return None,
            };
            absent(own.is_empty())?;
            *own = with;
            Some(statement)
        })
    }

    /// A query without data changes at its top.
    pub fn query(&mut self, query: ast::Query) -> Option<Query> {
        self.deeper(|mapping| mapping.query_here(query))
    }

    fn query_here(&mut self, query: ast::Query) -> Option<Query> {
        absent(query.for_clause.is_none() && query.settings.is_none() && query.format_clause.is_none())?;
        absent(query.pipe_operators.is_empty())?;
        let mut with = self.with(query.with)?;
        let mut mapped = self.body(*query.body)?;
        with.append(&mut mapped.with);
        mapped.with = with;
        if let Some(order) = query.order_by {
            absent(order.interpolate.is_none())?;
            match order.kind {
                OrderByKind::Expressions(order) => mapped.rest.append(&mut self.sort(order)?),
                OrderByKind::All(_) => return None,
            }
        }
        match query.limit_clause {
            Some(LimitClause::LimitOffset { limit, offset, limit_by }) => {
                absent(limit_by.is_empty())?;
                if let Some(limit) = limit {
                    mapped.limit = Some(self.limit(limit)?);
                }
                if let Some(offset) = offset {
                    mapped.offset = Some(self.expr(offset.value)?);
                }
            }
            Some(LimitClause::OffsetCommaLimit { .. }) => return None,
            None => {}
        }
        if let Some(fetch) = query.fetch {
            absent(!fetch.percent)?;
            // FETCH FIRST ROW ONLY is one row.
            let one = Expr::Constant(super::super::Constant::Number("1".into()));
            mapped.limit = Some(self.maybe(fetch.quantity, Self::expr)?.unwrap_or(one));
        }
        mapped.locks |= !query.locks.is_empty();
        Some(mapped)
    }

    /// LIMIT ALL is LIMIT NULL.
    fn limit(&mut self, limit: ast::Expr) -> Option<Expr> {
        match limit {
            ast::Expr::Identifier(word) if names::is_word(&word, "all") => {
                Some(Expr::Constant(super::super::Constant::Null))
            }
            limit => self.expr(limit),
        }
    }

    fn body(&mut self, body: SetExpr) -> Option<Query> {
        match body {
            SetExpr::Select(select) => self.select(*select),
            SetExpr::Query(query) => self.query(*query),
            SetExpr::SetOperation { left, right, .. } => self.deeper(|mapping| {
                let sides = Box::new((mapping.body(*left)?, mapping.body(*right)?));
                Some(Query { set: Some(sides), ..Query::default() })
            }),
            SetExpr::Values(values) => {
                absent(!values.explicit_row && !values.value_keyword)?;
                let rows = self.each(values.rows, |mapping, row| Some(Expr::Row(mapping.exprs(row.content)?)));
                Some(Query { values: true, rest: rows?, ..Query::default() })
            }
            SetExpr::Table(table) => {
                // The tree does not tell whether the names were quoted.
                let folded = |name: String| name.to_ascii_lowercase().into_boxed_str();
                let name = Name { schema: table.schema_name.map(folded), name: folded(table.table_name?) };
                Some(Query {
                    columns: vec![Column { name: None, value: Expr::Column(vec!["*".into()]) }],
                    from: vec![Source::Relation(Table { name, ..Table::default() })],
                    ..Query::default()
                })
            }
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => None,
        }
    }

    /// WITH.
    pub fn with(&mut self, with: Option<ast::With>) -> Option<Vec<Cte>> {
        let tables = with.map(|with| with.cte_tables).unwrap_or_default();
        self.each(tables, |mapping, cte| {
            absent(cte.from.is_none())?;
            Some(Cte { name: ident(cte.alias.name), statement: mapping.query_statement(*cte.query)? })
        })
    }

    fn select(&mut self, select: ast::Select) -> Option<Query> {
        absent(select.select_modifiers.is_none() && select.top.is_none() && select.exclude.is_none())?;
        absent(select.lateral_views.is_empty() && select.prewhere.is_none() && select.connect_by.is_empty())?;
        absent(select.cluster_by.is_empty() && select.distribute_by.is_empty() && select.sort_by.is_empty())?;
        absent(select.qualify.is_none() && select.value_table_mode.is_none())?;
        absent(select.flavor == ast::SelectFlavor::Standard)?;
        let mut query = Query { columns: self.columns(select.projection)?, ..Query::default() };
        query.into = self.maybe(select.into, |_, into| {
            let mut targets = into.targets.into_iter();
            let name = match (targets.next(), targets.next()) {
                (Some(ast::Expr::Identifier(name)), None) => names::bare(name),
                (Some(ast::Expr::CompoundIdentifier(parts)), None) => names::name(parts.into())?,
                _ => return None,
            };
            Some((name, into.temporary))
        })?;
        if let Some(Distinct::On(exprs)) = select.distinct {
            query.rest = self.exprs(exprs)?;
        }
        query.from = self.sources(select.from)?;
        query.filter = self.maybe(select.selection, Self::expr)?;
        query.having = self.maybe(select.having, Self::expr)?;
        match select.group_by {
            GroupByExpr::Expressions(exprs, modifiers) => {
                absent(modifiers.is_empty())?;
                query.grouped = !exprs.is_empty();
                query.rest.append(&mut self.exprs(exprs)?);
            }
            GroupByExpr::All(_) => return None,
        }
        for window in select.named_window {
            match window.1 {
                ast::NamedWindowExpr::WindowSpec(spec) => query.rest.push(self.window(spec)?),
                ast::NamedWindowExpr::NamedWindow(_) => return None,
            }
        }
        Some(query)
    }

    /// A select list, or RETURNING's.
    pub fn columns(&mut self, items: Vec<SelectItem>) -> Option<Vec<Column>> {
        self.each(items, |mapping, item| {
            let star = |mut parts: Vec<Box<str>>| {
                parts.push("*".into());
                Column { name: None, value: Expr::Column(parts) }
            };
            Some(match item {
                SelectItem::UnnamedExpr(expr) => Column { name: None, value: mapping.expr(expr)? },
                SelectItem::ExprWithAlias { expr, alias } => {
                    // A type and its literal, which sqlparser takes for a column and its alias.
                    absent(alias.quote_style != Some('\''))?;
                    Column { name: Some(ident(alias)), value: mapping.expr(expr)? }
                }
                SelectItem::QualifiedWildcard(kind, options) => {
                    plain_wildcard(&options)?;
                    match kind {
                        ast::SelectItemQualifiedWildcardKind::ObjectName(name) => star(names::parts(name)?),
                        ast::SelectItemQualifiedWildcardKind::Expr(expr) => {
                            Column { name: None, value: Expr::Other(vec![mapping.expr(expr)?]) }
                        }
                    }
                }
                SelectItem::Wildcard(options) => {
                    plain_wildcard(&options)?;
                    star(Vec::new())
                }
                SelectItem::ExprWithAliases { .. } => return None,
            })
        })
    }

    /// RETURNING.
    pub fn returning(&mut self, items: Option<Vec<SelectItem>>) -> Option<Vec<Column>> {
        self.columns(items.unwrap_or_default())
    }
}

/// A star without the additions of other databases.
fn plain_wildcard(options: &ast::WildcardAdditionalOptions) -> Option<()> {
    absent(options.opt_ilike.is_none() && options.opt_exclude.is_none() && options.opt_except.is_none())?;
    absent(options.opt_replace.is_none() && options.opt_rename.is_none() && options.opt_alias.is_none())
}
