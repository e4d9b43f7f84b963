//! CREATE, DROP, COMMENT, GRANT and REVOKE.

use super::super::{Action, Expr, Name, ObjectKind as K, Opt, Statement, Utility};
use super::names::{self, bare};
use super::objects::{about, about_all, commented, dropped, granted, text_search};
use super::session::Handed;
use super::{Mapping, absent};
use sqlparser::ast::{
    self, CreateFunction, CreateIndex, CreateTable, CreateView, ForValues, FunctionDesc, PartitionBoundValue,
    SchemaName, Statement as S, UserDefinedTypeRangeOption as R, UserDefinedTypeRepresentation as Representation,
    UserDefinedTypeSqlDefinitionOption as D,
};

impl Mapping {
    /// Definitions. Hands the statement back where it is none.
    pub fn define(&mut self, statement: S) -> Handed {
        use Action::Create;
        Ok(match statement {
            S::CreateTable(create) => self.create_table(create),
            S::CreateView(create) => self.create_view(create),
            S::CreateIndex(create) => self.create_index(create),
            S::CreateSequence { temporary, name, .. } => names::name(name).map(|name| {
                let mut utility = Utility::new(Create(K::Sequence));
                utility.temporary = temporary;
                utility.names.push(name);
                utility.into()
            }),
            S::CreateSchema { schema_name, or_replace: false, with: None, options: None, clone: None, .. } => {
                create_schema(schema_name)
            }
            S::CreateDomain(create) => self.create_domain(create),
            S::CreateType { name, representation } => create_type(name, representation),
            S::CreateFunction(create) => create_function(create),
            S::CreateTrigger(create) => one(Create(K::Trigger), create.table_name),
            S::CreatePolicy(create) => one(Create(K::Policy), create.table_name),
            S::CreateRole(_) | S::CreateUser(_) => Some(Utility::new(Create(K::Role)).into()),
            S::CreateExtension(create) => Some(about(Create(K::Extension), bare(create.name))),
            S::CreateServer(create) => one(Create(K::Server), create.name),
            S::CreateDatabase { db_name, .. } => one(Create(K::Database), db_name),
            S::CreateOperator(create) => one(Create(K::Operator), create.name),
            S::CreateOperatorFamily(create) => one(Create(K::OperatorFamily), create.name),
            S::CreateOperatorClass(create) => one(Create(K::OperatorClass), create.name),
            S::CreateCollation(create) => one(Create(K::Collation), create.name),
            S::CreateTextSearch(create) => one(Create(text_search(create.object_type)), create.name),
            S::Comment { object_type, object_name, if_exists: false, .. } => {
                one(Action::Comment(commented(object_type)), object_name)
            }
            S::Grant(grant) => {
                let plain = grant.as_grantor.is_none() && grant.current_grants.is_none();
                plain.then(|| grant_or_revoke(Action::Grant, Action::GrantRole, grant.objects)).flatten()
            }
            S::Revoke(revoke) => grant_or_revoke(Action::Revoke, Action::RevokeRole, revoke.objects),
            other => return drop_statement(other),
        })
    }

    fn create_table(&mut self, create: CreateTable) -> Option<Statement> {
        absent(!create.or_replace && !create.external && !create.dynamic && !create.transient && !create.volatile)?;
        absent(!create.iceberg && !create.snapshot && create.clone.is_none() && create.on_cluster.is_none())?;
        absent(create.file_format.is_none() && create.location.is_none() && !create.without_rowid)?;
        if let Some(query) = create.query {
            return self.filled(create.name, create.temporary, K::Table, *query);
        }
        let mut utility = Utility::new(Action::Create(K::Table));
        utility.temporary = create.temporary;
        utility.names.push(names::name(create.name)?);
        for column in create.columns {
            self.column_definition(column, &mut utility)?;
        }
        for constraint in create.constraints {
            self.constraint(constraint, &mut utility)?;
        }
        if let Some(key) = create.partition_by {
            utility.exprs.append(&mut self.partition_key(*key)?);
            utility.computes();
        }
        if create.partition_of.is_some() {
            utility.options.push(Opt { name: "partition of".into(), value: None });
        }
        match create.for_values {
            Some(ForValues::In(values)) => utility.exprs.append(&mut self.exprs(values)?),
            Some(ForValues::From { from, to }) => {
                for bound in from.into_iter().chain(to) {
                    utility.exprs.push(match bound {
                        PartitionBoundValue::Expr(expr) => self.expr(expr)?,
                        // PostgreSQL's grammar has no words for these; it reads columns.
                        PartitionBoundValue::MinValue => Expr::Column(vec!["minvalue".into()]),
                        PartitionBoundValue::MaxValue => Expr::Column(vec!["maxvalue".into()]),
                    });
                }
            }
            Some(ForValues::With { .. } | ForValues::Default) | None => {}
        }
        Some(utility.into())
    }

