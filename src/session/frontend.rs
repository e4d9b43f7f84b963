//! The client's messages: which are legal, which carry a statement, and what becomes of each.

mod parked;
pub(super) mod run;
mod statement;

use super::expect::{Expect, Hidden, Kind};
use super::judge::{Protocol, Read, Sent, only, unreadable};
use super::names::{Prepared, RESERVED, Text, is_ours};
use super::output::{Control, Frame, Output};
use super::parts::Part;
use super::watch::Gate;
use super::{Fault, Phase, Session};
use crate::classify::EffectKind;
use crate::policy::Wall;
use crate::wire::frontend::{self, Named, Tag};
use crate::wire::{HEADER_BYTES, Header};
use bytes::{Buf, BytesMut};
use std::sync::Arc;

/// A Bind larger than this is passed on as it comes, once its names are known.
const LARGE_BIND: usize = 64 * 1024;

/// Names longer than this are no names (the server cuts them at 63 bytes).
const LONGEST_NAMES: usize = 8 * 1024;

/// A text longer than this is passed on unread where the policy cannot refuse it.
const LARGE_TEXT: usize = 1024 * 1024;

/// What became of a message.
enum Taken {
    /// It was dealt with.
    Yes,
    /// It has to come again, when the upstream has answered a question.
    Later(BytesMut),
}

/// A client message in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    /// Between messages.
    Boundary,
    /// The rest of a message that is passed on: bytes left.
    Pass(usize),
    /// The rest of a message that was refused by its length.
    Drop(usize),
}

impl Session {
    /// Takes the client's bytes, as many as can be dealt with now. Any chunking of a stream gives the same outputs.
    ///
    /// # Errors
    /// [`Fault`] when the session has to end.
    pub fn frontend(&mut self, input: &mut BytesMut, out: &mut Output) -> Result<(), Fault> {
        self.now.set((self.setup.clock)());
        loop {
            if self.is_raw() {
                out.to_upstream.control(Control::Rest, input.split());
                return Ok(());
            }
            match self.client_stream {
                Stream::Boundary => {}
                Stream::Pass(left) => {
                    if input.is_empty() {
                        return Ok(());
                    }
                    let part = input.split_to(left.min(input.len()));
                    self.client_stream = rest(left - part.len(), Stream::Pass);
                    out.to_upstream.control(Control::Rest, part);
                    continue;
                }
                Stream::Drop(left) => {
                    if input.is_empty() {
                        return Ok(());
                    }
                    let part = left.min(input.len());
                    input.advance(part);
                    self.client_stream = rest(left - part, Stream::Drop);
                    continue;
                }
            }
            if self.has_parts()
                && let Some(Part { frame, before }) = self.parts.pop_front()
            {
                if self.is_blocked() || self.watch.waits() {
                    self.parts.push_front(Part { frame, before });
                    return Ok(());
                }
                self.part = Some(before);
                if let Taken::Later(frame) = self.query(frame, out)? {
                    self.parts.push_front(Part { frame, before });
                    return Ok(());
                }
                self.wait_for_upstream();
                continue;
            }
            if !self.message(input, out)? {
                return Ok(());
            }
        }
    }

