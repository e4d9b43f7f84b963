//! What a transaction did is counted by the server before it commits: over the limits it is rolled back.

use crate::client::{Answer, Client, Frames};
use crate::support::{self, Database, Stockade};

/// Customers with orders that go with them, and what a text does not show.
const SHOP: &str = "CREATE TABLE customers (id int PRIMARY KEY, name text); \
     CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers ON DELETE CASCADE); \
     INSERT INTO customers SELECT i, 'c' || i FROM generate_series(1, 2000) i; \
     INSERT INTO orders SELECT i, 1 + i % 20 FROM generate_series(1, 30000) i; \
     CREATE INDEX ON orders (customer); \
     CREATE TABLE notes (id int PRIMARY KEY, what text); \
     CREATE TABLE victims AS SELECT i AS id FROM generate_series(1, 500) i; \
     CREATE FUNCTION strikes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         IF NEW.what = 'truncate' THEN TRUNCATE victims; \
         ELSIF NEW.what = 'drop' THEN DROP TABLE victims; \
         ELSIF NEW.what = 'alter' THEN ALTER TABLE victims DROP COLUMN id; \
         ELSIF NEW.what = 'delete' THEN DELETE FROM victims; END IF; RETURN NEW; END $$; \
     CREATE TRIGGER strikes BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION strikes(); \
     CREATE VIEW everyone AS SELECT * FROM customers; \
     CREATE TABLE later (id int, customer int, UNIQUE (id) DEFERRABLE INITIALLY DEFERRED); \
     ANALYZE";

/// A Stockade of its own, so that its budget is.
fn agent() -> (Database, Stockade, Client) {
    let database = support::database_with(SHOP);
    let stockade = Stockade::before(database.address, &[]);
    let client = database.open_through(&stockade);
    (database, stockade, client)
}

pub trait Objected {
    /// Refused by the witness, by that rule.
    fn objected(self, rule: &str) -> Self;
}

impl Objected for Answer {
    #[track_caller]
    fn objected(self, rule: &str) -> Self {
        let error = self.error().unwrap_or_else(|| panic!("no error: {self:?}"));
        assert_eq!(error.code(), "42501", "{self:?}");
        assert!(error.field(b'M').contains(&format!("(rule {rule})")), "{error:?}");
        assert!(error.field(b'D').contains("Rolled back, nothing changed"), "{error:?}");
        assert!(!error.field(b'H').is_empty(), "{error:?}");
        self
    }
}

#[track_caller]
fn nothing_lost(database: &Database) {
    let counts = "SELECT (SELECT count(*) FROM customers) || ' ' || (SELECT count(*) FROM orders) || ' ' || \
         (SELECT count(id) FROM victims)";
    assert_eq!(database.open().value(counts), "2000 30000 500");
}

/// Statements whose text bounds them, and what they would do.
const TOO_MUCH: [(&str, &str); 8] = [
    ("DELETE FROM customers WHERE id = 1", "witness:rows_per_statement"),
    ("UPDATE orders SET customer = 2 WHERE customer IN (3, 4)", "witness:rows_per_statement"),
    ("DELETE FROM customers WHERE id > 1490", "witness:table_share"),
    ("DELETE FROM victims WHERE id BETWEEN 1 AND 500", "witness:never_empty"),
    ("UPDATE everyone SET name = 'x' WHERE id BETWEEN 10 AND 1900", "witness:rows_per_statement"),
    ("INSERT INTO notes VALUES (1, 'truncate')", "witness:hidden_drop"),
    ("INSERT INTO notes VALUES (1, 'drop')", "witness:hidden_drop"),
    ("INSERT INTO notes VALUES (1, 'delete')", "witness:never_empty"),
];

#[test]
fn outside_a_block_it_is_rolled_back_by_either_protocol() {
    let (database, _stockade, mut client) = agent();
    for (sql, rule) in TOO_MUCH {
        for answer in [client.query(sql), client.extended(sql, &[])] {
            let answer = answer.objected(rule);
            assert_eq!(answer.status(), 'I', "{sql}");
            assert!(answer.commands().is_empty(), "{sql}: {answer:?}");
        }
        assert_eq!(client.query("SELECT 1").fine().value(), "1");
    }
    nothing_lost(&database);
}

