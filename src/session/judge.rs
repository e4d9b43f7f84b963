//! Judging a text: its facts, what the prepared statements it runs do, and the decision.

mod read;
mod wants;

pub(super) use read::Read;
pub(super) use wants::Wants;

use super::characters::Characters;
use super::names::{Prepared, RESERVED, Text, is_ours};
use super::unit::Place;
use super::{Fault, Session};
use crate::classify::{Access, Classification, Code, Effect, EffectKind, Made, Step, TextFacts};
use crate::policy::{self, Decision, Judged, Wall};
use crate::wire::backend::Status;
use crate::wire::make;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wants::Gist;

/// What is PREPAREd is kept as a tree, many times as large as its text; longer texts have the protocol's Parse.
const LONGEST_PREPARED: usize = 64 * 1024;

/// How a statement came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// A Query message.
    Simple,
    /// Parse, Bind, Execute.
    Extended,
    /// A FunctionCall message.
    FunctionCall,
}

/// How a statement ended, as far as the session saw.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Whether its end was seen at all.
    pub finished: bool,
    /// Rows by the command tags, all statements of the text together.
    pub rows: Option<u64>,
    /// The SQLSTATE it failed with.
    pub error: Option<Box<str>>,
    /// From the message's arrival to its end.
    pub duration: Duration,
}

/// What is reported of each judged statement message: the record and the metrics are made of it.
#[derive(Debug)]
pub struct StatementReport {
    /// How it came.
    pub protocol: Protocol,
    /// Its facts.
    pub facts: Arc<TextFacts>,
    /// The text as sent, where the session was set up to keep it.
    pub text: Option<Box<str>>,
    /// The text's length as sent, in bytes: where a prepared statement runs, of the text that prepared it. 0 where
    /// nobody knows one (a cursor's portal).
    pub text_bytes: usize,
    /// What was decided.
    pub decision: Decision,
    /// When the message came.
    pub started: Instant,
    /// How long judging took.
    pub judging: Duration,
    /// How it ended.
    pub outcome: Outcome,
}

/// A text as it was sent, for its report.
#[derive(Debug, Default)]
pub(super) struct Sent {
    text: Option<Box<str>>,
    bytes: usize,
}

impl Session {
    /// Reads a text: facts from the cache, and what the prepared statements it names do.
    pub(super) fn read(&self, text: &[u8]) -> Read {
        let started = self.now.get();
        let facts = self.facts_of(text);
        let mut read = self.resolve(facts, started);
        if read.is_plain() {
            return read;
        }
        let prepares = |s: &Classification| s.steps.iter().any(|step| matches!(step, Step::Prepare { .. }));
        if text.len() > LONGEST_PREPARED && read.facts.statements.iter().any(prepares) {
            read.runs(single(EffectKind::Unknown, "PREPARE", "a text with PREPARE of more than 64 kB"));
        }
        read
    }

    fn facts_of(&self, text: &[u8]) -> Arc<TextFacts> {
        let mut last = self.last.borrow_mut();
        // The cache knows characters; in UTF-8 they are the bytes themselves.
        let bytes = self.characters == Characters::Utf8;
        let again = bytes.then(|| self.setup.cache.facts_again(text, self.lexing, &last)).flatten();
        again.unwrap_or_else(|| match self.characters.decode(text) {
            Some(text) => self.setup.cache.facts_as(&text, self.lexing, &mut last),
            None => Arc::new(unreadable("text that is not valid in the client's encoding")),
        })
    }

    /// The text that is sent in place of one that was read, with its own reading ([`policy::sent_instead`]).
    pub(super) fn instead(&self, read: &Read) -> Option<(String, Read)> {
        // Only a text of one statement has another sent instead.
        let mut statements = read.statements();
        let (Some(statement), None) = (statements.next(), statements.next()) else { return None };
        let text = policy::sent_instead(&self.setup.policy, &[statement])?;
        let read = self.read(text.as_bytes());
        Some((text, read))
    }

    /// Facts read earlier, about to be run: what the names in them stand for now.
    pub(super) fn read_again(&self, facts: Arc<TextFacts>) -> Read {
        self.resolve(facts, self.now.get())
    }

