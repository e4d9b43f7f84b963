//! A connected socket of either kind, with TLS or without.

use super::reactor::{Ear, spend};
use bytes::BytesMut;
use nix::sys::socket::{MsgFlags, recv};
use socket2::Socket;
use std::cell::RefCell;
use std::future::poll_fn;
use std::io::{self, IoSlice, Read, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

/// A socket, plain or under TLS.
#[derive(Debug)]
pub(super) enum Stream {
    Tcp(Plain),
    Unix(Plain),
    /// TLS that ends here: we are the server.
    TlsServer(Box<tokio_rustls::server::TlsStream<Carried>>),
    /// TLS towards the upstream.
    TlsClient(Box<tokio_rustls::client::TlsStream<Carried>>),
}

/// A socket of the running task, on its thread's reactor.
#[derive(Debug)]
pub(super) struct Plain {
    ear: Ear,
    socket: Socket,
}

impl Plain {
    /// Takes a socket that does not block onto the reactor.
    ///
    /// # Errors
    /// Those of [`Ear::new`].
    pub(super) fn here(socket: impl Into<Socket>) -> io::Result<Self> {
        let socket = socket.into();
        Ok(Self { ear: Ear::new(&socket)?, socket })
    }

    /// Off the reactor.
    pub(super) fn leave(self) -> io::Result<Socket> {
        self.ear.leave(&self.socket)?;
        Ok(self.socket)
    }

    /// Waits until a socket that is being connected is, or is not.
    pub(super) async fn connected(&mut self) -> io::Result<()> {
        self.ear.was_full(&self.socket)?;
        poll_fn(|_| if self.ear.may_write() { Poll::Ready(()) } else { Poll::Pending }).await;
        self.socket.take_error()?.map_or(Ok(()), Err)
    }

    /// The first byte that can be read, which stays where it is; `None` at the end.
    pub(super) async fn first_byte(&mut self) -> io::Result<Option<u8>> {
        let mut first = [0];
        let Self { ear, socket } = self;
        let came = poll_fn(|_| {
            if !ear.may_read() {
                return Poll::Pending;
            }
            match recv(socket.as_raw_fd(), &mut first, MsgFlags::MSG_PEEK) {
                Err(nix::Error::EAGAIN) => {
                    ear.was_empty();
                    Poll::Pending
                }
                other => Poll::Ready(other.map_err(io::Error::from)),
            }
        });
        Ok(if came.await? > 0 { Some(first[0]) } else { None })
    }

    /// Reads once.
    #[inline]
    fn poll_take(&mut self, cx: &Context<'_>, room: &mut [u8]) -> Poll<io::Result<usize>> {
        if !self.ear.may_read() {
            return Poll::Pending;
        }
        ready!(spend(cx));
        loop {
            match self.socket.read(room) {
                Ok(taken) => {
                    if taken < room.len() {
                        self.ear.was_emptied();
                    }
                    return Poll::Ready(Ok(taken));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.ear.was_empty();
                    return Poll::Pending;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    /// Writes once.
    #[inline]
    fn poll_put(
        &mut self,
        cx: &Context<'_>,
        put: impl Fn(&mut Socket) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        if !self.ear.may_write() {
            return Poll::Pending;
        }
        ready!(spend(cx));
        loop {
            match put(&mut self.socket) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return match self.ear.was_full(&self.socket) {
                        Ok(()) => Poll::Pending,
                        Err(error) => Poll::Ready(Err(error)),
                    };
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => return Poll::Ready(done),
            }
        }
    }
}

impl AsFd for Plain {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl AsyncRead for Plain {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let taken = ready!(self.get_mut().poll_take(cx, buf.initialize_unfilled()))?;
        buf.advance(taken);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Plain {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.get_mut().poll_put(cx, |socket| socket.write(buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_put(cx, |socket| socket.write_vectored(bufs))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.socket.shutdown(Shutdown::Write))
    }
}

/// A TCP socket that can be carried to another thread with the TLS around it.
#[derive(Debug)]
pub(super) enum Carried {
    /// On a reactor.
    Here(Plain),
    /// On a runtime of tokio's.
    There(TcpStream),
    /// On the way.
    Off(Socket),
    /// Lost on it.
    Lost,
}

/// What can be carried from one thread to another.
pub(super) trait Travels {
    fn socket(&mut self) -> &mut Carried;
}

impl Travels for Carried {
    fn socket(&mut self) -> &mut Carried {
        self
    }
}

impl Travels for tokio_rustls::server::TlsStream<Carried> {
    fn socket(&mut self) -> &mut Carried {
        self.get_mut().0
    }
}

impl Travels for tokio_rustls::client::TlsStream<Carried> {
    fn socket(&mut self) -> &mut Carried {
        self.get_mut().0
    }
}

impl Carried {
    /// Off whatever it is on.
    pub(super) fn leave(&mut self) -> io::Result<()> {
        *self = match std::mem::replace(self, Self::Lost) {
            Self::Here(plain) => Self::Off(plain.leave()?),
            Self::There(tcp) => Self::Off(tcp.into_std()?.into()),
            off => off,
        };
        Ok(())
    }

    /// Onto the current thread's reactor.
    pub(super) fn arrive(&mut self) -> io::Result<()> {
        if let Self::Off(socket) = std::mem::replace(self, Self::Lost) {
            *self = Self::Here(Plain::here(socket)?);
        }
        Ok(())
    }
}

macro_rules! carried {
    ($carried:expr, $inner:ident => $call:expr) => {
        match $carried.get_mut() {
            Carried::Here($inner) => $call,
            Carried::There($inner) => $call,
            Carried::Off(_) | Carried::Lost => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    };
}

impl AsyncRead for Carried {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        carried!(self, inner => Pin::new(inner).poll_read(cx, buf))
    }
}

impl AsyncWrite for Carried {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        carried!(self, inner => Pin::new(inner).poll_write(cx, buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        carried!(self, inner => Pin::new(inner).poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        carried!(self, inner => Pin::new(inner).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        carried!(self, inner => Pin::new(inner).poll_shutdown(cx))
    }
}

impl Stream {
    pub(super) fn is_tls(&self) -> bool {
        matches!(self, Self::TlsServer(_) | Self::TlsClient(_))
    }

    /// Whether there may be something to read.
    #[inline]
    pub(super) fn may_read(&self) -> bool {
        match self {
            Self::Tcp(plain) | Self::Unix(plain) => plain.ear.may_read(),
            // There may be something in its own buffers.
            Self::TlsServer(_) | Self::TlsClient(_) => true,
        }
    }

    /// Reads once. `Ok(0)` is the end.
    fn poll_take(&mut self, cx: &mut Context<'_>, room: &mut [u8]) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(plain) | Self::Unix(plain) => plain.poll_take(cx, room),
            Self::TlsServer(_) | Self::TlsClient(_) => {
                let mut room = ReadBuf::new(room);
                ready!(Pin::new(self).poll_read(cx, &mut room))?;
                Poll::Ready(Ok(room.filled().len()))
            }
        }
    }
}

macro_rules! each {
    ($stream:expr, $inner:ident => $call:expr) => {
        match $stream.get_mut() {
            Stream::Tcp($inner) => $call,
            Stream::Unix($inner) => $call,
            Stream::TlsServer($inner) => $call,
            Stream::TlsClient($inner) => $call,
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        each!(self, inner => Pin::new(inner).poll_read(cx, buf))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        each!(self, inner => Pin::new(inner).poll_write(cx, buf))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, inner => Pin::new(inner).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, inner => Pin::new(inner).poll_shutdown(cx))
    }
}

/// Writes all of it, and out of TLS's own buffer.
pub(super) async fn say(stream: &mut Stream, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}

/// Bytes asked of a socket at a time, at first.
pub(super) const READ_BYTES: usize = 16 * 1024;

/// Bytes asked at a time of a socket that has more and more: with what the first reads leave behind, a connection that streams
/// holds 64 KiB.
const MOST_READ: usize = 48 * 1024;

/// Bytes asked at a time at the least, while the rest of a long message is waited for.
const LEAST_READ: usize = 8 * 1024;

/// Buffers that a thread keeps for its connections' next reads,
const SPARE: usize = 16;

/// and how many at the most where one of them is for long messages.
const LONG_SPARE: usize = 2;

thread_local! {
    static SPARES: RefCell<Vec<BytesMut>> = const { RefCell::new(Vec::new()) };
    /// Where short messages are read.
    static BENCH: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES]);
}

/// What was read of a socket and not dealt with yet. While there is nothing, it holds no memory: its buffer is the
/// thread's, and goes to whichever connection reads next.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    pub(super) bytes: BytesMut,
    /// The last read was a long one.
    long: bool,
}

impl Inbox {
    /// One that holds what was read already.
    pub(super) fn holding(bytes: BytesMut) -> Self {
        // An empty one may keep the memory of what stood in front of it.
        Self { bytes: if bytes.is_empty() { BytesMut::new() } else { bytes }, long: false }
    }

    /// Reads once. `Ok(0)` is the end.
    pub(super) fn read(&mut self, stream: &mut Stream, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        // What is read into has to be something already. For a long stream that is cheaper than to move what came; what is
        // short is moved, and a bench that is kept has to be made once.
        let read = if self.long { self.read_long(stream, cx) } else { self.read_short(stream, cx) };
        self.long = matches!(read, Poll::Ready(Ok(READ_BYTES..)));
        read
    }

    fn read_short(&mut self, stream: &mut Stream, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        BENCH.with_borrow_mut(|bench| {
            let taken = ready!(stream.poll_take(cx, bench))?;
            let bytes = &mut self.bytes;
            if bytes.capacity() == 0 {
                *bytes = SPARES.with_borrow_mut(Vec::pop).unwrap_or_else(|| BytesMut::with_capacity(READ_BYTES));
            }
            bytes.extend_from_slice(bench.get(..taken).unwrap_or_default());
            Poll::Ready(Ok(taken))
        })
    }

    fn read_long(&mut self, stream: &mut Stream, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let bytes = &mut self.bytes;
        let had = bytes.len();
        // The start of a message that is left from before is among what is asked for: a buffer that grew for it would not
        // be kept.
        bytes.resize(had + MOST_READ.saturating_sub(had).max(LEAST_READ), 0);
        let read = stream.poll_take(cx, bytes.get_mut(had..).unwrap_or_default());
        bytes.truncate(had + if let Poll::Ready(Ok(taken)) = read { taken } else { 0 });
        read
    }

    /// Gives an empty buffer back.
    pub(super) fn rest(&mut self) {
        if self.bytes.is_empty() && self.bytes.capacity() > 0 {
            let mut bytes = std::mem::take(&mut self.bytes);
            // What is still being written of it is not free; what has grown is not kept.
            if bytes.try_reclaim(READ_BYTES) && bytes.capacity() <= MOST_READ {
                let most = if bytes.capacity() > 2 * READ_BYTES { LONG_SPARE } else { SPARE };
                SPARES.with_borrow_mut(|spares| {
                    if spares.len() < most {
                        spares.push(bytes);
                    }
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;
