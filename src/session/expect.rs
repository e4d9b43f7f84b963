//! Which answer of the upstream belongs to which message: the queue of messages whose answers are due.

mod run;

use super::judge::StatementReport;
use super::names::Undo;
use super::watch::{Asked, Point, ours};
use crate::wire::make::Ours;
use crate::witness;
use bytes::Bytes;
pub(super) use run::{Run, Step};
use std::collections::VecDeque;

/// A message of the client that was passed on or poisoned.
#[derive(Debug)]
pub(super) enum Kind {
    /// Ends with ReadyForQuery.
    Query,
    /// Ends with ParseComplete; what to put back if it fails.
    Parse(Option<Undo>),
    /// Ends with BindComplete; the portal, which is not there if it fails.
    Bind(Box<[u8]>),
    /// Ends with RowDescription or NoData.
    Describe,
    /// Ends with CommandComplete, EmptyQueryResponse or PortalSuspended.
    Execute,
    /// Ends with CloseComplete; what to put back if it fails.
    Close(Option<Undo>),
    /// Ends with ReadyForQuery.
    Sync,
    /// Ends with ReadyForQuery.
    FunctionCall,
    /// CopyDone or CopyFail: no answer of its own, but where ignored Syncs end.
    CopyEnd,
}

/// Fails where a cursor WITH HOLD was declared in this transaction: its query would run at COMMIT, where no read-only
/// subtransaction keeps it from writing. The client's own are refused by their text; a function's are seen here alone.
/// Fails where a function has put a statement of its own in the place of the witness's question, too: what PREPARE makes,
/// and no Parse message, is `from_sql`. Gives no row otherwise.
///
/// <https://www.postgresql.org/docs/current/view-pg-cursors.html>,
/// <https://www.postgresql.org/docs/current/view-pg-prepared-statements.html>
pub(super) const SEAL: &str = "SELECT WHERE (CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_cursors c WHERE c.is_holdable \
    AND c.creation_time OPERATOR(pg_catalog.>=) pg_catalog.transaction_timestamp()) \
    THEN 'a function declared a cursor WITH HOLD' WHEN EXISTS (SELECT FROM pg_catalog.pg_prepared_statements p \
    WHERE p.from_sql AND p.name OPERATOR(pg_catalog.>=) '_stockade' AND p.name OPERATOR(pg_catalog.<) '_stockadf') \
    THEN 'a function took the place of the question' ELSE '0' END)::pg_catalog.int4 OPERATOR(pg_catalog.<>) 0";

/// The same within a block, which a cursor WITH HOLD may leave before its COMMIT: fails for forgeries alone.
pub(super) const SEAL_FORGED: &str = "SELECT WHERE (CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_prepared_statements p \
    WHERE p.from_sql AND p.name OPERATOR(pg_catalog.>=) '_stockade' AND p.name OPERATOR(pg_catalog.<) '_stockadf') \
    THEN 'a function took the place of the question' ELSE '0' END)::pg_catalog.int4 OPERATOR(pg_catalog.<>) 0";

/// Fails where a temporary table has a deferrable trigger, which could write behind the question where savepoints are open.
pub(super) const SEAL_DEFERRED: &str = "SELECT WHERE (CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_class c, \
    pg_catalog.pg_trigger t WHERE c.relnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema() \
    AND t.tgrelid OPERATOR(pg_catalog.=) c.oid AND t.tgdeferrable) \
    THEN 'a temporary table has a deferrable trigger or constraint, and savepoints are open' ELSE '0' END)\
    ::pg_catalog.int4 OPERATOR(pg_catalog.<>) 0";

/// Makes a subtransaction read-only when the transaction has its snapshot: PostgreSQL watches no reads of a serializable
/// transaction that is read-only when it takes it, but this one may write later.
///
/// `GetSerializableTransactionSnapshotInt`; <https://www.postgresql.org/docs/current/transaction-iso.html>
pub(super) const CLOSED_BEHIND_SNAPSHOT: &str = "SELECT pg_catalog.set_config('transaction_read_only', 'on', true)";

