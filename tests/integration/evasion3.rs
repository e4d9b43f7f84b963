//! Ways past the witness by answers in its question's place within a block, and by what its quick question reads; each on a
//! real server.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests: a panic is their failure")]

use crate::client::{Client, Frames};
use crate::support::{self, Database, Stockade};

/// A table with a trigger that runs what a row says, victims, and what helps a forged answer.
const PLANTED: &str = "CREATE TABLE victims AS SELECT i AS id FROM generate_series(1, 50000) i; \
     CREATE TABLE notes (id int, what text); CREATE TABLE plain (id int); \
     CREATE SCHEMA side; CREATE TABLE side.plain AS SELECT i AS id FROM generate_series(1, 200000) i; \
     CREATE FUNCTION runs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE NEW.what; RETURN NEW; END $$; \
     CREATE TRIGGER runs BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION runs(); \
     CREATE FUNCTION forgets(name text) RETURNS text LANGUAGE plpgsql AS \
         $$ BEGIN EXECUTE format('DEALLOCATE %I', name); RETURN 'on'; END $$; \
     CREATE FUNCTION counts(name text) RETURNS bigint LANGUAGE plpgsql AS \
         $$ DECLARE n int := current_setting('forged.n')::int + 1000; BEGIN \
         PERFORM set_config('forged.n', n::text, false); \
         IF n = 5000 THEN EXECUTE format('DEALLOCATE %I', name); END IF; RETURN n; END $$; \
     ANALYZE";

fn before() -> (Database, Stockade, Client) {
    support::agent_before(PLANTED)
}

#[track_caller]
pub fn all_there(database: &Database) {
    assert_eq!(database.open().value("SELECT count(*) FROM victims"), "50000");
}

/// Within a block nothing commits, but what was said there is not judged again: a loss that an answer has excused.
#[test]
fn no_forged_answer_within_a_block_excuses_a_loss() {
    const NULLS: &str = "NULL, NULL, NULL, NULL, NULL, NULL";
    let (database, _stockade, mut client) = before();
    // The whole question is prepared.
    client.query("CREATE TABLE mine (id int)").fine();
    let locked = "FROM pg_locks l LEFT JOIN pg_class c ON c.oid = l.relation WHERE l.pid = pg_backend_pid() \
         AND l.mode = 'AccessExclusiveLock' AND c.oid IS NULL AND l.locktype";
    let forged = format!(
        "SELECT 'summary', 0::oid, forgets('_stockade_witness'), '150000', NULL, NULL::oid, NULL, NULL, NULL, false, true, {NULLS} \
         UNION ALL SELECT 'before', 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, {NULLS} \
         UNION ALL SELECT 'was', l.relation, 'public', 'x', 'r', NULL, NULL, NULL, NULL, NULL, true, {NULLS} {locked} = 'relation' \
         UNION ALL SELECT 'gone', l.relation, NULL, NULL, NULL, NULL, NULL, NULL, NULL, true, NULL, {NULLS} {locked} = 'relation' \
         UNION ALL SELECT 'was-object', l.objid, NULL, NULL, l.classid::bigint::text, NULL, NULL, NULL, NULL, NULL, true, {NULLS} \
             {locked} = 'object' \
         UNION ALL SELECT 'gone-object', l.objid, (pg_identify_object(l.classid, l.objid, 0)).type, NULL, \
             l.classid::bigint::text, NULL, NULL, NULL, NULL, true, NULL, {NULLS} {locked} = 'object'"
    );
    let strikes = format!(
        "INSERT INTO notes VALUES (1, $q$DROP TABLE victims; DEALLOCATE _stockade_witness; \
         PREPARE _stockade_witness AS {forged}$q$)"
    );
    for extended in [false, true] {
        client.query("BEGIN").fine();
        if extended {
            client.extended(&strikes, &[])
        } else {
            client.query(&strikes)
        };
        client.query("SAVEPOINT a");
        // The question is gone: it is prepared again behind the failure.
        client.query("INSERT INTO notes VALUES (1, 'SELECT')");
        client.query("ROLLBACK TO a");
        client.query("COMMIT");
        client.query("ROLLBACK");
        all_there(&database);
        client.query("CREATE TABLE IF NOT EXISTS mine (id int)");
    }
}

