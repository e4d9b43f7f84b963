//! Prepared statements that end transactions, or make savepoints, are not left on the server: a function could run them by
//! EXECUTE, and PostgreSQL would commit behind the client's statement, before anything was counted, or end with a savepoint
//! nobody knows of the mode that a question set. Each is prepared anew where it is bound or described, under a name of ours,
//! and closed again.
//!
//! <https://www.postgresql.org/docs/current/sql-execute.html>; `EndTransactionBlock` asks nobody who calls it.

use super::super::Session;
use super::super::expect::Expect;
use super::super::names::Prepared;
use super::super::output::{Output, UpstreamBuffer};
use crate::classify::{Step, TextFacts};
use crate::wire::make::{self, HIDDEN_NAME};
use bytes::BytesMut;
use std::sync::Arc;

impl Session {
    /// Whether a statement prepared by that name is to be parked.
    pub(super) fn parks(&self, name: &[u8], facts: &TextFacts) -> bool {
        let moves = |step: &Step| matches!(step, Step::End | Step::Savepoint);
        !name.is_empty() && self.has_witness() && facts.statements.iter().flat_map(|s| &s.steps).any(moves)
    }

    /// The text of a parked statement.
    pub(super) fn parked(&self, name: &[u8]) -> Option<Arc<[u8]>> {
        match self.names.statement(name)? {
            Prepared::Parsed(facts, text) if self.parks(name, facts) => text.kept.clone(),
            _ => None,
        }
    }

    /// Prepares a parked statement; what follows is to be closed by [`Session::park`]. A portal of that name goes, so
    /// that nothing keeps the Close from being reached but a cancel.
    pub(super) fn fetch(&mut self, text: &[u8], portal: Option<&[u8]>, out: &mut Output) {
        let mut bytes = UpstreamBuffer::default();
        bytes.close(b'S', HIDDEN_NAME.as_bytes());
        let mut due = 2;
        if let Some(portal) = portal {
            bytes.close(b'P', portal);
            due += 1;
        }
        bytes.parse_hidden(text);
        self.stage(Expect::inline(due), out, |to| to.append(&mut bytes));
        self.watch.parking = true;
    }

    /// Takes the name of ours away from what has it.
    pub(super) fn park(&mut self, out: &mut Output) {
        let mut bytes = UpstreamBuffer::default();
        bytes.close(b'S', HIDDEN_NAME.as_bytes());
        self.stage(Expect::inline(1), out, |to| to.append(&mut bytes));
        self.watch.parking = true;
    }
}

/// The Parse of a text under our name.
pub(super) fn parse_hidden(text: &[u8]) -> BytesMut {
    let mut bytes = BytesMut::new();
    make::parse_bytes(HIDDEN_NAME, text, &mut bytes);
    bytes
}

/// A Bind of our name instead of the client's, with the rest as it came.
pub(super) fn bind_hidden(portal: &[u8], rest: &[u8]) -> BytesMut {
    let mut bytes = BytesMut::new();
    make::message(b'B', &[portal, b"\0", HIDDEN_NAME.as_bytes(), b"\0", rest].concat(), &mut bytes);
    bytes
}

/// A Describe of our name.
pub(super) fn describe_hidden() -> BytesMut {
    let mut bytes = BytesMut::new();
    make::message(b'D', &[b"S", HIDDEN_NAME.as_bytes(), b"\0"].concat(), &mut bytes);
    bytes
}
