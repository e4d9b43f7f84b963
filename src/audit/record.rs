//! What is recorded of one decision, and how it looks as JSON.

use super::TextMode;
use crate::policy::{Decision, EffectSet, Verdict};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// A statement's text is recorded up to this many bytes: what waits is bounded in records, and a record must be bounded
/// in bytes for its memory to be bounded.
pub(super) const MAX_TEXT: usize = 16 * 1024;

/// RFC 3339, up to the second.
const SECONDS: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");

const HEXADECIMAL: &[u8; 16] = b"0123456789abcdef";

/// Who is connected, from where and to what.
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

impl Session {
    /// Its part of a line, which all lines of a connection have.
    pub(super) fn part(&self) -> Box<str> {
        let mut line = Line(Vec::new());
        line.raw(",\"connection\":");
        line.number(self.connection);
        line.raw(",\"principal\":");
        line.string(&self.principal);
        line.raw(",\"user\":");
        line.string(&self.user);
        line.raw(",\"client\":");
        line.or_null(self.client, |line, client| line.address(client));
        line.raw(",\"database\":");
        line.string(&self.database);
        line.into_text().into()
    }
}

/// How the statement came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

impl Protocol {
    fn as_str(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Extended => "extended",
            Self::FunctionCall => "function-call",
            Self::Startup => "startup",
        }
    }
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

/// The statements of a message as its record shows them; cheap to clone, so that it is made once for a text that comes
/// again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statements(Arc<str>);

impl FromIterator<Statement> for Statements {
    fn from_iter<T: IntoIterator<Item = Statement>>(statements: T) -> Self {
        let mut line = Line(Vec::new());
        line.list(statements, |line, statement| {
            line.raw("{\"tag\":");
            line.string(statement.tag);
            line.raw(",\"effects\":");
            line.effects(statement.effects);
            if !statement.relations.is_empty() {
                line.raw(",\"relations\":");
                line.list(&statement.relations, |line, relation| line.string(relation));
            }
            line.raw("}");
        });
        Self(line.into_text().into())
    }
}

/// A statement's text, as far as the settings let it be recorded. Made by [`Recorder::text`](super::Recorder::text)
/// alone, so the mode cannot be forgotten. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// As JSON.
    shown: Option<Arc<str>>,
}

impl Text {
    /// Takes of a text what the mode allows.
    pub(super) fn new(mode: TextMode, full: &[u8], redacted: &str) -> Self {
        let shown = match mode {
            TextMode::Full if !full.is_empty() => {
                let end = full.len().min(MAX_TEXT);
                Some(as_json(clip(&String::from_utf8_lossy(full.get(..end).unwrap_or_default()))))
            }
            // Of a statement whose text is not kept (what PREPARE prepared) nothing else is there.
            TextMode::Full | TextMode::Redacted => Some(as_json(clip(redacted))),
            TextMode::Fingerprint => None,
        };
        Self { shown }
    }
}

fn as_json(text: &str) -> Arc<str> {
    let mut line = Line(Vec::with_capacity(text.len() + 2));
    line.string(text);
    line.into_text().into()
}

