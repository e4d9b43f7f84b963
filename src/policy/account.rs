//! Accounts: what a principal has used up, and whether it is suspended; shared by all its connections.
//!
//! Pure as far as clocks and files go: times are given, and what has to survive a restart is taken out and put back as
//! plain data. Looking whether a principal is suspended is one atomic load; every lock is held for a few instructions.

use super::{Budget, OverBudget, Policy};
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many refusals within which time suspend a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SuspendAfter {
    /// The refusal that suspends: the so many-th, at least the first.
    pub refusals: u32,
    /// All of them within this time.
    pub within: Duration,
}

impl SuspendAfter {
    /// What agents have where nothing else is said: 20 within a minute.
    pub const AGENTS: Self = Self { refusals: 20, within: Duration::from_secs(60) };
}

/// Why a principal is suspended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// It was refused that often within that time.
    Refusals(SuspendAfter),
    /// A person did it.
    Person,
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refusals(SuspendAfter { refusals: 1, .. }) => f.write_str("by one refusal"),
            Self::Refusals(after) => {
                write!(f, "after {} refusals within {} seconds", after.refusals, after.within.as_secs())
            }
            Self::Person => f.write_str("by a person"),
        }
    }
}

/// A principal's suspension: its writes are refused until a person resumes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspension {
    /// Since when: seconds since 1970.
    pub since: u64,
    /// Why.
    pub cause: Cause,
}

impl Suspension {
    /// Since when, as people write it: `2026-01-31 08:15:00 UTC`.
    pub fn since_text(&self) -> String {
        let format = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
        i64::try_from(self.since)
            .ok()
            .and_then(|seconds| time::OffsetDateTime::from_unix_timestamp(seconds).ok())
            .and_then(|time| time.format(format).ok())
            .unwrap_or_else(|| format!("second {} of 1970", self.since))
    }
}

/// An instant and what time it was then (since 1970): in between, time is what the monotonic clock says, so that a clock
/// somebody sets neither empties a budget nor prolongs one.
#[derive(Debug, Clone, Copy)]
pub struct Anchor {
    /// The instant.
    pub instant: Instant,
    /// Time since 1970 at that instant.
    pub unix: Duration,
}

impl Anchor {
    /// The time since 1970 at an instant.
    pub fn unix(&self, at: Instant) -> Duration {
        self.unix.saturating_add(at.saturating_duration_since(self.instant))
    }
}

/// What of an account survives a restart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// The suspension.
    pub suspension: Option<Suspension>,
    /// Rows by the second that begins their minute.
    pub spent: Vec<(u64, u64)>,
}

/// One principal's account.
#[derive(Debug)]
pub struct Account {
    principal: Arc<str>,
    suspend_after: Option<SuspendAfter>,
    suspendable: bool,
    anchor: Anchor,
    suspended: AtomicBool,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    suspension: Option<Suspension>,
    /// The latest refusals, oldest first: one fewer than what suspends.
    refusals: VecDeque<Duration>,
    budget: Budget,
    /// Whether the budget changed since it was last taken out.
    touched: bool,
}

impl Account {
    /// The unused account of a policy's principal.
    pub fn new(policy: &Policy, anchor: Anchor) -> Self {
        let inner = Inner {
            suspension: None,
            refusals: VecDeque::new(),
            budget: Budget::new(policy.limits().rows_per_hour),
            touched: false,
        };
        Self {
            principal: policy.principal_name(),
            suspend_after: policy.suspend_after(),
            suspendable: policy.can_be_suspended(),
            anchor,
            suspended: AtomicBool::new(false),
            inner: Mutex::new(inner),
        }
    }

    /// The principal's name.
    pub fn principal(&self) -> &Arc<str> {
        &self.principal
    }

    /// Whether suspending it would have an effect; see [`Policy::can_be_suspended`].
    pub fn can_be_suspended(&self) -> bool {
        self.suspendable
    }

    /// Whether and why it is suspended; to be put into the [`Context`](super::Context) of each decision.
    pub fn suspension(&self) -> Option<Suspension> {
        // The lock only where there is something to tell.
        if !self.suspended.load(Ordering::Acquire) { None } else { self.lock().suspension }
    }