    /// The facts of running a statement that nobody prepared.
    pub(super) fn read_unknown(&self, name: &[u8]) -> Read {
        let facts = Arc::new(only(EffectKind::Unknown, "BIND", "a prepared statement nobody prepared"));
        Read {
            gist: Gist::of(&facts),
            facts,
            runs: Vec::new(),
            started: self.now.get(),
            unknown: Some(name.into()),
            planned: false,
            counted: false,
        }
    }

    /// Facts as they are for this principal: a SELECT of functions that may write is a write.
    fn as_run(&self, facts: Arc<TextFacts>) -> Arc<TextFacts> {
        let policy = &*self.setup.policy;
        if !facts.statements.iter().any(|statement| policy::as_write(policy, statement).is_some()) {
            return facts;
        }
        let mut facts = TextFacts::clone(&facts);
        for statement in &mut facts.statements {
            if let Some(write) = policy::as_write(policy, statement) {
                *statement = write;
            }
        }
        Arc::new(facts)
    }

    fn resolve(&self, facts: Arc<TextFacts>, started: Instant) -> Read {
        let facts = self.as_run(facts);
        let gist = Gist::of(&facts);
        let mut read = Read { facts, runs: Vec::new(), gist, started, unknown: None, planned: false, counted: false };
        if read.is_plain() {
            return read;
        }
        let facts = Arc::clone(&read.facts);
        let mut local: Vec<(&str, Prepared)> = Vec::new();
        for step in facts.statements.iter().flat_map(|s| &s.steps) {
            match step {
                Step::Prepare { name, .. } | Step::Execute { name, .. } | Step::Deallocate(Some(name))
                    if self.modes.guards() && is_ours(name.as_bytes()) =>
                {
                    read.refuse_for(RESERVED);
                }
                Step::Prepare { name, statement } => {
                    local.push((name, Prepared::Sql(Arc::clone(statement), Arc::clone(&facts), Text::default())));
                }
                Step::Execute { name, arguments } => {
                    let here = local.iter().rev().find(|(n, _)| **n == **name).map(|(_, p)| p);
                    let known = || self.names.statement(name.as_bytes()).filter(|_| !self.unit.names_moved);
                    match here.or_else(known) {
                        Some(prepared) => {
                            let mut runs = prepared.run(arguments);
                            for statement in &mut runs {
                                if let Some(write) = policy::as_write(&self.setup.policy, statement) {
                                    *statement = write;
                                }
                            }
                            if self.modes.guards() && runs.iter().any(moves_the_transaction) {
                                read.refuse_for("EXECUTE of a statement that begins or ends transactions");
                            }
                            runs.into_iter().for_each(|statement| read.runs(statement));
                        }
                        None => {
                            read.unknown = Some(name.as_bytes().into());
                            read.runs(single(EffectKind::Unknown, "EXECUTE", "EXECUTE of a name nobody prepared"));
                        }
                    }
                }
                // Its query runs again when the transaction commits, and nothing keeps a COMMIT read-only.
                Step::Cursor { held: true } if self.modes.toggles() && self.is_in_block(&facts) => {
                    let what = "DECLARE CURSOR WITH HOLD in a transaction that may write";
                    read.runs(apart("DECLARE CURSOR", what));
                }
                Step::Begin { read_only: Some(false) } if self.modes.is_read_only() => {
                    read.runs(single(EffectKind::ProtectedSetting, "BEGIN", "BEGIN READ WRITE"));
                }
                Step::ResetDefaults if self.modes.client_read_only && self.modes.guards() => {
                    let what = "leaving the read-only default that this session asked for";
                    read.runs(single(EffectKind::ProtectedSetting, "RESET", what));
                }
                _ => {}
            }
        }
        let opens = |s: &Classification| s.access == Access::ReadWrite && s.tag == "SET";
        if (read.gist.wants.tells || facts.statements.iter().any(opens))
            && (read.gist.wants.others || read.gist.wants.hides)
        {
            // What it reads may hide a write: it is counted, or runs read-only.
            read.counted = self.has_witness();
            read.gist.wants.write |= read.counted;
            read.gist.wants.tells = read.counted;
        }
        read
    }

