//! Privileges, roles, the server, upkeep: pg_query's nodes to ours.

use super::convert::{Convert, range_var, table_name};
use super::create::{NotMine, object_names};
use super::define::named;
use super::object::ObjectKind as K;
use super::{Action, Name, Statement, Utility};
use pg_query::NodeEnum;
use pg_query::protobuf as pb;

impl Convert {
    /// Privileges and the server. Hands the node back where it is none of them.
    pub fn administer(&mut self, node: Box<NodeEnum>) -> Result<Statement, NotMine> {
        use Action::{Alter, Create};
        Ok(match *node {
            NodeEnum::GrantStmt(grant) => {
                let action = if grant.is_grant { Action::Grant } else { Action::Revoke };
                let mut utility = Utility::new(action);
                utility.names = object_names(grant.objects);
                utility.into()
            }
            NodeEnum::GrantRoleStmt(grant) => {
                Utility::new(if grant.is_grant { Action::GrantRole } else { Action::RevokeRole }).into()
            }
            NodeEnum::AlterDefaultPrivilegesStmt(_) => Utility::new(Alter(K::DefaultPrivileges)).into(),
            NodeEnum::CreateRoleStmt(_) => Utility::new(Create(K::Role)).into(),
            NodeEnum::AlterRoleStmt(_) => Utility::new(Alter(K::Role)).into(),
            NodeEnum::AlterRoleSetStmt(_) => Utility::new(Action::AlterRoleSet).into(),
            NodeEnum::DropOwnedStmt(_) => Utility::new(Action::DropOwned).into(),
            NodeEnum::ReassignOwnedStmt(_) => Utility::new(Action::ReassignOwned).into(),
            NodeEnum::CreatedbStmt(create) => named(Create(K::Database), create.dbname),
            NodeEnum::AlterDatabaseStmt(alter) => named(Alter(K::Database), alter.dbname),
            NodeEnum::AlterDatabaseRefreshCollStmt(alter) => named(Action::RefreshCollation, alter.dbname),
            NodeEnum::AlterDatabaseSetStmt(alter) => named(Action::AlterDatabaseSet, alter.dbname),
            NodeEnum::AlterSystemStmt(_) => Utility::new(Action::AlterSystem).into(),
            NodeEnum::CreateExtensionStmt(create) => named(Create(K::Extension), create.extname),
            NodeEnum::AlterExtensionStmt(alter) => named(Alter(K::Extension), alter.extname),
            NodeEnum::AlterExtensionContentsStmt(alter) => named(Alter(K::Extension), alter.extname),
            NodeEnum::CreateFdwStmt(create) => named(Create(K::ForeignDataWrapper), create.fdwname),
            NodeEnum::AlterFdwStmt(alter) => named(Alter(K::ForeignDataWrapper), alter.fdwname),
            NodeEnum::CreateForeignServerStmt(create) => named(Create(K::Server), create.servername),
            NodeEnum::AlterForeignServerStmt(alter) => named(Alter(K::Server), alter.servername),
            NodeEnum::CreateUserMappingStmt(create) => named(Create(K::UserMapping), create.servername),
            NodeEnum::AlterUserMappingStmt(alter) => named(Alter(K::UserMapping), alter.servername),
            NodeEnum::ImportForeignSchemaStmt(import) => named(Action::ImportForeignSchema, import.local_schema),
            NodeEnum::CreatePublicationStmt(create) => named(Create(K::Publication), create.pubname),
            NodeEnum::AlterPublicationStmt(alter) => named(Alter(K::Publication), alter.pubname),
            NodeEnum::CreateSubscriptionStmt(create) => named(Create(K::Subscription), create.subname),
            NodeEnum::AlterSubscriptionStmt(alter) => named(Alter(K::Subscription), alter.subname),
            other => return self.maintain(other),
        })
    }

    fn maintain(&mut self, node: NodeEnum) -> Result<Statement, NotMine> {
        Ok(match node {
            NodeEnum::ListenStmt(_) => Utility::new(Action::Listen).into(),
            NodeEnum::UnlistenStmt(_) => Utility::new(Action::Unlisten).into(),
            NodeEnum::NotifyStmt(_) => Utility::new(Action::Notify).into(),
            NodeEnum::CheckPointStmt(_) => Utility::new(Action::Checkpoint).into(),
            NodeEnum::LockStmt(lock) => {
                // AccessShareLock of PostgreSQL's lockdefs.h.
                let action = if lock.mode == 1 { Action::LockAccessShare } else { Action::Lock };
                let mut utility = Utility::new(action);
                utility.names = object_names(lock.relations);
                utility.into()
            }
            NodeEnum::VacuumStmt(vacuum) => {
                let mut utility = Utility::new(if vacuum.is_vacuumcmd { Action::Vacuum } else { Action::Analyze });
                utility.options = self.options(vacuum.options);
                utility.names = vacuum.rels.into_iter().filter_map(vacuum_relation).collect();
                utility.into()
            }
            NodeEnum::ClusterStmt(cluster) => {
                let mut utility = Utility::new(Action::Cluster);
                utility.names.extend(cluster.relation.as_ref().map(table_name));
                utility.into()
            }
            NodeEnum::ReindexStmt(reindex) => {
                let mut utility = Utility::new(Action::Reindex);
                utility.names.extend(reindex.relation.as_ref().map(table_name));
                utility.options = self.options(reindex.params);
                utility.concurrently = utility.options.iter().any(|option| &*option.name == "concurrently");
                utility.into()
            }
            NodeEnum::RefreshMatViewStmt(refresh) => {
                let mut utility = Utility::new(Action::RefreshMaterializedView);
                utility.names.extend(refresh.relation.as_ref().map(table_name));
                if refresh.skip_data {
                    utility.options.push(super::Opt { name: "with no data".into(), value: None });
                }
                utility.into()
            }
            NodeEnum::ReturnStmt(body) => {
                let mut utility = Utility::new(Action::Do);
                utility.exprs.extend(self.opt(body.returnval));
                utility.into()
            }
            NodeEnum::PlassignStmt(_) => Statement::Unknown("assignment"),
            other => return Err(Box::new(other)),
        })
    }
}

fn vacuum_relation(node: pb::Node) -> Option<Name> {
    match node.node {
        Some(NodeEnum::VacuumRelation(relation)) => relation.relation.as_ref().map(table_name),
        node => range_var(pb::Node { node }).as_ref().map(table_name),
    }
}
