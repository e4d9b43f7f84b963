//! What the server tells beside its answers, in the order of a direct connection: parameters, notices, positions.

use super::backend::Fate;
use super::expect::{Expect, Hidden};
use super::watch::Point;
use super::{Fault, Phase, Session};
use crate::wire::{HEADER_BYTES, make};
use bytes::BytesMut;

/// Bytes of a length.
const LENGTH_BYTES: usize = size_of::<u32>();

/// Bytes of what a server usually tells at the start, with lengths.
const USUALLY_TOLD: usize = 448;

/// What the client was told of the session's parameters, and what it is still to be told.
///
/// PostgreSQL tells what a command changed right before its ReadyForQuery, and only what is otherwise than it last told
/// ([`ReportChangedGUCOptions`](https://github.com/postgres/postgres/blob/REL_15_STABLE/src/backend/utils/misc/guc.c)).
/// Of the ReadyForQuerys within one command of the client, those of our own groups, the client sees one.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    /// Bodies of ParameterStatus, one behind the other, each behind its length.
    told: Vec<u8>,
    due: Vec<Box<[u8]>>,
}

impl Parameters {
    /// The client is told this.
    pub(super) fn tell(&mut self, body: &[u8]) {
        if self.told.capacity() == 0 {
            self.told.reserve(USUALLY_TOLD);
        }
        // At the start each comes once. What is told anew takes the place of what was told before when there is no more
        // room for both.
        if self.told.len() + LENGTH_BYTES + body.len() > USUALLY_TOLD {
            self.forget(name(body));
        }
        // A longer one is no message.
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
        self.told.extend_from_slice(&length.to_ne_bytes());
        self.told.extend_from_slice(body);
    }

    /// Forgets what was told of that name.
    fn forget(&mut self, forgotten: &[u8]) {
        let mut at = 0;
        while let Some(one) = self.told.get(at..).and_then(first) {
            let end = at + LENGTH_BYTES + one.len();
            if name(one) == forgotten {
                self.told.drain(at..end);
            } else {
                at = end;
            }
        }
    }

    /// The client is to be told this, unless it is told otherwise until then.
    pub(super) fn tell_later(&mut self, body: &[u8]) {
        match self.due.iter_mut().find(|due| name(due) == name(body)) {
            Some(due) => *due = body.into(),
            None => self.due.push(body.into()),
        }
    }

    /// Whether the client is to be told anything.
    pub(super) fn is_due(&self) -> bool {
        !self.due.is_empty()
    }

    /// Tells what is otherwise than it was told.
    pub(super) fn release(&mut self, out: &mut BytesMut) {
        for body in std::mem::take(&mut self.due) {
            if !self.was_told(&body) {
                make::message(b'S', &body, out);
                self.tell(&body);
            }
        }
    }

    /// Whether this is what the client was told last of that name.
    fn was_told(&self, body: &[u8]) -> bool {
        let (name_of_it, mut rest, mut last) = (name(body), &self.told[..], None);
        while let Some(one) = first(rest) {
            if name(one) == name_of_it {
                last = Some(one);
            }
            rest = rest.get(LENGTH_BYTES + one.len()..).unwrap_or_default();
        }
        last == Some(body)
    }
}

impl Session {
    /// The client's ReadyForQuery, and what is told in front of it.
    pub(super) fn ready_for_query(&mut self, status: &[u8], bytes: &mut BytesMut) {
        self.part = None;
        bytes.unsplit(self.watch.late());
        self.parameters.release(bytes);
        make::message(b'Z', status, bytes);
    }

