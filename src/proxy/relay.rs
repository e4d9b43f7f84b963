//! The relay: both directions of a connection on one task, bytes through the session, no copy where none is needed.

use super::Shared;
use super::cancel::{Registration, Target};
use super::io::Stream;
use super::report::Reporter;
use crate::policy::Context as PolicyContext;
use crate::session::{Event, Fault, Output, Session};
use crate::telemetry::{Direction, UpstreamError};
use crate::wire::Header;
use crate::wire::make::Error;
use bytes::{Buf, BytesMut};
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;

/// Bytes asked of a socket at a time.
const READ_BYTES: usize = 16 * 1024;

/// A side is not read while the other has that much still to take.
const HIGH_WATER: usize = 256 * 1024;

/// A text longer than this takes milliseconds to read; the other connections of its thread must not wait for that.
const LONG_READING: usize = 64 * 1024;

/// A buffer that grew beyond this is given back once it is empty.
const KEEP_BYTES: usize = 64 * 1024;

/// How long the last words to a client may take.
const FAREWELL: Duration = Duration::from_secs(5);

/// A connection being relayed.
#[derive(Debug)]
pub(super) struct Relay {
    client: Stream,
    upstream: Stream,
    session: Session,
    out: Output,
    from_client: BytesMut,
    from_upstream: BytesMut,
    client_ended: bool,
    upstream_told: bool,
    unflushed_client: bool,
    unflushed_upstream: bool,
    reporter: Reporter,
    target: Target,
    registration: Option<Registration>,
    shared: Arc<Shared>,
}

/// How a relay ended.
#[derive(Debug)]
enum End {
    /// The upstream closed.
    Upstream(Option<io::Error>),
    /// The client is gone.
    Client,
    /// The session cannot go on.
    Fault(Fault),
}

