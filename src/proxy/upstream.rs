//! Reaching the upstream: address, TLS as libpq means its modes, deadlines.

use super::door::shake;
use super::io::{Plain, Stream, say};
use super::timer;
use super::tls::{self, TlsError};
use crate::config::{self, Address, TlsMode};
use crate::telemetry::UpstreamError;
use crate::wire::startup;
use rustls::pki_types::ServerName;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio_rustls::TlsConnector;

/// How long connecting, TLS included, may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// An upstream and how to reach it.
pub(super) struct Upstream {
    settings: Arc<config::Upstream>,
    /// Its address, where that is no name.
    address: Option<SocketAddr>,
    connector: Option<TlsConnector>,
}

impl std::fmt::Debug for Upstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upstream").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Why an upstream could not be reached.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectError {
    #[error("{address}: {error}")]
    Unreachable { address: String, error: io::Error },
    #[error("{address}: no answer within {} seconds", CONNECT_TIMEOUT.as_secs())]
    Timeout { address: String },
    #[error("{address}: the server does not offer TLS, which tls = \"{mode}\" demands")]
    TlsDeclined { address: String, mode: &'static str },
    #[error("{address}: TLS: {error}")]
    Tls { address: String, error: io::Error },
    #[error("{address}: answered SSLRequest by {answer:#04x}, neither S nor N")]
    Protocol { address: String, answer: u8 },
}

impl ConnectError {
    /// The kind, for metrics.
    pub(super) fn kind(&self) -> UpstreamError {
        match self {
            Self::Unreachable { .. } => UpstreamError::Refused,
            Self::Timeout { .. } => UpstreamError::Timeout,
            Self::TlsDeclined { .. } | Self::Tls { .. } => UpstreamError::Tls,
            Self::Protocol { .. } => UpstreamError::Protocol,
        }
    }
}

impl Upstream {
    pub(super) fn new(settings: &Arc<config::Upstream>) -> Result<Self, TlsError> {
        let address = match &settings.address {
            Address::Tcp { host, port } => host.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, *port)),
            Address::Unix(_) => None,
        };
        Ok(Self { settings: Arc::clone(settings), address, connector: tls::upstream_side(settings)? })
    }

    /// Opens a connection, with TLS as the mode says, and sends `hello`; `client_tls` is whether the client came with it.
    /// A handshake is made on `door`.
    pub(super) async fn connect(
        &self,
        client_tls: bool,
        door: Option<&Handle>,
        hello: &[u8],
    ) -> Result<Stream, ConnectError> {
        match timer::timeout(CONNECT_TIMEOUT, self.open(client_tls, door, hello)).await {
            Ok(result) => result,
            Err(_) => Err(ConnectError::Timeout { address: self.settings.address.to_string() }),
        }
    }

    /// Finds out whether the upstream can be reached.
    pub(super) async fn probe(&self) -> Result<(), ConnectError> {
        let mut stream = self.connect(true, None, &[]).await?;
        // The server logs nothing for a connection that ends before its startup packet.
        let _closed = stream.shutdown().await;
        Ok(())
    }

    async fn open(&self, client_tls: bool, door: Option<&Handle>, hello: &[u8]) -> Result<Stream, ConnectError> {
        let address = || self.settings.address.to_string();
        let unreachable = |error| ConnectError::Unreachable { address: address(), error };
        let (host, port) = match &self.settings.address {
            Address::Unix(path) => {
                let mut stream = dial_path(path).map(Stream::Unix).map_err(unreachable)?;
                say(&mut stream, hello).await.map_err(unreachable)?;
                return Ok(stream);
            }
            Address::Tcp { host, port } => (host, *port),
        };
        let wanted = client_tls || self.settings.tls != TlsMode::AsClient;
        let connector = self.connector.as_ref().filter(|_| wanted);
        let ssl_request = connector.map(|_| startup::ssl_request());
        let first = ssl_request.as_deref().unwrap_or(hello);
        let tcp = match self.address {
            Some(address) => dial(address, first).await,
            None => dial_name(host, port, first).await,
        };
        let mut tcp = tcp.map_err(unreachable)?;
        let Some(connector) = connector else { return Ok(Stream::Tcp(tcp)) };
        // Exactly one byte is taken: what is behind it belongs to TLS, or is an injection (CVE-2021-23222).
        let mut stream = match tcp.read_u8().await.map_err(unreachable)? {
            b'S' => {
                let name = ServerName::try_from(host.clone())
                    .map_err(|e| ConnectError::Tls { address: address(), error: io::Error::other(e) })?;
                let connector = connector.clone();
                let connect = move |tcp| async move { connector.connect(name, tcp).await };
                let tls = shake(door, tcp, connect).await;
                let tls = tls.map_err(|error| ConnectError::Tls { address: address(), error })?;
                Stream::TlsClient(Box::new(tls))
            }
            b'N' if self.settings.tls == TlsMode::Prefer => Stream::Tcp(tcp),
            b'N' => return Err(ConnectError::TlsDeclined { address: address(), mode: self.settings.tls.as_str() }),
            answer => return Err(ConnectError::Protocol { address: address(), answer }),
        };
        say(&mut stream, hello).await.map_err(unreachable)?;
        Ok(stream)
    }
}

