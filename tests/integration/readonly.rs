//! Agents' sessions are read-only by the server's own hand: what hides in a read does not write, and what is a write
//! goes through as on a direct connection.

use crate::client::{self, Client, Frames};
use crate::support::{self, Database, Stockade};
use std::sync::atomic::{AtomicBool, Ordering};

const SETUP: &str = "CREATE TABLE t (id int PRIMARY KEY, v text); \
     INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 100) i; \
     CREATE FUNCTION wipe() RETURNS int LANGUAGE plpgsql AS 'BEGIN DELETE FROM t; RETURN 1; END'; \
     CREATE VIEW wiping AS SELECT wipe() AS n; \
     CREATE SEQUENCE s";

fn agent() -> (Database, Client) {
    let database = support::database_with(SETUP);
    let client = database.open_through(support::stockade("app-writer"));
    (database, client)
}

#[track_caller]
fn rows(database: &Database) -> String {
    database.open().value("SELECT count(*) FROM t")
}

/// Reads that write.
const HIDDEN: [&str; 9] = [
    "SELECT wipe()",
    "SELECT * FROM wiping",
    "TABLE wiping",
    "VALUES (wipe())",
    "SELECT id FROM t WHERE wipe() > 0",
    "WITH x AS (SELECT wipe() AS n) SELECT n FROM x",
    "EXPLAIN ANALYZE SELECT wipe()",
    "COPY (SELECT wipe()) TO STDOUT",
    "SELECT count(*) FROM t ORDER BY (SELECT wipe())",
];

#[test]
fn a_write_hidden_in_a_read_fails_by_the_simple_protocol() {
    let (database, mut client) = agent();
    for sql in HIDDEN {
        assert_eq!(client.query(sql).read_only().status(), 'I', "{sql}");
        client.query(&format!("SELECT 1; {sql}")).read_only();
        client.query("BEGIN").fine();
        client.query("UPDATE t SET v = 'x' WHERE id = 1").fine();
        assert_eq!(client.query(sql).read_only().status(), 'E', "{sql}");
        client.query("ROLLBACK").fine();
        client.query("BEGIN READ WRITE").fine();
        client.query("SELECT 1").fine();
        assert_eq!(client.query(sql).read_only().status(), 'E', "{sql}");
        client.query("COMMIT").fine();
    }
    assert_eq!(rows(&database), "100");
}

#[test]
fn a_write_hidden_in_a_read_fails_by_the_extended_protocol() {
    let (database, mut client) = agent();
    for sql in HIDDEN {
        assert_eq!(client.extended(sql, &[]).read_only().status(), 'I', "{sql}");
        client.pipeline(Frames::new().run("SELECT 1", &[]).run(sql, &[]).sync()).read_only();
        client.extended("BEGIN", &[]).fine();
        client.extended("UPDATE t SET v = 'x' WHERE id = 1", &[]).fine();
        assert_eq!(client.extended(sql, &[]).read_only().status(), 'E', "{sql}");
        client.extended("ROLLBACK", &[]).fine();
    }
    assert_eq!(rows(&database), "100");
}

#[test]
fn prepared_reads_are_no_way_around() {
    let (database, mut client) = agent();
    client.pipeline(Frames::new().parse("p", "SELECT wipe()").sync()).fine();
    client.query("PREPARE q AS SELECT wipe()").fine();
    for begin in ["SELECT 1", "BEGIN"] {
        for sql in ["EXECUTE p", "EXECUTE q", "EXPLAIN ANALYZE EXECUTE q"] {
            client.query(begin).fine();
            client.query(sql).read_only();
            client.query("ROLLBACK").fine();
        }
        for name in ["p", "q"] {
            client.query(begin).fine();
            client.pipeline(Frames::new().bind("", name, &[]).execute("", 0).sync()).read_only();
            client.query("ROLLBACK").fine();
        }
    }
    assert_eq!(rows(&database), "100");
}

