//! Prepared statements, cursors, transactions: what changes the session.

use super::facts::Facts;
use super::{EffectKind, Step};
use crate::sql::{Discard, Statement, Transaction};
use std::sync::Arc;

/// The session's own statements.
pub(super) fn statement(facts: &mut Facts<'_>, statement: &Statement) {
    match statement {
        Statement::Prepare { name, statement } => {
            facts.add(EffectKind::Read, None, "PREPARE");
            facts.step(Step::Prepare { name: name.clone(), statement: Arc::clone(statement) });
        }
        Statement::Execute { name, arguments } => {
            facts.add(EffectKind::Read, None, "EXECUTE");
            facts.step(Step::Execute { name: name.clone(), arguments: arguments.clone() });
        }
        Statement::Deallocate(name) => {
            facts.add(EffectKind::Read, None, "DEALLOCATE");
            facts.step(Step::Deallocate(name.clone()));
        }
        Statement::DeclareCursor { hold, .. } => {
            facts.add(EffectKind::Read, None, "DECLARE CURSOR");
            facts.step(Step::Cursor { held: *hold });
        }
        Statement::Fetch { .. } => facts.add(EffectKind::Read, None, "FETCH"),
        Statement::CloseCursor => {
            facts.add(EffectKind::Read, None, "CLOSE");
            facts.step(Step::Cursor { held: false });
        }
        Statement::Transaction(transaction) => self::transaction(facts, transaction),
        Statement::Discard(discard) => self::discard(facts, *discard),
        // Deferred constraints only move to another moment of the same transaction.
        Statement::SetConstraints => facts.add(EffectKind::Transaction, None, "SET CONSTRAINTS"),
        _ => facts.add(EffectKind::Unknown, None, "statement"),
    }
}

fn transaction(facts: &mut Facts<'_>, transaction: &Transaction) {
    match transaction {
        Transaction::Begin(modes) => {
            facts.add(EffectKind::Transaction, None, "BEGIN");
            if modes.unknown {
                facts.add(EffectKind::Unknown, None, "a transaction mode");
            }
            facts.step(Step::Begin { read_only: modes.read_only });
        }
        Transaction::Commit { chain } | Transaction::Rollback { chain } => {
            facts.add(EffectKind::Transaction, None, "COMMIT or ROLLBACK");
            facts.step(Step::End);
            if *chain {
                facts.step(Step::Begin { read_only: None });
            }
        }
        Transaction::Savepoint | Transaction::Release | Transaction::RollbackTo => {
            facts.add(EffectKind::Transaction, None, "a savepoint");
            facts.step(Step::Savepoint);
        }
        Transaction::Prepare => {
            facts.add(EffectKind::TwoPhase, None, "PREPARE TRANSACTION");
            facts.step(Step::End);
        }
        Transaction::CommitPrepared | Transaction::RollbackPrepared => {
            facts.writes();
            facts.refuses_block();
            facts.add(EffectKind::TwoPhase, None, "COMMIT or ROLLBACK PREPARED");
        }
        Transaction::Unknown => facts.add(EffectKind::Unknown, None, "a transaction statement"),
    }
}

fn discard(facts: &mut Facts<'_>, discard: Discard) {
    match discard {
        Discard::All => {
            facts.refuses_block();
            facts.add(EffectKind::Setting, None, "DISCARD ALL");
            facts.step(Step::Deallocate(None));
            facts.step(Step::ResetDefaults);
        }
        Discard::Plans | Discard::Sequences => facts.add(EffectKind::Setting, None, "DISCARD"),
        Discard::Temp => facts.add(EffectKind::Setting, None, "DISCARD TEMP"),
        Discard::Unknown => facts.add(EffectKind::Unknown, None, "DISCARD"),
    }
}
