//! Text to our own small intermediate representation. The only user of pg_query, PostgreSQL's grammar as a library;
//! nothing of pg_query's types leaves this module, so that a second reader can produce the same tree.

mod administer;
mod code;
mod convert;
mod create;
mod define;
mod expr;
mod fault;
mod ir;
mod ir_expr;
mod ir_utility;
mod object;
mod plpgsql;
mod query;
mod read;
mod redact;
mod second;
mod size;
mod split;
#[cfg(test)]
mod tests;
mod walk;

pub use fault::{Place, fault};
pub use ir::*;
pub use ir_expr::*;
pub use ir_utility::*;
pub use object::ObjectKind;
pub use plpgsql::{Piece, count_tokens, read_plpgsql};
pub use read::{
    Lexing, MAX_NODES, MAX_SIGN_WORK, MAX_STATEMENTS, ReadError, kept_from_deep_stack, read, with_deep_stack,
};
pub use redact::{fingerprint, redact};
pub use second::{SECOND_READER_MAX, read_second};
pub use size::MAX_TREE;
pub use split::{places, split, split_unread};
pub use walk::{Part, walk, walk_expr};
