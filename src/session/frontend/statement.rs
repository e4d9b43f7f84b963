//! Messages that carry a statement, or lead to one: read, judged, passed on or refused.

use super::super::expect::{Expect, Hidden, Kind};
use super::super::judge::{Protocol, Read, StatementReport, Wants, only, unreadable};
use super::super::names::{Prepared, RESERVED, Text, is_ours};
use super::super::output::{Frame, Output};
use super::super::parts::Parts;
use super::super::unit::{APART, BESIDE, Place};
use super::super::watch::{Gate, Point, WITH_CODE};
use super::super::{Event, Fault, Session};
use super::{Taken, body, made, parked, protocol};
use crate::classify::EffectKind;
use crate::policy::Wall;
use crate::wire::Header;
use crate::wire::backend::Status;
use crate::wire::frontend::{self, Tag};
use crate::wire::make::{self, Ours};
use crate::witness;
use bytes::{Bytes, BytesMut};
use std::sync::Arc;

impl Session {
    pub(super) fn query(&mut self, mut frame: BytesMut, out: &mut Output) -> Result<Taken, Fault> {
        let text = frontend::query(body(&frame))?;
        if self.refuse_encoding(Tag::Query, out) {
            return Ok(Taken::Yes);
        }
        let mut read = self.read(text);
        if self.is_whole_query(&read) {
            let sent = self.sent(text);
            self.whole_query(frame, &read, sent, out);
            return Ok(Taken::Yes);
        }
        if !self.end_parsed_run(&read, out) {
            return Ok(Taken::Later(frame));
        }
        let mut instead = None;
        if let Some((text, its)) = self.instead(&read) {
            (instead, read) = (Some(made(|out| make::query(&text, out))), its);
        }
        let mut wants = read.wants();
        let parts = self.parts_of(&read, text);
        if matches!(parts, Parts::Several(_)) && !self.pending.is_empty() {
            // An error that is still to come for an earlier message would be taken for one of the parts'.
            self.wait_for_upstream();
            return Ok(Taken::Later(frame));
        }
        if parts == Parts::Refused {
            read.refuse_for(APART);
        } else if let Err(what) = self.may_run_together(&read, &mut wants) {
            read.refuse_for(what);
        }
        let sent = self.sent(text);
        if let Some(instead) = instead {
            frame = instead;
        }
        match self.judge(&read, Frame(frame)).permit() {
            Ok(_) if let Parts::Several(parts) = parts => {
                // Each is judged again, for itself, when its turn comes.
                self.parts = parts;
            }
            Ok((permitted, decision)) => {
                let gate = self.commit_gate(&read, out);
                if gate == Gate::Wait {
                    return Ok(Taken::Later(permitted.into_inner().0));
                }
                let report = self.report(&read, decision, Protocol::Simple, sent);
                if gate == Gate::Closed {
                    self.watch.report(report);
                    self.roll_back_instead(Tag::Query, out);
                    return Ok(Taken::Yes);
                }
                self.enter_block(&read, out);
                self.seal(&read, out);
                self.names.replaces_portal(&read.facts);
                self.apply(&read);
                let by_itself = self.status == Status::Idle && self.modes.client_read_only;
                let code = read.runs_code() && !wants.copy_in;
                let goes = (!by_itself || code)
                    && !self.unit.is_begun()
                    && self.status != Status::Failed
                    && !self.pending.is_skipping();
                if goes && self.is_witnessed(&read) && !self.asks_for_a_block(&read) {
                    self.send_witnessed(permitted, report, &read, wants.copy_in, out);
                    return Ok(Taken::Yes);
                }
                self.unit.wants.join(wants);
                if !self.unit.is_begun() {
                    self.begins(read.begins_alone());
                }
                let expect = Expect::Client { kind: Kind::Query, poison: None, report: Some(report), point: None };
                self.add(permitted, expect, out);
                self.end_unit(out);
                if self.chains_on(&read) {
                    self.hide(Hidden::Chained, out);
                }
            }
            Err(refused) if self.asks_upstream(&read, out) => return Ok(Taken::Later(refused.value.0)),
            Err(refused) => {
                let report = self.report(&read, refused.decision, Protocol::Simple, sent);
                self.refuse(Tag::Query, report, Some(&read), out);
            }
        }
        Ok(Taken::Yes)
    }

