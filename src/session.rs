//! One connection's state machine, sans-I/O: bytes of both sockets in, bytes for both sockets and events out.
//!
//! What it owns: which message is legal now, what each text was judged to be, which answer of the upstream belongs to
//! which message of the client, and the transaction mode the server runs a statement in.
//!
//! Refusals are *poison*: a refused message is replaced in place by one that cannot parse, and the error that comes
//! back is replaced by ours, so that PostgreSQL itself keeps pipelines and transactions right.
//!
//! Agents' upstream sessions are opened with `default_transaction_read_only=on`. A read is forwarded untouched; what
//! may write is given a read-write default for itself alone, by *hidden* messages before and after it (the module `unit`).

mod backend;
mod block;
pub mod cache;
mod characters;
mod expect;
mod frontend;
mod hidden_write;
mod judge;
mod modes;
mod names;
mod output;
mod parts;
mod tell;
mod temporary;
mod unit;
mod watch;
mod witnessed;

#[cfg(test)]
mod tests;

pub use judge::{Outcome, Protocol, StatementReport};
pub use output::{Output, UpstreamBuffer};
pub use witnessed::{Rollback, Witnessed};

use crate::policy::{Account, Context, Policy};
use crate::sql::Lexing;
use crate::wire::Malformed;
use crate::wire::backend::Status;
use cache::{FactCache, Last};
use characters::Characters;
use expect::Pending;
use names::Names;
use parts::Part;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;
use tell::Parameters;
use temporary::Temporary;
use unit::Unit;
use watch::Watch;

/// What a session needs to know from outside, fixed for its life.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The principal's policy.
    pub policy: Arc<Policy>,
    /// The principal's account, shared by all its connections: its budget and its suspension.
    pub account: Arc<Account>,
    /// Readings of texts, shared between sessions.
    pub cache: Arc<FactCache>,
    /// The secret the client is given in BackendKeyData instead of the upstream's.
    pub secret: [u8; 32],
    /// The clock, for durations only.
    pub clock: fn() -> Instant,
    /// Whether the client is connected by TLS (decides what SCRAM can do).
    pub client_tls: bool,
    /// Whether channel binding holds from end to end: both legs are TLS under the same certificate.
    pub binds_channel: bool,
    /// Whether reports carry the text as it was sent.
    pub keep_text: bool,
    /// Whether the client's startup packet asked for a read-only default.
    pub client_read_only: bool,
    /// A replication connection that the policy lets through: once it is authenticated, bytes pass unread.
    pub replication: bool,
}

/// What the shell has to do or to know, beside moving bytes.
#[derive(Debug)]
pub enum Event {
    /// The upstream's process id and cancel key: register them for CancelRequest.
    KeyData {
        /// The backend's real process id.
        pid: u32,
        /// The upstream's own key.
        key: Vec<u8>,
        /// The key the client was given.
        given: Vec<u8>,
    },
    /// The upstream accepted the client, the session is usable.
    Ready,
    /// A statement was judged and is finished, as far as it went.
    Statement(Box<StatementReport>),
    /// What came of asking the witness.
    Witnessed(Witnessed),
}

/// Why a session has to end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The client broke the protocol.
    #[error("client: {0}")]
    Client(String),
    /// The upstream broke the protocol.
    #[error("upstream: {0}")]
    Upstream(String),
    /// A wall of ours that leaves no way on.
    #[error("{0}")]
    Wall(String),
    /// Stockade stops.
    #[error("stockade is shutting down")]
    Shutdown,
}

impl Fault {
    /// The FATAL error the client is told.
    pub fn to_error(&self) -> crate::wire::make::Error {
        use crate::wire::make::Error;
        match self {
            Self::Client(what) => Error::fatal("08P01", format!("stockade: {what}")),
            Self::Upstream(what) => Error::fatal("08P01", format!("stockade: the upstream broke the protocol: {what}")),
            Self::Wall(what) => Error::fatal("42501", format!("stockade: {what}")),
            Self::Shutdown => Error::fatal("57P01", "terminating connection: stockade is shutting down"),
        }
    }
}

impl From<Malformed> for Fault {
    fn from(malformed: Malformed) -> Self {
        Self::Client(malformed.to_string())
    }
}

/// Where a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Between startup packet and AuthenticationOk; `true` when the client owes an answer.
    Authenticating(bool),
    /// Authenticated, before the first ReadyForQuery.
    Starting,
    /// Usable.
    Ready,
    /// The client said goodbye.
    Terminated,
}

