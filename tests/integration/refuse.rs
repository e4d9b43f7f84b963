//! What destroys comes back as an error, in its right place, and the session goes on as PostgreSQL would have it.

use crate::client::{self, Client, Frames};
use crate::support::{self, Database, Stockade};

const SHOP: &str = "CREATE TABLE t (id int PRIMARY KEY, v text); \
     INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 100) i";
const PRESET: &str = "preset:app-writer";

/// A session of an agent in a database of its own, with a hundred rows in `t`.
fn agent() -> (Database, Client) {
    let database = support::database_with(SHOP);
    let client = database.open_through(support::stockade("app-writer"));
    (database, client)
}

/// Nothing was lost, by a look past Stockade.
#[track_caller]
fn rows(database: &Database) -> String {
    database.open().value("SELECT count(*) FROM t")
}

#[test]
fn destruction_is_refused_and_the_session_goes_on() {
    let (database, mut client) = agent();
    for sql in [
        "DROP TABLE t",
        "DROP TABLE IF EXISTS t CASCADE",
        "TRUNCATE t",
        "DELETE FROM t",
        "DELETE FROM t WHERE true",
        "DELETE FROM t WHERE 1 = 1",
        "UPDATE t SET v = ''",
        "WITH gone AS (DELETE FROM t RETURNING *) SELECT count(*) FROM gone",
        "EXPLAIN ANALYZE DELETE FROM t",
        "ALTER TABLE t DROP COLUMN v",
        "DROP SCHEMA public CASCADE",
        "DROP DATABASE postgres",
        "DO $$ BEGIN DELETE FROM t; END $$",
        "GRANT ALL ON t TO public",
        "ALTER SYSTEM SET fsync = off",
        "SET default_transaction_read_only = off",
        "SET SESSION AUTHORIZATION DEFAULT",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM t'",
    ] {
        assert_eq!(client.query(sql).refused(PRESET).tags(), "EZ", "{sql}");
        assert_eq!(client.extended(sql, &[]).refused(PRESET).tags(), "EZ", "{sql}");
        assert_eq!(client.query("SELECT 1").fine().value(), "1");
    }
    assert_eq!(rows(&database), "100");
}

#[test]
fn a_refusal_names_what_why_and_the_way_on() {
    let (_database, mut client) = agent();
    let answer = client.query("DELETE FROM t").refused(PRESET);
    let error = answer.error().unwrap();
    assert!(error.field(b'M').contains("DELETE without WHERE"), "{error:?}");
    assert!(error.field(b'D').contains("Effects: ") && error.field(b'D').contains("unbounded-write"), "{error:?}");
    assert!(error.field(b'H').contains("WHERE") && error.field(b'H').contains("Do not try to get around"), "{error:?}");
}

#[test]
fn what_an_application_does_goes_through() {
    let (_database, mut client) = agent();
    for (sql, command) in [
        ("SELECT * FROM t WHERE id = 1", "SELECT 1"),
        ("INSERT INTO t VALUES (101, 'new')", "INSERT 0 1"),
        ("UPDATE t SET v = 'x' WHERE id = 101", "UPDATE 1"),
        ("DELETE FROM t WHERE id = 101", "DELETE 1"),
        ("CREATE TABLE u (id int)", "CREATE TABLE"),
        ("CREATE INDEX ON u (id)", "CREATE INDEX"),
        ("ALTER TABLE u ADD COLUMN v text", "ALTER TABLE"),
        ("SET search_path = public", "SET"),
    ] {
        assert_eq!(client.query(sql).fine().commands(), [command], "{sql}");
    }
}

#[test]
fn in_a_transaction_a_refusal_fails_it() {
    let (database, mut client) = agent();
    client.query("BEGIN").fine();
    client.query("INSERT INTO t VALUES (101, 'lost')").fine();
    assert_eq!(client.query("TRUNCATE t").refused(PRESET).status(), 'E');
    assert_eq!(client.query("SELECT 1").code(), "25P02");
    // A refused statement is judged in a failed transaction too: as on the server, what comes first is the parser.
    assert_eq!(client.query("DROP TABLE t").refused(PRESET).status(), 'E');
    let end = client.query("COMMIT").fine();
    assert_eq!((end.commands(), end.status()), (vec!["ROLLBACK".to_owned()], 'I'));
    assert_eq!(rows(&database), "100");

    client.query("BEGIN").fine();
    client.query("INSERT INTO t VALUES (101, 'kept')").fine();
    client.query("SAVEPOINT a").fine();
    assert_eq!(client.extended("DROP TABLE t", &[]).refused(PRESET).status(), 'E');
    assert_eq!(client.query("ROLLBACK TO a").fine().status(), 'T');
    client.query("COMMIT").fine();
    assert_eq!(rows(&database), "101");
}

