//! One connection twice: through Stockade, and directly to a database of its own, where what was allowed is done again.

use super::script::{Exchange, Statement, Step};
use crate::client::{Answer, Client, Frames, Message};
use std::fmt::Write;

/// A statement that fails when it runs, and not before.
const POISON: &str = "SELECT 'poison'::int";

/// What Stockade made of an exchange, counted for the reader of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// As PostgreSQL did it.
    Done,
    /// An error of PostgreSQL's own.
    Failed,
    /// Rolled back for what it did.
    Objected,
    /// Refused for its text.
    Refused,
    /// Kept from writing: by a function in a read, or behind a Flush of what only read (manual, limits).
    ReadOnly,
    /// A deferred constraint spoke at the Sync in the place of the last CommandComplete.
    Deferred,
    /// Not as it should be, and known.
    Known,
}

/// The connection, and its mirror.
#[derive(Debug)]
pub struct Pair {
    pub guarded: Client,
    pub mirror: Client,
    pub status: char,
    /// A block was begun behind a Flush of what only read: it stays read-only.
    pub read_only: bool,
}

impl Pair {
    /// Does a step on both sides. `others_failed` is whether another connection's block has failed: behind Stockade it may
    /// keep its locks until its end.
    ///
    /// # Errors
    /// What differed.
    pub fn play(&mut self, step: &Step, others_failed: bool) -> Result<Vec<Outcome>, String> {
        let mut outcomes = Vec::new();
        // A client that waits for CopyInResponse sends nothing behind the Query. Known: a COMMIT of the extended protocol
        // does not end a block that what was sent right before it makes fail.
        for together in step.exchanges.chunk_by(|one, next| !one.waits() && !next.commits_in_run()) {
            let frames = together.iter().fold(Frames::new(), |frames, exchange| exchange.frames(frames));
            self.guarded.send(&frames.0);
            let mut answers = Vec::new();
            for exchange in together {
                let answer = answer(&mut self.guarded, exchange);
                answers.push(answer.map_err(|why| format!("{why}, {exchange:?}: after {answers:?}"))?);
            }
            for (exchange, answer) in together.iter().zip(answers) {
                outcomes.push(self.compare(exchange, &answer, others_failed)?);
            }
        }
        Ok(outcomes)
    }

    fn compare(&mut self, exchange: &Exchange, guarded: &Answer, others_failed: bool) -> Result<Outcome, String> {
        let flushes = matches!(exchange, Exchange::Run(units) if units.iter().any(|unit| unit.flush));
        let mut guarded = guarded.clone();
        if self.read_only || flushes {
            // What SHOW transaction_read_only says is true then.
            let on = guarded.0.iter_mut().filter(|message| message.body == b"\0\x01\0\0\0\x02on");
            on.for_each(|message| message.body = b"\0\x01\0\0\0\x03off".to_vec());
        }
        let outcome = self.judge(exchange, &guarded, others_failed)?;
        self.read_only = self.status != 'I' && (self.read_only || flushes);
        Ok(outcome)
    }

