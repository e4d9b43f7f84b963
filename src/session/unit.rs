//! Units: a simple Query, or a run of extended messages up to its Sync; and the transaction mode each is given.
//!
//! | state | unit | before it | behind it |
//! |---|---|---|---|
//! | idle | reads only | - | - |
//! | idle | may write | default read-write | default read-only |
//! | idle | begins a transaction beside other statements, or may copy in | default read-write | default read-only, once idle again |
//! | idle | is one BEGIN | - | - |
//! | in a transaction | anything | see [`block`](super::block) | - |
//!
//! What cannot be kept from writing is refused: a read that runs a user's code (a function, an operator, a type, a cursor)
//! beside a write or a transaction statement in one Query, or beside a write outside a block.
//!
//! What is set outside of a block is `default_transaction_read_only`, by hidden messages at idle moments, so the client's
//! own text runs exactly as it was sent. Behind a unit that may write, the next one waits until the server has confirmed that the
//! default is read-only again: else a CancelRequest that hits the hidden statement would leave the session open.
//!
//! A run of queries and changes of rows alone, all of it there with its Sync, is the common one. It is put into a block of
//! ours that begins read-write: the default stays as it is.

mod together;

use super::block::Block;
use super::expect::{Expect, Hidden, MOST_IN_FLIGHT};
use super::judge::{Read, Wants};
use super::output::{Control, Frame, Output, UpstreamBuffer};
use super::watch::Point;
use super::{Fault, Session};
use crate::policy::Permitted;
use crate::wire::backend::Status;
use crate::wire::make::Ours;
use bytes::BytesMut;
pub(super) use together::{APART, BESIDE};

/// A unit that grows beyond this, or to [`MOST_IN_FLIGHT`] messages, before its Sync is sent on with what is known of it.
const STAGED_BYTES: usize = 256 * 1024;

/// How often the way back to read-only is tried before the session is ended.
const MOST_TRIES: u8 = 5;

/// Where the next message of a unit runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Place {
    /// In a transaction of its own, that ends with the Sync.
    #[default]
    Implicit,
    /// In a transaction block.
    Block,
    /// In a failed transaction block, where nothing runs.
    Failed,
}

/// What goes before and behind a unit.
#[derive(Debug, Clone, Copy, Default)]
struct Plan {
    before: Option<Hidden>,
    behind: Option<Hidden>,
    /// It is put into a read-write block of ours.
    inside: bool,
}

impl Plan {
    fn writes(&self) -> bool {
        self.inside || self.before == Some(Hidden::Off)
    }
}

/// The unit being collected.
#[derive(Debug, Default)]
pub(super) struct Unit {
    staged: UpstreamBuffer,
    expects: Vec<Expect>,
    pub(super) wants: Wants,
    /// What the texts it parses would want, should they be bound behind a Flush (asyncpg prepares so).
    pub(super) parses: Wants,
    /// Its plan was made and its first messages sent.
    open: Option<Plan>,
    /// Extended messages are in it, and their Sync is not.
    pub(super) awaits_sync: bool,
    /// Something in it may have run: more than Parse, Describe and Close.
    ran: bool,
    /// A BEGIN is in it: what its block will be, if nothing else is.
    begin: Option<Block>,
    /// Another text is in it, or something of one.
    pub(super) more: bool,
    /// Where its next message runs; `None` before its first.
    place: Option<Place>,
    /// A read that could hide a write is in it, outside a transaction block.
    hides: bool,
    /// It changes what names stand for: by Parse, Bind or Close.
    pub(super) named: bool,
    /// A PREPARE or DEALLOCATE runs in it: what names stand for is not known before its end.
    pub(super) names_moved: bool,
    /// Something was read in it outside a transaction block.
    pub(super) reads: bool,
    /// ... by more than SHOW.
    others_read: bool,
    /// A text was looked at in it outside a transaction block, which may run what its values' types check.
    pub(super) looks: bool,
    /// A transaction ended in it: what follows runs under a default that a function may have changed.
    ended: bool,
    /// Something in it may have changed what the database holds, and the witness was not asked since.
    pub(super) changed: bool,
    /// Its Sync's answer waits for the witness.
    pub(super) point: Option<Point>,
    /// Something was executed in it that may read copy data.
    pub(super) copies: bool,
    /// An Execute of it waits for the witness.
    pub(super) executes: bool,
    /// ... a COMMIT of its block.
    pub(super) commits: bool,
    /// What its COMMIT would have brought about failed before it: its block is to be ended all the same.
    pub(super) undone: bool,
    /// Its Flush or Sync waits for what a COPY turns out to be.
    pub(super) waits: bool,
    /// Something is bound in it that is no query and no change of rows.
    pub(super) others: bool,
    /// The counters were empty in front of its first change.
    pub(super) found_empty: bool,
}

