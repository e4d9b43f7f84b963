//! Budgets: rows over a sliding window, in little memory. Pure: the time is given.

use super::Limits;
use std::collections::VecDeque;
use std::time::Duration;

/// The window's grain, in seconds. A row counts for the window's length and at most one grain longer, never shorter.
const GRAIN: u64 = 60;

/// How many whole grains the window has.
const GRAINS: u64 = Limits::WINDOW.as_secs() / GRAIN;

/// The rows a principal changed within [`Limits::WINDOW`], and those it is about to commit.
///
/// Time is given as what has passed since 1970 (or since anything else, as long as it is always the same). It does not go
/// back: an earlier time than the latest known counts as the latest.
#[derive(Debug, Clone, Default)]
pub struct Budget {
    limit: Option<u64>,
    /// Grain by grain, oldest first, and the rows of each; at most `GRAINS + 1`.
    spent: VecDeque<(u64, u64)>,
    held: u64,
    latest: u64,
}

/// There is not that much left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{rows} rows more, {used} of {limit} rows an hour were used")]
pub struct OverBudget {
    /// Rows that were asked for.
    pub rows: u64,
    /// Rows used within the window, those about to be committed by others included.
    pub used: u64,
    /// The limit.
    pub limit: u64,
    /// When that many will be left if nothing else is spent; `None` where the limit itself is smaller.
    pub again_in: Option<Duration>,
}

impl OverBudget {
    /// Rows that are left.
    pub fn left(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }
}

impl Budget {
    /// An unused budget; without a limit rows are counted and nothing is refused.
    pub fn new(limit: Option<u64>) -> Self {
        Self { limit, ..Self::default() }
    }

    /// The limit.
    pub fn limit(&self) -> Option<u64> {
        self.limit
    }

    /// Rows used within the window, the held ones included.
    pub fn used(&mut self, now: Duration) -> u64 {
        self.forget(now);
        self.spent.iter().fold(self.held, |sum, (_, rows)| sum.saturating_add(*rows))
    }

    /// Rows that are left; `None` without a limit.
    pub fn left(&mut self, now: Duration) -> Option<u64> {
        let used = self.used(now);
        self.limit.map(|limit| limit.saturating_sub(used))
    }

    /// Holds rows that are about to be committed, so that nobody else can spend what they take. Either [`Budget::settle`]
    /// or [`Budget::give_back`] must follow.
    ///
    /// # Errors
    /// Where fewer are left; nothing is held then.
    pub fn reserve(&mut self, rows: u64, now: Duration) -> Result<(), OverBudget> {
        let used = self.used(now);
        if let Some(limit) = self.limit
            && rows > limit.saturating_sub(used)
            // A transaction that changed nothing passes whatever others did.
            && rows > 0
        {
            return Err(OverBudget { rows, used, limit, again_in: self.again_in(rows, limit) });
        }
        self.held = self.held.saturating_add(rows);
        Ok(())
    }

    /// Held rows were committed, or nobody knows: they count from now on.
    pub fn settle(&mut self, rows: u64, now: Duration) {
        self.give_back(rows);
        self.spend(rows, now);
    }

    /// Held rows were rolled back.
    pub fn give_back(&mut self, rows: u64) {
        self.held = self.held.saturating_sub(rows);
    }

    /// Counts rows that were changed, limit or not.
    pub fn spend(&mut self, rows: u64, now: Duration) {
        self.forget(now);
        match self.spent.back_mut() {
            _ if rows == 0 => {}
            Some((grain, sum)) if *grain == self.latest => *sum = sum.saturating_add(rows),
            _ => self.spent.push_back((self.latest, rows)),
        }
    }

    /// What is to be kept over a restart: each grain's first second and its rows. What is held counts as spent.
    pub fn spent(&mut self, now: Duration) -> Vec<(u64, u64)> {
        let mut copy = self.clone();
        copy.settle(copy.held, now);
        copy.spent.iter().map(|(grain, rows)| (grain.saturating_mul(GRAIN), *rows)).collect()
    }

    /// Takes back what [`Budget::spent`] gave. What lies in the future (the clock was set back) counts as spent now.
    pub fn restore(&mut self, spent: &[(u64, u64)], now: Duration) {
        let mut spent = spent.to_vec();
        spent.sort_unstable();
        let until = now.as_secs();
        for (second, rows) in spent {
            self.spend(rows, Duration::from_secs(second.min(until)));
        }
        self.forget(now);
    }

    /// Forgets what has left the window.
    fn forget(&mut self, now: Duration) {
        self.latest = self.latest.max(now.as_secs() / GRAIN);
        while self.spent.front().is_some_and(|(grain, _)| grain.saturating_add(GRAINS) < self.latest) {
            self.spent.pop_front();
        }
    }

    /// How long it takes until that many rows are left, to the grain.
    fn again_in(&self, rows: u64, limit: u64) -> Option<Duration> {
        let room = limit.checked_sub(rows)?;
        let mut used = self.spent.iter().fold(self.held, |sum, (_, rows)| sum.saturating_add(*rows));
        for (grain, rows) in &self.spent {
            used = used.saturating_sub(*rows);
            if used <= room {
                let grains = grain.saturating_add(GRAINS + 1).saturating_sub(self.latest);
                return Some(Duration::from_secs(grains.saturating_mul(GRAIN)));
            }
        }
        // What is held stays for as long as its transactions take.
        Some(Limits::WINDOW)
    }
}

#[cfg(test)]
mod tests;
