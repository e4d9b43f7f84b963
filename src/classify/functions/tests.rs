//! The lists against what PostgreSQL has, and what a call of each kind does.

use super::*;
use crate::classify::{Access, classify_text};
use crate::sql::Lexing;

/// The names of PostgreSQL's volatile functions, by major version; the integration tests hold them against a server.
const VOLATILE: [&str; 4] = [
    include_str!("../../../tests/server/volatile_15.txt"),
    include_str!("../../../tests/server/volatile_16.txt"),
    include_str!("../../../tests/server/volatile_17.txt"),
    include_str!("../../../tests/server/volatile_18.txt"),
];

fn named(schema: Option<&str>, name: &str) -> Name {
    Name { schema: schema.map(Into::into), name: name.into() }
}

fn effects(text: &str) -> String {
    let kinds: Vec<_> = classify_text(text, Lexing::default()).effects().iter().map(EffectKind::as_str).collect();
    kinds.join(" ")
}

#[test]
fn the_list_can_be_read() {
    assert!(PLACED.is_ok(), "{:?}", PLACED.as_ref().err());
}

#[test]
fn every_volatile_function_of_the_server_is_placed() {
    let unplaced: Vec<_> =
        VOLATILE.iter().flat_map(|text| text.lines()).filter(|name| placed(&named(None, name)).is_none()).collect();
    assert!(unplaced.is_empty(), "{unplaced:?}");
    let unknown: Vec<_> = VOLATILE
        .iter()
        .flat_map(|text| text.lines())
        .filter(|name| !is_builtin(&named(None, name)) && !name.starts_with("binary_upgrade_"))
        .collect();
    assert!(unknown.is_empty(), "not in builtin.txt: {unknown:?}");
}

#[test]
fn what_its_arguments_say_is_looked_at() {
    for section in crate::classify::listed::sections(include_str!("placed.txt")).unwrap() {
        if section.what == "by-arguments" {
            for name in section.names {
                let text = format!("SELECT {}('x', 'y', true)", name.trim_end_matches('*'));
                assert!(!effects(&text).contains("unknown"), "{text}");
            }
        }
    }
}

#[test]
fn a_section_that_says_nothing_known_is_malformed() {
    for what in ["nonsense", "text", "text 0", "text x", "text 1 2 3", "server too", ""] {
        assert_eq!(place(what), None, "{what}");
    }
    assert_eq!(place("text 2"), Some(Place::Text(1, None)));
    assert_eq!(place("text 1 2"), Some(Place::Text(0, Some(1))));
}

#[test]
fn reaching_functions_are_known_in_any_schema_and_any_place() {
    for call in [
        "pg_terminate_backend(1)",
        "pg_catalog.pg_terminate_backend(1)",
        "ext.dblink_exec('x', 'y')",
        "lo_unlink(1)",
        "pg_file_write('a', 'b', true)",
        "pg_stat_reset_shared('bgwriter')",
        "cron.schedule('a', 'b', 'c')",
        "pg_log_standby_snapshot()",
        "pg_restore_relation_stats('a', 'b')",
        "\"pg_reload_conf\"()",
        "PG_RELOAD_CONF()",
        "U&\"\\0070g_reload_conf\"()",
        "pg_buffercache_evict(1)",
        "set_user('postgres')",
    ] {
        for text in [
            format!("SELECT {call}"),
            format!("SELECT 1 FROM t WHERE {call} IS NOT NULL"),
            format!("WITH x AS (SELECT {call}) SELECT 1"),
            format!("INSERT INTO t VALUES (({call})::text)"),
            format!("SELECT * FROM {call}"),
            format!("EXPLAIN ANALYZE SELECT {call}"),
            format!("COPY (SELECT {call}) TO STDOUT"),
            format!("VALUES (1, (SELECT {call}))"),
            format!("PREPARE p AS SELECT {call}"),
            format!("DECLARE c CURSOR FOR SELECT {call}"),
            format!("EXECUTE p({call})"),
            format!("SELECT query_to_xml('SELECT {}', true, true, '')", call.replace('\'', "''")),
        ] {
            let effects = effects(&text);
            let reaches = ["server", "irrevocable", "catalog", "privilege"].iter().any(|kind| effects.contains(kind));
            assert!(reaches, "{text}: {effects}");
        }
    }
}

