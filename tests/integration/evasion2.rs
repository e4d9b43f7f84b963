//! Ways past the witness by what an attacker planted in the database, each on a real server: whatever happens, the victims stay.

use crate::client::{Client, Frames};
use crate::support::{self, Database, Stockade};

/// A table with a trigger that runs what a row says (also when it is deferred), views whose functions act, and victims.
const PLANTED: &str = "CREATE TABLE victims AS SELECT i AS id FROM generate_series(1, 5000) i; \
     CREATE TABLE notes (id int, what text); CREATE TABLE later (what text); CREATE TABLE trap (what text); \
     CREATE FUNCTION runs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE NEW.what; RETURN NEW; END $$; \
     CREATE TRIGGER runs BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION runs(); \
     CREATE CONSTRAINT TRIGGER runs AFTER INSERT ON later DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION runs(); \
     CREATE CONSTRAINT TRIGGER runs AFTER INSERT ON trap DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION runs(); \
     CREATE FUNCTION deletes() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM victims; RETURN 1; END $$; \
     CREATE FUNCTION planned(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN deletes(); END $$; \
     CREATE FUNCTION opens() RETURNS text LANGUAGE sql AS \
         $$ SELECT set_config('default_transaction_read_only', 'off', false) $$; \
     CREATE FUNCTION lexes() RETURNS text LANGUAGE sql AS $$ SELECT set_config('standard_conforming_strings', 'off', false) $$; \
     CREATE VIEW opening AS SELECT opens(); CREATE VIEW lexing AS SELECT lexes(); CREATE VIEW deleting AS SELECT deletes() AS id; \
     CREATE VIEW planning AS SELECT planned(1) AS id; \
     CREATE FUNCTION forgets(name text) RETURNS text LANGUAGE plpgsql AS \
         $$ BEGIN EXECUTE format('DEALLOCATE %I', name); RETURN 'on'; END $$; \
     ANALYZE";

fn before(preset: &str) -> (Database, Stockade) {
    let database = support::database_with(PLANTED);
    let stockade = Stockade::before(database.address, &["--preset", preset]);
    (database, stockade)
}

#[track_caller]
fn all_there(database: &Database) {
    assert_eq!(database.open().value("SELECT count(*) FROM victims"), "5000");
}

/// Sends it all at once, and reads whatever comes up to so many ReadyForQuery or the session's end.
fn send(client: &mut Client, frames: Frames, answers: usize) {
    client.send(&frames.0);
    let mut ready = 0;
    while ready < answers {
        match client.try_receive() {
            Ok(Some(message)) if message.tag == b'Z' => ready += 1,
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => return,
        }
    }
}

#[test]
fn no_grant_makes_an_old_table_a_new_one() {
    let (database, stockade) = before("app-writer");
    let mut client = database.open_through(&stockade);
    let forged = "INSERT INTO notes VALUES (1, 'GRANT SELECT (ctid, tableoid, xmin, xmax, cmin, cmax) ON victims TO PUBLIC; \
         REVOKE SELECT (ctid, tableoid, xmin, xmax, cmin, cmax) ON victims FROM PUBLIC; \
         LOCK TABLE victims IN ACCESS EXCLUSIVE MODE; DELETE FROM victims')";
    assert_eq!(client.query(forged).code(), "42501");
    assert_eq!(client.extended(forged, &[]).code(), "42501");
    all_there(&database);
}

#[test]
fn what_is_deferred_anew_behind_the_question_writes_nothing() {
    let (database, stockade) = before("app-writer");
    let mut client = database.open_through(&stockade);
    let again =
        "INSERT INTO later VALUES ('SET CONSTRAINTS ALL DEFERRED; INSERT INTO trap VALUES (''DELETE FROM victims'')')";
    assert!(client.query(again).error().is_some());
    assert!(client.extended(again, &[]).error().is_some());
    // A savepoint ends what closes the transaction.
    let temporary = "INSERT INTO later VALUES ('CREATE TEMP TABLE t AS SELECT ''DELETE FROM victims'' AS what WHERE false; \
         CREATE CONSTRAINT TRIGGER runs AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION runs(); \
         SET CONSTRAINTS ALL DEFERRED; INSERT INTO trap VALUES (''SET CONSTRAINTS ALL DEFERRED; \
         INSERT INTO t VALUES (DELETE FROM victims)'')')";
    for text in [again, temporary] {
        for savepoint in [false, true] {
            client.query("BEGIN").fine();
            if savepoint {
                client.query("SAVEPOINT a").fine();
            }
            client.query(text);
            assert!(client.query("COMMIT").error().is_some(), "{text}");
            client.query("ROLLBACK");
        }
    }
    all_there(&database);
}

