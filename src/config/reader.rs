//! Reading a TOML document strictly: every value with its line, every key accounted for, every fault collected.
//!
//! serde would stop at the first fault. Here each section is asked for its keys one by one, and the keys nobody asked for
//! are the unknown ones.

use super::error::Problem;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct At<T> {
    pub value: T,
    pub line: usize,
    /// The key's path: `rule[0].effects`.
    pub key: String,
}

impl<T> At<T> {
    /// The same place with another value.
    pub fn with<U>(&self, value: U) -> At<U> {
        At { value, line: self.line, key: self.key.clone() }
    }

    /// The same place with what is made of the value.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> At<U> {
        At { value: make(self.value), line: self.line, key: self.key }
    }
}

/// The faults found so far.
#[derive(Debug)]
pub(super) struct Problems<'i> {
    text: &'i str,
    pub list: Vec<Problem>,
}

impl<'i> Problems<'i> {
    pub fn new(text: &'i str) -> Self {
        Self { text, list: Vec::new() }
    }

    /// The line of a byte offset, from 1.
    pub fn line(&self, offset: usize) -> usize {
        1 + self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
    }

    pub fn push(&mut self, line: usize, key: &str, message: impl Into<String>) {
        self.list.push(Problem { line: Some(line), key: key.to_owned(), message: message.into() });
    }

    /// A fault of this very value.
    pub fn at<T>(&mut self, at: &At<T>, message: impl Into<String>) {
        self.push(at.line, &at.key, message);
    }
}

/// One table of the document, being asked for its keys.
pub(super) struct Section<'a, 'i> {
    table: &'a DeTable<'i>,
    path: String,
    line: usize,
    asked: Vec<&'static str>,
}

impl<'a, 'i> Section<'a, 'i> {
    pub fn new(table: &'a DeTable<'i>, path: impl Into<String>, line: usize) -> Self {
        Self { table, path: path.into(), line, asked: Vec::new() }
    }

    /// The section's first line.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The section's path.
    pub fn path(&self) -> &str {
        &self.path
    }

