//! What others will run, and DO: pg_query's nodes to ours.

use super::convert::{Convert, Nodes, boxed, name_of, strings, table_name};
use super::create::NotMine;
use super::define::{listed, named, object_kind};
use super::object::ObjectKind as K;
use super::{Action, Code, Constant, Expr, Name, Opt, Statement, Utility};
use pg_query::NodeEnum;
use pg_query::protobuf::{self as pb, Node};

impl Convert {
    /// Functions, triggers, rules, policies, operators, casts: what others will run.
    pub fn define_code(&mut self, node: Box<NodeEnum>) -> Result<Statement, NotMine> {
        use Action::{Alter, Create};
        Ok(match *node {
            NodeEnum::CreateFunctionStmt(create) => self.create_function(*create),
            NodeEnum::AlterFunctionStmt(alter) => {
                let mut utility = Utility::new(Alter(object_kind(alter.objtype)));
                utility.names.push(alter.func.map(|func| name_of(func.objname)).unwrap_or_default());
                self.function_options(alter.actions, utility.code());
                utility.into()
            }
            NodeEnum::DoStmt(block) => {
                let mut utility = Utility::new(Action::Do);
                self.function_options(block.args, utility.code());
                utility.into()
            }
            NodeEnum::CreateTrigStmt(create) => {
                let mut utility = on_table(Create(K::Trigger), create.relation);
                utility.code().exprs.extend(self.opt(create.when_clause));
                utility.code().functions.push(name_of(create.funcname));
                utility.into()
            }
            NodeEnum::RuleStmt(rule) => self.create_rule(*rule),
            NodeEnum::CreatePolicyStmt(create) => {
                let mut utility = on_table(Create(K::Policy), create.table);
                utility.code().exprs.extend([self.opt(create.qual), self.opt(create.with_check)].into_iter().flatten());
                utility.into()
            }
            NodeEnum::AlterPolicyStmt(alter) => {
                let mut utility = on_table(Alter(K::Policy), alter.table);
                utility.code().exprs.extend([self.opt(alter.qual), self.opt(alter.with_check)].into_iter().flatten());
                utility.into()
            }
            NodeEnum::CreateEventTrigStmt(create) => {
                let trigger = Name { schema: None, name: boxed(create.trigname) };
                running(Create(K::EventTrigger), trigger, [create.funcname])
            }
            NodeEnum::AlterEventTrigStmt(alter) => named(Alter(K::EventTrigger), alter.trigname),
            NodeEnum::CreatePlangStmt(create) => running(
                Create(K::Language),
                Name { schema: None, name: boxed(create.plname) },
                [create.plhandler, create.plinline, create.plvalidator],
            ),
            NodeEnum::CreateConversionStmt(create) => {
                running(Create(K::Conversion), name_of(create.conversion_name), [create.func_name])
            }
            NodeEnum::CreateCastStmt(create) => {
                running_alone(Create(K::Cast), [create.func.map(|func| func.objname).unwrap_or_default()])
            }
            NodeEnum::CreateTransformStmt(create) => running_alone(
                Create(K::Transform),
                [create.fromsql, create.tosql].map(|func| func.map(|func| func.objname).unwrap_or_default()),
            ),
            NodeEnum::DefineStmt(define) => {
                let mut utility = Utility::new(Create(object_kind(define.kind)));
                utility.names.push(name_of(define.defnames));
                utility.replace = define.replace;
                utility.options = self.options(define.definition);
                let functions = functions_of(&utility.options);
                utility.code().functions = functions;
                utility.into()
            }
            NodeEnum::AlterOperatorStmt(alter) => {
                let mut utility = Utility::new(Alter(K::Operator));
                utility.names.push(alter.opername.map(|name| name_of(name.objname)).unwrap_or_default());
                utility.code().functions = functions_of(&self.options(alter.options));
                utility.into()
            }
            other => return self.define_operators(other),
        })
    }

