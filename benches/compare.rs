//! Stockade beside a bare relay, PgBouncer and HAProxy, in one run against one PostgreSQL: what each adds to a direct
//! connection. `cargo bench --bench compare`; how to read it: benches/README.md.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark that fails has to stop"
)]

#[path = "compare/client.rs"]
#[allow(dead_code, reason = "serves the bench of growth as well")]
mod client;
#[path = "compare/peers.rs"]
mod peers;
#[path = "compare/relay.rs"]
mod relay;
#[path = "compare/table.rs"]
mod table;
#[path = "compare/tls.rs"]
mod tls;

use client::Client;
use peers::{PGBOUNCER, Peer, start, start_migrator, start_tls};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;
use stockade::demo::binaries::Binaries;
use stockade::demo::cluster::{Cluster, Options};
use table::{Sample, Table};
use tls::Tls;

/// How often everything is measured; the order of the peers moves by one each time.
const ROUNDS: usize = 5;

/// Transactions of one run, by what is measured: about half a second each.
const TRANSACTIONS: usize = 8000;

/// Connections made in one run.
const CONNECTIONS: usize = 60;

/// Idle connections whose memory is measured.
const IDLE: usize = 200;

/// Bytes of an answer that is streamed, about.
const STREAMED: usize = 100_000_000;

const HELP: &str = "cargo bench --bench compare                        all of it, in some seven minutes
cargo bench --bench compare -- --rounds 1          a first look, in some two
cargo bench --bench compare -- --relay LISTEN TO   the relay alone";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => compare(ROUNDS),
        ["--rounds", rounds] => compare(rounds.parse().expect("a number")),
        ["--relay", listen, to] => relay::run(listen.parse().expect("an address"), to.parse().expect("an address")),
        _ => eprintln!("{HELP}"),
    }
}

