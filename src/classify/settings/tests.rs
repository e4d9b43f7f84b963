//! Each setting by each way there is to set it.

use super::*;
use crate::classify::{classify_text, startup_setting};
use crate::sql::Lexing;

/// PostgreSQL's settings, `name context` a line, by major version; the integration tests hold them against a server.
const SETTINGS: [&str; 4] = [
    include_str!("../../../tests/server/settings_15.txt"),
    include_str!("../../../tests/server/settings_16.txt"),
    include_str!("../../../tests/server/settings_17.txt"),
    include_str!("../../../tests/server/settings_18.txt"),
];

fn kinds(text: &str) -> Vec<EffectKind> {
    let statements = classify_text(text, Lexing::default()).statements;
    statements.iter().flat_map(|statement| &statement.effects).map(|effect| effect.kind).collect()
}

fn is_refused(text: &str) -> bool {
    use EffectKind as E;
    kinds(text).iter().any(|kind| matches!(kind, E::ProtectedSetting | E::Privilege | E::Unknown | E::Unreadable))
}

/// A string literal.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Every way to give a setting a value by SQL.
fn ways(name: &str, value: &str) -> Vec<String> {
    let quoted = quoted(value);
    vec![
        format!("SET {name} = {quoted}"),
        format!("SET {name} TO {quoted}"),
        format!("SET SESSION {name} = {quoted}"),
        format!("SET LOCAL {name} = {quoted}"),
        format!("SET {} = {quoted}", name.to_uppercase()),
        format!("BEGIN; SET LOCAL {name} = {quoted}; COMMIT"),
        format!("SELECT set_config('{name}', {quoted}, false)"),
        format!("SELECT pg_catalog.set_config('{}', {quoted}, true)", name.to_uppercase()),
        format!("SELECT set_config('{name}'::text, {quoted}, false) FROM t"),
        format!("INSERT INTO t SELECT set_config('{name}', {quoted}, false)"),
        format!("EXPLAIN ANALYZE SELECT set_config('{name}', {quoted}, false)"),
    ]
}

/// Ways that are refused whatever the setting: another's session, or the name is not in the text.
fn always_refused(name: &str, value: &str) -> Vec<String> {
    let quoted = quoted(value);
    vec![
        format!("ALTER ROLE agent SET {name} = {quoted}"),
        format!("ALTER ROLE agent IN DATABASE shop SET {name} = {quoted}"),
        format!("ALTER ROLE ALL SET {name} = {quoted}"),
        format!("ALTER ROLE agent RESET {name}"),
        format!("UPDATE pg_settings SET setting = {quoted} WHERE name = '{name}'"),
        format!("UPDATE pg_catalog.pg_settings AS s SET setting = {quoted} WHERE s.name = '{name}'"),
        format!("WITH x AS (UPDATE pg_settings SET setting = {quoted} WHERE name = '{name}' RETURNING 1) SELECT 1"),
        format!("SELECT set_config('{name}' || '', {quoted}, false)"),
        format!("SELECT set_config($1, {quoted}, false)"),
        format!("SELECT set_config('{name}.x'::varchar({}), {quoted}, false)", name.len()),
        format!("SELECT set_config(s, {quoted}, false) FROM (VALUES ('{name}')) v(s)"),
    ]
}

/// Function definitions that carry the setting.
fn by_function(name: &str, value: &str) -> [String; 4] {
    let quoted = quoted(value);
    [
        format!("CREATE FUNCTION f() RETURNS int LANGUAGE sql SET {name} = {quoted} AS 'SELECT 1'"),
        format!("CREATE PROCEDURE f() LANGUAGE sql SET {name} TO {quoted} AS 'SELECT 1'"),
        format!("ALTER FUNCTION f() SET {name} = {quoted}"),
        format!("ALTER ROUTINE f() COST 5 SET {name} = {quoted}"),
    ]
}

