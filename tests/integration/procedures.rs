//! CALL, DO and functions that write: the witness judges what they did, and nothing of theirs commits before.

use crate::client::{Answer, Client, Frames};
use crate::support::{self, Database, Stockade};

const OPS: &str = "CREATE TABLE items (id int PRIMARY KEY, n int); \
     INSERT INTO items SELECT i, 0 FROM generate_series(1, 5000) i; \
     CREATE TABLE victims AS SELECT i AS id FROM generate_series(1, 500) i; \
     CREATE SCHEMA ops; \
     CREATE PROCEDURE tidy(upto int) LANGUAGE plpgsql AS $$ BEGIN DELETE FROM items WHERE id <= upto; END $$; \
     CREATE PROCEDURE tidy_sql(upto int) LANGUAGE sql AS 'DELETE FROM items WHERE id <= upto'; \
     CREATE PROCEDURE nested(upto int) LANGUAGE plpgsql AS $$ BEGIN CALL tidy(upto); END $$; \
     CREATE PROCEDURE definer(upto int) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public \
         AS $$ BEGIN DELETE FROM items WHERE id <= upto; END $$; \
     CREATE PROCEDURE tells(INOUT n int, OUT twice int) LANGUAGE plpgsql \
         AS $$ BEGIN RAISE NOTICE 'at %', n; UPDATE items SET n = 1 WHERE id = 1; twice := n * 2; n := n + 1; END $$; \
     CREATE PROCEDURE fails() LANGUAGE plpgsql AS $$ BEGIN UPDATE items SET n = 9 WHERE id = 2; \
         RAISE EXCEPTION 'no' USING ERRCODE = 'P0042'; END $$; \
     CREATE PROCEDURE catches() LANGUAGE plpgsql AS $$ BEGIN UPDATE items SET n = 3 WHERE id = 3; \
         BEGIN UPDATE items SET n = 1 / 0 WHERE id = 4; EXCEPTION WHEN division_by_zero THEN NULL; END; END $$; \
     CREATE PROCEDURE commits(much bool) LANGUAGE plpgsql AS $$ BEGIN \
         IF much THEN DELETE FROM items; ELSE UPDATE items SET n = 7 WHERE id = 7; END IF; COMMIT; END $$; \
     CREATE PROCEDURE commits_then_writes() LANGUAGE plpgsql AS $$ BEGIN COMMIT; SET TRANSACTION READ WRITE; \
         DELETE FROM items; COMMIT; END $$; \
     CREATE PROCEDURE rolls_back() LANGUAGE plpgsql AS $$ BEGIN ROLLBACK; SET TRANSACTION READ WRITE; \
         DELETE FROM items; COMMIT; END $$; \
     CREATE PROCEDURE nested_commit() LANGUAGE plpgsql AS $$ BEGIN CALL commits(true); END $$; \
     CREATE PROCEDURE drops() LANGUAGE plpgsql AS $$ BEGIN DROP TABLE victims; END $$; \
     CREATE PROCEDURE empties() LANGUAGE plpgsql AS $$ BEGIN TRUNCATE victims; END $$; \
     CREATE PROCEDURE wipes() LANGUAGE sql AS 'DELETE FROM victims'; \
     CREATE FUNCTION ops.tidy_up(upto int) RETURNS int LANGUAGE plpgsql AS $$ DECLARE gone int; BEGIN \
         DELETE FROM items WHERE id <= upto; GET DIAGNOSTICS gone = ROW_COUNT; RETURN gone; END $$; \
     CREATE FUNCTION tidy_up(upto int) RETURNS int LANGUAGE sql AS 'DELETE FROM victims RETURNING 1'; \
     CREATE FUNCTION folded() RETURNS int LANGUAGE plpgsql IMMUTABLE AS \
         $$ BEGIN PERFORM ops.tidy_up(5000); RETURN 1; END $$; \
     CREATE FUNCTION ops.folded() RETURNS int LANGUAGE plpgsql IMMUTABLE AS \
         $$ BEGIN PERFORM ops.tidy_up(5000); RETURN 1; END $$; \
     CREATE PROCEDURE takes_the_place(upto int) LANGUAGE plpgsql AS $$ DECLARE found name; BEGIN \
         DELETE FROM items WHERE id <= upto; \
         FOR found IN SELECT name FROM pg_prepared_statements WHERE name LIKE '\\_stockade%' LOOP \
             EXECUTE format('DEALLOCATE %I', found); \
             EXECUTE format('PREPARE %I AS SELECT ''summary'', ''0'', ''on'', ''150000'', %s', found, \
                 array_to_string(array_fill('null'::text, ARRAY[13]), ', ')); \
         END LOOP; END $$; \
     ANALYZE";