    /// Decides on a read text for a value.
    pub(super) fn judge<T>(&self, read: &Read, value: T) -> Judged<T> {
        let own = self.own_temporary(read);
        match (own.as_ref(), read.facts.statements.as_slice(), read.runs.as_slice()) {
            // What nearly every text is.
            (None, [statement], []) => policy::judge(&self.setup.policy, &[statement], &self.context, value),
            (own, ..) => policy::judge(&self.setup.policy, &with_own(read, own), &self.context, value),
        }
    }

    /// What is reported of a text, so far as it is kept.
    pub(super) fn sent(&self, text: &[u8]) -> Sent {
        let kept = self.setup.keep_text.then(|| String::from_utf8_lossy(text).into());
        Sent { text: kept, bytes: text.len() }
    }

    /// The same of a text that was sent before.
    pub(super) fn sent_before(&self, text: &Text) -> Sent {
        let kept = text.kept.as_deref().filter(|_| self.setup.keep_text);
        Sent { text: kept.map(|text| String::from_utf8_lossy(text).into()), bytes: text.bytes }
    }

    /// The first statement as it is to be judged, where it falls on the session's own temporary relations.
    pub(super) fn own_temporary(&self, read: &Read) -> Option<Classification> {
        read.looked_up().and_then(|statement| self.temporary.judged(statement))
    }

    /// Decides on something that is not text.
    pub(super) fn judge_wall<T>(
        &self,
        wall: Wall<'_>,
        facts: TextFacts,
        protocol: Protocol,
        value: T,
    ) -> (Judged<T>, Box<StatementReport>) {
        let judged = policy::judge_wall(&self.setup.policy, wall, value);
        let decision = judged.decision().clone();
        let report = self.report_facts(&Arc::new(facts), decision, protocol, Sent::default(), self.now.get());
        (judged, report)
    }

    /// Prepares the report of a text that was decided on.
    pub(super) fn report(
        &self,
        read: &Read,
        decision: Decision,
        protocol: Protocol,
        sent: Sent,
    ) -> Box<StatementReport> {
        self.report_facts(&read.facts, decision, protocol, sent, read.started)
    }

    fn report_facts(
        &self,
        facts: &Arc<TextFacts>,
        decision: Decision,
        protocol: Protocol,
        sent: Sent,
        started: Instant,
    ) -> Box<StatementReport> {
        let judged = (self.setup.clock)();
        // What comes behind it is looked at from now on.
        self.now.set(judged);
        Box::new(StatementReport {
            protocol,
            facts: Arc::clone(facts),
            text: sent.text,
            text_bytes: sent.bytes,
            decision,
            started,
            judging: judged.saturating_duration_since(started),
            outcome: Outcome::default(),
        })
    }

    /// The error a client is told for a refusal.
    pub(super) fn refusal(&self, decision: &Decision, read: Option<&Read>) -> make::Error {
        if let Some(name) = read.and_then(|r| r.unknown.as_deref()) {
            return unknown_statement(name);
        }
        // What nobody can parse is a syntax error to the client, as it is without Stockade.
        let unreadable = decision.effects.contains(EffectKind::Unreadable) && !decision.rule.starts_with("wall:");
        make::Error {
            severity: make::Severity::Error,
            code: if unreadable { "42601" } else { Decision::SQLSTATE },
            message: decision.message(),
            detail: Some(decision.detail()),
            hint: decision.hint.clone(),
            position: read.and_then(|read| read.facts.fault_at),
        }
    }

    /// Takes over what an allowed text changes in the session, as it is sent: what errs on the stricter side. Names
    /// change when the server has said so.
    pub(super) fn apply(&mut self, read: &Read) {
        if read.wants().hides {
            // A function closes portals and declares cursors as well as a text does.
            self.names.cursors_changed();
        }
        if read.is_plain() {
            return;
        }
        if read.saves() {
            self.watch.saved();
        }
        if read.saves() || read.ends() {
            self.goes_back(read);
        }
        self.writes_in_block(read);
        for step in read.facts.statements.iter().flat_map(|s| &s.steps) {
            match step {
                Step::ReadOnlyDefault => self.modes.client_read_only = true,
                Step::ResetDefaults => self.modes.client_read_only = false,
                // A portal whose name a cursor may have taken is a cursor, for all that is known.
                Step::Cursor { .. } => self.names.cursors_changed(),
                Step::Deallocate(None) => self.watch.unprepared(),
                Step::Prepare { .. }
                | Step::Deallocate(Some(_))
                | Step::Begin { .. }
                | Step::End
                | Step::Savepoint
                | Step::Execute { .. } => {}
            }
        }
    }

