//! Function calls.

use super::super::{Call, Expr, Sublink};
use super::expr::{RESERVED, is_sql_value};
use super::{Mapping, absent, names};
use sqlparser::ast::{
    self, Function, FunctionArg, FunctionArgExpr, FunctionArgOperator, FunctionArgumentClause, FunctionArguments,
    ObjectName, OrderByExpr, OrderBySort, WindowSpec, WindowType,
};

impl Mapping {
    /// A call, or one of the expressions that PostgreSQL's grammar writes as calls.
    pub fn function(&mut self, function: Function) -> Option<Expr> {
        let Function { name, uses_odbc_syntax, parameters, args, within_group, filter, null_treatment, over } =
            function;
        absent(!uses_odbc_syntax && parameters == FunctionArguments::None && null_treatment.is_none())?;
        let keyword = keyword_of(&name);
        let mut rest = self.sort(within_group)?;
        let args = match args {
            FunctionArguments::None => {
                absent(rest.is_empty() && filter.is_none() && over.is_none())?;
                return is_sql_value(&keyword).then_some(Expr::SqlValue);
            }
            FunctionArguments::Subquery(query) => {
                return match keyword.as_str() {
                    "array" => self.sublink(Sublink::Array, None, None, *query),
                    _ => None,
                };
            }
            FunctionArguments::List(list) => {
                for clause in list.clauses {
                    match clause {
                        FunctionArgumentClause::OrderBy(order) => rest.append(&mut self.sort(order)?),
                        FunctionArgumentClause::JsonNullClause(_) | FunctionArgumentClause::JsonReturningClause(_) => {}
                        _ => return None,
                    }
                }
                let pairs = list.args.iter().any(is_pair);
                let args = self.arguments(list.args)?;
                // With keys it is PostgreSQL's own expression, not the function of the same name.
                if pairs && keyword == "json_object" {
                    return Some(Expr::Other(args));
                }
                args
            }
        };
        if is_sql_value(&keyword) && keyword != "current_schema" {
            return Some(Expr::SqlValue);
        }
        rest.extend(self.maybe(filter, |mapping, filter| mapping.expr(*filter))?);
        if let Some(over) = over {
            match over {
                WindowType::WindowSpec(spec) => rest.push(self.window(spec)?),
                WindowType::NamedWindow(_) => {}
            }
        }
        called(name, args, rest)
    }

    /// A call's arguments. `*` is none; a JSON key is one of its own.
    pub fn arguments(&mut self, list: Vec<FunctionArg>) -> Option<Vec<Expr>> {
        let mut args = Vec::with_capacity(list.len());
        for arg in list {
            let arg = match arg {
                FunctionArg::Unnamed(arg) => arg,
                FunctionArg::Named { arg, .. } => arg,
                FunctionArg::ExprNamed { name, arg, operator } => {
                    match operator {
                        // XMLPARSE (DOCUMENT x): the name is a word of the grammar.
                        FunctionArgOperator::RightArrow
                        | FunctionArgOperator::Assignment
                        | FunctionArgOperator::Space => {}
                        FunctionArgOperator::Colon | FunctionArgOperator::Value => args.push(self.expr(name)?),
                        // In PostgreSQL that is a comparison.
                        FunctionArgOperator::Equals => return None,
                    }
                    arg
                }
            };
            match arg {
                // `name := value`, which sqlparser reads as an operator.
                FunctionArgExpr::Expr(ast::Expr::BinaryOp { left, op: ast::BinaryOperator::Assignment, right })
                    if matches!(*left, ast::Expr::Identifier(_)) =>
                {
                    args.push(self.expr(*right)?);
                }
                FunctionArgExpr::Expr(expr) => args.push(self.expr(expr)?),
                FunctionArgExpr::QualifiedWildcard(name) => {
                    let mut parts = names::parts(name)?;
                    parts.push("*".into());
                    args.push(Expr::Column(parts));
                }
                FunctionArgExpr::Wildcard => {}
                _ => return None,
            }
        }
        Some(args)
    }

    /// ORDER BY's expressions.
    pub fn sort(&mut self, order: Vec<OrderByExpr>) -> Option<Vec<Expr>> {
        self.each(order, |mapping, item| {
            absent(item.with_fill.is_none())?;
            let expr = mapping.expr(item.expr)?;
            Some(match item.options.sort {
                Some(OrderBySort::Using(name)) => {
                    Expr::Operator { name: names::name(name)?, left: None, right: Box::new(expr) }
                }
                Some(OrderBySort::Asc | OrderBySort::Desc) | None => expr,
            })
        })
    }

    /// A window's definition.
    pub fn window(&mut self, spec: WindowSpec) -> Option<Expr> {
        let mut parts = self.exprs(spec.partition_by)?;
        parts.append(&mut self.sort(spec.order_by)?);
        if let Some(frame) = spec.window_frame {
            for bound in [Some(frame.start_bound), frame.end_bound].into_iter().flatten() {
                if let ast::WindowFrameBound::Preceding(Some(offset)) | ast::WindowFrameBound::Following(Some(offset)) =
                    bound
                {
                    parts.push(self.expr(*offset)?);
                }
            }
        }
        Some(Expr::Other(parts))
    }
}

/// Whether an argument is a key and its value.
fn is_pair(arg: &FunctionArg) -> bool {
    matches!(arg, FunctionArg::ExprNamed { operator: FunctionArgOperator::Colon | FunctionArgOperator::Value, .. })
}

/// The word of a name that is a single unquoted one; empty for others.
fn keyword_of(name: &ObjectName) -> String {
    match name.0.as_slice() {
        [ast::ObjectNamePart::Identifier(word)] if word.quote_style.is_none() => word.value.to_ascii_lowercase(),
        _ => String::new(),
    }
}

/// A call by that name, or what PostgreSQL's grammar makes of the word.
pub fn called(name: ObjectName, args: Vec<Expr>, mut rest: Vec<Expr>) -> Option<Expr> {
    let keyword = keyword_of(&name);
    Some(match (keyword.as_str(), args.len()) {
        ("coalesce", _) => Expr::Coalesce(args),
        ("row", _) => Expr::Row(args),
        ("nullif", 2) => {
            let mut args = args.into_iter();
            Expr::NullIf(Box::new(args.next()?), Box::new(args.next()?))
        }
        // No function can have these names without quotes: sqlparser took something else for a call.
        ("values" | "exists", _) => return None,
        (word, _) if RESERVED.binary_search(&word).is_ok() => return None,
        (word, _) if is_expression_word(word) => {
            let mut parts = args;
            parts.append(&mut rest);
            Expr::Other(parts)
        }
        _ => Expr::Call(Box::new(Call { name: names::name(name)?, args, rest })),
    })
}

/// What looks like a call and is an expression of PostgreSQL's grammar (`func_expr_common_subexpr` in gram.y), so
/// that no function of that name is called.
fn is_expression_word(word: &str) -> bool {
    matches!(
        word,
        "greatest"
            | "least"
            | "grouping"
            | "xmlconcat"
            | "xmlelement"
            | "xmlforest"
            | "xmlparse"
            | "xmlpi"
            | "xmlroot"
            | "xmlserialize"
            | "json_array"
            | "json_arrayagg"
            | "json_objectagg"
            | "json_exists"
            | "json_query"
            | "json_value"
            | "json_scalar"
            | "json_serialize"
            | "json"
            | "merge_action"
    )
}
