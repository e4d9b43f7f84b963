//! A text as the pieces PostgreSQL's scanner sees, so that it can be spelled in another way.

use pg_query::protobuf::{KeywordKind, Token};

/// What a piece is, as far as its spelling goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A keyword that cannot be quoted.
    Keyword,
    /// A bare name.
    Name,
    /// A name in double quotes.
    Quoted,
    /// A string in plain single quotes.
    Text,
    /// Anything else.
    Other,
}

/// One token and what stands before it.
#[derive(Debug, Clone)]
pub struct Piece {
    pub gap: String,
    pub text: String,
    pub kind: Kind,
}

impl Piece {
    /// Whether it is that keyword or sign.
    pub fn is(&self, word: &str) -> bool {
        !matches!(self.kind, Kind::Quoted | Kind::Text) && self.text.eq_ignore_ascii_case(word)
    }

    /// A piece behind a blank.
    pub fn new(text: impl Into<String>) -> Self {
        Self { gap: " ".into(), text: text.into(), kind: Kind::Other }
    }
}

/// A text's pieces and what stands behind the last; `None` where the scanner does not take it.
pub fn split(text: &str) -> Option<(Vec<Piece>, String)> {
    let tokens = pg_query::scan_tokens(text).ok()?;
    let (mut pieces, mut end) = (Vec::new(), 0);
    let mut gap = String::new();
    for token in tokens {
        let (from, to) = (usize::try_from(token.start).ok()?, usize::try_from(token.end).ok()?);
        gap.push_str(text.get(end..from)?);
        end = to;
        let spelled = text.get(from..to)?.to_owned();
        if matches!(token.token(), Token::SqlComment | Token::CComment) {
            gap.push_str(&spelled);
            continue;
        }
        let kind = match token.token() {
            Token::Ident if spelled.starts_with('"') => Kind::Quoted,
            Token::Ident => Kind::Name,
            Token::Sconst if spelled.starts_with('\'') => Kind::Text,
            _ if token.keyword_kind() != KeywordKind::NoKeyword => Kind::Keyword,
            _ => Kind::Other,
        };
        pieces.push(Piece { gap: std::mem::take(&mut gap), text: spelled, kind });
    }
    gap.push_str(text.get(end..)?);
    Some((pieces, gap))
}

/// The text of pieces.
pub fn join(pieces: &[Piece], rest: &str) -> String {
    pieces.iter().flat_map(|piece| [piece.gap.as_str(), piece.text.as_str()]).chain([rest]).collect()
}