impl Unit {
    /// Whether messages of it have come.
    pub(super) fn is_begun(&self) -> bool {
        self.open.is_some() || !self.expects.is_empty()
    }

    /// Whether no message of it came, and none is about to be tried again.
    pub(super) fn is_untouched(&self) -> bool {
        !self.is_begun() && self.place.is_none()
    }

    /// Whether something is executed in it and not sent yet.
    pub(super) fn is_about_to_run(&self) -> bool {
        self.expects.iter().any(Expect::executes)
    }

    /// Whether any of it was sent.
    pub(super) fn is_sent(&self) -> bool {
        self.open.is_some()
    }

    /// If it is one BEGIN and nothing else, what its block will be.
    pub(super) fn begin(&self) -> Option<Block> {
        self.begin.filter(|_| !self.more)
    }

    /// Whether something in it may have run.
    pub(super) fn has_run(&self) -> bool {
        self.ran
    }

    /// Where its next message runs.
    pub(super) fn place(&self) -> Place {
        self.place.unwrap_or_default()
    }

    /// The same; before its first, by what the server said last.
    pub(super) fn place_or(&self, status: Status) -> Place {
        self.place.unwrap_or(match status {
            Status::Idle => Place::Implicit,
            Status::InTransaction => Place::Block,
            Status::Failed => Place::Failed,
        })
    }

    /// Whether what runs in it outside a transaction block may run read-write; `counted` is whether somebody counts what a
    /// read hides.
    pub(super) fn may_write(&self, counted: bool) -> bool {
        self.ended || self.open.map_or(self.wants.opens(counted), |plan| plan.writes())
    }

    /// Whether it was opened to write for what SHOW is to say alone.
    fn is_opened_to_show(&self) -> bool {
        let writes = self.wants.write || self.wants.begins || self.wants.copy_in;
        self.open.is_some_and(|plan| plan.writes()) && self.wants.tells && !writes
    }
}

impl Session {
    /// Whether the next unit has to wait.
    pub(super) fn is_blocked(&self) -> bool {
        // What the server skips needs no order: only the Sync behind it ends the waiting.
        self.pending.is_full() || self.modes.barrier && !self.unit.is_begun() && !self.pending.is_skipping()
    }

    /// Takes in where an Execute leads.
    pub(super) fn moved(&mut self, read: &Read) {
        self.unit.names_moved |= read.wants().names;
        self.unit.ended |= read.ends();
        self.leaves_block(read);
        if let Some(place) = self.unit.place {
            self.unit.place = Some(read.leads_from(place));
        }
    }

    /// Adds a permitted message to the unit.
    pub(super) fn add(&mut self, frame: Permitted<Frame>, expect: Expect, out: &mut Output) {
        self.stage(expect, out, |to| to.permitted(frame));
    }

    /// Adds a message without a statement to the unit.
    pub(super) fn add_control(&mut self, bytes: BytesMut, expect: Option<Expect>, out: &mut Output) {
        match expect {
            Some(expect) => self.stage(expect, out, |to| to.control(Control::Plain, bytes)),
            None => out.to_upstream.control(Control::Plain, bytes),
        }
    }

    /// Adds bytes by `put` to where the unit is: staged, or already under way.
    pub(super) fn stage(&mut self, expect: Expect, out: &mut Output, put: impl FnOnce(&mut UpstreamBuffer)) {
        self.begin_again(out);
        self.unit.awaits_sync |= !expect.ends_with_ready();
        self.unit.ran |= expect.runs();
        if expect.ends_what_is_known() {
            self.temporary.forget();
        }
        if self.modes.wraps && self.unit.open.is_none() && !self.pending.is_skipping() {
            if self.unit.expects.is_empty() && expect.ends_with_ready() {
                // A unit by itself, and all of it: there is nothing to wait for.
                let plan = self.plan(self.unit.wants);
                if let Some(hidden) = plan.before {
                    self.hide(hidden, out);
                }
                put(&mut out.to_upstream);
                self.expect(expect, out);
                self.unit.open = Some(plan);
                return;
            }
            put(&mut self.unit.staged);
            self.unit.expects.push(expect);
            if self.unit.staged.len() > STAGED_BYTES || self.unit.expects.len() >= MOST_IN_FLIGHT {
                self.send_begun(out);
            }
        } else {
            put(&mut out.to_upstream);
            self.expect(expect, out);
        }
    }

