//! A text's statements as they stand in it, for showing to people.

use super::read::{Lexing, with_deep_stack};

/// Each statement's own text, in order, without white space and comments around it; the lexing is the default one. `None` where the text cannot
/// be read. For display alone: what is judged and forwarded is always the whole text.
///
/// By the parser's own locations.
pub fn split(text: &str) -> Option<Vec<&str>> {
    let places = with_deep_stack(text, || {
        let parsed = pg_query::parse(text, Lexing::default().options()).ok()?;
        Some(parsed.protobuf.stmts.iter().map(|raw| (raw.stmt_location, raw.stmt_len)).collect::<Vec<_>>())
    })??;
    places
        .into_iter()
        .map(|(from, length)| {
            let from = usize::try_from(from).ok()?;
            // A length of 0 reaches to the end of the text.
            let length = usize::try_from(length).ok().filter(|length| *length > 0);
            let part = text.get(from..length.map_or(text.len(), |length| from + length))?;
            Some(part.trim())
        })
        .collect()
}
