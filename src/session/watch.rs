//! The second judging: what a transaction did, counted by the server itself, before it commits.
//!
//! | what commits | how it is kept from committing |
//! |---|---|
//! | a Query outside a block | it runs in a block of ours: BEGIN, the Query, the witness; then COMMIT or ROLLBACK |
//! | a run of extended messages | its Sync waits: the run in a block of ours, the witness, Flush; then COMMIT, or poison, and Sync |
//! | the client's COMMIT | it waits: the witness; then COMMIT, or ROLLBACK and the objection |
//!
//! Inside a block the witness follows each Query and each run that changes something, in the same round trip; where it
//! objects the block is made to fail. Of the answers, those behind the last CommandComplete wait for the witness; rows
//! do not.

mod answer;
mod ask;
mod code;
pub(super) mod ours;
mod settled;

#[cfg(test)]
pub(super) use code::BLOCK;
pub(super) use code::{WITH_CODE, explain_termination, runs_code};
pub(super) use ours::Asked;
use ours::Prepared;
use settled::Settled;

use super::Session;
use super::judge::{Read, StatementReport, with_own};
use super::witnessed::Notes;
use crate::classify::{Access, Classification};
use crate::policy;
use crate::wire::backend::Status;
use crate::wire::make;
use crate::witness::{self, Objection, Quick, Reading, Said};
use bytes::{Bytes, BytesMut};

/// The SQLSTATE of what a CancelRequest or a timeout ended.
const QUERY_CANCELED: &[u8] = b"57014";

/// Answers that wait for the witness; what is more goes on, as the answers of a pipeline do before its Sync.
const MOST_HELD: usize = 64 * 1024;

/// How often the way out of a block of ours is tried.
const MOST_TRIES: u8 = 5;

/// What the witness is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    /// A Query in a block of ours; a run in one, for its Sync.
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
    /// Code of the database was run in it.
    code: bool,
    /// What its texts say.
    said: Said,
    /// What had been counted when the transaction began.
    base: Reading,
    /// What had been counted when the witness was last asked.
    counted: Reading,
    /// What `base` and `said` were when a message was sent that commits, until it is answered.
    uncommitted: Option<Box<(Reading, Said)>>,
    /// The answer under way,
    answer: Reading,
    /// to the quick question.
    quick: Quick,
    /// How it was asked.
    asked: Asked,
    /// The quick question's answer lacks something: the whole one comes next.
    again: bool,
    /// It came in front of a Sync, behind which the whole one is asked.
    lacks: bool,
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
    /// Notices of what a part's end ran, for the CommandComplete of the COMMIT that is the next part.
    late: BytesMut,
    /// Reports that wait with them.
    #[expect(clippy::vec_box, reason = "they come boxed, and go on so")]
    reports: Vec<Box<StatementReport>>,
    /// The ErrorResponse the client gets when a transaction is rolled back for it.
    told: Option<Bytes>,
    tries: u8,
    /// The counters are empty: they were emptied when a transaction had ended, and none was opened since.
    empty: bool,
    /// The counters will be emptied when the transaction under way has ended.
    empties: bool,
    /// What is prepared of ours.
    prepared: Prepared,
    /// A function's statement was found under one of our names: each is to be prepared again.
    forged: bool,
    /// What came of the questions.
    pub(super) notes: Notes,
    /// What stood before is ready to be looked at by the next question.
    before: bool,
    /// A statement that ends transactions is prepared and closed again in what is under way,
    pub(super) parking: bool,
    /// and may not have been closed.
    parking_failed: bool,
    /// Savepoints may be open in the client's block.
    saved: bool,
    /// Whether the client's block is judged as it stands.
    pub(super) settled: Settled,
    /// Code ran since: it can take the question's name for something of its own, which no ROLLBACK undoes.
    doubted: bool,
}

impl Watch {
    /// Whether the client's next message has to wait for the witness.
    pub(super) fn waits(&self) -> bool {
        self.waits
    }

    /// Whether nothing waits for it, and nothing of the client's is held for it.
    pub(super) fn rests(&self) -> bool {
        !(self.waits || self.objecting || self.parking || self.holds())
            && self.verdict.is_none()
            && self.late.is_empty()
            && self.reports.is_empty()
    }

    /// Whether answers are held back.
    pub(super) fn holds(&self) -> bool {
        !self.held.is_empty()
    }

    /// The session's prepared statements may be gone, ours too.
    pub(super) fn unprepared(&mut self) {
        self.prepared = Prepared::default();
    }

