//! How what Stockade costs grows: with the length of a text, with texts that no cache holds, with rules, with idle
//! connections, with tables in the database; and what a busy connection holds. `cargo bench --bench growth`; how to read
//! it: benches/README.md.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark that fails has to stop"
)]

#[path = "growth/busy.rs"]
mod busy;
#[path = "compare/client.rs"]
#[allow(dead_code, reason = "serves the comparison as well")]
mod client;
#[path = "growth/database.rs"]
mod database;
#[path = "compare/peers.rs"]
#[allow(dead_code, reason = "starts what is compared as well")]
mod peers;
#[path = "compare/relay.rs"]
mod relay;
#[path = "growth/rig.rs"]
mod rig;
#[path = "growth/stub.rs"]
mod stub;
#[path = "compare/table.rs"]
#[allow(dead_code, reason = "compares as well")]
mod table;

use client::Client;
use peers::Peer;
use rig::{Cost, cost, pin, shown, stockade};
use std::path::Path;

/// Statements of one round.
const STATEMENTS: usize = 2000;

const HELP: &str = "cargo bench --bench growth                                   all of it, in some four minutes
cargo bench --bench growth -- text cache rules idle busy tables  these parts of it";

type Section = (&'static str, fn(&Path));

const SECTIONS: &[Section] = &[
    ("text", text),
    ("cache", cache),
    ("rules", rules),
    ("idle", idle),
    ("busy", busy::busy),
    ("tables", database::tables),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["--relay", listen, to] => relay::run(listen.parse().expect("an address"), to.parse().expect("an address")),
        ["--stub", listen] => stub::run(listen.parse().expect("an address")),
        wanted if wanted.iter().all(|name| SECTIONS.iter().any(|(section, _)| section == name)) => {
            for (name, section) in SECTIONS {
                if wanted.is_empty() || wanted.contains(name) {
                    eprintln!("{name}");
                    section(tempfile::tempdir().expect("a folder").path());
                }
            }
        }
        _ => eprintln!("{HELP}"),
    }
}

/// A stub, a relay and a Stockade before it, all on one processor.
fn pinned(folder: &Path, more: &str) -> [Peer; 3] {
    let upstream = rig::stub(folder);
    let relay = rig::relay(folder, upstream.address);
    let proxy = stockade(folder, upstream.address, "app-writer", more);
    let all = [upstream, relay, proxy];
    pin(all.iter().filter_map(|peer| peer.process));
    all
}

fn connect(peer: &Peer) -> Client {
    Client::connect(peer.address, "bench", "bench")
}

/// A read of about that many bytes.
fn read_of(bytes: usize, name: usize, key: usize) -> String {
    let mut text = format!("SELECT abalance AS a{name} FROM accounts WHERE aid IN ({}", 1_000_000 + key);
    while text.len() + 9 < bytes {
        text.push_str(", 1234567");
    }
    text + ")"
}

/// Added processor time against the length of a text: the proxy's own, and how much of it the relay has as well.
fn text(folder: &Path) {
    let [_upstream, relay, proxy] = pinned(folder, "");
    let (mut straight, mut client, mut key) = (connect(&relay), connect(&proxy), 0);
    let mut rows = Vec::new();
    for bytes in [100, 1000, 10_000, 50_000, 100_000, 1_000_000] {
        let statements = (20_000_000 / bytes).clamp(20, STATEMENTS);
        let own = statements.min(20_000_000 / bytes / 8).max(3);
        let floor = cost(&relay, &mut straight, statements, || read_of(bytes, 0, 0)).processor;
        let seen = cost(&proxy, &mut client, own, || read_of(bytes, 0, 0)).processor;
        let mut next = || {
            key += 1;
            key
        };
        let literals = cost(&proxy, &mut client, own, || read_of(bytes, 0, next())).processor;
        let new = cost(&proxy, &mut client, own, || read_of(bytes, next(), 0)).processor;
        let each = |used: f64| format!("{} ({})", shown(used), shown(used * 1e3 / bytes as f64));
        rows.push(vec![bytes.to_string(), each(floor), each(seen), each(literals), each(new)]);
    }
    let columns = ["bytes", "relay", "seen before", "other literals", "new"];
    rig::table("Processor time of one statement by the length of its text, µs (ns a byte)", &columns, &rows);
}

