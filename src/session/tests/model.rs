//! A model of the server's transactions and their read-only mode, to play against: whatever a client sends and however
//! the answers are delayed or hidden statements cancelled, what only reads never runs in a read-write transaction.

use super::script::{Stage, agent, from_client, from_upstream, message, setup};
use crate::policy::Preset;
use crate::session::expect::{Hidden, SEAL};
use crate::session::temporary::QUESTION;
use crate::wire::{HEADER_BYTES, Header, make};
use bytes::BytesMut;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::HashMap;

/// `XactReadOnly` and the setting, as they are put back by a rollback.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Modes {
    read_only: bool,
    default: bool,
}

#[derive(Clone, Debug)]
struct Transaction {
    /// Begun by BEGIN.
    block: bool,
    failed: bool,
    /// Before it began.
    before: Modes,
    savepoints: Vec<(String, Modes)>,
}

/// PostgreSQL, as far as it matters here.
struct Server {
    modes: Modes,
    transaction: Option<Transaction>,
    skipping: bool,
    statements: HashMap<String, String>,
    portals: HashMap<String, String>,
    input: BytesMut,
    /// Which executions of hidden statements a CancelRequest hits.
    cancels: Vec<bool>,
    /// `SELECT pure()` ran where it could write.
    breach: bool,
}

impl Server {
    fn new(cancels: Vec<bool>) -> Self {
        Self {
            modes: Modes { read_only: true, default: true },
            transaction: None,
            skipping: false,
            statements: HashMap::new(),
            portals: HashMap::new(),
            input: BytesMut::new(),
            cancels,
            breach: false,
        }
    }

    /// Deals with one message; `None` when there is none.
    fn step(&mut self) -> Option<Vec<u8>> {
        let header = Header::read(&self.input).unwrap()?;
        let frame = self.input.split_to(header.total());
        let body: Vec<String> =
            frame[HEADER_BYTES..].split(|&b| b == 0).map(|part| String::from_utf8_lossy(part).into()).collect();
        if header.tag == b'S' {
            self.skipping = false;
            self.finish();
            return Some(self.ready());
        }
        if self.skipping {
            return Some(Vec::new());
        }
        let done = match header.tag {
            b'Q' => {
                let mut answer = Vec::new();
                for statement in body[0].split("; ") {
                    match self.run(statement) {
                        Ok(tag) => answer.extend(from_upstream(&format!("C {tag}"))),
                        Err(code) => {
                            answer.extend(self.fails(code));
                            break;
                        }
                    }
                }
                self.finish();
                return Some([answer, self.ready()].concat());
            }
            b'P' => {
                self.begin(false);
                match body[1].starts_with("stockade refused") {
                    true => Err("42601"),
                    false if self.is_failed() && !body[1].starts_with("ROLLBACK") && body[1] != "COMMIT" => {
                        Err("25P02")
                    }
                    false if !body[0].is_empty() && self.statements.contains_key(&body[0]) => Err("42P05"),
                    false => {
                        self.statements.insert(body[0].clone(), body[1].clone());
                        Ok("1".into())
                    }
                }
            }
            b'B' => match self.statements.get(&body[1]) {
                Some(text) => {
                    self.portals.insert(body[0].clone(), text.clone());
                    Ok("2".into())
                }
                None => Err("26000"),
            },
            b'E' if body[0] == make::HIDDEN_NAME && self.cancels.pop() == Some(true) => Err("57014"),
            b'E' if self.portals.get(&body[0]).is_some_and(|text| text == QUESTION) => {
                let row = message(b'D', &[0, 1, 0, 0, 0, 1, b'1']);
                return Some([row, from_upstream("C SELECT 1")].concat());
            }
            b'E' => match self.portals.get(&body[0]).cloned() {
                Some(text) => self.run(&text).map(|tag| format!("C {tag}")),
                None => Err("34000"),
            },
            b'C' => {
                let names = if body[0].starts_with('S') { &mut self.statements } else { &mut self.portals };
                names.remove(body[0].get(1..).unwrap_or_default());
                Ok("3".into())
            }
            _ => return Some(Vec::new()),
        };
        Some(match done {
            Ok(words) => from_upstream(&words),
            Err(code) => {
                self.skipping = true;
                self.fails(code)
            }
        })
    }