    /// Notes a refusal. The suspension where this is the one that suspends; `None` before, and after.
    pub fn refused(&self, at: Instant) -> Option<Suspension> {
        let after = self.suspend_after.filter(|_| self.suspendable)?;
        let now = self.anchor.unix(at);
        let mut inner = self.lock();
        if inner.suspension.is_some() {
            return None;
        }
        let earlier = usize::try_from(after.refusals.saturating_sub(1)).unwrap_or(usize::MAX);
        let begins = now.saturating_sub(after.within);
        while inner.refusals.front().is_some_and(|refusal| *refusal < begins) {
            inner.refusals.pop_front();
        }
        if inner.refusals.len() < earlier {
            inner.refusals.push_back(now);
            return None;
        }
        let suspension = Suspension { since: now.as_secs(), cause: Cause::Refusals(after) };
        self.set(&mut inner, suspension);
        Some(suspension)
    }

    /// Suspends it by a person's word. `None` where it is already, or cannot be.
    pub fn suspend(&self, at: Instant) -> Option<Suspension> {
        let mut inner = self.lock();
        if inner.suspension.is_some() || !self.suspendable {
            return None;
        }
        let suspension = Suspension { since: self.anchor.unix(at).as_secs(), cause: Cause::Person };
        self.set(&mut inner, suspension);
        Some(suspension)
    }

    /// Resumes it: the suspension that ends, if there was one. Earlier refusals are forgotten.
    pub fn resume(&self) -> Option<Suspension> {
        let mut inner = self.lock();
        inner.refusals.clear();
        self.suspended.store(false, Ordering::Release);
        inner.suspension.take()
    }

    /// Holds rows of the budget for a transaction that is about to commit.
    ///
    /// # Errors
    /// Where fewer are left. The transaction must not commit then.
    pub fn reserve(self: &Arc<Self>, rows: u64, at: Instant) -> Result<Reservation, OverBudget> {
        let now = self.anchor.unix(at);
        let mut inner = self.lock();
        inner.budget.reserve(rows, now)?;
        inner.touched |= rows > 0;
        Ok(Reservation { account: Arc::clone(self), rows, at })
    }

    /// Rows left of the budget; `None` without a limit.
    pub fn budget_left(&self, at: Instant) -> Option<u64> {
        let now = self.anchor.unix(at);
        self.lock().budget.left(now)
    }

    /// Whether the budget changed since the last call.
    pub fn take_touched(&self) -> bool {
        std::mem::take(&mut self.lock().touched)
    }

    /// What has to survive a restart.
    pub fn keep(&self, at: Instant) -> Kept {
        let now = self.anchor.unix(at);
        let mut inner = self.lock();
        Kept { suspension: inner.suspension, spent: inner.budget.spent(now) }
    }

    /// Takes back what was kept. A suspension holds also where the configuration would not suspend any more.
    pub fn restore(&self, kept: &Kept, at: Instant) {
        let now = self.anchor.unix(at);
        let mut inner = self.lock();
        inner.budget.restore(&kept.spent, now);
        if let Some(suspension) = kept.suspension {
            self.set(&mut inner, suspension);
        }
    }

    fn set(&self, inner: &mut Inner, suspension: Suspension) {
        inner.refusals.clear();
        inner.suspension = Some(suspension);
        self.suspended.store(true, Ordering::Release);
    }

    /// A thread that panicked while it held the lock left whole values behind: each is set in one go.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Rows held for a transaction that is about to commit. Dropped without a word they count as committed: where the end
/// is unknown, the budget is spent.
#[derive(Debug)]
#[must_use = "a reservation that is dropped counts as committed"]
pub struct Reservation {
    account: Arc<Account>,
    rows: u64,
    at: Instant,
}

impl Reservation {
    /// How many rows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The transaction was committed at that time.
    pub fn settle(mut self, at: Instant) {
        self.at = at;
    }

    /// The transaction was surely rolled back.
    pub fn give_back(mut self) {
        self.account.lock().budget.give_back(self.rows);
        self.rows = 0;
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if self.rows > 0 {
            let now = self.account.anchor.unix(self.at);
            let mut inner = self.account.lock();
            inner.budget.settle(self.rows, now);
            inner.touched = true;
        }
    }
}

/// Every principal's account, by name: a closed set, made once.
#[derive(Debug, Clone, Default)]
pub struct Accounts(Arc<BTreeMap<Arc<str>, Arc<Account>>>);

impl Accounts {
    /// An account for each policy's principal.
    pub fn new<'a>(policies: impl IntoIterator<Item = &'a Arc<Policy>>, anchor: Anchor) -> Self {
        let account = |policy: &Arc<Policy>| (policy.principal_name(), Arc::new(Account::new(policy, anchor)));
        Self(Arc::new(policies.into_iter().map(account).collect()))
    }

    /// The account of the principal of that name.
    pub fn named(&self, name: &str) -> Option<&Arc<Account>> {
        self.0.get(name)
    }

    /// Every account, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Account>> {
        self.0.values()
    }
}

#[cfg(test)]
mod tests;
