//! The processes that are measured, and how they are.

use super::client::Client;
use super::peers::{Peer, peer};
use super::table::median;
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;
use stockade::demo::cluster::free_port;

/// The processor that all is pinned to.
const PROCESSOR: &str = "0";

/// How often everything is measured.
const ROUNDS: usize = 5;

/// This program as the stub of an upstream.
pub fn stub(folder: &Path) -> Peer {
    this("stub", folder, |at| vec!["--stub".to_owned(), at.to_string()])
}

/// This program as the bare relay.
pub fn relay(folder: &Path, to: SocketAddr) -> Peer {
    this("relay", folder, |at| vec!["--relay".to_owned(), at.to_string(), to.to_string()])
}

fn this(name: &'static str, folder: &Path, arguments: impl FnOnce(SocketAddr) -> Vec<String>) -> Peer {
    let this = std::env::current_exe().expect("this program");
    let peer = peer(name, folder, |at| {
        let mut command = Command::new(this);
        command.args(arguments(at));
        command
    });
    peer.expect("a process of this program")
}

/// Stockade with its record and its metrics, under this preset, with more lines behind those of `[defaults]`.
pub fn stockade(folder: &Path, to: SocketAddr, preset: &str, more: &str) -> Peer {
    let binary = std::env::var_os("STOCKADE_BENCH_BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_stockade").into());
    let (file, admin) = (folder.join("stockade.toml"), free_port().expect("a port"));
    let record = folder.join("decisions.jsonl");
    let peer = peer("stockade", folder, |at| {
        let text = format!(
            "[[listener]]\naddress = \"{at}\"\nupstream = \"pg\"\n[upstream.pg]\naddress = \"{to}\"\ntls = \"disable\"\n\
             [admin]\naddress = \"127.0.0.1:{admin}\"\n[audit]\npath = \"{}\"\n[log]\nlevel = \"error\"\n\
             [defaults]\npreset = \"{preset}\"\nkind = \"agent\"\n{more}",
            record.display()
        );
        std::fs::write(&file, text).expect("a configuration");
        let mut command = Command::new(binary);
        command.args(["run", "--config"]).arg(&file);
        command
    });
    peer.expect("stockade starts")
}

/// Pins these and this process; whether that could be done.
pub fn pin(processes: impl IntoIterator<Item = u32>) -> bool {
    processes.into_iter().chain([std::process::id()]).all(|process| {
        let mut command = Command::new("taskset");
        command.args(["-a", "-p", "-c", PROCESSOR, &process.to_string()]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    })
}

/// What one statement costs.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Of the peer's processor time, in microseconds.
    pub processor: f64,
    /// The round trip as the client sees it, in microseconds: the median.
    pub latency: f64,
}

/// What each of these texts costs a peer: medians of rounds of some `statements` each.
pub fn cost(peer: &Peer, client: &mut Client, statements: usize, mut text: impl FnMut() -> String) -> Cost {
    let rounds: Vec<Cost> = (0..ROUNDS)
        .map(|_| {
            let texts: Vec<String> = (0..statements).map(|_| text()).collect();
            let mut latencies = Vec::with_capacity(statements);
            let before = peer.processor_time();
            for text in &texts {
                let began = Instant::now();
                client.run(text);
                latencies.push(began.elapsed().as_secs_f64() * 1e6);
            }
            let used = peer.processor_time() - before;
            Cost { processor: used * 1e-3 / statements as f64, latency: median(latencies) }
        })
        .collect();
    Cost {
        processor: median(rounds.iter().map(|cost| cost.processor).collect()),
        latency: median(rounds.iter().map(|cost| cost.latency).collect()),
    }
}

/// A table in Markdown.
pub fn table(title: &str, columns: &[&str], rows: &[Vec<String>]) {
    let mut text = format!("### {title}\n\n| {} |\n|", columns.join(" | "));
    text.push_str(&"---:|".repeat(columns.len()));
    for row in rows {
        write!(text, "\n| {} |", row.join(" | ")).expect("memory");
    }
    println!("{text}\n");
}

/// A number for people.
pub fn shown(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}
