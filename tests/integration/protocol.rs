//! The protocol, message by message: through Stockade a client sees what it sees on a direct connection.

use crate::client::{self, Answer, Client, Frames, Message};
use crate::support::{self, Database, Stockade};
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, LazyLock, Mutex};

const SETUP: &str = "CREATE TABLE t (id int PRIMARY KEY, v text); \
     CREATE FUNCTION shout() RETURNS int LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''hear''; RETURN 1; END'";
const RESET: &str = "TRUNCATE t; INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 20) i";

/// Under `migrator` a session is wrapped as an agent's, and COPY FROM STDIN is allowed.
fn migrator() -> &'static Stockade {
    static MIGRATOR: LazyLock<Stockade> = LazyLock::new(|| Stockade::start(&["--preset", "migrator"]));
    &MIGRATOR
}

/// Every way to the server but the direct one.
fn ways() -> [(&'static str, SocketAddr); 3] {
    [
        ("trusted", support::stockade("trusted").address),
        ("app-writer", support::stockade("app-writer").address),
        ("migrator", migrator().address),
    ]
}

/// Plays a script directly and through each of these ways, on equal data; every message has to be the same.
#[track_caller]
fn same(names: &[&str], script: impl Fn(&mut Client) -> Vec<Answer>) -> Vec<Answer> {
    let database = support::database_with(SETUP);
    let play = |address: SocketAddr| {
        database.open().query(RESET).fine();
        script(&mut Client::open(address, &database.name))
    };
    let direct = play(database.address);
    for (name, address) in ways().into_iter().filter(|(name, _)| names.contains(name)) {
        let through = play(address);
        for (number, (direct, through)) in direct.iter().zip(&through).enumerate() {
            assert_eq!(direct, through, "through {name}, answer {number}");
        }
        assert_eq!(direct.len(), through.len());
    }
    direct
}

const ALL: [&str; 3] = ["trusted", "app-writer", "migrator"];
const IMPORTING: [&str; 2] = ["trusted", "migrator"];

#[test]
fn row_limits_and_suspended_portals() {
    let answers = same(&ALL, |client| {
        let limited = Frames::new()
            .parse("", "SELECT id FROM t ORDER BY id")
            .bind("p", "", &[])
            .describe(b'P', "p")
            .execute("p", 3)
            .execute("p", 3)
            .execute("p", 100)
            .execute("p", 1)
            .sync();
        let mut answers = vec![client.pipeline(limited)];
        answers.push(client.query("BEGIN"));
        answers.push(client.pipeline(Frames::new().parse("s", "TABLE t").bind("p", "s", &[]).execute("p", 1).sync()));
        answers.push(client.pipeline(Frames::new().execute("p", 2).sync()));
        answers.push(client.pipeline(Frames::new().close(b'P', "p").execute("p", 2).sync()));
        answers.push(client.query("ROLLBACK"));
        answers.push(client.pipeline(Frames::new().execute("p", 2).sync()));
        answers
    });
    assert_eq!(answers[0].tags(), "12TDDDsDDDsDDDDDDDDDDDDDDCCZ");
}

#[test]
fn describe_close_and_what_is_not_there() {
    same(&ALL, |client| {
        [
            Frames::new().parse("s", "SELECT $1::int, $2::text").describe(b'S', "s").sync(),
            Frames::new().describe(b'S', "s").bind("", "s", &["1", "x"]).describe(b'P', "").execute("", 0).sync(),
            Frames::new().parse("i", "INSERT INTO t VALUES ($1)").describe(b'S', "i").sync(),
            Frames::new().close(b'S', "s").close(b'S', "s").close(b'P', "nothing").sync(),
            Frames::new().describe(b'S', "s").sync(),
            Frames::new().describe(b'P', "nothing").describe(b'S', "i").sync(),
            Frames::new().execute("nothing", 0).sync(),
            Frames::new().parse("i", "SELECT 1").sync(),
            Frames::new().bind("", "i", &["1", "2"]).sync(),
            Frames::new().bind("", "i", &["not a number"]).sync(),
            Frames::new().bind("", "i", &["100"]).execute("", 0).execute("", 0).sync(),
            Frames::new().parse("", "").bind("", "", &[]).describe(b'P', "").execute("", 0).sync(),
            Frames::new().parse("", " -- nothing\n").bind("", "", &[]).execute("", 0).sync(),
            Frames::new().parse("", "SELECT 1; SELECT 2").sync(),
            Frames::new().sync(),
        ]
        .into_iter()
        .map(|frames| client.pipeline(frames))
        .collect()
    });
}

#[test]
fn simple_queries_of_every_kind() {
    same(&ALL, |client| {
        [
            "",
            " ",
            ";",
            ";;;",
            "-- nothing",
            "/* nothing */",
            "SELECT 1",
            "SELECT 1; SELECT 2, 'x'; SELECT NULL",
            "SELECT 1; SELECT 1/0; SELECT 3",
            "SELECT",
            "SELECT * FROM t",
            "INSERT INTO t VALUES (101, 'x') RETURNING *",
            "INSERT INTO t VALUES (101, 'x')",
            "BEGIN",
            "INSERT INTO t VALUES (102, 'x')",
            "SELECT 1/0",
            "SELECT 1",
            "SAVEPOINT a",
            "COMMIT",
            "COMMIT",
            "ROLLBACK",
            "BEGIN; BEGIN",
            "SAVEPOINT a; UPDATE t SET v = 'y' WHERE id = 1; ROLLBACK TO a; RELEASE a; COMMIT",
            "SELECT v FROM t WHERE id = 1",
            "CREATE TABLE IF NOT EXISTS t (id int)",
            "SELECT shout()",
            "SET DateStyle = 'German'",
            "SELECT date '2026-01-31'",
            "RESET DateStyle",
            "SHOW server_version",
            "SET application_name = 'x'",
            "SELECT * FROM nothing",
            "PREPARE p AS SELECT 1",
            "EXECUTE p",
            "DEALLOCATE p",
            "DECLARE c CURSOR FOR SELECT 1",
            "EXPLAIN (COSTS off) SELECT * FROM t WHERE id = 1",
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
            "LISTEN a",
            "UNLISTEN a",
        ]
        .into_iter()
        .map(|sql| client.query(sql))
        .collect()
    });
}

#[test]
fn errors_in_pipelines_skip_to_sync() {
    same(&ALL, |client| {
        let frames = Frames::new()
            .run("INSERT INTO t VALUES (101, 'x')", &[])
            .run("SELECT 1/0", &[])
            .run("INSERT INTO t VALUES (102, 'x')", &[])
            .query("SELECT 'skipped'")
            .query("DELETE FROM t WHERE id = 1")
            .query("BEGIN")
            .run("INSERT INTO t VALUES (103, 'x')", &[])
            .describe(b'S', "")
            .flush()
            .sync()
            .run("SELECT count(*) FROM t", &[])
            .sync()
            .query("SELECT 1/0")
            .query("SELECT 2");
        client.send(&frames.0);
        (0..4).map(|_| client.answer()).collect()
    });
}

/// Nobody sends a simple query into a pipeline that has no Sync yet; the server ignores it where the pipeline failed.
#[test]
fn a_simple_query_in_a_pipeline() {
    same(&ALL, |client| {
        let failed = Frames::new().run("SELECT 1/0", &[]).query("SELECT 'skipped'").run("SELECT 2", &[]).sync();
        let mut answers = vec![client.pipeline(failed)];
        answers.push(client.query("SELECT 1"));
        client.send(&Frames::new().run("SELECT 3", &[]).query("SELECT 4").run("SELECT 5", &[]).sync().0);
        answers.extend([client.answer(), client.answer()]);
        answers
    });
}

/// asyncpg prepares by Parse, Describe and Flush: the Sync comes with the Execute, or never.
#[test]
fn prepared_behind_a_flush() {
    same(&ALL, |client| {
        let mut answers = Vec::new();
        for (name, sql) in [("r", "SELECT id FROM t WHERE id = $1"), ("w", "UPDATE t SET v = 'x' WHERE id = $1")] {
            client.send(&Frames::new().parse(name, sql).describe(b'S', name).flush().0);
            answers.push(Answer((0..3).map(|_| client.receive()).collect()));
            for _ in 0..2 {
                answers.push(client.pipeline(Frames::new().bind("", name, &["7"]).execute("", 0).sync()));
            }
        }
        answers.push(client.query("SELECT v FROM t WHERE id = 7"));
        answers
    });
}

/// A statement was prepared and not run yet, and a write comes: it is in the transaction that Parse began.
#[test]
fn a_write_behind_a_prepared_read() {
    same(&ALL, |client| {
        let mut answers = Vec::new();
        for write in [
            Frames::new().query("UPDATE t SET v = 'x' WHERE id = 7"),
            Frames::new().run("UPDATE t SET v = 'y' WHERE id = 7", &[]).sync(),
        ] {
            client.send(&Frames::new().parse("r", "SELECT id FROM t WHERE id = $1").describe(b'S', "r").flush().0);
            answers.push(Answer((0..3).map(|_| client.receive()).collect()));
            answers.push(client.pipeline(write));
            answers.push(client.pipeline(Frames::new().close(b'S', "r").sync()));
        }
        answers.push(client.query("SELECT v FROM t WHERE id = 7"));
        answers
    });
}

#[test]
fn flush_without_sync() {
    same(&ALL, |client| {
        let mut messages = Vec::new();
        client.send(&Frames::new().parse("", "SELECT id FROM t").describe(b'S', "").flush().0);
        messages.extend((0..3).map(|_| client.receive()));
        client.send(&Frames::new().bind("", "", &[]).execute("", 2).flush().0);
        messages.extend((0..4).map(|_| client.receive()));
        client.send(&Frames::new().execute("", 1).flush().0);
        messages.extend((0..2).map(|_| client.receive()));
        client.send(&Frames::new().parse("", "INSERT INTO t VALUES (101, 'x')").bind("w", "", &[]).flush().0);
        messages.extend((0..2).map(|_| client.receive()));
        let end = client.pipeline(Frames::new().sync());
        messages.extend(end.0);
        // A write by itself, flushed before its Sync.
        client.send(
            &Frames::new().parse("", "INSERT INTO t VALUES (101, 'x')").bind("", "", &[]).execute("", 0).flush().0,
        );
        messages.extend((0..3).map(|_| client.receive()));
        messages.extend(client.pipeline(Frames::new().sync()).0);
        vec![Answer(messages), client.query("SELECT count(*) FROM t")]
    });
}

#[test]
fn binary_formats() {
    let answers = same(&ALL, |client| {
        // One parameter in binary, results in binary.
        let body = |portal: &[u8], value: i32| {
            [portal, b"\0b\0", &[0, 1, 0, 1, 0, 1, 0, 0, 0, 4], &value.to_be_bytes(), &[0, 1, 0, 1]].concat()
        };
        let frames = Frames::new()
            .parse("b", "SELECT $1::int, 1.5::float8, 'x'::text, NULL::int, now() IS NULL")
            .frame(b'B', &body(b"", 77))
            .describe(b'P', "")
            .execute("", 0)
            .sync();
        vec![client.pipeline(frames), client.query("COPY (SELECT 1, 'x') TO STDOUT (FORMAT binary)")]
    });
    assert!(answers[0].0.iter().any(|message| message.tag == b'D' && message.body[6..10] == 77_i32.to_be_bytes()));
}

#[test]
fn copy_out() {
    same(&ALL, |client| {
        vec![
            client.query("COPY t TO STDOUT"),
            client.query("COPY (SELECT 1) TO STDOUT; SELECT 2; COPY (SELECT 3) TO STDOUT CSV HEADER"),
            client.extended("COPY (SELECT id FROM t WHERE id < 3) TO STDOUT", &[]),
            client.query("COPY (SELECT 1/(id - 5) FROM t ORDER BY id) TO STDOUT"),
            client.extended("COPY (SELECT 1/(id - 5) FROM t ORDER BY id) TO STDOUT", &[]),
            client.query("SELECT 1"),
        ]
    });
}

#[test]
fn copy_in() {
    let answers = same(&IMPORTING, |client| {
        let rows = Frames::new().copy_data(b"101\ta\n").copy_data(b"102\tb\n103").copy_data(b"\tc\n");
        let mut answers = Vec::new();
        let mut play = |client: &mut Client, frames: Frames, count: usize| {
            client.send(&frames.0);
            answers.extend((0..count).map(|_| client.answer()));
        };
        let begin = || Frames::new().query("COPY t FROM STDIN");
        let also = |first: Frames, more: &Frames| Frames([first.0, more.0.clone()].concat());
        play(client, also(begin(), &rows).copy_done(), 1);
        // Twice: the key is violated in the middle, and the rest of the data goes by unseen.
        play(client, also(also(begin(), &rows), &rows).copy_done().query("SELECT 1"), 2);
        play(client, also(begin(), &rows).copy_fail("changed my mind"), 1);
        play(client, begin().copy_data(b"not a number\tx\n").copy_data(b"104\tx\n").copy_done(), 1);
        play(
            client,
            Frames::new().query("COPY t FROM STDIN; SELECT count(*) FROM t").copy_data(b"104\tx\n").copy_done(),
            1,
        );
        play(
            client,
            Frames::new()
                .query("COPY t FROM STDIN; COPY t FROM STDIN")
                .copy_data(b"105\tx\n")
                .copy_done()
                .copy_data(b"106\tx\n")
                .copy_done(),
            1,
        );
        // Flush and Sync are ignored while data is read.
        play(client, begin().flush().sync().copy_data(b"107\tx\n").flush().copy_done(), 1);
        play(client, Frames::new().query("BEGIN"), 1);
        play(client, begin().copy_data(b"108\tx\n").copy_fail("no"), 1);
        play(client, Frames::new().query("ROLLBACK"), 1);
        // Copy messages that nobody asked for.
        play(client, Frames::new().copy_data(b"x").copy_done().copy_fail("x").query("SELECT 1"), 1);
        play(client, Frames::new().query("SELECT count(*) FROM t"), 1);
        answers
    });
    assert_eq!(answers.last().unwrap().value(), "27");
}

#[test]
fn copy_in_by_the_extended_protocol() {
    let answers = same(&IMPORTING, |client| {
        let mut answers = Vec::new();
        let begin = || Frames::new().parse("", "COPY t FROM STDIN").bind("", "", &[]).execute("", 0);
        let mut play = |client: &mut Client, frames: Frames, count: usize| {
            client.send(&frames.0);
            answers.extend((0..count).map(|_| client.answer()));
        };
        play(client, begin().copy_data(b"101\ta\n").copy_done().sync(), 1);
        // The Sync comes early: the server ignores it while it reads data, and another is due.
        play(client, begin().sync().copy_data(b"102\ta\n").copy_done().sync(), 1);
        play(client, begin().copy_data(b"103\ta\n").copy_fail("no").sync(), 1);
        play(client, begin().copy_data(b"x\ta\n").copy_data(b"104\ta\n").copy_done().sync().query("SELECT 1"), 2);
        play(client, begin().copy_data(b"105\ta\n").copy_done().run("SELECT count(*) FROM t", &[]).sync(), 1);
        play(
            client,
            Frames::new().run("SELECT 1/0", &[]).parse("", "COPY t FROM STDIN").bind("", "", &[]).execute("", 0).sync(),
            1,
        );
        // Asked for first, answered then: as drivers do it.
        client.send(&begin().flush().0);
        let mut asked: Vec<Message> = (0..3).map(|_| client.receive()).collect();
        asked.extend(client.pipeline(Frames::new().copy_data(b"106\tx\n").copy_done().sync()).0);
        answers.push(Answer(asked));
        answers.push(client.query("SELECT count(*) FROM t"));
        answers
    });
    assert_eq!(answers.last().unwrap().value(), "24");
}

/// A message of another kind in the middle of copy data fails the COPY, as the server says.
#[test]
fn a_query_in_the_middle_of_copy_data() {
    let database = support::database_with(SETUP);
    for address in [database.address, support::stockade("trusted").address, migrator().address] {
        let mut client = Client::open(address, &database.name);
        client.send(&Frames::new().query("COPY t FROM STDIN").0);
        assert_eq!(client.receive().tag, b'G');
        client.send(&Frames::new().copy_data(b"1\tx\n").query("SELECT 1").0);
        let error = client.receive();
        assert_eq!((error.tag, error.code().as_str()), (b'E', "08P01"), "{address}: {error:?}");
        drop(client);
        assert_eq!(database.open().value("SELECT count(*) FROM t"), "0");
    }
}

#[test]
fn notifications_come_while_idle() {
    let database = support::database_with("");
    for (name, address) in ways() {
        let mut client = Client::open(address, &database.name);
        client.query("LISTEN news").fine();
        let mut direct = database.open();
        direct.query("NOTIFY news, 'first'").fine();
        let message = client.receive();
        assert_eq!(message.tag, b'A', "{name}");
        assert_eq!(message.body[..4], direct.pid.to_be_bytes());
        assert_eq!(message.body[4..], *b"news\0first\0");
        // Between other messages, too.
        client.query("BEGIN").fine();
        direct.query("NOTIFY news, 'second'").fine();
        assert_eq!(client.query("SELECT 1").fine().tags(), "TDCZ");
        assert_eq!(client.query("COMMIT").fine().tags(), "CAZ");
    }
}

#[test]
fn a_setting_the_server_reports_at_idle_reaches_the_client() {
    let database = support::database_with("");
    for (_, address) in ways() {
        let mut client = Client::open(address, &database.name);
        let answer = client.query("SET application_name = 'told'").fine();
        assert!(answer.tags().contains('S') && client.parameters["application_name"] == "told", "{answer:?}");
        assert_eq!(client.query("SET client_encoding = 'LATIN1'").fine().commands(), ["SET"]);
        assert_eq!(client.parameters["client_encoding"], "LATIN1");
        // É in LATIN1.
        client.send(&Frames::new().frame(b'Q', b"SELECT length('\xc9')\0").0);
        assert_eq!(client.answer().fine().value(), "1");
    }
}

#[test]
fn startup_shows_the_servers_own_words() {
    let database = support::database_with("");
    for version in [196_608, 196_610, 196_620] {
        for more in [&[][..], &[("_pq_.not_an_option", "1")], &[("application_name", "x")]] {
            let parameters = [&[("user", "postgres"), ("database", database.name.as_str())], more].concat();
            let packet = client::startup(version, &parameters);
            let direct = Client::start(client::connect(database.address), &packet).unwrap();
            for (name, address) in ways() {
                let mut through = Client::start(client::connect(address), &packet).unwrap();
                assert_eq!(direct.greeting, through.greeting, "{name} {version} {more:?}");
                assert_eq!(direct.secret.len(), through.secret.len());
                assert_eq!(through.value("SELECT pg_backend_pid()"), through.pid.to_string());
            }
        }
    }
    for parameters in [&[("user", "nobody_there")][..], &[("user", "postgres"), ("database", "not_there")]] {
        let packet = client::startup(196_608, parameters);
        let direct = Client::start(client::connect(database.address), &packet).unwrap_err();
        for (_, address) in ways() {
            assert_eq!(direct, Client::start(client::connect(address), &packet).unwrap_err());
        }
    }
}

#[test]
fn a_cancel_request_needs_the_secret() {
    let database = support::database_with("");
    for (name, address) in ways() {
        let mut client = Client::open(address, &database.name);
        let (pid, secret) = (client.pid, client.secret.clone());
        let mut direct = database.open();
        let state = format!("SELECT state FROM pg_stat_activity WHERE pid = {pid} AND query ~ 'pg_sleep'");
        client.send(&Frames::new().query("SELECT pg_sleep(10) FROM generate_series(1, 60)").0);
        direct.poll(&format!("SELECT count(*) FROM ({state}) a WHERE state = 'active'"), "1");
        let wrong: Vec<u8> = secret.iter().map(|byte| !byte).collect();
        client::cancel(address, pid, &wrong);
        client::cancel(address, pid ^ 1, &secret);
        // The upstream's own secret is nobody's business: the one the client has is another.
        client::cancel(database.address, pid, &secret);
        assert_eq!(direct.value(&state), "active", "{name}");
        client::cancel(address, pid, &secret);
        assert_eq!(client.answer().code(), "57014", "{name}");
        assert_eq!(client.query("SELECT 1").fine().value(), "1");
    }
}

#[test]
fn a_terminated_backend_tells_its_client() {
    let database = support::database_with("");
    for (name, address) in ways() {
        let mut idle = Client::open(address, &database.name);
        database.open().query(&format!("SELECT pg_terminate_backend({})", idle.pid)).fine();
        let words = idle.last_words();
        assert_eq!(words.last().map(Message::code).as_deref(), Some("57P01"), "{name}: {words:?}");
        assert_eq!(words.last().unwrap().field(b'S'), "FATAL");

        let mut busy = Client::open(address, &database.name);
        busy.send(
            &Frames::new().run("SELECT pg_sleep(10) FROM generate_series(1, 60)", &[]).sync().query("SELECT 2").0,
        );
        let mut direct = database.open();
        let active = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep'";
        direct.poll(&format!("{active} AND pid = {}", busy.pid), "1");
        direct.query(&format!("SELECT pg_terminate_backend({})", busy.pid)).fine();
        let words = busy.last_words();
        assert_eq!(words.last().map(Message::code).as_deref(), Some("57P01"), "{name}: {words:?}");
    }
}

/// Who says more than is read is not cut off: a reset takes words along that are still on their way.
#[test]
fn a_client_that_goes_on_talking_hears_the_last_words() {
    let database = support::database_with("");
    let mut busy = Client::open(support::stockade("app-writer").address, &database.name);
    let mut frames = Frames::new().query("SELECT pg_sleep(10) FROM generate_series(1, 60)");
    for _ in 0..20 {
        frames = frames.query(&format!("SELECT '{}'", "x".repeat(10_000)));
    }
    busy.send(&frames.0);
    let mut direct = database.open();
    let active = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep'";
    direct.poll(&format!("{active} AND pid = {}", busy.pid), "1");
    direct.query(&format!("SELECT pg_terminate_backend({})", busy.pid)).fine();
    let mut last = None;
    while let Some(message) = busy.try_receive().unwrap() {
        last = Some(message.code());
    }
    assert_eq!(last.as_deref(), Some("57P01"));
}

/// Nor is one that is turned away while it talks.
#[test]
fn a_client_that_is_turned_away_hears_why() {
    let stockade = support::stockade("app-writer");
    for _ in 0..20 {
        let mut early = Client::bare(client::connect(stockade.address));
        let packet = client::startup(196_608, &[("user", "postgres"), ("database", "backup")]);
        early.send(&[packet, Frames::new().query(&"x".repeat(100_000)).0].concat());
        let mut last = None;
        while let Some(message) = early.try_receive().unwrap() {
            last = Some(message);
        }
        assert_eq!(last.map(|message| message.field(b'S')).as_deref(), Some("FATAL"));
    }
}

#[test]
fn a_crashed_server_is_told_with_a_reason() {
    let cluster = support::own_cluster(&Default::default());
    let database = Database::with(cluster.address(), "CREATE TABLE t (id int, v text)");
    for preset in ["trusted", "app-writer"] {
        let stockade = Stockade::before(cluster.address(), &["--preset", preset]);
        let mut idle = database.open_through(&stockade);
        let mut busy = database.open_through(&stockade);
        let mut victim = database.open_through(&stockade);
        busy.send(&Frames::new().query("SELECT pg_sleep(10) FROM generate_series(1, 60)").0);
        victim.send(&Frames::new().query("SELECT pg_sleep(10) FROM generate_series(1, 60)").0);
        let active = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
        database.open().poll(active, "2");
        let pid = nix::unistd::Pid::from_raw(i32::try_from(victim.pid).unwrap());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
        for (who, client) in [("victim", &mut victim), ("busy", &mut busy), ("idle", &mut idle)] {
            let words = client.last_words();
            let last = words.last().unwrap_or_else(|| panic!("{preset} {who}: a bare end"));
            assert_eq!((last.tag, last.field(b'S').as_str()), (b'E', "FATAL"), "{preset} {who}: {words:?}");
            assert!(["08006", "57P01", "57P02"].contains(&last.code().as_str()), "{preset} {who}: {words:?}");
        }
        // It recovers, and so does the way to it; until then clients are told.
        let deadline = std::time::Instant::now() + client::PATIENCE;
        let packet = client::startup(196_608, &[("user", "postgres"), ("database", &database.name)]);
        while let Err(error) = Client::start(client::connect(stockade.address), &packet) {
            assert!(["57P03", "57P02", "08006"].contains(&error.code().as_str()), "{error:?}");
            assert!(std::time::Instant::now() < deadline);
        }
    }
}

#[test]
fn an_upstream_that_is_not_there_is_told() {
    let stockade = Stockade::before(support::free_address(), &[]);
    let packet = client::startup(196_608, &[("user", "postgres")]);
    let error = Client::start(client::connect(stockade.address), &packet).unwrap_err();
    assert_eq!((error.code().as_str(), error.field(b'S').as_str()), ("08006", "FATAL"), "{error:?}");
    assert!(!error.field(b'H').is_empty());
}

#[test]
fn a_half_closed_socket_still_gets_its_answer() {
    let database = support::database_with(SETUP);
    for address in ways().map(|(_, address)| address).into_iter().chain([database.address]) {
        for frames in [
            Frames::new().query("SELECT 'last' FROM pg_sleep(0.05)"),
            Frames::new().run("SELECT 'last'", &[]).sync(),
            Frames::new()
                .query("INSERT INTO t VALUES (1, '')")
                .query("DELETE FROM t WHERE id = 1")
                .query("SELECT 'last'"),
        ] {
            let mut client = Client::open(address, &database.name);
            client.send(&frames.0);
            client.stream.shutdown(Shutdown::Write).unwrap();
            let words = client.last_words();
            assert_eq!(words.last().map(|message| message.tag), Some(b'Z'), "{address}: {words:?}");
            assert!(words.iter().any(|message| message.body.ends_with(b"last")), "{address}: {words:?}");
        }
        let mut client = Client::open(address, &database.name);
        client.send(&Frames::new().query("SELECT 'last'").terminate().0);
        assert_eq!(client.last_words().last().unwrap().tag, b'Z');
    }
}

#[test]
fn a_client_that_vanishes_takes_its_backend_along() {
    let database = support::database_with(SETUP);
    for (name, address) in ways() {
        let mut clients: Vec<Client> = (0..4).map(|_| Client::open(address, &database.name)).collect();
        clients[1].query("BEGIN").fine();
        clients[1].query("INSERT INTO t VALUES (1, '')").fine();
        clients[2].send(&Frames::new().parse("", "SELECT 1").0);
        clients[3].send(&Frames::new().query("SELECT 1").0[..7]);
        drop(clients);
        let count = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()",
            database.name
        );
        database.open().poll(&count, "0");
        assert_eq!(database.open().value("SELECT count(*) FROM t"), "0", "{name}");
    }
}

