//! PostgreSQL's dialect of sqlparser with a measure on its work: its parser tries alternatives and goes back, and no
//! text may make that go on for ever.

use sqlparser::ast::Expr;
use sqlparser::dialect::{Dialect, PostgreSqlDialect, Precedence};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use std::any::TypeId;
use std::cell::Cell;

/// Steps allowed for any text, and for each byte of it. The densest SQL that is read straight on (`1+1+1`) takes one and
/// a half a byte; a step takes about a microsecond.
const STEPS: usize = 3000;
const STEPS_A_BYTE: usize = 3;

/// The dialect. Everything but the measure is [`PostgreSqlDialect`]'s; what that one leaves as every dialect has it
/// is not repeated here.
#[derive(Debug)]
pub struct Measured {
    dialect: PostgreSqlDialect,
    steps: Cell<usize>,
}

impl Measured {
    /// A dialect with the steps a text of this length may take.
    pub fn for_text(text: &str) -> Self {
        let steps = text.len().saturating_mul(STEPS_A_BYTE).saturating_add(STEPS);
        Self { dialect: PostgreSqlDialect {}, steps: Cell::new(steps) }
    }

    fn step(&self) -> Result<(), ParserError> {
        let left = self.steps.get();
        self.steps.set(left.saturating_sub(1));
        // The one error that the parser never takes for a reason to try something else.
        if left == 0 { Err(ParserError::RecursionLimitExceeded) } else { Ok(()) }
    }
}

macro_rules! as_postgresql {
    ($($name:ident)*) => { $(fn $name(&self) -> bool { self.dialect.$name() })* };
}

impl Dialect for Measured {
    fn dialect(&self) -> TypeId {
        self.dialect.dialect()
    }

    fn parse_prefix(&self, parser: &mut Parser) -> Option<Result<Expr, ParserError>> {
        match self.step() {
            Ok(()) => self.dialect.parse_prefix(parser),
            Err(error) => Some(Err(error)),
        }
    }

    fn get_next_precedence(&self, parser: &Parser) -> Option<Result<u8, ParserError>> {
        match self.step() {
            Ok(()) => self.dialect.get_next_precedence(parser),
            Err(error) => Some(Err(error)),
        }
    }

    fn identifier_quote_style(&self, identifier: &str) -> Option<char> {
        self.dialect.identifier_quote_style(identifier)
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        self.dialect.is_delimited_identifier_start(ch)
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        self.dialect.is_identifier_start(ch)
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        self.dialect.is_identifier_part(ch)
    }

    fn is_custom_operator_part(&self, ch: char) -> bool {
        self.dialect.is_custom_operator_part(ch)
    }

    fn is_reserved_for_identifier(&self, keyword: Keyword) -> bool {
        self.dialect.is_reserved_for_identifier(keyword)
    }

    fn is_table_alias(&self, keyword: &Keyword, parser: &mut Parser) -> bool {
        self.dialect.is_table_alias(keyword, parser)
    }

    fn prec_value(&self, precedence: Precedence) -> u8 {
        self.dialect.prec_value(precedence)
    }

    as_postgresql! {
        supports_unicode_string_literal supports_filter_during_aggregation supports_group_by_expr
        supports_alter_user_as_alter_role allow_extract_custom allow_extract_single_quotes
        supports_create_index_with_clause supports_explain_with_utility_options supports_listen_notify
        supports_exclude_constraint supports_factorial_operator supports_bitwise_shift_operators supports_comment_on
        supports_load_extension supports_named_fn_args_with_colon_operator supports_named_fn_args_with_expr_name
        supports_empty_projections supports_nested_comments supports_string_escape_constant
        supports_numeric_literal_underscores supports_array_typedef_with_brackets supports_geometric_types
        supports_order_by_using_operator supports_set_names supports_alter_column_type_using
        supports_left_associative_joins_without_parens supports_notnull_operator supports_interval_options
        supports_insert_table_alias supports_create_table_like_parenthesized supports_select_wildcard_with_alias
        supports_comma_separated_trim supports_xml_expressions supports_aliased_function_args
        supports_comment_optimizer_hint
    }
}