impl Relay {
    pub(super) fn new(
        client: Stream,
        upstream: Stream,
        session: Session,
        reporter: Reporter,
        target: Target,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            client,
            upstream,
            session,
            out: Output::default(),
            from_client: BytesMut::new(),
            from_upstream: BytesMut::new(),
            client_ended: false,
            upstream_told: false,
            unflushed_client: false,
            unflushed_upstream: false,
            reporter,
            target,
            registration: None,
            shared,
        }
    }

    /// Relays until either side ends, the session faults or the process stops.
    pub(super) async fn run(mut self, stopping: watch::Receiver<bool>, startup_timeout: Duration) {
        let end = {
            let authentication = tokio::time::sleep(startup_timeout);
            let mut authentication = pin!(authentication);
            let mut stop = pin!(super::until(stopping));
            let (mut in_time, mut stopped) = (false, false);
            poll_fn(|cx| {
                if !in_time {
                    in_time = self.session.is_ready();
                    if !in_time && authentication.as_mut().poll(cx).is_ready() {
                        return Poll::Ready(End::Fault(Fault::Client("authentication took too long".into())));
                    }
                }
                let end = self.poll(cx);
                if end.is_pending() {
                    stopped = stopped || stop.as_mut().poll(cx).is_ready();
                    if stopped && !self.session.awaits_upstream() && self.from_client.is_empty() {
                        return Poll::Ready(End::Fault(Fault::Shutdown));
                    }
                }
                end
            })
            .await
        };
        self.farewell(end).await;
    }

    /// Moves what can be moved. Pending only when both sockets are.
    ///
    /// # Cancel safety
    /// Nothing is held outside `self` between polls.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        loop {
            let mut moved = false;
            match write(&mut self.upstream, self.out.to_upstream.bytes(), &mut self.unflushed_upstream, cx) {
                Ok(wrote) => moved |= wrote,
                // What the server had to say about it may still be there to read.
                Err(_) => self.out.to_upstream.bytes().clear(),
            }
            match write(&mut self.client, &mut self.out.to_client, &mut self.unflushed_client, cx) {
                Ok(wrote) => moved |= wrote,
                Err(_) => return Poll::Ready(End::Client),
            }
            if self.reads_client() {
                match read(&mut self.client, &mut self.from_client, cx) {
                    Poll::Pending => {}
                    Poll::Ready(Ok(0)) => {
                        self.client_ended = true;
                        moved = true;
                    }
                    Poll::Ready(Ok(bytes)) => {
                        self.shared.metrics.relayed(Direction::ToUpstream, bytes as u64);
                        moved = true;
                        if let Err(fault) = self.judge_client() {
                            return Poll::Ready(End::Fault(fault));
                        }
                    }
                    Poll::Ready(Err(_)) => return Poll::Ready(End::Client),
                }
            }
            if self.out.to_client.len() < HIGH_WATER {
                match read(&mut self.upstream, &mut self.from_upstream, cx) {
                    Poll::Pending => {}
                    Poll::Ready(Ok(0)) => return Poll::Ready(End::Upstream(None)),
                    Poll::Ready(Ok(bytes)) => {
                        self.shared.metrics.relayed(Direction::ToClient, bytes as u64);
                        moved = true;
                        if let Err(fault) = self.judge_upstream() {
                            return Poll::Ready(End::Fault(fault));
                        }
                    }
                    Poll::Ready(Err(error)) => return Poll::Ready(End::Upstream(Some(error))),
                }
            }
            if self.half_close(cx) {
                moved = true;
            }
            if !moved {
                return Poll::Pending;
            }
        }
    }

    /// Whether more of the client's bytes are wanted now.
    fn reads_client(&self) -> bool {
        !self.client_ended
            && self.out.to_upstream.len() < HIGH_WATER
            && (!self.session.is_waiting() || self.from_client.len() < READ_BYTES)
    }

    fn judge_client(&mut self) -> Result<(), Fault> {
        if self.from_client.is_empty() && !self.session.has_parts() {
            return Ok(());
        }
        self.session.set_context(PolicyContext {
            audit_failing: self.reporter.recorder().refuses_writes(),
            suspended: self.reporter.account().suspension(),
        });
        let result = if has_long_text(&self.from_client) {
            off_the_workers(|| {
                // One at a time: a tree is many times as large as its text, and all of them together are memory.
                let _one = self.shared.long_reading.lock().unwrap_or_else(PoisonError::into_inner);
                self.session.frontend(&mut self.from_client, &mut self.out)
            })
        } else {
            self.session.frontend(&mut self.from_client, &mut self.out)
        };
        give_back(&mut self.from_client);
        self.events();
        result
    }

    fn judge_upstream(&mut self) -> Result<(), Fault> {
        self.session.backend(&mut self.from_upstream, &mut self.out)?;
        give_back(&mut self.from_upstream);
        self.events();
        // An answer may have been what the client's next message waited for.
        self.judge_client()
    }

    fn events(&mut self) {
        for event in self.out.events.drain(..) {
            match event {
                Event::KeyData { pid, key, given } => {
                    let target = Target { pid, key, ..self.target.clone() };
                    self.registration = Some(self.shared.cancels.register(given, target));
                }
                Event::Statement(report) => self.reporter.statement(*report),
                Event::Witnessed(witnessed) => self.reporter.witnessed(witnessed),
                Event::Ready => {}
            }
        }
    }

    /// The client ended its side: once all it sent is passed on, so do we towards the upstream, as the server would
    /// have seen it. Whether something moved.
    fn half_close(&mut self, cx: &mut Context<'_>) -> bool {
        let due = self.client_ended
            && !self.upstream_told
            && self.out.to_upstream.is_empty()
            && !self.unflushed_upstream
            && !self.session.awaits_witness()
            && !self.session.has_parts()
            // What waits although nothing is due (behind a Query that the server skips) would wait for ever.
            && (self.from_client.is_empty() || !self.session.is_waiting() || !self.session.awaits_upstream());
        if due && Pin::new(&mut self.upstream).poll_shutdown(cx).is_ready() {
            self.upstream_told = true;
            return true;
        }
        false
    }

    /// Says the last words, each side as far as it is still there.
    async fn farewell(mut self, end: End) {
        self.registration = None;
        let error = match end {
            End::Client => None,
            End::Fault(fault) => {
                tracing::info!(%fault, "connection ended");
                if matches!(fault, Fault::Upstream(_)) {
                    self.shared.metrics.upstream_failed(UpstreamError::Protocol);
                }
                Some(fault.to_error())
            }
            End::Upstream(cause) => self.upstream_lost(cause),
        };
        self.session.finish(&mut self.out);
        self.events();
        // In the middle of a message the client would take the error for the rest of it.
        if let Some(error) = error.filter(|_| self.session.is_between_answers()) {
            error.encode(&mut self.out.to_client);
        }
        if !self.out.to_client.is_empty() {
            // A client that does not take its last words in time goes without.
            let words = self.out.to_client.split();
            let _said = tokio::time::timeout(FAREWELL, async {
                self.client.write_all(&words).await?;
                self.client.flush().await
            })
            .await;
        }
        let _closed = tokio::time::timeout(FAREWELL, self.client.shutdown()).await;
    }

    /// The error for a client whose upstream went away without saying why; `None` where it did, or nobody asks.
    fn upstream_lost(&self, cause: Option<io::Error>) -> Option<Error> {
        if self.session.is_terminated() || self.session.was_told() || self.client_ended {
            return None;
        }
        self.shared.metrics.upstream_failed(UpstreamError::Lost);
        let why = cause.map_or_else(|| "it closed the connection".to_owned(), |error| error.to_string());
        tracing::warn!(why, "upstream lost");
        Some(
            Error::fatal("08006", format!("stockade: the connection to the database was lost: {why}"))
                .hint("What was not committed is rolled back. Connect again, and look at what is there before repeating anything."),
        )
    }
}

