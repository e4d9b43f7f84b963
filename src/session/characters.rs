//! Bytes as characters, in the client's encoding: enough of it that everything ASCII is what the server reads.

use crate::policy::UNKNOWN_CHARACTERS;
use std::borrow::Cow;

/// How the bytes of a client's texts are characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Characters {
    /// UTF-8.
    Utf8,
    /// Each byte is one; which, beyond ASCII, is not known here.
    Bytes,
    /// Several bytes may be one.
    Several,
}

impl Characters {
    /// By the names that the server reports. Bytes of `SQL_ASCII` are taken as they are, so they are the server's own.
    ///
    /// See <https://www.postgresql.org/docs/current/multibyte.html#CHARSET-TABLE>.
    pub(super) fn of(client: &str, server: &str) -> Self {
        let name = if client.eq_ignore_ascii_case("SQL_ASCII") { server } else { client };
        let starts = |beginning: &str| {
            name.get(..beginning.len()).is_some_and(|beginning_of| beginning_of.eq_ignore_ascii_case(beginning))
        };
        if name.eq_ignore_ascii_case("UTF8") {
            Self::Utf8
        } else if ["LATIN", "WIN", "KOI8", "ISO_8859"].iter().any(|beginning| starts(beginning))
            || name.eq_ignore_ascii_case("SQL_ASCII")
        {
            Self::Bytes
        } else {
            Self::Several
        }
    }

    /// A text's characters; `None` where it cannot be told how many they are.
    ///
    /// A byte that is not ASCII becomes a character of its own among [`UNKNOWN_CHARACTERS`], so that it is equal to
    /// itself alone, and a name with it in may be any.
    pub(super) fn decode(self, text: &[u8]) -> Option<Cow<'_, str>> {
        if self == Self::Utf8 || text.is_ascii() {
            return std::str::from_utf8(text).ok().map(Cow::from);
        }
        let unknown = |byte: u8| char::from_u32(u32::from(*UNKNOWN_CHARACTERS.start()) + u32::from(byte));
        let decoded = || text.iter().map(|byte| if byte.is_ascii() { Some(char::from(*byte)) } else { unknown(*byte) });
        (self == Self::Bytes).then(|| decoded().collect::<Option<String>>())?.map(Cow::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_by_their_names() {
        for (client, server, wanted) in [
            ("UTF8", "LATIN1", Characters::Utf8),
            ("LATIN1", "UTF8", Characters::Bytes),
            ("WIN1252", "UTF8", Characters::Bytes),
            ("SQL_ASCII", "UTF8", Characters::Utf8),
            ("SQL_ASCII", "SQL_ASCII", Characters::Bytes),
            ("SQL_ASCII", "EUC_JP", Characters::Several),
            ("EUC_KR", "UTF8", Characters::Several),
            ("MULE_INTERNAL", "UTF8", Characters::Several),
            ("TOMORROW", "UTF8", Characters::Several),
        ] {
            assert_eq!(Characters::of(client, server), wanted, "{client} {server}");
        }
    }

    #[test]
    fn what_is_not_ascii_stays_apart() {
        // Valid as UTF-8, and two characters of LATIN1.
        let text = b"SELECT '\xc3\xa9'";
        assert_eq!(Characters::Utf8.decode(text).unwrap(), "SELECT '\u{e9}'");
        assert_eq!(Characters::Bytes.decode(text).unwrap().chars().count(), text.len());
        assert_eq!(Characters::Several.decode(text), None);
        assert_ne!(Characters::Bytes.decode(b"\xe9"), Characters::Bytes.decode(b"\xe8"));
        assert_eq!(Characters::Utf8.decode(b"\xe9"), None);
        for characters in [Characters::Utf8, Characters::Bytes, Characters::Several] {
            assert_eq!(characters.decode(b"SELECT 1").unwrap(), "SELECT 1");
        }
    }
}