/// The most memory the process ever held, in kB.
fn peak(stockade: &Stockade) -> u64 {
    memory(stockade, "VmHWM")
}

/// A value of the process's memory in `/proc`, in kB.
fn memory(stockade: &Stockade, what: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", stockade.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with(what)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_long_text_gives_its_memory_back() {
    let database = support::database_with(SETUP);
    let stockade = Stockade::before(database.address, &["--preset", "app-writer"]);
    let mut client = database.open_through(&stockade);
    client.query("SELECT 1").fine();
    let (before, most) = (memory(&stockade, "VmRSS"), peak(&stockade));
    let text = format!("SELECT 1 WHERE 1 IN (0{})", ", 1234567".repeat(200_000));
    for _ in 0..3 {
        client.query(&text).fine();
        let after = memory(&stockade, "VmRSS");
        assert!(after < before + (64 << 10), "{before} kB before, {after} kB after");
    }
    assert!(peak(&stockade) > most + (100 << 10), "its tree was no memory worth speaking of");
}

#[test]
fn a_text_that_would_take_gigabytes_takes_none() {
    let database = support::database_with(SETUP);
    let stockade = Stockade::before(database.address, &["--preset", "app-writer"]);
    let mut client = database.open_through(&stockade);
    client.query("SELECT 1").fine();
    let before = peak(&stockade);
    // The second string goes on from the first, in its mode; the third is not closed.
    for start in ["a", "E''\n'\\''", "E''\n'\\'' '"] {
        let answer = client.query(&format!("SELECT {start}{}", ",a".repeat(2 << 20)));
        assert_eq!(answer.code(), "42601", "{start}");
    }
    assert!(peak(&stockade) < before + (64 << 10));
    client.query("SELECT 1").fine();
}