    /// Deals with the message at the start of `input`; `false` when it has to wait.
    fn message(&mut self, input: &mut BytesMut, out: &mut Output) -> Result<bool, Fault> {
        match self.phase {
            Phase::Terminated => {
                input.clear();
                return Ok(false);
            }
            Phase::Authenticating(false) if !input.is_empty() => {
                return Err(Fault::Client("bytes behind the startup packet before authentication is done".into()));
            }
            Phase::Starting => return Ok(false),
            Phase::Authenticating(_) | Phase::Ready => {}
        }
        if self.watch.waits() {
            return Ok(false);
        }
        let Some(header) = Header::read(input)? else { return Ok(false) };
        let tag = Tag::of(header.tag)
            .ok_or_else(|| Fault::Client(format!("invalid frontend message type {}", header.tag)))?;
        if header.body > tag.longest() {
            return Err(Fault::Client("invalid message length".into()));
        }
        if let Phase::Authenticating(_) = self.phase {
            return self.authentication_answer(tag, header, input, out);
        }
        match tag {
            Tag::CopyData => Ok(self.copy_data(input, out)),
            Tag::Query | Tag::Parse | Tag::Bind | Tag::Describe | Tag::Execute | Tag::Close | Tag::FunctionCall => {
                if self.is_blocked() {
                    if self.pending.is_copying_in() && !self.pending.is_full() {
                        // The server would never answer what it waits behind: it reads copy data.
                        let what = format!("unexpected message type 0x{:02X} during COPY from stdin", header.tag);
                        return Err(Fault::Client(what));
                    }
                    return Ok(false);
                }
                if let Some(done) = self.large(tag, header, input, out)? {
                    return Ok(done);
                }
                let mut read = None;
                if let Tag::Parse | Tag::Bind = tag {
                    match self.whole_run(input, out) {
                        Ok(()) => return Ok(true),
                        Err(its) => read = its,
                    }
                }
                let Some(frame) = take(input, header) else { return Ok(false) };
                match self.unit_message(tag, frame, read, out)? {
                    Taken::Yes => Ok(true),
                    Taken::Later(frame) => {
                        put_back(input, frame);
                        Ok(false)
                    }
                }
            }
            Tag::Sync if self.pending.is_full() || self.sync_gate(out) == Gate::Wait => Ok(false),
            Tag::Flush if self.flush_gate(out) == Gate::Wait => Ok(false),
            Tag::Flush | Tag::Sync | Tag::CopyDone | Tag::CopyFail | Tag::Terminate => {
                let Some(frame) = take(input, header) else { return Ok(false) };
                self.plain(tag, frame, out);
                Ok(true)
            }
            Tag::Password => Err(Fault::Client("an authentication answer outside authentication".into())),
        }
    }

    fn authentication_answer(
        &mut self,
        tag: Tag,
        header: Header,
        input: &mut BytesMut,
        out: &mut Output,
    ) -> Result<bool, Fault> {
        if tag != Tag::Password {
            return Err(Fault::Client(format!("expected an authentication answer, got message type {}", header.tag)));
        }
        let Some(frame) = take(input, header) else { return Ok(false) };
        if self.offered_plus && self.setup.client_tls && answers_downgrade(&frame) {
            return Err(Fault::Client(
                "SCRAM cannot pass through two TLS legs when the client insists on channel binding; connect with channel_binding=disable".into(),
            ));
        }
        self.phase = Phase::Authenticating(false);
        out.to_upstream.control(Control::Authentication, frame);
        Ok(true)
    }

    /// Copy data passes unread, a whole run of messages at a time.
    fn copy_data(&mut self, input: &mut BytesMut, out: &mut Output) -> bool {
        self.send_begun(out);
        let mut run = 0;
        while let Some(rest) = input.get(run..) {
            let Ok(Some(header)) = Header::read(rest) else { break };
            if header.tag != b'd' || header.body > Tag::CopyData.longest() {
                break;
            }
            let there = rest.len().min(header.total());
            run += there;
            if there < header.total() {
                self.client_stream = Stream::Pass(header.total() - there);
                break;
            }
        }
        out.to_upstream.control(Control::Copy, input.split_to(run));
        run > 0
    }

    /// Messages that may be too large to hold: `None` for those that are read whole.
    fn large(
        &mut self,
        tag: Tag,
        header: Header,
        input: &mut BytesMut,
        out: &mut Output,
    ) -> Result<Option<bool>, Fault> {
        let too_long = header.body > self.setup.policy.max_statement_bytes();
        let unread = self.setup.policy.is_transparent() || (too_long && !self.setup.policy.enforces());
        match tag {
            Tag::Query | Tag::Parse | Tag::FunctionCall if too_long && self.setup.policy.enforces() => {
                input.advance(HEADER_BYTES);
                self.client_stream = rest(header.body, Stream::Drop);
                self.refuse_long(tag, header.body, out);
                Ok(Some(true))
            }
            Tag::Query | Tag::Parse if unread && header.body > LARGE_TEXT => {
                Ok(Some(self.pass_long(tag, header, input, out)))
            }
            Tag::FunctionCall if unread && header.body > LARGE_TEXT => {
                let there = input.len().min(header.total());
                let state = if self.function_call(input.split_to(there), out) { Stream::Pass } else { Stream::Drop };
                self.client_stream = rest(header.total() - there, state);
                Ok(Some(true))
            }
            Tag::Bind if header.body > LARGE_BIND => self.large_bind(header, input, out).map(Some),
            _ => Ok(None),
        }
    }

