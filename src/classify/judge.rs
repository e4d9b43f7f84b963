//! The entry points: a text, a statement, an EXECUTE.

use super::facts::{Facts, Reader};
use super::stricter::stricter;
use super::{Access, Classification, Effect, EffectKind, Made, TextFacts};
use crate::sql::{self, Expr, Lexing, Place, ReadError, Statement};

/// Classifies a text. Never fails: what cannot be read has the one effect [`EffectKind::Unreadable`].
pub fn classify_text(text: &str, lexing: Lexing) -> TextFacts {
    // One stack for reading, judging and dropping the tree.
    let facts = sql::kept_from_deep_stack(text, || {
        let facts = classify_here(text, lexing);
        let is_read = facts.statements.iter().all(|statement| statement.tag != UNREADABLE_TAG);
        TextFacts { fingerprint: if is_read { sql::fingerprint(text, lexing) } else { 0 }, ..facts }
    });
    facts.unwrap_or_else(unreadable)
}

/// The same without the fingerprint (it is 0), which takes a parse of its own: for whoever keeps no record.
pub fn classify_unrecorded(text: &str, lexing: Lexing) -> TextFacts {
    sql::kept_from_deep_stack(text, || classify_here(text, lexing)).unwrap_or_else(unreadable)
}

fn classify_here(text: &str, lexing: Lexing) -> TextFacts {
    let trees = match sql::read(text, lexing) {
        Ok(trees) => trees,
        Err(error) => return unread(&error, text, lexing),
    };
    let mut statements: Vec<_> = trees.iter().map(|statement| judge(statement, &[], lexing, 0)).collect();
    // The second reader's trees take its place.
    drop(trees);
    read_again(text, lexing, &mut statements);
    let redacted = sql::redact(text, lexing).unwrap_or_else(|| kinds(&statements));
    TextFacts {
        redacted: redacted.into_boxed_str(),
        fingerprint: 0,
        statements,
        fault_at: None,
        made: Made::default(),
        gist: Made::default(),
    }
}

/// Adds what the second reader sees. Where it cannot read the text, or finds another number of statements in it, the
/// first reader, PostgreSQL's own grammar, has the only word.
fn read_again(text: &str, lexing: Lexing, statements: &mut [Classification]) {
    // sqlparser knows the default lexing of backslashes alone. (`backslash_quote` only makes texts unreadable.)
    if !lexing.standard_conforming_strings {
        return;
    }
    let Some(second) = sql::read_second(text).filter(|second| second.len() == statements.len()) else { return };
    for (first, second) in statements.iter_mut().zip(&second) {
        if let Some(second) = second {
            let mut facts = Facts::new(&[], lexing, 0, Reader::Second);
            facts.take(second);
            stricter(first, facts.finish(second));
        }
    }
}

fn unreadable() -> TextFacts {
    unreadable_as(UNREADABLE)
}

const UNREADABLE_TAG: &str = "UNREADABLE";
const UNREADABLE: &str = "text that PostgreSQL's grammar does not accept";

fn unread(error: &ReadError, text: &str, lexing: Lexing) -> TextFacts {
    match error {
        ReadError::TooManyStatements | ReadError::TooLarge | ReadError::TooManySigns => {
            unreadable_as(&error.to_string())
        }
        ReadError::Syntax => match sql::fault(text, lexing) {
            Some(Place { line, column, character }) => {
                let what = format!("{UNREADABLE} at line {line}, character {column}");
                TextFacts { fault_at: Some(character), ..unreadable_as(&what) }
            }
            None => unreadable(),
        },
        _ => unreadable(),
    }
}

fn unreadable_as(what: &str) -> TextFacts {
    let effect =
        Effect { kind: EffectKind::Unreadable, relation: None, bound: None, what: what.into(), time: None, code: None };
    let statement = Classification {
        tag: UNREADABLE_TAG,
        effects: vec![effect],
        access: Access::ReadWrite,
        refuses_block: false,
        steps: Vec::new(),
        foreign: true,
        functions: None,
    };
    TextFacts {
        statements: vec![statement],
        redacted: "(unreadable)".into(),
        fingerprint: 0,
        fault_at: None,
        made: Made::default(),
        gist: Made::default(),
    }
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

/// Classifies a statement of the first reader; `depth` counts texts inside texts.
fn judge(statement: &Statement, arguments: &[Expr], lexing: Lexing, depth: usize) -> Classification {
    let mut facts = Facts::new(arguments, lexing, depth, Reader::First);
    facts.take(statement);
    facts.finish(statement)
}