/// At most [`MAX_TEXT`] bytes of a text, whole characters only.
fn clip(text: &str) -> &str {
    let end = (0..=MAX_TEXT.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// One decision, with what came of it; whose it was, the [`Scribe`](super::Scribe) knows.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// When it was decided.
    pub time: SystemTime,
    /// How it came.
    pub protocol: Protocol,
    /// PostgreSQL's query fingerprint; 0 where there is none (unreadable text, a startup).
    pub fingerprint: u64,
    /// The text, as far as it may be shown.
    pub text: &'a Text,
    /// Its length as the client sent it, in bytes.
    pub text_bytes: usize,
    /// The statements of the message, in order.
    pub statements: &'a Statements,
    /// What was decided.
    pub decision: &'a Decision,
    /// The rows PostgreSQL reports for it (CommandComplete), summed over the message; `None` where it did not run.
    pub rows: Option<u64>,
    /// The SQLSTATE it ended with, where it ended with an error.
    pub error: Option<&'a str>,
    /// From the message's arrival to the end of its answer.
    pub duration: Duration,
}

/// Writes the lines of a run.
#[derive(Debug)]
pub(super) struct Lines {
    /// What every line begins with.
    head: Box<str>,
    /// The second that was written last, since 1970, and how.
    second: (u64, String),
    /// What some of the last lines say, each in its place until another takes it.
    allowed: Vec<Allowed>,
    /// The place that is taken next,
    next: usize,
    /// and how many others there were since one was.
    others: u32,
}

/// What lines say of a text, how it came and that it is allowed: most lines say one of a few such things.
#[derive(Debug)]
struct Allowed {
    protocol: Protocol,
    fingerprint: u64,
    text: Text,
    text_bytes: usize,
    statements: Statements,
    rule: Arc<str>,
    effects: EffectSet,
    enforced: bool,
    /// As JSON.
    said: Box<str>,
}

impl Allowed {
    /// What is said of this record, if it can be kept: where there are reasons, they are its own.
    fn of(record: &Record<'_>, said: &str) -> Option<Self> {
        let Decision { verdict, enforced, rule, effects, reasons, .. } = record.decision;
        (*verdict == Verdict::Allow && reasons.is_empty()).then(|| Self {
            protocol: record.protocol,
            fingerprint: record.fingerprint,
            text: record.text.clone(),
            text_bytes: record.text_bytes,
            statements: record.statements.clone(),
            rule: Arc::clone(rule),
            effects: *effects,
            enforced: *enforced,
            said: said.into(),
        })
    }

    /// Whether it is what a line says of this record. Texts are told apart by where they are: they are held, so that nothing
    /// else can be there.
    fn is_of(&self, record: &Record<'_>) -> bool {
        let Record { protocol, fingerprint, text, text_bytes, statements, decision, .. } = record;
        let Decision { verdict, enforced, rule, effects, decided_by: _, reasons, hint: _ } = decision;
        let same_text = match (&self.text.shown, &text.shown) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        };
        Arc::ptr_eq(&self.statements.0, &statements.0)
            && same_text
            && self.text_bytes == *text_bytes
            && self.fingerprint == *fingerprint
            && self.protocol == *protocol
            && *verdict == Verdict::Allow
            && (Arc::ptr_eq(&self.rule, rule) || self.rule == *rule)
            && self.effects == *effects
            && self.enforced == *enforced
            && reasons.is_empty()
    }
}

/// How many such sayings are kept,
const KEPT: usize = 4;

/// and how long one may be, in bytes.
const MAX_SAID: usize = 4096;

/// Where that many are kept, one in so many others takes the place of the oldest.
const TRIED: u32 = 8;

/// Bytes looked at together.
const TOGETHER: usize = 16;

/// A time that RFC 3339 cannot say.
#[derive(Debug, thiserror::Error)]
#[error("a time that cannot be written")]
pub(super) struct Unsayable;

impl Lines {
    /// For a run of this name.
    pub(super) fn new(run: &str) -> Self {
        let mut line = Line(Vec::new());
        line.raw("{\"v\":1,\"run\":");
        line.string(run);
        line.raw(",\"seq\":");
        Self {
            head: line.into_text().into(),
            second: (0, "1970-01-01T00:00:00".to_owned()),
            allowed: Vec::new(),
            next: 0,
            others: 0,
        }
    }

    /// Makes sure that a time can be said.
    ///
    /// # Errors
    /// If it cannot: before 1970, or beyond what RFC 3339 has digits for.
    pub(super) fn at(&mut self, time: SystemTime) -> Result<At, Unsayable> {
        let since = time.duration_since(SystemTime::UNIX_EPOCH).map_err(|_| Unsayable)?;
        if since.as_secs() != self.second.0 {
            let text = OffsetDateTime::from(time).format(SECONDS).map_err(|_| Unsayable)?;
            self.second = (since.as_secs(), text);
        }
        Ok(At { micros: since.subsec_micros() })
    }