    fn refuse_long(&mut self, tag: Tag, bytes: usize, out: &mut Output) {
        let facts = unreadable("text longer than max_statement_bytes");
        let (_, report) = self.judge_wall(Wall::StatementTooLong(bytes), facts, protocol(tag), ());
        self.refuse(tag, report, None, out);
    }

    /// A text nobody can refuse and that is too long to hold: passed on unread.
    fn pass_long(&mut self, tag: Tag, header: Header, input: &mut BytesMut, out: &mut Output) -> bool {
        let there = input.len().min(header.total());
        let name: Option<Box<[u8]>> = match (tag, input.get(HEADER_BYTES..there).unwrap_or_default()) {
            (Tag::Parse, body) => match body.iter().position(|&b| b == 0) {
                Some(end) => body.get(..end).map(Into::into),
                None if body.len() < LONGEST_NAMES => return false,
                None => None,
            },
            _ => None,
        };
        self.watch.settled.moves();
        let read = self.read_again(Arc::new(unreadable("text too long to read")));
        let (frame, decision) = match self.judge(&read, Frame(input.split_to(there))).permit() {
            Ok(permitted) => permitted,
            Err(refused) => {
                // Transparent policies refuse nothing; should one, the message is dropped and refused.
                self.client_stream = rest(header.total() - there, Stream::Drop);
                let report = self.report(&read, refused.decision, protocol(tag), Sent::default());
                self.refuse(tag, report, None, out);
                return true;
            }
        };
        let report = (tag == Tag::Query).then(|| self.report(&read, decision, protocol(tag), Sent::default()));
        let prepared = || Prepared::Parsed(Arc::clone(&read.facts), Text::default());
        let parse = || Kind::Parse(name.map(|n| self.names.prepare(&n, prepared())));
        let kind = if tag == Tag::Query { Kind::Query } else { parse() };
        self.add(frame, Expect::Client { kind, poison: None, report, point: None }, out);
        self.client_stream = rest(header.total() - there, Stream::Pass);
        if tag == Tag::Query {
            self.end_unit(out);
        }
        true
    }

    fn large_bind(&mut self, header: Header, input: &mut BytesMut, out: &mut Output) -> Result<bool, Fault> {
        let there = input.len().min(header.total());
        let body = input.get(HEADER_BYTES..there).unwrap_or_default();
        if frontend::Bind::read(body).is_none() {
            return if body.len() < LONGEST_NAMES {
                Ok(false)
            } else {
                Err(Fault::Client("malformed Bind message".into()))
            };
        }
        let frame = input.split_to(there);
        if self.bind(frame, out)? {
            self.send_begun(out);
            self.client_stream = rest(header.total() - there, Stream::Pass);
        } else {
            self.client_stream = rest(header.total() - there, Stream::Drop);
        }
        Ok(true)
    }

