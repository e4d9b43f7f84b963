//! Expressions.

use super::super::{Call, Constant, Expr, Name, Sublink};
use super::names::{self, ident};
use super::value::{built_in, type_name, value};
use super::{Mapping, absent};
use sqlparser::ast::{self, AccessExpr, BinaryOperator, JoinOperator, Subscript, UnaryOperator};

/// A node, its parts in a box.
fn boxed(expr: Expr) -> Box<Expr> {
    Box::new(expr)
}

/// An operator of PostgreSQL's own.
fn operator(name: &str) -> Name {
    Name { schema: None, name: name.into() }
}

impl Mapping {
    /// One expression.
    pub fn expr(&mut self, expr: ast::Expr) -> Option<Expr> {
        self.deeper(|mapping| mapping.expr_here(expr))
    }

    /// One expression in a box.
    pub fn part(&mut self, expr: Box<ast::Expr>) -> Option<Box<Expr>> {
        self.expr(*expr).map(boxed)
    }

    /// A list of expressions.
    pub fn exprs(&mut self, exprs: Vec<ast::Expr>) -> Option<Vec<Expr>> {
        self.each(exprs, Self::expr)
    }

    fn expr_here(&mut self, expr: ast::Expr) -> Option<Expr> {
        use ast::Expr as E;
        Some(match expr {
            E::Identifier(name) => word(name)?,
            E::CompoundIdentifier(parts) => Expr::Column(parts.into_iter().map(ident).collect()),
            E::CompoundFieldAccess { root, access_chain } => self.access(*root, access_chain)?,
            E::Nested(inner) => self.expr(*inner)?,
            E::Value(constant) => value(constant.value)?,
            E::TypedString(typed) => {
                absent(!typed.uses_odbc_syntax)?;
                Expr::Cast { arg: boxed(value(typed.value.value)?), type_name: type_name(typed.data_type)? }
            }
            E::Interval(interval) => Expr::Cast { arg: self.part(interval.value)?, type_name: built_in("interval") },
            E::Cast { kind: ast::CastKind::Cast | ast::CastKind::DoubleColon, expr, data_type, format: None } => {
                Expr::Cast { arg: self.part(expr)?, type_name: type_name(data_type)? }
            }
            E::Collate { expr, .. } => self.expr(*expr)?,
            E::Function(function) => self.function(function)?,
            E::BinaryOp { left, op, right } => self.binary(left, op, right)?,
            E::UnaryOp { op, expr } => self.unary(op, expr)?,
            E::Case { operand, conditions, else_result, .. } => {
                let arg = self.maybe(operand, Self::part)?;
                let whens = self.each(conditions, |mapping, when| {
                    Some((mapping.expr(when.condition)?, mapping.expr(when.result)?))
                });
                Expr::Case { arg, whens: whens?, default: self.maybe(else_result, Self::part)? }
            }
            E::Tuple(parts) => Expr::Row(self.exprs(parts)?),
            E::Array(array) => Expr::Array(self.exprs(array.elem)?),
            E::Wildcard(_) => Expr::Column(vec!["*".into()]),
            E::QualifiedWildcard(name, _) => {
                let mut parts = names::parts(name)?;
                parts.push("*".into());
                Expr::Column(parts)
            }
            E::GroupingSets(sets) | E::Cube(sets) | E::Rollup(sets) => {
                Expr::Other(self.each(sets.into_iter().flatten(), Self::grouped)?)
            }
            other => return self.test(other),
        })
    }

    /// An item of GROUPING SETS: a ROLLUP or CUBE inside looks like a call.
    fn grouped(&mut self, item: ast::Expr) -> Option<Expr> {
        let nests = |function: &ast::Function| {
            matches!(function.name.0.as_slice(), [ast::ObjectNamePart::Identifier(word)]
                if names::is_word(word, "rollup") || names::is_word(word, "cube"))
        };
        match item {
            ast::Expr::Function(function) if nests(&function) => match self.function(function)? {
                Expr::Call(call) => Some(Expr::Other(call.args)),
                _ => None,
            },
            item => self.expr(item),
        }
    }