    /// Appends the line of a decision, newline included. JSON escapes every newline inside, so a line is a record.
    pub(super) fn decision(&mut self, number: u64, at: At, session: &str, record: &Record<'_>, out: &mut Vec<u8>) {
        let mut line = self.begin(number, at, "\"decision\"", out);
        line.raw(session);
        if let Some(allowed) = self.allowed.iter().find(|allowed| allowed.is_of(record)) {
            line.raw(&allowed.said);
        } else {
            let mut said = Line(Vec::new());
            said.judged(record);
            let said = said.into_text();
            line.raw(&said);
            self.keep(record, &said);
        }
        line.raw(",\"rows\":");
        line.or_null(record.rows, Line::number);
        line.raw(",\"error\":");
        line.or_null(record.error, Line::string);
        line.raw(",\"duration_us\":");
        line.number(u64::try_from(record.duration.as_micros()).unwrap_or(u64::MAX));
        line.raw("}\n");
        *out = line.0;
    }

    /// Keeps what is said of a record, where there is a place for it.
    fn keep(&mut self, record: &Record<'_>, said: &str) {
        self.others += 1;
        if self.allowed.len() == KEPT && self.others < TRIED || said.len() > MAX_SAID {
            return;
        }
        let Some(allowed) = Allowed::of(record, said) else { return };
        self.others = 0;
        match self.allowed.get_mut(self.next) {
            Some(place) => *place = allowed,
            None => self.allowed.push(allowed),
        }
        self.next = (self.next + 1) % KEPT;
    }

    /// Appends the line that stands for decisions which found no room.
    pub(super) fn lost(&self, number: u64, at: At, records: u64, out: &mut Vec<u8>) {
        let mut line = self.begin(number, at, "\"lost\"", out);
        line.raw(",\"records\":");
        line.number(records);
        line.raw("}\n");
        *out = line.0;
    }

    /// What every line begins with, behind what is in `out`, which is taken.
    fn begin(&self, number: u64, at: At, event: &'static str, out: &mut Vec<u8>) -> Line {
        let mut line = Line(std::mem::take(out));
        line.raw(&self.head);
        line.number(number);
        line.raw(",\"time\":\"");
        line.raw(&self.second.1);
        line.raw(".");
        line.digits::<6>(u64::from(at.micros), 10);
        line.raw("Z\",\"event\":");
        line.raw(event);
        line
    }
}

/// A time whose second the [`Lines`] that gave it know.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct At {
    /// Microseconds within the second.
    micros: u32,
}

/// A line of JSON being written. By hand: of what a recorded statement costs, writing it by way of a serializer was more
/// than half.
struct Line(Vec<u8>);

impl Line {
    fn raw(&mut self, json: &str) {
        self.0.extend_from_slice(json.as_bytes());
    }

    /// A string; what JSON cannot hold in one is escaped (<https://www.rfc-editor.org/rfc/rfc8259#section-7>).
    fn string(&mut self, text: &str) {
        self.0.push(b'"');
        let mut rest = text.as_bytes();
        let is_special = |byte: &u8| *byte < b' ' || matches!(byte, b'"' | b'\\');
        // Nearly always there is none, which is seen of many bytes at once.
        let (together, behind) = rest.as_chunks::<TOGETHER>();
        let plain = |bytes: &[u8]| !bytes.iter().fold(false, |special, byte| special | is_special(byte));
        if together.iter().all(|bytes| plain(bytes)) && plain(behind) {
            self.0.extend_from_slice(rest);
            self.0.push(b'"');
            return;
        }
        while let Some(at) = rest.iter().position(is_special) {
            let (plain, behind) = rest.split_at(at);
            self.0.extend_from_slice(plain);
            let Some((&byte, behind)) = behind.split_first() else { break };
            match byte {
                b'"' | b'\\' => self.0.extend_from_slice(&[b'\\', byte]),
                b'\n' => self.raw("\\n"),
                b'\r' => self.raw("\\r"),
                b'\t' => self.raw("\\t"),
                _ => {
                    self.raw("\\u");
                    self.digits::<4>(u64::from(byte), 16);
                }
            }
            rest = behind;
        }
        self.0.extend_from_slice(rest);
        self.0.push(b'"');
    }

