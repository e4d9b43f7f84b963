//! What operators see: metrics, health, the record.

use crate::client::{self, Client, Frames, PATIENCE};
use crate::support::{self, Stockade};
use std::path::Path;
use std::time::Instant;
use stockade::classify::EffectKind;

const SHOP: &str = "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'one')";

/// Asks until it holds.
#[track_caller]
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::yield_now();
    }
}

#[test]
fn metrics_are_there_from_the_start_and_count() {
    let database = support::database_with(SHOP);
    let stockade = Stockade::before(database.address, &[]);
    let before = stockade.metrics();
    for effect in EffectKind::ALL {
        let name = format!("stockade_effects_total{{effect=\"{effect}\",principal=\"default\",verdict=\"reject\"}}");
        assert_eq!(before.get(&name), Some(&0.0), "{name}");
    }
    let rejected = "stockade_statements_total{principal=\"default\",rule=\"preset:app-writer\",verdict=\"reject\"}";
    let allowed = "stockade_statements_total{principal=\"default\",rule=\"preset:app-writer\",verdict=\"allow\"}";
    let open = "stockade_connections{principal=\"default\"}";
    let errors = "stockade_upstream_errors_total{kind=\"refused\"}";
    for name in [rejected, allowed, open, errors, "stockade_bytes_total{direction=\"to_client\"}"] {
        assert_eq!(before.get(name), Some(&0.0), "{name}");
    }
    let mut client = database.open_through(&stockade);
    client.query("SELECT 1").fine();
    client.extended("SELECT $1", &["x"]).fine();
    client.query("DROP TABLE t");
    client.pipeline(Frames::new().parse("", "TRUNCATE t").sync());
    client.query("INSERT INTO t VALUES (2, 'two')").fine();
    client.query("SELECT 1").fine();
    let after = stockade.metrics();
    assert_eq!(after[rejected], 2.0);
    assert_eq!(after[allowed], 4.0);
    assert_eq!(after[open], 1.0);
    assert_eq!(after["stockade_connections_total{principal=\"default\"}"], 1.0);
    assert_eq!(after["stockade_effects_total{effect=\"drop\",principal=\"default\",verdict=\"reject\"}"], 1.0);
    assert_eq!(after["stockade_decision_seconds_count"], 6.0);
    assert!(after["stockade_facts_cache_total{result=\"hit\"}"] >= 1.0);
    assert!(after["stockade_bytes_total{direction=\"to_client\"}"] > 0.0);
    drop(client);
    wait_until("the connection is counted out", || stockade.metrics()[open] == 0.0);
    // What clients choose (users, databases, texts) is no label: the set of series is closed.
    let mut names: Vec<_> = before.keys().collect();
    names.sort();
    let now = stockade.metrics();
    let mut later: Vec<_> = now.keys().collect();
    later.sort();
    assert_eq!(names, later);
}