#[test]
fn cursors_are_no_way_around() {
    let (database, mut client) = agent();
    for fetch in ["FETCH c", "FETCH ALL c", "MOVE c"] {
        client.query("BEGIN").fine();
        client.query("INSERT INTO t VALUES (101, 'x')").fine();
        client.query("DECLARE c CURSOR FOR SELECT wipe()").fine();
        client.query(fetch).read_only();
        client.query("ROLLBACK").fine();
        client.extended("BEGIN", &[]).fine();
        client.extended("DECLARE c CURSOR FOR SELECT wipe()", &[]).fine();
        client.extended(fetch, &[]).read_only();
        client.extended("ROLLBACK", &[]).fine();
    }
    // By the protocol: the portal is a cursor, and Execute fetches from it.
    client.query("BEGIN").fine();
    client.pipeline(Frames::new().parse("", "SELECT wipe()").bind("c", "", &[]).sync()).fine();
    client.pipeline(Frames::new().execute("c", 1).sync()).read_only();
    client.query("ROLLBACK").fine();
    client.query("BEGIN").fine();
    client.query("DECLARE c CURSOR FOR SELECT wipe()").fine();
    client.pipeline(Frames::new().execute("c", 1).sync()).read_only();
    client.query("ROLLBACK").fine();
    assert_eq!(rows(&database), "100");
}

/// A held cursor runs when its transaction commits, which is not when it is declared.
#[test]

fn a_held_cursor_is_no_way_around() {
    for extended in [false, true] {
        let (database, mut client) = agent();
        let run = |client: &mut Client, sql: &str| if extended { client.extended(sql, &[]) } else { client.query(sql) };
        run(&mut client, "BEGIN").fine();
        run(&mut client, "DECLARE c CURSOR WITH HOLD FOR SELECT wipe()");
        run(&mut client, "COMMIT");
        run(&mut client, "ROLLBACK");
        assert_eq!(rows(&database), "100");
    }
}

/// What is left of the hundred rows when these texts were sent: each a message of its own, or all in one pipeline,
/// in autocommit or in a transaction.
fn left_by(way: Way, texts: &[&str]) -> String {
    let (database, mut client) = agent();
    match way {
        Way::Messages => texts.iter().for_each(|sql| drop(client.query(sql))),
        Way::InTransaction => {
            client.query("BEGIN").fine();
            texts.iter().for_each(|sql| drop(client.query(sql)));
        }
        Way::Pipeline => {
            let frames = texts.iter().fold(Frames::new(), |frames, sql| frames.run(sql, &[]));
            client.pipeline(frames.sync());
        }
    }
    client.query("COMMIT");
    rows(&database)
}

#[derive(Debug, Clone, Copy)]
enum Way {
    Messages,
    InTransaction,
    Pipeline,
}

#[test]
fn a_hidden_write_inside_a_write_is_no_way_around() {
    for (way, texts) in [
        (Way::Messages, &["SELECT nextval('s'), wipe()"][..]),
        (Way::Messages, &["SELECT wipe() FROM t FOR UPDATE"]),
        (Way::Messages, &["INSERT INTO t SELECT 100 + wipe(), ''"]),
        (Way::Messages, &["UPDATE t SET v = 'x' WHERE id = wipe()"]),
        (Way::Messages, &["CREATE TABLE u AS SELECT wipe()"]),
        (Way::Messages, &["CREATE INDEX ON t ((wipe()))"]),
        (Way::Messages, &["CREATE MATERIALIZED VIEW m AS SELECT wipe()"]),
        (Way::Messages, &["SET TRANSACTION READ WRITE; SELECT wipe()"]),
        (Way::Messages, &["BEGIN READ ONLY", "SET TRANSACTION READ WRITE", "SELECT wipe()"]),
        (Way::InTransaction, &["SET TRANSACTION READ WRITE", "SELECT wipe()"]),
        (Way::InTransaction, &["SELECT 1", "COMMIT AND CHAIN", "SELECT wipe()"]),
        (Way::InTransaction, &["SAVEPOINT a", "SELECT wipe()"]),
        (Way::InTransaction, &["SAVEPOINT _stockade", "SELECT 1", "SELECT wipe()"]),
    ] {
        assert_eq!(left_by(way, texts), "100", "{way:?}: {texts:?}");
    }
}

/// One message, or one implicit transaction, has one transaction mode: a read that shares it with a write is not
/// read-only.
#[test]

