//! The intermediate representation of utility statements.

use super::{Expr, Name, ObjectKind, Opt, Set, Statement};

/// One action of ALTER TABLE.
#[derive(Debug, Clone)]
pub struct AlterAction {
    /// Which.
    pub kind: AlterKind,
    /// The column, constraint or partition it names.
    pub name: Option<Box<str>>,
    /// Expressions in it: defaults, checks, generated columns, USING.
    pub exprs: Vec<Expr>,
    /// The constraint it adds, if it adds one.
    pub checks: Vec<Expr>,
    /// ... DETACH PARTITION CONCURRENTLY.
    pub concurrently: bool,
    /// The options it sets.
    pub options: Vec<Opt>,
}

/// The kinds of ALTER TABLE action, as PostgreSQL's `AlterTableType` names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "named as in PostgreSQL's grammar")]
pub enum AlterKind {
    AddColumn,
    SetDefault,
    DropDefault,
    DropNotNull,
    SetNotNull,
    SetExpression,
    DropExpression,
    SetStatistics,
    SetOptions,
    ResetOptions,
    SetStorage,
    SetCompression,
    DropColumn,
    AddConstraint,
    AddIndex,
    AlterConstraint,
    ValidateConstraint,
    DropConstraint,
    AlterColumnType,
    ColumnGenericOptions,
    ChangeOwner,
    ClusterOn,
    DropCluster,
    SetLogged,
    SetUnlogged,
    DropOids,
    SetAccessMethod,
    SetTablespace,
    SetRelOptions,
    ResetRelOptions,
    EnableTrigger,
    DisableTrigger,
    EnableRule,
    DisableRule,
    AddInherit,
    DropInherit,
    AddOf,
    DropOf,
    ReplicaIdentity,
    EnableRowSecurity,
    DisableRowSecurity,
    ForceRowSecurity,
    NoForceRowSecurity,
    GenericOptions,
    AttachPartition,
    DetachPartition,
    DetachPartitionFinalize,
    AddIdentity,
    SetIdentity,
    DropIdentity,
    Unknown,
}

/// What a utility statement does to its objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "named as the statements are")]
pub enum Action {
    Create(ObjectKind),
    Alter(ObjectKind),
    Drop(ObjectKind),
    Rename(ObjectKind),
    SetSchema(ObjectKind),
    Owner(ObjectKind),
    Depends(ObjectKind),
    Comment(ObjectKind),
    SecurityLabel,
    AddEnumValue,
    RenameEnumValue,
    AlterDomain(char),
    MoveAll,
    Grant,
    Revoke,
    GrantRole,
    RevokeRole,
    DropOwned,
    ReassignOwned,
    AlterSystem,
    AlterRoleSet,
    AlterDatabaseSet,
    RefreshCollation,
    ImportForeignSchema,
    Do,
    Call,
    Load,
    Checkpoint,
    Listen,
    Unlisten,
    Notify,
    Lock,
    LockAccessShare,
    Vacuum,
    Analyze,
    Cluster,
    Reindex,
    RefreshMaterializedView,
}

/// A utility statement.
#[derive(Debug, Clone)]
pub struct Utility {
    /// What it does.
    pub action: Action,
    /// The objects it names.
    pub names: Vec<Name>,
    /// Every expression in it: defaults, checks, index expressions, partition bounds, arguments.
    pub exprs: Vec<Expr>,
    /// CHECK constraints of it, also in `exprs`.
    pub checks: Vec<Expr>,
    /// The statements inside: a view's query, a rule's actions, a schema's elements, an SQL function's body.
    pub statements: Vec<Statement>,
    /// Its options.
    pub options: Vec<Opt>,
    /// CREATE TEMPORARY.
    pub temporary: bool,
    /// OR REPLACE.
    pub replace: bool,
    /// CONCURRENTLY.
    pub concurrently: bool,
    /// DROP ... CASCADE: what depends on the objects too.
    pub cascade: bool,
    /// The code it runs (DO) or defines. Not walked: what is only defined does not run.
    pub code: Option<Box<Code>>,
}

/// The code in a statement: a body, or what stands for one.
#[derive(Debug, Clone, Default)]
pub struct Code {
    /// LANGUAGE, lower case, where the text gives one.
    pub language: Option<Box<str>>,
    /// The body's text; two (a file and a symbol) for a function of LANGUAGE c.
    pub texts: Vec<Box<str>>,
    /// Statements of the outer grammar: BEGIN ATOMIC and RETURN, a rule's actions.
    pub statements: Vec<Statement>,
    /// Expressions: defaults of parameters, WHEN of a trigger, USING and WITH CHECK of a policy.
    pub exprs: Vec<Expr>,
    /// The functions it makes others run: a trigger's, an operator's, an aggregate's, a cast's.
    pub functions: Vec<Name>,
    /// SET clauses of a function.
    pub settings: Vec<Set>,
}

impl Utility {
    /// A statement that does that to nothing yet.
    pub fn new(action: Action) -> Self {
        Self {
            action,
            names: Vec::new(),
            exprs: Vec::new(),
            checks: Vec::new(),
            statements: Vec::new(),
            options: Vec::new(),
            temporary: false,
            replace: false,
            concurrently: false,
            cascade: false,
            code: None,
        }
    }

    /// Notes that defining it computes an expression: PostgreSQL does what it can of a generated column, a partition key
    /// and an exclusion constraint at once, but leaves a default and a check alone.
    pub fn computes(&mut self) {
        self.options.push(Opt { name: "computes".into(), value: None });
    }

    /// The code in it.
    pub fn code(&mut self) -> &mut Code {
        self.code.get_or_insert_default()
    }
}
