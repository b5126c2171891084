//! Keeping a spool to write to, whatever becomes of the file: a damaged one is replaced, and while the disk takes
//! nothing there is one in memory.

use terrier_shared::latest::report::Epoch;
use tracing::{debug, error, info, warn};

use super::SPOOL;
use super::agent::{Agent, RunError};
use crate::chain::Chain;
use crate::clock::Moment;
use crate::report::{self, Body};
use crate::transport::credentials::Credentials;
use crate::transport::spool::{Entry, Opened, Room, Spool, SpoolError, WallClock};
use crate::transport::state_dir::StateDir;

/// How long the disk is left alone once it took nothing, in milliseconds of the clock that never jumps.
const LEFT_ALONE_MS: u64 = 60_000;

/// The spool that reports go to now.
pub(super) struct Kept {
    pub(super) spool: Spool,
    /// The disk took nothing; everything is in memory for now.
    in_memory: bool,
    /// When the disk is tried again.
    disk_not_before_ms: u64,
    /// It was begun while the agent ran: nothing is in it that was observed before.
    is_fresh: bool,
}

impl Kept {
    /// Opens the spool in `state`; where that cannot be had, one in memory.
    ///
    /// # Errors
    ///
    /// There is no memory either.
    pub(super) fn open(
        state: &StateDir,
        epoch: Epoch,
        boot_id: &str,
        now: Moment,
        credentials: &Credentials,
    ) -> Result<Self, SpoolError> {
        let agent_id = &credentials.issued.agent_id;
        match on_disk(state, epoch, boot_id, now.wall_ms, agent_id) {
            Ok(spool) => Ok(Self::on_disk(spool)),
            Err(error) => {
                warn!(error = %Chain(&error), "reports are kept in memory until the disk takes them");
                let spool = in_memory(epoch, boot_id, agent_id)?;
                Ok(Self { is_fresh: false, ..Self::in_memory(spool, now) })
            }
        }
    }

    const fn on_disk(spool: Spool) -> Self {
        Self { spool, in_memory: false, disk_not_before_ms: 0, is_fresh: false }
    }

    const fn in_memory(spool: Spool, now: Moment) -> Self {
        let disk_not_before_ms = now.mono_ms.saturating_add(LEFT_ALONE_MS);
        Self { spool, in_memory: true, disk_not_before_ms, is_fresh: true }
    }
}

impl Agent {
    /// Takes in what was observed. If the spool cannot, what takes its place can.
    pub(super) fn keep(&mut self, entries: &[Entry]) {
        for _ in 0..2 {
            match self.kept.spool.record(entries) {
                Ok(()) => return,
                Err(error) => self.trouble(&error.into()),
            }
        }
    }

    /// Notes an error of this host. A spool that cannot be used any more is replaced.
    pub(super) fn trouble(&mut self, error: &RunError) {
        error!(error = %Chain(error), "this turn failed");
        let RunError::Spool(spool) = error else { return };
        let replaced = if spool.is_damage() { self.replace_spool() } else { self.go_to_memory() };
        if let Err(error) = replaced {
            error!(error = %Chain(&error), "the spool could not be replaced");
        }
    }

    fn replace_spool(&mut self) -> Result<(), RunError> {
        if self.kept.in_memory {
            return self.begin_in_memory();
        }
        let epoch = self.new_epoch()?;
        match self.replaced(epoch) {
            Ok(spool) => {
                self.kept = Kept { is_fresh: true, ..Kept::on_disk(spool) };
                Ok(())
            }
            Err(error) => {
                warn!(error = %Chain(&error), "the damaged spool could not be replaced on the disk");
                self.begin_in_memory()
            }
        }
    }

    fn replaced(&self, epoch: Epoch) -> Result<Spool, SpoolError> {
        replaced(&self.state, epoch, &self.boot_id, self.now().wall_ms, &self.credentials.issued.agent_id)
    }

    /// What is on the disk stays there until the disk takes more.
    fn go_to_memory(&mut self) -> Result<(), RunError> {
        if self.kept.in_memory { Ok(()) } else { self.begin_in_memory() }
    }