fn a_hidden_write_beside_a_write_is_no_way_around() {
    let mut lost = Vec::new();
    for (way, texts) in [
        (Way::Messages, &["INSERT INTO t VALUES (101, ''); SELECT wipe()"][..]),
        (Way::Messages, &["SELECT wipe(); INSERT INTO t VALUES (101, '')"]),
        (Way::Messages, &["BEGIN; SELECT wipe(); COMMIT"]),
        (Way::Messages, &["BEGIN; COMMIT; SELECT wipe()"]),
        (Way::Messages, &["BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT wipe(); COMMIT"]),
        (Way::Messages, &["SELECT nextval('s'); SELECT wipe()"]),
        (Way::Messages, &["SHOW transaction_read_only; SELECT wipe()"]),
        (Way::Pipeline, &["INSERT INTO t VALUES (101, '')", "SELECT wipe()"]),
        (Way::Pipeline, &["SELECT wipe()", "INSERT INTO t VALUES (101, '')"]),
        (Way::Pipeline, &["BEGIN", "SELECT wipe()", "COMMIT"]),
        (Way::Pipeline, &["SELECT nextval('s')", "SELECT wipe()"]),
        (Way::InTransaction, &["SELECT wipe(); COMMIT"]),
        (Way::InTransaction, &["SELECT wipe(); SAVEPOINT a"]),
        (Way::InTransaction, &["INSERT INTO t VALUES (101, ''); SELECT wipe()"]),
        (Way::InTransaction, &["SAVEPOINT _stockade", "RELEASE _stockade; SELECT wipe()"]),
    ] {
        let left: u32 = left_by(way, texts).parse().unwrap();
        if left < 99 {
            lost.push(format!("{way:?}: {texts:?}: {left} rows left"));
        }
    }
    assert!(lost.is_empty(), "\n{}", lost.join("\n"));
}

#[test]
fn writes_work_in_autocommit() {
    let (database, mut client) = agent();
    for extended in [false, true] {
        let id = if extended { 201 } else { 301 };
        let mut run = |sql: &str| if extended { client.extended(sql, &[]).fine() } else { client.query(sql).fine() };
        for (sql, command) in [
            (format!("INSERT INTO t VALUES ({id}, 'x') RETURNING id"), "INSERT 0 1".to_owned()),
            (format!("UPDATE t SET v = 'y' WHERE id = {id}"), "UPDATE 1".into()),
            (format!("SELECT * FROM t WHERE id = {id} FOR UPDATE"), "SELECT 1".into()),
            (format!("INSERT INTO t VALUES ({id}, 'z') ON CONFLICT (id) DO UPDATE SET v = 'z'"), "INSERT 0 1".into()),
            (format!("DELETE FROM t WHERE id = {id}"), "DELETE 1".into()),
            ("SELECT nextval('s')".into(), "SELECT 1".into()),
            (format!("CREATE TABLE u{id} (id serial PRIMARY KEY, v text)"), "CREATE TABLE".into()),
            (format!("ALTER TABLE u{id} ADD COLUMN w int DEFAULT 7"), "ALTER TABLE".into()),
            (format!("CREATE INDEX CONCURRENTLY i{id} ON u{id} (w)"), "CREATE INDEX".into()),
            (format!("COMMENT ON TABLE u{id} IS 'mine'"), "COMMENT".into()),
            (format!("CREATE VIEW w{id} AS SELECT * FROM u{id}"), "CREATE VIEW".into()),
            (format!("CREATE TEMP TABLE x{id} (id int)"), "CREATE TABLE".into()),
            ("VACUUM t".into(), "VACUUM".into()),
            ("ANALYZE t".into(), "ANALYZE".into()),
        ] {
            assert_eq!(run(&sql).commands(), [command], "{sql}");
        }
        client.query("SELECT wipe()").read_only();
    }
    assert_eq!(rows(&database), "100");
}

