//! Ways to make the witness's counters say less than what happened, each on a real server.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests: a panic is their failure")]

use crate::client::Client;
use crate::support::{self, Database, Stockade};
use crate::witness::{Scene, each};
use stockade::witness::{FLUSH, Reason};

const NEW: &str = "CREATE TABLE events_9 PARTITION OF events FOR VALUES IN (9)";
const JUNK: &str = "INSERT INTO events SELECT i, 9 FROM generate_series(1, 5000) i";
const OLD: &str = "DELETE FROM events WHERE day < 9";

#[test]
fn rows_of_a_partition_made_since_are_not_those_that_were_there() {
    each(|scene| {
        scene.objects(&[NEW, JUNK, OLD], Reason::NeverEmpty);
        scene.objects(&[NEW, JUNK, "DELETE FROM events WHERE id <= 42"], Reason::TableShare);
        scene.passes(&[NEW, JUNK, "DELETE FROM events WHERE day = 1 AND id <= 40"]);
        scene.passes(&[NEW, JUNK]);
        let attach = "ALTER TABLE events ATTACH PARTITION stock FOR VALUES IN (9)";
        let filled =
            ["CREATE TABLE stock (id int, day int)", "INSERT INTO stock SELECT i, 9 FROM generate_series(1, 5000) i"];
        scene.objects(&[filled[0], filled[1], attach, OLD], Reason::NeverEmpty);
        scene.passes(&[filled[0], filled[1], attach]);
        // Filled before, with partitions of its own.
        for sql in [
            filled[0],
            filled[1],
            "CREATE TABLE stocks (id int, day int) PARTITION BY LIST (day)",
            "CREATE TABLE stocks_9 PARTITION OF stocks FOR VALUES IN (9)",
            "INSERT INTO stocks SELECT i, 9 FROM generate_series(1, 5000) i",
            FLUSH,
        ] {
            scene.client.query(sql).fine();
        }
        for attach in [attach, "ALTER TABLE events ATTACH PARTITION stocks FOR VALUES IN (9)"] {
            scene.objects(&[attach, OLD], Reason::NeverEmpty);
            scene.objects(&[attach, "DELETE FROM events WHERE id <= 42 AND day < 9"], Reason::TableShare);
            scene.passes(&[attach, "DELETE FROM events WHERE id <= 40 AND day < 9"]);
            scene.passes(&[attach]);
        }
        // Its own rows are still held against what it had.
        scene.objects(&[attach, "DELETE FROM stock"], Reason::HiddenDrop);
        // Detached, each is judged by itself.
        let detach = "ALTER TABLE events DETACH PARTITION events_2";
        scene.passes(&[detach]);
        scene.objects(&[detach, "DELETE FROM events WHERE day = 1"], Reason::NeverEmpty);
        scene.objects(&[detach, "DELETE FROM events_2 WHERE day = 2"], Reason::HiddenDrop);
        scene.passes(&[detach, "ALTER TABLE events ATTACH PARTITION events_2 FOR VALUES IN (2)"]);
    });
}

#[test]
fn rows_may_be_moved_to_a_new_partition_within_the_limits() {
    each(|scene| {
        scene.passes(&[NEW, "UPDATE events SET day = 9 WHERE id <= 40"]);
        scene.objects(&[NEW, "UPDATE events SET day = 9 WHERE id <= 42"], Reason::TableShare);
        scene.objects(&[NEW, "UPDATE events SET day = 9 WHERE id > 0", "DELETE FROM events_9"], Reason::NeverEmpty);
    });
}

#[test]
fn children_by_inheritance_are_tables_of_their_own() {
    each(|scene| {
        let junk = ["CREATE TABLE dogs () INHERITS (cats)", "INSERT INTO dogs SELECT generate_series(10, 500)"];
        scene.objects(&[junk[0], junk[1], "DELETE FROM animals WHERE id < 10"], Reason::NeverEmpty);
    });
}