    fn judge(&mut self, exchange: &Exchange, guarded: &Answer, others_failed: bool) -> Result<Outcome, String> {
        let errors: Vec<&Message> = guarded.0.iter().filter(|message| message.tag == b'E').collect();
        let locked = |error: &Message| others_failed && error.code() == "55P03";
        let Some(error) = errors.first().filter(|error| is_ours(error) || locked(error)) else {
            let mirror = self.reflect(exchange)?;
            self.status = guarded.status();
            return same(exchange, guarded, &mirror);
        };
        if errors.len() > 1 {
            return Err(format!("more than one error: {guarded:?}"));
        }
        let (at, ended) = objected(exchange, guarded);
        let mut more = 0;
        let (outcome, replayed) = match (error.code().as_str(), error.field(b'D')) {
            ("25006" | "25001", _) => {
                let flushed = matches!(exchange, Exchange::Run(units) if units.iter().take(at).any(|unit| unit.flush));
                let hides = exchange.statements().get(at).is_some_and(|statement| statement.sql.contains("touches("))
                    || matches!(exchange, Exchange::Run(units) if units.get(at).is_some_and(|unit| unit.again));
                if !flushed && !self.read_only && !hides {
                    return Err(format!("kept from writing: {guarded:?}"));
                }
                (Outcome::ReadOnly, exchange.up_to_parse(at, &[POISON]))
            }
            (_, detail) if detail.contains("Nothing of this was run") || is_unknown(error) => {
                // Directly it is not known either.
                let again = matches!(exchange, Exchange::Run(units) if is_unknown(error) && units.get(at).is_some_and(|unit| unit.again)
                    && !units.iter().take(at).any(|unit| unit.statement.renames()));
                let before = if matches!(exchange, Exchange::Query(_)) { 0 } else { at + usize::from(again) };
                let replayed = if is_parsed(guarded) {
                    exchange.up_to_parse(before, &[POISON])
                } else {
                    exchange.up_to(before, &[POISON])
                };
                (Outcome::Refused, replayed)
            }
            ("55P03", _) => (Outcome::Known, exchange.up_to_parse(at, &[POISON])),
            (_, detail) if detail.contains("Rolled back, nothing changed") => {
                let commits = exchange.statements().get(at).is_some_and(|statement| statement.commits());
                let replayed = if commits {
                    // Behind a ROLLBACK that ends the Query, poison would begin a message of its own.
                    exchange.up_to(at, &["ROLLBACK", POISON])
                } else {
                    // At a Flush it comes between two statements.
                    let between = matches!(exchange, Exchange::Run(_)) && ended == 0 && is_between(guarded);
                    more = if between { 0 } else { exchange.ran_behind(at) };
                    exchange.up_to(at + usize::from(!between) + more, &[POISON])
                };
                (Outcome::Objected, replayed)
            }
            _ => return Err(format!("neither refused nor rolled back: {guarded:?}")),
        };
        let mirror = self.reflect(&replayed)?;
        self.status = guarded.status();
        let poisoned = mirror.error().is_some_and(|error| ["22P02", "25P02", "26000"].contains(&error.code().as_str()));
        let ends = |answer: &Answer| answer.0.iter().take_while(|message| message.tag != b'E').cloned().collect();
        let (told, done): (Vec<Message>, Vec<Message>) = (ends(guarded), ends(&mirror));
        let (told, done) = (unnoticed(&told), unnoticed(&done));
        let bare = |lines: Vec<String>| -> Vec<String> {
            let prepares = |line: &String| line.starts_with(['1', '2', 'n', 'T', 't']);
            lines.into_iter().rev().skip_while(prepares).collect::<Vec<_>>().into_iter().rev().collect()
        };
        let (told, mut done) = (bare(told), bare(done));
        if outcome == Outcome::Objected && told != done {
            // The answer that the objection took the place of.
            done.pop_if(|last| last.starts_with('C'));
        }
        let fits = if more > 0 { done.starts_with(&told) } else { bare(done) == told };
        if poisoned && fits && mirror.status() == guarded.status() {
            return Ok(outcome);
        }
        Err(format!("{outcome:?}, replayed as {replayed:?}\n{}", differ(guarded, &mirror)))
    }

    fn reflect(&mut self, exchange: &Exchange) -> Result<Answer, String> {
        self.mirror.send(&exchange.frames(Frames::new()).0);
        answer(&mut self.mirror, exchange).map_err(|why| format!("the mirror: {why}"))
    }
}

/// The messages up to and with ReadyForQuery, to an exchange that was sent. Copy data that waited is sent when it is asked
/// for.
fn answer(client: &mut Client, exchange: &Exchange) -> Result<Answer, String> {
    let mut messages: Vec<Message> = Vec::new();
    loop {
        if exchange.waits() && messages.last().is_some_and(|message| message.tag == b'G') {
            let ended = messages.iter().filter(|message| matches!(message.tag, b'C' | b'I')).count();
            let statements = exchange.statements();
            let copy = statements.get(ended).and_then(|statement| statement.copy.as_ref());
            let copy = copy.ok_or_else(|| format!("nothing is to be copied behind {messages:?}"))?;
            client.send(&copy.frames(Frames::new()).0);
        }
        match client.try_receive() {
            Ok(Some(message)) => messages.push(message),
            Ok(None) => return Err(format!("the connection ended behind {messages:?}")),
            Err(error) => return Err(format!("{error} behind {messages:?}")),
        }
        if messages.last().is_some_and(|message| message.tag == b'Z') {
            return Ok(Answer(messages));
        }
    }
}

/// Whether an error is Stockade's, or PostgreSQL's for the read-only mode that Stockade chose.
fn is_ours(error: &Message) -> bool {
    error.field(b'M').starts_with("stockade ")
        || error.code() == "25006"
        || error.field(b'M') == "transaction read-write mode must be set before any query"
        || is_unknown(error)
}

/// Whether it names a prepared statement that Stockade does not know: it says so before anything runs.
fn is_unknown(error: &Message) -> bool {
    error.code() == "26000" && error.field(b'H').starts_with("stockade ")
}

/// Whether an error came where nothing of a statement had been answered.
fn is_between(answer: &Answer) -> bool {
    let before = answer.0.iter().take_while(|message| message.tag != b'E').filter(|message| message.tag != b'N');
    before.last().is_some_and(|message| matches!(message.tag, b'C' | b'I'))
}

