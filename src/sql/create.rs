//! CREATE statements: pg_query's nodes to ours.

use super::code::functions_of;
use super::convert::{Convert, Nodes, name_of, table_name};
use super::define::{listed, object_name};
use super::object::ObjectKind as K;
use super::{Action, Name, Statement, Utility};
use pg_query::NodeEnum;
use pg_query::protobuf as pb;

/// A node that another function has to take.
pub type NotMine = Box<NodeEnum>;

impl Convert {
    /// Relations and types. Hands the node back where it is none of them.
    pub fn define_relation(&mut self, node: NodeEnum) -> Result<Statement, NotMine> {
        use Action::Create;
        Ok(match node {
            NodeEnum::CreateStmt(create) => self.create_table(create, K::Table),
            NodeEnum::CreateForeignTableStmt(create) => match create.base_stmt {
                Some(base) => self.create_table(base, K::ForeignTable),
                None => Statement::Unknown("CREATE FOREIGN TABLE"),
            },
            NodeEnum::IndexStmt(index) => self.create_index(*index),
            NodeEnum::CreateSeqStmt(create) => {
                let mut utility = Utility::new(Create(K::Sequence));
                if let Some(relation) = &create.sequence {
                    utility.temporary = relation.relpersistence == "t";
                    utility.names.push(table_name(relation));
                }
                utility.options = self.options(create.options);
                utility.into()
            }
            NodeEnum::CreateSchemaStmt(create) => {
                let mut utility = Utility::new(Create(K::Schema));
                utility.names.push(Name { schema: None, name: create.schemaname.into_boxed_str() });
                utility.statements =
                    create.schema_elts.into_iter().map(|n| self.statement_node(Some(Box::new(n)))).collect();
                utility.into()
            }
            NodeEnum::CreateDomainStmt(create) => {
                let mut utility = Utility::new(Create(K::Domain));
                utility.names.push(name_of(create.domainname));
                for constraint in create.constraints {
                    self.definition(constraint, &mut utility);
                }
                utility.into()
            }
            NodeEnum::CreateEnumStmt(create) => listed(Create(K::Type), create.type_name),
            NodeEnum::CompositeTypeStmt(create) => {
                let mut utility = Utility::new(Create(K::Type));
                utility.names.extend(create.typevar.as_ref().map(table_name));
                utility.into()
            }
            NodeEnum::CreateRangeStmt(create) => {
                let mut utility = Utility::new(Create(K::Type));
                utility.names.push(name_of(create.type_name));
                utility.options = self.options(create.params);
                let functions = functions_of(&utility.options);
                utility.code().functions = functions;
                utility.into()
            }
            NodeEnum::CreateStatsStmt(create) => {
                let mut utility = Utility::new(Create(K::Statistics));
                utility.names.push(name_of(create.defnames));
                utility.exprs = self.list(create.exprs);
                utility.into()
            }
            other => return Err(Box::new(other)),
        })
    }

    fn create_table(&mut self, create: pb::CreateStmt, kind: K) -> Statement {
        let mut utility = Utility::new(Action::Create(kind));
        if let Some(relation) = &create.relation {
            utility.temporary = relation.relpersistence == "t";
            utility.names.push(table_name(relation));
        }
        for element in create.table_elts.into_iter().chain(create.constraints) {
            self.definition(element, &mut utility);
        }
        if let Some(spec) = create.partspec {
            utility.exprs.append(&mut self.list(spec.part_params));
            utility.computes();
        }
        if create.partbound.is_some() {
            // PARTITION OF an existing table: rows of its default partition are checked, the parent is changed.
            utility.options.push(super::Opt { name: "partition of".into(), value: None });
        }
        self.bound(create.partbound, &mut utility);
        utility.into()
    }

    fn create_index(&mut self, index: pb::IndexStmt) -> Statement {
        let mut utility = Utility::new(Action::Create(K::Index));
        utility.names.extend(index.relation.as_ref().map(table_name));
        utility.exprs = self.list(index.index_params);
        utility.exprs.extend(self.opt(index.where_clause));
        utility.concurrently = index.concurrent;
        utility.into()
    }
}

/// The names of a list of objects.
pub fn object_names(nodes: Nodes) -> Vec<Name> {
    nodes.into_iter().map(object_name).collect()
}
