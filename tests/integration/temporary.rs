//! The session's own temporary relations may be dropped, emptied and overwritten: they are, where the server says so.

use crate::client::{Client, Frames};
use crate::support::{self, Database};

const SHOP: &str = "CREATE TABLE t (id int PRIMARY KEY, v text); \
     INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 100) i; CREATE VIEW seen AS SELECT * FROM t";
const PRESET: &str = "preset:app-writer";

fn agent() -> (Database, Client) {
    let database = support::database_with(SHOP);
    let client = database.open_through(support::stockade("app-writer"));
    (database, client)
}

#[track_caller]
fn nothing_lost(database: &Database) {
    assert_eq!(database.open().value("SELECT count(*) FROM t WHERE v = 'v' || id"), "100");
}

#[test]
fn what_is_surely_temporary_may_go() {
    let (database, mut client) = agent();
    for sql in [
        "DELETE FROM own",
        "UPDATE own SET id = 1",
        "TRUNCATE own",
        "TRUNCATE TABLE own, pg_temp.other RESTART IDENTITY",
        "DELETE FROM pg_temp.own",
        "DELETE FROM only own WHERE true",
        "DROP TABLE own",
        "DROP TABLE IF EXISTS own, pg_temp.other",
        "DROP SEQUENCE counts",
        "DROP VIEW looks",
        "DROP INDEX own_by_id",
    ] {
        let made = "CREATE TEMP TABLE own AS SELECT 1 AS id; CREATE TEMP TABLE other (id int); \
             CREATE TEMP SEQUENCE counts; CREATE TEMP VIEW looks AS SELECT 1; CREATE INDEX own_by_id ON own (id)";
        client.query(made).fine();
        client.query(sql).fine();
        client.query("DISCARD ALL").fine();
        client.query(made).fine();
        client.extended(sql, &[]).fine();
        client.query("BEGIN").fine();
        client.query("CREATE TEMP TABLE IF NOT EXISTS own AS SELECT 1 AS id").fine();
        assert_eq!(client.query("DELETE FROM own").fine().status(), 'T');
        client.query("COMMIT").fine();
        client.query("DISCARD ALL").fine();
    }
    nothing_lost(&database);
}

#[test]
fn rows_are_loaded_into_what_is_surely_temporary() {
    let (database, mut client) = agent();
    client.query("CREATE TEMP TABLE own (id int, v text)").fine();
    let rows = |frames: Frames| frames.copy_data(b"1\tx\n2\ty\n").copy_done();
    client.pipeline(rows(Frames::new().query("COPY own FROM STDIN"))).fine();
    let copy = Frames::new().parse("", "COPY pg_temp.own FROM STDIN").bind("", "", &[]).execute("", 0);
    client.pipeline(rows(copy).sync()).fine();
    assert_eq!(client.value("SELECT count(*) FROM own"), "4");
    client.query("COPY t (id, v) FROM STDIN").refused(PRESET);
    client.query("COPY own FROM PROGRAM 'true'").refused(PRESET);
    // Its condition is code like any other's.
    client.query("COPY own FROM STDIN WHERE pg_terminate_backend(id)").refused(PRESET);
    client.query("COPY own FROM STDIN WHERE public.f(id) > 0").refused(PRESET);
    client.query("CREATE TEMP VIEW looks AS SELECT * FROM t").fine();
    client.query("COPY looks FROM STDIN").refused(PRESET);
    nothing_lost(&database);
}

#[test]
fn a_prepared_statement_is_asked_about_whenever_it_runs() {
    let (database, mut client) = agent();
    client.query("CREATE TEMP TABLE t AS SELECT 1 AS id, 'x'::text AS v").fine();
    client.pipeline(Frames::new().parse("empties", "DELETE FROM t").sync()).fine();
    let run = || Frames::new().bind("", "empties", &[]).execute("", 0).sync();
    assert_eq!(client.pipeline(run()).fine().commands(), ["DELETE 1"]);
    // What PREPARE would run one day is not asked about.
    client.query("PREPARE again AS DELETE FROM t").refused(PRESET);
    client.query("DROP TABLE t").fine();
    client.pipeline(run()).refused(PRESET);
    nothing_lost(&database);
}

#[test]
fn a_name_that_is_temporary_no_more_is_not() {
    let (database, mut client) = agent();
    client.query("BEGIN").fine();
    client.query("CREATE TEMP TABLE t (id int, v text)").fine();
    client.query("DELETE FROM t").fine();
    client.query("ROLLBACK").fine();
    client.query("DELETE FROM t").refused(PRESET);

    client.query("CREATE TEMP TABLE t (id int, v text)").fine();
    // The second one of a pipeline would find the other table.
    let twice = Frames::new().run("DROP TABLE t", &[]).run("DROP TABLE t", &[]).sync();
    client.pipeline(twice).refused(PRESET);
    client.query("DROP TABLE t; DROP TABLE t").code();
    nothing_lost(&database);
    client.query("DISCARD ALL").fine();
    client.query("CREATE TEMP TABLE t (id int, v text) ON COMMIT DROP").fine();
    client.query("TRUNCATE t").refused(PRESET);
    nothing_lost(&database);
}

#[test]
fn what_leads_elsewhere_is_refused() {
    let (database, mut client) = agent();
    client.query("CREATE TEMP VIEW looks AS SELECT * FROM t").fine();
    client.query("DELETE FROM looks").refused(PRESET);
    client.query("UPDATE looks SET v = ''").refused(PRESET);
    client.query("CREATE TEMP TABLE own (id int)").fine();
    for sql in [
        "TRUNCATE own, t",
        "DROP TABLE own, t",
        "DROP TABLE own CASCADE",
        "TRUNCATE own CASCADE",
        "DROP VIEW looks CASCADE",
        "DELETE FROM public.own",
        "DELETE FROM own; DELETE FROM t",
        "WITH gone AS (DELETE FROM t RETURNING id) DELETE FROM own USING gone",
        "EXPLAIN ANALYZE DELETE FROM own",
        "DROP FUNCTION own",
        "DROP SCHEMA pg_temp CASCADE",
    ] {
        client.query(sql).refused(PRESET);
        client.extended(sql, &[]);
    }
    // Another schema would give the name first.
    client.query("SET search_path = public, pg_temp").refused(PRESET);
    nothing_lost(&database);
}

#[test]
fn nobody_gives_an_agents_temporary_table_triggers_or_rules() {
    let (database, mut client) = agent();
    let mut past = database.open_through(support::stockade("trusted"));
    past.query("CREATE FUNCTION reaches() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM t; RETURN NULL; END'")
        .fine();
    // Who may define triggers and rules is somebody else; a temporary table of a session is its own.
    client.query("CREATE TEMP TABLE own AS SELECT 1 AS id").fine();
    client.query("CREATE TRIGGER r AFTER DELETE ON own EXECUTE FUNCTION reaches()").refused(PRESET);
    client.query("CREATE RULE r AS ON DELETE TO own DO INSTEAD DELETE FROM t").refused(PRESET);
    nothing_lost(&database);
}

#[test]
fn another_schema_that_gives_the_name_first_counts() {
    let database = support::database_with(SHOP);
    let set =
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_temp', current_database()); END $$";
    database.open().query(set).fine();
    let mut client = database.open_through(support::stockade("app-writer"));
    client.query("CREATE TEMP TABLE t (id int, v text)").fine();
    client.query("DELETE FROM t").refused(PRESET);
    client.query("DROP TABLE t").refused(PRESET);
    client.query("DELETE FROM pg_temp.t").fine();
    client.query("DROP TABLE pg_temp.t").fine();
    nothing_lost(&database);
}
