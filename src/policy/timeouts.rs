//! Timeouts: how long an agent may keep the server busy, carried out by PostgreSQL itself.
//!
//! They are startup parameters of the upstream session, so `RESET ALL` and `DISCARD ALL` come back to them.

use crate::classify::{TimeLimit, milliseconds};
use std::time::Duration;

/// The timeouts of one principal's sessions; `None` leaves the server's own
/// (<https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT>).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// `statement_timeout`: how long one statement may run.
    pub statement: Option<Duration>,
    /// `lock_timeout`: how long it may wait for a lock.
    pub lock: Option<Duration>,
    /// `idle_in_transaction_session_timeout`: how long a session may sit in an open transaction. The server ends it then.
    pub idle_in_transaction: Option<Duration>,
}

impl Timeouts {
    /// No timeouts.
    pub const NONE: Self = Self { statement: None, lock: None, idle_in_transaction: None };

    /// What agents have where nothing else is said: wide enough for ordinary work, reports included.
    pub const AGENTS: Self = Self {
        statement: Some(Duration::from_secs(300)),
        lock: Some(Duration::from_secs(30)),
        idle_in_transaction: Some(Duration::from_secs(300)),
    };

    /// The largest PostgreSQL takes: its milliseconds are an `int`.
    pub const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);

    /// Each setting's name and its value.
    pub const fn settings(&self) -> [(&'static str, Option<Duration>); 3] {
        [
            ("statement_timeout", self.statement),
            ("lock_timeout", self.lock),
            ("idle_in_transaction_session_timeout", self.idle_in_transaction),
        ]
    }

    /// The longest that may be set of the setting of that name; `None` where it is no timeout of these, or is free.
    pub fn of(&self, name: &str) -> Option<Duration> {
        self.settings().into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).and_then(|(_, value)| value)
    }

    /// The longest that may be set, where a statement's limit lets more time pass than that.
    pub fn exceeded_by(&self, limit: &TimeLimit) -> Option<Duration> {
        self.of(&limit.setting).filter(|longest| lasts_longer(limit.milliseconds, *longest))
    }
}

/// Whether a value given to one of these settings, as PostgreSQL reads it, lets more time pass than `longest`. 0 is off,
/// and so the weakest; what cannot be read counts as weaker.
pub fn is_weaker(value: &str, longest: Duration) -> bool {
    lasts_longer(milliseconds(value), longest)
}

/// The same of a value in milliseconds; `None` is one that nobody knows.
const fn lasts_longer(milliseconds: Option<u64>, longest: Duration) -> bool {
    match milliseconds {
        Some(0) | None => true,
        Some(given) => given as u128 > longest.as_millis(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weaker_is_longer_or_off_or_unreadable() {
        let limit = Duration::from_secs(300);
        for stricter in
            ["300000", "5min", "300s", " 30 s ", "1", "1.5min", "100us", "1000us", "0007", "0x10", "+5", "0.05h"]
        {
            let off = stricter == "100us";
            assert_eq!(is_weaker(stricter, limit), off, "{stricter}");
        }
        for weaker in
            ["0", "300001", "6min", "1h", "1d", "0s", "0.4", "0.5ms", "-1", "", "5 minutes", "5MIN", "x", "inf"]
        {
            assert!(is_weaker(weaker, limit), "{weaker}");
        }
    }

    #[test]
    fn settings_are_found_by_name_whatever_their_case() {
        assert_eq!(Timeouts::AGENTS.of("LOCK_timeout"), Some(Duration::from_secs(30)));
        assert_eq!(Timeouts::AGENTS.of("work_mem"), None);
        assert_eq!(Timeouts::NONE.of("lock_timeout"), None);
    }
}