#[test]
fn inside_a_block_it_fails_the_block() {
    let (database, _stockade, mut client) = agent();
    for (sql, rule) in TOO_MUCH {
        client.query("BEGIN").fine();
        client.query("INSERT INTO notes VALUES (2, 'lost')").fine();
        assert_eq!(client.query(sql).objected(rule).status(), 'E', "{sql}");
        assert_eq!(client.query("SELECT 1").code(), "25P02");
        assert_eq!(client.query("COMMIT").fine().commands(), ["ROLLBACK"]);
        client.query("BEGIN").fine();
        assert_eq!(client.extended(sql, &[]).objected(rule).status(), 'E', "{sql}");
        client.query("ROLLBACK").fine();
        // All of it at once.
        client.query(&format!("BEGIN; {sql}; COMMIT")).objected(rule);
        client.query("ROLLBACK");
        let run = Frames::new().run("BEGIN", &[]).run(sql, &[]).run("COMMIT", &[]).sync();
        client.pipeline(run).objected(rule);
        client.query("ROLLBACK");
        let run = Frames::new().run(sql, &[]).flush().run("SELECT 1", &[]).sync();
        client.pipeline(run).objected(rule);
    }
    assert_eq!(database.open().value("SELECT count(*) FROM notes"), "0");
    nothing_lost(&database);
}

#[test]
fn what_is_within_the_limits_is_done() {
    let (database, _stockade, mut client) = agent();
    for (sql, command) in [
        ("DELETE FROM customers WHERE id BETWEEN 1900 AND 1950", "DELETE 51"),
        ("UPDATE orders SET customer = 3 WHERE id BETWEEN 1 AND 1000", "UPDATE 1000"),
        ("INSERT INTO notes VALUES (1, 'harmless')", "INSERT 0 1"),
        ("DELETE FROM notes WHERE id = 7", "DELETE 0"),
    ] {
        assert_eq!(client.query(sql).fine().commands(), [command], "{sql}");
    }
    assert_eq!(
        client.extended("UPDATE customers SET name = 'x' WHERE id = $1", &["7"]).fine().commands(),
        ["UPDATE 1"]
    );
    let returned = client.query("UPDATE customers SET name = 'y' WHERE id = 8 RETURNING name").fine();
    assert_eq!((returned.value().as_str(), returned.tags().as_str()), ("y", "TDCZ"));
    client.query("BEGIN").fine();
    client.query("UPDATE customers SET name = 'z' WHERE id = 9").fine();
    assert_eq!(client.query("COMMIT").fine().commands(), ["COMMIT"]);
    let many = client.query("UPDATE customers SET name = 'm' WHERE id = 10; INSERT INTO notes VALUES (2, 'x')").fine();
    assert_eq!(many.commands(), ["UPDATE 1", "INSERT 0 1"]);
    assert_eq!(
        database.open().value("SELECT string_agg(name, '' ORDER BY id) FROM customers WHERE id IN (7, 8, 9, 10)"),
        "xyzm"
    );
}

#[test]
fn one_row_at_a_time_is_counted_together() {
    let (database, _stockade, mut client) = agent();
    // A pipeline of single rows is many statements; all of them are one transaction's.
    let mut frames = Frames::new().parse("d", "DELETE FROM orders WHERE id = $1");
    for id in 1..=2500 {
        frames = frames.bind("", "d", &[&id.to_string()]).execute("", 0);
    }
    assert_eq!(client.pipeline(frames.sync()).fine().commands().len(), 2500);
    client.query("BEGIN").fine();
    for part in 0..6 {
        let (from, to) = (10_000 + part * 1000, 10_999 + part * 1000);
        let answer = client.query(&format!("UPDATE orders SET customer = 5 WHERE id BETWEEN {from} AND {to}"));
        if part < 5 {
            answer.fine();
        } else {
            // A fifth of the table.
            answer.objected("witness:table_share");
        }
    }
    client.query("ROLLBACK").fine();
    assert_eq!(database.open().value("SELECT count(*) FROM orders"), "27500");
}

#[test]
fn a_budget_is_the_principals_not_the_sessions() {
    let database = support::database_with(SHOP);
    let config = "[defaults]\nlimits = { rows_per_hour = 100, table_share = \"none\" }\n";
    let stockade = Stockade::with_config(database.address, "", config);
    for round in 0..3 {
        let mut client = database.open_through(&stockade);
        let sql = format!("DELETE FROM orders WHERE id BETWEEN {} AND {}", 1 + round * 40, 40 + round * 40);
        let answer = client.query(&sql);
        if round < 2 {
            answer.fine();
        } else {
            assert_eq!(answer.code(), "53400", "{answer:?}");
            assert_eq!(client.query("DELETE FROM orders WHERE id = 100").fine().commands(), ["DELETE 1"]);
        }
    }
    assert_eq!(stockade.metrics()["stockade_budget_left_rows{principal=\"default\"}"], 19.0);
    assert_eq!(database.open().value("SELECT count(*) FROM orders"), "29919");
}