    /// Deals with a Parse, whose text may have been read before.
    pub(super) fn parse(&mut self, mut frame: BytesMut, read: Option<Read>, out: &mut Output) -> Result<Taken, Fault> {
        let parse = frontend::Parse::read(body(&frame))?;
        if self.refuse_encoding(Tag::Parse, out) {
            return Ok(Taken::Yes);
        }
        let mut read = read.unwrap_or_else(|| self.read(parse.text));
        let mut instead = None;
        if let (Some((text, its)), Ok(name)) = (self.instead(&read), std::str::from_utf8(parse.name)) {
            (instead, read) = (Some(made(|out| make::parse(name, &text, out))), its);
        }
        if parse.user_types {
            read.takes_user_types();
        }
        if self.modes.guards() && is_ours(parse.name) {
            read.refuse_for(RESERVED);
        }
        if !self.make_place(&read, false, out) {
            read.refuse_for(BESIDE);
        }
        let parks = self.parks(parse.name, &read.facts);
        if parks {
            instead = Some(parked::parse_hidden(parse.text));
        }
        let (name, sent): (Box<[u8]>, _) = (parse.name.into(), self.sent(parse.text));
        let kept = (self.setup.keep_text || parks).then(|| parse.text.into());
        let kept = Text { kept, bytes: parse.text.len() };
        if let Some(instead) = instead {
            frame = instead;
        }
        match self.judge(&read, Frame(frame)).permit() {
            Ok((permitted, _)) => {
                self.unit.named = true;
                let undo = self.names.prepare(&name, Prepared::Parsed(Arc::clone(&read.facts), kept));
                self.unit.parses.join(read.wants());
                self.looks(&read);
                if parks {
                    self.park(out);
                }
                self.add(permitted, Expect::client(Kind::Parse(Some(undo))), out);
                if parks {
                    self.park(out);
                }
            }
            Err(refused) if self.asks_upstream(&read, out) => return Ok(Taken::Later(refused.value.0)),
            Err(refused) => {
                let report = self.report(&read, refused.decision, Protocol::Extended, sent);
                self.refuse(Tag::Parse, report, Some(&read), out);
            }
        }
        Ok(Taken::Yes)
    }

    /// In front of a Describe of a statement: its text may be looked at anew, which runs what its values' types check.
    /// Whether it may be; else it is refused.
    pub(super) fn describes(&mut self, name: &[u8], out: &mut Output) -> bool {
        let prepared = self.names.statement(name).filter(|_| !self.unit.names_moved);
        let text = prepared.map(Prepared::text).unwrap_or_default();
        let read = prepared.map(|prepared| self.read_again(prepared.bound()));
        let mut read = read.unwrap_or_else(|| {
            // What a function has prepared may be anything.
            let mut read = self.read_again(Arc::new(only(EffectKind::Read, "DESCRIBE", "looks at a statement")));
            read.takes_user_types();
            read
        });
        if self.make_place(&read, false, out) {
            self.unit.more = true;
            self.looks(&read);
            return true;
        }
        read.refuse_for(BESIDE);
        let decision = self.judge(&read, ()).decision().clone();
        let report = self.report(&read, decision, Protocol::Extended, self.sent_before(&text));
        self.refuse(Tag::Describe, report, Some(&read), out);
        false
    }