#[test]
fn rows_of_temporary_and_new_tables_explain_no_cascade() {
    each(|scene| {
        scene.client.query("ALTER TABLE customers ADD COLUMN kind int").fine();
        scene.client.query("INSERT INTO customers SELECT i, 'x', i % 1000 FROM generate_series(1000, 20000) i").fine();
        scene.client.query("INSERT INTO orders SELECT i, 1000 FROM generate_series(10000, 11500) i").fine();
        scene.client.query("ANALYZE").fine();
        scene.client.query("CREATE TEMP TABLE own AS SELECT i AS id, 0 AS n FROM generate_series(1, 5000) i").fine();
        // 1,501 orders go with it.
        let cascade = "DELETE FROM customers WHERE id = 1000";
        scene.objects(&[cascade], Reason::RowsPerStatement);
        for own in [
            "DELETE FROM own",
            "UPDATE own SET n = 1",
            "INSERT INTO own SELECT generate_series(1, 5000), 0",
            "MERGE INTO own USING own o ON own.id = o.id WHEN MATCHED THEN UPDATE SET n = 2",
            "WITH d AS (DELETE FROM own RETURNING id) UPDATE customers SET name = 'x' WHERE id IN (SELECT id FROM d WHERE id = 5)",
            "WITH d AS (UPDATE customers SET name = 'x' WHERE id = 5) DELETE FROM own",
        ] {
            scene.objects(&[own, cascade], Reason::RowsPerStatement);
            scene.passes(&[own]);
        }
        scene.objects(&["DELETE FROM own", cascade, "TRUNCATE own", "DROP TABLE own"], Reason::RowsPerStatement);
        let new = ["CREATE TABLE new AS SELECT generate_series(1, 5000) AS id", "DELETE FROM new"];
        scene.objects(&[new[0], new[1], cascade], Reason::RowsPerStatement);
        // A temporary table that has the name of the one the cascade meets.
        scene.client.query("CREATE TEMP TABLE orders AS SELECT i AS id FROM generate_series(1, 5000) i").fine();
        scene.objects(&["DELETE FROM orders", cascade], Reason::RowsPerStatement);
        scene.client.query("DROP TABLE pg_temp.orders").fine();
        // A view whose trigger does nothing with the rows.
        scene.client.query("CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'; \
             CREATE VIEW rows AS SELECT generate_series(1, 5000) AS id; CREATE TRIGGER nothing INSTEAD OF DELETE ON rows \
             FOR EACH ROW EXECUTE FUNCTION nothing()").fine();
        scene.objects(&["DELETE FROM rows", cascade], Reason::RowsPerStatement);
        // Many statements that tell of their own rows are still many.
        scene.passes(&[
            "DELETE FROM orders WHERE id BETWEEN 10000 AND 10600",
            "UPDATE orders SET customer = 7 WHERE id BETWEEN 10701 AND 11300",
        ]);
        scene.objects(&["DELETE FROM orders WHERE id BETWEEN 10000 AND 11100"], Reason::RowsPerStatement);
    });
}

#[test]
fn a_statement_is_held_against_its_own_rows_and_its_triggers() {
    let mut scene = Scene::superuser();
    scene
        .client
        .query(
            "INSERT INTO orders SELECT i, 7 FROM generate_series(10000, 30000) i; CREATE TABLE copies AS SELECT * FROM orders; \
             CREATE FUNCTION follows() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM copies WHERE id = OLD.id; RETURN OLD; END'; \
             CREATE TRIGGER follows AFTER DELETE ON orders FOR EACH ROW EXECUTE FUNCTION follows(); \
             CREATE INDEX ON copies (id); ANALYZE",
        )
        .fine();
    scene.passes(&["DELETE FROM orders WHERE id BETWEEN 10000 AND 10499"]);
    scene.objects(&["DELETE FROM orders WHERE id BETWEEN 10000 AND 10699"], Reason::RowsPerStatement);
}