/// What hidden statements are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hidden {
    /// The session's default becomes read-write for the next unit,
    Off,
    /// and what was counted so far is flushed.
    OffAndEmpty,
    /// ... and read-only again.
    On,
    /// A read-only subtransaction begins.
    Savepoint,
    /// ... and ends.
    Release,
    /// The client's block, begun under the read-only default, becomes read-write before anything runs in it,
    Open,
    /// and a read-only subtransaction begins in it.
    OpenToRead,
    /// The session's default is shown as it would be without us, to the block's end.
    OffHere,
    /// The client's block becomes read-only for its COMMIT: nothing that runs then writes.
    Close,
    /// The same out of the read-only subtransaction.
    ReleaseAndClose,
    /// An implicit transaction in which nothing ran ends.
    Sync,
    /// The upstream is asked about relations.
    Question,
    /// What was counted so far is flushed, so that the witness counts what comes alone.
    Empty,
    /// A block of ours begins.
    Begin,
    /// What stands before a change is made ready to be looked at behind it.
    Before,
    /// The witness is asked.
    Witness(Point),
    /// A block of ours commits.
    Commit,
    /// A block is rolled back.
    Rollback,
    /// A block whose COMMIT could not be sent is rolled back, behind the error that the client was told.
    Undo,
    /// The name of ours is taken from a statement that ends transactions.
    Unpark,
    /// A transaction begins with the modes of the one before, which was closed for its commit.
    Chained,
    /// A block that is about to commit is looked at for cursors that would run then.
    Seal,
}

impl Hidden {
    /// The statements.
    pub(super) fn statements(self) -> &'static [Ours<'static>] {
        use Ours::{Prepared, Text};
        const OFF: Ours<'static> = Text("SET SESSION default_transaction_read_only = off");
        const OPENED: Ours<'static> = Text("SET TRANSACTION READ WRITE");
        const CLOSED: Ours<'static> = Text(witness::CLOSED);
        const CLOSED_BEHIND: Ours<'static> = Text(CLOSED_BEHIND_SNAPSHOT);
        const SAVEPOINT: Ours<'static> = Text("SAVEPOINT _stockade_reading");
        const RELEASE: Ours<'static> = Text("RELEASE SAVEPOINT _stockade_reading");
        match self {
            Self::Off => &[OFF],
            Self::OffAndEmpty => &[OFF, Prepared(ours::FLUSH)],
            Self::Empty => &[Prepared(ours::FLUSH)],
            Self::Begin => &[Text("BEGIN TRANSACTION READ WRITE")],
            Self::Witness(point) => point.statements(Asked::Whole { looks: false, saved: false }),
            Self::Commit => &[Text("COMMIT TRANSACTION")],
            Self::Rollback | Self::Undo => &[Text("ROLLBACK")],
            Self::Seal => &[Text(SEAL)],
            Self::Chained => &[OPENED],
            Self::On => &[Text("SET SESSION default_transaction_read_only = on")],
            Self::Savepoint => &[SAVEPOINT, CLOSED_BEHIND],
            Self::Release => &[RELEASE],
            Self::Open => &[OPENED],
            Self::OpenToRead => &[OPENED, SAVEPOINT, CLOSED_BEHIND],
            Self::OffHere => &[Text("SET LOCAL default_transaction_read_only = off")],
            Self::Close => &[CLOSED],
            Self::ReleaseAndClose => &[RELEASE, CLOSED],
            Self::Sync | Self::Question | Self::Before | Self::Unpark => &[],
        }
    }
}

/// One entry of the queue.
#[derive(Debug)]
pub(super) enum Expect {
    /// Of the client.
    Client {
        kind: Kind,
        /// For poison: the ErrorResponse the client gets instead of the syntax error.
        poison: Option<Bytes>,
        /// What to report when it is finished.
        report: Option<Box<StatementReport>>,
        /// Whether its answer waits for the witness.
        point: Option<Point>,
    },
    /// Ours, in the middle of the client's pipeline.
    Inline {
        /// Where it is the witness.
        point: Option<Point>,
        /// Answers still due.
        due: usize,
        /// It stands in front of a Query with no Sync between them: where it fails, the server skips that too.
        leads: bool,
    },
    /// Ours: a whole group up to its ReadyForQuery.
    Hidden {
        what: Hidden,
        /// CommandCompletes still due.
        due: usize,
    },
}

impl Expect {
    pub(super) fn client(kind: Kind) -> Self {
        Self::Client { kind, poison: None, report: None, point: None }
    }

    pub(super) fn inline(due: usize) -> Self {
        Self::Inline { point: None, due, leads: false }
    }

    pub(super) fn hidden(what: Hidden) -> Self {
        Self::Hidden { what, due: what.statements().len() }
    }

