//! The place in a PL/pgSQL body, and how it moves over tokens.

use super::super::read::ReadError;
use super::Read;
use super::lex::{Kind, Token};
use std::borrow::Cow;

/// Words that never name a variable (PL/pgSQL's reserved words, as far as a statement can begin with them).
const RESERVED: &[&str] = &[
    "all", "begin", "by", "case", "declare", "else", "end", "execute", "for", "foreach", "from", "if", "in", "into",
    "loop", "not", "null", "or", "strict", "then", "to", "using", "when", "while",
];

/// A place in a body.
#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// The body's start.
    pub fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        Self { text, tokens, at: 0 }
    }

    fn token(&self, ahead: usize) -> Option<Token> {
        self.tokens.get(self.at + ahead).copied()
    }

    fn text_of(&self, token: Token) -> &'a str {
        self.text.get(token.from..token.to).unwrap_or_default()
    }

    /// Whether nothing is left.
    pub fn is_done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// The word here in lower case; empty where there is none.
    pub fn word(&self) -> Cow<'a, str> {
        match self.token(0) {
            Some(token) if token.kind == Kind::Word => {
                let word = self.text_of(token);
                if word.bytes().any(|byte| byte.is_ascii_uppercase()) {
                    word.to_ascii_lowercase().into()
                } else {
                    word.into()
                }
            }
            _ => "".into(),
        }
    }

    /// Whether this word is here.
    pub fn is(&self, word: &str) -> bool {
        self.is_word(0, word)
    }

    fn is_word(&self, ahead: usize, word: &str) -> bool {
        self.token(ahead)
            .is_some_and(|token| token.kind == Kind::Word && self.text_of(token).eq_ignore_ascii_case(word))
    }

    /// Whether one of these words is here.
    pub fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    /// Whether this sign is here.
    pub fn is_sign(&self, sign: &str) -> bool {
        self.sign_at(0, sign)
    }

    fn sign_at(&self, ahead: usize, sign: &str) -> bool {
        self.token(ahead).is_some_and(|token| token.kind == Kind::Sign && self.text_of(token) == sign)
    }

    /// Takes this word, if it is here.
    pub fn accept(&mut self, word: &str) -> bool {
        let here = self.is(word);
        self.at += usize::from(here);
        here
    }

    /// Takes this sign, if it is here.
    pub fn accept_sign(&mut self, sign: &str) -> bool {
        let here = self.is_sign(sign);
        self.at += usize::from(here);
        here
    }

    /// The name here, folded or unquoted.
    pub fn name(&self) -> Option<Box<str>> {
        let token = self.token(0)?;
        match token.kind {
            Kind::Word => Some(self.word().into()),
            Kind::Quoted => {
                let name = self.text_of(token).strip_prefix('"')?.strip_suffix('"')?;
                Some(name.replace("\"\"", "\"").into())
            }
            Kind::String | Kind::Number | Kind::Parameter | Kind::Sign => None,
        }
    }

    /// The names here with commas between them; the place stays.
    pub fn names(mut self) -> Vec<Box<str>> {
        let mut names = Vec::new();
        while let Some(name) = self.name() {
            names.push(name);
            self.at += 1;
            if !self.accept_sign(",") {
                break;
            }
        }
        names
    }

    /// Takes a name, if one is here.
    pub fn accept_name(&mut self) -> bool {
        let here = self.token(0).is_some_and(|token| matches!(token.kind, Kind::Word | Kind::Quoted));
        self.at += usize::from(here);
        here
    }

    /// Takes this word.
    pub fn expect(&mut self, word: &str) -> Read {
        if self.accept(word) { Ok(()) } else { Err(ReadError::Syntax) }
    }

    /// Takes this sign.
    pub fn expect_sign(&mut self, sign: &str) -> Read {
        if self.accept_sign(sign) { Ok(()) } else { Err(ReadError::Syntax) }
    }

    /// Passes so many tokens.
    pub fn skip(&mut self, tokens: usize) {
        self.at += tokens;
    }

    /// Whether an assignment is here: a variable with `:=`, `=`, a subscript or a field behind it. No SQL statement
    /// begins so.
    pub fn is_assignment(&self) -> bool {
        let Some(first) = self.token(0) else { return false };
        let variable = match first.kind {
            Kind::Word => !RESERVED.contains(&&*self.word()),
            Kind::Quoted | Kind::Parameter => true,
            Kind::String | Kind::Number | Kind::Sign => false,
        };
        variable && [":=", "=", "[", "."].iter().any(|sign| self.sign_at(1, sign))
    }

    /// Goes on to one of these words or signs outside of parentheses, and gives the text in front of it.
    pub fn until(&mut self, ends: &[&str]) -> Read<&'a str> {
        let first = self.at;
        let mut depth = 0_usize;
        while let Some(token) = self.token(0) {
            let text = self.text_of(token);
            if depth == 0
                && matches!(token.kind, Kind::Word | Kind::Sign)
                && ends.iter().any(|end| text.eq_ignore_ascii_case(end))
            {
                return Ok(self.between(first, self.at));
            }
            // A statement ends within no parenthesis.
            if self.is_sign(";") {
                return Err(ReadError::Syntax);
            }
            depth = self.nested(token, depth)?;
            self.at += 1;
        }
        Err(ReadError::Syntax)
    }

    fn nested(&self, token: Token, depth: usize) -> Read<usize> {
        match (token.kind, self.text_of(token)) {
            (Kind::Sign, "(" | "[") => Ok(depth + 1),
            (Kind::Sign, ")" | "]") => depth.checked_sub(1).ok_or(ReadError::Syntax),
            _ => Ok(depth),
        }
    }

    /// The text from one token up to another.
    fn between(&self, first: usize, end: usize) -> &'a str {
        let place = |index: usize| self.tokens.get(index).copied();
        let last = end.checked_sub(1).and_then(place);
        match (place(first), last) {
            (Some(first), Some(last)) => self.text.get(first.from..last.to).unwrap_or_default(),
            _ => "",
        }
    }

    /// Takes what stands in parentheses, with them.
    pub fn parenthesized(&mut self) -> Read<&'a str> {
        let first = self.at;
        let mut depth = 0_usize;
        while let Some(token) = self.token(0) {
            depth = self.nested(token, depth)?;
            self.at += 1;
            if depth == 0 {
                return Ok(self.between(first, self.at));
            }
        }
        Err(ReadError::Syntax)
    }

    /// Takes the variables behind INTO.
    pub fn target(&mut self) -> Read {
        self.accept("strict");
        loop {
            if !(self.accept_name() || self.accept_parameter()) {
                return Err(ReadError::Syntax);
            }
            while self.accept_sign(".") {
                if !self.accept_name() {
                    return Err(ReadError::Syntax);
                }
            }
            if !self.accept_sign(",") {
                return Ok(());
            }
        }
    }

    fn accept_parameter(&mut self) -> bool {
        let here = self.token(0).is_some_and(|token| token.kind == Kind::Parameter);
        self.at += usize::from(here);
        here
    }

    /// Goes on to the end of an SQL statement, and gives its text without INTO and its variables, by the rules of
    /// `make_execsql_stmt` in PostgreSQL's `pl_gram.y`.
    pub fn statement(&mut self) -> Read<String> {
        let imports = self.is("import");
        let routine = self.is("create") && self.routine();
        let mut text = String::new();
        let (mut first, mut depth, mut begun) = (self.at, 0_usize, 0_usize);
        loop {
            let token = self.token(0).ok_or(ReadError::Syntax)?;
            if self.is_sign(";") && depth == 0 && begun == 0 {
                text.push_str(self.between(first, self.at));
                return Ok(text);
            }
            if self.is("into") && !imports && !self.behind(&["insert", "merge"]) {
                text.push_str(self.between(first, self.at));
                text.push(' ');
                self.at += 1;
                self.target()?;
                first = self.at;
                continue;
            }
            // A body in BEGIN ATOMIC ... END has semicolons of its own.
            if routine && depth == 0 {
                if self.is("begin") || begun > 0 && self.is("case") {
                    begun += 1;
                } else if begun > 0 && self.is("end") {
                    begun -= 1;
                }
            }
            depth = self.nested(token, depth)?;
            self.at += 1;
        }
    }

    /// Whether CREATE makes a function or a procedure.
    fn routine(&self) -> bool {
        let kind = if self.is_word(1, "or") && self.is_word(2, "replace") { 3 } else { 1 };
        self.is_word(kind, "function") || self.is_word(kind, "procedure")
    }

    /// Whether one of these words stands in front of this place.
    fn behind(&self, words: &[&str]) -> bool {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).is_some_and(|token| {
            token.kind == Kind::Word && words.iter().any(|word| self.text_of(*token).eq_ignore_ascii_case(word))
        })
    }
}
