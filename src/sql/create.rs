//! CREATE statements: pg_query's nodes to ours.

use super::convert::{Convert, Nodes, name_of, table_name};
use super::define::{listed, named, object_kind, object_name};
use super::object::ObjectKind as K;
use super::{Action, Expr, Name, Statement, Utility};
use pg_query::NodeEnum;
use pg_query::protobuf::{self as pb, Node};

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

    /// Functions, triggers, rules, policies, operators, casts: what others will run.
    pub fn define_code(&mut self, node: Box<NodeEnum>) -> Result<Statement, NotMine> {
        use Action::{Alter, Create};
        Ok(match *node {
            NodeEnum::CreateFunctionStmt(create) => {
                let kind = if create.is_procedure { K::Procedure } else { K::Function };
                listed(Create(kind), create.funcname)
            }
            NodeEnum::AlterFunctionStmt(alter) => {
                listed(Alter(object_kind(alter.objtype)), alter.func.map(|func| func.objname).unwrap_or_default())
            }
            NodeEnum::CreateTrigStmt(create) => on_table(Create(K::Trigger), create.relation),
            NodeEnum::RuleStmt(rule) => on_table(Create(K::Rule), rule.relation),
            NodeEnum::CreatePolicyStmt(create) => on_table(Create(K::Policy), create.table),
            NodeEnum::AlterPolicyStmt(alter) => on_table(Alter(K::Policy), alter.table),
            NodeEnum::CreateEventTrigStmt(create) => named(Create(K::EventTrigger), create.trigname),
            NodeEnum::AlterEventTrigStmt(alter) => named(Alter(K::EventTrigger), alter.trigname),
            NodeEnum::CreatePlangStmt(create) => named(Create(K::Language), create.plname),
            NodeEnum::DefineStmt(define) => {
                let mut utility = Utility::new(Create(object_kind(define.kind)));
                utility.names.push(name_of(define.defnames));
                utility.replace = define.replace;
                utility.options = self.options(define.definition);
                utility.into()
            }
            NodeEnum::CreateOpClassStmt(create) => listed(Create(K::OperatorClass), create.opclassname),
            NodeEnum::CreateOpFamilyStmt(create) => listed(Create(K::OperatorFamily), create.opfamilyname),
            NodeEnum::AlterOpFamilyStmt(alter) => listed(Alter(K::OperatorFamily), alter.opfamilyname),
            NodeEnum::AlterOperatorStmt(alter) => {
                listed(Alter(K::Operator), alter.opername.map(|name| name.objname).unwrap_or_default())
            }
            NodeEnum::CreateConversionStmt(create) => listed(Create(K::Conversion), create.conversion_name),
            NodeEnum::CreateCastStmt(_) => Utility::new(Create(K::Cast)).into(),
            NodeEnum::CreateTransformStmt(_) => Utility::new(Create(K::Transform)).into(),
            NodeEnum::CreateAmStmt(create) => named(Create(K::AccessMethod), create.amname),
            NodeEnum::DoStmt(_) => Utility::new(Action::Do).into(),
            NodeEnum::CallStmt(call) => {
                let mut utility = Utility::new(Action::Call);
                let args = call.funccall.map(NodeEnum::FuncCall);
                if let Some(node) = args
                    && let Expr::Call(call) = self.expr(Node { node: Some(node) })
                {
                    utility.names.push(call.name);
                    utility.exprs = call.args;
                }
                utility.into()
            }
            NodeEnum::LoadStmt(_) => Utility::new(Action::Load).into(),
            other => return Err(Box::new(other)),
        })
    }
}

fn on_table(action: Action, relation: Option<pb::RangeVar>) -> Statement {
    let mut utility = Utility::new(action);
    utility.names.extend(relation.as_ref().map(table_name));
    utility.into()
}

/// The names of a list of objects.
pub fn object_names(nodes: Nodes) -> Vec<Name> {
    nodes.into_iter().map(object_name).collect()
}
