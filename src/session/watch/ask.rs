//! Asking: where the witness stands among the messages, and which messages wait for it.

use super::super::Protocol;
use super::super::expect::{Expect, Hidden, Kind};
use super::super::judge::{Read, StatementReport};
use super::super::output::{Frame, Output, UpstreamBuffer};
use super::super::unit::{Place, Unit};
use super::{Gate, Point, Session};
use crate::policy::Permitted;
use crate::wire::backend::Status;
use crate::wire::frontend::Tag;
use crate::witness;

impl Session {
    /// Sends a Query that changes something, with the witness behind it.
    pub(in crate::session) fn send_witnessed(
        &mut self,
        frame: Permitted<Frame>,
        report: Box<StatementReport>,
        read: &Read,
        copies_in: bool,
        out: &mut Output,
    ) {
        let point = if self.status == Status::Idle { Point::Own } else { Point::Block };
        self.watch.failed = false;
        self.watch.unopened = false;
        if point == Point::Own {
            if self.watch.opens() {
                self.hide(Hidden::Empty, out);
            }
            // Nothing with a Sync may stand between that BEGIN and the Query: where it does not begin, the server skips both.
            // In front of what is looked at before it, and of copy data, one stands; no code commits by itself there.
            if copies_in || read.needs_before() {
                self.hide(Hidden::Begin, out);
            } else {
                self.begin_for_query(read, out);
            }
        }
        if self.looks_before(read) {
            out.to_upstream.open(witness::BEFORE_PORTAL, witness::BEFORE, witness::BEFORE_MARK);
            out.to_upstream.sync();
            self.expect(Expect::hidden(Hidden::Before), out);
        }
        self.says(read);
        self.temporary.forget();
        out.to_upstream.permitted(frame);
        self.expect(Expect::Client { kind: Kind::Query, poison: None, report: Some(report), point: Some(point) }, out);
        self.wait_for_upstream();
        if !copies_in {
            self.ask(point, out);
        }
    }

    /// Whether what stands before a text that is about to run is to be looked at behind it.
    fn looks_before(&mut self, read: &Read) -> bool {
        let looks = read.needs_before() && !self.watch.before;
        self.watch.before |= looks;
        looks
    }

    /// In front of an Execute in a run. Behind another change nothing shows what stood before both.
    pub(in crate::session) fn look_before(&mut self, read: &Read, out: &mut Output) {
        if !self.unit.changed && self.looks_before(read) {
            let mut bytes = UpstreamBuffer::default();
            let due = bytes.open(witness::BEFORE_PORTAL, witness::BEFORE, witness::BEFORE_MARK);
            self.stage(Expect::inline(due), out, |to| to.append(&mut bytes));
        }
    }

    /// A run that has only parsed so far, and a Query that changes something: a Sync between them makes no difference,
    /// and the Query has a transaction of its own. `false` where it has to wait for the run's answers.
    pub(in crate::session) fn end_parsed_run(&mut self, read: &Read, out: &mut Output) -> bool {
        let flushed = std::mem::take(&mut self.unit.waits);
        let parsed = self.unit.is_begun() && !self.unit.has_run() && !self.pending.is_skipping();
        if !parsed || !self.is_witnessed(read) || self.unit.place() != Place::Implicit {
            return true;
        }
        if self.unit.is_sent() && self.unit.looks && self.unit.may_write(self.has_witness()) {
            // What a look at its texts has written would be committed.
            return true;
        }
        // Read-only, where nothing of it was sent: nothing of it will run.
        self.send_unit(out);
        if !self.pending.is_empty() {
            if !flushed {
                out.to_upstream.flush();
            }
            self.unit.waits = true;
            return false;
        }
        self.hide(Hidden::Sync, out);
        self.unit = Unit::default();
        true
    }