#[test]
fn large_values_stream_in_constant_memory() {
    const MEGABYTES: usize = 64;
    let database = support::database_with(SETUP);
    for preset in ["trusted", "app-writer"] {
        let stockade = Stockade::before(database.address, &["--preset", preset]);
        let mut client = database.open_through(&stockade);
        client.query("SELECT 1").fine();
        let before = peak(&stockade);
        let answer = client.query(&format!("SELECT repeat('0123456789abcdef', {})", MEGABYTES << 16)).fine();
        let row = answer.0.iter().find(|message| message.tag == b'D').unwrap();
        assert_eq!(row.body.len(), 6 + (MEGABYTES << 20));
        assert!(row.body[6..].chunks(16).all(|chunk| chunk == b"0123456789abcdef"));
        drop(answer);
        // The other way: a parameter.
        let value = "0123456789abcdef".repeat(MEGABYTES << 16);
        let frames = Frames::new()
            .parse("", "SELECT md5($1) = md5(repeat('0123456789abcdef', $2::int)), length($1)")
            .bind("", "", &[&value, &(MEGABYTES << 16).to_string()])
            .execute("", 0)
            .sync();
        let answer = client.pipeline(frames).fine();
        assert_eq!(answer.rows(), [[Some("t".to_owned()), Some((MEGABYTES << 20).to_string())]]);
        let grown = peak(&stockade) - before;
        assert!(grown < 16 << 10, "{preset}: {grown} kB for {MEGABYTES} MB");
    }
}