#[test]
fn of_a_message_with_several_statements_none_runs() {
    let (database, mut client) = agent();
    for sql in [
        "INSERT INTO t VALUES (101, 'a'); DROP TABLE t",
        "DROP TABLE t; INSERT INTO t VALUES (101, 'a')",
        "INSERT INTO t VALUES (101, 'a'); COMMIT; TRUNCATE t; SELECT 1",
        "BEGIN; INSERT INTO t VALUES (101, 'a'); COMMIT; DELETE FROM t",
        "SELECT 1; ; SELECT 2; DELETE FROM t;",
    ] {
        let answer = client.query(sql).refused(PRESET);
        assert_eq!((answer.tags().as_str(), answer.status()), ("EZ", 'I'), "{sql}");
    }
    assert_eq!(rows(&database), "100");
    let two = client.query("INSERT INTO t VALUES (101, 'a'); SELECT count(*) FROM t").fine();
    assert_eq!(two.commands(), ["INSERT 0 1", "SELECT 1"]);
}

#[test]
fn poison_in_a_pipeline_rolls_back_what_was_before_it() {
    let (database, mut client) = agent();
    let frames = Frames::new()
        .run("INSERT INTO t VALUES (101, 'a')", &[])
        .parse("s", "DELETE FROM t")
        .bind("", "s", &[])
        .execute("", 0)
        .run("INSERT INTO t VALUES (102, 'b')", &[])
        .sync()
        .run("SELECT count(*) FROM t", &[])
        .sync();
    client.send(&frames.0);
    let first = client.answer().refused(PRESET);
    assert_eq!((first.tags().as_str(), first.status()), ("12nCEZ", 'I'));
    assert_eq!(client.answer().fine().value(), "100");
    // The name was never prepared.
    assert_eq!(client.pipeline(Frames::new().bind("", "s", &[]).execute("", 0).sync()).code(), "26000");
    assert_eq!(rows(&database), "100");
}

#[test]
fn a_later_harmless_parse_does_not_wash_a_refusal_away() {
    let (database, mut client) = agent();
    let frames = Frames::new().parse("", "DELETE FROM t").parse("", "SELECT 1").bind("", "", &[]).execute("", 0).sync();
    assert_eq!(client.pipeline(frames).refused(PRESET).tags(), "EZ");
    assert_eq!(rows(&database), "100");
}

#[test]
fn pipelines_of_many_syncs_keep_each_answer_in_its_place() {
    let (database, mut client) = agent();
    let mut frames = Frames::new();
    for number in 0..50 {
        frames = match number % 5 {
            0 => frames.run("DELETE FROM t", &[]).sync(),
            1 => frames.run("SELECT $1::int", &[&number.to_string()]).sync(),
            2 => frames.query("TRUNCATE t"),
            3 => frames.query(&format!("SELECT {number}")),
            _ => frames.run("UPDATE t SET v = $1 WHERE id = 1", &[&number.to_string()]).sync(),
        };
    }
    client.send(&frames.0);
    for number in 0..50 {
        let answer = client.answer();
        match number % 5 {
            0 | 2 => assert_eq!(answer.refused(PRESET).tags(), "EZ"),
            1 | 3 => assert_eq!(answer.fine().value(), number.to_string()),
            _ => assert_eq!(answer.fine().commands(), ["UPDATE 1"]),
        }
    }
    assert_eq!(database.open().value("SELECT v FROM t WHERE id = 1"), "49");
}

#[test]
fn an_error_of_the_client_itself_is_not_taken_for_poison() {
    let (_database, mut client) = agent();
    // Text that cannot be read is refused, and says so.
    let answer = client.query("SELEC 1");
    assert_eq!(answer.code(), "42601", "as without Stockade");
    assert!(answer.error().unwrap().field(b'D').contains("unreadable"));
    // A syntax error the server alone knows, at run time, is the client's.
    assert_eq!(client.query("SELECT '1'::json, '{'::json").code(), "22P02");
    // A pipeline that fails on its own before the poison is answered with its own error, and the poison is skipped.
    let frames = Frames::new().run("SELECT 1/0", &[]).run("DROP TABLE t", &[]).sync();
    assert_eq!(client.pipeline(frames).code(), "22012");
    assert_eq!(client.query("SELECT 1").fine().value(), "1");
}

