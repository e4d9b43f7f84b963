//! ALTER.

use super::super::{Action, AlterAction, AlterKind as A, Expr, Name, ObjectKind as K, Statement, Utility};
use super::names::{self, ident};
use super::objects::{about, text_search};
use super::value::of_type;
use super::{Mapping, absent};
use sqlparser::ast::{
    self, AlterCollationOperation, AlterColumnOperation, AlterFunctionKind, AlterFunctionOperation,
    AlterIndexOperation, AlterOperatorClassOperation, AlterOperatorFamilyOperation, AlterOperatorOperation,
    AlterPolicyOperation, AlterRoleOperation, AlterSchemaOperation, AlterTable, AlterTableOperation as T,
    AlterTextSearchOperation, AlterTypeOperation, Statement as S,
};

impl Mapping {
    /// ALTER of every kind; everything else is nothing this reader knows.
    pub fn alter(&mut self, statement: S) -> Option<Statement> {
        use Action::{Alter, Owner, Rename, SetSchema};
        let (action, name) = match statement {
            S::AlterTable(alter) => return self.alter_table(alter),
            S::AlterIndex { name, operation: AlterIndexOperation::RenameIndex { .. } } => (Rename(K::Index), name),
            S::AlterType(alter) => match alter.operation {
                AlterTypeOperation::Rename(_) => (Rename(K::Type), alter.name),
                AlterTypeOperation::AddValue(_) => (Action::AddEnumValue, alter.name),
                AlterTypeOperation::RenameValue(_) => (Action::RenameEnumValue, alter.name),
            },
            S::AlterSchema(alter) => return alter_schema(alter),
            S::AlterFunction(alter) => (alter_function(&alter), alter.function.name),
            S::AlterOperator(alter) => {
                let action = match alter.operation {
                    AlterOperatorOperation::OwnerTo(_) => Owner(K::Operator),
                    AlterOperatorOperation::SetSchema { .. } => SetSchema(K::Operator),
                    AlterOperatorOperation::Set { .. } => Alter(K::Operator),
                };
                (action, alter.name)
            }
            S::AlterCollation(alter) => {
                let action = match alter.operation {
                    AlterCollationOperation::RenameTo { .. } => Rename(K::Collation),
                    AlterCollationOperation::OwnerTo(_) => Owner(K::Collation),
                    AlterCollationOperation::SetSchema { .. } => SetSchema(K::Collation),
                    AlterCollationOperation::RefreshVersion => Alter(K::Collation),
                };
                (action, alter.name)
            }
            S::AlterTextSearch(alter) => {
                let kind = text_search(alter.object_type);
                let action = match alter.operation {
                    AlterTextSearchOperation::RenameTo { .. } => Rename(kind),
                    AlterTextSearchOperation::OwnerTo(_) => Owner(kind),
                    AlterTextSearchOperation::SetSchema { .. } => SetSchema(kind),
                    AlterTextSearchOperation::SetOptions { .. } => Alter(kind),
                };
                (action, alter.name)
            }
            S::AlterPolicy(alter) => {
                let action = match alter.operation {
                    AlterPolicyOperation::Rename { .. } => Rename(K::Policy),
                    AlterPolicyOperation::Apply { .. } => Alter(K::Policy),
                };
                (action, alter.table_name)
            }
            S::AlterOperatorFamily(alter) => {
                let action = match alter.operation {
                    AlterOperatorFamilyOperation::RenameTo { .. } => Rename(K::OperatorFamily),
                    AlterOperatorFamilyOperation::OwnerTo(_) => Owner(K::OperatorFamily),
                    AlterOperatorFamilyOperation::SetSchema { .. } => SetSchema(K::OperatorFamily),
                    AlterOperatorFamilyOperation::Add { .. } | AlterOperatorFamilyOperation::Drop { .. } => {
                        Alter(K::OperatorFamily)
                    }
                };
                (action, alter.name)
            }
            S::AlterOperatorClass(alter) => {
                let action = match alter.operation {
                    AlterOperatorClassOperation::RenameTo { .. } => Rename(K::OperatorClass),
                    AlterOperatorClassOperation::OwnerTo(_) => Owner(K::OperatorClass),
                    AlterOperatorClassOperation::SetSchema { .. } => SetSchema(K::OperatorClass),
                };
                (action, alter.name)
            }
            S::AlterRole { operation, .. } => return alter_role(&operation),
            _ => return None,
        };
        Some(about(action, names::name(name)?))
    }

    fn alter_table(&mut self, alter: AlterTable) -> Option<Statement> {
        absent(alter.location.is_none() && alter.on_cluster.is_none() && alter.table_type.is_none())?;
        let relation = names::name(alter.name)?;
        if let [operation] = alter.operations.as_slice() {
            let kind = match operation {
                T::RenameColumn { .. } => Some(K::Column),
                T::RenameTable { .. } => Some(K::Table),
                T::RenameConstraint { .. } => Some(K::TableConstraint),
                _ => None,
            };
            if let Some(kind) = kind {
                return Some(about(Action::Rename(kind), relation));
            }
        }
        let mut actions = Vec::new();
        for operation in alter.operations {
            self.alter_operation(operation, &mut actions)?;
        }
        Some(Statement::AlterTable { kind: K::Table, relation, actions })
    }

