//! PL/pgSQL's tokens, by the rules of PostgreSQL's own scanner (`scan.l`), which PL/pgSQL uses: enough of them to find
//! where a statement or an expression ends. What is inside is read by PostgreSQL's grammar.

use super::super::read::{Lexing, MAX_NODES, ReadError};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A word that is not quoted: a keyword or a name.
    Word,
    /// A quoted name.
    Quoted,
    /// A string of any form.
    String,
    /// A number.
    Number,
    /// `$1`.
    Parameter,
    /// An operator or a sign: `:=`, `..`, `=`, `(`...
    Sign,
}

/// A token and its place in the text, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it begins.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
}

/// All tokens of a text, white space and comments left out.
///
/// # Errors
/// [`ReadError::Syntax`] where a string, a name or a comment does not end; [`ReadError::TooLarge`] where there are more
/// than [`MAX_NODES`].
pub fn tokens(text: &str, lexing: Lexing) -> Result<Vec<Token>, ReadError> {
    let mut tokens = Vec::new();
    each(text, lexing, |token| {
        if tokens.len() >= MAX_NODES {
            return Err(ReadError::TooLarge);
        }
        tokens.push(token);
        Ok(())
    })?;
    Ok(tokens)
}

/// Shows each token of a text, in order, and keeps none.
///
/// # Errors
/// [`ReadError::Syntax`] where a string, a name or a comment does not end; and those of `see`.
pub fn each(text: &str, lexing: Lexing, mut see: impl FnMut(Token) -> Result<(), ReadError>) -> Result<(), ReadError> {
    let mut lexer = Lexer { bytes: text.as_bytes(), at: 0, lexing };
    loop {
        lexer.skip_space()?;
        let from = lexer.at;
        let Some(byte) = lexer.peek(0) else { return Ok(()) };
        let kind = lexer.token(byte)?;
        if lexer.at <= from {
            return Err(ReadError::Syntax);
        }
        see(Token { kind, from, to: lexer.at })?;
    }
}

/// The characters operators are made of.
const OPERATOR: &[u8] = b"~!@#^&|`?+-*/%<>=";
/// Those that let an operator of several characters end in `+` or `-`.
const FREE: &[u8] = b"~!@#^&|`?%";

struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    lexing: Lexing,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn starts(&self, with: &[u8]) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(with))
    }

    /// Goes on while the bytes are of that sort.
    fn run(&mut self, sort: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&sort) {
            self.at += 1;
        }
    }

    fn skip_space(&mut self) -> Result<(), ReadError> {
        loop {
            self.skip_lines();
            if !self.starts(b"/*") {
                return Ok(());
            }
            self.comment()?;
        }
    }

    /// Blanks, and comments that a line ends.
    fn skip_lines(&mut self) {
        loop {
            self.run(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c));
            if !self.starts(b"--") {
                return;
            }
            self.run(|byte| !matches!(byte, b'\n' | b'\r'));
        }
    }

    /// A comment in `/* */`; they nest.
    fn comment(&mut self) -> Result<(), ReadError> {
        let mut depth = 0_usize;
        while self.at < self.bytes.len() {
            if self.starts(b"/*") {
                depth += 1;
                self.at += 2;
            } else if self.starts(b"*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return Ok(());
                }
            } else {
                self.at += 1;
            }
        }
        Err(ReadError::Syntax)
    }

    fn token(&mut self, first: u8) -> Result<Kind, ReadError> {
        let next = self.peek(1);
        match first {
            b'\'' => self.string(1, !self.lexing.standard_conforming_strings),
            b'e' | b'E' if next == Some(b'\'') => self.string(2, true),
            b'n' | b'N' if next == Some(b'\'') => self.string(2, !self.lexing.standard_conforming_strings),
            b'b' | b'B' | b'x' | b'X' if next == Some(b'\'') => self.string(2, false),
            b'u' | b'U' if next == Some(b'&') && self.peek(2) == Some(b'\'') => self.string(3, false),
            b'u' | b'U' if next == Some(b'&') && self.peek(2) == Some(b'"') => {
                self.at += 3;
                self.quoted(b'"', false)?;
                Ok(Kind::Quoted)
            }
            b'"' => {
                self.at += 1;
                self.quoted(b'"', false)?;
                Ok(Kind::Quoted)
            }
            b'$' => self.dollar(),
            b'0'..=b'9' => Ok(self.number()),
            b'.' if next.is_some_and(|byte| byte.is_ascii_digit()) => Ok(self.number()),
            _ if is_name_start(first) => {
                self.run(|byte| is_name_start(byte) || byte.is_ascii_digit() || byte == b'$');
                Ok(Kind::Word)
            }
            _ => {
                self.sign(first);
                Ok(Kind::Sign)
            }
        }
    }

    /// A string behind its prefix and quote, with the strings that go on from it: behind a new line, in the mode it began in
    /// (`quotecontinue` in PostgreSQL's `scan.l`).
    fn string(&mut self, prefix: usize, escapes: bool) -> Result<Kind, ReadError> {
        self.at += prefix;
        self.quoted(b'\'', escapes)?;
        loop {
            let end = self.at;
            self.skip_lines();
            let lines = self.bytes.get(end..self.at).unwrap_or_default();
            if self.peek(0) != Some(b'\'') || !lines.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
                self.at = end;
                return Ok(Kind::String);
            }
            self.at += 1;
            self.quoted(b'\'', escapes)?;
        }
    }

    /// The rest of a string or a quoted name; the quote is doubled in it, or behind a backslash.
    fn quoted(&mut self, quote: u8, escapes: bool) -> Result<(), ReadError> {
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            if byte == b'\\' && escapes {
                self.at += 1;
            } else if byte == quote {
                if self.peek(0) != Some(quote) {
                    return Ok(());
                }
                self.at += 1;
            }
        }
        Err(ReadError::Syntax)
    }

    /// `$1`, `$$ ... $$`, `$tag$ ... $tag$`.
    fn dollar(&mut self) -> Result<Kind, ReadError> {
        let from = self.at;
        self.at += 1;
        if self.peek(0).is_some_and(|byte| byte.is_ascii_digit()) {
            self.run(|byte| byte.is_ascii_digit());
            return Ok(Kind::Parameter);
        }
        if self.peek(0).is_some_and(is_name_start) {
            self.run(|byte| is_name_start(byte) || byte.is_ascii_digit());
        }
        if self.peek(0) != Some(b'$') {
            return Err(ReadError::Syntax);
        }
        self.at += 1;
        let tag = self.bytes.get(from..self.at).unwrap_or_default();
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        // A tag holds a dollar at its ends alone, so the next dollar behind a failed match may start the next one.
        let mut at = 0;
        while let Some(next) = rest.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'$')) {
            if rest.get(at + next..).is_some_and(|rest| rest.starts_with(tag)) {
                self.at += at + next + tag.len();
                return Ok(Kind::String);
            }
            at += next + 1;
        }
        Err(ReadError::Syntax)
    }

    fn number(&mut self) -> Kind {
        self.run(|byte| byte.is_ascii_digit() || byte == b'_');
        // `1..10` is a range.
        if self.peek(0) == Some(b'.') && self.peek(1) != Some(b'.') {
            self.at += 1;
            self.run(|byte| byte.is_ascii_digit() || byte == b'_');
        }
        if matches!(self.peek(0), Some(b'e' | b'E')) {
            let signed = usize::from(matches!(self.peek(1), Some(b'+' | b'-')));
            if self.peek(1 + signed).is_some_and(|byte| byte.is_ascii_digit()) {
                self.at += 1 + signed;
                self.run(|byte| byte.is_ascii_digit() || byte == b'_');
            }
        }
        Kind::Number
    }

    fn sign(&mut self, first: u8) {
        if self.starts(b":=") || self.starts(b"..") || self.starts(b"::") {
            self.at += 2;
            return;
        }
        if !OPERATOR.contains(&first) {
            self.at += 1;
            return;
        }
        let from = self.at;
        while self.peek(0).is_some_and(|byte| OPERATOR.contains(&byte)) && !self.starts(b"--") && !self.starts(b"/*") {
            self.at += 1;
        }
        let mut operator = self.bytes.get(from..self.at).unwrap_or_default();
        while let [head @ .., b'+' | b'-'] = operator
            && !head.is_empty()
            && !head.iter().any(|byte| FREE.contains(byte))
        {
            operator = head;
        }
        self.at = from + operator.len().max(1);
    }
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}
