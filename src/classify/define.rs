//! Definitions, ALTER, DROP, privileges, the server and upkeep.

use super::facts::{Facts, relation_of};
use super::{Code, EffectKind, code, predicate, wording};
use crate::sql::{
    Action, AlterAction, AlterKind, Constant, Expr, Name, ObjectKind as K, Opt, Source, Statement, Utility,
};

/// Every utility statement but ALTER TABLE.
pub(super) fn utility(facts: &mut Facts<'_>, utility: &Utility) {
    let action = utility.action;
    let mut kinds = [Some(kind(utility)), None];
    match action {
        Action::Drop(K::Role) | Action::DropOwned => kinds = [Some(EffectKind::Drop), Some(EffectKind::Privilege)],
        Action::Drop(K::Database | K::Tablespace | K::Subscription | K::Extension) => {
            kinds = [Some(EffectKind::Drop), Some(EffectKind::Server)];
        }
        // Its handler is C code that runs whatever the language can say.
        Action::Create(K::Language) => kinds = [Some(EffectKind::DefineCode), Some(EffectKind::Server)],
        Action::AlterRoleSet => kinds = [Some(EffectKind::Privilege), Some(EffectKind::ProtectedSetting)],
        Action::Owner(_) => kinds = [Some(EffectKind::Privilege), Some(EffectKind::AlterLossy)],
        Action::Rename(K::Role) => kinds = [Some(EffectKind::Privilege), None],
        Action::Rename(K::Database) => kinds = [Some(EffectKind::AlterLossy), Some(EffectKind::Server)],
        _ => {}
    }
    let what = wording::utility(utility);
    let code = match action {
        Action::Call => Some(Code::Procedure),
        Action::Do => Some(Code::Block),
        _ => None,
    };
    if let Some(code) = code {
        facts.add_code(code, utility.names.first().map(relation_of), &what);
        kinds = [None, None];
    }
    for kind in kinds.into_iter().flatten() {
        if utility.names.is_empty() {
            facts.add(kind, None, &what);
        }
        for name in &utility.names {
            facts.add(kind, Some(relation_of(name)), &what);
        }
    }
    if utility.cascade {
        facts.add(EffectKind::Drop, None, "DROP CASCADE, which drops what depends on it");
    }
    if !runs_read_only(action) {
        facts.writes();
    }
    if let Some(code) = &utility.code {
        code::code(facts, code, matches!(action, Action::Do));
    }
    if refuses_block(utility) {
        facts.refuses_block();
    }
    catalog(facts, &utility.names, action);
    if action == Action::Create(K::View) && utility.statements.iter().any(writes_through) {
        facts.add(EffectKind::Catalog, None, "a view through which the system catalogs can be written");
    }
}

/// Whether a definition evaluates nothing itself: a new table has no rows to check or fill, a view's query and a default
/// are kept for later. (A partition's bounds are computed at once, and rows of the default partition checked; so is what
/// depends on no row in a generated column. Seen on PostgreSQL 15.)
pub(super) fn evaluates_later(statement: &Statement) -> bool {
    match statement {
        Statement::Utility(utility) => match utility.action {
            Action::Create(K::Table) => {
                !utility.options.iter().any(|option| matches!(&*option.name, "partition of" | "computes"))
            }
            Action::Create(K::View | K::Domain) | Action::AlterDomain('T') => true,
            _ => false,
        },
        Statement::AlterTable { actions, .. } => {
            actions.iter().all(|action| action.exprs.is_empty() || action.kind == AlterKind::SetDefault)
        }
        _ => false,
    }
}

/// Whether a view's query is a plain one of a single system catalog, so that the view is updatable
/// (`view_query_is_auto_updatable`); `UPDATE` of one over pg_settings is a SET. The statistics views are not updatable.
fn writes_through(statement: &Statement) -> bool {
    let Statement::Query(query) = statement else { return false };
    match query.from.as_slice() {
        [Source::Relation(table)] => {
            super::dml::is_catalog(&table.name)
                && table.name.schema.as_deref() != Some("information_schema")
                && !["pg_stat_", "pg_statio_", "pg_stats"].iter().any(|views| table.name.name.starts_with(views))
                && query.set.is_none()
                && !query.grouped
        }
        _ => false,
    }
}