/// Whether a whole long text is there to be read.
fn has_long_text(bytes: &[u8]) -> bool {
    bytes.len() > LONG_READING
        && matches!(bytes.first(), Some(b'Q' | b'P'))
        && matches!(Header::read(bytes), Ok(Some(header)) if header.total() <= bytes.len())
}

/// Runs what takes long where it holds up nobody else: other tasks of this thread move to another one.
fn off_the_workers<T>(work: impl FnOnce() -> T) -> T {
    match tokio::runtime::Handle::current().runtime_flavor() {
        tokio::runtime::RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// Writes what it can; whether something went out.
fn write(stream: &mut Stream, bytes: &mut BytesMut, unflushed: &mut bool, cx: &mut Context<'_>) -> io::Result<bool> {
    let mut moved = false;
    while !bytes.is_empty() {
        match Pin::new(&mut *stream).poll_write(cx, bytes) {
            Poll::Ready(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
            Poll::Ready(Ok(wrote)) => {
                bytes.advance(wrote);
                *unflushed = stream.is_tls();
                moved = true;
            }
            Poll::Ready(Err(error)) => return Err(error),
            Poll::Pending => return Ok(moved),
        }
    }
    if moved {
        // What was written may be a large buffer, or one shared with the reading side.
        *bytes = BytesMut::new();
    }
    if *unflushed {
        match Pin::new(stream).poll_flush(cx) {
            Poll::Ready(Ok(())) => *unflushed = false,
            Poll::Ready(Err(error)) => return Err(error),
            Poll::Pending => {}
        }
    }
    Ok(moved)
}

/// Reads once. `Ok(0)` is the end.
fn read(stream: &mut Stream, buffer: &mut BytesMut, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
    buffer.reserve(READ_BYTES);
    // Cancel safe: a dropped `read_buf` that was pending has read nothing.
    pin!(stream.read_buf(buffer)).poll(cx)
}

/// Gives a large buffer back once it is empty.
fn give_back(buffer: &mut BytesMut) {
    if buffer.is_empty() && buffer.capacity() > KEEP_BYTES {
        *buffer = BytesMut::new();
    }
}