#[test]
fn large_parameters_and_many_of_them() {
    let database = support::database_with(SETUP);
    // No table may be left empty.
    database.open().query("INSERT INTO t VALUES (0, '')").fine();
    for (name, address) in ways() {
        let mut client = Client::open(address, &database.name);
        client.pipeline(Frames::new().parse("i", "INSERT INTO t VALUES ($1, $2)").sync()).fine();
        let value = "x".repeat(1 << 20);
        let mut frames = Frames::new();
        for id in 1..=8 {
            frames = frames.bind("", "i", &[&id.to_string(), &value]).execute("", 0);
        }
        assert_eq!(client.pipeline(frames.sync()).fine().commands(), ["INSERT 0 1"; 8], "{name}");
        assert_eq!(client.value("SELECT sum(length(v)) FROM t"), (8 << 20).to_string());
        client.query("DELETE FROM t WHERE id IN (1, 2, 3, 4, 5, 6, 7, 8)").fine();
        // As many parameters as there can be.
        let values = vec!["1"; 65_535];
        let places: Vec<String> = (1..=65_535).map(|number| format!("${number}::int")).collect();
        let answer = client.extended(&format!("SELECT array_length(ARRAY[{}], 1)", places.join(",")), &values).fine();
        assert_eq!(answer.value(), "65535");
        assert_eq!(client.query("SELECT 1").fine().value(), "1");
    }
}

