//! Queries and DML: pg_query's nodes to ours.

use super::convert::{Convert, Nodes, boxed, name_of, strings, table_name};
use super::{
    Column, Cte, Delete, Expr, Insert, Matching, Merge, MergeAction, MergeClause, Query, Source, Statement, Table,
    Update,
};
use pg_query::NodeEnum;
use pg_query::protobuf::{self as pb, CmdType, JoinType, MergeMatchKind, Node, OnConflictAction, SetOperation};

impl Convert {
    /// A SELECT, VALUES, TABLE or set operation. A long chain of UNION nests to the left.
    pub fn query(&mut self, select: pb::SelectStmt) -> Query {
        if !self.enter() {
            return Query::default();
        }
        let mut query = Query { with: self.with(select.with_clause), ..Query::default() };
        query.into = select.into_clause.and_then(|into| into.rel).map(|rel| {
            let temporary = rel.relpersistence == "t";
            (table_name(&rel), temporary)
        });
        query.columns = self.columns(select.target_list);
        query.from = self.sources(select.from_clause);
        query.filter = self.opt(select.where_clause);
        query.having = self.opt(select.having_clause);
        query.grouped = !select.group_clause.is_empty();
        query.values = !select.values_lists.is_empty();
        for list in
            [select.distinct_clause, select.group_clause, select.window_clause, select.values_lists, select.sort_clause]
        {
            query.rest.append(&mut self.list(list));
        }
        query.limit = self.opt(select.limit_count);
        query.offset = self.opt(select.limit_offset);
        query.locks = !select.locking_clause.is_empty();
        if SetOperation::try_from(select.op) != Ok(SetOperation::SetopNone)
            && let (Some(left), Some(right)) = (select.larg, select.rarg)
        {
            query.set = Some(Box::new((self.query(*left), self.query(*right))));
        }
        self.leave();
        query
    }

    /// WITH.
    pub fn with(&mut self, with: Option<pb::WithClause>) -> Vec<Cte> {
        let mut ctes = Vec::new();
        for node in with.into_iter().flat_map(|with| with.ctes) {
            if let Some(NodeEnum::CommonTableExpr(cte)) = node.node {
                let statement = self.statement_node(cte.ctequery);
                ctes.push(Cte { name: boxed(cte.ctename), statement });
            } else {
                ctes.push(Cte { name: Box::default(), statement: Statement::Unknown("WITH") });
            }
        }
        ctes
    }

    /// A target list.
    pub fn columns(&mut self, nodes: Nodes) -> Vec<Column> {
        nodes.into_iter().map(|node| self.column(node)).collect()
    }

    fn column(&mut self, node: Node) -> Column {
        let target = match node.node {
            Some(NodeEnum::ResTarget(target)) => *target,
            node => return Column { name: None, value: self.expr(Node { node }) },
        };
        let name = (!target.name.is_empty()).then(|| boxed(target.name));
        let value = target.val.map_or(Expr::Other(Vec::new()), |value| self.expr(*value));
        let mut subscripts = self.list(target.indirection);
        subscripts.retain(|part| !matches!(part, Expr::Constant(_)));
        if subscripts.is_empty() {
            return Column { name, value };
        }
        subscripts.push(value);
        Column { name, value: Expr::Other(subscripts) }
    }

    fn returning(&mut self, clause: Option<pb::ReturningClause>) -> Vec<Column> {
        clause.map(|clause| self.columns(clause.exprs)).unwrap_or_default()
    }

    /// FROM or USING.
    pub fn sources(&mut self, nodes: Nodes) -> Vec<Source> {
        nodes.into_iter().map(|node| self.source(node)).collect()
    }

