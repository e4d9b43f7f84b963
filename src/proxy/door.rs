//! TLS handshakes, away from the threads that relay.
//!
//! A handshake is a signature and a key exchange: as long as thousands of messages take to pass, or more. Who is served
//! on the same thread would wait for it, so it is made on threads of its own, and the stream is brought back. Logging in
//! by password passes through as it is; nothing of it is computed here.

use super::io::{Plain, Stream};
use std::io;
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

/// Makes a handshake on the runtime `door`, and gives the stream on the current one. Without a door it is made here.
///
/// # Cancel safety
/// Dropped, the handshake is given up and its socket closed.
///
/// # Errors
/// Those of the handshake, and of carrying a socket from one runtime to another.
pub(super) async fn shake<F>(
    door: Option<&Handle>,
    tcp: TcpStream,
    make: impl FnOnce(TcpStream) -> F + Send + 'static,
) -> io::Result<Stream>
where
    F: Future<Output = io::Result<Stream>> + Send + 'static,
{
    let Some(door) = door else { return make(tcp).await };
    let tcp = tcp.into_std()?;
    // A set, because it ends with whoever waits for it.
    let mut handshake = JoinSet::new();
    handshake.spawn_on(async move { Plain::try_from(make(TcpStream::from_std(tcp)?).await?) }, door);
    match handshake.join_next().await {
        Some(Ok(made)) => Stream::try_from(made?),
        // A panic was reported by its own thread.
        Some(Err(_)) | None => Err(io::Error::other("the handshake was broken off")),
    }
}

#[cfg(test)]
mod tests;
