//! Tries bytes on one target, guided by what they reach: libFuzzer's command line, with the target's name in
//! `TERRIER_FUZZ_TARGET`. `packaging/dev/fuzz` builds and starts this.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use terrier_fuzz::{TARGETS, Target, target};

fn chosen() -> Target {
    let name = std::env::var_os("TERRIER_FUZZ_TARGET").unwrap_or_default();
    let names = TARGETS.map(|target| target.name).join(", ");
    target(&name.to_string_lossy()).unwrap_or_else(|| panic!("TERRIER_FUZZ_TARGET is one of: {names}"))
}

fuzz_target!(|bytes: &[u8]| {
    static TARGET: OnceLock<Target> = OnceLock::new();
    (TARGET.get_or_init(chosen).run)(bytes);
});
