//! Ways past the witness by blocks of ours around runs, and by what a function does to blocks; each on a real server.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests: a panic is their failure")]

use crate::client::{Client, Frames};
use crate::evasion3::all_there;
use crate::support::{self, Database, Stockade};

/// A table with a trigger that runs what a row says, one with a deferred one, victims.
const PLANTED: &str = "CREATE TABLE victims AS SELECT i AS id FROM generate_series(1, 50000) i; \
     CREATE TABLE notes (id int, what text); CREATE TABLE plain (id int); CREATE TABLE later (what text); \
     CREATE FUNCTION runs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE NEW.what; RETURN NEW; END $$; \
     CREATE TRIGGER runs BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION runs(); \
     CREATE CONSTRAINT TRIGGER runs AFTER INSERT ON later DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION runs(); ANALYZE";

fn before() -> (Database, Stockade, Client) {
    support::agent_before(PLANTED)
}

/// A savepoint that a function makes, by EXECUTE of a statement of the client's, ends the mode that the question set with it.
#[test]
fn no_savepoint_of_a_functions_reopens_what_was_closed() {
    let (database, stockade, _) = before();
    // Deferred anew as it is brought forward: it runs at the COMMIT.
    let strikes = "INSERT INTO later VALUES ($a$SET CONSTRAINTS ALL DEFERRED; INSERT INTO later VALUES ('DELETE FROM victims')$a$)";
    let saves = "INSERT INTO notes VALUES (1, 'EXECUTE s')";
    let run = |texts: &[&str]| texts.iter().fold(Frames::new(), |frames, text| frames.run(text, &[])).sync();
    for begins in [false, true] {
        for texts in [[saves, strikes], [strikes, saves]] {
            let mut client = database.open_through(&stockade);
            client.pipeline(Frames::new().parse("s", "SAVEPOINT x").sync()).fine();
            for frames in [Frames::new().query(&texts.join("; ")), run(&texts), run(&texts[..1])] {
                if begins {
                    client.query("BEGIN").fine();
                }
                client.pipeline(frames);
                client.query("COMMIT");
                client.query("ROLLBACK");
                all_there(&database);
            }
        }
    }
    // The client's own work as before, in a block that failed too.
    let mut client = database.open_through(&stockade);
    client.pipeline(Frames::new().parse("s", "SAVEPOINT x").parse("r", "ROLLBACK TO x").sync()).fine();
    let bound = |name: &str| Frames::new().bind("", name, &[]).execute("", 0).sync();
    client.query("BEGIN").fine();
    client.pipeline(bound("s")).fine();
    client.query("SELECT 1 / 0");
    assert_eq!(client.pipeline(bound("r")).fine().status(), 'T');
    client.query("INSERT INTO plain VALUES (1)").fine();
    assert_eq!(client.query("COMMIT").fine().commands(), ["COMMIT"]);
    assert_eq!(database.open().value("SELECT count(*) FROM plain"), "1");
}

/// What was counted in a transaction before excuses nothing in one that the client makes read-write itself.
#[test]
fn nothing_counted_before_is_excused() {
    let (database, stockade, _) = before();
    let parameters = [
        ("user", "postgres"),
        ("database", database.name.as_str()),
        ("options", "-c default_transaction_read_only=on"),
    ];
    let mut client = Client::with(stockade.address, &parameters);
    for round in 1..4 {
        client.query("BEGIN READ WRITE").fine();
        client.query(&format!("DELETE FROM victims WHERE id IN (SELECT id FROM victims LIMIT {})", 900 * round));
        // The whole question is asked for it; the counters are empty behind the COMMIT.
        client.query(&format!("CREATE TABLE new{round} (id int)"));
        client.query("INSERT INTO notes VALUES (1, 'SELECT pg_stat_force_next_flush()')");
        client.query("COMMIT");
        client.query("ROLLBACK");
    }
    assert_eq!(database.open().value("SELECT count(*) FROM victims"), "49100");
}

/// Numbers that are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }
}

const MORE: &str = "CREATE TABLE log (n bigint); CREATE TABLE many AS SELECT i AS id FROM generate_series(1, 200000) i; \
     CREATE FUNCTION logs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log SELECT count(*) FROM gone; \
         RETURN NULL; END $$; \
     CREATE TRIGGER logs AFTER DELETE ON many REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION logs(); \
     CREATE FUNCTION deletes() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM victims; RETURN 1; END $$; \
     CREATE FUNCTION tries() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM victims; RETURN 1; \
         EXCEPTION WHEN OTHERS THEN RETURN 0; END $$; \
     CREATE FUNCTION executes(what text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE what; RETURN 1; END $$; \
     CREATE VIEW opening AS SELECT executes('SET default_transaction_read_only = off'); \
     CREATE VIEW releasing AS SELECT executes('EXECUTE n_release'), tries(); \
     CREATE VIEW deleting AS SELECT deletes(); CREATE VIEW trying AS SELECT tries(); \
     CREATE TABLE few AS SELECT i AS id FROM generate_series(1, 50) i; ANALYZE";

