//! A Query whose text begins or ends transactions beside other statements is run part by part, as if each part had come
//! by itself: the witness comes before each commit, and what only reads inside a block is read-only. To the client it
//! stays one Query, with one ReadyForQuery, and positions in errors are those of its text.

use super::Session;
use super::judge::Read;
use crate::classify::{Access, Classification, Step};
use crate::sql;
use crate::wire::backend::Status;
use crate::wire::make;
use bytes::BytesMut;
use std::collections::VecDeque;

/// A part of a Query's text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// As a Query message.
    pub(super) frame: BytesMut,
    /// How many characters of the text stand before it.
    pub(super) before: usize,
}

/// How a Query's text is run.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Parts {
    /// In one piece.
    Whole,
    /// As several Query messages.
    Several(VecDeque<Part>),
    /// Not at all: apart it would do something else.
    Refused,
}

impl Session {
    /// How a Query's text is to be run.
    pub(super) fn parts_of(&self, read: &Read, text: &[u8]) -> Parts {
        let statements = &read.facts.statements;
        let several = statements.len() > 1 && statements.iter().any(controls);
        // BEGIN, reads, COMMIT are run read-only as a whole.
        let reads = !read.changes() && self.status == Status::Idle && read.closes_what_it_begins();
        let wants = read.wants();
        // Where nobody counts, what only reads is to be read-only wherever it stands.
        let reads_alone = self.modes.toggles() && wants.others && !(wants.write || wants.copy_in);
        let apart = self.has_witness() || reads_alone || self.goes_on_closed(read);
        if !several || reads || !apart || self.unit.is_begun() || self.pending.is_skipping() {
            return Parts::Whole;
        }
        let Some(starts) = self.starts(read) else { return Parts::Refused };
        // Positions are those of the text as it was read; in other encodings they are not the bytes'.
        let places = std::str::from_utf8(text).ok().and_then(|text| sql::places(text, self.lexing));
        let Some(places) = places.filter(|places| places.len() == statements.len()) else { return Parts::Refused };
        let ends = starts.iter().skip(1).map(|next| next - 1).chain([statements.len() - 1]);
        let mut parts = VecDeque::new();
        let (mut before, mut counted) = (0, 0);
        for (first, last) in starts.iter().zip(ends) {
            let Some((first, last)) = places.get(*first).zip(places.get(last)) else { return Parts::Refused };
            let Some(part) = text.get(first.start..last.end) else { return Parts::Refused };
            before += text.get(counted..first.start).map_or(0, |text| String::from_utf8_lossy(text).chars().count());
            counted = first.start;
            let mut frame = BytesMut::new();
            make::query(&String::from_utf8_lossy(part), &mut frame);
            parts.push_back(Part { frame, before });
        }
        Parts::Several(parts)
    }

    /// The first statement of each part: every statement that controls transactions, and every run of others. `None`
    /// where what came before such a statement outside of a block would not be committed by itself.
    fn starts(&self, read: &Read) -> Option<Vec<usize>> {
        let statements = &read.facts.statements;
        let (mut starts, mut run, mut open) = (Vec::new(), false, self.status != Status::Idle);
        let mut changed = false;
        for (at, statement) in statements.iter().enumerate() {
            if !controls(statement) {
                if !run {
                    starts.push(at);
                }
                run = true;
                // What an EXECUTE runs is among what the text runs, and which of it is not told.
                let executes = statement.tag == "EXECUTE" && read.changes();
                changed |= statement.access == Access::ReadWrite || executes;
                continue;
            }
            let implicit = changed && !open;
            for step in &statement.steps {
                match step {
                    Step::Begin { .. } if implicit => return None,
                    Step::Begin { .. } => open = true,
                    Step::End if implicit && statement.tag != "COMMIT" => return None,
                    Step::End => open = false,
                    Step::Savepoint if implicit => return None,
                    _ => {}
                }
            }
            (run, changed) = (false, false);
            starts.push(at);
        }
        Some(starts)
    }
}

fn controls(statement: &Classification) -> bool {
    statement.steps.iter().any(|step| matches!(step, Step::Begin { .. } | Step::End | Step::Savepoint))
}
