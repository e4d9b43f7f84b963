//! The intermediate representation: small, but enough to find what writes and what is called at any depth, to fold
//! predicates, and to name relations.

use super::{AlterAction, Expr, ObjectKind, Utility};
use std::sync::Arc;

/// A name, folded and unquoted, with its schema where the text gives one (a database in front of it is dropped).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Name {
    /// The schema.
    pub schema: Option<Box<str>>,
    /// The name itself.
    pub name: Box<str>,
}

/// One statement.
#[derive(Debug, Clone)]
pub enum Statement {
    /// SELECT, VALUES, TABLE and set operations.
    Query(Box<Query>),
    /// INSERT.
    Insert(Box<Insert>),
    /// UPDATE.
    Update(Box<Update>),
    /// DELETE.
    Delete(Box<Delete>),
    /// MERGE.
    Merge(Box<Merge>),
    /// CREATE TABLE AS and CREATE MATERIALIZED VIEW (SELECT INTO is a query with `into`).
    CreateTableAs {
        /// The new relation.
        relation: Name,
        /// Whether it is temporary.
        temporary: bool,
        /// Table or materialized view.
        kind: ObjectKind,
        /// What fills it: a query or an EXECUTE.
        statement: Box<Statement>,
    },
    /// COPY.
    Copy(Box<Copy>),
    /// EXPLAIN.
    Explain {
        /// Whether the statement inside runs (the last ANALYZE option wins).
        analyze: bool,
        /// The statement inside.
        statement: Box<Statement>,
        /// The options' values: the server evaluates none, kept for the walk.
        options: Vec<Opt>,
    },
    /// PREPARE.
    Prepare {
        /// The name.
        name: Box<str>,
        /// The statement inside.
        statement: Arc<Statement>,
    },
    /// EXECUTE.
    Execute {
        /// The name.
        name: Box<str>,
        /// The arguments.
        arguments: Vec<Expr>,
    },
    /// DEALLOCATE; `None` for ALL.
    Deallocate(Option<Box<str>>),
    /// DECLARE CURSOR.
    DeclareCursor {
        /// Whether it outlives the transaction.
        hold: bool,
        /// The query.
        statement: Box<Statement>,
    },
    /// FETCH, and MOVE.
    Fetch {
        /// MOVE rather than FETCH.
        moves: bool,
    },
    /// CLOSE.
    CloseCursor,
    /// BEGIN and everything of its family.
    Transaction(Transaction),
    /// SET and RESET.
    Set(Set),
    /// SHOW.
    Show(Box<str>),
    /// DISCARD.
    Discard(Discard),
    /// SET CONSTRAINTS.
    SetConstraints,
    /// TRUNCATE.
    Truncate {
        /// The relations.
        relations: Vec<Name>,
        /// CASCADE: those that reference them too.
        cascade: bool,
    },
    /// ALTER TABLE and its relatives (VIEW, INDEX, SEQUENCE, composite TYPE, FOREIGN TABLE).
    AlterTable {
        /// The kind the statement names.
        kind: ObjectKind,
        /// The relation.
        relation: Name,
        /// The actions, in order.
        actions: Vec<AlterAction>,
    },
    /// Everything else that defines, drops, alters, grants or maintains.
    Utility(Box<Utility>),
    /// A node this version does not know.
    Unknown(&'static str),
}

/// A SELECT, VALUES, TABLE or set operation.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// WITH.
    pub with: Vec<Cte>,
    /// SELECT INTO: the new table, and whether it is temporary.
    pub into: Option<(Name, bool)>,
    /// The select list.
    pub columns: Vec<Column>,
    /// FROM.
    pub from: Vec<Source>,
    /// WHERE.
    pub filter: Option<Expr>,
    /// HAVING.
    pub having: Option<Expr>,
    /// DISTINCT, GROUP BY, WINDOW, VALUES and ORDER BY expressions.
    pub rest: Vec<Expr>,
    /// Whether it groups.
    pub grouped: bool,
    /// Whether it is a VALUES list.
    pub values: bool,
    /// LIMIT.
    pub limit: Option<Expr>,
    /// OFFSET.
    pub offset: Option<Expr>,
    /// FOR UPDATE and its relatives.
    pub locks: bool,
    /// The two sides of a set operation.
    pub set: Option<Box<(Query, Query)>>,
}

/// One item of a select list, of SET or of RETURNING.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name or alias, where the text gives one.
    pub name: Option<Box<str>>,
    /// Its value.
    pub value: Expr,
}

/// One WITH query.
#[derive(Debug, Clone)]
pub struct Cte {
    /// Its name.
    pub name: Box<str>,
    /// Its statement.
    pub statement: Statement,
}

/// An item of FROM or USING.
#[derive(Debug, Clone)]
pub enum Source {
    /// A relation (or a WITH query's name).
    Relation(Table),
    /// A join.
    Join {
        /// Left side.
        left: Box<Source>,
        /// Right side.
        right: Box<Source>,
        /// ON.
        on: Option<Expr>,
        /// USING's columns.
        using: Vec<Box<str>>,
        /// NATURAL.
        natural: bool,
        /// LEFT, RIGHT or FULL.
        outer: bool,
    },
    /// A sub-select.
    Subquery {
        /// The statement.
        statement: Box<Statement>,
        /// Its alias.
        alias: Option<Box<str>>,
    },
    /// Functions, XMLTABLE, JSON_TABLE.
    Function {
        /// All expressions in it.
        calls: Vec<Expr>,
        /// Its alias.
        alias: Option<Box<str>>,
    },
    /// TABLESAMPLE.
    Sample {
        /// What is sampled.
        source: Box<Source>,
        /// The method's arguments.
        arguments: Vec<Expr>,
    },
    /// A node this version does not know.
    Unknown,
}

