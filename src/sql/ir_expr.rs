//! The intermediate representation of expressions.

use super::{Name, Statement};

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// NULL.
    Null,
    /// TRUE, FALSE.
    Bool(bool),
    /// A number as written.
    Number(Box<str>),
    /// A string.
    String(Box<str>),
    /// A bit string.
    Bits(Box<str>),
}

/// An expression.
#[derive(Debug, Clone)]
pub enum Expr {
    /// A column, its qualifiers first; `*` last for a star.
    Column(Vec<Box<str>>),
    /// A constant.
    Constant(Constant),
    /// `$n`.
    Parameter(u32),
    /// A function call.
    Call(Box<Call>),
    /// An operator; `left` is none for a prefix operator. LIKE, ILIKE and SIMILAR are `~~`, `~~*`, `similar` (`!`
    /// in front where negated).
    Operator {
        /// The operator.
        name: Name,
        /// The left operand.
        left: Option<Box<Expr>>,
        /// The right operand.
        right: Box<Expr>,
    },
    /// AND.
    And(Vec<Expr>),
    /// OR.
    Or(Vec<Expr>),
    /// NOT.
    Not(Box<Expr>),
    /// IS \[NOT\] NULL.
    IsNull {
        /// The operand.
        arg: Box<Expr>,
        /// IS NOT NULL.
        negated: bool,
    },
    /// IS \[NOT\] TRUE, FALSE, UNKNOWN (`None`).
    IsBool {
        /// The operand.
        arg: Box<Expr>,
        /// What it is compared to; `None` for UNKNOWN.
        value: Option<bool>,
        /// IS NOT.
        negated: bool,
    },
    /// A cast.
    Cast {
        /// The operand.
        arg: Box<Expr>,
        /// The type's name.
        type_name: Name,
    },
    /// A sub-select in an expression.
    Sublink {
        /// Which form.
        kind: Sublink,
        /// The left operand of IN, ANY, ALL.
        test: Option<Box<Expr>>,
        /// The operator of ANY and ALL; none for IN.
        operator: Option<Name>,
        /// The query.
        statement: Box<Statement>,
    },
    /// \[NOT\] IN (list).
    In {
        /// The left operand.
        arg: Box<Expr>,
        /// The list.
        list: Vec<Expr>,
        /// NOT IN.
        negated: bool,
    },
    /// `arg op ANY (array)`, `ALL`.
    AnyAll {
        /// The operator.
        operator: Name,
        /// The left operand.
        arg: Box<Expr>,
        /// The array.
        array: Box<Expr>,
        /// ALL.
        all: bool,
    },
    /// \[NOT\] BETWEEN.
    Between {
        /// The operand.
        arg: Box<Expr>,
        /// Lower bound.
        low: Box<Expr>,
        /// Upper bound.
        high: Box<Expr>,
        /// NOT BETWEEN.
        negated: bool,
        /// SYMMETRIC.
        symmetric: bool,
    },
    /// IS \[NOT\] DISTINCT FROM.
    Distinct {
        /// Left.
        left: Box<Expr>,
        /// Right.
        right: Box<Expr>,
        /// IS NOT DISTINCT FROM.
        negated: bool,
    },
    /// NULLIF.
    NullIf(Box<Expr>, Box<Expr>),
    /// CASE.
    Case {
        /// CASE arg.
        arg: Option<Box<Expr>>,
        /// WHEN ... THEN ...
        whens: Vec<(Expr, Expr)>,
        /// ELSE.
        default: Option<Box<Expr>>,
    },
    /// COALESCE.
    Coalesce(Vec<Expr>),
    /// ROW(...).
    Row(Vec<Expr>),
    /// ARRAY\[...\].
    Array(Vec<Expr>),
    /// WHERE CURRENT OF.
    CurrentOf,
    /// `CURRENT_DATE`, `CURRENT_USER` and their relatives.
    SqlValue,
    /// Any other expression of known kind, with its parts.
    Other(Vec<Expr>),
    /// A node this version does not know.
    Unknown(&'static str),
}

/// The forms of a sub-select in an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sublink {
    /// EXISTS.
    Exists,
    /// IN, ANY.
    Any,
    /// ALL.
    All,
    /// A scalar or row.
    Scalar,
    /// ARRAY(...).
    Array,
}

/// A function call.
#[derive(Debug, Clone)]
pub struct Call {
    /// The function.
    pub name: Name,
    /// Its arguments.
    pub args: Vec<Expr>,
    /// ORDER BY, FILTER and OVER.
    pub rest: Vec<Expr>,
}
