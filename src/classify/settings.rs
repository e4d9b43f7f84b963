//! SET, RESET, SHOW, set_config: a closed list of harmless settings (`settings/placed.txt`); everything else is
//! protected.

#[cfg(test)]
mod tests;
mod units;

use super::facts::Facts;
use super::listed::{Listed, Malformed};
use super::{EffectKind, Step, TimeLimit};
use crate::sql::{Constant, Expr, Modes, Name, Set, SetValue};
use std::sync::LazyLock;
pub use units::milliseconds;

/// What setting a variable does.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// Nothing that matters, whatever the value.
    Harmless,
    /// It decides what is checked or how text is read; these values, parted by spaces, are harmless.
    Protected(&'static str),
    /// Who one is.
    Privilege,
    /// What its value says.
    ByValue,
}

static PLACED: LazyLock<Result<Listed<Place>, Malformed>> =
    LazyLock::new(|| Listed::read(include_str!("settings/placed.txt"), place));

/// What a section of the list says.
fn place(what: &'static str) -> Option<Place> {
    match what {
        "harmless" => Some(Place::Harmless),
        "privilege" => Some(Place::Privilege),
        "by-value" => Some(Place::ByValue),
        _ => match what.strip_prefix("protected")? {
            "" => Some(Place::Protected("")),
            values => values.strip_prefix(' ').map(Place::Protected),
        },
    }
}

/// What setting a variable to these values does. `None`: to its default.
pub(super) fn effect(name: &str, values: Option<&[&str]>) -> EffectKind {
    let name = name.to_ascii_lowercase();
    let Ok(placed) = &*PLACED else { return EffectKind::ProtectedSetting };
    match placed.get(&name) {
        Some(Place::Harmless) => EffectKind::Setting,
        Some(Place::Privilege) => EffectKind::Privilege,
        Some(Place::Protected(harmless)) => {
            harmless_if(matches!(values, Some([value]) if harmless.split(' ').any(|word| is_value(word, value))))
        }
        Some(Place::ByValue) => by_value(&name, values),
        None => harmless_if(name.split_once('.').is_some_and(|(prefix, rest)| !prefix.is_empty() && !rest.is_empty())),
    }
}

/// Whether a value is the one that the list gives.
fn is_value(word: &str, value: &str) -> bool {
    match word {
        "" => false,
        "on" => is_on(value),
        "off" => is_off(value),
        _ => word.eq_ignore_ascii_case(value),
    }
}

/// Settings of which only their value tells what setting them does.
fn by_value(name: &str, values: Option<&[&str]>) -> EffectKind {
    match name {
        "transaction_read_only" | "default_transaction_read_only" => match values {
            Some([value]) if is_on(value) => EffectKind::Setting,
            // The session's own start is read-only, by the startup packet.
            None if name == "default_transaction_read_only" => EffectKind::Setting,
            _ => EffectKind::ProtectedSetting,
        },
        "search_path" => harmless_if(values.is_none_or(is_plain_path)),
        "client_encoding" | "names" => {
            harmless_if(values.is_none_or(|values| values.iter().all(|v| is_safe_encoding(v))))
        }
        _ if name.ends_with("_timeout") => harmless_if(match values {
            None => true,
            Some([value]) => milliseconds(value).is_some(),
            Some(_) => false,
        }),
        _ => EffectKind::ProtectedSetting,
    }
}

fn harmless_if(harmless: bool) -> EffectKind {
    if harmless { EffectKind::Setting } else { EffectKind::ProtectedSetting }
}

/// Whether PostgreSQL takes a value for true (`parse_bool`): a beginning of one of its words that no other shares.
fn is_on(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "on" | "true" | "yes" | "1" | "t" | "tr" | "tru" | "y" | "ye")
}

/// Whether PostgreSQL takes a value for false (`parse_bool`).
fn is_off(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    value.len() >= 2 && "off".starts_with(&value)
        || !value.is_empty() && ["false", "no"].iter().any(|word| word.starts_with(&value))
        || value == "0"
}

/// Schemas named simply; no temporary schema, and `pg_catalog` only where it is searched first.
fn is_plain_path(path: &[&str]) -> bool {
    path.iter().flat_map(|item| path_items(item)).enumerate().all(|(index, schema)| {
        let schema = schema.as_str();
        !schema.starts_with("pg_temp") && !schema.starts_with("pg_toast") && (schema != "pg_catalog" || index == 0)
    })
}

