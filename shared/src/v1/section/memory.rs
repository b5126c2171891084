//! Memory.

use serde::{Deserialize, Serialize};

/// Sizes that do not change while the host runs unchanged; what is used is a metric.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// `MemTotal` of `/proc/meminfo`: memory the kernel manages.
    pub total_bytes: u64,
    /// `SwapTotal`.
    pub swap_total_bytes: u64,
    /// `Hugepagesize`.
    pub huge_page_bytes: Option<u64>,
    /// `HugePages_Total`.
    pub huge_pages: Option<u64>,
    /// How the modules correct errors, from SMBIOS type 16: `none`, `parity`, `single_bit_ecc`, `multi_bit_ecc`, `crc`.
    pub error_correction: Option<String>,
    /// What the board takes at most, from SMBIOS type 16.
    pub max_bytes: Option<u64>,
    /// Places for memory modules from SMBIOS type 17, in the firmware's order, empty ones too. Absent where the
    /// firmware's table may not be read; empty where there is none.
    pub modules: Option<Vec<MemoryModule>>,
}

/// A place for a memory module and what is in it (DSP0134, 7.18).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MemoryModule {
    /// Where it is, as printed on the board: `DIMM_A1`.
    pub slot: String,
    /// The bank, where the firmware names one.
    pub bank: Option<String>,
    /// Its size; absent for an empty place.
    pub size_bytes: Option<u64>,
    /// `dimm`, `sodimm`, …
    pub form: Option<String>,
    /// `DDR4`, `DDR5`, …
    pub technology: Option<String>,
    /// Fastest rate it can run at, in megatransfers per second.
    pub max_mts: Option<u32>,
    /// Rate it runs at, in megatransfers per second.
    pub mts: Option<u32>,
    /// Who made it.
    pub vendor: Option<String>,
    /// The maker's part number.
    pub part_number: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
}