/// Texts by turns, more and more of them.
fn cache(folder: &Path) {
    let [_upstream, _relay, proxy] = pinned(folder, "");
    let mut client = connect(&proxy);
    let mut rows = Vec::new();
    let mut measure = |title: &str, of: &dyn Fn(usize) -> String| {
        let mut texts = (0_usize..).map(of);
        // Twice around, as far as that is affordable: what can be remembered is.
        (0..20_000).for_each(|_| _ = client.run(&texts.next().expect("a text")));
        let Cost { processor, latency } = cost(&proxy, &mut client, STATEMENTS, || texts.next().expect("a text"));
        rows.push(vec![title.to_owned(), shown(processor), shown(latency)]);
    };
    for texts in [1, 100, 1000, 8000, 100_000] {
        measure(&format!("{texts}, of one shape"), &move |at| {
            format!("SELECT abalance FROM accounts WHERE aid = {}", at % texts)
        });
    }
    for texts in [1, 100, 1000, 4000, 8000, 100_000] {
        measure(&format!("{texts}, each of its own shape"), &move |at| {
            format!("SELECT abalance AS a{} FROM accounts WHERE aid = 1", at % texts)
        });
    }
    rig::table("Processor time of one statement by how many texts take turns, µs", &["texts", "CPU", "p50"], &rows);
}

/// Rules about inserting into other tables: what a read costs, and an INSERT.
fn rules(folder: &Path) {
    let mut rows = Vec::new();
    for count in [0, 1, 10, 100, 1000] {
        let rule = |number| {
            format!(
                "[[rule]]\nid = \"r{number}\"\neffects = [\"insert\"]\ntables = [\"secrets.t{number}\"]\n\
                 principals = [\"*\"]\nverdict = \"reject\"\n"
            )
        };
        // The stub cannot be asked what it counted.
        let more = format!("limits = \"none\"\n{}", (0..count).map(rule).collect::<String>());
        let [_upstream, _relay, proxy] = pinned(folder, &more);
        let mut client = connect(&proxy);
        let mut row = vec![count.to_string()];
        for text in ["SELECT abalance FROM bank.accounts WHERE aid = 1", "INSERT INTO bank.accounts VALUES (1)"] {
            cost(&proxy, &mut client, STATEMENTS / 4, || text.to_owned());
            row.push(shown(cost(&proxy, &mut client, STATEMENTS, || text.to_owned()).processor));
        }
        rows.push(row);
    }
    let title = "Processor time of one statement by rules about inserting into other tables, µs";
    rig::table(title, &["rules", "a read", "an INSERT"], &rows);
}

/// Idle connections beside a busy one.
fn idle(folder: &Path) {
    let (_, most) = nix::sys::resource::getrlimit(nix::sys::resource::Resource::RLIMIT_NOFILE).expect("a limit");
    // Each takes two descriptors of a proxy.
    let most = usize::try_from(most).unwrap_or(usize::MAX).saturating_sub(64) / 2;
    let [_upstream, relay, proxy] = pinned(folder, "");
    let mut rows: Vec<Vec<String>> = Vec::new();
    for count in [1, 10, 100, 1000, 10_000] {
        rows.push(vec![count.min(most).to_string()]);
    }
    for peer in [&relay, &proxy] {
        let mut busy = connect(peer);
        let text = || "SELECT abalance FROM accounts WHERE aid = 1".to_owned();
        cost(peer, &mut busy, STATEMENTS, text);
        // Code that was never run and memory that is kept for later are not an idle connection's.
        drop((0..64).map(|_| crowd(peer)).collect::<Vec<_>>());
        let (before, mut held) = (peer.memory(), Vec::new());
        for row in &mut rows {
            let count: usize = row[0].parse().expect("a number");
            held.extend((held.len()..count).map(|_| crowd(peer)));
            let Cost { processor, latency } = cost(peer, &mut busy, STATEMENTS, text);
            let memory = (peer.memory() - before) / 1024.0;
            let by_thousand = if count < 1000 { "-".to_owned() } else { shown(memory * 1000.0 / count as f64) };
            row.extend([shown(processor), shown(latency), by_thousand]);
        }
        // All of them are served.
        held.iter_mut().for_each(|client| _ = client.run("SELECT 2"));
    }
    let columns =
        ["idle", "relay: CPU", "p50", "MiB for 1,000", "Stockade: CPU", "p50", "MiB for 1,000 with their upstreams"];
    rig::table("One busy connection beside idle ones: a statement, µs, and memory", &columns, &rows);
}

/// A connection that has run a statement.
fn crowd(peer: &Peer) -> Client {
    let mut client = connect(peer);
    client.run("SELECT 1");
    client
}