    /// In front of a COMMIT that the witness is not asked about, for nothing was changed that it knows of, or all of it was
    /// judged: what would run at the commit is kept from writing, or looked for.
    pub(in crate::session) fn seal(&mut self, read: &Read, out: &mut Output) {
        if read.is_plain() {
            return;
        }
        let commits = read.statements().any(|statement| statement.tag == "COMMIT");
        let settled = self.watch.settled.take_commit();
        let asked = self.has_witness() && self.watch.changed && !settled;
        if !commits || asked || !self.modes.toggles() || self.pending.is_skipping() {
            return;
        }
        let saved = self.watch.saved;
        if self.unit.is_begun() {
            if self.unit.place() == Place::Block {
                for group in self.closes_block(read, saved, settled) {
                    self.inline(group.statements(), out);
                }
            }
        } else if self.status == Status::InTransaction {
            match self.closes_block(read, saved, settled) {
                // Where it fails the client is told, and not that its text cannot be read as a number.
                [group @ (Hidden::Close | Hidden::ReleaseAndClose)] => self.lead(*group, out),
                groups => groups.iter().for_each(|group| self.hide(*group, out)),
            }
        }
    }

    /// Asks the witness, by a group of its own.
    pub(super) fn ask(&mut self, point: Point, out: &mut Output) {
        if point == Point::Before {
            self.open_for_our_question(out);
            self.leave_reading_by_group(out);
        }
        self.watch.notes.asked((self.setup.clock)(), Protocol::Simple);
        self.ask_group(point, out);
    }

    fn ask_group(&mut self, point: Point, out: &mut Output) {
        self.watch.begin_answer(self.asks(point));
        self.watch.waits = true;
        self.prepare_asked(&mut out.to_upstream);
        let statements = self.watch.statements(point);
        out.to_upstream.hidden(statements);
        self.expect(Expect::Hidden { what: Hidden::Witness(point), due: statements.len() }, out);
    }

    /// Asks the whole question, behind a quick one that did not tell enough: by a group of its own, or in the middle of a
    /// run.
    pub(super) fn ask_again(&mut self, point: Point, in_run: bool, out: &mut Output) {
        self.watch.again = true;
        if in_run {
            self.ask_in_run(point, out);
            self.watch.waits = true;
            out.to_upstream.flush();
        } else {
            self.ask_group(point, out);
        }
    }

    /// Asks the witness in the middle of a run.
    fn ask_inline(&mut self, point: Point, out: &mut Output) {
        self.open_in_run(out);
        self.leave_reading(out);
        if point == Point::Before && !self.unit.executes {
            self.send_whole(out);
            self.open_for_question(out);
        } else {
            self.send_begun(out);
        }
        self.ask_in_run(point, out);
        // What a Flush shows is not all that the Sync commits, and may be objected to behind it.
        self.unit.changed = point == Point::Flush;
        // Only in front of a Sync in a block, which commits nothing, is the answer not waited for.
        self.watch.waits = point != Point::Block;
        if point == Point::Before {
            out.to_upstream.flush();
        }
        self.watch.notes.asked((self.setup.clock)(), Protocol::Extended);
    }

    fn ask_in_run(&mut self, point: Point, out: &mut Output) {
        self.watch.begin_answer(self.asks(point));
        let mut bytes = UpstreamBuffer::default();
        let mut due = self.prepare_asked(&mut bytes);
        due += bytes.inline(self.watch.statements(point));
        self.stage(Expect::Inline { point: Some(point), due, leads: false }, out, |to| to.append(&mut bytes));
    }

    /// What only reads, or was only looked at, was read-write, and may hide a write: it is judged as one.
    fn doubt_reads(&mut self) {
        if (self.unit.reads || self.unit.looks) && self.has_witness() && self.unit.may_write(self.has_witness()) {
            self.watch.changed = true;
            // In a block by now its COMMIT asks.
            self.unit.changed |= self.unit.place() == Place::Implicit;
        }
    }