#[test]
fn writes_work_in_transactions() {
    let (database, mut client) = agent();
    for begin in ["BEGIN", "START TRANSACTION ISOLATION LEVEL SERIALIZABLE", "BEGIN READ WRITE, DEFERRABLE"] {
        client.query(begin).fine();
        assert_eq!(client.query("SELECT count(*) FROM t").fine().value(), "100");
        assert_eq!(client.query("SELECT * FROM t WHERE id = 1 FOR UPDATE").fine().status(), 'T');
        assert_eq!(client.query("UPDATE t SET v = 'x' WHERE id = 1").fine().commands(), ["UPDATE 1"]);
        // A read between writes sees them.
        assert_eq!(client.value("SELECT v FROM t WHERE id = 1"), "x");
        assert_eq!(client.extended("INSERT INTO t VALUES (101, $1)", &["x"]).fine().status(), 'T');
        assert_eq!(client.query("SAVEPOINT a").fine().status(), 'T');
        client.query("DELETE FROM t WHERE id = 2").fine();
        assert_eq!(client.query("INSERT INTO t VALUES (1, 'twice')").code(), "23505");
        assert_eq!(client.query("ROLLBACK TO a").fine().status(), 'T');
        assert_eq!(client.query("RELEASE a").fine().status(), 'T');
        assert_eq!(client.query("ROLLBACK").fine().status(), 'I');
        client.query("SELECT wipe()").read_only();
    }
    client.query("BEGIN; INSERT INTO t VALUES (101, 'x'); COMMIT").fine();
    assert_eq!(rows(&database), "101");
    client.query("SELECT wipe()").read_only();
}

#[test]
fn chains_and_characteristics_of_transactions_are_kept() {
    let (database, mut client) = agent();
    client.query("BEGIN ISOLATION LEVEL REPEATABLE READ").fine();
    client.query("INSERT INTO t VALUES (101, 'x')").fine();
    assert_eq!(client.query("COMMIT AND CHAIN").fine().status(), 'T');
    assert_eq!(client.value("SHOW transaction_isolation"), "repeatable read");
    client.query("INSERT INTO t VALUES (102, 'x')").fine();
    client.query("SELECT wipe()").read_only();
    assert_eq!(client.query("ROLLBACK AND CHAIN").fine().status(), 'T');
    client.query("INSERT INTO t VALUES (103, 'x')").fine();
    client.query("COMMIT").fine();
    assert_eq!(rows(&database), "102");

    client.query("BEGIN READ ONLY").fine();
    let refused = client.query("INSERT INTO t VALUES (104, 'x')");
    assert_eq!((refused.code().as_str(), refused.status()), ("25006", 'E'));
    client.query("ROLLBACK").fine();
    client.query("BEGIN").fine();
    client.query("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE").fine();
    assert_eq!(client.value("SHOW transaction_isolation"), "serializable");
    client.query("INSERT INTO t VALUES (104, 'x')").fine();
    client.query("COMMIT").fine();
    client.query("BEGIN").fine();
    client.query("SET TRANSACTION READ ONLY").fine();
    assert_eq!(client.query("INSERT INTO t VALUES (105, 'x')").code(), "25006");
    client.query("ROLLBACK").fine();
    assert_eq!(rows(&database), "103");
}

#[test]
fn pipelines_write() {
    let (database, mut client) = agent();
    let mut frames = Frames::new().parse("insert", "INSERT INTO t VALUES ($1, 'x')").sync();
    for id in 101..=120 {
        frames = frames.bind("", "insert", &[&id.to_string()]).execute("", 0).sync();
    }
    client.send(&frames.0);
    assert_eq!(client.answer().fine().tags(), "1Z");
    for _ in 101..=120 {
        assert_eq!(client.answer().fine().tags(), "2CZ");
    }
    // Many statements before one Sync are one transaction.
    let frames = Frames::new()
        .bind("", "insert", &["121"])
        .execute("", 0)
        .run("SELECT count(*) FROM t", &[])
        .bind("", "insert", &["121"])
        .execute("", 0)
        .sync();
    let answer = client.pipeline(frames);
    assert_eq!((answer.rows(), answer.code().as_str()), (vec![vec![Some("121".into())]], "23505"));
    assert_eq!(rows(&database), "120");
    // A transaction that begins in one pipeline and ends in another, with a read behind it.
    let frames = Frames::new().run("BEGIN", &[]).bind("", "insert", &["121"]).execute("", 0).sync();
    client.send(&frames.run("SELECT 1", &[]).run("COMMIT", &[]).sync().run("SELECT wipe()", &[]).sync().0);
    assert_eq!(client.answer().fine().status(), 'T');
    assert_eq!(client.answer().fine().status(), 'I');
    client.answer().read_only();
    assert_eq!(rows(&database), "121");
}