const LISTED: &str = "functions_may_write = [\"ops.tidy_up\", \"ops.folded\"]";

fn with(defaults: &str) -> (Database, Stockade, Client) {
    let database = support::database_with(OPS);
    let stockade = Stockade::with_config(database.address, "", &format!("[defaults]\n{defaults}\n"));
    let client = database.open_through(&stockade);
    (database, stockade, client)
}

fn agent() -> (Database, Stockade, Client) {
    with(LISTED)
}

fn migrator() -> (Database, Stockade, Client) {
    with("preset = \"migrator\"")
}

#[track_caller]
fn objected(answer: &Answer, rule: &str) {
    let error = answer.error().unwrap_or_else(|| panic!("no error: {answer:?}"));
    assert_eq!(error.code(), "42501", "{answer:?}");
    assert!(error.field(b'M').contains(&format!("(rule {rule})")), "{error:?}");
    assert!(error.field(b'D').contains("Rolled back, nothing changed"), "{error:?}");
}

/// `items` left, their sum, and `victims` left.
#[track_caller]
fn left(database: &Database, wanted: &str) {
    let counts = "SELECT (SELECT count(*) || ' ' || sum(n) FROM items) || ' ' || (SELECT count(*) FROM victims)";
    assert_eq!(database.open().value(counts), wanted);
}

/// Every way a statement comes.
fn ways(client: &mut Client, sql: &str) -> Vec<Answer> {
    let frames = [
        Frames::new().query(sql),
        Frames::new().run(sql, &[]).sync(),
        Frames::new().parse("p", sql).bind("x", "p", &[]).execute("x", 0).close(b'S', "p").sync(),
        Frames::new().parse("", sql).flush().bind("", "", &[]).flush().execute("", 0).flush().sync(),
        Frames::new().run("SELECT 1", &[]).run(sql, &[]).run("SELECT 2", &[]).sync(),
        Frames::new().run("SELECT 1", &[]).flush().run(sql, &[]).sync(),
        Frames::new().run("INSERT INTO items VALUES (-1, 0)", &[]).run(sql, &[]).sync(),
        Frames::new().query(&format!("{sql}; SELECT 1")),
        Frames::new().query(&format!("BEGIN; {sql}; COMMIT")),
    ];
    let mut answers: Vec<Answer> = Vec::new();
    for frames in frames {
        answers.push(client.pipeline(frames));
        let open = answers.last().is_some_and(|answer| answer.status() != 'I');
        client.query(if open { "ROLLBACK" } else { "DEALLOCATE ALL" }).fine();
    }
    client.query("BEGIN").fine();
    answers.push(client.query(sql));
    client.query("COMMIT").fine();
    client.query("BEGIN").fine();
    answers.push(client.extended(sql, &[]));
    client.query("COMMIT").fine();
    answers.push(client.pipeline(Frames::new().run("BEGIN", &[]).run(sql, &[]).run("COMMIT", &[]).sync()));
    if answers.last().is_some_and(|answer| answer.status() != 'I') {
        client.query("ROLLBACK").fine();
    }
    client.extended("SELECT 1", &[]).fine();
    answers
}

