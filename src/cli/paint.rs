//! Colour and columns for terminals; plain text for everything else.

use std::io::IsTerminal;
use stockade::policy::Verdict;

/// Whether to paint.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint(bool);

impl Paint {
    /// Colour on a terminal, unless a flag, `NO_COLOR` (<https://no-color.org>) or a dumb terminal says otherwise.
    pub fn for_stdout(no_color: bool) -> Self {
        let forbidden = no_color || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self(!forbidden && !dumb && std::io::stdout().is_terminal())
    }

    pub fn is_on(self) -> bool {
        self.0
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    pub fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    pub fn faint(self, text: &str) -> String {
        self.wrap("2", text)
    }

    /// A verdict in its colour, padded before it is painted.
    pub fn verdict(self, verdict: Verdict, text: &str) -> String {
        match verdict {
            Verdict::Allow => self.wrap("32", text),
            Verdict::Hold => self.wrap("33", text),
            Verdict::Reject => self.wrap("1;31", text),
        }
    }
}

/// One line of text, at most so many characters, harmless to a terminal: white space becomes one blank, control
/// characters become `?`.
pub(super) fn one_line(text: &str, width: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: String = words.join(" ").chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    if line.chars().count() <= width {
        return line;
    }
    line.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// Breaks text into lines of at most so many characters, at blanks.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