    fn is_failed(&self) -> bool {
        self.transaction.as_ref().is_some_and(|t| t.failed)
    }

    fn begin(&mut self, block: bool) {
        let modes = &mut self.modes;
        let transaction = self.transaction.get_or_insert_with(|| {
            modes.read_only = modes.default;
            Transaction { block: false, failed: false, before: *modes, savepoints: Vec::new() }
        });
        transaction.block |= block;
    }

    /// The end of a statement or a run of them outside of a block.
    fn finish(&mut self) {
        if self.transaction.as_ref().is_some_and(|t| !t.block) {
            self.transaction = None;
        }
    }

    fn fails(&mut self, code: &str) -> Vec<u8> {
        match &mut self.transaction {
            Some(transaction) if transaction.block => transaction.failed = true,
            _ => self.roll_back(),
        }
        from_upstream(&format!("E {code}"))
    }

    fn roll_back(&mut self) {
        if let Some(transaction) = self.transaction.take() {
            self.modes = transaction.before;
        }
    }

    fn ready(&self) -> Vec<u8> {
        let status = match &self.transaction {
            None => b"I",
            Some(transaction) if transaction.failed => b"E",
            Some(_) => b"T",
        };
        message(b'Z', status)
    }

    fn run(&mut self, text: &str) -> Result<&'static str, &'static str> {
        if text.starts_with("stockade refused") {
            return Err("42601");
        }
        self.begin(false);
        let failed = self.is_failed();
        let name = || text.rsplit(' ').next().unwrap_or_default().to_owned();
        let find = |t: &Transaction| t.savepoints.iter().rposition(|(n, _)| *n == name());
        match text {
            "ROLLBACK" => {
                self.roll_back();
                return Ok("ROLLBACK");
            }
            "COMMIT" => {
                if failed {
                    self.roll_back();
                } else if self.transaction.as_ref().is_some_and(|t| t.block) {
                    self.transaction = None;
                }
                return Ok("COMMIT");
            }
            _ if text.starts_with("ROLLBACK TO") => {
                let modes = &mut self.modes;
                let transaction = self.transaction.as_mut().filter(|t| t.block).ok_or("25P01")?;
                let at = find(transaction).ok_or("3B001")?;
                transaction.savepoints.truncate(at + 1);
                transaction.failed = false;
                *modes = transaction.savepoints[at].1;
                return Ok("ROLLBACK");
            }
            _ if failed => return Err("25P02"),
            _ => {}
        }
        match text {
            "SELECT pure()" => self.breach |= !self.modes.read_only,
            "SELECT mixed()" => {}
            "INSERT INTO t VALUES (1)" | "DROP TABLE t" if self.modes.read_only => return Err("25006"),
            "INSERT INTO t VALUES (1)" | "DROP TABLE t" => {}
            "BEGIN" => self.begin(true),
            "BEGIN READ WRITE" | "BEGIN READ ONLY" => {
                self.begin(true);
                self.modes.read_only = text == "BEGIN READ ONLY";
            }
            "SET TRANSACTION READ ONLY" => self.modes.read_only = true,
            "SELECT pg_catalog.pg_stat_force_next_flush()" => {}
            "SET SESSION default_transaction_read_only = off" => self.modes.default = false,
            "RESET ALL"
            | "SET default_transaction_read_only = on"
            | "SET SESSION default_transaction_read_only = on" => {
                self.modes.default = true;
            }
            _ if text == SEAL => {}
            _ if text.starts_with("SAVEPOINT") => {
                let modes = self.modes;
                self.transaction.as_mut().filter(|t| t.block).ok_or("25P01")?.savepoints.push((name(), modes));
            }
            _ if text.starts_with("RELEASE") => {
                let transaction = self.transaction.as_mut().filter(|t| t.block).ok_or("25P01")?;
                let at = find(transaction).ok_or("3B001")?;
                self.modes.read_only = transaction.savepoints[at].1.read_only;
                transaction.savepoints.truncate(at);
            }
            _ => panic!("the model does not know {text}"),
        }
        Ok("DONE")
    }
}

