//! What a statement does, as far as its text tells: the closed set of effects the policy speaks about.

use std::fmt;

/// One kind of effect. The set is closed: presets and rules name these and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EffectKind {
    /// Reads rows, shows settings, explains without running.
    Read,
    /// `SELECT ... FOR UPDATE/SHARE`: locks rows until the transaction ends.
    RowLock,
    /// Adds rows: INSERT, and MERGE's insert branch.
    Insert,
    /// Updates or deletes rows that a predicate bounds.
    Write,
    /// Updates or deletes rows without a predicate, or with one that bounds nothing.
    UnboundedWrite,
    /// TRUNCATE.
    Truncate,
    /// DROP of any kind.
    Drop,
    /// ALTER that loses something: drops a column or constraint, changes a type, detaches, renames, moves.
    AlterLossy,
    /// Adds definitions without code: CREATE TABLE/INDEX/VIEW/SCHEMA/TYPE/SEQUENCE, ADD COLUMN, COMMENT.
    Define,
    /// Defines code that others will run: functions, triggers, rules, policies, operators, casts; a view or a default that
    /// calls a user's function.
    DefineCode,
    /// Runs code the text does not show: DO, CALL, a user's function inside a statement that may write; runs or defines
    /// code nobody can read.
    RunCode,
    /// GRANT, REVOKE, roles, ownership, SET ROLE and SET SESSION AUTHORIZATION.
    Privilege,
    /// Reaches the server itself: its files and programs, ALTER SYSTEM, extensions, foreign servers, databases.
    Server,
    /// Writes to the system catalogs directly.
    Catalog,
    /// Plain VACUUM, ANALYZE, CHECKPOINT-free upkeep.
    Maintenance,
    /// What locks out everyone else: VACUUM FULL, CLUSTER, REINDEX, LOCK TABLE, advisory locks that outlast their
    /// transaction.
    HeavyMaintenance,
    /// A setting that changes presentation or planning only.
    Setting,
    /// A setting that changes who one is, what is checked, or how text is read.
    ProtectedSetting,
    /// BEGIN, COMMIT, ROLLBACK, savepoints.
    Transaction,
    /// PREPARE TRANSACTION, COMMIT PREPARED, ROLLBACK PREPARED: outlives the session.
    TwoPhase,
    /// COPY ... FROM STDIN.
    BulkImport,
    /// COPY ... TO STDOUT.
    BulkExport,
    /// LISTEN, UNLISTEN.
    Listen,
    /// NOTIFY, pg_notify: an application may act on it.
    Notify,
    /// Sequence advances by nextval: outside the transaction, harmless.
    Sequence,
    /// What no transaction takes back: setval, large object unlink, backend signals.
    Irrevocable,
    /// The FunctionCall message: a function called by its number, without SQL.
    FunctionCall,
    /// A replication connection or command.
    Replication,
    /// A statement, function or name this version does not know.
    Unknown,
    /// Text that PostgreSQL's grammar does not accept.
    Unreadable,
}

impl EffectKind {
    /// Every kind, in declaration order; the index is `kind as usize`.
    pub const ALL: [EffectKind; 30] = [
        Self::Read,
        Self::RowLock,
        Self::Insert,
        Self::Write,
        Self::UnboundedWrite,
        Self::Truncate,
        Self::Drop,
        Self::AlterLossy,
        Self::Define,
        Self::DefineCode,
        Self::RunCode,
        Self::Privilege,
        Self::Server,
        Self::Catalog,
        Self::Maintenance,
        Self::HeavyMaintenance,
        Self::Setting,
        Self::ProtectedSetting,
        Self::Transaction,
        Self::TwoPhase,
        Self::BulkImport,
        Self::BulkExport,
        Self::Listen,
        Self::Notify,
        Self::Sequence,
        Self::Irrevocable,
        Self::FunctionCall,
        Self::Replication,
        Self::Unknown,
        Self::Unreadable,
    ];