#[test]
fn who_goes_away_before_the_verdict_leaves_nothing() {
    let database = support::database_with(SHOP);
    let mut stockade = Stockade::before(database.address, &[]);
    let mut client = database.open_through(&stockade);
    // The witness is held up: somebody else has the lock that its DEFERRED waits for by way of the trigger's table.
    client.query("BEGIN").fine();
    client.query("UPDATE customers SET name = 'gone' WHERE id = 1").fine();
    drop(client);
    let mut killed = database.open_through(&stockade);
    killed.query("BEGIN").fine();
    killed.query("UPDATE customers SET name = 'gone' WHERE id = 2").fine();
    stockade.assert_alive();
    nix_kill(stockade.pid());
    let mut direct = database.open();
    direct.poll(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'",
        "0",
    );
    assert_eq!(direct.value("SELECT count(*) FROM customers WHERE name = 'gone'"), "0");
}

fn nix_kill(pid: i32) {
    assert!(std::process::Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success());
}

#[test]
fn without_counters_nothing_is_written() {
    let database = support::database_with(SHOP);
    let off = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET track_counts = off', current_database()); END $$";
    database.open().query(off).fine();
    let mut client = database.open_through(support::stockade("app-writer"));
    for answer in [
        client.query("UPDATE customers SET name = 'x' WHERE id = 1"),
        client.extended("UPDATE customers SET name = 'x' WHERE id = 1", &[]),
    ] {
        let answer = answer.objected("witness:untrusted_counters");
        assert!(answer.error().unwrap().field(b'H').contains("track_counts"), "{answer:?}");
    }
    client.query("SELECT count(*) FROM customers").fine();
    assert_eq!(database.open().value("SELECT count(*) FROM customers WHERE name = 'x'"), "0");
}

#[test]
fn savepoints_chains_and_constraints_do_as_they_do_directly() {
    let (database, _stockade, mut client) = agent();
    client.query("BEGIN").fine();
    client.query("SAVEPOINT a").fine();
    client.query("UPDATE customers SET name = 'undone' WHERE id = 1").fine();
    client.query("ROLLBACK TO a").fine();
    client.query("UPDATE customers SET name = 'kept' WHERE id = 2").fine();
    assert_eq!(client.query("COMMIT AND CHAIN").fine().status(), 'T');
    client.query("UPDATE customers SET name = 'kept' WHERE id = 3").fine();
    assert_eq!(client.query("COMMIT").fine().commands(), ["COMMIT"]);
    assert_eq!(database.open().value("SELECT count(*) FROM customers WHERE name = 'kept'"), "2");
    assert_eq!(database.open().value("SELECT count(*) FROM customers WHERE name = 'undone'"), "0");
    // Deferred constraints speak before the commit.
    assert_eq!(client.query("INSERT INTO later VALUES (1, 1), (1, 1)").code(), "23505");
    assert_eq!(client.extended("INSERT INTO later VALUES (1, 1), (1, 1)", &[]).code(), "23505");
    client.query("BEGIN").fine();
    client.query("INSERT INTO later VALUES (1, 1), (1, 1)").fine();
    let commit = client.query("COMMIT");
    assert_eq!((commit.code().as_str(), commit.status()), ("23505", 'I'));
    assert_eq!(database.open().value("SELECT count(*) FROM later"), "0");
}

