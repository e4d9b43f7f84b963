//! What the witness objects to, in words.

use crate::policy::{Decision, Verdict};
use std::fmt;

/// Why the witness objects; the name is used in metrics, logs and the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The server does not count, or did not answer as asked.
    UntrustedCounters,
    /// A relation or object was dropped, emptied, altered or locked by what no text showed.
    HiddenDrop,
    /// Rows of a system catalog were changed by what no text showed.
    HiddenCatalog,
    /// Code changed rows of a table that a rule keeps from the principal.
    HiddenWrite,
    /// A foreign table was written by what no text showed: nobody counts its rows.
    Uncounted,
    /// Too many rows deleted and updated by one statement.
    RowsPerStatement,
    /// Too many rows deleted and updated by one transaction.
    RowsPerTransaction,
    /// Too many rows inserted by one transaction.
    MaxInserted,
    /// Too large a share of a table's rows.
    TableShare,
    /// A table that had rows is left with none.
    NeverEmpty,
    /// The principal's window has no room for it.
    Budget,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Reason; 11] = [
        Self::UntrustedCounters,
        Self::HiddenDrop,
        Self::HiddenCatalog,
        Self::HiddenWrite,
        Self::Uncounted,
        Self::RowsPerStatement,
        Self::RowsPerTransaction,
        Self::MaxInserted,
        Self::TableShare,
        Self::NeverEmpty,
        Self::Budget,
    ];

    /// The name in metrics, logs and messages; of a limit, its key in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UntrustedCounters => "untrusted_counters",
            Self::HiddenDrop => "hidden_drop",
            Self::HiddenCatalog => "hidden_catalog",
            Self::HiddenWrite => "hidden_write",
            Self::Uncounted => "uncounted",
            Self::RowsPerStatement => "rows_per_statement",
            Self::RowsPerTransaction => "rows_per_transaction",
            Self::MaxInserted => "max_inserted",
            Self::TableShare => "table_share",
            Self::NeverEmpty => "never_empty",
            Self::Budget => "rows_per_hour",
        }
    }

    /// The rule that decisions and records name where no rule of the configuration set the limit.
    pub fn rule(self) -> String {
        format!("witness:{self}")
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The witness's objection: the transaction must not commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// Why.
    pub reason: Reason,
    /// `Hold` or `Reject`.
    pub verdict: Verdict,
    /// `witness:rows_per_statement`, or the id of the rule whose limit it is: what decisions and records name.
    pub rule: String,
    /// The ErrorResponse's SQLSTATE.
    pub sqlstate: &'static str,
    /// Its MESSAGE.
    pub message: String,
    /// Its DETAIL: what was counted, relation by relation, and the limit.
    pub detail: String,
    /// Its HINT: the way on, written so that a language model does the right thing.
    pub hint: String,
}

/// The SQLSTATE of a spent budget: configuration_limit_exceeded.
const BUDGET_SQLSTATE: &str = "53400";

impl Objection {
    /// An objection to `what`, by a rule of the configuration or by the limit itself.
    pub(super) fn new(reason: Reason, verdict: Verdict, rule: Option<&str>, what: &str, facts: &str) -> Self {
        let source = match rule {
            Some(rule) => format!("rule {rule}, {reason}"),
            None => format!("rule {}", reason.rule()),
        };
        let message = match verdict {
            Verdict::Hold => format!("stockade holds {what}: a person's approval is what it takes ({source})"),
            Verdict::Allow | Verdict::Reject => format!("stockade refused {what} ({source})"),
        };
        Self {
            reason,
            verdict: verdict.max(Verdict::Hold),
            rule: rule.map_or_else(|| reason.rule(), str::to_owned),
            sqlstate: if reason == Reason::Budget { BUDGET_SQLSTATE } else { Decision::SQLSTATE },
            message,
            detail: format!("{facts} Rolled back, nothing changed."),
            hint: hint(reason).to_owned(),
        }
    }
}

fn hint(reason: Reason) -> &'static str {
    match reason {
        Reason::UntrustedCounters => {
            "This is no fault of the statement, and no other statement helps: whoever runs the database has to set \
             track_counts = on (PostgreSQL 15 or later)."
        }
        Reason::HiddenDrop | Reason::HiddenCatalog => {
            "A function, trigger or procedure did this, not the text of the statement. Do not run it again: tell the \
             person you work for what it would change. Where it is meant, write the DROP, TRUNCATE or ALTER as a \
             statement of its own, which is judged by its text."
        }
        Reason::HiddenWrite => {
            "A procedure or function did this. A rule keeps this table from you, by whatever way: tell the person you work \
             for what you wanted to change."
        }
        Reason::Uncounted => {
            "A function or trigger wrote to a foreign table, where rows cannot be counted. Write to it in a statement \
             of its own, or ask the person you work for."
        }
        Reason::RowsPerStatement | Reason::RowsPerTransaction => {
            "See with SELECT count(*) and the same WHERE how many rows it meets; cascades and triggers count too. If \
             that is more than you meant, narrow the WHERE. If so many rows are really meant, do not split the work to \
             get around the limit: ask the person you work for to do it or to raise the limit."
        }
        Reason::MaxInserted => {
            "Check that the query meets as many rows as you meant. If so many are really meant, ask the person you \
             work for to load them or to raise the limit."
        }
        Reason::TableShare | Reason::NeverEmpty => {
            "Check with SELECT count(*) whether the WHERE is what you meant: it reaches most of the table. If that is \
             meant, ask the person you work for to do it or to raise the limit."
        }
        Reason::Budget => {
            "Do not try again at once: the budget fills up again as the hour passes. If the work cannot wait, ask the \
             person you work for to raise rows_per_hour."
        }
    }
}
