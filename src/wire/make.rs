//! The messages Stockade makes itself, by pgwire's encoders.

use super::HEADER_BYTES;
use bytes::{BufMut, BytesMut};
use pgwire::messages::Message;
use pgwire::messages::extendedquery as extended;
use pgwire::messages::response::ErrorResponse;
use pgwire::messages::simplequery::Query;

/// What a client is told when something is refused or breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// `ERROR`, or `FATAL` where the connection ends behind it.
    pub severity: Severity,
    /// SQLSTATE.
    pub code: &'static str,
    /// What happened.
    pub message: String,
    /// The measured facts.
    pub detail: Option<String>,
    /// The way on.
    pub hint: Option<String>,
    /// The character of the client's text, from 1, that it is about.
    pub position: Option<u32>,
}

/// The severities used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The statement failed; the session goes on.
    Error,
    /// The session ends.
    Fatal,
}

impl Error {
    /// A FATAL error without detail.
    pub fn fatal(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Fatal, code, message: message.into(), detail: None, hint: None, position: None }
    }

    /// An ERROR without detail.
    pub fn statement(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, message: message.into(), detail: None, hint: None, position: None }
    }

    /// The same with measured facts.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Appends it as an ErrorResponse message.
    pub fn encode(&self, out: &mut BytesMut) {
        let severity = match self.severity {
            Severity::Error => "ERROR",
            Severity::Fatal => "FATAL",
        };
        let mut fields = vec![(b'S', severity.to_owned()), (b'V', severity.to_owned()), (b'C', self.code.to_owned())];
        // A NUL would end the field early and garble the rest.
        let clean = |text: &str| text.replace('\0', "");
        fields.push((b'M', clean(&self.message)));
        fields.extend(self.detail.as_deref().map(|text| (b'D', clean(text))));
        fields.extend(self.hint.as_deref().map(|text| (b'H', clean(text))));
        fields.extend(self.position.map(|character| (b'P', character.to_string())));
        append(&ErrorResponse::new(fields), out);
    }
}

/// pgwire's encoders fail only on lengths that messages of ours never have; should one fail, nothing is appended.
fn append(message: &impl Message, out: &mut BytesMut) {
    let start = out.len();
    if message.encode(out).is_err() {
        out.truncate(start);
    }
}

/// Appends a Query message.
pub fn query(text: &str, out: &mut BytesMut) {
    append(&Query::new(text.to_owned()), out);
}

/// Appends a Parse message without parameter types.
pub fn parse(name: &str, text: &str, out: &mut BytesMut) {
    append(&extended::Parse::new(Some(name.to_owned()), text.to_owned(), Vec::new()), out);
}

/// The same of a text in any encoding.
pub fn parse_bytes(name: &str, text: &[u8], out: &mut BytesMut) {
    message(b'P', &[name.as_bytes(), b"\0", text, b"\0\0\0"].concat(), out);
}

/// Appends a Close of a statement (`S`) or portal (`P`).
pub fn close(kind: u8, name: &[u8], out: &mut BytesMut) {
    message(b'C', &[&[kind], name, b"\0"].concat(), out);
}

