//! A model of the server's transactions and their read-only mode, to play against: whatever a client sends and however
//! the answers are delayed or hidden statements cancelled, what only reads never runs in a read-write transaction.

use super::script::{Stage, agent, from_client, from_upstream, message, setup};
use crate::policy::Preset;
use crate::session::expect::{CLOSED_BEHIND_SNAPSHOT, Hidden, SEAL};
use crate::session::temporary::QUESTION;
use crate::wire::backend::ErrorView;
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
    /// What SET LOCAL hides to the transaction's end.
    after: Option<bool>,
}

#[derive(Clone, Debug)]
struct Transaction {
    /// Begun by BEGIN.
    block: bool,
    failed: bool,
    /// A snapshot was taken in it.
    queried: bool,
    /// The first was taken read-only: to `SERIALIZABLE` it is a transaction that never writes.
    never_writes: bool,
    /// The client made it read-only itself.
    asked: bool,
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
    /// A block was to be opened when something had been read in it.
    late: bool,
    /// A write ran in a transaction that was taken for one that never writes.
    mistaken: bool,
    /// The session's default as it began.
    reset: bool,
    /// What the client was last told that it is.
    reported: bool,
}

impl Server {
    /// Behind Stockade.
    fn new(cancels: Vec<bool>) -> Self {
        Self::with(true, cancels)
    }

