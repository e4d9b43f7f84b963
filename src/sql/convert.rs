//! Statements: pg_query's nodes to ours. What is not listed here becomes [`Statement::Unknown`].

use super::object::ObjectKind;
use super::query::table_of;
use super::read::{MAX_NODES, ReadError};
use super::{Copy, Discard, Expr, Modes, Name, Opt, Set, SetValue, Statement, Transaction};
use pg_query::NodeEnum;
use pg_query::protobuf::{self as pb, DiscardMode, DropBehavior, Node, TransactionStmtKind, VariableSetKind};
use std::sync::Arc;

/// pg_query's lists.
pub type Nodes = Vec<Node>;

/// Levels of nesting this reader follows: enough for any statement written by hand or by an ORM, few enough that
/// the tree can be walked and dropped on an ordinary thread's stack.
const MAX_DEPTH: usize = 1500;

/// The conversion of one text.
#[derive(Default)]
pub struct Convert {
    variables: Variables,
    depth: usize,
    too_deep: bool,
    nodes: usize,
}

/// The names in a text that are variables of the code around it, the innermost last.
pub type Variables = Arc<Vec<Box<str>>>;

/// The number of the first variable: PostgreSQL has no parameters beyond 65535.
const FIRST_VARIABLE: usize = 65_536;

/// All statements of a text.
pub fn statements(result: pb::ParseResult, variables: Variables) -> Result<Vec<Statement>, ReadError> {
    let mut convert = Convert { variables, ..Convert::default() };
    let statements = result.stmts.into_iter().map(|raw| convert.statement_node(raw.stmt)).collect();
    match convert {
        Convert { nodes, .. } if nodes > MAX_NODES => Err(ReadError::TooLarge),
        Convert { too_deep: true, .. } => Err(ReadError::TooDeep),
        Convert { .. } => Ok(statements),
    }
}