#[test]
fn the_model_knows_all_hidden_statements() {
    for hidden in [Hidden::Off, Hidden::On, Hidden::Savepoint, Hidden::Release] {
        for statement in hidden.statements() {
            let make::Ours::Text(statement) = statement else { continue };
            let mut server = Server::new(Vec::new());
            server.begin(true);
            server.run("SAVEPOINT _stockade").unwrap();
            server.run(statement).unwrap();
        }
    }
}

const OTHER: &[&str] = &[
    "INSERT INTO t VALUES (1)",
    "BEGIN",
    "BEGIN READ WRITE",
    "BEGIN READ ONLY",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT s",
    "RELEASE s",
    "ROLLBACK TO s",
    "SET default_transaction_read_only = on",
    "RESET ALL",
    "DROP TABLE t",
    "DROP SCHEMA t",
    "SELECT mixed()",
];

/// What a client sends up to where it waits for ReadyForQuery.
fn unit() -> impl Strategy<Value = Vec<u8>> {
    let statements = prop_oneof![vec(Just("SELECT pure()"), 1..3), vec(select(OTHER), 1..2), vec(select(OTHER), 2..4),];
    (statements, any::<bool>(), any::<u8>()).prop_map(|(statements, extended, flushes)| {
        if !extended {
            return from_client(&format!("Q {}", statements.join("; ")));
        }
        let mut bytes = Vec::new();
        for (i, statement) in statements.iter().enumerate() {
            let parse = message(b'P', &[b"\0", statement.as_bytes(), b"\0\0\0"].concat());
            bytes.extend([parse, from_client("B ="), from_client("E")].concat());
            if flushes & (1 << i) != 0 {
                bytes.extend(from_client("H"));
            }
        }
        bytes.extend(from_client("S"));
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_only_reads_never_runs_read_write(
        units in vec(unit(), 1..12),
        turns in vec(0usize..20, 1..40),
        cancels in vec(prop::bool::weighted(0.1), 0..30),
        preset in select(vec![Preset::AppWriter, Preset::Migrator, Preset::ReadOnly]),
    ) {
        let mut stage = Stage::ready(setup(agent(preset)));
        let cancelled = cancels.iter().filter(|&&hit| hit).count();
        let mut server = Server::new(cancels);
        let mut told = BytesMut::new();
        let mut left = units.iter();
        let mut turns = turns.into_iter().chain(std::iter::repeat(19));
        let mut idle = 0;
        // Each turn: a unit of the client's, and as many of the server's steps.
        while idle < 3 {
            let said = left.next();
            if let Some(bytes) = said {
                stage.client(bytes);
            }
            server.input.extend_from_slice(&std::mem::take(stage.out.to_upstream.bytes()));
            let mut moved = said.is_some();
            let steps = turns.next().unwrap_or(1);
            for _ in 0..steps {
                let Some(answer) = server.step() else { break };
                moved = true;
                stage.upstream(&answer);
                server.input.extend_from_slice(&std::mem::take(stage.out.to_upstream.bytes()));
            }
            told.extend_from_slice(&std::mem::take(&mut stage.out.to_client));
            // A turn in which the server is given no step shows nothing.
            idle = if moved || steps == 0 { 0 } else { idle + 1 };
        }
        prop_assert!(!server.breach, "a read ran in a read-write transaction");
        if let Some(fault) = stage.fault {
            // Cancelled as often as the way back is tried.
            prop_assert!(fault.to_string().contains("could not be made read-only") && cancelled > 5, "{fault}");
            return Ok(());
        }
        prop_assert!(stage.from_client.is_empty() && !stage.session.is_waiting(), "stuck");
        prop_assert!(!stage.session.awaits_upstream());
        prop_assert!(server.transaction.is_some() || server.modes.default, "left open");
        let mut readies = 0;
        while let Some(header) = Header::read(&told).unwrap() {
            readies += usize::from(header.tag == b'Z');
            let _read = told.split_to(header.total());
        }
        prop_assert_eq!(readies, units.len());
    }
}
