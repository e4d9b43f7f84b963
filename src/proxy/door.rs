//! TLS handshakes, away from the threads that relay.
//!
//! A handshake is a signature and a key exchange: as long as thousands of messages take to pass, or more. Who is served
//! on the same thread would wait for it, so it is made on threads of its own, and the stream is brought back. Logging in
//! by password passes through as it is; nothing of it is computed here.

use super::io::{Carried, Plain, Travels};
use std::io;
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

/// Makes a handshake on the runtime `door`, and gives the stream on the current reactor. Without a door it is made here.
///
/// # Cancel safety
/// Dropped, the handshake is given up and its socket closed.
///
/// # Errors
/// Those of the handshake, and of carrying a socket from one thread to another.
pub(super) async fn shake<F, T>(
    door: Option<&Handle>,
    tcp: Plain,
    make: impl FnOnce(Carried) -> F + Send + 'static,
) -> io::Result<T>
where
    F: Future<Output = io::Result<T>> + Send + 'static,
    T: Travels + Send + 'static,
{
    let Some(door) = door else { return make(Carried::Here(tcp)).await };
    let tcp = tcp.leave()?;
    // A set, because it ends with whoever waits for it.
    let mut handshake = JoinSet::new();
    let there = async move {
        let mut made = make(Carried::There(TcpStream::from_std(tcp.into())?)).await?;
        made.socket().leave()?;
        io::Result::Ok(made)
    };
    handshake.spawn_on(there, door);
    match handshake.join_next().await {
        Some(Ok(made)) => {
            let mut made = made?;
            made.socket().arrive()?;
            Ok(made)
        }
        // A panic was reported by its own thread.
        Some(Err(_)) | None => Err(io::Error::other("the handshake was broken off")),
    }
}

#[cfg(test)]
mod tests;
