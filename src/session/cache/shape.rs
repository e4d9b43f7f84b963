//! What a text is without its literals, for the texts whose effects no literal decides.
//!
//! Agents and many drivers write values into their texts, so that no two are the same. A reading may be taken from
//! another text only where nothing that is judged depends on what differs; so a few kinds of text have a *shape*, and all
//! others have none:
//!
//! - a SELECT that calls a few functions of PostgreSQL's own, if any, and has literals only beside a comparison with a
//!   column, LIKE, BETWEEN and in lists of IN (what a SELECT's conditions let through is not judged);
//! - an INSERT of VALUES that are literals.
//!
//! Literals are plain numbers and strings in plain quotes. A dollar, a backslash, a comment, a cast, a typed or prefixed
//! literal, an operator beyond arithmetic and comparison, a second statement: no shape. What this scanner takes for one
//! token PostgreSQL's does too (<https://www.postgresql.org/docs/current/sql-syntax-lexical.html>).

use crate::sql::Lexing;
use std::ops::Range;

/// Texts with more literals than this have no shape: they are rarely sent in the same shape again.
const MOST_LITERALS: usize = 256;

/// What stands for a literal in a key. No text with one of these bytes has a shape.
const NUMBER: u8 = 1;
const DECIMAL: u8 = 2;
const STRING: u8 = 3;

/// PostgreSQL's own functions that a shape may call, literals not among their arguments.
const CALLED: &[&str] =
    &["abs", "avg", "coalesce", "count", "length", "lower", "max", "min", "now", "round", "sum", "upper"];

/// Words that a parenthesis may follow without being called.
const GROUPING: &[&str] = &[
    "and",
    "as",
    "by",
    "distinct",
    "else",
    "except",
    "exists",
    "from",
    "having",
    "intersect",
    "join",
    "not",
    "on",
    "or",
    "select",
    "then",
    "union",
    "using",
    "when",
    "where",
];

/// Words whose statements have no shape.
const FOREIGN_TO_SELECT: &[&str] = &[
    "array",
    "cast",
    "collate",
    "current",
    "delete",
    "fetch",
    "for",
    "insert",
    "into",
    "merge",
    "operator",
    "row",
    "set",
    "table",
    "tablesample",
    "update",
    "values",
    "window",
    "with",
];

/// Words that may follow a literal.
const BEHIND_LITERAL: &[&str] =
    &["and", "except", "group", "having", "intersect", "limit", "offset", "or", "order", "union"];

/// Words that name a value which is no column's.
const NO_COLUMN: &[&str] = &["false", "null", "true", "unknown"];

/// A text's shape.
#[derive(Debug)]
pub(super) struct Shape {
    /// The text with each literal replaced by its kind: equal for all texts of the shape, and for no others.
    pub(super) key: String,
    /// Where the literals are in the text.
    literals: Vec<(Range<usize>, u8)>,
}

impl Shape {
    /// The shape of a text that has one, and literals.
    pub(super) fn of(text: &str, lexing: Lexing) -> Option<Self> {
        if lexing != Lexing::default() {
            return None;
        }
        let mut scanner = Scanner::new(text);
        while scanner.token()? {}
        scanner.finish()
    }

    /// The text with other literals in the places of its own: by the number of the place, and whether a string is there.
    pub(super) fn with(&self, text: &str, literal: impl Fn(usize, bool) -> String) -> String {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for (number, (place, kind)) in self.literals.iter().enumerate() {
            out.push_str(text.get(from..place.start).unwrap_or_default());
            out.push_str(&literal(number, *kind == STRING));
            from = place.end;
        }
        out.push_str(text.get(from..).unwrap_or_default());
        out
    }
}

/// What kind of statement it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Statement {
    Select,
    /// Up to its VALUES.
    Insert,
    Values,
    /// Behind its VALUES.
    Returning,
}

/// What a parenthesis holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    /// An expression, a sub-select, a list of columns.
    Plain,
    /// A list of IN.
    List,
    /// A row of VALUES.
    Row,
    /// The arguments of a function.
    Arguments,
}

