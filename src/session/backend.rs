//! The upstream's messages: a scan over headers. Rows are passed on as they came; only the few bodies that move the
//! state are read.

mod run;
mod startup;

use super::expect::{Expect, Hidden, Kind};
use super::output::Output;
use super::watch::{explain_termination, runs_code};
use super::{Event, Fault, Phase, Session, hidden_write, tell};
use crate::classify::Access;
use crate::wire::backend::{self, ErrorView, Status};
use crate::wire::{HEADER_BYTES, Header, make};
use bytes::{Buf, BytesMut};
use std::sync::Arc;

/// Bodies that are read are never longer than this; what claims to be is passed on unread (an ErrorResponse with a
/// huge message), or is broken.
const LONGEST_READ: usize = 1024 * 1024;

/// Bytes of a server's whole greeting, about.
const ROOM: usize = 1024;

/// An upstream message in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    /// Between messages.
    Boundary,
    /// The rest of a message that is passed on: bytes left.
    Pass(usize),
}

/// What becomes of a message that was read.
pub(super) enum Fate {
    Forward,
    Drop,
    Replace(BytesMut),
}

impl Session {
    /// Takes the upstream's bytes. Any chunking of a stream gives the same outputs.
    ///
    /// # Errors
    /// [`Fault`] when the session has to end.
    pub fn backend(&mut self, input: &mut BytesMut, out: &mut Output) -> Result<(), Fault> {
        let mut at = 0;
        // Bytes of `input` before `at` that are to be passed on and are not yet.
        let mut run = 0;
        let result = loop {
            let left = input.len() - at;
            if self.is_raw() {
                at += left;
                run += left;
                break Ok(());
            }
            if let Stream::Pass(rest) = self.upstream_stream {
                let part = rest.min(left);
                at += part;
                run += part;
                self.upstream_stream = if part == rest { Stream::Boundary } else { Stream::Pass(rest - part) };
                if part < rest {
                    break Ok(());
                }
                continue;
            }
            let bytes = input.get(at..).unwrap_or_default();
            let header = match Header::read(bytes) {
                Ok(Some(header)) => header,
                Ok(None) => break Ok(()),
                Err(malformed) => break Err(Fault::Upstream(malformed.to_string())),
            };
            if let Some(there) = self.answers_run(header, bytes, out) {
                at += there;
                run += there;
                continue;
            }
            if self.passes_rows(header.tag) {
                // Nothing that rows meet changes while they come.
                let (there, rest) = rows(bytes, header.tag);
                at += there;
                run += there;
                self.upstream_stream = if rest == 0 { Stream::Boundary } else { Stream::Pass(rest) };
                continue;
            }
            if !self.reads(header) {
                if self.watch.holds() {
                    // Rows do not wait, and neither does what was answered before them.
                    out.to_client.extend_from_slice(input.get(at - run..at).unwrap_or_default());
                    run = 0;
                    out.to_client.extend_from_slice(&self.watch.release());
                    input.advance(at);
                    at = 0;
                }
                if let Err(fault) = self.passes(header.tag, out) {
                    break Err(fault);
                }
                self.upstream_stream = Stream::Pass(header.total());
                continue;
            }
            let Some(body) = bytes.get(HEADER_BYTES..header.total()) else { break Ok(()) };
            match self.answer(header.tag, body, out) {
                Ok(Fate::Forward) => {
                    at += header.total();
                    run += header.total();
                }
                Ok(fate) => {
                    if out.to_client.is_empty() && matches!(fate, Fate::Replace(_)) {
                        // Mostly all of it goes out together.
                        out.to_client.reserve(input.len().min(ROOM));
                    }
                    out.to_client.extend_from_slice(input.get(at - run..at).unwrap_or_default());
                    run = 0;
                    at += header.total();
                    if let Fate::Replace(bytes) = fate {
                        out.to_client.extend_from_slice(&bytes);
                    }
                }
                Err(fault) => break Err(fault),
            }
            if header.tag == b'Z' {
                self.settle(out);
            }
        };
        input.advance(at - run);
        let passed = input.split_to(run);
        if out.to_client.is_empty() {
            out.to_client = passed;
        } else {
            out.to_client.extend_from_slice(&passed);
        }
        result
    }

    /// Whether rows, or copy data, go to the client as they come.
    fn passes_rows(&mut self, tag: u8) -> bool {
        match tag {
            b'D' => !self.watch.holds() && !self.head_is_ours(),
            b'd' => !self.watch.holds(),
            _ => false,
        }
    }