    /// A whole message that belongs to a unit, and what the text of a Parse was read as, if it was.
    fn unit_message(
        &mut self,
        tag: Tag,
        frame: BytesMut,
        read: Option<Read>,
        out: &mut Output,
    ) -> Result<Taken, Fault> {
        match tag {
            Tag::Query => return self.query(frame, out),
            Tag::Parse => return self.parse(frame, read, out),
            Tag::Bind => {
                self.bind(frame, out)?;
            }
            Tag::Execute => return self.execute(frame, out),
            Tag::FunctionCall => {
                self.function_call(frame, out);
            }
            Tag::Close if self.modes.guards() && is_ours(frontend::named(body(&frame))?.name()) => {
                let mut read = self.read_again(Arc::new(only(EffectKind::Read, "CLOSE", "closes a name")));
                read.refuse_for(RESERVED);
                let decision = self.judge(&read, ()).decision().clone();
                let report = self.report(&read, decision, Protocol::Extended, Sent::default());
                self.refuse(Tag::Close, report, Some(&read), out);
            }
            Tag::Close => {
                let mut undo = None;
                self.unit.named = true;
                match frontend::named(body(&frame))? {
                    Named::Statement(name) => undo = Some(self.names.close(name)),
                    Named::Portal(name) => self.names.close_portal(name),
                }
                self.add_control(frame, Some(Expect::client(Kind::Close(undo))), out);
            }
            _ => {
                let parked = match frontend::named(body(&frame))? {
                    Named::Statement(name) => {
                        if !self.describes(name, out) {
                            return Ok(Taken::Yes);
                        }
                        self.parked(name)
                    }
                    Named::Portal(_) => None,
                };
                let Some(text) = parked else {
                    self.add_control(frame, Some(Expect::client(Kind::Describe)), out);
                    return Ok(Taken::Yes);
                };
                self.fetch(&text, None, out);
                self.add_control(parked::describe_hidden(), Some(Expect::client(Kind::Describe)), out);
                self.park(out);
            }
        }
        Ok(Taken::Yes)
    }

    /// A message without a statement.
    fn plain(&mut self, tag: Tag, frame: BytesMut, out: &mut Output) {
        match tag {
            Tag::Sync if self.unit.changed && self.pending.is_copying_in() => {
                // The server ignores it: the run, and what is to be witnessed of it, goes on.
                out.to_upstream.control(Control::Plain, frame);
                self.expect(Expect::client(Kind::Sync), out);
            }
            Tag::Sync => {
                self.begins_by_itself();
                self.send_unit(out);
                if self.unit.undone {
                    // A COMMIT that fails ends its block: so the client's Sync has to find it.
                    self.hide(Hidden::Sync, out);
                    self.hide(Hidden::Undo, out);
                }
                out.to_upstream.control(Control::Plain, frame);
                let point = self.unit.point;
                self.expect(Expect::Client { kind: Kind::Sync, poison: None, report: None, point }, out);
                self.unit.awaits_sync = false;
                self.end_unit(out);
            }
            Tag::CopyDone | Tag::CopyFail => {
                self.send_begun(out);
                out.to_upstream.control(Control::Copy, frame);
                self.expect(Expect::client(Kind::CopyEnd), out);
            }
            _ => {
                self.send_begun(out);
                out.to_upstream.control(Control::Plain, frame);
                if tag == Tag::Terminate {
                    self.phase = Phase::Terminated;
                }
            }
        }
    }
}

fn protocol(tag: Tag) -> Protocol {
    match tag {
        Tag::Query => Protocol::Simple,
        Tag::FunctionCall => Protocol::FunctionCall,
        _ => Protocol::Extended,
    }
}

fn rest(left: usize, state: fn(usize) -> Stream) -> Stream {
    if left == 0 { Stream::Boundary } else { state(left) }
}

/// Takes the whole message off the input, once it is there.
fn take(input: &mut BytesMut, header: Header) -> Option<BytesMut> {
    (input.len() >= header.total()).then(|| input.split_to(header.total()))
}

/// Puts a message back in front of what came behind it.
fn put_back(input: &mut BytesMut, mut message: BytesMut) {
    message.unsplit(input.split());
    *input = message;
}

/// A message of ours.
fn made(make: impl FnOnce(&mut BytesMut)) -> BytesMut {
    let mut out = BytesMut::new();
    make(&mut out);
    out
}

fn body(frame: &[u8]) -> &[u8] {
    frame.get(HEADER_BYTES..).unwrap_or_default()
}

/// A SASLInitialResponse whose GS2 header says `y`: "I could bind the channel, but you cannot" (RFC 5802). A server
/// that can sees a downgrade in it.
fn answers_downgrade(frame: &[u8]) -> bool {
    let body = body(frame);
    let Some(end) = body.iter().position(|&b| b == 0) else { return false };
    body.get(..end) == Some(b"SCRAM-SHA-256") && body.get(end + 5) == Some(&b'y')
}