    /// A notice that must not overtake what is held, or is of a hidden statement.
    pub(super) fn notice(&mut self, body: &[u8]) -> Fate {
        let moved = self.part.and_then(|before| moved(body, before));
        if !self.head_is_ours() {
            if self.watch.holds() && is_noise(body) {
                return Fate::Replace(self.watch.hold(b'N', body, false));
            }
            // Like a row, it does not wait.
            let mut bytes = self.watch.release();
            make::message(b'N', moved.as_deref().unwrap_or(body), &mut bytes);
            return Fate::Replace(bytes);
        }
        // What hidden statements provoke (with client_min_messages at `log`) is nobody's but ours; where one runs what
        // the client's transaction deferred, its notices are the client's.
        let (first, rest) = (self.watch.first(), self.watch.behind_first());
        let (behind, next) = match self.pending.head() {
            Some(Expect::Hidden { what: Hidden::Witness(point @ (Point::Own | Point::Before)), due })
                if *due == first =>
            {
                (*point == Point::Before, self.has_parts())
            }
            Some(Expect::Hidden { what: Hidden::Commit, .. }) => (false, self.has_parts()),
            Some(Expect::Inline { point: Some(Point::Before), due, .. }) if *due > rest => (true, self.unit.executes),
            _ => return Fate::Drop,
        };
        if !is_a_triggers(body) {
            return Fate::Drop;
        }
        if next {
            self.watch.hold_for_next(b'N', body);
            return Fate::Drop;
        }
        if behind || !self.watch.holds() {
            return Fate::Replace(self.watch.hold(b'N', body, false));
        }
        // Where a Query's end commits, its last CommandComplete comes behind the commit.
        self.watch.hold_before_last(b'N', body);
        Fate::Drop
    }

    /// A ParameterStatus: told at once at the start, and then right before ReadyForQuery.
    pub(super) fn parameter_status(&mut self, body: &[u8]) -> Result<Fate, Fault> {
        let fate = self.parameter(body)?;
        if !self.has_witness() {
            return Ok(fate);
        }
        let told = match &fate {
            Fate::Drop => return Ok(fate),
            Fate::Forward => body,
            Fate::Replace(bytes) => bytes.get(HEADER_BYTES..).unwrap_or_default(),
        };
        if self.phase != Phase::Ready {
            self.parameters.tell(told);
            return Ok(fate);
        }
        self.parameters.tell_later(told);
        Ok(Fate::Drop)
    }
}

/// The first of several bodies, each behind its length.
fn first(bodies: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bodies.split_first_chunk::<LENGTH_BYTES>()?;
    rest.get(..usize::try_from(u32::from_ne_bytes(*length)).ok()?)
}

fn name(body: &[u8]) -> &[u8] {
    body.split(|&byte| byte == 0).next().unwrap_or_default()
}

/// The fields of an ErrorResponse or NoticeResponse.
fn fields(body: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    body.split(|&byte| byte == 0).filter_map(|field| field.split_first()).map(|(field, value)| (*field, value))
}

/// Whether a notice of a statement of ours that runs the transaction's triggers is a trigger's, and not that statement's
/// own: that it stands in no block, or noise.
pub(super) fn is_a_triggers(notice: &[u8]) -> bool {
    let outside = fields(notice).any(|field| field == (b'C', b"25P01"));
    !(outside || is_noise(notice)) || fields(notice).any(|(field, _)| field == b'W')
}

/// Whether a notice is of those that come of any statement, behind its end too.
pub(super) fn is_noise(notice: &[u8]) -> bool {
    let severity = fields(notice).find(|(field, _)| *field == b'V').map(|(_, value)| value);
    severity.is_none_or(|severity| severity == b"LOG" || severity.starts_with(b"DEBUG"))
}

/// An ErrorResponse's or NoticeResponse's body, its position moved by so many characters. `None` where it has none.
pub(super) fn moved(body: &[u8], by: usize) -> Option<Vec<u8>> {
    let position = fields(body).find(|(field, _)| *field == b'P').map(|(_, value)| value)?;
    let position: usize = std::str::from_utf8(position).ok()?.parse().ok()?;
    let mut all = Vec::with_capacity(body.len() + 8);
    for (field, value) in fields(body) {
        all.push(field);
        if field == b'P' {
            all.extend_from_slice((position + by).to_string().as_bytes());
        } else {
            all.extend_from_slice(value);
        }
        all.push(0);
    }
    all.push(0);
    Some(all)
}

#[cfg(test)]
mod tests;
