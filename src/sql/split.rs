//! A text's statements as they stand in it, for showing to people.

use super::read::with_deep_stack;

/// Each statement's own text, in order, trimmed of white space; the lexing is the default one. `None` where the text cannot
/// be read. For display alone: what is judged and forwarded is always the whole text.
pub fn split(text: &str) -> Option<Vec<&str>> {
    let parts = with_deep_stack(text, || pg_query::split_with_parser(text).ok()).flatten()?;
    Some(parts.into_iter().map(str::trim).collect())
}