#[test]
fn copy_is_judged() {
    let (database, mut client) = agent();
    for sql in [
        "COPY t FROM STDIN",
        "COPY t FROM '/etc/passwd'",
        "COPY t TO '/tmp/stockade-test-never'",
        "COPY t TO PROGRAM 'true'",
        "COPY (DELETE FROM t RETURNING *) TO STDOUT",
    ] {
        assert_eq!(client.query(sql).refused(PRESET).tags(), "EZ", "{sql}");
        assert_eq!(client.extended(sql, &[]).refused(PRESET).tags(), "EZ", "{sql}");
    }
    // Data that a client sends ahead, sure of being asked for it, is nothing to the server outside a COPY.
    let frames = Frames::new().query("COPY t FROM STDIN").copy_data(b"101\tx\n").copy_done().query("SELECT 1");
    client.send(&frames.0);
    client.answer().refused(PRESET);
    assert_eq!(client.answer().fine().value(), "1");
    assert_eq!(client.query("COPY t TO STDOUT").fine().commands(), ["COPY 100"]);
    assert_eq!(rows(&database), "100");
}

#[test]
fn prepared_statements_are_judged_when_made_and_when_run() {
    let (database, mut client) = agent();
    client.query("PREPARE gone AS DELETE FROM t").refused(PRESET);
    client.query("PREPARE one(int) AS DELETE FROM t WHERE id = $1").fine();
    assert_eq!(client.query("EXECUTE one(1)").fine().commands(), ["DELETE 1"]);
    let unknown = client.query("EXECUTE nobody(1)");
    assert_eq!((unknown.code().as_str(), unknown.status()), ("26000", 'I'));
    client.query("PREPARE two(int) AS SELECT 1; DEALLOCATE one").fine();
    assert_eq!(client.query("EXECUTE one(2)").code(), "26000");
    // The protocol's names and SQL's are the same.
    client.pipeline(Frames::new().parse("three", "UPDATE t SET v = 'x' WHERE id = $1").sync()).fine();
    assert_eq!(client.query("EXECUTE three(5)").fine().commands(), ["UPDATE 1"]);
    assert_eq!(client.query("EXPLAIN ANALYZE EXECUTE three(6)").fine().status(), 'I');
    assert_eq!(database.open().value("SELECT count(*) FROM t WHERE v = 'x'"), "2");
    client.query("PREPARE all_of(bool) AS DELETE FROM t WHERE $1").refused(PRESET);
    assert_eq!(rows(&database), "99");
}

#[test]
fn a_portal_outlives_its_statement() {
    let (_database, mut client) = agent();
    let frames = Frames::new()
        .parse("s", "SELECT id FROM t ORDER BY id")
        .bind("p", "s", &[])
        .close(b'S', "s")
        .execute("p", 2)
        .execute("p", 1)
        .sync();
    let answer = client.pipeline(frames).fine();
    assert_eq!(answer.tags(), "123DDsDsZ");
    assert_eq!(client.pipeline(Frames::new().bind("", "s", &[]).execute("", 0).sync()).code(), "26000");

    // The portal is judged by what was bound, not by what its statement's name means later.
    client.query("BEGIN").fine();
    let frames = Frames::new().parse("s", "SELECT 7").bind("p", "s", &[]).close(b'S', "s");
    client.pipeline(frames.parse("s", "DELETE FROM t WHERE id = 1").execute("p", 0).sync()).fine();
    client.query("COMMIT").fine();
}

#[test]
fn a_function_call_message_is_refused() {
    let (_database, mut client) = agent();
    // int4pl(1, 2), in text format.
    let body = [&177_u32.to_be_bytes()[..], &[0, 1, 0, 0, 0, 2], &[0, 0, 0, 1], b"1", &[0, 0, 0, 1], b"2", &[0, 0]];
    let frames = || Frames::new().frame(b'F', &body.concat());
    assert_eq!(client.pipeline(frames()).refused("wall:function-call").tags(), "EZ");
    assert_eq!(client.query("SELECT 1").fine().value(), "1");
    client.query("BEGIN").fine();
    assert_eq!(client.pipeline(frames()).refused("wall:function-call").status(), 'E');
    client.query("ROLLBACK").fine();
    let mut trusted = Client::open(support::stockade("trusted").address, "postgres");
    assert_eq!(trusted.pipeline(frames()).fine().tags(), "VZ");
}

