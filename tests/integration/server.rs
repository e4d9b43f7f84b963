//! What Stockade knows of PostgreSQL's functions, types, operators and settings, against the server that runs.

use crate::client::Client;
use crate::support;
use std::collections::BTreeSet;
use stockade::classify::{EffectKind, classify_text, startup_setting};
use stockade::sql::Lexing;

type Names = BTreeSet<String>;

const FUNCTIONS: &str = include_str!("../../src/classify/functions/placed.txt");
const SETTINGS: &str = include_str!("../../src/classify/settings/placed.txt");

/// What the server's catalog says, and its major version.
fn server() -> (u32, Client) {
    let mut client = Client::open(support::cluster().address(), "postgres");
    let major = client.value("SELECT current_setting('server_version_num')::int / 10000").parse().unwrap();
    (major, client)
}

#[track_caller]
fn names(client: &mut Client, sql: &str) -> Names {
    client.query(sql).fine().rows().into_iter().map(|mut row| row.remove(0).unwrap()).collect()
}

fn lines(text: &str) -> Names {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).map(str::to_owned).collect()
}

/// The names of a list's sections of which `what` is true.
fn listed(text: &str, what: impl Fn(&str) -> bool) -> Names {
    let (mut names, mut wanted) = (Names::new(), false);
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with(' ') {
            names.extend(line.split_whitespace().filter(|_| wanted).map(str::to_owned));
        } else if let Some((head, _)) = line.split_once(": ") {
            wanted = what(head);
        }
    }
    names
}

fn is_listed(names: &Names, name: &str) -> bool {
    names.contains(name)
        || names.iter().filter_map(|listed| listed.strip_suffix('*')).any(|beginning| name.starts_with(beginning))
}

/// What a file of `tests/server` holds for a version, if it is one that Stockade knows.
fn snapshot(what: &str, major: u32) -> Option<Names> {
    let file = format!("{}/tests/server/{what}_{major}.txt", env!("CARGO_MANIFEST_DIR"));
    let known = (15..=18).contains(&major);
    known.then(|| std::fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect())
}

const OF_PG_CATALOG: &str = "FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace";

#[test]
fn every_volatile_function_is_placed_on_purpose() {
    let (major, mut client) = server();
    let volatile = names(&mut client, &format!("SELECT DISTINCT proname {OF_PG_CATALOG} AND provolatile = 'v'"));
    let placed = listed(FUNCTIONS, |_| true);
    let unplaced: Vec<_> = volatile.iter().filter(|name| !is_listed(&placed, name)).collect();
    assert!(unplaced.is_empty(), "volatile in PostgreSQL {major} and not in placed.txt: {unplaced:?}");
    if let Some(snapshot) = snapshot("volatile", major) {
        let differ: Vec<_> = volatile.symmetric_difference(&snapshot).collect();
        assert!(differ.is_empty(), "tests/server/volatile_{major}.txt is not what the server has: {differ:?}");
    }
}

#[test]
fn every_function_is_known_as_postgresqls_own() {
    let (major, mut client) = server();
    let functions = names(&mut client, &format!("SELECT DISTINCT proname {OF_PG_CATALOG}"));
    let known = lines(include_str!("../../src/classify/functions/builtin.txt"));
    let unknown: Vec<_> =
        functions.iter().filter(|name| !known.contains(*name) && !name.starts_with("binary_upgrade_")).collect();
    assert!(unknown.is_empty() || major > 18, "not in builtin.txt: {unknown:?}");
}

#[test]
fn every_type_and_operator_is_known_as_postgresqls_own() {
    let (major, mut client) = server();
    let types = names(
        &mut client,
        "SELECT typname FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace \
         AND typtype IN ('b', 'r', 'm') AND typname !~ '^_'",
    );
    let operators =
        names(&mut client, "SELECT DISTINCT oprname FROM pg_operator WHERE oprnamespace = 'pg_catalog'::regnamespace");
    for (server, known) in [
        (types, lines(include_str!("../../src/classify/functions/types.txt"))),
        (operators, lines(include_str!("../../src/classify/functions/operators.txt"))),
    ] {
        // A name that the server does not have could be a user's.
        let foreign: Vec<_> = known.difference(&server).collect();
        assert!(foreign.is_empty(), "PostgreSQL {major} does not have {foreign:?}");
        let unknown: Vec<_> = server.difference(&known).collect();
        assert!(unknown.is_empty() || major > 18, "not known: {unknown:?}");
    }
}

