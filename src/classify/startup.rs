//! Settings that come with the startup packet.

use super::{EffectKind, settings};

/// What a startup parameter does: `Setting`, or one of the protected kinds. `options` is not one setting but many:
/// split it with [`startup_options`] first.
pub fn startup_setting(name: &str, value: &str) -> EffectKind {
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "user" | "database" => EffectKind::Setting,
        "replication" => match value.trim().to_ascii_lowercase().as_str() {
            "off" | "false" | "no" | "0" | "f" | "n" => EffectKind::Setting,
            _ => EffectKind::Replication,
        },
        "options" => match startup_options(value) {
            Ok(settings) => settings
                .iter()
                .map(|(name, value)| startup_setting(name, value))
                .find(|kind| *kind != EffectKind::Setting)
                .unwrap_or(EffectKind::Setting),
            Err(StartupOptionsError) => EffectKind::ProtectedSetting,
        },
        "search_path" if shadows_public(value) => EffectKind::ProtectedSetting,
        _ if lower.starts_with("_pq_.") => EffectKind::Setting,
        _ => settings::effect(&lower, Some(&[value])),
    }
}

/// Whether another schema than the user's own is searched before `public`: its relations would be found under the names of
/// those there, with no statement on record that says so.
fn shadows_public(path: &str) -> bool {
    let items = settings::path_items(path);
    let before: Vec<&String> = items.iter().take_while(|schema| *schema != "public").collect();
    before.len() < items.len() && before.iter().any(|schema| !matches!(schema.as_str(), "$user" | "pg_catalog"))
}

/// The startup parameter `options`, split as the server splits it (`pg_split_opts` in postinit.c, then
/// `process_postgres_switches` in postgres.c), into settings.
///
/// # Errors
/// Where it holds a switch other than `-c name=value` and `--name=value`.
pub fn startup_options(text: &str) -> Result<Vec<(String, String)>, StartupOptionsError> {
    let mut words = split(text).into_iter();
    let mut settings = Vec::new();
    while let Some(word) = words.next() {
        let setting = if word == "-c" {
            words.next().ok_or(StartupOptionsError)?
        } else if let Some(setting) = word.strip_prefix("-c").or_else(|| word.strip_prefix("--")) {
            setting.to_owned()
        } else {
            return Err(StartupOptionsError);
        };
        let (name, value) = setting.split_once('=').ok_or(StartupOptionsError)?;
        if name.is_empty() {
            return Err(StartupOptionsError);
        }
        settings.push((name.replace('-', "_"), value.to_owned()));
    }
    Ok(settings)
}

/// Words between white space; a backslash takes the next character as it is.
fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut chars = text.chars().peekable();
    loop {
        while chars.next_if(|c| is_space(*c)).is_some() {}
        if chars.peek().is_none() {
            return words;
        }
        let mut word = String::new();
        let mut escaped = false;
        while let Some(c) = chars.next_if(|c| escaped || !is_space(*c)) {
            if c == '\\' && !escaped {
                escaped = true;
            } else {
                escaped = false;
                word.push(c);
            }
        }
        words.push(word);
    }
}

/// C's `isspace`.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}

/// The startup parameter `options` holds something other than settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the startup options hold a switch other than -c name=value")]
pub struct StartupOptionsError;