/// A pipeline longer than what is held back is sent on before its Sync, and still writes.
#[test]
fn a_pipeline_without_end_is_not_held_for_ever() {
    let (database, mut client) = agent();
    let mut frames = Frames::new().parse("insert", "INSERT INTO t VALUES ($1, $2)");
    let value = "x".repeat(10_000);
    for id in 101..=200 {
        frames = frames.bind("", "insert", &[&id.to_string(), &value]).execute("", 0);
    }
    assert_eq!(client.pipeline(frames.sync()).fine().commands().len(), 100);
    assert_eq!(rows(&database), "200");
    // One that reads first and writes after the part that was sent on.
    let mut frames = Frames::new().parse("read", "SELECT length($1)");
    for _ in 0..50 {
        frames = frames.bind("", "read", &[&value]).execute("", 0);
    }
    frames = frames.run("INSERT INTO t VALUES (201, 'x')", &[]).sync();
    let answer = client.pipeline(frames);
    assert!(answer.error().is_none() || answer.code() == "25006", "{:?}", answer.error());
}

#[test]
fn what_the_client_made_survives_the_hidden_messages() {
    let (_database, mut client) = agent();
    // The unnamed statement across Syncs, with a write between.
    client.pipeline(Frames::new().parse("", "SELECT $1::int + 1").sync()).fine();
    client.pipeline(Frames::new().parse("named", "INSERT INTO t VALUES ($1, 'x')").sync()).fine();
    client.pipeline(Frames::new().bind("", "named", &["101"]).execute("", 0).sync()).fine();
    let again = client.pipeline(Frames::new().bind("", "", &["41"]).execute("", 0).sync()).fine();
    assert_eq!(again.value(), "42");
    // Portals in a transaction across Syncs, with reads and writes between.
    client.query("BEGIN").fine();
    client.pipeline(Frames::new().parse("", "SELECT id FROM t ORDER BY id").bind("", "", &[]).sync()).fine();
    assert_eq!(client.pipeline(Frames::new().execute("", 2).sync()).fine().tags(), "DDsZ");
    client.pipeline(Frames::new().bind("other", "named", &["102"]).execute("other", 0).sync()).fine();
    assert_eq!(client.pipeline(Frames::new().execute("", 1).sync()).fine().value(), "3");
    client.pipeline(Frames::new().parse("one", "SELECT 1").bind("p", "one", &[]).execute("p", 0).sync()).fine();
    assert_eq!(client.pipeline(Frames::new().execute("", 1).sync()).fine().value(), "4");
    client.query("COMMIT").fine();
    assert_eq!(client.pipeline(Frames::new().execute("", 1).sync()).code(), "34000");
    // None of ours is there to be seen, but those that are prepared once.
    let seen =
        "SELECT string_agg(name, ' ' ORDER BY name) FROM pg_prepared_statements WHERE name NOT IN ('named', 'one')";
    assert_eq!(client.value(seen), "_stockade_count _stockade_deferred _stockade_flush _stockade_quick");
    client.query("BEGIN").fine();
    assert_eq!(client.query("ROLLBACK TO _stockade").code(), "3B001");
    client.query("ROLLBACK").fine();
}

#[test]
fn settings_show_what_a_direct_connection_shows() {
    let (database, mut client) = agent();
    let mut direct = database.open();
    for name in ["transaction_read_only", "default_transaction_read_only", "transaction_isolation"] {
        for sql in [format!("SHOW {name}"), format!("SELECT current_setting('{name}')")] {
            if sql == "SELECT current_setting('default_transaction_read_only')" {
                // What a SELECT reads is counted in a block of ours, or read-only.
                continue;
            }
            assert_eq!(client.value(&sql), direct.value(&sql), "{sql}");
            assert_eq!(client.extended(&sql, &[]).fine().value(), direct.value(&sql), "{sql}");
            client.query("BEGIN").fine();
            assert_eq!(client.value(&sql), direct.value(&sql), "in a transaction: {sql}");
            client.query("ROLLBACK").fine();
        }
    }
    assert_eq!(client.parameters, direct.parameters);
    // What writes do to the setting is not told to the client.
    client.query("INSERT INTO t VALUES (101, 'x')").fine();
    assert_eq!(client.query("SELECT 1").fine().tags(), "TDCZ");
    assert_eq!(client.query("RESET ALL").fine().tags(), direct.query("RESET ALL").fine().tags());
    assert_eq!(client.parameters, direct.parameters);
}

