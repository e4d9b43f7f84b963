//! The session's transaction modes: what is enforced, and where its default is.

use super::block::Blocks;
use crate::policy::Policy;

/// The session's transaction modes.
#[derive(Debug)]
pub(super) struct Modes {
    /// The upstream session was opened read-only by default.
    pub(super) wraps: bool,
    /// The principal may write at all.
    pub(super) toggles: bool,
    /// The client asked for a read-only default itself.
    pub(super) client_read_only: bool,
    /// The server is a hot standby: no transaction of its writes, whoever opens it.
    pub(super) standby: bool,
    /// The default is read-write now, or on its way there or back.
    pub(super) default_off: bool,
    /// The next unit waits until nothing is under way.
    pub(super) barrier: bool,
    /// A Query in a run without Sync: from PostgreSQL 18 on, its ReadyForQuery gives the run's implicit transaction as a
    /// block.
    pub(super) implicit_run: bool,
    /// The client's transaction block.
    pub(super) blocks: Blocks,
    pub(super) tries: u8,
}

impl Modes {
    pub(super) fn new(policy: &Policy, client_read_only: bool) -> Self {
        Self {
            wraps: policy.opens_read_only(),
            toggles: policy.may_write(),
            client_read_only,
            standby: false,
            default_off: false,
            barrier: false,
            implicit_run: false,
            blocks: Blocks::default(),
            tries: 0,
        }
    }

    /// Whether this session enforces anything.
    pub(super) fn guards(&self) -> bool {
        self.wraps
    }

    /// The server said that the default is read-write, and it was not made so by us: a function did it.
    pub(super) fn opened_by_another(&mut self) {
        if self.wraps && !self.default_off {
            self.default_off = true;
            self.barrier = true;
        }
    }

    /// Whether the default is read-write now, or on its way there or back.
    pub(super) fn is_default_off(&self) -> bool {
        self.default_off
    }

    /// Whether the session is guarded, read-only by default, and not about to be made so.
    pub(super) fn rest(&self) -> bool {
        self.wraps && !self.default_off && !self.barrier
    }

    /// Whether reads and writes of this session are kept apart.
    pub(super) fn keeps_apart(&self) -> bool {
        self.wraps && self.toggles
    }

    /// Whether transactions of this session may be read-write.
    pub(super) fn toggles(&self) -> bool {
        self.keeps_apart()
    }

    /// Whether nothing of this session may write: the server's read-only default is all that stands before what a
    /// read hides, so no transaction may be begun without it.
    pub(super) fn is_read_only(&self) -> bool {
        self.wraps && !self.toggles
    }

    /// Whether the server's own read-only default is shown to the client as it would be without Stockade.
    pub(super) fn hides_default(&self) -> bool {
        self.wraps && !self.client_read_only
    }
}
