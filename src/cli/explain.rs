//! `stockade explain`: the verdict on each statement of a text, without any server.

use super::paint::{Paint, one_line, wrapped};
use super::{ExplainArgs, MISUSE, fail, print};
use serde_json::json;
use std::collections::HashMap;
use std::fmt::Write;
use std::io::{IsTerminal, Read};
use std::path::Path;
use std::sync::Arc;
use stockade::classify::{
    Access, Classification, Effect, EffectKind, Step, TextFacts, classify_execute, classify_text,
};
use stockade::config::Config;
use stockade::policy::{
    Context, Decision, Kind, Mode, Policy, Preset, Verdict, Wall, as_write, decide, decide_wall, sent_instead,
};
use stockade::sql::{Lexing, Place, Statement, split, split_unread};

/// The width of the table, and of the statement's column in it.
const WIDTH: usize = 108;
const STATEMENT: usize = 52;

/// A statement's own text and what was decided of it.
struct Row<'a> {
    text: &'a str,
    /// The line it begins at, from 1.
    line: u32,
    decision: Decision,
}

/// 0 if every statement is allowed, 1 if any is not, 2 for a misuse.
pub(super) fn explain(args: &ExplainArgs) -> u8 {
    let policy = match policy(args) {
        Ok(policy) => policy,
        Err(fault) => return fail(MISUSE, &fault),
    };
    let text = match text(args) {
        Ok(text) => text,
        Err(fault) => return fail(MISUSE, &fault),
    };
    let rows = judge(&policy, &text);
    if args.json {
        let lines: String = rows.iter().map(|row| format!("{}\n", as_json(row))).collect();
        print(&lines);
    } else {
        print(&as_text(&policy, &rows, Paint::for_stdout(args.no_color)));
    }
    u8::from(rows.iter().any(|row| row.decision.verdict != Verdict::Allow))
}

fn policy(args: &ExplainArgs) -> Result<Arc<Policy>, String> {
    let Some(file) = &args.config else {
        let preset = args.preset.unwrap_or(Preset::AppWriter);
        return Ok(Arc::new(Policy::new(stockade::policy::DEFAULT_PRINCIPAL, Kind::Agent, preset)));
    };
    let config = Config::load(file).map_err(|error| error.to_string())?;
    let name = args.principal.as_deref().unwrap_or(stockade::policy::DEFAULT_PRINCIPAL);
    config.principals.named(name).ok_or_else(|| {
        let names: Vec<&str> = config.principals.policies().map(|policy| policy.principal()).collect();
        format!("--principal: {} has no principal \"{name}\"; it is one of {}", file.display(), names.join(", "))
    })
}

fn text(args: &ExplainArgs) -> Result<String, String> {
    match (&args.sql, &args.file) {
        (Some(sql), _) if sql != "-" => Ok(sql.clone()),
        (None, Some(file)) if file != Path::new("-") => {
            std::fs::read_to_string(file).map_err(|error| format!("--file: {}: {error}", file.display()))
        }
        (None, None) if std::io::stdin().is_terminal() => {
            Err("explain: which SQL? Give it as an argument, with --file FILE, or - for standard input".to_owned())
        }
        _ => {
            let mut text = String::new();
            let read = std::io::stdin().lock().read_to_string(&mut text);
            read.map(|_| text).map_err(|error| format!("standard input: {error}"))
        }
    }
}

/// Judges each statement as if it were sent by itself, one after the other on one connection.
fn judge<'a>(policy: &Policy, text: &'a str) -> Vec<Row<'a>> {
    let too_long = decide_wall(policy, Wall::StatementTooLong(text.len()));
    if too_long.verdict != Verdict::Allow {
        return vec![Row { text, line: 1, decision: too_long }];
    }
    let facts = classify_text(text, Lexing::default());
    let mut prepared = Prepared::default();
    if let Some(pieces) = unreadable_pieces(text, &facts) {
        return pieces
            .into_iter()
            .map(|(text, line, fact)| Row { text, line, decision: prepared.judge(policy, &fact) })
            .collect();
    }
    // Where statements and their texts cannot be paired, each is shown with the whole.
    let texts = split(text).filter(|texts| texts.len() == facts.statements.len());
    let texts = texts.unwrap_or_else(|| vec![text.trim(); facts.statements.len()]);
    let statements = facts.statements.iter().zip(texts);
    statements
        .map(|(fact, part)| Row { text: part, line: line_of(text, part), decision: prepared.judge(policy, fact) })
        .collect()
}

