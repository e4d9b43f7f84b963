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

/// Texts with more literals than this have no shape: enough for a batch of a thousand rows, few enough that the readings a
/// shape is tried with take no more memory than the text's own.
const MOST_LITERALS: usize = 8192;

/// What stands for a literal in a key. No text with one of these bytes has a shape.
pub(super) const NUMBER: u8 = 1;
const DECIMAL: u8 = 2;
pub(super) const STRING: u8 = 3;

/// What is known of a word, one bit each.
type Word = u32;

/// One of PostgreSQL's own functions that a shape may call, literals not among their arguments.
const CALLED: Word = 1 << 0;
/// A parenthesis may follow without being called.
const GROUPING: Word = 1 << 1;
/// Statements with it have no shape, save as a name.
const FOREIGN: Word = 1 << 2;
/// It may follow a literal.
const BEHIND: Word = 1 << 3;
/// It names a value which is no column's.
const NO_COLUMN: Word = 1 << 4;
/// How many rows there are, or are left out, follows.
const COUNTS: Word = 1 << 5;
/// In an INSERT it stands where VALUES should, or changes what they mean.
const INSTEAD: Word = 1 << 6;
const LIKE: Word = 1 << 7;
const IN: Word = 1 << 8;
const BETWEEN: Word = 1 << 9;
const AND: Word = 1 << 10;
const SELECT: Word = 1 << 11;
const INSERT: Word = 1 << 12;
const VALUES: Word = 1 << 13;
const RETURNING: Word = 1 << 14;
const DEFAULT: Word = 1 << 15;
const NULL: Word = 1 << 16;

/// The words that decide, by length and then by letters.
const WORDS: &[(u128, Word)] = &[
    (packed("as"), GROUPING),
    (packed("by"), GROUPING),
    (packed("in"), IN),
    (packed("on"), GROUPING),
    (packed("or"), BEHIND | GROUPING),
    (packed("abs"), CALLED),
    (packed("and"), AND | BEHIND | GROUPING),
    (packed("avg"), CALLED),
    (packed("for"), FOREIGN),
    (packed("max"), CALLED),
    (packed("min"), CALLED),
    (packed("not"), GROUPING),
    (packed("now"), CALLED),
    (packed("row"), FOREIGN),
    (packed("set"), FOREIGN),
    (packed("sum"), CALLED),
    (packed("cast"), FOREIGN),
    (packed("else"), GROUPING),
    (packed("from"), GROUPING),
    (packed("into"), FOREIGN),
    (packed("join"), GROUPING),
    (packed("like"), LIKE),
    (packed("null"), NO_COLUMN | NULL),
    (packed("then"), GROUPING),
    (packed("true"), NO_COLUMN),
    (packed("when"), GROUPING),
    (packed("with"), FOREIGN | INSTEAD),
    (packed("array"), FOREIGN),
    (packed("count"), CALLED),
    (packed("false"), NO_COLUMN),
    (packed("fetch"), FOREIGN),
    (packed("group"), BEHIND),
    (packed("ilike"), LIKE),
    (packed("limit"), BEHIND | COUNTS),
    (packed("lower"), CALLED),
    (packed("merge"), FOREIGN),
    (packed("order"), BEHIND),
    (packed("round"), CALLED),
    (packed("table"), FOREIGN | INSTEAD),
    (packed("union"), BEHIND | GROUPING),
    (packed("upper"), CALLED),
    (packed("using"), GROUPING),
    (packed("where"), GROUPING),
    (packed("delete"), FOREIGN),
    (packed("except"), BEHIND | GROUPING),
    (packed("exists"), GROUPING),
    (packed("having"), BEHIND | GROUPING),
    (packed("insert"), FOREIGN | INSERT),
    (packed("length"), CALLED),
    (packed("offset"), BEHIND | COUNTS),
    (packed("select"), GROUPING | INSTEAD | SELECT),
    (packed("update"), FOREIGN),
    (packed("values"), FOREIGN | VALUES),
    (packed("window"), FOREIGN),
    (packed("between"), BETWEEN),
    (packed("collate"), FOREIGN),
    (packed("current"), FOREIGN),
    (packed("default"), DEFAULT | INSTEAD),
    (packed("unknown"), NO_COLUMN),
    (packed("coalesce"), CALLED),
    (packed("distinct"), GROUPING),
    (packed("operator"), FOREIGN),
    (packed("intersect"), BEHIND | GROUPING),
    (packed("returning"), RETURNING),
    (packed("overriding"), INSTEAD),
    (packed("tablesample"), FOREIGN),
];