    /// Predicates and sub-selects.
    fn test(&mut self, expr: ast::Expr) -> Option<Expr> {
        use ast::Expr as E;
        let is_bool =
            |mapping: &mut Self, arg, value, negated| Some(Expr::IsBool { arg: mapping.part(arg)?, value, negated });
        Some(match expr {
            E::IsTrue(arg) => is_bool(self, arg, Some(true), false)?,
            E::IsNotTrue(arg) => is_bool(self, arg, Some(true), true)?,
            E::IsFalse(arg) => is_bool(self, arg, Some(false), false)?,
            E::IsNotFalse(arg) => is_bool(self, arg, Some(false), true)?,
            E::IsUnknown(arg) => is_bool(self, arg, None, false)?,
            E::IsNotUnknown(arg) => is_bool(self, arg, None, true)?,
            E::IsNull(arg) => Expr::IsNull { arg: self.part(arg)?, negated: false },
            E::IsNotNull(arg) => Expr::IsNull { arg: self.part(arg)?, negated: true },
            E::IsDistinctFrom(left, right) => {
                Expr::Distinct { left: self.part(left)?, right: self.part(right)?, negated: false }
            }
            E::IsNotDistinctFrom(left, right) => {
                Expr::Distinct { left: self.part(left)?, right: self.part(right)?, negated: true }
            }
            E::IsJson { expr, .. } => Expr::Other(vec![self.expr(*expr)?]),
            E::IsNormalized { expr, negated, .. } => {
                let call = self.built_in_call("is_normalized", vec![*expr])?;
                negate(call, negated)
            }
            E::InList { expr, list, negated } => Expr::In { arg: self.part(expr)?, list: self.exprs(list)?, negated },
            E::InSubquery { expr, subquery, negated } => {
                let test = Some(self.part(expr)?);
                negate(self.sublink(Sublink::Any, test, None, *subquery)?, negated)
            }
            E::Exists { subquery, negated } => negate(self.sublink(Sublink::Exists, None, None, *subquery)?, negated),
            E::Subquery(query) => self.sublink(Sublink::Scalar, None, None, *query)?,
            E::Between { expr, negated, low, high } => Expr::Between {
                arg: self.part(expr)?,
                low: self.part(low)?,
                high: self.part(high)?,
                negated,
                symmetric: false,
            },
            E::Like { negated, any: false, expr, pattern, escape_char } => {
                self.like(if negated { "!~~" } else { "~~" }, expr, *pattern, escape_char)?
            }
            E::ILike { negated, any: false, expr, pattern, escape_char } => {
                self.like(if negated { "!~~*" } else { "~~*" }, expr, *pattern, escape_char)?
            }
            E::Like { negated, any: true, expr, pattern, escape_char: None } => {
                self.any_of(if negated { "!~~" } else { "~~" }, expr, *pattern)?
            }
            E::ILike { negated, any: true, expr, pattern, escape_char: None } => {
                self.any_of(if negated { "!~~*" } else { "~~*" }, expr, *pattern)?
            }
            E::SimilarTo { negated, expr, pattern, .. } => {
                self.like(if negated { "!similar" } else { "similar" }, expr, *pattern, None)?
            }
            E::AnyOp { left, compare_op, right, .. } => self.any_all(left, compare_op, *right, false)?,
            E::AllOp { left, compare_op, right } => self.any_all(left, compare_op, *right, true)?,
            other => return self.keyword_call(other),
        })
    }

