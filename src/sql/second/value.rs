//! Constants and types.

use super::super::{Constant, Expr, Name};
use super::names;
use sqlparser::ast::{DataType, Value};

/// A literal.
pub fn value(value: Value) -> Option<Expr> {
    let constant = match value {
        Value::Null => Constant::Null,
        Value::Boolean(truth) => Constant::Bool(truth),
        Value::Number(mut digits, _) => {
            digits.retain(|c| c != '_');
            Constant::Number(digits.into_boxed_str())
        }
        Value::SingleQuotedString(text)
        | Value::EscapedStringLiteral(text)
        | Value::UnicodeStringLiteral(text)
        | Value::NationalStringLiteral(text) => Constant::String(text.into_boxed_str()),
        Value::DollarQuotedString(text) => Constant::String(text.value.into_boxed_str()),
        Value::SingleQuotedByteStringLiteral(bits) => Constant::Bits(format!("b{bits}").into_boxed_str()),
        Value::HexStringLiteral(bits) => Constant::Bits(format!("x{bits}").into_boxed_str()),
        Value::Placeholder(name) => return name.strip_prefix('$')?.parse().ok().map(Expr::Parameter),
        _ => return None,
    };
    Some(Expr::Constant(constant))
}

/// A type's name. PostgreSQL's grammar puts the types it has words for into `pg_catalog`.
pub fn type_name(data_type: DataType) -> Option<Name> {
    match data_type {
        DataType::Custom(name, _) => names::name(name),
        DataType::Bool | DataType::Boolean => Some(built_in("bool")),
        DataType::Array(_) => Some(built_in("array")),
        other => Some(built_in(&other.to_string().to_ascii_lowercase())),
    }
}

/// A name of the system's own schema.
pub fn built_in(name: &str) -> Name {
    Name { schema: Some("pg_catalog".into()), name: name.into() }
}

/// A cast of nothing to a type: how a definition's types are kept.
pub fn of_type(data_type: DataType) -> Option<Expr> {
    Some(Expr::Cast { arg: Box::new(Expr::Other(Vec::new())), type_name: type_name(data_type)? })
}
