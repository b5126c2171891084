//! Why a collector could not do its work.

use std::io;
use std::path::Path;
use std::time::Duration;

use terrier_shared::latest::fault::{Fault, FaultCause};
use terrier_shared::latest::section::SectionKind;

/// Longest detail of a fault in bytes, by the wire's own definition.
const DETAIL_BYTES: usize = 1 << 10;
/// `ESRCH`: what `/proc/<pid>` answers when the process ended between open and read.
const NO_SUCH_PROCESS: i32 = 3;

/// What went wrong, naming the path or program as the host knows it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A file, directory, program or kernel interface that is needed is not there.
    #[error("{0} is not there")]
    NotFound(String),
    /// Access was refused.
    #[error("{0} may not be read by this user")]
    PermissionDenied(String),
    /// What was read does not have the documented form.
    #[error("{origin}: {problem}")]
    Malformed {
        /// The file or program.
        origin: String,
        /// What is wrong with it, with the line where there is one.
        problem: String,
    },
    /// There was no answer in time.
    #[error("{what} did not answer within {} s", budget.as_secs_f32())]
    TimedOut {
        /// The program or collector.
        what: String,
        /// How long it was waited for.
        budget: Duration,
    },
    /// There is more than the wire or the agent's memory allows.
    #[error("{what} is larger than {limit} {unit}")]
    TooLarge {
        /// The file or list.
        what: String,
        /// How much is allowed.
        limit: usize,
        /// What the limit counts: `bytes`, `items`.
        unit: &'static str,
    },
    /// It took more than it may.
    #[error("the collector of section {section} took more than {limit}")]
    OverBudget {
        /// Whose collector.
        section: SectionKind,
        /// How much of what it may take.
        limit: String,
    },
    /// It is not run, because of what it did before.
    #[error("the collector of section {section} is held off: {why}")]
    HeldOff {
        /// Whose collector.
        section: SectionKind,
        /// What it did, and when it is tried again.
        why: String,
    },
    /// Any other failure of the operating system.
    #[error("{what}: {problem}")]
    Io {
        /// The path or program.
        what: String,
        /// What the system said.
        problem: String,
    },
}

impl Failure {
    /// What an operation on `path` failed with.
    #[must_use]
    pub fn io(path: &Path, error: &io::Error) -> Self {
        let what = path.display().to_string();
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NotFound(what),
            io::ErrorKind::PermissionDenied => Self::PermissionDenied(what),
            _ if error.raw_os_error() == Some(NO_SUCH_PROCESS) => Self::NotFound(what),
            _ => Self::Io { what, problem: error.to_string() },
        }
    }

    /// `origin` does not have the documented form.
    #[must_use]
    pub fn malformed(origin: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Malformed { origin: origin.into(), problem: problem.into() }
    }

    /// Whether the thing is simply not there, as opposed to unreadable.
    #[must_use]
    pub const fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound(_))
    }

    const fn cause(&self) -> FaultCause {
        match self {
            Self::NotFound(_) => FaultCause::NotFound,
            Self::PermissionDenied(_) => FaultCause::PermissionDenied,
            Self::Malformed { .. } => FaultCause::Malformed,
            Self::TimedOut { .. } => FaultCause::TimedOut,
            Self::TooLarge { .. } => FaultCause::TooLarge,
            Self::OverBudget { .. } | Self::HeldOff { .. } => FaultCause::OverBudget,
            Self::Io { .. } => FaultCause::Io,
        }
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        let mut detail = failure.to_string();
        detail.truncate(detail.floor_char_boundary(DETAIL_BYTES));
        Self { cause: failure.cause(), detail }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::Path;

    use terrier_shared::latest::fault::{Fault, FaultCause};

    use super::Failure;

    #[test]
    fn a_fault_names_the_path_and_its_cause() {
        let refused = io::Error::from(io::ErrorKind::PermissionDenied);
        let fault = Fault::from(Failure::io(Path::new("/proc/1/environ"), &refused));
        assert_eq!(fault.cause, FaultCause::PermissionDenied);
        assert!(fault.detail.contains("/proc/1/environ"), "{}", fault.detail);
    }

    #[test]
    fn a_process_that_ended_while_it_was_read_is_not_there() {
        assert!(Failure::io(Path::new("/proc/7/stat"), &io::Error::from_raw_os_error(3)).is_not_found());
    }

    #[test]
    fn a_detail_is_cut_at_one_kibibyte_between_characters() {
        let fault = Fault::from(Failure::malformed("x", "é".repeat(2_000)));
        assert!(fault.detail.len() <= 1024 && fault.detail.len() > 1000);
    }
}
