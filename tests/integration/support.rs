//! What integration tests share: one scratch cluster a test process, a database a test, and Stockade as a program.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests: a panic is their failure"
)]

use crate::client::Client;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};
use stockade::demo::binaries::Binaries;
use stockade::demo::cluster::{self, SUPERUSER, free_port};
use stockade::demo::watchdog::Watchdog;

const READY_WITHIN: Duration = Duration::from_secs(30);

/// The process's own cluster: started by the first test that asks, and gone with the process (its watchdog sees to
/// that, for nothing drops a static).
pub fn cluster() -> &'static cluster::Cluster {
    static SHARED: LazyLock<cluster::Cluster> = LazyLock::new(|| own_cluster(&cluster::Options::default()));
    &SHARED
}

/// A cluster for one test alone, to be stopped, resumed or set up in another way.
pub fn own_cluster(options: &cluster::Options) -> cluster::Cluster {
    let mut options = options.clone();
    let many = [("max_connections", "300"), ("max_prepared_transactions", "10")];
    options.settings.splice(0..0, many.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let binaries = Binaries::find().unwrap_or_else(|error| panic!("{error}"));
    cluster::Cluster::start(&binaries, &options).unwrap_or_else(|error| panic!("{error}"))
}

/// The shared Stockade before the shared cluster, with that preset and without a configuration file.
pub fn stockade(preset: &str) -> &'static Stockade {
    static TRUSTED: LazyLock<Stockade> = LazyLock::new(|| Stockade::start(&["--preset", "trusted"]));
    static WRITER: LazyLock<Stockade> = LazyLock::new(|| Stockade::start(&[]));
    match preset {
        "trusted" => &TRUSTED,
        "app-writer" => &WRITER,
        other => panic!("no shared Stockade with preset {other}"),
    }
}

/// A new database of the shared cluster with this in it, for one test alone.
pub fn database_with(setup: &str) -> Database {
    Database::with(cluster().address(), setup)
}

/// An agent of the preset `app-writer` before a database with this in it.
pub fn agent_before(setup: &str) -> (Database, Stockade, Client) {
    let database = database_with(setup);
    let stockade = Stockade::before(database.address, &["--preset", "app-writer"]);
    let client = database.open_through(&stockade);
    (database, stockade, client)
}

/// A new database of the shared cluster, for one test alone.
pub async fn database() -> Database {
    Database::on(cluster().address()).await
}

/// One test's database. It stays until the cluster goes: dropping it would need the test's sessions to be closed.
#[derive(Debug, Clone)]
pub struct Database {
    /// The server, directly.
    pub address: SocketAddr,
    /// Its name.
    pub name: String,
}

impl Database {
    /// Makes one on that server.
    pub async fn on(address: SocketAddr) -> Self {
        let name = Self::name();
        let client = connect(address, SUPERUSER, "postgres").await;
        // template0: nobody can be connected to it, so that tests can do this at the same time.
        client.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0")).await.unwrap();
        Self { address, name }
    }

    /// Makes one on that server, with this in it.
    pub fn with(address: SocketAddr, setup: &str) -> Self {
        let name = Self::name();
        Client::open(address, "postgres").query(&format!("CREATE DATABASE {name} TEMPLATE template0")).fine();
        if !setup.is_empty() {
            Client::open(address, &name).query(setup).fine();
        }
        Self { address, name }
    }

    fn name() -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed))
    }

    /// A superuser's bare session, directly.
    #[track_caller]
    pub fn open(&self) -> Client {
        Client::open(self.address, &self.name)
    }

    /// A superuser's bare session through a Stockade.
    #[track_caller]
    pub fn open_through(&self, stockade: &Stockade) -> Client {
        Client::open(stockade.address, &self.name)
    }

    /// A superuser's session, directly.
    pub async fn direct(&self) -> tokio_postgres::Client {
        connect(self.address, SUPERUSER, &self.name).await
    }

    /// A superuser's session through a Stockade.
    pub async fn through(&self, stockade: &Stockade) -> tokio_postgres::Client {
        connect(stockade.address, SUPERUSER, &self.name).await
    }

    /// The connection string through any address.
    pub fn url(&self, address: SocketAddr) -> String {
        format!("postgres://{SUPERUSER}@{address}/{}", self.name)
    }
}

