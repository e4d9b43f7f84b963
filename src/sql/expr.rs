//! Expressions: pg_query's nodes to ours.

use super::convert::{Convert, Nodes, boxed, name_of, strings};
use super::{Call, Constant, Expr, Name, Sublink};
use pg_query::NodeEnum;
use pg_query::protobuf::{self as pb, AExprKind, BoolExprType, BoolTestType, Node, NullTestType, SubLinkType, a_const};

impl Convert {
    /// An optional boxed node.
    pub fn opt(&mut self, node: Option<Box<Node>>) -> Option<Expr> {
        node.map(|node| self.expr(*node))
    }

    /// A list of nodes.
    pub fn list(&mut self, nodes: Nodes) -> Vec<Expr> {
        nodes.into_iter().map(|node| self.expr(node)).collect()
    }

    /// A node that must be there.
    pub fn req(&mut self, node: Option<Box<Node>>) -> Box<Expr> {
        Box::new(self.opt(node).unwrap_or(Expr::Unknown("missing")))
    }

    fn other<const N: usize>(&mut self, lists: [Nodes; N], single: Option<Box<Node>>) -> Expr {
        let mut parts = Vec::new();
        for list in lists {
            parts.append(&mut self.list(list));
        }
        parts.extend(self.opt(single));
        Expr::Other(parts)
    }

    /// One expression node.
    pub fn expr(&mut self, node: Node) -> Expr {
        let Some(node) = node.node else { return Expr::Other(Vec::new()) };
        if !self.enter() {
            return Expr::Unknown("too deep");
        }
        let expr = self.expr_inner(node);
        self.leave();
        expr
    }

    fn expr_inner(&mut self, node: NodeEnum) -> Expr {
        match node {
            NodeEnum::ColumnRef(column) => self.column_or_variable(column_parts(column.fields)),
            NodeEnum::AConst(constant) => Expr::Constant(constant_of(constant)),
            NodeEnum::ParamRef(param) => Expr::Parameter(u32::try_from(param.number).unwrap_or(0)),
            NodeEnum::FuncCall(call) => self.call(*call),
            NodeEnum::AExpr(expr) => self.operator(*expr),
            NodeEnum::BoolExpr(expr) => self.boolean(*expr),
            NodeEnum::NullTest(test) => {
                Expr::IsNull { negated: test.nulltesttype == NullTestType::IsNotNull as i32, arg: self.req(test.arg) }
            }
            NodeEnum::BooleanTest(test) => self.bool_test(*test),
            NodeEnum::TypeCast(cast) => Expr::Cast {
                arg: self.req(cast.arg),
                type_name: cast.type_name.map(|t| name_of(t.names)).unwrap_or_default(),
            },
            NodeEnum::SubLink(link) => self.sublink(*link),
            NodeEnum::CaseExpr(case) => self.case(*case),
            NodeEnum::CoalesceExpr(expr) => Expr::Coalesce(self.list(expr.args)),
            NodeEnum::RowExpr(row) => Expr::Row(self.list(row.args)),
            NodeEnum::AArrayExpr(array) => Expr::Array(self.list(array.elements)),
            NodeEnum::CurrentOfExpr(_) => Expr::CurrentOf,
            NodeEnum::SqlvalueFunction(_) => Expr::SqlValue,
            NodeEnum::List(list) => Expr::Row(self.list(list.items)),
            NodeEnum::SetToDefault(_) => Expr::Other(Vec::new()),
            NodeEnum::CollateClause(collate) => *self.req(collate.arg),
            // Its place in the list says nothing of which argument it is: nobody may take it for a constant there.
            NodeEnum::NamedArgExpr(arg) => self.other([], arg.arg),
            NodeEnum::AIndirection(expr) => {
                let base = self.req(expr.arg);
                let mut parts = vec![*base];
                parts.append(&mut self.list(expr.indirection));
                Expr::Other(parts)
            }
            NodeEnum::AIndices(indices) => {
                let parts = [indices.lidx, indices.uidx].into_iter().flatten().map(|node| self.expr(*node)).collect();
                Expr::Other(parts)
            }
            NodeEnum::MultiAssignRef(assign) => *self.req(assign.source),
            NodeEnum::ResTarget(target) => self.other([target.indirection], target.val),
            NodeEnum::SortBy(sort) => self.sort(*sort),
            NodeEnum::WindowDef(window) => self.window(*window),
            NodeEnum::GroupingSet(set) => self.other([set.content], None),
            NodeEnum::GroupingFunc(func) => self.other([func.args], None),
            NodeEnum::MinMaxExpr(expr) => self.other([expr.args], None),
            NodeEnum::MergeSupportFunc(_) | NodeEnum::AStar(_) => Expr::Other(Vec::new()),
            NodeEnum::String(text) => Expr::Constant(Constant::String(boxed(text.sval))),
            NodeEnum::Integer(number) => Expr::Constant(Constant::Number(boxed(number.ival.to_string()))),
            NodeEnum::Float(number) => Expr::Constant(Constant::Number(boxed(number.fval))),
            NodeEnum::Boolean(value) => Expr::Constant(Constant::Bool(value.boolval)),
            NodeEnum::BitString(bits) => Expr::Constant(Constant::Bits(boxed(bits.bsval))),
            NodeEnum::TypeName(name) => {
                Expr::Cast { arg: Box::new(Expr::Other(Vec::new())), type_name: name_of(name.names) }
            }
            NodeEnum::XmlExpr(xml) => self.other([xml.named_args, xml.args], None),
            NodeEnum::XmlSerialize(xml) => self.other([], xml.expr),
            NodeEnum::IndexElem(elem) => self.other([], elem.expr),
            NodeEnum::PartitionElem(elem) => self.other([], elem.expr),
            NodeEnum::StatsElem(elem) => self.other([], elem.expr),
            NodeEnum::SelectStmt(_) => Expr::Sublink {
                kind: Sublink::Scalar,
                test: None,
                operator: None,
                statement: Box::new(self.statement(node)),
            },
            json => self.json(json),
        }
    }