    /// A text of so many bytes was run: the names it changed are as it says. Where it failed, how far it came is not known,
    /// and neither is what its names stand for.
    pub(super) fn ran(&mut self, facts: &Arc<TextFacts>, bytes: usize, error: Option<&str>) {
        /// A second PREPARE of a name that is taken changes nothing.
        const DUPLICATE_PREPARED_STATEMENT: &str = "42P05";
        if facts.statements.len() == 1 && error == Some(DUPLICATE_PREPARED_STATEMENT) {
            return;
        }
        for step in facts.statements.iter().flat_map(|s| &s.steps) {
            match step {
                Step::Prepare { name, statement } if error.is_none() => {
                    let prepared = Prepared::Sql(Arc::clone(statement), Arc::clone(facts), Text { kept: None, bytes });
                    self.names.prepare(name.as_bytes(), prepared);
                }
                Step::Prepare { name, .. } => self.names.deallocate(Some(name.as_bytes())),
                Step::Deallocate(name) => self.names.deallocate(name.as_deref().map(str::as_bytes)),
                _ => {}
            }
        }
    }

    /// Whether a text runs inside a transaction block, or makes one.
    fn is_in_block(&self, facts: &TextFacts) -> bool {
        let begins = |s: &Classification| s.steps.iter().any(|step| matches!(step, Step::Begin { .. }));
        self.status != Status::Idle || self.unit.place() == Place::Block || facts.statements.iter().any(begins)
    }

    /// Whether the session may go on when the way its texts are lexed changes under statements already judged.
    pub(super) fn lexing_changed(&self) -> Result<(), Fault> {
        if self.modes.guards() && (self.unit.is_begun() || self.pending.statements_behind_head()) {
            return Err(Fault::Wall(
                "a setting that decides how statements are read changed under statements already sent".into(),
            ));
        }
        Ok(())
    }
}

/// All that is run, the first statement as `own` has it.
pub(super) fn with_own<'a>(read: &'a Read, own: Option<&'a Classification>) -> Vec<&'a Classification> {
    let mut statements: Vec<&Classification> = read.statements().collect();
    if let (Some(own), Some(first)) = (own, statements.first_mut()) {
        *first = own;
    }
    statements
}

/// Whether a statement begins or ends transactions, or moves between savepoints.
fn moves_the_transaction(statement: &Classification) -> bool {
    statement.steps.iter().any(|step| matches!(step, Step::Begin { .. } | Step::End | Step::Savepoint))
}

/// The server's own answer for a name nobody prepared.
fn unknown_statement(name: &[u8]) -> make::Error {
    make::Error::statement("26000", format!("prepared statement \"{}\" does not exist", String::from_utf8_lossy(name)))
        .hint("stockade runs only statements that were prepared through it in this session; prepare it again.")
}

/// Facts of what may not run where it stands.
fn apart(tag: &'static str, what: &str) -> Classification {
    let mut statement = single(EffectKind::RunCode, tag, what);
    for effect in &mut statement.effects {
        effect.code = Some(Code::Apart);
    }
    statement
}

/// Facts of one statement with one effect.
pub(super) fn single(kind: EffectKind, tag: &'static str, what: &str) -> Classification {
    Classification {
        tag,
        effects: vec![Effect { kind, relation: None, bound: None, what: what.into(), time: None, code: None }],
        access: if kind == EffectKind::Read { Access::ReadOnly } else { Access::ReadWrite },
        refuses_block: false,
        steps: Vec::new(),
        foreign: true,
        functions: None,
    }
}

/// Facts of a text that was not read.
pub(super) fn unreadable(what: &str) -> TextFacts {
    only(EffectKind::Unreadable, "UNREADABLE", what)
}

/// Facts of a message that is one statement with one effect.
pub(super) fn only(kind: EffectKind, tag: &'static str, what: &str) -> TextFacts {
    let redacted = format!("({what})").into();
    let statements = vec![single(kind, tag, what)];
    TextFacts { statements, redacted, fingerprint: 0, fault_at: None, made: Made::default(), gist: Made::default() }
}
