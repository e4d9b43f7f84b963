//! The entry points: a text, a statement, an EXECUTE.
use super::{Access, Classification, Effect, EffectKind, TextFacts};
use crate::sql::{self, Expr, Lexing, Statement};

/// Classifies a text. Never fails: what cannot be read has the one effect [`EffectKind::Unreadable`].
pub fn classify_text(text: &str, lexing: Lexing) -> TextFacts {
    match sql::read(text, lexing) {
        Ok(statements) => {
            TextFacts { statements: statements.iter().map(classify).collect(), redacted: "".into(), fingerprint: 0 }
        }
        Err(_) => TextFacts { statements: vec![], redacted: "(unreadable)".into(), fingerprint: 0 },
    }
}
/// Classifies one statement.
pub fn classify(_statement: &Statement) -> Classification {
    Classification {
        tag: "UNKNOWN",
        effects: vec![Effect { kind: EffectKind::Unknown, relation: None, bound: None, what: "unknown".into() }],
        access: Access::ReadWrite,
        refuses_block: false,
        steps: Vec::new(),
    }
}
/// Classifies what EXECUTE runs: the prepared statement with these arguments in place of its parameters.
pub fn classify_execute(prepared: &Statement, _arguments: &[Expr]) -> Classification {
    classify(prepared)
}
