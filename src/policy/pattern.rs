//! Patterns of names: `*` stands for any run of characters, `?` for one; everything else is itself.

use crate::classify::Relation;
use std::fmt;
use std::ops::RangeInclusive;

/// A pattern of one name. Case matters: PostgreSQL's names are compared as the server folds and keeps them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pattern(Box<str>);

impl Pattern {
    /// The pattern written so.
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the name meets the pattern.
    pub fn matches(&self, name: &str) -> bool {
        glob(self.0.as_bytes(), name.as_bytes())
    }

    /// Whether one name alone meets it.
    pub fn is_exact(&self) -> bool {
        !self.0.contains(['*', '?'])
    }

    /// Whether every name meets it.
    pub fn is_any(&self) -> bool {
        !self.0.is_empty() && self.0.bytes().all(|byte| byte == b'*')
    }

    /// Whether some name meets both patterns.
    pub fn overlaps(&self, other: &Pattern) -> bool {
        overlap(self.0.as_bytes(), other.0.as_bytes())
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A pattern of relations: `schema.table`, or `table` in any schema; `*` alone is every relation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TablePattern {
    schema: Option<Pattern>,
    table: Pattern,
}

impl TablePattern {
    /// The pattern written so; the first dot parts schema and table.
    pub fn new(text: &str) -> Self {
        match text.split_once('.') {
            Some((schema, table)) => Self { schema: Some(Pattern::new(schema)), table: Pattern::new(table) },
            None => Self { schema: None, table: Pattern::new(text) },
        }
    }

    /// Whether the relation may be one the pattern means.
    ///
    /// A name without a schema could be in any (`search_path` decides, and the text does not show it), so it meets the
    /// pattern by its table part in whatever schema; and by its schema part, for it may be a schema's own name
    /// (`DROP SCHEMA payments` falls on `payments.cards`).
    pub fn matches(&self, relation: &Relation) -> bool {
        match (&self.schema, &relation.schema) {
            (None, _) => may_match(&self.table, &relation.name),
            (Some(pattern), Some(schema)) => may_match(pattern, schema) && may_match(&self.table, &relation.name),
            (Some(pattern), None) => may_match(&self.table, &relation.name) || may_match(pattern, &relation.name),
        }
    }
}

impl fmt::Display for TablePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.table),
            None => self.table.fmt(f),
        }
    }
}

/// Characters that stand for bytes of which it is not known what they are: a name with one in it may be any.
pub const UNKNOWN_CHARACTERS: RangeInclusive<char> = '\u{f0000}'..='\u{f00ff}';

/// Whether a name may be one the pattern means. A database in a single-byte encoding folds letters beyond ASCII too
/// (`downcase_identifier`), and which it is in the text does not show.
fn may_match(pattern: &Pattern, name: &str) -> bool {
    pattern.matches(name)
        || !name.is_ascii()
            && (name.contains(|c| UNKNOWN_CHARACTERS.contains(&c)) || pattern.matches(&name.to_lowercase()))
}

/// The usual two-finger walk: on a mismatch, go back to the last `*` and let it take one byte more. `?` takes one
/// character, so it also swallows that character's continuation bytes.
fn glob(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(&byte) = name.get(n) {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
                continue;
            }
            Some(b'?') => {
                p += 1;
                n += 1;
                while name.get(n).is_some_and(|next| next & 0xC0 == 0x80) {
                    n += 1;
                }
                continue;
            }
            Some(&wanted) if wanted == byte => {
                p += 1;
                n += 1;
                continue;
            }
            _ => {}
        }
        match star {
            Some((at, taken)) => {
                star = Some((at, taken + 1));
                p = at + 1;
                n = taken + 1;
            }
            None => return false,
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

/// Whether two patterns share a name: a table of reachable pairs of positions, row by row.
fn overlap(left: &[u8], right: &[u8]) -> bool {
    // row[j]: whether left[..i] and right[..j] can produce the same text.
    let mut row: Vec<bool> = Vec::with_capacity(right.len() + 1);
    row.push(true);
    for byte in right {
        row.push(row.last() == Some(&true) && *byte == b'*');
    }
    for l in left {
        let mut next = Vec::with_capacity(row.len());
        next.push(row.first() == Some(&true) && *l == b'*');
        for (j, r) in right.iter().enumerate() {
            let both = row.get(j) == Some(&true);
            let above = row.get(j + 1) == Some(&true);
            let before = next.get(j) == Some(&true);
            let same = *l == b'*' || *r == b'*' || *l == b'?' || *r == b'?' || l == r;
            next.push(
                (both && same) || (above && (*l == b'*' || *r == b'*')) || (before && (*r == b'*' || *l == b'*')),
            );
        }
        row = next;
    }
    row.last() == Some(&true)
}