/// The line of a text at which a part of it begins.
fn line_of(text: &str, part: &str) -> u32 {
    let byte = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    Place::of(text, byte).map_or(1, |place| place.line)
}

/// The statements of a text that cannot be read as a whole, read one by one, so that the one at fault can be told: each
/// with its line. `None` where the text is sound, or where the pieces do not show what is wrong with it.
fn unreadable_pieces<'a>(text: &'a str, facts: &TextFacts) -> Option<Vec<(&'a str, u32, Classification)>> {
    if !facts.effects().contains(EffectKind::Unreadable) {
        return None;
    }
    let mut rows = Vec::new();
    for (start, piece) in split_unread(text)? {
        let line = Place::of(text, start).map_or(1, |place| place.line);
        let facts = classify_text(piece, Lexing::default());
        let place = facts.fault_at.and_then(|character| {
            let before = usize::try_from(character).ok()?.checked_sub(1)?;
            let byte = piece.char_indices().nth(before).map_or(piece.len(), |(byte, _)| byte);
            Place::of(text, start + byte)
        });
        for mut statement in facts.statements {
            if let (Some(place), [effect]) = (place, statement.effects.as_mut_slice()) {
                // Of the whole text, not of the piece.
                let what = effect.what.split_once(" at line ").map_or(&*effect.what, |(what, _)| what);
                effect.what = format!("{what} at line {}, character {}", place.line, place.column).into();
            }
            rows.push((piece, line, statement));
        }
    }
    let found = |row: &(_, _, Classification)| row.2.effects().contains(EffectKind::Unreadable);
    rows.iter().any(found).then_some(rows)
}

/// The session's prepared statements, as far as the text itself makes them.
#[derive(Default)]
struct Prepared(HashMap<Box<str>, Arc<Statement>>);

impl Prepared {
    /// Decides on a statement together with everything it executes, then follows what it changes.
    fn judge(&mut self, policy: &Policy, statement: &Classification) -> Decision {
        let write = as_write(policy, statement);
        let statement = write.as_ref().unwrap_or(statement);
        let executed: Vec<Classification> = statement
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Execute { name, arguments } => Some(match self.0.get(name) {
                    Some(prepared) => {
                        let runs = classify_execute(prepared, arguments);
                        as_write(policy, &runs).unwrap_or(runs)
                    }
                    None => not_prepared(name),
                }),
                _ => None,
            })
            .collect();
        let facts: Vec<&Classification> = std::iter::once(statement).chain(&executed).collect();
        if let Some(text) = sent_instead(policy, &facts) {
            let sent = classify_text(&text, Lexing::default());
            return decide(policy, &sent.statements.iter().collect::<Vec<_>>(), &Context::default());
        }
        let decision = decide(policy, &facts, &Context::default());
        if decision.forwards() {
            self.follow(&statement.steps);
        }
        decision
    }

    /// What a refused statement would have changed does not happen; a name that is taken stays with its statement, for
    /// the server refuses the second PREPARE.
    fn follow(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Prepare { name, statement } => {
                    self.0.entry(name.clone()).or_insert_with(|| statement.clone());
                }
                Step::Deallocate(Some(name)) => {
                    self.0.remove(name);
                }
                Step::Deallocate(None) => self.0.clear(),
                Step::Begin { .. }
                | Step::End
                | Step::Savepoint
                | Step::Execute { .. }
                | Step::Cursor { .. }
                | Step::ReadOnlyDefault
                | Step::ResetDefaults => {}
            }
        }
    }
}