/// Whether an error came behind the ParseComplete of its statement.
fn is_parsed(answer: &Answer) -> bool {
    let before = answer.0.iter().take_while(|message| message.tag != b'E').map(|message| message.tag);
    let last: Vec<u8> =
        before.collect::<Vec<_>>().rsplit(|tag| matches!(tag, b'C' | b's' | b'I')).next().unwrap().into();
    last.contains(&b'1')
}

/// The place of the statement whose answer an error took, and how many of its Executes had ended.
fn objected(exchange: &Exchange, answer: &Answer) -> (usize, usize) {
    let before = answer.0.iter().take_while(|message| message.tag != b'E');
    let mut ended = before.filter(|message| matches!(message.tag, b'C' | b's' | b'I')).count();
    let Exchange::Run(units) = exchange else { return (ended, 0) };
    for (at, unit) in units.iter().enumerate() {
        let executes = if unit.first > 0 { 2 } else { 1 };
        if ended < executes {
            return (at, ended);
        }
        ended -= executes;
    }
    (units.len(), 0)
}

fn same(exchange: &Exchange, guarded: &Answer, mirror: &Answer) -> Result<Outcome, String> {
    let (told, done) = (normal(&guarded.0), normal(&mirror.0));
    let outcome = if mirror.error().is_some() { Outcome::Failed } else { Outcome::Done };
    if told == done {
        return Ok(outcome);
    }
    // A deferred constraint speaks before the commit, in the place of the last change's CommandComplete and of what
    // follows that.
    let (directly, brief) = (unnoticed(&mirror.0), unnoticed(&guarded.0));
    if let ([before @ .., error, ready], [first @ .., same_error, same_ready]) = (&brief[..], &directly[..])
        && (error == same_error || same_error.contains("AND CHAIN can only"))
        && ready == same_ready
        && error.contains(" C=23")
        && first.starts_with(before)
        && first.get(before.len()).is_none_or(|line| line.starts_with('C'))
    {
        return Ok(Outcome::Deferred);
    }
    // Positions count from another beginning where a text is run part by part.
    let less = |lines: Vec<String>| -> Vec<String> {
        lines.into_iter().map(|line| line.split(" P=").next().unwrap_or_default().to_owned()).collect()
    };
    if exchange.statements().len() > 1 && less(told) == less(done) {
        return Ok(outcome);
    }
    // A warning of being in no block is given where the part is alone.
    let parts = matches!(exchange, Exchange::Query(statements) if statements.iter().any(Statement::controls));
    if parts && brief == directly {
        return Ok(outcome);
    }
    Err(differ(guarded, mirror))
}

fn differ(guarded: &Answer, mirror: &Answer) -> String {
    format!("told:\n{}directly:\n{}", lines(guarded), lines(mirror))
}

fn lines(answer: &Answer) -> String {
    let mut text = String::new();
    let mut rows = 0;
    for message in &answer.0 {
        rows = if message.tag == b'D' { rows + 1 } else { 0 };
        match rows {
            0..5 => writeln!(text, "    {}", line(message)).unwrap(),
            5 => text.push_str("    ...\n"),
            _ => {}
        }
    }
    text
}

/// Messages as what is compared: notices behind all else, the rows of one result in an order.
fn normal(messages: &[Message]) -> Vec<String> {
    let mut result: Vec<String> = Vec::new();
    let mut rows: Vec<String> = Vec::new();
    let mut notices = Vec::new();
    for message in messages {
        match message.tag {
            b'N' => notices.push(line(message)),
            b'S' => {}
            b'D' => rows.push(line(message)),
            _ => {
                rows.sort();
                result.append(&mut rows);
                result.push(line(message));
            }
        }
    }
    rows.sort();
    result.append(&mut rows);
    result.append(&mut notices);
    result
}

/// The same without notices.
fn unnoticed(messages: &[Message]) -> Vec<String> {
    normal(messages).into_iter().filter(|line| !line.starts_with('N')).collect()
}

/// A message in words.
fn line(message: &Message) -> String {
    let tag = char::from(message.tag);
    match message.tag {
        b'E' | b'N' => {
            let codes: &[u8] = match message.code().as_str() {
                // Which row fails a check first, and where in the heap a row is, are the heap's affair.
                "23514" => b"SVCMstcn",
                "55P03" => b"SVCM",
                _ => b"SVCMDHWstcdnP",
            };
            codes.iter().fold(tag.to_string(), |mut text, &code| {
                let value = message.field(code);
                // A HINT of ours beside PostgreSQL's own words is not a difference.
                if !(value.is_empty() || code == b'H' && value.starts_with("stockade ")) {
                    write!(text, " {}={value}", char::from(code)).unwrap();
                }
                text
            })
        }
        b'D' => format!("D {:?}", message.values()),
        _ => format!("{tag} {:?}", String::from_utf8_lossy(&message.body)),
    }
}