/// What a client is told that is turned away.
#[track_caller]
fn turned_away(address: std::net::SocketAddr, parameters: &[(&str, &str)]) -> (String, String) {
    let mut client = Client::bare(client::connect(address));
    client.send(&client::startup(196_608, parameters));
    let error = client.finish_startup().expect_err("turned away");
    assert_eq!(error.field(b'S'), "FATAL", "{error:?}");
    assert!(client.last_words().is_empty(), "nothing comes behind a FATAL error");
    (error.code(), error.field(b'M'))
}

#[test]
fn a_startup_packet_is_judged() {
    let (database, _) = agent();
    let address = support::stockade("app-writer").address;
    let base = [("user", "postgres"), ("database", database.name.as_str())];
    for (more, code, says) in [
        (&[("replication", "true")][..], "42501", "wall:replication"),
        (&[("replication", "database")], "42501", "wall:replication"),
        (&[("options", "-c session_replication_role=replica")], "42501", "wall:startup-setting"),
        (&[("options", "-c default_transaction_read_only=off")], "42501", "wall:startup-setting"),
        (&[("options", "--default-transaction-read-only=off")], "42501", "wall:startup-setting"),
        (&[("options", "-c role=postgres")], "42501", "wall:startup-setting"),
        (&[("session_replication_role", "replica")], "42501", "wall:startup-setting"),
        (&[("default_transaction_read_only", "off")], "42501", "wall:startup-setting"),
        (&[("zero_damaged_pages", "on")], "42501", "wall:startup-setting"),
        (&[("options", "-c standard_conforming_strings=off")], "42501", "wall:startup-setting"),
        (&[("search_path", "public,pg_catalog")], "42501", "wall:startup-setting"),
        (&[("options", "-c search_path=pg_temp,public")], "42501", "wall:startup-setting"),
        (&[("options", "-c search_path=evil,public")], "42501", "wall:startup-setting"),
        (&[("client_encoding", "SJIS")], "42501", "wall:unsafe-encoding"),
        (&[("user", "postgres")], "08P01", "twice"),
        (&[("USER", "postgres")], "08P01", "twice"),
        (&[("database", "shop_backup")], "08P01", "twice"),
    ] {
        let (got, message) = turned_away(address, &[&base[..], more].concat());
        assert_eq!(got, code, "{more:?}: {message}");
        assert!(message.contains(says), "{more:?}: {message}");
    }
    for more in [
        ("application_name", "agent"),
        ("options", "-c statement_timeout=60s"),
        ("client_encoding", "LATIN1"),
        ("search_path", "public,shop"),
        ("options", "-c search_path=shop"),
        ("row_security", "on"),
    ] {
        let mut client = Client::with(address, &[&base[..], &[more]].concat());
        assert_eq!(client.value("SELECT 1"), "1", "{more:?}");
    }
}

#[test]
fn a_backup_database_is_closed_to_agents() {
    let database = support::database_with("");
    let name = format!("{}_backup", database.name);
    database.open().query(&format!("CREATE DATABASE {name} TEMPLATE template0")).fine();
    let address = support::stockade("app-writer").address;
    let (code, message) = turned_away(address, &[("user", "postgres"), ("database", &name)]);
    assert_eq!(code, "42501");
    assert!(message.contains("wall:protected-database"), "{message}");
    // Where no database is given the user's name is it.
    let (_, message) = turned_away(address, &[("user", "backup_reader")]);
    assert!(message.contains("wall:protected-database"), "{message}");
    assert_eq!(Client::open(support::stockade("trusted").address, &name).value("SELECT 1"), "1");
}

#[test]
fn bytes_behind_the_startup_packet_are_refused() {
    let (database, _) = agent();
    let mut client = Client::bare(client::connect(support::stockade("app-writer").address));
    let packet = client::startup(196_608, &[("user", "postgres"), ("database", &database.name)]);
    client.send(&[packet, Frames::new().query("SELECT 1").0].concat());
    let error = client.finish_startup().expect_err("turned away");
    assert_eq!((error.code().as_str(), error.field(b'S').as_str()), ("08P01", "FATAL"), "{error:?}");
}

