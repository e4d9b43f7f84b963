//! Reads that are judged as one: a Query, or a run of extended messages that is all there, from the Bind (or the Parse of
//! the text) of one plain read to its Sync, while nothing else is under way.
//!
//! From the first of its messages to the last no other is taken in, from neither side; so whatever a decision depends on
//! (the text, how it is lexed, what its name stands for, whether the record is written, whether the principal is
//! suspended, the state of the transaction) is for all of them what it is for the first. One decision stands for all, and
//! the permit is for the very bytes of all. What is otherwise goes message by message, and has the same outcome.

use super::super::Session;
use super::super::expect::{Run, Step};
use super::super::judge::{Protocol, Read, Sent};
use super::super::names::{Prepared, Text, is_ours};
use super::super::output::{Frame, Output};
use super::{LARGE_BIND, put_back};
use crate::policy::Permitted;
use crate::wire::frontend::{self, Named, Tag};
use crate::wire::{HEADER_BYTES, Header};
use bytes::BytesMut;
use std::sync::Arc;

/// The names and the length of a run.
struct Whole<'a> {
    /// The Parse it begins with.
    parse: Option<frontend::Parse<'a>>,
    /// The statement that it binds.
    statement: &'a [u8],
    /// Whether it describes its portal.
    describes: bool,
    /// Its bytes.
    bytes: usize,
}

impl<'a> Whole<'a> {
    /// The run at the start of `input`: [Parse of the unnamed statement,] Bind of the unnamed portal, [Describe of it,]
    /// Execute and Sync, whole. `None` for all else.
    fn read(input: &'a [u8]) -> Option<Self> {
        let mut rest = input;
        let mut next = || -> Option<(u8, &'a [u8])> {
            let header = Header::read(rest).ok()??;
            let body = rest.get(HEADER_BYTES..header.total())?;
            rest = rest.get(header.total()..)?;
            Some((header.tag, body))
        };
        let mut message = next()?;
        let mut parse = None;
        if message.0 == b'P' {
            parse = Some(frontend::Parse::read(message.1).ok()?);
            message = next()?;
        }
        let bind = frontend::Bind::read(message.1).filter(|_| message.0 == b'B' && message.1.len() <= LARGE_BIND)?;
        message = next()?;
        let describes = message.0 == b'D';
        if describes {
            frontend::named(message.1).ok().filter(|named| *named == Named::Portal(b""))?;
            message = next()?;
        }
        let executes = message.0 == b'E' && frontend::execute(message.1) == Ok(b"");
        let unnamed =
            bind.portal.is_empty() && parse.is_none_or(|parse| parse.name.is_empty() && bind.statement.is_empty());
        if !executes || !unnamed || next()? != (b'S', b"") {
            return None;
        }
        Some(Self { parse, statement: bind.statement, describes, bytes: input.len() - rest.len() })
    }
}

impl Read {
    /// Whether it reads and does nothing else: it runs nobody's code, and no transaction is opened for it.
    fn only_reads(&self) -> bool {
        let wants = self.wants();
        self.is_plain() && wants.read && !wants.hides && !wants.maintains
    }
}

impl Session {
    /// Whether nothing is under way in a session that is guarded, and its next message need not wait.
    fn rests(&self) -> bool {
        #[cfg(test)]
        if tests::ONE_BY_ONE.get() {
            return false;
        }
        self.modes.rest()
            && self.is_read_only_here()
            && self.pending.rests()
            && self.unit.is_untouched()
            && self.watch.rests()
            && self.parts.is_empty()
            && self.part.is_none()
            && self.unsafe_encoding.is_none()
    }

    /// Deals with the run at the start of `input`, where it is all there and is let through as one.
    ///
    /// # Errors
    /// Where it has to go message by message: what its text was read as, if it was.
    pub(super) fn whole_run(&mut self, input: &mut BytesMut, out: &mut Output) -> Result<(), Option<Read>> {
        if !self.rests() {
            return Err(None);
        }
        let whole = Whole::read(input).ok_or(None)?;
        let (read, text) = match whole.parse {
            Some(parse) => {
                let read = self.read(parse.text);
                if parse.user_types || !read.only_reads() {
                    return Err(Some(read));
                }
                let kept = self.setup.keep_text.then(|| parse.text.into());
                (read, Text { kept, bytes: parse.text.len() })
            }
            None => match self.names.statement(whole.statement) {
                Some(Prepared::Parsed(facts, text)) if !is_ours(whole.statement) => {
                    (self.read_again(Arc::clone(facts)), text.clone())
                }
                _ => return Err(None),
            },
        };
        let (parses, describes, bytes) = (whole.parse.is_some(), whole.describes, whole.bytes);
        if !read.only_reads() {
            return Err(None);
        }
        match self.judge(&read, Frame(input.split_to(bytes))).permit() {
            Ok((permitted, decision)) => {
                let sent = self.sent_before(&text);
                let report = self.report(&read, decision, Protocol::Extended, sent);
                self.names.bind(b"", Arc::clone(&read.facts), text.clone());
                // Mostly the same text again.
                let changes = parses && !self.names.is_prepared(b"", &read.facts, &text);
                let undo = changes.then(|| Box::new(self.names.prepare(b"", Prepared::Parsed(read.facts, text))));
                let step = if parses { Step::Parse } else { Step::Bind };
                self.send_read(permitted, Run { step, describes, undo, report: Some(report) }, out);
                Ok(())
            }
            Err(refused) => {
                put_back(input, refused.value.0);
                Err(parses.then_some(read))
            }
        }
    }

    /// Whether a Query is all there is, and only reads.
    pub(super) fn is_whole_query(&self, read: &Read) -> bool {
        read.only_reads() && self.rests()
    }

    /// Deals with such a Query.
    pub(super) fn whole_query(&mut self, frame: BytesMut, read: &Read, sent: Sent, out: &mut Output) {
        match self.judge(read, Frame(frame)).permit() {
            Ok((permitted, decision)) => {
                self.names.replaces_portal(&read.facts);
                let report = Some(self.report(read, decision, Protocol::Simple, sent));
                self.send_read(permitted, Run { step: Step::Query, describes: false, undo: None, report }, out);
            }
            Err(refused) => {
                let report = self.report(read, refused.decision, Protocol::Simple, sent);
                self.refuse(Tag::Query, report, Some(read), out);
            }
        }
    }

    /// As `end_unit` leaves a unit that only reads: the next one waits for its end, which shows whether a function that no
    /// text shows has changed the session.
    fn send_read(&mut self, frame: Permitted<Frame>, run: Run, out: &mut Output) {
        self.temporary.forget();
        out.to_upstream.permitted(frame);
        self.pending.begin(run);
        self.unit.waits = false;
        self.modes.implicit_run = false;
        self.wait_for_upstream();
    }
}

#[cfg(test)]
pub(in crate::session) mod tests {
    use std::cell::Cell;

    std::thread_local! {
        /// Whether nothing is judged as one on this thread: to be compared with.
        pub(in crate::session) static ONE_BY_ONE: Cell<bool> = const { Cell::new(false) };
    }
}