/// Utility statements that PostgreSQL runs in a read-only transaction (`ClassifyUtilityCommandAsReadOnly`).
fn runs_read_only(action: Action) -> bool {
    matches!(
        action,
        Action::Listen
            | Action::Unlisten
            | Action::Notify
            | Action::LockAccessShare
            | Action::Vacuum
            | Action::Analyze
            | Action::Checkpoint
            | Action::Cluster
            | Action::Reindex
            | Action::Load
            | Action::AlterSystem
    )
}

/// Additions of a definition to the system's own schema.
fn catalog(facts: &mut Facts<'_>, names: &[Name], action: Action) {
    let defines = matches!(action, Action::Create(_) | Action::Alter(_) | Action::Rename(_) | Action::SetSchema(_));
    if defines && names.iter().any(|name| name.schema.as_deref() == Some("pg_catalog")) {
        facts.add(EffectKind::Catalog, None, "defines something in pg_catalog");
    }
}

fn kind(utility: &Utility) -> EffectKind {
    use EffectKind as E;
    match utility.action {
        Action::Create(kind) => create(kind, utility),
        Action::Alter(kind) => alter(kind),
        Action::Drop(_) | Action::DropOwned => E::Drop,
        Action::Rename(_) | Action::SetSchema(_) | Action::Depends(_) | Action::RenameEnumValue | Action::MoveAll => {
            E::AlterLossy
        }
        Action::Comment(_) | Action::AddEnumValue => E::Define,
        Action::AlterDomain(subtype) => match subtype {
            'C' if !utility.checks.iter().any(predicate::is_never) => E::Define,
            'V' | 'O' => E::Define,
            'T' if !utility.exprs.is_empty() => E::Define,
            _ => E::AlterLossy,
        },
        Action::Owner(_)
        | Action::SecurityLabel
        | Action::Grant
        | Action::Revoke
        | Action::GrantRole
        | Action::RevokeRole
        | Action::ReassignOwned
        | Action::AlterRoleSet => E::Privilege,
        Action::AlterSystem
        | Action::AlterDatabaseSet
        | Action::RefreshCollation
        | Action::ImportForeignSchema
        | Action::Load => E::Server,
        Action::Do | Action::Call => E::RunCode,
        // What SELECT takes of every relation it reads, and as long.
        Action::LockAccessShare => E::Read,
        Action::Checkpoint | Action::Lock | Action::Cluster | Action::Reindex => E::HeavyMaintenance,
        Action::Listen | Action::Unlisten => E::Listen,
        Action::Notify => E::Notify,
        Action::Vacuum if is_set(&utility.options, "full") => E::HeavyMaintenance,
        Action::Vacuum | Action::Analyze => E::Maintenance,
        // WITH NO DATA empties it.
        Action::RefreshMaterializedView if is_set(&utility.options, "with no data") => E::AlterLossy,
        Action::RefreshMaterializedView => E::Define,
    }
}

fn create(kind: K, utility: &Utility) -> EffectKind {
    use EffectKind as E;
    let has = |names: &[&str]| utility.options.iter().any(|option| names.contains(&&*option.name));
    let additive = additive(kind, has(&["input", "output", "receive", "send", "canonical", "subtype_diff"]));
    // OR REPLACE takes the earlier definition away; nothing of it is left to go back to.
    if utility.replace && additive == E::Define { E::AlterLossy } else { additive }
}

fn additive(kind: K, has_functions: bool) -> EffectKind {
    use EffectKind as E;
    match kind {
        // A base type's functions run for every value of it; so do a range type's.
        K::Type if has_functions => E::DefineCode,
        K::Table
        | K::View
        | K::MaterializedView
        | K::Index
        | K::Sequence
        | K::Schema
        | K::Type
        | K::Domain
        | K::Statistics
        | K::Collation
        | K::TextSearchConfiguration => E::Define,
        K::Function
        | K::Procedure
        | K::Routine
        | K::Aggregate
        | K::Trigger
        | K::EventTrigger
        | K::Rule
        | K::Policy
        | K::Operator
        | K::OperatorClass
        | K::OperatorFamily
        | K::Cast
        | K::Conversion
        | K::Transform
        | K::Language
        | K::TextSearchDictionary
        | K::TextSearchParser
        | K::TextSearchTemplate => E::DefineCode,
        K::Role => E::Privilege,
        K::Database
        | K::Tablespace
        | K::Extension
        | K::ForeignDataWrapper
        | K::Server
        | K::ForeignTable
        | K::UserMapping
        | K::Publication
        | K::Subscription
        | K::AccessMethod
        | K::Parameter => E::Server,
        K::Attribute
        | K::Column
        | K::Default
        | K::DefaultPrivileges
        | K::DomainConstraint
        | K::TableConstraint
        | K::LargeObject
        | K::Unknown => E::Unknown,
    }
}

