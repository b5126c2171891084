//! `/proc/<pid>/stat` (`proc_pid_stat(5)`).

/// `PF_KTHREAD` of linux/sched.h.
const KERNEL_THREAD: u64 = 0x0020_0000;

/// What is read of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stat {
    pub(super) name: Vec<u8>,
    pub(super) parent_pid: u32,
    pub(super) is_kernel_thread: bool,
    /// It ended and waits for its parent to notice.
    pub(super) is_over: bool,
    /// Ticks after boot.
    pub(super) started_ticks: u64,
}

/// The name stands in parentheses and may hold spaces and parentheses itself: the last one ends it.
pub(super) fn parse(line: &[u8]) -> Option<Stat> {
    let open = line.iter().position(|byte| *byte == b'(')?;
    let close = line.iter().rposition(|byte| *byte == b')')?;
    let name = line.get(open + 1..close)?.to_vec();
    let rest = std::str::from_utf8(line.get(close + 1..)?).ok()?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().take(20).collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Stat {
        name,
        is_over: matches!(*fields.first()?, "Z" | "X" | "x"),
        parent_pid: u32::try_from(number(1)?).ok()?,
        is_kernel_thread: number(6)? & KERNEL_THREAD != 0,
        started_ticks: number(19)?,
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn line(name: &str) -> Vec<u8> {
        format!("42 ({name}) S 7 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987 1 2").into_bytes()
    }

    #[test]
    fn a_name_may_look_like_the_fields_behind_it() {
        for name in ["sshd", "a b", "x) R 1 (y", ")", "((", ""] {
            let stat = parse(&line(name)).unwrap();
            assert_eq!(stat.name, name.as_bytes());
            assert_eq!((stat.parent_pid, stat.started_ticks, stat.is_over), (7, 987, false));
        }
    }

    #[test]
    fn a_name_that_is_no_text_survives() {
        let mut bytes = line("x");
        bytes[4] = 0xff;
        assert_eq!(parse(&bytes).unwrap().name, b"\xff");
    }

    #[test]
    fn kernel_threads_and_zombies_are_told_apart() {
        let kernel = b"2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 5";
        assert!(parse(kernel).unwrap().is_kernel_thread);
        let zombie = b"9 (x) Z 1 0 0 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 5";
        assert!(parse(zombie).unwrap().is_over);
    }

    #[test]
    fn a_line_that_is_cut_short_is_refused() {
        let whole = line("sshd");
        let end = whole.len() - " 1 2".len() - 2;
        for length in 0..end {
            assert_eq!(parse(&whole[..length]).map(|stat| stat.started_ticks), None, "{length}");
        }
    }
}