    /// Functions that have a syntax of their own: PostgreSQL's grammar makes calls of them.
    fn keyword_call(&mut self, expr: ast::Expr) -> Option<Expr> {
        use ast::Expr as E;
        let some = |parts: Vec<Option<Box<ast::Expr>>>| parts.into_iter().flatten().map(|part| *part).collect();
        match expr {
            E::AtTimeZone { timestamp, time_zone } => self.built_in_call("timezone", vec![*time_zone, *timestamp]),
            E::Extract { field, expr, .. } => {
                let field = field.to_string().trim_matches(['\'', '"']).to_ascii_lowercase();
                let args = vec![Expr::Constant(Constant::String(field.into_boxed_str())), self.expr(*expr)?];
                Some(Expr::Call(Box::new(Call { name: built_in("extract"), args, rest: Vec::new() })))
            }
            E::Ceil { expr, .. } => self.built_in_call("ceil", vec![*expr]),
            E::Floor { expr, .. } => self.built_in_call("floor", vec![*expr]),
            E::Position { expr, r#in } => self.built_in_call("position", vec![*r#in, *expr]),
            E::Substring { expr, substring_from, substring_for, shorthand, .. } => {
                let parts = some(vec![Some(expr), substring_from, substring_for]);
                self.built_in_call(if shorthand { "substr" } else { "substring" }, parts)
            }
            E::Trim { trim_where, trim_what, expr, trim_characters } => {
                let name = match trim_where {
                    Some(ast::TrimWhereField::Leading) => "ltrim",
                    Some(ast::TrimWhereField::Trailing) => "rtrim",
                    Some(ast::TrimWhereField::Both) | None => "btrim",
                };
                let mut parts: Vec<ast::Expr> = some(vec![Some(expr), trim_what]);
                parts.extend(trim_characters.into_iter().flatten());
                self.built_in_call(name, parts)
            }
            E::Overlay { expr, overlay_what, overlay_from, overlay_for } => self
                .built_in_call("overlay", some(vec![Some(expr), Some(overlay_what), Some(overlay_from), overlay_for])),
            _ => None,
        }
    }

    fn built_in_call(&mut self, name: &str, args: Vec<ast::Expr>) -> Option<Expr> {
        let args = self.exprs(args)?;
        Some(Expr::Call(Box::new(Call { name: built_in(name), args, rest: Vec::new() })))
    }

    /// A sub-select.
    pub fn sublink(
        &mut self,
        kind: Sublink,
        test: Option<Box<Expr>>,
        operator: Option<Name>,
        query: ast::Query,
    ) -> Option<Expr> {
        let statement = Box::new(self.query_statement(query)?);
        Some(Expr::Sublink { kind, test, operator, statement })
    }

    fn like(
        &mut self,
        name: &str,
        expr: Box<ast::Expr>,
        pattern: ast::Expr,
        escape: Option<Box<ast::Expr>>,
    ) -> Option<Expr> {
        let left = Some(self.part(expr)?);
        let right = match escape {
            Some(escape) => self.built_in_call("like_escape", vec![pattern, *escape])?,
            None => self.expr(pattern)?,
        };
        Some(Expr::Operator { name: operator(name), left, right: boxed(right) })
    }

    fn any_all(&mut self, left: Box<ast::Expr>, op: BinaryOperator, right: ast::Expr, all: bool) -> Option<Expr> {
        let arg = self.part(left)?;
        self.quantified(operator_name(op)?, arg, right, all)
    }

    fn any_of(&mut self, name: &str, expr: Box<ast::Expr>, pattern: ast::Expr) -> Option<Expr> {
        let arg = self.part(expr)?;
        self.quantified(operator(name), arg, pattern, false)
    }

    fn quantified(&mut self, operator: Name, arg: Box<Expr>, right: ast::Expr, all: bool) -> Option<Expr> {
        match unwrapped(right) {
            ast::Expr::Subquery(query) => {
                let kind = if all { Sublink::All } else { Sublink::Any };
                self.sublink(kind, Some(arg), Some(operator), *query)
            }
            array => Some(Expr::AnyAll { operator, arg, array: boxed(self.expr(array)?), all }),
        }
    }

    fn binary(&mut self, left: Box<ast::Expr>, op: BinaryOperator, right: Box<ast::Expr>) -> Option<Expr> {
        match op {
            BinaryOperator::And | BinaryOperator::Or => {
                // A long chain nests to the left; it is one list here, as in PostgreSQL's tree.
                let is_and = op == BinaryOperator::And;
                let mut parts = vec![self.expr(*right)?];
                let mut rest = *left;
                while let ast::Expr::BinaryOp { left, op: ref inner, right } = rest {
                    if *inner != op {
                        rest = ast::Expr::BinaryOp { left, op: inner.clone(), right };
                        break;
                    }
                    parts.push(self.expr(*right)?);
                    rest = *left;
                }
                parts.push(self.expr(rest)?);
                parts.reverse();
                Some(if is_and { Expr::And(parts) } else { Expr::Or(parts) })
            }
            // U&"name", which sqlparser does not lex.
            BinaryOperator::BitwiseAnd
                if matches!((&*left, &*right), (ast::Expr::Identifier(u), ast::Expr::Identifier(name))
                    if names::is_word(u, "u") && name.quote_style.is_some()) =>
            {
                None
            }
            BinaryOperator::Overlaps => self.built_in_call("overlaps", vec![*left, *right]),
            op => {
                let left = Some(self.part(left)?);
                Some(Expr::Operator { name: operator_name(op)?, left, right: self.part(right)? })
            }
        }
    }

    fn unary(&mut self, op: UnaryOperator, expr: Box<ast::Expr>) -> Option<Expr> {
        let right = self.part(expr)?;
        let name = match op {
            UnaryOperator::Not => return Some(Expr::Not(right)),
            UnaryOperator::Minus => {
                if let Expr::Constant(Constant::Number(digits)) = &*right
                    && !digits.starts_with('-')
                {
                    return Some(Expr::Constant(Constant::Number(format!("-{digits}").into_boxed_str())));
                }
                "-".to_owned()
            }
            UnaryOperator::PGPostfixFactorial | UnaryOperator::BangNot => return None,
            op => op.to_string(),
        };
        Some(Expr::Operator { name: operator(&name), left: None, right })
    }

    /// `a.b[1]`, `(a).b`, `(f(x)).*`.
    fn access(&mut self, root: ast::Expr, chain: Vec<AccessExpr>) -> Option<Expr> {
        let mut chain = chain.into_iter().peekable();
        let mut base = match root {
            ast::Expr::Identifier(name) => vec![name],
            ast::Expr::CompoundIdentifier(parts) => parts,
            root => {
                let mut parts = vec![self.expr(root)?];
                for access in chain {
                    self.accessed(access, &mut parts)?;
                }
                return Some(Expr::Other(parts));
            }
        };
        // What is not in parentheses is one name, up to the first subscript.
        while let Some(AccessExpr::Dot(ast::Expr::Identifier(_))) = chain.peek() {
            if let Some(AccessExpr::Dot(ast::Expr::Identifier(name))) = chain.next() {
                base.push(name);
            }
        }
        let mut parts = vec![Expr::Column(base.into_iter().map(ident).collect())];
        for access in chain {
            self.accessed(access, &mut parts)?;
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Expr::Other(parts) })
    }

