//! A connected socket of either kind, with TLS or without.

use bytes::BytesMut;
use std::cell::RefCell;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

/// A socket, plain or under TLS.
#[derive(Debug)]
pub(super) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
    /// TLS that ends here: we are the server.
    TlsServer(Box<tokio_rustls::server::TlsStream<Carried>>),
    /// TLS towards the upstream.
    TlsClient(Box<tokio_rustls::client::TlsStream<Carried>>),
}

/// A socket that does not block and is on no runtime.
#[derive(Debug)]
pub(super) enum Plain {
    Tcp(std::net::TcpStream),
    Unix(std::os::unix::net::UnixStream),
    TlsServer(Box<tokio_rustls::server::TlsStream<Carried>>),
    TlsClient(Box<tokio_rustls::client::TlsStream<Carried>>),
}

/// A TCP socket that can be carried to another runtime with the TLS around it.
#[derive(Debug)]
pub(super) enum Carried {
    /// On a runtime.
    On(TcpStream),
    /// On none.
    Off(std::net::TcpStream),
    /// Lost on the way.
    Lost,
}

impl Carried {
    /// Off its runtime.
    fn leave(&mut self) -> io::Result<()> {
        if let Self::On(tcp) = std::mem::replace(self, Self::Lost) {
            *self = Self::Off(tcp.into_std()?);
        }
        Ok(())
    }

    /// Onto the current one.
    fn arrive(&mut self) -> io::Result<()> {
        if let Self::Off(tcp) = std::mem::replace(self, Self::Lost) {
            *self = Self::On(TcpStream::from_std(tcp)?);
        }
        Ok(())
    }

    fn socket(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        match self {
            Self::On(tcp) => Ok(Pin::new(tcp)),
            Self::Off(_) | Self::Lost => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

impl AsyncRead for Carried {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.get_mut().socket()?.poll_read(cx, buf)
    }
}

impl AsyncWrite for Carried {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.get_mut().socket()?.poll_write(cx, buf)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().socket()?.poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().socket()?.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().socket()?.poll_shutdown(cx)
    }
}

impl TryFrom<Plain> for Stream {
    type Error = io::Error;

    /// Onto the current runtime.
    fn try_from(socket: Plain) -> io::Result<Self> {
        Ok(match socket {
            Plain::Tcp(tcp) => Self::Tcp(TcpStream::from_std(tcp)?),
            Plain::Unix(unix) => Self::Unix(UnixStream::from_std(unix)?),
            Plain::TlsServer(mut tls) => {
                tls.get_mut().0.arrive()?;
                Self::TlsServer(tls)
            }
            Plain::TlsClient(mut tls) => {
                tls.get_mut().0.arrive()?;
                Self::TlsClient(tls)
            }
        })
    }
}

impl TryFrom<Stream> for Plain {
    type Error = io::Error;

    /// Off its runtime.
    fn try_from(stream: Stream) -> io::Result<Self> {
        match stream {
            Stream::Tcp(tcp) => tcp.into_std().map(Self::Tcp),
            Stream::Unix(unix) => unix.into_std().map(Self::Unix),
            Stream::TlsServer(mut tls) => {
                tls.get_mut().0.leave()?;
                Ok(Self::TlsServer(tls))
            }
            Stream::TlsClient(mut tls) => {
                tls.get_mut().0.leave()?;
                Ok(Self::TlsClient(tls))
            }
        }
    }
}

impl Stream {
    pub(super) fn is_tls(&self) -> bool {
        matches!(self, Self::TlsServer(_) | Self::TlsClient(_))
    }

    /// Ready where there may be something to read; it need not be so. Pending as a read would be.
    fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<()> {
        match self {
            Self::Tcp(tcp) => tcp.poll_read_ready(cx).map(|_| ()),
            Self::Unix(unix) => unix.poll_read_ready(cx).map(|_| ()),
            // There may be something in its own buffers.
            Self::TlsServer(_) | Self::TlsClient(_) => Poll::Ready(()),
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

/// Writes all of it, and out of TLS's own buffer: a socket that is new on its runtime may not be known as writable yet.
pub(super) async fn say(stream: &mut Stream, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}

/// Bytes asked of a socket at a time, at first.
pub(super) const READ_BYTES: usize = 16 * 1024;

/// Bytes asked at a time of a socket that has more and more.
const MOST_READ: usize = 64 * 1024;

/// Bytes asked at a time at the least, while the rest of a long message is waited for.
const LEAST_READ: usize = 8 * 1024;

/// Buffers that a thread keeps for its connections' next reads.
const SPARE: usize = 16;

thread_local! {
    static SPARES: RefCell<Vec<BytesMut>> = const { RefCell::new(Vec::new()) };
}

/// What was read of a socket and not dealt with yet. While there is nothing, it holds no memory: its buffer is the
/// thread's, and goes to whichever connection reads next.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    pub(super) bytes: BytesMut,
    /// The last read filled all there was room for.
    full: bool,
    /// The last read got something, and there was room for more: nothing is left of what had come.
    drained: bool,
}

impl Inbox {
    /// One that holds what was read already.
    pub(super) fn holding(bytes: BytesMut) -> Self {
        // An empty one may keep the memory of what stood in front of it.
        Self { bytes: if bytes.is_empty() { BytesMut::new() } else { bytes }, full: false, drained: false }
    }

    /// Reads once. `Ok(0)` is the end.
    pub(super) fn read(&mut self, stream: &mut Stream, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if std::mem::take(&mut self.drained) && stream.poll_readable(cx).is_pending() {
            return Poll::Pending;
        }
        let bytes = &mut self.bytes;
        if bytes.capacity() == 0 {
            *bytes = SPARES.with_borrow_mut(Vec::pop).unwrap_or_default();
        }
        // The start of a message that is left from before is among what is asked for: a buffer that grew for it would not
        // be kept.
        let wanted = if self.full { MOST_READ } else { READ_BYTES };
        bytes.reserve(wanted.saturating_sub(bytes.len()).max(LEAST_READ));
        let room = bytes.capacity() - bytes.len();
        // Cancel safe: a dropped `read_buf` that was pending has read nothing.
        let read = pin!(stream.read_buf(bytes)).poll(cx);
        self.full = matches!(read, Poll::Ready(Ok(taken)) if taken == room);
        self.drained = matches!(read, Poll::Ready(Ok(taken)) if taken > 0 && taken < room);
        read
    }

    /// Gives an empty buffer back.
    pub(super) fn rest(&mut self) {
        if self.bytes.is_empty() && self.bytes.capacity() > 0 {
            let mut bytes = std::mem::take(&mut self.bytes);
            // What is still being written of it is not free; what has grown is not kept.
            if bytes.try_reclaim(READ_BYTES) && bytes.capacity() <= MOST_READ {
                SPARES.with_borrow_mut(|spares| {
                    if spares.len() < SPARE {
                        spares.push(bytes);
                    }
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;
