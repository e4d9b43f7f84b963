//! Names, folded and cut as PostgreSQL's scanner does.

use super::super::Name;
use sqlparser::ast::{Ident, ObjectName, ObjectNamePart};

/// `NAMEDATALEN - 1` of PostgreSQL's pg_config_manual.h.
const MAX_NAME: usize = 63;

/// One identifier: lower case (ASCII alone, as in UTF-8 databases) unless quoted, at most 63 bytes, whole characters.
pub fn ident(ident: Ident) -> Box<str> {
    let mut name = ident.value;
    if ident.quote_style.is_none() {
        name.make_ascii_lowercase();
    }
    if name.len() > MAX_NAME {
        name.truncate((0..=MAX_NAME).rev().find(|at| name.is_char_boundary(*at)).unwrap_or(0));
    }
    name.into_boxed_str()
}

/// The parts of a qualified name.
pub fn parts(name: ObjectName) -> Option<Vec<Box<str>>> {
    let parts = name.0.into_iter().map(|part| match part {
        ObjectNamePart::Identifier(part) => Some(ident(part)),
        ObjectNamePart::Function(_) => None,
    });
    parts.collect()
}

/// A qualified name: its last part, and the one before it as the schema.
pub fn name(name: ObjectName) -> Option<Name> {
    let mut parts = parts(name)?;
    let name = parts.pop()?;
    Some(Name { schema: parts.pop(), name })
}

/// Several qualified names.
pub fn names(list: Vec<ObjectName>) -> Option<Vec<Name>> {
    list.into_iter().map(name).collect()
}

/// A name of one word.
pub fn bare(word: Ident) -> Name {
    Name { schema: None, name: ident(word) }
}

/// Whether an identifier is that word, unquoted.
pub fn is_word(ident: &Ident, word: &str) -> bool {
    ident.quote_style.is_none() && ident.value.eq_ignore_ascii_case(word)
}