#[test]
fn a_chained_transaction_writes_on() {
    let (database, stockade) = before("app-writer");
    let mut client = database.open_through(&stockade);
    client.query("CREATE TABLE mine (id int)").fine();
    client.query("BEGIN").fine();
    for _ in 0..2 {
        client.query("INSERT INTO mine VALUES (1)").fine();
        client.query("SAVEPOINT a").fine();
        client.query("INSERT INTO mine VALUES (1)").fine();
        client.query("COMMIT AND CHAIN").fine();
    }
    client.query("COMMIT").fine();
    let run = Frames::new().run("BEGIN", &[]).run("INSERT INTO mine VALUES (1)", &[]).run("COMMIT AND CHAIN", &[]);
    client.pipeline(run.run("INSERT INTO mine VALUES (1)", &[]).run("COMMIT", &[]).sync()).fine();
    client.query("BEGIN; INSERT INTO mine VALUES (1); COMMIT AND CHAIN; INSERT INTO mine VALUES (1); COMMIT").fine();
    assert_eq!(client.value("SELECT count(*) FROM mine"), "8");
}

#[test]
fn no_function_runs_a_prepared_commit() {
    let (database, stockade) = before("app-writer");
    let strikes = |name: &str| format!("INSERT INTO notes VALUES (1, 'DELETE FROM victims; EXECUTE {name}')");
    for ends in ["COMMIT", "COMMIT AND CHAIN", "END"] {
        let mut client = database.open_through(&stockade);
        client.pipeline(Frames::new().parse("p", ends).sync()).fine();
        assert_eq!(client.query(&strikes("p")).code(), "26000");
        assert_eq!(client.extended(&strikes("p"), &[]).code(), "26000");
        // A Bind that fails leaves nothing under the name it was prepared by.
        client.query("BEGIN").fine();
        client.query("SAVEPOINT a").fine();
        client.pipeline(Frames::new().bind("x", "p", &["too", "many"]).sync());
        client.query("ROLLBACK TO a").fine();
        assert_eq!(client.query(&strikes("_stockade")).code(), "26000");
        client.query("ROLLBACK").fine();
    }
    all_there(&database);
}

#[test]
fn a_prepared_commit_goes_on_working() {
    let (database, stockade) = before("app-writer");
    let mut client = database.open_through(&stockade);
    client.query("CREATE TABLE mine (id int)").fine();
    let named = Frames::new().parse("b", "BEGIN").parse("c", "COMMIT").parse("r", "ROLLBACK");
    let answer = client.pipeline(named.describe(b'S', "c").sync()).fine();
    assert_eq!(answer.tags(), "111tnZ");
    for _ in 0..2 {
        let run = || Frames::new().bind("", "b", &[]).execute("", 0).run("INSERT INTO mine VALUES (1)", &[]);
        let answer = client.pipeline(run().bind("", "c", &[]).describe(b'P', "").execute("", 0).sync()).fine();
        assert_eq!(answer.tags(), "2C12nC2nCZ");
        assert_eq!(answer.commands(), ["BEGIN", "INSERT 0 1", "COMMIT"]);
        client.pipeline(run().run("SELECT 1 / 0", &[]).sync());
        // In a block that failed too.
        assert_eq!(client.pipeline(Frames::new().bind("", "c", &[]).execute("", 0).sync()).commands(), ["ROLLBACK"]);
        client.pipeline(run().sync()).fine();
        assert_eq!(client.pipeline(Frames::new().bind("", "r", &[]).execute("", 0).sync()).commands(), ["ROLLBACK"]);
    }
    assert_eq!(client.value("SELECT count(*) FROM mine"), "2");
    client.pipeline(Frames::new().close(b'S', "c").sync()).fine();
    assert_eq!(client.pipeline(Frames::new().bind("", "c", &[]).sync()).code(), "26000");
}

