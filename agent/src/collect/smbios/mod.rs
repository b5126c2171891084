//! The tables of the firmware (DMTF DSP0134).
//!
//! Does: take the kernel's copy of them apart and say what they hold of memory modules and slots.
//! Does not: read what `/sys/class/dmi/id` has already, or believe a length without looking.

mod memory;
mod slot;
mod structure;

use serde::{Deserialize, Serialize};
use terrier_shared::latest::section::devices::Slot;

pub(super) use self::memory::Modules;

use super::failure::Failure;
use super::host::Host;

/// The tables as the kernel found them; only root may read them.
const TABLE: &str = "/sys/firmware/dmi/tables/DMI";
/// The tables of a server with 64 modules take some 20 KiB.
const TABLE_BYTES: usize = 1 << 20;

/// What the tables say of what is plugged into the board.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Board {
    /// Memory.
    pub(super) memory: Modules,
    /// Slots for cards.
    pub(super) slots: Vec<Slot>,
}

impl Board {
    /// Reads the tables; an empty board where the host has none.
    ///
    /// # Errors
    ///
    /// [`Failure`] where they may not be read.
    pub(super) fn read(host: &Host) -> Result<Self, Failure> {
        let table = host.find(TABLE, TABLE_BYTES)?.unwrap_or_default();
        Ok(Self { memory: memory::read(&table), slots: slot::read(&table) })
    }
}