    /// A unit that has only parsed so far, behind a Flush and answered, began a read-only transaction; a write that
    /// comes now needs another. That nothing ran in it makes a Sync in between invisible.
    fn begin_again(&mut self, out: &mut Output) {
        let began_reading = self.unit.open.is_some_and(|plan| plan.before.is_none() && !plan.inside) && !self.unit.ran;
        if !began_reading {
            return;
        }
        let answered = self.pending.is_empty() && !self.pending.is_skipping();
        let Unit { mut wants, parses, .. } = self.unit;
        wants.join(parses);
        if answered && self.plan(wants).before == Some(Hidden::Off) {
            self.hide(Hidden::Sync, out);
            self.unit = Unit { wants: self.unit.wants, parses, ..Unit::default() };
        }
    }

    /// Sends what is staged before its end is known: the transaction begins with it, and what is parsed already will
    /// run in it. Behind a read it runs read-only, as the read does; and so it does behind what could hide a write, if only
    /// looked at, where nobody counts it.
    pub(super) fn send_begun(&mut self, out: &mut Output) {
        if !self.unit.reads && (self.has_witness() || !self.unit.hides) {
            let parses = self.unit.parses;
            self.unit.wants.join(parses);
        }
        self.send_unit(out);
    }

    /// Sends what is staged, with what goes before it.
    pub(super) fn send_unit(&mut self, out: &mut Output) {
        if self.unit.open.is_some() || self.unit.expects.is_empty() {
            return;
        }
        // A hidden group's Sync would end the skipping, and run what the client knows to be skipped.
        let plan = if self.pending.is_skipping() { Plan::default() } else { self.plan(self.unit.wants) };
        if let Some(hidden) = plan.before {
            self.hide(hidden, out);
        }
        self.send_staged(plan, out);
    }

    fn send_staged(&mut self, plan: Plan, out: &mut Output) {
        out.to_upstream.append(&mut self.unit.staged);
        for expect in std::mem::take(&mut self.unit.expects) {
            self.expect(expect, out);
        }
        self.unit.open = Some(plan);
    }

    /// Sends a run that changes something and whose Sync is there: nothing but the witness comes behind what is staged.
    pub(super) fn send_whole(&mut self, out: &mut Output) {
        if !self.opens_inside() {
            return self.send_begun(out);
        }
        if !self.unit.found_empty {
            self.hide(Hidden::Empty, out);
        }
        let due = out.to_upstream.inline(Hidden::Begin.statements());
        self.expect(Expect::inline(due), out);
        self.unit.point = Some(Point::Own);
        self.send_staged(Plan { inside: true, ..Plan::default() }, out);
    }

    /// Whether the unit, none of which was sent, runs in a block as it does without: a text that ends transactions does
    /// not, nor does what asks for a block, or for none.
    fn opens_inside(&self) -> bool {
        let Unit { wants, open, ended, others, point, .. } = &self.unit;
        let one = !(wants.begins || wants.transaction || wants.copy_in || wants.names || wants.maintains || *ended);
        let whole = open.is_none() && !self.unit.expects.is_empty() && !self.pending.is_skipping();
        let off = self.plan(*wants).before == Some(Hidden::Off);
        one && whole && off && !others && point.is_none() && !self.modes.default_off && !self.modes.standby
    }

    /// The unit's last message (Sync, Query, FunctionCall) is in: sends it with what goes behind it.
    pub(super) fn end_unit(&mut self, out: &mut Output) {
        self.send_unit(out);
        let unit = std::mem::take(&mut self.unit);
        let plan = unit.open.unwrap_or_default();
        // More may have come since the plan was made. `SET default_transaction_read_only = on` inside a transaction
        // would be undone by its ROLLBACK, and in the middle of a COPY be refused: `settle` does it later. So it does
        // behind a Query in a pipeline without Sync, whose failure the server's skipping would outlive.
        // And behind a block of ours around a run, which may have to be rolled back first.
        let stays_idle =
            !unit.wants.transaction && !unit.wants.copy_in && !unit.awaits_sync && unit.point != Some(Point::Own);
        if let Some(hidden) = plan.behind.filter(|hidden| *hidden != Hidden::On || stays_idle) {
            self.hide(hidden, out);
        }
        self.modes.implicit_run = unit.awaits_sync && self.status == Status::Idle && !unit.wants.transaction;
        // Behind what may move the transaction, the status that plans are made with is not known.
        self.modes.barrier |= plan.before == Some(Hidden::Off)
            || unit.point.is_some()
            || (self.modes.keeps_apart()
                // What a name stands for is known when the server has answered.
                && (unit.wants.transaction
                    || unit.wants.names
                    || unit.named
                    // A Query in a run without Sync: an error before it makes the server skip to the Sync.
                    || unit.awaits_sync))
            // A function that no text shows can change the session's own default, and how its texts are lexed;
            // ParameterStatus tells.
            || (self.modes.wraps && unit.wants.runs());
    }