#[test]
fn the_chunks_of_a_stream_make_no_difference() {
    let database = support::database_with(SETUP);
    // No table may be left empty.
    database.open().query("INSERT INTO t VALUES (0, '')").fine();
    let script = || {
        let frames = Frames::new().query("SELECT 1; SELECT 2").run("SELECT $1", &["x"]).sync();
        let frames = frames.query("INSERT INTO t VALUES (1, 'x')").query("DROP TABLE t").run("TRUNCATE t", &[]).sync();
        frames.run("UPDATE t SET v = 'y' WHERE id = 1", &[]).sync().query("DELETE FROM t WHERE id = 1").terminate()
    };
    let address = support::stockade("app-writer").address;
    let mut whole = Client::open(address, &database.name);
    whole.send(&script().0);
    let whole = whole.last_words();
    assert_eq!(whole.iter().filter(|message| message.tag == b'Z').count(), 7);
    let mut random = Random(7);
    for round in 0..12 {
        let mut client = Client::bare(client::connect(address));
        let packet = client::startup(196_608, &[("user", "postgres"), ("database", &database.name)]);
        let drip = |client: &mut Client, bytes: &[u8], random: &mut Random| {
            let mut rest = bytes;
            while !rest.is_empty() {
                let length = if round == 0 { 1 } else { 1 + random.below(rest.len().min(40)) };
                client.send(&rest[..length]);
                rest = &rest[length..];
            }
        };
        drip(&mut client, &packet, &mut random);
        client.finish_startup().unwrap();
        drip(&mut client, &script().0, &mut random);
        assert_eq!(client.last_words(), whole, "round {round}");
    }
}