    fn begin_in_memory(&mut self) -> Result<(), RunError> {
        let epoch = self.new_epoch()?;
        let spool = in_memory(epoch, &self.boot_id, &self.credentials.issued.agent_id)?;
        warn!("reports are kept in memory until the disk takes them");
        self.kept = Kept::in_memory(spool, self.now());
        Ok(())
    }

    /// Goes on with the spool on the disk if that takes over what is in memory.
    pub(super) fn return_to_disk(&mut self, now: Moment) {
        if !self.kept.in_memory || now.mono_ms < self.kept.disk_not_before_ms {
            return;
        }
        match self.try_return_to_disk(now) {
            Ok(()) => info!("the disk takes reports again"),
            Err(error) => debug!(error = %Chain(&error), "reports stay in memory"),
        }
    }

    fn try_return_to_disk(&mut self, now: Moment) -> Result<(), RunError> {
        let epoch = self.new_epoch()?;
        let agent_id = &self.credentials.issued.agent_id;
        let mut spool = on_disk(&self.state, epoch, &self.boot_id, now.wall_ms, agent_id)?;
        match evict(&mut spool, &self.state, false, now, self.wall_clock(now)) {
            Err(error) if error.is_damage() => spool = self.replaced(epoch)?,
            evicted => evicted?,
        }
        spool.take_over(&self.kept.spool)?;
        self.kept = Kept::on_disk(spool);
        Ok(())
    }

    /// Drops what is too old or too much.
    pub(super) fn keep_spool_small(&mut self, now: Moment) {
        let wall_clock = self.wall_clock(now);
        let Kept { spool, in_memory, .. } = &mut self.kept;
        if let Err(error) = evict(spool, &self.state, *in_memory, now, wall_clock) {
            self.trouble(&error.into());
        }
    }

    pub(super) fn new_epoch(&mut self) -> Result<Epoch, RunError> {
        self.entropy.bits().map(Epoch).map_err(RunError::Entropy)
    }

    /// Whether the spool was begun anew since this was asked last, so that everything is to be observed again.
    pub(super) fn has_fresh_spool(&mut self) -> bool {
        std::mem::take(&mut self.kept.is_fresh)
    }
}

fn on_disk(state: &StateDir, epoch: Epoch, boot_id: &str, now_ms: i64, agent_id: &str) -> Result<Spool, SpoolError> {
    let (mut spool, opened) = Spool::open(&state.file(SPOOL), epoch, boot_id, now_ms)?;
    if let Opened::Replaced(aside) = opened {
        warn!(set_aside = %aside.display(), "the spool was damaged; a new one was begun");
    }
    match spool.belong_to(agent_id) {
        Err(error) if error.is_damage() => replaced(state, epoch, boot_id, now_ms, agent_id),
        belongs => belongs.map(|()| spool),
    }
}

fn replaced(state: &StateDir, epoch: Epoch, boot_id: &str, now_ms: i64, agent_id: &str) -> Result<Spool, SpoolError> {
    let (mut spool, aside) = Spool::replace(&state.file(SPOOL), epoch, boot_id, now_ms)?;
    warn!(set_aside = %aside.display(), "the spool was damaged; a new one was begun");
    spool.belong_to(agent_id)?;
    Ok(spool)
}

fn in_memory(epoch: Epoch, boot_id: &str, agent_id: &str) -> Result<Spool, SpoolError> {
    let mut spool = Spool::in_memory(epoch, boot_id)?;
    spool.belong_to(agent_id)?;
    Ok(spool)
}

fn evict(
    spool: &mut Spool,
    state: &StateDir,
    in_memory: bool,
    now: Moment,
    wall_clock: WallClock,
) -> Result<(), SpoolError> {
    let room = if in_memory || state.is_short_of_space() { Room::Scarce } else { Room::Ample };
    let fold = |hour_ms, bodies: &[String]| report::thinned(hour_ms, bodies).map(|Body { json, hash }| (json, hash));
    spool.evict(now, wall_clock, room, &fold)
}
