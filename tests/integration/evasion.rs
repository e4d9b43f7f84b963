//! Ways to make the witness's counters say less than what happened, each on a real server.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests: a panic is their failure")]

use crate::client::{Answer, Client, Frames};
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
    // The whole question is prepared when it is needed first.
    client.query("CREATE TABLE another (id int)").fine();
    let names = client.value("SELECT string_agg(name, ' ') FROM pg_prepared_statements WHERE name LIKE '\\_stockade%'");
    assert_eq!(names.split(' ').count(), 5, "{names}");
    // Answers that say: nothing happened.
    let whole = "SELECT 'summary', 0, 'on', '150000', NULL, NULL, NULL, NULL, NULL, 'f', 'f', NULL, NULL, NULL, NULL, NULL, NULL";
    let quick = "SELECT 'virtualxid', NULL, 'ExclusiveLock', NULL, NULL, 'f', NULL, NULL, NULL, NULL, 'on', '150000', 'on', '', 'f'";
    for name in names.split(' ') {
        for answer in [whole, quick, "SELECT 1", "SELECT 'x' WHERE false", "DELETE FROM victims"] {
            let forged = format!(
                "INSERT INTO notes VALUES (1, $$DELETE FROM victims; DEALLOCATE {name}; PREPARE {name} AS {answer}$$)"
            );
            assert!(client.query(&forged).error().is_some(), "{forged}");
            assert!(client.extended(&forged, &[]).error().is_some(), "{forged}");
            client.query("BEGIN");
            client.query(&forged);
            client.query("COMMIT");
            client.query("ROLLBACK");
            client.pipeline(Frames::new().run("BEGIN", &[]).run(&forged, &[]).run("COMMIT", &[]).sync());
            client.query("ROLLBACK");
            assert_eq!(database.open().value("SELECT count(*) FROM victims"), "500", "{forged}");
        }
    }
    // Sooner or later the session goes on.
    let again = || client.query("UPDATE customers SET name = 'y' WHERE id = 1").error().is_none();
    assert!(std::iter::repeat_with(again).take(3).any(|fine| fine));
    assert_eq!(database.open().value("SELECT count(*) FROM victims"), "500");
}

/// Drops what nobody named, whenever a row of notes is written or a table with `loud` in its name is altered.
const HIDING: &str = "CREATE MATERIALIZED VIEW names AS SELECT name FROM customers; CREATE UNIQUE INDEX ON names (name); \
     CREATE INDEX other ON victims (id); CREATE VIEW sight AS SELECT id FROM victims; \
     CREATE TABLE plain (id int PRIMARY KEY, n text); INSERT INTO plain SELECT i, 'n' || i FROM generate_series(1, 50) i; \
     CREATE INDEX plain_n ON plain (n); CREATE SEQUENCE numbers; \
     CREATE TABLE wide (id serial PRIMARY KEY, i int GENERATED ALWAYS AS IDENTITY, v text UNIQUE, plain int REFERENCES plain); INSERT INTO wide (v) SELECT repeat(md5(i::text), 500) FROM generate_series(1, 20) i; \
     CREATE VIEW looks AS SELECT v FROM wide; \
     CREATE TABLE parts (id int, day int) PARTITION BY LIST (day); CREATE INDEX ON parts (id); \
     CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1); CREATE TABLE parts_2 (id int, day int); \
     INSERT INTO parts SELECT i, 1 FROM generate_series(1, 50) i; INSERT INTO parts_2 SELECT i, 2 FROM generate_series(1, 50) i; \
     CREATE FUNCTION spare() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW spares AS SELECT spare(); \
     CREATE SCHEMA gone; CREATE TABLE gone.one (id serial PRIMARY KEY); CREATE TABLE gone.two (id int REFERENCES gone.one); \
     CREATE VIEW gone_too AS SELECT * FROM gone.one; CREATE TYPE tone AS ENUM ('good'); \
     CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int REFERENCES a); CREATE VIEW ab AS SELECT a.id FROM a JOIN b USING (id)";

fn hiding() -> (Database, Stockade, Client) {
    let (database, stockade, client) = agent("migrator");
    database.open().query(HIDING).fine();
    (database, stockade, client)
}