fn alter(kind: K) -> EffectKind {
    use EffectKind as E;
    match kind {
        K::Statistics => E::Define,
        K::Role | K::DefaultPrivileges => E::Privilege,
        K::Function
        | K::Procedure
        | K::Routine
        | K::Aggregate
        | K::Policy
        | K::EventTrigger
        | K::Operator
        | K::OperatorFamily
        | K::Trigger
        | K::Rule => E::DefineCode,
        K::Database
        | K::Tablespace
        | K::Extension
        | K::ForeignDataWrapper
        | K::Server
        | K::UserMapping
        | K::Publication
        | K::Subscription => E::Server,
        _ => E::AlterLossy,
    }
}

fn is_set(options: &[Opt], name: &str) -> bool {
    options.iter().rev().find(|option| &*option.name == name).is_some_and(|option| match &option.value {
        None => true,
        Some(Expr::Constant(Constant::String(text))) => {
            !matches!(text.to_ascii_lowercase().as_str(), "off" | "false" | "0")
        }
        Some(Expr::Constant(Constant::Bool(value))) => *value,
        Some(Expr::Constant(Constant::Number(number))) => &**number != "0",
        Some(_) => true,
    })
}

/// The callers of `PreventInTransactionBlock` in PostgreSQL's source.
fn refuses_block(utility: &Utility) -> bool {
    match utility.action {
        Action::Create(K::Index) | Action::Drop(K::Index) => utility.concurrently,
        Action::Create(K::Database | K::Tablespace | K::Subscription)
        | Action::Drop(K::Database | K::Tablespace | K::Subscription)
        | Action::AlterSystem
        | Action::Vacuum => true,
        Action::Cluster => utility.names.is_empty(),
        Action::Reindex => utility.concurrently || utility.names.is_empty(),
        Action::Alter(K::Subscription | K::Database) => true,
        _ => false,
    }
}

/// ALTER TABLE and its relatives: the worst of its actions, each a fact of its own.
pub(super) fn alter_table(facts: &mut Facts<'_>, kind: K, relation: &Name, actions: &[AlterAction]) {
    facts.writes();
    for action in actions {
        let effect = alter_action(action);
        facts.add(effect, Some(relation_of(relation)), &wording::alter_table(kind, action.kind));
        if action.concurrently {
            facts.refuses_block();
        }
    }
    if super::dml::is_catalog(relation) {
        facts.add(EffectKind::Catalog, Some(relation_of(relation)), "a change of the system catalogs");
    }
}

fn alter_action(action: &AlterAction) -> EffectKind {
    use AlterKind as A;
    use EffectKind as E;
    match action.kind {
        // A check that no row can meet stops every write.
        A::AddColumn | A::AddConstraint if action.checks.iter().any(predicate::is_never) => E::AlterLossy,
        A::AddColumn
        | A::AddConstraint
        | A::AddIndex
        | A::SetDefault
        | A::SetNotNull
        | A::SetStatistics
        | A::SetCompression
        | A::ValidateConstraint
        | A::AddIdentity => E::Define,
        A::ChangeOwner => E::Privilege,
        A::Unknown => E::Unknown,
        A::DropDefault
        | A::DropNotNull
        | A::SetExpression
        | A::DropExpression
        | A::SetOptions
        | A::ResetOptions
        | A::SetStorage
        | A::DropColumn
        | A::AlterConstraint
        | A::DropConstraint
        | A::AlterColumnType
        | A::ColumnGenericOptions
        | A::ClusterOn
        | A::DropCluster
        | A::SetLogged
        | A::SetUnlogged
        | A::DropOids
        | A::SetAccessMethod
        | A::SetTablespace
        | A::SetRelOptions
        | A::ResetRelOptions
        | A::EnableTrigger
        | A::DisableTrigger
        | A::EnableRule
        | A::DisableRule
        | A::AddInherit
        | A::DropInherit
        | A::AddOf
        | A::DropOf
        | A::ReplicaIdentity
        | A::EnableRowSecurity
        | A::DisableRowSecurity
        | A::ForceRowSecurity
        | A::NoForceRowSecurity
        | A::GenericOptions
        | A::AttachPartition
        | A::DetachPartition
        | A::DetachPartitionFinalize
        | A::SetIdentity
        | A::DropIdentity => E::AlterLossy,
    }
}
