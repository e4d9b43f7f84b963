//! The client's transaction block, and the mode its statements run in.
//!
//! A block begun by itself (a Query or a run of messages that is one BEGIN) begins as the session's default is, read-only,
//! and nothing of ours goes before it or behind it. What comes next opens it, which PostgreSQL lets nothing do once
//! something was read: whatever it is, the block is read-write from there on, unless it is the block's end.
//!
//! The subtransaction takes the transaction's snapshot first; so SHOW, which takes none and writes nothing, runs outside of it.
//!
//! | next | block closed | open | reading |
//! |---|---|---|---|
//! | reads only | `SET TRANSACTION READ WRITE`, `SAVEPOINT`, read-only | `SAVEPOINT`, read-only | - |
//! | anything else | `SET TRANSACTION READ WRITE` | - | `RELEASE` |
//! | COMMIT where nothing was changed | - | `SET TRANSACTION READ ONLY` | `RELEASE`, `SET TRANSACTION READ ONLY` |
//! | ROLLBACK | - | - | - |
//!
//! So a read-only subtransaction of ours stays open behind a read, for the next one. No savepoint of the client's is ever
//! made inside it, and what fails takes it along: the block has failed then, and all that brings it back is a savepoint of
//! the client's, which is older.
//!
//! <https://www.postgresql.org/docs/current/sql-set-transaction.html>

use super::Session;
use super::expect::{Expect, Hidden, Kind};
use super::judge::{Read, Wants};
use super::output::Output;
use super::unit::Place;
use super::watch::Point;
use crate::classify::{Access, Classification, Effect, EffectKind, Step};
use crate::wire::backend::Status;
use crate::witness;

/// Where the client's block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Block {
    /// At its top, and as its BEGIN or [`Hidden::Open`] has it: read-write. Where there is none, too.
    #[default]
    Open,
    /// Read-only by the session's default, with nothing run in it.
    Closed,
    /// In a read-only subtransaction of ours.
    Reading,
}

/// The block, and how it was begun.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Blocks {
    pub(super) block: Block,
    /// The session's default was read-only when it began, and is.
    pub(super) by_itself: bool,
    /// Something that may write was sent in it.
    changed: bool,
    /// The session's default is read-write to its end alone ([`Hidden::OffHere`]),
    shown: bool,
    /// or was in one since the session was idle: that the server said so then means nothing for the next.
    was_shown: bool,
    /// A BEGIN by itself is under way; what its block will be.
    pub(super) begins: Option<Block>,
}

impl Blocks {
    /// Whether the read-only subtransaction is to be ended; from here on it is.
    fn stops_reading(&mut self) -> bool {
        let reading = self.block == Block::Reading;
        if reading {
            self.block = Block::Open;
        }
        reading
    }
}

impl Wants {
    /// Whether it reads and does nothing else to its block.
    pub(super) fn only_reads(&self) -> bool {
        let reads = self.read || self.hides;
        reads && !(self.write || self.transaction || self.begins || self.copy_in)
    }
}

impl Read {
    /// Whether it is one BEGIN, of a transaction that may write; what its block will be.
    pub(super) fn begins_alone(&self) -> Option<Block> {
        match self.only_step()? {
            Step::Begin { read_only: None } => Some(Block::Closed),
            Step::Begin { read_only: Some(false) } => Some(Block::Open),
            _ => None,
        }
    }

    /// Whether it only reads, and by a snapshot. So does SHOW where a value of a user's type is bound to it.
    fn reads_by_snapshot(&self) -> bool {
        let wants = self.wants();
        wants.only_reads() && (wants.hides || !self.statements().all(|statement| statement.tag == "SHOW"))
    }

    /// Whether it is one COMMIT or ROLLBACK.
    pub(super) fn ends_alone(&self) -> bool {
        matches!(self.only_step(), Some(Step::End)) && self.statements().all(|s| matches!(s.tag, "COMMIT" | "ROLLBACK"))
    }

