//! Tables in the database: what a statement costs that is asked about before it commits.

use super::client::Client;
use super::rig::{cost, pin, relay, shown, stockade, table};
use std::path::Path;
use stockade::demo::binaries::Binaries;
use stockade::demo::cluster::{Cluster, Options};

/// Statements of one round.
const STATEMENTS: usize = 500;

pub fn tables(folder: &Path) {
    let Ok(binaries) = Binaries::find() else {
        println!("PostgreSQL is not installed: how cost grows with tables is not measured");
        return;
    };
    let settings = [("fsync", "off"), ("max_locks_per_transaction", "1024"), ("autovacuum", "off")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let cluster = Cluster::start(&binaries, &Options { settings, hba: None }).expect("a cluster");
    let server = std::fs::read_to_string(cluster.data().join("postmaster.pid")).expect("a server");
    let server: u32 = server.lines().next().and_then(|line| line.parse().ok()).expect("a server's number");
    let mut client = Client::connect(cluster.address(), "postgres", "postgres");
    client.run("CREATE ROLE bench LOGIN SUPERUSER");
    client.run("CREATE DATABASE bench OWNER bench");
    let mut owner = Client::connect(cluster.address(), "bench", "bench");
    owner.run("CREATE TABLE accounts (aid int PRIMARY KEY, abalance int) WITH (fillfactor = 50)");
    owner.run("INSERT INTO accounts SELECT n, 0 FROM generate_series(1, 1000) n");
    let relay = relay(folder, cluster.address());
    // As by default, but for the budget of an hour, which a benchmark exceeds.
    let proxy = stockade(folder, cluster.address(), "app-writer", "limits = { rows_per_hour = \"none\" }\n");
    pin([server].into_iter().chain(relay.process).chain(proxy.process));
    let mut rows = Vec::new();
    let mut there = 1;
    for count in [10, 100, 1000, 10_000] {
        while there < count {
            let upto = count.min(there + 500);
            let made = (there..upto).map(|number| format!("CREATE TABLE t{number} (a int PRIMARY KEY, b text);"));
            owner.run(&made.collect::<String>());
            there = upto;
        }
        let mut row = vec![count.to_string()];
        for text in ["SELECT abalance FROM accounts WHERE aid = 1", "UPDATE accounts SET abalance = 1 WHERE aid = 1"] {
            owner.run("VACUUM ANALYZE");
            for peer in [&relay, &proxy] {
                let mut client = Client::connect(peer.address, "bench", "bench");
                // A fresh server process is slow at first.
                (0..STATEMENTS).for_each(|_| _ = client.run(text));
                let cost = cost(peer, &mut client, STATEMENTS, || text.to_owned());
                row.extend([shown(cost.latency), shown(cost.processor)]);
            }
        }
        rows.push(row);
    }
    let columns = [
        "tables",
        "read, relay: p50",
        "CPU",
        "Stockade: p50",
        "CPU",
        "UPDATE by key, relay: p50",
        "CPU",
        "Stockade: p50",
        "CPU",
    ];
    table("One statement by tables in the database, µs", &columns, &rows);
}
