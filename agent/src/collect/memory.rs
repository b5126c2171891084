//! Memory, from `/proc/meminfo` (`proc_meminfo(5)`) and the firmware's tables.

use terrier_shared::latest::section::{Memory, Section, SectionKind};

use super::failure::Failure;
use super::scan::Scan;
use super::{Collector, meminfo};

pub(super) struct MemoryCollector;

impl Collector for MemoryCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Memory
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let found = meminfo::read(&scan.host)?;
        let board = scan.board().map(|board| &board.memory);
        Ok(Section::Memory(Memory {
            total_bytes: found.need("MemTotal")?,
            swap_total_bytes: found.get("SwapTotal").unwrap_or(0),
            huge_page_bytes: found.get("Hugepagesize"),
            huge_pages: found.get("HugePages_Total"),
            error_correction: board.and_then(|memory| memory.error_correction.clone()),
            max_bytes: board.and_then(|memory| memory.max_bytes),
            modules: board.map(|memory| memory.places.clone()),
        }))
    }
}
