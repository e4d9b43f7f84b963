//! Where PostgreSQL's grammar gives up on a text, so that whoever wrote it finds the place. For showing alone.

use super::read::{Lexing, with_deep_stack};
use pg_query::protobuf::Token;
use std::ops::Range;

/// Texts longer than this are not searched: each look at a part of one costs a parse of it.
const LONGEST: usize = 16 << 10;

/// A place in a text; everything counts from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The character of the text, as in an ErrorResponse's Position field.
    pub character: u32,
    /// The line.
    pub line: u32,
    /// The character of the line.
    pub column: u32,
}

impl Place {
    /// The place of a byte of the text, which starts a character or is the end.
    pub fn of(text: &str, byte: usize) -> Option<Self> {
        let before = text.get(..byte)?;
        let count = |text: &str| u32::try_from(text.chars().count()).ok()?.checked_add(1);
        let line = u32::try_from(before.matches('\n').count()).ok()?.checked_add(1)?;
        let column = count(before.rsplit('\n').next().unwrap_or(before))?;
        Some(Self { character: count(before)?, line, column })
    }
}

/// The place at which the server would report a text's syntax error. `None` where the text is sound, too long to be
/// looked at, or gives no place away.
pub fn fault(text: &str, lexing: Lexing) -> Option<Place> {
    if text.len() > LONGEST {
        return None;
    }
    let byte = with_deep_stack(text, || fault_byte(text, lexing))??;
    Place::of(text, byte)
}

/// The parser's message ends with the text from the fault to the end of the token it had come to. Where that stands
/// in several places it is the first one the parser does not get past.
fn fault_byte(text: &str, lexing: Lexing) -> Option<usize> {
    let message = complaint(text, lexing)?;
    if message.ends_with(END) {
        return Some(text.len());
    }
    let near = message.split_once(NEAR)?.1.strip_suffix('"').filter(|near| !near.is_empty())?;
    if text.ends_with(near) && message.starts_with("unterminated") {
        return text.len().checked_sub(near.len());
    }
    let places: Vec<usize> = text.match_indices(near).map(|(byte, _)| byte).collect();
    if let [only] = places.as_slice() {
        return Some(*only);
    }
    // A string or comment may hold it too; the tokens tell. They are those of the default lexing.
    if lexing != Lexing::default() {
        return None;
    }
    let tokens = tokens(text)?;
    let starts: Vec<&Range<usize>> =
        tokens.iter().map(|(_, token)| token).filter(|t| places.contains(&t.start)).collect();
    // What is sound up to a token is sound up to every earlier one.
    let sound = starts.partition_point(|token| {
        let upto = text.get(..token.end).and_then(|part| complaint(part, lexing));
        upto.is_none_or(|message| message.ends_with(END))
    });
    starts.get(sound).map(|token| token.start)
}

const END: &str = " at end of input";
const NEAR: &str = " at or near \"";

/// What the parser has against a text, if anything.
fn complaint(text: &str, lexing: Lexing) -> Option<String> {
    match pg_query::parse(text, lexing.options()) {
        Err(pg_query::Error::Parse(message)) => Some(message),
        _ => None,
    }
}

/// The tokens, comments left out.
pub(super) fn tokens(text: &str) -> Option<Vec<(Token, Range<usize>)>> {
    // pg_query's scanner reads through a null pointer where a text has no token at all.
    if text.bytes().all(|byte| byte.is_ascii_whitespace() || byte == 0x0b) {
        return None;
    }
    let mut all = Vec::new();
    for token in pg_query::scan_tokens(text).ok()? {
        let kind = Token::try_from(token.token).ok()?;
        if !matches!(kind, Token::SqlComment | Token::CComment) {
            all.push((kind, usize::try_from(token.start).ok()?..usize::try_from(token.end).ok()?));
        }
    }
    Some(all)
}