    /// Whether it shows how transactions begin, or sets it: the client is to see it as it would be without us.
    fn tells_mode(&self) -> bool {
        self.statements().any(|statement| {
            let reads = statement.effects.iter().all(|effect| effect.kind == EffectKind::Read);
            let sets = |effect: &Effect| effect.what.eq_ignore_ascii_case("SET default_transaction_read_only");
            statement.access == Access::ReadWrite && reads
                || statement.steps.iter().any(|step| matches!(step, Step::ReadOnlyDefault))
                || statement.effects.iter().any(sets)
        })
    }

    /// Of one statement that is a step of a transaction and nothing else, that step.
    fn only_step(&self) -> Option<&Step> {
        let mut statements = self.statements();
        let (Some(Classification { steps, .. }), None) = (statements.next(), statements.next()) else { return None };
        let wants = self.wants();
        let alone = wants.transaction && !(wants.runs() || wants.names);
        steps.first().filter(|_| alone && steps.len() == 1)
    }
}

impl Session {
    /// A run is all there, and about to be sent: whether it is a BEGIN by itself.
    pub(super) fn begins_by_itself(&mut self) {
        if !self.unit.is_sent() && self.unit.place() == Place::Block {
            self.begins(self.unit.begin());
        }
    }

    /// A text is about to be sent that is one BEGIN, where `block` says so: with nothing else under way the default stays
    /// as it is.
    pub(super) fn begins(&mut self, block: Option<Block>) {
        let writes = self.modes.toggles() && !self.modes.client_read_only && !self.modes.standby;
        if writes && self.modes.rest() && self.status == Status::Idle && self.pending.rests() {
            self.modes.blocks.begins = block;
        }
    }

    /// Nothing is under way.
    pub(super) fn settle_block(&mut self) {
        match (self.status, self.modes.blocks.begins.take()) {
            (Status::Idle, _) => self.modes.blocks = Blocks::default(),
            (Status::InTransaction, Some(block)) => {
                self.modes.blocks = Blocks { block, by_itself: true, ..Blocks::default() }
            }
            _ => {}
        }
    }

    /// A text of a run has its turn, which may have ended the block.
    pub(super) fn leaves_block(&mut self, read: &Read) {
        if !read.ends() || read.chains() {
            return;
        }
        // What comes behind it in the run begins under the default.
        let closed = self.begins_closed();
        self.modes.blocks.block = if closed { Block::Closed } else { Block::Open };
    }

    /// A text runs that may write: what it defers to the COMMIT may write there.
    pub(super) fn writes_in_block(&mut self, read: &Read) {
        let wants = read.wants();
        self.modes.blocks.changed |= wants.write || wants.copy_in;
    }

    /// Whether what stands behind the block's end in one text would run read-only, and nothing of ours in front of it helps:
    /// the block failed, or its ROLLBACK takes that back.
    pub(super) fn goes_on_closed(&self, read: &Read) -> bool {
        let back = self.status == Status::Failed || read.statements().any(|statement| statement.tag == "ROLLBACK");
        back && self.status != Status::Idle && self.begins_closed()
    }

    /// Whether what is begun behind the block's end begins read-only.
    fn begins_closed(&self) -> bool {
        let Blocks { by_itself, was_shown, .. } = self.modes.blocks;
        by_itself && (was_shown || !self.modes.is_default_off())
    }

    /// In front of a text that makes a savepoint or goes back to one, or ends the block: the subtransaction of ours was left,
    /// or is gone with what failed.
    pub(super) fn goes_back(&mut self, read: &Read) {
        self.modes.blocks.shown &= !read.ends();
        if read.saves() {
            // In a closed block there are no savepoints.
            self.modes.blocks.block = Block::Open;
            return;
        }
        if self.status != Status::Failed || !read.ends() {
            let _left = self.modes.blocks.stops_reading();
            return;
        }
        // Nothing could be put in front of it: what it begins is as the session's default is, or as the one before began. Where
        // that failed in a subtransaction, it is as it was opened; then opening it again does nothing.
        let mut steps = read.facts.statements.iter().map(|statement| statement.steps.as_slice());
        let closed = match [steps.next(), steps.next(), steps.next()] {
            [Some([Step::End, Step::Begin { .. }]), None, _] => self.modes.blocks.by_itself,
            [Some([Step::End]), Some([Step::Begin { read_only: None }]), None] => self.begins_closed(),
            _ => false,
        };
        self.modes.blocks.block = if closed { Block::Closed } else { Block::Open };
    }