const REFUSED: &[(&str, &str)] = &[
    ("role", "boss"),
    ("role", "none"),
    ("session_authorization", "boss"),
    ("default_transaction_read_only", "off"),
    ("default_transaction_read_only", "FALSE"),
    ("transaction_read_only", "off"),
    ("session_replication_role", "replica"),
    ("session_replication_role", "local"),
    ("track_activities", "off"),
    ("track_counts", "off"),
    ("track_io_timing", "off"),
    ("track_functions", "none"),
    ("log_statement", "none"),
    ("log_min_messages", "panic"),
    ("log_min_duration_statement", "-1"),
    ("log_duration", "off"),
    ("search_path", "pg_temp, public"),
    ("search_path", "public, pg_temp_3"),
    ("search_path", "public, pg_catalog"),
    ("search_path", "PG_TEMP"),
    ("search_path", "\"pg_temp\", public"),
    ("search_path", "pg_temp, pg_temp"),
    ("search_path", "pg_toast"),
    ("standard_conforming_strings", "off"),
    ("backslash_quote", "on"),
    ("escape_string_warning", "off"),
    ("allow_system_table_mods", "on"),
    ("zero_damaged_pages", "on"),
    ("ignore_checksum_failure", "on"),
    ("ignore_system_indexes", "on"),
    ("lo_compat_privileges", "on"),
    ("local_preload_libraries", "x"),
    ("session_preload_libraries", "x"),
    ("dynamic_library_path", "/tmp"),
    ("extension_control_path", "/tmp"),
    ("client_encoding", "SJIS"),
    ("client_encoding", "win932"),
    ("client_encoding", "Shift_JIS_2004"),
    ("client_encoding", "GBK"),
    ("client_encoding", "big5"),
    ("client_encoding", "UHC"),
    ("client_encoding", "johab"),
    ("client_encoding", "gb18030"),
    ("client_encoding", "nonsense"),
    ("transform_null_equals", "on"),
    ("synchronous_commit", "off"),
    ("password_encryption", "md5"),
    ("plpgsql.check_asserts", "off"),
    ("plv8.start_proc", "evil"),
    ("pgaudit.log", "none"),
    ("auto_explain.log_min_duration", "0"),
    ("statement_timeout", "never"),
    ("statement_timeout", "-1"),
    ("lock_timeout", "5 sec"),
    ("a_setting_of_tomorrow", "1"),
    ("vacuum_defer_cleanup_age", "0"),
    ("jit_provider", "x"),
];

const HARMLESS: &[(&str, &str)] = &[
    ("application_name", "x"),
    ("default_transaction_read_only", "on"),
    ("default_transaction_read_only", "tru"),
    ("transaction_read_only", "on"),
    ("standard_conforming_strings", "on"),
    ("escape_string_warning", "on"),
    ("backslash_quote", "safe_encoding"),
    ("backslash_quote", "off"),
    ("session_replication_role", "origin"),
    ("row_security", "on"),
    ("transform_null_equals", "off"),
    ("zero_damaged_pages", "no"),
    ("allow_system_table_mods", "off"),
    ("lo_compat_privileges", "false"),
    ("track_activities", "on"),
    ("search_path", "shop, public"),
    ("search_path", ""),
    ("search_path", "pg_catalog, public"),
    ("client_encoding", "UTF8"),
    ("client_encoding", "utf-8"),
    ("client_encoding", "LATIN1"),
    ("client_encoding", "SQL_ASCII"),
    ("client_encoding", "EUC_JP"),
    ("statement_timeout", "0"),
    ("statement_timeout", "10min"),
    ("statement_timeout", "1.5s"),
    ("lock_timeout", "5000"),
    ("timezone", "UTC"),
    ("datestyle", "ISO, DMY"),
    ("work_mem", "64MB"),
    ("enable_seqscan", "off"),
    ("check_function_bodies", "off"),
    ("app.tenant", "7"),
    ("synchronous_commit", "on"),
];

#[test]
fn the_list_can_be_read() {
    assert!(PLACED.is_ok(), "{:?}", PLACED.as_ref().err());
    for what in ["nonsense", "protectedon", "", "harmless too"] {
        assert!(place(what).is_none(), "{what}");
    }
}