/// What EXECUTE runs when nothing here prepared it is not known.
fn not_prepared(name: &str) -> Classification {
    let what = format!("EXECUTE {name}, which no allowed statement before it has prepared");
    let effect =
        Effect { kind: EffectKind::Unknown, relation: None, bound: None, what: what.into(), time: None, code: None };
    Classification {
        tag: "EXECUTE",
        effects: vec![effect],
        access: Access::ReadWrite,
        refuses_block: false,
        steps: Vec::new(),
        foreign: true,
        functions: None,
    }
}

fn as_json(row: &Row<'_>) -> serde_json::Value {
    let decision = &row.decision;
    let effects: Vec<&str> = decision.effects.iter().map(EffectKind::as_str).collect();
    json!({
        "statement": row.text,
        "line": row.line,
        "verdict": decision.verdict.as_str(),
        "enforced": decision.enforced,
        "rule": decision.rule.as_ref(),
        "effects": effects,
        "reasons": decision.reasons,
        "hint": decision.hint,
    })
}

fn as_text(policy: &Policy, rows: &[Row<'_>], paint: Paint) -> String {
    let mut out = String::new();
    let column = rows.iter().map(|row| one_line(row.text, STATEMENT).chars().count()).max().unwrap_or(0);
    let column = column.max("statement".len());
    if !rows.is_empty() {
        let _ = writeln!(out, "{}", paint.faint(&format!("{:<7}  {:<column$}  effects", "verdict", "statement")));
    }
    for row in rows {
        let decision = &row.decision;
        let verdict = paint.verdict(decision.verdict, &format!("{:<7}", decision.verdict));
        let effects: Vec<&str> = decision.effects.iter().map(EffectKind::as_str).collect();
        let statement = one_line(row.text, STATEMENT);
        let _ = writeln!(out, "{verdict}  {statement:<column$}  {}", effects.join(", "));
        if decision.verdict != Verdict::Allow {
            why(&mut out, row, rows.len() > 1, paint);
        }
    }
    let _ = writeln!(out, "{}", summary(policy, rows, paint));
    out
}

fn why(out: &mut String, row: &Row<'_>, of_many: bool, paint: Paint) {
    let decision = &row.decision;
    let mut part = |name: &str, text: &str| {
        for (index, line) in wrapped(&one_line(text, usize::MAX), WIDTH - 18).into_iter().enumerate() {
            let name = paint.faint(&format!("{:<7}", if index == 0 { name } else { "" }));
            let _ = writeln!(out, "         {name}  {line}");
        }
    };
    if of_many {
        part("line", &row.line.to_string());
    }
    for reason in &decision.reasons {
        part("because", reason);
    }
    part("rule", &decision.rule);
    part("hint", decision.hint());
}

fn summary(policy: &Policy, rows: &[Row<'_>], paint: Paint) -> String {
    let count = |verdict| rows.iter().filter(|row| row.decision.verdict == verdict).count();
    let parts: Vec<String> = [(Verdict::Allow, "allowed"), (Verdict::Hold, "held"), (Verdict::Reject, "rejected")]
        .into_iter()
        .map(|(verdict, word)| (verdict, count(verdict), word))
        .filter(|(_, count, _)| *count > 0)
        .map(|(verdict, count, word)| paint.verdict(verdict, &format!("{count} {word}")))
        .collect();
    let total = match rows.len() {
        0 => "no statement".to_owned(),
        1 => "1 statement".to_owned(),
        many => format!("{many} statements"),
    };
    let shadow = match policy.mode() {
        Mode::Enforce => "",
        Mode::Shadow => " (shadow: all of it would be forwarded)",
    };
    let counts = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
    let who = format!("{} under {}", policy.principal(), policy.preset());
    format!("\n{total} by {}{counts}{shadow}", paint.bold(&who))
}
