//! Utility statements that define, drop, alter, grant and maintain: pg_query's nodes to ours.

use super::convert::{Convert, Nodes, name_of, range_var, table_name};
use super::object::ObjectKind as K;
use super::{Action, AlterAction, AlterKind, Expr, Name, Statement, Utility};
use pg_query::NodeEnum;
use pg_query::protobuf::{self as pb, AlterTableType as A, ConstrType, Node, ObjectType as O};

/// PostgreSQL's `ObjectType`.
pub fn object_kind(kind: i32) -> K {
    match O::try_from(kind).unwrap_or(O::Undefined) {
        O::ObjectAccessMethod => K::AccessMethod,
        O::ObjectAggregate => K::Aggregate,
        O::ObjectAttribute => K::Attribute,
        O::ObjectCast => K::Cast,
        O::ObjectColumn => K::Column,
        O::ObjectCollation => K::Collation,
        O::ObjectConversion => K::Conversion,
        O::ObjectDatabase => K::Database,
        O::ObjectDefault => K::Default,
        O::ObjectDefacl => K::DefaultPrivileges,
        O::ObjectDomain => K::Domain,
        O::ObjectDomconstraint => K::DomainConstraint,
        O::ObjectEventTrigger => K::EventTrigger,
        O::ObjectExtension => K::Extension,
        O::ObjectFdw => K::ForeignDataWrapper,
        O::ObjectForeignServer => K::Server,
        O::ObjectForeignTable => K::ForeignTable,
        O::ObjectFunction => K::Function,
        O::ObjectIndex => K::Index,
        O::ObjectLanguage => K::Language,
        O::ObjectLargeobject => K::LargeObject,
        O::ObjectMatview => K::MaterializedView,
        O::ObjectOpclass => K::OperatorClass,
        O::ObjectOperator => K::Operator,
        O::ObjectOpfamily => K::OperatorFamily,
        O::ObjectParameterAcl => K::Parameter,
        O::ObjectPolicy => K::Policy,
        O::ObjectProcedure => K::Procedure,
        O::ObjectPublication => K::Publication,
        O::ObjectRole => K::Role,
        O::ObjectRoutine => K::Routine,
        O::ObjectRule => K::Rule,
        O::ObjectSchema => K::Schema,
        O::ObjectSequence => K::Sequence,
        O::ObjectSubscription => K::Subscription,
        O::ObjectStatisticExt => K::Statistics,
        O::ObjectTabconstraint => K::TableConstraint,
        O::ObjectTable => K::Table,
        O::ObjectTablespace => K::Tablespace,
        O::ObjectTransform => K::Transform,
        O::ObjectTrigger => K::Trigger,
        O::ObjectTsconfiguration => K::TextSearchConfiguration,
        O::ObjectTsdictionary => K::TextSearchDictionary,
        O::ObjectTsparser => K::TextSearchParser,
        O::ObjectTstemplate => K::TextSearchTemplate,
        O::ObjectType => K::Type,
        O::ObjectUserMapping => K::UserMapping,
        O::ObjectView => K::View,
        O::Undefined | O::ObjectAmop | O::ObjectAmproc | O::ObjectPublicationNamespace | O::ObjectPublicationRel => {
            K::Unknown
        }
    }
}

