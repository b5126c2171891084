//! A TCP connection that ends at a moment that is known before.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// A connection with a deadline for all that is done on it.
#[derive(Debug)]
pub(super) struct Stream {
    stream: TcpStream,
    deadline: Instant,
}

impl Stream {
    /// Connects to `address`; from now on, everything together may take `budget`.
    pub(super) fn connect(address: SocketAddr, budget: Duration) -> io::Result<Self> {
        let deadline = Instant::now() + budget;
        Ok(Self { stream: TcpStream::connect_timeout(&address, budget)?, deadline })
    }

    fn left(&self) -> io::Result<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.left()?))?;
        self.stream.read(buffer)
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.left()?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