/// By a rule of the witness's own, whose name no configuration has.
#[test]
fn what_the_witness_saw_is_counted() {
    let database = support::database_with(
        "CREATE TABLE customers (id int PRIMARY KEY); \
         CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers ON DELETE CASCADE, n int); \
         INSERT INTO customers SELECT generate_series(1, 200); \
         INSERT INTO orders SELECT i, (i + 9) / 10, 0 FROM generate_series(1, 2000) i; \
         CREATE TABLE later (id int PRIMARY KEY, other int REFERENCES customers DEFERRABLE INITIALLY DEFERRED); \
         ANALYZE",
    );
    let stockade = Stockade::before(database.address, &[]);
    let before = stockade.metrics();
    let rows = |action| format!("stockade_rows_changed_total{{action=\"{action}\",principal=\"default\"}}");
    let rollbacks = |reason| format!("stockade_rollbacks_total{{principal=\"default\",reason=\"{reason}\"}}");
    let refused =
        |rule| format!("stockade_statements_total{{principal=\"default\",rule=\"{rule}\",verdict=\"reject\"}}");
    let asked = |protocol| format!("stockade_witness_seconds_count{{protocol=\"{protocol}\"}}");
    for series in [
        rows("deleted"),
        rows("updated"),
        rows("inserted"),
        rollbacks("rows_per_statement"),
        rollbacks("unwitnessed"),
        rollbacks("server"),
        refused("witness:rows_per_statement"),
        refused("witness:hidden_drop"),
        asked("simple"),
        asked("extended"),
    ] {
        assert_eq!(before.get(&series), Some(&0.0), "{series}");
    }
    let left = "stockade_budget_left_rows{principal=\"default\"}";
    assert_eq!(before.get(left), Some(&10_000.0));
    let mut client = database.open_through(&stockade);
    // Ten orders go with it.
    client.query("DELETE FROM customers WHERE id = 1").fine();
    client.extended("UPDATE orders SET n = 1 WHERE id = $1", &["11"]).fine();
    client.query("BEGIN").fine();
    client.query("INSERT INTO customers VALUES (301), (302), (303)").fine();
    client.query("DELETE FROM customers WHERE id = 2").fine();
    client.query("ROLLBACK").fine();
    client.query("BEGIN").fine();
    client.query("INSERT INTO customers VALUES (301), (302)").fine();
    client.query("COMMIT").fine();
    // What is refused, by the witness and by the server.
    let answer = client.query("UPDATE orders SET n = 2 WHERE id > 100");
    let refused_for = answer.error().unwrap();
    assert!(refused_for.field(b'M').ends_with("(rule witness:rows_per_statement)"), "{refused_for:?}");
    assert_eq!(client.query("INSERT INTO later VALUES (1, 9999)").error().unwrap().code(), "23503");
    assert_eq!(client.query("INSERT INTO customers VALUES (3)").error().unwrap().code(), "23505");
    client.query("SELECT 1").fine();
    let after = stockade.metrics();
    let told = [
        (rows("deleted"), 11.0),
        (rows("updated"), 1.0),
        (rows("inserted"), 2.0),
        (rollbacks("rows_per_statement"), 1.0),
        (rollbacks("server"), 1.0),
        (rollbacks("unwitnessed"), 0.0),
        (refused("witness:rows_per_statement"), 1.0),
        (refused("other"), 0.0),
        (left.to_owned(), 9_988.0),
    ];
    for (series, expected) in told {
        assert_eq!(after.get(&series), Some(&expected), "{series}");
    }
    assert!(after[&asked("simple")] >= 5.0 && after[&asked("extended")] >= 1.0);
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
}

#[test]
fn readiness_follows_the_upstream() {
    let mut cluster = support::own_cluster(&Default::default());
    let stockade = Stockade::before(cluster.address(), &[]);
    let status = |path: &str| stockade.get(path).map(|(status, _)| status);
    wait_until("ready", || status("/readyz") == Some(200));
    cluster.stop();
    wait_until("not ready any more", || status("/readyz") == Some(503));
    assert_eq!(status("/healthz"), Some(200), "it lives, though it is not ready");
    let mut client = Client::bare(client::connect(stockade.address));
    client.send(&client::startup(196_608, &[("user", "postgres")]));
    assert_eq!(client.finish_startup().unwrap_err().code(), "08006");
    assert!(stockade.metrics()["stockade_upstream_errors_total{kind=\"refused\"}"] >= 1.0);
    cluster.resume().unwrap();
    wait_until("ready again", || status("/readyz") == Some(200));
    assert_eq!(Client::open(stockade.address, "postgres").value("SELECT 1"), "1");
    assert_eq!(status("/nothing"), Some(404));
}

fn lines(path: &Path) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