    fn define_operators(&mut self, node: NodeEnum) -> Result<Statement, NotMine> {
        use Action::{Alter, Create};
        Ok(match node {
            NodeEnum::CreateOpClassStmt(create) => {
                running(Create(K::OperatorClass), name_of(create.opclassname), support(create.items))
            }
            NodeEnum::CreateOpFamilyStmt(create) => listed(Create(K::OperatorFamily), create.opfamilyname),
            NodeEnum::AlterOpFamilyStmt(alter) => {
                running(Alter(K::OperatorFamily), name_of(alter.opfamilyname), support(alter.items))
            }
            NodeEnum::CreateAmStmt(create) => named(Create(K::AccessMethod), create.amname),
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

    fn create_function(&mut self, create: pb::CreateFunctionStmt) -> Statement {
        let kind = if create.is_procedure { K::Procedure } else { K::Function };
        let mut utility = Utility::new(Action::Create(kind));
        utility.names.push(name_of(create.funcname));
        let code = utility.code();
        for parameter in create.parameters {
            if let Some(NodeEnum::FunctionParameter(parameter)) = parameter.node {
                code.exprs.extend(self.opt(parameter.defexpr));
            }
        }
        self.function_options(create.options, code);
        self.sql_body(create.sql_body, code);
        utility.into()
    }

    /// BEGIN ATOMIC is a list of a list of statements; RETURN is one statement.
    fn sql_body(&mut self, body: Option<Box<Node>>, code: &mut Code) {
        if !self.enter() {
            return;
        }
        match body.and_then(|node| node.node) {
            Some(NodeEnum::List(list)) => {
                list.items.into_iter().for_each(|item| self.sql_body(Some(Box::new(item)), code));
            }
            Some(NodeEnum::ReturnStmt(body)) => code.exprs.extend(self.opt(body.returnval)),
            Some(node) => {
                let statement = self.statement(node);
                code.statements.push(statement);
            }
            None => {}
        }
        self.leave();
    }

    /// AS, LANGUAGE and SET; the other options of a function and of DO are no code.
    fn function_options(&mut self, options: Nodes, code: &mut Code) {
        for option in options {
            let Some(NodeEnum::DefElem(option)) = option.node else { continue };
            match (&*option.defname, option.arg.and_then(|arg| arg.node)) {
                ("as", Some(NodeEnum::List(list))) => code.texts.extend(strings(list.items)),
                ("as", Some(NodeEnum::String(text))) => code.texts.push(boxed(text.sval)),
                ("language", Some(NodeEnum::String(text))) => {
                    code.language = Some(text.sval.to_ascii_lowercase().into_boxed_str());
                }
                ("set", Some(NodeEnum::VariableSetStmt(set))) => code.settings.push(self.set(set)),
                ("support", Some(NodeEnum::List(list))) => code.functions.push(name_of(list.items)),
                _ => {}
            }
        }
    }

    fn create_rule(&mut self, rule: pb::RuleStmt) -> Statement {
        let mut utility = on_table(Action::Create(K::Rule), rule.relation);
        utility.replace = rule.replace;
        let code = utility.code();
        code.exprs.extend(self.opt(rule.where_clause));
        code.statements.extend(rule.actions.into_iter().map(|node| self.statement_node(Some(Box::new(node)))));
        utility.into()
    }
}

fn on_table(action: Action, relation: Option<pb::RangeVar>) -> Utility {
    let mut utility = Utility::new(action);
    utility.names.extend(relation.as_ref().map(table_name));
    utility
}

/// A definition that makes others run these functions.
fn running(action: Action, name: Name, functions: impl IntoIterator<Item = Nodes>) -> Statement {
    let mut utility = Utility::new(action);
    utility.names.push(name);
    utility.code().functions = functions.into_iter().map(name_of).collect();
    utility.into()
}

/// The same, for what has no name of its own.
fn running_alone(action: Action, functions: impl IntoIterator<Item = Nodes>) -> Statement {
    let mut utility = Utility::new(action);
    utility.code().functions = functions.into_iter().map(name_of).collect();
    utility.into()
}

/// The functions of an operator class's items.
fn support(items: Nodes) -> Vec<Nodes> {
    items
        .into_iter()
        .filter_map(|item| match item.node {
            Some(NodeEnum::CreateOpClassItem(item)) => item.name.map(|name| name.objname),
            _ => None,
        })
        .collect()
}

/// What the options of a definition name: functions, among types that nobody mistakes for them. The grammar reads a
/// function's name as a type's; a string does as well (`defGetQualifiedName`).
pub fn functions_of(options: &[Opt]) -> Vec<Name> {
    options
        .iter()
        .filter_map(|option| match option.value.as_ref()? {
            Expr::Cast { type_name, .. } => Some(type_name.clone()),
            Expr::Constant(Constant::String(text)) => Some(Name { schema: None, name: text.clone() }),
            _ => None,
        })
        .collect()
}
