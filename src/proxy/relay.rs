//! The relay: both directions of a connection on one task, bytes through the session, no copy where none is needed.

use super::Shared;
use super::cancel::{Registration, Target};
use super::crew::Place;
use super::io::{Inbox, READ_BYTES, Stream, say};
use super::report::Reporter;
use super::timer;
use crate::policy::Context as PolicyContext;
use crate::session::{Event, Fault, Output, Session};
use crate::telemetry::{Direction, UpstreamError};
use crate::wire::Header;
use crate::wire::make::Error;
use bytes::{Buf, BytesMut};
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::Sleep;

/// A text longer than this takes a millisecond to read; the other connections of its thread must not wait for that.
const LONG_READING: usize = 16 * 1024;

/// How long the last words to a client may take.
const FAREWELL: Duration = Duration::from_secs(5);

/// A connection being relayed.
#[derive(Debug)]
pub(super) struct Relay {
    client: Stream,
    upstream: Stream,
    session: Session,
    out: Output,
    from_client: Inbox,
    from_upstream: Inbox,
    client_ended: bool,
    upstream_told: bool,
    unflushed_client: bool,
    unflushed_upstream: bool,
    reporter: Reporter,
    target: Target,
    registration: Option<Registration>,
    /// Given back when the client is gone: what is left to do then is to wait for the upstream's close.
    place: Option<Place>,
    shared: Arc<Shared>,
}

/// Where a relay came to.
#[derive(Debug)]
enum Turn {
    /// To its end.
    End(End),
    /// To a text that takes long to read.
    LongText,
}