    /// The next unit waits until nothing is under way.
    pub(super) fn wait_for_upstream(&mut self) {
        self.modes.barrier = true;
    }

    fn plan(&self, wants: Wants) -> Plan {
        if !self.modes.wraps {
            return Plan::default();
        }
        let may_write = self.modes.toggles && !self.modes.client_read_only;
        match self.status {
            Status::Idle if self.modes.blocks.begins.is_some() => {
                let empties = self.has_witness() && self.watch.empties();
                Plan { before: empties.then_some(Hidden::Empty), ..Plan::default() }
            }
            Status::Idle if may_write && wants.opens(wants.tells && self.has_witness()) => {
                Plan { before: Some(Hidden::Off), behind: Some(Hidden::On), inside: false }
            }
            // The client asked for a read-only default, and may say otherwise in its block.
            Status::Idle if wants.begins && self.has_witness() && !self.watch.is_empty() => {
                Plan { before: Some(Hidden::Empty), ..Plan::default() }
            }
            _ => Plan::default(),
        }
    }

    pub(super) fn hide(&mut self, hidden: Hidden, out: &mut Output) {
        let empties = hidden == Hidden::Off && self.has_witness() && self.watch.opens();
        let hidden = if empties { Hidden::OffAndEmpty } else { hidden };
        match hidden {
            Hidden::Off => self.modes.default_off = true,
            Hidden::OffAndEmpty => {
                self.modes.default_off = true;
                self.prepare_ours(out);
                self.watch.emptied();
            }
            Hidden::Empty => {
                self.prepare_ours(out);
                self.watch.emptied();
                if self.modes.blocks.begins.is_some() {
                    self.watch.empties_now();
                }
            }
            // A block, and no run's implicit transaction.
            Hidden::Begin => self.modes.implicit_run = false,
            _ => {}
        }
        match (hidden, hidden.statements()) {
            // A Query of the client's comes behind the one and in front of the other: what is unnamed goes by that as well.
            (Hidden::Begin | Hidden::Commit, [Ours::Text(text)]) => out.to_upstream.query(text),
            (_, statements) => out.to_upstream.hidden(statements),
        }
        self.expect(Expect::hidden(hidden), out);
    }

    /// A hidden group is answered; `due` of its statements did not run.
    ///
    /// # Errors
    /// A fault when the session cannot be brought back to read-only.
    pub(super) fn hidden_done(&mut self, hidden: Hidden, due: usize) -> Result<(), Fault> {
        if hidden == Hidden::Question {
            self.temporary.done();
        }
        if due > 0 {
            // Its Parse may have been skipped.
            self.watch.unprepared();
        }
        if due > 0 && hidden == Hidden::Empty {
            self.watch.opens();
        }
        if hidden == Hidden::On {
            if due == 0 {
                self.modes.default_off = false;
                self.modes.tries = 0;
            } else if self.modes.tries < MOST_TRIES {
                // `settle` tries again; until then the next unit waits.
                self.modes.tries += 1;
            } else {
                return Err(Fault::Wall("the session could not be made read-only again behind a write".into()));
            }
        }
        Ok(())
    }

    /// A ReadyForQuery came and nothing else is due: the moment to close what was opened for a transaction.
    pub(super) fn settle(&mut self, out: &mut Output) {
        if !self.pending.is_empty() {
            return;
        }
        if !self.unit.is_begun() && self.watch.unparks() {
            self.hide(Hidden::Unpark, out);
            return;
        }
        self.settle_block();
        if self.status == Status::Idle {
            // Portals of the next unit, already bound, are not there yet.
            if !self.unit.is_begun() {
                self.names.transaction_ended();
                self.watch.over();
            }
            if self.modes.default_off {
                self.hide(Hidden::On, out);
                return;
            }
        }
        self.modes.barrier = false;
    }
}