#[test]
fn a_text_too_long_is_refused_without_being_kept() {
    let database = support::database_with(SHOP);
    let stockade = Stockade::with_config(database.address, "", "[defaults]\nmax_statement_bytes = 1000\n");
    let mut client = database.open_through(&stockade);
    let long = format!("SELECT '{}'", "x".repeat(300_000));
    let rule = "wall:statement-too-long";
    assert_eq!(client.query(&long).refused(rule).tags(), "EZ");
    assert_eq!(client.extended(&long, &[]).refused(rule).tags(), "EZ");
    // Its place in a pipeline is kept.
    let frames = Frames::new().run("INSERT INTO t VALUES (101, '')", &[]).run(&long, &[]).sync().query("SELECT 1");
    client.send(&frames.0);
    assert_eq!(client.answer().refused(rule).tags(), "12nCEZ");
    assert_eq!(client.answer().fine().value(), "1");
    // Values are no text.
    let answer = client.extended("SELECT length($1)", &[&"x".repeat(300_000)]).fine();
    assert_eq!(answer.value(), "300000");
    assert_eq!(rows(&database), "100");
}

#[test]
fn shadow_mode_lets_through_and_records() {
    let database = support::database_with(SHOP);
    let stockade = Stockade::with_config(database.address, "", "[defaults]\nmode = \"shadow\"\n");
    assert!(stockade.output().contains("SHADOW MODE"));
    let mut client = database.open_through(&stockade);
    assert_eq!(client.query("DELETE FROM t WHERE true").fine().commands(), ["DELETE 100"]);
    assert_eq!(client.extended("TRUNCATE t", &[]).fine().commands(), ["TRUNCATE TABLE"]);
    let metrics = stockade.metrics();
    assert_eq!(metrics["stockade_shadowed_total{principal=\"default\"}"], 2.0);
    assert!(stockade.output().contains("would be refused (shadow mode)"));
}

#[test]
fn a_principal_is_matched_by_the_configuration() {
    let database = support::database_with(&format!("{SHOP}; CREATE ROLE dba SUPERUSER LOGIN"));
    let config = "[[principal]]\nname = \"dba\"\nkind = \"human\"\npreset = \"trusted\"\nmatch = { user = \"dba\" }\n\
         [[rule]]\nid = \"t-is-sacred\"\neffects = [\"write\"]\ntables = [\"public.t\"]\nprincipals = [\"default\"]\n\
         verdict = \"hold\"\nhint = \"Ask in the channel\"\n";
    let stockade = Stockade::with_config(database.address, "", config);
    let mut dba = Client::with(stockade.address, &[("user", "dba"), ("database", &database.name)]);
    assert_eq!(dba.query("DELETE FROM t").fine().commands(), ["DELETE 100"]);
    assert_eq!(dba.query("DROP TABLE t").fine().commands(), ["DROP TABLE"]);
    let mut agent = database.open_through(&stockade);
    agent.query("DROP TABLE t").refused(PRESET);
    let held = agent.query("DELETE FROM t WHERE id = 1");
    let error = held.error().unwrap();
    assert_eq!(error.code(), "42501");
    assert!(error.field(b'M').starts_with("stockade holds ") && error.field(b'M').contains("t-is-sacred"), "{error:?}");
    assert!(error.field(b'H').contains("Ask in the channel"), "{error:?}");
}

#[tokio::test]
async fn a_driver_shows_the_whole_error() {
    let database = support::database().await;
    database.direct().await.batch_execute(SHOP).await.unwrap();
    let client = database.through(support::stockade("app-writer")).await;
    for error in [
        client.batch_execute("TRUNCATE t").await.unwrap_err(),
        client.query("DELETE FROM t", &[]).await.unwrap_err(),
        client.prepare("DROP TABLE t").await.unwrap_err(),
    ] {
        let error = error.as_db_error().unwrap();
        assert_eq!(error.code().code(), "42501");
        assert!(error.message().contains("preset:app-writer"));
        assert!(error.detail().is_some() && error.hint().is_some());
    }
    let count: i64 = client.query_one("SELECT count(*) FROM t", &[]).await.unwrap().get(0);
    assert_eq!(count, 100);
}
