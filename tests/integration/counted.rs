//! A trusted principal with limits: whatever its texts say it may do, and what was done is counted all the same.

use crate::client::{Client, Frames};
use crate::commit::Objected;
use crate::support::{self, Database, Stockade};

const SHOP: &str = "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t SELECT i, 'v' FROM generate_series(1, 500) i; \
    CREATE TABLE kept (id int); INSERT INTO kept VALUES (1); \
    CREATE FUNCTION clears(at_most int) RETURNS int LANGUAGE plpgsql AS \
        'BEGIN DELETE FROM t WHERE id <= at_most; RETURN at_most; END'; \
    CREATE FUNCTION drops() RETURNS void LANGUAGE plpgsql AS 'BEGIN DROP TABLE kept; END'; \
    CREATE PROCEDURE tidies(at_most int) LANGUAGE plpgsql AS 'BEGIN DELETE FROM t WHERE id <= at_most; END'";
const CONFIG: &str = "[[principal]]\nname = \"people\"\nmatch = { user = \"*\" }\nkind = \"human\"\npreset = \"trusted\"\n\
    limits = { rows_per_statement = 100, rows_per_transaction = 150 }\n";

fn person() -> (Database, Stockade, Client) {
    let database = support::database_with(SHOP);
    let stockade = Stockade::with_config(database.address, "", CONFIG);
    let client = database.open_through(&stockade);
    (database, stockade, client)
}

#[test]
fn everything_is_allowed() {
    let (database, _stockade, mut client) = person();
    for sql in [
        "DELETE FROM t WHERE id <= 100",
        "TRUNCATE kept",
        "SELECT clears(150)",
        "CALL tidies(200)",
        "DO $$ BEGIN DELETE FROM t WHERE id <= 250; END $$",
        "SELECT drops()",
        "ALTER TABLE t DROP COLUMN v",
        "CREATE ROLE counted_one",
        "DROP ROLE counted_one",
        "VACUUM t",
        "SET session_replication_role = replica",
        "RESET session_replication_role",
        "SELECT set_config('standard_conforming_strings', 'on', false)",
        "NOTIFY x",
        "SELECT pg_advisory_lock(1)",
        "BEGIN; DROP TABLE t; ROLLBACK",
        "SHOW transaction_read_only",
    ] {
        client.query(sql).fine();
    }
    assert_eq!(client.value("SHOW transaction_read_only"), "off");
    assert_eq!(database.open().value("SELECT count(*) FROM t"), "250");
    client.query("DROP TABLE t").fine();
}

#[test]
fn and_counted() {
    let (database, _stockade, mut client) = person();
    let too_many = "witness:rows_per_statement";
    for sql in [
        "DELETE FROM t",
        "DELETE FROM t WHERE id <= 101",
        "SELECT clears(101)",
        "CALL tidies(101)",
        "DO $$ BEGIN DELETE FROM t WHERE id <= 101; END $$",
        "BEGIN; DELETE FROM t WHERE id <= 101; COMMIT",
        "DELETE FROM t WHERE id <= 101; SELECT 1",
    ] {
        client.query(sql).objected(too_many);
        client.query("ROLLBACK").fine();
        if !sql.contains(';') {
            client.extended(sql, &[]).objected(too_many);
        }
        assert_eq!(database.open().value("SELECT count(*) FROM t"), "500", "{sql}");
    }
    client.query("BEGIN").fine();
    client.query("DELETE FROM t WHERE id <= 100").fine();
    client.query("SELECT clears(200)").objected("witness:rows_per_transaction");
    client.query("COMMIT").fine();
    assert_eq!(database.open().value("SELECT count(*) FROM t"), "500");
}

#[test]
fn what_could_not_be_counted_is_refused() {
    let too_many = "witness:rows_per_statement";
    let (database, _stockade, mut client) = person();
    // The rest of a text nobody can read could end the transaction.
    client.query("DELETE FROM t; COMMIT; NOT SQL").code();
    client.query("SELECT 1; COMMIT; DELETE FROM t; COMMIT").objected(too_many);
    client.query("INSERT INTO kept VALUES (2); BEGIN; DELETE FROM t; COMMIT").code();
    client.query("ROLLBACK").fine();
    client.pipeline(Frames::new().run("DELETE FROM t", &[]).run("COMMIT", &[]).sync()).code();
    client.query("CREATE PROCEDURE commits() LANGUAGE plpgsql AS 'BEGIN DELETE FROM t; COMMIT; END'").fine();
    client.query("CALL commits()").code();
    client.extended("CALL commits()", &[]).code();
    assert_eq!(database.open().value("SELECT count(*) FROM t"), "500");
}