#[test]
fn a_small_table_is_counted_whatever_the_statistics_say() {
    let mut scene = Scene::ordinary();
    let mut other = scene.database.open();
    // Another session deleted most of it, and its statistics have not been reported yet.
    other
        .query("CREATE TABLE few AS SELECT generate_series(1, 90) AS id; GRANT ALL ON few TO PUBLIC; ANALYZE few")
        .fine();
    other.query(FLUSH).fine();
    other.query("DELETE FROM few WHERE id > 3").fine();
    scene.objects(&["DELETE FROM few WHERE id <= 3"], Reason::NeverEmpty);
}

/// Customers, orders that go with them, and triggers that an attacker planted.
const PLANTED: &str = "CREATE TABLE customers (id int PRIMARY KEY, name text); \
     INSERT INTO customers SELECT i, 'c' || i FROM generate_series(1, 2000) i; \
     CREATE TABLE notes (id int, what text); \
     CREATE TABLE victims AS SELECT i AS id FROM generate_series(1, 500) i; \
     CREATE FUNCTION runs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE NEW.what; RETURN NEW; END $$; \
     CREATE TRIGGER runs BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION runs(); ANALYZE";

fn agent(preset: &str) -> (Database, Stockade, Client) {
    let database = support::database_with(PLANTED);
    let stockade = Stockade::before(database.address, &["--preset", preset]);
    let client = database.open_through(&stockade);
    (database, stockade, client)
}

#[test]
fn a_commit_that_fails_begins_no_new_count() {
    let (database, _stockade, mut client) = agent("migrator");
    for fails in ["VACUUM notes", "PREPARE TRANSACTION 'none'"] {
        for extended in [false, true] {
            client.query("BEGIN").fine();
            for round in 0..2 {
                let (from, to) = (1 + round * 300, 300 + round * 300);
                let change = format!("UPDATE customers SET name = '' WHERE id BETWEEN {from} AND {to}");
                let answer = if extended { client.extended(&change, &[]) } else { client.query(&change) };
                if round == 1 {
                    assert!(answer.error().unwrap().field(b'M').contains("table_share"), "{fails}: {answer:?}");
                    break;
                }
                answer.fine();
                client.query("SAVEPOINT a").fine();
                let failed = if extended { client.extended(fails, &[]) } else { client.query(fails) };
                assert!(failed.error().is_some(), "{fails}: {failed:?}");
                client.query("ROLLBACK TO a").fine();
            }
            client.query("ROLLBACK").fine();
        }
    }
    assert_eq!(database.open().value("SELECT count(*) FROM customers WHERE name = ''"), "0");
}

#[test]
fn no_function_takes_the_questions_place() {
    let (database, _stockade, mut client) = agent("app-writer");
    client.query("UPDATE customers SET name = 'x' WHERE id = 1").fine();
    let question = client.value("SELECT name FROM pg_prepared_statements WHERE name LIKE '\\_stockade%' LIMIT 1");
    // An answer that says: nothing happened.
    let nulls = "NULL, ".repeat(7);
    let forged = format!(
        "INSERT INTO notes VALUES (1, $$DELETE FROM victims; DEALLOCATE {question}; PREPARE {question} AS SELECT 'summary', 0, \
         'on', '150000', NULL, NULL, NULL, NULL, NULL, 'f', {}NULL$$)",
        &nulls[..nulls.len() - 6]
    );
    for _ in 0..2 {
        assert!(client.query(&forged).error().is_some());
        assert!(client.extended(&forged, &[]).error().is_some());
        client.query("BEGIN").fine();
        client.query(&forged);
        client.query("COMMIT");
        client.query("ROLLBACK");
    }
    assert_eq!(database.open().value("SELECT count(*) FROM victims"), "500");
    // The session goes on.
    client.query("UPDATE customers SET name = 'y' WHERE id = 1").fine();
}