#[test]
fn a_broken_protocol_is_fatal_for_the_connection_alone() {
    let database = support::database_with(SETUP);
    for (name, address) in ways() {
        for (what, frames) in [
            ("an unknown tag", Frames(b"z\0\0\0\x04".to_vec())),
            ("a tag of zero", Frames(b"\0\0\0\0\x04".to_vec())),
            ("a length that does not count itself", Frames(b"Q\0\0\0\x03abc".to_vec())),
            ("a negative length", Frames(b"Q\xff\xff\xff\xff".to_vec())),
            ("a Sync too long", Frames(b"S\0\x7f\xff\xff".to_vec())),
            ("a message longer than any", Frames(b"P\x7f\xff\xff\xff".to_vec())),
            ("a password nobody asked for", Frames::new().frame(b'p', b"secret\0")),
            ("a Query without its end", Frames::new().frame(b'Q', b"SELECT 1")),
            ("a Query with a NUL inside", Frames::new().frame(b'Q', b"SELECT 1\0; DROP TABLE t\0")),
            ("a Parse that ends early", Frames::new().frame(b'P', b"name")),
            ("a Bind of nothing", Frames::new().frame(b'B', b"")),
            ("an Execute without its limit", Frames::new().frame(b'E', b"\0\0\0")),
            ("a Describe of what there is not", Frames::new().frame(b'D', b"Xname\0")),
            ("a Close without a name", Frames::new().frame(b'C', b"S")),
        ] {
            let mut client = Client::open(address, &database.name);
            client.send(&frames.sync().0);
            client.stream.shutdown(Shutdown::Write).unwrap();
            let words = client.last_words();
            let error = words.iter().find(|message| message.tag == b'E');
            let code = error.map(Message::code);
            assert_eq!(code.as_deref(), Some("08P01"), "{name}: {what}: {words:?}");
            assert_eq!(Client::open(address, &database.name).value("SELECT 1"), "1");
        }
    }
}

#[test]
fn a_broken_first_packet_is_refused() {
    let address = support::stockade("app-writer").address;
    let parameters = |bytes: &[u8]| client::untagged(&[&196_608_u32.to_be_bytes(), bytes].concat());
    for (what, packet, code) in [
        ("too short", vec![0, 0, 0, 7, 0, 0, 0], "08P01"),
        ("of no length", vec![0, 0, 0, 0], "08P01"),
        ("too long", vec![0, 0, 0x27, 0x11, 0, 3, 0, 0], "08P01"),
        ("endless", vec![0xff, 0xff, 0xff, 0xff, 0, 3, 0, 0], "08P01"),
        ("HTTP", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), "08P01"),
        ("protocol 2", client::startup(0x0002_0000, &[("user", "postgres")]), "08P01"),
        ("protocol 4", client::startup(0x0004_0000, &[("user", "postgres")]), "08P01"),
        ("without a user", parameters(b"database\0postgres\0\0"), "28000"),
        ("with an empty user", parameters(b"user\0\0\0"), "28000"),
        ("without its end", parameters(b"user\0postgres\0"), "08P01"),
        ("with bytes behind its end", parameters(b"user\0postgres\0\0x\0"), "08P01"),
        ("without the last value", parameters(b"user\0postgres\0database\0"), "08P01"),
        ("not UTF-8", parameters(b"user\0\xff\xfe\0\0"), "28000"),
        (
            "GSS twice",
            [client::untagged(&80_877_104_u32.to_be_bytes()), client::untagged(&80_877_104_u32.to_be_bytes())].concat(),
            "08P01",
        ),
    ] {
        let mut stream = client::connect(address);
        stream.write_all(&packet).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok();
        let answer = String::from_utf8_lossy(&answer).trim_start_matches('N').to_owned();
        assert!(answer.starts_with('E') && answer.contains("SFATAL\0"), "{what}: {answer:?}");
        assert!(answer.contains(&format!("C{code}\0")), "{what}: {answer:?}");
    }
    // Probes that say nothing are not spoken to.
    drop(client::connect(address));
    let mut stream = client::connect(address);
    stream.write_all(&[0, 0]).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0);
}