    fn accessed(&mut self, access: AccessExpr, parts: &mut Vec<Expr>) -> Option<()> {
        match access {
            AccessExpr::Dot(ast::Expr::Identifier(field)) => parts.push(Expr::Constant(Constant::String(ident(field)))),
            AccessExpr::Dot(ast::Expr::Wildcard(_)) => {}
            AccessExpr::Dot(_) => return None,
            // A subscript is a list of its own, which tells it from a field.
            AccessExpr::Subscript(Subscript::Index { index }) => parts.push(Expr::Other(vec![self.expr(index)?])),
            AccessExpr::Subscript(Subscript::Slice { lower_bound, upper_bound, stride }) => {
                absent(stride.is_none())?;
                parts.push(Expr::Other(self.exprs([lower_bound, upper_bound].into_iter().flatten().collect())?));
            }
        }
        Some(())
    }

    /// A join's condition, and whether the join is an outer one; `None` for joins PostgreSQL does not have.
    pub fn join_constraint(join: JoinOperator) -> Option<(ast::JoinConstraint, bool)> {
        match join {
            JoinOperator::Join(on) | JoinOperator::Inner(on) | JoinOperator::CrossJoin(on) => Some((on, false)),
            JoinOperator::Left(on)
            | JoinOperator::LeftOuter(on)
            | JoinOperator::Right(on)
            | JoinOperator::RightOuter(on)
            | JoinOperator::FullOuter(on) => Some((on, true)),
            _ => None,
        }
    }
}

