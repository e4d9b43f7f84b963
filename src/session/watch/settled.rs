//! A COMMIT that needs no question of its own: the last one of the block agreed, and nothing that may change anything was sent
//! since.
//!
//! What could still be changed is what runs at the COMMIT itself. What is deferred to it is looked for by the question within
//! the block; where a relation that the transaction locked has nothing that can be deferred, nothing is. For the rest (the
//! query of a function's cursor WITH HOLD, or what a read did to a temporary table) the transaction is made read-only in
//! front of its COMMIT, as one is that changed nothing ([`closes_block`](super::super::block)).

use super::super::judge::Read;
use super::super::unit::Place;
use super::Session;
use crate::wire::backend::Status;
use crate::witness::Counts;

/// How far the client's block is judged.
#[derive(Debug, Default)]
pub(in crate::session) struct Settled {
    /// What the transaction had changed when the last question was answered, where that agreed, and nothing is deferred.
    agreed: Option<Counts>,
    /// Something that may change something was sent since it was asked.
    moved: bool,
    /// The COMMIT that is about to be sent stands on it.
    commits: bool,
}

impl Settled {
    /// A question is asked, behind all that was sent.
    pub(super) fn asked(&mut self) {
        *self = Self::default();
    }

    /// It agreed, and nothing is deferred.
    pub(super) fn agreed(&mut self, counts: Counts) {
        self.agreed = Some(counts).filter(|_| !self.moved);
    }

    /// Something is sent that may change something.
    pub(in crate::session) fn moves(&mut self) {
        self.moved = true;
    }

    /// No transaction is open, or another one.
    pub(super) fn over(&mut self) {
        *self = Self::default();
    }

    /// The COMMIT is sent now: whether without a question.
    pub(super) fn take_commit(&mut self) -> bool {
        std::mem::take(&mut self.commits)
    }
}

impl Session {
    /// In front of a text of the client's, which leaves the block as it was judged where it ends it, or only reads and is
    /// kept from writing.
    pub(in crate::session) fn unsettles(&mut self, read: &Read, kept: bool) {
        let stays = read.ends_alone() || (kept && read.wants().only_reads());
        self.watch.settled.moved |= !stays;
    }

    /// Whether a COMMIT may be sent without a question. What is about to commit is taken from the principal's budget.
    pub(super) fn is_settled(&mut self, read: &Read) -> bool {
        // What is executed in front of it may fail and skip it, and be gone back from to what would pass for committed.
        let here = match self.unit.is_begun() {
            true => self.unit.place() == Place::Block && !(self.unit.changed || self.unit.is_about_to_run()),
            false => true,
        };
        let here = here && self.status == Status::InTransaction && self.pending.is_empty();
        let settled = &self.watch.settled;
        let Some(counts) = settled.agreed.filter(|_| !settled.moved && here && read.ends_alone()) else { return false };
        if self.watch.saved || self.watch.code || self.watch.before || self.watch.doubted {
            return false;
        }
        let now = (self.setup.clock)();
        // Another connection of the principal may have been faster: then the question's answer says so.
        let Ok(reservation) = self.setup.account.reserve(counts.changed(), now) else { return false };
        // A COMMIT that fails now has been paid for all the same.
        reservation.settle(now);
        self.watch.notes.agreed(counts);
        self.watch.committing();
        // By the question within the block, which lasts to the transaction's end.
        self.watch.empties = true;
        self.watch.settled.over();
        self.watch.settled.commits = true;
        true
    }
}