impl Convert {
    /// Goes one level down; false where that is too deep or one node too many (the reading then fails).
    pub fn enter(&mut self) -> bool {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return false;
        }
        if self.depth >= MAX_DEPTH {
            self.too_deep = true;
            return false;
        }
        self.depth += 1;
        true
    }

    /// A column's name, or the variable it stands for. Where it could be both, PostgreSQL refuses to run it.
    pub fn column_or_variable(&self, parts: Vec<Box<str>>) -> Expr {
        let whole = parts.last().is_some_and(|part| &**part == "*");
        let variable = parts.first().and_then(|first| self.variables.iter().rposition(|name| name == first));
        match variable.and_then(|index| u32::try_from(FIRST_VARIABLE + index).ok()) {
            Some(number) if !whole => Expr::Parameter(number),
            _ => Expr::Column(parts),
        }
    }

    /// Comes one level up.
    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// An optional statement node.
    pub fn statement_node(&mut self, node: Option<Box<Node>>) -> Statement {
        match node.and_then(|node| node.node) {
            Some(node) => self.statement(node),
            None => Statement::Unknown("missing"),
        }
    }

    /// One statement.
    pub fn statement(&mut self, node: NodeEnum) -> Statement {
        if !self.enter() {
            return Statement::Unknown("too deep");
        }
        let statement = self.statement_inner(node);
        self.leave();
        statement
    }

    fn statement_inner(&mut self, node: NodeEnum) -> Statement {
        match node {
            NodeEnum::SelectStmt(select) => Statement::Query(Box::new(self.query(*select))),
            NodeEnum::InsertStmt(insert) => self.insert(*insert),
            NodeEnum::UpdateStmt(update) => self.update(*update),
            NodeEnum::DeleteStmt(delete) => self.delete(*delete),
            NodeEnum::MergeStmt(merge) => self.merge(*merge),
            NodeEnum::CreateTableAsStmt(create) => self.create_table_as(*create),
            NodeEnum::CopyStmt(copy) => self.copy(*copy),
            NodeEnum::ExplainStmt(explain) => self.explain(*explain),
            NodeEnum::PrepareStmt(prepare) => Statement::Prepare {
                name: boxed(prepare.name),
                statement: Arc::new(self.statement_node(prepare.query)),
            },
            NodeEnum::ExecuteStmt(execute) => {
                Statement::Execute { name: boxed(execute.name), arguments: self.list(execute.params) }
            }
            NodeEnum::DeallocateStmt(stmt) => {
                Statement::Deallocate((!stmt.isall && !stmt.name.is_empty()).then(|| boxed(stmt.name)))
            }
            NodeEnum::DeclareCursorStmt(cursor) => Statement::DeclareCursor {
                hold: cursor.options & CURSOR_OPT_HOLD != 0,
                statement: Box::new(self.statement_node(cursor.query)),
            },
            NodeEnum::FetchStmt(fetch) => Statement::Fetch { moves: fetch.ismove },
            NodeEnum::ClosePortalStmt(_) => Statement::CloseCursor,
            NodeEnum::TransactionStmt(stmt) => Statement::Transaction(self.transaction(stmt)),
            NodeEnum::VariableSetStmt(set) => Statement::Set(self.set(set)),
            NodeEnum::VariableShowStmt(show) => Statement::Show(lower(&show.name)),
            NodeEnum::DiscardStmt(discard) => Statement::Discard(match DiscardMode::try_from(discard.target) {
                Ok(DiscardMode::DiscardAll) => Discard::All,
                Ok(DiscardMode::DiscardPlans) => Discard::Plans,
                Ok(DiscardMode::DiscardSequences) => Discard::Sequences,
                Ok(DiscardMode::DiscardTemp) => Discard::Temp,
                Ok(DiscardMode::Undefined) | Err(_) => Discard::Unknown,
            }),
            NodeEnum::ConstraintsSetStmt(_) => Statement::SetConstraints,
            NodeEnum::TruncateStmt(truncate) => Statement::Truncate {
                cascade: truncate.behavior != DropBehavior::DropRestrict as i32,
                relations: truncate
                    .relations
                    .into_iter()
                    .filter_map(range_var)
                    .map(|relation| table_name(&relation))
                    .collect(),
            },
            other => self.utility(other),
        }
    }

    fn create_table_as(&mut self, create: pb::CreateTableAsStmt) -> Statement {
        let Some(into) = create.into else { return Statement::Unknown("CREATE TABLE AS") };
        let Some(relation) = into.rel else { return Statement::Unknown("CREATE TABLE AS") };
        let kind = match super::define::object_kind(create.objtype) {
            ObjectKind::MaterializedView => ObjectKind::MaterializedView,
            _ => ObjectKind::Table,
        };
        Statement::CreateTableAs {
            relation: table_name(&relation),
            temporary: relation.relpersistence == "t",
            kind,
            statement: Box::new(self.statement_node(create.query)),
        }
    }

    fn copy(&mut self, copy: pb::CopyStmt) -> Statement {
        Statement::Copy(Box::new(Copy {
            relation: copy.relation.map(|relation| table_of(relation).name),
            query: copy.query.map(|node| self.statement_node(Some(node))),
            from: copy.is_from,
            server_file: copy.is_program || !copy.filename.is_empty(),
            filter: self.opt(copy.where_clause),
            options: self.options(copy.options),
        }))
    }

    fn explain(&mut self, explain: pb::ExplainStmt) -> Statement {
        let options = self.options(explain.options);
        // The server takes the options in order, so the last one of a name wins (ExplainQuery in explain.c).
        let analyze = options.iter().rev().find(|option| &*option.name == "analyze").is_some_and(runs);
        let statement = Box::new(self.statement_node(explain.query));
        Statement::Explain { analyze, statement, options }
    }

    /// A list of DefElem.
    pub fn options(&mut self, nodes: Nodes) -> Vec<Opt> {
        let mut options = Vec::new();
        for node in nodes {
            match node.node {
                Some(NodeEnum::DefElem(def)) => {
                    let name = lower(&def.defname);
                    let value = def.arg.map(|arg| self.option_value(*arg));
                    options.push(Opt { name, value });
                }
                _ => options.push(Opt { name: "?".into(), value: None }),
            }
        }
        options
    }

    fn option_value(&mut self, node: Node) -> Expr {
        match node.node {
            Some(NodeEnum::TypeName(name)) => {
                Expr::Cast { arg: Box::new(Expr::Other(Vec::new())), type_name: name_of(name.names) }
            }
            Some(NodeEnum::List(list)) => {
                Expr::Row(list.items.into_iter().map(|item| self.option_value(item)).collect())
            }
            Some(NodeEnum::DefElem(def)) => {
                let mut parts = vec![Expr::Constant(super::Constant::String(boxed(def.defname)))];
                parts.extend(def.arg.map(|arg| self.option_value(*arg)));
                Expr::Other(parts)
            }
            Some(NodeEnum::RoleSpec(_) | NodeEnum::VariableSetStmt(_)) | None => Expr::Other(Vec::new()),
            node => self.expr(Node { node }),
        }
    }

    fn transaction(&mut self, stmt: pb::TransactionStmt) -> Transaction {
        let chain = stmt.chain;
        match TransactionStmtKind::try_from(stmt.kind) {
            Ok(TransactionStmtKind::TransStmtBegin | TransactionStmtKind::TransStmtStart) => {
                Transaction::Begin(self.modes(stmt.options))
            }
            Ok(TransactionStmtKind::TransStmtCommit) => Transaction::Commit { chain },
            Ok(TransactionStmtKind::TransStmtRollback) => Transaction::Rollback { chain },
            Ok(TransactionStmtKind::TransStmtSavepoint) => Transaction::Savepoint,
            Ok(TransactionStmtKind::TransStmtRelease) => Transaction::Release,
            Ok(TransactionStmtKind::TransStmtRollbackTo) => Transaction::RollbackTo,
            Ok(TransactionStmtKind::TransStmtPrepare) => Transaction::Prepare,
            Ok(TransactionStmtKind::TransStmtCommitPrepared) => Transaction::CommitPrepared,
            Ok(TransactionStmtKind::TransStmtRollbackPrepared) => Transaction::RollbackPrepared,
            Ok(TransactionStmtKind::Undefined) | Err(_) => Transaction::Unknown,
        }
    }

    fn modes(&mut self, nodes: Nodes) -> Modes {
        let mut modes = Modes::default();
        for option in self.options(nodes) {
            match (&*option.name, &option.value) {
                ("transaction_read_only", Some(value)) => match truth(value) {
                    Some(value) => modes.read_only = Some(value),
                    None => modes.unknown = true,
                },
                ("transaction_isolation" | "transaction_deferrable", _) => {}
                _ => modes.unknown = true,
            }
        }
        modes
    }

    /// SET and RESET.
    pub fn set(&mut self, set: pb::VariableSetStmt) -> Set {
        let name = lower(&set.name);
        let local = set.is_local;
        match VariableSetKind::try_from(set.kind) {
            Ok(VariableSetKind::VarSetValue) => Set::Variable { name, value: SetValue::To(self.list(set.args)), local },
            Ok(VariableSetKind::VarSetDefault | VariableSetKind::VarReset) => {
                Set::Variable { name, value: SetValue::Default, local }
            }
            Ok(VariableSetKind::VarSetCurrent) => Set::Variable { name, value: SetValue::Current, local },
            Ok(VariableSetKind::VarSetMulti) => match &*name {
                "transaction" => Set::Transaction(self.modes(set.args)),
                "session characteristics" => Set::SessionCharacteristics(self.modes(set.args)),
                "transaction snapshot" => Set::Snapshot,
                _ => Set::Unknown,
            },
            Ok(VariableSetKind::VarResetAll) => Set::ResetAll,
            Ok(VariableSetKind::Undefined) | Err(_) => Set::Unknown,
        }
    }
}

