//! The server: accepts, bounds and ends connections.

use super::{AdminState, routes};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

/// Connections at once; more wait in the kernel's queue. Prometheus, a load balancer and a person make three.
const MAX_CONNECTIONS: usize = 64;
/// A request's line and headers.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// How long a client may take.
#[derive(Debug, Clone, Copy)]
struct Deadlines {
    /// From the connection's start, or the last answer's end, to the end of the next request's headers. It is also what
    /// an idle kept-alive connection is given: longer than the usual scrape interval.
    head: Duration,
    /// A connection's life, however well it behaves: a client that reads its answer a byte a minute ends here too.
    lifetime: Duration,
}

const DEADLINES: Deadlines = Deadlines { head: Duration::from_secs(30), lifetime: Duration::from_secs(300) };
/// What answers under way are given when a connection's life or the server's is over.
const GRACE: Duration = Duration::from_secs(2);
/// After an accept that failed (out of file descriptors, mostly), so that it does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A listening socket of either kind.
pub trait Doorway: Send + 'static {
    /// What comes in by it.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// Waits for the next connection.
    ///
    /// # Errors
    /// The system's.
    ///
    /// # Cancel safety
    /// Dropping the future loses no connection.
    fn next(&self) -> impl Future<Output = std::io::Result<Self::Stream>> + Send;
}

impl Doorway for TcpListener {
    type Stream = TcpStream;

    async fn next(&self) -> std::io::Result<TcpStream> {
        self.accept().await.map(|(stream, _)| stream)
    }
}

impl Doorway for UnixListener {
    type Stream = UnixStream;

    async fn next(&self) -> std::io::Result<UnixStream> {
        self.accept().await.map(|(stream, _)| stream)
    }
}

/// Serves the endpoints until `shutdown` is done; then no connection is accepted any more and answers under way are
/// given two seconds.
///
/// At most 64 connections are served at once, each for at most five minutes and with 30 seconds for each request's
/// headers (16 KiB at most).
pub async fn serve(listener: impl Doorway, state: AdminState, shutdown: impl Future<Output = ()>) {
    serve_within(DEADLINES, listener, state, shutdown).await;
}

async fn serve_within(
    deadlines: Deadlines,
    listener: impl Doorway,
    state: AdminState,
    shutdown: impl Future<Output = ()>,
) {
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let (stop, stopped) = watch::channel(false);
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &slots) => accepted,
            () = &mut shutdown => break,
        };
        if let Some((stream, slot)) = accepted {
            tokio::spawn(connection(deadlines, stream, state.clone(), stopped.clone(), slot));
        }
    }
    drop(listener);
    stop.send_replace(true);
    // All slots are free when all connections have ended; they end by themselves within the grace.
    let all = u32::try_from(MAX_CONNECTIONS).unwrap_or(u32::MAX);
    let _ended = timeout(GRACE * 2, slots.acquire_many(all)).await;
}

/// Waits for a free slot, then for a connection; `None` where the accept failed.
///
/// # Cancel safety
/// Dropping the future loses no connection: the slot goes back, and [`Doorway::next`] is cancel safe.
async fn accept<D: Doorway>(listener: &D, slots: &Arc<Semaphore>) -> Option<(D::Stream, OwnedSemaphorePermit)> {
    // The semaphore is never closed.
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    match listener.next().await {
        Ok(stream) => Some((stream, slot)),
        Err(error) => {
            tracing::warn!(target: "stockade::admin", %error, "cannot accept a connection");
            sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

async fn connection(
    deadlines: Deadlines,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    state: AdminState,
    mut stopped: watch::Receiver<bool>,
    _slot: OwnedSemaphorePermit,
) {
    let state = &state;
    let service = service_fn(|request| async move { Ok::<_, Infallible>(routes::answer(state, &request).await) });
    let mut serving = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(deadlines.head)
            .max_buf_size(MAX_HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), service)
    );
    tokio::select! {
        result = &mut serving => return log_end(result),
        () = sleep(deadlines.lifetime) => {}
        _ = stopped.wait_for(|stopped| *stopped) => {}
    }
    serving.as_mut().graceful_shutdown();
    if let Ok(result) = timeout(GRACE, serving).await {
        log_end(result);
    }
}

/// A connection that ends badly is its client's affair; worth a line for who looks for it.
fn log_end(result: Result<(), hyper::Error>) {
    if let Err(error) = result {
        tracing::debug!(target: "stockade::admin", %error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests;