    fn key(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    pub(super) fn ask(&mut self, problems: &Problems<'_>, name: &'static str) -> Option<At<&'a DeValue<'i>>> {
        self.asked.push(name);
        let (key, value) = self.table.iter().find(|(key, _)| key.get_ref() == name)?;
        Some(At { value: value.get_ref(), line: problems.line(key.span().start), key: self.key(name) })
    }

    /// Whether there is such a key, whatever its value.
    pub fn has(&self, name: &str) -> bool {
        self.table.keys().any(|key| key.get_ref() == name)
    }

    pub fn string(&mut self, problems: &mut Problems<'_>, name: &'static str) -> Option<At<String>> {
        let at = self.ask(problems, name)?;
        match at.value.as_str() {
            Some("") => {
                problems.at(&at, "is empty");
                None
            }
            Some(text) => Some(at.with(text.to_owned())),
            None => wrong_type(problems, &at, "a string"),
        }
    }

    /// A string the section cannot do without.
    pub fn needed(&mut self, problems: &mut Problems<'_>, name: &'static str) -> Option<At<String>> {
        let known = problems.list.len();
        let found = self.string(problems, name);
        if found.is_none() && problems.list.len() == known {
            problems.push(self.line, &self.key(name), "is missing");
        }
        found
    }

    pub fn boolean(&mut self, problems: &mut Problems<'_>, name: &'static str) -> Option<At<bool>> {
        let at = self.ask(problems, name)?;
        match at.value.as_bool() {
            Some(value) => Some(at.with(value)),
            None => wrong_type(problems, &at, "true or false"),
        }
    }

    /// A whole number between `least` and `most`.
    pub fn number(
        &mut self,
        problems: &mut Problems<'_>,
        name: &'static str,
        least: u64,
        most: u64,
    ) -> Option<At<u64>> {
        let at = self.ask(problems, name)?;
        let Some(digits) = at.value.as_integer() else {
            return wrong_type(problems, &at, "a whole number");
        };
        match u64::from_str_radix(digits.as_str(), digits.radix()) {
            Ok(value) if (least..=most).contains(&value) => Some(at.with(value)),
            _ => {
                problems.at(&at, format!("must be between {least} and {most}"));
                None
            }
        }
    }

    /// A list of strings that may be empty.
    pub fn strings_or_none(&mut self, problems: &mut Problems<'_>, name: &'static str) -> Option<Vec<At<String>>> {
        let at = self.ask(problems, name)?;
        list(problems, &at)
    }

    /// A list of at least one string.
    pub fn strings(&mut self, problems: &mut Problems<'_>, name: &'static str) -> Option<Vec<At<String>>> {
        let at = self.ask(problems, name)?;
        if at.value.as_array().is_some_and(|array| array.is_empty()) {
            problems.at(&at, "is an empty list, so nothing would ever match it");
        }
        list(problems, &at)
    }

    /// One of a closed set of names.
    pub fn choice<T: Copy>(
        &mut self,
        problems: &mut Problems<'_>,
        name: &'static str,
        all: &[(&str, T)],
    ) -> Option<At<T>> {
        let at = self.string(problems, name)?;
        if let Some((_, value)) = all.iter().find(|(known, _)| *known == at.value) {
            return Some(at.with(*value));
        }
        let names: Vec<&str> = all.iter().map(|(known, _)| *known).collect();
        problems.at(&at, unknown(name, &at.value, &names));
        None
    }

    /// A table inside.
    pub fn section(&mut self, problems: &mut Problems<'_>, name: &'static str) -> Option<Section<'a, 'i>> {
        let at = self.ask(problems, name)?;
        match at.value.as_table() {
            Some(table) => Some(Section::new(table, at.key, at.line)),
            None => wrong_type(problems, &at, "a table"),
        }
    }

    /// The tables of a table of tables (`[upstream.NAME]`), with their names.
    pub fn named_sections(
        &mut self,
        problems: &mut Problems<'_>,
        name: &'static str,
    ) -> Vec<(At<String>, Section<'a, 'i>)> {
        let Some(outer) = self.section(problems, name) else {
            return Vec::new();
        };
        let mut all = Vec::new();
        for (key, value) in outer.table {
            let at =
                At { value: value.get_ref(), line: problems.line(key.span().start), key: outer.key(key.get_ref()) };
            match at.value.as_table() {
                Some(table) => {
                    let section = Section::new(table, at.key.clone(), at.line);
                    all.push((at.with(key.get_ref().to_string()), section));
                }
                None => {
                    wrong_type::<()>(problems, &at, &format!("a table: [{name}.NAME]"));
                }
            }
        }
        all
    }

    /// The tables of an array of tables (`[[rule]]`).
    pub fn sections(&mut self, problems: &mut Problems<'_>, name: &'static str) -> Vec<Section<'a, 'i>> {
        let Some(at) = self.ask(problems, name) else {
            return Vec::new();
        };
        let Some(array) = at.value.as_array() else {
            wrong_type::<()>(problems, &at, &format!("an array of tables: [[{name}]]"));
            return Vec::new();
        };
        let mut all = Vec::new();
        for (index, item) in array.iter().enumerate() {
            let path = format!("{name}[{index}]");
            let line = problems.line(item.span().start);
            match item.get_ref().as_table() {
                Some(table) => all.push(Section::new(table, path, line)),
                None => {
                    let at = At { value: item.get_ref(), line, key: path };
                    wrong_type::<()>(problems, &at, "a table");
                }
            }
        }
        all
    }

    /// Closes the section: what was never asked for is unknown.
    pub fn finish(self, problems: &mut Problems<'_>) {
        for key in self.table.keys().map(Spanned::get_ref) {
            if !self.asked.iter().any(|asked| asked == key) {
                let span = self.table.keys().find(|spanned| spanned.get_ref() == key).map(Spanned::span);
                let line = span.map_or(self.line, |span| problems.line(span.start));
                let message = format!("unknown key{}", did_you_mean(key, &self.asked));
                problems.push(line, &self.key(key), message);
            }
        }
    }
}

fn list(problems: &mut Problems<'_>, at: &At<&DeValue<'_>>) -> Option<Vec<At<String>>> {
    let Some(array) = at.value.as_array() else {
        return wrong_type(problems, at, "a list of strings");
    };
    let mut all = Vec::new();
    for (index, item) in array.iter().enumerate() {
        let line = problems.line(item.span().start);
        let item = At { value: item.get_ref(), line, key: format!("{}[{index}]", at.key) };
        match item.value.as_str() {
            Some("") => problems.at(&item, "is empty"),
            Some(text) => all.push(item.with(text.to_owned())),
            None => {
                wrong_type::<()>(problems, &item, "a string");
            }
        }
    }
    Some(all)
}

pub(super) fn wrong_type<T>(problems: &mut Problems<'_>, at: &At<&DeValue<'_>>, wanted: &str) -> Option<T> {
    problems.at(at, format!("must be {wanted}, not {}", article(at.value.type_str())));
    None
}

fn article(kind: &str) -> String {
    if kind.starts_with(['a', 'i']) { format!("an {kind}") } else { format!("a {kind}") }
}

/// `unknown preset "app-witer"; did you mean "app-writer"?`, or the whole list where nothing is near.
pub(super) fn unknown(what: &str, given: &str, known: &[&str]) -> String {
    let hint = did_you_mean(given, known);
    if hint.is_empty() {
        format!("unknown {what} \"{given}\"; it is one of {}", known.join(", "))
    } else {
        format!("unknown {what} \"{given}\"{hint}")
    }
}

fn did_you_mean(given: &str, known: &[&str]) -> String {
    let plain = |name: &str| name.to_ascii_lowercase().replace('_', "-");
    known
        .iter()
        .map(|name| (distance(&plain(given), &plain(name)), *name))
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
        .min()
        .map_or_else(String::new, |(_, name)| format!("; did you mean \"{name}\"?"))
}

/// Levenshtein's distance, in characters.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.chars().enumerate() {
        let mut corner = i;
        let mut before = i + 1;
        let mut next = vec![before];
        for (r, above) in right.iter().zip(row.iter().skip(1)) {
            let cost = (corner + usize::from(l != *r)).min(above + 1).min(before + 1);
            corner = *above;
            before = cost;
            next.push(cost);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
