//! Services of the host that answer at a UNIX socket.

use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{Mode, OFlags, ResolveFlags};

use super::{Host, http, slow};
use crate::collect::failure::Failure;

/// Most bytes of an answer before its body.
const HEAD_BYTES: usize = 64 << 10;

impl Host {
    /// The body of what the service at `socket` answers to a `GET` of `target` in HTTP.
    ///
    /// # Errors
    ///
    /// [`Failure`] names the socket. One that is there without anybody listening at it counts as not there; that the
    /// service refuses, breaks off, takes longer than `budget` or answers more than `limit` bytes does not.
    pub fn get(&self, socket: &str, target: &str, limit: usize, budget: Duration) -> Result<Vec<u8>, Failure> {
        let (place, request) = (self.socket_place(socket)?, request(target));
        let allowed = limit.saturating_add(HEAD_BYTES);
        let call = move || exchange(&place, &request, allowed, budget);
        let answer = slow::within(&self.pending, socket, budget, call)
            .ok_or_else(|| Failure::TimedOut { what: socket.to_owned(), budget })?
            .map_err(|error| refused(socket, &error))?;
        if answer.len() > allowed {
            return Err(Failure::TooLarge { what: format!("the answer of {socket}"), limit, unit: "bytes" });
        }
        http::body(&answer).map_err(|problem| Failure::malformed(socket, problem))
    }

    /// A link in a root that is not live means a place in it; connecting by its path would follow it out of there.
    pub(super) fn socket_place(&self, socket: &str) -> Result<Place, Failure> {
        if self.is_live() {
            return Ok(Place { path: PathBuf::from(socket), _held: None });
        }
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        let held = rustix::fs::open(&self.root, flags, Mode::empty())
            .and_then(|root| rustix::fs::openat2(root, socket, flags, Mode::empty(), ResolveFlags::IN_ROOT))
            .map_err(|error| Failure::io(Path::new(socket), &error.into()))?;
        Ok(Place { path: PathBuf::from(format!("/proc/self/fd/{}", held.as_raw_fd())), _held: Some(held) })
    }
}

pub(super) struct Place {
    pub(super) path: PathBuf,
    /// Keeps the path valid.
    _held: Option<OwnedFd>,
}

fn request(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nConnection: close\r\n\r\n")
}

fn exchange(place: &Place, request: &str, allowed: usize, budget: Duration) -> io::Result<Vec<u8>> {
    let mut stream = UnixStream::connect(&place.path)?;
    stream.set_read_timeout(Some(budget))?;
    stream.set_write_timeout(Some(budget))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.take(u64::try_from(allowed).unwrap_or(u64::MAX).saturating_add(1)).read_to_end(&mut answer)?;
    Ok(answer)
}

fn refused(socket: &str, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Failure::NotFound(format!("a listener at {socket}")),
        _ => Failure::io(Path::new(socket), error),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::thread;
    use std::time::Duration;

    use super::Host;
    use crate::collect::failure::Failure;

    const LONG: Duration = Duration::from_secs(20);

    /// A root whose service answers one question with `answer`, and then holds the line if it is told to.
    fn service(answer: &'static str, holds: bool) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(root.path().join("s")).unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _read = stream.read(&mut [0; 1024]).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            if holds {
                let _closed_by_the_other_side = stream.read(&mut [0; 1]);
            }
        });
        root
    }

    #[test]
    fn a_service_is_asked_and_its_answer_limited() {
        let root = service("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", false);
        assert_eq!(Host::at(root.path()).get("/s", "/version", 10, LONG).unwrap(), b"{}");
        let long: &'static str = Box::leak("x".repeat(70 << 10).into_boxed_str());
        let root = service(long, false);
        let failure = Host::at(root.path()).get("/s", "/version", 10, LONG).unwrap_err();
        assert_eq!(failure.to_string(), "the answer of /s is larger than 10 bytes");
    }

    #[test]
    fn a_service_that_says_nothing_is_given_up() {
        let root = service("", true);
        let failure = Host::at(root.path()).get("/s", "/", 10, Duration::from_millis(50)).unwrap_err();
        assert!(matches!(failure, Failure::TimedOut { .. } | Failure::Io { .. }), "{failure}");
    }

    #[test]
    fn a_socket_without_a_listener_or_outside_the_root_is_not_there() {
        let root = tempfile::tempdir().unwrap();
        drop(UnixListener::bind(root.path().join("s")).unwrap());
        let outside = service("HTTP/1.1 200 OK\r\n\r\n", false);
        symlink(outside.path().join("s"), root.path().join("link")).unwrap();
        for socket in ["/s", "/link", "/none"] {
            let failure = Host::at(root.path()).get(socket, "/", 10, LONG).unwrap_err();
            assert!(failure.is_not_found(), "{failure}");
        }
    }
}
