//! The entry points: a text, a statement, an EXECUTE.

use super::facts::Facts;
use super::{Access, Classification, Effect, EffectKind, TextFacts};
use crate::sql::{self, Expr, Lexing, ReadError, Statement};

/// Classifies a text. Never fails: what cannot be read has the one effect [`EffectKind::Unreadable`].
pub fn classify_text(text: &str, lexing: Lexing) -> TextFacts {
    // One stack for reading, judging and dropping the tree.
    sql::with_deep_stack(text, || classify_here(text, lexing)).unwrap_or_else(unreadable)
}

fn classify_here(text: &str, lexing: Lexing) -> TextFacts {
    let statements = match sql::read(text, lexing) {
        Ok(statements) => statements,
        Err(error) => return unread(&error),
    };
    let statements: Vec<_> = statements.iter().map(|statement| judge(statement, &[], lexing, 0)).collect();
    let redacted = sql::redact(text, lexing).unwrap_or_else(|| kinds(&statements));
    TextFacts { redacted: redacted.into_boxed_str(), fingerprint: sql::fingerprint(text, lexing), statements }
}

fn unreadable() -> TextFacts {
    unreadable_as("text that PostgreSQL's grammar does not accept")
}

fn unread(error: &ReadError) -> TextFacts {
    match error {
        ReadError::TooManyStatements | ReadError::TooLarge => unreadable_as(&error.to_string()),
        _ => unreadable(),
    }
}

fn unreadable_as(what: &str) -> TextFacts {
    let effect = Effect { kind: EffectKind::Unreadable, relation: None, bound: None, what: what.into() };
    let statement = Classification {
        tag: "UNREADABLE",
        effects: vec![effect],
        access: Access::ReadWrite,
        refuses_block: false,
        steps: Vec::new(),
        pure: false,
    };
    TextFacts { statements: vec![statement], redacted: "(unreadable)".into(), fingerprint: 0 }
}

/// The kinds of the statements alone, where the text cannot be shown.
fn kinds(statements: &[Classification]) -> String {
    const SHOWN: usize = 8;
    let mut text = statements.iter().take(SHOWN).map(|statement| statement.tag).collect::<Vec<_>>().join("; ");
    if statements.len() > SHOWN {
        text.push_str("; ...");
    }
    text
}

/// Classifies one statement, read with the default lexing.
pub fn classify(statement: &Statement) -> Classification {
    judge(statement, &[], Lexing::default(), 0)
}

/// Classifies what EXECUTE runs: the prepared statement with these arguments in place of its parameters.
pub fn classify_execute(prepared: &Statement, arguments: &[Expr]) -> Classification {
    judge(prepared, arguments, Lexing::default(), 0)
}

/// Classifies a statement; `depth` counts texts inside texts.
pub(super) fn judge(statement: &Statement, arguments: &[Expr], lexing: Lexing, depth: usize) -> Classification {
    let mut facts = Facts::new(arguments, lexing, depth);
    facts.take(statement);
    facts.finish(statement)
}