/// A session without TLS and password; its driver ends with it.
pub async fn connect(address: SocketAddr, user: &str, database: &str) -> tokio_postgres::Client {
    let mut config = tokio_postgres::Config::new();
    config.host(address.ip().to_string()).port(address.port()).user(user).dbname(database);
    let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// `stockade run`, as a user runs it.
#[derive(Debug)]
pub struct Stockade {
    // Before the watchdog: stopped by hand first.
    child: Child,
    _watchdog: Watchdog,
    _folder: Option<tempfile::TempDir>,
    /// Where clients connect.
    pub address: SocketAddr,
    /// `/metrics`, `/healthz`, `/readyz`.
    pub admin: SocketAddr,
    output: Arc<Mutex<String>>,
}

impl Stockade {
    /// In front of the shared cluster, without a configuration file; `more` are further arguments
    /// (`["--preset", "trusted"]`).
    pub fn start(more: &[&str]) -> Self {
        Self::before(cluster().address(), more)
    }

    /// In front of any server. Returns when `/readyz` says ready.
    pub fn before(upstream: SocketAddr, more: &[&str]) -> Self {
        let url = format!("postgres://{upstream}");
        let fixed = ["run", "--upstream", &url, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
        Self::launch(&[&fixed[..], more].concat(), None)
    }

    /// By a configuration's text: `[[listener]]` and `[admin]` are put before it, both on free ports, the listener's
    /// further keys are `listener`.
    pub fn with_config(upstream: SocketAddr, listener: &str, config: &str) -> Self {
        let upstream = format!("[upstream.test]\naddress = \"{upstream}\"\n");
        Self::with_file(&format!(
            "[[listener]]\naddress = \"127.0.0.1:0\"\n{listener}\n[admin]\naddress = \"127.0.0.1:0\"\n{upstream}{config}"
        ))
    }

    /// By a whole configuration, which listens on 127.0.0.1:0.
    pub fn with_file(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stockade.toml");
        std::fs::write(&path, config).unwrap();
        Self::launch(&["run", "--config", path.to_str().unwrap()], Some(folder))
    }

    /// In front of any server, behind this command of the shell's: `ulimit -n 64`.
    pub fn behind(shell: &str, upstream: SocketAddr) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{shell} && exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_stockade")]);
        let url = format!("postgres://{upstream}");
        let arguments = ["run", "--upstream", &url, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
        Self::launch_by(command, &arguments, None)
    }

    fn launch(arguments: &[&str], folder: Option<tempfile::TempDir>) -> Self {
        Self::launch_by(Command::new(env!("CARGO_BIN_EXE_stockade")), arguments, folder)
    }

    fn launch_by(mut command: Command, arguments: &[&str], folder: Option<tempfile::TempDir>) -> Self {
        let mut child = command
            .args(arguments)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut watchdog = Watchdog::start(None).unwrap();
        watchdog.guard("TERM", child.id()).unwrap();
        let output = Arc::new(Mutex::new(String::new()));
        collect(child.stdout.take().unwrap(), &output);
        collect(child.stderr.take().unwrap(), &output);
        let nowhere = (Ipv4Addr::LOCALHOST, 0).into();
        let mut stockade =
            Self { child, _watchdog: watchdog, _folder: folder, address: nowhere, admin: nowhere, output };
        stockade.address = stockade.announced("listening for clients");
        stockade.admin = stockade.announced("serving /metrics");
        stockade
    }

    /// The address it says it listens on.
    fn announced(&mut self, what: &str) -> SocketAddr {
        self.wait_for(|stockade| {
            let output = stockade.output();
            let line = output.lines().find(|line| line.contains(what))?;
            let (_, address) = line.rsplit_once("address=")?;
            address.trim_matches('"').parse().ok()
        })
    }

    /// Waits until something can be had; fails where it cannot in time, or the program has ended.
    #[track_caller]
    pub fn wait_for<T>(&mut self, mut found: impl FnMut(&mut Self) -> Option<T>) -> T {
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            if let Some(found) = found(self) {
                return found;
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("stockade ended: {status}\n{}", self.output());
            }
            assert!(Instant::now() < deadline, "it did not come\n{}", self.output());
            std::thread::yield_now();
        }
    }

    /// An admin endpoint's status and body; none where nobody answers.
    pub fn get(&self, path: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(self.admin).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
    }

    /// Every sample of `/metrics`: its name with labels, as printed, and its value.
    pub fn metrics(&self) -> BTreeMap<String, f64> {
        let (_, body) = self.get("/metrics").unwrap();
        let samples = body.lines().filter(|line| !line.starts_with('#'));
        samples
            .filter_map(|line| line.rsplit_once(' '))
            .map(|(name, value)| (name.to_owned(), value.parse().unwrap()))
            .collect()
    }

    /// What it has written so far, stdout and stderr together.
    pub fn output(&self) -> String {
        self.output.lock().unwrap().clone()
    }

    /// The process's number, to signal it.
    pub fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).unwrap()
    }

    /// Fails where the program has ended.
    #[track_caller]
    pub fn assert_alive(&mut self) {
        assert!(self.child.try_wait().unwrap().is_none(), "{}", self.output());
        assert!(!self.output().contains("panicked"), "{}", self.output());
    }

    /// Asks it to end (SIGTERM) and waits for that.
    pub fn stop(mut self) -> ExitStatus {
        self.terminate();
        self.child.wait().unwrap()
    }

    fn terminate(&self) {
        let pid = nix::unistd::Pid::from_raw(self.pid());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).ok();
    }
}

impl Drop for Stockade {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A loopback address nobody listens on.
pub fn free_address() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, free_port().unwrap()).into()
}

fn collect(stream: impl Read + Send + 'static, output: &Arc<Mutex<String>>) {
    let output = Arc::clone(output);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut output = output.lock().unwrap();
            output.push_str(&line);
            output.push('\n');
        }
    });
}

/// A Python that has psycopg 3, or none where `make test` has not prepared one (`STOCKADE_TEST_PYTHON`).
pub fn python() -> Option<std::ffi::OsString> {
    std::env::var_os("STOCKADE_TEST_PYTHON").filter(|path| !path.is_empty())
}

/// The folder with node-postgres in its `node_modules`, or none (`STOCKADE_TEST_NODE`).
pub fn node_modules() -> Option<std::ffi::OsString> {
    std::env::var_os("STOCKADE_TEST_NODE").filter(|path| !path.is_empty())
}
