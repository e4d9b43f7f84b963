//! Transactions, settings, prepared statements, cursors.

use super::super::{Constant, Discard, Expr, Modes, Set, SetValue, Statement, Transaction};
use super::names::{self, ident, is_word};
use super::statement::unless_all;
use super::{Mapping, absent};
use sqlparser::ast::{
    self, ContextModifier, DeclareType, DiscardObject, ObjectName, Reset, SetSessionAuthorizationParamKind,
    Statement as S, TransactionAccessMode, TransactionMode,
};

/// What another function has to take.
pub type Handed = Result<Option<Statement>, Box<S>>;

impl Mapping {
    /// Statements about the session itself. Hands the statement back where it is none of them.
    pub fn session(&mut self, statement: S) -> Handed {
        Ok(match statement {
            S::StartTransaction { modes, modifier, statements, exception, has_end_keyword, .. } => {
                let plain = modifier.is_none() && statements.is_empty() && exception.is_none() && !has_end_keyword;
                plain.then(|| Statement::Transaction(Transaction::Begin(transaction_modes(&modes))))
            }
            S::Commit { chain, modifier: None, .. } => Some(Statement::Transaction(Transaction::Commit { chain })),
            S::Rollback { savepoint: Some(_), .. } => Some(Statement::Transaction(Transaction::RollbackTo)),
            S::Rollback { chain, savepoint: None } => Some(Statement::Transaction(Transaction::Rollback { chain })),
            S::Savepoint { .. } => Some(Statement::Transaction(Transaction::Savepoint)),
            S::ReleaseSavepoint { .. } => Some(Statement::Transaction(Transaction::Release)),
            S::Set(set) => self.set(set).map(Statement::Set),
            S::Reset(reset) => match reset.reset {
                Reset::ALL => Some(Statement::Set(Set::ResetAll)),
                Reset::SessionAuthorization => Some(variable("session_authorization", SetValue::Default)),
                Reset::ConfigurationParameter(name) => setting(name).map(|name| variable(&name, SetValue::Default)),
            },
            S::ShowVariable { variable } => {
                let words: Vec<Box<str>> = variable.into_iter().map(ident).collect();
                Some(Statement::Show(words.join(" ").into_boxed_str()))
            }
            S::Discard { object_type } => Some(Statement::Discard(match object_type {
                DiscardObject::ALL => Discard::All,
                DiscardObject::PLANS => Discard::Plans,
                DiscardObject::SEQUENCES => Discard::Sequences,
                DiscardObject::TEMP => Discard::Temp,
            })),
            S::Deallocate { name, .. } => Some(Statement::Deallocate(unless_all(name))),
            S::Declare { stmts } => self.declare(stmts),
            S::Fetch { into: None, .. } => Some(Statement::Fetch { moves: false }),
            S::Close { .. } => Some(Statement::CloseCursor),
            other => return Err(Box::new(other)),
        })
    }

    fn declare(&mut self, declarations: Vec<ast::Declare>) -> Option<Statement> {
        let mut declarations = declarations.into_iter();
        let (Some(declare), None) = (declarations.next(), declarations.next()) else { return None };
        absent(declare.declare_type == Some(DeclareType::Cursor))?;
        let statement = Box::new(self.query_statement(*declare.for_query?)?);
        Some(Statement::DeclareCursor { hold: declare.hold == Some(true), statement })
    }

    fn set(&mut self, set: ast::Set) -> Option<Set> {
        let to = |name: &str, value: SetValue, local: bool| Set::Variable { name: name.into(), value, local };
        Some(match set {
            ast::Set::SingleAssignment { scope, hivevar: false, variable, values } => {
                absent(scope != Some(ContextModifier::Global))?;
                let local = scope == Some(ContextModifier::Local);
                Set::Variable { name: setting(variable)?, value: self.set_value(values)?, local }
            }
            ast::Set::SetTimeZone { local, value } => to("timezone", self.zone(value)?, local),
            ast::Set::SetNames { charset_name, collation_name: None } => {
                to("client_encoding", SetValue::To(vec![text(charset_name)]), false)
            }
            ast::Set::SetNamesDefault {} => to("client_encoding", SetValue::Default, false),
            ast::Set::SetRole { context_modifier, role_name } => {
                let local = context_modifier == Some(ContextModifier::Local);
                to("role", SetValue::To(role_name.map(text).into_iter().collect()), local)
            }
            ast::Set::SetSessionAuthorization(param) => {
                let value = match param.kind {
                    SetSessionAuthorizationParamKind::Default => SetValue::Default,
                    SetSessionAuthorizationParamKind::User(name) => SetValue::To(vec![text(name)]),
                };
                to("session_authorization", value, param.scope == ContextModifier::Local)
            }
            ast::Set::SetTransaction { snapshot: Some(_), .. } => Set::Snapshot,
            ast::Set::SetTransaction { modes, snapshot: None, session: true } => {
                Set::SessionCharacteristics(transaction_modes(&modes))
            }
            ast::Set::SetTransaction { modes, snapshot: None, session: false } => {
                Set::Transaction(transaction_modes(&modes))
            }
            _ => return None,
        })
    }

    /// The values of SET: words are texts, DEFAULT alone takes the setting back.
    fn set_value(&mut self, values: Vec<ast::Expr>) -> Option<SetValue> {
        if let [ast::Expr::Identifier(word)] = values.as_slice() {
            if is_word(word, "default") {
                return Some(SetValue::Default);
            }
            absent(!is_word(word, "current"))?;
        }
        Some(SetValue::To(self.each(values, |mapping, value| match value {
            ast::Expr::Identifier(word) => Some(text(word)),
            // A word that is no identifier elsewhere: USER, CURRENT_DATE...
            ast::Expr::Function(function) => {
                Some(Expr::Constant(Constant::String(function.name.to_string().to_ascii_lowercase().into_boxed_str())))
            }
            value => mapping.expr(value),
        })?))
    }

    fn zone(&mut self, value: ast::Expr) -> Option<SetValue> {
        match &value {
            ast::Expr::Identifier(word) if is_word(word, "local") || is_word(word, "default") => {
                Some(SetValue::Default)
            }
            // An interval: no constant, whatever is in it.
            ast::Expr::Interval(_) => Some(SetValue::To(vec![Expr::Other(Vec::new())])),
            _ => self.set_value(vec![value]),
        }
    }
}

fn variable(name: &str, value: SetValue) -> Statement {
    Statement::Set(Set::Variable { name: name.into(), value, local: false })
}

/// A setting's name: lower case whatever its quotes, dots kept.
fn setting(name: ObjectName) -> Option<Box<str>> {
    let mut name = names::parts(name)?.join(".");
    name.make_ascii_lowercase();
    Some(name.into_boxed_str())
}

fn text(word: ast::Ident) -> Expr {
    Expr::Constant(Constant::String(ident(word)))
}

fn transaction_modes(modes: &[TransactionMode]) -> Modes {
    let mut mapped = Modes::default();
    for mode in modes {
        match mode {
            TransactionMode::AccessMode(mode) => mapped.read_only = Some(*mode == TransactionAccessMode::ReadOnly),
            TransactionMode::IsolationLevel(_) => {}
        }
    }
    mapped
}
