//! The client's transaction block keeps what PostgreSQL promises of it.

use crate::client::Frames;
use crate::support::{self, Stockade};

#[test]
fn a_read_that_begins_a_serializable_transaction_is_one_of_its_reads() {
    let database = support::database_with(
        "CREATE TABLE duty (who text, is_on bool); INSERT INTO duty VALUES ('a', true), ('b', true)",
    );
    let stockade = Stockade::before(database.address, &["--preset", "app-writer"]);
    let [mut one, mut other] = [(); 2].map(|()| database.open_through(&stockade));
    for client in [&mut one, &mut other] {
        client.query("BEGIN ISOLATION LEVEL SERIALIZABLE").fine();
        assert_eq!(client.value("SELECT count(*) FROM duty WHERE is_on"), "2");
    }
    one.query("UPDATE duty SET is_on = false WHERE who = 'a'").fine();
    other.query("UPDATE duty SET is_on = false WHERE who = 'b'").fine();
    one.query("COMMIT").fine();
    assert_eq!(other.query("COMMIT").code(), "40001");
}

#[test]
fn what_hides_in_a_read_of_a_block_is_not_kept() {
    let database = support::database_with(
        "CREATE TABLE t (id int PRIMARY KEY, x int); INSERT INTO t SELECT i, i FROM generate_series(1, 5000) i; ANALYZE; \
         CREATE FUNCTION f() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN DELETE FROM t; RETURN 1; END $$; \
         CREATE VIEW v AS SELECT f(); \
         CREATE FUNCTION cur() RETURNS int LANGUAGE plpgsql AS $$ DECLARE c refcursor := 'held'; BEGIN \
            EXECUTE 'DECLARE held CURSOR WITH HOLD FOR SELECT f()'; RETURN 1; END $$; CREATE VIEW vc AS SELECT cur(); \
         CREATE FUNCTION forge() RETURNS int LANGUAGE plpgsql AS $$ BEGIN \
            EXECUTE 'DEALLOCATE _stockade_quick'; EXECUTE 'PREPARE _stockade_quick AS SELECT 1'; RETURN 1; \
            EXCEPTION WHEN OTHERS THEN RETURN 2; END $$; CREATE VIEW vf AS SELECT forge(); \
         CREATE FUNCTION mode() RETURNS int LANGUAGE plpgsql AS $$ BEGIN \
            PERFORM set_config('transaction_read_only', 'off', true); DELETE FROM t; RETURN 1; END $$; \
         CREATE VIEW vm AS SELECT mode(); \
         CREATE FUNCTION def() RETURNS int LANGUAGE plpgsql AS $$ BEGIN \
            PERFORM set_config('default_transaction_read_only', 'off', false); RETURN 1; END $$; CREATE VIEW vd AS SELECT def()",
    );
    for limits in ["", "limits = \"none\"\n"] {
        let stockade = Stockade::with_config(
            database.address,
            "",
            &format!("[defaults]\npreset = \"app-writer\"\nsuspend_after = \"none\"\n{limits}"),
        );
        let query = |texts: &[&'static str]| texts.iter().map(|sql| Frames::new().query(sql)).collect::<Vec<_>>();
        let run = |texts: &[&str]| texts.iter().fold(Frames::new(), |frames, sql| frames.run(sql, &[])).sync();
        let mut wholes = Vec::new();
        for view in ["v", "vc", "vf", "vm", "vd"] {
            let read: &'static str = format!("SELECT * FROM {view}").leak();
            wholes.extend([
                query(&["BEGIN", read, "SELECT * FROM v", "COMMIT"]),
                query(&["BEGIN", read, "COMMIT", "SELECT * FROM v"]),
                query(&["BEGIN", "SELECT 1", read, "SELECT * FROM v", "COMMIT"]),
                query(&["BEGIN", "SAVEPOINT a", read, "RELEASE a", "COMMIT"]),
                query(&[
                    "BEGIN",
                    "SAVEPOINT _stockade_reading",
                    read,
                    "RELEASE _stockade_reading",
                    "SELECT * FROM v",
                    "COMMIT",
                ]),
                query(&["BEGIN", "SELECT 1/0", "ROLLBACK TO _stockade_reading", read, "SELECT * FROM v", "COMMIT"]),
                query(&["BEGIN", "UPDATE t SET x = 1 WHERE id = 1", read, "COMMIT"]),
                query(&["BEGIN", "SHOW transaction_read_only", read, "SELECT * FROM v", "COMMIT"]),
                query(&["BEGIN", "SELECT 1/0", "ROLLBACK AND CHAIN", read, "SELECT * FROM v", "COMMIT"]),
                query(&["BEGIN", "SELECT 1", "COMMIT AND CHAIN", read, "SELECT * FROM v", "COMMIT"]),
                query(&[
                    "BEGIN",
                    "DECLARE c CURSOR FOR SELECT * FROM v",
                    "UPDATE t SET x = 1 WHERE id = 1",
                    "FETCH c",
                    "COMMIT",
                ]),
                vec![Frames::new().query("BEGIN"), run(&[read, "SELECT * FROM v"]), run(&["COMMIT"])],
                vec![
                    Frames::new().query("BEGIN"),
                    run(&["SELECT 1"]),
                    run(&[read]),
                    run(&["SELECT * FROM v"]),
                    run(&["COMMIT"]),
                ],
                vec![run(&["BEGIN"]), run(&[read, "COMMIT"])],
                vec![run(&["BEGIN", read, "COMMIT"])],
                vec![
                    Frames::new().query("BEGIN"),
                    Frames::new().parse("", read).bind("p", "", &[]).sync(),
                    Frames::new().query("UPDATE t SET x = 1 WHERE id = 1"),
                    Frames::new().execute("p", 0).sync(),
                    Frames::new().query("COMMIT"),
                ],
            ]);
            wholes.push(vec![Frames::new().query("BEGIN"), run(&["COMMIT", read])]);
            wholes.push(vec![Frames::new().query("BEGIN"), run(&["COMMIT", read, "SELECT * FROM v"])]);
            wholes.push(vec![Frames::new().query("BEGIN"), run(&["SELECT 1", "COMMIT", "BEGIN", read, "COMMIT"])]);
        }
        for whole in wholes {
            let mut client = database.open_through(&stockade);
            for frames in &whole {
                client.pipeline(frames.clone());
            }
            client.query("COMMIT");
            assert_eq!(database.open().value("SELECT count(*) FROM t"), "5000", "{whole:?} {limits}");
        }
    }
}

#[test]
fn what_a_locking_read_of_a_block_hides_is_counted() {
    let database = support::database_with(
        "CREATE TABLE t (id int PRIMARY KEY, x int); INSERT INTO t SELECT i, i FROM generate_series(1, 5000) i; \
         CREATE TABLE o (id int); INSERT INTO o VALUES (1); ANALYZE; \
         CREATE FUNCTION f() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN DELETE FROM t WHERE id > 1000; RETURN 1; END $$; \
         CREATE VIEW v AS SELECT o.id, f() FROM o",
    );
    let stockade = Stockade::before(database.address, &["--preset", "app-writer"]);
    for texts in [
        &["BEGIN", "SELECT * FROM v FOR UPDATE", "COMMIT"][..],
        &["BEGIN", "SELECT 1", "SELECT * FROM v FOR UPDATE", "SELECT 1", "COMMIT"],
        &["BEGIN", "SELECT * FROM v FOR UPDATE", "SELECT 1", "COMMIT AND CHAIN", "COMMIT"],
        &["BEGIN; SELECT * FROM v FOR UPDATE; COMMIT"],
        &["SELECT * FROM v FOR UPDATE"],
    ] {
        for extended in [false, true] {
            let mut client = database.open_through(&stockade);
            for text in texts {
                if extended {
                    client.extended(text, &[])
                } else {
                    client.query(text)
                };
            }
            assert_eq!(database.open().value("SELECT count(*) FROM t"), "5000", "{texts:?} {extended}");
        }
    }
}

#[test]
fn what_comes_behind_a_judged_change_is_counted() {
    let database = support::database_with(
        "CREATE TABLE t (id int PRIMARY KEY, x int); INSERT INTO t SELECT i, i FROM generate_series(1, 5000) i; \
         CREATE TABLE s (id int PRIMARY KEY, x int); INSERT INTO s SELECT i, i FROM generate_series(1, 5000) i; \
         CREATE TABLE sd (LIKE s INCLUDING ALL); INSERT INTO sd SELECT * FROM s; \
         CREATE TABLE sl (LIKE s INCLUDING ALL); INSERT INTO sl SELECT * FROM s; \
         CREATE TABLE log (id int); CREATE TABLE o (id int); INSERT INTO o VALUES (1); ANALYZE; \
         CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM t WHERE id > 1000; RETURN 1; END $$; \
         CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM f(); RETURN NEW; END $$; \
         CREATE CONSTRAINT TRIGGER d AFTER UPDATE ON sd DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tf(); \
         CREATE CONSTRAINT TRIGGER d AFTER INSERT ON log DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tf(); \
         CREATE FUNCTION tl() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (1); RETURN NEW; END $$; \
         CREATE TRIGGER l AFTER UPDATE ON sl FOR EACH ROW EXECUTE FUNCTION tl(); \
         CREATE VIEW v AS SELECT o.id, f() FROM o; \
         CREATE FUNCTION held() RETURNS int LANGUAGE plpgsql AS $$ BEGIN \
            EXECUTE 'DECLARE held CURSOR WITH HOLD FOR SELECT f()'; RETURN 1; END $$; CREATE VIEW vh AS SELECT o.id, held() FROM o; \
         CREATE FUNCTION temp() RETURNS int LANGUAGE plpgsql AS $$ BEGIN \
            EXECUTE 'CREATE TEMP TABLE IF NOT EXISTS tt (id int)'; \
            EXECUTE 'CREATE CONSTRAINT TRIGGER d AFTER INSERT ON tt DEFERRABLE INITIALLY DEFERRED \
                FOR EACH ROW EXECUTE FUNCTION public.tf()'; RETURN 1; END $$; CREATE VIEW vt AS SELECT o.id, temp() FROM o; \
         CREATE FUNCTION defers() RETURNS int LANGUAGE plpgsql AS $$ BEGIN \
            EXECUTE 'INSERT INTO pg_temp.tt VALUES (1)'; RETURN 1; END $$; CREATE VIEW vd AS SELECT o.id, defers() FROM o; \
         CREATE FUNCTION later() RETURNS int LANGUAGE plpgsql AS $$ BEGIN \
            IF current_setting('transaction_read_only') = 'off' THEN PERFORM f(); END IF; RETURN 1; END $$; \
         CREATE DOMAIN checked AS text CHECK (later() = 1)",
    );
    let stockade = Stockade::before(database.address, &["--preset", "app-writer"]);
    let change = |table: &str| format!("UPDATE {table} SET x = 0 WHERE id = 1");
    let (s, sd, sl) = (change("s"), change("sd"), change("sl"));
    for texts in [
        &[sd.as_str()][..],
        &[&s, &sd],
        &[&s, "SELECT 1", &sd, "SELECT 1"],
        &[&sl],
        &[&s, "SELECT * FROM v"],
        &[&s, "SELECT * FROM v FOR UPDATE"],
        &[&s, "SELECT * FROM vh"],
        &[&s, "SELECT 1", "SELECT * FROM vh", "SHOW work_mem"],
        &[&s, "SELECT * FROM vd"],
        &[&s, "SELECT 1", "SELECT * FROM vd"],
        &[&s, "SELECT * FROM vt FOR UPDATE", "SELECT * FROM vd"],
        &[&s, "DECLARE c CURSOR FOR SELECT * FROM v", "FETCH c"],
        &["DECLARE c CURSOR FOR SELECT * FROM v", &s, "FETCH c", "CLOSE c"],
    ] {
        for extended in [false, true] {
            let mut client = database.open_through(&stockade);
            // A temporary table with a trigger that deletes.
            client.query("SELECT * FROM vt FOR UPDATE");
            for text in ["BEGIN"].iter().chain(texts).chain(&["COMMIT"]) {
                if extended {
                    client.extended(text, &[])
                } else {
                    client.query(text)
                };
            }
            assert_eq!(database.open().value("SELECT count(*) FROM t"), "5000", "{texts:?} {extended}");
        }
    }
    // A text that is looked at anew runs what its values' types check.
    for ends in [false, true] {
        let mut client = database.open_through(&stockade);
        client.pipeline(Frames::new().parse("p", "SELECT id, '{x}'::checked[] FROM o").sync()).fine();
        client.query("BEGIN").fine();
        client.query(&s).fine();
        database.open().query("ALTER TABLE o ADD COLUMN more int").fine();
        let looks = Frames::new().describe(b'S', "p");
        let _ = if ends {
            client.pipeline(looks.parse("", "COMMIT").bind("", "", &[]).execute("", 0).sync())
        } else {
            client.pipeline(looks.sync())
        };
        client.query("COMMIT");
        assert_eq!(database.open().value("SELECT count(*) FROM t"), "5000", "{ends}");
        database.open().query("ALTER TABLE o DROP COLUMN more").fine();
    }
}

#[test]
fn what_a_skipped_commit_would_have_committed_is_counted_with_the_rest() {
    let database = support::database_with(
        "CREATE TABLE b (id int PRIMARY KEY, x int); INSERT INTO b SELECT i, 0 FROM generate_series(1, 50000) i; ANALYZE",
    );
    let stockade = Stockade::with_config(
        database.address,
        "",
        "[defaults]\npreset = \"app-writer\"\nsuspend_after = \"none\"\nlimits = { rows_per_transaction = 1000 }\n",
    );
    for reads in
        [&["SELECT 1", "SELECT 1/0"][..], &["SELECT 1 / (id - id) FROM b"], &["SELECT 1", "SHOW nothing.of_it"]]
    {
        let mut client = database.open_through(&stockade);
        for text in ["BEGIN", "UPDATE b SET x = 1 WHERE id BETWEEN 1 AND 900", "SELECT 1"] {
            client.query(text).fine();
        }
        let run = reads.iter().fold(Frames::new(), |frames, read| frames.run(read, &[]));
        assert_eq!(client.pipeline(run.run("COMMIT", &[]).sync()).status(), 'E');
        client.query("ROLLBACK TO _stockade_reading");
        client.query("UPDATE b SET x = 1 WHERE id BETWEEN 1001 AND 1900");
        client.query("COMMIT");
        assert_eq!(database.open().value("SELECT count(*) FROM b WHERE x = 1"), "0", "{reads:?}");
    }
}

#[test]
fn what_a_look_at_a_text_runs_is_counted() {
    let database = support::database_with(
        "CREATE TABLE t (id int PRIMARY KEY, x int); INSERT INTO t SELECT i, i FROM generate_series(1, 5000) i; \
         CREATE TABLE o (id int); INSERT INTO o VALUES (1); ANALYZE; \
         CREATE FUNCTION later() RETURNS int LANGUAGE plpgsql AS $$ BEGIN \
            IF current_setting('transaction_read_only') = 'off' THEN DELETE FROM t WHERE id > 1000; END IF; RETURN 1; END $$; \
         CREATE DOMAIN checked AS text CHECK (later() = 1)",
    );
    let read = "SELECT id, '{x}'::checked[] FROM o";
    let write = "UPDATE o SET id = 2 WHERE id = 2 AND '{x}'::checked[] IS NOT NULL";
    let explains = "EXPLAIN UPDATE o SET id = 2 WHERE id = 2 AND '{x}'::checked[] IS NOT NULL";
    let new = Frames::new;
    for limits in ["", "limits = \"none\"\n"] {
        let stockade = Stockade::with_config(
            database.address,
            "",
            &format!("[defaults]\npreset = \"app-writer\"\nsuspend_after = \"none\"\n{limits}"),
        );
        for text in [read, write, explains] {
            let begun = || new().run("BEGIN", &[]);
            for (looks, alone) in [(new().parse("p", text), true), (new().describe(b'S', "d"), false)] {
                let then = |begin: Frames, end: Frames| Frames([&begin.0[..], &looks.0, &end.0].concat());
                for whole in [
                    vec![new().query("BEGIN"), then(new(), new().sync())],
                    vec![
                        new().query("BEGIN"),
                        new().query("SHOW work_mem"),
                        then(new(), new().run("COMMIT", &[]).sync()),
                    ],
                    vec![new().query("BEGIN"), then(new().run("COMMIT", &[]), new().sync())],
                    vec![then(new(), new().flush().sync())],
                    vec![then(new(), new().run("BEGIN", &[]).sync())],
                    vec![then(begun(), new().sync())],
                    vec![then(begun(), new().run("COMMIT", &[]).sync())],
                ] {
                    if !limits.is_empty() && (text != read || alone) {
                        // Nobody counts what hides in a write, and EXPLAIN beside one.
                        continue;
                    }
                    let mut client = database.open_through(&stockade);
                    if !alone {
                        client.pipeline(new().parse("d", text).sync()).fine();
                        database
                            .open()
                            .query("ALTER TABLE o ADD COLUMN more int; ALTER TABLE o DROP COLUMN more")
                            .fine();
                    }
                    for frames in &whole {
                        client.pipeline(frames.clone());
                    }
                    client.query("COMMIT");
                    assert_eq!(database.open().value("SELECT count(*) FROM t"), "5000", "{limits} {text} {whole:?}");
                }
            }
        }
    }
}

/// One that a function has prepared has a text nobody read.
#[test]
fn what_a_look_at_an_unknown_statement_runs_is_counted() {
    let database = support::database_with(
        "CREATE TABLE t (id int PRIMARY KEY, x int); INSERT INTO t SELECT i, i FROM generate_series(1, 5000) i; \
         CREATE TABLE o (id int); INSERT INTO o VALUES (1); ANALYZE; \
         CREATE FUNCTION later() RETURNS int LANGUAGE plpgsql AS $$ BEGIN \
            IF current_setting('transaction_read_only') = 'off' THEN DELETE FROM t WHERE id > 1000; END IF; RETURN 1; END $$; \
         CREATE DOMAIN checked AS text CHECK (later() = 1); \
         CREATE FUNCTION prepares() RETURNS int LANGUAGE plpgsql AS $$ BEGIN \
            EXECUTE 'PREPARE p AS SELECT id, ''{x}''::checked[] FROM o'; RETURN 1; END $$; CREATE VIEW v AS SELECT prepares()",
    );
    let look = || Frames::new().describe(b'S', "p");
    let wholes = [
        vec![Frames::new().query("BEGIN"), look().sync(), Frames::new().query("COMMIT")],
        vec![Frames::new().query("BEGIN"), look().run("COMMIT", &[]).sync()],
        vec![Frames::new().query("BEGIN"), Frames::new().query("SHOW work_mem"), look().sync()],
        vec![Frames::new().run("BEGIN", &[]).describe(b'S', "p").run("COMMIT", &[]).sync()],
        vec![look().run("BEGIN", &[]).sync()],
        vec![look().run("SET LOCAL work_mem = '1MB'", &[]).sync()],
        vec![look().run("UPDATE o SET id = 3 WHERE id = 2", &[]).sync()],
        vec![Frames::new().run("UPDATE o SET id = 3 WHERE id = 2", &[]).describe(b'S', "p").sync()],
        vec![Frames::new().parse("", "UPDATE o SET id = 3 WHERE id = 2").describe(b'S', "p").flush().sync()],
    ];
    for limits in ["", "limits = \"none\"\n"] {
        let config = format!("[defaults]\npreset = \"app-writer\"\nsuspend_after = \"none\"\n{limits}");
        let stockade = Stockade::with_config(database.address, "", &config);
        for whole in &wholes {
            let mut client = database.open_through(&stockade);
            client.query("SELECT * FROM v").fine();
            database.open().query("ALTER TABLE o ADD COLUMN more int; ALTER TABLE o DROP COLUMN more").fine();
            for frames in whole {
                client.pipeline(frames.clone());
            }
            client.query("COMMIT");
            assert_eq!(database.open().value("SELECT count(*) FROM t"), "5000", "{limits} {whole:?}");
        }
    }
}

#[test]
fn a_commit_that_runs_under_another_name_is_not_missed() {
    let database = support::database_with(
        "CREATE TABLE t (id int PRIMARY KEY, x int); INSERT INTO t SELECT i, i FROM generate_series(1, 5000) i; \
         CREATE TABLE s (id int PRIMARY KEY, x int); INSERT INTO s SELECT i, i FROM generate_series(1, 5000) i; \
         CREATE TABLE sd (LIKE s INCLUDING ALL); INSERT INTO sd SELECT * FROM s; ANALYZE; \
         CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM t WHERE id > 1000; RETURN 1; END $$; \
         CREATE VIEW v AS SELECT f(); \
         CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM f(); RETURN NEW; END $$; \
         CREATE CONSTRAINT TRIGGER d AFTER UPDATE ON sd DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tf()",
    );
    let stockade =
        Stockade::with_config(database.address, "", "[defaults]\npreset = \"app-writer\"\nsuspend_after = \"none\"\n");
    let new = Frames::new;
    let begun = || new().run("BEGIN", &[]).flush().run("SELECT 1/0", &[]).sync();
    let commit = || new().parse("", "COMMIT").bind("p", "", &[]);
    let read = || new().run("SELECT * FROM v", &[]);
    let change = "UPDATE s SET x = 0 WHERE id = 1";
    for whole in [
        // A Bind that fails takes no portal's place.
        vec![
            begun(),
            commit().bind("p", "r", &[]).sync(),
            new().execute("p", 0).bind("", "r", &[]).execute("", 0).sync(),
        ],
        // A Close that is skipped closes none.
        vec![
            begun(),
            commit().sync(),
            new().bind("q", "r", &[]).close(b'P', "p").sync(),
            new().execute("p", 0).run("SELECT * FROM v", &[]).sync(),
        ],
        vec![
            new().query("BEGIN"),
            commit().sync(),
            new().run("SELECT 1/0", &[]).close(b'P', "p").sync(),
            new().query("ROLLBACK TO _stockade_reading"),
            new().query("UPDATE sd SET x = 0 WHERE id = 1"),
            new().execute("p", 0).sync(),
        ],
        // What comes behind a COMMIT outside a block decides how the run begins.
        vec![read().run("COMMIT", &[]).run(change, &[]).sync()],
        vec![read().run("COMMIT", &[]).run("BEGIN", &[]).sync()],
    ] {
        let mut client = database.open_through(&stockade);
        client.pipeline(new().parse("r", "SELECT * FROM v").sync()).fine();
        for frames in &whole {
            client.pipeline(frames.clone());
        }
        client.query("ROLLBACK");
        assert_eq!(database.open().value("SELECT count(*) FROM t"), "5000", "{whole:?}");
    }
}

#[test]
fn what_hides_in_a_value_bound_to_show_is_not_kept() {
    let database = support::database_with(
        "CREATE TABLE t (id int PRIMARY KEY, x int); INSERT INTO t SELECT i, i FROM generate_series(1, 5000) i; \
         CREATE TABLE s (id int PRIMARY KEY, x int); INSERT INTO s SELECT i, i FROM generate_series(1, 5000) i; ANALYZE; \
         CREATE FUNCTION later() RETURNS int LANGUAGE plpgsql AS $$ BEGIN \
            IF current_setting('transaction_read_only') = 'off' THEN DELETE FROM t WHERE id > 1000; END IF; RETURN 1; END $$; \
         CREATE DOMAIN checked AS text CHECK (later() = 1)",
    );
    let of: u32 = database.open().value("SELECT 'checked'::regtype::oid").parse().unwrap();
    let stockade = Stockade::before(database.address, &["--preset", "app-writer"]);
    for show in ["SHOW work_mem", "SHOW ALL", "SHOW transaction_read_only", "SHOW default_transaction_read_only"] {
        let parse = [b"p\0", show.as_bytes(), b"\0\0\x01", &of.to_be_bytes()].concat();
        for texts in [&["BEGIN"][..], &["BEGIN", "SELECT 1"], &["BEGIN", "UPDATE s SET x = 0 WHERE id = 1"]] {
            let mut client = database.open_through(&stockade);
            client.pipeline(Frames::new().frame(b'P', &parse).sync()).fine();
            for text in texts {
                client.query(text).fine();
            }
            client.pipeline(Frames::new().bind("", "p", &["x"]).execute("", 0).sync()).fine();
            client.query("COMMIT").fine();
            assert_eq!(database.open().value("SELECT count(*) FROM t"), "5000", "{show} {texts:?}");
        }
    }
}

#[test]
fn a_judged_change_is_committed() {
    let database = support::database_with(
        "CREATE TABLE s (id int PRIMARY KEY, x int); INSERT INTO s SELECT i, i FROM generate_series(1, 5000) i; ANALYZE; \
         CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1); \
         CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p DEFERRABLE INITIALLY DEFERRED); INSERT INTO c VALUES (1, 1)",
    );
    let stockade = Stockade::before(database.address, &["--preset", "app-writer"]);
    let mut client = database.open_through(&stockade);
    for (round, extended) in [false, true, false, true].into_iter().enumerate() {
        let texts = ["BEGIN".into(), format!("UPDATE s SET x = {} WHERE id = 7", round + 100), "SELECT 1".into()];
        for text in texts.iter().take(2 + round / 2).map(String::as_str).chain(["COMMIT"]) {
            if extended {
                client.extended(text, &[]).fine();
            } else {
                client.query(text).fine();
            }
        }
        assert_eq!(database.open().value("SELECT x FROM s WHERE id = 7"), (round + 100).to_string());
        assert_eq!(client.value("SHOW transaction_read_only"), "off");
    }
    // What is deferred is checked at the COMMIT, which ends the block.
    for (parent, code) in [("1", ""), ("2", "23503")] {
        client.query("BEGIN").fine();
        client.query(&format!("UPDATE c SET p = {parent} WHERE id = 1")).fine();
        assert_eq!(client.query("COMMIT").code(), code);
        assert_eq!(client.query("COMMIT").status(), 'I');
    }
    assert_eq!(database.open().value("SELECT p FROM c"), "1");
}

/// A Query ends the run that it is in, and what is in front of it runs in the mode of both.
#[test]
fn what_hides_in_front_of_a_query_in_its_run_is_not_kept() {
    let database = support::database_with(
        "CREATE TABLE t (id int PRIMARY KEY, x int); INSERT INTO t SELECT i, i FROM generate_series(1, 5000) i; \
         CREATE TABLE o (id int); INSERT INTO o VALUES (1); ANALYZE; \
         CREATE FUNCTION later() RETURNS int LANGUAGE plpgsql AS $$ BEGIN \
            IF current_setting('transaction_read_only') = 'off' THEN DELETE FROM t WHERE id > 1000; END IF; RETURN 1; END $$; \
         CREATE DOMAIN checked AS text CHECK (later() = 1); CREATE VIEW v AS SELECT later() FROM o; \
         CREATE FUNCTION prepares() RETURNS int LANGUAGE plpgsql AS $$ BEGIN \
            EXECUTE 'PREPARE p AS SELECT id, ''{x}''::checked[] FROM o'; RETURN 1; END $$; CREATE VIEW vp AS SELECT prepares()",
    );
    let write = "UPDATE o SET id = 2 WHERE id = 2 AND '{x}'::checked[] IS NOT NULL";
    let read = "SELECT '{x}'::checked[]";
    let fronts = [
        Frames::new().parse("", write),
        Frames::new().parse("", read),
        Frames::new().parse("", "SELECT * FROM v").bind("", "", &[]),
        Frames::new().run("SELECT * FROM v", &[]),
        Frames::new().describe(b'S', "p"),
        Frames::new().parse("", write).flush(),
        Frames::new().describe(b'S', "p").flush(),
    ];
    let mut lost = Vec::new();
    for limits in ["", "limits = \"none\"\n"] {
        let config = format!("[defaults]\npreset = \"app-writer\"\nsuspend_after = \"none\"\n{limits}");
        let stockade = Stockade::with_config(database.address, "", &config);
        for (at, front) in fronts.iter().enumerate() {
            for query in [
                "BEGIN",
                "BEGIN; SELECT 1",
                "BEGIN; COMMIT",
                "COMMIT",
                "SET work_mem = '1MB'",
                "UPDATE o SET id = 3 WHERE id = 2",
                "BEGIN; UPDATE o SET id = 3 WHERE id = 2; COMMIT",
                "SELECT 1",
            ] {
                if !limits.is_empty() && matches!(at, 0 | 5) {
                    // Nobody counts what hides in a write.
                    continue;
                }
                for block in [false, true] {
                    let mut client = database.open_through(&stockade);
                    client.query("SELECT * FROM vp").fine();
                    database.open().query("ALTER TABLE o ADD COLUMN more int; ALTER TABLE o DROP COLUMN more").fine();
                    if block {
                        client.query("BEGIN").fine();
                    }
                    client.pipeline(front.clone().query(query));
                    client.query("COMMIT");
                    if database.open().value("SELECT count(*) FROM t") != "5000" {
                        lost.push(format!("{limits} {at} {query} {block}"));
                        database
                            .open()
                            .query("DELETE FROM t; INSERT INTO t SELECT i, i FROM generate_series(1, 5000) i")
                            .fine();
                    }
                }
            }
        }
    }
    assert_eq!(lost, [""; 0]);
}