/// Each way a text can reach the server.
fn each_way(client: &mut Client, texts: &[&str]) -> Vec<Answer> {
    let all = texts.join("; ");
    let mut answers = vec![client.query(&all), client.query(&format!("BEGIN; {all}; COMMIT"))];
    answers.push(client.query("ROLLBACK"));
    let mut run = Frames::new().run("BEGIN", &[]);
    for text in texts {
        run = run.run(text, &[]);
    }
    answers.push(client.pipeline(run.run("COMMIT", &[]).sync()));
    answers.push(client.query("ROLLBACK"));
    let run = texts.iter().fold(Frames::new(), |run, text| run.run(text, &[]));
    answers.push(client.pipeline(run.sync()));
    client.query("BEGIN").fine();
    for text in texts {
        answers.push(client.extended(text, &[]));
    }
    answers.push(client.query("COMMIT"));
    answers.push(client.query("ROLLBACK"));
    answers
}

#[test]
fn no_text_of_ones_own_excuses_what_something_else_drops() {
    let (database, _stockade, mut client) = hiding();
    let hidden = [
        "DROP TABLE victims CASCADE",
        "DROP INDEX other",
        "DROP VIEW sight",
        "DROP SEQUENCE numbers",
        "DROP SCHEMA gone CASCADE",
    ];
    for own in [
        "REFRESH MATERIALIZED VIEW names",
        "ALTER TABLE plain ADD COLUMN IF NOT EXISTS x float8 DEFAULT random()",
        "CLUSTER plain USING plain_pkey",
        "REINDEX TABLE plain",
        "ALTER TYPE tone ADD VALUE IF NOT EXISTS 'x'",
        "DROP TABLE mine",
    ] {
        for hidden in hidden {
            if own.contains("CASCADE")
                && (hidden.contains("VIEW") || hidden.contains("INDEX") || hidden.contains("SEQ"))
            {
                continue;
            }
            let plants = format!("INSERT INTO notes VALUES (1, '{hidden}')");
            for order in [[own, &plants], [&plants, own]] {
                each_way(&mut client, &order);
            }
        }
        let there = "SELECT (SELECT count(*) FROM pg_class WHERE relname IN ('victims', 'other', 'sight', 'numbers', 'one', 'two')) \
             || ' ' || (SELECT count(*) FROM pg_namespace WHERE nspname = 'gone')";
        assert_eq!(database.open().value(there), "6 1", "{own}");
    }
}

#[test]
fn no_function_says_what_stood_before() {
    let (database, _stockade, mut client) = hiding();
    let other = "CREATE FUNCTION lies() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE c refcursor := '_stockade_before'; BEGIN \
         DROP TABLE victims CASCADE; CLOSE c; \
         OPEN c FOR EXECUTE 'SELECT ''before'', 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL'; \
         RETURN NEW; END $$; CREATE TABLE lures (id int); \
         CREATE TRIGGER lies BEFORE INSERT ON lures FOR EACH ROW EXECUTE FUNCTION lies()";
    database.open().query(other).fine();
    each_way(&mut client, &["REFRESH MATERIALIZED VIEW names; INSERT INTO lures VALUES (1)"]);
    each_way(&mut client, &["REFRESH MATERIALIZED VIEW names", "INSERT INTO lures VALUES (1)"]);
    assert_eq!(database.open().value("SELECT count(*) FROM victims"), "500");
}