    /// Whether the message's body is needed.
    fn reads(&mut self, header: Header) -> bool {
        if header.body > LONGEST_READ {
            return false;
        }
        match header.tag {
            b'Z' | b'E' | b'S' | b'R' | b'K' => true,
            // Which of these are the answer to a hidden statement shows only at the queue.
            b'C' | b'1' | b'2' | b'3' => true,
            // Behind a change that waits for the witness, all but rows waits too.
            b'T' | b't' | b'n' | b'A' => self.watch.holds(),
            b'D' => self.watch.holds() || self.head_is_ours(),
            b'N' => self.watch.holds() || self.part.is_some() || self.head_is_ours(),
            _ => false,
        }
    }

    /// A message that is passed on unread: what it says about the queue.
    fn passes(&mut self, tag: u8, out: &mut Output) -> Result<(), Fault> {
        match tag {
            b'G' => self.pending.copy_in(),
            b'T' | b'n' => self.answered(|kind| matches!(kind, Kind::Describe)),
            b's' | b'I' => self.finished(None, out),
            b'E' => self.failed(None, out),
            b'Z' | b'S' | b'R' | b'K' | b'C' | b'1' | b'2' | b'3' => {
                return Err(Fault::Upstream(format!("message type {tag} of impossible length")));
            }
            _ => {}
        }
        Ok(())
    }

    fn answer(&mut self, tag: u8, body: &[u8], out: &mut Output) -> Result<Fate, Fault> {
        match tag {
            b'Z' => self.ready(body, out),
            b'E' => Ok(self.error(body, out)),
            b'S' => self.parameter_status(body),
            b'R' => self.authentication(body),
            b'K' => self.key_data(body, out),
            b'D' => Ok(self.row(body)),
            b'T' | b't' | b'n' => {
                if tag != b't' {
                    self.answered(|kind| matches!(kind, Kind::Describe));
                }
                Ok(Fate::Replace(self.watch.hold(tag, body, false)))
            }
            b'N' => Ok(self.notice(body)),
            b'A' => Ok(Fate::Replace(self.watch.hold(tag, body, false))),
            _ => Ok(self.complete(tag, body, out)),
        }
    }

    /// A row while a question is under way; nothing else is then.
    fn row(&mut self, body: &[u8]) -> Fate {
        match self.pending.head() {
            Some(Expect::Hidden { what: Hidden::Question, .. }) => {
                self.temporary.row(backend::first_column(body));
                Fate::Drop
            }
            Some(Expect::Hidden { what: Hidden::Witness(_), .. } | Expect::Inline { point: Some(_), .. }) => {
                self.watch.row(body);
                Fate::Drop
            }
            Some(Expect::Hidden { .. } | Expect::Inline { .. }) => Fate::Drop,
            // A row of the client's, behind what its earlier statements were answered.
            _ if self.watch.holds() => {
                let mut bytes = self.watch.release();
                make::message(b'D', body, &mut bytes);
                Fate::Replace(bytes)
            }
            _ => Fate::Forward,
        }
    }

    fn complete(&mut self, tag: u8, body: &[u8], out: &mut Output) -> Fate {
        if let Some(Expect::Inline { point, due, .. }) = self.pending.head() {
            let point = *point;
            *due = due.saturating_sub(1);
            if *due > 0 {
                return Fate::Drop;
            }
            self.pending.pop();
            return point.map_or(Fate::Drop, |point| Fate::Replace(self.inline_answered(point, out)));
        }
        if let Some(Expect::Hidden { due, .. }) = self.pending.head() {
            if tag == b'C' {
                *due = due.saturating_sub(1);
            }
            return Fate::Drop;
        }
        let late = if tag == b'C' { self.watch.late() } else { BytesMut::new() };
        let waits = tag == b'C' && matches!(self.pending.head(), Some(Expect::Client { point: Some(_), .. }));
        match tag {
            b'C' => {
                self.watch.committed();
                if waits {
                    self.watch.completed(body);
                }
                if body.starts_with(b"COMMIT\0") {
                    self.watch.notes.committed();
                }
                self.finished(backend::rows(body), out);
            }
            b'1' => self.answered(|kind| matches!(kind, Kind::Parse(_))),
            b'2' => self.answered(|kind| matches!(kind, Kind::Bind(_))),
            _ => self.answered(|kind| matches!(kind, Kind::Close(_))),
        }
        if waits || self.watch.holds() {
            let mut bytes = late;
            bytes.unsplit(self.watch.hold(tag, body, tag == b'C'));
            return Fate::Replace(bytes);
        }
        if late.is_empty() {
            return Fate::Forward;
        }
        let mut bytes = late;
        make::message(tag, body, &mut bytes);
        Fate::Replace(bytes)
    }