fn compare(rounds: usize) {
    let began = Instant::now();
    let Ok(binaries) = Binaries::find() else {
        println!("PostgreSQL is not installed: nothing is compared");
        return;
    };
    // Not every server brings one; another version's does as well.
    let pgbench = Some(binaries.program("pgbench")).filter(|own| own.exists()).unwrap_or_else(|| "pgbench".into());
    if !Command::new(&pgbench).arg("--version").output().is_ok_and(|output| output.status.success()) {
        println!("pgbench is not installed: nothing is compared");
        return;
    }
    let (folder, secured) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let tls = Tls::new(secured.path());
    let settings = [("fsync", "off"), ("max_connections", "400"), ("shared_buffers", "256MB"), ("max_wal_size", "4GB")];
    let settings = settings.map(|(name, value)| (name, value.to_owned())).into_iter().chain(tls.settings());
    let settings = settings.map(|(name, value)| (name.to_owned(), value)).collect();
    let cluster = Cluster::start(&binaries, &Options { settings, hba: None }).expect("a cluster");
    let upstream = cluster.address();
    fill(&pgbench, upstream);
    let peers = start(upstream, folder.path());
    let migrator = start_migrator(upstream, folder.path());
    let encrypted = start_tls(upstream, secured.path(), &tls.identity, binaries.major() >= 17);
    let names: Vec<&str> = peers.iter().map(|peer| peer.name).collect();
    eprintln!("compared: {}", names.join(", "));

    let script = |name: &str, keys: usize, statements: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("\\set aid random(1, {keys})\n{statements};\n")).expect("a script");
        path
    };
    let read = "SELECT abalance FROM pgbench_accounts WHERE aid = :aid";
    let (seen, new) = (script("seen.sql", 1000, read), script("new.sql", 1_000_000, read));
    let block = script("block.sql", 1000, &format!("BEGIN;\n{read};\nCOMMIT"));
    let changed = "UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid = :aid";
    let change = script("change.sql", 1000, &format!("BEGIN;\n{changed};\nCOMMIT"));
    let write = script("write.sql", 1000, changed);

    // First: it means something only on a process that has no free memory yet.
    let mut memory = Table::new("Memory of 1,000 idle connections that have run a statement", &["MiB"]);
    for peer in peers.iter().filter(|peer| peer.process.is_some()) {
        memory.add(peer.name, 0, idle(peer));
    }
    let many = [8, 32];
    let mut crowds = many
        .map(|clients| Table::new(&format!("{clients} clients, not pinned"), &["µs a transaction", "CPU ms/1,000"]));
    for round in 0..rounds {
        for turn in 0..peers.len() {
            let peer = &peers[(turn + round) % peers.len()];
            for (clients, table) in many.into_iter().zip(&mut crowds) {
                table.add(peer.name, round, throughput(&pgbench, peer, clients, &seen));
            }
        }
    }
    // Everything on one processor: a latency is then the length of the path, and not the luck of being woken elsewhere.
    let pinned = pin(&cluster, peers.iter().chain(&migrator).chain(&encrypted));
    let latencies = [("simple", "simple", &seen), ("extended", "extended", &seen), ("prepared", "prepared", &seen)];
    let more = [
        ("every text new", "simple", &new),
        ("BEGIN, one read, COMMIT, simple", "simple", &block),
        ("BEGIN, one read, COMMIT, extended", "extended", &block),
        ("UPDATE by key, simple", "simple", &write),
        ("UPDATE by key, extended", "extended", &write),
        ("BEGIN, UPDATE by key, COMMIT, simple", "simple", &change),
    ];
    let latencies = [latencies.as_slice(), &more].concat();
    let mut tables: Vec<Table> = latencies
        .iter()
        .map(|(title, ..)| Table::new(&format!("One client, {title}"), &["p50 µs", "CPU ms/1,000"]))
        .collect();
    let mut connecting = Table::new("Connecting, one statement each", &["ms", "CPU ms/1,000"]);
    let mut small = Table::new("An answer in small rows", &["s/GB", "CPU s/GB"]);
    let mut large = Table::new("COPY out, rows of 1 kB", &["s/GB", "CPU s/GB"]);
    let mut inward = Table::new("COPY in, rows of 1 kB", &["s/GB", "CPU s/GB"]);
    let beside = |title: &str, columns: &[&str]| Table::new(title, columns).beside(PGBOUNCER);
    let mut hidden = [
        beside("One client, simple, TLS on both legs", &["p50 µs", "CPU ms/1,000"]),
        beside("An answer in small rows, TLS on both legs", &["s/GB", "CPU s/GB"]),
        beside("COPY out, rows of 1 kB, TLS on both legs", &["s/GB", "CPU s/GB"]),
    ];
    for round in 0..rounds {
        for turn in 0..peers.len() {
            let peer = &peers[(turn + round) % peers.len()];
            for ((_, mode, script), table) in latencies.iter().zip(&mut tables) {
                table.add(peer.name, round, latency(&pgbench, peer, mode, script, folder.path(), pinned));
            }
            connecting.add(peer.name, round, connections(&pgbench, peer, &seen, pinned));
            small.add(peer.name, round, stream(peer, plainly(peer), SMALL));
            large.add(peer.name, round, stream(peer, plainly(peer), LARGE));
            // The preset of the one does not let rows be copied in, the other's does.
            let copies = if peer.name.starts_with("Stockade") { migrator.as_ref() } else { Some(peer) };
            if let Some(peer) = copies {
                inward.add(peer.name, round, copy_in(peer, upstream));
            }
        }
        for turn in 0..encrypted.len() {
            let peer = &encrypted[(turn + round) % encrypted.len()];
            let [one, small, large] = &mut hidden;
            one.add(peer.name, round, tls.latency(peer));
            small.add(peer.name, round, stream(peer, tls.connect(peer), SMALL));
            large.add(peer.name, round, stream(peer, tls.connect(peer), LARGE));
        }
        eprintln!("round {} of {rounds}, {} s", round + 1, began.elapsed().as_secs());
    }
    tables.extend([connecting, small, large, inward]);
    tables.extend(hidden);
    let how = if pinned { "everything on one processor" } else { "no taskset here, so nothing is pinned" };
    println!("Medians of {rounds} rounds, {how}; ratios are formed within a round.\n");
    tables.extend(crowds);
    tables.iter().for_each(|table| println!("{}", table.markdown(true)));
    println!("{}", memory.markdown(false));
}

