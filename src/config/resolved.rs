//! The configuration as the program uses it: checked, complete, every path absolute or relative to the working directory.

use crate::policy::Principals;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// Everything `run` needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where clients come in; at least one.
    pub listeners: Vec<Listener>,
    /// Who is who, and under which policy.
    pub principals: Principals,
    /// Where `/metrics`, `/healthz` and `/readyz` are served.
    pub admin: SocketAddr,
    /// The Unix socket principals are suspended and resumed by, where there is one.
    pub admin_socket: Option<PathBuf>,
    /// The file that carries suspensions and budgets over a restart, where there is one.
    pub state: Option<PathBuf>,
    /// The record of decisions, where one is kept.
    pub audit: Option<Audit>,
    /// The program's own log.
    pub log: Log,
}

impl Config {
    /// Whether writes are refused while the record cannot be written.
    pub fn audit_guards_writes(&self) -> bool {
        self.audit.as_ref().is_some_and(|audit| audit.on_failure == OnFailure::Reject)
    }
}

/// An address to listen on or to connect to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Address {
    /// A host (name or address, an IPv6 one without brackets) and a port.
    Tcp {
        /// The host.
        host: String,
        /// The port; 0 lets the system choose (listeners alone).
        port: u16,
    },
    /// A Unix socket's path, the socket's own file name included.
    Unix(PathBuf),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
            Self::Unix(path) => write!(f, "{}", path.display()),
        }
    }
}

/// One place where clients come in.
#[derive(Debug, Clone)]
pub struct Listener {
    /// Where.
    pub address: Address,
    /// TLS towards clients; `None` answers SSLRequest with `N`.
    pub tls: Option<ListenerTls>,
    /// Where its clients are taken to.
    pub upstream: Arc<Upstream>,
}

/// TLS towards clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenerTls {
    /// The certificate chain, PEM.
    pub cert: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
    /// The authorities client certificates are checked against; `None` asks for none.
    pub client_ca: Option<PathBuf>,
    /// Whether clients without TLS are refused.
    pub require: bool,
}

/// A PostgreSQL server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    /// Its name in the configuration and in metrics.
    pub name: Arc<str>,
    /// Where it is.
    pub address: Address,
    /// TLS towards it. Always `Disable` on a Unix socket.
    pub tls: TlsMode,
    /// The authorities its certificate is checked against (PEM); `None` takes the system's.
    pub tls_ca: Option<PathBuf>,
}

/// TLS towards the server, meant as libpq's `sslmode`
/// (<https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION>); there is no `allow`, and one of our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TlsMode {
    /// Never.
    Disable,
    /// As the client's own leg: with TLS (as `require`) for a client that came with it, without for one that did not.
    /// `hostssl` and `hostnossl` lines of `pg_hba.conf` then mean what they say.
    AsClient,
    /// If the server offers it; no certificate is checked.
    Prefer,
    /// Always; no certificate is checked.
    Require,
    /// Always, and the certificate's chain is checked.
    VerifyCa,
    /// Always, and the chain and the host's name are checked.
    VerifyFull,
}

impl TlsMode {
    /// Every mode, weakest first.
    pub const ALL: [TlsMode; 6] =
        [Self::Disable, Self::AsClient, Self::Prefer, Self::Require, Self::VerifyCa, Self::VerifyFull];

    /// libpq's name of it, where libpq has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::AsClient => "as-client",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }

    /// Whether the server's certificate is checked.
    pub const fn verifies(self) -> bool {
        matches!(self, Self::VerifyCa | Self::VerifyFull)
    }
}

/// The record of decisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// Where it is written.
    pub target: AuditTarget,
    /// How much of each statement it shows.
    pub text: AuditText,
    /// What happens to writes while it cannot be written.
    pub on_failure: OnFailure,
    /// The size in bytes at which the file is rotated.
    pub max_bytes: u64,
    /// How many rotated files are kept.
    pub keep: usize,
    /// How many decisions may wait to be written.
    pub queue: usize,
}

/// Where the record goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditTarget {
    /// Standard output.
    Stdout,
    /// A file, rotated by size.
    File(PathBuf),
}

/// How much of a statement the record shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditText {
    /// All of it, literals included.
    Full,
    /// The text with its literals replaced.
    Redacted,
    /// The fingerprint alone.
    Fingerprint,
}

/// What happens to writes while the record cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// They are refused.
    Reject,
    /// They go on, unrecorded.
    Allow,
}

/// The program's own log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// One JSON object a line, or lines for people.
    pub format: LogFormat,
    /// A level, or tracing's filter syntax (`info,stockade::proxy=debug`).
    pub level: String,
}

/// The log's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Lines for people.
    Pretty,
}
