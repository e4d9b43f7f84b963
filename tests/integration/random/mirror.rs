//! One connection twice: through Stockade, and directly to a database of its own, where what was allowed is done again.

use super::script::{Exchange, Step};
use crate::client::{Answer, Client, Message};
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
    /// A write behind a Flush of what only read (manual, limits).
    ReadOnly,
    /// A deferred constraint spoke at the Sync in the place of the last CommandComplete.
    Deferred,
}

/// The connection, and its mirror.
#[derive(Debug)]
pub struct Pair {
    pub guarded: Client,
    pub mirror: Client,
    pub status: char,
}

impl Pair {
    /// Does a step on both sides.
    ///
    /// # Errors
    /// What differed.
    pub fn play(&mut self, step: &Step) -> Result<Vec<Outcome>, String> {
        self.guarded.send(&step.frames().0);
        let mut answers = Vec::new();
        for exchange in &step.exchanges {
            let answer = answer(&mut self.guarded).map_err(|why| format!("{why}, {exchange:?}: after {answers:?}"))?;
            answers.push(answer);
        }
        step.exchanges.iter().zip(answers).map(|(exchange, answer)| self.compare(exchange, &answer)).collect()
    }

    fn compare(&mut self, exchange: &Exchange, guarded: &Answer) -> Result<Outcome, String> {
        let errors: Vec<&Message> = guarded.0.iter().filter(|message| message.tag == b'E').collect();
        let Some(error) = errors.first().filter(|error| is_ours(error)) else {
            let mirror = self.reflect(exchange)?;
            self.status = guarded.status();
            return same(exchange, guarded, &mirror);
        };
        if errors.len() > 1 {
            return Err(format!("more than one error: {guarded:?}"));
        }
        let at = objected(exchange, guarded);
        let (outcome, replayed) = match (error.code().as_str(), error.field(b'D')) {
            ("25006", _) => {
                let flushed = matches!(exchange, Exchange::Run(units) if units.iter().take(at).any(|unit| unit.flush));
                if !flushed {
                    return Err(format!("kept from writing: {guarded:?}"));
                }
                (Outcome::ReadOnly, exchange.up_to(at, &[POISON]))
            }
            (_, detail) if detail.contains("Nothing of this was run") => {
                let before = if matches!(exchange, Exchange::Query(_)) { 0 } else { at };
                (Outcome::Refused, exchange.up_to(before, &[POISON]))
            }
            (_, detail) if detail.contains("Rolled back, nothing changed") => {
                let commits = exchange.statements().get(at).is_some_and(|statement| statement.commits());
                let replayed = if commits {
                    // Behind a ROLLBACK that ends the Query, poison would begin a message of its own.
                    exchange.up_to(at, &["ROLLBACK", POISON])
                } else {
                    exchange.up_to(at + 1, &[POISON])
                };
                (Outcome::Objected, replayed)
            }
            _ => return Err(format!("neither refused nor rolled back: {guarded:?}")),
        };
        let mirror = self.reflect(&replayed)?;
        self.status = guarded.status();
        let poisoned = mirror.error().is_some_and(|error| ["22P02", "25P02"].contains(&error.code().as_str()));
        let ends = |answer: &Answer| answer.0.iter().take_while(|message| message.tag != b'E').cloned().collect();
        let (told, done): (Vec<Message>, Vec<Message>) = (ends(guarded), ends(&mirror));
        let (told, done) = (normal(&told), normal(&done));
        let more = done.get(told.len()..).unwrap_or_default();
        let fits = done.starts_with(&told)
            && more.iter().filter(|line| line.starts_with('C')).count()
                <= 1 + usize::from(outcome == Outcome::Objected)
            && !more.iter().any(|line| line.starts_with('D'));
        if poisoned && fits && mirror.status() == guarded.status() {
            return Ok(outcome);
        }
        Err(format!("{outcome:?}, replayed as {replayed:?}\n{}", differ(guarded, &mirror)))
    }

    fn reflect(&mut self, exchange: &Exchange) -> Result<Answer, String> {
        let frames = exchange.frames(crate::client::Frames::new());
        self.mirror.send(&frames.0);
        answer(&mut self.mirror).map_err(|why| format!("the mirror: {why}"))
    }
}

/// The messages up to and with ReadyForQuery.
fn answer(client: &mut Client) -> Result<Answer, String> {
    let mut messages = Vec::new();
    loop {
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
    error.field(b'M').starts_with("stockade ") || error.code() == "25006"
}

/// The place of the statement whose answer an error took.
fn objected(exchange: &Exchange, answer: &Answer) -> usize {
    let before = answer.0.iter().take_while(|message| message.tag != b'E');
    let mut ended = before.filter(|message| matches!(message.tag, b'C' | b's' | b'I')).count();
    let Exchange::Run(units) = exchange else { return ended };
    for (at, unit) in units.iter().enumerate() {
        let executes = if unit.first > 0 { 2 } else { 1 };
        if ended < executes {
            return at;
        }
        ended -= executes;
    }
    units.len()
}

fn same(exchange: &Exchange, guarded: &Answer, mirror: &Answer) -> Result<Outcome, String> {
    let (told, done) = (normal(&guarded.0), normal(&mirror.0));
    let outcome = if mirror.error().is_some() { Outcome::Failed } else { Outcome::Done };
    if told == done {
        return Ok(outcome);
    }
    let mut held = done.clone();
    if let Some(at) = held.iter().position(|line| line.starts_with('E')).filter(|at| *at > 0) {
        let run = matches!(exchange, Exchange::Run(_));
        if run && held[at - 1].starts_with('C') {
            held.remove(at - 1);
            if held == told {
                return Ok(Outcome::Deferred);
            }
        }
    }
    // Positions count from another beginning where a text is run part by part.
    let less = |lines: Vec<String>| -> Vec<String> {
        lines.into_iter().map(|line| line.split(" P=").next().unwrap_or_default().to_owned()).collect()
    };
    if exchange.statements().len() > 1 && less(told) == less(done) {
        return Ok(outcome);
    }
    Err(differ(guarded, mirror))
}

fn differ(guarded: &Answer, mirror: &Answer) -> String {
    format!("told:\n{}directly:\n{}", lines(guarded), lines(mirror))
}

fn lines(answer: &Answer) -> String {
    answer.0.iter().map(line).fold(String::new(), |mut text, line| {
        writeln!(text, "    {line}").unwrap();
        text
    })
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

/// A message in words.
fn line(message: &Message) -> String {
    let tag = char::from(message.tag);
    match message.tag {
        b'E' | b'N' => {
            // Which row fails a check first is the heap's affair.
            let codes: &[u8] = if message.code() == "23514" { b"SVCMstcn" } else { b"SVCMDHWstcdnP" };
            codes.iter().fold(tag.to_string(), |mut text, &code| {
                let value = message.field(code);
                if !value.is_empty() {
                    write!(text, " {}={value}", char::from(code)).unwrap();
                }
                text
            })
        }
        b'D' => format!("D {:?}", message.values()),
        _ => format!("{tag} {:?}", String::from_utf8_lossy(&message.body)),
    }
}