#[test]
fn a_procedure_within_the_limits_does_its_work() {
    let (database, _stockade, mut client) = agent();
    for (at, name) in ["tidy", "tidy_sql", "nested", "definer"].iter().enumerate() {
        let upto = at * 100 + 50;
        let answer = client.query(&format!("CALL {name}({upto})")).fine();
        assert_eq!((answer.commands(), answer.tags().as_str()), (vec!["CALL".to_owned()], "CZ"));
        let answer = client.extended(&format!("CALL {name}({})", upto + 50), &[]).fine();
        assert_eq!((answer.commands(), answer.tags().as_str()), (vec!["CALL".to_owned()], "12nCZ"));
        left(&database, &format!("{} 0 500", 5000 - upto - 50));
    }
    assert_eq!(client.query("CALL catches()").fine().commands(), ["CALL"]);
    left(&database, "4600 0 500");
    for answer in ways(&mut client, "CALL tidy(401)") {
        // Behind a read that was flushed, a transaction stays read-only.
        assert!(["", "25006"].contains(&answer.code().as_str()), "{answer:?}");
    }
    assert_eq!(database.open().value("SELECT count(*) FROM items WHERE id = 401"), "0");
    assert_eq!(
        database.open().value(
            "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%' AND datname = current_database()"
        ),
        "0"
    );
}

#[test]
fn its_rows_and_notices_come_as_they_do_directly() {
    let (database, _stockade, mut client) = agent();
    let mut direct = database.open();
    for frames in [
        Frames::new().query("CALL tells(20, NULL)"),
        Frames::new().run("CALL tells(20, NULL)", &[]).sync(),
        Frames::new().run("CALL tells($1, NULL)", &["20"]).sync(),
        Frames::new()
            .parse("", "CALL tells(20, NULL)")
            .describe(b'S', "")
            .bind("", "", &[])
            .execute("", 1)
            .execute("", 0)
            .sync(),
        Frames::new().query("CALL tells(20, NULL); SELECT 1"),
        Frames::new().run("SELECT 1", &[]).run("CALL tells(20, NULL)", &[]).run("SELECT 2", &[]).sync(),
        Frames::new().run("CALL fails()", &[]).run("SELECT 2", &[]).sync(),
        Frames::new().query("CALL fails()"),
        Frames::new().query("CALL fails(); SELECT 1"),
        Frames::new().run("CALL nobody()", &[]).sync(),
        Frames::new().query("CALL nobody()"),
        Frames::new().run("CALL tells($1, NULL)", &["x"]).sync(),
    ] {
        let (through, direct) = (client.pipeline(frames.clone()), direct.pipeline(frames));
        assert_eq!(through, direct);
    }
    left(&database, "5000 1 500");
}

#[test]
fn what_it_does_beyond_the_limits_is_rolled_back() {
    let (database, _stockade, mut client) = agent();
    for (sql, rule) in [
        ("CALL tidy(1500)", "rows_per_statement"),
        ("CALL nested(1500)", "rows_per_statement"),
        ("CALL definer(5000)", "rows_per_statement"),
        ("CALL drops()", "hidden_drop"),
        ("CALL empties()", "hidden_drop"),
        ("CALL wipes()", "never_empty"),
        ("SELECT ops.tidy_up(4000)", "rows_per_statement"),
        ("SELECT ops.folded()", "rows_per_statement"),
    ] {
        for answer in ways(&mut client, sql) {
            // Behind a read that was flushed, a transaction stays read-only.
            if answer.code() != "25006" {
                objected(&answer, &format!("witness:{rule}"));
            }
        }
        left(&database, "5000 0 500");
    }
    // Bound and never executed: the planner has run it.
    let bound = Frames::new().parse("", "SELECT ops.folded()").bind("", "", &[]).sync();
    assert_eq!(client.pipeline(bound).code(), "42501");
    let bound =
        Frames::new().parse("", "SELECT ops.folded()").bind("", "", &[]).flush().bind("", "", &[]).flush().sync();
    assert_eq!(client.pipeline(bound).code(), "42501");
    left(&database, "5000 0 500");
}