#[test]
fn stopping_tells_the_idle_and_lets_the_busy_finish() {
    let database = support::database_with("");
    for preset in ["trusted", "app-writer"] {
        let stockade = Stockade::before(database.address, &["--preset", preset]);
        let mut idle = database.open_through(&stockade);
        let mut busy = database.open_through(&stockade);
        busy.send(&Frames::new().query("SELECT 'done' FROM pg_sleep(0.3)").0);
        database
            .open()
            .poll(&format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {} AND state = 'active'", busy.pid), "1");
        let status = stockade.stop();
        assert!(status.success(), "{status}");
        for (who, client) in [("idle", &mut idle), ("busy", &mut busy)] {
            let words = client.last_words();
            assert_eq!(words.last().map(Message::code).as_deref(), Some("57P01"), "{preset} {who}: {words:?}");
            assert_eq!(
                words.iter().any(|message| message.body.ends_with(b"done")),
                who == "busy",
                "{preset}: {words:?}"
            );
        }
    }
}

// --- bytes of all kinds ----------------------------------------------------------------------------------------------

/// Numbers that look random and are the same each time (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        let length = self.below(most);
        (0..length).map(|_| self.next() as u8).collect()
    }
}

/// A message by the grammar, and one time in four with a lie in it.
fn any_frame(random: &mut Random) -> Vec<u8> {
    // No read that hides a write: beside a write it is not read-only yet (`readonly.rs` has the cases).
    const TEXTS: [&str; 13] = [
        "SELECT 1",
        "",
        ";",
        "DELETE FROM t",
        "TRUNCATE t",
        "DROP TABLE t",
        "INSERT INTO t VALUES (99, 'x') ON CONFLICT DO NOTHING",
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "COPY t TO STDOUT",
        "PREPARE s AS SELECT 1",
        "SELECT 1; DELETE FROM t; SELECT 2",
    ];
    const NAMES: [&str; 4] = ["", "s", "p", "stockade"];
    let (name, other) = (*random.one_of(&NAMES), *random.one_of(&NAMES));
    let text = *random.one_of(&TEXTS);
    let kind = *random.one_of(b"SPX");
    let frames = match random.below(16) {
        0..3 => Frames::new().query(text),
        3 | 4 => Frames::new().parse(name, text),
        5 | 6 => Frames::new().bind(name, other, &[]),
        7 | 8 => Frames::new().execute(name, u32::try_from(random.below(3)).unwrap()),
        9 => Frames::new().describe(kind, name),
        10 => Frames::new().close(kind, name),
        11 => Frames::new().flush(),
        12 => Frames::new().copy_data(&random.bytes(50)),
        13 => Frames::new().copy_done(),
        14 => Frames::new().frame(b'F', &random.bytes(40)),
        _ => Frames::new().sync(),
    };
    let mut bytes = frames.0;
    match random.below(32) {
        // Lengths that are a little or wildly wrong, other tags, bytes changed, cut and added.
        0 => bytes[4] = bytes[4].wrapping_add(1),
        1 => bytes[4] = bytes[4].wrapping_sub(1),
        2 => bytes[1..5].copy_from_slice(&(random.next() as u32).to_be_bytes()),
        3 => bytes[0] = random.next() as u8,
        4 => {
            let at = random.below(bytes.len());
            bytes[at] = random.next() as u8;
        }
        5 => bytes.truncate(random.below(bytes.len())),
        6 => bytes.extend(random.bytes(20)),
        7 => bytes = random.bytes(64),
        _ => {}
    }
    bytes
}

#[test]
fn whatever_comes_in_a_session_nothing_is_lost_and_stockade_lives() {
    let database = support::database_with(&format!("{SETUP}; {RESET}"));
    let mut stockade = Stockade::before(database.address, &[]);
    let mut random = Random(2026);
    for case in 0..400 {
        let seed = random.0;
        let mut client = database.open_through(&stockade);
        for _ in 0..random.below(24) {
            // It may have closed already.
            if client.stream.write_all(&any_frame(&mut random)).is_err() {
                break;
            }
        }
        client.stream.shutdown(Shutdown::Write).ok();
        let mut rest = Vec::new();
        let ended = client.stream.read_to_end(&mut rest);
        let hung = ended.is_err_and(|error| error.kind() != std::io::ErrorKind::ConnectionReset);
        assert!(!hung, "case {case}, seed {seed}: no end");
    }
    stockade.assert_alive();
    assert_eq!(database.open().value("SELECT count(*) FROM t WHERE id <= 20"), "20");
    let count = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()",
        database.name
    );
    database.open().poll(&count, "0");
    assert_eq!(database.open_through(&stockade).value("SELECT 1"), "1");
}

#[test]
fn whatever_comes_first_stockade_lives() {
    let mut stockade = Stockade::start(&[]);
    let mut random = Random(15);
    for case in 0..2000 {
        let seed = random.0;
        let version: u32 = *random.one_of(&[196_608, 196_610, 80_877_102, 80_877_103, 80_877_104, 0, 0x0004_0000]);
        let mut packet = match random.below(3) {
            0 => random.bytes(64),
            1 => client::untagged(&[&version.to_be_bytes()[..], &random.bytes(40)].concat()),
            _ => client::startup(version, &[("user", "nobody"), ("database", "not_there"), ("options", "-c a=b")]),
        };
        if random.below(3) == 0 && !packet.is_empty() {
            let at = random.below(packet.len());
            packet[at] = random.next() as u8;
        }
        let mut stream = client::connect(stockade.address);
        stream.write_all(&packet).unwrap();
        stream.shutdown(Shutdown::Write).ok();
        let mut rest = Vec::new();
        let ended = stream.read_to_end(&mut rest);
        let hung = ended.is_err_and(|error| error.kind() != std::io::ErrorKind::ConnectionReset);
        assert!(!hung, "case {case}, seed {seed}: no end to {packet:?}");
    }
    stockade.assert_alive();
    assert_eq!(Client::open(stockade.address, "postgres").value("SELECT 1"), "1");
}

