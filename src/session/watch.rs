//! The second judging: what a transaction did, counted by the server itself, before it commits.
//!
//! | what commits | how it is kept from committing |
//! |---|---|
//! | a Query outside a block | it runs in a block of ours: BEGIN, the Query, the witness; then COMMIT or ROLLBACK |
//! | a run of extended messages | its Sync waits: the run, the witness, Flush; then Sync, behind poison where it objects |
//! | the client's COMMIT | it waits: the witness; then COMMIT, or ROLLBACK and the objection |
//!
//! Inside a block the witness follows each Query and each run that changes something, in the same round trip; where it
//! objects the block is made to fail. Of the answers, those behind the last CommandComplete wait for the witness; rows
//! do not.

use super::expect::{Expect, Hidden, Kind, SEAL};
use super::judge::{Read, StatementReport, with_own};
use super::output::{Frame, Output, UpstreamBuffer};
use super::unit::{Place, Unit};
use super::{Event, Fault, Session};
use crate::classify::Access;
use crate::policy::{self, Permitted};
use crate::wire::backend::{ErrorView, Status};
use crate::wire::frontend::Tag;
use crate::wire::make::{self, Ours};
use crate::witness::{self, Objection, Reading, Said};
use bytes::{Bytes, BytesMut};

/// What the witness's question is prepared as.
pub(super) const WITNESS: &str = "_stockade_witness";

/// The SQLSTATE of what a CancelRequest or a timeout ended.
const QUERY_CANCELED: &[u8] = b"57014";

/// CloseComplete and ParseComplete.
const PREPARE_ANSWERS: usize = 2;

/// Answers that wait for the witness; what is more goes on, as the answers of a pipeline do before its Sync.
const MOST_HELD: usize = 64 * 1024;

/// How often the way out of a block of ours is tried.
const MOST_TRIES: u8 = 5;

/// What the witness is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    /// A Query in a block of ours.
    Own,
    /// A Query in the client's block, or a run of extended messages there, its Sync sent.
    Block,
    /// A message of the client that commits waits for it.
    Before,
    /// A Flush in a run.
    Flush,
}

/// Why a transaction may not commit.
#[derive(Debug)]
enum No {
    /// The witness objects.
    Objection(Box<Objection>),
    /// Not by the witness: the server said so when deferred constraints were brought forward. Its ErrorResponse.
    Server(Bytes),
    /// The witness could not be asked.
    Unwitnessed(String),
}

/// What is known of the transaction under way.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// A change was sent in it.
    changed: bool,
    /// What its texts say.
    said: Said,
    /// What had been counted when the transaction began.
    base: Reading,
    /// What had been counted when the witness was last asked.
    counted: Reading,
    /// The answer under way.
    answer: Reading,
    /// Why the answer cannot be used.
    broken: Option<No>,
    /// The Query under way failed by itself.
    failed: bool,
    /// The block of ours that it was to run in did not begin.
    unopened: bool,
    /// The client's next message has to wait.
    waits: bool,
    /// The answer, for the message that waits or for the Sync on its way.
    verdict: Option<Result<(), No>>,
    /// Answers for the client that wait.
    held: BytesMut,
    /// Where the last CommandComplete is in them.
    last: usize,
    /// An error that comes next stands in that CommandComplete's place.
    objecting: bool,
    /// Reports that wait with them.
    #[expect(clippy::vec_box, reason = "they come boxed, and go on so")]
    reports: Vec<Box<StatementReport>>,
    /// The ErrorResponse the client gets when a transaction is rolled back for it.
    told: Option<Bytes>,
    tries: u8,
    /// The question is prepared.
    prepared: bool,
}

impl Watch {
    /// Whether the client's next message has to wait for the witness.
    pub(super) fn waits(&self) -> bool {
        self.waits
    }

    /// Whether answers are held back.
    pub(super) fn holds(&self) -> bool {
        !self.held.is_empty()
    }

    /// Whether the question has to be prepared before the next group; it will be.
    pub(super) fn prepares(&mut self) -> bool {
        !std::mem::replace(&mut self.prepared, true)
    }

    /// The session's prepared statements may be gone, ours too.
    pub(super) fn unprepared(&mut self) {
        self.prepared = false;
    }