    fn source(&mut self, node: Node) -> Source {
        if !self.enter() {
            return Source::Unknown;
        }
        let source = match node.node {
            Some(NodeEnum::RangeVar(relation)) => Source::Relation(table_of(relation)),
            Some(NodeEnum::JoinExpr(join)) => self.join(*join),
            Some(NodeEnum::RangeSubselect(sub)) => Source::Subquery {
                statement: Box::new(self.statement_node(sub.subquery)),
                alias: sub.alias.map(|alias| boxed(alias.aliasname)),
            },
            Some(NodeEnum::RangeFunction(func)) => {
                let calls = func.functions.into_iter().map(|node| self.range_function(node)).collect();
                Source::Function { calls, alias: func.alias.map(|alias| boxed(alias.aliasname)) }
            }
            Some(NodeEnum::RangeTableFunc(func)) => self.xml_table(*func),
            Some(NodeEnum::JsonTable(table)) => {
                let mut calls = vec![self.json_value(table.context_item)];
                calls.append(&mut self.list(table.passing));
                self.json_columns(table.columns, &mut calls);
                calls.extend(table.on_error.and_then(|behavior| self.opt(behavior.expr)));
                Source::Function { calls, alias: table.alias.map(|alias| boxed(alias.aliasname)) }
            }
            Some(NodeEnum::RangeTableSample(sample)) => {
                let source = sample.relation.map_or(Source::Unknown, |node| self.source(*node));
                let mut arguments = self.list(sample.args);
                arguments.extend(self.opt(sample.repeatable));
                Source::Sample { source: Box::new(source), arguments }
            }
            _ => Source::Unknown,
        };
        self.leave();
        source
    }

    fn json_columns(&mut self, columns: Nodes, calls: &mut Vec<Expr>) {
        for node in columns {
            let Some(NodeEnum::JsonTableColumn(column)) = node.node else {
                calls.push(Expr::Unknown("JSON_TABLE"));
                continue;
            };
            if let Some(name) = column.type_name {
                calls.push(Expr::Cast { arg: Box::new(Expr::Other(Vec::new())), type_name: name_of(name.names) });
            }
            for behavior in [column.on_empty, column.on_error].into_iter().flatten() {
                calls.extend(self.opt(behavior.expr));
            }
            self.json_columns(column.columns, calls);
        }
    }

    /// A function in FROM: a list of the call and its column definitions.
    fn range_function(&mut self, node: Node) -> Expr {
        match node.node {
            Some(NodeEnum::List(list)) => {
                let mut parts = Vec::new();
                for item in list.items {
                    match item.node {
                        Some(NodeEnum::List(definitions)) => self.column_types(definitions.items, &mut parts),
                        None => {}
                        node => parts.push(self.expr(Node { node })),
                    }
                }
                Expr::Other(parts)
            }
            node => self.expr(Node { node }),
        }
    }

    fn column_types(&mut self, definitions: Nodes, parts: &mut Vec<Expr>) {
        for node in definitions {
            if let Some(NodeEnum::ColumnDef(column)) = node.node
                && let Some(name) = column.type_name
            {
                parts.push(Expr::Cast { arg: Box::new(Expr::Other(Vec::new())), type_name: name_of(name.names) });
            }
        }
    }

    fn xml_table(&mut self, func: pb::RangeTableFunc) -> Source {
        let mut calls = Vec::new();
        calls.extend(self.opt(func.docexpr));
        calls.extend(self.opt(func.rowexpr));
        calls.append(&mut self.list(func.namespaces));
        for node in func.columns {
            if let Some(NodeEnum::RangeTableFuncCol(column)) = node.node {
                calls.extend(self.opt(column.colexpr));
                calls.extend(self.opt(column.coldefexpr));
            }
        }
        Source::Function { calls, alias: func.alias.map(|alias| boxed(alias.aliasname)) }
    }

    fn join(&mut self, join: pb::JoinExpr) -> Source {
        let left = join.larg.map_or(Source::Unknown, |node| self.source(*node));
        let right = join.rarg.map_or(Source::Unknown, |node| self.source(*node));
        Source::Join {
            left: Box::new(left),
            right: Box::new(right),
            on: self.opt(join.quals),
            using: strings(join.using_clause),
            natural: join.is_natural,
            outer: JoinType::try_from(join.jointype) != Ok(JoinType::JoinInner),
        }
    }

