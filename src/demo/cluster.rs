//! A scratch PostgreSQL cluster: made in a temporary directory, gone with the process that started it.
//!
//! PostgreSQL refuses to run as root, so root starts it as `postgres`, or `nobody` where there is no such user.

use super::binaries::{Binaries, BinariesError};
use super::watchdog::Watchdog;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User, geteuid};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use thiserror::Error;

/// The superuser that `initdb` makes; local connections need no password.
pub const SUPERUSER: &str = "postgres";

const READY_WITHIN: Duration = Duration::from_secs(60);
const STOPPED_WITHIN: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(15);
/// Between choosing a free port and listening on it another program may take it.
const PORT_TRIES: u32 = 4;

/// Why there is no cluster.
#[derive(Debug, Error)]
pub enum ClusterError {
    /// No server programs.
    #[error(transparent)]
    Binaries(#[from] BinariesError),
    /// Root, and no user to become.
    #[error("PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody` to run it as")]
    NoUser,
    /// The operating system refused something.
    #[error("{what}: {source}")]
    Io {
        /// What was attempted.
        what: String,
        /// The system's answer.
        source: io::Error,
    },
    /// `initdb` failed.
    #[error("initdb failed:\n{0}")]
    Initdb(String),
    /// The server ended or was not ready in time.
    #[error("PostgreSQL did not start ({reason}); the end of its log:\n{log}")]
    NotReady {
        /// What happened.
        reason: String,
        /// The last lines of the server's log.
        log: String,
    },
}

fn io_error(what: impl Into<String>) -> impl FnOnce(io::Error) -> ClusterError {
    |source| ClusterError::Io { what: what.into(), source }
}

/// How a cluster differs from the default one.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Server settings, name and value, on top of those a scratch cluster has.
    pub settings: Vec<(String, String)>,
    /// The whole of `pg_hba.conf`; without it every local connection is trusted.
    pub hba: Option<String>,
}

/// A running cluster. Dropping it, and any end of this process, stops the server and removes every file.
#[derive(Debug)]
pub struct Cluster {
    // Before the watchdog: the server is stopped first, then the directory removed.
    server: Option<Child>,
    watchdog: Watchdog,
    binaries: Binaries,
    directory: PathBuf,
    user: Option<User>,
    settings: Vec<(String, String)>,
    port: u16,
}

