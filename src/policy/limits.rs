//! Limits: how much a statement, a transaction and a principal may change. The witness measures, these say what is too
//! much.

use super::{Kind, Preset, TablePattern, Verdict};
use std::time::Duration;

/// The limits of one principal; `None` is no limit. Rows are those the server counted, cascades and triggers included.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Rows one statement may delete and update, together, in all tables.
    pub rows_per_statement: Option<u64>,
    /// Rows one transaction may delete and update.
    pub rows_per_transaction: Option<u64>,
    /// Rows one transaction may insert.
    pub max_inserted: Option<u64>,
    /// The share of a table's rows (0 to 1) one transaction may delete and update, where it has more than
    /// [`Limits::SMALL_TABLE`].
    pub table_share: Option<f64>,
    /// A transaction may not leave a table empty that was not.
    pub never_empty: bool,
    /// Rows all of the principal's connections together may delete and update within [`Limits::WINDOW`].
    pub rows_per_hour: Option<u64>,
    /// What going beyond a limit is: `Hold` or `Reject`.
    pub over: Verdict,
    /// Stricter limits of single tables.
    pub tables: Vec<TableLimits>,
}

/// What holds for the tables of a pattern, beside the limits of all.
#[derive(Debug, Clone, PartialEq)]
pub struct TableLimits {
    /// The rule's id, named in the refusal.
    pub rule: std::sync::Arc<str>,
    /// The tables.
    pub tables: Vec<TablePattern>,
    /// Rows of such a table one statement may delete and update.
    pub rows_per_statement: Option<u64>,
    /// Rows of such a table one transaction may delete and update.
    pub rows_per_transaction: Option<u64>,
    /// The share of such a table's rows one transaction may delete and update.
    pub table_share: Option<f64>,
    /// What going beyond is.
    pub over: Verdict,
}

impl Limits {
    /// Tables up to this many rows have no `table_share`.
    pub const SMALL_TABLE: u64 = 100;
    /// The window of `rows_per_hour`.
    pub const WINDOW: Duration = Duration::from_secs(3600);

    /// No limits at all: nothing is witnessed.
    pub const fn none() -> Self {
        Self {
            rows_per_statement: None,
            rows_per_transaction: None,
            max_inserted: None,
            table_share: None,
            never_empty: false,
            rows_per_hour: None,
            over: Verdict::Reject,
            tables: Vec::new(),
        }
    }

    /// Whether there is no limit at all.
    pub fn is_none(&self) -> bool {
        *self == Self { over: self.over, ..Self::none() }
    }

    /// What a principal of that kind under that preset has without a word in the configuration.
    pub fn of(preset: Preset, kind: Kind) -> Self {
        match (preset, kind) {
            (Preset::Trusted | Preset::ReadOnly, _) => Self::none(),
            (Preset::AppWriter | Preset::Migrator, _) => Self {
                rows_per_statement: Some(1000),
                rows_per_transaction: Some(10_000),
                table_share: Some(0.2),
                never_empty: true,
                rows_per_hour: Some(10_000),
                ..Self::none()
            },
        }
    }
}
