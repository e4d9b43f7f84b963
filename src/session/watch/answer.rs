//! The answer: what it says, and what becomes of the transaction.

use super::super::expect::{Expect, Hidden, Kind};
use super::super::output::Output;
use super::super::witnessed::Rollback;
use super::super::{Event, Fault, Protocol};
use super::{Gate, MOST_TRIES, No, Point, QUERY_CANCELED, Session};
use crate::wire::backend::{ErrorView, Status};
use crate::wire::make;
use crate::witness::{self, Objection};
use bytes::{Bytes, BytesMut};

impl Session {
    /// The witness's answer for a message that waited.
    pub(super) fn witness_answered(&mut self) -> Option<Gate> {
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

    /// Takes an objection in: what the client is told, and what the reports say.
    pub(super) fn object(&mut self, no: No) {
        self.watch.notes.rolled_back(match &no {
            No::Objection(objection) => Rollback::Objection(objection.reason),
            No::Server(_) => Rollback::Server,
            No::Unwitnessed(_) => Rollback::Unwitnessed,
        });
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

    /// The answer is in: what it says. What is about to commit is taken from the principal's budget. `None` where the whole
    /// question has to be asked: to agree the quick one is enough, to object it is not.
    fn verdict(&mut self, point: Point) -> Option<Result<(), No>> {
        let quick = self.watch.asked.is_quick();
        let defers = self.watch.quick.defers();
        if quick && self.watch.broken.is_none() {
            let answer = std::mem::take(&mut self.watch.quick);
            if answer.is_forged() {
                self.watch.broken = Some(No::Unwitnessed("a function took the place of the question".into()));
                self.watch.unprepared();
                self.watch.forged = true;
            } else {
                self.watch.empties = point != Point::Block && point != Point::Flush;
                self.watch.answer = answer.into_reading()?;
            }
        }
        let (policy, account, now) = (&self.setup.policy, &self.setup.account, (self.setup.clock)());
        let watch = &mut self.watch;
        if let Some(no) = watch.broken.take() {
            watch.notes.answered(now);
            return Some(Err(no));
        }
        let statement = watch.answer.since(&watch.counted);
        let transaction = watch.answer.since(&watch.base);
        let judge = |left| witness::judge(policy.limits(), &watch.said, &statement, &transaction, left);
        let kept = if watch.code { witness::judge_kept(policy.rules(), &transaction) } else { Ok(()) };
        let mut judged = kept.and_then(|()| judge(account.budget_left(now)));
        if quick && judged.is_err() {
            return None;
        }
        if let (Ok(counts), Point::Own | Point::Before) = (&judged, point) {
            match account.reserve(counts.changed(), now) {
                // A COMMIT that fails now has been paid for all the same.
                Ok(reservation) => {
                    reservation.settle(now);
                    watch.notes.agreed(*counts);
                }
                // Another connection of the principal was faster.
                Err(_) if quick => return None,
                Err(over) => judged = judge(Some(over.left())),
            }
        }
        watch.notes.answered(now);
        watch.doubted = false;
        watch.said.judged();
        let answer = std::mem::take(&mut watch.answer);
        if let Ok(counts) = &judged {
            if quick && point == Point::Block && !defers {
                watch.settled.agreed(*counts);
            }
            // What was objected to stays to be judged: a savepoint behind it may bring its block back.
            watch.counted = answer;
        }
        Some(judged.map(|_counts| ()).map_err(|objection| No::Objection(Box::new(objection))))
    }

    /// The error of a witness's own statement, or of a COMMIT of ours.
    pub(in crate::session) fn witness_failed(&mut self, what: Hidden, due: usize, body: &[u8]) {
        match what {
            Hidden::Witness(point) => self.question_failed(point, due, body),
            Hidden::Commit => {
                self.watch.told = Some(whole_error(body));
                self.watch.notes.failed();
            }
            // The question may not be prepared for it.
            Hidden::Empty | Hidden::OffAndEmpty if ErrorView::read(body).code == QUERY_CANCELED => {
                self.watch.broken = Some(No::Server(whole_error(body)));
            }
            _ => {}
        }
    }

    fn question_failed(&mut self, point: Point, due: usize, body: &[u8]) {
        self.watch.unprepared();
        let brought_forward = matches!(point, Point::Own | Point::Before) && due == self.watch.statements(point).len();
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
    pub(in crate::session) fn inline_failed(&mut self, point: Point, due: usize, body: &[u8]) -> BytesMut {
        let first = due > self.watch.behind_first();
        let due = if first { self.watch.statements(point).len() } else { 0 };
        self.question_failed(point, due, body);
        self.watch.notes.answered((self.setup.clock)());
        self.watch.waits = false;
        if let Some(no) = self.watch.broken.take() {
            // What the server says itself at a Sync comes behind what it has answered.
            let stands = point == Point::Before && self.unit.commits;
            self.watch.objecting = !(stands || matches!(no, No::Server(_)));
            self.object(no);
        }
        self.unit.undone = point == Point::Before && self.unit.commits;
        let mut bytes = self.watch.release_before_error();
        bytes.unsplit(self.watch.late());
        bytes.extend_from_slice(&self.watch.told.take().unwrap_or_default());
        bytes
    }

    /// The witness has answered in the middle of a run. Gives what goes on to the client.
    pub(in crate::session) fn inline_answered(&mut self, point: Point, out: &mut Output) -> BytesMut {
        self.watch.waits = false;
        let Some(verdict) = self.verdict(point) else {
            if point == Point::Block {
                // Its Sync is on its way.
                self.watch.lacks = true;
            } else {
                self.ask_again(point, true, out);
            }
            return BytesMut::new();
        };
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
        // A Sync waits for it, and is answered next.
        let waits = point == Point::Before && !self.unit.executes;
        if fine && !waits { self.watch.release() } else { BytesMut::new() }
    }

    /// A group of the witness is answered, with `due` of its statements not run. Gives what goes on to the client.
    ///
    /// # Errors
    /// A fault where the transaction cannot be brought to its end.
    pub(in crate::session) fn witness_done(
        &mut self,
        what: Hidden,
        due: usize,
        out: &mut Output,
    ) -> Result<BytesMut, Fault> {
        match what {
            Hidden::Witness(Point::Own) => self.own_answered(due, out),
            Hidden::Witness(Point::Before) => {
                self.watch.waits = false;
                self.watch.verdict = self.verdict_of(Point::Before, due);
                if self.watch.verdict.is_none() {
                    self.ask_again(Point::Before, false, out);
                }
                Ok(BytesMut::new())
            }
            Hidden::Witness(_) => {
                self.watch.waits = false;
                if self.watch.failed {
                    return Ok(self.end_of_query(out));
                }
                match self.verdict_of(Point::Block, due) {
                    None => self.ask_again(Point::Block, false, out),
                    Some(Ok(())) => return Ok(self.end_of_query(out)),
                    Some(Err(no)) => {
                        self.object(no);
                        self.fail_block(out);
                    }
                }
                Ok(BytesMut::new())
            }
            Hidden::Commit | Hidden::Rollback => self.own_closed(what, out),
            Hidden::Begin => {
                self.watch.unopened = due > 0;
                Ok(BytesMut::new())
            }
            _ => Ok(BytesMut::new()),
        }
    }

    fn verdict_of(&mut self, point: Point, due: usize) -> Option<Result<(), No>> {
        if due > 0 && self.watch.broken.is_none() {
            self.watch.notes.answered((self.setup.clock)());
            return Some(Err(No::Unwitnessed("its answer did not come".into())));
        }
        self.verdict(point)
    }

    fn own_answered(&mut self, due: usize, out: &mut Output) -> Result<BytesMut, Fault> {
        if self.watch.unopened && self.status == Status::Idle {
            // Its BEGIN was cancelled: it ran in the session's own read-only mode, or was skipped.
            self.watch.waits = false;
            return Ok(self.end_of_query(out));
        }
        if self.status == Status::Idle && due == 0 {
            return Err(Fault::Wall("a statement left the transaction it was to be witnessed in".into()));
        }
        let end = if self.watch.failed {
            self.watch.notes.unasked();
            Hidden::Rollback
        } else {
            match self.verdict_of(Point::Own, due) {
                None => {
                    self.ask_again(Point::Own, false, out);
                    return Ok(BytesMut::new());
                }
                Some(Ok(())) => Hidden::Commit,
                Some(Err(no)) => {
                    // The server would say it at the end of the text, behind what this part was answered.
                    self.watch.objecting = !(self.has_parts() && matches!(no, No::Server(_)));
                    self.object(no);
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
            self.watch.objecting = !self.has_parts();
            if let Some(report) = self.watch.reports.last_mut() {
                report.outcome.error.get_or_insert_with(|| "40000".into());
            }
        }
        if self.watch.told.is_none() {
            self.watch.notes.committed();
            return Ok(self.end_of_query(out));
        }
        let mut bytes = self.watch.release_before_error();
        bytes.unsplit(self.watch.late());
        bytes.extend_from_slice(&self.watch.told.take().unwrap_or_default());
        self.parts.clear();
        bytes.extend_from_slice(&self.end_of_query(out));
        Ok(bytes)
    }

    /// The end of a Query that was witnessed: what was held back, and ReadyForQuery.
    fn end_of_query(&mut self, out: &mut Output) -> BytesMut {
        let mut bytes = self.watch.release();
        self.watch.notes.unasked();
        self.emit_reports(out);
        if !self.has_parts() {
            self.ready_for_query(self.status.as_body(), &mut bytes);
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
    pub(in crate::session) fn witnessed_ready(&mut self, point: Point, ends_query: bool, out: &mut Output) -> bool {
        if point == Point::Own && !ends_query {
            return self.code_ran(out);
        }
        if ends_query {
            if !self.watch.waits {
                // A COPY: nothing could be asked before its end.
                self.ask(point, out);
            } else {
                // What was asked behind the Query has its turn now.
                self.watch.notes.asked((self.setup.clock)(), Protocol::Simple);
            }
            return false;
        }
        if std::mem::take(&mut self.watch.lacks) {
            // A Query failed before this run, at most.
            self.watch.failed = false;
            self.ask_again(point, false, out);
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
    pub(in crate::session) fn emit_reports(&mut self, out: &mut Output) {
        if !self.watch.reports.is_empty() {
            out.events.extend(self.watch.reports.drain(..).map(Event::Statement));
        }
        self.watch.notes.emit(&mut out.events);
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
