//! A real PostgreSQL behind a session of Stockade's, and what a text left of the fixture there.

use crate::client::{Client, Frames};
use crate::line::{Line, agent, message, query};
use stockade::demo::binaries::Binaries;
use stockade::demo::cluster::{Cluster, Options};

const ROLE: &str = "agent";
const FIXTURE: &str = include_str!("fixture.sql");
const PROBE: &str = include_str!("probe.sql");

/// How a text is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A Query alone.
    Simple,
    /// A Query inside a transaction block, rolled back afterwards.
    Block,
    /// Parse, Bind, Execute, Sync inside a transaction block, rolled back afterwards.
    Extended,
}

/// The server.
pub struct Server {
    cluster: Cluster,
    owner: Client,
    agent: Client,
}

impl Server {
    /// A scratch cluster with the fixture; `None` where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        let settings = [("statement_timeout", "2000"), ("lock_timeout", "1000"), ("jit", "off"), ("work_mem", "32MB")];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let cluster = match Binaries::find().map(|found| Cluster::start(&found, &Options { settings, hba: None })) {
            Ok(Ok(cluster)) => cluster,
            Ok(Err(error)) => panic!("{error}"),
            Err(error) => {
                eprintln!("fuzz sql: no server to ask, the parse tree alone tells what destroys ({error})");
                return None;
            }
        };
        let mut owner = Client::open(cluster.address(), "postgres");
        owner.query(&format!("CREATE ROLE {ROLE} LOGIN")).fine();
        let agent = Self::connect(&cluster);
        let mut server = Self { cluster, owner, agent };
        server.reset();
        Some(server)
    }

    /// A session as Stockade opens it for an agent.
    fn connect(cluster: &Cluster) -> Client {
        let parameters = [("user", ROLE), ("database", "postgres"), ("default_transaction_read_only", "on")];
        Client::with(cluster.address(), &parameters)
    }

    /// Everything as at first.
    fn reset(&mut self) {
        self.agent = Self::connect(&self.cluster);
        let away = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'agent' AND state <> 'idle'";
        self.owner.query(away).fine();
        self.owner.query(&format!("DROP OWNED BY {ROLE} CASCADE; DROP SCHEMA IF EXISTS public CASCADE")).fine();
        self.owner
            .query(&format!(
                "CREATE SCHEMA public AUTHORIZATION {ROLE}; GRANT CREATE, TEMPORARY ON DATABASE postgres TO {ROLE}"
            ))
            .fine();
        self.owner.query(&format!("SET ROLE {ROLE}; {FIXTURE}")).fine();
        self.owner.query("RESET ROLE").fine();
        self.owner.query(PROBE).fine();
    }

    /// Sends a text through a session of Stockade's, and says what of the fixture is lost.
    pub fn loses(&mut self, text: &str, way: Way) -> Option<String> {
        let mut line = Line::ready(agent());
        if way != Way::Simple {
            self.relay(&mut line, &query("BEGIN"));
        }
        let said = match way {
            Way::Simple | Way::Block => query(text),
            Way::Extended => Frames::new().run(text, &[]).sync().0,
        };
        let status = self.relay(&mut line, &said);
        if status == Some(b'E') {
            self.clean(line.fault.is_some());
            return None;
        }
        if line.fault.is_some() {
            self.agent = Self::connect(&self.cluster);
        }
        let seen = if status == Some(b'T') && !self.has_written() { Vec::new() } else { self.look() };
        let lost: Vec<&str> = seen.iter().map(String::as_str).filter(|seen| seen.starts_with("lost")).take(4).collect();
        let lost = (!lost.is_empty()).then(|| format!("{way:?}: {}", lost.join(", ")));
        self.clean(false);
        if status != Some(b'T') && !(seen.is_empty() && self.look().is_empty()) || lost.is_some() {
            self.reset();
        }
        lost
    }

    /// Whether the transaction under way wrote anything at all.
    fn has_written(&mut self) -> bool {
        let answer = self.agent.query("SELECT pg_catalog.pg_current_xact_id_if_assigned()");
        answer.error().is_some() || answer.rows().iter().any(|row| row[0].is_some())
    }

    fn look(&mut self) -> Vec<String> {
        let answer = self.agent.query("SELECT probe.look()");
        if answer.error().is_some() {
            // The session can see nothing any more: what it left is looked at from another.
            return vec![format!("unseen: {:?}", answer.code())];
        }
        answer.rows().into_iter().filter_map(|mut row| row.pop().flatten()).collect()
    }

    fn clean(&mut self, broken: bool) {
        if broken {
            self.agent = Self::connect(&self.cluster);
            return;
        }
        self.agent.send(&Frames::new().query("ROLLBACK").query("DISCARD ALL").0);
        self.agent.answer();
        self.agent.answer().fine();
    }

    /// Passes the client's bytes on, and everything back, up to the last answer due. The status of the last
    /// ReadyForQuery.
    fn relay(&mut self, line: &mut Line, said: &[u8]) -> Option<u8> {
        let mut status = None;
        line.client(said);
        loop {
            let bytes = line.take_upstream();
            if !bytes.is_empty() {
                self.agent.send(&bytes);
            }
            if line.fault.is_some() || !line.session.awaits_upstream() && line.from_client.is_empty() {
                return status;
            }
            let message_read = self.agent.receive();
            if message_read.tag == b'Z' {
                status = message_read.body.first().copied();
            }
            line.upstream(&message(message_read.tag, &message_read.body));
            line.out.to_client.clear();
        }
    }
}