#[test]
fn what_is_protected_is_refused_by_every_way() {
    for (name, value) in REFUSED {
        // Where a function's names are looked up is its own affair.
        let by_function = by_function(name, value).into_iter().filter(|_| *name != "search_path");
        for text in ways(name, value).into_iter().chain(always_refused(name, value)).chain(by_function) {
            // In SET, a value in quotes is one name: no list.
            if *name == "search_path" && value.contains([',', '"']) && text.contains(&format!("= {}", quoted(value))) {
                continue;
            }
            assert!(is_refused(&text), "{text}: {:?}", kinds(&text));
        }
        assert_ne!(startup_setting(name, value), EffectKind::Setting, "{name}={value} at startup");
        let options = format!("-c {name}={}", value.replace(' ', "\\ "));
        assert_ne!(startup_setting("options", &options), EffectKind::Setting, "{options}");
        let options = format!("--{}={}", name.replace('_', "-"), value.replace(' ', "\\ "));
        assert_ne!(startup_setting("options", &options), EffectKind::Setting, "{options}");
    }
}

#[test]
fn what_is_harmless_is_allowed_by_every_way_but_those_for_others() {
    for (name, value) in HARMLESS {
        for text in ways(name, value) {
            assert!(!is_refused(&text), "{text}: {:?}", kinds(&text));
        }
        for text in by_function(name, value) {
            assert!(!is_refused(&text), "{text}: {:?}", kinds(&text));
            assert!(kinds(&text).contains(&EffectKind::DefineCode), "{text}");
        }
        for text in always_refused(name, value) {
            assert!(is_refused(&text), "{text}: {:?}", kinds(&text));
        }
        let at_startup = startup_setting(name, value);
        // At its start a session has no reason to look elsewhere first.
        if *name != "search_path" {
            assert_eq!(at_startup, EffectKind::Setting, "{name}={value} at startup");
        }
    }
}

#[test]
fn lists_and_words_of_their_own() {
    for text in [
        "SET search_path = pg_temp, public",
        "SET search_path = public, pg_temp",
        "SET search_path = public, pg_temp, x",
        "SELECT set_config('search_path', 'public, pg_temp', false)",
        "SET LOCAL search_path TO PG_TEMP, public",
        "SET SCHEMA 'pg_temp'",
        "SET NAMES 'SJIS'",
        "SET ROLE boss",
        "SET ROLE NONE",
        "SET LOCAL ROLE boss",
        "SET SESSION AUTHORIZATION boss",
        "SET SESSION AUTHORIZATION DEFAULT",
        "SET TRANSACTION READ WRITE",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
        "SET standard_conforming_strings = no",
        "SET standard_conforming_strings = on, on",
        "SET statement_timeout = 1, 2",
        "SET \"ROLE\" = boss",
        "SET U&\"\\0072ole\" = boss",
    ] {
        assert!(is_refused(text), "{text}: {:?}", kinds(text));
    }
    for text in [
        "SET search_path = shop, public",
        "SET search_path TO DEFAULT",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = admin, pg_temp AS 'SELECT 1'",
        "SET TIME ZONE 'UTC'",
        "SET TIME ZONE LOCAL",
        "SET TIME ZONE INTERVAL '+02:00' HOUR TO MINUTE",
        "SET NAMES 'UTF8'",
        "SET SCHEMA 'shop'",
        "SET SEED TO 0.5",
        "SET XML OPTION DOCUMENT",
        "SET row_security = 1",
        "SET statement_timeout = 5000",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    ] {
        assert!(!is_refused(text), "{text}: {:?}", kinds(text));
    }
}

/// A harmless setting's default, and everything at once, is the session's start, which was judged.
#[test]
fn resets() {
    for text in [
        "RESET ALL",
        "DISCARD ALL",
        "RESET statement_timeout",
        "RESET search_path",
        "RESET client_encoding",
        "SET application_name TO DEFAULT",
        "RESET default_transaction_read_only",
        "RESET TIME ZONE",
        "ALTER FUNCTION f() RESET ALL",
        "ALTER FUNCTION f() RESET search_path",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path FROM CURRENT AS 'SELECT 1'",
    ] {
        assert!(!is_refused(text), "{text}: {:?}", kinds(text));
    }
    for text in [
        "RESET ROLE",
        "RESET SESSION AUTHORIZATION",
        "RESET standard_conforming_strings",
        "RESET session_replication_role",
        "SET log_statement TO DEFAULT",
        "RESET transaction_read_only",
        "ALTER ROLE agent RESET ALL",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET role FROM CURRENT AS 'SELECT 1'",
        "ALTER SYSTEM RESET ALL; SET role = boss",
    ] {
        assert!(is_refused(text), "{text}: {:?}", kinds(text));
    }
    for text in
        ["ALTER DATABASE shop SET row_security = on", "ALTER DATABASE shop RESET ALL", "ALTER SYSTEM SET work_mem = 1"]
    {
        assert!(kinds(text).contains(&EffectKind::Server), "{text}");
    }
}