#[test]
fn nothing_of_it_commits_by_itself() {
    for (defaults, code) in [
        (LISTED, &[][..]),
        (
            "preset = \"migrator\"",
            &[
                "DO $$ BEGIN DELETE FROM items WHERE id < 5000; COMMIT; END $$",
                "DO $$ BEGIN CALL commits(true); END $$",
                "DO $$ BEGIN COMMIT; DELETE FROM items WHERE id < 5000; COMMIT; END $$",
            ][..],
        ),
    ] {
        let (database, stockade, mut client) = with(defaults);
        let mut reader = database.open_through(&stockade);
        reader.query("SET default_transaction_read_only = on").fine();
        let calls = [
            "CALL commits(true)",
            "CALL commits(false)",
            "CALL commits_then_writes()",
            "CALL rolls_back()",
            "CALL nested_commit()",
        ];
        for sql in [
            "CALL commits(true); COMMIT",
            "COMMIT; CALL commits(true)",
            "SELECT 1; COMMIT; CALL commits(true)",
            "BEGIN; COMMIT; CALL commits(true)",
            "BEGIN; ROLLBACK; CALL commits(true); SELECT 1",
        ] {
            let answer = client.query(sql);
            assert!(["2D000", "42501"].contains(&answer.code().as_str()), "{sql}: {answer:?}");
            client.query("ROLLBACK").fine();
            left(&database, "5000 0 500");
        }
        for sql in calls.iter().chain(code) {
            for answer in ways(&mut client, sql).into_iter().chain(ways(&mut reader, sql)) {
                let code = answer.code();
                assert!(["2D000", "25006"].contains(&code.as_str()), "{sql}: {answer:?}");
                let error = answer.error().unwrap();
                assert!(code != "2D000" || error.field(b'D').contains("transaction block"), "{error:?}");
                assert!(code != "2D000" || !error.field(b'H').is_empty(), "{error:?}");
            }
            left(&database, "5000 0 500");
        }
    }
}