    /// The last digits of a number.
    fn digits<const N: usize>(&mut self, mut number: u64, base: u64) {
        let mut digits = [b'0'; N];
        for digit in digits.iter_mut().rev() {
            *digit = HEXADECIMAL.get((number % base) as usize).copied().unwrap_or(b'0');
            number /= base;
        }
        self.0.extend_from_slice(&digits);
    }

    fn number(&mut self, mut number: u64) {
        // As many as the greatest has.
        let mut digits = [b'0'; 20];
        let mut used = 0;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (number % 10) as u8;
            used += 1;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.0.extend_from_slice(digits.get(digits.len() - used..).unwrap_or_default());
    }

    /// What came, and what was decided.
    fn judged(&mut self, record: &Record<'_>) {
        let Record { decision, .. } = record;
        self.raw(",\"protocol\":");
        self.word(record.protocol.as_str());
        self.raw(",\"fingerprint\":");
        self.or_null((record.fingerprint != 0).then_some(record.fingerprint), Line::hexadecimal);
        if let Some(text) = &record.text.shown {
            self.raw(",\"text\":");
            self.raw(text);
        }
        self.raw(",\"text_bytes\":");
        self.number(record.text_bytes as u64);
        self.raw(",\"statements\":");
        self.raw(&record.statements.0);
        self.raw(",\"effects\":");
        self.effects(decision.effects);
        self.raw(",\"verdict\":");
        self.word(decision.verdict.as_str());
        self.raw(if decision.enforced { ",\"enforced\":true" } else { ",\"enforced\":false" });
        self.raw(",\"rule\":");
        self.string(&decision.rule);
        self.raw(",\"reasons\":");
        self.list(&decision.reasons, |line, reason| line.string(reason));
    }

    /// A string that is ours and holds nothing special.
    fn word(&mut self, word: &'static str) {
        self.raw("\"");
        self.raw(word);
        self.raw("\"");
    }

    fn hexadecimal(&mut self, number: u64) {
        self.raw("\"");
        self.digits::<16>(number, 16);
        self.raw("\"");
    }

    fn address(&mut self, address: SocketAddr) {
        let SocketAddr::V4(address) = address else { return self.string(&address.to_string()) };
        let [a, b, c, d] = address.ip().octets();
        let mut between = "\"";
        for part in [a, b, c, d] {
            self.raw(between);
            self.number(u64::from(part));
            between = ".";
        }
        self.raw(":");
        self.number(u64::from(address.port()));
        self.raw("\"");
    }

    fn effects(&mut self, effects: EffectSet) {
        self.list(effects.iter(), |line, effect| line.word(effect.as_str()));
    }

    fn list<T>(&mut self, items: impl IntoIterator<Item = T>, write: impl Fn(&mut Self, T)) {
        let mut between = "[";
        for item in items {
            self.raw(between);
            write(self, item);
            between = ",";
        }
        self.raw(if between == "[" { "[]" } else { "]" });
    }

    fn or_null<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match value {
            Some(value) => write(self, value),
            None => self.raw("null"),
        }
    }

    fn into_text(self) -> String {
        // What was written is text and nothing else; were it not, the record would say so.
        String::from_utf8(self.0).unwrap_or_else(|_| "null".to_owned())
    }
}

#[cfg(test)]
pub(super) mod tests;