const NAMED: [(&str, &str); 9] = [
    ("n_begin", "BEGIN"),
    ("n_commit", "COMMIT"),
    ("n_rollback", "ROLLBACK"),
    ("n_save", "SAVEPOINT x"),
    ("n_to", "ROLLBACK TO x"),
    ("n_release", "RELEASE SAVEPOINT _stockade"),
    ("n_delete", "DELETE FROM victims WHERE id BETWEEN 1 AND 50000"),
    ("n_plain", "INSERT INTO plain VALUES (7)"),
    ("n_read", "SELECT id FROM plain"),
];

fn texts() -> Vec<String> {
    let note = |what: &str| format!("INSERT INTO notes VALUES (1, $q${what}$q$)");
    let mut texts: Vec<String> = [
        "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a", "ROLLBACK TO a", "RELEASE a", "COMMIT AND CHAIN",
        "ROLLBACK AND CHAIN", "BEGIN READ WRITE", "BEGIN READ ONLY", "SET TRANSACTION READ WRITE",
        "BEGIN ISOLATION LEVEL SERIALIZABLE", "SET default_transaction_isolation = serializable",
        "SET default_transaction_read_only = on", "RESET ALL", "SET TRANSACTION READ ONLY",
        "START TRANSACTION READ WRITE", "SET LOCAL statement_timeout = 1000", "DISCARD ALL", "DISCARD TEMP",
        "SELECT 1 / 0", "SELECT count(*) FROM plain", "SELECT * FROM deleting", "SELECT * FROM trying",
        "SELECT * FROM opening", "SELECT * FROM releasing", "SELECT id FROM plain FOR UPDATE",
        "SELECT plain.id FROM plain, trying FOR UPDATE OF plain", "LOCK TABLE plain", "NOTIFY a", "LISTEN a",
        "VACUUM plain", "ANALYZE plain", "CREATE TABLE IF NOT EXISTS x (id int)", "DROP TABLE IF EXISTS x",
        "CREATE TEMP TABLE IF NOT EXISTS tt (id int)", "INSERT INTO tt VALUES (1)",
        "DECLARE c CURSOR FOR SELECT * FROM trying", "DECLARE c CURSOR WITH HOLD FOR SELECT * FROM trying",
        "FETCH c", "CLOSE c", "CLOSE ALL", "PREPARE p AS SELECT * FROM trying", "EXECUTE p",
        "PREPARE w AS INSERT INTO plain VALUES (2)", "EXECUTE w", "DEALLOCATE ALL", "DEALLOCATE p",
        "EXPLAIN ANALYZE INSERT INTO plain VALUES (3)", "SET CONSTRAINTS ALL DEFERRED", "SHOW transaction_read_only",
        "INSERT INTO plain VALUES (1)", "INSERT INTO plain VALUES (1) RETURNING id",
        "WITH a AS (INSERT INTO plain VALUES (1) RETURNING id) SELECT * FROM a",
        "UPDATE many SET id = id WHERE id = 5",
        "DELETE FROM many WHERE id IN (SELECT id FROM many LIMIT 500)",
        "DELETE FROM many WHERE id IN (SELECT id FROM many LIMIT 900)",
        "DELETE FROM many WHERE id IN (SELECT id FROM many LIMIT 1500)",
        "DELETE FROM many WHERE id IN (SELECT id FROM many LIMIT 2500)",
        "INSERT INTO later VALUES ('DELETE FROM victims')", "INSERT INTO later VALUES ('DELETE FROM few')",
        "INSERT INTO later VALUES ($a$SET CONSTRAINTS ALL DEFERRED; INSERT INTO later VALUES ('DELETE FROM victims')$a$)",
        "INSERT INTO later VALUES ('SET default_transaction_read_only = off')",
        "INSERT INTO later VALUES ('SELECT 1 / 0')",
        "BEGIN; INSERT INTO plain VALUES (1); COMMIT", "INSERT INTO plain VALUES (1); COMMIT",
        "BEGIN; SELECT * FROM deleting; COMMIT", "INSERT INTO plain VALUES (1); INSERT INTO plain VALUES (2)",
        "DELETE FROM few WHERE id BETWEEN 1 AND 50", "DO $x$ BEGIN DELETE FROM victims; END $x$",
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
        "SET default_transaction_read_only = off",
        "SET LOCAL default_transaction_read_only = off",
        "SET TRANSACTION READ ONLY",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
        "DO $x$ BEGIN DELETE FROM victims; RAISE 'x'; EXCEPTION WHEN OTHERS THEN NULL; END $x$",
        "DO $x$ BEGIN SET LOCAL transaction_read_only = on; DELETE FROM victims; EXCEPTION WHEN OTHERS THEN NULL; END $x$",
        "SET CONSTRAINTS ALL DEFERRED",
        "SET CONSTRAINTS ALL IMMEDIATE",
        "SET default_transaction_read_only = off; DELETE FROM victims",
        "DECLARE h CURSOR WITH HOLD FOR SELECT * FROM trying",
        "SELECT set_config('role', 'postgres', false)",
    ] {
        texts.push(note(what));
    }
    for (name, _) in NAMED {
        texts.push(note(&format!("EXECUTE {name}")));
        texts.push(format!("INSERT INTO later VALUES ('EXECUTE {name}')"));
        texts.push(format!("EXECUTE {name}"));
    }
    for name in ["flush", "quick", "count", "deferred", "witness"] {
        texts.push(note(&format!("PREPARE _stockade_{name} AS SELECT 1")));
        texts.push(note(&format!("DEALLOCATE ALL; PREPARE _stockade_{name} AS SELECT 1; DELETE FROM victims")));
    }
    texts
}