    /// Whether what is being answered is a statement of ours.
    pub(super) fn head_is_ours(&mut self) -> bool {
        matches!(self.pending.head(), Some(Expect::Hidden { .. } | Expect::Inline { .. }))
    }

    /// The message being answered is done, if it is of that kind.
    fn answered(&mut self, kind: fn(&Kind) -> bool) {
        if matches!(self.pending.head(), Some(Expect::Client { kind: k, .. }) if kind(k)) {
            self.pending.pop();
        }
    }

    /// CommandComplete, EmptyQueryResponse or PortalSuspended: an Execute is done; a Query goes on to ReadyForQuery.
    fn finished(&mut self, rows: Option<u64>, out: &mut Output) {
        let clock = self.setup.clock;
        let Some(Expect::Client { kind, report, point, .. }) = self.pending.head() else { return };
        let point = *point;
        if let Some(report) = report.as_mut() {
            report.outcome.finished = true;
            if let Some(rows) = rows {
                let sum = report.outcome.rows.get_or_insert(0);
                *sum = sum.saturating_add(rows);
            }
        }
        if matches!(kind, Kind::Execute) {
            let report = report.take();
            if let Some(mut report) = report {
                report.outcome.duration = clock().saturating_duration_since(report.started);
                self.ran(&report.facts, report.text_bytes, None);
                if point.is_some() {
                    self.watch.report(report);
                } else {
                    out.events.push(Event::Statement(report));
                }
            }
            self.pending.pop();
        }
    }

    fn ready(&mut self, body: &[u8], out: &mut Output) -> Result<Fate, Fault> {
        self.status = backend::ready(body).map_err(|m| Fault::Upstream(m.to_string()))?;
        if self.modes.implicit_run && self.status == Status::InTransaction {
            self.status = Status::Idle;
        }
        if self.phase == Phase::Starting {
            self.phase = Phase::Ready;
            out.events.push(Event::Ready);
            return Ok(Fate::Forward);
        }
        if let Some(report) = self.pending.end_run() {
            if let Some(mut report) = report {
                report.outcome.finished = true;
                report.outcome.duration = (self.setup.clock)().saturating_duration_since(report.started);
                out.events.push(Event::Statement(report));
            }
            return Ok(self.ended(body, out));
        }
        self.pending.head();
        match self.pending.pop() {
            Some(Expect::Hidden { what, due }) => {
                self.hidden_done(what, due)?;
                Ok(Fate::Replace(self.witness_done(what, due, out)?))
            }
            Some(Expect::Client {
                kind: kind @ (Kind::Query | Kind::Sync | Kind::FunctionCall),
                report,
                point,
                ..
            }) => {
                if let Some(mut report) = report {
                    report.outcome.finished = true;
                    self.ran(&report.facts, report.text_bytes, report.outcome.error.as_deref());
                    report.outcome.duration = (self.setup.clock)().saturating_duration_since(report.started);
                    if point.is_some() {
                        self.watch.report(report);
                    } else {
                        out.events.push(Event::Statement(report));
                    }
                }
                if let Some(point) = point {
                    if self.status == Status::Idle {
                        self.watch.notes.committed();
                    }
                    if !self.witnessed_ready(point, matches!(kind, Kind::Query), out) {
                        return Ok(Fate::Drop);
                    }
                }
                Ok(self.ended(body, out))
            }
            None if self.pending.late_sync() => {
                self.unit.changed = false;
                let mut bytes = BytesMut::new();
                self.ready_for_query(body, &mut bytes);
                Ok(Fate::Replace(bytes))
            }
            other => Err(Fault::Upstream(format!(
                "ReadyForQuery where {} was due",
                other.as_ref().map_or("nothing", Expect::answer)
            ))),
        }
    }

    /// The ReadyForQuery of a Query or Sync of the client's.
    fn ended(&mut self, status: &[u8], out: &mut Output) -> Fate {
        if self.status == Status::Idle {
            self.watch.notes.committed();
        }
        self.emit_reports(out);
        let parts = self.has_parts();
        if !parts && !self.watch.holds() && !self.parameters.is_due() && self.part.is_none() {
            return Fate::Forward;
        }
        let mut bytes = self.watch.release();
        if parts {
            return Fate::Replace(bytes);
        }
        self.ready_for_query(status, &mut bytes);
        Fate::Replace(bytes)
    }