/// One value of search_path, which may itself be a list (set_config and startup give it so).
pub(super) fn path_items(text: &str) -> Vec<String> {
    text.split(',')
        .map(|item| item.trim().trim_matches('"').to_ascii_lowercase())
        .filter(|item| !item.is_empty())
        .collect()
}

/// Encodings in which no second byte of a character is a quote or a backslash.
fn is_safe_encoding(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    matches!(
        name.as_str(),
        "utf8" | "unicode" | "sqlascii" | "koi8" | "koi8r" | "koi8u" | "euccn" | "eucjp" | "euckr" | "euctw"
    ) || ["latin", "iso8859", "win", "eucjis2004"].iter().any(|prefix| name.starts_with(prefix))
        && !matches!(
            name.as_str(),
            "win932" | "win936" | "win949" | "win950" | "windows932" | "windows936" | "windows949" | "windows950"
        )
}

/// SET and RESET.
pub(super) fn set(facts: &mut Facts<'_>, set: &Set) {
    match set {
        Set::Variable { name, value, local } => variable(facts, name, value, *local),
        Set::Transaction(modes) => {
            read_write_modes(facts, *modes, "SET TRANSACTION");
            if modes.read_only == Some(false) {
                // What stands behind it runs read-write.
                facts.writes();
            }
        }
        Set::SessionCharacteristics(modes) => {
            read_write_modes(facts, *modes, "SET SESSION CHARACTERISTICS");
            if modes.read_only == Some(true) {
                facts.step(Step::ReadOnlyDefault);
            }
        }
        Set::Snapshot => facts.add(EffectKind::Setting, None, "SET TRANSACTION SNAPSHOT"),
        Set::ResetAll => {
            facts.add(EffectKind::Setting, None, "RESET ALL");
            facts.step(Step::ResetDefaults);
        }
        Set::Unknown => facts.add(EffectKind::Unknown, None, "SET"),
    }
}

fn read_write_modes(facts: &mut Facts<'_>, modes: Modes, what: &str) {
    if modes.unknown {
        facts.add(EffectKind::Unknown, None, what);
    } else if modes.read_only == Some(false) {
        facts.add(EffectKind::ProtectedSetting, None, &format!("{what} READ WRITE"));
    } else {
        facts.add(EffectKind::Setting, None, what);
    }
}

fn variable(facts: &mut Facts<'_>, name: &str, value: &SetValue, local: bool) {
    let what = format!("SET {name}");
    let kind = unless_lexing(facts, name, value_effect(name, value));
    let time = match value {
        SetValue::To(values) => time_limit(name, values.first().and_then(constant), local),
        SetValue::Default | SetValue::Current => None,
    };
    facts.add_setting(kind, &what, time);
    if name.eq_ignore_ascii_case("transaction_read_only") && kind == EffectKind::ProtectedSetting {
        facts.writes();
    }
    if name.eq_ignore_ascii_case("default_transaction_read_only") && kind == EffectKind::Setting {
        match value {
            SetValue::Default => facts.step(Step::ResetDefaults),
            SetValue::To(_) if !local => facts.step(Step::ReadOnlyDefault),
            SetValue::To(_) | SetValue::Current => {}
        }
    }
}

/// The limit that a timeout of that name gets; the value is `None` where it is not to be seen.
fn time_limit(name: &str, value: Option<&str>, local: bool) -> Option<TimeLimit> {
    let setting = name.to_ascii_lowercase();
    let placed = PLACED.as_ref().ok().and_then(|listed| listed.get(&setting));
    (matches!(placed, Some(Place::ByValue)) && setting.ends_with("_timeout")).then(|| TimeLimit {
        setting: setting.into(),
        milliseconds: value.and_then(milliseconds),
        local,
    })
}

fn value_effect(name: &str, value: &SetValue) -> EffectKind {
    match value {
        SetValue::Default => effect(name, None),
        SetValue::Current => EffectKind::Unknown,
        SetValue::To(values) => {
            let values: Option<Vec<&str>> = values.iter().map(constant).collect();
            match values {
                Some(values) => effect(name, Some(&values)),
                // SET TIME ZONE INTERVAL '...': the only value that is no constant.
                None if name.eq_ignore_ascii_case("timezone") => EffectKind::Setting,
                None => EffectKind::ProtectedSetting,
            }
        }
    }
}

/// Turning standard_conforming_strings on is harmless where it is on already. Where it is off, texts that are on their
/// way with it would be read otherwise than they were judged.
fn unless_lexing(facts: &Facts<'_>, name: &str, kind: EffectKind) -> EffectKind {
    let changes = name.eq_ignore_ascii_case("standard_conforming_strings") && !facts.lexing.standard_conforming_strings;
    if changes { EffectKind::ProtectedSetting } else { kind }
}

