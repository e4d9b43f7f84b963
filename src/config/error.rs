//! What is wrong with a configuration: everything at once, each with its line.

use std::fmt;

/// One fault of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line in the file, from 1; `None` where the fault is of the whole file or of a flag.
    pub line: Option<usize>,
    /// The key it is about, as a path (`rule[2].effects`), or the flag (`--upstream`); may be empty.
    pub key: String,
    /// What is wrong, and where it can be told, what to write instead.
    pub message: String,
}

/// Every fault of one configuration, by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file's name as it was given, or empty for faults of flags.
    pub file: String,
    /// At least one.
    pub problems: Vec<Problem>,
}

impl ConfigError {
    /// One fault without a line.
    pub(super) fn whole(file: &str, key: &str, message: impl Into<String>) -> Self {
        let problem = Problem { line: None, key: key.to_owned(), message: message.into() };
        Self { file: file.to_owned(), problems: vec![problem] }
    }
}

impl fmt::Display for ConfigError {
    /// One line a fault: `file:line: key: message`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            let place = match (self.file.as_str(), problem.line) {
                ("", _) => String::new(),
                (file, Some(line)) => format!("{file}:{line}: "),
                (file, None) => format!("{file}: "),
            };
            let key = if problem.key.is_empty() { String::new() } else { format!("{}: ", problem.key) };
            write!(f, "{place}{key}{}", problem.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