    fn with(reset: bool, cancels: Vec<bool>) -> Self {
        Self {
            modes: Modes { read_only: reset, default: reset, after: None },
            reset,
            reported: reset,
            transaction: None,
            skipping: false,
            statements: HashMap::new(),
            portals: HashMap::new(),
            input: BytesMut::new(),
            cancels,
            breach: false,
            late: false,
            mistaken: false,
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
                    false if self.is_failed() && !body[1].starts_with("ROLLBACK") && !body[1].starts_with("COMMIT") => {
                        Err("25P02")
                    }
                    false if !body[0].is_empty() && self.statements.contains_key(&body[0]) => Err("42P05"),
                    false => {
                        self.query(&body[1]);
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
            b'D' => match self.statements.contains_key(body[0].get(1..).unwrap_or_default()) {
                true => Ok("n".into()),
                false => Err("26000"),
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

    /// A text is looked at, or runs: queries are by a snapshot.
    fn query(&mut self, text: &str) {
        if let (Some(transaction), "SELECT" | "INSERT" | "DROP") =
            (&mut self.transaction, text.split(' ').next().unwrap_or_default())
        {
            transaction.never_writes |= self.modes.read_only && !(transaction.queried || transaction.asked);
            transaction.queried = true;
        }
    }

    fn begin(&mut self, block: bool) {
        let modes = &mut self.modes;
        let transaction = self.transaction.get_or_insert_with(|| {
            modes.read_only = modes.default;
            Transaction {
                block: false,
                failed: false,
                queried: false,
                never_writes: false,
                asked: false,
                before: *modes,
                savepoints: Vec::new(),
            }
        });
        transaction.block |= block;
    }

    /// The end of a statement or a run of them outside of a block.
    fn finish(&mut self) {
        if self.transaction.as_ref().is_some_and(|t| !t.block) {
            self.commit();
        }
    }

    fn fails(&mut self, code: &str) -> Vec<u8> {
        match &mut self.transaction {
            Some(transaction) if transaction.block => transaction.failed = true,
            _ => self.roll_back(),
        }
        from_upstream(&format!("E {code}"))
    }

    fn commit(&mut self) {
        self.transaction = None;
        self.modes.default = self.modes.after.take().unwrap_or(self.modes.default);
    }

    fn roll_back(&mut self) {
        if let Some(transaction) = self.transaction.take() {
            self.modes = transaction.before;
        }
    }

    fn ready(&mut self) -> Vec<u8> {
        let changed = std::mem::replace(&mut self.reported, self.modes.default) != self.modes.default;
        let value = if self.modes.default { "on" } else { "off" };
        let told = format!("default_transaction_read_only\0{value}\0");
        let told = if changed { message(b'S', told.as_bytes()) } else { Vec::new() };
        let status = match &self.transaction {
            None => b"I",
            Some(transaction) if transaction.failed => b"E",
            Some(_) => b"T",
        };
        [told, message(b'Z', status)].concat()
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
            "COMMIT AND CHAIN" | "ROLLBACK AND CHAIN" => {
                let transaction = self.transaction.as_ref().filter(|t| t.block).ok_or("25P01")?;
                // What a subtransaction was made to be goes with it; what failed at its top is as it began.
                let top = match transaction.savepoints.last() {
                    Some((_, modes)) => *modes,
                    None if failed => transaction.before,
                    None => self.modes,
                };
                if failed || text.starts_with("ROLLBACK") {
                    self.roll_back();
                } else {
                    self.commit();
                }
                self.begin(true);
                self.modes.read_only = top.read_only;
                return Ok("COMMIT");
            }
            "COMMIT" => {
                if failed {
                    self.roll_back();
                } else if self.transaction.as_ref().is_some_and(|t| t.block) {
                    self.commit();
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
        self.query(text);
        match text {
            "SELECT pure()" => self.breach |= !self.modes.read_only,
            "SELECT mixed()" | "DROP SCHEMA t" => {}
            "SELECT bad()" => return Err("22012"),
            "INSERT INTO t VALUES (2)" if !self.modes.read_only => return Err("23505"),
            "SHOW transaction_read_only" => return Ok(if self.modes.read_only { "on" } else { "off" }),
            "SHOW default_transaction_read_only" => return Ok(if self.modes.default { "on" } else { "off" }),
            "INSERT INTO t VALUES (1)" | "INSERT INTO t VALUES (2)" | "DROP TABLE t" if self.modes.read_only => {
                return Err("25006");
            }
            "INSERT INTO t VALUES (1)" | "DROP TABLE t" => {
                self.mistaken |= self.transaction.as_ref().is_some_and(|t| t.never_writes);
            }
            "BEGIN" => self.begin(true),
            "BEGIN READ WRITE" | "BEGIN READ ONLY" => {
                let opens = text == "BEGIN READ WRITE" && self.modes.read_only;
                if opens && self.transaction.as_ref().is_some_and(|t| t.queried || !t.savepoints.is_empty()) {
                    return Err("25001");
                }
                self.begin(true);
                self.modes.read_only = text == "BEGIN READ ONLY";
                self.transaction.iter_mut().for_each(|t| t.asked |= self.modes.read_only);
            }
            "SET TRANSACTION READ ONLY" => {
                self.modes.read_only = true;
                // Ours comes behind the last read alone.
                self.transaction.iter_mut().for_each(|t| t.asked = true);
            }
            "SET TRANSACTION READ WRITE" => {
                let transaction = self.transaction.as_ref().ok_or("25P01")?;
                if self.modes.read_only && (transaction.queried || !transaction.savepoints.is_empty()) {
                    self.late = true;
                    return Err("25001");
                }
                self.modes.read_only = false;
            }
            "SELECT pg_catalog.pg_stat_force_next_flush()" => {}
            "RESET ALL" => (self.modes.default, self.modes.after) = (self.reset, None),
            "SET SESSION default_transaction_read_only = off" => {
                (self.modes.default, self.modes.after) = (false, None);
            }
            "SET default_transaction_read_only = on"
            | "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
            | "SET SESSION default_transaction_read_only = on" => {
                (self.modes.default, self.modes.after) = (true, None);
            }
            "SET LOCAL default_transaction_read_only = on" | "SET LOCAL default_transaction_read_only = off" => {
                self.modes.after.get_or_insert(self.modes.default);
                self.modes.default = text.ends_with("on");
            }
            _ if text == CLOSED_BEHIND_SNAPSHOT => self.modes.read_only = true,
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
    let groups = [Hidden::Off, Hidden::On, Hidden::Savepoint, Hidden::Release, Hidden::Open, Hidden::Close];
    for hidden in groups.into_iter().chain([Hidden::OpenToRead, Hidden::ReleaseAndClose]) {
        for statement in hidden.statements() {
            let make::Ours::Text(statement) = statement else { continue };
            let mut server = Server::new(Vec::new());
            server.begin(true);
            if hidden != Hidden::Open {
                server.run("SAVEPOINT _stockade_reading").unwrap();
                server.modes.read_only = *statement != "SET TRANSACTION READ WRITE";
            }
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
    "COMMIT AND CHAIN",
    "ROLLBACK",
    "SAVEPOINT s",
    "RELEASE s",
    "ROLLBACK TO s",
    "SET default_transaction_read_only = on",
    "RESET ALL",
    "DROP TABLE t",
    "DROP SCHEMA t",
    "SELECT mixed()",
    "SELECT bad()",
    "INSERT INTO t VALUES (2)",
    "ROLLBACK AND CHAIN",
    "SET TRANSACTION READ ONLY",
    "SHOW transaction_read_only",
    "SHOW default_transaction_read_only",
    "SET LOCAL default_transaction_read_only = on",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
];

/// What a client sends up to where it waits for ReadyForQuery.
fn unit() -> impl Strategy<Value = Vec<u8>> {
    let statements = prop_oneof![vec(Just("SELECT pure()"), 1..3), vec(select(OTHER), 1..2), vec(select(OTHER), 2..4),];
    (statements, any::<bool>(), prop_oneof![any::<u8>(), any::<u8>().prop_map(|bits| bits & 0xf0)]).prop_map(
        |(statements, extended, flushes)| {
            if !extended {
                return from_client(&format!("Q {}", statements.join("; ")));
            }
            let mut bytes = Vec::new();
            for (i, statement) in statements.iter().enumerate() {
                let named = flushes & (16 << i) != 0;
                let name: &[u8] = if named { b"s\0" } else { b"\0" };
                let parse = message(b'P', &[name, statement.as_bytes(), b"\0\0\0"].concat());
                if named {
                    bytes.extend([from_client("C Ss"), parse, from_client("D Ss")].concat());
                } else {
                    bytes.extend(parse);
                }
                if flushes & 128 != 0 {
                    bytes.extend(from_client("S"));
                }
                bytes.extend([from_client(if named { "B =s" } else { "B =" }), from_client("E")].concat());
                if flushes & (1 << i) != 0 {
                    bytes.extend(from_client("H"));
                }
            }
            bytes.extend(from_client("S"));
            bytes
        },
    )
}

/// What a client is told by its units alone, up to where something is refused, or a run was sent before its end was known.
fn told(mut bytes: BytesMut) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(header) = Header::read(&bytes).unwrap() {
        let message = bytes.split_to(header.total());
        let body = &message[HEADER_BYTES..];
        let body = if header.tag == b'E' { ErrorView::read(body).code } else { body };
        let text = String::from_utf8_lossy(body);
        if header.tag != b'S' {
            all.push(format!("{} {text}", char::from(header.tag)));
        }
    }
    all
}

/// The same on a direct connection.
fn directly(units: &[Vec<u8>]) -> Vec<String> {
    let mut server = Server::with(false, Vec::new());
    let mut answers = BytesMut::new();
    for unit in units {
        server.input.extend_from_slice(unit);
        while let Some(answer) = server.step() {
            answers.extend_from_slice(&answer);
        }
    }
    told(answers)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

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
        let mut answers = BytesMut::new();
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
            answers.extend_from_slice(&std::mem::take(&mut stage.out.to_client));
            // A turn in which the server is given no step shows nothing.
            idle = if moved || steps == 0 { 0 } else { idle + 1 };
        }
        prop_assert!(!server.breach, "a read ran in a read-write transaction");
        prop_assert!(!server.late, "a block was opened too late");
        prop_assert!(!server.mistaken, "a write in a transaction that was taken for read-only");
        if let Some(fault) = stage.fault {
            // Cancelled as often as the way back is tried.
            prop_assert!(fault.to_string().contains("could not be made read-only") && cancelled > 5, "{fault}");
            return Ok(());
        }
        prop_assert!(stage.from_client.is_empty() && !stage.session.is_waiting(), "stuck");
        prop_assert!(!stage.session.awaits_upstream());
        prop_assert!(server.transaction.is_some() || server.modes.default, "left open");
        let (through, direct) = (told(answers), directly(&units));
        let readies = |all: &[String]| all.iter().filter(|message| message.starts_with('Z')).count();
        prop_assert_eq!(readies(&through), readies(&direct));
        // A client that asks for a read-only default has it at once, and to the end of the session; and a run that is flushed
        // has the mode of what is known of it. Nor is the mode shown beside a read as it would be, where nothing is counted.
        let asks = units.iter().any(|unit| {
            let text = String::from_utf8_lossy(unit);
            let shows = text.contains("SHOW ") && text.contains("SELECT ");
            shows || text.contains("SET default") || text.contains("CHARACTERISTICS") || text.contains("RESET") || text.contains("BEGIN READ ONLY") || text.contains("H\0\0\0\u{4}")
        });
        if !asks && cancelled == 0 && preset != Preset::ReadOnly && !through.iter().any(|message| message.contains("42501")) {
            let said: Vec<_> = units.iter().map(|unit| String::from_utf8_lossy(unit).replace(char::is_control, " ")).collect();
            prop_assert!(through == direct, "{said:#?}\n through {through:#?}\n direct {direct:#?}");
        }
    }
}
