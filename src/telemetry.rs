//! Metrics and logs. [`Metrics`] is made once and passed in, never a static, so a test has its own.
//!
//! Two rules hold for every metric:
//!
//! - each label value comes from a closed set (the configuration's names, or an enum of this module): nothing a client
//!   sends becomes a label, so no client can grow the series;
//! - each series is there from the start, at zero: `rate()` sees the first refusal, and a missing series means that
//!   Stockade is not being scraped, nothing else.

mod health;
mod labels;
mod logs;
mod metrics;
mod principal;

pub use health::{Health, NotReady};
pub use labels::{Direction, RowAction, StartupRefusal, UpstreamError, WitnessedProtocol};
pub use logs::{LogError, LogFormat, RefusedStatement, init_tracing};
pub use metrics::{AuditHandles, Metrics, MetricsError};
pub use principal::{ConnectionGuard, PrincipalMetrics};

use std::sync::Arc;

/// The label value for a principal or rule outside the configured set.
pub const OTHER: &str = "other";

/// What a principal's series need to know of it.
#[derive(Debug, Clone)]
pub struct PrincipalLabels {
    /// The principal's name in the configuration.
    pub name: Arc<str>,
    /// Whether it is in shadow mode: judged and recorded, nothing enforced.
    pub shadow: bool,
}