#[test]
fn the_record_has_a_line_a_decision() {
    let database = support::database_with(SHOP);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("decisions.jsonl");
    let stockade = Stockade::with_config(database.address, "", &format!("[audit]\npath = {path:?}\n"));
    let mut client = database.open_through(&stockade);
    client.query("SELECT 'hush' WHERE 'secret' = 'secret'").fine();
    client.query("DELETE FROM t WHERE v = 'secret' OR true");
    client.extended("UPDATE t SET v = $1 WHERE id = 1", &["secret"]).fine();
    client.query("SELECT 1; INSERT INTO t VALUES (2, 'secret')").fine();
    client.query("SELECT * FROM secret_table_that_is_not_there");
    client.query("THIS IS NOT 'secret' SQL");
    let mut turned = Client::bare(client::connect(stockade.address));
    turned.send(&client::startup(196_608, &[("user", "postgres"), ("database", "shop_backup")]));
    turned.finish_startup().unwrap_err();
    drop(client);
    assert!(stockade.stop().success());
    let lines = lines(&path);
    let decisions: Vec<_> = lines.iter().filter(|line| line["event"] == "decision").collect();
    assert_eq!(decisions.len(), 7, "{lines:#?}");
    let text = std::fs::read_to_string(&path).unwrap().replace("secret_table", "");
    assert!(!text.contains("secret") && !text.contains("hush"), "{text}");
    for (number, line) in lines.iter().enumerate() {
        assert_eq!(line["seq"].as_u64(), Some(lines[0]["seq"].as_u64().unwrap() + number as u64));
        for key in ["time", "connection", "principal", "client", "database", "verdict", "rule", "effects", "reasons"] {
            assert!(!line[key].is_null(), "{key}: {line}");
        }
    }
    let find = |verdict: &str, effect: &str| {
        let has = |line: &&serde_json::Value| {
            line["verdict"] == verdict && line["effects"].as_array().unwrap().contains(&effect.into())
        };
        lines.iter().find(has).unwrap_or_else(|| panic!("{verdict} {effect}: {lines:#?}"))
    };
    let refused = find("reject", "unbounded-write");
    assert_eq!(refused["rule"], "preset:app-writer");
    assert_eq!(refused["enforced"], true);
    assert!(!refused["reasons"].as_array().unwrap().is_empty());
    let update = find("allow", "write");
    assert_eq!((update["rows"].as_u64(), update["protocol"].as_str()), (Some(1), Some("extended")));
    assert!(update["fingerprint"].is_string() && update["duration_us"].is_u64());
    assert_eq!(find("allow", "insert")["statements"].as_array().unwrap().len(), 2);
    assert!(lines.iter().any(|line| line["error"] == "42P01"));
    assert!(lines.iter().any(|line| line["protocol"] == "startup" && line["rule"] == "wall:protected-database"));
}

#[test]
fn a_full_record_shows_the_text_only_where_asked_for() {
    let database = support::database_with(SHOP);
    for (mode, shown) in [("full", true), ("redacted", false), ("fingerprint", false)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("decisions.jsonl");
        let config = format!("[audit]\npath = {path:?}\ntext = \"{mode}\"\n");
        let stockade = Stockade::with_config(database.address, "", &config);
        database.open_through(&stockade).query("SELECT 'visible'").fine();
        assert!(stockade.stop().success());
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.contains("visible"), shown, "{mode}: {text}");
        assert_eq!(lines(&path)[0].get("text").is_some(), mode != "fingerprint", "{mode}: {text}");
    }
}

#[test]
fn without_a_record_an_agent_does_not_write() {
    let database = support::database_with(SHOP);
    for on_failure in ["reject", "allow"] {
        let config = format!(
            "[audit]\npath = \"/dev/full\"\non_failure = \"{on_failure}\"\n\
             [[principal]]\nname = \"dba\"\nkind = \"human\"\npreset = \"trusted\"\nmatch = {{ database = \"postgres\" }}\n"
        );
        let stockade = Stockade::with_config(database.address, "", &config);
        let mut client = database.open_through(&stockade);
        client.query("SELECT 1").fine();
        wait_until("the failure shows", || stockade.metrics()["stockade_audit_healthy"] == 0.0);
        let write = client.query("UPDATE t SET v = 'x' WHERE id = 1");
        if on_failure == "reject" {
            write.refused("wall:audit");
            client.extended("UPDATE t SET v = 'x' WHERE id = 1", &[]).refused("wall:audit");
            client.query("SELECT * FROM t FOR UPDATE").refused("wall:audit");
            client.pipeline(Frames::new().run("SELECT 1", &[]).sync()).fine();
            client.query("BEGIN READ ONLY; SELECT * FROM t; COMMIT").fine();
            let name = "stockade_statements_total{principal=\"default\",rule=\"wall:audit\",verdict=\"reject\"}";
            assert!(stockade.metrics()[name] >= 3.0);
        } else {
            write.fine();
        }
        Client::open(stockade.address, "postgres").query("CREATE TEMP TABLE x (id int)").fine();
        assert!(stockade.metrics()["stockade_audit_failures_total"] >= 1.0);
    }
}

#[test]
fn a_refusal_is_one_line_in_the_log_without_literals() {
    let database = support::database_with(SHOP);
    let mut stockade = Stockade::with_config(database.address, "", "[log]\nformat = \"pretty\"\n");
    let mut client = database.open_through(&stockade);
    client.query("DELETE FROM t WHERE 'secret' = 'secret'").refused("preset:app-writer");
    let line = stockade.wait_for(|stockade| {
        let output = stockade.output();
        output.lines().find(|line| line.contains("statement refused")).map(str::to_owned)
    });
    for part in ["principal", "default", "preset:app-writer", "DELETE FROM t WHERE ?"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(!stockade.output().contains("secret"), "{}", stockade.output());
}