#[test]
fn a_client_may_ask_for_a_read_only_default() {
    let (database, _) = agent();
    let address = support::stockade("app-writer").address;
    for parameters in [("default_transaction_read_only", "on"), ("options", "-c default_transaction_read_only=on")] {
        let base = [("user", "postgres"), ("database", database.name.as_str()), parameters];
        let mut client = Client::with(address, &base);
        assert_eq!(client.parameters["default_transaction_read_only"], "on");
        assert_eq!(client.value("SHOW transaction_read_only"), "on");
        assert_eq!(client.query("INSERT INTO t VALUES (101, 'x')").code(), "25006");
    }
    let mut client = Client::open(address, &database.name);
    client.query("SET default_transaction_read_only = on").fine();
    assert_eq!(client.query("INSERT INTO t VALUES (101, 'x')").code(), "25006");
    assert_eq!(client.value("SHOW default_transaction_read_only"), "on");
    // What was asked for stays, whatever else is reset.
    client.query("RESET ALL");
    assert_eq!(client.query("INSERT INTO t VALUES (101, 'x')").code(), "25006");
    client.query("SELECT wipe()");
    assert_eq!(rows(&database), "100");
}

#[test]
fn resetting_the_session_keeps_it_read_only() {
    let (database, mut client) = agent();
    for reset in [
        "RESET ALL",
        "DISCARD ALL",
        "RESET default_transaction_read_only",
        "SET default_transaction_read_only TO DEFAULT",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
        "SET default_transaction_read_only = off",
        "SELECT set_config('default_transaction_read_only', 'off', false)",
        "SELECT set_config('transaction_read_only', 'off', false)",
        "UPDATE pg_settings SET setting = 'off' WHERE name = 'default_transaction_read_only'",
        "ALTER ROLE postgres SET default_transaction_read_only = off",
    ] {
        for run in [Client::query, |client: &mut Client, sql: &str| client.extended(sql, &[])] {
            run(&mut client, reset);
            client.query("SELECT wipe()").read_only();
            client.query("INSERT INTO t VALUES (101, 'x')").fine();
            client.query("DELETE FROM t WHERE id = 101").fine();
            client.query("SELECT wipe()").read_only();
            // In a transaction that writes, too: whatever is reset then, is reset for the session.
            client.query("BEGIN").fine();
            run(&mut client, reset);
            client.query("COMMIT").fine();
            client.query("SELECT wipe()").read_only();
            client.query("BEGIN").fine();
            run(&mut client, reset);
            client.query("ROLLBACK").fine();
            client.query("SELECT wipe()").read_only();
        }
    }
    assert_eq!(rows(&database), "100");
}

/// What ends a transaction some other way than by COMMIT leaves the session read-only as well.
#[test]
fn a_transaction_that_fails_leaves_the_session_read_only() {
    let (database, mut client) = agent();
    for sql in [
        "INSERT INTO t VALUES (1, 'twice')",
        "BEGIN; INSERT INTO t VALUES (1, 'twice'); COMMIT",
        "UPDATE t SET v = (1 / 0)::text WHERE id = 1",
        "VACUUM no_such_table",
        "CREATE INDEX CONCURRENTLY ON no_such_table (id)",
    ] {
        client.query(sql);
        client.query("ROLLBACK");
        client.query("SELECT wipe()").read_only();
        client.extended(sql, &[]);
        client.extended("ROLLBACK", &[]);
        client.query("SELECT wipe()").read_only();
    }
    client.query("CREATE TABLE d (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)").fine();
    client.query("BEGIN").fine();
    client.query("INSERT INTO d VALUES (1), (1)").fine();
    assert_eq!(client.query("COMMIT").code(), "23505");
    client.query("SELECT wipe()").read_only();
    assert_eq!(rows(&database), "100");
}

