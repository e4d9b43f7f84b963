//! The quick question's answer: locks and counters alone, of which most transactions are judged.

use super::reading::{MALFORMED, Reading, Root, Row, Touched};
use crate::classify::Relation;
use crate::policy::Limits;
use crate::wire::Malformed;
use std::collections::BTreeMap;

/// The columns of [`QUICK`](super::QUICK).
const COLUMNS: usize = 16;

/// What [`QUICK`](super::QUICK) answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Quick {
    /// Whether the server counts rows, and its version.
    summary: Option<(bool, u32)>,
    relations: BTreeMap<u32, Touched>,
    /// It does not tell enough.
    lacks: bool,
    /// Something of a relation that is locked can be deferred.
    defers: bool,
    forged: bool,
}

impl Quick {
    /// Takes one DataRow's body of the answer to [`QUICK`](super::QUICK), [`COUNT`](super::COUNT) or
    /// [`FORGED`](super::FORGED).
    ///
    /// # Errors
    /// [`Malformed`] for a row that is none of theirs: the answer must not be used.
    pub fn row(&mut self, body: &[u8]) -> Result<(), Malformed> {
        if let Some(name) = Row::<1>::read(body) {
            // Whatever an encoding makes of a name, ours are plain letters.
            self.forged |= name.value(0).is_none_or(|name| name.starts_with(b"_stockade"));
            return Ok(());
        }
        let row = Row::<COLUMNS>::read(body).ok_or(MALFORMED)?;
        self.take(&row).ok_or(MALFORMED)
    }

    /// Whether a function has put a statement of its own under one of our names: the answer may be that statement's.
    pub fn is_forged(&self) -> bool {
        self.forged
    }

    /// Whether something may run at the COMMIT for what was done: a relation that is locked has a constraint or trigger that can
    /// be deferred, or nobody looked ([`QUICK`](super::QUICK)).
    pub fn defers(&self) -> bool {
        self.defers
    }

    /// What it tells; `None` where the whole [`QUESTION`](super::QUESTION) has to be asked. Of relations that lost no rows
    /// the estimate is the smallest that a share is taken of: an objection to that has to be asked about, too.
    pub fn into_reading(self) -> Option<Reading> {
        let (counts, version) = self.summary?;
        (!self.lacks && !self.forged).then(|| Reading::of(counts, version, self.relations))
    }

    fn take(&mut self, row: &Row<'_, COLUMNS>) -> Option<()> {
        let mode = row.value(2)?;
        match row.value(0)? {
            b"virtualxid" => {
                let summary = (row.value(10)? == b"on", u32::try_from(row.number(11)?).ok()?);
                self.lacks |= row.flag(14)?;
                // Two answers in one: not to be told apart.
                self.summary.replace(summary).is_none().then_some(())
            }
            b"relation" => {
                self.defers |= row.value(15).is_none_or(|defers| defers != b"f");
                let touched = self.relation(mode, row)?;
                let Some(touched) = touched else { return Some(()) };
                // A lock that moves while it is listed is listed twice.
                self.lacks |= self.relations.insert(touched.oid, touched).is_some();
                Some(())
            }
            // As only DROP and ALTER lock.
            b"object" => {
                self.lacks |= mode == b"AccessExclusiveLock";
                Some(())
            }
            // The transaction's number, advisory locks.
            _ => Some(()),
        }
    }

    /// A relation that is locked; the inner `None` where nothing of it counts, or more has to be asked.
    fn relation(&mut self, mode: &[u8], row: &Row<'_, COLUMNS>) -> Option<Option<Touched>> {
        let oid = u32::try_from(row.number(1)?).ok()?;
        let file = row.value(4).and_then(|path| path.rsplit(|&byte| byte == b'/').next());
        // A temporary relation's has its session's number in front: `t3_16384`.
        let stored = file.is_some_and(|file| !file.is_empty() && file.iter().all(u8::is_ascii_digit));
        if mode != b"RowExclusiveLock" || !stored || row.flag(5)? {
            self.lacks = true;
            return Some(None);
        }
        let (inserted, updated, deleted) = (row.number(6)?, row.number(7)?, row.number(8)?);
        let changed = updated.saturating_add(deleted);
        let toasts = row.value(3)?.starts_with(b"pg_toast.");
        if toasts || inserted.saturating_add(changed) == 0 {
            return Some(None);
        }
        // Where the whole question counts what is left, by the same measure.
        let little = |rows: u64| {
            deleted > 0 && deleted.saturating_mul(2) >= rows || changed >= 5 && changed.saturating_mul(20) >= rows
        };
        let estimate = match row.optional(9)? {
            _ if deleted == 0 && changed < 5 => Limits::SMALL_TABLE + 1,
            Some(rows) if !little(rows) => rows,
            _ => {
                self.lacks = true;
                return Some(None);
            }
        };
        let name = || Relation { schema: None, name: String::from_utf8_lossy(row.value(3).unwrap_or_default()).into() };
        let root = Root { oid, relation: name(), partitioned: false };
        Some(Some(Touched {
            oid,
            relation: name(),
            kind: b'r',
            root,
            locked: false,
            created: false,
            inserted,
            updated,
            deleted,
            estimate: Some(estimate),
            remain: None,
            asked: false,
        }))
    }
}

#[cfg(test)]
mod tests;
