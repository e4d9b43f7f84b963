//! Many clients at once: everyone gets its own answers, and nothing is left behind.

use crate::client::{self, Client, Frames, PATIENCE};
use crate::readonly::Stops;
use crate::support::{self, Database, Stockade};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Instant;
use stockade::demo::cluster;

const SETUP: &str =
    "CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t SELECT i, 0 FROM generate_series(1, 100) i";
const BUSY: u32 = 100;
const IDLE: usize = 300;

/// One turn of a client: its own values come back, by either protocol, read or written.
fn turn(client: &mut Client, who: u32, round: u32) {
    let own = format!("{who}-{round}");
    assert_eq!(client.extended("SELECT $1 || '!'", &[&own]).fine().value(), format!("{own}!"));
    assert_eq!(client.query(&format!("SELECT '{own}'")).fine().value(), own);
    let id = who.to_string();
    client.extended("UPDATE t SET n = n + 1 WHERE id = $1", &[&id]).fine();
    assert_eq!(client.extended("SELECT n FROM t WHERE id = $1", &[&id]).fine().value(), round.to_string());
    client.query("TRUNCATE t").refused("preset:app-writer");
}

#[test]
fn a_crowd_gets_its_own_answers_and_leaves_nothing() {
    let settings = vec![("max_connections".to_owned(), "500".to_owned())];
    let cluster = support::own_cluster(&cluster::Options { settings, ..Default::default() });
    let database = Database::with(cluster.address(), SETUP);
    let mut stockade = Stockade::before(cluster.address(), &[]);
    let mut idle: Vec<Client> = (0..IDLE).map(|_| database.open_through(&stockade)).collect();
    std::thread::scope(|scope| {
        for who in 1..=BUSY {
            let (database, stockade) = (&database, &stockade);
            scope.spawn(move || {
                let mut client = database.open_through(stockade);
                let mut rounds = 0;
                for round in 1..=10 {
                    turn(&mut client, who, round);
                    rounds = round;
                    // Some are killed in the middle of something, each at another moment.
                    if who % 4 == 0 && round == 1 + who % 9 {
                        let half = Frames::new().run("SELECT pg_sleep(10) FROM generate_series(1, 60)", &[]).sync();
                        let cut = if who % 8 == 0 { half.0.len() } else { half.0.len() / 2 };
                        client.send(&half.0[..cut]);
                        drop(client);
                        client = database.open_through(stockade);
                    }
                }
                assert_eq!(rounds, 10);
            });
        }
    });
    for client in &mut idle {
        assert_eq!(client.value("SELECT 1"), "1");
    }
    assert_eq!(database.open().value("SELECT sum(n) FROM t"), (BUSY * 10).to_string());
    drop(idle);
    // A sleeper whose client is gone is noticed by the server when it tries to answer, as on a direct connection.
    let left = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid() AND wait_event IS DISTINCT FROM 'PgSleep'",
        database.name
    );
    database.open().poll(&left, "0");
    let mut direct = database.open();
    direct.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'").fine();
    stockade
        .wait_for(|stockade| (stockade.metrics()["stockade_connections{principal=\"default\"}"] == 0.0).then_some(()));
    stockade.assert_alive();
}

