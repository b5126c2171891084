//! `/proc/meminfo` (`proc_meminfo(5)`): what the inventory and the samples read of it.

use super::failure::Failure;
use super::host::Host;

const PATH: &str = "/proc/meminfo";
const LIMIT: usize = 64 << 10;

/// The lines of the file.
pub(super) struct Meminfo(String);

pub(super) fn read(host: &Host) -> Result<Meminfo, Failure> {
    host.text(PATH, LIMIT).map(Meminfo)
}

impl Meminfo {
    /// The value of a line, in bytes where the kernel gives it in kilobytes, else as it is.
    pub(super) fn get(&self, name: &str) -> Option<u64> {
        let line = self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        let mut words = line.split_whitespace();
        let value: u64 = words.next()?.parse().ok()?;
        match words.next() {
            Some("kB") => value.checked_mul(1024),
            Some(_) => None,
            None => Some(value),
        }
    }

    /// As [`Meminfo::get`], for a line that every kernel has.
    pub(super) fn need(&self, name: &str) -> Result<u64, Failure> {
        self.get(name).ok_or_else(|| Failure::malformed(PATH, format!("has no number for {name}")))
    }
}

#[cfg(test)]
mod tests {
    use super::Meminfo;

    #[test]
    fn a_name_that_begins_like_another_is_not_taken_for_it() {
        let found = Meminfo("SwapTotalX: 9 kB\nSwapTotal:  2 kB\nHugePages_Total:   3\nBad: x kB\n".to_owned());
        assert_eq!(found.get("SwapTotal"), Some(2048));
        assert_eq!(found.get("HugePages_Total"), Some(3));
        assert_eq!(found.need("Bad").unwrap_err().to_string(), "/proc/meminfo: has no number for Bad");
    }

    #[test]
    fn a_number_that_overflows_is_no_number() {
        assert_eq!(Meminfo(format!("MemTotal: {} kB", u64::MAX)).get("MemTotal"), None);
    }
}