    /// The answer that ends it, in words.
    pub(super) fn answer(&self) -> &'static str {
        match self {
            Self::Hidden { .. } | Self::Inline { .. } => "the answer to Stockade's own statement",
            Self::Client { kind, .. } => match kind {
                Kind::Query | Kind::Sync | Kind::FunctionCall => "ReadyForQuery",
                Kind::Parse(_) => "ParseComplete",
                Kind::Bind(_) => "BindComplete",
                Kind::Describe => "RowDescription or NoData",
                Kind::Execute => "CommandComplete",
                Kind::Close(_) => "CloseComplete",
                Kind::CopyEnd => "nothing",
            },
        }
    }

    /// Whether the server ends its answer with ReadyForQuery.
    pub(super) fn ends_with_ready(&self) -> bool {
        matches!(self, Self::Hidden { .. }) || self.is(|k| matches!(k, Kind::Query | Kind::FunctionCall | Kind::Sync))
    }

    /// Whether it may run something, or make the server ready to.
    pub(super) fn runs(&self) -> bool {
        !self.is(|k| matches!(k, Kind::Parse(_) | Kind::Describe | Kind::Close(_)))
    }

    /// Whether it is an Execute.
    pub(super) fn executes(&self) -> bool {
        self.is(|k| matches!(k, Kind::Execute))
    }

    /// Whether what was asked of the upstream may be otherwise behind it.
    pub(super) fn ends_what_is_known(&self) -> bool {
        self.is(|k| matches!(k, Kind::Query | Kind::Execute | Kind::FunctionCall | Kind::Sync))
    }

    fn is(&self, wanted: fn(&Kind) -> bool) -> bool {
        matches!(self, Self::Client { kind, .. } if wanted(kind))
    }
}

/// Messages that may be in flight: more of them wait in the client's socket, else one slow statement would have us remember
/// all that a client cares to send behind it. The server gives its answers out in pieces of 8 KiB at the latest
/// (`PQ_SEND_BUFFER_SIZE`), and the shortest is five bytes: with half as many in flight some answer always comes.
pub(super) const MOST_IN_FLIGHT: usize = 4096;