fn negate(expr: Expr, negated: bool) -> Expr {
    if negated { Expr::Not(boxed(expr)) } else { expr }
}

fn unwrapped(mut expr: ast::Expr) -> ast::Expr {
    while let ast::Expr::Nested(inner) = expr {
        expr = *inner;
    }
    expr
}

/// Words that PostgreSQL's grammar takes for a value (`SQLValueFunction`) rather than a column.
pub fn is_sql_value(name: &str) -> bool {
    matches!(
        name,
        "current_date"
            | "current_time"
            | "current_timestamp"
            | "localtime"
            | "localtimestamp"
            | "current_role"
            | "current_user"
            | "user"
            | "session_user"
            | "system_user"
            | "current_catalog"
            | "current_schema"
    )
}

fn word(name: ast::Ident) -> Option<Expr> {
    let unquoted = name.quote_style.is_none();
    let name = ident(name);
    if !unquoted {
        return Some(Expr::Column(vec![name]));
    }
    if is_sql_value(&name) {
        return Some(Expr::SqlValue);
    }
    Some(match &*name {
        // In VALUES and SET.
        "default" => Expr::Other(Vec::new()),
        word if RESERVED.binary_search(&word).is_ok() => return None,
        _ => Expr::Column(vec![name]),
    })
}

/// Reserved words of PostgreSQL's grammar: where sqlparser takes one of them for a column or a function, it has misread
/// the text.
pub const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "constraint",
    "create",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "from",
    "grant",
    "group",
    "having",
    "in",
    "initially",
    "intersect",
    "into",
    "lateral",
    "leading",
    "limit",
    "not",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "placing",
    "primary",
    "references",
    "returning",
    "select",
    "some",
    "symmetric",
    "table",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "using",
    "variadic",
    "when",
    "where",
    "window",
    "with",
];

/// An operator's name; `None` for those PostgreSQL does not have.
fn operator_name(op: BinaryOperator) -> Option<Name> {
    match op {
        BinaryOperator::PGCustomBinaryOperator(mut parts) => {
            let name = parts.pop()?.into_boxed_str();
            Some(Name { schema: parts.pop().map(|schema| schema.to_ascii_lowercase().into_boxed_str()), name })
        }
        BinaryOperator::Xor
        | BinaryOperator::DuckIntegerDivide
        | BinaryOperator::MyIntegerDivide
        | BinaryOperator::Match
        | BinaryOperator::Regexp
        | BinaryOperator::Glob
        | BinaryOperator::Assignment
        | BinaryOperator::And
        | BinaryOperator::Or => None,
        BinaryOperator::Custom(name) => is_lexed_so(&name).then(|| operator(&name)),
        op => Some(operator(&op.to_string())),
    }
}

/// Whether PostgreSQL's scanner would read these signs as one operator too: it leaves a sign at the end to the number
/// behind it, unless there is something in it that no operator of standard SQL has.
fn is_lexed_so(name: &str) -> bool {
    name.len() == 1 || !name.ends_with(['+', '-']) || name.contains(['~', '!', '@', '#', '%', '^', '&', '|', '`', '?'])
}