    fn call(&mut self, call: pb::FuncCall) -> Expr {
        let args = self.list(call.args);
        let mut rest = self.list(call.agg_order);
        rest.extend(self.opt(call.agg_filter));
        if let Some(window) = call.over {
            rest.push(self.window(*window));
        }
        Expr::Call(Box::new(Call { name: name_of(call.funcname), args, rest }))
    }

    fn sort(&mut self, sort: pb::SortBy) -> Expr {
        let inner = self.req(sort.node);
        if sort.use_op.is_empty() {
            return *inner;
        }
        Expr::Operator { name: name_of(sort.use_op), left: None, right: inner }
    }

    fn window(&mut self, window: pb::WindowDef) -> Expr {
        let mut parts = self.list(window.partition_clause);
        parts.append(&mut self.list(window.order_clause));
        parts.extend(self.opt(window.start_offset));
        parts.extend(self.opt(window.end_offset));
        Expr::Other(parts)
    }

    fn boolean(&mut self, expr: pb::BoolExpr) -> Expr {
        let mut args = self.list(expr.args);
        match BoolExprType::try_from(expr.boolop) {
            Ok(BoolExprType::AndExpr) => Expr::And(args),
            Ok(BoolExprType::OrExpr) => Expr::Or(args),
            Ok(BoolExprType::NotExpr) => args.pop().map_or(Expr::Unknown("NOT"), |arg| Expr::Not(Box::new(arg))),
            Ok(BoolExprType::Undefined) | Err(_) => Expr::Unknown("boolean"),
        }
    }

    fn bool_test(&mut self, test: pb::BooleanTest) -> Expr {
        let arg = self.req(test.arg);
        let (value, negated) = match BoolTestType::try_from(test.booltesttype) {
            Ok(BoolTestType::IsTrue) => (Some(true), false),
            Ok(BoolTestType::IsNotTrue) => (Some(true), true),
            Ok(BoolTestType::IsFalse) => (Some(false), false),
            Ok(BoolTestType::IsNotFalse) => (Some(false), true),
            Ok(BoolTestType::IsUnknown) => (None, false),
            Ok(BoolTestType::IsNotUnknown) => (None, true),
            Ok(BoolTestType::Undefined) | Err(_) => return Expr::Unknown("boolean test"),
        };
        Expr::IsBool { arg, value, negated }
    }

    fn case(&mut self, case: pb::CaseExpr) -> Expr {
        let arg = self.opt(case.arg).map(Box::new);
        let mut whens = Vec::new();
        for node in case.args {
            if let Some(NodeEnum::CaseWhen(when)) = node.node {
                let condition = *self.req(when.expr);
                whens.push((condition, *self.req(when.result)));
            }
        }
        Expr::Case { arg, whens, default: self.opt(case.defresult).map(Box::new) }
    }