fn alter_kind(kind: i32) -> AlterKind {
    match A::try_from(kind).unwrap_or(A::Undefined) {
        A::AtAddColumn | A::AtAddColumnToView => AlterKind::AddColumn,
        A::AtColumnDefault | A::AtCookedColumnDefault => AlterKind::SetDefault,
        A::AtDropNotNull => AlterKind::DropNotNull,
        A::AtSetNotNull => AlterKind::SetNotNull,
        A::AtSetExpression => AlterKind::SetExpression,
        A::AtDropExpression => AlterKind::DropExpression,
        A::AtSetStatistics => AlterKind::SetStatistics,
        A::AtSetOptions => AlterKind::SetOptions,
        A::AtResetOptions => AlterKind::ResetOptions,
        A::AtSetStorage => AlterKind::SetStorage,
        A::AtSetCompression => AlterKind::SetCompression,
        A::AtDropColumn => AlterKind::DropColumn,
        A::AtAddConstraint => AlterKind::AddConstraint,
        A::AtAddIndex | A::AtAddIndexConstraint => AlterKind::AddIndex,
        A::AtAlterConstraint => AlterKind::AlterConstraint,
        A::AtValidateConstraint => AlterKind::ValidateConstraint,
        A::AtDropConstraint => AlterKind::DropConstraint,
        A::AtAlterColumnType => AlterKind::AlterColumnType,
        A::AtAlterColumnGenericOptions => AlterKind::ColumnGenericOptions,
        A::AtChangeOwner => AlterKind::ChangeOwner,
        A::AtClusterOn => AlterKind::ClusterOn,
        A::AtDropCluster => AlterKind::DropCluster,
        A::AtSetLogged => AlterKind::SetLogged,
        A::AtSetUnLogged => AlterKind::SetUnlogged,
        A::AtDropOids => AlterKind::DropOids,
        A::AtSetAccessMethod => AlterKind::SetAccessMethod,
        A::AtSetTableSpace => AlterKind::SetTablespace,
        A::AtSetRelOptions => AlterKind::SetRelOptions,
        A::AtResetRelOptions => AlterKind::ResetRelOptions,
        A::AtEnableTrig | A::AtEnableTrigAll | A::AtEnableTrigUser => AlterKind::EnableTrigger,
        A::AtEnableAlwaysTrig | A::AtEnableReplicaTrig => AlterKind::DisableTrigger,
        A::AtDisableTrig | A::AtDisableTrigAll | A::AtDisableTrigUser => AlterKind::DisableTrigger,
        A::AtEnableRule => AlterKind::EnableRule,
        A::AtEnableAlwaysRule | A::AtEnableReplicaRule | A::AtDisableRule => AlterKind::DisableRule,
        A::AtAddInherit => AlterKind::AddInherit,
        A::AtDropInherit => AlterKind::DropInherit,
        A::AtAddOf => AlterKind::AddOf,
        A::AtDropOf => AlterKind::DropOf,
        A::AtReplicaIdentity => AlterKind::ReplicaIdentity,
        A::AtEnableRowSecurity => AlterKind::EnableRowSecurity,
        A::AtDisableRowSecurity => AlterKind::DisableRowSecurity,
        A::AtForceRowSecurity => AlterKind::ForceRowSecurity,
        A::AtNoForceRowSecurity => AlterKind::NoForceRowSecurity,
        A::AtGenericOptions => AlterKind::GenericOptions,
        A::AtAttachPartition => AlterKind::AttachPartition,
        A::AtDetachPartition => AlterKind::DetachPartition,
        A::AtDetachPartitionFinalize => AlterKind::DetachPartitionFinalize,
        A::AtAddIdentity => AlterKind::AddIdentity,
        A::AtSetIdentity => AlterKind::SetIdentity,
        A::AtDropIdentity => AlterKind::DropIdentity,
        A::Undefined
        | A::AtReAddIndex
        | A::AtReAddConstraint
        | A::AtReAddDomainConstraint
        | A::AtReAddComment
        | A::AtReplaceRelOptions
        | A::AtReAddStatistics => AlterKind::Unknown,
    }
}