/// Who put a statement of his own under the name of the witness's question would be asked in its place.
#[test]
fn nobody_takes_the_witnesss_place() {
    let (database, _stockade, mut client) = agent();
    client.query("UPDATE customers SET name = 'x' WHERE id = 1").fine();
    let name = client.value("SELECT name FROM pg_prepared_statements");
    assert!(name.starts_with("_stockade"), "{name}");
    for sql in [
        format!("DEALLOCATE {name}"),
        format!("DEALLOCATE PREPARE \"{name}\""),
        format!("PREPARE {name} AS SELECT 1"),
        format!("DEALLOCATE {name}; PREPARE {} AS SELECT 1", name.to_uppercase()),
        format!("EXECUTE {name}"),
    ] {
        assert_eq!(client.query(&sql).code(), "42501", "{sql}");
        assert_eq!(client.extended(&sql, &[]).code(), "42501", "{sql}");
    }
    for frames in [
        Frames::new().close(b'S', &name).sync(),
        Frames::new().close(b'S', &name).parse(&name, "SELECT 1").sync(),
        Frames::new().parse(&name, "SELECT 1").sync(),
        Frames::new().bind("", &name, &[]).execute("", 0).sync(),
        Frames::new().parse("", "SELECT 1").bind("_stockade", "", &[]).sync(),
    ] {
        // Nobody prepared it, as far as the client is concerned.
        assert!(["42501", "26000"].contains(&client.pipeline(frames).code().as_str()));
    }
    // All of them gone: it is prepared again.
    client.query("DEALLOCATE ALL").fine();
    client.query("DELETE FROM customers WHERE id = 1").objected("witness:rows_per_statement");
    client.query("BEGIN").fine();
    client.query("DEALLOCATE ALL").fine();
    client.query("DELETE FROM customers WHERE id = 1").objected("witness:rows_per_statement");
    client.query("ROLLBACK").fine();
    client.query("DISCARD ALL").fine();
    client.extended("BEGIN", &[]).fine();
    client.extended("DEALLOCATE ALL", &[]).fine();
    let run = Frames::new().run("DELETE FROM customers WHERE id = 1", &[]).run("COMMIT", &[]).sync();
    client.pipeline(run).objected("witness:rows_per_statement");
    nothing_lost(&database);
}

/// A cursor WITH HOLD runs when its transaction commits, which nothing keeps read-only.
#[test]
fn no_function_leaves_a_cursor_to_run_at_the_commit() {
    let (database, _stockade, mut client) = agent();
    let runs =
        "CREATE FUNCTION runs(what text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE what; RETURN 1; END $$";
    database.open().query(runs).fine();
    let declare = "SELECT runs('DECLARE c CURSOR WITH HOLD FOR SELECT runs(''TRUNCATE victims'')')";
    client.query("BEGIN").fine();
    client.query(declare).fine();
    // Its query runs read-only there.
    assert_eq!(client.query("COMMIT").code(), "25006");
    client.query("BEGIN").fine();
    client.query(declare).fine();
    client.query("UPDATE customers SET name = 'x' WHERE id = 1").fine();
    assert_eq!(client.query("COMMIT").code(), "42501");
    client.extended("BEGIN", &[]).fine();
    client.extended(declare, &[]).fine();
    client.extended("COMMIT", &[]);
    client.query("ROLLBACK");
    let run = Frames::new().run("BEGIN", &[]).run(declare, &[]).run("COMMIT AND CHAIN", &[]).run("COMMIT", &[]).sync();
    client.pipeline(run);
    client.query("ROLLBACK");
    client.query(&format!("BEGIN; {declare}; COMMIT"));
    client.query(declare);
    nothing_lost(&database);
}

/// What commits is seen in every shape it comes in.
#[test]
fn no_commit_overtakes_the_witness() {
    let (database, stockade, mut client) = agent();
    let much = "UPDATE orders SET customer = 2 WHERE customer IN (3, 4)";
    let one = "UPDATE customers SET name = 'x' WHERE id = 1";
    client.pipeline(Frames::new().parse("c", "COMMIT").sync()).fine();
    assert_eq!(client.query(&format!("{much}; EXECUTE c")).code(), "42501");
    assert_eq!(client.query("EXECUTE c").code(), "42501");
    client.query("BEGIN").fine();
    assert_eq!(client.query(&format!("{much}; EXECUTE c")).code(), "42501");
    client.query("ROLLBACK").fine();
    for _ in 0..5 {
        for frames in [
            Frames::new().run(much, &[]).flush().flush(),
            Frames::new().run(one, &[]).flush().flush().run(much, &[]),
            Frames::new().run(one, &[]).flush().run("SELECT 1", &[]).flush().run(much, &[]),
            Frames::new().run(one, &[]).flush().run(one, &[]).flush().run(much, &[]).flush(),
            Frames::new().run(much, &[]).flush().copy_fail("x").flush(),
            Frames::new().run(much, &[]).copy_done().flush(),
        ] {
            client.pipeline(frames.sync()).objected("witness:rows_per_statement");
        }
    }
    // Neither a savepoint behind it nor a read-only default nor an end that is skipped makes it forgotten.
    client.query("BEGIN").fine();
    client.pipeline(Frames::new().run(much, &[]).run("SAVEPOINT s", &[]).sync()).objected("witness:rows_per_statement");
    client.query("ROLLBACK TO s").fine();
    client.query("COMMIT").objected("witness:rows_per_statement");
    client.query("BEGIN").fine();
    client.query("SET default_transaction_read_only = on").fine();
    client.query(much).objected("witness:rows_per_statement");
    client.query("ROLLBACK").fine();
    client.query("BEGIN READ WRITE").fine();
    client.query(much).objected("witness:rows_per_statement");
    client.query("ROLLBACK").fine();
    let mut client = database.open_through(&stockade);
    client.query("BEGIN").fine();
    let skipped = Frames::new().run(much, &[]).run("SAVEPOINT s", &[]).run("SELECT 1/0", &[]).run("ROLLBACK", &[]);
    assert_eq!(client.pipeline(skipped.sync()).code(), "22012");
    client.query("ROLLBACK TO s").fine();
    client.query("COMMIT").objected("witness:rows_per_statement");
    assert_eq!(database.open().value("SELECT count(*) FROM orders WHERE customer = 2"), "1500");
    nothing_lost(&database);
}