#[test]
fn ordinary_migrations_go_on() {
    let mut scene = Scene::superuser();
    scene.client.query(&PLANTED[PLANTED.find("CREATE TABLE notes").unwrap()..]).fine();
    scene.client.query(HIDING.replace("VIEW names", "VIEW ones").replace("ON names", "ON ones").as_str()).fine();
    for migration in [
        "ALTER TABLE plain ADD COLUMN x float8 DEFAULT random()",
        "ALTER TABLE plain ALTER COLUMN n TYPE varchar(90)",
        "ALTER TABLE plain ALTER COLUMN id TYPE bigint",
        "DROP INDEX plain_n",
        "ALTER TABLE wide DROP COLUMN v CASCADE",
        "ALTER TABLE wide DROP COLUMN id",
        "ALTER TABLE wide ADD COLUMN j int GENERATED ALWAYS AS IDENTITY",
        "ALTER TABLE wide ALTER COLUMN i DROP IDENTITY",
        "ALTER TABLE wide ALTER COLUMN plain TYPE bigint",
        "ALTER TABLE wide DROP CONSTRAINT wide_v_key",
        "ALTER TABLE wide SET UNLOGGED",
        "ALTER TABLE plain DROP CONSTRAINT plain_pkey CASCADE",
        "REFRESH MATERIALIZED VIEW ones",
        "CLUSTER plain USING plain_pkey",
        "REINDEX TABLE wide",
        "ALTER TYPE tone ADD VALUE 'fine'",
        "ALTER TYPE tone RENAME TO tones",
        "ALTER TABLE parts DETACH PARTITION parts_1",
        "ALTER TABLE parts ATTACH PARTITION parts_2 FOR VALUES IN (2)",
        "ALTER TABLE parts ALTER COLUMN id TYPE bigint",
        "ALTER TABLE parts DROP COLUMN id",
        "DROP TABLE parts",
        "DROP TABLE parts_1",
        "DROP SCHEMA gone CASCADE",
        "DROP TABLE a, b CASCADE",
        "DROP TABLE a CASCADE",
        "DROP VIEW ab",
        "DROP MATERIALIZED VIEW ones",
        "DROP SEQUENCE numbers",
        "DROP TYPE tone",
        "DROP FUNCTION spare() CASCADE",
        "DROP TABLE wide, plain CASCADE",
        "CREATE TABLE made (id serial PRIMARY KEY, t text); ALTER TABLE made ALTER COLUMN id TYPE bigint; DROP TABLE made",
        "CREATE TEMP TABLE mine (id serial PRIMARY KEY, t text); DROP TABLE mine",
        "ALTER TABLE plain RENAME TO plainer",
        "CREATE OR REPLACE VIEW sight AS SELECT id, 1 AS one FROM victims",
    ] {
        let texts: Vec<&str> = migration.split("; ").collect();
        scene.passes(&texts);
        scene.passes(&[&texts[..], &["INSERT INTO notes VALUES (1, 'SELECT 1')"]].concat());
        // It does not explain another's loss, save where that goes with it.
        for (lost, name) in [("DROP TABLE victims CASCADE", "victims"), ("DROP INDEX other", "other")] {
            if !(migration.contains("CASCADE") && name == "other") {
                let planted = format!("INSERT INTO notes VALUES (1, '{lost}')");
                let detail = scene.objects(&[&texts[..], &[&planted]].concat(), Reason::HiddenDrop);
                assert!(detail.contains(name) || detail.contains("dropped."), "{migration}: {detail}");
            }
        }
    }
    for own in ["TRUNCATE victims", "DROP TABLE IF EXISTS public", "DROP FUNCTION IF EXISTS victims()"] {
        scene.objects(&[own, "INSERT INTO notes VALUES (1, 'DROP TABLE victims CASCADE')"], Reason::HiddenDrop);
    }
}

#[test]
fn a_migrator_may_do_as_before() {
    let (_database, _stockade, mut client) = hiding();
    for migration in [
        "ALTER TABLE plain ADD COLUMN x float8 DEFAULT random()",
        "REFRESH MATERIALIZED VIEW names",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY names",
        "CLUSTER plain USING plain_pkey",
        "REINDEX TABLE wide",
        "ALTER TYPE tone ADD VALUE IF NOT EXISTS 'fine'",
        "CREATE TEMP TABLE mine (id serial PRIMARY KEY, t text)",
        "DROP TABLE mine",
        "VACUUM FULL plain",
    ] {
        client.query(migration).fine();
        if migration.starts_with("REF") || migration.starts_with("CL") {
            client.extended(migration, &[]).fine();
        }
    }
}

