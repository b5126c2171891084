//! Telling the init system how the agent is doing: the datagrams of `sd_notify(3)`.

use std::convert::Infallible;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tracing::debug;

/// Longest that an agent may work without getting anywhere: every collector, every exchange and every wait between two
/// of them has a shorter end of its own.
const LONGEST_STEP: Duration = Duration::from_mins(10);

/// Whoever started the agent, if it wants to be told.
#[derive(Debug, Default)]
pub struct Supervisor {
    socket: Option<(UnixDatagram, SocketAddr)>,
    watchdog: Option<Duration>,
}

/// How often the agent got somewhere. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Pulse(Arc<AtomicU64>);

/// What somebody remembers who looks at a pulse now and then.
#[derive(Debug, Default)]
struct Watcher {
    seen: u64,
    unmoved: Duration,
}

impl Supervisor {
    /// The one that `variables` name to the process `pid`: `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`.
    #[must_use]
    pub fn of(variables: &[(String, String)], pid: u32) -> Self {
        let value = |name: &str| variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let socket = value("NOTIFY_SOCKET").and_then(|name| Some((UnixDatagram::unbound().ok()?, address(name)?)));
        let is_meant = value("WATCHDOG_PID").is_none_or(|meant| meant.parse() == Ok(pid));
        let watchdog = value("WATCHDOG_USEC").filter(|_| is_meant && socket.is_some());
        let watchdog = watchdog.and_then(|text| text.parse().ok()).filter(|&usec| usec > 0).map(Duration::from_micros);
        Self { socket, watchdog }
    }

    /// Says that the agent lives, twice in the time after which it is taken for dead, as long as its `pulse` moves: one
    /// that gets nowhere is to be started anew. Never ends.
    pub async fn hear(&self, pulse: &Pulse) -> Infallible {
        let Some(every) = self.watchdog.map(|within| within / 2) else { return std::future::pending().await };
        let mut watcher = Watcher::default();
        loop {
            if watcher.sees_life(pulse) {
                self.say("WATCHDOG=1");
            }
            tokio::time::sleep(every).await;
            watcher.unmoved += every;
        }
    }

    /// The agent works now, and stops when it is told.
    pub fn ready(&self) {
        self.say("READY=1");
    }

    /// What the agent does, for people who ask the init system.
    pub fn doing(&self, what: &str) {
        self.say(&format!("STATUS={}", what.replace('\n', " ")));
    }

    /// The agent was told to stop.
    pub fn stopping(&self) {
        self.say("STOPPING=1");
    }

    fn say(&self, state: &str) {
        let Some((socket, address)) = &self.socket else { return };
        if let Err(error) = socket.send_to_addr(state.as_bytes(), address) {
            debug!(%error, state, "the init system could not be told");
        }
    }
}

impl Pulse {
    /// The agent gets somewhere now.
    pub fn beat(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Watcher {
    fn sees_life(&mut self, pulse: &Pulse) -> bool {
        let beats = pulse.0.load(Ordering::Relaxed);
        if beats != self.seen {
            (self.seen, self.unmoved) = (beats, Duration::ZERO);
        }
        self.unmoved < LONGEST_STEP
    }
}

/// A path, or `@` and a name without one.
fn address(name: &str) -> Option<SocketAddr> {
    match name.strip_prefix('@') {
        Some(name) => SocketAddr::from_abstract_name(name).ok(),
        None => SocketAddr::from_pathname(name).ok(),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixDatagram;
    use std::time::Duration;

    use super::{Pulse, Supervisor, Watcher};

    fn supervised(name: &str, more: &[(&str, &str)]) -> Supervisor {
        let all = [("NOTIFY_SOCKET", name)].into_iter().chain(more.iter().copied());
        let variables: Vec<_> = all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Supervisor::of(&variables, 7)
    }

    #[test]
    fn an_agent_that_gets_nowhere_for_ten_minutes_is_not_seen_to_live() {
        let (mut watcher, pulse) = (Watcher::default(), Pulse::default());
        let mut after = |minutes: u64| {
            watcher.unmoved += Duration::from_mins(minutes);
            watcher.sees_life(&pulse)
        };
        assert!(after(0) && after(9));
        assert!(!after(1));
        pulse.beat();
        assert!(after(5));
        assert!(after(9));
        assert!(!after(1));
    }

    #[test]
    fn only_the_process_that_is_watched_has_a_watchdog() {
        let within = ("WATCHDOG_USEC", "60000000");
        let watchdog = |more: &[(&str, &str)]| supervised("@terrier-no-such", more).watchdog;
        assert_eq!(watchdog(&[within]), Some(Duration::from_mins(1)));
        assert_eq!(watchdog(&[within, ("WATCHDOG_PID", "7")]), Some(Duration::from_mins(1)));
        assert_eq!(watchdog(&[within, ("WATCHDOG_PID", "8")]), None);
        assert_eq!(watchdog(&[("WATCHDOG_USEC", "0")]), None);
        assert_eq!(Supervisor::of(&[(within.0.to_owned(), within.1.to_owned())], 7).watchdog, None);
    }

    #[test]
    fn what_is_said_arrives_in_one_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        supervised(path.to_str().unwrap(), &[]).doing("two\nlines");
        let mut bytes = [0; 64];
        let length = socket.recv(&mut bytes).unwrap();
        assert_eq!(&bytes[..length], b"STATUS=two lines");
    }

    #[test]
    fn nobody_to_tell_is_no_trouble() {
        Supervisor::default().ready();
        supervised("/no/such/socket", &[]).ready();
        supervised("", &[]).ready();
    }
}
