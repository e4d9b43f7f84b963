//! The witness: what the judge before commit asks PostgreSQL, how it reads the answer, and how it judges.
//!
//! No text-only judge can know that a function deletes a table or that deleting one customer cascades to fifty thousand
//! orders. PostgreSQL knows: the locks of its own backend name the relations a transaction modified, and the
//! statistics that are not flushed yet count what happened to each. [`QUESTION`] asks inside the transaction, before it
//! commits; [`Reading`] is the answer; [`judge`] holds it against the principal's limits and against what the texts
//! of the transaction explained ([`Said`]). Bytes and facts alone: the session sends and receives.
//!
//! What it stands on: [`pg_locks`](https://www.postgresql.org/docs/current/view-pg-locks.html), the
//! [`pg_stat_get_xact_*`](https://www.postgresql.org/docs/current/monitoring-stats.html) functions,
//! [`pg_stat_force_next_flush`](https://www.postgresql.org/docs/15/monitoring-stats.html) and the rule that a lock on a
//! relation that was written is held until the transaction ends.

mod judge;
mod kept;
mod objection;
mod quick;
mod reading;
mod said;
#[cfg(test)]
mod tests;

pub use judge::{Counts, judge};
pub use kept::judge_kept;
pub use objection::{Objection, Reason};
pub use quick::Quick;
pub use reading::Reading;
pub use said::{Said, needs_before};

use std::sync::LazyLock;

/// The question: one statement without parameters, to be prepared once a connection and run (in text format, all rows)
/// behind the writes and before the commit, in the same transaction. Every row belongs in [`Reading::row`].
///
/// No `search_path` changes its meaning, every role may ask, in any transaction mode. Where little is left of a table,
/// as the statistics have it, it counts the rows that remain, up to a bound.
pub const QUESTION: &str = include_str!("witness/question.sql");

/// The quick question: what most transactions need asked, a third of the cost of [`QUESTION`]. It reads locks and counters
/// alone, no catalog; what it cannot tell (a lock that is no row's, a relation without a file of its own, a temporary
/// one, a part of a partitioned table, deletions that may leave little) is [`QUESTION`]'s. Every row belongs in
/// [`Quick::row`]. It closes the transaction, as [`CLOSED`] does, and the counters are emptied when it has ended, as by
/// [`FLUSH`].
pub static QUICK: LazyLock<String> = LazyLock::new(|| QUESTION_OF_LOCKS.replace(DEFERS, "NULL"));

/// The same, without closing the transaction: to be asked within a block. It looks for constraints and triggers that can be
/// deferred, too ([`Quick::defers`]).
pub static COUNT: LazyLock<String> = LazyLock::new(|| QUESTION_OF_LOCKS.replace(CLOSES, "NULL"));

const QUESTION_OF_LOCKS: &str = include_str!("witness/quick.sql");

/// How it closes the transaction.
const CLOSES: &str = "pg_catalog.set_config('transaction_read_only', 'on', true)";

/// How it looks for what can be deferred.
const DEFERS: &str = "EXISTS (
        SELECT FROM pg_catalog.pg_trigger t
        WHERE t.tgrelid OPERATOR(pg_catalog.=) l.relation AND t.tgdeferrable)";

/// The statements that were not prepared by Parse messages, to be asked right in front of [`QUICK`] by a text that is parsed
/// anew each time: no function can put another in its place. One of our names among them (a row for [`Quick::row`]) would
/// answer in our question's place.
pub const FORGED: &str = "SELECT p.name FROM pg_catalog.pg_prepared_statement() p WHERE p.from_sql";

/// What stood before: the names, and whether they were temporary, of all that is locked as DROP locks. Without it every
/// relation that is gone counts as somebody's, a function's own temporary tables and what goes with an ALTER too.
///
/// To be bound to the portal [`BEFORE_PORTAL`] **before** the client's statements (behind BEGIN, and behind making the
/// transaction READ WRITE) and executed **behind** them and behind [`QUESTION`]: a portal reads tables by the snapshot of
/// its Bind, so that it sees what has been dropped since, while the locks are listed when it runs. Behind its Bind
/// [`BEFORE_MARK`] is to be prepared: a portal of the same name that is younger is a function's, and not believed. A
/// portal bound inside a savepoint is gone with it, and executes once: each judgement needs one of its own, bound when
/// nothing had run since the last judgement. Its rows belong in the same [`Reading`].
pub const BEFORE: &str = include_str!("witness/before.sql");

/// What the portal of [`BEFORE`] is called; the question knows it by that name.
pub const BEFORE_PORTAL: &str = "_stockade_before";

/// What the statement prepared behind it is called.
pub const BEFORE_MARK: &str = "_stockade_mark";

/// Empties the backend's counters as soon as it is idle: to be run outside a transaction, with a Sync (or as a Query)
/// of its own, before each unit that is witnessed. Without it the counters still have what earlier transactions did,
/// aborted ones too.
pub const FLUSH: &str = "SELECT pg_catalog.pg_stat_force_next_flush()";

/// Brings deferred constraint triggers (and their cascades) forward. One of them can defer what it does anew: [`CLOSED`] is for
/// those. Only for the place right before the last
/// [`QUESTION`] of a transaction: until it ends, the transaction's constraints stay immediate.
pub const DEFERRED: &str = "SET CONSTRAINTS ALL IMMEDIATE";

/// Closes the transaction: nothing that runs from here on, in the question itself or at COMMIT (a trigger that was deferred
/// anew), writes to what stays. PostgreSQL lets no function open it again. In a savepoint it lasts to the savepoint's end.
///
/// <https://www.postgresql.org/docs/current/sql-set-transaction.html>
pub const CLOSED: &str = "SET TRANSACTION READ ONLY";

/// The oldest server that can be witnessed, as `server_version_num`: 14 has no `pg_stat_force_next_flush`.
pub const OLDEST_SERVER: u32 = 150_000;
