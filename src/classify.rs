//! Classification: a statement's effects. Facts, no opinion; [`crate::policy`] has the opinion.

mod code;
mod copy;
mod define;
mod dml;
mod effect;
mod facts;
mod functions;
mod judge;
mod listed;
mod predicate;
mod sequence;
mod session;
mod settings;
mod startup;
mod stricter;
mod tag;
#[cfg(test)]
mod tests;
mod weight;
mod wording;

pub use effect::{Bound, Code, Effect, EffectKind, EffectSet, Relation, TimeLimit};
pub use judge::{classify, classify_execute, classify_text, classify_unrecorded};
pub use settings::milliseconds;
pub use startup::{StartupOptionsError, startup_options, startup_setting};

use crate::sql;
use std::any::Any;
use std::sync::{Arc, OnceLock};

/// All that is known of one text (a Query or Parse message's SQL): facts only, so it can be cached by text and
/// lexing mode and shared between connections.
#[derive(Debug, Clone)]
pub struct TextFacts {
    /// One classification a statement, in order. Empty for an empty text. An unreadable text has exactly one,
    /// whose only effect is [`EffectKind::Unreadable`].
    pub statements: Vec<Classification>,
    /// The text with every literal replaced, fit for logs. For unreadable text: a placeholder that shows nothing of it.
    pub redacted: Box<str>,
    /// PostgreSQL's query fingerprint (libpg_query's, 64 bits); 0 for unreadable text, and where no record needs it.
    pub fingerprint: u64,
    /// For unreadable text, where it is known: the character, from 1, at which PostgreSQL's grammar gave up.
    pub fault_at: Option<u32>,
    /// What somebody made of these facts, to be made once.
    pub made: Made,
    /// What sessions ask of these facts with every message, looked at once.
    pub gist: Made,
}

/// A place for what somebody else makes of facts that are kept: it is made when it is first asked for, and gone with them.
/// Copies of the facts start without it.
#[derive(Default)]
pub struct Made(OnceLock<Arc<dyn Any + Send + Sync>>);

impl Made {
    /// What was made, or what `make` makes now. `None` where somebody else made something of another type.
    pub fn get_or_make<T: Send + Sync + 'static>(&self, make: impl FnOnce() -> T) -> Option<&T> {
        self.0.get_or_init(|| Arc::new(make())).downcast_ref()
    }
}

impl Clone for Made {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Made").finish_non_exhaustive()
    }
}

impl TextFacts {
    /// The union of all statements' effect kinds.
    pub fn effects(&self) -> EffectSet {
        self.statements.iter().fold(EffectSet::default(), |set, c| set.union(c.effects()))
    }
}

/// What one statement does.
#[derive(Debug, Clone)]
pub struct Classification {
    /// The statement's kind, upper case, as PostgreSQL's command tags name it (`SELECT`, `DROP TABLE`).
    pub tag: &'static str,
    /// Its effects, never empty (an empty statement is none at all).
    pub effects: Vec<Effect>,
    /// The transaction mode it needs of the server to run as on a direct connection.
    pub access: Access,
    /// Whether PostgreSQL refuses it inside a transaction block (CREATE INDEX CONCURRENTLY, VACUUM...).
    pub refuses_block: bool,
    /// What it changes in the session, in order.
    pub steps: Vec<Step>,
    /// Whether it can run a user's code that its text names: it calls a function or operator that is not PostgreSQL's
    /// own, makes a value of a type that is not, or fetches from a cursor. What a view hides is not counted here.
    pub foreign: bool,
    /// The users' functions whose calls are all the users' code that its text names; `None` where it names other code of
    /// theirs too (operators, types, a cursor, a text inside the text).
    pub functions: Option<Box<[Relation]>>,
}

impl Classification {
    /// The set of its effect kinds.
    pub fn effects(&self) -> EffectSet {
        self.effects.iter().map(|effect| effect.kind).collect()
    }
}

/// Which transaction a statement needs. Agents' sessions are read-only by default, by the server's own hand;
/// what needs to write is given a read-write transaction for itself alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Runs in a read-only transaction as in any other.
    ReadOnly,
    /// Needs a read-write transaction (writes, definitions, row locks, nextval, SHOW transaction_read_only...).
    ReadWrite,
}

/// A change to the session's state that later statements depend on.
#[derive(Debug, Clone)]
pub enum Step {
    /// BEGIN, START TRANSACTION, COMMIT/ROLLBACK AND CHAIN count as `End` followed by `Begin`.
    Begin {
        /// `Some(true)` for READ ONLY, `Some(false)` for READ WRITE, `None` where the text does not say.
        read_only: Option<bool>,
    },
    /// COMMIT, END, ROLLBACK, ABORT, PREPARE TRANSACTION.
    End,
    /// ROLLBACK TO, SAVEPOINT, RELEASE: the transaction goes on.
    Savepoint,
    /// PREPARE name AS statement.
    Prepare {
        /// The name, folded.
        name: Box<str>,
        /// The statement inside, kept to be judged with its arguments.
        statement: Arc<sql::Statement>,
    },
    /// EXECUTE name (alone, in EXPLAIN ANALYZE or in CREATE TABLE AS).
    Execute {
        /// The name, folded.
        name: Box<str>,
        /// The arguments, in order.
        arguments: Vec<sql::Expr>,
    },
    /// DECLARE CURSOR, CLOSE: what the session's portals are called changes.
    Cursor {
        /// WITH HOLD: its query runs again when the transaction commits.
        held: bool,
    },
    /// DEALLOCATE name; `None` for ALL (and DISCARD ALL).
    Deallocate(Option<Box<str>>),
    /// `SET [SESSION] default_transaction_read_only = on`: the client itself asks for read-only.
    ReadOnlyDefault,
    /// RESET ALL, DISCARD ALL, RESET default_transaction_read_only: back to the session's start.
    ResetDefaults,
}