impl Convert {
    /// Every statement that is neither query, DML nor session control.
    pub fn utility(&mut self, node: NodeEnum) -> Statement {
        use Action::{Alter, Create, Drop};
        let node = match self.define_relation(node) {
            Ok(statement) => return statement,
            Err(node) => node,
        };
        let node = match self.define_code(node) {
            Ok(statement) => return statement,
            Err(node) => node,
        };
        let node = match self.administer(node) {
            Ok(statement) => return statement,
            Err(node) => node,
        };
        match *node {
            NodeEnum::AlterTableStmt(alter) => self.alter_table(alter),
            NodeEnum::DropStmt(drop) => {
                let kind = object_kind(drop.remove_type);
                let mut utility = Utility::new(Drop(kind));
                utility.names = drop.objects.into_iter().map(|object| object_of(kind, object)).collect();
                utility.concurrently = drop.concurrent;
                utility.cascade = drop.behavior != pb::DropBehavior::DropRestrict as i32;
                utility.into()
            }
            NodeEnum::DropdbStmt(drop) => named(Drop(K::Database), drop.dbname),
            NodeEnum::DropTableSpaceStmt(drop) => named(Drop(K::Tablespace), drop.tablespacename),
            NodeEnum::DropRoleStmt(_) => Utility::new(Drop(K::Role)).into(),
            NodeEnum::DropUserMappingStmt(drop) => named(Drop(K::UserMapping), drop.servername),
            NodeEnum::DropSubscriptionStmt(drop) => named(Drop(K::Subscription), drop.subname),
            NodeEnum::RenameStmt(rename) => {
                related(Action::Rename, object_kind(rename.rename_type), rename.relation, rename.object)
            }
            NodeEnum::AlterObjectSchemaStmt(alter) => {
                related(Action::SetSchema, object_kind(alter.object_type), alter.relation, alter.object)
            }
            NodeEnum::AlterOwnerStmt(alter) => {
                related(Action::Owner, object_kind(alter.object_type), alter.relation, alter.object)
            }
            NodeEnum::AlterObjectDependsStmt(alter) => {
                related(Action::Depends, object_kind(alter.object_type), alter.relation, alter.object)
            }
            NodeEnum::CommentStmt(comment) => {
                related(Action::Comment, object_kind(comment.objtype), None, comment.object)
            }
            NodeEnum::SecLabelStmt(_) => Utility::new(Action::SecurityLabel).into(),
            NodeEnum::AlterEnumStmt(alter) => {
                let renames = !alter.old_val.is_empty();
                let action = if renames { Action::RenameEnumValue } else { Action::AddEnumValue };
                listed(action, alter.type_name)
            }
            NodeEnum::AlterDomainStmt(alter) => {
                let action = Action::AlterDomain(alter.subtype.chars().next().unwrap_or('?'));
                let mut utility = Utility::new(action);
                utility.names = vec![name_of(alter.type_name)];
                if let Some(def) = alter.def {
                    self.definition(*def, &mut utility);
                }
                utility.into()
            }
            NodeEnum::AlterSeqStmt(alter) => {
                let mut utility = Utility::new(Alter(K::Sequence));
                utility.names.extend(alter.sequence.as_ref().map(table_name));
                utility.options = self.options(alter.options);
                utility.into()
            }
            NodeEnum::AlterTypeStmt(alter) => listed(Alter(K::Type), alter.type_name),
            NodeEnum::AlterStatsStmt(alter) => listed(Alter(K::Statistics), alter.defnames),
            NodeEnum::AlterCollationStmt(alter) => listed(Alter(K::Collation), alter.collname),
            NodeEnum::AlterTsdictionaryStmt(alter) => listed(Alter(K::TextSearchDictionary), alter.dictname),
            NodeEnum::AlterTsconfigurationStmt(alter) => listed(Alter(K::TextSearchConfiguration), alter.cfgname),
            NodeEnum::AlterTableMoveAllStmt(_) => Utility::new(Action::MoveAll).into(),
            NodeEnum::CreateTableSpaceStmt(create) => named(Create(K::Tablespace), create.tablespacename),
            NodeEnum::AlterTableSpaceOptionsStmt(alter) => named(Alter(K::Tablespace), alter.tablespacename),
            NodeEnum::ViewStmt(view) => self.view(*view),
            _ => Statement::Unknown("statement"),
        }
    }

    fn view(&mut self, view: pb::ViewStmt) -> Statement {
        let mut utility = Utility::new(Action::Create(K::View));
        if let Some(relation) = &view.view {
            utility.temporary = relation.relpersistence == "t";
            utility.names.push(table_name(relation));
        }
        utility.replace = view.replace;
        utility.options = self.options(view.options);
        utility.statements.push(self.statement_node(view.query));
        utility.into()
    }

    fn alter_table(&mut self, alter: pb::AlterTableStmt) -> Statement {
        let relation = alter.relation.as_ref().map(table_name).unwrap_or_default();
        let mut actions = Vec::new();
        for node in alter.cmds {
            let Some(NodeEnum::AlterTableCmd(cmd)) = node.node else {
                actions.push(AlterAction {
                    kind: AlterKind::Unknown,
                    name: None,
                    exprs: Vec::new(),
                    checks: Vec::new(),
                    concurrently: false,
                    options: Vec::new(),
                });
                continue;
            };
            actions.push(self.alter_action(*cmd));
        }
        Statement::AlterTable { kind: object_kind(alter.objtype), relation, actions }
    }

    fn alter_action(&mut self, cmd: pb::AlterTableCmd) -> AlterAction {
        let mut kind = alter_kind(cmd.subtype);
        if kind == AlterKind::SetDefault && cmd.def.is_none() {
            kind = AlterKind::DropDefault;
        }
        let mut name = (!cmd.name.is_empty()).then(|| cmd.name.into_boxed_str());
        let mut concurrently = false;
        let mut parts = Utility::new(Action::Alter(K::Table));
        if let Some(def) = cmd.def {
            match def.node {
                Some(NodeEnum::PartitionCmd(partition)) => {
                    concurrently = partition.concurrent;
                    name = partition.name.map(|relation| relation.relname.into_boxed_str());
                    self.bound(partition.bound, &mut parts);
                }
                Some(NodeEnum::List(list)) => parts.options = self.options(list.items),
                node => self.definition(Node { node }, &mut parts),
            }
        }
        AlterAction { kind, name, exprs: parts.exprs, checks: parts.checks, concurrently, options: parts.options }
    }