impl Cluster {
    /// Makes a cluster with `initdb` and starts it on a free port of 127.0.0.1 and on a Unix socket. Blocks until it
    /// takes connections, a minute at most.
    ///
    /// # Errors
    /// [`ClusterError`], with what `initdb` or the server's log says.
    pub fn start(binaries: &Binaries, options: &Options) -> Result<Self, ClusterError> {
        let user = unprivileged()?;
        let directory = tempfile::Builder::new()
            .prefix("stockade-pg-")
            .tempdir()
            .map_err(io_error("cannot make a temporary directory"))?
            .keep();
        // From here on the watchdog removes the directory, on every path out.
        let watchdog = Watchdog::start(Some(&directory)).map_err(|source| {
            fs::remove_dir_all(&directory).ok();
            ClusterError::Io { what: "cannot start the watchdog (sh)".to_owned(), source }
        })?;
        if let Some(user) = &user {
            chown(&directory, Some(user.uid.as_raw()), Some(user.gid.as_raw())).map_err(io_error(format!(
                "cannot give {} to {}",
                directory.display(),
                user.name
            )))?;
        }
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o700))
            .map_err(io_error("cannot set the directory's mode"))?;
        let mut cluster = Self {
            server: None,
            watchdog,
            binaries: binaries.clone(),
            directory,
            user,
            settings: options.settings.clone(),
            port: 0,
        };
        cluster.initdb()?;
        if let Some(hba) = &options.hba {
            fs::write(cluster.data().join("pg_hba.conf"), hba).map_err(io_error("cannot write pg_hba.conf"))?;
        }
        cluster.start_on_free_port()?;
        Ok(cluster)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// The TCP port, which the Unix socket's name carries too.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The directory of its Unix socket, as libpq's `host` takes it.
    pub fn socket_directory(&self) -> &Path {
        &self.directory
    }

    /// The installation it runs from.
    pub fn binaries(&self) -> &Binaries {
        &self.binaries
    }

    /// The server's log file.
    pub fn log(&self) -> PathBuf {
        self.directory.join("log")
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    /// Stops the server at once, as a crash would (SIGQUIT); the data stays. Does nothing where it is stopped already.
    pub fn stop(&mut self) {
        let Some(mut server) = self.server.take() else { return };
        signal(&server, Signal::SIGQUIT);
        if !ended_within(&mut server, STOPPED_WITHIN) {
            server.kill().ok();
            server.wait().ok();
        }
        self.watchdog.release(server.id());
    }

    /// Starts a stopped server again, on the port it had.
    ///
    /// # Errors
    /// [`ClusterError::NotReady`] with the end of the log.
    pub fn resume(&mut self) -> Result<(), ClusterError> {
        match self.server {
            Some(_) => Ok(()),
            None => self.launch(),
        }
    }

    fn initdb(&mut self) -> Result<(), ClusterError> {
        let mut command = self.command("initdb");
        command
            .arg("--pgdata")
            .arg(self.data())
            .args(["--username", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C"])
            .args(["--no-sync", "--no-instructions"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let child = command.spawn().map_err(io_error(format!("cannot run initdb{}", self.as_whom())))?;
        let pid = child.id();
        self.watchdog.guard("TERM", pid).map_err(io_error("the watchdog is gone"))?;
        let output = child.wait_with_output().map_err(io_error("initdb"))?;
        self.watchdog.release(pid);
        if output.status.success() {
            Ok(())
        } else {
            Err(ClusterError::Initdb(String::from_utf8_lossy(&output.stderr).trim_end().to_owned()))
        }
    }

    fn start_on_free_port(&mut self) -> Result<(), ClusterError> {
        let mut tries = 1;
        loop {
            self.port = free_port().map_err(io_error("no free port on 127.0.0.1"))?;
            match self.launch() {
                Err(ClusterError::NotReady { log, .. }) if tries < PORT_TRIES && log.contains("could not bind") => {
                    tries += 1;
                }
                result => return result,
            }
        }
    }

    fn launch(&mut self) -> Result<(), ClusterError> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .map_err(io_error("cannot open the server's log"))?;
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data());
        let port = self.port.to_string();
        let directory = self.directory.to_string_lossy().into_owned();
        let scratch = [
            ("listen_addresses", "127.0.0.1"),
            ("port", port.as_str()),
            ("unix_socket_directories", directory.as_str()),
            // Nothing here outlives the process: durability would only cost time.
            ("fsync", "off"),
            ("full_page_writes", "off"),
            ("synchronous_commit", "off"),
        ];
        let own = self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in scratch.into_iter().chain(own) {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        let errors = log.try_clone().map_err(io_error("cannot open the server's log"))?;
        let server = command
            .stdout(log)
            .stderr(errors)
            .spawn()
            .map_err(io_error(format!("cannot run postgres{}", self.as_whom())))?;
        let pid = server.id();
        self.server = Some(server);
        self.watchdog.guard("QUIT", pid).map_err(io_error("the watchdog is gone"))?;
        let ready = self.wait_until_ready();
        if ready.is_err() {
            self.stop();
        }
        ready
    }

    fn wait_until_ready(&mut self) -> Result<(), ClusterError> {
        let deadline = Instant::now() + READY_WITHIN;
        let reason = loop {
            if accepts(self.address()) {
                return Ok(());
            }
            if let Some(Ok(Some(status))) = self.server.as_mut().map(Child::try_wait) {
                break status.to_string();
            }
            if Instant::now() > deadline {
                break format!("no connection within {} s", READY_WITHIN.as_secs());
            }
            thread::sleep(POLL);
        };
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        let end = lines.iter().skip(lines.len().saturating_sub(12));
        Err(ClusterError::NotReady { reason, log: end.map(|line| format!("  {line}\n")).collect() })
    }

    /// A server program, run as the unprivileged user, in a process group of its own so that Ctrl-C at the terminal
    /// is ours to handle, and without the PG* variables of whoever started us.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.binaries.program(program));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        command.env("LC_ALL", "C").current_dir(&self.directory).stdin(Stdio::null()).process_group(0);
        if let Some(user) = &self.user {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        command
    }

    fn as_whom(&self) -> String {
        self.user.as_ref().map(|user| format!(" as user {}", user.name)).unwrap_or_default()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The user to run as: none for an ordinary user, who runs it as himself.
fn unprivileged() -> Result<Option<User>, ClusterError> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    let found = ["postgres", "nobody"].into_iter().find_map(|name| User::from_name(name).ok().flatten());
    found.map(Some).ok_or(ClusterError::NoUser)
}

/// A TCP port of 127.0.0.1 that was free a moment ago.
///
/// # Errors
/// Where the system has none.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Whether the server takes sessions: it answers a startup packet with anything but the error 57P03 of a server that
/// still starts (another error, such as a missing pg_hba.conf line, is an answer of a server that is up).
/// See <https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP>.
fn accepts(address: SocketAddr) -> bool {
    let parameters = b"user\0postgres\0database\0postgres\0\0";
    let mut packet = Vec::new();
    packet.extend_from_slice(&(parameters.len() as u32 + 8).to_be_bytes());
    packet.extend_from_slice(&196_608_u32.to_be_bytes());
    packet.extend_from_slice(parameters);
    let ask = || -> io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(&packet)?;
        let mut answer = Vec::new();
        stream.try_clone()?.take(5).read_to_end(&mut answer)?;
        if answer.first() == Some(&b'E') {
            // The server closes the connection behind an error.
            stream.read_to_end(&mut answer)?;
            return Ok(!answer.windows(5).any(|code| code == b"57P03"));
        }
        // Terminate, so that the log has no complaint about a lost connection.
        stream.write_all(b"X\0\0\0\x04")?;
        Ok(answer.first() == Some(&b'R'))
    };
    ask().unwrap_or(false)
}

fn signal(child: &Child, signal: Signal) {
    if let Ok(pid) = i32::try_from(child.id()) {
        // A child that has ended already needs no signal.
        kill(Pid::from_raw(pid), signal).ok();
    }
}

/// Waits for a child's end; false where it still runs after `limit`.
fn ended_within(child: &mut Child, limit: Duration) -> bool {
    let deadline = Instant::now() + limit;
    loop {
        match child.try_wait() {
            Ok(Some(_)) | Err(_) => return true,
            Ok(None) if Instant::now() > deadline => return false,
            Ok(None) => thread::sleep(POLL),
        }
    }
}