/// Nor does one spread the rows of one statement over several.
#[test]
fn no_forged_answer_within_a_block_or_run_spreads_a_statements_rows() {
    let (database, _stockade, mut client) = before();
    client.query("INSERT INTO plain VALUES (0)").fine();
    let oid = database.open().value("SELECT 'victims'::regclass::oid");
    let quick = format!(
        "SELECT 'virtualxid', NULL::oid, 'ExclusiveLock', NULL, NULL, false, NULL, NULL, NULL::bigint, NULL, 'on', '150000', 'on', '', false \
         UNION ALL SELECT 'relation', {oid}, 'RowExclusiveLock', 'victims', 'base/1/1', false, '0', '0', \
             counts('_stockade_count'), '1000000', NULL, NULL, NULL, NULL, NULL"
    );
    let strikes = format!(
        "INSERT INTO notes VALUES (1, $q$DELETE FROM victims WHERE id <= 5000; \
         SELECT set_config('forged.n', '0', false); DEALLOCATE _stockade_count; PREPARE _stockade_count AS {quick}$q$)"
    );
    let next = "INSERT INTO plain VALUES (1)";
    client.query("BEGIN").fine();
    client.query(&strikes);
    for _ in 1..5 {
        client.query(next);
    }
    client.query("COMMIT");
    client.query("ROLLBACK");
    all_there(&database);
    let mut run = Frames::new().run(&strikes, &[]).flush();
    for _ in 1..5 {
        run = run.run(next, &[]).flush();
    }
    client.query(next);
    client.pipeline(run.sync());
    all_there(&database);
    // A run of several Syncs in a block.
    client.query(next);
    client.query("BEGIN").fine();
    client.extended(&strikes, &[]);
    for _ in 1..5 {
        client.extended(next, &[]);
    }
    client.extended("COMMIT", &[]);
    client.query("ROLLBACK");
    all_there(&database);
}

/// Whatever is cancelled, and whatever a function prepares in between, nothing is lost; and the session stays read-only for reads.
#[test]
fn no_cancel_lets_a_change_pass() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let (database, stockade, mut client) = before();
    database
        .open()
        .query(
            "CREATE FUNCTION deletes() RETURNS int LANGUAGE plpgsql AS \
         $$ BEGIN DELETE FROM victims; RETURN 1; END $$; CREATE VIEW deleting AS SELECT deletes()",
        )
        .fine();
    let (over, pid, secret, address) = (AtomicBool::new(false), client.pid, client.secret.clone(), stockade.address);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                crate::client::cancel(address, pid, &secret);
            }
        });
        let forges = |name: &str| {
            format!(
                "INSERT INTO notes VALUES (1, $q$DEALLOCATE ALL; PREPARE {name} AS SELECT forgets('{name}'); \
                 DELETE FROM victims$q$)"
            )
        };
        let names = ["flush", "quick", "count", "deferred", "witness"].map(|name| forges(&format!("_stockade_{name}")));
        for round in 0..60 {
            let strikes = &*names[round % names.len()];
            client.query(strikes);
            client.query("SELECT * FROM deleting");
            client.extended(strikes, &[]);
            client.query(&format!("BEGIN; {strikes}; SAVEPOINT a; {strikes}; ROLLBACK TO a; COMMIT"));
            client.query("ROLLBACK");
            let run = Frames::new().run("BEGIN", &[]).run(strikes, &[]).flush().sync().sync().run(strikes, &[]).sync();
            client.send(&run.run("COMMIT", &[]).sync().sync().flush().query("ROLLBACK").0);
            for _ in 0..6 {
                client.answer();
            }
            client.query("SELECT * FROM deleting");
            let copy = Frames::new().query("COPY notes FROM STDIN").copy_data(b"1\tDELETE FROM victims\n").copy_done();
            client.pipeline(copy);
        }
        over.store(true, Ordering::Relaxed);
    });
    all_there(&database);
}

/// A tag explains the rows of the table that its text named, whatever a function makes names stand for since.
#[test]
fn no_tag_explains_another_tables_rows() {
    let (database, _stockade, mut client) = before();
    let mut text = "INSERT INTO plain SELECT generate_series(1, 900); ".repeat(9);
    text.push_str(
        "INSERT INTO notes VALUES (1, $q$SELECT set_config('search_path', 'side, public', true); \
         DELETE FROM side.plain WHERE id <= 8000$q$)",
    );
    assert_eq!(client.query(&text).code(), "42501");
    assert_eq!(client.query(&format!("BEGIN; {text}; COMMIT")).code(), "42501");
    client.query("ROLLBACK");
    assert_eq!(database.open().value("SELECT count(*) FROM side.plain"), "200000");
}