    fn sublink(&mut self, link: pb::SubLink) -> Expr {
        let kind = match SubLinkType::try_from(link.sub_link_type) {
            Ok(SubLinkType::ExistsSublink) => Sublink::Exists,
            Ok(SubLinkType::AnySublink) => Sublink::Any,
            Ok(SubLinkType::AllSublink) => Sublink::All,
            Ok(SubLinkType::ExprSublink | SubLinkType::RowcompareSublink | SubLinkType::MultiexprSublink) => {
                Sublink::Scalar
            }
            Ok(SubLinkType::ArraySublink) => Sublink::Array,
            Ok(SubLinkType::CteSublink | SubLinkType::Undefined) | Err(_) => return Expr::Unknown("sub-select"),
        };
        let test = self.opt(link.testexpr).map(Box::new);
        let operator = (!link.oper_name.is_empty()).then(|| name_of(link.oper_name));
        let statement = Box::new(self.statement_node(link.subselect));
        Expr::Sublink { kind, test, operator, statement }
    }

    fn operator(&mut self, expr: pb::AExpr) -> Expr {
        let name = name_of(expr.name);
        let left = self.opt(expr.lexpr).map(Box::new);
        let Some(right) = self.opt(expr.rexpr) else { return Expr::Unknown("operator") };
        let kind = AExprKind::try_from(expr.kind).unwrap_or(AExprKind::Undefined);
        let negated = &*name.name == "<>";
        match (kind, left, right) {
            (AExprKind::AexprOp, left, right) => Expr::Operator { name, left, right: Box::new(right) },
            (AExprKind::AexprOpAny | AExprKind::AexprOpAll, Some(arg), right) => {
                Expr::AnyAll { operator: name, arg, array: Box::new(right), all: kind == AExprKind::AexprOpAll }
            }
            (AExprKind::AexprDistinct, Some(left), right) => {
                Expr::Distinct { left, right: Box::new(right), negated: false }
            }
            (AExprKind::AexprNotDistinct, Some(left), right) => {
                Expr::Distinct { left, right: Box::new(right), negated: true }
            }
            (AExprKind::AexprNullif, Some(left), right) => Expr::NullIf(left, Box::new(right)),
            (AExprKind::AexprIn, Some(arg), Expr::Row(list)) => Expr::In { arg, list, negated },
            (AExprKind::AexprLike | AExprKind::AexprIlike, left, right) => {
                Expr::Operator { name, left, right: Box::new(right) }
            }
            (AExprKind::AexprSimilar, left, right) => {
                let word = if &*name.name == "!~" { "!similar" } else { "similar" };
                // The grammar wraps the pattern in similar_to_escape().
                let right = match right {
                    Expr::Call(mut call) if !call.args.is_empty() => call.args.swap_remove(0),
                    other => other,
                };
                Expr::Operator { name: Name { schema: None, name: word.into() }, left, right: Box::new(right) }
            }
            (
                AExprKind::AexprBetween
                | AExprKind::AexprNotBetween
                | AExprKind::AexprBetweenSym
                | AExprKind::AexprNotBetweenSym,
                Some(arg),
                Expr::Row(bounds),
            ) => {
                let mut bounds = bounds.into_iter();
                let (Some(low), Some(high)) = (bounds.next(), bounds.next()) else { return Expr::Unknown("BETWEEN") };
                Expr::Between {
                    arg,
                    low: Box::new(low),
                    high: Box::new(high),
                    negated: matches!(kind, AExprKind::AexprNotBetween | AExprKind::AexprNotBetweenSym),
                    symmetric: matches!(kind, AExprKind::AexprBetweenSym | AExprKind::AexprNotBetweenSym),
                }
            }
            _ => Expr::Unknown("operator"),
        }
    }