/// A relation as a statement names it.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Its name.
    pub name: Name,
    /// Its alias.
    pub alias: Option<Box<str>>,
    /// Whether the text itself says TEMPORARY.
    pub temporary: bool,
}

/// INSERT.
#[derive(Debug, Clone)]
pub struct Insert {
    /// WITH.
    pub with: Vec<Cte>,
    /// The target.
    pub target: Table,
    /// VALUES or the query; none for DEFAULT VALUES.
    pub source: Option<Box<Query>>,
    /// ON CONFLICT DO UPDATE: its assignments and its WHERE.
    pub on_conflict_update: Option<(Vec<Column>, Option<Expr>)>,
    /// ON CONFLICT's inference expressions, subscripts of the target list.
    pub rest: Vec<Expr>,
    /// RETURNING.
    pub returning: Vec<Column>,
}

/// UPDATE.
#[derive(Debug, Clone)]
pub struct Update {
    /// WITH.
    pub with: Vec<Cte>,
    /// The target.
    pub target: Table,
    /// SET.
    pub assignments: Vec<Column>,
    /// FROM.
    pub from: Vec<Source>,
    /// WHERE.
    pub filter: Option<Expr>,
    /// RETURNING.
    pub returning: Vec<Column>,
}

/// DELETE.
#[derive(Debug, Clone)]
pub struct Delete {
    /// WITH.
    pub with: Vec<Cte>,
    /// The target.
    pub target: Table,
    /// USING.
    pub using: Vec<Source>,
    /// WHERE.
    pub filter: Option<Expr>,
    /// RETURNING.
    pub returning: Vec<Column>,
}

/// MERGE.
#[derive(Debug, Clone)]
pub struct Merge {
    /// WITH.
    pub with: Vec<Cte>,
    /// The target.
    pub target: Table,
    /// USING.
    pub source: Source,
    /// ON.
    pub on: Option<Expr>,
    /// The WHEN clauses.
    pub clauses: Vec<MergeClause>,
    /// RETURNING.
    pub returning: Vec<Column>,
}

/// One WHEN clause of MERGE.
#[derive(Debug, Clone)]
pub struct MergeClause {
    /// WHEN MATCHED, NOT MATCHED BY SOURCE, NOT MATCHED.
    pub matching: Matching,
    /// AND condition.
    pub condition: Option<Expr>,
    /// What it does.
    pub action: MergeAction,
    /// Assigned or inserted values.
    pub values: Vec<Expr>,
}

/// When a MERGE clause applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matching {
    /// WHEN MATCHED.
    Matched,
    /// WHEN NOT MATCHED BY SOURCE.
    NotBySource,
    /// WHEN NOT MATCHED [BY TARGET].
    NotByTarget,
}

/// What a MERGE clause does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergeAction {
    /// INSERT.
    Insert,
    /// UPDATE.
    Update,
    /// DELETE.
    Delete,
    /// DO NOTHING.
    Nothing,
    /// Something this version does not know.
    Unknown,
}

/// COPY.
#[derive(Debug, Clone)]
pub struct Copy {
    /// COPY table.
    pub relation: Option<Name>,
    /// COPY (query).
    pub query: Option<Statement>,
    /// FROM rather than TO.
    pub from: bool,
    /// A file or a program on the server, rather than STDIN or STDOUT.
    pub server_file: bool,
    /// WHERE.
    pub filter: Option<Expr>,
    /// Its options.
    pub options: Vec<Opt>,
}

/// An option of a utility statement.
#[derive(Debug, Clone)]
pub struct Opt {
    /// Its name, lower case.
    pub name: Box<str>,
    /// Its value.
    pub value: Option<Expr>,
}

/// BEGIN and its family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transaction {
    /// BEGIN, START TRANSACTION.
    Begin(Modes),
    /// COMMIT, END.
    Commit {
        /// AND CHAIN.
        chain: bool,
    },
    /// ROLLBACK, ABORT.
    Rollback {
        /// AND CHAIN.
        chain: bool,
    },
    /// SAVEPOINT.
    Savepoint,
    /// RELEASE.
    Release,
    /// ROLLBACK TO.
    RollbackTo,
    /// PREPARE TRANSACTION.
    Prepare,
    /// COMMIT PREPARED.
    CommitPrepared,
    /// ROLLBACK PREPARED.
    RollbackPrepared,
    /// One this version does not know.
    Unknown,
}

/// Transaction modes: of BEGIN, SET TRANSACTION, SET SESSION CHARACTERISTICS. The last of a kind wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Modes {
    /// READ ONLY or READ WRITE.
    pub read_only: Option<bool>,
    /// A mode this version does not know, or one with a value it cannot read.
    pub unknown: bool,
}

/// SET and RESET.
#[derive(Debug, Clone)]
pub enum Set {
    /// `SET name TO value`, RESET and `TO DEFAULT` alike.
    Variable {
        /// The setting, lower case.
        name: Box<str>,
        /// The new value.
        value: SetValue,
        /// SET LOCAL.
        local: bool,
    },
    /// SET TRANSACTION.
    Transaction(Modes),
    /// SET SESSION CHARACTERISTICS AS TRANSACTION.
    SessionCharacteristics(Modes),
    /// SET TRANSACTION SNAPSHOT.
    Snapshot,
    /// RESET ALL.
    ResetAll,
    /// One this version does not know.
    Unknown,
}

/// The value of SET.
#[derive(Debug, Clone)]
pub enum SetValue {
    /// A list of constants.
    To(Vec<Expr>),
    /// TO DEFAULT, RESET.
    Default,
    /// FROM CURRENT.
    Current,
}

/// DISCARD's target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in the statement")]
pub enum Discard {
    All,
    Plans,
    Sequences,
    Temp,
    Unknown,
}