#[test]
fn the_upstream_may_be_restarted_under_load() {
    let mut cluster = support::own_cluster(&Default::default());
    let database = Database::with(cluster.address(), SETUP);
    let mut stockade = Stockade::before(cluster.address(), &[]);
    let (stop, turns) = (AtomicBool::new(false), AtomicU32::new(0));
    std::thread::scope(|scope| {
        for who in 1..=20_u32 {
            let (stop, turns, database, stockade) = (&stop, &turns, &database, &stockade);
            scope.spawn(move || {
                let packet = client::startup(196_608, &[("user", "postgres"), ("database", &database.name)]);
                while !stop.load(Ordering::Relaxed) {
                    let mut client = match Client::start(client::connect(stockade.address), &packet) {
                        Ok(client) => client,
                        Err(error) => {
                            assert!(["08006", "57P01", "57P02", "57P03"].contains(&error.code().as_str()), "{error:?}");
                            continue;
                        }
                    };
                    for round in 0.. {
                        if stop.load(Ordering::Relaxed) {
                            break;
                        }
                        let own = format!("{who}-{round}");
                        if client.stream.set_read_timeout(Some(PATIENCE)).is_err() {
                            break;
                        }
                        use std::io::Write;
                        let frames = Frames::new().run("SELECT $1 || '!'", &[&own]).sync();
                        if client.stream.write_all(&frames.0).is_err() {
                            break;
                        }
                        let mut row = None;
                        let lost = loop {
                            match client.try_receive() {
                                Ok(Some(message)) if message.tag == b'D' => row = message.values()[0].clone(),
                                Ok(Some(message)) if message.tag == b'Z' => break false,
                                Ok(Some(message)) if message.tag == b'E' => {
                                    let code = message.code();
                                    assert!(["08006", "57P01", "57P02"].contains(&code.as_str()), "{message:?}");
                                    break true;
                                }
                                Ok(Some(_)) => {}
                                Ok(None) => panic!("{who}: an end without a word"),
                                Err(error) => panic!("{who}: {error}"),
                            }
                        };
                        if lost {
                            break;
                        }
                        assert_eq!(row, Some(format!("{own}!")));
                        turns.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        let _stops = Stops(&stop);
        let deadline = Instant::now() + PATIENCE;
        let wait_for_turns = |more: u32| {
            let wanted = turns.load(Ordering::Relaxed) + more;
            while turns.load(Ordering::Relaxed) < wanted {
                assert!(Instant::now() < deadline, "no turns are made");
                std::thread::yield_now();
            }
        };
        for _ in 0..2 {
            wait_for_turns(200);
            cluster.stop();
            cluster.resume().unwrap();
        }
        wait_for_turns(200);
    });
    stockade
        .wait_for(|stockade| (stockade.metrics()["stockade_connections{principal=\"default\"}"] == 0.0).then_some(()));
    stockade.assert_alive();
    let left = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()",
        database.name
    );
    database.open().poll(&left, "0");
}

#[test]
fn whoever_comes_when_descriptors_are_out_waits_and_nobody_else_notices() {
    let cluster = support::own_cluster(&Default::default());
    let database = Database::with(cluster.address(), SETUP);
    // Room for some 48, however many threads serve them.
    let threads = std::thread::available_parallelism().unwrap().get();
    let mut stockade = Stockade::behind(&format!("ulimit -n {}", 128 + 4 * threads), cluster.address());
    let mut held: Vec<Client> = (0..10).map(|_| database.open_through(&stockade)).collect();
    let packet = client::startup(196_608, &[("user", "postgres"), ("database", &database.name)]);
    let flood: Vec<_> = (0..60)
        .map(|_| {
            use std::io::Write;
            let mut stream = client::connect(stockade.address);
            stream.write_all(&packet).unwrap();
            stream
        })
        .collect();
    stockade.wait_for(|stockade| stockade.output().contains("no room for more clients").then_some(()));
    for (who, client) in (1..).zip(&mut held) {
        turn(client, who, 1);
    }
    drop(flood);
    // Served as soon as there are descriptors again.
    held.push(database.open_through(&stockade));
    turn(held.last_mut().unwrap(), 50, 1);
    stockade
        .wait_for(|stockade| (stockade.metrics()["stockade_connections{principal=\"default\"}"] == 11.0).then_some(()));
    stockade.assert_alive();
}

#[test]
fn a_low_limit_of_descriptors_is_raised_as_far_as_allowed() {
    let mut stockade = Stockade::behind("ulimit -S -n 64", support::cluster().address());
    let database = Database::with(support::cluster().address(), SETUP);
    let mut many: Vec<Client> = (0..50).map(|_| database.open_through(&stockade)).collect();
    many.iter_mut().for_each(|client| assert_eq!(client.value("SELECT 1"), "1"));
    assert!(stockade.output().contains("room for connections"));
    stockade.assert_alive();
}