    /// The JSON family of PostgreSQL 16 and later; whatever is left is unknown.
    fn json(&mut self, node: NodeEnum) -> Expr {
        match node {
            NodeEnum::JsonFuncExpr(func) => {
                let mut parts = vec![self.json_value(func.context_item)];
                parts.extend(self.opt(func.pathspec));
                parts.append(&mut self.list(func.passing));
                parts.append(&mut self.json_output(func.output));
                for behavior in [func.on_empty, func.on_error].into_iter().flatten() {
                    parts.extend(self.opt(behavior.expr));
                }
                Expr::Other(parts)
            }
            NodeEnum::JsonValueExpr(value) => self.json_value(Some(value)),
            NodeEnum::JsonArgument(arg) => self.json_value(arg.val),
            NodeEnum::JsonKeyValue(pair) => {
                let key = *self.req(pair.key);
                Expr::Other(vec![key, self.json_value(pair.value)])
            }
            NodeEnum::JsonParseExpr(expr) => {
                let mut parts = vec![self.json_value(expr.expr)];
                parts.append(&mut self.json_output(expr.output));
                Expr::Other(parts)
            }
            NodeEnum::JsonSerializeExpr(expr) => {
                let mut parts = vec![self.json_value(expr.expr)];
                parts.append(&mut self.json_output(expr.output));
                Expr::Other(parts)
            }
            NodeEnum::JsonScalarExpr(expr) => self.other([], expr.expr),
            NodeEnum::JsonIsPredicate(expr) => self.other([], expr.expr),
            NodeEnum::JsonObjectConstructor(expr) => self.json_constructor(expr.exprs, expr.output),
            NodeEnum::JsonArrayConstructor(expr) => self.json_constructor(expr.exprs, expr.output),
            NodeEnum::JsonArrayQueryConstructor(expr) => {
                let statement = Box::new(self.statement_node(expr.query));
                Expr::Sublink { kind: Sublink::Array, test: None, operator: None, statement }
            }
            NodeEnum::JsonObjectAgg(agg) => {
                let mut parts = self.json_aggregate(agg.constructor);
                if let Some(pair) = agg.arg {
                    parts.push(*self.req(pair.key));
                    parts.push(self.json_value(pair.value));
                }
                Expr::Other(parts)
            }
            NodeEnum::JsonArrayAgg(agg) => {
                let mut parts = self.json_aggregate(agg.constructor);
                parts.push(self.json_value(agg.arg));
                Expr::Other(parts)
            }
            _ => Expr::Unknown("expression"),
        }
    }

    /// A JSON value with its FORMAT clause.
    pub fn json_value(&mut self, value: Option<Box<pb::JsonValueExpr>>) -> Expr {
        value.map_or(Expr::Other(Vec::new()), |value| self.other([], value.raw_expr))
    }

    fn json_output(&mut self, output: Option<pb::JsonOutput>) -> Vec<Expr> {
        let names = output.and_then(|output| output.type_name).map(|name| name_of(name.names));
        names.map(|type_name| Expr::Cast { arg: Box::new(Expr::Other(Vec::new())), type_name }).into_iter().collect()
    }

    fn json_constructor(&mut self, exprs: Nodes, output: Option<pb::JsonOutput>) -> Expr {
        let mut parts = self.list(exprs);
        parts.append(&mut self.json_output(output));
        Expr::Other(parts)
    }

    fn json_aggregate(&mut self, constructor: Option<Box<pb::JsonAggConstructor>>) -> Vec<Expr> {
        let Some(constructor) = constructor else { return Vec::new() };
        let mut parts = self.json_output(constructor.output);
        parts.extend(self.opt(constructor.agg_filter));
        parts.append(&mut self.list(constructor.agg_order));
        if let Some(window) = constructor.over {
            parts.push(self.window(*window));
        }
        parts
    }
}

fn column_parts(fields: Nodes) -> Vec<Box<str>> {
    let star = matches!(fields.last().and_then(|node| node.node.as_ref()), Some(NodeEnum::AStar(_)));
    let mut parts = strings(fields);
    if star {
        parts.push("*".into());
    }
    parts
}

fn constant_of(constant: pb::AConst) -> Constant {
    match constant.val {
        None => Constant::Null,
        Some(a_const::Val::Ival(number)) => Constant::Number(boxed(number.ival.to_string())),
        Some(a_const::Val::Fval(number)) => Constant::Number(boxed(number.fval)),
        Some(a_const::Val::Boolval(value)) => Constant::Bool(value.boolval),
        Some(a_const::Val::Sval(text)) => Constant::String(boxed(text.sval)),
        Some(a_const::Val::Bsval(bits)) => Constant::Bits(boxed(bits.bsval)),
    }
}