/// The tables that are read.
fn fill(pgbench: &Path, upstream: SocketAddr) {
    let mut client = Client::connect(upstream, "postgres", "postgres");
    client.run("CREATE ROLE bench LOGIN SUPERUSER");
    client.run("CREATE DATABASE bench OWNER bench");
    let made = program(pgbench, upstream).args(["-i", "-q", "-s", "10"]).output().expect("pgbench runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut client = Client::connect(upstream, "bench", "bench");
    let rows = STREAMED / 1000;
    client.run(&format!("CREATE TABLE wide AS SELECT n, repeat('x', 990) AS filler FROM generate_series(1, {rows}) n"));
    client.run("CREATE UNLOGGED TABLE inward (n int, filler text)");
}

/// libpq encrypts where the server can, through whatever only passes bytes on, and then nothing is compared with its like.
const PLAIN: (&str, &str) = ("PGSSLMODE", "disable");

fn program(pgbench: &Path, at: SocketAddr) -> Command {
    let mut command = Command::new(pgbench);
    command.env(PLAIN.0, PLAIN.1);
    command.args(["-h", &at.ip().to_string(), "-p", &at.port().to_string(), "-U", "bench", "bench"]);
    command.stdin(Stdio::null());
    command
}

/// The same on the one processor.
fn pinned_program(pgbench: &Path, at: SocketAddr, pinned: bool) -> Command {
    if !pinned {
        return program(pgbench, at);
    }
    let inner = program(pgbench, at);
    let mut command = Command::new("taskset");
    command.env(PLAIN.0, PLAIN.1);
    command.args(["-c", PROCESSOR]).arg(inner.get_program()).args(inner.get_args()).stdin(Stdio::null());
    command
}

/// The processor that all is pinned to.
const PROCESSOR: &str = "0";

/// Pins the server, with its processes (PgBouncer keeps what the crowds have opened) and those to come, the peers and this
/// process; whether that could be done.
fn pin<'a>(cluster: &Cluster, peers: impl IntoIterator<Item = &'a Peer>) -> bool {
    let server = std::fs::read_to_string(cluster.data().join("postmaster.pid")).expect("a server");
    let server: u32 = server.lines().next().and_then(|line| line.parse().ok()).expect("a server's number");
    let there = std::fs::read_to_string(format!("/proc/{server}/task/{server}/children")).unwrap_or_default();
    let there: Vec<u32> = there.split_whitespace().filter_map(|process| process.parse().ok()).collect();
    for process in there {
        // It may have ended.
        let _gone = pin_one(process);
    }
    let mut all = peers.into_iter().filter_map(|peer| peer.process).chain([server, std::process::id()]);
    all.all(pin_one)
}