    /// The counters were emptied, at an idle moment: what is counted now begins with nothing.
    pub(super) fn emptied(&mut self) {
        self.base = Reading::default();
        self.counted = Reading::default();
    }

    /// No transaction is open.
    pub(super) fn over(&mut self) {
        self.base = self.counted.clone();
        self.said = Said::default();
        self.changed = false;
    }

    /// A COMMIT follows in the middle of a run, which the server may skip for all that is known: what was judged up to it
    /// is not counted again, but the witness is asked again before the next.
    fn committing(&mut self) {
        self.base = self.counted.clone();
        self.said = Said::default();
    }

    /// A row of the witness's answer.
    pub(super) fn row(&mut self, body: &[u8]) {
        if let Err(malformed) = self.answer.row(body) {
            self.broken = Some(No::Unwitnessed(malformed.to_string()));
        }
    }

    /// A change is done, with this command tag.
    pub(super) fn completed(&mut self, tag: &[u8]) {
        self.said.completed(tag);
    }

    /// A change failed by itself.
    pub(super) fn failed(&mut self) {
        self.failed = true;
    }

    /// Holds a message of the upstream back. Gives what is too much to hold.
    pub(super) fn hold(&mut self, tag: u8, body: &[u8], completes: bool) -> BytesMut {
        let before = if self.held.len() > MOST_HELD { self.release() } else { BytesMut::new() };
        if completes {
            self.last = self.held.len();
        }
        make::message(tag, body, &mut self.held);
        before
    }

    /// What was held back, to be passed on.
    pub(super) fn release(&mut self) -> BytesMut {
        self.last = 0;
        std::mem::take(&mut self.held)
    }

    /// What was held back, to be passed on in front of an error.
    pub(super) fn release_before_error(&mut self) -> BytesMut {
        if std::mem::take(&mut self.objecting) {
            self.held.truncate(self.last);
        }
        self.release()
    }

    /// Holds a report back.
    pub(super) fn report(&mut self, report: Box<StatementReport>) {
        self.reports.push(report);
    }

    /// What was waited for will not come: the server skips it.
    pub(super) fn skipped(&mut self) {
        self.waits = false;
        self.verdict = None;
    }

    fn begin_answer(&mut self) {
        self.answer = Reading::default();
        self.broken = None;
        self.verdict = None;
    }
}

/// Whether a message that would commit may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gate {
    Open,
    /// It has to come again.
    Wait,
    /// The transaction is to be rolled back, and the client told why.
    Closed,
}

impl Read {
    /// Whether anything it runs may change what the database holds.
    pub(super) fn changes(&self) -> bool {
        self.statements().any(|statement| {
            statement.access == Access::ReadWrite && statement.effects.iter().any(|effect| policy::changes(effect.kind))
        })
    }

    /// Whether PostgreSQL refuses it in a transaction block: it commits by itself what came before it in a run.
    pub(super) fn refuses_block(&self) -> bool {
        self.statements().any(|statement| statement.refuses_block)
    }

    /// Whether what was done before it stays behind it.
    fn commits(&self) -> bool {
        self.refuses_block()
            || self.statements().any(|statement| matches!(statement.tag, "COMMIT" | "PREPARE TRANSACTION"))
    }
}

impl Session {
    /// Whether this session's changes are witnessed.
    pub(super) fn has_witness(&self) -> bool {
        self.setup.policy.witnesses() && self.modes.toggles()
    }

    /// Whether what a read text changes is witnessed: all but a statement that PostgreSQL runs in no block, and so not
    /// beside others either.
    pub(super) fn is_witnessed(&self, read: &Read) -> bool {
        let alone = read.statements().count() == 1 && read.refuses_block();
        self.has_witness() && read.changes() && !alone
    }

    /// Takes in what a text that is about to run says.
    pub(super) fn says(&mut self, read: &Read) {
        self.watch.changed = true;
        let own = self.own_temporary(read);
        for statement in with_own(read, own.as_ref()) {
            self.watch.said.add(statement);
        }
    }

