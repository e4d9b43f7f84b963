//! The demo's lines: aligned and coloured on a terminal, plain in a pipe.

use super::proof::{Change, Proof};
use super::story::{Act, Answer, How, Verdict};
use std::io::{self, Write};
use std::time::Duration;

/// Wide enough for every statement of the story beside its columns.
const WIDEST: usize = 120;
const NARROWEST: usize = 60;
/// The columns beside the statement: seconds, verdict, result, time.
const BESIDE: usize = 9 + 10 + 11 + 10;
/// Where something was lost, a few names tell enough.
const OBJECTS_SHOWN: usize = 6;

/// Where the demo's lines go.
#[derive(Debug)]
pub struct Screen<W> {
    out: W,
    colour: bool,
    width: usize,
}

#[derive(Clone, Copy)]
enum Ink {
    Green,
    Red,
    Yellow,
    Dim,
    Bold,
}

impl<W: Write> Screen<W> {
    /// Lines for a screen `columns` wide (bounded to what is readable), with ANSI colours or without.
    pub fn new(out: W, colour: bool, columns: usize) -> Self {
        Self { out, colour, width: columns.clamp(NARROWEST, WIDEST) }
    }

    /// One line of plain text.
    ///
    /// # Errors
    /// Where the output is closed; so for each method here.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }

    /// A heading with an empty line above it.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub fn heading(&mut self, text: &str) -> io::Result<()> {
        let text = self.ink(Ink::Bold, text);
        self.line(&format!("\n{text}"))
    }

    /// A step of the preparation, with its time.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub fn step(&mut self, text: &str, took: Duration) -> io::Result<()> {
        let took = self.ink(Ink::Dim, &format!("{:.1} s", took.as_secs_f64()));
        self.line(&format!("  {text}  {took}"))
    }

    /// A statement and what became of it: one line, and one more with the reason of a refusal.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub fn act(&mut self, since: Duration, act: &Act, answer: &Answer) -> io::Result<()> {
        let room = self.width.saturating_sub(BESIDE);
        let sql = shorten(&act.sql, room);
        let (word, ink) = match answer.verdict {
            Verdict::Allowed => ("allowed", Ink::Green),
            Verdict::Refused => ("refused", Ink::Red),
            Verdict::Failed => ("failed", Ink::Yellow),
        };
        let seconds = self.ink(Ink::Dim, &format!("{:>5.1} s", since.as_secs_f64()));
        let word = self.ink(ink, &format!("{word:<8}"));
        let took = self.ink(Ink::Dim, &format!("{:>8}", milliseconds(answer.took)));
        self.line(&format!("{seconds}  {word}  {sql:<room$}  {:>9}  {took}", answer.result))?;
        if answer.verdict != Verdict::Allowed || answer.verdict != act.expected {
            let how = match act.how {
                How::Simple | How::Connect => "",
                How::Extended => "as a prepared statement: ",
            };
            let unexpected = if answer.verdict == act.expected { "" } else { "NOT AS TOLD: " };
            let words =
                shorten(&format!("{unexpected}{how}{}", answer.words.join("; ")), self.width.saturating_sub(19));
            let words = self.ink(Ink::Dim, &words);
            self.line(&format!("{:19}{words}", ""))?;
        }
        Ok(())
    }

    /// The tables before and after.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub fn proof(&mut self, proof: &Proof) -> io::Result<()> {
        self.line(&format!("  {:<12}{:>9}{:>9}", "", "before", "after"))?;
        for change in &proof.changes {
            let note = self.ink(Ink::Dim, &note(change));
            let (before, after) = (thousands(change.before), thousands(change.after));
            self.line(&format!("  {:<12}{before:>9}{after:>9}  {note}", change.table))?;
        }
        let after = (proof.objects + proof.objects_added.len()).saturating_sub(proof.objects_lost.len());
        self.line(&format!(
            "  {:<12}{:>9}{:>9}  {}",
            "objects",
            thousands(proof.objects),
            thousands(after),
            self.ink(Ink::Dim, "columns, relations, constraints, functions, roles, databases")
        ))?;
        self.objects("lost or changed:", &proof.objects_lost)?;
        self.objects("new or changed: ", &proof.objects_added)
    }

    fn objects(&mut self, what: &str, objects: &[String]) -> io::Result<()> {
        for object in objects.iter().take(OBJECTS_SHOWN) {
            self.line(&format!("  {what} {object}"))?;
        }
        match objects.len().saturating_sub(OBJECTS_SHOWN) {
            0 => Ok(()),
            more => self.line(&format!("  {what} and {more} more")),
        }
    }

    /// The last word: good or bad.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub fn result(&mut self, good: bool, text: &str) -> io::Result<()> {
        let text = self.ink(if good { Ink::Green } else { Ink::Red }, text);
        self.line(&format!("\n  {text}"))
    }

    fn ink(&self, ink: Ink, text: &str) -> String {
        if !self.colour {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Green => "32",
            Ink::Red => "31",
            Ink::Yellow => "33",
            Ink::Dim => "2",
            Ink::Bold => "1",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

fn note(change: &Change) -> String {
    let mut notes = Vec::new();
    let mut say = |keys: &[String], what: &str| match keys {
        [] => {}
        [one] => notes.push(format!("row {one} {what}")),
        many => notes.push(format!("{} rows {what}", thousands(many.len()))),
    };
    say(&change.lost, "deleted");
    say(&change.added, "inserted");
    say(&change.altered, "updated");
    notes.join(", ")
}

/// The text on one line of at most `room` characters, with an ellipsis where it was cut.
pub(super) fn shorten(text: &str, room: usize) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > room {
        line = line.chars().take(room.saturating_sub(1)).chain(['…']).collect();
    }
    line
}

/// `5001` as `5,001`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests;