    /// Deals with a Bind whose names are there; whether it was permitted.
    pub(super) fn bind(&mut self, mut frame: BytesMut, out: &mut Output) -> Result<bool, Fault> {
        let bind = frontend::Bind::read(body(&frame)).ok_or_else(|| Fault::Client("malformed Bind message".into()))?;
        let prepared = self.names.statement(bind.statement).filter(|_| !self.unit.names_moved);
        let text = prepared.map(Prepared::text).unwrap_or_default();
        let read = match prepared {
            Some(prepared) => self.read_again(prepared.bound()),
            None => self.read_unknown(bind.statement),
        };
        let mut read = read;
        if !self.temporary.asked_before(self.names.changed(bind.statement)) {
            read.is_planned();
        }
        if self.modes.guards() && (is_ours(bind.statement) || is_ours(bind.portal)) {
            read.refuse_for(RESERVED);
        }
        if !self.make_place(&read, true, out) {
            read.refuse_for(BESIDE);
        }
        if !self.keeps_off_code(&read) {
            read.refuse_for(WITH_CODE);
        }
        // Of a Bind too large to be held the name is left as it is, which the server does not know.
        let whole = Header::read(&frame)?.is_some_and(|header| header.total() == frame.len());
        let parked = self.parked(bind.statement).filter(|_| whole);
        let names = bind.portal.len() + bind.statement.len() + 2;
        let rest = body(&frame).get(names..).unwrap_or_default();
        let portal: Box<[u8]> = bind.portal.into();
        if parked.is_some() {
            frame = parked::bind_hidden(bind.portal, rest);
        }
        match self.judge(&read, Frame(frame)).permit() {
            Ok((permitted, _)) => {
                self.unit.named = true;
                if read.wants().hides {
                    // The checks of a value's type may be a function's.
                    self.names.cursors_changed();
                }
                self.names.bind(&portal, Arc::clone(&read.facts), text);
                self.unit.others |= !read.is_of_rows();
                self.unit.wants.join(read.wants());
                self.open_for_code(&read, out);
                if self.is_witnessed(&read) {
                    // The planner runs an immutable function before any Execute, also one that a view calls.
                    self.look_before(&read, out);
                    self.plans(&read);
                    self.unit.changed = true;
                }
                if let Some(text) = &parked {
                    self.fetch(text, Some(&portal), out);
                }
                self.add(permitted, Expect::client(Kind::Bind(portal)), out);
                if parked.is_some() {
                    self.park(out);
                }
                Ok(true)
            }
            Err(refused) => {
                let sent = self.sent_before(&text);
                let report = self.report(&read, refused.decision, Protocol::Extended, sent);
                self.refuse(Tag::Bind, report, Some(&read), out);
                Ok(false)
            }
        }
    }

    pub(super) fn execute(&mut self, frame: BytesMut, out: &mut Output) -> Result<Taken, Fault> {
        let portal = frontend::execute(body(&frame))?;
        // A portal we did not see bound is a cursor: it reads.
        let cursor = || (Arc::new(only(EffectKind::Read, "FETCH", "fetches from a cursor")), Text::default());
        let known = self.names.portal(portal);
        // What the server skips runs nothing.
        let in_block = self.unit.place_or(self.status) != Place::Implicit && !self.pending.is_skipping();
        if known.is_none() && portal.is_empty() && in_block && self.modes.guards() {
            // No cursor is called so. The server may have one that a Query left behind which failed, and die of it.
            let error = made(|out| make::Error::statement("34000", "portal \"\" does not exist").encode(out)).freeze();
            self.poison(Tag::Execute, error, "no such portal", out);
            return Ok(Taken::Yes);
        }
        let lost = known.is_none() && self.names.lost_portals() && !self.pending.is_skipping();
        let maybe_cursor = known.as_ref().is_some_and(|(_, _, maybe)| *maybe);
        let (facts, text) = known.map_or_else(cursor, |(facts, text, _)| (facts, text));
        let mut read = if lost { self.read_unknown(portal) } else { self.read_again(facts) };
        if maybe_cursor {
            read.may_be_a_cursor();
        }
        if !self.make_place(&read, true, out) {
            read.refuse_for(BESIDE);
        }
        if !self.keeps_off_code(&read) {
            read.refuse_for(WITH_CODE);
        }
        let sent = self.sent_before(&text);
        match self.judge(&read, Frame(frame)).permit() {
            Ok((permitted, decision)) => {
                let gate = self.commit_gate(&read, out);
                if gate == Gate::Wait {
                    return Ok(Taken::Later(permitted.into_inner().0));
                }
                let report = self.report(&read, decision, Protocol::Extended, sent);
                if gate == Gate::Closed {
                    self.watch.report(report);
                    self.roll_back_instead(Tag::Execute, out);
                    return Ok(Taken::Yes);
                }
                self.seal(&read, out);
                self.apply(&read);
                if read.wants().begins && (self.unit.reads || self.unit.looks) && self.unit.place() == Place::Implicit {
                    // What was read before runs in the block that begins now, read-write, whatever a view hides in it.
                    self.says(&read);
                }
                self.moved(&read);
                self.unit.wants.join(read.wants());
                self.open_for_code(&read, out);
                self.unit.copies |= read.wants().copy_in;
                let point = self.is_witnessed(&read).then_some(Point::Before);
                if point.is_some() {
                    self.look_before(&read, out);
                    self.says(&read);
                    self.unit.changed = true;
                }
                let expect = Expect::Client { kind: Kind::Execute, poison: None, report: Some(report), point };
                self.add(permitted, expect, out);
                if self.modes.is_read_only() && read.ends() {
                    self.inline(&[Ours::Text(witness::CLOSED)], out);
                } else if self.chains_on(&read) {
                    self.inline(Hidden::Chained.statements(), out);
                }
            }
            Err(refused) => {
                let report = self.report(&read, refused.decision, Protocol::Extended, sent);
                self.refuse(Tag::Execute, report, Some(&read), out);
            }
        }
        Ok(Taken::Yes)
    }

