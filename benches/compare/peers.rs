//! What is compared: each a process before the same PostgreSQL.

use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use stockade::demo::cluster::free_port;

/// One of them, ended when it is dropped.
pub struct Peer {
    pub name: &'static str,
    pub address: SocketAddr,
    /// `None` for the direct connection.
    pub process: Option<u32>,
    /// Whether it takes as many clients as there may be server connections.
    pub holds_many: bool,
    child: Option<Child>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It may have ended by itself.
            child.kill().ok();
            child.wait().ok();
        }
    }
}

impl Peer {
    /// Nanoseconds that it was on a processor, threads included that are gone by now.
    pub fn processor_time(&self) -> f64 {
        let Some(process) = self.process else { return 0.0 };
        let process = nix::unistd::Pid::from_raw(i32::try_from(process).expect("a process"));
        let clock = nix::time::clock_getcpuclockid(process).expect("a process's clock");
        std::time::Duration::from(clock.now().expect("a time")).as_nanos() as f64
    }

    /// KiB that it has in memory.
    pub fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.unwrap_or(0))).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.trim().trim_end_matches(" kB").trim().parse().unwrap_or(f64::NAN)
    }
}

/// Starts all that are installed.
pub fn start(upstream: SocketAddr, folder: &Path) -> Vec<Peer> {
    let mut peers = vec![Peer { name: "direct", address: upstream, process: None, holds_many: true, child: None }];
    let this = std::env::current_exe().expect("this program");
    peers.extend(peer("relay", folder, |at| {
        let mut command = Command::new(&this);
        command.args(["--relay", &at.to_string(), &upstream.to_string()]);
        command
    }));
    peers.extend(peer("HAProxy, TCP mode", folder, |at| haproxy(at, upstream, folder, None)));
    peers.extend(peer("PgBouncer, session mode", folder, |at| pgbouncer(at, upstream, folder, None)));
    peers.extend(peer("Stockade, app-writer", folder, |at| stockade(at, upstream, folder, "app-writer", None)));
    peers
}

/// One whose preset lets rows be copied in.
pub fn start_migrator(upstream: SocketAddr, folder: &Path) -> Option<Peer> {
    peer("Stockade, migrator", folder, |at| stockade(at, upstream, folder, "migrator", None))
}

/// Certificate and key, as files.
pub struct Identity {
    pub certificate: PathBuf,
    pub key: PathBuf,
    /// Both in one.
    pub pem: PathBuf,
}

/// The same with TLS on both legs; those with `direct` TLS alone (there is no question for it before the handshake) where
/// the server takes that.
pub fn start_tls(upstream: SocketAddr, folder: &Path, identity: &Identity, direct: bool) -> Vec<Peer> {
    let tls = Some(identity);
    let mut peers = vec![Peer { name: "direct", address: upstream, process: None, holds_many: true, child: None }];
    if direct {
        peers.extend(peer(HAPROXY, folder, |at| haproxy(at, upstream, folder, tls)));
    } else {
        eprintln!(
            "{HAPROXY} is left out of what is encrypted: it needs a server that takes TLS at once, PostgreSQL 17"
        );
    }
    peers.extend(peer(PGBOUNCER, folder, |at| pgbouncer(at, upstream, folder, tls)));
    peers.extend(peer("Stockade, TLS", folder, |at| stockade(at, upstream, folder, "app-writer", tls)));
    peers
}

pub const HAPROXY: &str = "HAProxy, TLS";
pub const PGBOUNCER: &str = "PgBouncer, TLS";