fn pin_one(process: u32) -> bool {
    let mut command = Command::new("taskset");
    command.args(["-a", "-p", "-c", PROCESSOR, &process.to_string()]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// The median latency of a statement, its first quarter left out: a fresh server process is slow at first.
fn latency(pgbench: &Path, peer: &Peer, mode: &str, script: &Path, folder: &Path, pinned: bool) -> Sample {
    let log = folder.join("log");
    let transactions = TRANSACTIONS.to_string();
    let before = peer.processor_time();
    let run = pinned_program(pgbench, peer.address, pinned)
        .args(["-n", "-c1", "-j1", "-M", mode, "-t", &transactions, "-l", "--log-prefix"])
        .arg(&log)
        .arg("-f")
        .arg(script)
        .output()
        .expect("pgbench runs");
    assert!(run.status.success(), "{}: {}", peer.name, String::from_utf8_lossy(&run.stderr));
    let used = peer.processor_time() - before;
    let mut latencies = Vec::new();
    for file in std::fs::read_dir(folder).expect("a folder").flatten() {
        if file.file_name().to_string_lossy().starts_with("log.") {
            let text = std::fs::read_to_string(file.path()).expect("a log");
            // The third field: microseconds.
            latencies.extend(text.lines().filter_map(|line| line.split(' ').nth(2)?.parse::<f64>().ok()));
            std::fs::remove_file(file.path()).expect("a log");
        }
    }
    let warm = latencies.split_off(latencies.len() / 4);
    // Nanoseconds for so many transactions: milliseconds for a thousand.
    Sample { value: table::median(warm), processor: Some(used * 1e-3 / TRANSACTIONS as f64) }
}

/// How long a transaction takes where many clients run them at once, on all processors.
fn throughput(pgbench: &Path, peer: &Peer, clients: usize, script: &Path) -> Sample {
    let each = TRANSACTIONS * 3 / clients;
    let total = (each * clients) as f64;
    let before = peer.processor_time();
    let run = program(pgbench, peer.address)
        .args(["-n", "-j2", "-c", &clients.to_string(), "-t", &each.to_string(), "-f"])
        .arg(script)
        .output()
        .expect("pgbench runs");
    assert!(run.status.success(), "{}: {}", peer.name, String::from_utf8_lossy(&run.stderr));
    let used = peer.processor_time() - before;
    let told = String::from_utf8_lossy(&run.stdout).into_owned();
    let tps = told.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse::<f64>().ok());
    Sample { value: 1e6 / tps.expect("transactions a second"), processor: Some(used * 1e-3 / total) }
}

fn connections(pgbench: &Path, peer: &Peer, script: &Path, pinned: bool) -> Sample {
    let before = peer.processor_time();
    let began = Instant::now();
    let run = pinned_program(pgbench, peer.address, pinned)
        .args(["-n", "-C", "-c1", "-j1", "-t", &CONNECTIONS.to_string(), "-f"])
        .arg(script)
        .output()
        .expect("pgbench runs");
    assert!(run.status.success(), "{}: {}", peer.name, String::from_utf8_lossy(&run.stderr));
    let used = peer.processor_time() - before;
    let each = began.elapsed().as_secs_f64() * 1e3 / CONNECTIONS as f64;
    Sample { value: each, processor: Some(used * 1e-3 / CONNECTIONS as f64) }
}

/// Answers that are streamed.
const SMALL: &str = "SELECT aid, bid, abalance, filler FROM pgbench_accounts a";
const LARGE: &str = "COPY wide TO STDOUT";

fn plainly(peer: &Peer) -> Client {
    Client::connect(peer.address, "bench", "bench")
}

fn stream(peer: &Peer, mut client: Client, text: &str) -> Sample {
    streamed(peer, || client.run(text))
}

/// Copies rows into a table that is empty again.
fn copy_in(peer: &Peer, upstream: SocketAddr) -> Sample {
    Client::connect(upstream, "bench", "bench").run("TRUNCATE inward");
    let mut client = plainly(peer);
    streamed(peer, || client.copy("inward", STREAMED / 2))
}

/// What it takes to stream so many bytes.
fn streamed(peer: &Peer, work: impl FnOnce() -> usize) -> Sample {
    let before = peer.processor_time();
    let began = Instant::now();
    let gigabytes = work() as f64 / 1e9;
    let took = began.elapsed().as_secs_f64();
    Sample { value: took / gigabytes, processor: Some((peer.processor_time() - before) * 1e-9 / gigabytes) }
}

fn idle(peer: &Peer) -> Sample {
    // Code that was never run and memory that is kept for later are not an idle connection's.
    drop(held(peer, IDLE / 8));
    let before = peer.memory();
    let count = if peer.holds_many { IDLE } else { IDLE / 4 };
    let clients = held(peer, count);
    let grown = peer.memory() - before;
    drop(clients);
    Sample { value: grown / 1024.0 * 1000.0 / count as f64, processor: None }
}

/// Connections that have run a statement.
fn held(peer: &Peer, count: usize) -> Vec<Client> {
    let connect = |_| {
        let mut client = Client::connect(peer.address, "bench", "bench");
        client.run("SELECT 1");
        client
    };
    (0..count).map(connect).collect()
}