/// `CURSOR_OPT_HOLD` of PostgreSQL's parsenodes.h.
const CURSOR_OPT_HOLD: i32 = 0x0020;

/// Whether EXPLAIN's ANALYZE option is on, by the rules of `defGetBoolean`; what cannot be read counts as on.
fn runs(option: &Opt) -> bool {
    option.value.as_ref().is_none_or(|value| truth(value).unwrap_or(true))
}

/// A boolean option's value by the rules of `defGetBoolean` in PostgreSQL's define.c.
pub fn truth(value: &Expr) -> Option<bool> {
    use super::Constant;
    match value {
        Expr::Constant(Constant::Bool(value)) => Some(*value),
        Expr::Constant(Constant::Number(number)) => match &**number {
            "0" => Some(false),
            "1" => Some(true),
            _ => None,
        },
        Expr::Constant(Constant::String(text)) => match &*text.to_ascii_lowercase() {
            "true" | "on" => Some(true),
            "false" | "off" => Some(false),
            _ => None,
        },
        Expr::Cast { arg, .. } => truth(arg),
        _ => None,
    }
}

/// A string without spare capacity.
pub fn boxed(text: String) -> Box<str> {
    text.into_boxed_str()
}

fn lower(text: &str) -> Box<str> {
    text.to_ascii_lowercase().into_boxed_str()
}

/// The strings of a list of String nodes, others left out.
pub fn strings(nodes: Nodes) -> Vec<Box<str>> {
    nodes
        .into_iter()
        .filter_map(|node| match node.node {
            Some(NodeEnum::String(text)) => Some(boxed(text.sval)),
            _ => None,
        })
        .collect()
}

/// A qualified name: the last string is the name, the one before it the schema.
pub fn name_of(nodes: Nodes) -> Name {
    let mut parts = strings(nodes);
    let name = parts.pop().unwrap_or_default();
    Name { schema: parts.pop(), name }
}

/// A relation's name.
pub fn table_name(relation: &pb::RangeVar) -> Name {
    let schema = (!relation.schemaname.is_empty()).then(|| relation.schemaname.as_str().into());
    Name { schema, name: relation.relname.as_str().into() }
}

/// A RangeVar node.
pub fn range_var(node: Node) -> Option<pb::RangeVar> {
    match node.node {
        Some(NodeEnum::RangeVar(relation)) => Some(relation),
        _ => None,
    }
}