    /// The group that goes in front of what a text does in the client's block.
    fn enters(&mut self, reads: bool, ends: bool) -> Option<Hidden> {
        let (group, block) = match self.modes.blocks.block {
            Block::Closed | Block::Reading if ends => return None,
            Block::Closed if reads => (Hidden::OpenToRead, Block::Reading),
            Block::Closed => (Hidden::Open, Block::Open),
            Block::Open if reads => (Hidden::Savepoint, Block::Reading),
            Block::Reading if !reads => (Hidden::Release, Block::Open),
            Block::Open | Block::Reading => return None,
        };
        if group == Hidden::Open {
            // It may write from here on.
            self.watch.opens();
        }
        self.modes.blocks.block = block;
        Some(group)
    }

    /// In front of a Query.
    pub(super) fn enter_block(&mut self, read: &Read, out: &mut Output) {
        if self.status != Status::Idle || self.unit.is_begun() {
            self.unsettles(read, !self.unit.is_begun());
        }
        if !self.modes.toggles() || self.pending.is_skipping() {
            return;
        }
        if self.unit.is_begun() {
            // It ends the run that it is in.
            self.open_in_run(out);
            self.leave_reading(out);
            return;
        }
        if self.status != Status::InTransaction {
            return;
        }
        let wants = read.wants();
        let group = self.enters(read.reads_by_snapshot(), read.ends_alone());
        let default = if read.ends() && read.statements().count() > 1 && self.begins_closed() {
            // What stands behind its end runs under the default.
            Some(Hidden::Off)
        } else if self.shows_default() && read.tells_mode() {
            self.shows_here();
            Some(Hidden::OffHere)
        } else {
            None
        };
        // Between a group that leads the Query and the Query nothing else may stand, and what is asked behind a change comes
        // at once.
        let between =
            default.is_some() || wants.transaction || wants.copy_in || read.statements().any(witness::needs_before);
        match group {
            Some(group) if !between => self.lead(group, out),
            group => group.into_iter().chain(default).for_each(|group| self.hide(group, out)),
        }
    }

    /// Puts a group right in front of a Query of the client's, with no Sync and so no answer to wait for between them.
    pub(super) fn lead(&mut self, what: Hidden, out: &mut Output) {
        let due = out.to_upstream.inline(what.statements());
        self.expect(Expect::Inline { point: None, due, leads: true }, out);
        // What fails in it is the Query's error, and ends what the server skips.
        self.wait_for_upstream();
    }

    /// The group in front of a Query failed, and the server skips the Query.
    pub(super) fn query_skipped(&mut self, point: Option<Point>, out: &mut Output) {
        if point.is_some() {
            // The question behind it ends the skipping, and finds nothing to be judged.
            self.watch.failed();
        } else {
            out.to_upstream.sync();
            self.expect(Expect::client(Kind::Sync), out);
        }
    }

    /// In front of a text of a run; `runs` is whether it is more than a Parse.
    pub(super) fn enter_block_in_run(&mut self, read: &Read, runs: bool, out: &mut Output) {
        self.unsettles(read, self.unit.place() == Place::Block);
        if self.pending.is_skipping() {
            return;
        }
        let ends = read.ends_alone();
        if self.unit.place() == Place::Implicit {
            // Behind a block that ended in the run.
            if read.reads_by_snapshot() && !self.has_witness() {
                // Nobody would count what hides in it: with it the rest up to the Sync stays read-only.
                self.modes.blocks.block = Block::Open;
            } else if !ends {
                self.open_in_run(out);
            }
        } else {
            let reads = read.reads_by_snapshot();
            if !runs && !reads && self.modes.blocks.block == Block::Reading {
                return;
            }
            if let Some(group) = self.enters(reads, ends) {
                self.inline(group.statements(), out);
            }
        }
        if runs && self.shows_default() && read.tells_mode() {
            self.shows_here();
            self.inline(Hidden::OffHere.statements(), out);
        }
    }