    /// Sends a Query that changes something, with the witness behind it.
    pub(super) fn send_witnessed(
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
            self.hide(Hidden::Empty, out);
            self.hide(Hidden::Begin, out);
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

    /// A run that has only parsed so far, and a Query that changes something: a Sync between them makes no difference,
    /// and the Query has a transaction of its own. `false` where it has to wait for the run's answers.
    pub(super) fn end_parsed_run(&mut self, read: &Read, out: &mut Output) -> bool {
        let flushed = std::mem::take(&mut self.unit.waits);
        let parsed = self.unit.is_begun() && !self.unit.has_run() && !self.pending.is_skipping();
        if !parsed || !self.is_witnessed(read) || self.unit.place() != Place::Implicit {
            return true;
        }
        self.send_begun(out);
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

    /// In front of a COMMIT that the witness was not asked about, for nothing was changed that it knows of: what would run
    /// at the commit is looked for.
    pub(super) fn seal(&mut self, read: &Read, out: &mut Output) {
        let commits = read.statements().any(|statement| statement.tag == "COMMIT");
        let asked = self.has_witness() && self.watch.changed;
        if !commits || asked || !self.modes.toggles() || self.pending.is_skipping() {
            return;
        }
        if self.unit.is_begun() {
            if self.unit.place() == Place::Block {
                let mut bytes = UpstreamBuffer::default();
                let due = bytes.inline(Hidden::Seal.statements());
                self.stage(Expect::Inline { point: None, due }, out, |to| to.append(&mut bytes));
            }
        } else if self.status == Status::InTransaction {
            self.hide(Hidden::Seal, out);
        }
    }

    /// Prepares the question in front of a hidden group.
    pub(super) fn prepare_question(&self, out: &mut Output) {
        out.to_upstream.prepare(WITNESS, witness::QUESTION);
    }

    /// Asks the witness, by a group of its own.
    fn ask(&mut self, point: Point, out: &mut Output) {
        self.watch.begin_answer();
        self.watch.waits = true;
        if self.watch.prepares() {
            self.prepare_question(out);
        }
        self.hide(Hidden::Witness(point), out);
    }

    /// Asks the witness in the middle of a run.
    fn ask_inline(&mut self, point: Point, out: &mut Output) {
        self.bracket(false, out);
        self.send_begun(out);
        self.watch.begin_answer();
        let mut bytes = UpstreamBuffer::default();
        let mut due = 0;
        if self.watch.prepares() {
            bytes.prepare(WITNESS, witness::QUESTION);
            due = PREPARE_ANSWERS;
        }
        due += bytes.inline(point.statements());
        self.stage(Expect::Inline { point: Some(point), due }, out, |to| to.append(&mut bytes));
        // What a Flush shows is not all that the Sync commits, and may be objected to behind it.
        self.unit.changed = point == Point::Flush;
        // Only in front of a Sync in a block, which commits nothing, is the answer not waited for.
        self.watch.waits = point != Point::Block;
        if point == Point::Before {
            out.to_upstream.flush();
        }
    }

    /// Whether a text that may commit has to wait for the witness, which is asked.
    pub(super) fn commit_gate(&mut self, read: &Read, out: &mut Output) -> Gate {
        self.unit.waits = false;
        if !self.has_witness() || !self.watch.changed || self.pending.is_skipping() || !read.commits() {
            return Gate::Open;
        }
        if let Some(gate) = self.witness_answered() {
            return gate;
        }
        if self.status == Status::Failed && (!self.unit.is_begun() || self.unit.place() == Place::Failed) {
            return Gate::Open;
        }
        if self.unit.is_begun() {
            self.ask_inline(Point::Before, out);
        } else if self.pending.is_empty() {
            self.ask(Point::Before, out);
        } else {
            self.wait_for_upstream();
        }
        Gate::Wait
    }

    /// Whether a Sync has to wait for the witness, which is asked.
    pub(super) fn sync_gate(&mut self, out: &mut Output) -> Gate {
        let flushed = std::mem::take(&mut self.unit.waits);
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
                    self.ask_inline(Point::Before, out);
                }
                Gate::Wait
            }
        }
    }

    /// The witness's answer for a message that waited.
    fn witness_answered(&mut self) -> Option<Gate> {
        match self.watch.verdict.take()? {
            Ok(()) => {
                self.watch.committing();
                Some(Gate::Open)
            }
            Err(no) => {
                self.object(no);
                Some(Gate::Closed)
            }
        }
    }

    /// A Flush in a run that changed something: the answers it asks for wait for the witness.
    pub(super) fn before_flush(&mut self, out: &mut Output) {
        if self.unit.changed && !self.pending.is_skipping() && !self.pending.is_copying_in() && !self.unit.wants.copy_in
        {
            self.ask_inline(Point::Flush, out);
        }
    }

    /// Poison whose error is what the client is to be told.
    fn poison_told(&mut self, out: &mut Output) {
        let told = self.watch.told.take().unwrap_or_default();
        self.poison(Tag::Parse, told, "witness", out);
    }

    /// A text that commits is not sent: what it would have committed is rolled back, and the client is told why.
    pub(super) fn roll_back_instead(&mut self, tag: Tag, out: &mut Output) {
        if tag == Tag::Query {
            self.hide(Hidden::Rollback, out);
            self.watch.waits = true;
            self.wait_for_upstream();
            return;
        }
        if self.unit.place() == Place::Block {
            let mut bytes = UpstreamBuffer::default();
            let due = bytes.inline(Hidden::Rollback.statements());
            self.stage(Expect::Inline { point: None, due }, out, |to| to.append(&mut bytes));
        }
        self.poison_told(out);
    }

    /// Takes an objection in: what the client is told, and what the reports say.
    fn object(&mut self, no: No) {
        let (error, objection) = match no {
            No::Objection(objection) => (Some(error_of(&objection)), Some(objection)),
            No::Server(bytes) => {
                self.watch.told = Some(bytes);
                (None, None)
            }
            No::Unwitnessed(why) => (Some(unwitnessed(&why)), None),
        };
        if let Some(error) = error {
            let mut bytes = BytesMut::new();
            error.encode(&mut bytes);
            self.watch.told = Some(bytes.freeze());
        }
        if let Some(report) = self.watch.reports.last_mut() {
            if let Some(objection) = &objection {
                report.decision.verdict = objection.verdict;
                report.decision.rule = objection.rule.as_str().into();
                report.decision.reasons = vec![objection.message.clone()];
                report.decision.hint = Some(objection.hint.clone());
            }
            report.outcome.error = Some(objection.map_or("42501", |objection| objection.sqlstate).into());
        }
    }

    /// The answer is in: what it says. What is about to commit is taken from the principal's budget.
    fn verdict(&mut self, point: Point) -> Result<(), No> {
        if let Some(no) = self.watch.broken.take() {
            return Err(no);
        }
        let (policy, account, now) = (&self.setup.policy, &self.setup.account, (self.setup.clock)());
        let watch = &mut self.watch;
        let statement = watch.answer.since(&watch.counted);
        let transaction = watch.answer.since(&watch.base);
        let answer = std::mem::take(&mut watch.answer);
        let judge = |left| witness::judge(policy.limits(), &watch.said, &statement, &transaction, left);
        let mut judged = judge(account.budget_left(now));
        if let (Ok(counts), Point::Own | Point::Before) = (&judged, point) {
            match account.reserve(counts.changed(), now) {
                // A COMMIT that fails now has been paid for all the same.
                Ok(reservation) => reservation.settle(now),
                // Another connection of the principal was faster.
                Err(over) => judged = judge(Some(over.left())),
            }
        }
        watch.said.judged();
        if judged.is_ok() {
            // What was objected to stays to be judged: a savepoint behind it may bring its block back.
            watch.counted = answer;
        }
        judged.map(|_counts| ()).map_err(|objection| No::Objection(Box::new(objection)))
    }

    /// The error of a witness's own statement, or of a COMMIT of ours.
    pub(super) fn witness_failed(&mut self, what: Hidden, due: usize, body: &[u8]) {
        match what {
            Hidden::Witness(point) => self.question_failed(point, due, body),
            Hidden::Commit => self.watch.told = Some(whole_error(body)),
            // The question may not be prepared for it.
            Hidden::Empty | Hidden::Off if ErrorView::read(body).code == QUERY_CANCELED => {
                self.watch.broken = Some(No::Server(whole_error(body)));
            }
            _ => {}
        }
    }

    fn question_failed(&mut self, point: Point, due: usize, body: &[u8]) {
        self.watch.prepared = false;
        let brought_forward = matches!(point, Point::Own | Point::Before) && due == point.statements().len();
        self.watch.broken.get_or_insert_with(|| {
            // Who cancels, or set the timeout, knows what it means.
            if brought_forward || ErrorView::read(body).code == QUERY_CANCELED {
                No::Server(whole_error(body))
            } else {
                No::Unwitnessed(String::from_utf8_lossy(ErrorView::read(body).message).into())
            }
        });
    }

    /// The same in the middle of a run, which the server skips from here on: what the client gets instead.
    pub(super) fn inline_failed(&mut self, point: Point, forwarded: bool, body: &[u8]) -> BytesMut {
        let due = if forwarded { point.statements().len() } else { 0 };
        self.question_failed(point, due, body);
        self.watch.waits = false;
        if let Some(no) = self.watch.broken.take() {
            self.object(no);
        }
        self.watch.objecting = point != Point::Before || !self.unit_commits();
        let mut bytes = self.watch.release_before_error();
        bytes.extend_from_slice(&self.watch.told.take().unwrap_or_default());
        bytes
    }

    /// Whether what waits in the unit is a COMMIT of the client, which has an answer of its own.
    fn unit_commits(&self) -> bool {
        self.unit.place() == Place::Block
    }

    /// The witness has answered in the middle of a run. Gives what goes on to the client.
    pub(super) fn inline_answered(&mut self, point: Point, out: &mut Output) -> BytesMut {
        self.watch.waits = false;
        let verdict = self.verdict(point);
        let fine = verdict.is_ok();
        match (point, verdict) {
            (Point::Flush, Ok(())) => {}
            (Point::Flush, Err(no)) => {
                self.object(no);
                self.watch.objecting = true;
                self.poison_told(out);
            }
            (_, verdict) => self.watch.verdict = Some(verdict),
        }
        if fine { self.watch.release() } else { BytesMut::new() }
    }

    /// A group of the witness is answered, with `due` of its statements not run. Gives what goes on to the client.
    ///
    /// # Errors
    /// A fault where the transaction cannot be brought to its end.
    pub(super) fn witness_done(&mut self, what: Hidden, due: usize, out: &mut Output) -> Result<BytesMut, Fault> {
        match what {
            Hidden::Witness(Point::Own) => self.own_answered(due, out),
            Hidden::Witness(Point::Before) => {
                self.watch.waits = false;
                let verdict = self.verdict_of(Point::Before, due);
                self.watch.verdict = Some(verdict);
                Ok(BytesMut::new())
            }
            Hidden::Witness(_) => {
                self.watch.waits = false;
                if self.watch.failed {
                    return Ok(self.end_of_query(out));
                }
                match self.verdict_of(Point::Block, due) {
                    Ok(()) => Ok(self.end_of_query(out)),
                    Err(no) => {
                        self.object(no);
                        self.fail_block(out);
                        Ok(BytesMut::new())
                    }
                }
            }
            Hidden::Commit | Hidden::Rollback => self.own_closed(what, out),
            Hidden::Begin => {
                self.watch.unopened = due > 0;
                Ok(BytesMut::new())
            }
            _ => Ok(BytesMut::new()),
        }
    }

    fn verdict_of(&mut self, point: Point, due: usize) -> Result<(), No> {
        if due > 0 && self.watch.broken.is_none() {
            return Err(No::Unwitnessed("its answer did not come".into()));
        }
        self.verdict(point)
    }

    fn own_answered(&mut self, due: usize, out: &mut Output) -> Result<BytesMut, Fault> {
        if self.watch.unopened && self.status == Status::Idle {
            // Its BEGIN was cancelled: it ran in the session's own read-only mode.
            self.watch.waits = false;
            return Ok(self.end_of_query(out));
        }
        if self.status == Status::Idle && due == 0 {
            return Err(Fault::Wall("a statement left the transaction it was to be witnessed in".into()));
        }
        let end = if self.watch.failed {
            Hidden::Rollback
        } else {
            match self.verdict_of(Point::Own, due) {
                Ok(()) => Hidden::Commit,
                Err(no) => {
                    self.object(no);
                    self.watch.objecting = true;
                    Hidden::Rollback
                }
            }
        };
        self.watch.tries = 0;
        self.hide(end, out);
        Ok(BytesMut::new())
    }

    /// COMMIT or ROLLBACK of ours is done.
    fn own_closed(&mut self, what: Hidden, out: &mut Output) -> Result<BytesMut, Fault> {
        if self.status != Status::Idle {
            // It was cancelled, or a COMMIT failed before its end.
            self.watch.tries += 1;
            if self.watch.tries > MOST_TRIES {
                return Err(Fault::Wall("a transaction could not be rolled back".into()));
            }
            self.hide(Hidden::Rollback, out);
            return Ok(BytesMut::new());
        }
        self.watch.waits = false;
        if what == Hidden::Commit && self.watch.told.is_some() {
            self.watch.objecting = true;
            if let Some(report) = self.watch.reports.last_mut() {
                report.outcome.error.get_or_insert_with(|| "40000".into());
            }
        }
        if self.watch.told.is_none() {
            return Ok(self.end_of_query(out));
        }
        let mut bytes = self.watch.release_before_error();
        bytes.extend_from_slice(&self.watch.told.take().unwrap_or_default());
        self.parts.clear();
        bytes.extend_from_slice(&self.end_of_query(out));
        Ok(bytes)
    }

    /// The end of a Query that was witnessed: what was held back, and ReadyForQuery.
    fn end_of_query(&mut self, out: &mut Output) -> BytesMut {
        let mut bytes = self.watch.release();
        self.emit_reports(out);
        if !self.has_parts() {
            make::message(b'Z', self.status.as_body(), &mut bytes);
        }
        bytes
    }

    /// Makes the client's block fail, and tells it why.
    fn fail_block(&mut self, out: &mut Output) {
        self.watch.objecting = true;
        let told = self.watch.told.take().unwrap_or_default();
        out.to_upstream.poison_query("witness");
        let expect = Expect::Client { kind: Kind::Query, poison: Some(told), report: None, point: None };
        self.expect(expect, out);
        self.emit_reports(out);
    }

    /// The ReadyForQuery of a message whose change is witnessed. `true` where it goes on to the client.
    pub(super) fn witnessed_ready(&mut self, point: Point, ends_query: bool, out: &mut Output) -> bool {
        if ends_query {
            if !self.watch.waits {
                // A COPY: nothing could be asked before its end.
                self.ask(point, out);
            }
            return false;
        }
        match self.watch.verdict.take() {
            Some(Err(no)) => {
                self.object(no);
                self.fail_block(out);
                false
            }
            Some(Ok(())) | None => true,
        }
    }

    /// What was held back of the record goes on.
    pub(super) fn emit_reports(&mut self, out: &mut Output) {
        out.events.extend(self.watch.reports.drain(..).map(Event::Statement));
    }
}

impl Point {
    /// What is run for it.
    pub(super) fn statements(self) -> &'static [Ours<'static>] {
        match self {
            Self::Own | Self::Before => &[Ours::Text(witness::DEFERRED), Ours::Prepared(WITNESS), Ours::Text(SEAL)],
            Self::Block | Self::Flush => &[Ours::Prepared(WITNESS)],
        }
    }
}

/// An ErrorResponse of the server, whole.
fn whole_error(body: &[u8]) -> Bytes {
    let mut bytes = BytesMut::new();
    make::message(b'E', body, &mut bytes);
    bytes.freeze()
}

fn error_of(objection: &Objection) -> make::Error {
    make::Error::statement(objection.sqlstate, objection.message.clone())
        .detail(objection.detail.clone())
        .hint(objection.hint.clone())
}

fn unwitnessed(why: &str) -> make::Error {
    make::Error::statement("42501", "stockade rolled this back: what it did could not be counted before its commit")
        .detail(format!("The counting failed: {why}. Nothing of this transaction was kept."))
        .hint("Try again. Where it fails again, tell a person: a function of the database may be at fault.")
}