/// Whether the client's bytes were judged.
enum Judged {
    Yes,
    /// Not yet: a long text comes next.
    LongText,
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
        place: Place,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            client,
            upstream,
            session,
            out: Output::default(),
            from_client: Inbox::default(),
            from_upstream: Inbox::default(),
            client_ended: false,
            upstream_told: false,
            unflushed_client: false,
            unflushed_upstream: false,
            reporter,
            target,
            registration: None,
            place: Some(place),
            shared,
        }
    }

    /// With what was read behind the client's startup packet.
    pub(super) fn having_read(mut self, ahead: BytesMut) -> Self {
        self.from_client = Inbox::holding(ahead);
        self
    }

    /// Relays until either side ends, the session faults or the process stops.
    /// The client has to be authenticated by the `deadline`.
    pub(super) async fn run(mut self: Box<Self>, deadline: Pin<Box<Sleep>>) {
        let mut authentication = Some(deadline);
        // What came behind the startup packet is not waited for again.
        if let Err(fault) = self.judge_client_now() {
            return Box::pin(self.farewell(End::Fault(fault))).await;
        }
        let end = loop {
            match poll_fn(|cx| self.turn(cx, &mut authentication)).await {
                Turn::End(end) => break end,
                Turn::LongText => match self.read_long_text().await {
                    Some((relay, Ok(()))) => self = relay,
                    Some((relay, Err(fault))) => {
                        self = relay;
                        break End::Fault(fault);
                    }
                    // Its panic was reported; what the session was at is lost with it.
                    None => return,
                },
            }
        };
        // What is left of the start has no business in the farewell.
        drop(authentication);
        Box::pin(self.farewell(end)).await;
    }

    fn turn(&mut self, cx: &mut Context<'_>, authentication: &mut Option<Pin<Box<Sleep>>>) -> Poll<Turn> {
        if let Some(deadline) = authentication {
            if self.session.is_ready() {
                *authentication = None;
            } else if deadline.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Turn::End(End::Fault(Fault::Client("authentication took too long".into()))));
            }
        }
        let turn = self.poll(cx);
        if turn.is_pending() {
            self.from_client.rest();
            self.from_upstream.rest();
            // Everybody is woken when it comes.
            if self.shared.stopping.load(Ordering::SeqCst)
                && !self.session.awaits_upstream()
                && self.from_client.bytes.is_empty()
            {
                return Poll::Ready(Turn::End(End::Fault(Fault::Shutdown)));
            }
        }
        turn
    }

    /// Judges the long text that comes next on a thread of its own, one at a time: a tree is many times as large as its
    /// text, and all of them together are memory.
    async fn read_long_text(mut self: Box<Self>) -> Option<(Box<Self>, Result<(), Fault>)> {
        let shared = Arc::clone(&self.shared);
        let one = shared.long_reading.acquire().await;
        let read = tokio::task::spawn_blocking(move || {
            let result = self.judge_client_now();
            (self, result)
        });
        let read = read.await.ok();
        drop(one);
        read
    }

    /// Moves what can be moved. Pending only when both sockets are.
    ///
    /// # Cancel safety
    /// Nothing is held outside `self` between polls.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Turn> {
        loop {
            let mut moved = false;
            if self.client.may_read() && self.reads_client() {
                match self.from_client.read(&mut self.client, cx) {
                    Poll::Pending => {}
                    Poll::Ready(Ok(0)) => {
                        self.client_ended = true;
                        self.place = None;
                        moved = true;
                    }
                    Poll::Ready(Ok(bytes)) => {
                        self.shared.metrics.relayed(Direction::ToUpstream, bytes as u64);
                        moved = true;
                        match self.judge_client() {
                            Ok(Judged::Yes) => {}
                            Ok(Judged::LongText) => return Poll::Ready(Turn::LongText),
                            Err(fault) => return Poll::Ready(Turn::End(End::Fault(fault))),
                        }
                    }
                    Poll::Ready(Err(_)) => return Poll::Ready(Turn::End(End::Client)),
                }
            }
            moved |= self.write_upstream(cx);
            if self.upstream.may_read() && self.out.to_client.is_empty() {
                match self.from_upstream.read(&mut self.upstream, cx) {
                    Poll::Pending => {}
                    Poll::Ready(Ok(0)) => return Poll::Ready(Turn::End(End::Upstream(None))),
                    Poll::Ready(Ok(bytes)) => {
                        self.shared.metrics.relayed(Direction::ToClient, bytes as u64);
                        moved = true;
                        match self.judge_upstream() {
                            Ok(Judged::Yes) => {}
                            Ok(Judged::LongText) => return Poll::Ready(Turn::LongText),
                            Err(fault) => return Poll::Ready(Turn::End(End::Fault(fault))),
                        }
                        moved |= self.write_upstream(cx);
                    }
                    Poll::Ready(Err(error)) => return Poll::Ready(Turn::End(End::Upstream(Some(error)))),
                }
            }
            match write(&mut self.client, &mut self.out.to_client, &mut self.unflushed_client, cx) {
                Ok(wrote) => moved |= wrote,
                Err(_) => return Poll::Ready(Turn::End(End::Client)),
            }
            moved |= self.half_close(cx);
            if !moved {
                return Poll::Pending;
            }
        }
    }

    /// Whether something went out to the upstream.
    fn write_upstream(&mut self, cx: &mut Context<'_>) -> bool {
        match write(&mut self.upstream, self.out.to_upstream.bytes(), &mut self.unflushed_upstream, cx) {
            Ok(wrote) => wrote,
            // What the server had to say about it may still be there to read.
            Err(_) => {
                self.out.to_upstream.bytes().clear();
                false
            }
        }
    }

    /// Whether more of the client's bytes are wanted now.
    fn reads_client(&self) -> bool {
        !self.client_ended
            && self.out.to_upstream.is_empty()
            && (!self.session.is_waiting() || self.from_client.bytes.len() < READ_BYTES)
    }

    fn judge_client(&mut self) -> Result<Judged, Fault> {
        if has_long_text(&self.from_client.bytes) && !self.session.is_waiting() {
            return Ok(Judged::LongText);
        }
        self.judge_client_now().map(|()| Judged::Yes)
    }

    fn judge_client_now(&mut self) -> Result<(), Fault> {
        if self.from_client.bytes.is_empty() && !self.session.has_parts() {
            return Ok(());
        }
        self.session.set_context(PolicyContext {
            audit_failing: self.reporter.recorder().refuses_writes(),
            suspended: self.reporter.account().suspension(),
        });
        let result = self.session.frontend(&mut self.from_client.bytes, &mut self.out);
        self.events();
        result
    }

    fn judge_upstream(&mut self) -> Result<Judged, Fault> {
        self.session.backend(&mut self.from_upstream.bytes, &mut self.out)?;
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
                Event::Statement(report) => self.reporter.statement(&report),
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
            && (self.from_client.bytes.is_empty() || !self.session.is_waiting() || !self.session.awaits_upstream());
        // Who was told by Terminate closes by itself.
        if due && (self.session.is_terminated() || Pin::new(&mut self.upstream).poll_shutdown(cx).is_ready()) {
            self.upstream_told = true;
            return true;
        }
        false
    }

    /// Says the last words, each side as far as it is still there.
    async fn farewell(self: Box<Self>, end: End) {
        let (client, words, listens) = self.end(end);
        take_leave(client, &words, listens).await;
    }

    /// Ends all but the client's side: its socket, what it is still to be told, and whether it may be talking.
    fn end(mut self: Box<Self>, end: End) -> (Stream, BytesMut, bool) {
        self.registration = None;
        // Nobody waits for the idle when the process stops.
        let over = matches!(end, End::Client | End::Fault(Fault::Shutdown));
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
        let talks = !over && !self.client_ended && !self.session.is_terminated();
        let words = self.out.to_client.split();
        (self.client, words, talks)
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

/// Says the last words to a client and closes. What one that `talks` says meanwhile is taken and dropped until it closes as
/// well: a socket that is closed over what was not read is reset, and a reset overtakes words that are on their way.
pub(super) async fn take_leave(mut client: Stream, words: &[u8], talks: bool) {
    let leave = async {
        if !words.is_empty() {
            say(&mut client, words).await?;
        }
        // Otherwise a plain socket is closed when it is dropped.
        if talks || client.is_tls() {
            client.shutdown().await?;
        }
        if talks {
            let mut dropped = [0; 1024];
            while client.read(&mut dropped).await? > 0 {}
        }
        io::Result::Ok(())
    };
    // Who does not take them in time goes without, and who does not stop is stopped.
    let _left = timer::timeout(FAREWELL, leave).await;
}

/// Whether a whole long text is there to be read.
fn has_long_text(bytes: &[u8]) -> bool {
    bytes.len() > LONG_READING
        && matches!(bytes.first(), Some(b'Q' | b'P'))
        && matches!(Header::read(bytes), Ok(Some(header)) if header.total() <= bytes.len())
}

/// Writes what it can; whether something went out.
#[inline]
fn write(stream: &mut Stream, bytes: &mut BytesMut, unflushed: &mut bool, cx: &mut Context<'_>) -> io::Result<bool> {
    // Asked far more often than there is something.
    if bytes.is_empty() && !*unflushed { Ok(false) } else { write_now(stream, bytes, unflushed, cx) }
}

fn write_now(
    stream: &mut Stream,
    bytes: &mut BytesMut,
    unflushed: &mut bool,
    cx: &mut Context<'_>,
) -> io::Result<bool> {
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
        // What was written is shared with the reading side, which reads into it again.
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