/// Any order of messages, with portals, names, cursors and modes: the client's status is the server's, and nothing beyond
/// the limits stays.
#[test]
fn no_order_of_portals_and_names_lets_a_change_pass() {
    let (database, stockade, _) = before();
    database.open().query(MORE).fine();
    let texts = texts();
    let mut random = Random(7);
    let mut monitor = database.open();
    for session in 0..24 {
        let only =
            [("user", "postgres"), ("database", &*database.name), ("options", "-c default_transaction_read_only=on")];
        let parameters = if session % 4 == 3 { &only[..] } else { &only[..2] };
        let mut client = Client::with(stockade.address, parameters);
        let mut all = Vec::new();
        let pid = client.pid;
        let mut gone = false;
        for (name, text) in NAMED {
            client.pipeline(Frames::new().parse(name, text).sync());
        }
        'batches: for _ in 0..6 {
            let (mut frames, mut ready, mut told, mut open) = (Frames::new(), 0, Vec::new(), false);
            for _ in 0..1 + random.below(8) {
                let text = &texts[random.below(texts.len())];
                let portal = ["", "a", "b"][random.below(3)];
                let (name, _) = NAMED[random.below(NAMED.len())];
                let mut tell = |what: String| told.push(what);
                let kind = random.below(22);
                frames = match kind {
                    0 => {
                        tell("H".into());
                        frames.flush()
                    }
                    1 | 2 => {
                        tell("S".into());
                        ready += 1;
                        frames.sync()
                    }
                    3..=5 if !open => {
                        tell(format!("Q {text}"));
                        ready += 1;
                        frames.query(text)
                    }
                    6 => {
                        tell(format!("PB {portal} {text}"));
                        frames.parse("", text).bind(portal, "", &[])
                    }
                    7 => {
                        tell(format!("E {portal}"));
                        frames.execute(portal, 0)
                    }
                    8 => {
                        tell(format!("E1 {portal}"));
                        frames.execute(portal, 1)
                    }
                    9 => {
                        tell(format!("D {portal}"));
                        frames.describe(b'P', portal)
                    }
                    10 => {
                        tell(format!("C {portal}"));
                        frames.close(b'P', portal)
                    }
                    11 | 12 => {
                        tell(format!("BE {portal} {name}"));
                        frames.bind(portal, name, &[]).execute(portal, 0)
                    }
                    13 => {
                        tell(format!("BEbad {portal} {name}"));
                        frames.bind(portal, name, &["1"]).execute(portal, 0)
                    }
                    14 => {
                        tell("RUN S".to_owned() + text);
                        ready += 1;
                        frames.run(text, &[]).sync()
                    }
                    _ => {
                        tell(text.clone());
                        frames.run(text, &[])
                    }
                };
                // What comes behind an error in a run is skipped, a Query too.
                open = match kind {
                    0 => open,
                    1 | 2 | 14 => false,
                    3..=5 => open,
                    _ => true,
                };
            }
            frames = frames.sync();
            all.push(told);
            client.send(&frames.0);
            let mut status = ' ';
            for _ in 0..=ready {
                loop {
                    match client.try_receive() {
                        Ok(Some(message)) if message.tag == b'Z' => {
                            status = char::from(message.body[0]);
                            break;
                        }
                        Ok(Some(message)) if message.tag == b'E' && message.field(b'S') == "FATAL" => {
                            gone = true;
                        }
                        Ok(Some(_)) => {}
                        // As PostgreSQL ends it where a function begins a block.
                        _ if gone => break 'batches,
                        other => panic!("{session} {all:#?}: {other:?}"),
                    }
                }
            }
            let wanted = match status {
                'I' => "idle",
                'T' => "idle in transaction",
                _ => "idle in transaction (aborted)",
            };
            let sql = format!("SELECT state FROM pg_stat_activity WHERE pid = {pid}");
            monitor.poll(&sql, wanted);
            let there = monitor.value(
                "SELECT (SELECT count(*) FROM victims) || ' ' || (SELECT count(*) > 0 FROM few) || ' ' || (SELECT coalesce(max(n), 0) <= 1000 FROM log)",
            );
            assert_eq!(there, "50000 true true", "{session} {all:#?}");
        }
    }
}