#[test]
fn the_servers_settings_are_those_of_the_lists() {
    let (major, mut client) = server();
    let settings = names(&mut client, "SELECT lower(name) || ' ' || context FROM pg_settings WHERE name !~ '[.]'");
    let harmless = listed(SETTINGS, |what| what == "harmless");
    for line in &settings {
        let (name, context) = line.split_once(' ').unwrap();
        if is_listed(&harmless, name) {
            let sessions = matches!(context, "user" | "superuser" | "backend" | "superuser-backend");
            assert!(sessions, "{name} is harmless and {context}");
        } else if name != "search_path" {
            assert_ne!(startup_setting(name, "nonsense"), EffectKind::Setting, "{name}");
        }
    }
    if let Some(snapshot) = snapshot("settings", major) {
        // How a server was built adds and takes away some that are not a session's.
        let of_sessions = |line: &&String| line.ends_with(" user");
        let unknown: Vec<_> = settings.iter().filter(of_sessions).filter(|line| !snapshot.contains(*line)).collect();
        assert!(unknown.is_empty(), "not in tests/server/settings_{major}.txt: {unknown:?}");
    }
}

/// Times and truths as the server reads them. What it takes for another value must not be harmless to us.
#[test]
fn values_are_read_as_the_server_reads_them() {
    let (_, mut client) = server();
    let is_harmless = |name: &str, value: &str| {
        let text = format!("SET {name} = '{value}'");
        let effects = classify_text(&text, Lexing::default()).effects();
        !effects.intersects([EffectKind::ProtectedSetting, EffectKind::Unreadable].into_iter().collect())
    };
    for value in [
        "5",
        "5s",
        " 5 s ",
        "1.5s",
        "10min",
        "0x10",
        "010",
        "08",
        "1e3",
        "1e3s",
        "1e",
        "5S",
        "5 sec",
        "-1",
        "-0.4",
        "-0",
        "+5",
        "1d",
        "30d",
        "1h30min",
        "1.s",
        ".5s",
        ".",
        "",
        "500us",
        "0.5",
        "1.5",
        "2147483647",
        "2147483648",
        "99999999999",
        "infinity",
        "nan",
        "1.5e0.5",
        "- 5",
        "\u{663}",
        "\u{a0}5",
        "5\u{b}s",
        "1e-3s",
        "0x",
        "0X1F ms",
        "2147483647.4",
        "2147483647.6",
        "35791min",
        "35792min",
        "24.9d",
        "1__0",
        "1_000",
    ] {
        let taken = client.query(&format!("SET statement_timeout = '{value}'")).error().is_none();
        client.query("RESET statement_timeout").fine();
        assert_eq!(is_harmless("statement_timeout", value), taken, "{value:?}");
    }
    for value in [
        "on", "ON", "o", "of", "off", "true", "tru", "t", "yes", "y", "ye", "no", "n", "false", "f", "fals", "1", "0",
        "2", "", " on", "on ", "onn", "yess", "00", "01", "enable",
    ] {
        let name = "default_transaction_read_only";
        let taken = client.query(&format!("SET {name} = '{value}'")).error().is_none();
        let on = client.value(&format!("SELECT current_setting('{name}')")) == "on";
        client.query(&format!("RESET {name}")).fine();
        assert_eq!(is_harmless(name, value), taken && on, "{value:?}");
        let taken = client.query(&format!("SET transform_null_equals = '{value}'")).error().is_none();
        let on = client.value("SELECT current_setting('transform_null_equals')") == "on";
        client.query("RESET transform_null_equals").fine();
        assert_eq!(is_harmless("transform_null_equals", value), taken && !on, "{value:?}");
    }
}

/// Every encoding that the server takes from a client is safe, or refused.
#[test]
fn encodings_are_those_of_the_server() {
    let (_, mut client) = server();
    let encodings = names(&mut client, "SELECT pg_encoding_to_char(n) FROM generate_series(0, 60) n");
    for encoding in encodings.iter().filter(|encoding| !encoding.is_empty()) {
        let effect = startup_setting("client_encoding", encoding);
        // No multibyte encoding of a server has a quote or a backslash within a character; those of clients alone do.
        let of_servers = client.query(&format!("SELECT convert_to('a', '{encoding}')")).error().is_none()
            && !["SJIS", "BIG5", "GBK", "UHC", "GB18030", "JOHAB", "SHIFT_JIS_2004"].contains(&encoding.as_str());
        assert!(effect != EffectKind::Setting || of_servers, "{encoding}");
    }
    for unsafe_one in ["SJIS", "BIG5", "GBK", "UHC", "GB18030", "JOHAB", "SHIFT_JIS_2004"] {
        assert!(encodings.contains(unsafe_one), "{unsafe_one}");
        assert_ne!(startup_setting("client_encoding", unsafe_one), EffectKind::Setting, "{unsafe_one}");
    }
}