/// Connects and sends `first`: at once, where the connection stands as soon as it is asked for, as on the same machine.
async fn dial(address: SocketAddr, first: &[u8]) -> io::Result<Plain> {
    let (mut tcp, mut sent) = (begin(address)?, 0);
    if !first.is_empty() {
        match tcp.write(first) {
            Ok(bytes) => sent = bytes,
            // Not connected yet, says Linux, and say others.
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::NotConnected) => {}
            Err(error) => return Err(error),
        }
    }
    let mut tcp = Plain::here(tcp)?;
    if sent == 0 {
        tcp.connected().await?;
    }
    tcp.write_all(first.get(sent..).unwrap_or_default()).await?;
    Ok(tcp)
}

/// A socket that is being connected.
fn begin(address: SocketAddr) -> io::Result<std::net::TcpStream> {
    #[cfg(target_os = "linux")]
    let socket = Socket::new(Domain::for_address(address), Type::STREAM.nonblocking(), Some(Protocol::TCP))?;
    #[cfg(not(target_os = "linux"))]
    let socket = {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_nonblocking(true)?;
        socket
    };
    if address.ip().is_loopback() {
        // Whoever is on the same machine does not vanish unheard.
        let _nodelay = socket.set_tcp_nodelay(true);
    } else {
        prepare(&socket);
    }
    match socket.connect(&address.into()) {
        Ok(()) => {}
        Err(error) if error.raw_os_error() == Some(nix::errno::Errno::EINPROGRESS as i32) => {}
        Err(error) => return Err(error),
    }
    Ok(socket.into())
}

/// Connects to a Unix socket: at once, or not at all where too many wait there.
fn dial_path(path: &Path) -> io::Result<Plain> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.connect(&SockAddr::unix(path)?)?;
    Plain::here(socket)
}

/// Connects to the first address of that name that answers, and sends `first`.
async fn dial_name(host: &str, port: u16, first: &[u8]) -> io::Result<Plain> {
    let mut tcp = Plain::here(TcpStream::connect((host, port)).await?.into_std()?)?;
    prepare(&tcp);
    tcp.write_all(first).await?;
    Ok(tcp)
}

/// Statements are answered at once, and dead peers are noticed.
pub(super) fn prepare(socket: &impl AsFd) {
    let socket = socket2::SockRef::from(socket);
    let keepalive =
        socket2::TcpKeepalive::new().with_time(Duration::from_secs(60)).with_interval(Duration::from_secs(15));
    // Either failing costs latency or notice, never correctness.
    let _nodelay = socket.set_tcp_nodelay(true);
    let _keepalive = socket.set_tcp_keepalive(&keepalive);
}