/// A word in small letters as a number: its bytes, the last one lowest.
const fn packed(word: &str) -> u128 {
    let (bytes, mut number, mut at) = (word.as_bytes(), 0, 0);
    while at < bytes.len() {
        #[expect(clippy::indexing_slicing, reason = "at compile time, and bounded")]
        let byte = bytes[at];
        number = with_letter(number, byte);
        at += 1;
    }
    number
}

/// No word of [`WORDS`] is longer, in bytes.
const LONGEST_WORD: usize = 15;

/// The bits that make all letters of a packed word small.
const SMALL: u128 = u128::from_be_bytes([0x20; 16]);

/// The next letter, digit or underscore of a word. Of these no two but a letter's two cases become the same.
const fn with_letter(word: u128, byte: u8) -> u128 {
    word << 8 | (byte | 0x20) as u128
}

/// What is known of a word.
fn known(word: u128) -> Word {
    let found = WORDS.binary_search_by_key(&word, |(word, _)| *word).ok().and_then(|at| WORDS.get(at));
    found.map_or(0, |(_, known)| *known)
}

/// Letters, digits and the underscore.
const OF_WORD: u8 = 1;
const DIGIT: u8 = 2;
const BLANK: u8 = 4;
/// Of operators that a shape may have.
const SIGN: u8 = 8;
/// What may not follow a word at once: a prefix it would be, or a longer name.
const LENGTHENS: u8 = 16;

/// What a byte may be part of.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::indexing_slicing, reason = "at compile time, and bounded")]
        {
            classes[byte] = match byte as u8 {
                b'0'..=b'9' => OF_WORD | DIGIT,
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => OF_WORD,
                b' ' | b'\t' | b'\n' | b'\r' => BLANK,
                b'=' | b'<' | b'>' | b'!' | b'+' | b'-' | b'*' | b'/' => SIGN,
                b'\'' | b'"' | b'$' | b'&' | 0x80.. => LENGTHENS,
                _ => 0,
            };
        }
        byte += 1;
    }
    classes
};

fn is(byte: u8, class: u8) -> bool {
    CLASSES.get(usize::from(byte)).is_some_and(|classes| classes & class != 0)
}

/// Where the bytes of a class end, from there on.
fn run(text: &[u8], from: usize, class: u8) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|byte| is(**byte, class)).count()
}

/// Where the number that begins there ends, and its kind, where it may be a literal.
pub(super) fn number(text: &[u8], from: usize) -> Option<(usize, u8)> {
    let mut end = run(text, from, DIGIT);
    let mut kind = NUMBER;
    let digits = end - from;
    if text.get(end) == Some(&b'.') {
        let whole = run(text, end + 1, DIGIT);
        if whole == end + 1 {
            return None;
        }
        (end, kind) = (whole, DECIMAL);
    }
    let odd = digits > 9 || digits > 1 && text.get(from) == Some(&b'0') || end - from > 15;
    // Junk behind a number, or what makes it another's.
    let junk = matches!(text.get(end), Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'.' | b'$' | b'\'' | b'"' | 0x80..));
    (!odd && !junk).then_some((end, kind))
}