/// The names of what is locked are not made by a cast, which a user may define.
#[test]
fn no_cast_runs_in_the_question() {
    let (database, stockade, _) = before();
    let cast = "CREATE FUNCTION sly(regclass) RETURNS text LANGUAGE plpgsql STRICT AS $$ BEGIN \
         IF current_query() LIKE '%virtualxid%' THEN DELETE FROM victims; END IF; RETURN 'x'; END $$; \
         CREATE CAST (regclass AS text) WITH FUNCTION sly(regclass)";
    database.open().query(cast).fine();
    let mut client = database.open_through(&stockade);
    client.query("INSERT INTO plain VALUES (1)");
    client.extended("INSERT INTO plain VALUES (1)", &[]);
    client.query("BEGIN; INSERT INTO plain VALUES (1); COMMIT");
    all_there(&database);
}

/// Any order of messages: each Query and Sync is answered once, and nothing beyond the limits stays.
#[test]
fn no_order_of_messages_lets_a_change_pass() {
    let (database, stockade, _) = before();
    database
        .open()
        .query("CREATE TABLE later (what text); CREATE CONSTRAINT TRIGGER runs AFTER INSERT ON later DEFERRABLE INITIALLY \
             DEFERRED FOR EACH ROW EXECUTE FUNCTION runs(); CREATE TABLE few AS SELECT i AS id FROM generate_series(1, 50) i; ANALYZE few")
        .fine();
    let note = |what: &str| format!("INSERT INTO notes VALUES (1, $q${what}$q$)");
    let mut texts: Vec<String> = [
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT a",
        "ROLLBACK TO a",
        "RELEASE a",
        "COMMIT AND CHAIN",
        "SELECT 1 / 0",
        "SELECT count(*) FROM plain",
        "INSERT INTO plain VALUES (1)",
        "UPDATE side.plain SET id = id WHERE id = 5",
        "INSERT INTO later VALUES ('DELETE FROM victims')",
        "INSERT INTO later VALUES ('DELETE FROM few')",
        "BEGIN; INSERT INTO plain VALUES (1); COMMIT",
        "DELETE FROM few WHERE id > 0",
    ]
    .map(str::to_owned)
    .into();
    for what in [
        "DELETE FROM victims",
        "UPDATE victims SET id = 1",
        "TRUNCATE victims",
        "DROP TABLE victims",
        "DELETE FROM few",
        "SELECT pg_stat_force_next_flush()",
        "SET LOCAL stats_fetch_consistency = snapshot",
        "DEALLOCATE ALL",
    ] {
        texts.push(note(what));
    }
    for name in ["flush", "quick", "count", "deferred", "witness"] {
        texts.push(note(&format!("PREPARE _stockade_{name} AS SELECT forgets('_stockade_{name}')")));
        texts.push(note(&format!(
            "DEALLOCATE ALL; PREPARE _stockade_{name} AS SELECT forgets('_stockade_{name}'); DELETE FROM victims"
        )));
    }
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for session in 0..30 {
        let mut client = database.open_through(&stockade);
        let mut all = Vec::new();
        for _ in 0..6 {
            let (mut frames, mut ready, mut told, mut open) = (Frames::new(), 0, Vec::new(), false);
            for _ in 0..1 + random(8) {
                let text = &texts[random(texts.len())];
                match random(10) {
                    0 => {
                        frames = frames.flush();
                        told.push("H".into());
                    }
                    1 | 2 => {
                        frames = frames.sync();
                        ready += 1;
                        open = false;
                        told.push("S".into());
                    }
                    3 | 4 if !open => {
                        frames = frames.query(text);
                        ready += 1;
                        told.push(format!("Q {text}"));
                    }
                    _ => {
                        frames = frames.run(text, &[]);
                        open = true;
                        told.push(text.clone());
                    }
                }
            }
            frames = frames.sync();
            client.send(&frames.0);
            for _ in 0..=ready {
                loop {
                    match client.try_receive() {
                        Ok(Some(message)) if message.tag == b'Z' => break,
                        Ok(Some(_)) => {}
                        other => panic!("{session} {all:#?} {told:?}: {other:?}"),
                    }
                }
            }
            all.push(told);
        }
        drop(client);
        let there =
            database.open().value("SELECT (SELECT count(*) FROM victims) || ' ' || (SELECT count(*) > 0 FROM few)");
        assert_eq!(there, "50000 true", "{session} {all:#?}");
    }
}
