//! A text's statements as they stand in it, for showing to people.

use super::read::{Lexing, with_deep_stack};
use pg_query::protobuf::Token;

/// Where each statement stands in a text, in bytes. `None` where it cannot be read.
///
/// By the parser's own locations.
pub fn places(text: &str, lexing: Lexing) -> Option<Vec<std::ops::Range<usize>>> {
    let places = with_deep_stack(text, || {
        let parsed = pg_query::parse(text, lexing.options()).ok()?;
        Some(parsed.protobuf.stmts.iter().map(|raw| (raw.stmt_location, raw.stmt_len)).collect::<Vec<_>>())
    })??;
    places
        .into_iter()
        .map(|(from, length)| {
            let from = usize::try_from(from).ok()?;
            // A length of 0 reaches to the end of the text.
            let length = usize::try_from(length).ok().filter(|length| *length > 0);
            Some(from..length.map_or(text.len(), |length| from + length))
        })
        .collect()
}

/// Each statement's own text, in order, without white space and comments around it; the lexing is the default one. `None` where the text cannot
/// be read. For display alone: what is judged and forwarded is always the whole text.
///
/// By the parser's own locations.
pub fn split(text: &str) -> Option<Vec<&str>> {
    places(text, Lexing::default())?.into_iter().map(|place| text.get(place).map(str::trim)).collect()
}

/// The pieces of a text that cannot be read, cut at the semicolons its tokens show, each with the byte it starts at: so
/// that of a long file the statement at fault can be told from the others. `None` where it cannot be cut into tokens,
/// or is one piece. For display alone.
pub fn split_unread(text: &str) -> Option<Vec<(usize, &str)>> {
    let tokens = with_deep_stack(text, || super::fault::tokens(text))??;
    let mut pieces = Vec::new();
    let (mut first, mut last, mut depth) = (None, 0, 0_usize);
    // The body of BEGIN ATOMIC has semicolons of its own; the END of a CASE in it belongs to that.
    let mut bodies = 0_usize;
    let mut cut = |first: &mut Option<usize>, last: usize| {
        if let Some(start) = first.take() {
            pieces.extend(text.get(start..last).map(|piece| (start, piece)));
        }
    };
    for (kind, place) in tokens {
        match kind {
            Token::Ascii59 if depth == 0 && bodies == 0 => {
                cut(&mut first, last);
                continue;
            }
            Token::Ascii40 => depth += 1,
            Token::Ascii41 => depth = depth.saturating_sub(1),
            Token::Atomic => bodies += 1,
            Token::Case if bodies > 0 => bodies += 1,
            Token::EndP => bodies = bodies.saturating_sub(1),
            _ => {}
        }
        first.get_or_insert(place.start);
        last = place.end;
    }
    cut(&mut first, last);
    (pieces.len() > 1).then_some(pieces)
}