#[test]
fn what_would_commit_beside_it_is_refused() {
    let (database, _stockade, mut client) = agent();
    let call = "CALL tidy(1500)";
    for frames in [
        Frames::new().run(call, &[]).run("COMMIT", &[]).sync(),
        Frames::new().run(call, &[]).run("ROLLBACK", &[]).run(call, &[]).sync(),
        Frames::new().run(call, &[]).run("BEGIN", &[]).sync(),
        Frames::new().run(call, &[]).run("COMMIT AND CHAIN", &[]).sync(),
        Frames::new().run("COPY items FROM STDIN", &[]).run(call, &[]).sync(),
        Frames::new().run(call, &[]).run("VACUUM items", &[]).sync(),
        Frames::new().run(call, &[]).run("PREPARE TRANSACTION 'x'", &[]).sync(),
        Frames::new().run("SAVEPOINT a", &[]).run(call, &[]).sync(),
        Frames::new().run(call, &[]).flush().run("COMMIT", &[]).sync(),
        Frames::new()
            .parse("c", "COMMIT")
            .parse("p", call)
            .bind("c", "c", &[])
            .bind("p", "p", &[])
            .execute("p", 0)
            .execute("c", 0)
            .close(b'S', "c")
            .close(b'S', "p")
            .sync(),
    ] {
        let answer = client.pipeline(frames);
        assert!(answer.error().is_some() && answer.status() == 'I', "{answer:?}");
        client.query("DEALLOCATE ALL").fine();
        left(&database, "5000 0 500");
    }
    // Whatever moves between transactions in front of it, none of it commits.
    let commits = "CALL commits(true)";
    for frames in [
        Frames::new().run("BEGIN", &[]).run("ROLLBACK", &[]).run(commits, &[]).sync(),
        Frames::new().run("BEGIN", &[]).run("COMMIT", &[]).run(commits, &[]).sync(),
        Frames::new().run("BEGIN", &[]).run("COMMIT", &[]).flush().run(commits, &[]).flush().sync(),
        Frames::new().run("BEGIN", &[]).run("COMMIT AND CHAIN", &[]).run(commits, &[]).run("COMMIT", &[]).sync(),
        Frames::new()
            .parse("b", "BEGIN")
            .parse("p", commits)
            .bind("b", "b", &[])
            .bind("p", "p", &[])
            .execute("b", 0)
            .execute("p", 0)
            .sync(),
        Frames::new()
            .parse("c", "COMMIT")
            .parse("p", commits)
            .run("BEGIN", &[])
            .bind("c", "c", &[])
            .bind("p", "p", &[])
            .execute("c", 0)
            .execute("p", 0)
            .sync(),
        Frames::new()
            .parse("r", "ROLLBACK")
            .parse("p", commits)
            .bind("r", "r", &[])
            .bind("p", "p", &[])
            .execute("r", 0)
            .execute("p", 0)
            .sync(),
        Frames::new()
            .parse("p", commits)
            .flush()
            .bind("p", "p", &[])
            .flush()
            .execute("p", 1)
            .flush()
            .execute("p", 0)
            .sync(),
        Frames::new().run("INSERT INTO items VALUES (-1, 0)", &[]).flush().run(commits, &[]).sync(),
        Frames::new().parse("p", commits).bind("p", "p", &[]).close(b'P', "p").run(commits, &[]).sync(),
        Frames::new().run("DECLARE c CURSOR WITH HOLD FOR SELECT 1", &[]).run(commits, &[]).sync(),
    ] {
        let answer = client.pipeline(frames);
        assert!(answer.error().is_some(), "{answer:?}");
        if answer.status() != 'I' {
            client.query("ROLLBACK").fine();
        }
        client.query("DEALLOCATE ALL").fine();
        left(&database, "5000 0 500");
    }
    // Bound in one message exchange, run in another.
    client.query("BEGIN").fine();
    client.pipeline(Frames::new().parse("p", commits).bind("x", "p", &[]).sync()).fine();
    client.query("COMMIT").fine();
    assert_eq!(client.pipeline(Frames::new().execute("x", 0).sync()).code(), "34000");
    client.pipeline(Frames::new().bind("x", "p", &[]).sync()).fine();
    assert_eq!(client.pipeline(Frames::new().execute("x", 0).sync()).code(), "34000");
    client.send(&Frames::new().parse("q", commits).query(commits).0);
    assert_eq!(client.answer().code(), "2D000");
    client.extended("SELECT 1", &[]).fine();
    client.query("DEALLOCATE ALL").fine();
    left(&database, "5000 0 500");
    // A Query ends the run it is in.
    for sql in ["SELECT 1", "COMMIT", "CALL tidy(1500)"] {
        client.send(&Frames::new().run(call, &[]).query(sql).sync().0);
        let answer = client.answer();
        assert!(answer.error().is_some(), "{answer:?}");
        assert_eq!(client.answer().status(), 'I', "{sql}");
        left(&database, "5000 0 500");
        client.send(&Frames::new().run("CALL fails()", &[]).query(sql).sync().0);
        assert_eq!(client.answer().code(), "P0042");
        client.query("ROLLBACK").fine();
        client.query("SELECT 1").fine();
        left(&database, "5000 0 500");
    }
    // Several runs at once, each for itself.
    let run = |sql: &str| Frames::new().run(sql, &[]).sync().0;
    let all =
        [run("SELECT 1"), run("CALL fails()"), run("CALL tidy(10)"), run(call), run("CALL tidy(20)"), run("SELECT 2")];
    client.send(&all.concat());
    let codes: Vec<String> = all
        .iter()
        .map(|_| client.answer())
        .map(|answer| {
            assert_eq!(answer.status(), 'I', "{answer:?}");
            answer.code()
        })
        .collect();
    assert_eq!(codes, ["", "P0042", "", "42501", "", ""]);
    left(&database, "4980 0 500");
}