    /// INSERT.
    pub fn insert(&mut self, insert: pb::InsertStmt) -> Statement {
        let with = self.with(insert.with_clause);
        let source = match insert.select_stmt.map(|node| node.node) {
            Some(Some(NodeEnum::SelectStmt(select))) => Some(Box::new(self.query(*select))),
            Some(_) => return Statement::Unknown("INSERT"),
            None => None,
        };
        let mut rest = Vec::new();
        for column in self.columns(insert.cols) {
            rest.push(column.value);
        }
        let mut on_conflict_update = None;
        if let Some(conflict) = insert.on_conflict_clause {
            if let Some(infer) = conflict.infer {
                rest.append(&mut self.list(infer.index_elems));
                rest.extend(self.opt(infer.where_clause));
            }
            let assignments = self.columns(conflict.target_list);
            let filter = self.opt(conflict.where_clause);
            if OnConflictAction::try_from(conflict.action) != Ok(OnConflictAction::OnconflictNothing) {
                on_conflict_update = Some((assignments, filter));
            }
        }
        let returning = self.returning(insert.returning_clause);
        let target = insert.relation.map(table_of).unwrap_or_default();
        Statement::Insert(Box::new(Insert { with, target, source, on_conflict_update, rest, returning }))
    }

    /// UPDATE.
    pub fn update(&mut self, update: pb::UpdateStmt) -> Statement {
        Statement::Update(Box::new(Update {
            with: self.with(update.with_clause),
            target: update.relation.map(table_of).unwrap_or_default(),
            assignments: self.columns(update.target_list),
            from: self.sources(update.from_clause),
            filter: self.opt(update.where_clause),
            returning: self.returning(update.returning_clause),
        }))
    }

    /// DELETE.
    pub fn delete(&mut self, delete: pb::DeleteStmt) -> Statement {
        Statement::Delete(Box::new(Delete {
            with: self.with(delete.with_clause),
            target: delete.relation.map(table_of).unwrap_or_default(),
            using: self.sources(delete.using_clause),
            filter: self.opt(delete.where_clause),
            returning: self.returning(delete.returning_clause),
        }))
    }

    /// MERGE.
    pub fn merge(&mut self, merge: pb::MergeStmt) -> Statement {
        let with = self.with(merge.with_clause);
        let source = merge.source_relation.map_or(Source::Unknown, |node| self.source(*node));
        let on = self.opt(merge.join_condition);
        let clauses = merge.merge_when_clauses.into_iter().map(|node| self.merge_clause(node)).collect();
        let returning = self.returning(merge.returning_clause);
        let target = merge.relation.map(table_of).unwrap_or_default();
        Statement::Merge(Box::new(Merge { with, target, source, on, clauses, returning }))
    }

    fn merge_clause(&mut self, node: Node) -> MergeClause {
        let unknown = || MergeClause {
            matching: Matching::Matched,
            condition: None,
            action: MergeAction::Unknown,
            values: Vec::new(),
        };
        let Some(NodeEnum::MergeWhenClause(clause)) = node.node else { return unknown() };
        let matching = match MergeMatchKind::try_from(clause.match_kind) {
            Ok(MergeMatchKind::MergeWhenMatched) => Matching::Matched,
            Ok(MergeMatchKind::MergeWhenNotMatchedBySource) => Matching::NotBySource,
            Ok(MergeMatchKind::MergeWhenNotMatchedByTarget) => Matching::NotByTarget,
            Ok(MergeMatchKind::Undefined) | Err(_) => return unknown(),
        };
        let action = match CmdType::try_from(clause.command_type) {
            Ok(CmdType::CmdInsert) => MergeAction::Insert,
            Ok(CmdType::CmdUpdate) => MergeAction::Update,
            Ok(CmdType::CmdDelete) => MergeAction::Delete,
            Ok(CmdType::CmdNothing) => MergeAction::Nothing,
            _ => MergeAction::Unknown,
        };
        let condition = self.opt(clause.condition);
        let mut values: Vec<Expr> = self.columns(clause.target_list).into_iter().map(|column| column.value).collect();
        values.append(&mut self.list(clause.values));
        MergeClause { matching, condition, action, values }
    }
}

/// A relation with its alias.
pub fn table_of(relation: pb::RangeVar) -> Table {
    let temporary = relation.relpersistence == "t";
    let name = table_name(&relation);
    Table { name, alias: relation.alias.map(|alias| boxed(alias.aliasname)), temporary }
}