/// A statement of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ours<'a> {
    /// Its text, parsed for this once.
    Text(&'a str),
    /// The name of one that was prepared ([`prepare`]).
    Prepared(&'a str),
    /// The name of a portal that was opened ([`open`]).
    Opened(&'a str),
}

impl Ours<'_> {
    /// How many answers it has in the middle of a pipeline, one a message.
    pub fn answers(self) -> usize {
        match self {
            Self::Text(_) => 5,
            Self::Prepared(_) => 3,
            Self::Opened(_) => 2,
        }
    }
}

/// Appends statements that run by the extended protocol under a name of their own and leave nothing behind, so that
/// the client's unnamed statement and its portals stay as they are; then a Sync.
pub fn hidden(statements: &[Ours<'_>], out: &mut BytesMut) {
    inline(statements, out);
    append(&extended::Sync::new(), out);
}

/// The same in the middle of a pipeline, without a Sync. Gives the number of answers that are due, one a message.
pub fn inline(statements: &[Ours<'_>], out: &mut BytesMut) -> usize {
    let name = || Some(String::from(HIDDEN_NAME));
    // A group that failed (a CancelRequest hit it) was skipped to its Sync, its Closes too, and a prepared statement
    // outlives its transaction: without this the name would be taken for ever.
    // Nor may a function find anything under it.
    append(&extended::Close::new(b'P', name()), out);
    append(&extended::Close::new(b'S', name()), out);
    let mut due = 2;
    for statement in statements {
        let from = match statement {
            Ours::Text(text) => {
                parse(HIDDEN_NAME, text, out);
                name()
            }
            Ours::Prepared(prepared) => Some((*prepared).to_owned()),
            Ours::Opened(portal) => {
                append(&extended::Execute::new(Some((*portal).to_owned()), 0), out);
                append(&extended::Close::new(b'P', Some((*portal).to_owned())), out);
                due += 2;
                continue;
            }
        };
        append(&extended::Bind::new(name(), from, Vec::new(), Vec::new(), Vec::new()), out);
        append(&extended::Execute::new(name(), 0), out);
        append(&extended::Close::new(b'P', name()), out);
        due += 3;
        if let Ours::Text(_) = statement {
            append(&extended::Close::new(b'S', name()), out);
            due += 2;
        }
    }
    due
}

/// Appends what opens a portal of ours, which reads tables as they are now, and behind it prepares an empty statement:
/// by when that was done the portal is told from one that is opened later under its name. Gives the number of answers due.
pub fn open(portal: &str, text: &str, mark: &str, out: &mut BytesMut) -> usize {
    let name = || Some(portal.to_owned());
    append(&extended::Close::new(b'P', name()), out);
    prepare(portal, text, out);
    append(&extended::Bind::new(name(), name(), Vec::new(), Vec::new(), Vec::new()), out);
    prepare(mark, "", out);
    6
}

/// Appends a Sync.
pub fn sync(out: &mut BytesMut) {
    append(&extended::Sync::new(), out);
}

/// Appends what prepares a statement of ours for the session's life, whether or not the name is taken; to be followed
/// by [`hidden`], which ends the group.
pub fn prepare(name: &str, text: &str, out: &mut BytesMut) {
    append(&extended::Close::new(b'S', Some(name.to_owned())), out);
    parse(name, text, out);
}

/// Appends a statement that runs once for each row of text arguments, as [`hidden`] does, and gives rows in text form.
pub fn question<const N: usize>(text: &str, arguments: &[[&str; N]], out: &mut BytesMut) {
    let name = || Some(String::from(HIDDEN_NAME));
    append(&extended::Close::new(b'P', name()), out);
    append(&extended::Close::new(b'S', name()), out);
    append(&extended::Parse::new(name(), text.to_owned(), vec![TEXT; N]), out);
    for row in arguments {
        let values = row.iter().map(|value| Some(bytes::Bytes::copy_from_slice(value.as_bytes()))).collect();
        append(&extended::Bind::new(name(), name(), Vec::new(), values, Vec::new()), out);
        append(&extended::Execute::new(name(), 0), out);
        append(&extended::Close::new(b'P', name()), out);
    }
    append(&extended::Close::new(b'S', name()), out);
    append(&extended::Sync::new(), out);
}

/// The type oid of `text`.
const TEXT: u32 = 25;

/// The name of hidden statements and portals while they run.
pub const HIDDEN_NAME: &str = "_stockade";

/// Appends a message of that tag and body, as it was received.
pub fn message(tag: u8, body: &[u8], out: &mut BytesMut) {
    tagged(tag, &[body], out);
}

/// Appends a Flush message.
pub fn flush(out: &mut BytesMut) {
    append(&extended::Flush::new(), out);
}

/// Appends a ParameterStatus message.
pub fn parameter_status(name: &str, value: &str, out: &mut BytesMut) {
    tagged(b'S', &[name.as_bytes(), &[0], value.as_bytes(), &[0]], out);
}

/// Appends a BackendKeyData message.
pub fn key_data(pid: u32, secret: &[u8], out: &mut BytesMut) {
    tagged(b'K', &[&pid.to_be_bytes(), secret], out);
}

/// Appends an AuthenticationSASL message with these mechanisms.
pub fn sasl(mechanisms: &[&[u8]], out: &mut BytesMut) {
    let mut body = 10i32.to_be_bytes().to_vec();
    for name in mechanisms {
        body.extend_from_slice(name);
        body.push(0);
    }
    body.push(0);
    tagged(b'R', &[&body], out);
}

fn tagged(tag: u8, parts: &[&[u8]], out: &mut BytesMut) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    out.reserve(HEADER_BYTES + length);
    out.put_u8(tag);
    out.put_u32(u32::try_from(length + 4).unwrap_or(u32::MAX));
    for part in parts {
        out.put_slice(part);
    }
}