    /// The counters were emptied, at an idle moment: what is counted now begins with nothing.
    pub(super) fn emptied(&mut self) {
        for counted in [&mut self.base, &mut self.counted] {
            if !counted.is_blank() {
                *counted = Reading::default();
            }
        }
    }

    /// Whether the counters are known to be empty.
    pub(super) fn is_empty(&self) -> bool {
        self.empty
    }

    /// Whether the counters have to be emptied before a transaction that may write.
    pub(super) fn empties(&self) -> bool {
        !self.empty
    }

    /// They are emptied in front of the next transaction, which has not been opened to write.
    pub(super) fn empties_now(&mut self) {
        self.empty = true;
    }

    /// A transaction that may write is about to be opened. Whether the counters have to be emptied before it.
    pub(super) fn opens(&mut self) -> bool {
        self.empties = false;
        !std::mem::take(&mut self.empty)
    }

    /// A text that changes something is looked at in the client's block: its COMMIT asks.
    pub(super) fn looks(&mut self) {
        self.changed = true;
        self.opens();
    }

    /// No transaction is open.
    pub(super) fn over(&mut self) {
        self.settled.over();
        self.empty |= std::mem::take(&mut self.empties);
        // The server may empty them at any idle moment: what they had until now excuses nothing.
        self.emptied();
        self.verdict = None;
        let said_nothing = !self.changed && !self.code && self.uncommitted.is_none();
        if said_nothing && !self.before && !self.saved {
            // As behind nearly every read.
            return;
        }
        self.said = Said::default();
        self.uncommitted = None;
        self.changed = false;
        self.before = false;
        self.code = false;
        self.saved = false;
    }

    /// A message follows that commits: what was judged up to it is not counted again, if it does.
    fn committing(&mut self) {
        let base = std::mem::replace(&mut self.base, self.counted.clone());
        let said = std::mem::take(&mut self.said);
        self.uncommitted.get_or_insert_with(|| Box::new((base, said)));
    }

    /// A message failed: what was to be closed behind it may be there still.
    pub(super) fn parking_failed(&mut self) {
        self.parking_failed |= self.parking;
    }

    /// Nothing is under way. Whether a name of ours has to be taken back.
    pub(super) fn unparks(&mut self) -> bool {
        self.parking = false;
        std::mem::take(&mut self.parking_failed)
    }

    /// A savepoint is made, or gone back to.
    pub(super) fn saved(&mut self) {
        self.saved = true;
    }

    /// A message of the client's is answered by CommandComplete: if it was to commit, it has.
    pub(super) fn committed(&mut self) {
        self.uncommitted = None;
    }

    /// A message failed: if it was to commit, it has not, and a savepoint may bring its transaction back. What was said
    /// since is skipped.
    pub(super) fn not_committed(&mut self) {
        if let Some(before) = self.uncommitted.take() {
            (self.base, self.said) = *before;
        }
    }

    /// A row of the witness's answer.
    pub(super) fn row(&mut self, body: &[u8]) {
        let taken = if self.asked.is_quick() { self.quick.row(body) } else { self.answer.row(body) };
        if let Err(malformed) = taken {
            self.broken = Some(No::Unwitnessed(malformed.to_string()));
            // It may be a function's statement that answers.
            self.unprepared();
        }
    }

    /// A change is done, with this command tag.
    pub(super) fn completed(&mut self, tag: &[u8]) {
        self.said.completed(tag);
    }