/// Code that a definition or maintenance runs: of an index, a column, a check, a materialized view.
#[test]
fn what_definitions_and_maintenance_run_is_counted() {
    let (database, _stockade, mut client) = agent("migrator");
    let planted = "CREATE FUNCTION price(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS \
             $$ BEGIN IF current_setting('application_name') = 'strike' THEN PERFORM public.wipe(); END IF; RETURN $1; END $$; \
         CREATE FUNCTION wipe() RETURNS void LANGUAGE plpgsql AS 'BEGIN DELETE FROM public.victims; END'; \
         CREATE FUNCTION loud(int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN public.price($1); END $$; \
         CREATE TABLE priced (p int); INSERT INTO priced VALUES (1), (2); CREATE INDEX old ON priced (price(p)); \
         CREATE VIEW sight AS SELECT loud(p) FROM priced; CREATE MATERIALIZED VIEW seen AS SELECT loud(p) FROM priced; \
         CREATE STATISTICS stats ON p, price(p) FROM priced; \
         ALTER TABLE priced ADD CONSTRAINT positive CHECK (price(p) > 0) NOT VALID";
    database.open().query(planted).fine();
    client.query("SET application_name = strike").fine();
    for text in [
        "CREATE INDEX ON priced (price(p))",
        "CREATE INDEX CONCURRENTLY ON priced (price(p))",
        "REINDEX TABLE priced",
        "REINDEX INDEX old",
        "REINDEX TABLE CONCURRENTLY priced",
        "CLUSTER priced USING old",
        "VACUUM FULL priced",
        "VACUUM ANALYZE priced",
        "ANALYZE priced",
        "ANALYZE",
        "ALTER TABLE priced VALIDATE CONSTRAINT positive",
        "ALTER TABLE priced ADD CHECK (price(p) > 0)",
        "ALTER TABLE priced ADD COLUMN q int DEFAULT loud(1)",
        "ALTER TABLE priced ADD COLUMN q int GENERATED ALWAYS AS (price(p)) STORED",
        "CREATE MATERIALIZED VIEW more AS SELECT * FROM sight",
        "CREATE TABLE more AS SELECT * FROM sight",
        "REFRESH MATERIALIZED VIEW seen",
        "INSERT INTO priced SELECT * FROM sight",
        "EXPLAIN ANALYZE INSERT INTO priced SELECT * FROM sight",
        "SELECT * FROM sight FOR UPDATE",
        "UPDATE customers SET name = 'x' WHERE id = 1; DECLARE c CURSOR WITH HOLD FOR SELECT * FROM sight",
        "DECLARE c CURSOR WITH HOLD FOR SELECT * FROM sight",
        "BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT * FROM sight; COMMIT",
    ] {
        let one = "UPDATE customers SET name = 'x' WHERE id = 1";
        client.query(text);
        client.extended(text, &[]);
        client.query("ROLLBACK");
        for order in [[one, text], [text, one], [text, "SELECT 1"]] {
            each_way(&mut client, &order);
        }
        assert_eq!(database.open().value("SELECT count(*) FROM victims"), "500", "{text}");
    }
}

/// The question in front of a COMMIT sees what others have committed by then; in REPEATABLE READ it does not, as is
/// written down.
#[test]
fn of_two_at_once_the_second_to_commit_sees_the_table_empty() {
    let database = support::database_with(PLANTED);
    let stockade = Stockade::before(database.address, &[]);
    let mut owner = database.open();
    owner.query("CREATE TABLE few (id int)").fine();
    let mut clients = [database.open_through(&stockade), database.open_through(&stockade)];
    for (begin, left) in [("BEGIN", "2"), ("BEGIN ISOLATION LEVEL REPEATABLE READ", "0")] {
        owner.query("TRUNCATE few; INSERT INTO few SELECT generate_series(1, 4)").fine();
        for (client, rows) in clients.iter_mut().zip(["(1, 2)", "(3, 4)"]) {
            client.query(begin).fine();
            client.query(&format!("DELETE FROM few WHERE id IN {rows}")).fine();
        }
        clients[0].query("COMMIT").fine();
        let second = clients[1].query("COMMIT");
        assert_eq!(second.error().is_some(), left == "2", "{second:?}");
        assert_eq!(owner.value("SELECT count(*) FROM few"), left, "{begin}");
    }
    // One after the other they see each other, whatever the statistics say.
    owner.query("INSERT INTO few SELECT generate_series(1, 4)").fine();
    clients[0].query("DELETE FROM few WHERE id IN (1, 2)").fine();
    assert!(
        clients[1].query("DELETE FROM few WHERE id IN (3, 4)").error().unwrap().field(b'M').contains("never_empty")
    );
}