/// Where the string whose quote is there ends, where it may be a literal.
pub(super) fn string(text: &[u8], from: usize) -> Option<usize> {
    let mut end = from + 1;
    loop {
        match text.get(end)? {
            b'\'' if text.get(end + 1) == Some(&b'\'') => end += 2,
            b'\'' => return Some(end + 1),
            b'\t' | b'\n' | b'\r' => end += 1,
            b'\\' | 0..b' ' => return None,
            _ => end += 1,
        }
    }
}

/// Where a literal is in a text, and of what kind.
type Literal = (Range<usize>, u8);

/// A text's shape.
#[derive(Debug)]
pub(super) struct Shape {
    /// The text with each literal replaced by its kind: equal for all texts of the shape, and for no others.
    pub(super) key: String,
}

impl Shape {
    /// The shape of a text that has one, and literals.
    pub(super) fn of(text: &str, lexing: Lexing) -> Option<Self> {
        if lexing != Lexing::default() {
            return None;
        }
        let mut scanner = Scanner::new(text, None);
        while scanner.token()? {}
        scanner.finish().map(|(shape, _)| shape)
    }

    /// A text with other literals in the places of its own: by the number of the place, and whether a string is there.
    /// `None` where it has no shape.
    pub(super) fn with(text: &str, literal: impl Fn(usize, bool) -> String) -> Option<String> {
        let mut scanner = Scanner::new(text, Some(Vec::new()));
        while scanner.token()? {}
        let (_, literals) = scanner.finish()?;
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for (number, (place, kind)) in literals.iter().enumerate() {
            out.push_str(text.get(from..place.start)?);
            out.push_str(&literal(number, *kind == STRING));
            from = place.end;
        }
        out.push_str(text.get(from..)?);
        Some(out)
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
enum Before {
    Nothing,
    /// A word that is no name, and what is known of it.
    Word(Word),
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
    before: Before,
    /// The token before that one names a column, and so may be compared.
    column: bool,
    /// A BETWEEN's first literal was there, its AND is to come.
    between: bool,
    groups: Vec<Group>,
    key: String,
    /// How many literals there were.
    count: usize,
    /// Where they are, if that is asked for.
    literals: Option<Vec<Literal>>,
    /// Up to where the text is in the key.
    kept: usize,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str, literals: Option<Vec<Literal>>) -> Self {
        Self {
            text,
            at: 0,
            statement: None,
            before: Before::Nothing,
            column: false,
            between: false,
            groups: Vec::new(),
            key: String::with_capacity(text.len()),
            count: 0,
            literals,
            kept: 0,
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Where the bytes of a class end, from there on.
    fn run(&self, from: usize, class: u8) -> usize {
        run(self.text.as_bytes(), from, class)
    }

    /// Takes a token; `false` at the end, `None` where the text has no shape.
    fn token(&mut self) -> Option<bool> {
        let blank = self.at;
        self.at = self.run(blank, BLANK);
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

    fn single(&mut self, token: Before) {
        self.at += 1;
        self.column = false;
        self.before = token;
    }

    fn word(&mut self, parted: bool) -> Option<()> {
        let end = self.run(self.at, OF_WORD);
        let bytes = self.text.as_bytes().get(self.at..)?;
        let length = end - self.at;
        let packed = match bytes.first_chunk() {
            Some(_) if length > LONGEST_WORD => 0,
            Some(bytes) => (u128::from_be_bytes(*bytes) >> (128 - 8 * length)) | (SMALL >> (128 - 8 * length)),
            None => bytes.iter().take(length).fold(0, |word, byte| with_letter(word, *byte)),
        };
        if self.byte(end).is_some_and(|byte| is(byte, LENGTHENS)) || matches!(self.before, Before::Quoted) && !parted {
            return None;
        }
        let word = known(packed);
        let is = |what: Word| word & what != 0;
        if self.before == Before::Literal && !(parted && is(BEHIND)) {
            return None;
        }
        // Behind a dot it is a name, whatever it says.
        let named = self.before == Before::Dot;
        match self.statement {
            None if is(SELECT) => self.statement = Some(Statement::Select),
            None if is(INSERT) => self.statement = Some(Statement::Insert),
            None => return None,
            Some(Statement::Select) if !named && is(FOREIGN) => return None,
            Some(Statement::Insert) if !named && is(VALUES) && self.groups.is_empty() => {
                self.statement = Some(Statement::Values);
            }
            Some(Statement::Insert) if !named && is(INSTEAD) => return None,
            Some(Statement::Values) if is(RETURNING) && self.groups.is_empty() && self.before == Before::Closing => {
                self.statement = Some(Statement::Returning);
            }
            Some(Statement::Values) if !is(DEFAULT | NULL) => return None,
            Some(Statement::Returning) if is(SELECT) => return None,
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
        let end = self.run(self.at, SIGN);
        let operator = self.text.get(self.at..end)?;
        if self.before == Before::Literal {
            return None;
        }
        let column = match self.before {
            Before::Word(word) => word & NO_COLUMN == 0,
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
            (Statement::Values, Before::Word(word)) if self.groups.is_empty() && word & VALUES != 0 => Group::Row,
            (Statement::Values | Statement::Returning, _) => return None,
            // The columns, once.
            (Statement::Insert, Before::Word(_) | Before::Quoted) if self.groups.is_empty() => Group::Plain,
            (Statement::Insert, _) => return None,
            (Statement::Select, Before::Quoted | Before::Dot) => return None,
            (Statement::Select, Before::Word(word)) if word & IN != 0 => Group::List,
            (Statement::Select, Before::Word(word)) if word & CALLED != 0 => Group::Arguments,
            (Statement::Select, Before::Word(word)) if word & GROUPING != 0 => Group::Plain,
            (Statement::Select, Before::Word(_)) => return None,
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
        let (end, kind) = number(self.text.as_bytes(), from)?;
        if !parted && matches!(self.before, Before::Word(_) | Before::Quoted | Before::Dot) {
            return None;
        }
        if let Before::Word(word) = self.before
            && word & COUNTS != 0
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
        let end = string(self.text.as_bytes(), from)?;
        self.literal(from..end, STRING)
    }

    /// Takes a literal out, where it may be.
    fn literal(&mut self, place: Range<usize>, kind: u8) -> Option<()> {
        let among = match (self.statement?, self.groups.last(), self.before) {
            (Statement::Values, Some(Group::Row), Before::Opening | Before::Comma) => true,
            (Statement::Select, Some(Group::List), Before::Opening | Before::Comma) => true,
            (Statement::Select, _, Before::Comparison) => self.column,
            (Statement::Select, _, Before::Word(word)) if word & LIKE != 0 => true,
            (Statement::Select, _, Before::Word(word)) if word & BETWEEN != 0 => {
                self.between = true;
                true
            }
            (Statement::Select, _, Before::Word(word)) if word & AND != 0 => std::mem::take(&mut self.between),
            _ => false,
        };
        if !among || self.groups.contains(&Group::Arguments) || self.count == MOST_LITERALS {
            return None;
        }
        self.key.push_str(self.text.get(self.kept..place.start)?);
        self.key.push(char::from(kind));
        self.kept = place.end;
        self.at = place.end;
        self.count += 1;
        if let Some(literals) = &mut self.literals {
            literals.push((place, kind));
        }
        self.before = Before::Literal;
        self.column = false;
        Some(())
    }

    /// The shape, and where the literals are, if that was asked for.
    fn finish(mut self) -> Option<(Shape, Vec<Literal>)> {
        if self.count == 0 || !self.groups.is_empty() || self.statement == Some(Statement::Insert) {
            return None;
        }
        self.key.push_str(self.text.get(self.kept..)?);
        Some((Shape { key: self.key }, self.literals.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests;
