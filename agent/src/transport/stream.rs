//! Lets hyper read and write a tokio stream.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes read from the stream before they are handed over.
const CHUNK: usize = 8 << 10;

/// A tokio stream as hyper wants it.
#[derive(Debug)]
pub(super) struct HyperStream<S> {
    stream: S,
    chunk: Box<[u8]>,
}

impl<S> HyperStream<S> {
    /// Wraps `stream`.
    #[must_use]
    pub(super) fn new(stream: S) -> Self {
        Self { stream, chunk: vec![0; CHUNK].into_boxed_slice() }
    }
}

impl<S: AsyncRead + Unpin> Read for HyperStream<S> {
    /// Through a buffer of our own: hyper's is uninitialised memory, which safe code cannot fill in place.
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, mut out: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let room = out.remaining().min(this.chunk.len());
        let mut buffer = ReadBuf::new(this.chunk.get_mut(..room).unwrap_or_default());
        match Pin::new(&mut this.stream).poll_read(context, &mut buffer) {
            Poll::Ready(Ok(())) => {
                out.put_slice(buffer.filled());
                Poll::Ready(Ok(()))
            }
            other => other,
        }
    }
}

impl<S: AsyncWrite + Unpin> Write for HyperStream<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