#[test]
fn a_bind_alone_is_witnessed() {
    let (database, stockade) = before("app-writer");
    let bound = || Frames::new().parse("", "INSERT INTO notes SELECT id, 'SELECT' FROM planning").bind("", "", &[]);
    for run in [bound().sync(), bound().flush().sync()] {
        assert_eq!(database.open_through(&stockade).pipeline(run).code(), "42501");
    }
    let mut client = database.open_through(&stockade);
    client.query("BEGIN").fine();
    client.pipeline(bound().sync());
    client.query("COMMIT");
    let begun = Frames::new().run("BEGIN", &[]).parse("", "INSERT INTO notes SELECT id, 'SELECT' FROM planning");
    client.pipeline(begun.bind("", "", &[]).run("COMMIT", &[]).sync());
    all_there(&database);
}

/// A text lexed otherwise than it was judged.
const LEXED: &str = r"SELECT ''' ; COMMIT; BEGIN READ WRITE; DELETE FROM victims; COMMIT; --'";

#[test]
fn reads_behind_reads_stay_read_only() {
    for preset in ["app-writer", "read-only"] {
        let (database, stockade) = before(preset);
        let new = Frames::new;
        let run = |frames: Frames, sql: &str| frames.run(sql, &[]);
        for (frames, answers) in [
            (new().query("SELECT * FROM opening").query("SELECT * FROM deleting"), 2),
            (new().query("SELECT * FROM lexing").query(LEXED), 2),
            (new().query("BEGIN").query("SELECT * FROM lexing").query(LEXED), 3),
            (run(run(new(), "SELECT * FROM opening").sync(), "SELECT * FROM deleting").sync(), 2),
            (new().query("BEGIN; SELECT * FROM opening; COMMIT; BEGIN; SELECT * FROM deleting; COMMIT"), 1),
            (new().query("SELECT * FROM opening; COMMIT; SELECT * FROM deleting"), 1),
            (run(run(run(new(), "SELECT * FROM opening"), "COMMIT"), "SELECT * FROM deleting").sync(), 1),
            (run(run(run(new(), "BEGIN"), "COMMIT"), "SELECT * FROM deleting").sync(), 1),
            (run(run(new(), "BEGIN"), "COMMIT").query("SELECT * FROM deleting").sync(), 2),
            (run(run(run(run(new(), "BEGIN"), "COMMIT"), "SELECT * FROM deleting"), "COMMIT").sync(), 1),
            (run(new().parse("x", "INSERT INTO notes VALUES (1)"), "SELECT * FROM deleting").flush().sync(), 1),
            (
                run(run(run(new().query("BEGIN"), "SELECT * FROM opening"), "COMMIT"), "SELECT * FROM deleting").sync(),
                2,
            ),
            (
                run(run(new(), "SELECT * FROM deleting"), "COMMIT")
                    .parse("x", "INSERT INTO notes VALUES (1)")
                    .flush()
                    .sync(),
                1,
            ),
            (new().query("SELECT * FROM opening").query("BEGIN").query("SELECT * FROM deleting").query("COMMIT"), 4),
        ] {
            send(&mut database.open_through(&stockade), frames, answers);
            all_there(&database);
        }
        // One after the other, too.
        let mut client = database.open_through(&stockade);
        client.query("SELECT * FROM opening").fine();
        assert_eq!(client.query("SELECT * FROM deleting").code(), "25006", "{preset}");
    }
}

#[test]
fn a_deferred_trigger_does_not_open_the_session() {
    let (database, stockade) = before("app-writer");
    let mut client = database.open_through(&stockade);
    client.query("INSERT INTO later VALUES ('SELECT opens()')").fine();
    assert_eq!(client.query("SELECT * FROM deleting").code(), "25006");
    client.query("BEGIN; INSERT INTO later VALUES ('SELECT opens()'); COMMIT").fine();
    assert_eq!(client.query("SELECT * FROM deleting").code(), "25006");
    all_there(&database);
}

/// The count of what is left is planned, and the planner runs what an index is of.
#[test]
fn nothing_writes_while_rows_are_counted() {
    let (database, stockade) = before("app-writer");
    let index = "CREATE TABLE small AS SELECT i AS id FROM generate_series(1, 50) i; \
         CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS $$ BEGIN \
         IF current_query() LIKE '%summary%' THEN DELETE FROM public.victims; END IF; RETURN 1; END $$; \
         CREATE FUNCTION sly(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN public.sly(); END $$";
    database.open().query(index).fine();
    database.open().query("CREATE INDEX ON small ((id + sly(1))); ANALYZE").fine();
    let mut client = database.open_through(&stockade);
    let strikes = "INSERT INTO notes VALUES (1, 'DELETE FROM small WHERE id < 30; ANALYZE small')";
    client.query(strikes);
    client.extended(strikes, &[]);
    client.query("BEGIN").fine();
    client.query(strikes);
    client.query("COMMIT");
    all_there(&database);
}