    /// A change failed by itself.
    pub(super) fn failed(&mut self) {
        self.failed = true;
        // Its tags do not come.
        self.said.judged();
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

    /// Holds a message back in front of the last CommandComplete.
    pub(super) fn hold_before_last(&mut self, tag: u8, body: &[u8]) {
        let last = self.held.split_off(self.last.min(self.held.len()));
        make::message(tag, body, &mut self.held);
        self.last = self.held.len();
        self.held.unsplit(last);
    }

    /// Holds a notice back for the next CommandComplete.
    pub(super) fn hold_for_next(&mut self, tag: u8, body: &[u8]) {
        make::message(tag, body, &mut self.late);
    }

    /// Notices that the next CommandComplete or error comes behind.
    pub(super) fn late(&mut self) -> BytesMut {
        std::mem::take(&mut self.late)
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

    /// The Query under way was skipped with the BEGIN in front of it.
    pub(super) fn unopened(&mut self) {
        self.unopened = true;
    }

    /// A message is refused: what was answered for it, if it waited, is no answer for the next one.
    pub(super) fn refused(&mut self) {
        self.verdict = None;
    }

    /// What was waited for will not come: the server skips it.
    pub(super) fn skipped(&mut self) {
        self.waits = false;
        self.verdict = None;
        self.notes.unasked();
        self.again = false;
        self.lacks = false;
        // It may have been to be prepared with it.
        self.unprepared();
    }

    /// The next question is asked.
    fn begin_answer(&mut self, asked: Asked) {
        self.answer = Reading::default();
        self.quick = Quick::default();
        self.broken = None;
        self.verdict = None;
        self.before = false;
        self.asked = asked;
        self.again = false;
        self.lacks = false;
        self.settled.asked();
    }

    /// CommandCompletes due while what is deferred is brought forward, by a group of its own.
    pub(super) fn first(&self) -> usize {
        self.statements(Point::Before).len()
    }

    /// The answers due behind that, in the middle of a run.
    pub(super) fn behind_first(&self) -> usize {
        self.statements(Point::Before).iter().skip(1).map(|ours| ours.answers()).sum()
    }

    /// What is run for the question under way.
    pub(super) fn statements(&self, point: Point) -> &'static [make::Ours<'static>] {
        point.statements(self.asked)
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
    /// Whether anything it runs may change what the database holds, or is counted for what it may hide.
    pub(super) fn changes(&self) -> bool {
        // Of what runs read-write SHOW and SET alone compute nothing.
        let says = |s: &Classification| matches!(s.tag, "SHOW" | "SET");
        let computes = |s: &Classification| !says(s) || s.effects.iter().any(|e| policy::changes(e.kind));
        let changes = |statement: &Classification| statement.access == Access::ReadWrite && computes(statement);
        self.counted || (!self.is_plain() && self.statements().any(changes))
    }

    /// Whether it is made of queries and changes of rows, which call no code by its name.
    pub(super) fn is_of_rows(&self) -> bool {
        // A SELECT that shows how transactions begin is to see it as it would be without us.
        let of_rows = |s: &Classification| match s.tag {
            "SELECT" => s.access == Access::ReadOnly,
            tag => matches!(tag, "INSERT" | "UPDATE" | "DELETE" | "MERGE"),
        };
        self.statements().all(of_rows) && !self.runs_named()
    }

    /// Whether what stands before it is to be known.
    fn needs_before(&self) -> bool {
        self.statements().any(witness::needs_before)
    }

    /// Whether PostgreSQL refuses it in a transaction block: it commits by itself what came before it in a run.
    pub(super) fn refuses_block(&self) -> bool {
        !self.is_plain() && self.statements().any(|statement| statement.refuses_block)
    }

    /// Whether what was done before it stays behind it.
    fn commits(&self) -> bool {
        if self.is_plain() {
            return false;
        }
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
        if read.is_plain() {
            return false;
        }
        let alone = read.statements().count() == 1 && read.refuses_block();
        if alone && self.part.is_some() {
            // Beside others PostgreSQL refuses it, and so it does in a block of ours.
            return self.has_witness();
        }
        self.has_witness() && read.changes() && !alone
    }

    /// Whether PostgreSQL refuses a Query's one statement outside a block: in one of ours it would not, and it does
    /// nothing that outlives its transaction.
    pub(super) fn asks_for_a_block(&self, read: &Read) -> bool {
        let asks = |statement: &Classification| matches!(statement.tag, "LOCK TABLE" | "DECLARE CURSOR");
        self.status == Status::Idle
            && self.part.is_none()
            && read.facts.statements.len() == 1
            && read.statements().all(asks)
    }

    /// Whether a COMMIT AND CHAIN hands on that its transaction was closed for it.
    pub(super) fn chains_on(&self, read: &Read) -> bool {
        !read.is_plain() && read.chains() && read.commits() && self.has_witness() && self.watch.changed
    }

    /// Takes in that a text is about to be planned.
    pub(super) fn plans(&mut self, read: &Read) {
        self.watch.changed = true;
        // Emptied behind the transaction before; of this one nothing was sent.
        self.unit.found_empty |= !self.unit.is_sent() && self.watch.empty;
        self.watch.opens();
        if read.runs_named() {
            self.says(read);
        }
    }

    /// Takes in what a text that is about to run says.
    pub(super) fn says(&mut self, read: &Read) {
        self.watch.changed = true;
        self.watch.opens();
        if read.runs_named() {
            self.watch.code = true;
            self.watch.doubted = true;
        }
        let own = self.own_temporary(read);
        for statement in with_own(read, own.as_ref()) {
            self.watch.said.add(statement);
        }
        if self.setup.policy.is_counted_trust() {
            self.watch.said.anything();
        }
    }
}
