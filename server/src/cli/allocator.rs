//! How the C library's allocator keeps memory, which it reads from the environment when a program starts, and only then
//! (mallopt(3)).

use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Two heaps instead of eight for each core, what is free at their ends given back beyond 32 MiB, and blocks of 4 MiB or
/// more by themselves. A server whose many threads each take in large bodies for a moment stays half as large, and is as
/// fast.
const SETTINGS: [(&str, &str); 3] =
    [("MALLOC_ARENA_MAX", "2"), ("MALLOC_TRIM_THRESHOLD_", "33554432"), ("MALLOC_MMAP_THRESHOLD_", "4194304")];

/// Starts this program anew, in this process, with these settings, unless the environment has its own. Comes back if
/// there is nothing to do, or no way to do it: then the server is merely larger.
pub(super) fn settle(variables: &[(String, String)]) {
    let is_settled = variables.iter().any(|(name, _)| name == "MALLOC_ARENA_MAX");
    if let (false, Ok(program)) = (is_settled, std::env::current_exe()) {
        let _not_replaced = Command::new(program).args(std::env::args_os().skip(1)).envs(SETTINGS).exec();
    }
}