    /// Deals with a FunctionCall, or with the start of one that nothing may stand behind; whether it was permitted.
    pub(super) fn function_call(&mut self, frame: BytesMut, out: &mut Output) -> bool {
        let facts = only(EffectKind::FunctionCall, "FUNCTION CALL", "calls a function by its number");
        self.unit.wants.join(Wants::of(&facts.statements));
        self.watch.settled.moves();
        let (judged, report) = self.judge_wall(Wall::FunctionCall, facts, Protocol::FunctionCall, Frame(frame));
        match judged.permit() {
            Ok((permitted, _)) => {
                self.add(
                    permitted,
                    Expect::Client { kind: Kind::FunctionCall, poison: None, report: Some(report), point: None },
                    out,
                );
                self.end_unit(out);
                true
            }
            Err(_) => {
                self.refuse(Tag::FunctionCall, report, None, out);
                false
            }
        }
    }

    /// Refuses a text because of the session's encoding, where the policy says so; `false` where it does not.
    fn refuse_encoding(&mut self, tag: Tag, out: &mut Output) -> bool {
        let Some(encoding) = self.unsafe_encoding.clone() else { return false };
        let facts = unreadable("text in an encoding that cannot be read safely");
        let (judged, report) = self.judge_wall(Wall::UnsafeEncoding(&encoding), facts, protocol(tag), ());
        if judged.permit().is_ok() {
            return false;
        }
        self.refuse(tag, report, None, out);
        true
    }

    /// Puts poison in the message's place, and reports the refusal.
    pub(super) fn refuse(&mut self, tag: Tag, report: Box<StatementReport>, read: Option<&Read>, out: &mut Output) {
        let mut error = BytesMut::new();
        self.refusal(&report.decision, read).encode(&mut error);
        let error = error.freeze();
        let why = report.decision.rule.to_string();
        self.poison(tag, error, &why, out);
        out.events.push(Event::Statement(report));
    }

    pub(in crate::session) fn poison(&mut self, tag: Tag, error: Bytes, why: &str, out: &mut Output) {
        let error = Some(error);
        self.watch.refused();
        match tag {
            Tag::Query | Tag::FunctionCall => {
                self.leave_around(out);
                let expect = Expect::Client { kind: Kind::Query, poison: error, report: None, point: None };
                self.stage(expect, out, |to| to.poison_query(why));
                self.end_unit(out);
            }
            _ => {
                let expect = Expect::Client { kind: Kind::Parse(None), poison: error, report: None, point: None };
                self.stage(expect, out, |to| to.poison_parse(why));
            }
        }
    }

    /// Takes an expected answer in; what the server will skip is undone at once.
    pub(in crate::session) fn expect(&mut self, expect: Expect, out: &mut Output) {
        if let Some(skipped) = self.pending.push(expect) {
            self.skipped(skipped, out);
        }
    }

    /// A message the server will not look at.
    pub(in crate::session) fn skipped(&mut self, expect: Expect, out: &mut Output) {
        if let Expect::Inline { point: Some(_), .. } = expect {
            self.watch.skipped();
        }
        if let Expect::Client { kind: Kind::Query, point: Some(Point::Own), .. } = expect {
            self.watch.unopened();
        }
        if let Expect::Client { kind, report, .. } = expect {
            match kind {
                Kind::Parse(Some(undo)) | Kind::Close(Some(undo)) => self.names.undo(undo),
                Kind::Bind(portal) => {
                    self.names.close_portal(&portal);
                    self.names.loses_portals();
                }
                Kind::Close(None) => self.names.loses_portals(),
                _ => {}
            }
            out.events.extend(report.map(Event::Statement));
        }
    }
}