/// What came before is answered first, and a failed block's COMMIT is its ROLLBACK.
#[test]
fn nothing_is_lost_between_two_messages() {
    let (database, _stockade, mut client) = agent();
    client.send(&Frames::new().query("SELECT 1/0").query("BEGIN; INSERT INTO notes VALUES (1, 'x'); COMMIT").0);
    assert_eq!(client.answer().code(), "22012");
    assert_eq!(client.answer().fine().commands(), ["BEGIN", "INSERT 0 1", "COMMIT"]);
    client.query("BEGIN").fine();
    client.query("INSERT INTO notes VALUES (2, 'x')").fine();
    assert_eq!(client.query("SELECT 1/0").code(), "22012");
    let end = client.extended("COMMIT", &[]).fine();
    assert_eq!((end.commands(), end.status()), (vec!["ROLLBACK".to_owned()], 'I'));
    client.send(&Frames::new().run("SELECT 1", &[]).query("SELECT 2").0);
    client.answer().fine();
    client.query("UPDATE customers SET name = 'x' WHERE id = 1").fine();
    assert_eq!(database.open().value("SELECT count(*) FROM notes"), "1");
}

/// The server's log is its owner's: nothing of ours fills it.
#[test]
fn a_change_leaves_no_warning_in_the_servers_log() {
    let (_database, _stockade, mut client) = agent();
    let one = "UPDATE customers SET name = 'x' WHERE id = 1";
    for frames in [
        Frames::new().run(one, &[]),
        Frames::new().run("SELECT 1", &[]).run(one, &[]).run(one, &[]),
        Frames::new().run(one, &[]).flush().run(one, &[]),
        Frames::new().run(one, &[]).run("SHOW work_mem", &[]),
    ] {
        client.pipeline(frames.sync()).fine();
    }
    client.query(one).fine();
    client.query("BEGIN").fine();
    client.pipeline(Frames::new().run(one, &[]).flush().run(one, &[]).sync()).fine();
    client.query("COMMIT").fine();
    let process = format!("[{}]", client.value("SELECT pg_backend_pid()"));
    let log = std::fs::read_to_string(support::cluster().log()).unwrap();
    let told: Vec<&str> = log.lines().filter(|line| line.contains(&process) && line.contains("WARNING")).collect();
    assert!(told.is_empty(), "{told:?}");
    assert!(log.contains("database system is ready"));
}

/// PostgreSQL 17 and later fill a materialized view as REFRESH does: by a table made for it that goes again.
#[test]
fn a_materialized_view_is_made() {
    let database = support::database_with(&format!(
        "{SHOP}; CREATE FUNCTION drops() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DROP TABLE victims; RETURN 1; END $$"
    ));
    for preset in ["app-writer", "migrator"] {
        let stockade = Stockade::before(database.address, &["--preset", preset]);
        let mut client = database.open_through(&stockade);
        client.query(&format!("CREATE MATERIALIZED VIEW \"{preset}\" AS SELECT id FROM customers")).fine();
        client.extended(&format!("CREATE MATERIALIZED VIEW \"{preset}-2\" AS SELECT id FROM customers"), &[]).fine();
        client.query("BEGIN").fine();
        client.query(&format!("CREATE MATERIALIZED VIEW \"{preset}-3\" AS SELECT 1 AS one")).fine();
        client.query("COMMIT").fine();
        let names = format!("SELECT count(*) FROM pg_matviews WHERE matviewname LIKE '{preset}%'");
        assert_eq!(database.open().value(&names), "3");
        for extended in [false, true] {
            let hides = "CREATE MATERIALIZED VIEW hides AS SELECT drops()";
            let answer = if extended { client.extended(hides, &[]) } else { client.query(hides) };
            assert!(answer.error().is_some(), "{answer:?}");
        }
        nothing_lost(&database);
    }
}