/// Takes connections before a server, passes them on, and keeps each CancelRequest until it is told to let go.
fn gate(server: SocketAddr) -> (SocketAddr, Receiver<()>, Sender<()>) {
    const CANCEL: [u8; 4] = 80_877_102_u32.to_be_bytes();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (came, arrived) = channel();
    let (let_go, gone) = channel::<()>();
    let gone = Arc::new(Mutex::new(gone));
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let (came, gone) = (came.clone(), Arc::clone(&gone));
            std::thread::spawn(move || {
                let server = client::connect(server);
                let (mut down, mut up) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                std::thread::spawn(move || std::io::copy(&mut up, &mut down));
                let (mut from, mut to, mut buffer) = (client, server, [0; 4096]);
                while let Ok(bytes @ 1..) = from.read(&mut buffer) {
                    if bytes == 16 && buffer[4..8] == CANCEL {
                        came.send(()).ok();
                        // The gate is let go, or the test is over.
                        gone.lock().unwrap().recv().ok();
                        break;
                    }
                    if to.write_all(&buffer[..bytes]).is_err() {
                        break;
                    }
                }
                to.shutdown(Shutdown::Both).ok();
                from.shutdown(Shutdown::Both).ok();
            });
        }
    });
    (address, arrived, let_go)
}

/// Clients wait for the close, and take what they send next for safe from the cancel (asyncpg, behind a failed COPY).
#[test]
fn a_cancel_request_is_closed_only_when_the_server_has_it() {
    let database = support::database_with(SETUP);
    let (gate, arrived, let_go) = gate(database.address);
    let stockade = Stockade::before(gate, &[]);
    let session = database.open_through(&stockade);
    let mut cancel = client::connect(stockade.address);
    let body = [&80_877_102_u32.to_be_bytes()[..], &session.pid.to_be_bytes(), &session.secret].concat();
    cancel.write_all(&client::untagged(&body)).unwrap();
    arrived.recv_timeout(client::PATIENCE).unwrap();
    cancel.set_nonblocking(true).unwrap();
    let early = cancel.read(&mut [0]).map_err(|error| error.kind());
    assert_eq!(early, Err(ErrorKind::WouldBlock), "it is open while the server has not answered");
    cancel.set_nonblocking(false).unwrap();
    let_go.send(()).unwrap();
    assert_eq!(cancel.read(&mut [0]).unwrap(), 0, "and closed behind it");
}

/// What a client says before it is answered, in any pieces: the same session.
#[test]
fn the_first_packets_come_in_any_pieces() {
    let database = support::database_with("");
    let hello = client::startup(196_608, &[("user", "postgres"), ("database", &database.name)]);
    let ssl = [0, 0, 0, 8, 4, 210, 22, 47];
    let gss = [0, 0, 0, 8, 4, 210, 22, 48];
    let all = [&ssl[..], &gss, &hello].concat();
    for (name, address) in ways() {
        for pieces in [all.len(), 3, 1] {
            let mut stream = client::connect(address);
            stream.set_nodelay(true).unwrap();
            for piece in all.chunks(pieces) {
                stream.write_all(piece).unwrap();
            }
            let mut answers = [0; 2];
            stream.read_exact(&mut answers).unwrap();
            assert_eq!(&answers, b"NN", "{name}");
            let mut client = Client::bare(stream);
            client.finish_startup().unwrap();
            assert_eq!(client.value("SELECT 1"), "1", "{name} {pieces}");
        }
    }
}

/// Who comes with the same packet is judged once, and is who they are each time: with keys and a number of their own.
#[test]
fn guests_who_come_again_are_the_same() {
    let database = support::database_with("");
    for (name, address) in ways() {
        let mut clients: Vec<Client> = (0..20).map(|_| Client::open(address, &database.name)).collect();
        let mut keys: Vec<_> = clients.iter().map(|client| (client.pid, client.secret.clone())).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), clients.len(), "{name}");
        let mut secrets: Vec<_> = keys.into_iter().map(|(_, secret)| secret).collect();
        secrets.sort();
        secrets.dedup();
        assert_eq!(secrets.len(), clients.len(), "{name}");
        for client in &mut clients {
            assert_eq!(client.value("SELECT current_user"), "postgres", "{name}");
        }
    }
}

/// PostgreSQL keeps a failed Query's portal to the end of its block and not what it points to: 15 dies of an Execute of it.
#[test]
fn an_execute_of_the_unnamed_portal_that_nobody_bound_does_not_reach_the_server() {
    let database = support::database_with("CREATE TABLE n (id int); INSERT INTO n VALUES (1)");
    let stockade = Stockade::before(database.address, &["--preset", "app-writer"]);
    let many: String = (0..3000).map(|number| format!(" OR id = {number}")).collect();
    let fails = format!("SELECT 1 / (id - id) FROM n WHERE id = 1{many}");
    for block in [true, false] {
        let mut client = database.open_through(&stockade);
        if block {
            client.query("BEGIN").fine();
        }
        if block {
            client.pipeline(Frames::new().parse("", "SELECT 1").bind("", "", &[]).sync()).fine();
        }
        assert_eq!(client.query(&fails).code(), "22012");
        let answer = client.pipeline(Frames::new().execute("", 0).sync());
        assert_eq!((answer.code().as_str(), answer.status()), ("34000", if block { 'E' } else { 'I' }));
        client.query("ROLLBACK").fine();
        assert_eq!(client.value("SELECT 1"), "1");
        // One that is bound is executed.
        assert_eq!(client.pipeline(Frames::new().run("SELECT 2", &[]).sync()).fine().value(), "2");
        assert_eq!(client.pipeline(Frames::new().execute("", 0).sync()).code(), "34000");
    }
    assert_eq!(database.open().value("SELECT 1"), "1");
}