#[test]
fn the_harmless_list_holds_settings_of_postgresql_that_a_session_may_set() {
    let known = |name: &str| {
        let lines = SETTINGS.iter().flat_map(|text| text.lines());
        lines.filter_map(|line| line.split_once(' ')).any(|(known, context)| {
            (known == name || name.strip_suffix('*').is_some_and(|beginning| known.starts_with(beginning)))
                && matches!(context, "user" | "superuser")
        })
    };
    for section in super::super::listed::sections(include_str!("placed.txt")).unwrap() {
        for name in section.names {
            assert_eq!(name, name.to_ascii_lowercase());
            // SET SEED is shown to nobody.
            let exempt = section.what != "harmless" || name == "seed";
            assert!(exempt || known(name), "{name}");
        }
    }
}

#[test]
fn every_setting_of_postgresql_is_placed_or_protected() {
    for line in SETTINGS.iter().flat_map(|text| text.lines()) {
        let (name, context) = line.split_once(' ').unwrap();
        let placed = PLACED.as_ref().unwrap().get(name);
        let harmless = matches!(placed, Some(Place::Harmless));
        if !matches!(placed, Some(Place::ByValue)) {
            let kind = effect(name, Some(&["nonsense"]));
            assert_eq!(kind == EffectKind::Setting, harmless, "{name}");
        }
        // What only the server's files set is harmless in no session's hand.
        assert!(!harmless || matches!(context, "user" | "superuser" | "superuser-backend" | "backend"), "{line}");
    }
}

#[test]
fn times_are_read_as_postgresql_reads_them() {
    for (text, wanted) in [
        ("5", Some(5)),
        ("5 s", Some(5000)),
        (" 5s ", Some(5000)),
        ("1.5s", Some(1500)),
        ("10min", Some(600_000)),
        ("0x10", Some(16)),
        ("010", Some(8)),
        ("08", None),
        ("1e3", Some(1000)),
        ("1e+3s", Some(1_000_000)),
        ("1e", None),
        ("5S", None),
        ("5 sec", None),
        ("-1", None),
        ("-0.4", Some(0)),
        ("-0", Some(0)),
        ("+5", Some(5)),
        ("1d", Some(86_400_000)),
        ("30d", None),
        ("1h30min", None),
        ("1.s", Some(1000)),
        (".5s", Some(500)),
        (".", None),
        ("", None),
        ("500us", Some(0)),
        ("0.5", Some(0)),
        ("1.5", Some(2)),
        ("2147483647", Some(2_147_483_647)),
        ("2147483648", None),
        ("99999999999", None),
        ("infinity", None),
        ("nan", None),
        ("1.5e0.5", None),
        ("- 5", None),
        ("\u{663}", None),
        ("\u{a0}5", None),
    ] {
        assert_eq!(units::milliseconds(text), wanted, "{text:?}");
    }
}

/// set_config of a value that is not to be seen is the worst of all values.
#[test]
fn values_that_are_not_shown() {
    for (name, refused) in [
        ("application_name", false),
        ("app.tenant", false),
        ("statement_timeout", false),
        ("row_security", true),
        ("enable_seqscan", false),
        ("search_path", true),
        ("client_encoding", true),
        ("role", true),
        ("ROLE", true),
        ("transaction_read_only", true),
        ("default_transaction_read_only", true),
        ("standard_conforming_strings", true),
        ("escape_string_warning", true),
        ("session_replication_role", true),
        ("plpgsql.check_asserts", true),
        ("tomorrow", true),
    ] {
        for text in [
            format!("SELECT set_config('{name}', $1, false)"),
            format!("SELECT set_config('{name}', 'o' || 'n', true)"),
            format!("SELECT set_config('{name}', 'on'::varchar(1), true)"),
        ] {
            assert_eq!(is_refused(&text), refused, "{text}: {:?}", kinds(&text));
        }
    }
    for text in ["SELECT set_config($1, 'on', false)", "SELECT set_config('app.x'::varchar(3), $1, false)"] {
        assert!(is_refused(text), "{text}");
    }
}