    fn create_view(&mut self, create: CreateView) -> Option<Statement> {
        absent(!create.or_alter && !create.secure && create.cluster_by.is_empty() && !create.copy_grants)?;
        absent(create.to.is_none() && create.params.is_none() && !create.with_no_schema_binding)?;
        if create.materialized {
            return self.filled(create.name, false, K::MaterializedView, *create.query);
        }
        let mut utility = Utility::new(Action::Create(K::View));
        utility.temporary = create.temporary;
        utility.replace = create.or_replace;
        utility.names.push(names::name(create.name)?);
        utility.statements.push(self.query_statement(*create.query)?);
        Some(utility.into())
    }

    fn create_index(&mut self, create: CreateIndex) -> Option<Statement> {
        absent(create.index_options.is_empty() && create.alter_options.is_empty() && !create.r#async)?;
        let mut utility = Utility::new(Action::Create(K::Index));
        utility.names.push(names::name(create.table_name)?);
        for column in create.columns {
            utility.exprs.extend(self.indexed(column.column.expr)?);
        }
        utility.exprs.extend(self.maybe(create.predicate, Self::expr)?);
        utility.concurrently = create.concurrently;
        Some(utility.into())
    }

    fn create_domain(&mut self, create: ast::CreateDomain) -> Option<Statement> {
        let mut utility = Utility::new(Action::Create(K::Domain));
        utility.names.push(names::name(create.name)?);
        utility.exprs.extend(self.maybe(create.default, Self::expr)?);
        for constraint in create.constraints {
            self.constraint(constraint, &mut utility)?;
        }
        Some(utility.into())
    }
}

fn one(action: Action, name: ast::ObjectName) -> Option<Statement> {
    Some(about(action, names::name(name)?))
}

fn create_schema(name: SchemaName) -> Option<Statement> {
    let name = match name {
        SchemaName::Simple(name) | SchemaName::NamedAuthorization(name, _) => names::name(name)?,
        // The schema is named as the role; PostgreSQL's tree leaves the name empty.
        SchemaName::UnnamedAuthorization(_) => Name::default(),
    };
    Some(about(Action::Create(K::Schema), name))
}

fn create_type(name: ast::ObjectName, representation: Option<Representation>) -> Option<Statement> {
    let mut utility = Utility::new(Action::Create(K::Type));
    utility.names.push(names::name(name)?);
    let mut option = |name: &str| utility.options.push(Opt { name: name.into(), value: None });
    match representation {
        Some(Representation::Range { options }) => {
            for part in options {
                match part {
                    R::Canonical(_) => option("canonical"),
                    R::SubtypeDiff(_) => option("subtype_diff"),
                    R::Subtype(_) | R::SubtypeOpClass(_) | R::Collation(_) | R::MultirangeTypeName(_) => {}
                }
            }
        }
        Some(Representation::SqlDefinition { options }) => {
            for part in options {
                match part {
                    D::Input(_) => option("input"),
                    D::Output(_) => option("output"),
                    D::Receive(_) => option("receive"),
                    D::Send(_) => option("send"),
                    _ => {}
                }
            }
        }
        Some(Representation::Composite { .. } | Representation::Enum { .. }) | None => {}
    }
    Some(utility.into())
}

fn create_function(create: CreateFunction) -> Option<Statement> {
    absent(!create.or_alter && !create.temporary && !create.if_not_exists && create.using.is_none())?;
    absent(create.options.is_none() && create.remote_connection.is_none())?;
    one(Action::Create(K::Function), create.name)
}

fn grant_or_revoke(on_objects: Action, of_roles: Action, objects: Option<ast::GrantObjects>) -> Option<Statement> {
    match objects {
        Some(objects) => Some(about_all(on_objects, granted(objects)?)),
        None => Some(Utility::new(of_roles).into()),
    }
}

fn drop_statement(statement: S) -> Handed {
    use Action::Drop;
    let routines = |kind, list: Vec<FunctionDesc>| {
        let names = list.into_iter().map(|routine| names::name(routine.name)).collect::<Option<_>>()?;
        Some(about_all(Drop(kind), names))
    };
    let cascade = cascades(&statement);
    let dropped = match statement {
        S::Drop { object_type, names, purge: false, temporary: false, table: None, .. } => {
            drop_objects(object_type, names)
        }
        S::DropFunction(drop) => routines(K::Function, drop.func_desc),
        S::DropProcedure { proc_desc, .. } => routines(K::Procedure, proc_desc),
        S::DropTrigger(drop) => on_table(K::Trigger, drop.trigger_name, drop.table_name),
        S::DropPolicy(drop) => on_table(K::Policy, vec![drop.name].into(), Some(drop.table_name)),
        S::DropDomain(drop) => one(Drop(K::Domain), drop.name),
        S::DropExtension(drop) => Some(about_all(Drop(K::Extension), drop.names.into_iter().map(bare).collect())),
        S::DropOperator(drop) => {
            let names = drop.operators.into_iter().map(|operator| names::name(operator.name)).collect::<Option<_>>();
            names.map(|names| about_all(Drop(K::Operator), names))
        }
        S::DropOperatorFamily(drop) => names::names(drop.names).map(|names| about_all(Drop(K::OperatorFamily), names)),
        S::DropOperatorClass(drop) => names::names(drop.names).map(|names| about_all(Drop(K::OperatorClass), names)),
        other => return Err(Box::new(other)),
    };
    Ok(dropped.map(|statement| match statement {
        Statement::Utility(utility) => Utility { cascade, ..*utility }.into(),
        other => other,
    }))
}

fn drop_objects(kind: ast::ObjectType, list: Vec<ast::ObjectName>) -> Option<Statement> {
    let kind = dropped(kind)?;
    // PostgreSQL's tree names roles by another kind of node, which is no relation.
    let list = if kind == K::Role { Vec::new() } else { names::names(list)? };
    Some(about_all(Action::Drop(kind), list))
}

/// Whether a DROP says CASCADE.
fn cascades(statement: &S) -> bool {
    let (behavior, option) = match statement {
        S::Drop { cascade, .. } => return *cascade,
        S::DropFunction(drop) => (drop.drop_behavior, None),
        S::DropProcedure { drop_behavior, .. } => (*drop_behavior, None),
        S::DropPolicy(drop) => (drop.drop_behavior, None),
        S::DropDomain(drop) => (drop.drop_behavior, None),
        S::DropOperator(drop) => (drop.drop_behavior, None),
        S::DropOperatorFamily(drop) => (drop.drop_behavior, None),
        S::DropOperatorClass(drop) => (drop.drop_behavior, None),
        S::DropTrigger(drop) => (None, drop.option),
        S::DropExtension(drop) => (None, drop.cascade_or_restrict),
        _ => return false,
    };
    behavior == Some(ast::DropBehavior::Cascade) || option == Some(ast::ReferentialAction::Cascade)
}

/// What hangs on a table is named by both: the table stands where a schema would.
fn on_table(kind: K, name: ast::ObjectName, table: Option<ast::ObjectName>) -> Option<Statement> {
    let schema = Some(names::name(table?)?.name);
    Some(about(Action::Drop(kind), Name { schema, name: names::name(name)?.name }))
}
