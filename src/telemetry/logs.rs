//! Logs, by tracing, to stderr: stdout belongs to results and, where it is asked for, to the audit record.

use crate::policy::{Decision, EffectKind, Verdict};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people; coloured where stderr is a terminal and `NO_COLOR` is not set.
    #[default]
    Pretty,
}

/// Logs could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The level is not one, nor a list of `target=level`.
    #[error("log level {given:?} is not understood (try: error, warn, info, debug, trace)")]
    Level {
        /// What was given.
        given: String,
        /// What is wrong with it.
        #[source]
        source: tracing_subscriber::filter::ParseError,
    },
    /// Another subscriber is in place already.
    #[error("logs are set up already")]
    AlreadySet(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Starts logging to stderr. `level` is a level (`info`) or tracing's own directives (`warn,stockade::proxy=debug`).
///
/// # Errors
/// If the level cannot be read, or logging was started before.
pub fn init_tracing(format: LogFormat, level: &str) -> Result<(), LogError> {
    let filter =
        EnvFilter::builder().parse(level).map_err(|source| LogError::Level { given: level.to_owned(), source })?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Json => builder.json().flatten_event(true).with_ansi(false).try_init(),
        LogFormat::Pretty => {
            let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            builder.with_ansi(std::io::stderr().is_terminal() && !plain).try_init()
        }
    }
    .map_err(LogError::AlreadySet)
}

/// A statement that was refused, or would have been but for shadow mode: one event in the log, never more.
#[derive(Debug, Clone, Copy)]
pub struct RefusedStatement<'a> {
    /// The connection's number.
    pub connection: u64,
    /// The principal's name.
    pub principal: &'a str,
    /// The text with its literals redacted, never the text as it came: user SQL has no place above the debug level.
    pub redacted: &'a str,
    /// What was decided.
    pub decision: &'a Decision,
}

impl RefusedStatement<'_> {
    /// Logs it at `warn`, target `stockade::refused`. Nothing for a decision that allows.
    pub fn log(&self) {
        let Decision { verdict, enforced, rule, effects, reasons, .. } = self.decision;
        if *verdict == Verdict::Allow {
            return;
        }
        let effects = effects.iter().map(EffectKind::as_str).collect::<Vec<_>>().join(",");
        let message = if *enforced { "statement refused" } else { "statement would be refused (shadow mode)" };
        tracing::warn!(
            target: "stockade::refused",
            connection = self.connection,
            principal = self.principal,
            verdict = verdict.as_str(),
            enforced,
            rule = &**rule,
            effects,
            reasons = reasons.join("; "),
            text = clipped(self.redacted),
            "{message}"
        );
    }
}

/// Log lines stay readable: the first kilobyte tells which statement it was, the record has the rest.
fn clipped(text: &str) -> &str {
    const MAX: usize = 1024;
    // `floor_char_boundary` is younger than the oldest compiler we build with.
    let end = (0..=MAX.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests;