#[test]
fn a_function_that_writes_is_called_where_it_is_named() {
    let (database, _stockade, mut client) = agent();
    let mut gone = 0;
    for (sql, more) in [
        ("SELECT ops.tidy_up({})", true),
        ("SELECT * FROM ops.tidy_up({}) AS t", true),
        ("WITH a AS (SELECT ops.tidy_up({}) AS n) SELECT n FROM a", true),
        ("SELECT OPS.Tidy_Up({}), now()", true),
        // Which function this is, the search_path says.
        ("SELECT tidy_up({})", false),
        ("SELECT public.tidy_up({})", false),
        ("SELECT ops.tidy_up({}), public.tidy_up(1)", false),
        ("SELECT ops.tidy_up({}) + id FROM victims WHERE id OPERATOR(ops.=) 1", false),
        ("SELECT \"OPS\".tidy_up({})", false),
    ] {
        let sql = sql.replace("{}", &(gone + 10).to_string());
        if more {
            for answer in [client.query(&sql), client.extended(&sql, &[])] {
                answer.fine();
            }
            gone += 10;
        } else {
            assert!(client.query(&sql).error().is_some(), "{sql}");
            assert!(client.extended(&sql, &[]).error().is_some(), "{sql}");
        }
        left(&database, &format!("{} 0 500", 5000 - gone));
    }
    let refused = client.query("SELECT public.tidy_up(1)").read_only();
    assert!(refused.error().unwrap().field(b'H').contains("functions_may_write"), "{refused:?}");
    let refused = client.query("UPDATE items SET n = public.tidy_up(1) WHERE id = 5000").refused("preset:app-writer");
    assert!(refused.error().unwrap().field(b'H').contains("functions_may_write: public.tidy_up"), "{refused:?}");
    client.query("BEGIN").fine();
    assert_eq!(client.query("SELECT ops.tidy_up(60)").fine().value(), "20");
    assert_eq!(client.extended("SELECT ops.tidy_up($1)", &["70"]).fine().value(), "10");
    client.query("COMMIT").fine();
    client.query("PREPARE p AS SELECT ops.tidy_up($1)").fine();
    assert_eq!(client.query("EXECUTE p(80)").fine().value(), "10");
    objected(&client.query("EXECUTE p(3000)"), "witness:rows_per_statement");
    client.query("UPDATE items SET n = ops.tidy_up(90) WHERE id = 5000").fine();
    client.query("EXPLAIN SELECT ops.tidy_up(100)").fine();
    left(&database, "4910 10 500");
}

#[test]
fn a_migrator_runs_blocks_within_its_limits() {
    let (database, _stockade, mut client) = migrator();
    let block = "DO $$ DECLARE i int; BEGIN FOR i IN 1..50 LOOP UPDATE items SET n = 1 WHERE id = i; END LOOP; END $$";
    for answer in ways(&mut client, block) {
        let code = answer.code();
        assert!(code.is_empty() || code == "25006", "{answer:?}");
    }
    left(&database, "5001 50 500");
    client.query("DELETE FROM items WHERE id = -1").fine();
    for (sql, rule) in [
        ("DO $$ BEGIN DELETE FROM items WHERE id BETWEEN 1 AND 4000; END $$", "witness:rows_per_statement"),
        ("DO $$ BEGIN CALL wipes(); END $$", "witness:never_empty"),
        ("DO $$ BEGIN PERFORM tidy_up(1); END $$", "witness:never_empty"),
        ("SELECT tidy_up(1)", "witness:never_empty"),
    ] {
        for answer in [client.query(sql), client.extended(sql, &[])] {
            if rule == "witness:never_empty" {
                objected(&answer, rule);
            }
            assert_eq!(answer.code(), "42501", "{answer:?}");
        }
    }
    for sql in [
        "DO $$ BEGIN EXECUTE 'DROP TABLE ' || 'items'; END $$",
        "DO $$ BEGIN EXECUTE (SELECT 'DROP TABLE items'); END $$",
        "DO $$ BEGIN PERFORM lo_unlink(1); END $$",
        "DO $$ BEGIN PERFORM pg_terminate_backend(1); END $$",
        "DO $$ BEGIN COPY items TO PROGRAM 'cat'; END $$",
        "DO $$ BEGIN PERFORM dblink_exec('', 'DROP TABLE items'); END $$",
        "DO LANGUAGE plpython3u $$ pass $$",
        "DO $$ BEGIN TRUNCATE victims; END $$",
        "DO $$ BEGIN DELETE FROM victims; END $$",
        "DO $$ BEGIN GRANT ALL ON items TO PUBLIC; END $$",
        "CALL tidy(lo_unlink(1))",
        "CALL tidy((SELECT pg_terminate_backend(1))::int)",
    ] {
        for answer in [client.query(sql), client.extended(sql, &[])] {
            assert_eq!(answer.code(), "42501", "{sql}: {answer:?}");
            assert!(answer.error().unwrap().field(b'D').contains("Nothing of this was run"), "{sql}: {answer:?}");
        }
    }
    left(&database, "5000 50 500");
}

