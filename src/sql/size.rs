//! How much memory a text's tree may take, told before it is made.

use super::plpgsql::lex::{Kind, each};
use super::read::{Lexing, ReadError};

/// What a text's tree may take at most, in bytes, by an upper bound of what its tokens may come to.
pub const MAX_TREE: usize = 3 << 30;

/// No byte of a text takes more: `a=a`.
const MOST_A_BYTE: usize = 4096;

/// What a token may take of pg_query's decoded tree, in bytes. A node of it has 608, a list has room for four at the least
/// and up to twice as many as it needs. A name in a list of columns is three nodes, one of them in a list of its own.
fn weight(kind: Kind, token: &str) -> usize {
    const NODES: usize = 4096;
    const NODE: usize = 1536;
    const LIST: usize = 2560;
    let is = |word: &&str| token.eq_ignore_ascii_case(word);
    match kind {
        Kind::Word if ["null", "true", "false", "default"].iter().any(is) => NODE,
        Kind::Word | Kind::Quoted => NODES,
        Kind::String | Kind::Number | Kind::Parameter => NODE,
        Kind::Sign => match token {
            "," | ";" | "." | ")" | "]" | ":" | "::" => 0,
            "(" | "[" => LIST,
            _ => NODES,
        },
    }
}

/// Whether the tree of a text may be made, by an upper bound of what it takes. Behind what cannot be cut into tokens each
/// byte counts as the worst: the parser may know its way there.
///
/// # Errors
/// [`ReadError::TooLarge`] where it may take more than [`MAX_TREE`].
pub fn check(text: &str, lexing: Lexing) -> Result<(), ReadError> {
    if text.len() <= MAX_TREE / MOST_A_BYTE {
        return Ok(());
    }
    let (mut left, mut seen) = (Some(MAX_TREE), 0);
    let result = each(text, lexing, |token| {
        seen = token.to;
        let weight = weight(token.kind, text.get(token.from..token.to).unwrap_or_default());
        left = left.and_then(|left| left.checked_sub(weight));
        left.map(drop).ok_or(ReadError::TooLarge)
    });
    let unseen = if result.is_ok() { 0 } else { text.len().saturating_sub(seen).saturating_mul(MOST_A_BYTE) };
    left.and_then(|left| left.checked_sub(unseen)).map(drop).ok_or(ReadError::TooLarge)
}

#[cfg(test)]
mod tests;
