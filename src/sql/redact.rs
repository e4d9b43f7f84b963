//! Texts fit for logs: every literal replaced, every comment dropped; and fingerprints.

use super::read::{Lexing, with_deep_stack};
use pg_query::protobuf::Token;

/// Texts longer than this are shown by their statements' kinds alone.
const MAX_REDACTED: usize = 64 << 10;

/// The text with every literal replaced by `?` and without comments, by PostgreSQL's own lexer. `None` where that is
/// not certain: a lexing other than the default, text it cannot lex, or text too long.
pub fn redact(text: &str, lexing: Lexing) -> Option<String> {
    if lexing != Lexing::default() || text.len() > MAX_REDACTED {
        return None;
    }
    // pg_query's scanner reads through a null pointer where a text has no token at all.
    if text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)) {
        return Some(String::new());
    }
    let tokens = pg_query::scan_tokens(text).ok()?;
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for token in tokens {
        let (from, to) = (usize::try_from(token.start).ok()?, usize::try_from(token.end).ok()?);
        let kind = Token::try_from(token.token).ok()?;
        if matches!(kind, Token::SqlComment | Token::CComment) {
            continue;
        }
        if from > end && !out.is_empty() {
            out.push(' ');
        }
        match kind {
            Token::Sconst | Token::Usconst | Token::Bconst | Token::Xconst | Token::Iconst | Token::Fconst => {
                out.push('?');
            }
            _ => out.push_str(text.get(from..to)?),
        }
        end = to;
    }
    Some(out)
}

/// libpg_query's fingerprint: equal for texts that differ in literals only. 0 for text it cannot read.
pub fn fingerprint(text: &str, lexing: Lexing) -> u64 {
    let fingerprint = || pg_query::fingerprint(text, lexing.options(), pg_query::FingerprintOptions::DEFAULT);
    with_deep_stack(text, fingerprint).and_then(Result::ok).map_or(0, |fingerprint| fingerprint.value)
}