#[test]
fn who_is_not_witnessed_runs_no_code() {
    let (_database, _stockade, mut client) = with("limits = \"none\"");
    client.query("CALL tidy(1)").refused("preset:app-writer");
    client.extended("CALL tidy(1)", &[]).refused("preset:app-writer");
    let (_database, _stockade, mut client) = with("preset = \"read-only\"");
    client.query("CALL tidy(1)").refused("preset:read-only");
    let (_database, _stockade, mut client) = agent();
    client.query("DO $$ BEGIN END $$").refused("preset:app-writer");
    client.extended("DO $$ BEGIN END $$", &[]).refused("preset:app-writer");
}

#[test]
fn code_changes_no_table_that_a_rule_keeps() {
    let rules = format!(
        "{LISTED}\n[[rule]]\nid = \"sacred\"\neffects = [\"change\"]\ntables = [\"items\"]\nverdict = \"reject\"\n\
         hint = \"Ask in #items\"\n"
    );
    let (database, _stockade, mut client) = with(&rules);
    for sql in ["CALL tidy(1)", "CALL nested(1)", "SELECT ops.tidy_up(1)", "CALL tells(1, NULL)"] {
        for answer in ways(&mut client, sql) {
            assert!(["25006", "42501"].contains(&answer.code().as_str()), "{answer:?}");
        }
        let answer = client.query(sql);
        objected(&answer, "sacred, hidden_write");
        assert!(answer.error().unwrap().field(b'H').starts_with("Ask in #items"), "{answer:?}");
    }
    left(&database, "5000 0 500");
    // And no code at all where a rule says so.
    let rules = "[[rule]]\nid = \"no-code\"\neffects = [\"code\"]\nverdict = \"reject\"\n";
    let (database, _stockade, mut client) = with(&format!("{LISTED}\n{rules}"));
    client.query("CALL tidy(1)").refused("no-code");
    client.extended("CALL tidy(1)", &[]).refused("no-code");
    client.query("SELECT ops.tidy_up(1)").read_only();
    left(&database, "5000 0 500");
}

/// Code that puts a statement of its own under the name of the witness's question is asked no question.
#[test]
fn no_code_takes_the_witnesss_place() {
    let (database, _stockade, mut client) = agent();
    for answer in ways(&mut client, "CALL takes_the_place(4000)") {
        assert!(["42501", "25006"].contains(&answer.code().as_str()), "{answer:?}");
    }
    client.query("CALL takes_the_place(10)").fine();
    objected(&client.query("UPDATE items SET n = 1 WHERE id < 4000"), "witness:rows_per_statement");
    left(&database, "4990 0 500");
    let (_database, _stockade, mut client) = migrator();
    for sql in [
        "DO $$ BEGIN DEALLOCATE _stockade_witness; END $$",
        "DO $$ BEGIN PREPARE _stockade_witness AS SELECT 1; END $$",
        "DO $$ BEGIN EXECUTE format('DEALLOCATE %I', 'x'); END $$",
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DEALLOCATE ALL; RETURN 1; END $$",
    ] {
        client.query(sql).refused("preset:migrator");
    }
}

#[test]
fn what_runs_in_no_block_runs_no_code() {
    let (_database, _stockade, mut client) = migrator();
    client.query("CREATE INDEX CONCURRENTLY ON items (folded())").refused("preset:migrator");
    client.extended("CREATE INDEX CONCURRENTLY ON items ((folded() + id))", &[]).refused("preset:migrator");
}
