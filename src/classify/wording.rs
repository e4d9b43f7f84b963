//! What definitions and upkeep are called in reasons: as SQL spells them, without names and literals.

use super::tag;
use crate::sql::{Action, AlterKind, ObjectKind as K, Utility};
use std::borrow::Cow;

/// A utility statement: its command tag, and what of its action the tag does not tell.
pub(super) fn utility(utility: &Utility) -> Cow<'static, str> {
    let tag = tag::action(utility.action);
    let has = |name: &str| utility.options.iter().any(|option| &*option.name == name);
    match utility.action {
        Action::Create(kind) if utility.replace => format!("CREATE OR REPLACE {}", kind.name()).into(),
        Action::Rename(kind) => rename(kind),
        Action::SetSchema(_) => format!("{tag} ... SET SCHEMA").into(),
        Action::Owner(_) => format!("{tag} ... OWNER TO").into(),
        Action::Depends(_) => format!("{tag} ... DEPENDS ON EXTENSION").into(),
        Action::AddEnumValue => "ALTER TYPE ... ADD VALUE".into(),
        Action::RenameEnumValue => "ALTER TYPE ... RENAME VALUE".into(),
        Action::MoveAll => "ALTER ... ALL IN TABLESPACE".into(),
        Action::AlterDomain(subtype) => domain(subtype).into(),
        Action::Vacuum if has("full") => "VACUUM with FULL".into(),
        Action::RefreshMaterializedView if has("with no data") => "REFRESH MATERIALIZED VIEW WITH NO DATA".into(),
        _ => tag.into(),
    }
}

fn rename(kind: K) -> Cow<'static, str> {
    match kind {
        K::Column => "ALTER TABLE ... RENAME COLUMN".into(),
        K::TableConstraint => "ALTER TABLE ... RENAME CONSTRAINT".into(),
        K::DomainConstraint => "ALTER DOMAIN ... RENAME CONSTRAINT".into(),
        K::Attribute => "ALTER TYPE ... RENAME ATTRIBUTE".into(),
        kind => format!("{} ... RENAME", kind.alter_tag()).into(),
    }
}

/// `AlterDomainStmt`'s subtypes (PostgreSQL's `parsenodes.h`).
const fn domain(subtype: char) -> &'static str {
    match subtype {
        'T' => "ALTER DOMAIN ... DEFAULT",
        'N' => "ALTER DOMAIN ... DROP NOT NULL",
        'O' => "ALTER DOMAIN ... SET NOT NULL",
        'C' => "ALTER DOMAIN ... ADD CONSTRAINT",
        'X' => "ALTER DOMAIN ... DROP CONSTRAINT",
        'V' => "ALTER DOMAIN ... VALIDATE CONSTRAINT",
        _ => "ALTER DOMAIN",
    }
}

/// An action of ALTER TABLE and its relatives.
pub(super) fn alter_table(kind: K, action: AlterKind) -> String {
    format!("{} ... {}", kind.alter_tag(), alter_action(action))
}

fn alter_action(kind: AlterKind) -> Cow<'static, str> {
    use AlterKind as A;
    match kind {
        A::SetDefault => "ALTER COLUMN SET DEFAULT".into(),
        A::DropDefault => "ALTER COLUMN DROP DEFAULT".into(),
        A::SetNotNull => "ALTER COLUMN SET NOT NULL".into(),
        A::DropNotNull => "ALTER COLUMN DROP NOT NULL".into(),
        A::AddIdentity => "ALTER COLUMN ADD GENERATED AS IDENTITY".into(),
        A::DropIdentity => "ALTER COLUMN DROP IDENTITY".into(),
        A::DropExpression => "ALTER COLUMN DROP EXPRESSION".into(),
        A::SetRelOptions | A::SetOptions => "SET with storage options".into(),
        A::ResetRelOptions | A::ResetOptions => "RESET of storage options".into(),
        A::AddIndex => "ADD CONSTRAINT USING INDEX".into(),
        A::ChangeOwner => "OWNER TO".into(),
        A::AddInherit => "INHERIT".into(),
        A::DropInherit => "NO INHERIT".into(),
        A::AddOf => "OF".into(),
        A::DropOf => "NOT OF".into(),
        A::DropCluster => "SET WITHOUT CLUSTER".into(),
        A::DropOids => "SET WITHOUT OIDS".into(),
        A::EnableRowSecurity => "ENABLE ROW LEVEL SECURITY".into(),
        A::DisableRowSecurity => "DISABLE ROW LEVEL SECURITY".into(),
        A::ForceRowSecurity => "FORCE ROW LEVEL SECURITY".into(),
        A::NoForceRowSecurity => "NO FORCE ROW LEVEL SECURITY".into(),
        A::GenericOptions | A::ColumnGenericOptions => "OPTIONS".into(),
        A::Unknown => "an action this version does not know".into(),
        kind => words(kind).into(),
    }
}

/// An action's name as SQL spells it: `DropColumn` is DROP COLUMN.
fn words(kind: AlterKind) -> String {
    let mut words = String::new();
    for letter in format!("{kind:?}").chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(letter.to_ascii_uppercase());
    }
    words
}
