//! Devices that answer one command after another.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::{Host, slow};
use crate::collect::failure::Failure;

impl Host {
    /// What the device at `device` answers to `command`: what it gives in one read, which of such devices is the whole
    /// answer. Below a root that is not live a service at a socket stands for the device.
    ///
    /// # Errors
    ///
    /// [`Failure`] names the device; [`Failure::TimedOut`] also while an earlier question still hangs.
    pub fn ask(&self, device: &str, command: Vec<u8>, limit: usize, budget: Duration) -> Result<Vec<u8>, Failure> {
        let named = |error: io::Error| Failure::io(Path::new(device), &error);
        let answer = if self.is_live() {
            let opened = OpenOptions::new().read(true).write(true).open(self.path(device)).map_err(named)?;
            slow::within(&self.pending, device, budget, move || exchange(opened, &command, limit))
        } else {
            let opened = UnixStream::connect(&self.socket_place(device)?.path).map_err(named)?;
            slow::within(&self.pending, device, budget, move || exchange(opened, &command, limit))
        };
        answer.ok_or_else(|| Failure::TimedOut { what: device.to_owned(), budget })?.map_err(named)
    }
}

fn exchange(mut device: impl Read + Write, command: &[u8], limit: usize) -> io::Result<Vec<u8>> {
    device.write_all(command)?;
    let mut answer = vec![0; limit];
    let length = device.read(&mut answer)?;
    answer.truncate(length);
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::os::unix::net::UnixListener;
    use std::thread;
    use std::time::Duration;

    use super::Host;
    use crate::collect::failure::Failure;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn a_device_is_asked_and_its_answer_limited() {
        let root = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(root.path().join("device")).unwrap();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut command = [0; 4];
                stream.read_exact(&mut command).unwrap();
                command.reverse();
                stream.write_all(&command).unwrap();
            }
        });
        let host = Host::at(root.path());
        assert_eq!(host.ask("/device", b"1234".to_vec(), 16, LONG).unwrap(), b"4321");
        assert_eq!(host.ask("/device", b"1234".to_vec(), 2, LONG).unwrap(), b"43");
    }

    #[test]
    fn a_device_that_says_nothing_is_given_up_and_one_that_is_not_there_is_named() {
        let root = tempfile::tempdir().unwrap();
        let _silent = UnixListener::bind(root.path().join("device")).unwrap();
        let host = Host::at(root.path());
        let failure = host.ask("/device", vec![1], 16, Duration::from_millis(50)).unwrap_err();
        assert!(matches!(failure, Failure::TimedOut { .. }), "{failure}");
        let failure = host.ask("/none", vec![1], 16, LONG).unwrap_err();
        assert_eq!((failure.is_not_found(), failure.to_string()), (true, "/none is not there".to_owned()));
    }
}