    /// Whether a text that may commit has to wait for the witness, which is asked.
    pub(in crate::session) fn commit_gate(&mut self, read: &Read, out: &mut Output) -> Gate {
        self.unit.waits = false;
        if read.commits() {
            // Nothing of the run is sent, and what comes behind this may make it read-write as a whole.
            let looked = self.unit.reads || self.unit.looks;
            let begins = looked && !self.unit.is_sent() && self.unit.place() == Place::Implicit;
            self.unit.wants.begins |= begins && read.ends() && self.has_witness();
            self.doubt_reads();
        }
        if !self.has_witness() || !self.watch.changed || self.pending.is_skipping() || !read.commits() {
            return Gate::Open;
        }
        if let Some(gate) = self.witness_answered() {
            return gate;
        }
        if self.status == Status::Failed && (!self.unit.is_begun() || self.unit.place() == Place::Failed) {
            return Gate::Open;
        }
        if self.is_settled(read) {
            return Gate::Open;
        }
        if self.unit.is_begun() {
            self.unit.executes = true;
            self.unit.commits = self.unit.place() == Place::Block && !read.refuses_block();
            self.ask_inline(Point::Before, out);
        } else if self.pending.is_empty() {
            self.ask(Point::Before, out);
        } else {
            self.wait_for_upstream();
        }
        Gate::Wait
    }

    /// Whether a Sync has to wait for the witness, which is asked.
    pub(in crate::session) fn sync_gate(&mut self, out: &mut Output) -> Gate {
        let flushed = std::mem::take(&mut self.unit.waits);
        self.doubt_reads();
        if !self.unit.is_begun() && !self.pending.is_skipping() {
            // A Sync by itself. The answer under way is that of the one before.
            return if self.pending.awaits_block() { Gate::Wait } else { Gate::Open };
        }
        if !self.unit.changed && self.watch.verdict.is_none()
            || self.pending.is_skipping()
            || self.pending.is_copying_in()
        {
            return Gate::Open;
        }
        if self.watch.objecting {
            // Poison is on its way: nothing of the run stays.
            return Gate::Open;
        }
        match self.unit.place() {
            Place::Failed => Gate::Open,
            Place::Block => {
                if self.unit.changed {
                    self.ask_inline(Point::Block, out);
                    self.unit.point = Some(Point::Block);
                }
                Gate::Open
            }
            Place::Implicit => {
                if let Some(gate) = self.witness_answered() {
                    if gate == Gate::Closed {
                        self.watch.objecting = true;
                        self.poison_told(out);
                    } else {
                        self.commit_around(out);
                    }
                    return Gate::Open;
                }
                if self.unit.wants.copy_in {
                    self.send_begun(out);
                }
                if self.unit.wants.copy_in && self.pending.awaits_execute() {
                    // Whether the server will read copy data, and ignore this Sync, shows when it has answered.
                    self.unit.waits = true;
                    if !flushed {
                        out.to_upstream.flush();
                    }
                } else {
                    self.unit.executes = false;
                    self.ask_inline(Point::Before, out);
                }
                Gate::Wait
            }
        }
    }

    /// A Flush in a run that changed something: the answers it asks for wait for the witness.
    pub(in crate::session) fn flush_gate(&mut self, out: &mut Output) -> Gate {
        self.doubt_reads();
        let flushed = std::mem::take(&mut self.unit.waits);
        if !self.unit.changed || self.pending.is_skipping() || self.pending.is_copying_in() {
            return Gate::Open;
        }
        if self.unit.copies {
            self.send_begun(out);
        }
        if self.unit.copies && self.pending.awaits_execute() {
            // Whether the server will read copy data, and ignore this Flush, shows when it has answered.
            self.unit.waits = true;
            if !flushed {
                out.to_upstream.flush();
            }
            return Gate::Wait;
        }
        self.ask_inline(Point::Flush, out);
        Gate::Open
    }

    /// Poison whose error is what the client is to be told.
    pub(super) fn poison_told(&mut self, out: &mut Output) {
        let told = self.watch.told.take().unwrap_or_default();
        self.poison(Tag::Parse, told, "witness", out);
    }

    /// A text that commits is not sent: what it would have committed is rolled back, and the client is told why.
    pub(in crate::session) fn roll_back_instead(&mut self, tag: Tag, out: &mut Output) {
        if tag == Tag::Query {
            self.hide(Hidden::Rollback, out);
            self.watch.waits = true;
            self.wait_for_upstream();
            return;
        }
        if self.unit.place() == Place::Block {
            let mut bytes = UpstreamBuffer::default();
            let due = bytes.inline(Hidden::Rollback.statements());
            self.stage(Expect::inline(due), out, |to| to.append(&mut bytes));
        }
        self.poison_told(out);
    }
}