    /// The name used in rules, metrics, logs and `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::RowLock => "row-lock",
            Self::Insert => "insert",
            Self::Write => "write",
            Self::UnboundedWrite => "unbounded-write",
            Self::Truncate => "truncate",
            Self::Drop => "drop",
            Self::AlterLossy => "alter-lossy",
            Self::Define => "define",
            Self::DefineCode => "define-code",
            Self::RunCode => "run-code",
            Self::Privilege => "privilege",
            Self::Server => "server",
            Self::Catalog => "catalog",
            Self::Maintenance => "maintenance",
            Self::HeavyMaintenance => "heavy-maintenance",
            Self::Setting => "setting",
            Self::ProtectedSetting => "protected-setting",
            Self::Transaction => "transaction",
            Self::TwoPhase => "two-phase",
            Self::BulkImport => "bulk-import",
            Self::BulkExport => "bulk-export",
            Self::Listen => "listen",
            Self::Notify => "notify",
            Self::Sequence => "sequence",
            Self::Irrevocable => "irrevocable",
            Self::FunctionCall => "function-call",
            Self::Replication => "replication",
            Self::Unknown => "unknown",
            Self::Unreadable => "unreadable",
        }
    }

    /// The kind of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for EffectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of effect kinds, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct EffectSet(u64);

impl EffectSet {
    /// The set of one kind.
    pub const fn of(kind: EffectKind) -> Self {
        Self(1 << kind as u8)
    }
    /// Adds a kind.
    pub fn insert(&mut self, kind: EffectKind) {
        self.0 |= 1 << kind as u8;
    }
    /// Whether the kind is in the set.
    pub const fn contains(self, kind: EffectKind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }
    /// Both sets together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// Whether the two share a kind.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
    /// Whether nothing is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// The kinds in it, in declaration order.
    pub fn iter(self) -> impl Iterator<Item = EffectKind> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let lowest = left.trailing_zeros();
            // The lowest bit goes.
            left &= left.wrapping_sub(1);
            EffectKind::ALL.get(lowest as usize).copied()
        })
    }
}

impl FromIterator<EffectKind> for EffectSet {
    fn from_iter<T: IntoIterator<Item = EffectKind>>(kinds: T) -> Self {
        let mut set = Self::default();
        for kind in kinds {
            set.insert(kind);
        }
        set
    }
}

/// How far the text bounds the rows an UPDATE, DELETE or MERGE reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bound {
    /// No predicate at all.
    None,
    /// A predicate that folds to true, or that a parameter alone can make true.
    Constant,
    /// A predicate that every plausible row meets (`id > 0`, `id IS NOT NULL`, an unfiltered self-join).
    Weak,
    /// A predicate on columns; how many rows meet it only the database knows.
    Predicate,
    /// Equality or IN on a column.
    Key,
}

/// A relation's name as the statement gives it, folded and unquoted as PostgreSQL would.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Relation {
    /// The schema, where the text names one.
    pub schema: Option<Box<str>>,
    /// The name, at most 63 bytes.
    pub name: Box<str>,
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// One fact about one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// What kind of effect.
    pub kind: EffectKind,
    /// The relation (or schema-qualified object) it falls on, where the text names one.
    pub relation: Option<Relation>,
    /// For row writes: how far the text bounds them.
    pub bound: Option<Bound>,
    /// In words, without any literal of the statement: `DELETE without WHERE`, `DROP TABLE`.
    pub what: Box<str>,
    /// For a setting that limits a time: the limit.
    pub time: Option<TimeLimit>,
    /// For [`EffectKind::RunCode`]: which code runs, where it is code of the database that a principal may be allowed to
    /// run. `None` for code that the text brings along or that nobody can name.
    pub code: Option<Code>,
}

/// Code that a statement runs: what the witness judges it did, whatever that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    /// A procedure, by CALL; the effect's relation is its name.
    Procedure,
    /// The block of a DO; what is in it has effects of its own.
    Block,
    /// A user's function of that name, as the text has it: without a schema it may be any of that name.
    Function(Relation),
    /// What may not run where it stands, for nobody could judge it there.
    Apart,
}

/// A limit of time that a statement gives one of the server's timeouts
/// (<https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeLimit {
    /// The setting's name, in lower case.
    pub setting: Box<str>,
    /// In milliseconds; 0 is no limit at all. `None` where the text does not show it.
    pub milliseconds: Option<u64>,
    /// For the current transaction alone.
    pub local: bool,
}

impl TimeLimit {
    /// The one of two that may let more time pass.
    pub(super) fn weaker(self, other: Self) -> Self {
        let rank = |limit: &Self| match limit.milliseconds {
            None => (2, 0),
            Some(0) => (1, 0),
            Some(milliseconds) => (0, milliseconds),
        };
        if rank(&other) > rank(&self) { other } else { self }
    }
}