    fn error(&mut self, body: &[u8], out: &mut Output) -> Fate {
        let view = ErrorView::read(body);
        if view.is_fatal() {
            self.told = true;
            return Fate::Forward;
        }
        if let Some(Expect::Hidden { what, due }) = self.pending.head() {
            let (what, due) = (*what, *due);
            self.witness_failed(what, due, body);
            // The rest of the group is skipped by the server; its ReadyForQuery tells that `due` is not zero.
            return Fate::Drop;
        }
        let poison = match self.pending.head() {
            Some(Expect::Client { poison: poison @ Some(_), .. }) if view.code == b"42601" => poison.take(),
            _ => None,
        };
        if let Some(Expect::Inline { point: Some(point), due, .. }) = self.pending.head() {
            let (point, due) = (*point, *due);
            let bytes = self.inline_failed(point, due, body);
            self.failed(Some(view.code), out);
            return Fate::Replace(bytes);
        }
        self.parts.clear();
        let explained = match view.code {
            b"25006" => self.explained(body),
            b"2D000" if self.head_runs_code() => Some(explain_termination(body)),
            _ => None,
        };
        self.failed(Some(view.code), out);
        let mut before = self.watch.late();
        before.unsplit(self.watch.release_before_error());
        if let Some(error) = poison {
            before.extend_from_slice(&error);
            return Fate::Replace(before);
        }
        if let Some(error) = explained {
            before.extend_from_slice(&error);
            return Fate::Replace(before);
        }
        let moved = self.part.and_then(|before| tell::moved(body, before));
        if before.is_empty() && moved.is_none() {
            return Fate::Forward;
        }
        make::message(b'E', moved.as_deref().unwrap_or(body), &mut before);
        Fate::Replace(before)
    }

    /// Whether the message being answered runs a procedure or a DO of a session that is guarded.
    fn head_runs_code(&mut self) -> bool {
        let report = match self.pending.head() {
            Some(Expect::Client { report: Some(report), .. }) => report,
            _ => return false,
        };
        self.modes.guards() && report.facts.statements.iter().any(runs_code)
    }

    /// The refusal of a write by a message whose text only reads, with what the client cannot know.
    fn explained(&mut self, body: &[u8]) -> Option<BytesMut> {
        // Who asked for a read-only session knows why, and a standby refuses by itself.
        if !self.modes.hides_default() || self.modes.standby {
            return None;
        }
        let may_write = self.modes.toggles();
        let facts = match self.pending.head() {
            Some(Expect::Client { report: Some(report), .. }) => {
                let reads = report.facts.statements.iter().all(|s| s.access == Access::ReadOnly);
                Some(&*reads.then_some(report)?.facts)
            }
            // The planner may run what a Bind names; its text was judged at Parse.
            Some(Expect::Client { kind: Kind::Bind(_), .. }) => None,
            _ => return None,
        };
        Some(hidden_write::explain(body, facts, may_write))
    }

    /// The message being answered failed; in the extended protocol the server skips to the next Sync.
    fn failed(&mut self, code: Option<&[u8]>, out: &mut Output) {
        self.watch.not_committed();
        self.watch.parking_failed();
        if let Some(Expect::Client { kind: Kind::Query, point: Some(_), .. }) = self.pending.head() {
            self.watch.failed();
        }
        if let Some(Expect::Client { report: Some(report), .. }) = self.pending.head() {
            report.outcome.error = Some(code.map_or("unknown".into(), |c| String::from_utf8_lossy(c).into()));
            report.outcome.finished = true;
        }
        if let Some(Expect::Client { kind: Kind::Execute, report: Some(report), .. }) = self.pending.head() {
            let (facts, bytes) = (Arc::clone(&report.facts), report.text_bytes);
            self.ran(&facts, bytes, Some(&String::from_utf8_lossy(code.unwrap_or_default())));
        }
        self.watch.notes.failed();
        let leads = matches!(self.pending.head(), Some(Expect::Inline { leads: true, .. }));
        let clock = self.setup.clock;
        for mut expect in self.pending.error() {
            if leads && let Expect::Client { kind: Kind::Query, point, .. } = &expect {
                self.query_skipped(*point, out);
            }
            if let Expect::Client { kind, report: Some(report), .. } = &mut expect {
                report.outcome.duration = clock().saturating_duration_since(report.started);
                // The block of ours that it was to run in did not begin: the client sees that error as its own.
                if matches!(kind, Kind::Query) {
                    report.outcome.error = Some(code.map_or("unknown".into(), |c| String::from_utf8_lossy(c).into()));
                    report.outcome.finished = true;
                }
            }
            self.skipped(expect, out);
        }
    }
}

/// How many bytes of the messages of this type that `bytes` begins with are there, and how many of the last one's are
/// still to come.
fn rows(bytes: &[u8], tag: u8) -> (usize, usize) {
    let mut at = 0;
    while let Some(rest) = bytes.get(at..)
        && let Ok(Some(header)) = Header::read(rest)
        && header.tag == tag
    {
        at += header.total();
    }
    let there = at.min(bytes.len());
    (there, at - there)
}
