//! What has changed on a host since it was made.

use terrier_shared::latest::section::SectionKind;

use crate::draw::Draw;

/// How often each thing has changed. What a host reports is a function of it, so that a report can be written again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Age {
    /// Packages that were upgraded: about one a day.
    pub(super) upgrades: u32,
    /// Services that failed or came back.
    pub(super) failures: u32,
    /// Programs that were started anew.
    pub(super) restarts: u32,
    /// Other hosts that a program turned to.
    pub(super) traffic: u32,
}

impl Age {
    /// Five minutes pass; `draw` is for this host and these five minutes alone.
    pub fn pass(&mut self, draw: Draw) {
        self.upgrades += u32::from(draw.of(1).one_in(288));
        self.failures += u32::from(draw.of(2).one_in(500));
        self.restarts += u32::from(draw.of(3).one_in(2));
        self.traffic += u32::from(draw.of(4).one_in(2));
    }

    /// How often this section has changed.
    #[must_use]
    pub const fn of(self, kind: SectionKind) -> u32 {
        match kind {
            SectionKind::Software | SectionKind::Updates => self.upgrades,
            SectionKind::Services => self.failures,
            SectionKind::Processes => self.restarts,
            SectionKind::Connections => self.traffic,
            _ => 0,
        }
    }
}

/// How often item `index` of `all` has changed, if they change one after the other and did so `changes` times.
pub(super) const fn turns(changes: u32, index: u32, all: u32) -> u32 {
    match index.checked_rem(all) {
        Some(place) => (changes + all - 1 - place) / all,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::turns;

    #[test]
    fn items_change_one_after_the_other() {
        let after = |changes| [0, 1, 2].map(|index| turns(changes, index, 3));
        assert_eq!(after(0), [0, 0, 0]);
        assert_eq!(after(1), [1, 0, 0]);
        assert_eq!(after(4), [2, 1, 1]);
    }
}