#[test]
fn short_sleeps_are_allowed_and_long_ones_are_not() {
    for short in [
        "pg_sleep(0)",
        "pg_sleep(0.1)",
        "pg_sleep(10)",
        "pg_sleep('5')",
        "pg_sleep(-1)",
        "pg_sleep(2::float8)",
        "pg_catalog.pg_sleep(1)",
        "pg_sleep_for('5 seconds')",
        "pg_sleep_for('100ms')",
        "pg_sleep_for('3')",
        "pg_sleep_for(interval '1 s')",
    ] {
        assert_eq!(effects(&format!("SELECT {short}")), "read", "{short}");
    }
    for long in [
        "pg_sleep(11)",
        "pg_sleep(1e9)",
        "pg_sleep('Infinity')",
        "pg_sleep('NaN')",
        "pg_sleep($1)",
        "pg_sleep(5 + 5)",
        "pg_sleep(random())",
        "pg_sleep((SELECT 1))",
        "pg_sleep(NULL)",
        "pg_sleep_for('1 hour')",
        "pg_sleep_for('1 minute')",
        "pg_sleep_for(interval '5' hour)",
        "pg_sleep_for('1 s 1 day')",
        "pg_sleep_until('tomorrow')",
        "pg_sleep_until(now())",
    ] {
        assert_eq!(effects(&format!("SELECT {long}")), "read irrevocable", "{long}");
    }
}

#[test]
fn a_users_function_of_a_known_name_is_a_users() {
    for call in [
        "mine.query_to_xml('SELECT 1')",
        "mine.nextval('s')",
        "mine.set_config('application_name', 'x', false)",
        "mine.current_setting('x')",
        "mine.pg_notify('a', 'b')",
        "mine.pg_sleep(1)",
        "mine.random()",
        "crosstab('SELECT 1')",
        "mine.pg_advisory_xact_lock(1)",
        "pg_input_is_valid('x', 'coupon')",
        "pg_input_is_valid('x', 'public.int4')",
        "pg_input_is_valid('x', '\"int\"')",
        "pg_input_is_valid('x', $1)",
        "domain_in('x', 1, -1)",
    ] {
        let text = format!("INSERT INTO t SELECT {call}");
        assert!(effects(&text).contains("run-code"), "{text}: {}", effects(&text));
    }
    for call in ["random()", "pg_catalog.clock_timestamp()", "pg_input_is_valid('1', 'integer')", "lastval()"] {
        let text = format!("INSERT INTO t SELECT {call}");
        assert_eq!(effects(&text), "insert", "{text}");
    }
}

#[test]
fn texts_in_arguments_are_read() {
    for call in [
        "query_to_xml('SELECT lo_unlink(1)', true, true, '')",
        "query_to_xml($1, true, true, '')",
        "query_to_xml(nulls => true, query => 'SELECT 1', tableforest => true, targetns => '')",
        "ts_stat('SELECT lo_unlink(1)')",
        "ts_rewrite('a', 'SELECT lo_unlink(1)')",
        "crosstab('SELECT 1', 'SELECT lo_unlink(1)')",
        "crosstab2('SELECT lo_unlink(1)')",
        "connectby('checkpoint', 'lo_unlink(1)', 'b', 'c', 0)",
        "cursor_to_xml('c', 1, true, true, '')",
        "query_to_xml('SELECT evil()'::varchar(8), true, true, '')",
    ] {
        let effects = effects(&format!("SELECT * FROM {call}"));
        assert!(effects.contains("irrevocable") || effects.contains("run-code"), "{call}: {effects}");
    }
    assert_eq!(effects("SELECT query_to_xml('SELECT 1', true, false, '')"), "read");
    assert_eq!(effects("SELECT ts_rewrite('a'::tsquery, 'a'::tsquery, 'b'::tsquery)"), "read");
    assert_eq!(effects("SELECT * FROM crosstab('SELECT 1', 'SELECT 2') AS x(a int)"), "read");
}

#[test]
fn locks_that_end_with_the_transaction_need_no_read_write_one() {
    for text in ["SELECT pg_advisory_xact_lock(1)", "SELECT pg_try_advisory_xact_lock_shared(1, 2)"] {
        let facts = classify_text(text, Lexing::default());
        assert_eq!(effects(text), "read row-lock");
        assert_eq!(facts.statements.first().map(|statement| statement.access), Some(Access::ReadOnly));
    }
    assert_eq!(effects("SELECT pg_advisory_lock(1)"), "read heavy-maintenance");
    assert_eq!(effects("SELECT pg_advisory_unlock(1)"), "read");
}

#[test]
fn types_and_operators() {
    for own in ["int4", "_text", "jsonb", "int4multirange", "oidvector"] {
        assert!(is_builtin_type(&named(None, own)) && is_builtin_type(&named(Some("pg_catalog"), own)), "{own}");
        assert!(!is_builtin_type(&named(Some("public"), own)), "{own}");
    }
    for other in ["coupon", "_coupon", "integer", "int", "boolean", "record", "__text"] {
        assert!(!is_builtin_type(&named(None, other)), "{other}");
    }
    for own in ["#", "##", "=", "!=", "@>", "~~", "similar"] {
        assert!(is_builtin_operator(&named(None, own)), "{own}");
        assert!(!is_builtin_operator(&named(Some("evil"), own)), "{own}");
    }
    assert!(!is_builtin_operator(&named(None, "<~>")));
}
