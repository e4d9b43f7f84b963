//! Command tags.

use crate::sql::{Action, Discard, ObjectKind, Set, SetValue, Statement, Transaction};

/// The command tag of a statement, as PostgreSQL's `CreateCommandTag` gives it.
pub(super) fn of(statement: &Statement) -> &'static str {
    match statement {
        Statement::Query(query) if query.into.is_some() => "SELECT INTO",
        Statement::Query(_) => "SELECT",
        Statement::Insert(_) => "INSERT",
        Statement::Update(_) => "UPDATE",
        Statement::Delete(_) => "DELETE",
        Statement::Merge(_) => "MERGE",
        Statement::CreateTableAs { kind: ObjectKind::MaterializedView, .. } => "CREATE MATERIALIZED VIEW",
        Statement::CreateTableAs { .. } => "CREATE TABLE AS",
        Statement::Copy(_) => "COPY",
        Statement::Explain { .. } => "EXPLAIN",
        Statement::Prepare { .. } => "PREPARE",
        Statement::Execute { .. } => "EXECUTE",
        Statement::Deallocate(Some(_)) => "DEALLOCATE",
        Statement::Deallocate(None) => "DEALLOCATE ALL",
        Statement::DeclareCursor { .. } => "DECLARE CURSOR",
        Statement::Fetch { moves: false } => "FETCH",
        Statement::Fetch { moves: true } => "MOVE",
        Statement::CloseCursor => "CLOSE CURSOR",
        Statement::Transaction(transaction) => match transaction {
            Transaction::Begin(_) => "BEGIN",
            Transaction::Commit { .. } => "COMMIT",
            Transaction::Rollback { .. } | Transaction::RollbackTo => "ROLLBACK",
            Transaction::Savepoint => "SAVEPOINT",
            Transaction::Release => "RELEASE",
            Transaction::Prepare => "PREPARE TRANSACTION",
            Transaction::CommitPrepared => "COMMIT PREPARED",
            Transaction::RollbackPrepared => "ROLLBACK PREPARED",
            Transaction::Unknown => "UNKNOWN",
        },
        Statement::Set(Set::ResetAll | Set::Variable { value: SetValue::Default, .. }) => "RESET",
        Statement::Set(_) => "SET",
        Statement::Show(_) => "SHOW",
        Statement::Discard(discard) => match discard {
            Discard::All => "DISCARD ALL",
            Discard::Plans => "DISCARD PLANS",
            Discard::Sequences => "DISCARD SEQUENCES",
            Discard::Temp => "DISCARD TEMP",
            Discard::Unknown => "DISCARD",
        },
        Statement::SetConstraints => "SET CONSTRAINTS",
        Statement::Truncate { .. } => "TRUNCATE TABLE",
        Statement::AlterTable { kind, .. } => kind.alter_tag(),
        Statement::Utility(utility) => action(utility.action),
        Statement::Unknown(_) => "UNKNOWN",
    }
}

/// The command tag of a utility statement's action.
pub(super) fn action(action: Action) -> &'static str {
    match action {
        Action::Create(kind) => kind.create_tag(),
        Action::Drop(kind) => kind.drop_tag(),
        Action::Alter(kind)
        | Action::Rename(kind)
        | Action::SetSchema(kind)
        | Action::Owner(kind)
        | Action::Depends(kind) => kind.alter_tag(),
        Action::Comment(_) => "COMMENT",
        Action::SecurityLabel => "SECURITY LABEL",
        Action::AddEnumValue | Action::RenameEnumValue => "ALTER TYPE",
        Action::AlterDomain(_) => "ALTER DOMAIN",
        Action::MoveAll => "ALTER TABLE",
        Action::Grant => "GRANT",
        Action::Revoke => "REVOKE",
        Action::GrantRole => "GRANT ROLE",
        Action::RevokeRole => "REVOKE ROLE",
        Action::DropOwned => "DROP OWNED",
        Action::ReassignOwned => "REASSIGN OWNED",
        Action::AlterSystem => "ALTER SYSTEM",
        Action::AlterRoleSet => "ALTER ROLE",
        Action::AlterDatabaseSet | Action::RefreshCollation => "ALTER DATABASE",
        Action::ImportForeignSchema => "IMPORT FOREIGN SCHEMA",
        Action::Do => "DO",
        Action::Call => "CALL",
        Action::Load => "LOAD",
        Action::Checkpoint => "CHECKPOINT",
        Action::Listen => "LISTEN",
        Action::Unlisten => "UNLISTEN",
        Action::Notify => "NOTIFY",
        Action::Lock | Action::LockAccessShare => "LOCK TABLE",
        Action::Vacuum => "VACUUM",
        Action::Analyze => "ANALYZE",
        Action::Cluster => "CLUSTER",
        Action::Reindex => "REINDEX",
        Action::RefreshMaterializedView => "REFRESH MATERIALIZED VIEW",
    }
}
