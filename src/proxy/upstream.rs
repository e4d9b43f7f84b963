//! Reaching the upstream: address, TLS as libpq means its modes, deadlines.

use super::door::shake;
use super::io::{Carried, Stream};
use super::tls::{self, TlsError};
use crate::config::{self, Address, TlsMode};
use crate::telemetry::UpstreamError;
use crate::wire::startup;
use rustls::pki_types::ServerName;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::runtime::Handle;
use tokio_rustls::TlsConnector;

/// How long connecting, TLS included, may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// An upstream and how to reach it.
pub(super) struct Upstream {
    settings: Arc<config::Upstream>,
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
    Unreachable { address: String, error: std::io::Error },
    #[error("{address}: no answer within {} seconds", CONNECT_TIMEOUT.as_secs())]
    Timeout { address: String },
    #[error("{address}: the server does not offer TLS, which tls = \"{mode}\" demands")]
    TlsDeclined { address: String, mode: &'static str },
    #[error("{address}: TLS: {error}")]
    Tls { address: String, error: std::io::Error },
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
        Ok(Self { settings: Arc::clone(settings), connector: tls::upstream_side(settings)? })
    }

    /// Opens a connection, with TLS as the mode says; `client_tls` is whether the client came with it.
    /// A handshake is made on `door`.
    pub(super) async fn connect(&self, client_tls: bool, door: Option<&Handle>) -> Result<Stream, ConnectError> {
        match tokio::time::timeout(CONNECT_TIMEOUT, self.open(client_tls, door)).await {
            Ok(result) => result,
            Err(_) => Err(ConnectError::Timeout { address: self.settings.address.to_string() }),
        }
    }

    /// Finds out whether the upstream can be reached.
    pub(super) async fn probe(&self) -> Result<(), ConnectError> {
        let mut stream = self.connect(true, None).await?;
        // The server logs nothing for a connection that ends before its startup packet.
        let _closed = stream.shutdown().await;
        Ok(())
    }

    async fn open(&self, client_tls: bool, door: Option<&Handle>) -> Result<Stream, ConnectError> {
        let address = || self.settings.address.to_string();
        let unreachable = |error| ConnectError::Unreachable { address: address(), error };
        let (host, port) = match &self.settings.address {
            Address::Unix(path) => return UnixStream::connect(path).await.map(Stream::Unix).map_err(unreachable),
            Address::Tcp { host, port } => (host, *port),
        };
        let mut tcp = TcpStream::connect((host.as_str(), port)).await.map_err(unreachable)?;
        prepare(&tcp);
        let wanted = client_tls || self.settings.tls != TlsMode::AsClient;
        let Some(connector) = self.connector.as_ref().filter(|_| wanted) else { return Ok(Stream::Tcp(tcp)) };
        tcp.write_all(&startup::ssl_request()).await.map_err(unreachable)?;
        // Exactly one byte is taken: what is behind it belongs to TLS, or is an injection (CVE-2021-23222).
        match tcp.read_u8().await.map_err(unreachable)? {
            b'S' => {
                let name = ServerName::try_from(host.clone())
                    .map_err(|e| ConnectError::Tls { address: address(), error: std::io::Error::other(e) })?;
                let connector = connector.clone();
                let connect = move |tcp| async move {
                    connector.connect(name, Carried::On(tcp)).await.map(|tls| Stream::TlsClient(Box::new(tls)))
                };
                shake(door, tcp, connect).await.map_err(|error| ConnectError::Tls { address: address(), error })
            }
            b'N' if self.settings.tls == TlsMode::Prefer => Ok(Stream::Tcp(tcp)),
            b'N' => Err(ConnectError::TlsDeclined { address: address(), mode: self.settings.tls.as_str() }),
            answer => Err(ConnectError::Protocol { address: address(), answer }),
        }
    }
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
