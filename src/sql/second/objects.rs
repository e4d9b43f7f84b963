//! The kinds of object, and the parts of definitions that are evaluated.

use super::super::{Action, Expr, Name, ObjectKind as K, Statement, Utility};
use super::value::of_type;
use super::{Mapping, names};
use sqlparser::ast::{
    self, ColumnDef, ColumnOption, CommentObject, GrantObjects, ObjectType, TableConstraint, TextSearchObjectType,
};

/// A statement about one object.
pub fn about(action: Action, name: Name) -> Statement {
    let mut utility = Utility::new(action);
    utility.names.push(name);
    utility.into()
}

/// A statement about several objects.
pub fn about_all(action: Action, objects: Vec<Name>) -> Statement {
    let mut utility = Utility::new(action);
    utility.names = objects;
    utility.into()
}

/// What DROP names.
pub fn dropped(kind: ObjectType) -> Option<K> {
    Some(match kind {
        ObjectType::Collation => K::Collation,
        ObjectType::Table => K::Table,
        ObjectType::View => K::View,
        ObjectType::MaterializedView => K::MaterializedView,
        ObjectType::Index => K::Index,
        ObjectType::Schema => K::Schema,
        ObjectType::Database => K::Database,
        ObjectType::Role | ObjectType::User => K::Role,
        ObjectType::Sequence => K::Sequence,
        ObjectType::Type => K::Type,
        ObjectType::Stage | ObjectType::Stream | ObjectType::Warehouse => return None,
    })
}

/// What COMMENT names.
pub fn commented(kind: CommentObject) -> K {
    match kind {
        CommentObject::Collation => K::Collation,
        CommentObject::Column => K::Column,
        CommentObject::Database => K::Database,
        CommentObject::Domain => K::Domain,
        CommentObject::Extension => K::Extension,
        CommentObject::Function => K::Function,
        CommentObject::Index => K::Index,
        CommentObject::MaterializedView => K::MaterializedView,
        CommentObject::Procedure => K::Procedure,
        CommentObject::Role | CommentObject::User => K::Role,
        CommentObject::Schema => K::Schema,
        CommentObject::Sequence => K::Sequence,
        CommentObject::Table => K::Table,
        CommentObject::Type => K::Type,
        CommentObject::View => K::View,
    }
}

/// The kinds of text search object.
pub fn text_search(kind: TextSearchObjectType) -> K {
    match kind {
        TextSearchObjectType::Dictionary => K::TextSearchDictionary,
        TextSearchObjectType::Configuration => K::TextSearchConfiguration,
        TextSearchObjectType::Template => K::TextSearchTemplate,
        TextSearchObjectType::Parser => K::TextSearchParser,
    }
}

/// What GRANT and REVOKE name, where PostgreSQL has such objects.
pub fn granted(objects: GrantObjects) -> Option<Vec<Name>> {
    match objects {
        GrantObjects::AllSequencesInSchema { schemas: names }
        | GrantObjects::AllTablesInSchema { schemas: names }
        | GrantObjects::AllFunctionsInSchema { schemas: names }
        | GrantObjects::Databases(names)
        | GrantObjects::Schemas(names)
        | GrantObjects::Sequences(names)
        | GrantObjects::Tables(names) => names::names(names),
        GrantObjects::Procedure { name, .. } | GrantObjects::Function { name, .. } => Some(vec![names::name(name)?]),
        _ => None,
    }
}

impl Mapping {
    /// A column's definition: its type, default, checks.
    pub fn column_definition(&mut self, column: ColumnDef, into: &mut Utility) -> Option<()> {
        into.exprs.push(of_type(column.data_type)?);
        for option in column.options {
            self.column_option(option.option, into)?;
        }
        Some(())
    }

    fn column_option(&mut self, option: ColumnOption, into: &mut Utility) -> Option<()> {
        match option {
            ColumnOption::Default(expr) => into.exprs.push(self.expr(expr)?),
            ColumnOption::Check(check) => self.check(*check.expr, into)?,
            ColumnOption::Generated { generation_expr, .. } => {
                into.exprs.extend(self.maybe(generation_expr, Self::expr)?);
                into.computes();
            }
            ColumnOption::Null
            | ColumnOption::NotNull
            | ColumnOption::PrimaryKey(_)
            | ColumnOption::Unique(_)
            | ColumnOption::ForeignKey(_)
            | ColumnOption::Collation(_) => {}
            _ => return None,
        }
        Some(())
    }

    /// A CHECK.
    fn check(&mut self, expr: ast::Expr, into: &mut Utility) -> Option<()> {
        let check = self.expr(expr)?;
        into.checks.push(check.clone());
        into.exprs.push(check);
        Some(())
    }

    /// A table's constraint.
    pub fn constraint(&mut self, constraint: TableConstraint, into: &mut Utility) -> Option<()> {
        match constraint {
            TableConstraint::Check(check) => self.check(*check.expr, into),
            TableConstraint::Exclude(exclude) => {
                into.computes();
                for element in exclude.elements {
                    into.exprs.extend(self.indexed(element.column.column.expr)?);
                }
                into.exprs.extend(self.maybe(exclude.where_clause, |mapping, filter| mapping.expr(*filter))?);
                Some(())
            }
            TableConstraint::Unique(_)
            | TableConstraint::PrimaryKey(_)
            | TableConstraint::ForeignKey(_)
            | TableConstraint::PrimaryKeyUsingIndex(_)
            | TableConstraint::UniqueUsingIndex(_) => Some(()),
            TableConstraint::Index(_) | TableConstraint::FulltextOrSpatial(_) => None,
        }
    }

    /// What an index evaluates: nothing for a column by its name.
    pub fn indexed(&mut self, expr: ast::Expr) -> Option<Option<Expr>> {
        match expr {
            ast::Expr::Identifier(_) => Some(None),
            ast::Expr::Collate { expr, .. } if matches!(*expr, ast::Expr::Identifier(_)) => Some(None),
            expr => self.expr(expr).map(Some),
        }
    }

    /// PARTITION BY's expressions: sqlparser reads the method and its list as a call.
    pub fn partition_key(&mut self, key: ast::Expr) -> Option<Vec<Expr>> {
        match self.expr(key)? {
            Expr::Call(mut call) => {
                call.args.retain(|arg| !matches!(arg, Expr::Column(_)));
                Some(call.args)
            }
            _ => None,
        }
    }
}