/// The queue.
#[derive(Debug, Default)]
pub(super) struct Pending {
    queue: VecDeque<Expect>,
    /// In the queue's place, which is empty then.
    run: Option<Run>,
    /// After an error in the extended protocol: the server reads on to the next Sync, which has not come yet.
    skipping: bool,
    /// The server reads copy data, and ignores Flush and Sync until CopyDone or CopyFail.
    copying_in: bool,
    /// Syncs taken for ignored since the server asked for copy data. Where the COPY fails before it read them, they
    /// count after all.
    ignored: usize,
}

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        !self.copying_in && self.run.is_none() && self.queue.iter().all(|e| e.is(|k| matches!(k, Kind::CopyEnd)))
    }

    /// Whether so many answers are due that nothing more is taken in. Ends of copies have none: to wait for them would be
    /// to wait for ever.
    pub(super) fn is_full(&self) -> bool {
        let answered = |e: &&Expect| !e.is(|k| matches!(k, Kind::CopyEnd));
        self.queue.len() >= MOST_IN_FLIGHT
            && self.queue.iter().take(2 * MOST_IN_FLIGHT).filter(answered).count() >= MOST_IN_FLIGHT / 2
    }

    /// Whether the server skips messages up to the next Sync.
    pub(super) fn is_skipping(&self) -> bool {
        self.skipping
    }

    /// Whether the server reads copy data.
    pub(super) fn is_copying_in(&self) -> bool {
        self.copying_in
    }

    /// Whether no answer is due, and nothing is left of earlier messages.
    pub(super) fn rests(&self) -> bool {
        self.queue.is_empty() && self.run.is_none() && !self.skipping && !self.copying_in
    }

    /// Takes a read in that was judged as one, while nothing else is due.
    pub(super) fn begin(&mut self, run: Run) {
        debug_assert!(self.rests(), "answers are due");
        self.run = Some(run);
    }

    /// The read that is being answered, where all was as usual so far.
    #[inline]
    pub(super) fn run(&mut self) -> Option<&mut Run> {
        self.run.as_mut()
    }

    /// Where its ReadyForQuery is due, it is done: its report, if it is not out yet.
    pub(super) fn end_run(&mut self) -> Option<Option<Box<StatementReport>>> {
        let ends = matches!(self.run, Some(Run { step: Step::Query | Step::Sync, .. }));
        ends.then(|| self.run.take().and_then(|run| run.report))
    }

    /// Something unusual: from here on its messages are due one by one.
    #[inline]
    fn one_by_one(&mut self) {
        if let Some(run) = self.run.take() {
            self.queue_messages(run);
        }
    }

    #[cold]
    fn queue_messages(&mut self, run: Run) {
        self.queue.extend(run.messages());
    }

    /// Takes a message in; gives it back where the server will not answer it.
    pub(super) fn push(&mut self, expect: Expect) -> Option<Expect> {
        self.one_by_one();
        if self.copying_in {
            if expect.is(|k| matches!(k, Kind::CopyEnd)) {
                self.copying_in = false;
                return None;
            }
            if expect.is(|k| matches!(k, Kind::Sync)) {
                self.ignored += 1;
                return None;
            }
        }
        if self.queue.is_empty() && expect.is(|k| matches!(k, Kind::CopyEnd)) {
            // Behind a COPY that failed, or outside of one: the server ignores it.
            return None;
        }
        if self.skipping {
            let ends = matches!(expect, Expect::Hidden { .. }) || expect.is(|k| matches!(k, Kind::Sync));
            if !ends {
                return Some(expect);
            }
            self.skipping = false;
        }
        self.queue.push_back(expect);
        None
    }

    /// The message being answered. CopyDone and CopyFail outside a COPY are ignored by the server.
    pub(super) fn head(&mut self) -> Option<&mut Expect> {
        self.one_by_one();
        while self.queue.front().is_some_and(|e| e.is(|k| matches!(k, Kind::CopyEnd))) {
            self.queue.pop_front();
        }
        self.queue.front_mut()
    }

    pub(super) fn pop(&mut self) -> Option<Expect> {
        self.one_by_one();
        self.queue.pop_front()
    }

    /// The server asks for copy data: the Syncs sent before its end are ignored.
    pub(super) fn copy_in(&mut self) {
        self.one_by_one();
        self.ignored = 0;
        let mut at = 1;
        while let Some(expect) = self.queue.get(at) {
            if expect.is(|k| matches!(k, Kind::CopyEnd)) {
                self.queue.remove(at);
                return;
            }
            if expect.is(|k| matches!(k, Kind::Sync)) {
                self.queue.remove(at);
                self.ignored += 1;
            } else {
                at += 1;
            }
        }
        self.copying_in = true;
    }

    /// An error: in the extended protocol the server skips to the next Sync. Gives what is skipped, newest first.
    pub(super) fn error(&mut self) -> Vec<Expect> {
        self.one_by_one();
        self.copying_in = false;
        if self.queue.front().is_some_and(|e| e.is(|k| matches!(k, Kind::Query | Kind::FunctionCall | Kind::Sync))) {
            return Vec::new();
        }
        let end =
            self.queue.iter().position(|e| matches!(e, Expect::Hidden { .. }) || e.is(|k| matches!(k, Kind::Sync)));
        self.skipping = end.is_none();
        self.queue.drain(..end.unwrap_or(self.queue.len())).rev().collect()
    }

    /// A ReadyForQuery that nothing in the queue is due: whether it answers a Sync that was taken for ignored, which
    /// the server read behind its COPY's error.
    pub(super) fn late_sync(&mut self) -> bool {
        self.one_by_one();
        let late = self.queue.is_empty() && self.ignored > 0;
        if late {
            self.ignored -= 1;
            self.skipping = false;
        }
        late
    }

    /// Whether what was done in a block is not judged yet, or a block of ours may have to be left.
    pub(super) fn awaits_block(&self) -> bool {
        self.queue.iter().any(|e| match e {
            Expect::Client { kind: Kind::Sync, point, .. } => matches!(point, Some(Point::Block | Point::Own)),
            Expect::Hidden { what, .. } => {
                matches!(what, Hidden::Witness(Point::Block | Point::Own) | Hidden::Commit | Hidden::Rollback)
            }
            _ => false,
        })
    }

    /// Whether an Execute is not answered yet.
    pub(super) fn awaits_execute(&self) -> bool {
        let of_run = |run: &Run| (Step::Parse..=Step::Execute).contains(&run.step);
        self.run.as_ref().is_some_and(of_run) || self.queue.iter().any(Expect::executes)
    }

    /// Whether statements were sent behind the one being answered.
    pub(super) fn statements_behind_head(&self) -> bool {
        let of_run = |run: &Run| (Step::Parse..Step::Execute).contains(&run.step);
        self.run.as_ref().is_some_and(of_run)
            || self.queue.iter().skip(1).any(|e| e.is(|k| matches!(k, Kind::Query | Kind::Parse(_) | Kind::Execute)))
    }

    pub(super) fn drain_reports(&mut self) -> impl Iterator<Item = Box<StatementReport>> + '_ {
        self.one_by_one();
        self.queue.drain(..).filter_map(|e| match e {
            Expect::Client { report, .. } => report,
            Expect::Hidden { .. } | Expect::Inline { .. } => None,
        })
    }
}
