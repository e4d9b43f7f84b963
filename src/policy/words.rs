//! What a client is told of a refusal. Written for a language model: what the rule is, what it may do instead, whom to
//! ask. Never a literal of the statement, and never a spelling that would pass.

use super::{Policy, Preset, Verdict};
use crate::classify::{Code, EffectKind as E};
use std::time::Duration;

/// What ends a hint, so that a refusal is not taken for a riddle.
pub(super) const END: &str = "Do not try to get around this.";

/// What an effect of this kind is, to somebody who does not know the word.
pub(super) const fn meaning(kind: E) -> &'static str {
    match kind {
        E::Read => "reading rows or showing settings",
        E::RowLock => "locking rows against other sessions",
        E::Insert => "adding rows",
        E::Write => "changing or deleting rows that a WHERE singles out",
        E::UnboundedWrite => "changing or deleting rows that no WHERE singles out",
        E::Truncate => "emptying a table",
        E::Drop => "removing an object and what is in it",
        E::AlterLossy => "a change of a definition that takes something away",
        E::Define => "adding a definition",
        E::DefineCode => "defining code that others will run",
        E::RunCode => "running code that the statement does not show",
        E::Privilege => "changing who may do what, or who one is",
        E::Server => "reaching the server itself: its files, programs, settings, databases or other hosts",
        E::Catalog => "changing the system catalogs by hand",
        E::Maintenance => "upkeep",
        E::HeavyMaintenance => "upkeep, or a lock, that keeps everybody else out",
        E::Setting => "changing a setting",
        E::ProtectedSetting => "changing a setting that decides what is checked, recorded or how text is read",
        E::Transaction => "beginning or ending a transaction",
        E::TwoPhase => "a prepared transaction, which outlives the session",
        E::BulkImport => "loading rows in bulk",
        E::BulkExport => "unloading rows in bulk",
        E::Listen => "listening for notifications",
        E::Notify => "sending a notification that programs may act on",
        E::Sequence => "drawing a number from a sequence",
        E::Irrevocable => "what no transaction can take back",
        E::FunctionCall => "calling a function by its number, without SQL",
        E::Replication => "the replication protocol",
        E::Unknown => "something this version does not know",
        E::Unreadable => "text that cannot be read, so that nobody can say what it does",
    }
}

/// The hint for an effect of this kind, with a rule's own words where it has some.
pub(super) fn hint(verdict: Verdict, kind: E, own: Option<&str>) -> String {
    let way = own.map_or_else(|| way_on(kind), |own| own.trim_end_matches('.'));
    match verdict {
        Verdict::Hold => format!("{way}. It takes a person's approval: tell the person you work for. {END}"),
        // Whoever mistyped has nothing to be warned of.
        Verdict::Reject if kind == E::Unreadable && own.is_none() => format!("{way}."),
        Verdict::Allow | Verdict::Reject => format!("{way}. {END}"),
    }
}

/// What to do instead of setting a limit of time beyond one's own.
pub(super) fn within(own: Duration) -> String {
    format!(
        "Set it to {} ms or less, or leave it. Do the work in smaller parts, or ask a person for more time",
        own.as_millis()
    )
}

/// What to do instead of running that code.
pub(super) fn instead_of(policy: &Policy, code: &Code) -> String {
    let witnessed = policy.witnesses() && policy.preset() != Preset::ReadOnly;
    match code {
        Code::Procedure if policy.preset() == Preset::AppWriter => {
            "Nothing counts what a procedure does here, so write it as plain SQL statements, or leave it to a person".to_owned()
        }
        Code::Function(name) if witnessed && name.schema.is_some() => format!(
            "Write what the function does as plain SQL statements; one that only reads can be called in a SELECT of its \
             own. If it is meant to write, a person can name it in functions_may_write: {name}"
        ),
        Code::Function(_) if witnessed => "Write what the function does as plain SQL statements; one that only reads can \
             be called in a SELECT of its own. If it is meant to write, a person can name it in functions_may_write; call \
             it by its schema then, schema.name(...)"
            .to_owned(),
        Code::Function(_) | Code::Procedure | Code::Block | Code::Apart => way_on(E::RunCode).to_owned(),
    }
}

/// What to do instead.
const fn way_on(kind: E) -> &'static str {
    match kind {
        E::UnboundedWrite => {
            "Say which rows you mean: a WHERE on a key (one id, or a list of ids), or on values that single them out. \
             A condition that practically every row meets is none. If every row is meant, a person has to decide it: \
             give them the statement and how many rows it would reach"
        }
        E::Truncate => {
            "Delete the rows you mean, with a WHERE that names them. Emptying the table is a person's decision: ask"
        }
        E::Drop => {
            "Leave the object where it is. A person has to drop it or approve that: tell them which object and why"
        }
        E::AlterLossy => {
            "Add what is new beside what is there: a new column, or a new object under another name. What removes, \
             renames or replaces is for a person: give them the exact statement and why"
        }
        E::BulkImport => "Use INSERT with the rows, in batches; or ask a person to load them",
        E::Insert | E::Write | E::RowLock | E::Sequence => {
            "Reading is what you may do here. Describe the change you want to a person, with the exact statement"
        }
        E::Define | E::DefineCode => "Write it as a migration for a person to review and run",
        E::RunCode | E::FunctionCall => {
            "Write what the code does as plain SQL statements, so that each can be read and judged. A function that \
             only reads can be called in a SELECT of its own"
        }
        E::Privilege => "Work with the role and the privileges you were given, or ask a person for what is missing",
        E::Server => {
            "Work with the tables of this database. What reaches the server's files, programs, settings, databases or \
             other hosts is for a person"
        }
        E::Catalog => {
            "Change objects by their own statements (CREATE, ALTER), or tell a person what you want to achieve"
        }
        E::Replication => "Use an ordinary connection and read with SELECT; replication is for a person to set up",
        E::Maintenance | E::HeavyMaintenance => "Ask a person to run this when nobody else needs the table",
        E::Setting | E::ProtectedSetting => "Leave this setting as it is; your statements work without it",
        E::Transaction | E::TwoPhase => "Use plain BEGIN and COMMIT on one connection",
        E::BulkExport => "Read what you need with SELECT and a LIMIT",
        E::Listen | E::Notify => "Read with SELECT from time to time, or ask a person to send the notification",
        E::Irrevocable => "Leave it to a person: tell them what it is for and give them the exact statement",
        E::Read => "Ask a person for access to this data",
        E::Unknown => "Write it as plain SQL in PostgreSQL's own syntax, one simple statement at a time",
        E::Unreadable => {
            "Correct the text and send it again. It has to be SQL as PostgreSQL's grammar has it: no backslash commands \
             of psql, nothing of another database's SQL"
        }
    }
}