/// What the witness answered for a message that is refused as it comes again is no answer for what comes later.
#[test]
fn no_verdict_outlives_its_message() {
    let (database, _stockade, mut client) = before();
    let frames = Frames::new().parse("r", "ROLLBACK").parse("to", "ROLLBACK TO a").parse("c", "COMMIT");
    client.pipeline(frames.parse("d", "DELETE FROM victims WHERE id BETWEEN 1 AND 50000").sync()).fine();
    // Brought forward by the question in front of the COMMIT, whose text nobody can read then.
    let unread = "INSERT INTO later VALUES ('SET client_encoding = ''SJIS''')";
    let bound = |name: &str| Frames::new().bind("", name, &[]).execute("", 0);
    client.query("BEGIN").fine();
    client.query(unread).fine();
    client.query("COMMIT").refused("wall:unsafe-encoding");
    client.pipeline(bound("r").sync()).fine();
    client.pipeline(bound("d").sync());
    all_there(&database);
    client.query("BEGIN").fine();
    client.query("SAVEPOINT a").fine();
    client.query(unread).fine();
    client.query("COMMIT").refused("wall:unsafe-encoding");
    client.pipeline(bound("to").sync()).fine();
    client.pipeline(bound("d").bind("", "c", &[]).execute("", 0).sync());
    all_there(&database);
}

/// What a view's function makes of the session, or of the names in it, is nothing to the reads and writes that were sent
/// behind it in one piece.
#[test]
fn a_read_judged_as_one_leaves_nothing_open_behind_it() {
    let (database, stockade, _) = before();
    database.open().query(MORE).fine();
    let swaps = "executes('DEALLOCATE r') AS a, executes('PREPARE r AS DELETE FROM victims') AS b";
    let opens = "executes('SET default_transaction_read_only = off') AS c";
    let views = format!(
        "CREATE VIEW swapping AS SELECT {swaps}; CREATE VIEW all_of_it AS SELECT {opens}, {swaps}; \
         CREATE VIEW lexing AS SELECT executes('SET standard_conforming_strings = off')",
    );
    database.open().query(&views).fine();
    for view in ["swapping", "all_of_it", "opening", "lexing"] {
        for simple in [false, true] {
            let mut client = database.open_through(&stockade);
            client.pipeline(Frames::new().parse("r", "SELECT id FROM plain").sync()).fine();
            let text = format!("SELECT * FROM {view}");
            let read = |frames: Frames| if simple { frames.query(&text) } else { frames.run(&text, &[]).sync() };
            let named = |frames: Frames| frames.bind("", "r", &[]).execute("", 0).sync();
            let hides =
                |frames: Frames| frames.run("SELECT * FROM deleting", &[]).sync().query("SELECT * FROM deleting");
            // One string, unless backslashes escape.
            let quoted = "SELECT '\\''; DELETE FROM victims; --'";
            let all = hides(named(named(read(Frames::new()))).query(quoted)).run(quoted, &[]).sync();
            client.send(&all.0);
            let answers: Vec<_> = (0..7).map(|_| client.answer()).collect();
            answers[0].clone().fine();
            assert_eq!(answers[4].code(), "25006", "{view} {simple}: {answers:?}");
            assert_eq!(answers[5].code(), "25006", "{view} {simple}: {answers:?}");
            if matches!(view, "swapping" | "all_of_it") {
                assert_eq!(answers[1].code(), "25006", "{view} {simple}: {answers:?}");
            }
            for answer in [&answers[3], &answers[6]] {
                assert_eq!(answer.error().is_some(), view == "lexing", "{view} {simple}: {answers:?}");
            }
            all_there(&database);
        }
    }
}
