//! CALL and DO: what they run may COMMIT by itself where the server is in no transaction block, before anything could be
//! judged. So they always run in one, where PostgreSQL refuses that (2D000): the client's, or one of ours around the Query
//! or the run.
//!
//! <https://www.postgresql.org/docs/current/sql-call.html>,
//! <https://www.postgresql.org/docs/current/plpgsql-transactions.html>

use super::super::expect::{Expect, Hidden};
use super::super::judge::Read;
use super::super::output::{Output, UpstreamBuffer};
use super::super::unit::Place;
use super::{Point, Session};
use crate::classify::{Classification, Code};
use crate::wire::backend::{ErrorView, Status};
use crate::wire::make::{self, Ours};
use bytes::BytesMut;

/// What is said of what may not share a run with code.
pub(in crate::session) const WITH_CODE: &str =
    "a transaction statement or COPY in one run of messages with CALL or DO (send Sync before it)";

/// What begins a block around a run, in the mode that the run has.
pub(in crate::session) const BLOCK: &[Ours<'static>] = &[Ours::Text("BEGIN")];

impl Read {
    /// Whether it runs code that may end transactions where it is in none of its own.
    pub(in crate::session) fn runs_code(&self) -> bool {
        !self.is_plain() && self.statements().any(runs_code)
    }

    /// Whether it runs code of any kind that is let run.
    pub(in crate::session) fn runs_named(&self) -> bool {
        self.statements().any(|statement| statement.effects.iter().any(|effect| effect.code.is_some()))
    }
}

/// Whether a statement is a CALL or DO.
pub(in crate::session) fn runs_code(statement: &Classification) -> bool {
    statement.effects.iter().any(|effect| matches!(effect.code, Some(Code::Procedure | Code::Block)))
}

/// PostgreSQL's refusal of a COMMIT or ROLLBACK in a procedure or DO (invalid transaction termination), with what the
/// client cannot know; as it came where it has a DETAIL or HINT of its own.
pub(in crate::session) fn explain_termination(body: &[u8]) -> BytesMut {
    let mut bytes = BytesMut::new();
    if ErrorView::read(body).has_advice {
        make::message(b'E', body, &mut bytes);
        return bytes;
    }
    let fields = body.strip_suffix(b"\0").unwrap_or(body);
    let (detail, hint) = TERMINATION;
    let body = [fields, b"D", detail.as_bytes(), b"\0H", hint.as_bytes(), b"\0\0"].concat();
    make::message(b'E', &body, &mut bytes);
    bytes
}

/// DETAIL and HINT.
const TERMINATION: (&str, &str) = (
    "Stockade runs procedures and DO inside a transaction block, so that what they did is judged before it commits; code \
     that commits or rolls back by itself cannot run there.",
    "Leave this procedure to a person, who runs it directly: tell them which one and why. Do not try to get around this.",
);

impl Session {
    /// Begins the block of ours that a Query runs in. Where it does not begin (it was cancelled), the server skips the Query
    /// too, up to the witness's Sync.
    pub(super) fn begin_for_query(&mut self, read: &Read, out: &mut Output) {
        // The client's own wish to read only stays with it; and a standby refuses by itself.
        let stays = self.modes.standby || (self.modes.client_read_only && read.runs_code());
        let begin = if stays { BLOCK } else { Hidden::Begin.statements() };
        self.modes.implicit_run = false;
        let due = out.to_upstream.inline(begin);
        self.expect(Expect::inline(due), out);
    }

    /// Whether a message may share the run's transaction with code that is in it, or that it brings.
    pub(in crate::session) fn keeps_off_code(&self, read: &Read) -> bool {
        let wants = read.wants();
        let beside = self.is_around() && (wants.transaction || wants.copy_in);
        let behind = read.runs_code() && self.unit.place() == Place::Implicit && self.unit.wants.copy_in;
        !(self.has_witness() && (beside || behind))
    }

    /// Whether a block of ours is open around the run.
    fn is_around(&self) -> bool {
        self.unit.point == Some(Point::Own)
    }

    /// Begins a block of ours around the run, which is about to bind or run code. What the run did before is in it too.
    pub(in crate::session) fn open_for_code(&mut self, read: &Read, out: &mut Output) {
        let opens = read.runs_code() && self.has_witness() && self.unit.place() == Place::Implicit;
        if opens && !self.pending.is_skipping() {
            self.open_around(out);
        }
    }

    /// In front of the question behind a run: begins a block of ours around it, in which what is deferred can be brought
    /// forward without a warning in the server's log. Not where the run may have moved from one transaction to another: a
    /// block that it leaves behind is the client's.
    pub(super) fn open_for_question(&mut self, out: &mut Output) {
        if self.status == Status::Idle && !self.unit.wants.transaction {
            self.open_around(out);
        }
    }

    /// Begins a block of ours around the run, if there is none yet.
    fn open_around(&mut self, out: &mut Output) {
        if !self.is_around() {
            self.inline(BLOCK, out);
            self.unit.point = Some(Point::Own);
        }
    }

    /// The witness agrees: the block around the run commits in front of its Sync.
    pub(super) fn commit_around(&mut self, out: &mut Output) {
        if self.is_around() {
            self.inline(Hidden::Commit.statements(), out);
        }
    }

    /// A Query in the run is refused, and ends it: the block goes, so that the client is in none.
    pub(in crate::session) fn leave_around(&mut self, out: &mut Output) {
        if self.is_around() {
            self.inline(Hidden::Rollback.statements(), out);
        }
    }

    pub(in crate::session) fn inline(&mut self, statements: &'static [Ours<'static>], out: &mut Output) {
        let mut bytes = UpstreamBuffer::default();
        let due = bytes.inline(statements);
        self.stage(Expect::inline(due), out, |to| to.append(&mut bytes));
    }

    /// The ReadyForQuery of a run in a block of ours. `false` where that failed and is to be left first.
    pub(super) fn code_ran(&mut self, out: &mut Output) -> bool {
        if self.status == Status::Idle {
            return true;
        }
        self.watch.tries = 0;
        self.hide(Hidden::Rollback, out);
        false
    }
}