/// The token before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before<'a> {
    Nothing,
    Word(&'a str),
    /// A name: in double quotes, or behind a dot.
    Quoted,
    Comparison,
    Arithmetic,
    Dot,
    Comma,
    Opening,
    Closing,
    Literal,
    /// The semicolon at the end.
    End,
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    statement: Option<Statement>,
    before: Before<'a>,
    /// The token before that one names a column, and so may be compared.
    column: bool,
    /// A BETWEEN's first literal was there, its AND is to come.
    between: bool,
    groups: Vec<Group>,
    key: Vec<u8>,
    literals: Vec<(Range<usize>, u8)>,
    /// Up to where the text is in the key.
    kept: usize,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            statement: None,
            before: Before::Nothing,
            column: false,
            between: false,
            groups: Vec::new(),
            key: Vec::with_capacity(text.len()),
            literals: Vec::new(),
            kept: 0,
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Where the bytes that meet `wanted` end, from here on.
    fn run(&self, wanted: impl Fn(u8) -> bool) -> usize {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at + rest.iter().position(|&byte| !wanted(byte)).unwrap_or(rest.len())
    }

    /// Takes a token; `false` at the end, `None` where the text has no shape.
    fn token(&mut self) -> Option<bool> {
        let blank = self.at;
        self.at = self.run(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
        let Some(byte) = self.byte(self.at) else { return Some(false) };
        if self.before == Before::End {
            return None;
        }
        let parted = self.at > blank;
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(parted)?,
            b'0'..=b'9' => self.number(parted)?,
            b'\'' => self.string(parted)?,
            b'"' => self.quoted(parted)?,
            b'=' | b'<' | b'>' | b'!' | b'+' | b'-' | b'*' | b'/' => self.operator()?,
            b'.' if self.before == Before::Literal => return None,
            b'.' => self.single(Before::Dot),
            b',' => self.single(Before::Comma),
            b'(' => self.open()?,
            b')' => {
                self.groups.pop()?;
                self.between = false;
                self.single(Before::Closing);
            }
            b';' => self.single(Before::End),
            _ => return None,
        }
        Some(true)
    }

    fn single(&mut self, token: Before<'a>) {
        self.at += 1;
        self.column = false;
        self.before = token;
    }

    fn word(&mut self, parted: bool) -> Option<()> {
        let end = self.run(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let word = self.text.get(self.at..end)?;
        // What a quote or a dollar follows at once is a prefix, or a longer name.
        if matches!(self.byte(end), Some(b'\'' | b'"' | b'$' | b'&' | 0x80..))
            || matches!(self.before, Before::Quoted) && !parted
        {
            return None;
        }
        let is = |words: &[&str]| words.iter().any(|one| one.eq_ignore_ascii_case(word));
        if self.before == Before::Literal && !(parted && is(BEHIND_LITERAL)) {
            return None;
        }
        // Behind a dot it is a name, whatever it says.
        let named = self.before == Before::Dot;
        match self.statement {
            None if is(&["select"]) => self.statement = Some(Statement::Select),
            None if is(&["insert"]) => self.statement = Some(Statement::Insert),
            None => return None,
            Some(Statement::Select) if !named && is(FOREIGN_TO_SELECT) => return None,
            Some(Statement::Insert) if !named && is(&["values"]) && self.groups.is_empty() => {
                self.statement = Some(Statement::Values);
            }
            Some(Statement::Insert) if !named && is(&["select", "with", "table", "default", "overriding"]) => {
                return None;
            }
            Some(Statement::Values)
                if is(&["returning"]) && self.groups.is_empty() && self.before == Before::Closing =>
            {
                self.statement = Some(Statement::Returning);
            }
            Some(Statement::Values) if !is(&["default", "null"]) => return None,
            Some(Statement::Returning) if is(&["select"]) => return None,
            Some(_) => {}
        }
        self.at = end;
        self.column = false;
        self.before = if named { Before::Quoted } else { Before::Word(word) };
        Some(())
    }

    /// A name in double quotes.
    fn quoted(&mut self, parted: bool) -> Option<()> {
        if !parted && matches!(self.before, Before::Word(_) | Before::Quoted | Before::Literal) {
            return None;
        }
        if self.before == Before::Literal || self.statement.is_none() || self.statement == Some(Statement::Values) {
            return None;
        }
        let rest = self.text.get(self.at + 1..)?;
        let end = rest.find('"')?;
        let name = rest.get(..end)?;
        // Two quotes stand for one in a name.
        if name.is_empty() || name.bytes().any(|byte| byte < b' ') || rest.as_bytes().get(end + 1) == Some(&b'"') {
            return None;
        }
        self.at += end + 2;
        self.column = false;
        self.before = Before::Quoted;
        Some(())
    }

    fn operator(&mut self) -> Option<()> {
        let end = self.run(|byte| matches!(byte, b'=' | b'<' | b'>' | b'!' | b'+' | b'-' | b'*' | b'/'));
        let operator = self.text.get(self.at..end)?;
        if self.before == Before::Literal {
            return None;
        }
        let column = match self.before {
            Before::Word(word) => !NO_COLUMN.iter().any(|one| one.eq_ignore_ascii_case(word)),
            Before::Quoted => true,
            _ => false,
        };
        self.before = match operator {
            "=" | "<" | ">" | "<=" | ">=" | "<>" | "!=" => Before::Comparison,
            "+" | "-" | "*" | "/" => Before::Arithmetic,
            // Comments begin so, and operators of others are written so.
            _ => return None,
        };
        self.column = column;
        self.at = end;
        Some(())
    }

    fn open(&mut self) -> Option<()> {
        let group = match (self.statement?, self.before) {
            (_, Before::Literal | Before::Closing | Before::End | Before::Nothing) => return None,
            (Statement::Values, Before::Comma) if self.groups.is_empty() => Group::Row,
            (Statement::Values, Before::Word(word))
                if self.groups.is_empty() && word.eq_ignore_ascii_case("values") =>
            {
                Group::Row
            }
            (Statement::Values | Statement::Returning, _) => return None,
            // The columns, once.
            (Statement::Insert, Before::Word(_) | Before::Quoted) if self.groups.is_empty() => Group::Plain,
            (Statement::Insert, _) => return None,
            (Statement::Select, Before::Quoted | Before::Dot) => return None,
            (Statement::Select, Before::Word(word)) => {
                let is = |words: &[&str]| words.iter().any(|one| one.eq_ignore_ascii_case(word));
                if is(&["in"]) {
                    Group::List
                } else if is(CALLED) {
                    Group::Arguments
                } else if is(GROUPING) {
                    Group::Plain
                } else {
                    return None;
                }
            }
            (Statement::Select, Before::Comparison | Before::Arithmetic | Before::Comma | Before::Opening) => {
                Group::Plain
            }
        };
        self.groups.push(group);
        self.between = false;
        self.single(Before::Opening);
        Some(())
    }

    fn number(&mut self, parted: bool) -> Option<()> {
        let from = self.at;
        let mut end = self.run(|byte| byte.is_ascii_digit());
        let mut kind = NUMBER;
        let digits = end - from;
        if self.byte(end) == Some(b'.') {
            self.at = end + 1;
            let whole = self.run(|byte| byte.is_ascii_digit());
            self.at = from;
            if whole == end + 1 {
                return None;
            }
            (end, kind) = (whole, DECIMAL);
        }
        let odd = digits > 9 || digits > 1 && self.byte(from) == Some(b'0') || end - from > 15;
        // Junk behind a number, or what makes it another's.
        if odd || matches!(self.byte(end), Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'.' | b'$' | b'\'' | b'"' | 0x80..))
        {
            return None;
        }
        if !parted && matches!(self.before, Before::Word(_) | Before::Quoted | Before::Dot) {
            return None;
        }
        let counts = |word: &str| ["limit", "offset"].iter().any(|one| one.eq_ignore_ascii_case(word));
        if let Before::Word(word) = self.before
            && counts(word)
            && self.statement == Some(Statement::Select)
        {
            // How many rows may matter: it stays.
            self.at = end;
            self.before = Before::Literal;
            self.column = false;
            return Some(());
        }
        self.literal(from..end, kind)
    }

    fn string(&mut self, parted: bool) -> Option<()> {
        let from = self.at;
        if !parted && matches!(self.before, Before::Word(_) | Before::Quoted | Before::Literal) {
            return None;
        }
        let bytes = self.text.as_bytes();
        let mut end = from + 1;
        loop {
            match bytes.get(end)? {
                b'\'' if bytes.get(end + 1) == Some(&b'\'') => end += 2,
                b'\'' => break,
                b'\t' | b'\n' | b'\r' => end += 1,
                b'\\' | 0..b' ' => return None,
                _ => end += 1,
            }
        }
        self.literal(from..end + 1, STRING)
    }

    /// Takes a literal out, where it may be.
    fn literal(&mut self, place: Range<usize>, kind: u8) -> Option<()> {
        let is = |word: &str, words: &[&str]| words.iter().any(|one| one.eq_ignore_ascii_case(word));
        let among = match (self.statement?, self.groups.last(), self.before) {
            (Statement::Values, Some(Group::Row), Before::Opening | Before::Comma) => true,
            (Statement::Select, Some(Group::List), Before::Opening | Before::Comma) => true,
            (Statement::Select, _, Before::Comparison) => self.column,
            (Statement::Select, _, Before::Word(word)) if is(word, &["like", "ilike"]) => true,
            (Statement::Select, _, Before::Word(word)) if is(word, &["between"]) => {
                self.between = true;
                true
            }
            (Statement::Select, _, Before::Word(word)) if is(word, &["and"]) => std::mem::take(&mut self.between),
            _ => false,
        };
        if !among || self.groups.contains(&Group::Arguments) || self.literals.len() == MOST_LITERALS {
            return None;
        }
        self.key.extend_from_slice(self.text.as_bytes().get(self.kept..place.start)?);
        self.key.push(kind);
        self.kept = place.end;
        self.at = place.end;
        self.literals.push((place, kind));
        self.before = Before::Literal;
        self.column = false;
        Some(())
    }

    fn finish(mut self) -> Option<Shape> {
        if self.literals.is_empty() || !self.groups.is_empty() || self.statement == Some(Statement::Insert) {
            return None;
        }
        self.key.extend_from_slice(self.text.as_bytes().get(self.kept..)?);
        Some(Shape { key: String::from_utf8(self.key).ok()?, literals: self.literals })
    }
}

#[cfg(test)]
mod tests;
