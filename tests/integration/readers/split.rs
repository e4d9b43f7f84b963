//! A text as psql would send it: split at semicolons, its backslash commands and COPY data left out.

/// The statements of a psql script, each without its semicolon.
pub fn statements(script: &str) -> Vec<String> {
    let mut splitter = Splitter { rest: script, ..Splitter::default() };
    while splitter.step() {}
    splitter.end();
    splitter.statements
}

#[derive(Default)]
struct Splitter<'a> {
    rest: &'a str,
    statement: String,
    statements: Vec<String>,
    parens: usize,
    /// BEGIN and CASE open inside a function's SQL body.
    blocks: usize,
}

impl Splitter<'_> {
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        let second = self.rest[first.len_utf8()..].chars().next();
        match (first, second) {
            ('\'', _) => {
                let escapes = self.statement.ends_with(['e', 'E'])
                    && !self
                        .statement
                        .trim_end_matches(['e', 'E'])
                        .ends_with(|c: char| c.is_alphanumeric() || c == '_');
                self.quoted('\'', escapes);
            }
            ('"', _) => self.quoted('"', false),
            ('$', _) if self.dollar_quoted() => {}
            ('-', Some('-')) => self.skip(self.rest.find('\n').unwrap_or(self.rest.len())),
            ('/', Some('*')) => self.comment(),
            ('\\', _) => {
                self.skip(self.rest.find('\n').unwrap_or(self.rest.len()));
                self.end();
            }
            (';', _) if self.parens == 0 && self.blocks == 0 => {
                self.skip(1);
                self.end();
            }
            (c, _) if c.is_alphabetic() || c == '_' => self.word(),
            (c, _) => {
                match c {
                    '(' => self.parens += 1,
                    ')' => self.parens = self.parens.saturating_sub(1),
                    _ => {}
                }
                self.keep(c.len_utf8());
            }
        }
        true
    }

    fn keep(&mut self, bytes: usize) {
        self.statement.push_str(&self.rest[..bytes]);
        self.rest = &self.rest[bytes..];
    }

    fn skip(&mut self, bytes: usize) {
        self.statement.push(' ');
        self.rest = &self.rest[bytes..];
    }

    fn word(&mut self) {
        let length = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').unwrap_or(self.rest.len());
        let word = self.rest[..length].to_ascii_lowercase();
        let head: Vec<String> = self.statement.split_whitespace().take(4).map(str::to_ascii_lowercase).collect();
        let of_routine = head.first().is_some_and(|word| word == "create")
            && head.iter().any(|word| matches!(word.as_str(), "function" | "procedure"));
        match word.as_str() {
            "begin" if of_routine => self.blocks += 1,
            "case" if of_routine && self.blocks > 0 => self.blocks += 1,
            "end" if of_routine => self.blocks = self.blocks.saturating_sub(1),
            _ => {}
        }
        self.keep(length);
    }

    fn quoted(&mut self, quote: char, escapes: bool) {
        let mut length = 1;
        let mut chars = self.rest[1..].chars().peekable();
        while let Some(c) = chars.next() {
            length += c.len_utf8();
            if c == '\\' && escapes {
                length += chars.next().map_or(0, char::len_utf8);
            } else if c == quote {
                break;
            }
        }
        self.keep(length);
    }

    fn dollar_quoted(&mut self) -> bool {
        let Some(end) = self.rest[1..].find('$').map(|end| end + 1) else { return false };
        let tag = &self.rest[1..end];
        let named = tag.starts_with(|c: char| c.is_alphabetic() || c == '_') || tag.is_empty();
        if !named || !tag.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return false;
        }
        let delimiter = &self.rest[..=end];
        let Some(close) = self.rest[end + 1..].find(delimiter) else { return false };
        self.keep(end + 1 + close + delimiter.len());
        true
    }

    fn comment(&mut self) {
        let (mut depth, mut at) = (0, 0);
        while let Some(rest) = self.rest.get(at..).filter(|rest| !rest.is_empty()) {
            if rest.starts_with("/*") {
                (depth, at) = (depth + 1, at + 2);
            } else if rest.starts_with("*/") {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    break;
                }
            } else {
                at += rest.chars().next().map_or(1, char::len_utf8);
            }
        }
        self.skip(at);
    }

    fn end(&mut self) {
        let statement = std::mem::take(&mut self.statement).trim().to_owned();
        (self.parens, self.blocks) = (0, 0);
        let words: Vec<String> = statement.split_whitespace().map(str::to_ascii_lowercase).collect();
        let copies_in = words.first().is_some_and(|word| word == "copy")
            && words
                .windows(2)
                .any(|pair| matches!(pair, [from, stdin] if from == "from" && stdin.starts_with("stdin")));
        if copies_in {
            let data = self.rest.find("\n\\.").map_or(0, |end| end + 3);
            self.rest = &self.rest[data..];
        }
        if !statement.is_empty() {
            self.statements.push(statement);
        }
    }
}