/// A constant's text. Casts to `text` alone are seen through: `'role.x'::varchar(4)` is another text.
pub(super) fn constant(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Constant(Constant::String(text) | Constant::Number(text)) => Some(text),
        Expr::Constant(Constant::Bool(value)) => Some(if *value { "on" } else { "off" }),
        Expr::Cast { arg, type_name } if is_text(type_name) => constant(arg),
        _ => None,
    }
}

fn is_text(name: &Name) -> bool {
    &*name.name == "text" && matches!(name.schema.as_deref(), None | Some("pg_catalog"))
}

/// What setting a variable does where its value is not to be seen: the worst of all values.
fn effect_of_any(name: &str) -> EffectKind {
    let name = name.to_ascii_lowercase();
    match PLACED.as_ref().ok().and_then(|listed| listed.get(&name)) {
        // The server refuses a time that is none itself.
        Some(Place::ByValue) if name.ends_with("_timeout") => EffectKind::Setting,
        Some(Place::ByValue | Place::Protected(_)) => EffectKind::ProtectedSetting,
        Some(Place::Harmless | Place::Privilege) | None => effect(&name, None),
    }
}

/// The value that pg_dump gives `restrict_nonsystem_relation_kind`, whose name it reads from pg_settings, for not every
/// server has it. No other setting comes to mean anything by it, or is allowed to be set to it anyway.
const RESTRICTED_KINDS: &str = "view, foreign-table";

/// `set_config(name, value, is_local)`: judged like SET where all three are constants.
pub(super) fn set_config(facts: &mut Facts<'_>, args: &[Expr]) {
    let constants: Option<Vec<&str>> = args.iter().map(constant).collect();
    let kind = match (constants.as_deref(), args) {
        (Some([name, value, _]), _) => effect(name, Some(&[value])),
        (None, [name, value, _]) => match (constant(name), constant(value)) {
            (Some(name), _) => effect_of_any(name),
            (None, Some(RESTRICTED_KINDS)) => EffectKind::Setting,
            (None, _) => EffectKind::ProtectedSetting,
        },
        _ => EffectKind::ProtectedSetting,
    };
    let kind = constants.as_deref().and_then(|args| args.first()).map_or(kind, |name| unless_lexing(facts, name, kind));
    let time = match args {
        [name, value, local] => constant(name).and_then(|name| {
            let local = constant(local).is_some_and(is_on);
            time_limit(name, constant(value), local)
        }),
        _ => None,
    };
    facts.add_setting(kind, "set_config", time);
    if let Some([name, value, local]) = constants.as_deref()
        && name.eq_ignore_ascii_case("default_transaction_read_only")
        && is_on(value)
        && !is_on(local)
    {
        facts.step(Step::ReadOnlyDefault);
    }
}

/// SHOW. What tells whether the session is read-only has to tell what a direct connection would.
pub(super) fn show(facts: &mut Facts<'_>, name: &str) {
    facts.add(EffectKind::Read, None, "SHOW");
    tells(facts, name);
}

/// `current_setting(name)`.
pub(super) fn current_setting(facts: &mut Facts<'_>, args: &[Expr]) {
    if let Some(name) = args.first().and_then(constant) {
        tells(facts, name);
    }
}

fn tells(facts: &mut Facts<'_>, name: &str) {
    if name.eq_ignore_ascii_case("transaction_read_only") || name.eq_ignore_ascii_case("default_transaction_read_only")
    {
        facts.tells_mode();
    }
}

/// Relations whose reading shows the server's files.
pub(super) fn reads(facts: &mut Facts<'_>, name: &Name) {
    let system = name.schema.as_deref().is_none_or(|schema| schema == "pg_catalog");
    if system
        && matches!(
            &*name.name,
            "pg_file_settings"
                | "pg_hba_file_rules"
                | "pg_ident_file_mappings"
                | "pg_authid"
                | "pg_shadow"
                | "pg_user_mapping"
        )
    {
        facts.add(EffectKind::Server, None, "reads the server's files or passwords");
    }
}

/// Whether a name is the view whose UPDATE is a SET.
pub(super) fn is_settings_view(name: &Name) -> bool {
    &*name.name == "pg_settings" && name.schema.as_deref().is_none_or(|schema| schema == "pg_catalog")
}
