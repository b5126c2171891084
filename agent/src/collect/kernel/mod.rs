//! What the kernel runs with.
//!
//! Does: list loaded modules, the parameters that decide how safe and fast a host is, and what guards the kernel.
//! Does not: judge them, or list what is built into the kernel.
//!
//! In a container it is the kernel of the host.

mod guard;
mod module;
mod parameter;
mod taint;

use terrier_shared::latest::limits::STRING_BYTES;
use terrier_shared::latest::section::{Kernel, Section, SectionKind};

use super::Collector;
use super::bounds::{bounded, clip};
use super::failure::Failure;
use super::host::Host;
use super::processes::redact;
use super::scan::Scan;

const COMMAND_LINE: &str = "/proc/cmdline";

pub(super) struct KernelCollector;

impl Collector for KernelCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Kernel
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let host = &scan.host;
        Ok(Section::Kernel(Kernel {
            modules: bounded("kernel.modules", module::read(host)?)?,
            parameters: parameter::read(host)?,
            command_line: command_line(host),
            taints: taint::read(host),
            security_modules: guard::security_modules(host),
            selinux: guard::selinux(host),
            lockdown: guard::lockdown(host),
            secure_boot: guard::secure_boot(host),
        }))
    }
}

fn command_line(host: &Host) -> Option<String> {
    let line = host.beginning(COMMAND_LINE, STRING_BYTES).ok()?;
    let words: Vec<&[u8]> = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect();
    let clean = redact::command_line(&words);
    (!clean.is_empty()).then(|| clip(String::from_utf8_lossy(&clean).into_owned()))
}