/// One connection's state.
#[derive(Debug)]
pub struct Session {
    setup: Setup,
    context: Context,
    phase: Phase,
    lexing: Lexing,
    /// Set when the session's client encoding cannot be read safely; every text is refused then.
    unsafe_encoding: Option<String>,
    /// How the bytes of the client's texts are characters.
    characters: Characters,
    /// The server's own encoding.
    server_encoding: String,
    /// The client's encoding.
    client_encoding: String,
    /// Whether the server offered channel binding that we took off the list.
    offered_plus: bool,
    /// When the client's bytes came that are dealt with, or the last message of them was judged.
    now: Cell<Instant>,
    /// Its last texts, and what they were read as.
    last: RefCell<Last>,
    names: Names,
    pending: Pending,
    unit: Unit,
    /// The transaction status of the last ReadyForQuery.
    status: Status,
    /// Client message in flight that is passed on (or dropped) as it comes.
    client_stream: frontend::Stream,
    /// Upstream message in flight.
    upstream_stream: backend::Stream,
    modes: modes::Modes,
    temporary: Temporary,
    watch: Watch,
    /// What is left of a Query whose text is run part by part.
    parts: VecDeque<Part>,
    /// Such a Query is under way: how many characters of its text stand before the part that runs.
    part: Option<usize>,
    parameters: Parameters,
    /// The upstream sent a FATAL error.
    told: bool,
}

impl Session {
    /// A session whose startup packet was sent to the upstream.
    pub fn new(setup: Setup) -> Self {
        let modes = modes::Modes::new(&setup.policy, setup.client_read_only);
        let now = (setup.clock)();
        Self {
            setup,
            context: Context::default(),
            phase: Phase::Authenticating(false),
            lexing: Lexing::default(),
            unsafe_encoding: None,
            characters: Characters::Utf8,
            server_encoding: "UTF8".to_owned(),
            client_encoding: "UTF8".to_owned(),
            offered_plus: false,
            now: Cell::new(now),
            last: RefCell::default(),
            names: Names::default(),
            pending: Pending::default(),
            unit: Unit::default(),
            status: Status::Idle,
            client_stream: frontend::Stream::Boundary,
            upstream_stream: backend::Stream::Boundary,
            modes,
            temporary: Temporary::default(),
            watch: Watch::default(),
            parts: VecDeque::new(),
            part: None,
            parameters: Parameters::default(),
            told: false,
        }
    }

    /// Tells what decisions depend on beside the text (whether the record can be written).
    pub fn set_context(&mut self, context: Context) {
        self.context = context;
    }

    /// Whether the client ended the session by Terminate.
    pub fn is_terminated(&self) -> bool {
        self.phase == Phase::Terminated
    }

    /// Whether the upstream has accepted the client.
    pub fn is_ready(&self) -> bool {
        self.phase == Phase::Ready
    }

    /// Whether bytes pass unread from here on.
    fn is_raw(&self) -> bool {
        self.setup.replication && self.phase == Phase::Ready
    }

    /// Whether answers of the upstream are still due.
    pub fn awaits_upstream(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Whether the upstream's last message was passed on to its end, so that one of ours may follow.
    pub fn is_between_answers(&self) -> bool {
        self.upstream_stream == backend::Stream::Boundary
    }

    /// Whether more of the client's bytes would have to wait for the upstream.
    pub fn is_waiting(&self) -> bool {
        self.phase == Phase::Starting || self.is_blocked() || self.awaits_witness() || self.has_parts()
    }

    /// Whether parts of a Query are left to be run, though the client has said nothing more. Where one of them reads
    /// copy data, what the client says comes first.
    pub fn has_parts(&self) -> bool {
        !self.parts.is_empty() && !self.pending.is_copying_in()
    }

    /// Whether what was changed waits for the witness: whoever goes away now leaves it undone.
    pub fn awaits_witness(&self) -> bool {
        self.watch.waits() || self.unit.waits
    }

    /// Whether the upstream told the client why it ends (a FATAL error).
    pub fn was_told(&self) -> bool {
        self.told
    }

    /// The session is over: reports what was under way, its outcome unknown.
    pub fn finish(&mut self, out: &mut Output) {
        self.watch.notes.ended();
        self.emit_reports(out);
        for report in self.pending.drain_reports() {
            out.events.push(Event::Statement(report));
        }
    }
}