    /// A column, a constraint or a plain expression inside a definition: what it evaluates.
    pub fn definition(&mut self, node: Node, into: &mut Utility) {
        match node.node {
            Some(NodeEnum::ColumnDef(column)) => {
                into.exprs.extend(self.opt(column.raw_default));
                if let Some(name) = column.type_name {
                    let type_name = name_of(name.names);
                    into.exprs.push(Expr::Cast { arg: Box::new(Expr::Other(Vec::new())), type_name });
                }
                for constraint in column.constraints {
                    self.definition(constraint, into);
                }
            }
            Some(NodeEnum::Constraint(constraint)) => {
                let check = ConstrType::try_from(constraint.contype) == Ok(ConstrType::ConstrCheck);
                if let Some(expr) = self.opt(constraint.raw_expr) {
                    if check {
                        into.checks.push(expr.clone());
                    }
                    into.exprs.push(expr);
                }
                if matches!(
                    ConstrType::try_from(constraint.contype),
                    Ok(ConstrType::ConstrGenerated | ConstrType::ConstrExclusion)
                ) {
                    into.computes();
                }
                into.exprs.extend(self.opt(constraint.where_clause));
                for exclusion in constraint.exclusions {
                    if let Some(NodeEnum::List(pair)) = exclusion.node {
                        into.exprs.append(&mut self.list(pair.items));
                    }
                }
            }
            Some(NodeEnum::TableLikeClause(_) | NodeEnum::ReplicaIdentityStmt(_) | NodeEnum::AtalterConstraint(_))
            | None => {}
            Some(NodeEnum::RangeVar(_) | NodeEnum::RoleSpec(_)) => {}
            node => {
                let expr = self.expr(Node { node });
                into.exprs.push(expr);
            }
        }
    }

    /// A partition's bounds.
    pub fn bound(&mut self, bound: Option<pb::PartitionBoundSpec>, into: &mut Utility) {
        let Some(bound) = bound else { return };
        for list in [bound.listdatums, bound.lowerdatums, bound.upperdatums] {
            into.exprs.append(&mut self.list(list));
        }
    }
}

impl From<Utility> for Statement {
    fn from(utility: Utility) -> Self {
        Self::Utility(Box::new(utility))
    }
}

/// A statement that names one object by one word.
pub fn named(action: Action, name: String) -> Statement {
    let mut utility = Utility::new(action);
    utility.names.push(Name { schema: None, name: name.into_boxed_str() });
    utility.into()
}

/// A statement that names one object by a list of words.
pub fn listed(action: Action, names: Nodes) -> Statement {
    let mut utility = Utility::new(action);
    utility.names.push(name_of(names));
    utility.into()
}

fn related(
    action: impl Fn(K) -> Action,
    kind: K,
    relation: Option<pb::RangeVar>,
    object: Option<Box<Node>>,
) -> Statement {
    let mut utility = Utility::new(action(kind));
    match (relation, object) {
        (Some(relation), _) => utility.names.push(table_name(&relation)),
        (None, Some(object)) => utility.names.push(object_of(kind, *object)),
        (None, None) => {}
    }
    utility.into()
}

/// The name of an object of that kind. An operator class or family is named by its access method first.
fn object_of(kind: K, mut node: Node) -> Name {
    if matches!(kind, K::OperatorClass | K::OperatorFamily)
        && let Some(NodeEnum::List(list)) = &mut node.node
        && list.items.len() > 1
    {
        list.items.remove(0);
    }
    object_name(node)
}

/// An object's name, however the grammar gives it.
pub fn object_name(node: Node) -> Name {
    match node.node {
        Some(NodeEnum::List(list)) => name_of(list.items),
        Some(NodeEnum::String(text)) => Name { schema: None, name: text.sval.into_boxed_str() },
        Some(NodeEnum::TypeName(name)) => name_of(name.names),
        Some(NodeEnum::ObjectWithArgs(object)) => name_of(object.objname),
        node => range_var(Node { node }).map(|relation| table_name(&relation)).unwrap_or_default(),
    }
}
