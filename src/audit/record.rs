//! What is recorded of one decision, and how it looks as JSON.

use super::TextMode;
use crate::policy::{Decision, EffectKind, EffectSet};
use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// A statement's text is recorded up to this many bytes: the queue is bounded in records, and a record must be bounded
/// in bytes for its memory to be bounded.
pub(super) const MAX_TEXT: usize = 16 * 1024;

const RFC_3339: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// Who is connected, from where and to what: the same for all records of a connection, so shared by them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The connection's number, unique within the run.
    pub connection: u64,
    /// The principal's name.
    pub principal: Arc<str>,
    /// The PostgreSQL user asked for.
    pub user: Arc<str>,
    /// The database asked for.
    pub database: Arc<str>,
    /// The client's address; `None` for a Unix socket.
    pub client: Option<SocketAddr>,
}

/// How the statement came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// A Query message.
    Simple,
    /// A Parse or Execute message.
    Extended,
    /// A FunctionCall message.
    FunctionCall,
    /// The connection itself was refused.
    Startup,
}

/// One statement of the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its kind, as PostgreSQL's command tags name it.
    pub tag: &'static str,
    /// What it does.
    pub effects: EffectSet,
    /// The relations it names, `schema.name` where the text gives the schema.
    pub relations: Vec<Box<str>>,
}

/// A statement's text, as far as the settings let it be recorded. Made by [`Recorder::text`](super::Recorder::text)
/// alone, so the mode cannot be forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    shown: Option<Box<str>>,
    /// The length as the client sent it, in bytes.
    bytes: usize,
}

impl Text {
    /// Takes of a text what the mode allows.
    pub(super) fn new(mode: TextMode, full: &[u8], redacted: &str) -> Self {
        let shown = match mode {
            TextMode::Full => {
                let end = full.len().min(MAX_TEXT);
                Some(clip(&String::from_utf8_lossy(full.get(..end).unwrap_or_default())).into())
            }
            TextMode::Redacted => Some(clip(redacted).into()),
            TextMode::Fingerprint => None,
        };
        Self { shown, bytes: full.len() }
    }

    /// The same, of a text that was this long in bytes, where it was not kept in full.
    #[must_use]
    pub fn of_length(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }
}

/// At most [`MAX_TEXT`] bytes of a text, whole characters only.
fn clip(text: &str) -> &str {
    let end = (0..=MAX_TEXT.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// One decision, with what came of it.
#[derive(Debug, Clone)]
pub struct Record {
    /// When it was decided.
    pub time: SystemTime,
    /// Whose connection.
    pub session: Arc<Session>,
    /// How it came.
    pub protocol: Protocol,
    /// PostgreSQL's query fingerprint; 0 where there is none (unreadable text, a startup).
    pub fingerprint: u64,
    /// The text, as far as it may be shown.
    pub text: Text,
    /// The statements of the message, in order.
    pub statements: Vec<Statement>,
    /// What was decided.
    pub decision: Decision,
    /// The rows PostgreSQL reports for it (CommandComplete), summed over the message; `None` where it did not run.
    pub rows: Option<u64>,
    /// The SQLSTATE it ended with, where it ended with an error.
    pub error: Option<Box<str>>,
    /// From the message's arrival to the end of its answer.
    pub duration: Duration,
}

/// What every line begins with.
#[derive(Debug, Serialize)]
pub(super) struct Envelope<'a, T> {
    v: u8,
    run: &'a str,
    seq: u64,
    #[serde(serialize_with = "rfc_3339")]
    time: SystemTime,
    event: &'static str,
    #[serde(flatten)]
    body: T,
}

/// The body of a `lost` line.
#[derive(Debug, Serialize)]
pub(super) struct Lost {
    records: u64,
}

/// The body of a `decision` line.
#[derive(Debug, Serialize)]
pub(super) struct Body<'a> {
    connection: u64,
    principal: &'a str,
    user: &'a str,
    client: Option<SocketAddr>,
    database: &'a str,
    protocol: Protocol,
    fingerprint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    text_bytes: usize,
    statements: Vec<StatementBody<'a>>,
    #[serde(serialize_with = "effect_names")]
    effects: EffectSet,
    verdict: &'static str,
    enforced: bool,
    rule: &'a str,
    reasons: &'a [String],
    rows: Option<u64>,
    error: Option<&'a str>,
    duration_us: u64,
}

#[derive(Debug, Serialize)]
struct StatementBody<'a> {
    tag: &'static str,
    #[serde(serialize_with = "effect_names")]
    effects: EffectSet,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    relations: &'a [Box<str>],
}

impl<'a> Envelope<'a, Body<'a>> {
    /// The line of a decision.
    pub(super) fn decision(run: &'a str, seq: u64, record: &'a Record) -> Self {
        let Record { session, decision, text, .. } = record;
        let statements = record.statements.iter().map(|statement| StatementBody {
            tag: statement.tag,
            effects: statement.effects,
            relations: &statement.relations,
        });
        let body = Body {
            connection: session.connection,
            principal: &session.principal,
            user: &session.user,
            client: session.client,
            database: &session.database,
            protocol: record.protocol,
            fingerprint: (record.fingerprint != 0).then(|| format!("{:016x}", record.fingerprint)),
            text: text.shown.as_deref(),
            text_bytes: text.bytes,
            statements: statements.collect(),
            effects: decision.effects,
            verdict: decision.verdict.as_str(),
            enforced: decision.enforced,
            rule: &decision.rule,
            reasons: &decision.reasons,
            rows: record.rows,
            error: record.error.as_deref(),
            duration_us: u64::try_from(record.duration.as_micros()).unwrap_or(u64::MAX),
        };
        Self { v: 1, run, seq, time: record.time, event: "decision", body }
    }
}

impl<'a> Envelope<'a, Lost> {
    /// The line that stands for decisions which found the queue full.
    pub(super) fn lost(run: &'a str, seq: u64, time: SystemTime, records: u64) -> Self {
        Self { v: 1, run, seq, time, event: "lost", body: Lost { records } }
    }
}

impl<T: Serialize> Envelope<'_, T> {
    /// Appends the line, newline included. JSON escapes every newline inside, so a line is a record.
    ///
    /// # Errors
    /// Only where a value cannot be said in JSON, which leaves `out` as it was.
    pub(super) fn append_to(&self, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        let before = out.len();
        if let Err(error) = serde_json::to_writer(&mut *out, self) {
            out.truncate(before);
            return Err(error);
        }
        out.push(b'\n');
        Ok(())
    }
}

fn rfc_3339<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    let text = OffsetDateTime::from(*time).format(RFC_3339).map_err(serde::ser::Error::custom)?;
    serializer.serialize_str(&text)
}

fn effect_names<S: Serializer>(effects: &EffectSet, serializer: S) -> Result<S::Ok, S::Error> {
    let mut names = serializer.serialize_seq(None)?;
    for name in effects.iter().map(EffectKind::as_str) {
        names.serialize_element(name)?;
    }
    names.end()
}

#[cfg(test)]
pub(super) mod tests;