/// Starts one on a free port; `None` where it is not installed.
pub fn peer(name: &'static str, folder: &Path, command: impl FnOnce(SocketAddr) -> Command) -> Option<Peer> {
    let address = SocketAddr::from(([127, 0, 0, 1], free_port().expect("a port")));
    let word = name.split([',', ' ']).next().unwrap_or(name);
    let log = std::fs::File::create(folder.join(format!("{word}.log"))).expect("a log");
    let mut command = command(address);
    command.stdin(Stdio::null()).stdout(log.try_clone().expect("a log")).stderr(log);
    let child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            eprintln!("{name} is left out: {error}");
            return None;
        }
    };
    let process = Some(child.id());
    let peer = Peer { name, address, process, holds_many: !name.starts_with("PgBouncer"), child: Some(child) };
    let deadline = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(address).is_err() {
        assert!(Instant::now() < deadline, "{name} does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    Some(peer)
}

fn haproxy(at: SocketAddr, upstream: SocketAddr, folder: &Path, tls: Option<&Identity>) -> Command {
    let file = folder.join("haproxy.cfg");
    let (here, there) = match tls {
        Some(tls) => {
            (format!(" ssl crt {} alpn postgresql", tls.pem.display()), " ssl verify none alpn postgresql".to_owned())
        }
        None => Default::default(),
    };
    let text = format!(
        "global\n maxconn 3000\n nbthread 2\ndefaults\n mode tcp\n timeout connect 5s\n timeout client 10m\n \
         timeout server 10m\nfrontend f\n bind {at}{here}\n default_backend b\nbackend b\n server s {upstream}{there}\n"
    );
    std::fs::write(&file, text).expect("a configuration");
    let mut command = Command::new("haproxy");
    command.arg("-db").arg("-f").arg(file);
    command
}

fn pgbouncer(at: SocketAddr, upstream: SocketAddr, folder: &Path, tls: Option<&Identity>) -> Command {
    let (file, users) = (folder.join("pgbouncer.ini"), folder.join("users"));
    std::fs::write(&users, "\"bench\" \"\"\n").expect("a list of users");
    let text = format!(
        "[databases]\nbench = host={} port={} dbname=bench\n[pgbouncer]\nlisten_addr={}\nlisten_port={}\n\
         unix_socket_dir=\nauth_type=any\nauth_file={}\npool_mode=session\nmax_client_conn=2000\n\
         default_pool_size=100\nlog_connections=0\nlog_disconnections=0\n",
        upstream.ip(),
        upstream.port(),
        at.ip(),
        at.port(),
        users.display()
    );
    let mut text = text.replace("dbname=bench", "dbname=bench user=bench");
    if tls.is_none() {
        // It prefers TLS where the server can.
        text.push_str("server_tls_sslmode=disable\n");
    }
    if let Some(tls) = tls {
        text.push_str(&format!(
            "client_tls_sslmode=require\nclient_tls_cert_file={}\nclient_tls_key_file={}\nserver_tls_sslmode=require\n",
            tls.certificate.display(),
            tls.key.display()
        ));
    }
    std::fs::write(&file, text).expect("a configuration");
    // It does not run as root.
    if !nix::unistd::geteuid().is_root() {
        let mut command = Command::new("pgbouncer");
        command.arg("-q").arg(file);
        return command;
    }
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "pgbouncer", "-q"]).arg(file);
    command
}

/// With its record and its metrics, as it is used.
fn stockade(at: SocketAddr, upstream: SocketAddr, folder: &Path, preset: &str, tls: Option<&Identity>) -> Command {
    let file = folder.join(format!("{preset}.toml"));
    let admin = free_port().expect("a port");
    let record = folder.join(format!("{preset}.jsonl"));
    let (here, there) = match tls {
        Some(tls) => (format!("tls = {{ cert = {:?}, key = {:?} }}\n", tls.certificate, tls.key), "require"),
        None => (String::new(), "disable"),
    };
    let text = format!(
        "[[listener]]\naddress = \"{at}\"\nupstream = \"pg\"\n{here}[upstream.pg]\naddress = \"{upstream}\"\n\
         tls = \"{there}\"\n[defaults]\npreset = \"{preset}\"\nkind = \"agent\"\nlimits = {{ rows_per_hour = \"none\" }}\n\
         [admin]\naddress = \"127.0.0.1:{admin}\"\n[audit]\npath = \"{}\"\n[log]\nlevel = \"warn\"\n",
        record.display()
    );
    std::fs::write(&file, text).expect("a configuration");
    let mut command = Command::new(env!("CARGO_BIN_EXE_stockade"));
    command.args(["run", "--config"]).arg(file);
    command
}
