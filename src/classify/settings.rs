//! SET, RESET, SHOW, set_config: a closed list of harmless settings; everything else is protected.

use super::facts::Facts;
use super::{EffectKind, Step};
use crate::sql::{Constant, Expr, Modes, Name, Set, SetValue};

/// Settings that change presentation, limits or planning only.
const HARMLESS: &[&str] = &[
    "application_name",
    "array_nulls",
    "backend_flush_after",
    "bytea_output",
    "client_min_messages",
    "constraint_exclusion",
    "cpu_index_tuple_cost",
    "cpu_operator_cost",
    "cpu_tuple_cost",
    "cursor_tuple_fraction",
    "datestyle",
    "default_statistics_target",
    "default_text_search_config",
    "default_transaction_deferrable",
    "default_transaction_isolation",
    "effective_cache_size",
    "effective_io_concurrency",
    "exit_on_error",
    "extra_float_digits",
    "from_collapse_limit",
    "geqo",
    "geqo_effort",
    "geqo_threshold",
    "gin_fuzzy_search_limit",
    "hash_mem_multiplier",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "intervalstyle",
    "jit",
    "jit_above_cost",
    "jit_inline_above_cost",
    "jit_optimize_above_cost",
    "join_collapse_limit",
    "lc_messages",
    "lc_monetary",
    "lc_numeric",
    "lc_time",
    "lock_timeout",
    "logical_decoding_work_mem",
    "maintenance_io_concurrency",
    "maintenance_work_mem",
    "max_parallel_maintenance_workers",
    "max_parallel_workers",
    "max_parallel_workers_per_gather",
    "min_parallel_index_scan_size",
    "min_parallel_table_scan_size",
    "parallel_leader_participation",
    "parallel_setup_cost",
    "parallel_tuple_cost",
    "plan_cache_mode",
    "quote_all_identifiers",
    "random_page_cost",
    "recursive_worktable_factor",
    "seed",
    "seq_page_cost",
    "statement_timeout",
    "synchronize_seqscans",
    "tcp_keepalives_count",
    "tcp_keepalives_idle",
    "tcp_keepalives_interval",
    "tcp_user_timeout",
    "temp_buffers",
    "timezone",
    "time zone",
    "timezone_abbreviations",
    "transaction_deferrable",
    "transaction_isolation",
    "transaction_timeout",
    "work_mem",
    "xmlbinary",
    "xmloption",
];

/// Extensions whose settings change what is checked, logged or run.
const GUARDED_PREFIXES: &[&str] = &[
    "plpgsql",
    "plperl",
    "plpython",
    "plpython3",
    "pltcl",
    "pgaudit",
    "auto_explain",
    "pg_stat_statements",
    "sepgsql",
    "safeupdate",
    "supautils",
    "anon",
    "cron",
    "citus",
    "timescaledb",
    "pglogical",
    "postgres_fdw",
    "dblink",
    "set_user",
    "pgtle",
    "stockade",
];

/// What setting a variable to these values does. `None`: to its default.
pub(super) fn effect(name: &str, values: Option<&[&str]>) -> EffectKind {
    let name = name.to_ascii_lowercase();
    let name = name.as_str();
    match name {
        "role" | "session_authorization" | "is_superuser" => EffectKind::Privilege,
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
        // On is the default since PostgreSQL 9.1 and what most drivers ask for; with it off, strings read otherwise.
        "standard_conforming_strings" => harmless_if(values.is_some_and(|values| matches!(values, [on] if is_on(on)))),
        // Only whether the server warns of backslashes; either way the text means the same.
        "escape_string_warning" => EffectKind::Setting,
        // Off makes the server refuse what a policy would filter; on filters it.
        "row_security" => EffectKind::Setting,
        _ if name.starts_with("enable_") => EffectKind::Setting,
        _ if HARMLESS.binary_search(&name).is_ok() || HARMLESS.contains(&name) => EffectKind::Setting,
        _ => match name.split_once('.') {
            Some((prefix, rest)) => harmless_if(!rest.is_empty() && !GUARDED_PREFIXES.contains(&prefix)),
            None => EffectKind::ProtectedSetting,
        },
    }
}

fn harmless_if(harmless: bool) -> EffectKind {
    if harmless { EffectKind::Setting } else { EffectKind::ProtectedSetting }
}

fn is_on(value: &str) -> bool {
    matches!(value.trim().to_ascii_lowercase().as_str(), "on" | "true" | "yes" | "1" | "t" | "tr" | "tru" | "y" | "ye")
}

/// Schemas named simply; no temporary schema, and `pg_catalog` only where it is searched first.
fn is_plain_path(path: &[&str]) -> bool {
    let path: Vec<String> = path.iter().flat_map(|item| path_items(item)).collect();
    path.iter().enumerate().all(|(index, schema)| {
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
        Set::Transaction(modes) => read_write_modes(facts, *modes, "SET TRANSACTION"),
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
    let kind = match value {
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
    };
    let kind = unless_lexing(facts, name, kind);
    facts.add(kind, None, &what);
    if name.eq_ignore_ascii_case("default_transaction_read_only") && kind == EffectKind::Setting {
        match value {
            SetValue::Default => facts.step(Step::ResetDefaults),
            SetValue::To(_) if !local => facts.step(Step::ReadOnlyDefault),
            SetValue::To(_) | SetValue::Current => {}
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

<<<<<<< HEAD
/// What setting a variable does where its value is not to be seen: the worst of all values.
fn effect_of_any(name: &str) -> EffectKind {
    let by_value = [
        "transaction_read_only",
        "default_transaction_read_only",
        "search_path",
        "client_encoding",
        "names",
        "standard_conforming_strings",
    ];
    if by_value.iter().any(|by_value| name.eq_ignore_ascii_case(by_value)) {
        return EffectKind::ProtectedSetting;
    }
    effect(name, None)
}

/// The value that pg_dump gives `restrict_nonsystem_relation_kind`, whose name it reads from pg_settings, for not every
/// server has it. No other setting comes to mean anything by it, or is allowed to be set to it anyway.
const RESTRICTED_KINDS: &str = "view, foreign-table";

=======
fn is_text(name: &Name) -> bool {
    &*name.name == "text" && matches!(name.schema.as_deref(), None | Some("pg_catalog"))
}

>>>>>>> 7ba9130 (Functions: what a call reaches is data, with a reason, and every volatile built-in of 15 to 18 is placed on purpose)
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
    facts.add(kind, None, "set_config");
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