#[test]
fn a_storm_of_cancel_requests_leaves_no_session_open_for_writes() {
    let database = support::database_with(SETUP);
    // Its own, so that a session ended for good reason is seen as such.
    let mut stockade = Stockade::before(database.address, &[]);
    let address = stockade.address;
    for round in 0..8 {
        let mut client = database.open_through(&stockade);
        let (pid, secret) = (client.pid, client.secret.clone());
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    client::cancel(address, pid, &secret);
                }
            });
            let _stops = Stops(&stop);
            for number in 0..60 {
                let sql = format!("UPDATE t SET v = 'v{number}' WHERE id = {}", 1 + number % 100);
                // Cancelled or not: what a client gets is an answer.
                let answer = match (round + number) % 3 {
                    0 => client.query(&sql),
                    1 => client.extended(&sql, &[]),
                    _ => client.query(&format!("BEGIN; {sql}; COMMIT")),
                };
                let code = answer.code();
                // 25006: the cancel hit what goes before a write, which then has no window.
                assert!(["", "57014", "25P02", "25006"].contains(&code.as_str()), "{answer:?}");
                if answer.status() != 'I' {
                    while client.query("ROLLBACK").status() != 'I' {}
                }
            }
        });
        // A late cancel may still hit this one; PostgreSQL's own refusal is what has to come in the end.
        let refused = (0..100).any(|_| client.query("SELECT wipe()").code() == "25006");
        assert!(refused, "round {round}");
        assert_eq!(rows(&database), "100");
    }
    stockade.assert_alive();
}

/// Sets a flag when it goes, also by a panic.
pub struct Stops<'a>(pub &'a AtomicBool);

impl Drop for Stops<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Who wrote, as the server tells it, and the way on.
#[test]
fn the_refusal_names_who_wrote() {
    let database = support::database_with(SETUP);
    database
        .open()
        .query(
            "CREATE SCHEMA s; \
         CREATE FUNCTION s.nested(a int) RETURNS int LANGUAGE plpgsql AS 'BEGIN PERFORM wipe(); RETURN 1; END'; \
         CREATE FUNCTION s.plain() RETURNS void LANGUAGE sql AS 'DELETE FROM t'; \
         CREATE FUNCTION s.own() RETURNS void LANGUAGE plpgsql AS \
         'BEGIN RAISE ''no'' USING ERRCODE = ''25006'', DETAIL = ''mine'', HINT = ''mine too''; END'; \
         CREATE VIEW next AS SELECT nextval('s') AS n",
        )
        .fine();
    let mut client = database.open_through(support::stockade("app-writer"));
    let nested = "Function wipe(), called by function s.nested(integer), tried DELETE.";
    let unnamed = "(a view, a policy or an operator runs it), tried DELETE.";
    for (sql, detail, may_be_named) in [
        ("SELECT wipe()", "Function wipe() tried DELETE.", Some("SCHEMA.wipe")),
        ("SELECT s.nested(1)", nested, Some("s.nested")),
        ("SELECT s.plain()", "Function plain tried DELETE.", Some("SCHEMA.plain")),
        ("EXPLAIN ANALYZE SELECT wipe()", "Function wipe() tried DELETE.", Some("SCHEMA.wipe")),
        ("SELECT * FROM wiping", unnamed, None),
        ("SELECT * FROM next", "Something that a view, a policy or an operator runs tried nextval().", None),
    ] {
        for extended in [false, true] {
            let answer = if extended { client.extended(sql, &[]) } else { client.query(sql) }.read_only();
            let error = answer.error().unwrap();
            assert!(error.field(b'D').contains(detail), "{sql}: {}", error.field(b'D'));
            let way = may_be_named.map(|name| format!("functions_may_write = [\"{name}\"]"));
            let hint = error.field(b'H');
            assert_eq!(hint.contains("functions_may_write"), way.is_some(), "{sql}: {hint}");
            assert!(hint.contains(&way.unwrap_or_default()), "{sql}: {hint}");
        }
    }
    let answer = client.query("SELECT s.own()");
    assert_eq!(answer.error().unwrap().field(b'H'), "mine too");
}