    /// A text is about to be looked at and not run, where `make_place` has put it: PostgreSQL makes its values then, and a
    /// domain's check is anybody's code. What may write so is counted.
    pub(super) fn looks(&mut self, read: &Read) {
        match self.unit.place() {
            Place::Block if self.modes.blocks.block == Block::Open && self.is_witnessed(read) => {
                self.watch.looks();
            }
            Place::Implicit => self.unit.looks |= self.is_witnessed(read) || read.reads_by_snapshot(),
            Place::Block | Place::Failed => {}
        }
    }

    /// In front of a message of a run that may plan, whatever it is. In a failed block nothing does.
    pub(super) fn open_in_run(&mut self, out: &mut Output) {
        let fails = self.unit.place_or(self.status) == Place::Failed || self.pending.is_skipping();
        if self.modes.blocks.block == Block::Closed && !fails {
            self.modes.blocks.block = Block::Open;
            self.watch.opens();
            self.inline(Hidden::Open.statements(), out);
        }
    }

    /// In front of a question of ours, about what a text names or what it did: what the question reads would keep the block
    /// from being opened behind it.
    pub(super) fn open_for_our_question(&mut self, out: &mut Output) {
        if self.status == Status::InTransaction && self.modes.blocks.block == Block::Closed {
            self.modes.blocks.block = Block::Open;
            self.watch.opens();
            self.hide(Hidden::Open, out);
        }
    }

    /// Ends the read-only subtransaction, where one is open, in a run.
    pub(super) fn leave_reading(&mut self, out: &mut Output) {
        if self.modes.blocks.stops_reading() {
            self.inline(Hidden::Release.statements(), out);
        }
    }

    /// The same outside a run.
    pub(super) fn leave_reading_by_group(&mut self, out: &mut Output) {
        if self.modes.blocks.stops_reading() {
            self.hide(Hidden::Release, out);
        }
    }

    /// What goes in front of a COMMIT that the witness is not asked about: nothing was changed, or what was is judged
    /// (`settled`), and nothing that runs at the COMMIT (the query of a function's cursor WITH HOLD) changes anything. A savepoint
    /// may be open: then nothing closes the block to its end, and what would run is looked for.
    pub(super) fn closes_block(&mut self, read: &Read, saved: bool, settled: bool) -> &'static [Hidden] {
        let closes = read.ends_alone() && !saved && (settled || !self.modes.blocks.changed);
        match std::mem::take(&mut self.modes.blocks.block) {
            Block::Closed => &[],
            Block::Open if closes => &[Hidden::Close],
            Block::Open => &[Hidden::Seal],
            Block::Reading if closes => &[Hidden::ReleaseAndClose],
            Block::Reading => &[Hidden::Release, Hidden::Seal],
        }
    }

    /// Whether whatever is sent next runs read-only where it stands, with nothing of ours in front of it or behind.
    pub(super) fn is_read_only_here(&self) -> bool {
        match self.status {
            Status::Idle => true,
            Status::InTransaction => self.modes.blocks.block == Block::Reading || self.modes.is_read_only(),
            Status::Failed => false,
        }
    }

    /// Whether the session's read-only default shows in the client's block.
    fn shows_default(&self) -> bool {
        self.begins_closed() && !self.modes.blocks.shown
    }

    /// From here to the block's end it does not.
    fn shows_here(&mut self) {
        self.modes.blocks.shown = true;
        self.modes.blocks.was_shown = true;
    }
}