    fn alter_operation(&mut self, operation: T, actions: &mut Vec<AlterAction>) -> Option<()> {
        let mut parts = Utility::new(Action::Alter(K::Table));
        let (kind, name) = match operation {
            T::AddConstraint { constraint, .. } => {
                self.constraint(constraint, &mut parts)?;
                (A::AddConstraint, None)
            }
            T::AddColumn { column_def, column_position: None, .. } => {
                let name = ident(column_def.name.clone());
                self.column_definition(column_def, &mut parts)?;
                (A::AddColumn, Some(name))
            }
            T::DropColumn { column_names, .. } => {
                for column in column_names {
                    actions.push(action(A::DropColumn, Some(ident(column)), Utility::new(Action::Alter(K::Table))));
                }
                return Some(());
            }
            T::AlterColumn { column_name, op } => (self.alter_column(op, &mut parts)?, Some(ident(column_name))),
            T::DropConstraint { name, .. } => (A::DropConstraint, Some(ident(name))),
            T::ValidateConstraint { name } => (A::ValidateConstraint, Some(ident(name))),
            T::OwnerTo { .. } => (A::ChangeOwner, None),
            T::SetLogged => (A::SetLogged, None),
            T::SetUnlogged => (A::SetUnlogged, None),
            T::EnableTrigger { .. } => (A::EnableTrigger, None),
            T::DisableTrigger { .. } | T::EnableAlwaysTrigger { .. } | T::EnableReplicaTrigger { .. } => {
                (A::DisableTrigger, None)
            }
            T::EnableRule { .. } => (A::EnableRule, None),
            T::DisableRule { .. } | T::EnableAlwaysRule { .. } | T::EnableReplicaRule { .. } => (A::DisableRule, None),
            T::EnableRowLevelSecurity => (A::EnableRowSecurity, None),
            T::DisableRowLevelSecurity => (A::DisableRowSecurity, None),
            T::ForceRowLevelSecurity => (A::ForceRowSecurity, None),
            T::NoForceRowLevelSecurity => (A::NoForceRowSecurity, None),
            T::ReplicaIdentity { .. } => (A::ReplicaIdentity, None),
            T::SetOptionsParens { .. } => (A::SetRelOptions, None),
            _ => return None,
        };
        actions.push(action(kind, name, parts));
        Some(())
    }

    fn alter_column(&mut self, operation: AlterColumnOperation, parts: &mut Utility) -> Option<A> {
        Some(match operation {
            AlterColumnOperation::SetNotNull => A::SetNotNull,
            AlterColumnOperation::DropNotNull => A::DropNotNull,
            AlterColumnOperation::SetDefault { value } => {
                parts.exprs.push(self.expr(value)?);
                A::SetDefault
            }
            AlterColumnOperation::DropDefault => A::DropDefault,
            AlterColumnOperation::SetDataType { data_type, using, .. } => {
                parts.exprs.push(of_type(data_type)?);
                parts.exprs.extend(self.maybe(using, Self::expr)?);
                A::AlterColumnType
            }
            AlterColumnOperation::AddGenerated { .. } => A::AddIdentity,
        })
    }
}

fn action(kind: A, name: Option<Box<str>>, parts: Utility) -> AlterAction {
    let exprs: Vec<Expr> = parts.exprs;
    AlterAction { kind, name, exprs, checks: parts.checks, concurrently: false, options: parts.options }
}

fn alter_function(alter: &ast::AlterFunction) -> Action {
    let kind = match alter.kind {
        AlterFunctionKind::Function => K::Function,
        AlterFunctionKind::Aggregate => K::Aggregate,
    };
    match alter.operation {
        AlterFunctionOperation::RenameTo { .. } => Action::Rename(kind),
        AlterFunctionOperation::OwnerTo(_) => Action::Owner(kind),
        AlterFunctionOperation::SetSchema { .. } => Action::SetSchema(kind),
        AlterFunctionOperation::DependsOnExtension { .. } => Action::Depends(kind),
        AlterFunctionOperation::Actions { .. } => Action::Alter(kind),
    }
}

fn alter_schema(alter: ast::AlterSchema) -> Option<Statement> {
    let mut operations = alter.operations.into_iter();
    let (Some(operation), None) = (operations.next(), operations.next()) else { return None };
    let name: Name = names::name(alter.name)?;
    match operation {
        // PostgreSQL's tree names the schema by a word, no object.
        AlterSchemaOperation::Rename { .. } => Some(Utility::new(Action::Rename(K::Schema)).into()),
        AlterSchemaOperation::OwnerTo { .. } => Some(about(Action::Owner(K::Schema), name)),
        _ => None,
    }
}

fn alter_role(operation: &AlterRoleOperation) -> Option<Statement> {
    let action = match operation {
        AlterRoleOperation::RenameRole { .. } => Action::Rename(K::Role),
        AlterRoleOperation::WithOptions { .. } => Action::Alter(K::Role),
        AlterRoleOperation::Set { .. } | AlterRoleOperation::Reset { .. } => Action::AlterRoleSet,
        AlterRoleOperation::AddMember { .. } | AlterRoleOperation::DropMember { .. } => return None,
    };
    Some(Utility::new(action).into())
}