#[test]
fn a_definition_of_ones_own_explains_no_other() {
    let (database, stockade) = before("app-writer");
    let mut client = database.open_through(&stockade);
    client.query("CREATE TABLE own (id int); CREATE TABLE parted (id int) PARTITION BY LIST (id)").fine();
    client.query("CREATE TABLE rest PARTITION OF parted DEFAULT").fine();
    let hidden = "INSERT INTO notes VALUES (1, 'ALTER TABLE victims ADD COLUMN more int, DROP COLUMN id')";
    for own in ["CREATE TEMP TABLE x (id int)", "ALTER TABLE own ADD COLUMN v text", "CREATE TABLE y (id int)"] {
        client.query("BEGIN").fine();
        client.query(own).fine();
        assert_eq!(client.query(hidden).code(), "42501", "{own}");
        client.query("ROLLBACK").fine();
        assert_eq!(client.query(&format!("{own}; {hidden}")).code(), "42501", "{own}");
        assert_eq!(client.extended(hidden, &[]).code(), "42501");
    }
    // What an ordinary definition locks besides is its own.
    for fine in [
        "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1)",
        "ALTER TABLE own ADD PRIMARY KEY (id)",
        "CREATE TABLE refers (own int REFERENCES own)",
        "ALTER TABLE refers ADD FOREIGN KEY (own) REFERENCES own",
        "ALTER TABLE parted ADD COLUMN v text",
        "CREATE VIEW looks AS SELECT * FROM own",
        "CREATE INDEX ON parted (id)",
    ] {
        client.query(fine).fine();
    }
    assert_eq!(database.open().value("SELECT count(id) FROM victims"), "5000");
}

/// A statement under the question's name answers as nothing had happened, and takes itself away as it does: whoever looks
/// for it behind the answer finds nothing.
#[test]
fn no_forged_answer_hides_its_traces() {
    let (database, stockade) = before("app-writer");
    // As the whole question answers, and as the quick one: nothing but that the server counts.
    let whole = "SELECT ''summary'', 0::oid, forgets(''_stockade_witness''), ''150000'', NULL, NULL, NULL, NULL, NULL, false, \
         false, NULL, NULL, NULL, NULL, NULL, NULL";
    let quick = |name: &str| {
        format!(
            "SELECT ''virtualxid'', NULL, ''ExclusiveLock'', NULL, NULL, false, NULL, NULL, NULL, NULL, \
             forgets(''{name}''), ''150000'', ''on'', '''', false"
        )
    };
    let with = |more: &str| {
        Stockade::with_config(database.address, "", &format!("[defaults]\npreset = \"app-writer\"\n{more}"))
    };
    let wholly = with("[[rule]]\nid = \"few\"\ntables = [\"public.other\"]\nlimits = { rows_per_statement = 10 }\n");
    for through in [&stockade, &wholly] {
        let mut client = database.open_through(through);
        for (name, forged) in [
            ("_stockade_witness", whole.to_owned()),
            ("_stockade_quick", quick("_stockade_quick")),
            ("_stockade_count", quick("_stockade_count")),
            ("_stockade_deferred", quick("_stockade_deferred")),
            ("_stockade_flush", "SELECT forgets(''_stockade_flush'')".to_owned()),
        ] {
            for prepared in [false, true] {
                let text = format!(
                    "INSERT INTO notes VALUES (1, 'DELETE FROM victims; {}PREPARE {name} AS {forged}')",
                    if prepared { format!("DEALLOCATE {name}; ") } else { String::new() }
                );
                assert!(client.query(&text).error().is_some(), "{text}");
                assert!(client.extended(&text, &[]).error().is_some(), "{text}");
                client.query("BEGIN");
                client.query(&text);
                client.query("COMMIT");
                client.query("ROLLBACK");
                client.pipeline(Frames::new().run("BEGIN", &[]).run(&text, &[]).run("COMMIT", &[]).sync());
                client.query("ROLLBACK");
                all_there(&database);
            }
        }
    }
}
