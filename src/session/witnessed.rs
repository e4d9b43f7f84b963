//! What came of the witness's questions, for whoever counts it.

use super::{Event, Protocol};
use crate::witness::{Counts, Reason};
use std::fmt;
use std::time::{Duration, Instant};

/// What came of a question to the witness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Witnessed {
    /// It answered, or failed to.
    Answered {
        /// How it was asked: behind the answer to a Query or in front of a COMMIT, or in a run of extended messages,
        /// whose own time is in it then.
        protocol: Protocol,
        /// From the question to the answer's end.
        took: Duration,
    },
    /// A transaction that it agreed to is committed (or prepared); the rows it counted.
    Committed(Counts),
    /// A transaction was rolled back, or made to fail, before it could commit.
    RolledBack(Rollback),
}

/// Why a transaction was rolled back instead of committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rollback {
    /// The witness objected.
    Objection(Reason),
    /// The witness did not answer as asked.
    Unwitnessed,
    /// The client or the upstream went away before the answer.
    Disconnected,
    /// The server: a deferred constraint or trigger, a serialization failure, a cancel or a timeout at the commit.
    Server,
}

impl Rollback {
    /// Every name, for metrics.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let objections = Reason::ALL.into_iter().map(Self::Objection);
        objections.chain([Self::Unwitnessed, Self::Disconnected, Self::Server]).map(Self::as_str)
    }

    /// The name in metrics: the reason's, or its own.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Objection(reason) => reason.as_str(),
            Self::Unwitnessed => "unwitnessed",
            Self::Disconnected => "disconnected",
            Self::Server => "server",
        }
    }
}

impl fmt::Display for Rollback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is to be told, and what it takes to know it.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// A question whose answer is due.
    asked: Option<(Instant, Protocol)>,
    /// What was agreed to and is about to commit.
    agreed: Option<Counts>,
    noted: Vec<Witnessed>,
}

impl Notes {
    /// The witness is asked now, or what was asked behind something else has its turn now.
    pub(super) fn asked(&mut self, now: Instant, protocol: Protocol) {
        self.asked = Some((now, protocol));
    }

    /// No answer is due: the server skips the question, or has nothing left to be judged.
    pub(super) fn unasked(&mut self) {
        self.asked = None;
    }

    /// The answer is there.
    pub(super) fn answered(&mut self, now: Instant) {
        if let Some((asked, protocol)) = self.asked.take() {
            self.noted.push(Witnessed::Answered { protocol, took: now.saturating_duration_since(asked) });
        }
    }

    /// What was counted may commit.
    pub(super) fn agreed(&mut self, counts: Counts) {
        self.agreed = Some(counts);
    }

    /// The server has committed: what was agreed to stays.
    pub(super) fn committed(&mut self) {
        self.noted.extend(self.agreed.take().filter(|counts| *counts != Counts::default()).map(Witnessed::Committed));
    }

    /// The server failed: what was agreed to does not stay.
    pub(super) fn failed(&mut self) {
        if self.agreed.take().is_some() {
            self.rolled_back(Rollback::Server);
        }
    }

    /// A transaction is rolled back.
    pub(super) fn rolled_back(&mut self, why: Rollback) {
        self.noted.push(Witnessed::RolledBack(why));
    }

    /// The session ends: an answer that is due will not come.
    pub(super) fn ended(&mut self) {
        if self.asked.take().is_some() {
            self.rolled_back(Rollback::Disconnected);
        }
    }

    /// Hands out what was noted.
    pub(super) fn emit(&mut self, events: &mut Vec<Event>) {
        if !self.noted.is_empty() {
            events.extend(self.noted.drain(..).map(Event::Witnessed));
        }
    }
}
